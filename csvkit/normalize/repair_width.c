/*
 * repair_width.c - r11 r12 r13 r14: records whose quotes are in order and whose width is not.
 *
 * Nothing that holds data is ever cut off, or moved from one column to another.
 *
 *   too few    r13, when a line break without enclosure has split the record into several
 *              r11, when at least half of the fields are there: empty ones are added at the end
 *   too many   r14, when there is one more, and it is empty and not enclosed: it is dropped
 *              r12, the same for several
 *   else       rejected
 *
 * A short record is first looked at as a part of one that was split: padding two halves would make
 * two wrong rows out of one. The run of short records between two whole ones must fall into groups
 * in one way only.
 *   a,b,c           1,2,3 | 4,x | y,6 | 7,8,9   in four lines
 *   is repaired to  1,2,3 | 4,"x LF y",6 | 7,8,9
 */
#include "csvkit/normalize/normalize_private.h"

/* Short records in a row that are looked at together. A longer run is never joined. */
enum { RUN_MAX = 64 };

/* The short records in a row that begin with the record at hand. */
struct short_run {
    uint64_t width[RUN_MAX];
    size_t count;
    /* Absolute, of the last one. */
    uint64_t end;
    /* A whole record follows, or the end of the data. */
    bool whole_follows;
    /* A stray quote or CR is in one of them. */
    bool quotes;
    /* Are the first field and the last field of each enclosed? */
    bool enclosed[RUN_MAX][2];
    /* Ways to divide the run into records of the right width: 0, 1, or 2 for several. */
    size_t partitions;
    /* Records in the first group of such a division. */
    size_t first;
};

/* ---- r13: joining the parts of a split record ---- */

static bool is_enclosed(const struct norm_record *rec, uint64_t i)
{
    return (rec->field[i].flags & CSVK_FIELD_ENCLOSED) != 0;
}

static bool is_comment(const struct norm *norm, const struct norm_record *rec)
{
    if (norm->o->comment < 0 || rec->r.length == 0) {
        return false;
    }
    const unsigned char *bytes = rec->field != NULL ? rec->base + rec->field[0].begin
                                                    : norm_window_at(&norm->window, rec->r.offset);
    return *bytes == norm->o->comment;
}

/*
 * Is an enclosure beside one of the breaks? It may have been on both sides of the break, or only
 * look so, and then nothing is joined. A sound one elsewhere in the part is whole and says nothing
 * about the break.
 *   `4,"x" CRLF y,6`  not joined
 *   `"4",x CRLF y,6`  joined
 */
static bool is_enclosure_involved(const struct short_run *run)
{
    for (size_t i = 0; i + 1 < run->first; i++) {
        if (run->enclosed[i][1] || run->enclosed[i + 1][0]) {
            return true;
        }
    }
    return false;
}

/*
 * Facts that a part may have. Control characters that shall go (r6) are looked for in the first
 * part only, where scrubbing has met them: so a record that has some is no part. A blank line may
 * be a part: `4,x CRLF CRLF y,6` has an empty line in its value.
 */
static bool is_fine_in_part(const struct norm *norm, enum csvk_fact_kind kind)
{
    if (kind == CSVK_FACT_CONTROL) {
        return norm->o->control != CSVK_NORMALIZE_DEFECT_REMOVE;
    }
    return kind == CSVK_FACT_BLANK || kind == CSVK_FACT_QUOTE_IN_UNQUOTED ||
           kind == CSVK_FACT_BARE_CR || norm_is_harmless(kind);
}

/*
 * May it be a part of a split record? It is narrower than the table, and nothing is wrong with it
 * otherwise.
 */
static bool is_part(const struct norm *norm, const struct norm_record *rec)
{
    if (rec->r.nfields >= norm->width || is_comment(norm, rec)) {
        return false;
    }
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!is_fine_in_part(norm, rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

/*
 * Collects the run of short records, up to the first that cannot be a part. Only after a whole
 * record, or at the end of the data, is it known that the run is complete (whole_follows).
 */
static int collect_parts(struct norm *norm, uint64_t offset, struct short_run *run)
{
    struct norm_limit limit = norm_look_ahead_limit(norm, offset);
    run->end = offset;
    for (;;) {
        struct norm_record rec;
        bool found = false;
        int status = norm_parse_at(norm, &norm->look_ahead, run->end, limit, &rec, &found);
        if (status != CSVK_OK) {
            return status;
        }
        if (!found || !is_part(norm, &rec)) {
            run->whole_follows = found ? norm_is_whole(norm, &rec) && !is_comment(norm, &rec)
                                       : run->end >= limit.end && limit.at_end;
            return CSVK_OK;
        }
        if (run->count == RUN_MAX) {
            return CSVK_OK;
        }
        run->quotes = run->quotes || norm_has_fact(&rec, CSVK_FACT_QUOTE_IN_UNQUOTED) ||
                      norm_has_fact(&rec, CSVK_FACT_BARE_CR);
        run->enclosed[run->count][0] = is_enclosed(&rec, 0);
        run->enclosed[run->count][1] = is_enclosed(&rec, rec.r.nfields - 1);
        run->width[run->count++] = rec.r.nfields;
        run->end = norm_record_end(&rec);
    }
}

/*
 * In how many ways does the run fall into groups of two or more records that make one record each?
 * The widths of a group must sum to the width of the table plus one for every break, since a break
 * splits one field into two.
 *
 * ways[i] is the number of ways for the records from i on, counted from the end; more than two are
 * as good as two. run->first is the size of the first group in the last way that was found, and is
 * right when there is one way only.
 *   three columns: widths 2 2        one way: 2+2 is 3+1
 *   three columns: widths 2 2 1 2 2  two ways: (2+2)(1+2+2) and (2+2+1)(2+2)
 */
static void count_partitions(const struct norm *norm, struct short_run *run)
{
    size_t ways[RUN_MAX + 1] = {0};
    ways[run->count] = 1;
    for (size_t i = run->count; i-- > 0;) {
        uint64_t sum = run->width[i];
        for (size_t k = 2; i + k <= run->count; k++) {
            sum += run->width[i + k - 1];
            if (sum == norm->width + k - 1 && ways[i + k] != 0) {
                ways[i] += ways[i + k];
                run->first = i == 0 ? k : run->first;
            }
        }
        ways[i] = ways[i] > 2 ? 2 : ways[i];
    }
    run->partitions = run->count >= 2 ? ways[0] : 0;
}

/*
 * Appends the values of one part. Its first value goes on where the last value ended, after an LF.
 * *open: where the value that may go on begins in norm->text.
 */
static int add_part(struct norm *norm, const struct norm_record *rec, size_t *open)
{
    for (uint64_t i = 0; i < rec->r.nfields; i++) {
        const struct csvk_field *f = &rec->field[i];
        struct csvk_bytes raw = {rec->base + f->begin, f->end - f->begin};
        unsigned char *to = norm->text.data + norm->text.length;
        bool goes_on = i == 0 && norm->nvalues != 0;
        if (goes_on) {
            *to++ = '\n';
        }
        size_t length = csvk_field_decode(raw, &norm->in, to);
        norm->text.length += length + (goes_on ? 1 : 0);
        if (goes_on) {
            norm->value[norm->nvalues - 1].len = norm->text.length - *open;
            continue;
        }
        *open = (size_t)(to - norm->text.data);
        enum csvk_value_form form = is_enclosed(rec, i) ? CSVK_VALUE_ENCLOSED : CSVK_VALUE_PLAIN;
        int status = norm_add_value(norm, (struct csvk_value){to, length, form});
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/*
 * r13. Joins the first group of the run to one record and writes it. Line breaks inside of the
 * value become LF. The parts were counted as records by the scan: all but one of them are dropped
 * by this repair, so that the sum of the account is right.
 */
static int join_parts(struct norm *norm, const struct norm_record *rec, const struct short_run *run)
{
    struct norm_limit limit = norm_look_ahead_limit(norm, rec->r.offset);
    struct norm_record part = *rec;
    uint64_t at = rec->r.offset;
    size_t open = 0;
    norm->nvalues = 0;
    csvk_buf_clear(&norm->text);
    if (csvk_buf_reserve(&norm->text, (size_t)(run->end - at) + run->first) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; i < run->first; i++) {
        bool found = false;
        int status = norm_parse_at(norm, &norm->look_ahead, at, limit, &part, &found);
        status = status == CSVK_OK ? add_part(norm, &part, &open) : status;
        if (status != CSVK_OK) {
            return status;
        }
        at = norm_record_end(&part);
    }
    norm->raw_to = at;
    norm->raw_eol = (enum csvk_eol)part.r.eol;
    norm->resume = at;
    norm->resume_records = rec->r.number + run->first - 1;
    norm->resume_lines = rec->r.line - 1 + norm_count_lines(norm, rec->r.offset, at);
    norm->result->records_in += run->first - 1;
    norm->result->records_dropped += run->first - 1;
    norm->npending = 0;
    norm_count_cause(norm, rec, NORM_CAUSE_WIDTH);
    norm_add_repair(norm, CSVK_REPAIR_JOIN, rec->r.offset, 0,
                    "the widths of the parts fit one record, in one way only");
    norm->last_whole = true;
    return norm_write_record(norm, rec);
}

/*
 * Rejects every record of the run on its own, so that each has its line in the index. Number and
 * line are counted here, because looking ahead does not know them.
 */
static int reject_run(struct norm *norm, const struct norm_record *rec, const struct short_run *run)
{
    struct norm_limit limit = norm_look_ahead_limit(norm, rec->r.offset);
    struct norm_record part = *rec;
    uint64_t at = rec->r.offset, number = rec->r.number, line = rec->r.line;
    for (size_t i = 0; i < run->count; i++) {
        bool found = false;
        int status = norm_parse_at(norm, &norm->look_ahead, at, limit, &part, &found);
        part.r.number = number + i;
        part.r.line = line;
        norm->raw_to = norm_record_end(&part);
        if (status == CSVK_OK) {
            status =
                norm_reject(norm, &part, CSVK_REPAIR_JOIN, NORM_CAUSE_WIDTH,
                            "parts of a split record, which cannot be joined without guessing");
        }
        if (status != CSVK_OK) {
            return status;
        }
        line += norm_count_lines(norm, at, norm->raw_to);
        at = norm->raw_to;
    }
    norm->resume = at;
    norm->resume_records = number + run->count - 1;
    norm->resume_lines = line - 1;
    return CSVK_OK;
}

/*
 * False: no group that begins with this record has the right width, as the records after it were
 * reported. This spares most short records the look-ahead. A group takes the width of its first
 * part, and every further part adds its own width less one, so there is an end to trying. When the
 * chunk ends first, nothing is known, and the answer is true.
 */
static bool may_join(const struct norm *norm, const struct norm_record *rec)
{
    const struct csvk_batch_builder *builder = &norm->scan.builder;
    uint64_t sum = rec->r.nfields, at = norm_record_end(rec);
    for (size_t i = norm->next_reported, k = 1; k < RUN_MAX; i++, k++) {
        if (at >= norm->chunk_end) {
            return true;
        }
        if (i == builder->nrecords || builder->records[i].offset != at) {
            /* A clean record follows; it was not reported. */
            return false;
        }
        struct norm_record next = norm_reported_record(builder, i, NULL);
        next.field = NULL;
        sum += next.r.nfields - 1;
        if (!is_part(norm, &next) || sum > norm->width) {
            return false;
        }
        if (sum == norm->width) {
            return true;
        }
        at = norm_record_end(&next);
    }
    return false;
}

/*
 * Joins, or rejects parts that would fit but not surely: adding fields to them would be no answer
 * either. *done is false when the record is no part of anything.
 *
 * Sure means: one way to divide the run, a whole record before it and one after it, no stray
 * quotes, no enclosure beside a break, no other repair pending, and an output that can write a
 * value with a line break.
 */
static int try_join(struct norm *norm, const struct norm_record *rec, bool *done)
{
    struct short_run run = {.count = 0};
    *done = false;
    /* After r4 its width may be another one than was reported. */
    bool as_reported = !norm_is_pending(norm, CSVK_REPAIR_INNER_BOM);
    if (norm->long_record || !is_part(norm, rec) || (as_reported && !may_join(norm, rec))) {
        return CSVK_OK;
    }
    int status = collect_parts(norm, rec->r.offset, &run);
    if (status != CSVK_OK) {
        return status;
    }
    count_partitions(norm, &run);
    *done = run.partitions != 0;
    if (run.partitions == 0) {
        return CSVK_OK;
    }
    bool writable = norm->table.dialect.enclosure != CSVK_NO_BYTE; /* a value with a line break */
    bool sure = run.partitions == 1 && run.whole_follows && norm->before_whole && !run.quotes &&
                !is_enclosure_involved(&run) && norm->npending == 0 && writable;
    return sure ? join_parts(norm, rec, &run) : reject_run(norm, rec, &run);
}

/* ---- r11: adding the fields that are missing ---- */

/*
 * Where a column is enclosed in every other record, an open value is the value of another column: a
 * field is missing in the middle, and the values after it would land in wrong columns.
 *   `1,"x",2` three times, then `3,4`: 4 is no value of the second column
 * The fields are taken from the reference parser's reading when they were not reported.
 */
static int is_shifted(struct norm *norm, const struct norm_record *rec, bool *shifted)
{
    *shifted = false;
    if (norm->nalways == 0) {
        return CSVK_OK;
    }
    for (uint64_t i = 0; rec->field != NULL && i < rec->r.nfields && i < norm->nalways; i++) {
        bool empty = rec->field[i].begin == rec->field[i].end;
        *shifted = *shifted || (norm->always_enclosed[i] && !is_enclosed(rec, i) && !empty);
    }
    if (rec->field != NULL) {
        return CSVK_OK;
    }
    struct norm_reading *reading = &norm->reading[NORM_READ_REFERENCE];
    struct norm_limit limit = {rec->r.offset + rec->r.length, true};
    int status = norm_read_in_mode(norm, NORM_READ_REFERENCE, rec->r.offset, limit, reading);
    for (size_t i = 0; status == CSVK_OK && i < reading->ncells && i < norm->nalways; i++) {
        const struct norm_cell *cell = &reading->cell[i];
        bool empty = cell->raw && cell->length == 0;
        *shifted = *shifted || (norm->always_enclosed[i] && !cell->enclosed && !empty);
    }
    return status;
}

/*
 * r11, when it is safe. It is not when a stray quote may be half of a lost enclosure; when more
 * than half of the fields would be invented; in the header, whose names nobody can invent; and when
 * values are shifted.
 */
static int pad_record(struct norm *norm, const struct norm_record *rec)
{
    uint64_t missing = norm->width - rec->r.nfields;
    if (norm_is_pending(norm, CSVK_REPAIR_ENCLOSE)) {
        return norm_reject(norm, rec, CSVK_REPAIR_PAD, NORM_CAUSE_WIDTH,
                           "too few fields, and a quoting error in it");
    }
    if (missing * 2 > norm->width) {
        return norm_reject(norm, rec, CSVK_REPAIR_PAD, NORM_CAUSE_WIDTH,
                           "too few fields: more than half of them would be invented");
    }
    if (norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done) {
        return norm_reject(norm, rec, CSVK_REPAIR_PAD, NORM_CAUSE_WIDTH, "it has too few names");
    }
    bool shifted = false;
    int status = is_shifted(norm, rec, &shifted);
    if (status != CSVK_OK) {
        return status;
    }
    if (shifted) {
        return norm_reject(
            norm, rec, CSVK_REPAIR_PAD, NORM_CAUSE_WIDTH,
            "too few fields, and a value is open where that column is always enclosed: "
            "a delimiter may be missing in the middle");
    }
    norm_count_cause(norm, rec, NORM_CAUSE_WIDTH);
    norm_add_repair(norm, CSVK_REPAIR_PAD, rec->r.offset + rec->r.length, 0,
                    "no other reading fits, and at least half of the fields are there");
    if (norm_can_patch(norm, rec)) {
        return norm_write_patched(norm, rec);
    }
    while (norm->nvalues < norm->width) {
        struct csvk_value empty = {(const unsigned char *)"", 0, CSVK_VALUE_PLAIN};
        status = norm_add_value(norm, empty);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return norm_write_record(norm, rec);
}

static int repair_too_few(struct norm *norm, const struct norm_record *rec)
{
    if (norm->o->ragged == CSVK_NORMALIZE_RAGGED_REJECT) {
        return norm_reject(norm, rec, CSVK_REPAIR_PAD, NORM_CAUSE_NONE,
                           "too few fields (--ragged=reject)");
    }
    bool done = false;
    int status = try_join(norm, rec, &done);
    return status == CSVK_OK && !done ? pad_record(norm, rec) : status;
}

/* ---- r12 r14: surplus fields ---- */

/* `""` is an empty value that somebody wrote, so it counts as data. */
static bool surplus_is_empty(const struct norm *norm)
{
    for (size_t i = (size_t)norm->width; i < norm->nvalues; i++) {
        if (norm->value[i].len != 0 || norm->value[i].form == CSVK_VALUE_ENCLOSED) {
            return false;
        }
    }
    return true;
}

/*
 * Known without the values: when the first surplus field has bytes, from surplus_length, else from
 * the fields. With --trim blanks may become nothing, so only the values say.
 */
int norm_surplus_is_data(struct norm *norm, const struct norm_record *rec, bool *data)
{
    *data = false;
    if (norm->o->trim || !norm->width_known || rec->r.nfields <= norm->width) {
        return CSVK_OK;
    }
    *data = rec->field == NULL && rec->r.surplus_length != 0;
    int status = *data ? CSVK_OK : norm_need_fields(norm, rec);
    for (uint64_t i = norm->width; i < rec->r.nfields && status == CSVK_OK && !*data; i++) {
        *data = rec->field[i].begin != rec->field[i].end;
    }
    return status;
}

/*
 * r14 for one field too many, r12 for several. A delimiter at the end of every record is a habit of
 * some programs, so r14 is allowed even with --ragged=reject.
 */
static int repair_too_many(struct norm *norm, const struct norm_record *rec)
{
    bool trailing = norm->nvalues == norm->width + 1;
    /* No values: norm_surplus_is_data knew without them. */
    if (norm->nvalues == 0 || !surplus_is_empty(norm)) {
        return norm_reject(norm, rec, CSVK_REPAIR_SURPLUS, NORM_CAUSE_WIDTH,
                           "too many fields, and the surplus holds data");
    }
    if (!trailing && norm->o->ragged == CSVK_NORMALIZE_RAGGED_REJECT) {
        return norm_reject(norm, rec, CSVK_REPAIR_SURPLUS, NORM_CAUSE_NONE,
                           "too many fields (--ragged=reject)");
    }
    norm->nvalues = (size_t)norm->width;
    norm_add_repair(norm, trailing ? CSVK_REPAIR_TRAILING : CSVK_REPAIR_SURPLUS,
                    rec->r.offset + rec->r.length, 0,
                    "what is beyond the width of the table is empty");
    norm_count_cause(norm, rec, NORM_CAUSE_WIDTH);
    return norm_write_record(norm, rec);
}

int norm_repair_width(struct norm *norm, const struct norm_record *rec)
{
    if (!norm->width_known) {
        return norm_refuse_without_width(norm, rec);
    }
    if (norm->o->ragged == CSVK_NORMALIZE_RAGGED_FAIL) {
        return norm_refuse(norm, rec, "wrong number of fields, and --ragged=fail");
    }
    return rec->r.nfields > norm->width ? repair_too_many(norm, rec) : repair_too_few(norm, rec);
}
