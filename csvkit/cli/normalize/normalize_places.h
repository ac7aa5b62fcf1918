/*
 * normalize_places.h - where the table, the rejects and the log of each input of csvkit normalize
 * go: to the files that were named, or into folders, under the name of the input.
 *
 * With several inputs all three are folders. With one input each is a file, unless it is a folder
 * that exists.
 */
#ifndef CSVKIT_CLI_NORMALIZE_NORMALIZE_PLACES_H
#define CSVKIT_CLI_NORMALIZE_NORMALIZE_PLACES_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/normalize.h"

enum normalize_place { NORMALIZE_OUTPUT, NORMALIZE_REJECTS, NORMALIZE_LOG, NORMALIZE_PLACES };

struct normalize_places {
    const char *given[NORMALIZE_PLACES]; /* NULL: nothing of that kind is written, or an option of
                                            its own says where */
    bool is_folder[NORMALIZE_PLACES];
    struct csvk_buf path[NORMALIZE_PLACES]; /* in a folder, for the input at hand */
};

/*
 * Reads --output, --rejects and --log, and judges them and the operands together; then makes the
 * folders that are missing. Nothing has been read or made when it fails for a wrong command line.
 */
int normalize_places_read(struct cli *cli, struct normalize_places *places);
/* Sets the paths in *files for files->input. They are valid until the next call or the release. */
int normalize_places_find(struct cli *cli, struct normalize_places *places,
                          struct csvk_normalize_files *files);
void normalize_places_release(struct normalize_places *places);

#endif
