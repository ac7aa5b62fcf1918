/* table_definition.c - see table_definition.h. */
#include "manifest/table_definition.h"

#include "csvkit/base/sized.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct csvk_sized table_type =
    CSVK_SIZED(struct csvk_table_definition, manifest, "csvk_table_definition_init");

void csvk_table_definition_init_sized(struct csvk_table_definition *table, size_t size)
{
    const struct csvk_table_definition defaults = {
        .size = sizeof defaults, .dialect = CSVK_DIALECT_RFC4180, .header = true};
    csvk_sized_init(&table_type, table, size, &defaults);
}

void csvk_table_definition_release(struct csvk_table_definition *table)
{
    csvk_strings_release(&table->columns);
    csvk_strings_release(&table->primary_key);
    csvk_free(table->manifest);
    table->manifest = NULL; /* of a table that was never begun, which has no size */
    csvk_table_definition_init_sized(table, table->size);
}

/* As csvk_table_definition_find, with a struct of this library's version. */
static int find(struct csvk_table_definition *table, const char *input, struct csvk_error *err)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    size_t length = strlen(input);
    while (length > 1 && input[length - 1] == '/') {
        length--; /* DIR/ means DIR */
    }
    int status = csvk_buf_add(&name, input, length);
    status = status == CSVK_OK ? csvk_buf_puts(&name, ".manifest") : status;
    if (status == CSVK_OK && strcmp(input, "-") != 0 && access(csvk_buf_text(&name), F_OK) == 0) {
        csvk_free(table->manifest);
        table->manifest = csvk_strdup(csvk_buf_text(&name));
        status = table->manifest != NULL ? CSVK_OK : CSVK_ENOMEM;
    }
    csvk_buf_release(&name);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int csvk_table_definition_find(struct csvk_table_definition *table, const char *input,
                               struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = find(&own, input, err);
    csvk_sized_write(&table_type, table, &own);
    return status;
}

/* A manifest that a component writes has columns when the data has no header. A manifest that the
   platform writes for an input lists the columns of files with a header, too. */
static bool has_header(const struct csvk_manifest *manifest, const struct csvk_manifest_table *told,
                       const char *input)
{
    struct stat info;
    bool written_for_us = csvk_manifest_guess(manifest, NULL, false) == CSVK_MANIFEST_IN_TABLE;
    bool file = input == NULL || stat(input, &info) != 0 || !S_ISDIR(info.st_mode);
    return written_for_us ? file : csvk_manifest_header(told);
}

static void move_names(struct csvk_strings *to, enum csvk_told_by *by, struct csvk_strings *from)
{
    csvk_strings_release(to);
    *to = *from;
    *by = from->count != 0 ? CSVK_TOLD_BY_MANIFEST : CSVK_TOLD_BY_DEFAULT;
    *from = (struct csvk_strings){0};
}

static int take(struct csvk_table_definition *table, const struct csvk_manifest *manifest,
                const char *input)
{
    struct csvk_manifest_table told = {0};
    int status = csvk_manifest_table(manifest, &told);
    if (status == CSVK_OK) {
        table->dialect = told.dialect;
        table->header = has_header(manifest, &told, input);
        table->header_by = CSVK_TOLD_BY_MANIFEST;
        table->header_stated = told.has_header != CSVK_UNSET || told.columns.count != 0;
        table->header_skipped =
            told.has_header == CSVK_YES && told.columns.count != 0 && table->header;
        move_names(&table->columns, &table->columns_by, &told.columns);
        move_names(&table->primary_key, &table->key_by, &told.primary_key);
    }
    csvk_manifest_table_release(&told);
    return status;
}

/* As csvk_table_definition_read, with a struct of this library's version. */
static int read_manifest(struct csvk_table_definition *table, const char *input,
                         struct csvk_findings *findings, struct csvk_error *err)
{
    struct csvk_manifest *manifest = NULL;
    uint64_t before = findings->errors;
    int status = csvk_manifest_read(&manifest, table->manifest, findings, err);
    if (status == CSVK_OK && findings->errors > before) {
        status = csvk_fail(err, CSVK_EDATA, "%s: cannot be read as a manifest", table->manifest);
    }
    if (status == CSVK_OK && take(table, manifest, input) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_manifest_free(manifest);
    return status;
}

int csvk_table_definition_read(struct csvk_table_definition *table, const char *input,
                               struct csvk_findings *findings, struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = read_manifest(&own, input, findings, err);
    csvk_sized_write(&table_type, table, &own);
    return status;
}

/* Somebody who says that there is no header is not doubted. */
static int believe(const struct csvk_table_definition *table, struct csvk_validate_options *rules,
                   struct csvk_error *err)
{
    size_t rule = 0;
    while (csvk_rule_at(rule) != csvk_rule_find("manifest-header")) {
        rule++;
    }
    bool denied = table->header_by == CSVK_TOLD_BY_OPTION && !table->header;
    return denied && rules->level[rule] == 0
               ? csvk_validate_set_rule(rules, "manifest-header", CSVK_OFF, err)
               : CSVK_OK;
}

int csvk_table_definition_rules(const struct csvk_table_definition *table,
                                struct csvk_validate_options *rules, struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    if (status != CSVK_OK) {
        return status;
    }
    rules->dialect = own.dialect;
    rules->header = !own.header          ? CSVK_NO_HEADER
                    : own.header_skipped ? CSVK_SKIPPED_HEADER
                                         : CSVK_HEADER;
    rules->header_stated = own.header_stated;
    csvk_strings_release(&rules->columns);
    if (csvk_strings_copy(&rules->columns, &own.columns) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return believe(&own, rules, err);
}
