/* settings.h - private: what the settings of one call say (simple.h). */
#ifndef CSVKIT_SIMPLE_SETTINGS_H
#define CSVKIT_SIMPLE_SETTINGS_H

#include "csvkit/normalize.h"
#include "csvkit/simple/simple.h"
#include "validator/validator.h"

/* The calls that know a setting, a bit each. */
enum simple_task { SIMPLE_ROWS = 1, SIMPLE_VALIDATE = 2, SIMPLE_NORMALIZE = 4 };

struct simple_settings {
    struct csvk_dialect dialect;
    bool delimiter_given, enclosure_given, no_header;
    const char *encoding;        /* borrowed; NULL: not given */
    struct csvk_strings columns; /* names */
    struct csvk_validate_options validate;
    struct csvk_normalize_options normalize;
    struct csvk_normalize_files files;
};
/* The caller ends it with simple_settings_release, after a failure too. CSVK_EUSAGE, CSVK_ENOMEM.
 */
int simple_settings_read(struct simple_settings *s, const char *const *settings,
                         enum simple_task task, struct csvk_error *err) CSVK_MUST_USE;
void simple_settings_release(struct simple_settings *s);

/* Opens `path`, converted when the settings name an encoding. As csvk_source_open. */
int simple_open(struct csvk_source **out, const char *path, const struct simple_settings *s,
                struct csvk_error *err) CSVK_MUST_USE;
/* Hands the failure of `err` on to the caller of simple.h, and returns `status`. */
int simple_tell(int status, const struct csvk_error *err, char *why, size_t room);

#endif
