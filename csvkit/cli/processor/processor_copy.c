/*
 * processor_copy.c - paths, folders and copies of csvkit processor; also runs its steps.
 *
 * Files are copied with read(), because a source would decompress gzip. A copy appears whole or not
 * at all. Links are refused, because they may point to something that the component did not mean.
 */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/processor/processor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK (UINT32_C(1) << 18)

/* ---- steps ---- */

int words_check(struct processor *p, const struct command_words *words)
{
    struct cli probe = {0};
    int used = 0;
    if (words->status != CSVK_OK) {
        return cli_trouble(p->cli, "out of memory");
    }
    int count = (int)words->list.count;
    const struct cli_command *command = cli_find_command(count, words->list.item, &used);
    int status = CLI_GOOD;
    if (command == NULL) {
        status = cli_trouble(p->cli, "there is no command '%s'", words->list.item[0]);
    } else if (cli_parse(&probe, command, count - used, words->list.item + used) != CLI_GOOD) {
        status = probe.problem.length == 0
                     ? cli_trouble(p->cli, "out of memory")
                     : cli_refuse(p->cli, "parameters: %s", csvk_buf_text(&probe.problem));
    }
    cli_release(&probe);
    return status;
}

int words_run(struct processor *p, const struct command_words *words)
{
    int status = words_check(p, words);
    if (status != CLI_GOOD) {
        return status;
    }
    size_t count = words->list.count;
    char **argv = csvk_calloc(count + 2, sizeof *argv);
    static char program[] = "csvkit";
    if (argv == NULL) {
        return cli_trouble(p->cli, "out of memory");
    }
    argv[0] = program;
    memcpy(argv + 1, words->list.item, count * sizeof *argv);
    status = cli_main((int)count + 1, argv);
    csvk_free(argv);
    return status;
}

/* ---- paths and folders ---- */

char *processor_path(const char *folder, const char *a, const char *b)
{
    struct csvk_buf path = CSVK_BUF_INIT;
    int status =
        csvk_buf_printf(&path, "%s/%s%s%s", folder, a, b != NULL ? "/" : "", b != NULL ? b : "");
    char *text = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
    csvk_buf_release(&path);
    return text;
}

void processor_remove(const char *path)
{
    DIR *folder = opendir(path);
    if (folder == NULL) {
        unlink(path);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        unlinkat(dirfd(folder), entry->d_name, 0); /* fails for "." and "..", as it should */
    }
    closedir(folder);
    rmdir(path);
}

int processor_folder(struct processor *p, const char *path)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST) {
        return CLI_GOOD;
    }
    struct csvk_error err = {0};
    csvk_fail_sys(&err, errno, "cannot make the folder %s", path);
    return cli_fail(p->cli, &err);
}

/* ---- copies ---- */

static int pump(int fd, const char *from, struct csvk_sink *sink, struct csvk_error *err)
{
    unsigned char *chunk = csvk_malloc(CHUNK);
    int status = chunk != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    while (status == CSVK_OK) {
        ssize_t n = read(fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n == 0) {
            break;
        }
        status = n < 0 ? csvk_fail_sys(err, errno, "cannot read %s", from)
                       : csvk_sink_write(sink, chunk, (size_t)n, err);
    }
    csvk_free(chunk);
    return status;
}

static int copy_file(const char *from, const char *to, struct csvk_error *err)
{
    struct csvk_sink *sink = NULL;
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        return csvk_fail_sys(err, errno, "cannot open %s", from);
    }
    int status = csvk_sink_open(&sink, to, 0, err);
    status = status == CSVK_OK ? pump(fd, from, sink, err) : status;
    status = status == CSVK_OK ? csvk_sink_commit(sink, err) : status;
    csvk_sink_free(sink);
    close(fd);
    return status;
}

static int copy_names(struct processor *p, const struct csvk_strings *names, const char *from,
                      const char *to)
{
    int status = CLI_GOOD;
    for (size_t i = 0; i < names->count && status == CLI_GOOD; i++) {
        char *a = processor_path(from, names->item[i], NULL);
        char *b = processor_path(to, names->item[i], NULL);
        status =
            a != NULL && b != NULL ? processor_copy(p, a, b) : cli_trouble(p->cli, "out of memory");
        csvk_free(a);
        csvk_free(b);
    }
    return status;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int processor_names(struct processor *p, const char *path, struct csvk_strings *names)
{
    DIR *dir = opendir(path);
    int status = CSVK_OK;
    if (dir == NULL) {
        struct csvk_error err = {0};
        int sys = errno;
        csvk_fail_sys(&err, sys, "cannot list %s", path);
        return sys == ENOENT ? CLI_GOOD : cli_fail(p->cli, &err);
    }
    for (const struct dirent *d; (d = readdir(dir)) != NULL && status == CSVK_OK;) {
        bool self = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
        status = self ? CSVK_OK : csvk_strings_add(names, d->d_name);
    }
    closedir(dir);
    if (names->count > 1) {
        qsort(names->item, names->count, sizeof *names->item, by_text);
    }
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(p->cli, "out of memory");
}

static int copy_folder(struct processor *p, const char *from, const char *to)
{
    struct csvk_strings names = {0};
    int status = processor_folder(p, to);
    status = status == CLI_GOOD ? processor_names(p, from, &names) : status;
    status = status == CLI_GOOD ? copy_names(p, &names, from, to) : status;
    csvk_strings_release(&names);
    return status;
}

int processor_copy(struct processor *p, const char *from, const char *to)
{
    struct stat info;
    struct csvk_error err = {0};
    if (lstat(from, &info) != 0) {
        csvk_fail_sys(&err, errno, "cannot read %s", from);
        return cli_fail(p->cli, &err);
    }
    if (S_ISDIR(info.st_mode)) {
        return copy_folder(p, from, to);
    }
    if (!S_ISREG(info.st_mode)) {
        return cli_refuse(p->cli, "%s is neither a file nor a folder; it is not copied", from);
    }
    return copy_file(from, to, &err) == CSVK_OK ? CLI_GOOD : cli_fail(p->cli, &err);
}

/* ---- in/files ---- */

int processor_files(struct processor *p)
{
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(p->parameters, "files");
    char *from = processor_path(p->folder, "in/files", NULL);
    char *to = processor_path(p->folder, "out/files", NULL);
    int status = CLI_GOOD;
    if (from == NULL || to == NULL) {
        status = cli_trouble(p->cli, "out of memory");
    } else if (!cJSON_IsFalse(wanted)) {
        status = copy_folder(p, from, to);
    }
    csvk_free(from);
    csvk_free(to);
    return status;
}
