/*
 * reference_parser.h - private: the reference parser, which decides what a file means. See
 * reference_parser.c.
 */
#ifndef CSVKIT_PARSE_GRAMMAR_REFERENCE_PARSER_H
#define CSVKIT_PARSE_GRAMMAR_REFERENCE_PARSER_H

#include "csvkit/parse/grammar/record.h"

/* Where in a field the parser is; the diagram is in reference_parser.c. */
enum csvk_reference_state {
    REFERENCE_FIELD_START,
    REFERENCE_BLANKS, /* only blanks since the field began */
    REFERENCE_UNQUOTED,
    REFERENCE_ENCLOSED,
    REFERENCE_QUOTE_SEEN,   /* an enclosure inside an enclosed field: closing or first of two */
    REFERENCE_BLANKS_AFTER, /* only blanks since the closing enclosure */
    REFERENCE_LITERAL,      /* after a fact about an enclosure: data up to the field's end */
};

/* One record while it is read. Its size is fixed, whatever the record's is. */
struct csvk_reference_parser {
    struct csvk_table *table;           /* borrowed */
    struct csvk_batch_builder *builder; /* borrowed */
    struct csvk_open_record open;
    int delimiter;     /* CSVK_NO_BYTE when it has several bytes */
    uint64_t position; /* absolute offset of the next byte */
    uint64_t base;     /* offset of byte 0 of the batch: fields count from it */
    bool streaming;    /* oversize record: no fields are reported, facts have line and column */
    enum csvk_reference_state state;
    bool escaped;         /* the next byte is data whatever it is */
    unsigned char last;   /* byte before `position` in this record, 0 at its start */
    uint64_t field_start; /* after the delimiter; blanks may be skipped from there */
    uint64_t field_begin, field_line, field_line_begin;
    uint64_t surplus_line, surplus_line_begin; /* of the first field too many; 0: there is none */
    uint32_t field_flags;
    uint64_t closing;    /* offset of the enclosure that led to REFERENCE_QUOTE_SEEN */
    bool backslash;      /* the byte before `closing` is a backslash of the value */
    uint64_t line_begin; /* offset of the first byte of the current physical line */
    uint64_t breaks;     /* line breaks in the enclosed field */
    uint64_t doubled;    /* enclosures in it that are written twice */
    struct {             /* bytes of a UTF-8 sequence so far */
        unsigned char byte[4];
        size_t count, need;
        uint64_t offset;
    } sequence;
    struct csvk_fact nul_run, wide_run; /* length 0: none is open */
    bool unclosed;                      /* the record ended inside an enclosure */
};

/* Starts a record at absolute offset `offset`; `base` is where the batch's bytes begin. */
void csvk_reference_begin(struct csvk_reference_parser *parser, struct csvk_table *table,
                          struct csvk_batch_builder *builder, uint64_t base, uint64_t offset);
/*
 * Reads on. Returns true when the record is complete, with csvk_record_finish done; *used says how
 * many bytes were taken. Returns false when all bytes were taken but a CR or two at their end, or
 * the beginning of a delimiter, whose meaning depends on what follows: call again with more. With
 * `at_end` nothing follows, and a record that has begun always becomes complete.
 */
bool csvk_reference_feed(struct csvk_reference_parser *parser, const unsigned char *bytes,
                         size_t length, bool at_end, size_t *used);

#endif
