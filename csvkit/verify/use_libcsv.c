/* use_libcsv.c - gives libcsv to csvk_normalize_files (csvkit/normalize/second_reader.h). */
#include "csvkit/extra/extra.h"
#include "csvkit/verify/read_back_check.h"

static int check_open(void **out, const struct csvk_normalize_options *options,
                      struct csvk_error *err)
{
    struct csvk_record_count_check *check = NULL;
    int status = csvk_record_count_check_new(&check, options, err);
    *out = check;
    return status;
}

static int check_input(void *check, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_record_count_check_input(check, bytes, length, err);
}

static int check_table(void *check, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_record_count_check_table(check, bytes, length, err);
}

static int check_reject(void *check, struct csvk_bytes bytes, enum csvk_reject_kind kind,
                        struct csvk_error *err)
{
    return csvk_record_count_check_reject(check, bytes, kind, err);
}

static int check_read_table(void *check, struct csvk_sink *table, struct csvk_error *err)
{
    return csvk_verify_table(check, table, err);
}

static int check_read_rejects(void *check, struct csvk_sink *rejects, struct csvk_sink *index,
                              struct csvk_error *err)
{
    return csvk_verify_rejects(check, rejects, index, err);
}

static int check_judge(void *check, struct csvk_normalize_result *result, struct csvk_error *err)
{
    return csvk_record_count_check_judge(check, result, err);
}

static void check_free(void *check)
{
    csvk_record_count_check_free(check);
}

void csvk_use_libcsv(void)
{
    static const struct csvk_second_reader reader = {
        .open = check_open,
        .input = check_input,
        .table = check_table,
        .reject = check_reject,
        .read_table = check_read_table,
        .read_rejects = check_read_rejects,
        .judge = check_judge,
        .free = check_free,
    };
    csvk_give_second_reader(&reader);
}
