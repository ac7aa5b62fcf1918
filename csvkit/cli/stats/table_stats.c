/* table_stats.c - see table_stats.h. */
#include "csvkit/cli/stats/table_stats.h"

#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/table/auto_option.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/io/file_kind.h"
#include "csvkit/parallel/stats_crew.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct stats_reading {
    struct cli *cli;
    const char *path; /* of the operand */
    const char *const *paths;
    size_t count;
    struct table_stats *out;
    struct csvk_table_definition table;
    struct stats_feed feed;
    struct csvk_error err;
};

/* ---- columns --------------------------------------------------------------------------------- */

static int name_column(struct csvk_strings *names, size_t i)
{
    char name[40];
    snprintf(name, sizeof name, "column_%zu", i + 1);
    return csvk_strings_add(names, name);
}

static int add_name(const struct stats_feed *feed, const struct csvk_batch *batch,
                    const struct csvk_record *record, size_t i, struct csvk_strings *names)
{
    struct csvk_buf room = CSVK_BUF_INIT;
    struct csvk_bytes value;
    struct table_stats *out = feed->out;
    int status = csvk_field_value(batch, record, i, feed->dialect, &room, &value);
    if (status == CSVK_OK) {
        bool cut = value.len != 0 && memchr(value.ptr, 0, value.len) != NULL;
        out->cut_name = cut && out->cut_name == 0 ? i + 1 : out->cut_name;
        status = csvk_strings_addn(names, (const char *)value.ptr, value.len);
    }
    csvk_buf_release(&room);
    return status;
}

/* The header of a file after the first. Names that somebody told are not those of the header. */
static int compare_names(struct stats_feed *feed, const struct csvk_batch *batch,
                         const struct csvk_record *record)
{
    const struct csvk_strings *wanted = &feed->out->names;
    struct csvk_strings names = {0};
    int status = CSVK_OK;
    if (!feed->header || feed->columns->count == wanted->count) {
        return CSVK_OK;
    }
    size_t fields = (size_t)record->nfields, both = fields < wanted->count ? fields : wanted->count;
    for (size_t i = 0; i < both && feed->unlike == 0 && status == CSVK_OK; i++) {
        status = add_name(feed, batch, record, i, &names);
        bool same = status != CSVK_OK || strcmp(names.item[i], wanted->item[i]) == 0;
        feed->unlike = same ? 0 : i + 1;
    }
    feed->unlike = feed->unlike == 0 && fields != wanted->count ? both + 1 : feed->unlike;
    csvk_strings_release(&names);
    return status;
}

/* The first record that is not blank says how many columns there are, and perhaps their names. */
static int take_first(struct stats_feed *feed, const struct csvk_batch *batch,
                      const struct csvk_record *record)
{
    size_t columns = (size_t)record->nfields;
    const struct csvk_strings *told = feed->columns;
    struct table_stats *out = feed->out;
    int status = csvk_stats_new(&out->stats, columns, feed->dialect);
    if (status == CSVK_OK && feed->threads != 0) {
        status = csvk_stats_crew_new(&feed->crew, out->stats, feed->dialect, feed->threads,
                                     CSVK_STATS_ALONE);
    }
    out->named = feed->header || told->count == columns;
    for (size_t i = 0; i < columns && status == CSVK_OK; i++) {
        status = told->count == columns ? csvk_strings_add(&out->names, told->item[i])
                 : feed->header         ? add_name(feed, batch, record, i, &out->names)
                                        : name_column(&out->names, i);
    }
    return status;
}

/* What is no data at the beginning of a file after the first is not there in the whole table. */
static void pass_beginning(struct stats_feed *feed, const struct csvk_batch *batch,
                           const struct csvk_record *record)
{
    uint64_t at = batch->offset;
    if (feed->header && batch->record_end != NULL) {
        at += batch->record_end[record->number - batch->first_record];
    }
    feed->before.bytes -= at;
    feed->before.records -= feed->header_record;
}

int cli_stats_feed(struct stats_feed *feed, const struct csvk_batch *batch)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < batch->nfacts; i++) {
        feed->utf16 |= batch->facts[i].kind == CSVK_FACT_UTF16_BOM;
    }
    for (size_t i = 0; i < batch->nreported && !feed->has_first && status == CSVK_OK; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->blank && (feed->out->stats == NULL || feed->header)) {
            continue;
        }
        feed->has_first = true;
        feed->header_record = feed->header ? record->number : 0;
        if (feed->out->stats == NULL) {
            status = take_first(feed, batch, record);
        } else {
            status = compare_names(feed, batch, record);
            pass_beginning(feed, batch, record);
        }
    }
    if (feed->unlike != 0) {
        return status;
    }
    if (status == CSVK_OK && feed->crew != NULL) {
        status = csvk_stats_crew_add(feed->crew, batch, feed->header_record, feed->before);
    } else if (status == CSVK_OK && feed->out->stats != NULL) {
        status = csvk_stats_add(feed->out->stats, batch, feed->header_record, feed->before);
    }
    return status;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* What is compressed is decompressed by a thread of its own. Plain bytes need none: to read them is
   a tenth of the work, which is the counting. */
static int use_thread(struct stats_reading *r, struct csvk_reader *reader,
                      struct csvk_source *source)
{
    return csvk_source_compression(source) != NULL ? cli_use_threads(r->cli, reader, &r->err)
                                                   : CSVK_OK;
}

/* Where one file follows another, the last record of the first ends with a line break. */
static void add_totals(struct csvk_stats_before *before, const struct csvk_totals *totals)
{
    uint64_t missing = totals->eol_mode == CSVK_EOL_CRLF ? 2 : 1;
    before->records += totals->records;
    before->bytes += totals->bytes + (totals->eol[CSVK_EOL_NONE] != 0 ? missing : 0);
}

static int read_batches(struct stats_reading *r, struct csvk_source *source)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.dialect = r->table.dialect;
    r->out->dialect = r->out->stats == NULL ? r->table.dialect : r->out->dialect;
    options.detail = CSVK_FIELDS;
    options.facts = CSVK_FACT_BIT(CSVK_FACT_UTF16_BOM);
    options.width = r->out->names.count;
    struct cli_progress *progress =
        cli_progress_start(r->cli, "stats", csvk_source_file_size(source));
    int status = csvk_reader_new(&reader, source, &options, &r->err);
    status = status == CSVK_OK ? use_thread(r, reader, source) : status;
    r->feed.header = r->table.header;
    r->feed.has_first = false;
    r->feed.unlike = 0;
    r->feed.header_record = 0;
    struct csvk_stats_before before = r->feed.before;
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, &r->err);
        if (status == CSVK_OK && cli_stats_feed(&r->feed, batch) != CSVK_OK) {
            status = csvk_fail(&r->err, CSVK_ENOMEM, "out of memory");
        }
        cli_progress_update(progress, csvk_source_consumed(source));
    }
    cli_progress_end(progress);
    if (reader != NULL && r->feed.unlike == 0) {
        add_totals(&r->feed.before, csvk_reader_totals(reader));
        r->out->bytes += csvk_reader_totals(reader)->bytes;
    } else {
        r->feed.before = before;
    }
    csvk_reader_free(reader);
    return status == CSVK_END ? CSVK_OK : status;
}

static int tell_damage(struct stats_reading *r, const char *path, const struct csvk_damage *damage)
{
    r->out->passed_over = true;
    return cli_refuse(r->cli, "%s: the %s stream is damaged at byte %" PRIu64 ": %s", path,
                      damage->kind, damage->offset, damage->what);
}

static int tell_unlike(struct stats_reading *r, const char *path)
{
    r->out->passed_over = true;
    return cli_refuse(r->cli,
                      "%s: in no count: column %zu of its header has another name than before",
                      path, r->feed.unlike);
}

static int read_file(struct stats_reading *r, const char *path)
{
    struct csvk_source *source = NULL;
    const char *encoding = r->table.encoding, *found = NULL;
    int status = ranged_input_source(&source, r->cli, path, &r->err);
    status = status == CSVK_OK ? csvk_refuse_no_table(source, &r->err) : status;
    if (status == CSVK_OK) {
        status = cli_resolve_auto(r->cli, source, &r->table.dialect, &found, &r->err);
        encoding = found != NULL ? found : encoding;
    }
    if (status == CSVK_OK && encoding != NULL) {
        status = csvk_source_set_encoding(source, encoding, &r->err);
    }
    status = status == CSVK_OK ? read_batches(r, source) : status;
    if (status == CSVK_OK && r->feed.utf16) {
        status = csvk_fail(&r->err, CSVK_EDATA,
                           "%s: UTF-16 or UTF-32: give --encoding, or convert it to UTF-8", path);
    }
    int exit_status = status == CSVK_OK ? CLI_GOOD : cli_fail(r->cli, &r->err);
    if (status == CSVK_OK && csvk_source_damage(source) != NULL) {
        exit_status = tell_damage(r, path, csvk_source_damage(source));
    } else if (status == CSVK_OK && r->feed.unlike != 0) {
        exit_status = tell_unlike(r, path);
    }
    csvk_source_free(source);
    return exit_status;
}

static int read_slices(struct stats_reading *r)
{
    struct csvk_strings slices = {0};
    int worst = CLI_GOOD, status = csvk_list_slices(r->path, &slices, &r->err);
    if (status == CSVK_OK) {
        status = csvk_table_definition_look(&r->table, slices.count != 0 ? slices.item[0] : NULL,
                                            &r->err);
    }
    if (status != CSVK_OK) {
        worst = cli_fail(r->cli, &r->err);
    } else if (!r->table.header_stated) {
        r->table.header = r->table.first_names.count != 0;
    }
    for (size_t i = 0; i < slices.count && worst != CLI_TROUBLE; i++) {
        status = read_file(r, slices.item[i]);
        worst = status > worst ? status : worst;
    }
    csvk_strings_release(&slices);
    return worst;
}

/* ---- what is in no count --------------------------------------------------------------------- */

static void tell_passed_over(struct cli *cli, struct table_stats *out, const char *label)
{
    const struct csvk_stats_records *n = csvk_stats_records(out->stats);
    if (n->other_width != 0) {
        cli_refuse(cli,
                   "%s: %" PRIu64 " record%s of another width than the table's %zu columns %s in "
                   "no count, first record %" PRIu64,
                   label, n->other_width, cli_plural(n->other_width), out->names.count,
                   n->other_width == 1 ? "is" : "are", n->first_of_width);
    }
    if (n->broken != 0) {
        cli_refuse(cli,
                   "%s: %" PRIu64 " field%s with a quoting error %s in no count, first in record "
                   "%" PRIu64,
                   label, n->broken, cli_plural(n->broken), n->broken == 1 ? "is" : "are",
                   n->first_broken);
    }
    if (n->oversize != 0) {
        cli_refuse(cli,
                   "%s: %" PRIu64 " record%s too long for memory %s in no count, first record "
                   "%" PRIu64,
                   label, n->oversize, cli_plural(n->oversize), n->oversize == 1 ? "is" : "are",
                   n->first_oversize);
    }
    if (n->other_width + n->broken + n->oversize != 0) {
        out->passed_over = true;
        cli_note(cli, "%s: csvkit validate says what is wrong with it", label);
    }
}

int cli_stats_conclude(struct cli *cli, struct table_stats *out, const char *label, int status)
{
    if (status != CLI_TROUBLE && out->stats != NULL) {
        tell_passed_over(cli, out, label);
    } else if (status == CLI_GOOD) {
        status = cli_refuse(cli, "%s: there is no record", label);
    }
    return status == CLI_GOOD && out->passed_over ? CLI_REFUSED : status;
}

/* All that was read is counted then. */
static int settle(struct stats_reading *r, int status)
{
    if (status != CLI_TROUBLE && r->feed.crew != NULL &&
        csvk_stats_crew_finish(r->feed.crew) != CSVK_OK) {
        status = cli_trouble(r->cli, "out of memory");
    }
    csvk_stats_crew_free(r->feed.crew);
    r->feed.crew = NULL;
    return status;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Statistics take values by one dialect, and a schema has one. */
static bool is_written_alike(const struct stats_reading *r)
{
    const struct csvk_dialect *a = &r->out->dialect, *b = &r->table.dialect;
    return r->table.header == r->out->header && a->enclosure == b->enclosure &&
           a->escape == b->escape && (r->table.delimiter_auto || a->delimiter == b->delimiter);
}

static int read_found(struct stats_reading *r)
{
    bool first = r->out->stats == NULL;
    if (!first && !is_written_alike(r)) {
        r->out->passed_over = true;
        return cli_refuse(r->cli,
                          "%s: in no count: delimiter, enclosure or header are not those of %s",
                          r->path, r->paths[0]);
    }
    int status = is_folder(r->path) ? read_slices(r) : read_file(r, r->path);
    r->out->header = first ? r->table.header : r->out->header;
    if (status == CLI_GOOD && r->count > 1 && r->table.header && !r->feed.has_first) {
        status = cli_refuse(r->cli, "%s: there is no record", r->path);
        r->out->passed_over = true;
    }
    return status;
}

/* One of the operands, with a manifest of its own when there is one. */
static int read_part(struct stats_reading *r, const char *path)
{
    const char *encoding = cli_value(r->cli, "encoding");
    bool plain =
        encoding == NULL || strcasecmp(encoding, "utf-8") == 0 || strcmp(encoding, "auto") == 0;
    r->path = path;
    int status = cli_get_table(r->cli, ranged_input_place(path), &r->table);
    r->table.encoding = plain ? NULL : encoding;
    status = status == CLI_GOOD ? read_found(r) : status;
    csvk_table_definition_release(&r->table);
    return status;
}

int cli_stats_label(const struct table_stats *stats, struct csvk_buf *out)
{
    int status = csvk_buf_puts(out, stats->files[0]);
    return status == CSVK_OK && stats->nfiles > 1
               ? csvk_buf_printf(out, " and %zu more", stats->nfiles - 1)
               : status;
}

static int read_all(struct stats_reading *r)
{
    struct csvk_buf label = CSVK_BUF_INIT;
    int worst = CLI_GOOD;
    for (size_t i = 0; i < r->count && worst != CLI_TROUBLE; i++) {
        int status = read_part(r, r->paths[i]);
        worst = status > worst ? status : worst;
    }
    worst = settle(r, worst);
    if (cli_stats_label(r->out, &label) != CSVK_OK) {
        worst = cli_trouble(r->cli, "out of memory");
    } else {
        worst = cli_stats_conclude(r->cli, r->out, csvk_buf_text(&label), worst);
    }
    csvk_buf_release(&label);
    return worst;
}

int cli_stats_of_parts(struct cli *cli, const char *const *paths, size_t count,
                       struct table_stats *out)
{
    struct stats_reading r = {.cli = cli, .paths = paths, .count = count, .out = out};
    *out = (struct table_stats){.files = paths, .nfiles = count};
    r.feed = (struct stats_feed){.out = out,
                                 .dialect = &r.table.dialect,
                                 .columns = &r.table.columns,
                                 .threads = cli_threads(cli)};
    return read_all(&r);
}

int cli_stats_of_table(struct cli *cli, const char *path, struct table_stats *out)
{
    int status = cli_stats_of_parts(cli, &path, 1, out);
    out->files = NULL; /* it was borrowed for the call */
    out->nfiles = 0;
    return status;
}

void cli_stats_release(struct table_stats *stats)
{
    csvk_stats_free(stats->stats);
    csvk_strings_release(&stats->names);
    *stats = (struct table_stats){0};
}
