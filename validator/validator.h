/*
 * validator.h - judgement: rules, profiles, findings, reports.
 *
 * The idea. The reader tells facts (csvkit.h); a *profile* gives every *rule* a level; the
 * *validator* is fed batches and turns facts into *findings* and exact counts; a *report* is a view
 * of what it found, written out by one of the csvk_report_* functions. A validator never reads and
 * never prints: whoever drives the reader feeds it (csvk_validate_source does so for the plain
 * case).
 *
 * Invariants.
 *   - Counts are exact whatever is kept. Of each rule the first `max_findings` findings are kept
 *     with their place, so a flood of one rule never hides another; a report shows at most
 *     `max_findings` of them, dealt out evenly over the rules, ordered by byte.
 *   - A clean record costs nothing: only reported records are looked at. A dropped finding costs
 * one addition.
 *   - Nothing depends on how the input was cut into batches, nor (csvk_validator_merge) into parts.
 */
#ifndef VALIDATOR_VALIDATOR_H
#define VALIDATOR_VALIDATOR_H

#include "csvkit/csvkit.h"
#include "csvkit/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- rules and profiles ------------------------------------------------------------------- */

enum csvk_severity { CSVK_OFF, CSVK_INFO, CSVK_WARNING, CSVK_ERROR };
CSVK_API const char *csvk_severity_name(enum csvk_severity severity); /* "off" "info" ... */
/* CSVK_EUSAGE with a text that lists the four words. */
CSVK_API int csvk_severity_parse(const char *text, enum csvk_severity *out,
                                 struct csvk_error *err) CSVK_MUST_USE;

enum csvk_profile {
    CSVK_PROFILE_STRICT, /* rfc4180-strict: the grammar of 2005, byte by byte */
    CSVK_PROFILE_RFC4180,
    CSVK_PROFILE_BIS,     /* rfc4180-bis: the draft of 2024 */
    CSVK_PROFILE_KEBOOLA, /* what the platform imports without loss */
    CSVK_PROFILE_EXCEL,   /* what a spreadsheet opens as intended */
    CSVK_PROFILES
};
CSVK_API const char *csvk_profile_name(enum csvk_profile profile);
CSVK_API const char *csvk_profile_summary(enum csvk_profile profile);
/* CSVK_EUSAGE with a text that lists the names. */
CSVK_API int csvk_profile_parse(const char *text, enum csvk_profile *out,
                                struct csvk_error *err) CSVK_MUST_USE;

/* One rule: a row of a table, never changed. Texts are plain English, static. */
struct csvk_rule {
    const char *id;
    const char *levels; /* one of E W I - for each profile, in the order of enum csvk_profile */
    const char *
        message; /* fixed text; {key}: a fact of the finding; {key?text}: text + fact, or nothing */
    const char *summary; /* one line for lists */
    const char *why;     /* what goes wrong when the rule is ignored */
    const char *example; /* input that breaks it, escapes as in C */
    const char *remedy;  /* what to do about it */
    const char *repairs; /* ids of normalize's repairs, or "" */
};
CSVK_API size_t csvk_rule_count(void);
CSVK_API const struct csvk_rule *csvk_rule_at(size_t index);     /* in the order of the catalogue */
CSVK_API const struct csvk_rule *csvk_rule_find(const char *id); /* NULL: no such rule */
CSVK_API enum csvk_severity csvk_rule_level(const struct csvk_rule *rule,
                                            enum csvk_profile profile);

/* ---- findings ------------------------------------------------------------------------------ */

enum csvk_extra_kind {
    CSVK_EXTRA_NUMBER,
    CSVK_EXTRA_BYTE,   /* a number that counts bytes of the file: moves when parts are joined */
    CSVK_EXTRA_RECORD, /* the same for a record number */
    CSVK_EXTRA_LINE,   /* and for a line */
    CSVK_EXTRA_TEXT,
};
/* A fact that goes with a finding beyond its place: {"found": 4}. */
struct csvk_extra {
    const char *key; /* static */
    enum csvk_extra_kind kind;
    uint64_t number;
    char *text; /* owned by the finding */
};
#define CSVK_FINDING_EXTRAS 5

/* Places are those of csv-rules 3.1. 0 in line, column, record or field: does not apply. */
struct csvk_finding {
    const struct csvk_rule *rule;
    enum csvk_severity severity;
    uint64_t byte, length;
    uint64_t line, column; /* column in bytes ... */
    uint64_t column_chars; /* ... and in code points */
    uint64_t record, field;
    struct csvk_extra extra[CSVK_FINDING_EXTRAS];
    size_t nextras;
    unsigned char *excerpt; /* a piece of the line around the place, or NULL */
    size_t excerpt_length;
    size_t excerpt_place;        /* offset of `byte` in it */
    bool cut_before, cut_behind; /* the line goes on there */
};
/* Appends the message of a finding: the rule's text with its facts filled in, unescaped. */
CSVK_API int csvk_finding_message(const struct csvk_finding *finding,
                                  struct csvk_buf *out) CSVK_MUST_USE;

/* ---- validator ----------------------------------------------------------------------------- */

enum csvk_header { CSVK_HEADER, CSVK_NO_HEADER };
/* What a first line `sep=;` is: data, as everywhere but in spreadsheets, or the delimiter. */
enum csvk_sep {
    CSVK_SEP_DATA,
    CSVK_SEP_LOOK,  /* csvk_validate_source looks for one and obeys it */
    CSVK_SEP_FOUND, /* record 1 is one; `dialect` and `width` are set accordingly */
};
#define CSVK_RULES_MAX 96

struct csvk_validate_options {
    size_t size; /* sizeof: set by csvk_validate_options_init */
    enum csvk_profile profile;
    struct csvk_dialect dialect;
    enum csvk_header header;
    enum csvk_sep sep;
    struct csvk_strings columns;     /* names known from outside; empty: not known */
    struct csvk_strings primary_key; /* names; empty: none */
    const char *file;                /* name in reports; borrowed by _new only */
    uint64_t max_findings;           /* kept; 0: all */
    uint64_t width;                  /* fields per record when known otherwise, else 0 */
    uint64_t max_field, max_record;  /* bytes; 0: as the profile says */
    uint64_t max_fields, max_records;
    uint64_t memory;   /* for what must be remembered across records (keys) */
    bool continuation; /* a part that is not the first: no header, no file start */
    enum csvk_eol eol; /* a continuation: kind of the file's first line break */
    unsigned char level[CSVK_RULES_MAX]; /* set by csvk_validate_set_rule; 0: the profile's */
};
CSVK_API void csvk_validate_options_init(struct csvk_validate_options *options);
CSVK_API void csvk_validate_options_release(struct csvk_validate_options *options);
/* `id` may be "all". CSVK_EUSAGE: no such rule. */
CSVK_API int csvk_validate_set_rule(struct csvk_validate_options *options, const char *id,
                                    enum csvk_severity level, struct csvk_error *err) CSVK_MUST_USE;

struct csvk_validator;
/* Copies `options` whole. CSVK_EUSAGE, CSVK_ENOMEM. */
CSVK_API int csvk_validator_new(struct csvk_validator **out,
                                const struct csvk_validate_options *options,
                                struct csvk_error *err) CSVK_MUST_USE;
/* Sets what the reader has to deliver: dialect, detail, facts, width, line breaks. */
CSVK_API void csvk_validator_reader_options(const struct csvk_validator *validator,
                                            struct csvk_options *options);
/*
 * Kinds of facts (CSVK_FACT_BIT) of which only the number matters any more, since as many findings
 * are kept as may be: for csvk_reader_only_count between two batches.
 */
CSVK_API uint32_t csvk_validator_only_counts(const struct csvk_validator *validator);
/* Judges a batch; nothing of it is kept but copies. */
CSVK_API int csvk_validator_feed(struct csvk_validator *validator, const struct csvk_batch *batch,
                                 struct csvk_error *err) CSVK_MUST_USE;
/* After the last batch: what only the end tells. Call once. */
CSVK_API int csvk_validator_finish(struct csvk_validator *validator,
                                   const struct csvk_totals *totals, struct csvk_damage damage,
                                   struct csvk_error *err) CSVK_MUST_USE;
/*
 * `right` judged the bytes that follow those of `left` (cut where a record begins, continuation
 * set); both are finished. Afterwards `left` stands for both, as if it had read all; `right` is
 * empty and only good for csvk_validator_free. Judgements that need the whole file are passed in
 * csvk_validator_report, so parts may be joined in any grouping, left to right.
 */
CSVK_API int csvk_validator_merge(struct csvk_validator *left, struct csvk_validator *right,
                                  struct csvk_error *err) CSVK_MUST_USE;

/*
 * The primary key over a table in slices. After each slice is finished, `next` hands its keys to
 * `first`, the validator of the first slice (slices in their order); when all have, _search_keys
 * gives every repeated key to the slice it lies in, `parts[0]` being the first. Then reports.
 */
CSVK_API int csvk_validator_join_keys(struct csvk_validator *first, struct csvk_validator *next,
                                      struct csvk_error *err) CSVK_MUST_USE;
CSVK_API int csvk_validator_search_keys(struct csvk_validator *const *parts, size_t count,
                                        struct csvk_error *err) CSVK_MUST_USE;

struct csvk_report {
    const char *file;
    bool valid; /* no error */
    enum csvk_profile profile;
    struct csvk_dialect dialect;
    enum csvk_header header;
    struct csvk_totals totals; /* bytes, records, width, line breaks */
    const struct csvk_strings *column_names;
    uint64_t errors, warnings, infos;
    const uint64_t *counts;           /* by index of the rule; rules that are off stay 0 */
    const enum csvk_severity *levels; /* by index of the rule */
    const struct csvk_finding *const *findings; /* ordered by byte, then rule id */
    size_t nfindings;
    uint64_t findings_dropped;
};
/* The report, owned by the validator. No feed, finish or merge after it. */
CSVK_API int csvk_validator_report(struct csvk_validator *validator, const struct csvk_report **out,
                                   struct csvk_error *err) CSVK_MUST_USE;
CSVK_API void csvk_validator_free(struct csvk_validator *validator);

/*
 * Reads `source` to its end and judges it. `tune` (may be NULL) changes the reader's options before
 * it starts (window, SIMD level). On success *out is a validator whose report is ready.
 */
typedef void csvk_tune_fn(struct csvk_options *options, void *context);
typedef int csvk_progress_fn(uint64_t consumed, void *context); /* < 0 stops: CSVK_ECANCELED */
/* Sees every batch before it is judged; a failure ends the run with it. */
typedef int csvk_tap_fn(const struct csvk_batch *batch, void *context, struct csvk_error *err);
struct csvk_validate_hooks { /* each may be NULL */
    csvk_tune_fn *tune;
    csvk_tap_fn *tap;
    csvk_progress_fn *progress;
    void *context;
};
CSVK_API int csvk_validate_source(struct csvk_validator **out, struct csvk_source *source,
                                  const struct csvk_validate_options *options,
                                  const struct csvk_validate_hooks *hooks,
                                  struct csvk_error *err) CSVK_MUST_USE;

/* ---- reports ------------------------------------------------------------------------------- */

enum csvk_text_style { /* bits */
                       CSVK_TEXT_PLAIN = 0,
                       CSVK_TEXT_COLOR = 1,
                       CSVK_TEXT_NOTES =
                           2, /* findings of level info are reported, not only counted */
};
/* All append to `out` and answer CSVK_OK or CSVK_ENOMEM. */
CSVK_API int csvk_report_text(const struct csvk_report *report, unsigned style,
                              struct csvk_buf *out) CSVK_MUST_USE;
CSVK_API int csvk_report_json(const struct csvk_report *report,
                              struct csvk_buf *out) CSVK_MUST_USE; /* one line */
CSVK_API int csvk_report_github(const struct csvk_report *report,
                                struct csvk_buf *out) CSVK_MUST_USE;
/*
 * Formats with one document around all files: _begin, one call per file, _end. `json` is set up by
 * _begin on a buffer that may be written out and cleared between calls.
 */
CSVK_API int csvk_report_sarif_begin(struct csvk_json *json, struct csvk_buf *out,
                                     enum csvk_profile profile) CSVK_MUST_USE;
CSVK_API int csvk_report_sarif(const struct csvk_report *report,
                               struct csvk_json *json) CSVK_MUST_USE;
CSVK_API int csvk_report_sarif_end(struct csvk_json *json) CSVK_MUST_USE;
CSVK_API int csvk_report_junit_begin(struct csvk_buf *out) CSVK_MUST_USE;
CSVK_API int csvk_report_junit(const struct csvk_report *report,
                               struct csvk_buf *out) CSVK_MUST_USE;
CSVK_API int csvk_report_junit_end(struct csvk_buf *out) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
