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
#include "csvkit/base/hash.h"
#include "csvkit/names.h"
#include "csvkit/normalize/normalize_private.h"

/* Fails: a name that cannot be repaired, and that Storage would refuse. */
static int bad_name(struct norm *norm, const struct norm_record *rec, size_t i, const char *what)
{
    return csvk_fail(norm->err, CSVK_EDATA, "%s:%llu: column %zu: %s",
                     csvk_source_name(norm->window.source), (unsigned long long)rec->r.line, i + 1,
                     what);
}

/*
 * The names so far, by their hash. Names that differ only in the case of ASCII letters cannot live
 * in one table of Storage: they count as equal here.
 */
struct taken {
    size_t *slot;   /* 1 + number of a name; 0: none */
    size_t size;    /* a power of two */
    unsigned *next; /* by number of a name: the number to try behind it when it comes again */
};

static uint64_t hash_folded(const char *name)
{
    unsigned char folded[CSVK_NAME_MAX + 32];
    size_t n = 0;
    for (; name[n] != '\0' && n < sizeof folded; n++) {
        folded[n] =
            (unsigned char)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + ('a' - 'A') : name[n]);
    }
    return csvk_hash(folded, n, 1);
}

/* The slot of the name, or the empty one where it belongs. */
static size_t *find_taken(const struct taken *taken, const struct csvk_strings *names,
                          const char *name)
{
    size_t at = (size_t)hash_folded(name) & (taken->size - 1);
    while (taken->slot[at] != 0 && !csvk_name_same_folded(names->item[taken->slot[at] - 1], name)) {
        at = (at + 1) & (taken->size - 1);
    }
    return &taken->slot[at];
}

/*
 * Cleans the name in `from` into `to`. A name that is empty then gets the number of its column.
 *   `a b` -> `a_b`    empty, in the second column -> `col_2`
 */
static int clean_name(struct csvk_value from, size_t i, struct csvk_buf *to)
{
    csvk_buf_clear(to);
    int status = csvk_name_sanitize((const char *)from.ptr, from.len, to);
    if (status == CSVK_OK && to->length == 0) {
        status = csvk_buf_printf(to, "col_%zu", i + 1);
    }
    return status;
}

/*
 * Appends a number to the name until no column before it has the name: `a,A,a` becomes `a,A_2,a_3`.
 * Numbers that were tried for an equal name before are taken.
 */
static int distinguish(const struct taken *taken, const struct csvk_strings *names,
                       struct csvk_buf *name)
{
    size_t length = name->length, number = *find_taken(taken, names, csvk_buf_text(name));
    int status = CSVK_OK;
    unsigned *next = number != 0 ? &taken->next[number - 1] : NULL;
    for (bool free = next == NULL; !free && status == CSVK_OK;) {
        name->length = length;
        status = csvk_buf_printf(name, "_%u", ++*next);
        free = *find_taken(taken, names, csvk_buf_text(name)) == 0;
    }
    return status;
}

/* Cleans one name and adds it to norm->names, whether it changed or not. */
static int rename_one(struct norm *norm, const struct norm_record *rec, size_t i,
                      const struct taken *taken, struct csvk_buf *name)
{
    struct csvk_value value = norm->value[i];
    int status = clean_name(value, i, name);
    status = status == CSVK_OK ? distinguish(taken, &norm->names, name) : status;
    if (status != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    if (name->length > CSVK_NAME_MAX) {
        return bad_name(norm, rec, i, "the name is longer than Storage takes (64 bytes)");
    }
    if (csvk_name_is_reserved(csvk_buf_text(name), name->length)) {
        return bad_name(norm, rec, i, "the name is reserved by Storage");
    }
    size_t *slot = find_taken(taken, &norm->names, csvk_buf_text(name));
    if (csvk_strings_add(&norm->names, csvk_buf_text(name)) != CSVK_OK) {
        return norm_out_of_memory(norm);
    }
    *slot = norm->names.count;
    taken->next[norm->names.count - 1] = 1;
    bool same = name->length == value.len && memcmp(name->data, value.ptr, value.len) == 0;
    if (!same) {
        norm_add_repair(norm, CSVK_REPAIR_NAMES, rec->r.offset, i + 1, "--names=storage");
    }
    return CSVK_OK;
}

/*
 * The values are those of norm->names then, which live as long as the run. No value may be raw here
 * (decode_names): raw bytes could not be compared with names.
 */
static int storage_names(struct norm *norm, const struct norm_record *rec)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    struct taken taken = {.size = 16};
    while (taken.size < 2 * norm->nvalues) {
        taken.size *= 2;
    }
    taken.slot = csvk_calloc(taken.size, sizeof *taken.slot);
    taken.next = csvk_calloc(norm->nvalues, sizeof *taken.next);
    bool room = taken.slot != NULL && taken.next != NULL;
    int status = room ? CSVK_OK : norm_out_of_memory(norm);
    for (size_t i = 0; i < norm->nvalues && status == CSVK_OK; i++) {
        status = rename_one(norm, rec, i, &taken, &name);
    }
    csvk_free(taken.slot);
    csvk_free(taken.next);
    for (size_t i = 0; i < norm->nvalues && status == CSVK_OK; i++) {
        norm->value[i].ptr = (const unsigned char *)norm->names.item[i];
        norm->value[i].len = strlen(norm->names.item[i]);
    }
    csvk_buf_release(&name);
    return status;
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
    int status = norm_take_names(norm, rec);
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
    bool raw_fields = norm->raw_fields;
    for (size_t i = 0; i < norm->nvalues; i++) {
        if (norm->value[i].form == CSVK_VALUE_RAW) {
            norm->raw_fields = false;
            int status = norm_take_values(norm, rec);
            norm->raw_fields = raw_fields;
            return status;
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
