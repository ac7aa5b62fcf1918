/*
 * names.h - column names as Keboola Storage will make them.
 *
 * Storage cleans the names of columns ("webalize"): Latin letters lose their marks and become
 * ASCII; every run of characters other than [A-Za-z0-9_] becomes one '_'; '_' is removed from both
 * ends; and a name that a database uses itself gets a '_' at its end. Letters keep their case, and
 * no name is cut. The functions here follow that; what the service does in the end is decided by
 * the service.
 *
 * The validator and the code for manifests judge names by the same functions. So they are in the
 * core, which both may include.
 *
 * All functions may be called by any thread. Names are UTF-8; nothing is kept of them.
 */
#ifndef CSVKIT_NAMES_H
#define CSVKIT_NAMES_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_NAME_MAX 64 /* bytes of the longest column name that Storage takes, when cleaned */

/*
 * Appends the cleaned form of the `length` bytes at `name` to `out`. Nothing is appended when no
 * character is left; Storage refuses such names. A byte that is not UTF-8 counts as a character
 * that is not allowed. A name that is clean already is not changed. CSVK_OK, or CSVK_ENOMEM, after
 * which a part may have been appended.
 */
CSVK_API int csvk_name_sanitize(const char *name, size_t length,
                                struct csvk_buf *out) CSVK_MUST_USE;
/* True for oid, tableoid, xmin, cmin, xmax, cmax and ctid, in upper or lower case. */
CSVK_API bool csvk_name_is_system(const char *name, size_t length);
/* True for _timestamp, in upper or lower case: Storage fills that column and refuses it in data. */
CSVK_API bool csvk_name_is_reserved(const char *name, size_t length);
/*
 * Appends to `to` the names that a table with columns of these `count` names gets: each cleaned,
 * and as long as Storage takes it; `col_N` where nothing is left of the N-th; with `_2`, `_3`, ...
 * where an earlier column has it already. The second column of `a b,a_b` is thus `a_b_2`. What
 * messages propose and what `normalize --names=storage` writes come from here. CSVK_ENOMEM, after
 * which some of the names may be there.
 */
CSVK_API int csvk_names_storage(const struct csvk_bytes *names, size_t count,
                                struct csvk_strings *to) CSVK_MUST_USE;
/*
 * Sets *same when both lists name the same columns in the same order: each two names are equal as
 * they are, or become equal in Storage but for the case of letters. CSVK_ENOMEM.
 */
CSVK_API int csvk_names_compare(const struct csvk_strings *a, const struct csvk_strings *b,
                                bool *same) CSVK_MUST_USE;
/*
 * True when two NUL-terminated names are equal except for the case of ASCII letters. One table
 * cannot have two such columns.
 */
CSVK_API bool csvk_name_same_folded(const char *a, const char *b);

#ifdef __cplusplus
}
#endif

#endif
