/*
 * slice.h - cuts a table into slices, a directory of files without header with a manifest, and
 * merges slices into one table again.
 *
 * The idea. The slicer is fed the batches of a reader at CSVK_RECORDS and copies whole ranges of
 * records; it never looks at fields. Where it cuts depends on the text and the options only, not on
 * how the input was read or on the number of threads. The slicer does not judge the data: that is
 * the business of whoever drives the reader.
 *
 * Everything is written to a directory with a temporary name beside the final one. Nothing has the
 * final name before csvk_slicer_commit; after it, everything has. When a process dies before the
 * commit, the next slicer for the same directory removes what was left.
 *
 * Rules that hold for every function here, unless its comment says otherwise: one object is used by
 * one thread at a time, different objects by different threads. A function that answers int answers
 * an enum csvk_status; CSVK_ENOMEM is possible everywhere. `err` may be NULL. Arguments are
 * borrowed for the call. Sizes are bytes: of *text* before compression, of *files* as they are on
 * the disk.
 */
#ifndef MANIFEST_SLICE_H
#define MANIFEST_SLICE_H

#include "csvkit/csvkit.h"
#include "csvkit/normalize.h"
#include "manifest/manifest.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_SLICES_MAX       99999 /* up to here "part-00001" keeps its order in a listing */
#define CSVK_SLICE_NAME_MAX   32    /* bytes, the final NUL included */
#define CSVK_SLICE_DIGEST_MAX 72    /* bytes, the final NUL included */

enum csvk_slice_cut {
    CSVK_SLICE_BY_SIZE,    /* files of slice_size bytes, as exactly as that can be known */
    CSVK_SLICE_BY_RECORDS, /* records_each records in each slice */
    CSVK_SLICE_BY_COUNT,   /* at most `count` slices with equally much text; needs `total` */
};
enum csvk_slice_form { CSVK_SLICE_GZIP, CSVK_SLICE_PLAIN };
enum csvk_slice_existing { CSVK_SLICE_REFUSE, CSVK_SLICE_REPLACE };   /* an existing directory */
enum csvk_slice_none { CSVK_SLICE_NO_SLICE, CSVK_SLICE_EMPTY_SLICE }; /* when there is no record */

/*
 * A hash over the bytes of each file, computed by a library of the caller's. For every slice
 * `begin` is called once, `add` for its bytes in order and `end` once, which writes the hash as
 * text, all in the thread that calls the slicer. Each answers CSVK_OK; anything else fails the
 * slicer with CSVK_EIO. All functions NULL: no hash.
 */
struct csvk_slice_hash {
    int (*begin)(void *context);
    int (*add)(void *context, const void *bytes, size_t length);
    int (*end)(void *context, char text[CSVK_SLICE_DIGEST_MAX]);
    void *context;
};

struct csvk_slice_options {
    size_t size;           /* set by csvk_slice_options_init */
    const char *directory; /* final name; borrowed for csvk_slicer_new only */
    enum csvk_slice_cut cut;
    uint64_t slice_size;   /* bytes of a file, as it is on the disk. Default 50,000,000 */
    uint64_t least, most;  /* bytes: files are not smaller or larger if that is possible; 0: any */
    uint64_t records_each; /* for CSVK_SLICE_BY_RECORDS */
    uint64_t count;        /* for CSVK_SLICE_BY_COUNT */
    uint64_t total;        /* bytes of text of the whole input, headers included; 0: not known */
    enum csvk_slice_form form;
    int level;      /* of compression, 1..9. Default 4 */
    size_t threads; /* that compress, and as many that repair; the caller's included; 0 is 1 */
    enum csvk_slice_existing existing;
    enum csvk_slice_none none;
    struct csvk_slice_hash hash;
};
/* Sets the defaults: by size, gzip, one thread, no replacing, no hash. Nothing to release. */
CSVK_API void csvk_slice_options_init_sized(struct csvk_slice_options *options, size_t size);
static inline void csvk_slice_options_init(struct csvk_slice_options *options)
{
    csvk_slice_options_init_sized(options, sizeof *options);
}

/* A finished slice. */
struct csvk_slice {
    char name[CSVK_SLICE_NAME_MAX]; /* "part-00001.csv.gz" */
    uint64_t records;
    uint64_t bytes;                     /* of text */
    uint64_t file_bytes;                /* of the file */
    uint32_t crc;                       /* CRC-32 of the text, as gzip has it */
    char digest[CSVK_SLICE_DIGEST_MAX]; /* the text of the hash, or "" */
    uint64_t reserved[4];               /* zero; new members will take the place of it */
};

struct csvk_slicer;
/*
 * Checks the options and makes the temporary directory. *out is NULL on failure; csvk_slicer_free
 * frees it. CSVK_EUSAGE: options out of range, a path that cannot be a directory of slices or is a
 * file, a directory (or its manifest) that exists and is not to be replaced, or one that has
 * directories in it and is never replaced. CSVK_EIO: the directory cannot be made. CSVK_ELIMIT:
 * more than 64 slicers at work at a time. CSVK_ENOMEM.
 */
CSVK_API int csvk_slicer_new(struct csvk_slicer **out, const struct csvk_slice_options *options,
                             struct csvk_error *err) CSVK_MUST_USE;
/*
 * Adds the records of a batch, read at CSVK_RECORDS or CSVK_FIELDS, except for the first `skip` of
 * them (a header). CSVK_EIO; CSVK_ELIMIT: more than CSVK_SLICES_MAX slices; CSVK_ENOMEM. After a
 * failure only csvk_slicer_free may follow.
 */
CSVK_API int csvk_slicer_feed(struct csvk_slicer *slicer, const struct csvk_batch *batch,
                              uint64_t skip, struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the last record with a line break (CR LF for CSVK_EOL_CRLF, else LF) if it lacks one. To be
 * called between two files of one input, before more records follow. Failures as for
 * csvk_slicer_feed.
 */
CSVK_API int csvk_slicer_break(struct csvk_slicer *slicer, enum csvk_eol eol,
                               struct csvk_error *err) CSVK_MUST_USE;
/*
 * To be called once, after the last batch: finishes the last slice and waits until all slices are
 * on the disk. Failures as for csvk_slicer_feed.
 */
CSVK_API int csvk_slicer_finish(struct csvk_slicer *slicer, struct csvk_error *err) CSVK_MUST_USE;
/* The *count finished slices in order; owned by the slicer, valid until its next call. */
CSVK_API const struct csvk_slice *csvk_slicer_slices(const struct csvk_slicer *slicer,
                                                     size_t *count);
/* Path of the temporary directory, where the slices are before the commit; owned by the slicer. */
CSVK_API const char *csvk_slicer_directory(const struct csvk_slicer *slicer);
/*
 * Gives the directory its final name and writes DIRECTORY.manifest with the text of `manifest`.
 * NULL: no manifest is written, and an old one is removed with the old directory. To be called
 * once, after csvk_slicer_finish; csvk_slicer_free may follow. CSVK_EIO, CSVK_ENOMEM.
 *
 * Both are durable before the first of them gets its name, so only one rename lies between the two.
 * The order is: the old manifest goes, the directory appears (replacing the old one in one step),
 * the manifest appears. This order must not change. Slices beside the manifest of other slices
 * would load values into the wrong columns without a warning, and a manifest without data would
 * fail the job for every other table too; but a directory without a manifest is refused by the
 * platform and by us.
 */
CSVK_API int csvk_slicer_commit(struct csvk_slicer *slicer, const struct csvk_bytes *manifest,
                                struct csvk_error *err) CSVK_MUST_USE;
/* Frees the slicer and removes what was not committed. NULL is fine. */
CSVK_API void csvk_slicer_free(struct csvk_slicer *slicer);
/*
 * Removes the temporary directories of all slicers of this process that are still at work. Any
 * thread, also from a signal handler.
 */
CSVK_API void csvk_slice_emergency_cleanup(void);

/*
 * Makes the manifest of slices from `base`, the manifest of the input (NULL: none), and `options`,
 * which win. columns, has_header, delimiter and enclosure come from `options` alone. Other keys of
 * `base` that `options` say nothing about are kept; a schema is merged column by column, metadata
 * key by key. The caller frees *out. Failures as for csvk_manifest_create.
 */
CSVK_API int csvk_slice_manifest(struct csvk_manifest **out, const struct csvk_manifest *base,
                                 const struct csvk_manifest_options *options,
                                 struct csvk_error *err) CSVK_MUST_USE;

/*
 * Makes a base for csvk_slice_manifest from `in`, a manifest that the platform wrote for an input.
 * It has what the manifest of an output may say about the same table: the metadata (legacy) or the
 * schema (native). The columns and the key come with `options`. The caller frees *out. CSVK_ENOMEM.
 */
CSVK_API int csvk_slice_base(struct csvk_manifest **out, const struct csvk_manifest *in,
                             enum csvk_generation generation, struct csvk_error *err) CSVK_MUST_USE;

/* ---- merging slices ---- */

struct csvk_merge_totals {
    size_t size;                     /* {.size = sizeof ...} */
    uint64_t slices, records, bytes; /* of text; headers do not count */
};
/*
 * Where the merged text goes: pieces in order, in the caller's thread. `write` answers CSVK_OK or
 * fills `err` and answers a failure, which ends the merge and is its status.
 */
struct csvk_merge_output {
    int (*write)(void *context, const void *bytes, size_t length, struct csvk_error *err);
    void *context;
};
enum csvk_merge_header {
    CSVK_MERGE_COLUMNS, /* `columns` are written as the header; slices have none */
    CSVK_MERGE_SLICES,  /* all slices have the same header; it is written once, or in its place
                           `columns`, when they are given and other names */
    CSVK_MERGE_NONE,    /* slices have no header and none is written */
};
struct csvk_merge_options {
    size_t size; /* set by csvk_merge_options_init */
    struct csvk_dialect dialect;
    enum csvk_merge_header header;
    /* Borrowed. Their number is the width of all records; NULL: the first record decides that. */
    const struct csvk_strings *columns;
    enum csvk_eol eol; /* when the slices do not show one: CSVK_EOL_CRLF or CSVK_EOL_LF */
    enum csvk_normalize_quote
        quote; /* which names in `columns` are enclosed: CSVK_NORMALIZE_QUOTE_ALL, or as needed */
    uint64_t max_record; /* bytes of the longest record; 0: as long as 32-bit offsets allow */
    bool headless;       /* CSVK_MERGE_COLUMNS: a slice that begins with the names is not refused */
};
/* Sets the defaults: RFC 4180, CSVK_MERGE_COLUMNS, CR LF, enclosing as needed. */
CSVK_API void csvk_merge_options_init_sized(struct csvk_merge_options *options, size_t size);
static inline void csvk_merge_options_init(struct csvk_merge_options *options)
{
    csvk_merge_options_init_sized(options, sizeof *options);
}
/*
 * Writes the header and the records of all slices of `directory`, in byte order of their names. The
 * header gets the line break of the first record. A slice whose last record lacks a line break gets
 * one when another slice follows. *totals, whose size was set, is filled; after a failure it counts
 * what was done.
 *
 * CSVK_EDATA, with a text that names the file and the place: a slice is damaged, an enclosure is
 * not as RFC 4180 wants it, a record has another width, a header differs or stands where there
 * should be none, a name cannot be written
 * without an enclosure. CSVK_ELIMIT: a record is too long. Else whatever reading or the output
 * failed with.
 */
CSVK_API int csvk_merge(const char *directory, const struct csvk_merge_options *options,
                        struct csvk_merge_output output, struct csvk_merge_totals *totals,
                        struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
