/*
 * slice_verify.c - reads every slice back from the disk before it gets its name.
 *
 * Three checks with code that did not write the slice: another decompressor must give a text of the
 * same length and checksum as the text that was cut; csvkit's reader and libcsv must find the same
 * values in it; and the number of records must be the number that was counted while cutting.
 */
#include "manifest/slicing/slice_job.h"

#include "csvkit/verify/libcsv_check.h"

#include <inttypes.h>
#include <zlib.h>

struct witness {
    struct csvk_source *source;
    struct csvk_reader *reader;
    struct csvk_libcsv_check *check; /* NULL: libcsv cannot read this dialect */
    uint64_t bytes, records;
    uLong crc;
};

static int read_back(struct witness *w, struct csvk_error *err)
{
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(w->reader, &batch, err)) == CSVK_OK) {
        w->bytes += batch->size;
        w->records += batch->nrecords;
        if (batch->size != 0) { /* crc32_z() without bytes would start again from 0 */
            w->crc = crc32_z(w->crc, batch->bytes, batch->size);
        }
        if (w->check != NULL) {
            status = csvk_libcsv_check_feed(w->check, batch, err);
        }
        if (status != CSVK_OK) {
            return status;
        }
    }
    return status == CSVK_END ? CSVK_OK : status;
}

static int compare(struct witness *w, const struct csvk_slice *slice, struct csvk_error *err)
{
    struct csvk_agreement said = {.verdict = CSVK_VERDICT_EQUAL};
    const struct csvk_damage *damage = csvk_source_damage(w->source);
    if (damage != NULL) {
        return csvk_fail(err, CSVK_EIO, "%s: damaged when read back: %s", slice->name,
                         damage->what);
    }
    if (w->bytes != slice->bytes || w->crc != slice->crc || w->records != slice->records) {
        return csvk_fail(err, CSVK_EIO,
                         "%s: read back %" PRIu64 " records and %" PRIu64
                         " bytes, but wrote %" PRIu64 " records and %" PRIu64 " bytes%s",
                         slice->name, w->records, w->bytes, slice->records, slice->bytes,
                         w->crc != slice->crc ? "; the checksum differs" : "");
    }
    int status = w->check != NULL ? csvk_libcsv_check_end(w->check, &said, err) : CSVK_OK;
    if (status == CSVK_OK && said.verdict == CSVK_VERDICT_DIFFERS) {
        return csvk_fail(err, CSVK_EIO, "%s: libcsv reads record %" PRIu64 " differently: %s",
                         slice->name, said.record, said.what);
    }
    return status;
}

static int verify_one(const struct slice_job *job, const struct csvk_slice *slice, const char *path,
                      struct csvk_error *err)
{
    struct witness w = {.crc = 0};
    struct csvk_options how;
    csvk_options_init(&how);
    how.dialect = job->dialect;
    how.detail = CSVK_FIELDS;
    how.continuation = true; /* a byte order mark at the beginning of a slice is data */
    how.facts = 0;
    int status = csvk_source_open(&w.source, path, err);
    status = status == CSVK_OK ? csvk_reader_new(&w.reader, w.source, &how, err) : status;
    if (status == CSVK_OK && how.dialect.escape == CSVK_NO_BYTE) {
        status = csvk_libcsv_check_new(&w.check, &how.dialect, err);
    }
    status = status == CSVK_OK ? read_back(&w, err) : status;
    status = status == CSVK_OK ? compare(&w, slice, err) : status;
    csvk_libcsv_check_free(w.check);
    csvk_reader_free(w.reader);
    csvk_source_free(w.source);
    return status;
}

int slice_verify(const struct slice_job *job, struct csvk_error *err)
{
    size_t count;
    const struct csvk_slice *slice = csvk_slicer_slices(job->slicer, &count);
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        csvk_buf_clear(&path);
        if (csvk_buf_printf(&path, "%s/%s", csvk_slicer_directory(job->slicer), slice[i].name) !=
            CSVK_OK) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        } else {
            status = verify_one(job, &slice[i], csvk_buf_text(&path), err);
        }
        if (status == CSVK_OK) {
            status = slice_tell_progress(job, CSVK_SLICE_STEP_VERIFY, i + 1, count, err);
        }
    }
    csvk_buf_release(&path);
    return status;
}
