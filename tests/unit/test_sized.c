/* sized.c: structs of callers with older and newer headers, of sizes that a real library never sees
   together. tests/abi does the same with the real structs. */
#include "csvkit/base/sized.h"
#include "tests/support/support.h"

#include <string.h>

/* Three versions of one struct; this library has the second. The first ends with padding. */
struct first {
    size_t size;
    uint64_t a;
    bool b;
};
struct second {
    size_t size;
    uint64_t a;
    bool b;
    uint64_t c;
};
struct third {
    size_t size;
    uint64_t a;
    bool b;
    uint64_t c, d;
};
static const struct csvk_sized type = CSVK_SIZED(struct second, b, "sized_init");
static const struct second defaults = {sizeof defaults, 1, true, 3};

/* A caller's struct, and bytes after it that are not the caller's to give. */
struct caller {
    struct third it;
    unsigned char after[16];
};

static struct caller begun(size_t size)
{
    struct caller caller;
    memset(&caller, 0xa5, sizeof caller);
    csvk_sized_init(&type, &caller, size, &defaults);
    return caller;
}

static bool is_touched(const struct caller *caller, size_t from)
{
    const unsigned char *bytes = (const unsigned char *)caller;
    for (size_t i = from; i < sizeof *caller; i++) {
        if (bytes[i] != 0xa5) {
            return true;
        }
    }
    return false;
}

START_TEST(a_struct_is_begun_within_its_size)
{
    static const size_t sizes[] = {
        0, 7, 8, 17, sizeof(struct first), sizeof(struct second), sizeof(struct third)};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct caller caller = begun(sizes[i]);
        ck_assert(!is_touched(&caller, sizes[i] < sizeof(size_t) ? 0 : sizes[i]));
        ck_assert(sizes[i] < sizeof(size_t) || caller.it.size == sizes[i]);
    }
    struct caller caller = begun(sizeof(struct third));
    ck_assert(caller.it.a == 1 && caller.it.b && caller.it.c == 3 && caller.it.d == 0);
}
END_TEST

START_TEST(what_an_older_caller_lacks_keeps_its_default)
{
    struct caller caller = begun(sizeof(struct first));
    struct second own = defaults;
    caller.it.a = 10;
    caller.it.b = false;
    ck_assert_int_eq(csvk_sized_read(&type, &own, &caller, NULL), CSVK_OK);
    ck_assert(own.a == 10 && !own.b && own.c == 3);
    ck_assert_uint_eq(own.size, sizeof own);
}
END_TEST

START_TEST(what_a_newer_caller_has_must_be_zero)
{
    struct caller caller = begun(sizeof(struct third));
    struct second own = defaults;
    struct csvk_error err = {0};
    caller.it.c = 30;
    ck_assert_int_eq(csvk_sized_read(&type, &own, &caller, &err), CSVK_OK);
    ck_assert(own.c == 30 && own.size == sizeof own);
    unsigned char *last = (unsigned char *)&caller + sizeof(struct third) - 1;
    for (size_t i = 0; i < sizeof caller.it.d; i++) {
        last[-(ptrdiff_t)i] = 1;
        ck_assert_int_eq(csvk_sized_read(&type, &own, &caller, &err), CSVK_EUSAGE);
        ck_assert_ptr_nonnull(strstr(err.text, "struct second is that of a newer csvkit"));
        last[-(ptrdiff_t)i] = 0;
    }
}
END_TEST

START_TEST(a_size_that_no_version_had_is_refused)
{
    struct caller caller = begun(sizeof(struct first));
    struct second own = defaults;
    struct csvk_error err = {0};
    size_t least = offsetof(struct first, b) + sizeof(bool);
    caller.it.size = least;
    ck_assert_int_eq(csvk_sized_check(&type, &caller, &err), CSVK_OK);
    caller.it.size = least - 1;
    ck_assert_int_eq(csvk_sized_check(&type, &caller, &err), CSVK_EUSAGE);
    ck_assert_int_eq(csvk_sized_read(&type, &own, &caller, NULL), CSVK_EUSAGE);
    caller.it.size = 0;
    ck_assert_int_eq(csvk_sized_read(&type, &own, &caller, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "struct second has the size 0"));
    ck_assert_ptr_nonnull(strstr(err.text, "begin it with sized_init"));
    ck_assert(own.a == 1 && own.b && own.c == 3);
}
END_TEST

START_TEST(a_result_is_written_as_far_as_there_is_room)
{
    const struct second own = {sizeof own, 10, false, 30};
    struct caller caller = begun(sizeof(struct first));
    csvk_sized_write(&type, &caller, &own);
    ck_assert(caller.it.size == sizeof(struct first) && caller.it.a == 10 && !caller.it.b);
    ck_assert(!is_touched(&caller, sizeof(struct first)));
    caller = begun(sizeof(struct third));
    caller.it.d = 40;
    csvk_sized_write(&type, &caller, &own);
    ck_assert(caller.it.size == sizeof(struct third) && caller.it.c == 30 && caller.it.d == 40);
}
END_TEST

/* An error never grows: what comes later is taken from its reserve, and zero until then. */
START_TEST(an_error_has_room_to_grow)
{
    struct csvk_error err;
    memset(&err, 0xa5, sizeof err);
    ck_assert_int_eq(csvk_fail(&err, CSVK_EOTHER - 7, "text"), CSVK_EOTHER - 7);
    ck_assert_int_eq(err.status, CSVK_EOTHER - 7);
    for (size_t i = 0; i < sizeof err.reserved / sizeof err.reserved[0]; i++) {
        ck_assert_uint_eq(err.reserved[i], 0);
    }
    memset(&err, 0xa5, sizeof err);
    ck_assert_int_eq(csvk_fail_sys(&err, 5, "text"), CSVK_EIO);
    ck_assert_uint_eq(err.reserved[0], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sized");
    TCase *tests = tcase_create("sized");
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, a_struct_is_begun_within_its_size);
    tcase_add_test(tests, what_an_older_caller_lacks_keeps_its_default);
    tcase_add_test(tests, what_a_newer_caller_has_must_be_zero);
    tcase_add_test(tests, a_size_that_no_version_had_is_refused);
    tcase_add_test(tests, a_result_is_written_as_far_as_there_is_room);
    tcase_add_test(tests, an_error_has_room_to_grow);
    return support_run(suite);
}
