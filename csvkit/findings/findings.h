/*
 * findings.h - what all judges of data share: severity, profile, rule, finding, list, report.
 *
 * The idea. A *rule* is a row of a table that a room of judges keeps; the tables are *sets* of rows
 * of one struct. A *finding* is one case of a rule, with its place. A judge gathers findings in a
 * *list*, which counts all and keeps some. A *subject* is what was judged (a file, a manifest, a
 * data folder), with its findings; a *reporter* writes subjects in one of the *formats*. So a
 * finding looks the same whoever found it.
 *
 * Invariants.
 *   - Counts are exact, however many findings are kept.
 *   - A report leaves nothing out without saying so: a subject that could not be judged is in every
 *     report (`error`), and so is the number of findings that were not kept.
 *
 * Rules for all functions here. Text is UTF-8 that ends in a NUL, unless a length says otherwise.
 * Functions that return int return CSVK_OK or CSVK_ENOMEM; others are named. Functions without an
 * object of the caller's may be called by any thread, the others by one thread at a time for one
 * object. Nothing is printed.
 */
#ifndef CSVKIT_FINDINGS_FINDINGS_H
#define CSVKIT_FINDINGS_FINDINGS_H

#include "csvkit/csvkit.h"
#include "csvkit/json.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- severities and profiles ---------------------------------------------------------------- */

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

/* ---- rules ---------------------------------------------------------------------------------- */

/* One rule: a row of a table, never changed. Texts are plain English, static. */
struct csvk_rule {
    const char *id;
    /* One of E W I - for each profile, in the order of enum csvk_profile; a single letter holds for
     * all of them. */
    const char *levels;
    /* {key} stands for a fact of the finding; {key#noun} for a number with its noun, "1 field" or
     * "2 fields"; {key?text} for the text and then the fact, or for nothing when the finding has no
     * such fact. NULL: each finding brings its own message. */
    const char *message;
    const char *summary; /* one line for lists */
    const char *why;     /* what goes wrong when the rule is ignored */
    /* Input that breaks it, escapes as in C; or "". NULL: `csvkit explain` has no page of it. */
    const char *example;
    const char *remedy;   /* what a person can do about it; or "" */
    const char *repairs;  /* ids of the repairs of csvkit normalize, or "" */
    const char *outcome;  /* what the platform does with such data; or NULL */
    const void *reserved; /* NULL; the place of what a later version says */
};
struct csvk_rule_set {
    const struct csvk_rule *rule;
    size_t count;
};
/* All letters of `levels` are the same for every profile: it is a single one. */
CSVK_API bool csvk_rule_is_plain(const struct csvk_rule *rule);
CSVK_API enum csvk_severity csvk_rule_level(const struct csvk_rule *rule,
                                            enum csvk_profile profile);
/* Questions to several sets, a list that NULL ends. No such rule: NULL. */
CSVK_API const struct csvk_rule *csvk_rule_sets_find(const struct csvk_rule_set *const *sets,
                                                     const char *id);
/* The rules of all sets have numbers from 0 on, in their order. NULL after the last one. */
CSVK_API const struct csvk_rule *csvk_rule_sets_at(const struct csvk_rule_set *const *sets,
                                                   size_t index);
/*
 * The same rules one after another: a list of them costs the square of its length when each is
 * asked for by its number. Begin with {.sets = sets}. NULL after the last one.
 */
struct csvk_rule_walk {
    const struct csvk_rule_set *const *sets;
    size_t set, row; /* where the next rule is looked for */
};
CSVK_API const struct csvk_rule *csvk_rule_walk_next(struct csvk_rule_walk *walk);
/* The number of `rule`; SIZE_MAX when it is in none of the sets. */
CSVK_API size_t csvk_rule_sets_index(const struct csvk_rule_set *const *sets,
                                     const struct csvk_rule *rule);

/* ---- the catalogue of repairs ---------------------------------------------------------------- */

/* A repair of csvkit normalize; all texts are static. */
struct csvk_repair_row {
    const char *id, *name;
    const char *repair_class; /* "L0": bytes only; "L1": by option; "L2": by inference */
    const char *what;         /* what the repair does, in one line */
};
/* The row with this number, from 0 on, in the order of enum csvk_repair. False: there are no
   more. */
CSVK_API bool csvk_repair_row_at(size_t index, struct csvk_repair_row *out);
/* By its id or its name. False: there is none. */
CSVK_API bool csvk_repair_row_find(const char *id, struct csvk_repair_row *out);
/* What a class may change, in one line; NULL: no such class. */
CSVK_API const char *csvk_repair_class_meaning(const char *repair_class);

/* ---- findings -------------------------------------------------------------------------------- */

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

/*
 * One case of a rule. All zero but for the rule and the severity is a finding without a place.
 * `byte` counts from 0, line, column, record and field count from 1; 0 in one of these means that
 * it does not apply. Texts are owned by the finding, and may be NULL.
 */
struct csvk_finding {
    const struct csvk_rule *rule; /* static */
    enum csvk_severity severity;
    bool has_byte; /* byte and length are known */
    uint64_t byte, length;
    uint64_t line, column; /* column in bytes ... */
    uint64_t column_chars; /* ... and in code points; 0: only the bytes are known */
    uint64_t record, field;
    char *field_name; /* of the column that `field` lies in */
    char *path;       /* place in a tree of JSON: "$.columns[0]" */
    char *file;       /* what the finding is about when it is not the subject's file */
    char *table;      /* the table of a folder that it is about: "orders.csv"; NULL: of none */
    char *message;    /* NULL: that of the rule, with the extras filled in */
    char *remedy;     /* what to change in this case; NULL: what the rule says */
    /* What the platform does then: static; NULL where nobody asked. It goes with the message. */
    const char *platform;
    struct csvk_extra extra[CSVK_FINDING_EXTRAS];
    size_t nextras;
    unsigned char *excerpt; /* a piece of the line around the place, or NULL */
    size_t excerpt_length;
    size_t excerpt_place;        /* offset of `byte` in it */
    bool cut_before, cut_behind; /* the line has more before, or after, the excerpt */
    uint64_t reserved[6];        /* zero; a new member will take the place of some of it */
};
/* Frees what the finding owns; afterwards it is all zero. */
CSVK_API void csvk_finding_release(struct csvk_finding *finding);
/* Makes *out a copy that owns its texts. On failure *out is all zero. */
CSVK_API int csvk_finding_copy(struct csvk_finding *out,
                               const struct csvk_finding *from) CSVK_MUST_USE;
/* Appends the message of a finding, unescaped: its own, or the rule's with the facts filled in. */
CSVK_API int csvk_finding_message(const struct csvk_finding *finding,
                                  struct csvk_buf *out) CSVK_MUST_USE;
/* The same, and what the platform does, when the finding says it: "TEXT; platform: OUTCOME". */
CSVK_API int csvk_finding_full_message(const struct csvk_finding *finding,
                                       struct csvk_buf *out) CSVK_MUST_USE;
/* The finding's remedy, else that of a rule with a message of its own; or NULL. Not a copy. */
CSVK_API const char *csvk_finding_remedy(const struct csvk_finding *finding);
/*
 * Sets column_chars and the excerpt from `line`, which is the finding's line (`length` bytes,
 * without its line break); the place is `column`. No code point is cut in two. Does nothing when
 * the column is not known.
 */
CSVK_API int csvk_finding_quote(struct csvk_finding *finding, const unsigned char *line,
                                size_t length) CSVK_MUST_USE;

/* ---- lists of findings ------------------------------------------------------------------------
 */

struct csvk_tally { /* of one rule */
    const struct csvk_rule *rule;
    enum csvk_severity severity; /* the highest that was seen */
    uint64_t count;              /* all findings */
    uint64_t kept;               /* those in the list */
};
/* All zero is an empty list without limits. */
struct csvk_findings {
    struct csvk_finding *item;
    size_t count, capacity;
    struct csvk_tally *rule;
    size_t nrules, rule_capacity;
    uint64_t errors, warnings, infos; /* exact, however many findings are kept */
    uint64_t limit;                   /* kept in all; 0: no limit */
    uint64_t rule_limit;              /* kept of each rule; 0: no limit */
};
/* Counts a finding and takes it over: it is kept, or released when enough are kept. It is released
   after a failure, too. */
CSVK_API int csvk_findings_add(struct csvk_findings *list,
                               struct csvk_finding *finding) CSVK_MUST_USE;
/* Counts findings that nobody has kept. */
CSVK_API int csvk_findings_count(struct csvk_findings *list, const struct csvk_rule *rule,
                                 enum csvk_severity severity, uint64_t times) CSVK_MUST_USE;
/* A new finding at the end of the list, all zero, not counted and not limited, for a judge that
   counts by itself. NULL: out of memory. The pointer holds until the next one is made. */
CSVK_API struct csvk_finding *csvk_findings_append(struct csvk_findings *list) CSVK_MUST_USE;
/* Frees the findings and empties the list; the limits stay. */
CSVK_API void csvk_findings_release(struct csvk_findings *list);

/* ---- subjects ----------------------------------------------------------------------------------
 */

/* Findings that belong together. Everything is borrowed. */
struct csvk_section {
    const char *kind, *name;                /* "table" "orders.csv"; NULL: the subject as a whole */
    const struct csvk_finding *item;        /* the findings, one after the other, or ... */
    const struct csvk_finding *const *list; /* ... when `item` is NULL, where they are */
    size_t count;
    const struct csvk_tally *rule; /* counts by rule; a rule that is off is there as such or not */
    size_t nrules;
    uint64_t errors, warnings, infos;
    /* Findings may have a file, a path, a table and a remedy of their own: in JSON they always have
       these keys, and `platform`. */
    bool of_tree;
};
CSVK_API void csvk_section_of_findings(struct csvk_section *out, const struct csvk_findings *from);
CSVK_API const struct csvk_finding *csvk_section_at(const struct csvk_section *section,
                                                    size_t index);
/* How many findings of at least this severity are counted but not kept. */
CSVK_API uint64_t csvk_section_dropped(const struct csvk_section *section,
                                       enum csvk_severity least);

struct csvk_reporter;
/* What was judged. Everything is borrowed for the call of csvk_reporter_add. */
struct csvk_subject {
    const char *file;   /* its name in reports */
    const char *folder; /* findings name files in this folder; NULL: they name them whole */
    const char *error;  /* why it could not be judged; NULL: it was */
    bool incomplete;    /* parts of it could not be read; findings say which */
    const struct csvk_section *section;
    size_t nsections;
    /*
     * What is special to the kind of subject; each may be NULL. `json` writes the members of the
     * subject's object, the findings by csvk_section_json. `text` is called after the findings of
     * each section, and at the end with index == nsections, and writes by csvk_reporter_put.
     */
    void (*json)(const struct csvk_subject *subject, struct csvk_json *json);
    void (*text)(const struct csvk_subject *subject, size_t index, struct csvk_reporter *reporter);
    const void *context; /* theirs */
};
/* Writes the keys errors, warnings, infos, rules, findings, findings_dropped. */
CSVK_API void csvk_section_json(const struct csvk_section *section, struct csvk_json *json);

/* ---- reports -----------------------------------------------------------------------------------
 */

enum csvk_report_style { /* bits; they matter to the formats for people: text and github */
                         CSVK_TEXT_PLAIN = 0,
                         CSVK_TEXT_COLOR = 1,
                         CSVK_TEXT_NOTES = 2,  /* infos are shown, not only counted */
                         CSVK_TEXT_ERRORS = 4, /* errors only */
                         CSVK_TEXT_TOLD = 8,   /* why a subject was not judged is told elsewhere */
};
struct csvk_report_options {
    size_t size; /* set by csvk_report_options_init */
    unsigned style;
    const struct csvk_rule_set *const *sets; /* in use; a list ended by NULL, borrowed */
    enum csvk_profile profile;               /* for the levels of rules */
};
CSVK_API void csvk_report_options_init_sized(struct csvk_report_options *options, size_t size,
                                             const struct csvk_rule_set *const *sets);
static inline void csvk_report_options_init(struct csvk_report_options *options,
                                            const struct csvk_rule_set *const *sets)
{
    csvk_report_options_init_sized(options, sizeof *options, sets);
}
/* All formats: each is a file csvkit/findings/report_NAME.c and a word here. */
#define CSVK_REPORT_FORMATS(FIRST, NEXT)                                                           \
    FIRST(text) NEXT(json) NEXT(sarif) NEXT(github) NEXT(junit) NEXT(csv) NEXT(html)
/* The same as a text: "text|json|..." */
#define CSVK_REPORT_FORMAT_FIRST(name) #name
#define CSVK_REPORT_FORMAT_NEXT(name)  "|" #name
#define CSVK_REPORT_FORMAT_WORDS                                                                   \
    CSVK_REPORT_FORMATS(CSVK_REPORT_FORMAT_FIRST, CSVK_REPORT_FORMAT_NEXT)
/*
 * Begins a report in `out`, which is borrowed; the caller may write out and clear it between the
 * calls. CSVK_EUSAGE: no such format; CSVK_ENOMEM.
 */
CSVK_API int csvk_reporter_new(struct csvk_reporter **out, const char *format,
                               const struct csvk_report_options *options, struct csvk_buf *text,
                               struct csvk_error *err) CSVK_MUST_USE;
CSVK_API int csvk_reporter_add(struct csvk_reporter *reporter,
                               const struct csvk_subject *subject) CSVK_MUST_USE;
/* Ends the report; nothing may be added afterwards. */
CSVK_API int csvk_reporter_end(struct csvk_reporter *reporter) CSVK_MUST_USE;
CSVK_API void csvk_reporter_free(struct csvk_reporter *reporter);
/* A whole report of one subject. As csvk_reporter_new. */
CSVK_API int csvk_report_write(const struct csvk_subject *subject, const char *format,
                               const struct csvk_report_options *options, struct csvk_buf *out,
                               struct csvk_error *err) CSVK_MUST_USE;

/* For the `text` of a subject. Failures are remembered until csvk_reporter_add returns. */
CSVK_API unsigned csvk_reporter_style(const struct csvk_reporter *reporter);
CSVK_API void csvk_reporter_put(struct csvk_reporter *reporter, const char *text);
CSVK_API void csvk_reporter_put_escaped(struct csvk_reporter *reporter, const char *text);
CSVK_API void csvk_reporter_put_number(struct csvk_reporter *reporter, uint64_t number);
/* "1 error", "2 errors" */
CSVK_API void csvk_reporter_put_count(struct csvk_reporter *reporter, uint64_t number,
                                      const char *noun);
/* A word in green or red, where there are colours. */
CSVK_API void csvk_reporter_put_verdict(struct csvk_reporter *reporter, bool good,
                                        const char *word);

#ifdef __cplusplus
}
#endif

#endif
