/*
 * preflight_findings.c - lists of findings: reported in this folder, or taken over from the
 * manifest's judge and from the validator. A severity that the user has set applies to all three.
 * Of each rule the first findings are kept; all are counted. preflight-unreadable and
 * preflight-changed are reported here.
 */
#include "preflight/preflight_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void finding_release(struct csvk_preflight_finding *finding)
{
    csvk_free(finding->file);
    csvk_free(finding->path);
    csvk_free(finding->message);
    csvk_free(finding->remedy);
    csvk_free(finding->excerpt);
}

void preflight_findings_release(struct csvk_preflight_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        finding_release(&findings->item[i]);
    }
    csvk_free(findings->item);
    csvk_free(findings->rule);
    *findings = (struct csvk_preflight_findings){0};
}

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

/* The counter of a rule; NULL: out of memory. */
static struct csvk_preflight_count *counter_of(struct csvk_preflight_findings *to, const char *rule)
{
    for (size_t i = 0; i < to->nrules; i++) {
        if (strcmp(to->rule[i].rule, rule) == 0) {
            return &to->rule[i];
        }
    }
    if (to->nrules == to->rule_capacity) {
        size_t capacity = to->rule_capacity + 8;
        struct csvk_preflight_count *list = csvk_reallocarray(to->rule, capacity, sizeof *list);
        if (list == NULL) {
            return NULL;
        }
        to->rule = list;
        to->rule_capacity = capacity;
    }
    to->rule[to->nrules] = (struct csvk_preflight_count){rule, 0, 0};
    return &to->rule[to->nrules++];
}

static void count(struct csvk_preflight_findings *to, enum csvk_severity severity, uint64_t times)
{
    to->errors += severity == CSVK_ERROR ? times : 0;
    to->warnings += severity == CSVK_WARNING ? times : 0;
    to->infos += severity == CSVK_INFO ? times : 0;
}

static bool push(struct csvk_preflight_findings *to, const struct csvk_preflight_finding *finding)
{
    if (to->count == to->capacity) {
        size_t capacity = to->capacity < 8 ? 8 : to->capacity * 2;
        struct csvk_preflight_finding *item = csvk_reallocarray(to->item, capacity, sizeof *item);
        if (item == NULL) {
            return false;
        }
        to->item = item;
        to->capacity = capacity;
    }
    to->item[to->count++] = *finding;
    return true;
}

/* Takes over the finding and its texts: adds it to the list, or only counts it. */
static void add(struct preflight *preflight, struct csvk_preflight_findings *to,
                struct csvk_preflight_finding *finding)
{
    struct csvk_preflight_count *counter = counter_of(to, finding->rule);
    uint64_t most = preflight->options->max_findings;
    bool wanted = counter != NULL && (most == 0 || counter->kept < most);
    if (!preflight_allocated(preflight, counter) || !wanted) {
        finding_release(finding);
    } else if (!preflight_allocated(preflight, push(to, finding) ? to : NULL)) {
        finding_release(finding);
    } else {
        counter->kept++;
    }
    if (counter != NULL) {
        counter->count++;
        count(to, finding->severity, 1);
    }
}

/* Counts findings that the validator has counted but not kept. */
static void add_count(struct preflight *preflight, struct csvk_preflight_findings *to,
                      const char *rule, enum csvk_severity severity, uint64_t times)
{
    struct csvk_preflight_count *counter = times != 0 ? counter_of(to, rule) : NULL;
    if (times != 0 && preflight_allocated(preflight, counter)) {
        counter->count += times;
        count(to, severity, times);
    }
}

/* ---- texts ---- */

static char *copy(struct preflight *preflight, const char *text)
{
    char *made = text != NULL ? csvk_strdup(text) : NULL;
    (void)(text == NULL || preflight_allocated(preflight, made));
    return made;
}

/* "TEXT; platform: OUTCOME" */
static char *with_outcome(struct preflight *preflight, const char *text, const char *rule)
{
    const char *outcome = csvk_preflight_outcome(rule);
    struct csvk_buf all = CSVK_BUF_INIT;
    int status = csvk_buf_puts(&all, text);
    if (status == CSVK_OK && outcome != NULL) {
        status = csvk_buf_printf(&all, "; platform: %s", outcome);
    }
    char *made = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&all)) : NULL;
    csvk_buf_release(&all);
    (void)preflight_allocated(preflight, made);
    return made;
}

static void add_note(struct preflight *preflight, struct csvk_preflight_findings *to,
                     const struct preflight_note *note, const char *text)
{
    const struct csvk_preflight_rule *rule = preflight_rule(note->rule);
    struct csvk_preflight_finding finding = {.rule = note->rule};
    finding.severity = note->severity != CSVK_OFF ? note->severity
                       : rule != NULL             ? rule->severity
                                                  : CSVK_ERROR;
    finding.severity = level_of(preflight, note->rule, finding.severity);
    if (finding.severity == CSVK_OFF) {
        return;
    }
    finding.line = note->line;
    finding.column = note->column;
    finding.file = copy(preflight, note->file != NULL ? note->file : "");
    finding.path = copy(preflight, note->path);
    finding.remedy = copy(preflight, note->remedy != NULL ? note->remedy
                                     : rule != NULL       ? rule->remedy
                                                          : NULL);
    finding.message = with_outcome(preflight, text, note->rule);
    if (finding.file == NULL || finding.message == NULL) {
        finding_release(&finding);
        return;
    }
    add(preflight, to, &finding);
}

void preflight_report_finding(struct preflight *preflight, struct csvk_preflight_findings *to,
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

void preflight_report_trouble(struct preflight *preflight, struct csvk_preflight_findings *to,
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

/* The validator reports names in headers, with their place; table_destination.c reports
   destinations. */
static bool is_reported_elsewhere(const struct csvk_manifest_finding *finding)
{
    const char *rule = finding->rule->id;
    bool name =
        strcmp(rule, "manifest-column-name") == 0 || strcmp(rule, "manifest-column-collision") == 0;
    return strcmp(rule, "manifest-destination") == 0 ||
           (name && strncmp(finding->path, "header", strlen("header")) == 0);
}

static bool is_in(const struct csvk_manifest_findings *list,
                  const struct csvk_manifest_finding *finding)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (list->item[i].rule == finding->rule &&
            strcmp(list->item[i].message, finding->message) == 0) {
            return true;
        }
    }
    return false;
}

static void take_one(struct preflight *preflight, struct csvk_preflight_findings *to,
                     const struct csvk_manifest_finding *from, const struct preflight_taking *how)
{
    struct csvk_buf joined = CSVK_BUF_INIT;
    bool own_path = how->prefix != NULL && from->path[0] == '$';
    if (own_path) {
        int status = csvk_buf_printf(&joined, "%s%s", how->prefix, from->path + 1);
        (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    }
    bool error = from->severity == CSVK_MANIFEST_ERROR;
    struct preflight_note note = {
        .rule = from->rule->id,
        .severity = error ? CSVK_ERROR : CSVK_WARNING,
        .file = from->file != NULL ? relative_to(preflight, from->file) : how->file,
        .path = own_path ? csvk_buf_text(&joined) : from->path,
        .remedy = from->remedy != NULL ? from->remedy : from->rule->remedy,
        .line = from->line,
        .column = from->column};
    if (!error && how->header != CSVK_OFF && strcmp(note.rule, "manifest-header") == 0) {
        note.severity = how->header;
    }
    add_note(preflight, to, &note, from->message);
    csvk_buf_release(&joined);
}

void preflight_take_manifest(struct preflight *preflight, struct csvk_preflight_findings *to,
                             const struct csvk_manifest_findings *from, struct preflight_taking how)
{
    for (size_t i = 0; i < from->count; i++) {
        if (!is_reported_elsewhere(&from->item[i]) && !is_in(how.except, &from->item[i])) {
            take_one(preflight, to, &from->item[i], &how);
        }
    }
}

/* ---- findings of data ---- */

static void take_excerpt(struct preflight *preflight, struct csvk_preflight_finding *to,
                         const struct csvk_finding *from)
{
    to->excerpt = from->excerpt != NULL ? csvk_malloc(from->excerpt_length + 1) : NULL;
    if (from->excerpt == NULL || !preflight_allocated(preflight, to->excerpt)) {
        return;
    }
    memcpy(to->excerpt, from->excerpt, from->excerpt_length);
    to->excerpt_length = from->excerpt_length;
    to->excerpt_place = from->excerpt_place;
    to->cut_before = from->cut_before;
    to->cut_behind = from->cut_behind;
}

static void take_finding(struct preflight *preflight, struct csvk_preflight_findings *to,
                         const char *file, const struct csvk_finding *from)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_preflight_finding finding = {.rule = from->rule->id, .severity = from->severity};
    if (!preflight_allocated(preflight,
                             csvk_finding_message(from, &text) == CSVK_OK ? preflight : NULL)) {
        csvk_buf_release(&text);
        return;
    }
    finding.line = from->line;
    finding.column = from->column;
    finding.byte = from->byte;
    finding.length = from->length;
    finding.record = from->record;
    finding.field = from->field;
    finding.file = copy(preflight, file);
    finding.remedy = copy(preflight, from->rule->remedy[0] != '\0' ? from->rule->remedy : NULL);
    finding.message = with_outcome(preflight, csvk_buf_text(&text), from->rule->id);
    take_excerpt(preflight, &finding, from);
    csvk_buf_release(&text);
    if (finding.file == NULL || finding.message == NULL) {
        finding_release(&finding);
        return;
    }
    add(preflight, to, &finding);
}

void preflight_take_data(struct preflight *preflight, struct csvk_preflight_findings *to,
                         const struct csvk_report *report)
{
    uint64_t kept[CSVK_RULES_MAX] = {0};
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *finding = report->findings[i];
        kept[finding->rule - csvk_rule_at(0)]++;
        take_finding(preflight, to, report->file, finding);
    }
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        uint64_t more = report->counts[i] > kept[i] ? report->counts[i] - kept[i] : 0;
        add_count(preflight, to, csvk_rule_at(i)->id, report->levels[i], more);
    }
}
