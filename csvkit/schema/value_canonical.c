/* value_canonical.c - see value_canonical.h. */
#include "csvkit/schema/value_canonical.h"

#include "csvkit/schema/csvw_compiled.h"
#include "csvkit/schema/value_moment.h"
#include "csvkit/schema/value_private.h"

#include <string.h>

/* ---- formats that can be rewritten ----------------------------------------------------------- */

enum part {
    PART_YEAR = 1,
    PART_MONTH = 2,
    PART_DAY = 4,
    PART_HOUR = 8,
    PART_MINUTE = 16,
    PART_SECOND = 32,
    PART_FRACTION = 64,
    PART_ZONE = 128,
    PART_HALF = 256,        /* AM or PM */
    PART_TWELVE_HOURS = 512 /* the hour is one of 1 to 12 */
};
#define PARTS_OF_DATE (PART_YEAR | PART_MONTH | PART_DAY)
#define PARTS_OF_TIME (PART_HOUR | PART_MINUTE)
#define MORE_OF_TIME  (PART_SECOND | PART_FRACTION | PART_HALF | PART_TWELVE_HOURS)

/* What a directive says; 0: nothing, or what cannot be kept. */
static unsigned parts_of(char directive)
{
    switch (directive) {
    case 'Y': return PART_YEAR;
    case 'm':
    case 'b':
    case 'B':
    case 'h': return PART_MONTH;
    case 'd':
    case 'e': return PART_DAY;
    case 'j': return PART_MONTH | PART_DAY;
    case 'F': return PARTS_OF_DATE;
    case 'H': return PART_HOUR;
    case 'I': return PART_HOUR | PART_TWELVE_HOURS;
    case 'M': return PART_MINUTE;
    case 'S': return PART_SECOND;
    case 'T': return PART_HOUR | PART_MINUTE | PART_SECOND;
    case 'R': return PART_HOUR | PART_MINUTE;
    case 'f': return PART_FRACTION;
    case 'p': return PART_HALF;
    case 'z': return PART_ZONE;
    default: return 0;
    }
}

/* What all directives say together; NULL, or why the format is not one that can be rewritten. */
static const char *read_parts(const char *format, unsigned *parts)
{
    *parts = 0;
    for (const char *p = strchr(format, '%'); p != NULL; p = strchr(p + 2, '%')) {
        unsigned more = parts_of(p[1]);
        if (p[1] == 'y') {
            return "%y has no century";
        }
        if (p[1] == 'a' || p[1] == 'A') {
            return "the name of a day may contradict the date";
        }
        if ((*parts & more) != 0) {
            return "it says one thing twice";
        }
        *parts |= more;
    }
    return NULL;
}

/* NULL: the format says what the default form of the type says, and no more. */
static const char *refuse_format(enum csvk_value_type type, const char *format)
{
    bool date = type != CSVK_VALUE_TABLE_TIME, time = type != CSVK_VALUE_TABLE_DATE;
    unsigned parts, needed = (date ? PARTS_OF_DATE : 0) | (time ? PARTS_OF_TIME : 0);
    unsigned allowed = needed | (time ? MORE_OF_TIME : 0) | (date && time ? PART_ZONE : 0);
    const char *why = read_parts(format, &parts);
    if (why != NULL) {
        return why;
    }
    if ((parts & needed) != needed) {
        return !date  ? "a time needs an hour and a minute"
               : time ? "a datetime needs a year, a month, a day, an hour and a minute"
                      : "a date needs a year, a month and a day";
    }
    if ((parts & ~allowed) != 0) {
        return "it says more than the type holds";
    }
    bool twelve = (parts & PART_TWELVE_HOURS) != 0, half = (parts & PART_HALF) != 0;
    return twelve != half ? "%I and %p need each other" : NULL;
}

/* ---- numbers --------------------------------------------------------------------------------- */

static bool begins_with(const unsigned char *text, size_t length, const char *word)
{
    size_t n = strlen(word);
    return n != 0 && n <= length && memcmp(text, word, n) == 0;
}

static size_t count_digits(const unsigned char *text, size_t length)
{
    size_t n = 0;
    while (n < length && value_is_digit(text[n])) {
        n++;
    }
    return n;
}

/*
 * Are the groups those that people write? The last one has three digits; the others have three, or
 * two each (12,34,567); the first one may have fewer. 1,5 in a column with groups is a decimal
 * comma as likely as not.
 */
static bool are_groups_regular(const char *sign, const unsigned char *value, size_t length)
{
    size_t at = 0, groups = 0, middle = 0, digits, group = strlen(sign);
    while (at < length && !value_is_digit(value[at])) {
        at++;
    }
    size_t first = count_digits(value + at, length - at), last = first;
    for (at += first; begins_with(value + at, length - at, sign) &&
                      (digits = count_digits(value + at + group, length - at - group)) != 0;
         at += group + digits) {
        if (groups > 0 && middle != 0 && middle != last) {
            return false;
        }
        middle = groups > 0 ? last : 0;
        last = digits;
        groups++;
    }
    size_t most = middle != 0 ? middle : 3;
    return groups == 0 || (last == 3 && first <= most && (most == 2 || most == 3));
}

/* Where the number begins that stands among other characters, as value_plain_number finds it;
 *end: after its last digit. False: there are no digits. */
static bool find_number(const struct value_constraints *c, const unsigned char *value,
                        size_t length, size_t *begin, size_t *end)
{
    size_t at = 0, decimal = strlen(c->decimal);
    while (at < length && !value_is_digit(value[at])) {
        at++;
    }
    *end = length;
    while (*end > at && !value_is_digit(value[*end - 1])) {
        --*end;
    }
    *begin =
        at >= decimal && begins_with(value + at - decimal, decimal, c->decimal) ? at - decimal : at;
    *begin -= *begin > 0 && (value[*begin - 1] == '-' || value[*begin - 1] == '+');
    return at < length;
}

/*
 * Does what stands around the number leave its value alone? Not a sign apart from it, nor brackets;
 * and in Rs.500 the point may belong to either side.
 */
static bool is_dress_innocent(const struct value_constraints *c, const unsigned char *value,
                              size_t length)
{
    static const char *const signs[] = {"-", "+", "(", ")", "\xe2\x88\x92", "\xe2\x80\x93"};
    size_t begin, end;
    if (!find_number(c, value, length, &begin, &end)) {
        return true; /* NaN, INF */
    }
    if (begin > 0 && begins_with(value + begin, length - begin, c->decimal)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        for (size_t n = 0; n < sizeof signs / sizeof signs[0] && (i < begin || i >= end); n++) {
            if (begins_with(value + i, length - i, signs[n])) {
                return false;
            }
        }
    }
    return true;
}

/* ---- reading by the declared form ------------------------------------------------------------ */

static bool is_number(const struct value_check *check)
{
    return check->type == CSVK_VALUE_TABLE_INTEGER || check->type == CSVK_VALUE_TABLE_NUMBER;
}

/* A pattern says where groups are; without one, 1,5 in a column with groups is 15. */
static bool is_csvw_read(const struct value_check *check, const unsigned char *value, size_t length,
                         struct value_fault *fault)
{
    const struct csvw_number_form *form = &check->cell->number;
    *fault = value_judge(check, value, length);
    if (fault->kind == VALUE_GOOD && csvk_csvw_base_kind(check->cell->base) == CSVW_KIND_NUMBER &&
        form->how == CSVW_NUMBER_PLAIN && form->group[0] != '\0' &&
        !are_groups_regular(form->group, value, length)) {
        *fault = value_bad(VALUE_OF_OTHER_TYPE, 0, "its groups are not of three digits");
    }
    return fault->kind == VALUE_GOOD;
}

/* Does the declared form read the value, in one way? */
static bool is_read(const struct value_check *check, const unsigned char *value, size_t length,
                    struct value_fault *fault)
{
    const struct value_constraints *c = check->constraints;
    if (check->cell != NULL) {
        return is_csvw_read(check, value, length, fault);
    }
    *fault = value_judge_type(check, value, length);
    if (fault->kind != VALUE_GOOD) {
        return false;
    }
    if (is_number(check) && c->group[0] != '\0' && !are_groups_regular(c->group, value, length)) {
        *fault = value_bad(VALUE_OF_OTHER_TYPE, 0, "its groups are not of three digits");
    } else if (is_number(check) && c->dressed && !is_dress_innocent(c, value, length)) {
        *fault = value_bad(VALUE_OF_OTHER_TYPE, 0, "a sign or a bracket stands apart from it");
    }
    return fault->kind == VALUE_GOOD;
}

/* The default form of a value that the declared form reads. */
static int write_default(const struct value_check *check, const unsigned char *value, size_t length,
                         struct csvk_buf *out)
{
    struct csvk_bytes plain;
    struct moment moment;
    struct moment_fault fault;
    size_t bad;
    if (check->cell != NULL) {
        return csvw_cell_write_xsd(check->cell, value, length, out);
    }
    if (is_number(check)) {
        int status = value_plain_number(check, value, length, &plain, &bad);
        return status == CSVK_OK ? csvk_buf_add(out, plain.ptr, plain.len) : status;
    }
    if (check->type == CSVK_VALUE_TABLE_BOOLEAN) {
        return value_write_key(check, value, length, out); /* true or false */
    }
    return moment_read(&moment, check->type, check->constraints->format, value, length, &fault)
               ? moment_write(&moment, check->type, out)
               : CSVK_EUSAGE;
}

/* ---- the column in its default form ---------------------------------------------------------- */

static bool has_own_form(const struct value_check *check)
{
    const struct value_constraints *c = check->constraints;
    return c != NULL && (c->format != NULL || (is_number(check) && c->rewritten) ||
                         (check->type == CSVK_VALUE_TABLE_BOOLEAN &&
                          c->true_words.count + c->false_words.count != 0));
}

/* The list of values, each in the default form. CSVK_ENOMEM. */
static int write_values(const struct value_check *declared, const struct csvk_strings *values,
                        struct csvk_strings *out)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; values != NULL && i < values->count && status == CSVK_OK; i++) {
        const unsigned char *value = (const unsigned char *)values->item[i];
        csvk_buf_clear(&text);
        status = write_default(declared, value, strlen(values->item[i]), &text);
        status = status == CSVK_OK ? csvk_strings_add(out, csvk_buf_text(&text)) : status;
    }
    csvk_buf_release(&text);
    return status;
}

static int make_target(struct value_canonical *canonical, const struct csvk_schema *schema,
                       const struct csvk_schema_column *declared, struct csvk_error *err)
{
    const struct value_constraints *c = canonical->declared.constraints;
    struct csvk_schema_table table = {.size = sizeof table};
    struct csvk_schema_column column = *declared;
    struct csvk_schema *alone = NULL;
    struct csvk_strings values = {0};
    int status = csvk_schema_get_table(schema, &table, err);
    if (status == CSVK_OK &&
        write_values(&canonical->declared, column.values, &values) != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    column.format = column.decimal_char = column.group_char = NULL;
    column.true_words = column.false_words = NULL;
    column.not_bare = 0;
    column.missing = column.missing != NULL ? column.missing : table.missing;
    column.values = column.values != NULL ? &values : NULL;
    column.minimum = c->limit[LIMIT_MINIMUM];
    column.maximum = c->limit[LIMIT_MAXIMUM];
    column.exclusive_minimum = c->limit[LIMIT_EXCLUSIVE_MINIMUM];
    column.exclusive_maximum = c->limit[LIMIT_EXCLUSIVE_MAXIMUM];
    status = status == CSVK_OK ? csvk_schema_new(&alone, err) : status;
    status = status == CSVK_OK ? csvk_schema_add(alone, &column, err) : status;
    if (status == CSVK_OK) {
        status = value_check_init(&canonical->target, alone, 0, CSVK_BACKEND_PORTABLE, err);
    }
    csvk_schema_free(alone);
    csvk_strings_release(&values);
    return status;
}

static int make_csvw_target(struct value_canonical *canonical, const char *name,
                            struct csvk_error *err)
{
    const char *property;
    if (!csvw_cell_has_own_form(canonical->declared.cell, &property)) {
        return CSVK_OK;
    }
    if (property != NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "column %s: not supported: to rewrite values of a column with \"%s\"",
                         name, property);
    }
    canonical->cell = csvw_cell_in_xsd_form(canonical->declared.cell);
    if (canonical->cell == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    struct csvk_schema_column column = {
        .size = sizeof column, .name = name, .type = CSVK_VALUE_CSVW, .cell = canonical->cell};
    canonical->own_form = true;
    value_check_plain(&canonical->target, &column, CSVK_BACKEND_PORTABLE);
    return csvw_check_init(&canonical->target, &column, err);
}

int value_canonical_init(struct value_canonical *canonical, const struct csvk_schema *schema,
                         size_t index, struct csvk_error *err)
{
    struct csvk_schema_column column = {.size = sizeof column};
    *canonical = (struct value_canonical){.own_form = false};
    int status = value_check_init(&canonical->declared, schema, index, CSVK_BACKEND_PORTABLE, err);
    status = status == CSVK_OK ? csvk_schema_at(schema, index, CSVK_BACKEND_PORTABLE, &column, err)
                               : status;
    if (status == CSVK_OK && canonical->declared.cell != NULL) {
        return make_csvw_target(canonical, column.name, err);
    }
    if (status != CSVK_OK || !has_own_form(&canonical->declared)) {
        return status;
    }
    const char *format = canonical->declared.constraints->format;
    const char *why = format != NULL ? refuse_format(canonical->declared.type, format) : NULL;
    if (why != NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "column %s: not supported: to rewrite values of format '%.100s': %s",
                         column.name, format, why);
    }
    canonical->own_form = true;
    return make_target(canonical, schema, &column, err);
}

void value_canonical_release(struct value_canonical *canonical)
{
    value_check_release(&canonical->declared);
    value_check_release(&canonical->target);
    csvk_free(canonical->cell);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Do both forms read the text as the same value? */
static int is_same_value(const struct value_canonical *canonical, const unsigned char *value,
                         size_t length, bool *same)
{
    struct csvk_buf a = CSVK_BUF_INIT, b = CSVK_BUF_INIT;
    int status = value_write_key(&canonical->declared, value, length, &a);
    status = status == CSVK_OK ? value_write_key(&canonical->target, value, length, &b) : status;
    *same = status == CSVK_OK && a.length == b.length &&
            (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
    csvk_buf_release(&a);
    csvk_buf_release(&b);
    return status;
}

/*
 * Is the text good in the default form, and does the declared form read it as the same value, or
 * not at all? Then it is canonical. `fault`: what is wrong with it in the default form.
 */
static int is_canonical(const struct value_canonical *canonical, const unsigned char *value,
                        size_t length, bool *is, struct value_fault *fault)
{
    struct value_fault unread;
    *is = false;
    *fault = value_is_missing(&canonical->target, value, length)
                 ? value_bad(VALUE_OF_OTHER_TYPE, 0, "its default form stands for no value")
                 : value_judge(&canonical->target, value, length);
    if (fault->kind != VALUE_GOOD) {
        return fault->kind == VALUE_NO_MEMORY ? CSVK_ENOMEM : CSVK_OK;
    }
    *is = !is_read(&canonical->declared, value, length, &unread);
    if (*is || unread.kind == VALUE_NO_MEMORY) {
        return unread.kind == VALUE_NO_MEMORY ? CSVK_ENOMEM : CSVK_OK;
    }
    *fault = value_bad(VALUE_OF_OTHER_TYPE, 0,
                       "its default form is another value in the form of the column");
    return is_same_value(canonical, value, length, is);
}

static enum value_canonical_kind answer(int status, bool good, enum value_canonical_kind kind)
{
    return status != CSVK_OK ? VALUE_CANONICAL_NO_MEMORY : good ? kind : VALUE_CANONICAL_UNFIT;
}

/* The value is good in the declared form. */
static enum value_canonical_kind rewrite(const struct value_canonical *canonical,
                                         const unsigned char *value, size_t length,
                                         struct csvk_buf *out, struct value_fault *fault)
{
    struct value_fault unused;
    size_t begin = out->length;
    bool good = false;
    int status = is_canonical(canonical, value, length, &good, &unused);
    if (status != CSVK_OK || good) {
        return answer(status, good, VALUE_CANONICAL_SAME);
    }
    status = write_default(&canonical->declared, value, length, out);
    if (status == CSVK_OK) {
        status = is_canonical(canonical, out->data + begin, out->length - begin, &good, fault);
    }
    out->length = good ? out->length : begin;
    return answer(status, good, VALUE_CANONICAL_REWRITTEN);
}

/* Some backend takes such a value. */
static bool is_warned_of(enum value_fault_kind kind)
{
    return kind == VALUE_TOO_PRECISE || kind == VALUE_AMBIGUOUS || kind == VALUE_NOT_PORTABLE;
}

enum value_canonical_kind value_canonical_write(const struct value_canonical *canonical,
                                                const unsigned char *value, size_t length,
                                                struct csvk_buf *out, struct value_fault *fault)
{
    const struct value_check *declared = &canonical->declared;
    *fault = value_good();
    if (value_is_missing(declared, value, length)) {
        return VALUE_CANONICAL_MISSING;
    }
    if (!canonical->own_form) {
        *fault = declared->accepts(declared, value, length) ? value_good()
                                                            : value_judge(declared, value, length);
        *fault = is_warned_of(fault->kind) ? value_good() : *fault;
    } else if (is_read(declared, value, length, fault)) {
        *fault = declared->cell == NULL ? value_judge_constraints(declared, value, length) : *fault;
        if (fault->kind == VALUE_GOOD) {
            return rewrite(canonical, value, length, out, fault);
        }
    } else if (fault->kind != VALUE_NO_MEMORY) {
        struct value_fault unused;
        bool good = false;
        int status = is_canonical(canonical, value, length, &good, &unused);
        return answer(status, good, VALUE_CANONICAL_SAME);
    }
    return answer(fault->kind == VALUE_NO_MEMORY ? CSVK_ENOMEM : CSVK_OK, fault->kind == VALUE_GOOD,
                  VALUE_CANONICAL_SAME);
}
