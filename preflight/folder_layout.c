/*
 * folder_layout.c - the folder itself: what stands beside out/tables and out/files, the states,
 * result and usage, and the environment.
 */
#include "preflight/preflight_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what is where ---- */

static bool is_known(const char *name, const char *const *known)
{
    for (; *known != NULL; known++) {
        if (strcmp(name, *known) == 0) {
            return true;
        }
    }
    return name[0] == '.';
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void judge_folder(struct pf *pf, const char *folder, const char *const *known,
                         enum csvk_severity severity)
{
    struct csvk_strings names = {0};
    char *full = pf_full(pf, folder);
    DIR *dir = full != NULL ? opendir(full) : NULL;
    for (const struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;) {
        if (!is_known(d->d_name, known) && csvk_strings_add(&names, d->d_name) != CSVK_OK) {
            (void)pf_kept(pf, NULL);
        }
    }
    if (names.count > 1) {
        qsort(names.item, names.count, sizeof *names.item, by_text);
    }
    for (size_t i = 0; i < names.count; i++) {
        char *relative = pf_join(pf, folder, names.item[i]);
        pf_say(
            pf, &pf->report->findings,
            (struct pf_note){.rule = "preflight-misplaced", .severity = severity, .file = relative},
            "the platform does not look at \"%s\"", names.item[i]);
        csvk_free(relative);
    }
    if (dir != NULL) {
        closedir(dir);
    }
    csvk_free(full);
    csvk_strings_release(&names);
}

/* ---- state, result, usage ---- */

static void judge_result(struct pf *pf)
{
    cJSON *root = pf_read_object(pf, "out/result.json", "preflight-state");
    const cJSON *variables = pf_get(root, "variables"), *node;
    if (root != NULL && variables != NULL && !cJSON_IsObject(variables)) {
        pf_say(pf, &pf->report->findings,
               (struct pf_note){.rule = "preflight-state", .file = "out/result.json"},
               "\"variables\" must be an object of keys and values");
    }
    cJSON_ArrayForEach(node, variables)
    {
        if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
            pf_say(pf, &pf->report->findings,
                   (struct pf_note){.rule = "preflight-state", .file = "out/result.json"},
                   "the variable \"%s\" must be a single value",
                   node->string != NULL ? node->string : "");
        }
    }
    cJSON_Delete(root);
}

static bool is_usage(const cJSON *list)
{
    const cJSON *entry;
    if (!cJSON_IsArray(list)) {
        return false;
    }
    cJSON_ArrayForEach(entry, list)
    {
        if (!cJSON_IsObject(entry) || cJSON_GetArraySize(entry) != 2 ||
            pf_text(entry, "metric") == NULL || !cJSON_IsNumber(pf_get(entry, "value"))) {
            return false;
        }
    }
    return true;
}

/* The only list among the files: read as it is, within bounds. */
static void judge_usage(struct pf *pf)
{
    static const size_t most = 1 << 20;
    struct csvk_source *source = NULL;
    struct csvk_bytes text = {NULL, 0};
    struct stat info;
    char *full = pf_full(pf, "out/usage.json");
    if (full == NULL || lstat(full, &info) != 0 || !S_ISREG(info.st_mode)) {
        csvk_free(full);
        return;
    }
    struct csvk_error err = {0};
    int status = csvk_source_open(&source, full, &err);
    status = status == CSVK_OK ? csvk_source_peek(source, most, &text, &err) : status;
    cJSON *list =
        status == CSVK_OK ? cJSON_ParseWithLength((const char *)text.ptr, text.len) : NULL;
    if (status != CSVK_OK) {
        pf_say_trouble(pf, &pf->report->findings, "out/usage.json", &err);
    } else if (!is_usage(list)) {
        pf_say(pf, &pf->report->findings,
               (struct pf_note){.rule = "preflight-state", .file = "out/usage.json"},
               "usage must be a list of objects with metric and value");
    }
    cJSON_Delete(list);
    csvk_source_free(source);
    csvk_free(full);
}

static void judge_states(struct pf *pf)
{
    cJSON_Delete(pf_read_object(pf, "in/state.json", "preflight-state"));
    cJSON_Delete(pf_read_object(pf, "out/state.json", "preflight-state"));
    judge_result(pf);
    judge_usage(pf);
}

/* ---- environment ---- */

static void judge_variable(struct pf *pf, const char *name, const char *const *allowed)
{
    const char *value = pf_environment(pf, name);
    if (value != NULL && !is_known(value, allowed)) {
        pf_say(pf, &pf->report->findings, (struct pf_note){.rule = "preflight-environment"},
               "%s is \"%s\"", name, value);
    }
}

static void judge_environment(struct pf *pf)
{
    static const char *const support[] = {"authoritative", "hints", "none", NULL};
    static const char *const provider[] = {"aws", "azure", "gcp", NULL};
    static const char *const mode[] = {"run", "debug", NULL};
    judge_variable(pf, "KBC_DATA_TYPE_SUPPORT", support);
    judge_variable(pf, "KBC_STAGING_FILE_PROVIDER", provider);
    judge_variable(pf, "KBC_COMPONENT_RUN_MODE", mode);
}

void pf_judge_layout(struct pf *pf)
{
    static const char *const out[] = {"tables",      "files",      "state.json",
                                      "result.json", "usage.json", NULL};
    judge_folder(pf, "out", out, CSVK_ERROR);
    judge_states(pf);
    judge_environment(pf);
    if (pf->report->ntables == 0 && pf->report->nfiles == 0) {
        pf_say(pf, &pf->report->findings, (struct pf_note){.rule = "preflight-layout"},
               "there is nothing in out/tables and out/files");
    }
}
