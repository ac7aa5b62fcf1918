/*
 * search_rules.c - records that are clean and should not be there all the same: header-repeated,
 * empty-record.
 *
 * The reader reports no clean records, so these are searched for by their bytes: those of the
 * header, or delimiters and nothing else. For the header all of the file is searched; where threads
 * read ahead, by them. Empty records are searched for in the beginning of the file, the further
 * the wider the table is; where one is found, the rest is searched, too, and the count is that of
 * the whole file. Those that end a file, which spreadsheets leave there, are counted from its end,
 * however far that is.
 *
 * Invariant: what is found depends on the bytes and their places alone, not on how the input was
 * cut into batches or parts. A part that is not the first does not know how much of the beginning
 * it is, so it searches all of itself.
 */
#include "csvkit/base/delimiter.h"
#include "csvkit/parse/ahead.h"
#include "validator/judge.h"

#include <inttypes.h>
#include <string.h>

/* Bytes to search for empty records, for each byte of one. */
#define SEARCHED_TIMES ((uint64_t)32 * 1024)
/* In fewer bytes no search is worth a preparation. */
#define PREPARED_FROM ((size_t)64 * 1024)

static bool is_break(unsigned char c)
{
    return c == '\n' || c == '\r';
}

/* ---- searching ------------------------------------------------------------------------------- */

/* Where the walk through a batch stands: always at the start of a record. */
struct batch_walk {
    struct field_walk walk;
    uint64_t records; /* before walk.at */
};

static struct batch_walk walk_of(const struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    bool cr_ends = v->first_eol == CSVK_EOL_CR || v->options.profile == CSVK_PROFILE_BIS;
    return (struct batch_walk){{b->bytes, b->size, 0, v->options.dialect, cr_ends}, 0};
}

/* Walks to the record that begins at `place`. False: none does. */
static bool walk_to(struct batch_walk *w, size_t place)
{
    struct walk_field field;
    while (w->walk.at < place) {
        do {
            walk_next(&w->walk, &field);
        } while (!field.last);
        w->records++;
    }
    return w->walk.at == place;
}

static void note(struct csvk_validator *v, struct search *s, const struct batch_walk *w)
{
    const struct csvk_batch *b = v->batch;
    uint64_t record = b->first_record + w->records;
    if (s->count < SEARCH_NAMED) {
        s->record[s->count] = record;
    }
    if (s->count == 0) {
        struct csvk_finding where = {.byte = b->offset + w->walk.at};
        v->record = NULL;
        judge_locate(v, &where);
        csvk_free(where.excerpt);
        s->offset = where.byte;
        s->line = where.line;
    }
    s->count++;
}

/* The record that may begin at `at` holds the bytes that are searched for: it does if it ends
   there, and if a record begins there at all. */
static void try_place(struct csvk_validator *v, struct search *s, struct batch_walk *w, size_t at)
{
    static const unsigned char mark[] = {0xEF, 0xBB, 0xBF};
    const struct csvk_batch *b = v->batch;
    size_t end = at + s->bytes.length;
    bool begins = at == 0 || is_break(b->bytes[at - 1]) || s->may_have_mark;
    if (!begins || end > b->size || memcmp(b->bytes + at, s->bytes.data, s->bytes.length) != 0 ||
        (end < b->size && !is_break(b->bytes[end]))) {
        return;
    }
    if (s->may_have_mark && at >= sizeof mark &&
        memcmp(b->bytes + at - sizeof mark, mark, sizeof mark) == 0) {
        at -= sizeof mark; /* a file that began with a mark was put behind another one */
    }
    if ((at == 0 || is_break(b->bytes[at - 1])) && walk_to(w, at)) {
        note(v, s, w);
    }
}

/* NULL: nowhere, or out of memory, which sets v->failed. */
static const unsigned char *find_bytes(struct csvk_validator *v, struct search *s,
                                       const unsigned char *bytes, size_t size)
{
    s->needle.bytes = (struct csvk_bytes){s->bytes.data, s->bytes.length};
    if (size >= PREPARED_FROM && csvk_needle_prepare(&s->needle) != CSVK_OK) {
        v->failed = true;
        return NULL;
    }
    return csvk_needle_find(&s->needle, bytes, size);
}

static void search_batch(struct csvk_validator *v, struct search *s)
{
    const struct csvk_batch *b = v->batch;
    if (s->bytes.length == 0 || b->bytes == NULL || s->is_absent) {
        return;
    }
    struct batch_walk w = walk_of(v);
    size_t length = s->bytes.length;
    size_t at = s->from > b->offset ? (size_t)(s->from - b->offset) : 0;
    while (at < b->size && (s->count != 0 || b->offset + at < s->until)) {
        uint64_t left = s->count == 0 ? s->until - b->offset : UINT64_MAX;
        size_t limit =
            left < b->size && left + length - 1 < b->size ? (size_t)left + length - 1 : b->size;
        const unsigned char *found = find_bytes(v, s, b->bytes + at, limit - at);
        if (found == NULL) {
            return;
        }
        at = (size_t)(found - b->bytes);
        try_place(v, s, &w, at);
        do {
            at++; /* nowhere else in this line does a record begin; the place itself may be a CR */
        } while (at < b->size && !is_break(b->bytes[at]));
    }
}

/* ---- what is searched for -------------------------------------------------------------------- */

/* In one column any value may be like a name, unless somebody has named the column. */
void search_header(struct csvk_validator *v, struct csvk_bytes header, uint64_t from)
{
    bool names = v->width > 1 || v->options.columns.count != 0;
    if (header.len == 0 || !names || !judge_is_on(v, RULE_HEADER_REPEATED)) {
        return;
    }
    v->failed |= csvk_buf_add(&v->again.bytes, header.ptr, header.len) != CSVK_OK;
    v->again.may_have_mark = true;
    v->again.from = from;
    v->again.until = UINT64_MAX;
}

static void search_record(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_batch *b = v->batch;
    if (b->bytes != NULL) {
        struct csvk_bytes header = {b->bytes + (r->offset - b->offset), (size_t)r->length};
        search_header(v, header, r->offset + r->length);
    }
}

void search_skipped(struct csvk_validator *v, const struct csvk_record *r)
{
    if (v->options.header == CSVK_SKIPPED_HEADER) {
        search_record(v, r);
    }
}

void search_names(struct csvk_validator *v, const struct csvk_record *r)
{
    for (size_t i = 0; i < v->names.count; i++) {
        if (v->names.item[i][0] != '\0') {
            search_record(v, r);
            return;
        }
    }
}

/* All delimiters of a record. */
static void search_empty(struct csvk_validator *v)
{
    char delimiter[CSVK_DELIMITER_MOST + 1];
    csvk_delimiter_text(&v->options.dialect, delimiter);
    struct csvk_buf *bytes = &v->hollow.bytes;
    int status = CSVK_OK;
    for (uint64_t i = 1; i < v->width && status == CSVK_OK; i++) {
        status = csvk_buf_puts(bytes, delimiter);
    }
    v->failed |= status != CSVK_OK;
    v->hollow.from = v->first_offset;
    v->hollow.until =
        v->options.continuation ? UINT64_MAX : v->first_offset + SEARCHED_TIMES * bytes->length;
}

/* ---- empty records at the end ---------------------------------------------------------------- */

/* Length of the empty record, line break included, that ends at `end`; 0: there is none. */
static size_t empty_before(const struct csvk_validator *v, size_t end)
{
    const struct csvk_batch *b = v->batch;
    size_t at = end, length = v->hollow.bytes.length;
    at -= at > 0 && b->bytes[at - 1] == '\n';
    at -= at > 0 && b->bytes[at - 1] == '\r';
    if (at < length || memcmp(b->bytes + at - length, v->hollow.bytes.data, length) != 0) {
        return 0;
    }
    at -= length;
    return at == 0 || is_break(b->bytes[at - 1]) ? end - at : 0;
}

static void count_empty_tail(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    struct empty_tail *t = &v->empty_tail;
    size_t end = b->size, length;
    uint64_t count = 0;
    while (b->bytes != NULL && end > 0 && (length = empty_before(v, end)) != 0) {
        end -= length;
        count++;
    }
    if (end > 0 || b->bytes == NULL) {
        t->count = 0;
    }
    t->comment_lines = t->count != 0 ? t->comment_lines + b->comment_lines : 0;
    if (t->count == 0) {
        t->offset = b->offset + end;
    }
    t->count += count;
}

void search_told(struct csvk_validator *v, const struct csvk_reader *reader)
{
    v->again.is_absent = csvk_reader_lacks(reader);
}

int search_ask(struct csvk_validator *v, struct csvk_reader *reader, struct csvk_error *err)
{
    struct search *s = &v->again;
    if (s->is_asked || s->bytes.length == 0) {
        return CSVK_OK;
    }
    s->is_asked = true;
    return csvk_reader_look_for(reader, (struct csvk_bytes){s->bytes.data, s->bytes.length}, err);
}

void search_feed(struct csvk_validator *v)
{
    if (v->batch->size == 0) {
        v->empty_tail.count = v->batch->nrecords != 0 ? 0 : v->empty_tail.count;
        v->empty_tail.comment_lines += v->batch->comment_lines;
        return;
    }
    search_batch(v, &v->again);
    if (!judge_is_on(v, RULE_EMPTY_RECORD) || v->width < 2) {
        return;
    }
    if (v->hollow.bytes.length == 0) {
        search_empty(v);
    }
    if (v->failed) {
        return; /* what to search for is not there */
    }
    search_batch(v, &v->hollow);
    count_empty_tail(v);
}

/* ---- judging --------------------------------------------------------------------------------- */

/* The numbers of the first records: "4, 7, 9 and more". */
static void name_records(struct csvk_validator *v, struct csvk_finding *f, const struct search *s)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    uint64_t named = s->count < SEARCH_NAMED ? s->count : SEARCH_NAMED;
    int status = CSVK_OK;
    for (uint64_t i = 0; i < named && status == CSVK_OK; i++) {
        status = csvk_buf_printf(&text, i == 0 ? "%" PRIu64 : ", %" PRIu64, s->record[i]);
    }
    if (status == CSVK_OK && named < s->count) {
        status = csvk_buf_puts(&text, " and more");
    }
    v->failed |= status != CSVK_OK;
    finding_text(v, f, "named", csvk_buf_text(&text));
    csvk_buf_release(&text);
}

static void tell(struct csvk_validator *v, enum rule_index rule, const struct search *s)
{
    struct place place = {s->offset, s->bytes.length, s->record[0], 0};
    /* A header without any name is told as such. */
    bool told = s->count == 0 || s->record[0] == v->header_record;
    struct csvk_finding *f = told ? NULL : judge_add(v, rule, &place);
    if (f != NULL) {
        f->line = s->line;
        f->column = f->column_chars = 1;
        finding_number(f, "records", CSVK_EXTRA_NUMBER, s->count);
        name_records(v, f, s);
    }
}

/* Those at the end, when the search has found none; a search that has found some found them, too.
 */
static void take_empty_tail(struct csvk_validator *v)
{
    const struct csvk_totals *t = &v->totals;
    struct search *s = &v->hollow;
    uint64_t count = v->empty_tail.count;
    if (s->count != 0 || count == 0 || v->count[RULE_UNCLOSED_QUOTE] != 0) {
        return;
    }
    s->count = count;
    s->offset = v->empty_tail.offset;
    s->line = t->lines - v->empty_tail.comment_lines + (t->eol[CSVK_EOL_NONE] != 0) - count + 1;
    for (uint64_t i = 0; i < count && i < SEARCH_NAMED; i++) {
        s->record[i] = t->records - count + 1 + i;
    }
}

void search_judge(struct csvk_validator *v)
{
    take_empty_tail(v);
    tell(v, RULE_HEADER_REPEATED, &v->again);
    tell(v, RULE_EMPTY_RECORD, &v->hollow);
}

/* ---- joining two parts ----------------------------------------------------------------------- */

/* The left part has searched as far as the whole file would have been. */
static void merge_search(struct search *l, const struct search *r, const struct csvk_totals *by)
{
    bool counts = l->count != 0 || r->offset + by->bytes < l->until || l->until == 0;
    if (r->count == 0 || !counts) {
        return;
    }
    for (uint64_t i = 0; i < r->count && l->count + i < SEARCH_NAMED; i++) {
        l->record[l->count + i] = r->record[i] + by->records;
    }
    if (l->count == 0) {
        l->offset = r->offset + by->bytes;
        l->line = r->line + by->lines;
    }
    l->count += r->count;
}

void search_merge(struct csvk_validator *left, const struct csvk_validator *right)
{
    const struct csvk_totals *by = &left->totals;
    merge_search(&left->again, &right->again, by);
    merge_search(&left->hollow, &right->hollow, by);
    const struct empty_tail *r = &right->empty_tail;
    struct empty_tail *l = &left->empty_tail;
    bool whole = r->count == right->totals.records;
    if (whole && l->count != 0) {
        l->count += r->count;
        /* Each of these records is one line. */
        l->comment_lines += right->totals.lines - r->count + right->totals.eol[CSVK_EOL_NONE];
    } else if (right->totals.records != 0) {
        *l = (struct empty_tail){r->count, r->offset + by->bytes, r->comment_lines};
    }
}

void search_release(struct csvk_validator *v)
{
    csvk_needle_release(&v->again.needle);
    csvk_needle_release(&v->hollow.needle);
    csvk_buf_release(&v->again.bytes);
    csvk_buf_release(&v->hollow.bytes);
}
