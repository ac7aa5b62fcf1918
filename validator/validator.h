/*
 * validator.h - judgement of tables: which rules the records of a file break.
 *
 * The idea. The reader reports facts (csvkit.h). A *profile* gives every *rule* a severity. The
 * *validator* is fed batches and turns facts into *findings* and exact counts (findings.h). A
 * *report* is a view of what the validator found; as a subject it can be written in every format. A
 * validator neither reads nor prints: whoever drives the reader feeds it (csvk_validate_source does
 * so for the plain case).
 *
 * Invariants.
 *   - Counts are exact, however many findings are kept. Of each rule the first `max_findings`
 *     findings are kept with their place, so many findings of one rule never hide another rule. A
 *     report shows at most `max_findings` in all, chosen evenly over the rules, ordered by byte.
 *   - A clean record costs nothing: only reported records are looked at. A finding that is not kept
 *     costs one addition.
 *   - Results do not depend on how the input was cut into batches, nor on how it was cut into parts
 *     (csvk_validator_merge).
 */
#ifndef VALIDATOR_VALIDATOR_H
#define VALIDATOR_VALIDATOR_H

#include "csvkit/csvkit.h"
#include "csvkit/findings/findings.h"
#include "csvkit/schema/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- rules ---------------------------------------------------------------------------------- */

/* The rules about tables, in the order of lists. Static. */
CSVK_API extern const struct csvk_rule_set csvk_validator_rules;
CSVK_API size_t csvk_rule_count(void);
CSVK_API const struct csvk_rule *csvk_rule_at(size_t index);     /* NULL: there are no more */
CSVK_API const struct csvk_rule *csvk_rule_find(const char *id); /* NULL: no such rule */

/* ---- validator ----------------------------------------------------------------------------- */

enum csvk_header {
    CSVK_HEADER,
    CSVK_NO_HEADER,
    CSVK_SKIPPED_HEADER, /* there is one, but the columns are called as `columns` says */
};
/* What a first line `sep=;` means: a record, or the delimiter, as in spreadsheets. */
enum csvk_sep {
    CSVK_SEP_DATA,
    CSVK_SEP_LOOK,  /* csvk_validate_source looks for such a line and obeys it */
    CSVK_SEP_FOUND, /* record 1 is such a line; `dialect` and `width` are set accordingly */
};
#define CSVK_RULES_MAX 96

struct csvk_validate_options {
    size_t size; /* set by csvk_validate_options_init */
    enum csvk_profile profile;
    struct csvk_dialect dialect;
    enum csvk_header header;
    enum csvk_sep sep;
    struct csvk_strings columns;     /* names known from outside; empty: not known */
    struct csvk_strings primary_key; /* names; empty: none */
    const char *file;                /* name in reports; borrowed by _new only */
    uint64_t max_findings;           /* kept of each rule, and shown in all; 0: all */
    uint64_t width;                  /* fields per record when known from outside, else 0 */
    uint64_t max_field, max_record;  /* bytes; 0: as the profile says */
    uint64_t max_fields, max_records;
    uint64_t memory;    /* for what must be remembered across records (keys) */
    bool header_stated; /* somebody has said `header` (option, manifest): it is not doubted */
    bool continuation;  /* a part that is not the first: no header, no file start */
    enum csvk_eol eol;  /* a continuation: kind of the file's first line break */
    unsigned char level[CSVK_RULES_MAX]; /* set by csvk_validate_set_rule; 0: the profile's */
    uint64_t columns_are;                /* CSVK_COLUMNS_*, what more is known about `columns` */
    /* A continuation: the header of the file as it is written, without its line break; borrowed by
       _new only. Without it nothing is told about records that equal the header. */
    struct csvk_bytes header_record;
    uint64_t delimiter_stated; /* not 0: somebody has said `dialect.delimiter` (option, manifest) */
    /* The declared types of the columns, in the order of the fields; a reference of the options'
       own, which csvk_validate_options_release gives back. NULL: values are not judged. */
    struct csvk_schema *schema;
    uint64_t backend; /* enum csvk_backend: who is to take the values */
    /* The names in the header of the first slice, which is skipped as in every slice: another one
       would be a record that is lost. Empty: not asked. */
    struct csvk_strings first_header;
    uint64_t enclosure_stated; /* not 0: somebody has said `dialect.enclosure` (option, manifest) */
    /* Threads that search for repeated keys, the caller's included, after csvk_use_threads of
       libcsvkit-extra; 0 and 1: none. The report is the same. Each needs an eighth of `memory`. */
    uint64_t threads;
    uint64_t comment; /* lines that begin with this byte where a record could begin are set aside
                         and only counted; 0: there are none */
};
/* They come from the user, so their names are judged as those in a header would be. */
#define CSVK_COLUMNS_JUDGED 1u
/* They are the first record of the first slice, and nobody has said that it is a header. */
#define CSVK_COLUMNS_OF_SLICE 2u
/* A column called _timestamp is wanted: the platform takes from it when each row was changed. */
#define CSVK_COLUMNS_WITH_TIMESTAMP 8u
CSVK_API void csvk_validate_options_init_sized(struct csvk_validate_options *options, size_t size);
static inline void csvk_validate_options_init(struct csvk_validate_options *options)
{
    csvk_validate_options_init_sized(options, sizeof *options);
}
CSVK_API void csvk_validate_options_release(struct csvk_validate_options *options);
/* `id` may be "all". `options` were begun with _init. CSVK_EUSAGE: no such rule. */
CSVK_API int csvk_validate_set_rule(struct csvk_validate_options *options, const char *id,
                                    enum csvk_severity level, struct csvk_error *err) CSVK_MUST_USE;

struct csvk_validator;
/* Copies `options` whole. CSVK_EUSAGE, CSVK_ENOMEM. */
CSVK_API int csvk_validator_new(struct csvk_validator **out,
                                const struct csvk_validate_options *options,
                                struct csvk_error *err) CSVK_MUST_USE;
/*
 * Looks at the first bytes of `source`, from which nothing was read yet. *none: the file is surely
 * no table (not-csv), and there is nothing to feed. Else: where all records agree on
 * another width than the header, theirs is the table's, and the header is a finding
 * (doc/reading.md A29). To be called before csvk_validator_reader_options; who does not call it has
 * a table as wide as its header. Of parts only the first may look, at more than it judges itself if
 * need be; the others are given the width. It does nothing when the width or the columns are known.
 * CSVK_EIO, CSVK_ECHANGED, CSVK_ENOMEM; CSVK_EUSAGE after the first read.
 */
CSVK_API int csvk_validator_look(struct csvk_validator *validator, struct csvk_source *source,
                                 bool *none, struct csvk_error *err) CSVK_MUST_USE;
/* Sets what the reader must deliver: dialect, detail, facts, width, line breaks. */
CSVK_API void csvk_validator_reader_options(const struct csvk_validator *validator,
                                            struct csvk_options *options);
/*
 * Kinds of facts (CSVK_FACT_BIT) of which only the number matters from now on, because their rule
 * is off or enough findings are kept. For csvk_reader_only_count between two batches.
 */
CSVK_API uint32_t csvk_validator_only_counts(const struct csvk_validator *validator);
/* Judges a batch; the validator keeps only copies of what is in it. */
CSVK_API int csvk_validator_feed(struct csvk_validator *validator, const struct csvk_batch *batch,
                                 struct csvk_error *err) CSVK_MUST_USE;
/* Call once, after the last batch, with what is known at the end: what csvk_reader_totals and
   csvk_source_damage give. Both are borrowed for the call. */
CSVK_API int csvk_validator_finish(struct csvk_validator *validator,
                                   const struct csvk_totals *totals,
                                   const struct csvk_damage *damage,
                                   struct csvk_error *err) CSVK_MUST_USE;
/*
 * Joins two finished validators: `right` has judged the bytes that follow those of `left` (cut
 * where a record begins, `continuation` set). Afterwards `left` is as if it had read all bytes, and
 * `right` is only good for csvk_validator_free. What needs the whole file is judged in
 * csvk_validator_report, so parts may be joined in any grouping that keeps their order.
 * CSVK_EUSAGE, CSVK_ENOMEM, CSVK_EIO.
 */
CSVK_API int csvk_validator_merge(struct csvk_validator *left, struct csvk_validator *right,
                                  struct csvk_error *err) CSVK_MUST_USE;

/*
 * Keys over a table in slices: the primary key, and what a schema wants unique. When the slices are
 * finished, _join_keys hands the keys of each further slice to `first`, the validator of the first
 * slice, in the order of the slices. Then _search_keys reports every repeated key in the slice that
 * it lies in; `parts` are all slices in their order. Ask for reports after that.
 */
CSVK_API int csvk_validator_join_keys(struct csvk_validator *first, struct csvk_validator *next,
                                      struct csvk_error *err) CSVK_MUST_USE;
CSVK_API int csvk_validator_search_keys(struct csvk_validator *const *parts, size_t count,
                                        struct csvk_error *err) CSVK_MUST_USE;

#define CSVK_VALUE_SAMPLES 3
/* A value that breaks a rule. The library's. */
struct csvk_value_sample {
    struct csvk_bytes text; /* its first bytes, as they are; no code point is cut in two */
    bool cut;               /* there are more */
};
/* A column of which a type is declared. The library's. */
struct csvk_column_values {
    uint64_t field;         /* from 1 */
    const char *name;       /* as the declaration has it */
    const char *type;       /* "NUMERIC(10,2)" */
    bool judged;            /* false: csvkit does not know the type, and looked at no value */
    uint64_t values, empty; /* how many records have one, or none */
    /* How many values break a rule, by csvk_rule_at(first_value_rule + i) of the report; and the
       first different ones of each rule, CSVK_VALUE_SAMPLES in a row, the rest of them empty. */
    const uint64_t *counts;
    const struct csvk_value_sample *samples;
};
/* What a validator has found. The library's. */
struct csvk_report {
    const char *file;
    bool valid; /* no error */
    enum csvk_profile profile;
    struct csvk_dialect dialect;
    enum csvk_header header;
    const struct csvk_totals *totals; /* bytes, records, width, line breaks */
    const struct csvk_strings *column_names;
    uint64_t errors, warnings, infos;
    const uint64_t *counts;           /* by index of the rule; rules that are off stay 0 */
    const enum csvk_severity *levels; /* by index of the rule */
    const struct csvk_tally *rules;   /* the same, csvk_rule_count() rows */
    const struct csvk_finding *const *findings; /* ordered by byte, then rule id */
    size_t nfindings;
    uint64_t findings_dropped;
    const struct csvk_column_values *values; /* nvalues of them: columns with a declared type */
    size_t nvalues;
    size_t first_value_rule, nvalue_rules; /* the rules about values are in a row */
};
/* The report, owned by the validator. After it, feed, finish and merge must not be called. */
CSVK_API int csvk_validator_report(struct csvk_validator *validator, const struct csvk_report **out,
                                   struct csvk_error *err) CSVK_MUST_USE;
CSVK_API void csvk_validator_free(struct csvk_validator *validator);

/*
 * Reads `source` to its end and judges it. `tune` (may be NULL) changes the reader's options before
 * it starts (window, SIMD level); the struct is the library's and may be shorter or longer than the
 * caller's, which options->size tells. On success *out is a validator whose report is ready.
 */
typedef void csvk_tune_fn(struct csvk_options *options, void *context);
typedef int csvk_progress_fn(uint64_t consumed, void *context); /* < 0 stops: CSVK_ECANCELED */
/* Sees every batch before it is judged; a failure ends the run with it. */
typedef int csvk_tap_fn(const struct csvk_batch *batch, void *context, struct csvk_error *err);
/* Sees the reader before its first batch (csvk_reader_use_threads); a failure ends the run with it.
 */
typedef int csvk_begin_fn(struct csvk_reader *reader, void *context, struct csvk_error *err);
struct csvk_validate_hooks { /* each may be NULL */
    size_t size;             /* {.size = sizeof ...} */
    csvk_tune_fn *tune;
    csvk_tap_fn *tap;
    csvk_progress_fn *progress;
    void *context;
    csvk_begin_fn *begin;
};
CSVK_API int csvk_validate_source(struct csvk_validator **out, struct csvk_source *source,
                                  const struct csvk_validate_options *options,
                                  const struct csvk_validate_hooks *hooks,
                                  struct csvk_error *err) CSVK_MUST_USE;

/* ---- reports ------------------------------------------------------------------------------- */

/*
 * Makes the report a subject for csvk_reporter_add. `section` is the caller's; it and the subject
 * borrow what the report has.
 */
CSVK_API void csvk_report_subject(const struct csvk_report *report, struct csvk_section *section,
                                  struct csvk_subject *subject);
/* Appends the whole report in one of the formats. CSVK_EUSAGE: no such format; CSVK_ENOMEM. */
CSVK_API int csvk_report_print(const struct csvk_report *report, const char *format, unsigned style,
                               struct csvk_buf *out, struct csvk_error *err) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
