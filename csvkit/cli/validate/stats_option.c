/* stats_option.c - see stats_option.h. */
#include "csvkit/cli/validate/stats_option.h"

#include "csvkit/cli/stats/stats_report.h"

#include <string.h>

#define TEXT_WIDTH 100 /* of the table in a report, which need not go to a terminal */

void stats_option_begin(struct stats_option *stats, const struct csvk_validate_options *options)
{
    stats_option_release(stats);
    stats->options = *options;
    stats->feed = (struct stats_feed){.out = &stats->table,
                                      .dialect = &stats->options.dialect,
                                      .columns = &stats->options.columns,
                                      .header = options->header == CSVK_HEADER};
}

void stats_option_tune(struct csvk_options *options)
{
    options->detail = CSVK_FIELDS;
    options->max_record = UINT64_MAX;
}

/* Such a line names another delimiter than the options have: nothing is counted then. */
static bool is_sep_line(const struct stats_option *stats, const struct csvk_batch *batch)
{
    return stats->options.sep == CSVK_SEP_LOOK && batch->first_record == 1 && batch->size > 4 &&
           batch->bytes != NULL && memcmp(batch->bytes + (batch->bytes[0] == '"'), "sep=", 4) == 0;
}

int stats_option_take(struct stats_option *stats, const struct csvk_batch *batch,
                      struct csvk_error *err)
{
    stats->sep_line |= is_sep_line(stats, batch);
    return stats->sep_line || cli_stats_feed(&stats->feed, batch) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory for statistics");
}

void stats_option_release(struct stats_option *stats)
{
    cli_stats_release(&stats->table);
    *stats = (struct stats_option){0};
}

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    const struct stats_subject *with = subject->context;
    with->judged.json(&with->judged, json);
    csvk_json_key(json, "stats");
    csvk_json_open(json, '{');
    cli_stats_put_json(json, with->table);
    csvk_json_close(json, '}');
}

static void put_text(const struct csvk_subject *subject, size_t index,
                     struct csvk_reporter *reporter)
{
    const struct stats_subject *with = subject->context;
    struct csvk_buf text = CSVK_BUF_INIT;
    with->judged.text(&with->judged, index, reporter);
    if (index == subject->nsections &&
        cli_stats_text(&text, subject->file, with->table, TEXT_WIDTH) == CSVK_OK) {
        csvk_reporter_put(reporter, csvk_buf_text(&text));
    }
    csvk_buf_release(&text);
}

void stats_option_add(struct stats_option *stats, uint64_t bytes, struct csvk_subject *subject,
                      struct stats_subject *room)
{
    if (stats->table.stats == NULL || stats->feed.utf16) {
        return;
    }
    stats->table.bytes = bytes;
    *room = (struct stats_subject){*subject, &stats->table};
    subject->json = put_json;
    subject->text = put_text;
    subject->context = room;
}
