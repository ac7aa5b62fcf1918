/*
 * table_schema_package.c - a Table Schema within a data package: which resource it is of, its file
 * when it has one of its own, and foreign keys, which may refer to other resources.
 *
 * The idea. A package names files by paths that are relative to its folder, and never leave it. So
 * whatever a foreign key refers to is a file beside the package or below it; anything else is
 * refused with its place. The columns of the other side are looked up in its schema here already:
 * a key that cannot be judged ends the reading, and not the judgement in the middle.
 */
#include "csvkit/schema/read/table_schema_private.h"

#include <string.h>

static const cJSON *get(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* ---- files of the package -------------------------------------------------------------------- */

static bool is_inside(const char *relative)
{
    size_t length = strlen(relative);
    bool up = strcmp(relative, "..") == 0 || strncmp(relative, "../", 3) == 0 ||
              strstr(relative, "/../") != NULL ||
              (length > 2 && strcmp(relative + length - 3, "/..") == 0);
    return length != 0 && relative[0] != '/' && !up && strstr(relative, "://") == NULL;
}

/* The path of a file that the package names; the caller frees it. */
static int find_file(struct schema_reading *reading, const cJSON *node, const char *member,
                     char **out)
{
    const char *relative = cJSON_GetStringValue(node);
    const char *slash = strrchr(reading->package, '/');
    struct csvk_buf path = CSVK_BUF_INIT;
    *out = NULL;
    if (relative == NULL || !is_inside(relative)) {
        return schema_not_supported(reading, node, member);
    }
    int status = slash != NULL
                     ? csvk_buf_add(&path, reading->package, (size_t)(slash - reading->package) + 1)
                     : CSVK_OK;
    status = status == CSVK_OK ? csvk_buf_puts(&path, relative) : status;
    *out = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
    csvk_buf_release(&path);
    return *out != NULL ? CSVK_OK : schema_no_memory(reading);
}

/* The one path of a resource; NULL: it has none, or several. */
static const cJSON *path_of(const cJSON *resource)
{
    const cJSON *node = get(resource, "path");
    node = cJSON_IsArray(node) && cJSON_GetArraySize(node) == 1 ? node->child : node;
    return cJSON_IsString(node) ? node : NULL;
}

/* The schema of a resource and the file that it stands in. */
struct schema_place {
    const cJSON *schema;
    char *path;                 /* NULL: it is in the package */
    struct csvk_manifest *json; /* of that file */
};

static void release_place(struct schema_place *place)
{
    csvk_manifest_free(place->json);
    csvk_free(place->path);
}

/* release_place ends *out in any case. */
static int find_schema(struct schema_reading *reading, const cJSON *resource,
                       struct schema_place *out)
{
    const cJSON *node = get(resource, "schema");
    *out = (struct schema_place){.schema = node};
    if (!cJSON_IsString(node)) {
        return cJSON_IsObject(node) ? CSVK_OK : schema_not_valid(reading, node, "schema");
    }
    int status = find_file(reading, node, "schema", &out->path);
    status = status == CSVK_OK ? schema_read_json(&out->json, out->path, reading->err) : status;
    out->schema = status == CSVK_OK ? out->json->root : NULL;
    return status;
}

/* ---- resources ------------------------------------------------------------------------------- */

/* Does `path` end with the path that a resource has? */
static bool is_path_of(const char *path, const cJSON *resource)
{
    const char *own = cJSON_GetStringValue(path_of(resource));
    size_t length = strlen(path), tail = own != NULL ? strlen(own) : 0;
    return tail != 0 && tail <= length && strcmp(path + length - tail, own) == 0 &&
           (tail == length || path[length - tail - 1] == '/');
}

static bool has_name(const cJSON *resource, const char *name)
{
    const char *own = cJSON_GetStringValue(get(resource, "name"));
    return own != NULL && strcmp(own, name) == 0;
}

/* The one that is wanted, or the only one; NULL: several fit, or none. */
static const cJSON *find_resource(const cJSON *resources, const struct schema_choice *choice)
{
    const cJSON *resource, *found = NULL;
    size_t count = 0;
    if (cJSON_GetArraySize(resources) == 1 && choice->name == NULL) {
        return cJSON_GetArrayItem(resources, 0);
    }
    cJSON_ArrayForEach(resource, resources)
    {
        bool fits = choice->name != NULL
                        ? has_name(resource, choice->name)
                        : choice->data != NULL && is_path_of(choice->data, resource);
        found = fits ? resource : found;
        count += fits;
    }
    return count == 1 ? found : NULL;
}

/* How the data of a resource is written is said by options. */
static int check_resource(struct schema_reading *reading, const cJSON *resource)
{
    const cJSON *dialect = get(resource, "dialect");
    if (!cJSON_IsObject(resource) || get(resource, "schema") == NULL) {
        return schema_not_valid(reading, reading->resources, "resources");
    }
    const cJSON *data = get(resource, "data");
    return dialect != NULL ? schema_not_supported(reading, dialect, "dialect")
           : data != NULL  ? schema_not_supported(reading, data, "data")
                           : schema_check_default(reading, resource, "encoding", "utf-8");
}

int schema_read_package(struct schema_reading *reading, const struct schema_choice *choice)
{
    const cJSON *resources = reading->resources;
    struct schema_place place = {0};
    if (!cJSON_IsArray(resources) || cJSON_GetArraySize(resources) == 0) {
        return schema_not_valid(reading, resources, "resources");
    }
    const char *wanted = choice->name != NULL ? choice->name : choice->data;
    reading->resource = find_resource(resources, choice);
    if (reading->resource == NULL) {
        return schema_complain(reading, CSVK_EUSAGE, resources,
                               choice->name != NULL
                                   ? "no resource, or several, with the name"
                                   : "no resource, or several, with the path of this file:",
                               wanted != NULL ? wanted : "-");
    }
    int status = check_resource(reading, reading->resource);
    status = status == CSVK_OK ? find_schema(reading, reading->resource, &place) : status;
    if (status == CSVK_OK) {
        struct schema_reading inner = *reading;
        inner.path = place.path != NULL ? place.path : reading->path;
        inner.json = place.json != NULL ? place.json : reading->json;
        status = schema_read_table(&inner, place.schema);
    }
    release_place(&place);
    return status;
}

/* ---- foreign keys ---------------------------------------------------------------------------- */

static bool has_field(const cJSON *schema, const char *name)
{
    const cJSON *field;
    cJSON_ArrayForEach(field, get(schema, "fields"))
    {
        if (has_name(field, name)) {
            return true;
        }
    }
    return false;
}

/* As if the package were at hand: its places are those of its own file. */
static int find_other(const struct schema_reading *reading, const cJSON *resource,
                      struct schema_place *place, char **path)
{
    struct schema_reading package = *reading;
    package.path = reading->package;
    package.json = reading->package_json;
    int status = check_resource(&package, resource);
    if (status == CSVK_OK) {
        const cJSON *node = path_of(resource);
        status = node != NULL ? find_file(&package, node, "path", path)
                              : schema_not_supported(&package, resource, "path");
    }
    return status == CSVK_OK ? find_schema(&package, resource, place) : status;
}

/* Adds a key whose other side is another resource. */
static int add_to_other(struct schema_reading *reading, const cJSON *reference,
                        struct csvk_schema_reference *key)
{
    const cJSON *node = get(reference, "resource");
    const cJSON *resource =
        find_resource(reading->resources, &(struct schema_choice){NULL, key->resource});
    struct schema_place place = {0};
    char *path = NULL;
    if (resource == NULL) {
        return schema_complain(reading, CSVK_EDATA, node,
                               "foreign key: no resource of the package has the name",
                               key->resource);
    }
    int status = find_other(reading, resource, &place, &path);
    for (size_t i = 0; i < key->referenced->count && status == CSVK_OK; i++) {
        if (!has_field(place.schema, key->referenced->item[i])) {
            status = schema_complain(reading, CSVK_EDATA, get(reference, "fields"),
                                     "foreign key: no field of the other resource has the name",
                                     key->referenced->item[i]);
        }
    }
    key->path = path;
    if (status == CSVK_OK) {
        status = csvk_schema_add_reference(reading->out->schema, key, reading->err);
    }
    release_place(&place);
    csvk_free(path);
    return status;
}

/* Adds a key; its columns on both sides were read. */
static int add_key(struct schema_reading *reading, const cJSON *reference,
                   struct csvk_schema_reference *key)
{
    const cJSON *resource = get(reference, "resource");
    const char *name = cJSON_GetStringValue(resource);
    if (resource != NULL && name == NULL) {
        return schema_not_valid(reading, resource, "resource");
    }
    bool self = name == NULL || name[0] == '\0' || has_name(reading->resource, name);
    if (!self && reading->resources == NULL) {
        return schema_complain(reading, CSVK_EUSAGE, resource,
                               "not supported without its datapackage.json: a foreign key to",
                               name);
    }
    if (!self) {
        key->resource = name;
        return add_to_other(reading, reference, key);
    }
    int status = schema_check_names(reading, key->referenced, get(reference, "fields"), "fields");
    return status == CSVK_OK ? csvk_schema_add_reference(reading->out->schema, key, reading->err)
                             : status;
}

static int read_reference(struct schema_reading *reading, const cJSON *node)
{
    static const char *const known[] = {"fields", "reference", NULL};
    static const char *const known_there[] = {"resource", "fields", NULL};
    const cJSON *fields = get(node, "fields"), *reference = get(node, "reference");
    struct csvk_strings columns = {0}, referenced = {0};
    struct csvk_schema_reference key = {
        .size = sizeof key, .columns = &columns, .referenced = &referenced};
    if (!cJSON_IsObject(node) || !cJSON_IsObject(reference) || fields == NULL ||
        get(reference, "fields") == NULL) {
        return schema_not_valid(reading, node, "foreignKeys");
    }
    int status = schema_check_members(reading, node, known, NULL);
    status =
        status == CSVK_OK ? schema_check_members(reading, reference, known_there, NULL) : status;
    status = status == CSVK_OK ? schema_read_names(reading, fields, "fields", &columns) : status;
    status = status == CSVK_OK ? schema_check_names(reading, &columns, fields, "fields") : status;
    if (status == CSVK_OK) {
        status = schema_read_names(reading, get(reference, "fields"), "fields", &referenced);
    }
    if (status == CSVK_OK && (columns.count == 0 || columns.count != referenced.count)) {
        status = schema_not_valid(reading, fields, "fields");
    }
    status = status == CSVK_OK ? add_key(reading, reference, &key) : status;
    csvk_strings_release(&columns);
    csvk_strings_release(&referenced);
    return status;
}

int schema_read_references(struct schema_reading *reading, const cJSON *schema)
{
    const cJSON *list = get(schema, "foreignKeys"), *item;
    int status = CSVK_OK;
    if (list != NULL && (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0)) {
        return schema_not_valid(reading, list, "foreignKeys");
    }
    cJSON_ArrayForEach(item, list)
    {
        status = status == CSVK_OK ? read_reference(reading, item) : status;
    }
    return status;
}
