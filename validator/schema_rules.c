/*
 * schema_rules.c - values against the declared types of their columns: type-mismatch,
 * value-missing, value-too-long, value-too-short, value-out-of-range, value-precision,
 * value-ambiguous, value-not-portable, value-not-in-list, value-pattern. (not-unique:
 * unique_rules.c)
 *
 * The idea. What is to be checked of a column is decided once (value_check.h). The values are
 * looked at where the reader has them, in its batches; a value that is plainly good costs one call.
 * The i-th field is of the i-th column that is declared, as for a database that loads it.
 *
 * Not judged are records of another width, which are a finding already and whose values stand in
 * other columns, fields with a quoting error, and blank lines.
 *
 * Invariants.
 *   - Counts are exact for each rule and column. Of each rule, a bounded number of findings is kept
 *     for each column, so one bad column never hides another.
 *   - Per column and rule the first different values are remembered, for a summary; joined parts
 *     have those of the whole.
 */
#include "validator/schema_state.h"

#include <stdlib.h>
#include <string.h>

/* Findings of a rule are kept for so many columns as if each were the only one. */
#define COLUMNS_AT_EASE 16

/* ---- life ------------------------------------------------------------------------------------ */

static uint64_t most_of_column(uint64_t most, size_t columns)
{
    uint64_t share = columns <= COLUMNS_AT_EASE ? most : most / (columns / COLUMNS_AT_EASE);
    return most != 0 && share == 0 ? 1 : share;
}

static int init_column(struct csvk_validator *v, size_t i, struct csvk_error *err)
{
    struct schema_column_state *state = &v->schema->column[i];
    struct csvk_schema_column column = {.size = sizeof column};
    enum csvk_backend backend = (enum csvk_backend)v->options.backend;
    int status = csvk_schema_at(v->options.schema, i, backend, &column, err);
    if (status != CSVK_OK) {
        return status;
    }
    status = value_check_init(&state->check, v->options.schema, i, backend, err);
    if (status != CSVK_OK) {
        return status;
    }
    state->type = column.declared != NULL ? column.declared
                                          : csvk_value_type_name((enum csvk_value_type)column.type);
    v->schema->values[i] =
        (struct csvk_column_values){.field = i + 1,
                                    .name = column.name,
                                    .type = state->type,
                                    .judged = column.type != CSVK_VALUE_ANY,
                                    .counts = state->count,
                                    .samples = v->schema->shown + i * SHOWN_OF_COLUMN};
    return CSVK_OK;
}

/* Room for `fields`, none of which has a column. */
static bool set_fields(struct schema_state *s, size_t fields)
{
    size_t *list = csvk_reallocarray(s->column_of, fields + 1, sizeof *list);
    if (list == NULL) {
        return false;
    }
    s->column_of = list;
    s->nfields = fields;
    for (size_t i = 0; i < fields; i++) {
        list[i] = s->count;
    }
    return true;
}

bool schema_is_judged(const struct csvk_validator *v)
{
    bool on = false;
    for (size_t rule = RULE_TYPE_MISMATCH; rule <= RULE_NOT_UNIQUE; rule++) {
        on = on || judge_is_on(v, (enum rule_index)rule);
    }
    return on && csvk_schema_count(v->options.schema) != 0;
}

int schema_new(struct csvk_validator *v, struct csvk_error *err)
{
    size_t count = csvk_schema_count(v->options.schema);
    if (!schema_is_judged(v)) {
        return CSVK_OK;
    }
    struct csvk_schema_table table = {.size = sizeof table};
    int status = csvk_schema_get_table(v->options.schema, &table, err);
    struct schema_state *s = csvk_calloc(1, sizeof *s);
    v->schema = s;
    if (s != NULL) {
        s->column = csvk_calloc(count, sizeof *s->column);
        s->values = csvk_calloc(count, sizeof *s->values);
        s->shown = csvk_calloc(count * SHOWN_OF_COLUMN, sizeof *s->shown);
    }
    if (s == NULL || s->column == NULL || s->values == NULL || s->shown == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for %zu columns", count);
    }
    s->count = count; /* from here on schema_free ends the checks that were made */
    s->most = most_of_column(v->options.max_findings, count);
    s->fields_match = table.fields_match;
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        status = init_column(v, i, err);
    }
    if (status == CSVK_OK && !set_fields(s, count)) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory for %zu columns", count);
    }
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        s->column_of[i] = i;
    }
    status = status == CSVK_OK ? unique_new(v, err) : status;
    s->quick = schema_can_be_quick(v);
    s->scan = schema_scan_at(CSVK_SIMD_AUTO);
    return status;
}

void schema_free(struct schema_state *s)
{
    if (s == NULL) {
        return;
    }
    unique_free(s->unique);
    csvk_record_fields_free(s->reader);
    csvk_free(s->plan.turn);
    csvk_free(s->plan.after);
    csvk_free(s->check_of);
    csvk_buf_release(&s->room);
    for (size_t i = 0; s->column != NULL && i < s->count; i++) {
        value_check_release(&s->column[i].check);
    }
    csvk_free(s->column);
    csvk_free(s->column_of);
    csvk_free(s->values);
    csvk_free(s->shown);
    csvk_free(s);
}

/* ---- fields by their names ------------------------------------------------------------------- */

/* "missing `a`, `b`; surplus `c`" */
static int list_name(struct csvk_buf *text, const char *label, const char *name)
{
    bool first = strstr(csvk_buf_text(text), label) == NULL;
    return csvk_buf_printf(text, "%s%s%s`%s`", first ? (text->length != 0 ? "; " : "") : ", ",
                           first ? label : "", first ? " " : "", name);
}

/* The field that has the name of a column, and that no other column has; SIZE_MAX: there is none.
 */
static size_t find_field(const struct schema_state *s, const struct csvk_strings *names,
                         const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (s->column_of[i] == s->count && strcmp(names->item[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* Pairs columns and fields; what has no partner is told in `missing` and `surplus`. */
static int pair_fields(struct schema_state *s, const struct csvk_strings *names,
                       struct csvk_buf *missing, struct csvk_buf *surplus, size_t *pairs)
{
    int status = CSVK_OK;
    *pairs = 0;
    for (size_t i = 0; i < s->count && status == CSVK_OK; i++) {
        size_t field = find_field(s, names, s->values[i].name);
        s->values[i].field = field != SIZE_MAX ? field + 1 : 0;
        if (field != SIZE_MAX) {
            s->column_of[field] = i;
            ++*pairs;
        } else {
            status = list_name(missing, "missing", s->values[i].name);
        }
    }
    for (size_t i = 0; i < names->count && status == CSVK_OK; i++) {
        if (s->column_of[i] == s->count) {
            status = list_name(surplus, "surplus", names->item[i]);
        }
    }
    return status;
}

static void tell_difference(struct csvk_validator *v, const struct place *header, const char *text)
{
    struct csvk_finding *f = judge_add(v, RULE_HEADER_MISMATCH, header);
    if (f != NULL) {
        finding_text(v, f, "difference", text);
    }
}

void schema_resolve(struct csvk_validator *v, const struct csvk_strings *names,
                    const struct place *header)
{
    struct schema_state *s = v->schema;
    struct csvk_buf missing = CSVK_BUF_INIT, surplus = CSVK_BUF_INIT;
    size_t pairs;
    if (s == NULL || s->fields_match == CSVK_MATCH_EXACT) {
        return;
    }
    uint64_t match = s->fields_match;
    if (!set_fields(s, names->count) ||
        pair_fields(s, names, &missing, &surplus, &pairs) != CSVK_OK) {
        v->failed = true;
    } else if (match == CSVK_MATCH_PARTIAL && pairs == 0) {
        tell_difference(v, header, csvk_buf_text(&missing));
    } else {
        bool all = match == CSVK_MATCH_EQUAL || match == CSVK_MATCH_SUBSET;
        bool only = match == CSVK_MATCH_EQUAL || match == CSVK_MATCH_SUPERSET;
        if (all && missing.length != 0) {
            tell_difference(v, header, csvk_buf_text(&missing));
        }
        if (only && surplus.length != 0) {
            tell_difference(v, header, csvk_buf_text(&surplus));
        }
    }
    csvk_buf_release(&missing);
    csvk_buf_release(&surplus);
}

/* ---- samples --------------------------------------------------------------------------------- */

static size_t cut_at_character(struct csvk_bytes value, size_t most)
{
    size_t end = value.len < most ? value.len : most;
    while (end > 0 && end < value.len && (value.ptr[end] & 0xC0) == 0x80) {
        end--;
    }
    return end;
}

/* Remembers a value unless it is known, or enough are. `cut`: it has more bytes than these. */
static void add_sample(struct value_samples *samples, struct csvk_bytes text, bool cut)
{
    for (size_t i = 0; i < samples->count; i++) {
        const struct csvk_value_sample *known = &samples->shown[i];
        if (known->text.len == text.len && known->cut == cut &&
            memcmp(samples->text[i], text.ptr, text.len) == 0) {
            return;
        }
    }
    if (samples->count == CSVK_VALUE_SAMPLES) {
        return;
    }
    unsigned char *to = samples->text[samples->count];
    memcpy(to, text.ptr, text.len);
    samples->shown[samples->count++] = (struct csvk_value_sample){{to, text.len}, cut};
}

/* ---- findings -------------------------------------------------------------------------------- */

bool schema_takes(struct csvk_validator *v, size_t rule, uint64_t field)
{
    struct schema_state *s = v->schema;
    size_t column = s->column_of[field - 1];
    uint64_t *kept = &s->column[column].kept[rule - RULE_TYPE_MISMATCH];
    bool takes = s->most == 0 || *kept < s->most;
    *kept += takes;
    return takes;
}

/* How far into its raw bytes the byte `at` of a value lies. */
static size_t raw_offset(const struct csvk_validator *v, const struct schema_cell *cell, size_t at)
{
    const struct csvk_dialect *dialect = &v->options.dialect;
    const unsigned char *raw = v->batch->bytes + cell->field->begin;
    size_t length = cell->field->end - cell->field->begin;
    bool enclosed = (cell->field->flags & CSVK_FIELD_ENCLOSED) != 0;
    size_t i = enclosed;
    if ((cell->field->flags & CSVK_FIELD_DECODE) == 0) {
        return i + at;
    }
    for (size_t n = 0; n < at && i < length; n++) {
        bool pair = raw[i] == dialect->escape || (enclosed && raw[i] == dialect->enclosure);
        i += pair ? 2 : 1;
    }
    return i < length ? i : length;
}

static void put_value(struct csvk_validator *v, struct csvk_finding *f, struct csvk_bytes value)
{
    char text[SAMPLE_BYTES_MOST + sizeof "..."];
    size_t length = cut_at_character(value, SAMPLE_BYTES_MOST);
    memcpy(text, value.ptr, length);
    memcpy(text + length, length < value.len ? "..." : "", length < value.len ? 4 : 1);
    finding_text(v, f, "value", text);
}

static void put_why(struct csvk_validator *v, struct csvk_finding *f,
                    const struct value_fault *fault)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_puts(&text, fault->why);
    if (status == CSVK_OK && fault->form != NULL) {
        status = csvk_buf_printf(&text, ": %s", fault->form);
    }
    if (status == CSVK_OK) {
        finding_text(v, f, "why", csvk_buf_text(&text));
    } else {
        v->failed = true;
    }
    csvk_buf_release(&text);
}

static void add_fault(struct csvk_validator *v, const struct schema_cell *cell, size_t rule,
                      const struct value_fault *fault)
{
    struct schema_column_state *column = &v->schema->column[cell->column];
    size_t index = rule - RULE_TYPE_MISMATCH;
    if (!judge_is_on(v, (enum rule_index)rule)) {
        return;
    }
    column->count[index]++;
    v->count[rule]++;
    if (cell->value.len != 0 && column->samples[index].count < CSVK_VALUE_SAMPLES) {
        size_t length = cut_at_character(cell->value, SAMPLE_BYTES_MOST);
        add_sample(&column->samples[index], (struct csvk_bytes){cell->value.ptr, length},
                   length < cell->value.len);
    }
    if (!schema_takes(v, rule, v->schema->values[cell->column].field)) {
        return;
    }
    size_t begin = raw_offset(v, cell, fault->at), end = raw_offset(v, cell, cell->value.len);
    struct place place = {v->batch->offset + cell->field->begin + begin, end - begin, cell->number,
                          v->schema->values[cell->column].field};
    struct csvk_finding *f = judge_keep(v, rule, &place);
    if (f == NULL) {
        return;
    }
    put_value(v, f, cell->value);
    finding_text(v, f, "type", column->type);
    if (rule == RULE_VALUE_TOO_LONG || rule == RULE_VALUE_TOO_SHORT) {
        finding_number(f, "found", CSVK_EXTRA_NUMBER, fault->found);
        finding_number(f, "limit", CSVK_EXTRA_NUMBER, fault->limit);
    } else if (fault->why != NULL) {
        put_why(v, f, fault);
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A field without a byte is NULL everywhere. Two enclosures are NULL, or an empty text. A schema
   file has texts of its own. */
/* Does the rule about keys tell that the cell is empty? */
static bool key_tells_it(const struct csvk_validator *v, const struct schema_cell *cell)
{
    const struct schema_state *s = v->schema;
    size_t field = 0;
    while (field < s->nfields && s->column_of[field] != cell->column) {
        field++;
    }
    return keys_tell_empty(v, field);
}

static void judge_missing_value(struct csvk_validator *v, const struct schema_cell *cell)
{
    struct schema_column_state *column = &v->schema->column[cell->column];
    const struct value_check *check = &column->check;
    bool quoted = (cell->field->flags & CSVK_FIELD_ENCLOSED) != 0;
    if (quoted && check->quoted_empty_is_value) {
        return;
    }
    column->empty++;
    struct value_fault fault = {.kind = VALUE_GOOD};
    if (check->required && !key_tells_it(v, cell)) {
        add_fault(v, cell, RULE_VALUE_MISSING, &fault);
    } else if (!check->required && quoted && check->type == CSVK_VALUE_STRING &&
               check->backend == CSVK_BACKEND_PORTABLE) {
        fault.why = "two enclosures are NULL on Snowflake, and an empty text on BigQuery";
        add_fault(v, cell, RULE_VALUE_NOT_PORTABLE, &fault);
    }
}

/* A value that is not plainly good. */
static void judge_value(struct csvk_validator *v, const struct schema_cell *cell)
{
    static const unsigned char rules[] = {
        [VALUE_OF_OTHER_TYPE] = RULE_TYPE_MISMATCH,
        [VALUE_OUT_OF_RANGE] = RULE_VALUE_OUT_OF_RANGE,
        [VALUE_TOO_LONG] = RULE_VALUE_TOO_LONG,
        [VALUE_TOO_PRECISE] = RULE_VALUE_PRECISION,
        [VALUE_AMBIGUOUS] = RULE_VALUE_AMBIGUOUS,
        [VALUE_NOT_PORTABLE] = RULE_VALUE_NOT_PORTABLE,
        [VALUE_TOO_SHORT] = RULE_VALUE_TOO_SHORT,
        [VALUE_NOT_IN_LIST] = RULE_VALUE_NOT_IN_LIST,
        [VALUE_AGAINST_PATTERN] = RULE_VALUE_PATTERN,
    };
    const struct value_check *check = &v->schema->column[cell->column].check;
    struct value_fault fault = value_judge(check, cell->value.ptr, cell->value.len);
    if (fault.kind == VALUE_NO_MEMORY) {
        v->failed = true;
    } else if (fault.kind != VALUE_GOOD) {
        add_fault(v, cell, rules[fault.kind], &fault);
    }
}

/* The bytes of a field when they are its value, else the value in `room`. */
static bool take_value(struct csvk_validator *v, struct schema_cell *cell)
{
    const struct csvk_field *field = cell->field;
    const unsigned char *raw = v->batch->bytes + field->begin;
    size_t length = field->end - field->begin, skip = (field->flags & CSVK_FIELD_ENCLOSED) != 0;
    struct csvk_buf *room = &v->schema->room;
    cell->value = (struct csvk_bytes){raw + skip, length - 2 * skip};
    if ((field->flags & CSVK_FIELD_DECODE) == 0) {
        return true;
    }
    csvk_buf_clear(room);
    if (csvk_buf_reserve(room, length + 1) != CSVK_OK) {
        return false;
    }
    cell->value =
        (struct csvk_bytes){room->data, csvk_field_decode((struct csvk_bytes){raw, length},
                                                          &v->options.dialect, room->data)};
    return true;
}

void schema_judge_cell(struct csvk_validator *v, struct schema_cell *cell)
{
    struct schema_column_state *column = &v->schema->column[cell->column];
    v->record = cell->record;
    if ((cell->field->flags & CSVK_FIELD_BROKEN) != 0) {
        column->passed_over++;
    } else if (!take_value(v, cell)) {
        v->failed = true;
    } else if (value_is_missing(&column->check, cell->value.ptr, cell->value.len)) {
        judge_missing_value(v, cell);
    } else {
        judge_value(v, cell);
    }
}

void schema_judge_fields(struct csvk_validator *v, const struct csvk_record *record,
                         const struct csvk_field *field, size_t base)
{
    const struct schema_state *s = v->schema;
    const unsigned char *bytes = v->batch->bytes + base;
    size_t count = record->nfields < s->nfields ? (size_t)record->nfields : s->nfields;
    for (size_t i = 0; i < count; i++) {
        size_t column = s->column_of[i];
        if (column == s->count) {
            continue;
        }
        const struct value_check *check = &s->column[column].check;
        size_t quote = field[i].flags == CSVK_FIELD_ENCLOSED;
        size_t begin = field[i].begin + quote, end = field[i].end - quote;
        bool whole = (field[i].flags & ~CSVK_FIELD_ENCLOSED) == 0 && end > begin;
        if (!whole || !check->accepts(check, bytes + begin, end - begin)) {
            struct csvk_field here = {(uint32_t)(field[i].begin + base),
                                      (uint32_t)(field[i].end + base), field[i].flags};
            struct schema_cell cell = {record, record->number, &here, column, {NULL, 0}};
            schema_judge_cell(v, &cell);
        }
    }
}

bool schema_judges_record(const struct csvk_validator *v, const struct csvk_record *record)
{
    bool no_data = v->options.sep == CSVK_SEP_FOUND && record->number == 1;
    return !no_data && !record->blank && !record->oversize && record->number != v->header_record &&
           record->nfields == v->width;
}

bool schema_tells_missing(const struct csvk_validator *v, const struct csvk_record *record,
                          size_t field, uint32_t flags)
{
    const struct schema_state *s = v->schema;
    bool heavier = judge_is_on(v, RULE_VALUE_MISSING) &&
                   v->level[RULE_VALUE_MISSING] >= v->level[RULE_EMPTY_KEY];
    if (s == NULL || !heavier || field >= s->nfields || s->column_of[field] == s->count ||
        !(record != NULL ? schema_judges_record(v, record) : s->quick)) {
        return false;
    }
    const struct value_check *check = &s->column[s->column_of[field]].check;
    bool value = (flags & CSVK_FIELD_ENCLOSED) != 0 && check->quoted_empty_is_value;
    return check->required && !value && value_is_missing(check, (const unsigned char *)"", 0) &&
           (flags & CSVK_FIELD_BROKEN) == 0;
}

int schema_feed(struct csvk_validator *v, struct csvk_error *err)
{
    const struct csvk_batch *b = v->batch;
    int status = CSVK_OK;
    if (v->schema == NULL || b->bytes == NULL) {
        return CSVK_OK;
    }
    if (v->schema->quick) {
        status = schema_feed_quick(v, err);
        v->record = NULL;
        return status;
    }
    for (size_t i = 0; i < b->nreported && status == CSVK_OK; i++) {
        const struct csvk_record *record = &b->records[i];
        if (schema_judges_record(v, record)) {
            v->schema->records++;
            schema_judge_fields(v, record, &b->fields[record->first_field], 0);
            status = unique_feed(v, record, err);
        }
    }
    v->record = NULL;
    return status;
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* The findings have been moved by then, and counted in `kept`. */
void schema_merge(struct csvk_validator *left, const struct csvk_validator *right)
{
    if (left->schema == NULL || right->schema == NULL) {
        return;
    }
    left->schema->records += right->schema->records;
    for (size_t i = 0; i < left->schema->count; i++) {
        struct schema_column_state *to = &left->schema->column[i];
        const struct schema_column_state *from = &right->schema->column[i];
        to->empty += from->empty;
        to->passed_over += from->passed_over;
        for (size_t k = 0; k < VALUE_RULES; k++) {
            to->count[k] += from->count[k];
            for (size_t n = 0; n < from->samples[k].count; n++) {
                const struct csvk_value_sample *shown = &from->samples[k].shown[n];
                add_sample(&to->samples[k], shown->text, shown->cut);
            }
        }
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

#define rank reserved[0] /* of a finding, while they are sorted */

static int by_rank(const void *a, const void *b)
{
    const struct csvk_finding *x = a, *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    return x->byte < y->byte ? -1 : x->byte > y->byte;
}

void schema_order_findings(struct csvk_validator *v)
{
    struct schema_state *s = v->schema;
    for (size_t rule = 0; s != NULL && rule < RULES; rule++) {
        struct csvk_findings *list = &v->kept[rule];
        if (!is_schema_rule(rule) || list->count == 0) {
            continue;
        }
        for (size_t i = 0; i < s->count; i++) {
            s->column[i].kept[rule - RULE_TYPE_MISMATCH] = 0;
        }
        for (size_t i = 0; i < list->count; i++) {
            size_t column = s->column_of[list->item[i].field - 1];
            list->item[i].rank = s->column[column].kept[rule - RULE_TYPE_MISMATCH]++;
        }
        qsort(list->item, list->count, sizeof list->item[0], by_rank);
        for (size_t i = 0; i < list->count; i++) {
            list->item[i].rank = 0;
        }
    }
}

#undef rank

void schema_report(struct csvk_validator *v)
{
    struct schema_state *s = v->schema;
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_column_state *column = &s->column[i];
        s->values[i].empty = column->empty;
        uint64_t field = s->values[i].field;
        bool there = field != 0 && field <= v->width;
        s->values[i].values = there ? s->records - column->empty - column->passed_over : 0;
        for (size_t k = 0; k < VALUE_RULES; k++) {
            memcpy(s->shown + i * SHOWN_OF_COLUMN + k * CSVK_VALUE_SAMPLES,
                   column->samples[k].shown, sizeof column->samples[k].shown);
        }
    }
    v->report.values = s->values;
    v->report.nvalues = s->count;
    v->report.first_value_rule = RULE_TYPE_MISMATCH;
    v->report.nvalue_rules = VALUE_RULES;
}
