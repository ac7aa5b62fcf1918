/* table_schema.h - private: the types that a native manifest declares, as a schema. */
#ifndef MANIFEST_TABLE_SCHEMA_H
#define MANIFEST_TABLE_SCHEMA_H

#include "csvkit/schema/schema.h"
#include "manifest/manifest.h"

/* *out is NULL when the manifest declares no type. CSVK_OK or CSVK_ENOMEM. */
int table_schema_read(struct csvk_schema **out, const struct csvk_manifest *manifest) CSVK_MUST_USE;
/* The type that a backend's name of one means, in any letter case; of a base type for
   CSVK_BACKEND_PORTABLE. CSVK_VALUE_ANY: none that csvkit judges. */
enum csvk_value_type table_schema_type(enum csvk_backend backend, const char *name);

#endif
