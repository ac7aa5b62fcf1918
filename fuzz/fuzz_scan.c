/*
 * fuzz_scan.c - the fast scan against the reference parser: any bytes, dialect, level of SIMD,
 * window, detail and wanted facts give the same reading as the byte reference parser; so do records
 * streamed because they are too long. The last six bytes choose. By their choice the first half of
 * the others is said again and again, before and behind the second: only long tables reach the
 * fastest readers.
 */
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { CHOICES = 6, LONG = 3000 };

static void choose(const unsigned char *choice, struct csvk_options *reference,
                   struct csvk_options *fast)
{
    static const unsigned char delimiters[] = {',', ';', '\t', 'x'};
    static const int enclosures[] = {'"', '"', '\'', CSVK_NO_BYTE};
    csvk_options_init(reference);
    reference->dialect.delimiter = delimiters[choice[0] & 3];
    reference->dialect.enclosure = enclosures[choice[0] >> 2 & 3];
    reference->dialect.escape = (choice[0] & 0x30) == 0x30 ? '\\' : CSVK_NO_BYTE;
    reference->any_eol = (choice[0] & 0x40) != 0;
    reference->continuation = (choice[0] & 0x80) != 0;
    reference->detail = (enum csvk_detail)(choice[1] % 3);
    reference->width = choice[1] >> 2 & 7;
    reference->facts =
        choice[2] == 0 ? CSVK_FACTS_ALL : choice[2] * UINT32_C(0x01010101) & CSVK_FACTS_ALL;
    *fast = *reference;
    reference->reference_only = true;
    fast->simd = (enum csvk_simd)(choice[3] % (CSVK_SIMD_NEON + 1));
    fast->window = (choice[3] & 0x40) != 0 ? 65536 : choice[4] + (size_t)1;
    if (reference->detail == CSVK_COUNTS && (choice[3] & 0x80) != 0) {
        fast->max_record = choice[5] + (uint64_t)1;
    }
}

static int repeat(struct csvk_buf *to, const unsigned char *data, size_t size, size_t until)
{
    int status = CSVK_OK;
    while (size != 0 && to->length < until && status == CSVK_OK) {
        status = csvk_buf_add(to, data, size);
    }
    return status;
}

static int make_long(struct csvk_buf *to, const unsigned char *data, size_t size)
{
    csvk_buf_clear(to);
    int status = repeat(to, data, size / 2, LONG);
    status = status == CSVK_OK ? csvk_buf_add(to, data + size / 2, size - size / 2) : status;
    return status == CSVK_OK ? repeat(to, data, size / 2, to->length + LONG) : status;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static struct csvk_buf want, have, table;
    if (size < CHOICES || (size >= 3 && memcmp(data, "\x1f\x8b\x08", 3) == 0)) {
        return 0;
    }
    struct csvk_options reference, fast;
    size -= CHOICES;
    choose(data + size, &reference, &fast);
    if ((data[size + 3] & 0x20) != 0) {
        if (make_long(&table, data, size) != CSVK_OK) {
            return 0;
        }
        data = table.data;
        size = table.length;
    }
    csvk_buf_clear(&want);
    csvk_buf_clear(&have);
    int one = support_reading(data, size, &reference, &want);
    int other = support_reading(data, size, &fast, &have);
    if (one != other || want.length != have.length ||
        (want.length != 0 && memcmp(want.data, have.data, want.length) != 0)) {
        fprintf(stderr, "reference:%s\nfast:%s\n", csvk_buf_text(&want), csvk_buf_text(&have));
        abort();
    }
    return 0;
}
