/*
 * csvw_cell.c - the datatypes of CSVW by name; a declaration is compiled here.
 *
 * Limits are read as values of the datatype. They stay texts of the compiled cell, since numbers
 * point into them.
 */
#include "csvkit/schema/csvw_compiled.h"

#include <string.h>

static const struct {
    const char *name;
    enum csvw_kind kind;
} bases[CSVW_BASES] = {
    [CSVW_ANY_ATOMIC] = {"anyAtomicType", CSVW_KIND_OTHER},
    [CSVW_ANY_URI] = {"anyURI", CSVW_KIND_OTHER},
    [CSVW_BASE64] = {"base64Binary", CSVW_KIND_BINARY},
    [CSVW_BOOLEAN] = {"boolean", CSVW_KIND_BOOLEAN},
    [CSVW_DATE] = {"date", CSVW_KIND_TIME},
    [CSVW_DATE_TIME] = {"dateTime", CSVW_KIND_TIME},
    [CSVW_DATE_TIME_STAMP] = {"dateTimeStamp", CSVW_KIND_TIME},
    [CSVW_DECIMAL] = {"decimal", CSVW_KIND_NUMBER},
    [CSVW_INTEGER] = {"integer", CSVW_KIND_NUMBER},
    [CSVW_LONG] = {"long", CSVW_KIND_NUMBER},
    [CSVW_INT] = {"int", CSVW_KIND_NUMBER},
    [CSVW_SHORT] = {"short", CSVW_KIND_NUMBER},
    [CSVW_BYTE] = {"byte", CSVW_KIND_NUMBER},
    [CSVW_NON_NEGATIVE] = {"nonNegativeInteger", CSVW_KIND_NUMBER},
    [CSVW_POSITIVE] = {"positiveInteger", CSVW_KIND_NUMBER},
    [CSVW_UNSIGNED_LONG] = {"unsignedLong", CSVW_KIND_NUMBER},
    [CSVW_UNSIGNED_INT] = {"unsignedInt", CSVW_KIND_NUMBER},
    [CSVW_UNSIGNED_SHORT] = {"unsignedShort", CSVW_KIND_NUMBER},
    [CSVW_UNSIGNED_BYTE] = {"unsignedByte", CSVW_KIND_NUMBER},
    [CSVW_NON_POSITIVE] = {"nonPositiveInteger", CSVW_KIND_NUMBER},
    [CSVW_NEGATIVE] = {"negativeInteger", CSVW_KIND_NUMBER},
    [CSVW_DOUBLE] = {"double", CSVW_KIND_NUMBER},
    [CSVW_DURATION] = {"duration", CSVW_KIND_DURATION},
    [CSVW_DAY_TIME_DURATION] = {"dayTimeDuration", CSVW_KIND_DURATION},
    [CSVW_YEAR_MONTH_DURATION] = {"yearMonthDuration", CSVW_KIND_DURATION},
    [CSVW_FLOAT] = {"float", CSVW_KIND_NUMBER},
    [CSVW_G_DAY] = {"gDay", CSVW_KIND_TIME},
    [CSVW_G_MONTH] = {"gMonth", CSVW_KIND_TIME},
    [CSVW_G_MONTH_DAY] = {"gMonthDay", CSVW_KIND_TIME},
    [CSVW_G_YEAR] = {"gYear", CSVW_KIND_TIME},
    [CSVW_G_YEAR_MONTH] = {"gYearMonth", CSVW_KIND_TIME},
    [CSVW_HEX] = {"hexBinary", CSVW_KIND_BINARY},
    [CSVW_QNAME] = {"QName", CSVW_KIND_OTHER},
    [CSVW_STRING] = {"string", CSVW_KIND_TEXT},
    [CSVW_NORMALIZED] = {"normalizedString", CSVW_KIND_TEXT},
    [CSVW_TOKEN] = {"token", CSVW_KIND_TEXT},
    [CSVW_LANGUAGE] = {"language", CSVW_KIND_TEXT},
    [CSVW_NAME] = {"Name", CSVW_KIND_TEXT},
    [CSVW_NMTOKEN] = {"NMTOKEN", CSVW_KIND_TEXT},
    [CSVW_XML] = {"xml", CSVW_KIND_TEXT},
    [CSVW_HTML] = {"html", CSVW_KIND_TEXT},
    [CSVW_JSON] = {"json", CSVW_KIND_TEXT},
    [CSVW_TIME] = {"time", CSVW_KIND_TIME},
};
static const struct {
    const char *name;
    enum csvw_base base;
} other_names[] = {{"number", CSVW_DOUBLE},
                   {"any", CSVW_ANY_ATOMIC},
                   {"binary", CSVW_BASE64},
                   {"datetime", CSVW_DATE_TIME}};

enum csvw_kind csvk_csvw_base_kind(enum csvw_base base)
{
    return bases[base].kind;
}

const char *csvk_csvw_base_name(enum csvw_base base)
{
    return bases[base].name;
}

bool csvk_csvw_base_find(const char *name, enum csvw_base *out)
{
    for (size_t i = 0; i < CSVW_BASES; i++) {
        if (strcmp(bases[i].name, name) == 0) {
            *out = (enum csvw_base)i;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof other_names / sizeof other_names[0]; i++) {
        if (strcmp(other_names[i].name, name) == 0) {
            *out = other_names[i].base;
            return true;
        }
    }
    return false;
}

/* ---- life ------------------------------------------------------------------------------------ */

struct csvw_cell *csvw_cell_share(struct csvw_cell *cell)
{
    if (cell != NULL) {
        atomic_fetch_add(&cell->references, 1);
    }
    return cell;
}

void csvk_csvw_cell_free(struct csvw_cell *cell)
{
    if (cell == NULL || atomic_fetch_sub(&cell->references, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < CSVW_LIMITS; i++) {
        csvk_free(cell->limit_text[i]);
    }
    csvk_strings_release(&cell->null);
    csvk_free(cell->default_value);
    csvk_free(cell->separator);
    csvk_free(cell->format);
    csvk_free(cell->expression);
    csvk_free(cell);
}

/* ---- formats --------------------------------------------------------------------------------- */

static int compile_number_signs(struct csvw_cell *cell, const struct csvw_declaration *d,
                                struct csvk_error *err)
{
    struct csvw_number_form *form = &cell->number;
    const char *decimal = d->decimal_char != NULL ? d->decimal_char : ".";
    const char *group = d->group_char != NULL ? d->group_char : d->format != NULL ? "," : "";
    bool any = d->format != NULL || d->decimal_char != NULL || d->group_char != NULL;
    form->how = any ? CSVW_NUMBER_PLAIN : CSVW_NUMBER_XSD;
    if (strlen(decimal) >= CSVW_SIGN_BYTES || strlen(group) >= CSVW_SIGN_BYTES) {
        return csvk_fail(err, CSVK_EUSAGE, "decimalChar and groupChar are one character each");
    }
    if (decimal[0] == '\0' || strcmp(decimal, group) == 0) {
        return csvk_fail(err, CSVK_EDATA, "decimalChar and groupChar must differ");
    }
    memcpy(form->decimal, decimal, strlen(decimal) + 1);
    memcpy(form->group, group, strlen(group) + 1);
    return CSVK_OK;
}

static int compile_number(struct csvw_cell *cell, const struct csvw_declaration *d,
                          const char **ignored, struct csvk_error *err)
{
    int status = compile_number_signs(cell, d, err);
    struct csvw_number_form plain = cell->number;
    if (status != CSVK_OK || d->format == NULL) {
        return status;
    }
    if (!csvw_number_pattern(&cell->number, d->format)) {
        *ignored = "not a number pattern of CSVW";
        cell->number = plain;
        if (d->decimal_char == NULL && d->group_char == NULL) {
            cell->number.how = CSVW_NUMBER_XSD;
            cell->number.group[0] = '\0';
        }
    }
    return CSVK_OK;
}

/* X|Y */
static int compile_boolean(struct csvw_cell *cell, const char *format, const char **ignored,
                           struct csvk_error *err)
{
    const char *bar = format != NULL ? strchr(format, '|') : NULL;
    if (format == NULL) {
        return CSVK_OK;
    }
    if (bar == NULL || bar == format || bar[1] == '\0' || strchr(bar + 1, '|') != NULL) {
        *ignored = "a format of booleans is written like Y|N";
        return CSVK_OK;
    }
    cell->format = csvk_strdup(format);
    return cell->format != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* Only tried here: a pattern learns while it is used, so everybody who judges makes his own. */
static int compile_expression(struct csvw_cell *cell, const char *format, const char **ignored,
                              struct csvk_error *err)
{
    static const char not_supported[] = "not supported: ", too[] = "the pattern is too large";
    struct value_pattern *pattern = NULL;
    struct csvk_error own = {0};
    if (format == NULL) {
        return CSVK_OK;
    }
    int status = value_pattern_new(&pattern, format, CSVK_PATTERN_ECMASCRIPT, &own);
    value_pattern_free(pattern);
    bool unsupported = strncmp(own.text, not_supported, sizeof not_supported - 1) == 0 ||
                       strncmp(own.text, too, sizeof too - 1) == 0;
    if (status == CSVK_EUSAGE && !unsupported) {
        *ignored = "not a regular expression of ECMAScript";
        return CSVK_OK;
    }
    if (status != CSVK_OK) {
        size_t skip = unsupported && own.text[0] == 'n' ? sizeof not_supported - 1 : 0;
        return csvk_fail(err, status, "%s", own.text + skip);
    }
    cell->expression = csvk_strdup(format);
    return cell->expression != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int compile_format(struct csvw_cell *cell, const struct csvw_declaration *d,
                          const char **ignored, struct csvk_error *err)
{
    switch (bases[d->base].kind) {
    case CSVW_KIND_NUMBER: return compile_number(cell, d, ignored, err);
    case CSVW_KIND_BOOLEAN: return compile_boolean(cell, d->format, ignored, err);
    case CSVW_KIND_TIME:
        if (d->format != NULL && !csvw_time_pattern(&cell->time, d->base, d->format)) {
            *ignored = "not a date or time pattern of CSVW for this datatype";
            memset(&cell->time, 0, sizeof cell->time);
        }
        return CSVK_OK;
    default: return compile_expression(cell, d->format, ignored, err);
    }
}

/* ---- limits ---------------------------------------------------------------------------------- */

static const char *const limit_names[CSVW_LIMITS] = {
    [CSVW_MIN_INCLUSIVE] = "minInclusive",
    [CSVW_MIN_EXCLUSIVE] = "minExclusive",
    [CSVW_MAX_INCLUSIVE] = "maxInclusive",
    [CSVW_MAX_EXCLUSIVE] = "maxExclusive",
};

/* What the property is called, where it has two names, by whoever wrote it. */
static const char *name_of(const struct csvw_declaration *d, enum csvw_limit limit)
{
    return d->limit_name[limit] != NULL ? d->limit_name[limit] : limit_names[limit];
}

static bool read_limit(struct csvw_cell *cell, enum csvw_limit limit, const char *text)
{
    static const struct csvw_number_form numbers = {.how = CSVW_NUMBER_XSD, .decimal = "."};
    static const struct csvw_time_form times = {{0}};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = strlen(text);
    union csvw_value *value = &cell->limit[limit];
    bool integer = cell->base != CSVW_FLOAT;
    switch (bases[cell->base].kind) {
    case CSVW_KIND_NUMBER: /* a limit of integers may be 1.5 or 1e3 */
        return csvw_number_read(&numbers, integer ? CSVW_DOUBLE : cell->base, bytes, length,
                                &value->number)
                   .kind == VALUE_GOOD;
    case CSVW_KIND_TIME:
        return csvw_time_read(&times, cell->base, bytes, length, &value->moment).kind ==
                   VALUE_GOOD ||
               csvw_time_read(&cell->time, cell->base, bytes, length, &value->moment).kind ==
                   VALUE_GOOD;
    case CSVW_KIND_DURATION:
        return csvw_duration_read(cell->base, bytes, length, &value->duration).kind == VALUE_GOOD;
    default: return false;
    }
}

/* The order of two limits, at least; both are there. */
static int compare_limits(const struct csvw_cell *cell, enum csvw_limit a, enum csvw_limit b)
{
    int least, most;
    csvw_value_compare(cell, &cell->limit[a], &cell->limit[b], &least, &most);
    return least;
}

static bool both(const struct csvw_cell *cell, enum csvw_limit a, enum csvw_limit b)
{
    return cell->limit_text[a] != NULL && cell->limit_text[b] != NULL;
}

/* Limits that leave no value, as the Metadata Vocabulary lists them. */
static int judge_limits(const struct csvw_cell *cell, const struct csvw_declaration *d,
                        struct csvk_error *err)
{
    static const struct {
        enum csvw_limit least, most;
        bool same_is_good;
    } pairs[] = {{CSVW_MIN_INCLUSIVE, CSVW_MAX_INCLUSIVE, true},
                 {CSVW_MIN_INCLUSIVE, CSVW_MAX_EXCLUSIVE, false},
                 {CSVW_MIN_EXCLUSIVE, CSVW_MAX_EXCLUSIVE, true},
                 {CSVW_MIN_EXCLUSIVE, CSVW_MAX_INCLUSIVE, false}};
    if (both(cell, CSVW_MIN_INCLUSIVE, CSVW_MIN_EXCLUSIVE)) {
        return csvk_fail(err, CSVK_EDATA, "both %s and minExclusive",
                         name_of(d, CSVW_MIN_INCLUSIVE));
    }
    if (both(cell, CSVW_MAX_INCLUSIVE, CSVW_MAX_EXCLUSIVE)) {
        return csvk_fail(err, CSVK_EDATA, "both %s and maxExclusive",
                         name_of(d, CSVW_MAX_INCLUSIVE));
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!both(cell, pairs[i].least, pairs[i].most)) {
            continue;
        }
        int order = compare_limits(cell, pairs[i].least, pairs[i].most);
        if (order > 0 || (order == 0 && !pairs[i].same_is_good)) {
            return csvk_fail(err, CSVK_EDATA, "%s and %s leave no value",
                             name_of(d, pairs[i].least), name_of(d, pairs[i].most));
        }
    }
    return CSVK_OK;
}

static int compile_limits(struct csvw_cell *cell, const struct csvw_declaration *d,
                          struct csvk_error *err)
{
    enum csvw_kind kind = bases[d->base].kind;
    bool ordered = kind == CSVW_KIND_NUMBER || kind == CSVW_KIND_TIME || kind == CSVW_KIND_DURATION;
    for (size_t i = 0; i < CSVW_LIMITS; i++) {
        if (d->limit[i] == NULL) {
            continue;
        }
        if (!ordered) {
            return csvk_fail(err, CSVK_EDATA, "%s is for numbers, times and durations, not for %s",
                             name_of(d, (enum csvw_limit)i), bases[d->base].name);
        }
        cell->limit_text[i] = csvk_strdup(d->limit[i]);
        if (cell->limit_text[i] == NULL) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        if (!read_limit(cell, (enum csvw_limit)i, cell->limit_text[i])) {
            return csvk_fail(err, CSVK_EDATA, "%s is not a value of %s: %.200s",
                             name_of(d, (enum csvw_limit)i), bases[d->base].name, d->limit[i]);
        }
        cell->has_limits = true;
    }
    return judge_limits(cell, d, err);
}

static int judge_lengths(const struct csvw_declaration *d, struct csvk_error *err)
{
    enum csvw_kind kind = bases[d->base].kind;
    bool any = d->min_length != 0 || d->max_length != UINT64_MAX;
    if (any && kind != CSVW_KIND_TEXT && kind != CSVW_KIND_BINARY) {
        return csvk_fail(err, CSVK_EDATA, "a length is for texts and binary values, not for %s",
                         bases[d->base].name);
    }
    return d->min_length <= d->max_length
               ? CSVK_OK
               : csvk_fail(err, CSVK_EDATA, "the least length is greater than the greatest");
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool copy_text(char **out, const char *text)
{
    *out = text != NULL ? csvk_strdup(text) : NULL;
    return text == NULL || *out != NULL;
}

static int copy_texts(struct csvw_cell *cell, const struct csvw_declaration *d,
                      struct csvk_error *err)
{
    bool good = copy_text(&cell->default_value, d->default_value) &&
                copy_text(&cell->separator, d->separator); /* never "" */
    if (good) {
        good = (d->null != NULL ? csvk_strings_copy(&cell->null, d->null)
                                : csvk_strings_add(&cell->null, "")) == CSVK_OK;
    }
    return good ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* What lets a value be judged in fewer steps. */
static void set_shortcuts(struct csvw_cell *cell)
{
    cell->only_empty = cell->null.count == 1 && cell->null.item[0][0] == '\0' &&
                       cell->separator == NULL && cell->default_value == NULL;
    cell->plain = cell->only_empty && !cell->trim && !cell->has_limits && cell->format == NULL &&
                  cell->expression == NULL && cell->time.step[0] == '\0' &&
                  cell->number.how == CSVW_NUMBER_XSD && cell->min_length == 0 &&
                  cell->max_length == UINT64_MAX;
}

int csvk_csvw_cell_new(struct csvw_cell **out, const struct csvw_declaration *d,
                       const char **ignored, struct csvk_error *err)
{
    struct csvw_cell *cell = csvk_calloc(1, sizeof *cell);
    *out = NULL;
    *ignored = NULL;
    if (cell == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    atomic_init(&cell->references, 1);
    cell->base = d->base;
    cell->trim = d->trim;
    cell->min_length = d->min_length;
    cell->max_length = d->max_length;
    int status = copy_texts(cell, d, err);
    status = status == CSVK_OK ? judge_lengths(d, err) : status;
    status = status == CSVK_OK ? compile_format(cell, d, ignored, err) : status;
    status = status == CSVK_OK ? compile_limits(cell, d, err) : status;
    if (status != CSVK_OK) {
        csvk_csvw_cell_free(cell);
        return status;
    }
    set_shortcuts(cell);
    *out = cell;
    return CSVK_OK;
}
