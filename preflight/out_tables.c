/*
 * out_tables.c - every table of out/tables: its manifest, its entries of the mapping, what the
 * platform makes of both, where that sends the data, and whether the data fit. Reading all records
 * is left to data_check.c, when all manifests are read.
 */
#include "preflight/preflight_private.h"

#include "csvkit/names.h"

#include <string.h>

#define TABLES "out/tables"

/* One table under consideration: an item, its manifest and one entry that maps it, if any. */
struct subject {
    const struct pf_item *item;     /* NULL: a table of a workspace, only the manifest is here */
    const char *name;               /* of the data */
    char *relative;                 /* out/tables/NAME */
    char *manifest_path;            /* relative, or NULL */
    struct csvk_manifest *manifest; /* or NULL */
    const struct pf_entry *entry;   /* or NULL */
    struct csvk_manifest *merged;   /* manifest and entry, or NULL: neither */
    struct csvk_manifest_table table;
    struct csvk_manifest_findings reported; /* of the manifest alone */
    bool again; /* the same data as the table before, mapped to another destination */
};

static struct csvk_preflight_table *current(struct pf *pf)
{
    return &pf->report->table[pf->report->ntables - 1];
}

static struct csvk_preflight_findings *findings_of(struct pf *pf)
{
    return &current(pf)->findings;
}

/* ---- the manifest and the mapping ---- */

static void check_alone(struct pf *pf, struct subject *s)
{
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.default_bucket = pf->report->default_bucket;
    how.support = pf->support;
    int status = csvk_manifest_check(s->manifest, &how, &s->reported);
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    if (csvk_manifest_guess(s->manifest, NULL, false) == CSVK_MANIFEST_IN_TABLE) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-copied-manifest", .file = s->manifest_path},
               "this manifest has the keys of one in in/tables");
    }
}

static void judge_manifest(struct pf *pf, struct subject *s)
{
    s->reported.limit = 1000;
    if (s->manifest_path == NULL) {
        return;
    }
    s->manifest = pf_read_manifest(pf, s->manifest_path, &s->reported);
    if (s->manifest != NULL) {
        check_alone(pf, s);
    }
    if (!s->again) {
        pf_take_manifest(pf, findings_of(pf), &s->reported,
                         (struct pf_taking){.file = s->manifest_path});
    }
}

/* The mapping cannot set a key back to its default: the merge takes that for silence. */
static void judge_override(struct pf *pf, struct subject *s, const char *key, bool differs,
                           const char *value)
{
    if (differs) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-mapping-override",
                                .file = "config.json",
                                .path = s->entry->path},
               "\"%s\" of the mapping is the default, so the manifest's %s stays", key, value);
    }
}

static void judge_overrides(struct pf *pf, struct subject *s)
{
    struct csvk_manifest_table table = {0};
    const cJSON *entry = s->entry->node;
    int status = csvk_manifest_table(s->manifest, &table);
    const char *delimiter = pf_text(entry, "delimiter"), *enclosure = pf_text(entry, "enclosure");
    char own[2] = {(char)table.dialect.delimiter, '\0'};
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    judge_override(pf, s, "incremental",
                   cJSON_IsFalse(pf_get(entry, "incremental")) && table.incremental, "true");
    judge_override(
        pf, s, "delimiter",
        delimiter != NULL && strcmp(delimiter, ",") == 0 && table.dialect.delimiter != ',', own);
    judge_override(pf, s, "enclosure",
                   enclosure != NULL && strcmp(enclosure, "\"") == 0 &&
                       table.dialect.enclosure != '"',
                   "enclosure");
    csvk_manifest_table_release(&table);
}

/* The merge, and what is wrong with it that was not wrong with the manifest. */
static void merge(struct pf *pf, struct subject *s)
{
    struct csvk_manifest_findings found = {.limit = 1000};
    struct csvk_manifest_judge how;
    if (s->manifest != NULL) {
        judge_overrides(pf, s);
    }
    int status = csvk_manifest_merge(&s->merged, s->manifest, s->entry->manifest, &found);
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.support = pf->support;
    if (status == CSVK_OK) {
        status = csvk_manifest_check(s->merged, &how, &found);
    }
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    pf_take_manifest(pf, findings_of(pf), &found,
                     (struct pf_taking){
                         .file = "config.json", .prefix = s->entry->path, .except = &s->reported});
    csvk_manifest_findings_release(&found);
}

static const struct csvk_manifest *effective(const struct subject *s)
{
    return s->merged != NULL ? s->merged : s->manifest;
}

/* ---- what is reported of a table ---- */

void pf_clean_names(struct pf *pf, struct csvk_strings *to, const struct csvk_strings *from)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    for (size_t i = 0; i < from->count; i++) {
        const char *name = from->item[i];
        csvk_buf_clear(&clean);
        int status = csvk_name_is_reserved(name, strlen(name))
                         ? csvk_buf_puts(&clean, name)
                         : csvk_name_sanitize(name, strlen(name), &clean);
        status = status == CSVK_OK ? csvk_strings_add(to, csvk_buf_text(&clean)) : status;
        (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    }
    csvk_buf_release(&clean);
}

static void describe(struct pf *pf, struct subject *s)
{
    struct csvk_preflight_table *table = current(pf);
    pf_clean_names(pf, &table->columns, &s->table.columns);
    pf_clean_names(pf, &table->primary_key, &s->table.primary_key);
    table->incremental = s->table.incremental;
    table->header = csvk_manifest_header(&s->table);
    if (s->item != NULL && s->item->kind == PF_DIRECTORY && s->table.columns.count == 0) {
        table->header = false;
    }
}

/* ---- the data ---- */

static size_t equal_names(const struct csvk_strings *a, const struct csvk_strings *b)
{
    size_t equal = 0;
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        equal += csvk_name_same_folded(a->item[i], b->item[i]);
    }
    return equal;
}

/* A first row that has_header skips is lost for certain when none of its values is a name. */
static enum csvk_severity header_severity(struct pf *pf, struct subject *s, const char *first)
{
    struct csvk_strings names = {0};
    struct csvk_error err = {0};
    char *full = first != NULL ? pf_full(pf, first) : NULL;
    bool lost = full != NULL && s->table.has_header == CSVK_YES &&
                csvk_manifest_header_names(full, &s->table.dialect, &names, &err) == CSVK_OK &&
                equal_names(&names, &s->table.columns) == 0;
    csvk_strings_release(&names);
    csvk_free(full);
    return lost ? CSVK_ERROR : CSVK_OFF;
}

static void check_data(struct pf *pf, struct subject *s, const char *first)
{
    struct csvk_manifest_findings found = {.limit = 1000};
    struct csvk_error err = {0};
    char *full = pf_full(pf, s->relative);
    int status = full == NULL ? CSVK_ENOMEM
                              : csvk_manifest_check_data(effective(s), full,
                                                         CSVK_MANIFEST_FIRST_RECORDS, &found, &err);
    if (status != CSVK_OK && full != NULL) {
        pf_say_trouble(pf, findings_of(pf), s->relative, &err);
    }
    /* What names no file speaks of the manifest, or of the mapping where there is none. */
    pf_take_manifest(pf, findings_of(pf), &found,
                     (struct pf_taking){.file = s->manifest_path != NULL ? s->manifest_path
                                                : s->entry != NULL       ? "config.json"
                                                                         : s->relative,
                                        .except = &s->reported,
                                        .header = header_severity(pf, s, first)});
    csvk_manifest_findings_release(&found);
    csvk_free(full);
}

static void judge_size(struct pf *pf, struct subject *s)
{
    static const uint64_t single_upload = UINT64_C(5) << 30;
    uint64_t most = pf->options->large_file;
    struct pf_note note = {.rule = "preflight-file-size", .file = s->relative};
    if (most == 0 || s->item->kind == PF_DIRECTORY || s->item->size <= most) {
        return;
    }
    note.severity = s->item->size > single_upload ? CSVK_ERROR : CSVK_WARNING;
    pf_say(pf, findings_of(pf), note, "one file of %llu bytes", (unsigned long long)s->item->size);
}

static void set_off(struct pf *pf, struct csvk_validate_options *options, const char *rule)
{
    int status = csvk_validate_set_rule(options, rule, CSVK_OFF, pf->err);
    pf->status = pf->status == CSVK_OK ? status : pf->status;
}

static void set_rules(struct pf *pf, struct csvk_validate_options *options)
{
    /* The manifest's judge tells of these, for files and slices alike. */
    static const char *const elsewhere[] = {"empty-file", "utf16-bom", "utf8-bom",
                                            "header-mismatch"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        set_off(pf, options, elsewhere[i]);
    }
    for (size_t i = 0; i < pf->options->nlevels && pf->status == CSVK_OK; i++) {
        const struct csvk_preflight_level *level = &pf->options->level[i];
        if (csvk_rule_find(level->rule) != NULL) {
            pf->status = csvk_validate_set_rule(options, level->rule, level->severity, pf->err);
        }
    }
}

static void set_options(struct pf *pf, struct subject *s, struct csvk_validate_options *options)
{
    bool header = current(pf)->header;
    options->profile = CSVK_PROFILE_KEBOOLA;
    options->dialect = s->table.dialect;
    options->header = header ? CSVK_HEADER : CSVK_NO_HEADER;
    options->max_findings = pf->options->max_findings;
    int status = csvk_strings_copy(&options->columns, &s->table.columns);
    if (status == CSVK_OK && (header || s->table.columns.count > 0)) {
        status = csvk_strings_copy(&options->primary_key, &s->table.primary_key);
    }
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    set_rules(pf, options);
}

/* Hands the files to the validator; the list is taken over. */
static void queue(struct pf *pf, struct subject *s, struct csvk_strings *files)
{
    struct csvk_error bad = {0};
    struct pf_table_data data = {.table = pf->report->ntables - 1, .files = *files};
    *files = (struct csvk_strings){0};
    csvk_validate_options_init(&data.options);
    set_options(pf, s, &data.options);
    data.agree = s->item->kind == PF_DIRECTORY && s->table.columns.count == 0;
    if (pf->options->data == CSVK_PREFLIGHT_ALL_DATA && pf->status == CSVK_OK &&
        csvk_dialect_check(&s->table.dialect, &bad) == CSVK_OK) {
        pf_data_add(pf, &data);
    }
    csvk_validate_options_release(&data.options);
    csvk_strings_release(&data.files);
}

/* ---- slices ---- */

static void judge_slice_names(struct pf *pf, struct subject *s, const struct pf_listing *slices)
{
    size_t gzip = 0;
    for (size_t i = 0; i < slices->count; i++) {
        gzip += pf_ends_with(slices->item[i].name, ".gz");
    }
    if (gzip != 0 && gzip != slices->count) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-slice-compression", .file = s->relative},
               "%zu of %zu slices are gzip", gzip, slices->count);
    }
    if (pf_listing_find(slices, "manifest") != NULL) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-slice-name", .file = s->relative},
               "a slice is called \"manifest\"");
    }
    if (slices->count == 0) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-slices-empty", .file = s->relative},
               "there is no slice in this folder");
    }
}

static void add_file(struct pf *pf, struct csvk_strings *files, const char *folder,
                     const char *name)
{
    char *relative = pf_join(pf, folder, name);
    int status = relative != NULL ? csvk_strings_add(files, relative) : CSVK_ENOMEM;
    (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
    csvk_free(relative);
}

static void judge_slices(struct pf *pf, struct subject *s)
{
    struct pf_listing slices = {0};
    struct csvk_strings files = {0};
    pf_list(pf, s->relative, PF_SLICES, &slices, findings_of(pf));
    current(pf)->slices = slices.count;
    judge_slice_names(pf, s, &slices);
    for (size_t i = 0; i < slices.count; i++) {
        add_file(pf, &files, s->relative, slices.item[i].name);
    }
    if (!slices.unsafe && pf->status == CSVK_OK) {
        check_data(pf, s, files.count > 0 ? files.item[0] : NULL);
    }
    queue(pf, s, &files);
    pf_listing_release(&slices);
}

static void judge_data(struct pf *pf, struct subject *s)
{
    if (pf->staging == CSVK_STAGING_WORKSPACE) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-workspace",
                                .severity = CSVK_WARNING,
                                .file = s->relative,
                                .mend = "write the data to the workspace, or check the staging"},
               "data in a folder whose outputs are tables of a workspace");
    }
    if (s->item->kind == PF_DIRECTORY) {
        judge_slices(pf, s);
        return;
    }
    struct csvk_strings files = {0};
    judge_size(pf, s);
    check_data(pf, s, s->relative);
    add_file(pf, &files, "", s->relative);
    queue(pf, s, &files);
}

static void judge_workspace(struct pf *pf, struct subject *s)
{
    if (s->table.columns.count == 0 && s->entry == NULL) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-workspace",
                                .file = s->manifest_path,
                                .mend = "add \"columns\" or \"schema\" to the manifest"},
               "a table of the workspace without columns");
    }
}

/* ---- one table ---- */

static bool begin_table(struct pf *pf, const char *source)
{
    struct csvk_preflight_report *report = pf->report;
    if (report->ntables == report->table_capacity) {
        size_t capacity = report->table_capacity < 8 ? 8 : report->table_capacity * 2;
        struct csvk_preflight_table *list =
            csvk_reallocarray(report->table, capacity, sizeof *list);
        if (!pf_kept(pf, list)) {
            return false;
        }
        report->table = list;
        report->table_capacity = capacity;
    }
    report->table[report->ntables++] =
        (struct csvk_preflight_table){.source = csvk_strdup(source), .by = "none"};
    return pf_kept(pf, current(pf)->source);
}

static void judge_table(struct pf *pf, struct subject *s)
{
    if (!begin_table(pf, s->name)) {
        return;
    }
    judge_manifest(pf, s);
    if (s->entry != NULL && s->entry->manifest != NULL) {
        merge(pf, s);
    }
    int status = csvk_manifest_table(effective(s), &s->table);
    if (pf_kept(pf, status == CSVK_OK ? pf : NULL)) {
        struct pf_route route = {s->name, s->relative, s->manifest_path, s->manifest, s->entry};
        pf_resolve(pf, current(pf), &route);
        describe(pf, s);
    }
    if (pf->status == CSVK_OK && s->item != NULL && !s->again) {
        judge_data(pf, s);
    } else if (s->item == NULL) {
        judge_workspace(pf, s);
    }
    csvk_manifest_table_release(&s->table);
    csvk_manifest_free(s->merged);
    csvk_manifest_free(s->manifest);
    csvk_manifest_findings_release(&s->reported);
    s->merged = s->manifest = NULL;
}

/* Once for each entry that maps it, or once without. */
static void judge_source(struct pf *pf, struct subject *s)
{
    size_t times = 0;
    for (size_t i = 0; i < pf->config.tables.count; i++) {
        struct pf_entry *entry = &pf->config.tables.item[i];
        if (entry->source != NULL && strcmp(entry->source, s->name) == 0) {
            entry->used = true;
            s->entry = entry;
            s->again = times++ > 0;
            judge_table(pf, s);
        }
    }
    s->entry = NULL;
    if (times == 0) {
        judge_table(pf, s);
    } else if (times > 1) {
        pf_say(pf, findings_of(pf),
               (struct pf_note){.rule = "preflight-mapping-twice", .file = s->relative},
               "Source \"%s\" has multiple destinations set.", s->name);
    }
}

static void judge_item(struct pf *pf, const struct pf_listing *listing, const struct pf_item *item)
{
    struct subject s = {.item = item, .name = item->name};
    char *manifest = pf_join(pf, TABLES, item->name);
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&name, "%s.manifest", item->name);
    const struct pf_item *beside =
        status == CSVK_OK ? pf_listing_find(listing, csvk_buf_text(&name)) : NULL;
    s.relative = manifest;
    if (pf_kept(pf, status == CSVK_OK ? manifest : NULL)) {
        s.manifest_path =
            beside != NULL && beside->kind == PF_FILE ? pf_join(pf, TABLES, beside->name) : NULL;
        judge_source(pf, &s);
    }
    csvk_buf_release(&name);
    csvk_free(s.manifest_path);
    csvk_free(s.relative);
}

/* ---- manifests without data ---- */

static void judge_workspace_manifest(struct pf *pf, const struct pf_item *item, char *bare)
{
    struct subject s = {.name = bare, .manifest_path = pf_join(pf, TABLES, item->name)};
    s.relative = s.manifest_path;
    if (s.manifest_path != NULL) {
        judge_source(pf, &s);
    }
    csvk_free(s.manifest_path);
}

static void say_orphan(struct pf *pf, const struct pf_listing *listing, const struct pf_item *item,
                       const char *bare)
{
    char *relative = pf_join(pf, TABLES, item->name);
    struct csvk_buf mend = CSVK_BUF_INIT;
    size_t n = strlen(bare);
    for (size_t i = 0; i < listing->count; i++) {
        const char *name = listing->item[i].name;
        if (strncmp(name, bare, n) == 0 && name[n] == '.' && !pf_ends_with(name, ".manifest")) {
            csvk_buf_clear(&mend);
            int status = csvk_buf_printf(&mend, "rename it to %s.manifest", name);
            (void)pf_kept(pf, status == CSVK_OK ? pf : NULL);
        }
    }
    pf_say(pf, &pf->report->findings,
           (struct pf_note){.rule = "preflight-orphan",
                            .file = relative,
                            .mend = mend.length > 0 ? csvk_buf_text(&mend) : NULL},
           "Found orphaned table manifest: \"%s\"", item->name);
    csvk_buf_release(&mend);
    csvk_free(relative);
}

static void judge_lonely_manifest(struct pf *pf, const struct pf_listing *listing,
                                  const struct pf_item *item)
{
    char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
    if (pf_kept(pf, bare) && pf_listing_find(listing, bare) == NULL) {
        if (pf->staging == CSVK_STAGING_WORKSPACE) {
            judge_workspace_manifest(pf, item, bare);
        } else {
            say_orphan(pf, listing, item, bare);
        }
    }
    csvk_free(bare);
}

/* ---- all tables ---- */

static void judge_unused(struct pf *pf)
{
    for (size_t i = 0; i < pf->config.tables.count; i++) {
        const struct pf_entry *entry = &pf->config.tables.item[i];
        if (!entry->used && entry->source != NULL && pf->staging == CSVK_STAGING_LOCAL) {
            pf_say(pf, &pf->report->findings,
                   (struct pf_note){.rule = "preflight-mapping-source",
                                    .file = "config.json",
                                    .path = entry->path},
                   "Table sources not found: \"%s\"", entry->source);
        }
    }
}

void pf_judge_tables(struct pf *pf)
{
    struct pf_listing listing = {0};
    pf_list(pf, TABLES, PF_TABLES, &listing, &pf->report->findings);
    for (size_t i = 0; i < listing.count && pf->status == CSVK_OK; i++) {
        const struct pf_item *item = &listing.item[i];
        if (pf_ends_with(item->name, ".manifest")) {
            judge_lonely_manifest(pf, &listing, item);
        } else {
            judge_item(pf, &listing, item);
        }
    }
    judge_unused(pf);
    pf_judge_same_destination(pf);
    pf_listing_release(&listing);
}
