/*
 * csvw_value.c - one cell, step by step as "Parsing Cells" of the Model for Tabular Data has it.
 *
 * Blanks are taken away by moving the ends of the text; only a text with control characters or
 * several blanks inside is copied. So a fault has its place in the content of the field as long as
 * nothing was copied; else it is at the start of the text.
 */
#include "csvkit/schema/csvw_compiled.h"

#include <string.h>

#define SMALL 512 /* longer texts are copied to the heap */

struct cell_text {
    const unsigned char *ptr;
    size_t length;
};

void csvw_value_compare(const struct csvw_cell *cell, const union csvw_value *a,
                        const union csvw_value *b, int *least, int *most)
{
    bool comparable = true;
    switch (csvk_csvw_base_kind(cell->base)) {
    case CSVW_KIND_NUMBER:
        *least = *most = csvw_number_compare(&a->number, &b->number, &comparable);
        break;
    case CSVW_KIND_TIME: *least = *most = moment_compare(&a->moment, &b->moment); break;
    default: duration_compare(&a->duration, &b->duration, least, most); break;
    }
    *least = comparable ? *least : -1;
    *most = comparable ? *most : 1;
}

struct value_fault csvw_duration_read(enum csvw_base base, const unsigned char *text, size_t length,
                                      struct duration *out)
{
    size_t bad = 0;
    bool good = duration_read(out, text, length, &bad);
    bool clock = good && (memchr(text, 'D', length) != NULL || memchr(text, 'T', length) != NULL);
    const unsigned char *time = good ? memchr(text, 'T', length) : NULL;
    size_t days = time != NULL ? (size_t)(time - text) : length;
    bool calendar = good && (memchr(text, 'Y', days) != NULL || memchr(text, 'M', days) != NULL);
    if (!good) {
        return value_bad(VALUE_OF_OTHER_TYPE, bad, "a duration is written like P1Y2M3DT4H5M6S");
    }
    if (base == CSVW_DAY_TIME_DURATION && calendar) {
        return value_bad(VALUE_OF_OTHER_TYPE, 0, "a dayTimeDuration has no years and months");
    }
    if (base == CSVW_YEAR_MONTH_DURATION && clock) {
        return value_bad(VALUE_OF_OTHER_TYPE, 0, "a yearMonthDuration has years and months only");
    }
    return value_good();
}

/* ---- blanks ---------------------------------------------------------------------------------- */

static bool keeps_controls(enum csvw_base base)
{
    return base == CSVW_STRING || base == CSVW_JSON || base == CSVW_XML || base == CSVW_HTML ||
           base == CSVW_ANY_ATOMIC;
}

static bool keeps_blanks(enum csvw_base base)
{
    return keeps_controls(base) || base == CSVW_NORMALIZED;
}

static bool is_control(unsigned char c)
{
    return c == '\t' || c == '\n' || c == '\r';
}

static bool is_space(unsigned char c)
{
    return c == ' ' || is_control(c);
}

static struct cell_text trim(struct cell_text text)
{
    while (text.length != 0 && is_space(text.ptr[0])) {
        text.ptr++;
        text.length--;
    }
    while (text.length != 0 && is_space(text.ptr[text.length - 1])) {
        text.length--;
    }
    return text;
}

/* Something inside of the text has to change: a control character, or blanks in a row. */
static bool needs_copy(struct cell_text text, bool collapse)
{
    for (size_t i = 0; i < text.length; i++) {
        bool pair = collapse && i + 1 < text.length && text.ptr[i] == ' ' && text.ptr[i + 1] == ' ';
        if (is_control(text.ptr[i]) || pair) {
            return true;
        }
    }
    return false;
}

static struct cell_text copy_with_blanks(struct cell_text text, bool collapse, unsigned char *to)
{
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = is_control(text.ptr[i]) ? ' ' : text.ptr[i];
        if (!(collapse && c == ' ' && length != 0 && to[length - 1] == ' ')) {
            to[length++] = c;
        }
    }
    return (struct cell_text){to, length};
}

/* ---- one item -------------------------------------------------------------------------------- */

static bool is_null(const struct csvw_cell *cell, struct cell_text text)
{
    for (size_t i = 0; i < cell->null.count; i++) {
        const char *word = cell->null.item[i];
        if (strlen(word) == text.length &&
            (text.length == 0 || memcmp(word, text.ptr, text.length) == 0)) {
            return true;
        }
    }
    return false;
}

static bool is_word(struct cell_text text, const char *word, size_t length)
{
    return text.length == length && memcmp(text.ptr, word, length) == 0;
}

static struct value_fault read_boolean(const struct csvw_cell *cell, struct cell_text text)
{
    const char *format = cell->format;
    if (format == NULL) {
        bool good = is_word(text, "true", 4) || is_word(text, "false", 5) ||
                    is_word(text, "1", 1) || is_word(text, "0", 1);
        return good ? value_good()
                    : value_bad(VALUE_OF_OTHER_TYPE, 0, "the words are true, false, 1 and 0");
    }
    const char *no = strchr(format, '|') + 1;
    bool good = is_word(text, format, (size_t)(no - 1 - format)) || is_word(text, no, strlen(no));
    return good ? value_good()
                : value_bad(VALUE_OF_OTHER_TYPE, 0, "not one of the two words of the format");
}

static struct value_fault judge_length(const struct csvw_cell *cell, uint64_t count)
{
    struct value_fault fault = value_good();
    if (count > cell->max_length || count < cell->min_length) {
        bool longer = count > cell->max_length;
        fault = value_bad(longer ? VALUE_TOO_LONG : VALUE_TOO_SHORT, 0, NULL);
        fault.found = count;
        fault.limit = longer ? cell->max_length : cell->min_length;
    }
    return fault;
}

static struct value_fault judge_range(const struct csvw_cell *cell, const union csvw_value *value)
{
    static const char *const whys[CSVW_LIMITS] = {
        [CSVW_MIN_INCLUSIVE] = "less than the minimum",
        [CSVW_MIN_EXCLUSIVE] = "not more than minExclusive",
        [CSVW_MAX_INCLUSIVE] = "more than the maximum",
        [CSVW_MAX_EXCLUSIVE] = "not less than maxExclusive",
    };
    for (size_t i = 0; i < CSVW_LIMITS; i++) {
        int least, most;
        if (cell->limit_text[i] == NULL) {
            continue;
        }
        csvw_value_compare(cell, value, &cell->limit[i], &least, &most);
        bool fits = i == CSVW_MIN_INCLUSIVE   ? least >= 0
                    : i == CSVW_MIN_EXCLUSIVE ? least > 0
                    : i == CSVW_MAX_INCLUSIVE ? most <= 0
                                              : most < 0;
        if (!fits) {
            return value_bad(VALUE_OUT_OF_RANGE, 0, whys[i]);
        }
    }
    return value_good();
}

static struct value_fault judge_integer_limits(const struct csvw_cell *cell,
                                               const struct csvw_number *value)
{
    static const struct csvw_number_form plain = {.how = CSVW_NUMBER_XSD, .decimal = "."};
    const char *texts[] = {csvw_integer_least(cell->base), csvw_integer_most(cell->base)};
    for (size_t i = 0; i < 2; i++) {
        struct csvw_number limit;
        bool comparable;
        if (texts[i] == NULL) {
            continue;
        }
        struct value_fault fault = csvw_number_read(
            &plain, CSVW_INTEGER, (const unsigned char *)texts[i], strlen(texts[i]), &limit);
        int order = csvw_number_compare(value, &limit, &comparable);
        if (fault.kind != VALUE_GOOD || (i == 0 ? order < 0 : order > 0)) {
            return value_bad(VALUE_OUT_OF_RANGE, 0, "outside of the range of the datatype");
        }
    }
    return value_good();
}

static struct value_fault judge_pattern(struct value_pattern *pattern, struct cell_text text)
{
    size_t at = 0;
    bool fits = value_pattern_takes(pattern, text.ptr, text.length, &at);
    if (value_pattern_failed(pattern)) {
        return value_bad(VALUE_NO_MEMORY, 0, NULL);
    }
    return fits ? value_good() : value_bad(VALUE_AGAINST_PATTERN, at, NULL);
}

/* A text that is not null against format, length and range. */
static struct value_fault judge_text(const struct csvw_cell *cell, struct value_pattern *pattern,
                                     struct cell_text text)
{
    union csvw_value value = {{0}};
    struct value_fault fault = value_good();
    uint64_t count = 0;
    switch (csvk_csvw_base_kind(cell->base)) {
    case CSVW_KIND_NUMBER:
        fault = csvw_number_read(&cell->number, cell->base, text.ptr, text.length, &value.number);
        fault = fault.kind == VALUE_GOOD ? judge_integer_limits(cell, &value.number) : fault;
        break;
    case CSVW_KIND_TIME:
        fault = csvw_time_read(&cell->time, cell->base, text.ptr, text.length, &value.moment);
        break;
    case CSVW_KIND_DURATION:
        fault = csvw_duration_read(cell->base, text.ptr, text.length, &value.duration);
        break;
    case CSVW_KIND_BOOLEAN: fault = read_boolean(cell, text); break;
    default:
        fault = csvw_text_read(cell->base, text.ptr, text.length, &count);
        fault = fault.kind == VALUE_GOOD ? judge_length(cell, count) : fault;
        break;
    }
    if (fault.kind == VALUE_GOOD && pattern != NULL) {
        fault = judge_pattern(pattern, text);
    }
    return fault.kind == VALUE_GOOD && cell->has_limits ? judge_range(cell, &value) : fault;
}

/* From step 6 on: default, null, format. Sets *null. */
static struct value_fault judge_item(const struct csvw_cell *cell, struct value_pattern *pattern,
                                     struct cell_text text, bool *null)
{
    if (text.length == 0 && cell->default_value != NULL) {
        text = (struct cell_text){(const unsigned char *)cell->default_value,
                                  strlen(cell->default_value)};
        struct value_fault fault = value_good();
        *null = is_null(cell, text);
        fault = *null ? fault : judge_text(cell, pattern, text);
        fault.at = 0;
        return fault;
    }
    *null = is_null(cell, text);
    return *null ? value_good() : judge_text(cell, pattern, text);
}

/* ---- the cell -------------------------------------------------------------------------------- */

static size_t find_separator(const struct csvw_cell *cell, struct cell_text text)
{
    size_t n = strlen(cell->separator);
    for (size_t at = 0; at + n <= text.length; at++) {
        if (memcmp(text.ptr + at, cell->separator, n) == 0) {
            return at;
        }
    }
    return text.length;
}

/* The first fault of an item; its place counts from the start of the list. */
static struct value_fault judge_list(const struct csvw_cell *cell, struct value_pattern *pattern,
                                     struct cell_text text)
{
    bool as_it_is = cell->base == CSVW_STRING || cell->base == CSVW_ANY_ATOMIC;
    size_t begin = 0, n = strlen(cell->separator);
    while (begin <= text.length) {
        struct cell_text rest = {text.ptr + begin, text.length - begin};
        size_t length = find_separator(cell, rest);
        struct cell_text item = {rest.ptr, length};
        bool null;
        item = as_it_is ? item : trim(item);
        struct value_fault fault = judge_item(cell, pattern, item, &null);
        if (fault.kind != VALUE_GOOD) {
            fault.at += (size_t)(item.ptr - text.ptr);
            return fault;
        }
        begin += length == rest.length ? rest.length + 1 : length + n;
    }
    return value_good();
}

static struct csvw_verdict judge_clean(const struct csvw_cell *cell, struct value_pattern *pattern,
                                       struct cell_text text)
{
    struct csvw_verdict verdict = {value_good(), false};
    bool list = cell->separator != NULL;
    if (list && text.length == 0) { /* an empty list */
        verdict.null = true;
    } else if (list && is_null(cell, text)) { /* a list that is null may be so, even if required */
        return verdict;
    } else if (list) {
        verdict.fault = judge_list(cell, pattern, text);
    } else {
        verdict.fault = judge_item(cell, pattern, text, &verdict.null);
    }
    return verdict;
}

/* The text after the first step. *owned is what to free; NULL in *out: out of memory. */
static struct cell_text clean_blanks(const struct csvw_cell *cell, struct cell_text content,
                                     unsigned char small[SMALL], unsigned char **owned)
{
    bool collapse = !keeps_blanks(cell->base);
    struct cell_text text = collapse || cell->trim ? trim(content) : content;
    *owned = NULL;
    if (keeps_controls(cell->base) || !needs_copy(text, collapse)) {
        return text;
    }
    unsigned char *to = small;
    if (text.length > SMALL) {
        to = *owned = csvk_malloc(text.length);
    }
    return to != NULL ? copy_with_blanks(text, collapse, to) : (struct cell_text){NULL, 0};
}

/* A value of the datatype has no blanks that could be collapsed: when the text is good, it needs no
   cleaning. */
static bool has_no_blanks(const struct csvw_cell *cell)
{
    enum csvw_kind kind = csvk_csvw_base_kind(cell->base);
    return cell->only_empty && (kind == CSVW_KIND_NUMBER || kind == CSVW_KIND_TIME ||
                                kind == CSVW_KIND_BOOLEAN || kind == CSVW_KIND_DURATION);
}

static bool judge_as_it_is(const struct csvw_cell *cell, struct value_pattern *pattern,
                           struct cell_text content, struct csvw_verdict *out)
{
    *out = judge_clean(cell, pattern, trim(content));
    return out->fault.kind == VALUE_GOOD;
}

struct csvw_verdict csvw_cell_judge(const struct csvw_cell *cell, struct value_pattern *pattern,
                                    const unsigned char *content, size_t length)
{
    unsigned char small[SMALL], *owned;
    struct cell_text whole = {content, length};
    struct csvw_verdict quick;
    if (has_no_blanks(cell) && judge_as_it_is(cell, pattern, whole, &quick)) {
        return quick;
    }
    struct cell_text text = clean_blanks(cell, whole, small, &owned);
    if (text.ptr == NULL && length != 0) {
        return (struct csvw_verdict){value_bad(VALUE_NO_MEMORY, 0, NULL), false};
    }
    bool same = text.ptr >= content && text.ptr <= content + length;
    struct csvw_verdict verdict = judge_clean(cell, pattern, text);
    verdict.fault.at = same ? verdict.fault.at + (size_t)(text.ptr - content) : 0;
    csvk_free(owned);
    return verdict;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static int write_number(const struct csvw_number *number, struct csvk_buf *out)
{
    size_t zeros = 0;
    int status = csvk_buf_printf(out, "%s%d:%lld:", number->negative ? "-" : "", (int)number->kind,
                                 (long long)number->top);
    for (size_t i = 0; i < number->length && status == CSVK_OK; i++) {
        unsigned char c = number->digits[i];
        if (!value_is_digit(c)) {
            continue;
        }
        zeros = c == '0' ? zeros + 1 : zeros;
        for (; c != '0' && zeros != 0 && status == CSVK_OK; zeros--) {
            status = csvk_buf_putc(out, '0');
        }
        status = c != '0' && status == CSVK_OK ? csvk_buf_putc(out, c) : status;
    }
    return status;
}

static int write_text(const struct csvw_cell *cell, struct cell_text text, struct csvk_buf *out)
{
    union csvw_value value = {{0}};
    enum csvw_kind kind = csvk_csvw_base_kind(cell->base);
    bool plain = cell->separator == NULL && text.length != 0;
    if (plain && kind == CSVW_KIND_NUMBER &&
        csvw_number_read(&cell->number, cell->base, text.ptr, text.length, &value.number).kind ==
            VALUE_GOOD) {
        return write_number(&value.number, out);
    }
    if (plain && kind == CSVW_KIND_TIME &&
        csvw_time_read(&cell->time, cell->base, text.ptr, text.length, &value.moment).kind ==
            VALUE_GOOD) {
        return moment_write_key(&value.moment, out);
    }
    if (text.length == 0 && cell->default_value != NULL) {
        return csvk_buf_puts(out, cell->default_value);
    }
    return csvk_buf_add(out, text.ptr, text.length);
}

typedef int write_fn(const struct csvw_cell *cell, struct cell_text text, struct csvk_buf *out);

/* Writes the content without the blanks that its type passes over. */
static int write_clean(const struct csvw_cell *cell, struct cell_text whole, write_fn *write,
                       struct csvk_buf *out)
{
    unsigned char small[SMALL], *owned;
    struct cell_text text = clean_blanks(cell, whole, small, &owned);
    if (text.ptr == NULL && whole.length != 0) {
        return CSVK_ENOMEM;
    }
    int status = write(cell, text, out);
    csvk_free(owned);
    return status;
}

int csvw_cell_write_key(const struct csvw_cell *cell, const unsigned char *content, size_t length,
                        struct csvk_buf *out)
{
    return write_clean(cell, (struct cell_text){content, length}, write_text, out);
}

/* ---- the form of XSD ------------------------------------------------------------------------- */

static const struct csvw_number_form xsd_number = {.how = CSVW_NUMBER_XSD, .decimal = "."};

bool csvw_cell_has_own_form(const struct csvw_cell *cell, const char **property)
{
    enum csvw_kind kind = csvk_csvw_base_kind(cell->base);
    *property = cell->separator != NULL       ? "separator"
                : cell->default_value != NULL ? "default"
                                              : NULL;
    return (kind == CSVW_KIND_NUMBER && cell->number.how != CSVW_NUMBER_XSD) ||
           (kind == CSVW_KIND_BOOLEAN && cell->format != NULL) ||
           (kind == CSVW_KIND_TIME && cell->time.step[0] != '\0');
}

struct csvw_cell *csvw_cell_in_xsd_form(const struct csvw_cell *cell)
{
    struct csvw_cell *own = csvk_malloc(sizeof *own);
    if (own != NULL) {
        memcpy(own, cell, sizeof *own);
        own->number = xsd_number;
        own->time = (struct csvw_time_form){""};
        own->format = NULL;
        own->plain = false;
    }
    return own;
}

#define POWER_MOST 40 /* a double with a larger one, either way, is written with an exponent */

static int write_zeros(int64_t count, struct csvk_buf *out)
{
    int status = CSVK_OK;
    for (; count > 0 && status == CSVK_OK; count--) {
        status = csvk_buf_putc(out, '0');
    }
    return status;
}

/* The digits from the first one that is not 0, with a point after `whole` of them; zeros at the end
   stay. */
static int write_digits(const struct csvw_number *number, int64_t whole, struct csvk_buf *out)
{
    int64_t written = 0;
    int status = whole <= 0 ? csvk_buf_puts(out, "0.") : CSVK_OK;
    status = status == CSVK_OK ? write_zeros(-whole, out) : status;
    for (size_t i = 0; i < number->length && status == CSVK_OK; i++) {
        if (value_is_digit(number->digits[i])) {
            status = written == whole && whole > 0 ? csvk_buf_putc(out, '.') : CSVK_OK;
            status = status == CSVK_OK ? csvk_buf_putc(out, number->digits[i]) : status;
            written++;
        }
    }
    return status == CSVK_OK ? write_zeros(whole - written, out) : status;
}

static int write_xsd_number(enum csvw_base base, const struct csvw_number *number,
                            struct csvk_buf *out)
{
    int status = number->negative ? csvk_buf_putc(out, '-') : CSVK_OK;
    if (status != CSVK_OK || number->kind != CSVW_FINITE || number->top == INT64_MIN) {
        const char *word = number->kind == CSVW_NAN        ? "NaN"
                           : number->kind == CSVW_INFINITE ? "INF"
                                                           : "0";
        return status == CSVK_OK ? csvk_buf_puts(out, word) : status;
    }
    bool huge = (base == CSVW_DOUBLE || base == CSVW_FLOAT) &&
                (number->top > POWER_MOST || number->top < -POWER_MOST);
    status = write_digits(number, huge ? 1 : number->top, out);
    return huge && status == CSVK_OK ? csvk_buf_printf(out, "E%lld", (long long)number->top - 1)
                                     : status;
}

static int write_xsd(const struct csvw_cell *cell, struct cell_text text, struct csvk_buf *out)
{
    struct csvw_number number;
    struct moment moment;
    switch (csvk_csvw_base_kind(cell->base)) {
    case CSVW_KIND_NUMBER:
        (void)csvw_number_read(&cell->number, cell->base, text.ptr, text.length, &number);
        return write_xsd_number(cell->base, &number, out);
    case CSVW_KIND_BOOLEAN: {
        size_t first = (size_t)(strchr(cell->format, '|') - cell->format);
        return csvk_buf_puts(out, is_word(text, cell->format, first) ? "true" : "false");
    }
    default:
        (void)csvw_time_read(&cell->time, cell->base, text.ptr, text.length, &moment);
        return moment_write(&moment,
                            cell->base == CSVW_DATE   ? CSVK_VALUE_TABLE_DATE
                            : cell->base == CSVW_TIME ? CSVK_VALUE_TABLE_TIME
                                                      : CSVK_VALUE_TABLE_DATETIME,
                            out);
    }
}

int csvw_cell_write_xsd(const struct csvw_cell *cell, const unsigned char *content, size_t length,
                        struct csvk_buf *out)
{
    return write_clean(cell, (struct cell_text){content, length}, write_xsd, out);
}
