/*
 * cli.c - finds and runs the command, prints messages and results, decides the exit status.
 *
 * CSVK_EDATA (data, manifest or import refused) is exit status 1; every other failure is trouble,
 * exit status 2. So are the statuses of storage: a command which knows that the server refused the
 * data of the user uses CSVK_EDATA. A closed pipe on standard output gives no message, because
 * nobody reads it. It does not change the exit status of a command that only reports; a command
 * whose result is a stream of data ends with trouble when it cannot write the stream.
 */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/json.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

enum { LONGEST_MESSAGE = 4000 }; /* bytes; an argument that a message quotes can have 128 KiB */

/* ---- messages ---- */

static int escape_message(const struct csvk_buf *raw, struct csvk_buf *shown)
{
    bool cut = raw->length > LONGEST_MESSAGE;
    int status = csvk_buf_puts(shown, "csvkit: ");
    if (status == CSVK_OK) {
        status =
            csvk_buf_add_escaped(shown, csvk_buf_text(raw), cut ? LONGEST_MESSAGE : raw->length);
    }
    return status == CSVK_OK ? csvk_buf_puts(shown, cut ? "...\n" : "\n") : status;
}

static void note_out_failure(struct cli *cli)
{
    if (cli->out_errno == 0) {
        cli->out_errno = errno != 0 ? errno : EIO;
    }
}

static void print_message(struct cli *cli, const struct csvk_buf *raw)
{
    struct csvk_buf shown = CSVK_BUF_INIT;
    bool ready = escape_message(raw, &shown) == CSVK_OK;
    cli_progress_hide(cli);
    errno = 0;
    if (fflush(stdout) != 0) { /* a terminal shows both streams: this keeps their order */
        note_out_failure(cli);
    }
    fputs(ready ? csvk_buf_text(&shown) : "csvkit: out of memory\n", stderr);
    csvk_buf_release(&shown);
}

static void report(struct cli *cli, const char *format, va_list args) CSVK_PRINTF(2, 0);
static void report(struct cli *cli, const char *format, va_list args)
{
    struct csvk_buf raw = CSVK_BUF_INIT;
    if (cli_add_format(&raw, format, args) != CSVK_OK) {
        csvk_buf_release(&raw);
        cli_progress_hide(cli);
        fputs("csvkit: out of memory\n", stderr);
        return;
    }
    print_message(cli, &raw);
    csvk_buf_release(&raw);
}

int cli_trouble(struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(cli, format, args);
    va_end(args);
    return CLI_TROUBLE;
}

int cli_refuse(struct cli *cli, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(cli, format, args);
    va_end(args);
    return CLI_REFUSED;
}

const char *cli_plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

void cli_note(struct cli *cli, const char *format, ...)
{
    if (cli_has(cli, "quiet")) {
        return;
    }
    va_list args;
    va_start(args, format);
    report(cli, format, args);
    va_end(args);
}

int cli_fail(struct cli *cli, const struct csvk_error *err)
{
    if (err->status == CSVK_EIO && err->sys == EPIPE) {
        return CLI_TROUBLE;
    }
    if (err->text[0] != '\0') {
        cli_trouble(cli, "%s", err->text);
    } else {
        cli_trouble(cli, "%s", err->status == CSVK_ENOMEM ? "out of memory" : "unknown failure");
    }
    return err->status == CSVK_EDATA ? CLI_REFUSED : CLI_TROUBLE;
}

/* ---- standard output ---- */

void cli_out(struct cli *cli, const void *bytes, size_t length)
{
    if (cli->out_errno != 0 || length == 0) {
        return;
    }
    cli_progress_hide(cli);
    errno = 0;
    if (fwrite(bytes, 1, length, stdout) != length) {
        note_out_failure(cli);
    }
}

void cli_out_buf(struct cli *cli, struct csvk_buf *buf)
{
    cli_out(cli, csvk_buf_text(buf), buf->length);
    csvk_buf_clear(buf);
}

void cli_out_result(struct cli *cli, struct csvk_buf *buf, int made)
{
    if (made == CSVK_OK) {
        cli_out(cli, csvk_buf_text(buf), buf->length);
    } else if (cli->out_errno == 0) {
        cli->out_errno = ENOMEM;
    }
    csvk_buf_release(buf);
}

bool cli_out_failed(const struct cli *cli)
{
    return cli->out_errno != 0;
}

/* Flushes standard output; a failure becomes the exit status. */
static int finish_out(struct cli *cli, int status)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        note_out_failure(cli);
    }
    if (cli->out_errno == 0 || cli->out_errno == EPIPE) {
        return status;
    }
    return cli_trouble(cli, "cannot write standard output: %s", strerror(cli->out_errno));
}

/* ---- dispatch ---- */

static int print_page(struct cli *cli, struct csvk_buf *page, int made)
{
    if (made != CSVK_OK) {
        csvk_buf_release(page);
        return cli_trouble(cli, "out of memory");
    }
    cli_out_buf(cli, page);
    csvk_buf_release(page);
    return CLI_GOOD;
}

static int complain(struct cli *cli)
{
    if (cli->problem.length == 0) {
        return cli_trouble(cli, "out of memory");
    }
    print_message(cli, &cli->problem);
    return CLI_TROUBLE;
}

int cli_show_help(struct cli *cli, int argc, char *const *argv)
{
    struct csvk_buf page = CSVK_BUF_INIT;
    int used = 0;
    if (argc == 0) {
        return print_page(cli, &page, cli_help_overview(&page));
    }
    const struct cli_command *command = cli_find_command(argc, argv, &used);
    if (command != NULL && used == argc) {
        return print_page(cli, &page, cli_help_command(&page, command));
    }
    if (argc == 1 && cli_is_family(argv[0])) {
        return print_page(cli, &page, cli_help_family(&page, argv[0]));
    }
    return cli_unknown_command(cli, argc, argv);
}

int cli_unknown_command(struct cli *cli, int argc, char *const *argv)
{
    struct csvk_buf typed = CSVK_BUF_INIT;
    bool family = cli_is_family(argv[0]);
    int status = csvk_buf_puts(&typed, argv[0]);
    if (family && argc > 1 && status == CSVK_OK) {
        status = csvk_buf_printf(&typed, " %s", argv[1]);
    }
    const char *file = family ? NULL : cli_suggest_for_file(argv[0]);
    const char *near = status == CSVK_OK ? cli_suggest_command(csvk_buf_text(&typed)) : NULL;
    if (file != NULL) {
        bool quote = strpbrk(argv[0], " '\"\\$&;|<>()*?[#~`!") != NULL;
        cli_trouble(cli, "no command before '%.200s'; did you mean csvkit %s %s%.200s%s?", argv[0],
                    file, quote ? "'" : "", argv[0], quote ? "'" : "");
    } else if (near != NULL) {
        cli_trouble(cli, "unknown command '%.200s'; did you mean csvkit %s?", csvk_buf_text(&typed),
                    near);
    } else {
        cli_trouble(cli, "unknown command '%.200s'; see csvkit%s%s --help", csvk_buf_text(&typed),
                    family ? " " : "", family ? argv[0] : "");
    }
    csvk_buf_release(&typed);
    return CLI_TROUBLE;
}

static int run_command(struct cli *cli, const struct cli_command *command, int argc,
                       char *const *argv)
{
    if (cli_parse(cli, command, argc, argv) != CLI_GOOD) {
        return complain(cli);
    }
    if (cli_has(cli, "help")) {
        struct csvk_buf page = CSVK_BUF_INIT;
        return print_page(cli, &page, cli_help_command(&page, command));
    }
    if (cli_check_operands(cli) != CLI_GOOD) {
        return complain(cli);
    }
    int status = cli_check_common(cli);
    return status == CLI_GOOD ? command->run(cli) : status;
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static int no_command(struct cli *cli)
{
    return cli_trouble(cli, "no command given; csvkit --help lists the commands");
}

static bool has_option(const struct cli_command *command, const char *name, size_t length)
{
    struct cli_cursor cursor = {0, 0};
    const struct cli_option *row;
    while ((row = cli_next_option(command, &cursor)) != NULL) {
        if (strlen(row->name) == length && memcmp(row->name, name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* A word that begins with a dash stands where the command should be. When the command comes later,
   the order is what is wrong. */
static int option_first(struct cli *cli, int argc, char *const *argv)
{
    const char *word = argv[0];
    if (word[1] == '\0') {
        return cli_trouble(cli, "no command before '-'; did you mean csvkit validate -?");
    }
    size_t length = strcspn(word, "=");
    for (int i = 1, used = 0; i < argc; i++) {
        const struct cli_command *command = cli_find_command(argc - i, argv + i, &used);
        if (command != NULL && length > 2 && has_option(command, word + 2, length - 2)) {
            return cli_trouble(cli, "options come after the command: csvkit %s %.200s",
                               command->name, word);
        }
    }
    return cli_trouble(cli,
                       "unknown option %.200s before the command; usage: "
                       "csvkit COMMAND [OPTION]... [OPERAND]...",
                       word);
}

static int dispatch(struct cli *cli, int argc, char *const *argv)
{
    int used = 0;
    if (argc == 0) {
        return no_command(cli);
    }
    const struct cli_command *command = cli_find_command(argc, argv, &used);
    if (command != NULL) {
        return run_command(cli, command, argc - used, argv + used);
    }
    if (is_help(argv[0])) {
        return cli_show_help(cli, 0, NULL);
    }
    if (strcmp(argv[0], "--version") == 0 || strcmp(argv[0], "-V") == 0) {
        struct csvk_buf page = CSVK_BUF_INIT;
        return print_page(cli, &page, cli_version(&page));
    }
    if (argv[0][0] == '-') {
        return option_first(cli, argc, argv);
    }
    if (cli_is_family(argv[0]) && (argc == 1 || is_help(argv[1]))) {
        int status = cli_show_help(cli, 1, argv);
        return argc == 1 ? cli_trouble(cli, "csvkit %s needs one of these commands", argv[0])
                         : status;
    }
    return cli_unknown_command(cli, argc, argv);
}

int cli_main(int argc, char **argv)
{
    struct cli cli = {0};
    cli_start();
    int status = dispatch(&cli, argc > 0 ? argc - 1 : 0, argv + (argc > 0));
    cli_progress_end(cli.progress);
    status = finish_out(&cli, status);
    cli_release(&cli);
    return status;
}
