/*
 * test_parallel_normalize.c - what several threads make of a table is what one makes of it: table,
 * rejects, index, log, summary and every message, to the last byte; whatever the number of threads,
 * the size of the pieces (from one byte), the options, and the defects of the file.
 *
 * CSVK_PARALLEL is the number of random files (make check-parallel).
 */
#include "csvkit/extra/extra.h"
#include "csvkit/json.h"
#include "tests/support/normalized.h"
#include "tests/support/random_tables.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOPS = 8, RANDOM_FILES = 1920, LARGEST_IN_CORPUS = 60000 };

static const size_t pieces[] = {1, 2, 3, 7, 20, 64, 100, 300, 1000, 20000};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static size_t random_files(void)
{
    const char *given = getenv("CSVK_PARALLEL");
    return (given != NULL ? strtoul(given, NULL, 10) : RANDOM_FILES) / LOOPS;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const char *const names[] = {"Anna", "Bob", "Cyril", "D\xC3\xA1\xC5\xA1", "Eva Nov"};
static const char *const defects[] = {"\"",   ",",     "\n",   "\"\"",   "\xFF",         "\\\"",
                                      "\r",   "\r\n",  "\t",   " ",      "\xEF\xBB\xBF", ";",
                                      "\n\n", "\",\"", "x\"y", ",,,,\n", "\\N",          "# "};

/* An order as programs write it. */
static void put_order(struct support_random *random, struct csvk_buf *out, int id)
{
    ck_assert_int_eq(
        csvk_buf_printf(out, "%d,%s %d,%d.%02d,2024-%02d-%02d,%s\n", id,
                        names[support_below(random, COUNT(names))], (int)support_below(random, 50),
                        (int)support_below(random, 5000), id % 100, 1 + id % 12, 1 + id % 28,
                        id % 5 == 0   ? "\"to, be paid\""
                        : id % 7 == 0 ? ""
                                      : "paid"),
        CSVK_OK);
}

/* The last line of *out gets a splinter, or loses a few bytes. */
static void damage(struct support_random *random, struct csvk_buf *out, size_t line)
{
    size_t length = out->length - line, at = line + support_below(random, length);
    unsigned char tail[200];
    if (length > sizeof tail) {
        return;
    }
    size_t lost = support_below(random, 3) == 0 ? 1 + support_below(random, 4) : 0;
    size_t from = at + lost < out->length ? at + lost : out->length, n = out->length - from;
    memcpy(tail, out->data + from, n);
    out->length = at;
    if (lost == 0) {
        size_t which = support_below(random, COUNT(defects) + 1);
        bool nul = which == COUNT(defects);
        ck_assert_int_eq(nul ? csvk_buf_putc(out, 0) : csvk_buf_puts(out, defects[which]), CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_add(out, tail, n), CSVK_OK);
}

/* Orders; one in `rarity` is damaged, or dropped into another form; 0: none is. */
static void make_orders(struct support_random *random, size_t rarity, struct csvk_buf *out)
{
    static const char header[] = "id,name,amount,day,note\n";
    size_t rows = 10 + support_below(random, 300);
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_buf_puts(out, header), CSVK_OK);
    for (size_t i = 0; i < rows; i++) {
        size_t line = out->length;
        if (rarity != 0 && support_below(random, rarity * 8) == 0) {
            static const char *const others[] = {header,    ",,,,\n",       "\n",
                                                 "Total\n", "# no order\n", "\\.\n"};
            size_t which = support_below(random, COUNT(others));
            ck_assert_int_eq(csvk_buf_puts(out, others[which]), CSVK_OK);
            continue;
        }
        put_order(random, out, (int)i);
        if (rarity != 0 && support_below(random, rarity) == 0) {
            damage(random, out, line);
        }
    }
    static const char *const ends[] = {",,,,\n,,,,\n", "Total: 5\n", "\\.\n", "1,a", "\x1A", "\n"};
    if (rarity != 0 && support_below(random, 3) == 0) {
        ck_assert_int_eq(csvk_buf_puts(out, ends[support_below(random, COUNT(ends))]), CSVK_OK);
    }
}

static void make_file(struct support_random *random, struct csvk_buf *out)
{
    static const size_t rarities[] = {0, 100, 20, 5, 1};
    if (support_below(random, 4) == 0) {
        support_random_table(random, out);
    } else {
        make_orders(random, rarities[support_below(random, COUNT(rarities))], out);
    }
}

/* ---- options --------------------------------------------------------------------------------- */

static void choose_words(struct support_random *random, struct csvk_normalize_options *o)
{
    static const enum csvk_normalize_ragged ragged[] = {
        CSVK_NORMALIZE_RAGGED_REPAIR, CSVK_NORMALIZE_RAGGED_PAD, CSVK_NORMALIZE_RAGGED_REJECT};
    o->ragged = ragged[support_below(random, COUNT(ragged))];
    o->trim = support_below(random, 4) == 0;
    o->guard_formulas = support_below(random, 4) == 0;
    o->drop_empty_records = support_below(random, 4) == 0;
    o->drop_repeated_headers = support_below(random, 2) == 0;
    o->comment = support_below(random, 4) == 0 ? '#' : -1;
    o->any_eol = support_below(random, 4) == 0;
    o->strict = support_below(random, 20) == 0;
    o->skip_tail = support_below(random, 6) == 0 ? 1 : 0;
    o->digest = support_below(random, 2) == 0;
    if (support_below(random, 3) == 0) {
        o->nul = o->invalid_utf8 = o->control = CSVK_NORMALIZE_DEFECT_REMOVE;
    } else if (support_below(random, 4) == 0) {
        o->encoding_fallback = "windows-1252";
    }
}

/* By default in every other file, so that what most people do is done most. */
static void choose(struct support_random *random, struct csvk_normalize_options *o)
{
    csvk_normalize_options_init(o);
    o->look_ahead = support_below(random, 3) == 0 ? 64 + support_below(random, 400) : 0;
    o->window = 1 + support_below(random, 2000);
    o->line_break = support_below(random, 2) == 0 ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    o->max_repairs = support_below(random, 4) != 0 ? UINT64_MAX : 0;
    o->threads = 2 + support_below(random, 7);
    o->piece = pieces[support_below(random, COUNT(pieces))];
    if (support_below(random, 2) == 0) {
        return;
    }
    choose_words(random, o);
    o->quote = (enum csvk_normalize_quote)support_below(random, 3);
    if (support_below(random, 5) == 0) {
        o->header = CSVK_NORMALIZE_NO_HEADER;
    }
    if (support_below(random, 8) == 0) {
        o->to.enclosure = CSVK_NO_BYTE;
        o->to.delimiter = '\t';
    }
    if (support_below(random, 8) == 0) {
        o->only_measure = true;
    }
}

/* ---- comparing ------------------------------------------------------------------------------- */

static void tell(const struct normalized *n, struct csvk_buf *out)
{
    const struct csvk_normalize_result *r = &n->result;
    ck_assert_int_eq(csvk_buf_printf(out, "%d %s\n", n->status, n->err.text), CSVK_OK);
    if (n->status != CSVK_OK) {
        return; /* what was written is of no use */
    }
    ck_assert_int_eq(csvk_normalize_summary(r, "file", out), CSVK_OK);
    ck_assert_int_eq(csvk_buf_printf(out, "\n%d %d %d %d %llu\n", (int)r->width, (int)r->inferred,
                                     (int)r->bytes_in, (int)r->bytes_out,
                                     (unsigned long long)r->values.hash),
                     CSVK_OK);
    for (int i = 0; i < CSVK_REPAIRS; i++) {
        const struct csvk_normalize_place *p = &r->first[i];
        ck_assert_int_eq(csvk_buf_printf(out, "%d %d %d %d\n", (int)r->repairs[i], (int)p->byte,
                                         (int)p->line, (int)p->record),
                         CSVK_OK);
    }
    const struct csvk_buf *outputs[] = {&n->log, &n->index, &n->rejects, &n->table};
    for (size_t i = 0; i < COUNT(outputs); i++) {
        ck_assert_int_eq(csvk_buf_add_escaped(out, csvk_buf_text(outputs[i]), outputs[i]->length),
                         CSVK_OK);
        ck_assert_int_eq(csvk_buf_putc(out, '\n'), CSVK_OK);
    }
}

static void run(struct csvk_bytes file, const struct csvk_normalize_options *options,
                struct csvk_buf *out)
{
    struct normalized n;
    normalized_run(&n, file.ptr, file.len, options);
    tell(&n, out);
    normalized_release(&n);
}

static void assert_alike(struct csvk_bytes file, const struct csvk_normalize_options *options)
{
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT, shown = CSVK_BUF_INIT;
    struct csvk_normalize_options one = *options;
    one.threads = 1;
    run(file, &one, &want);
    run(file, options, &have);
    const char *a = csvk_buf_text(&want), *b = csvk_buf_text(&have);
    size_t same = 0, from;
    while (a[same] != '\0' && a[same] == b[same]) {
        same++;
    }
    from = same > 300 ? same - 300 : 0;
    if (a[same] != b[same]) {
        ck_assert_int_eq(csvk_buf_add_escaped(&shown, file.ptr, file.len < 4000 ? file.len : 4000),
                         CSVK_OK);
        ck_abort_msg("%zu threads, pieces of %zu, reach %d: %.1800s\nwant: %.700s\nhave: %.700s",
                     options->threads, options->piece, (int)options->look_ahead,
                     csvk_buf_text(&shown), a + from, b + from);
    }
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}

START_TEST(random_files_are_normalized_alike)
{
    struct support_random random = {(uint64_t)_i + 9000};
    struct csvk_buf file = CSVK_BUF_INIT;
    for (size_t i = 0; i < random_files(); i++) {
        struct csvk_normalize_options o;
        make_file(&random, &file);
        choose(&random, &o);
        assert_alike((struct csvk_bytes){file.data, file.length}, &o);
    }
    csvk_buf_release(&file);
}
END_TEST

/* What a piece supposes of the records before it, and that is wrong in some. */
START_TEST(the_share_of_records_in_utf8_is_that_of_all)
{
    for (int every = 8; every < 13; every++) {
        struct csvk_buf file = CSVK_BUF_INIT;
        ck_assert_int_eq(csvk_buf_puts(&file, "id,name\n"), CSVK_OK);
        for (int id = 1; id < 200; id++) {
            ck_assert_int_eq(
                csvk_buf_printf(&file, "%d,%s\n", id, id % every == 0 ? "J\xFCrgen" : "Anna"),
                CSVK_OK);
        }
        for (size_t i = 0; i < COUNT(pieces); i++) {
            struct csvk_normalize_options o;
            csvk_normalize_options_init(&o);
            o.threads = 4;
            o.window = 500;
            o.look_ahead = 64;
            o.piece = pieces[i];
            o.max_repairs = UINT64_MAX;
            assert_alike((struct csvk_bytes){file.data, file.length}, &o);
        }
        csvk_buf_release(&file);
    }
}
END_TEST

static struct support_random corpus_random;
static size_t corpus_files;

static int normalize_corpus_file(const char *path, const struct stat *info, int kind,
                                 struct FTW *where)
{
    (void)where;
    if (kind != FTW_F || info->st_size > LARGEST_IN_CORPUS) {
        return 0;
    }
    size_t length = 0;
    unsigned char *bytes = support_read_file(path, &length);
    struct csvk_normalize_options o;
    ck_assert_ptr_nonnull(bytes);
    choose(&corpus_random, &o);
    assert_alike((struct csvk_bytes){bytes, length}, &o);
    free(bytes);
    corpus_files++;
    return 0;
}

START_TEST(files_of_the_corpora_are_normalized_alike)
{
    const char *folder = support_corpus("");
    corpus_random = (struct support_random){11};
    corpus_files = 0;
    if (folder != NULL) {
        ck_assert_int_eq(nftw(folder, normalize_corpus_file, 10, FTW_PHYS), 0);
        ck_assert_uint_gt(corpus_files, 100);
    }
}
END_TEST

/* ---- that there is something to compare ------------------------------------------------------ */

static int write_nowhere(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)context;
    (void)bytes;
    (void)length;
    (void)err;
    return CSVK_OK;
}

static int count_step(void *context, uint64_t consumed)
{
    (void)consumed;
    (*(size_t *)context)++;
    return 0;
}

/* Steps that the run does by itself: with a reach of 64 there is one for every 64 bytes that are in
   no piece. */
static size_t count_steps(struct csvk_bytes file, size_t threads, uint64_t reach, size_t piece)
{
    size_t steps = 0;
    struct csvk_source *source = NULL;
    struct csvk_normalize_options o;
    struct csvk_normalize_result result = {.size = sizeof result};
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .table = {write_nowhere, NULL},
                                             .rejects = {write_nowhere, NULL},
                                             .progress = count_step,
                                             .progress_context = &steps};
    csvk_normalize_options_init(&o);
    o.look_ahead = reach;
    o.window = 200;
    o.threads = threads;
    o.piece = piece;
    o.max_repairs = UINT64_MAX;
    ck_assert_int_eq(csvk_source_memory(&source, file.ptr, file.len, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_normalize(source, &o, &outputs, &result, NULL), CSVK_OK);
    csvk_source_free(source);
    return steps;
}

/* ---- what is told one by one ------------------------------------------------------------------
 */

struct told_rejects {
    struct csvk_buf bytes, lines;
    size_t count, with_readings;
};

/* The members that the index must have, one on each line; an empty line ends a record. */
static void hear(void *context, const struct csvk_normalize_rejected *r)
{
    struct told_rejects *told = context;
    ck_assert_int_eq(csvk_buf_add(&told->bytes, r->bytes.ptr, r->bytes.len), CSVK_OK);
    ck_assert_int_eq(csvk_buf_printf(&told->lines,
                                     "\"byte\":%llu,\"line\":%llu,\"record\":%llu,\n"
                                     "\"repair\":\"%s\",\n\"reason\":\"%s\"\n",
                                     (unsigned long long)r->byte, (unsigned long long)r->line,
                                     (unsigned long long)r->record, csvk_repair_id(r->repair),
                                     r->reason),
                     CSVK_OK);
    for (size_t i = 0; i < r->nreadings; i++) {
        ck_assert_int_eq(csvk_buf_printf(&told->lines, "%s{\"reading\":\"%s\",\"bits\":%.1f}%s",
                                         i == 0 ? "\"readings\":[" : ",", r->reading[i], r->bits[i],
                                         i + 1 == r->nreadings ? "]\n" : ""),
                         CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_putc(&told->lines, '\n'), CSVK_OK);
    told->count++;
    told->with_readings += r->nreadings > 1;
}

static int keep(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

/* The members at *told are all in the line; *told is then at those of the next record. */
static void assert_line(const char **told, const char *line)
{
    char member[1024];
    while (**told != '\n') {
        size_t length = strcspn(*told, "\n");
        snprintf(member, sizeof member, "%.*s", (int)length, *told);
        ck_assert_msg(normalized_in_line(line, member) != NULL, "%s in %.600s", member, line);
        *told += length + 1;
    }
    ++*told;
}

static void run_and_hear(const struct csvk_buf *file, struct told_rejects *told,
                         struct csvk_buf *rejects, struct csvk_buf *index)
{
    struct csvk_source *source = NULL;
    struct csvk_normalize_options o;
    struct csvk_normalize_result result = {.size = sizeof result};
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .table = {write_nowhere, NULL},
                                             .rejects = {keep, rejects},
                                             .rejects_index = {keep, index},
                                             .rejected = hear,
                                             .rejected_context = told};
    csvk_normalize_options_init(&o);
    o.threads = 4;
    o.piece = 300;
    o.max_repairs = UINT64_MAX;
    ck_assert_int_eq(csvk_source_memory(&source, file->data, file->length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_normalize(source, &o, &outputs, &result, NULL), CSVK_OK);
    ck_assert_uint_eq(told->count, result.records_rejected);
    csvk_source_free(source);
}

/* However many threads there are: every reject, in order, as it is in the rejects and the index. */
START_TEST(rejects_are_told_one_by_one)
{
    struct support_random random = {17};
    struct csvk_buf file = CSVK_BUF_INIT, rejects = CSVK_BUF_INIT, index = CSVK_BUF_INIT;
    struct told_rejects told = {.count = 0};
    while (file.length < 9000) {
        make_orders(&random, 3, &file);
    }
    run_and_hear(&file, &told, &rejects, &index);
    ck_assert_uint_gt(told.with_readings, 0);
    ck_assert_uint_gt(told.count, told.with_readings);
    ck_assert_uint_eq(told.bytes.length, rejects.length);
    ck_assert_mem_eq(told.bytes.data, rejects.data, rejects.length);
    const char *line = csvk_buf_text(&index), *text = csvk_buf_text(&told.lines);
    for (; *text != '\0'; line = strchr(line, '\n') + 1) {
        assert_line(&text, line);
    }
    ck_assert_int_eq(*line, '\0');
    csvk_buf_release(&file);
    csvk_buf_release(&rejects);
    csvk_buf_release(&index);
    csvk_buf_release(&told.bytes);
    csvk_buf_release(&told.lines);
}
END_TEST

/* Also where every fourth record is damaged. */
START_TEST(most_of_a_file_is_in_pieces)
{
    static const size_t rarities[] = {0, 40, 4};
    struct support_random random = {3};
    struct csvk_buf file = CSVK_BUF_INIT, all = CSVK_BUF_INIT;
    while (all.length < 60000) {
        make_orders(&random, rarities[_i], &file);
        size_t from = all.length != 0 ? strcspn(csvk_buf_text(&file), "\n") + 1 : 0;
        ck_assert_int_eq(csvk_buf_add(&all, file.data + from, file.length - from), CSVK_OK);
    }
    struct csvk_bytes bytes = {all.data, all.length};
    size_t alone = count_steps(bytes, 1, 64, 500), together = count_steps(bytes, 3, 64, 500);
    ck_assert_msg(together < alone / (_i == 2 ? 2 : 4), "%zu of %zu", together, alone);
    csvk_buf_release(&file);
    csvk_buf_release(&all);
}
END_TEST

/* A quote too many makes the parser read on, often over the end of a piece. The first records that
   are looked at more closely, 200 of them, may be in none. */
START_TEST(most_of_a_broken_file_is_in_pieces)
{
    struct support_random random = {4};
    struct csvk_buf all = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_puts(&all, "id,name,amount,day,note\n"), CSVK_OK);
    for (int i = 0; i < 8000; i++) {
        static const char *const notes[] = {"x\"y", "\"pa\"id\"", " \"to, pay\"", "\"the\nrest\""};
        ck_assert_int_eq(csvk_buf_printf(&all, "%d,%s,%d,2024-05-17,%s\n", i,
                                         i % 3 == 0 ? "\"Eva, Nov\"" : "Bob", i % 97,
                                         notes[support_below(&random, i < 200 ? 1 : COUNT(notes))]),
                         CSVK_OK);
    }
    struct csvk_bytes bytes = {all.data, all.length};
    size_t alone = count_steps(bytes, 1, 0, 20000), together = count_steps(bytes, 3, 0, 20000);
    ck_assert_msg(together < alone / 8, "%zu of %zu", together, alone);
    csvk_buf_release(&all);
}
END_TEST

int main(void)
{
    csvk_use_threads();
    Suite *suite = suite_create("parallel_normalize");
    TCase *tcase = tcase_create("parallel_normalize");
    tcase_set_timeout(tcase, 7200);
    tcase_add_loop_test(tcase, random_files_are_normalized_alike, 0, LOOPS);
    tcase_add_test(tcase, the_share_of_records_in_utf8_is_that_of_all);
    tcase_add_test(tcase, files_of_the_corpora_are_normalized_alike);
    tcase_add_loop_test(tcase, most_of_a_file_is_in_pieces, 0, 3);
    tcase_add_test(tcase, rejects_are_told_one_by_one);
    tcase_add_test(tcase, most_of_a_broken_file_is_in_pieces);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
