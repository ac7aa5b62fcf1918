/*
 * partial.c - parts of a judgement: made, checked against each other, joined. See partial.h.
 *
 * The file of a part: a preface that says which part of what it is, then the state of its
 * validator, unless the range holds no record or its end was not found, and the note of who took
 * the records.
 */
#include "validator/partial.h"

#include "validator/partial_head.h"
#include "validator/partial_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "csvkit part of a judgement\n";
#define FORMAT 5

/* The parts before this byte have all of the sample, unless there are comments; a mark before the
   first record is no part of it. */
#define SAMPLE_IS_WHOLE (2 * SAMPLE_BYTES)

struct partial_file {
    const char *path;
    char *version, *input_name; /* of csvkit; in reports */
    struct csvk_strings options;
    struct partial_head head;
    struct csvk_partial_range range;
    uint64_t begin, end; /* of the records that were judged */
    bool judged;
};

struct csvk_partials {
    struct partial_file *item; /* in the order of their ranges, when they are checked */
    size_t count;
    struct csvk_validate_options options; /* shallow; `schema` is shared */
    struct csvk_strings paths;
};

/* ---- the preface ----------------------------------------------------------------------------- */

static void release_file(struct partial_file *file)
{
    csvk_free(file->version);
    csvk_free(file->input_name);
    csvk_strings_release(&file->options);
    partial_head_release(&file->head);
}

static void pass_magic(struct partial_io *io)
{
    unsigned char bytes[sizeof magic - 1];
    memcpy(bytes, magic, sizeof bytes);
    partial_bytes(io, bytes, sizeof bytes);
    if (memcmp(bytes, magic, sizeof bytes) != 0) {
        partial_io_damaged(io);
    }
}

/* What a part of another csvkit means is not known here. */
static void pass_version(struct partial_io *io, struct partial_file *file)
{
    uint64_t format = FORMAT;
    partial_number(io, &format);
    partial_text(io, &file->version);
    const char *version = file->version != NULL ? file->version : "(unknown)";
    if (io->status == CSVK_OK && strcmp(version, csvk_version()) != 0) {
        io->status = csvk_fail(io->err, CSVK_EUSAGE,
                               "%s: made by csvkit %s, this is %s: use one version for all parts",
                               io->name, version, csvk_version());
    } else if (io->status == CSVK_OK && format != FORMAT) { /* between two releases */
        io->status = csvk_fail(io->err, CSVK_EUSAGE,
                               "%s: a part of format %" PRIu64 ", this csvkit makes format %d: "
                               "make this part again",
                               io->name, format, FORMAT);
    }
}

static void pass_preface(struct partial_io *io, struct partial_file *file)
{
    pass_magic(io);
    pass_version(io, file);
    partial_text(io, &file->input_name);
    partial_strings(io, &file->options);
    partial_head_pass(io, &file->head);
    partial_number(io, &file->range.from);
    partial_number(io, &file->range.to);
    partial_number(io, &file->begin);
    partial_number(io, &file->end);
    partial_flag(io, &file->judged);
    if (file->input_name == NULL || file->range.from > file->range.to ||
        file->range.to > file->head.size) {
        partial_io_damaged(io);
    }
}

static int check_unchanged(const struct csvk_partial_input *input, struct csvk_error *err)
{
    return input != NULL && input->check != NULL ? input->check(input->context, err) : CSVK_OK;
}

/* ---- making a part --------------------------------------------------------------------------- */

struct csvk_partial {
    struct partial_file file;
    struct csvk_validator *v; /* NULL: nothing was judged */
};

/* Judges the records that seem to begin in the range. */
static int judge_range(struct csvk_partial *p, const struct partial_work *work,
                       struct csvk_error *err)
{
    struct partial_file *file = &p->file;
    int status = partial_guess(work, file->range.from, &file->begin, err);
    file->end = file->begin;
    bool some = file->begin < file->range.to || file->head.size == 0;
    if (status != CSVK_OK || !some) {
        return status;
    }
    struct csvk_partial_range records = {file->begin, file->range.to};
    status = partial_judge_records(work, records, &p->v, &file->end, err);
    file->judged = p->v != NULL;
    if (file->judged && file->begin >= SAMPLE_IS_WHOLE && work->options->comment == 0) {
        csvk_buf_release(&p->v->sample);
    }
    return status;
}

static int add_options(struct csvk_strings *out, const struct csvk_strings *more,
                       struct csvk_error *err)
{
    for (size_t i = 0; more != NULL && i < more->count; i++) {
        if (csvk_strings_add(out, more->item[i]) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    return CSVK_OK;
}

static int make_part(struct csvk_partial *p, struct partial_work *work,
                     const struct csvk_strings *more, struct csvk_error *err)
{
    struct partial_file *file = &p->file;
    file->version = csvk_strdup(csvk_version());
    file->input_name = csvk_strdup(work->input->name);
    int status = file->version != NULL && file->input_name != NULL
                     ? CSVK_OK
                     : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    status = status == CSVK_OK ? csvk_partial_options(&file->options, work->options, err) : status;
    status = status == CSVK_OK ? add_options(&file->options, more, err) : status;
    status = status == CSVK_OK ? partial_head_read(&file->head, work->input, work->options, err)
                               : status;
    return status == CSVK_OK ? judge_range(p, work, err) : status;
}

int csvk_partial_new(struct csvk_partial **out, const struct csvk_partial_input *input,
                     const struct csvk_validate_options *options, struct csvk_partial_range range,
                     const struct csvk_partial_taker *taker, const struct csvk_strings *more,
                     struct csvk_error *err)
{
    struct csvk_validate_options own;
    *out = NULL;
    if (range.from > range.to || range.to > input->size) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: it has no bytes %" PRIu64 " to %" PRIu64 ", but %" PRIu64,
                         input->name, range.from, range.to, input->size);
    }
    int status = judge_read_options(&own, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_partial *p = csvk_calloc(1, sizeof *p);
    if (p == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    own.file = input->name;
    p->file.range = range;
    struct partial_work work = {input, &own, &p->file.head, taker, 0, true};
    status = make_part(p, &work, more, err);
    status = status == CSVK_OK ? check_unchanged(input, err) : status;
    if (status != CSVK_OK) {
        csvk_partial_free(p);
        return status;
    }
    *out = p;
    return CSVK_OK;
}

struct csvk_partial_facts csvk_partial_facts(const struct csvk_partial *p)
{
    const struct partial_file *file = &p->file;
    return (struct csvk_partial_facts){.begin = file->begin,
                                       .end = file->end,
                                       .judged = file->judged,
                                       .names = &file->head.names,
                                       .options = &file->options};
}

int csvk_partial_write(struct csvk_partial *p, struct csvk_bytes note, const char *path,
                       struct csvk_error *err)
{
    struct partial_io io;
    size_t length = note.len;
    p->file.path = path;
    partial_io_write(&io, path, err);
    pass_preface(&io, &p->file);
    if (p->file.judged) {
        partial_state(&io, p->v);
    }
    partial_count(&io, &length);
    partial_put(&io, note);
    int status = partial_io_end(&io);
    partial_io_close(&io);
    return status;
}

void csvk_partial_free(struct csvk_partial *p)
{
    if (p != NULL) {
        csvk_validator_free(p->v);
        release_file(&p->file);
        csvk_free(p);
    }
}

int csvk_partial_judge(const struct csvk_partial_input *input,
                       const struct csvk_validate_options *options, struct csvk_partial_range range,
                       const char *path, struct csvk_error *err)
{
    struct csvk_partial *p;
    int status = csvk_partial_new(&p, input, options, range, NULL, NULL, err);
    if (status == CSVK_OK) {
        status = csvk_partial_write(p, (struct csvk_bytes){NULL, 0}, path, err);
        csvk_partial_free(p);
    }
    return status;
}

/* ---- checking parts -------------------------------------------------------------------------- */

static int by_range(const void *a, const void *b)
{
    const struct partial_file *x = a, *y = b;
    if (x->range.from != y->range.from) {
        return x->range.from < y->range.from ? -1 : 1;
    }
    if (x->range.to != y->range.to) {
        return x->range.to < y->range.to ? -1 : 1;
    }
    return strcmp(x->path, y->path);
}

/* The head as bytes. */
static int head_text(struct partial_head *head, struct csvk_buf *out, struct csvk_error *err)
{
    struct partial_io io;
    partial_io_memory(&io, out, err);
    partial_head_pass(&io, head);
    return io.status;
}

static int check_options(const struct partial_file *file, const struct csvk_strings *options,
                         struct csvk_error *err)
{
    size_t most = options->count > file->options.count ? options->count : file->options.count;
    for (size_t i = 0; i < most; i++) {
        const char *here = i < options->count ? options->item[i] : "nothing";
        const char *there = i < file->options.count ? file->options.item[i] : "nothing";
        if (strcmp(here, there) != 0) {
            return csvk_fail(err, CSVK_EUSAGE, "%s: made with other options: %s there, and %s here",
                             file->path, there, here);
        }
    }
    return CSVK_OK;
}

static const char *version_of(const struct partial_head *head)
{
    return head->version != NULL ? head->version : "none";
}

static bool is_same_version(const struct partial_head *a, const struct partial_head *b)
{
    return strcmp(version_of(a), version_of(b)) == 0;
}

static int check_input(struct partial_file *first, struct partial_file *file,
                       struct csvk_error *err)
{
    struct csvk_buf a = CSVK_BUF_INIT, b = CSVK_BUF_INIT;
    int status = head_text(&first->head, &a, err);
    status = status == CSVK_OK ? head_text(&file->head, &b, err) : status;
    bool same = a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
    csvk_buf_release(&a);
    csvk_buf_release(&b);
    if (status != CSVK_OK || same) {
        return status;
    }
    return is_same_version(&first->head, &file->head)
               ? csvk_fail(err, CSVK_EUSAGE, "%s and %s are parts of different files: %s, and %s",
                           first->path, file->path, first->input_name, file->input_name)
               : csvk_fail(err, CSVK_EUSAGE,
                           "%s and %s are parts of two versions of an object: %s of %s, and %s of "
                           "%s",
                           first->path, file->path, version_of(&first->head), first->input_name,
                           version_of(&file->head), file->input_name);
}

/* `at` is how far the parts before this one go. */
static int check_range(const struct csvk_partials *p, size_t i, uint64_t at, struct csvk_error *err)
{
    const struct partial_file *file = &p->item[i], *before = i != 0 ? &p->item[i - 1] : NULL;
    bool empty = file->range.from == file->range.to;
    if (before != NULL && !empty && before->range.from == file->range.from &&
        before->range.to == file->range.to) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s and %s are the same part: bytes %" PRIu64 "-%" PRIu64, before->path,
                         file->path, file->range.from, file->range.to);
    }
    if (file->range.from < at) {
        return csvk_fail(err, CSVK_EUSAGE, "%s and %s overlap at byte %" PRIu64, before->path,
                         file->path, file->range.from);
    }
    if (file->range.from > at) {
        return csvk_fail(err, CSVK_EUSAGE, "a part is missing: bytes %" PRIu64 "-%" PRIu64 " of %s",
                         at, file->range.from, file->input_name);
    }
    return CSVK_OK;
}

static int check_parts(struct csvk_partials *p, const struct csvk_strings *more,
                       struct csvk_error *err)
{
    struct csvk_strings options = {0};
    uint64_t at = 0;
    int status = csvk_partial_options(&options, &p->options, err);
    status = status == CSVK_OK ? add_options(&options, more, err) : status;
    for (size_t i = 0; i < p->count && status == CSVK_OK; i++) {
        status = check_options(&p->item[i], &options, err);
        status = status == CSVK_OK ? check_input(&p->item[0], &p->item[i], err) : status;
        status = status == CSVK_OK ? check_range(p, i, at, err) : status;
        at = p->item[i].range.to;
    }
    csvk_strings_release(&options);
    if (status == CSVK_OK && at != p->item[0].head.size) {
        status =
            csvk_fail(err, CSVK_EUSAGE, "a part is missing: bytes %" PRIu64 "-%" PRIu64 " of %s",
                      at, p->item[0].head.size, p->item[0].input_name);
    }
    return status;
}

static int read_preface(struct partial_file *file, struct csvk_error *err)
{
    struct partial_io io;
    partial_io_read(&io, file->path, err);
    pass_preface(&io, file);
    partial_io_close(&io);
    return io.status;
}

static int read_parts(struct csvk_partials *p, const struct csvk_strings *paths,
                      struct csvk_error *err)
{
    int status = CSVK_OK;
    if (csvk_strings_copy(&p->paths, paths) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (; p->count < paths->count && status == CSVK_OK; p->count++) {
        p->item[p->count].path = p->paths.item[p->count];
        status = read_preface(&p->item[p->count], err);
    }
    if (status == CSVK_OK) {
        qsort(p->item, p->count, sizeof *p->item, by_range);
    }
    return status;
}

int csvk_partials_read(struct csvk_partials **out, const struct csvk_strings *paths,
                       struct csvk_error *err)
{
    *out = NULL;
    if (paths->count == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "no parts to join");
    }
    struct csvk_partials *p = csvk_calloc(1, sizeof *p);
    if (p != NULL) {
        p->item = csvk_calloc(paths->count, sizeof *p->item);
    }
    int status = p != NULL && p->item != NULL ? read_parts(p, paths, err)
                                              : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status != CSVK_OK) {
        csvk_partials_free(p);
        return status;
    }
    *out = p;
    return CSVK_OK;
}

int csvk_partials_check(struct csvk_partials *p, const struct csvk_validate_options *options,
                        const struct csvk_strings *more, struct csvk_error *err)
{
    int status = judge_read_options(&p->options, options, err);
    return status == CSVK_OK ? check_parts(p, more, err) : status;
}

int csvk_partials_open(struct csvk_partials **out, const struct csvk_strings *paths,
                       const struct csvk_validate_options *options, struct csvk_error *err)
{
    int status = csvk_partials_read(out, paths, err);
    status = status == CSVK_OK ? csvk_partials_check(*out, options, NULL, err) : status;
    if (status != CSVK_OK) {
        csvk_partials_free(*out);
        *out = NULL;
    }
    return status;
}

const char *csvk_partials_input_name(const struct csvk_partials *p)
{
    return p->item[0].input_name;
}

const struct csvk_strings *csvk_partials_names(const struct csvk_partials *p)
{
    return &p->item[0].head.names;
}

void csvk_partials_free(struct csvk_partials *p)
{
    if (p == NULL) {
        return;
    }
    for (size_t i = 0; p->item != NULL && i < p->paths.count; i++) {
        release_file(&p->item[i]);
    }
    csvk_strings_release(&p->paths);
    csvk_free(p->item);
    csvk_free(p);
}

/* ---- joining --------------------------------------------------------------------------------- */

static int load(const struct csvk_partials *p, size_t i, struct csvk_validator **out,
                struct csvk_buf *note, struct csvk_error *err)
{
    struct partial_file again = {.path = p->item[i].path};
    struct partial_io io;
    partial_io_read(&io, again.path, err);
    pass_preface(&io, &again);
    if (io.status == CSVK_OK) {
        io.status = partial_validator(out, &p->item[0].head, &p->options, p->item[i].begin, err);
    }
    if (io.status == CSVK_OK) {
        partial_resolve(*out, &p->item[0].head);
        partial_state(&io, *out);
        partial_buf(&io, note);
    }
    int status = partial_io_end(&io);
    partial_io_close(&io);
    release_file(&again);
    return status;
}

/* A part that is not taken is not read to its end; its checksum is looked at all the same, so that
   nothing is decided by a preface that was damaged. */
static int check_sum(const struct partial_file *file, struct csvk_error *err)
{
    struct partial_io io;
    unsigned char bytes[4096];
    partial_io_read(&io, file->path, err);
    while (io.status == CSVK_OK && io.left != 0) {
        partial_bytes(&io, bytes, io.left < sizeof bytes ? (size_t)io.left : sizeof bytes);
    }
    int status = partial_io_end(&io);
    partial_io_close(&io);
    return status;
}

static int check_work(const struct partial_work *work, struct csvk_error *err)
{
    const struct partial_head *head = work->head;
    struct partial_head there = {.size = 0};
    int status = partial_head_look(&there, work->input, err);
    bool same =
        there.size == head->size && there.begins == head->begins && there.ends == head->ends;
    if (status == CSVK_OK && !is_same_version(&there, head)) {
        status = csvk_fail(err, CSVK_EUSAGE,
                           "%s: these are parts of its version %s, and it has version %s now",
                           work->input->name, version_of(head), version_of(&there));
    } else if (status == CSVK_OK && !same) {
        status = csvk_fail(err, CSVK_EUSAGE, "%s: not the file of which these are parts",
                           work->input->name);
    }
    partial_head_release(&there);
    return status;
}

struct partial_joining {
    const struct csvk_partials *parts;
    struct partial_work work;
    struct csvk_validator *joined; /* NULL: nothing yet */
    uint64_t at;                   /* how far the records go */
    uint64_t again;                /* parts that were judged again */
};

/* The part was right: what it knows is read. */
static int take_part(struct partial_joining *j, const struct partial_file *file,
                     struct csvk_validator **out, struct csvk_error *err)
{
    const struct csvk_partial_taker *taker = j->work.taker;
    struct csvk_buf note = CSVK_BUF_INIT;
    int status = load(j->parts, (size_t)(file - j->parts->item), out, &note, err);
    if (status == CSVK_OK && taker != NULL) {
        struct csvk_bytes text = {note.data, note.length};
        status = taker->join(taker->context, file->path, text, j->work.before, err);
    }
    csvk_buf_release(&note);
    j->at = file->end;
    return status;
}

/* Judges the records that begin in the part's range, from j->at on. Where they end has to be known
   before a taker takes them, who cannot give them back. */
static int judge_again(struct partial_joining *j, const struct partial_file *file,
                       struct csvk_validator **out, struct csvk_error *err)
{
    struct partial_work alone = j->work;
    const char *missing = j->work.input != NULL ? j->work.input->missing : "it is not at hand";
    if (missing != NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: a record begins at byte %" PRIu64 ", where this part did not look "
                         "for one; join the parts where %s can be read, and bytes %" PRIu64
                         "-%" PRIu64 " will be judged again (%s)",
                         file->path, j->at, file->input_name, j->at, file->range.to, missing);
    }
    struct csvk_partial_range range = {j->at, file->range.to};
    alone.taker = NULL;
    int status = check_work(&j->work, err);
    status = status == CSVK_OK ? partial_judge_records(&alone, range, out, &j->at, err) : status;
    if (status == CSVK_OK && j->work.taker != NULL) {
        range.to = j->at;
        csvk_validator_free(*out);
        *out = NULL;
        status = partial_judge_exactly(&j->work, range, out, err);
    }
    return status;
}

static int join_part(struct partial_joining *j, const struct partial_file *file,
                     struct csvk_error *err)
{
    struct csvk_validator *v = NULL;
    bool right = file->judged && file->begin == j->at;
    int status = right ? take_part(j, file, &v, err) : check_sum(file, err);
    status = status == CSVK_OK && !right ? judge_again(j, file, &v, err) : status;
    j->again += !right;
    j->work.before += status == CSVK_OK ? v->totals.records : 0;
    if (status == CSVK_OK && j->joined == NULL) {
        j->joined = v;
        return CSVK_OK;
    }
    status = status == CSVK_OK ? csvk_validator_merge(j->joined, v, err) : status;
    csvk_validator_free(v);
    return status;
}

int csvk_partials_join(struct csvk_partials *p, const struct csvk_partial_input *input,
                       const struct csvk_partial_taker *taker, struct csvk_validator **out,
                       uint64_t *again, struct csvk_error *err)
{
    struct partial_joining j = {.parts = p,
                                .work = {input, &p->options, &p->item[0].head, taker, 0, false}};
    int status = CSVK_OK;
    p->options.file = p->item[0].input_name;
    for (size_t i = 0; i < p->count && status == CSVK_OK; i++) {
        bool covered = j.at >= p->item[i].range.to; /* by a record that began before it */
        bool needed = !covered || (p->item[i].head.size == 0 && i == 0);
        status = needed ? join_part(&j, &p->item[i], err) : check_sum(&p->item[i], err);
    }
    if (status == CSVK_OK && j.at != p->item[0].head.size) {
        status = csvk_fail(err, CSVK_EUSAGE, "%s: its parts end at byte %" PRIu64,
                           p->item[0].input_name, j.at);
    }
    status = status == CSVK_OK && j.again != 0 ? check_unchanged(input, err) : status;
    if (status != CSVK_OK) {
        csvk_validator_free(j.joined);
        return status;
    }
    *again = j.again;
    *out = j.joined;
    return CSVK_OK;
}
