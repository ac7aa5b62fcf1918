/*
 * writer.h - writes tables as RFC 4180, value by value; and where bytes go to.
 *
 * What is written can be read back as the same values, whatever bytes they have: a value gets an
 * enclosure when it needs one, and enclosures in it are doubled. Every record ends with a line
 * break, and has as many fields as the first one.
 *
 *     csvk_writer_new(&writer, csvk_output_to_sink(sink), &options, &err);
 *     csvk_writer_field(writer, "id", 2, &err), csvk_writer_field(writer, "name", 4, &err);
 *     csvk_writer_end_record(writer, &err); ...
 *     csvk_writer_flush(writer, &err), csvk_sink_commit(sink, &err);
 */
#ifndef CSVKIT_WRITER_H
#define CSVKIT_WRITER_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A function that takes bytes, in order. `bytes` is valid during the call only. What it returns
 * other than CSVK_OK ends the run and becomes its result. A struct of zeros: nobody wants the
 * bytes.
 */
struct csvk_output {
    int (*write)(void *context, const void *bytes, size_t length, struct csvk_error *err);
    void *context;
};
/* Outputs that add to a sink or a buffer, which are borrowed as long as the output is used. */
CSVK_API struct csvk_output csvk_output_to_sink(struct csvk_sink *sink);
CSVK_API struct csvk_output csvk_output_to_buf(struct csvk_buf *buf);

/* Which values get an enclosure. */
enum csvk_writer_quote {
    CSVK_WRITER_QUOTE_MINIMAL, /* those that need one: delimiters, enclosures or line breaks in
                                  them, and what a reader could take for something else than data (a
                                  record of one empty value, a byte order mark, "sep=", # at the
                                  start of a record) */
    CSVK_WRITER_QUOTE_ALL
};
/* How to write. csvk_writer_options_init sets all of it; then change what is wanted. */
struct csvk_writer_options {
    size_t size; /* sizeof(struct csvk_writer_options), set by csvk_writer_options_init */
    struct csvk_dialect dialect; /* a delimiter of one byte; the escape is not used */
    enum csvk_writer_quote quote;
    enum csvk_eol line_break; /* CSVK_EOL_CRLF or CSVK_EOL_LF */
};
/* RFC 4180's dialect and CRLF; enclosures where they are needed. */
CSVK_API void csvk_writer_options_init_sized(struct csvk_writer_options *options, size_t size);
static inline void csvk_writer_options_init(struct csvk_writer_options *options)
{
    csvk_writer_options_init_sized(options, sizeof *options);
}

struct csvk_writer;
/*
 * Makes a writer. `options` is copied; the context of `output` is borrowed until csvk_writer_free.
 * The caller frees *out; it is NULL on failure. CSVK_EUSAGE for options that cannot be written,
 * CSVK_ENOMEM.
 */
CSVK_API int csvk_writer_new(struct csvk_writer **out, struct csvk_output output,
                             const struct csvk_writer_options *options,
                             struct csvk_error *err) CSVK_MUST_USE;
/* Adds a value of `length` bytes to the open record. The bytes are copied. CSVK_ENOMEM. */
CSVK_API int csvk_writer_field(struct csvk_writer *writer, const void *bytes, size_t length,
                               struct csvk_error *err) CSVK_MUST_USE;
/*
 * Ends the record; the next value begins another one. CSVK_EUSAGE for a record without a value, or
 * with another number of values than the first one; CSVK_EDATA for a value that needs an enclosure
 * in a dialect without one. Nothing of such a record is written, and the next one may follow.
 * CSVK_ENOMEM, and what the output returns: these are final, every later call returns them again.
 */
CSVK_API int csvk_writer_end_record(struct csvk_writer *writer,
                                    struct csvk_error *err) CSVK_MUST_USE;
/* Hands on what was gathered so far. CSVK_EUSAGE when a record is open. Failures are final. */
CSVK_API int csvk_writer_flush(struct csvk_writer *writer, struct csvk_error *err) CSVK_MUST_USE;
/* Records that were ended so far. */
CSVK_API uint64_t csvk_writer_records(const struct csvk_writer *writer);
/* Frees the writer. What was not flushed is lost. */
CSVK_API void csvk_writer_free(struct csvk_writer *writer);

#ifdef __cplusplus
}
#endif

#endif
