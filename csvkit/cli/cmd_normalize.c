/*
 * cmd_normalize.c - csvkit normalize [FILE]... [-o OUT]: repairs tables. It writes the clean table,
 * a log of every change, and the rejects, which are the records that have no sure repair.
 *
 * Each of several files is a run of its own; none of them knows of the others.
 */
#include "csvkit/cli/normalize/normalize_page.h"
#include "csvkit/cli/normalize/normalize_places.h"
#include "csvkit/cli/table/normalize_options.h"
#include "csvkit/cli/schema/schema_options.h"
#include "csvkit/schema/read/table_schema_file.h"

#include <stdio.h>
#include <string.h>

struct normalize_job {
    struct cli *cli;
    struct csvk_normalize_options options;
    struct csvk_normalize_files files; /* of the input at hand */
    struct normalize_places places;
    struct normalize_page page;
    uint64_t level;
    struct cli_progress *progress;
    bool asked;                 /* whether it is wanted: `progress` is NULL when it is not */
    struct csvk_schema *schema; /* one reference; NULL: none */
    bool check, json;
};

/* ---- options -------------------------------------------------------------------------------- */

/* The dialect to write. */
static int read_target(struct normalize_job *job)
{
    struct csvk_dialect *to = &job->options.to;
    struct csvk_error err = {0};
    int status = cli_normalize_byte(job->cli, "to-delimiter", false, &to->delimiter);
    status = status == CLI_GOOD ? cli_normalize_byte(job->cli, "to-enclosure", true, &to->enclosure)
                                : status;
    if (status == CLI_GOOD && csvk_dialect_check(to, &err) != CSVK_OK) {
        return cli_trouble(job->cli, "--to-delimiter, --to-enclosure: %s", err.text);
    }
    return status;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* What holds for every input. */
static int read_files(struct normalize_job *job)
{
    struct csvk_normalize_files *f = &job->files;
    struct cli *cli = job->cli;
    job->level = 6;
    f->encoding = cli_value(cli, "encoding");
    f->verify = cli_has(cli, "verify");
    f->keep_enclosure = cli_has(cli, "enclosure");
    f->keep_escape = cli_has(cli, "escape");
    f->in_place = cli_has(cli, "in-place");
    f->widen = cli_has(cli, "widen");
    int status = cli_get_uint(cli, "level", 1, 9, &job->level);
    return status == CLI_GOOD ? normalize_places_read(cli, &job->places) : status;
}

/* A native manifest, or CSVW metadata of one table. How the table is written, the options say. */
static int read_other_schema(struct normalize_job *job, const char *path)
{
    static const struct csvk_dialect comma = CSVK_DIALECT_RFC4180;
    struct schema_input input;
    int status = cli_read_schema(job->cli, path, &input);
    bool csvw = input.kind == CSVK_SCHEMA_CSVW;
    const char *property = input.dialect.delimiter != comma.delimiter   ? "delimiter"
                           : input.dialect.enclosure == comma.enclosure ? NULL
                           : csvw                                       ? "quoteChar"
                                                                        : "enclosure";
    const char *option =
        property == NULL || strcmp(property, "delimiter") == 0 ? "delimiter" : "enclosure";
    if (status == CLI_GOOD && property != NULL && !cli_has(job->cli, option)) {
        status = cli_trouble(job->cli, "--schema=%s: not supported: \"%s\": give --%s", path,
                             property, option);
    }
    csvk_schema_free(job->schema);
    job->schema = status == CLI_GOOD ? csvk_schema_share(input.schema) : NULL;
    job->options.schema = job->schema;
    cli_release_schema(&input);
    return status;
}

/* The schema of the input; of a data package, that of the resource at hand. */
static int read_schema(struct normalize_job *job, const char *input)
{
    struct csvk_error err = {0};
    struct table_schema_file file;
    const char *path = cli_value(job->cli, "schema");
    if (path == NULL) {
        return CLI_GOOD;
    }
    if (cli_schema_kind(path) != CSVK_SCHEMA_TABLE) {
        return read_other_schema(job, path);
    }
    const char *data = input != NULL && strcmp(input, "-") != 0 ? input : NULL;
    int status = table_schema_file_read(&file, path, data, &err);
    csvk_schema_free(job->schema);
    job->schema = status == CSVK_OK ? csvk_schema_share(file.schema) : NULL;
    job->options.schema = job->schema;
    table_schema_file_release(&file);
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(job->cli, "%s", err.text);
}

/* In place, the library decides whether to compress. */
static int name_files(struct normalize_job *job, const char *input)
{
    struct csvk_normalize_files *f = &job->files;
    const char *compress = cli_value(job->cli, "compress");
    f->input = input;
    int status = normalize_places_find(job->cli, &job->places, f);
    bool gzip = compress != NULL ? strcmp(compress, "gzip") == 0
                                 : f->output != NULL && ends_with(f->output, ".gz");
    f->gzip_level = gzip || f->in_place ? (int)job->level : 0;
    return status;
}

/* The input is lost in the end, so whatever contradicts --in-place is no oversight to correct. */
static int check_in_place(struct cli *cli)
{
    static const char *const others[] = {"output", "check", "compress", NULL};
    if (!cli_has(cli, "in-place")) {
        return CLI_GOOD;
    }
    for (int i = 0; others[i] != NULL; i++) {
        if (cli_has(cli, others[i])) {
            return cli_trouble(cli, "--in-place and --%s exclude each other", others[i]);
        }
    }
    if (cli_noperands(cli) == 0 || strcmp(cli_operand(cli, 0), "-") == 0) {
        return cli_trouble(cli, "--in-place needs a FILE: standard input has no place");
    }
    return CLI_GOOD;
}

static int read_options(struct normalize_job *job)
{
    struct cli *cli = job->cli;
    if (cli_has(cli, "names") && cli_has(cli, "no-header") &&
        strcmp(cli_value(cli, "names"), "storage") == 0) {
        return cli_trouble(cli, "--names=storage needs a header");
    }
    if (cli_has(cli, "widen") && (cli_has(cli, "ragged") || cli_has(cli, "missing-names"))) {
        return cli_trouble(cli, "--widen excludes --ragged and --missing-names");
    }
    if (cli_has(cli, "write-header") && !(cli_has(cli, "no-header") && cli_has(cli, "columns"))) {
        return cli_trouble(cli, "--write-header needs --no-header and --columns");
    }
    job->json = cli_value(cli, "format") != NULL && strcmp(cli_value(cli, "format"), "json") == 0;
    job->check = cli_has(cli, "check");
    job->options.write_bom = cli_has(cli, "bom");
    job->options.threads = cli_threads(cli);
    job->options.write_header = cli_has(cli, "write-header");
    int status = check_in_place(cli);
    if (status != CLI_GOOD) {
        return status;
    }
    status = cli_normalize_read(cli, &job->options, &job->files.sniff_delimiter);
    status = status == CLI_GOOD ? read_target(job) : status;
    status = status == CLI_GOOD ? cli_get_list(cli, "columns", &job->options.columns) : status;
    return status == CLI_GOOD ? read_files(job) : status;
}

/* ---- the result ----------------------------------------------------------------------------- */

/* What stands after the summary of a repair that concerns the whole file: the encoding or the
   delimiter that was found. */
static void repair_detail(const struct csvk_normalize_result *result, int repair, char *text,
                          size_t room)
{
    text[0] = '\0';
    if (repair == CSVK_REPAIR_ENCODING) {
        snprintf(text, room, " from %s", result->encoding);
    } else if (repair == CSVK_REPAIR_DELIMITER) {
        char name[CSVK_DELIMITER_TEXT];
        struct csvk_dialect found = CSVK_DIALECT_RFC4180;
        found.delimiter = (unsigned char)result->delimiter[0];
        found.more_length = (unsigned char)(strlen(result->delimiter) - 1);
        memcpy(found.more, result->delimiter + 1, found.more_length);
        snprintf(text, room, ": %s", csvk_dialect_write_delimiter(&found, name));
    }
}

static void report_repair(const struct normalize_job *job,
                          const struct csvk_normalize_result *result, int i)
{
    const struct csvk_normalize_place *first = &result->first[i];
    char detail[96];
    repair_detail(result, i, detail, sizeof(detail));
    cli_note(job->cli, "  %-4s %-12s %10llu  %s%s (first: line %llu, byte %llu)",
             csvk_repair_id((enum csvk_repair)i), csvk_repair_name((enum csvk_repair)i),
             (unsigned long long)result->repairs[i], csvk_repair_summary((enum csvk_repair)i),
             detail, (unsigned long long)first->line, (unsigned long long)first->byte);
}

static void report_counted(const struct normalize_job *job,
                           const struct csvk_normalize_counted *counted)
{
    unsigned long long out = counted->records_out, rejected = counted->records_rejected;
    if (counted->done && counted->input_counted) {
        cli_note(job->cli, "  verified: libcsv counts %llu in, %llu out, %llu rejected",
                 (unsigned long long)counted->records_in, out, rejected);
    } else if (counted->done) {
        cli_note(job->cli,
                 "  verified: libcsv counts %llu out, %llu rejected; it cannot read the input", out,
                 rejected);
    }
}

static void report_text(const struct normalize_job *job, const struct csvk_normalize_result *result)
{
    cli_note(job->cli, "%s: %llu record%s in, %llu out, %llu rejected, %llu dropped",
             job->files.input, (unsigned long long)result->records_in,
             cli_plural(result->records_in), (unsigned long long)result->records_out,
             (unsigned long long)result->records_rejected,
             (unsigned long long)result->records_dropped);
    for (int i = CSVK_REPAIR_NONE + 1; i < CSVK_REPAIRS; i++) {
        if (result->repairs[i] != 0) {
            report_repair(job, result, i);
        }
    }
    if (result->records_rejected != 0) {
        cli_note(job->cli, "  first reject: line %llu, byte %llu: %s",
                 (unsigned long long)result->first_reject.line,
                 (unsigned long long)result->first_reject.byte, result->first_reject_reason);
    }
    if (result->advice[0] != '\0') {
        cli_note(job->cli, "  note: %s", result->advice);
    }
    report_counted(job, &result->counted);
}

static int report(struct normalize_job *job, const struct csvk_normalize_result *result)
{
    if (!job->json) {
        report_text(job, result);
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
    struct normalize_job *job = context;
    if (!job->asked) {
        job->asked = true;
        job->progress = cli_progress_start(job->cli, "normalize", file_size);
    }
    cli_progress_update(job->progress, consumed);
    return 0;
}

/* Among several files a message has to say which one it is about. */
static int fail(struct normalize_job *job, const struct csvk_error *err)
{
    struct csvk_error named = *err;
    if (cli_noperands(job->cli) > 1 && strstr(err->text, job->files.input) == NULL) {
        csvk_fail(&named, err->status, "%s: %s", job->files.input, err->text);
        named.sys = err->sys;
    }
    return cli_fail(job->cli, &named);
}

static int work(struct normalize_job *job, const char *input)
{
    struct csvk_error err = {0};
    struct csvk_normalize_result result = {.size = sizeof result};
    job->files.progress = show_progress;
    job->files.progress_context = job;
    int status = read_schema(job, input);
    status = status == CLI_GOOD ? name_files(job, input) : status;
    if (status != CLI_GOOD) {
        return status;
    }
    normalize_page_listen(&job->page, &job->files);
    status = csvk_normalize_files(&job->files, &job->options, &result, &err);
    cli_progress_end(job->progress);
    job->progress = NULL;
    job->asked = false;
    if (status != CSVK_OK) {
        int told = fail(job, &err), paged = normalize_page_fail(job->cli, &job->page, input, &err);
        return paged > told ? paged : told;
    }
    status = report(job, &result);
    status = status == CLI_GOOD ? normalize_page_add(job->cli, &job->page, input, &result) : status;
    if (status != CLI_GOOD) {
        return status;
    }
    bool refused = result.records_rejected != 0 || (job->check && result.changed);
    return refused ? CLI_REFUSED : CLI_GOOD;
}

/* A failure of one file keeps no other from its run; the worst exit status is that of all. */
static int work_on_all(struct normalize_job *job)
{
    size_t count = cli_noperands(job->cli);
    int worst = count == 0 ? work(job, "-") : CLI_GOOD;
    for (size_t i = 0; i < count; i++) {
        int status = work(job, cli_operand(job->cli, i));
        worst = status > worst ? status : worst;
    }
    return worst;
}

static int run(struct cli *cli)
{
    struct normalize_job job = {.cli = cli, .files = {.size = sizeof job.files}};
    csvk_normalize_options_init(&job.options);
    int status = read_options(&job);
    status = status == CLI_GOOD ? normalize_page_begin(cli, &job.page) : status;
    if (status == CLI_GOOD) {
        status = work_on_all(&job);
        int paged = normalize_page_end(cli, &job.page);
        status = paged > status ? paged : status;
    }
    normalize_page_release(&job.page);
    normalize_places_release(&job.places);
    csvk_normalize_options_release(&job.options);
    csvk_schema_free(job.schema);
    return status;
}

/* ---- the row -------------------------------------------------------------------------------- */

static const struct cli_option output_rows[] = {
    {"output", 'o', "FILE|DIR", NULL,
     "Where to write the table. In a folder it gets the name of the input. Several files need a "
     "folder, which is made when it is not there. Default: standard output.",
     false},
    {"in-place", 0, NULL, NULL,
     "Put the table in the place of FILE, when all of it is written and verified (--verify). FILE "
     "keeps its rights and its compression, and is not touched when nothing changes or anything "
     "fails. The file for --rejects must not hold records yet.",
     false},
    {"rejects", 0, "FILE", NULL,
     "Where to write the records that have no sure repair, byte for byte. FILE.jsonl says where "
     "each record came from, why it was rejected, and which readings compete. With several files, "
     "the "
     "folder for files of that kind. Without --rejects, such a record ends the run.",
     false},
    {"log", 0, "FILE", NULL,
     "Where to write the log: one line of JSON for every repair, with the evidence for it. "
     "With several files, the folder for files of that kind.",
     false},
    {"schema", 0, "FILE", NULL,
     "Hold every value against this Table Schema, data package, CSVW metadata of one table or "
     "manifest with native types, and write values in the own form of a column (decimalChar, "
     "groupChar, bareNumber, trueValues, falseValues, format) in the default form of its type, "
     "which is that of XSD for CSVW: 1 000,50 as 1000.50, 31.12.2024 as 2024-12-31. Records with "
     "a value that does not fit go to --rejects.",
     false},
    {"to-delimiter", 0, "C", NULL, "The byte between fields in the output. Default: a comma.",
     false},
    {"to-enclosure", 0, "C", NULL,
     "The byte around fields in the output, or none. Default: the double quote.", false},
    {"check", 0, NULL, NULL, "Write nothing. The exit status is 1 when anything would change.",
     false},
    {"write-header", 0, NULL, NULL,
     "Write the names of --columns as the first record. Needs --no-header, and does not count as a "
     "record.",
     false},
    {"widen", 0, NULL, NULL,
     "Make the table as wide as its widest record: names col_N are added to the header, and empty "
     "fields to the end of records. Reads FILE twice.",
     false},
    {"bom", 0, NULL, NULL, "Write a byte order mark first, for spreadsheet programs.", false},
    {"compress", 0, "KIND", "gzip|none",
     "Compress the table. Default: gzip when the name of the output ends in .gz.", false},
    {"level", 0, "N", NULL, "Compression, from 1 (fast) to 9 (small). Default: 6.", false},
    {"verify", 0, NULL, NULL,
     "Before any file gets its name, let libcsv read the output back and count the records of "
     "output, rejects and, if it can read it, input.",
     false},
    {"format", 'f', "NAME", "text|json",
     "The format of the summary, which goes to standard error. Default: text.", false},
    {"report", 0, "html:FILE", NULL,
     "Write a page for a browser, too: each kind of repair, how often and where first, and what "
     "was "
     "rejected.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group outputs = {"Output", output_rows};
static const struct cli_group *const groups[] = {&outputs,
                                                 &cli_normalize_style,
                                                 &cli_normalize_repairs,
                                                 &cli_dialect_options,
                                                 &cli_blanks_options,
                                                 &cli_comment_options,
                                                 &cli_thread_options,
                                                 &cli_common_options,
                                                 NULL};

static const char *const examples[] = {
    "csvkit normalize dirty.csv -o clean.csv --rejects=bad.csv --log=repairs.jsonl",
    "Repair a file, put the records without a sure repair into bad.csv, and log every change.",
    "csvkit normalize in/*.csv -o clean --rejects=bad --log=logs",
    "Repair several files. Each of the three folders gets a file of the name of each input.",
    "csvkit normalize --check data.csv",
    "Find out whether anything would change.",
    "csvkit normalize -d ';' --encoding=windows-1252 export.csv -o out.csv.gz",
    "Convert dialect and encoding, and compress the result.",
    "csvkit normalize -d '||' --skip-blanks feed.txt -o feed.csv",
    "Read a delimiter of two bytes with blanks behind it, and write commas.",
    "csvkit normalize --schema=orders.json orders.csv -o out.csv --rejects=bad.csv",
    "Write numbers, days and booleans in the default form of their types.",
    "csvkit normalize --names=storage --line-break=lf in.csv -o out.csv",
    "Prepare a table for Keboola Storage.",
    NULL,
};

const struct cli_command cli_cmd_normalize = {
    .name = "normalize",
    .operands = "[FILE]...",
    .summary = "repair a table without losing or inventing anything",
    .details =
        "Reads FILE and writes it as an RFC 4180 table in UTF-8, in which every record has as "
        "many fields as the first. FILE is plain text or compressed (gzip, zstd, xz, bzip2); "
        "without FILE, or when FILE is -, "
        "standard input is read. A file that is such a table already comes out byte for byte.\n\n"
        "A defect has several readings, each of which supposes one slip of the writer. The clean "
        "records at the start of the table are the evidence: they show what the columns are like. "
        "A reading is taken when every other one is clearly worse by that evidence; else csvkit "
        "does not guess, and the record goes to --rejects. With fewer than 8 clean records "
        "nothing is done that moves a value. When most records agree on another number of fields "
        "than the header has, the file is refused. Every repair has an id (r1 to r27, trim, "
        "columns), which the log and the summary name; doc/repairs.md explains them.\n\n"
        "The counts always agree: records in = records out + records rejected + records dropped "
        "by a repair. Normalizing the output again changes nothing.\n\n"
        "With a header, --columns names the columns to write, in their order. Without one it names "
        "the columns of the input, and --write-header writes these names.\n\n"
        "Several FILEs are several runs: a failure of one is reported, the others go on, and the "
        "exit status is the worst of them. --format=json prints one line for each.\n\n"
        "Memory does not grow with the size of the input: about 10 MiB and the longest record.\n\n"
        "The exit status is 0 when every record is in the output or was dropped by a repair, 1 "
        "when records were rejected or the file was refused, 2 when something could not be read "
        "or written.",
    .groups = groups,
    .examples = examples,
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
