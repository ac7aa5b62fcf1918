/*
 * normalize_cause.c - why does so much of a file need inference? Used only in the text of a
 * failure, to name the option that is most likely wrong.
 *
 * The idea: the first records that need inference because of their width or their enclosures are
 * looked at. A byte that stands equally often in nearly all of them may be the delimiter;
 * apostrophes around fields may be the enclosure; and one width that all of them share says that
 * the header is not the header. That values at the end are left out, the sample has seen.
 *
 * A guess never outranks what the user said: no other value is named of an option that was given,
 * unless the records refute the one that was, and then the text says which one it was. That an
 * option was given shows in its value, when that is not the default; of the delimiter it is known.
 */
#include "csvkit/normalize/normalize_private.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/normalize/header_cause.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Records that are looked at, and bytes of each. */
enum { RECORDS = NORM_SIGNS_LOOKED_AT, BYTES = 4096 };

/* Delimiters that are worth a guess, and how the text spells them. */
static const char candidates[NORM_CANDIDATES] = {';', '\t', '|', ','};

static const char *const spelled[NORM_CANDIDATES] = {"';'", "tab", "'|'", "','"};

static uint64_t occurrences(struct csvk_bytes bytes, char c)
{
    uint64_t count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        count += bytes.ptr[i] == (unsigned char)c;
    }
    return count;
}

/* Does a field seem to begin with ' and a field to end with it? Both in the same record. */
static bool has_apostrophes(const struct norm *norm, struct csvk_bytes bytes)
{
    bool begins = false, ends = false;
    size_t n = csvk_delimiter_length(&norm->in);
    for (size_t i = 0; i < bytes.len; i++) {
        const unsigned char *at = bytes.ptr + i;
        bool at_start = i == 0 || (i >= n && csvk_delimiter_at(&norm->in, at - n, n) != 0);
        bool at_end =
            i + 1 == bytes.len || csvk_delimiter_at(&norm->in, at + 1, bytes.len - i - 1) != 0;
        begins = begins || (bytes.ptr[i] == '\'' && at_start);
        ends = ends || (bytes.ptr[i] == '\'' && at_end && begins);
    }
    return ends;
}

/* An object of JSON begins where a field does: {"name": */
static bool has_json(const struct norm *norm, struct csvk_bytes bytes)
{
    size_t n = csvk_delimiter_length(&norm->in);
    for (size_t i = n; i + 1 < bytes.len; i++) {
        const unsigned char *at = bytes.ptr + i;
        if (at[0] == '{' && at[1] == '"' && csvk_delimiter_at(&norm->in, at - n, n) != 0) {
            return memchr(at, ':', bytes.len - i) != NULL && memchr(at, '}', bytes.len - i) != NULL;
        }
    }
    return false;
}

/* The record without its line break, or as much of it as is worth a look. */
static struct csvk_bytes start_of_record(const struct norm *norm, const struct norm_record *rec)
{
    uint64_t length = norm->raw_to - rec->r.offset;
    struct csvk_bytes bytes = {norm_window_at(&norm->window, rec->r.offset),
                               length < BYTES ? (size_t)length : BYTES};
    while (bytes.len != 0 &&
           (bytes.ptr[bytes.len - 1] == '\n' || bytes.ptr[bytes.len - 1] == '\r')) {
        bytes.len--;
    }
    return bytes;
}

/* Every record is counted by its cause; the first RECORDS, but for their encoding, are looked at.
 */
void norm_count_cause(struct norm *norm, const struct norm_record *rec, enum norm_cause cause)
{
    struct norm_signs *signs = &norm->signs;
    norm->cause[cause]++;
    if (cause == NORM_CAUSE_ENCODING || signs->looked == RECORDS) {
        return;
    }
    struct csvk_bytes bytes = start_of_record(norm, rec);
    bool first = signs->looked++ == 0;
    for (size_t i = 0; i < NORM_CANDIDATES; i++) {
        uint64_t n = occurrences(bytes, candidates[i]);
        signs->count[i] = first ? n : signs->count[i];
        signs->same[i] += n != 0 && n == signs->count[i];
        signs->with[i] += n != 0;
    }
    signs->width = first ? rec->r.nfields : signs->width;
    signs->line = first ? rec->r.line : signs->line;
    signs->same_width += rec->r.nfields == signs->width;
    signs->trailing += norm_is_pending(norm, CSVK_REPAIR_TRAILING);
    signs->apostrophes += has_apostrophes(norm, bytes);
    signs->json += has_json(norm, bytes);
    signs->marks += bytes.len != 0 && bytes.ptr[0] == '#';
}

/* Nine out of ten, at least. */
static bool in_most(const struct norm *norm, uint64_t count)
{
    return norm->signs.looked != 0 && count * 10 >= norm->signs.looked * 9;
}

/* May another enclosure be named? */
static bool is_enclosure_open(const struct norm *norm)
{
    return norm->in.enclosure == '"';
}

/* The header, which would go with the comments. */
static bool begins_with_mark(const struct norm *norm)
{
    return norm->header.count != 0 && norm->header.item[0][0] == '#';
}

/* The first candidate that stands in most records as often as in the first of them. */
static bool suggest_delimiter(const struct norm *norm, char *text, size_t room)
{
    const struct norm_signs *s = &norm->signs;
    for (size_t i = 0; i < NORM_CANDIDATES && !norm->o->delimiter_given; i++) {
        if (!csvk_delimiter_has(&norm->in, candidates[i]) && in_most(norm, s->same[i])) {
            snprintf(text, room,
                     "wrong delimiter: %s stands %" PRIu64 " time%s in such records (try "
                     "--delimiter=%s, or --delimiter=auto)",
                     spelled[i], s->count[i], s->count[i] == 1 ? "" : "s", spelled[i]);
            return true;
        }
    }
    return false;
}

/* Where nothing shows. */
static void suggest_any(const struct norm *norm, char *text, size_t room)
{
    bool delimiter = !norm->o->delimiter_given, lines = norm->o->skip_head == 0;
    snprintf(text, room, "%s%s%s%s", delimiter ? "wrong delimiter (try --delimiter=auto)" : "",
             delimiter && lines ? ", or " : "",
             lines ? "lines before the header (--skip-head=N)" : "",
             delimiter || lines ? "" : "lines that are no records of this table");
}

/* The records say that the header is further down: those of its width are more than the others in
   the sample. */
static void suggest_lines(const struct norm *norm, char *text, size_t room)
{
    const struct norm_signs *s = &norm->signs;
    int used = snprintf(text, room,
                        "lines before the header: most of them have %" PRIu64
                        " fields, the first one is on line %" PRIu64,
                        s->width, s->line);
    norm_suggest_skip_head(norm, s->line - 1, text + used, room - (size_t)used);
}

/*
 * From the most special sign to the most general one: a file may show several of them, and a wrong
 * delimiter gives most records the same width, too. The last text is for no sign at all.
 */
static void suggest_for_width(const struct norm *norm, char *text, size_t room)
{
    const struct norm_signs *s = &norm->signs;
    if (norm->sample.ends_early) {
        snprintf(text, room, NORM_SHORT_RECORDS);
    } else if (norm->sample.widens && norm->signs.looked == 1) {
        snprintf(text, room,
                 "a table of two widths (--widen makes the table as wide as its widest record)");
    } else if (in_most(norm, s->apostrophes) && norm->in.enclosure != '\'') {
        snprintf(text, room, "wrong enclosure: ' stands around fields%s",
                 is_enclosure_open(norm) ? " (try --enclosure=\"'\")"
                                         : ", and another one was given");
    } else if (suggest_delimiter(norm, text, room)) {
        return;
    } else if (in_most(norm, s->trailing)) {
        snprintf(text, room, "a delimiter at the end of every record, which can be taken off");
    } else if (in_most(norm, s->same_width) && s->width > norm->width && norm->width == 1 &&
               s->line > 1 && s->same_width > norm_evidence_records(norm->sample.evidence)) {
        suggest_lines(norm, text, room);
    } else if (in_most(norm, s->same_width) && s->width > norm->width && norm->width > 1) {
        snprintf(text, room,
                 "a table of two widths: most of them have %" PRIu64
                 " fields, where the first record has %" PRIu64
                 " (--widen makes the table as wide as its widest record)",
                 s->width, norm->width);
    } else if (2 * s->marks > s->looked && norm->o->comment < 0 && !begins_with_mark(norm)) {
        snprintf(
            text, room,
            "lines that begin with # and are no records (--comment=# drops all lines that do)");
    } else {
        suggest_any(norm, text, room);
    }
}

/* In one column quotes stand inside of values when the delimiter is another one; some of these
   values hold it, too. */
static bool suggest_in_one_column(const struct norm *norm, char *text, size_t room)
{
    if (norm->width != 1 || norm->o->delimiter_given) {
        return false;
    }
    if (suggest_delimiter(norm, text, room)) {
        return true;
    }
    for (size_t i = 0; i < NORM_CANDIDATES; i++) {
        if (!csvk_delimiter_has(&norm->in, candidates[i]) && in_most(norm, norm->signs.with[i])) {
            snprintf(text, room,
                     "wrong delimiter: %s stands in such records (try --delimiter=auto)",
                     spelled[i]);
            return true;
        }
    }
    return false;
}

/* The encoding that was given or found is not that of the bytes. None is named: one byte for each
   character fits any bytes, and makes other letters of them. */
static void suggest_encoding(const struct norm *norm, char *text, size_t room)
{
    if (norm->o->encoding != NULL) {
        snprintf(text, room, "wrong encoding: it was read as %s (csvkit sniff proposes one)",
                 norm->o->encoding);
    } else {
        snprintf(text, room, "wrong encoding (csvkit sniff proposes one)");
    }
}

static void suggest_for_enclosures(const struct norm *norm, char *text, size_t room)
{
    bool enclosure = is_enclosure_open(norm), escape = norm->in.escape == CSVK_NO_BYTE;
    if (in_most(norm, norm->signs.json)) {
        snprintf(text, room, "JSON that is not enclosed: its quotes have to be doubled");
    } else if (enclosure && escape) {
        snprintf(text, room,
                 "wrong enclosure or escape (try --enclosure=\"'\", --enclosure=none or "
                 "--escape='\\')");
    } else if (enclosure) {
        snprintf(text, room, "wrong enclosure (try --enclosure=\"'\" or --enclosure=none)");
    } else if (escape) {
        snprintf(text, room, "wrong escape (try --escape='\\')");
    } else {
        snprintf(text, room, "enclosures that are at fault in most records");
    }
}

/* The cause that is counted most; on a tie, width, because its signs can be looked at. */
void norm_likely_cause(const struct norm *norm, char *text, size_t room)
{
    const uint64_t *c = norm->cause;
    if (norm->other_kind != NULL) {
        snprintf(text, room, "no table: the file looks like %s", norm->other_kind);
        return;
    }
    if (c[NORM_CAUSE_ENCODING] > c[NORM_CAUSE_WIDTH] &&
        c[NORM_CAUSE_ENCODING] > c[NORM_CAUSE_ENCLOSURE]) {
        suggest_encoding(norm, text, room);
    } else if (c[NORM_CAUSE_ENCLOSURE] <= c[NORM_CAUSE_WIDTH]) {
        suggest_for_width(norm, text, room);
    } else if (!suggest_in_one_column(norm, text, room)) {
        suggest_for_enclosures(norm, text, room);
    }
}

void norm_suggest_skip_head(const struct norm *norm, uint64_t lines, char *text, size_t room)
{
    int used = 0;
    if (norm->o->skip_head != 0) {
        used = snprintf(text, room, ", and --skip-head=%" PRIu64 " was given", norm->o->skip_head);
    }
    snprintf(text + used, room - (size_t)used, " (try --skip-head=%" PRIu64 ")", lines);
}

/* Not behind a line sep=: skipping it, too, would lose the delimiter that it names. */
void norm_add_lines_above(struct norm *norm)
{
    uint64_t above = norm->sample.lines_above;
    if (above == 0 || norm->err == NULL || norm->result->repairs[CSVK_REPAIR_SEP] != 0) {
        return;
    }
    size_t used = strlen(norm->err->text), room = sizeof norm->err->text;
    used += (size_t)snprintf(norm->err->text + used, room - used,
                             "; line %" PRIu64 " looks like the header",
                             norm->o->skip_head + above + 1);
    if (used < room) {
        norm_suggest_skip_head(norm, norm->o->skip_head + above, norm->err->text + used,
                               room - used);
    }
}
