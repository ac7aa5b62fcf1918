/*
 * sent_values.c - compares the values of the data with the types of the table before anything is
 * sent. The platform finds such a value too, but after the upload, one at a time and, for NOT NULL,
 * without a place.
 *
 * Where the types come from: the definition that the server tells of a table, or the schema of a
 * native manifest when the table is to be made. The type of a backend counts more than the base
 * type beside it, as it does for the platform. What a legacy manifest says in metadata is a hint:
 * its columns are text.
 *
 * One fault, one finding: where the validator has held the values against a type that is as narrow,
 * with all the places that it knows, nothing is left to be found here (judged_already).
 */
#include "storage/input/storage_input.h"
#include "storage/api/storage_table.h"

#include <string.h>

/* ---- types of the target --------------------------------------------------------------------- */

void kbc_target_release(struct kbc_target *target)
{
    csvk_strings_release(&target->primary_key);
    csvk_free(target->types);
    memset(target, 0, sizeof *target);
}

static int make_room(struct kbc_target *target, size_t count)
{
    target->types = count > 0 ? csvk_calloc(count, sizeof *target->types) : NULL;
    target->ntypes = target->types != NULL ? count : 0;
    return count == 0 || target->types != NULL ? CSVK_OK : CSVK_ENOMEM;
}

/* A length may be a text or a number. */
static const char *length_in(const cJSON *type)
{
    const cJSON *length = json_at(type, "length");
    return cJSON_IsString(length) ? length->valuestring : NULL;
}

/* A column as the server tells it: {"name", "definition": {"type", "length", "nullable"},
   "basetype"}. */
static struct csvk_declared_type type_of_column(const cJSON *column)
{
    const cJSON *own = json_at(column, "definition");
    const char *name = json_text(own, "type");
    struct csvk_declared_type type =
        csvk_declared_type_of(*name ? name : json_text(column, "basetype"), length_in(own));
    type.not_null = cJSON_IsFalse(json_at(own, "nullable"));
    return type;
}

int table_types(const struct table_place *place, const struct csvk_strings *columns,
                struct kbc_target *target)
{
    int status = make_room(target, place->typed ? columns->count : 0);
    const cJSON *column;
    cJSON_ArrayForEach(column, json_at(place->definition, "columns"))
    {
        for (size_t i = 0; i < target->ntypes; i++) {
            if (strcmp(json_text(column, "name"), columns->item[i]) == 0) {
                target->types[i] = type_of_column(column);
            }
        }
    }
    return status;
}

/* A column of a schema: {"data_type": {"base": {"type"}, BACKEND: {"type"}}, "nullable"}. The type
   of `backend` counts, if it has one. NULL: which one the project has is not known here, so types
   of backends count when they agree. */
static struct csvk_declared_type type_in_schema(const cJSON *column, const char *backend)
{
    const cJSON *types = json_at(column, "data_type"), *base = json_at(types, "base"), *own;
    struct csvk_declared_type type =
        csvk_declared_type_of(json_text(base, "type"), length_in(base));
    bool first = true;
    cJSON_ArrayForEach(own, types)
    {
        if (own == base || (backend != NULL && strcmp(own->string, backend) != 0)) {
            continue;
        }
        struct csvk_declared_type next =
            csvk_declared_type_of(json_text(own, "type"), length_in(own));
        bool agrees =
            first || (next.type == type.type && next.integer_digits == type.integer_digits);
        type = agrees ? next : (struct csvk_declared_type){.type = CSVK_TYPE_STRING};
        first = false;
    }
    type.not_null = cJSON_IsFalse(json_at(column, "nullable"));
    return type;
}

int kbc_target_of_schema(const struct kbc_load *load, struct kbc_target *target)
{
    const cJSON *schema = load->schema;
    int count = cJSON_GetArraySize(schema);
    int status = make_room(target, (size_t)count);
    for (size_t i = 0; i < target->ntypes; i++) {
        target->types[i] = type_in_schema(cJSON_GetArrayItem(schema, (int)i), load->backend);
    }
    return status;
}

/* ---- values ---------------------------------------------------------------------------------- */

enum { MOST_LINES = 30 }; /* about values, of all files; the counts go on */
enum { MOST_OF_INTEGER = 38, MOST_OF_NUMERIC = 29 }; /* digits before the point that may pass */

struct sent_values {
    const struct kbc_input *input;
    const struct csvk_declared_type *types; /* ntypes of them: what is left to be judged */
    size_t ntypes;
    const struct kbc_input_hooks *hooks;
    uint64_t misfits; /* of all files */
    unsigned lines;
};

static void tell(struct sent_values *check, struct csvk_buf *line, int status)
{
    if (status == CSVK_OK && check->lines++ < MOST_LINES) {
        check->hooks->misfit(check->hooks->ctx, csvk_buf_text(line));
    }
    csvk_buf_clear(line);
}

/* "is no INTEGER", for the value before it. */
static int add_reason(struct csvk_buf *line, const struct csvk_declared_type *type,
                      enum csvk_misfit why)
{
    switch (why) {
    case CSVK_MISFIT_DIGITS:
        return csvk_buf_printf(line, " has more than %u digits before the point",
                               (unsigned)type->integer_digits);
    case CSVK_MISFIT_MOMENT:
        return csvk_buf_printf(line, " is a day or a time that does not exist");
    case CSVK_MISFIT_NULL:
        return csvk_buf_printf(line, " becomes NULL, but the column is NOT NULL");
    default: return csvk_buf_printf(line, " is no %s", csvk_type_name(type->type));
    }
}

static int add_example(const struct sent_values *check, const char *path, size_t column,
                       const struct csvk_misfit_example *example, struct csvk_buf *line)
{
    const struct csvk_strings *names = &check->input->table.columns;
    int status = csvk_buf_printf(line, "%s: record %llu, field %zu (%s): \"", path,
                                 (unsigned long long)example->record, column + 1,
                                 column < names->count ? names->item[column] : "");
    if (status == CSVK_OK) {
        status = csvk_buf_add_escaped(line, (const char *)example->sample, example->kept);
    }
    if (status == CSVK_OK) {
        status = csvk_buf_puts(line, example->length > example->kept ? "...\"" : "\"");
    }
    return status == CSVK_OK ? add_reason(line, &check->types[column], example->why) : status;
}

static void tell_column(struct sent_values *check, const char *path, size_t column,
                        const struct csvk_column_misfits *misfits)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    check->misfits += misfits->count;
    for (size_t i = 0; i < misfits->nexamples; i++) {
        tell(check, &line, add_example(check, path, column, &misfits->example[i], &line));
    }
    if (misfits->count > misfits->nexamples) {
        tell(check, &line,
             csvk_buf_printf(&line,
                             "%s: field %zu: %llu values do not fit, the first %zu are above", path,
                             column + 1, (unsigned long long)misfits->count, misfits->nexamples));
    }
    csvk_buf_release(&line);
}

static int feed(const struct sent_values *check, struct csvk_type_check *types,
                struct csvk_reader *reader, struct csvk_error *err)
{
    const struct csvk_batch *batch;
    bool awaits_header = check->input->table.header;
    uint64_t header = 0; /* the number of its record */
    int status = csvk_reader_next(reader, &batch, err);
    while (status == CSVK_OK) {
        for (size_t i = 0; awaits_header && i < batch->nreported; i++) {
            header = batch->records[i].number;
            awaits_header = batch->records[i].blank;
        }
        status = csvk_type_check_feed(types, batch, header) == CSVK_OK
                     ? csvk_reader_next(reader, &batch, err)
                     : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status == CSVK_END ? CSVK_OK : status;
}

static int check_file(struct sent_values *check, const char *path, struct csvk_error *err)
{
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_type_check *types = NULL;
    csvk_options_init(&options);
    options.dialect = check->input->table.dialect;
    options.detail = CSVK_FIELDS;
    int status = csvk_type_check_new(&types, check->types, check->ntypes, check->input->nulls,
                                     &options.dialect);
    status = status == CSVK_OK ? csvk_source_open(&source, path, err)
                               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, &options, err);
    }
    if (status == CSVK_OK) {
        status = feed(check, types, reader, err);
    }
    for (size_t i = 0; status == CSVK_OK && i < check->ntypes; i++) {
        tell_column(check, path, i, csvk_type_check_column(types, i));
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    csvk_type_check_free(types);
    return status;
}

/* The types of the two checks that refuse the same texts, at least. */
static bool same_form(uint64_t declared, enum csvk_type type)
{
    static const struct {
        enum csvk_value_type declared;
        enum csvk_type type;
    } same[] = {
        {CSVK_VALUE_INTEGER, CSVK_TYPE_INTEGER},     {CSVK_VALUE_INTEGER, CSVK_TYPE_NUMERIC},
        {CSVK_VALUE_NUMERIC, CSVK_TYPE_NUMERIC},     {CSVK_VALUE_FLOAT, CSVK_TYPE_FLOAT},
        {CSVK_VALUE_BOOLEAN, CSVK_TYPE_BOOLEAN},     {CSVK_VALUE_DATE, CSVK_TYPE_DATE},
        {CSVK_VALUE_TIMESTAMP, CSVK_TYPE_TIMESTAMP},
    };
    bool found = type == CSVK_TYPE_STRING;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        found = found || (same[i].declared == declared && same[i].type == type);
    }
    return found;
}

/* The digits before the point that a column of the manifest has at most. */
static uint64_t whole_digits(const struct csvk_schema_column *column)
{
    bool bare = column->type == CSVK_VALUE_NUMERIC && column->precision == 0;
    return column->type == CSVK_VALUE_INTEGER ? MOST_OF_INTEGER
           : bare                             ? MOST_OF_NUMERIC
                                              : column->precision - column->scale;
}

/* Would the validator have refused what `type` refuses? It looks at the i-th column of the
   manifest, as the backend that was named has it. */
static bool judged_already(const struct kbc_input *input, size_t i,
                           const struct csvk_declared_type *type)
{
    struct csvk_schema_column column = {.size = sizeof column};
    const struct csvk_table_definition *table = &input->table;
    bool refused = input_types_are_judged(input) && input->support != CSVK_SUPPORT_HINTS;
    if (!refused || i >= csvk_schema_count(table->schema) ||
        csvk_schema_at(table->schema, i, (enum csvk_backend)table->backend, &column, NULL) !=
            CSVK_OK) {
        return false;
    }
    bool number = type->type == CSVK_TYPE_INTEGER || type->type == CSVK_TYPE_NUMERIC;
    return same_form(column.type, type->type) && (column.required != 0 || !type->not_null) &&
           (!number || type->integer_digits == 0 || whole_digits(&column) <= type->integer_digits);
}

/* The types of the target without those that need no judgement. *any: is one left? */
static struct csvk_declared_type *types_left(const struct kbc_input *input,
                                             const struct kbc_target *target, bool *any)
{
    struct csvk_declared_type *types = csvk_calloc(target->ntypes + 1, sizeof *types);
    for (size_t i = 0; types != NULL && i < target->ntypes; i++) {
        types[i] = judged_already(input, i, &target->types[i])
                       ? (struct csvk_declared_type){.type = CSVK_TYPE_STRING}
                       : target->types[i];
        *any = *any || types[i].type != CSVK_TYPE_STRING || types[i].not_null;
    }
    return types;
}

static int check_all(struct sent_values *check, struct csvk_error *err)
{
    struct csvk_strings files = {0};
    const struct kbc_input *input = check->input;
    int status = input->sliced ? csvk_list_slices(input->path, &files, err)
                               : csvk_strings_add(&files, input->path);
    if (status == CSVK_ENOMEM) {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < files.count && status == CSVK_OK; i++) {
        status = check_file(check, files.item[i], err);
    }
    csvk_strings_release(&files);
    return status;
}

int kbc_input_check_values(const struct kbc_input *input, const struct kbc_target *target,
                           const struct kbc_input_hooks *hooks, struct csvk_error *err)
{
    bool any = false;
    struct csvk_declared_type *types = types_left(input, target, &any);
    struct sent_values check = {
        .input = input, .types = types, .ntypes = target->ntypes, .hooks = hooks};
    if (types == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = any ? check_all(&check, err) : CSVK_OK;
    csvk_free(types);
    if (status == CSVK_OK && check.misfits > 0) {
        status =
            csvk_fail(err, CSVK_EDATA,
                      "%llu value%s not fit the types of the table; nothing was sent; "
                      "--no-check sends the data unchanged",
                      (unsigned long long)check.misfits, check.misfits == 1 ? " does" : "s do");
    }
    return status;
}
