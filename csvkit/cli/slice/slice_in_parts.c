/* slice_in_parts.c - see slice_in_parts.h. */
#include "csvkit/cli/slice/slice_in_parts.h"

#include "csvkit/cli/remote/byte_range.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "manifest/slice_parts.h"

#include <inttypes.h>
#include <string.h>

static const struct cli_option rows[] = {
    {"byte-range", 0, "A-B", NULL,
     "Make a part: slice the records that begin at byte A or after it, and before byte B; A- means "
     "up to the end. I/N is the I-th of N ranges of the same length. DIR is the folder of the "
     "part, without a manifest. Parts of one file may be made at the same time, on different "
     "machines.",
     false},
    {"merge", 0, NULL, NULL,
     "The operands are folders of parts, in any order: join them to the slices of the whole file, "
     "with its manifest. Give the options again that the parts were made with. Where a part has "
     "guessed wrong where a record begins, its bytes are sliced again, so the file should be at "
     "hand.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group slice_part_options = {"Parts", rows};

bool slice_makes_part(const struct cli *cli)
{
    return cli_has(cli, "byte-range");
}

bool slice_joins_parts(const struct cli *cli)
{
    return cli_has(cli, "merge");
}

/* More parts than a command line holds. */
static int take_list(struct cli *cli)
{
    if (cli_has(cli, "files-from") && !slice_joins_parts(cli)) {
        return cli_trouble(cli, "--files-from works with --merge only: one FILE is sliced");
    }
    return cli_take_parts_from(cli);
}

/* How many operands there may be. */
static int check_operands(struct cli *cli)
{
    if (slice_joins_parts(cli)) {
        return CLI_GOOD; /* there are some */
    }
    if (cli_noperands(cli) > 1) {
        return cli_trouble(cli,
                           "unexpected operand '%.200s'; usage: csvkit slice [OPTION]... [FILE]",
                           cli_operand(cli, 1));
    }
    bool none = cli_noperands(cli) == 0 || strcmp(cli_operand(cli, 0), "-") == 0;
    return slice_makes_part(cli) && none
               ? cli_trouble(cli, "standard input has no ranges: give a file")
               : CLI_GOOD;
}

int slice_check_parts(struct cli *cli)
{
    const char *with = slice_joins_parts(cli) ? "--merge" : "--byte-range";
    int status = take_list(cli);
    status = status == CLI_GOOD ? check_operands(cli) : status;
    status = status == CLI_GOOD ? cli_check_credentials(cli, slice_joins_parts(cli)) : status;
    if (status != CLI_GOOD || (!slice_joins_parts(cli) && !slice_makes_part(cli))) {
        return status;
    }
    if (slice_joins_parts(cli) && slice_makes_part(cli)) {
        return cli_trouble(cli, "--merge does not go with --byte-range");
    }
    if (cli_has(cli, "normalize") || cli_has(cli, "slices")) {
        return cli_trouble(cli, "not supported: --%s with %s",
                           cli_has(cli, "normalize") ? "normalize" : "slices", with);
    }
    return cli_check_ranges(cli, with);
}

/* ---- making a part --------------------------------------------------------------------------- */

static int make_part(struct slice_command *job, struct ranged_input *file, struct csvk_error *err)
{
    struct csvk_partial_range range;
    struct csvk_slice_part_facts facts = {0, 0, true};
    int status = cli_get_byte_range(job->cli, file->bytes.size, &range, err);
    if (status == CSVK_OK) {
        status = csvk_slice_part(&job->options, &file->bytes, range, &job->result, &facts, err);
    }
    if (status == CSVK_OK && !facts.judged && facts.begin < range.to) {
        cli_note(job->cli,
                 "where a record ends that seems to begin at byte %" PRIu64
                 " was not found; --merge will slice these bytes again",
                 facts.begin);
    }
    return status;
}

int slice_make_part(struct slice_command *job, struct csvk_error *err)
{
    struct ranged_input file;
    int status = ranged_input_open(&file, job->cli, cli_operand(job->cli, 0), err);
    status = status == CSVK_OK ? make_part(job, &file, err) : status;
    ranged_input_close(&file);
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

static int list_folders(struct cli *cli, struct csvk_strings *out, struct csvk_error *err)
{
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        if (csvk_strings_add(out, cli_operand(cli, i)) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    return CSVK_OK;
}

int slice_parts_input(struct cli *cli, char **name)
{
    struct csvk_error err = {0};
    struct csvk_strings folders = {0};
    *name = NULL;
    int status = list_folders(cli, &folders, &err);
    status = status == CSVK_OK ? csvk_slice_parts_input_name(&folders, name, &err) : status;
    csvk_strings_release(&folders);
    return status == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
}

int slice_join_parts(struct slice_command *job, const char *input, struct csvk_error *err)
{
    struct csvk_strings folders = {0};
    struct ranged_input file;
    uint64_t again = 0;
    ranged_input_try(&file, job->cli, input);
    int status = list_folders(job->cli, &folders, err);
    if (status == CSVK_OK) {
        status =
            csvk_slice_parts_join(&job->options, &folders, &file.bytes, &job->result, &again, err);
    }
    if (status == CSVK_OK && again != 0) {
        cli_note(job->cli, "%" PRIu64 " part%s did not begin with a record and %s sliced again",
                 again, cli_plural(again), again == 1 ? "was" : "were");
    }
    ranged_input_close(&file);
    csvk_strings_release(&folders);
    return status;
}
