/* convert.h - what the two directions of conversion share. Private to convert.c and
 * convert_native.c. */
#ifndef MANIFEST_CONVERT_H
#define MANIFEST_CONVERT_H

#include "manifest/manifest_tree.h"

struct convert {
    const cJSON *from;
    uint64_t given; /* keys_given of `from` */
    cJSON *to;      /* the manifest under construction */
    struct judge judge;
};
/* False, with a finding: the names of the columns are not known, so no schema can be written. */
bool convert_to_native(struct convert *convert, const struct csvk_strings *header);
void convert_to_legacy(struct convert *convert);

/* The name of a key of the manifest, with underscores; NULL when the key says nothing and stands
   where the conversion puts what it makes: an empty list, an empty object, null. */
const char *convert_key(const struct convert *convert, const cJSON *node);
/* Remembers in convert->judge.status that memory ran out, unless `good`. */
void convert_note(struct convert *convert, bool good);
/* Reports that `name` has no place in the other generation, and why. */
void not_carried(struct convert *convert, const cJSON *node, const char *name, const char *why);
/* The member `key` of `object`, which is made when it is missing; NULL: out of memory. */
cJSON *convert_member(cJSON *object, const char *key, cJSON *(*create)(void));
/* Appends {"key": key, "value": copy of value} to the list; false: out of memory. */
bool convert_push_pair(cJSON *list, const char *key, const cJSON *value);

/* The metadata keys in which legacy manifests keep data types. */
#define KBC_BASETYPE    "KBC.datatype.basetype"
#define KBC_TYPE        "KBC.datatype.type"
#define KBC_BACKEND     "KBC.datatype.backend"
#define KBC_LENGTH      "KBC.datatype.length"
#define KBC_DEFAULT     "KBC.datatype.default"
#define KBC_NULLABLE    "KBC.datatype.nullable"
#define KBC_DESCRIPTION "KBC.description"

#endif
