/*
 * normalize_patch.c - records that go out as they are but for a few places, without a look at their
 * other fields: values with a stray enclosure or a single CR are enclosed, missing fields added.
 *
 * What is written is what nz_take_values and nz_emit would write. The field around a fact that says
 * "not enclosed" reaches from delimiter to delimiter, whatever else the record holds.
 */
#include "csvkit/normalize/normalize_private.h"

#define PLAIN_KINDS (CSVK_FACT_BIT(CSVK_FACT_QUOTE_IN_UNQUOTED) | CSVK_FACT_BIT(CSVK_FACT_BARE_CR))

static bool is_scrubbed(const struct nz *nz, const struct nz_record *rec)
{
    return rec->base != NULL && rec->base == nz->again.bytes.data;
}

bool nz_keeps_bytes(const struct nz *nz)
{
    bool header = nz->o->header == CSVK_NORMALIZE_HEADER && !nz->header_done;
    bool first = nz->result->records_out == 0 || nz->table.bytes <= 3; /* may look like sep= */
    return !nz->rewrite && !header && !first && nz->table.dialect.enclosure != CSVK_NO_BYTE;
}

bool nz_can_patch(const struct nz *nz, const struct nz_record *rec)
{
    if (!nz_keeps_bytes(nz) || is_scrubbed(nz, rec)) {
        return false;
    }
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        enum csvk_fact_kind kind = rec->fact[i].kind;
        if ((CSVK_FACT_BIT(kind) & PLAIN_KINDS) == 0 && !nz_harmless(kind)) {
            return false;
        }
    }
    return true;
}

/* The field that holds the byte `at` of the record, from `floor` on. */
static struct csvk_bytes field_around(const struct nz *nz, struct csvk_bytes record, size_t floor,
                                      size_t at)
{
    size_t begin = at;
    while (begin > floor && record.ptr[begin - 1] != nz->in.delimiter) {
        begin--;
    }
    const unsigned char *end = memchr(record.ptr + at, nz->in.delimiter, record.len - at);
    size_t behind = end != NULL ? (size_t)(end - record.ptr) : record.len;
    return (struct csvk_bytes){record.ptr + begin, behind - begin};
}

/* Room was made for all of it. */
static void put_raw(struct csvk_buf *line, const unsigned char *from, const unsigned char *to)
{
    size_t length = (size_t)(to - from);
    memcpy(line->data + line->length, from, length);
    line->length += length;
}

int nz_emit_patched(struct nz *nz, const struct nz_record *rec)
{
    struct csvk_bytes record = {nz_window_at(&nz->window, rec->r.offset), (size_t)rec->r.length};
    size_t missing = nz->width > rec->r.nfields ? (size_t)(nz->width - rec->r.nfields) : 0;
    struct csvk_buf *line = &nz->line;
    size_t at = 0;
    csvk_buf_clear(line);
    if (csvk_buf_reserve(line, 2 * record.len + 2 * rec->r.nfacts + missing + 2) != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        size_t place = (size_t)(fact->offset - rec->r.offset);
        if ((CSVK_FACT_BIT(fact->kind) & PLAIN_KINDS) == 0 || place < at) {
            continue;
        }
        struct csvk_bytes field = field_around(nz, record, at, place);
        put_raw(line, record.ptr + at, field.ptr);
        csvk_writer_enclosed(&nz->table, field, line);
        at = (size_t)(field.ptr - record.ptr) + field.len;
    }
    put_raw(line, record.ptr + at, record.ptr + record.len);
    memset(line->data + line->length, nz->in.delimiter, missing);
    line->length += missing;
    csvk_writer_end(&nz->table, line);
    return nz_emit_line(nz, rec);
}
