/* cmd_sniff.c - csvkit sniff [FILE]...: proposes dialect, encoding and header of a file, and shows
   the evidence. */
#include "csvkit/cli/frame/cli.h"
#include "csvkit/json.h"
#include "csvkit/sniff/encoding_detector.h"

#include <stdio.h>
#include <string.h>

struct proposal { /* one finished proposal */
    const char *file;
    uint64_t sample;
    const struct csvk_sniff *sniff;
    const struct stretches *stretches; /* NULL: nobody asked */
};

/* With --all: the parts of the file that have a dialect of their own. */
struct stretches {
    struct csvk_sniff_stretch *item;
    size_t count;
    bool more; /* than are kept */
};
enum { STRETCHES_MOST = 1000 };

/* ---- JSON ---- */

static void put_delimiter(struct csvk_json *json, const struct csvk_dialect *dialect)
{
    unsigned char bytes[CSVK_DELIMITER_MOST] = {(unsigned char)dialect->delimiter};
    memcpy(bytes + 1, dialect->more, dialect->more_length);
    csvk_json_bytes(json, bytes, 1u + dialect->more_length);
}

static void put_byte(struct csvk_json *json, int byte)
{
    unsigned char value = (unsigned char)byte;
    csvk_json_key(json, "value");
    if (byte == CSVK_NO_BYTE) {
        csvk_json_null(json);
    } else {
        csvk_json_bytes(json, &value, 1);
    }
}

static void close_part(struct csvk_json *json, const struct csvk_sniff_part *part)
{
    csvk_json_put_uint(json, "score", (uint64_t)part->score);
    csvk_json_put_string(json, "evidence", part->evidence);
    csvk_json_close(json, '}');
}

static void open_part(struct csvk_json *json, const char *name)
{
    csvk_json_key(json, name);
    csvk_json_open(json, '{');
}

static void put_candidates(struct csvk_json *json, const struct csvk_sniff *sniff)
{
    csvk_json_key(json, "candidates");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < sniff->ncandidates; i++) {
        const struct csvk_sniff_candidate *candidate = &sniff->candidate[i];
        csvk_json_open(json, '{');
        csvk_json_key(json, "delimiter");
        put_delimiter(json, &candidate->dialect);
        csvk_json_put_uint(json, "score", (uint64_t)candidate->score);
        csvk_json_put_uint(json, "columns", candidate->width);
        csvk_json_put_uint(json, "records", candidate->records);
        csvk_json_put_uint(json, "records_alike", candidate->alike);
        csvk_json_put_uint(json, "records_faulty", candidate->faulty);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
}

static void put_dialect(struct csvk_json *json, const struct csvk_sniff *sniff)
{
    open_part(json, "delimiter");
    csvk_json_key(json, "value");
    if (sniff->verdict == CSVK_SNIFF_CLEAR) {
        put_delimiter(json, &sniff->dialect);
    } else {
        csvk_json_null(json);
    }
    close_part(json, &sniff->on_delimiter);
    if (sniff->dialect.skip_blanks) {
        csvk_json_put_bool(json, "skip_blanks", true);
    }
    open_part(json, "enclosure");
    put_byte(json, sniff->dialect.enclosure);
    close_part(json, &sniff->on_enclosure);
    open_part(json, "escape");
    put_byte(json, sniff->dialect.escape);
    close_part(json, &sniff->on_escape);
}

static void put_stretches(struct csvk_json *json, const struct stretches *stretches)
{
    if (stretches == NULL) {
        return;
    }
    csvk_json_key(json, "stretches");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < stretches->count; i++) {
        const struct csvk_sniff_stretch *s = &stretches->item[i];
        unsigned char byte = (unsigned char)s->delimiter;
        csvk_json_open(json, '{');
        csvk_json_put_uint(json, "line", s->line);
        csvk_json_put_uint(json, "byte", s->byte);
        csvk_json_put_uint(json, "lines", s->lines);
        csvk_json_key(json, "delimiter");
        csvk_json_bytes(json, &byte, 1);
        csvk_json_put_uint(json, "columns", s->width);
        csvk_json_close(json, '}');
    }
    csvk_json_close(json, ']');
    csvk_json_put_bool(json, "more_stretches", stretches->more);
}

static int write_json(const struct proposal *proposal, struct csvk_buf *out)
{
    const struct csvk_sniff *sniff = proposal->sniff;
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "file", proposal->file);
    csvk_json_put_string(&json, "verdict", csvk_sniff_verdict_name(sniff->verdict));
    csvk_json_put_uint(&json, "sample_bytes", proposal->sample);
    csvk_json_put_bool(&json, "whole_file", !sniff->cut);
    csvk_json_put_uint(&json, "sample_records", sniff->records);
    csvk_json_put_bool(&json, "sep_line", sniff->sep_line);
    put_dialect(&json, sniff);
    open_part(&json, "skip_head");
    csvk_json_put_uint(&json, "value", sniff->skip_head);
    close_part(&json, &sniff->on_head);
    open_part(&json, "comments");
    csvk_json_put_uint(&json, "value", sniff->comments);
    close_part(&json, &sniff->on_comments);
    open_part(&json, "encoding");
    csvk_json_put_string(&json, "value", sniff->encoding[0] != '\0' ? sniff->encoding : NULL);
    csvk_json_put_bool(&json, "mark", sniff->mark > 0);
    close_part(&json, &sniff->on_encoding);
    open_part(&json, "line_break");
    csvk_json_put_string(&json, "value", csvk_eol_name(sniff->eol));
    close_part(&json, &sniff->on_eol);
    open_part(&json, "header");
    csvk_json_put_bool(&json, "value", sniff->has_header);
    close_part(&json, &sniff->on_header);
    put_candidates(&json, sniff);
    put_stretches(&json, proposal->stretches);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

/* ---- text ---- */

static int add_line(struct csvk_buf *out, const char *name, const char *value,
                    const struct csvk_sniff_part *part)
{
    if (part->evidence[0] == '\0') {
        return CSVK_OK;
    }
    return csvk_buf_printf(out, "  %-11s %-12s %3d  %s\n", name, value, part->score,
                           part->evidence);
}

static int add_byte_line(struct csvk_buf *out, const char *name, int byte,
                         const struct csvk_sniff_part *part)
{
    char value[CSVK_DELIMITER_TEXT];
    csvk_dialect_write_byte(byte, value);
    return add_line(out, name, value, part);
}

static int add_delimiter_line(const struct csvk_sniff *sniff, struct csvk_buf *out)
{
    char value[CSVK_DELIMITER_TEXT] = "?";
    const struct csvk_dialect *dialect = &sniff->dialect;
    if (sniff->verdict == CSVK_SNIFF_CLEAR) {
        csvk_dialect_write_delimiter(dialect, value);
    }
    int status = add_line(out, "delimiter", value, &sniff->on_delimiter);
    if (status == CSVK_OK && dialect->skip_blanks) {
        status =
            csvk_buf_puts(out, "  blanks      skipped           nearly every delimiter has one "
                               "behind it, and enclosures follow them\n");
    }
    return status;
}

static int add_stretches(const struct stretches *stretches, struct csvk_buf *out)
{
    int status = CSVK_OK;
    for (size_t i = 0; stretches != NULL && i < stretches->count && status == CSVK_OK; i++) {
        const struct csvk_sniff_stretch *s = &stretches->item[i];
        char delimiter[CSVK_DELIMITER_TEXT];
        csvk_dialect_write_byte(s->delimiter, delimiter);
        status = csvk_buf_printf(
            out, "  from line   %-12llu      delimiter %s, %llu field%s, %llu line%s\n",
            (unsigned long long)s->line, delimiter, (unsigned long long)s->width,
            s->width == 1 ? "" : "s", (unsigned long long)s->lines, s->lines == 1 ? "" : "s");
    }
    if (status == CSVK_OK && stretches != NULL && stretches->more) {
        status = csvk_buf_puts(out, "  (and more changes)\n");
    }
    return status;
}

static int add_comment_line(const struct csvk_sniff *sniff, struct csvk_buf *out)
{
    char byte[CSVK_DELIMITER_TEXT], option[CSVK_DELIMITER_TEXT + 16];
    csvk_dialect_write_byte(sniff->comment != 0 ? (int)sniff->comment : '#', byte);
    snprintf(option, sizeof option, "--comment=%s", byte);
    return add_line(out, "comments", option, &sniff->on_comments);
}

static int write_text(const struct proposal *proposal, struct csvk_buf *out)
{
    const struct csvk_sniff *sniff = proposal->sniff;
    int status = csvk_buf_add_escaped(out, proposal->file, strlen(proposal->file));
    if (status == CSVK_OK) {
        status =
            csvk_buf_printf(out, ": %s (%s %llu byte%s)\n", csvk_sniff_verdict_name(sniff->verdict),
                            sniff->cut ? "the first" : "all", (unsigned long long)proposal->sample,
                            cli_plural(proposal->sample));
    }
    status = status == CSVK_OK ? add_delimiter_line(sniff, out) : status;
    if (status == CSVK_OK && sniff->skip_head != 0) {
        char option[40];
        snprintf(option, sizeof option, "--skip-head=%llu", (unsigned long long)sniff->skip_head);
        status = csvk_buf_printf(out, "  lines above %-12s %3d  %s\n", option, sniff->on_head.score,
                                 sniff->on_head.evidence);
    }
    if (status == CSVK_OK && (sniff->comments != 0 || sniff->comment != 0)) {
        status = add_comment_line(sniff, out);
    }
    if (status == CSVK_OK) {
        status = add_byte_line(out, "enclosure", sniff->dialect.enclosure, &sniff->on_enclosure);
    }
    if (status == CSVK_OK) {
        status = add_byte_line(out, "escape", sniff->dialect.escape, &sniff->on_escape);
    }
    if (status == CSVK_OK) {
        status = add_line(out, "encoding", sniff->encoding[0] != '\0' ? sniff->encoding : "?",
                          &sniff->on_encoding);
    }
    if (status == CSVK_OK) {
        status = add_line(out, "line break", csvk_eol_name(sniff->eol), &sniff->on_eol);
    }
    if (status == CSVK_OK) {
        status = add_line(out, "header", sniff->has_header ? "yes" : "no", &sniff->on_header);
    }
    return status == CSVK_OK ? add_stretches(proposal->stretches, out) : status;
}

/* ---- running ---- */

static int keep_stretch(const struct csvk_sniff_stretch *stretch, void *context)
{
    struct stretches *stretches = context;
    if (stretches->count == STRETCHES_MOST) {
        stretches->more = true;
        return CSVK_OK;
    }
    struct csvk_sniff_stretch *item =
        csvk_reallocarray(stretches->item, stretches->count + 1, sizeof *item);
    if (item == NULL) {
        return CSVK_ENOMEM;
    }
    stretches->item = item;
    item[stretches->count++] = *stretch;
    return CSVK_OK;
}

/* Text that is not UTF-8 is converted, when its encoding is sure. */
static int read_all(struct csvk_source *source, const struct csvk_sniff *sniff,
                    struct stretches *stretches, struct csvk_error *err)
{
    bool plain = strcmp(sniff->encoding, "UTF-8") == 0 || sniff->encoding[0] == '\0' ||
                 sniff->on_encoding.score < CSVK_ENCODING_SURE;
    int status = sniff->verdict == CSVK_SNIFF_NOT_TEXT || plain
                     ? CSVK_OK
                     : csvk_source_set_encoding(source, sniff->encoding, err);
    if (status == CSVK_OK && sniff->verdict != CSVK_SNIFF_NOT_TEXT) {
        status = csvk_sniff_changes_without(source, sniff->comment, keep_stretch, stretches, err);
    }
    return status == CSVK_ENOMEM ? csvk_fail(err, status, "out of memory") : status;
}

static int sniff_file(const char *file, uint64_t most, size_t *sampled, struct csvk_sniff *sniff,
                      struct stretches *stretches, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = csvk_source_open(&source, file, err);
    if (status == CSVK_OK) {
        status = csvk_sniff_source(source, (size_t)most, sniff, sampled, err);
    }
    if (status == CSVK_OK && stretches != NULL) {
        status = read_all(source, sniff, stretches, err);
    }
    csvk_source_free(source);
    return status;
}

static int sniff_one(struct cli *cli, const char *file, uint64_t most)
{
    struct csvk_sniff sniff = {.size = sizeof sniff};
    if (cli_get_comment(cli, &sniff.comment) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    size_t sampled = 0;
    struct csvk_error err = {0};
    struct stretches found = {NULL, 0, false};
    struct stretches *stretches = cli_has(cli, "all") ? &found : NULL;
    if (sniff_file(file, most, &sampled, &sniff, stretches, &err) != CSVK_OK) {
        csvk_free(found.item);
        return cli_fail(cli, &err);
    }
    const char *format = cli_value(cli, "format");
    bool json = format != NULL && strcmp(format, "json") == 0;
    struct proposal proposal = {file, sampled, &sniff, stretches};
    struct csvk_buf out = CSVK_BUF_INIT;
    int status = json ? write_json(&proposal, &out) : write_text(&proposal, &out);
    if (status == CSVK_OK) {
        cli_out_buf(cli, &out);
    }
    csvk_buf_release(&out);
    csvk_free(found.item);
    if (status != CSVK_OK) {
        return cli_trouble(cli, "out of memory");
    }
    return sniff.verdict == CSVK_SNIFF_CLEAR && found.count < 2 ? CLI_GOOD : CLI_REFUSED;
}

static int run(struct cli *cli)
{
    uint64_t most = CSVK_SNIFF_SAMPLE, comment;
    int worst = cli_get_size(cli, "sample", &most);
    worst = worst == CLI_GOOD ? cli_get_comment(cli, &comment) : worst;
    if (worst != CLI_GOOD) {
        return worst;
    }
    if (most == 0 || most > UINT32_MAX) {
        return cli_trouble(cli, "--sample: from 1 byte to 4 GiB");
    }
    if (cli_noperands(cli) == 0) {
        return sniff_one(cli, "-", most);
    }
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        int status = sniff_one(cli, cli_operand(cli, i), most);
        worst = status > worst ? status : worst;
    }
    return worst;
}

static const struct cli_option rows[] = {
    {"sample", 0, "SIZE", NULL,
     "How much of the beginning of the file to read; memory grows with it. Default: 1MiB.", false},
    {"all", 'a', NULL, NULL,
     "Read the whole file, and show where delimiter or number of fields change for good. Memory "
     "does "
     "not grow with the file. The exit status is 1 when they do.",
     false},
    {"format", 0, "FORMAT", "text|json",
     "The output format: text for people, or one JSON object for each file. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Sniffing", rows};
static const struct cli_group *const groups[] = {&own, &cli_comment_options, &cli_common_options,
                                                 NULL};

static const char *const examples[] = {
    "csvkit sniff orders.csv",
    "Propose the dialect of orders.csv and show why.",
    "csvkit sniff --format=json *.csv",
    "Print the proposals for programs, one JSON object on each line.",
    NULL,
};

const struct cli_command cli_cmd_sniff = {
    .name = "sniff",
    .operands = "[FILE]...",
    .summary = "propose delimiter, enclosure, escape, encoding and header of a file",
    .details =
        "Reads the beginning of FILE (or of standard input) and tries every delimiter and "
        "enclosure that occurs in it. It proposes the dialect in which most records have the same "
        "number of fields and the enclosures are in order. Each part of the proposal has a score "
        "from 0 to 100 and its evidence.\n\n"
        "csvkit sniff does not guess. The verdict says so, and the exit status is 1, when two "
        "delimiters fit about equally well, when no delimiter splits the records into the same "
        "number of fields, when there is no record, or when the file is not text.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
