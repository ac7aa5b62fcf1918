/*
 * fuzz_csvw.c - any declaration of a column of CSVW with any value: nothing is read beyond its end,
 * a place lies in the value, what the quick check takes the judge takes, and a value that is good
 * has a key, which is good for an equal one.
 *
 * Input: a byte for the datatype, one for what else is declared, then texts that end with a line
 * break (format, limit, separator), and the value.
 */
#include "csvkit/schema/csvw_cell.h"
#include "csvkit/schema/value_check.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct fuzz_text {
    const unsigned char *at;
    size_t left;
};

/* The next line as a text of its own; NULL: out of memory. */
static char *next_line(struct fuzz_text *input)
{
    const unsigned char *end = input->left != 0 ? memchr(input->at, '\n', input->left) : NULL;
    size_t length = end != NULL ? (size_t)(end - input->at) : input->left;
    char *line = csvk_strndup((const char *)input->at, length);
    size_t used = length + (end != NULL);
    input->at += used;
    input->left -= used;
    return line;
}

static void judge(const struct csvk_schema *schema, const unsigned char *value, size_t length)
{
    struct value_check check;
    struct csvk_buf key = CSVK_BUF_INIT, again = CSVK_BUF_INIT;
    if (value_check_init(&check, schema, 0, CSVK_BACKEND_PORTABLE, NULL) == CSVK_OK) {
        bool missing = value_is_missing(&check, value, length);
        struct value_fault fault = value_judge(&check, value, length);
        bool quick = length != 0 && check.accepts(&check, value, length);
        if (fault.at > length || (quick && (missing || fault.kind != VALUE_GOOD))) {
            abort();
        }
        if (!missing && fault.kind == VALUE_GOOD) {
            if (value_write_key(&check, value, length, &key) != CSVK_OK ||
                value_write_key(&check, value, length, &again) != CSVK_OK ||
                key.length != again.length ||
                (key.length != 0 && memcmp(key.data, again.data, key.length) != 0)) {
                abort();
            }
        }
    }
    value_check_release(&check);
    csvk_buf_release(&key);
    csvk_buf_release(&again);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct fuzz_text input = {data, size};
    if (size < 2) {
        return 0;
    }
    unsigned flags = data[1];
    input.at += 2;
    input.left -= 2;
    char *format = next_line(&input), *limit = next_line(&input), *separator = next_line(&input);
    struct csvw_declaration declaration = {
        .base = (enum csvw_base)(data[0] % CSVW_BASES),
        .max_length = (flags & 1) != 0 ? 3 : UINT64_MAX,
        .format = (flags & 2) != 0 ? format : NULL,
        .separator = (flags & 8) != 0 && separator[0] != '\0' ? separator : NULL,
        .default_value = (flags & 16) != 0 ? limit : NULL,
        .group_char = (flags & 32) != 0 ? separator : NULL,
        .trim = (flags & 64) != 0,
    };
    declaration.limit[flags >> 6] = (flags & 4) != 0 ? limit : NULL;
    struct csvw_cell *cell = NULL;
    struct csvk_schema *schema = NULL;
    const char *ignored;
    struct csvk_schema_column column = {
        .size = sizeof column, .name = "c", .type = CSVK_VALUE_CSVW};
    if (csvk_csvw_cell_new(&cell, &declaration, &ignored, NULL) == CSVK_OK &&
        csvk_schema_new(&schema, NULL) == CSVK_OK) {
        column.cell = cell;
        unsigned char *value = malloc(input.left + 1); /* its end is the end of the block */
        if (value != NULL && csvk_schema_add(schema, &column, NULL) == CSVK_OK) {
            memcpy(value + 1, input.at, input.left);
            judge(schema, value + 1, input.left);
        }
        free(value);
    }
    csvk_schema_free(schema);
    csvk_csvw_cell_free(cell);
    csvk_free(format);
    csvk_free(limit);
    csvk_free(separator);
    return 0;
}
