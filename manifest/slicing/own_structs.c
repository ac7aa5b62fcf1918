/*
 * own_structs.c - see own_structs.h. The last member of a struct's first version is named here and
 * where its defaults are; it never changes, so the two cannot come to differ.
 */
#include "manifest/slicing/own_structs.h"

#include "csvkit/base/sized.h"

int own_table(struct csvk_table_definition *own, const struct csvk_table_definition *theirs,
              struct csvk_error *err)
{
    static const struct csvk_sized type =
        CSVK_SIZED(struct csvk_table_definition, manifest, "csvk_table_definition_init");
    csvk_table_definition_init(own);
    return csvk_sized_read(&type, own, theirs, err);
}

int own_slice_options(struct csvk_slice_options *own, const struct csvk_slice_options *theirs,
                      struct csvk_error *err)
{
    static const struct csvk_sized type =
        CSVK_SIZED(struct csvk_slice_options, hash, "csvk_slice_options_init");
    csvk_slice_options_init(own);
    return csvk_sized_read(&type, own, theirs, err);
}

int own_merge_options(struct csvk_merge_options *own, const struct csvk_merge_options *theirs,
                      struct csvk_error *err)
{
    static const struct csvk_sized type =
        CSVK_SIZED(struct csvk_merge_options, max_record, "csvk_merge_options_init");
    csvk_merge_options_init(own);
    return csvk_sized_read(&type, own, theirs, err);
}

int own_rules(struct csvk_validate_options *own, const struct csvk_validate_options *theirs,
              struct csvk_error *err)
{
    static const struct csvk_sized type =
        CSVK_SIZED(struct csvk_validate_options, level, "csvk_validate_options_init");
    csvk_validate_options_init(own);
    return csvk_sized_read(&type, own, theirs, err);
}

int own_normalize_options(struct csvk_normalize_options *own,
                          const struct csvk_normalize_options *theirs, struct csvk_error *err)
{
    static const struct csvk_sized type =
        CSVK_SIZED(struct csvk_normalize_options, simd, "csvk_normalize_options_init");
    csvk_normalize_options_init(own);
    return csvk_sized_read(&type, own, theirs, err);
}
