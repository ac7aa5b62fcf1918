/*
 * normalize_patch.c - records that are written as they are but for a few places, without a look at
 * their other fields: values with a stray enclosure (r17) or a single CR (r9) are enclosed, missing
 * fields are added (r11).
 *   `3,5" pipe,x`  ->  `3,"5"" pipe",x`
 *   `4,5`          ->  `4,5,`  in a table of three columns
 * A file may have such a value in every record, and one field need not cost the decoding of all
 * others.
 *
 * Invariant: what is written is what norm_take_values and norm_write_values would write. A fact
 * that says "in a field that is not enclosed" makes that easy: the field around it reaches from
 * delimiter to delimiter, whatever else the record holds.
 */
#include "csvkit/normalize/normalize_private.h"

/* Facts about fields that are not enclosed, whose value stays as it is read. */
#define PLAIN_KINDS (CSVK_FACT_BIT(CSVK_FACT_QUOTE_IN_UNQUOTED) | CSVK_FACT_BIT(CSVK_FACT_BARE_CR))

/* The bytes of a scrubbed record are not in the window, from where records are patched. */
static bool is_scrubbed(const struct norm *norm, const struct norm_record *rec)
{
    return rec->base != NULL && rec->base == norm->scrubbed.bytes.data;
}

/*
 * Not when every record is written anew; not the header, whose names are compared; not the first
 * record of the output, which may look like `sep=X` (three bytes or less: only a byte order mark
 * was written); and not when the output has no enclosure, because then a value may have to be
 * rejected.
 */
bool norm_may_keep_bytes(const struct norm *norm)
{
    bool header = norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done;
    bool first = norm->result->records_out == 0 || norm->table.bytes <= 3; /* may look like sep= */
    return !norm->rewrite && !header && !first && norm->table.dialect.enclosure != CSVK_NO_BYTE;
}

/* Any other fact would need a look at the whole record. */
bool norm_can_patch(const struct norm *norm, const struct norm_record *rec)
{
    if (!norm_may_keep_bytes(norm) || is_scrubbed(norm, rec)) {
        return false;
    }
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        enum csvk_fact_kind kind = rec->fact[i].kind;
        if ((CSVK_FACT_BIT(kind) & PLAIN_KINDS) == 0 && !norm_is_harmless(kind)) {
            return false;
        }
    }
    return true;
}

/*
 * The field that holds the byte `at` of the record. `floor`: the end of the last field that was
 * patched; the field cannot begin before it.
 */
static struct csvk_bytes field_around(const struct norm *norm, struct csvk_bytes record,
                                      size_t floor, size_t at)
{
    size_t begin = at;
    while (begin > floor && record.ptr[begin - 1] != norm->in.delimiter) {
        begin--;
    }
    const unsigned char *end = memchr(record.ptr + at, norm->in.delimiter, record.len - at);
    size_t field_end = end != NULL ? (size_t)(end - record.ptr) : record.len;
    return (struct csvk_bytes){record.ptr + begin, field_end - begin};
}

static void put_raw(struct csvk_buf *line, const unsigned char *from, const unsigned char *to)
{
    size_t length = (size_t)(to - from);
    memcpy(line->data + line->length, from, length);
    line->length += length;
}

/*
 * Copies the record and encloses the field around each fact. Further facts in the same field are
 * skipped. The delimiters at the end make the missing fields, which are empty.
 *
 * Room: every byte may be doubled, each fact adds two enclosures, then the delimiters, and two
 * bytes of line break.
 */
int norm_write_patched(struct norm *norm, const struct norm_record *rec)
{
    struct csvk_bytes record = {norm_window_at(&norm->window, rec->r.offset),
                                (size_t)rec->r.length};
    size_t missing = norm->width > rec->r.nfields ? (size_t)(norm->width - rec->r.nfields) : 0;
    struct csvk_buf *line = &norm->line;
    /* Bytes of the record that are in the line already. */
    size_t at = 0;
    csvk_buf_clear(line);
    if (csvk_buf_reserve(line, 2 * record.len + 2 * rec->r.nfacts + missing + 2) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        size_t place = (size_t)(fact->offset - rec->r.offset);
        if ((CSVK_FACT_BIT(fact->kind) & PLAIN_KINDS) == 0 || place < at) {
            continue;
        }
        struct csvk_bytes field = field_around(norm, record, at, place);
        put_raw(line, record.ptr + at, field.ptr);
        csvk_record_writer_enclosed(&norm->table, field, line);
        at = (size_t)(field.ptr - record.ptr) + field.len;
    }
    put_raw(line, record.ptr + at, record.ptr + record.len);
    memset(line->data + line->length, norm->in.delimiter, missing);
    line->length += missing;
    csvk_record_writer_end(&norm->table, line);
    return norm_write_line(norm, rec);
}
