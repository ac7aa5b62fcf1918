/*
 * header_rules.c - takes the names of the columns from the first record and judges them, each one
 * alone, against each other and against the names that were expected: header-empty-name,
 * header-duplicate-name, header-case-clash, header-edge-space, header-invalid-name,
 * header-name-refused, and, against names that are known from elsewhere, those of known_columns.c.
 * (header-missing is in sample_rules.c.)
 *
 * Names that the user gives instead of a header are judged by the same rules. Such a finding has no
 * place, so it says the name.
 *
 * The place of a finding is that of the name as it is written, enclosures included; names are
 * compared as decoded values. Repeats are found by sorting, so a header of a million names takes no
 * quadratic time.
 */
#include "validator/judge.h"

#include "csvkit/names.h"

#include <stdlib.h>
#include <string.h>

struct name {
    const char *text; /* decoded */
    char *clean;      /* by the rules of Storage; NULL when no rule asks */
    uint64_t byte, length;
    size_t column; /* from 1 */
    /* The first column whose name is equal as it is, without regard to case, or after cleaning;
     * 0: none before this one. */
    size_t same, folded, cleaned;
};

struct header {
    struct name *name;
    size_t count;
    bool given; /* the names are in no file */
    uint64_t record;
    struct csvk_strings storage; /* the names that Storage could give; empty when no rule asks */
};

static int ascii_lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static int compare_folded(const char *a, const char *b)
{
    while (*a != '\0' && ascii_lower((unsigned char)*a) == ascii_lower((unsigned char)*b)) {
        a++;
        b++;
    }
    return ascii_lower((unsigned char)*a) - ascii_lower((unsigned char)*b);
}

/* ---- reading the names ----------------------------------------------------------------------- */

/* Names are C strings, so a NUL byte, which no name should have, becomes the symbol U+2400. */
static int keep_text(struct csvk_strings *names, const unsigned char *text, size_t length)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (size_t i = 0; i < length && status == CSVK_OK; i++) {
        status = text[i] != 0 ? csvk_buf_putc(&name, text[i]) : csvk_buf_puts(&name, "\u2400");
    }
    status = status == CSVK_OK ? csvk_strings_add(names, csvk_buf_text(&name)) : status;
    csvk_buf_release(&name);
    return status;
}

/* Decodes one field and appends it to the list of names. */
static int keep_name(struct csvk_validator *v, struct csvk_bytes raw)
{
    unsigned char *text = csvk_malloc(raw.len + 1);
    if (text == NULL) {
        return CSVK_ENOMEM;
    }
    size_t length = csvk_field_decode(raw, &v->options.dialect, text);
    int status = keep_text(&v->names, text, length);
    csvk_free(text);
    return status;
}

static int read_names(struct csvk_validator *v, const struct csvk_record *r, struct header *header)
{
    const struct csvk_batch *b = v->batch;
    struct field_walk walk = {b->bytes + (r->offset - b->offset), (size_t)r->length, 0,
                              v->options.dialect, false};
    struct walk_field field = {0};
    header->name = csvk_calloc((size_t)r->nfields, sizeof(*header->name));
    header->record = r->number;
    if (header->name == NULL) {
        return CSVK_ENOMEM;
    }
    while (header->count < r->nfields) {
        walk_next(&walk, &field);
        struct csvk_bytes raw = {walk.bytes + field.begin, field.end - field.begin};
        if (keep_name(v, raw) != CSVK_OK) {
            return CSVK_ENOMEM;
        }
        struct name *name = &header->name[header->count];
        name->byte = r->offset + field.begin;
        name->length = raw.len;
        name->column = ++header->count;
    }
    for (size_t i = 0; i < header->count; i++) {
        header->name[i].text = v->names.item[i];
    }
    return CSVK_OK;
}

/* ---- names against each other ---------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;
    int order = strcmp(x->text, y->text);
    return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

static int by_folded(const void *a, const void *b)
{
    const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;
    int order = compare_folded(x->text, y->text);
    return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

static int by_clean(const void *a, const void *b)
{
    const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;
    int order = compare_folded(x->clean, y->clean);
    return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

enum likeness { SAME, FOLDED, CLEANED };

static bool are_alike(const struct name *a, const struct name *b, enum likeness likeness)
{
    switch (likeness) {
    case SAME: return strcmp(a->text, b->text) == 0;
    case FOLDED: return compare_folded(a->text, b->text) == 0;
    default: return compare_folded(a->clean, b->clean) == 0;
    }
}

/* Notes for each name the first column with a name like it. `order` must be sorted by `likeness`,
   and equal names by column. */
static void note_repeats(struct name **order, size_t count, enum likeness likeness)
{
    const struct name *first = NULL;
    for (size_t i = 0; i < count; i++) {
        if (first == NULL || !are_alike(first, order[i], likeness)) {
            first = order[i];
            continue;
        }
        size_t *seen = likeness == SAME     ? &order[i]->same
                       : likeness == FOLDED ? &order[i]->folded
                                            : &order[i]->cleaned;
        *seen = first->column;
    }
}

static int find_repeats(struct header *h)
{
    struct name **order = csvk_calloc(h->count, sizeof(struct name *));
    if (order == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < h->count; i++) {
        order[i] = &h->name[i];
    }
    qsort(order, h->count, sizeof(*order), by_text);
    note_repeats(order, h->count, SAME);
    qsort(order, h->count, sizeof(*order), by_folded);
    note_repeats(order, h->count, FOLDED);
    if (h->name[0].clean != NULL) {
        qsort(order, h->count, sizeof(*order), by_clean);
        note_repeats(order, h->count, CLEANED);
    }
    csvk_free(order);
    return CSVK_OK;
}

static int clean_name(struct name *name)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    if (csvk_name_sanitize(name->text, strlen(name->text), &clean) == CSVK_OK) {
        name->clean = csvk_strdup(csvk_buf_text(&clean));
    }
    csvk_buf_release(&clean);
    return name->clean != NULL ? CSVK_OK : CSVK_ENOMEM;
}

static int clean_names(struct header *h)
{
    struct csvk_bytes *names = csvk_calloc(h->count, sizeof *names);
    int status = names != NULL ? CSVK_OK : CSVK_ENOMEM;
    for (size_t i = 0; i < h->count && status == CSVK_OK; i++) {
        const char *text = h->name[i].text;
        names[i] = (struct csvk_bytes){(const unsigned char *)text, strlen(text)};
        status = clean_name(&h->name[i]);
    }
    status = status == CSVK_OK ? csvk_names_storage(names, h->count, &h->storage) : status;
    csvk_free(names);
    return status;
}

/* ---- judging --------------------------------------------------------------------------------- */

static struct csvk_finding *add(struct csvk_validator *v, const struct header *h,
                                enum rule_index rule, const struct name *name)
{
    struct place place = {name->byte, name->length, h->record, name->column};
    struct csvk_finding *f = judge_add(v, rule, &place);
    if (f != NULL && h->given) {
        f->has_byte = false;
        finding_text(v, f, "name", name->text);
    }
    return f;
}

static void judge_repeat(struct csvk_validator *v, const struct header *h, const struct name *name)
{
    struct csvk_finding *f = NULL;
    size_t first = name->same != 0 ? name->same : name->folded;
    if (first == 0) {
        return;
    }
    f = add(v, h, name->same != 0 ? RULE_HEADER_DUPLICATE_NAME : RULE_HEADER_CASE_CLASH, name);
    if (f != NULL) {
        finding_number(f, "first_field", CSVK_EXTRA_NUMBER, first);
    }
}

static bool is_blank_byte(char c)
{
    return c == ' ' || c == '\t';
}

/* Why Storage refuses a table with this name, or NULL. */
static const char *refusal(const struct name *name)
{
    if (csvk_name_is_reserved(name->text, strlen(name->text))) {
        return "the platform fills this column itself";
    }
    if (name->clean[0] == '\0') {
        return "it has none of A-Z, a-z and 0-9";
    }
    if (strlen(name->clean) > CSVK_NAME_MAX) {
        return "longer than 64 characters";
    }
    bool meets = name->cleaned != 0 && name->same == 0 && name->folded == 0;
    return meets ? "the name of an earlier column becomes the same in Storage" : NULL;
}

/* Why Storage gives the column another name, or NULL. */
static const char *renaming(const struct name *name)
{
    if (csvk_name_is_system(name->text, strlen(name->text))) {
        return "reserved by databases";
    }
    bool same = strcmp(name->clean, name->text) == 0;
    return same ? NULL : "only A-Z, a-z, 0-9 and inner _ are allowed";
}

static void judge_storage_name(struct csvk_validator *v, const struct header *h,
                               const struct name *name)
{
    const char *broken = refusal(name);
    enum rule_index rule = broken != NULL ? RULE_HEADER_NAME_REFUSED : RULE_HEADER_INVALID_NAME;
    broken = broken != NULL ? broken : renaming(name);
    struct csvk_finding *f = broken != NULL ? add(v, h, rule, name) : NULL;
    if (f == NULL) {
        return;
    }
    finding_text(v, f, "broken", broken);
    finding_text(v, f, "proposed", h->storage.item[name->column - 1]);
    if (name->cleaned != 0) {
        finding_number(f, "first_field", CSVK_EXTRA_NUMBER, name->cleaned);
    }
}

static void judge_name(struct csvk_validator *v, const struct header *h, const struct name *name)
{
    size_t length = strlen(name->text);
    if (length == 0) {
        struct name nothing = *name;
        nothing.length = 0;
        struct csvk_finding *f = add(v, h, RULE_HEADER_EMPTY_NAME, &nothing);
        if (f != NULL) {
            finding_number(f, "column_number", CSVK_EXTRA_NUMBER, name->column);
        }
        return;
    }
    judge_repeat(v, h, name);
    if (is_blank_byte(name->text[0]) || is_blank_byte(name->text[length - 1])) {
        add(v, h, RULE_HEADER_EDGE_SPACE, name);
    }
    if (name->clean != NULL) {
        judge_storage_name(v, h, name);
    }
}

static void release_header(struct header *h)
{
    for (size_t i = 0; h->name != NULL && i < h->count; i++) {
        csvk_free(h->name[i].clean);
    }
    csvk_free(h->name);
    csvk_strings_release(&h->storage);
}

/* Judges each name alone and against the others. */
static void judge_names(struct csvk_validator *v, struct header *h)
{
    bool clean =
        judge_is_on(v, RULE_HEADER_INVALID_NAME) || judge_is_on(v, RULE_HEADER_NAME_REFUSED);
    if (h->name == NULL || (clean && clean_names(h) != CSVK_OK) || find_repeats(h) != CSVK_OK) {
        v->failed = true;
    }
    for (size_t i = 0; !v->failed && i < h->count; i++) {
        judge_name(v, h, &h->name[i]);
    }
}

void header_judge(struct csvk_validator *v, const struct csvk_record *r)
{
    struct header h = {0};
    v->header_record = r->number;
    if (v->batch->bytes == NULL) {
        return; /* the header is too large to be in memory: its names stay unknown */
    }
    if (read_names(v, r, &h) != CSVK_OK) {
        v->failed = true;
    } else {
        judge_names(v, &h);
    }
    known_columns_expect(v, r);
    struct place place = {r->offset, r->length, r->number, 0};
    keys_resolve(v, &v->names, &place);
    release_header(&h);
}

void header_judge_blank(struct csvk_validator *v)
{
    v->header_record = 1;
    if (csvk_strings_add(&v->names, "") != CSVK_OK) {
        v->failed = true;
        return;
    }
    const struct csvk_batch *batch = v->batch;
    v->batch = NULL;
    struct place place = {v->first_offset, 0, 1, 1};
    struct csvk_finding *f = judge_add(v, RULE_HEADER_EMPTY_NAME, &place);
    v->batch = batch;
    if (f != NULL) {
        f->line = 1;
        f->column = f->column_chars = v->first_offset + 1;
        finding_number(f, "column_number", CSVK_EXTRA_NUMBER, 1);
    }
}

void header_judge_columns(struct csvk_validator *v)
{
    const struct csvk_strings *columns = &v->options.columns;
    struct header h = {.given = true};
    bool given = (v->options.columns_are & CSVK_COLUMNS_JUDGED) != 0 && !v->options.continuation &&
                 v->options.header != CSVK_HEADER;
    if (!given) {
        return; /* names that a header has to be equal to are judged there */
    }
    h.name = csvk_calloc(columns->count, sizeof *h.name);
    for (; h.name != NULL && h.count < columns->count; h.count++) {
        h.name[h.count].text = columns->item[h.count];
        h.name[h.count].column = h.count + 1;
    }
    judge_names(v, &h);
    release_header(&h);
}

/* Names that the file has, and that nobody will use, are forgotten again: reports show those in
   `columns`. A record of another width is told as such. */
void header_judge_other(struct csvk_validator *v, const struct csvk_record *r)
{
    struct header h = {0};
    bool skipped = v->options.header == CSVK_SKIPPED_HEADER;
    v->header_record = skipped ? r->number : 0;
    if (v->batch->bytes == NULL || r->nfields != v->width) {
        return;
    }
    if (read_names(v, r, &h) != CSVK_OK) {
        v->failed = true;
    } else {
        known_columns_judge(v, r);
    }
    release_header(&h);
    csvk_strings_release(&v->names);
}
