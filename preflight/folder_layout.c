/*
 * folder_layout.c - judges the folder itself: preflight-layout (nothing would be loaded),
 * preflight-misplaced (what is beside out/tables and out/files), preflight-state (state, result and
 * usage files) and preflight-environment.
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

static void judge_folder(struct preflight *preflight, const char *folder, const char *const *known,
                         enum csvk_severity severity)
{
    struct csvk_strings names = {0};
    char *full = preflight_full(preflight, folder);
    DIR *dir = full != NULL ? opendir(full) : NULL;
    for (const struct dirent *d; dir != NULL && (d = readdir(dir)) != NULL;) {
        if (!is_known(d->d_name, known) && csvk_strings_add(&names, d->d_name) != CSVK_OK) {
            (void)preflight_allocated(preflight, NULL);
        }
    }
    if (names.count > 1) {
        qsort(names.item, names.count, sizeof *names.item, by_text);
    }
    for (size_t i = 0; i < names.count; i++) {
        char *relative = preflight_join(preflight, folder, names.item[i]);
        preflight_report_finding(preflight, &preflight->report->findings,
                                 (struct preflight_note){.rule = "preflight-misplaced",
                                                         .severity = severity,
                                                         .file = relative},
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

static void judge_result(struct preflight *preflight)
{
    cJSON *root = preflight_read_object(preflight, "out/result.json", "preflight-state");
    const cJSON *variables = preflight_get(root, "variables"), *node;
    if (root != NULL && variables != NULL && !cJSON_IsObject(variables)) {
        preflight_report_finding(
            preflight, &preflight->report->findings,
            (struct preflight_note){.rule = "preflight-state", .file = "out/result.json"},
            "\"variables\" must be an object of keys and values");
    }
    cJSON_ArrayForEach(node, variables)
    {
        if (cJSON_IsObject(node) || cJSON_IsArray(node)) {
            preflight_report_finding(
                preflight, &preflight->report->findings,
                (struct preflight_note){.rule = "preflight-state", .file = "out/result.json"},
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
            preflight_text(entry, "metric") == NULL ||
            !cJSON_IsNumber(preflight_get(entry, "value"))) {
            return false;
        }
    }
    return true;
}

/* usage.json is a list, which the strict reader refuses: so it is read here, up to 1 MiB. */
static void judge_usage(struct preflight *preflight)
{
    static const size_t most = 1 << 20;
    struct csvk_source *source = NULL;
    struct csvk_bytes text = {NULL, 0};
    struct stat info;
    char *full = preflight_full(preflight, "out/usage.json");
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
        preflight_report_trouble(preflight, &preflight->report->findings, "out/usage.json", &err);
    } else if (!is_usage(list)) {
        preflight_report_finding(
            preflight, &preflight->report->findings,
            (struct preflight_note){.rule = "preflight-state", .file = "out/usage.json"},
            "usage must be a list of objects with metric and value");
    }
    cJSON_Delete(list);
    csvk_source_free(source);
    csvk_free(full);
}

static void judge_states(struct preflight *preflight)
{
    cJSON_Delete(preflight_read_object(preflight, "in/state.json", "preflight-state"));
    cJSON_Delete(preflight_read_object(preflight, "out/state.json", "preflight-state"));
    judge_result(preflight);
    judge_usage(preflight);
}

/* ---- environment ---- */

static void judge_variable(struct preflight *preflight, const char *name,
                           const char *const *allowed)
{
    const char *value = preflight_environment(preflight, name);
    if (value != NULL && !is_known(value, allowed)) {
        preflight_report_finding(preflight, &preflight->report->findings,
                                 (struct preflight_note){.rule = "preflight-environment"},
                                 "%s is \"%s\"", name, value);
    }
}

static void judge_environment(struct preflight *preflight)
{
    static const char *const support[] = {"authoritative", "hints", "none", NULL};
    static const char *const provider[] = {"aws", "azure", "gcp", NULL};
    static const char *const mode[] = {"run", "debug", NULL};
    judge_variable(preflight, "KBC_DATA_TYPE_SUPPORT", support);
    judge_variable(preflight, "KBC_STAGING_FILE_PROVIDER", provider);
    judge_variable(preflight, "KBC_COMPONENT_RUN_MODE", mode);
}

void preflight_judge_layout(struct preflight *preflight)
{
    static const char *const out[] = {"tables",      "files",      "state.json",
                                      "result.json", "usage.json", NULL};
    judge_folder(preflight, "out", out, CSVK_ERROR);
    judge_states(preflight);
    judge_environment(preflight);
    if (preflight->report->ntables == 0 && preflight->report->nfiles == 0) {
        preflight_report_finding(preflight, &preflight->report->findings,
                                 (struct preflight_note){.rule = "preflight-layout"},
                                 "there is nothing in out/tables and out/files");
    }
}
