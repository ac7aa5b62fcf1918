/*
 * normalize_cause.c - why does so much of a file need inference? The first records that do are
 * looked at: a byte that stands equally often in all of them may be the delimiter, apostrophes
 * around fields the enclosure, and one width that all share says that the header is not the header.
 */
#include "csvkit/normalize/normalize_private.h"

#include <inttypes.h>
#include <stdio.h>

enum { LOOK_AT = 200, LONGEST = 4096 };

static const char candidates[NZ_CANDIDATES] = {';', '\t', '|', ','};

static const char *const spelled[NZ_CANDIDATES] = {"';'", "tab", "'|'", "','"};

static uint64_t occurrences(struct csvk_bytes bytes, char c)
{
    uint64_t count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        count += bytes.ptr[i] == (unsigned char)c;
    }
    return count;
}

/* A field seems to begin with ' and to end with it. */
static bool has_apostrophes(const struct nz *nz, struct csvk_bytes bytes)
{
    bool begins = false, ends = false;
    for (size_t i = 0; i < bytes.len; i++) {
        bool behind = i == 0 || bytes.ptr[i - 1] == nz->in.delimiter;
        bool before = i + 1 == bytes.len || bytes.ptr[i + 1] == nz->in.delimiter;
        begins = begins || (bytes.ptr[i] == '\'' && behind);
        ends = ends || (bytes.ptr[i] == '\'' && before && begins);
    }
    return ends;
}

/* The record without its line break, or as much of it as is worth a look. */
static struct csvk_bytes start_of(const struct nz *nz, const struct nz_record *rec)
{
    uint64_t length = nz->raw_to - rec->r.offset;
    struct csvk_bytes bytes = {nz_window_at(&nz->window, rec->r.offset),
                               length < LONGEST ? (size_t)length : LONGEST};
    while (bytes.len != 0 &&
           (bytes.ptr[bytes.len - 1] == '\n' || bytes.ptr[bytes.len - 1] == '\r')) {
        bytes.len--;
    }
    return bytes;
}

void nz_note_cause(struct nz *nz, const struct nz_record *rec, enum nz_cause cause)
{
    struct nz_signs *signs = &nz->signs;
    nz->cause[cause]++;
    if (cause != NZ_CAUSE_WIDTH || signs->looked == LOOK_AT) {
        return;
    }
    struct csvk_bytes bytes = start_of(nz, rec);
    bool first = signs->looked++ == 0;
    for (size_t i = 0; i < NZ_CANDIDATES; i++) {
        uint64_t n = occurrences(bytes, candidates[i]);
        signs->count[i] = first ? n : signs->count[i];
        signs->same[i] += n != 0 && n == signs->count[i];
    }
    signs->width = first ? rec->r.nfields : signs->width;
    signs->line = first ? rec->r.line : signs->line;
    signs->same_width += rec->r.nfields == signs->width;
    signs->trailing += nz_is_pending(nz, CSVK_REPAIR_TRAILING);
    signs->apostrophes += has_apostrophes(nz, bytes);
}

static bool most(const struct nz *nz, uint64_t count)
{
    return nz->signs.looked != 0 && count * 10 >= nz->signs.looked * 9;
}

static bool name_delimiter(const struct nz *nz, char *text, size_t room)
{
    const struct nz_signs *s = &nz->signs;
    for (size_t i = 0; i < NZ_CANDIDATES; i++) {
        if (candidates[i] != nz->in.delimiter && most(nz, s->same[i])) {
            snprintf(text, room,
                     "wrong delimiter: %s stands %" PRIu64 " times in such records (try "
                     "--delimiter=%s, or --delimiter=auto)",
                     spelled[i], s->count[i], spelled[i]);
            return true;
        }
    }
    return false;
}

static void name_width(const struct nz *nz, char *text, size_t room)
{
    const struct nz_signs *s = &nz->signs;
    if (most(nz, s->apostrophes) && nz->in.enclosure != '\'') {
        snprintf(text, room, "wrong enclosure: ' stands around fields (try --enclosure=\"'\")");
    } else if (name_delimiter(nz, text, room)) {
        return;
    } else if (most(nz, s->trailing)) {
        snprintf(text, room, "a delimiter at the end of every record, which can be taken off");
    } else if (most(nz, s->same_width) && s->width > nz->width && s->line > 1) {
        snprintf(text, room,
                 "lines before the header: most of them have %" PRIu64 " fields, the first one is "
                 "on line %" PRIu64 " (try --skip-head=%" PRIu64 ")",
                 s->width, s->line, s->line - 1);
    } else {
        snprintf(text, room,
                 "wrong delimiter (try --delimiter=auto), or lines before the header "
                 "(--skip-head=N)");
    }
}

void nz_likely_cause(const struct nz *nz, char *text, size_t room)
{
    const uint64_t *c = nz->cause;
    if (c[NZ_CAUSE_ENCODING] > c[NZ_CAUSE_WIDTH] && c[NZ_CAUSE_ENCODING] > c[NZ_CAUSE_ENCLOSURE]) {
        snprintf(text, room, "wrong encoding (try --encoding=windows-1252, or --encoding=auto)");
    } else if (c[NZ_CAUSE_ENCLOSURE] > c[NZ_CAUSE_WIDTH]) {
        snprintf(text, room,
                 "wrong enclosure or escape (try --enclosure=\"'\", --enclosure=none or "
                 "--escape='\\')");
    } else {
        name_width(nz, text, room);
    }
}
