/*
 * csvw_properties.c - every property of the Metadata Vocabulary: where it may stand, of what kind
 * its value is, and what a wrong value means.
 *
 * The idea. One row for each property. A wrong value is a warning, and the property is taken out of
 * the tree: from then on it counts as not given. Where CSVW demands an error, the row says so. A
 * property that is in no row is one of another vocabulary, or it does not count.
 */
#include "csvkit/schema/read/csvw_reading.h"

#include <string.h>

#define INHERITED (CSVW_IN_GROUP | CSVW_IN_TABLE | CSVW_IN_SCHEMA | CSVW_IN_COLUMN)
#define DESCRIBED (INHERITED | CSVW_IN_DIALECT | CSVW_IN_TRANSFORMATION | CSVW_IN_DATATYPE)
/* Nothing else may stand here, not even a common property. */
#define CLOSED (CSVW_IN_FOREIGN_KEY | CSVW_IN_REFERENCE)

enum value_kind {
    KIND_ANY,       /* judged elsewhere */
    KIND_ID,        /* a URL that is no blank node: an error */
    KIND_TYPE,      /* the word of the place: an error */
    KIND_URL,       /* a link */
    KIND_TEXT,      /* a string */
    KIND_TEXT_NULL, /* or null, which is a value of its own */
    KIND_TEXTS,     /* a string, or a list of them */
    KIND_BOOLEAN,
    KIND_COUNT, /* a whole number from 0 on */
    KIND_BOUND, /* a string or a number */
    KIND_LANGUAGE,
    KIND_NAME,        /* of a column */
    KIND_TITLES,      /* texts in languages */
    KIND_LIST,        /* of objects */
    KIND_OBJECT,      /* or the URL of one */
    KIND_OBJECT_MUST, /* the same; anything else is an error */
    KIND_NAMES,       /* of columns */
    KIND_DATATYPE,
    KIND_BASE,   /* the name of a datatype */
    KIND_FORMAT, /* a string, or an object with a pattern */
    KIND_TRIM,
    KIND_ENCODING,
    KIND_WORD,        /* one of `words` */
    KIND_COMMON,      /* as a common property */
    KIND_DATATYPE_ID, /* KIND_ID, and no built-in datatype */
};
struct property {
    const char *name;
    unsigned places;
    enum value_kind kind;
    const char *words; /* "a|b" */
};

static const struct property properties[] = {
    {"@context", CSVW_IN_GROUP | CSVW_IN_TABLE | CSVW_IN_SCHEMA, KIND_ANY, NULL},
    {"@id", DESCRIBED & ~(unsigned)CSVW_IN_DATATYPE, KIND_ID, NULL},
    {"@id", CSVW_IN_DATATYPE, KIND_DATATYPE_ID, NULL},
    {"@type", DESCRIBED, KIND_TYPE, NULL},
    {"aboutUrl", INHERITED, KIND_TEXT, NULL},
    {"datatype", INHERITED, KIND_DATATYPE, NULL},
    {"default", INHERITED, KIND_TEXT, NULL},
    {"lang", INHERITED, KIND_LANGUAGE, NULL},
    {"null", INHERITED, KIND_TEXTS, NULL},
    {"ordered", INHERITED, KIND_BOOLEAN, NULL},
    {"propertyUrl", INHERITED, KIND_TEXT, NULL},
    {"required", INHERITED, KIND_BOOLEAN, NULL},
    {"separator", INHERITED, KIND_TEXT_NULL, NULL},
    {"textDirection", INHERITED, KIND_WORD, "ltr|rtl|auto|inherit"},
    {"valueUrl", INHERITED, KIND_TEXT, NULL},
    {"dialect", CSVW_IN_GROUP | CSVW_IN_TABLE, KIND_OBJECT, NULL},
    {"notes", CSVW_IN_GROUP | CSVW_IN_TABLE, KIND_COMMON, NULL},
    {"tableDirection", CSVW_IN_GROUP | CSVW_IN_TABLE, KIND_WORD, "ltr|rtl|auto"},
    {"tableSchema", CSVW_IN_GROUP | CSVW_IN_TABLE, KIND_OBJECT_MUST, NULL},
    {"transformations", CSVW_IN_GROUP | CSVW_IN_TABLE, KIND_LIST, NULL},
    {"tables", CSVW_IN_GROUP, KIND_LIST, NULL},
    {"url", CSVW_IN_TABLE | CSVW_IN_TRANSFORMATION, KIND_URL, NULL},
    {"suppressOutput", CSVW_IN_TABLE | CSVW_IN_COLUMN, KIND_BOOLEAN, NULL},
    {"columns", CSVW_IN_SCHEMA, KIND_LIST, NULL},
    {"foreignKeys", CSVW_IN_SCHEMA, KIND_LIST, NULL},
    {"primaryKey", CSVW_IN_SCHEMA, KIND_NAMES, NULL},
    {"rowTitles", CSVW_IN_SCHEMA, KIND_NAMES, NULL},
    {"name", CSVW_IN_COLUMN, KIND_NAME, NULL},
    {"titles", CSVW_IN_COLUMN | CSVW_IN_TRANSFORMATION, KIND_TITLES, NULL},
    {"virtual", CSVW_IN_COLUMN, KIND_BOOLEAN, NULL},
    {"commentPrefix", CSVW_IN_DIALECT, KIND_TEXT_NULL, NULL},
    {"delimiter", CSVW_IN_DIALECT, KIND_TEXT, NULL},
    {"doubleQuote", CSVW_IN_DIALECT, KIND_BOOLEAN, NULL},
    {"encoding", CSVW_IN_DIALECT, KIND_ENCODING, NULL},
    {"header", CSVW_IN_DIALECT, KIND_BOOLEAN, NULL},
    {"headerRowCount", CSVW_IN_DIALECT, KIND_COUNT, NULL},
    {"lineTerminators", CSVW_IN_DIALECT, KIND_TEXTS, NULL},
    {"quoteChar", CSVW_IN_DIALECT, KIND_TEXT_NULL, NULL},
    {"skipBlankRows", CSVW_IN_DIALECT, KIND_BOOLEAN, NULL},
    {"skipColumns", CSVW_IN_DIALECT, KIND_COUNT, NULL},
    {"skipInitialSpace", CSVW_IN_DIALECT, KIND_BOOLEAN, NULL},
    {"skipRows", CSVW_IN_DIALECT, KIND_COUNT, NULL},
    {"trim", CSVW_IN_DIALECT, KIND_TRIM, "true|false|start|end"},
    {"scriptFormat", CSVW_IN_TRANSFORMATION, KIND_URL, NULL},
    {"source", CSVW_IN_TRANSFORMATION, KIND_WORD, "json|rdf"},
    {"targetFormat", CSVW_IN_TRANSFORMATION, KIND_URL, NULL},
    {"base", CSVW_IN_DATATYPE, KIND_BASE, NULL},
    {"format", CSVW_IN_DATATYPE, KIND_FORMAT, NULL},
    {"length", CSVW_IN_DATATYPE, KIND_COUNT, NULL},
    {"minLength", CSVW_IN_DATATYPE, KIND_COUNT, NULL},
    {"maxLength", CSVW_IN_DATATYPE, KIND_COUNT, NULL},
    {"minimum", CSVW_IN_DATATYPE, KIND_BOUND, NULL},
    {"maximum", CSVW_IN_DATATYPE, KIND_BOUND, NULL},
    {"minInclusive", CSVW_IN_DATATYPE, KIND_BOUND, NULL},
    {"maxInclusive", CSVW_IN_DATATYPE, KIND_BOUND, NULL},
    {"minExclusive", CSVW_IN_DATATYPE, KIND_BOUND, NULL},
    {"maxExclusive", CSVW_IN_DATATYPE, KIND_BOUND, NULL},
    {"columnReference", CSVW_IN_FOREIGN_KEY | CSVW_IN_REFERENCE, KIND_NAMES, NULL},
    {"reference", CSVW_IN_FOREIGN_KEY, KIND_OBJECT_MUST, NULL},
    {"resource", CSVW_IN_REFERENCE, KIND_URL, NULL},
    {"schemaReference", CSVW_IN_REFERENCE, KIND_URL, NULL},
};

static const struct property *find_property(const char *name, enum csvw_place place)
{
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++) {
        if ((properties[i].places & (unsigned)place) != 0 &&
            strcmp(properties[i].name, name) == 0) {
            return &properties[i];
        }
    }
    return NULL;
}

static const char *type_of(enum csvw_place place)
{
    switch (place) {
    case CSVW_IN_GROUP: return "TableGroup";
    case CSVW_IN_TABLE: return "Table";
    case CSVW_IN_SCHEMA: return "Schema";
    case CSVW_IN_COLUMN: return "Column";
    case CSVW_IN_DIALECT: return "Dialect";
    case CSVW_IN_TRANSFORMATION: return "Template";
    default: return "Datatype";
    }
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* BCP 47: a first part of 2 to 8 letters (or x, i), then parts of 1 to 8 letters and digits. */
bool csvw_is_language(const char *text)
{
    bool first = true;
    for (;;) {
        size_t n = 0;
        while (is_letter(text[n]) || (!first && is_digit(text[n]))) {
            n++;
        }
        bool single = first && n == 1 && text[1] == '-' && strchr("xXiI", text[0]) != NULL;
        if (n == 0 || n > 8 || (first && n == 1 && !single)) {
            return false;
        }
        if (text[n] == '\0') {
            return true;
        }
        if (text[n] != '-') {
            return false;
        }
        text += n + 1;
        first = false;
    }
}

/* A variable of a URI template that does not begin with _. */
static bool is_name(const char *text)
{
    if (text[0] == '_' || text[0] == '.' || text[0] == '\0') {
        return false;
    }
    for (size_t i = 0; text[i] != '\0'; i++) {
        bool code = text[i] == '%' && strspn(text + i + 1, "0123456789abcdefABCDEF") >= 2;
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '_' && !code &&
            !(text[i] == '.' && text[i + 1] != '\0' && text[i + 1] != '.')) {
            return false;
        }
        i += code ? 2 : 0;
    }
    return true;
}

static bool is_count(const cJSON *node)
{
    const char *text = cJSON_IsNumber(node) && node->valuestring != NULL ? node->valuestring : "";
    size_t n = strlen(text);
    return n != 0 && n <= 18 && strspn(text, "0123456789") == n;
}

static bool is_among(const char *text, const char *words)
{
    size_t n = strlen(text);
    while (*words != '\0') {
        size_t length = strcspn(words, "|");
        if (n == length && strncmp(words, text, n) == 0) {
            return true;
        }
        words += length + (words[length] == '|');
    }
    return false;
}

static bool is_base(const cJSON *node)
{
    enum csvw_base base;
    return cJSON_IsString(node) && csvk_csvw_base_find(node->valuestring, &base);
}

static bool are_texts(const cJSON *list)
{
    const cJSON *item;
    bool good = cJSON_IsArray(list) && cJSON_GetArraySize(list) != 0;
    cJSON_ArrayForEach(item, list)
    {
        good = good && cJSON_IsString(item);
    }
    return good;
}

static bool is_good(const struct property *property, const cJSON *node)
{
    switch (property->kind) {
    case KIND_URL:
    case KIND_TEXT:
    case KIND_ENCODING: return cJSON_IsString(node);
    case KIND_TEXT_NULL:
        return cJSON_IsNull(node) || (cJSON_IsString(node) && node->valuestring[0] != '\0');
    case KIND_TEXTS: return cJSON_IsString(node) || cJSON_IsArray(node);
    case KIND_BOOLEAN: return cJSON_IsBool(node);
    case KIND_COUNT: return is_count(node);
    case KIND_BOUND: return cJSON_IsString(node) || cJSON_IsNumber(node);
    case KIND_LANGUAGE: return cJSON_IsString(node) && csvw_is_language(node->valuestring);
    case KIND_NAME: return cJSON_IsString(node) && is_name(node->valuestring);
    case KIND_TITLES: return cJSON_IsString(node) || cJSON_IsArray(node) || cJSON_IsObject(node);
    case KIND_LIST: return cJSON_IsArray(node);
    case KIND_OBJECT:
    case KIND_OBJECT_MUST: return cJSON_IsString(node) || cJSON_IsObject(node);
    case KIND_NAMES: return cJSON_IsString(node) || are_texts(node);
    case KIND_DATATYPE: return is_base(node) || cJSON_IsObject(node);
    case KIND_BASE: return is_base(node);
    case KIND_FORMAT: return cJSON_IsString(node) || cJSON_IsObject(node);
    case KIND_TRIM:
        return cJSON_IsBool(node) ||
               (cJSON_IsString(node) && is_among(node->valuestring, property->words));
    case KIND_WORD: return cJSON_IsString(node) && is_among(node->valuestring, property->words);
    default: return true;
    }
}

/* ---- what is left out inside of a value -------------------------------------------------------
 */

/* Takes items out of a list that are not of the type. */
static void clean_list(struct csvw_reading *reading, const struct csvw_document *document,
                       cJSON *list, bool objects)
{
    cJSON *next;
    for (cJSON *item = list->child; item != NULL; item = next) {
        next = item->next;
        if (!(objects ? cJSON_IsObject(item) : cJSON_IsString(item))) {
            csvw_tell(reading, document, item, RULE_FILE_IGNORED,
                      "an item of '%.200s' is no %s, and does not count", list->string,
                      objects ? "object" : "string");
            cJSON_Delete(cJSON_DetachItemViaPointer(list, item));
        }
    }
}

static void clean_titles(struct csvw_reading *reading, const struct csvw_document *document,
                         cJSON *titles)
{
    cJSON *next;
    if (cJSON_IsArray(titles)) {
        clean_list(reading, document, titles, false);
    }
    for (cJSON *item = cJSON_IsObject(titles) ? titles->child : NULL; item != NULL; item = next) {
        next = item->next;
        if (!csvw_is_language(item->string)) {
            csvw_tell(reading, document, item, RULE_FILE_IGNORED,
                      "'%.200s' is no language tag, so these titles do not count", item->string);
            cJSON_Delete(cJSON_DetachItemViaPointer(titles, item));
        } else if (cJSON_IsArray(item)) {
            clean_list(reading, document, item, false);
        } else if (!cJSON_IsString(item)) {
            csvw_tell(reading, document, item, RULE_FILE_IGNORED,
                      "the title in '%.200s' is no string, and does not count", item->string);
            cJSON_Delete(cJSON_DetachItemViaPointer(titles, item));
        }
    }
}

static void check_id(struct csvw_reading *reading, const struct csvw_document *document,
                     const struct property *property, cJSON *node)
{
    static const char xsd[] = "http://www.w3.org/2001/XMLSchema#";
    const char *text = cJSON_IsString(node) ? node->valuestring : "";
    if (strncmp(text, "_:", 2) == 0) {
        csvw_tell(reading, document, node, RULE_FILE_INVALID, "'@id' must be no blank node (_:)");
    }
    bool built_in = strncmp(text, xsd, sizeof xsd - 1) == 0 ||
                    strncmp(text, CSVW_NAMESPACE "#", sizeof CSVW_NAMESPACE) == 0;
    if (property->kind == KIND_DATATYPE_ID && built_in) {
        csvw_tell(reading, document, node, RULE_FILE_INVALID,
                  "'@id' must not be that of a built-in datatype");
    }
}

/* What follows from a good value. */
static void go_into(struct csvw_reading *reading, const struct csvw_document *document,
                    const struct property *property, cJSON *node)
{
    if (property->kind == KIND_LIST) {
        clean_list(reading, document, node, true);
    } else if (property->kind == KIND_TEXTS && cJSON_IsArray(node)) {
        clean_list(reading, document, node, false);
    } else if (property->kind == KIND_TITLES) {
        clean_titles(reading, document, node);
    } else if (property->kind == KIND_COMMON) {
        csvw_check_common(reading, document, node);
    } else if (property->kind == KIND_DATATYPE) {
        csvw_judge_datatype(reading, document, node);
    }
}

/* False: the property does not count. */
static bool check_known(struct csvw_reading *reading, const struct csvw_document *document,
                        const struct property *property, cJSON *node, enum csvw_place place)
{
    bool id = property->kind == KIND_ID || property->kind == KIND_DATATYPE_ID;
    if (id) {
        check_id(reading, document, property, node);
    }
    if (property->kind == KIND_TYPE) {
        bool good = cJSON_IsString(node) && strcmp(node->valuestring, type_of(place)) == 0;
        if (!good) {
            csvw_tell(reading, document, node, RULE_FILE_INVALID, "'@type' must be %s here",
                      type_of(place));
        }
        return true;
    }
    bool good = id ? cJSON_IsString(node) : is_good(property, node);
    if (good) {
        go_into(reading, document, property, node);
    } else if (property->kind == KIND_OBJECT_MUST) {
        csvw_tell(reading, document, node, RULE_FILE_INVALID,
                  "'%s' must be an object, or the URL of one", property->name);
    } else {
        csvw_tell(reading, document, node, RULE_FILE_IGNORED,
                  "'%s' has a value that CSVW does not allow, and does not count", property->name);
    }
    return good;
}

/* False: the property does not count. */
static bool check_other(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *node, enum csvw_place place)
{
    if ((place & CLOSED) != 0) {
        csvw_tell(reading, document, node, RULE_FILE_INVALID, "'%.200s' cannot stand here",
                  node->string);
        return false;
    }
    if (csvw_is_common(node->string) && place != CSVW_IN_DIALECT) {
        csvw_check_common(reading, document, node);
        return true;
    }
    csvw_tell(reading, document, node, RULE_FILE_IGNORED,
              "'%.200s' is no property of CSVW in this place, and does not count", node->string);
    return false;
}

void csvw_check(struct csvw_reading *reading, const struct csvw_document *document, cJSON *object,
                enum csvw_place place)
{
    cJSON *next;
    for (cJSON *node = object->child; node != NULL; node = next) {
        next = node->next;
        const struct property *property = find_property(node->string, place);
        bool counts = property != NULL ? check_known(reading, document, property, node, place)
                                       : check_other(reading, document, node, place);
        if (!counts) {
            cJSON_Delete(cJSON_DetachItemViaPointer(object, node));
        }
    }
}
