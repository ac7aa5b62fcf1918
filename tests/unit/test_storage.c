/*
 * test_storage.c - the parts of storage/ that need no server: addresses, secrets, the journal, the
 * sources of an upload, how a file is divided.
 */
#include "storage/http/http.h"
#include "storage/journal/import_marks.h"
#include "storage/upload/upload_sources.h"
#include "storage/http/secret.h"
#include "storage/journal/journal.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/csvkit-test-XXXXXX";

static char *path_of(const char *name)
{
    char *path = NULL;
    ck_assert_int_ge(asprintf(&path, "%s/%s", folder, name), 0);
    return path;
}

static void write_file(const char *path, const char *text, size_t length)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, 0600), 0);
}

/* ---- addresses ------------------------------------------------------------------------------- */

START_TEST(only_https_or_the_loopback_interface)
{
    static const char *const good[] = {"https://connection.keboola.com", "http://127.0.0.1:8080",
                                       "http://localhost/x", "http://[::1]:80", "https://x:1/y?z"};
    static const char *const bad[] = {"http://connection.keboola.com",
                                      "ftp://127.0.0.1",
                                      "",
                                      "https://",
                                      "http://127.0.0.1.evil.com",
                                      "http://localhost.evil.com",
                                      "https://user:secret@host",
                                      "http://127.0.0.1@evil.com",
                                      "https://ho st",
                                      "127.0.0.1",
                                      "http://evil.com/127.0.0.1"};
    struct csvk_error err;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(http_check_url(good[i], "url", &err) == CSVK_OK, "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(http_check_url(bad[i], "url", &err) == CSVK_EUSAGE, "%s", bad[i]);
    }
}
END_TEST

START_TEST(headers_of_an_answer_are_found_by_name)
{
    struct http_response response = {0};
    char value[16];
    ck_assert_int_eq(csvk_buf_puts(&response.headers,
                                   "HTTP/1.1 200 OK\r\nX-ETag: no\r\netag:  \"a\""
                                   "\r\nLong: 0123456789012345\r\n\r\n"),
                     CSVK_OK);
    ck_assert(http_response_header(&response, "ETag", value, sizeof value));
    ck_assert_str_eq(value, "\"a\"");
    ck_assert(!http_response_header(&response, "Tag", value, sizeof value));
    ck_assert(!http_response_header(&response, "Long", value, sizeof value));
    http_response_release(&response);
}
END_TEST

START_TEST(a_header_cannot_be_broken_into_two)
{
    struct http_request request = {0};
    ck_assert_int_eq(http_header(&request, "X-A: %s", "b\r\nX-C: d"), CSVK_EUSAGE);
    ck_assert_uint_eq(request.headers.count, 0);
    http_request_release(&request);
}
END_TEST

/* ---- secrets --------------------------------------------------------------------------------- */

START_TEST(secrets_are_masked_by_value)
{
    struct secrets secrets;
    char text[] = "a token-123 and token-123token-12 end";
    secrets_init(&secrets);
    ck_assert_int_eq(secrets_add(&secrets, "token-123"), CSVK_OK);
    ck_assert_int_eq(secrets_add(&secrets, "end"), CSVK_OK); /* too short to be one */
    ck_assert_int_eq(secrets_add(&secrets, NULL), CSVK_OK);
    secrets_mask(&secrets, text);
    ck_assert_str_eq(text, "a ********* and *********token-12 end");
    secrets_release(&secrets);
}
END_TEST

/* Every text holds a secret in some spelling between < and >, which is masked and nothing else. */
START_TEST(secrets_are_masked_in_every_spelling)
{
    static const char *const texts[] = {
        "<aB3/+x=&y>",
        "<aB3%2F%2Bx%3D%26y>",
        "<aB3%2f%2bx%3d%26y>",
        "<%61B3%252F%252Bx%253D%2526y>",
        "<aB3%25252F%2Bx%3D%26y>",
        "<aB3\\/+x=&y>",
        "<aB3\\/+x\\u003d\\u0026y>",
        "<\\u0061\\u0042\\u0033\\u002F\\u002bx=&y>",
        "<aB3/+x=&amp;y>",
        "<aB3&#47;&#x2B;x&#61;&#38;y>",
        "<aB3\\u00252F\\u0025\\u0032\\u0042x%3D%26y>",
    };
    struct secrets secrets;
    secrets_init(&secrets);
    ck_assert_int_eq(secrets_add(&secrets, "aB3%2F+x%3D&y"), CSVK_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[200];
        int length = snprintf(text, sizeof text, "a%%41 %s b\\", texts[i]);
        secrets_mask(&secrets, text);
        ck_assert_int_eq((int)strlen(text), length);
        ck_assert_msg(strncmp(text, "a%41 <", 6) == 0 && strcmp(text + length - 4, "> b\\") == 0 &&
                          strspn(text + 6, "*") == (size_t)length - 10,
                      "%s became %s", texts[i], text);
    }
    secrets_release(&secrets);
}
END_TEST

START_TEST(texts_that_hold_no_secret_stay)
{
    static const char *const texts[] = {"",
                                        "%",
                                        "\\",
                                        "&",
                                        "%2",
                                        "%zz",
                                        "\\u00",
                                        "&amp",
                                        "&#x4",
                                        "secret",
                                        "secret-valu",
                                        "ecret-value",
                                        "Secret-value",
                                        "secret%2Dvalu",
                                        "%2525252525",
                                        "secret-%"};
    struct secrets secrets;
    secrets_init(&secrets);
    ck_assert_int_eq(secrets_add(&secrets, "secret-value-of-a-token"), CSVK_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[100];
        snprintf(text, sizeof text, "%s.", texts[i]);
        secrets_mask(&secrets, text);
        ck_assert_int_eq((int)strlen(text), (int)strlen(texts[i]) + 1);
        ck_assert_msg(strncmp(text, texts[i], strlen(texts[i])) == 0, "%s became %s", texts[i],
                      text);
    }
    secrets_release(&secrets);
}
END_TEST

/* Somebody else may have cut the text; and of two secrets that begin alike, the longer one counts.
 */
START_TEST(cut_and_overlapping_secrets_are_masked)
{
    struct secrets secrets;
    char sign[] = "see secret%2Dval%7";
    char cut[] = "see secret-v", few[] = "see secret-", both[] = "secret-value-and-more!";
    char address[] = "at x=1&sig=abc%2Fdef&y=z or abc/def or x=1";
    secrets_init(&secrets);
    ck_assert_int_eq(secrets_add(&secrets, "secret-value"), CSVK_OK);
    ck_assert_int_eq(secrets_add(&secrets, "secret-value-and-more"), CSVK_OK);
    ck_assert_int_eq(secrets_add_url(&secrets, "https://h/p?x=1&sig=abc%2Fdef&y=z"), CSVK_OK);
    secrets_mask(&secrets, cut);
    ck_assert_str_eq(cut, "see ********");
    secrets_mask(&secrets, sign);
    ck_assert_str_eq(sign, "see **************");
    secrets_mask(&secrets, few);
    ck_assert_str_eq(few, "see secret-");
    secrets_mask(&secrets, both);
    ck_assert_str_eq(both, "*********************!");
    secrets_mask(&secrets, address);
    ck_assert_str_eq(address, "at ********************* or ******* or x=1");
    secrets_release(&secrets);
}
END_TEST

/* ---- journal --------------------------------------------------------------------------------- */

static struct state *open_journal(const char *path, const char *identity)
{
    struct state *state = NULL;
    struct csvk_error err = {0};
    ck_assert_msg(state_open(&state, path, identity, NULL, &err) == CSVK_OK, "%s", err.text);
    return state;
}

static void add_number(struct state *state, int number)
{
    struct csvk_error err;
    cJSON *entry = cJSON_CreateObject();
    cJSON_AddNumberToObject(entry, "part", number);
    ck_assert_int_eq(state_add(state, entry, &err), CSVK_OK);
}

static size_t count_entries(const struct state *state)
{
    size_t count = 0;
    const cJSON *entry;
    cJSON_ArrayForEach(entry, state_entries(state))
    {
        ck_assert_uint_eq(json_uint(entry, "part"), ++count);
    }
    return count;
}

static void fill_journal(const char *path, int entries)
{
    struct csvk_error err;
    cJSON *file = cJSON_Parse("{\"id\":7}");
    struct state *state = open_journal(path, "me");
    ck_assert_int_eq(state_begin(state, file, &err), CSVK_OK);
    for (int i = 1; i <= entries; i++) {
        add_number(state, i);
    }
    state_close(state);
    cJSON_Delete(file);
}

/* Cut anywhere, the journal gives a beginning of what was written, and can be written on. */
START_TEST(a_cut_journal_is_read_as_far_as_it_is_whole)
{
    char whole[1024];
    char *path = path_of("cut.state");
    fill_journal(path, 3);
    FILE *file = fopen(path, "r");
    size_t length = fread(whole, 1, sizeof whole, file);
    fclose(file);
    size_t last = 0;
    for (size_t cut = 0; cut <= length; cut++) {
        write_file(path, whole, cut);
        struct state *state = open_journal(path, "me");
        size_t entries = count_entries(state);
        ck_assert_uint_ge(entries, last);
        last = entries;
        if (state_file(state)) {
            add_number(state, (int)entries + 1);
            state_close(state);
            state = open_journal(path, "me");
            ck_assert_uint_eq(count_entries(state), entries + 1);
        }
        state_close(state);
    }
    ck_assert_uint_eq(last, 3);
    free(path);
}
END_TEST

static size_t read_whole(const char *path, char *to, size_t capacity)
{
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(to, 1, capacity, file);
    fclose(file);
    return length;
}

/* Opening fails with these words, and the file is as it was. */
static void check_refused(const char *path, const char *identity, const char *words)
{
    char before[1024], after[1024];
    struct state *state = NULL;
    struct csvk_error err = {0};
    size_t length = read_whole(path, before, sizeof before);
    ck_assert_int_eq(state_open(&state, path, identity, NULL, &err), CSVK_EUSAGE);
    ck_assert_msg(strstr(err.text, words) != NULL, "%s", err.text);
    ck_assert_ptr_null(state);
    ck_assert_uint_eq(read_whole(path, after, sizeof after), length);
    ck_assert_mem_eq(before, after, length);
}

START_TEST(a_journal_of_something_else_is_refused)
{
    char *path = path_of("other.state");
    fill_journal(path, 2);
    check_refused(path, "you", "is of \"me\", but this run is \"you\"");
    struct state *state = open_journal(path, NULL);
    ck_assert_ptr_nonnull(state_file(state));
    ck_assert_uint_eq(count_entries(state), 2);
    state_close(state);
    free(path);
}
END_TEST

START_TEST(a_file_that_is_no_journal_stays_as_it_is)
{
    static const char *const texts[] = {"notes\n",
                                        "id,name\r\n1,a\r\n",
                                        "{\"identity\":\"me\"}\n",
                                        "{\"file\":{}}\n",
                                        "[1]\n",
                                        "\n",
                                        "x",
                                        "{\"identity\": \"spaced",
                                        "{}"};
    char *path = path_of("notes.state");
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_file(path, texts[i], strlen(texts[i]));
        check_refused(path, "me", "no journal of csvkit");
        ck_assert_int_eq(chmod(path, 0644), 0); /* that it is open to others is no concern */
        check_refused(path, "me", "no journal of csvkit");
    }
    write_file(path, "\0\0\0", 3);
    check_refused(path, "me", "no journal of csvkit");
    free(path);
}
END_TEST

START_TEST(a_journal_that_is_damaged_inside_is_kept)
{
    static const char text[] =
        "{\"identity\":\"me\",\"file\":{}}\n{\"part\":1}\nxx\n{\"part\":2}\n";
    char *path = path_of("damaged.state");
    write_file(path, text, sizeof text - 1);
    check_refused(path, "me", "damaged");
    write_file(path, text,
               sizeof text - 1 - strlen("{\"part\":2}\n")); /* the last line is broken */
    struct state *state = open_journal(path, "me");
    ck_assert_uint_eq(count_entries(state), 1);
    state_close(state);
    free(path);
}
END_TEST

START_TEST(another_version_makes_a_journal_stale)
{
    struct state *state = NULL;
    struct csvk_error err = {0};
    cJSON *file = cJSON_Parse("{\"id\":7}");
    char *path = path_of("version.state");
    ck_assert_int_eq(state_open(&state, path, "me", "one", &err), CSVK_OK);
    ck_assert(!state_is_stale(state));
    ck_assert_int_eq(state_begin(state, file, &err), CSVK_OK);
    state_close(state);
    ck_assert_int_eq(state_open(&state, path, "me", "one", &err), CSVK_OK);
    ck_assert(!state_is_stale(state));
    state_close(state);
    ck_assert_int_eq(state_open(&state, path, "me", "two", &err), CSVK_OK);
    ck_assert(state_is_stale(state));
    ck_assert_ptr_nonnull(state_file(state)); /* nothing is dropped by itself */
    state_close(state);
    cJSON_Delete(file);
    free(path);
}
END_TEST

/* ---- marks of imports ------------------------------------------------------------------------ */

static void begin_import(struct state *state, const char *file, const char *run)
{
    struct csvk_error err;
    struct import_mark mark = {.table = "in.c-a.t",
                               .file = file,
                               .operation = "tableImport",
                               .run = run,
                               .request = "{}",
                               .when = 5};
    ck_assert_int_eq(import_mark_begin(state, &mark, &err), CSVK_OK);
}

/* Two imports are open at a time; each outcome belongs to the one whose run it names. */
START_TEST(outcomes_find_their_imports)
{
    static const enum import_fate fates[] = {IMPORT_DONE, IMPORT_REFUSED, IMPORT_OPEN,
                                             IMPORT_FAILED, IMPORT_OPEN};
    static const char *const jobs[] = {"77", "", "78", "79", ""};
    struct csvk_error err;
    struct import_mark mark;
    char *path = path_of("marks.state");
    fill_journal(path, 0);
    struct state *state = open_journal(path, "me");
    begin_import(state, "1", "a");
    begin_import(state, "2", "b");
    ck_assert_int_eq(import_mark_job(state, "a", "77", &err), CSVK_OK);
    ck_assert_int_eq(import_mark_fate(state, "b", IMPORT_REFUSED, &err), CSVK_OK);
    ck_assert_int_eq(import_mark_fate(state, "a", IMPORT_DONE, &err), CSVK_OK);
    begin_import(state, "3", "c");
    begin_import(state, "4", "d");
    begin_import(state, "5", "e");
    ck_assert_int_eq(import_mark_job(state, "c", "78", &err), CSVK_OK);
    ck_assert_int_eq(import_mark_job(state, "d", "79", &err), CSVK_OK);
    ck_assert_int_eq(import_mark_fate(state, "d", IMPORT_FAILED, &err), CSVK_OK);
    state_close(state);
    state = open_journal(path, "me");
    size_t count = 0;
    for (const cJSON *at = NULL; import_mark_next(state, &at, &mark); count++) {
        ck_assert_uint_lt(count, 5);
        ck_assert_int_eq(mark.fate, fates[count]);
        ck_assert_str_eq(mark.job, jobs[count]);
        ck_assert_int_eq(mark.when, 5);
    }
    ck_assert_uint_eq(count, 5);
    ck_assert(imports_have(state, "1"));
    ck_assert(!imports_have(state, "2"));
    ck_assert(imports_have(state, "3"));
    ck_assert(!imports_have(state, "4"));
    ck_assert(!imports_have(state, "6"));
    state_close(state);
    free(path);
}
END_TEST

START_TEST(a_journal_is_private_and_has_one_user)
{
    struct state *first, *second = NULL;
    struct csvk_error err = {0};
    char *path = path_of("private.state"), *link = path_of("link.state");
    fill_journal(path, 1);
    first = open_journal(path, "me");
    ck_assert_int_eq(state_open(&second, path, "me", NULL, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "another run"));
    state_close(first);
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(state_open(&second, path, "me", NULL, &err), CSVK_EUSAGE);
    ck_assert_int_eq(symlink(path, link), 0);
    ck_assert_int_eq(state_open(&second, link, "me", NULL, &err), CSVK_EIO);
    ck_assert_ptr_null(second);
    free(path);
    free(link);
}
END_TEST

/* ---- sources --------------------------------------------------------------------------------- */

static int collect(const char *path, enum kbc_compress compress, struct upload_objects *objects)
{
    struct csvk_error err;
    return objects_collect(objects, path, compress, &err);
}

START_TEST(names_tell_what_is_compressed)
{
    struct upload_objects objects;
    char *directory = path_of("slices"), *plain = path_of("slices/a.csv"),
         *gzip = path_of("slices/b"), *clash = path_of("slices/a.csv.gz"),
         *manifest = path_of("slices/manifest");
    ck_assert_int_eq(mkdir(directory, 0700), 0);
    write_file(plain, "1,2\n", 4);
    write_file(gzip, "\x1f\x8b\x08\0", 4);
    ck_assert_int_eq(collect(directory, KBC_AS_IT_IS, &objects), CSVK_OK);
    ck_assert(objects.sliced);
    ck_assert_uint_eq(objects.bytes, 8);
    ck_assert_str_eq(objects.item[0].name, "a.csv");
    ck_assert_str_eq(objects.item[1].name, "b.gz");
    objects_release(&objects);
    write_file(clash, "\x1f\x8b\x08\0", 4);
    ck_assert_int_eq(collect(directory, KBC_GZIP, &objects), CSVK_EUSAGE);
    objects_release(&objects);
    ck_assert_int_eq(collect(directory, KBC_AS_IT_IS, &objects), CSVK_OK);
    objects_release(&objects);
    write_file(manifest, "x", 1);
    ck_assert_int_eq(collect(directory, KBC_AS_IT_IS, &objects), CSVK_EUSAGE);
    objects_release(&objects);
    free(directory);
    free(plain);
    free(gzip);
    free(clash);
    free(manifest);
}
END_TEST

START_TEST(a_source_that_changes_is_noticed)
{
    struct upload_objects objects;
    struct csvk_error err;
    char *path = path_of("moving.csv");
    write_file(path, "1,2\n", 4);
    ck_assert_int_eq(collect(path, KBC_AS_IT_IS, &objects), CSVK_OK);
    ck_assert_int_eq(object_open(&objects.item[0], KBC_AS_IT_IS, NULL, &err), CSVK_OK);
    ck_assert_int_eq(object_check(&objects.item[0], &err), CSVK_OK);
    write_file(path, "1,2,3\n", 6);
    ck_assert_int_eq(object_check(&objects.item[0], &err), CSVK_ECHANGED);
    objects_release(&objects);
    free(path);
}
END_TEST

/* ---- parts ----------------------------------------------------------------------------------- */

static void check_division(enum store_kind kind, uint64_t size, uint64_t wanted, size_t count,
                           uint64_t first)
{
    struct store store = {.kind = kind};
    struct store_object object = {.what = "test", .size = size};
    struct csvk_error err;
    ck_assert_int_eq(store_divide(&store, &object, wanted, &err), CSVK_OK);
    ck_assert_uint_eq(object.nparts, count);
    uint64_t end = 0;
    for (size_t i = 0; i < object.nparts; i++) {
        ck_assert_uint_eq(object.parts[i].offset, end);
        ck_assert_uint_eq(object.parts[i].number, i + 1);
        ck_assert_uint_gt(object.parts[i].size, 0);
        end += object.parts[i].size;
    }
    ck_assert(count == 0 || (end == size && object.parts[0].size == first));
    csvk_free(object.parts);
}

START_TEST(parts_keep_the_limits_of_the_stores)
{
    const uint64_t mib = UINT64_C(1) << 20, gib = UINT64_C(1) << 30;
    check_division(STORE_S3, 0, 64 * mib, 0, 0);
    check_division(STORE_S3, 64 * mib, 64 * mib, 0, 0);
    check_division(STORE_S3, 64 * mib + 1, 64 * mib, 2, 64 * mib);
    check_division(STORE_S3, 11 * mib, 1, 3, 5 * mib);               /* the least part */
    check_division(STORE_S3, 2000 * gib, 64 * mib, 9991, 205 * mib); /* at most 10,000 */
    check_division(STORE_AZURE, 300 * mib, gib, 3, 100 * mib);       /* the largest block */
    check_division(STORE_GCS, 2 * mib, 300000, 4, 2 * mib / 4);      /* multiples of 256 KiB */
}
END_TEST

START_TEST(too_large_for_the_store)
{
    struct store store = {.kind = STORE_AZURE};
    struct store_object object = {.what = "test", .size = UINT64_C(6) << 40};
    struct csvk_error err;
    ck_assert_int_eq(store_divide(&store, &object, 1, &err), CSVK_ELIMIT);
}
END_TEST

int main(void)
{
    if (!mkdtemp(folder)) {
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("storage");
    TCase *tcase = tcase_create("storage");
    tcase_add_test(tcase, only_https_or_the_loopback_interface);
    tcase_add_test(tcase, headers_of_an_answer_are_found_by_name);
    tcase_add_test(tcase, a_header_cannot_be_broken_into_two);
    tcase_add_test(tcase, secrets_are_masked_by_value);
    tcase_add_test(tcase, secrets_are_masked_in_every_spelling);
    tcase_add_test(tcase, texts_that_hold_no_secret_stay);
    tcase_add_test(tcase, cut_and_overlapping_secrets_are_masked);
    tcase_add_test(tcase, a_cut_journal_is_read_as_far_as_it_is_whole);
    tcase_add_test(tcase, a_journal_of_something_else_is_refused);
    tcase_add_test(tcase, a_file_that_is_no_journal_stays_as_it_is);
    tcase_add_test(tcase, a_journal_that_is_damaged_inside_is_kept);
    tcase_add_test(tcase, another_version_makes_a_journal_stale);
    tcase_add_test(tcase, outcomes_find_their_imports);
    tcase_add_test(tcase, a_journal_is_private_and_has_one_user);
    tcase_add_test(tcase, names_tell_what_is_compressed);
    tcase_add_test(tcase, a_source_that_changes_is_noticed);
    tcase_add_test(tcase, parts_keep_the_limits_of_the_stores);
    tcase_add_test(tcase, too_large_for_the_store);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return failed == 0 && system(command) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
