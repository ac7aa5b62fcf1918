/*
 * record_facts.c - what is known of a record, and of a run, without reading on: questions that
 * change nothing. The lowest layer of a run; everybody asks here.
 */
#include "csvkit/normalize/normalize_private.h"

int norm_out_of_memory(struct norm *norm)
{
    return csvk_fail(norm->err, CSVK_ENOMEM, "%s: out of memory at byte %llu",
                     csvk_source_name(norm->window.source),
                     (unsigned long long)norm->window.offset);
}

bool norm_breaks_are_reported(const struct norm *norm)
{
    return norm->any_eol || csvk_cr_ends_record(&norm->scan.table);
}

size_t norm_eol_length(enum csvk_eol eol)
{
    return csvk_eol_length(eol);
}

/*
 * As the reference parser reads it. Under another reading the record may end elsewhere; that is
 * norm->raw_to.
 */
uint64_t norm_record_end(const struct norm_record *rec)
{
    return rec->r.offset + rec->r.length + norm_eol_length((enum csvk_eol)rec->r.eol);
}

struct csvk_bytes norm_record_bytes(const struct norm *norm, const struct norm_record *rec)
{
    const unsigned char *bytes = rec->field != NULL ? rec->base + rec->field[0].begin
                                                    : norm_window_at(&norm->window, rec->r.offset);
    return (struct csvk_bytes){bytes, (size_t)rec->r.length};
}

uint32_t norm_fact_kinds(const struct norm_record *rec)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        kinds |= CSVK_FACT_BIT(rec->fact[i].kind);
    }
    return kinds;
}

bool norm_has_fact(const struct norm_record *rec, enum csvk_fact_kind kind)
{
    return (norm_fact_kinds(rec) & CSVK_FACT_BIT(kind)) != 0;
}

/*
 * Facts after which a record may still be whole. Line breaks are written in one way anyway (r8).
 * Control characters and marks are scrubbed before anybody asks. Lines inside of an enclosure that
 * look like records are only a suspicion, as long as the width is right.
 */
bool norm_is_harmless(enum csvk_fact_kind kind)
{
    switch (kind) {
    case CSVK_FACT_FIRST_EOL:
    case CSVK_FACT_MIXED_EOL:
    case CSVK_FACT_CRCRLF:
    case CSVK_FACT_CONTROL:
    case CSVK_FACT_BOM_IN_DATA:
    case CSVK_FACT_SUSPICIOUS_LINES: return true;
    default: return false;
    }
}

static bool all_harmless(const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!norm_is_harmless(rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

/*
 * Whole records are the measure of everything: repairs by inference look for a reading after which
 * the table goes on with whole records.
 */
bool norm_is_whole(const struct norm *norm, const struct norm_record *rec)
{
    return !rec->r.blank && rec->r.nfields == norm->width && all_harmless(rec);
}
