/*
 * suggest.c - finds the name for "did you mean": of commands, options, values, rules, keys.
 *
 * The distance of two words is the number of letters that were left out, put in, changed, or
 * swapped with their neighbour (Damerau and Levenshtein); small and capital letters are the same.
 * Up to a third of the typed word may be wrong. When the typed word is the beginning of exactly one
 * name, that name is suggested.
 */
#include "csvkit/cli/frame/frame.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LONGEST = 40 };

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned distance(const char *a, const char *b)
{
    unsigned row[3][LONGEST + 1];
    size_t na = strlen(a), nb = strlen(b);
    if (na > LONGEST || nb > LONGEST) {
        return LONGEST;
    }
    for (size_t j = 0; j <= nb; j++) {
        row[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= na; i++) {
        unsigned *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1,
                           last[j - 1] + (cli_fold_letter(a[i - 1]) != cli_fold_letter(b[j - 1])));
            if (i > 1 && j > 1 && cli_fold_letter(a[i - 1]) == cli_fold_letter(b[j - 2]) &&
                cli_fold_letter(a[i - 2]) == cli_fold_letter(b[j - 1])) {
                now[j] = least(now[j], before[j - 2] + 1);
            }
        }
    }
    return row[na % 3][nb];
}

static const char *only_beginning(const char *typed, const char *const *names, size_t count)
{
    const char *found = NULL;
    size_t length = strlen(typed);
    for (size_t i = 0; i < count && length > 0; i++) {
        if (strncmp(names[i], typed, length) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = names[i];
        }
    }
    return found;
}

const char *cli_suggest(const char *typed, const char *const *names, size_t count)
{
    const char *best = only_beginning(typed, names, count);
    if (best != NULL) {
        return best;
    }
    unsigned allowed = (unsigned)((strlen(typed) + 2) / 3);
    for (size_t i = 0; i < count; i++) {
        unsigned d = distance(typed, names[i]);
        if (d <= allowed && d < strlen(names[i])) {
            best = names[i];
            allowed = d - (d > 0);
        }
    }
    return best;
}

enum { MANY = 256 };

const char *cli_suggest_choice(const char *choices, const char *typed, char *out, size_t capacity)
{
    const char *names[MANY];
    size_t count = 0, used = 0;
    for (const char *p = choices; count < MANY && used + strlen(p) < capacity;) {
        size_t length = strcspn(p, "|");
        names[count++] = memcpy(out + used, p, length);
        used += length;
        out[used++] = '\0';
        if (p[length] == '\0') {
            return cli_suggest(typed, names, count);
        }
        p += length + 1;
    }
    return NULL; /* choices that do not fit: no suggestion rather than a wrong one */
}

const char *cli_suggest_rule(const struct csvk_rule_set *const *sets, const char *typed)
{
    const char *names[MANY];
    size_t count = 0;
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = sets};
    while (count < MANY && (rule = csvk_rule_walk_next(&walk)) != NULL) {
        names[count++] = rule->id;
    }
    return cli_suggest(typed, names, count);
}

const char *cli_suggest_option(const struct cli_command *command, const char *typed)
{
    const char *names[MANY];
    size_t count = 0;
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while (count < MANY && (row = cli_next_option(command, &cursor)) != NULL) {
        names[count++] = row->name;
    }
    return cli_suggest(typed, names, count);
}

static bool has_choice(const char *choices, const char *typed)
{
    size_t length = strlen(typed);
    for (const char *p = choices; p != NULL; p = strchr(p, '|')) {
        p += *p == '|';
        if (strncmp(p, typed, length) == 0 && (p[length] == '|' || p[length] == '\0')) {
            return length > 0;
        }
    }
    return false;
}

const char *cli_option_with_choice(const struct cli_command *command, const char *typed)
{
    const char *found = NULL;
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(command, &cursor)) != NULL) {
        if (has_choice(row->choices, typed)) {
            if (found != NULL) {
                return NULL;
            }
            found = row->name;
        }
    }
    return found;
}

static bool has_option(const struct cli_command *command, const char *name)
{
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(command, &cursor)) != NULL && strcmp(row->name, name) != 0) {
    }
    return row != NULL;
}

const char *cli_commands_with_option(const char *name, char *out, size_t capacity)
{
    enum { SHOWN = 3 };
    size_t found = 0, used = 0;
    for (size_t i = 0; cli_commands[i] != NULL && found <= SHOWN && used < capacity; i++) {
        if (has_option(cli_commands[i], name)) {
            const char *between = found == 0 ? "" : ", ";
            used += (size_t)(found < SHOWN ? snprintf(out + used, capacity - used, "%scsvkit %s",
                                                      between, cli_commands[i]->name)
                                           : snprintf(out + used, capacity - used, ", others"));
            found++;
        }
    }
    return found == 0 ? NULL : out;
}

const char *cli_suggest_command(const char *typed)
{
    const char *names[MANY];
    size_t count = 0;
    for (size_t i = 0; count < MANY && cli_commands[i] != NULL; i++) {
        names[count++] = cli_commands[i]->name;
    }
    return cli_suggest(typed, names, count);
}

/* ---- a file where a command should stand ---------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);
    return length > n && strcmp(text + length - n, end) == 0;
}

static bool has_entry(const char *folder, const char *name)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    struct stat info;
    bool found = csvk_buf_printf(&path, "%s/%s", folder, name) == CSVK_OK &&
                 stat(csvk_buf_text(&path), &info) == 0;
    csvk_buf_release(&path);
    return found;
}

const char *cli_suggest_for_file(const char *path)
{
    static const char *const endings[] = {".csv", ".tsv", ".gz", ".zst", ".xz", ".bz2"};
    struct stat info;
    bool exists = stat(path, &info) == 0;
    if (exists && S_ISDIR(info.st_mode)) {
        bool data = has_entry(path, "config.json") || has_entry(path, "out/tables");
        return data ? "preflight" : "validate";
    }
    if (ends_with(path, ".manifest")) {
        return "manifest check";
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        exists = exists || ends_with(path, endings[i]);
    }
    return exists ? "validate" : NULL;
}
