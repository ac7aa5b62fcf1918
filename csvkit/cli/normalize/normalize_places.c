/*
 * normalize_places.c - see normalize_places.h.
 *
 * Invariant: no two inputs have an output in common, and no output of one input is another input.
 * That follows from names alone: what is written for an input has its last name, or among the
 * rejects its last name and ".jsonl", and no two inputs have that in common. A symbolic link of
 * such a name, which would be followed, is refused. What one input and its own outputs have in
 * common is seen by csvk_normalize_files.
 */
#include "csvkit/cli/normalize/normalize_places.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *const option_names[NORMALIZE_PLACES] = {"output", "rejects", "log"};

/* ---- the command line ---- */

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/*
 * The length of the name that outputs get from an input of this name: only gzip is written, so the
 * endings of other compressed files would not be true.
 *   orders.csv.zst  ->  orders.csv
 */
static size_t output_length(const char *name)
{
    static const char *const endings[] = {".zst", ".xz", ".bz2"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && strcmp(name + length - n, endings[i]) == 0) {
            return length - n;
        }
    }
    return length;
}

static bool is_same_output(const char *a, const char *b)
{
    size_t n = output_length(a);
    return n == output_length(b) && strncmp(a, b, n) == 0;
}

static bool is_index_of(const char *name, const char *of)
{
    size_t n = output_length(of);
    return output_length(name) == n + strlen(".jsonl") && strncmp(name, of, n) == 0 &&
           strncmp(name + n, ".jsonl", strlen(".jsonl")) == 0;
}

/* The last names of the i-th input and of all before it. */
static int compare_names(struct cli *cli, size_t i, bool rejects)
{
    const char *path = cli_operand(cli, i), *name = last_name(path);
    for (size_t k = 0; k < i; k++) {
        const char *other = last_name(cli_operand(cli, k));
        if (is_same_output(name, other)) {
            return cli_trouble(cli, "%s and %s have the same name, so their outputs would be one",
                               cli_operand(cli, k), path);
        }
        if (rejects && (is_index_of(name, other) || is_index_of(other, name))) {
            return cli_trouble(cli, "%s has the name of the index of the rejects of %s",
                               is_index_of(name, other) ? path : cli_operand(cli, k),
                               is_index_of(name, other) ? cli_operand(cli, k) : path);
        }
    }
    return CLI_GOOD;
}

static int check_inputs(struct cli *cli, const struct normalize_places *places)
{
    int status = CLI_GOOD;
    if (places->given[NORMALIZE_OUTPUT] == NULL && !cli_has(cli, "check") &&
        !cli_has(cli, "in-place")) {
        return cli_trouble(cli, "several files need -o DIR, --in-place or --check");
    }
    for (size_t i = 0; i < cli_noperands(cli) && status == CLI_GOOD; i++) {
        const char *path = cli_operand(cli, i);
        if (strcmp(path, "-") == 0) {
            return cli_trouble(cli, "standard input cannot be one of several files");
        }
        if (*last_name(path) == '\0') {
            return cli_trouble(cli, "'%s' is no name of a file", path);
        }
        status = compare_names(cli, i, places->given[NORMALIZE_REJECTS] != NULL);
    }
    return status;
}

/* ---- folders ---- */

static bool is_same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return strcmp(a, b) == 0 ||
           (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

/* What is there must be a folder, and no other one of them. */
static int check_folder(struct cli *cli, const struct normalize_places *places, int i)
{
    const char *path = places->given[i];
    struct stat info;
    if (path == NULL) {
        return CLI_GOOD;
    }
    if (strcmp(path, "-") == 0 || (stat(path, &info) == 0 && !S_ISDIR(info.st_mode))) {
        return cli_trouble(cli, "--%s=%s: several files need a folder", option_names[i], path);
    }
    for (int k = 0; k < i; k++) {
        if (places->given[k] != NULL && is_same_folder(places->given[k], path)) {
            return cli_trouble(cli, "--%s and --%s are one folder", option_names[k],
                               option_names[i]);
        }
    }
    return CLI_GOOD;
}

static int make_folder(struct cli *cli, const char *path)
{
    struct csvk_error err = {0};
    if (path == NULL || mkdir(path, 0777) == 0 || errno == EEXIST) {
        return CLI_GOOD;
    }
    csvk_fail_sys(&err, errno, "cannot make the folder %s", path);
    return cli_fail(cli, &err);
}

static int prepare_folders(struct cli *cli, struct normalize_places *places)
{
    int status = CLI_GOOD;
    for (int i = 0; i < NORMALIZE_PLACES && status == CLI_GOOD; i++) {
        places->is_folder[i] = places->given[i] != NULL;
        status = check_folder(cli, places, i);
    }
    for (int i = 0; i < NORMALIZE_PLACES && status == CLI_GOOD; i++) {
        status = make_folder(cli, places->given[i]);
    }
    /* Two names of a folder that was not there are seen to be one only now. */
    for (int i = 0; i < NORMALIZE_PLACES && status == CLI_GOOD; i++) {
        status = check_folder(cli, places, i);
    }
    return status;
}

/* One input: what is a folder already is meant as one. */
static void find_folders(struct cli *cli, struct normalize_places *places)
{
    struct stat info;
    bool named = cli_noperands(cli) == 1 && strcmp(cli_operand(cli, 0), "-") != 0;
    for (int i = 0; i < NORMALIZE_PLACES; i++) {
        const char *path = places->given[i];
        places->is_folder[i] =
            named && path != NULL && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
    }
}

int normalize_places_read(struct cli *cli, struct normalize_places *places)
{
    for (int i = 0; i < NORMALIZE_PLACES && !cli_has(cli, "check"); i++) {
        places->given[i] = cli_value(cli, option_names[i]);
    }
    if (cli_noperands(cli) < 2) {
        find_folders(cli, places);
        return CLI_GOOD;
    }
    int status = check_inputs(cli, places);
    return status == CLI_GOOD ? prepare_folders(cli, places) : status;
}

/* ---- one input ---- */

static int check_link(struct cli *cli, const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode)) {
        return cli_trouble(
            cli, "%s is a symbolic link; with several files it might lead to one of them", path);
    }
    return CLI_GOOD;
}

static int check_links(struct cli *cli, const char *path, bool with_index)
{
    int status = check_link(cli, path);
    if (status != CLI_GOOD || !with_index) {
        return status;
    }
    struct csvk_buf index = CSVK_BUF_INIT;
    status = csvk_buf_printf(&index, "%s.jsonl", path) == CSVK_OK
                 ? check_link(cli, csvk_buf_text(&index))
                 : cli_trouble(cli, "out of memory");
    csvk_buf_release(&index);
    return status;
}

int normalize_places_find(struct cli *cli, struct normalize_places *places,
                          struct csvk_normalize_files *files)
{
    const char **paths[NORMALIZE_PLACES] = {&files->output, &files->rejects, &files->log};
    for (int i = 0; i < NORMALIZE_PLACES; i++) {
        const char *given = places->given[i];
        *paths[i] = given;
        if (!places->is_folder[i]) {
            continue;
        }
        csvk_buf_clear(&places->path[i]);
        const char *slash = given[strlen(given) - 1] == '/' ? "" : "/";
        const char *name = last_name(files->input);
        if (csvk_buf_printf(&places->path[i], "%s%s%.*s", given, slash, (int)output_length(name),
                            name) != CSVK_OK) {
            return cli_trouble(cli, "out of memory");
        }
        int status = cli_noperands(cli) > 1
                         ? check_links(cli, csvk_buf_text(&places->path[i]), i == NORMALIZE_REJECTS)
                         : CLI_GOOD;
        if (status != CLI_GOOD) {
            return status;
        }
        *paths[i] = csvk_buf_text(&places->path[i]);
    }
    if (files->output == NULL && !files->in_place && !cli_has(cli, "check")) {
        files->output = "-";
    }
    return CLI_GOOD;
}

void normalize_places_release(struct normalize_places *places)
{
    for (int i = 0; i < NORMALIZE_PLACES; i++) {
        csvk_buf_release(&places->path[i]);
    }
}
