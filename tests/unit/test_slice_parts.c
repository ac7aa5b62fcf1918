/*
 * test_slice_parts.c - a file that is sliced in parts, by 1 to 50 cuts at random bytes, and joined
 * in any order, has the records, the manifest and the report of one run, byte for byte; a file that
 * one run refuses is refused. The files are random, broken, and those of the corpora; dialects,
 * columns, comments and forms of slices are drawn, too.
 *
 * CSVK_PARTIAL is the number of random files (make check-partial).
 */
#include "manifest/slice_parts.h"
#include "tests/support/random_tables.h"
#include "tests/support/support.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOPS = 8, RANDOM_FILES = 160, CUTS_MOST = 50, LARGEST_IN_CORPUS = 50000 };
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define INPUT       "table.csv"

/* ---- a folder for all of it ------------------------------------------------------------------ */

static char folder[40];

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void enter(void)
{
    bool memory = access("/dev/shm", W_OK) == 0;
    snprintf(folder, sizeof folder, "%s/csvkit-parts-XXXXXX", memory ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void forget(const char *path)
{
    nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const char *const heads[] = {
    "id,b,c\n",     "id,b,c\r\n", "\xEF\xBB\xBFid,b,c\n",     "\n\nid,b,c\n",      "id,b\n",
    "id,b,c\r",     "",           "# note\nid,b,c\n",         "\"id\n\",b,c\n",    ",,\n",
    "id,\"b\nb\",", "id,b,b\n",   "\"a \"\"name\"\"\",b,c\n", "id,b,_timestamp\n",
};

static void put(struct csvk_buf *out, const char *text)
{
    ck_assert_int_eq(csvk_buf_puts(out, text), CSVK_OK);
}

/* Long enclosed fields, in which borders lie. */
static void put_long_record(struct support_random *random, struct csvk_buf *out)
{
    put(out, "7,\"");
    for (size_t i = support_below(random, 60); i > 0; i--) {
        put(out, support_below(random, 2) == 0 ? "x,\"\"y\"\"\n" : "1,2,3\n");
    }
    put(out, "\",9\n");
}

static void make_file(struct support_random *random, struct csvk_buf *out)
{
    static const size_t rarities[] = {0, 0, 0, 0, 60, 10};
    size_t rows = support_below(random, 100);
    size_t rarity = rarities[support_below(random, COUNT(rarities))];
    const char *head =
        heads[support_below(random, 3) != 0 ? 0 : support_below(random, COUNT(heads))];
    bool cr = strcmp(head, "id,b,c\r") == 0;
    csvk_buf_clear(out);
    put(out, head);
    for (size_t i = 0; i < rows; i++) {
        bool bad = rarity != 0 && support_below(random, rarity) == 0;
        if (support_below(random, 12) == 0) {
            put_long_record(random, out);
        } else {
            put(out, support_random_row(random, !bad));
        }
        if (cr && out->data[out->length - 1] == '\n') {
            out->data[out->length - 1] = '\r';
        }
    }
    if (support_below(random, 5) == 0) {
        static const char *const ends[] = {"1,2,3", "\"a", "1,2,\"3\"", "1,2,\x1A", ",,\n,,\n"};
        put(out, ends[support_below(random, COUNT(ends))]);
    }
}

static void write_input(struct csvk_bytes file)
{
    FILE *out = fopen(INPUT, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(file.ptr, 1, file.len, out), file.len);
    ck_assert_int_eq(fclose(out), 0);
}

/* ---- options --------------------------------------------------------------------------------- */

/* All that one way to slice is made of. */
struct slice_setup {
    struct csvk_strings inputs;
    struct csvk_table_definition table;
    struct csvk_slice_options how;
    struct csvk_validate_options rules;
    struct csvk_manifest_plan *plan; /* a run changes it, so each has its own */
    struct csvk_slice_table_options options;
    struct csvk_buf told; /* reports */
    uint64_t seed;
};

static int show(void *context, const struct csvk_report *report, struct csvk_error *err)
{
    struct slice_setup *s = context;
    (void)err;
    return csvk_report_print(report, "json", 0, &s->told, NULL);
}

static void draw_table(struct support_random *random, struct slice_setup *s)
{
    static const char *const names[] = {"id", "b", "c"};
    size_t kind = support_below(random, 6);
    s->table.header = kind != 0 && kind != 2;
    s->options.manifest = kind != 2 ? s->options.manifest : NULL; /* nobody knows the columns */
    for (size_t i = 0; i < 3 && kind < 2; i++) {
        ck_assert_int_eq(csvk_strings_add(&s->table.columns, names[i]), CSVK_OK);
        s->table.columns_by = CSVK_TOLD_BY_OPTION;
    }
    if (support_below(random, 8) == 0) {
        s->table.dialect.delimiter = ';';
    } else if (support_below(random, 8) == 0) {
        s->table.dialect.enclosure = CSVK_NO_BYTE;
    } else if (support_below(random, 8) == 0) {
        s->table.dialect.escape = '\\';
        s->options.manifest = NULL;
    } else if (support_below(random, 16) == 0) {
        s->table.dialect.more[0] = ',';
        s->table.dialect.more_length = 1;
    }
    if (support_below(random, 4) == 0) {
        ck_assert_int_eq(csvk_strings_add(&s->table.primary_key, "id"), CSVK_OK);
    }
}

static void draw_slices(struct support_random *random, struct slice_setup *s)
{
    s->how.form = support_below(random, 4) == 0 ? CSVK_SLICE_GZIP : CSVK_SLICE_PLAIN;
    s->how.cut = support_below(random, 2) == 0 ? CSVK_SLICE_BY_RECORDS : CSVK_SLICE_BY_SIZE;
    s->how.records_each = 1 + support_below(random, 30);
    s->how.slice_size = 1 + support_below(random, 600);
    s->how.none = support_below(random, 2) == 0 ? CSVK_SLICE_NO_SLICE : CSVK_SLICE_EMPTY_SLICE;
    s->options.any_size = true;
    s->options.verify = support_below(random, 4) == 0;
}

static void begin_setup(struct slice_setup *s, uint64_t seed)
{
    struct support_random random = {seed};
    struct csvk_error err = {0};
    memset(s, 0, sizeof *s);
    s->seed = seed;
    csvk_table_definition_init(&s->table);
    csvk_slice_options_init(&s->how);
    csvk_slice_table_options_init(&s->options);
    ck_assert_int_eq(csvk_slice_rules(&s->rules, &err), CSVK_OK);
    ck_assert_int_eq(csvk_manifest_plan_new(&s->plan, &err), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&s->inputs, INPUT), CSVK_OK);
    s->options.inputs = &s->inputs;
    s->options.table = &s->table;
    s->options.how = &s->how;
    s->options.rules = &s->rules;
    s->options.judged = show;
    s->options.context = s;
    s->options.manifest = support_below(&random, 6) == 0 ? NULL : s->plan;
    s->rules.comment = support_below(&random, 4) == 0 ? '#' : 0;
    if (support_below(&random, 3) == 0) { /* broken tables that are sliced all the same */
        ck_assert_int_eq(csvk_validate_set_rule(&s->rules, "all", CSVK_WARNING, &err), CSVK_OK);
    }
    draw_table(&random, s);
    draw_slices(&random, s);
    /* Whether a slice of a broken table reads as it was cut depends on where it begins. */
    s->options.verify = s->options.verify && s->rules.level[0] == 0;
}

static void end_setup(struct slice_setup *s)
{
    csvk_strings_release(&s->inputs);
    csvk_table_definition_release(&s->table);
    csvk_validate_options_release(&s->rules);
    csvk_manifest_plan_free(s->plan);
    csvk_buf_release(&s->told);
}

/* ---- what came of a run ---------------------------------------------------------------------- */

static void add_file(const char *path, struct csvk_buf *out)
{
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    unsigned char room[4096];
    size_t got = 1;
    ck_assert_msg(csvk_source_open(&source, path, &err) == CSVK_OK, "%s", err.text);
    while (got != 0) {
        ck_assert_int_eq(csvk_source_read(source, room, sizeof room, &got, &err), CSVK_OK);
        ck_assert_int_eq(csvk_buf_add(out, room, got), CSVK_OK);
    }
    csvk_source_free(source);
}

/* Everything that the parts must not change: reports, refusals, the manifest, the records. */
static void tell(const struct slice_setup *s, const struct csvk_slice_table_result *result,
                 int status, struct csvk_buf *out)
{
    char path[100];
    uint64_t records = 0;
    ck_assert_int_eq(csvk_buf_printf(out, "%d\n", status), CSVK_OK);
    ck_assert_int_eq(csvk_buf_add(out, s->told.data, s->told.length), CSVK_OK);
    for (size_t i = 0; i < result->refusals.count; i++) {
        ck_assert_int_eq(csvk_buf_printf(out, "%s\n", result->refusals.item[i]), CSVK_OK);
    }
    for (size_t i = 0; i < result->columns.count; i++) {
        ck_assert_int_eq(csvk_buf_printf(out, "[%s]\n", result->columns.item[i]), CSVK_OK);
    }
    snprintf(path, sizeof path, "%s.manifest", s->how.directory);
    ck_assert_int_eq(access(path, F_OK) == 0, status == CSVK_OK && s->options.manifest != NULL);
    ck_assert_int_eq(access(s->how.directory, F_OK) == 0, status == CSVK_OK);
    if (access(path, F_OK) == 0) {
        add_file(path, out);
    }
    for (size_t i = 0; i < result->nslices; i++) {
        snprintf(path, sizeof path, "%s/%s", s->how.directory, result->slice[i].name);
        add_file(path, out);
        records += result->slice[i].records;
        ck_assert(result->slice[i].records != 0 || result->nslices == 1);
    }
    ck_assert_uint_eq(records, result->records);
    ck_assert_int_eq(csvk_buf_printf(out, "%d slices of none, %d records",
                                     result->nslices != 0 && records == 0, (int)records),
                     CSVK_OK);
}

static int slice_whole(uint64_t seed, struct csvk_buf *out)
{
    struct slice_setup s;
    struct csvk_error err = {0};
    struct csvk_slice_table_result *result = NULL;
    begin_setup(&s, seed);
    s.how.directory = "whole";
    int status = csvk_slice_table(&s.options, &result, &err);
    tell(&s, result, status, out);
    csvk_slice_table_result_free(result);
    end_setup(&s);
    return status;
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
        cut[i] = support_below(random,
                               support_below(random, 4) == 0 && size > 20 ? 20 : (size_t)size + 1);
    }
    qsort(cut, count, sizeof *cut, by_number);
    cut[count] = size;
    return count + 1;
}

/* What csvk_slice_part returns. The part is in the folder "partN", or there is none. */
static int make_part(uint64_t seed, const struct csvk_partial_input *input,
                     struct csvk_partial_range range, size_t i, struct csvk_error *why)
{
    struct slice_setup s;
    struct csvk_slice_table_result *result = NULL;
    struct csvk_slice_part_facts facts;
    char path[100];
    begin_setup(&s, seed);
    snprintf(path, sizeof path, "part%zu", i);
    s.how.directory = path;
    s.options.verify = false;
    int status = csvk_slice_part(&s.options, input, range, &result, &facts, why);
    ck_assert_int_eq(access(path, F_OK) == 0, status == CSVK_OK);
    ck_assert_uint_eq(s.told.length, 0);
    csvk_slice_table_result_free(result);
    end_setup(&s);
    return status;
}

static void list_parts(struct support_random *random, size_t count, struct csvk_strings *out)
{
    char path[100];
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "part%zu%s", i, i % 3 == 0 ? "/" : "");
        ck_assert_int_eq(csvk_strings_add(out, path), CSVK_OK);
    }
    for (size_t i = count; i > 1; i--) { /* in any order */
        size_t other = support_below(random, i);
        char *moved = out->item[i - 1];
        out->item[i - 1] = out->item[other];
        out->item[other] = moved;
    }
}

static uint64_t parts_in_all, parts_again, tables_sliced;

static void join(uint64_t seed, const struct csvk_partial_input *input,
                 const struct csvk_strings *parts, struct csvk_buf *out)
{
    struct slice_setup s;
    struct csvk_error err = {0};
    struct csvk_slice_table_result *result = NULL;
    uint64_t again = 0;
    char *name = NULL;
    begin_setup(&s, seed);
    s.how.directory = "joined";
    int status = csvk_slice_parts_join(&s.options, parts, input, &result, &again, &err);
    ck_assert_msg(status == CSVK_OK || status == CSVK_EDATA, "%s", err.text);
    tell(&s, result, status, out);
    ck_assert_int_eq(csvk_slice_parts_input_name(parts, &name, &err), CSVK_OK);
    ck_assert_str_eq(name, INPUT);
    parts_in_all += parts->count;
    parts_again += again;
    tables_sliced += status == CSVK_OK;
    csvk_free(name);
    csvk_slice_table_result_free(result);
    end_setup(&s);
}

static void try_parts(struct support_random *random, struct csvk_bytes file, uint64_t seed,
                      const char *what, const struct csvk_buf *whole, int status)
{
    uint64_t cut[CUTS_MOST + 2];
    size_t count = draw_cuts(random, file.len, cut);
    struct csvk_partial_input input = {INPUT, file.len, read_memory, &file, NULL, NULL, NULL};
    struct csvk_strings parts = {0};
    struct csvk_buf joined = CSVK_BUF_INIT;
    struct csvk_error why = {0};
    char where[400];
    int length = snprintf(where, sizeof where, "%s, cut at", what), made = CSVK_OK;
    for (size_t i = 0; i < count && made == CSVK_OK; i++) {
        struct csvk_partial_range range = {i == 0 ? 0 : cut[i - 1], cut[i]};
        made = make_part(seed, &input, range, i, &why);
        length += length < 370 ? snprintf(where + length, 30, " %zu", (size_t)cut[i]) : 0;
    }
    if (made == CSVK_OK) {
        list_parts(random, count, &parts);
        join(seed, &input, &parts, &joined);
        support_same_text(whole, &joined, file, where);
    } else { /* the options, or the manifest, are refused before anything is joined */
        ck_assert_msg(made == status, "%s: %d (%s) and %d", where, made, why.text, status);
    }
    for (size_t i = 0; i < count; i++) {
        char path[100];
        snprintf(path, sizeof path, "part%zu", i);
        forget(path);
    }
    csvk_strings_release(&parts);
    csvk_buf_release(&joined);
}

static void try_file(struct support_random *random, struct csvk_bytes file, const char *what)
{
    uint64_t seed = support_next(random);
    struct csvk_buf whole = CSVK_BUF_INIT;
    write_input(file);
    int status = slice_whole(seed, &whole);
    try_parts(random, file, seed, what, &whole, status);
    forget("whole");
    forget("joined");
    unlink("whole.manifest");
    unlink("joined.manifest");
    csvk_buf_release(&whole);
}

static size_t random_files(void)
{
    const char *given = getenv("CSVK_PARTIAL");
    return (given != NULL ? strtoul(given, NULL, 10) : RANDOM_FILES) / LOOPS;
}

START_TEST(random_files_are_sliced_in_parts)
{
    struct support_random random = {(uint64_t)_i + 1};
    struct csvk_buf file = CSVK_BUF_INIT;
    char what[60];
    enter();
    for (size_t i = 0; i < random_files(); i++) {
        make_file(&random, &file);
        if (support_below(&random, 4) == 0) {
            support_random_comments(&random, &file);
        }
        snprintf(what, sizeof what, "loop %d, file %zu", _i, i);
        try_file(&random, (struct csvk_bytes){file.data, file.length}, what);
    }
    /* Both roads were gone: parts that were right, and parts that had to be made again. */
    ck_assert_uint_gt(parts_in_all, 2 * parts_again);
    ck_assert_uint_gt(parts_again, 0);
    ck_assert_uint_gt(tables_sliced, random_files() / 5);
    csvk_buf_release(&file);
    leave();
}
END_TEST

/* From a wrong place a record seems to be longer than may be kept in memory: the part has nothing,
   and no slice of what it has read until then. */
START_TEST(a_part_that_cannot_be_judged_has_no_slices)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct slice_setup s;
    struct csvk_error err = {0};
    struct csvk_slice_table_result *result = NULL;
    struct csvk_slice_part_facts facts;
    put(&text, "id,b\n1,\"x\n2,3\n4,5\n\"\n");
    for (int i = 0; i < 100; i++) {
        put(&text, "6,7\n");
    }
    struct csvk_bytes file = {text.data, text.length};
    struct csvk_partial_input input = {INPUT, file.len, read_memory, &file, NULL, NULL, NULL};
    enter();
    begin_setup(&s, 12);
    s.how.directory = "part0";
    s.options.verify = false;
    s.options.max_record = 100;
    ck_assert_int_eq(csvk_slice_part(&s.options, &input, (struct csvk_partial_range){10, file.len},
                                     &result, &facts, &err),
                     CSVK_OK);
    ck_assert(!facts.judged);
    ck_assert_uint_eq(facts.begin, 10);
    ck_assert_uint_eq(result->nslices, 0);
    ck_assert_int_ne(access("part0/part-00001.csv", F_OK), 0);
    ck_assert_int_ne(access("part0/part-00001.csv.gz", F_OK), 0);
    ck_assert_int_eq(access("part0/part.json", F_OK), 0);
    csvk_slice_table_result_free(result);
    end_setup(&s);
    csvk_buf_release(&text);
    leave();
}
END_TEST

static int say_changed(void *context, struct csvk_error *err)
{
    (void)context;
    return csvk_fail(err, CSVK_ECHANGED, "changed");
}

/* What was read of a file that somebody writes to is no part, and no slices. */
START_TEST(a_file_that_changes_has_no_parts)
{
    static const char text[] = "id,b\n1,\"x\n2,3\n4,5\n\"\n6,7\n";
    const uint64_t seed = 12;
    struct csvk_bytes file = {(const unsigned char *)text, sizeof text - 1};
    struct csvk_partial_input input = {INPUT,       file.len, read_memory, &file,
                                       say_changed, NULL,     NULL};
    struct csvk_partial_range halves[] = {{0, 10}, {10, file.len}};
    struct csvk_strings parts = {0};
    struct csvk_slice_table_result *result = NULL;
    struct slice_setup s;
    struct csvk_error err = {0};
    struct support_random random = {1};
    uint64_t again;
    enter();
    for (size_t i = 0; i < 2; i++) {
        input.check = say_changed;
        ck_assert_int_eq(make_part(seed, &input, halves[i], i, &err), CSVK_ECHANGED);
        input.check = NULL;
        ck_assert_int_eq(make_part(seed, &input, halves[i], i, &err), CSVK_OK);
    }
    list_parts(&random, 2, &parts);
    begin_setup(&s, seed);
    s.how.directory = "joined";
    input.check = say_changed; /* the second part is made again */
    ck_assert_int_eq(csvk_slice_parts_join(&s.options, &parts, &input, &result, &again, &err),
                     CSVK_ECHANGED);
    ck_assert_int_ne(access("joined", F_OK), 0);
    csvk_slice_table_result_free(result);
    end_setup(&s);
    csvk_strings_release(&parts);
    leave();
}
END_TEST

/* One byte of the file that parts are joined by is another one, or its end is missing: it is
   refused, and nothing appears. */
START_TEST(damaged_parts_are_refused)
{
    static const char text[] = "id,b\n1,\"x\ny\"\n2,3\n";
    const uint64_t seed = 12;
    struct csvk_bytes file = {(const unsigned char *)text, sizeof text - 1};
    struct csvk_partial_input input = {INPUT, file.len, read_memory, &file, NULL, NULL, NULL};
    struct csvk_strings parts = {0};
    struct csvk_error err = {0};
    size_t length;
    enter();
    ck_assert_int_eq(make_part(seed, &input, (struct csvk_partial_range){0, file.len}, 0, &err),
                     CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&parts, "part0"), CSVK_OK);
    unsigned char *good = support_read_file("part0/judgement.part", &length);
    for (size_t i = 0; i < 2 * length; i++) {
        struct csvk_slice_table_result *result = NULL;
        struct slice_setup s;
        uint64_t again;
        unsigned char byte = good[i / 2];
        FILE *out = fopen("part0/judgement.part", "w");
        good[i / 2] =
            (unsigned char)(i % 2 == 0
                                ? byte ^ (1u << support_below(&(struct support_random){i}, 8))
                                : byte);
        fwrite(good, 1, i % 2 == 0 ? length : i / 2, out);
        ck_assert_int_eq(fclose(out), 0);
        good[i / 2] = byte;
        begin_setup(&s, seed);
        s.how.directory = "joined";
        int status = csvk_slice_parts_join(&s.options, &parts, &input, &result, &again, &err);
        ck_assert_msg(status == CSVK_EIO || status == CSVK_EUSAGE, "byte %zu of %zu, %zu: %d",
                      i / 2, length, i % 2, status);
        ck_assert_int_ne(access("joined", F_OK), 0);
        csvk_slice_table_result_free(result);
        end_setup(&s);
    }
    free(good);
    csvk_strings_release(&parts);
    leave();
}
END_TEST

START_TEST(corpora_are_sliced_in_parts)
{
    const char *corpus = support_corpus("edge-cases");
    char cases[4200], path[4600], here[4096];
    struct support_random random = {99};
    if (corpus == NULL) {
        return;
    }
    ck_assert_ptr_nonnull(realpath(corpus, here));
    enter();
    snprintf(cases, sizeof cases, "%s/cases", here);
    DIR *dir = opendir(cases);
    ck_assert_ptr_nonnull(dir);
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t length;
        snprintf(path, sizeof path, "%s/%s", cases, entry->d_name);
        unsigned char *bytes = entry->d_name[0] != '.' ? support_read_file(path, &length) : NULL;
        bool packed =
            bytes != NULL && csvk_compression_of((struct csvk_bytes){bytes, length}) != NULL;
        if (bytes != NULL && !packed && length < LARGEST_IN_CORPUS) {
            try_file(&random, (struct csvk_bytes){bytes, length}, entry->d_name);
        }
        free(bytes);
    }
    closedir(dir);
    leave();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slice_parts");
    TCase *tcase = tcase_create("slice_parts");
    tcase_set_timeout(tcase, getenv("CSVK_PARTIAL") != NULL ? 0 : 120);
    tcase_add_loop_test(tcase, random_files_are_sliced_in_parts, 0, LOOPS);
    tcase_add_test(tcase, a_part_that_cannot_be_judged_has_no_slices);
    tcase_add_test(tcase, a_file_that_changes_has_no_parts);
    tcase_add_test(tcase, damaged_parts_are_refused);
    tcase_add_test(tcase, corpora_are_sliced_in_parts);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
