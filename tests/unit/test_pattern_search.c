/* test_pattern_search.c - the searches for a header against memmem: any length, any place, few
 * letters. */
#include "tests/support/support.h"

#include "csvkit/basics.h"
#include "csvkit/base/pair_search.h"
#include "csvkit/base/pattern_search.h"

#include <check.h>
#include <string.h>

static uint32_t state;

static unsigned draw(unsigned below)
{
    state = state * UINT32_C(1664525) + UINT32_C(1013904223);
    return (state >> 8) % below;
}

static void fill(unsigned char *bytes, size_t size, unsigned letters)
{
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (unsigned char)('a' + draw(letters));
    }
}

/* They end with the data, or go on behind it; or neither. */
static void put_at_the_end(unsigned char *data, size_t size, const unsigned char *bytes,
                           size_t length)
{
    size_t behind = draw(3) == 0 ? 0 : draw((unsigned)length);
    if (draw(3) != 0 && size >= length) {
        memcpy(data + size - length + behind, bytes, length);
    }
}

/* Parts of the pattern stand everywhere, and it itself at a place or not at all. */
START_TEST(the_first_place_is_found)
{
    static unsigned char bytes[CSVK_PATTERN_SHORT + 680], data[6000 + CSVK_PATTERN_SHORT + 680];
    state = (uint32_t)_i;
    for (int round = 0; round < 300; round++) {
        size_t length = CSVK_PATTERN_SHORT + draw(round % 3 == 0 ? 680 : 60), size = draw(6000);
        unsigned letters = 1 + draw(20);
        fill(bytes, length, letters);
        fill(data, size, letters);
        for (int part = 0; part < 10 && size > length; part++) {
            size_t from = draw((unsigned)length), n = 1 + draw((unsigned)(length - from));
            memcpy(data + draw((unsigned)(size - n)), bytes + from, n);
        }
        for (unsigned whole = draw(3); whole > 0 && size > length; whole--) {
            memcpy(data + draw((unsigned)(size - length + 1)), bytes, length);
        }
        put_at_the_end(data, size, bytes, length);
        struct csvk_pattern *pattern = csvk_pattern_new(bytes, length);
        ck_assert_ptr_nonnull(pattern);
        ck_assert_uint_eq(pattern->length,
                          length < CSVK_PATTERN_LONGEST ? length : CSVK_PATTERN_LONGEST);
        const unsigned char *found = csvk_pattern_find(pattern, bytes, data, size);
        const unsigned char *wanted = memmem(data, size, bytes, pattern->length);
        ck_assert_msg(found == wanted, "%d: length %zu of %zu: %td, not %td", round, length, size,
                      found != NULL ? found - data : -1, wanted != NULL ? wanted - data : -1);
        csvk_free(pattern);
    }
}
END_TEST

/* Bytes of any length from 1 on, in data of any size, one piece after the other as batches come. */
START_TEST(the_first_pair_is_found)
{
    static unsigned char bytes[60], data[9000 + 60];
    state = (uint32_t)_i;
    for (int round = 0; round < 300; round++) {
        size_t length = 1 + draw(round % 3 == 0 ? 59 : 8), size = draw(9000);
        unsigned letters = 1 + draw(20);
        struct csvk_byte_pair pair = {0};
        fill(bytes, length, letters);
        for (int piece = 0; piece < 3; piece++) {
            fill(data, size, letters + 2);
            for (unsigned whole = draw(3); whole > 0 && size > length; whole--) {
                memcpy(data + draw((unsigned)(size - length + 1)), bytes, length);
            }
            put_at_the_end(data, size, bytes, length);
            const unsigned char *found = csvk_pair_find(&pair, bytes, length, data, size);
            const unsigned char *wanted = memmem(data, size, bytes, length);
            ck_assert_msg(found == wanted, "%d: length %zu of %zu: %td, not %td", round, length,
                          size, found != NULL ? found - data : -1,
                          wanted != NULL ? wanted - data : -1);
        }
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("pattern_search");
    TCase *t = tcase_create("pattern_search");
    tcase_add_loop_test(t, the_first_place_is_found, 0, 20);
    tcase_add_loop_test(t, the_first_pair_is_found, 0, 20);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return support_run(suite());
}
