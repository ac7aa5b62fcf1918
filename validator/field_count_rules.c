/*
 * field_count_rules.c - compares records with the width of the table. One record at a time:
 * blank-line, ambiguous-empty-record, field-count, trailing-delimiter, comment-line. Several
 * misfits (records that do not have the width) together: split-record-suspected,
 * preamble-suspected, footer-suspected.
 *
 * Only records that the reader reports are looked at here, and every misfit is one of them. What is
 * known of several records is kept in a form in which two parts of a file can be joined: a run of
 * misfits that reaches the edge of a part stays open until the part next to it is known.
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/base/total_line.h"
#include "validator/judge.h"

#include <inttypes.h>
#include <stdio.h>

#include <string.h>

#define FOOTER_MOST 5 /* lines below a table; more is another kind of trouble */

/* ---- one record ----------------------------------------------------------------------------- */

static void judge_blank(struct csvk_validator *v, const struct csvk_record *r)
{
    size_t slot = !v->begun && !v->options.continuation ? (size_t)SLOT_PENDING_BLANK
                  : v->width == 1                       ? (size_t)RULE_AMBIGUOUS_EMPTY_RECORD
                                                        : (size_t)RULE_BLANK_LINE;
    struct place place = {r->offset, eol_length(r->eol), r->number, 1};
    judge_add(v, slot, &place);
}

/* The place of a finding. Too few fields: where the next delimiter should be. Too many: the first
   surplus field. */
static struct place misfit_place(const struct csvk_validator *v, const struct csvk_record *r)
{
    if (r->nfields < v->width) {
        return (struct place){r->offset + r->length, eol_length(r->eol), r->number, r->nfields};
    }
    return (struct place){r->surplus_offset, r->surplus_length, r->number, v->width + 1};
}

/* What a wrong enclosure of the same record follows from has a remedy of its own, which is the one
   for its width, too. */
static const char *remedy_before(const struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_findings *kept = &v->kept[RULE_QUOTE_IN_UNQUOTED_FIELD];
    const struct csvk_finding *last = kept->count != 0 ? &kept->item[kept->count - 1] : NULL;
    return last != NULL && last->record == r->number ? last->remedy : NULL;
}

/*
 * Of a record with one field too many, the last of them empty: was a value before it split, which
 * its quotes or brackets show? Every such record is asked, as the rule that counts it depends on
 * the answer, so bytes are looked for first.
 */
static enum misfit_reason reason_before_end(struct csvk_validator *v, const struct csvk_record *r)
{
    static const unsigned char opening[] = {0xE2, 0xEF, '\'', '`', '{', '['};
    const struct csvk_batch *b = v->batch;
    bool any = false;
    for (size_t i = 0; b->bytes != NULL && i < sizeof opening && !any; i++) {
        any = memchr(b->bytes + (r->offset - b->offset), opening[i], (size_t)r->length) != NULL;
    }
    return any ? misfit_reason(v, r) : MISFIT_UNKNOWN;
}

static void judge_misfit(struct csvk_validator *v, const struct csvk_record *r)
{
    bool trailing = r->nfields == v->width + 1 && r->last_empty;
    enum misfit_reason why = trailing ? reason_before_end(v, r) : MISFIT_UNKNOWN;
    trailing = trailing && why == MISFIT_UNKNOWN;
    enum rule_index rule = trailing ? RULE_TRAILING_DELIMITER : RULE_FIELD_COUNT;
    if (judge_is_on(v, rule) && judge_is_full(v, rule)) {
        v->count[rule]++; /* enough findings are kept: only count, which is quick */
        return;
    }
    struct place place = misfit_place(v, r);
    if (trailing) {
        place.length = csvk_delimiter_length(&v->options.dialect);
        place.byte = r->surplus_offset - place.length;
    }
    struct csvk_finding *f = judge_add(v, rule, &place);
    if (f == NULL) {
        return;
    }
    finding_number(f, "found", CSVK_EXTRA_NUMBER, r->nfields);
    finding_number(f, "expected", CSVK_EXTRA_NUMBER, v->width);
    const struct csvk_rule *cause = judge_quoting_rule(v->batch, r);
    if (cause != NULL) {
        finding_text(v, f, "follows", cause->id);
    }
    const char *remedy = remedy_before(v, r);
    if (remedy != NULL) {
        finding_remedy(v, f, remedy);
        return;
    }
    const struct csvk_misfit_text *reason =
        &csvk_misfit_texts[trailing || why != MISFIT_UNKNOWN ? why : misfit_reason(v, r)];
    if (reason->text != NULL) {
        finding_text(v, f, "reason", reason->text);
        finding_remedy(v, f, reason->remedy);
    }
}

static void judge_comment(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes != NULL && r->length > 0 && b->bytes[r->offset - b->offset] == '#') {
        struct place place = {r->offset, r->length, r->number, 1};
        judge_add(v, RULE_COMMENT_LINE, &place);
    }
}

/* ---- torn records ---------------------------------------------------------------------------- */

/* Adds a finding whose bytes may not be in the batch at hand. Its first byte begins a record, so it
   begins the line, too. */
static struct csvk_finding *add_lines(struct csvk_validator *v, enum rule_index rule,
                                      const struct place *place, uint64_t line)
{
    const struct csvk_batch *batch = v->batch;
    v->batch = NULL;
    struct csvk_finding *f = judge_add(v, rule, place);
    v->batch = batch;
    if (f != NULL) {
        f->line = line;
        f->column = f->column_chars =
            line == v->first_line ? place->byte - v->first_line_begin + 1 : 1;
    }
    return f;
}

/* How many records from `from` on (at least 2) make exactly one record of the table when they are
   joined; 0: no number of them does. */
static size_t torn_group(const struct narrow_run *run, size_t from, uint64_t width)
{
    uint64_t fields = 0;
    for (size_t i = from; i < run->count; i++) {
        fields += run->item[i].nfields;
        uint64_t pieces = i - from + 1;
        if (pieces >= 2 && fields == width + pieces - 1) {
            return (size_t)pieces;
        }
    }
    return 0;
}

static bool is_all_torn(const struct narrow_run *run, uint64_t width)
{
    size_t at = 0;
    while (at < run->count) {
        size_t group = torn_group(run, at, width);
        if (group == 0) {
            return false;
        }
        at += group;
    }
    return at > 0;
}

/* Both ends of the run are known. Reports its torn records if the whole run consists of such. */
static void judge_run(struct csvk_validator *v, const struct narrow_run *run)
{
    if (run->count < 2 || run->count > NARROW_MAX || !is_all_torn(run, v->width)) {
        return;
    }
    for (size_t at = 0, group; at < run->count; at += group) {
        group = torn_group(run, at, v->width);
        const struct narrow *first = &run->item[at], *last = &run->item[at + group - 1];
        struct place place = {first->offset, last->end - first->offset, first->number, 0};
        struct csvk_finding *f = add_lines(v, RULE_SPLIT_RECORD_SUSPECTED, &place, first->line);
        if (f != NULL) {
            finding_number(f, "first_record", CSVK_EXTRA_RECORD, first->number);
            finding_number(f, "last_record", CSVK_EXTRA_RECORD, last->number);
        }
    }
}

static void close_run(struct csvk_validator *v)
{
    struct shape *s = &v->shape;
    if (s->current.count == 0) {
        return;
    }
    if (v->options.continuation && s->current.item[0].number == 1) {
        s->head = s->current;
    } else {
        judge_run(v, &s->current);
    }
    s->current.count = 0;
    s->current.next = 0;
}

static void extend_run(struct csvk_validator *v, const struct csvk_record *r)
{
    struct narrow_run *run = &v->shape.current;
    if (run->next != r->number) {
        close_run(v);
    }
    if (run->count < NARROW_MAX) {
        run->item[run->count] =
            (struct narrow){r->number, r->line, r->offset, r->offset + r->length, r->nfields};
    }
    run->count++;
    run->next = r->number + 1;
}

/* ---- misfits taken together ------------------------------------------------------------------ */

static void note_wide(struct shape *s, const struct csvk_record *r)
{
    if (s->wide == 0) {
        s->wide_first = r->number;
        s->wide_first_offset = r->offset;
        s->wide_least = r->nfields;
    }
    s->wide++;
    s->wide_least = r->nfields < s->wide_least ? r->nfields : s->wide_least;
    s->wide_most = r->nfields > s->wide_most ? r->nfields : s->wide_most;
}

/* A line without a delimiter that begins with a letter or a parenthesis: "(3 rows)".
   Or one that begins with a word for a sum: "Total;12". */
static bool is_line_of_words(const struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || r->oversize || r->length == 0) {
        return false;
    }
    struct csvk_bytes line = {b->bytes + (r->offset - b->offset), (size_t)r->length};
    if (r->nfields != 1) {
        return csvk_is_total_line(line, &v->options.dialect);
    }
    unsigned char first = line.ptr[0];
    return first == '(' || first >= 0x80 || ((first | 0x20) >= 'a' && (first | 0x20) <= 'z');
}

static void note_tail(struct csvk_validator *v, const struct csvk_record *r)
{
    struct misfit_run *t = &v->shape.tail;
    if (t->next != r->number) {
        *t = (struct misfit_run){.first = r->number,
                                 .first_offset = r->offset,
                                 .first_line = r->line,
                                 .least = r->nfields};
    }
    t->least = r->nfields < t->least ? r->nfields : t->least;
    t->most = r->nfields > t->most ? r->nfields : t->most;
    t->count++;
    t->next = r->number + 1;
    t->end = r->offset + r->length;
    t->last = r->number;
    t->last_line = r->line;
    t->broken |= judge_quoting_rule(v->batch, r) != NULL;
    t->values |= !is_line_of_words(v, r);
}

static void note_blank(struct shape *s, const struct csvk_record *r)
{
    s->blanks++;
    s->blanks_since_wide += s->wide != 0;
    s->head_blanks += s->head_blanks + 1 == r->number;
    if (s->tail.next == r->number) {
        s->tail.next++;
    }
}

void shape_record(struct csvk_validator *v, const struct csvk_record *r)
{
    if (r->blank) {
        judge_blank(v, r);
        note_blank(&v->shape, r);
        return;
    }
    if (r->nfields == v->width) {
        return;
    }
    judge_misfit(v, r);
    judge_comment(v, r);
    note_tail(v, r);
    if (r->nfields > v->width) {
        note_wide(&v->shape, r);
        return;
    }
    v->shape.narrow++;
    if (judge_quoting_rule(v->batch, r) == NULL) {
        extend_run(v, r);
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

/* The first misfit has a reason of its own, which is none above it. */
static bool is_first_understood(const struct csvk_validator *v)
{
    const struct csvk_findings *kept = &v->kept[RULE_FIELD_COUNT];
    return kept->count != 0 && finding_extra(&kept->item[0], "reason") != NULL;
}

/*
 * The records below have one width. Or the first record is a single field, and many below it have
 * two widths, one more than the other: a last value is left out. A column of texts with delimiters
 * in them has more widths, and some of its records have one delimiter or none.
 */
static bool has_table_below(const struct csvk_validator *v)
{
    enum { MANY = 10 };
    const struct shape *s = &v->shape;
    bool two = v->width == 1 && s->wide_first == 2 && s->wide >= MANY && s->wide_least > 2 &&
               s->wide_least + 1 == s->wide_most;
    return s->wide_least == s->wide_most || two;
}

static void judge_preamble(struct csvk_validator *v)
{
    const struct shape *s = &v->shape;
    uint64_t above = s->wide_first - 1;
    bool all_wide = s->wide + s->blanks_since_wide + above == v->totals.records;
    const struct csvk_findings *comments = &v->kept[RULE_COMMENT_LINE];
    bool told = sample_begins_with_sep(v) || v->count[RULE_DELIMITER_SUSPECTED] != 0 ||
                (comments->count != 0 && comments->item[0].record == 1);
    /* A delimiter at the end of every record makes none of them wider. */
    told = told || v->count[RULE_TRAILING_DELIMITER] == s->wide;
    /* A header that lacks a name is no title. */
    told = told || (above == 1 && v->width > 1 && v->width + 1 == s->wide_least);
    if (told || is_first_understood(v) || s->wide < 2 || s->narrow != 0 || !all_wide ||
        !has_table_below(v) || above == 0 || above > s->wide) {
        return;
    }
    struct place place = {v->first_offset, s->wide_first_offset - v->first_offset, 1, 0};
    struct csvk_finding *f = add_lines(v, RULE_PREAMBLE_SUSPECTED, &place, v->first_line);
    if (f != NULL) {
        finding_number(f, "records", CSVK_EXTRA_NUMBER, above);
    }
}

/* As normalize does: only of lines that hold no field of the table, or a sum. */
static void advise_on_footer(struct csvk_validator *v, struct csvk_finding *f)
{
    const struct misfit_run *t = &v->shape.tail;
    char text[96];
    bool behind = v->totals.comments != 0 && v->end.offset != v->totals.bytes;
    if (behind || t->values || t->last != v->totals.records) {
        return;
    }
    snprintf(text, sizeof text,
             "If they are no records, remove these lines; csvkit normalize --skip-tail=%" PRIu64
             " does.",
             t->last_line - t->first_line + 1);
    finding_remedy(v, f, text);
}

static void judge_footer(struct csvk_validator *v)
{
    const struct shape *s = &v->shape;
    const struct misfit_run *t = &s->tail;
    uint64_t above = t->first - 1;
    bool told = v->end.copy_end || v->count[RULE_TRUNCATED_SUSPECTED] != 0;
    const struct csvk_findings *torn = &v->kept[RULE_SPLIT_RECORD_SUSPECTED];
    told = told || (torn->count != 0 && torn->item[torn->count - 1].record >= t->first);
    if ((told && t->count <= 2) || t->count == 0 || t->next != v->totals.records + 1 || t->broken ||
        t->count != s->wide + s->narrow || t->count > FOOTER_MOST || above < 2 * t->count + 1) {
        return;
    }
    struct place place = {t->first_offset, t->end - t->first_offset, t->first, 0};
    struct csvk_finding *f = add_lines(v, RULE_FOOTER_SUSPECTED, &place, t->first_line);
    if (f != NULL) {
        finding_number(f, "records", CSVK_EXTRA_NUMBER, v->totals.records - above);
        advise_on_footer(v, f);
    }
}

/* doc/reading.md A28: the first line, or each of the first lines, begins with #, and the record
   after them has another width. */
static void judge_first_comment(struct csvk_validator *v)
{
    uint64_t next = v->first_hash ? sample_comments(v) + 1 : 0;
    if (next > 1 && sample_differs_below_comments(v)) {
        struct place place = {v->first_offset, v->first_end - v->first_offset, 1, 1};
        struct csvk_findings *kept = &v->kept[RULE_COMMENT_LINE];
        struct csvk_finding *f = add_lines(v, RULE_COMMENT_LINE, &place, v->first_line);
        if (f != NULL) {
            struct csvk_finding first = *f; /* in the order of their places */
            memmove(&kept->item[1], &kept->item[0], (kept->count - 1) * sizeof first);
            kept->item[0] = first;
            f = &kept->item[0];
            finding_remedy(v, f,
                           "Remove the lines that begin with #; csvkit normalize --comment=# "
                           "does.");
        }
    }
}

void shape_finish(struct csvk_validator *v)
{
    if (v->shape.current.count != 0) {
        judge_run(v, &v->shape.current);
    }
    judge_first_comment(v);
    judge_preamble(v);
    judge_footer(v);
}

/* ---- joining two parts ----------------------------------------------------------------------- */

static void move_run(struct narrow_run *run, const struct csvk_totals *by)
{
    for (size_t i = 0; i < run->count && i < NARROW_MAX; i++) {
        run->item[i].number += by->records;
        run->item[i].line += by->lines;
        run->item[i].offset += by->bytes;
        run->item[i].end += by->bytes;
    }
    run->next += run->count != 0 ? by->records : 0;
}

static void append_run(struct narrow_run *run, const struct narrow_run *more)
{
    for (size_t i = 0; i < more->count && i < NARROW_MAX && run->count + i < NARROW_MAX; i++) {
        run->item[run->count + i] = more->item[i];
    }
    run->count += more->count;
    run->next = more->next;
}

/* Joins the run at the end of `left` with the run at the start of `right`, whose places count from
   the start of `left` already. */
static void join_runs(struct csvk_validator *left, struct shape *right)
{
    struct shape *l = &left->shape;
    uint64_t seam = left->totals.records + 1;
    bool whole = right->current.count != 0 && right->current.item[0].number == seam;
    struct narrow_run *start = right->head.count != 0 ? &right->head
                               : whole                ? &right->current
                                                      : NULL;
    if (start != NULL && l->current.next == seam) {
        append_run(&l->current, start);
    } else if (start != NULL) {
        close_run(left);
        l->current = *start;
    }
    if (start == &right->current && start != NULL) {
        return;
    }
    close_run(left);
    l->current = right->current;
}

static void join_tails(struct csvk_validator *left, const struct shape *right)
{
    struct misfit_run *t = &left->shape.tail;
    const struct misfit_run *r = &right->tail;
    const struct csvk_totals *by = &left->totals;
    bool open = t->next == by->records + 1;
    if (r->count == 0) {
        t->next += open ? right->head_blanks : 0;
        return;
    }
    if (open && r->first == right->head_blanks + 1) {
        t->count += r->count;
        t->least = r->least < t->least ? r->least : t->least;
        t->most = r->most > t->most ? r->most : t->most;
        t->broken |= r->broken;
        t->values |= r->values;
    } else {
        *t = *r;
        t->first += by->records;
        t->first_line += by->lines;
        t->first_offset += by->bytes;
    }
    t->last = r->last + by->records;
    t->last_line = r->last_line + by->lines;
    t->end = r->end + by->bytes;
    t->next = r->next + by->records;
}

static void join_wide(struct shape *l, const struct shape *r, const struct csvk_totals *by)
{
    l->blanks_since_wide += l->wide != 0 ? r->blanks : r->blanks_since_wide;
    if (r->wide == 0) {
        return;
    }
    if (l->wide == 0) {
        l->wide_first = r->wide_first + by->records;
        l->wide_first_offset = r->wide_first_offset + by->bytes;
        l->wide_least = r->wide_least;
    }
    l->wide += r->wide;
    l->wide_least = r->wide_least < l->wide_least ? r->wide_least : l->wide_least;
    l->wide_most = r->wide_most > l->wide_most ? r->wide_most : l->wide_most;
}

void shape_merge(struct csvk_validator *left, struct csvk_validator *right)
{
    struct shape *l = &left->shape, *r = &right->shape;
    if (right->totals.records == 0) {
        return; /* comments alone, which end no run */
    }
    move_run(&r->head, &left->totals);
    move_run(&r->current, &left->totals);
    join_runs(left, r);
    join_tails(left, r);
    join_wide(l, r, &left->totals);
    if (l->head_blanks == left->totals.records) {
        l->head_blanks += r->head_blanks;
    }
    l->blanks += r->blanks;
    l->narrow += r->narrow;
}
