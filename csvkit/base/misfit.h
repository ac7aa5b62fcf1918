/*
 * misfit.h - private: why a record has too many or too few fields.
 *
 * The idea. A reason is told only when it explains the width exactly: taken for true, the record
 * would have as many fields as the table. `validate` and `normalize` say it in the same words.
 */
#ifndef CSVKIT_BASE_MISFIT_H
#define CSVKIT_BASE_MISFIT_H

#include "csvkit/csvkit.h"

enum misfit_reason {
    MISFIT_UNKNOWN,
    MISFIT_THOUSANDS,
    MISFIT_TYPOGRAPHIC,
    MISFIT_APOSTROPHES,
    MISFIT_BACKTICKS,
    MISFIT_JSON,
    MISFIT_TWICE,
    MISFIT_SEMICOLON,
    MISFIT_TAB,
    MISFIT_PIPE,
    MISFIT_COMMA,
    MISFIT_CR,
    MISFIT_JOINED,
    MISFIT_SHORT,
};

/* What is wrong, and what a person can do about it. By reason; of MISFIT_UNKNOWN both are NULL. */
struct csvk_misfit_text {
    const char *text, *remedy;
};
extern const struct csvk_misfit_text csvk_misfit_texts[];

/*
 * What `count` fields show, each as it is written, where the table has `width` columns:
 * MISFIT_THOUSANDS, _TYPOGRAPHIC, _APOSTROPHES, _BACKTICKS, _JSON or _UNKNOWN. A field that is
 * enclosed may be given as empty: it shows nothing.
 */
enum misfit_reason csvk_misfit_of_fields(const struct csvk_bytes *field, size_t count, size_t width,
                                         const struct csvk_dialect *dialect);

#endif
