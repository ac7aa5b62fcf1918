/*
 * slice_inputs.c - one pass over the inputs: judges every batch, then feeds it to the slicer.
 *
 * A defect may be at the very end of the data, so slices are made before the verdict is known. They
 * are dropped when the data is refused. After the first file with an error, the others are only
 * judged.
 */
#include "csvkit/io/file_kind.h"
#include "manifest/slicing/slice_job.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct input {
    struct slice_stream *stream; /* of --normalize, or NULL */
    struct slice_job *job;
    const char *path;
    struct csvk_source *source;
    struct csvk_validator *validator;
    struct csvk_reader *reader;
    uint64_t header; /* the number of the header's record; 0: none, or it has not come yet */
};

/* ---- the length of the input ---- */

static bool is_compressed(int fd)
{
    unsigned char head[16];
    ssize_t n = pread(fd, head, sizeof head, 0);
    return n > 0 && csvk_compression_of((struct csvk_bytes){head, (size_t)n}) != NULL;
}

static uint64_t plain_file_size(const char *path)
{
    struct stat info;
    int fd = strcmp(path, "-") != 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : 0;
    uint64_t size = 0;
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && !is_compressed(fd)) {
        off_t at = fd == 0 ? lseek(fd, 0, SEEK_CUR) : 0;
        size = at == 0 ? (uint64_t)info.st_size : 0;
    }
    if (fd > 0) {
        close(fd);
    }
    return size;
}

/* Of what the caller opens. What cannot be read says so when it is read as data. */
static uint64_t plain_source_size(const struct slice_job *job, const char *input)
{
    const struct csvk_slice_table_options *o = &job->options;
    struct csvk_error ignored = {0};
    struct csvk_source *source = NULL;
    struct csvk_bytes start;
    bool seen = o->open(o->context, input, &source, &ignored) == CSVK_OK &&
                csvk_source_peek(source, 16, &start, &ignored) == CSVK_OK;
    bool plain = seen && csvk_source_compression(source) == NULL;
    uint64_t size = plain ? csvk_source_file_size(source) : 0;
    csvk_source_free(source);
    return size;
}

static uint64_t plain_size(const struct slice_job *job, const char *input)
{
    return job->options.open != NULL ? plain_source_size(job, input) : plain_file_size(input);
}

uint64_t slice_plain_bytes(const struct slice_job *job)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < job->inputs.count; i++) {
        uint64_t size = job->table.encoding == NULL ? plain_size(job, job->inputs.item[i]) : 0;
        if (size == 0) {
            return 0;
        }
        sum += size;
    }
    return sum;
}

/* Every reading of an input goes through this function. */
static int open_source(const struct slice_job *job, const char *path, struct csvk_source **out,
                       struct csvk_error *err)
{
    const struct csvk_slice_table_options *o = &job->options;
    struct csvk_source *source = NULL;
    int status = o->open != NULL ? o->open(o->context, path, &source, err)
                                 : csvk_source_open(&source, path, err);
    status = status == CSVK_OK ? csvk_refuse_no_table(source, err) : status;
    if (status == CSVK_OK && job->table.encoding != NULL) {
        status = csvk_source_set_encoding(source, job->table.encoding, err);
    }
    if (status != CSVK_OK) {
        csvk_source_free(source);
        return status;
    }
    *out = source;
    return CSVK_OK;
}

static int count_source(struct csvk_source *source, uint64_t *bytes, struct csvk_error *err)
{
    enum { ROOM = 256 * 1024 };
    unsigned char *room = csvk_malloc(ROOM);
    if (room == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    size_t got = 1;
    int status = CSVK_OK;
    while (status == CSVK_OK && got != 0) {
        status = csvk_source_read(source, room, ROOM, &got, err);
        *bytes += status == CSVK_OK ? got : 0;
    }
    csvk_free(room);
    return status;
}

int slice_count_bytes(const struct slice_job *job, uint64_t *bytes, struct csvk_error *err)
{
    int status = CSVK_OK;
    *bytes = 0;
    for (size_t i = 0; i < job->inputs.count && status == CSVK_OK; i++) {
        struct csvk_source *source = NULL;
        status = open_source(job, job->inputs.item[i], &source, err);
        status = status == CSVK_OK ? count_source(source, bytes, err) : status;
        csvk_source_free(source);
    }
    return status;
}

/* ---- one input ---- */

/* Compression takes most of the time, so a larger window would cost memory and gain nothing. */
static int open_input(struct input *in, struct csvk_error *err)
{
    enum { WINDOW = 256 * 1024 };
    struct slice_job *job = in->job;
    struct csvk_options how;
    csvk_options_init(&how);
    job->rules.file = in->path;
    int status = open_source(job, in->path, &in->source, err);
    if (status == CSVK_OK && job->repair != NULL) {
        status = slice_refuse_hidden_header(job, in->path, in->source, err);
    }
    if (status == CSVK_OK && job->repair != NULL) {
        status = slice_repair_open(job, in->source, &in->source, &in->stream, err);
    }
    status = status == CSVK_OK ? csvk_validator_new(&in->validator, &job->rules, err) : status;
    bool none = false; /* surely no tables are not opened at all */
    if (status == CSVK_OK) {
        status = csvk_validator_look(in->validator, in->source, &none, err);
    }
    if (status != CSVK_OK) {
        return status;
    }
    csvk_validator_reader_options(in->validator, &how);
    const struct csvk_manifest_plan *plan = job->options.manifest;
    enum csvk_detail least = plan != NULL && plan->types_auto ? CSVK_FIELDS : CSVK_RECORDS;
    how.detail = how.detail > least ? how.detail : least;
    how.window = WINDOW;
    /* The slicer needs whole records, even if the validator does not. */
    how.max_record = job->options.max_record;
    return csvk_reader_new(&in->reader, in->source, &how, err);
}

/* The first record that is not empty; NULL: it is not in the batch. It is always reported. */
static const struct csvk_record *find_header(const struct csvk_batch *batch)
{
    size_t i = 0;
    while (i < batch->nreported && batch->records[i].blank) {
        i++;
    }
    return i < batch->nreported ? &batch->records[i] : NULL;
}

int slice_pass_header(struct slice_job *job, const char *path, const struct csvk_batch *batch,
                      uint64_t *header, uint64_t *skip, struct csvk_error *err)
{
    *skip = 0;
    if (!job->table.header || *header != 0) {
        return CSVK_OK;
    }
    const struct csvk_record *found = find_header(batch);
    *skip = found != NULL ? found->number - batch->first_record + 1 : batch->nrecords;
    *header = found != NULL ? found->number : 0;
    return found != NULL ? slice_look_at_header(job, path, batch, found, err) : CSVK_OK;
}

static int take_batch(struct input *in, const struct csvk_batch *batch, struct csvk_error *err)
{
    struct slice_job *job = in->job;
    uint64_t skip = 0;
    int status = csvk_validator_feed(in->validator, batch, err);
    status = status == CSVK_OK ? slice_pass_header(job, in->path, batch, &in->header, &skip, err)
                               : status;
    if (status == CSVK_OK && job->result->types != NULL &&
        csvk_types_feed(job->result->types, batch, in->header) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK && !job->refused) {
        status = csvk_slicer_feed(job->slicer, batch, skip, err);
    }
    return status == CSVK_OK ? slice_tell_progress(job, CSVK_SLICE_STEP_SLICE,
                                                   job->before + csvk_source_consumed(in->source),
                                                   job->plain_bytes, err)
                             : status;
}

int slice_show_report(struct slice_job *job, const struct csvk_report *report,
                      struct csvk_error *err)
{
    const struct csvk_slice_table_options *o = &job->options;
    job->refused |= report->errors != 0;
    bool doubtful = report->errors + report->warnings != 0;
    return doubtful && o->judged != NULL ? o->judged(o->context, report, err) : CSVK_OK;
}

static int judge_input(struct input *in, struct csvk_error *err)
{
    const struct csvk_report *report = NULL;
    int status = csvk_validator_finish(in->validator, csvk_reader_totals(in->reader),
                                       csvk_source_damage(in->source), err);
    status = status == CSVK_OK ? csvk_validator_report(in->validator, &report, err) : status;
    return status == CSVK_OK ? slice_show_report(in->job, report, err) : status;
}

/* The slicer continues with the next input, so the last record of this one needs a line break. */
static int end_input(struct input *in, struct csvk_error *err)
{
    struct slice_job *job = in->job;
    const struct csvk_totals *totals = csvk_reader_totals(in->reader);
    job->before += csvk_source_consumed(in->source);
    job->rules.width = job->rules.width != 0 ? job->rules.width : totals->width;
    bool last = in->path == job->inputs.item[job->inputs.count - 1];
    if (job->refused || last || totals->eol[CSVK_EOL_NONE] == 0) {
        return CSVK_OK;
    }
    return csvk_slicer_break(job->slicer, totals->eol_mode, err);
}

static int read_input(struct slice_job *job, const char *path, struct csvk_error *err)
{
    struct input in = {.job = job, .path = path};
    const struct csvk_batch *batch;
    int status = open_input(&in, err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(in.reader, &batch, err);
        if (status == CSVK_OK) {
            status = take_batch(&in, batch, err);
        }
    }
    status = status == CSVK_END ? slice_repair_join(in.stream, status, err) : status;
    status = status == CSVK_END ? judge_input(&in, err) : status;
    status = status == CSVK_OK ? end_input(&in, err) : status;
    csvk_reader_free(in.reader);
    csvk_validator_free(in.validator);
    csvk_source_free(in.source);
    return slice_repair_close(in.stream, status, err);
}

int slice_read_inputs(struct slice_job *job, struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < job->inputs.count && status == CSVK_OK; i++) {
        status = read_input(job, job->inputs.item[i], err);
        status =
            status == CSVK_OK ? csvk_table_definition_next(&job->table, &job->rules, err) : status;
    }
    return status;
}
