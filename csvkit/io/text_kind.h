/* text_kind.h - private: text that looks like another kind of file than a table. */
#ifndef CSVKIT_IO_TEXT_KIND_H
#define CSVKIT_IO_TEXT_KIND_H

#include "csvkit/csvkit.h"

struct csvk_text_kind {
    const char *name;   /* "a web page (HTML)" */
    const char *remedy; /* one sentence or more */
};
/* A constant; NULL: it does not look like any of them. A byte order mark and blanks are skipped. */
const struct csvk_text_kind *csvk_text_kind_of(struct csvk_bytes start);

#endif
