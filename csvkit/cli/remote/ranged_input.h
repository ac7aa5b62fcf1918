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

extern const struct cli_group cli_object_options; /* --credentials */
/* Refuses --credentials when no operand is the address of an object, unless parts are joined, whose
   input may be one. Returns an enum cli_exit, with a message. */
int cli_check_credentials(struct cli *cli, bool joins);

struct ranged_input {
    struct csvk_partial_input bytes; /* its name is that of the input, borrowed */
    int fd;                          /* of a file; else -1 */
    struct stat before;              /* the file when it was opened */
    struct kbc *kbc;                 /* for an object; else NULL */
    struct kbc_object *object;
    struct csvk_error unread; /* why it is missing */
};

/*
 * Opens the file `path`, or the object with this address, with the option --credentials. *input is
 * not moved until it is closed; ranged_input_close in any case. CSVK_EUSAGE: it has no ranges, or
 * there are no credentials; CSVK_EIO; what kbc_object_open returns.
 */
int ranged_input_open(struct ranged_input *input, struct cli *cli, const char *path,
                      struct csvk_error *err) CSVK_MUST_USE;
/* The same for parts that are joined, which need it only where one was wrong: what cannot be opened
   is missing (validator/partial.h). ranged_input_close in any case. */
void ranged_input_try(struct ranged_input *input, struct cli *cli, const char *path);
/* Is it the address of an object? */
bool ranged_input_is_object(const char *path);
/* The path of the input, beside which its manifest may lie; NULL: an object has nothing beside it
   that is looked for, and neither has standard input. */
const char *ranged_input_place(const char *path);
/* A source of all bytes of the input, from the first to the last; it borrows the input. The caller
   frees *out. */
int ranged_input_whole(struct csvk_source **out, struct ranged_input *input,
                       struct csvk_error *err) CSVK_MUST_USE;
/* Opens the object with this address as such a source, and anything else as csvk_source_open does.
   The caller frees *out. */
int ranged_input_source(struct csvk_source **out, struct cli *cli, const char *path,
                        struct csvk_error *err) CSVK_MUST_USE;
/* Is `path` the file that is read? */
bool ranged_input_is_file(const struct ranged_input *input, const char *path);
void ranged_input_close(struct ranged_input *input);

#endif
