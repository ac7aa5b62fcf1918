/*
 * byte_facts.c - facts about the bytes of a record that is in memory: NUL, control bytes, TAB and
 * UTF-8 (Unicode table 3-7). Called only for records in which the scan saw such a byte.
 */
#include "csvkit/json.h"
#include "csvkit/parse/grammar/record.h"

#include <string.h>

/* Second byte's least and greatest value, for a lead byte C2..F4. */
static void second_byte_range(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    *high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
}

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

/* A lead byte whose second byte is a continuation byte, but not one that may follow it. */
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

struct byte_walk {
    const struct csvk_table *table;
    struct csvk_batch_builder *builder;
    const unsigned char *bytes;
    size_t length;
    size_t at;
    size_t field; /* index of the field that `at` lies in */
    size_t nfields;
    const struct csvk_open_record *open;
    const struct csvk_field_ends *ends;
    uint32_t record_begin; /* of fields: offset of the record's first byte in the batch */
};

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

static void nul_run(struct byte_walk *w)
{
    size_t begin = w->at;
    while (w->at < w->length && w->bytes[w->at] == 0) {
        w->at++;
    }
    report(w, CSVK_FACT_NUL, begin, w->at - begin, 0);
}

/* A two-byte sequence without a meaning of its own, the most frequent kind: C3 80 to DF BF. */
static bool plain_pair(const struct byte_walk *w)
{
    const unsigned char *p = w->bytes + w->at;
    return w->length - w->at >= 2 && p[0] >= 0xc3 && p[0] <= 0xdf && (p[1] & 0xc0) == 0x80;
}

/* A run of well-formed sequences is one fact; its special code points are facts of their own. */
static void wide_run(struct byte_walk *w)
{
    size_t begin = w->at;
    uint32_t first = 0;
    while (w->at < w->length && w->bytes[w->at] >= 0x80) {
        uint32_t code = 0;
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

static void control_byte(struct byte_walk *w, unsigned char c)
{
    if (csvk_is_control(w->table, c)) {
        report(w, c == '\t' ? CSVK_FACT_TAB : CSVK_FACT_CONTROL, w->at, 1, c);
    }
    w->at++;
}

/*
 * Passes printable ASCII, eight bytes at a time; may stop early, never late. A byte sets its top
 * bit in one of three ways: it has it (80 and up), it loses it in the subtraction (below 20; a
 * borrow from such a neighbour only stops early), or 7F + 1 reaches it.
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

/* The start of the sequence that `from` lies in: at most three bytes before. */
static size_t sequence_start(const unsigned char *bytes, size_t floor, size_t from)
{
    for (int steps = 0; steps < 3 && from > floor && (bytes[from] & 0xc0) == 0x80; steps++) {
        from--;
    }
    return from;
}

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
    while (w.at < range->to && !builder->failed) {
        w.at = skip_plain(record.ptr, w.at, range->to);
        if (w.at < range->to) {
            byte_fact(&w);
        }
    }
    return w.at;
}
