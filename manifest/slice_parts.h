/*
 * slice_parts.h - a table sliced in parts, by programs that know nothing of each other, and joined
 * to the slices of the whole.
 *
 * The idea. A *part* is a folder: the slices of the records that begin in a range of bytes, and
 * beside them what their judgement knows (validator/partial.h). No part can refuse the table, since
 * it may have guessed wrong where its first record begins; so it is made in any case, and all of it
 * is judged when the parts are joined. The slices of parts that were right get one more name in the
 * folder of the whole; the others are made again, there and then.
 *
 * Invariants.
 *   - The texts of all slices in their order, the manifest, and what is told of the data, are those
 *     of csvk_slice_table over the whole input, byte for byte, however it was cut. Where one slice
 *     ends and the next begins depends on the parts: none goes over the end of a part.
 *   - A folder, of a part or of the whole, appears whole or not at all.
 *   - Only parts of one run are joined: same options, same input, all of it, each byte once.
 *
 * What cannot be had in parts is refused by name: repairs, types that are to be found in the data,
 * a number of slices, encodings, compressed inputs.
 *
 * Rules as in slice_table.h. Not installed.
 */
#ifndef MANIFEST_SLICE_PARTS_H
#define MANIFEST_SLICE_PARTS_H

#include "csvkit/json.h"
#include "manifest/slice_table.h"
#include "validator/partial.h"

/* What is known of a part. */
struct csvk_slice_part_facts {
    uint64_t begin, end; /* of its records: the byte of the first, the byte after the last one */
    bool judged;         /* false: no record begins in the range, or where it does was not found */
};
/*
 * Makes the part of the records that begin in the range: the folder options->how->directory, with
 * no manifest, though that is judged as far as it can be. options->inputs is not looked at. *out is
 * that of csvk_slice_table. CSVK_EUSAGE: what cannot be had in parts, verify among it, and a range
 * that the input does not have; CSVK_EDATA: the manifest is refused. Else as csvk_slice_table.
 */
int csvk_slice_part(const struct csvk_slice_table_options *options,
                    const struct csvk_partial_input *input, struct csvk_partial_range range,
                    struct csvk_slice_table_result **out, struct csvk_slice_part_facts *facts,
                    struct csvk_error *err) CSVK_MUST_USE;

/* What the input of the parts is called, as the first of them has it. The caller frees *name.
   CSVK_EIO: a folder is no part, or damaged; CSVK_EUSAGE, CSVK_ENOMEM. */
int csvk_slice_parts_input_name(const struct csvk_strings *folders, char **name,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Joins the parts, in any order, to the folder options->how->directory, and writes the manifest.
 * The options are those of the parts. `input` is read only where a part has guessed wrong; NULL, or
 * one that is missing: CSVK_EUSAGE is the answer when it is needed, and when it is another one.
 * *again: how many parts were made again. CSVK_EUSAGE: they are not the parts of one run, with a
 * text that names the guilty one; CSVK_EIO: one is damaged. Else as csvk_slice_table.
 */
int csvk_slice_parts_join(const struct csvk_slice_table_options *options,
                          const struct csvk_strings *folders,
                          const struct csvk_partial_input *input,
                          struct csvk_slice_table_result **out, uint64_t *again,
                          struct csvk_error *err) CSVK_MUST_USE;

/* A slice as an object of JSON, in reports and in the description of a part. */
void csvk_slice_put_json(struct csvk_json *json, const struct csvk_slice *slice);

#endif
