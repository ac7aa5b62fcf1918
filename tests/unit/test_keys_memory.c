/*
 * test_keys_memory.c - every allocation of the search for repeated keys fails once, in turn: the
 * answer is CSVK_ENOMEM or right, and nothing is leaked. This file brings the allocator of the
 * library itself (and so takes the place of alloc.c in this program).
 */
#include "validator/keys/keys.h"

#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS  24000
#define DISTINCT 6000

static int add_keys(struct csvk_keys *keys, struct csvk_error *err)
{
    unsigned char key[200] = {0};
    for (uint64_t i = 1; i <= RECORDS; i++) {
        uint64_t id = i % DISTINCT;
        memcpy(key, &id, sizeof id);
        int status = csvk_keys_add(keys, &(struct csvk_bytes){key, sizeof key}, 1,
                                   (struct csvk_key_place){i, i, 0}, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

static int ignore(void *context, const struct csvk_duplicate_key *duplicate)
{
    if (duplicate->alike == 0) {
        ++*(uint64_t *)context;
        ck_assert_uint_eq(duplicate->first_record, (duplicate->record - 1) % DISTINCT + 1);
    }
    return 0;
}

/* Collects in two sets, joins and searches them. One partition only, so that it must be split. With
   `alike`, keys that look alike are asked for: some of the bytes are letters. */
static int whole_life(bool alike, struct csvk_error *err)
{
    struct csvk_keys *left = NULL, *right = NULL;
    uint64_t reported = 0;
    int status = csvk_keys_new(&left, 1, "/tmp", err);
    if (status == CSVK_OK) {
        status = csvk_keys_new(&right, 1, "/tmp", err);
    }
    if (status == CSVK_OK && alike) {
        status = csvk_keys_seek_alike(left, 1, err);
        status = status == CSVK_OK ? csvk_keys_seek_alike(right, 1, err) : status;
    }
    if (status == CSVK_OK) {
        csvk_keys_weaken_hash(left, UINT64_C(0x00ffffffffffffff));
        csvk_keys_weaken_hash(right, UINT64_C(0x00ffffffffffffff));
        status = add_keys(right, err);
    }
    if (status == CSVK_OK) {
        status = csvk_keys_merge(left, right, (struct csvk_keys_shift){0, 0, 0}, err);
    }
    if (status == CSVK_OK) {
        status = csvk_keys_finish(left, ignore, &reported, err);
        ck_assert(status != CSVK_OK || reported == RECORDS - DISTINCT);
    }
    csvk_keys_free(left);
    csvk_keys_free(right);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    struct csvk_error err = {0};
    const bool alike = _i != 0;
    alloc_countdown = 1000000;
    ck_assert_int_eq(whole_life(alike, &err), CSVK_OK);
    long total = 1000000 - alloc_countdown;
    ck_assert_int_gt(total, 20);
    ck_assert_int_eq(alloc_alive, 0);
    long step = 1 + total / 40;
    for (long i = 0; i < total; i += i < 40 ? 1 : step) {
        alloc_countdown = i;
        ck_assert_int_eq(whole_life(alike, &err), CSVK_ENOMEM);
        ck_assert_int_eq(err.status, CSVK_ENOMEM);
        ck_assert_int_eq(alloc_alive, 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keys_memory");
    TCase *tcase = tcase_create("keys_memory");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, every_allocation_may_fail, 0, 2);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
