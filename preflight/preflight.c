/*
 * preflight.c - the judgement as a whole: configuration, tables, files, input, layout, then all
 * data, then the verdict.
 */
#include "preflight/preflight_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void csvk_preflight_options_init(struct csvk_preflight_options *options)
{
    *options = (struct csvk_preflight_options){
        .size = sizeof *options, .threads = 1, .max_findings = 100, .large_file = 2048000000};
}

/* ---- small helpers of this folder ---- */

const char *pf_environment(const struct pf *pf, const char *name)
{
    const char *value = pf->options->environment != NULL
                            ? pf->options->environment(name, pf->options->context)
                            : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

bool pf_kept(struct pf *pf, const void *made)
{
    if (made == NULL && pf->status == CSVK_OK) {
        pf->status = csvk_fail(pf->err, CSVK_ENOMEM, "out of memory");
    }
    return made != NULL;
}

char *pf_join(struct pf *pf, const char *a, const char *b)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&path, "%s%s%s", a, a[0] != '\0' ? "/" : "", b);
    char *text = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
    csvk_buf_release(&path);
    (void)pf_kept(pf, text);
    return text;
}

char *pf_full(struct pf *pf, const char *relative)
{
    return pf_join(pf, pf->folder, relative);
}

bool pf_ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

/* ---- the report ---- */

static void sum(struct csvk_preflight_report *report,
                const struct csvk_preflight_findings *findings)
{
    report->errors += findings->errors;
    report->warnings += findings->warnings;
    report->infos += findings->infos;
}

static void conclude(struct csvk_preflight_report *report)
{
    sum(report, &report->findings);
    for (size_t i = 0; i < report->ntables; i++) {
        sum(report, &report->table[i].findings);
    }
    for (size_t i = 0; i < report->nfiles; i++) {
        sum(report, &report->file[i].findings);
    }
    report->valid = report->errors == 0;
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
        pf_findings_release(&table->findings);
    }
    for (size_t i = 0; i < report->nfiles; i++) {
        csvk_free(report->file[i].source);
        csvk_strings_release(&report->file[i].tags);
        pf_findings_release(&report->file[i].findings);
    }
    pf_findings_release(&report->findings);
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
        if (!pf_rule_exists(options->level[i].rule)) {
            return csvk_fail(err, CSVK_EUSAGE, "there is no rule '%s'", options->level[i].rule);
        }
    }
    return options->threads == 0 ? csvk_fail(err, CSVK_EUSAGE, "threads must be 1 or more")
                                 : CSVK_OK;
}

int pf_open_folder(struct pf *pf)
{
    struct stat info;
    char *real = realpath(pf->folder, NULL);
    if (real == NULL || stat(real, &info) != 0) {
        int sys = errno;
        free(real);
        return csvk_fail_sys(pf->err, sys, "cannot open the data folder %s", pf->folder);
    }
    pf->real = csvk_strdup(real);
    free(real);
    if (!S_ISDIR(info.st_mode)) {
        return csvk_fail(pf->err, CSVK_EIO, "%s is not a folder", pf->folder);
    }
    return pf_kept(pf, pf->real) ? CSVK_OK : CSVK_ENOMEM;
}

static void judge(struct pf *pf)
{
    pf_read_config(pf);
    pf_judge_tables(pf);
    pf_judge_files(pf);
    pf_judge_input(pf);
    pf_judge_layout(pf);
    pf_data_run(pf);
    conclude(pf->report);
}

/* The folder's name without slashes behind it. */
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
    struct pf pf = {.options = options, .err = err};
    int status = check_options(options, err);
    if (status != CSVK_OK) {
        return status;
    }
    pf.report = csvk_calloc(1, sizeof *pf.report);
    if (!pf_kept(&pf, pf.report) || !pf_kept(&pf, pf.report->folder = trimmed(folder))) {
        csvk_preflight_free(pf.report);
        return CSVK_ENOMEM;
    }
    pf.folder = pf.report->folder;
    pf.status = pf_open_folder(&pf);
    if (pf.status == CSVK_OK) {
        judge(&pf);
    }
    pf_data_release(&pf);
    pf_config_release(&pf.config);
    csvk_free(pf.real);
    if (pf.status != CSVK_OK) {
        csvk_preflight_free(pf.report);
        return pf.status;
    }
    *out = pf.report;
    return CSVK_OK;
}
