/* value_csvw.c - a cell of CSVW as one of the types of csvkit; a title in the header. */
#include "csvkit/schema/csvw_compiled.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Equal; `trim`: but for blanks around `found`. */
static bool is_title(const char *found, const char *title, bool trim)
{
    size_t length = strlen(found);
    while (trim && length != 0 && is_blank(*found)) {
        found++;
        length--;
    }
    while (trim && length != 0 && is_blank(found[length - 1])) {
        length--;
    }
    return strlen(title) == length && memcmp(found, title, length) == 0;
}

bool csvw_title_fits(const struct csvk_schema_column *column, const char *title)
{
    bool trim = column->cell != NULL && column->cell->trim;
    if (column->titles == NULL) {
        return is_title(title, column->name, trim);
    }
    for (size_t i = 0; i < column->titles->count; i++) {
        if (is_title(title, column->titles->item[i], trim)) {
            return true;
        }
    }
    return column->titles->count == 0;
}

bool csvw_is_missing(const struct value_check *check, const unsigned char *value, size_t length)
{
    return csvw_cell_judge(check->cell, check->pattern, value, length).null;
}

int csvw_write_key(const struct value_check *check, const unsigned char *value, size_t length,
                   struct csvk_buf *out)
{
    return csvw_cell_write_key(check->cell, value, length, out);
}

struct value_fault judge_csvw(const struct value_check *check, const unsigned char *value,
                              size_t length)
{
    return csvw_cell_judge(check->cell, check->pattern, value, length).fault;
}

/* What is null is for the judge. */
bool accepts_csvw(const struct value_check *check, const unsigned char *value, size_t length)
{
    struct csvw_verdict verdict = csvw_cell_judge(check->cell, check->pattern, value, length);
    return verdict.fault.kind == VALUE_GOOD && !verdict.null;
}

/* ---- the quick check ------------------------------------------------------------------------- */

static bool accepts_text(const struct value_check *check, const unsigned char *value, size_t length)
{
    (void)check, (void)value;
    return length != 0;
}

static bool accepts_words(const struct value_check *check, const unsigned char *value,
                          size_t length)
{
    (void)check;
    return length == 1   ? value[0] == '0' || value[0] == '1'
           : length == 4 ? memcmp(value, "true", 4) == 0
                         : length == 5 && memcmp(value, "false", 5) == 0;
}

/* What takes plainly good values of a datatype without format and limits; NULL: nothing does. */
static value_accepts_fn *quick_check(enum csvw_base base)
{
    switch (base) {
    case CSVW_STRING:
    case CSVW_JSON:
    case CSVW_XML:
    case CSVW_HTML:
    case CSVW_ANY_ATOMIC: return accepts_text;
    case CSVW_BOOLEAN: return accepts_words;
    case CSVW_INTEGER:
    case CSVW_LONG: return accepts_integer;
    case CSVW_DECIMAL: return accepts_numeric;
    case CSVW_DOUBLE:
    case CSVW_FLOAT: return accepts_float;
    case CSVW_DATE: return accepts_date;
    case CSVW_DATE_TIME: return accepts_datetime;
    default: return NULL;
    }
}

static bool accepts_plain(const struct value_check *check, const unsigned char *value,
                          size_t length)
{
    return check->plain(check, value, length) || accepts_csvw(check, value, length);
}

int csvw_check_init(struct value_check *check, const struct csvk_schema_column *column,
                    struct csvk_error *err)
{
    check->cell = column->cell;
    check->plain = check->cell->plain ? quick_check(check->cell->base) : NULL;
    check->accepts = check->plain != NULL ? accepts_plain : accepts_csvw;
    check->takes_texts = check->plain == accepts_text;
    check->takes_digits = check->plain == accepts_integer || check->plain == accepts_numeric ||
                          check->plain == accepts_float;
    return check->cell->expression != NULL
               ? value_pattern_new(&check->pattern, check->cell->expression,
                                   CSVK_PATTERN_ECMASCRIPT, err)
               : CSVK_OK;
}
