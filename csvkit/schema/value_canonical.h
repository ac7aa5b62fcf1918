/*
 * value_canonical.h - the canonical text of a value: the default form of its type, which every
 * reader takes.
 *
 * The idea. A column of a schema file may declare a form of its own: 1 000,50 or 31.12.2024 or ano.
 * What such a text means is read by that form, and written in the default form of the type:
 * 1000.50, 2024-12-31, true. Nothing is computed: digits stay the digits that they are, so there is
 * no rounding, whatever their number; there is no locale. The default form of CSVW is that of XSD.
 * Types of a native manifest have no form of their own: a value fits, or every backend refuses it;
 * what one of them may round or read in another way is no matter of forms, and stays.
 *
 * A value is rewritten only when its form reads it in one way. Texts that are good in the default
 * form and that the declared form does not read are canonical already; they stay.
 *
 * Invariant: the canonical text is good in the default form, with the same meaning, and is the same
 * when it is written again. What has no such text does not fit.
 */
#ifndef CSVKIT_SCHEMA_VALUE_CANONICAL_H
#define CSVKIT_SCHEMA_VALUE_CANONICAL_H

#include "csvkit/schema/value_check.h"

struct value_canonical {
    struct value_check declared;
    struct value_check target; /* the same column in the default form; only with own_form */
    bool own_form;             /* the column declares one: values may be rewritten */
    struct csvw_cell *cell;    /* CSVW: that of the target, which is XSD's; NULL: none */
};

/*
 * For the column number `index` of `schema`; all that is declared is copied. CSVK_EUSAGE: what is
 * declared makes no sense or is not supported (value_check_init), or its form does not say all
 * that the default form does, or more: `%y` has no century. CSVK_ENOMEM. value_canonical_release in
 * any case.
 */
int value_canonical_init(struct value_canonical *canonical, const struct csvk_schema *schema,
                         size_t index, struct csvk_error *err) CSVK_MUST_USE;
void value_canonical_release(struct value_canonical *canonical);

enum value_canonical_kind {
    VALUE_CANONICAL_SAME,      /* it is canonical */
    VALUE_CANONICAL_REWRITTEN, /* its canonical text is another one */
    VALUE_CANONICAL_MISSING,   /* it stands for no value, and stays */
    VALUE_CANONICAL_UNFIT,     /* no value of the column, or not in one way: `fault` says why */
    VALUE_CANONICAL_NO_MEMORY,
};
/* Appends the canonical text to `out` when it is another one. One thread at a time. */
enum value_canonical_kind value_canonical_write(const struct value_canonical *canonical,
                                                const unsigned char *value, size_t length,
                                                struct csvk_buf *out, struct value_fault *fault);

#endif
