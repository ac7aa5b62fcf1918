/* storage_table.h - private: the table that a load goes to. */
#ifndef STORAGE_STORAGE_TABLE_H
#define STORAGE_STORAGE_TABLE_H

#include "storage/api/storage_api.h"

struct table_place {
    char *stage, *bucket_name, *bucket, *name; /* "in" "main" "in.c-main" "orders" */
    char *id;                                  /* "in.c-main.orders" */
    bool exists;
    bool typed;                               /* it has data types */
    struct csvk_strings columns, primary_key; /* when it exists */
    cJSON *definition;                        /* of its columns, as the server tells it; or NULL */
    char backend[32];                         /* "snowflake"; "" when it is not known */
};

/* Splits an id such as in.c-main.orders; CSVK_EUSAGE for a text that is none. The caller releases
   `place` in any case. */
int table_split(const char *id, struct table_place *place, struct csvk_error *err) CSVK_MUST_USE;
/* Splits the id and asks for the table; a missing table is not a failure. The caller releases
   `place` in any case. */
int table_look(struct kbc *kbc, const char *id, struct table_place *place,
               struct csvk_error *err) CSVK_MUST_USE;
void table_release(struct table_place *place);
/* Adds the names as Storage will have them to `out`. The server is asked only when a name is not
   made of letters, digits and inner _ alone. */
int table_names(struct kbc *kbc, const struct csvk_strings *columns, struct csvk_strings *out,
                struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_EDATA, with the reason, for a load that the platform would refuse, or that would change the
   table silently. */
int table_check(const struct table_place *place, const struct kbc_load *wanted,
                const struct csvk_strings *columns, struct csvk_error *err) CSVK_MUST_USE;
/* The types of the columns of the data, which are called `columns`. None when the table is not
   typed. CSVK_OK or CSVK_ENOMEM. */
int table_types(const struct table_place *place, const struct csvk_strings *columns,
                struct kbc_target *target) CSVK_MUST_USE;
/* Makes the bucket unless it exists; *created: it did not exist. */
int table_make_bucket(struct kbc *kbc, const struct table_place *place, bool *created,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Makes an empty table: with data types when there is a schema, else all columns are text. */
int table_define(struct kbc *kbc, const struct table_place *place, const struct kbc_load *wanted,
                 const struct csvk_strings *columns, struct csvk_error *err) CSVK_MUST_USE;
/* Sets the metadata of the table `id`; `metadata` as in kbc_load. */
int table_set_metadata(struct kbc *kbc, const char *id, const char *metadata,
                       struct csvk_error *err) CSVK_MUST_USE;
/* Adds the columns that the table lacks. */
int table_add_columns(struct kbc *kbc, const struct table_place *place,
                      const struct csvk_strings *columns, struct csvk_error *err) CSVK_MUST_USE;

#endif
