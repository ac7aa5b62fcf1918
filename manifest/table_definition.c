/* table_definition.c - see table_definition.h. */
#include "manifest/table_definition.h"

#include "csvkit/base/sized.h"
#include "csvkit/names.h"
#include "csvkit/sniff.h"
#include "manifest/manifest_tree.h"
#include "manifest/table_schema.h"
#include "manifest/table_types.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct csvk_sized table_type =
    CSVK_SIZED(struct csvk_table_definition, manifest, "csvk_table_definition_init");

void csvk_table_definition_init_sized(struct csvk_table_definition *table, size_t size)
{
    const struct csvk_table_definition defaults = {.size = sizeof defaults,
                                                   .dialect = CSVK_DIALECT_RFC4180,
                                                   .header = true,
                                                   .incremental = CSVK_UNSET};
    csvk_sized_init(&table_type, table, size, &defaults);
}

static void free_types(struct csvk_table_definition *table)
{
    for (size_t i = 0; i < table->ntypes; i++) {
        csvk_free(table->types[i].column);
        csvk_free(table->types[i].type);
        csvk_free(table->types[i].length);
    }
    csvk_free(table->types);
    table->types = NULL;
    table->ntypes = 0;
}

static void free_metadata(struct csvk_table_definition *table)
{
    struct csvk_manifest_table pairs = {
        .size = sizeof pairs, .pairs = table->metadata, .npairs = table->nmetadata};
    csvk_manifest_table_release(&pairs);
    table->metadata = NULL;
    table->nmetadata = 0;
}

/* What came after the first version of the struct. */
static void free_later(struct csvk_table_definition *table)
{
    csvk_free(table->destination);
    table->destination = NULL;
    free_types(table);
    free_metadata(table);
    csvk_strings_release(&table->first_names);
    csvk_schema_free(table->schema);
    table->schema = NULL;
}

void csvk_table_definition_release(struct csvk_table_definition *table)
{
    csvk_strings_release(&table->columns);
    csvk_strings_release(&table->primary_key);
    csvk_free(table->manifest);
    table->manifest = NULL; /* of a table that was never begun, which has no size */
    if (table->size >= sizeof *table) {
        free_later(table);
    }
    csvk_table_definition_init_sized(table, table->size);
}

/* Gives `own` to the caller. A program of older headers has no room for what came later. */
static void give_back(struct csvk_table_definition *table, struct csvk_table_definition *own)
{
    csvk_sized_write(&table_type, table, own);
    if (table->size < sizeof *own) {
        free_later(own);
    }
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
    give_back(table, &own);
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

/* ---- what a manifest and a mapping say ---- */

/* The two that have their say; either may be NULL. */
struct tellers {
    const struct csvk_manifest *mapping; /* the entry of the output mapping */
    struct csvk_manifest *both;          /* merged */
};

/* Who has told a key that the merged manifest has. The merge lets only values in that count. */
static enum csvk_told_by who(const struct tellers *tellers, const char *key)
{
    const cJSON *theirs = tellers->mapping != NULL ? tree_get(tellers->mapping->root, key) : NULL;
    return tree_filled(theirs) && !cJSON_IsFalse(theirs) ? CSVK_TOLD_BY_MAPPING
                                                         : CSVK_TOLD_BY_MANIFEST;
}

/* The same for something that two keys can say. */
static enum csvk_told_by who_of(const struct tellers *tellers, const char *a, const char *b)
{
    return who(tellers, a) == CSVK_TOLD_BY_MAPPING ? CSVK_TOLD_BY_MAPPING : who(tellers, b);
}

static void move_names(struct csvk_strings *to, enum csvk_told_by *by, struct csvk_strings *from,
                       enum csvk_told_by told_by)
{
    csvk_strings_release(to);
    *to = *from;
    *by = from->count != 0 ? told_by : CSVK_TOLD_BY_DEFAULT;
    *from = (struct csvk_strings){0};
}

static void take_header(struct csvk_table_definition *table, const struct tellers *tellers,
                        const struct csvk_manifest_table *told, const char *input)
{
    bool named = told->columns.count != 0, said = told->has_header != CSVK_UNSET;
    table->header = has_header(tellers->both, told, input);
    table->header_by = said    ? who(tellers, "has_header")
                       : named ? who_of(tellers, "columns", "schema")
                               : CSVK_TOLD_BY_DEFAULT;
    table->header_stated = said || named;
    table->header_skipped = told->has_header == CSVK_YES && named && table->header;
}

/* Metadata goes over as it is: the pairs change their owner. */
static void take_metadata(struct csvk_table_definition *table, const struct tellers *tellers,
                          struct csvk_manifest_table *told)
{
    free_metadata(table);
    table->metadata = told->pairs;
    table->nmetadata = told->npairs;
    told->pairs = NULL;
    told->npairs = 0;
    enum csvk_told_by old = who_of(tellers, "metadata", "column_metadata");
    enum csvk_told_by by = old == CSVK_TOLD_BY_MAPPING ? old : who(tellers, "table_metadata");
    table->metadata_by = table->nmetadata != 0 ? by : CSVK_TOLD_BY_DEFAULT;
}

static int take(struct csvk_table_definition *table, const struct tellers *tellers,
                const char *input)
{
    struct csvk_manifest_table told = {0};
    int status = csvk_manifest_table(tellers->both, &told);
    if (status == CSVK_OK) {
        table->dialect = told.dialect;
        take_header(table, tellers, &told, input);
        move_names(&table->columns, &table->columns_by, &told.columns,
                   who_of(tellers, "columns", "schema"));
        move_names(&table->primary_key, &table->key_by, &told.primary_key,
                   who(tellers, "primary_key"));
        csvk_free(table->destination);
        table->destination = told.destination;
        told.destination = NULL;
        table->destination_by =
            table->destination != NULL ? who(tellers, "destination") : CSVK_TOLD_BY_DEFAULT;
        table->incremental = told.incremental ? CSVK_YES : CSVK_UNSET;
        table->incremental_by =
            told.incremental ? who(tellers, "incremental") : CSVK_TOLD_BY_DEFAULT;
        take_metadata(table, tellers, &told);
    }
    csvk_manifest_table_release(&told);
    free_types(table);
    status = status == CSVK_OK ? table_types_read(table, tellers->both, tellers->mapping) : status;
    csvk_schema_free(table->schema);
    table->schema = NULL;
    return status == CSVK_OK ? table_schema_read(&table->schema, tellers->both) : status;
}

static int take_both(struct csvk_table_definition *table, const struct csvk_manifest *manifest,
                     const struct csvk_manifest *mapping, const char *input,
                     struct csvk_findings *findings, struct csvk_error *err)
{
    struct tellers tellers = {.mapping = mapping};
    int status = csvk_manifest_merge(&tellers.both, manifest, mapping, findings);
    status = status == CSVK_OK ? take(table, &tellers, input) : status;
    csvk_manifest_free(tellers.both);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int csvk_table_definition_take(struct csvk_table_definition *table,
                               const struct csvk_manifest *manifest,
                               const struct csvk_manifest *mapping, const char *input,
                               struct csvk_findings *findings, struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = take_both(&own, manifest, mapping, input, findings, err);
    give_back(table, &own);
    return status;
}

/* Nothing of a schema of another kind would be read, and that silently. */
static int refuse_schema(const struct csvk_table_definition *table,
                         const struct csvk_manifest *manifest, struct csvk_error *err)
{
    static const char *const members[][2] = {{"fields", "a Table Schema"},
                                             {"resources", "a data package"},
                                             {"@context", "metadata of CSVW"}};
    const cJSON *root = manifest->root;
    bool native = tree_get(root, "schema") != NULL || tree_get(root, "columns") != NULL;
    for (size_t i = 0; i < sizeof members / sizeof members[0] && !native; i++) {
        if (tree_get(root, members[i][0]) != NULL) {
            return csvk_fail(err, CSVK_EUSAGE, "%s: no manifest but %s, which is given by --schema",
                             table->manifest, members[i][1]);
        }
    }
    return CSVK_OK;
}

/* What the manifest says in vain does not keep the table from being read. */
static int warn(const struct csvk_table_definition *table, const struct csvk_manifest *manifest,
                struct csvk_findings *findings, struct csvk_error *err)
{
    int status = csvk_manifest_check_reading(
        manifest, table->manifest, (enum csvk_backend)table->backend, CSVK_WARNING, findings);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
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
    status = status == CSVK_OK ? refuse_schema(table, manifest, err) : status;
    status = status == CSVK_OK ? take_both(table, manifest, NULL, input, findings, err) : status;
    status = status == CSVK_OK ? warn(table, manifest, findings, err) : status;
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
    give_back(table, &own);
    return status;
}

/* ---- what slices say ---- */

/* Does the data clearly begin with a header? Only then a guess is worth a comparison: names stand
   over numbers or dates, and the record has two fields or more. */
static int looks_like_header(const struct csvk_table_definition *table, const char *path,
                             bool *header, struct csvk_error *err)
{
    enum { CLEAR = 90 };
    struct csvk_source *source = NULL;
    struct csvk_sniff found = {.size = sizeof found};
    int status = csvk_source_open(&source, path, err);
    status = status == CSVK_OK ? csvk_sniff_source(source, 0, &found, NULL, err) : status;
    *header = status == CSVK_OK && found.has_header && found.on_header.score >= CLEAR &&
              found.dialect.delimiter == table->dialect.delimiter;
    csvk_source_free(source);
    return status;
}

/* As csvk_table_definition_look, with a struct of this library's version. A slice that cannot be
   read says so itself when it is judged. */
static int look(struct csvk_table_definition *table, const char *path, struct csvk_error *err)
{
    struct csvk_error why = {0};
    csvk_strings_release(&table->first_names);
    if (table->header_by == CSVK_TOLD_BY_DEFAULT) {
        table->header = table->header_skipped = false;
    }
    bool readable = !table->delimiter_auto && table->encoding == NULL;
    bool known = table->columns.count != 0 && !table->header_skipped;
    if (path == NULL || known || !readable || (!table->header && table->header_stated)) {
        return CSVK_OK;
    }
    bool header = table->header;
    int status = header ? CSVK_OK : looks_like_header(table, path, &header, &why);
    if (status == CSVK_OK && header) {
        status = csvk_manifest_header_names(path, &table->dialect, &table->first_names, &why);
    }
    if (!table->header && table->first_names.count < 2) {
        csvk_strings_release(&table->first_names); /* one value proves nothing */
    }
    return status == CSVK_ENOMEM ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

int csvk_table_definition_look(struct csvk_table_definition *table, const char *path,
                               struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = look(&own, path, err);
    give_back(table, &own);
    return status;
}

static bool has_all(const struct csvk_strings *names, const struct csvk_strings *of)
{
    bool all = true;
    for (size_t i = 0; i < of->count && all; i++) {
        all = csvk_strings_has(names, of->item[i]);
    }
    return all;
}

/* Does the slice begin with none, or with the names of the first slice, in any order? */
static int fits_first(const struct csvk_table_definition *table, const char *slice, bool *fits,
                      struct csvk_error *err)
{
    struct csvk_table_definition other = *table; /* borrows all but the names */
    other.first_names = (struct csvk_strings){0};
    int status = look(&other, slice, err);
    *fits = other.first_names.count == 0 || (has_all(&other.first_names, &table->first_names) &&
                                             has_all(&table->first_names, &other.first_names));
    csvk_strings_release(&other.first_names);
    return status;
}

int csvk_table_definition_one_table(const struct csvk_table_definition *table,
                                    const char *directory, const struct csvk_strings *slices,
                                    struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    bool asked = status == CSVK_OK && own.first_names.count != 0 && !own.header;
    for (size_t i = 1; i < slices->count && asked && status == CSVK_OK; i++) {
        bool fits = true;
        status = fits_first(&own, slices->item[i], &fits, err);
        if (status == CSVK_OK && !fits) {
            status = csvk_fail(err, CSVK_EDATA,
                               "not the slices of one table: %s begins with other names than %s; "
                               "csvkit validate %s/* judges each file alone",
                               slices->item[i], slices->item[0], directory);
        }
    }
    return status;
}

/* ---- what the data has to be like ---- */

/* A severity that somebody has asked for stays. */
static int set_unless_asked(struct csvk_validate_options *rules, const char *id,
                            enum csvk_severity severity, struct csvk_error *err)
{
    size_t rule = 0;
    while (csvk_rule_at(rule) != csvk_rule_find(id)) {
        rule++;
    }
    return rules->level[rule] == 0 ? csvk_validate_set_rule(rules, id, severity, err) : CSVK_OK;
}

/* Somebody who says that there is no header is not doubted. */
static int believe(const struct csvk_table_definition *table, struct csvk_validate_options *rules,
                   struct csvk_error *err)
{
    bool denied = table->header_by == CSVK_TOLD_BY_OPTION && !table->header;
    return denied ? set_unless_asked(rules, "manifest-header", CSVK_OFF, err) : CSVK_OK;
}

/* Rules of a program of older headers have no room for it. */
static int set_first_header(struct csvk_validate_options *rules, const struct csvk_strings *names)
{
    if (rules->size < sizeof *rules) {
        return CSVK_OK;
    }
    csvk_strings_release(&rules->first_header);
    return csvk_strings_copy(&rules->first_header, names);
}

/* Rules of a program of older headers have no room for types: values are not judged. */
static void set_types(const struct csvk_table_definition *table,
                      struct csvk_validate_options *rules)
{
    size_t needed = offsetof(struct csvk_validate_options, backend) + sizeof rules->backend;
    if (rules->size >= needed) {
        csvk_schema_free(rules->schema);
        rules->schema = csvk_schema_share(table->schema);
        rules->backend = table->backend;
    }
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
    rules->columns_are = own.columns_by == CSVK_TOLD_BY_OPTION ? CSVK_COLUMNS_JUDGED : 0;
    csvk_strings_release(&rules->columns);
    if (csvk_strings_copy(&rules->columns, &own.columns) != CSVK_OK ||
        set_first_header(rules, &(struct csvk_strings){0}) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    set_types(&own, rules);
    return believe(&own, rules, err);
}

int csvk_table_definition_support(struct csvk_validate_options *rules,
                                  enum csvk_type_support support, struct csvk_error *err)
{
    static const char *const errors[] = {"type-mismatch", "value-missing", "value-too-long",
                                         "value-out-of-range"};
    int status = CSVK_OK;
    if (support == CSVK_SUPPORT_NONE) {
        struct csvk_table_definition no_types = {.schema = NULL};
        set_types(&no_types, rules);
    }
    for (size_t i = 0; i < sizeof errors / sizeof errors[0] && status == CSVK_OK; i++) {
        status = support == CSVK_SUPPORT_HINTS
                     ? set_unless_asked(rules, errors[i], CSVK_WARNING, err)
                     : CSVK_OK;
    }
    return status;
}

int csvk_table_definition_next(const struct csvk_table_definition *table,
                               struct csvk_validate_options *rules, struct csvk_error *err)
{
    struct csvk_table_definition own;
    csvk_table_definition_init(&own);
    int status = csvk_sized_read(&table_type, &own, table, err);
    rules->columns_are &= ~(uint64_t)CSVK_COLUMNS_JUDGED;
    if (status != CSVK_OK || own.first_names.count == 0) {
        return status;
    }
    if (own.header_skipped) {
        return set_first_header(rules, &own.first_names) == CSVK_OK
                   ? CSVK_OK
                   : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    rules->columns_are = own.header ? 0 : CSVK_COLUMNS_OF_SLICE;
    csvk_strings_release(&rules->columns);
    return csvk_strings_copy(&rules->columns, &own.first_names) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}
