/* byte_range.c - see byte_range.h. */
#include "csvkit/cli/remote/byte_range.h"

#include "csvkit/base/numbers.h"

#include <string.h>
#include <strings.h>

#define PARTS_MOST 1000000

/* Where the range number `i` of `n` begins. */
static uint64_t begin_of(uint64_t size, uint64_t i, uint64_t n)
{
    return size / n * i + size % n * i / n;
}

/* The number before `end`. */
static bool read_number(const char *text, size_t length, uint64_t *out)
{
    char copy[64];
    if (length == 0 || length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return csvk_parse_size(copy, out) == CSVK_NUMBER_OK;
}

static bool read_range(const char *text, uint64_t size, struct csvk_partial_range *out)
{
    size_t first = strcspn(text, "-/"), rest = strlen(text) - first;
    uint64_t a, b = size;
    if (rest == 0 || !read_number(text, first, &a) ||
        !((rest == 1 && text[first] == '-') || read_number(text + first + 1, rest - 1, &b))) {
        return false;
    }
    if (text[first] == '-') {
        *out = (struct csvk_partial_range){a, b};
        return true;
    }
    if (a == 0 || a > b || b > PARTS_MOST) {
        return false;
    }
    *out = (struct csvk_partial_range){begin_of(size, a - 1, b), begin_of(size, a, b)};
    return true;
}

int cli_get_byte_range(struct cli *cli, uint64_t size, struct csvk_partial_range *out,
                       struct csvk_error *err)
{
    const char *text = cli_value(cli, "byte-range");
    return read_range(text, size, out)
               ? CSVK_OK
               : csvk_fail(err, CSVK_EUSAGE,
                           "--byte-range=%s: neither A-B, bytes from 0, nor I/N with I from 1 to N",
                           text);
}

static bool is_utf8(const char *encoding)
{
    return strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0;
}

int cli_check_ranges(struct cli *cli, const char *with)
{
    const char *delimiter = cli_value(cli, "delimiter"), *encoding = cli_value(cli, "encoding");
    if (delimiter != NULL && strcmp(delimiter, "auto") == 0) {
        return cli_trouble(cli,
                           "not supported: --delimiter=auto with %s: ask csvkit sniff, and give "
                           "its answer",
                           with);
    }
    if (encoding != NULL && !is_utf8(encoding)) {
        return cli_trouble(cli, "not supported: --encoding=%s with %s: ranges are those of UTF-8",
                           encoding, with);
    }
    return CLI_GOOD;
}

int cli_take_parts_from(struct cli *cli)
{
    if (!cli_has(cli, "merge")) {
        return cli_take_files_from(cli);
    }
    int status = cli_add_listed(cli);
    return status != CLI_GOOD || cli_noperands(cli) != 0
               ? status
               : cli_trouble(cli, "--merge needs the parts to join: %s",
                             cli_has(cli, "files-from") ? "no names in the list" : "none is given");
}
