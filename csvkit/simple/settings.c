/* settings.c - see settings.h: one row for each setting. */
#include "csvkit/simple/settings.h"

#include <string.h>

static int wrong(const char *value, struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EUSAGE, "\"%s\" is not one of its values", value);
}

/* The index of `value` in `words`, which NULL ends; -1: it is none of them. */
static int word_of(const char *value, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(value, words[i]) == 0) {
            return i;
        }
    }
    return -1;
}

static int read_number(const char *value, uint64_t most, uint64_t *number, struct csvk_error *err)
{
    uint64_t n = 0;
    const char *at = value;
    for (; *at >= '0' && *at <= '9' && n <= most; at++) {
        n = 10 * n + (uint64_t)(*at - '0');
    }
    *number = n;
    return at != value && *at == '\0' && n <= most ? CSVK_OK : wrong(value, err);
}

static int read_names(const char *value, struct csvk_strings *list, struct csvk_error *err)
{
    for (;;) {
        size_t length = strcspn(value, ",");
        if (csvk_strings_addn(list, value, length) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        if (value[length] == '\0') {
            return CSVK_OK;
        }
        value += length + 1;
    }
}

static int set_delimiter(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    s->delimiter_given = true;
    return csvk_dialect_parse_delimiter(value, &s->dialect, err);
}
static int set_enclosure(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    s->enclosure_given = true;
    return csvk_dialect_parse_byte(value, "enclosure", true, &s->dialect.enclosure, err);
}
static int set_escape(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    return csvk_dialect_parse_byte(value, "escape", true, &s->dialect.escape, err);
}
static int set_encoding(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)err;
    s->encoding = value;
    return CSVK_OK;
}
static int set_no_header(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)value;
    (void)err;
    s->no_header = true;
    return CSVK_OK;
}
static int set_columns(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    return read_names(value, &s->columns, err);
}

static int set_profile(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    return csvk_profile_parse(value, &s->validate.profile, err);
}
static int set_primary_key(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    return read_names(value, &s->validate.primary_key, err);
}
static int set_max_findings(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    return read_number(value, UINT64_MAX / 16, &s->validate.max_findings, err);
}

static int set_rejects(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)err;
    s->files.rejects = value;
    return CSVK_OK;
}
static int set_log(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)err;
    s->files.log = value;
    return CSVK_OK;
}
static int set_gzip(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    uint64_t level;
    int status = read_number(value, 9, &level, err);
    s->files.gzip_level = (int)level;
    return status;
}
static int set_verify(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)value;
    (void)err;
    s->files.verify = true;
    return CSVK_OK;
}
static int set_in_place(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)value;
    (void)err;
    s->files.in_place = true;
    return CSVK_OK;
}
static int set_trim(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)value;
    (void)err;
    s->normalize.trim = true;
    return CSVK_OK;
}
static int set_strict(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)value;
    (void)err;
    s->normalize.strict = true;
    return CSVK_OK;
}
static int set_guard(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    (void)value;
    (void)err;
    s->normalize.guard_formulas = true;
    return CSVK_OK;
}
static int set_ragged(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    static const char *const words[] = {"repair", "reject", "fail", "pad", NULL};
    int word = word_of(value, words);
    s->normalize.ragged = (enum csvk_normalize_ragged)word;
    return word >= 0 ? CSVK_OK : wrong(value, err);
}
static int set_quote(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    static const char *const words[] = {"keep", "minimal", "all", NULL};
    int word = word_of(value, words);
    s->normalize.quote = (enum csvk_normalize_quote)word;
    return word >= 0 ? CSVK_OK : wrong(value, err);
}
static int set_line_break(struct simple_settings *s, const char *value, struct csvk_error *err)
{
    static const char *const words[] = {"keep", "lf", "crlf", NULL}; /* by enum csvk_eol */
    int word = word_of(value, words);
    s->normalize.line_break = (enum csvk_eol)word;
    return word >= 0 ? CSVK_OK : wrong(value, err);
}

static const struct setting {
    const char *name;
    unsigned tasks; /* bits of enum simple_task */
    bool has_value;
    int (*set)(struct simple_settings *s, const char *value, struct csvk_error *err);
} rows[] = {
    {"delimiter", SIMPLE_ROWS | SIMPLE_VALIDATE | SIMPLE_NORMALIZE, true, set_delimiter},
    {"enclosure", SIMPLE_ROWS | SIMPLE_VALIDATE | SIMPLE_NORMALIZE, true, set_enclosure},
    {"escape", SIMPLE_ROWS | SIMPLE_VALIDATE | SIMPLE_NORMALIZE, true, set_escape},
    {"encoding", SIMPLE_ROWS | SIMPLE_VALIDATE | SIMPLE_NORMALIZE, true, set_encoding},
    {"no-header", SIMPLE_VALIDATE | SIMPLE_NORMALIZE, false, set_no_header},
    {"columns", SIMPLE_VALIDATE | SIMPLE_NORMALIZE, true, set_columns},
    {"profile", SIMPLE_VALIDATE, true, set_profile},
    {"primary-key", SIMPLE_VALIDATE, true, set_primary_key},
    {"max-findings", SIMPLE_VALIDATE, true, set_max_findings},
    {"rejects", SIMPLE_NORMALIZE, true, set_rejects},
    {"log", SIMPLE_NORMALIZE, true, set_log},
    {"gzip", SIMPLE_NORMALIZE, true, set_gzip},
    {"verify", SIMPLE_NORMALIZE, false, set_verify},
    {"in-place", SIMPLE_NORMALIZE, false, set_in_place},
    {"trim", SIMPLE_NORMALIZE, false, set_trim},
    {"strict", SIMPLE_NORMALIZE, false, set_strict},
    {"guard-formulas", SIMPLE_NORMALIZE, false, set_guard},
    {"ragged", SIMPLE_NORMALIZE, true, set_ragged},
    {"quote", SIMPLE_NORMALIZE, true, set_quote},
    {"line-break", SIMPLE_NORMALIZE, true, set_line_break},
};

/* The row of a setting that `task` knows; NULL: none. */
static const struct setting *find(const char *text, size_t length, enum simple_task task)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, text, length) == 0) {
            return (rows[i].tasks & task) != 0 ? &rows[i] : NULL;
        }
    }
    return NULL;
}

static int read_one(struct simple_settings *s, const char *text, enum simple_task task,
                    struct csvk_error *err)
{
    size_t length = strcspn(text, "=");
    bool has_value = text[length] == '=';
    const struct setting *row = find(text, length, task);
    if (row == NULL || row->has_value != has_value) {
        return csvk_fail(err, CSVK_EUSAGE, "setting \"%s\": %s", text,
                         row == NULL ? "not known here"
                         : has_value ? "it takes no value"
                                     : "it needs a value");
    }
    struct csvk_error why = {0};
    int status = row->set(s, text + length + has_value, &why);
    return status == CSVK_OK ? status
                             : csvk_fail(err, why.status, "setting \"%s\": %s", text, why.text);
}

int simple_settings_read(struct simple_settings *s, const char *const *settings,
                         enum simple_task task, struct csvk_error *err)
{
    *s = (struct simple_settings){.dialect = CSVK_DIALECT_RFC4180,
                                  .files = {.size = sizeof s->files}};
    csvk_validate_options_init(&s->validate);
    csvk_normalize_options_init(&s->normalize);
    int status = CSVK_OK;
    for (size_t i = 0; status == CSVK_OK && settings != NULL && settings[i] != NULL; i++) {
        status = read_one(s, settings[i], task, err);
    }
    s->validate.dialect = s->normalize.dialect = s->dialect;
    s->validate.header = s->no_header ? CSVK_NO_HEADER : CSVK_HEADER;
    if (status == CSVK_OK && s->no_header) { /* who says so is not doubted */
        status = csvk_validate_set_rule(&s->validate, "manifest-header", CSVK_OFF, err);
    }
    s->normalize.header = s->no_header ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    s->validate.columns_are = s->columns.count != 0 ? CSVK_COLUMNS_JUDGED : 0;
    s->normalize.delimiter_given = s->delimiter_given;
    s->validate.delimiter_stated = s->delimiter_given;
    s->validate.enclosure_stated = s->enclosure_given;
    s->files.encoding = s->encoding;
    struct csvk_strings *columns =
        task == SIMPLE_NORMALIZE ? &s->normalize.columns : &s->validate.columns;
    if (status == CSVK_OK && csvk_strings_copy(columns, &s->columns) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status;
}

void simple_settings_release(struct simple_settings *s)
{
    csvk_strings_release(&s->columns);
    csvk_validate_options_release(&s->validate);
    csvk_normalize_options_release(&s->normalize);
}

int simple_open(struct csvk_source **out, const char *path, const struct simple_settings *s,
                struct csvk_error *err)
{
    int status = csvk_source_open(out, path, err);
    if (status == CSVK_OK && s->encoding != NULL) {
        status = csvk_source_set_encoding(*out, s->encoding, err);
    }
    if (status != CSVK_OK) {
        csvk_source_free(*out);
        *out = NULL;
    }
    return status;
}

int simple_tell(int status, const struct csvk_error *err, char *why, size_t room)
{
    if (status < 0 && why != NULL && room != 0) {
        size_t length = strlen(err->text);
        length = length < room ? length : room - 1;
        memcpy(why, err->text, length);
        why[length] = '\0';
    }
    return status;
}
