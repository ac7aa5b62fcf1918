/*
 * processor_slicing.c - the step "slice": a table becomes a folder of slices under its full name,
 * so that an output mapping that names the table finds it still.
 */
#include "manifest/processor/processor_parts.h"

#include <string.h>
#include <sys/stat.h>

static int no_memory(const struct processor_table *t)
{
    return processor_no_memory(t->p);
}

/* Findings about the manifest say which table they are about. */
static int show(const struct processor_table *t, struct csvk_slice_table_result *result)
{
    const struct csvk_processor_options *o = t->p->options;
    for (size_t i = 0; i < result->findings.count; i++) {
        result->findings.item[i].table = csvk_strdup(t->name);
        if (result->findings.item[i].table == NULL) {
            return no_memory(t);
        }
    }
    if (o->sliced != NULL) {
        o->sliced(o->context, t->out, result);
    }
    return CSVK_OK;
}

/* The reports of data that was made here have the place in the input that it was made of. */
struct shown_report {
    const struct processor_table *t;
    const char *from; /* what is sliced */
};

static int show_report(void *context, const struct csvk_report *report, struct csvk_error *err)
{
    const struct shown_report *shown = context;
    const struct processor_table *t = shown->t;
    const struct csvk_processor_options *o = t->p->options;
    size_t length = strlen(shown->from);
    struct csvk_report renamed = *report;
    struct csvk_buf name = CSVK_BUF_INIT;
    if (strcmp(shown->from, t->in) != 0 && strncmp(report->file, shown->from, length) == 0) {
        if (csvk_buf_printf(&name, "%s%s (%s)", t->in, report->file + length,
                            processor_on(t->plan.normalize) ? "normalized"
                                                            : "with the columns "
                                                              "of the result") != CSVK_OK) {
            return no_memory(t);
        }
        renamed.file = csvk_buf_text(&name);
    }
    int status = o->judged(o->context, &renamed, err);
    csvk_buf_release(&name);
    return status;
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
    struct shown_report shown = {t, from};
    csvk_slice_table_options_init(&options);
    options.inputs = &inputs;
    options.table = table;
    options.how = &step->how;
    options.any_size = step->any_size;
    options.verify = step->verify;
    options.manifest = plan;
    options.support = t->p->options->support;
    options.max_record = t->p->options->max_record;
    options.judged = t->p->options->judged != NULL ? show_report : NULL;
    options.context = &shown;
    int status = csvk_strings_add(&inputs, from) == CSVK_OK ? CSVK_OK : no_memory(t);
    status =
        status == CSVK_OK ? csvk_table_definition_read(table, from, &findings, t->p->err) : status;
    if (status == CSVK_OK) {
        status = csvk_slice_table(&options, &result, t->p->err);
        int told = result != NULL ? show(t, result) : status;
        if (status == CSVK_EDATA && result != NULL && !result->sliced &&
            strstr(t->p->err->text, step->how.directory) != NULL) {
            status = PROCESSOR_REFUSE(t->p, "%s was not written", t->out);
        }
        status = status == CSVK_OK ? told : status;
    }
    csvk_slice_table_result_free(result);
    csvk_findings_release(&findings);
    csvk_strings_release(&inputs);
    return status;
}

/* ---- sizes ---- */

/* Bytes of text of a file: of a compressed one it has to be read. */
static int text_size_of(const struct processor_table *t, const char *path, uint64_t *size)
{
    static const size_t chunk = 1 << 18;
    struct csvk_source *source = NULL;
    struct csvk_bytes start;
    struct stat info;
    size_t got = 1;
    int status = csvk_source_open(&source, path, t->p->err);
    status = status == CSVK_OK ? csvk_source_peek(source, 10, &start, t->p->err) : status;
    if (status == CSVK_OK && csvk_source_compression(source) == NULL) {
        *size += stat(path, &info) == 0 ? (uint64_t)info.st_size : 0;
    } else if (status == CSVK_OK) {
        unsigned char *bytes = csvk_malloc(chunk);
        status = bytes != NULL ? CSVK_OK : no_memory(t);
        while (status == CSVK_OK && got > 0) {
            status = csvk_source_read(source, bytes, chunk, &got, t->p->err);
            *size += status == CSVK_OK ? got : 0;
        }
        csvk_free(bytes);
    }
    csvk_source_free(source);
    return status;
}

static int text_size(const struct processor_table *t, const char *from, uint64_t *size)
{
    struct csvk_strings parts = {0};
    int status = t->folder ? csvk_list_slices(from, &parts, t->p->err)
                 : csvk_strings_add(&parts, from) != CSVK_OK ? no_memory(t)
                                                             : CSVK_OK;
    *size = 0;
    for (size_t i = 0; i < parts.count && status == CSVK_OK; i++) {
        status = text_size_of(t, parts.item[i], size);
    }
    csvk_strings_release(&parts);
    return status;
}

int processor_slices(const struct processor_table *t, const char *from, bool *slices)
{
    struct processor_slice step = {0};
    uint64_t size = 0;
    *slices = processor_on(t->plan.slice);
    if (!*slices) {
        return CSVK_OK;
    }
    csvk_slice_options_init(&step.how);
    int status = processor_read_slice(t->p, t->plan.slice, &step);
    if (status == CSVK_OK && step.min_table_size > 0) {
        status = text_size(t, from, &size);
        *slices = size >= step.min_table_size;
    }
    return status;
}

/* No more slices than there are of the least size. */
static int limit_count(const struct processor_table *t, const char *from,
                       struct processor_slice *step)
{
    uint64_t size = 0;
    if (step->min_slice_size == 0) {
        return CSVK_OK;
    }
    int status = text_size(t, from, &size);
    uint64_t most = size / step->min_slice_size;
    most = most > 0 ? most : 1;
    step->how.count = step->how.count < most ? step->how.count : most;
    return status;
}

/* ---- slicing ---- */

/* The manifest that was made so far is the base of the manifest of the slices. */
int processor_slice_table(struct processor_table *t, const char *from, const char *to)
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
    status = status == CSVK_OK ? limit_count(t, from, &step) : status;
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
