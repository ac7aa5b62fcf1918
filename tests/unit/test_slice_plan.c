/*
 * test_slice_plan.c - where slices end, by arithmetic alone: text that compresses a little better,
 * or worse, from its beginning to its end.
 */
#include "manifest/slicing/slice_plan.h"

#include "tests/support/support.h"

enum { MOST_SLICES = 64 };

/* A text of which a byte takes `first` to `last` billionths of a byte in a file. */
struct packed_text {
    uint64_t total, first, last;
};

/* Bytes of the file of [from, to). */
static uint64_t packed(const struct packed_text *text, uint64_t from, uint64_t to)
{
    double change = ((double)text->last - (double)text->first) / (double)text->total;
    double mean = (double)text->first + change * ((double)from + (double)to) / 2;
    return (uint64_t)((double)(to - from) * mean / 1e9);
}

/* Cuts the text; the sizes of the files, and how many. */
static size_t cut(const struct csvk_slice_options *options, const struct packed_text *text,
                  uint64_t *size)
{
    struct slice_plan plan;
    struct csvk_error err;
    ck_assert_int_eq(slice_plan_init(&plan, options, &err), CSVK_OK);
    uint64_t begin = 0, at = 0;
    size_t count = 0;
    while (at < text->total) {
        struct slice_extent open = {at - begin, 1, packed(text, begin, at)};
        uint64_t room = slice_plan_room(&plan, &open).text;
        at = room < text->total - at ? at + room : text->total;
        open.text = at - begin;
        open.bytes = packed(text, begin, at);
        if (at == text->total || slice_plan_is_full(&plan, &open)) {
            ck_assert_uint_lt(count, MOST_SLICES);
            size[count++] = open.bytes;
            slice_plan_next(&plan, &open);
            begin = at;
        }
    }
    return count;
}

/*
 * Of one size, and none below the least one. A little less than predicted is left for the last
 * slices in the first rows, and that must not make one of two of them.
 */
START_TEST(slices_of_one_size)
{
    static const struct {
        struct packed_text text;
        size_t slices;
    } rows[] = {
        {{120000000, 339600000, 337700000}, 4}, {{120000000, 340000000, 337400000}, 4},
        {{120000000, 337500000, 340000000}, 3}, {{120000000, 338500000, 338500000}, 4},
        {{120000000, 338200000, 338200000}, 3}, {{300000000, 340500000, 337500000}, 10},
    };
    struct csvk_slice_options options;
    csvk_slice_options_init(&options);
    options.slice_size = options.least = 10000000;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t size[MOST_SLICES], least = UINT64_MAX, most = 0;
        options.total = rows[i].text.total;
        size_t count = cut(&options, &rows[i].text, size);
        for (size_t k = 0; k < count; k++) {
            least = size[k] < least ? size[k] : least;
            most = size[k] > most ? size[k] : most;
        }
        ck_assert_msg(count == rows[i].slices && least >= options.least &&
                          most * 100 <= least * 103,
                      "row %zu: %zu slices of %d to %d bytes", i, count, (int)least, (int)most);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("slice_plan");
    TCase *tcase = tcase_create("slice_plan");
    tcase_add_test(tcase, slices_of_one_size);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
