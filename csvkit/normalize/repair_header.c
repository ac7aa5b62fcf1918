/*
 * repair_header.c - r23: names as Storage would have them; and which columns go out, in what order.
 */
#include "csvkit/names.h"
#include "csvkit/normalize/normalize_private.h"

static int bad_name(struct nz *nz, const struct nz_record *rec, size_t i, const char *what)
{
    return csvk_fail(nz->err, CSVK_EDATA, "%s:%llu: column %zu: %s",
                     csvk_source_name(nz->window.source), (unsigned long long)rec->r.line, i + 1,
                     what);
}

static bool name_taken(const struct csvk_strings *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (csvk_name_same_folded(names->item[i], name)) {
            return true;
        }
    }
    return false;
}

/* Cleans the name in `from` into `to`; what is empty then gets a number. */
static int clean_name(struct csvk_value from, size_t i, struct csvk_buf *to)
{
    csvk_buf_clear(to);
    int status = csvk_name_sanitize((const char *)from.ptr, from.len, to);
    if (status == CSVK_OK && to->length == 0) {
        status = csvk_buf_printf(to, "col_%zu", i + 1);
    }
    return status;
}

/* Puts a number behind the name until nobody has it. */
static int distinguish(const struct csvk_strings *names, struct csvk_buf *name)
{
    size_t length = name->length;
    int status = CSVK_OK;
    for (unsigned n = 2; status == CSVK_OK && name_taken(names, csvk_buf_text(name)); n++) {
        name->length = length;
        status = csvk_buf_printf(name, "_%u", n);
    }
    return status;
}

static int rename_one(struct nz *nz, const struct nz_record *rec, size_t i, struct csvk_buf *name)
{
    struct csvk_value value = nz->value[i];
    int status = clean_name(value, i, name);
    status = status == CSVK_OK ? distinguish(&nz->names, name) : status;
    if (status != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    if (name->length > CSVK_NAME_MAX) {
        return bad_name(nz, rec, i, "the name is longer than Storage takes (64 bytes)");
    }
    if (csvk_name_is_reserved(csvk_buf_text(name), name->length)) {
        return bad_name(nz, rec, i, "the name is reserved by Storage");
    }
    if (csvk_strings_add(&nz->names, csvk_buf_text(name)) != CSVK_OK) {
        return nz_out_of_memory(nz);
    }
    bool same = name->length == value.len && memcmp(name->data, value.ptr, value.len) == 0;
    if (!same) {
        nz_note(nz, CSVK_REPAIR_NAMES, rec->r.offset, i + 1, "--names=storage");
    }
    return CSVK_OK;
}

/* The values are those of nz->names then; raw bytes could not be compared with them. */
static int storage_names(struct nz *nz, const struct nz_record *rec)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < nz->nvalues && status == CSVK_OK; i++) {
        status = rename_one(nz, rec, i, &name);
    }
    for (size_t i = 0; i < nz->nvalues && status == CSVK_OK; i++) {
        nz->value[i].ptr = (const unsigned char *)nz->names.item[i];
        nz->value[i].len = strlen(nz->names.item[i]);
    }
    csvk_buf_release(&name);
    return status;
}

/* ---- columns ---- */

static bool is_named(const struct nz *nz, size_t i, const char *name)
{
    return nz->value[i].len == strlen(name) &&
           memcmp(nz->value[i].ptr, name, nz->value[i].len) == 0;
}

/* Number of the column of this name; SIZE_MAX: none, SIZE_MAX - 1: several. */
static size_t find_column(const struct nz *nz, const char *name)
{
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < nz->nvalues; i++) {
        if (is_named(nz, i, name)) {
            if (found != SIZE_MAX) {
                return SIZE_MAX - 1;
            }
            found = i;
        }
    }
    return found;
}

static int plan_columns(struct nz *nz, const struct nz_record *rec)
{
    const struct csvk_strings *columns = &nz->o->columns;
    bool all = columns->count == nz->nvalues;
    nz->pick = csvk_reallocarray(NULL, columns->count, sizeof *nz->pick);
    if (nz->pick == NULL) {
        return nz_out_of_memory(nz);
    }
    for (size_t i = 0; i < columns->count; i++) {
        size_t at = find_column(nz, columns->item[i]);
        if (at >= SIZE_MAX - 1) {
            return csvk_fail(nz->err, CSVK_EDATA, "%s:%llu: --columns: the header has %s '%s'",
                             csvk_source_name(nz->window.source), (unsigned long long)rec->r.line,
                             at == SIZE_MAX ? "no column" : "more than one column",
                             columns->item[i]);
        }
        nz->pick[i] = at;
        all = all && at == i;
    }
    nz->npick = all ? 0 : columns->count;
    if (!all) {
        nz->rewrite = true;
        nz_note(nz, CSVK_REPAIR_COLUMNS, rec->r.offset, 0, "--columns");
    }
    return CSVK_OK;
}

/* Names are needed as values, not as they are written. */
static int decode_names(struct nz *nz, const struct nz_record *rec)
{
    bool raw_fields = nz->raw_fields;
    for (size_t i = 0; i < nz->nvalues; i++) {
        if (nz->value[i].form == CSVK_VALUE_RAW) {
            nz->raw_fields = false;
            int status = nz_take_values(nz, rec);
            nz->raw_fields = raw_fields;
            return status;
        }
    }
    return CSVK_OK;
}

int nz_header(struct nz *nz, const struct nz_record *rec)
{
    int status = CSVK_OK;
    bool wanted = nz->o->names == CSVK_NORMALIZE_NAMES_STORAGE || nz->o->columns.count != 0;
    nz->header_done = true;
    if (!wanted) {
        return CSVK_OK;
    }
    uint64_t width = nz->nvalues;
    status = decode_names(nz, rec);
    if (status == CSVK_OK && nz->nvalues > width) {
        nz->nvalues = (size_t)width; /* an empty last field was dropped */
    }
    if (status == CSVK_OK && nz->o->names == CSVK_NORMALIZE_NAMES_STORAGE) {
        status = storage_names(nz, rec);
    }
    if (status == CSVK_OK && nz->o->columns.count != 0) {
        status = plan_columns(nz, rec);
    }
    return status;
}
