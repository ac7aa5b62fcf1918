/*
 * normalize_write.c - from a record as it was decided to what is written of it: the header's names,
 * the header again, and a record of empty fields only are apart.
 */
#include "csvkit/normalize/normalize_private.h"

/*
 * All inference compares with the width of the table. Without one the first record that is guessed
 * at would decide about all others.
 */
int norm_refuse_without_width(struct norm *norm, const struct norm_record *rec)
{
    return norm_refuse(norm, rec,
                       "this record takes inference to repair, but no record free of errors among "
                       "the first 1000 says how wide the table is; wrong --delimiter or "
                       "--enclosure, or lines before the header (--skip-head)?");
}

/*
 * r9 and r17: a CR or an enclosure byte in a field that is not enclosed is data, by the reference
 * parser's reading. The value stays; it only has to be enclosed in the output.
 *   `5" pipe,4`  ->  `"5"" pipe",4`
 */
void norm_add_plain_repairs(struct norm *norm, const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        if (fact->kind == CSVK_FACT_QUOTE_IN_UNQUOTED) {
            norm_add_repair(norm, CSVK_REPAIR_ENCLOSE, fact->offset, fact->field,
                            "the value stays as it is read");
        } else if (fact->kind == CSVK_FACT_BARE_CR) {
            norm_add_repair(norm, CSVK_REPAIR_BARE_CR, fact->offset, fact->field,
                            "the value stays as it is read");
        }
    }
}

/* r26: the header of a second file that was appended to the first. */
int norm_set_header_apart(struct norm *norm, const struct norm_record *rec)
{
    norm->npending = 0;
    return norm->o->drop_repeated_headers
               ? norm_drop_record(norm, rec, CSVK_REPAIR_HEADER_REPEATED, "--repeated-headers=drop")
               : norm_reject(norm, rec, CSVK_REPAIR_HEADER_REPEATED, NORM_CAUSE_NONE,
                             "the header again (--repeated-headers=drop drops it)");
}

static bool is_empty_value(const struct norm *norm, const struct csvk_value *value)
{
    bool pair = value->form == CSVK_VALUE_RAW && value->len == 2 &&
                value->ptr[0] == norm->in.enclosure && value->ptr[1] == norm->in.enclosure;
    return value->len == 0 || pair;
}

static bool are_values_empty(const struct norm *norm)
{
    for (size_t i = 0; i < norm->nvalues; i++) {
        if (!is_empty_value(norm, &norm->value[i])) {
            return false;
        }
    }
    return norm->nvalues > 1;
}

/* The record became what is dropped or set apart as it is read: it is so the second time, too. */
static int write_changed(struct norm *norm, const struct norm_record *rec)
{
    if (norm->o->drop_empty_records && are_values_empty(norm)) {
        norm->npending = 0;
        return norm_drop_empty_record(norm, rec);
    }
    return norm_are_names(norm) ? norm_set_header_apart(norm, rec) : norm_write_data(norm, rec);
}

/*
 * The last step: names of the header, then the output. This is where a second inference is found
 * out, because r4 and the repairs of quotes and width are decided in different places.
 */
int norm_write_record(struct norm *norm, const struct norm_record *rec)
{
    if (norm_count_inferences(norm) > 1) {
        return norm_reject(norm, rec, norm->pending[norm->npending - 1].repair, NORM_CAUSE_WIDTH,
                           NORM_TWO_INFERENCES);
    }
    if (norm->o->header == CSVK_NORMALIZE_HEADER && !norm->header_done) {
        int status = norm->types != NULL ? norm_pair_columns(norm, rec) : CSVK_OK;
        status = status == CSVK_OK ? norm_repair_header(norm, rec) : status;
        status = status == CSVK_OK ? norm_keep_names(norm) : status;
        return status == CSVK_OK ? norm_write_values(norm, rec) : status;
    }
    return norm->npending != 0 ? write_changed(norm, rec) : norm_write_data(norm, rec);
}

/*
 * Values are taken only when they are needed: a record that needs no more than an enclosure here
 * and there is patched (normalize_patch.c).
 */
int norm_accept_reference(struct norm *norm, const struct norm_record *rec)
{
    norm_add_plain_repairs(norm, rec);
    if (norm_can_patch(norm, rec)) {
        return norm_write_patched(norm, rec);
    }
    int status = norm_take_values(norm, rec);
    return status == CSVK_OK ? norm_write_record(norm, rec) : status;
}
