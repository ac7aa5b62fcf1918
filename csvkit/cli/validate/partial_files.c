/* partial_files.c - see partial_files.h: options, and a plain file whose ranges can be read. */
#include "csvkit/cli/validate/partial_files.h"

#include "csvkit/base/numbers.h"
#include "csvkit/cli/table/csvw_option.h"
#include "validator/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_MOST 1000000

static const struct cli_option rows[] = {
    {"byte-range", 0, "A-B", NULL,
     "With --partial: judge the records that begin at byte A or after it, and before byte B; A- "
     "means up to the end. I/N is the I-th of N ranges of the same length.",
     false},
    {"partial", 0, "PART", NULL,
     "Write what is known about this --byte-range to the file PART, and report nothing. Parts of "
     "one file may be made at the same time, on different machines.",
     false},
    {"merge", 0, NULL, NULL,
     "The operands are parts, in any order: join them and report as if the whole file had been "
     "read. Give the options again that the parts were made with. Where a part has guessed wrong "
     "where a record begins, its bytes are judged again, so the file should be at hand.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_partial_options = {"Parts", rows};

bool cli_makes_part(const struct cli *cli)
{
    return cli_has(cli, "partial") || cli_has(cli, "byte-range");
}

bool cli_joins_parts(const struct cli *cli)
{
    return cli_has(cli, "merge");
}

/* ---- what does not go with parts ------------------------------------------------------------- */

static bool is_utf8(const char *encoding)
{
    return strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0;
}

static int refuse_report(struct cli *cli)
{
    static const char *const names[] = {"format",     "output",  "report",
                                        "statistics", "fail-on", "files-from"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (cli_has(cli, names[i])) {
            return cli_trouble(cli, "--%s does not go with --partial, which reports nothing: %s",
                               names[i],
                               strcmp(names[i], "files-from") == 0 ? "it judges one FILE"
                                                                   : "give it with --merge");
        }
    }
    return CLI_GOOD;
}

int cli_check_parts(struct cli *cli)
{
    const char *with = cli_joins_parts(cli) ? "--merge" : "--partial";
    const char *delimiter = cli_value(cli, "delimiter"), *encoding = cli_value(cli, "encoding");
    if (cli_joins_parts(cli) && cli_makes_part(cli)) {
        return cli_trouble(cli, "--merge does not go with --partial and --byte-range");
    }
    if (cli_has(cli, "partial") != cli_has(cli, "byte-range")) {
        return cli_trouble(cli, "--byte-range and --partial go together");
    }
    if (cli_has(cli, "verify") || cli_has(cli, "threads")) {
        return cli_trouble(cli, "not supported: --%s with %s",
                           cli_has(cli, "verify") ? "verify" : "threads", with);
    }
    if (delimiter != NULL && strcmp(delimiter, "auto") == 0) {
        return cli_trouble(cli,
                           "not supported: --delimiter=auto with %s: ask csvkit sniff, and give "
                           "its answer",
                           with);
    }
    if (encoding != NULL && !is_utf8(encoding)) {
        return cli_trouble(cli, "not supported: --encoding=%s with %s: ranges are those of UTF-8",
                           encoding, with);
    }
    if (cli_csvw_is_asked(cli)) {
        return cli_trouble(cli, "not supported: metadata of CSVW with %s", with);
    }
    return cli_makes_part(cli) ? refuse_report(cli) : CLI_GOOD;
}

int cli_check_part_options(struct cli *cli, const struct csvk_validate_options *options)
{
    return csvk_schema_reference_count(options->schema) == 0
               ? CLI_GOOD
               : cli_trouble(cli, "not supported: foreign keys in parts of a file");
}

/* ---- a file with ranges ---------------------------------------------------------------------- */

struct plain_file {
    const char *path;
    int fd;
    struct stat before;
    struct csvk_partial_input input;
};

static int read_all(void *context, uint64_t offset, void *bytes, size_t length,
                    struct csvk_error *err)
{
    const struct plain_file *file = context;
    unsigned char *to = bytes;
    while (length != 0) {
        ssize_t n = pread(file->fd, to, length, (off_t)offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return csvk_fail_sys(err, errno, "%s: cannot read", file->path);
        }
        if (n == 0) {
            return csvk_fail(err, CSVK_ECHANGED, "%s: changed while it was read", file->path);
        }
        to += n;
        offset += (uint64_t)n;
        length -= (size_t)n;
    }
    return CSVK_OK;
}

static int open_plain(struct plain_file *file, const char *path, struct csvk_error *err)
{
    *file = (struct plain_file){.path = path, .fd = -1};
    if (strcmp(path, "-") == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "standard input has no ranges: give a file");
    }
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (file->fd < 0 || fstat(file->fd, &file->before) != 0) {
        return csvk_fail_sys(err, errno, "%s: cannot open", path);
    }
    if (!S_ISREG(file->before.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: no regular file, so it has no ranges", path);
    }
    file->input = (struct csvk_partial_input){
        .name = path, .size = (uint64_t)file->before.st_size, .read = read_all, .context = file};
    return CSVK_OK;
}

/* CSVK_ECHANGED: somebody wrote to it meanwhile. */
static int check_unchanged(const struct plain_file *file, struct csvk_error *err)
{
    struct stat now;
    const struct stat *then = &file->before;
    bool same = fstat(file->fd, &now) == 0 && now.st_size == then->st_size &&
                now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
                now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
    return same ? CSVK_OK
                : csvk_fail(err, CSVK_ECHANGED, "%s: changed while it was read", file->path);
}

static void close_plain(struct plain_file *file)
{
    if (file->fd >= 0) {
        close(file->fd);
    }
}

/* ---- --byte-range ---------------------------------------------------------------------------- */

/* Where the range number `i` of `n` begins. */
static uint64_t begin_of(uint64_t size, uint64_t i, uint64_t n)
{
    return size / n * i + size % n * i / n;
}

/* The number before `end`. */
static bool read_number(const char *text, size_t length, uint64_t *out)
{
    char copy[64];
    if (length == 0 || length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return csvk_parse_size(copy, out) == CSVK_NUMBER_OK;
}

static bool read_range(const char *text, uint64_t size, struct csvk_partial_range *out)
{
    size_t first = strcspn(text, "-/"), rest = strlen(text) - first;
    uint64_t a, b = size;
    if (rest == 0 || !read_number(text, first, &a) ||
        !((rest == 1 && text[first] == '-') || read_number(text + first + 1, rest - 1, &b))) {
        return false;
    }
    if (text[first] == '-') {
        *out = (struct csvk_partial_range){a, b};
        return true;
    }
    if (a == 0 || a > b || b > PARTS_MOST) {
        return false;
    }
    *out = (struct csvk_partial_range){begin_of(size, a - 1, b), begin_of(size, a, b)};
    return true;
}

/* ---- making and joining ---------------------------------------------------------------------- */

/* A part that takes the place of its file would be the last thing that is known about it. */
static int check_target(const struct plain_file *file, const char *path, struct csvk_error *err)
{
    struct stat target;
    bool same = stat(path, &target) == 0 && target.st_dev == file->before.st_dev &&
                target.st_ino == file->before.st_ino;
    return same ? csvk_fail(err, CSVK_EUSAGE, "--partial=%s is the FILE itself", path) : CSVK_OK;
}

int cli_make_part(struct cli *cli, const char *path, const struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    struct plain_file file;
    struct csvk_partial_range range;
    const char *text = cli_value(cli, "byte-range");
    int status = open_plain(&file, path, &err);
    status = status == CSVK_OK ? check_target(&file, cli_value(cli, "partial"), &err) : status;
    if (status == CSVK_OK && !read_range(text, file.input.size, &range)) {
        status = csvk_fail(&err, CSVK_EUSAGE,
                           "--byte-range=%s: neither A-B, bytes from 0, nor I/N with I from 1 to N",
                           text);
    }
    if (status == CSVK_OK) {
        status = csvk_partial_judge(&file.input, options, range, cli_value(cli, "partial"), &err);
    }
    status = status == CSVK_OK ? check_unchanged(&file, &err) : status;
    close_plain(&file);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

static int join(struct cli *cli, struct csvk_partials *parts, struct csvk_validator **out,
                struct csvk_error *err)
{
    struct csvk_error unread = {0};
    struct plain_file file;
    uint64_t again = 0;
    bool there = open_plain(&file, csvk_partials_input_name(parts), &unread) == CSVK_OK;
    int status = csvk_partials_join(parts, there ? &file.input : NULL, out, &again, err);
    if (status == CSVK_OK && again != 0) {
        cli_note(cli, "%" PRIu64 " part%s did not begin with a record and %s judged again", again,
                 cli_plural(again), again == 1 ? "was" : "were");
        status = check_unchanged(&file, err);
    }
    close_plain(&file);
    return status;
}

int cli_join_parts(struct cli *cli, const struct csvk_validate_options *options,
                   struct csvk_validator **out, char **name, struct csvk_error *err)
{
    struct csvk_strings paths = {0};
    struct csvk_partials *parts = NULL;
    int status = CSVK_OK;
    for (size_t i = 0; i < cli_noperands(cli) && status == CSVK_OK; i++) {
        status = csvk_strings_add(&paths, cli_operand(cli, i));
    }
    if (status != CSVK_OK) {
        csvk_fail(err, status, "out of memory");
    } else {
        status = csvk_partials_open(&parts, &paths, options, err);
    }
    status = status == CSVK_OK ? join(cli, parts, out, err) : status;
    if (status == CSVK_OK) {
        *name = csvk_strdup(csvk_partials_input_name(parts));
    }
    csvk_partials_free(parts);
    csvk_strings_release(&paths);
    return status == CSVK_OK && *name == NULL ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                                              : status;
}
