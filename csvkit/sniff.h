/*
 * sniff.h - proposes the dialect, the encoding and the header of a file from a sample of its bytes.
 *
 * Every part of the proposal has a score from 0 to 100, and its evidence as a text. A proposal is
 * no decision: the caller goes on when the verdict is CSVK_SNIFF_CLEAR, and refuses the file
 * otherwise.
 *
 * The idea. The sample is read by the ordinary reader, once for each combination of delimiter and
 * enclosure that occurs in it. A combination is good when many records have the same number of
 * fields, more than one; when no enclosure is wrong (RFC 4180 section 2.5 to 2.7); and when the
 * fields do not contain other delimiters.
 *
 * The functions may be called by any thread. struct csvk_sniff owns nothing and may be copied.
 */
#ifndef CSVKIT_SNIFF_H
#define CSVKIT_SNIFF_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_SNIFF_SAMPLE     ((size_t)1 << 20) /* bytes that are enough for most files */
#define CSVK_SNIFF_CANDIDATES 9                 /* most delimiters that are compared */

enum csvk_sniff_verdict {
    CSVK_SNIFF_CLEAR,      /* one dialect is better than all others */
    CSVK_SNIFF_ONE_COLUMN, /* no delimiter splits the records into the same number of fields */
    CSVK_SNIFF_AMBIGUOUS, /* two delimiters are about as good as each other, or the best is not good
                           */
    CSVK_SNIFF_EMPTY,     /* no byte, or nothing but blanks and line breaks */
    CSVK_SNIFF_NOT_TEXT,  /* another kind of file, or NUL bytes that no known encoding explains */
    CSVK_SNIFF_NOT_TABLE, /* text that looks like another kind of file: a web page, JSON ... */
};
/* "clear", "one-column", "ambiguous", "empty", "not-text" or "not-a-table"; a constant. */
CSVK_API const char *csvk_sniff_verdict_name(enum csvk_sniff_verdict verdict);

/* A sample is the whole file, or its beginning. */
enum csvk_sample { CSVK_SAMPLE_WHOLE, CSVK_SAMPLE_CUT };

/* How sure one part of the proposal is, and why. */
struct csvk_sniff_part {
    int score;          /* 0 to 100 */
    char evidence[200]; /* one line */
};

/* The best reading of the sample with one delimiter. */
struct csvk_sniff_candidate {
    struct csvk_dialect dialect;
    int score;        /* 0 to 100 */
    uint64_t width;   /* the most frequent number of fields */
    uint64_t records, /* records that are not empty */
        alike,        /* of these, records of that width */
        faulty;       /* records with a wrong enclosure */
    uint64_t fields,  /* fields of all records */
        enclosed,     /* of these, enclosed fields */
        doubled;      /* enclosed fields in which something has to be decoded */
};

struct csvk_sniff {
    size_t size; /* {.size = sizeof ...} */
    enum csvk_sniff_verdict verdict;
    struct csvk_dialect dialect; /* of the best candidate; RFC 4180's when there is none */
    bool has_header;
    enum csvk_eol eol;
    const char *encoding; /* a name that iconv(3) knows, a constant; "" when the sample is not text,
                             or its encoding is not known */
    uint64_t mark;        /* bytes of the byte order mark; 0: none */
    bool cut;             /* the sample is only the beginning of the file */
    bool sep_line;        /* the first line is "sep=X", which is not data (doc/reading.md A27) */
    uint64_t records;     /* in the sample, the header included */
    struct csvk_sniff_part on_delimiter, on_enclosure, on_escape, on_encoding, on_header, on_eol;
    struct csvk_sniff_candidate candidate[CSVK_SNIFF_CANDIDATES]; /* best first */
    size_t ncandidates;
    uint64_t skip_head; /* lines above the table; dialect and header are those below them */
    struct csvk_sniff_part on_head;
    uint32_t reserved;
    uint64_t comments; /* lines that begin with # (or `comment`) and are no records; not counted in
                          `records` */
    struct csvk_sniff_part on_comments;
    uint32_t reserved_too;
    /* To be set before: lines that begin with this byte are comments, and are passed over whatever
       is in them; 0: it is found out whether there are comments that begin with #. */
    uint64_t comment;
};

/*
 * Judges the first bytes of a file, decompressed and not converted. `extent` says whether they are
 * all of it. The sample is only read during the call. Fills *out, whose size was set, and `comment`
 * where it is wanted; CSVK_EUSAGE when the size was not, CSVK_ENOMEM.
 */
CSVK_API int csvk_sniff(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
                        struct csvk_error *err) CSVK_MUST_USE;
/*
 * The same for the first `most` bytes (0: CSVK_SNIFF_SAMPLE) of a source from which nothing was
 * read yet. They are looked at by csvk_source_peek, so the source will still deliver them. Sets
 * *sampled (when not NULL) to the number of bytes that were judged. CSVK_EUSAGE after the first
 * read of the source, CSVK_EIO, CSVK_ECHANGED, CSVK_ENOMEM.
 */
CSVK_API int csvk_sniff_source(struct csvk_source *source, size_t most, struct csvk_sniff *out,
                               size_t *sampled, struct csvk_error *err) CSVK_MUST_USE;

/* Lines in a row with the same delimiter and number of fields, a few faulty ones among them. The
   library's. */
struct csvk_sniff_stretch {
    uint64_t line, byte; /* of its first line, from 1 and from 0 */
    uint64_t lines;
    uint64_t width; /* fields of a line */
    int delimiter;
};
/* Takes one stretch after the other; a status other than CSVK_OK ends the reading. */
typedef int csvk_sniff_stretch_fn(const struct csvk_sniff_stretch *stretch, void *context);
/*
 * Reads all of a source, line by line, and passes every stretch to `take`: one when the dialect is
 * the same throughout, none when there are fewer than five lines with a usual delimiter. Enclosures
 * are those of RFC 4180, and line breaks within them end a line here. Memory is bounded. What
 * csvk_source_read and `take` return.
 */
CSVK_API int csvk_sniff_changes(struct csvk_source *source, csvk_sniff_stretch_fn *take,
                                void *context, struct csvk_error *err) CSVK_MUST_USE;
/* The same, but lines that begin with the byte `comment` are passed over. */
CSVK_API int csvk_sniff_changes_without(struct csvk_source *source, uint64_t comment,
                                        csvk_sniff_stretch_fn *take, void *context,
                                        struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
