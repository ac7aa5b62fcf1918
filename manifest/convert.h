/* convert.h - what the two directions of conversion share. Private to manifest/convert*.c. */
#ifndef MANIFEST_CONVERT_H
#define MANIFEST_CONVERT_H

#include "manifest/manifest_tree.h"

struct convert {
    const cJSON *from;
    cJSON *to; /* the manifest under construction */
    struct judge judge;
};
bool convert_to_native(struct convert *convert, const struct csvk_strings *header);
void convert_to_legacy(struct convert *convert);

/* Notes an allocation's success. */
void convert_note(struct convert *convert, bool good);
/* "X cannot be carried": the name, and why. */
void not_carried(struct convert *convert, const cJSON *node, const char *name, const char *why);
/* The member `key` of `object`, made when it is not there; NULL: out of memory. */
cJSON *convert_member(cJSON *object, const char *key, cJSON *(*create)(void));
/* {"key": key, "value": copy of value} into the list; false: out of memory. */
bool convert_push_pair(cJSON *list, const char *key, const cJSON *value);

/* The metadata keys by which legacy manifests say data types. */
#define KBC_BASETYPE    "KBC.datatype.basetype"
#define KBC_TYPE        "KBC.datatype.type"
#define KBC_BACKEND     "KBC.datatype.backend"
#define KBC_LENGTH      "KBC.datatype.length"
#define KBC_DEFAULT     "KBC.datatype.default"
#define KBC_NULLABLE    "KBC.datatype.nullable"
#define KBC_DESCRIPTION "KBC.description"

#endif
