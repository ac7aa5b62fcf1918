/*
 * value_pattern.h - regular expressions for values, in time that is linear in the length of a value
 * whatever the pattern.
 *
 * The idea. A pattern becomes a nondeterministic automaton over bytes (characters beyond ASCII are
 * sequences of bytes), and that one a deterministic one, state by state as values need them. There
 * is no backtracking, so no value takes long; states are thrown away when there are too many, so
 * memory is bounded. Of the expressions of XML Schema everything is regular; what is not in those
 * of ECMAScript (back references, looking around) is refused by its name.
 *
 * Why none of the libraries: PCRE2 and what is in libc backtrack; RE2 and Hyperscan have no class
 * subtraction, no \i and \c, and C++ interfaces, or processors that they need; TRE is bound to the
 * locale. An automaton that knows no groups and gives no matches is the small part of them.
 */
#ifndef CSVKIT_SCHEMA_VALUE_PATTERN_H
#define CSVKIT_SCHEMA_VALUE_PATTERN_H

#include "csvkit/base/for_extra.h"
#include "csvkit/schema/schema.h"

struct value_pattern;
/* CSVK_EUSAGE: no such expression, or one that is not supported: the text names the part.
   CSVK_ENOMEM. *out is NULL on failure. */
int value_pattern_new(struct value_pattern **out, const char *pattern,
                      enum csvk_pattern_flavour flavour, struct csvk_error *err) CSVK_MUST_USE;
void value_pattern_free(struct value_pattern *pattern);
/* One thread at a time. *at: the first byte after which nothing can fit; the length: it ends too
   early. */
bool value_pattern_takes(struct value_pattern *pattern, const unsigned char *value, size_t length,
                         size_t *at);
/* Memory ran out: what was answered since then may be wrong. */
bool value_pattern_failed(const struct value_pattern *pattern);

/*
 * The general category of a character, two letters ("Lu") that are static; libcsvkit-extra gives
 * it. Without it, patterns with \p, and \w of XML Schema, are not supported.
 */
typedef const char *csvk_category_fn(uint32_t code);
CSVK_FOR_EXTRA void csvk_give_categories(csvk_category_fn *category);

#endif
