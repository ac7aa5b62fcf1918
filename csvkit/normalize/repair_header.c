/*
 * repair_header.c - r23: names as Storage would have them; and which columns are written, in what
 * order.
 *
 * Names come first, because --columns names columns as they are written, not as they were. Both
 * need the values of the header, so raw fields are decoded.
 *
 * Invariant: norm->header_done is true from here on, even when nothing is wanted. Until then a
 * record is taken for the header, and must not be rejected.
 */
#include "csvkit/names.h"
#include "csvkit/normalize/normalize_private.h"

/*
 * The names as Storage would have them. The values are those of norm->names then, which live as
 * long as the run. No value may be raw here (decode_names): raw bytes could not be compared with
 * names.
 */
static int storage_names(struct norm *norm, const struct norm_record *rec)
{
    struct csvk_bytes *names = csvk_calloc(norm->nvalues, sizeof *names);
    if (names == NULL) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; i < norm->nvalues; i++) {
        names[i] = (struct csvk_bytes){norm->value[i].ptr, norm->value[i].len};
    }
    int status = csvk_names_storage(names, norm->nvalues, &norm->names);
    for (size_t i = 0; i < norm->nvalues && status == CSVK_OK; i++) {
        const char *name = norm->names.item[i];
        size_t length = strlen(name);
        if (length != names[i].len || memcmp(name, names[i].ptr, length) != 0) {
            norm_add_repair(norm, CSVK_REPAIR_NAMES, rec->r.offset, i + 1, "--names=storage");
        }
        norm->value[i].ptr = (const unsigned char *)name;
        norm->value[i].len = length;
    }
    csvk_free(names);
    return status == CSVK_OK ? CSVK_OK : norm_out_of_memory(norm);
}

/* ---- as many names as columns ---- */

static bool has_value(const struct norm *norm, const struct csvk_buf *name)
{
    for (size_t i = 0; i < norm->nvalues; i++) {
        if (norm->value[i].len == name->length &&
            memcmp(norm->value[i].ptr, name->data, name->length) == 0) {
            return true;
        }
    }
    return false;
}

/* `col_N` for column i, with a number behind it while another column has that name. */
static int add_name(struct norm *norm, size_t i)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&name, "col_%zu", i + 1);
    size_t length = name.length;
    for (unsigned n = 2; status == CSVK_OK && has_value(norm, &name); n++) {
        name.length = length;
        status = csvk_buf_printf(&name, "_%u", n);
    }
    status = status == CSVK_OK ? csvk_strings_add(&norm->added, csvk_buf_text(&name)) : status;
    csvk_buf_release(&name);
    return status;
}

int norm_add_names(struct norm *norm, bool first)
{
    size_t have = norm->nvalues, missing = (size_t)norm->width - have;
    int status = norm_reserve_values(norm, have + missing);
    for (size_t i = 0; i < missing && status == CSVK_OK; i++) {
        status =
            add_name(norm, first ? i : have + i) == CSVK_OK ? CSVK_OK : norm_out_of_memory(norm);
    }
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_value *at = norm->value + (first ? 0 : have);
    memmove(at + missing, at, (first ? have : 0) * sizeof *at);
    for (size_t i = 0; i < missing; i++) {
        const char *name = norm->added.item[i];
        at[i] = (struct csvk_value){(const unsigned char *)name, strlen(name), CSVK_VALUE_PLAIN};
    }
    norm->nvalues = have + missing;
    return CSVK_OK;
}

/*
 * An empty last name that no record has a field for is dropped; missing names are added where an
 * option says that they are missing.
 *   `id,n,` above records of two fields    ->  `id,n`
 *   `id,n` above records of three fields   ->  `id,n,col_3`, or `col_1,id,n`
 */
int norm_take_other_names(struct norm *norm, const struct norm_record *rec)
{
    bool first = norm->o->missing_names == CSVK_NORMALIZE_MISSING_NAMES_FIRST;
    int status = norm_take_decoded(norm, rec); /* these are written: what --trim did is counted */
    if (status != CSVK_OK) {
        return status;
    }
    if (norm->header_names > norm->width) {
        norm->nvalues = (size_t)norm->width;
        norm_add_repair(norm, CSVK_REPAIR_TRAILING, rec->r.offset, norm->header_names,
                        "the last name is empty, and the records agree that it has no column");
        return CSVK_OK;
    }
    bool wide = norm->o->width != 0;
    norm_add_repair(norm, CSVK_REPAIR_NAMES, rec->r.offset,
                    first && !wide ? 1 : norm->header_names + 1,
                    wide    ? "--widen"
                    : first ? "--missing-names=first"
                            : "--missing-names=last");
    return norm_add_names(norm, first && !wide);
}

/* ---- columns ---- */

static bool is_named(const struct norm *norm, size_t i, const char *name)
{
    return norm->value[i].len == strlen(name) &&
           memcmp(norm->value[i].ptr, name, norm->value[i].len) == 0;
}

/* Number of the column of this name; SIZE_MAX: none, SIZE_MAX - 1: several. */
static size_t find_column(const struct norm *norm, const char *name)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < norm->nvalues; i++) {
        if (is_named(norm, i, name)) {
            if (found != SIZE_MAX) {
                return SIZE_MAX - 1;
            }
            found = i;
        }
    }
    return found;
}

static const char *named_twice(const struct csvk_strings *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(columns->item[i], columns->item[k]) == 0) {
                return columns->item[i];
            }
        }
    }
    return NULL;
}

/*
 * Finds the columns of --columns in the header. When they are all columns in their order, nothing
 * has to be done (norm->npick is 0); otherwise every record is written field by field from now on.
 */
static int plan_columns(struct norm *norm, const struct norm_record *rec)
{
    const struct csvk_strings *columns = &norm->o->columns;
    bool all = columns->count == norm->nvalues;
    const char *twice = named_twice(columns);
    if (twice != NULL) {
        return csvk_fail(norm->err, CSVK_EUSAGE,
                         "--columns names '%s' twice, and the table would have two columns of that "
                         "name",
                         twice);
    }
    norm->pick = csvk_reallocarray(NULL, columns->count, sizeof *norm->pick);
    if (norm->pick == NULL) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; i < columns->count; i++) {
        size_t at = find_column(norm, columns->item[i]);
        if (at >= SIZE_MAX - 1) {
            return csvk_fail(norm->err, CSVK_EDATA, "%s:%llu: --columns: the header has %s '%s'",
                             csvk_source_name(norm->window.source), (unsigned long long)rec->r.line,
                             at == SIZE_MAX ? "no column" : "more than one column",
                             columns->item[i]);
        }
        norm->pick[i] = at;
        all = all && at == i;
    }
    norm->npick = all ? 0 : columns->count;
    if (!all) {
        norm->rewrite = true;
        norm_add_repair(norm, CSVK_REPAIR_COLUMNS, rec->r.offset, 0, "--columns");
    }
    return CSVK_OK;
}

/*
 * Names are needed as values, not as they are written. Taking the values once more, without raw
 * fields, decodes them.
 */
static int decode_names(struct norm *norm, const struct norm_record *rec)
{
    for (size_t i = 0; i < norm->nvalues; i++) {
        if (norm->value[i].form == CSVK_VALUE_RAW) {
            return norm_take_decoded(norm, rec);
        }
    }
    return CSVK_OK;
}

int norm_repair_header(struct norm *norm, const struct norm_record *rec)
{
    int status = CSVK_OK;
    bool wanted = norm->o->names == CSVK_NORMALIZE_NAMES_STORAGE || norm->o->columns.count != 0;
    norm->header_done = true;
    if (!wanted) {
        return CSVK_OK;
    }
    uint64_t width = norm->nvalues;
    status = decode_names(norm, rec);
    if (status == CSVK_OK && norm->nvalues > width) {
        /* An empty last field was dropped (r14); taking the values again has brought it back. */
        norm->nvalues = (size_t)width;
    }
    if (status == CSVK_OK && norm->o->names == CSVK_NORMALIZE_NAMES_STORAGE) {
        status = storage_names(norm, rec);
    }
    if (status == CSVK_OK && norm->o->columns.count != 0) {
        status = plan_columns(norm, rec);
    }
    return status;
}
