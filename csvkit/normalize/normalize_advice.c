/*
 * normalize_advice.c - one line for a person after the run: what the table shows that no repair is
 * about, and the option that would let more records pass.
 *
 * The idea. Rejects say one by one what is wrong with them; together they may say more. The lines
 * at the end that no table has are a footer; a few values that are not UTF-8 in a file that is were
 * written in another encoding. Advice is given only when following it takes nothing along that is
 * in the output without it, and when nothing speaks for another explanation:
 *   - a footer begins with a word for a sum, or has no delimiter and no enclosure; it ends with a
 * line break (else the data may be cut), reaches to the end, and no line elsewhere is like it (else
 * lines were broken), nor is the record before it rejected (else it may be the rest of that);
 *   - another encoding is named only where one record in ten at most has such bytes, and not for
 * the last record without a line break.
 */
#include "csvkit/normalize/normalize_pieces.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/total_line.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { MOST_FOOTER_LINES = 8 };

/* ---- while records are rejected ---- */

static bool is_break(unsigned char c)
{
    return c == '\n' || c == '\r';
}

static struct csvk_bytes without_break(struct csvk_bytes bytes)
{
    while (bytes.len != 0 && is_break(bytes.ptr[bytes.len - 1])) {
        bytes.len--;
    }
    return bytes;
}

static bool has_byte(struct csvk_bytes bytes, int byte)
{
    return byte != CSVK_NO_BYTE && bytes.len != 0 && memchr(bytes.ptr, byte, bytes.len) != NULL;
}

void norm_note_reject(struct norm *norm, const struct norm_record *rec, enum norm_cause cause)
{
    struct csvk_bytes all = {norm_window_at(&norm->window, rec->r.offset),
                             (size_t)(norm->raw_to - rec->r.offset)};
    struct csvk_bytes line = without_break(all);
    bool ended = line.len != all.len;
    norm->cut_in_character |= cause == NORM_CAUSE_ENCODING && !ended;
    bool plain = csvk_delimiter_find(&norm->in, line.ptr, line.len) == NULL &&
                 !has_byte(line, norm->in.enclosure);
    bool total = !plain && csvk_is_total_line(line, &norm->in);
    bool lone = norm->width > 1 && (plain || total);
    struct norm_reject_note note = {
        .from = rec->r.offset,
        .to = norm->raw_to,
        .lines = lone ? norm_count_lines(norm, rec->r.offset, norm->raw_to) : 0,
        .lone = lone,
        .ended = ended,
        .text = line.len != 0,
        .total = total,
        .copy_end = line.len == 2 && memcmp(line.ptr, "\\.", 2) == 0};
    if (norm->piece != NULL) {
        norm_note_for_footer(norm->piece, &note);
    } else {
        norm_take_reject_note(norm, &note);
    }
}

/*
 * Where a backslash is the escape, `\N` is the letter N (doc/reading.md). Programs that write `\N`
 * or `\t` mean something else by it: nothing is lost in the reading that says so, but the value is
 * another one.
 */
void norm_note_escapes(struct norm *norm, const struct norm_record *rec, struct csvk_bytes raw)
{
    if (norm->in.escape == CSVK_NO_BYTE || norm->letter_escaped != 0) {
        return;
    }
    for (size_t i = 0; i + 1 < raw.len; i++) {
        unsigned char next = raw.ptr[i + 1], small = next | 0x20;
        if (raw.ptr[i] != norm->in.escape) {
            continue;
        }
        if (small >= 'a' && small <= 'z') {
            norm->letter_escaped = rec->r.line;
            norm->letter = (char)next;
            return;
        }
        i++; /* an escaped escape escapes nothing */
    }
}

/* ---- the first lines ---- */

/* Every field that is not blank is of dashes, two or more; as many fields as there are columns. */
static bool is_rule(const struct norm *norm, struct csvk_bytes line)
{
    uint64_t fields = 1;
    size_t dashes = 0;
    bool any = false;
    for (size_t i = 0; i < line.len; i++) {
        size_t delimiter = csvk_delimiter_at(&norm->in, line.ptr + i, line.len - i);
        if (delimiter != 0) {
            i += delimiter - 1;
            if (dashes == 1) {
                return false;
            }
            any = any || dashes != 0;
            fields++;
            dashes = 0;
        } else if (line.ptr[i] == '-' || line.ptr[i] == '=') {
            dashes++;
        } else if (line.ptr[i] != ' ' && line.ptr[i] != ':') {
            return false;
        }
    }
    return dashes != 1 && (any || dashes != 0) && fields == norm->width;
}

static bool is_enclosed_record(const struct norm *norm, struct csvk_bytes line)
{
    return norm->in.enclosure != CSVK_NO_BYTE && line.len > 2 &&
           line.ptr[0] == norm->in.enclosure && line.ptr[line.len - 1] == norm->in.enclosure &&
           csvk_delimiter_find(&norm->in, line.ptr, line.len) != NULL;
}

/* A comment that has as many fields as the table has columns. */
static bool is_header_as_comment(const struct norm *norm, struct csvk_bytes line)
{
    uint64_t fields = 1 + csvk_delimiter_count(&norm->in, line.ptr, line.len);
    return norm->width > 1 && fields == norm->width;
}

/* The line at *at without its line break; *at goes to the next one. */
static struct csvk_bytes take_line(const struct norm *norm, uint64_t *at, uint64_t end)
{
    uint64_t from = *at;
    *at = norm_next_line(norm, from, end);
    return without_break(
        (struct csvk_bytes){norm_window_at(&norm->window, from), (size_t)(*at - from)});
}

/* The comments above the header, the header, and the line after it. */
void norm_look_at_first_lines(struct norm *norm)
{
    uint64_t at = norm->window.offset, end = at + norm->window.visible;
    uint64_t number = norm->scan.table.totals.lines + 1;
    if (norm->o->header != CSVK_NORMALIZE_HEADER || at == end) {
        return;
    }
    struct csvk_bytes header = take_line(norm, &at, end);
    while (at != end && header.len != 0 && header.ptr[0] == norm->o->comment) {
        norm->header_as_comment = is_header_as_comment(norm, header) ? number : 0;
        header = take_line(norm, &at, end);
        number++;
    }
    if (at == end) {
        return;
    }
    struct csvk_bytes line = take_line(norm, &at, end);
    norm->rule_line = is_rule(norm, line) ? number + 1 : 0;
    norm->enclosed_whole =
        norm->width == 1 && is_enclosed_record(norm, header) && is_enclosed_record(norm, line);
}

/* ---- the text ---- */

static void advise(struct csvk_normalize_result *result, const char *format, ...) CSVK_PRINTF(2, 3);

static void advise(struct csvk_normalize_result *result, const char *format, ...)
{
    char *text = result->advice;
    size_t used = strlen(text), room = sizeof result->advice;
    if (used != 0 && used + 2 < room) {
        used += (size_t)snprintf(text + used, room - used, "; ");
    }
    va_list args;
    va_start(args, format);
    vsnprintf(text + used, room - used, format, args);
    va_end(args);
}

static void advise_on_footer(struct norm *norm)
{
    const struct norm_footer *f = &norm->footer;
    if (f->records == 0 || f->elsewhere || !f->ended || !f->text || f->lines > MOST_FOOTER_LINES ||
        f->to != norm->window.offset) {
        return;
    }
    uint64_t skip = norm->o->skip_tail + f->lines;
    if (f->copy_end && f->lines == 1) {
        advise(norm->result,
               "the last line is the mark with which a PostgreSQL COPY ends (--skip-tail=%" PRIu64
               " drops it)",
               skip);
    } else {
        advise(norm->result, "the last %s %s: a footer? (--skip-tail=%" PRIu64 " drops %s)",
               f->lines == 1 ? "line" : "lines",
               f->total        ? f->lines == 1 ? "holds a total" : "hold a total"
               : f->lines == 1 ? "has no delimiter"
                               : "have no delimiter",
               skip, f->lines == 1 ? "it" : "them");
    }
}

static void advise_on_empty_records(struct norm *norm)
{
    const struct norm_empties *e = &norm->empties;
    uint64_t count = e->count != 0 ? e->count : e->at_end;
    if (count == 1) {
        advise(norm->result,
               "%s record holds nothing but empty fields (--empty-records=drop drops it)",
               e->count != 0 ? "1" : "the last");
    } else if (count != 0) {
        advise(norm->result,
               "%s%" PRIu64 " records hold nothing but empty fields (--empty-records=drop drops "
               "them)",
               e->count != 0 ? "" : "the last ", count);
    }
}

static void advise_on_encoding(struct norm *norm)
{
    uint64_t records = norm->cause[NORM_CAUSE_ENCODING];
    bool utf8 = norm->result->encoding[0] == '\0';
    if (records != 0 && utf8 && !norm->cut_in_character && !norm->fallback.known &&
        10 * records <= norm->result->records_in) {
        advise(norm->result,
               "%" PRIu64 " record%s not UTF-8: if parts of the file were written in another "
               "encoding, --encoding-fallback=NAME reads such bytes in it, and no others",
               records, records == 1 ? " is" : "s are");
    }
}

enum { LOOKED_AT = 16 * 1024 }; /* bytes, for another delimiter */

int norm_find_delimiter(struct csvk_source *source, const struct csvk_normalize_options *options,
                        struct csvk_sniff_candidate *found, struct csvk_error *err)
{
    struct csvk_bytes head;
    struct csvk_sniff sniff = {.size = sizeof sniff};
    int status = csvk_source_peek(source, LOOKED_AT, &head, err);
    found->width = 0;
    if (status != CSVK_OK || options->delimiter_given) {
        return status;
    }
    size_t length = 0;
    while (length < head.len && !is_break(head.ptr[length])) {
        length++;
    }
    struct csvk_bytes line = {head.ptr, length};
    bool other = has_byte(line, ';') || has_byte(line, '|') || has_byte(line, '\t') ||
                 has_byte(line, '\x01');
    if (!other || csvk_delimiter_find(&options->dialect, line.ptr, line.len) != NULL) {
        return CSVK_OK;
    }
    status = csvk_sniff_source(source, LOOKED_AT, &sniff, NULL, err);
    if (status == CSVK_OK && sniff.verdict == CSVK_SNIFF_CLEAR && sniff.skip_head == 0 &&
        sniff.dialect.more_length == 0 && sniff.dialect.delimiter != ' ') {
        *found = sniff.candidate[0];
    }
    return status;
}

void norm_advise_on_delimiter(struct csvk_normalize_result *result,
                              const struct csvk_sniff_candidate *found)
{
    char name[CSVK_DELIMITER_TEXT];
    csvk_dialect_write_delimiter(&found->dialect, name);
    advise(result,
           "the table has one column; '%s' splits %" PRIu64 " of the first %" PRIu64
           " records into %" PRIu64 " fields (try --delimiter='%s')",
           name, found->alike, found->records, found->width, name);
}

void norm_advise_on_kind(struct csvk_normalize_result *result, const char *kind)
{
    advise(result, "the file looks like %s", kind);
}

void norm_advise(struct norm *norm)
{
    if (norm->header_as_comment != 0) {
        advise(norm->result,
               "line %" PRIu64 " was dropped as a comment, and has a field for every column: "
               "was it the header?",
               norm->header_as_comment);
    }
    if (norm->rule_line != 0) {
        advise(norm->result, "line %" PRIu64 " holds nothing but dashes, and is a record",
               norm->rule_line);
    }
    if (norm->enclosed_whole) {
        advise(norm->result,
               "the header is one enclosed value that holds delimiters: were all records "
               "enclosed once more?");
    }
    if (norm->letter_escaped != 0) {
        advise(norm->result,
               "escapes before letters were taken off: %c%c became %c, on line %" PRIu64 " first",
               norm->in.escape, norm->letter, norm->letter, norm->letter_escaped);
    }
    if (norm->lost_line != 0) {
        advise(norm->result,
               "a part of the file was never written, or was lost: NUL bytes are in its place on "
               "line %" PRIu64 ", and removing them brings nothing back",
               norm->lost_line);
    }
    advise_on_empty_records(norm);
    advise_on_footer(norm);
    advise_on_encoding(norm);
}
