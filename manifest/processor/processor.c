/* processor.c - the steps of csvk_processor: parameters, folders, tables, files. */
#include "manifest/processor/processor_parts.h"

#include "csvkit/base/sized.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_processor_options, noted, "csvk_processor_options_init");

void csvk_processor_options_init_sized(struct csvk_processor_options *options, size_t size)
{
    const struct csvk_processor_options defaults = {.size = sizeof defaults, .scratch = "/tmp"};
    csvk_sized_init(&options_type, options, size, &defaults);
}

int processor_no_memory(const struct processor *p)
{
    return csvk_fail(p->err, CSVK_ENOMEM, "out of memory");
}

void processor_note(const struct processor *p, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    if (p->options->noted == NULL) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    p->options->noted(p->options->context, text);
}

/* Makes a folder of our own in `parent`; *out is its path. */
static int make_own_folder(const struct processor *p, const char *parent, const char *name,
                           char **out)
{
    char *path = processor_path(parent, name, NULL);
    if (path == NULL) {
        return processor_no_memory(p);
    }
    if (mkdtemp(path) == NULL) {
        int status = csvk_fail_sys(p->err, errno, "cannot make a temporary folder: %s", path);
        csvk_free(path);
        return status;
    }
    *out = path;
    return CSVK_OK;
}

static void remove_own_folder(char *path)
{
    if (path != NULL) {
        processor_remove(path);
    }
    csvk_free(path);
}

/* out, out/files and the stage, which is in out so that a table moves to its place in one step. The
   platform does not look at names with a dot. */
static int make_out(struct processor *p)
{
    char *out = processor_path(p->folder, "out", NULL);
    char *files = processor_path(p->folder, "out/files", NULL);
    int status = out != NULL && files != NULL ? processor_folder(p, out) : processor_no_memory(p);
    status = status == CSVK_OK ? processor_folder(p, files) : status;
    status = status == CSVK_OK ? make_own_folder(p, out, ".csvkit-XXXXXX", &p->stage) : status;
    csvk_free(out);
    csvk_free(files);
    return status;
}

int csvk_processor(const struct csvk_processor_options *options, struct csvk_error *err)
{
    struct csvk_error nobody = {0};
    struct csvk_processor_options own;
    csvk_processor_options_init(&own);
    int status = csvk_sized_read(&options_type, &own, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct processor p = {
        .options = &own, .folder = own.folder, .err = err != NULL ? err : &nobody};
    status = processor_read(&p);
    status =
        status == CSVK_OK ? make_own_folder(&p, own.scratch, "csvkit-XXXXXX", &p.scratch) : status;
    status = status == CSVK_OK ? make_out(&p) : status;
    status = status == CSVK_OK ? processor_tables(&p) : status;
    status = status == CSVK_OK ? processor_files(&p) : status;
    remove_own_folder(p.scratch);
    remove_own_folder(p.stage);
    cJSON_Delete(p.config);
    return status;
}
