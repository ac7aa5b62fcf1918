/*
 * destination.c - finds the table that a file will be loaded into, and what is doubtful about a
 * table id. The order of the decisions is that of the platform's code; its help pages describe
 * another one.
 */
#include "manifest/manifest.h"

#include <string.h>

static const char *const rule_names[] = {
    "none", "mapping", "manifest", "manifest+default-bucket", "name", "name+default-bucket"};

const char *csvk_destination_rule_name(enum csvk_destination_rule rule)
{
    return rule_names[rule];
}

static size_t count_dots(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++) {
        n += *text == '.';
    }
    return n;
}

static bool given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* Moves a finished text to the id or the error: copies it and releases the buffer. */
static int give(char **to, struct csvk_buf *text)
{
    *to = csvk_strdup(csvk_buf_text(text));
    csvk_buf_release(text);
    return *to != NULL ? CSVK_OK : CSVK_ENOMEM;
}

static int fail_to_resolve(const char *name, struct csvk_destination *out)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status =
        csvk_buf_printf(&text, "Failed to resolve destination for output table \"%s\".", name);
    out->rule = CSVK_DESTINATION_NONE;
    return status == CSVK_OK ? give(&out->error, &text) : status;
}

/* Makes the id from bucket + "." + table; an error text unless that has three parts. */
static int join(const char *bucket, const char *table, enum csvk_destination_rule rule,
                struct csvk_destination *out)
{
    struct csvk_buf id = CSVK_BUF_INIT, text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&id, "%s.%s", bucket, table);
    if (status == CSVK_OK && count_dots(csvk_buf_text(&id)) == 2) {
        out->rule = rule;
        return give(&out->id, &id);
    }
    if (status == CSVK_OK) {
        status = csvk_buf_printf(
            &text, "Failed to resolve valid destination. \"%s\" is not a valid table ID.",
            csvk_buf_text(&id));
    }
    csvk_buf_release(&id);
    return status == CSVK_OK ? give(&out->error, &text) : status;
}

static int take(const char *id, enum csvk_destination_rule rule, struct csvk_destination *out)
{
    out->rule = rule;
    out->id = csvk_strdup(id);
    return out->id != NULL ? CSVK_OK : CSVK_ENOMEM;
}

/* The file name without one trailing ".csv". */
static char *bare_name(const char *name)
{
    size_t n = strlen(name);
    bool csv = n >= 4 && strcmp(name + n - 4, ".csv") == 0;
    return csvk_strndup(name, csv ? n - 4 : n);
}

int csvk_destination_resolve(const char *name, const char *manifest, const char *mapping,
                             const char *default_bucket, struct csvk_destination *out)
{
    *out = (struct csvk_destination){CSVK_DESTINATION_NONE, NULL, NULL};
    if (given(mapping)) {
        return count_dots(mapping) == 2 ? take(mapping, CSVK_DESTINATION_MAPPING, out)
                                        : fail_to_resolve(name, out);
    }
    bool by_manifest = given(manifest);
    char *wanted = by_manifest ? csvk_strdup(manifest) : bare_name(name);
    int status = CSVK_ENOMEM;
    if (wanted == NULL) {
        return status;
    }
    if (count_dots(wanted) == 2) {
        status = take(wanted, by_manifest ? CSVK_DESTINATION_MANIFEST : CSVK_DESTINATION_NAME, out);
    } else if (given(default_bucket)) {
        status = join(default_bucket, wanted,
                      by_manifest ? CSVK_DESTINATION_MANIFEST_BUCKET : CSVK_DESTINATION_NAME_BUCKET,
                      out);
    } else {
        status = fail_to_resolve(name, out);
    }
    csvk_free(wanted);
    return status;
}

void csvk_destination_release(struct csvk_destination *destination)
{
    csvk_free(destination->id);
    csvk_free(destination->error);
    *destination = (struct csvk_destination){CSVK_DESTINATION_NONE, NULL, NULL};
}

/* ---- doubts ---- */

static bool is_word(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '_';
        if (!good) {
            return false;
        }
    }
    return length > 0;
}

static bool is_stage(const char *text, size_t length)
{
    return (length == 2 && memcmp(text, "in", 2) == 0) ||
           (length == 3 && (memcmp(text, "out", 3) == 0 || memcmp(text, "sys", 3) == 0));
}

const char *csvk_destination_doubt(const char *id, bool *fatal)
{
    const char *bucket = strchr(id, '.');
    const char *table = bucket != NULL ? strchr(bucket + 1, '.') : NULL;
    *fatal = true;
    if (table == NULL || strchr(table + 1, '.') != NULL) {
        return "a table id has three parts: stage.c-bucket.table";
    }
    bucket++;
    table++;
    size_t bucket_length = (size_t)(table - bucket) - 1, table_length = strlen(table);
    if (!is_stage(id, (size_t)(bucket - id) - 1)) {
        return "the stage must be in, out or sys";
    }
    if (!is_word(bucket, bucket_length)) {
        return "the name of a bucket consists of letters, digits, - and _";
    }
    if (!is_word(table, table_length)) {
        return "the name of a table consists of letters, digits, - and _";
    }
    if (table_length > 96) {
        return "the name of a table has at most 96 characters";
    }
    *fatal = false;
    if (bucket_length < 3 || memcmp(bucket, "c-", 2) != 0) {
        return "the name of a bucket begins with c-; Storage would look for another bucket";
    }
    return table[0] == '_' ? "the name of a table should not begin with _" : NULL;
}

int csvk_default_bucket(const char *stage, const char *component, const char *config,
                        struct csvk_buf *out)
{
    size_t start = out->length + strlen(stage) + strlen(".c-");
    int status = csvk_buf_printf(out, "%s.c-%s-%s", stage, component, config);
    for (size_t i = start; status == CSVK_OK && i < start + strlen(component); i++) {
        const char c = (char)out->data[i];
        if (c == '_' || !is_word(&c, 1)) {
            out->data[i] = '-';
        }
    }
    return status;
}
