/*
 * slice_header.c - the header of each input: the first one gives the columns, the others must be
 * equal to it.
 */
#include "manifest/slicing/slice_job.h"

#include <string.h>

static int read_names(const struct slice_job *job, const struct csvk_batch *batch,
                      const struct csvk_record *record, struct csvk_strings *names,
                      struct csvk_error *err)
{
    struct csvk_buf room = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < record->nfields && status == CSVK_OK; i++) {
        struct csvk_bytes raw = csvk_field_raw(batch, record, i);
        csvk_buf_clear(&room);
        status = csvk_buf_reserve(&room, raw.len + 1);
        if (status == CSVK_OK) {
            size_t length = csvk_field_decode(raw, &job->dialect, room.data);
            status = csvk_strings_addn(names, (const char *)room.data, length);
        }
    }
    csvk_buf_release(&room);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int refuse_other_header(struct slice_job *job, const char *path,
                               const struct csvk_strings *names, struct csvk_error *err)
{
    const struct csvk_strings *columns = &job->result->columns;
    size_t i = 0;
    while (i < names->count && i < columns->count &&
           strcmp(names->item[i], columns->item[i]) == 0) {
        i++;
    }
    const char *here = i < names->count ? names->item[i] : "(none)";
    const char *there = i < columns->count ? columns->item[i] : "(none)";
    return slice_refuse(
        job, err, "%s:1: header-mismatch: the header differs: column %zu is %s, but %s in %s%s",
        path, i + 1, here, there, job->columns_from,
        strcmp(job->columns_from, "-") == 0 ? "" : ":1");
}

int slice_look_at_header(struct slice_job *job, const char *path, const struct csvk_batch *batch,
                         const struct csvk_record *header, struct csvk_error *err)
{
    struct csvk_strings names = {0};
    if (job->rules.columns.count != 0) {
        return CSVK_OK; /* then the validator compares */
    }
    int status = read_names(job, batch, header, &names, err);
    if (status == CSVK_OK && job->columns_from == NULL) {
        job->result->columns = names;
        job->columns_from = path;
        return slice_make_manifest(job, err);
    }
    if (status == CSVK_OK && !slice_equal_names(&names, &job->result->columns)) {
        status = refuse_other_header(job, path, &names, err);
    }
    csvk_strings_release(&names);
    return status;
}
