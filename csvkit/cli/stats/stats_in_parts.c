/*
 * stats_in_parts.c - see stats_in_parts.h.
 *
 * A part is that of a judgement in which every rule is off (validator/partial.h): it finds where
 * the part begins, and counts the records before it when parts are joined. Statistics take the
 * records, and are the note of the part. What they draw by chance depends on where records begin in
 * the file (stats.h), which every part knows; the numbers of records are made those of the whole
 * when the parts are joined.
 */
#include "csvkit/cli/stats/stats_in_parts.h"

#include "csvkit/cli/remote/byte_range.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/io/file_kind.h"
#include "csvkit/io/partial_io.h"
#include "csvkit/stats/stats_state.h"

#include <inttypes.h>
#include <string.h>

static const struct cli_option rows[] = {
    {"byte-range", 0, "A-B", NULL,
     "With --partial: count the records that begin at byte A or after it, and before byte B; A- "
     "means up to the end. I/N is the I-th of N ranges of the same length.",
     false},
    {"partial", 0, "PART", NULL,
     "Write what is known about this --byte-range to the file PART, and print nothing. Parts of "
     "one file may be made at the same time, on different machines.",
     false},
    {"merge", 0, NULL, NULL,
     "The FILEs are parts, in any order: join them and print what one run over the whole file "
     "would. Give the options again that the parts were made with. Where a part has guessed wrong "
     "where a record begins, its bytes are counted again, so the file should be at hand.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_stats_part_options = {"Parts", rows};

bool cli_stats_makes_part(const struct cli *cli)
{
    return cli_has(cli, "partial") || cli_has(cli, "byte-range");
}

bool cli_stats_joins_parts(const struct cli *cli)
{
    return cli_has(cli, "merge");
}

/* ---- what does not go with parts ------------------------------------------------------------- */

static int check_part(struct cli *cli)
{
    if (cli_has(cli, "partial") != cli_has(cli, "byte-range")) {
        return cli_trouble(cli, "--byte-range and --partial go together");
    }
    if (cli_has(cli, "format") || cli_has(cli, "files-from")) {
        return cli_trouble(cli, "--%s does not go with --partial: %s",
                           cli_has(cli, "format") ? "format" : "files-from",
                           cli_has(cli, "format") ? "give it with --merge" : "it reads one FILE");
    }
    if (cli_noperands(cli) > 1) {
        return cli_trouble(cli, "--partial reads one FILE: %s is another", cli_operand(cli, 1));
    }
    if (cli_noperands(cli) == 0 || strcmp(cli_operand(cli, 0), "-") == 0) {
        return cli_trouble(cli, "standard input has no ranges: give a file");
    }
    return CLI_GOOD;
}

int cli_stats_check_parts(struct cli *cli)
{
    const char *with = cli_stats_joins_parts(cli) ? "--merge" : "--partial";
    if (!cli_stats_makes_part(cli) && !cli_stats_joins_parts(cli)) {
        return CLI_GOOD;
    }
    if (cli_stats_makes_part(cli) && cli_stats_joins_parts(cli)) {
        return cli_trouble(cli, "--merge does not go with --partial and --byte-range");
    }
    if (cli_has(cli, "one-table") || cli_has(cli, "threads")) {
        return cli_trouble(cli, "not supported: --%s with %s",
                           cli_has(cli, "one-table") ? "one-table" : "threads", with);
    }
    int status = cli_check_ranges(cli, with);
    return status == CLI_GOOD && cli_stats_makes_part(cli) ? check_part(cli) : status;
}

/* ---- the taker ------------------------------------------------------------------------------- */

struct part_stats {
    struct cli *cli;
    struct table_stats *out;
    struct csvk_table_definition table;
    struct csvk_validate_options options; /* every rule is off */
    struct csvk_strings more;             /* options of statistics */
    struct csvk_partial_taker taker;
    struct stats_feed feed;
    const char *name; /* of the input */
    bool joining;     /* else a part is made */
    uint64_t width;   /* of the table; 0: its first record says it */
};

static int no_memory(struct csvk_error *err)
{
    return csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* As csvkit stats reads a file. */
static void tune(struct csvk_options *how, void *context)
{
    struct part_stats *part = context;
    part->width = how->width;
    how->detail = CSVK_FIELDS;
    how->facts = CSVK_FACT_BIT(CSVK_FACT_UTF16_BOM);
    how->max_record = 0;
}

static int begin(void *context, struct csvk_partial_range range, uint64_t before,
                 struct csvk_error *err)
{
    struct part_stats *part = context;
    (void)err;
    if (!part->joining) {
        cli_stats_release(part->out);
    }
    part->feed = (struct stats_feed){.out = part->out,
                                     .dialect = &part->table.dialect,
                                     .columns = &part->table.columns,
                                     .header = part->table.header,
                                     .before = {before, range.from},
                                     .has_first = range.from != 0};
    return CSVK_OK;
}

static int take(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    struct part_stats *part = context;
    struct table_stats *out = part->out;
    int status = CSVK_OK;
    if (part->feed.has_first && out->stats == NULL) { /* the names are in the first part */
        status = csvk_stats_new(&out->stats, (size_t)part->width, &part->table.dialect);
    }
    status = status == CSVK_OK ? cli_stats_feed(&part->feed, batch) : status;
    if (status != CSVK_OK) {
        return no_memory(err);
    }
    return !part->feed.utf16
               ? CSVK_OK
               : csvk_fail(err, CSVK_EDATA,
                           "%s: UTF-16 or UTF-32: give --encoding, or convert it to UTF-8",
                           part->name);
}

/* ---- the note -------------------------------------------------------------------------------- */

/* How many columns there are, 0 when there are no statistics; names, when the part has read them;
   the statistics. */
static void pass_note(struct partial_io *io, struct part_stats *part, struct table_stats *stats)
{
    size_t columns = stats->stats != NULL ? csvk_stats_columns(stats->stats) : 0;
    partial_count(io, &columns);
    partial_strings(io, &stats->names);
    partial_flag(io, &stats->named);
    partial_size(io, &stats->cut_name);
    if (partial_io_reads(io) && io->status == CSVK_OK && columns != 0 &&
        csvk_stats_new(&stats->stats, columns, &part->table.dialect) != CSVK_OK) {
        partial_io_out_of_memory(io);
    }
    if (stats->stats != NULL && io->status == CSVK_OK) {
        csvk_stats_state(io, stats->stats);
    }
}

/* Adds the statistics of a part to those of the parts before it. */
static int add_stats(struct table_stats *out, struct table_stats *part, const char *path,
                     struct csvk_error *err)
{
    if (out->names.count == 0) {
        struct csvk_strings names = out->names;
        out->names = part->names;
        part->names = names;
        out->named = part->named;
        out->cut_name = part->cut_name;
    }
    if (out->stats == NULL) {
        out->stats = part->stats;
        part->stats = NULL;
    }
    int status = part->stats != NULL ? csvk_stats_merge(out->stats, part->stats) : CSVK_OK;
    return status == CSVK_EUSAGE
               ? csvk_fail(err, CSVK_EIO, "%s: it has another number of columns", path)
           : status == CSVK_OK ? CSVK_OK
                               : no_memory(err);
}

static int join(void *context, const char *path, struct csvk_bytes note, uint64_t before,
                struct csvk_error *err)
{
    struct part_stats *part = context;
    struct table_stats there = {.stats = NULL};
    struct partial_io io;
    partial_io_bytes(&io, path, note, err);
    pass_note(&io, part, &there);
    if (io.left != 0) {
        partial_io_damaged(&io);
    }
    int status = io.status;
    partial_io_close(&io);
    if (status == CSVK_OK && there.stats != NULL) {
        csvk_stats_shift(there.stats, before);
    }
    status = status == CSVK_OK ? add_stats(part->out, &there, path, err) : status;
    cli_stats_release(&there);
    return status;
}

/* ---- options --------------------------------------------------------------------------------- */

/* The table that `path` is, with its manifest when there is one. Returns an enum cli_exit. */
static int open_part(struct part_stats *part, const char *path)
{
    struct csvk_error err = {0};
    part->name = path;
    int status = cli_get_table(part->cli, ranged_input_place(path), &part->table);
    if (status != CLI_GOOD) {
        return status;
    }
    part->options.dialect = part->table.dialect;
    part->options.header = CSVK_NO_HEADER; /* it is a record like the others, as for the reader */
    status = csvk_validate_set_rule(&part->options, "all", CSVK_OFF, &err);
    bool good =
        csvk_strings_add(&part->more, part->table.header ? "header=yes" : "header=no") == CSVK_OK &&
        csvk_partial_add_names(&part->more, "names", &part->table.columns) == CSVK_OK;
    status = status == CSVK_OK && !good ? no_memory(&err) : status;
    return status == CSVK_OK ? CLI_GOOD : cli_fail(part->cli, &err);
}

static void init_part(struct part_stats *part, struct cli *cli, struct table_stats *out)
{
    *part = (struct part_stats){.cli = cli, .out = out};
    part->taker = (struct csvk_partial_taker){tune, begin, take, join, part};
    csvk_validate_options_init(&part->options);
    *out = (struct table_stats){.stats = NULL};
}

static void release_part(struct part_stats *part)
{
    csvk_validate_options_release(&part->options);
    csvk_table_definition_release(&part->table);
    csvk_strings_release(&part->more);
}

/* ---- making a part --------------------------------------------------------------------------- */

static int write_part(struct part_stats *part, struct csvk_partial *partial, struct csvk_error *err)
{
    struct csvk_buf note = CSVK_BUF_INIT;
    struct partial_io io;
    if (!csvk_partial_facts(partial).judged) {
        cli_stats_release(part->out);
    }
    partial_io_memory(&io, &note, err);
    pass_note(&io, part, part->out);
    int status = io.status;
    if (status == CSVK_OK) {
        struct csvk_bytes bytes = {note.data, note.length};
        status = csvk_partial_write(partial, bytes, cli_value(part->cli, "partial"), err);
    }
    csvk_buf_release(&note);
    return status;
}

/* What is surely no table is refused as it is without parts. */
static int check_kind(struct ranged_input *file, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = ranged_input_whole(&source, file, err);
    status = status == CSVK_OK ? csvk_refuse_no_table(source, err) : status;
    csvk_source_free(source);
    return status;
}

static int make_part(struct part_stats *part, struct ranged_input *file, struct csvk_error *err)
{
    struct csvk_partial *partial = NULL;
    struct csvk_partial_range range;
    const char *target = cli_value(part->cli, "partial");
    int status = ranged_input_is_file(file, target)
                     ? csvk_fail(err, CSVK_EUSAGE, "--partial=%s is the FILE itself", target)
                     : check_kind(file, err);
    status =
        status == CSVK_OK ? cli_get_byte_range(part->cli, file->bytes.size, &range, err) : status;
    if (status == CSVK_OK) {
        status = csvk_partial_new(&partial, &file->bytes, &part->options, range, &part->taker,
                                  &part->more, err);
    }
    status = status == CSVK_OK ? write_part(part, partial, err) : status;
    csvk_partial_free(partial);
    return status;
}

int cli_stats_make_part(struct cli *cli)
{
    struct csvk_error err = {0};
    struct table_stats stats;
    struct part_stats part;
    struct ranged_input file;
    const char *path = cli_operand(cli, 0);
    init_part(&part, cli, &stats);
    int status = open_part(&part, path);
    if (status == CLI_GOOD) {
        int made = ranged_input_open(&file, cli, path, &err);
        made = made == CSVK_OK ? make_part(&part, &file, &err) : made;
        ranged_input_close(&file);
        status = made == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
    }
    cli_stats_release(&stats);
    release_part(&part);
    return status;
}

/* ---- joining --------------------------------------------------------------------------------- */

static int join_stats(struct part_stats *part, struct csvk_partials *partials,
                      struct csvk_error *err)
{
    const struct csvk_report *report = NULL;
    struct csvk_validator *v = NULL;
    struct ranged_input file;
    uint64_t again = 0;
    ranged_input_try(&file, part->cli, csvk_partials_input_name(partials));
    part->joining = true;
    int status = csvk_partials_check(partials, &part->options, &part->more, err);
    if (status == CSVK_OK) {
        status = csvk_partials_join(partials, &file.bytes, &part->taker, &v, &again, err);
    }
    status = status == CSVK_OK ? csvk_validator_report(v, &report, err) : status;
    part->out->bytes = status == CSVK_OK ? report->totals->bytes : 0;
    if (status == CSVK_OK && again != 0) {
        cli_note(part->cli, "%" PRIu64 " part%s did not begin with a record and %s counted again",
                 again, cli_plural(again), again == 1 ? "was" : "were");
    }
    csvk_validator_free(v);
    ranged_input_close(&file);
    return status;
}

static int read_parts(struct cli *cli, struct csvk_partials **out, char **name,
                      struct csvk_error *err)
{
    struct csvk_strings paths = {0};
    int status = CSVK_OK;
    for (size_t i = 0; i < cli_noperands(cli) && status == CSVK_OK; i++) {
        status = csvk_strings_add(&paths, cli_operand(cli, i));
    }
    status = status == CSVK_OK ? csvk_partials_read(out, &paths, err) : no_memory(err);
    csvk_strings_release(&paths);
    if (status == CSVK_OK) {
        *name = csvk_strdup(csvk_partials_input_name(*out));
        status = *name != NULL ? CSVK_OK : no_memory(err);
    }
    return status;
}

int cli_stats_join_parts(struct cli *cli, struct table_stats *out, char **name)
{
    struct csvk_error err = {0};
    struct csvk_partials *partials = NULL;
    struct part_stats part;
    *name = NULL;
    init_part(&part, cli, out);
    int status = read_parts(cli, &partials, name, &err) == CSVK_OK ? CLI_GOOD : cli_fail(cli, &err);
    status = status == CLI_GOOD ? open_part(&part, *name) : status;
    if (status == CLI_GOOD && join_stats(&part, partials, &err) != CSVK_OK) {
        status = cli_fail(cli, &err);
    }
    out->dialect = part.table.dialect;
    out->header = part.table.header;
    status = *name != NULL ? cli_stats_conclude(cli, out, *name, status) : status;
    csvk_partials_free(partials);
    release_part(&part);
    return status;
}
