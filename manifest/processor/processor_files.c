/*
 * processor_files.c - in/files to out/files: copied with their folders and manifests, or, with
 * "decompress", unpacked as the platform's processor does it: each file into a folder that has its
 * name, manifests left behind.
 */
#include "manifest/processor/processor_parts.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* ---- the parameter ---- */

int processor_judge_files(const struct processor *p, const cJSON *files)
{
    const cJSON *node;
    if (files == NULL || cJSON_IsBool(files)) {
        return CSVK_OK;
    }
    if (!cJSON_IsObject(files)) {
        return PROCESSOR_REFUSE(p, "parameters: \"files\" must be true, false or an object");
    }
    cJSON_ArrayForEach(node, files)
    {
        if (strcmp(node->string, "decompress") != 0 && strcmp(node->string, "graceful") != 0) {
            return PROCESSOR_REFUSE(p, "parameters: \"files\" has no option \"%s\"", node->string);
        }
        if (!cJSON_IsBool(node)) {
            return PROCESSOR_REFUSE(p, "parameters: \"%s\" of \"files\" must be true or false",
                                    node->string);
        }
    }
    return CSVK_OK;
}

/* ---- one archive ---- */

/* The name without the ending of its compression: a.csv.gz -> a.csv */
static char *inner_name(const char *name)
{
    static const char *const endings[] = {".gz", ".gzip", ".zst", ".xz", ".bz2"};
    char *inner = csvk_strdup(name);
    size_t n = strlen(name);
    for (size_t i = 0; inner != NULL && i < sizeof endings / sizeof endings[0]; i++) {
        size_t m = strlen(endings[i]);
        if (n > m && strcasecmp(name + n - m, endings[i]) == 0) {
            inner[n - m] = '\0';
            break;
        }
    }
    return inner;
}

static int unpack_to(struct csvk_source *source, struct csvk_sink *sink, struct csvk_error *err)
{
    static const size_t chunk = 1 << 18;
    unsigned char *bytes = csvk_malloc(chunk);
    size_t got = 1;
    int status = bytes != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    while (status == CSVK_OK && got > 0) {
        status = csvk_source_read(source, bytes, chunk, &got, err);
        if (status == CSVK_OK && got > 0) {
            status = csvk_sink_write(sink, bytes, got, err);
        }
    }
    csvk_free(bytes);
    const struct csvk_damage *damage = csvk_source_damage(source);
    return status == CSVK_OK && damage != NULL
               ? csvk_fail(err, CSVK_EDATA, "%s: the %s data is damaged: %s",
                           csvk_source_name(source), damage->kind, damage->what)
               : status;
}

/* CSVK_EDATA: it is not compressed, or damaged. The file appears whole or not at all. */
static int unpack_file(const char *from, const char *to, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_sink *sink = NULL;
    struct csvk_bytes start;
    int status = csvk_source_open(&source, from, err);
    status = status == CSVK_OK ? csvk_source_peek(source, 10, &start, err) : status;
    if (status == CSVK_OK && csvk_source_compression(source) == NULL) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s cannot be decompressed: it is not gzip, zstd, xz or bzip2", from);
    }
    status = status == CSVK_OK ? csvk_sink_open(&sink, to, 0, err) : status;
    status = status == CSVK_OK ? unpack_to(source, sink, err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, err) : status;
    csvk_sink_free(sink);
    csvk_source_free(source);
    return status;
}

static int decompress(const struct processor *p, const char *from, const char *to)
{
    bool graceful = cJSON_IsTrue(get(get(p->parameters, "files"), "graceful"));
    char *inner = inner_name(strrchr(from, '/') + 1);
    char *target = inner != NULL ? processor_path(to, inner, NULL) : NULL;
    int status = target != NULL ? processor_folder(p, to) : processor_no_memory(p);
    status = status == CSVK_OK ? unpack_file(from, target, p->err) : status;
    if (status == CSVK_EDATA && graceful) {
        processor_note(p, "%s; it is left out", p->err->text);
        processor_remove(to);
        status = CSVK_OK;
    }
    csvk_free(inner);
    csvk_free(target);
    return status;
}

/* ---- folders ---- */

static bool is_manifest(const char *name)
{
    size_t n = strlen(name), m = strlen(".manifest");
    return n > m && strcmp(name + n - m, ".manifest") == 0;
}

static int do_folder(const struct processor *p, const char *from, const char *to, bool unpack,
                     size_t depth);

static int do_entry(const struct processor *p, const char *from, const char *to, bool unpack,
                    size_t depth)
{
    struct stat info;
    if (lstat(from, &info) != 0) {
        return csvk_fail_sys(p->err, errno, "cannot read %s", from);
    }
    if (S_ISDIR(info.st_mode)) {
        if (depth == 0) {
            processor_note(p,
                           "%s: a folder; the platform does not look into it, a processor that "
                           "comes next may",
                           to);
        }
        return do_folder(p, from, to, unpack, depth + 1);
    }
    if (unpack && S_ISREG(info.st_mode) && is_manifest(from)) {
        processor_note(p, "%s: left out, because its file is decompressed", from);
        return CSVK_OK;
    }
    return unpack && S_ISREG(info.st_mode) ? decompress(p, from, to) : processor_copy(p, from, to);
}

static int do_folder(const struct processor *p, const char *from, const char *to, bool unpack,
                     size_t depth)
{
    struct csvk_strings names = {0};
    int status = processor_folder(p, to);
    status = status == CSVK_OK ? processor_names(p, from, &names) : status;
    for (size_t i = 0; i < names.count && status == CSVK_OK; i++) {
        char *a = processor_path(from, names.item[i], NULL);
        char *b = processor_path(to, names.item[i], NULL);
        status = a != NULL && b != NULL ? do_entry(p, a, b, unpack, depth) : processor_no_memory(p);
        csvk_free(a);
        csvk_free(b);
    }
    csvk_strings_release(&names);
    return status;
}

int processor_files(const struct processor *p)
{
    const cJSON *wanted = get(p->parameters, "files");
    char *from = processor_path(p->folder, "in/files", NULL);
    char *to = processor_path(p->folder, "out/files", NULL);
    int status = CSVK_OK;
    if (from == NULL || to == NULL) {
        status = processor_no_memory(p);
    } else if (!cJSON_IsFalse(wanted)) {
        status = do_folder(p, from, to, cJSON_IsTrue(get(wanted, "decompress")), 0);
    }
    csvk_free(from);
    csvk_free(to);
    return status;
}
