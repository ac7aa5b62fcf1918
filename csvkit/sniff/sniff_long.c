/*
 * sniff_long.c - finds a delimiter of two or three bytes: `||`, `^|^`, `;;`, two TABs.
 *
 * The idea. To every byte of such a delimiter the file looks like one with that byte between the
 * fields, and with fields between them that are always empty, or always the same. So the proof is
 * that the bytes never come apart: outside of enclosures none of them stands anywhere but in a
 * whole delimiter, every record has the same number of fields, more than one, and no enclosure is
 * wrong. A name, or a value, where the empty field was is enough to refute it.
 *
 * Only bytes that nobody writes in pairs for another reason are tried: no comma, because a table
 * with an empty column is more likely, and nothing that stands in addresses, dates and words.
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

enum { SHORTEST = 2, LONGEST = 3, MOST_TRIED = 24 };

static bool is_allowed(unsigned char c)
{
    bool control = (c > 0 && c < 0x20 && c != '\n' && c != '\r' && c != 0x1a && c != 0x1b);
    return control || (c != 0 && strchr("|;^~:#$%&*=!+", c) != NULL);
}

/* ---- the proof ---- */

struct proof {
    const struct csvk_dialect *dialect;
    uint64_t records, width;
    uint64_t closed; /* records that end with the beginning of a delimiter */
    bool refuted;
};

/* The field without the beginning of a delimiter at its end: `1 TAB | TAB 2 TAB |`, as dumps of
   taxonomies have it. */
static struct csvk_bytes without_end(struct proof *proof, struct csvk_bytes raw)
{
    char text[CSVK_DELIMITER_MOST + 1];
    csvk_delimiter_text(proof->dialect, text);
    size_t length = csvk_delimiter_length(proof->dialect) - 1;
    bool closed = text[0] == '\t' && length == 2 && raw.len >= length &&
                  memcmp(raw.ptr + raw.len - length, text, length) == 0;
    proof->closed += closed;
    raw.len -= closed ? length : 0;
    return raw;
}

static bool holds_a_byte_of(const struct csvk_dialect *dialect, struct csvk_bytes raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (csvk_delimiter_has(dialect, (char)raw.ptr[i])) {
            return true;
        }
    }
    return false;
}

static void take_record(struct proof *proof, const struct csvk_batch *batch,
                        const struct csvk_record *record)
{
    proof->width = proof->records++ == 0 ? record->nfields : proof->width;
    proof->refuted |= record->nfields != proof->width || record->nfields < 2;
    for (uint32_t i = 0; i < record->nfacts; i++) {
        proof->refuted |= batch->facts[record->first_fact + i].kind <= CSVK_FACT_UNCLOSED;
    }
    for (size_t i = 0; i < record->nfields && !proof->refuted; i++) {
        bool enclosed = (batch->fields[record->first_field + i].flags & CSVK_FIELD_ENCLOSED) != 0;
        struct csvk_bytes raw = csvk_field_raw(batch, record, i);
        raw = i + 1 == record->nfields ? without_end(proof, raw) : raw;
        proof->refuted = !enclosed && holds_a_byte_of(proof->dialect, raw);
    }
}

/* Answers with a status that ends the reading when there is nothing left to prove. */
static int take_batch(void *context, const struct csvk_batch *batch)
{
    struct proof *proof = context;
    for (size_t i = 0; i < batch->nreported && !proof->refuted; i++) {
        if (!batch->records[i].blank) {
            take_record(proof, batch, &batch->records[i]);
        }
    }
    return proof->refuted ? CSVK_ECANCELED : CSVK_OK;
}

/* Two records at least: in one, anything may stand once. All of them end with the beginning of a
   delimiter, or none. Blanks behind the delimiter refute nothing. */
static int prove_by(struct csvk_bytes text, const struct csvk_dialect *dialect, bool *proven,
                    bool *closed, struct csvk_error *err)
{
    struct proof proof = {.dialect = dialect};
    struct csvk_totals totals;
    struct csvk_error stopped;
    struct csvk_dialect how = *dialect;
    how.skip_blanks = true;
    int status = csvk_sniff_read(text, &how, take_batch, &proof, &totals, &stopped);
    *closed = proof.closed != 0;
    *proven = status == CSVK_OK && proof.records >= 2 &&
              (proof.closed == 0 || proof.closed == proof.records);
    if (status == CSVK_OK || status == CSVK_ECANCELED) {
        return CSVK_OK;
    }
    return csvk_fail(err, status, "%s", stopped.text);
}

/* Whoever ends every record so encloses nothing: quotes are data there. */
static int prove(struct csvk_bytes text, struct csvk_dialect *dialect, bool *proven,
                 struct csvk_error *err)
{
    bool closed;
    int status = prove_by(text, dialect, proven, &closed, err);
    if (status == CSVK_OK && !*proven && closed && dialect->enclosure != CSVK_NO_BYTE) {
        struct csvk_dialect bare = *dialect;
        bare.enclosure = CSVK_NO_BYTE;
        status = prove_by(text, &bare, proven, &closed, err);
        *proven = *proven && closed;
        dialect->enclosure = *proven ? CSVK_NO_BYTE : dialect->enclosure;
    }
    return status;
}

/* ---- what is tried ---- */

/* The line that decides what is tried: the first one that is not empty. */
static struct csvk_bytes first_line(struct csvk_bytes text)
{
    size_t begin = 0, end;
    while (begin < text.len && (text.ptr[begin] == '\n' || text.ptr[begin] == '\r')) {
        begin++;
    }
    for (end = begin; end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r'; end++) {
    }
    return (struct csvk_bytes){text.ptr + begin, end - begin};
}

/* Sets the delimiter to the `length` bytes at `from`, when it can be one. A TAB beside other bytes
   is a blank between delimiter and value, unless it stands on both sides. */
static bool make_delimiter(const unsigned char *from, size_t length, struct csvk_dialect *dialect)
{
    bool between = length == LONGEST && from[0] == '\t' && from[LONGEST - 1] == '\t';
    for (size_t i = 0; i < length; i++) {
        if (!is_allowed(from[i]) || (!between && (from[i] == '\t') != (from[0] == '\t'))) {
            return false;
        }
    }
    dialect->delimiter = from[0];
    dialect->more_length = (unsigned char)(length - 1);
    memset(dialect->more, 0, sizeof dialect->more);
    memcpy(dialect->more, from + 1, length - 1);
    return csvk_dialect_check(dialect, NULL) == CSVK_OK;
}

static bool was_tried(const struct csvk_dialect *tried, size_t count,
                      const struct csvk_dialect *dialect)
{
    for (size_t i = 0; i < count; i++) {
        if (csvk_delimiter_same(&tried[i], dialect)) {
            return true;
        }
    }
    return false;
}

int csvk_sniff_long(struct csvk_bytes text, struct csvk_dialect *dialect, bool *found,
                    struct csvk_error *err)
{
    struct csvk_bytes line = first_line(text);
    struct csvk_dialect tried[MOST_TRIED];
    size_t ntried = 0;
    int status = CSVK_OK;
    *found = false;
    for (size_t length = SHORTEST; length <= LONGEST; length++) {
        for (size_t at = 0; at + length <= line.len && ntried < MOST_TRIED; at++) {
            struct csvk_dialect next = CSVK_DIALECT_RFC4180;
            if (!make_delimiter(line.ptr + at, length, &next) || was_tried(tried, ntried, &next)) {
                continue;
            }
            tried[ntried++] = next;
            status = prove(text, &next, found, err);
            if (status != CSVK_OK || *found) {
                *dialect = next;
                return status;
            }
        }
    }
    return status;
}
