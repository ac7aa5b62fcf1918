/* manifest_plan.c - see manifest_plan.h. */
#include "manifest/manifest_plan.h"

#include <string.h>
#include <strings.h>

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int csvk_manifest_plan_new(struct csvk_manifest_plan **out, struct csvk_error *err)
{
    struct csvk_manifest_plan *plan = csvk_calloc(1, sizeof *plan);
    *out = NULL;
    if (plan == NULL) {
        return no_memory(err);
    }
    plan->options = csvk_calloc(1, sizeof *plan->options);
    if (plan->options == NULL) {
        csvk_free(plan);
        return no_memory(err);
    }
    csvk_manifest_options_init(plan->options);
    *out = plan;
    return CSVK_OK;
}

/* ---- pairs ---- */

/* Adds the pair to the plan. The texts belong to the plan then; after a failure they are freed. */
static int add_pair(struct csvk_manifest_plan *plan, struct csvk_manifest_pair pair,
                    struct csvk_error *err)
{
    struct csvk_manifest_pair *pairs =
        csvk_reallocarray(plan->pairs, plan->npairs + 1, sizeof *pairs);
    if (pairs != NULL) {
        plan->pairs = pairs;
    }
    if (pairs == NULL || pair.key == NULL || pair.value == NULL) {
        csvk_free(pair.column);
        csvk_free(pair.key);
        csvk_free(pair.value);
        return no_memory(err);
    }
    plan->pairs[plan->npairs++] = pair;
    return CSVK_OK;
}

/* Reads KEY=VALUE from `text`, as metadata of `column` or, when its ptr is NULL, of the table. */
static int read_pair(struct csvk_manifest_plan *plan, const char *option, struct csvk_bytes column,
                     const char *text, struct csvk_error *err)
{
    const char *equals = strchr(text, '=');
    if (equals == NULL || equals == text) {
        return csvk_fail(err, CSVK_EUSAGE, "--%s: expected KEY=VALUE, found \"%s\"", option, text);
    }
    struct csvk_manifest_pair pair = {NULL, NULL, NULL};
    if (column.ptr != NULL) {
        pair.column = csvk_strndup((const char *)column.ptr, column.len);
        if (pair.column == NULL) {
            return no_memory(err);
        }
    }
    pair.key = csvk_strndup(text, (size_t)(equals - text));
    pair.value = csvk_strdup(equals + 1);
    return add_pair(plan, pair, err);
}

int csvk_manifest_plan_pair(struct csvk_manifest_plan *plan, const char *text,
                            struct csvk_error *err)
{
    return read_pair(plan, "metadata", (struct csvk_bytes){NULL, 0}, text, err);
}

/* The colon after the name of the column. A name may hold colons, so the longest known name at the
   beginning of `text` counts; without one, the first colon. */
static const char *find_colon(const struct csvk_strings *columns, const char *text)
{
    const char *best = strchr(text, ':');
    size_t longest = 0;
    for (size_t i = 0; i < columns->count; i++) {
        size_t n = strlen(columns->item[i]);
        if (n >= longest && strncmp(text, columns->item[i], n) == 0 && text[n] == ':') {
            best = text + n;
            longest = n;
        }
    }
    return best;
}

static int read_column_metadata(struct csvk_manifest_plan *plan, struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < plan->column_metadata.count && status == CSVK_OK; i++) {
        const char *text = plan->column_metadata.item[i];
        const char *colon = find_colon(&plan->columns, text);
        if (colon == NULL) {
            return csvk_fail(err, CSVK_EUSAGE,
                             "--column-metadata: expected COL:KEY=VALUE, found \"%s\"", text);
        }
        struct csvk_bytes column = {(const unsigned char *)text, (size_t)(colon - text)};
        status = read_pair(plan, "column-metadata", column, colon + 1, err);
    }
    return status;
}

/* ---- types ---- */

static const char *own(struct csvk_manifest_plan *plan, const char *text, size_t length)
{
    if (csvk_strings_addn(&plan->owned, text, length) != CSVK_OK) {
        return NULL;
    }
    return plan->owned.item[plan->owned.count - 1];
}

/* Sets the type of a column, unless it has one already. */
static int add_type(struct csvk_manifest_plan *plan, const struct csvk_manifest_type *type,
                    struct csvk_error *err)
{
    for (size_t i = 0; i < plan->ntypes; i++) {
        if (strcmp(plan->types[i].column, type->column) == 0) {
            return CSVK_OK;
        }
    }
    struct csvk_manifest_type *types =
        csvk_reallocarray(plan->types, plan->ntypes + 1, sizeof *types);
    if (types == NULL) {
        return no_memory(err);
    }
    plan->types = types;
    struct csvk_manifest_type copy = *type;
    copy.column = own(plan, type->column, strlen(type->column));
    copy.type = own(plan, type->type, strlen(type->type));
    copy.length = type->length != NULL ? own(plan, type->length, strlen(type->length)) : NULL;
    if (copy.column == NULL || copy.type == NULL || (type->length != NULL && copy.length == NULL)) {
        return no_memory(err);
    }
    types[plan->ntypes++] = copy;
    plan->options->types = types;
    plan->options->ntypes = plan->ntypes;
    return CSVK_OK;
}

/* The base type, spelled as manifests need it; NULL: there is no such type. */
static const char *base_type(const char *text, size_t length)
{
    static const char *const names[] = {"BOOLEAN", "DATE",   "FLOAT",    "INTEGER",
                                        "NUMERIC", "STRING", "TIMESTAMP"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && strncasecmp(names[i], text, length) == 0) {
            return names[i];
        }
    }
    return NULL;
}

/* The name of a column may hold an equals sign, a type cannot. */
static int read_type(struct csvk_manifest_plan *plan, const char *text, struct csvk_error *err)
{
    const char *equals = strrchr(text, '=');
    if (equals == NULL || equals == text) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--data-type: expected COL=TYPE[:LENGTH] or auto, found \"%s\"", text);
    }
    const char *colon = strchr(equals, ':');
    size_t n = colon != NULL ? (size_t)(colon - equals) - 1 : strlen(equals + 1);
    const char *column = own(plan, text, (size_t)(equals - text));
    if (column == NULL) {
        return no_memory(err);
    }
    struct csvk_manifest_type type = {column, base_type(equals + 1, n),
                                      colon != NULL ? colon + 1 : NULL, CSVK_UNSET};
    if (type.type == NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--data-type=%s: not a base type; use STRING INTEGER NUMERIC FLOAT "
                         "BOOLEAN DATE or TIMESTAMP",
                         text);
    }
    if (colon != NULL && colon[1] == '\0') {
        return csvk_fail(err, CSVK_EUSAGE, "--data-type=%s: the length is empty", text);
    }
    return add_type(plan, &type, err);
}

int csvk_manifest_plan_type(struct csvk_manifest_plan *plan, const char *text,
                            struct csvk_error *err)
{
    if (strcmp(text, "auto") == 0) {
        plan->types_auto = true;
        return CSVK_OK;
    }
    return read_type(plan, text, err);
}

/* A column of the key is never NULL, so the load of an empty value would fail. */
static int refuse_empty_key(const char *name, const struct csvk_column_types *column,
                            struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EDATA,
                     "--data-type=auto: column %s is in the primary key, but has no value in %llu "
                     "record%s; the first is record %llu",
                     name, (unsigned long long)column->empty, column->empty == 1 ? "" : "s",
                     (unsigned long long)column->first_empty);
}

int csvk_manifest_plan_types(struct csvk_manifest_plan *plan, const struct csvk_types *types,
                             struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < csvk_types_columns(types) && status == CSVK_OK; i++) {
        const struct csvk_column_types *column = csvk_types_column(types, i);
        const char *name = plan->columns.item[i];
        bool key = csvk_strings_has(&plan->primary_key, name);
        char length[CSVK_TYPE_LENGTH_SIZE];
        csvk_types_length(column, length);
        struct csvk_manifest_type type = {name, csvk_type_name(csvk_types_propose(column)),
                                          length[0] != '\0' ? length : NULL,
                                          key ? CSVK_NO : CSVK_YES};
        status = key && column->empty != 0 ? refuse_empty_key(name, column, err)
                                           : add_type(plan, &type, err);
    }
    return status;
}

/* ---- the plan ---- */

int csvk_manifest_plan_finish(struct csvk_manifest_plan *plan, struct csvk_error *err)
{
    int status = read_column_metadata(plan, err);
    plan->options->columns = &plan->columns;
    plan->options->primary_key = &plan->primary_key;
    plan->options->delete_values = &plan->delete_values;
    plan->options->pairs = plan->pairs;
    plan->options->npairs = plan->npairs;
    return status;
}

void csvk_manifest_plan_free(struct csvk_manifest_plan *plan)
{
    if (plan == NULL) {
        return;
    }
    for (size_t i = 0; i < plan->npairs; i++) {
        csvk_free(plan->pairs[i].column);
        csvk_free(plan->pairs[i].key);
        csvk_free(plan->pairs[i].value);
    }
    csvk_free(plan->pairs);
    csvk_free(plan->types);
    csvk_strings_release(&plan->columns);
    csvk_strings_release(&plan->primary_key);
    csvk_strings_release(&plan->delete_values);
    csvk_strings_release(&plan->column_metadata);
    csvk_strings_release(&plan->owned);
    csvk_free(plan->options);
    csvk_free(plan);
}
