/*
 * csvw_common.c - common properties: those of other vocabularies, which may stand anywhere in the
 * metadata. They say nothing about values, but their JSON-LD has rules, which are judged here.
 */
#include "csvkit/schema/read/csvw_reading.h"

#include <string.h>

/* The prefixes of the initial context of RDFa, which CSVW takes over. */
static const char *const prefixes[] = {
    "as",      "cat",     "cc",   "cnt",  "csvw",    "ctag", "dc",   "dc11", "dcat",
    "dcterms", "dctypes", "dqv",  "duv",  "earl",    "foaf", "gldp", "gr",   "grddl",
    "ht",      "ical",    "ldp",  "ma",   "oa",      "odrl", "og",   "org",  "owl",
    "prov",    "ptr",     "qb",   "rdf",  "rdfa",    "rdfs", "rev",  "rif",  "rr",
    "schema",  "sd",      "sioc", "skos", "skosxl",  "sosa", "ssn",  "time", "v",
    "vcard",   "void",    "wdr",  "wdrs", "wordnet", "xhv",  "xml",  "xsd",  NULL,
};
static const char *const terms[] = {
    "TableGroup", "Table",      "Schema",    "Column", "Dialect", "Template", "Transformation",
    "Datatype",   "ForeignKey", "Reference", "Row",    "Cell",    NULL};

static bool is_listed(const char *const *list, const char *text, size_t length)
{
    for (; *list != NULL; list++) {
        if (strlen(*list) == length && strncmp(*list, text, length) == 0) {
            return true;
        }
    }
    return false;
}

/* "dc:title", or a URL. */
bool csvw_is_common(const char *name)
{
    const char *colon = strchr(name, ':');
    if (colon == NULL || colon == name) {
        return false;
    }
    return is_listed(prefixes, name, (size_t)(colon - name)) || strncmp(colon, "://", 3) == 0 ||
           strncmp(name, "urn:", 4) == 0;
}

static bool is_type(const cJSON *node)
{
    enum csvw_base base;
    if (!cJSON_IsString(node)) {
        return false;
    }
    const char *text = node->valuestring;
    return is_listed(terms, text, strlen(text)) || csvk_csvw_base_find(text, &base) ||
           csvw_is_common(text);
}

static void check_types(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *types)
{
    const cJSON *item, *list = cJSON_IsArray(types) ? types : NULL;
    bool good = cJSON_IsArray(types) || is_type(types);
    cJSON_ArrayForEach(item, list)
    {
        good = good && is_type(item);
    }
    if (!good) {
        csvw_tell(reading, document, types, RULE_FILE_INVALID,
                  "'@type' must be a term of CSVW, a name with a known prefix, or a URL");
    }
}

/* An object with @value. */
static void check_value(struct csvw_reading *reading, const struct csvw_document *document,
                        const cJSON *object)
{
    const cJSON *member;
    const cJSON *language = cJSON_GetObjectItemCaseSensitive(object, "@language");
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(object, "@type");
    cJSON_ArrayForEach(member, object)
    {
        static const char *const known[] = {"@value", "@language", "@type", NULL};
        if (!is_listed(known, member->string, strlen(member->string))) {
            csvw_tell(reading, document, member, RULE_FILE_INVALID,
                      "'%.200s' cannot stand beside '@value'", member->string);
        }
    }
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "@value");
    if (!cJSON_IsString(value) && !cJSON_IsNumber(value) && !cJSON_IsBool(value)) {
        csvw_tell(reading, document, value, RULE_FILE_INVALID,
                  "'@value' must be a string, a number or a boolean");
    }
    if (language != NULL && type != NULL) {
        csvw_tell(reading, document, type, RULE_FILE_INVALID,
                  "'@value' has both '@language' and '@type'");
    }
    bool tag = cJSON_IsString(language) && csvw_is_language(language->valuestring);
    if (language != NULL && !cJSON_IsNull(language) && !tag) {
        csvw_tell(reading, document, language, RULE_FILE_INVALID,
                  "'@language' must be a language tag");
    }
    if (type != NULL) {
        check_types(reading, document, type);
    }
}

/* A member of an object without @value. */
static void check_member(struct csvw_reading *reading, const struct csvw_document *document,
                         const cJSON *member)
{
    const char *name = member->string;
    if (strcmp(name, "@type") == 0) {
        check_types(reading, document, member);
    } else if (strcmp(name, "@id") == 0) {
        if (!cJSON_IsString(member) || strncmp(member->valuestring, "_:", 2) == 0) {
            csvw_tell(reading, document, member, RULE_FILE_INVALID,
                      "'@id' must be a URL, and no blank node");
        }
    } else if (name[0] == '@') {
        csvw_tell(reading, document, member, RULE_FILE_INVALID,
                  "'%.200s' cannot stand in a common property", name);
    } else {
        csvw_check_common(reading, document, member);
    }
}

void csvw_check_common(struct csvw_reading *reading, const struct csvw_document *document,
                       const cJSON *value)
{
    const cJSON *item;
    if (cJSON_IsArray(value)) {
        cJSON_ArrayForEach(item, value)
        {
            csvw_check_common(reading, document, item);
        }
    } else if (cJSON_GetObjectItemCaseSensitive(value, "@value") != NULL) {
        check_value(reading, document, value);
    } else if (cJSON_IsObject(value)) {
        cJSON_ArrayForEach(item, value)
        {
            check_member(reading, document, item);
        }
    }
}
