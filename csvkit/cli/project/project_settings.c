/* project_settings.c - see project_settings.h. All faults of a file are told, since they are mended
 * together. */
#include "csvkit/cli/project/project_settings.h"

#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/project/glob.h"
#include "manifest/manifest_tree.h"
#include "preflight/preflight.h"

#include <errno.h>
#include <string.h>

/* No project file is so long; what is longer is something else. */
enum { LARGEST = 1024 * 1024 };

enum type { TYPE_TEXT, TYPE_FLAG, TYPE_NAMES };

struct settings_reading {
    struct cli *cli;
    const char *path;
    const struct csvk_manifest *tree;
    struct settings_section *section; /* that is being read */
    int status;
};

/* ---- faults --------------------------------------------------------------------------------- */

static void fault(struct settings_reading *reading, const cJSON *node, const char *format, ...)
    CSVK_PRINTF(3, 4);
static void fault(struct settings_reading *reading, const cJSON *node, const char *format, ...)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct manifest_place place;
    va_list args;
    va_start(args, format);
    int status = cli_add_format(&text, format, args);
    va_end(args);
    manifest_place(reading->tree, node, &place);
    reading->status = status == CSVK_OK
                          ? cli_trouble(reading->cli, "%s:%llu:%llu: %s", reading->path,
                                        (unsigned long long)place.line,
                                        (unsigned long long)place.column, csvk_buf_text(&text))
                          : cli_trouble(reading->cli, "out of memory");
    csvk_buf_release(&text);
}

static void no_memory(struct settings_reading *reading)
{
    reading->status = cli_trouble(reading->cli, "out of memory");
}

/* ---- values of texts: NULL when they are good, else what is wrong ---------------------------- */

typedef const char *judge_text(const char *text, struct csvk_error *err);

static const char *judge_profile(const char *text, struct csvk_error *err)
{
    enum csvk_profile profile;
    if (csvk_profile_parse(text, &profile, err) == CSVK_OK) {
        return NULL;
    }
    const char *names[CSVK_PROFILES];
    for (int i = 0; i < CSVK_PROFILES; i++) {
        names[i] = csvk_profile_name((enum csvk_profile)i);
    }
    const char *near = cli_suggest(text, names, CSVK_PROFILES);
    if (near != NULL) {
        csvk_fail(err, CSVK_EUSAGE, "unknown profile '%s'; did you mean %s?", text, near);
    }
    return err->text;
}

static const char *judge_fail_on(const char *text, struct csvk_error *err)
{
    (void)err;
    bool good = strcmp(text, "error") == 0 || strcmp(text, "warning") == 0;
    return good ? NULL : "error or warning was expected";
}

static const char *judge_filled(const char *text, struct csvk_error *err)
{
    (void)err;
    return text[0] != '\0' ? NULL : "a name was expected";
}

static const char *judge_delimiter(const char *text, struct csvk_error *err)
{
    struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    bool good =
        strcmp(text, "auto") == 0 || csvk_dialect_parse_delimiter(text, &dialect, err) == CSVK_OK;
    return good ? NULL : err->text;
}

static const char *judge_byte(const char *text, struct csvk_error *err)
{
    int byte;
    return csvk_dialect_parse_byte(text, "value", true, &byte, err) == CSVK_OK ? NULL : err->text;
}

static const char *judge_comment(const char *text, struct csvk_error *err)
{
    int byte;
    return csvk_dialect_parse_byte(text, "comment", false, &byte, err) == CSVK_OK ? NULL
                                                                                  : err->text;
}

static const char *judge_encoding(const char *text, struct csvk_error *err)
{
    if (strcmp(text, "auto") == 0 || cli_knows_encoding(text)) {
        return NULL;
    }
    const char *near = cli_suggest_encoding(text);
    csvk_fail(err, CSVK_EUSAGE, "unknown encoding '%s'%s%s%s", text,
              near != NULL ? "; did you mean " : "", near != NULL ? near : "",
              near != NULL ? "?" : "");
    return err->text;
}

/* ---- the members ---------------------------------------------------------------------------- */

static const struct member {
    const char *name;
    enum type type;
    const char *option;
    judge_text *judge; /* TYPE_TEXT */
    bool of_manifest;
} members[SETTINGS] = {
    [SETTING_PROFILE] = {"profile", TYPE_TEXT, "profile", judge_profile, false},
    [SETTING_FAIL_ON] = {"fail_on", TYPE_TEXT, "fail-on", judge_fail_on, false},
    [SETTING_SCHEMA] = {"schema", TYPE_TEXT, NULL, judge_filled, false},
    [SETTING_PRIMARY_KEY] = {"primary_key", TYPE_NAMES, "primary-key", NULL, true},
    [SETTING_COLUMNS] = {"columns", TYPE_NAMES, "columns", NULL, true},
    [SETTING_DELIMITER] = {"delimiter", TYPE_TEXT, "delimiter", judge_delimiter, true},
    [SETTING_ENCLOSURE] = {"enclosure", TYPE_TEXT, "enclosure", judge_byte, true},
    [SETTING_ESCAPE] = {"escape", TYPE_TEXT, "escape", judge_byte, false},
    [SETTING_ENCODING] = {"encoding", TYPE_TEXT, "encoding", judge_encoding, false},
    [SETTING_HEADER] = {"header", TYPE_FLAG, "header", NULL, true},
    [SETTING_SKIP_BLANKS] = {"skip_blanks", TYPE_FLAG, "skip-blanks", NULL, false},
    [SETTING_COMMENT] = {"comment", TYPE_TEXT, "comment", judge_comment, false},
};

const char *settings_option(enum setting setting, bool *flag)
{
    *flag = members[setting].type == TYPE_FLAG;
    return members[setting].option;
}

bool settings_is_of_manifest(enum setting setting)
{
    return members[setting].of_manifest;
}

static void keep(struct settings_reading *reading, size_t setting, const char *text)
{
    csvk_free(reading->section->value[setting]); /* a key given twice, which is told elsewhere */
    reading->section->value[setting] = csvk_strdup(text);
    if (reading->section->value[setting] == NULL) {
        no_memory(reading);
    }
}

/* A,"B ""C""": as the list of an option. */
static int add_item(struct csvk_buf *list, const char *item)
{
    int status = csvk_buf_puts(list, list->length != 0 ? ",\"" : "\"");
    for (; *item != '\0' && status == CSVK_OK; item++) {
        status = csvk_buf_printf(list, *item == '"' ? "\"%c" : "%c", *item);
    }
    return status == CSVK_OK ? csvk_buf_putc(list, '"') : status;
}

/* Adds the texts of a list, or a single text, by `add`. False: it is neither. */
static bool read_texts(struct settings_reading *reading, const cJSON *node,
                       int (*add)(void *to, const char *text), void *to)
{
    const cJSON *item = cJSON_IsArray(node) ? node->child : node;
    bool good = item != NULL;
    for (; item != NULL; item = item == node ? NULL : item->next) {
        if (!cJSON_IsString(item)) {
            good = false;
        } else if (add(to, item->valuestring) != CSVK_OK) {
            no_memory(reading);
        }
    }
    return good;
}

static int add_to_list(void *to, const char *text)
{
    return add_item(to, text);
}

static void read_names(struct settings_reading *reading, size_t setting, const cJSON *node)
{
    struct csvk_buf list = CSVK_BUF_INIT;
    if (cJSON_IsArray(node) && read_texts(reading, node, add_to_list, &list)) {
        keep(reading, setting, csvk_buf_text(&list));
    } else {
        fault(reading, node, "\"%s\": a list of names was expected", node->string);
    }
    csvk_buf_release(&list);
}

static void read_member(struct settings_reading *reading, size_t setting, const cJSON *node)
{
    const struct member *member = &members[setting];
    struct csvk_error err = {0};
    if (member->type == TYPE_NAMES) {
        read_names(reading, setting, node);
    } else if (member->type == TYPE_FLAG && cJSON_IsBool(node)) {
        keep(reading, setting, cJSON_IsTrue(node) ? "true" : "false");
    } else if (member->type == TYPE_TEXT && cJSON_IsString(node)) {
        const char *wrong = member->judge(node->valuestring, &err);
        if (wrong != NULL) {
            fault(reading, node, "\"%s\": %s", node->string, wrong);
        } else {
            keep(reading, setting, node->valuestring);
        }
    } else {
        fault(reading, node, "\"%s\": %s was expected, but this is %s", node->string,
              member->type == TYPE_FLAG ? "true or false" : "a string", tree_type_name(node));
    }
}

/* ---- rules ---------------------------------------------------------------------------------- */

static void read_rule(struct settings_reading *reading, const cJSON *node)
{
    struct csvk_error err = {0};
    enum csvk_severity level;
    struct csvk_buf text = CSVK_BUF_INIT;
    bool known = strcmp(node->string, "all") == 0 ||
                 csvk_rule_sets_find(csvk_rule_sets, node->string) != NULL;
    const char *near = known ? NULL : cli_suggest_rule(csvk_rule_sets, node->string);
    if (!known) {
        fault(reading, node, "unknown rule \"%s\"%s%s%s", node->string,
              near != NULL ? "; did you mean " : " (`csvkit rules` lists them)",
              near != NULL ? near : "", near != NULL ? "?" : "");
    } else if (!cJSON_IsString(node)) {
        fault(reading, node, "\"%s\": off, info, warning or error was expected, but this is %s",
              node->string, tree_type_name(node));
    } else if (csvk_severity_parse(node->valuestring, &level, &err) != CSVK_OK) {
        fault(reading, node, "\"%s\": %s", node->string, err.text);
    } else if (csvk_buf_printf(&text, "%s=%s", node->string, node->valuestring) != CSVK_OK ||
               csvk_strings_add(&reading->section->rules, csvk_buf_text(&text)) != CSVK_OK) {
        no_memory(reading);
    }
    csvk_buf_release(&text);
}

static bool is_object(struct settings_reading *reading, const cJSON *node)
{
    if (!cJSON_IsObject(node)) {
        fault(reading, node, "\"%s\": an object, in { }, was expected, but this is %s",
              node->string, tree_type_name(node));
    }
    return cJSON_IsObject(node);
}

static void read_rules(struct settings_reading *reading, const cJSON *node)
{
    const cJSON *rule;
    if (is_object(reading, node)) {
        cJSON_ArrayForEach(rule, node)
        {
            read_rule(reading, rule);
        }
    }
}

/* ---- sections ------------------------------------------------------------------------------- */

/* Where a key stands: each place has its own names. */
enum place { PLACE_TOP = 1, PLACE_OVERRIDE = 2, PLACE_DIALECT = 4 };

static const struct {
    const char *name;
    int places;
} other_names[] = {
    {"rules", PLACE_TOP | PLACE_OVERRIDE},
    {"dialect", PLACE_TOP | PLACE_OVERRIDE},
    {"overrides", PLACE_TOP},
    {"$schema", PLACE_TOP},
    {"files", PLACE_OVERRIDE},
};

static int places_of(size_t setting)
{
    return setting < SETTING_DELIMITER ? PLACE_TOP | PLACE_OVERRIDE : PLACE_DIALECT;
}

static void unknown_key(struct settings_reading *reading, const cJSON *node, int place)
{
    const char *names[SETTINGS + 8];
    size_t count = 0;
    for (size_t i = 0; i < SETTINGS; i++) {
        if ((places_of(i) & place) != 0) {
            names[count++] = members[i].name;
        }
    }
    for (size_t i = 0; i < sizeof other_names / sizeof other_names[0]; i++) {
        if ((other_names[i].places & place) != 0) {
            names[count++] = other_names[i].name;
        }
    }
    const char *near = cli_suggest(node->string, names, count);
    if (near == NULL && place != PLACE_DIALECT) {
        for (size_t i = SETTING_DELIMITER; i < SETTINGS; i++) {
            if (strcmp(node->string, members[i].name) == 0) {
                fault(reading, node, "\"%s\" belongs into \"dialect\"", node->string);
                return;
            }
        }
    }
    fault(reading, node, "unknown key \"%s\"%s%s%s", node->string,
          near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
          near != NULL ? "\"?" : "");
}

/* Reads `node` when it is one of the members of this place. */
static bool read_known(struct settings_reading *reading, const cJSON *node, int place)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        if ((places_of(i) & place) != 0 && strcmp(members[i].name, node->string) == 0) {
            read_member(reading, i, node);
            return true;
        }
    }
    return false;
}

static void read_dialect(struct settings_reading *reading, const cJSON *dialect)
{
    const cJSON *node;
    if (!is_object(reading, dialect)) {
        return;
    }
    cJSON_ArrayForEach(node, dialect)
    {
        if (!read_known(reading, node, PLACE_DIALECT)) {
            unknown_key(reading, node, PLACE_DIALECT);
        }
    }
}

static int add_glob(void *to, const char *text)
{
    return csvk_strings_add(to, text);
}

static void read_globs(struct settings_reading *reading, const cJSON *node)
{
    struct csvk_strings *globs = &reading->section->globs;
    if (!read_texts(reading, node, add_glob, globs)) {
        fault(reading, node, "\"files\": a pattern, or a list of patterns, was expected");
    }
    for (size_t i = 0; i < globs->count; i++) {
        const char *wrong = project_glob_problem(globs->item[i]);
        if (wrong != NULL) {
            fault(reading, node, "\"files\": \"%s\": %s", globs->item[i], wrong);
        }
    }
}

static void read_override(struct settings_reading *reading, const cJSON *section)
{
    const cJSON *node;
    if (!cJSON_IsObject(section)) {
        fault(reading, section, "\"overrides\": an object, in { }, was expected, but this is %s",
              tree_type_name(section));
        return;
    }
    if (tree_get(section, "files") == NULL) {
        fault(reading, section, "\"files\" is missing: for which files is this?");
    }
    cJSON_ArrayForEach(node, section)
    {
        if (strcmp(node->string, "files") == 0) {
            read_globs(reading, node);
        } else if (strcmp(node->string, "rules") == 0) {
            read_rules(reading, node);
        } else if (strcmp(node->string, "dialect") == 0) {
            read_dialect(reading, node);
        } else if (!read_known(reading, node, PLACE_OVERRIDE)) {
            unknown_key(reading, node, PLACE_OVERRIDE);
        }
    }
}

static void read_overrides(struct settings_reading *reading, const cJSON *overrides,
                           struct settings *out)
{
    const cJSON *node;
    if (!cJSON_IsArray(overrides)) {
        fault(reading, overrides, "\"overrides\": a list, in [ ], was expected, but this is %s",
              tree_type_name(overrides));
        return;
    }
    cJSON_ArrayForEach(node, overrides)
    {
        reading->section = &out->section[out->count++];
        read_override(reading, node);
    }
    reading->section = &out->section[0];
}

static void read_top(struct settings_reading *reading, struct settings *out)
{
    const cJSON *root = reading->tree->root, *node;
    const cJSON *overrides = tree_get(root, "overrides");
    size_t most = 1 + (cJSON_IsArray(overrides) ? (size_t)cJSON_GetArraySize(overrides) : 0);
    out->section = csvk_calloc(most, sizeof *out->section);
    if (out->section == NULL) {
        no_memory(reading);
        return;
    }
    out->count = 1;
    reading->section = &out->section[0];
    cJSON_ArrayForEach(node, root)
    {
        if (strcmp(node->string, "rules") == 0) {
            read_rules(reading, node);
        } else if (strcmp(node->string, "dialect") == 0) {
            read_dialect(reading, node);
        } else if (node == overrides) {
            read_overrides(reading, node, out);
        } else if (strcmp(node->string, "$schema") != 0 && !read_known(reading, node, PLACE_TOP)) {
            unknown_key(reading, node, PLACE_TOP);
        }
    }
}

/* ---- the file ------------------------------------------------------------------------------- */

static int read_text(struct cli *cli, const char *path, struct csvk_buf *text)
{
    errno = 0;
    FILE *file = fopen(path, "rbe");
    char block[4096];
    size_t n;
    int status = CSVK_OK;
    while (file != NULL && status == CSVK_OK && text->length <= LARGEST &&
           (n = fread(block, 1, sizeof block, file)) > 0) {
        status = csvk_buf_add(text, block, n);
    }
    if (file == NULL || ferror(file) != 0) {
        status = cli_trouble(cli, "%s: the project file cannot be read: %s", path, strerror(errno));
    } else if (status != CSVK_OK) {
        status = cli_trouble(cli, "out of memory");
    } else if (text->length > LARGEST) {
        status = cli_trouble(cli, "%s: too long for a project file: more than 1 MiB", path);
    }
    if (file != NULL) {
        fclose(file);
    }
    return status;
}

/* Keys given twice: which one counts is not for us to guess. */
static void tell_findings(struct settings_reading *reading, const struct csvk_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *f = &findings->item[i];
        reading->status =
            cli_trouble(reading->cli, "%s:%llu:%llu: %s", reading->path,
                        (unsigned long long)f->line, (unsigned long long)f->column, f->message);
    }
}

static void read_tree(struct settings_reading *reading, const struct csvk_buf *text,
                      struct settings *out)
{
    struct csvk_findings findings = {0};
    struct csvk_manifest *tree = NULL;
    struct csvk_error err = {0};
    const char *begin = csvk_buf_text(text);
    size_t bom = text->length >= 3 && memcmp(begin, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    int status = csvk_manifest_parse(&tree, begin + bom, text->length - bom, &findings, &err);
    reading->tree = tree;
    if (status == CSVK_EDATA && findings.count != 0) {
        /* "line N, column N: what is wrong" */
        const char *wrong = strstr(err.text, ": ");
        const struct csvk_finding *f = &findings.item[0];
        reading->status = cli_trouble(reading->cli, "%s:%llu:%llu: no JSON: %s", reading->path,
                                      (unsigned long long)f->line, (unsigned long long)f->column,
                                      wrong != NULL ? wrong + 2 : err.text);
    } else if (status != CSVK_OK) {
        reading->status = cli_fail(reading->cli, &err);
    } else {
        tell_findings(reading, &findings);
        read_top(reading, out);
    }
    csvk_findings_release(&findings);
    csvk_manifest_free(tree);
}

int settings_read(struct settings *out, struct cli *cli, const char *path)
{
    struct settings_reading reading = {.cli = cli, .path = path, .status = CLI_GOOD};
    struct csvk_buf text = CSVK_BUF_INIT;
    *out = (struct settings){.path = csvk_strdup(path)};
    reading.status =
        out->path != NULL ? read_text(cli, path, &text) : cli_trouble(cli, "out of memory");
    if (reading.status == CLI_GOOD) {
        read_tree(&reading, &text, out);
    }
    csvk_buf_release(&text);
    return reading.status;
}

void settings_release(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        struct settings_section *section = &settings->section[i];
        csvk_strings_release(&section->globs);
        csvk_strings_release(&section->rules);
        for (size_t j = 0; j < SETTINGS; j++) {
            csvk_free(section->value[j]);
        }
    }
    csvk_free(settings->section);
    csvk_free(settings->path);
    *settings = (struct settings){0};
}
