/*
 * test_partial.c - a file that is judged in parts, by 1 to 50 cuts at random bytes, and joined in
 * any order, has the report of one run, byte for byte, as text and as JSON. The files are random,
 * broken, and those of the corpora; keys, schemas, limits, dialects and profiles are drawn, too.
 *
 * CSVK_PARTIAL is the number of random files (make check-partial).
 */
#include "tests/support/random_tables.h"
#include "tests/support/support.h"
#include "validator/partial.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOPS = 8, RANDOM_FILES = 240, CUTS_MOST = 50, LARGEST_IN_CORPUS = 200000 };
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- a folder for the parts ------------------------------------------------------------------ */

static char folder[40];

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void make_folder(void)
{
    bool memory = access("/dev/shm", W_OK) == 0;
    snprintf(folder, sizeof folder, "%s/csvkit-part-XXXXXX", memory ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const char *const heads[] = {
    "id,b,c\n",
    "id,b,c\r\n",
    "\xEF\xBB\xBFid,b,c\n",
    "\n\nid,b,c\n",
    "sep=;\nid;b;c\n",
    "id,b\n",
    "id,b,c\r",
    "",
    "# note\nid,b,c\n",
    "\"id\n\",b,c\n",
    "b,c,id\n",
    ",,\n",
    "id\n",
    "a long title of the table\nid,b,c\n",
};

static void put(struct csvk_buf *out, const char *text)
{
    ck_assert_int_eq(csvk_buf_puts(out, text), CSVK_OK);
}

static void make_table(struct support_random *random, size_t rarity, struct csvk_buf *out)
{
    size_t rows = support_below(random, 120);
    const char *head =
        heads[support_below(random, 2) == 0 ? 0 : support_below(random, COUNT(heads))];
    bool cr = strcmp(head, "id,b,c\r") == 0;
    csvk_buf_clear(out);
    put(out, head);
    for (size_t i = 0; i < rows; i++) {
        bool bad = rarity != 0 && support_below(random, rarity) == 0;
        const char *row = support_random_row(random, !bad);
        put(out, row);
        if (cr && out->data[out->length - 1] == '\n') {
            out->data[out->length - 1] = '\r';
        }
    }
    if (rarity != 0 && support_below(random, 3) == 0) {
        static const char *const ends[] = {"1,2,3", "\"a", "\x1A", "1,2", "1,\xC3", ",,\n,,\n"};
        put(out, ends[support_below(random, COUNT(ends))]);
    }
}

/* Two or three kinds of records, so that runs of one kind cross the cuts. */
static void make_runs(struct support_random *random, struct csvk_buf *out)
{
    static const char *const kinds[] = {"1,2,3\n", "1,2\n", "x\n",      "\n",
                                        "\\.\n",   ",,\n",  "1,2,3,4\n"};
    size_t first = support_below(random, COUNT(kinds)), few = 1 + support_below(random, 3);
    csvk_buf_clear(out);
    put(out, "id,b,c\n");
    for (size_t i = 1 + support_below(random, 40); i > 0; i--) {
        put(out, kinds[(first + support_below(random, few)) % COUNT(kinds)]);
    }
}

/* Bytes of the alphabet in any order. */
static void make_noise(struct support_random *random, struct csvk_buf *out)
{
    static const char alphabet[] = "ab,,\"\"\n\r\n \xc3\xa9\\x;\x00";
    size_t length = support_below(random, 1500);
    csvk_buf_clear(out);
    put(out, support_below(random, 2) == 0 ? "" : "a,b\n1,2\n");
    for (size_t i = 0; i < length; i++) {
        char c = alphabet[support_below(random, sizeof alphabet - 1)];
        ck_assert_int_eq(csvk_buf_add(out, &c, 1), CSVK_OK);
    }
}

static void make_file(struct support_random *random, struct csvk_buf *out)
{
    static const size_t rarities[] = {0, 50, 10, 4, 2};
    size_t kind = support_below(random, COUNT(rarities) + 2);
    if (kind == COUNT(rarities)) {
        make_noise(random, out);
    } else if (kind > COUNT(rarities)) {
        make_runs(random, out);
    } else {
        make_table(random, rarities[kind], out);
    }
}

static size_t random_files(void)
{
    const char *given = getenv("CSVK_PARTIAL");
    return (given != NULL ? strtoul(given, NULL, 10) : RANDOM_FILES) / LOOPS;
}

/* ---- options --------------------------------------------------------------------------------- */

static void add_column(struct csvk_schema *schema, const char *name, uint64_t type, uint64_t bits)
{
    struct csvk_schema_column column = {.size = sizeof column,
                                        .name = name,
                                        .type = type,
                                        .required = bits & 1,
                                        .unique = (bits >> 1) & 1};
    ck_assert_int_eq(csvk_schema_add(schema, &column, NULL), CSVK_OK);
}

static void draw_schema(struct support_random *random, struct csvk_validate_options *o)
{
    static const unsigned char native[] = {CSVK_VALUE_STRING, CSVK_VALUE_INTEGER,
                                           CSVK_VALUE_NUMERIC, CSVK_VALUE_DATE, CSVK_VALUE_ANY};
    static const unsigned char table[] = {CSVK_VALUE_TABLE_STRING, CSVK_VALUE_TABLE_INTEGER,
                                          CSVK_VALUE_TABLE_NUMBER, CSVK_VALUE_TABLE_DATE};
    static const char *const names[] = {"id", "b", "c"};
    bool of_table = support_below(random, 2) == 0;
    ck_assert_int_eq(csvk_schema_new(&o->schema, NULL), CSVK_OK);
    for (size_t i = 0; i < COUNT(names); i++) {
        uint64_t type = of_table ? table[support_below(random, COUNT(table))]
                                 : native[support_below(random, COUNT(native))];
        add_column(o->schema, names[i], type, support_below(random, 4));
    }
    struct csvk_schema_table all = {.size = sizeof all, .kind = CSVK_SCHEMA_TABLE};
    all.fields_match = support_below(random, 2) == 0 ? CSVK_MATCH_EXACT : support_below(random, 5);
    ck_assert_int_eq(csvk_schema_set_table(o->schema, &all, NULL), CSVK_OK);
    if (support_below(random, 2) == 0) {
        struct csvk_strings both = {0};
        ck_assert_int_eq(csvk_strings_add(&both, "id"), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&both, "c"), CSVK_OK);
        ck_assert_int_eq(csvk_schema_add_unique(o->schema, &both, NULL), CSVK_OK);
        csvk_strings_release(&both);
    }
}

static void draw_columns(struct support_random *random, struct csvk_validate_options *o)
{
    static const enum csvk_header headers[] = {CSVK_HEADER, CSVK_NO_HEADER, CSVK_SKIPPED_HEADER};
    o->header = headers[support_below(random, 3)];
    o->columns_are = support_below(random, 2) == 0 ? CSVK_COLUMNS_JUDGED : 0;
    ck_assert_int_eq(csvk_strings_add(&o->columns, "id"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&o->columns, "b"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&o->columns, "c"), CSVK_OK);
}

static void draw_dialect(struct support_random *random, struct csvk_dialect *dialect)
{
    size_t kind = support_below(random, 5);
    if (kind == 0) {
        dialect->delimiter = ';';
    } else if (kind == 1) {
        dialect->escape = '\\';
    } else if (kind == 2) {
        dialect->enclosure = CSVK_NO_BYTE;
    } else if (kind == 3) {
        dialect->skip_blanks = true;
    } else {
        dialect->more[0] = ',';
        dialect->more_length = 1;
    }
}

/*
 * An escaped CR in front of the LF that ends its record is a line of its own to the reader, and CR
 * LF, one line, to who counts lines from the nearest place whose line is known. That place is
 * another one in parts, so such a file has no line numbers to compare.
 */
static void avoid_escaped_cr(unsigned char *bytes, size_t length,
                             const struct csvk_validate_options *o)
{
    for (size_t i = 0; o->dialect.escape != CSVK_NO_BYTE && i + 2 < length; i++) {
        if (memcmp(bytes + i, "\\\r\n", 3) == 0) {
            bytes[i] = 'x';
        }
    }
}

static void draw_limits(struct support_random *random, struct csvk_validate_options *o)
{
    static const uint64_t most[] = {0, 1, 2, 3, 100};
    o->max_findings = most[support_below(random, COUNT(most))];
    o->max_field = support_below(random, 4) == 0 ? 4 : 0;
    o->max_record = support_below(random, 4) == 0 ? 9 : 0;
    o->max_fields = support_below(random, 8) == 0 ? 2 : 0;
    o->max_records = support_below(random, 8) == 0 ? 20 : 0;
}

static void draw_options(struct support_random *random, struct csvk_validate_options *o)
{
    struct csvk_error err = {0};
    csvk_validate_options_init(o);
    o->profile = (enum csvk_profile)support_below(random, CSVK_PROFILES);
    o->sep = support_below(random, 2) == 0 ? CSVK_SEP_LOOK : CSVK_SEP_DATA;
    o->comment = support_below(random, 3) == 0 ? '#' : 0;
    draw_limits(random, o);
    if (support_below(random, 2) == 0) {
        ck_assert_int_eq(csvk_validate_set_rule(o, "all", CSVK_INFO, &err), CSVK_OK);
    }
    if (support_below(random, 4) == 0) {
        draw_dialect(random, &o->dialect);
    }
    if (support_below(random, 4) == 0) {
        draw_columns(random, o);
    } else if (support_below(random, 6) == 0) {
        o->header = CSVK_NO_HEADER;
    }
    if (support_below(random, 2) == 0 && (o->header == CSVK_HEADER || o->columns.count != 0)) {
        ck_assert_int_eq(csvk_strings_add(&o->primary_key, "id"), CSVK_OK);
        if (support_below(random, 2) == 0) {
            ck_assert_int_eq(csvk_strings_add(&o->primary_key, "b"), CSVK_OK);
        }
    }
    if (support_below(random, 2) == 0) {
        draw_schema(random, o);
    }
}

/* ---- one run --------------------------------------------------------------------------------- */

static void print_reports(struct csvk_validator *v, struct csvk_buf *out)
{
    struct csvk_error err = {0};
    const struct csvk_report *report = NULL;
    ck_assert_msg(csvk_validator_report(v, &report, &err) == CSVK_OK, "%s", err.text);
    ck_assert_int_eq(csvk_report_print(report, "json", 0, out, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_report_print(report, "text", CSVK_TEXT_NOTES, out, NULL), CSVK_OK);
}

static void judge_whole(struct csvk_bytes file, const struct csvk_validate_options *options,
                        struct csvk_buf *out)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_validate_options own = *options;
    own.file = "table.csv";
    ck_assert_int_eq(csvk_source_memory(&source, file.ptr, file.len, &err), CSVK_OK);
    ck_assert_msg(csvk_validate_source(&v, source, &own, NULL, &err) == CSVK_OK, "%s", err.text);
    csvk_source_free(source);
    print_reports(v, out);
    csvk_validator_free(v);
}

/* ---- in parts -------------------------------------------------------------------------------- */

static int read_memory(void *context, uint64_t offset, void *bytes, size_t length,
                       struct csvk_error *err)
{
    const struct csvk_bytes *file = context;
    (void)err;
    ck_assert_uint_le(offset + length, file->len);
    memcpy(bytes, file->ptr + offset, length);
    return CSVK_OK;
}

static struct csvk_partial_input input_of(struct csvk_bytes *file)
{
    return (struct csvk_partial_input){
        .name = "table.csv", .size = file->len, .read = read_memory, .context = file};
}

static int by_number(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* Ranges that together are the whole file, in order. */
static size_t draw_cuts(struct support_random *random, uint64_t size, uint64_t *cut)
{
    size_t count = 1 + support_below(random, support_below(random, 4) == 0 ? CUTS_MOST : 6);
    for (size_t i = 0; i < count; i++) {
        cut[i] = support_below(random, (size_t)size + 1);
    }
    qsort(cut, count, sizeof *cut, by_number);
    cut[count] = size;
    return count + 1;
}

static void part_name(size_t i, char *path, size_t size)
{
    snprintf(path, size, "%s/%zu", folder, i);
}

static void make_parts(const struct csvk_partial_input *input,
                       const struct csvk_validate_options *options, const uint64_t *cut,
                       size_t count)
{
    struct csvk_error err = {0};
    char path[100];
    for (size_t i = 0; i < count; i++) {
        struct csvk_partial_range range = {i == 0 ? 0 : cut[i - 1], cut[i]};
        part_name(i, path, sizeof path);
        ck_assert_msg(csvk_partial_judge(input, options, range, path, &err) == CSVK_OK, "%s",
                      err.text);
    }
}

static void list_parts(struct support_random *random, size_t count, struct csvk_strings *out)
{
    char path[100];
    for (size_t i = 0; i < count; i++) {
        part_name(i, path, sizeof path);
        ck_assert_int_eq(csvk_strings_add(out, path), CSVK_OK);
    }
    for (size_t i = count; i > 1; i--) { /* in any order */
        size_t other = support_below(random, i);
        char *moved = out->item[i - 1];
        out->item[i - 1] = out->item[other];
        out->item[other] = moved;
    }
}

static uint64_t parts_in_all, parts_again;

static void join(const struct csvk_partial_input *input,
                 const struct csvk_validate_options *options, const struct csvk_strings *paths,
                 struct csvk_buf *out)
{
    struct csvk_error err = {0};
    struct csvk_partials *parts = NULL;
    struct csvk_validator *v = NULL;
    uint64_t again = 0;
    ck_assert_msg(csvk_partials_open(&parts, paths, options, &err) == CSVK_OK, "%s", err.text);
    ck_assert_msg(csvk_partials_join(parts, input, NULL, &v, &again, &err) == CSVK_OK, "%s",
                  err.text);
    parts_in_all += paths->count;
    parts_again += again;
    print_reports(v, out);
    csvk_validator_free(v);
    csvk_partials_free(parts);
}

/* `cut`: the ends of the parts. */
static void try_cuts(struct support_random *random, struct csvk_bytes file,
                     const struct csvk_validate_options *options, const uint64_t *cut, size_t count,
                     const char *what)
{
    struct csvk_buf whole = CSVK_BUF_INIT, joined = CSVK_BUF_INIT;
    struct csvk_partial_input input = input_of(&file);
    struct csvk_strings paths = {0};
    char where[400];
    int length = snprintf(where, sizeof where, "%s, cut at", what);
    for (size_t i = 0; i + 1 < count && length < 370; i++) {
        length += snprintf(where + length, sizeof where - (size_t)length, " %zu", (size_t)cut[i]);
    }
    judge_whole(file, options, &whole);
    make_parts(&input, options, cut, count);
    list_parts(random, count, &paths);
    join(&input, options, &paths, &joined);
    support_same_text(&whole, &joined, file, where);
    csvk_strings_release(&paths);
    csvk_buf_release(&whole);
    csvk_buf_release(&joined);
}

static void try_file(struct support_random *random, struct csvk_bytes file,
                     const struct csvk_validate_options *options, const char *what)
{
    uint64_t cut[CUTS_MOST + 2];
    size_t count = draw_cuts(random, file.len, cut);
    try_cuts(random, file, options, cut, count, what);
}

START_TEST(random_files_are_judged_in_parts)
{
    struct support_random random = {(uint64_t)_i + 1};
    struct csvk_buf file = CSVK_BUF_INIT;
    char what[60];
    make_folder();
    for (size_t i = 0; i < random_files(); i++) {
        struct csvk_validate_options options;
        make_file(&random, &file);
        draw_options(&random, &options);
        if (options.comment != 0) {
            support_random_comments(&random, &file);
        }
        avoid_escaped_cr(file.data, file.length, &options);
        snprintf(what, sizeof what, "loop %d, file %zu", _i, i);
        try_file(&random, (struct csvk_bytes){file.data, file.length}, &options, what);
        csvk_validate_options_release(&options);
    }
    /* Both roads were gone: parts that were right, and parts that had to be judged again. */
    ck_assert_uint_gt(parts_in_all, 2 * parts_again);
    ck_assert_uint_gt(parts_again, 0);
    csvk_buf_release(&file);
    remove_folder();
}
END_TEST

static void put_comments(struct csvk_buf *out, size_t bytes)
{
    for (size_t i = 0; i < bytes / 8; i++) {
        put(out, "# a \"b,\n");
    }
}

/* The sample has the first records, wherever they are; what it shows is told at their places. */
START_TEST(comments_may_be_longer_than_the_sample)
{
    struct support_random random = {(uint64_t)_i + 7};
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_validate_options options;
    size_t first = support_below(&random, 3) * 70000;
    make_folder();
    csvk_validate_options_init(&options);
    options.comment = '#';
    put_comments(&file, first);
    put(&file, "a,b\n");
    put_comments(&file, support_below(&random, 2) * 140000);
    for (int i = 0; i < 20; i++) {
        put_comments(&file, support_below(&random, 2) * 8 * support_below(&random, 2000));
        put(&file, i == 0 ? "1,2\n" : "'x','y'\n");
    }
    put_comments(&file, 16);
    try_file(&random, (struct csvk_bytes){file.data, file.length}, &options, "long comments");
    csvk_validate_options_release(&options);
    csvk_buf_release(&file);
    remove_folder();
}
END_TEST

/* Comments at the end of a part are above what the sample of the next one shows. */
START_TEST(comments_before_a_cut_are_counted)
{
    static const char *const files[] = {
        "a,b\n1,2\n# c\n'x','y'\n'z','w'\n",
        "a,b\n1,2\n# c\n'x','y'\n# d\n'z','w'\n",
    };
    struct support_random random = {5};
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.comment = '#';
    make_folder();
    for (size_t i = 0; i < COUNT(files); i++) {
        struct csvk_bytes file = {(const unsigned char *)files[i], strlen(files[i])};
        for (uint64_t at = 0; at <= file.len; at++) {
            const uint64_t cut[] = {at, file.len};
            try_cuts(&random, file, &options, cut, COUNT(cut), files[i]);
        }
    }
    csvk_validate_options_release(&options);
    remove_folder();
}
END_TEST

/* Comments alone are no record, so a record may be torn across a part that has nothing else. */
START_TEST(comments_of_a_part_end_no_run)
{
    static const char text[] = "a,b,c\n1,2\n# c\n3,4\n5,6,7\n8\n# d\n";
    const struct csvk_bytes file = {(const unsigned char *)text, sizeof text - 1};
    struct support_random random = {5};
    struct csvk_validate_options options;
    csvk_validate_options_init(&options);
    options.comment = '#';
    make_folder();
    for (uint64_t at = 0; at + 4 <= file.len; at++) {
        const uint64_t cut[] = {at, at + 4, file.len};
        try_cuts(&random, file, &options, cut, COUNT(cut), text);
    }
    csvk_validate_options_release(&options);
    remove_folder();
}
END_TEST

START_TEST(corpora_are_judged_in_parts)
{
    const char *corpus = support_corpus("edge-cases");
    char cases[300], path[700];
    struct support_random random = {99};
    if (corpus == NULL) {
        return;
    }
    make_folder();
    snprintf(cases, sizeof cases, "%s/cases", corpus);
    DIR *dir = opendir(cases);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t length;
        snprintf(path, sizeof path, "%s/%s", cases, entry->d_name);
        unsigned char *bytes = entry->d_name[0] != '.' ? support_read_file(path, &length) : NULL;
        bool packed =
            bytes != NULL && csvk_compression_of((struct csvk_bytes){bytes, length}) != NULL;
        for (int i = 0; bytes != NULL && i < 3 && !packed && length < LARGEST_IN_CORPUS; i++) {
            struct csvk_validate_options options;
            draw_options(&random, &options);
            avoid_escaped_cr(bytes, length, &options);
            try_file(&random, (struct csvk_bytes){bytes, length}, &options, entry->d_name);
            csvk_validate_options_release(&options);
        }
        free(bytes);
    }
    closedir(dir);
    remove_folder();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partial");
    TCase *tcase = tcase_create("partial");
    tcase_set_timeout(tcase, getenv("CSVK_PARTIAL") != NULL ? 0 : 120);
    tcase_add_loop_test(tcase, random_files_are_judged_in_parts, 0, LOOPS);
    tcase_add_loop_test(tcase, comments_may_be_longer_than_the_sample, 0, 24);
    tcase_add_test(tcase, comments_before_a_cut_are_counted);
    tcase_add_test(tcase, comments_of_a_part_end_no_run);
    tcase_add_test(tcase, corpora_are_judged_in_parts);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
