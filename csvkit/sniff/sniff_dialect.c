/*
 * sniff_dialect.c - finds delimiter, enclosure, escape and line breaks by reading the sample with
 * each of them.
 *
 * The idea. Every reading gets a score (sniff_score.c), and the best one is proposed. It is clear
 * when it is better than the others by far, and most records are alike.
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/sniff/sniff_private.h"
#include "csvkit/sniff/sniff_score.h"

#include <string.h>

#define LEAST_SCORE  40 /* below it no delimiter is proposed */
#define LEAST_LEAD   12 /* closer than this, two delimiters are equally good */
#define LEAST_SHARE  60 /* percent of the records that must be alike for a clear proposal */
#define MARKED_LEAST 3  /* fields with quotes inside that make quotes around others data, too */

/* What all readings share. */
struct sniffed {
    struct csvk_bytes text;
    bool cut;
    struct csvk_sniff_marks marks;
    struct csvk_error *err;
};

static int read_with(const struct sniffed *sniffed, struct csvk_dialect dialect,
                     struct csvk_sniff_reading *reading)
{
    memset(reading, 0, sizeof *reading);
    reading->seen.dialect = dialect;
    reading->cut = sniffed->cut;
    int status = csvk_sniff_read(sniffed->text, &dialect, csvk_sniff_take, reading,
                                 &reading->totals, sniffed->err);
    if (status == CSVK_OK) {
        csvk_sniff_rate(reading);
    }
    return status;
}

/* ---- the best reading with one delimiter ---- */

/* Half of the records have a field enclosed by ', none is faulty, and " encloses nothing. */
static bool single_is_better(const struct csvk_sniff_reading *with_single,
                             const struct csvk_sniff_reading *with_double)
{
    const struct csvk_sniff_candidate *seen = &with_single->seen;
    return seen->enclosed * 2 >= seen->records && seen->enclosed > 0 && seen->faulty == 0 &&
           with_double->seen.enclosed == 0;
}

/*
 * Without enclosure the widths are at least as equal, and no field begins with a quote. Where some
 * do, all records have to be alike, most to be sound with the enclosure as well, no enclosure to be
 * doubled, and most quotes to stand where they enclose nothing: a program that encloses fields
 * would have enclosed those.
 */
static bool none_is_better(const struct csvk_sniff_reading *with_none,
                           const struct csvk_sniff_reading *with_double)
{
    const struct csvk_sniff_candidate *none = &with_none->seen, *twice = &with_double->seen;
    bool data = none->alike == none->records && twice->doubled == 0 &&
                2 * twice->faulty < twice->records && with_none->marked >= MARKED_LEAST &&
                with_none->marked > 2 * with_none->wrapped;
    return none->alike >= twice->alike && (with_none->led == 0 || data);
}

/* Fewer records are faulty with the escape, and no enclosure is doubled. */
static bool escape_is_better(const struct csvk_sniff_reading *with_escape,
                             const struct csvk_sniff_reading *without)
{
    return with_escape->seen.faulty < without->seen.faulty && without->seen.doubled == 0;
}

/* All records are alike with the escape, and not without: it stands before delimiters and line
   breaks that are data, as a database writes them. */
static bool escape_aligns(const struct csvk_sniff_reading *with_escape,
                          const struct csvk_sniff_reading *without)
{
    const struct csvk_sniff_candidate *with = &with_escape->seen;
    return with->alike == with->records && with->records >= 2 &&
           without->seen.alike < without->seen.records && with->faulty <= without->seen.faulty;
}

/* Does a backslash stand before a delimiter or a line break? */
static bool may_escape(struct csvk_bytes text, const struct csvk_dialect *dialect)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned char next = text.ptr[i + 1];
        if (text.ptr[i] == '\\' && (next == dialect->delimiter || next == '\n' || next == '\r')) {
            return true;
        }
    }
    return false;
}

/* Fewer records are faulty, as many alike, and a blank follows nearly every delimiter. */
static bool blanks_are_better(const struct csvk_sniff_reading *with_skipping,
                              const struct csvk_sniff_reading *without)
{
    return with_skipping->seen.faulty < without->seen.faulty &&
           with_skipping->seen.alike >= without->seen.alike && with_skipping->seen.enclosed > 0 &&
           with_skipping->spaced * 10 >= with_skipping->inner * 9;
}

typedef bool better_fn(const struct csvk_sniff_reading *other,
                       const struct csvk_sniff_reading *best);

/* Reads with another dialect and makes that the best reading when `better` says so. */
static int try_instead(const struct sniffed *sniffed, struct csvk_dialect dialect,
                       better_fn *better, struct csvk_sniff_reading *best)
{
    struct csvk_sniff_reading other;
    int status = read_with(sniffed, dialect, &other);
    if (status == CSVK_OK && better(&other, best)) {
        *best = other;
    }
    return status;
}

/*
 * The best reading with the delimiter of `dialect`: " first, then skipped blanks, other enclosures
 * and escapes as needed.
 */
static int read_by_dialect(const struct sniffed *sniffed, struct csvk_dialect dialect,
                           struct csvk_sniff_reading *best)
{
    int status = read_with(sniffed, dialect, best);
    if (status == CSVK_OK && 2 * best->blank_first > best->seen.faulty) {
        dialect.skip_blanks = true;
        status = try_instead(sniffed, dialect, blanks_are_better, best);
        dialect.skip_blanks = best->seen.dialect.skip_blanks;
    }
    if (status == CSVK_OK && best->seen.faulty > 0 && sniffed->marks.has_backslash) {
        dialect.escape = '\\';
        status = try_instead(sniffed, dialect, escape_is_better, best);
        dialect.escape = CSVK_NO_BYTE;
    }
    bool unlike = best->seen.alike < best->seen.records && dialect.delimiter != ' ';
    if (status == CSVK_OK && unlike && best->seen.dialect.escape == CSVK_NO_BYTE &&
        may_escape(sniffed->text, &dialect)) {
        dialect.escape = '\\';
        status = try_instead(sniffed, dialect, escape_aligns, best);
        dialect.escape = best->seen.dialect.escape;
    }
    if (status == CSVK_OK && best->seen.enclosed == 0 && sniffed->marks.has_single) {
        dialect.enclosure = '\'';
        status = try_instead(sniffed, dialect, single_is_better, best);
    }
    if (status == CSVK_OK && best->seen.faulty > 0) {
        dialect.enclosure = CSVK_NO_BYTE;
        status = try_instead(sniffed, dialect, none_is_better, best);
    }
    return status;
}

static int read_by_delimiter(const struct sniffed *sniffed, int delimiter,
                             struct csvk_sniff_reading *best)
{
    struct csvk_dialect dialect = {
        .delimiter = delimiter, .enclosure = '"', .escape = CSVK_NO_BYTE};
    return read_by_dialect(sniffed, dialect, best);
}

/* ---- all delimiters ---- */

/* Puts a candidate into the list, which is ordered by score; the last of a full list gives way. */
static void rank(struct csvk_sniff *out, const struct csvk_sniff_candidate *seen)
{
    if (out->ncandidates == CSVK_SNIFF_CANDIDATES) { /* the worst one goes */
        if (out->candidate[out->ncandidates - 1].score >= seen->score) {
            return;
        }
        out->ncandidates--;
    }
    size_t i = out->ncandidates++;
    while (i > 0 && out->candidate[i - 1].score < seen->score) {
        out->candidate[i] = out->candidate[i - 1];
        i--;
    }
    out->candidate[i] = *seen;
}

/* Reads with every delimiter that occurs; with the first one, the comma, always. */
static int read_by_all(const struct sniffed *sniffed, struct csvk_sniff *out,
                       struct csvk_sniff_reading *best)
{
    for (size_t i = 0; i < CSVK_SNIFF_DELIMITERS; i++) {
        bool occurs =
            memchr(sniffed->text.ptr, csvk_sniff_delimiters[i].byte, sniffed->text.len) != NULL;
        if (!occurs && i > 0) {
            continue;
        }
        struct csvk_sniff_reading reading;
        int status = read_by_delimiter(sniffed, csvk_sniff_delimiters[i].byte, &reading);
        if (status != CSVK_OK) {
            return status;
        }
        if (reading.seen.score > 0) {
            rank(out, &reading.seen);
        }
        if (i == 0 || reading.seen.score > best->seen.score) {
            *best = reading;
        }
    }
    return CSVK_OK;
}

/* Takes the candidates out that are a byte of the longer delimiter: it explains them. */
static void drop_bytes_of(const struct csvk_dialect *dialect, struct csvk_sniff *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->ncandidates; i++) {
        if (!csvk_delimiter_has(dialect, (char)out->candidate[i].dialect.delimiter)) {
            out->candidate[kept++] = out->candidate[i];
        }
    }
    out->ncandidates = kept;
}

/*
 * A delimiter of several bytes takes the place of a best one that is one of its bytes, or of one
 * that is not good enough.
 */
static int read_by_long(const struct sniffed *sniffed, struct csvk_sniff *out,
                        struct csvk_sniff_reading *best)
{
    struct csvk_dialect dialect;
    struct csvk_sniff_reading reading;
    bool found = false;
    int status = csvk_sniff_long(sniffed->text, &dialect, &found, sniffed->err);
    bool explained = found && (best->seen.score < LEAST_SCORE ||
                               csvk_delimiter_has(&dialect, (char)best->seen.dialect.delimiter));
    if (status != CSVK_OK || !explained) {
        return status;
    }
    status = read_by_dialect(sniffed, dialect, &reading);
    if (status == CSVK_OK && reading.seen.score > 0) {
        drop_bytes_of(&dialect, out);
        rank(out, &reading.seen);
        *best = reading;
    }
    return status;
}

/*
 * Commas stand in the options of a table of blanks, and not equally often: the best delimiter
 * splits three of four records alike at most, the second one all of them, and into more than a few
 * fields.
 */
static bool is_second_whole(const struct csvk_sniff *out)
{
    const struct csvk_sniff_candidate *best = &out->candidate[0], *second = &out->candidate[1];
    return out->ncandidates > 1 && 4 * best->alike <= 3 * best->records &&
           second->alike == second->records && second->width > 3 && second->width > best->width;
}

static enum csvk_sniff_verdict decide(const struct csvk_sniff *out)
{
    if (out->ncandidates == 0 || out->candidate[0].score < LEAST_SCORE) {
        return CSVK_SNIFF_ONE_COLUMN;
    }
    int lead = out->ncandidates > 1 ? out->candidate[0].score - out->candidate[1].score : 100;
    const struct csvk_sniff_candidate *best = &out->candidate[0];
    bool most = best->alike * 100 >= best->records * LEAST_SHARE;
    bool clear = lead >= LEAST_LEAD && most && !is_second_whole(out);
    return clear ? CSVK_SNIFF_CLEAR : CSVK_SNIFF_AMBIGUOUS;
}

/* Whether `first` stands directly before a " or ' anywhere in the text. */
static bool has_pair(struct csvk_bytes text, unsigned char first)
{
    const unsigned char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end && (p = memchr(p, first, (size_t)(end - p))) != NULL) {
        p++;
        if (p < end && (*p == '"' || *p == '\'')) {
            return true;
        }
    }
    return false;
}

int csvk_sniff_dialect(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    struct sniffed sniffed = {.text = text,
                              .cut = out->cut,
                              .marks.has_double = memchr(text.ptr, '"', text.len) != NULL,
                              .marks.has_single = memchr(text.ptr, '\'', text.len) != NULL,
                              .marks.has_backslash = has_pair(text, '\\'),
                              .err = err};
    struct csvk_sniff_reading best;
    int status = out->sep_line ? read_by_delimiter(&sniffed, out->dialect.delimiter, &best)
                               : read_by_all(&sniffed, out, &best);
    if (status == CSVK_OK && !out->sep_line) {
        status = read_by_long(&sniffed, out, &best);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (out->sep_line) {
        best.seen.score = 100;
        rank(out, &best.seen);
    }
    out->verdict = decide(out);
    if (out->verdict != CSVK_SNIFF_CLEAR && out->ncandidates == 1 && csvk_sniff_ends_early(&best)) {
        out->verdict = CSVK_SNIFF_CLEAR;
        sniffed.marks.ends_early = true;
        best.seen.width = out->candidate[0].width = best.first_width;
        best.seen.alike = out->candidate[0].alike = best.first_alike;
    }
    if (out->verdict == CSVK_SNIFF_ONE_COLUMN && best.seen.dialect.delimiter != ',') {
        status = read_by_delimiter(&sniffed, ',', &best);
    }
    out->dialect = best.seen.dialect;
    out->records = best.seen.records;
    sniffed.marks.end_early = best.end_early;
    csvk_sniff_explain_dialect(out, &best.seen, &best.totals, &sniffed.marks);
    return status;
}
