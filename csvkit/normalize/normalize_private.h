/*
 * normalize_private.h - private: the state of one run of normalize, and the functions that its
 * files call across file boundaries.
 *
 * The files, in the order in which the bytes of a table meet them:
 *
 *   normalize_files.c      from file to file: opens input and outputs, checks, gives the names
 *   normalize_window.c     the bytes that are in memory
 *   normalize.c            the run: what is known first, chunk after chunk, the end
 *   normalize_chunk.c      one chunk: what is clean is copied, the rest processed
 *   normalize_setup.c      what a run has, and gives back
 *   normalize_pieces.c     pieces that threads normalize ahead of the run; normalize_capture.c:
 *                          what comes of one, and how it joins the run
 *   normalize_start.c      what has to be known before the first record
 *   normalize_span.c       stretches of clean records
 *   normalize_doubt.c      records of such a stretch that may have to do with what follows
 *   header_again.c         r26: the header of a second file
 *   line_breaks.c          other line breaks for such a stretch
 *   normalize_record.c     one record that is not clean: which repair is tried when
 *   repair_bytes.c         r3 r4 r5 r6: bytes that have to go
 *     fallback_encoding.c  r3: what they are in another encoding
 *   normalize_values.c     fields and values of a record as the reference parser reads it
 *   normalize_trim.c       r20, when --trim says so
 *   repair_record.c        any other defect: has it decided, and carries the decision out
 *     decide.c             r11 to r14, r17 to r20, r22: who decides; decide_quotes.c,
 *                          decide_width.c, decide_lines.c, decide_doubt.c by kind of defect
 *     explain_misfit.c     what a rejected record shows
 *     choose.c             which reading is taken, if any
 *     decision.c           how that is put down
 *     weigh.c              what each reading costs
 *     readings_of_*.c      the readings that there are; quote_search.c, quote_walk.c and
 *                          line_marks.c help
 *     header_cause.c       why the records agree on another width than the header's
 *     evidence.c           what the columns are like; sample.c gathers it
 *     evidence_costs.c     what a value costs in a column; value_form.c: what it looks like
 *     view.c               the grammar over bytes, from any place: cells and records
 *     view_records.c       records by masks, 64 bytes at a time
 *     view_places.c        ends and quotes
 *     view_memory.c        what was found out is kept, in places.c
 *   look_ahead.c           records and lines after the record at hand
 *   repair_header.c        r23 and the choice of columns
 *   repair_values.c        r27: values of a schema's own forms in the default form
 *   normalize_patch.c      records that are written as they are, but for a few places
 *   normalize_write.c      from a record that was decided to what is written of it
 *   normalize_emit.c       writes a record, rejects it or drops it; r25
 *   record_facts.c         what is known of a record without reading on
 *   normalize_notes.c      what is noted of a record for later
 *   normalize_account.c    counts every repair and reject, and reports it in log and index
 *   normalize_advice.c     what would let more records pass
 *   normalize_json_line.c  the lines of JSON in log and index
 *   repair_table.c         every repair, one row each
 *   normalize_cause.c      why so much of a file needs inference
 *   normalize_end.c        what is judged and reported after the last record
 *   normalize_summary.c    the outcome of a run as JSON
 *
 * Words. The record at hand is the one that norm_process_record was called for. A repair is pending
 * from the moment it is decided until the record is written: only then its place in the output is
 * known. A reading is one way to understand the bytes of a record. Inference is a repair of class
 * L2: no option asked for it, but it is the only reading that fits the width of the table.
 *
 * Invariants.
 * - A struct norm_record says what the reference parser reads, whoever found it out. Other readings
 *   are in readings.h.
 * - Whatever looks ahead looks at most `reach` bytes beyond the first byte of the record, however
 *   much is in the window (norm_look_ahead_limit). So results do not depend on the size of reads.
 * - Every record that is read is counted once in result->records_in, and once in records_out,
 *   records_rejected or records_dropped.
 * - No more than one repair by inference is made of one record: two in one record are a guess.
 *
 * Functions that return int return CSVK_OK or a status whose text is in norm->err.
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_PRIVATE_H
#define CSVKIT_NORMALIZE_NORMALIZE_PRIVATE_H

#include "csvkit/sniff.h"
#include "csvkit/normalize/decision.h"
#include "csvkit/normalize/fallback_encoding.h"
#include "csvkit/normalize/normalize_json_line.h"
#include "csvkit/normalize/repair_values.h"
#include "csvkit/normalize/normalize_tallies.h"
#include "csvkit/normalize/sample.h"
#include "csvkit/normalize/normalize_window.h"
#include "csvkit/parse/scan/scan.h"
#include "csvkit/base/record_writer.h"

#include <string.h>

#define NORM_DEFAULT_RECORD ((uint64_t)64 * 1024 * 1024) /* longest record that is read */

enum { NORM_HEADER_FORMS = 3 }; /* as it is, every name enclosed, none */

/*
 * A byte that is in every form of the header and is rare in the table: a header that comes again is
 * found by looking for it. See header_again.c.
 */
struct norm_header_mark {
    bool is_known;
    unsigned char byte;
    size_t at[NORM_HEADER_FORMS]; /* its first place in each form */
};

/* A record as the reference parser reads it. Pointers live until the window or the scratch changes.
 */
struct norm_record {
    struct csvk_record r;
    const unsigned char *base;      /* fields count from here */
    const struct csvk_field *field; /* NULL: not reported; see norm_need_fields */
    const struct csvk_fact *fact;
};

/* A repair of the record at hand. It is reported when the record is written or dropped. */
struct norm_pending {
    enum csvk_repair repair;
    uint64_t byte, field; /* of the first place in this record; field 0: of no single field */
    const char *evidence; /* static, nothing in it that JSON escapes */
    uint64_t count;       /* places in this record */
    enum norm_class class;
};
#define NORM_PENDING 12 /* different repairs of one record */

/* The reference parser, kept apart from the scan: for one record at a time. */
struct norm_scratch {
    struct csvk_table table;
    struct csvk_batch_builder builder;
    struct csvk_reference_parser reference;
    struct csvk_buf bytes; /* of a record that was changed before it was read */
};

/* Lines that were counted in a chunk, all by absolute offset. */
struct norm_counted_lines {
    uint64_t chunk, to, lines;
};

struct norm {
    const struct csvk_normalize_options *o; /* &options */
    const char *other_kind; /* what the text looks like instead of a table; or NULL */
    struct csvk_normalize_options options; /* a copy; norm_start fills in what was left open */
    const struct csvk_normalize_outputs *out;
    struct csvk_normalize_result *result;
    struct csvk_error *err;
    struct norm_window window;
    struct csvk_dialect in;
    uint64_t reach; /* bytes of look-ahead from the first byte of a record */
    bool any_eol;
    struct norm_fallback fallback; /* for ill-formed UTF-8 */

    /* Of chunks. Its table holds number and line of the next record. */
    struct csvk_scan scan;
    struct csvk_scan ahead_scan; /* of what follows the record at hand; see norm_measure_run */
    struct csvk_scan field_scan; /* of a single record, for its fields; see norm_need_fields */
    struct norm_record *at_hand; /* the record at hand */
    /*
     * Index of the record after it among the reported ones of the chunk, and where the chunk ends
     * (absolute). repair_width.c looks there first, which spares reading the records again.
     */
    size_t next_reported;
    uint64_t chunk_end;
    struct norm_counted_lines counted_lines; /* see normalize_doubt.c */
    struct norm_scratch scrubbed;   /* the record at hand without the bytes that had to go */
    struct norm_scratch look_ahead; /* any record that is looked at ahead of its turn */
    size_t chunk; /* how much is scanned at a time: small after a record that was read anew */

    /* What is known of the table. */
    bool rewrite; /* every record is written field by field */
    uint64_t width;
    uint64_t widest;       /* with only_measure */
    uint64_t by_itself;    /* records that were processed, and not copied with others */
    uint64_t header_names; /* in the header, when these are not as many as columns; else 0 */
    bool width_known;      /* proven by a record free of errors */
    /* The head of the table until the sample is taken of it, by the first record that needs it:
       bytes that the window keeps. */
    struct csvk_bytes head;
    uint64_t head_offset; /* absolute, of its first byte */
    bool head_at_end, sample_taken;
    struct norm_sample sample;
    bool
        habit_counted; /* a record that leaves out empty fields was counted for --max-repairs ... */
    bool habit_again;  /* ... and the record at hand is another one, which is not */
    bool long_record;  /* the record at hand is longer than the reach: nobody can look ahead */
    bool
        without_end; /* the record at hand does not end within reach: its bytes were not scrubbed */
    bool raw_fields; /* a field without a defect may be written as its bytes are */
    bool before_whole; /* the record before the record at hand was whole */
    bool last_whole;   /* the record at hand is: set when it was disposed of */

    /* The record at hand. */
    uint64_t resume;                       /* where to read on; UINT64_MAX: after the record */
    uint64_t resume_records, resume_lines; /* records and lines before that place */
    /* Absolute: the record at hand ends there under the reading that was accepted, line break
     * included. */
    uint64_t raw_to;
    enum csvk_eol raw_eol;
    struct norm_pending pending[NORM_PENDING];
    size_t npending;
    struct csvk_value *value; /* its values, as they will be written */
    size_t nvalues, values_capacity;
    struct norm_arena arena;       /* of its readings */
    struct norm_places places;     /* what was found out about the bytes of the input */
    struct norm_decision decision; /* about it ... */
    bool decided;                  /* ... while that is carried out: log and index show it */
    struct csvk_buf text;          /* decoded values */
    struct csvk_buf trimmed;       /* values that were changed last; bytes of a scrubbed record */
    struct csvk_buf line;          /* the record as it is written */
    struct csvk_buf json;          /* one line of log or index */

    /* The account. */
    struct csvk_record_writer table, rejects, index, log;
    struct norm_types *types; /* NULL: no schema */
    bool header_done;
    bool marked; /* the input begins with the byte order mark of UTF-8 */
    struct csvk_buf
        header_again[NORM_HEADER_FORMS]; /* how the header may be repeated in the data */
    struct norm_header_mark header_mark;
    struct csvk_strings header;  /* its values, as they are written */
    struct csvk_strings added;   /* names that the header did not have */
    struct csvk_strings names;   /* of the header as it was written */
    size_t *pick;                /* columns to write, by number in the input */
    size_t npick;                /* 0: all of them, in their order */
    uint64_t cause[NORM_CAUSES]; /* records repaired by inference or rejected, by likely cause */
    struct norm_signs signs;
    struct norm_footer footer;
    struct norm_empties empties;
    bool cut_in_character;      /* a record that is not UTF-8 has no line break */
    uint64_t rule_line;         /* of dashes, below the header; 0: there is none */
    uint64_t header_as_comment; /* line of a comment like a header; 0: there is none */
    bool enclosed_whole;        /* the header and the line after it are one enclosed value each */
    uint64_t letter_escaped;    /* the line of the first record with an escape before a letter; 0:
                                   there is none */
    char letter;
    uint64_t lost_line; /* of the first record with a block of NUL bytes; 0: there is none */
    uint64_t rejected_by_cause; /* records that were rejected for want of a sure repair */

    /* Of several threads; see normalize_pieces.h. */
    struct norm_pieces *pieces; /* NULL: there is one */
    struct norm_piece *piece;   /* NULL: this is the run itself, no piece of it */
    uint64_t stop; /* absolute: what is scanned does not go beyond it; UINT64_MAX: no such place */
};

/* ---- record_facts.c ---- */

/* Fails with CSVK_ENOMEM, and says at which byte. */
int norm_out_of_memory(struct norm *norm);
/* CR may end a record, so the end of every record must be reported where line breaks change. */
bool norm_breaks_are_reported(const struct norm *norm);
/* True when a fact of this kind says nothing against the record. */
bool norm_is_harmless(enum csvk_fact_kind kind);
/* No fact against it, and as wide as the table. */
bool norm_is_whole(const struct norm *norm, const struct norm_record *rec);
/* The kinds of facts about the record, as bits. */
uint32_t norm_fact_kinds(const struct norm_record *rec);
bool norm_has_fact(const struct norm_record *rec, enum csvk_fact_kind kind);
/* The bytes of the record without its line break; scrubbed ones when it was scrubbed. */
struct csvk_bytes norm_record_bytes(const struct norm *norm, const struct norm_record *rec);
size_t norm_eol_length(enum csvk_eol eol);
/* The end of a record with its line break, absolute. */
uint64_t norm_record_end(const struct norm_record *rec);

/* ---- normalize_chunk.c ---- */

/* One step of the run. When no record ends before norm->stop, that becomes UINT64_MAX. */
int norm_next_chunk(struct norm *norm);

/* ---- normalize_start.c ---- */

/* Makes two reaches visible, unless the data end before. */
int norm_fill_reach(struct norm *norm);
/* Reads what stands before the first record, and finds width, columns and escape. */
int norm_start(struct norm *norm);

/* ---- normalize_end.c ---- */

/* Fails when the stream of the input was damaged; its text takes the place of any other. */
int norm_report_damage(struct norm *norm);
/* After the last record: judges the whole, reports the sums, flushes the outputs. */
int norm_finish_run(struct norm *norm);

/* ---- normalize_span.c ---- */

/* Clean records, one after the other. */
struct norm_span {
    uint64_t from, to;       /* absolute */
    uint64_t first, records; /* index of the first one in the chunk; how many */
};

/* A piece of the input that was scanned in one go. */
struct norm_chunk {
    uint64_t offset;          /* absolute, of its first byte */
    struct csvk_table before; /* the scan's table before it was scanned */
    size_t size;
    bool same_breaks; /* every line break in it is the one to write */
    bool unended;     /* its last record has no line break */
};
/* Copies clean records, with the line break to write. */
int norm_copy_span(struct norm *norm, const struct norm_chunk *chunk, const struct norm_span *span);
/* The same, but drops those that are comments. */
int norm_write_span(struct norm *norm, const struct norm_chunk *chunk, struct norm_span span);

/* The i-th record that was reported, with what belongs to it; its fields count from `base`. */
static inline struct norm_record norm_reported_record(const struct csvk_batch_builder *builder,
                                                      size_t i, const unsigned char *base)
{
    struct norm_record rec = {.r = builder->records[i], .base = base};
    rec.field = builder->fields != NULL ? builder->fields + rec.r.first_field : NULL;
    rec.fact = builder->facts != NULL ? builder->facts + rec.r.first_fact : NULL;
    return rec;
}

/* ---- header_again.c ---- */

/* Keeps the forms in which the header may come again. */
int norm_keep_header(struct norm *norm, const struct norm_record *rec);
bool norm_is_header_again(const struct norm *norm, const struct norm_record *rec);
/* Keeps the header's values, in norm->value, as they are written. */
int norm_keep_names(struct norm *norm);
/* Are these the values in norm->value? Not in a table of one column, where they are data. */
bool norm_are_names(const struct norm *norm);
/* The first place from `from` on at which it stands after a line break; `length`: nowhere. */
size_t norm_find_header(const struct norm *norm, const unsigned char *bytes, size_t from,
                        size_t length);

/* ---- normalize_doubt.c ---- */

/*
 * Writes a clean span, and processes those records of it that are doubtful. `line`: the physical
 * one that begins where the span ends. norm->resume: where to read on, when such a record ended
 * elsewhere; else UINT64_MAX.
 */
int norm_write_clean(struct norm *norm, const struct norm_chunk *chunk, struct norm_span span,
                     uint64_t line);

/* ---- normalize_record.c ---- */

/* Judges and disposes of a record. What happens is in norm->resume and the account. */
int norm_process_record(struct norm *norm, const struct norm_record *rec);
/* Backslash and enclosure side by side, and backslash is not the escape already. */
bool norm_has_backslash_quote(const struct norm *norm, const struct norm_record *rec);

/* ---- normalize_write.c ---- */

#define NORM_TWO_INFERENCES "it would take two repairs by inference"

/* Adds the repairs that take no inference: r9 and r17. */
void norm_add_plain_repairs(struct norm *norm, const struct norm_record *rec);
/*
 * The steps after the reading of a record is certain; the record is written, rejected or dropped.
 *
 * norm_accept_reference: the reading of the reference parser is the right one. Takes its values
 * only when they are needed.
 * norm_write_record: the values are in norm->value. Names of the header are changed here.
 */
int norm_accept_reference(struct norm *norm, const struct norm_record *rec);
int norm_write_record(struct norm *norm, const struct norm_record *rec);
/* Fails: inference needs a width, and none is known. */
int norm_refuse_without_width(struct norm *norm, const struct norm_record *rec);
/* The record is the header again: to the rejects, or dropped when that is asked for. */
int norm_set_header_apart(struct norm *norm, const struct norm_record *rec);

/* ---- normalize_values.c ---- */

/*
 * Below CSVK_FIELDS the scan reports where a record is and what is wrong with it. Whoever
 * looks at its fields, or at its bytes from `base` on, asks for them first. `rec` must be the
 * record at hand: that is where the fields are put.
 */
int norm_need_fields(struct norm *norm, const struct norm_record *rec);
/* Takes the values of a record as the reference parser reads them into norm->value. */
int norm_take_values(struct norm *norm, const struct norm_record *rec);
/* The same, decoded in any case. */
int norm_take_decoded(struct norm *norm, const struct norm_record *rec);
/* The same to look at them only: what --trim does is not pending. */
int norm_take_names(struct norm *norm, const struct norm_record *rec);
/* The value without the blanks that --trim takes off; `field` counts from 0. */
struct csvk_value norm_trim_value(struct norm *norm, const struct norm_record *rec,
                                  struct csvk_value value, uint64_t field);
/* Room for `count` values in norm->value. */
int norm_reserve_values(struct norm *norm, size_t count);
int norm_add_value(struct norm *norm, struct csvk_value value);
/* "sep=X", in any case of its letters: at the start of a table this is no record. */
bool norm_is_sep_line(const unsigned char *bytes, size_t length);
/* As the first line of the output the record would be taken for such a line. */
bool norm_looks_like_sep(const struct norm *norm, const struct norm_record *rec);

/* ---- normalize_trim.c ---- */

/* --trim, and the record is sound but for blanks around enclosures: *done, and its values are
   taken. They live until the arena is cleared. */
int norm_take_trimmed(struct norm *norm, const struct norm_record *rec, bool *done);

/* ---- repair_bytes.c ---- */

/* What scrubbing did to a record. */
struct norm_scrub {
    bool refused;                  /* the record must be rejected, ... */
    enum csvk_repair repair;       /* ... for want of this repair, ... */
    const char *reason;            /* ... in words */
    bool again;                    /* something was removed or replaced in this round ... */
    bool any;                      /* ... or in any */
    char text[NORM_FALLBACK_TEXT]; /* what was put in place of the last sequence */
};
/* Takes out of the record the bytes that have to go; *rec is the record without them then. */
int norm_scrub_record(struct norm *norm, struct norm_record *rec, struct norm_scrub *scrub);

/* ---- look_ahead.c ---- */

/* Where looking ahead ends. */
struct norm_limit {
    uint64_t end;
    bool at_end; /* of the data */
};
/* Where looking ahead ends for the record that begins at absolute `offset`. */
struct norm_limit norm_look_ahead_limit(const struct norm *norm, uint64_t offset);
/*
 * Has the reference parser read the record at absolute `offset` into `scratch`. *found is false
 * when it does not end within the limit, or nothing is there.
 */
int norm_parse_at(struct norm *norm, struct norm_scratch *scratch, uint64_t offset,
                  struct norm_limit limit, struct norm_record *rec, bool *found);
/* The same for scratch->bytes, which must be one record exactly; else *found is false. */
int norm_parse_bytes(struct norm *norm, struct norm_scratch *scratch,
                     const struct csvk_record *like, struct norm_record *rec, bool *found);
/* Whole records from `offset` on: how many, up to the first that is not whole or `stop`. */
struct norm_run {
    uint64_t records;
    uint64_t end; /* where the first one begins that is not whole, or >= stop */
    bool all;     /* nothing but whole records up to `stop` */
};
int norm_measure_run(struct norm *norm, uint64_t offset, uint64_t stop, struct norm_limit limit,
                     struct norm_run *run);
/* Offset after the first physical line break at or after `offset`; `end` when there is none. */
uint64_t norm_next_line(const struct norm *norm, uint64_t offset, uint64_t end);
/* Physical line breaks in [from, to): LF, CR LF and CR count as one each. */
uint64_t norm_count_lines(const struct norm *norm, uint64_t from, uint64_t to);

/* ---- repair_record.c ---- */

/* Keeps the bytes of the table's head, for the sample. */
int norm_keep_head(struct norm *norm);
/* Without a header and without names: a width that only the first record has gives way to that of
   most records. After norm_keep_head. */
int norm_ask_head_for_width(struct norm *norm);
/* With a header: when the records agree on another width, and it is known how the header is to be
   repaired, that width is the table's, and norm->header_names says how many names there are. */
int norm_ask_head_for_header(struct norm *norm);
/*
 * The record has a fault of its enclosures (`enclosures`), or another width than the table. It is
 * written, rejected, or accepted as the reference parser reads it.
 */
int norm_repair_record(struct norm *norm, const struct norm_record *rec, bool enclosures);
/* The record at `offset` does not end within reach. *done is false when nothing could be said. */
int norm_repair_runaway(struct norm *norm, uint64_t offset, bool *done);
/* A sound record that may have swallowed others, or whose last value may go on in the line after
 * it. *done: it was disposed of; else it is what it seems. */
int norm_doubt_record(struct norm *norm, const struct norm_record *rec, bool *done);
/* May the line after the span belong to its last record? */
int norm_is_last_doubtful(struct norm *norm, const struct norm_span *span, bool *is);
/* Has the record after the blank line too few fields? */
int norm_is_before_short(struct norm *norm, const struct norm_record *rec, bool *is);
/* The line break that ends `length` bytes before `end`. */
enum csvk_eol norm_line_break_before(const struct norm *norm, const unsigned char *end,
                                     size_t length);

/* ---- repair_header.c ---- */

/* The values at hand are the header: cleans its names and chooses columns, as options say. */
int norm_repair_header(struct norm *norm, const struct norm_record *rec);
/* The names are in norm->value: adds names until there are as many as columns, for the first
   columns when `first`, else for the last. */
int norm_add_names(struct norm *norm, bool first);
/* The header has norm->header_names names: takes them, as many as there are columns. */
int norm_take_other_names(struct norm *norm, const struct norm_record *rec);

/* ---- normalize_cause.c ---- */

/* Counts the cause, and looks at the record for signs of a wrong dialect. */
void norm_count_cause(struct norm *norm, const struct norm_record *rec, enum norm_cause cause);
/* In words, with the option to try. */
void norm_likely_cause(const struct norm *norm, char *text, size_t room);
/* " (try --skip-head=N)", with the number that was given, if one was. */
void norm_suggest_skip_head(const struct norm *norm, uint64_t lines, char *text, size_t room);
/* Adds to the text of a refusal how many lines to skip, when such lines are its cause. */
void norm_add_lines_above(struct norm *norm);

/* ---- normalize_advice.c ---- */

/* Remembers what the rejects have in common. Before the record's bytes are given up. */
void norm_note_reject(struct norm *norm, const struct norm_record *rec, enum norm_cause cause);
/* Remembers the first escape before a letter, which is no more than that letter. */
void norm_note_escapes(struct norm *norm, const struct norm_record *rec, struct csvk_bytes raw);
/* Remembers what the header and the line after it show. Width and dialect are known. */
void norm_look_at_first_lines(struct norm *norm);
/* At the end: result->advice. */
void norm_advise(struct norm *norm);
/*
 * Before the run: when the first line has not the delimiter in use, which nobody has given, but
 * another one, *found is what csvk_sniff is sure of; else its width is 0. CSVK_OK, or what reading
 * the source and csvk_sniff may answer.
 */
int norm_find_delimiter(struct csvk_source *source, const struct csvk_normalize_options *options,
                        struct csvk_sniff_candidate *found, struct csvk_error *err);
/* After it, when the table has become one column. */
void norm_advise_on_delimiter(struct csvk_normalize_result *result,
                              const struct csvk_sniff_candidate *found);
/* Text that may be something else than a table was normalized: says what it looks like. */
void norm_advise_on_kind(struct csvk_normalize_result *result, const char *kind);

/* ---- normalize_patch.c ---- */

/* May fields without a fault be written as their bytes are? Not in the first record. */
bool norm_may_keep_bytes(const struct norm *norm);
/* Can the record be written without a look at its values? */
bool norm_can_patch(const struct norm *norm, const struct norm_record *rec);
/* Writes it so, with empty fields up to the width of the table; reports what is pending. */
int norm_write_patched(struct norm *norm, const struct norm_record *rec);

/* ---- normalize_account.c ---- */

/* Adds a repair to those pending; one that is pending already gets one place more. */
void norm_add_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte, uint64_t field,
                     const char *evidence);
/* The repair of norm->decision, of the record at `byte`. */
void norm_add_decision(struct norm *norm, const struct norm_decision *decision, uint64_t byte);
/* A repair that is one of inference otherwise: an option asked for it (L1), or no row changes (L0).
 */
void norm_add_repair_of_class(struct norm *norm, enum csvk_repair repair, enum norm_class class,
                              uint64_t byte, const char *evidence);
bool norm_is_pending(const struct norm *norm, enum csvk_repair repair);
/* Repairs of class L2 among those pending. */
size_t norm_count_inferences(const struct norm *norm);
/* Tells the caller, who may want to show it, of one repair of the record at hand, whose bytes end
   at norm->raw_to; `out_length` bytes of norm->line are written for it. */
void norm_tell_repaired(const struct norm *norm, const struct norm_record *rec,
                        enum csvk_repair repair, struct csvk_normalize_place place,
                        size_t out_length);
/* Tells the caller of one record that is set apart, whose bytes end at norm->raw_to. */
void norm_tell_rejected(const struct norm *norm, const struct norm_record *rec,
                        enum csvk_repair repair, const char *reason);
/* Reports the pending repairs of a record that was written at `out_byte`, or dropped: length 0. */
int norm_report_pending(struct norm *norm, const struct norm_record *rec, uint64_t out_byte,
                        size_t out_length);
/* Counts a repair without a line in the log; `place` is kept when it is the first. */
void norm_count_repair(struct norm *norm, enum csvk_repair repair, uint64_t count,
                       struct csvk_normalize_place place);
/* Fails: the repair is needed and --strict forbids it. */
int norm_refuse_strict(struct norm *norm, enum csvk_repair repair,
                       struct csvk_normalize_place place);
/* A repair that belongs to no record, at `byte` of line and record as they are now. */
int norm_report_file_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte,
                            uint64_t length, const char *evidence);
/* Counts line breaks that were written in another way; reported once, at the end. */
void norm_count_line_breaks(struct norm *norm, uint64_t count, struct csvk_normalize_place place);
/* One line in the log for each repair that is too frequent to be reported record by record. */
int norm_report_sums(struct norm *norm);
/* Counts a reject, and keeps place and reason of the first one. */
void norm_count_reject(struct norm *norm, const struct norm_record *rec, const char *reason);
/* The line of a reject in the index. Must come before its bytes: it says where they will be. */
int norm_report_reject(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                       const char *reason);

/* ---- normalize_emit.c ---- */

/* Writes norm->value as a record; reports what is pending. norm_write_data: by the schema. */
int norm_write_values(struct norm *norm, const struct norm_record *rec);
static inline int norm_write_data(struct norm *norm, const struct norm_record *rec)
{
    return norm->types == NULL ? norm_write_values(norm, rec) : norm_write_typed(norm, rec);
}
/* The names of the columns as the first record of the output; no record of the input is at hand. */
int norm_write_header(struct norm *norm);
/* Writes norm->line, which is the record with its line break. */
int norm_write_line(struct norm *norm, const struct norm_record *rec);
/* The raw bytes of the record as they are, but for the line break. */
int norm_write_unchanged(struct norm *norm, const struct norm_record *rec);
/*
 * The bytes from the record's first one up to norm->raw_to go to the rejects. `repair` is the one
 * that was not sure; its id is in the index.
 */
int norm_reject(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                enum norm_cause cause, const char *reason);
/* The same for the bytes up to `to`, as one reject; reading goes on there. */
int norm_reject_block(struct norm *norm, const struct norm_record *rec, uint64_t to,
                      const char *reason);
/* The record is in no output, and the repair says why. */
int norm_drop_record(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                     const char *evidence);
int norm_drop_empty_record(struct norm *norm, const struct norm_record *rec);
/* Fails with CSVK_EDATA, line and number of the record, and the reason. */
int norm_refuse(struct norm *norm, const struct norm_record *rec, const char *reason);

/* ---- normalize_empty.c ---- */

/* Several fields, and nothing in any of them. With or without a line break. */
bool norm_is_empty_record(const struct norm *norm, struct csvk_bytes bytes);
/* Counts those of a stretch that is copied; the one record, if it is one. */
void norm_count_empty_in_span(struct norm *norm, const struct norm_span *span);
void norm_count_empty_record(struct norm *norm, const struct norm_record *rec);

#endif
