/*
 * processor_data.c - the files of a table through the steps "normalize" and "columns". Each file is
 * normalized, and then, when columns change, read once more, one file after the other: so there is
 * one file at a time in the temporary folder.
 *
 * What several files of a table must agree on is known before the first of them is made (the width
 * of a table that is widened), or is taken from the first and asked of the others (names).
 */
#include "manifest/processor/processor_parts.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { GZIP_LEVEL = 6 };

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int no_memory(const struct processor_table *t)
{
    return processor_no_memory(t->p);
}

static bool ends_with_gz(const char *path)
{
    size_t n = strlen(path);
    return n > 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

static const char *base_name(const char *path)
{
    return strrchr(path, '/') + 1;
}

bool processor_changes_data(const struct processor_table *t)
{
    return processor_on(t->plan.normalize) || processor_reshapes(t);
}

/* ---- normalize ---- */

static bool has_rejects(const struct processor_table *t)
{
    return cJSON_IsTrue(get(t->plan.normalize, "rejects"));
}

/* out/files/NAME.rejects, or out/files/NAME.SLICE.rejects. */
static int name_rejects(const struct processor_table *t, const char *from, struct csvk_buf *name)
{
    int status = csvk_buf_printf(name, "%s/out/files/%s%s%s.rejects", t->p->folder, t->name,
                                 t->folder ? "." : "", t->folder ? base_name(from) : "");
    return status == CSVK_OK ? status : no_memory(t);
}

/* Whether there is a header, and what the columns are called. The header of a table that is widened
   is widened as any other record, and gets its names afterwards. */
static int describe_columns(const struct processor_table *t, struct csvk_normalize_options *options)
{
    if (t->header && !t->widen) {
        return CSVK_OK;
    }
    options->header = CSVK_NORMALIZE_NO_HEADER;
    if (t->header) {
        options->width = t->width;
        return CSVK_OK;
    }
    return csvk_strings_copy(&options->columns, &t->names) == CSVK_OK ? CSVK_OK : no_memory(t);
}

/* The table as the manifest describes it; what the step says wins. */
static int read_step(const struct processor_table *t, struct processor_normalize *step)
{
    struct csvk_normalize_options *options = &step->options;
    csvk_normalize_options_init(options);
    options->threads = t->p->options->threads;
    options->dialect.delimiter = t->told.dialect.delimiter;
    options->dialect.enclosure = t->told.dialect.enclosure;
    int status = describe_columns(t, options);
    status = status == CSVK_OK ? processor_read_normalize(t->p, t->plan.normalize, step) : status;
    options->delimiter_given = !step->files.sniff_delimiter;
    step->files.keep_enclosure = true;
    if (status == CSVK_OK && options->names == CSVK_NORMALIZE_NAMES_STORAGE && !t->header) {
        status = csvk_fail(t->p->err, CSVK_EUSAGE, "\"names\": \"storage\" needs a header");
    }
    if (status == CSVK_OK && !step->files.sniff_delimiter) {
        status = csvk_dialect_check(&options->dialect, t->p->err);
    }
    return status;
}

static int normalize_file(const struct processor_table *t, const char *from, const char *to)
{
    struct processor_normalize step = {.files = {.size = sizeof step.files}};
    struct csvk_normalize_result result = {.size = sizeof result};
    struct csvk_buf rejects = CSVK_BUF_INIT;
    int status = read_step(t, &step);
    if (status == CSVK_OK && has_rejects(t)) {
        status = name_rejects(t, from, &rejects);
        step.files.rejects = csvk_buf_text(&rejects);
    }
    step.files.input = from;
    step.files.output = to;
    step.files.gzip_level = ends_with_gz(to) ? GZIP_LEVEL : 0;
    if (status == CSVK_OK) {
        status = csvk_normalize_files(&step.files, &step.options, &result, t->p->err);
        if (status != CSVK_OK) {
            processor_reword(t->p->err);
        }
    }
    csvk_buf_release(&rejects);
    csvk_normalize_options_release(&step.options);
    return status;
}

/* ---- the width of the widest record of all files ---- */

static int measure_file(struct processor_table *t, const char *from, const char *rejects)
{
    struct processor_normalize step = {.files = {.size = sizeof step.files}};
    struct csvk_normalize_result result = {.size = sizeof result};
    int status = read_step(t, &step);
    csvk_strings_release(&step.options.columns);
    step.options.header = CSVK_NORMALIZE_NO_HEADER;
    step.options.only_measure = true;
    step.options.strict = false;
    step.options.width = 0;
    step.files.verify = false;
    step.files.input = from;
    step.files.rejects = rejects;
    if (status == CSVK_OK) {
        status = csvk_normalize_files(&step.files, &step.options, &result, t->p->err);
        if (status != CSVK_OK) {
            processor_reword(t->p->err);
        }
    }
    t->width = result.width > t->width ? result.width : t->width;
    csvk_normalize_options_release(&step.options);
    return status;
}

/* Names for the columns that have none: auto_col_N, which counts from 0, as is the custom where
   tables are widened. Without any name all are col_N, from 1. */
static int add_names(struct processor_table *t)
{
    bool none = t->columns.names == PROCESSOR_NAMES_AUTO;
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = CSVK_OK;
    while (t->names.count < t->width && status == CSVK_OK) {
        csvk_buf_clear(&name);
        status = csvk_buf_printf(&name, none ? "col_%zu" : "auto_col_%zu",
                                 t->names.count + (none ? 1 : 0));
        status = status == CSVK_OK ? csvk_strings_add(&t->names, csvk_buf_text(&name)) : status;
    }
    csvk_buf_release(&name);
    return status == CSVK_OK ? CSVK_OK : no_memory(t);
}

static int measure(struct processor_table *t, const struct csvk_strings *parts)
{
    char *rejects = processor_path(t->p->scratch, "measured", NULL);
    int status = rejects != NULL ? CSVK_OK : no_memory(t);
    t->width = t->names.count;
    for (size_t i = 0; i < parts->count && status == CSVK_OK; i++) {
        status = measure_file(t, parts->item[i], rejects);
    }
    csvk_free(rejects);
    bool named = !t->header || t->names.count > 0;
    return status == CSVK_OK && named ? add_names(t) : status;
}

/* ---- one file ---- */

static int normalize_and_reshape(struct processor_table *t, const char *from, const char *to)
{
    char *middle = processor_path(t->p->scratch, base_name(from), NULL);
    int status = middle != NULL ? normalize_file(t, from, middle) : no_memory(t);
    status = status == CSVK_OK && t->names.count == 0 && !t->header
                 ? processor_name_columns(t, middle)
                 : status;
    status = status == CSVK_OK ? processor_reshape(t, middle, to, from) : status;
    if (middle != NULL) {
        processor_remove(middle);
    }
    csvk_free(middle);
    return status;
}

static int make_file(struct processor_table *t, const char *from, const char *to)
{
    bool normalize = processor_on(t->plan.normalize), reshape = processor_reshapes(t);
    int status = CSVK_OK;
    if (normalize && reshape) {
        return normalize_and_reshape(t, from, to);
    }
    if (normalize) {
        status = normalize_file(t, from, to);
    } else if (!reshape) {
        status = processor_copy(t->p, from, to);
    }
    /* Without a header and without names the first record says how many columns there are. */
    if (status == CSVK_OK && t->columns.names == PROCESSOR_NAMES_AUTO && t->names.count == 0) {
        status = processor_name_columns(t, reshape ? from : to);
    }
    return status == CSVK_OK && reshape ? processor_reshape(t, from, to, from) : status;
}

/* ---- all files ---- */

/* Links may point to something that the component did not mean. */
static int add_part(const struct processor_table *t, const char *name, struct csvk_strings *parts)
{
    struct stat info;
    char *path = processor_path(t->in, name, NULL);
    int status = CSVK_OK;
    if (path == NULL) {
        return no_memory(t);
    }
    if (name[0] == '.') {
        processor_note(t->p, "%s: left out, because its name begins with a dot", path);
    } else if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        processor_note(t->p, "%s: left out: a folder is no slice", path);
    } else if (!S_ISREG(info.st_mode)) {
        status = PROCESSOR_REFUSE(t->p, "%s is not a file", path);
    } else {
        status = csvk_strings_add(parts, path) == CSVK_OK ? CSVK_OK : no_memory(t);
    }
    csvk_free(path);
    return status;
}

static int list_parts(const struct processor_table *t, struct csvk_strings *parts)
{
    struct csvk_strings names = {0};
    if (!t->folder) {
        return csvk_strings_add(parts, t->in) == CSVK_OK ? CSVK_OK : no_memory(t);
    }
    int status = processor_names(t->p, t->in, &names);
    for (size_t i = 0; i < names.count && status == CSVK_OK; i++) {
        status = add_part(t, names.item[i], parts);
    }
    csvk_strings_release(&names);
    return status;
}

/* Nothing names the columns of slices: no manifest, no parameter. */
static int check_folder(const struct processor_table *t)
{
    bool said = t->columns.names != PROCESSOR_NAMES_KEEP || !t->header ||
                (processor_on(t->plan.slice) && processor_header_stated(t));
    return said || !t->folder || t->names.count != 0
               ? CSVK_OK
               : PROCESSOR_REFUSE(t->p,
                                  "%s: a sliced table needs a manifest with columns; "
                                  "\"columns\": {\"names\": \"header\"} makes it from the "
                                  "headers of the slices, \"auto\" without a header",
                                  t->name);
}

int processor_check_parts(const struct processor_table *t)
{
    struct csvk_strings parts = {0};
    int status = check_folder(t);
    status = status == CSVK_OK ? list_parts(t, &parts) : status;
    csvk_strings_release(&parts);
    return status;
}

static int check_names(const struct processor_table *t)
{
    bool wanted = t->columns.names == PROCESSOR_NAMES_HEADER ||
                  t->columns.names == PROCESSOR_NAMES_AUTO || processor_reshapes(t);
    return wanted && t->names.count == 0
               ? PROCESSOR_REFUSE(t->p,
                                  "%s: the data is empty, so nothing says which columns there "
                                  "are; \"columns\": {\"names\": [...]} names them",
                                  t->name)
               : CSVK_OK;
}

static int make_files(struct processor_table *t, const struct csvk_strings *parts, const char *to)
{
    int status = t->folder ? processor_folder(t->p, to) : CSVK_OK;
    for (size_t i = 0; i < parts->count && status == CSVK_OK; i++) {
        const char *from = parts->item[i];
        char *target = t->folder ? processor_path(to, base_name(from), NULL) : csvk_strdup(to);
        status = target != NULL ? make_file(t, from, target) : no_memory(t);
        csvk_free(target);
    }
    return status;
}

static int read_widen(struct processor_table *t)
{
    const cJSON *ragged = get(t->plan.normalize, "ragged");
    t->widen = cJSON_IsString(ragged) && strcmp(ragged->valuestring, "widen") == 0;
    return check_folder(t);
}

int processor_make_data(struct processor_table *t, const char *to)
{
    struct csvk_strings parts = {0};
    int status = read_widen(t);
    status = status == CSVK_OK ? list_parts(t, &parts) : status;
    status = status == CSVK_OK && t->widen ? measure(t, &parts) : status;
    status = status == CSVK_OK ? make_files(t, &parts, to) : status;
    status = status == CSVK_OK ? check_names(t) : status;
    if (status == CSVK_OK && t->names.count > 0 && processor_reshapes(t)) {
        status = processor_pick_columns(t);
    }
    csvk_strings_release(&parts);
    return status;
}
