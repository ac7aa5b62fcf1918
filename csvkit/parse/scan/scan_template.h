/*
 * scan_template.h - the fast scan, included once per instruction set (scan_avx2.c, scan_sse42.c,
 * scan_sse2.c, scan_neon.c, scan_scalar.c). Three readers of the same bytes, all 64 at a time:
 *
 *   the clean-block check   shows that whole records are clean: every enclosure opens behind a
 * separator and closes before one, every record has the table's width and line break, no byte is
 *                worth a fact. It keeps nothing but counts. At the first block where the check
 *                fails it stops, having counted up to the last record end before that block.
 *   the mask parser   takes one record by masks, as long as its enclosures and line breaks are in
 * order; with lanes several at a time (mask_parser_many.h). the structural stepper   steps from one
 * structural byte to the next, takes fields, tells facts: the same answers as the reference parser
 * for any bytes.
 *
 * The includer defines: SCAN_NAME(x), SCAN_TARGET, chunk, chunk_load, chunk_eq, chunk_suspect
 * (bytes below 20, 7F and above), chunk_high, chunk_below, prefix_xor, popcount, and check_utf8 (no
 * ill-formed and no special sequence ends in the block at p; looks back 3 bytes, so an open
 * sequence at the end of a block is found by the next one), and utf8_bad (the bytes with which such
 * a sequence shows, at most 3 behind its start; the first is enough). SCAN_PDEP is defined
 * where pdep is fast, with what clean_stretch_check.h asks for.
 */
#include "csvkit/parse/scan/scan.h"
#include "csvkit/parse/grammar/structural_bytes.h"
#include "csvkit/parse/scan/stretch_kinds.h"

#include <string.h>

#define INCOMPLETE SIZE_MAX

static inline unsigned low_bit(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

static inline uint64_t below(unsigned bit)
{
    return (UINT64_C(1) << bit) - 1;
}

#include "csvkit/parse/scan/clean_block_check.h"
#include "csvkit/parse/scan/suspect_bytes.h"
#include "csvkit/parse/scan/structural_stepper.h"
#include "csvkit/parse/scan/mask_parser.h"

/* As step_record; the cursor is brought there when needed. */
static SCAN_TARGET size_t step_at(struct stepper *step, size_t from)
{
    if (step->cursor->record != from) {
        cursor_start(step->cursor, from);
    }
    return step_record(step, from);
}

/* Or parse by masks. The first record's fields are reported, even where width and line break are
 * known.
 */
static bool can_check_clean(struct csvk_scan *scan)
{
    const struct csvk_table *t = &scan->table;
    return t->detail != CSVK_FIELDS && t->totals.records != 0 &&
           t->dialect.escape == CSVK_NO_BYTE &&
           (t->totals.eol_mode == CSVK_EOL_LF || t->totals.eol_mode == CSVK_EOL_CRLF) &&
           t->totals.width != 0 && csvk_scan_phase_ready(scan);
}

size_t SCAN_NAME(struct csvk_scan *scan, const unsigned char *bytes, size_t length, bool at_end,
                 uint64_t offset)
{
    struct cursor cursor = {
        .bytes = bytes, .length = length, .record = SIZE_MAX, .table = &scan->table};
    cursor.n = structural_bytes_of(&scan->table);
    struct csvk_open_record open;
    struct stepper step = {.scan = scan,
                           .open = &open,
                           .cursor = &cursor,
                           .bytes = bytes,
                           .length = length,
                           .offset = offset,
                           .at_end = at_end};
    size_t done = 0;
    unsigned backoff = scan->backoff;
    if (can_resume(scan)) {
        done = step_resume(&step);
        if (done == INCOMPLETE) {
            return 0;
        }
    }
    while (done < length && !csvk_scan_is_over(scan)) {
        bool checks_clean = can_check_clean(scan) && length - done >= 64;
        if (checks_clean) {
            uint64_t before = scan->table.totals.records;
            done = check_clean(scan, bytes, done, length);
            bool far = scan->table.totals.records - before >= 8;
            backoff = far ? 1 : backoff < 1024 ? backoff * 2 : backoff;
        }
        unsigned left = backoff;
        while (left > 0 && done < length) {
            if (checks_clean) {
                done = mask_parse_records(&step, done, &left);
            }
            if (left > 0 && done < length) {
                size_t next = step_at(&step, done);
                if (next == INCOMPLETE) {
                    scan->backoff = backoff;
                    return done;
                }
                done = next;
                left--;
            }
        }
    }
    scan->backoff = backoff;
    return done;
}
