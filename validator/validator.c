/*
 * validator.c - the life of a validator: it is made from options, fed with batches, finished,
 * perhaps joined with others (validator_merge.c), and makes a report. It judges too-many-fields,
 * too-many-records and compressed-input-damaged itself; all other rules have files of their own.
 *
 * What a batch alone shows is judged when the batch is fed. What only the whole file shows (the
 * sample, the misfits taken together, totals, damage, keys) is judged when the report is asked for,
 * so that parts can be joined before that and nothing is lost.
 */
#include "validator/judge.h"

#include "csvkit/base/sized.h"

#include <string.h>

/* Limits of the profiles; UINT64_MAX: none. */
static const struct {
    uint64_t field, fields, records;
} limits[CSVK_PROFILES] = {
    [CSVK_PROFILE_STRICT] = {UINT64_MAX, UINT64_MAX, UINT64_MAX},
    [CSVK_PROFILE_RFC4180] = {UINT64_MAX, UINT64_MAX, UINT64_MAX},
    [CSVK_PROFILE_BIS] = {UINT64_MAX, UINT64_MAX, UINT64_MAX},
    [CSVK_PROFILE_KEBOOLA] = {16777216, UINT64_MAX, UINT64_MAX},
    [CSVK_PROFILE_EXCEL] = {32767, 16384, 1048576},
};

/* A field limit below this is checked in every field; from this on, only in batches that are larger
   than the limit (field_rules.c). */
#define LARGE_FIELD (UINT64_C(1) << 20)
/* Records of up to four times the limit are held in memory, which is quick, unless the limit is
   this large. The fields of longer ones are measured while they pass. */
#define LARGEST_HELD (UINT64_C(1) << 27)

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_validate_options, delimiter_stated, "csvk_validate_options_init");

void csvk_validate_options_init_sized(struct csvk_validate_options *options, size_t size)
{
    const struct csvk_validate_options defaults = {.size = sizeof(defaults),
                                                   .profile = CSVK_PROFILE_RFC4180,
                                                   .dialect = CSVK_DIALECT_RFC4180,
                                                   .max_findings = 100};
    csvk_sized_init(&options_type, options, size, &defaults);
}

int judge_read_options(struct csvk_validate_options *own,
                       const struct csvk_validate_options *options, struct csvk_error *err)
{
    csvk_validate_options_init(own);
    return csvk_sized_read(&options_type, own, options, err);
}

void csvk_validate_options_release(struct csvk_validate_options *options)
{
    csvk_strings_release(&options->columns);
    csvk_strings_release(&options->primary_key);
    size_t needed = offsetof(struct csvk_validate_options, schema) + sizeof options->schema;
    if (options->size >= needed) { /* a program of older headers has no schema */
        csvk_schema_free(options->schema);
        options->schema = NULL;
    }
    size_t header = offsetof(struct csvk_validate_options, first_header);
    if (options->size >= header + sizeof options->first_header) {
        csvk_strings_release(&options->first_header);
    }
}

int csvk_validate_set_rule(struct csvk_validate_options *options, const char *id,
                           enum csvk_severity level, struct csvk_error *err)
{
    const struct csvk_rule *rule = csvk_rule_find(id);
    int status = csvk_sized_check(&options_type, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (strcmp(id, "all") == 0) {
        memset(options->level, (int)level + 1, RULES);
        return CSVK_OK;
    }
    if (rule == NULL) {
        return csvk_fail(err, CSVK_EUSAGE, "unknown rule '%s' (`csvkit rules` lists them)", id);
    }
    options->level[rule - csvk_rule_table] = (unsigned char)(level + 1);
    return CSVK_OK;
}

/* ---- levels and limits ----------------------------------------------------------------------- */

/* Severities that follow from other options: a limit or a key that is given is judged in every
   profile. */
static void adjust_levels(struct csvk_validator *v)
{
    const struct csvk_validate_options *o = &v->options;
    if (o->profile == CSVK_PROFILE_KEBOOLA && o->header == CSVK_NO_HEADER) {
        v->level[RULE_UTF8_BOM] = CSVK_ERROR;
    }
    if (o->max_record != 0) {
        v->level[RULE_RECORD_TOO_LONG] = CSVK_ERROR;
    }
    if (o->max_field != 0) {
        v->level[RULE_FIELD_TOO_LONG] = CSVK_ERROR;
    }
    if (o->max_fields != 0) {
        v->level[RULE_TOO_MANY_FIELDS] = CSVK_ERROR;
    }
    if (o->max_records != 0) {
        v->level[RULE_TOO_MANY_RECORDS] = CSVK_ERROR;
    }
    if (o->primary_key.count != 0) {
        v->level[RULE_DUPLICATE_KEY] = CSVK_ERROR;
        v->level[RULE_EMPTY_KEY] = CSVK_WARNING;
        v->level[RULE_DUPLICATE_KEY_SUSPECTED] = CSVK_WARNING;
    }
}

static void set_levels(struct csvk_validator *v)
{
    const struct csvk_validate_options *o = &v->options;
    for (size_t i = 0; i < RULES; i++) {
        v->level[i] = csvk_rule_level(&csvk_rule_table[i], o->profile);
    }
    adjust_levels(v);
    for (size_t i = 0; i < RULES; i++) {
        if (o->level[i] != 0) {
            v->level[i] = (enum csvk_severity)(o->level[i] - 1);
        }
    }
}

static void set_limits(struct csvk_validator *v)
{
    const struct csvk_validate_options *o = &v->options;
    v->limit_field = o->max_field != 0 ? o->max_field : limits[o->profile].field;
    v->limit_record = o->max_record != 0 ? o->max_record : UINT64_MAX;
    v->limit_fields = o->max_fields != 0 ? o->max_fields : limits[o->profile].fields;
    v->limit_records = o->max_records != 0 ? o->max_records : limits[o->profile].records;
    bool short_limit = judge_is_on(v, RULE_FIELD_TOO_LONG) && v->limit_field < LARGE_FIELD;
    v->judge_cells = short_limit || judge_is_on(v, RULE_FORMULA_PREFIX) ||
                     judge_is_on(v, RULE_NEEDLESS_ENCLOSURE);
    v->want_fields = v->judge_cells || o->sep == CSVK_SEP_FOUND;
}

static int copy_options(struct csvk_validator *v, const struct csvk_validate_options *options)
{
    v->options = *options;
    memset(&v->options.columns, 0, sizeof(v->options.columns));
    memset(&v->options.primary_key, 0, sizeof(v->options.primary_key));
    memset(&v->options.first_header, 0, sizeof(v->options.first_header));
    v->options.schema = csvk_schema_share(options->schema);
    v->file = csvk_strdup(options->file != NULL ? options->file : "-");
    v->options.file = v->file;
    if (v->file == NULL || csvk_strings_copy(&v->options.columns, &options->columns) != CSVK_OK ||
        csvk_strings_copy(&v->options.primary_key, &options->primary_key) != CSVK_OK ||
        csvk_strings_copy(&v->options.first_header, &options->first_header) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    return CSVK_OK;
}

/* As csvk_validator_new, with options of this library's version. */
static int new_validator(struct csvk_validator **out, const struct csvk_validate_options *options,
                         struct csvk_error *err)
{
    int status = csvk_dialect_check(&options->dialect, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_validator *v = csvk_calloc(1, sizeof(*v));
    if (v == NULL || copy_options(v, options) != CSVK_OK) {
        csvk_validator_free(v);
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    set_levels(v);
    set_limits(v);
    v->width = options->columns.count != 0 ? options->columns.count : options->width;
    v->first_eol = options->eol;
    if (options->continuation) {
        search_header(v, options->header_record, 0);
    }
    status = keys_new(v, err);
    status = status == CSVK_OK ? schema_new(v, err) : status;
    if (status != CSVK_OK) {
        csvk_validator_free(v);
        return status;
    }
    if (options->columns.count != 0) {
        struct place nowhere = {0, 0, 0, 0};
        keys_resolve(v, &v->options.columns, &nowhere);
        header_judge_columns(v);
    }
    *out = v;
    return CSVK_OK;
}

int csvk_validator_new(struct csvk_validator **out, const struct csvk_validate_options *options,
                       struct csvk_error *err)
{
    struct csvk_validate_options own; /* shallow: what is kept of it is copied */
    int status = judge_read_options(&own, options, err);
    return status == CSVK_OK ? new_validator(out, &own, err) : status;
}

/* Facts about bytes and about lines inside enclosures cost time, so the reader is not asked for
   those whose rule is off. */
static uint32_t wanted_facts(const struct csvk_validator *v)
{
    static const struct {
        unsigned char fact, rule;
    } costly[] = {
        {CSVK_FACT_SUSPICIOUS_LINES, RULE_MULTILINE_FIELD_SUSPICIOUS},
        {CSVK_FACT_NUL, RULE_NUL_BYTE},
        {CSVK_FACT_CONTROL, RULE_CONTROL_CHAR},
        {CSVK_FACT_TAB, RULE_TAB_IN_FIELD},
        {CSVK_FACT_NON_ASCII, RULE_NON_ASCII},
        {CSVK_FACT_INVALID_UTF8, RULE_INVALID_UTF8},
        {CSVK_FACT_BOM_IN_DATA, RULE_BOM_IN_DATA},
        {CSVK_FACT_REPLACEMENT_CHAR, RULE_REPLACEMENT_CHAR},
        {CSVK_FACT_UNICODE_LINE_BREAK, RULE_UNICODE_LINE_BREAK},
    };
    uint32_t wanted = CSVK_FACTS_ALL;
    for (size_t i = 0; i < sizeof(costly) / sizeof(costly[0]); i++) {
        if (!judge_is_on(v, costly[i].rule)) {
            wanted &= ~CSVK_FACT_BIT(costly[i].fact);
        }
    }
    if (judge_is_on(v, RULE_ENCODING_SUSPECTED)) {
        wanted |= CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8);
    }
    return wanted;
}

void csvk_validator_reader_options(const struct csvk_validator *v, struct csvk_options *options)
{
    options->dialect = v->options.dialect;
    bool want_ends = judge_is_on(v, RULE_RECORD_TOO_LONG) || v->options.primary_key.count != 0 ||
                     schema_wants(v) == CSVK_RECORDS;
    bool want_fields = v->want_fields || schema_wants(v) == CSVK_FIELDS;
    options->detail = want_fields ? CSVK_FIELDS : want_ends ? CSVK_RECORDS : CSVK_COUNTS;
    options->any_eol = v->options.profile == CSVK_PROFILE_BIS;
    options->continuation = v->options.continuation;
    options->eol = v->options.eol;
    options->width = v->width;
    options->comment = v->options.comment;
    options->facts = wanted_facts(v);
    if (judge_is_on(v, RULE_FIELD_TOO_LONG) && options->detail == CSVK_COUNTS) {
        options->long_field = v->limit_field;
        options->max_record = v->limit_field < LARGEST_HELD ? 4 * v->limit_field : 0;
    }
}

/* ---- feeding --------------------------------------------------------------------------------- */

static bool has_header(const struct csvk_validator *v)
{
    return v->options.header != CSVK_NO_HEADER && !v->options.continuation;
}

static void note_first(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    v->first_end = r->offset + r->length;
    v->first_hash = v->width == 0 && b->bytes != NULL && r->length > 0 &&
                    b->bytes[r->offset - b->offset] == '#';
}

/*
 * Blank lines before the first record with a byte in it get their rule from that record. Before a
 * header they are no values, however wide the table is (doc/reading.md A6); without one they are
 * values of a table of one column. When no such record follows, the table has one column and the
 * first of them is its header.
 */
static void judge_blanks_before(struct csvk_validator *v, bool record_follows)
{
    bool values = v->width == 1 && !(record_follows && has_header(v));
    bool blank_header = v->count[SLOT_PENDING_BLANK] != 0 && values && has_header(v);
    judge_move_slot(v, SLOT_PENDING_BLANK, values ? RULE_AMBIGUOUS_EMPTY_RECORD : RULE_BLANK_LINE);
    if (blank_header) {
        header_judge_blank(v);
    }
}

/* The first record with a byte in it: it gives the width, unless that was given. */
static void begin_table(struct csvk_validator *v, const struct csvk_record *r)
{
    v->begun = true;
    v->width = v->width != 0 ? v->width : r->nfields;
    judge_blanks_before(v, true);
    if (v->options.continuation) {
        return;
    }
    if (v->options.header == CSVK_HEADER) {
        header_judge(v, r);
        search_names(v, r);
    } else if (v->options.columns.count != 0) {
        header_judge_other(v, r);
        search_skipped(v, r);
    }
}

static void judge_record(struct csvk_validator *v, const struct csvk_record *r)
{
    v->record = r;
    if (r->number == 1) {
        note_first(v, r);
    }
    bool no_data = v->options.sep == CSVK_SEP_FOUND && r->number == 1;
    if (r->unfinished || no_data) {
        judge_record_facts(v, r);
        return;
    }
    if (!r->blank && !v->begun) {
        begin_table(v, r);
    }
    if (r->nfacts != 0) {
        judge_record_facts(v, r);
        end_judge_record(v, r);
    }
    if (v->header_outvoted && r->number == v->header_record) {
        header_judge_width(v, r);
    } else if (r->blank || r->nfields != v->width) {
        shape_record(v, r);
    }
}

/* The first byte of a record is looked at, and what another thread has read is slow to come: it is
   fetched some records before. */
static void judge_reported(struct csvk_validator *v)
{
    enum { AHEAD = 8 };
    const struct csvk_batch *b = v->batch;
    for (size_t i = 0; i < b->nreported; i++) {
        if (b->bytes != NULL && b->nreported - i > AHEAD) {
            __builtin_prefetch(b->bytes + (b->records[i + AHEAD].offset - b->offset));
        }
        judge_record(v, &b->records[i]);
    }
}

int csvk_validator_feed(struct csvk_validator *v, const struct csvk_batch *batch,
                        struct csvk_error *err)
{
    v->batch = batch;
    v->mark_line = 0;
    if (batch->comment_bytes != 0) {
        v->line_start = batch->line_begin;
    }
    if (!v->started && batch->size != 0) {
        v->started = true;
        v->first_offset = v->first_end = batch->offset;
        v->first_line = batch->first_line;
        v->first_line_begin = v->line_start;
    }
    if (!v->sample_closed) {
        sample_feed(v);
    }
    if (batch->nfacts != 0) {
        judge_file_facts(v);
    }
    judge_counted_facts(v);
    judge_reported(v);
    search_feed(v);
    end_feed(v);
    if (v->judge_cells) {
        judge_fields(v);
    }
    judge_limits(v);
    int status = schema_feed(v, err);
    status = status == CSVK_OK ? keys_feed(v, err) : status;
    judge_locate_end_of_batch(v);
    v->batch = NULL;
    v->record = NULL;
    if (status != CSVK_OK) {
        return status;
    }
    return v->failed ? csvk_fail(err, CSVK_ENOMEM, "out of memory for findings") : CSVK_OK;
}

/* Facts about the bytes after the data may come before the last record does, so the line of these
   findings is known only at the end. */
static void locate_after_data(struct csvk_validator *v, enum rule_index rule)
{
    for (size_t i = 0; i < v->kept[rule].count; i++) {
        struct csvk_finding *f = &v->kept[rule].item[i];
        f->line = v->totals.lines + 1;
        f->column = f->column_chars = f->byte - v->line_start + 1;
        finding_drop_excerpt(f);
    }
}

int csvk_validator_finish(struct csvk_validator *v, const struct csvk_totals *totals,
                          const struct csvk_damage *damage, struct csvk_error *err)
{
    v->totals = *totals;
    v->damage = damage != NULL ? *damage : (struct csvk_damage){.what = NULL};
    v->finished = true;
    if (!v->begun) {
        v->width = v->width == 0 && totals->records != 0 ? 1 : v->width;
        judge_blanks_before(v, false);
    }
    v->totals.width = v->width;
    locate_after_data(v, RULE_CTRL_Z_AT_EOF);
    locate_after_data(v, RULE_NUL_PADDING_AT_EOF);
    return v->failed ? csvk_fail(err, CSVK_ENOMEM, "out of memory for findings") : CSVK_OK;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Adds a finding whose place is the end of the data, or a byte of the compressed file, which has no
   line. */
static struct csvk_finding *add_at(struct csvk_validator *v, enum rule_index rule,
                                   const struct place *place)
{
    struct csvk_finding *f = judge_add(v, rule, place);
    if (f != NULL && rule != RULE_COMPRESSED_INPUT_DAMAGED) {
        f->line = v->totals.lines + 1;
        f->column = f->column_chars = 1;
    }
    return f;
}

static void judge_totals(struct csvk_validator *v)
{
    if (v->totals.width > v->limit_fields) {
        struct place place = {v->first_offset, v->first_end - v->first_offset, 1, 0};
        struct csvk_finding *f = add_at(v, RULE_TOO_MANY_FIELDS, &place);
        if (f != NULL) {
            f->line = v->first_line;
            f->column = f->column_chars = v->first_offset - v->first_line_begin + 1;
            finding_number(f, "found", CSVK_EXTRA_NUMBER, v->totals.width);
            finding_number(f, "limit", CSVK_EXTRA_NUMBER, v->limit_fields);
        }
    }
    if (v->totals.records > v->limit_records) {
        struct place place = {v->totals.bytes, 0, 0, 0};
        struct csvk_finding *f = add_at(v, RULE_TOO_MANY_RECORDS, &place);
        if (f != NULL) {
            finding_number(f, "found", CSVK_EXTRA_NUMBER, v->totals.records);
            finding_number(f, "limit", CSVK_EXTRA_NUMBER, v->limit_records);
        }
    }
}

static void judge_damage(struct csvk_validator *v)
{
    if (v->damage.what == NULL) {
        return;
    }
    struct place place = {v->damage.offset, 0, 0, 0};
    struct csvk_finding *f = add_at(v, RULE_COMPRESSED_INPUT_DAMAGED, &place);
    if (f != NULL) {
        finding_text(v, f, "format", v->damage.kind != NULL ? v->damage.kind : "gzip");
        finding_text(v, f, "damage", v->damage.what);
    }
}

static void sum_up(struct csvk_validator *v)
{
    struct csvk_report *r = &v->report;
    uint64_t sums[CSVK_ERROR + 1] = {0};
    for (size_t i = 0; i < RULES; i++) {
        sums[v->level[i]] += v->count[i];
    }
    r->errors = sums[CSVK_ERROR];
    r->warnings = sums[CSVK_WARNING];
    r->infos = sums[CSVK_INFO];
    r->valid = r->errors == 0;
    r->findings_dropped = r->errors + r->warnings + r->infos - r->nfindings;
}

static void fill_report(struct csvk_validator *v)
{
    struct csvk_report *r = &v->report;
    r->file = v->file;
    r->profile = v->options.profile;
    r->dialect = v->options.dialect;
    r->header = v->options.header;
    r->totals = &v->totals;
    bool told = (v->options.columns_are & CSVK_COLUMNS_OF_SLICE) == 0;
    bool known = v->names.count == 0 && v->options.columns.count != 0 && told;
    r->column_names = known ? &v->options.columns : &v->names;
    r->counts = v->count;
    r->levels = v->level;
    for (size_t i = 0; i < RULES; i++) {
        v->tally[i] =
            (struct csvk_tally){&csvk_rule_table[i], v->level[i], v->count[i], v->kept[i].count};
    }
    r->rules = v->tally;
    schema_report(v);
}

/* Judges what only the whole file shows; once, before the first report. */
static int judge_whole(struct csvk_validator *v, struct csvk_error *err)
{
    v->judged = true;
    v->record = NULL;
    v->batch = NULL;
    end_judge(v);
    sample_judge(v);
    shape_finish(v);
    judge_title(v);
    search_judge(v);
    judge_totals(v);
    judge_damage(v);
    causes_judge(v);
    remedies_judge(v);
    int status = keys_finish(v, err);
    status = status == CSVK_OK ? unique_finish(v, err) : status;
    if (status == CSVK_OK && v->failed) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory for findings");
    }
    return status;
}

int csvk_validator_report(struct csvk_validator *v, const struct csvk_report **out,
                          struct csvk_error *err)
{
    if (!v->judged) {
        int status = judge_whole(v, err);
        if (status == CSVK_OK) {
            fill_report(v);
            status = judge_collect(v, err);
        }
        if (status != CSVK_OK) {
            return status;
        }
        sum_up(v);
    }
    *out = &v->report;
    return CSVK_OK;
}

void csvk_validator_free(struct csvk_validator *v)
{
    if (v == NULL) {
        return;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        csvk_findings_release(&v->kept[i]);
    }
    csvk_validate_options_release(&v->options);
    csvk_strings_release(&v->names);
    keys_free(v->keys);
    schema_free(v->schema);
    csvk_buf_release(&v->sample);
    csvk_buf_release(&v->sample_gaps);
    search_release(v);
    csvk_free(v->shown);
    csvk_free(v->file);
    csvk_free(v);
}
