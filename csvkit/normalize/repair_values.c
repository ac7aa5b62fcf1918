/*
 * repair_values.c - r27: values in the own form of their column, by a schema, are written in the
 * default form of its type.
 *
 * The idea. What a value means is decided by csvkit/schema (value_canonical.h), once for each value
 * and without a look at others. Here fields are paired with columns, the texts of a record are
 * exchanged before it is formatted, and a record with a value that does not fit is rejected.
 *
 *   `31.12.2024;1 000,50;ano`  ->  `2024-12-31,1000.50,true`
 *
 * Invariants.
 * - A record is rejected as it was read, or all of its values are canonical in the output. So the
 *   output, normalized again by the same schema, does not change.
 * - Whether a record fits depends on that record and the header alone.
 */
#include "csvkit/normalize/normalize_private.h"
#include "csvkit/schema/value_canonical.h"

struct norm_typed_column {
    struct value_canonical canonical;
    const char *name, *type;           /* the schema's */
    const struct csvk_strings *titles; /* what the header may call it (CSVW); NULL: its name */
};

/* In the text of a reject. */
enum { NAME_SHOWN = 40, VALUE_SHOWN = 40 };

/* ---- life ------------------------------------------------------------------------------------ */

static int take_column(struct norm *norm, size_t i)
{
    struct norm_typed_column *own = &norm->types->column[i];
    struct csvk_schema_column column = {.size = sizeof column};
    int status = csvk_schema_at(norm->o->schema, i, CSVK_BACKEND_PORTABLE, &column, norm->err);
    if (status == CSVK_OK) {
        own->name = column.name;
        own->titles = column.titles;
        own->type = column.declared != NULL
                        ? column.declared
                        : csvk_value_type_name((enum csvk_value_type)column.type);
        status = value_canonical_init(&own->canonical, norm->o->schema, i, norm->err);
    }
    return status;
}

int norm_types_new(struct norm *norm)
{
    int status = CSVK_OK;
    if (norm->o->schema == NULL || norm->o->only_measure) {
        return CSVK_OK;
    }
    size_t count = csvk_schema_count(norm->o->schema);
    struct norm_types *types = norm->types = csvk_calloc(1, sizeof *types);
    if (types != NULL) {
        types->column = csvk_calloc(count + 1, sizeof *types->column);
    }
    if (types == NULL || types->column == NULL) {
        return csvk_fail(norm->err, CSVK_ENOMEM, "out of memory for %zu columns", count);
    }
    for (; types->count < count && status == CSVK_OK; types->count++) {
        status = take_column(norm, types->count);
    }
    return status;
}

int norm_types_share(struct norm_types *types, const struct norm_types *from)
{
    types->column_of = csvk_reallocarray(NULL, from->nfields + 1, sizeof *types->column_of);
    if (types->column_of == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < from->nfields; i++) {
        types->column_of[i] = from->column_of[i];
    }
    types->nfields = from->nfields;
    types->paired = from->paired;
    return CSVK_OK;
}

void norm_types_free(struct norm_types *types)
{
    if (types == NULL) {
        return;
    }
    for (size_t i = 0; i < types->count; i++) {
        value_canonical_release(&types->column[i].canonical);
    }
    csvk_free(types->column);
    csvk_free(types->column_of);
    csvk_free(types->rewritten);
    csvk_buf_release(&types->text);
    csvk_buf_release(&types->reason);
    csvk_free(types);
}

/* ---- which field is of which column ---------------------------------------------------------- */

static bool is_named(struct csvk_value value, const char *name)
{
    return value.len == strlen(name) && memcmp(value.ptr, name, value.len) == 0;
}

/* By one of its titles; by its name when it has none; anyhow when they are an empty list. */
static bool is_called(struct csvk_value value, const struct norm_typed_column *column)
{
    const struct csvk_strings *titles = column->titles;
    bool called = titles == NULL ? is_named(value, column->name) : titles->count == 0;
    for (size_t i = 0; titles != NULL && i < titles->count && !called; i++) {
        called = is_named(value, titles->item[i]);
    }
    return called;
}

/* The field of a name that no column has yet; SIZE_MAX: there is none. */
static size_t find_field(const struct norm *norm, const char *name)
{
    const struct norm_types *types = norm->types;
    for (size_t i = 0; i < types->nfields; i++) {
        if (types->column_of[i] == types->count && is_named(norm->value[i], name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static int refuse_columns(struct norm *norm, const struct norm_record *rec, const char *what,
                          const char *name, size_t length)
{
    struct csvk_buf *text = &norm->types->reason;
    csvk_buf_clear(text);
    int shown = (int)(length < NAME_SHOWN ? length : NAME_SHOWN);
    return csvk_buf_printf(text, "the header does not fit the schema: %s `%.*s`", what, shown,
                           name) == CSVK_OK
               ? norm_refuse(norm, rec, csvk_buf_text(text))
               : norm_out_of_memory(norm);
}

static int make_fields(struct norm *norm)
{
    struct norm_types *types = norm->types;
    types->column_of = csvk_reallocarray(NULL, norm->nvalues + 1, sizeof *types->column_of);
    if (types->column_of == NULL) {
        return norm_out_of_memory(norm);
    }
    types->nfields = norm->nvalues;
    for (size_t i = 0; i < types->nfields; i++) {
        types->column_of[i] = types->count;
    }
    types->paired = true;
    return CSVK_OK;
}

/* All columns in their order. `named`: norm->value has their names. */
static int pair_in_order(struct norm *norm, const struct norm_record *rec, bool named)
{
    struct norm_types *types = norm->types;
    for (size_t i = 0; i < types->count && i < types->nfields; i++) {
        types->column_of[i] = i;
        if (named && !is_called(norm->value[i], &types->column[i])) {
            return refuse_columns(norm, rec, "in place of a column it has",
                                  (const char *)norm->value[i].ptr, norm->value[i].len);
        }
    }
    if (types->nfields < types->count) {
        const char *name = types->column[types->nfields].name;
        return refuse_columns(norm, rec, "there is no field for the column", name, strlen(name));
    }
    if (types->nfields > types->count) {
        const struct csvk_value *first = &norm->value[types->count];
        return named ? refuse_columns(norm, rec, "there is no column for the field",
                                      (const char *)first->ptr, first->len)
                     : norm_refuse(norm, rec, "it has more fields than the schema has columns");
    }
    return CSVK_OK;
}

static int pair_by_name(struct norm *norm, const struct norm_record *rec, uint64_t match)
{
    struct norm_types *types = norm->types;
    bool all = match == CSVK_MATCH_EQUAL || match == CSVK_MATCH_SUBSET;
    bool only = match == CSVK_MATCH_EQUAL || match == CSVK_MATCH_SUPERSET;
    size_t pairs = 0;
    for (size_t i = 0; i < types->count; i++) {
        const char *name = types->column[i].name;
        size_t field = find_field(norm, name);
        if (field != SIZE_MAX) {
            types->column_of[field] = i;
            pairs++;
        } else if (all || (match == CSVK_MATCH_PARTIAL && i + 1 == types->count && pairs == 0)) {
            return refuse_columns(norm, rec, "there is no field for the column", name,
                                  strlen(name));
        }
    }
    for (size_t i = 0; i < types->nfields && only; i++) {
        if (types->column_of[i] == types->count) {
            return refuse_columns(norm, rec, "there is no column for the field",
                                  (const char *)norm->value[i].ptr, norm->value[i].len);
        }
    }
    return CSVK_OK;
}

/* Without a header, the options have the names. */
static int pair_by_options(struct norm *norm, const struct norm_record *rec, uint64_t match)
{
    const struct csvk_strings *names = &norm->o->columns;
    struct csvk_value *values = norm->value;
    size_t count = norm->nvalues;
    struct csvk_value *named = csvk_calloc(count + 1, sizeof *named);
    if (named == NULL) {
        return norm_out_of_memory(norm);
    }
    for (size_t i = 0; i < count && i < names->count; i++) {
        named[i] = (struct csvk_value){(const unsigned char *)names->item[i],
                                       strlen(names->item[i]), CSVK_VALUE_PLAIN};
    }
    norm->value = named;
    int status =
        match == CSVK_MATCH_EXACT ? pair_in_order(norm, rec, true) : pair_by_name(norm, rec, match);
    norm->value = values;
    csvk_free(named);
    return status;
}

/* `header`: norm->value has the names; else it is the first record of a table without them. */
static int pair_columns(struct norm *norm, const struct norm_record *rec, bool header)
{
    struct csvk_schema_table table = {.size = sizeof table};
    int status = csvk_schema_get_table(norm->o->schema, &table, norm->err);
    status = status == CSVK_OK ? make_fields(norm) : status;
    if (status != CSVK_OK) {
        return status;
    }
    if (!header && norm->o->columns.count != 0) {
        return pair_by_options(norm, rec, table.fields_match);
    }
    bool in_order = !header || table.fields_match == CSVK_MATCH_EXACT;
    return in_order ? pair_in_order(norm, rec, header)
                    : pair_by_name(norm, rec, table.fields_match);
}

int norm_pair_columns(struct norm *norm, const struct norm_record *rec)
{
    return pair_columns(norm, rec, true);
}

/* ---- rejects --------------------------------------------------------------------------------- */

/* Whole characters of a text, control characters as `?`. */
static int put_shown(struct csvk_buf *out, struct csvk_bytes text, size_t most)
{
    size_t end = text.len < most ? text.len : most;
    while (end > 0 && end < text.len && (text.ptr[end] & 0xC0) == 0x80) {
        end--;
    }
    int status = CSVK_OK;
    for (size_t i = 0; i < end && status == CSVK_OK; i++) {
        bool control = text.ptr[i] < 0x20 || text.ptr[i] == 0x7f;
        status = csvk_buf_putc(out, control ? '?' : text.ptr[i]);
    }
    return status == CSVK_OK && end < text.len ? csvk_buf_puts(out, "...") : status;
}

static int put_fault(struct csvk_buf *out, const char *type, const struct value_fault *fault)
{
    const char *between = fault->why != NULL ? ": " : "", *why = between[0] ? fault->why : "";
    switch (fault->kind) {
    case VALUE_OUT_OF_RANGE: return csvk_buf_printf(out, " is beyond %s%s%s", type, between, why);
    case VALUE_TOO_LONG:
    case VALUE_TOO_SHORT:
        return csvk_buf_printf(
            out, " has a length of %llu, %s %s %llu", (unsigned long long)fault->found, type,
            fault->kind == VALUE_TOO_LONG ? "takes" : "needs", (unsigned long long)fault->limit);
    case VALUE_NOT_IN_LIST: return csvk_buf_printf(out, " is none of the values of %s", type);
    case VALUE_AGAINST_PATTERN:
        return csvk_buf_printf(out, " is not as the pattern of %s says", type);
    default:
        return csvk_buf_printf(out, " is not %s%s%s%s%s", type, between, why,
                               fault->form != NULL ? ": " : "",
                               fault->form != NULL ? fault->form : "");
    }
}

/* `fault` NULL: there is no value. */
static int reject(struct norm *norm, const struct norm_record *rec,
                  const struct norm_typed_column *column, struct csvk_value value,
                  const struct value_fault *fault)
{
    struct csvk_buf *text = &norm->types->reason;
    struct csvk_bytes name = {(const unsigned char *)column->name, strlen(column->name)};
    csvk_buf_clear(text);
    int status = csvk_buf_puts(text, "column `");
    status = status == CSVK_OK ? put_shown(text, name, NAME_SHOWN) : status;
    status = status == CSVK_OK ? csvk_buf_puts(text, "`: ") : status;
    if (status == CSVK_OK && fault == NULL) {
        status = csvk_buf_printf(text, "no value, but %s is required", column->type);
    } else if (status == CSVK_OK) {
        struct csvk_bytes bytes = {value.ptr, value.len};
        status = csvk_buf_putc(text, '`');
        status = status == CSVK_OK ? put_shown(text, bytes, VALUE_SHOWN) : status;
        status = status == CSVK_OK ? csvk_buf_putc(text, '`') : status;
        status = status == CSVK_OK ? put_fault(text, column->type, fault) : status;
    }
    return status == CSVK_OK
               ? norm_reject(norm, rec, CSVK_REPAIR_VALUES, NORM_CAUSE_NONE, csvk_buf_text(text))
               : norm_out_of_memory(norm);
}

/* ---- values ---------------------------------------------------------------------------------- */

/* The text after it was appended to types->text at `after`. */
static int note_rewritten(struct norm *norm, size_t field, const char *column, size_t after)
{
    struct norm_types *types = norm->types;
    const struct csvk_value *value = &norm->value[field];
    if (types->nrewritten == types->rewritten_capacity) {
        size_t capacity = types->rewritten_capacity == 0 ? 16 : 2 * types->rewritten_capacity;
        struct norm_rewritten *list =
            csvk_reallocarray(types->rewritten, capacity, sizeof *types->rewritten);
        if (list == NULL) {
            return norm_out_of_memory(norm);
        }
        types->rewritten = list;
        types->rewritten_capacity = capacity;
    }
    size_t before = types->text.length;
    types->rewritten[types->nrewritten++] =
        (struct norm_rewritten){field, before, value->len, after, before - after, column};
    return csvk_buf_add(&types->text, value->ptr, value->len) == CSVK_OK ? CSVK_OK
                                                                         : norm_out_of_memory(norm);
}

/* *rejected: the record was. */
static int rewrite_value(struct norm *norm, const struct norm_record *rec, size_t field,
                         bool *rejected)
{
    struct norm_types *types = norm->types;
    const struct norm_typed_column *column = &types->column[types->column_of[field]];
    struct csvk_value value = norm->value[field];
    struct value_fault fault;
    size_t after = types->text.length;
    switch (value_canonical_write(&column->canonical, value.ptr, value.len, &types->text, &fault)) {
    case VALUE_CANONICAL_SAME: return CSVK_OK;
    case VALUE_CANONICAL_REWRITTEN: return note_rewritten(norm, field, column->name, after);
    case VALUE_CANONICAL_MISSING:
        *rejected = column->canonical.declared.required;
        return *rejected ? reject(norm, rec, column, value, NULL) : CSVK_OK;
    case VALUE_CANONICAL_UNFIT: *rejected = true; return reject(norm, rec, column, value, &fault);
    default: return norm_out_of_memory(norm);
    }
}

/* Texts do not move any more: the values become theirs. */
static void exchange(struct norm *norm, const struct norm_record *rec)
{
    const struct norm_types *types = norm->types;
    for (size_t i = 0; i < types->nrewritten; i++) {
        const struct norm_rewritten *r = &types->rewritten[i];
        norm->value[r->field].ptr = types->text.data + r->after;
        norm->value[r->field].len = r->nafter;
        norm_add_repair(norm, CSVK_REPAIR_VALUES, rec->r.offset, r->field + 1, "--schema");
    }
}

int norm_write_typed(struct norm *norm, const struct norm_record *rec)
{
    struct norm_types *types = norm->types;
    bool rejected = false;
    int status = types->paired ? CSVK_OK : pair_columns(norm, rec, false);
    types->nrewritten = 0;
    csvk_buf_clear(&types->text);
    for (size_t i = 0; i < norm->nvalues && i < types->nfields && status == CSVK_OK && !rejected;
         i++) {
        if (types->column_of[i] != types->count) {
            status = rewrite_value(norm, rec, i, &rejected);
        }
    }
    if (status != CSVK_OK || rejected) {
        return status;
    }
    exchange(norm, rec);
    return norm_write_values(norm, rec);
}
