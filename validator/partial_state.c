/*
 * partial_state.c - the state of a validator through a partial_io. Whoever adds state to struct
 * csvk_validator that is joined in validator_merge.c must pass it here, too.
 *
 * Not passed is what follows from the options, and what only reading needs.
 */
#include "validator/partial_state.h"

#include "validator/keys/keys.h"
#include "validator/schema_state.h"

#include <string.h>

static void pass_eol(struct partial_io *io, enum csvk_eol *eol)
{
    *eol = (enum csvk_eol)partial_up_to(io, *eol, CSVK_EOL_CRCRLF);
}

/* ---- the shape of the table ------------------------------------------------------------------ */

static void pass_run(struct partial_io *io, struct narrow_run *run)
{
    partial_number(io, &run->count);
    partial_number(io, &run->next);
    for (size_t i = 0; i < run->count && i < NARROW_MAX; i++) {
        struct narrow *n = &run->item[i];
        partial_number(io, &n->number);
        partial_number(io, &n->line);
        partial_number(io, &n->offset);
        partial_number(io, &n->end);
        partial_number(io, &n->nfields);
    }
}

static void pass_shape(struct partial_io *io, struct shape *s)
{
    struct misfit_run *t = &s->tail;
    uint64_t *const numbers[] = {&s->narrow,
                                 &s->wide,
                                 &s->blanks,
                                 &s->wide_first,
                                 &s->wide_first_offset,
                                 &s->wide_least,
                                 &s->wide_most,
                                 &s->head_blanks,
                                 &s->blanks_since_wide,
                                 &t->first,
                                 &t->first_offset,
                                 &t->first_line,
                                 &t->end,
                                 &t->count,
                                 &t->next,
                                 &t->least,
                                 &t->most,
                                 &t->last,
                                 &t->last_line};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        partial_number(io, numbers[i]);
    }
    partial_flag(io, &t->broken);
    partial_flag(io, &t->values);
    pass_run(io, &s->head);
    pass_run(io, &s->current);
}

/* ---- searches, the end --------------------------------------------------------------------- */

static void pass_search(struct partial_io *io, struct search *s)
{
    partial_buf(io, &s->bytes);
    partial_flag(io, &s->may_have_mark);
    partial_number(io, &s->from);
    partial_number(io, &s->until);
    partial_number(io, &s->count);
    partial_number(io, &s->offset);
    partial_number(io, &s->line);
    partial_numbers(io, s->record, SEARCH_NAMED);
}

static void pass_end(struct partial_io *io, struct file_end *e)
{
    e->length = (size_t)partial_up_to(io, e->length, END_BYTES);
    partial_bytes(io, e->bytes, e->length);
    partial_number(io, &e->offset);
    partial_number(io, &e->nuls);
    partial_number(io, &e->comment_lines);
    partial_flag(io, &e->half_character);
    partial_flag(io, &e->copy_end);
}

static void pass_totals(struct partial_io *io, struct csvk_totals *t)
{
    partial_number(io, &t->bytes);
    partial_number(io, &t->records);
    partial_number(io, &t->lines);
    partial_number(io, &t->width);
    partial_numbers(io, t->eol, sizeof t->eol / sizeof t->eol[0]);
    pass_eol(io, &t->eol_mode);
    partial_number(io, &t->comments);
}

/* ---- values of declared types ---------------------------------------------------------------- */

static void pass_samples(struct partial_io *io, struct value_samples *s)
{
    s->count = (size_t)partial_up_to(io, s->count, CSVK_VALUE_SAMPLES);
    for (size_t i = 0; i < s->count; i++) {
        struct csvk_value_sample *shown = &s->shown[i];
        shown->text.len = (size_t)partial_up_to(io, shown->text.len, SAMPLE_BYTES_MOST);
        shown->text.ptr = s->text[i];
        partial_bytes(io, s->text[i], shown->text.len);
        partial_flag(io, &shown->cut);
    }
}

static void pass_schema(struct partial_io *io, struct schema_state *s)
{
    partial_number(io, &s->records);
    for (size_t i = 0; i < s->count; i++) {
        struct schema_column_state *column = &s->column[i];
        partial_number(io, &column->empty);
        partial_number(io, &column->passed_over);
        partial_numbers(io, column->count, VALUE_RULES);
        partial_numbers(io, column->kept, VALUE_RULES);
        for (size_t k = 0; k < VALUE_RULES; k++) {
            pass_samples(io, &column->samples[k]);
        }
    }
}

/* ---- keys ------------------------------------------------------------------------------------ */

/* Keys go through one after the other; places count from the key before. */
struct keys_passage {
    struct partial_io *io;
    struct csvk_key_place before;
};

static int write_key(void *context, struct csvk_bytes joined, struct csvk_key_place place,
                     struct csvk_error *err)
{
    struct keys_passage *p = context;
    uint64_t step[] = {place.record - p->before.record, place.offset - p->before.offset,
                       place.drift - p->before.drift, joined.len};
    (void)err; /* that of `io` is the same */
    partial_numbers(p->io, step, 4);
    partial_put(p->io, joined);
    p->before = place;
    return p->io->status;
}

static void read_keys(struct keys_passage *p, struct csvk_keys *keys, uint64_t count)
{
    struct csvk_buf key = CSVK_BUF_INIT;
    for (uint64_t i = 0; i < count && p->io->status == CSVK_OK; i++) {
        uint64_t step[3];
        partial_numbers(p->io, step, 3);
        p->before.record += step[0];
        p->before.offset += step[1];
        p->before.drift += step[2];
        partial_buf(p->io, &key);
        if (p->io->status == CSVK_OK) {
            p->io->status = csvk_keys_add_joined(keys, (struct csvk_bytes){key.data, key.length},
                                                 p->before, p->io->err);
        }
    }
    csvk_buf_release(&key);
}

static void pass_keys(struct partial_io *io, struct csvk_keys *keys)
{
    struct keys_passage passage = {.io = io};
    uint64_t count = csvk_keys_count(keys);
    partial_number(io, &count);
    if (partial_io_reads(io)) {
        read_keys(&passage, keys, count);
    } else if (io->status == CSVK_OK) {
        io->status = csvk_keys_take(keys, write_key, &passage, io->err);
    }
}

static void pass_all_keys(struct partial_io *io, struct csvk_validator *v)
{
    struct csvk_keys *keys = keys_set(v);
    if (keys != NULL) {
        pass_keys(io, keys);
    }
    for (size_t i = 0; (keys = unique_set(v, i)) != NULL; i++) {
        pass_keys(io, keys);
    }
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void pass_numbers(struct partial_io *io, struct csvk_validator *v)
{
    uint64_t *const numbers[] = {&v->width,
                                 &v->header_record,
                                 &v->first_offset,
                                 &v->first_end,
                                 &v->first_line,
                                 &v->first_line_begin,
                                 &v->ill_formed,
                                 &v->ill_implausible,
                                 &v->ill_c1,
                                 &v->ill_first,
                                 &v->ill_first_record,
                                 &v->ill_first_line,
                                 &v->ill_first_column,
                                 &v->ill_first_length,
                                 &v->ill_first_field};
    bool *const flags[] = {&v->first_hash, &v->started, &v->begun, &v->header_outvoted};
    partial_numbers(io, v->count, SLOTS);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        partial_number(io, numbers[i]);
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        partial_flag(io, flags[i]);
    }
    pass_eol(io, &v->first_eol);
    partial_strings(io, &v->names);
}

void partial_state(struct partial_io *io, struct csvk_validator *v)
{
    pass_numbers(io, v);
    pass_shape(io, &v->shape);
    pass_search(io, &v->again);
    pass_search(io, &v->hollow);
    partial_number(io, &v->empty_tail.count);
    partial_number(io, &v->empty_tail.offset);
    partial_number(io, &v->empty_tail.comment_lines);
    pass_end(io, &v->end);
    sample_pass(io, v);
    pass_totals(io, &v->totals);
    partial_findings(io, v);
    if (v->schema != NULL) {
        pass_schema(io, v->schema);
    }
    pass_all_keys(io, v);
    v->finished = true;
    if (v->failed && io->status == CSVK_OK) {
        io->status = csvk_fail(io->err, CSVK_ENOMEM, "%s: out of memory", io->name);
    }
}
