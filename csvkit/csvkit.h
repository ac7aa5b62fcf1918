/*
 * csvkit.h - the core of csvkit for C programs: reading CSV files, and writing files safely.
 *
 * The idea. A *source* gives the bytes of a file, a gzip file or memory. A *reader* takes bytes
 * from a source and gives *batches* of whole records, at one of three levels of detail. While it
 * reads, it notes *facts*: a place, a length, and what the grammar (RFC 4180) or the bytes say
 * there. A fact is no judgement; the validator turns facts into findings, by a profile. A *sink*
 * writes a file that appears whole or not at all.
 *
 * Rules for all functions here and in the other headers of csvkit:
 *   - Threads. Different objects may be used by different threads at the same time. One object may
 *     be used by one thread at a time. Functions without an object may be called by any thread.
 *   - Results. Functions that can fail return a value of enum csvk_status: CSVK_OK (0) and positive
 *     values are success, negative values are failures. Comments name the failures.
 *   - Errors. A `struct csvk_error *` may be NULL. Otherwise it is filled on failure, and left
 *     alone on success.
 *   - Ownership. `_new` and `_open` make objects that the caller frees with `_free`; `_free(NULL)`
 *     is allowed. `_init` and `_release` work on a struct of the caller's. Texts that are passed in
 *     are copied unless the comment says "borrowed": then they must live as long as it says.
 *   - Structs. A program that was built with older headers keeps working with a newer library. For
 *     that, every struct is of one of three kinds: sized, the library's, or fixed.
 *   - Sized structs are the caller's, and begin with `size_t size`. New members come at the
 *     end. Such a struct is begun by its `_init`, which passes the size that the caller was
 *     compiled with; or, when its comment says {.size = sizeof ...}, by such an initializer,
 *     with the members that are wanted: all others are zero. Members that an older program does
 *     not have keep their defaults. Those of a newer program must be zero where the library
 *     does not know them: CSVK_EUSAGE otherwise, and for a size that no version had. A result
 *     is written as far as there is room.
 *   - The library's structs are given out by const pointer (csvk_batch, csvk_totals, csvk_damage),
 *     and taken back only from there. New members come at the end, so no program makes or copies
 *     one.
 *   - Fixed structs are all others. Their size never changes, so they can be copied and be in
 *     arrays. Where one has a `reserved`, a new member may take some of it.
 *   - Enums. Values never change; new ones may come, so be prepared for others. So may statuses:
 *     every negative one is a failure.
 *   - Numbers. Offsets in files are uint64_t, in bytes, and count from 0. Sizes in memory are
 *     size_t, in bytes. Numbers of records, lines, columns and fields count from 1 (RFC 7111
 *     section 2).
 *   - The library prints nothing, never ends the process, and keeps no global state except what it
 *     needs to remove temporary files (csvk_sink_emergency_cleanup), and what libcsvkit-extra has
 *     given to it (extra/extra.h).
 */
#ifndef CSVKIT_H
#define CSVKIT_H

#include "csvkit/basics.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- dialect ------------------------------------------------------------------------------ */

#define CSVK_NO_BYTE (-1) /* no enclosure, no escape */

#define CSVK_DELIMITER_MOST 8 /* bytes of the longest delimiter */

/*
 * The bytes that give a file its structure. A plain value: copy it freely. What is not named in an
 * initializer is zero, which means a delimiter of one byte and blanks that are data. The other
 * dialects are for reading only, and are read at the reference parser's speed (doc/reading.md A31,
 * A32).
 */
struct csvk_dialect {
    int delimiter; /* separates fields; the first byte of it when it has several */
    int enclosure; /* encloses a field; doubled inside of it. Or CSVK_NO_BYTE */
    int escape;    /* the byte after it is data; for reading only. Or CSVK_NO_BYTE */
    unsigned char more[CSVK_DELIMITER_MOST - 1]; /* the other bytes of the delimiter */
    unsigned char more_length;                   /* how many they are */
    bool skip_blanks; /* blanks at the start of a field are no part of it. A blank is a space or
                         TAB, but never the first byte of the delimiter. A field of them alone is
                         empty and begins right after its delimiter */
};
/* RFC 4180 section 2: comma, double quote, no escape. */
#define CSVK_DIALECT_RFC4180                                                                       \
    {                                                                                              \
        ',', '"', CSVK_NO_BYTE, {0}, 0, false                                                      \
    }
/*
 * Checks a dialect before it is used. CSVK_EUSAGE when two roles share a byte; when a role is CR,
 * LF, NUL, or a byte from 0x80 up; or when enclosure or escape is a blank (space, TAB). All of that
 * goes for every byte of a longer delimiter, but it may have bytes from 0x80 up when it is UTF-8 as
 * a whole.
 */
CSVK_API int csvk_dialect_check(const struct csvk_dialect *dialect,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Checks the byte with which comments begin; 0: there are none. CSVK_EUSAGE when it is CR, LF or
 * from 0x80 up, or has a role in `dialect`.
 */
CSVK_API int csvk_comment_check(uint64_t comment, const struct csvk_dialect *dialect,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads one byte of a dialect as users write it: the byte itself; a name (comma, semicolon, tab,
 * pipe, space, quote); a code such as \t or \x1f; and, when `none_allowed`, "none" or "", which
 * give CSVK_NO_BYTE. CSVK_EUSAGE otherwise, with a text that names `role` ("delimiter"), and for
 * bytes that csvk_dialect_check refuses in any role.
 */
CSVK_API int csvk_dialect_parse_byte(const char *text, const char *role, bool none_allowed,
                                     int *byte, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads a delimiter of 1 to 8 bytes into `dialect`, whose other parts stay: as
 * csvk_dialect_parse_byte reads one byte, or several bytes and codes in a row (||, \t\t, \x01\x02).
 * Letters and digits alone are refused: they are a misspelt name more often than a delimiter, and
 * can be given as codes. CSVK_EUSAGE; whether it contradicts the other parts is not looked at.
 */
CSVK_API int csvk_dialect_parse_delimiter(const char *text, struct csvk_dialect *dialect,
                                          struct csvk_error *err) CSVK_MUST_USE;

/* Room for a delimiter as users write it, with its NUL. */
#define CSVK_DELIMITER_TEXT (4 * CSVK_DELIMITER_MOST + 1)
/*
 * Writes one byte of a dialect to `text`, as csvk_dialect_parse_byte reads it and a person does:
 * tab, space, none, the byte itself, or a code such as \x1f. Returns `text`.
 */
CSVK_API const char *csvk_dialect_write_byte(int byte, char text[CSVK_DELIMITER_TEXT]);
/*
 * Writes the delimiter to `text`, as csvk_dialect_parse_delimiter reads it: as a byte of a dialect
 * when it has one, else its bytes and codes in a row (||, \t\t, \x01\x02). Returns `text`.
 */
CSVK_API const char *csvk_dialect_write_delimiter(const struct csvk_dialect *dialect,
                                                  char text[CSVK_DELIMITER_TEXT]);

/* Kinds of line breaks. CR CR LF counts as one line break (doc/reading.md A9). */
enum csvk_eol { CSVK_EOL_NONE, CSVK_EOL_LF, CSVK_EOL_CRLF, CSVK_EOL_CR, CSVK_EOL_CRCRLF };
/* "none", "lf", "crlf", "cr" or "crcrlf"; a constant. */
CSVK_API const char *csvk_eol_name(enum csvk_eol eol);

/* ---- source: where bytes come from -------------------------------------------------------- */

struct csvk_source;

/*
 * Opens `path` for reading; "-" is standard input, which is not closed. Whether the file is plain
 * or compressed (gzip, zstd, xz, bzip2) is decided by its first bytes, never by its name; it may
 * have several members or streams. Compressed files need the decoders of libcsvkit-extra
 * (csvk_use_decoders); without them their first read fails with CSVK_EUSAGE. FIFOs and pipes can be
 * read. The caller frees *out with csvk_source_free; *out is NULL on failure. CSVK_EIO, with a
 * plain text for directories, sockets and devices that cannot be read as a stream; CSVK_ENOMEM.
 */
CSVK_API int csvk_source_open(struct csvk_source **out, const char *path,
                              struct csvk_error *err) CSVK_MUST_USE;
/*
 * A source of the `length` bytes at `bytes`, which are borrowed until csvk_source_free. Gzip is
 * recognized here too. The caller frees *out; it is NULL on failure. CSVK_ENOMEM.
 */
CSVK_API int csvk_source_memory(struct csvk_source **out, const void *bytes, size_t length,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Where the bytes of a source come from, when it is neither a file nor memory: a socket, an
 * archive, another library.
 */
struct csvk_input {
    size_t size;      /* {.size = sizeof ...} */
    const char *name; /* for messages; copied */
    /*
     * Puts 1 to `capacity` bytes to `bytes` and their number to *got; 0 only at the end. Returns
     * CSVK_OK, or a failure, which becomes that of the source; *err should be filled then
     * (csvk_fail).
     */
    int (*read)(void *context, void *bytes, size_t capacity, size_t *got, struct csvk_error *err);
    void (*close)(void *context); /* called once, by csvk_source_free; or NULL */
    void *context;
    uint64_t length; /* bytes that `read` gives in all, as they are; 0: not known */
};
/*
 * A source of what `input` reads. Compressed data are recognized here too. The caller frees *out;
 * it is NULL on failure, and `close` was not called then. CSVK_ENOMEM; CSVK_EUSAGE without `read`
 * or `name`.
 */
CSVK_API int csvk_source_input(struct csvk_source **out, const struct csvk_input *input,
                               struct csvk_error *err) CSVK_MUST_USE;
/*
 * A source of what can be read from the file descriptor `fd`, from where it stands now; sockets are
 * allowed. `fd` is borrowed: it stays open. `name` is copied. As csvk_source_open else.
 */
CSVK_API int csvk_source_fd(struct csvk_source **out, int fd, const char *name,
                            struct csvk_error *err) CSVK_MUST_USE;
/*
 * From now on the source converts its bytes from `encoding`, a name that iconv(3) knows, to UTF-8.
 * A byte order mark is removed, except when `encoding` is UTF-8. To be called before the first
 * csvk_source_read. Later, reads fail with CSVK_EDATA at bytes that the encoding does not have.
 * CSVK_EUSAGE for an unknown encoding or after the first read, CSVK_ENOMEM.
 */
CSVK_API int csvk_source_set_encoding(struct csvk_source *source, const char *encoding,
                                      struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads 1 to `capacity` bytes, decompressed and converted, to `bytes`; *got says how many. *got is
 * 0 only at the end. Damage in a compressed file is not a failure: the bytes before it are
 * delivered, then comes the end, and csvk_source_damage reports the damage. CSVK_EIO; CSVK_ECHANGED
 * when a regular file was changed since it was opened; CSVK_EDATA for bytes that the encoding does
 * not have; CSVK_EUSAGE when `capacity` is 0, and for a compressed file without its decoder;
 * CSVK_ENOMEM.
 */
CSVK_API int csvk_source_read(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                              struct csvk_error *err) CSVK_MUST_USE;
/*
 * Shows the first bytes of the input, decompressed but not converted; csvk_source_read will still
 * deliver them. There are `most` of them, fewer only when the input has no more. The source owns
 * the bytes; the view is valid until the first read, or until the next call of this function, which
 * may ask for more. To be called before the first read; before or after csvk_source_set_encoding.
 * CSVK_EUSAGE after the first read, CSVK_EIO, CSVK_ECHANGED, CSVK_ENOMEM.
 */
CSVK_API int csvk_source_peek(struct csvk_source *source, size_t most, struct csvk_bytes *bytes,
                              struct csvk_error *err) CSVK_MUST_USE;
/*
 * Only files of this kind ("gzip") are decompressed; others are read as they are. To be called
 * before the first read or csvk_source_peek. `kind` is a constant.
 */
CSVK_API void csvk_source_decode_only(struct csvk_source *source, const char *kind);
/* Damage in a compressed file. The library's. */
struct csvk_damage {
    const char *what; /* "truncated", "checksum differs", ...; a constant */
    uint64_t offset;  /* in the compressed file, in bytes */
    const char *kind; /* as csvk_source_compression */
};
/* The damage found so far; NULL: none. The source owns it; valid until csvk_source_free. */
CSVK_API const struct csvk_damage *csvk_source_damage(const struct csvk_source *source);
/* The name for messages: the path, "standard input" or "memory". Valid until csvk_source_free. */
CSVK_API const char *csvk_source_name(const struct csvk_source *source);
/* Whether the input is gzip. Known after the first read or csvk_source_peek; false before. */
CSVK_API bool csvk_source_is_gzip(const struct csvk_source *source);
/* "gzip", "zstd", "xz" or "bzip2"; NULL: plain. Known when csvk_source_is_gzip is. */
CSVK_API const char *csvk_source_compression(const struct csvk_source *source);
/* The same for the first bytes of a file; ten are enough. */
CSVK_API const char *csvk_compression_of(struct csvk_bytes start);
/* How many bytes of the file there are to read in all (compressed ones); 0: not known. */
CSVK_API uint64_t csvk_source_file_size(const struct csvk_source *source);
/* How many bytes of the file have been used so far; with the size, a measure of progress. */
CSVK_API uint64_t csvk_source_consumed(const struct csvk_source *source);
/* Closes the file, unless it is standard input, and frees the source. */
CSVK_API void csvk_source_free(struct csvk_source *source);

/*
 * Lists the slices of a sliced table and appends their paths (`directory` included) to `out`, in
 * byte order of their names. Slices are the regular files that lie directly in `directory`, but no
 * files whose name begins with a dot; symbolic links count as what they point to. CSVK_EIO when the
 * directory cannot be listed or a link points nowhere; CSVK_ENOMEM. After a failure `out` may hold
 * some of the paths.
 */
CSVK_API int csvk_list_slices(const char *directory, struct csvk_strings *out,
                              struct csvk_error *err) CSVK_MUST_USE;

/* ---- reader: batches of whole records ------------------------------------------------------ */

/* How much is reported about records that nothing is wrong with. */
enum csvk_detail {
    CSVK_COUNTS,  /* only their number; `records` has the reported ones (struct csvk_record) */
    CSVK_RECORDS, /* the same, and record_end[] for all records */
    CSVK_FIELDS,  /* `records` and `fields` for all records */
};

/*
 * What the grammar or the bytes say at one place; no judgement. The grammar is RFC 4180 section 2.
 * doc/reading.md explains every kind; its decisions are given as A7 to A25. Invariant: the kinds
 * about enclosures come first, CSVK_FACT_UNCLOSED is the last of them.
 */
enum csvk_fact_kind {
    CSVK_FACT_QUOTE_IN_UNQUOTED,  /* each enclosure byte in a field that is not enclosed (A13) */
    CSVK_FACT_TEXT_AFTER_CLOSING, /* the first byte after the closing enclosure (A14) */
    CSVK_FACT_BACKSLASH_QUOTE,    /* backslash and enclosure, then text; length 2 */
    CSVK_FACT_SPACE_BEFORE_QUOTE, /* blanks between the field's start and an enclosure (A15) */
    CSVK_FACT_SPACE_AFTER_QUOTE,  /* blanks from the closing enclosure to the field's end (A16) */
    CSVK_FACT_UNCLOSED,           /* at the opening enclosure (A17); extra = offset of the end of
                                     the data */
    CSVK_FACT_SUSPICIOUS_LINES,   /* the first enclosed field with a line break, when every line of
                                     its record looks like a record (A18); extra = how many lines
                                     the field spans */
    CSVK_FACT_BARE_CR,            /* CR as data, outside of an enclosure (A8) */
    CSVK_FACT_CRCRLF,             /* CR CR LF, read as one line break (A9) */
    CSVK_FACT_BLANK,              /* a record without any byte; the place is its line break (A5) */
    CSVK_FACT_FIRST_EOL,          /* the first line break outside of an enclosure; extra = enum
                                     csvk_eol */
    CSVK_FACT_MIXED_EOL,          /* the first line break of another kind (A10); extra = enum
                                     csvk_eol; it has no field */
    CSVK_FACT_FINAL_EOL_MISSING,  /* at the end of the data, length 0 (A3); it has no record */
    CSVK_FACT_NUL,                /* a run of bytes 00 (A19) */
    CSVK_FACT_CONTROL,            /* 01-1F except TAB, CR, LF; and 7F (A20); extra = the byte */
    CSVK_FACT_TAB,                /* a TAB that is not the delimiter (A20) */
    CSVK_FACT_NON_ASCII,          /* a run of well-formed UTF-8 sequences from U+0080 up (A21);
                                     extra = the first code point */
    CSVK_FACT_INVALID_UTF8,       /* one maximal subpart of an ill-formed sequence, at most 3 bytes
                                     (A21); extra = enum csvk_utf8_defect, plus 256 times the
                                     bytes, the first one lowest */
    CSVK_FACT_BOM_IN_DATA,        /* U+FEFF after the start of the file (A23) */
    CSVK_FACT_REPLACEMENT_CHAR,   /* U+FFFD */
    CSVK_FACT_UNICODE_LINE_BREAK, /* U+0085, U+2028 or U+2029; extra = the code point */
    CSVK_FACT_UTF8_BOM,           /* a byte order mark at offset 0 (A22); it has no record */
    CSVK_FACT_UTF16_BOM,          /* a mark of UTF-16 or UTF-32 (A24); extra = enum csvk_unicode;
                                     nothing is parsed after it */
    CSVK_FACT_CTRL_Z_AT_EOF,      /* 1A as the last byte, which is not data (A25); no record */
    CSVK_FACT_NUL_PADDING_AT_EOF, /* nothing but 00 after the last record, which is not data (A25);
                                     it has no record */
    CSVK_FACT_EMPTY,              /* the input has no byte (A1) */
    CSVK_FACT_LONG_FIELD,         /* a field of an oversize record whose value is longer than
                                     csvk_options.long_field; extra = bytes of the value. Whoever
                                     has a record in memory can measure its fields */
    CSVK_FACT_KINDS
};
/* Why bytes are not UTF-8 (RFC 3629; Unicode table 3-7). */
enum csvk_utf8_defect {
    CSVK_UTF8_LONE_CONTINUATION, /* a continuation byte without a lead byte */
    CSVK_UTF8_OVERLONG,          /* a sequence longer than its code point needs */
    CSVK_UTF8_SURROGATE,         /* U+D800 to U+DFFF */
    CSVK_UTF8_BEYOND,            /* above U+10FFFF */
    CSVK_UTF8_CUT_SHORT,         /* a lead byte without all its continuation bytes */
    CSVK_UTF8_BAD_LEAD,          /* a byte that occurs in no sequence */
};
/* Encodings that a byte order mark names. */
enum csvk_unicode { CSVK_UTF16LE = 1, CSVK_UTF16BE, CSVK_UTF32LE, CSVK_UTF32BE };

/* Sets of kinds of facts, one bit each. */
#define CSVK_FACT_BIT(kind) (UINT32_C(1) << (kind))
#define CSVK_FACTS_ALL      ((UINT32_C(1) << CSVK_FACT_KINDS) - 1)

/* One fact. Offsets count bytes of the decompressed, converted input. */
struct csvk_fact {
    uint64_t offset;
    uint64_t length; /* bytes */
    uint64_t extra;  /* depends on the kind */
    uint64_t record; /* from 1; 0: the fact belongs to the file */
    uint64_t field;  /* from 1; 0: the fact belongs to the record or the file */
    uint64_t line;   /* the physical line, from 1, and ... */
    uint64_t column; /* ... the byte in it, from 1; 0: to be counted from the record's start */
    enum csvk_fact_kind kind;
};

/* One field, enclosures included: the bytes from `begin` up to `end` of csvk_batch.bytes. */
struct csvk_field {
    uint32_t begin, end;
    uint32_t flags; /* CSVK_FIELD_* */
};
#define CSVK_FIELD_ENCLOSED 1u /* it began with the enclosure */
#define CSVK_FIELD_DECODE   2u /* its value differs from the raw bytes between the enclosures */
#define CSVK_FIELD_BROKEN   4u /* a fact about enclosures lies in it */

/*
 * A record that is reported. At CSVK_FIELDS that is every record. At the other levels these are
 * reported:
 *   - record 1 and the first record that is not empty; the fields of these two are reported too,
 *     and of no others;
 *   - every record with facts, except facts that are only counted (csvk_reader_only_count);
 *   - every record whose number of fields differs from the width of the table;
 *   - every oversize record.
 */
struct csvk_record {
    uint64_t number; /* from 1 */
    uint64_t line;   /* the physical line of its first byte, from 1 */
    uint64_t offset; /* of its first byte in the input */
    uint64_t length; /* bytes, without the line break */
    uint64_t nfields;
    uint64_t surplus_offset; /* of the first field beyond the width, if any: offset in the input */
    uint64_t surplus_length; /* and its raw length in bytes */
    uint32_t first_field;    /* index into csvk_batch.fields */
    uint32_t first_fact, nfacts; /* index into csvk_batch.facts, and how many */
    uint8_t eol;                 /* enum csvk_eol: the line break that ended it */
    bool blank;                  /* it has no byte before its line break */
    bool last_empty;             /* its last field is empty and not enclosed */
    bool oversize;   /* too long to be kept in memory: it was read and its facts are reported, with
                        line and column, but `fields` and `bytes` do not have it */
    bool unfinished; /* oversize, and more of its facts come in the next batch: only number, line,
                        offset and facts have a meaning yet */
};

/*
 * A batch of whole records. It is the library's: the reader owns it, and everything that is pointed
 * to. All of it is valid until the next csvk_reader_next or csvk_reader_free for the same reader.
 */
struct csvk_batch {
    const unsigned char *bytes; /* the records; NULL for an oversize record */
    size_t size;                /* bytes of all records of this batch, line breaks included */
    uint64_t offset;            /* of bytes[0] in the input */
    uint64_t first_record;      /* number of the first record of this batch */
    uint64_t nrecords;          /* records in this batch, reported or not */
    uint64_t first_line;        /* the physical line of bytes[0], from 1 */
    uint64_t nlines;            /* physical lines that end in this batch */
    const struct csvk_record *records;
    size_t nreported; /* entries of `records` */
    const struct csvk_field *fields;
    size_t nfields;
    const struct csvk_fact *facts; /* ascending by record, and within a record by offset */
    size_t nfacts;
    const uint32_t *record_end; /* at CSVK_RECORDS and CSVK_FIELDS: for each of the nrecords
                                   records, the offset in `bytes` after its line break */
    /*
     * For an oversize record, where it stands now: the physical line that has been reached (at the
     * end, the line in which the record ends), and the line in which its first surplus field begins
     * (0: none so far). Each comes with the offset of the line's first byte in the input.
     */
    uint64_t last_line, last_line_begin;
    uint64_t surplus_line, surplus_line_begin;
    const uint64_t *counted; /* CSVK_FACT_KINDS numbers: facts of each kind that were counted and
                                not reported (csvk_reader_only_count) */
    /* What was set aside directly before `offset` (csvk_options.comment): bytes, physical lines. No
       comment is ever among the bytes of a batch. `line_begin`: where the line of `offset` begins,
       when anything was set aside. */
    uint64_t comment_bytes, comment_lines, line_begin;
    /* For an oversize record, the bytes of it that this batch stands for. NULL: they are NUL bytes,
       and may turn out to be no data, when nothing else follows. */
    const unsigned char *piece;
    size_t piece_size;
};

/* Sets of processor instructions that the reader can use. Results never depend on them. */
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
/* The best level that this processor has. */
CSVK_API enum csvk_simd csvk_simd_best(void);
/* "auto", "scalar", "sse2", ...; a constant. */
CSVK_API const char *csvk_simd_name(enum csvk_simd level);

/* How to read. csvk_options_init sets all of it; then change what is wanted. */
struct csvk_options {
    size_t size; /* set by csvk_options_init */
    struct csvk_dialect dialect;
    enum csvk_detail detail;
    bool any_eol;        /* CR, LF and CRLF each end a record (rfc4180-bis) */
    bool continuation;   /* the source begins inside a file: no byte order mark is looked for */
    enum csvk_eol eol;   /* the kind of line break of the file when it is known, else NONE */
    uint64_t width;      /* fields for each record when known; 0: as many as the first record that
                            is not empty has (doc/reading.md A29) */
    uint32_t facts;      /* CSVK_FACT_BIT() of the facts about bytes that are wanted; facts of the
                            grammar and CSVK_FACT_NUL are always reported */
    size_t window;       /* bytes read at a time; every value from 1 up gives the same records and
                            facts; 0: 1 MiB, at CSVK_FIELDS 256 KiB */
    uint64_t max_record; /* bytes of the longest record that is kept in memory; 0: as many as 32-bit
                            offsets allow, at CSVK_COUNTS 2 MiB. A longer record fails with
                            CSVK_ELIMIT; at CSVK_COUNTS it is read as oversize */
    enum csvk_simd simd; /* a level that the processor does not have: the best that it has */
    bool reference_only; /* use the reference parser alone: slow, for comparison */
    uint64_t long_field; /* bytes of a value; longer ones are CSVK_FACT_LONG_FIELD; 0: none is */
    uint64_t comment;    /* lines that begin with this byte where a record could begin are set aside
                            and only counted (csvk_totals); 0: there are none */
};
/* Sets RFC 4180's dialect, CSVK_COUNTS, all facts, and zero elsewhere. */
CSVK_API void csvk_options_init_sized(struct csvk_options *options, size_t size);
static inline void csvk_options_init(struct csvk_options *options)
{
    csvk_options_init_sized(options, sizeof *options);
}

/* What was read so far; what the whole file has, after the last batch. The library's. */
struct csvk_totals {
    uint64_t bytes;   /* bytes of the decompressed, converted input, marks and padding included */
    uint64_t records; /* the header included */
    uint64_t lines;   /* physical line breaks */
    uint64_t width;   /* fields for each record; 0: not known yet */
    uint64_t eol[5];  /* records by the line break that ended them, enum csvk_eol;
                         [CSVK_EOL_NONE]: a last record without one */
    enum csvk_eol eol_mode; /* the first line break outside of an enclosure */
    uint64_t comments;      /* lines that were set aside (csvk_options.comment); no records */
};

struct csvk_reader;
/*
 * Makes a reader for `source`, from which nothing was read yet. The source is borrowed: it must
 * live until csvk_reader_free, and only the reader may read from it. `options` is copied. The
 * caller frees *out with csvk_reader_free; *out is left alone on failure. CSVK_EUSAGE for a dialect
 * that csvk_dialect_check refuses, CSVK_ENOMEM.
 */
CSVK_API int csvk_reader_new(struct csvk_reader **out, struct csvk_source *source,
                             const struct csvk_options *options,
                             struct csvk_error *err) CSVK_MUST_USE;
/*
 * Sets *batch to the next records. A batch may have facts about the file and no record. Returns
 * CSVK_OK with a batch; else *batch is NULL, and the status is CSVK_END after the last one,
 * CSVK_HUNGRY (csvk_reader_new_fed), or a failure: CSVK_ELIMIT for a record longer than
 * options.max_record, CSVK_ENOMEM, and what csvk_source_read returns. After a failure the reader
 * can only be freed.
 */
CSVK_API int csvk_reader_next(struct csvk_reader *reader, const struct csvk_batch **batch,
                              struct csvk_error *err) CSVK_MUST_USE;
/*
 * A reader that is given its bytes instead of reading them; `name` is for messages and is copied.
 * Else as csvk_reader_new: the same bytes give the same records and facts, however they are cut.
 *
 *     csvk_feed(reader, bytes, length);
 *     while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) ...
 *     until status is CSVK_HUNGRY: feed more, or csvk_feed_end and go on until CSVK_END.
 */
CSVK_API int csvk_reader_new_fed(struct csvk_reader **out, const char *name,
                                 const struct csvk_options *options,
                                 struct csvk_error *err) CSVK_MUST_USE;
/*
 * The next `length` bytes, borrowed until csvk_reader_next returns CSVK_HUNGRY. CSVK_EUSAGE when
 * bytes are left from before, after csvk_feed_end, and for a reader that has a source.
 */
CSVK_API int csvk_feed(struct csvk_reader *reader, const void *bytes, size_t length,
                       struct csvk_error *err) CSVK_MUST_USE;
/* Nothing follows. */
CSVK_API void csvk_feed_end(struct csvk_reader *reader);
/*
 * From the next batch on, facts of these `kinds` (CSVK_FACT_BIT) need not be reported. For a caller
 * who has seen enough of them; reading gets faster. A record that has the width of the table and
 * facts of these kinds only may then go unreported, and its facts are added to csvk_batch.counted.
 * The sum of reported and counted facts is exact; which of them are reported is not promised.
 */
CSVK_API void csvk_reader_only_count(struct csvk_reader *reader, uint32_t kinds);
/* The totals. The reader owns them; valid until csvk_reader_free, updated by csvk_reader_next. */
CSVK_API const struct csvk_totals *csvk_reader_totals(const struct csvk_reader *reader);
/* Frees the reader and all that its batches point to, but not the source. */
CSVK_API void csvk_reader_free(struct csvk_reader *reader);

/*
 * The raw bytes, enclosures included, of the i-th field (from 0) of a record that was reported with
 * its fields. A view into the batch.
 */
static inline struct csvk_bytes csvk_field_raw(const struct csvk_batch *batch,
                                               const struct csvk_record *record, size_t i)
{
    const struct csvk_field *f = &batch->fields[record->first_field + i];
    struct csvk_bytes raw = {batch->bytes + f->begin, f->end - f->begin};
    return raw;
}
/*
 * Writes the value of a raw field to `to`, which has room for raw.len bytes and may be raw.ptr, and
 * returns the length of the value in bytes. The enclosures are removed and doubled enclosures made
 * single (RFC 4180 section 2.5 and 2.7); the byte after an escape is taken as it is; what follows
 * a closing enclosure is kept literally (doc/reading.md A14). `raw` need not be well-formed. Any
 * thread.
 */
CSVK_API size_t csvk_field_decode(struct csvk_bytes raw, const struct csvk_dialect *dialect,
                                  unsigned char *to);
/*
 * The value of the i-th field (from 0) of a record that was reported with its fields; `dialect` is
 * the reader's. *value is a view into the batch, or into `room`, a buffer of the caller's, when the
 * value had to be decoded: what `room` held before is lost then. The view is valid as long as the
 * batch and until `room` changes, so take one room for each value that is kept. CSVK_ENOMEM.
 */
CSVK_API int csvk_field_value(const struct csvk_batch *batch, const struct csvk_record *record,
                              size_t i, const struct csvk_dialect *dialect, struct csvk_buf *room,
                              struct csvk_bytes *value) CSVK_MUST_USE;

/* ---- sink: files that appear whole or not at all ------------------------------------------- */

struct csvk_sink;
/*
 * Opens a file for writing. The bytes go to a temporary file in the directory of `path`, which gets
 * the name `path` in csvk_sink_commit and not before. "-" is standard output, which is written
 * directly, as are FIFOs and character devices. An existing file keeps its rights, and its owner
 * where that is permitted; a symbolic link stays and the file it points to is replaced. gzip_level
 * 0: plain; 1 (fast) to 9 (small): one ordinary gzip member (RFC 1952) without name and time stamp.
 *
 * The caller frees *out with csvk_sink_free; *out is NULL on failure. CSVK_EIO, CSVK_ENOMEM;
 * CSVK_EUSAGE for a level out of range, and for gzip when csvk_use_gzip of libcsvkit-extra was not
 * called; CSVK_ELIMIT when 256 temporary files are open in this
 * process; CSVK_ECHANGED when a FIFO or a device was replaced by a file meanwhile.
 */
CSVK_API int csvk_sink_open(struct csvk_sink **out, const char *path, int gzip_level,
                            struct csvk_error *err) CSVK_MUST_USE;
/*
 * Appends `length` bytes; they are copied or written before the call returns. A failure is final:
 * every later write, and the commit, return it again. CSVK_EIO, CSVK_ENOMEM; CSVK_EUSAGE after
 * csvk_sink_commit or csvk_sink_read_back.
 */
CSVK_API int csvk_sink_write(struct csvk_sink *sink, const void *bytes, size_t length,
                             struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the file and makes it appear under its name: writes what is left, fsync, close, rename,
 * fsync of the directory. After a failure an old file of that name is as it was. (When only the
 * last step fails, the new file is there, but may not survive a crash.) CSVK_EIO, CSVK_ENOMEM;
 * CSVK_EUSAGE when it was committed already.
 */
CSVK_API int csvk_sink_commit(struct csvk_sink *sink, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the text and opens the temporary file as a source, so that what was written can be checked
 * before it gets its name. After that only csvk_sink_commit and csvk_sink_free are allowed; the
 * caller frees *out before that. CSVK_EUSAGE for targets that are written directly (standard
 * output, FIFOs, devices) and after the commit; CSVK_EIO, CSVK_ENOMEM.
 */
CSVK_API int csvk_sink_read_back(struct csvk_sink *sink, struct csvk_source **out,
                                 struct csvk_error *err) CSVK_MUST_USE;
/* How many bytes were given to csvk_sink_write, before compression. */
CSVK_API uint64_t csvk_sink_bytes(const struct csvk_sink *sink);
/* Frees the sink. Without a commit before it, the temporary file is removed. */
CSVK_API void csvk_sink_free(struct csvk_sink *sink);
/*
 * Removes the temporary files of all open sinks of this process. For a program's handler of SIGINT
 * and SIGTERM, which ends the process afterwards. Any thread; async-signal-safe.
 */
CSVK_API void csvk_sink_emergency_cleanup(void);

#ifdef __cplusplus
}
#endif

#endif
