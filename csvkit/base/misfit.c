/*
 * misfit.c - why a record may have too many fields: what its fields show. misfit.h has the idea.
 */
#include "csvkit/base/misfit.h"

#include <string.h>

/* Of one record, in a table of `width` columns. */
struct fields {
    const struct csvk_bytes *field;
    size_t count, width;
    const struct csvk_dialect *dialect;
};

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

static bool has_thousands(const struct fields *f)
{
    size_t joined = 0;
    bool number = false;
    if (f->dialect->delimiter != ',' || f->count <= f->width) {
        return false;
    }
    for (size_t i = 0; i < f->count; i++) {
        bool more = number && goes_on(f->field[i]);
        joined += more;
        number = more ? f->field[i].len == 3 : begins_number(f->field[i]);
    }
    return joined >= f->count - f->width;
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
static size_t joined_fields(const struct fields *f, const struct quote_pair *pair)
{
    size_t count = 0;
    bool inside = false;
    for (size_t i = 0; i < f->count; i++) {
        bool opens = !inside && begins_with(f->field[i], pair->open);
        count += !inside;
        inside = inside || opens;
        inside = inside && !ends_with(f->field[i], pair->close, opens ? strlen(pair->open) : 0);
    }
    return inside ? 0 : count;
}

/* Does a field begin as that of a pair may? */
static bool begins_some_pair(const struct fields *f)
{
    static const bool is_first[256] = {
        ['\''] = true, ['`'] = true,  ['{'] = true,  ['['] = true,
        [0xC2] = true, [0xE2] = true, [0xEF] = true,
    };
    bool some = false;
    for (size_t i = 0; i < f->count; i++) {
        some |= f->field[i].len != 0 && is_first[f->field[i].ptr[0]];
    }
    return some;
}

/* Most records have no such field, and those of a pair that none begins with are all there. */
static enum misfit_reason find_pair(const struct fields *f)
{
    if (f->count <= f->width || !begins_some_pair(f)) {
        return MISFIT_UNKNOWN;
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        bool own = strlen(pairs[i].open) == 1 && pairs[i].open[0] == f->dialect->enclosure;
        if (!own && joined_fields(f, &pairs[i]) == f->width) {
            return pairs[i].reason;
        }
    }
    return MISFIT_UNKNOWN;
}

/* ---- all together ---------------------------------------------------------------------------- */

enum misfit_reason csvk_misfit_of_fields(const struct csvk_bytes *field, size_t count, size_t width,
                                         const struct csvk_dialect *dialect)
{
    struct fields f = {field, count, width, dialect};
    return has_thousands(&f) ? MISFIT_THOUSANDS : find_pair(&f);
}

const struct csvk_misfit_text csvk_misfit_texts[] = {
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
    [MISFIT_JOINED] = {"the header of another file follows without a line break",
                       "End every file with a line break before they are joined."},
    [MISFIT_SHORT] = {"most records are short, and none is wider",
                      "If the values left out are the last ones of each record, csvkit normalize "
                      "--ragged=pad adds them, empty."},
};
