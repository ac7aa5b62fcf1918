/* table_schema.h - private: the types that a native manifest declares, as a schema. */
#ifndef MANIFEST_TABLE_SCHEMA_H
#define MANIFEST_TABLE_SCHEMA_H

#include "csvkit/schema/schema.h"
#include "manifest/manifest.h"

/* *out is NULL when the manifest declares no type. CSVK_OK or CSVK_ENOMEM. */
int table_schema_read(struct csvk_schema **out, const struct csvk_manifest *manifest) CSVK_MUST_USE;

#endif
