/*
 * folder_repair.c - repairs what can be repaired safely and with certainty: a manifest whose name
 * lacks the extension of the only data that it can belong to, and a sliced table without columns
 * whose slices all begin with the same names. For everything else there is a proposal at most.
 *
 * Invariants. Data are only read. A change is shown as a diff before it is made. Renaming never
 * replaces a file; a manifest with new content is written through a sink, so it appears whole.
 */
#include "preflight/preflight_private.h"

#include "csvkit/json.h"
#include "csvkit/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TABLES "out/tables"

struct fix {
    struct preflight preflight;
    enum csvk_fix_mode mode;
    struct csvk_buf *diff;
    size_t count;
    struct preflight_listing listing;
};

static void note(struct fix *fix, int status)
{
    (void)preflight_allocated(&fix->preflight, status == CSVK_OK ? fix : NULL);
}

static void put(struct fix *fix, const char *text)
{
    note(fix, csvk_buf_puts(fix->diff, text));
}

static void put_escaped(struct fix *fix, const char *text)
{
    note(fix, csvk_buf_add_escaped(fix->diff, text, strlen(text)));
}

static void put_line(struct fix *fix, const char *mark, const char *text)
{
    put(fix, mark);
    put_escaped(fix, text);
    put(fix, "\n");
}

/* All lines of `text`, each after `mark`. */
static void put_lines(struct fix *fix, const char *mark, const struct csvk_buf *text)
{
    const char *at = csvk_buf_text(text), *end = at + text->length;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = stop != NULL ? (size_t)(stop - at) : (size_t)(end - at);
        put(fix, mark);
        note(fix, csvk_buf_add_escaped(fix->diff, at, n));
        put(fix, "\n");
        at += n + (stop != NULL);
    }
}

static size_t count_lines(const struct csvk_buf *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->length; i++) {
        lines += text->data[i] == '\n';
    }
    return lines;
}

/* ---- names of manifests ---- */

static bool has_manifest(const struct fix *fix, const char *data)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    bool found = csvk_buf_printf(&name, "%s.manifest", data) != CSVK_OK ||
                 preflight_listing_find(&fix->listing, csvk_buf_text(&name)) != NULL;
    csvk_buf_release(&name);
    return found;
}

/* The only data that BARE.manifest can belong to: BARE.csv, BARE.csv.gz or BARE.gz. NULL: there are
   none, or it is not certain. */
static const char *meant_data(const struct fix *fix, const char *bare)
{
    const char *found = NULL;
    size_t n = strlen(bare);
    for (size_t i = 0; i < fix->listing.count; i++) {
        const char *name = fix->listing.item[i].name;
        bool data = strncmp(name, bare, n) == 0 &&
                    (strcmp(name + n, ".csv") == 0 || strcmp(name + n, ".csv.gz") == 0 ||
                     strcmp(name + n, ".gz") == 0);
        if (data && (found != NULL || has_manifest(fix, name))) {
            return NULL; /* two files could be meant, or this one has a manifest already */
        }
        found = data ? name : found;
    }
    return found;
}

/* Gives the file another name, unless that name is taken. */
static int rename_new(const char *from, const char *to, struct csvk_error *err)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) {
        return CSVK_OK;
    }
    if (errno == ENOSYS || errno == EINVAL) { /* a file system without RENAME_NOREPLACE */
        if (link(from, to) == 0 && unlink(from) == 0) {
            return CSVK_OK;
        }
    }
    return csvk_fail_sys(err, errno, "cannot rename %s to %s", from, to);
}

static void rename_manifest(struct fix *fix, const char *old, const char *data)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    note(fix, csvk_buf_printf(&name, "%s.manifest", data));
    char *from = preflight_join(&fix->preflight, TABLES, old);
    char *to = preflight_join(&fix->preflight, TABLES, csvk_buf_text(&name));
    char *full_from = from != NULL ? preflight_full(&fix->preflight, from) : NULL;
    char *full_to = to != NULL ? preflight_full(&fix->preflight, to) : NULL;
    if (full_from != NULL && full_to != NULL) {
        fix->count++;
        put_line(fix, "rename from ", from);
        put_line(fix, "rename to ", to);
        if (fix->mode == CSVK_FIX_WRITE && fix->preflight.status == CSVK_OK) {
            fix->preflight.status = rename_new(full_from, full_to, fix->preflight.err);
        }
    }
    csvk_free(full_from);
    csvk_free(full_to);
    csvk_free(from);
    csvk_free(to);
    csvk_buf_release(&name);
}

static void fix_name(struct fix *fix, const struct preflight_item *item)
{
    char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
    if (preflight_allocated(&fix->preflight, bare) &&
        preflight_listing_find(&fix->listing, bare) == NULL) {
        const char *data = meant_data(fix, bare);
        if (data != NULL) {
            rename_manifest(fix, item->name, data);
        }
    }
    csvk_free(bare);
}

/* ---- columns of sliced tables ---- */

static bool same_names(const struct csvk_strings *a, const struct csvk_strings *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        if (strcmp(a->item[i], b->item[i]) != 0) {
            return false;
        }
    }
    return a->count == b->count && a->count > 0;
}

/* Could these be names of columns? Each begins with a letter and is allowed as it is; none comes
   twice. */
static bool are_names(const struct csvk_strings *names)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    bool good = names->count > 0;
    for (size_t i = 0; i < names->count && good; i++) {
        const char *name = names->item[i];
        char c = name[0];
        csvk_buf_clear(&clean);
        good = ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) &&
               csvk_name_sanitize(name, strlen(name), &clean) == CSVK_OK &&
               strcmp(name, csvk_buf_text(&clean)) == 0 && strlen(name) <= CSVK_NAME_MAX;
        for (size_t j = 0; j < i && good; j++) {
            good = !csvk_name_same_folded(name, names->item[j]);
        }
    }
    csvk_buf_release(&clean);
    return good;
}

/* Gives the names that all slices begin with. False: not all begin with the same names, or there
   are fewer than two slices. */
static bool common_header(struct fix *fix, const char *relative, const struct csvk_dialect *dialect,
                          struct csvk_strings *names)
{
    struct preflight_listing slices = {0};
    struct csvk_findings ignored = {0};
    preflight_list(&fix->preflight, relative, PREFLIGHT_SLICES, &slices, &ignored);
    bool same = slices.count > 1 && !slices.unsafe;
    for (size_t i = 0; i < slices.count && same; i++) {
        struct csvk_strings own = {0};
        struct csvk_error err = {0};
        char *path = preflight_join(&fix->preflight, relative, slices.item[i].name);
        char *full = path != NULL ? preflight_full(&fix->preflight, path) : NULL;
        same = full != NULL &&
               csvk_manifest_header_names(full, dialect, i == 0 ? names : &own, &err) == CSVK_OK &&
               (i == 0 || same_names(names, &own));
        csvk_strings_release(&own);
        csvk_free(full);
        csvk_free(path);
    }
    csvk_findings_release(&ignored);
    preflight_listing_release(&slices);
    return same && are_names(names);
}

/* Copies the manifest and sets columns and has_header in the copy; `old` NULL: in a new manifest.
 */
static struct csvk_manifest *with_columns(struct fix *fix, const struct csvk_manifest *old,
                                          const struct csvk_strings *names)
{
    cJSON *tree = old != NULL ? preflight_tree(&fix->preflight, old) : cJSON_CreateObject();
    cJSON *columns = cJSON_CreateArray();
    struct csvk_manifest *made = NULL;
    bool good =
        preflight_allocated(&fix->preflight, tree) && preflight_allocated(&fix->preflight, columns);
    for (size_t i = 0; i < names->count && good; i++) {
        good = cJSON_AddItemToArray(columns, cJSON_CreateString(names->item[i]));
    }
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "columns");
    cJSON_DeleteItemFromObjectCaseSensitive(tree, "has_header");
    if (good && cJSON_AddItemToObject(tree, "columns", columns)) {
        columns = NULL;
        good = cJSON_AddBoolToObject(tree, "has_header", true) != NULL;
    }
    if (preflight_allocated(&fix->preflight, good ? tree : NULL)) {
        made = preflight_manifest_of(&fix->preflight, tree);
    }
    if (made != NULL) {
        csvk_manifest_normalize(made, CSVK_MANIFEST_OUT_TABLE);
    }
    cJSON_Delete(columns);
    cJSON_Delete(tree);
    return made;
}

static void write_manifest(struct fix *fix, const char *relative, const struct csvk_manifest *old,
                           const struct csvk_manifest *new)
{
    struct csvk_buf before = CSVK_BUF_INIT, after = CSVK_BUF_INIT;
    char *full = preflight_full(&fix->preflight, relative);
    note(fix, old != NULL ? csvk_manifest_print(old, &before) : CSVK_OK);
    note(fix, csvk_manifest_print(new, &after));
    fix->count++;
    put_line(fix, "--- ", old != NULL ? relative : "/dev/null");
    put_line(fix, "+++ ", relative);
    note(fix, csvk_buf_printf(fix->diff, "@@ -%d,%zu +1,%zu @@\n", old != NULL ? 1 : 0,
                              count_lines(&before), count_lines(&after)));
    put_lines(fix, "-", &before);
    put_lines(fix, "+", &after);
    if (full != NULL && fix->mode == CSVK_FIX_WRITE && fix->preflight.status == CSVK_OK) {
        fix->preflight.status = csvk_manifest_write(new, full, fix->preflight.err);
    }
    csvk_free(full);
    csvk_buf_release(&before);
    csvk_buf_release(&after);
}

static void fix_columns(struct fix *fix, const struct preflight_item *item)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest_table table = {0};
    struct csvk_strings names = {0};
    struct csvk_manifest *old = NULL, *new = NULL;
    struct csvk_buf name = CSVK_BUF_INIT;
    char *relative = preflight_join(&fix->preflight, TABLES, item->name);
    note(fix, csvk_buf_printf(&name, "%s.manifest", relative != NULL ? relative : ""));
    bool there = has_manifest(fix, item->name);
    if (there && fix->preflight.status == CSVK_OK) {
        old = preflight_read_manifest(&fix->preflight, csvk_buf_text(&name), &found);
    }
    note(fix, csvk_manifest_table(old, &table));
    struct csvk_error bad = {0};
    bool wanted = relative != NULL && (old != NULL || !there) && found.errors == 0 &&
                  table.columns.count == 0 && csvk_dialect_check(&table.dialect, &bad) == CSVK_OK;
    if (wanted && common_header(fix, relative, &table.dialect, &names)) {
        new = with_columns(fix, old, &names);
    }
    if (new != NULL) {
        write_manifest(fix, csvk_buf_text(&name), old, new);
    }
    csvk_manifest_free(new);
    csvk_manifest_free(old);
    csvk_findings_release(&found);
    csvk_manifest_table_release(&table);
    csvk_strings_release(&names);
    csvk_buf_release(&name);
    csvk_free(relative);
}

/* ---- proposals ---- */

static void propose(struct fix *fix, const struct preflight_item *item)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    char *relative = preflight_join(&fix->preflight, TABLES, item->name);
    struct csvk_manifest *manifest =
        relative != NULL ? preflight_read_manifest(&fix->preflight, relative, &found) : NULL;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    if (manifest != NULL) {
        note(fix, csvk_manifest_check(manifest, &how, &found));
    }
    for (size_t i = 0; i < found.count; i++) {
        const struct csvk_finding *f = &found.item[i];
        if (strcmp(f->rule->id, "manifest-unknown-key") == 0 && f->remedy != NULL) {
            put(fix, "proposal for ");
            put_escaped(fix, relative);
            put(fix, ": ");
            put_escaped(fix, f->path);
            put(fix, ": ");
            put_line(fix, "", f->remedy);
        }
    }
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
    csvk_free(relative);
}

/* ---- all of it ---- */

static void fix_all(struct fix *fix)
{
    for (size_t i = 0; i < fix->listing.count && fix->preflight.status == CSVK_OK; i++) {
        const struct preflight_item *item = &fix->listing.item[i];
        bool manifest = preflight_ends_with(item->name, ".manifest");
        if (manifest && item->kind == PREFLIGHT_FILE) {
            fix_name(fix, item);
            propose(fix, item);
        } else if (!manifest && item->kind == PREFLIGHT_DIRECTORY) {
            fix_columns(fix, item);
        }
    }
}

int csvk_preflight_fix(const char *folder, enum csvk_fix_mode mode, struct csvk_buf *diff,
                       size_t *count, struct csvk_error *err)
{
    struct csvk_preflight_options options;
    struct csvk_preflight_report *report = csvk_calloc(1, sizeof *report);
    struct fix fix = {.mode = mode, .diff = diff};
    csvk_preflight_options_init(&options);
    fix.preflight =
        (struct preflight){.report = report, .options = &options, .folder = folder, .err = err};
    *count = 0;
    if (report == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    fix.preflight.status = preflight_open_folder(&fix.preflight);
    if (fix.preflight.status == CSVK_OK) {
        preflight_list(&fix.preflight, TABLES, PREFLIGHT_TABLES, &fix.listing, &report->findings);
        fix_all(&fix);
    }
    *count = fix.count;
    preflight_listing_release(&fix.listing);
    csvk_free(fix.preflight.real);
    csvk_preflight_free(report);
    return fix.preflight.status;
}
