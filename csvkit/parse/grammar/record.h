/*
 * record.h - private: what the reference parser and the scan share. That is the state of the table
 * so far, the builder of batches, where reported records, fields and facts go, and what is done
 * when a record is complete.
 *
 * Both parsers answer the same question, "examine one record that starts here", and both end with
 * csvk_record_finish. So everything that depends on more than one record (the first line break,
 * mixed line breaks, the width, the numbers of records) is decided in one place.
 */
#ifndef CSVKIT_PARSE_GRAMMAR_RECORD_H
#define CSVKIT_PARSE_GRAMMAR_RECORD_H

#include "csvkit/csvkit.h"

/* The table as far as it has been read: a copy of it brings back an earlier state. */
struct csvk_table {
    struct csvk_dialect dialect;
    bool any_eol;
    bool mixed_reported;
    bool begun;     /* a record that is not empty has come: the header, when there is one */
    uint32_t facts; /* bits of the kinds that are wanted; those of the grammar are always wanted */
    enum csvk_detail detail;
    uint64_t long_field;       /* bytes; a longer value is a fact; 0: none is */
    struct csvk_totals totals; /* records, lines, eol[], eol_mode, width: up to the last record */
};

/*
 * The arrays that a batch is made of. They are cleared for every batch and keep their memory. What
 * lies above a count is free to use: the structural stepper keeps a paused record there.
 */
struct csvk_batch_builder {
    struct csvk_record *records;
    size_t nrecords, records_cap;
    struct csvk_field *fields;
    size_t nfields, fields_cap;
    struct csvk_fact *facts;
    size_t nfacts, facts_cap;
    uint32_t *ends;
    size_t nends, ends_cap;
    uint32_t
        only_counted; /* bits of kinds that need no fact of their own: csvk_reader_only_count */
    uint64_t counted[CSVK_FACT_KINDS];
    bool failed; /* an allocation failed; stays true, and is looked at once for each record */
};

/*
 * The lines of a record that spans several, read without its enclosures: when each of them has as
 * many delimiters as a record of the table, an enclosure may have swallowed records
 * (doc/reading.md A18). A line ends at an enclosed line break; delimiters that are enclosed are
 * counted, the others follow from the number of fields.
 */
struct csvk_inner_lines {
    uint64_t delimiters; /* enclosed ones, on the line at hand */
    uint64_t first;      /* fields that were complete where that line began */
    uint64_t breaks;     /* enclosed line breaks so far */
    bool unlike;         /* a line was not like a record */
    bool noted;          /* `fact` has the first enclosed field with a line break */
    struct csvk_fact fact;
};

/* One record while it is read. */
struct csvk_open_record {
    struct csvk_record r;
    size_t fields_mark, facts_mark, ends_mark; /* where its entries begin in csvk_batch_builder */
    uint64_t lines;                            /* physical line breaks inside it */
    struct csvk_inner_lines inner;
};

/* Empties the arrays for the next batch; `failed` stays. */
void csvk_batch_builder_clear(struct csvk_batch_builder *builder);
void csvk_batch_builder_release(struct csvk_batch_builder *builder);
/* Slow paths of the inline functions below. */
bool csvk_batch_builder_grow_fields(struct csvk_batch_builder *builder);
bool csvk_batch_builder_grow_facts(struct csvk_batch_builder *builder);
bool csvk_batch_builder_grow_ends(struct csvk_batch_builder *builder);

/*
 * Appends a field. Offsets count from the batch's first byte. Without memory it sets `failed`; so
 * do the functions below.
 */
static inline void csvk_batch_builder_add_field(struct csvk_batch_builder *builder, size_t begin,
                                                size_t end, uint32_t flags)
{
    if (builder->nfields == builder->fields_cap && !csvk_batch_builder_grow_fields(builder)) {
        return;
    }
    builder->fields[builder->nfields++] =
        (struct csvk_field){(uint32_t)begin, (uint32_t)end, flags};
}

/* Appends the offset after a record and its line break, counted from the batch's first byte. */
static inline void csvk_batch_builder_add_end(struct csvk_batch_builder *builder, size_t end)
{
    if (builder->nends == builder->ends_cap && !csvk_batch_builder_grow_ends(builder)) {
        return;
    }
    builder->ends[builder->nends++] = (uint32_t)end;
}

/*
 * Appends a fact; the caller has looked at table->facts. Returns it, or NULL when memory has
 * failed.
 *
 * Copied field by field. What has just been written in small pieces and is read back in large ones
 * has to wait for its way through memory, which costs more than everything else here.
 */
static inline struct csvk_fact *csvk_batch_builder_add_fact(struct csvk_batch_builder *builder,
                                                            const struct csvk_fact *fact)
{
    if (builder->nfacts == builder->facts_cap && !csvk_batch_builder_grow_facts(builder)) {
        return NULL;
    }
    struct csvk_fact *to = &builder->facts[builder->nfacts++];
    to->offset = fact->offset;
    to->length = fact->length;
    to->extra = fact->extra;
    to->record = fact->record;
    to->field = fact->field;
    to->line = fact->line;
    to->column = fact->column;
    to->kind = fact->kind;
    return to;
}

void csvk_batch_builder_add_record(struct csvk_batch_builder *builder,
                                   const struct csvk_record *record);

/* Begins the record at the absolute offset `offset`. */
static inline void csvk_record_begin(struct csvk_open_record *open, const struct csvk_table *table,
                                     const struct csvk_batch_builder *builder, uint64_t offset)
{
    /*
     * Field by field: compilers clear a struct of this size by a string instruction, which costs
     * more than the rest of a short record.
     */
    struct csvk_record *r = &open->r;
    r->number = table->totals.records + 1;
    r->line = table->totals.lines + 1;
    r->offset = offset;
    r->length = r->nfields = 0;
    r->surplus_offset = r->surplus_length = 0;
    r->first_field = (uint32_t)builder->nfields;
    r->first_fact = (uint32_t)builder->nfacts;
    r->nfacts = 0;
    r->eol = CSVK_EOL_NONE;
    r->blank = r->last_empty = r->oversize = r->unfinished = false;
    open->fields_mark = builder->nfields;
    open->facts_mark = builder->nfacts;
    open->ends_mark = builder->nends;
    open->lines = 0;
    open->inner.delimiters = open->inner.first = open->inner.breaks = 0;
    open->inner.unlike = open->inner.noted = false;
}

/* An enclosed line break ends a line of the record. */
void csvk_inner_lines_break(struct csvk_open_record *open, const struct csvk_table *table);
/*
 * The record is complete but for csvk_record_finish: adds CSVK_FACT_SUSPICIOUS_LINES when all of
 * its lines are like records. Lines of a table of two columns need one delimiter only, so two of
 * them are not enough there.
 */
void csvk_inner_lines_end(const struct csvk_open_record *open, const struct csvk_table *table,
                          struct csvk_batch_builder *builder);

/* The record is not complete: takes back everything that has been reported of it. */
void csvk_record_abandon(const struct csvk_open_record *open, struct csvk_batch_builder *builder);

/* The bytes that a line break has. */
static inline size_t csvk_eol_length(enum csvk_eol eol)
{
    static const unsigned char length[] = {0, 1, 2, 1, 3};
    return length[eol];
}

/*
 * The number of bits that are set, for processors that may have no instruction for it; the
 * compiler's own would be a call. Sums are made side by side: of 2 bits, of 4, of 8; the product
 * adds the eight bytes up in the top one.
 */
static inline unsigned csvk_bit_count(uint64_t mask)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    mask -= mask >> 1 & ones * 0x55;
    mask = (mask & ones * 0x33) + (mask >> 2 & ones * 0x33);
    mask = (mask + (mask >> 4)) & ones * 0x0f;
    return (unsigned)(mask * ones >> 56);
}

/*
 * True for a line break that says nothing new about the table: none, or one of the table's kind, or
 * any but CR CR LF once mixed line breaks are reported.
 */
static inline bool csvk_is_known_eol(const struct csvk_table *table, enum csvk_eol eol)
{
    unsigned all = 1u << CSVK_EOL_LF | 1u << CSVK_EOL_CRLF | 1u << CSVK_EOL_CR;
    unsigned known = 1u << CSVK_EOL_NONE | 1u << table->totals.eol_mode;
    known |= table->mixed_reported ? all : 0;
    return (known >> eol & 1) != 0;
}

/*
 * Slow paths of csvk_record_finish and csvk_batch_builder_count.
 *
 * Decides what the record says about the table: the facts about its line break, the mode of line
 * breaks, a blank record. The first record that is not blank decides the width, if it is not known.
 */
void csvk_record_decide(struct csvk_open_record *open, struct csvk_table *table,
                        struct csvk_batch_builder *builder, enum csvk_eol eol, uint64_t eol_offset);
/* As csvk_batch_builder_count, for more than one fact. */
bool csvk_batch_builder_count_many(struct csvk_batch_builder *builder, size_t from);
/* Puts the record into the batch, with its facts in order. */
void csvk_record_report(struct csvk_open_record *open, struct csvk_batch_builder *builder);

/*
 * True when all facts from the one at `from` on are of kinds that are only counted. Then they are
 * counted, and taken out of the batch. One fact, the usual number, costs no branch that hangs on
 * its kind.
 */
static inline bool csvk_batch_builder_count(struct csvk_batch_builder *builder, size_t from)
{
    size_t count = builder->nfacts - from;
    if (count != 1) {
        return count == 0 || csvk_batch_builder_count_many(builder, from);
    }
    enum csvk_fact_kind kind = builder->facts[from].kind;
    bool counts = (builder->only_counted & CSVK_FACT_BIT(kind)) != 0;
    builder->counted[kind] += counts;
    builder->nfacts -= counts;
    return counts;
}

/*
 * The record is complete: `eol` stands at the absolute offset `eol_offset`. Adds the facts about
 * its line break, sorts its facts, sets the table's width and mode of line breaks, counts it, and
 * keeps or drops what was reported of it according to table->detail and builder->only_counted.
 *
 * Conditions that nobody can foretell are joined without branches.
 */
static inline __attribute__((always_inline)) void csvk_record_finish(
    struct csvk_open_record *open, struct csvk_table *table, struct csvk_batch_builder *builder,
    enum csvk_eol eol, uint64_t eol_offset)
{
    struct csvk_record *r = &open->r;
    struct csvk_totals *totals = &table->totals;
    uint64_t length = eol_offset - r->offset;
    r->eol = (uint8_t)eol;
    r->length = length;
    r->blank = length == 0;
    bool first = (r->number == 1) | (!table->begun & !r->blank);
    table->begun |= !r->blank;
    if ((length == 0) | (totals->width == 0) | !csvk_is_known_eol(table, eol)) {
        csvk_record_decide(open, table, builder, eol, eol_offset);
    }
    totals->records++;
    totals->eol[eol]++;
    totals->lines += open->lines + (eol != CSVK_EOL_NONE) + (eol == CSVK_EOL_CRCRLF);
    bool fields = first | (table->detail == CSVK_FIELDS);
    bool reports = fields | r->oversize | (r->nfields != totals->width);
    if (reports || !csvk_batch_builder_count(builder, open->facts_mark)) {
        csvk_record_report(open, builder);
    }
    if (!fields) {
        builder->nfields = open->fields_mark;
    }
}

/*
 * True when a CR that is not followed by LF ends a record: in a table of such line breaks, in one
 * that may have any, and in one whose first line break it would be.
 */
static inline bool csvk_cr_ends_record(const struct csvk_table *table)
{
    return table->any_eol || table->totals.eol_mode == CSVK_EOL_CR ||
           table->totals.eol_mode == CSVK_EOL_NONE;
}

/* Whether facts of this kind are reported. */
static inline bool csvk_wants(const struct csvk_table *table, enum csvk_fact_kind kind)
{
    return (table->facts & CSVK_FACT_BIT(kind)) != 0;
}

/*
 * True for a byte that is neither printable nor of the structure. NUL is none: it has a kind of its
 * own. TAB is one; whether it is a fact is another kind's matter.
 */
static inline bool csvk_is_control(const struct csvk_table *table, unsigned char c)
{
    const struct csvk_dialect *d = &table->dialect;
    bool control = (c != 0 && c < 0x20) || c == 0x7f;
    return control && c != '\n' && c != '\r' && c != d->delimiter && c != d->enclosure &&
           c != d->escape;
}

/* A range of a record's bytes: see csvk_byte_facts. */
struct csvk_byte_range {
    size_t floor, from, to;
    const struct csvk_field_ends *ends; /* NULL: `builder` has the record's fields */
};

/* Ends of fields as bits: bit i of word k stands for the byte 64 k + i. */
struct csvk_field_ends {
    const uint64_t *bits;
    size_t base; /* the bit of the record's first byte */
};

/* How many fields of the record end before its byte `at`. */
static inline size_t csvk_field_ends_before(const struct csvk_field_ends *ends, size_t at)
{
    size_t count = 0, i = ends->base / 64, bit = ends->base + at;
    uint64_t word = ends->bits[i] >> ends->base % 64 << ends->base % 64;
    while (i < bit / 64) {
        count += csvk_bit_count(word);
        word = ends->bits[++i];
    }
    return count + csvk_bit_count(word & ((UINT64_C(1) << bit % 64) - 1));
}

/*
 * Reports facts about the bytes of a complete record in memory: NUL, control bytes, TAB, UTF-8.
 * These are the facts that begin in [from, to). When `from` lies inside a sequence it begins with
 * that sequence, but never before `floor`. Returns where it stopped: at `to`, or after the run that
 * covers `to`.
 */
size_t csvk_byte_facts(struct csvk_open_record *open, const struct csvk_table *table,
                       struct csvk_batch_builder *builder, struct csvk_bytes record,
                       const struct csvk_byte_range *range);

/* As csvk_utf8_decode. */
size_t csvk_utf8_code(const unsigned char *bytes, size_t length, uint32_t *code);

/* The kind of fact that a code point is by itself; CSVK_FACT_KINDS when it is none. */
enum csvk_fact_kind csvk_code_fact(uint32_t code);

/* What the fact about an ill-formed subpart says besides its place: see CSVK_FACT_INVALID_UTF8. */
static inline uint64_t csvk_utf8_extra(enum csvk_utf8_defect defect, const unsigned char *bytes,
                                       size_t length)
{
    uint64_t extra = (uint64_t)defect;
    for (size_t i = 0; i < length; i++) {
        extra |= (uint64_t)bytes[i] << (8 * (i + 1));
    }
    return extra;
}

/*
 * The length of the ill-formed subpart at `bytes`, and what is wrong with it. A subpart is the
 * longest beginning of a well-formed sequence, or one byte (Unicode standard, section 3.9). The
 * sequence at `bytes` must not be well-formed.
 */
size_t csvk_utf8_subpart(const unsigned char *bytes, size_t length, enum csvk_utf8_defect *defect);

#endif
