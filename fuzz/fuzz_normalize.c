/*
 * fuzz_normalize.c - the laws I1 to I8 of normalize (tests/support/normalized.h), and the count of
 * records by libcsv, for whatever comes. The last three bytes choose options, look-ahead and
 * window. With a short look-ahead the second run of I2 may see less than the first did, because its
 * input is longer; so only the account is checked then.
 */
#include "csvkit/extra/extra.h"
#include "tests/support/normalized.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void choose(struct csvk_normalize_options *o, const unsigned char *choice)
{
    static const int enclosures[] = {'"', '\'', CSVK_NO_BYTE, '"'};
    o->header = (choice[0] & 1) != 0 ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    o->line_break = (choice[0] & 2) != 0 ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    o->nul = o->invalid_utf8 = o->control =
        (choice[0] & 4) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_REJECT;
    o->to.delimiter = (choice[0] & 8) != 0 ? ';' : ',';
    o->to.enclosure = enclosures[choice[0] >> 4 & 3];
    o->quote = (choice[0] & 0x40) != 0 ? CSVK_NORMALIZE_QUOTE_MINIMAL : CSVK_NORMALIZE_QUOTE_KEEP;
    o->any_eol = (choice[0] & 0x80) != 0;
    o->look_ahead = choice[1] > 127 ? 64u + choice[1] : 0;
    o->window = choice[2];
}

/* A cheap number out of the input, so that equal inputs are cut at equal places. */
static uint64_t seed_of(const unsigned char *data, size_t size)
{
    uint64_t seed = size;
    for (size_t i = 0; i < size; i++) {
        seed = seed * 31 + data[i];
    }
    return seed;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    csvk_use_decoders();
    struct csvk_normalize_options o;
    csvk_normalize_options_init(&o);
    o.max_repairs = UINT64_MAX;
    if (size >= 3) {
        size -= 3;
        choose(&o, data + size);
    }
    const void *bytes = size != 0 ? (const void *)data : "";
    struct normalized n;
    normalized_run(&n, bytes, size, &o);
    normalized_check_counts("fuzz", bytes, size, &n, &o);
    normalized_check_ink("fuzz", bytes, size, &n, &o);
    normalized_check_records("fuzz", bytes, size, &n, &o, seed_of(data, size));
    if (o.look_ahead == 0) {
        normalized_check("fuzz", bytes, size, &n, &o);
    }
    if (size < 512) {
        normalized_check_windows("fuzz", bytes, size, &n, &o);
    }
    normalized_release(&n);
    return 0;
}
