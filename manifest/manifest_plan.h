/*
 * manifest_plan.h - what a manifest is to say, while the columns of its table are not known yet.
 *
 * The idea. Some of the contents name columns (metadata and types of a column), and a name may hold
 * the signs that end it in an option, so they are kept as they came until the columns are there.
 *
 * Use: csvk_manifest_plan_new; set what is in `options` and the lists; csvk_manifest_plan_pair,
 * _type; when the columns are known, set `columns` and call csvk_manifest_plan_finish; then
 * `options` are good for csvk_manifest_create and csvk_slice_manifest. csvk_manifest_plan_free in
 * any case.
 *
 * One plan by one thread at a time. A function that answers int answers CSVK_OK, CSVK_EUSAGE (a
 * text of an option that is wrong) or CSVK_ENOMEM. Texts are copied. `err` may be NULL.
 */
#ifndef MANIFEST_MANIFEST_PLAN_H
#define MANIFEST_MANIFEST_PLAN_H

#include "manifest/manifest.h"
#include "manifest/types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The library's; the caller sets its members. */
struct csvk_manifest_plan {
    struct csvk_manifest_options *options; /* the plan's; after _finish they borrow from it */
    bool generation_given;                 /* options->generation was asked for, not the default */
    bool types_auto;                       /* the types are to be found in the data */
    struct csvk_strings columns, primary_key, delete_values;
    struct csvk_strings column_metadata; /* texts COLUMN:KEY=VALUE */
    struct csvk_manifest_pair *pairs;    /* npairs, theirs and all below: by the functions only */
    struct csvk_manifest_type *types;    /* ntypes */
    size_t npairs, ntypes;
    struct csvk_strings owned; /* texts that the types borrow */
};
/* Makes a plan that says nothing yet. CSVK_ENOMEM, and *out is NULL. */
CSVK_API int csvk_manifest_plan_new(struct csvk_manifest_plan **out,
                                    struct csvk_error *err) CSVK_MUST_USE;
/* Adds metadata of the table from a text KEY=VALUE. */
CSVK_API int csvk_manifest_plan_pair(struct csvk_manifest_plan *plan, const char *text,
                                     struct csvk_error *err) CSVK_MUST_USE;
/* Adds the type of a column from a text COLUMN=TYPE[:LENGTH]; "auto" sets types_auto. */
CSVK_API int csvk_manifest_plan_type(struct csvk_manifest_plan *plan, const char *text,
                                     struct csvk_error *err) CSVK_MUST_USE;
/*
 * Gives every column of `columns` that has no type yet the one that its counts propose. It may be
 * NULL unless it is in `primary_key`: that a month has no empty value does not mean that the next
 * one has none. CSVK_EDATA: a column of the key has empty values.
 */
CSVK_API int csvk_manifest_plan_types(struct csvk_manifest_plan *plan,
                                      const struct csvk_types *types,
                                      struct csvk_error *err) CSVK_MUST_USE;
/* Reads `column_metadata` by the names in `columns`, and makes `options` borrow all lists. Call it
   once, when `columns` are set. */
CSVK_API int csvk_manifest_plan_finish(struct csvk_manifest_plan *plan,
                                       struct csvk_error *err) CSVK_MUST_USE;
CSVK_API void csvk_manifest_plan_free(struct csvk_manifest_plan *plan); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
