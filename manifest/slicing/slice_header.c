/*
 * slice_header.c - the header of each input: the first one gives the columns, the others must be
 * equal to it. Inputs that are the slices of a table have no header unless somebody has said so;
 * when nobody has said anything, they are refused, because a header would become a row of data.
 */
#include "csvkit/names.h"
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

/* ---- nobody has said whether slices have a header ---- */

/* The slice begins with `names`. *repeated: with those of the first slice. Refuses it when they are
   in another order. */
static int judge_names(struct slice_job *job, const char *path, const struct csvk_strings *names,
                       bool *repeated, struct csvk_error *err)
{
    const struct csvk_strings *first = &job->table.first_names;
    bool all = names->count == first->count;
    for (size_t i = 0; i < first->count && all; i++) {
        all = csvk_strings_has(names, first->item[i]);
    }
    if (csvk_names_compare(names, first, repeated) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return *repeated || !all
               ? CSVK_OK
               : slice_refuse(job, err,
                              "%s: header-mismatch: the slice begins with the names that %s begins "
                              "with, in another order",
                              path, job->inputs.item[0]);
}

/* A slice that cannot be read gives no names, and is not judged here. */
static int compare_with_first(struct slice_job *job, const char *path, bool *repeated,
                              struct csvk_error *err)
{
    struct csvk_strings names = {0};
    struct csvk_error why = {0};
    int status = csvk_manifest_header_names(path, &job->table.dialect, &names, &why);
    status = status == CSVK_OK       ? judge_names(job, path, &names, repeated, err)
             : status == CSVK_ENOMEM ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                                     : CSVK_OK;
    csvk_strings_release(&names);
    return status;
}

/* `repeated` begins with the header of the first slice, or is NULL. */
static int ask_for_header(const struct slice_job *job, const char *repeated, struct csvk_error *err)
{
    const char *folder = job->options.inputs->item[0];
    if (repeated != NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: header-repeated: it begins with the names that %s begins with; give "
                         "--header if every slice has a header",
                         repeated, job->inputs.item[0]);
    }
    return csvk_fail(err, CSVK_EUSAGE,
                     "%s: there is no manifest with the columns; give --columns=A,B, or --header "
                     "if every slice has a header%s",
                     folder,
                     job->options.manifest == NULL ? ", or --no-header if none has one" : "");
}

int slice_refuse_doubtful_header(struct slice_job *job, struct csvk_error *err)
{
    const struct csvk_table_definition *table = &job->table;
    const char *repeated = NULL;
    int status =
        csvk_table_definition_one_table(table, job->options.inputs->item[0], &job->inputs, err);
    for (size_t i = 1; i < job->inputs.count && table->first_names.count != 0; i++) {
        bool same = false;
        status =
            status == CSVK_OK ? compare_with_first(job, job->inputs.item[i], &same, err) : status;
        repeated = same && repeated == NULL ? job->inputs.item[i] : repeated;
    }
    if (status == CSVK_OK && job->refused) {
        return csvk_fail(err, CSVK_EDATA, "%s was not written", job->how.directory);
    }
    return status == CSVK_OK ? ask_for_header(job, repeated, err) : status;
}

/* ---- a header that repairs would hide ---- */

/* The value of a line that is one field. */
static int read_line(const struct csvk_dialect *dialect, struct csvk_bytes line,
                     struct csvk_strings *names)
{
    unsigned char *value = csvk_malloc(line.len);
    if (value == NULL) {
        return CSVK_ENOMEM;
    }
    size_t length = csvk_field_decode(line, dialect, value);
    int status = csvk_strings_addn(names, (const char *)value, length);
    csvk_free(value);
    return status;
}

/* Where the first line begins that is not empty; 0: there is no empty line before it. */
static size_t pass_empty_lines(struct csvk_bytes head)
{
    size_t mark = head.len >= 3 && memcmp(head.ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    size_t at = mark;
    while (at < head.len && (head.ptr[at] == '\r' || head.ptr[at] == '\n')) {
        at++;
    }
    return at != mark ? at : 0;
}

int slice_refuse_hidden_header(struct slice_job *job, const char *path, struct csvk_source *source,
                               struct csvk_error *err)
{
    enum { HEAD = 64 * 1024 };
    const struct csvk_table_definition *table = &job->table;
    bool believed = table->header || table->header_by == CSVK_TOLD_BY_OPTION;
    struct csvk_bytes head = {NULL, 0};
    struct csvk_strings names = {0};
    bool same = false;
    int status = believed || table->columns.count != 1 ? CSVK_OK
                                                       : csvk_source_peek(source, HEAD, &head, err);
    size_t at = status == CSVK_OK ? pass_empty_lines(head) : 0;
    size_t end = at;
    while (end < head.len && head.ptr[end] != '\r' && head.ptr[end] != '\n') {
        end++;
    }
    if (status == CSVK_OK && at != 0 && end != at) {
        status = read_line(&table->dialect, (struct csvk_bytes){head.ptr + at, end - at}, &names);
        status = status == CSVK_OK ? csvk_names_compare(&names, &table->columns, &same) : status;
        status = status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_strings_release(&names);
    return status == CSVK_OK && same
               ? slice_refuse(job, err,
                              "%s: manifest-header: the first record that is not empty holds the "
                              "names of the columns; it would be loaded as a row of data",
                              path)
               : status;
}
