/*
 * out_tables.c - judges every table of out/tables: its manifest, its entries of the mapping, what
 * the platform makes of both together, and whether the data fit that. table_destination.c decides
 * where the data go; data_check.c reads all records later, when all manifests are judged.
 *
 * The rules here: preflight-orphan, preflight-copied-manifest, preflight-mapping-source,
 * preflight-mapping-override, preflight-mapping-twice, preflight-file-size,
 * preflight-slices-empty, preflight-slice-name, preflight-slice-compression, preflight-workspace.
 */
#include "preflight/preflight_private.h"

#include "csvkit/names.h"
#include "manifest/table_definition.h"

#include <string.h>

#define TABLES "out/tables"

/* The table that is being judged: its data, its manifest and the entry that maps it, if any. */
struct subject {
    const struct preflight_item *item; /* NULL: a workspace has the data; only a manifest is here */
    const char *name;                  /* of the data */
    char *relative;                    /* out/tables/NAME */
    char *manifest_path;               /* relative, or NULL */
    struct csvk_manifest *manifest;    /* or NULL */
    const struct preflight_entry *entry; /* or NULL */
    struct csvk_manifest *merged;        /* manifest and entry merged; NULL: there is no entry */
    struct csvk_table_definition table;  /* what both say */
    struct csvk_findings reported;       /* of the manifest alone */
    bool again; /* the same data as the table before this one, mapped to another destination */
    bool key_is_wrong; /* it names a column that does not exist */
};

static struct csvk_preflight_table *current(struct preflight *preflight)
{
    return &preflight->report->table[preflight->report->ntables - 1];
}

static struct csvk_findings *findings_of(struct preflight *preflight)
{
    return &current(preflight)->findings;
}

/* ---- the manifest and the mapping ---- */

static void check_alone(struct preflight *preflight, struct subject *s)
{
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.default_bucket = preflight->report->default_bucket;
    how.support = preflight->support;
    int status = csvk_manifest_check(s->manifest, &how, &s->reported);
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    if (csvk_manifest_guess(s->manifest, NULL, false) == CSVK_MANIFEST_IN_TABLE) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-copied-manifest", .file = s->manifest_path},
            "this manifest has the keys of one in in/tables");
    }
}

static void judge_manifest(struct preflight *preflight, struct subject *s)
{
    s->reported.limit = 1000;
    if (s->manifest_path == NULL) {
        return;
    }
    s->manifest = preflight_read_manifest(preflight, s->manifest_path, &s->reported);
    if (s->manifest != NULL) {
        check_alone(preflight, s);
    }
    if (!s->again) {
        preflight_take_manifest(preflight, findings_of(preflight), &s->reported,
                                (struct preflight_taking){.file = s->manifest_path});
    }
}

/* A mapping cannot set a key back to its default: the platform's merge treats a default as if the
   key were absent. */
static void judge_override(struct preflight *preflight, struct subject *s, const char *key,
                           bool differs, const char *value)
{
    if (differs) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-mapping-override",
                                    .file = "config.json",
                                    .path = s->entry->path},
            "the mapping sets \"%s\" to its default, but the manifest's %s stays", key, value);
    }
}

static void judge_overrides(struct preflight *preflight, struct subject *s)
{
    struct csvk_manifest_table table = {0};
    const cJSON *entry = s->entry->node;
    int status = csvk_manifest_table(s->manifest, &table);
    const char *delimiter = preflight_text(entry, "delimiter"),
               *enclosure = preflight_text(entry, "enclosure");
    char own[2] = {(char)table.dialect.delimiter, '\0'};
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    judge_override(preflight, s, "incremental",
                   cJSON_IsFalse(preflight_get(entry, "incremental")) && table.incremental, "true");
    judge_override(
        preflight, s, "delimiter",
        delimiter != NULL && strcmp(delimiter, ",") == 0 && table.dialect.delimiter != ',', own);
    judge_override(preflight, s, "enclosure",
                   enclosure != NULL && strcmp(enclosure, "\"") == 0 &&
                       table.dialect.enclosure != '"',
                   "enclosure");
    csvk_manifest_table_release(&table);
}

/* Merges the manifest and the entry, and reports what is wrong with the result but was not wrong
   with the manifest alone. */
static void merge(struct preflight *preflight, struct subject *s)
{
    struct csvk_findings found = {.limit = 1000};
    struct csvk_manifest_judge how;
    if (s->manifest != NULL) {
        judge_overrides(preflight, s);
    }
    int status = csvk_manifest_merge(&s->merged, s->manifest, s->entry->manifest, &found);
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.support = preflight->support;
    if (status == CSVK_OK) {
        status = csvk_manifest_check(s->merged, &how, &found);
    }
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    preflight_take_manifest(preflight, findings_of(preflight), &found,
                            (struct preflight_taking){.file = "config.json",
                                                      .prefix = s->entry->path,
                                                      .except = &s->reported});
    csvk_findings_release(&found);
}

static const struct csvk_manifest *effective(const struct subject *s)
{
    return s->merged != NULL ? s->merged : s->manifest;
}

/* ---- what is reported of a table ---- */

void preflight_clean_names(struct preflight *preflight, struct csvk_strings *to,
                           const struct csvk_strings *from)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    for (size_t i = 0; i < from->count; i++) {
        const char *name = from->item[i];
        csvk_buf_clear(&clean);
        int status = csvk_name_is_reserved(name, strlen(name))
                         ? csvk_buf_puts(&clean, name)
                         : csvk_name_sanitize(name, strlen(name), &clean);
        status = status == CSVK_OK ? csvk_strings_add(to, csvk_buf_text(&clean)) : status;
        (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    }
    csvk_buf_release(&clean);
}

static void describe(struct preflight *preflight, struct subject *s)
{
    struct csvk_preflight_table *table = current(preflight);
    preflight_clean_names(preflight, &table->columns, &s->table.columns);
    preflight_clean_names(preflight, &table->primary_key, &s->table.primary_key);
    table->incremental = s->table.incremental == CSVK_YES;
    table->header = s->table.header;
}

/* Manifest and entry have their say about the table, the latter as the platform lets it. Conflicts
   were told when the two were merged. */
static void define(struct preflight *preflight, struct subject *s)
{
    struct csvk_findings told_before = {.limit = 1};
    const struct csvk_manifest *entry = s->entry != NULL ? s->entry->manifest : NULL;
    char *full = s->item != NULL ? preflight_full(preflight, s->relative) : NULL;
    int status = csvk_table_definition_take(&s->table, s->manifest, entry, full, &told_before,
                                            preflight->err);
    if (status == CSVK_OK && s->item != NULL && s->item->kind == PREFLIGHT_DIRECTORY) {
        status = csvk_table_definition_look(&s->table, NULL, preflight->err);
    }
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    csvk_findings_release(&told_before);
    csvk_free(full);
}

/* ---- the data ---- */

static bool breaks(const struct csvk_findings *found, const char *rule)
{
    for (size_t i = 0; i < found->count; i++) {
        if (found->item[i].severity == CSVK_ERROR && strcmp(found->item[i].rule->id, rule) == 0) {
            return true;
        }
    }
    return false;
}

/* What no record shows; with CSVK_PREFLIGHT_NO_DATA also what the first record of each file shows.
   All else is the validator's business (set_options). */
static void check_data(struct preflight *preflight, struct subject *s)
{
    struct csvk_findings found = {.limit = 1000};
    struct csvk_error err = {0};
    char *full = preflight_full(preflight, s->relative);
    bool all = preflight->options->data == CSVK_PREFLIGHT_ALL_DATA;
    enum csvk_manifest_reading reading =
        all ? CSVK_MANIFEST_NO_RECORDS : CSVK_MANIFEST_FIRST_RECORDS;
    int status = full == NULL ? CSVK_ENOMEM
                              : csvk_manifest_check_data(effective(s), full, reading, &found, &err);
    if (status != CSVK_OK && full != NULL) {
        preflight_report_trouble(preflight, findings_of(preflight), s->relative, &err);
    }
    s->key_is_wrong =
        breaks(&found, "manifest-primary-key") || breaks(&s->reported, "manifest-primary-key");
    /* Findings that name no file are about the manifest; without one, about the mapping. */
    preflight_take_manifest(preflight, findings_of(preflight), &found,
                            (struct preflight_taking){.file = s->manifest_path != NULL
                                                                  ? s->manifest_path
                                                              : s->entry != NULL ? "config.json"
                                                                                 : s->relative,
                                                      .except = &s->reported});
    csvk_findings_release(&found);
    csvk_free(full);
}

static void judge_size(struct preflight *preflight, struct subject *s)
{
    static const uint64_t single_upload = UINT64_C(5) << 30;
    uint64_t most = preflight->options->large_file;
    struct preflight_note note = {.rule = "preflight-file-size", .file = s->relative};
    if (most == 0 || s->item->kind == PREFLIGHT_DIRECTORY || s->item->size <= most) {
        return;
    }
    note.severity = s->item->size > single_upload ? CSVK_ERROR : CSVK_WARNING;
    preflight_report_finding(preflight, findings_of(preflight), note, "one file of %llu bytes",
                             (unsigned long long)s->item->size);
}

static void set_levels(struct preflight *preflight, struct csvk_validate_options *options)
{
    for (size_t i = 0; i < preflight->options->nlevels && preflight->status == CSVK_OK; i++) {
        const struct csvk_preflight_level *level = &preflight->options->level[i];
        if (csvk_rule_find(level->rule) != NULL) {
            preflight->status =
                csvk_validate_set_rule(options, level->rule, level->severity, preflight->err);
        }
    }
}

/* How the records are judged. A key with a column that does not exist was told, and is not searched
   for. */
static void set_options(struct preflight *preflight, struct subject *s,
                        struct csvk_validate_options *options)
{
    options->profile = CSVK_PROFILE_KEBOOLA;
    options->max_findings = preflight->options->max_findings;
    set_levels(preflight, options);
    s->table.backend = preflight->options->backend;
    int status = csvk_table_definition_rules(&s->table, options, preflight->err);
    status = status == CSVK_OK
                 ? csvk_table_definition_support(options, preflight->support, preflight->err)
                 : status;
    bool named = s->table.header || s->table.columns.count > 0;
    if (status == CSVK_OK && named && !s->key_is_wrong) {
        status = csvk_strings_copy(&options->primary_key, &s->table.primary_key);
    }
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
}

/* The same for all files but the first. */
static void set_next(struct preflight *preflight, struct subject *s, const char *first,
                     struct preflight_table_data *data)
{
    char *full = preflight_full(preflight, first);
    int status =
        full != NULL ? csvk_table_definition_look(&s->table, full, preflight->err) : CSVK_ENOMEM;
    set_options(preflight, s, &data->next);
    status = status == CSVK_OK ? csvk_table_definition_next(&s->table, &data->next, preflight->err)
                               : status;
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    csvk_free(full);
}

/* Hands the files over to the validator, and empties the list. */
static void queue(struct preflight *preflight, struct subject *s, struct csvk_strings *files)
{
    struct csvk_error bad = {0};
    struct preflight_table_data data = {.table = preflight->report->ntables - 1, .files = *files};
    *files = (struct csvk_strings){0};
    csvk_validate_options_init(&data.options);
    csvk_validate_options_init(&data.next);
    set_options(preflight, s, &data.options);
    if (data.files.count > 1 && preflight->status == CSVK_OK) {
        set_next(preflight, s, data.files.item[0], &data);
    }
    data.agree = s->item->kind == PREFLIGHT_DIRECTORY && s->table.columns.count == 0;
    if (preflight->options->data == CSVK_PREFLIGHT_ALL_DATA && preflight->status == CSVK_OK &&
        csvk_dialect_check(&s->table.dialect, &bad) == CSVK_OK) {
        preflight_data_add(preflight, &data);
    }
    csvk_validate_options_release(&data.options);
    csvk_validate_options_release(&data.next);
    csvk_strings_release(&data.files);
}

/* ---- slices ---- */

static void judge_slice_names(struct preflight *preflight, struct subject *s,
                              const struct preflight_listing *slices)
{
    size_t gzip = 0;
    for (size_t i = 0; i < slices->count; i++) {
        gzip += preflight_ends_with(slices->item[i].name, ".gz");
    }
    if (gzip != 0 && gzip != slices->count) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-slice-compression", .file = s->relative},
            "%zu of %zu slices %s gzip", gzip, slices->count, gzip == 1 ? "is" : "are");
    }
    if (preflight_listing_find(slices, "manifest") != NULL) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-slice-name", .file = s->relative},
            "a slice is called \"manifest\"");
    }
    if (slices->count == 0) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-slices-empty", .file = s->relative},
            "there is no slice in this folder");
    }
}

static void add_file(struct preflight *preflight, struct csvk_strings *files, const char *folder,
                     const char *name)
{
    char *relative = preflight_join(preflight, folder, name);
    int status = relative != NULL ? csvk_strings_add(files, relative) : CSVK_ENOMEM;
    (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
    csvk_free(relative);
}

static void keep_slices(struct preflight *preflight, const struct preflight_listing *slices)
{
    struct csvk_preflight_table *table = current(preflight);
    table->slice = csvk_calloc(slices->count + 1, sizeof *table->slice);
    table->slices = slices->count;
    for (size_t i = 0; i < slices->count && preflight_allocated(preflight, table->slice); i++) {
        table->slice[i].name = csvk_strdup(slices->item[i].name);
        table->slice[i].file_bytes = slices->item[i].size;
        (void)preflight_allocated(preflight, table->slice[i].name);
    }
}

static void judge_slices(struct preflight *preflight, struct subject *s)
{
    struct preflight_listing slices = {0};
    struct csvk_strings files = {0};
    preflight_list(preflight, s->relative, PREFLIGHT_SLICES, &slices, findings_of(preflight));
    keep_slices(preflight, &slices);
    judge_slice_names(preflight, s, &slices);
    for (size_t i = 0; i < slices.count; i++) {
        add_file(preflight, &files, s->relative, slices.item[i].name);
    }
    if (!slices.unsafe && preflight->status == CSVK_OK) {
        check_data(preflight, s);
    }
    queue(preflight, s, &files);
    preflight_listing_release(&slices);
}

static void judge_data(struct preflight *preflight, struct subject *s)
{
    if (preflight->staging == CSVK_STAGING_WORKSPACE) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-workspace",
                                    .severity = CSVK_WARNING,
                                    .file = s->relative,
                                    .remedy =
                                        "write the data to the workspace, or check the staging"},
            "there are data in out/tables, but the outputs are tables of a workspace");
    }
    if (s->item->kind == PREFLIGHT_DIRECTORY) {
        judge_slices(preflight, s);
        return;
    }
    struct csvk_strings files = {0};
    judge_size(preflight, s);
    check_data(preflight, s);
    add_file(preflight, &files, "", s->relative);
    queue(preflight, s, &files);
}

static void judge_workspace(struct preflight *preflight, struct subject *s)
{
    if (s->table.columns.count == 0 && s->entry == NULL) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-workspace",
                                    .file = s->manifest_path,
                                    .remedy = "add \"columns\" or \"schema\" to the manifest"},
            "a table of the workspace without columns");
    }
}

/* ---- one table ---- */

static bool begin_table(struct preflight *preflight, const char *source)
{
    struct csvk_preflight_report *report = preflight->report;
    if (report->ntables == report->table_capacity) {
        size_t capacity = report->table_capacity < 8 ? 8 : report->table_capacity * 2;
        struct csvk_preflight_table *list =
            csvk_reallocarray(report->table, capacity, sizeof *list);
        if (!preflight_allocated(preflight, list)) {
            return false;
        }
        report->table = list;
        report->table_capacity = capacity;
    }
    report->table[report->ntables++] =
        (struct csvk_preflight_table){.source = csvk_strdup(source), .by = "none"};
    return preflight_allocated(preflight, current(preflight)->source);
}

static void judge_table(struct preflight *preflight, struct subject *s)
{
    if (!begin_table(preflight, s->name)) {
        return;
    }
    judge_manifest(preflight, s);
    if (s->entry != NULL && s->entry->manifest != NULL) {
        merge(preflight, s);
    }
    csvk_table_definition_init(&s->table);
    define(preflight, s);
    if (preflight->status == CSVK_OK) {
        struct preflight_route route = {s->name, s->relative, s->manifest_path, s->manifest,
                                        s->entry};
        preflight_resolve(preflight, current(preflight), &route);
        describe(preflight, s);
    }
    if (s->item != NULL && s->entry != NULL && preflight->staging == CSVK_STAGING_LOCAL) {
        preflight_judge_slicing(preflight, findings_of(preflight), s->item,
                                s->manifest_path != NULL, s->entry);
    }
    if (preflight->status == CSVK_OK && s->item != NULL && !s->again) {
        judge_data(preflight, s);
    } else if (s->item == NULL) {
        judge_workspace(preflight, s);
    }
    csvk_table_definition_release(&s->table);
    csvk_manifest_free(s->merged);
    csvk_manifest_free(s->manifest);
    csvk_findings_release(&s->reported);
    s->merged = s->manifest = NULL;
}

/* Judges a table once for each entry that maps it, or once without an entry. */
static void judge_source(struct preflight *preflight, struct subject *s)
{
    size_t times = 0;
    for (size_t i = 0; i < preflight->config.tables.count; i++) {
        struct preflight_entry *entry = &preflight->config.tables.item[i];
        if (entry->source != NULL && strcmp(entry->source, s->name) == 0) {
            entry->used = true;
            s->entry = entry;
            s->again = times++ > 0;
            judge_table(preflight, s);
        }
    }
    s->entry = NULL;
    if (times == 0) {
        judge_table(preflight, s);
    } else if (times > 1) {
        preflight_report_finding(
            preflight, findings_of(preflight),
            (struct preflight_note){.rule = "preflight-mapping-twice",
                                    .severity = preflight->slicing ? CSVK_ERROR : CSVK_OFF,
                                    .file = s->relative},
            "Source \"%s\" has multiple destinations set.", s->name);
    }
}

static void judge_item(struct preflight *preflight, const struct preflight_listing *listing,
                       const struct preflight_item *item)
{
    struct subject s = {.item = item, .name = item->name};
    char *manifest = preflight_join(preflight, TABLES, item->name);
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&name, "%s.manifest", item->name);
    const struct preflight_item *beside =
        status == CSVK_OK ? preflight_listing_find(listing, csvk_buf_text(&name)) : NULL;
    s.relative = manifest;
    if (preflight_allocated(preflight, status == CSVK_OK ? manifest : NULL)) {
        s.manifest_path = beside != NULL && beside->kind == PREFLIGHT_FILE
                              ? preflight_join(preflight, TABLES, beside->name)
                              : NULL;
        judge_source(preflight, &s);
    }
    csvk_buf_release(&name);
    csvk_free(s.manifest_path);
    csvk_free(s.relative);
}

/* ---- manifests without data ---- */

static void judge_workspace_manifest(struct preflight *preflight, const struct preflight_item *item,
                                     char *bare)
{
    struct subject s = {.name = bare,
                        .manifest_path = preflight_join(preflight, TABLES, item->name)};
    s.relative = s.manifest_path;
    if (s.manifest_path != NULL) {
        judge_source(preflight, &s);
    }
    csvk_free(s.manifest_path);
}

static void report_orphan(struct preflight *preflight, const struct preflight_listing *listing,
                          const struct preflight_item *item, const char *bare)
{
    char *relative = preflight_join(preflight, TABLES, item->name);
    struct csvk_buf remedy = CSVK_BUF_INIT;
    size_t n = strlen(bare);
    for (size_t i = 0; i < listing->count; i++) {
        const char *name = listing->item[i].name;
        if (strncmp(name, bare, n) == 0 && name[n] == '.' &&
            !preflight_ends_with(name, ".manifest")) {
            csvk_buf_clear(&remedy);
            int status = csvk_buf_printf(&remedy, "rename it to %s.manifest", name);
            (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
        }
    }
    preflight_report_finding(
        preflight, &preflight->report->findings,
        (struct preflight_note){.rule = "preflight-orphan",
                                .file = relative,
                                .remedy = remedy.length > 0 ? csvk_buf_text(&remedy) : NULL},
        "Found orphaned table manifest: \"%s\"", item->name);
    csvk_buf_release(&remedy);
    csvk_free(relative);
}

static void judge_lonely_manifest(struct preflight *preflight,
                                  const struct preflight_listing *listing,
                                  const struct preflight_item *item)
{
    char *bare = csvk_strndup(item->name, strlen(item->name) - strlen(".manifest"));
    if (preflight_allocated(preflight, bare) && preflight_listing_find(listing, bare) == NULL) {
        if (preflight->staging == CSVK_STAGING_WORKSPACE) {
            judge_workspace_manifest(preflight, item, bare);
        } else {
            report_orphan(preflight, listing, item, bare);
        }
    }
    csvk_free(bare);
}

/* ---- all tables ---- */

static void judge_unused(struct preflight *preflight)
{
    for (size_t i = 0; i < preflight->config.tables.count; i++) {
        const struct preflight_entry *entry = &preflight->config.tables.item[i];
        if (!entry->used && entry->source != NULL && preflight->staging == CSVK_STAGING_LOCAL) {
            preflight_report_finding(preflight, &preflight->report->findings,
                                     (struct preflight_note){.rule = "preflight-mapping-source",
                                                             .file = "config.json",
                                                             .path = entry->path},
                                     "Table sources not found: \"%s\"", entry->source);
        }
    }
}

void preflight_judge_tables(struct preflight *preflight)
{
    struct preflight_listing listing = {0};
    preflight_list(preflight, TABLES, PREFLIGHT_TABLES, &listing, &preflight->report->findings);
    for (size_t i = 0; i < listing.count && preflight->status == CSVK_OK; i++) {
        const struct preflight_item *item = &listing.item[i];
        if (preflight_ends_with(item->name, ".manifest")) {
            judge_lonely_manifest(preflight, &listing, item);
        } else {
            judge_item(preflight, &listing, item);
        }
    }
    judge_unused(preflight);
    preflight_judge_same_destination(preflight);
    preflight_listing_release(&listing);
}
