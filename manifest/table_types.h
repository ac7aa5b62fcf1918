/* table_types.h - private: the types of columns that a manifest names, for a table definition. */
#ifndef MANIFEST_TABLE_TYPES_H
#define MANIFEST_TABLE_TYPES_H

#include "manifest/table_definition.h"

/* Adds what `manifest`, merged with the entry `mapping` (or NULL), says about types. CSVK_OK or
   CSVK_ENOMEM. */
int table_types_read(struct csvk_table_definition *table, const struct csvk_manifest *manifest,
                     const struct csvk_manifest *mapping) CSVK_MUST_USE;

#endif
