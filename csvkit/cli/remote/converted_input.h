/*
 * converted_input.h - data in another encoding, or with a delimiter that is to be found: the
 * platform reads UTF-8 and one delimiter, so what is sent is a converted copy.
 */
#ifndef CSVKIT_CLI_REMOTE_CONVERTED_INPUT_H
#define CSVKIT_CLI_REMOTE_CONVERTED_INPUT_H

#include "csvkit/cli/remote/remote.h"

/* True when the options ask for a copy: --encoding or --delimiter=auto. */
bool converted_input_is_wanted(const struct cli *cli);

struct converted_input {
    char *folder, *path; /* of the copy; NULL: the data are sent as they are */
    int lock;            /* descriptor of the folder, locked; while there is a folder */
};

/*
 * With --encoding or --delimiter=auto, writes a copy into the temporary folder and makes `input`
 * that copy. The copy has the name of the original. Only encoding, dialect and line breaks are
 * changed: data that need another repair are refused. A copy that a killed run has left there is
 * removed by the next run that makes one. The caller releases `converted` (all-zero
 * before) in any case, before remote_close, which may end the process.
 */
int converted_input_make(struct converted_input *converted, struct cli *cli,
                         struct kbc_input *input);
void converted_input_release(struct converted_input *converted);

#endif
