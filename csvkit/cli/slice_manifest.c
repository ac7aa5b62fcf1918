/*
 * slice_manifest.c - the manifest of the slices: made and judged as soon as the columns are known,
 * which is long before the last record is read.
 */
#include "csvkit/cli/slice.h"

#include "manifest/manifest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct wishes { /* what the options say, in the form of the library; strings are owned */
    struct csvk_manifest_options options;
    struct csvk_manifest_pair *pair;
    struct csvk_manifest_type *type;
    struct csvk_strings texts; /* of the types */
    struct csvk_strings delete_values;
};

static void release_wishes(struct wishes *w)
{
    for (size_t i = 0; i < w->options.npairs; i++) {
        csvk_free(w->pair[i].column);
        csvk_free(w->pair[i].key);
        csvk_free(w->pair[i].value);
    }
    csvk_free(w->pair);
    csvk_free(w->type);
    csvk_strings_release(&w->texts);
    csvk_strings_release(&w->delete_values);
}

static int bad_option(struct csvk_error *err, const char *name, const char *text, const char *form)
{
    return csvk_fail(err, CSVK_EUSAGE, "--%s=%s: expected %s", name, text, form);
}

/* KEY=VALUE, or COL:KEY=VALUE. */
static int add_pair(struct wishes *w, const char *text, bool column, struct csvk_error *err)
{
    const char *key = text, *equals, *colon = NULL;
    if (column) {
        colon = strchr(text, ':');
        key = colon != NULL ? colon + 1 : text;
    }
    equals = strchr(key, '=');
    if (equals == NULL || equals == key || (column && (colon == NULL || colon == text))) {
        return bad_option(err, column ? "column-metadata" : "metadata", text,
                          column ? "COLUMN:KEY=VALUE" : "KEY=VALUE");
    }
    struct csvk_manifest_pair *pair = &w->pair[w->options.npairs++];
    pair->column = column ? csvk_strndup(text, (size_t)(colon - text)) : NULL;
    pair->key = csvk_strndup(key, (size_t)(equals - key));
    pair->value = csvk_strdup(equals + 1);
    bool good = (!column || pair->column != NULL) && pair->key != NULL && pair->value != NULL;
    return good ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int read_pairs(struct cli *cli, struct wishes *w, struct csvk_error *err)
{
    size_t tables = cli_count(cli, "metadata"), columns = cli_count(cli, "column-metadata");
    int status = CSVK_OK;
    w->pair = csvk_calloc(tables + columns + 1, sizeof *w->pair);
    if (w->pair == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < tables && status == CSVK_OK; i++) {
        status = add_pair(w, cli_nth(cli, "metadata", i), false, err);
    }
    for (size_t i = 0; i < columns && status == CSVK_OK; i++) {
        status = add_pair(w, cli_nth(cli, "column-metadata", i), true, err);
    }
    w->options.pairs = w->pair;
    return status;
}

/* COL=TYPE[:LENGTH]; the parts are kept in `texts`, three for each type. */
static int add_type(struct wishes *w, const char *text, struct csvk_error *err)
{
    const char *equals = strrchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0') {
        return bad_option(err, "data-type", text, "COLUMN=TYPE or COLUMN=TYPE:LENGTH");
    }
    const char *colon = strchr(equals, ':');
    size_t width = colon != NULL ? (size_t)(colon - equals - 1) : strlen(equals + 1);
    if (csvk_strings_addn(&w->texts, text, (size_t)(equals - text)) != CSVK_OK ||
        csvk_strings_addn(&w->texts, equals + 1, width) != CSVK_OK ||
        csvk_strings_add(&w->texts, colon != NULL ? colon + 1 : "") != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    char **part = &w->texts.item[w->texts.count - 3];
    w->type[w->options.ntypes++] =
        (struct csvk_manifest_type){part[0], part[1], colon != NULL ? part[2] : NULL, CSVK_UNSET};
    return CSVK_OK;
}

static int read_types(struct cli *cli, struct wishes *w, struct csvk_error *err)
{
    size_t count = cli_count(cli, "data-type");
    int status = CSVK_OK;
    w->type = csvk_calloc(count + 1, sizeof *w->type);
    if (w->type == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        status = add_type(w, cli_nth(cli, "data-type", i), err);
    }
    w->options.types = w->type;
    return status;
}

/* The project says in its environment whether it wants native types. */
static enum csvk_generation generation(struct cli *cli, const struct csvk_manifest *base)
{
    const char *support = getenv("KBC_DATA_TYPE_SUPPORT");
    if (cli_has(cli, "schema")) {
        return CSVK_GENERATION_NATIVE;
    }
    if (base != NULL) {
        return csvk_manifest_generation(base);
    }
    bool native = support != NULL && support[0] != '\0' && strcmp(support, "none") != 0;
    return native ? CSVK_GENERATION_NATIVE : CSVK_GENERATION_LEGACY;
}

static int read_wishes(struct slice_job *job, struct wishes *w, struct csvk_error *err)
{
    struct cli *cli = job->cli;
    struct csvk_manifest_options *o = &w->options;
    o->columns = &job->columns;
    o->primary_key = &job->table.primary_key;
    o->dialect = job->table.dialect;
    o->destination = cli_value(cli, "destination");
    o->description = cli_value(cli, "description");
    o->incremental = cli_has(cli, "incremental");
    o->write_always = cli_has(cli, "write-always");
    o->delete_column = cli_value(cli, "delete-where-column");
    o->delete_operator = cli_value(cli, "delete-where-operator");
    if (cli_get_list(cli, "delete-where-values", &w->delete_values) != CLI_GOOD) {
        return csvk_fail(err, CSVK_EUSAGE, "--delete-where-values: not a list");
    }
    o->delete_values = &w->delete_values;
    if (o->delete_column != NULL && o->delete_operator == NULL) {
        o->delete_operator = "eq";
    }
    int status = read_pairs(cli, w, err);
    return status == CSVK_OK ? read_types(cli, w, err) : status;
}

/* ---- judging ---- */

static void tell(struct slice_job *job, const struct csvk_manifest_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_manifest_finding *f = &findings->item[i];
        const char *mend = f->mend != NULL ? f->mend : "";
        const char *between = f->mend != NULL ? "; " : "";
        if (f->severity == CSVK_MANIFEST_ERROR) {
            cli_refuse(job->cli, "%s.manifest: %s: error[%s]: %s%s%s", job->output, f->path,
                       f->rule->id, f->message, between, mend);
        } else {
            cli_note(job->cli, "%s.manifest: %s: warning[%s]: %s", job->output, f->path,
                     f->rule->id, f->message);
        }
    }
}

static int judge(struct slice_job *job, const struct csvk_manifest *manifest)
{
    struct csvk_manifest_findings findings = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.support = csvk_type_support_parse(getenv("KBC_DATA_TYPE_SUPPORT"));
    int status = csvk_manifest_check(manifest, &how, &findings);
    if (status == CSVK_OK) {
        tell(job, &findings);
        job->refused = job->refused || findings.errors != 0;
    }
    csvk_manifest_findings_release(&findings);
    return status;
}

/* A key that is no column would be refused by Storage after the whole upload. */
static void check_key(struct slice_job *job)
{
    const struct csvk_strings *key = &job->table.primary_key;
    for (size_t i = 0; i < key->count; i++) {
        if (!csvk_strings_has(&job->columns, key->item[i])) {
            cli_refuse(job->cli, "%s: the primary key names %s, which is not a column%s%s",
                       cli_has(job->cli, "primary-key") ? "--primary-key" : job->table.manifest,
                       key->item[i], job->columns_from != NULL ? " of " : "",
                       job->columns_from != NULL ? job->columns_from : "");
            job->refused = true;
        }
    }
}

static int read_base(struct slice_job *job, struct csvk_manifest **base, struct csvk_error *err)
{
    struct csvk_manifest_findings findings = {0};
    int status = CSVK_OK;
    if (job->table.manifest != NULL) {
        status = csvk_manifest_read(base, job->table.manifest, &findings, err);
    }
    csvk_manifest_findings_release(&findings);
    return status;
}

static int make(struct slice_job *job, const struct csvk_manifest *base, struct csvk_error *err)
{
    struct wishes w = {.pair = NULL};
    struct csvk_manifest *manifest = NULL;
    csvk_manifest_options_init(&w.options);
    w.options.generation = generation(job->cli, base);
    int status = read_wishes(job, &w, err);
    if (status == CSVK_OK) {
        status = csvk_slice_manifest(&manifest, base, &w.options, err);
    }
    if (status == CSVK_OK && (judge(job, manifest) != CSVK_OK ||
                              csvk_manifest_print(manifest, &job->manifest) != CSVK_OK)) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_manifest_free(manifest);
    release_wishes(&w);
    return status;
}

int slice_make_manifest(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_manifest *base = NULL;
    check_key(job);
    if (cli_has(job->cli, "no-manifest") || job->refused) {
        return CSVK_OK;
    }
    int status = read_base(job, &base, err);
    status = status == CSVK_OK ? make(job, base, err) : status;
    csvk_manifest_free(base);
    return status;
}

/* ---- the rows ---- */

static const struct cli_option rows[] = {
    {"primary-key", 0, "A,B", NULL, "Columns of the primary key.", false},
    {"destination", 0, "TABLE", NULL, "Table to load into: in.c-main.orders.", false},
    {"incremental", 0, NULL, NULL, "Add to the table, or update by its key.", false},
    {"metadata", 0, "KEY=VALUE", NULL, "Metadata of the table.", true},
    {"column-metadata", 0, "COL:KEY=VALUE", NULL, "Metadata of a column.", true},
    {"description", 0, "TEXT", NULL, "Description of the table.", false},
    {"delete-where-column", 0, "COL", NULL, "Rows are deleted first by the values of this column.",
     false},
    {"delete-where-values", 0, "A,B", NULL, "The values.", false},
    {"delete-where-operator", 0, "OP", "eq|ne",
     "Delete rows that have (eq, the default) or do not have (ne) one of the values.", false},
    {"write-always", 0, NULL, NULL, "Load the table even when the job fails.", false},
    {"schema", 0, NULL, NULL,
     "Write the manifest with a schema (native types). Default: as the manifest of the input is "
     "written, else as KBC_DATA_TYPE_SUPPORT says.",
     false},
    {"data-type", 0, "COL=TYPE[:LENGTH]", NULL, "Data type of a column.", true},
    {"no-manifest", 0, NULL, NULL, "Write no manifest.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group slice_manifest_options = {"Manifest of the slices", rows};
