/*
 * check_length.c - the length of a type: "10,2" of NUMERIC, "255" of STRING.
 *
 * The platform makes a column definition of it and refuses what the definition's class does not
 * take (php-datatypes, Snowflake.php and Bigquery.php). Where it is not known which backend loads
 * the manifest, what one of the two takes is no fault. A backend's own type, beside the base, has
 * its own length, and the platform does not use that of the base then.
 */
#include "manifest/manifest_tree.h"
#include "manifest/table_schema.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum length_answer {
    LENGTH_FINE,
    LENGTH_ODD, /* the platform's classes take it, but not as it should be */
    LENGTH_REFUSED
};

/* Digits without a zero before them; at most `most` of them. */
static bool is_whole(const char *text, size_t length, size_t most)
{
    size_t digits = strspn(text, "0123456789");
    return digits >= length && length != 0 && length <= most && (text[0] != '0' || length == 1);
}

/* As PHP's is_numeric: blanks around it, a sign, a point, an exponent. */
static bool is_number_of_php(const char *text, size_t length)
{
    char copy[64], *end;
    if (length == 0 || length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    double number = strtod(copy, &end);
    return end != copy && end[strspn(end, " \t\r\n")] == '\0' && isfinite(number) &&
           strpbrk(copy, "xX") == NULL;
}

/* 1 <= p <= 38 and s <= p; on BigQuery at most 9 decimals, and 29 digits before them. The class
   takes 38 decimals on Snowflake, which itself has 37 at most. */
static enum length_answer digits(enum csvk_backend backend, long p, long s)
{
    bool snowflake = p >= 1 && p <= 38 && s <= p;
    bool bigquery = p >= 1 && s <= 9 && s <= p && p <= s + 29;
    if (backend != CSVK_BACKEND_SNOWFLAKE) {
        return bigquery ? LENGTH_FINE : LENGTH_REFUSED;
    }
    return !snowflake ? LENGTH_REFUSED : s > 37 ? LENGTH_ODD : LENGTH_FINE;
}

static enum length_answer precision_and_scale(enum csvk_backend backend, const char *text)
{
    size_t first = strcspn(text, ",");
    const char *scale = text[first] == ',' ? text + first + 1 : "0";
    size_t second = strlen(scale);
    if (is_whole(text, first, 2) && is_whole(scale, second, 2)) {
        return digits(backend, strtol(text, NULL, 10), strtol(scale, NULL, 10));
    }
    bool only_digits = text[strspn(text, "0123456789,")] == '\0';
    return !only_digits && is_number_of_php(text, first) && is_number_of_php(scale, second)
               ? LENGTH_ODD
               : LENGTH_REFUSED;
}

static enum length_answer characters(enum csvk_backend backend, const char *text)
{
    const char *most = backend == CSVK_BACKEND_SNOWFLAKE ? "134217728" : "9223372036854775807";
    size_t length = strlen(text), limit = strlen(most);
    if (is_whole(text, length, length) && text[0] != '0') {
        return length < limit || (length == limit && strcmp(text, most) <= 0) ? LENGTH_FINE
                                                                              : LENGTH_REFUSED;
    }
    return is_number_of_php(text, length) && strtod(text, NULL) >= 1 ? LENGTH_ODD : LENGTH_REFUSED;
}

static enum length_answer answer_of(enum csvk_backend backend, enum csvk_value_type type,
                                    const char *text)
{
    switch (type) {
    case CSVK_VALUE_NUMERIC: return precision_and_scale(backend, text);
    case CSVK_VALUE_STRING: return characters(backend, text);
    case CSVK_VALUE_TIMESTAMP:
        return backend == CSVK_BACKEND_SNOWFLAKE && is_whole(text, strlen(text), 1)
                   ? LENGTH_FINE
                   : LENGTH_REFUSED;
    default: return LENGTH_REFUSED;
    }
}

/* Of a backend that is not known: the better one of both. */
static enum length_answer answer(enum csvk_backend backend, enum csvk_value_type type,
                                 const char *text)
{
    if (backend != CSVK_BACKEND_PORTABLE) {
        return answer_of(backend, type, text);
    }
    enum length_answer a = answer_of(CSVK_BACKEND_SNOWFLAKE, type, text);
    enum length_answer b = answer_of(CSVK_BACKEND_BIGQUERY, type, text);
    return a < b ? a : b;
}

static const char *what_is_taken(enum csvk_backend backend, enum csvk_value_type type)
{
    bool bigquery = backend == CSVK_BACKEND_BIGQUERY;
    if (type == CSVK_VALUE_NUMERIC) {
        return bigquery
                   ? "digits in all, and decimals: \"10,2\"; at most 9 decimals, and 29 digits "
                     "before them"
                   : "digits in all, and decimals: \"10,2\"; at most 38, and 37 decimals";
    }
    return type == CSVK_VALUE_TIMESTAMP && !bigquery
               ? "digits of the fraction of a second: \"0\" to \"9\""
           : type == CSVK_VALUE_STRING ? "a number of characters: \"255\""
                                       : "leave the length out: this type has none";
}

bool is_refused_length(const cJSON *length, const char *base)
{
    const char *text = tree_scalar(length);
    enum csvk_value_type type = table_schema_type(CSVK_BACKEND_PORTABLE, base);
    return text != NULL && text[0] != '\0' &&
           answer(CSVK_BACKEND_PORTABLE, type, text) == LENGTH_REFUSED;
}

void judge_length(struct judge *judge, const cJSON *block, enum csvk_backend whose)
{
    static const char *const on[] = {"", " on Snowflake", " on BigQuery"};
    const cJSON *length = tree_get(block, "length");
    const char *name = tree_text(block, "type"), *text = tree_scalar(length);
    enum csvk_value_type type = table_schema_type(whose, name != NULL ? name : "");
    if (text == NULL || text[0] == '\0' || type == CSVK_VALUE_ANY) {
        return; /* none; a list, or a name that is none, is told elsewhere */
    }
    enum length_answer is = answer(judge->backend, type, text);
    if (is != LENGTH_FINE) {
        const char *base = base_type(name);
        struct complaint what = {.rule = RULE_DATA_TYPE,
                                 .node = length,
                                 .remedy = what_is_taken(judge->backend, type),
                                 .mild = is == LENGTH_ODD};
        complain(judge, what, "\"%s\" is not a length of %s%s", text,
                 whose == CSVK_BACKEND_PORTABLE ? base : name, on[judge->backend]);
    }
}
