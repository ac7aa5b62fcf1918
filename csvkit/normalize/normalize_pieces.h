/*
 * normalize_pieces.h - private: pieces of the input that threads normalize ahead of the run.
 *
 * The idea. When the header is done, everything that is decided about a record is a function of the
 * bytes around it, of what was found out about the table, and of a little that the records before
 * it have left behind. So the window is filled far ahead and divided where records seem to begin
 * (csvkit/parse/cut.h); a worker, which is a struct norm of its own that looks at the same window,
 * normalizes each piece as the run would, from the state that the run had when the piece was
 * planned, and keeps what it would write. The run joins the pieces in their order: one that begins
 * where the run stands, between two records, and whose state was right in all that counts, becomes
 * a part of it. Any other is thrown away, and the run normalizes these bytes by itself.
 *
 * So a wrong guess costs time and never changes a byte. Numbers that the worker cannot know (of
 * records, lines, places in the outputs) are those of the run at the time of planning; by how much
 * they are wrong is the same for all of a piece, and is known when it joins.
 *
 * A piece that meets anything out of the ordinary (a failure, a record that does not end within
 * reach, evidence that nobody has gathered yet) fails as a whole: the run meets it again, and says
 * what there is to say.
 *
 * Invariant: while pieces are worked on the window neither moves nor changes
 * (norm_window.settle).
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_PIECES_H
#define CSVKIT_NORMALIZE_NORMALIZE_PIECES_H

#include "csvkit/normalize/normalize_private.h"

/* ---- normalize_capture.c: what comes of a piece ---------------------------------------------- */

/* What records leave behind for those after them, and for the end of the run. */
struct norm_state {
    struct csvk_table table; /* of the scan */
    struct csvk_normalize_result result;
    uint64_t out_bytes, rejects_bytes;
    uint64_t cause[NORM_CAUSES];
    struct norm_signs signs;
    struct norm_empties empties;
    bool habit_counted, last_whole, cut_in_character;
    uint64_t letter_escaped, lost_line, rejected_by_cause, widest, by_itself;
    char letter;
};

/* One of the numbers in log and index that are not known within a piece. */
struct norm_mark {
    uint64_t at; /* bytes of the output before it */
    uint64_t value;
    enum norm_number number;
};
struct norm_marked_text {
    struct csvk_buf bytes;
    struct csvk_buf marks; /* struct norm_mark */
};

enum { NORM_LINE_NUMBERS = 6 }; /* in a line of log or index */

struct norm_piece {
    /* Absolute. Records from `warm` on say where the first one of the piece really begins, which
       was guessed until then, and whether the one before is whole. */
    uint64_t warm;
    uint64_t begin, end;
    uint64_t to; /* where the worker has come to */
    bool failed;
    struct norm_sample sample; /* the run's */
    bool sample_taken;
    struct norm_state before, after;
    struct csvk_buf table, rejects;
    struct norm_marked_text log, index;
    struct csvk_buf notes;   /* struct norm_reject_note */
    struct csvk_buf digests; /* struct norm_record_digest */
    /* By how much there were too many (0 and more), or too few, records in UTF-8 for one text
       (norm_note_share). */
    int64_t least_surplus, most_lack;
    struct norm_mark line[NORM_LINE_NUMBERS]; /* of the line that is put together */
    size_t nline;
};
struct norm_record_digest {
    uint64_t hash, fields;
};

void norm_piece_release(struct norm_piece *piece);
void norm_keep_state(const struct norm *norm, struct norm_state *state);
/* The worker stands where the run stood, and writes to the piece. */
void norm_begin_piece(struct norm *worker, struct norm_piece *piece, bool last_whole);
void norm_end_piece(struct norm *worker, struct norm_piece *piece);
/* Is the state that the piece began with right in all that counts? */
bool norm_piece_fits(const struct norm *norm, const struct norm_piece *piece);
/* Has it looked at no other records for signs of a wrong dialect than the run would have? */
bool norm_signs_fit(const struct norm *norm, const struct norm_piece *piece);
/* What the piece did becomes what the run did; the bytes are given up. */
int norm_join_piece(struct norm *norm, const struct norm_piece *piece);

/* Of a piece, instead of what the run does at once. Without memory the piece has failed. */
/* A worker for pieces of the run, all zero before; some of it is the run's. CSVK_ENOMEM. */
int norm_init_worker(struct norm *worker, const struct norm *norm,
                     const struct csvk_normalize_outputs *outputs, struct csvk_error *err);

/* ---- normalize_notes.c ---- */

/* The next record of the output has these values. */
void norm_take_digest(struct norm *norm, uint64_t hash, uint64_t fields);
void norm_take_reject_note(struct norm *norm, const struct norm_reject_note *note);
/* The same for a piece; and numbers of its lines of JSON, which are those of the run later. */
void norm_note_digest(struct norm_piece *piece, uint64_t hash, uint64_t fields);
void norm_note_for_footer(struct norm_piece *piece, const struct norm_reject_note *note);
void norm_note_number(struct norm_piece *piece, size_t at, uint64_t value, enum norm_number number);
/* The line is complete: it goes to the log, or to the index, after `before` bytes. */
void norm_place_numbers(struct norm_piece *piece, bool log, uint64_t before);
/* There are `surplus` more records than it takes to say something; or too few, below 0. */
void norm_note_share(struct norm_piece *piece, int64_t surplus);

/* ---- normalize_setup.c ---- */

void norm_init_run(struct norm *norm);
/* Sets a scan up for the dialect and the options of the run. CSVK_ENOMEM, CSVK_EUSAGE. */
int norm_init_scan(struct norm *norm, struct csvk_scan *scan);
void norm_release_own(struct norm *norm);

/* How much is scanned at first, and again after a record that was read anew. */
static inline size_t norm_small_chunk(const struct norm *norm)
{
    enum { SMALL_CHUNK = 2048 };
    return norm->reach < SMALL_CHUNK ? (size_t)norm->reach : SMALL_CHUNK;
}

/* ---- normalize_pieces.c ---- */

/* norm->pieces, when the options ask for threads and there are any. CSVK_ENOMEM. */
int norm_pieces_new(struct norm *norm);
void norm_pieces_free(struct norm_pieces *pieces); /* NULL is fine */
/*
 * Between two records: joins the pieces that begin here, and plans new ones. norm->stop: where the
 * next one begins, up to which the run goes by itself.
 */
int norm_join_pieces(struct norm *norm);

#endif
