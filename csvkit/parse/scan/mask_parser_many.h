/*
 * mask_parser_many.h - private, part of scan_template.h where there are lanes (x86/lanes.h): does
 * the mask parser's work for as many records at a time as 4 KiB hold whole. That is one pass.
 *
 * A pass begins with a record. First the masks of all its blocks are made, in vectors of eight
 * blocks and without a branch (mask_pass.h): where records end, where fields end, what is in doubt,
 * what is suspect. Then this file looks up one record after the other in these bits. A branch that
 * depends on data then depends on bits that are there already, so a branch that was foretold
 * wrongly costs little. In files with a defect in every record that is what takes the time.
 *
 * An enclosure that turns out to be data turns inside and outside over for all that follows. Making
 * the masks again would be the mask parser's way. A pass has them for both cases from the start:
 * side 0 takes the parity of enclosures from the pass's first byte on, side 1 the opposite. To
 * resolve a doubt is then to change sides:
 *
 *     bytes           a  "  b  ,  "  c  "  LF
 *     side 0, inside  .  1  1  1  .  .  1  1      the first enclosure opens
 *     side 1, inside  1  .  .  .  1  1  .  .      the first enclosure is data
 *
 * A record that is longer than a pass, or of a kind that the mask parser leaves to the structural
 * stepper, is begun and taken back.
 */
#include "csvkit/parse/scan/mask_pass.h"

/* How a pass has ended. */
enum many_end {
    MANY_GO_ON,        /* records were taken, or none was left to take */
    MANY_ONE_BY_MASKS, /* the record is not whole within a pass */
    MANY_STEP,         /* the record is for the structural stepper */
};

/* The most changes of sides in a record; with more it is for the structural stepper. */
#define MANY_CHANGES 32

/* In place of an offset: a doubt that only the structural stepper can resolve. */
#define MANY_UNRESOLVED SIZE_MAX

/*
 * A record while its doubts are resolved. Offsets count from the pass's first byte.
 *
 * Each side has counted the ends of fields from the pass's first byte on, by its own bits. `base`
 * is what has to be taken from the count of the side at hand to get the record's own number.
 */
struct many_record {
    size_t begin;
    size_t suspect, lf;           /* the first suspect byte and the first LF from there on */
    const struct many_side *side; /* the side that holds from the last change on */
    uint64_t base;
    unsigned changes;
    struct many_change {
        size_t at;                    /* from here on another side holds */
        const struct many_side *side; /* the side that held before */
    } change[MANY_CHANGES];
};

/* How many fields of the record end before `at`. */
static inline SCAN_TARGET uint64_t many_delimiters(const struct many_record *r, size_t at)
{
    return many_ends_before(r->side, at) - r->base;
}

/* How many LF there are from the one at `at` on and before `end`. */
static inline SCAN_TARGET uint64_t many_breaks(const struct many_pass *pass, size_t at, size_t end)
{
    uint64_t count = 0;
    for (; at < end; count++) {
        at = many_find(pass->lf, pass->lf_blocks, at + 1);
    }
    return count;
}

/* Adds the bits in [from, to) of one side to `words`. */
static SCAN_TARGET void many_add_structure(uint64_t *words, const struct many_side *s, size_t from,
                                           size_t to)
{
    for (size_t i = from / 64; i <= to / 64 && i < MANY_BLOCKS; i++) {
        uint64_t word = s->structure[i] & (i == from / 64 ? ~below(from % 64) : ~UINT64_C(0));
        words[i] |= i == to / 64 ? word & below(to % 64) : word;
    }
}

/*
 * The ends of the record's fields as bits, put together from the sides that held. The record ends
 * at `end`. No field ends between the end of one side and the beginning of the next.
 */
static SCAN_TARGET void many_structure(const struct many_record *r, size_t end, uint64_t *words)
{
    size_t from = r->begin;
    memset(words + from / 64, 0, (end / 64 - from / 64 + 1) * sizeof *words);
    for (unsigned i = 0; i < r->changes; i++) {
        many_add_structure(words, r->change[i].side, from, r->change[i].at);
        from = r->change[i].at;
    }
    many_add_structure(words, r->side, from, end);
}

/*
 * From `at` on `side` holds. Up to `to`, which is not after `at`, fields end as on the side so far.
 * False: there are too many changes.
 */
static SCAN_TARGET bool many_change_sides(struct many_record *r, size_t to, size_t at,
                                          const struct many_side *side)
{
    if (r->changes == MANY_CHANGES) {
        return false;
    }
    /* The number of fields so far must be the same on both sides of the change. */
    r->base = many_ends_before(side, at) - many_delimiters(r, to);
    r->change[r->changes++] = (struct many_change){at, r->side};
    r->side = side;
    return true;
}

/*
 * The enclosures of a field are data from `at` on. Answers where the field ends: at the first byte
 * that is an end of a field on either side, since enclosures no longer decide. The side on which it
 * is one holds from there on. A CR on the way, other than that of the line break, is a doubt of its
 * own: MANY_UNRESOLVED.
 */
static SCAN_TARGET size_t many_literal(const struct many_pass *pass, struct many_record *r,
                                       size_t at)
{
    size_t i = at / 64, blocks = pass->size / 64;
    uint64_t ends = (pass->side[0].structure[i] | pass->side[1].structure[i]) & ~below(at % 64);
    while (ends == 0 && ++i < blocks) {
        ends = pass->side[0].structure[i] | pass->side[1].structure[i];
    }
    if (ends == 0) {
        return pass->size;
    }
    size_t end = 64 * i + low_bit(ends);
    const unsigned char *cr = memchr(pass->p + at, '\r', end - at);
    if (cr != NULL && (cr + 1 != pass->p + end || cr[1] != '\n')) {
        return MANY_UNRESOLVED;
    }
    return many_change_sides(r, at, end, &pass->side[!many_has(pass->side[0].structure, end)])
               ? end
               : MANY_UNRESOLVED;
}

/*
 * Reports an enclosure at `at` that comes after a loose byte, and takes it as data. An enclosure
 * that follows it directly comes after a loose byte too, now that this one is data. Answers where
 * to go on.
 */
static SCAN_TARGET size_t many_stray_quote(struct stepper *step, const struct many_pass *pass,
                                           struct many_record *r, size_t at)
{
    const unsigned char *p = pass->p;
    for (;;) {
        if (mask_stray_quote(step, p + at)) {
            return many_literal(pass, r, at);
        }
        if (at + 1 == pass->size) {
            return pass->size;
        }
        if (!many_change_sides(r, at, at + 1, &pass->side[r->side == pass->side])) {
            return MANY_UNRESOLVED;
        }
        at++;
        /*
         * On this side a byte after an enclosure is in doubt, but here the enclosure is data. A
         * doubt is never at LF, so that is where to go on; otherwise after the byte.
         */
        if (p[at] != *(p + at - 1)) {
            return p[at] == '\n' ? at : at + 1;
        }
        step->open->r.nfields = many_delimiters(r, at);
    }
}

/*
 * Resolves the doubt at `at`. Answers where to go on, the pass's size when the record does not end
 * in it, or MANY_UNRESOLVED.
 */
static SCAN_TARGET size_t many_resolve(struct stepper *step, const struct many_pass *pass,
                                       struct many_record *r, size_t at)
{
    const unsigned char *p = pass->p + at;
    int enclosure = step->cursor->n.enclosure;
    if (p[-1] == '\r') {
        /* Next to an enclosure one byte has two doubts. */
        bool beside = *p == enclosure || (at > r->begin + 1 && p[-2] == enclosure);
        bool inside = many_has(pass->inside, at - 1) == (r->side == pass->side);
        return !beside && mask_bare_cr(step, p, inside) ? at + 1 : MANY_UNRESOLVED;
    }
    if (*p == enclosure) {
        return many_stray_quote(step, pass, r, at);
    }
    switch (mask_after_closing(step, p)) {
    case MASK_CLOSED_BLANKS: return at + 1;
    case MASK_CLOSED_TEXT: return many_literal(pass, r, at);
    default: return MANY_UNRESOLVED;
    }
}

/* As step_bytes. Afterwards r->suspect is the first suspect byte after the record's end. */
static SCAN_TARGET void many_bytes(struct stepper *step, const struct many_pass *pass,
                                   struct many_record *r, struct csvk_bytes record,
                                   const struct csvk_field_ends *ends)
{
    size_t last = record.len + (record.ptr[record.len] == '\r'), at = 0;
    while (r->suspect <= r->begin + last && at < record.len) {
        at = mask_suspect(step, record, at, r->suspect - r->begin, ends);
        r->suspect = many_find(pass->suspect, pass->suspect_blocks, r->begin + at);
    }
}

/*
 * Takes a record that many_count_clean has refused, and reports it. *at is its first event, and
 * `delimiters` fields end before that; *at becomes the place of the LF that ends the record.
 */
static SCAN_TARGET enum many_end many_report(struct stepper *step, const struct many_pass *pass,
                                             struct many_record *r, size_t *at, uint64_t delimiters)
{
    size_t from = (size_t)(pass->p - step->bytes);
    csvk_record_begin(step->open, &step->scan->table, &step->scan->builder,
                      step->offset + from + r->begin);
    while (*at < pass->size && pass->p[*at] != '\n') {
        step->open->r.nfields = delimiters;
        *at = many_resolve(step, pass, r, *at);
        *at = *at == MANY_UNRESOLVED ? MANY_UNRESOLVED : many_event(r->side, *at);
        delimiters = *at == MANY_UNRESOLVED ? 0 : many_delimiters(r, *at);
    }
    if (*at < pass->size) {
        uint64_t structure[MANY_BLOCKS];
        struct csvk_bytes record = mask_record_bytes(step, from + r->begin, from + *at);
        struct mask_record found = {
            {r->side->structure, r->begin}, delimiters, many_breaks(pass, r->lf, *at)};
        bool suspect = r->suspect <= *at;
        /*
         * One side's bits are not the record's. They are put together only when somebody will look
         * at them.
         */
        if (r->changes != 0 && (suspect || delimiters >= step->scan->table.totals.width)) {
            many_structure(r, *at, structure);
            found.ends.bits = structure;
        }
        if (suspect) {
            many_bytes(step, pass, r, record, &found.ends);
        }
        if (mask_take(step, &found, record, from + *at)) {
            r->base += delimiters + 1;
            return MANY_GO_ON;
        }
        *at = MANY_UNRESOLVED;
    }
    csvk_record_abandon(step->open, &step->scan->builder);
    return *at == MANY_UNRESOLVED ? MANY_STEP : MANY_ONE_BY_MASKS;
}

/*
 * Counts the record when there is nothing to report of it: its first event, at `at`, is its end; it
 * has no enclosed line break, no suspect byte, and a line break of the table's kind. `fits`: its
 * width is right. All conditions are computed and joined without branches, because in a file with
 * many defects nobody can foretell any of them; one branch decides.
 */
static inline SCAN_TARGET bool many_count_clean(struct stepper *step, const struct many_pass *pass,
                                                const struct many_record *r, size_t at, bool fits)
{
    struct csvk_table *table = &step->scan->table;
    bool crlf = (pass->p + at)[-1] == '\r';
    enum csvk_eol eol = crlf ? CSVK_EOL_CRLF : CSVK_EOL_LF;
    bool plain = fits & (r->lf == at) & (at < pass->size) & (pass->p[at] == '\n') &
                 (at < r->suspect) & (at > r->begin + crlf) & csvk_is_known_eol(table, eol);
    if (!plain) {
        return false;
    }
    table->totals.records++;
    table->totals.lines++;
    table->totals.eol[eol]++;
    if (table->detail != CSVK_COUNTS) {
        csvk_batch_builder_add_end(&step->scan->builder, (size_t)(pass->p - step->bytes) + at + 1);
    }
    return true;
}

/*
 * How many bytes a pass at `from` should take, with the `begin` bytes before it that fill its first
 * block. 0: a pass is not worth while now. 512 bytes are allowed for each record that is asked for,
 * so that a pass for few records is short.
 */
static size_t many_size(struct stepper *step, size_t from, size_t begin, unsigned left)
{
    struct csvk_scan *scan = step->scan;
    if (scan->many_backoff_left > 0) {
        scan->many_backoff_left--;
        return 0;
    }
    /* A record that is longer than the limit must not be taken; passes do not ask. */
    if (scan->most < 64 * MANY_BLOCKS) {
        return 0;
    }
    size_t size = step->length - from + begin, few = left * MANY_GROUP;
    size = size < few ? size : few;
    size = size < scan->many_most ? size : scan->many_most;
    return size / MANY_GROUP * MANY_GROUP;
}

/*
 * Decides how long the next pass may be, and when. A pass that ended because the structural stepper
 * is needed makes the next one twice as long as its use was: where that happens again and again, no
 * masks are made that nobody will look at. A pass of no use makes the following records go one by
 * one, 1, 3, 7 and so on, in the end 64 of them.
 */
static void many_learn(struct csvk_scan *scan, enum many_end end, size_t used)
{
    size_t most = 2 * (end == MANY_STEP ? used : scan->many_most);
    bool in_vain = end == MANY_STEP && used < MANY_GROUP;
    most = most < MANY_GROUP ? MANY_GROUP : most;
    scan->many_most = most < 64 * MANY_BLOCKS ? most : 64 * MANY_BLOCKS;
    scan->many_backoff = !in_vain ? 0 : scan->many_backoff < 64 ? 2 * scan->many_backoff + 1 : 64;
    scan->many_backoff_left = scan->many_backoff;
}

/*
 * Examines up to *left records from *from on in one pass. Moves *from after those it has taken and
 * lowers *left by them.
 */
static SCAN_TARGET enum many_end many_records(struct stepper *step, size_t *from, unsigned *left)
{
    struct csvk_scan *scan = step->scan;
    /* Blocks begin at multiples of 64 in memory, so the first one begins before the record. */
    size_t begin = (uintptr_t)(step->bytes + *from) % 64;
    many_prepare(scan);
    size_t size = many_size(step, *from, begin, *left);
    if (size == 0) {
        return MANY_ONE_BY_MASKS;
    }
    struct many_pass pass;
    struct many_record r;
    many_read(&pass, step->bytes + *from - begin, begin, size, scan->many_classes);
    enum many_end answer = MANY_GO_ON;
    r.begin = begin;
    r.side = pass.side;
    r.base = many_ends_before(r.side, begin);
    r.suspect = many_find(pass.suspect, pass.suspect_blocks, begin);
    for (; *left > 0; --*left) {
        uint64_t width = scan->table.totals.width;
        size_t at = many_event(r.side, r.begin);
        uint64_t delimiters = many_delimiters(&r, at);
        r.lf = many_find(pass.lf, pass.lf_blocks, r.begin);
        r.changes = 0;
        if (many_count_clean(step, &pass, &r, at, delimiters + 1 == width)) {
            r.base += width;
        } else {
            answer = many_report(step, &pass, &r, &at, delimiters);
            if (answer != MANY_GO_ON) {
                break;
            }
        }
        r.begin = at + 1;
        r.suspect =
            r.suspect < r.begin ? many_find(pass.suspect, pass.suspect_blocks, r.begin) : r.suspect;
    }
    *from += r.begin - begin;
    many_learn(scan, answer, r.begin - begin);
    return answer == MANY_ONE_BY_MASKS && r.begin > begin ? MANY_GO_ON : answer;
}
