/*
 * slice_parts.c - parts of a sliced table: made, and joined. See manifest/slice_parts.h.
 *
 * The records of a part are judged and cut in one pass: who judges a range (validator/partial.h)
 * hands out the batches, and the slicer is their taker. When the range has to be read once more,
 * because its last record did not end where it seemed to, the slicer begins anew.
 */
#include "manifest/slicing/part_job.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { WINDOW = 256 * 1024 }; /* as in slice_inputs.c */

/* ---- options --------------------------------------------------------------------------------- */

static int refuse_options(const struct slice_job *job, struct csvk_error *err)
{
    const struct csvk_slice_table_options *o = &job->options;
    const char *what = o->normalize != NULL                             ? "--normalize"
                       : o->manifest != NULL && o->manifest->types_auto ? "--data-type=auto"
                       : job->how.cut == CSVK_SLICE_BY_COUNT            ? "--slices"
                       : job->table.encoding != NULL                    ? "--encoding"
                                                                        : NULL;
    return what == NULL ? CSVK_OK
                        : csvk_fail(err, CSVK_EUSAGE, "not supported: %s in parts of a file", what);
}

/* Threads, and what is done when a record is too long for memory, change no slice. */
static int list_options(const struct csvk_slice_options *how, struct csvk_strings *out,
                        struct csvk_error *err)
{
    const struct {
        const char *name;
        uint64_t value;
    } numbers[] = {{"slice-size", how->cut == CSVK_SLICE_BY_SIZE ? how->slice_size : 0},
                   {"records", how->cut == CSVK_SLICE_BY_RECORDS ? how->records_each : 0},
                   {"level", how->form == CSVK_SLICE_GZIP ? (uint64_t)how->level : 0}};
    char text[80];
    int status =
        csvk_strings_add(out, how->form == CSVK_SLICE_GZIP ? "compress=gzip" : "compress=none");
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0] && status == CSVK_OK; i++) {
        snprintf(text, sizeof text, "%s=%" PRIu64, numbers[i].name, numbers[i].value);
        status = csvk_strings_add(out, text);
    }
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int list_usual_options(struct part_job *part, struct csvk_error *err)
{
    struct csvk_validate_options rules;
    struct csvk_slice_options how;
    csvk_slice_options_init(&how);
    int status = csvk_slice_rules(&rules, err);
    status = status == CSVK_OK ? csvk_partial_options(&part->usual, &rules, err) : status;
    csvk_validate_options_release(&rules);
    return status == CSVK_OK ? list_options(&how, &part->usual, err) : status;
}

/* ---- the taker ------------------------------------------------------------------------------- */

/* The slicer needs whole records, even if the validator does not. */
static void tune(struct csvk_options *how, void *context)
{
    const struct part_job *part = context;
    how->detail = how->detail > CSVK_RECORDS ? how->detail : CSVK_RECORDS;
    how->window = WINDOW;
    how->max_record = part->job.options.max_record;
}

int part_new_slicer(struct part_job *part, uint64_t total, struct csvk_error *err)
{
    struct slice_job *job = &part->job;
    csvk_slicer_free(job->slicer);
    job->slicer = NULL;
    job->how.total = total;
    return csvk_slicer_new(&job->slicer, &job->how, err);
}

static int begin(void *context, struct csvk_partial_range range, uint64_t before,
                 struct csvk_error *err)
{
    struct part_job *part = context;
    (void)before;
    part->begins = range.from == 0;
    part->header = 0;
    part->from = range.from;
    part->total = range.to - range.from;
    return part->joining ? CSVK_OK : part_new_slicer(part, part->total, err);
}

static int take(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    struct part_job *part = context;
    struct slice_job *job = &part->job;
    uint64_t skip = 0, done = batch->offset + batch->size;
    int status = CSVK_OK;
    if (part->begins) {
        status = slice_pass_header(job, part->input_name, batch, &part->header, &skip, err);
    }
    if (status == CSVK_OK && !job->refused) {
        status = csvk_slicer_feed(job->slicer, batch, skip, err);
    }
    return status == CSVK_OK
               ? slice_tell_progress(job, CSVK_SLICE_STEP_SLICE, done, part->total, err)
               : status;
}

/* `path` is that of a file in the folder of the part. */
static int adopt_slice(struct part_job *part, const char *path, size_t number,
                       const struct csvk_slice *slice, struct csvk_error *err)
{
    struct csvk_buf from = CSVK_BUF_INIT;
    char name[CSVK_SLICE_NAME_MAX];
    size_t folder = (size_t)(strrchr(path, '/') - path);
    slice_name(name, number, part->job.how.form);
    if (csvk_buf_add(&from, path, folder) != CSVK_OK ||
        csvk_buf_printf(&from, "/%s", name) != CSVK_OK) {
        csvk_buf_release(&from);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = slice_adopt(part->job.slicer, csvk_buf_text(&from), slice, err);
    csvk_buf_release(&from);
    return status;
}

static int join(void *context, const char *path, struct csvk_bytes note, uint64_t before,
                struct csvk_error *err)
{
    struct part_job *part = context;
    struct csvk_slice slice;
    size_t at = 0, number = 0;
    int status = CSVK_OK, read;
    (void)before;
    while (status == CSVK_OK && (read = part_note_read(note, &at, &slice)) != 0) {
        status = read > 0 ? adopt_slice(part, path, ++number, &slice, err)
                          : csvk_fail(err, CSVK_EIO, "%s: damaged: make this part again", path);
    }
    return status;
}

/* ---- life ------------------------------------------------------------------------------------ */

int part_open(struct part_job *part, const struct csvk_slice_table_options *options,
              struct csvk_slice_table_result **out, struct csvk_error *err)
{
    *part = (struct part_job){.joining = false};
    part->taker = (struct csvk_partial_taker){tune, begin, take, join, part};
    int status = slice_job_open(&part->job, options, out, err);
    status = status == CSVK_OK ? refuse_options(&part->job, err) : status;
    status = status == CSVK_OK ? slice_check_options(&part->job, err) : status;
    status = status == CSVK_OK ? slice_read_rules(&part->job, err) : status;
    return status == CSVK_OK ? list_options(&part->job.how, &part->options, err) : status;
}

void part_close(struct part_job *part, int status)
{
    slice_job_close(&part->job, status);
    csvk_strings_release(&part->options);
    csvk_strings_release(&part->usual);
}

/* The name of the input, for messages. */
static int name_input(struct part_job *part, const char *name, struct csvk_error *err)
{
    if (csvk_strings_add(&part->job.inputs, name) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    part->input_name = part->job.inputs.item[0];
    return CSVK_OK;
}

/* ---- making a part --------------------------------------------------------------------------- */

/* The path of a file in the folder that is being made. */
static int path_within(const struct part_job *part, const char *name, struct csvk_buf *out,
                       struct csvk_error *err)
{
    csvk_buf_clear(out);
    return csvk_buf_printf(out, "%s/%s", csvk_slicer_directory(part->job.slicer), name) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int write_description(const struct csvk_buf *text, const char *path, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    int status = csvk_sink_open(&sink, path, 0, err);
    status = status == CSVK_OK ? csvk_sink_write(sink, text->data, text->length, err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, err) : status;
    csvk_sink_free(sink);
    return status;
}

/* Both files that stand beside the slices. */
static int write_files(struct part_job *part, struct csvk_partial *partial,
                       const struct csvk_partial_input *input, struct csvk_partial_range range,
                       struct csvk_error *err)
{
    struct csvk_buf path = CSVK_BUF_INIT, text = CSVK_BUF_INIT, note = CSVK_BUF_INIT;
    struct csvk_partial_facts facts = csvk_partial_facts(partial);
    int status = list_usual_options(part, err);
    bool made = status == CSVK_OK && part_describe(part, input, range, &facts, &text) == CSVK_OK &&
                part_note_write(part->job.result, &note) == CSVK_OK;
    if (status == CSVK_OK && !made) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    status = status == CSVK_OK ? path_within(part, SLICE_PART_ABOUT, &path, err) : status;
    status = status == CSVK_OK ? write_description(&text, csvk_buf_text(&path), err) : status;
    status = status == CSVK_OK ? path_within(part, SLICE_PART_STATE, &path, err) : status;
    if (status == CSVK_OK) {
        struct csvk_bytes bytes = {note.data, note.length};
        status = csvk_partial_write(partial, bytes, csvk_buf_text(&path), err);
    }
    csvk_buf_release(&path);
    csvk_buf_release(&text);
    csvk_buf_release(&note);
    return status;
}

/* A part without a header does not know yet whether there are columns; whoever joins it does. */
static int end_part(struct part_job *part, struct csvk_partial *partial,
                    const struct csvk_partial_input *input, struct csvk_partial_range range,
                    struct csvk_error *err)
{
    struct slice_job *job = &part->job;
    int status = CSVK_OK;
    if (job->refused) {
        status = csvk_fail(err, CSVK_EDATA, "%s was not written", job->how.directory);
    } else if (!csvk_partial_facts(partial).judged) {
        status = part_new_slicer(part, 0, err);
    }
    status = status == CSVK_OK ? slice_finish(job, err) : status;
    status = status == CSVK_OK ? write_files(part, partial, input, range, err) : status;
    csvk_buf_clear(
        &job->result->manifest); /* it was judged, and is written where parts are joined */
    return status == CSVK_OK ? csvk_slicer_commit(job->slicer, NULL, err) : status;
}

static int make_part(struct part_job *part, const struct csvk_partial_input *input,
                     struct csvk_partial_range range, struct csvk_slice_part_facts *facts,
                     struct csvk_error *err)
{
    struct slice_job *job = &part->job;
    struct csvk_partial *partial = NULL;
    job->how.none = CSVK_SLICE_NO_SLICE;
    int status = job->options.verify
                     ? csvk_fail(err, CSVK_EUSAGE,
                                 "not supported: --verify of a part, which may have guessed wrong "
                                 "where it begins: give it where the parts are joined")
                     : name_input(part, input->name, err);
    status = status == CSVK_OK ? slice_refuse_own_input(job, input->name, err) : status;
    status = status == CSVK_OK ? slice_take_known_columns(job, err) : status;
    status = status == CSVK_OK ? part_new_slicer(part, 0, err) : status;
    if (status == CSVK_OK) {
        status = csvk_partial_new(&partial, input, &job->rules, range, &part->taker, &part->options,
                                  err);
    }
    if (status == CSVK_OK) {
        struct csvk_partial_facts found = csvk_partial_facts(partial);
        *facts = (struct csvk_slice_part_facts){found.begin, found.end, found.judged};
        status = end_part(part, partial, input, range, err);
    }
    csvk_partial_free(partial);
    return status;
}

int csvk_slice_part(const struct csvk_slice_table_options *options,
                    const struct csvk_partial_input *input, struct csvk_partial_range range,
                    struct csvk_slice_table_result **out, struct csvk_slice_part_facts *facts,
                    struct csvk_error *err)
{
    struct part_job part;
    int status = part_open(&part, options, out, err);
    status = status == CSVK_OK ? make_part(&part, input, range, facts, err) : status;
    part_close(&part, status);
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

static int read_parts(struct csvk_partials **out, const struct csvk_strings *folders,
                      struct csvk_error *err)
{
    struct csvk_strings paths = {0};
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = CSVK_OK;
    *out = NULL;
    for (size_t i = 0; i < folders->count && status == CSVK_OK; i++) {
        size_t length = strlen(folders->item[i]);
        while (length > 1 && folders->item[i][length - 1] == '/') {
            length--;
        }
        csvk_buf_clear(&path);
        bool good = csvk_buf_add(&path, folders->item[i], length) == CSVK_OK &&
                    csvk_buf_puts(&path, "/" SLICE_PART_STATE) == CSVK_OK &&
                    csvk_strings_add(&paths, csvk_buf_text(&path)) == CSVK_OK;
        status = good ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    status = status == CSVK_OK ? csvk_partials_read(out, &paths, err) : status;
    csvk_buf_release(&path);
    csvk_strings_release(&paths);
    return status;
}

int csvk_slice_parts_input_name(const struct csvk_strings *folders, char **name,
                                struct csvk_error *err)
{
    struct csvk_partials *partials;
    *name = NULL;
    int status = read_parts(&partials, folders, err);
    if (status != CSVK_OK) {
        return status;
    }
    *name = csvk_strdup(csvk_partials_input_name(partials));
    csvk_partials_free(partials);
    return *name != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* The header that the first part has read, which nobody will read again. */
static int take_columns(struct part_job *part, const struct csvk_partials *partials,
                        struct csvk_error *err)
{
    struct slice_job *job = &part->job;
    const struct csvk_strings *names = csvk_partials_names(partials);
    int status = slice_take_known_columns(job, err);
    if (status != CSVK_OK || job->columns_from != NULL || names->count == 0) {
        return status;
    }
    job->columns_from = part->input_name;
    return csvk_strings_copy(&job->result->columns, names) == CSVK_OK
               ? slice_make_manifest(job, err)
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int refuse_own_parts(const struct slice_job *job, const struct csvk_strings *folders,
                            struct csvk_error *err)
{
    struct csvk_buf within = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < folders->count && status == CSVK_OK; i++) {
        csvk_buf_clear(&within);
        status = csvk_buf_printf(&within, "%s/" SLICE_PART_STATE, folders->item[i]) == CSVK_OK
                     ? slice_refuse_own_input(job, csvk_buf_text(&within), err)
                     : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_buf_release(&within);
    return status;
}

static int join_slices(struct part_job *part, struct csvk_partials *partials,
                       const struct csvk_partial_input *input, uint64_t *again,
                       struct csvk_error *err)
{
    const struct csvk_report *report = NULL;
    struct csvk_validator *v = NULL;
    int status = csvk_partials_join(partials, input, &part->taker, &v, again, err);
    status = status == CSVK_OK ? csvk_validator_report(v, &report, err) : status;
    status = status == CSVK_OK ? slice_show_report(&part->job, report, err) : status;
    csvk_validator_free(v);
    return status;
}

static int join_parts(struct part_job *part, const struct csvk_strings *folders,
                      const struct csvk_partial_input *input, uint64_t *again,
                      struct csvk_error *err)
{
    struct slice_job *job = &part->job;
    struct csvk_partials *partials = NULL;
    part->joining = true;
    int status = read_parts(&partials, folders, err);
    status = status == CSVK_OK ? csvk_partials_check(partials, &job->rules, &part->options, err)
                               : status;
    status = status == CSVK_OK ? refuse_own_parts(job, folders, err) : status;
    status = status == CSVK_OK ? name_input(part, csvk_partials_input_name(partials), err) : status;
    status = status == CSVK_OK ? slice_refuse_own_input(job, part->input_name, err) : status;
    status = status == CSVK_OK ? take_columns(part, partials, err) : status;
    status = status == CSVK_OK ? part_new_slicer(part, 0, err) : status;
    status = status == CSVK_OK ? join_slices(part, partials, input, again, err) : status;
    status = status == CSVK_OK ? slice_conclude(job, err) : status;
    status = status == CSVK_OK ? slice_finish(job, err) : status;
    csvk_partials_free(partials);
    return status == CSVK_OK ? slice_commit(job, err) : status;
}

int csvk_slice_parts_join(const struct csvk_slice_table_options *options,
                          const struct csvk_strings *folders,
                          const struct csvk_partial_input *input,
                          struct csvk_slice_table_result **out, uint64_t *again,
                          struct csvk_error *err)
{
    struct part_job part;
    int status = part_open(&part, options, out, err);
    *again = 0;
    status = status == CSVK_OK ? join_parts(&part, folders, input, again, err) : status;
    part_close(&part, status);
    return status;
}
