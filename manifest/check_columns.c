/*
 * check_columns.c - judges the names of columns, and everything that refers to columns by name:
 * keys, metadata, the column of a deletion.
 *
 * A name is compared as Storage will have it, after cleaning. Two hash sets answer "is it the
 * same?" and "is it the same except for letter case?", so the time grows with the
 * number of columns, not with its square.
 */
#include "manifest/manifest_tree.h"
#include "csvkit/names.h"

#include <stdio.h>
#include <string.h>

struct named_column {
    const char *name;  /* as written; borrowed */
    size_t index;      /* in the list that names it */
    const cJSON *node; /* for its place, or NULL */
    char *clean;       /* as Storage will have it */
    char *folded;      /* the same in lower case */
};

struct columns {
    struct named_column *item;
    size_t count, capacity;
    struct nameset exact, folded; /* clean and folded names -> index */
};

static void columns_release(struct columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        csvk_free(columns->item[i].clean);
        csvk_free(columns->item[i].folded);
    }
    csvk_free(columns->item);
    nameset_release(&columns->exact);
    nameset_release(&columns->folded);
}

/* The cleaned name. _timestamp stays as it is, so that it is recognized later. NULL: no memory. */
static char *clean_name(const char *name)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    if (csvk_name_is_reserved(name, strlen(name))) {
        return csvk_strdup(name);
    }
    char *copy = NULL;
    if (csvk_name_sanitize(name, strlen(name), &clean) == CSVK_OK) {
        copy = csvk_strdup(csvk_buf_text(&clean));
    }
    csvk_buf_release(&clean);
    return copy;
}

static char *fold_name(const char *name)
{
    char *copy = csvk_strdup(name);
    for (char *p = copy; p != NULL && *p != '\0'; p++) {
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + ('a' - 'A') : *p);
    }
    return copy;
}

static bool columns_add(struct columns *columns, const char *name, size_t index, const cJSON *node)
{
    if (columns->count == columns->capacity) {
        size_t capacity = columns->capacity < 16 ? 16 : columns->capacity * 2;
        struct named_column *item = csvk_reallocarray(columns->item, capacity, sizeof *item);
        if (item == NULL) {
            return false;
        }
        columns->item = item;
        columns->capacity = capacity;
    }
    struct named_column *column = &columns->item[columns->count++];
    *column = (struct named_column){name, index, node, clean_name(name), NULL};
    column->folded = column->clean != NULL ? fold_name(column->clean) : NULL;
    return column->folded != NULL;
}

static bool columns_read(struct columns *columns, const cJSON *root)
{
    bool native = tree_filled(tree_get(root, "schema"));
    size_t index = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, tree_list(root, native ? "schema" : "columns"))
    {
        const cJSON *place = native ? tree_get(node, "name") : node;
        const char *name = !native || key_is_name(place) ? tree_scalar(place) : NULL;
        if (name != NULL && !columns_add(columns, name, index, place)) {
            return false;
        }
        index++;
    }
    return true;
}

/* ---- the names themselves ---- */

static void system_column(struct judge *judge, const cJSON *node, const char *name)
{
    struct complaint what = {.rule = RULE_SYSTEM_COLUMN,
                             .node = node,
                             .remedy =
                                 "rename it, or leave it out: Storage fills _timestamp itself"};
    complain(judge, what, "System columns \"%s\" cannot be imported to the table.", name);
}

static void judge_name(struct judge *judge, const struct named_column *column)
{
    struct complaint what = {.rule = RULE_COLUMN_NAME, .node = column->node};
    if (csvk_name_is_reserved(column->name, strlen(column->name))) {
        system_column(judge, column->node, column->name);
    } else if (column->clean[0] == '\0') {
        what.remedy = "give the column a name of letters, digits and _";
        complain(judge, what,
                 column->name[0] == '\0'
                     ? "an empty column name"
                     : "nothing of the column name \"%s\" is left after cleaning",
                 column->name);
    } else if (strlen(column->clean) > CSVK_NAME_MAX) {
        what.remedy = "shorten it";
        complain(judge, what, "the column name \"%s\" has %zu characters, 64 are allowed",
                 column->clean, strlen(column->clean));
    } else if (strcmp(column->clean, column->name) != 0) {
        what.mild = true;
        complain(judge, what, "the column \"%s\" will be called \"%s\"", column->name,
                 column->clean);
    }
}

/* Column `later` (from 0) has, or will get, the name of column `first`. */
static void collision(struct judge *judge, const struct columns *columns, size_t first,
                      size_t later)
{
    const struct named_column *a = &columns->item[first], *b = &columns->item[later];
    struct complaint what = {
        .rule = RULE_COLUMN_COLLISION, .node = b->node, .remedy = "rename one of the two"};
    struct manifest_place at;
    char place[64] = "";
    if (manifest_place(judge->manifest, a->node, &at)) {
        snprintf(place, sizeof place, " (line %llu, column %llu)", (unsigned long long)at.line,
                 (unsigned long long)at.column);
    }
    if (strcmp(a->name, b->name) == 0) {
        complain(judge, what, "the name \"%s\" is given to columns %zu%s and %zu", a->name,
                 first + 1, place, later + 1);
    } else if (strcmp(a->clean, b->clean) == 0) {
        complain(judge, what,
                 "column %zu \"%s\"%s and column %zu \"%s\" will both be called \"%s\"", first + 1,
                 a->name, place, later + 1, b->name, a->clean);
    } else {
        complain(judge, what,
                 "column %zu \"%s\"%s and column %zu \"%s\" differ only in letter case", first + 1,
                 a->name, place, later + 1, b->name);
    }
}

/* Judges and indexes all names. The judge's path must be that of the list. */
static void judge_all(struct judge *judge, struct columns *columns, const char *field)
{
    for (size_t i = 0; i < columns->count && judge->status == CSVK_OK; i++) {
        struct named_column *column = &columns->item[i];
        size_t exact = SIZE_MAX, folded = SIZE_MAX, mark = path_index(judge, column->index);
        if (field != NULL) {
            (void)path_key(judge, field);
        }
        judge_name(judge, column);
        if (nameset_add(&columns->exact, column->clean, i, &exact) != CSVK_OK ||
            nameset_add(&columns->folded, column->folded, i, &folded) != CSVK_OK) {
            judge->status = CSVK_ENOMEM;
        } else if (folded != SIZE_MAX && column->clean[0] != '\0') {
            collision(judge, columns, exact != SIZE_MAX ? exact : folded, i);
        }
        path_back(judge, mark);
    }
}

/* ---- references by name ---- */

/* Complains when `name` is not the name of a column. The message begins with `lead`. */
static void judge_reference(struct judge *judge, const struct columns *columns, const char *name,
                            struct complaint what, const char *lead)
{
    char *clean = clean_name(name), *folded = clean != NULL ? fold_name(clean) : NULL;
    if (folded == NULL) {
        judge->status = CSVK_ENOMEM;
    } else if (columns->count > 0 && nameset_find(&columns->exact, clean) == SIZE_MAX) {
        size_t near = nameset_find(&columns->folded, folded);
        if (near != SIZE_MAX) {
            complain(judge, what,
                     "%s \"%s\", which is not a column; \"%s\" differs in letter case only", lead,
                     name, columns->item[near].name);
        } else {
            complain(judge, what, "%s \"%s\", which is not a column", lead, name);
        }
    }
    csvk_free(folded);
    csvk_free(clean);
}

struct key_names {    /* the names of one key that were seen so far */
    const char *lead; /* how a message about the key begins */
    bool drops_empty; /* the platform drops empty names; otherwise it refuses them */
    struct nameset seen;
    struct csvk_strings owner; /* of the names in `seen` */
};

/* Puts the name without blanks at its ends into `trimmed`; blanks are worth a warning. False: there
   is nothing left to judge. */
static bool judge_key_text(struct judge *judge, const struct key_names *names, const cJSON *node,
                           struct csvk_buf *trimmed)
{
    static const char blanks[] = " \t\n\r\v";
    const char *written = tree_scalar(node), *name = written + strspn(written, blanks);
    size_t n = strlen(name);
    while (n > 0 && strchr(blanks, name[n - 1]) != NULL) {
        n--;
    }
    csvk_buf_clear(trimmed);
    if (csvk_buf_add(trimmed, name, n) != CSVK_OK) {
        judge->status = CSVK_ENOMEM;
        return false;
    }
    struct complaint what = {.rule = RULE_PRIMARY_KEY, .node = node, .mild = true};
    if (n == 0) {
        what.mild = names->drops_empty;
        complain(judge, what,
                 what.mild ? "an empty name in a key is dropped"
                           : "a name in the distribution key must not be empty");
        return false;
    }
    if (strlen(written) != n) {
        complain(judge, what, "the key name \"%s\" has blanks around it; they are removed",
                 written);
    }
    return true;
}

static void judge_key_name(struct judge *judge, const struct columns *columns,
                           struct key_names *names, const cJSON *node)
{
    struct csvk_buf trimmed = CSVK_BUF_INIT;
    size_t old = SIZE_MAX;
    if (!judge_key_text(judge, names, node, &trimmed)) {
        csvk_buf_release(&trimmed);
        return;
    }
    const char *name = csvk_buf_text(&trimmed);
    if (csvk_strings_add(&names->owner, name) != CSVK_OK ||
        nameset_add(&names->seen, names->owner.item[names->owner.count - 1], 0, &old) != CSVK_OK) {
        judge->status = CSVK_ENOMEM;
    } else if (old != SIZE_MAX) {
        struct complaint what = {.rule = RULE_PRIMARY_KEY, .node = node, .mild = true};
        complain(judge, what, "the key names \"%s\" more than once", name);
    } else if (csvk_name_is_reserved(name, strlen(name))) {
        system_column(judge, node, name);
    } else {
        judge_reference(judge, columns, name,
                        (struct complaint){.rule = RULE_PRIMARY_KEY, .node = node}, names->lead);
    }
    csvk_buf_release(&trimmed);
}

static void judge_key(struct judge *judge, const struct columns *columns, const cJSON *list,
                      struct key_names *names)
{
    size_t index = 0;
    const cJSON *node;
    cJSON_ArrayForEach(node, list)
    {
        size_t mark = path_index(judge, index++);
        if (tree_scalar(node) != NULL) {
            judge_key_name(judge, columns, names, node);
        }
        path_back(judge, mark);
    }
    nameset_release(&names->seen);
    csvk_strings_release(&names->owner);
}

static void judge_metadata_columns(struct judge *judge, const struct columns *columns,
                                   const cJSON *map)
{
    const cJSON *node;
    cJSON_ArrayForEach(node, map)
    {
        if (node->string == NULL) {
            continue;
        }
        size_t mark = path_key(judge, node->string);
        struct complaint what = {.rule = RULE_COLUMN_METADATA, .node = node, .mild = true};
        if (csvk_name_is_reserved(node->string, strlen(node->string))) {
            system_column(judge, node, node->string);
        } else {
            judge_reference(judge, columns, node->string, what, "metadata is for");
        }
        path_back(judge, mark);
    }
}

static void judge_references(struct judge *judge, const struct columns *columns, const cJSON *root)
{
    struct key_names primary = {.lead = "the primary key names", .drops_empty = true};
    struct key_names distribution = {.lead = "the distribution key names"};
    size_t mark = path_key(judge, "primary_key");
    judge_key(judge, columns, tree_list(root, "primary_key"), &primary);
    path_back(judge, mark);
    mark = path_key(judge, "distribution_key");
    judge_key(judge, columns, tree_list(root, "distribution_key"), &distribution);
    path_back(judge, mark);
    mark = path_key(judge, "column_metadata");
    judge_metadata_columns(judge, columns, tree_get(root, "column_metadata"));
    path_back(judge, mark);
    const cJSON *column = tree_get(root, "delete_where_column");
    if (cJSON_IsString(column) && column->valuestring[0] != '\0') {
        mark = path_key(judge, "delete_where_column");
        struct complaint what = {.rule = RULE_DELETE_WHERE, .node = column};
        judge_reference(judge, columns, column->valuestring, what, "rows are to be deleted by");
        path_back(judge, mark);
    }
}

void judge_columns(struct judge *judge, const struct csvk_manifest *manifest)
{
    const cJSON *root = manifest->root;
    struct columns columns = {0};
    bool native = tree_filled(tree_get(root, "schema"));
    if (columns_read(&columns, root)) {
        size_t mark = path_key(judge, native ? "schema" : "columns");
        judge_all(judge, &columns, native ? "name" : NULL);
        path_back(judge, mark);
        judge_references(judge, &columns, root);
    } else {
        judge->status = CSVK_ENOMEM;
    }
    columns_release(&columns);
}

/* ---- the names in a header, and the manifest beside it ---- */

static bool columns_list(struct columns *columns, const struct csvk_strings *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!columns_add(columns, names->item[i], i, NULL)) {
            return false;
        }
    }
    return true;
}

void judge_header(struct judge *judge, const struct csvk_strings *names, const cJSON *root)
{
    struct columns columns = {0};
    struct csvk_findings *told = judge->findings, silent = {.limit = 1};
    if (columns_list(&columns, names)) {
        judge->findings = root != NULL ? &silent : told;
        judge_all(judge, &columns, NULL);
        judge->findings = told;
        csvk_findings_release(&silent);
        if (root != NULL) { /* findings about the manifest have paths of the manifest */
            path_back(judge, 0);
            if (csvk_buf_puts(&judge->path, "$") != CSVK_OK) {
                judge->status = CSVK_ENOMEM;
            }
            judge->file = NULL;
            judge_references(judge, &columns, root);
        }
    } else {
        judge->status = CSVK_ENOMEM;
    }
    columns_release(&columns);
}

int csvk_manifest_check_names(const struct csvk_strings *columns, const char *where,
                              struct csvk_findings *findings)
{
    struct judge judge;
    judge_begin(&judge, NULL, findings, where);
    judge_header(&judge, columns, NULL);
    return judge_end(&judge);
}
