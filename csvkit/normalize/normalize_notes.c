/*
 * normalize_notes.c - what is noted of a record for later. A run takes it at once; while a piece is
 * normalized ahead (normalize_pieces.h) it waits in the piece until that joins the run.
 */
#include "csvkit/normalize/normalize_pieces.h"

#include "csvkit/base/digest.h"

void norm_take_digest(struct norm *norm, uint64_t hash, uint64_t fields)
{
    struct csvk_digest digest = {norm->result->values.records, norm->result->values.fields,
                                 norm->result->values.hash};
    csvk_digest_add(&digest, hash, fields);
    norm->result->values =
        (struct csvk_normalize_values){digest.records, digest.fields, digest.hash};
}

void norm_take_reject_note(struct norm *norm, const struct norm_reject_note *note)
{
    struct norm_footer *footer = &norm->footer;
    bool goes_on = footer->to == note->from && footer->to != 0;
    if (footer->records != 0 ? !note->lone || !goes_on : note->lone && goes_on) {
        *footer = (struct norm_footer){.elsewhere = true};
    }
    footer->to = note->to;
    if (note->lone) {
        footer->records++;
        footer->lines += note->lines;
        footer->ended = note->ended;
        footer->text |= note->text;
        footer->total |= note->total;
        footer->copy_end = note->copy_end;
    }
}

/* ---- in a piece ------------------------------------------------------------------------------ */

static void note(struct norm_piece *piece, struct csvk_buf *to, const void *item, size_t size)
{
    piece->failed |= csvk_buf_add(to, item, size) != CSVK_OK;
}

void norm_note_digest(struct norm_piece *piece, uint64_t hash, uint64_t fields)
{
    struct norm_record_digest digest = {hash, fields};
    note(piece, &piece->digests, &digest, sizeof digest);
}

void norm_note_for_footer(struct norm_piece *piece, const struct norm_reject_note *reject)
{
    note(piece, &piece->notes, reject, sizeof *reject);
}

void norm_note_number(struct norm_piece *piece, size_t at, uint64_t value, enum norm_number number)
{
    piece->failed |= piece->nline == NORM_LINE_NUMBERS;
    if (!piece->failed) {
        piece->line[piece->nline++] = (struct norm_mark){at, value, number};
    }
}

void norm_place_numbers(struct norm_piece *piece, bool log, uint64_t before)
{
    struct norm_marked_text *text = log ? &piece->log : &piece->index;
    for (size_t i = 0; i < piece->nline; i++) {
        piece->line[i].at += before;
        note(piece, &text->marks, &piece->line[i], sizeof piece->line[i]);
    }
    piece->nline = 0;
}

void norm_note_share(struct norm_piece *piece, int64_t surplus)
{
    if (surplus >= 0 && surplus < piece->least_surplus) {
        piece->least_surplus = surplus;
    } else if (surplus < 0 && surplus > piece->most_lack) {
        piece->most_lack = surplus;
    }
}
