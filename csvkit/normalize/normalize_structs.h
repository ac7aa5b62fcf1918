/*
 * normalize_structs.h - private: the structs that a caller gives to csvk_normalize and gets from
 * it, read and written by their size (csvkit/base/sized.h).
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_STRUCTS_H
#define CSVKIT_NORMALIZE_NORMALIZE_STRUCTS_H

#include "csvkit/normalize.h"

/* What the caller has, over the defaults; all pointers are the caller's. CSVK_EUSAGE. */
int norm_read_options(struct csvk_normalize_options *own,
                      const struct csvk_normalize_options *options, struct csvk_error *err);
int norm_read_outputs(struct csvk_normalize_outputs *own,
                      const struct csvk_normalize_outputs *outputs, struct csvk_error *err);
int norm_read_files(struct csvk_normalize_files *own, const struct csvk_normalize_files *files,
                    struct csvk_error *err);
/* Whether the caller's result can be filled; fills it; reads one that was filled. CSVK_EUSAGE. */
int norm_check_result(const struct csvk_normalize_result *result, struct csvk_error *err);
void norm_write_result(struct csvk_normalize_result *result,
                       const struct csvk_normalize_result *own);
int norm_read_result(struct csvk_normalize_result *own, const struct csvk_normalize_result *result);

/* Refuses what cannot be written at all, before anything is read. CSVK_EUSAGE. */
int norm_check_options(const struct csvk_normalize_options *o, struct csvk_error *err);

#endif
