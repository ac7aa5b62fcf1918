/*
 * judge.h - the inside of a validator, shared by the files of this room.
 *
 * The idea. A validator is fed batches and changes its state with each of them. The state holds
 * counts and kept findings for each rule, the shape of the table (records that do not have its
 * width), the header, and a sample of the first bytes.
 *
 * Invariant: the state does not grow with the input, except for the findings when all of them are
 * kept (max_findings 0) and for the primary key, which has its own bounds (keys.h).
 */
#ifndef VALIDATOR_JUDGE_H
#define VALIDATOR_JUDGE_H

#include "csvkit/base/misfit.h"
#include "csvkit/base/needle.h"
#include "validator/keys/keys.h"
#include "validator/rule_index.h"

/*
 * Blank lines before the first record with a byte in it wait in this slot: which rule they break is
 * decided by that record (judge_blanks_before in validator.c).
 */
#define SLOT_PENDING_BLANK RULES
#define SLOTS              (RULES + 1)

/* A record that is too narrow, as a candidate for a torn one. */
struct narrow {
    uint64_t number, line, offset, end, nfields;
};
#define NARROW_MAX 16

/*
 * Narrow records in a row. More than NARROW_MAX of them are not taken for torn records; something
 * else is wrong then.
 */
struct narrow_run {
    struct narrow item[NARROW_MAX];
    uint64_t count;
    uint64_t next; /* the record number that would continue it; 0: no run */
};

/* Records in a row that do not have the table's width; they may be the last ones of the table. */
struct misfit_run {
    uint64_t first, first_offset, first_line, end, count;
    uint64_t next;            /* 0: none */
    uint64_t least, most;     /* fields of these records */
    uint64_t last, last_line; /* the last of them, behind which blank lines may come */
    bool broken;              /* one of them has a quoting error: then they are no footer */
    bool values;              /* one of them is no line of words: it may be data */
};

/* All records that do not have the table's width, taken together. */
struct shape {
    uint64_t narrow, wide, blanks;
    uint64_t wide_first, wide_first_offset, wide_least, wide_most;
    uint64_t blanks_since_wide; /* blank lines after the first wide record */
    uint64_t head_blanks;       /* how many of the first records are blank, without a gap */
    struct misfit_run tail;
    /* `head` is the run that began with record 1 of a continuation: the part before it may end with
     * the records that it continues. */
    struct narrow_run head, current;
};

#define SEARCH_NAMED 5 /* records that a finding names */

/* A search for clean records that hold certain bytes (search_rules.c). */
struct search {
    struct csvk_buf bytes; /* of the record; empty: there is no search (yet) */
    struct csvk_needle needle;
    bool is_asked;        /* the reader was asked to look for them */
    bool is_absent;       /* and knows that they are not in the batch at hand */
    bool may_have_mark;   /* a byte order mark before them does not count */
    uint64_t from, until; /* records that begin in between are found; when there is one, all are */
    uint64_t count;       /* found so far; of the first: */
    uint64_t offset, line;
    uint64_t record[SEARCH_NAMED];
};

/* Records at the end of what was read that have empty fields only. */
struct empty_tail {
    uint64_t count, offset; /* the offset of the first */
    uint64_t comment_lines; /* that were set aside behind the first */
};

#define END_BYTES 6 /* \n\\. and the longest line break */

/* The end of what was read (end_rules.c). */
struct file_end {
    unsigned char bytes[END_BYTES]; /* the last ones of the records */
    size_t length;
    uint64_t offset;        /* of the byte after them */
    uint64_t nuls;          /* how many NUL bytes they end with */
    uint64_t comment_lines; /* that were set aside behind it */
    bool half_character;
    bool copy_end; /* the last record is the end marker of a database copy */
};

#define SAMPLE_BYTES (64 * 1024)

/* Comments before the byte `at` of the sample. */
struct sample_gap {
    uint64_t at, bytes, lines;
};

struct key_state;
struct schema_state;

/* Keys that span a table in slices: slice_keys.c. */
struct slice_keys {
    bool searched;                 /* by csvk_validator_search_keys */
    struct csvk_keys_shift before; /* records, bytes and drift of the slices before this one */
    struct csvk_keys_shift joined; /* in the first slice: those of all slices joined so far */
};

struct csvk_validator {
    struct csvk_validate_options options; /* owned copy */
    char *file;
    enum csvk_severity level[RULES];
    uint64_t limit_field, limit_record, limit_fields, limit_records;
    bool header_outvoted; /* `width` is that of all records, and not that of the header */
    bool judge_cells;     /* a rule that is on looks into every field */
    bool want_fields;     /* the reader is asked for fields */

    uint64_t count[SLOTS];
    struct csvk_findings kept[SLOTS]; /* in order of their place; counted in `count` */

    uint64_t width;         /* 0: not known yet */
    uint64_t header_record; /* 0: none (yet) */
    uint64_t first_offset;  /* of record 1 */
    uint64_t first_end;     /* of record 1, without its line break */
    uint64_t first_line;    /* of record 1, and where that line begins */
    uint64_t first_line_begin;
    bool first_hash;           /* record 1 begins with # */
    bool started;              /* the first byte of a record was seen */
    bool begun;                /* a record that is not empty was seen */
    struct csvk_strings names; /* of the header */
    enum csvk_eol first_eol;
    struct shape shape;
    struct search again;  /* records that equal the header */
    struct search hollow; /* records with empty fields only, and ... */
    struct empty_tail empty_tail;
    struct file_end end;
    struct csvk_buf sample; /* the first bytes of the records */
    bool sample_closed;
    uint64_t sample_offset;
    struct csvk_buf sample_gaps;   /* struct sample_gap: where comments were set aside */
    struct sample_gap sample_open; /* of those behind the last record so far */
    uint64_t ill_formed;           /* bytes that are not UTF-8 ... */
    uint64_t ill_implausible; /* ... of these: no letter, sign or punctuation in windows-1252 */
    uint64_t ill_c1;          /* ... of these: 80 to 9F, which are no letters in latin-1 */
    uint64_t ill_first, ill_first_record, ill_first_line, ill_first_column;
    uint64_t ill_first_length, ill_first_field;
    struct key_state *keys; /* NULL: no primary key */
    struct slice_keys slice;
    struct schema_state *schema; /* NULL: no types are declared */
    struct csvk_totals totals;
    struct csvk_damage damage;
    bool finished, judged;
    bool in_utf16; /* or in UTF-32: the first bytes look like it, and nothing else is judged */

    /* The batch and record at hand, and how far lines are counted; valid during a feed. */
    const struct csvk_batch *batch;
    const struct csvk_record *record;
    uint64_t mark_offset, mark_line, mark_line_start; /* a place whose line is known */
    uint64_t line_start; /* first byte of the line in which the last batch ended */
    bool failed;         /* out of memory: sticky, checked once per feed */

    struct csvk_report report;
    struct csvk_tally tally[RULES];
    const struct csvk_finding **shown;
};

/* finding_list.c */
struct place {
    uint64_t byte, length, record, field;
};
/*
 * Counts a finding. Returns it when it is kept, so that the caller can add its facts; NULL when the
 * rule is off, when enough findings of it are kept, or when memory ran out (`failed`).
 */
struct csvk_finding *judge_add(struct csvk_validator *v, size_t slot, const struct place *place);
/* Keeps a finding that was counted; NULL: memory ran out. */
struct csvk_finding *judge_keep(struct csvk_validator *v, size_t slot, const struct place *place);
void finding_number(struct csvk_finding *f, const char *key, enum csvk_extra_kind kind,
                    uint64_t value);
/* Copies `text`; out of memory sets v->failed. */
void finding_text(struct csvk_validator *v, struct csvk_finding *f, const char *key,
                  const char *text);
/* The finding's own remedy, in place of the rule's or of the one it had. */
void finding_remedy(struct csvk_validator *v, struct csvk_finding *f, const char *text);
/* The text of the extra of this key, "" of one that is a number; NULL: there is none. */
const char *finding_extra(const struct csvk_finding *f, const char *key);
void finding_drop_excerpt(struct csvk_finding *f);
/*
 * Moves count and findings of slot `from` to slot `to` and gives them the rule of `to`. They are
 * dropped when that rule is off or has findings already.
 */
void judge_move_slot(struct csvk_validator *v, size_t from, size_t to);
int judge_collect(struct csvk_validator *v, struct csvk_error *err);

/* The caller's options, as far as the caller has them, over the defaults. Shallow. */
int judge_read_options(struct csvk_validate_options *own,
                       const struct csvk_validate_options *options, struct csvk_error *err);

/* validate.c */
#define VALIDATE_HEAD ((size_t)64 * 1024) /* what is looked at before anything is read */
/* Where the first record of these bytes begins: behind a byte order mark and the comments. */
size_t validate_pass_start(struct csvk_bytes head, const struct csvk_validate_options *options);
/* Sets sep, dialect and width in `options` when the source begins with a line `sep=X`. */
int validate_find_sep(struct csvk_source *source, struct csvk_validate_options *options,
                      struct csvk_error *err);
/* Reads all records, judges them, and finishes the validator. */
int validate_records(struct csvk_reader *reader, struct csvk_validator *v,
                     struct csvk_source *source, const struct csvk_validate_hooks *hooks,
                     struct csvk_error *err);

/* finding_place.c: line, column and excerpt of a finding, from the batch at hand */
void judge_locate(struct csvk_validator *v, struct csvk_finding *f);
void judge_locate_end_of_batch(struct csvk_validator *v);

/* encoding_rules.c, when the sample is whole */
void judge_encoding(struct csvk_validator *v);
/* mojibake_rules.c */
void judge_mojibake(struct csvk_validator *v);
/* sample_bytes.c: a finding about `length` bytes of the sample from `begin` on; NULL as judge_add
 */
struct csvk_finding *sample_add_finding(struct csvk_validator *v, enum rule_index rule,
                                        size_t begin, size_t length);

/* kind_rules.c: *none: the file is surely no table, and nothing else is to be said of it. What
   csvk_source_peek returns. */
int judge_kind(struct csvk_validator *validator, struct csvk_source *source, bool *none,
               struct csvk_error *err);

/* fact_rules.c */
void judge_file_facts(struct csvk_validator *v);
void judge_counted_facts(struct csvk_validator *v);
void judge_record_facts(struct csvk_validator *v, const struct csvk_record *record);
/* The rule of the first quoting fact of a record, or NULL. */
const struct csvk_rule *judge_quoting_rule(const struct csvk_batch *batch,
                                           const struct csvk_record *record);
uint64_t eol_length(unsigned eol);

/* field_count_rules.c */
void shape_record(struct csvk_validator *v, const struct csvk_record *record);
void shape_finish(struct csvk_validator *v);
void shape_merge(struct csvk_validator *left, struct csvk_validator *right);

/* misfit_reason.c */
enum misfit_reason misfit_reason(struct csvk_validator *v, const struct csvk_record *record);
bool is_parted_by_cr(const struct csvk_validator *v, const struct csvk_record *record);
uint64_t fields_within(struct csvk_validator *v, struct csvk_bytes raw);

/* name_forms.c */
/* The first character of the name that cannot be seen, and what it is; 0: there is none. */
uint32_t name_unseen(const char *name, const char **what);
/* The name in a form that is the same for names that look the same. The caller frees it; NULL: out
   of memory. */
char *name_as_seen(const char *name);

/* header_rules.c */
void header_judge(struct csvk_validator *v, const struct csvk_record *record);
/* The columns have other names, or there is no header: is the first record one all the same? */
void header_judge_other(struct csvk_validator *v, const struct csvk_record *record);
void header_judge_blank(struct csvk_validator *v);
/* The names in `columns`, when they are to be judged; these findings have no place in the data. */
void header_judge_columns(struct csvk_validator *v);

/* known_columns.c: v->names, those of `record`, against names that are known from elsewhere */
void known_columns_expect(struct csvk_validator *v, const struct csvk_record *record);
void known_columns_judge(struct csvk_validator *v, const struct csvk_record *record);
/* The header does not have the width on which the records agree. */
void header_judge_width(struct csvk_validator *v, const struct csvk_record *header);

/* field_rules.c: rules that look into every field, and limits */
void judge_fields(struct csvk_validator *v);
void judge_limits(struct csvk_validator *v);

/* search_rules.c */
/* Searches for records that equal `header`, from the offset `from` on. */
void search_header(struct csvk_validator *v, struct csvk_bytes header, uint64_t from);
/* The same for the header at hand, when it is skipped. */
void search_skipped(struct csvk_validator *v, const struct csvk_record *header);
/* The same for the header at hand, if it has a name. */
void search_names(struct csvk_validator *v, const struct csvk_record *header);
void search_feed(struct csvk_validator *v);
/* Before the batch at hand: what the reader knows of it. */
void search_told(struct csvk_validator *v, const struct csvk_reader *reader);
/* After it: the reader is to search what it reads ahead. */
int search_ask(struct csvk_validator *v, struct csvk_reader *reader, struct csvk_error *err);
void search_merge(struct csvk_validator *left, const struct csvk_validator *right);
void search_judge(struct csvk_validator *v);
void search_release(struct csvk_validator *v);

/* end_rules.c */
void end_judge_record(struct csvk_validator *v, const struct csvk_record *record);
void end_feed(struct csvk_validator *v);
void end_merge(struct csvk_validator *left, const struct csvk_validator *right);
void end_judge(struct csvk_validator *v);

/* sample_rules.c */
/* Do the bytes begin with a spreadsheet's line `sep=X`? Only its five bytes are looked at, and that
   there is no other in the line. */
bool judge_is_sep(struct csvk_bytes head);
bool sample_begins_with_sep(const struct csvk_validator *v);
/* How many lines at the start of the file begin with #, and empty ones below them. */
size_t sample_comments(const struct csvk_validator *v);
/* The record below them has another width than the table. */
bool sample_differs_below_comments(const struct csvk_validator *v);
void sample_judge(struct csvk_validator *v);

/* sample_trial.c: the sample, judged in this way; zeros when memory has failed. */
struct sample_trial {
    uint64_t errors, width, comments;
};
struct sample_trial sample_try(struct csvk_validator *v, const struct csvk_dialect *dialect,
                               uint64_t comment);
/* Errors so far, told or not. */
uint64_t judge_count_errors(const struct csvk_validator *v);

/* sample_bytes.c */
void sample_feed(struct csvk_validator *v);
void sample_merge(struct csvk_validator *left, const struct csvk_validator *right);
/* Lines that were set aside before the byte `at` of the sample. */
uint64_t sample_comment_lines(const struct csvk_validator *v, size_t at);
struct partial_io;
/* To the file of a part, or from it. */
void sample_pass(struct partial_io *io, struct csvk_validator *v);

/* title_rules.c: when the records above a table are known */
void judge_title(struct csvk_validator *v);

/* causes.c */
void causes_judge(struct csvk_validator *v);
/* causes.c: `f` follows from `cause`, and is told beside it. */
void cause_explains(struct csvk_validator *v, struct csvk_finding *cause, struct csvk_finding *f);
/* comment_cause.c: lines that begin with # and are as wide as the table; true: they are the cause,
   which is told, with the first error of all that follow from them. */
bool comment_cause_judge(struct csvk_validator *v);
/* Another cause has told of the comments: what is wrong in their lines is not told. */
void comment_cause_drop(struct csvk_validator *v);
/* One finding for lines that begin with #, and one for their widths. */
void comment_cause_fold(struct csvk_validator *v);
/* short_cause.c: are values at the end of most records left out? Then their findings say so. */
bool short_cause_judge(struct csvk_validator *v);

/* remedies.c: at the end, after the causes */
void remedies_judge(struct csvk_validator *v);

/* key_rules.c: these do nothing when there is no primary key */
int keys_new(struct csvk_validator *v, struct csvk_error *err);
/* Finds the key's columns among `names`; a missing one is reported at the place `header`. */
void keys_resolve(struct csvk_validator *v, const struct csvk_strings *names,
                  const struct place *header);
int keys_feed(struct csvk_validator *v, struct csvk_error *err);
int keys_finish(struct csvk_validator *v, struct csvk_error *err);
int keys_merge(struct csvk_validator *left, struct csvk_validator *right,
               struct csvk_keys_shift shift, struct csvk_error *err);
/* Searches the keys, of all slices perhaps, and tells each that occurs again. */
int keys_search(struct csvk_validator *v, csvk_duplicate_fn *tell, void *context,
                struct csvk_error *err);
/* `first_file`: the slice that the first record lies in, when it is another one; else NULL. */
void keys_add_duplicate(struct csvk_validator *v, const struct csvk_duplicate_key *duplicate,
                        const char *first_file);
/* Is a cell of this column, from 0, told by empty-key when it has no value? It is one finding, that
   of the rule with the higher severity; with the same, of value-missing (schema_tells_missing). */
bool keys_tell_empty(const struct csvk_validator *v, size_t column);
/* The set of all keys so far; NULL: there is no primary key. */
struct csvk_keys *keys_set(const struct csvk_validator *v);
void keys_free(struct key_state *keys);

/* schema_rules.c: these do nothing when no types are declared */
static inline bool is_schema_rule(size_t rule)
{
    return rule >= RULE_TYPE_MISMATCH && rule <= RULE_NOT_UNIQUE;
}
/* Are types declared, and one of the rules on? */
bool schema_is_judged(const struct csvk_validator *v);
int schema_new(struct csvk_validator *v, struct csvk_error *err);
/* Has value-missing told that a field, from 0, has no value? `record` is the reader's; NULL: not
   reported. `flags`: of the field. */
bool schema_tells_missing(const struct csvk_validator *v, const struct csvk_record *record,
                          size_t field, uint32_t flags);
/* What the reader has to give: fields, the ends of records, or nothing but counts. */
enum csvk_detail schema_wants(const struct csvk_validator *v);
/* Finds the columns among the names of a header, where the schema goes by names; those that are
   missing or surplus are reported at the place `header`. */
void schema_resolve(struct csvk_validator *v, const struct csvk_strings *names,
                    const struct place *header);
int schema_feed(struct csvk_validator *v, struct csvk_error *err);
/* Is there room for one more finding of a rule of is_schema_rule in this column, from 1? If so, the
   caller keeps it. */
bool schema_takes(struct csvk_validator *v, size_t rule, uint64_t field);
void schema_merge(struct csvk_validator *left, const struct csvk_validator *right);
/* Puts the findings of each rule in the order in which they are dealt: the first one of every
   column, then the second ones. */
void schema_order_findings(struct csvk_validator *v);
/* Sets what the report says about columns. */
void schema_report(struct csvk_validator *v);
void schema_free(struct schema_state *schema);

/* unique_rules.c: these do nothing when nothing has to be unique */
int unique_finish(struct csvk_validator *v, struct csvk_error *err);
int unique_merge(struct csvk_validator *left, struct csvk_validator *right,
                 struct csvk_keys_shift shift, struct csvk_error *err);
/* The set number `index` from 0; NULL: there are no more. */
struct csvk_keys *unique_set(const struct csvk_validator *v, size_t index);
/* What a schema wants unique, by number: how many they are; and for each as for the primary key. */
size_t unique_count(const struct csvk_validator *v);
int unique_search(struct csvk_validator *v, size_t key, csvk_duplicate_fn *tell, void *context,
                  struct csvk_error *err);
void unique_add_duplicate(struct csvk_validator *v, size_t key,
                          const struct csvk_duplicate_key *duplicate, const char *first_file);
/* slice_keys.c: by how much the keys of what follows are raised. */
struct csvk_keys_shift keys_shift_by(const struct csvk_totals *totals);

/* record_in_memory.c: fields of records in memory, when the reader has not reported them */
struct field_walk {
    const unsigned char *bytes;
    size_t size, at;
    struct csvk_dialect dialect;
    bool cr_ends; /* CR alone ends a record */
};
struct walk_field {
    size_t begin, end;
    bool enclosed;
    bool last;     /* of its record */
    bool complete; /* its delimiter or line break lies within the bytes */
};
/*
 * Gives the field that begins at walk.at, and moves walk.at to the byte after its delimiter or line
 * break. Call until `last` is set, even at the end of the bytes: after a delimiter that is the last
 * byte there is one more, empty field.
 */
void walk_next(struct field_walk *walk, struct walk_field *field);
/* Passes the rest of the physical line. */
void walk_line(struct field_walk *walk);
/* Passes a whole record, and says how many fields it has; *last is the last one. */
uint64_t walk_record(struct field_walk *walk, struct walk_field *last);
/* From the first byte of the sample on. */
struct field_walk walk_sample(const struct csvk_validator *v);

static inline bool judge_is_on(const struct csvk_validator *v, enum rule_index rule)
{
    return v->level[rule] != CSVK_OFF;
}

/* Are max_findings findings of the slot kept? Then one more is only counted. Only for rules that
   are on. */
static inline bool judge_is_full(const struct csvk_validator *v, size_t slot)
{
    uint64_t most = v->options.max_findings;
    return most != 0 && v->kept[slot].count >= most;
}

#endif
