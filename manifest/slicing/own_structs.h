/*
 * own_structs.h - structs of a caller's that another struct points to, read into whole ones of our
 * own (csvkit/base/sized.h). Each begins with the defaults; what the struct owns is borrowed.
 * CSVK_EUSAGE for a struct that was not begun as it should.
 */
#ifndef MANIFEST_SLICING_OWN_STRUCTS_H
#define MANIFEST_SLICING_OWN_STRUCTS_H

#include "manifest/slice_table.h"

int own_table(struct csvk_table_definition *own, const struct csvk_table_definition *theirs,
              struct csvk_error *err) CSVK_MUST_USE;
int own_slice_options(struct csvk_slice_options *own, const struct csvk_slice_options *theirs,
                      struct csvk_error *err) CSVK_MUST_USE;
int own_merge_options(struct csvk_merge_options *own, const struct csvk_merge_options *theirs,
                      struct csvk_error *err) CSVK_MUST_USE;
int own_rules(struct csvk_validate_options *own, const struct csvk_validate_options *theirs,
              struct csvk_error *err) CSVK_MUST_USE;
int own_normalize_options(struct csvk_normalize_options *own,
                          const struct csvk_normalize_options *theirs,
                          struct csvk_error *err) CSVK_MUST_USE;

#endif
