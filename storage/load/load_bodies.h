/* load_bodies.h - private: the bodies of the requests of a load. The caller deletes them; NULL: out
 * of memory. */
#ifndef STORAGE_LOAD_BODIES_H
#define STORAGE_LOAD_BODIES_H

#include "storage/api/storage_api.h"

/* For import-async; `names` are those of the columns as Storage has them. */
cJSON *load_import_body(const struct kbc_load *wanted, const struct csvk_strings *names);
/* For tables-async, which makes the table `name` and fills it. */
cJSON *load_create_body(const struct kbc_load *wanted, const char *name);

#endif
