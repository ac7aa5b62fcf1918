/*
 * converted_input.c - converts data through the normalizer before they are sent.
 *
 * The copy has a name, that of the original, so it lies in a folder of its own and does not
 * disappear with a process that is killed. Each run holds a lock on its folder while it lives, and
 * whoever makes a copy first removes the folders that nobody holds.
 *
 * Invariant: a folder is used only by who holds its lock and has seen it in its place after that;
 * it is removed only under the lock. Where there are no locks, nothing is removed.
 */
#include "csvkit/cli/remote/converted_input.h"
#include "csvkit/normalize.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool wants_encoding(const struct cli *cli)
{
    const char *name = cli_value(cli, "encoding");
    return name && strcasecmp(name, "utf-8") != 0 && strcasecmp(name, "utf8") != 0;
}

static bool wants_delimiter(const struct cli *cli)
{
    const char *delimiter = cli_value(cli, "delimiter");
    return delimiter && strcmp(delimiter, "auto") == 0;
}

bool converted_input_is_wanted(const struct cli *cli)
{
    return wants_encoding(cli) || wants_delimiter(cli);
}

/* What a journal remembers about a copy is not true for the copy of the next run. */
static int check(struct cli *cli, const struct kbc_input *input, const char *option)
{
    if (!input->path) {
        return cli_trouble(cli,
                           "--%s converts PATH before it is sent; a file that is in Storage "
                           "stays as it is",
                           option);
    }
    if (input->sliced) {
        return cli_trouble(cli,
                           "--%s converts a file, not slices: csvkit slice --normalize makes "
                           "slices of a file",
                           option);
    }
    return cli_has(cli, "state") ? cli_trouble(cli, "--%s cannot be combined with --state", option)
                                 : CLI_GOOD;
}

/* ---- the folder of the copy ------------------------------------------------------------------ */

static const char folder_prefix[] = "csvkit-copy-";

static const char *temporary_folder(void)
{
    const char *place = getenv("TMPDIR");
    return place && *place ? place : "/var/tmp";
}

/* Removes the files in the folder `fd`, and the folder. */
static void remove_folder(int place, const char *name, int fd)
{
    DIR *dir = fdopendir(fd);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        (void)unlinkat(fd, entry->d_name, 0); /* fails for . and .. */
    }
    (void)unlinkat(place, name, AT_REMOVEDIR);
    if (dir) {
        closedir(dir);
    } else {
        close(fd);
    }
}

static void remove_if_left(int place, const char *name)
{
    struct stat about;
    int fd = strncmp(name, folder_prefix, sizeof folder_prefix - 1) == 0
                 ? openat(place, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                 : -1;
    if (fd < 0) {
        return;
    }
    if (fstat(fd, &about) == 0 && about.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        remove_folder(place, name, fd);
    } else {
        close(fd);
    }
}

static void remove_left_copies(void)
{
    DIR *dir = opendir(temporary_folder());
    const struct dirent *entry;
    while (dir && (entry = readdir(dir)) != NULL) {
        remove_if_left(dirfd(dir), entry->d_name);
    }
    if (dir) {
        closedir(dir);
    }
}

/* Locks a folder that was just made; false when another run took it for one that was left. */
static bool lock_folder(struct converted_input *converted)
{
    struct stat held, there;
    converted->lock = open(converted->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (converted->lock < 0) {
        return false;
    }
    bool taken = flock(converted->lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    bool same = fstat(converted->lock, &held) == 0 && stat(converted->folder, &there) == 0 &&
                held.st_ino == there.st_ino && held.st_dev == there.st_dev;
    if (taken || !same) {
        close(converted->lock);
        return false;
    }
    return true;
}

static int make_locked_folder(struct converted_input *converted, struct csvk_error *err)
{
    enum { TRIES = 10 };
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = CSVK_EIO;
    for (int i = 0; i < TRIES && status == CSVK_EIO; i++) {
        csvk_buf_clear(&text);
        status = csvk_buf_printf(&text, "%s/%sXXXXXX", temporary_folder(), folder_prefix);
        char *folder = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&text)) : NULL;
        if (!folder) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        } else if (!mkdtemp(folder)) {
            status = csvk_fail_sys(err, errno, "%s", folder);
            csvk_free(folder);
            break;
        } else {
            converted->folder = folder;
            status = lock_folder(converted) ? CSVK_OK : CSVK_EIO;
        }
        if (status == CSVK_EIO) {
            csvk_free(folder);
            converted->folder = NULL;
            csvk_fail(err, CSVK_EIO, "%s: cannot lock a folder there", temporary_folder());
        }
    }
    csvk_buf_release(&text);
    return status;
}

static int make_folder(struct converted_input *converted, struct cli *cli, const char *path)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    const char *slash = strrchr(path, '/');
    remove_left_copies();
    if (make_locked_folder(converted, &err) != CSVK_OK) {
        return cli_fail(cli, &err);
    }
    if (csvk_buf_printf(&text, "%s/%s", converted->folder, slash ? slash + 1 : path) == CSVK_OK) {
        converted->path = csvk_strdup(csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
    return converted->path ? CLI_GOOD : cli_trouble(cli, "out of memory");
}

/* ---- converting ------------------------------------------------------------------------------ */

static bool ends_in_gz(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static int judge(struct cli *cli, const char *path, const struct csvk_normalize_result *result)
{
    if (result->inferred > 0 || result->records_rejected > 0 || result->records_dropped > 0) {
        return cli_refuse(cli,
                          "%s: needs more repairs than another encoding or dialect; csvkit "
                          "normalize makes them, nothing was sent",
                          path);
    }
    const char *encoding = result->encoding[0] ? result->encoding : "utf-8";
    const char *delimiter = result->delimiter[0] ? result->delimiter : NULL;
    cli_note(cli, "%s: sent as UTF-8 with commas; read as %s%s%s", path, encoding,
             delimiter ? " with the delimiter " : "", delimiter ? delimiter : "");
    return CLI_GOOD;
}

static int convert(struct converted_input *converted, struct cli *cli,
                   const struct kbc_input *input)
{
    struct csvk_error err = {0};
    struct csvk_normalize_options options;
    struct csvk_normalize_result result = {.size = sizeof result};
    struct csvk_normalize_files files = {
        .size = sizeof files,
        .input = input->path,
        .output = converted->path,
        .encoding = cli_value(cli, "encoding"),
        .sniff_delimiter = wants_delimiter(cli),
        .keep_enclosure = cli_has(cli, "enclosure"),
        .keep_escape = cli_has(cli, "escape"),
        .gzip_level = ends_in_gz(input->path) ? 6 : 0,
    };
    csvk_normalize_options_init(&options);
    options.dialect = input->table.dialect;
    options.header =
        input->header == KBC_HEADLESS ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    options.ragged = CSVK_NORMALIZE_RAGGED_FAIL;
    int status = csvk_normalize_files(&files, &options, &result, &err);
    csvk_normalize_options_release(&options);
    return status < 0 ? cli_fail(cli, &err) : judge(cli, input->path, &result);
}

int converted_input_make(struct converted_input *converted, struct cli *cli,
                         struct kbc_input *input)
{
    if (!converted_input_is_wanted(cli)) {
        return CLI_GOOD;
    }
    int status = check(cli, input, wants_encoding(cli) ? "encoding" : "delimiter=auto");
    if (status == CLI_GOOD) {
        status = make_folder(converted, cli, input->path);
    }
    if (status == CLI_GOOD) {
        status = convert(converted, cli, input);
    }
    if (status == CLI_GOOD) {
        input->path = converted->path;
        input->table.dialect = (struct csvk_dialect)CSVK_DIALECT_RFC4180;
        input->table.delimiter_auto = false;
    }
    return status;
}

void converted_input_release(struct converted_input *converted)
{
    if (converted->path) {
        unlink(converted->path);
    }
    if (converted->folder) {
        rmdir(converted->folder);
        close(converted->lock);
    }
    csvk_free(converted->path);
    csvk_free(converted->folder);
    *converted = (struct converted_input){NULL, NULL, -1};
}
