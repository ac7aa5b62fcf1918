/*
 * partial_findings.c - findings through a partial_io. A rule is its number in the table of rules,
 * which is that of one version of csvkit, as the whole file is.
 */
#include "validator/partial_state.h"

#include "validator/schema_state.h"

#include <string.h>

/* All facts that findings of this room have. */
static const char *const keys[] = {
    "broken",      "bytes",        "char",         "code",       "column_number", "columns",
    "damage",      "defect",       "delimiter",    "difference", "encoding",      "end_offset",
    "evidence",    "expected",     "explains",     "fields",     "first",         "first_field",
    "first_file",  "first_record", "follows",      "format",     "found",         "kind",
    "last_record", "limit",        "lines",        "meant",      "name",          "named",
    "names",       "padding",      "places",       "proposed",   "reason",        "record_line",
    "records",     "score",        "score_in_use", "seen",       "sign",          "size",
    "style",       "this",         "type",         "unit",       "value",         "what",
    "why",
};
#define KEYS (sizeof keys / sizeof keys[0])

static void pass_key(struct partial_io *io, const char **key)
{
    size_t index = 0;
    while (!partial_io_reads(io) && index < KEYS && strcmp(keys[index], *key) != 0) {
        index++;
    }
    index = (size_t)partial_up_to(io, index, KEYS - 1);
    *key = keys[index];
}

static void pass_extra(struct partial_io *io, struct csvk_extra *extra)
{
    pass_key(io, &extra->key);
    extra->kind = (enum csvk_extra_kind)partial_up_to(io, extra->kind, CSVK_EXTRA_TEXT);
    partial_number(io, &extra->number);
    partial_text(io, &extra->text);
    if (partial_io_reads(io) && extra->kind == CSVK_EXTRA_TEXT && extra->text == NULL) {
        partial_io_damaged(io);
    }
}

static void pass_excerpt(struct partial_io *io, struct csvk_finding *f)
{
    struct csvk_buf excerpt = {f->excerpt, f->excerpt_length, f->excerpt_length};
    bool there = f->excerpt != NULL;
    partial_flag(io, &there);
    if (!there) {
        return;
    }
    partial_buf(io, &excerpt);
    f->excerpt = excerpt.data;
    f->excerpt_length = excerpt.length;
    partial_size(io, &f->excerpt_place);
    if (f->excerpt_place > f->excerpt_length) {
        partial_io_damaged(io);
    }
    partial_flag(io, &f->cut_before);
    partial_flag(io, &f->cut_behind);
}

static void pass_finding(struct partial_io *io, struct csvk_finding *f)
{
    uint64_t *const numbers[] = {&f->byte,         &f->length, &f->line, &f->column,
                                 &f->column_chars, &f->record, &f->field};
    char **const texts[] = {&f->field_name, &f->path, &f->file, &f->table, &f->message, &f->remedy};
    f->severity = (enum csvk_severity)partial_up_to(io, f->severity, CSVK_ERROR);
    partial_flag(io, &f->has_byte);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        partial_number(io, numbers[i]);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        partial_text(io, texts[i]);
    }
    f->nextras = (size_t)partial_up_to(io, f->nextras, CSVK_FINDING_EXTRAS);
    for (size_t i = 0; i < f->nextras; i++) {
        pass_extra(io, &f->extra[i]);
    }
    pass_excerpt(io, f);
}

static void read_finding(struct partial_io *io, struct csvk_validator *v, size_t slot)
{
    struct csvk_finding *f = csvk_findings_append(&v->kept[slot]);
    if (f == NULL) {
        partial_io_out_of_memory(io);
        return;
    }
    f->rule = slot < RULES ? &csvk_rule_table[slot] : NULL;
    pass_finding(io, f);
    bool of_column = v->schema != NULL && f->field != 0 && f->field <= v->schema->nfields;
    if (is_schema_rule(slot) && !of_column) { /* who joins looks the column up */
        partial_io_damaged(io);
    }
}

void partial_findings(struct partial_io *io, struct csvk_validator *v)
{
    for (size_t slot = 0; slot < SLOTS; slot++) {
        size_t count = v->kept[slot].count;
        partial_count(io, &count);
        if (partial_io_reads(io)) {
            csvk_findings_release(&v->kept[slot]);
        }
        for (size_t i = 0; i < count && io->status == CSVK_OK; i++) {
            if (partial_io_reads(io)) {
                read_finding(io, v, slot);
            } else {
                pass_finding(io, &v->kept[slot].item[i]);
            }
        }
    }
}
