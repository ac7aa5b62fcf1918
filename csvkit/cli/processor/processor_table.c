/*
 * processor_table.c - processes the tables of in/tables one after the other: normalizes and slices
 * a table, and writes its manifest.
 *
 * A table that is sliced after it was normalized is normalized into the temporary folder, any other
 * table to its place in out/tables. The new manifest is the manifest of the input, changed by what
 * the steps did and by the parameters. If the platform wrote the manifest of the input, it is first
 * turned into one that the platform accepts for an output. The manifest is written last.
 */
#include "csvkit/cli/processor/processor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

struct processor_table {
    struct processor *p;
    const char *name;
    struct processor_plan plan;
    char *in, *in_manifest; /* paths; in_manifest need not exist */
    char *out;              /* out/tables/NAME */
    cJSON *manifest;        /* of the result; NULL: no manifest is needed */
    struct csvk_manifest_table
        by_manifest; /* the table, as the manifest of the input describes it */
    bool folder;
};

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int no_memory(struct processor_table *t)
{
    return cli_trouble(t->p->cli, "out of memory");
}

/* ---- the manifest of the input ---- */

/* A JSON tree that is being built. After memory has run out, `failed` is true. */
struct tree {
    cJSON *root;
    bool failed;
};

/* Adds `value` to the object `to` under `key`, or to the end of the array `to` when `key` is NULL.
   Takes over `value`. */
static void add(struct tree *tree, cJSON *to, const char *key, cJSON *value)
{
    bool added = value != NULL && (key != NULL ? cJSON_AddItemToObject(to, key, value)
                                               : cJSON_AddItemToArray(to, value));
    if (!added) {
        cJSON_Delete(value);
        tree->failed = true;
    }
}

/* Copies the value of `key`, if `from` has it. */
static void copy(struct tree *tree, cJSON *to, const cJSON *from, const char *key)
{
    const cJSON *value = get(from, key);
    if (value != NULL) {
        add(tree, to, key, cJSON_Duplicate(value, true));
    }
}

/* Copies only "key" and "value" of each metadata entry: the platform adds more to its manifests for
   inputs, and refuses these additions in a manifest for an output. */
static void add_bare_pairs(struct tree *tree, cJSON *to, const char *key, const cJSON *pairs)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *pair;
    cJSON_ArrayForEach(pair, pairs)
    {
        cJSON *bare = cJSON_CreateObject();
        copy(tree, bare, pair, "key");
        copy(tree, bare, pair, "value");
        add(tree, list, NULL, bare);
    }
    add(tree, to, key, list);
}

static bool has_items(const cJSON *list)
{
    return list != NULL && list->child != NULL;
}

static void add_column_metadata(struct tree *tree, const cJSON *in)
{
    cJSON *columns = cJSON_CreateObject();
    const cJSON *list;
    cJSON_ArrayForEach(list, get(in, "column_metadata"))
    {
        if (has_items(list)) {
            add_bare_pairs(tree, columns, list->string, list);
        }
    }
    if (columns == NULL || columns->child != NULL) {
        add(tree, tree->root, "column_metadata", columns);
    } else {
        cJSON_Delete(columns);
    }
}

/* Makes the manifest of an output from the manifest of an input, with the keys that both may have.
   Columns are copied for slices only: a file has them in its header. NULL: out of memory. */
static cJSON *out_of_in(const cJSON *in, bool folder)
{
    struct tree tree = {cJSON_CreateObject(), false};
    bool native = folder && has_items(get(in, "schema"));
    if (folder) {
        copy(&tree, tree.root, in, native ? "schema" : "columns");
    }
    if (has_items(get(in, "primary_key")) && !native) {
        copy(&tree, tree.root, in, "primary_key");
    }
    if (has_items(get(in, "metadata")) && !native) {
        add_bare_pairs(&tree, tree.root, "metadata", get(in, "metadata"));
    }
    if (!native) {
        add_column_metadata(&tree, in);
    }
    if (tree.failed) {
        cJSON_Delete(tree.root);
        return NULL;
    }
    return tree.root;
}

static int take_manifest(struct processor_table *t, const struct csvk_manifest *read)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    bool in = csvk_manifest_guess(read, NULL, false) == CSVK_MANIFEST_IN_TABLE;
    int status = csvk_manifest_print(read, &text);
    cJSON *tree = status == CSVK_OK ? cJSON_Parse(csvk_buf_text(&text)) : NULL;
    csvk_buf_release(&text);
    status = csvk_manifest_table(read, &t->by_manifest);
    t->manifest = tree != NULL && in ? out_of_in(tree, t->folder) : tree;
    if (in) {
        csvk_strings_release(&t->by_manifest.columns); /* a file has them in its header */
        status = t->folder ? csvk_manifest_table(read, &t->by_manifest) : status;
        cJSON_Delete(tree);
    }
    return t->manifest != NULL && status == CSVK_OK ? CLI_GOOD : no_memory(t);
}

static int read_manifest(struct processor_table *t)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *read = NULL;
    struct csvk_error err = {0};
    if (access(t->in_manifest, F_OK) != 0) {
        return csvk_manifest_table(NULL, &t->by_manifest) == CSVK_OK ? CLI_GOOD : no_memory(t);
    }
    int status = csvk_manifest_read(&read, t->in_manifest, &found, &err);
    int verdict = CLI_GOOD;
    if (status != CSVK_OK && status != CSVK_EDATA) {
        verdict = cli_fail(t->p->cli, &err);
    } else if (read == NULL || found.errors > 0) {
        verdict = cli_refuse(t->p->cli, "%s: %s", t->in_manifest,
                             found.count > 0 ? found.item[0].message : "not a manifest");
    } else {
        verdict = take_manifest(t, read);
    }
    csvk_manifest_free(read);
    csvk_findings_release(&found);
    return verdict;
}

/* ---- the manifest of the output ---- */

/* Sets a key of the manifest. Takes over `value`. False: out of memory. */
static bool put(struct processor_table *t, const char *key, cJSON *value)
{
    if (t->manifest == NULL) {
        t->manifest = cJSON_CreateObject();
    }
    cJSON_DeleteItemFromObjectCaseSensitive(t->manifest, key);
    if (value == NULL || t->manifest == NULL || !cJSON_AddItemToObject(t->manifest, key, value)) {
        cJSON_Delete(value);
        return false;
    }
    return true;
}

static bool apply_parameters(struct processor_table *t)
{
    const cJSON *parameter;
    cJSON_ArrayForEach(parameter, t->plan.manifest)
    {
        if (!put(t, parameter->string, cJSON_Duplicate(parameter, true))) {
            return false;
        }
    }
    return true;
}

/* The dialect in the manifest becomes that of the normalized table. That of RFC 4180 is the default
   of manifests, so its keys are left out. */
static bool apply_dialect(struct processor_table *t)
{
    static const char *const keys[] = {"delimiter", "enclosure"};
    static const char *const options[] = {"to_delimiter", "to_enclosure"};
    for (size_t i = 0; i < 2 && processor_on(t->plan.normalize); i++) {
        const cJSON *to = get(t->plan.normalize, options[i]);
        struct csvk_error err = {0};
        int byte;
        cJSON_DeleteItemFromObjectCaseSensitive(t->manifest, keys[i]);
        if (!cJSON_IsString(to) ||
            csvk_dialect_parse_byte(to->valuestring, keys[i], true, &byte, &err) != CSVK_OK) {
            continue;
        }
        char text[2] = {byte == CSVK_NO_BYTE ? '\0' : (char)byte, '\0'};
        if (!put(t, keys[i], cJSON_CreateString(text))) {
            return false;
        }
    }
    return true;
}

static int write_manifest(struct processor_table *t, const char *path)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *manifest = NULL;
    struct csvk_error err = {0};
    if (t->manifest == NULL) {
        return CLI_GOOD;
    }
    char *text = cJSON_PrintUnformatted(t->manifest);
    int status = text != NULL ? csvk_manifest_parse(&manifest, text, strlen(text), &found, &err)
                              : csvk_fail(&err, CSVK_ENOMEM, "out of memory");
    if (status == CSVK_OK) {
        csvk_manifest_normalize(manifest, CSVK_MANIFEST_OUT_TABLE);
        status = csvk_manifest_write(manifest, path, &err);
    }
    cJSON_free(text);
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(t->p->cli, &err);
}

/* ---- steps ---- */

static void add_byte(struct command_words *words, const char *option, int byte)
{
    char text[16] = "none";
    if (byte != CSVK_NO_BYTE) {
        snprintf(text, sizeof text, "\\x%02x", (unsigned)byte & 0xFFU);
    }
    words_option(words, option, text);
}

/* Adds the dialect of the input from its manifest. The options from the parameters come later on
   the command line and win. */
static void add_input(struct command_words *words, const struct processor_table *t)
{
    bool header = csvk_manifest_header(&t->by_manifest);
    add_byte(words, "--delimiter", t->by_manifest.dialect.delimiter);
    add_byte(words, "--enclosure", t->by_manifest.dialect.enclosure);
    if (!header) {
        words_add(words, "--no-header");
        words_columns(words, &t->by_manifest.columns);
    }
}

static void add_rejects(struct command_words *words, struct processor_table *t, const char *to)
{
    const char *base = strrchr(to, '/');
    struct csvk_buf name = CSVK_BUF_INIT;
    if (!cJSON_IsTrue(get(t->plan.normalize, "rejects"))) {
        return;
    }
    int status = csvk_buf_printf(&name, "%s/out/files/%s%s%s.rejects", t->p->folder, t->name,
                                 t->folder ? "." : "", t->folder ? base + 1 : "");
    words->status = words->status == CSVK_OK ? status : words->status;
    words_option(words, "--rejects", csvk_buf_text(&name));
    csvk_buf_release(&name);
}

static bool has_rejects(const struct processor_table *t)
{
    return cJSON_IsTrue(get(t->plan.normalize, "rejects"));
}

static int normalize_file(struct processor_table *t, const char *from, const char *to)
{
    struct command_words words = {{NULL, 0, 0}, CSVK_OK};
    words_add(&words, "normalize");
    words_add(&words, "--quiet");
    add_input(&words, t);
    if (words.status == CSVK_OK) {
        processor_words(&words, t->plan.normalize);
    }
    add_rejects(&words, t, to);
    words_option(&words, "--output", to);
    words_add(&words, "--");
    words_add(&words, from);
    int status = words_run(t->p, &words);
    csvk_strings_release(&words.list);
    /* With "rejects", rejected records are no failure: the table is written without them. */
    return status == CLI_REFUSED && has_rejects(t) && access(to, F_OK) == 0 ? CLI_GOOD : status;
}

static int normalize_folder(struct processor_table *t, const char *to)
{
    struct csvk_strings slices = {0};
    struct csvk_error err = {0};
    int status = processor_folder(t->p, to);
    if (status == CLI_GOOD && csvk_list_slices(t->in, &slices, &err) != CSVK_OK) {
        status = cli_fail(t->p->cli, &err);
    }
    for (size_t i = 0; i < slices.count && status == CLI_GOOD; i++) {
        char *target = processor_path(to, strrchr(slices.item[i], '/') + 1, NULL);
        status = target != NULL ? normalize_file(t, slices.item[i], target) : no_memory(t);
        csvk_free(target);
    }
    csvk_strings_release(&slices);
    return status;
}

static int normalize(struct processor_table *t, const char *to)
{
    if (t->folder && csvk_manifest_header(&t->by_manifest) && t->by_manifest.columns.count == 0) {
        return cli_refuse(t->p->cli, "%s: a sliced table needs a manifest with columns", t->name);
    }
    return t->folder ? normalize_folder(t, to) : normalize_file(t, t->in, to);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcasecmp(text + n - m, end) == 0;
}

/* out/tables/NAME without .gz and .csv: the name of the folder for the slices of a file. */
static char *sliced_path(const struct processor_table *t)
{
    char *path = csvk_strdup(t->out);
    if (path != NULL && !t->folder && ends_with(path, ".gz")) {
        path[strlen(path) - 3] = '\0';
    }
    if (path != NULL && !t->folder && ends_with(path, ".csv")) {
        path[strlen(path) - 4] = '\0';
    }
    return path;
}

/* Slices `from`. The manifest that was made so far is the base of the manifest that slice writes.
 */
static int slice_table(struct processor_table *t, const char *from, const char *to)
{
    struct command_words words = {{NULL, 0, 0}, CSVK_OK};
    char *base = processor_path(t->p->scratch, "base.manifest", NULL);
    int status = base == NULL ? no_memory(t) : CLI_GOOD;
    if (status == CLI_GOOD && t->manifest == NULL && !put(t, "columns", cJSON_CreateArray())) {
        status = no_memory(t);
    }
    status = status == CLI_GOOD ? write_manifest(t, base) : status;
    words_add(&words, "slice");
    words_add(&words, "--quiet");
    words_add(&words, "--force");
    if (words.status == CSVK_OK) {
        processor_words(&words, t->plan.slice);
    }
    words_option(&words, "--manifest", base != NULL ? base : "");
    words_option(&words, "--output", to);
    words_add(&words, "--");
    words_add(&words, from);
    status = status == CLI_GOOD ? words_run(t->p, &words) : status;
    csvk_strings_release(&words.list);
    csvk_free(base);
    return status;
}

static int normalize_and_slice(struct processor_table *t, const char *to)
{
    char *middle = processor_path(t->p->scratch, t->folder ? "slices" : "table.csv", NULL);
    int status = middle != NULL ? normalize(t, middle) : no_memory(t);
    status = status == CLI_GOOD ? slice_table(t, middle, to) : status;
    if (middle != NULL) {
        processor_remove(middle);
    }
    csvk_free(middle);
    return status;
}

static int make_sliced(struct processor_table *t)
{
    char *to = sliced_path(t);
    int status = to == NULL                        ? no_memory(t)
                 : processor_on(t->plan.normalize) ? normalize_and_slice(t, to)
                                                   : slice_table(t, t->in, to);
    csvk_free(to);
    return status;
}

static int make_plain(struct processor_table *t)
{
    char *path = NULL;
    int status = processor_on(t->plan.normalize) ? normalize(t, t->out)
                                                 : processor_copy(t->p, t->in, t->out);
    struct csvk_buf name = CSVK_BUF_INIT;
    if (csvk_buf_printf(&name, "%s.manifest", t->out) == CSVK_OK) {
        path = csvk_strdup(csvk_buf_text(&name));
    }
    csvk_buf_release(&name);
    if (status == CLI_GOOD) {
        status = path != NULL ? write_manifest(t, path) : no_memory(t);
    }
    csvk_free(path);
    return status;
}

/* ---- tables ---- */

static int make_table(struct processor_table *t)
{
    int status = read_manifest(t);
    if (status == CLI_GOOD && (!apply_dialect(t) || !apply_parameters(t))) {
        status = no_memory(t);
    }
    if (status != CLI_GOOD) {
        return status;
    }
    return processor_on(t->plan.slice) ? make_sliced(t) : make_plain(t);
}

static int do_table(struct processor *p, const char *name)
{
    struct processor_table t = {.p = p, .name = name, .plan = processor_plan(p, name)};
    struct csvk_buf manifest = CSVK_BUF_INIT;
    struct stat info;
    int status = csvk_buf_printf(&manifest, "%s.manifest", name);
    t.in = processor_path(p->folder, "in/tables", name);
    t.out = processor_path(p->folder, "out/tables", name);
    t.in_manifest =
        status == CSVK_OK ? processor_path(p->folder, "in/tables", csvk_buf_text(&manifest)) : NULL;
    csvk_buf_release(&manifest);
    if (t.in == NULL || t.out == NULL || t.in_manifest == NULL) {
        status = no_memory(&t);
    } else if (lstat(t.in, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode))) {
        status = cli_refuse(p->cli, "%s is neither a file nor a folder", t.in);
    } else {
        t.folder = S_ISDIR(info.st_mode);
        status = make_table(&t);
    }
    csvk_manifest_table_release(&t.by_manifest);
    cJSON_Delete(t.manifest);
    csvk_free(t.in);
    csvk_free(t.out);
    csvk_free(t.in_manifest);
    return status;
}

/* A source without a wildcard must exist: otherwise the step of a misspelt name would be left out
   without a message. */
static int judge_sources(struct processor *p, const struct csvk_strings *names)
{
    const cJSON *entry, *item;
    cJSON_ArrayForEach(entry, get(p->parameters, "tables"))
    {
        const cJSON *source = get(entry, "source");
        for (item = cJSON_IsArray(source) ? source->child : source; item != NULL;
             item = cJSON_IsArray(source) ? item->next : NULL) {
            const char *name = item->valuestring;
            if (strpbrk(name, "*?[\\") == NULL && !csvk_strings_has(names, name)) {
                return cli_refuse(p->cli, "parameters: there is no table \"%s\" in in/tables",
                                  name);
            }
        }
    }
    return CLI_GOOD;
}

int processor_tables(struct processor *p)
{
    struct csvk_strings names = {0};
    char *in = processor_path(p->folder, "in/tables", NULL);
    char *out = processor_path(p->folder, "out/tables", NULL);
    int status =
        in != NULL && out != NULL ? processor_folder(p, out) : cli_trouble(p->cli, "out of memory");
    status = status == CLI_GOOD ? processor_names(p, in, &names) : status;
    status = status == CLI_GOOD ? judge_sources(p, &names) : status;
    for (size_t i = 0; i < names.count && status == CLI_GOOD; i++) {
        const char *name = names.item[i];
        if (name[0] != '.' && !ends_with(name, ".manifest")) {
            status = do_table(p, name);
        }
    }
    csvk_strings_release(&names);
    csvk_free(in);
    csvk_free(out);
    return status;
}
