/*
 * slice_early_manifest.c - makes the manifest of the slices and judges it as soon as the columns
 * are known, long before the last record is read: an error in the manifest must not cost a whole
 * run. Types that are found in the data are added at the end, when all of the data has been read.
 */
#include "manifest/slicing/slice_job.h"

#include <string.h>
#include <strings.h>

/* ---- judging --------------------------------------------------------------------------------- */

static bool is_on(const struct slice_job *job, const char *id)
{
    size_t rule = 0;
    while (csvk_rule_at(rule) != csvk_rule_find(id)) {
        rule++;
    }
    unsigned level = job->rules.level[rule];
    return level != 0 ? level != CSVK_OFF + 1
                      : csvk_rule_level(csvk_rule_at(rule), job->rules.profile) != CSVK_OFF;
}

/* Names that come from a header or from an option are judged with the data, once. */
static bool names_are_judged(const struct slice_job *job)
{
    bool told = job->table.columns_by == CSVK_TOLD_BY_MANIFEST ||
                job->table.columns_by == CSVK_TOLD_BY_MAPPING;
    return !told && is_on(job, "header-empty-name") && is_on(job, "header-duplicate-name") &&
           is_on(job, "header-case-clash") && is_on(job, "header-invalid-name") &&
           is_on(job, "header-name-refused");
}

static bool is_about_a_name(const struct csvk_finding *finding)
{
    static const char *const ids[] = {"manifest-column-name", "manifest-column-collision",
                                      "manifest-system-column"};
    bool key = finding->path != NULL && strncmp(finding->path, "$.columns", 9) != 0 &&
               strncmp(finding->path, "$.schema", 8) != 0;
    bool about = false;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        about = about || strcmp(finding->rule->id, ids[i]) == 0;
    }
    return about && !key;
}

/* The findings of an earlier, less complete manifest give way. */
static int judge(struct slice_job *job, const struct csvk_manifest *manifest)
{
    struct csvk_findings *findings = &job->result->findings, found = {0};
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.support = job->options.support;
    csvk_findings_release(findings);
    int status = csvk_manifest_check(manifest, &how, &found);
    job->refused = job->refused || found.errors != 0;
    bool judged = names_are_judged(job);
    for (size_t i = 0; i < found.count && status == CSVK_OK; i++) {
        if (!judged || !is_about_a_name(&found.item[i])) {
            status = csvk_findings_add(findings, &found.item[i]);
        }
    }
    csvk_findings_release(&found);
    return status;
}

static const char *in_other_case(const struct slice_job *job, const char *name)
{
    for (size_t i = 0; i < job->result->columns.count; i++) {
        if (strcasecmp(job->result->columns.item[i], name) == 0) {
            return " (a column differs in letter case only)";
        }
    }
    return "";
}

/* The columns of the primary key must exist. Storage would refuse the table only after the upload.
 */
static int check_key(struct slice_job *job, struct csvk_error *err)
{
    const struct csvk_strings *key = &job->table.primary_key;
    bool option = job->table.key_by == CSVK_TOLD_BY_OPTION || job->table.manifest == NULL;
    int status = CSVK_OK;
    for (size_t i = 0; i < key->count && status == CSVK_OK; i++) {
        if (!csvk_strings_has(&job->result->columns, key->item[i])) {
            status = slice_refuse(job, err,
                                  "%s: the primary key names %s, which is not a column of %s%s",
                                  option ? "--primary-key" : job->table.manifest, key->item[i],
                                  job->columns_from, in_other_case(job, key->item[i]));
        }
    }
    return status;
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

/* The manifest of a component is copied as it is, so nobody can choose another generation. */
static int take_generation(const struct slice_job *job, const struct csvk_manifest *base,
                           struct csvk_error *err)
{
    struct csvk_manifest_options *options = job->options.manifest->options;
    enum csvk_generation found = csvk_manifest_generation(base);
    if (job->options.manifest->generation_given && found != options->generation) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s is a manifest of the other generation (legacy or native); convert it "
                         "first, with csvkit manifest convert",
                         job->table.manifest);
    }
    options->generation = found;
    return CSVK_OK;
}

static int make_base(const struct slice_job *job, struct csvk_manifest **base,
                     struct csvk_error *err)
{
    int status = read_base(job, base, err);
    if (status != CSVK_OK || *base == NULL) {
        return status;
    }
    if (csvk_manifest_guess(*base, NULL, false) != CSVK_MANIFEST_IN_TABLE) {
        return take_generation(job, *base, err);
    }
    struct csvk_manifest *in = *base;
    status = csvk_slice_base(base, in, job->options.manifest->options->generation, err);
    csvk_manifest_free(in);
    return status;
}

/* Makes the manifest from that of the input, if there is one, and from the options, which win. */
static int make(struct slice_job *job, struct csvk_error *err)
{
    struct csvk_manifest *base = NULL, *manifest = NULL;
    struct csvk_manifest_options *options = job->options.manifest->options;
    int status = make_base(job, &base, err);
    status = status == CSVK_OK ? csvk_slice_manifest(&manifest, base, options, err) : status;
    csvk_buf_clear(&job->result->manifest);
    if (status == CSVK_OK && (judge(job, manifest) != CSVK_OK ||
                              csvk_manifest_print(manifest, &job->result->manifest) != CSVK_OK)) {
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
    struct csvk_manifest_plan *plan = job->options.manifest;
    const struct csvk_strings *columns = &job->result->columns;
    int status = check_key(job, err);
    if (status != CSVK_OK || plan == NULL || job->refused) {
        return status;
    }
    if (copy_names(&plan->columns, columns) != CSVK_OK ||
        copy_names(&plan->primary_key, &job->table.primary_key) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    plan->options->dialect = job->dialect;
    status = csvk_manifest_plan_finish(plan, err);
    if (status == CSVK_OK && plan->types_auto &&
        (csvk_types_new(&job->result->types, columns->count, &job->dialect) != CSVK_OK ||
         csvk_types_name(job->result->types, columns) != CSVK_OK)) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    return status == CSVK_OK ? make(job, err) : status;
}

int slice_add_types(struct slice_job *job, struct csvk_error *err)
{
    if (job->result->types == NULL) {
        return CSVK_OK;
    }
    int status = csvk_manifest_plan_types(job->options.manifest, job->result->types, err);
    return status == CSVK_OK ? make(job, err) : status;
}
