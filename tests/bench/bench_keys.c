/*
 * bench_keys.c - what the search for repeated keys costs per record, in CPU time.
 *
 *   bench_keys [RECORDS [MEMORY_MIB [REPEAT_EVERY]]]
 *
 * Keys have two columns, (7 to 10 digits, 6 letters), as a table of orders would have them.
 */
#include "validator/keys/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t put_decimal(unsigned char *to, uint64_t value)
{
    unsigned char digits[20];
    size_t n = 0;
    do {
        digits[n++] = (unsigned char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < n; i++) {
        to[i] = digits[n - 1 - i];
    }
    return n;
}

static int add_all(struct csvk_keys *keys, uint64_t records, uint64_t repeat,
                   struct csvk_error *err)
{
    unsigned char number[20], code[6];
    int status = CSVK_OK;
    for (uint64_t i = 1; i <= records && status == CSVK_OK; i++) {
        uint64_t id = repeat != 0 && i % repeat == 0 ? i / 2 : i;
        size_t n = put_decimal(number, 1000000 + id);
        for (size_t k = 0; k < sizeof code; k++) {
            code[k] = (unsigned char)('A' + (id >> (2 * k)) % 26);
        }
        struct csvk_bytes values[2] = {{number, n}, {code, sizeof code}};
        status = csvk_keys_add(keys, values, 2, (struct csvk_key_place){i, i * 130, 0}, err);
    }
    return status;
}

static int count_report(void *context, const struct csvk_duplicate_key *duplicate)
{
    (void)duplicate;
    ++*(uint64_t *)context;
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000000;
    uint64_t memory = argc > 2 ? strtoull(argv[2], NULL, 10) << 20 : 0;
    uint64_t repeat = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    struct csvk_error err = {0};
    struct csvk_keys *keys;
    uint64_t reported = 0;
    double start = seconds(), added = start;
    int status = csvk_keys_new(&keys, (size_t)memory, NULL, &err);
    if (status == CSVK_OK) {
        status = add_all(keys, records, repeat, &err);
        added = seconds();
    }
    if (status == CSVK_OK) {
        status = csvk_keys_finish(keys, count_report, &reported, &err);
    }
    if (status != CSVK_OK) {
        fprintf(stderr, "bench_keys: %s\n", err.text);
        return 2;
    }
    double end = seconds();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("keys: %.1f ns/record to add, %.1f to search, %.1f in all; %llu repeated, "
           "%llu MB spilled, %llu splits, peak %ld MB\n",
           (added - start) * 1e9 / (double)records, (end - added) * 1e9 / (double)records,
           (end - start) * 1e9 / (double)records, (unsigned long long)reported,
           (unsigned long long)csvk_keys_effort(keys).spilled / 1000000,
           (unsigned long long)csvk_keys_effort(keys).splits, usage.ru_maxrss / 1024);
    csvk_keys_free(keys);
    return 0;
}
