/* schema_family.h - which of the base types a declared type stands for. */
#ifndef CSVKIT_SCHEMA_WRITE_SCHEMA_FAMILY_H
#define CSVKIT_SCHEMA_WRITE_SCHEMA_FAMILY_H

#include "csvkit/schema/column_evidence.h"
#include "csvkit/schema/schema.h"

/* An enum csvk_type, whose values the declared type takes as they are; -1: it is like none of them,
   or its values are written in a way of their own. */
int schema_type_of(const struct csvk_schema_column *column);

/* The name by which a header calls the column: the first of its titles, if it has some. */
const char *schema_column_title(const struct csvk_schema_column *column);

#endif
