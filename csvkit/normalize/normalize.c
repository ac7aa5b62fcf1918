/*
 * normalize.c - the run: what has to be known first, one chunk of the input after the other, or the
 * piece that a thread has normalized ahead, and what is judged at the end.
 */
#include "csvkit/normalize/normalize_pieces.h"
#include "csvkit/normalize/normalize_structs.h"

#include "csvkit/io/file_kind.h"

/* The caller may stop the run: CSVK_ECANCELED. */
static int report_progress(struct norm *norm)
{
    if (norm->out->progress == NULL ||
        norm->out->progress(norm->out->progress_context,
                            csvk_source_consumed(norm->window.source)) >= 0) {
        return CSVK_OK;
    }
    return csvk_fail(norm->err, CSVK_ECANCELED, "%s: stopped",
                     csvk_source_name(norm->window.source));
}

/*
 * Start, chunks, end. The totals of the result are filled in whatever the outcome, because after
 * CSVK_EDATA the result is valid as far as it goes.
 */
static int run(struct norm *norm)
{
    int status = norm_start(norm);
    if (status == CSVK_OK && norm->o->write_bom) {
        norm->result->changed = norm->result->changed || !norm->marked;
        status = csvk_record_writer_bytes(&norm->table, "\xef\xbb\xbf", 3, norm->err);
    }
    if (status == CSVK_OK && norm->o->write_header) {
        status = norm_write_header(norm);
    }
    while (status == CSVK_OK) {
        status = norm_join_pieces(norm);
        status =
            status == CSVK_OK ? norm_window_fill(&norm->window, norm->chunk, norm->err) : status;
        if (status != CSVK_OK || (norm->window.visible == 0 && norm->window.at_end)) {
            break;
        }
        status = norm_next_chunk(norm);
        status = status == CSVK_OK ? report_progress(norm) : status;
    }
    status = status == CSVK_OK ? norm_finish_run(norm) : status;
    /*
     * A damaged gzip stream ends in the middle of a record, which then looks broken. The text about
     * the damage says more than the text about the record.
     */
    if (status == CSVK_EDATA) {
        norm_add_lines_above(norm);
        (void)norm_report_damage(norm);
    }
    norm->result->bytes_in = norm->window.bytes_read;
    norm->result->bytes_out = norm->table.bytes;
    norm->result->width = norm->npick != 0 ? norm->npick : norm->width;
    if (norm->o->only_measure && norm->widest > norm->width) {
        norm->result->width = norm->widest;
    }
    return status;
}

/*
 * Releases what a run has acquired. It may have stopped anywhere, so everything here is fine with a
 * struct that is all zero.
 */
static void release_run(struct norm *norm)
{
    norm_pieces_free(norm->pieces); /* its threads look at the window */
    norm_window_release(&norm->window);
    norm_release_own(norm);
    csvk_free(norm->pick);
    for (size_t form = 0; form < NORM_HEADER_FORMS; form++) {
        csvk_buf_release(&norm->header_again[form]);
    }
    norm_sample_release(&norm->sample);
    csvk_strings_release(&norm->header);
    csvk_strings_release(&norm->added);
    csvk_strings_release(&norm->names);
}

/* As csvk_normalize, with structs of this library's version. */
static int normalize(struct csvk_source *source, const char *other_kind,
                     const struct csvk_normalize_options *options,
                     const struct csvk_normalize_outputs *outputs,
                     struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct norm *norm = csvk_calloc(1, sizeof *norm);
    if (norm == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    norm->options = *options;
    norm->o = &norm->options;
    norm->other_kind = other_kind;
    norm->out = outputs;
    norm->result = result;
    norm->err = err;
    norm->window.source = source;
    norm_init_run(norm);
    int status = norm_pieces_new(norm);
    if (status == CSVK_OK && options->encoding_fallback != NULL) {
        status = norm_fallback_init(&norm->fallback, options->encoding_fallback, err);
    }
    status = status == CSVK_OK ? norm_types_new(norm) : status;
    status = status == CSVK_OK ? run(norm) : status;
    release_run(norm);
    csvk_free(norm);
    return status;
}

/* Refuses files that are surely no table. Text that may be something else is tried, and what is
   wrong with it then has a cause. */
static int normalize_table(struct csvk_source *source, const struct csvk_normalize_options *options,
                           const struct csvk_normalize_outputs *outputs,
                           struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct csvk_file_kind kind;
    int status = csvk_source_kind(source, &kind, err);
    if (status == CSVK_OK && kind.class == CSVK_FILE_OTHER) {
        return csvk_refuse_kind(source, &kind, err);
    }
    const char *other = kind.class == CSVK_FILE_OTHER_TEXT ? kind.name : NULL;
    struct csvk_sniff_candidate delimiter = {0};
    status = status == CSVK_OK ? norm_find_delimiter(source, options, &delimiter, err) : status;
    status = status == CSVK_OK ? normalize(source, other, options, outputs, result, err) : status;
    if (status == CSVK_OK && other != NULL) {
        norm_advise_on_kind(result, kind.name);
    } else if (status == CSVK_OK && result->width == 1 && delimiter.width > 1) {
        norm_advise_on_delimiter(result, &delimiter);
    }
    if (status == CSVK_EDATA && other != NULL && err != NULL && strstr(err->text, other) == NULL) {
        struct csvk_error why = *err;
        csvk_fail(err, status, "%s; by the way, the file looks like %s", why.text, kind.name);
    }
    return status;
}

int csvk_normalize(struct csvk_source *source, const struct csvk_normalize_options *options,
                   const struct csvk_normalize_outputs *outputs,
                   struct csvk_normalize_result *result, struct csvk_error *err)
{
    struct csvk_normalize_options own_options;
    struct csvk_normalize_outputs own_outputs;
    struct csvk_normalize_result own_result = {.size = sizeof own_result};
    int status = norm_check_result(result, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = norm_read_options(&own_options, options, err);
    status = status == CSVK_OK ? norm_read_outputs(&own_outputs, outputs, err) : status;
    status = status == CSVK_OK ? norm_check_options(&own_options, err) : status;
    if (status == CSVK_OK) {
        status = normalize_table(source, &own_options, &own_outputs, &own_result, err);
    }
    norm_write_result(result, &own_result);
    return status;
}
