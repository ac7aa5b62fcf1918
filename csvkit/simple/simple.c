/* simple.c - see simple.h: validate and normalize, a file in one call. */
#include "csvkit/simple/settings.h"

#include <string.h>

/* A copy of the text, for the caller. */
static int hand_over(struct csvk_buf *buf, char **out, struct csvk_error *err)
{
    *out = csvk_strdup(csvk_buf_text(buf));
    return *out != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int print_report(struct csvk_validator *validator, char **json, struct csvk_error *err)
{
    const struct csvk_report *report;
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_validator_report(validator, &report, err);
    status = status == CSVK_OK ? csvk_report_print(report, "json", 0, &text, err) : status;
    status = status == CSVK_OK ? hand_over(&text, json, err) : status;
    csvk_buf_release(&text);
    return status;
}

int csvk_validate_path(const char *path, const char *const *settings, char **json, char *why,
                       size_t room)
{
    struct simple_settings s;
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    *json = NULL;
    int status = simple_settings_read(&s, settings, SIMPLE_VALIDATE, &err);
    s.validate.file = path;
    status = status == CSVK_OK ? simple_open(&source, path, &s, &err) : status;
    status = status == CSVK_OK ? csvk_validate_source(&validator, source, &s.validate, NULL, &err)
                               : status;
    status = status == CSVK_OK ? print_report(validator, json, &err) : status;
    csvk_validator_free(validator);
    csvk_source_free(source);
    simple_settings_release(&s);
    return simple_tell(status, &err, why, room);
}

int csvk_normalize_path(const char *input, const char *output, const char *const *settings,
                        char **json, char *why, size_t room)
{
    struct simple_settings s;
    struct csvk_error err = {0};
    struct csvk_normalize_result result = {.size = sizeof result};
    struct csvk_buf text = CSVK_BUF_INIT;
    *json = NULL;
    int status = simple_settings_read(&s, settings, SIMPLE_NORMALIZE, &err);
    s.files.input = input;
    s.files.output = output;
    status =
        status == CSVK_OK ? csvk_normalize_files(&s.files, &s.normalize, &result, &err) : status;
    if (status == CSVK_OK && csvk_normalize_summary(&result, input, &text) != CSVK_OK) {
        status = csvk_fail(&err, CSVK_ENOMEM, "out of memory");
    }
    status = status == CSVK_OK ? hand_over(&text, json, &err) : status;
    csvk_buf_release(&text);
    simple_settings_release(&s);
    return simple_tell(status, &err, why, room);
}
