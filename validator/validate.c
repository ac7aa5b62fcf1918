/*
 * validate.c - csvk_validate_source, the plain case: one source, one reader, one validator.
 *
 * Where the options ask for it, a spreadsheet's line `sep=;` is obeyed here, before anything is
 * read: the line gives the delimiter, and the record after it gives the width of the table.
 */
#include "validator/judge.h"

#include "csvkit/base/sized.h"

#include <string.h>

/* The line and the record after it must lie within the first bytes of the source. */
#define HEAD_BYTES ((size_t)64 * 1024)

/* Finds a line `sep=X` at the start: X, and the offset after that line. False: there is none. */
static bool find_sep_line(struct csvk_bytes head, size_t *after, int *delimiter)
{
    size_t at = head.len >= 3 && memcmp(head.ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (head.len < at + 6 || memcmp(head.ptr + at, "sep=", 4) != 0) {
        return false;
    }
    *delimiter = head.ptr[at + 4];
    at += 5;
    size_t line_end = at;
    while (at < head.len && at < line_end + 2 && (head.ptr[at] == '\r' || head.ptr[at] == '\n')) {
        at++;
    }
    *after = at;
    return at > line_end;
}

/* Fields of the first record that is not empty; 0: it does not end within the head. */
static uint64_t count_fields(struct field_walk *walk)
{
    struct walk_field field;
    uint64_t count = 0;
    while (walk->at < walk->size &&
           (walk->bytes[walk->at] == '\r' || walk->bytes[walk->at] == '\n')) {
        walk->at++;
    }
    do {
        walk_next(walk, &field);
        count++;
    } while (!field.last);
    return field.complete || walk->size < HEAD_BYTES ? count : 0;
}

/* Sets sep, dialect and width in `options` when the source begins with a line `sep=X`. */
static int look_for_sep_line(struct csvk_source *source, struct csvk_validate_options *options,
                             struct csvk_error *err)
{
    struct csvk_bytes head;
    struct csvk_dialect dialect = options->dialect;
    size_t after;
    int status = csvk_source_peek(source, HEAD_BYTES, &head, err);
    dialect.more_length = 0; /* the line names one byte */
    if (status != CSVK_OK || !find_sep_line(head, &after, &dialect.delimiter) ||
        csvk_dialect_check(&dialect, NULL) != CSVK_OK) {
        return status;
    }
    struct field_walk walk = {head.ptr, head.len, after, dialect,
                              options->profile == CSVK_PROFILE_BIS};
    uint64_t width = count_fields(&walk);
    if (width != 0) {
        options->sep = CSVK_SEP_FOUND;
        options->dialect = dialect;
        options->width = width;
    }
    return CSVK_OK;
}

static const struct csvk_sized hooks_type =
    CSVK_SIZED(struct csvk_validate_hooks, context, CSVK_SIZED_BY_HAND);

static int pump(struct csvk_reader *reader, struct csvk_validator *v, struct csvk_source *source,
                const struct csvk_validate_hooks *hooks, struct csvk_error *err)
{
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, err)) == CSVK_OK) {
        status = hooks->tap != NULL ? hooks->tap(batch, hooks->context, err) : CSVK_OK;
        status = status == CSVK_OK ? csvk_validator_feed(v, batch, err) : status;
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
    if (status == CSVK_OK) {
        status = pump(reader, v, source, hooks, err);
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
        status = look_for_sep_line(source, &own, err);
    }
    return status == CSVK_OK ? validate(out, source, &own, &own_hooks, err) : status;
}
