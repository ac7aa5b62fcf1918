/*
 * schema_table.c - what is declared about a table as a whole: missing values, keys, references.
 */
#include "csvkit/schema/schema_private.h"

#include "csvkit/base/sized.h"

#include <string.h>

static const struct csvk_sized table_type =
    CSVK_SIZED(struct csvk_schema_table, primary_key, CSVK_SIZED_BY_HAND);
static const struct csvk_sized reference_type =
    CSVK_SIZED(struct csvk_schema_reference, exactly_one, CSVK_SIZED_BY_HAND);

static const size_t table_texts[] = {offsetof(struct csvk_schema_table, name),
                                     offsetof(struct csvk_schema_table, title),
                                     offsetof(struct csvk_schema_table, description), 0};
static const size_t table_lists[] = {offsetof(struct csvk_schema_table, missing),
                                     offsetof(struct csvk_schema_table, primary_key), 0};
static const struct declared_members table_members = {table_texts, table_lists};

static const size_t reference_texts[] = {offsetof(struct csvk_schema_reference, resource),
                                         offsetof(struct csvk_schema_reference, path), 0};
static const size_t reference_lists[] = {offsetof(struct csvk_schema_reference, columns),
                                         offsetof(struct csvk_schema_reference, referenced), 0};
static const struct declared_members reference_members = {reference_texts, reference_lists};

/* ---- copies that own what they point to ------------------------------------------------------ */

static const char **text_at(void *it, size_t offset)
{
    return (const char **)(void *)((unsigned char *)it + offset);
}

static const struct csvk_strings **list_at(void *it, size_t offset)
{
    return (const struct csvk_strings **)(void *)((unsigned char *)it + offset);
}

static void free_list(const struct csvk_strings *list)
{
    struct csvk_strings *own = (struct csvk_strings *)(uintptr_t)list; /* copy_list made it */
    if (own != NULL) {
        csvk_strings_release(own);
    }
    csvk_free(own);
}

/* NULL: out of memory. */
static struct csvk_strings *copy_list(const struct csvk_strings *list)
{
    struct csvk_strings *own = csvk_calloc(1, sizeof *own);
    if (own != NULL && csvk_strings_copy(own, list) != CSVK_OK) {
        free_list(own);
        own = NULL;
    }
    return own;
}

int declared_own(void *it, const struct declared_members *members, struct csvk_error *err)
{
    bool whole = true;
    for (const size_t *offset = members->texts; *offset != 0; offset++) {
        const char **text = text_at(it, *offset), *theirs = *text;
        *text = theirs != NULL && whole ? csvk_strdup(theirs) : NULL;
        whole = whole && (theirs == NULL || *text != NULL);
    }
    for (const size_t *offset = members->lists; *offset != 0; offset++) {
        const struct csvk_strings **list = list_at(it, *offset), *theirs = *list;
        *list = theirs != NULL && whole ? copy_list(theirs) : NULL;
        whole = whole && (theirs == NULL || *list != NULL);
    }
    if (whole) {
        return CSVK_OK;
    }
    declared_release(it, members);
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

void declared_release(void *it, const struct declared_members *members)
{
    for (const size_t *offset = members->texts; *offset != 0; offset++) {
        const char **text = text_at(it, *offset);
        csvk_free((char *)(uintptr_t)*text); /* declared_own made it */
        *text = NULL;
    }
    for (const size_t *offset = members->lists; *offset != 0; offset++) {
        const struct csvk_strings **list = list_at(it, *offset);
        free_list(*list);
        *list = NULL;
    }
}

void *declared_grow(void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return list;
    }
    size_t more = *capacity < 8 ? 8 : *capacity * 2;
    void *grown = csvk_reallocarray(list, more, size);
    *capacity = grown != NULL ? more : *capacity;
    return grown;
}

/* ---- the table ------------------------------------------------------------------------------- */

int csvk_schema_set_table(struct csvk_schema *schema, const struct csvk_schema_table *table,
                          struct csvk_error *err)
{
    struct csvk_schema_table own = {.size = sizeof own};
    int status = csvk_sized_read(&table_type, &own, table, err);
    if (status == CSVK_OK &&
        (own.kind > CSVK_SCHEMA_CSVW || own.fields_match > CSVK_MATCH_PARTIAL)) {
        status = csvk_fail(err, CSVK_EUSAGE, "no such kind of schema, or way to match its fields");
    }
    status = status == CSVK_OK ? declared_own(&own, &table_members, err) : status;
    if (status == CSVK_OK) {
        declared_release(&schema->table, &table_members);
        schema->table = own;
    }
    return status;
}

int csvk_schema_get_table(const struct csvk_schema *schema, struct csvk_schema_table *out,
                          struct csvk_error *err)
{
    int status = csvk_sized_check(&table_type, out, err);
    if (status == CSVK_OK) {
        csvk_sized_write(&table_type, out, &schema->table);
    }
    return status;
}

/* ---- unique keys ----------------------------------------------------------------------------- */

int csvk_schema_add_unique(struct csvk_schema *schema, const struct csvk_strings *columns,
                           struct csvk_error *err)
{
    if (columns == NULL || columns->count == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "a unique key needs a column");
    }
    struct csvk_strings *list = declared_grow(schema->unique, schema->nunique,
                                              &schema->unique_capacity, sizeof *schema->unique);
    if (list == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    schema->unique = list;
    list += schema->nunique;
    *list = (struct csvk_strings){NULL, 0, 0};
    if (csvk_strings_copy(list, columns) != CSVK_OK) {
        csvk_strings_release(list);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    schema->nunique++;
    return CSVK_OK;
}

size_t csvk_schema_unique_count(const struct csvk_schema *schema)
{
    return schema != NULL ? schema->nunique : 0;
}

bool csvk_schema_has_unique(const struct csvk_schema *schema)
{
    bool has = csvk_schema_unique_count(schema) != 0;
    for (size_t i = 0; i < csvk_schema_count(schema) && !has; i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        has = csvk_schema_at(schema, i, CSVK_BACKEND_PORTABLE, &column, NULL) == CSVK_OK &&
              column.unique != 0;
    }
    return has;
}

const struct csvk_strings *csvk_schema_unique_at(const struct csvk_schema *schema, size_t index)
{
    return index < csvk_schema_unique_count(schema) ? &schema->unique[index] : NULL;
}

/* ---- references ------------------------------------------------------------------------------ */

int csvk_schema_add_reference(struct csvk_schema *schema,
                              const struct csvk_schema_reference *reference, struct csvk_error *err)
{
    struct csvk_schema_reference own = {.size = sizeof own};
    int status = csvk_sized_read(&reference_type, &own, reference, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (own.columns == NULL || own.referenced == NULL || own.columns->count == 0 ||
        own.columns->count != own.referenced->count) {
        return csvk_fail(err, CSVK_EUSAGE, "a foreign key needs as many columns as it refers to");
    }
    struct csvk_schema_reference *list =
        declared_grow(schema->reference, schema->nreferences, &schema->reference_capacity,
                      sizeof *schema->reference);
    if (list == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    schema->reference = list;
    status = declared_own(&own, &reference_members, err);
    if (status == CSVK_OK) {
        list[schema->nreferences++] = own;
    }
    return status;
}

size_t csvk_schema_reference_count(const struct csvk_schema *schema)
{
    return schema != NULL ? schema->nreferences : 0;
}

int csvk_schema_reference_at(const struct csvk_schema *schema, size_t index,
                             struct csvk_schema_reference *out, struct csvk_error *err)
{
    int status = csvk_sized_check(&reference_type, out, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (index >= csvk_schema_reference_count(schema)) {
        return csvk_fail(err, CSVK_EUSAGE, "the schema has no foreign key %zu", index);
    }
    csvk_sized_write(&reference_type, out, &schema->reference[index]);
    return CSVK_OK;
}

void schema_release_table(struct csvk_schema *schema)
{
    declared_release(&schema->table, &table_members);
    for (size_t i = 0; i < schema->nunique; i++) {
        csvk_strings_release(&schema->unique[i]);
    }
    for (size_t i = 0; i < schema->nreferences; i++) {
        declared_release(&schema->reference[i], &reference_members);
    }
    csvk_free(schema->unique);
    csvk_free(schema->reference);
}
