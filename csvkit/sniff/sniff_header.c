/*
 * sniff_header.c - decides whether the first record has the names of the columns, or data.
 *
 * The idea. A name differs from the values below it. It is not a number or a date where the values
 * are; it does not occur again in its column; and it differs from the other names. Each column
 * votes. The score says how clear the result of the vote is; it is low when there is little to vote
 * on.
 */
#include "csvkit/base/digest.h"
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

#define COLUMNS_MOST 512 /* more columns do not make the vote better */

/* ---- kinds of values ---- */

static struct csvk_bytes trim(struct csvk_bytes value)
{
    while (value.len > 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t')) {
        value.ptr++;
        value.len--;
    }
    while (value.len > 0 && value.ptr[value.len - 1] == ' ') {
        value.len--;
    }
    return value;
}

/*
 * Numbers may have marks in them (sign, decimal point or comma, group separators, percent,
 * exponent); dates and times have at least two separators.
 */
enum csvk_kind csvk_kind_of(struct csvk_bytes value)
{
    value = trim(value);
    size_t digits = 0, marks = 0, separators = 0;
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.ptr[i];
        if (c >= '0' && c <= '9') {
            digits++;
        } else if (c == '.' || c == ',' || c == '+' || c == '%' || c == ' ' || c == '\'' ||
                   (c == '-' && i == 0) || ((c == 'e' || c == 'E') && digits > 0)) {
            marks++;
        } else if (c == '-' || c == ':' || c == '/' || c == 'T' || c == 'Z') {
            separators++;
        } else {
            return CSVK_KIND_TEXT;
        }
    }
    if (value.len == 0) {
        return CSVK_KIND_EMPTY;
    }
    if (digits == 0 || marks > digits + 1) {
        return CSVK_KIND_TEXT;
    }
    return separators == 0 ? CSVK_KIND_NUMBER : separators >= 2 ? CSVK_KIND_DATE : CSVK_KIND_TEXT;
}

/* ---- the vote ---- */

struct header_column {
    size_t at, length; /* its name in `names` */
    enum csvk_kind kind;
    /* Values below the name: not empty; of these, numbers and dates; and values equal to it. */
    uint64_t values, typed, repeats;
};

struct header_vote {
    struct csvk_dialect dialect;
    struct csvk_buf room, names;
    struct header_column *column;
    size_t columns;
    uint64_t records; /* after the first one, without those that equal it */
    uint64_t again;   /* how many equal it and could be the header again */
    bool have_first;
};

/* Keeps the values of the first record: they may be names. */
static int take_first(struct header_vote *vote, const struct csvk_batch *batch,
                      const struct csvk_record *record)
{
    vote->columns = record->nfields < COLUMNS_MOST ? (size_t)record->nfields : COLUMNS_MOST;
    vote->column = csvk_calloc(vote->columns, sizeof *vote->column);
    if (vote->column == NULL) {
        return CSVK_ENOMEM;
    }
    vote->have_first = true;
    for (size_t i = 0; i < vote->columns; i++) {
        struct csvk_bytes value;
        int status = csvk_field_value(batch, record, i, &vote->dialect, &vote->room, &value);
        if (status != CSVK_OK) {
            return status;
        }
        vote->column[i] = (struct header_column){
            .at = vote->names.length, .length = value.len, .kind = csvk_kind_of(value)};
        status = csvk_buf_add(&vote->names, value.ptr, value.len);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

static struct csvk_bytes name_of(const struct header_vote *vote, const struct header_column *column)
{
    return (struct csvk_bytes){vote->names.data + column->at, column->length};
}

static bool equal(struct csvk_bytes a, struct csvk_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Files that were joined bring their byte order marks along. */
static struct csvk_bytes skip_mark(struct csvk_bytes value)
{
    bool mark = value.len >= 3 && memcmp(value.ptr, "\xef\xbb\xbf", 3) == 0;
    return mark ? (struct csvk_bytes){value.ptr + 3, value.len - 3} : value;
}

/* A record of numbers or dates may well come twice. */
static bool holds_no_values(const struct header_vote *vote)
{
    for (size_t i = 0; i < vote->columns; i++) {
        if (vote->column[i].kind == CSVK_KIND_NUMBER || vote->column[i].kind == CSVK_KIND_DATE) {
            return false;
        }
    }
    return true;
}

/* Whether a later record has the names and nothing else: then files were joined with their headers.
 */
static int is_header_again(struct header_vote *vote, const struct csvk_batch *batch,
                           const struct csvk_record *record, bool *again)
{
    *again = record->nfields == vote->columns && vote->columns > 1;
    int status = CSVK_OK;
    for (size_t i = 0; *again && status == CSVK_OK && i < vote->columns; i++) {
        struct csvk_bytes value;
        status = csvk_field_value(batch, record, i, &vote->dialect, &vote->room, &value);
        value = i == 0 ? skip_mark(value) : value;
        *again = status == CSVK_OK && equal(value, name_of(vote, &vote->column[i]));
    }
    return status;
}

/* Compares a later record with the names. */
static int take_record(struct header_vote *vote, const struct csvk_batch *batch,
                       const struct csvk_record *record)
{
    bool again = false;
    int status = is_header_again(vote, batch, record, &again);
    if (status != CSVK_OK || (again && holds_no_values(vote))) {
        vote->again += status == CSVK_OK;
        return status;
    }
    vote->records++;
    for (size_t i = 0; i < vote->columns && i < record->nfields; i++) {
        struct csvk_bytes value;
        status = csvk_field_value(batch, record, i, &vote->dialect, &vote->room, &value);
        if (status != CSVK_OK) {
            return status;
        }
        enum csvk_kind kind = csvk_kind_of(value);
        struct header_column *column = &vote->column[i];
        if (kind != CSVK_KIND_EMPTY) {
            column->values++;
            column->typed += kind != CSVK_KIND_TEXT;
            column->repeats += equal(value, name_of(vote, column));
        }
    }
    return CSVK_OK;
}

static int take_batch(void *context, const struct csvk_batch *batch)
{
    struct header_vote *vote = context;
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->blank || record->oversize) {
            continue;
        }
        int status =
            vote->have_first ? take_record(vote, batch, record) : take_first(vote, batch, record);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* Numbers of columns. */
struct outcome {
    size_t names, numbers, empty; /* what the first record has: texts, numbers or dates, nothing */
    size_t typed;                 /* columns with a name and numbers or dates below it */
    size_t repeated;              /* names that occur again in their column */
    size_t twins;                 /* names that are equal to an earlier name */
};

static bool has_twin(const struct header_vote *vote, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (equal(name_of(vote, &vote->column[i]), name_of(vote, &vote->column[k]))) {
            return true;
        }
    }
    return false;
}

static struct outcome count_votes(const struct header_vote *vote)
{
    struct outcome outcome = {0};
    for (size_t i = 0; i < vote->columns; i++) {
        const struct header_column *column = &vote->column[i];
        if (column->kind == CSVK_KIND_EMPTY) {
            outcome.empty++;
            continue;
        }
        bool name = column->kind == CSVK_KIND_TEXT;
        outcome.names += name;
        outcome.numbers += !name;
        outcome.typed += name && column->values > 0 && column->typed * 5 >= column->values * 4;
        outcome.repeated += column->repeats > 0;
        outcome.twins += has_twin(vote, i);
    }
    if (outcome.typed == 0 && vote->again != 0) { /* nothing says that they are names */
        outcome.repeated = outcome.names;
    }
    return outcome;
}

static const char *s(size_t count)
{
    return count == 1 ? "" : "s";
}

static void judge(const struct header_vote *vote, struct csvk_sniff *out)
{
    struct outcome o = count_votes(vote);
    double yes = 2.0 * (double)o.typed + (o.names > 0 && o.twins == 0 ? 1 : 0) +
                 (o.numbers == 0 && o.names > 0 ? 1 : 0);
    double no = 2.0 * (double)o.numbers + (double)o.repeated + 0.5 * (double)o.twins;
    out->has_header = yes > no;
    double lead = yes > no ? yes - no : no - yes;
    double certainty = yes + no > 0 ? lead / (yes + no) : 0;
    double weight = vote->records == 0 ? 0.2 : (yes + no) / 4 < 1 ? (yes + no) / 4 : 1;
    int score = 50 + (int)(49 * certainty * weight);
    csvk_sniff_report(
        &out->on_header, score,
        "first record: %zu name%s, %zu number%s or date%s, %zu empty; %zu name%s over numbers or "
        "dates, %zu %s again below, %zu %s equal",
        o.names, s(o.names), o.numbers, s(o.numbers), s(o.numbers), o.empty, o.typed,
        o.typed == 1 ? " stands" : "s stand", o.repeated, o.repeated == 1 ? "comes" : "come",
        o.twins, o.twins == 1 ? "is" : "are");
}

int csvk_sniff_header(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    struct header_vote vote = {.dialect = out->dialect};
    struct csvk_totals totals;
    int status = csvk_sniff_read(text, &out->dialect, take_batch, &vote, &totals, err);
    if (status == CSVK_OK && vote.have_first) {
        judge(&vote, out);
    }
    csvk_free(vote.column);
    csvk_buf_release(&vote.room);
    csvk_buf_release(&vote.names);
    return status;
}
