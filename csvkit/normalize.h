/*
 * normalize.h - any readable table in, clean RFC 4180 out: repair that never loses and never
 * invents.
 *
 * Every record of the input ends in one of three places: in the output, in the rejects (byte for
 * byte), or dropped by a repair that has a name. So records_in = records_out + records_rejected +
 * records_dropped, always. Every change has an id (r1 to r25), a class and a line in the log.
 *
 * Classes. L0: bytes change, rows do not. L1: rows change because an option says so. L2: rows
 * change by inference, and exactly one reading fits the width of the table; two that fit mean
 * rejects. L3: data leave the output, into the rejects only.
 *
 * Clean stretches of the input are copied whole; only records with a defect are written anew.
 * Memory: the look-ahead and the longest record.
 */
#ifndef CSVKIT_NORMALIZE_H
#define CSVKIT_NORMALIZE_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- repairs -------------------------------------------------------------------------------- */

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
    CSVK_REPAIR_TRIM,    /* --trim */
    CSVK_REPAIR_COLUMNS, /* columns chosen or put in another order */
    CSVK_REPAIRS
};
CSVK_API const char *csvk_repair_id(enum csvk_repair repair);      /* "r1" ... "trim" */
CSVK_API const char *csvk_repair_name(enum csvk_repair repair);    /* "bom": one or two words */
CSVK_API const char *csvk_repair_summary(enum csvk_repair repair); /* what is done, one line */

/* ---- options -------------------------------------------------------------------------------- */

enum csvk_normalize_header { CSVK_NORMALIZE_HEADER, CSVK_NORMALIZE_NO_HEADER };
enum csvk_normalize_quote {
    CSVK_NORMALIZE_QUOTE_KEEP,
    CSVK_NORMALIZE_QUOTE_MINIMAL,
    CSVK_NORMALIZE_QUOTE_ALL
};
enum csvk_normalize_ragged {
    CSVK_NORMALIZE_RAGGED_REPAIR,
    CSVK_NORMALIZE_RAGGED_REJECT,
    CSVK_NORMALIZE_RAGGED_FAIL
};
enum csvk_normalize_names { CSVK_NORMALIZE_NAMES_KEEP, CSVK_NORMALIZE_NAMES_STORAGE };
enum csvk_normalize_defect {
    CSVK_NORMALIZE_DEFECT_REJECT,
    CSVK_NORMALIZE_DEFECT_REMOVE,
    CSVK_NORMALIZE_DEFECT_KEEP
};

struct csvk_normalize_options {
    size_t size; /* sizeof: set by csvk_normalize_options_init */
    struct csvk_dialect dialect;
    bool delimiter_given; /* a line "sep=X" may not contradict it */
    const char *encoding; /* what the source converts from, or "utf-8"; borrowed. NULL: not said,
                             and a mark of UTF-16 or UTF-32 is obeyed */
    bool delimiter_found; /* it was found out, not given (r24) */
    bool any_eol;         /* CR, LF and CRLF each end a record */
    enum csvk_normalize_header header;
    /* With a header: the columns to write, in this order. Without: their names, so their number. */
    struct csvk_strings columns;
    struct csvk_dialect to;   /* escape is ignored */
    enum csvk_eol line_break; /* CSVK_EOL_CRLF or CSVK_EOL_LF */
    bool write_bom;
    enum csvk_normalize_quote quote;
    enum csvk_normalize_ragged ragged;
    enum csvk_normalize_names names;
    enum csvk_normalize_defect nul;     /* REJECT or REMOVE */
    enum csvk_normalize_defect control; /* KEEP or REMOVE */
    enum csvk_normalize_defect
        invalid_utf8;              /* REJECT, or REMOVE: U+FFFD for every ill-formed sequence */
    bool trim;                     /* blanks around values that are not enclosed */
    bool guard_formulas;           /* ' before values that a spreadsheet may execute */
    bool strict;                   /* any repair is a failure */
    bool digest;                   /* fill result->values: slower, for verification */
    uint64_t skip_head, skip_tail; /* physical lines */
    int comment;                   /* records that begin with this byte are dropped; -1: none */
    uint64_t max_repairs; /* records that may need inference; never less than 100, nor than 1 % */
    uint64_t look_ahead;  /* bytes in which a runaway enclosure is judged; 0: 256 KiB */
    uint64_t max_record;  /* longest record; 0: 64 MiB. Above: CSVK_ELIMIT */
    size_t window;        /* bytes read at a time; any value >= 1 gives equal results; 0: 256 KiB */
    enum csvk_simd simd;
};
CSVK_API void csvk_normalize_options_init(struct csvk_normalize_options *options);
CSVK_API void csvk_normalize_options_release(struct csvk_normalize_options *options);

/* ---- where things go ------------------------------------------------------------------------ */

/* Bytes go out in order; a failure ends the run with it. All-zero: nobody wants them. */
struct csvk_output {
    int (*write)(void *context, const void *bytes, size_t length, struct csvk_error *err);
    void *context;
};
struct csvk_normalize_outputs {
    struct csvk_output seen; /* the input, decompressed and converted, for who wants to look on */
    struct csvk_output table;
    struct csvk_output rejects;       /* none: the first record that belongs there is a failure */
    struct csvk_output rejects_index; /* JSON lines: where each came from, and why */
    struct csvk_output log;           /* JSON lines: every repair */
    int (*progress)(void *context, uint64_t consumed); /* < 0 stops: CSVK_ECANCELED; or NULL */
    void *progress_context;
};

struct csvk_normalize_place {
    uint64_t byte, line, record; /* byte from 0; line 0: none */
};
struct csvk_normalize_values { /* of the table as it was meant to be written; see digest.h */
    uint64_t records, fields, hash;
};
struct csvk_normalize_counted { /* by libcsv, independently: of files->verify */
    bool done;
    bool input_counted; /* libcsv reads the input the way we do */
    uint64_t records_in, records_out, records_rejected;
};
struct csvk_normalize_result {
    uint64_t records_in, records_out, records_rejected, records_dropped;
    uint64_t bytes_in, bytes_out; /* after decompression and conversion; before compression */
    uint64_t width;
    uint64_t inferred; /* records of the output that were repaired by inference (L2) */
    bool changed;      /* the output differs from the input in at least one byte */
    uint64_t repairs[CSVK_REPAIRS];
    char encoding[64]; /* with r2: what was converted from */
    int delimiter;     /* with r24: the byte that was found out */
    struct csvk_normalize_place first[CSVK_REPAIRS];
    struct csvk_normalize_place first_reject;
    char first_reject_reason[160];
    struct csvk_normalize_values values; /* with options->digest */
    struct csvk_normalize_counted counted;
};

/*
 * Reads `source` to its end and writes to `outputs`. On failure what was written so far is of no
 * use: whoever owns the outputs must throw it away. CSVK_EDATA: refused (the text says why, and
 * what to try); CSVK_EUSAGE: options; CSVK_ELIMIT: a record longer than options->max_record; and
 * what source and outputs answer. *result is valid after success, and after CSVK_EDATA as far as
 * it goes. Any thread; the objects are used by this call alone.
 */
CSVK_API int csvk_normalize(struct csvk_source *source,
                            const struct csvk_normalize_options *options,
                            const struct csvk_normalize_outputs *outputs,
                            struct csvk_normalize_result *result,
                            struct csvk_error *err) CSVK_MUST_USE;

/* ---- files ---------------------------------------------------------------------------------- */

struct csvk_normalize_files {
    const char *input;    /* "-": standard input */
    const char *output;   /* "-": standard output; NULL: nothing is written, only judged */
    const char *rejects;  /* with `rejects`.jsonl beside it; or NULL */
    const char *log;      /* or NULL */
    const char *encoding; /* of the input: a name iconv(3) knows, "auto", "utf-8", or NULL */
    bool sniff_delimiter; /* find the delimiter out; refused when it is not clear */
    int gzip_level;       /* of the output; 0: plain */
    bool verify;          /* libcsv must read back what was meant, and count what we count */
    int (*progress)(void *context, uint64_t consumed, uint64_t file_size);
    void *progress_context;
};
/*
 * The same for files. Outputs appear under their names when all is done, or not at all: a refusal
 * leaves the old ones. CSVK_EUSAGE when an output is the input. `options` says what else is wanted;
 * its encoding, delimiter_found and digest are set here.
 */
CSVK_API int csvk_normalize_files(const struct csvk_normalize_files *files,
                                  const struct csvk_normalize_options *options,
                                  struct csvk_normalize_result *result,
                                  struct csvk_error *err) CSVK_MUST_USE;

/* Appends the summary as one JSON object without a line break; `file` is the name in it. */
CSVK_API int csvk_normalize_summary(const struct csvk_normalize_result *result, const char *file,
                                    struct csvk_buf *out) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
