/*
 * csvw_keys.c - keys: columns are named by their `name`, other tables by their URL or by that of
 * their schema.
 */
#include "csvkit/schema/read/csvw_parts.h"

#include <string.h>

static cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

static bool has_column(const struct csvw_parts *parts, const char *name)
{
    const cJSON *column;
    cJSON_ArrayForEach(column, parts->columns)
    {
        const cJSON *own = get(column, "name");
        if (own != NULL && strcmp(own->valuestring, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Adds the names of a columnReference. NULL when all are columns; else the one that is not. */
static const char *take_names(struct csvw_reading *reading, const struct csvw_parts *parts,
                              const cJSON *names, struct csvk_strings *out)
{
    const cJSON *item;
    const cJSON *list = cJSON_IsArray(names) ? names->child : names;
    for (item = list; item != NULL; item = cJSON_IsArray(names) ? item->next : NULL) {
        if (!has_column(parts, item->valuestring)) {
            return item->valuestring;
        }
        if (csvk_strings_add(out, item->valuestring) != CSVK_OK) {
            csvw_no_memory(reading);
            return NULL;
        }
    }
    return NULL;
}

static void read_primary_key(struct csvw_reading *reading, const struct csvw_parts *parts,
                             struct csvw_table *table)
{
    const cJSON *key = get(parts->schema, "primaryKey");
    const char *wrong = key != NULL ? take_names(reading, parts, key, &table->primary_key) : NULL;
    if (wrong != NULL) {
        csvk_strings_release(&table->primary_key);
        csvw_tell(reading, parts->document, key, RULE_FILE_IGNORED,
                  "'primaryKey' does not count: no column has the name '%.200s'", wrong);
    }
}

/* ---- foreign keys ---------------------------------------------------------------------------- */

/* The number of the table that a reference means; SIZE_MAX: none. */
static size_t find_table(struct csvw_reading *reading, const struct csvw_all_parts *all,
                         const struct csvw_metadata *out, const struct csvw_parts *from,
                         const cJSON *reference)
{
    const cJSON *resource = get(reference, "resource"), *schema = get(reference, "schemaReference");
    const cJSON *link = resource != NULL ? resource : schema;
    const struct csvw_document *document = resource != NULL ? reading->main : from->document;
    char *path = link != NULL ? csvw_path(reading, document, link->valuestring) : NULL;
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < all->count && found == SIZE_MAX && link != NULL; i++) {
        const char *url = resource != NULL ? out->table[i].url : all->item[i].schema_url;
        const char *other = resource != NULL ? out->table[i].path : all->item[i].schema_path;
        bool same = path != NULL && other != NULL
                        ? strcmp(path, other) == 0
                        : url != NULL && strcmp(url, link->valuestring) == 0;
        found = same ? i : found;
    }
    csvk_free(path);
    return found;
}

static void add_key(struct csvw_reading *reading, struct csvw_table *table,
                    struct csvw_foreign_key *key)
{
    struct csvw_foreign_key *more =
        csvk_reallocarray(table->foreign_key, table->nforeign_keys + 1, sizeof *more);
    if (more == NULL) {
        csvw_no_memory(reading);
        return;
    }
    table->foreign_key = more;
    more[table->nforeign_keys++] = *key;
    *key = (struct csvw_foreign_key){{0}, {0}, 0};
}

static void tell_key(struct csvw_reading *reading, const struct csvw_parts *parts,
                     const cJSON *node, const char *what, const char *name)
{
    csvw_tell(reading, parts->document, node, RULE_FILE_INVALID, "foreign key: %s%s%.200s%s", what,
              name != NULL ? " '" : "", name != NULL ? name : "", name != NULL ? "'" : "");
}

static void read_foreign_key(struct csvw_reading *reading, const struct csvw_all_parts *all,
                             struct csvw_metadata *out, size_t index, cJSON *node)
{
    const struct csvw_parts *parts = &all->item[index];
    struct csvw_foreign_key key = {{0}, {0}, 0};
    csvw_check(reading, parts->document, node, CSVW_IN_FOREIGN_KEY);
    cJSON *names = get(node, "columnReference"), *reference = get(node, "reference");
    if (cJSON_IsObject(reference)) {
        csvw_check(reading, parts->document, reference, CSVW_IN_REFERENCE);
    }
    const cJSON *theirs = get(reference, "columnReference");
    if (names == NULL || !cJSON_IsObject(reference) || theirs == NULL) {
        tell_key(reading, parts, node, "it needs columnReference, and reference with one", NULL);
        return;
    }
    key.table = find_table(reading, all, out, parts, reference);
    const char *wrong = take_names(reading, parts, names, &key.columns);
    if (wrong != NULL) {
        tell_key(reading, parts, names, "no column of this table has the name", wrong);
    } else if (key.table == SIZE_MAX) {
        tell_key(reading, parts, reference, "the table that it refers to is not in this group",
                 NULL);
    } else {
        wrong = take_names(reading, &all->item[key.table], theirs, &key.referenced);
        if (wrong != NULL) {
            tell_key(reading, parts, theirs, "no column of the other table has the name", wrong);
        } else if (key.columns.count != key.referenced.count) {
            tell_key(reading, parts, node, "both sides must have as many columns", NULL);
        } else {
            add_key(reading, &out->table[index], &key);
        }
    }
    csvk_strings_release(&key.columns);
    csvk_strings_release(&key.referenced);
}

/* The schema says what is known of its table, too, for whoever has nothing but the schema. */
static void declare_table(struct csvw_reading *reading, const struct csvw_metadata *out,
                          const struct csvw_table *table)
{
    struct csvk_schema_table declared = {
        .size = sizeof declared, .kind = CSVK_SCHEMA_CSVW, .primary_key = &table->primary_key};
    int status = csvk_schema_set_table(table->schema, &declared, NULL);
    for (size_t i = 0; i < table->nforeign_keys && status == CSVK_OK; i++) {
        const struct csvw_foreign_key *key = &table->foreign_key[i];
        struct csvk_schema_reference reference = {.size = sizeof reference,
                                                  .columns = &key->columns,
                                                  .referenced = &key->referenced,
                                                  .resource = out->table[key->table].url,
                                                  .path = out->table[key->table].path,
                                                  .exactly_one = 1};
        status = csvk_schema_add_reference(table->schema, &reference, NULL);
    }
    if (status != CSVK_OK) {
        csvw_no_memory(reading);
    }
}

void csvw_read_keys(struct csvw_reading *reading, const struct csvw_all_parts *all,
                    struct csvw_metadata *out)
{
    for (size_t i = 0; i < all->count; i++) {
        cJSON *key;
        read_primary_key(reading, &all->item[i], &out->table[i]);
        cJSON_ArrayForEach(key, get(all->item[i].schema, "foreignKeys"))
        {
            read_foreign_key(reading, all, out, i, key);
        }
        if (out->table[i].schema != NULL) {
            declare_table(reading, out, &out->table[i]);
        }
    }
}
