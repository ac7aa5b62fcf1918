/* test_own_memory.c - memory that is divided by the library itself: blocks of keys cut from slabs,
 * memory of which each thread has its own, large pages. */
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include "csvkit/base/large_pages.h"
#include "csvkit/parallel/thread_memory.h"
#include "validator/keys/keys_parts.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 1 << 16, BLOCKS = 200 };

/* Each block is written whole, so two that overlap would show. */
START_TEST(blocks_lie_apart_and_the_last_one_frees_its_slab)
{
    struct csvk_key_cutter cutter = {.block_size = BLOCK, .from_slabs = true};
    struct csvk_key_block *block[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
        block[i] = csvk_key_block_new(&cutter);
        ck_assert_ptr_nonnull(block[i]);
        ck_assert((block[i]->slab != NULL) == (i >= CSVK_KEY_BLOCKS_ALONE));
        memset(block[i]->bytes, i, BLOCK - sizeof *block[i]);
    }
    ck_assert_int_lt(alloc_alive, BLOCKS / 4);
    csvk_key_cutter_release(&cutter);
    for (int i = 0; i < BLOCKS; i++) {
        int at = i * 77 % BLOCKS;
        ck_assert_uint_eq(block[at]->bytes[0], (unsigned char)at);
        ck_assert_uint_eq(block[at]->bytes[BLOCK - sizeof *block[at] - 1], (unsigned char)at);
        ck_assert_int_gt(alloc_alive, 0);
        csvk_key_block_free(block[at]);
    }
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(a_slab_that_is_full_goes_with_its_blocks)
{
    struct csvk_key_cutter cutter = {.block_size = BLOCK, .from_slabs = true};
    long most = 0;
    for (int i = 0; i < 20 * BLOCKS; i++) {
        csvk_key_block_free(csvk_key_block_new(&cutter));
        most = alloc_alive > most ? alloc_alive : most;
    }
    ck_assert_int_le(most, 4);
    csvk_key_cutter_release(&cutter);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(without_slabs_each_block_is_alone)
{
    struct csvk_key_cutter cutter = {.block_size = BLOCK};
    struct csvk_key_block *a = csvk_key_block_new(&cutter), *b = csvk_key_block_new(&cutter);
    ck_assert_int_eq(alloc_alive, 2);
    csvk_key_block_free(a);
    csvk_key_block_free(b);
    csvk_key_block_free(NULL);
    csvk_key_cutter_release(&cutter);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(a_slab_needs_memory)
{
    for (long first = 0; first < 2; first++) {
        struct csvk_key_cutter cutter = {
            .block_size = BLOCK, .from_slabs = true, .alone = CSVK_KEY_BLOCKS_ALONE};
        alloc_countdown = first;
        ck_assert_ptr_null(csvk_key_block_new(&cutter));
        alloc_countdown = -1;
        csvk_key_cutter_release(&cutter);
        ck_assert_int_eq(alloc_alive, 0);
    }
}
END_TEST

static struct csvk_entry key_number(uint64_t number, unsigned char *room)
{
    memcpy(room, &number, sizeof number);
    return (struct csvk_entry){.place = {number + 1, number * 9, 0}, .key = {room, sizeof number}};
}

static void fill_parts(struct csvk_parts *parts, uint64_t keys)
{
    struct csvk_error err;
    unsigned char room[8];
    for (uint64_t i = 0; i < keys; i++) {
        struct csvk_entry entry = key_number(i, room);
        ck_assert_int_eq(csvk_parts_add(parts, 0, &entry, &err), CSVK_OK);
    }
}

/* What was written to disk comes back into a block of another slab, or of none. `every` block is
   handed back to be used again. */
static uint64_t walk_parts(struct csvk_parts *parts, unsigned every)
{
    struct csvk_error err;
    struct csvk_parts_walk walk;
    struct csvk_key_block *block = NULL;
    uint64_t count = 0;
    csvk_parts_walk_init(&walk, parts, 0);
    for (unsigned n = 1;; n++) {
        struct csvk_key_block *reuse = n % every == 0 ? block : NULL;
        if (reuse == NULL) {
            csvk_key_block_free(block);
        }
        ck_assert_int_eq(csvk_parts_walk_next(&walk, reuse, &block, &err), CSVK_OK);
        if (block == NULL) {
            return count;
        }
        struct csvk_block_walk entries = csvk_block_walk(parts, block);
        struct csvk_entry entry;
        unsigned char room[8];
        for (; csvk_block_next(&entries, &entry); count++) {
            struct csvk_entry wanted = key_number(count, room);
            ck_assert_uint_eq(entry.place.record, wanted.place.record);
            ck_assert_mem_eq(entry.key.ptr, room, sizeof room);
        }
    }
}

START_TEST(keys_of_slabs_are_written_to_disk_and_come_back)
{
    enum { KEYS = 20000 };
    struct csvk_parts parts;
    csvk_parts_init(&parts, 1024, (size_t)16 * 1024, NULL);
    parts.cutter.from_slabs = true;
    fill_parts(&parts, KEYS);
    ck_assert_uint_gt(parts.file.written, 100 * 1024);
    ck_assert_uint_eq(walk_parts(&parts, (unsigned)_i), KEYS);
    csvk_parts_release(&parts);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(large_memory_has_slabs_and_small_has_none)
{
    struct csvk_parts parts;
    csvk_parts_init(&parts, 1024, (size_t)1 << 20, NULL);
    ck_assert(!parts.cutter.from_slabs);
    csvk_parts_release(&parts);
    csvk_parts_init(&parts, 1024, (size_t)64 << 20, NULL);
    ck_assert(parts.cutter.from_slabs);
    csvk_parts_release(&parts);
}
END_TEST

/* No two parts overlap; they lie together, from a large page on. */
START_TEST(parts_lie_side_by_side)
{
    enum { THREADS = 3, PARTS = 8, SIZE = 700000 };
    struct thread_memory *all = thread_memory_new(THREADS, PARTS, SIZE);
    unsigned char *part[PARTS];
    for (int i = 0; i < PARTS; i++) {
        part[i] = thread_memory_take(thread_memory_of(all, (size_t)i % THREADS));
        ck_assert_uint_eq(part[i][0], 0);
        ck_assert_uint_eq(part[i][SIZE - 1], 0);
        memset(part[i], 1 + i, SIZE);
        ck_assert_ptr_eq(part[i], part[0] + (size_t)i * SIZE);
    }
    ck_assert_uint_eq((uintptr_t)part[0] % CSVK_LARGE_PAGE, 0);
    for (int i = 0; i < PARTS; i++) {
        ck_assert_int_eq(part[i][0], 1 + i);
        ck_assert_int_eq(part[i][SIZE - 1], 1 + i);
    }
    thread_memory_free(all);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(a_thread_gets_back_what_it_had)
{
    struct thread_memory *all = thread_memory_new(2, 4, 100);
    struct thread_memory *a = thread_memory_of(all, 0), *b = thread_memory_of(all, 1);
    unsigned char *a1 = thread_memory_take(a), *b1 = thread_memory_take(b);
    unsigned char *a2 = thread_memory_take(a);
    a1[5] = 77;
    thread_memory_give_back(a, a1);
    thread_memory_give_back(a, a2);
    ck_assert_ptr_eq(thread_memory_take(a), a2);
    ck_assert_ptr_eq(thread_memory_take(a), a1);
    ck_assert_uint_eq(a1[5], 77); /* nothing is cleared twice */
    thread_memory_give_back(a, a1);
    unsigned char *b2 = thread_memory_take(b);
    ck_assert(b2 != a1 && b2 != b1); /* one that nobody had, not that of the other one */
    ck_assert_ptr_eq(thread_memory_take(b), a1);
    thread_memory_give_back(b, a1);
    ck_assert_ptr_eq(thread_memory_take(a), a1);
    thread_memory_give_back(a, a1);
    thread_memory_give_back(b, b2);
    ck_assert_ptr_eq(thread_memory_take(b), b2); /* though the first thread has one, too */
    thread_memory_free(all);
}
END_TEST

START_TEST(memory_of_threads_may_be_refused)
{
    struct thread_memory *all = NULL;
    for (long first = 0; all == NULL; first++) {
        ck_assert_int_lt(first, 10);
        ck_assert_int_eq(alloc_alive, 0);
        alloc_countdown = first;
        all = thread_memory_new(2, 2, 100);
    }
    alloc_countdown = -1;
    thread_memory_free(all);
    thread_memory_free(NULL);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(a_large_page_begins_at_the_place_or_after_it)
{
    uintptr_t page = 5 * (uintptr_t)CSVK_LARGE_PAGE;
    ck_assert_uint_eq((uintptr_t)csvk_large_page_in((void *)page), page);
    ck_assert_uint_eq((uintptr_t)csvk_large_page_in((void *)(page + 1)), page + CSVK_LARGE_PAGE);
    ck_assert_uint_eq((uintptr_t)csvk_large_page_in((void *)(page - 1)), page);
}
END_TEST

/* The wish changes nothing, whatever its bounds. */
START_TEST(the_wish_keeps_all_bytes)
{
    size_t size = 3 * CSVK_LARGE_PAGE;
    unsigned char *memory = csvk_malloc(size);
    memset(memory, 7, size);
    for (size_t from = 0; from < size; from += CSVK_LARGE_PAGE / 4) {
        csvk_use_large_pages(memory + from, size - from);
        csvk_use_large_pages(memory, from);
    }
    for (size_t i = 0; i < size; i++) {
        ck_assert_uint_eq(memory[i], 7);
    }
    csvk_free(memory);
}
END_TEST

struct large_case {
    size_t asked, size;
};

static const struct large_case large_cases[] = {
    {1, 1},
    {CSVK_LARGE_PAGE / 2 - 1, CSVK_LARGE_PAGE / 2 - 1},
    {CSVK_LARGE_PAGE / 2, CSVK_LARGE_PAGE},
    {CSVK_LARGE_PAGE, CSVK_LARGE_PAGE},
    {CSVK_LARGE_PAGE + 1, 2 * CSVK_LARGE_PAGE},
};

START_TEST(more_than_a_little_is_whole_pages)
{
    const struct large_case *c = &large_cases[_i];
    struct csvk_large large;
    ck_assert(csvk_large_take(&large, c->asked));
    ck_assert_uint_eq(large.size, c->size);
    ck_assert(large.size < CSVK_LARGE_PAGE || (uintptr_t)large.bytes % CSVK_LARGE_PAGE == 0);
    memset(large.bytes, 7, large.size);
    csvk_large_release(&large);
    ck_assert_ptr_null(large.bytes);
    csvk_large_release(&large);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(large_memory_may_be_refused)
{
    struct csvk_large large;
    ck_assert(!csvk_large_take(&large, SIZE_MAX));
    ck_assert(!csvk_large_take(&large, SIZE_MAX - CSVK_LARGE_PAGE));
    alloc_countdown = 0;
    ck_assert(!csvk_large_take(&large, 3 * CSVK_LARGE_PAGE));
    alloc_countdown = -1;
    ck_assert_ptr_null(large.memory);
    ck_assert_uint_eq(large.size, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("own_memory");
    TCase *tcase = tcase_create("own_memory");
    tcase_add_test(tcase, blocks_lie_apart_and_the_last_one_frees_its_slab);
    tcase_add_test(tcase, a_slab_that_is_full_goes_with_its_blocks);
    tcase_add_test(tcase, without_slabs_each_block_is_alone);
    tcase_add_test(tcase, a_slab_needs_memory);
    tcase_add_loop_test(tcase, keys_of_slabs_are_written_to_disk_and_come_back, 1, 4);
    tcase_add_test(tcase, large_memory_has_slabs_and_small_has_none);
    tcase_add_test(tcase, parts_lie_side_by_side);
    tcase_add_test(tcase, a_thread_gets_back_what_it_had);
    tcase_add_test(tcase, memory_of_threads_may_be_refused);
    tcase_add_test(tcase, a_large_page_begins_at_the_place_or_after_it);
    tcase_add_test(tcase, the_wish_keeps_all_bytes);
    tcase_add_loop_test(tcase, more_than_a_little_is_whole_pages, 0,
                        (int)(sizeof large_cases / sizeof *large_cases));
    tcase_add_test(tcase, large_memory_may_be_refused);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
