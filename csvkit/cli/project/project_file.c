/*
 * project_file.c - see project_file.h: finds project files and turns settings into defaults of
 * options.
 *
 * Invariant: values of defaults are borrowed from the settings, which live as long as the run.
 */
#include "csvkit/cli/project/project_file.h"

#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/project/glob.h"
#include "csvkit/cli/project/project_settings.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME ".csvkit.json"

static const struct cli_option rows[] = {
    {"config", 0, "FILE", NULL,
     "The project file. Default: the first " NAME " in the folder of the input and those above it, "
     "up to the one with .git.",
     false},
    {"no-config", 0, NULL, NULL, "Use no project file.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_project_options = {"Project file", rows};

struct cli_projects {
    struct cli *cli;
    struct settings **project; /* those that were read; pointers stay good when it grows */
    size_t count, capacity;
    char *folder;           /* the last one that was searched ... */
    struct settings *found; /* ... and what holds for it; NULL: nothing */
    bool applied;           /* there are defaults of options */
    const char *told;       /* the last input that was asked for; borrowed */
};

/* ---- finding --------------------------------------------------------------------------------- */

static bool is_there(const char *folder, const char *name, bool only_file)
{
    char path[PATH_MAX + 32];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
    return stat(path, &info) == 0 && (!only_file || S_ISREG(info.st_mode));
}

/* Cuts `folder` down to the one that holds the project file. False: there is none. */
static bool find_upward(char *folder)
{
    for (;;) {
        if (is_there(folder, NAME, true)) {
            return true;
        }
        char *slash = strrchr(folder, '/');
        if (is_there(folder, ".git", false) || slash == NULL || slash[1] == '\0') {
            return false;
        }
        slash[slash == folder] = '\0';
    }
}

/* The real path of the folder that `input` stands in, or of itself when it is one. False: there is
   no such folder, and whoever opens the input will say so. */
static bool folder_of(const char *input, char folder[PATH_MAX])
{
    struct stat info;
    if (strcmp(input, "-") == 0) {
        return getcwd(folder, PATH_MAX) != NULL;
    }
    if (stat(input, &info) == 0 && S_ISDIR(info.st_mode)) {
        return realpath(input, folder) != NULL;
    }
    const char *slash = strrchr(input, '/');
    char above[PATH_MAX] = ".";
    if (slash != NULL && (size_t)(slash - input) + 1 < sizeof above) {
        memcpy(above, input, (size_t)(slash - input) + 1);
        above[slash - input + 1] = '\0';
    }
    return realpath(above, folder) != NULL;
}

/* The path of `input` as patterns see it: from the folder of the project file on. */
static void path_in_project(const char *project, const char *input, char out[2 * PATH_MAX])
{
    char base[PATH_MAX], folder[PATH_MAX];
    const char *name = strrchr(input, '/');
    struct stat info;
    out[0] = '\0';
    if (strcmp(input, "-") == 0 || !folder_of(project, base) || !folder_of(input, folder)) {
        return;
    }
    size_t length = strcmp(base, "/") == 0 ? 0 : strlen(base);
    bool below =
        strncmp(folder, base, length) == 0 && (folder[length] == '/' || folder[length] == '\0');
    const char *rest = folder + (below ? length : 0);
    rest += *rest == '/';
    bool whole = stat(input, &info) == 0 && S_ISDIR(info.st_mode);
    name = name != NULL ? name + 1 : input;
    snprintf(out, 2 * PATH_MAX, "%s%s%s", rest, whole || *rest == '\0' ? "" : "/",
             whole ? "" : name);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The settings of the file, which is read once. NULL: it is not good, and that was told. */
static struct settings *read_once(struct cli_projects *p, const char *path)
{
    for (size_t i = 0; i < p->count; i++) {
        if (strcmp(p->project[i]->path, path) == 0) {
            return p->project[i];
        }
    }
    if (p->count == p->capacity) {
        size_t capacity = p->capacity == 0 ? 4 : 2 * p->capacity;
        struct settings **project = csvk_reallocarray(p->project, capacity, sizeof *project);
        if (project == NULL) {
            cli_trouble(p->cli, "out of memory");
            return NULL;
        }
        p->project = project;
        p->capacity = capacity;
    }
    struct settings *settings = csvk_calloc(1, sizeof *settings);
    if (settings == NULL) {
        cli_trouble(p->cli, "out of memory");
        return NULL;
    }
    if (settings_read(settings, p->cli, path) != CLI_GOOD) {
        settings_release(settings);
        csvk_free(settings);
        return NULL;
    }
    p->project[p->count++] = settings;
    return settings;
}

/* Sets p->found for the input. */
static int search(struct cli_projects *p, const char *input)
{
    char folder[PATH_MAX], path[PATH_MAX + 32];
    const char *given = cli_value(p->cli, "config");
    if (given != NULL) {
        p->found = read_once(p, given);
        return p->found != NULL ? CLI_GOOD : CLI_TROUBLE;
    }
    if (!folder_of(input, folder)) {
        folder[0] = '\0';
    }
    if (p->folder != NULL && strcmp(p->folder, folder) == 0) {
        return CLI_GOOD;
    }
    csvk_free(p->folder);
    p->found = NULL;
    p->folder = csvk_strdup(folder);
    if (p->folder == NULL) {
        return cli_trouble(p->cli, "out of memory");
    }
    if (folder[0] == '\0' || !find_upward(folder)) {
        return CLI_GOOD;
    }
    snprintf(path, sizeof path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, NAME);
    p->found = read_once(p, path);
    return p->found != NULL ? CLI_GOOD : CLI_TROUBLE;
}

int cli_projects_open(struct cli_projects **out, struct cli *cli, const char *input)
{
    struct cli_projects *p = csvk_calloc(1, sizeof *p);
    *out = NULL;
    if (p == NULL) {
        return cli_trouble(cli, "out of memory");
    }
    p->cli = cli;
    size_t count = cli_noperands(cli);
    int status = CLI_GOOD;
    for (size_t i = 0; i < count && !cli_has(cli, "no-config") && status == CLI_GOOD; i++) {
        status = search(p, cli_operand(cli, i));
    }
    if (count == 0 && input != NULL && !cli_has(cli, "no-config")) {
        status = search(p, input);
    }
    if (status != CLI_GOOD) {
        cli_projects_close(p);
        return status;
    }
    *out = p;
    return CLI_GOOD;
}

void cli_projects_close(struct cli_projects *p)
{
    if (p == NULL) {
        return;
    }
    cli_set_defaults(p->cli, NULL, 0);
    for (size_t i = 0; i < p->count; i++) {
        settings_release(p->project[i]);
        csvk_free(p->project[i]);
    }
    csvk_free(p->project);
    csvk_free(p->folder);
    csvk_free(p);
}

/* ---- applying -------------------------------------------------------------------------------- */

struct merged {
    const char *value[SETTINGS];
    struct cli_default *list;
    size_t count;
};

static bool holds_for(const struct settings_section *section, const char *path)
{
    bool holds = section->globs.count == 0;
    for (size_t i = 0; i < section->globs.count && path[0] != '\0'; i++) {
        holds = holds || project_glob_matches(section->globs.item[i], path);
    }
    return holds;
}

/* Is this rule one of the command's? Only where there is one set of rules, all of them have a
   level at once. */
static bool is_rule_of(const struct cli *cli, const char *rule)
{
    const struct csvk_rule_set *const *sets = cli_rules(cli);
    char id[64];
    snprintf(id, sizeof id, "%.*s", (int)strcspn(rule, "="), rule);
    return sets != NULL &&
           (csvk_rule_sets_find(sets, id) != NULL || (strcmp(id, "all") == 0 && sets[1] == NULL));
}

static void merge(struct cli *cli, const struct settings *settings, const char *path,
                  struct merged *out)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct settings_section *section = &settings->section[i];
        if (!holds_for(section, path)) {
            continue;
        }
        for (size_t j = 0; j < SETTINGS; j++) {
            out->value[j] = section->value[j] != NULL ? section->value[j] : out->value[j];
        }
        for (size_t j = 0; j < section->rules.count; j++) {
            if (is_rule_of(cli, section->rules.item[j])) {
                out->list[out->count++] = (struct cli_default){"rule", section->rules.item[j]};
            }
        }
    }
}

/* With a manifest the table is described already, as far as a manifest does so. */
static void add_values(struct cli *cli, struct merged *out)
{
    bool manifest = cli_value(cli, "manifest") != NULL;
    for (size_t i = 0; i < SETTINGS; i++) {
        bool flag;
        const char *option = settings_option((enum setting)i, &flag);
        const char *value = out->value[i];
        if (option == NULL || value == NULL ||
            (manifest && settings_is_of_manifest((enum setting)i))) {
            continue;
        }
        if (!flag) {
            out->list[out->count++] = (struct cli_default){option, value};
        } else if (value[0] == 't') {
            out->list[out->count++] = (struct cli_default){option, NULL};
        } else if (i == SETTING_HEADER) {
            out->list[out->count++] = (struct cli_default){"no-header", NULL};
        }
    }
}

static size_t count_rules(const struct settings *settings)
{
    size_t count = 0;
    for (size_t i = 0; i < settings->count; i++) {
        count += settings->section[i].rules.count;
    }
    return count;
}

static int apply(struct cli_projects *p, const char *input)
{
    char path[2 * PATH_MAX];
    struct merged merged = {.count = 0};
    path_in_project(p->found->path, input, path);
    merged.list = csvk_calloc(SETTINGS + count_rules(p->found), sizeof *merged.list);
    if (merged.list == NULL) {
        return CLI_TROUBLE;
    }
    merge(p->cli, p->found, path, &merged);
    add_values(p->cli, &merged);
    int status = cli_set_defaults(p->cli, merged.list, merged.count);
    csvk_free(merged.list);
    return status;
}

int cli_projects_apply(struct cli_projects *p, const char *input, bool *changed)
{
    bool before = p->applied;
    *changed = false;
    if (cli_has(p->cli, "no-config")) {
        return CLI_GOOD;
    }
    cli_set_defaults(p->cli, NULL, 0); /* patterns see what was typed: --manifest, --config */
    p->applied = false;
    if (search(p, input) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    if (p->found != NULL && apply(p, input) != CLI_GOOD) {
        return cli_trouble(p->cli, "%s: out of memory for the project file", input);
    }
    p->applied = p->found != NULL;
    *changed = before || p->applied;
    if (p->applied && cli_has(p->cli, "verbose") &&
        (p->told == NULL || strcmp(p->told, input) != 0)) {
        cli_note(p->cli, "%s: settings of %s", input, p->found->path);
    }
    p->told = input;
    return CLI_GOOD;
}
