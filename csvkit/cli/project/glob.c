/*
 * glob.c - see glob.h.
 *
 * The idea. After each piece of the pattern, reached[i] says whether the pieces so far match the
 * first i bytes of the path. A piece takes one such set to the next, so nothing is tried twice and
 * no pattern is slow.
 */
#include "csvkit/cli/project/glob.h"

#include "csvkit/json.h"

#include <limits.h>
#include <stdint.h>
#include <string.h>

enum { LONGEST = 2 * PATH_MAX, CODE_LENGTH = 4 };

struct match {
    const char *path;
    size_t length;
    bool reached[LONGEST + 1];
};

/* The code at `text`; a byte that is no UTF-8 stands for itself, beyond all codes. */
static size_t code_at(const char *text, size_t length, uint32_t *code)
{
    size_t n = csvk_utf8_decode((const unsigned char *)text, length, code);
    if (n == 0) {
        *code = 0x110000u + (unsigned char)text[0];
        n = 1;
    }
    return n;
}

/* The stars of one piece: within a name, or over any folders. */
static void take_star(struct match *m)
{
    for (size_t i = 1; i <= m->length; i++) {
        m->reached[i] |= m->reached[i - 1] && m->path[i - 1] != '/';
    }
}

/* Two stars and a slash: no folder, or any folders, each with its slash. */
static void take_folders(struct match *m)
{
    bool before = false;
    for (size_t i = 0; i <= m->length; i++) {
        bool here = m->reached[i];
        m->reached[i] |= before && m->path[i - 1] == '/';
        before |= here;
    }
}

static void take_rest(struct match *m)
{
    for (size_t i = 1; i <= m->length; i++) {
        m->reached[i] |= m->reached[i - 1];
    }
}

/* Is `code` in the set that begins behind the bracket at `set`? `*length` is that of the set with
   its closing bracket. */
static bool is_in_set(const char *set, uint32_t code, size_t *length)
{
    size_t at = set[0] == '!' || set[0] == '^';
    bool found = false, negated = at != 0;
    do {
        uint32_t first, last;
        at += set[at] == '\\' ? 1 : 0;
        at += code_at(set + at, strlen(set + at), &first);
        last = first;
        if (set[at] == '-' && set[at + 1] != ']') {
            at += set[at + 1] == '\\' ? 2 : 1;
            at += code_at(set + at, strlen(set + at), &last);
        }
        found |= code >= first && code <= last;
    } while (set[at] != ']');
    *length = at + 1;
    return found != negated;
}

enum kind { KIND_CHARACTER, KIND_ANY, KIND_SET };
struct piece { /* of the pattern, for one character of the path */
    enum kind kind;
    uint32_t code;   /* KIND_CHARACTER */
    const char *set; /* KIND_SET: behind its bracket */
};

/* Reads the piece at `glob`; answers its length. */
static size_t read_piece(const char *glob, struct piece *out)
{
    size_t escape = glob[0] == '\\', length = 1;
    *out = (struct piece){.set = glob + 1};
    if (glob[0] == '?') {
        out->kind = KIND_ANY;
    } else if (glob[0] == '[') {
        out->kind = KIND_SET;
        (void)is_in_set(out->set, 0, &length);
        length++;
    } else {
        length = escape + code_at(glob + escape, strlen(glob + escape), &out->code);
    }
    return length;
}

static bool fits(const struct piece *piece, uint32_t code)
{
    size_t ignored;
    switch (piece->kind) {
    case KIND_CHARACTER: return code == piece->code;
    case KIND_ANY: return code != '/';
    default: return code != '/' && is_in_set(piece->set, code, &ignored);
    }
}

static void take_one(struct match *m, const struct piece *piece)
{
    bool next[CODE_LENGTH] = {false}; /* next[k]: is byte i + k reached behind the piece? */
    for (size_t i = 0; i <= m->length; i++) {
        uint32_t code = 0;
        bool before = m->reached[i] && i < m->length;
        size_t n = before ? code_at(m->path + i, m->length - i, &code) : 0;
        m->reached[i] = next[0];
        memmove(next, next + 1, sizeof next - sizeof next[0]);
        next[CODE_LENGTH - 1] = false;
        if (before && fits(piece, code)) {
            next[n - 1] = true;
        }
    }
}

/* Do two stars at `glob` make up a whole name? */
static bool is_folders(const char *glob, const char *begin)
{
    return glob[0] == '*' && glob[1] == '*' && (glob == begin || glob[-1] == '/') &&
           (glob[2] == '/' || glob[2] == '\0');
}

static bool has_slash(const char *glob)
{
    return strchr(glob, '/') != NULL;
}

bool project_glob_matches(const char *glob, const char *path)
{
    const char *name = strrchr(path, '/');
    struct match m = {.path = has_slash(glob) || name == NULL ? path : name + 1};
    m.length = strlen(m.path);
    if (m.length > LONGEST) {
        return false;
    }
    glob += glob[0] == '/' ? 1 : strncmp(glob, "./", 2) == 0 ? 2 : 0;
    m.reached[0] = true;
    for (const char *at = glob; *at != '\0';) {
        if (is_folders(at, glob)) {
            at[2] == '/' ? take_folders(&m) : take_rest(&m);
            at += at[2] == '/' ? 3 : 2;
        } else if (*at == '*') {
            take_star(&m);
            at++;
        } else {
            bool folder = at[0] == '/' && at[1] == '\0';
            struct piece piece;
            at += read_piece(at, &piece);
            take_one(&m, &piece);
            if (folder) {
                take_rest(&m);
            }
        }
    }
    return m.reached[m.length];
}

const char *project_glob_problem(const char *glob)
{
    if (glob[0] == '\0' || strcmp(glob, "/") == 0 || strcmp(glob, "./") == 0) {
        return "a pattern must not be empty";
    }
    for (const char *p = glob; *p != '\0'; p++) {
        if (*p == '\\') {
            if (*++p == '\0') {
                return "a backslash at the end of a pattern has nothing to take as it is";
            }
            continue;
        }
        if (*p == '{' || *p == '}') {
            return "patterns have no braces; write a list of patterns, or \\{ for the character";
        }
        if (*p == '[') {
            p += 1 + (p[1] == '!' || p[1] == '^');
            do {
                p += *p == '\\';
                p += *p != '\0';
            } while (*p != '\0' && *p != ']');
            if (*p == '\0') {
                return "a set of characters has no closing bracket";
            }
        }
    }
    return NULL;
}
