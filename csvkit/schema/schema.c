/* schema.c - see schema.h. */
#include "csvkit/schema/schema_private.h"

#include "csvkit/base/sized.h"
#include "csvkit/schema/csvw_cell.h"

#include <string.h>

#define PRECISION_MOST 76 /* of any backend */

static const struct csvk_sized column_type =
    CSVK_SIZED(struct csvk_schema_column, fraction_limit, CSVK_SIZED_BY_HAND);

#define MEMBER(name) offsetof(struct csvk_schema_column, name)
static const size_t column_texts[] = {MEMBER(name),
                                      MEMBER(declared),
                                      MEMBER(title),
                                      MEMBER(description),
                                      MEMBER(format),
                                      MEMBER(decimal_char),
                                      MEMBER(group_char),
                                      MEMBER(separator),
                                      MEMBER(minimum),
                                      MEMBER(maximum),
                                      MEMBER(exclusive_minimum),
                                      MEMBER(exclusive_maximum),
                                      MEMBER(pattern),
                                      MEMBER(default_value),
                                      0};
static const size_t column_lists[] = {MEMBER(titles),      MEMBER(missing), MEMBER(true_words),
                                      MEMBER(false_words), MEMBER(values),  0};
#undef MEMBER
static const struct declared_members column_members = {column_texts, column_lists};

static const char *const backend_names[CSVK_BACKENDS] = {
    [CSVK_BACKEND_PORTABLE] = "portable",
    [CSVK_BACKEND_SNOWFLAKE] = "snowflake",
    [CSVK_BACKEND_BIGQUERY] = "bigquery",
};
static const char *const type_names[CSVK_VALUE_TYPES] = {
    [CSVK_VALUE_STRING] = "STRING",
    [CSVK_VALUE_INTEGER] = "INTEGER",
    [CSVK_VALUE_NUMERIC] = "NUMERIC",
    [CSVK_VALUE_FLOAT] = "FLOAT",
    [CSVK_VALUE_BOOLEAN] = "BOOLEAN",
    [CSVK_VALUE_DATE] = "DATE",
    [CSVK_VALUE_TIMESTAMP] = "TIMESTAMP",
    [CSVK_VALUE_ANY] = "ANY",
    [CSVK_VALUE_TABLE_STRING] = "string",
    [CSVK_VALUE_TABLE_INTEGER] = "integer",
    [CSVK_VALUE_TABLE_NUMBER] = "number",
    [CSVK_VALUE_TABLE_BOOLEAN] = "boolean",
    [CSVK_VALUE_TABLE_DATE] = "date",
    [CSVK_VALUE_TABLE_TIME] = "time",
    [CSVK_VALUE_TABLE_DATETIME] = "datetime",
    [CSVK_VALUE_TABLE_YEAR] = "year",
    [CSVK_VALUE_TABLE_YEARMONTH] = "yearmonth",
    [CSVK_VALUE_TABLE_DURATION] = "duration",
    [CSVK_VALUE_TABLE_GEOPOINT] = "geopoint",
    [CSVK_VALUE_TABLE_LIST] = "list",
    [CSVK_VALUE_TABLE_OBJECT] = "object",
    [CSVK_VALUE_TABLE_ARRAY] = "array",
    [CSVK_VALUE_CSVW] = "any",
};

const char *csvk_backend_name(enum csvk_backend backend)
{
    return backend_names[backend];
}

const char *csvk_value_type_name(enum csvk_value_type type)
{
    return type_names[type];
}

int csvk_backend_parse(const char *text, enum csvk_backend *out, struct csvk_error *err)
{
    for (size_t i = 0; i < CSVK_BACKENDS; i++) {
        if (strcmp(text, backend_names[i]) == 0) {
            *out = (enum csvk_backend)i;
            return CSVK_OK;
        }
    }
    return csvk_fail(err, CSVK_EUSAGE,
                     "unknown backend '%s': it is portable, snowflake or bigquery", text);
}

/* ---- life ------------------------------------------------------------------------------------ */

int csvk_schema_new(struct csvk_schema **out, struct csvk_error *err)
{
    *out = csvk_calloc(1, sizeof **out);
    if (*out == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    atomic_init(&(*out)->references, 1);
    (*out)->table.size = sizeof(*out)->table;
    return CSVK_OK;
}

struct csvk_schema *csvk_schema_share(struct csvk_schema *schema)
{
    if (schema != NULL) {
        atomic_fetch_add(&schema->references, 1);
    }
    return schema;
}

void csvk_schema_free(struct csvk_schema *schema)
{
    if (schema == NULL || atomic_fetch_sub(&schema->references, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < schema->count; i++) {
        for (size_t b = 0; b < CSVK_BACKENDS; b++) {
            csvk_csvw_cell_free(schema->item[i].as[b].cell);
            declared_release(&schema->item[i].as[b], &column_members);
        }
    }
    schema_release_table(schema);
    csvk_free(schema->item);
    csvk_free(schema);
}

/* ---- columns --------------------------------------------------------------------------------- */

static int check_column(const struct csvk_schema_column *column, struct csvk_error *err)
{
    if (column->name == NULL || column->type >= CSVK_VALUE_TYPES ||
        column->item_type >= CSVK_VALUE_TYPES ||
        column->pattern_flavour > CSVK_PATTERN_ECMASCRIPT) {
        return csvk_fail(err, CSVK_EUSAGE, "a column of a schema needs a name and a type");
    }
    if ((column->type == CSVK_VALUE_CSVW) != (column->cell != NULL)) {
        return csvk_fail(err, CSVK_EUSAGE, "a column of CSVW, and no other, needs its cell");
    }
    bool numeric = column->type == CSVK_VALUE_NUMERIC;
    bool fits = column->precision <= PRECISION_MOST && column->scale <= column->precision;
    if (numeric && !fits) {
        return csvk_fail(err, CSVK_EUSAGE, "column %s: no backend has NUMERIC(%llu,%llu)",
                         column->name, (unsigned long long)column->precision,
                         (unsigned long long)column->scale);
    }
    return CSVK_OK;
}

/* Makes *to a copy that owns its texts and lists. */
static int copy_column(struct csvk_schema_column *to, const struct csvk_schema_column *from,
                       struct csvk_error *err)
{
    *to = *from;
    int status = declared_own(to, &column_members, err);
    to->cell = status == CSVK_OK ? csvw_cell_share(from->cell) : NULL;
    return status;
}

static int read_column(struct csvk_schema_column *own, const struct csvk_schema_column *theirs,
                       struct csvk_error *err)
{
    *own = (struct csvk_schema_column){.size = sizeof *own};
    int status = csvk_sized_read(&column_type, own, theirs, err);
    return status == CSVK_OK ? check_column(own, err) : status;
}

static int make_room(struct csvk_schema *schema, struct csvk_error *err)
{
    struct schema_entry *list =
        declared_grow(schema->item, schema->count, &schema->capacity, sizeof *schema->item);
    if (list == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    schema->item = list;
    return CSVK_OK;
}

int csvk_schema_add(struct csvk_schema *schema, const struct csvk_schema_column *column,
                    struct csvk_error *err)
{
    struct csvk_schema_column own;
    int status = read_column(&own, column, err);
    status = status == CSVK_OK ? make_room(schema, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    struct schema_entry *entry = &schema->item[schema->count];
    memset(entry, 0, sizeof *entry);
    status = copy_column(&entry->as[CSVK_BACKEND_PORTABLE], &own, err);
    schema->count += status == CSVK_OK;
    return status;
}

int csvk_schema_override(struct csvk_schema *schema, enum csvk_backend backend,
                         const struct csvk_schema_column *column, struct csvk_error *err)
{
    struct csvk_schema_column own;
    int status = read_column(&own, column, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (schema->count == 0 || backend == CSVK_BACKEND_PORTABLE) {
        return csvk_fail(err, CSVK_EUSAGE, "there is no column, or no backend, to give a type to");
    }
    struct schema_entry *entry = &schema->item[schema->count - 1];
    own.name = entry->as[CSVK_BACKEND_PORTABLE].name;
    own.required = entry->as[CSVK_BACKEND_PORTABLE].required;
    csvk_csvw_cell_free(entry->as[backend].cell);
    declared_release(&entry->as[backend], &column_members);
    return copy_column(&entry->as[backend], &own, err);
}

size_t csvk_schema_count(const struct csvk_schema *schema)
{
    return schema != NULL ? schema->count : 0;
}

int csvk_schema_at(const struct csvk_schema *schema, size_t index, enum csvk_backend backend,
                   struct csvk_schema_column *out, struct csvk_error *err)
{
    int status = csvk_sized_check(&column_type, out, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (index >= csvk_schema_count(schema) || backend >= CSVK_BACKENDS) {
        return csvk_fail(err, CSVK_EUSAGE, "the schema has no column %zu", index);
    }
    const struct csvk_schema_column *as = schema->item[index].as;
    csvk_sized_write(&column_type, out,
                     as[backend].name != NULL ? &as[backend] : &as[CSVK_BACKEND_PORTABLE]);
    return CSVK_OK;
}
