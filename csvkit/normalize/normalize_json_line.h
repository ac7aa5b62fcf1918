/* normalize_json_line.h - private: lines of JSON for the log and for the index of the rejects. */
#ifndef CSVKIT_NORMALIZE_NORMALIZE_JSON_LINE_H
#define CSVKIT_NORMALIZE_NORMALIZE_JSON_LINE_H

#include "csvkit/base/record_writer.h"

struct norm;

/* Begins a line in norm->json. */
void norm_json_begin_line(struct norm *norm);
/*
 * Adds a member. Keys and texts hold nothing that JSON escapes. What finds no room is left out, and
 * norm_json_end_line fails then.
 */
void norm_json_uint(struct csvk_buf *line, const char *key, uint64_t value);
void norm_json_text(struct csvk_buf *line, const char *key, const char *text);
/*
 * A number of the run, by what it counts: within a piece it is not known, and is put in when the
 * piece joins (normalize_pieces.h).
 */
enum norm_number {
    NORM_RECORD,
    NORM_LINE,
    NORM_OUT_BYTE,
    NORM_OUT_RECORD,
    NORM_REJECTS_BYTE,
    NORM_NUMBERS
};
void norm_json_number(struct norm *norm, const char *key, uint64_t value, enum norm_number number);
/* Adds its digits. CSVK_ENOMEM. */
int norm_json_digits(struct csvk_buf *line, uint64_t value);
/* The same for bytes of the input. CSVK_OK or CSVK_ENOMEM. */
int norm_json_bytes(struct norm *norm, const char *key, struct csvk_bytes text);
/* The readings that competed for the record at hand, by norm->decision. */
void norm_json_readings(struct norm *norm);
int norm_json_end_line(struct norm *norm, struct csvk_record_writer *to);

#endif
