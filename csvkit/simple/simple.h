/*
 * simple.h - whole tasks by plain calls: texts for options, texts and JSON for results.
 *
 * For programs in other languages, which call a C library without its headers: no call here takes
 * or gives a struct, except struct csvk_bytes (a pointer and a length), so nobody has to rebuild
 * the layout of one. examples/python/csvkit.py uses nothing else. C programs may like it, too.
 *
 * Settings are a list of texts, ended by NULL; NULL is an empty list. Each is an option of the
 * command line without its dashes, "delimiter=;", "no-header", and means the same:
 *   for all       delimiter, enclosure, escape, encoding
 *   rows          (no more)
 *   validate      profile, no-header, columns, primary-key, max-findings
 *   normalize     no-header, columns, rejects, log, gzip (a level), verify, in-place, trim, strict,
 *                 guard-formulas, ragged, quote, line-break
 *
 * Failures are a status, and one line for a person in `why`, which has room for `room` bytes (512
 * are enough); a longer text is cut. `why` may be NULL. CSVK_EUSAGE: a setting is not known here.
 */
#ifndef CSVKIT_SIMPLE_SIMPLE_H
#define CSVKIT_SIMPLE_SIMPLE_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- rows: the values of a table, record by record ---- */

struct csvk_rows;
/* Opens a file; "-" is standard input. The caller frees *out; it is NULL on failure. */
CSVK_API int csvk_rows_open(struct csvk_rows **out, const char *path, const char *const *settings,
                            char *why, size_t room) CSVK_MUST_USE;
/*
 * The values of the next record, header included: *values are *count views, valid until the next
 * call. An empty line has none. A record with a defect is given as doc/reading.md reads it; to know
 * whether there are any, validate. CSVK_OK; CSVK_END after the last record; or a failure, among
 * them CSVK_EDATA for a damaged compressed file, after its last record.
 */
CSVK_API int csvk_rows_next(struct csvk_rows *rows, const struct csvk_bytes **values, size_t *count,
                            char *why, size_t room) CSVK_MUST_USE;
CSVK_API void csvk_rows_free(struct csvk_rows *rows);

/* ---- whole files ---- */

/*
 * Judges a file. *json is the report, as `csvkit validate --format=json` writes it; the caller
 * frees it with csvk_free. CSVK_OK whether the file is valid or not: "valid" in the report says so.
 */
CSVK_API int csvk_validate_path(const char *path, const char *const *settings, char **json,
                                char *why, size_t room) CSVK_MUST_USE;
/*
 * Repairs `input` into the file `output` (NULL: it is only judged, unless in-place). *json is the
 * account, as `csvkit normalize --format=json` writes it; the caller frees it with csvk_free.
 * CSVK_EDATA when the input is refused, and whatever csvk_normalize_files returns.
 */
CSVK_API int csvk_normalize_path(const char *input, const char *output, const char *const *settings,
                                 char **json, char *why, size_t room) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
