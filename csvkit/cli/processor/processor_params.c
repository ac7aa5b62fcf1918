/*
 * processor_params.c - the parameters of csvkit processor: checks them, and finds those that are
 * for a table. A key of an entry in "tables" wins over the same key outside of "tables".
 */
#include "csvkit/cli/processor/processor.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum parameter_type { TEXT, FLAG, COUNT, SIZE };
struct parameter_key { /* a key of a step, and its option */
    const char *name, *option;
    enum parameter_type type;
};
static const struct parameter_key normalize_keys[] = {
    {"delimiter", "--delimiter", TEXT},
    {"enclosure", "--enclosure", TEXT},
    {"escape", "--escape", TEXT},
    {"skip_blanks", "--skip-blanks", FLAG},
    {"encoding", "--encoding", TEXT},
    {"to_delimiter", "--to-delimiter", TEXT},
    {"to_enclosure", "--to-enclosure", TEXT},
    {"line_break", "--line-break", TEXT},
    {"quote", "--quote", TEXT},
    {"names", "--names", TEXT},
    {"trim", "--trim", FLAG},
    {"ragged", "--ragged", TEXT},
    {"empty_records", "--empty-records", TEXT},
    {"null_bytes", "--null-bytes", TEXT},
    {"invalid_utf8", "--invalid-utf8", TEXT},
    {"encoding_fallback", "--encoding-fallback", TEXT},
    {"control_chars", "--control-chars", TEXT},
    {"skip_head", "--skip-head", COUNT},
    {"skip_tail", "--skip-tail", COUNT},
    {"comment", "--comment", TEXT},
    {"line_break_in", "--line-break-in", TEXT},
    {"max_repairs", "--max-repairs", COUNT},
    {"strict", "--strict", FLAG},
    {"verify", "--verify", FLAG},
    {"rejects", NULL, FLAG}, /* write the rejects to out/files */
    {NULL, NULL, TEXT},
};
static const struct parameter_key slice_keys[] = {
    {"slice_size", "--slice-size", SIZE},
    {"any_size", "--any-size", FLAG},
    {"records", "--records", COUNT},
    {"slices", "--slices", COUNT},
    {"compress", "--compress", TEXT},
    {"level", "--level", COUNT},
    {"keep_empty", "--keep-empty", FLAG},
    {"verify", "--verify", FLAG},
    {NULL, NULL, TEXT},
};

static const struct parameter_key *find_key(const struct parameter_key *keys, const char *name)
{
    while (keys->name != NULL && strcmp(keys->name, name) != 0) {
        keys++;
    }
    return keys->name != NULL ? keys : NULL;
}

/* ---- judging ---- */

static bool is_count(const cJSON *node)
{
    double value = cJSON_IsNumber(node) ? node->valuedouble : -1;
    return value >= 0 && value <= 9007199254740992.0 && (double)(uint64_t)value >= value;
}

static bool has_type(const cJSON *node, enum parameter_type type)
{
    switch (type) {
    case TEXT: return cJSON_IsString(node);
    case FLAG: return cJSON_IsBool(node);
    case COUNT: return is_count(node);
    case SIZE: return is_count(node) || cJSON_IsString(node);
    }
    return false;
}

static int judge_step(struct processor *p, const cJSON *step, const struct parameter_key *keys,
                      const char *where)
{
    static const char *const names[] = {"a text", "true or false", "a whole number", "a size"};
    const cJSON *node;
    if (step == NULL || cJSON_IsBool(step)) {
        return CLI_GOOD;
    }
    if (!cJSON_IsObject(step)) {
        return cli_refuse(p->cli, "parameters: \"%s\" must be true, false or an object", where);
    }
    cJSON_ArrayForEach(node, step)
    {
        const struct parameter_key *key = find_key(keys, node->string);
        if (key == NULL) {
            return cli_refuse(p->cli, "parameters: \"%s\" has no option \"%s\"", where,
                              node->string);
        }
        if (!has_type(node, key->type)) {
            return cli_refuse(p->cli, "parameters: \"%s\" of \"%s\" must be %s", key->name, where,
                              names[key->type]);
        }
    }
    return CLI_GOOD;
}

/* Checks the manifest in the parameters by the rules of manifests; reports the first error. */
static int judge_manifest(struct processor *p, const cJSON *manifest)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest_judge how;
    struct csvk_manifest *read = NULL;
    if (manifest == NULL) {
        return CLI_GOOD;
    }
    if (!cJSON_IsObject(manifest)) {
        return cli_refuse(p->cli, "parameters: \"manifest\" must be an object");
    }
    char *text = cJSON_PrintUnformatted(manifest);
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    int status =
        text != NULL ? csvk_manifest_parse(&read, text, strlen(text), &found, NULL) : CSVK_ENOMEM;
    status = status == CSVK_OK ? csvk_manifest_check(read, &how, &found) : status;
    int verdict = status == CSVK_ENOMEM ? cli_trouble(p->cli, "out of memory") : CLI_GOOD;
    for (size_t i = 0; i < found.count && verdict == CLI_GOOD; i++) {
        if (found.item[i].severity == CSVK_ERROR) {
            verdict = cli_refuse(p->cli, "parameters: manifest: %s", found.item[i].message);
        }
    }
    cJSON_free(text);
    csvk_manifest_free(read);
    csvk_findings_release(&found);
    return verdict;
}

/* Checks that the frame accepts the command line of the step. */
static int judge_words(struct processor *p, const char *command, const cJSON *step);

static int judge_plan(struct processor *p, const cJSON *plan)
{
    const cJSON *normalize = cJSON_GetObjectItemCaseSensitive(plan, "normalize");
    const cJSON *slice = cJSON_GetObjectItemCaseSensitive(plan, "slice");
    int status = judge_step(p, normalize, normalize_keys, "normalize");
    status = status == CLI_GOOD ? judge_step(p, slice, slice_keys, "slice") : status;
    status = status == CLI_GOOD ? judge_words(p, "normalize", normalize) : status;
    status = status == CLI_GOOD ? judge_words(p, "slice", slice) : status;
    return status == CLI_GOOD
               ? judge_manifest(p, cJSON_GetObjectItemCaseSensitive(plan, "manifest"))
               : status;
}

static bool is_pattern(const cJSON *node)
{
    const cJSON *item;
    bool good = cJSON_IsString(node) || (cJSON_IsArray(node) && cJSON_GetArraySize(node) > 0);
    cJSON_ArrayForEach(item, node)
    {
        good = good && cJSON_IsString(item);
    }
    return good;
}

static int judge_names(struct processor *p, const cJSON *object, const char *const *names,
                       const char *where)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, object)
    {
        const char *const *name = names;
        while (*name != NULL && strcmp(*name, node->string) != 0) {
            name++;
        }
        if (*name == NULL) {
            return cli_refuse(p->cli, "parameters: %s has no option \"%s\"", where, node->string);
        }
    }
    return CLI_GOOD;
}

static int judge_entry(struct processor *p, const cJSON *entry)
{
    static const char *const names[] = {"source", "normalize", "slice", "manifest", NULL};
    if (!cJSON_IsObject(entry)) {
        return cli_refuse(p->cli, "parameters: an entry of \"tables\" must be an object");
    }
    int status = judge_names(p, entry, names, "an entry of \"tables\"");
    if (status == CLI_GOOD && !is_pattern(cJSON_GetObjectItemCaseSensitive(entry, "source"))) {
        return cli_refuse(p->cli, "parameters: an entry of \"tables\" needs \"source\", a pattern "
                                  "such as \"*.csv\" or a list of them");
    }
    return status == CLI_GOOD ? judge_plan(p, entry) : status;
}

static int judge(struct processor *p)
{
    static const char *const names[] = {"normalize", "slice", "manifest", "tables", "files", NULL};
    const cJSON *tables = cJSON_GetObjectItemCaseSensitive(p->parameters, "tables"), *entry;
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(p->parameters, "files");
    int status = judge_names(p, p->parameters, names, "the processor");
    if (status == CLI_GOOD && tables != NULL && !cJSON_IsArray(tables)) {
        return cli_refuse(p->cli, "parameters: \"tables\" must be a list");
    }
    if (status == CLI_GOOD && files != NULL && !cJSON_IsBool(files)) {
        return cli_refuse(p->cli, "parameters: \"files\" must be true or false");
    }
    status = status == CLI_GOOD ? judge_plan(p, p->parameters) : status;
    cJSON_ArrayForEach(entry, tables)
    {
        status = status == CLI_GOOD ? judge_entry(p, entry) : status;
    }
    return status;
}

/* ---- reading ---- */

static int refuse_config(struct processor *p, const char *path, const struct csvk_findings *found)
{
    const struct csvk_finding *f = found->count > 0 ? &found->item[0] : NULL;
    return cli_refuse(p->cli, "%s:%llu:%llu: %s", path, f ? (unsigned long long)f->line : 1,
                      f ? (unsigned long long)f->column : 1, f ? f->message : "not an object");
}

static int read_config(struct processor *p, const char *path)
{
    struct csvk_findings found = {.limit = 1};
    struct csvk_manifest *config = NULL;
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    int status = csvk_manifest_read(&config, path, &found, &err);
    int verdict = CLI_GOOD;
    if (status != CSVK_OK && status != CSVK_EDATA) {
        verdict = status == CSVK_EIO ? cli_refuse(p->cli, "%s", err.text) : cli_fail(p->cli, &err);
    } else if (config == NULL || found.errors > 0) {
        verdict = refuse_config(p, path, &found);
    } else if (csvk_manifest_print(config, &text) != CSVK_OK ||
               (p->config = cJSON_Parse(csvk_buf_text(&text))) == NULL) {
        verdict = cli_trouble(p->cli, "out of memory");
    }
    csvk_buf_release(&text);
    csvk_manifest_free(config);
    csvk_findings_release(&found);
    return verdict;
}

int processor_read(struct processor *p)
{
    char *path = processor_path(p->folder, "config.json", NULL);
    int status = path != NULL ? read_config(p, path) : cli_trouble(p->cli, "out of memory");
    csvk_free(path);
    if (status != CLI_GOOD) {
        return status;
    }
    const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(p->config, "parameters");
    bool empty = parameters == NULL || cJSON_IsNull(parameters) ||
                 (cJSON_IsArray(parameters) && parameters->child == NULL);
    if (!empty && !cJSON_IsObject(parameters)) {
        return cli_refuse(p->cli, "config.json: \"parameters\" must be an object");
    }
    p->parameters = empty ? NULL : parameters;
    return p->parameters != NULL ? judge(p) : CLI_GOOD;
}

/* ---- the plan of a table ---- */

static bool matches(const cJSON *pattern, const char *table)
{
    const cJSON *item;
    if (cJSON_IsString(pattern)) {
        return fnmatch(pattern->valuestring, table, 0) == 0;
    }
    cJSON_ArrayForEach(item, pattern)
    {
        if (fnmatch(item->valuestring, table, 0) == 0) {
            return true;
        }
    }
    return false;
}

static const cJSON *own_or_common(const struct processor *p, const cJSON *entry, const char *key)
{
    const cJSON *own = cJSON_GetObjectItemCaseSensitive(entry, key);
    return own != NULL ? own : cJSON_GetObjectItemCaseSensitive(p->parameters, key);
}

struct processor_plan processor_plan(const struct processor *p, const char *table)
{
    const cJSON *entry, *found = NULL;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(p->parameters, "tables"))
    {
        if (matches(cJSON_GetObjectItemCaseSensitive(entry, "source"), table)) {
            found = entry;
            break;
        }
    }
    struct processor_plan plan = {own_or_common(p, found, "normalize"),
                                  own_or_common(p, found, "slice"),
                                  own_or_common(p, found, "manifest")};
    return plan;
}

bool processor_on(const cJSON *step)
{
    return cJSON_IsTrue(step) || cJSON_IsObject(step);
}

/* ---- words ---- */

void words_add(struct command_words *words, const char *text)
{
    words->status = words->status == CSVK_OK ? csvk_strings_add(&words->list, text) : words->status;
}

void words_option(struct command_words *words, const char *option, const char *value)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "%s=%s", option, value);
    words->status = words->status == CSVK_OK ? status : words->status;
    words_add(words, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

void words_columns(struct command_words *words, const struct csvk_strings *columns)
{
    struct csvk_buf list = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < columns->count; i++) {
        status = status == CSVK_OK ? csvk_buf_puts(&list, i > 0 ? ",\"" : "\"") : status;
        for (const char *c = columns->item[i]; *c != '\0' && status == CSVK_OK; c++) {
            status = csvk_buf_puts(&list, *c == '"' ? "\"" : "");
            status = status == CSVK_OK ? csvk_buf_putc(&list, (unsigned char)*c) : status;
        }
        status = status == CSVK_OK ? csvk_buf_putc(&list, '"') : status;
    }
    words->status = words->status == CSVK_OK ? status : words->status;
    words_option(words, "--columns", csvk_buf_text(&list));
    csvk_buf_release(&list);
}

static void add_value(struct command_words *words, const struct parameter_key *key,
                      const cJSON *node)
{
    char number[32];
    if (cJSON_IsString(node)) {
        words_option(words, key->option, node->valuestring);
    } else if (cJSON_IsNumber(node)) {
        snprintf(number, sizeof number, "%.0f", node->valuedouble);
        words_option(words, key->option, number);
    } else if (cJSON_IsTrue(node)) {
        words_add(words, key->option);
    }
}

void processor_words(struct command_words *words, const cJSON *step)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, step) /* true and false have no members */
    {
        bool slice = strcmp(words->list.item[0], "slice") == 0;
        const struct parameter_key *key =
            find_key(slice ? slice_keys : normalize_keys, node->string);
        if (key != NULL && key->option != NULL) {
            add_value(words, key, node);
        }
    }
}

static int judge_words(struct processor *p, const char *command, const cJSON *step)
{
    struct command_words words = {{NULL, 0, 0}, CSVK_OK};
    words_add(&words, command);
    if (words.status == CSVK_OK) {
        processor_words(&words, step);
    }
    int status = words_check(p, &words);
    csvk_strings_release(&words.list);
    return status;
}
