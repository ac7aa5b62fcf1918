/* option_values.c - sizes as text, and lists from the text of an option. */
#include "csvkit/cli/frame/frame.h"

#include <string.h>

int cli_add_size(struct csvk_buf *out, uint64_t bytes)
{
    static const char *const names[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    size_t unit = 0;
    uint64_t scale = 1;
    while (unit + 1 < sizeof names / sizeof names[0] && bytes / scale >= 1000) {
        scale *= 1000;
        unit++;
    }
    uint64_t whole = bytes / scale;
    if (unit == 0 || whole >= 100) {
        return csvk_buf_printf(out, "%llu %s", (unsigned long long)whole, names[unit]);
    }
    return csvk_buf_printf(out, "%llu.%llu %s", (unsigned long long)whole,
                           (unsigned long long)(bytes % scale / (scale / 10)), names[unit]);
}

/* Reads one item in double quotes; `p` points to the first quote. Returns where the item ends, or
   NULL when the closing quote is missing. */
static const char *read_enclosed(const char *p, struct csvk_buf *item, int *status)
{
    for (p++; *p != '\0'; p++) {
        if (*p == '"' && *++p != '"') {
            return p;
        }
        if (*status == CSVK_OK) {
            *status = csvk_buf_putc(item, (unsigned char)*p);
        }
    }
    return NULL;
}

static const char *read_item(const char *p, struct csvk_strings *out, const char **problem)
{
    struct csvk_buf item = CSVK_BUF_INIT;
    int status = CSVK_OK;
    const char *end = p;
    if (*p == '"') {
        end = read_enclosed(p, &item, &status);
        if (end == NULL || (*end != '\0' && *end != ',')) {
            *problem = end == NULL ? "a double quote is not closed"
                                   : "text follows a closing double quote";
        }
    } else {
        size_t length = strcspn(p, ",");
        end = p + length;
        status = csvk_buf_add(&item, p, length);
        *problem = length == 0 ? "an item is empty; write \"\" when that is meant" : NULL;
    }
    if (*problem == NULL && status == CSVK_OK) {
        status = csvk_strings_add(out, csvk_buf_text(&item));
    }
    csvk_buf_release(&item);
    if (*problem == NULL && status != CSVK_OK) {
        *problem = "out of memory";
    }
    return end;
}

int cli_parse_list(const char *text, struct csvk_strings *out, const char **problem)
{
    const char *p = text;
    *problem = NULL;
    while (*text != '\0') {
        p = read_item(p, out, problem);
        if (*problem != NULL) {
            return CLI_TROUBLE;
        }
        if (*p == '\0') {
            return CLI_GOOD;
        }
        p++; /* the comma */
    }
    return CLI_GOOD;
}
