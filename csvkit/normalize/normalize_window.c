/*
 * normalize_window.c - see normalize_window.h.
 *
 * Invariant: CSVK_SCAN_SLACK bytes after `end` are zero after every read: the answers of the scan
 * do not depend on them, but its speed would.
 */
#include "csvkit/normalize/normalize_window.h"

#include "csvkit/parse/scan/scan.h"

#include <string.h>

/*
 * What is kept moves to the front before more is read: then the same memory is filled again and
 * again, and stays in the cache. Unless more than LITTLE is kept: then there is room for
 * SPARE_READS reads, so that what is kept is not moved for every one of them.
 */
enum { SPARE_READS = 4, LITTLE = 64 * 1024 };

void norm_window_keep(struct norm_window *w)
{
    w->kept = w->data;
}

void norm_window_let_go(struct norm_window *w)
{
    if (w->kept != w->data) {
        csvk_free(w->kept);
    }
    w->kept = NULL;
}

void norm_window_release(struct norm_window *w)
{
    norm_window_let_go(w);
    csvk_free(w->data);
    w->data = NULL;
}

static unsigned char *first_byte(const struct norm_window *w)
{
    return w->data + CSVK_SCAN_SLACK + w->begin;
}

const unsigned char *norm_window_at(const struct norm_window *w, uint64_t offset)
{
    return first_byte(w) + (size_t)(offset - w->offset);
}

size_t norm_window_left(const struct norm_window *w, uint64_t offset)
{
    return w->visible - (size_t)(offset - w->offset);
}

void norm_window_drop(struct norm_window *w, size_t count)
{
    w->begin += count;
    w->offset += count;
    w->visible -= count;
}

/*
 * New memory has room for one read and a little one: a small input is whole by then. When that does
 * not last, it doubles at least.
 */
static size_t new_capacity(const struct norm_window *w, size_t kept, size_t more)
{
    if (w->data == w->kept && kept <= LITTLE) { /* which may both be NULL */
        return kept + more + (more < LITTLE ? more : LITTLE);
    }
    size_t wanted = kept + SPARE_READS * more;
    bool doubles = w->data != w->kept && w->capacity * 2 > wanted;
    return doubles ? w->capacity * 2 : wanted;
}

/*
 * What is there moves near the front of `data`, so that what is read after it lies as it does in
 * the input, counted from a cache line: so it is copied faster.
 */
static void place(struct norm_window *w, unsigned char *data)
{
    unsigned char *front = data + CSVK_SCAN_SLACK;
    size_t kept = w->end - w->begin;
    size_t begin = (size_t)(w->bytes_read - (uintptr_t)(front + kept)) % CSVK_CACHE_LINE;
    if (kept != 0) {
        memmove(front + begin, first_byte(w), kept);
    }
    memset(front + begin - CSVK_SCAN_SLACK, 0, CSVK_SCAN_SLACK);
    w->begin = begin;
    w->end = begin + kept;
}

/* Room for `more` bytes after what is there. */
static int make_room(struct norm_window *w, size_t more, struct csvk_error *err)
{
    size_t kept = w->end - w->begin, need = kept + more + CSVK_CACHE_LINE;
    bool is_kept = w->data == w->kept; /* or there is no memory at all */
    bool stays = !is_kept && (kept > LITTLE || w->begin < CSVK_CACHE_LINE);
    if (stays && w->capacity - w->end >= more) {
        return CSVK_OK;
    }
    if (!is_kept && need <= w->capacity) {
        place(w, w->data);
        return CSVK_OK;
    }
    size_t capacity = new_capacity(w, kept, more) + CSVK_CACHE_LINE;
    unsigned char *data = csvk_malloc(capacity + 2 * CSVK_SCAN_SLACK);
    if (data == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "%s: out of memory at byte %llu",
                         csvk_source_name(w->source), (unsigned long long)w->offset);
    }
    memset(data + CSVK_SCAN_SLACK + capacity, 0, CSVK_SCAN_SLACK);
    place(w, data);
    if (!is_kept) {
        csvk_free(w->data);
    }
    w->data = data;
    w->capacity = capacity;
    return CSVK_OK;
}

/*
 * Bytes that remain when the last lines are cut off. While more may follow, one line more is held
 * back, because the last line may turn out not to have ended. *lines: how many are cut off; fewer
 * than asked for when there are no more.
 *   `1,2 LF 3,4 LF Total LF` with one line to cut  ->  8
 */
static size_t length_before_tail(const struct norm_window *w, uint64_t *lines)
{
    const unsigned char *b = first_byte(w);
    size_t n = w->end - w->begin;
    bool ended = n != 0 && (b[n - 1] == '\n' || b[n - 1] == '\r');
    /* The line break before the tail is the one with this number, from the end. */
    uint64_t breaks = w->tail_lines + (ended || !w->at_end ? 1 : 0);
    uint64_t found = 0;
    *lines = 0;
    for (size_t i = n; i > 0; i--) {
        bool is_break = b[i - 1] == '\n' || (b[i - 1] == '\r' && (i == n || b[i] != '\n'));
        if (is_break && ++found == breaks) {
            *lines = w->tail_lines;
            return i;
        }
    }
    *lines = found + (n != 0 && !ended ? 1 : 0);
    return 0;
}

/* r7: 1A as the last byte is the end-of-file byte of CP/M and DOS, not data. */
static void cut_ctrl_z(struct norm_window *w)
{
    if (w->end != w->begin && first_byte(w)[w->end - w->begin - 1] == 0x1a) {
        w->end--;
        w->ctrl_z = 1;
    }
}

/* At the end the tail is cut off for good, and what was cut is kept for the account. */
static void update_visible(struct norm_window *w)
{
    uint64_t lines = 0;
    if (w->at_end) {
        cut_ctrl_z(w);
    }
    w->visible = w->end - w->begin;
    if (w->tail_lines == 0) {
        return;
    }
    w->visible = length_before_tail(w, &lines);
    if (w->at_end) {
        w->tail_cut = w->end - w->begin - w->visible;
        w->tail_counted = lines;
        w->end = w->begin + w->visible;
    }
}

/*
 * No more is read than is wanted, so that nothing is kept for long; but there are no small reads
 * either.
 */
static size_t next_read(const struct norm_window *w, size_t want)
{
    size_t missing = want - w->visible;
    missing = missing < LITTLE ? LITTLE : missing;
    return missing < w->read_size ? missing : w->read_size;
}

int norm_window_fill(struct norm_window *w, size_t want, struct csvk_error *err)
{
    bool reads = w->visible < want && !w->at_end;
    if (reads && w->lent) {
        return csvk_fail(err, CSVK_ELIMIT, "%s: not all of it is seen",
                         csvk_source_name(w->source));
    }
    if (reads && w->settle != NULL) {
        w->settle(w->settle_context);
    }
    while (w->visible < want && !w->at_end) {
        int status = make_room(w, w->read_size, err);
        if (status != CSVK_OK) {
            return status;
        }
        size_t got = 0;
        status = csvk_source_read(w->source, w->data + CSVK_SCAN_SLACK + w->end, next_read(w, want),
                                  &got, err);
        if (status != CSVK_OK) {
            return status;
        }
        if (got != 0 && w->seen.write != NULL) {
            status = w->seen.write(w->seen.context, w->data + CSVK_SCAN_SLACK + w->end, got, err);
            if (status != CSVK_OK) {
                return status;
            }
        }
        w->end += got;
        /* The answers of the scan do not depend on the slack, and neither shall its speed. */
        memset(w->data + CSVK_SCAN_SLACK + w->end, 0, CSVK_SCAN_SLACK);
        w->bytes_read += got;
        w->at_end = got == 0;
        update_visible(w);
    }
    return CSVK_OK;
}
