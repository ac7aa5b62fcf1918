/*
 * column_types.c - proposes base data types for columns; types.h has the idea.
 *
 * Every value is read once. Its first byte decides which family it may belong to (number or date,
 * word), and the family answers with the set of types that can hold the value.
 */
#include "manifest/types.h"

#include <stdio.h>
#include <string.h>

#define BIT(type)     (1u << (type))
#define MOST_INTEGER  18 /* digits that a 64-bit integer always holds */
#define MOST_NUMERIC  38 /* digits of a NUMERIC */
#define MOST_FLOAT    15 /* decimal digits that a double keeps */
#define DEFAULT_SCALE 9  /* fraction digits of a NUMERIC without a length */

struct csvk_types {
    struct csvk_column_types *column;
    size_t count;
    struct csvk_dialect dialect;
    struct csvk_buf value; /* room for a decoded value */
    struct csvk_short_records short_records;
    struct csvk_strings names; /* of the columns; none: they are not known */
    struct csvk_repeated_headers repeated_headers;
};

static const char *const names[] = {"BOOLEAN", "INTEGER",   "NUMERIC", "FLOAT",
                                    "DATE",    "TIMESTAMP", "STRING"};

const char *csvk_type_name(enum csvk_type type)
{
    return names[type];
}

/* ---- numbers ---- */

struct number {
    size_t integer_digits, fraction_digits;
    bool exponent;
};

static size_t count_digits(struct csvk_bytes text, size_t at)
{
    size_t n = 0;
    while (at + n < text.len && text.ptr[at + n] >= '0' && text.ptr[at + n] <= '9') {
        n++;
    }
    return n;
}

/* True when the rest of the text is an exponent: e, perhaps a sign, and one to three digits that
   make less than 300. */
static bool read_exponent(struct csvk_bytes text, size_t at)
{
    if (text.ptr[at] != 'e' && text.ptr[at] != 'E') {
        return false;
    }
    at++;
    at += at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+');
    size_t n = count_digits(text, at);
    return n >= 1 && at + n == text.len && (n < 3 || (n == 3 && text.ptr[at] < '3'));
}

static bool read_number(struct csvk_bytes text, struct number *number)
{
    size_t at = text.ptr[0] == '-';
    size_t n = count_digits(text, at);
    if (n == 0 || (n > 1 && text.ptr[at] == '0')) {
        return false; /* 007 is a name, not a number */
    }
    if (text.len == 2 && at == 1 && text.ptr[1] == '0') {
        return false; /* -0 would come back as 0 */
    }
    number->integer_digits = n;
    at += n;
    if (at < text.len && text.ptr[at] == '.') {
        number->fraction_digits = count_digits(text, at + 1);
        if (number->fraction_digits == 0) {
            return false;
        }
        at += 1 + number->fraction_digits;
    }
    number->exponent = at < text.len;
    return at == text.len || read_exponent(text, at);
}

static unsigned types_of_number(const struct number *number)
{
    size_t digits = number->integer_digits + number->fraction_digits;
    unsigned types = digits <= MOST_FLOAT ? BIT(CSVK_TYPE_FLOAT) : 0;
    if (number->exponent) {
        return types;
    }
    if (digits <= MOST_NUMERIC) {
        types |= BIT(CSVK_TYPE_NUMERIC);
    }
    if (number->fraction_digits == 0 && digits <= MOST_INTEGER) {
        types |= BIT(CSVK_TYPE_INTEGER);
    }
    return types;
}

/* ---- dates ---- */

/* The number that `n` digits at `at` make; -1 when they are not digits. */
static int read_digits(struct csvk_bytes text, size_t at, size_t n)
{
    int value = 0;
    if (at + n > text.len) {
        return -1;
    }
    for (size_t i = at; i < at + n; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return -1;
        }
        value = value * 10 + (text.ptr[i] - '0');
    }
    return value;
}

/* True when `text` begins with YYYY-MM-DD, a day that exists. */
static bool begins_with_date(struct csvk_bytes text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (text.len < 10 || text.ptr[4] != '-' || text.ptr[7] != '-') {
        return false;
    }
    int year = read_digits(text, 0, 4), month = read_digits(text, 5, 2);
    int day = read_digits(text, 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

/* HH:MM, then :SS, then a fraction of one to nine digits, then Z. All after HH:MM is optional, but
   a fraction needs seconds. */
static bool is_time(struct csvk_bytes text)
{
    if (text.len > 0 && text.ptr[text.len - 1] == 'Z') {
        text.len--;
    }
    int hour = read_digits(text, 0, 2), minute = read_digits(text, 3, 2);
    if (text.len < 5 || text.ptr[2] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
        return false;
    }
    if (text.len == 5) {
        return true;
    }
    int second = read_digits(text, 6, 2);
    if (text.ptr[5] != ':' || second < 0 || second > 59) {
        return false;
    }
    size_t fraction = text.len > 9 ? count_digits(text, 9) : 0;
    return text.len == 8 ||
           (text.ptr[8] == '.' && fraction >= 1 && fraction <= 9 && 9 + fraction == text.len);
}

static unsigned types_of_date(struct csvk_bytes text)
{
    if (!begins_with_date(text)) {
        return 0;
    }
    if (text.len == 10) {
        return BIT(CSVK_TYPE_DATE) | BIT(CSVK_TYPE_TIMESTAMP);
    }
    struct csvk_bytes time = {text.ptr + 11, text.len - 11};
    bool separated = text.ptr[10] == ' ' || text.ptr[10] == 'T';
    return separated && is_time(time) ? BIT(CSVK_TYPE_TIMESTAMP) : 0;
}

/* ---- values ---- */

static bool is_word(struct csvk_bytes text, const char *word)
{
    if (text.len != strlen(word)) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.ptr[i];
        c = c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
        if (c != (unsigned char)word[i]) {
            return false;
        }
    }
    return true;
}

/* The set of types, STRING left out, that can hold a value. The value must not be empty. */
static unsigned types_of(struct csvk_bytes text, struct number *number)
{
    unsigned char first = text.ptr[0];
    if (first == '-' || (first >= '0' && first <= '9')) {
        return read_number(text, number) ? types_of_number(number) : types_of_date(text);
    }
    return is_word(text, "true") || is_word(text, "false") ? BIT(CSVK_TYPE_BOOLEAN) : 0;
}

static void exclude(struct csvk_column_types *column, unsigned types, struct csvk_bytes text,
                    uint64_t record)
{
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        struct csvk_type_exclusion *excluded = &column->excluded[type];
        if ((types & BIT(type)) != 0 || excluded->record != 0) {
            continue;
        }
        excluded->record = record;
        excluded->length = text.len;
        memcpy(excluded->sample, text.ptr,
               text.len < CSVK_TYPE_SAMPLE ? text.len : CSVK_TYPE_SAMPLE);
    }
}

/* The larger one of the two, at most UINT32_MAX. */
static uint32_t most(uint32_t a, size_t b)
{
    return b > a ? (uint32_t)(b < UINT32_MAX ? b : UINT32_MAX) : a;
}

static void add_empty(struct csvk_column_types *column, uint64_t record)
{
    column->first_empty = column->empty++ == 0 ? record : column->first_empty;
}

static void add_value(struct csvk_column_types *column, struct csvk_bytes text, uint64_t record)
{
    if (text.len == 0) {
        add_empty(column, record);
        return;
    }
    struct number number = {0, 0, false};
    column->values++;
    column->longest = text.len > column->longest ? text.len : column->longest;
    unsigned types = types_of(text, &number);
    if ((types & BIT(CSVK_TYPE_NUMERIC)) != 0) {
        column->integer_digits = most(column->integer_digits, number.integer_digits);
        column->fraction_digits = most(column->fraction_digits, number.fraction_digits);
    }
    exclude(column, types, text, record);
}

/* ---- counting ---- */

int csvk_types_new(struct csvk_types **out, size_t columns, const struct csvk_dialect *dialect)
{
    struct csvk_types *types = csvk_calloc(1, sizeof *types);
    if (types == NULL) {
        return CSVK_ENOMEM;
    }
    types->column = csvk_calloc(columns, sizeof *types->column);
    types->count = columns;
    types->dialect = *dialect;
    if (types->column == NULL) {
        csvk_types_free(types);
        return CSVK_ENOMEM;
    }
    *out = types;
    return CSVK_OK;
}

/* The value of a raw field: its own bytes when they are the value, else decoded in types->value. */
static int value_of(struct csvk_types *types, struct csvk_bytes raw, uint32_t flags,
                    struct csvk_bytes *value)
{
    *value = raw;
    if ((flags & CSVK_FIELD_DECODE) == 0 && (flags & CSVK_FIELD_ENCLOSED) == 0) {
        return CSVK_OK;
    }
    csvk_buf_clear(&types->value);
    int status = csvk_buf_reserve(&types->value, raw.len);
    if (status == CSVK_OK) {
        value->len = csvk_field_decode(raw, &types->dialect, types->value.data);
        value->ptr = types->value.data;
    }
    return status;
}

int csvk_types_name(struct csvk_types *types, const struct csvk_strings *columns)
{
    csvk_strings_release(&types->names);
    for (size_t i = 0; i < types->count && i < columns->count; i++) {
        int status = csvk_strings_add(&types->names, columns->item[i]);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* Where files were joined, the byte order mark of the second one stands before its first name. */
static struct csvk_bytes without_mark(struct csvk_bytes value)
{
    bool mark = value.len >= 3 && memcmp(value.ptr, "\xEF\xBB\xBF", 3) == 0;
    return mark ? (struct csvk_bytes){value.ptr + 3, value.len - 3} : value;
}

/* Is every value the name of its column? Nearly always the first one is not. */
static int is_header_again(struct csvk_types *types, const struct csvk_batch *batch,
                           const struct csvk_record *record, bool *is)
{
    *is = types->names.count != 0 && types->names.count == record->nfields;
    for (size_t i = 0; *is && i < types->count; i++) {
        struct csvk_bytes value = csvk_field_raw(batch, record, i);
        uint32_t flags = batch->fields[record->first_field + i].flags;
        const char *name = types->names.item[i];
        value = i == 0 ? without_mark(value) : value;
        if (i == 0 && value.len != 0 && value.ptr[0] == types->dialect.enclosure) {
            flags |= CSVK_FIELD_ENCLOSED; /* behind a mark it is none by the grammar */
        }
        int status = value_of(types, value, flags, &value);
        if (status != CSVK_OK) {
            return status;
        }
        *is = value.len == strlen(name) && memcmp(value.ptr, name, value.len) == 0;
    }
    return CSVK_OK;
}

static void add_header_again(struct csvk_types *types, uint64_t record)
{
    struct csvk_repeated_headers *found = &types->repeated_headers;
    found->first = found->count++ == 0 ? record : found->first;
    for (size_t i = 0; i < types->count; i++) {
        types->column[i].header_again = found->first;
    }
}

static int add_record(struct csvk_types *types, const struct csvk_batch *batch,
                      const struct csvk_record *record)
{
    /* Which values are missing is not known, so none of the others is in a column for sure. */
    if (record->nfields < types->count) {
        struct csvk_short_records *found = &types->short_records;
        found->first = found->count++ == 0 ? record->number : found->first;
        return CSVK_OK;
    }
    bool again;
    int status = is_header_again(types, batch, record, &again);
    if (status == CSVK_OK && again) {
        add_header_again(types, record->number);
    }
    for (size_t i = 0; status == CSVK_OK && !again && i < types->count; i++) {
        struct csvk_bytes value;
        status = value_of(types, csvk_field_raw(batch, record, i),
                          batch->fields[record->first_field + i].flags, &value);
        if (status == CSVK_OK) {
            add_value(&types->column[i], value, record->number);
        }
    }
    return status;
}

int csvk_types_feed(struct csvk_types *types, const struct csvk_batch *batch, uint64_t skip)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < batch->nreported && status == CSVK_OK; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->number > skip && !record->blank && !record->oversize) {
            status = add_record(types, batch, record);
        }
    }
    return status;
}

static void merge_column(struct csvk_column_types *left, const struct csvk_column_types *right)
{
    left->values += right->values;
    left->first_empty = left->empty == 0 ? right->first_empty : left->first_empty;
    left->empty += right->empty;
    left->longest = right->longest > left->longest ? right->longest : left->longest;
    left->integer_digits = most(left->integer_digits, right->integer_digits);
    left->fraction_digits = most(left->fraction_digits, right->fraction_digits);
    left->header_again = left->header_again == 0 ? right->header_again : left->header_again;
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        if (left->excluded[type].record == 0) {
            left->excluded[type] = right->excluded[type];
        }
    }
}

void csvk_types_merge(struct csvk_types *left, const struct csvk_types *right)
{
    struct csvk_short_records *l = &left->short_records;
    const struct csvk_short_records *r = &right->short_records;
    struct csvk_repeated_headers *again = &left->repeated_headers;
    for (size_t i = 0; i < left->count && i < right->count; i++) {
        merge_column(&left->column[i], &right->column[i]);
    }
    l->first = l->count == 0 ? r->first : l->first;
    l->count += r->count;
    again->first = again->count == 0 ? right->repeated_headers.first : again->first;
    again->count += right->repeated_headers.count;
}

struct csvk_repeated_headers csvk_types_repeated_headers(const struct csvk_types *types)
{
    return types->repeated_headers;
}

struct csvk_short_records csvk_types_short_records(const struct csvk_types *types)
{
    return types->short_records;
}

size_t csvk_types_columns(const struct csvk_types *types)
{
    return types->count;
}

const struct csvk_column_types *csvk_types_column(const struct csvk_types *types, size_t column)
{
    return &types->column[column];
}

void csvk_types_free(struct csvk_types *types)
{
    if (types != NULL) {
        csvk_free(types->column);
        csvk_buf_release(&types->value);
        csvk_strings_release(&types->names);
        csvk_free(types);
    }
}

/* ---- the proposal ---- */

enum csvk_type csvk_types_propose(const struct csvk_column_types *column)
{
    return column->header_again != 0 ? CSVK_TYPE_STRING : csvk_types_propose_for_others(column);
}

enum csvk_type csvk_types_propose_for_others(const struct csvk_column_types *column)
{
    for (int type = 0; column->values > 0 && type < CSVK_TYPE_STRING; type++) {
        bool fits = type != CSVK_TYPE_NUMERIC ||
                    column->integer_digits + column->fraction_digits <= MOST_NUMERIC;
        if (column->excluded[type].record == 0 && fits) {
            return (enum csvk_type)type;
        }
    }
    return CSVK_TYPE_STRING;
}

void csvk_types_length(const struct csvk_column_types *column, char text[CSVK_TYPE_LENGTH_SIZE])
{
    text[0] = '\0';
    bool standard = column->fraction_digits <= DEFAULT_SCALE &&
                    column->integer_digits <= MOST_NUMERIC - DEFAULT_SCALE;
    if (csvk_types_propose(column) == CSVK_TYPE_NUMERIC && !standard) {
        snprintf(text, CSVK_TYPE_LENGTH_SIZE, "%d,%u", MOST_NUMERIC,
                 (unsigned)column->fraction_digits);
    }
}
