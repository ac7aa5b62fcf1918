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
#include "csvkit/findings/findings.h"
#include "csvkit/normalize.h"
#include "csvkit/sniff.h"
#include "manifest/manifest.h"
#include "manifest/slice.h"
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
    csvk_buf_release(&summary);
    csvk_normalize_options_release(o);
    csvk_source_free(source);
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
    if (status == CSVK_OK) {
        MUST(csvk_validate_set_rule(it, "all", CSVK_INFO, err) == CSVK_OK);
        csvk_validate_options_release(it);
    }
    return status;
}

BEGIN_BY_HAND(csvk_validate_hooks)
static int use_csvk_validate_hooks(void *it, struct csvk_error *err)
{
    return validate(NULL, it, err);
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

BEGIN(csvk_manifest_options, csvk_manifest_options_init)
static int use_csvk_manifest_options(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = NULL;
    int status = csvk_manifest_create(&manifest, it, err);
    csvk_manifest_free(manifest);
    return status;
}

BEGIN(csvk_manifest_file_options, csvk_manifest_file_options_init)
static int use_csvk_manifest_file_options(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = NULL;
    int status = csvk_manifest_create_file(&manifest, it, err);
    csvk_manifest_free(manifest);
    return status;
}

static struct csvk_manifest *some_manifest(void)
{
    static const char text[] =
        "{\"destination\": \"in.c-a.b\", \"tags\": [\"x\"], \"columns\": []}";
    struct csvk_findings findings = {0};
    struct csvk_manifest *manifest = NULL;
    MUST(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL) == CSVK_OK);
    csvk_findings_release(&findings);
    return manifest;
}

BEGIN(csvk_manifest_judge, csvk_manifest_judge_init)
static int use_csvk_manifest_judge(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = some_manifest();
    struct csvk_findings findings = {0};
    int status = csvk_manifest_check(manifest, it, &findings);
    err->status = 0; /* there is no text to look at */
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
    return status;
}

static void begin_csvk_manifest_table(void *it)
{
    (void)it; /* it is filled, and needs no beginning */
}

static int use_csvk_manifest_table(void *it, struct csvk_error *err)
{
    struct csvk_manifest *manifest = some_manifest();
    struct csvk_manifest_table *table = it;
    int status = csvk_manifest_table(manifest, table);
    MUST(status == CSVK_OK && table->size == sizeof *table && table->npairs == 0);
    MUST(strcmp(table->destination, "in.c-a.b") == 0 && table->tags.count == 1);
    csvk_manifest_table_release(table);
    MUST(table->destination == NULL && table->size == sizeof *table);
    csvk_manifest_free(manifest);
    (void)err;
    return status;
}

BEGIN(csvk_slice_options, csvk_slice_options_init)
static int use_csvk_slice_options(void *it, struct csvk_error *err)
{
    struct csvk_slice_options *options = it;
    struct csvk_slicer *slicer = NULL;
    options->directory = "slices";
    int status = csvk_slicer_new(&slicer, options, err);
    csvk_slicer_free(slicer);
    return status;
}

static int merge(struct csvk_merge_options *options, struct csvk_merge_totals *totals,
                 struct csvk_error *err)
{
    struct csvk_merge_options own;
    struct csvk_merge_totals sums = {.size = sizeof sums};
    size_t length = 0;
    csvk_merge_options_init(&own);
    options = options != NULL ? options : &own;
    totals = totals != NULL ? totals : &sums;
    options->header = CSVK_MERGE_NONE;
    int status =
        csvk_merge("parts", options, (struct csvk_merge_output){count, &length}, totals, err);
    MUST(status != CSVK_OK || (totals->records == 3 && totals->bytes == length && length > 0));
    return status;
}

BEGIN(csvk_merge_options, csvk_merge_options_init)
static int use_csvk_merge_options(void *it, struct csvk_error *err)
{
    return merge(it, NULL, err);
}

BEGIN_BY_HAND(csvk_merge_totals)
static int use_csvk_merge_totals(void *it, struct csvk_error *err)
{
    return merge(NULL, it, err);
}

BEGIN(csvk_preflight_options, csvk_preflight_options_init)
static int use_csvk_preflight_options(void *it, struct csvk_error *err)
{
    struct csvk_preflight_report *report = NULL;
    int status = csvk_preflight(&report, "data", it, err);
    MUST(status != CSVK_OK || (report->section != NULL && strcmp(report->folder, "data") == 0));
    csvk_preflight_free(report);
    return status;
}

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
    for (size_t size = 0; size < row->size; size += row->size / 2 + 1) {
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
