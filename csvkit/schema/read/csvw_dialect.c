/*
 * csvw_dialect.c - a dialect of CSVW as what csvkit knows of one. What csvkit cannot read is told;
 * comments are not skipped, whatever commentPrefix says, since RFC 4180 has none.
 */
#include "csvkit/schema/read/csvw_reading.h"

#include <string.h>
#include <strings.h>

static const cJSON *get(const cJSON *dialect, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(dialect, name);
}

static void not_supported(struct csvw_reading *reading, const struct csvw_document *document,
                          const cJSON *node, const char *name)
{
    csvw_tell(reading, document, node, RULE_FILE_UNSUPPORTED, "not supported: '%s' with this value",
              name);
}

/* Numbers that csvkit takes as 0 only. */
static void need_none(struct csvw_reading *reading, const struct csvw_document *document,
                      const cJSON *dialect, const char *name)
{
    const cJSON *node = get(dialect, name);
    if (node != NULL && strspn(node->valuestring, "0") != strlen(node->valuestring)) {
        not_supported(reading, document, node, name);
    }
}

static void read_bytes(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *dialect, struct csvk_dialect *out)
{
    const cJSON *delimiter = get(dialect, "delimiter"), *quote = get(dialect, "quoteChar");
    struct csvk_error err = {0};
    if (delimiter != NULL && csvk_dialect_parse_delimiter(delimiter->valuestring, out, &err) != 0) {
        not_supported(reading, document, delimiter, "delimiter");
    }
    if (cJSON_IsNull(quote)) {
        out->enclosure = CSVK_NO_BYTE;
    } else if (quote != NULL && csvk_dialect_parse_byte(quote->valuestring, "quoteChar", false,
                                                        &out->enclosure, &err) != CSVK_OK) {
        not_supported(reading, document, quote, "quoteChar");
    }
    if (cJSON_IsFalse(get(dialect, "doubleQuote"))) {
        out->escape = '\\';
    }
    out->skip_blanks = cJSON_IsTrue(get(dialect, "skipInitialSpace"));
    if (csvk_dialect_check(out, &err) != CSVK_OK) {
        csvw_tell(reading, document, dialect, RULE_FILE_UNSUPPORTED, "not supported: %s", err.text);
    }
}

static bool is_encoding(const char *name)
{
    static const char *const names[] = {"utf-8",        "utf8",         "us-ascii", "ascii",
                                        "utf-16",       "utf-16le",     "utf-16be", "iso-8859-1",
                                        "iso-8859-2",   "iso-8859-15",  "latin1",   "windows-1250",
                                        "windows-1251", "windows-1252", NULL};
    size_t i = 0;
    while (names[i] != NULL && strcasecmp(names[i], name) != 0) {
        i++;
    }
    return names[i] != NULL;
}

static void read_encoding(struct csvw_reading *reading, const struct csvw_document *document,
                          const cJSON *dialect, struct csvw_dialect *out)
{
    const cJSON *node = get(dialect, "encoding");
    if (node == NULL) {
        return;
    }
    if (!is_encoding(node->valuestring)) {
        csvw_tell(reading, document, node, RULE_FILE_IGNORED,
                  "'encoding' names none that csvkit knows, and does not count");
    } else if (strncasecmp(node->valuestring, "utf-8", 5) != 0 &&
               strcasecmp(node->valuestring, "utf8") != 0) {
        out->encoding = node->valuestring;
    }
}

/* The line breaks of RFC 4180 and its kin are read in any case. */
static void check_breaks(struct csvw_reading *reading, const struct csvw_document *document,
                         const cJSON *node)
{
    const cJSON *item, *list = cJSON_IsArray(node) ? node : NULL;
    if (cJSON_IsString(node) && strspn(node->valuestring, "\r\n") != strlen(node->valuestring)) {
        not_supported(reading, document, node, "lineTerminators");
    }
    cJSON_ArrayForEach(item, list)
    {
        check_breaks(reading, document, item);
    }
}

static void read_header(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *dialect, struct csvw_dialect *out)
{
    const cJSON *rows = get(dialect, "headerRowCount");
    const cJSON *header = get(dialect, "header");
    if (rows == NULL) {
        out->header = !cJSON_IsFalse(header);
        return;
    }
    const char *count = rows->valuestring + strspn(rows->valuestring, "0");
    out->header = count[0] != '\0';
    if (out->header && strcmp(count, "1") != 0) {
        not_supported(reading, document, rows, "headerRowCount");
    }
}

void csvw_read_dialect(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *dialect, struct csvw_dialect *out)
{
    const cJSON *prefix = get(dialect, "commentPrefix"), *trim = get(dialect, "trim");
    read_bytes(reading, document, dialect, &out->bytes);
    read_encoding(reading, document, dialect, out);
    read_header(reading, document, dialect, out);
    check_breaks(reading, document, get(dialect, "lineTerminators"));
    need_none(reading, document, dialect, "skipRows");
    need_none(reading, document, dialect, "skipColumns");
    if (cJSON_IsTrue(get(dialect, "skipBlankRows"))) {
        not_supported(reading, document, get(dialect, "skipBlankRows"), "skipBlankRows");
    }
    if (cJSON_IsString(prefix) && strcmp(prefix->valuestring, "#") != 0) {
        not_supported(reading, document, prefix, "commentPrefix");
    }
    out->trim =
        cJSON_IsTrue(trim) || (cJSON_IsString(trim) && strcmp(trim->valuestring, "true") == 0);
    if (cJSON_IsString(trim) && strcmp(trim->valuestring, "false") != 0 && !out->trim) {
        not_supported(reading, document, trim, "trim");
    }
    out->told = true;
}
