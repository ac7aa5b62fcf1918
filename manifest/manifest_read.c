/*
 * manifest_read.c - reads a file or a text into a tree.
 *
 * The steps: the limit of the size, the byte order mark, the strict scan (strict_json.c), cJSON,
 * and a walk over the tree. The walk gives every node its place and every number its text, and it
 * finds repeated keys. Invariant: the scan and the walk meet the nodes in the same order, so the
 * n-th node of the walk has the n-th place of the scan.
 */
#include "manifest/manifest_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Code points that begin in these bytes; in ASCII every byte is one. */
static size_t count_code_points(const struct json_scan *scan, size_t from, size_t to)
{
    size_t count = 0;
    for (size_t i = from; i < to; i++) {
        count += (scan->text[i] & 0xC0) != 0x80;
    }
    return count;
}

/* A finding about the text itself, before there is a tree. */
static int text_finding(struct csvk_findings *findings, enum rule_id rule,
                        const struct json_scan *scan, size_t offset)
{
    struct complaint what = {.rule = rule};
    struct judge judge;
    judge_begin(&judge, NULL, findings, "$");
    struct manifest_place *place = &what.place;
    if (scan->lines.count > 0) {
        line_and_column(&scan->lines, offset, &place->line, &place->column);
        place->column_chars = 1 + count_code_points(scan, offset - (place->column - 1), offset);
    }
    what.has_byte = true;
    place->byte = offset;
    if (rule == RULE_BOM) {
        *place = (struct manifest_place){0, 1, 1, 1};
        what.remedy = "write the file without the bytes EF BB BF at its start";
        complain(&judge, what, "Failed to parse manifest file as \"json\": byte order mark");
    } else if (scan->wrong == NULL) {
        what.mild = true;
        complain(&judge, what, "an empty list is read as an empty object");
    } else {
        complain(&judge, what, "Failed to parse manifest file as \"json\": %s", scan->wrong);
    }
    return judge_end(&judge);
}

struct tree_walk {
    struct csvk_manifest *manifest;
    const struct json_scan *scan;
    size_t next; /* number of the next node, from 0 */
    struct judge judge;
};

static size_t numeral_length(const struct json_scan *scan, size_t at)
{
    size_t n = 0;
    while (at + n < scan->length && scan->text[at + n] != '\0' &&
           strchr("+-.eE0123456789", scan->text[at + n]) != NULL) {
        n++;
    }
    return n;
}

/* Keeps the text of a number. It must come from cJSON_malloc, because cJSON frees valuestring. */
static bool keep_numeral(struct tree_walk *walk, cJSON *node, size_t at)
{
    size_t n = numeral_length(walk->scan, at);
    node->valuestring = cJSON_malloc(n + 1);
    if (node->valuestring == NULL) {
        return false;
    }
    memcpy(node->valuestring, walk->scan->text + at, n);
    node->valuestring[n] = '\0';
    return true;
}

static void find_repeated_keys(struct tree_walk *walk, const cJSON *object)
{
    struct nameset seen = {NULL, 0, 0};
    const cJSON *child;
    cJSON_ArrayForEach(child, object)
    {
        size_t old = SIZE_MAX;
        if (nameset_add(&seen, child->string, 0, &old) != CSVK_OK) {
            walk->judge.status = CSVK_ENOMEM;
            break;
        }
        if (old != SIZE_MAX) {
            size_t mark = path_key(&walk->judge, child->string);
            struct complaint what = {.rule = RULE_DUPLICATE_KEY,
                                     .node = child,
                                     .remedy = "keep one of them and remove the others"};
            complain(&walk->judge, what, "the key \"%s\" is given more than once", child->string);
            path_back(&walk->judge, mark);
        }
    }
    nameset_release(&seen);
}

/* Gives the node and everything in it their places; false: out of memory. */
static bool attach_places(struct tree_walk *walk, cJSON *node)
{
    size_t place = walk->next++;
    if (place >= walk->scan->values.count) {
        return false; /* cannot happen: the scan saw the same text */
    }
    if (cJSON_IsNumber(node) && !keep_numeral(walk, node, walk->scan->values.item[place])) {
        return false;
    }
    node->valueint = (int)(place + 1);
    size_t index = 0;
    cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        size_t mark = cJSON_IsObject(node) ? path_key(&walk->judge, child->string)
                                           : path_index(&walk->judge, index++);
        bool attached = attach_places(walk, child);
        path_back(&walk->judge, mark);
        if (!attached) {
            return false;
        }
    }
    if (cJSON_IsObject(node)) {
        find_repeated_keys(walk, node);
    }
    return true;
}

static bool is_ascii(const struct json_scan *scan)
{
    return count_code_points(scan, 0, scan->length) == scan->length;
}

/* The columns of all places in code points. Places and lines stand in the order of the text, so one
   walk over it is enough. */
static int count_columns(struct csvk_manifest *manifest, const struct json_scan *scan)
{
    size_t line = 0, at = 0, column = 1;
    int status = CSVK_OK;
    if (is_ascii(scan)) {
        return CSVK_OK;
    }
    for (size_t i = 0; i < manifest->places.count && status == CSVK_OK; i++) {
        size_t place = manifest->places.item[i];
        while (line + 1 < manifest->lines.count && manifest->lines.item[line + 1] <= place) {
            at = manifest->lines.item[++line];
            column = 1;
        }
        column += count_code_points(scan, at, place);
        at = place;
        status = offsets_add(&manifest->columns, column);
    }
    return status;
}

/* Moves the lists of places from the scan to the manifest and gives all nodes their places. */
static int attach_all_places(struct csvk_manifest *manifest, struct json_scan *scan,
                             struct csvk_findings *findings)
{
    manifest->places = scan->places;
    manifest->lines = scan->lines;
    scan->places = scan->lines = (struct offsets){NULL, 0, 0};
    if (count_columns(manifest, scan) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    struct tree_walk walk = {manifest, scan, 0, {0}};
    judge_begin(&walk.judge, manifest, findings, "$");
    bool attached = attach_places(&walk, manifest->root);
    int status = judge_end(&walk.judge);
    return attached ? status : CSVK_ENOMEM;
}

static int refuse(const struct json_scan *scan, struct csvk_findings *findings,
                  struct csvk_error *err)
{
    if (scan->nomem) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = text_finding(findings, scan->rule, scan, scan->at);
    if (status != CSVK_OK) {
        return status;
    }
    uint64_t line = 0, column = 0;
    line_and_column(&scan->lines, scan->at, &line, &column);
    csvk_fail(err, CSVK_EDATA, "line %llu, column %llu: %s", (unsigned long long)line,
              (unsigned long long)column, scan->wrong);
    if (err != NULL) {
        err->offset = scan->at;
    }
    return CSVK_EDATA;
}

static int build(struct csvk_manifest **out, struct json_scan *scan, struct csvk_findings *findings,
                 struct csvk_error *err)
{
    const char *text = (const char *)scan->text + scan->values.item[0];
    size_t length = scan->length - scan->values.item[0];
    struct csvk_manifest *manifest = NULL;
    int status = manifest_new(&manifest, cJSON_ParseWithLengthOpts(text, length, NULL, false));
    if (status == CSVK_OK) {
        manifest->root->type = cJSON_Object; /* also for [] */
        status = attach_all_places(manifest, scan, findings);
    }
    if (status != CSVK_OK) {
        csvk_manifest_free(manifest);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    *out = manifest;
    return CSVK_OK;
}

static int scan_and_build(struct csvk_manifest **out, struct json_scan *scan,
                          struct csvk_findings *findings, struct csvk_error *err)
{
    if (!json_scan_text(scan)) {
        return refuse(scan, findings, err);
    }
    unsigned char first = scan->text[scan->values.item[0]];
    if (first == '[' && scan->values.count == 1) {
        /* Programs write it that cannot tell the two apart; the platform is one of them. */
        int status = text_finding(findings, RULE_NOT_OBJECT, scan, scan->values.item[0]);
        return status == CSVK_OK ? build(out, scan, findings, err) : status;
    }
    if (first != '{') {
        scan->rule = RULE_NOT_OBJECT;
        scan->at = scan->values.item[0];
        scan->wrong = "an object, in { }, was expected";
        return refuse(scan, findings, err);
    }
    return build(out, scan, findings, err);
}

int csvk_manifest_parse(struct csvk_manifest **out, const void *text, size_t length,
                        struct csvk_findings *findings, struct csvk_error *err)
{
    struct json_scan scan = {.text = text, .length = length};
    int status = CSVK_OK;
    if (length > CSVK_MANIFEST_MAX_BYTES) {
        scan.rule = RULE_LIMIT;
        scan.wrong = "larger than 64 MiB";
        return refuse(&scan, findings, err);
    }
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        scan.at = 3;
        status = text_finding(findings, RULE_BOM, &scan, 0);
    }
    if (status == CSVK_OK) {
        status = scan_and_build(out, &scan, findings, err);
    }
    csvk_free(scan.places.item);
    csvk_free(scan.values.item);
    csvk_free(scan.lines.item);
    return status;
}

/* Reads all of `fd`, but stops soon after CSVK_MANIFEST_MAX_BYTES: the parser refuses what is
 * longer. */
static int read_all(int fd, struct csvk_buf *into, const char *path, struct csvk_error *err)
{
    while (into->length <= CSVK_MANIFEST_MAX_BYTES) {
        if (csvk_buf_reserve(into, 65536) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        ssize_t got = read(fd, into->data + into->length, 65536);
        if (got < 0 && errno != EINTR) {
            return csvk_fail_sys(err, errno, "cannot read %s", path);
        }
        if (got == 0) {
            break;
        }
        into->length += got > 0 ? (size_t)got : 0;
    }
    return CSVK_OK;
}

static int open_file(const char *path, int *fd, struct csvk_error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0) {
        *fd = STDIN_FILENO;
        return CSVK_OK;
    }
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*fd < 0) {
        return csvk_fail_sys(err, errno, "cannot open %s", path);
    }
    if (fstat(*fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        close(*fd);
        return csvk_fail_sys(err, EISDIR, "cannot read %s", path);
    }
    return CSVK_OK;
}

int csvk_manifest_read(struct csvk_manifest **out, const char *path, struct csvk_findings *findings,
                       struct csvk_error *err)
{
    int fd = -1;
    int status = open_file(path, &fd, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_buf text = CSVK_BUF_INIT;
    status = read_all(fd, &text, path, err);
    if (fd != STDIN_FILENO) {
        close(fd);
    }
    if (status == CSVK_OK) {
        status = csvk_manifest_parse(out, csvk_buf_text(&text), text.length, findings, err);
    }
    csvk_buf_release(&text);
    return status;
}
