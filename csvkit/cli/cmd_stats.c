/* cmd_stats.c - csvkit stats [FILE]...: what the columns of tables are like. It judges nothing. */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/stats/stats_report.h"
#include "csvkit/cli/table/table_options.h"

#include <string.h>

static int print_stats(struct cli *cli, const char *file, const struct table_stats *table)
{
    const char *format = cli_value(cli, "format");
    struct csvk_buf out = CSVK_BUF_INIT;
    bool json = format != NULL && strcmp(format, "json") == 0;
    int status = json ? cli_stats_json(&out, file, table)
                      : cli_stats_text(&out, file, table, cli_terminal_width(stdout));
    cli_out_result(cli, &out, status);
    return CLI_GOOD;
}

static int stats_of(struct cli *cli, const char *file)
{
    struct table_stats table;
    int status = cli_stats_of_table(cli, file, &table);
    if (status != CLI_TROUBLE && table.stats != NULL) {
        print_stats(cli, file, &table);
    }
    cli_stats_release(&table);
    return status;
}

static int run(struct cli *cli)
{
    int worst = cli_take_files_from(cli);
    if (worst == CLI_GOOD && cli_noperands(cli) == 0 && !cli_has(cli, "files-from")) {
        return stats_of(cli, "-");
    }
    for (size_t i = 0; i < cli_noperands(cli) && !cli_out_failed(cli); i++) {
        int status = stats_of(cli, cli_operand(cli, i));
        worst = status > worst ? status : worst;
    }
    return worst;
}

static const struct cli_option rows[] = {
    {"format", 'f', "FORMAT", "text|json",
     "The output format: text for people, or one JSON object for each file. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Statistics", rows};
static const struct cli_group *const groups[] = {&own,
                                                 &cli_dialect_options,
                                                 &cli_blanks_options,
                                                 &cli_manifest_options,
                                                 &cli_files_from_options,
                                                 &cli_common_options,
                                                 NULL};

static const char *const examples[] = {
    "csvkit stats orders.csv",
    "Show of each column how many values it has, which, how long and how often.",
    "csvkit stats --format=json *.csv",
    "Print the same for programs, one JSON object on each line.",
    NULL,
};

const struct cli_command cli_cmd_stats = {
    .name = "stats",
    .operands = "[FILE]...",
    .summary = "show of each column how many values it has, which, how long and how often",
    .details =
        "Reads every FILE (or standard input) once and prints of each column: values and empty "
        "ones, different values, the least and the greatest, the mean of numbers, lengths in "
        "characters, the most frequent values and shapes (digits as 9, letters as A and a), and "
        "the "
        "narrowest type that holds all values. A directory is a table in slices.\n\n"
        "Memory is bounded. Counts, least, greatest, mean and lengths are exact. Different values, "
        "and how often values occur, are exact up to 1,024 different ones in a column (256 from 65 "
        "columns on, 64 from 513 on). Beyond that, how many are different is an estimate with a "
        "standard "
        "error of 1.63 %, and the count of a value an upper bound; a value of at least 1 % of the "
        "records is missed in one of 20,000 cases.\n\n"
        "Nothing is judged. Records of another width, records too long for memory and fields with "
        "a quoting error are in no count: standard error says how many, and the exit status is 1.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
