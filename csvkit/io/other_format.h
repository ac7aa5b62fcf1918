/* other_format.h - recognizes files of other formats, such as archives, workbooks and pictures. */
#ifndef CSVKIT_IO_OTHER_FORMAT_H
#define CSVKIT_IO_OTHER_FORMAT_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

/*
 * CSVK_EDATA with one line that names the format, when the first bytes are those of such a file:
 * one clear message helps more than a thousand findings. `source` must not have been read yet; it
 * can be read from its beginning afterwards.
 */
CSVK_FOR_EXTRA int csvk_check_other_format(struct csvk_source *source,
                                           struct csvk_error *err) CSVK_MUST_USE;

#endif
