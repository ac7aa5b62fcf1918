/* test_libcsv_check.c - libcsv and our reader in lockstep: agreement, skips, and differences. */
#include "csvkit/verify/libcsv_check.h"

#include "tests/support/support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* What is done to a batch before libcsv is asked about it: a faulty reader. */
typedef void spoil_fn(struct csvk_batch *batch);

struct check_input {
    struct csvk_bytes bytes;
    struct csvk_dialect dialect;
    size_t window;
    spoil_fn *spoil;
};

static struct csvk_agreement judge(struct check_input input)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_libcsv_check *check = NULL;
    struct csvk_agreement agreement;
    struct csvk_error err = {0};
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = input.dialect;
    options.detail = CSVK_FIELDS;
    options.window = input.window;
    ck_assert_int_eq(csvk_source_memory(&source, input.bytes.ptr, input.bytes.len, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, &options, &err), CSVK_OK);
    ck_assert_int_eq(csvk_libcsv_check_new(&check, &input.dialect, &err), CSVK_OK);
    const struct csvk_batch *batch;
    int status;
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        struct csvk_batch shown = *batch;
        if (input.spoil != NULL) {
            input.spoil(&shown);
        }
        ck_assert_int_eq(csvk_libcsv_check_feed(check, &shown, &err), CSVK_OK);
    }
    ck_assert_int_eq(status, CSVK_END);
    ck_assert_int_eq(csvk_libcsv_check_end(check, &agreement, &err), CSVK_OK);
    csvk_libcsv_check_free(check);
    csvk_reader_free(reader);
    csvk_source_free(source);
    return agreement;
}

static struct csvk_bytes text_bytes(const char *text)
{
    return (struct csvk_bytes){(const unsigned char *)text, strlen(text)};
}

static const struct csvk_dialect rfc = CSVK_DIALECT_RFC4180;

static struct csvk_agreement judge_text(const char *text, size_t window)
{
    return judge((struct check_input){text_bytes(text), rfc, window, NULL});
}

static const char *const sound[] = {
    "",
    "a",
    "a\n",
    "\n",
    "\r\n\r\n",
    "a,b\r\n1,2\r\n",
    "a,b\r1,2\r",
    "a,b\n1,2\r\n3,4",
    "a,b\r\r\n1,2\r\r\n",
    "\357\273\277a,b\n1,2\n",
    "a\n\nb\n",
    "\"\"\n\"\"",
    "\"\",\"\"\r\n,\r\n,",
    " a , b \n\t1\t,\" 2 \"\n",
    "\"x\"\"y\",\"line\nbreak\",\"cr\rcrlf\r\n\"\n1,2,3\n",
    "\"\"\"\"\"\"\n\"\"\"\"",
    "a,b\n1,2\n\x1a",
    "\"a,\"\n",
};

START_TEST(sound_files_are_equal)
{
    static const size_t windows[] = {1, 2, 7, 4096};
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        for (size_t w = 0; w < 4; w++) {
            struct csvk_agreement got = judge_text(sound[i], windows[w]);
            ck_assert_msg(got.verdict == CSVK_VERDICT_EQUAL, "%zu: record %llu: %s", i,
                          (unsigned long long)got.record, got.what);
            ck_assert(csvk_digest_equal(&got.ours, &got.theirs));
        }
    }
}
END_TEST

START_TEST(enclosure_faults_are_refused_by_both)
{
    static const char *const faulty[] = {
        "a,b\nx\"y,2\n1,2\n",   "a,b\n\"x\"y,2\n1,2\n",
        "a,b\n \"x\",2\n1,2\n", "a,b\n\"x\" ,2\n1,2\n",
        "a,b\n1,\"open\n",      "a,b\n\"x\\\"y\",2\n1,2\n",
        "a,b\n1,\"open",        "a,b\nx\"",
    };
    for (size_t i = 0; i < sizeof faulty / sizeof faulty[0]; i++) {
        struct csvk_agreement got = judge_text(faulty[i], 0);
        ck_assert_msg(got.verdict == CSVK_VERDICT_EQUAL, "%zu: record %llu: %s", i,
                      (unsigned long long)got.record, got.what);
        ck_assert_uint_eq(got.refused, 1);
        ck_assert(csvk_digest_equal(&got.ours, &got.theirs));
    }
}
END_TEST

START_TEST(what_cannot_be_compared_is_reported)
{
    struct csvk_agreement got = judge_text("a,b\nx\ry,2\n1,2\n", 0);
    ck_assert_int_eq(got.verdict, CSVK_VERDICT_PARTLY);
    ck_assert_uint_eq(got.skipped, 1);
    ck_assert_uint_eq(got.record, 2);
    ck_assert_uint_eq(got.offset, 4);
    ck_assert_uint_eq(got.compared, 2);
    ck_assert_ptr_nonnull(strstr(got.what, "CR"));

    struct csvk_dialect escaped = {.delimiter = ',', .enclosure = '"', .escape = '\\'};
    got = judge((struct check_input){text_bytes("a,b\n\"x\\\"y\",2\n1,2\n"), escaped, 0, NULL});
    ck_assert_int_eq(got.verdict, CSVK_VERDICT_PARTLY);
    ck_assert_uint_eq(got.record, 2);
    got = judge((struct check_input){text_bytes("\"x\\\"y\",2\n"), escaped, 0, NULL});
    ck_assert_int_eq(got.verdict, CSVK_VERDICT_NOT_COMPARABLE);

    struct csvk_dialect bare = {
        .delimiter = '\t', .enclosure = CSVK_NO_BYTE, .escape = CSVK_NO_BYTE};
    got = judge((struct check_input){text_bytes("a\"\t\"b\n\xff\t1\n1\t2\n"), bare, 0, NULL});
    ck_assert_int_eq(got.verdict, CSVK_VERDICT_PARTLY);
    ck_assert_uint_eq(got.compared, 2);
    ck_assert_uint_eq(got.record, 2);
}
END_TEST

/* The batch is ours to spoil: these arrays are made by the reader in memory that can be written. */
static struct csvk_field *fields_of(struct csvk_batch *batch)
{
    return (struct csvk_field *)(uintptr_t)batch->fields;
}

static struct csvk_record *records_of(struct csvk_batch *batch)
{
    return (struct csvk_record *)(uintptr_t)batch->records;
}

static void shift_an_end(struct csvk_batch *batch)
{
    if (batch->nfields > 3) {
        fields_of(batch)[3].end--;
    }
}

static void lose_a_field(struct csvk_batch *batch)
{
    if (batch->nreported > 1) {
        records_of(batch)[1].nfields--;
    }
}

static void forget_to_decode(struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nfields; i++) {
        fields_of(batch)[i].flags &= ~CSVK_FIELD_DECODE;
    }
}

static void forget_the_facts(struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nreported; i++) {
        records_of(batch)[i].nfacts = 0;
    }
}

static void invent_a_fault(struct csvk_batch *batch)
{
    if (batch->nreported > 1 && batch->nfacts > 0) {
        records_of(batch)[1].first_fact = (uint32_t)batch->nfacts - 1;
        records_of(batch)[1].nfacts = 1;
    }
}

static void join_two_records(struct csvk_batch *batch)
{
    if (batch->nreported > 2) {
        records_of(batch)[2].offset = records_of(batch)[3].offset;
    }
}

struct spoiled {
    const char *text;
    spoil_fn *spoil;
    uint64_t record;
};

START_TEST(a_faulty_reader_is_found_out)
{
    static const struct spoiled cases[] = {
        {"a,b\n11,22\n33,44\n55,66\n", shift_an_end, 2},
        {"a,b\n11,22\n33,44\n55,66\n", lose_a_field, 2},
        {"a,b\n11,22\n33,\"4\"\"4\"\n55,66\n", forget_to_decode, 3},
        {"a,b\n11,22\n33,44\n55,6\"6\n", forget_the_facts, 4},
        {"a,b\n11,22\n33,44\n55,6\"6\n", invent_a_fault, 2},
        {"a,b\n11,22\n33,44\n55,66\n", join_two_records, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csvk_agreement got =
            judge((struct check_input){text_bytes(cases[i].text), rfc, 0, cases[i].spoil});
        ck_assert_msg(got.verdict == CSVK_VERDICT_DIFFERS, "case %zu", i);
        ck_assert_uint_eq(got.record, cases[i].record);
        ck_assert_ptr_nonnull(got.what);
    }
}
END_TEST

static struct csvk_digest libcsv_digest(struct csvk_bytes bytes, size_t piece, int *status)
{
    struct csvk_libcsv *reader = NULL;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_libcsv_new(&reader, &rfc, &err), CSVK_OK);
    *status = CSVK_OK;
    for (size_t i = 0; i < bytes.len && *status == CSVK_OK; i += piece) {
        size_t n = bytes.len - i < piece ? bytes.len - i : piece;
        *status = csvk_libcsv_push(reader, bytes.ptr + i, n, &err);
    }
    if (*status == CSVK_OK) {
        *status = csvk_libcsv_end(reader, &err);
    }
    struct csvk_digest digest = *csvk_libcsv_digest(reader);
    csvk_libcsv_free(reader);
    return digest;
}

START_TEST(libcsv_alone_has_the_same_digest)
{
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        if (sound[i][0] == '\xef' || strchr(sound[i], '\x1a') != NULL) {
            continue; /* to libcsv alone these bytes are data */
        }
        struct csvk_agreement got = judge_text(sound[i], 0);
        for (size_t piece = 1; piece < 9; piece++) {
            int status;
            struct csvk_digest digest = libcsv_digest(text_bytes(sound[i]), piece, &status);
            ck_assert_int_eq(status, CSVK_OK);
            ck_assert(csvk_digest_equal(&digest, &got.ours));
        }
    }
    int status;
    libcsv_digest(text_bytes("a,b\n1\"2,3\n"), 4, &status);
    ck_assert_int_eq(status, CSVK_EDATA);
    struct csvk_libcsv *reader;
    struct csvk_dialect escaped = {.delimiter = ',', .enclosure = '"', .escape = '\\'};
    ck_assert_int_eq(csvk_libcsv_new(&reader, &escaped, NULL), CSVK_EUSAGE);
}
END_TEST

START_TEST(digests_tell_tables_apart)
{
    static const char *const table[] = {
        "a,b\nc,d\n", "a,b\nd,c\n", "c,d\na,b\n",  "ab\ncd\n",  "a\nb,c,d\n",     "a,b\nc\nd\n",
        "a,bc\n,d\n", "a,b\nc,\n",  "a,b\nc,d\n,", "a,b,c,d\n", "\"a,b\"\nc,d\n",
    };
    const size_t n = sizeof table / sizeof table[0];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            struct csvk_digest a = judge_text(table[i], 0).ours, b = judge_text(table[k], 0).ours;
            ck_assert_msg(!csvk_digest_equal(&a, &b), "%zu %zu", i, k);
        }
    }
    struct csvk_digest a = judge_text("a,b\nc,d", 0).ours;
    struct csvk_digest b = judge_text("\"a\",b\r\n\r\n\"c\",\"d\"\r\n", 0).ours;
    ck_assert(csvk_digest_equal(&a, &b));
}
END_TEST

/* All strings of up to 7 bytes over the bytes that matter. */
START_TEST(all_short_strings)
{
    static const char alphabet[] = "a,\"\r\n ";
    const size_t base = sizeof alphabet - 1;
    unsigned char text[8];
    uint64_t seen[4] = {0};
    for (size_t length = 0; length <= 6; length++) {
        size_t total = 1;
        for (size_t i = 0; i < length; i++) {
            total *= base;
        }
        for (size_t number = 0; number < total; number++) {
            for (size_t i = 0, rest = number; i < length; i++, rest /= base) {
                text[i] = (unsigned char)alphabet[rest % base];
            }
            struct csvk_agreement got =
                judge((struct check_input){{text, length}, rfc, 1 + number % 9, NULL});
            ck_assert_msg(got.verdict != CSVK_VERDICT_DIFFERS, "%.*s: record %llu: %s", (int)length,
                          (const char *)text, (unsigned long long)got.record, got.what);
            seen[got.verdict]++;
        }
    }
    ck_assert_uint_gt(seen[CSVK_VERDICT_EQUAL], 20000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libcsv_check");
    TCase *tcase = tcase_create("libcsv_check");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, sound_files_are_equal);
    tcase_add_test(tcase, enclosure_faults_are_refused_by_both);
    tcase_add_test(tcase, what_cannot_be_compared_is_reported);
    tcase_add_test(tcase, a_faulty_reader_is_found_out);
    tcase_add_test(tcase, libcsv_alone_has_the_same_digest);
    tcase_add_test(tcase, digests_tell_tables_apart);
    tcase_add_test(tcase, all_short_strings);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
