/*
 * manifest_print.c - prints a tree as text, and puts its keys into order.
 *
 * A text has four blanks for each level and one LF at the end; numbers stand as they were written.
 * The same tree always gives the same bytes.
 */
#include "manifest/manifest_tree.h"
#include "csvkit/json.h"

#include <stdio.h>
#include <string.h>

#define INDENT 4

struct print {
    struct csvk_buf *out;
    bool failed;
};

static void put(struct print *print, const char *text)
{
    print->failed |= csvk_buf_puts(print->out, text) != CSVK_OK;
}

static void put_string(struct print *print, const char *text)
{
    struct csvk_json json;
    csvk_json_init(&json, print->out);
    csvk_json_string(&json, text);
    print->failed |= json.failed;
}

static void new_line(struct print *print, size_t depth)
{
    print->failed |= csvk_buf_printf(print->out, "\n%*s", (int)(depth * INDENT), "") != CSVK_OK;
}

static void put_number(struct print *print, const cJSON *node)
{
    char numeral[32];
    if (node->valuestring != NULL) {
        put(print, node->valuestring);
        return;
    }
    for (int digits = 15; digits <= 17; digits += 2) { /* 15 digits when they are exact, else 17 */
        snprintf(numeral, sizeof numeral, "%.*g", digits, node->valuedouble);
        double back = 0;
        if (sscanf(numeral, "%lf", &back) == 1 && back >= node->valuedouble &&
            back <= node->valuedouble) {
            break;
        }
    }
    put(print, numeral);
}

static void put_node(struct print *print, const cJSON *node, size_t depth);

static void put_members(struct print *print, const cJSON *node, size_t depth)
{
    bool object = cJSON_IsObject(node);
    if (node->child == NULL) {
        put(print, object ? "{}" : "[]");
        return;
    }
    put(print, object ? "{" : "[");
    const cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        new_line(print, depth + 1);
        if (object) {
            put_string(print, child->string);
            put(print, ": ");
        }
        put_node(print, child, depth + 1);
        put(print, child->next != NULL ? "," : "");
    }
    new_line(print, depth);
    put(print, object ? "}" : "]");
}

static void put_node(struct print *print, const cJSON *node, size_t depth)
{
    if (cJSON_IsArray(node) || cJSON_IsObject(node)) {
        put_members(print, node, depth);
    } else if (cJSON_IsString(node)) {
        put_string(print, node->valuestring);
    } else if (cJSON_IsNumber(node)) {
        put_number(print, node);
    } else {
        put(print, cJSON_IsNull(node) ? "null" : cJSON_IsTrue(node) ? "true" : "false");
    }
}

int csvk_manifest_print(const struct csvk_manifest *manifest, struct csvk_buf *out)
{
    struct print print = {out, false};
    put_node(&print, manifest->root, 0);
    put(&print, "\n");
    return print.failed ? CSVK_ENOMEM : CSVK_OK;
}

/* Puts the members of `object` into the order of `rows`; unknown ones follow in their old order. */
static void order_by(cJSON *object, const struct key_row *rows)
{
    if (!cJSON_IsObject(object)) {
        return;
    }
    cJSON *known[64];
    size_t n = 0;
    for (const struct key_row *row = rows; row->name != NULL && n < 64; row++) {
        cJSON *node = cJSON_DetachItemFromObjectCaseSensitive(object, row->name);
        if (node != NULL) {
            known[n++] = node;
        }
    }
    while (n > 0) {
        cJSON_InsertItemInArray(object, 0, known[--n]);
    }
}

static void order_schema(cJSON *schema)
{
    cJSON *column, *type;
    cJSON_ArrayForEach(column, schema)
    {
        order_by(column, schema_keys);
        cJSON *types = cJSON_GetObjectItemCaseSensitive(column, "data_type");
        order_by(types, data_type_keys);
        cJSON_ArrayForEach(type, types)
        {
            order_by(type, type_keys);
        }
    }
}

void csvk_manifest_normalize(struct csvk_manifest *manifest, enum csvk_manifest_kind kind)
{
    order_by(manifest->root, keys_of_kind(kind));
    order_schema(cJSON_GetObjectItemCaseSensitive(manifest->root, "schema"));
}
