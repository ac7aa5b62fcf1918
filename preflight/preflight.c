/*
 * preflight.c - judges a data folder in this order: configuration, tables, files, input, layout,
 * then the data of all tables; then sums up. Also small helpers of this folder.
 */
#include "preflight/preflight_private.h"

#include "csvkit/base/sized.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_preflight_options, context, "csvk_preflight_options_init");

void csvk_preflight_options_init_sized(struct csvk_preflight_options *options, size_t size)
{
    const struct csvk_preflight_options defaults = {
        .size = sizeof defaults, .threads = 1, .max_findings = 100, .large_file = 2048000000};
    csvk_sized_init(&options_type, options, size, &defaults);
}

/* ---- small helpers of this folder ---- */

const char *preflight_environment(const struct preflight *preflight, const char *name)
{
    const char *value = preflight->options->environment != NULL
                            ? preflight->options->environment(name, preflight->options->context)
                            : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

bool preflight_allocated(struct preflight *preflight, const void *made)
{
    if (made == NULL && preflight->status == CSVK_OK) {
        preflight->status = csvk_fail(preflight->err, CSVK_ENOMEM, "out of memory");
    }
    return made != NULL;
}

char *preflight_join(struct preflight *preflight, const char *a, const char *b)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&path, "%s%s%s", a, a[0] != '\0' ? "/" : "", b);
    char *text = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
    csvk_buf_release(&path);
    (void)preflight_allocated(preflight, text);
    return text;
}

char *preflight_full(struct preflight *preflight, const char *relative)
{
    return preflight_join(preflight, preflight->folder, relative);
}

bool preflight_ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* ---- the report ---- */

/* Lists the sections, now that no table or file comes any more, and adds up their counts. */
static int conclude(struct csvk_preflight_report *report)
{
    size_t count = 1 + report->ntables + report->nfiles;
    report->section = csvk_calloc(count, sizeof *report->section);
    if (report->section == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const struct csvk_preflight_table *table =
            i > 0 && i <= report->ntables ? &report->table[i - 1] : NULL;
        const struct csvk_preflight_file *file =
            i > report->ntables ? &report->file[i - 1 - report->ntables] : NULL;
        struct csvk_section *section = &report->section[i];
        csvk_section_of_findings(section, file != NULL    ? &file->findings
                                          : table != NULL ? &table->findings
                                                          : &report->findings);
        section->kind = file != NULL ? "file" : table != NULL ? "table" : "folder";
        section->name = file != NULL    ? file->source
                        : table != NULL ? table->source
                                        : report->folder;
        report->errors += section->errors;
        report->warnings += section->warnings;
        report->infos += section->infos;
    }
    report->valid = report->errors == 0;
    return CSVK_OK;
}

void csvk_preflight_free(struct csvk_preflight_report *report)
{
    if (report == NULL) {
        return;
    }
    for (size_t i = 0; i < report->ntables; i++) {
        struct csvk_preflight_table *table = &report->table[i];
        csvk_free(table->source);
        csvk_free(table->destination);
        csvk_strings_release(&table->columns);
        csvk_strings_release(&table->primary_key);
        csvk_findings_release(&table->findings);
        for (uint64_t j = 0; table->slice != NULL && j < table->slices; j++) {
            csvk_free(table->slice[j].name);
        }
        csvk_free(table->slice);
    }
    for (size_t i = 0; i < report->nfiles; i++) {
        csvk_free(report->file[i].source);
        csvk_strings_release(&report->file[i].tags);
        csvk_findings_release(&report->file[i].findings);
    }
    csvk_findings_release(&report->findings);
    csvk_free(report->section);
    csvk_free(report->table);
    csvk_free(report->file);
    csvk_free(report->default_bucket);
    csvk_free(report->folder);
    csvk_free(report);
}

/* ---- judging ---- */

static int check_options(const struct csvk_preflight_options *options, struct csvk_error *err)
{
    for (size_t i = 0; i < options->nlevels; i++) {
        if (csvk_rule_sets_find(csvk_rule_sets, options->level[i].rule) == NULL) {
            return csvk_fail(err, CSVK_EUSAGE, "there is no rule '%s'", options->level[i].rule);
        }
    }
    return options->threads == 0 ? csvk_fail(err, CSVK_EUSAGE, "threads must be 1 or more")
                                 : CSVK_OK;
}

/* A mistyped path must not be good for ever because there is nothing in it to find fault with. */
static int need_data_folder(struct preflight *preflight)
{
    static const char *const parts[] = {"in", "out", "config.json"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char *path = preflight_full(preflight, parts[i]);
        bool there = path != NULL && access(path, F_OK) == 0;
        csvk_free(path);
        if (path == NULL) {
            return CSVK_ENOMEM;
        }
        if (there) {
            return CSVK_OK;
        }
    }
    return csvk_fail(preflight->err, CSVK_EUSAGE,
                     "%s is no data folder: it has none of in, out and config.json",
                     preflight->folder);
}

int preflight_open_folder(struct preflight *preflight)
{
    struct stat info;
    char *real = realpath(preflight->folder, NULL);
    if (real == NULL || stat(real, &info) != 0) {
        int sys = errno;
        free(real);
        return csvk_fail_sys(preflight->err, sys, "cannot open the data folder %s",
                             preflight->folder);
    }
    preflight->real = csvk_strdup(real);
    free(real);
    if (!S_ISDIR(info.st_mode)) {
        return csvk_fail(preflight->err, CSVK_EIO, "%s is not a folder", preflight->folder);
    }
    if (!preflight_allocated(preflight, preflight->real)) {
        return CSVK_ENOMEM;
    }
    return need_data_folder(preflight);
}

static void judge(struct preflight *preflight)
{
    preflight_read_config(preflight);
    preflight_judge_tables(preflight);
    preflight_judge_files(preflight);
    preflight_judge_input(preflight);
    preflight_judge_layout(preflight);
    preflight_data_run(preflight);
    (void)preflight_allocated(preflight, conclude(preflight->report) == CSVK_OK ? preflight : NULL);
}

/* The folder's name without slashes at its end. */
static char *trimmed(const char *folder)
{
    size_t n = strlen(folder);
    while (n > 1 && folder[n - 1] == '/') {
        n--;
    }
    return csvk_strndup(folder, n);
}

int csvk_preflight(struct csvk_preflight_report **out, const char *folder,
                   const struct csvk_preflight_options *options, struct csvk_error *err)
{
    struct csvk_preflight_options own;
    struct preflight preflight = {.options = &own, .err = err};
    csvk_preflight_options_init(&own);
    int status = csvk_sized_read(&options_type, &own, options, err);
    status = status == CSVK_OK ? check_options(&own, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    preflight.report = csvk_calloc(1, sizeof *preflight.report);
    if (!preflight_allocated(&preflight, preflight.report) ||
        !preflight_allocated(&preflight, preflight.report->folder = trimmed(folder))) {
        csvk_preflight_free(preflight.report);
        return CSVK_ENOMEM;
    }
    preflight.folder = preflight.report->folder;
    preflight.status = preflight_open_folder(&preflight);
    if (preflight.status == CSVK_OK) {
        judge(&preflight);
    }
    preflight_data_release(&preflight);
    preflight_config_release(&preflight.config);
    csvk_free(preflight.real);
    if (preflight.status != CSVK_OK) {
        csvk_preflight_free(preflight.report);
        return preflight.status;
    }
    *out = preflight.report;
    return CSVK_OK;
}
