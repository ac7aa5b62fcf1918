/*
 * record_writer.h - private: writes records as bytes of one dialect, with a buffer before the
 * output.
 *
 * It is a strict writer: what it writes is RFC 4180 in the given dialect, whatever the values are.
 * Whether the dialect can express a record's values (it may have no enclosure) has to be asked
 * before the record is written: csvk_record_writer_can.
 */
#ifndef CSVKIT_BASE_RECORD_WRITER_H
#define CSVKIT_BASE_RECORD_WRITER_H

#include "csvkit/base/for_extra.h"
#include "csvkit/normalize.h"

enum csvk_value_form {
    CSVK_VALUE_RAW,      /* bytes of a field as they shall be written */
    CSVK_VALUE_PLAIN,    /* a value; not enclosed in the input */
    CSVK_VALUE_ENCLOSED, /* a value; enclosed in the input */
};
struct csvk_value {
    const unsigned char *ptr;
    size_t len;
    enum csvk_value_form form;
};

struct csvk_record_writer {
    struct csvk_output output;
    struct csvk_dialect dialect;
    enum csvk_normalize_quote quote;
    enum csvk_eol line_break;
    bool trims; /* a blank at the end of a value that is not enclosed would not stay */
    struct csvk_buf buffer;
    uint64_t bytes;             /* written so far, those in the buffer included */
    unsigned char special[256]; /* not 0 for bytes that need an enclosure around them */
};

/* With `output` of zeros the writer only counts. `trims` is false; the caller may set it. */
CSVK_FOR_EXTRA void csvk_record_writer_init(struct csvk_record_writer *writer,
                                            const struct csvk_dialect *dialect,
                                            enum csvk_normalize_quote quote,
                                            enum csvk_eol line_break, struct csvk_output output);
/* Long runs go to the output directly, after what is in the buffer. */
int csvk_record_writer_bytes(struct csvk_record_writer *writer, const void *bytes, size_t length,
                             struct csvk_error *err);
int csvk_record_writer_line_break(struct csvk_record_writer *writer, struct csvk_error *err);
/* False when a value needs an enclosure and the dialect has none. */
CSVK_FOR_EXTRA bool csvk_record_writer_can(const struct csvk_record_writer *writer,
                                           const struct csvk_value *values, size_t count);
/* Appends the record with its line break to `out`. CSVK_ENOMEM. */
CSVK_FOR_EXTRA int csvk_record_writer_format(const struct csvk_record_writer *writer,
                                             const struct csvk_value *values, size_t count,
                                             struct csvk_buf *out);
/*
 * Parts of a record, added to `out`. Room for all of the record must have been reserved: every byte
 * may be doubled, and each value may have two enclosures; then a line break and a NUL.
 */
void csvk_record_writer_enclosed(const struct csvk_record_writer *writer, struct csvk_bytes value,
                                 struct csvk_buf *out);
void csvk_record_writer_end(const struct csvk_record_writer *writer, struct csvk_buf *out);
int csvk_record_writer_flush(struct csvk_record_writer *writer, struct csvk_error *err);
CSVK_FOR_EXTRA void csvk_record_writer_release(struct csvk_record_writer *writer);

#endif
