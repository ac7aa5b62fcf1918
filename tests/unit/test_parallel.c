/*
 * test_parallel.c - a file that several threads examine is read and judged as by one: the same
 * records, fields, facts, and the same report, byte for byte, whatever the size of the pieces (from
 * one byte), the number of threads, and the defects of the file.
 *
 * CSVK_PARALLEL is the number of random files (make check-parallel).
 */
#include "csvkit/extra/extra.h"
#include "csvkit/parallel/parallel_reader.h"
#include "csvkit/parse/cut.h"
#include "csvkit/parse/reader_private.h"
#include "tests/support/random_tables.h"
#include "tests/support/support.h"
#include "validator/validator.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOPS = 8, RANDOM_FILES = 160, LARGEST_IN_CORPUS = 100000 };

static const size_t blocks[] = {1, 2, 3, 7, 20, 64, 100, 300, 1000, 20000};
enum { BLOCKS = sizeof blocks / sizeof blocks[0] };

/* ---- how many ------------------------------------------------------------------------------- */

static size_t random_files(void)
{
    const char *given = getenv("CSVK_PARALLEL");
    return (given != NULL ? strtoul(given, NULL, 10) : RANDOM_FILES) / LOOPS;
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- reading --------------------------------------------------------------------------------- */

static int begin(struct csvk_reader *reader, const void *context)
{
    return csvk_reader_parallel(reader, context, NULL);
}

static void assert_same(const struct csvk_buf *want, const struct csvk_buf *have,
                        struct csvk_bytes file, const struct csvk_parallel *how, const char *what)
{
    char where[100];
    snprintf(where, sizeof where, "%s, %zu threads, pieces of %zu", what, how->threads, how->block);
    support_same_text(want, have, file, where);
}

static void assert_read_alike(struct csvk_bytes file, const struct csvk_options *options,
                              const struct csvk_parallel *how)
{
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    int status = support_reading(file.ptr, file.len, options, &want);
    ck_assert_int_eq(support_reading_begun(file.ptr, file.len, options, begin, how, &have), status);
    if (status == CSVK_END) {
        assert_same(&want, &have, file, how, "reading");
    }
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}

/* One of the ways to read a file in pieces. The first read takes a window. */
static void choose(struct support_random *random, struct csvk_options *options,
                   struct csvk_parallel *how)
{
    csvk_options_init(options);
    options->detail = (enum csvk_detail)support_below(random, 3);
    options->window = 1 + support_below(random, 60);
    options->any_eol = support_below(random, 5) == 0;
    options->reference_only = support_below(random, 5) == 0;
    options->max_record = options->detail == CSVK_COUNTS && support_below(random, 4) == 0 ? 30 : 0;
    how->threads = 1 + support_below(random, 8);
    how->block = blocks[support_below(random, BLOCKS)];
}

START_TEST(random_files_are_read_alike)
{
    struct support_random random = {(uint64_t)_i + 1};
    struct csvk_buf file = CSVK_BUF_INIT;
    for (size_t i = 0; i < random_files(); i++) {
        struct csvk_options options;
        struct csvk_parallel how;
        support_random_table(&random, &file);
        choose(&random, &options, &how);
        if (support_below(&random, 3) == 0) {
            options.comment = '#';
            support_random_comments(&random, &file);
        }
        assert_read_alike((struct csvk_bytes){file.data, file.length}, &options, &how);
    }
    csvk_buf_release(&file);
}
END_TEST

/* ---- judging --------------------------------------------------------------------------------- */

struct judging {
    struct csvk_parallel how; /* no threads: by the reader alone */
    size_t window;
    uint64_t max_record;
};

static int begin_judging(struct csvk_reader *reader, void *context, struct csvk_error *err)
{
    const struct judging *judging = context;
    return judging->how.threads != 0 ? csvk_reader_parallel(reader, &judging->how, err) : CSVK_OK;
}

static void set_window(struct csvk_options *options, void *context)
{
    const struct judging *judging = context;
    options->window = judging->window;
    options->max_record = judging->max_record;
}

static void print_report(struct csvk_bytes file, const struct csvk_validate_options *options,
                         struct judging judging, struct csvk_buf *out)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *report = NULL;
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = set_window, .begin = begin_judging, .context = &judging};
    ck_assert_int_eq(csvk_source_memory(&source, file.ptr, file.len, &err), CSVK_OK);
    int status = csvk_validate_source(&v, source, options, &hooks, &err);
    csvk_buf_clear(out);
    if (status != CSVK_OK) { /* a record too long where keys are wanted, for one */
        ck_assert_int_eq(csvk_buf_puts(out, err.text), CSVK_OK);
    } else {
        ck_assert_int_eq(csvk_validator_report(v, &report, &err), CSVK_OK);
        ck_assert_int_eq(csvk_report_print(report, "json", CSVK_TEXT_PLAIN, out, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_report_print(report, "text", CSVK_TEXT_NOTES, out, NULL), CSVK_OK);
    }
    csvk_validator_free(v);
    csvk_source_free(source);
}

static void choose_judging(struct support_random *random, struct csvk_validate_options *options,
                           struct judging *judging)
{
    static const enum csvk_profile profiles[] = {CSVK_PROFILE_RFC4180, CSVK_PROFILE_KEBOOLA,
                                                 CSVK_PROFILE_BIS, CSVK_PROFILE_STRICT};
    static const uint64_t most[] = {0, 1, 3, 100};
    csvk_validate_options_init(options);
    judging->max_record = 0;
    options->profile = profiles[support_below(random, COUNT(profiles))];
    options->max_findings = most[support_below(random, COUNT(most))];
    switch (
        support_below(random, 4)) { /* what is asked of the reader: counts, fields, ends, counts */
    case 1:
        ck_assert_int_eq(csvk_validate_set_rule(options, "all", CSVK_INFO, NULL), CSVK_OK);
        break;
    case 2: ck_assert_int_eq(csvk_strings_add(&options->primary_key, "id"), CSVK_OK); break;
    case 3: judging->max_record = 14; break; /* longer records are streamed */
    default: break;
    }
    options->comment = support_below(random, 2) == 0 ? '#' : 0;
    judging->window = 1 + support_below(random, 60);
    judging->how.threads = 1 + support_below(random, 8);
    judging->how.block = blocks[support_below(random, BLOCKS)];
}

static void assert_judged_alike(struct csvk_bytes file, struct support_random *random)
{
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    struct judging judging, alone = {.window = 0};
    choose_judging(random, &options, &judging);
    alone.max_record = judging.max_record;
    print_report(file, &options, alone, &want);
    print_report(file, &options, judging, &have);
    assert_same(&want, &have, file, &judging.how, "report");
    csvk_validate_options_release(&options);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}

START_TEST(random_files_are_judged_alike)
{
    struct support_random random = {(uint64_t)_i + 1000};
    struct csvk_buf file = CSVK_BUF_INIT;
    for (size_t i = 0; i < random_files(); i++) {
        support_random_table(&random, &file);
        if (support_below(&random, 3) == 0) {
            support_random_comments(&random, &file);
        }
        assert_judged_alike((struct csvk_bytes){file.data, file.length}, &random);
    }
    csvk_buf_release(&file);
}
END_TEST

/*
 * Whether a record is kept or streamed may depend on where reads end; what is judged by the sample
 * must not: here the encoding, and that comments are the cause. A run of NUL bytes may be no data.
 */
START_TEST(streamed_records_are_in_the_sample)
{
    static const char *const texts[] = {
        "id,b\n2024-01-02,longer than that\n7,8\n#\xC3\n#\xC3\n2024-01-03,longer than "
        "that\n#\xE9\n",
        "b\n2024-01-02 longer than that\n7\n# \"a\" b\n# \"c\" d\n2024-01-03 longer than that\n# "
        "\"\n",
        "# \xE9t\xE9\na,b\n2024-01-02,longer than that\n# caf\xE9\n7,\xE0 la\n",
    };
    const char *text = texts[_i];
    const struct csvk_bytes file = {(const unsigned char *)text, strlen(text)};
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.comment = _i == 2 ? '#' : 0;
    print_report(file, &options, (struct judging){.window = 0}, &want);
    for (size_t window = 1; window <= file.len; window++) {
        print_report(file, &options, (struct judging){.window = window, .max_record = 14}, &have);
        assert_same(&want, &have, file, &(struct csvk_parallel){0, window}, "report");
    }
    csvk_validate_options_release(&options);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

static struct support_random corpus_random;
static size_t corpus_files;

static int judge_corpus_file(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)where;
    if (kind != FTW_F || info->st_size > LARGEST_IN_CORPUS) {
        return 0;
    }
    size_t length = 0;
    unsigned char *bytes = support_read_file(path, &length);
    ck_assert_ptr_nonnull(bytes);
    assert_judged_alike((struct csvk_bytes){bytes, length}, &corpus_random);
    free(bytes);
    corpus_files++;
    return 0;
}

START_TEST(files_of_the_corpora_are_judged_alike)
{
    const char *folder = support_corpus("");
    corpus_random = (struct support_random){7};
    corpus_files = 0;
    if (folder != NULL) {
        ck_assert_int_eq(nftw(folder, judge_corpus_file, 10, FTW_PHYS), 0);
        ck_assert_uint_gt(corpus_files, 100);
    }
}
END_TEST

/* ---- that there is something to compare ------------------------------------------------------ */

struct shares {
    uint64_t ahead, all; /* bytes */
    uint64_t records;
};

/* How much of the source was examined ahead. */
static int read_in_pieces(struct csvk_source *source, const struct csvk_options *options,
                          const struct csvk_parallel *how, struct shares *shares)
{
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    int status = csvk_reader_new(&reader, source, options, NULL);
    ck_assert_int_eq(status, CSVK_OK);
    ck_assert_int_eq(csvk_reader_parallel(reader, how, NULL), CSVK_OK);
    *shares = (struct shares){0, 0, 0};
    while ((status = csvk_reader_next(reader, &batch, NULL)) == CSVK_OK) {
        bool ahead = batch->size != 0 && batch->bytes != window_begin(reader);
        shares->all += batch->size;
        shares->ahead += ahead ? batch->size : 0;
        shares->records += batch->nrecords;
        ck_assert_uint_eq(shares->all, batch->offset + batch->size);
        ck_assert_uint_eq(shares->records, csvk_reader_totals(reader)->records);
        ck_assert_uint_le(shares->all, csvk_source_consumed(source));
    }
    csvk_reader_free(reader);
    return status;
}

static struct shares share_of(struct csvk_bytes file, const struct csvk_options *options,
                              const struct csvk_parallel *how)
{
    struct csvk_source *source = NULL;
    struct shares shares;
    ck_assert_int_eq(csvk_source_memory(&source, file.ptr, file.len, NULL), CSVK_OK);
    ck_assert_int_eq(read_in_pieces(source, options, how, &shares), CSVK_END);
    csvk_source_free(source);
    return shares;
}

static void repeat(struct csvk_buf *out, const char *row, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        ck_assert_int_eq(csvk_buf_puts(out, row), CSVK_OK);
    }
}

START_TEST(good_files_are_examined_ahead)
{
    static const char *const rows[] = {"1,2,3\n", "\"a\",\"b\",\"c\"\n", "x,\"l\nm\",y\n",
                                       "\"1,2,3\n4,5\n\",,\n"};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct csvk_buf file = CSVK_BUF_INIT;
        struct csvk_options options;
        csvk_options_init(&options);
        options.window = 1000;
        repeat(&file, rows[i], 20000 / strlen(rows[i]));
        for (size_t threads = 1; threads <= 3; threads++) {
            struct csvk_parallel how = {threads, 500};
            struct shares s = share_of((struct csvk_bytes){file.data, file.length}, &options, &how);
            ck_assert_uint_eq(s.all, file.length);
            ck_assert_msg(s.ahead > s.all * 8 / 10, "%s: %llu", rows[i],
                          (unsigned long long)s.ahead);
        }
        csvk_buf_release(&file);
    }
}
END_TEST

/* One record that is not of the table's width is no hindrance: its fact is the chunk's. */
START_TEST(files_with_few_defects_are_examined_ahead)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_options options;
    csvk_options_init(&options);
    options.window = 1000;
    for (int i = 0; i < 100; i++) {
        repeat(&file, "1,2,3\n", 40);
        repeat(&file, i % 2 == 0 ? "1,2\n" : "a\"b,2,3\n", 1);
    }
    struct csvk_parallel how = {2, 500};
    struct shares s = share_of((struct csvk_bytes){file.data, file.length}, &options, &how);
    ck_assert_uint_gt(s.ahead, s.all * 8 / 10);
    csvk_buf_release(&file);
}
END_TEST

/* ---- files ----------------------------------------------------------------------------------- */

static FILE *new_file(size_t rows, struct csvk_buf *text)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    repeat(text, "1,2,3\n", rows);
    ck_assert_uint_eq(fwrite(text->data, 1, text->length, file), text->length);
    ck_assert_int_eq(fflush(file), 0);
    return file;
}

/* As in: (read line; csvkit validate) <FILE. The descriptor stands at the end afterwards. */
START_TEST(files_are_read_from_where_they_stand)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_parallel how = {2, 500};
    struct shares shares;
    FILE *file = new_file(3000, &text);
    csvk_options_init(&options);
    options.window = 1000;
    ck_assert_int_eq(lseek(fileno(file), 60, SEEK_SET), 60);
    ck_assert_int_eq(csvk_source_fd(&source, fileno(file), "rest", NULL), CSVK_OK);
    ck_assert_int_eq(read_in_pieces(source, &options, &how, &shares), CSVK_END);
    ck_assert_uint_eq(shares.records, 2990);
    ck_assert_uint_gt(shares.ahead, shares.all * 8 / 10);
    ck_assert_int_eq(lseek(fileno(file), 0, SEEK_CUR), (off_t)text.length);
    csvk_source_free(source);
    fclose(file);
    csvk_buf_release(&text);
}
END_TEST

/* Cut off, or longer: as one thread tells it. */
START_TEST(files_that_change_are_told)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_options options;
    struct csvk_source *source = NULL;
    struct csvk_parallel how = {2, 500};
    struct shares shares;
    FILE *file = new_file(3000, &text);
    csvk_options_init(&options);
    options.window = 1000;
    ck_assert_int_eq(lseek(fileno(file), 0, SEEK_SET), 0);
    ck_assert_int_eq(csvk_source_fd(&source, fileno(file), "changed", NULL), CSVK_OK);
    ck_assert_int_eq(ftruncate(fileno(file), _i == 0 ? 12345 : 23456), 0);
    ck_assert_int_eq(read_in_pieces(source, &options, &how, &shares), CSVK_ECHANGED);
    csvk_source_free(source);
    fclose(file);
    csvk_buf_release(&text);
}
END_TEST

/* A place is searched for farther away where records are long; the last chunk has none. */
START_TEST(long_records_are_examined_ahead)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_options options;
    struct csvk_parallel how = {2, 77777};
    csvk_options_init(&options);
    options.window = 100000;
    for (int i = 0; i < 100; i++) {
        ck_assert_int_eq(csvk_buf_printf(&file, "%d,%0*d\n", i, 9000 + i, i), CSVK_OK);
    }
    struct csvk_bytes bytes = {file.data, file.length};
    struct shares s = share_of(bytes, &options, &how);
    ck_assert_uint_eq(s.records, 100);
    ck_assert_uint_gt(s.ahead, s.all / 2);
    options.detail = CSVK_FIELDS;
    assert_read_alike(bytes, &options, &how);
    csvk_buf_release(&file);
}
END_TEST

/* ---- where to cut ---------------------------------------------------------------------------- */

START_TEST(cuts_are_found)
{
    static const struct {
        const char *bytes;
        size_t cut;
    } cases[] = {
        {"\na,b\nc,d\n", 1},           /* the place itself */
        {"a,b\nc,d\n", 4},             /* the next record */
        {"a,b", CSVK_NO_CUT},          /* no line break */
        {"", CSVK_NO_CUT},             /* nothing */
        {"a,\"b\nc\",d\ne,f\n", 10},   /* not inside of an enclosure that opens here */
        {"b\nc\",d\ne,f\n", 7},        /* not inside of one that has opened before */
        {"b\nc\"\"d\ne\",f\ng\n", 12}, /* a doubled enclosure says nothing */
        {"b\n\"\"\nc\",d\ne\n", 10},   /* nor does it begin a field there */
        {"\n5\" x,6\n", 1},            /* nor does a stray one */
        {"\"\n\"\n", 4},               /* with nothing to tell it is outside */
    };
    const struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const unsigned char *bytes = (const unsigned char *)cases[i].bytes;
        ck_assert_msg(csvk_find_cut(bytes, strlen(cases[i].bytes), &dialect) == cases[i].cut,
                      "case %zu", i);
    }
    struct csvk_dialect plain = dialect;
    plain.enclosure = CSVK_NO_BYTE;
    ck_assert_uint_eq(csvk_find_cut((const unsigned char *)"a\"\nb", 4, &plain), 3);
}
END_TEST

/* ---- what is looked for ------------------------------------------------------------------------
 */

static const char *const headers[] = {"id,name\n",
                                      "column_of_numbers,column_of_names,column_of_dates\n"};
static const char *const rows[] = {"1,Ann Ida\n", "1,Ann,2024-01-02\n"};

/* The header once more after so many rows, at the beginning, within and at the end of pieces. */
START_TEST(a_header_is_found_wherever_it_stands)
{
    struct csvk_buf file = CSVK_BUF_INIT, want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    const size_t all = 90;
    csvk_validate_options_init(&options);
    for (size_t before = 1; before <= all; before++) {
        struct judging judging = {.window = 40, .how = {1 + before % 3, 40}};
        csvk_buf_clear(&file);
        repeat(&file, headers[_i], 1);
        repeat(&file, rows[_i], before);
        repeat(&file, headers[_i], 1);
        repeat(&file, rows[_i], all - before);
        struct csvk_bytes bytes = {file.data, file.length};
        print_report(bytes, &options, (struct judging){.window = 0}, &want);
        print_report(bytes, &options, judging, &have);
        ck_assert_ptr_nonnull(strstr(csvk_buf_text(&want), "header-repeated"));
        assert_same(&want, &have, bytes, &judging.how, "report");
    }
    csvk_validate_options_release(&options);
    csvk_buf_release(&file);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}
END_TEST

/* Of how many bytes is it known that the header is not among them? Asked for after the first batch.
 */
static uint64_t lacking(struct csvk_reader *reader, struct csvk_bytes header, size_t *holding)
{
    const struct csvk_batch *batch;
    uint64_t known = 0;
    int status = CSVK_OK;
    *holding = 0;
    for (bool first = true; (status = csvk_reader_next(reader, &batch, NULL)) == CSVK_OK;
         first = false) {
        bool lacks = csvk_reader_lacks(reader);
        bool holds = batch->size != 0 && memmem(batch->bytes, batch->size, header.ptr, header.len);
        ck_assert(!(lacks && holds));
        known += lacks ? batch->size : 0;
        *holding += holds;
        if (first) {
            ck_assert_int_eq(csvk_reader_look_for(reader, header, NULL), CSVK_OK);
        }
    }
    ck_assert_int_eq(status, CSVK_END);
    return known;
}

/* Nearly all pieces are searched where they are examined, and nobody else has to. */
START_TEST(it_is_known_what_pieces_lack)
{
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_options options;
    const struct csvk_bytes header = {(const unsigned char *)headers[_i], strlen(headers[_i]) - 1};
    csvk_options_init(&options);
    options.window = 200;
    repeat(&file, headers[_i], 1);
    repeat(&file, rows[_i], 500);
    repeat(&file, headers[_i], 1);
    repeat(&file, rows[_i], 500);
    for (size_t threads = 0; threads <= 3; threads++) {
        struct csvk_parallel how = {threads, 300};
        struct csvk_source *source = NULL;
        struct csvk_reader *reader = NULL;
        size_t holding = 0;
        ck_assert_int_eq(csvk_source_memory(&source, file.data, file.length, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
        if (threads != 0) {
            ck_assert_int_eq(csvk_reader_parallel(reader, &how, NULL), CSVK_OK);
        }
        uint64_t known = lacking(reader, header, &holding);
        ck_assert_uint_eq(holding, 2);
        ck_assert_msg(threads == 0 ? known == 0 : known > file.length * 8 / 10, "%zu: %llu",
                      threads, (unsigned long long)known);
        csvk_reader_free(reader);
        csvk_source_free(source);
    }
    csvk_buf_release(&file);
}
END_TEST

/* ---- what is refused ------------------------------------------------------------------------- */

START_TEST(only_a_new_reader_with_a_source_gets_threads)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    struct csvk_source *source = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    ck_assert_int_eq(csvk_reader_new_fed(&reader, "fed", &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_use_threads(reader, 2, NULL), CSVK_EUSAGE);
    csvk_reader_free(reader);
    ck_assert_int_eq(csvk_source_memory(&source, "a\n", 2, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_use_threads(reader, 1, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_use_threads(reader, 2, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_use_threads(reader, 2, NULL), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_OK);
    csvk_reader_free(reader);
    csvk_source_free(source);
    ck_assert_int_eq(csvk_source_memory(&source, "a\n", 2, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_next(reader, &batch, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_reader_use_threads(reader, 2, NULL), CSVK_EUSAGE);
    csvk_reader_free(reader);
    csvk_source_free(source);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parallel");
    TCase *tcase = tcase_create("parallel");
    tcase_set_timeout(tcase, 1200);
    tcase_add_test(tcase, cuts_are_found);
    tcase_add_test(tcase, good_files_are_examined_ahead);
    tcase_add_test(tcase, files_with_few_defects_are_examined_ahead);
    tcase_add_test(tcase, long_records_are_examined_ahead);
    tcase_add_test(tcase, files_are_read_from_where_they_stand);
    tcase_add_loop_test(tcase, files_that_change_are_told, 0, 2);
    tcase_add_loop_test(tcase, a_header_is_found_wherever_it_stands, 0, 2);
    tcase_add_loop_test(tcase, it_is_known_what_pieces_lack, 0, 2);
    tcase_add_test(tcase, only_a_new_reader_with_a_source_gets_threads);
    tcase_add_loop_test(tcase, random_files_are_read_alike, 0, LOOPS);
    tcase_add_loop_test(tcase, random_files_are_judged_alike, 0, LOOPS);
    tcase_add_loop_test(tcase, streamed_records_are_in_the_sample, 0, 3);
    tcase_add_test(tcase, files_of_the_corpora_are_judged_alike);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
