/*
 * slice.h - a table cut into slices: a directory of files without header, and its manifest.
 *
 * The idea. The slicer is fed the batches of a reader at CSVK_RECORDS and copies whole ranges of
 * records; it never looks at fields. Where it cuts depends on the text and the options only: not on
 * how the input was read, nor on the number of threads. Whoever drives the reader judges the data.
 *
 * Everything is written to a directory with a temporary name beside the final one. Nothing has the
 * final name before csvk_slicer_commit, and then all of it has. Should a process die before, the
 * next slicer for the same directory removes what it left.
 */
#ifndef MANIFEST_SLICE_H
#define MANIFEST_SLICE_H

#include "csvkit/csvkit.h"
#include "csvkit/normalize.h"
#include "manifest/manifest.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_SLICES_MAX       99999 /* "part-00001" keeps its order in a listing up to here */
#define CSVK_SLICE_NAME_MAX   32
#define CSVK_SLICE_DIGEST_MAX 72

enum csvk_slice_cut {
    CSVK_SLICE_BY_SIZE,    /* slice_size bytes of a slice's file, as close as can be known */
    CSVK_SLICE_BY_RECORDS, /* records_each records */
    CSVK_SLICE_BY_COUNT,   /* at most `count` slices with equally much text; needs `total` */
};
enum csvk_slice_form { CSVK_SLICE_GZIP, CSVK_SLICE_PLAIN };
enum csvk_slice_existing { CSVK_SLICE_REFUSE, CSVK_SLICE_REPLACE };
enum csvk_slice_none { CSVK_SLICE_NO_SLICE, CSVK_SLICE_EMPTY_SLICE }; /* when there is no record */

/*
 * A hash over the bytes of each file, computed by the caller's library. `begin` starts a new one,
 * `end` writes it as text. The first two answer a status. NULL functions: no hash.
 */
struct csvk_slice_hash {
    int (*begin)(void *context);
    int (*add)(void *context, const void *bytes, size_t length);
    int (*end)(void *context, char text[CSVK_SLICE_DIGEST_MAX]);
    void *context;
};

struct csvk_slice_options {
    size_t size;           /* sizeof: set by csvk_slice_options_init */
    const char *directory; /* final name; borrowed for csvk_slicer_new only */
    enum csvk_slice_cut cut;
    uint64_t slice_size;   /* of the file, compressed where it is. Default 50 MB */
    uint64_t least, most;  /* no file smaller or larger than that, if it can be helped; 0: any */
    uint64_t records_each; /* CSVK_SLICE_BY_RECORDS */
    uint64_t count;        /* CSVK_SLICE_BY_COUNT */
    uint64_t total;        /* bytes of the whole input, headers included; 0: not known */
    enum csvk_slice_form form;
    int level; /* 1..9, see gzip.h. Default 4 */
    size_t threads;
    enum csvk_slice_existing existing;
    enum csvk_slice_none none;
    struct csvk_slice_hash hash;
};
CSVK_API void csvk_slice_options_init(struct csvk_slice_options *options);

/* A finished slice. */
struct csvk_slice {
    char name[CSVK_SLICE_NAME_MAX]; /* "part-00001.csv.gz" */
    uint64_t records;
    uint64_t bytes; /* of text */
    uint64_t file_bytes;
    uint32_t crc;                       /* of the text, as in gzip */
    char digest[CSVK_SLICE_DIGEST_MAX]; /* what the hash said, or "" */
};

struct csvk_slicer;
/*
 * Makes the temporary directory. CSVK_EUSAGE: options out of range; CSVK_EIO: the directory exists
 * and is not to be replaced, or holds anything but plain files, or cannot be made; CSVK_ENOMEM.
 */
CSVK_API int csvk_slicer_new(struct csvk_slicer **out, const struct csvk_slice_options *options,
                             struct csvk_error *err) CSVK_MUST_USE;
/*
 * Adds the records of a batch of at least CSVK_RECORDS but the first `skip` of them (a header).
 * After a failure only csvk_slicer_free is left to do.
 */
CSVK_API int csvk_slicer_feed(struct csvk_slicer *slicer, const struct csvk_batch *batch,
                              uint64_t skip, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the last record with a line break when more records follow: for inputs of several files, the
 * last record of which may lack one.
 */
CSVK_API int csvk_slicer_break(struct csvk_slicer *slicer, enum csvk_eol eol,
                               struct csvk_error *err) CSVK_MUST_USE;
/* After the last batch: the last slice is finished and all of them are on the disk. */
CSVK_API int csvk_slicer_finish(struct csvk_slicer *slicer, struct csvk_error *err) CSVK_MUST_USE;
/* The finished slices; owned by the slicer, dies at the next call. */
CSVK_API const struct csvk_slice *csvk_slicer_slices(const struct csvk_slicer *slicer,
                                                     size_t *count);
/* The directory where the slices are until they are committed; owned by the slicer. */
CSVK_API const char *csvk_slicer_directory(const struct csvk_slicer *slicer);
/*
 * Gives the directory its name and writes DIRECTORY.manifest with the text of `manifest` (NULL:
 * none; then an old one is removed with the old directory). Both are durable before the first of
 * them gets its name, so that all that is left between the two is one rename. The order is: the old
 * manifest goes, the directory appears (in place of the old one at once), the manifest appears. So
 * slices never stand beside a manifest of other slices, which would load values into the wrong
 * columns without a word; a directory without manifest is refused by the platform and by us, and a
 * manifest without data would fail the job for every other table too.
 */
CSVK_API int csvk_slicer_commit(struct csvk_slicer *slicer, const struct csvk_bytes *manifest,
                                struct csvk_error *err) CSVK_MUST_USE;
/* Drops what was not committed. */
CSVK_API void csvk_slicer_free(struct csvk_slicer *slicer);
/* Removes temporary directories of slicers still at work; async-signal-safe. */
CSVK_API void csvk_slice_emergency_cleanup(void);

/*
 * The manifest of slices: what `options` say over what `base` says, the manifest of the input
 * (NULL: none). The columns are those of `options`; a header is reported no more. Keys of `base`
 * that `options` say nothing about are kept; a schema goes together column by column, metadata key
 * by key. As csvk_manifest_create.
 */
CSVK_API int csvk_slice_manifest(struct csvk_manifest **out, const struct csvk_manifest *base,
                                 const struct csvk_manifest_options *options,
                                 struct csvk_error *err) CSVK_MUST_USE;

/*
 * A base from `in`, a manifest that the platform wrote for an input: what one for an output may say
 * of the same table, metadata or, native, the schema. The columns and the key come with `options`.
 */
CSVK_API int csvk_slice_base(struct csvk_manifest **out, const struct csvk_manifest *in,
                             enum csvk_generation generation, struct csvk_error *err) CSVK_MUST_USE;

/* ---- the way back ---- */

struct csvk_merge_totals {
    uint64_t slices, records, bytes; /* without the header */
};
/* Where merged text goes; a failure is passed on. */
struct csvk_merge_output {
    int (*write)(void *context, const void *bytes, size_t length, struct csvk_error *err);
    void *context;
};
enum csvk_merge_header {
    CSVK_MERGE_COLUMNS, /* `columns` are written; slices have no header */
    CSVK_MERGE_SLICES, /* every slice has one; that of the first is written, the others are equal */
    CSVK_MERGE_NONE,   /* none is written and none is there */
};
struct csvk_merge_options {
    size_t size; /* sizeof: set by csvk_merge_options_init */
    struct csvk_dialect dialect;
    enum csvk_merge_header header;
    const struct csvk_strings *columns; /* borrowed; the width of all records; NULL: that of the
                                           first record */
    enum csvk_eol eol; /* where the slices do not show one: CSVK_EOL_CRLF or CSVK_EOL_LF */
    enum csvk_normalize_quote
        quote; /* of the names in `columns`: CSVK_NORMALIZE_QUOTE_ALL, or those that need it */
    uint64_t max_record; /* longest record that is read; 0: as long as 32-bit offsets allow */
};
CSVK_API void csvk_merge_options_init(struct csvk_merge_options *options);
/*
 * Writes the header and the records of all slices of `directory` in the order of their names. The
 * header ends as the first record does. A slice whose last record lacks a line break gets one when
 * another follows. CSVK_EDATA, which names file, line and record: a slice is damaged, an enclosure
 * is not as it should be, a record has another width, a header differs.
 */
CSVK_API int csvk_merge(const char *directory, const struct csvk_merge_options *options,
                        struct csvk_merge_output output, struct csvk_merge_totals *totals,
                        struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
