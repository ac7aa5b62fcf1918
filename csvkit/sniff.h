/*
 * sniff.h - proposes the dialect, encoding and header of a file from a sample of its bytes.
 *
 * Every part of the proposal has a score (0..100) and its evidence in words. A proposal is not a
 * decision: the caller goes on only when the verdict is CSVK_SNIFF_CLEAR, and refuses otherwise.
 *
 * The idea. The sample is read with the ordinary reader once per combination of delimiter and
 * enclosure that occurs in it. A combination is good when many records have one width greater than
 * one, when no enclosure fault turns up, and when the fields do not hold other delimiters.
 */
#ifndef CSVKIT_SNIFF_H
#define CSVKIT_SNIFF_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_SNIFF_SAMPLE     ((size_t)1 << 20) /* bytes that are enough for most files */
#define CSVK_SNIFF_CANDIDATES 9

enum csvk_sniff_verdict {
    CSVK_SNIFF_CLEAR,      /* one dialect is better than all others */
    CSVK_SNIFF_ONE_COLUMN, /* no delimiter splits the records into the same number of fields */
    CSVK_SNIFF_AMBIGUOUS,  /* two delimiters are about equally good */
    CSVK_SNIFF_EMPTY,      /* no byte, or nothing but blanks and line breaks */
    CSVK_SNIFF_NOT_TEXT,   /* NUL bytes that no known encoding explains */
};
CSVK_API const char *csvk_sniff_verdict_name(enum csvk_sniff_verdict verdict); /* "clear" ... */

enum csvk_sample { CSVK_SAMPLE_WHOLE, CSVK_SAMPLE_CUT }; /* the whole file, or its beginning */

struct csvk_sniff_part {
    int score;          /* 0..100 */
    char evidence[200]; /* one line */
};

struct csvk_sniff_candidate { /* the best reading with one delimiter */
    struct csvk_dialect dialect;
    int score;
    uint64_t width;                     /* most frequent number of fields */
    uint64_t records, alike, faulty;    /* not empty; of that width; with an enclosure fault */
    uint64_t fields, enclosed, doubled; /* doubled: enclosed, with something to decode */
};

struct csvk_sniff {
    enum csvk_sniff_verdict verdict;
    struct csvk_dialect dialect; /* of the best candidate; RFC 4180's when there is none */
    bool has_header;
    enum csvk_eol eol;
    const char *encoding; /* a name iconv(3) knows (static); "" when it is not text, or not known */
    uint64_t mark;        /* length of the byte order mark */
    bool cut;             /* the sample is the beginning of more */
    bool sep_line;        /* a line "sep=X" comes first: it is no data */
    uint64_t records;     /* in the sample, the header included */
    struct csvk_sniff_part on_delimiter, on_enclosure, on_escape, on_encoding, on_header, on_eol;
    struct csvk_sniff_candidate candidate[CSVK_SNIFF_CANDIDATES]; /* best first */
    size_t ncandidates;
};

/* Judges the first bytes of a file (decompressed). CSVK_ENOMEM. */
CSVK_API int csvk_sniff(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
                        struct csvk_error *err) CSVK_MUST_USE;
/*
 * The same for the first `most` bytes (0: CSVK_SNIFF_SAMPLE) of a source from which nothing was
 * read yet; they are only looked at (csvk_source_peek). *sampled: how many they were; may be NULL.
 * CSVK_ENOMEM, CSVK_EIO, CSVK_EUSAGE.
 */
CSVK_API int csvk_sniff_source(struct csvk_source *source, size_t most, struct csvk_sniff *out,
                               size_t *sampled, struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
