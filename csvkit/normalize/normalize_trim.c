/*
 * normalize_trim.c - r20 by option: --trim says that blanks around values are no data, so blanks
 * around an enclosure are none, too.
 *   `1, "x,y" , 3`  ->  `1,"x,y",3`
 * Without the option this takes inference, and evidence; with it the user has said which reading is
 * meant. It must fit all the same: the width of the table, and no other fault of an enclosure.
 *
 * Only the bytes of the record are looked at, as the reference parser found them. A value that runs
 * over a line break behind such blanks is left to the repairs by inference.
 */
#include "csvkit/normalize/normalize_private.h"

#include "csvkit/base/delimiter.h"

static int take_fields(struct norm *norm, const struct norm_record *rec,
                       const struct norm_view *view, bool *done)
{
    norm->nvalues = 0;
    for (size_t at = 0;; at = norm_view_after(view, at)) {
        struct norm_cell cell;
        at = norm_view_field(view, at, NORM_MODE_BLANKS, &cell);
        if (at == NORM_NOWHERE || norm->nvalues == norm->width) {
            return CSVK_OK;
        }
        enum csvk_value_form form = cell.enclosed ? CSVK_VALUE_ENCLOSED : CSVK_VALUE_PLAIN;
        struct csvk_value value = {cell.ptr, cell.len, form};
        int status = norm_add_value(norm, norm_trim_value(norm, rec, value, norm->nvalues));
        if (status != CSVK_OK) {
            return status;
        }
        if (norm_view_delimiter(view, at) == 0) {
            *done = at == view->length && norm->nvalues == norm->width;
            return CSVK_OK;
        }
    }
}

int norm_take_trimmed(struct norm *norm, const struct norm_record *rec, bool *done)
{
    *done = false;
    if (!norm->o->trim || norm->in.escape != CSVK_NO_BYTE ||
        !(norm_has_fact(rec, CSVK_FACT_SPACE_BEFORE_QUOTE) ||
          norm_has_fact(rec, CSVK_FACT_SPACE_AFTER_QUOTE))) {
        return CSVK_OK;
    }
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    struct norm_view view = {.bytes = bytes.ptr,
                             .length = bytes.len,
                             .at_end = true,
                             .comment = CSVK_NO_BYTE,
                             .dialect = norm->in,
                             .arena = &norm->arena};
    size_t npending = norm->npending;
    norm_arena_clear(&norm->arena);
    int status = take_fields(norm, rec, &view, done);
    if (status == CSVK_OK && norm->arena.failed) {
        return norm_out_of_memory(norm);
    }
    if (!*done) {
        norm->npending = npending;
        return status;
    }
    norm_add_repair_of_class(norm, CSVK_REPAIR_BLANKS, NORM_CLASS_L1, rec->r.offset, "--trim");
    return status;
}
