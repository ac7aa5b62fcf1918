/*
 * ranged_input.h - what the parts of a table are read from: a plain file, or an object of S3, Azure
 * or Google, whose bytes can be read in any order.
 */
#ifndef CSVKIT_CLI_REMOTE_RANGED_INPUT_H
#define CSVKIT_CLI_REMOTE_RANGED_INPUT_H

#include "csvkit/cli/frame/cli.h"
#include "validator/partial.h"

#include <sys/stat.h>

struct kbc;
struct kbc_object;

struct ranged_input {
    struct csvk_partial_input bytes; /* its name is that of the input, borrowed */
    int fd;                          /* of a file; else -1 */
    struct stat before;              /* the file when it was opened */
    struct kbc *kbc;                 /* for an object; else NULL */
    struct kbc_object *object;
};

/*
 * Opens the file `path`, or the object with this address, with the option --credentials. *input is
 * not moved until it is closed; ranged_input_close in any case. CSVK_EUSAGE: it has no ranges, or
 * there are no credentials; CSVK_EIO; what kbc_object_open returns.
 */
int ranged_input_open(struct ranged_input *input, struct cli *cli, const char *path,
                      struct csvk_error *err) CSVK_MUST_USE;
/* Is it the address of an object? */
bool ranged_input_is_object(const char *path);
/*
 * A source of all bytes of such an input, from the first to the last; the caller frees *out. Else
 * as ranged_input_open.
 */
int ranged_input_source(struct csvk_source **out, struct cli *cli, const char *path,
                        struct csvk_error *err) CSVK_MUST_USE;
/* Is `path` the file that is read? */
bool ranged_input_is_file(const struct ranged_input *input, const char *path);
void ranged_input_close(struct ranged_input *input);

#endif
