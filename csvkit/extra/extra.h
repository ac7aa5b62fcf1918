/*
 * extra.h - what libcsvkit-extra adds to libcsvkit: compression, libcsv as a second reader, the
 * width of text on a screen, and threads.
 *
 * libcsvkit needs nothing but libc. What needs other libraries is in libcsvkit-extra, and has to be
 * given to libcsvkit by a call, once, in general at the start of the program. Calls cost next to
 * nothing: libzstd, liblzma and libbz2 are loaded when a file of their kind is read, libutf8proc
 * when text beyond ASCII is measured. Without the call, what needs it fails with CSVK_EUSAGE and a
 * text that names the call.
 *
 * Any thread may call these functions, at any time and more than once. Files that are open already
 * keep to what there was when they were opened.
 */
#ifndef CSVKIT_EXTRA_EXTRA_H
#define CSVKIT_EXTRA_EXTRA_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Sources read gzip, zstd, xz and bzip2. */
CSVK_API void csvk_use_decoders(void);
/* Sinks write gzip. */
CSVK_API void csvk_use_gzip(void);
/* csvk_normalize_files can verify, and write in place: libcsv reads the result. */
CSVK_API void csvk_use_libcsv(void);
/* The carets of text reports stand right under wide characters, combining marks and emoji. Without
   the call, or when libutf8proc is not there, every code point counts as one column. */
CSVK_API void csvk_use_clusters(void);

/*
 * csvk_sniff finds the encoding of text that is no Unicode: libuchardet proposes, and the words of
 * every reading are looked at. libuchardet and libutf8proc are loaded when there is such text.
 */
CSVK_API void csvk_use_encodings(void);

/* Files that are no text are named by libmagic, which is loaded when there is one. */
CSVK_API void csvk_use_file_kinds(void);

/*
 * The reader's input is examined by so many threads, the caller's included; with 1 nothing changes.
 * To be called before the first csvk_reader_next. The records, fields and facts stay the same; the
 * batches may be cut elsewhere. Files that are long, plain and in UTF-8 get faster by it; a file
 * that is known to be compressed (csvk_source_peek) is decompressed by a thread, and until its end
 * only csvk_source_consumed may be asked of its source. The threads block all signals, and end with
 * csvk_reader_free. CSVK_ENOMEM; CSVK_EUSAGE for a reader that is fed, or has threads already.
 */
CSVK_API int csvk_reader_use_threads(struct csvk_reader *reader, size_t threads,
                                     struct csvk_error *err) CSVK_MUST_USE;

/*
 * csvk_normalize uses as many threads as its options say (`threads`), and so does the search for
 * repeated keys (`threads` of csvk_validate_options). Without the call they use one.
 */
CSVK_API void csvk_use_threads(void);

/* All of it; that there may be threads starts none. */
static inline void csvk_use_all(void)
{
    csvk_use_decoders();
    csvk_use_gzip();
    csvk_use_libcsv();
    csvk_use_encodings();
    csvk_use_file_kinds();
    csvk_use_clusters();
    csvk_use_threads();
}

#ifdef __cplusplus
}
#endif

#endif
