/*
 * packer.h - private: what compresses the text of a sink.
 *
 * It needs libraries, so it is no part of this one: libcsvkit-extra gives its own with
 * csvk_give_packer. Without it a sink can only be plain, and the failure says so.
 */
#ifndef CSVKIT_IO_PACKER_H
#define CSVKIT_IO_PACKER_H

#include "csvkit/base/for_extra.h"
#include "csvkit/writer.h"

struct csvk_packer {
    /* Makes one that writes to `output`. The caller frees *out. CSVK_EUSAGE for a level other than
     * 1 to 9, CSVK_ENOMEM. */
    int (*open)(void **out, int level, struct csvk_output output, struct csvk_error *err);
    /* Adds text; failures are those of `output`, and CSVK_ENOMEM. */
    int (*write)(void *packer, const void *bytes, size_t length, struct csvk_error *err);
    /* Ends the file: one gzip member, even when there was no text. */
    int (*finish)(void *packer, struct csvk_error *err);
    void (*free)(void *packer);
};

/*
 * From now on sinks are compressed by `packer`, which must live as long as the process. Any thread,
 * at any time: a sink that is open keeps what it has.
 */
CSVK_FOR_EXTRA void csvk_give_packer(const struct csvk_packer *packer);

#endif
