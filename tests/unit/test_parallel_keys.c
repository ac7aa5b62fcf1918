/*
 * test_parallel_keys.c - repeated keys that several threads search for are those that one finds, in
 * the same order; whatever the number of threads, the memory, and the quality of the hash.
 *
 * CSVK_PARALLEL is the number of random sets of keys (make check-parallel).
 */
#include "csvkit/extra/extra.h"
#include "tests/support/support.h"
#include "validator/keys/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOPS = 8, RANDOM_SETS = 160 };

static size_t random_sets(void)
{
    const char *given = getenv("CSVK_PARALLEL");
    return (given != NULL ? strtoul(given, NULL, 10) : RANDOM_SETS) / LOOPS;
}

struct searching {
    size_t threads, memory, keys, different;
    uint64_t seed, mask;
    bool alike;
};

static int tell(void *context, const struct csvk_duplicate_key *duplicate)
{
    return csvk_buf_printf(context, "%d %d %d %d %d\n", (int)duplicate->record,
                           (int)duplicate->offset, (int)duplicate->first_record,
                           (int)duplicate->drift, (int)duplicate->alike);
}

static void put_key(struct support_random *random, size_t different, char *text, size_t size)
{
    unsigned number = (unsigned)support_below(random, different);
    switch (support_below(random, 8)) {
    case 0: snprintf(text, size, "K%u", number); break;
    case 1: snprintf(text, size, "k%u ", number); break;
    case 2: snprintf(text, size, "%u-abcdefghijklmnopqrstuvwxyz", number); break;
    default: snprintf(text, size, "k%u", number); break;
    }
}

/* Everything that is found, and the effort but for what depends on when blocks are read. */
static void search(const struct searching *how, struct csvk_buf *out)
{
    struct csvk_keys *keys = NULL;
    struct support_random random = {how->seed};
    char text[80];
    ck_assert_int_eq(csvk_keys_new(&keys, how->memory, NULL, NULL), CSVK_OK);
    csvk_keys_weaken_hash(keys, how->mask);
    if (how->alike) {
        ck_assert_int_eq(csvk_keys_seek_alike(keys, 1, NULL), CSVK_OK);
    }
    csvk_keys_use_threads(keys, how->threads, 1);
    for (size_t i = 1; i <= how->keys; i++) {
        struct csvk_key_place place = {i, i * 10, i / 100};
        put_key(&random, how->different, text, sizeof text);
        struct csvk_bytes value = {(const unsigned char *)text, strlen(text)};
        ck_assert_int_eq(csvk_keys_add(keys, &value, 1, place, NULL), CSVK_OK);
    }
    ck_assert_int_eq(csvk_keys_finish(keys, tell, out, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_buf_printf(out, "%d of them, %d splits\n",
                                     (int)csvk_keys_duplicates(keys),
                                     (int)csvk_keys_effort(keys).splits),
                     CSVK_OK);
    csvk_keys_free(keys);
}

static void assert_found_alike(const struct searching *how)
{
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    struct searching one = *how;
    one.threads = 1;
    search(&one, &want);
    search(how, &have);
    ck_assert_msg(strcmp(csvk_buf_text(&want), csvk_buf_text(&have)) == 0,
                  "seed %d: %zu threads, %zu keys\nwant: %.1000s\nhave: %.1000s", (int)how->seed,
                  how->threads, how->keys, csvk_buf_text(&want), csvk_buf_text(&have));
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}

START_TEST(random_keys_are_found_alike)
{
    static const uint64_t masks[] = {UINT64_MAX, UINT64_MAX, UINT64_C(0xff00000000000000), 0xffff};
    struct support_random random = {(uint64_t)_i + 40};
    for (size_t i = 0; i < random_sets(); i++) {
        struct searching how = {.threads = 2 + support_below(&random, 7),
                                .memory = CSVK_KEYS_MEMORY_LEAST,
                                .keys = support_below(&random, 3000),
                                .seed = support_next(&random),
                                .mask = masks[support_below(&random, 4)],
                                .alike = support_below(&random, 2) == 0};
        how.different = 1 + support_below(&random, support_below(&random, 2) == 0 ? 50 : 1000000);
        assert_found_alike(&how);
    }
}
END_TEST

/* More than the memory has room for: blocks are read from the disk by several threads. */
START_TEST(many_keys_are_found_alike)
{
    struct searching how = {.threads = 2 + (size_t)_i,
                            .memory = CSVK_KEYS_MEMORY_LEAST,
                            .keys = 200000,
                            .different = _i == 0 ? 4000000000u : 190000,
                            .seed = 5,
                            .mask = UINT64_MAX};
    assert_found_alike(&how);
}
END_TEST

int main(void)
{
    csvk_use_threads();
    Suite *suite = suite_create("parallel_keys");
    TCase *tcase = tcase_create("parallel_keys");
    tcase_set_timeout(tcase, 7200);
    tcase_add_loop_test(tcase, random_keys_are_found_alike, 0, LOOPS);
    tcase_add_loop_test(tcase, many_keys_are_found_alike, 0, 3);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
