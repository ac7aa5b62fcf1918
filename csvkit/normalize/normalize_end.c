/*
 * normalize_end.c - what is judged and reported after the last record: damage of the stream, lines
 * that were cut off the end, and whether so much inference can be right at all.
 *
 * Order matters. Damage comes first, because everything after it would blame the data. The outputs
 * are flushed last, when nothing can be refused any more.
 */
#include "csvkit/normalize/normalize_private.h"

/*
 * Refuses a run in which most of the records need inference: then the dialect is wrong, not the
 * data. Counted are records repaired by inference (L2) and records that were rejected for want of a
 * sure repair; rejects that an option asked for are not, and comments and lines around the table
 * are no records here. --max-repairs allows more.
 *
 * Without this limit a file that is read with the wrong delimiter would end in a table that nobody
 * wants, and a long list of repairs. The limit is a share, so that two halves of a table have the
 * outcome of the whole.
 */
static int check_inference_share(struct norm *norm)
{
    enum { FEW = 8 }; /* so many may need it in any table */
    const struct csvk_normalize_result *r = norm->result;
    uint64_t needed = r->inferred + norm->rejected_by_cause;
    uint64_t records = r->records_in - r->repairs[CSVK_REPAIR_FRAME];
    uint64_t most = records / 2 > FEW ? records / 2 : FEW;
    most = norm->o->max_repairs > most ? norm->o->max_repairs : most;
    if (needed <= most) {
        return CSVK_OK;
    }
    char cause[240];
    norm_likely_cause(norm, cause, sizeof cause);
    return csvk_fail(
        norm->err, CSVK_EDATA,
        "%s: %llu of %llu records would need inference, more than half of them: likely "
        "%s; --max-repairs=N allows more",
        csvk_source_name(norm->window.source), (unsigned long long)needed,
        (unsigned long long)records, cause);
}

/*
 * The end of the file that the window cut off: the lines of --skip-tail (r15) and a final 1A (r7),
 * the end-of-file byte of CP/M and DOS.
 *
 * The lines count as one repair when they are reported, and the others are added. Each is a record
 * that was read and dropped, so records_in = records_out + records_rejected + records_dropped
 * holds.
 */
static int report_tail(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    int status = CSVK_OK;
    if (w->tail_counted != 0) {
        status =
            norm_report_file_repair(norm, CSVK_REPAIR_FRAME, w->offset, w->tail_cut, "--skip-tail");
        norm->result->repairs[CSVK_REPAIR_FRAME] += w->tail_counted - 1;
        norm->result->records_in += w->tail_counted;
        norm->result->records_dropped += w->tail_counted;
    }
    if (status == CSVK_OK && w->ctrl_z != 0) {
        status = norm_report_file_repair(norm, CSVK_REPAIR_TAIL, w->offset + w->tail_cut, 1,
                                         "1A as the last byte");
    }
    return status;
}

/*
 * What is wrong with the last record of a damaged stream is not the record's fault. CSVK_OK when
 * there is no damage.
 */
int norm_report_damage(struct norm *norm)
{
    const struct csvk_damage *damage = csvk_source_damage(norm->window.source);
    return damage == NULL
               ? CSVK_OK
               : csvk_fail(norm->err, CSVK_EDATA, "%s: the %s stream is damaged at byte %llu: %s",
                           csvk_source_name(norm->window.source), damage->kind,
                           (unsigned long long)damage->offset, damage->what);
}

/* The first failure ends it; what was written so far is of no use then. */
int norm_finish_run(struct norm *norm)
{
    int status = norm_report_damage(norm);
    status = status == CSVK_OK ? report_tail(norm) : status;
    status = status == CSVK_OK ? check_inference_share(norm) : status;
    status = status == CSVK_OK ? norm_report_sums(norm) : status;
    norm_advise(norm);
    struct csvk_record_writer *writers[] = {&norm->table, &norm->rejects, &norm->index, &norm->log};
    for (size_t i = 0; i < 4 && status == CSVK_OK; i++) {
        status = csvk_record_writer_flush(writers[i], norm->err);
    }
    return status;
}
