/* normalize_setup.c - what a run has, and gives back; and a worker, which normalizes pieces of it.
 */
#include "csvkit/normalize/normalize_pieces.h"

/* The default reach is also the default size of a read. */
#define DEFAULT_REACH ((uint64_t)256 * 1024)

static void init_writer(struct csvk_record_writer *writer, const struct csvk_normalize_options *o,
                        struct csvk_output output)
{
    csvk_record_writer_init(writer, &o->to, o->quote, o->line_break, output);
    writer->trims = o->trim;
}

/*
 * Everything that does not depend on the bytes of the input. The reach is at least 64, one block of
 * the bit masks. Nothing here can fail; what can is in norm_start.
 */
void norm_init_run(struct norm *norm)
{
    const struct csvk_normalize_options *o = norm->o;
    norm->in = o->dialect;
    norm->last_whole = true; /* nothing before the first record is wrong */
    norm->any_eol = o->any_eol;
    norm->reach = o->look_ahead != 0 ? o->look_ahead : DEFAULT_REACH;
    norm->reach = norm->reach < 64 ? 64 : norm->reach;
    norm->chunk = norm_small_chunk(norm);
    norm->stop = UINT64_MAX;
    norm->window.read_size = o->window != 0 ? o->window : (size_t)DEFAULT_REACH;
    norm->window.tail_lines = o->skip_tail;
    norm->window.seen = norm->out->seen;
    init_writer(&norm->table, o, norm->out->table);
    init_writer(&norm->rejects, o, norm->out->rejects);
    init_writer(&norm->index, o, norm->out->rejects_index);
    init_writer(&norm->log, o, norm->out->log);
}

static void release_scratch(struct norm_scratch *scratch)
{
    csvk_batch_builder_release(&scratch->builder);
    csvk_buf_release(&scratch->bytes);
}

/* What a run has for itself, and so has a worker. */
void norm_release_own(struct norm *norm)
{
    csvk_scan_release(&norm->scan);
    csvk_scan_release(&norm->ahead_scan);
    csvk_scan_release(&norm->field_scan);
    release_scratch(&norm->scrubbed);
    release_scratch(&norm->look_ahead);
    csvk_free(norm->value);
    norm_arena_release(&norm->arena);
    csvk_buf_release(&norm->text);
    csvk_buf_release(&norm->trimmed);
    csvk_buf_release(&norm->line);
    csvk_buf_release(&norm->json);
    norm_types_free(norm->types);
    csvk_record_writer_release(&norm->table);
    csvk_record_writer_release(&norm->rejects);
    csvk_record_writer_release(&norm->index);
    csvk_record_writer_release(&norm->log);
}

/* ---- workers --------------------------------------------------------------------------------- */

/* The fields of a schema's columns are known since the header. */
static int share_types(struct norm *worker, const struct norm *norm)
{
    int status = norm->types != NULL ? norm_types_new(worker) : CSVK_OK;
    return status == CSVK_OK && norm->types != NULL ? norm_types_share(worker->types, norm->types)
                                                    : status;
}

int norm_init_worker(struct norm *worker, const struct norm *norm,
                     const struct csvk_normalize_outputs *outputs, struct csvk_error *err)
{
    worker->o = norm->o;
    worker->other_kind = norm->other_kind;
    worker->out = outputs;
    worker->err = err;
    worker->in = norm->in;
    worker->reach = norm->reach;
    worker->any_eol = norm->any_eol;
    worker->fallback = norm->fallback;
    worker->rewrite = norm->rewrite;
    worker->width = norm->width;
    worker->width_known = norm->width_known;
    worker->header_names = norm->header_names;
    worker->raw_fields = norm->raw_fields;
    worker->header_done = norm->header_done;
    worker->marked = norm->marked;
    memcpy(worker->header_again, norm->header_again, sizeof worker->header_again);
    worker->header_mark = norm->header_mark;
    worker->header = norm->header;
    worker->names = norm->names;
    worker->pick = norm->pick;
    worker->npick = norm->npick;
    worker->head_offset = norm->head_offset;
    init_writer(&worker->table, norm->o, outputs->table);
    init_writer(&worker->rejects, norm->o, outputs->rejects);
    init_writer(&worker->index, norm->o, outputs->rejects_index);
    init_writer(&worker->log, norm->o, outputs->log);
    int status = norm_init_scan(worker, &worker->scan);
    status = status == CSVK_OK ? norm_init_scan(worker, &worker->ahead_scan) : status;
    status = status == CSVK_OK ? norm_init_scan(worker, &worker->field_scan) : status;
    return status == CSVK_OK ? share_types(worker, norm) : status;
}

/*
 * Facts that no repair is about are not asked for, and control characters only when they shall be
 * removed (r6). Fields are reported when records are written field by field, and up to the header,
 * whose names may be wanted.
 */
int norm_init_scan(struct norm *norm, struct csvk_scan *scan)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = norm->in;
    options.any_eol = norm->any_eol;
    options.simd = norm->o->simd;
    options.detail = norm->rewrite || !norm->header_done ? CSVK_FIELDS : CSVK_COUNTS;
    options.facts =
        CSVK_FACTS_ALL &
        ~(CSVK_FACT_BIT(CSVK_FACT_TAB) | CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) |
          CSVK_FACT_BIT(CSVK_FACT_REPLACEMENT_CHAR) | CSVK_FACT_BIT(CSVK_FACT_UNICODE_LINE_BREAK));
    if (norm->o->control != CSVK_NORMALIZE_DEFECT_REMOVE) {
        options.facts &= ~CSVK_FACT_BIT(CSVK_FACT_CONTROL);
    }
    return csvk_scan_init(scan, &options, norm->err);
}
