/*
 * slice_manifest_early.c - makes the manifest of the slices and judges it as soon as the columns
 * are known, long before the last record is read: an error in the manifest must not cost a whole
 * run. The types of --data-type=auto are added at the end, when all of the data has been read.
 */
#include "csvkit/cli/slice/slice_command.h"

#include "manifest/types.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- judging --------------------------------------------------------------------------------- */

static void report_finding(struct slice_job *job, const struct csvk_finding *f)
{
    const char *remedy = f->remedy != NULL ? f->remedy : "";
    const char *between = f->remedy != NULL ? "; " : "";
    if (f->severity == CSVK_ERROR) {
        cli_refuse(job->cli, "%s.manifest: %s: error[%s]: %s%s%s", job->output, f->path,
                   f->rule->id, f->message, between, remedy);
    } else {
        cli_note(job->cli, "%s.manifest: %s: warning[%s]: %s", job->output, f->path, f->rule->id,
                 f->message);
    }
}

static int judge(struct slice_job *job, const struct csvk_manifest *manifest)
{
    struct csvk_findings findings = {.limit = 100};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.support = csvk_type_support_parse(getenv("KBC_DATA_TYPE_SUPPORT"));
    int status = csvk_manifest_check(manifest, &how, &findings);
    for (size_t i = 0; i < findings.count && status == CSVK_OK; i++) {
        report_finding(job, &findings.item[i]);
    }
    job->refused = job->refused || findings.errors != 0;
    csvk_findings_release(&findings);
    return status;
}

static const char *in_other_case(const struct slice_job *job, const char *name)
{
    for (size_t i = 0; i < job->columns.count; i++) {
        if (strcasecmp(job->columns.item[i], name) == 0) {
            return " (a column differs in letter case only)";
        }
    }
    return "";
}

/* The columns of the primary key must exist. Storage would refuse the table only after the upload.
 */
static void check_key(struct slice_job *job)
{
    const struct csvk_strings *key = &job->table.primary_key;
    for (size_t i = 0; i < key->count; i++) {
        if (!csvk_strings_has(&job->columns, key->item[i])) {
            cli_refuse(job->cli, "%s: the primary key names %s, which is not a column of %s%s",
                       cli_has(job->cli, "primary-key") ? "--primary-key" : job->table.manifest,
                       key->item[i], job->columns_from, in_other_case(job, key->item[i]));
            job->refused = true;
        }
    }
}

/* ---- making ---------------------------------------------------------------------------------- */

static int read_base(const struct slice_job *job, struct csvk_manifest **base,
                     struct csvk_error *err)
{
    struct csvk_findings findings = {0};
    *base = NULL;
    int status = CSVK_OK;
    if (job->table.manifest != NULL) {
        status = csvk_manifest_read(base, job->table.manifest, &findings, err);
    }
    csvk_findings_release(&findings);
    return status;
}

/* The manifest of a component is copied as it is, so --schema and --legacy cannot choose another
   generation. */
static int take_generation(struct slice_job *job, const struct csvk_manifest *base,
                           struct csvk_error *err)
{
    struct csvk_manifest_options *options = &job->plan.options;
    bool asked = cli_has(job->cli, "schema") || cli_has(job->cli, "legacy");
    enum csvk_generation found = csvk_manifest_generation(base);
    if (asked && found != options->generation) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s is a manifest of the other generation (legacy or native); convert it "
                         "first, with csvkit manifest convert",
                         job->table.manifest);
    }
    options->generation = found;
    return CSVK_OK;
}

static int make_base(struct slice_job *job, struct csvk_manifest **base, struct csvk_error *err)
{
    int status = read_base(job, base, err);
    if (status != CSVK_OK || *base == NULL) {
        return status;
    }
    if (csvk_manifest_guess(*base, NULL, false) != CSVK_MANIFEST_IN_TABLE) {
        return take_generation(job, *base, err);
    }
    struct csvk_manifest *in = *base;
    status = csvk_slice_base(base, in, job->plan.options.generation, err);
    csvk_manifest_free(in);
    return status;
}

/* Makes the manifest from that of the input, if there is one, and from the options, which win. */
static int make(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_manifest *base = NULL, *manifest = NULL;
    struct csvk_manifest_options *options = &job->plan.options;
    int status = make_base(job, &base, err);
    status = status == CSVK_OK ? csvk_slice_manifest(&manifest, base, options, err) : status;
    csvk_buf_clear(&job->manifest);
    if (status == CSVK_OK && (judge(job, manifest) != CSVK_OK ||
                              csvk_manifest_print(manifest, &job->manifest) != CSVK_OK)) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_manifest_free(manifest);
    csvk_manifest_free(base);
    return status;
}

static int copy_names(struct csvk_strings *to, const struct csvk_strings *from)
{
    csvk_strings_release(to);
    return csvk_strings_copy(to, from);
}

int slice_make_manifest(struct slice_job *job, struct csvk_error *err)
{
    struct cli_manifest_plan *plan = &job->plan;
    check_key(job);
    if (cli_has(job->cli, "no-manifest") || job->refused) {
        return CSVK_OK;
    }
    if (copy_names(&plan->columns, &job->columns) != CSVK_OK ||
        copy_names(&plan->primary_key, &job->table.primary_key) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    plan->options.dialect = job->table.dialect;
    job->reported = cli_manifest_plan_finish(job->cli, plan);
    if (job->reported != CLI_GOOD) {
        return csvk_fail(err, CSVK_ECANCELED, "options of the manifest");
    }
    if (plan->types_auto &&
        csvk_types_new(&job->types, job->columns.count, &job->table.dialect) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return make(job, err);
}

/* ---- types ----------------------------------------------------------------------------------- */

static int report_types(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    int status = CSVK_OK;
    if (!job->json && !cli_has(job->cli, "quiet")) {
        status = cli_add_types(&out, &job->columns, job->types);
        fputs(status == CSVK_OK ? csvk_buf_text(&out) : "", stderr);
    }
    csvk_buf_release(&out);
    return status == CSVK_OK ? status : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int slice_add_types(struct slice_job *job, struct csvk_error *err)
{
    if (job->types == NULL) {
        return CSVK_OK;
    }
    job->reported = cli_manifest_plan_types(job->cli, &job->plan, job->types);
    if (job->reported != CLI_GOOD) {
        return csvk_fail(err, CSVK_ECANCELED, "types of the columns");
    }
    int status = report_types(job, err);
    return status == CSVK_OK ? make(job, err) : status;
}
