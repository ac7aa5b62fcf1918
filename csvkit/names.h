/*
 * names.h - column names as Storage will have them. The validator and the manifest room judge names
 * by the same cleaner, so it lives in the core, which both may include.
 *
 * The cleaner ("webalize"): Latin letters lose their marks and become ASCII, every run of anything
 * but [A-Za-z0-9_] becomes one '_', '_' is taken off both ends, and a name that a backend keeps for
 * itself gets a '_' behind. Case stays, nothing is cut. The service itself remains the referee.
 */
#ifndef CSVKIT_NAMES_H
#define CSVKIT_NAMES_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_NAME_MAX 64 /* longest column name that Storage takes, in bytes after cleaning */

/*
 * Appends the cleaned form of `name` to `out`; nothing is appended when no character survives,
 * which Storage refuses. Bytes that are not UTF-8 count as characters that are not allowed.
 * CSVK_OK or CSVK_ENOMEM. Cleaning a cleaned name changes nothing. Any thread.
 */
CSVK_API int csvk_name_sanitize(const char *name, size_t length,
                                struct csvk_buf *out) CSVK_MUST_USE;
/* True for oid tableoid xmin cmin xmax cmax ctid, in any letter case. */
CSVK_API bool csvk_name_is_system(const char *name, size_t length);
/* True for _timestamp, in any letter case: Storage fills that column itself and refuses it. */
CSVK_API bool csvk_name_is_reserved(const char *name, size_t length);
/* Equal but for the case of ASCII letters: such columns cannot live in one table. */
CSVK_API bool csvk_name_same_folded(const char *a, const char *b);

#ifdef __cplusplus
}
#endif

#endif
