/*
 * check_length.c - the length of a base type: "10,2" of NUMERIC, "255" of STRING.
 *
 * The platform makes a column definition of it and refuses what the definition's class does not
 * take (php-datatypes, Snowflake.php and Bigquery.php). What one of the two backends takes is no
 * fault here, since a manifest does not say which one loads it. A backend's own type, beside the
 * base, has its own length, and that of the base is not used then, so it is not judged.
 */
#include "manifest/manifest_tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum length_answer {
    LENGTH_FINE,
    LENGTH_ODD, /* not written as it should be, but PHP reads a number */
    LENGTH_REFUSED
};
enum { MOST_PRECISION = 38, MOST_DIGITS = 19 };

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

static enum length_answer precision_and_scale(const char *text)
{
    size_t first = strcspn(text, ",");
    const char *scale = text[first] == ',' ? text + first + 1 : "0";
    size_t second = strlen(scale);
    if (is_whole(text, first, 2) && is_whole(scale, second, 2)) {
        long p = strtol(text, NULL, 10), s = strtol(scale, NULL, 10);
        return p >= 1 && p <= MOST_PRECISION && s <= p ? LENGTH_FINE : LENGTH_REFUSED;
    }
    bool digits = text[strspn(text, "0123456789,")] == '\0';
    return !digits && is_number_of_php(text, first) && is_number_of_php(scale, second)
               ? LENGTH_ODD
               : LENGTH_REFUSED;
}

static enum length_answer answer(const char *base, const char *text)
{
    if (strcmp(base, "NUMERIC") == 0) {
        return precision_and_scale(text);
    }
    if (strcmp(base, "TIMESTAMP") == 0) {
        return is_whole(text, strlen(text), 1) ? LENGTH_FINE : LENGTH_REFUSED;
    }
    if (strcmp(base, "STRING") == 0) {
        bool whole = is_whole(text, strlen(text), MOST_DIGITS) && text[0] != '0';
        bool odd = is_number_of_php(text, strlen(text)) && strtod(text, NULL) >= 1;
        return whole ? LENGTH_FINE : odd ? LENGTH_ODD : LENGTH_REFUSED;
    }
    return LENGTH_REFUSED;
}

static const char *what_is_taken(const char *base)
{
    return strcmp(base, "NUMERIC") == 0     ? "digits in all, and decimals: \"10,2\"; at most 38"
           : strcmp(base, "TIMESTAMP") == 0 ? "digits of the fraction of a second: \"0\" to \"9\""
           : strcmp(base, "STRING") == 0    ? "a number of characters: \"255\""
                                            : "leave the length out: this type has none";
}

bool is_refused_length(const cJSON *length, const char *base)
{
    return cJSON_IsString(length) && length->valuestring[0] != '\0' &&
           answer(base, length->valuestring) == LENGTH_REFUSED;
}

void judge_length(struct judge *judge, const cJSON *length, const char *base)
{
    if (!cJSON_IsString(length) || length->valuestring[0] == '\0') {
        return; /* none; another kind of value is a matter of keys */
    }
    enum length_answer is = answer(base, length->valuestring);
    if (is != LENGTH_FINE) {
        struct complaint what = {.rule = RULE_DATA_TYPE,
                                 .node = length,
                                 .remedy = what_is_taken(base),
                                 .mild = is == LENGTH_ODD};
        complain(judge, what, "\"%s\" is not a length of %s", length->valuestring, base);
    }
}
