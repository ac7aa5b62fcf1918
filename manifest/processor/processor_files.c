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
        bool decompress = strcmp(node->string, "decompress") == 0;
        if (!decompress && strcmp(node->string, "graceful") != 0) {
            return PROCESSOR_REFUSE(p, "parameters: \"files\" has no option \"%s\"", node->string);
        }
        bool zlib = decompress && cJSON_IsString(node) && strcmp(node->valuestring, "zlib") == 0;
        if (!cJSON_IsBool(node) && !zlib) {
            return PROCESSOR_REFUSE(p, "parameters: \"%s\" of \"files\" must be true or false%s",
                                    node->string, decompress ? ", or \"zlib\"" : "");
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

/* Writes what is in the file to the folder `to`, under its name without the ending. */
static int unpack_stream(const struct processor *p, struct csvk_source *source, const char *to)
{
    struct csvk_sink *sink = NULL;
    int status = csvk_sink_open(&sink, to, 0, p->err);
    status = status == CSVK_OK ? unpack_to(source, sink, p->err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, p->err) : status;
    csvk_sink_free(sink);
    return status;
}

/* By the first bytes of the file; nothing at the start of a zlib stream is sure. */
static int unpack_any(const struct processor *p, const char *from, const char *folder,
                      const char *to)
{
    struct csvk_source *source = NULL;
    struct csvk_bytes start = {NULL, 0};
    if (cJSON_IsString(get(get(p->parameters, "files"), "decompress"))) {
        return processor_unpack_zlib(p, from, to);
    }
    int status = csvk_source_open(&source, from, p->err);
    status = status == CSVK_OK ? csvk_source_peek(source, 10, &start, p->err) : status;
    if (status == CSVK_OK && csvk_source_compression(source) != NULL) {
        status = unpack_stream(p, source, to);
    } else if (status == CSVK_OK && processor_is_zip(start)) {
        status = processor_unzip(p, from, folder);
    } else if (status == CSVK_OK) {
        status = PROCESSOR_REFUSE(
            p, "%s cannot be decompressed: it is not gzip, zstd, xz, bzip2 or ZIP", from);
    }
    csvk_source_free(source);
    return status;
}

static int decompress(const struct processor *p, const char *from, const char *to)
{
    bool graceful = cJSON_IsTrue(get(get(p->parameters, "files"), "graceful"));
    char *inner = inner_name(strrchr(from, '/') + 1);
    char *target = inner != NULL ? processor_path(to, inner, NULL) : NULL;
    /* A folder of an earlier run goes: what it held must not stay among what is unpacked now. */
    processor_remove(to);
    int status = target != NULL ? processor_folder(p, to) : processor_no_memory(p);
    status = status == CSVK_OK ? unpack_any(p, from, to, target) : status;
    if (status != CSVK_OK) {
        processor_remove(to);
    }
    if (status == CSVK_EDATA && graceful) {
        processor_note(p, "%s; it is left out", p->err->text);
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

static bool unpacks(const cJSON *wanted)
{
    const cJSON *how = get(wanted, "decompress");
    return cJSON_IsTrue(how) || cJSON_IsString(how);
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
        status = do_folder(p, from, to, unpacks(wanted), 0);
    }
    csvk_free(from);
    csvk_free(to);
    return status;
}
