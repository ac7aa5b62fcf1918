/*
 * filters.c - reads the filters and the order of a download.
 *
 * A name of a Storage column is letters, digits, _ and -, so what stands after it tells the two
 * forms of a filter apart: a blank means a word, anything else a sign. The platform compares as
 * text unless a type is given, and takes greater and less only with one; when none is typed, it
 * follows from the value.
 */
#include "csvkit/cli/remote/filters.h"
#include "csvkit/cli/frame/frame.h"

#include <string.h>

static const char name_bytes[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
static const char *const types[] = {"INTEGER", "DOUBLE", "BIGINT", "REAL", "DECIMAL", NULL};

/* Keeps a copy of the text; NULL: out of memory. */
static const char *keep(struct filters *filters, const char *text, size_t length)
{
    return csvk_strings_addn(&filters->texts, text, length) == CSVK_OK
               ? filters->texts.item[filters->texts.count - 1]
               : NULL;
}

/* ---- names and types ------------------------------------------------------------------------- */

/* Reads COLUMN or COLUMN:TYPE from *at, which moves behind it. */
static int read_column(struct cli *cli, struct filters *filters, const char **at,
                       const char **column, const char **type)
{
    const char *text = *at;
    size_t length = strspn(text, name_bytes);
    *type = NULL;
    *column = keep(filters, text, length);
    *at = text + length;
    if (!*column) {
        return cli_trouble(cli, "out of memory");
    }
    if (**at != ':') {
        return CLI_GOOD;
    }
    size_t type_length = strspn(*at + 1, name_bytes);
    for (const char *const *known = types; *known; known++) {
        if (strlen(*known) == type_length && strncmp(*at + 1, *known, type_length) == 0) {
            *type = *known;
        }
    }
    *at += 1 + type_length;
    return *type
               ? CLI_GOOD
               : cli_trouble(cli,
                             "%s: what follows the colon is a type: INTEGER, DOUBLE, BIGINT, REAL "
                             "or DECIMAL; the order of --order-by is a word, as in '%s desc'",
                             text, *column);
}

/* Digits with a sign are an INTEGER, with a point a DECIMAL; NULL: neither. */
static const char *type_of_value(const char *value)
{
    const char *at = value + (*value == '-' || *value == '+');
    size_t whole = strspn(at, "0123456789");
    if (whole > 0 && at[whole] == '\0') {
        return whole > 9 ? "BIGINT" : "INTEGER";
    }
    size_t rest = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    return rest > 0 && at[whole + 1 + rest] == '\0' ? "DECIMAL" : NULL;
}

/* ---- filters --------------------------------------------------------------------------------- */

static const struct {
    const char *sign, *word;
} operators[] = {{"!=", "ne"}, {">=", "ge"}, {"<=", "le"}, {"=", "eq"}, {">", "gt"}, {"<", "lt"}};
enum { OPERATORS = sizeof operators / sizeof *operators };

static const char *find_sign(const char *at, const char **after)
{
    for (size_t i = 0; i < OPERATORS; i++) {
        size_t length = strlen(operators[i].sign);
        if (strncmp(at, operators[i].sign, length) == 0) {
            *after = at + length;
            return operators[i].word;
        }
    }
    return NULL;
}

static const char *find_word(const char *at, const char **after)
{
    for (size_t i = 0; i < OPERATORS; i++) {
        if (strncmp(at, operators[i].word, 2) == 0 && (at[2] == ' ' || at[2] == '\0')) {
            *after = at + 2 + (at[2] == ' ');
            return operators[i].word;
        }
    }
    return NULL;
}

static int check_comparison(struct cli *cli, const char *text, struct kbc_filter *filter)
{
    if (strcmp(filter->operator, "eq") == 0 || strcmp(filter->operator, "ne") == 0) {
        return CLI_GOOD;
    }
    if (filter->values->count != 1) {
        return cli_trouble(cli, "--where=%s: greater and less take one value", text);
    }
    filter->type = filter->type ? filter->type : type_of_value(filter->values->item[0]);
    return filter->type ? CLI_GOOD
                        : cli_trouble(cli, "--where=%s: greater and less compare numbers", text);
}

static int read_filter(struct filters *filters, struct cli *cli, const char *text)
{
    const char *at = text, *after = NULL, *problem = NULL;
    struct kbc_filter *filter = &filters->filter[filters->count];
    struct csvk_strings *values = &filters->values[filters->count++];
    int status = read_column(cli, filters, &at, &filter->column, &filter->type);
    bool word = *at == ' ';
    filter->values = values;
    filter->operator= word ? find_word(at + 1, &after) : find_sign(at, &after);
    if (status == CLI_GOOD && (at == text || !filter->operator)) {
        return cli_trouble(cli,
                           "--where=%s: expected COLUMN=VALUE, COLUMN!=VALUE, > >= < <=, or "
                           "'COLUMN eq A,B'",
                           text);
    }
    if (status == CLI_GOOD && word && cli_parse_list(after, values, &problem) != CLI_GOOD) {
        return cli_trouble(cli, "--where=%s: %s", text, problem);
    }
    if (status == CLI_GOOD && (!word || values->count == 0) &&
        csvk_strings_add(values, after) < 0) {
        return cli_trouble(cli, "out of memory");
    }
    return status == CLI_GOOD ? check_comparison(cli, text, filter) : status;
}

static int read_order(struct filters *filters, struct cli *cli, const char *text)
{
    const char *at = text;
    struct kbc_order *order = &filters->order[filters->norders++];
    int status = read_column(cli, filters, &at, &order->column, &order->type);
    order->descending = strcmp(at, " desc") == 0;
    if (status == CLI_GOOD &&
        (at == text || (*at && !order->descending && strcmp(at, " asc") != 0))) {
        return cli_trouble(cli, "--order-by=%s: expected COLUMN, 'COLUMN asc' or 'COLUMN desc'",
                           text);
    }
    return status;
}

int filters_read(struct filters *filters, struct cli *cli)
{
    int status = CLI_GOOD;
    if (cli_count(cli, "where") > MOST_FILTERS || cli_count(cli, "order-by") > MOST_ORDERS) {
        return cli_trouble(cli, "--where can be given at most %d times, --order-by %d times",
                           MOST_FILTERS, MOST_ORDERS);
    }
    for (size_t i = 0; i < cli_count(cli, "where") && status == CLI_GOOD; i++) {
        status = read_filter(filters, cli, cli_nth(cli, "where", i));
    }
    for (size_t i = 0; i < cli_count(cli, "order-by") && status == CLI_GOOD; i++) {
        status = read_order(filters, cli, cli_nth(cli, "order-by", i));
    }
    return status;
}

void filters_release(struct filters *filters)
{
    for (size_t i = 0; i < filters->count; i++) {
        csvk_strings_release(&filters->values[i]);
    }
    csvk_strings_release(&filters->texts);
}
