/*
 * processor_steps.c - the steps "normalize", "columns" and "slice" of the parameters as options of
 * the calls that do them. A key of a step is a row here: its name, that of the option of the
 * command, the type of its JSON value, and where the value goes. Those of "columns" are lists and
 * names, and read one by one.
 */
#include "csvkit/base/numbers.h"
#include "manifest/processor/processor_parts.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* ---- rows ------------------------------------------------------------------------------------ */

struct step_word { /* a value that a key may have; a list of them ends with a NULL */
    const char *text;
    int value;
};

enum step_kind {
    STEP_FLAG,      /* true or false: a bool */
    STEP_COUNT,     /* a whole number from `least` to `most`: a uint64_t */
    STEP_LEVEL,     /* the same: an int */
    STEP_SIZE,      /* a number or a text such as "20MB": a uint64_t */
    STEP_WORD,      /* one of `words`: an enum, which is an int here */
    STEP_SWITCH,    /* one of `words`: a bool */
    STEP_NAME,      /* a text: a const char *, borrowed */
    STEP_BYTE,      /* a byte of a dialect: an int */
    STEP_ROLE,      /* the same, or none */
    STEP_DELIMITER, /* a delimiter, perhaps of several bytes, or auto */
    STEP_NOWHERE,   /* true or false that is looked at elsewhere */
};

struct step_key {
    const char *name, *option;
    enum step_kind kind;
    size_t offset; /* of the value, in the struct of the step */
    const struct step_word *words;
    uint64_t least, most;
};

/* No value of enum csvk_normalize_ragged: every record stays, and the table gets the width of the
   widest one. */
enum { RAGGED_WIDEN = 1000 };

#define AT(member)       offsetof(struct processor_normalize, member)
#define SLICE_AT(member) offsetof(struct processor_slice, member)
static const struct step_word line_breaks[] = {
    {"crlf", CSVK_EOL_CRLF}, {"lf", CSVK_EOL_LF}, {"keep", CSVK_EOL_NONE}, {NULL, 0}};
static const struct step_word quotes[] = {{"keep", CSVK_NORMALIZE_QUOTE_KEEP},
                                          {"minimal", CSVK_NORMALIZE_QUOTE_MINIMAL},
                                          {"all", CSVK_NORMALIZE_QUOTE_ALL},
                                          {NULL, 0}};
static const struct step_word names[] = {
    {"keep", CSVK_NORMALIZE_NAMES_KEEP}, {"storage", CSVK_NORMALIZE_NAMES_STORAGE}, {NULL, 0}};
static const struct step_word ragged[] = {{"repair", CSVK_NORMALIZE_RAGGED_REPAIR},
                                          {"pad", CSVK_NORMALIZE_RAGGED_PAD},
                                          {"reject", CSVK_NORMALIZE_RAGGED_REJECT},
                                          {"fail", CSVK_NORMALIZE_RAGGED_FAIL},
                                          {"widen", RAGGED_WIDEN},
                                          {NULL, 0}};
static const struct step_word keep_or_drop[] = {{"keep", false}, {"drop", true}, {NULL, 0}};
static const struct step_word reject_or_remove[] = {
    {"reject", CSVK_NORMALIZE_DEFECT_REJECT}, {"remove", CSVK_NORMALIZE_DEFECT_REMOVE}, {NULL, 0}};
static const struct step_word reject_or_replace[] = {
    {"reject", CSVK_NORMALIZE_DEFECT_REJECT}, {"replace", CSVK_NORMALIZE_DEFECT_REMOVE}, {NULL, 0}};
static const struct step_word keep_or_remove[] = {
    {"keep", CSVK_NORMALIZE_DEFECT_KEEP}, {"remove", CSVK_NORMALIZE_DEFECT_REMOVE}, {NULL, 0}};
static const struct step_word reject_or_drop[] = {{"reject", false}, {"drop", true}, {NULL, 0}};
static const struct step_word missing_names[] = {{"refuse", CSVK_NORMALIZE_MISSING_NAMES_REFUSE},
                                                 {"first", CSVK_NORMALIZE_MISSING_NAMES_FIRST},
                                                 {"last", CSVK_NORMALIZE_MISSING_NAMES_LAST},
                                                 {NULL, 0}};
static const struct step_word line_breaks_in[] = {{"auto", false}, {"any", true}, {NULL, 0}};
static const struct step_word forms[] = {
    {"gzip", CSVK_SLICE_GZIP}, {"none", CSVK_SLICE_PLAIN}, {NULL, 0}};

static const struct step_key normalize_keys[] = {
    {"delimiter", "delimiter", STEP_DELIMITER, AT(options.dialect), NULL, 0, 0},
    {"enclosure", "enclosure", STEP_ROLE, AT(options.dialect.enclosure), NULL, 0, 0},
    {"escape", "escape", STEP_ROLE, AT(options.dialect.escape), NULL, 0, 0},
    {"skip_blanks", "skip-blanks", STEP_FLAG, AT(options.dialect.skip_blanks), NULL, 0, 0},
    {"encoding", "encoding", STEP_NAME, AT(files.encoding), NULL, 0, 0},
    {"to_delimiter", "to-delimiter", STEP_BYTE, AT(options.to.delimiter), NULL, 0, 0},
    {"to_enclosure", "to-enclosure", STEP_ROLE, AT(options.to.enclosure), NULL, 0, 0},
    {"line_break", "line-break", STEP_WORD, AT(options.line_break), line_breaks, 0, 0},
    {"quote", "quote", STEP_WORD, AT(options.quote), quotes, 0, 0},
    {"names", "names", STEP_WORD, AT(options.names), names, 0, 0},
    {"trim", "trim", STEP_FLAG, AT(options.trim), NULL, 0, 0},
    {"ragged", "ragged", STEP_WORD, AT(options.ragged), ragged, 0, 0},
    {"missing_names", "missing-names", STEP_WORD, AT(options.missing_names), missing_names, 0, 0},
    {"repeated_headers", "repeated-headers", STEP_SWITCH, AT(options.drop_repeated_headers),
     reject_or_drop, 0, 0},
    {"empty_records", "empty-records", STEP_SWITCH, AT(options.drop_empty_records), keep_or_drop, 0,
     0},
    {"null_bytes", "null-bytes", STEP_WORD, AT(options.nul), reject_or_remove, 0, 0},
    {"invalid_utf8", "invalid-utf8", STEP_WORD, AT(options.invalid_utf8), reject_or_replace, 0, 0},
    {"encoding_fallback", "encoding-fallback", STEP_NAME, AT(options.encoding_fallback), NULL, 0,
     0},
    {"control_chars", "control-chars", STEP_WORD, AT(options.control), keep_or_remove, 0, 0},
    {"skip_head", "skip-head", STEP_COUNT, AT(options.skip_head), NULL, 0, UINT64_MAX},
    {"skip_tail", "skip-tail", STEP_COUNT, AT(options.skip_tail), NULL, 0, 1U << 20},
    {"comment", "comment", STEP_BYTE, AT(options.comment), NULL, 0, 0},
    {"line_break_in", "line-break-in", STEP_SWITCH, AT(options.any_eol), line_breaks_in, 0, 0},
    {"max_repairs", "max-repairs", STEP_COUNT, AT(options.max_repairs), NULL, 0, UINT64_MAX},
    {"strict", "strict", STEP_FLAG, AT(options.strict), NULL, 0, 0},
    {"verify", "verify", STEP_FLAG, AT(files.verify), NULL, 0, 0},
    {"rejects", NULL, STEP_NOWHERE, 0, NULL, 0, 0},
    {NULL, NULL, STEP_NOWHERE, 0, NULL, 0, 0},
};
static const struct step_key slice_keys[] = {
    {"slice_size", "slice-size", STEP_SIZE, SLICE_AT(how.slice_size), NULL, 0, 0},
    {"any_size", "any-size", STEP_FLAG, SLICE_AT(any_size), NULL, 0, 0},
    {"records", "records", STEP_COUNT, SLICE_AT(how.records_each), NULL, 1, UINT64_MAX},
    {"slices", "slices", STEP_COUNT, SLICE_AT(how.count), NULL, 1, CSVK_SLICES_MAX},
    {"compress", "compress", STEP_WORD, SLICE_AT(how.form), forms, 0, 0},
    {"level", "level", STEP_LEVEL, SLICE_AT(how.level), NULL, 1, 9},
    {"keep_empty", "keep-empty", STEP_FLAG, SLICE_AT(keep_empty), NULL, 0, 0},
    {"min_slice_size", "min-slice-size", STEP_SIZE, SLICE_AT(min_slice_size), NULL, 0, 0},
    {"min_table_size", "min-table-size", STEP_SIZE, SLICE_AT(min_table_size), NULL, 0, 0},
    {"verify", "verify", STEP_FLAG, SLICE_AT(verify), NULL, 0, 0},
    {NULL, NULL, STEP_NOWHERE, 0, NULL, 0, 0},
};

static const struct step_key *find_key(const struct step_key *keys, const char *name)
{
    while (keys->name != NULL && strcmp(keys->name, name) != 0) {
        keys++;
    }
    return keys->name != NULL ? keys : NULL;
}

enum step_value processor_step_value(const char *name)
{
    const struct step_key *key = find_key(normalize_keys, name);
    if (key == NULL) {
        return STEP_VALUE_NONE;
    }
    switch (key->kind) {
    case STEP_FLAG:
    case STEP_NOWHERE: return STEP_VALUE_FLAG;
    case STEP_COUNT:
    case STEP_LEVEL:
    case STEP_SIZE: return STEP_VALUE_NUMBER;
    default: return STEP_VALUE_TEXT;
    }
}

/* ---- types of JSON values -------------------------------------------------------------------- */

static bool is_count(const cJSON *node)
{
    double value = cJSON_IsNumber(node) ? node->valuedouble : -1;
    return value >= 0 && value <= 9007199254740992.0 && (double)(uint64_t)value >= value;
}

/* NULL: the value is of the type that the key wants; else what it must be. */
static const char *wrong_type(const cJSON *node, enum step_kind kind)
{
    switch (kind) {
    case STEP_FLAG:
    case STEP_NOWHERE: return cJSON_IsBool(node) ? NULL : "true or false";
    case STEP_COUNT:
    case STEP_LEVEL: return is_count(node) ? NULL : "a whole number";
    case STEP_SIZE: return is_count(node) || cJSON_IsString(node) ? NULL : "a size";
    default: return cJSON_IsString(node) ? NULL : "a text";
    }
}

/* Says what is wrong with the shape of a step, before any value is looked at. */
static int check_step(const struct processor *p, const cJSON *step, const struct step_key *keys,
                      const char *where)
{
    const cJSON *node;
    if (step == NULL || cJSON_IsBool(step)) {
        return CSVK_OK;
    }
    if (!cJSON_IsObject(step)) {
        return PROCESSOR_REFUSE(p, "parameters: \"%s\" must be true, false or an object", where);
    }
    cJSON_ArrayForEach(node, step)
    {
        const struct step_key *key = find_key(keys, node->string);
        const char *wanted = key != NULL ? wrong_type(node, key->kind) : NULL;
        if (key == NULL) {
            return PROCESSOR_REFUSE(p, "parameters: \"%s\" has no option \"%s\"", where,
                                    node->string);
        }
        if (wanted != NULL) {
            return PROCESSOR_REFUSE(p, "parameters: \"%s\" of \"%s\" must be %s", key->name, where,
                                    wanted);
        }
    }
    return CSVK_OK;
}

/* ---- values ---------------------------------------------------------------------------------- */

static int refuse_word(const struct processor *p, const struct step_key *key, const char *text)
{
    struct csvk_buf list = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (const struct step_word *word = key->words; word->text != NULL; word++) {
        status = status == CSVK_OK
                     ? csvk_buf_printf(&list, "%s%s", word == key->words ? "" : "|", word->text)
                     : status;
    }
    status = status == CSVK_OK ? PROCESSOR_REFUSE(p, "parameters: --%s=%s: choose one of %s",
                                                  key->option, text, csvk_buf_text(&list))
                               : processor_no_memory(p);
    csvk_buf_release(&list);
    return status;
}

static int set_word(const struct processor *p, const struct step_key *key, const char *text,
                    void *value)
{
    const struct step_word *word = key->words;
    while (word->text != NULL && strcmp(word->text, text) != 0) {
        word++;
    }
    if (word->text == NULL) {
        return refuse_word(p, key, text);
    }
    if (key->kind == STEP_SWITCH) {
        *(bool *)value = word->value != 0;
    } else {
        memcpy(value, &word->value, sizeof word->value);
    }
    return CSVK_OK;
}

static int set_count(const struct processor *p, const struct step_key *key, const cJSON *node,
                     void *value)
{
    uint64_t number = (uint64_t)node->valuedouble;
    if (number >= key->least && number <= key->most) {
        if (key->kind == STEP_LEVEL) {
            *(int *)value = (int)number;
        } else {
            *(uint64_t *)value = number;
        }
        return CSVK_OK;
    }
    return key->most == UINT64_MAX
               ? PROCESSOR_REFUSE(p, "parameters: --%s=%" PRIu64 ": must be at least %" PRIu64,
                                  key->option, number, key->least)
               : PROCESSOR_REFUSE(
                     p, "parameters: --%s=%" PRIu64 ": must be from %" PRIu64 " to %" PRIu64,
                     key->option, number, key->least, key->most);
}

static int set_size(const struct processor *p, const struct step_key *key, const cJSON *node,
                    uint64_t *value)
{
    const char *text = node->valuestring;
    if (!cJSON_IsString(node)) {
        *value = (uint64_t)node->valuedouble;
        return CSVK_OK;
    }
    switch (csvk_parse_size(text, value)) {
    case CSVK_NUMBER_OK: return CSVK_OK;
    case CSVK_NUMBER_OVERFLOW:
        return PROCESSOR_REFUSE(p, "parameters: --%s=%s: too large a number", key->option, text);
    case CSVK_NUMBER_UNIT:
        return PROCESSOR_REFUSE(p,
                                "parameters: --%s=%s: unknown unit; use kB MB GB TB (powers of "
                                "1000) or KiB MiB GiB TiB (powers of 1024)",
                                key->option, text);
    case CSVK_NUMBER_BAD: break;
    }
    return PROCESSOR_REFUSE(p, "parameters: --%s=%s: not a size such as 1000, 64KiB or 50MB",
                            key->option, text);
}

static int set_bytes(const struct processor *p, const struct step_key *key, const char *text,
                     void *value)
{
    struct csvk_error why = {0};
    int status = CSVK_OK;
    if (key->kind != STEP_DELIMITER) {
        status = csvk_dialect_parse_byte(text, key->option, key->kind == STEP_ROLE, value, &why);
    } else if (strcmp(text, "auto") != 0) {
        status = csvk_dialect_parse_delimiter(text, value, &why);
    }
    return status == CSVK_OK
               ? status
               : PROCESSOR_REFUSE(p, "parameters: --%s=%s: %s", key->option, text, why.text);
}

static int set_value(const struct processor *p, const struct step_key *key, const cJSON *node,
                     void *value)
{
    switch (key->kind) {
    case STEP_FLAG: *(bool *)value = *(bool *)value || cJSON_IsTrue(node); return CSVK_OK;
    case STEP_COUNT:
    case STEP_LEVEL: return set_count(p, key, node, value);
    case STEP_SIZE: return set_size(p, key, node, value);
    case STEP_WORD:
    case STEP_SWITCH: return set_word(p, key, node->valuestring, value);
    case STEP_NAME: *(const char **)value = node->valuestring; return CSVK_OK;
    case STEP_BYTE:
    case STEP_ROLE:
    case STEP_DELIMITER: return set_bytes(p, key, node->valuestring, value);
    case STEP_NOWHERE: break;
    }
    return CSVK_OK;
}

/* `to` is the struct that the offsets of the keys are in. */
static int read_step(const struct processor *p, const cJSON *step, const struct step_key *keys,
                     const char *where, void *to)
{
    const cJSON *node;
    int status = check_step(p, step, keys, where);
    if (status != CSVK_OK || !cJSON_IsObject(step)) {
        return status;
    }
    cJSON_ArrayForEach(node, step)
    {
        const struct step_key *key = find_key(keys, node->string);
        if (status == CSVK_OK) {
            status = set_value(p, key, node, (char *)to + key->offset);
        }
    }
    return status;
}

/* ---- steps ----------------------------------------------------------------------------------- */

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

int processor_read_normalize(const struct processor *p, const cJSON *step,
                             struct processor_normalize *out)
{
    struct csvk_error why = {0};
    const cJSON *delimiter = get(step, "delimiter");
    int status = read_step(p, step, normalize_keys, "normalize", out);
    if (status != CSVK_OK) {
        return status;
    }
    out->files.sniff_delimiter =
        cJSON_IsString(delimiter) && strcmp(delimiter->valuestring, "auto") == 0;
    out->files.keep_escape = get(step, "escape") != NULL;
    const cJSON *ragged_records = get(step, "ragged");
    out->widen =
        cJSON_IsString(ragged_records) && strcmp(ragged_records->valuestring, "widen") == 0;
    if (out->widen) {
        out->options.ragged = CSVK_NORMALIZE_RAGGED_PAD;
    }
    if (out->widen && out->options.names == CSVK_NORMALIZE_NAMES_STORAGE) {
        return PROCESSOR_REFUSE(p, "parameters: --ragged=widen excludes --names=storage");
    }
    return csvk_dialect_check(&out->options.to, &why) == CSVK_OK
               ? CSVK_OK
               : PROCESSOR_REFUSE(p, "parameters: --to-delimiter, --to-enclosure: %s", why.text);
}

int processor_read_slice(const struct processor *p, const cJSON *step, struct processor_slice *out)
{
    int status = read_step(p, step, slice_keys, "slice", out);
    bool size = get(step, "slice_size") != NULL, records = get(step, "records") != NULL,
         slices = get(step, "slices") != NULL;
    if (status != CSVK_OK) {
        return status;
    }
    if (size + records + slices > 1) {
        return PROCESSOR_REFUSE(
            p, "parameters: give only one of --slice-size, --records and --slices");
    }
    if (out->min_slice_size != 0 && !slices) {
        return PROCESSOR_REFUSE(p, "parameters: --min-slice-size is for --slices only");
    }
    out->how.cut = records  ? CSVK_SLICE_BY_RECORDS
                   : slices ? CSVK_SLICE_BY_COUNT
                            : CSVK_SLICE_BY_SIZE;
    bool none = get(step, "keep_empty") != NULL && !out->keep_empty;
    out->how.none = none ? CSVK_SLICE_NO_SLICE : CSVK_SLICE_EMPTY_SLICE;
    return CSVK_OK;
}

/* ---- columns --------------------------------------------------------------------------------- */

void processor_columns_release(struct processor_columns *columns)
{
    csvk_strings_release(&columns->given);
    csvk_strings_release(&columns->select);
    *columns = (struct processor_columns){0};
}

/* A list of names, at least one, none empty, each one once. */
static int read_names(const struct processor *p, const cJSON *list, const char *key,
                      struct csvk_strings *out)
{
    const cJSON *name;
    bool good = cJSON_GetArraySize(list) > 0;
    cJSON_ArrayForEach(name, list)
    {
        good = good && cJSON_IsString(name) && name->valuestring[0] != '\0';
        if (good && csvk_strings_has(out, name->valuestring)) {
            return PROCESSOR_REFUSE(p, "parameters: \"%s\" of \"columns\" names \"%s\" twice", key,
                                    name->valuestring);
        }
        if (good && csvk_strings_add(out, name->valuestring) != CSVK_OK) {
            return processor_no_memory(p);
        }
    }
    return good ? CSVK_OK
                : PROCESSOR_REFUSE(p, "parameters: \"%s\" of \"columns\" must be a list of names",
                                   key);
}

static int read_where_names_come_from(const struct processor *p, const cJSON *node,
                                      struct processor_columns *out)
{
    if (cJSON_IsArray(node)) {
        out->names = PROCESSOR_NAMES_GIVEN;
        return read_names(p, node, "names", &out->given);
    }
    bool header = cJSON_IsString(node) && strcmp(node->valuestring, "header") == 0;
    bool automatic = cJSON_IsString(node) && strcmp(node->valuestring, "auto") == 0;
    out->names = header ? PROCESSOR_NAMES_HEADER : PROCESSOR_NAMES_AUTO;
    return header || automatic
               ? CSVK_OK
               : PROCESSOR_REFUSE(p, "parameters: \"names\" of \"columns\" must be \"header\", "
                                     "\"auto\" or a list of names");
}

static int read_added(const struct processor *p, const cJSON *node, const char **out)
{
    if (!cJSON_IsString(node) || node->valuestring[0] == '\0') {
        return PROCESSOR_REFUSE(p, "parameters: \"%s\" of \"columns\" must be the name of a column",
                                node->string);
    }
    *out = node->valuestring;
    return CSVK_OK;
}

static int read_columns_key(const struct processor *p, const cJSON *node,
                            struct processor_columns *out)
{
    if (strcmp(node->string, "names") == 0) {
        return read_where_names_come_from(p, node, out);
    }
    if (strcmp(node->string, "select") == 0) {
        return cJSON_IsArray(node) ? read_names(p, node, "select", &out->select)
                                   : PROCESSOR_REFUSE(p, "parameters: \"select\" of \"columns\" "
                                                         "must be a list of names");
    }
    if (strcmp(node->string, "row_number") == 0) {
        return read_added(p, node, &out->row_number);
    }
    if (strcmp(node->string, "file_name") == 0) {
        return read_added(p, node, &out->file_name);
    }
    return PROCESSOR_REFUSE(p, "parameters: \"columns\" has no option \"%s\"", node->string);
}

int processor_read_columns(const struct processor *p, const cJSON *step,
                           struct processor_columns *out)
{
    const cJSON *node;
    int status = CSVK_OK;
    if (step == NULL || cJSON_IsFalse(step)) {
        return CSVK_OK;
    }
    if (!cJSON_IsObject(step)) {
        return PROCESSOR_REFUSE(p, "parameters: \"columns\" must be false or an object");
    }
    cJSON_ArrayForEach(node, step)
    {
        status = status == CSVK_OK ? read_columns_key(p, node, out) : status;
    }
    if (status == CSVK_OK && out->row_number != NULL && out->file_name != NULL &&
        strcmp(out->row_number, out->file_name) == 0) {
        return PROCESSOR_REFUSE(p,
                                "parameters: \"row_number\" and \"file_name\" of \"columns\" are "
                                "both called \"%s\"",
                                out->row_number);
    }
    return status;
}
