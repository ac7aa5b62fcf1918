/*
 * suggest.c - finds the name for "did you mean".
 *
 * The distance of two words is the number of letters that were left out, put in, changed, or
 * swapped with their neighbour (Damerau and Levenshtein). Up to a third of the typed word may be
 * wrong. When the typed word is the beginning of exactly one name, that name is suggested.
 */
#include "csvkit/cli/frame/frame.h"

#include <string.h>

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
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
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

enum { MANY = 128 };

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

const char *cli_suggest_command(const char *typed)
{
    const char *names[MANY];
    size_t count = 0;
    for (size_t i = 0; count < MANY && cli_commands[i] != NULL; i++) {
        names[count++] = cli_commands[i]->name;
    }
    return cli_suggest(typed, names, count);
}
