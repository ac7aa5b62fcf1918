/*
 * normalize_pieces.c - plans pieces, has them normalized by threads, and joins them in their order:
 * see normalize_pieces.h.
 *
 * A round: the window is filled for several pieces of each thread, all of them become jobs, and
 * while the first ones are joined, and written, the others are worked on. The next round begins
 * when the last one has joined.
 *
 * Work in vain is bounded: there is no other round while more than a twentieth of what was
 * normalized has been thrown away. And there is none where nearly all records are copied as they
 * are: memory bounds that, and to read it twice would only take longer.
 *
 * Invariant: pieces below `at` are done with, those below `taken` are out of the pool.
 */
#include "csvkit/normalize/normalize_pieces.h"

#include "csvkit/base/threads.h"
#include "csvkit/parse/cut.h"

#define DEFAULT_PIECE     ((size_t)512 * 1024)
#define FIRST_PIECE       ((size_t)64 * 1024) /* little is known of the table yet */
#define PIECES_PER_THREAD 4                   /* as many bytes as these would have */
#define SMALLEST          4  /* the last pieces of a round have this part of the others' size */
#define IN_VAIN           20 /* one byte of so many */
#define COPIED            64 /* with fewer than one record of so many to process, it is copying */
/* So far before a piece, at most, lies the place from which its worker finds out where it begins:
   at first, and later on, when less has turned out to be dearer. */
#define WARM      CSVK_CUT_LOOK
#define MOST_WARM CSVK_CUT_LONGER_LOOK
#define A_RECORD  512

struct norm_worker {
    struct norm norm;
    struct csvk_normalize_outputs outputs;
    struct csvk_normalize_result result;
    struct csvk_error err;
    const struct norm_window *window; /* of the run, as it was when the round was planned */
};

struct norm_pieces {
    const struct csvk_threads *calls;
    size_t threads;
    size_t size, most; /* bytes of a piece, in this round, and at most */
    size_t warm;       /* bytes before it, at most */
    /* Since that has grown: bytes that were normalized only to find beginnings, and bytes that were
       thrown away because a beginning was wrong. */
    uint64_t warmed, missed;
    bool limited; /* what is in vain is bounded, and nobody helps to copy */
    void *pool;   /* NULL: not started */
    bool refused; /* there is none to be had */
    struct norm_worker *worker;
    void **workers; /* the same, as the pool wants them */
    struct norm_piece *piece;
    size_t room; /* for so many */
    size_t count, taken, at;
    struct norm_window window; /* while the run goes on in its own, these bytes stay */
    bool limits;               /* the run goes by itself up to the piece at hand (norm->stop) */
    uint64_t stuck;   /* absolute: from here on a piece was of no use; no other is planned here */
    uint64_t in_vain; /* bytes */
};

/* ---- in any thread --------------------------------------------------------------------------- */

/* The worker sees what the run sees, from absolute `offset` on. */
static void look_from(struct norm_worker *worker, uint64_t offset)
{
    worker->norm.window = *worker->window;
    worker->norm.window.settle = NULL;
    worker->norm.window.lent = true;
    norm_window_drop(&worker->norm.window, (size_t)(offset - worker->window->offset));
}

/* False: it failed. */
static bool normalize_up_to(struct norm *norm, uint64_t end)
{
    int status = CSVK_OK;
    norm->stop = end;
    while (status == CSVK_OK && norm->window.offset < end && norm->stop != UINT64_MAX) {
        status = norm_next_chunk(norm);
    }
    return status == CSVK_OK && !norm->piece->failed;
}

/*
 * Finds out where the piece begins, and whether the record before it is whole: from the records
 * before it, as the run would. Where they cannot tell, it begins as planned, after a whole record.
 */
static bool is_before_whole(struct norm_worker *worker, struct norm_piece *piece)
{
    struct norm *norm = &worker->norm;
    if (piece->warm == piece->begin) {
        return piece->before.last_whole;
    }
    norm_begin_piece(norm, piece, true);
    look_from(worker, piece->warm);
    bool known = normalize_up_to(norm, piece->begin);
    for (uint64_t more = A_RECORD; known && norm->window.offset < piece->begin; more *= 2) {
        known = piece->begin + more < piece->end && normalize_up_to(norm, piece->begin + more);
    }
    if (known) {
        piece->begin = norm->window.offset;
    }
    return known ? norm->last_whole : true;
}

static void normalize_piece(void *context, void *job)
{
    struct norm_worker *worker = context;
    struct norm_piece *piece = job;
    bool whole = is_before_whole(worker, piece);
    norm_begin_piece(&worker->norm, piece, whole);
    look_from(worker, piece->begin);
    piece->failed |= !normalize_up_to(&worker->norm, piece->end);
    norm_end_piece(&worker->norm, piece);
}

/* ---- life ------------------------------------------------------------------------------------ */

int norm_pieces_new(struct norm *norm)
{
    const struct csvk_threads *calls = csvk_given_threads();
    bool told = norm->out->repaired != NULL || norm->out->rejected != NULL; /* one by one */
    if (norm->o->threads < 2 || calls == NULL || told) {
        return CSVK_OK;
    }
    struct norm_pieces *p = csvk_calloc(1, sizeof *p);
    if (p == NULL) {
        return norm_out_of_memory(norm);
    }
    p->calls = calls;
    p->threads = norm->o->threads;
    p->limited = norm->o->piece == 0;
    p->size = p->limited ? FIRST_PIECE : norm->o->piece;
    p->most = p->limited ? DEFAULT_PIECE : norm->o->piece;
    p->warm = WARM;
    p->room = (PIECES_PER_THREAD + 2 * SMALLEST) * p->threads;
    norm->pieces = p;
    return CSVK_OK;
}

void norm_pieces_free(struct norm_pieces *p)
{
    if (p == NULL) {
        return;
    }
    if (p->pool != NULL) {
        p->calls->free(p->pool);
    }
    for (size_t i = 0; p->worker != NULL && i < p->threads; i++) {
        norm_release_own(&p->worker[i].norm);
    }
    for (size_t i = 0; p->piece != NULL && i < p->room; i++) {
        norm_piece_release(&p->piece[i]);
    }
    csvk_free(p->worker);
    csvk_free(p->workers);
    csvk_free(p->piece);
    csvk_free(p);
}

static int capture(void *context, const void *bytes, size_t length, struct csvk_error *err);

static int keep_table(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    const struct norm *norm = context;
    return capture(&norm->piece->table, bytes, length, err);
}

static int keep_rejects(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    const struct norm *norm = context;
    return capture(&norm->piece->rejects, bytes, length, err);
}

static int keep_index(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    const struct norm *norm = context;
    return capture(&norm->piece->index.bytes, bytes, length, err);
}

static int keep_log(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    const struct norm *norm = context;
    return capture(&norm->piece->log.bytes, bytes, length, err);
}

static int capture(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_buf_add(context, bytes, length) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* Keeps what the run writes, and drops what it drops. */
static struct csvk_output keep(struct csvk_output own, struct norm *norm,
                               int (*write)(void *, const void *, size_t, struct csvk_error *))
{
    return own.write != NULL ? (struct csvk_output){write, norm} : own;
}

static bool make_worker(struct norm_worker *worker, const struct norm *norm)
{
    worker->window = &norm->pieces->window;
    worker->norm.result = &worker->result;
    worker->outputs = *norm->out;
    worker->outputs.table = keep(norm->out->table, &worker->norm, keep_table);
    worker->outputs.rejects = keep(norm->out->rejects, &worker->norm, keep_rejects);
    worker->outputs.rejects_index = keep(norm->out->rejects_index, &worker->norm, keep_index);
    worker->outputs.log = keep(norm->out->log, &worker->norm, keep_log);
    return norm_init_worker(&worker->norm, norm, &worker->outputs, &worker->err) == CSVK_OK;
}

static void settle(void *context);

/* Without memory, or threads, the run does it all. */
static bool start(struct norm_pieces *p, struct norm *norm)
{
    if (p->pool != NULL || p->refused) {
        return p->pool != NULL;
    }
    p->worker = csvk_calloc(p->threads, sizeof *p->worker);
    p->workers = csvk_calloc(p->threads, sizeof *p->workers);
    p->piece = csvk_calloc(p->room, sizeof *p->piece);
    bool made = p->worker != NULL && p->workers != NULL && p->piece != NULL;
    for (size_t i = 0; i < p->threads && made; i++) {
        p->workers[i] = &p->worker[i];
        made = make_worker(&p->worker[i], norm);
    }
    if (made) {
        p->pool = p->calls->open(normalize_piece, p->workers, p->threads, p->room);
    }
    p->refused = p->pool == NULL;
    norm->window.settle = p->pool != NULL ? settle : NULL;
    norm->window.settle_context = p;
    return p->pool != NULL;
}

/* ---- planning -------------------------------------------------------------------------------- */

static size_t bytes_of_round(const struct norm_pieces *p)
{
    return PIECES_PER_THREAD * p->threads * p->size;
}

/* Is there more to do than to copy records? */
static bool is_work(const struct norm *norm)
{
    const struct csvk_normalize_result *r = norm->result;
    return norm->rewrite || norm->by_itself * COPIED >= r->records_out + r->records_rejected;
}

/* Is everything decided that is decided once, and help worth while? */
static bool may_plan(const struct norm *norm)
{
    const struct norm_pieces *p = norm->pieces;
    return !p->refused && norm->header_done && norm->width_known &&
           norm->result->records_out != 0 && norm->window.offset != p->stuck &&
           (norm->rewrite || norm->scan.table.detail != CSVK_FIELDS) &&
           (!p->limited || (is_work(norm) && p->in_vain * IN_VAIN <= norm->window.offset));
}

/* Where a record seems to begin, absolute, at `from` or after it; UINT64_MAX: there is no place. */
static uint64_t cut_from(const struct norm *norm, uint64_t from)
{
    const struct norm_window *w = &norm->window;
    size_t left = norm_window_left(w, from - 1);
    const size_t looks[] = {CSVK_CUT_LOOK, CSVK_CUT_LONGER_LOOK};
    for (size_t i = 0; i < 2; i++) {
        size_t look = left < looks[i] ? left : looks[i];
        size_t cut = csvk_find_cut(norm_window_at(w, from - 1), look, &norm->in);
        if (cut != CSVK_NO_CUT) {
            return from - 1 + cut;
        }
    }
    return UINT64_MAX;
}

/* Nobody who looks ahead from there sees less than the run would: where the data go on, more is
   visible than a round has (plan_round), by two reaches. A worker that wanted more all the same
   would fail, and its piece be done again (norm_window_fill): that costs time alone. */
static uint64_t end_of_plan(const struct norm *norm)
{
    return norm->window.offset + norm->window.visible;
}

static void plan_piece(struct norm *norm, uint64_t begin, uint64_t end)
{
    struct norm_pieces *p = norm->pieces;
    struct norm_piece *piece = &p->piece[p->count++];
    uint64_t first = norm->window.offset;
    piece->begin = piece->warm = begin;
    piece->end = end;
    piece->sample = norm->sample;
    piece->sample_taken = norm->sample_taken;
    norm_keep_state(norm, &piece->before);
    if (begin != first) {
        size_t back = p->size < p->warm ? p->size : p->warm;
        uint64_t warm = begin - first > back ? cut_from(norm, begin - back) : first;
        piece->warm = warm < begin ? warm : begin;
        p->warmed += begin - piece->warm;
        piece->before.last_whole = true;
    }
}

/* Smaller ones at the end of a round, of which `left` bytes are left: nobody waits long for the one
   who is the last to be done. */
static size_t next_size(const struct norm_pieces *p, uint64_t left)
{
    uint64_t share = left / (2 * p->threads), least = p->size / SMALLEST + 1;
    share = share < p->size ? share : p->size;
    return (size_t)(share < least ? least : share);
}

/* All that are to come are planned before the first one is worked on. */
static void plan_pieces(struct norm *norm)
{
    struct norm_pieces *p = norm->pieces;
    uint64_t begin = norm->window.offset, last = end_of_plan(norm);
    uint64_t most = begin + bytes_of_round(p);
    last = last < most ? last : most;
    p->count = p->taken = p->at = 0;
    while (p->count < p->room) {
        size_t size = next_size(p, last - begin);
        if (last - begin <= size) {
            break;
        }
        uint64_t end = cut_from(norm, begin + size);
        if (end > last) {
            break;
        }
        plan_piece(norm, begin, end);
        begin = end;
    }
    if (p->count < 2) { /* the run needs no help */
        p->count = 0;
    }
    p->window = norm->window;
    for (size_t i = 0; i < p->count; i++) {
        p->calls->submit(p->pool, &p->piece[i]);
    }
    p->size = 2 * p->size < p->most ? 2 * p->size : p->most;
    if (p->missed > 2 * p->warmed && p->warm < MOST_WARM) { /* then twice as many are worth it */
        p->warm *= 2;
        p->missed = p->warmed = 0;
    }
}

static int plan_round(struct norm *norm)
{
    struct norm_pieces *p = norm->pieces;
    size_t want = bytes_of_round(p) + 2 * (size_t)norm->reach + CSVK_CUT_LONGER_LOOK;
    int status = norm_window_fill(&norm->window, want, norm->err);
    if (status != CSVK_OK || end_of_plan(norm) - norm->window.offset <= 2 * p->size) {
        return status;
    }
    if (start(p, norm)) {
        plan_pieces(norm);
    }
    return CSVK_OK;
}

/* ---- joining --------------------------------------------------------------------------------- */

/* Nobody looks at the window any more. */
static void settle(void *context)
{
    struct norm_pieces *p = context;
    while (p->taken < p->count) {
        (void)p->calls->take(p->pool);
        p->taken++;
    }
}

/* The piece at hand, done. */
static const struct norm_piece *take(struct norm_pieces *p)
{
    while (p->taken <= p->at) {
        (void)p->calls->take(p->pool);
        p->taken++;
    }
    return &p->piece[p->at];
}

/* The piece is of no use. That the first records of the table are looked at more closely happens
   once only, and is no sign of anything. */
static void throw_away(struct norm *norm, const struct norm_piece *piece, bool missed)
{
    struct norm_pieces *p = norm->pieces;
    uint64_t here = norm->window.offset, begin = piece->begin;
    if (begin < piece->end && norm_signs_fit(norm, piece)) {
        p->in_vain += piece->end - begin;
    }
    if (missed || begin == here) {
        p->stuck = here;
    }
    p->missed += (missed || begin < here) && begin < piece->end ? piece->end - begin : 0;
}

/* One piece: joined, or thrown away. *alone: the run has to go on by itself, up to a piece that
   begins further on, or because the one that begins here was of no use. `missed`: no record begins
   where the piece does. */
static int join_next(struct norm *norm, bool missed, bool *alone)
{
    struct norm_pieces *p = norm->pieces;
    const struct norm_piece *piece = take(p);
    uint64_t here = norm->window.offset, begin = piece->begin;
    *alone = begin > here && !missed;
    if (*alone) {
        return CSVK_OK;
    }
    p->at++;
    if (begin == here && norm_piece_fits(norm, piece)) {
        return norm_join_piece(norm, piece);
    }
    throw_away(norm, piece, missed);
    *alone = begin == here;
    return CSVK_OK;
}

int norm_join_pieces(struct norm *norm)
{
    struct norm_pieces *p = norm->pieces;
    bool alone = false;
    int status = CSVK_OK;
    if (p == NULL) {
        return CSVK_OK;
    }
    bool missed = p->limits && norm->stop == UINT64_MAX;
    p->limits = false;
    norm->stop = UINT64_MAX;
    while (status == CSVK_OK && !alone) {
        if (p->at < p->count) {
            status = join_next(norm, missed, &alone);
            missed = false;
            continue;
        }
        p->count = p->taken = p->at = 0;
        status = may_plan(norm) ? plan_round(norm) : CSVK_OK;
        if (p->count == 0) {
            return status;
        }
    }
    uint64_t begin = p->at < p->count ? take(p)->begin : UINT64_MAX;
    p->limits = begin != UINT64_MAX && begin > norm->window.offset;
    norm->stop = p->limits ? begin : UINT64_MAX;
    return status;
}
