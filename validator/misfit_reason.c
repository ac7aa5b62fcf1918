/*
 * misfit_reason.c - why a record may have too many or too few fields: what can be seen in its
 * bytes.
 *
 * The idea. A reason is told only when it explains the width exactly: taken for true, the record
 * would have as many fields as the table. Only records whose finding is kept are looked at.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"

#include <string.h>

#define FIELDS_MOST 4096 /* of a record that is looked at */

/* A record, field by field. */
struct pieces {
    struct csvk_bytes field[FIELDS_MOST];
    size_t count;
};

static bool cut(const struct csvk_validator *v, struct csvk_bytes record, struct pieces *p)
{
    struct field_walk walk = {record.ptr, record.len, 0, v->options.dialect, false};
    struct walk_field field;
    p->count = 0;
    do {
        if (p->count == FIELDS_MOST) {
            return false;
        }
        walk_next(&walk, &field);
        p->field[p->count++] =
            (struct csvk_bytes){walk.bytes + field.begin, field.end - field.begin};
    } while (!field.last);
    return true;
}

/* ---- numbers with thousands separators ------------------------------------------------------- */

static size_t digits(struct csvk_bytes s, size_t from)
{
    size_t at = from;
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9') {
        at++;
    }
    return at - from;
}

/* One to three digits, perhaps with a sign or a currency before them. */
static bool begins_number(struct csvk_bytes s)
{
    size_t at = 0;
    while (at < s.len && (s.ptr[at] < '0' || s.ptr[at] > '9')) {
        at++;
    }
    size_t n = digits(s, at);
    return at <= 4 && n >= 1 && n <= 3 && at + n == s.len;
}

/* Three digits, perhaps with a decimal fraction. */
static bool goes_on(struct csvk_bytes s)
{
    return digits(s, 0) == 3 &&
           (s.len == 3 || (s.ptr[3] == '.' && digits(s, 4) != 0 && 4 + digits(s, 4) == s.len));
}

static bool has_thousands(const struct csvk_validator *v, const struct pieces *p)
{
    size_t joined = 0;
    bool number = false;
    for (size_t i = 0; i < p->count; i++) {
        bool more = number && goes_on(p->field[i]);
        joined += more;
        number = more ? p->field[i].len == 3 : begins_number(p->field[i]);
    }
    return v->options.dialect.delimiter == ',' && p->count > v->width &&
           joined >= p->count - v->width;
}

/* ---- pairs that hold a delimiter ------------------------------------------------------------- */

/* Text that opens and closes a value where the enclosure of the table does not. */
struct quote_pair {
    const char *open, *close;
    enum misfit_reason reason;
};
static const struct quote_pair pairs[] = {
    {"\xE2\x80\x9C", "\xE2\x80\x9D", MISFIT_TYPOGRAPHIC}, /* U+201C, U+201D */
    {"\xE2\x80\x9E", "\xE2\x80\x9C", MISFIT_TYPOGRAPHIC}, /* U+201E, U+201C */
    {"\xEF\xBC\x82", "\xEF\xBC\x82", MISFIT_TYPOGRAPHIC}, /* U+FF02 */
    {"\xC2\xAB", "\xC2\xBB", MISFIT_TYPOGRAPHIC},
    {"'", "'", MISFIT_APOSTROPHES},
    {"`", "`", MISFIT_BACKTICKS},
    {"{", "}", MISFIT_JSON},
    {"[", "]", MISFIT_JSON},
};

static bool begins_with(struct csvk_bytes s, const char *text)
{
    size_t n = strlen(text);
    return s.len >= n && memcmp(s.ptr, text, n) == 0;
}

static bool ends_with(struct csvk_bytes s, const char *text, size_t least)
{
    size_t n = strlen(text);
    return s.len >= n + least && memcmp(s.ptr + s.len - n, text, n) == 0;
}

/* How many fields there are when those between `open` and `close` are one; 0: one is not closed. */
static size_t joined_fields(const struct pieces *p, const struct quote_pair *pair)
{
    size_t count = 0;
    bool inside = false;
    for (size_t i = 0; i < p->count; i++) {
        bool opens = !inside && begins_with(p->field[i], pair->open);
        count += !inside;
        inside = inside || opens;
        inside = inside && !ends_with(p->field[i], pair->close, opens ? strlen(pair->open) : 0);
    }
    return inside ? 0 : count;
}

static enum misfit_reason find_pair(const struct csvk_validator *v, const struct pieces *p)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        bool own = strlen(pairs[i].open) == 1 && pairs[i].open[0] == v->options.dialect.enclosure;
        if (!own && p->count > v->width && joined_fields(p, &pairs[i]) == v->width) {
            return pairs[i].reason;
        }
    }
    return MISFIT_UNKNOWN;
}

/* ---- a single field -------------------------------------------------------------------------- */

/* How many fields the value of an enclosed field has when it is read as a record; 0: it is none. A
   blank after a delimiter is prose: "City, country". */
uint64_t fields_within(const struct csvk_validator *v, struct csvk_bytes raw)
{
    const struct csvk_dialect *d = &v->options.dialect;
    uint64_t count = 0;
    unsigned char *text = raw.len >= 2 && raw.ptr[0] == d->enclosure ? csvk_malloc(raw.len) : NULL;
    if (text == NULL) {
        return 0;
    }
    struct field_walk walk = {text, csvk_field_decode(raw, d, text), 0, *d, true};
    struct walk_field field;
    do {
        walk_next(&walk, &field);
        size_t length = field.end - field.begin;
        bool whole = !field.enclosed || (length >= 2 && text[field.end - 1] == d->enclosure);
        bool prose = count != 0 && length != 0 && text[field.begin] == ' ';
        count = whole && !prose ? count + 1 : 0;
    } while (!field.last && count != 0);
    bool one_line = walk.at == walk.size && !(field.last && field.complete);
    csvk_free(text);
    return one_line ? count : 0;
}

static uint64_t split_by(struct csvk_bytes s, char c)
{
    uint64_t count = 1;
    for (size_t i = 0; i < s.len; i++) {
        count += s.ptr[i] == (unsigned char)c;
    }
    return count;
}

static enum misfit_reason look_at_single(const struct csvk_validator *v, struct csvk_bytes record)
{
    static const struct {
        char c;
        enum misfit_reason reason;
    } others[] = {
        {';', MISFIT_SEMICOLON}, {'\t', MISFIT_TAB}, {'|', MISFIT_PIPE}, {',', MISFIT_COMMA}};
    if (fields_within(v, record) == v->width) {
        return MISFIT_TWICE;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (!csvk_delimiter_has(&v->options.dialect, others[i].c) &&
            split_by(record, others[i].c) == v->width) {
            return others[i].reason;
        }
    }
    return MISFIT_UNKNOWN;
}

/* ---- lines that end with CR ------------------------------------------------------------------ */

/* Is the record several records of the table, with a CR between them? */
bool is_parted_by_cr(const struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || v->width < 2) {
        return false;
    }
    struct field_walk walk = {b->bytes + (r->offset - b->offset), (size_t)r->length, 0,
                              v->options.dialect, true};
    uint64_t records = 0, fields = 0;
    while (walk.at < walk.size) {
        struct walk_field field;
        walk_next(&walk, &field);
        fields++;
        if (field.last) {
            if (fields != v->width) {
                return false;
            }
            records++;
            fields = 0;
        }
    }
    return records > 1 && fields == 0;
}

/* ---- all together ---------------------------------------------------------------------------- */

enum misfit_reason misfit_reason(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes == NULL || v->width < 2) {
        return MISFIT_UNKNOWN;
    }
    struct csvk_bytes record = {b->bytes + (r->offset - b->offset), (size_t)r->length};
    if (r->nfields == 1) {
        return look_at_single(v, record);
    }
    if (is_parted_by_cr(v, r)) {
        return MISFIT_CR;
    }
    struct pieces *p = csvk_malloc(sizeof *p);
    enum misfit_reason reason = MISFIT_UNKNOWN;
    if (p == NULL) {
        v->failed = true;
    } else if (cut(v, record, p)) {
        reason = has_thousands(v, p) ? MISFIT_THOUSANDS : find_pair(v, p);
    }
    csvk_free(p);
    return reason;
}

const struct misfit_text misfit_texts[] = {
    [MISFIT_UNKNOWN] = {NULL, NULL},
    [MISFIT_THOUSANDS] = {"a number with thousands separators is not enclosed",
                          "Enclose numbers that hold a comma, or write them without."},
    [MISFIT_TYPOGRAPHIC] = {"typographic quotes do not enclose a value",
                            "Write \" instead of typographic quotes around values."},
    [MISFIT_APOSTROPHES] = {"single quotes do not enclose a value",
                            "Read with --enclosure=\"'\", or write double quotes."},
    [MISFIT_BACKTICKS] = {"backticks do not enclose a value",
                          "Read with --enclosure='`', or write double quotes."},
    [MISFIT_JSON] = {"JSON that is not enclosed", "Enclose the JSON, and double the quotes in it."},
    [MISFIT_TWICE] = {"the record was enclosed once more",
                      "Take the value of the only field as the record."},
    [MISFIT_SEMICOLON] =
        {"a semicolon splits the record into as many",
         "Part of the file was written with semicolons: write it with one delimiter."},
    [MISFIT_TAB] = {"a tab splits the record into as many",
                    "Part of the file was written with tabs: write it with one delimiter."},
    [MISFIT_PIPE] = {"a pipe splits the record into as many",
                     "Part of the file was written with pipes: write it with one delimiter."},
    [MISFIT_COMMA] = {"a comma splits the record into as many",
                      "Part of the file was written with commas: write it with one delimiter."},
    [MISFIT_CR] = {"every CR in it is followed by a whole record",
                   "Read CR as a line break: csvkit normalize --line-break-in=any does."},
};
