/*
 * scan.c - finds whole records in a window of bytes, by the best instruction set of this machine.
 *
 * The answers are the reference parser's on every machine: tests compare all entries with it, byte
 * for byte. With options.reference_only, and for dialects that are not plain, the reference parser
 * itself does the work (reference_run).
 */
#include "csvkit/parse/scan/scan_levels.h"

#include "csvkit/base/delimiter.h"

#include <string.h>

/*
 * The widest table that gets rows of expected record ends (csvk_scan_phase_ready): 32 KiB of them.
 * Wider tables go through the structural stepper alone.
 */
#define PHASE_MAX 4096

/*
 * How many facts the record that has just ended has, without those that its line break adds. Only
 * those count against scan->most_facts: the structural stepper asks before the line break is
 * judged.
 */
static size_t facts_within(const struct csvk_scan *scan)
{
    const uint32_t added = CSVK_FACT_BIT(CSVK_FACT_CRCRLF) | CSVK_FACT_BIT(CSVK_FACT_FIRST_EOL) |
                           CSVK_FACT_BIT(CSVK_FACT_MIXED_EOL) | CSVK_FACT_BIT(CSVK_FACT_BLANK);
    size_t count = 0;
    for (size_t i = scan->reference.open.facts_mark; i < scan->builder.nfacts; i++) {
        count += (CSVK_FACT_BIT(scan->builder.facts[i].kind) & added) == 0;
    }
    return count;
}

static bool begins_comment(const struct csvk_scan *scan, unsigned char first)
{
    return scan->comment != 0 && first == scan->comment;
}

/*
 * The reference parser as an entry: one record after the other. A record that is not complete, or
 * exceeds a limit, must leave no trace. So everything that completing a record changes is kept
 * before it and put back after it: the table, the number of reported records, the counts of facts.
 */
static size_t reference_run(struct csvk_scan *scan, const unsigned char *bytes, size_t length,
                            bool at_end, uint64_t offset)
{
    size_t done = 0;
    while (done < length && !csvk_scan_is_over(scan) && !begins_comment(scan, bytes[done])) {
        struct csvk_table before = scan->table;
        size_t used = 0, nrecords = scan->builder.nrecords;
        uint64_t counted[CSVK_FACT_KINDS];
        memcpy(counted, scan->builder.counted, sizeof counted);
        csvk_reference_begin(&scan->reference, &scan->table, &scan->builder, offset, offset + done);
        bool complete =
            csvk_reference_feed(&scan->reference, bytes + done, length - done, at_end, &used);
        scan->too_long = complete && (scan->reference.open.r.length > scan->most ||
                                      scan->reference.open.r.nfields > scan->most_fields ||
                                      facts_within(scan) > scan->most_facts);
        if (!complete || scan->too_long) {
            csvk_record_abandon(&scan->reference.open, &scan->builder);
            scan->builder.nrecords = nrecords;
            memcpy(scan->builder.counted, counted, sizeof counted);
            scan->table = before;
            break;
        }
        done += used;
        if (scan->table.detail != CSVK_COUNTS) {
            csvk_batch_builder_add_end(&scan->builder, done);
        }
    }
    return done;
}

enum csvk_simd csvk_simd_best(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
        __builtin_cpu_supports("popcnt")) {
        bool wide = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                    __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
                    __builtin_cpu_supports("avx512vpopcntdq") && __builtin_cpu_supports("gfni") &&
                    __builtin_cpu_supports("vpclmulqdq");
        return wide ? CSVK_SIMD_AVX512 : CSVK_SIMD_AVX2;
    }
    if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("ssse3") &&
        __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt")) {
        return CSVK_SIMD_SSE42;
    }
    return CSVK_SIMD_SSE2;
#elif defined(__aarch64__) && defined(__ARM_NEON)
    return CSVK_SIMD_NEON;
#else
    return CSVK_SIMD_SCALAR;
#endif
}

const char *csvk_simd_name(enum csvk_simd level)
{
    static const char *const names[] = {"auto", "scalar", "sse2", "sse4.2",
                                        "avx2", "avx512", "neon"};
    return names[level];
}

/*
 * The entry for the level that was asked for, or for the best level below it that this machine has.
 */
static csvk_scan_run *pick(enum csvk_simd level)
{
    enum csvk_simd best = csvk_simd_best();
    if (level == CSVK_SIMD_AUTO || level > best) {
        level = best;
    }
    switch (level) {
#if defined(__x86_64__)
    case CSVK_SIMD_AVX512: return csvk_scan_avx512;
    case CSVK_SIMD_AVX2: return csvk_scan_avx2;
    case CSVK_SIMD_SSE42: return csvk_scan_sse42;
    case CSVK_SIMD_SSE2: return csvk_scan_sse2;
#endif
#if defined(__aarch64__) && defined(__ARM_NEON)
    case CSVK_SIMD_NEON: return csvk_scan_neon;
#endif
    default: return csvk_scan_scalar;
    }
}

int csvk_scan_init(struct csvk_scan *scan, const struct csvk_options *options,
                   struct csvk_error *err)
{
    memset(scan, 0, sizeof *scan);
    int status = csvk_dialect_check(&options->dialect, err);
    status =
        status == CSVK_OK ? csvk_comment_check(options->comment, &options->dialect, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    scan->table.dialect = options->dialect;
    scan->table.any_eol = options->any_eol;
    scan->table.facts = options->facts | CSVK_FACT_BIT(CSVK_FACT_NUL);
    scan->table.detail = options->detail;
    scan->table.long_field = options->long_field;
    scan->table.totals.width = options->width;
    scan->table.totals.eol_mode = options->eol;
    scan->comment = (unsigned char)options->comment;
    scan->backoff = 1;
    scan->enough = SIZE_MAX;
    scan->most = UINT64_MAX;
    scan->most_facts = scan->most_fields = SIZE_MAX;
    /* Masks know delimiters of one byte only. */
    bool reference = options->reference_only || !csvk_dialect_is_plain(&options->dialect);
    scan->run = reference ? reference_run : pick(options->simd);
    return CSVK_OK;
}

void csvk_scan_release(struct csvk_scan *scan)
{
    csvk_batch_builder_release(&scan->builder);
    csvk_free(scan->phase);
    scan->phase = NULL;
}

/*
 * Row `p` says where records must end when `p` structural bytes have come since the last record
 * end: bit i stands for the i-th structural byte from there, and is set when that one must end a
 * record. In a table of width 3:
 *
 *     row 0   . . 1 . . 1 . .
 *     row 1   . 1 . . 1 . . 1
 *     row 2   1 . . 1 . . 1 .
 */
static void fill_phase(uint64_t *phase, uint64_t width)
{
    for (uint64_t p = 0; p < width; p++) {
        phase[p] = 0;
        for (uint64_t i = width - 1 - p; i < 64; i += width) {
            phase[p] |= UINT64_C(1) << i;
        }
    }
}

bool csvk_scan_phase_ready(struct csvk_scan *scan)
{
    uint64_t width = scan->table.totals.width;
    if (scan->phase_width == width) {
        return true;
    }
    if (width > PHASE_MAX) {
        return false;
    }
    csvk_free(scan->phase);
    scan->phase_width = 0;
    scan->phase = csvk_reallocarray(NULL, (size_t)width, sizeof *scan->phase);
    if (scan->phase == NULL) {
        scan->builder.failed = true;
        return false;
    }
    fill_phase(scan->phase, width);
    scan->phase_width = width;
    return true;
}

/*
 * The first place after bytes[0] where a line begins as comments do and that is not known to lie in
 * a record; `length`: there is none.
 */
static size_t find_mark(struct csvk_scan *scan, const unsigned char *bytes, size_t length,
                        uint64_t offset)
{
    size_t from = 1;
    if (scan->no_comment_to > offset + from) {
        uint64_t passed = scan->no_comment_to - offset;
        from = passed < length ? (size_t)passed : length;
    }
    const unsigned char *mark = NULL;
    while (from < length && (mark = memchr(bytes + from, scan->comment, length - from)) != NULL) {
        if (mark[-1] == '\n' || mark[-1] == '\r') {
            scan->no_comment_to = offset + (size_t)(mark - bytes);
            return (size_t)(mark - bytes);
        }
        from = (size_t)(mark - bytes) + 1;
    }
    if (scan->no_comment_to < offset + length) {
        scan->no_comment_to = offset + length;
    }
    return length;
}

/*
 * The entries know no comments, so they are shown the bytes up to the next mark that may begin one.
 * Records that end before it are whole. When there are none, the record at hand goes on there, and
 * the mark is data: then up to the next one. The mark itself is shown, too, so that what a CR
 * before it means is known; the rest of the comment is not, whatever enclosures are in it.
 */
static size_t run_to_comment(struct csvk_scan *scan, const unsigned char *bytes, size_t length,
                             bool at_end, uint64_t offset)
{
    if (length == 0 || begins_comment(scan, bytes[0])) {
        return 0;
    }
    for (;;) {
        size_t mark = find_mark(scan, bytes, length, offset);
        size_t shown = mark < length ? mark + 1 : length;
        size_t used = scan->run(scan, bytes, shown, at_end && mark == length, offset);
        if (used != 0 || mark == length || scan->too_long || scan->builder.failed) {
            return used;
        }
        scan->no_comment_to = offset + mark + 1;
    }
}

size_t csvk_scan(struct csvk_scan *scan, const unsigned char *bytes, size_t length, bool at_end,
                 uint64_t offset)
{
    scan->too_long = false;
    bool marks = scan->comment != 0 && scan->run != reference_run;
    return marks ? run_to_comment(scan, bytes, length, at_end, offset)
                 : scan->run(scan, bytes, length, at_end, offset);
}

void csvk_scan_forget(struct csvk_scan *scan)
{
    scan->pause.active = false;
}

size_t csvk_scan_passed(const struct csvk_scan *scan)
{
    return scan->pause.active ? scan->pause.stop : 0;
}
