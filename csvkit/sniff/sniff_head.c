/*
 * sniff_head.c - finds the lines above a table: a title, a date, a query, blank lines.
 *
 * The idea. The header is a full record that nearly all records after it are like, and what stands
 * above it is not: each line there has fewer values. That alone also holds for the first record of
 * data below a header that lacks names. So the caller lets the header be judged, too: it must have
 * names over numbers or dates.
 */
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

/* Records that may be the header; later ones only follow. */
enum { HEADS = 24, FOLLOWERS_LEAST = 2 };

struct table_head {
    uint64_t line, offset;
    uint64_t width, tail; /* fields; of these, blank ones at the end */
    uint64_t values;      /* fields that are not blank */
    bool gap;             /* a blank line stands below it */
    bool typed;           /* one of them is a number or a date */
    bool twins;           /* two of them are equal: a second line of a header, rather than names */
    uint64_t like;        /* later records that differ by blank fields at the end alone */
};

struct head_pass {
    struct table_head head[HEADS];
    size_t nheads;
    uint64_t records;
};

static bool is_blank_field(const struct csvk_batch *batch, const struct csvk_record *record,
                           uint64_t field)
{
    struct csvk_bytes raw = csvk_field_raw(batch, record, (size_t)field);
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] != ' ' && raw.ptr[i] != '\t') {
            return false;
        }
    }
    return true;
}

static uint64_t count_tail(const struct csvk_batch *batch, const struct csvk_record *record)
{
    uint64_t tail = 0;
    while (tail < record->nfields && is_blank_field(batch, record, record->nfields - 1 - tail)) {
        tail++;
    }
    return tail;
}

enum { TWINS_LOOKED_AT = 256 };

static bool has_twins(const struct csvk_batch *batch, const struct csvk_record *record)
{
    size_t count = record->nfields < TWINS_LOOKED_AT ? (size_t)record->nfields : TWINS_LOOKED_AT;
    for (size_t i = 0; i < count; i++) {
        struct csvk_bytes a = csvk_field_raw(batch, record, i);
        for (size_t k = 0; k < i && a.len != 0; k++) {
            struct csvk_bytes b = csvk_field_raw(batch, record, k);
            if (a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void add_head(struct head_pass *pass, const struct csvk_batch *batch,
                     const struct csvk_record *record)
{
    struct table_head *head = &pass->head[pass->nheads++];
    *head = (struct table_head){.line = record->line,
                                .offset = record->offset,
                                .width = record->nfields,
                                .tail = count_tail(batch, record)};
    for (uint64_t i = 0; i < record->nfields; i++) {
        head->values += !is_blank_field(batch, record, i);
        enum csvk_kind kind = csvk_kind_of(csvk_field_raw(batch, record, (size_t)i));
        head->typed |= kind == CSVK_KIND_NUMBER || kind == CSVK_KIND_DATE;
    }
    head->twins = has_twins(batch, record);
}

static int take_batch(void *context, const struct csvk_batch *batch)
{
    struct head_pass *pass = context;
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->blank && pass->nheads != 0 && pass->records == pass->nheads) {
            pass->head[pass->nheads - 1].gap = true;
        }
        if (record->blank || record->oversize) {
            continue;
        }
        uint64_t most = record->nfields, tail = count_tail(batch, record);
        for (size_t k = 0; k < pass->nheads; k++) {
            struct table_head *head = &pass->head[k];
            head->like += most - tail <= head->width && most >= head->width - head->tail;
        }
        pass->records++;
        if (pass->nheads < HEADS) {
            add_head(pass, batch, record);
        }
    }
    return CSVK_OK;
}

/*
 * The first record that can be the header of all that follows; 0: the first one is no worse.
 *
 * By its form a title that a spreadsheet has filled up to the width of the table can be one, too.
 * It is passed by when half of its fields or more are blank at its end, and when something shows
 * that it is no header without some of its names: a number in it, or an empty record below. Then
 * the header needs twice the values of all lines above it.
 */
static size_t find_header(const struct head_pass *pass)
{
    uint64_t most = 0; /* values of a line so far */
    const struct table_head *first = &pass->head[0];
    bool passed_by = false, no_names = pass->nheads != 0 && (first->typed || first->values < 2);
    for (size_t k = 0; k < pass->nheads; k++) {
        const struct table_head *head = &pass->head[k];
        uint64_t after = pass->records - 1 - k;
        bool full = head->values == head->width - head->tail && head->values >= 2 && !head->twins;
        bool followed = after >= FOLLOWERS_LEAST && head->like * 10 >= after * 9;
        bool filled_up = 2 * head->tail >= head->width;
        bool more = passed_by ? no_names && head->values >= 2 * most : head->values > most;
        if (full && followed && !filled_up && (k == 0 || more)) {
            return k;
        }
        if (full && followed && !filled_up && passed_by) {
            return 0;
        }
        passed_by = passed_by || (full && followed);
        no_names = no_names || head->values == 0 || head->gap;
        most = head->values > most ? head->values : most;
    }
    return 0;
}

int csvk_sniff_head(struct csvk_bytes text, const struct csvk_dialect *dialect, uint64_t *lines,
                    uint64_t *bytes, struct csvk_error *err)
{
    struct head_pass *pass = csvk_calloc(1, sizeof *pass);
    struct csvk_totals totals;
    *lines = *bytes = 0;
    if (pass == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while sniffing");
    }
    int status = csvk_sniff_read(text, dialect, take_batch, pass, &totals, err);
    size_t k = status == CSVK_OK ? find_header(pass) : 0;
    if (k > 0) {
        *lines = pass->head[k].line - 1;
        *bytes = pass->head[k].offset;
    }
    csvk_free(pass);
    return status;
}
