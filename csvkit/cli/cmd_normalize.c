/*
 * cmd_normalize.c - csvkit normalize [FILE] [-o OUT]: a clean table, an account of every change,
 * and what could not be repaired honestly, set apart.
 */
#include "csvkit/cli/cli.h"
#include "csvkit/normalize.h"

#include <string.h>

struct job {
    struct cli *cli;
    struct csvk_normalize_options options;
    struct csvk_normalize_files files;
    struct cli_progress *progress;
    bool check, json;
};

/* ---- options -------------------------------------------------------------------------------- */

/* Number of the word in a list ended by NULL; 0 when the option was not given. */
static int choice(const struct cli *cli, const char *name, const char *const *words)
{
    const char *value = cli_value(cli, name);
    for (int i = 0; value != NULL && words[i] != NULL; i++) {
        if (strcmp(value, words[i]) == 0) {
            return i;
        }
    }
    return 0;
}

static void read_choices(struct job *job)
{
    static const char *const quotes[] = {"keep", "minimal", "all", NULL};
    static const char *const ragged[] = {"repair", "reject", "fail", NULL};
    static const char *const names[] = {"keep", "storage", NULL};
    static const char *const nul[] = {"reject", "remove", NULL};
    static const char *const utf8[] = {"reject", "replace", NULL};
    static const char *const control[] = {"keep", "remove", NULL};
    struct csvk_normalize_options *o = &job->options;
    const struct cli *cli = job->cli;
    o->quote = (enum csvk_quote)choice(cli, "quote", quotes);
    o->ragged = (enum csvk_ragged)choice(cli, "ragged", ragged);
    o->names = (enum csvk_names)choice(cli, "names", names);
    o->nul = (enum csvk_defect)choice(cli, "null-bytes", nul);
    o->invalid_utf8 = (enum csvk_defect)choice(cli, "invalid-utf8", utf8);
    o->control = choice(cli, "control-chars", control) == 1 ? CSVK_DEFECT_REMOVE : CSVK_DEFECT_KEEP;
    o->strict = cli_has(cli, "strict");
    o->trim = cli_has(cli, "trim");
    o->guard_formulas = cli_has(cli, "guard-formulas");
    o->write_bom = cli_has(cli, "bom");
    o->header = cli_has(cli, "no-header") ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    const char *break_in = cli_value(cli, "line-break-in");
    o->any_eol = break_in != NULL && strcmp(break_in, "any") == 0;
    const char *line_break = cli_value(cli, "line-break");
    o->line_break =
        line_break != NULL && strcmp(line_break, "lf") == 0 ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    job->json = cli_value(cli, "format") != NULL && strcmp(cli_value(cli, "format"), "json") == 0;
    job->check = cli_has(cli, "check");
}

static int read_byte(struct job *job, const char *name, bool none_allowed, int *byte)
{
    struct csvk_error err = {0};
    const char *text = cli_value(job->cli, name);
    if (text != NULL && csvk_dialect_parse_byte(text, name, none_allowed, byte, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--%s: %s", name, err.text);
    }
    return CLI_GOOD;
}

static int read_dialects(struct job *job)
{
    struct csvk_normalize_options *o = &job->options;
    struct csvk_error err = {0};
    int status = cli_get_dialect(job->cli, &o->dialect, &job->files.sniff_delimiter);
    o->delimiter_given = cli_has(job->cli, "delimiter") && !job->files.sniff_delimiter;
    status = status == CLI_GOOD ? read_byte(job, "to-delimiter", false, &o->to.delimiter) : status;
    status = status == CLI_GOOD ? read_byte(job, "to-enclosure", true, &o->to.enclosure) : status;
    status = status == CLI_GOOD ? read_byte(job, "comment", false, &o->comment) : status;
    if (status == CLI_GOOD && csvk_dialect_check(&o->to, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--to-delimiter, --to-enclosure: %s", err.text);
    }
    return status;
}

static int read_numbers(struct job *job)
{
    struct csvk_normalize_options *o = &job->options;
    struct cli *cli = job->cli;
    int status = cli_get_uint(cli, "skip-head", 0, UINT64_MAX, &o->skip_head);
    status =
        status == CLI_GOOD ? cli_get_uint(cli, "skip-tail", 0, 1u << 20, &o->skip_tail) : status;
    status = status == CLI_GOOD ? cli_get_uint(cli, "max-repairs", 0, UINT64_MAX, &o->max_repairs)
                                : status;
    status = status == CLI_GOOD ? cli_get_size(cli, "max-record", &o->max_record) : status;
    return status == CLI_GOOD ? cli_get_list(cli, "columns", &o->columns) : status;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int read_files(struct job *job)
{
    struct csvk_normalize_files *f = &job->files;
    struct cli *cli = job->cli;
    uint64_t level = 6;
    int status = cli_get_uint(cli, "level", 1, 9, &level);
    f->input = cli_noperands(cli) != 0 ? cli_operand(cli, 0) : "-";
    f->output = cli_value(cli, "output") != NULL ? cli_value(cli, "output") : "-";
    f->rejects = cli_value(cli, "rejects");
    f->log = cli_value(cli, "log");
    f->encoding = cli_value(cli, "encoding");
    f->verify = cli_has(cli, "verify");
    const char *compress = cli_value(cli, "compress");
    bool gzip = compress != NULL ? strcmp(compress, "gzip") == 0 : ends_with(f->output, ".gz");
    f->gzip_level = gzip ? (int)level : 0;
    if (job->check) {
        f->output = f->rejects = f->log = NULL;
    }
    return status;
}

static int read_options(struct job *job)
{
    struct cli *cli = job->cli;
    if (cli_has(cli, "names") && cli_has(cli, "no-header") &&
        strcmp(cli_value(cli, "names"), "storage") == 0) {
        return cli_trouble(cli, "--names=storage needs a header");
    }
    read_choices(job);
    int status = read_dialects(job);
    status = status == CLI_GOOD ? read_numbers(job) : status;
    return status == CLI_GOOD ? read_files(job) : status;
}

/* ---- the outcome ---------------------------------------------------------------------------- */

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void tell_repair(const struct job *job, const struct csvk_normalize_result *result, int i)
{
    const struct csvk_place *first = &result->first[i];
    cli_note(job->cli, "  %-4s %-12s %10llu  %s (first: line %llu, byte %llu)",
             csvk_repair_id((enum csvk_repair)i), csvk_repair_name((enum csvk_repair)i),
             (unsigned long long)result->repairs[i], csvk_repair_summary((enum csvk_repair)i),
             (unsigned long long)first->line, (unsigned long long)first->byte);
}

static void tell_text(const struct job *job, const struct csvk_normalize_result *result)
{
    cli_note(job->cli, "%s: %llu record%s in, %llu out, %llu rejected, %llu dropped",
             job->files.input, (unsigned long long)result->records_in, plural(result->records_in),
             (unsigned long long)result->records_out, (unsigned long long)result->records_rejected,
             (unsigned long long)result->records_dropped);
    for (int i = CSVK_REPAIR_NONE + 1; i < CSVK_REPAIRS; i++) {
        if (result->repairs[i] != 0) {
            tell_repair(job, result, i);
        }
    }
    if (result->records_rejected != 0) {
        cli_note(job->cli, "  first reject: line %llu, byte %llu: %s",
                 (unsigned long long)result->first_reject.line,
                 (unsigned long long)result->first_reject.byte, result->first_reject_reason);
    }
}

static int tell(struct job *job, const struct csvk_normalize_result *result)
{
    if (!job->json) {
        tell_text(job, result);
        return CLI_GOOD;
    }
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_normalize_summary(result, job->files.input, &text);
    status = status == CSVK_OK ? csvk_buf_putc(&text, '\n') : status;
    if (status == CSVK_OK) {
        fwrite(text.data, 1, text.length, stderr);
    }
    csvk_buf_release(&text);
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(job->cli, "out of memory");
}

static int show_progress(void *context, uint64_t consumed, uint64_t file_size)
{
    struct job *job = context;
    if (job->progress == NULL) {
        job->progress = cli_progress_start(job->cli, "normalize", file_size);
    }
    cli_progress_update(job->progress, consumed);
    return 0;
}

static int work(struct job *job)
{
    struct csvk_error err = {0};
    struct csvk_normalize_result result;
    job->files.progress = show_progress;
    job->files.progress_context = job;
    int status = csvk_normalize_files(&job->files, &job->options, &result, &err);
    cli_progress_end(job->progress);
    if (status != CSVK_OK) {
        return cli_fail(job->cli, &err);
    }
    int told = tell(job, &result);
    if (told != CLI_GOOD) {
        return told;
    }
    bool refused = result.records_rejected != 0 || (job->check && result.changed);
    return refused ? CLI_REFUSED : CLI_GOOD;
}

static int run(struct cli *cli)
{
    struct job job = {.cli = cli};
    csvk_normalize_options_init(&job.options);
    int status = read_options(&job);
    if (status == CLI_GOOD) {
        status = work(&job);
    }
    csvk_normalize_options_release(&job.options);
    return status;
}

/* ---- the row -------------------------------------------------------------------------------- */

static const struct cli_option repair_rows[] = {
    {"ragged", 0, "HOW", "repair|reject|fail",
     "Records with too few or too many fields: repair what has one explanation only, reject them, "
     "or fail. Default: repair.",
     false},
    {"null-bytes", 0, "HOW", "reject|remove", "Records with NUL bytes. Default: reject.", false},
    {"invalid-utf8", 0, "HOW", "reject|replace",
     "Records that are not UTF-8: reject them, or put U+FFFD for every ill-formed sequence. "
     "Default: reject.",
     false},
    {"control-chars", 0, "HOW", "keep|remove", "Control characters in the data. Default: keep.",
     false},
    {"skip-head", 0, "N", NULL, "Drop the first N lines.", false},
    {"skip-tail", 0, "N", NULL, "Drop the last N lines.", false},
    {"comment", 0, "C", NULL, "Drop lines that begin with this byte.", false},
    {"line-break-in", 0, "HOW", "auto|any",
     "auto: the first line break of the file decides whether a single CR ends a record; any: it "
     "always does. Default: auto.",
     false},
    {"max-repairs", 0, "N", NULL,
     "Refuse the whole file when more records than this would need inference. Default: 1 % of the "
     "records, but at least 100.",
     false},
    {"max-record", 0, "SIZE", NULL, "Longest record that is read. Default: 64 MiB.", false},
    {"strict", 0, NULL, NULL, "Any repair is an error.", false},
    {"check", 0, NULL, NULL, "Write nothing; the exit status is 1 if anything would change.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option output_rows[] = {
    {"output", 'o', "FILE", NULL, "Where the table goes. Default: standard output.", false},
    {"rejects", 0, "FILE", NULL,
     "Where records go that cannot be repaired without guessing, byte for byte; FILE.jsonl says "
     "where each came from and why. Without it such a record ends the run.",
     false},
    {"log", 0, "FILE", NULL, "One line of JSON for every repair.", false},
    {"to-delimiter", 0, "C", NULL, "The byte between fields. Default: a comma.", false},
    {"to-enclosure", 0, "C", NULL, "The byte around fields, or none. Default: the double quote.",
     false},
    {"line-break", 0, "KIND", "crlf|lf", "Line breaks to write. Default: crlf.", false},
    {"quote", 0, "HOW", "keep|minimal|all",
     "Which fields to enclose: those that are in the input, those that must be, or all. Default: "
     "keep.",
     false},
    {"trim", 0, NULL, NULL, "Take blanks off both ends of values that are not enclosed.", false},
    {"names", 0, "HOW", "keep|storage",
     "Column names: keep them, or write them the way Storage would. Default: keep.", false},
    {"guard-formulas", 0, NULL, NULL,
     "Put ' before values that a spreadsheet may execute. It changes the data.", false},
    {"bom", 0, NULL, NULL, "Write a byte order mark first, for spreadsheets.", false},
    {"compress", 0, "KIND", "gzip|none",
     "Compress the table. Default: gzip when the name of FILE ends in .gz.", false},
    {"level", 0, "N", NULL, "Level of compression, 1 to 9. Default: 6.", false},
    {"verify", 0, NULL, NULL,
     "Read the output with a second, independent reader before it gets its name.", false},
    {"format", 'f', "NAME", "text|json",
     "Form of the summary, which goes to standard error. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group repairs = {"Repair", repair_rows};
static const struct cli_group outputs = {"Output", output_rows};
static const struct cli_group *const groups[] = {&outputs, &repairs, &cli_dialect_options,
                                                 &cli_common_options, NULL};

static const char *const examples[] = {
    "csvkit normalize dirty.csv -o clean.csv --rejects=bad.csv --log=repairs.jsonl",
    "repairs what has one explanation and sets the rest apart",
    "csvkit normalize --check data.csv",
    "asks whether anything would change",
    "csvkit normalize -d ';' --encoding=windows-1252 export.csv -o out.csv.gz",
    "converts dialect and encoding, compresses",
    "csvkit normalize --names=storage --line-break=lf in.csv -o out.csv",
    "makes a table ready for Storage",
    NULL,
};

const struct cli_command cli_cmd_normalize = {
    .name = "normalize",
    .operands = "[FILE]",
    .summary = "repair a table without losing or inventing anything",
    .details =
        "Reads FILE (plain or gzip; - or none: standard input) and writes it as RFC 4180 in "
        "UTF-8, every record as wide as the first. A clean file comes out byte for byte. Defects "
        "are repaired when exactly one reading fits the width of the table; every repair has an "
        "id (r1 to r25) and a place in the log. Two readings that fit are a guess, and the record "
        "goes to --rejects.\n\nAlways: records in = records out + records rejected + records "
        "dropped by a repair with a name. Normalizing twice changes nothing the second "
        "time.\n\nThe columns of --columns are chosen and written in that order.\n\nMemory does "
        "not grow with the input: about 2 MiB and the longest record.\n\nThe exit status is 0 "
        "when every record is in the output or was dropped by a repair, 1 when records were "
        "rejected or the file was refused, 2 when something could not be read or written.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
