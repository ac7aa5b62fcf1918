/*
 * validate.c - csvk_validate_source, the plain case: one source, one reader, one validator.
 *
 * Two things are decided by the first bytes, before anything is read, because the reader has to
 * know them. Where the options ask for it, a spreadsheet's line `sep=;` is obeyed: the line gives
 * the delimiter, and the record after it gives the width of the table. And where all records have
 * another width than the header, theirs is the table's (doc/reading.md A29).
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/sized.h"

#include <string.h>

#define RECORDS_ENOUGH 10 /* that are alike, to outvote the header */

static size_t mark_length(struct csvk_bytes head)
{
    return head.len >= 3 && memcmp(head.ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

/* Passes the comments at walk->at. */
static void pass_comments(struct field_walk *walk, uint64_t comment)
{
    while (comment != 0 && walk->at < walk->size && walk->bytes[walk->at] == comment) {
        walk_line(walk);
    }
}

size_t validate_pass_start(struct csvk_bytes head, const struct csvk_validate_options *options)
{
    struct field_walk walk = {head.ptr, head.len, mark_length(head), options->dialect, true};
    pass_comments(&walk, options->comment);
    return walk.at;
}

/* Finds a line `sep=X` at the byte `at`: X, and the offset after that line. False: there is none.
 */
static bool find_sep_line(struct csvk_bytes head, size_t at, size_t *after, int *delimiter)
{
    size_t length = csvk_sep_line(head.ptr + at, head.len - at, delimiter);
    if (length == 0) {
        return false;
    }
    at += length;
    size_t line_end = at;
    while (at < head.len && at < line_end + 2 && (head.ptr[at] == '\r' || head.ptr[at] == '\n')) {
        at++;
    }
    *after = at;
    return at > line_end;
}

/* Fields of the next record that is not empty; 0: it does not end within the head. */
static uint64_t count_fields(struct field_walk *walk, uint64_t comment)
{
    struct walk_field field;
    uint64_t count = 0;
    pass_comments(walk, comment);
    while (walk->at < walk->size &&
           (walk->bytes[walk->at] == '\r' || walk->bytes[walk->at] == '\n')) {
        walk->at++;
        pass_comments(walk, comment);
    }
    do {
        walk_next(walk, &field);
        count++;
    } while (!field.last);
    return field.complete || walk->size < VALIDATE_HEAD ? count : 0;
}

int validate_find_sep(struct csvk_source *source, struct csvk_validate_options *options,
                      struct csvk_error *err)
{
    struct csvk_bytes head;
    struct csvk_dialect dialect = options->dialect;
    size_t after;
    int status = csvk_source_peek(source, VALIDATE_HEAD, &head, err);
    dialect.more_length = 0; /* the line names one byte */
    if (status != CSVK_OK ||
        !find_sep_line(head, validate_pass_start(head, options), &after, &dialect.delimiter) ||
        csvk_dialect_check(&dialect, NULL) != CSVK_OK) {
        return status;
    }
    struct field_walk walk = {head.ptr, head.len, after, dialect,
                              options->profile == CSVK_PROFILE_BIS};
    uint64_t width = count_fields(&walk, options->comment);
    if (width != 0) {
        options->sep = CSVK_SEP_FOUND;
        options->dialect = dialect;
        options->width = width;
    }
    return CSVK_OK;
}

/* Is the first line break from `at` on CR alone? Then it ends the records. */
static bool cr_is_first(struct csvk_bytes head, size_t at)
{
    while (at < head.len && head.ptr[at] != '\n' && head.ptr[at] != '\r') {
        at++;
    }
    return at + 1 < head.len && head.ptr[at] == '\r' && head.ptr[at + 1] != '\n' &&
           head.ptr[at + 1] != '\r';
}

/* The width on which all records but the header agree, when it is another one; else 0. */
static uint64_t width_of_records(struct csvk_bytes head,
                                 const struct csvk_validate_options *options)
{
    size_t at = validate_pass_start(head, options);
    bool cr_ends = options->profile == CSVK_PROFILE_BIS || cr_is_first(head, at);
    struct field_walk walk = {head.ptr, head.len, at, options->dialect, cr_ends};
    if (judge_is_sep((struct csvk_bytes){head.ptr + walk.at, head.len - walk.at})) {
        return 0; /* no header yet */
    }
    uint64_t names = count_fields(&walk, options->comment), width = 0, records = 0;
    pass_comments(&walk, options->comment);
    while (names != 0 && walk.at < walk.size) {
        uint64_t fields = count_fields(&walk, options->comment);
        if (fields == 0) {
            break; /* the head ends within this record */
        }
        if (fields == names || (width != 0 && fields != width)) {
            return 0;
        }
        width = fields;
        records++;
        pass_comments(&walk, options->comment);
    }
    return records >= RECORDS_ENOUGH ? width : 0;
}

/* Bytes that a source converts are seen here as they were, so a head with NUL bytes is none to look
   at. */
static int look_at_widths(struct csvk_validator *v, struct csvk_source *source,
                          struct csvk_error *err)
{
    const struct csvk_validate_options *o = &v->options;
    bool open = o->header == CSVK_HEADER && v->width == 0 && !o->continuation;
    struct csvk_bytes head = {NULL, 0};
    int status = open ? csvk_source_peek(source, VALIDATE_HEAD, &head, err) : CSVK_OK;
    if (status != CSVK_OK || head.len == 0 || memchr(head.ptr, 0, head.len) != NULL) {
        return status;
    }
    v->width = width_of_records(head, o);
    v->header_outvoted = v->width != 0;
    return CSVK_OK;
}

int csvk_validator_look(struct csvk_validator *validator, struct csvk_source *source, bool *none,
                        struct csvk_error *err)
{
    int status = judge_kind(validator, source, none, err);
    return status == CSVK_OK && !*none ? look_at_widths(validator, source, err) : status;
}

static const struct csvk_sized hooks_type =
    CSVK_SIZED(struct csvk_validate_hooks, begin, CSVK_SIZED_BY_HAND);

int validate_records(struct csvk_reader *reader, struct csvk_validator *v,
                     struct csvk_source *source, const struct csvk_validate_hooks *hooks,
                     struct csvk_error *err)
{
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        status = hooks->tap != NULL ? hooks->tap(batch, hooks->context, err) : CSVK_OK;
        search_told(v, reader);
        status = status == CSVK_OK ? csvk_validator_feed(v, batch, err) : status;
        status = status == CSVK_OK ? search_ask(v, reader, err) : status;
        if (status != CSVK_OK) {
            return status;
        }
        if (hooks->tap == NULL) {
            csvk_reader_only_count(reader, csvk_validator_only_counts(v));
        }
        if (hooks->progress != NULL &&
            hooks->progress(csvk_source_consumed(source), hooks->context) < 0) {
            return csvk_fail(err, CSVK_ECANCELED, "%s: stopped", csvk_source_name(source));
        }
    }
    if (status != CSVK_END) {
        return status;
    }
    return csvk_validator_finish(v, csvk_reader_totals(reader), csvk_source_damage(source), err);
}

/* Reads the table, unless the file is none: then its kind is the only finding. */
static int judge_source(struct csvk_validator *v, struct csvk_source *source,
                        const struct csvk_validate_hooks *hooks, struct csvk_error *err)
{
    struct csvk_reader *reader = NULL;
    struct csvk_options how;
    bool none = false;
    int status = csvk_validator_look(v, source, &none, err);
    if (status == CSVK_OK && none) {
        struct csvk_totals nothing = {.bytes = csvk_source_file_size(source)};
        return csvk_validator_finish(v, &nothing, NULL, err);
    }
    csvk_options_init(&how);
    csvk_validator_reader_options(v, &how);
    if (hooks->tune != NULL) {
        hooks->tune(&how, hooks->context);
    }
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &how, err);
    }
    if (status == CSVK_OK && hooks->begin != NULL) {
        status = hooks->begin(reader, hooks->context, err);
    }
    if (status == CSVK_OK) {
        status = validate_records(reader, v, source, hooks, err);
    }
    csvk_reader_free(reader);
    return status;
}

/* As csvk_validate_source, with options in which `sep` is resolved. */
static int validate(struct csvk_validator **out, struct csvk_source *source,
                    const struct csvk_validate_options *options,
                    const struct csvk_validate_hooks *hooks, struct csvk_error *err)
{
    struct csvk_validator *v = NULL;
    int status = csvk_validator_new(&v, options, err);
    if (status == CSVK_OK) {
        status = judge_source(v, source, hooks, err);
    }
    if (status == CSVK_OK) {
        *out = v;
        return CSVK_OK;
    }
    csvk_validator_free(v);
    return status;
}

int csvk_validate_source(struct csvk_validator **out, struct csvk_source *source,
                         const struct csvk_validate_options *options,
                         const struct csvk_validate_hooks *hooks, struct csvk_error *err)
{
    struct csvk_validate_options own; /* shallow: _new copies what it keeps */
    struct csvk_validate_hooks own_hooks = {.size = sizeof own_hooks};
    int status = judge_read_options(&own, options, err);
    if (status == CSVK_OK && hooks != NULL) {
        status = csvk_sized_read(&hooks_type, &own_hooks, hooks, err);
    }
    if (status == CSVK_OK && own.sep == CSVK_SEP_LOOK && !own.continuation) {
        status = validate_find_sep(source, &own, err);
    }
    return status == CSVK_OK ? validate(out, source, &own, &own_hooks, err) : status;
}
