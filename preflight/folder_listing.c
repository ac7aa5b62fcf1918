/*
 * folder_listing.c - lists a folder as the platform does: depth 0, no names with a leading dot, no
 * folders of version control. What the platform leaves out silently is reported here:
 * preflight-hidden, preflight-ignored; and what makes trouble: preflight-name, preflight-stray,
 * preflight-link, preflight-special.
 *
 * Invariant: nothing is opened except the folder itself. Of a link only its target's path and kind
 * are looked at, so a hostile folder cannot make us read anything outside of it.
 */
#include "preflight/preflight_private.h"

#include "csvkit/json.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct entry { /* one name under consideration */
    struct preflight *preflight;
    const char *name;
    char *relative, *full;
    enum preflight_place place;
    struct stat info;
    struct csvk_findings *to;
};

static bool is_one_of(const char *name, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (strcasecmp(name, *list) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_end(const char *name, const char *const *ends)
{
    size_t n = strlen(name);
    for (; *ends != NULL; ends++) {
        size_t m = strlen(*ends);
        if (n > m && strcasecmp(name + n - m, *ends) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- names ---- */

/* What is wrong with a name, or NULL. */
static const char *wrong_name(const char *name, enum csvk_severity *severity)
{
    const unsigned char *p = (const unsigned char *)name;
    size_t left = strlen(name);
    *severity = CSVK_ERROR;
    while (left > 0) {
        uint32_t code;
        size_t n = csvk_utf8_decode(p, left, &code);
        if (n == 0) {
            return "is not UTF-8";
        }
        if (csvk_code_is_hostile(code)) {
            return "has a control character";
        }
        if (code == '\\' || code == ':' || code == '"' || code == '*' || code == '?') {
            *severity = CSVK_WARNING;
            return "has a character that is special in paths and listings";
        }
        p += n;
        left -= n;
    }
    *severity = CSVK_WARNING;
    return name[0] == '-' ? "begins with a dash, which commands take for an option" : NULL;
}

static void judge_name(struct entry *e)
{
    enum csvk_severity severity;
    const char *wrong = wrong_name(e->name, &severity);
    if (wrong != NULL) {
        preflight_report_finding(e->preflight, e->to,
                                 (struct preflight_note){.rule = "preflight-name",
                                                         .severity = severity,
                                                         .file = e->relative},
                                 "the name %s", wrong);
    }
}

/* True when the name hides the entry from the platform. */
static bool is_hidden(struct entry *e)
{
    static const char *const vcs[] = {".svn",      "_svn", "CVS",  "_darcs", ".arch-params",
                                      ".monotone", ".bzr", ".git", ".hg",    NULL};
    static const char *const data[] = {".csv", ".gz", ".tsv", ".manifest", NULL};
    bool folder = S_ISDIR(e->info.st_mode);
    bool versions = folder && is_one_of(e->name, vcs);
    if (e->name[0] != '.' && !versions) {
        return false;
    }
    bool lost = has_end(e->name, data) || (folder && !versions);
    preflight_report_finding(
        e->preflight, e->to,
        (struct preflight_note){.rule = "preflight-hidden",
                                .severity = lost ? CSVK_ERROR : CSVK_WARNING,
                                .file = e->relative},
        "%s", versions ? "a folder of version control" : "the name begins with a dot");
    return true;
}

static void judge_stray(struct entry *e)
{
    static const char *const names[] = {"_SUCCESS",    "_COMMITTED", "_STARTED", "Thumbs.db",
                                        "desktop.ini", "README",     NULL};
    static const char *const ends[] = {
        ".json", ".jsonl", ".ndjson", ".parquet", ".avro", ".orc",  ".zip",  ".tar", ".tgz",
        ".bz2",  ".xz",    ".zst",    ".xls",     ".xlsx", ".ods",  ".xml",  ".log", ".md",
        ".tmp",  ".bak",   ".swp",    ".part",    ".crc",  ".pdf",  ".html", ".sql", ".manifest",
        "~",     ".py",    ".sh",     ".ini",     ".yml",  ".yaml", NULL};
    bool table = e->place == PREFLIGHT_TABLES || e->place == PREFLIGHT_SLICES;
    bool manifest = e->place == PREFLIGHT_TABLES && preflight_ends_with(e->name, ".manifest");
    if (table && !manifest && S_ISREG(e->info.st_mode) &&
        (is_one_of(e->name, names) || has_end(e->name, ends))) {
        preflight_report_finding(
            e->preflight, e->to,
            (struct preflight_note){.rule = "preflight-stray", .file = e->relative},
            "\"%s\" does not look like %s", e->name,
            e->place == PREFLIGHT_SLICES ? "a slice" : "a table");
    }
}

/* ---- kinds ---- */

/* Reports a link. True when it may be followed; then e->info describes its target. */
static bool follow_link(struct entry *e)
{
    struct preflight_note note = {.rule = "preflight-link", .file = e->relative};
    char *target = realpath(e->full, NULL); /* from libc's malloc: freed with free */
    size_t n = strlen(e->preflight->real);
    const char *wrong = NULL;
    if (target == NULL) {
        wrong = errno == ELOOP    ? "a symbolic link that leads back to itself; it is not followed"
                : errno == ENOENT ? "a symbolic link to nothing"
                                  : "a symbolic link that cannot be followed";
    } else if (strncmp(target, e->preflight->real, n) != 0 || (target[n] != '/' && n > 1)) {
        wrong = "a symbolic link out of the folder; it is not followed";
    } else if (stat(target, &e->info) != 0) {
        wrong = "a symbolic link to nothing";
    } else if (S_ISDIR(e->info.st_mode)) {
        wrong = "a symbolic link to a folder; it is not followed";
    }
    free(target);
    note.severity = wrong != NULL ? CSVK_ERROR : CSVK_WARNING;
    preflight_report_finding(e->preflight, e->to, note, "%s",
                             wrong != NULL ? wrong : "a symbolic link within the folder");
    return wrong == NULL;
}

static bool is_empty_folder(const char *path)
{
    DIR *dir = opendir(path);
    size_t names = 0;
    while (dir != NULL && names <= 2 && readdir(dir) != NULL) {
        names++;
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return dir != NULL && names <= 2;
}

/* A folder in a place where the platform takes only files. */
static void judge_folder(struct entry *e)
{
    struct preflight_note note = {.rule = "preflight-ignored", .file = e->relative};
    if (e->place == PREFLIGHT_TABLES) {
        preflight_report_finding(e->preflight, e->to, note,
                                 "a folder whose name ends with .manifest is neither a table "
                                 "nor a manifest");
        return;
    }
    note.severity = is_empty_folder(e->full) ? CSVK_WARNING : CSVK_ERROR;
    preflight_report_finding(e->preflight, e->to, note, "a folder within %s",
                             e->place == PREFLIGHT_SLICES ? "a sliced table" : "a folder of files");
}

static void push(struct preflight *preflight, struct preflight_listing *listing, struct entry *e)
{
    if (listing->count == listing->capacity) {
        size_t capacity = listing->capacity < 16 ? 16 : listing->capacity * 2;
        struct preflight_item *item = csvk_reallocarray(listing->item, capacity, sizeof *item);
        if (!preflight_allocated(preflight, item)) {
            return;
        }
        listing->item = item;
        listing->capacity = capacity;
    }
    struct preflight_item item = {csvk_strdup(e->name),
                                  S_ISDIR(e->info.st_mode) ? PREFLIGHT_DIRECTORY : PREFLIGHT_FILE,
                                  (uint64_t)e->info.st_size};
    if (preflight_allocated(preflight, item.name)) {
        listing->item[listing->count++] = item;
    }
}

/* Lists or reports an entry by its kind; for a link that may be followed, by that of its target. */
static void judge_kind(struct entry *e, struct preflight_listing *listing)
{
    bool folder = S_ISDIR(e->info.st_mode);
    bool table = (e->place == PREFLIGHT_TABLES && !preflight_ends_with(e->name, ".manifest")) ||
                 e->place == PREFLIGHT_INPUT;
    if (folder && !table) {
        judge_folder(e);
    } else if (folder || S_ISREG(e->info.st_mode)) {
        judge_name(e);
        judge_stray(e);
        push(e->preflight, listing, e);
    } else {
        listing->unsafe = true;
        preflight_report_finding(
            e->preflight, e->to,
            (struct preflight_note){.rule = "preflight-special", .file = e->relative}, "a %s",
            S_ISFIFO(e->info.st_mode)   ? "named pipe"
            : S_ISSOCK(e->info.st_mode) ? "socket"
                                        : "device");
    }
}

static void judge_entry(struct preflight *preflight, struct entry *e,
                        struct preflight_listing *listing)
{
    if (lstat(e->full, &e->info) != 0) {
        struct csvk_error err = {0};
        csvk_fail_sys(&err, errno, "cannot find out what it is");
        preflight_report_trouble(preflight, e->to, e->relative, &err);
        return;
    }
    if (is_hidden(e)) {
        return;
    }
    if (S_ISLNK(e->info.st_mode) && !follow_link(e)) {
        listing->unsafe = true;
        return;
    }
    judge_kind(e, listing);
}

/* ---- the folder ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct preflight_item *)a)->name,
                  ((const struct preflight_item *)b)->name);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void read_names(struct preflight *preflight, DIR *dir, struct csvk_strings *names)
{
    for (const struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0) {
            int status = csvk_strings_add(names, d->d_name);
            (void)preflight_allocated(preflight, status == CSVK_OK ? preflight : NULL);
        }
    }
    if (names->count > 1) {
        qsort(names->item, names->count, sizeof *names->item, by_text);
    }
}

/* Reads all names before it judges any, so that findings come in the order of names. */
static void read_folder(struct preflight *preflight, DIR *dir, struct entry e, const char *relative,
                        struct preflight_listing *listing)
{
    struct csvk_strings names = {0};
    read_names(preflight, dir, &names);
    for (size_t i = 0; i < names.count && preflight->status == CSVK_OK; i++) {
        e.name = names.item[i];
        e.relative = preflight_join(preflight, relative, e.name);
        e.full = e.relative != NULL ? preflight_full(preflight, e.relative) : NULL;
        if (e.full != NULL) {
            judge_entry(preflight, &e, listing);
        }
        csvk_free(e.relative);
        csvk_free(e.full);
    }
    csvk_strings_release(&names);
}

/* Is there no symbolic link in the path of the folder? True also when the folder is not there. */
static bool is_itself(const struct preflight *preflight, const char *full, const char *relative)
{
    char *real = realpath(full, NULL); /* from libc's malloc: freed with free */
    size_t n = strlen(preflight->real);
    bool same = real == NULL || (strncmp(real, preflight->real, n) == 0 && real[n] == '/' &&
                                 strcmp(real + n + 1, relative) == 0);
    free(real);
    return same;
}

/* Opens the folder, unless a link leads to it or it is not there. */
static DIR *open_folder(struct preflight *preflight, const char *relative, struct csvk_findings *to)
{
    char *full = preflight_full(preflight, relative);
    DIR *dir = NULL;
    if (full == NULL) {
        return NULL;
    }
    if (!is_itself(preflight, full, relative)) {
        preflight_report_finding(
            preflight, to, (struct preflight_note){.rule = "preflight-link", .file = relative},
            "a symbolic link in place of a folder; it is not followed");
    } else if ((dir = opendir(full)) == NULL && errno != ENOENT) {
        struct csvk_error err = {0};
        csvk_fail_sys(&err, errno, "cannot list the folder");
        preflight_report_trouble(preflight, to, relative, &err);
    }
    csvk_free(full);
    return dir;
}

void preflight_list(struct preflight *preflight, const char *relative, enum preflight_place place,
                    struct preflight_listing *listing, struct csvk_findings *to)
{
    struct entry e = {.preflight = preflight, .place = place, .to = to};
    DIR *dir = open_folder(preflight, relative, to);
    if (dir == NULL) {
        return;
    }
    listing->exists = true;
    read_folder(preflight, dir, e, relative, listing);
    closedir(dir);
    if (listing->count > 1) {
        qsort(listing->item, listing->count, sizeof *listing->item, by_name);
    }
}

const struct preflight_item *preflight_listing_find(const struct preflight_listing *listing,
                                                    const char *name)
{
    size_t low = 0, high = listing->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(listing->item[middle].name, name);
        if (order == 0) {
            return &listing->item[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

void preflight_listing_release(struct preflight_listing *listing)
{
    for (size_t i = 0; i < listing->count; i++) {
        csvk_free(listing->item[i].name);
    }
    csvk_free(listing->item);
    *listing = (struct preflight_listing){0};
}
