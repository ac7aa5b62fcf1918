/*
 * program.c - a program that uses every sized struct of the installed headers, in memory that ends
 * where the struct ends: a library that reads or writes beyond the size that it was given dies.
 *
 * It is built twice, with the headers as they are and with grown ones (structs.py; -DGROWN), and
 * each runs with a library of either sort. rows.h has a ROW for every sized struct that the headers
 * have, so a new one without a function here is an error of the compiler.
 *
 *     program KNOWN     KNOWN is 1 when the library knows all members that this program knows
 */
#include "csvkit/csvkit.h"
#include "csvkit/extra/extra.h"
#include "csvkit/findings/findings.h"
#include "csvkit/normalize.h"
#include "csvkit/schema/schema.h"
#include "csvkit/sniff.h"
#include "csvkit/writer.h"
#include "manifest/manifest.h"
#include "manifest/processor.h"
#include "manifest/slice.h"
#include "manifest/slice_table.h"
#include "manifest/table_definition.h"
#include "manifest/types.h"
#include "preflight/preflight.h"
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TEXT "a,b\r\n1,2\r\n3,\"4\"\r\n"

static const char *at = "";

static void must(bool good, const char *what)
{
    if (!good) {
        printf("%s: not so: %s\n", at, what);
        exit(1);
    }
}
#define MUST(condition) must(condition, #condition)

/* `size` bytes that end with a page, before one that cannot be touched. */
static void *at_the_edge(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (size + page - 1) / page * page;
    unsigned char *all =
        mmap(NULL, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(all != MAP_FAILED && mprotect(all + room, page, PROT_NONE) == 0 && size % 8 == 0);
    memset(all, 0xa5, room);
    return all + room - size;
}

static struct csvk_source *source_of(const void *bytes, size_t length)
{
    struct csvk_source *source = NULL;
    MUST(csvk_source_memory(&source, bytes, length, NULL) == CSVK_OK);
    return source;
}

/* What csvk_slice_table is given; NULL: one that is begun here. */
struct slicing {
    struct csvk_slice_table_options *options;
    struct csvk_table_definition *table;
    struct csvk_slice_options *how;
    struct csvk_validate_options *rules;
    struct csvk_normalize_options *normalize;
};

/* Slices as `given` says, without a manifest when `plan` is NULL. */
static int slice(struct slicing given, struct csvk_manifest_plan *plan, struct csvk_error *err)
{
    struct csvk_slice_table_options options, *o = given.options;
    struct csvk_table_definition table, *t = given.table;
    struct csvk_slice_options how, *h = given.how;
    struct csvk_slice_table_result *result = NULL;
    struct csvk_strings inputs = {0};
    csvk_slice_table_options_init(&options);
    csvk_table_definition_init(&table);
    csvk_slice_options_init(&how);
    o = o != NULL ? o : &options;
    o->table = t = t != NULL ? t : &table;
    o->how = h = h != NULL ? h : &how;
    o->rules = given.rules;
    o->normalize = given.normalize;
    o->manifest = plan;
    o->inputs = &inputs;
    h->directory = "slices";
    h->existing = CSVK_SLICE_REPLACE;
    MUST(csvk_strings_add(&inputs, "parts/1.csv") == CSVK_OK);
    int status = csvk_slice_table(o, &result, err);
    if (status == CSVK_OK) {
        MUST(result->sliced && result->nslices == 1 && result->records == 2);
        MUST(result->slice[0].records == 2 && result->columns.count == 2);
        MUST((result->manifest.length != 0) == (plan != NULL));
        MUST((result->repairs != NULL) == (given.normalize != NULL));
        MUST(result->repairs == NULL || result->repairs->records_out == 3);
    }
    MUST(status == CSVK_OK || result == NULL || !result->sliced);
    csvk_slice_table_result_free(result);
    csvk_strings_release(&inputs);
    return status;
}

/* ---- how each struct is begun and used ---- */

#define BEGIN(name, init)                                                                          \
    static void begin_##name(void *it)                                                             \
    {                                                                                              \
        init(it);                                                                                  \
    }
#define BEGIN_BY_HAND(name)                                                                        \
    static void begin_##name(void *it)                                                             \
    {                                                                                              \
        *(struct name *)it = (struct name){.size = sizeof(struct name)};                           \
    }

/* Everything that a batch, totals and damage say. */
static void read_all(struct csvk_reader *reader, struct csvk_source *source)
{
    const struct csvk_batch *batch;
    uint64_t records = 0, fields = 0;
    int status;
    while ((status = csvk_reader_next(reader, &batch, NULL)) == CSVK_OK) {
        MUST(batch->first_record == records + 1 && batch->counted[CSVK_FACT_NUL] == 0);
        records += batch->nrecords;
        for (size_t i = 0; i < batch->nreported; i++) {
            const struct csvk_record *record = &batch->records[i];
            struct csvk_bytes raw = csvk_field_raw(batch, record, 1);
            MUST(raw.len == (record->number == 3 ? 3 : 1));
            fields += record->nfields;
        }
    }
    const struct csvk_totals *totals = csvk_reader_totals(reader);
    MUST(status == CSVK_END && batch == NULL && records == 3 && fields == 6);
    MUST(totals->bytes == strlen(TEXT) && totals->lines == 3 && totals->width == 2);
    MUST(totals->eol[CSVK_EOL_CRLF] == 3 && totals->eol_mode == CSVK_EOL_CRLF);
    MUST(csvk_source_damage(source) == NULL);
}

BEGIN(csvk_options, csvk_options_init)
static int use_csvk_options(void *it, struct csvk_error *err)
{
    struct csvk_options *options = it;
    struct csvk_source *source = source_of(TEXT, strlen(TEXT));
    struct csvk_reader *reader = NULL;
    options->detail = CSVK_FIELDS;
    int status = csvk_reader_new(&reader, source, options, err);
    if (status == CSVK_OK) {
        read_all(reader, source);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}

static int read_text(void *context, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    /* gzip without an end: there is damage to tell of */
    static const unsigned char cut[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 4};
    bool *given = context;
    MUST(err != NULL && capacity >= sizeof cut);
    *got = *given ? 0 : sizeof cut;
    memcpy(bytes, cut, *got);
    *given = true;
    return CSVK_OK;
}

BEGIN_BY_HAND(csvk_input)
static int use_csvk_input(void *it, struct csvk_error *err)
{
    struct csvk_input *input = it;
    struct csvk_source *source = NULL;
    bool given = false;
    char bytes[4096];
    size_t got = 1;
    input->name = "input";
    input->read = read_text;
    input->context = &given;
    int status = csvk_source_input(&source, input, err);
    if (status == CSVK_OK) {
        MUST(csvk_source_read(source, bytes, sizeof bytes, &got, err) == CSVK_OK && got == 0);
        const struct csvk_damage *damage = csvk_source_damage(source);
        MUST(damage != NULL && strcmp(damage->what, "truncated") == 0);
        MUST(strcmp(damage->kind, "gzip") == 0);
    }
    csvk_source_free(source);
    return status;
}

/* What csvk_normalize is given; NULL: one that is begun here. */
struct normalizing {
    struct csvk_normalize_options *options;
    struct csvk_normalize_outputs *outputs;
    struct csvk_normalize_result *result;
};

static int count(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    size_t *sum = context;
    MUST(bytes != NULL && err != NULL);
    *sum += length;
    return CSVK_OK;
}

static int normalize(struct normalizing given, struct csvk_error *err)
{
    static const char dirty[] = "a,b\n1,2\n3\n"; /* line breaks, and a field that is missing */
    struct csvk_normalize_options options;
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs};
    struct csvk_normalize_result result = {.size = sizeof result}, *r = given.result;
    size_t table = 0;
    csvk_normalize_options_init(&options);
    struct csvk_normalize_options *o = given.options != NULL ? given.options : &options;
    struct csvk_normalize_outputs *to = given.outputs != NULL ? given.outputs : &outputs;
    struct csvk_buf summary = CSVK_BUF_INIT;
    struct csvk_source *source = source_of(dirty, strlen(dirty));
    r = r != NULL ? r : &result;
    o->ragged = CSVK_NORMALIZE_RAGGED_PAD;
    to->table = (struct csvk_output){count, &table};
    int status = csvk_normalize(source, o, to, r, err);
    if (status == CSVK_OK) {
        MUST(table == strlen(TEXT) - 3 && r->records_out == 3 && r->width == 2 && r->changed);
        MUST(r->repairs[CSVK_REPAIR_PAD] == 1 && r->first[CSVK_REPAIR_PAD].record == 3);
        MUST(r->first_reject.record == 0 && !r->counted.done);
        MUST(csvk_normalize_summary(r, "f", &summary) == CSVK_OK && summary.length > 100);
    }
    MUST(given.options == NULL || slice((struct slicing){.normalize = o}, NULL, NULL) == status);
    csvk_buf_release(&summary);
    csvk_normalize_options_release(o);
    csvk_source_free(source);
    return status;
}

BEGIN(csvk_writer_options, csvk_writer_options_init)
static int use_csvk_writer_options(void *it, struct csvk_error *err)
{
    struct csvk_writer *writer = NULL;
    size_t length = 0;
    int status = csvk_writer_new(&writer, (struct csvk_output){count, &length}, it, err);
    if (status == CSVK_OK) {
        MUST(csvk_writer_field(writer, "a,", 2, err) == CSVK_OK);
        MUST(csvk_writer_end_record(writer, err) == CSVK_OK);
        MUST(csvk_writer_flush(writer, err) == CSVK_OK && length == strlen("\"a,\"\r\n"));
    }
    csvk_writer_free(writer);
    return status;
}

BEGIN(csvk_normalize_options, csvk_normalize_options_init)
static int use_csvk_normalize_options(void *it, struct csvk_error *err)
{
    return normalize((struct normalizing){.options = it}, err);
}

BEGIN_BY_HAND(csvk_normalize_outputs)
static int use_csvk_normalize_outputs(void *it, struct csvk_error *err)
{
    return normalize((struct normalizing){.outputs = it}, err);
}

BEGIN_BY_HAND(csvk_normalize_result)
static int use_csvk_normalize_result(void *it, struct csvk_error *err)
{
    return normalize((struct normalizing){.result = it}, err);
}

BEGIN_BY_HAND(csvk_normalize_files)
static int use_csvk_normalize_files(void *it, struct csvk_error *err)
{
    struct csvk_normalize_files *files = it;
    struct csvk_normalize_options options;
    struct csvk_normalize_result result = {.size = sizeof result};
    csvk_normalize_options_init(&options);
    files->input = "parts/1.csv";
    int status = csvk_normalize_files(files, &options, &result, err);
    MUST(status != CSVK_OK || (result.records_in == 3 && !result.changed));
    csvk_normalize_options_release(&options);
    return status;
}

BEGIN_BY_HAND(csvk_sniff)
static int use_csvk_sniff(void *it, struct csvk_error *err)
{
    struct csvk_sniff *sniff = it;
    struct csvk_bytes sample = {(const unsigned char *)TEXT, strlen(TEXT)};
    int status = csvk_sniff(sample, CSVK_SAMPLE_WHOLE, sniff, err);
    MUST(status != CSVK_OK || (sniff->verdict == CSVK_SNIFF_CLEAR && sniff->records == 3 &&
                               sniff->ncandidates > 0 && sniff->candidate[0].width == 2));
    return status;
}

static int tap(const struct csvk_batch *batch, void *context, struct csvk_error *err)
{
    MUST(err != NULL);
    *(uint64_t *)context += batch->nrecords;
    return CSVK_OK;
}

static int validate(struct csvk_validate_options *options, struct csvk_validate_hooks *hooks,
                    struct csvk_error *err)
{
    struct csvk_validate_options own;
    struct csvk_validator *validator = NULL;
    const struct csvk_report *report = NULL;
    struct csvk_source *source = source_of(TEXT, strlen(TEXT));
    uint64_t seen = 0;
    csvk_validate_options_init(&own);
    if (hooks != NULL) {
        hooks->tap = tap;
        hooks->context = &seen;
    }
    int status =
        csvk_validate_source(&validator, source, options != NULL ? options : &own, hooks, err);
    if (status == CSVK_OK) {
        MUST(csvk_validator_report(validator, &report, err) == CSVK_OK && report->valid);
        MUST(report->totals->records == 3 && report->findings_dropped == 0);
        MUST(hooks == NULL || seen == 3);
    }
    csvk_validate_options_release(&own);
    csvk_validator_free(validator);
    csvk_source_free(source);
    return status;
}

BEGIN(csvk_validate_options, csvk_validate_options_init)
static int use_csvk_validate_options(void *it, struct csvk_error *err)
{
    struct csvk_validator *validator = NULL;
    int status = csvk_validator_new(&validator, it, err);
    csvk_validator_free(validator);
    MUST(status == validate(it, NULL, NULL));
    MUST(status == slice((struct slicing){.rules = it}, NULL, NULL));
    if (status == CSVK_OK) {
        MUST(csvk_validate_set_rule(it, "all", CSVK_INFO, err) == CSVK_OK);
        csvk_validate_options_release(it);
        MUST(csvk_slice_rules(it, err) == CSVK_OK);
        MUST(((struct csvk_validate_options *)it)->profile == CSVK_PROFILE_KEBOOLA);
    }
    return status;
}

BEGIN_BY_HAND(csvk_validate_hooks)
static int use_csvk_validate_hooks(void *it, struct csvk_error *err)
{
    return validate(NULL, it, err);
}

BEGIN_BY_HAND(csvk_schema_column)
static int use_csvk_schema_column(void *it, struct csvk_error *err)
{
    struct csvk_schema *schema = NULL;
    struct csvk_schema_column *column = it;
    MUST(csvk_schema_new(&schema, NULL) == CSVK_OK);
    column->name = "a";
    int status = csvk_schema_add(schema, it, err);
    if (status == CSVK_OK) {
        MUST(csvk_schema_override(schema, CSVK_BACKEND_BIGQUERY, it, err) == CSVK_OK);
        column->name = NULL;
        MUST(csvk_schema_at(schema, 0, CSVK_BACKEND_BIGQUERY, it, err) == CSVK_OK);
        MUST(strcmp(column->name, "a") == 0);
    }
    csvk_schema_free(schema);
    return status;
}

BEGIN_BY_HAND(csvk_schema_table)
static int use_csvk_schema_table(void *it, struct csvk_error *err)
{
    struct csvk_schema *schema = NULL;
    struct csvk_schema_table *table = it;
    MUST(csvk_schema_new(&schema, NULL) == CSVK_OK);
    table->name = "orders";
    int status = csvk_schema_set_table(schema, it, err);
    if (status == CSVK_OK) {
        table->name = NULL;
        MUST(csvk_schema_get_table(schema, it, err) == CSVK_OK);
        MUST(strcmp(table->name, "orders") == 0);
    }
    csvk_schema_free(schema);
    return status;
}

BEGIN_BY_HAND(csvk_schema_reference)
static int use_csvk_schema_reference(void *it, struct csvk_error *err)
{
    static char name[] = "a", *names[] = {name};
    const struct csvk_strings columns = {names, 1, 1};
    struct csvk_schema *schema = NULL;
    struct csvk_schema_reference *reference = it;
    MUST(csvk_schema_new(&schema, NULL) == CSVK_OK);
    reference->columns = reference->referenced = &columns;
    int status = csvk_schema_add_reference(schema, it, err);
    if (status == CSVK_OK) {
        reference->columns = NULL;
        MUST(csvk_schema_reference_at(schema, 0, it, err) == CSVK_OK);
        MUST(strcmp(reference->columns->item[0], "a") == 0);
    }
    csvk_schema_free(schema);
    return status;
}

static const struct csvk_rule_set *const no_sets[] = {NULL};

static void begin_csvk_report_options(void *it)
{
    csvk_report_options_init(it, no_sets);
}

static int use_csvk_report_options(void *it, struct csvk_error *err)
{
    struct csvk_findings findings = {0};
    struct csvk_section section;
    struct csvk_buf out = CSVK_BUF_INIT;
    csvk_section_of_findings(&section, &findings);
    struct csvk_subject subject = {.file = "f", .section = &section, .nsections = 1};
    int status = csvk_report_write(&subject, "json", it, &out, err);
    MUST((status == CSVK_OK) == (out.length != 0));
    csvk_buf_release(&out);
    return status;
}

#include "tests/abi/program_extra.h"

/* ---- all of them ---- */

struct row {
    const char *name;
    size_t size;
    void (*begin)(void *it);
    int (*use)(void *it, struct csvk_error *err);
};
#define ROW(name) {#name, sizeof(struct name), begin_##name, use_##name},
static const struct row rows[] = {
#include "rows.h"
};

/* What the library fills, and asks nothing of. */
static bool is_filled(const char *name)
{
    return strcmp(name, "csvk_normalize_result") == 0 || strcmp(name, "csvk_sniff") == 0 ||
           strcmp(name, "csvk_merge_totals") == 0 || strcmp(name, "csvk_manifest_table") == 0;
}

static int run(const struct row *row, void *it, const char *text)
{
    struct csvk_error err = {.status = CSVK_OK};
    int status = row->use(it, &err);
    if (status != CSVK_OK && err.status != CSVK_OK) {
        must(err.status == status && strstr(err.text, row->name) != NULL &&
                 strstr(err.text, text) != NULL,
             err.text);
    }
    return status;
}

static void refuses_sizes(const struct row *row)
{
    void *it = at_the_edge(row->size);
    /* The second is more than the size alone, and less than any first version has. */
    static const size_t sizes[] = {0, sizeof(size_t) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t size = sizes[i];
        row->begin(it);
        memcpy(it, &size, sizeof size);
        MUST(run(row, it, "begin it with ") == CSVK_EUSAGE);
    }
}

#ifdef GROWN
/* The last 8 bytes are the member that only a grown library knows. */
static void sets_what_is_new(const struct row *row, bool known)
{
    unsigned char *it = at_the_edge(row->size), one = 1;
    row->begin(it);
    it[row->size - 8] = one;
    MUST(run(row, it, "newer csvkit") == (known ? CSVK_OK : CSVK_EUSAGE));
}

static void leaves_zero_what_is_new(const struct row *row, const unsigned char *it)
{
    static const unsigned char zeros[8];
    MUST(memcmp(it + row->size - 8, zeros, sizeof zeros) == 0);
}
#endif

int main(int argc, char **argv)
{
    csvk_use_all();
    bool known = argc == 2 && strcmp(argv[1], "1") == 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        void *it = at_the_edge(row->size);
        at = row->name;
        row->begin(it);
        MUST(is_filled(at) || memcmp(it, &row->size, sizeof row->size) == 0);
        must(run(row, it, "?") == CSVK_OK, "it can be used");
        if (strcmp(at, "csvk_manifest_table") != 0) {
            refuses_sizes(row);
        }
#ifdef GROWN
        leaves_zero_what_is_new(row, it);
        if (!is_filled(at)) {
            sets_what_is_new(row, known);
        }
#endif
    }
    printf("%zu structs%s\n", sizeof rows / sizeof rows[0], known ? "" : ", library of today");
    return 0;
}
