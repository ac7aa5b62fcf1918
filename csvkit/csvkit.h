/*
 * csvkit.h - the public face of the csvkit core: status, bytes, dialect, source, reader, sink.
 *
 * The idea. A *source* hands out bytes (file, gzip, memory). A *reader* owns the only window over
 * them and is pulled for *batches* of whole records at one of three levels of detail. What is wrong
 * with the grammar or the bytes of a record comes out of the same scan as *facts*: where, how long,
 * what. Facts are not judgements; the validator turns them into findings by profile.
 *
 * Rules that hold for every function here:
 *   - Nothing prints, nothing exits, there is no global state. Different objects may be used by
 *     different threads at the same time; one object by one thread at a time.
 *   - A return of CSVK_OK (0) or a positive value is success, a negative value is enum csvk_status.
 *     A `struct csvk_error *` may be NULL; when given it is filled on failure and left alone else.
 *   - `_new/_free` make and drop opaque objects; `_free(NULL)` is fine. `_init/_release` work on a
 *     struct that the caller owns. Strings passed in are copied unless the comment says borrowed.
 *   - Offsets in files are uint64_t and count from 0; sizes in memory are size_t; numbers of
 *     records, lines, columns and fields count from 1 (RFC 7111 section 2).
 */
#ifndef CSVKIT_H
#define CSVKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_VERSION "0.1.0"

#if defined(__GNUC__)
#define CSVK_API               __attribute__((visibility("default")))
#define CSVK_MUST_USE          __attribute__((warn_unused_result))
#define CSVK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CSVK_API
#define CSVK_MUST_USE
#define CSVK_PRINTF(fmt, args)
#endif

/* ---- status and error ------------------------------------------------------------------- */

/* What can go wrong with the world. What is wrong with the data is never a status. */
enum csvk_status {
    CSVK_OK = 0,
    CSVK_END = 1,        /* nothing more: not a failure */
    CSVK_ENOMEM = -1,    /* out of memory */
    CSVK_EIO = -2,       /* the operating system refused; csvk_error.sys is its errno */
    CSVK_ELIMIT = -3,    /* a stated limit was reached; nothing was cut short silently */
    CSVK_EUSAGE = -4,    /* the caller's options contradict each other or are out of range */
    CSVK_EDATA = -5,     /* the data, manifest or import was refused (the user's fault) */
    CSVK_ECHANGED = -6,  /* the input changed while it was read */
    CSVK_ENET = -7,      /* network trouble: no usable answer */
    CSVK_EREMOTE = -8,   /* the server answered and refused, or broke its own rules */
    CSVK_ECANCELED = -9, /* stopped by the caller */
};

struct csvk_error {
    enum csvk_status status;
    int sys;         /* errno, or 0 */
    uint64_t offset; /* byte in the input, where that makes sense; else 0 */
    char text[1024]; /* one line, no line break, for a person; names the file */
};

/* Fills `err` (when not NULL) and returns `status`, so that `return csvk_fail(...)` reads well. */
CSVK_API int csvk_fail(struct csvk_error *err, enum csvk_status status, const char *format, ...)
    CSVK_PRINTF(3, 4);
/* The same for a refused system call: status CSVK_EIO (CSVK_ENOMEM for ENOMEM), text + strerror. */
CSVK_API int csvk_fail_sys(struct csvk_error *err, int sys, const char *format, ...)
    CSVK_PRINTF(3, 4);

/* ---- memory and growing buffers ---------------------------------------------------------- */

/* As malloc/realloc/free; the only doors to the heap in the library. Sizes are never 0 inside. */
CSVK_API void *csvk_malloc(size_t size) CSVK_MUST_USE;
CSVK_API void *csvk_calloc(size_t count, size_t size) CSVK_MUST_USE; /* overflow is checked */
CSVK_API void *csvk_realloc(void *old, size_t size) CSVK_MUST_USE;
CSVK_API void *csvk_reallocarray(void *old, size_t count, size_t size) CSVK_MUST_USE;
CSVK_API char *csvk_strdup(const char *text) CSVK_MUST_USE;
CSVK_API char *csvk_strndup(const char *text, size_t length) CSVK_MUST_USE;
CSVK_API void csvk_free(void *block);

/* A borrowed run of bytes; the owner is named wherever one is returned. */
struct csvk_bytes {
    const unsigned char *ptr;
    size_t len;
};

/*
 * A growing byte buffer. Invariant: `data` is NULL and capacity 0, or data[length] is a NUL that is
 * not counted. Appending never cuts short: it succeeds whole or returns CSVK_ENOMEM and leaves the
 * buffer as it was. CSVK_BUF_INIT or an all-zero struct is an empty buffer.
 */
struct csvk_buf {
    unsigned char *data;
    size_t length, capacity;
};
#define CSVK_BUF_INIT                                                                              \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }
CSVK_API int csvk_buf_reserve(struct csvk_buf *buf, size_t more) CSVK_MUST_USE;
CSVK_API int csvk_buf_add(struct csvk_buf *buf, const void *bytes, size_t length) CSVK_MUST_USE;
CSVK_API int csvk_buf_puts(struct csvk_buf *buf, const char *text) CSVK_MUST_USE;
CSVK_API int csvk_buf_putc(struct csvk_buf *buf, unsigned char byte) CSVK_MUST_USE;
CSVK_API int csvk_buf_printf(struct csvk_buf *buf, const char *format, ...)
    CSVK_PRINTF(2, 3) CSVK_MUST_USE;
CSVK_API const char *csvk_buf_text(const struct csvk_buf *buf); /* "" when empty; NUL-terminated */
CSVK_API void csvk_buf_clear(struct csvk_buf *buf);             /* length 0, memory kept */
CSVK_API void csvk_buf_release(struct csvk_buf *buf);

/* A list of owned strings. All-zero is empty. Used for column names, keys, file lists. */
struct csvk_strings {
    char **item;
    size_t count, capacity;
};
CSVK_API int csvk_strings_add(struct csvk_strings *list, const char *text) CSVK_MUST_USE;
CSVK_API int csvk_strings_addn(struct csvk_strings *list, const char *text,
                               size_t length) CSVK_MUST_USE;
CSVK_API int csvk_strings_copy(struct csvk_strings *to,
                               const struct csvk_strings *from) CSVK_MUST_USE;
CSVK_API bool csvk_strings_has(const struct csvk_strings *list, const char *text);
CSVK_API void csvk_strings_release(struct csvk_strings *list);

/* ---- dialect ------------------------------------------------------------------------------ */

#define CSVK_NO_BYTE (-1) /* no enclosure, no escape */

/* Bytes that give a file its structure. A frozen value type. RFC 4180: { ',', '"', none }. */
struct csvk_dialect {
    int delimiter; /* 0..255 */
    int enclosure; /* 0..255 or CSVK_NO_BYTE */
    int escape;    /* 0..255 or CSVK_NO_BYTE; reading only: the byte after it is data */
};
#define CSVK_DIALECT_RFC4180                                                                       \
    {                                                                                              \
        ',', '"', CSVK_NO_BYTE                                                                     \
    }
/* CSVK_EUSAGE when two roles share a byte or a role is CR, LF, NUL or a byte from 0x80 up. */
CSVK_API int csvk_dialect_check(const struct csvk_dialect *dialect,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads one byte as users write it: the byte itself, "comma semicolon tab pipe space", "\t",
 * "\x1f", "none" (only when `none_allowed`). CSVK_EUSAGE with a text that names `role` otherwise.
 */
CSVK_API int csvk_dialect_parse_byte(const char *text, const char *role, bool none_allowed,
                                     int *byte, struct csvk_error *err) CSVK_MUST_USE;

enum csvk_eol { CSVK_EOL_NONE, CSVK_EOL_LF, CSVK_EOL_CRLF, CSVK_EOL_CR, CSVK_EOL_CRCRLF };
CSVK_API const char *csvk_eol_name(enum csvk_eol eol); /* "lf" "crlf" "cr" "crcrlf" "none" */

/* ---- source: where bytes come from -------------------------------------------------------- */

struct csvk_source;

/*
 * Opens `path` for reading; "-" is standard input (not closed). Plain or gzip is recognized by its
 * content (1F 8B 08), never by name; gzip may have several members. Directories, sockets and
 * devices that cannot be read as a stream are CSVK_EIO with a plain text. FIFOs and pipes are fine.
 */
CSVK_API int csvk_source_open(struct csvk_source **out, const char *path,
                              struct csvk_error *err) CSVK_MUST_USE;
/* Reads from memory; `bytes` is borrowed until csvk_source_free. Gzip is recognised here too. */
CSVK_API int csvk_source_memory(struct csvk_source **out, const void *bytes, size_t length,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Converts everything the source yields from `encoding` (a name iconv(3) knows) to UTF-8. Call
 * before the first read. A byte sequence that the encoding does not have becomes CSVK_EDATA.
 */
CSVK_API int csvk_source_set_encoding(struct csvk_source *source, const char *encoding,
                                      struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads up to `capacity` (decompressed) bytes; *got is 0 only at the end. A damaged gzip stream is
 * not a failure: the bytes before the damage are delivered, then the end, and csvk_source_damage
 * tells. CSVK_ECHANGED when a regular file turns out shorter or longer than when it was opened.
 */
CSVK_API int csvk_source_read(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                              struct csvk_error *err) CSVK_MUST_USE;
/*
 * The first bytes (decompressed, not converted), at most `most`, fewer only at the end of the
 * input: they will still be read. The view lives until the first read. Before the first read, and
 * before or after csvk_source_set_encoding; a longer look replaces a shorter one. CSVK_ENOMEM.
 */
CSVK_API int csvk_source_peek(struct csvk_source *source, size_t most, struct csvk_bytes *bytes,
                              struct csvk_error *err) CSVK_MUST_USE;
struct csvk_damage {
    const char *what; /* NULL: no damage. Else "truncated", "checksum differs", ... (static) */
    uint64_t offset;  /* in the compressed file */
};
CSVK_API struct csvk_damage csvk_source_damage(const struct csvk_source *source);
CSVK_API const char *csvk_source_name(const struct csvk_source *source); /* borrowed */
CSVK_API bool csvk_source_is_gzip(const struct csvk_source *source);     /* after the first read */
CSVK_API uint64_t csvk_source_file_size(const struct csvk_source *source); /* 0 = not known */
CSVK_API uint64_t csvk_source_consumed(const struct csvk_source *source);  /* bytes of the file */
CSVK_API void csvk_source_free(struct csvk_source *source);

/*
 * The slices of a sliced table: regular files at depth 0 of `directory`, dot files left out, in
 * byte order of their names (full paths in `out`). CSVK_EIO when it cannot be listed.
 */
CSVK_API int csvk_list_slices(const char *directory, struct csvk_strings *out,
                              struct csvk_error *err) CSVK_MUST_USE;

/* ---- reader: batches of whole records ------------------------------------------------------ */

/* How much is reported about records in which nothing is worth telling. */
enum csvk_detail {
    CSVK_COUNTS,  /* only how many; `records` holds just the reported ones (see below) */
    CSVK_RECORDS, /* in addition record_end[] for all */
    CSVK_FIELDS,  /* `records` and `fields` for all */
};

/* What the grammar or the bytes say at one place. Not a judgement. csv-rules: RFC 4180 section 2 */
enum csvk_fact_kind {
    CSVK_FACT_QUOTE_IN_UNQUOTED,  /* each enclosure byte in a field that is not enclosed */
    CSVK_FACT_TEXT_AFTER_CLOSING, /* first byte after the closing enclosure */
    CSVK_FACT_BACKSLASH_QUOTE,    /* backslash + enclosure, then text: length 2 */
    CSVK_FACT_SPACE_BEFORE_QUOTE, /* blanks between field start and an enclosure */
    CSVK_FACT_SPACE_AFTER_QUOTE,  /* blanks between closing enclosure and end of field */
    CSVK_FACT_UNCLOSED,           /* at the opening enclosure; extra = end of data (offset) */
    CSVK_FACT_SUSPICIOUS_LINES,   /* whole enclosed field holding a line that looks like a record;
                                     extra = lines it spans */
    CSVK_FACT_BARE_CR,            /* CR as data outside an enclosure */
    CSVK_FACT_CRCRLF,             /* CR CR LF as one line break */
    CSVK_FACT_BLANK,              /* a record without any byte; offset/length of its line break */
    CSVK_FACT_FIRST_EOL,          /* first line break outside enclosures; extra = enum csvk_eol */
    CSVK_FACT_MIXED_EOL,          /* first one that differs; extra = its kind; no field */
    CSVK_FACT_FINAL_EOL_MISSING,  /* at the end of data, length 0; no record */
    CSVK_FACT_NUL,                /* run of 00 */
    CSVK_FACT_CONTROL,            /* 01-1F but TAB CR LF, and 7F; extra = byte */
    CSVK_FACT_TAB,                /* TAB that is not the delimiter */
    CSVK_FACT_NON_ASCII,          /* run of well-formed UTF-8 sequences; extra = first code point */
    CSVK_FACT_INVALID_UTF8,       /* one maximal subpart, at most 3 bytes; extra = enum
                                     csvk_utf8_defect, and 256 times the bytes, first one lowest */
    CSVK_FACT_BOM_IN_DATA,        /* U+FEFF */
    CSVK_FACT_REPLACEMENT_CHAR,   /* U+FFFD */
    CSVK_FACT_UNICODE_LINE_BREAK, /* U+0085 U+2028 U+2029; extra = code point */
    CSVK_FACT_UTF8_BOM,           /* at offset 0; no record */
    CSVK_FACT_UTF16_BOM,          /* extra = enum csvk_unicode; nothing is parsed after it */
    CSVK_FACT_CTRL_Z_AT_EOF,      /* 1A as last byte; not data; no record */
    CSVK_FACT_NUL_PADDING_AT_EOF, /* after the last record only 00; not data; no record */
    CSVK_FACT_EMPTY,              /* the input has no byte */
    CSVK_FACT_KINDS
};
enum csvk_utf8_defect {
    CSVK_UTF8_LONE_CONTINUATION,
    CSVK_UTF8_OVERLONG,
    CSVK_UTF8_SURROGATE,
    CSVK_UTF8_BEYOND,    /* above U+10FFFF */
    CSVK_UTF8_CUT_SHORT, /* lead byte without its continuation bytes */
    CSVK_UTF8_BAD_LEAD,  /* a byte that never occurs */
};
enum csvk_unicode { CSVK_UTF16LE = 1, CSVK_UTF16BE, CSVK_UTF32LE, CSVK_UTF32BE };

#define CSVK_FACT_BIT(kind) (UINT32_C(1) << (kind))
#define CSVK_FACTS_ALL      ((UINT32_C(1) << CSVK_FACT_KINDS) - 1)

struct csvk_fact {
    uint64_t offset; /* absolute */
    uint64_t length;
    uint64_t extra;
    uint64_t record; /* from 1; 0: belongs to the file */
    uint64_t field;  /* from 1; 0: belongs to the record or the file */
    uint64_t line;   /* physical line and ... */
    uint64_t column; /* ... byte in it, from 1; 0: to be counted from the record's start */
    enum csvk_fact_kind kind;
};

/* A field of a record; offsets into csvk_batch.bytes, enclosures included. */
struct csvk_field {
    uint32_t begin, end;
    uint32_t flags; /* CSVK_FIELD_* */
};
#define CSVK_FIELD_ENCLOSED 1u /* began with the enclosure */
#define CSVK_FIELD_DECODE   2u /* the value differs from the raw bytes between the enclosures */
#define CSVK_FIELD_BROKEN   4u /* a quoting fact lies in it */

/*
 * A record that is reported one by one. At CSVK_FIELDS that is every record; below, only *reported*
 * ones: record 1, the first non-empty record, every record that has facts (but those that are only
 * counted: csvk_reader_only_count), every record whose number of
 * fields differs from the table's width, and every oversize one; and of these only record 1 and the
 * first non-empty one have their fields reported.
 */
struct csvk_record {
    uint64_t number; /* from 1 */
    uint64_t line;   /* physical line of its first byte, from 1 */
    uint64_t offset; /* absolute, of its first byte */
    uint64_t length; /* bytes without the line break */
    uint64_t nfields;
    uint64_t surplus_offset; /* field width + 1, when there is one: its absolute offset ... */
    uint64_t surplus_length; /* ... and raw length */
    uint32_t first_field;    /* index into csvk_batch.fields */
    uint32_t first_fact, nfacts;
    uint8_t eol;     /* enum csvk_eol: how it ended */
    bool blank;      /* no byte at all before its line break */
    bool last_empty; /* its last field is empty and not enclosed */
    bool oversize;   /* too long for memory: judged, but `fields` and `bytes` lack it; its
                        facts carry line and column */
    bool unfinished; /* oversize, and more of its facts come in the next batch: only number,
                        line, offset and facts mean something yet */
};

/* Whole records only. Every pointer dies at the next call for this reader. */
struct csvk_batch {
    const unsigned char *bytes; /* NULL for an oversize record */
    size_t size;                /* bytes of all records of this batch, line breaks included */
    uint64_t offset;            /* absolute, of bytes[0] */
    uint64_t first_record;      /* number of the first record of this batch */
    uint64_t nrecords;
    uint64_t first_line; /* physical line of bytes[0] */
    uint64_t nlines;     /* physical lines that end in this batch */
    const struct csvk_record *records;
    size_t nreported; /* entries of `records` */
    const struct csvk_field *fields;
    size_t nfields;
    const struct csvk_fact *facts; /* ascending by record; within a record by offset */
    size_t nfacts;
    const uint32_t *record_end; /* CSVK_RECORDS and up: nrecords offsets behind each line break */
    /* Of an oversize record: the physical lines that it has come to, at last the one it ends in,
     * and that its first surplus field begins in (0: none so far); with the offsets of their first
     * bytes. */
    uint64_t last_line, last_line_begin;
    uint64_t surplus_line, surplus_line_begin;
    const uint64_t *counted; /* by kind: facts that are not reported, see csvk_reader_only_count */
};

/* SIMD levels; results never depend on them. */
enum csvk_simd {
    CSVK_SIMD_AUTO,
    CSVK_SIMD_SCALAR,
    CSVK_SIMD_SSE2,
    CSVK_SIMD_SSE42,  /* SSSE3, SSE4.2 and carry-less multiply */
    CSVK_SIMD_AVX2,   /* AVX2, BMI1, BMI2 and carry-less multiply */
    CSVK_SIMD_AVX512, /* AVX-512 as Ice Lake and Zen 4 have it: BW, DQ, VBMI 1 and 2, VPOPCNTDQ,
                         GFNI */
    CSVK_SIMD_NEON,
};
CSVK_API enum csvk_simd csvk_simd_best(void);
CSVK_API const char *csvk_simd_name(enum csvk_simd level);

struct csvk_options {
    size_t size; /* sizeof(struct csvk_options): set by csvk_options_init */
    struct csvk_dialect dialect;
    enum csvk_detail detail;
    bool any_eol;        /* CR, LF and CRLF each end a record (rfc4180-bis) */
    bool continuation;   /* the source starts inside a file: no byte order mark is looked for */
    enum csvk_eol eol;   /* the file's kind of line break when already known, else NONE */
    uint64_t width;      /* fields per record when known, else 0: the first non-empty record's */
    uint32_t facts;      /* CSVK_FACT_BIT() of the byte facts wanted; grammar facts always come */
    size_t window;       /* bytes read at a time, any from 1 on gives equal results; 0: 1 MiB,
                            256 KiB at CSVK_FIELDS */
    uint64_t max_record; /* largest record kept in memory; 0: as large as 32-bit offsets allow.
                            Above it: CSVK_ELIMIT, or at CSVK_COUNTS still counted and judged */
    enum csvk_simd simd;
    bool reference_only; /* use the reference parser alone: slow, for comparison */
};
CSVK_API void csvk_options_init(struct csvk_options *options);

/* Exact after the last batch; until then what has been delivered. */
struct csvk_totals {
    uint64_t bytes;   /* decompressed bytes seen, marks and padding included */
    uint64_t records; /* the header included */
    uint64_t lines;   /* physical line breaks */
    uint64_t width;
    uint64_t eol[5]; /* record ends by enum csvk_eol; [CSVK_EOL_NONE]: last record without one */
    enum csvk_eol eol_mode;
};

struct csvk_reader;
/* Takes `source` (borrowed until csvk_reader_free) and copies `options`. CSVK_EUSAGE, CSVK_ENOMEM.
 */
CSVK_API int csvk_reader_new(struct csvk_reader **out, struct csvk_source *source,
                             const struct csvk_options *options,
                             struct csvk_error *err) CSVK_MUST_USE;
/* CSVK_OK with a batch (which may hold file facts only), CSVK_END, or a failure. */
CSVK_API int csvk_reader_next(struct csvk_reader *reader, struct csvk_batch *batch,
                              struct csvk_error *err) CSVK_MUST_USE;
/*
 * From the next batch on, facts of these `kinds` (CSVK_FACT_BIT) need not be reported: a record
 * that has the table's width and no fact of another kind may be counted in csvk_batch.counted
 * instead, and is not reported. What is reported and what is counted together is exact; how it is
 * divided is not promised.
 */
CSVK_API void csvk_reader_only_count(struct csvk_reader *reader, uint32_t kinds);
CSVK_API const struct csvk_totals *csvk_reader_totals(const struct csvk_reader *reader);
CSVK_API void csvk_reader_free(struct csvk_reader *reader);

/* Number of fields and i-th field (from 0) of a record reported with fields. */
static inline struct csvk_bytes csvk_field_raw(const struct csvk_batch *batch,
                                               const struct csvk_record *record, size_t i)
{
    const struct csvk_field *f = &batch->fields[record->first_field + i];
    struct csvk_bytes raw = {batch->bytes + f->begin, f->end - f->begin};
    return raw;
}
/*
 * The value of a raw field: enclosures taken off, doubled enclosures single, the byte behind an
 * escape as it is; what follows a closing enclosure is kept literally (csv-rules 3.2). `to` needs
 * room for raw.len bytes; returns the length of the value. `to` may be raw.ptr.
 */
CSVK_API size_t csvk_field_decode(struct csvk_bytes raw, const struct csvk_dialect *dialect,
                                  unsigned char *to);

/* ---- sink: files that appear whole or not at all ------------------------------------------- */

struct csvk_sink;
/*
 * Writes to a temporary file beside `path`, which gets its name in csvk_sink_commit only; "-" is
 * standard output. gzip_level 0: plain; 1..9: one ordinary gzip member, no name, no time stamp.
 */
CSVK_API int csvk_sink_open(struct csvk_sink **out, const char *path, int gzip_level,
                            struct csvk_error *err) CSVK_MUST_USE;
CSVK_API int csvk_sink_write(struct csvk_sink *sink, const void *bytes, size_t length,
                             struct csvk_error *err) CSVK_MUST_USE;
/* Flush, fsync, close, rename, fsync of the directory. After a failure the old file stands. */
CSVK_API int csvk_sink_commit(struct csvk_sink *sink, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the text and opens what was written for reading, before it has its name: to look at it once
 * more. Only csvk_sink_commit or csvk_sink_free may follow; the caller frees *out before. Not for
 * what is written directly (standard output, FIFOs, devices): CSVK_EUSAGE.
 */
CSVK_API int csvk_sink_read_back(struct csvk_sink *sink, struct csvk_source **out,
                                 struct csvk_error *err) CSVK_MUST_USE;
CSVK_API uint64_t csvk_sink_bytes(const struct csvk_sink *sink); /* given to csvk_sink_write */
/* Drops what was not committed and removes the temporary file. */
CSVK_API void csvk_sink_free(struct csvk_sink *sink);
/*
 * Removes the temporary files of sinks that are still open; async-signal-safe. For a program's
 * handler of SIGINT and SIGTERM.
 */
CSVK_API void csvk_sink_emergency_cleanup(void);

#ifdef __cplusplus
}
#endif

#endif
