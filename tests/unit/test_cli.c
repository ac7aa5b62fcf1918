/*
 * test_cli.c - the frame of the command line: parser, numbers, lists, suggestions, folding.
 */
#include "csvkit/cli/frame/frame.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option own_rows[] = {
    {"line-break", 0, "WHEN", "crlf|lf", "Which line break. Default: crlf.", false},
    {"rule", 'r', "ID=SEVERITY", NULL, "Set a rule.", true},
    {"output", 'o', "FILE", NULL, "Where to write.", false},
    {"strict", 's', NULL, NULL, "Any repair is an error.", false},
    {"size", 0, "SIZE", NULL, "How large.", false},
    {"tag", 0, "A,B", NULL, "Tags.", true},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own_group = {"Own", own_rows};
static const struct cli_group *const groups[] = {&own_group, &cli_dialect_options,
                                                 &cli_thread_options, &cli_common_options, NULL};
static const struct cli_command command = {
    .name = "try", .operands = "[FILE]...", .groups = groups, .min_operands = 1, .max_operands = 3};

/* A command line as one text; words are parted by single blanks, and ~ stands for an empty word. */
struct line {
    char text[512];
    char *argv[32];
    int argc;
};

static void split(struct line *line, const char *text)
{
    snprintf(line->text, sizeof line->text, "%s", text);
    line->argc = 0;
    for (char *p = line->text; *p != '\0';) {
        size_t length = strcspn(p, " ");
        char *next = p + length + (p[length] == ' ');
        p[length] = '\0';
        line->argv[line->argc++] = strcmp(p, "~") == 0 ? p + 1 : p;
        p = next;
    }
}

/* What was understood: "delimiter=; quiet : a b" */
static void describe(const struct cli *cli, char *out, size_t capacity)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < cli->ngiven; i++) {
        const char *value = cli->given[i].value;
        n += (size_t)snprintf(out + n, capacity - n, "%s%s%s ", cli->given[i].option->name,
                              value != NULL ? "=" : "", value != NULL ? value : "");
    }
    n += (size_t)snprintf(out + n, capacity - n, ":");
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        n += (size_t)snprintf(out + n, capacity - n, " %s", cli_operand(cli, i));
    }
}

static const struct {
    const char *line, *understood;
} good_lines[] = {
    {"", ":"},
    {"a b", ": a b"},
    {"-q a --strict b", "quiet strict : a b"},
    {"--delimiter=; a", "delimiter=; : a"},
    {"--delimiter ; a", "delimiter=; : a"},
    {"-d; a", "delimiter=; : a"},
    {"-d ; a", "delimiter=; : a"},
    {"-d- a", "delimiter=- : a"},
    {"-d - a", "delimiter=- : a"},
    {"--delimiter --strict a", "delimiter=--strict : a"},
    {"--delimiter= a", "delimiter= : a"},
    {"--delimiter== a", "delimiter== : a"},
    {"-qsj4 a", "quiet strict threads=4 : a"},
    {"-qsj 4 a", "quiet strict threads=4 : a"},
    {"-sqo- a", "strict quiet output=- : a"},
    {"- -q", "quiet : -"},
    {"-- -q --strict -", ": -q --strict -"},
    {"a -- -- b", ": a -- b"},
    {"-o -- a", "output=-- : a"},
    {"-r a=off -r b=error --rule c=warning", "rule=a=off rule=b=error rule=c=warning :"},
    {"--line-break=lf", "line-break=lf :"},
    {"--header --no-header", "no-header :"},
    {"--no-header --header", "header :"},
    {"-h", "help :"},
    {"~ a", ":  a"},
};

START_TEST(lines_are_understood)
{
    struct cli cli = {0};
    struct line line;
    char understood[512];
    split(&line, good_lines[_i].line);
    ck_assert_int_eq(cli_parse(&cli, &command, line.argc, line.argv), CLI_GOOD);
    describe(&cli, understood, sizeof understood);
    ck_assert_str_eq(understood, good_lines[_i].understood);
    cli_release(&cli);
}
END_TEST

static const struct {
    const char *line, *complaint;
} bad_lines[] = {
    {"--qiet", "unknown option --qiet; did you mean --quiet?"},
    {"--delim=;", "unknown option --delim; did you mean --delimiter?"},
    {"--line_break=lf", "unknown option --line_break; did you mean --line-break?"},
    {"--florin", "unknown option --florin; see csvkit try --help"},
    {"--=x", "unknown option --; see csvkit try --help"},
    {"-x", "unknown option -x; see csvkit try --help"},
    {"-qx", "unknown option -x; see csvkit try --help"},
    {"-quiet", "unknown option -u; did you mean --quiet?"},
    {"--quiet=yes", "--quiet takes no value, but got 'yes'"},
    {"--delimiter", "--delimiter needs a value: --delimiter=C"},
    {"a -d", "-d needs a value: -d C"},
    {"-qd", "-d needs a value: -d C"},
    {"--line-break=LF", "--line-break=LF: choose one of crlf|lf; did you mean lf?"},
    {"--line-break=l", "--line-break=l: choose one of crlf|lf; did you mean lf?"},
    {"--line-break=", "--line-break=: choose one of crlf|lf"},
    {"--line-break=crlf|lf", "--line-break=crlf|lf: choose one of crlf|lf; did you mean crlf?"},
    {"--progress=sometimes", "--progress=sometimes: choose one of auto|always|never"},
    {"", "missing operand; usage: csvkit try [OPTION]... [FILE]..."},
    {"a b c d", "unexpected operand 'd'; usage: csvkit try [OPTION]... [FILE]..."},
};

START_TEST(bad_lines_are_explained)
{
    struct cli cli = {0};
    struct line line;
    split(&line, bad_lines[_i].line);
    int status = cli_parse(&cli, &command, line.argc, line.argv);
    if (status == CLI_GOOD) {
        status = cli_check_operands(&cli);
    }
    ck_assert_int_eq(status, CLI_TROUBLE);
    ck_assert_str_eq(csvk_buf_text(&cli.problem), bad_lines[_i].complaint);
    cli_release(&cli);
}
END_TEST

START_TEST(last_value_counts_and_all_are_kept)
{
    struct cli cli = {0};
    struct line line;
    split(&line, "-r a --rule=b -d; -d| -rc x");
    ck_assert_int_eq(cli_parse(&cli, &command, line.argc, line.argv), CLI_GOOD);
    ck_assert_uint_eq(cli_count(&cli, "rule"), 3);
    ck_assert_str_eq(cli_nth(&cli, "rule", 0), "a");
    ck_assert_str_eq(cli_nth(&cli, "rule", 2), "c");
    ck_assert_ptr_null(cli_nth(&cli, "rule", 3));
    ck_assert_str_eq(cli_value(&cli, "delimiter"), "|");
    ck_assert_ptr_null(cli_value(&cli, "escape"));
    ck_assert(!cli_has(&cli, "quiet"));
    ck_assert_ptr_null(cli_operand(&cli, 1));
    cli_release(&cli);
}
END_TEST

static const struct {
    const char *text;
    enum csvk_number result;
    uint64_t value;
} sizes[] = {
    {"0", CSVK_NUMBER_OK, 0},
    {"1000", CSVK_NUMBER_OK, 1000},
    {"7B", CSVK_NUMBER_OK, 7},
    {"1kB", CSVK_NUMBER_OK, 1000},
    {"50MB", CSVK_NUMBER_OK, 50000000},
    {"50 MB", CSVK_NUMBER_OK, 50000000},
    {"2GB", CSVK_NUMBER_OK, UINT64_C(2000000000)},
    {"3TB", CSVK_NUMBER_OK, UINT64_C(3000000000000)},
    {"64KiB", CSVK_NUMBER_OK, 65536},
    {"10MiB", CSVK_NUMBER_OK, UINT64_C(10485760)},
    {"1GiB", CSVK_NUMBER_OK, UINT64_C(1073741824)},
    {"1TiB", CSVK_NUMBER_OK, UINT64_C(1099511627776)},
    {"18446744073709551615", CSVK_NUMBER_OK, UINT64_MAX},
    {"18446744073709551616", CSVK_NUMBER_OVERFLOW, 0},
    {"99999999999999999999999999999999999", CSVK_NUMBER_OVERFLOW, 0},
    {"18446744073709552kB", CSVK_NUMBER_OVERFLOW, 0},
    {"16777216TiB", CSVK_NUMBER_OVERFLOW, 0},
    {"16777215TiB", CSVK_NUMBER_OK, UINT64_C(18446742974197923840)},
    {"1KB", CSVK_NUMBER_OK, 1000},
    {"1mb", CSVK_NUMBER_OK, 1000000},
    {"1kib", CSVK_NUMBER_OK, 1024},
    {"1M", CSVK_NUMBER_UNIT, 0},
    {"1Ki", CSVK_NUMBER_UNIT, 0},
    {"1KBB", CSVK_NUMBER_UNIT, 0},
    {"1  MB", CSVK_NUMBER_UNIT, 0},
    {"1MB ", CSVK_NUMBER_UNIT, 0},
    {"1.5MB", CSVK_NUMBER_UNIT, 0},
    {"", CSVK_NUMBER_BAD, 0},
    {"MB", CSVK_NUMBER_BAD, 0},
    {"-1", CSVK_NUMBER_BAD, 0},
    {"+1", CSVK_NUMBER_BAD, 0},
    {" 1", CSVK_NUMBER_BAD, 0},
};

START_TEST(sizes_are_read)
{
    uint64_t value = 42;
    ck_assert_int_eq(csvk_parse_size(sizes[_i].text, &value), sizes[_i].result);
    ck_assert_uint_eq(value, sizes[_i].result == CSVK_NUMBER_OK ? sizes[_i].value : 42);
}
END_TEST

START_TEST(numbers_are_read)
{
    uint64_t value = 42;
    ck_assert_int_eq(csvk_parse_uint("007", &value), CSVK_NUMBER_OK);
    ck_assert_uint_eq(value, 7);
    ck_assert_int_eq(csvk_parse_uint("18446744073709551615", &value), CSVK_NUMBER_OK);
    ck_assert_uint_eq(value, UINT64_MAX);
    ck_assert_int_eq(csvk_parse_uint("18446744073709551616", &value), CSVK_NUMBER_OVERFLOW);
    ck_assert_int_eq(csvk_parse_uint("1e3", &value), CSVK_NUMBER_BAD);
    ck_assert_int_eq(csvk_parse_uint("0x10", &value), CSVK_NUMBER_BAD);
    ck_assert_int_eq(csvk_parse_uint("-0", &value), CSVK_NUMBER_BAD);
    ck_assert_int_eq(csvk_parse_uint("", &value), CSVK_NUMBER_BAD);
    ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

static const struct {
    uint64_t bytes;
    const char *text;
} shown_sizes[] = {
    {0, "0 B"},         {999, "999 B"},         {1000, "1.0 kB"},
    {1999, "1.9 kB"},   {99999, "99.9 kB"},     {100000, "100 kB"},
    {999999, "999 kB"}, {1234567890, "1.2 GB"}, {UINT64_MAX, "18.4 EB"},
};

START_TEST(sizes_are_shown)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    ck_assert_int_eq(cli_add_size(&text, shown_sizes[_i].bytes), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&text), shown_sizes[_i].text);
    csvk_buf_release(&text);
}
END_TEST

/* Items are shown as [A][B]; NULL: refused. */
static const struct {
    const char *text, *items;
} lists[] = {
    {"", ""},
    {"a", "[a]"},
    {"a,b,c", "[a][b][c]"},
    {" a, b", "[ a][ b]"},
    {"\"a,x\",b", "[a,x][b]"},
    {"\"a\"\"b\"", "[a\"b]"},
    {"\"\",b", "[][b]"},
    {"a\"b", "[a\"b]"},
    {"\"a\nb\"", "[a\nb]"},
    {"a,", NULL},
    {",a", NULL},
    {"a,,b", NULL},
    {"\"a", NULL},
    {"\"a\"b", NULL},
    {"\"a\"\"", NULL},
};

START_TEST(lists_are_read)
{
    struct csvk_strings items = {0};
    const char *problem = NULL;
    int status = cli_parse_list(lists[_i].text, &items, &problem);
    if (lists[_i].items == NULL) {
        ck_assert_int_eq(status, CLI_TROUBLE);
        ck_assert_ptr_nonnull(problem);
    } else {
        struct csvk_buf shown = CSVK_BUF_INIT;
        ck_assert_int_eq(status, CLI_GOOD);
        ck_assert_ptr_null(problem);
        for (size_t i = 0; i < items.count; i++) {
            ck_assert_int_eq(csvk_buf_printf(&shown, "[%s]", items.item[i]), CSVK_OK);
        }
        ck_assert_str_eq(csvk_buf_text(&shown), lists[_i].items);
        csvk_buf_release(&shown);
    }
    csvk_strings_release(&items);
}
END_TEST

static const struct {
    const char *typed, *meant;
} typos[] = {
    {"validate", "validate"},
    {"valdiate", "validate"},
    {"vlidate", "validate"},
    {"validatee", "validate"},
    {"norm", "normalize"},
    {"normalise", "normalize"},
    {"slcie", "slice"},
    {"ROW-CUONT", "row-count"},
    {"row_count", "row-count"},
    {"slices", "slice"},
    {"manifest creat", "manifest create"},
    {"manifest chek", "manifest check"},
    {"rm", NULL},
    {"x", NULL},
    {"", NULL},
    {"manifest", NULL},
    {"completely-different", NULL},
};

static const struct {
    const char *typed, *meant;
} encodings[] = {
    {"latin-1", "latin1"},
    {"Latin_2", "latin2"},
    {"utf_8", "utf-8"},
    {"UTF-8-SIG", "utf-8"},
    {"utf-16-le", "utf-16le"},
    {"iso_8859-15x", "iso-8859-15"},
    {"isoo-8859-2", "iso-8859-2"},
    {"windows_1250", "windows-1250"},
    {"win1252", "windows-1252"},
    {"win-1251", "windows-1251"},
    {"cp-1252", "cp1252"},
    {"shfit-jis", "shift_jis"},
    {"ANSI", "windows-1252"},
    {"klingon", NULL},
    {"", NULL},
    {"-", NULL},
};

static const struct {
    const char *line, *defaults, *understood; /* defaults: NAME=VALUE or NAME, parted by blanks */
} defaulted[] = {
    {"a", "delimiter=; size=5kB", "delimiter=; size=5kB : a"},
    {"-d, a", "delimiter=; size=5kB", "size=5kB delimiter=, : a"},
    {"--rule=x=off a", "rule=x=error rule=y=error", "rule=x=error rule=y=error rule=x=off : a"},
    {"--no-header a", "header", "no-header : a"},
    {"--header a", "no-header", "header : a"},
    {"--header a", "header", "header : a"},
    {"a", "nosuch=1 strict", "strict : a"}, /* the command has no such option */
    {"a", "", ": a"},
};

START_TEST(what_is_typed_wins_over_defaults)
{
    struct line line, list;
    struct cli cli = {0};
    char understood[512];
    struct cli_default defaults[8];
    split(&line, defaulted[_i].line);
    split(&list, defaulted[_i].defaults);
    for (int i = 0; i < list.argc; i++) {
        char *equals = strchr(list.argv[i], '=');
        defaults[i] = (struct cli_default){list.argv[i], equals != NULL ? equals + 1 : NULL};
        if (equals != NULL) {
            *equals = '\0';
        }
    }
    ck_assert_int_eq(cli_parse(&cli, &command, line.argc, line.argv), CLI_GOOD);
    /* Twice: new defaults take the place of the old ones. */
    ck_assert_int_eq(cli_set_defaults(&cli, defaults, (size_t)list.argc), CLI_GOOD);
    ck_assert_int_eq(cli_set_defaults(&cli, defaults, (size_t)list.argc), CLI_GOOD);
    describe(&cli, understood, sizeof understood);
    ck_assert_str_eq(understood, defaulted[_i].understood);
    ck_assert_int_eq(cli_set_defaults(&cli, NULL, 0), CLI_GOOD);
    describe(&cli, understood, sizeof understood);
    ck_assert_ptr_null(strstr(understood, "size"));
    cli_release(&cli);
}
END_TEST

START_TEST(near_encodings_are_suggested)
{
    const char *meant = cli_suggest_encoding(encodings[_i].typed);
    if (encodings[_i].meant == NULL) {
        ck_assert_ptr_null(meant);
    } else {
        ck_assert_ptr_nonnull(meant);
        ck_assert_str_eq(meant, encodings[_i].meant);
        ck_assert(cli_knows_encoding(meant));
    }
}
END_TEST

START_TEST(near_names_are_suggested)
{
    static const char *const names[] = {"validate",        "normalize",      "slice",
                                        "manifest create", "manifest check", "row-count"};
    const char *meant = cli_suggest(typos[_i].typed, names, sizeof names / sizeof names[0]);
    if (typos[_i].meant == NULL) {
        ck_assert_ptr_null(meant);
    } else {
        ck_assert_ptr_nonnull(meant);
        ck_assert_str_eq(meant, typos[_i].meant);
    }
}
END_TEST

START_TEST(text_is_folded)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct cli_wrap wrap = {2, 0, 12};
    ck_assert_int_eq(
        cli_add_wrapped(&out, "one two three four\n\n  as it is, long\nlongerthanwidth x", wrap),
        CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), "  one two\n  three four\n\n    as it is, long\n"
                                          "  longerthanwidth\n  x\n");
    csvk_buf_clear(&out);
    wrap.first = 8;
    ck_assert_int_eq(cli_add_wrapped(&out, "one two", wrap), CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out), "one\n  two\n");
    csvk_buf_clear(&out);
    wrap.first = 0;
    ck_assert_int_eq(
        cli_add_wrapped(&out, "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\xc3\xa4 x", wrap),
        CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&out),
                     "  \xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4 \xc3\xa4\xc3\xa4\xc3\xa4 x\n");
    csvk_buf_release(&out);
}
END_TEST

/* What the typed getters answer to one command line. */
static const struct {
    const char *line;
    int size, threads, columns, tags; /* exit status of each */
    uint64_t size_value, threads_value;
    size_t ncolumns, ntags;
} typed[] = {
    {"a", 0, 0, 0, 0, 42, 42, 0, 0},
    {"--size=2kB -j 3 --columns=a,b --tag=x,y --tag=z", 0, 0, 0, 0, 2000, 3, 2, 3},
    {"--columns=a --columns=b,c,d --tag=", 0, 0, 0, 0, 42, 42, 3, 0},
    {"--size=2K -j 9 --columns=a, --tag=x --tag=,", 2, 2, 2, 2, 42, 42, 1, 1},
    {"--size=x -j 0 --columns=\"a", 2, 2, 2, 0, 42, 42, 0, 0},
    {"--size=99999999999999999999 -j 99999999999999999999", 2, 2, 0, 0, 42, 42, 0, 0},
    {"--size=20 -j 8", 0, 0, 0, 0, 20, 8, 0, 0},
};

START_TEST(values_have_types)
{
    struct cli cli = {0};
    struct line line;
    struct csvk_strings columns = {0}, tags = {0};
    uint64_t size = 42, threads = 42;
    split(&line, typed[_i].line);
    ck_assert_int_eq(cli_parse(&cli, &command, line.argc, line.argv), CLI_GOOD);
    ck_assert_int_eq(cli_get_size(&cli, "size", &size), typed[_i].size);
    ck_assert_int_eq(cli_get_uint(&cli, "threads", 1, 8, &threads), typed[_i].threads);
    ck_assert_int_eq(cli_get_list(&cli, "columns", &columns), typed[_i].columns);
    ck_assert_int_eq(cli_get_list(&cli, "tag", &tags), typed[_i].tags);
    ck_assert_uint_eq(size, typed[_i].size_value);
    ck_assert_uint_eq(threads, typed[_i].threads_value);
    ck_assert_uint_eq(columns.count, typed[_i].ncolumns);
    ck_assert_uint_eq(tags.count, typed[_i].ntags);
    csvk_strings_release(&columns);
    csvk_strings_release(&tags);
    cli_release(&cli);
}
END_TEST

static int typed_values(const char *text, struct csvk_dialect *dialect, bool *is_auto)
{
    struct cli cli = {0};
    struct line line;
    split(&line, text);
    int status = cli_parse(&cli, &command, line.argc, line.argv);
    ck_assert_int_eq(status, CLI_GOOD);
    status = cli_get_dialect(&cli, dialect, is_auto);
    cli_release(&cli);
    return status;
}

START_TEST(dialects_are_read_over_what_stands)
{
    struct csvk_dialect dialect = {.delimiter = '\t', .enclosure = '\'', .escape = CSVK_NO_BYTE};
    bool is_auto = true;
    ck_assert_int_eq(typed_values("a", &dialect, &is_auto), CLI_GOOD);
    ck_assert(!is_auto);
    ck_assert_int_eq(dialect.delimiter, '\t');
    ck_assert_int_eq(dialect.enclosure, '\'');
    ck_assert_int_eq(typed_values("-d semicolon -e none --escape=\\\\ a", &dialect, NULL),
                     CLI_GOOD);
    ck_assert_int_eq(dialect.delimiter, ';');
    ck_assert_int_eq(dialect.enclosure, CSVK_NO_BYTE);
    ck_assert_int_eq(dialect.escape, '\\');
    ck_assert_int_eq(typed_values("-d auto", &dialect, &is_auto), CLI_GOOD);
    ck_assert(is_auto);
    ck_assert_int_eq(dialect.delimiter, ';');
    ck_assert_int_eq(typed_values("-d auto", &dialect, NULL), CLI_TROUBLE);
    ck_assert_int_eq(typed_values("-d none", &dialect, NULL), CLI_TROUBLE);
    ck_assert_int_eq(typed_values("-d ; -e ;", &dialect, NULL), CLI_TROUBLE);
    ck_assert_int_eq(typed_values("-d \xc3\xa4", &dialect, NULL), CLI_TROUBLE);
    ck_assert_int_eq(typed_values("-delimiter=;", &dialect, NULL), CLI_TROUBLE);
    ck_assert_int_eq(typed_values("-d xx", &dialect, NULL), CLI_TROUBLE);
}
END_TEST

START_TEST(failures_have_their_exit_status)
{
    struct cli cli = {0};
    struct csvk_error err = {.status = CSVK_EDATA, .text = "data"};
    ck_assert_int_eq(cli_fail(&cli, &err), CLI_REFUSED);
    for (int status = CSVK_ENOMEM; status >= CSVK_ECANCELED; status--) {
        if (status != CSVK_EDATA) {
            err.status = status;
            ck_assert_int_eq(cli_fail(&cli, &err), CLI_TROUBLE);
        }
    }
    cli_release(&cli);
}
END_TEST

#define LOOP(tcase, test, table)                                                                   \
    tcase_add_loop_test(tcase, test, 0, (int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("cli");
    TCase *parser = tcase_create("parser");
    LOOP(parser, lines_are_understood, good_lines);
    LOOP(parser, bad_lines_are_explained, bad_lines);
    tcase_add_test(parser, last_value_counts_and_all_are_kept);
    LOOP(parser, near_names_are_suggested, typos);
    LOOP(parser, near_encodings_are_suggested, encodings);
    LOOP(parser, what_is_typed_wins_over_defaults, defaulted);
    suite_add_tcase(suite, parser);
    TCase *values = tcase_create("values");
    LOOP(values, sizes_are_read, sizes);
    LOOP(values, sizes_are_shown, shown_sizes);
    LOOP(values, lists_are_read, lists);
    LOOP(values, values_have_types, typed);
    tcase_add_test(values, numbers_are_read);
    tcase_add_test(values, dialects_are_read_over_what_stands);
    tcase_add_test(values, failures_have_their_exit_status);
    tcase_add_test(values, text_is_folded);
    suite_add_tcase(suite, values);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
