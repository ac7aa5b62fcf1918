/*
 * processor_table.c - processes the tables of in/tables one after the other: normalizes and slices
 * a table, and writes its manifest.
 *
 * A table that is sliced after it was normalized is normalized into the temporary folder, any other
 * table to its place in out/tables. The manifest is written last.
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

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcasecmp(text + n - m, end) == 0;
}

/* ---- steps ---- */

static bool has_rejects(const struct processor_table *t)
{
    return cJSON_IsTrue(get(t->plan.normalize, "rejects"));
}

/* out/files/NAME.rejects, or out/files/NAME.SLICE.rejects. */
static int name_rejects(const struct processor_table *t, const char *to, struct csvk_buf *name)
{
    const char *base = strrchr(to, '/') + 1;
    int status = csvk_buf_printf(name, "%s/out/files/%s%s%s.rejects", t->p->folder, t->name,
                                 t->folder ? "." : "", t->folder ? base : "");
    return status == CSVK_OK ? status : no_memory(t);
}

/* The table as the manifest describes it; what the step says wins. */
static int read_step(const struct processor_table *t, struct processor_normalize *step)
{
    struct csvk_normalize_options *options = &step->options;
    csvk_normalize_options_init(options);
    options->dialect.delimiter = t->by_manifest.dialect.delimiter;
    options->dialect.enclosure = t->by_manifest.dialect.enclosure;
    if (!csvk_manifest_header(&t->by_manifest)) {
        options->header = CSVK_NORMALIZE_NO_HEADER;
        if (csvk_strings_copy(&options->columns, &t->by_manifest.columns) != CSVK_OK) {
            return no_memory(t);
        }
    }
    int status = processor_read_normalize(t->p, t->plan.normalize, step);
    options->delimiter_given = !step->files.sniff_delimiter;
    step->files.keep_enclosure = true;
    if (status == CSVK_OK && options->names == CSVK_NORMALIZE_NAMES_STORAGE &&
        options->header == CSVK_NORMALIZE_NO_HEADER) {
        status = csvk_fail(t->p->err, CSVK_EUSAGE, "--names=storage needs a header");
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
        status = name_rejects(t, to, &rejects);
        step.files.rejects = csvk_buf_text(&rejects);
    }
    step.files.input = from;
    step.files.output = to;
    step.files.gzip_level = ends_with(to, ".gz") ? GZIP_LEVEL : 0;
    if (status == CSVK_OK) {
        status = csvk_normalize_files(&step.files, &step.options, &result, t->p->err);
    }
    csvk_buf_release(&rejects);
    csvk_normalize_options_release(&step.options);
    return status;
}

static int normalize_folder(struct processor_table *t, const char *to)
{
    struct csvk_strings slices = {0};
    int status = processor_folder(t->p, to);
    status = status == CSVK_OK ? csvk_list_slices(t->in, &slices, t->p->err) : status;
    for (size_t i = 0; i < slices.count && status == CSVK_OK; i++) {
        char *target = processor_path(to, strrchr(slices.item[i], '/') + 1, NULL);
        status = target != NULL ? normalize_file(t, slices.item[i], target) : no_memory(t);
        csvk_free(target);
    }
    csvk_strings_release(&slices);
    return status;
}

static int normalize(struct processor_table *t, const char *to)
{
    if (t->folder && csvk_manifest_header(&t->by_manifest) && t->by_manifest.columns.count == 0) {
        return PROCESSOR_REFUSE(t->p, "%s: a sliced table needs a manifest with columns", t->name);
    }
    return t->folder ? normalize_folder(t, to) : normalize_file(t, t->in, to);
}

/* out/tables/NAME without .gz and .csv: the name of the folder for the slices of a file. */
static char *sliced_path(const struct processor_table *t)
{
    char *path = csvk_strdup(t->out);
    if (path != NULL && !t->folder && ends_with(path, ".gz")) {
        path[strlen(path) - 3] = '\0';
    }
    if (path != NULL && !t->folder && ends_with(path, ".csv")) {
        path[strlen(path) - 4] = '\0';
    }
    return path;
}

/* Findings about the manifest say which table they are about. */
static int show(const struct processor_table *t, const char *to,
                struct csvk_slice_table_result *result)
{
    const struct csvk_processor_options *o = t->p->options;
    for (size_t i = 0; i < result->findings.count; i++) {
        result->findings.item[i].table = csvk_strdup(t->name);
        if (result->findings.item[i].table == NULL) {
            return no_memory(t);
        }
    }
    if (o->sliced != NULL) {
        o->sliced(o->context, to, result);
    }
    return CSVK_OK;
}

/* What the step and the manifest made so far say, as the options of one call. */
static int slice_as_told(const struct processor_table *t, const struct processor_slice *step,
                         struct csvk_table_definition *table, struct csvk_manifest_plan *plan,
                         const char *from)
{
    struct csvk_slice_table_options options;
    struct csvk_slice_table_result *result = NULL;
    struct csvk_findings findings = {0};
    struct csvk_strings inputs = {0};
    csvk_slice_table_options_init(&options);
    options.inputs = &inputs;
    options.table = table;
    options.how = &step->how;
    options.any_size = step->any_size;
    options.verify = step->verify;
    options.manifest = plan;
    options.support = t->p->options->support;
    options.max_record = t->p->options->max_record;
    options.judged = t->p->options->judged;
    options.context = t->p->options->context;
    int status = csvk_strings_add(&inputs, from) == CSVK_OK ? CSVK_OK : no_memory(t);
    status =
        status == CSVK_OK ? csvk_table_definition_read(table, from, &findings, t->p->err) : status;
    if (status == CSVK_OK) {
        status = csvk_slice_table(&options, &result, t->p->err);
        int shown = result != NULL ? show(t, step->how.directory, result) : status;
        status = status == CSVK_OK ? shown : status;
    }
    csvk_slice_table_result_free(result);
    csvk_findings_release(&findings);
    csvk_strings_release(&inputs);
    return status;
}

/* Slices `from`. The manifest that was made so far is the base of the manifest of the slices. */
static int slice_table(struct processor_table *t, const char *from, const char *to)
{
    struct processor_slice step = {0};
    struct csvk_table_definition table;
    struct csvk_manifest_plan *plan = NULL;
    csvk_table_definition_init(&table);
    csvk_slice_options_init(&step.how);
    step.how.directory = to;
    step.how.existing = CSVK_SLICE_REPLACE;
    step.how.threads = t->p->options->threads;
    table.manifest = processor_path(t->p->scratch, "base.manifest", NULL);
    int status = table.manifest == NULL ? no_memory(t) : processor_need_manifest(t);
    status = status == CSVK_OK ? processor_write_manifest(t, table.manifest) : status;
    status = status == CSVK_OK ? processor_read_slice(t->p, t->plan.slice, &step) : status;
    status = status == CSVK_OK ? csvk_manifest_plan_new(&plan, t->p->err) : status;
    if (status == CSVK_OK) {
        bool native = t->p->options->support == CSVK_SUPPORT_HINTS ||
                      t->p->options->support == CSVK_SUPPORT_AUTHORITATIVE;
        plan->options->generation = native ? CSVK_GENERATION_NATIVE : CSVK_GENERATION_LEGACY;
        status = slice_as_told(t, &step, &table, plan, from);
    }
    csvk_manifest_plan_free(plan);
    csvk_table_definition_release(&table);
    return status;
}

static int normalize_and_slice(struct processor_table *t, const char *to)
{
    char *middle = processor_path(t->p->scratch, t->folder ? "slices" : "table.csv", NULL);
    int status = middle != NULL ? normalize(t, middle) : no_memory(t);
    status = status == CSVK_OK ? slice_table(t, middle, to) : status;
    if (middle != NULL) {
        processor_remove(middle);
    }
    csvk_free(middle);
    return status;
}

static int make_sliced(struct processor_table *t)
{
    char *to = sliced_path(t);
    int status = to == NULL                        ? no_memory(t)
                 : processor_on(t->plan.normalize) ? normalize_and_slice(t, to)
                                                   : slice_table(t, t->in, to);
    csvk_free(to);
    return status;
}

static int make_plain(struct processor_table *t)
{
    char *path = NULL;
    int status = processor_on(t->plan.normalize) ? normalize(t, t->out)
                                                 : processor_copy(t->p, t->in, t->out);
    struct csvk_buf name = CSVK_BUF_INIT;
    if (csvk_buf_printf(&name, "%s.manifest", t->out) == CSVK_OK) {
        path = csvk_strdup(csvk_buf_text(&name));
    }
    csvk_buf_release(&name);
    if (status == CSVK_OK) {
        status = path != NULL ? processor_write_manifest(t, path) : no_memory(t);
    }
    csvk_free(path);
    return status;
}

/* ---- tables ---- */

static int make_table(struct processor_table *t)
{
    int status = processor_make_manifest(t);
    if (status != CSVK_OK) {
        return status;
    }
    return processor_on(t->plan.slice) ? make_sliced(t) : make_plain(t);
}

static int do_table(const struct processor *p, const char *name)
{
    struct processor_table t = {.p = p, .name = name, .plan = processor_plan(p, name)};
    struct csvk_buf manifest = CSVK_BUF_INIT;
    struct stat info;
    int status = csvk_buf_printf(&manifest, "%s.manifest", name);
    t.in = processor_path(p->folder, "in/tables", name);
    t.out = processor_path(p->folder, "out/tables", name);
    t.in_manifest =
        status == CSVK_OK ? processor_path(p->folder, "in/tables", csvk_buf_text(&manifest)) : NULL;
    csvk_buf_release(&manifest);
    if (t.in == NULL || t.out == NULL || t.in_manifest == NULL) {
        status = no_memory(&t);
    } else if (lstat(t.in, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) {
        status = PROCESSOR_REFUSE(p, "%s is neither a file nor a folder", t.in);
    } else {
        t.folder = S_ISDIR(info.st_mode);
        status = make_table(&t);
    }
    csvk_manifest_table_release(&t.by_manifest);
    cJSON_Delete(t.manifest);
    csvk_free(t.in);
    csvk_free(t.out);
    csvk_free(t.in_manifest);
    return status;
}

/* A source without a wildcard must exist: otherwise the step of a misspelt name would be left out
   without a message. */
static int judge_sources(const struct processor *p, const struct csvk_strings *names)
{
    const cJSON *entry, *item;
    cJSON_ArrayForEach(entry, get(p->parameters, "tables"))
    {
        const cJSON *source = get(entry, "source");
        for (item = cJSON_IsArray(source) ? source->child : source; item != NULL;
             item = cJSON_IsArray(source) ? item->next : NULL) {
            const char *name = item->valuestring;
            if (strpbrk(name, "*?[\\") == NULL && !csvk_strings_has(names, name)) {
                return PROCESSOR_REFUSE(p, "parameters: there is no table \"%s\" in in/tables",
                                        name);
            }
        }
    }
    return CSVK_OK;
}

int processor_tables(const struct processor *p)
{
    struct csvk_strings names = {0};
    char *in = processor_path(p->folder, "in/tables", NULL);
    char *out = processor_path(p->folder, "out/tables", NULL);
    int status = in != NULL && out != NULL ? processor_folder(p, out) : processor_no_memory(p);
    status = status == CSVK_OK ? processor_names(p, in, &names) : status;
    status = status == CSVK_OK ? judge_sources(p, &names) : status;
    for (size_t i = 0; i < names.count && status == CSVK_OK; i++) {
        const char *name = names.item[i];
        if (name[0] != '.' && !ends_with(name, ".manifest")) {
            status = do_table(p, name);
        }
    }
    csvk_strings_release(&names);
    csvk_free(in);
    csvk_free(out);
    return status;
}
