/* storage_table.h - inside storage/: the table that a load goes to. */
#ifndef STORAGE_STORAGE_TABLE_H
#define STORAGE_STORAGE_TABLE_H

#include "storage/storage_api.h"

struct table_place {
    char *stage, *bucket_name, *bucket, *name; /* in, main, in.c-main, orders */
    char *id;
    bool exists;
    bool typed;
    struct csvk_strings columns, primary_key; /* when it exists */
};

/* Takes the id apart and asks for the table; one that is missing is no failure. */
int table_look(struct kbc *kbc, const char *id, struct table_place *place,
               struct csvk_error *err) CSVK_MUST_USE;
void table_release(struct table_place *place);
/* The names as Storage will have them: asks the server only when one is not plain. */
int table_names(struct kbc *kbc, const struct csvk_strings *columns, struct csvk_strings *out,
                struct csvk_error *err) CSVK_MUST_USE;
/* What the platform would refuse, or do silently: CSVK_EDATA names it. */
int table_check(const struct table_place *place, const struct kbc_load *wanted,
                const struct csvk_strings *columns, struct csvk_error *err) CSVK_MUST_USE;
int table_make_bucket(struct kbc *kbc, const struct table_place *place, bool *created,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Makes an empty table: typed when there is a schema, else of texts. */
int table_define(struct kbc *kbc, const struct table_place *place, const struct kbc_load *wanted,
                 const struct csvk_strings *columns, struct csvk_error *err) CSVK_MUST_USE;
/* Adds the columns that the table lacks. */
int table_add_columns(struct kbc *kbc, const struct table_place *place,
                      const struct csvk_strings *columns, struct csvk_error *err) CSVK_MUST_USE;

#endif
