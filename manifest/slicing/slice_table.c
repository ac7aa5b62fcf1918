/*
 * slice_table.c - the steps of csvk_slice_table, in their order: options, inputs, the manifest as
 * far as it can be judged early, one pass over the data, reading back, and last the names.
 */
#include "manifest/slicing/own_structs.h"
#include "manifest/slicing/slice_job.h"

#include "csvkit/base/sized.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define MEGABYTE UINT64_C(1000000)

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_slice_table_options, context, "csvk_slice_table_options_init");

_Static_assert(CSVK_REPAIRS <= CSVK_REPAIRS_MOST, "the account of repairs cannot grow");

void csvk_slice_table_options_init_sized(struct csvk_slice_table_options *options, size_t size)
{
    const struct csvk_slice_table_options defaults = {.size = sizeof defaults};
    csvk_sized_init(&options_type, options, size, &defaults);
}

void csvk_slice_table_result_free(struct csvk_slice_table_result *result)
{
    if (result == NULL) {
        return;
    }
    csvk_free(result->slice);
    csvk_strings_release(&result->columns);
    csvk_buf_release(&result->manifest);
    csvk_findings_release(&result->findings);
    csvk_strings_release(&result->refusals);
    csvk_types_free(result->types);
    csvk_free(result->repairs);
    csvk_free(result);
}

int csvk_slice_rules_sized(struct csvk_validate_options *rules, size_t size, struct csvk_error *err)
{
    csvk_validate_options_init_sized(rules, size);
    int status = csvk_validate_set_rule(rules, "header-invalid-name", CSVK_WARNING, err);
    if (status == CSVK_OK) {
        rules->profile = CSVK_PROFILE_KEBOOLA;
    }
    return status;
}

/* ---- what the parts share -------------------------------------------------------------------- */

int slice_refuse(struct slice_job *job, struct csvk_error *err, const char *format, ...)
{
    char line[1024];
    va_list args;
    job->refused = true;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    int status = csvk_strings_add(&job->result->refusals, line);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int slice_tell_progress(const struct slice_job *job, enum csvk_slice_step step, uint64_t done,
                        uint64_t total, struct csvk_error *err)
{
    const struct csvk_slice_table_options *o = &job->options;
    if (o->progress != NULL && o->progress(o->context, step, done, total) < 0) {
        return csvk_fail(err, CSVK_ECANCELED, "%s: canceled", job->how.directory);
    }
    return CSVK_OK;
}

bool slice_equal_names(const struct csvk_strings *a, const struct csvk_strings *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = strcmp(a->item[i], b->item[i]) == 0;
    }
    return equal;
}

/* ---- options --------------------------------------------------------------------------------- */

static int check_table(const struct slice_job *job, struct csvk_error *err)
{
    const struct csvk_dialect *in = &job->table.dialect;
    bool normalize = job->options.normalize != NULL, manifest = job->options.manifest != NULL;
    if (job->table.delimiter_auto) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--delimiter=auto: csvkit slice does not find the delimiter; name it "
                         "(csvkit sniff proposes one)");
    }
    if ((in->more_length != 0 || in->skip_blanks) && !normalize) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: works with --normalize only, which writes slices with a "
                         "delimiter of one byte",
                         in->skip_blanks ? "--skip-blanks" : "--delimiter of several bytes");
    }
    if (manifest && in->escape != CSVK_NO_BYTE && !normalize) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--escape: a manifest cannot name an escape byte; add --normalize, which "
                         "removes it, or --no-manifest");
    }
    if (manifest && !job->table.header && job->table.columns.count == 0) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "a manifest for data without a header needs --columns; or give "
                         "--no-manifest");
    }
    return CSVK_OK;
}

static int read_sizes(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_slice_options *how = &job->how;
    if (job->options.any_size || how->cut != CSVK_SLICE_BY_SIZE) {
        return CSVK_OK;
    }
    how->least = 10 * MEGABYTE;
    how->most = 100 * MEGABYTE;
    if (how->slice_size < how->least || how->slice_size > how->most) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--slice-size: slices of 10 MB to 100 MB load best; --any-size "
                         "allows others");
    }
    return CSVK_OK;
}

int slice_check_options(struct slice_job *job, struct csvk_error *err)
{
    int status = check_table(job, err);
    return status == CSVK_OK ? read_sizes(job, err) : status;
}

int slice_read_rules(struct slice_job *job, struct csvk_error *err)
{
    int status = csvk_slice_rules(&job->rules, err);
    if (status == CSVK_OK && job->options.rules != NULL) {
        status = own_rules(&job->rules, job->options.rules, err);
        job->rules.columns = job->rules.primary_key = job->rules.first_header =
            (struct csvk_strings){0};
        job->rules.schema = NULL; /* the caller's; that of the table comes in its place */
    }
    status =
        status == CSVK_OK ? csvk_table_definition_rules(&job->table, &job->rules, err) : status;
    if (status == CSVK_OK) {
        status = csvk_table_definition_support(&job->rules, job->options.support, err);
    }
    job->rules.dialect = job->dialect;
    return status;
}

/* ---- inputs ---------------------------------------------------------------------------------- */

int slice_refuse_own_input(const struct slice_job *job, const char *path, struct csvk_error *err)
{
    struct stat out, in;
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL   ? csvk_strdup(".")
                   : slash == path ? csvk_strdup("/")
                                   : csvk_strndup(path, (size_t)(slash - path));
    if (folder == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    bool inside = strcmp(path, "-") != 0 && stat(job->how.directory, &out) == 0 &&
                  stat(folder, &in) == 0 && out.st_dev == in.st_dev && out.st_ino == in.st_ino;
    csvk_free(folder);
    return !inside ? CSVK_OK
                   : csvk_fail(err, CSVK_EUSAGE,
                               "%s lies in %s, which the slices would replace; write them to "
                               "another directory",
                               path, job->how.directory);
}

/* A table in slices: they have no header unless somebody has said so. When each input begins with a
   header that is skipped, the first one is what the others have to be like. */
static int settle_header(struct slice_job *job, bool folder, struct csvk_error *err)
{
    struct csvk_table_definition *table = &job->table;
    const char *first = job->inputs.count != 0 ? job->inputs.item[0] : NULL;
    bool skipped = table->header && table->header_skipped && job->inputs.count > 1 &&
                   !csvk_strings_has(&job->inputs, "-");
    bool told = table->columns.count != 0 || table->header_by != CSVK_TOLD_BY_DEFAULT;
    int status = folder || skipped ? csvk_table_definition_look(table, first, err) : CSVK_OK;
    return status == CSVK_OK && folder && !told ? slice_refuse_doubtful_header(job, err) : status;
}

static int list_inputs(struct slice_job *job, struct csvk_error *err)
{
    int status = CSVK_OK;
    bool folders = true;
    for (size_t i = 0; i < job->options.inputs->count && status == CSVK_OK; i++) {
        struct stat info;
        const char *path = job->options.inputs->item[i];
        bool folder = strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
        folders = folders && folder;
        status = folder ? csvk_list_slices(path, &job->inputs, err)
                        : csvk_strings_add(&job->inputs, path);
    }
    if (status == CSVK_ENOMEM) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < job->inputs.count && status == CSVK_OK; i++) {
        status = slice_refuse_own_input(job, job->inputs.item[i], err);
    }
    bool folder = folders && job->options.inputs->count != 0;
    return status == CSVK_OK ? settle_header(job, folder, err) : status;
}

/* The length of the input: cutting by size is better with it, cutting by count needs it. */
static int measure(struct slice_job *job, struct csvk_error *err)
{
    job->plain_bytes = job->how.total = slice_plain_bytes(job);
    if (job->how.cut != CSVK_SLICE_BY_COUNT || job->how.total != 0 || job->how.count == 1) {
        return CSVK_OK;
    }
    if (csvk_strings_has(&job->inputs, "-")) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--slices needs the length of the input, which is not known for "
                         "standard input; use --records or --slice-size");
    }
    return slice_count_bytes(job, &job->how.total, err);
}

int slice_take_known_columns(struct slice_job *job, struct csvk_error *err)
{
    if (job->table.columns.count == 0) {
        return CSVK_OK;
    }
    bool option = job->table.columns_by == CSVK_TOLD_BY_OPTION || job->table.manifest == NULL;
    job->columns_from = option ? "--columns" : job->table.manifest;
    if (csvk_strings_copy(&job->result->columns, &job->table.columns) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return slice_make_manifest(job, err);
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Slices cannot be loaded when nothing says what their columns are. */
static int need_columns(struct slice_job *job, struct csvk_error *err)
{
    if (job->refused || job->result->columns.count != 0 || job->options.manifest == NULL) {
        return CSVK_OK;
    }
    return slice_refuse(job, err,
                        "%s: there is no header to take the columns from; give --columns=A,B",
                        job->inputs.count > 0 ? job->inputs.item[0] : job->options.inputs->item[0]);
}

static int take_slices(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_slice_table_result *result = job->result;
    size_t count;
    const struct csvk_slice *slice = csvk_slicer_slices(job->slicer, &count);
    result->slice = csvk_calloc(count != 0 ? count : 1, sizeof *slice);
    if (result->slice == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        result->slice[i] = slice[i];
        result->records += slice[i].records;
        result->bytes += slice[i].bytes;
        result->file_bytes += slice[i].file_bytes;
    }
    result->nslices = count;
    return CSVK_OK;
}

int slice_conclude(struct slice_job *job, struct csvk_error *err)
{
    int status = need_columns(job, err);
    return status == CSVK_OK && job->refused
               ? csvk_fail(err, CSVK_EDATA, "%s was not written", job->how.directory)
               : status;
}

int slice_finish(struct slice_job *job, struct csvk_error *err)
{
    int status = csvk_slicer_finish(job->slicer, err);
    status = status == CSVK_OK ? take_slices(job, err) : status;
    status = status == CSVK_OK ? slice_repair_commit(job, err) : status;
    return status == CSVK_OK && job->options.verify ? slice_verify(job, err) : status;
}

int slice_commit(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_bytes manifest = {job->result->manifest.data, job->result->manifest.length};
    return csvk_slicer_commit(job->slicer, manifest.len != 0 ? &manifest : NULL, err);
}

static int work(struct slice_job *job, struct csvk_error *err)
{
    int status = slice_check_options(job, err);
    status = status == CSVK_OK ? slice_repair_new(job, err) : status;
    status = status == CSVK_OK ? list_inputs(job, err) : status;
    status = status == CSVK_OK ? slice_read_rules(job, err) : status;
    status = status == CSVK_OK ? measure(job, err) : status;
    status = status == CSVK_OK ? slice_take_known_columns(job, err) : status;
    status = status == CSVK_OK ? csvk_slicer_new(&job->slicer, &job->how, err) : status;
    status = status == CSVK_OK ? slice_read_inputs(job, err) : status;
    status = status == CSVK_OK && !job->refused ? slice_add_types(job, err) : status;
    status = status == CSVK_OK ? slice_conclude(job, err) : status;
    status = status == CSVK_OK ? slice_finish(job, err) : status;
    return status == CSVK_OK ? slice_commit(job, err) : status;
}

static void forget_slices(struct csvk_slice_table_result *result)
{
    csvk_free(result->slice);
    result->slice = NULL;
    result->nslices = 0;
    result->records = result->bytes = result->file_bytes = 0;
    csvk_buf_release(&result->manifest);
}

static int read_options(struct slice_job *job, const struct csvk_slice_table_options *options,
                        struct csvk_error *err)
{
    csvk_slice_table_options_init(&job->options);
    int status = csvk_sized_read(&options_type, &job->options, options, err);
    status = status == CSVK_OK ? own_table(&job->table, job->options.table, err) : status;
    status = status == CSVK_OK ? own_slice_options(&job->how, job->options.how, err) : status;
    job->dialect = job->table.dialect;
    job->table.first_names = (struct csvk_strings){0}; /* the only member that is not borrowed */
    return status;
}

int slice_job_open(struct slice_job *job, const struct csvk_slice_table_options *options,
                   struct csvk_slice_table_result **out, struct csvk_error *err)
{
    *job = (struct slice_job){.slicer = NULL};
    *out = NULL;
    int status = read_options(job, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    *out = job->result = csvk_calloc(1, sizeof *job->result);
    if (job->result == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    job->result->findings.limit = 100;
    return CSVK_OK;
}

void slice_job_close(struct slice_job *job, int status)
{
    if (job->result != NULL) {
        job->result->sliced = status == CSVK_OK;
        if (!job->result->sliced) {
            forget_slices(job->result);
        }
    }
    csvk_slicer_free(job->slicer);
    slice_repair_free(job->repair);
    csvk_validate_options_release(&job->rules);
    csvk_strings_release(&job->table.first_names);
    csvk_strings_release(&job->inputs);
}

int csvk_slice_table(const struct csvk_slice_table_options *options,
                     struct csvk_slice_table_result **out, struct csvk_error *err)
{
    struct slice_job job;
    int status = slice_job_open(&job, options, out, err);
    status = status == CSVK_OK ? work(&job, err) : status;
    slice_job_close(&job, status);
    return status;
}
