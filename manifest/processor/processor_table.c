/*
 * processor_table.c - processes the tables of in/tables one after the other.
 *
 * A table is made on the stage, a folder of this run beside out/tables: data, then the manifest;
 * both are judged as the platform will, and moved to their places when nothing is wrong. So of a
 * table that is refused there is nothing in out/tables, whichever slice was the bad one.
 */
#include "manifest/processor/processor_parts.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const cJSON *get(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static int no_memory(const struct processor_table *t)
{
    return processor_no_memory(t->p);
}

/* PATH.manifest; NULL: out of memory. */
static char *manifest_of(const char *path)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&name, "%s.manifest", path);
    char *text = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&name)) : NULL;
    csvk_buf_release(&name);
    return text;
}

/* ---- judging ---- */

static int refuse_for(const struct processor_table *t, const struct csvk_finding *finding)
{
    struct csvk_buf message = CSVK_BUF_INIT, remedy = CSVK_BUF_INIT;
    int status = csvk_finding_message(finding, &message);
    const char *advice = finding->remedy != NULL ? finding->remedy : finding->rule->remedy;
    if (advice[0] != '\0' && status == CSVK_OK) {
        status = csvk_buf_puts(&remedy, ". ");
        status = status == CSVK_OK ? processor_name_keys(&remedy, advice) : status;
    }
    status = status == CSVK_OK ? PROCESSOR_REFUSE(t->p, "%s: %s%s", t->name,
                                                  csvk_buf_text(&message), csvk_buf_text(&remedy))
                               : csvk_fail(t->p->err, CSVK_ENOMEM, "out of memory");
    csvk_buf_release(&message);
    csvk_buf_release(&remedy);
    return status;
}

static int refuse_first_error(const struct processor_table *t, const struct csvk_findings *found)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct csvk_finding *finding = &found->item[i];
        if (finding->severity == CSVK_ERROR) {
            return refuse_for(t, finding);
        }
    }
    return CSVK_OK;
}

/* A table without a manifest is judged as one with an empty manifest, as the platform does. */
static int read_made(const struct processor_table *t, const char *path, struct csvk_manifest **out,
                     struct csvk_findings *found)
{
    return access(path, F_OK) == 0 ? csvk_manifest_read(out, path, found, t->p->err)
                                   : csvk_manifest_parse(out, "{}", 2, found, t->p->err);
}

/* What the platform would refuse, or misread in silence: the manifest, and the first record of each
   file beside it. */
static int judge_table(const struct processor_table *t, const char *data, const char *path)
{
    struct csvk_findings found = {.limit = 100};
    struct csvk_manifest *manifest = NULL;
    struct csvk_manifest_judge how;
    csvk_manifest_judge_init(&how);
    how.kind = CSVK_MANIFEST_OUT_TABLE;
    how.name = t->name;
    how.support = t->p->options->support;
    int status = read_made(t, path, &manifest, &found);
    status = status == CSVK_OK ? csvk_manifest_check(manifest, &how, &found) : status;
    if (status == CSVK_OK) {
        status = csvk_manifest_check_data(manifest, data, CSVK_MANIFEST_FIRST_RECORDS, &found,
                                          t->p->err);
    }
    status = status == CSVK_ENOMEM ? no_memory(t) : status;
    status = status == CSVK_OK ? refuse_first_error(t, &found) : status;
    csvk_manifest_free(manifest);
    csvk_findings_release(&found);
    return status;
}

/* ---- one table ---- */

/* The order is that of slice.h: without a manifest slices are refused, but beside the manifest of
   other data they would be misread. */
static int place(const struct processor_table *t, const char *data, const char *manifest)
{
    char *to = manifest_of(t->out);
    int status = to != NULL ? CSVK_OK : no_memory(t);
    if (status == CSVK_OK) {
        processor_remove(to);
        status = processor_move(t->p, data, t->out);
    }
    if (status == CSVK_OK && access(manifest, F_OK) == 0) {
        status = processor_move(t->p, manifest, to);
    }
    csvk_free(to);
    return status;
}

static bool has_items(const cJSON *node)
{
    return node != NULL && node->child != NULL;
}

/* No step and no parameter is for this table: what is copied is not judged. */
static bool is_untouched(const struct processor_table *t)
{
    const struct processor_plan *plan = &t->plan;
    return !processor_on(plan->normalize) && !processor_on(plan->slice) &&
           !has_items(plan->columns) && !has_items(plan->manifest) && !has_items(plan->defaults) &&
           !has_items(plan->metadata) && !has_items(plan->column_metadata);
}

static int copy_table(struct processor_table *t, const char *data, const char *manifest)
{
    int status = processor_copy(t->p, t->in, data);
    if (status == CSVK_OK && t->folder && t->header && t->names.count == 0) {
        processor_note(t->p,
                       "%s: copied as it is; a sliced table needs a manifest with columns, which "
                       "\"columns\": {\"names\": ...} makes",
                       t->in);
    }
    status = status == CSVK_OK ? processor_write_manifest(t, manifest) : status;
    return status == CSVK_OK ? place(t, data, manifest) : status;
}

static int finish_plain(struct processor_table *t, const char *data, const char *manifest)
{
    int status = processor_write_manifest(t, manifest);
    status = status == CSVK_OK ? judge_table(t, data, manifest) : status;
    return status == CSVK_OK ? place(t, data, manifest) : status;
}

/* The slices get a folder of their own on the stage, since they have the name of the data. */
static int finish_sliced(struct processor_table *t, const char *data)
{
    char *folder = processor_path(t->p->stage, "slices", NULL);
    char *to = processor_path(t->p->stage, "slices", t->name);
    char *manifest = to != NULL ? manifest_of(to) : NULL;
    int status = folder != NULL && manifest != NULL ? processor_folder(t->p, folder) : no_memory(t);
    status = status == CSVK_OK ? processor_slice_table(t, data, to) : status;
    status = status == CSVK_OK ? place(t, to, manifest) : status;
    if (folder != NULL) {
        processor_remove(folder);
    }
    csvk_free(folder);
    csvk_free(to);
    csvk_free(manifest);
    return status;
}

static int make_table_at(struct processor_table *t, const char *data, const char *manifest)
{
    bool copied = false, slices = false;
    int status = CSVK_OK;
    if (is_untouched(t)) {
        return copy_table(t, data, manifest);
    }
    /* What only "slice" reads need not be copied before it. */
    copied = processor_changes_data(t) || t->columns.names != PROCESSOR_NAMES_KEEP ||
             !processor_on(t->plan.slice);
    status = copied ? processor_make_data(t, data) : CSVK_OK;
    status = status == CSVK_OK ? processor_finish_manifest(t) : status;
    status = status == CSVK_OK ? processor_slices(t, copied ? data : t->in, &slices) : status;
    if (status == CSVK_OK && slices) {
        status = copied ? CSVK_OK : processor_check_parts(t);
        return status == CSVK_OK ? finish_sliced(t, copied ? data : t->in) : status;
    }
    t->plan.slice = NULL; /* it is too small */
    if (status == CSVK_OK && !copied) {
        status = processor_make_data(t, data);
    }
    return status == CSVK_OK ? finish_plain(t, data, manifest) : status;
}

static int make_table(struct processor_table *t)
{
    char *data = processor_path(t->p->stage, t->name, NULL);
    char *manifest = data != NULL ? manifest_of(data) : NULL;
    int status = manifest != NULL ? processor_read_columns(t->p, t->plan.columns, &t->columns)
                                  : no_memory(t);
    status = status == CSVK_OK ? processor_make_manifest(t) : status;
    status = status == CSVK_OK ? make_table_at(t, data, manifest) : status;
    if (data != NULL && manifest != NULL) {
        processor_remove(data);
        processor_remove(manifest);
    }
    csvk_free(data);
    csvk_free(manifest);
    return status;
}

/* ---- tables ---- */

static int open_table(struct processor_table *t)
{
    struct csvk_buf manifest = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&manifest, "%s.manifest", t->name);
    t->in = processor_path(t->p->folder, "in/tables", t->name);
    t->out = processor_path(t->p->folder, "out/tables", t->name);
    t->in_manifest = status == CSVK_OK
                         ? processor_path(t->p->folder, "in/tables", csvk_buf_text(&manifest))
                         : NULL;
    csvk_buf_release(&manifest);
    return t->in != NULL && t->out != NULL && t->in_manifest != NULL ? CSVK_OK
                                                                     : processor_no_memory(t->p);
}

static int do_table(const struct processor *p, const char *name)
{
    struct processor_table t = {.p = p, .name = name, .plan = processor_plan(p, name)};
    struct stat info;
    int status = open_table(&t);
    if (status == CSVK_OK &&
        (lstat(t.in, &info) != 0 || !(S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)))) {
        status = PROCESSOR_REFUSE(p, "%s is neither a file nor a folder", t.in);
    }
    if (status == CSVK_OK) {
        t.folder = S_ISDIR(info.st_mode);
        status = make_table(&t);
    }
    processor_columns_release(&t.columns);
    csvk_strings_release(&t.names);
    csvk_free(t.pick);
    if (status == CSVK_EUSAGE) { /* all options come from the parameters and the manifest */
        const struct csvk_error why = *p->err;
        status = PROCESSOR_REFUSE(p, "%s: parameters: %s", name, why.text);
    }
    csvk_table_definition_release(&t.told);
    cJSON_Delete(t.manifest);
    csvk_free(t.in);
    csvk_free(t.out);
    csvk_free(t.in_manifest);
    return status;
}

/* A source without a wildcard must exist: otherwise the step of a misspelt name would be left out
   without a message. */
static int judge_sources(const struct processor *p, const struct csvk_strings *names)
{
    const cJSON *entry, *item;
    cJSON_ArrayForEach(entry, get(p->parameters, "tables"))
    {
        const cJSON *source = get(entry, "source");
        for (item = cJSON_IsArray(source) ? source->child : source; item != NULL;
             item = cJSON_IsArray(source) ? item->next : NULL) {
            const char *name = item->valuestring;
            if (strpbrk(name, "*?[\\") == NULL && !csvk_strings_has(names, name)) {
                return PROCESSOR_REFUSE(p, "parameters: there is no table \"%s\" in in/tables",
                                        name);
            }
        }
    }
    return CSVK_OK;
}

static bool is_manifest(const char *name)
{
    size_t n = strlen(name), m = strlen(".manifest");
    return n > m && strcmp(name + n - m, ".manifest") == 0;
}

/* A manifest goes along with its table. */
static int note_orphan(const struct processor *p, const struct csvk_strings *names,
                       const char *manifest)
{
    char *table = csvk_strdup(manifest);
    if (table == NULL) {
        return processor_no_memory(p);
    }
    table[strlen(table) - strlen(".manifest")] = '\0';
    if (!csvk_strings_has(names, table)) {
        processor_note(p, "%s/in/tables/%s: left out, because there is no \"%s\" beside it",
                       p->folder, manifest, table);
    }
    csvk_free(table);
    return CSVK_OK;
}

static int do_name(const struct processor *p, const struct csvk_strings *names, const char *name)
{
    if (name[0] == '.') {
        processor_note(p, "%s/in/tables/%s: left out, because its name begins with a dot",
                       p->folder, name);
        return CSVK_OK;
    }
    return is_manifest(name) ? note_orphan(p, names, name) : do_table(p, name);
}

int processor_tables(const struct processor *p)
{
    struct csvk_strings names = {0};
    char *in = processor_path(p->folder, "in/tables", NULL);
    char *out = processor_path(p->folder, "out/tables", NULL);
    int status = in != NULL && out != NULL ? processor_folder(p, out) : processor_no_memory(p);
    status = status == CSVK_OK ? processor_names(p, in, &names) : status;
    status = status == CSVK_OK ? judge_sources(p, &names) : status;
    for (size_t i = 0; i < names.count && status == CSVK_OK; i++) {
        status = do_name(p, &names, names.item[i]);
    }
    csvk_strings_release(&names);
    csvk_free(in);
    csvk_free(out);
    return status;
}
