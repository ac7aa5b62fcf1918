/*
 * repair_width.c - r11 r12 r13 r14: records whose quotes are in order and whose width is not.
 *
 * Nothing that holds data is ever cut or moved from one column to another. A short record is first
 * looked at as a part of one that a line break without enclosure has split: the run of short
 * records between two whole ones must fall into such groups in one way only.
 */
#include "csvkit/normalize/normalize_private.h"

enum { RUN_MAX = 64 }; /* short records in a row that are looked at together */

struct short_run {
    uint64_t width[RUN_MAX];
    size_t count;
    uint64_t end;              /* of the last one */
    bool whole_follows;        /* a whole record, or the end, follows */
    bool quotes;               /* a quoting error is involved */
    bool enclosed[RUN_MAX][2]; /* the first field, the last field of each */
    size_t partitions;         /* 0, 1, or 2 for several */
    size_t first;              /* records in the first group */
};

/* ---- r13: joining ---- */

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
 * An enclosure beside the break may have been on both sides of it, or only look so: then nothing is
 * joined. A sound one elsewhere in the part is whole and says nothing about the break.
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

/* Control characters that shall go are looked for in the first part only. */
static bool is_fine_in_part(const struct norm *norm, enum csvk_fact_kind kind)
{
    if (kind == CSVK_FACT_CONTROL) {
        return norm->o->control != CSVK_NORMALIZE_DEFECT_REMOVE;
    }
    return kind == CSVK_FACT_BLANK || kind == CSVK_FACT_QUOTE_IN_UNQUOTED ||
           kind == CSVK_FACT_BARE_CR || norm_is_harmless(kind);
}

/* May it be a part of a split record? */
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
 * In how many ways does the run fall into groups of two or more records whose widths sum to the
 * table's plus one for every break? Counted from the end; more than two are as good as two.
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

/* Appends the values of one part; its first value goes on where the last one ended. */
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

/* Every record of the run on its own. */
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
 * False: no group that begins with this record has the right width, as the records behind it were
 * reported. Every part more adds its width less one, so there is an end to trying.
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
            return false; /* a clean one follows */
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

/* Parts that would fit, but not surely: then adding fields to them is no answer either. */
static int try_join(struct norm *norm, const struct norm_record *rec, bool *done)
{
    struct short_run run = {.count = 0};
    *done = false;
    bool as_reported =
        !norm_is_pending(norm, CSVK_REPAIR_INNER_BOM); /* or its width may be another one */
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

/* ---- r11: padding ---- */

/*
 * Where a column is enclosed in every other record, an open value is the value of another column:
 * a field is missing in the middle, and the values behind it would land in wrong columns.
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

/* ---- r12 r14: surplus ---- */

static bool surplus_is_empty(const struct norm *norm)
{
    for (size_t i = (size_t)norm->width; i < norm->nvalues; i++) {
        if (norm->value[i].len != 0 || norm->value[i].form == CSVK_VALUE_ENCLOSED) {
            return false;
        }
    }
    return true;
}

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

static int repair_too_many(struct norm *norm, const struct norm_record *rec)
{
    bool trailing = norm->nvalues == norm->width + 1;
    if (norm->nvalues == 0 || !surplus_is_empty(norm)) { /* 0: nobody needed the values to know */
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
