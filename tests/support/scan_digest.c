/* scan_digest.c - see scan_digest.h. */
#include "tests/support/scan_digest.h"

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ (hash >> 29);
}

uint64_t support_scan_digest(uint64_t hash, const struct csvk_batch_builder *builder, uint64_t base)
{
    for (size_t i = 0; i < builder->nrecords; i++) {
        const struct csvk_record *r = &builder->records[i];
        hash = mix(hash, r->number);
        hash = mix(hash, r->line << 32 | r->offset);
        hash = mix(hash, r->length << 32 | r->nfields);
        hash = mix(hash, r->surplus_offset << 32 | r->surplus_length);
        hash = mix(hash, (uint64_t)r->eol << 2 | (uint64_t)r->blank << 1 | r->last_empty);
        for (uint64_t k = 0; k < r->nfields; k++) {
            const struct csvk_field *f = &builder->fields[r->first_field + k];
            hash = mix(hash, (f->begin + base) << 32 | (f->end + base));
            hash = mix(hash, f->flags);
        }
        for (uint32_t k = 0; k < r->nfacts; k++) {
            const struct csvk_fact *f = &builder->facts[r->first_fact + k];
            hash = mix(hash, f->offset << 32 | f->length << 8 | (uint64_t)f->kind);
            hash = mix(hash, f->extra << 16 | f->field);
        }
    }
    return hash;
}

uint64_t support_totals_digest(uint64_t hash, const struct csvk_totals *t)
{
    hash = mix(hash, t->records << 40 | t->lines << 20 | t->width);
    for (int i = 0; i < 5; i++) {
        hash = mix(hash, t->eol[i]);
    }
    return mix(hash, (uint64_t)t->eol_mode);
}
