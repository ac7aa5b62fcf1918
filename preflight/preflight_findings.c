/*
 * preflight_findings.c - lists of findings: reported in this folder, or taken over from the
 * manifest's judge and from the validator. A severity that the user has set applies to all three.
 * Of each rule the first findings are kept; all are counted. preflight-unreadable and
 * preflight-changed are reported here.
 */
#include "preflight/preflight_private.h"

#include "manifest/manifest_remedy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static enum csvk_severity level_of(const struct preflight *preflight, const char *rule,
                                   enum csvk_severity severity)
{
    for (size_t i = 0; i < preflight->options->nlevels; i++) {
        const struct csvk_preflight_level *level = &preflight->options->level[i];
        if (strcmp(level->rule, rule) == 0) {
            severity = level->severity;
        }
    }
    return severity;
}

static char *copy(struct preflight *preflight, const char *text)
{
    char *made = text != NULL ? csvk_strdup(text) : NULL;
    (void)(text == NULL || preflight_allocated(preflight, made));
    return made;
}

/* The name of the table whose list this is; NULL: it is that of a file, or of the folder. */
static const char *table_of(const struct preflight *preflight, const struct csvk_findings *list)
{
    const struct csvk_preflight_report *report = preflight->report;
    for (size_t i = report->ntables; i > 0; i--) {
        if (&report->table[i - 1].findings == list) {
            return report->table[i - 1].source;
        }
    }
    return NULL;
}

/* Takes over the finding: adds it to the list, or only counts it. */
static void add(struct preflight *preflight, struct csvk_findings *to, struct csvk_finding *finding)
{
    finding->platform = finding->rule->outcome;
    finding->table = copy(preflight, table_of(preflight, to));
    to->rule_limit = preflight->options->max_findings;
    int status = csvk_findings_add(to, finding);
    (void)preflight_allocated(preflight, status == CSVK_OK ? to : NULL);
}

/* ---- texts ---- */

static void add_note(struct preflight *preflight, struct csvk_findings *to,
                     const struct preflight_note *note, const char *text)
{
    const struct csvk_rule *rule = csvk_rule_sets_find(csvk_rule_sets, note->rule);
    struct csvk_finding finding = {.rule = rule};
    finding.severity =
        note->severity != CSVK_OFF ? note->severity : csvk_rule_level(rule, CSVK_PROFILE_KEBOOLA);
    finding.severity = level_of(preflight, note->rule, finding.severity);
    if (finding.severity == CSVK_OFF) {
        return;
    }
    finding.has_byte = note->has_byte;
    finding.byte = note->byte;
    finding.line = note->line;
    finding.column = note->column;
    finding.column_chars = note->column_chars;
    finding.file = copy(preflight, note->file != NULL ? note->file : "");
    finding.path = copy(preflight, note->path);
    finding.remedy = copy(preflight, note->remedy != NULL ? note->remedy : rule->remedy);
    finding.message = copy(preflight, text);
    if (preflight->status != CSVK_OK) {
        csvk_finding_release(&finding);
        return;
    }
    add(preflight, to, &finding);
}

void preflight_report_finding(struct preflight *preflight, struct csvk_findings *to,
                              struct preflight_note note, const char *format, ...)
{
    char small[1024];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    char *large = n >= (int)sizeof small ? csvk_malloc((size_t)n + 1) : NULL;
    if (large != NULL) {
        vsnprintf(large, (size_t)n + 1, format, again);
    }
    va_end(again);
    if (n < (int)sizeof small || preflight_allocated(preflight, large)) {
        add_note(preflight, to, &note, large != NULL ? large : small);
    }
    csvk_free(large);
}

void preflight_report_trouble(struct preflight *preflight, struct csvk_findings *to,
                              const char *relative, const struct csvk_error *err)
{
    if (err->status == CSVK_ENOMEM || err->status == CSVK_ECANCELED) {
        preflight->status = err->status;
        csvk_fail(preflight->err, err->status, "%s", err->text);
        return;
    }
    bool changed = err->status == CSVK_ECHANGED;
    preflight->report->trouble = true;
    preflight_report_finding(
        preflight, to,
        (struct preflight_note){.rule = changed ? "preflight-changed" : "preflight-unreadable",
                                .file = relative},
        "%s", err->text);
}

/* ---- findings of manifests ---- */

static const char *relative_to(const struct preflight *preflight, const char *path)
{
    size_t n = strlen(preflight->folder);
    return strncmp(path, preflight->folder, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

/* table_destination.c reports destinations. */
static bool is_reported_elsewhere(const struct csvk_finding *finding)
{
    return strcmp(finding->rule->id, "manifest-destination") == 0;
}

/* A finding of the validator's has no message of its own, and is another one at another place. */
static bool is_in(const struct csvk_findings *list, const struct csvk_finding *finding)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (list->item[i].rule == finding->rule && finding->message != NULL &&
            strcmp(list->item[i].message, finding->message) == 0) {
            return true;
        }
    }
    return false;
}

static void take_one(struct preflight *preflight, struct csvk_findings *to,
                     const struct csvk_finding *from, const struct preflight_taking *how)
{
    struct csvk_buf joined = CSVK_BUF_INIT;
    bool own_path = how->prefix != NULL && from->path[0] == '$';
    if (own_path) {
        int status = csvk_buf_printf(&joined, "%s%s", how->prefix, from->path + 1);
        (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    }
    bool error = from->severity == CSVK_ERROR;
    struct preflight_note note = {
        .rule = from->rule->id,
        .severity = error ? CSVK_ERROR : CSVK_WARNING,
        .file = from->file != NULL ? relative_to(preflight, from->file) : how->file,
        .path = own_path ? csvk_buf_text(&joined) : from->path,
        .remedy = from->remedy != NULL ? from->remedy : from->rule->remedy,
        .has_byte = from->has_byte,
        .byte = from->byte,
        .line = from->line,
        .column = from->column,
        .column_chars = from->column_chars};
    add_note(preflight, to, &note, from->message);
    csvk_buf_release(&joined);
}

/* One of the validator's, with the severity that it has by now. */
static void take_finding(struct preflight *preflight, struct csvk_findings *to, const char *file,
                         const struct csvk_finding *from)
{
    struct csvk_finding finding;
    if (!preflight_allocated(preflight,
                             csvk_finding_copy(&finding, from) == CSVK_OK ? preflight : NULL)) {
        return;
    }
    finding.severity = level_of(preflight, from->rule->id, from->severity);
    if (finding.severity == CSVK_OFF) {
        csvk_finding_release(&finding);
        return;
    }
    csvk_free(finding.file);
    finding.file = copy(preflight, file);
    csvk_free(finding.remedy);
    const char *remedy = csvk_finding_remedy(from);
    finding.remedy = remedy != NULL ? csvk_remedy_by_manifest(remedy) : NULL;
    (void)(remedy == NULL || preflight_allocated(preflight, finding.remedy));
    if (preflight->status != CSVK_OK) {
        csvk_finding_release(&finding);
        return;
    }
    add(preflight, to, &finding);
}

void preflight_take_manifest(struct preflight *preflight, struct csvk_findings *to,
                             const struct csvk_findings *from, struct preflight_taking how)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct csvk_finding *finding = &from->item[i];
        if (finding->message == NULL) {
            take_finding(preflight, to, relative_to(preflight, finding->file), finding);
        } else if (!is_reported_elsewhere(finding) && !is_in(how.except, finding)) {
            take_one(preflight, to, finding, &how);
        }
    }
}

/* ---- findings of data ---- */

/* The validator keeps the first findings of each rule, and so does the list: what the validator has
   not kept is counted only. */
void preflight_take_data(struct preflight *preflight, struct csvk_findings *to,
                         const struct csvk_report *report)
{
    uint64_t taken[CSVK_RULES_MAX] = {0};
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *finding = report->findings[i];
        taken[finding->rule - csvk_rule_at(0)]++;
        take_finding(preflight, to, report->file, finding);
    }
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        const struct csvk_tally *tally = &report->rules[i];
        uint64_t more = tally->count > taken[i] ? tally->count - taken[i] : 0;
        int status = csvk_findings_count(to, tally->rule, tally->severity, more);
        (void)preflight_allocated(preflight, status == CSVK_OK ? to : NULL);
    }
}
