/*
 * scan_template.h - the fast scan, compiled once for each instruction set. scan_avx512.c,
 * scan_avx2.c, scan_sse42.c, scan_sse2.c, scan_neon.c and scan_scalar.c define the operations
 * listed below and then include this file.
 *
 * Three parsers share the work. All of them look at 64 bytes at a time:
 *
 *   clean-block check   Shows that whole records are clean: every enclosure opens after a separator
 *                       and closes before one, every record has the table's width and line break,
 *                       no byte is worth a fact. It keeps nothing but counts. At the first block
 *                       that fails it stops, having counted up to the last record end before it.
 *   mask parser         Takes one record by bit masks and reports what is wrong with it. Where
 *                       there are lanes it takes several at a time (mask_parser_many.h). A few
 *                       kinds of records it leaves to the structural stepper (mask_parser.h lists
 *                       them).
 *   structural stepper  Steps from one structural byte to the next, takes fields, reports facts. It
 *                       takes any bytes and gives the answers of the reference parser.
 *
 * In every mask bit i stands for byte i of the block. Pictures of bits have bit 0 on the left.
 *
 * The including file defines:
 *
 *   SCAN_NAME, SCAN_TARGET  the name of the entry; the attribute that allows the instructions
 *   chunk, chunk_load(p)    the 64 bytes at p, in registers
 *   chunk_eq(c, byte)       mask: the bytes equal to `byte`
 *   chunk_suspect(c)        mask: the bytes below 20, and 7F and above
 *   chunk_high(c)           mask: the bytes above 7F
 *   chunk_below(c, byte)    mask: the bytes below `byte`
 *   prefix_xor(mask)        mask: bit i is the xor of the bits 0 to i
 *   popcount(mask)          the number of bits that are set
 *   check_utf8(p)           true when no ill-formed and no special sequence ends in the block at p.
 *                           It looks back 3 bytes, so a sequence that is open at the end of a block
 *                           is found by the next one.
 *   utf8_bad(p)             mask: the bytes with which such a sequence shows, at most 3 after its
 *                           start. Only the first of them has to be right.
 *   SCAN_PDEP               where pdep is fast, together with what clean_stretch_check.h asks for
 *   SCAN_LANES              where lanes.h can be used: vectors of eight blocks
 */
#include "csvkit/parse/scan/scan.h"
#include "csvkit/parse/grammar/structural_bytes.h"
#include "csvkit/parse/scan/stretch_kinds.h"

#include <string.h>

/*
 * In place of the offset after a record: the record does not end in the bytes that are here, or it
 * must not be taken (scan->too_long).
 */
#define INCOMPLETE SIZE_MAX

/* The place of the first bit; the mask must not be 0. */
static inline unsigned low_bit(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask);
}

/*
 * The bits before `bit`, which must be less than 64: a shift by 64 is undefined.
 *
 *     below(3)   1 1 1 . . . . .
 */
static inline uint64_t below(unsigned bit)
{
    return (UINT64_C(1) << bit) - 1;
}

#include "csvkit/parse/scan/clean_block_check.h"
#include "csvkit/parse/scan/suspect_bytes.h"
#include "csvkit/parse/scan/structural_stepper.h"
#include "csvkit/parse/scan/mask_parser.h"

/*
 * As step_record, but the cursor may be anywhere: after the clean-block check or the mask parser
 * has passed records, it has to be brought to the record first.
 */
static SCAN_TARGET size_t step_at(struct stepper *step, size_t from)
{
    if (step->cursor->record != from) {
        cursor_start(step->cursor, from);
    }
    return step_record(step, from);
}

/*
 * Whether the clean-block check and the mask parser may be used. Both need a table whose width and
 * line break (LF or CR LF) are known, and no escape byte, which would make the meaning of a byte
 * hang on the bytes before it. Neither reports fields. That is also why the first record that is
 * not empty always goes through the structural stepper, even where options give width and line
 * break: its fields are reported whatever the detail (csvk_record_finish).
 */
static bool can_check_clean(struct csvk_scan *scan)
{
    const struct csvk_table *t = &scan->table;
    return t->detail != CSVK_FIELDS && t->begun && t->dialect.escape == CSVK_NO_BYTE &&
           (t->totals.eol_mode == CSVK_EOL_LF || t->totals.eol_mode == CSVK_EOL_CRLF) &&
           t->totals.width != 0 && csvk_scan_phase_ready(scan);
}

/*
 * The entry of this instruction set; csvk_scan describes what it does.
 *
 * The clean-block check goes as far as it can. The next `backoff` records are then taken by the
 * mask parser and, where that gives up, by the structural stepper. Then the check is tried again. A
 * check that passes fewer than 8 records doubles the backoff, up to 1024 records; one that passes
 * more sets it back to 1. So one defect among clean records costs little, and a table with a defect
 * in every record does not pay for a check that is in vain each time. The backoff is kept from one
 * call to the next.
 */
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
    /* The window begins with a record that was not complete at the last call. */
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
        /*
         * Both parsers lower `left` by the records that they take. The mask parser stops before a
         * record that is not for it; the structural stepper then takes that one record.
         */
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
