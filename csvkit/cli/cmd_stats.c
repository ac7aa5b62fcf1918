/* cmd_stats.c - csvkit stats [FILE]...: what the columns of tables are like. It judges nothing. */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/remote/byte_range.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/stats/stats_in_parts.h"
#include "csvkit/cli/stats/stats_report.h"
#include "csvkit/cli/table/table_options.h"

#include <string.h>

struct stats_job {
    struct cli *cli;
    const char *format;
    struct csvk_reporter *page; /* for a browser; or NULL */
    struct csvk_buf out;        /* what is printed next */
};

static void print_stats(struct stats_job *job, const char *file, const struct table_stats *table)
{
    struct csvk_subject subject = cli_stats_subject(file, table);
    int status;
    if (job->page != NULL) {
        status = csvk_reporter_add(job->page, &subject);
    } else if (strcmp(job->format, "json") == 0) {
        status = cli_stats_json(&job->out, file, table);
    } else {
        status = cli_stats_text(&job->out, file, table, cli_terminal_width(stdout));
    }
    cli_out_result(job->cli, &job->out, status);
}

static int stats_of(struct stats_job *job, const char *file)
{
    struct table_stats table;
    int status = cli_stats_of_table(job->cli, file, &table);
    if (status != CLI_TROUBLE && table.stats != NULL) {
        print_stats(job, file, &table);
    }
    cli_stats_release(&table);
    return status;
}

/* All operands together. */
static int stats_of_one_table(struct stats_job *job)
{
    struct cli *cli = job->cli;
    struct table_stats table;
    struct csvk_buf label = CSVK_BUF_INIT;
    int status = cli_stats_of_parts(cli, cli_operands(cli), cli_noperands(cli), &table);
    if (cli_stats_label(&table, &label) != CSVK_OK) {
        status = cli_trouble(cli, "out of memory");
    }
    if (status != CLI_TROUBLE && table.stats != NULL) {
        bool text = strcmp(job->format, "text") == 0;
        print_stats(job, text ? csvk_buf_text(&label) : cli_operand(cli, 0), &table);
    }
    csvk_buf_release(&label);
    cli_stats_release(&table);
    return status;
}

/* The table that the operands are parts of. */
static int stats_of_parts(struct stats_job *job)
{
    struct table_stats table;
    char *name;
    int status = cli_stats_join_parts(job->cli, &table, &name);
    if (status != CLI_TROUBLE && table.stats != NULL) {
        print_stats(job, name, &table);
    }
    cli_stats_release(&table);
    csvk_free(name);
    return status;
}

static int stats_of_all(struct stats_job *job)
{
    struct cli *cli = job->cli;
    if (cli_stats_joins_parts(cli)) {
        return stats_of_parts(job);
    }
    int worst = CLI_GOOD;
    if (cli_noperands(cli) == 0 && !cli_has(cli, "files-from")) {
        return stats_of(job, "-");
    }
    if (cli_has(cli, "one-table") && cli_noperands(cli) != 0) {
        return stats_of_one_table(job);
    }
    for (size_t i = 0; i < cli_noperands(cli) && !cli_out_failed(cli); i++) {
        int status = stats_of(job, cli_operand(cli, i));
        worst = status > worst ? status : worst;
    }
    return worst;
}

static int stats_as_page(struct stats_job *job)
{
    static const struct csvk_rule_set *const no_rules[] = {NULL};
    struct csvk_report_options options;
    struct csvk_error err = {0};
    csvk_report_options_init(&options, no_rules);
    if (csvk_reporter_new(&job->page, job->format, &options, &job->out, &err) != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    int worst = stats_of_all(job);
    cli_out_result(job->cli, &job->out, csvk_reporter_end(job->page));
    csvk_reporter_free(job->page);
    return worst;
}

static int run(struct cli *cli)
{
    struct stats_job job = {.cli = cli, .format = cli_value(cli, "format")};
    int status = cli_stats_check_parts(cli);
    status = status == CLI_GOOD ? cli_take_parts_from(cli) : status;
    status = status == CLI_GOOD ? cli_check_credentials(cli, cli_stats_joins_parts(cli)) : status;
    if (status != CLI_GOOD || cli_stats_makes_part(cli)) {
        return status == CLI_GOOD ? cli_stats_make_part(cli) : status;
    }
    job.format = job.format == NULL ? "text" : job.format;
    return strcmp(job.format, "html") == 0 ? stats_as_page(&job) : stats_of_all(&job);
}

static const struct cli_option rows[] = {
    {"format", 'f', "FORMAT", "text|json|html",
     "The output format: text for people, one JSON object for each file, or one page for a "
     "browser. "
     "Default: text.",
     false},
    {"one-table", 0, NULL, NULL,
     "All FILEs are one table: the answer is that of one file with all of their records. Each has "
     "a header of the same names, or none. Default: each FILE is a table.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Statistics", rows};
static const struct cli_group *const groups[] = {&own,
                                                 &cli_stats_part_options,
                                                 &cli_object_options,
                                                 &cli_dialect_options,
                                                 &cli_blanks_options,
                                                 &cli_manifest_options,
                                                 &cli_thread_options,
                                                 &cli_files_from_options,
                                                 &cli_common_options,
                                                 NULL};

static const char *const examples[] = {
    "csvkit stats orders.csv",
    "Show of each column how many values it has, which, how long and how often.",
    "csvkit stats --format=json *.csv",
    "Print the same for programs, one JSON object on each line.",
    "csvkit stats --one-table orders-*.csv",
    "Show what the columns are like in the files of all months together.",
    "csvkit stats --format=html orders.csv >columns.html",
    "Make a page of it, with bars: it opens in any browser and needs no network.",
    "csvkit stats --byte-range=3/20 --partial=3.part orders.csv",
    "Count the third twentieth of a file; others may be counted on other machines.",
    "csvkit stats --merge *.part",
    "Show the same as csvkit stats orders.csv.",
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
