/* test_vectors.c - a copy past the caches is a copy: at every alignment, and nothing beside it. */
#include "csvkit/extra/vector_registers.h"
#include "tests/support/support.h"

#include <check.h>
#include <string.h>

enum { ROOM = 1024, GUARD = 0xa5 };

static void assert_copies(size_t to, size_t from, size_t length)
{
    unsigned char source[ROOM], target[ROOM], expected[ROOM];
    for (size_t i = 0; i < ROOM; i++) {
        source[i] = (unsigned char)(i * 7 + i / 256);
    }
    memset(target, GUARD, ROOM);
    memset(expected, GUARD, ROOM);
    csvk_vectors_copy(target + to, source + from, length);
    memcpy(expected + to, source + from, length);
    ck_assert_mem_eq(target, expected, ROOM);
}

START_TEST(copies_at_every_alignment)
{
    for (size_t to = 0; to < 64; to++) {
        for (size_t length = 0; length < 260; length += 1 + length / 16) {
            assert_copies(to, to % 17, length);
        }
        assert_copies(to, 64 - to, ROOM - 128);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vectors");
    TCase *tcase = tcase_create("vectors");
    tcase_add_test(tcase, copies_at_every_alignment);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
