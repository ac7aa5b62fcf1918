/* partial_files.c - see partial_files.h: options, ranges, making and joining. */
#include "csvkit/cli/validate/partial_files.h"

#include "csvkit/cli/table/csvw_option.h"
#include "csvkit/cli/remote/byte_range.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "validator/partial.h"

#include <inttypes.h>
#include <string.h>

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

/* ---- what does not go with parts, or with objects -------------------------------------------- */

int cli_check_objects(struct cli *cli)
{
    if (cli_has(cli, "credentials") && cli_has(cli, "verify")) {
        return cli_trouble(cli, "not supported: --verify of an object");
    }
    return cli_check_credentials(cli, cli_joins_parts(cli));
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
    int status = cli_check_ranges(cli, with);
    if (status == CLI_GOOD && cli_csvw_is_asked(cli)) {
        status = cli_trouble(cli, "not supported: metadata of CSVW with %s", with);
    }
    return status == CLI_GOOD && cli_makes_part(cli) ? refuse_report(cli) : status;
}

int cli_check_part_options(struct cli *cli, const struct csvk_validate_options *options)
{
    return csvk_schema_reference_count(options->schema) == 0
               ? CLI_GOOD
               : cli_trouble(cli, "not supported: foreign keys in parts of a file");
}

/* ---- making and joining ---------------------------------------------------------------------- */

/* A part that takes the place of its file would be the last thing that is known about it. */
static int check_target(const struct ranged_input *input, const char *path, struct csvk_error *err)
{
    return ranged_input_is_file(input, path)
               ? csvk_fail(err, CSVK_EUSAGE, "--partial=%s is the FILE itself", path)
               : CSVK_OK;
}

int cli_make_part(struct cli *cli, const char *path, const struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    struct ranged_input file;
    struct csvk_partial_range range;
    int status = ranged_input_open(&file, cli, path, &err);
    status = status == CSVK_OK ? check_target(&file, cli_value(cli, "partial"), &err) : status;
    status = status == CSVK_OK ? cli_get_byte_range(cli, file.bytes.size, &range, &err) : status;
    if (status == CSVK_OK) {
        status = csvk_partial_judge(&file.bytes, options, range, cli_value(cli, "partial"), &err);
    }
    ranged_input_close(&file);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

static int join(struct cli *cli, struct csvk_partials *parts, struct csvk_validator **out,
                struct csvk_error *err)
{
    struct ranged_input file;
    uint64_t again = 0;
    ranged_input_try(&file, cli, csvk_partials_input_name(parts));
    int status = csvk_partials_join(parts, &file.bytes, NULL, out, &again, err);
    if (status == CSVK_OK && again != 0) {
        cli_note(cli, "%" PRIu64 " part%s did not begin with a record and %s judged again", again,
                 cli_plural(again), again == 1 ? "was" : "were");
    }
    ranged_input_close(&file);
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
