/*
 * manifest_findings.c - the table of rules, the list of findings, and the judge that fills the
 * list.
 *
 * Ids and severities of rules are an interface: reports, profiles and documents name them. The
 * texts are for people and may change.
 */
#include "manifest/manifest_tree.h"
#include "csvkit/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct csvk_rule rules[RULE_COUNT] = {
    [RULE_JSON] = {"manifest-json", "E", NULL, "The manifest is not valid JSON.",
                   "The platform cannot parse it, and the job fails.", "",
                   "Correct the text at the place named.", "", "parse error, the job fails", NULL},
    [RULE_ENCODING] = {"manifest-encoding", "E", NULL, "The manifest is not UTF-8.",
                       "JSON must be UTF-8; the platform's parser refuses other bytes.", "",
                       "Save the manifest as UTF-8.", "", NULL, NULL},
    [RULE_BOM] = {"manifest-bom", "E", NULL, "The manifest begins with a byte order mark.",
                  "The platform's JSON parser refuses it.", "",
                  "Save the manifest as UTF-8 without a byte order mark.", "",
                  "parse error, the job fails", NULL},
    [RULE_LIMIT] = {"manifest-limit", "E", NULL,
                    "The manifest is too large, or nested too deeply, to be read.",
                    "The limits are 64 MiB and 64 levels of nesting; no manifest that the platform "
                    "accepts comes near them.",
                    "", "Check the program that wrote the manifest.", "",
                    "parse error, the job fails", NULL},
    [RULE_NOT_OBJECT] = {"manifest-not-object", "E", NULL,
                         "The manifest is JSON, but not an object.",
                         "The platform expects an object of named fields.", "",
                         "Put the named fields into one object, between { and }.", "",
                         "parse error, the job fails", NULL},
    [RULE_DUPLICATE_KEY] = {"manifest-duplicate-key", "E", NULL, "A key is given more than once.",
                            "Which of the values counts depends on the parser.", "",
                            "Keep one of them and remove the others.", "", NULL, NULL},
    [RULE_UNKNOWN_KEY] = {"manifest-unknown-key", "E", NULL,
                          "The manifest has a key that the platform does not know.",
                          "The platform refuses the whole manifest: Unrecognized option.", "",
                          "Remove the key, or correct its name.", "",
                          "the manifest is refused and the job fails", NULL},
    [RULE_TYPE] = {"manifest-type", "E", NULL, "A value has the wrong type.",
                   "The platform refuses the manifest.", "",
                   "Write a value of the type that the key needs.", "",
                   "the manifest is refused and the job fails", NULL},
    [RULE_VALUE] = {"manifest-value", "E", NULL, "A key has a value that is not allowed.",
                    "The platform refuses the manifest.", "", "Use one of the allowed values.", "",
                    "the manifest is refused and the job fails", NULL},
    [RULE_REQUIRED] = {"manifest-required", "E", NULL, "A required key is missing.",
                       "The platform refuses the manifest.", "", "Add the key.", "",
                       "the manifest is refused and the job fails", NULL},
    [RULE_CONFLICT] = {"manifest-conflict", "E", NULL, "Two keys exclude each other.",
                       "The platform refuses a manifest that mixes the two generations or says the "
                       "same thing with two keys.",
                       "", "Keep one of the two.", "", "the manifest is refused and the job fails",
                       NULL},
    [RULE_DATA_TYPE] = {"manifest-data-type", "E", NULL,
                        "A data type is one that the platform does not accept.",
                        "Every data type needs a base type; besides it, only snowflake and "
                        "bigquery are known.",
                        "",
                        "Use STRING, INTEGER, NUMERIC, FLOAT, BOOLEAN, DATE or TIMESTAMP as the "
                        "base type.",
                        "", "the manifest is refused and the job fails", NULL},
    [RULE_DELETE_WHERE] =
        {"manifest-delete-where", "E", NULL,
         "The rows to delete are described incompletely or wrongly.",
         "The platform refuses the description, or it would delete nothing.", "",
         "Give a column with values, or filters with exactly one source of values each.", "",
         "the manifest is refused and the job fails", NULL},
    [RULE_PRIMARY_KEY] =
        {"manifest-primary-key", "E", NULL,
         "The primary key or the distribution key does not fit the columns.",
         "Names in a key are compared exactly, and Storage refuses a key column that does not "
         "exist.",
         "", "Write the name exactly as the column has it.", "", "the load is refused", NULL},
    [RULE_SYSTEM_COLUMN] = {"manifest-system-column", "E", NULL, "A column is called _timestamp.",
                            "Storage fills _timestamp itself and refuses to import it, in any "
                            "letter case.",
                            "", "Rename the column.", "", "the job fails", NULL},
    [RULE_COLUMN_NAME] =
        {"manifest-column-name", "E", NULL, "Storage changes or refuses the name of a column.",
         "Storage reduces names to letters, digits and _; what is left must have 1 to 64 "
         "characters.",
         "", "Use the cleaned name from the start.", "",
         "Storage refuses the name (invalidColumnName), or renames the column", NULL},
    [RULE_COLUMN_COLLISION] = {"manifest-column-collision", "E", NULL,
                               "Two columns have, or will get, the same name.",
                               "Once Storage has cleaned them, names must differ in more than "
                               "letter case; otherwise the load fails.",
                               "", "Rename one of the two.", "", "the load fails", NULL},
    [RULE_COLUMN_METADATA] = {"manifest-column-metadata", "E", NULL,
                              "Metadata cannot be stored as it is written.",
                              "Metadata needs keys and values, and the columns that it is for must "
                              "exist.",
                              "", "Correct the entry or the name of the column.", "", NULL, NULL},
    [RULE_DESTINATION] = {"manifest-destination", "E", NULL,
                          "The destination does not name a table.",
                          "A table id is stage.c-bucket.table; a bare name needs a default bucket.",
                          "", "Write a complete table id.", "", NULL, NULL},
    [RULE_DIALECT] = {"manifest-dialect", "E", NULL,
                      "The delimiter or the enclosure cannot be used.",
                      "Each is one character of one byte, only the enclosure may be empty, and the "
                      "two must differ.",
                      "", "Write one character.", "", NULL, NULL},
    [RULE_INCREMENTAL] =
        {"manifest-incremental", "W", NULL, "Another field does not suit the kind of load.",
         "Appending without a key repeats rows when a job runs again; deleting rows before a full "
         "load does nothing.",
         "", "Set a primary key, or set incremental.", "",
         "rows are repeated when the job runs again, or are never deleted", NULL},
    [RULE_SCHEMA_MISSING] =
        {"manifest-schema-missing", "E", NULL,
         "The project uses native data types, but the manifest lacks them.",
         "With native data types the platform refuses a manifest without a schema.", "",
         "Write a native manifest: csvkit manifest convert --to=native.", "", "the job fails",
         NULL},
    [RULE_STAGING] = {"manifest-staging", "E", NULL,
                      "The section s3 or abs does not say where the data is.",
                      "The data of an input manifest is found by this section.", "",
                      "Use the manifest as the platform wrote it.", "", NULL, NULL},
    [RULE_SLICED_COLUMNS] = {"manifest-sliced-columns", "E", NULL,
                             "The manifest of a sliced table names no columns.",
                             "Slices have no header, so the platform cannot know the names.", "",
                             "Add columns or schema to the manifest.", "", "the job fails", NULL},
    [RULE_WIDTH] = {"manifest-width", "E", NULL,
                    "The number of fields in a record is not the number of columns.",
                    "The load fails at the first such record.", "",
                    "Correct the data, the columns or the delimiter.", "",
                    "the load fails and names one row", NULL},
    [RULE_COMPRESSION] = {"manifest-compression", "E", NULL,
                          "The name and the content of a file disagree about gzip.",
                          "Loaders look at the name: plain data named .gz fails, gzip data without "
                          ".gz is compressed once more.",
                          "", "Give gzip files, and no others, names that end with .gz.", "",
                          "the runner compresses once more, or the load fails", NULL},
    [RULE_DATA] = {"manifest-data", "E", NULL, "The data cannot be loaded as it is.",
                   "The platform would refuse it or take it for something else.", "",
                   "See the message.", "",
                   "the load fails, or a byte order mark stays in the first value", NULL},
    [RULE_MERGE] = {"manifest-merge", "E", NULL,
                    "The manifest and the output mapping cannot be merged.",
                    "The platform stops before it loads anything.", "",
                    "Correct the mapping or the manifest.", "", "the job fails", NULL},
    [RULE_NOT_CARRIED] = {"manifest-not-carried", "W", NULL,
                          "Something has no place in the other generation of manifests.",
                          "The converted manifest is without it.", "",
                          "Check whether it is needed.", "", NULL, NULL},
};

const struct csvk_rule_set csvk_manifest_rules = {rules, RULE_COUNT};

static bool copy_text(char **to, const char *text)
{
    *to = text != NULL ? csvk_strdup(text) : NULL;
    return text == NULL || *to != NULL;
}

static void complain_args(struct judge *judge, const struct complaint *what, const char *format,
                          va_list args) CSVK_PRINTF(3, 0);

/* What is wrong with something that the reader of a table goes by: it counts for nothing then, or
   for something else. */
static bool is_about_reading(enum rule_id rule)
{
    return rule == RULE_UNKNOWN_KEY || rule == RULE_TYPE || rule == RULE_REQUIRED ||
           rule == RULE_CONFLICT || rule == RULE_DATA_TYPE || rule == RULE_DIALECT;
}

/* Adds a finding; its path and file are those of the judge. */
static int keep(struct judge *judge, const struct complaint *what, const char *message)
{
    if (judge->reading && !is_about_reading(what->rule)) {
        return CSVK_OK;
    }
    struct csvk_finding finding = {.rule = &rules[what->rule]};
    finding.severity =
        what->mild ? CSVK_WARNING : csvk_rule_level(finding.rule, CSVK_PROFILE_KEBOOLA);
    finding.severity = finding.severity > judge->most ? judge->most : finding.severity;
    struct manifest_place place = what->place;
    bool known = what->node != NULL && manifest_place(judge->manifest, what->node, &place);
    finding.has_byte = known || what->has_byte;
    finding.byte = place.byte;
    finding.line = place.line;
    finding.column = place.column;
    finding.column_chars = place.column_chars;
    if (!copy_text(&finding.message, message) ||
        !copy_text(&finding.path, csvk_buf_text(&judge->path)) ||
        !copy_text(&finding.remedy, what->remedy) || !copy_text(&finding.file, judge->file)) {
        csvk_finding_release(&finding);
        return CSVK_ENOMEM;
    }
    return csvk_findings_add(judge->findings, &finding);
}

/* Formats the message and keeps the finding. */
static void complain_args(struct judge *judge, const struct complaint *what, const char *format,
                          va_list args)
{
    char small[1024];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    char *large = n >= (int)sizeof small ? csvk_malloc((size_t)n + 1) : NULL;
    if (large != NULL) {
        vsnprintf(large, (size_t)n + 1, format, again);
    }
    va_end(again);
    bool no_memory = n < 0 || (n >= (int)sizeof small && large == NULL);
    if (no_memory || keep(judge, what, large != NULL ? large : small) != CSVK_OK) {
        judge->status = CSVK_ENOMEM;
    }
    csvk_free(large);
}

void complain(struct judge *judge, struct complaint what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    complain_args(judge, &what, format, args);
    va_end(args);
}

int csvk_manifest_note_add(struct csvk_findings *findings, const struct csvk_manifest_note *note,
                           const char *format, ...)
{
    size_t rule = 0;
    while (rule < RULE_COUNT && strcmp(rules[rule].id, note->rule) != 0) {
        rule++;
    }
    if (rule == RULE_COUNT) {
        return CSVK_EUSAGE;
    }
    struct judge judge;
    struct complaint what = {.rule = (enum rule_id)rule,
                             .remedy = note->remedy,
                             .place = {0, note->line, note->column, note->column == 1}};
    judge_begin(&judge, NULL, findings, note->path);
    judge.file = note->file;
    va_list args;
    va_start(args, format);
    complain_args(&judge, &what, format, args);
    va_end(args);
    return judge_end(&judge);
}

static void note(struct judge *judge, int status)
{
    if (status != CSVK_OK) {
        judge->status = status;
    }
}

void judge_begin(struct judge *judge, const struct csvk_manifest *manifest,
                 struct csvk_findings *findings, const char *path)
{
    *judge = (struct judge){
        .manifest = manifest, .findings = findings, .path = CSVK_BUF_INIT, .most = CSVK_ERROR};
    note(judge, csvk_buf_puts(&judge->path, path));
}

int judge_end(struct judge *judge)
{
    csvk_buf_release(&judge->path);
    return judge->status;
}

/* Plain keys are written as .key, others as ["key"], as in JSONPath. */
size_t path_key(struct judge *judge, const char *key)
{
    size_t mark = judge->path.length;
    bool plain = *key != '\0' && (*key < '0' || *key > '9');
    for (const char *p = key; *p != '\0'; p++) {
        plain = plain && (*p == '_' || (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
                          (*p >= 'A' && *p <= 'Z'));
    }
    if (plain) {
        note(judge, csvk_buf_printf(&judge->path, ".%s", key));
    } else {
        struct csvk_buf quoted = CSVK_BUF_INIT;
        struct csvk_json json;
        csvk_json_init(&json, &quoted);
        csvk_json_string(&json, key);
        note(judge, json.failed ? CSVK_ENOMEM : CSVK_OK);
        note(judge, csvk_buf_printf(&judge->path, "[%s]", csvk_buf_text(&quoted)));
        csvk_buf_release(&quoted);
    }
    return mark;
}

size_t path_index(struct judge *judge, size_t index)
{
    size_t mark = judge->path.length;
    note(judge, csvk_buf_printf(&judge->path, "[%zu]", index));
    return mark;
}

void path_back(struct judge *judge, size_t mark)
{
    if (judge->path.data != NULL && mark < judge->path.length) {
        judge->path.length = mark;
        judge->path.data[mark] = '\0';
    }
}
