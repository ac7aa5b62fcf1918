/* storage_input.h - private: what the check of the data shares with the reading of its header. */
#ifndef STORAGE_STORAGE_INPUT_H
#define STORAGE_STORAGE_INPUT_H

#include "storage/storage.h"

/* Adds the values of the first record of a file; none when the file is empty. */
int input_first_record(const struct csvk_dialect *dialect, const char *path,
                       struct csvk_strings *values, struct csvk_error *err) CSVK_MUST_USE;

/* Does the validator hold values against the types of the manifest, if it has some? */
bool input_types_are_judged(const struct kbc_input *input);

#endif
