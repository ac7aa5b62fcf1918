/* normalized_account.c - see normalized_account.h. */
#include "tests/support/normalized_account.h"

#include "csvkit/parse/grammar/record.h"

#include <stdlib.h>
#include <string.h>

/* ---- a table as the reference parser reads it ---- */

static void *room_for_one(void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return list;
    }
    *room = *room == 0 ? 64 : 2 * *room;
    list = realloc(list, *room * size);
    support_must(list != NULL, "out of memory");
    return list;
}

static void add_field(struct account_table *t, const struct csvk_batch *batch,
                      const struct csvk_record *r, size_t i, const struct csvk_dialect *dialect)
{
    struct csvk_bytes raw = csvk_field_raw(batch, r, i);
    uint32_t flags = batch->fields[r->first_field + i].flags;
    support_must(csvk_buf_reserve(&t->text, raw.len + 1) == CSVK_OK, "out of memory");
    size_t length = csvk_field_decode(raw, dialect, t->text.data + t->text.length);
    t->field = room_for_one(t->field, t->nfields, &t->field_room, sizeof *t->field);
    t->field[t->nfields++] =
        (struct account_field){t->text.length, length, (flags & CSVK_FIELD_ENCLOSED) != 0,
                               (flags & CSVK_FIELD_BROKEN) != 0};
    t->text.length += length;
}

static const uint32_t about_quotes =
    CSVK_FACT_BIT(CSVK_FACT_TEXT_AFTER_CLOSING) | CSVK_FACT_BIT(CSVK_FACT_BACKSLASH_QUOTE) |
    CSVK_FACT_BIT(CSVK_FACT_SPACE_BEFORE_QUOTE) | CSVK_FACT_BIT(CSVK_FACT_SPACE_AFTER_QUOTE) |
    CSVK_FACT_BIT(CSVK_FACT_UNCLOSED) | CSVK_FACT_BIT(CSVK_FACT_QUOTE_IN_UNQUOTED) |
    CSVK_FACT_BIT(CSVK_FACT_SUSPICIOUS_LINES);

static void add_batch(struct account_table *t, const struct csvk_batch *batch, uint64_t from,
                      const struct csvk_dialect *dialect)
{
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *r = &batch->records[i];
        struct account_record record = {from + r->offset,
                                        from + r->offset + r->length +
                                            csvk_eol_length((enum csvk_eol)r->eol),
                                        t->nfields,
                                        (size_t)r->nfields,
                                        false,
                                        false};
        for (uint32_t k = 0; k < r->nfacts; k++) {
            enum csvk_fact_kind kind = batch->facts[r->first_fact + k].kind;
            record.faulty |= kind != CSVK_FACT_FIRST_EOL && kind != CSVK_FACT_MIXED_EOL;
            record.quotes |= (CSVK_FACT_BIT(kind) & about_quotes) != 0;
        }
        for (size_t k = 0; k < r->nfields; k++) {
            add_field(t, batch, r, k, dialect);
        }
        t->record = room_for_one(t->record, t->nrecords, &t->record_room, sizeof *t->record);
        t->record[t->nrecords++] = record;
    }
}

/* Appends the records from byte `from` on; `t->mode` is known when that is not the start. */
static void read_table(struct account_table *t, const void *bytes, size_t length, uint64_t from,
                       const struct csvk_options *like)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options = *like;
    const struct csvk_batch *batch;
    options.detail = CSVK_FIELDS;
    options.window = length < 4096 ? 4096 : 0;
    options.continuation = from != 0;
    options.eol = t->mode;
    support_must(csvk_source_memory(&source, length != 0 ? (const char *)bytes + from : "",
                                    length - (size_t)from, NULL) == CSVK_OK,
                 "out of memory");
    support_must(csvk_reader_new(&reader, source, &options, NULL) == CSVK_OK, "out of memory");
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        add_batch(t, batch, from, &options.dialect);
    }
    t->mode = csvk_reader_totals(reader)->eol_mode;
    csvk_reader_free(reader);
    csvk_source_free(source);
}

static void release_table(struct account_table *t)
{
    csvk_buf_release(&t->text);
    free(t->field);
    free(t->record);
}

/* ---- the log and the index ---- */

struct event {
    uint64_t record, length, out_length;
    uint32_t kind; /* bit */
};

static uint64_t number_of(const char *line, const char *key)
{
    const char *end = strchr(line, '\n'), *at = strstr(line, key);
    return at != NULL && at < end ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* r17 by inference has read the record in another way, as r18 does. */
static uint32_t bit_of(const char *line)
{
    uint64_t id = number_of(line, "\"repair\":\"r");
    bool read_otherwise = id == 17 && normalized_in_line(line, "\"class\":\"L2\"") != NULL;
    return read_otherwise       ? UINT32_C(1) << 18
           : id != 0 && id < 31 ? UINT32_C(1) << id
                                : UINT32_C(1) << 31;
}

/* The next event at *line that belongs to a record; false at the end. */
static bool next_event(const char **line, bool is_log, struct event *event)
{
    for (; **line != '\0'; *line = strchr(*line, '\n') + 1) {
        if (!is_log || number_of(*line, "\"places\":") != 0) {
            *event =
                (struct event){number_of(*line, "\"record\":"), number_of(*line, "\"length\":"),
                               number_of(*line, "\"out_length\":"), bit_of(*line)};
            return true;
        }
    }
    return false;
}

/* ---- the walk ---- */

struct walk {
    struct account *account;
    const struct normalized *n;
    const void *bytes;
    size_t length;
    struct csvk_options options;
    const char *log, *index;
    uint64_t at, end, number;
    size_t reference;
    long out;
};

/* What log and index say of the record; the raw length, 0: nothing. */
static uint64_t take_events(struct walk *w, struct account_entry *entry)
{
    struct event event;
    uint64_t length = 0;
    while (next_event(&w->log, true, &event) && event.record == w->number) {
        entry->kinds |= event.kind;
        entry->out = event.out_length != 0 ? 0 : ACCOUNT_NOWHERE;
        length = event.length;
        w->log = strchr(w->log, '\n') + 1;
    }
    if (next_event(&w->index, false, &event) && event.record == w->number) {
        entry->kinds |= event.kind;
        entry->rejected = true;
        entry->out = ACCOUNT_NOWHERE;
        length = event.length;
        w->index = strchr(w->index, '\n') + 1;
    }
    return length;
}

/* A joined record has the numbers of all its parts. */
static uint64_t numbers_of(const struct walk *w, const struct account_entry *entry)
{
    const struct account_table *in = &w->account->in;
    uint64_t count = 1;
    bool joined = !entry->rejected && (entry->kinds >> 13 & 1) != 0;
    for (size_t i = entry->reference + 1;
         joined && i < in->nrecords && in->record[i].offset < entry->end; i++) {
        count++;
    }
    return count;
}

/* To the reference parser's record at w->at; reads anew when none begins there. */
static bool go_on(struct walk *w)
{
    struct account_table *in = &w->account->in;
    while (w->reference < in->nrecords && in->record[w->reference].offset < w->at) {
        w->reference++;
    }
    if (w->reference < in->nrecords && in->record[w->reference].offset == w->at) {
        return true;
    }
    if (in->mode == CSVK_EOL_NONE || w->number == 2) {
        return false;
    }
    in->nrecords = w->reference;
    read_table(in, w->bytes, w->length, w->at, &w->options);
    return w->reference < in->nrecords && in->record[w->reference].offset == w->at;
}

static bool step(struct walk *w)
{
    struct account *account = w->account;
    if (w->at != 0 && !go_on(w)) {
        return false;
    }
    struct account_entry entry = {.number = w->number, .begin = w->at, .reference = w->reference};
    uint64_t length = take_events(w, &entry);
    entry.end = length != 0 ? w->at + length : account->in.record[w->reference].end;
    if (entry.out != ACCOUNT_NOWHERE) {
        entry.out = w->out++;
    }
    w->number += numbers_of(w, &entry);
    w->at = entry.end;
    account->entry =
        room_for_one(account->entry, account->nentries, &account->room, sizeof *account->entry);
    account->entry[account->nentries++] = entry;
    return true;
}

/* The end of the records: a tail that was cut off is reported in the log. */
static uint64_t end_of_records(const struct normalized *n, size_t length)
{
    const char *line = csvk_buf_text(&n->log);
    uint64_t end = length;
    for (; *line != '\0'; line = strchr(line, '\n') + 1) {
        uint64_t byte = number_of(line, "\"byte\":");
        bool is_tail = bit_of(line) == UINT32_C(1) << 7;
        end = is_tail && byte < end ? byte : end;
    }
    return end;
}

bool account_make(struct account *account, const void *bytes, size_t length,
                  const struct normalized *n, const struct csvk_normalize_options *o)
{
    static const enum csvk_repair beyond[] = {CSVK_REPAIR_ENCODING, CSVK_REPAIR_FRAME,
                                              CSVK_REPAIR_SEP};
    struct walk w = {.account = account, .n = n, .bytes = bytes, .length = length, .number = 1};
    memset(account, 0, sizeof *account);
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        if (n->result.repairs[beyond[i]] != 0) {
            return false;
        }
    }
    csvk_options_init(&w.options);
    w.options.dialect = o->to;
    w.options.dialect.escape = CSVK_NO_BYTE;
    read_table(&account->out, n->table.data, n->table.length, 0, &w.options);
    w.options.dialect = o->dialect;
    w.options.any_eol = o->any_eol;
    read_table(&account->in, bytes, length, 0, &w.options);
    w.log = csvk_buf_text(&n->log);
    w.index = csvk_buf_text(&n->index);
    w.end = end_of_records(n, length);
    w.at = account->in.nrecords != 0 ? account->in.record[0].offset : w.end;
    while (w.at < w.end) {
        if (!step(&w)) {
            return false;
        }
    }
    return true;
}

void account_release(struct account *account)
{
    release_table(&account->in);
    release_table(&account->out);
    free(account->entry);
}
