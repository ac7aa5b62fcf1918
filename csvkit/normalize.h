/*
 * normalize.h - makes a clean table (RFC 4180) of any readable one, with repairs that never lose
 * and never invent data.
 *
 * The idea. Every record of the input gets into the output, or into the rejects (byte for byte), or
 * is dropped by a repair that has a name. So this always holds:
 *
 *   records_in = records_out + records_rejected + records_dropped
 *
 * Every change has an id (r1 to r27), a class and a line in the log; doc/repairs.md explains all of
 * them. The classes:
 *   L0  bytes change, rows do not.
 *   L1  rows change because an option says so.
 *   L2  rows change by inference: the evidence is for one reading of the record.
 *   L3  data leave the output; they go to the rejects and nowhere else.
 *
 * Inference. A reading of a record supposes one slip of its writer: a delimiter lost or doubled, a
 * quote lost or data, a line broken or cut. The evidence is what the columns are like in the first
 * clean records of the table. A reading is taken when every other one is worse by a margin, when
 * its values look like their columns, and when writing it invents nothing; else the record is
 * rejected, with the readings that compete. With fewer than 8 clean records nothing is inferred
 * that moves a value. The header is judged by the same records: when they agree on another width,
 * the table is refused.
 *
 * Clean stretches of the input are copied as they are. Only records with a defect are written anew.
 * Memory: the look-ahead and the longest record.
 *
 * Any thread may call the functions; the objects given to a call are used by that call alone.
 */
#ifndef CSVKIT_NORMALIZE_H
#define CSVKIT_NORMALIZE_H

#include "csvkit/writer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- repairs -------------------------------------------------------------------------------- */

/* All repairs, in the order of their ids. */
enum csvk_repair {
    CSVK_REPAIR_NONE,
    CSVK_REPAIR_BOM,
    CSVK_REPAIR_ENCODING,
    CSVK_REPAIR_UTF8,
    CSVK_REPAIR_INNER_BOM,
    CSVK_REPAIR_NUL,
    CSVK_REPAIR_CONTROL,
    CSVK_REPAIR_TAIL,
    CSVK_REPAIR_LINE_BREAKS,
    CSVK_REPAIR_BARE_CR,
    CSVK_REPAIR_BLANK,
    CSVK_REPAIR_PAD,
    CSVK_REPAIR_SURPLUS,
    CSVK_REPAIR_JOIN,
    CSVK_REPAIR_TRAILING,
    CSVK_REPAIR_FRAME,
    CSVK_REPAIR_SEP,
    CSVK_REPAIR_ENCLOSE,
    CSVK_REPAIR_INNER_QUOTES,
    CSVK_REPAIR_BACKSLASH,
    CSVK_REPAIR_BLANKS,
    CSVK_REPAIR_STYLE,
    CSVK_REPAIR_UNCLOSED,
    CSVK_REPAIR_NAMES,
    CSVK_REPAIR_DELIMITER,
    CSVK_REPAIR_FORMULA,
    CSVK_REPAIR_HEADER_REPEATED,
    CSVK_REPAIR_TRIM,    /* --trim */
    CSVK_REPAIR_COLUMNS, /* columns chosen or put in another order */
    CSVK_REPAIR_VALUES,  /* r27: values written in the default form of their type */
    CSVK_REPAIRS
};
#define CSVK_REPAIRS_MOST 64 /* there will never be more */
/* The id, which never changes: "r1" to "r27", "trim", "columns"; "" for CSVK_REPAIR_NONE. */
CSVK_API const char *csvk_repair_id(enum csvk_repair repair);
/* "L0", "L1" or "L2", as at the head of this file; where an option or a place decides about a case,
   its log has the class of the case. */
CSVK_API const char *csvk_repair_class(enum csvk_repair repair);
/* The name of one or two words: "bom". All these texts are constants. */
CSVK_API const char *csvk_repair_name(enum csvk_repair repair);
/* What the repair does, in one line. */
CSVK_API const char *csvk_repair_summary(enum csvk_repair repair);

/* ---- options -------------------------------------------------------------------------------- */

struct csvk_schema; /* csvkit/schema/schema.h */
/* Whether the first record has the names of the columns. */
enum csvk_normalize_header { CSVK_NORMALIZE_HEADER, CSVK_NORMALIZE_NO_HEADER };
/* Which fields of the output are enclosed. */
enum csvk_normalize_quote {
    CSVK_NORMALIZE_QUOTE_KEEP, /* fields that are enclosed in the input, and those that must be */
    CSVK_NORMALIZE_QUOTE_MINIMAL, /* only fields that must be */
    CSVK_NORMALIZE_QUOTE_ALL
};
/* What happens to records with too few or too many fields. */
enum csvk_normalize_ragged {
    CSVK_NORMALIZE_RAGGED_REPAIR, /* repaired where the evidence is for one reading */
    CSVK_NORMALIZE_RAGGED_REJECT,
    CSVK_NORMALIZE_RAGGED_FAIL, /* the whole file is refused */
    CSVK_NORMALIZE_RAGGED_PAD   /* empty fields are added or dropped at the end, without evidence;
                                   records with data beyond the width are rejected */
};
/* Whether names of columns stay, or become those that Storage would make of them (names.h). */
enum csvk_normalize_names { CSVK_NORMALIZE_NAMES_KEEP, CSVK_NORMALIZE_NAMES_STORAGE };
/* What happens when the records agree on more fields than the header has names. */
enum csvk_normalize_missing_names {
    CSVK_NORMALIZE_MISSING_NAMES_REFUSE,
    CSVK_NORMALIZE_MISSING_NAMES_FIRST, /* the first columns have none: they become col_1 ... */
    CSVK_NORMALIZE_MISSING_NAMES_LAST
};
/* What happens to a defect in the bytes: the record is rejected, the bytes are removed, or kept. */
enum csvk_normalize_defect {
    CSVK_NORMALIZE_DEFECT_REJECT,
    CSVK_NORMALIZE_DEFECT_REMOVE,
    CSVK_NORMALIZE_DEFECT_KEEP
};

/*
 * What is wanted. csvk_normalize_options_init sets all of it; then change what is wanted, and
 * release it in the end. It owns `columns` only.
 */
struct csvk_normalize_options {
    size_t size;                 /* set by csvk_normalize_options_init */
    struct csvk_dialect dialect; /* of the input */
    bool delimiter_given;        /* the user gave it: a line "sep=X" may not contradict it */
    const char *encoding; /* what the source converts from, or "utf-8"; borrowed during the call.
                             NULL: nothing is known; a mark of UTF-16 or UTF-32 decides */
    bool delimiter_found; /* the delimiter was sniffed, not given (r24) */
    bool any_eol;         /* CR, LF and CRLF each end a record */
    enum csvk_normalize_header header;
    /* With a header: names of the columns to write, in this order. Without: the names of the
       columns, which say how many there are. */
    struct csvk_strings columns;
    /* Without a header, and with `columns`: these names become the first record of the output. It
       is no record of the input, so it counts neither in records_in nor in records_out, and it is
       no repair; `width` and the bytes of the output hold for it as well, and out_record in the log
       counts it. --verify reads it back with the others. The names are written as they are:
       guard_formulas and names do not change them. */
    bool write_header;
    struct csvk_dialect to; /* of the output; the escape is ignored */
    /* Of the output: CSVK_EOL_CRLF or CSVK_EOL_LF; CSVK_EOL_NONE: what ends the first line of the
       table, and CRLF where that is neither. */
    enum csvk_eol line_break;
    bool write_bom; /* the output begins with a byte order mark */
    enum csvk_normalize_quote quote;
    enum csvk_normalize_ragged ragged;
    bool drop_repeated_headers; /* records equal to the header, below it (r26); else they go to
                                   the rejects. In a table of one column they are values */
    bool drop_empty_records;    /* those of empty fields only (r10), of any width; else they stay */
    enum csvk_normalize_names names;
    enum csvk_normalize_missing_names missing_names;
    /* Columns of the table, when they are more than those of its first record; 0: not given. The
       header gets names for the last ones, and records get empty fields (RAGGED_PAD). */
    uint64_t width;
    bool only_measure; /* nothing is repaired or written: result->width becomes the width of the
                          widest record whose enclosures are without a fault */
    enum csvk_normalize_defect nul;     /* REJECT or REMOVE */
    enum csvk_normalize_defect control; /* KEEP or REMOVE */
    enum csvk_normalize_defect
        invalid_utf8; /* REJECT, or REMOVE: U+FFFD in the place of each ill-formed sequence */
    /* Ill-formed sequences, and they alone, are read in this encoding of one byte for each
       character; invalid_utf8 holds for bytes that it does not have. NULL: none. Borrowed. */
    const char *encoding_fallback;
    bool trim;                     /* removes blanks around values that are not enclosed */
    bool guard_formulas;           /* puts ' before values that a spreadsheet may execute */
    bool strict;                   /* any repair is a failure */
    bool digest;                   /* fills result->values, for verification; slower */
    uint64_t skip_head, skip_tail; /* physical lines to drop at the start and at the end */
    int comment;                   /* records that begin with this byte are dropped; -1: none */
    uint64_t max_repairs; /* records that may need inference; never less than 8, nor than half */
    uint64_t look_ahead;  /* bytes within which an enclosure without an end is judged; 0: 256 KiB */
    uint64_t max_record;  /* bytes of the longest record; 0: 64 MiB. Above it: CSVK_ELIMIT */
    size_t window;        /* bytes read at a time; every value from 1 up gives the same results; 0:
                             256 KiB */
    enum csvk_simd simd;
    /*
     * A Table Schema: every value is held against its column, and a value in the column's own form
     * (decimalChar, groupChar, bareNumber, trueValues, falseValues, a pattern for days and times)
     * is written in the default form of its type (r27). Values in the default form and missing ones
     * stay. A record with a value that does not fit, or that reads in two ways, is rejected. The
     * fields are paired with the columns as the schema says (fieldsMatch), and the table is refused
     * when they do not pair. CSVK_EUSAGE: a form that cannot be
     * rewritten. Borrowed during the call; NULL: none.
     */
    const struct csvk_schema *schema;
    /* Threads that normalize, the caller's included; the outputs are written by the caller's alone,
       and are the same for every number. 0 and 1: no other thread. After csvk_use_threads of
       libcsvkit-extra; without it, and for outputs->repaired and outputs->rejected, one
       thread does it all. */
    size_t threads;
    /* Bytes of a piece of the input that one thread takes; 0: 512 KiB, and where pieces are in vain
       there are none for a while. Every value from 1 up gives the same results. */
    size_t piece;
};
/*
 * RFC 4180 in and out, CRLF, with a header. Ragged records are repaired by evidence; NUL, text that
 * is not UTF-8 and repeated headers are rejected, control characters kept. All else is off or 0.
 */
CSVK_API void csvk_normalize_options_init_sized(struct csvk_normalize_options *options,
                                                size_t size);
static inline void csvk_normalize_options_init(struct csvk_normalize_options *options)
{
    csvk_normalize_options_init_sized(options, sizeof *options);
}
/* Frees `columns`. */
CSVK_API void csvk_normalize_options_release(struct csvk_normalize_options *options);

/* ---- what is written ------------------------------------------------------------------------ */

/* One repair of one record. Everything in it is valid during the call only. The library's. */
struct csvk_normalize_repaired {
    enum csvk_repair repair;
    uint64_t byte, line, record; /* the place of the repair, as in the log */
    /* The record in the input, decompressed and converted, and in the table, both with their line
       breaks. `after` is empty when the record was dropped. */
    struct csvk_bytes before, after;
};

/* One record that was set apart. Everything in it is valid during the call only. The library's. */
struct csvk_normalize_rejected {
    enum csvk_repair repair;     /* that it would have needed, as in the index */
    uint64_t byte, line, record; /* where it begins, as in the index */
    struct csvk_bytes bytes;     /* in the input, decompressed and converted, with its line break */
    const char *reason;
    /* The readings that compete, best first, and what each costs; there may be none. */
    const char *const *reading;
    const double *bits;
    size_t nreadings;
};

/* Outputs are those of writer.h. */
struct csvk_normalize_outputs {
    size_t size;                /* {.size = sizeof ...} */
    struct csvk_output seen;    /* the input, decompressed and converted, for a second reader */
    struct csvk_output table;   /* the clean table */
    struct csvk_output rejects; /* zeros: the first record to be rejected is a failure */
    struct csvk_output rejects_index; /* JSON lines: where each reject came from, and why */
    struct csvk_output log;           /* JSON lines: every repair */
    /* Called now and then with the bytes of the file used so far (csvk_source_consumed); a negative
       result ends the run with CSVK_ECANCELED. NULL: not wanted. */
    int (*progress)(void *context, uint64_t consumed);
    void *progress_context;
    /* Called for every repair of a record, also where the log only has the sum of them (r21, but
       not r8). NULL: not wanted. */
    void (*repaired)(void *context, const struct csvk_normalize_repaired *repaired);
    void *repaired_context;
    /* Called for every record that goes to `rejects`. NULL: not wanted. */
    void (*rejected)(void *context, const struct csvk_normalize_rejected *rejected);
    void *rejected_context;
};

/* A place in the input. */
struct csvk_normalize_place {
    uint64_t byte, line, record; /* the byte counts from 0; line 0: none */
};
/* A digest of the values of the table as it was meant to be written. */
struct csvk_normalize_values {
    uint64_t records, fields, hash; /* with those of write_header */
};
/* What libcsv has counted, independently, with files->verify. */
struct csvk_normalize_counted {
    bool done;          /* it has counted, and agrees */
    bool input_counted; /* records_in too: libcsv reads this input as csvkit does */
    uint64_t records_in, records_out, records_rejected; /* records_out: without write_header */
};
/* The account of a run. It owns nothing and may be copied. `size` is set before the run. */
struct csvk_normalize_result {
    size_t size; /* {.size = sizeof ...} */
    uint64_t records_in, records_out, records_rejected, records_dropped;
    uint64_t bytes_in, bytes_out; /* decompressed and converted; of the table, before compression */
    uint64_t width;               /* columns of the table */
    uint64_t inferred;            /* records of the output that were repaired by inference (L2) */
    bool changed;                 /* the output differs from the input in at least one byte */
    uint64_t repairs[CSVK_REPAIRS_MOST];     /* how often each repair was made */
    char encoding[64];                       /* with r2: the encoding of the input */
    char delimiter[CSVK_DELIMITER_MOST + 1]; /* with r24: the delimiter that was sniffed */
    struct csvk_normalize_place first[CSVK_REPAIRS_MOST]; /* where each repair was made first */
    struct csvk_normalize_place first_reject;
    char first_reject_reason[160];
    char advice[320]; /* what else the table shows, and which options would help; or "" */
    struct csvk_normalize_values values; /* with options->digest */
    struct csvk_normalize_counted counted;
};

/*
 * Reads `source` to its end and writes to `outputs`. Everything given is borrowed during the call.
 * After a failure the bytes written so far are of no use: the owner of the outputs must throw them
 * away. *result, whose size was set, is filled: valid after success, and after CSVK_EDATA as far as
 * the run got.
 *
 * CSVK_EDATA when the input is refused (the text says why, and what to try); CSVK_EUSAGE for wrong
 * options; CSVK_ELIMIT for a record longer than options->max_record; CSVK_ECANCELED; CSVK_ENOMEM;
 * and what source and outputs return.
 */
CSVK_API int csvk_normalize(struct csvk_source *source,
                            const struct csvk_normalize_options *options,
                            const struct csvk_normalize_outputs *outputs,
                            struct csvk_normalize_result *result,
                            struct csvk_error *err) CSVK_MUST_USE;

/* ---- files ---------------------------------------------------------------------------------- */

/* Which files. All may be zero but `size` and `input`; all texts are borrowed. */
struct csvk_normalize_files {
    size_t size;        /* {.size = sizeof ...} */
    const char *input;  /* "-": standard input */
    const char *output; /* "-": standard output; NULL: no table is written, the input is judged,
                           unless in_place */
    /*
     * The table takes the place of `input`, a regular file, in the last step of all; `output` is
     * NULL then. Until that step, and whenever anything fails, the input stays byte for byte. It is
     * verified whatever `verify` says, because the input is lost afterwards. When nothing changes,
     * the input is not touched at all. It keeps its rights, and stays gzip or plain as its bytes
     * are now; other hard links of it keep the old bytes. Its rejects are nowhere else then, so
     * `rejects` must not be a file that holds something.
     */
    bool in_place;
    const char *rejects;  /* their index goes to the file `rejects`.jsonl beside it; or NULL */
    const char *log;      /* or NULL */
    const char *encoding; /* of the input: a name that iconv(3) knows, "auto", "utf-8", or NULL */
    bool sniff_delimiter; /* sniff the delimiter, and what follows; the input is refused when it is
                             not clear */
    bool widen; /* the table gets as many columns as its widest record has: options->width; the
                   input is read twice, so it is a regular file */
    bool keep_enclosure; /* with sniff_delimiter: the enclosure of the options stays */
    bool keep_escape;    /* the same of the escape */
    int gzip_level;      /* of the output, 1 to 9; 0: plain, or 6 for gzip in place */
    bool verify;         /* libcsv must read the same values from the output as were meant, and
                            count the same records */
    /* As csvk_normalize_outputs.progress; file_size is that of csvk_source_file_size. */
    int (*progress)(void *context, uint64_t consumed, uint64_t file_size);
    void *progress_context;
    /* As csvk_normalize_outputs.repaired. */
    void (*repaired)(void *context, const struct csvk_normalize_repaired *repaired);
    void *repaired_context;
    /* As csvk_normalize_outputs.rejected. */
    void (*rejected)(void *context, const struct csvk_normalize_rejected *rejected);
    void *rejected_context;
};
/*
 * The same for files. The outputs appear under their names when everything is done, the table last;
 * a refusal leaves old files of these names as they were. `options` says what else is wanted and is
 * not changed; its fields encoding, delimiter_found and digest follow from `files`, so leave them
 * as _init has set them. Failures are those of csvk_normalize, csvk_source_open and the sinks;
 * CSVK_EUSAGE also when two of the files are the same, or what in_place asks for is not so;
 * CSVK_ECHANGED also when the input was replaced; CSVK_EIO also when libcsv does not agree;
 * CSVK_EUSAGE when libcsv is wanted (verify, in_place) and csvk_use_libcsv of libcsvkit-extra was
 * not called.
 */
CSVK_API int csvk_normalize_files(const struct csvk_normalize_files *files,
                                  const struct csvk_normalize_options *options,
                                  struct csvk_normalize_result *result,
                                  struct csvk_error *err) CSVK_MUST_USE;

/* Appends the result as one JSON object without a line break; `file` is its "file". CSVK_ENOMEM. */
CSVK_API int csvk_normalize_summary(const struct csvk_normalize_result *result, const char *file,
                                    struct csvk_buf *out) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
