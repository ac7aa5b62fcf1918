/*
 * normalize_private.h - private: one run of normalize, and what its parts say to each other.
 *
 *   normalize.c          the run: chunk after chunk, and the end
 *   normalize_start.c    what has to be known before the first record
 *   normalize_span.c     clean stretches
 *   normalize_record.c   one record that is not clean: what has to be done with it
 *   repair_table.c       every repair, one row each
 *   repair_readings.c        other readings of the bytes of a record than the reference parser's
 *   repair_quotes.c      r18 r19 r20 r22: which reading fits
 *   repair_width.c       r11 r12 r13 r14
 *   repair_header.c      r23 and the choice of columns
 *   normalize_cause.c    why so much of a file needs inference
 *   normalize_json_line.c     lines of JSON
 *   normalize_patch.c    records that go out as they are, but for a few places
 *   normalize_emit.c     records into the output, the rejects, or nowhere, and the account of it
 *
 * The reading of record is the reference parser's. Everything that looks ahead looks at
 * most `reach` bytes beyond the record's first byte, whatever is in the window, so that results do
 * not depend on the size of reads.
 */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_PRIVATE_H
#define CSVKIT_NORMALIZE_NORMALIZE_PRIVATE_H

#include "csvkit/normalize/normalize_window.h"
#include "csvkit/parse/scan/scan.h"
#include "csvkit/base/writer.h"

#include <string.h>

#define NORM_DEFAULT_RECORD ((uint64_t)64 * 1024 * 1024) /* longest record that is read */

enum norm_cause {
    NORM_CAUSE_NONE,
    NORM_CAUSE_WIDTH,
    NORM_CAUSE_ENCLOSURE,
    NORM_CAUSE_ENCODING,
    NORM_CAUSES
};

/* A record as the reference parser reads it. Pointers live until the window or the scratch changes.
 */
struct norm_record {
    struct csvk_record r;
    const unsigned char *base;      /* fields count from here */
    const struct csvk_field *field; /* NULL: not reported; see norm_need_fields */
    const struct csvk_fact *fact;
};

/* A repair of the record at hand, reported when the record is written. */
struct norm_pending {
    enum csvk_repair repair;
    uint64_t byte, field;
    const char *evidence; /* static, nothing in it that JSON escapes */
    uint64_t count;       /* places in this record */
};
#define NORM_PENDING 12

/* The reference parser, kept apart from the scan: for one record at a time. */
struct norm_scratch {
    struct csvk_table table;
    struct csvk_batch_builder builder;
    struct csvk_reference_parser reference;
    struct csvk_buf bytes; /* of a record that was changed before it was read */
};

struct norm_cell {
    size_t begin, length; /* in `text`, or in `bytes` when ... */
    bool enclosed;
    bool raw; /* ... they are the field */
};

/* Another reading of a record. */
struct norm_reading {
    uint64_t offset;            /* absolute, of the record */
    const unsigned char *bytes; /* its first; lives as long as the window stays */
    struct csvk_buf text;
    struct norm_cell *cell;
    size_t ncells, capacity;
    uint64_t end;     /* absolute, behind its line break */
    uint64_t content; /* absolute, of its line break */
    enum csvk_eol eol;
    bool ended;  /* within reach */
    bool faulty; /* an error of enclosures is left */
    size_t doubled, escaped, inner, blanks, stray, bare_cr, opened;
};

enum norm_backslash { NORM_BACKSLASH_UNKNOWN, NORM_BACKSLASH_NO, NORM_BACKSLASH_YES };

enum { NORM_CANDIDATES = 4 }; /* for the delimiter */

/* What the first records that need inference have in common. */
struct norm_signs {
    uint64_t looked;
    uint64_t count[NORM_CANDIDATES],
        same[NORM_CANDIDATES]; /* in the first one; as many in others */
    uint64_t width, same_width, line;
    uint64_t trailing, apostrophes;
};

struct norm {
    const struct csvk_normalize_options *o;
    const struct csvk_normalize_outputs *out;
    struct csvk_normalize_result *result;
    struct csvk_error *err;
    struct norm_window window;
    struct csvk_dialect in;
    uint64_t reach; /* bytes of look-ahead from the first byte of a record */
    bool any_eol;
    struct csvk_scan scan; /* of chunks; its table holds the numbers of the next record */
    struct csvk_scan ahead_scan;
    struct csvk_scan field_scan; /* of a single record, for its fields */
    struct norm_record *at_hand; /* the record that is disposed of */
    size_t next_reported; /* index of the one behind it among those reported of the chunk ... */
    uint64_t chunk_end;   /* ... which ends here (absolute) */
    struct norm_scratch scrubbed, look_ahead;
    struct norm_reading reading[6];
    size_t chunk; /* how much is scanned at a time: small behind a record that was read anew */
    bool rewrite; /* every record is written field by field */
    uint64_t width;
    bool width_known;
    bool *always_enclosed; /* by column: in every whole record of the sample, the header aside */
    size_t nalways;
    enum norm_backslash backslash; /* is it the escape of this file? */
    bool long_record;              /* the record at hand is longer than the reach */
    bool raw_fields;               /* a field without a defect may go out as its bytes are */
    bool before_whole;             /* the record before was whole ... */
    bool last_whole;               /* ... and this one is, when it was disposed of */
    /* The record at hand. */
    uint64_t resume;                       /* where to read on; UINT64_MAX: behind the record */
    uint64_t resume_records, resume_lines; /* records and lines before that place */
    uint64_t raw_to; /* absolute: the record at hand ends there, line break included */
    enum csvk_eol raw_eol;
    struct norm_pending pending[NORM_PENDING];
    size_t npending;
    struct csvk_value *value;
    size_t nvalues, values_capacity;
    struct csvk_buf text;    /* decoded values */
    struct csvk_buf trimmed; /* values that were changed last */
    struct csvk_buf line;    /* the record as it goes out */
    struct csvk_buf json;
    /* The account. */
    struct csvk_writer table, rejects, index, log;
    bool header_done;
    struct csvk_strings names; /* of the header as it went out */
    size_t *pick;              /* columns to write, by number in the input */
    size_t npick;
    uint64_t cause[NORM_CAUSES]; /* records repaired by inference or rejected, by likely cause */
    struct norm_signs signs;
    uint64_t rejected_by_cause; /* records that were rejected for want of a sure repair */
};

/* ---- normalize.c ---- */
int norm_out_of_memory(struct norm *norm);

/* ---- normalize_start.c ---- */
/* Makes two reaches visible, unless the data end before. */
int norm_fill_reach(struct norm *norm);
int norm_start(struct norm *norm);
int norm_init_scan(struct norm *norm, struct csvk_scan *scan);

/* CR may end a record, so the end of every record must be reported where line breaks change. */
bool norm_breaks_are_reported(const struct norm *norm);

/* ---- normalize_span.c ---- */
struct norm_span {
    uint64_t from, to;       /* absolute */
    uint64_t first, records; /* index of the first one in the chunk; how many */
};

struct norm_chunk {
    uint64_t offset; /* absolute, of its first byte */
    struct csvk_table before;
    size_t size;
    bool same_breaks; /* every line break in it is the one to write */
    bool unended;     /* its last record has no line break */
};
/* Copies clean records. */
int norm_copy_span(struct norm *norm, const struct norm_chunk *chunk, const struct norm_span *span);
/* Copies the clean records [first, next) of the chunk, which lie at [from, to). */
int norm_write_span(struct norm *norm, const struct norm_chunk *chunk, struct norm_span span);

/* The record that was reported, with what belongs to it; `base`: where its fields count from. */
static inline struct norm_record norm_reported_record(const struct csvk_batch_builder *builder,
                                                      size_t i, const unsigned char *base)
{
    struct norm_record rec = {.r = builder->records[i], .base = base};
    rec.field = builder->fields != NULL ? builder->fields + rec.r.first_field : NULL;
    rec.fact = builder->facts != NULL ? builder->facts + rec.r.first_fact : NULL;
    return rec;
}

/* ---- normalize_record.c ---- */
/* Judges and disposes of a record. What happens is in norm->resume and the account. */
int norm_process_record(struct norm *norm, const struct norm_record *rec);
/* True when a fact of this kind says nothing against the record. */
bool norm_is_harmless(enum csvk_fact_kind kind);
/* No fact against it, and as wide as the table. */
bool norm_is_whole(const struct norm *norm, const struct norm_record *rec);
/*
 * Below CSVK_FIELDS the scan tells of a record where it is and what is wrong with it. Whoever looks
 * at its fields, or at its bytes from `base` on, asks for them first.
 */
int norm_need_fields(struct norm *norm, const struct norm_record *rec);
/* Takes the values of a record as the reference parser reads them into norm->value. */
int norm_take_values(struct norm *norm, const struct norm_record *rec);
/* "sep=X": at the start of a table this is no record. */
bool norm_is_sep_line(const unsigned char *bytes, size_t length);
/* The same for a record as the reference parser reads it; its values are taken only when they are
 * needed. */
int norm_accept_reference(struct norm *norm, const struct norm_record *rec);
/* When the quotes are settled: width, names, output. Values are in norm->value. */
int norm_check_width(struct norm *norm, const struct norm_record *rec);
/* When the width is settled, too. */
int norm_write_record(struct norm *norm, const struct norm_record *rec);
/* Notes what takes no inference: r9 and r17. */
void norm_add_plain_repairs(struct norm *norm, const struct norm_record *rec);
bool norm_has_fact(const struct norm_record *rec, enum csvk_fact_kind kind);
/* Backslash and enclosure side by side, and backslash is not the escape already. */
bool norm_has_backslash_quote(const struct norm *norm, const struct norm_record *rec);
/* The run cannot go on, because inference needs a width and none is known. */
int norm_refuse_without_width(struct norm *norm, const struct norm_record *rec);

/* ---- repair_readings.c ---- */
enum norm_mode {
    NORM_READ_REFERENCE,
    NORM_READ_INNER,     /* r18: a quote closes only before a delimiter, a line break or the end */
    NORM_READ_BACKSLASH, /* r19: backslash and quote are a quote */
    NORM_READ_BLANKS,    /* r20: blanks around enclosures are no data */
    NORM_READ_LINE,      /* r22: an enclosure ends at the first line break; its quote is data */
    NORM_MODES
};
/* Where looking ahead ends, for the record that begins at absolute `offset`. */
struct norm_limit {
    uint64_t end;
    bool at_end; /* of the data */
};
struct norm_limit norm_look_ahead_limit(const struct norm *norm, uint64_t offset);
int norm_read_in_mode(struct norm *norm, enum norm_mode mode, uint64_t offset,
                      struct norm_limit limit, struct norm_reading *to);
/* The i-th field as its bytes or its value, and its value; `room`: for as many bytes. */
struct csvk_bytes norm_cell_bytes(const struct norm_reading *reading, size_t i);
struct csvk_bytes norm_cell_value(const struct norm *norm, const struct norm_reading *reading,
                                  size_t i, unsigned char *room);
/*
 * Has the reference parser read the record at absolute `offset` into `scratch`. *found is false
 * when it does not end within the limit, or nothing is there.
 */
int norm_parse_at(struct norm *norm, struct norm_scratch *scratch, uint64_t offset,
                  struct norm_limit limit, struct norm_record *rec, bool *found);
/* The same for bytes elsewhere, which must be one record exactly; else *found is false. */
int norm_parse_bytes(struct norm *norm, struct norm_scratch *scratch,
                     const struct csvk_record *like, struct norm_record *rec, bool *found);
/* Whole records from `offset` on: how many, up to the first that is not whole or `stop`. */
struct norm_run {
    uint64_t records;
    uint64_t end; /* where the first one begins that is not whole, or >= stop */
    bool all;     /* nothing else up to `stop` */
};
int norm_measure_run(struct norm *norm, uint64_t offset, uint64_t stop, struct norm_limit limit,
                     struct norm_run *run);
/* Offset behind the first physical line break at or after `offset`; `end` when there is none. */
uint64_t norm_next_line(const struct norm *norm, uint64_t offset, uint64_t end);
uint64_t norm_count_lines(const struct norm *norm, uint64_t from, uint64_t to);

/* ---- repair_quotes.c ---- */
/* The record has an error of enclosures that takes inference, or an enclosure that runs away. */
int norm_repair_quotes(struct norm *norm, const struct norm_record *rec);
/* The record at `offset` does not end within reach. *done is false when nothing could be said. */
int norm_repair_runaway(struct norm *norm, uint64_t offset, bool *done);
/* Is the backslash this file's escape? Looks at what is within reach of `offset`. */
int norm_judge_backslash(struct norm *norm, uint64_t offset);

/* ---- repair_width.c ---- */
int norm_repair_width(struct norm *norm, const struct norm_record *rec);
/* There are too many fields as the reference parser reads the record, and no option could make them
 * fit. */
int norm_surplus_is_data(struct norm *norm, const struct norm_record *rec, bool *data);

/* ---- repair_header.c ---- */
int norm_repair_header(struct norm *norm, const struct norm_record *rec);

/* ---- normalize_cause.c ---- */
void norm_count_cause(struct norm *norm, const struct norm_record *rec, enum norm_cause cause);
/* In words, with the option to try. */
void norm_likely_cause(const struct norm *norm, char *text, size_t room);

/* ---- normalize_json_line.c ---- */
void norm_json_begin_line(struct norm *norm); /* in norm->json */
/* Keys and texts hold nothing that JSON escapes. What finds no room is found out at the end. */
void norm_json_uint(struct csvk_buf *line, const char *key, uint64_t value);
void norm_json_text(struct csvk_buf *line, const char *key, const char *text);
int norm_json_end_line(struct norm *norm, struct csvk_writer *to);

/* ---- normalize_patch.c ---- */
/* May fields without a fault go out as their bytes are? Not in the first record. */
bool norm_may_keep_bytes(const struct norm *norm);
/* Can the record be written without a look at its values? */
bool norm_can_patch(const struct norm *norm, const struct norm_record *rec);
/* Writes it so, with empty fields up to the width of the table; tells what is pending. */
int norm_write_patched(struct norm *norm, const struct norm_record *rec);

/* ---- repair_table.c ---- */
/* What a repair changes: bytes only, records as an option says, records by inference. */
enum norm_class { NORM_CLASS_L0, NORM_CLASS_L1, NORM_CLASS_L2 };
enum norm_class norm_repair_class(enum csvk_repair repair);

/* ---- normalize_emit.c ---- */
void norm_add_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte, uint64_t field,
                     const char *evidence);
bool norm_is_pending(const struct norm *norm, enum csvk_repair repair);
/* L2 repairs among those pending. */
size_t norm_count_inferences(const struct norm *norm);
/* Room for `count` values in norm->value. */
int norm_reserve_values(struct norm *norm, size_t count);
int norm_add_value(struct norm *norm, struct csvk_value value);
/* Writes norm->value as a record; tells what is pending. */
int norm_write_values(struct norm *norm, const struct norm_record *rec);
/* Writes norm->line, which is the record with its line break. */
int norm_write_line(struct norm *norm, const struct norm_record *rec);
/* The raw bytes of the record as they are, but for the line break. */
int norm_write_unchanged(struct norm *norm, const struct norm_record *rec);
/* Bytes [from, to) as one record, to the rejects. `repair` is what was refused. */
int norm_reject(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                enum norm_cause cause, const char *reason);
int norm_reject_block(struct norm *norm, const struct norm_record *rec, uint64_t to,
                      const char *reason);
/* Nobody gets it, and the repair says why. */
int norm_drop_record(struct norm *norm, const struct norm_record *rec, enum csvk_repair repair,
                     const char *evidence);
/* A repair that belongs to no record, at `byte` of line and record as they are now. */
int norm_report_file_repair(struct norm *norm, enum csvk_repair repair, uint64_t byte,
                            uint64_t length, const char *evidence);
/* Counts line breaks that were written in another way; reported once, at the end. */
void norm_count_line_breaks(struct norm *norm, uint64_t count, struct csvk_normalize_place place);
/* The same for repairs that are too many to be reported one by one: one line each. */
int norm_report_sums(struct norm *norm);
int norm_refuse(struct norm *norm, const struct norm_record *rec, const char *reason);
size_t norm_eol_length(enum csvk_eol eol);
/* The end of a record with its line break, absolute. */
uint64_t norm_record_end(const struct norm_record *rec);

#endif
