/*
 * byte_facts.c - facts about the bytes of a record that is in memory: NUL, control bytes, TAB, and
 * UTF-8 as in table 3-7 of the Unicode standard.
 *
 * It is called only for ranges of records in which the scan saw a suspect byte. The facts must be
 * those that the reference parser reports byte by byte.
 */
#include "csvkit/json.h"
#include "csvkit/parse/grammar/record.h"

#include <string.h>

/* The least and the greatest value that a second byte may have after a lead byte C2 to F4. */
static void second_byte_range(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
}

/* What is wrong with a byte that can begin no sequence. */
static enum csvk_utf8_defect single_byte_defect(unsigned char c)
{
    if (c < 0xc0) {
        return CSVK_UTF8_LONE_CONTINUATION;
    }
    if (c < 0xc2) {
        return CSVK_UTF8_OVERLONG;
    }
    return c < 0xf8 ? CSVK_UTF8_BEYOND : CSVK_UTF8_BAD_LEAD;
}

/*
 * What is wrong when the second byte is a continuation byte, but not one that may follow this lead.
 */
static enum csvk_utf8_defect second_byte_defect(unsigned char lead)
{
    if (lead == 0xed) {
        return CSVK_UTF8_SURROGATE;
    }
    return lead == 0xf4 ? CSVK_UTF8_BEYOND : CSVK_UTF8_OVERLONG;
}

size_t csvk_utf8_subpart(const unsigned char *bytes, size_t length, enum csvk_utf8_defect *defect)
{
    unsigned char lead = bytes[0];
    if (lead < 0xc2 || lead > 0xf4) {
        *defect = single_byte_defect(lead);
        return 1;
    }
    *defect = CSVK_UTF8_CUT_SHORT;
    if (length < 2 || (bytes[1] & 0xc0) != 0x80) {
        return 1;
    }
    unsigned char low, high;
    second_byte_range(lead, &low, &high);
    if (bytes[1] < low || bytes[1] > high) {
        *defect = second_byte_defect(lead);
        return 1;
    }
    /* The second byte is good; so the sequence is cut short, after as many bytes as fit. */
    size_t need = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    size_t n = 2;
    while (n < need && n < length && (bytes[n] & 0xc0) == 0x80) {
        n++;
    }
    return n;
}

size_t csvk_utf8_code(const unsigned char *bytes, size_t length, uint32_t *code)
{
    return csvk_utf8_decode(bytes, length, code);
}

enum csvk_fact_kind csvk_code_fact(uint32_t code)
{
    if (code == 0xfeff) {
        return CSVK_FACT_BOM_IN_DATA;
    }
    if (code == 0xfffd) {
        return CSVK_FACT_REPLACEMENT_CHAR;
    }
    bool breaks = code == 0x85 || code == 0x2028 || code == 0x2029;
    return breaks ? CSVK_FACT_UNICODE_LINE_BREAK : CSVK_FACT_KINDS;
}

/* The walk over a range of a record's bytes. */
struct byte_walk {
    const struct csvk_table *table;
    struct csvk_batch_builder *builder;
    const unsigned char *bytes;
    size_t length;
    size_t at;
    size_t field; /* index of the field that was last looked up; fields are asked for in order */
    size_t nfields;
    const struct csvk_open_record *open;
    const struct csvk_field_ends *ends;
    uint32_t record_begin; /* where the record begins, in the offsets that its fields have */
};

/*
 * The number of the field, from 1, that the record's byte `at` lies in; either by the bits of field
 * ends or by the fields that have been reported.
 */
static size_t field_of(struct byte_walk *w, size_t at)
{
    if (w->ends != NULL) {
        return csvk_field_ends_before(w->ends, at) + 1;
    }
    while (w->field + 1 < w->nfields &&
           w->builder->fields[w->open->fields_mark + w->field].end - w->record_begin < at + 1) {
        w->field++;
    }
    return w->field + 1;
}

/* Adds a fact, if facts of its kind are wanted. */
static void report(struct byte_walk *w, enum csvk_fact_kind kind, size_t at, size_t length,
                   uint64_t extra)
{
    if (!csvk_wants(w->table, kind)) {
        return;
    }
    struct csvk_fact fact = {.offset = w->open->r.offset + at,
                             .length = length,
                             .extra = extra,
                             .record = w->open->r.number,
                             .field = field_of(w, at),
                             .kind = kind};
    csvk_batch_builder_add_fact(w->builder, &fact);
}

/* A run of NUL bytes is one fact. */
static void nul_run(struct byte_walk *w)
{
    size_t begin = w->at;
    while (w->at < w->length && w->bytes[w->at] == 0) {
        w->at++;
    }
    report(w, CSVK_FACT_NUL, begin, w->at - begin, 0);
}

/*
 * True for a two-byte sequence without a meaning of its own, C3 80 to DF BF: the most frequent
 * kind.
 */
static bool plain_pair(const struct byte_walk *w)
{
    const unsigned char *p = w->bytes + w->at;
    return w->length - w->at >= 2 && p[0] >= 0xc3 && p[0] <= 0xdf && (p[1] & 0xc0) == 0x80;
}

/*
 * A run of well-formed sequences is one fact; code points with a meaning of their own are further
 * facts. An ill-formed subpart ends the run, and is passed by itself when no well-formed sequence
 * comes before it.
 */
static void wide_run(struct byte_walk *w)
{
    size_t begin = w->at;
    uint32_t first = 0;
    while (w->at < w->length && w->bytes[w->at] >= 0x80) {
        uint32_t code = 0;
        /* Not the first one, whose code point is part of the fact. */
        if (w->at > begin && plain_pair(w)) {
            w->at += 2;
            continue;
        }
        size_t n = csvk_utf8_decode(w->bytes + w->at, w->length - w->at, &code);
        if (n == 0) {
            break;
        }
        if (w->at == begin) {
            first = code;
        }
        enum csvk_fact_kind kind = csvk_code_fact(code);
        if (kind != CSVK_FACT_KINDS) {
            report(w, kind, w->at, n, code);
        }
        w->at += n;
    }
    if (w->at > begin) {
        report(w, CSVK_FACT_NON_ASCII, begin, w->at - begin, first);
    } else {
        enum csvk_utf8_defect defect;
        size_t n = csvk_utf8_subpart(w->bytes + w->at, w->length - w->at, &defect);
        report(w, CSVK_FACT_INVALID_UTF8, w->at, n, csvk_utf8_extra(defect, w->bytes + w->at, n));
        w->at += n;
    }
}

/* A control byte by itself is a fact, unless the dialect gives it a meaning. */
static void control_byte(struct byte_walk *w, unsigned char c)
{
    if (csvk_is_control(w->table, c)) {
        report(w, c == '\t' ? CSVK_FACT_TAB : CSVK_FACT_CONTROL, w->at, 1, c);
    }
    w->at++;
}

/*
 * Passes printable ASCII, eight bytes at a time. It may stop early, never late: the caller looks at
 * whatever byte it stops at.
 *
 * A byte sets its top bit in one of three ways: it is 80 or above; it is below 20, so that the
 * subtraction borrows; it is 7F, so that adding 1 carries into the bit. A borrow that comes from
 * such a neighbour only stops the walk early.
 */
static size_t skip_plain(const unsigned char *bytes, size_t at, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    while (length - at >= 8) {
        uint64_t word;
        memcpy(&word, bytes + at, 8);
        if (((word | (word - ones * 0x20) | (word + ones)) & tops) != 0) {
            break;
        }
        at += 8;
    }
    return at;
}

/*
 * The start of the sequence that `from` lies in, at most three bytes before; never before `floor`.
 */
static size_t sequence_start(const unsigned char *bytes, size_t floor, size_t from)
{
    for (int steps = 0; steps < 3 && from > floor && (bytes[from] & 0xc0) == 0x80; steps++) {
        from--;
    }
    return from;
}

/* The fact about the byte at w->at, if there is one. Always moves on. */
static void byte_fact(struct byte_walk *w)
{
    unsigned char c = w->bytes[w->at];
    if (c >= 0x80) {
        wide_run(w);
    } else if (c == 0) {
        nul_run(w);
    } else if (c < 0x20 || c == 0x7f) {
        control_byte(w, c);
    } else {
        w->at++;
    }
}

size_t csvk_byte_facts(struct csvk_open_record *open, const struct csvk_table *table,
                       struct csvk_batch_builder *builder, struct csvk_bytes record,
                       const struct csvk_byte_range *range)
{
    struct byte_walk w = {.table = table,
                          .builder = builder,
                          .bytes = record.ptr,
                          .length = record.len,
                          .at = sequence_start(record.ptr, range->floor, range->from),
                          .open = open,
                          .ends = range->ends,
                          .nfields = builder->nfields - open->fields_mark};
    w.record_begin = w.nfields != 0 ? builder->fields[open->fields_mark].begin : 0;
    /* A run that has begun before range->to is passed to its end. */
    while (w.at < range->to && !builder->failed) {
        w.at = skip_plain(record.ptr, w.at, range->to);
        if (w.at < range->to) {
            byte_fact(&w);
        }
    }
    return w.at;
}
