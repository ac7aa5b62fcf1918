/*
 * header_rules.c - takes the names of the columns from the first record and judges them, each one
 * alone, against each other and against the names that were expected: header-empty-name,
 * header-duplicate-name, header-case-clash, header-edge-space, header-invisible-char,
 * header-invalid-name, header-name-refused, header-width, and, against names that are known from
 * elsewhere, those of known_columns.c. (header-missing is in sample_rules.c.)
 *
 * Names that the user gives instead of a header are judged by the same rules. Such a finding has no
 * place, so it says the name.
 *
 * The place of a finding is that of the name as it is written, enclosures included; names are
 * compared as decoded values (header_names.c).
 */
#include "validator/header_names.h"
#include "validator/judge.h"

#include "csvkit/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* One finding for all columns from this one on that repeat a name, `count` of them. They are the
   columns up to `last` when they stand side by side. */
static void tell_flood(struct csvk_validator *v, struct csvk_finding *f, const struct flood *flood,
                       const char *what)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    bool in_a_row = flood->last - flood->first + 1 == flood->count;
    int status = in_a_row
                     ? csvk_buf_printf(&text, "columns %zu-%zu %s", flood->first, flood->last, what)
                     : csvk_buf_printf(&text, "%zu columns from %zu to %zu %s", flood->count,
                                       flood->first, flood->last, what);
    f->message = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&text)) : NULL;
    v->failed |= f->message == NULL;
    csvk_buf_release(&text);
    finding_remedy(v, f, f->rule->remedy);
    finding_number(f, "columns", CSVK_EXTRA_NUMBER, flood->count);
}

static struct flood count_nameless(const struct header *h)
{
    struct flood flood = {0};
    for (size_t i = 0; i < h->count; i++) {
        if (h->name[i].text[0] == '\0') {
            flood.first = flood.count == 0 ? i + 1 : flood.first;
            flood.last = i + 1;
            flood.count++;
        }
    }
    return flood;
}

/* The first name that repeats a column which many repeat stands for all of these. */
static bool judge_repeat_flood(struct csvk_validator *v, struct header *h, const struct name *name)
{
    struct name *first = name->same != 0 ? &h->name[name->same - 1] : NULL;
    if (first == NULL || first->repeats.count < FLOOD) {
        return false;
    }
    first->told = true;
    struct csvk_finding *f = add(v, h, RULE_HEADER_DUPLICATE_NAME, name);
    if (f != NULL) {
        char what[64];
        snprintf(what, sizeof what, "repeat the name of column %zu", name->same);
        finding_number(f, "first_field", CSVK_EXTRA_NUMBER, name->same);
        tell_flood(v, f, &first->repeats, what);
    }
    return true;
}

static void judge_repeat(struct csvk_validator *v, struct header *h, const struct name *name)
{
    struct csvk_finding *f = NULL;
    size_t first = name->same != 0 ? name->same : name->folded;
    bool told = name->same != 0 && h->name[name->same - 1].told;
    if (first == 0 || told || judge_repeat_flood(v, h, name)) {
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
    bool wanted = (v->options.columns_are & CSVK_COLUMNS_WITH_TIMESTAMP) != 0;
    if (wanted && strcmp(name->text, "_timestamp") == 0) {
        return;
    }
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

/* What cannot be seen in the name, and the name that it looks like. */
static void judge_seen(struct csvk_validator *v, const struct header *h, const struct name *name)
{
    const char *what = NULL;
    uint32_t code = name_unseen(name->text, &what);
    size_t twin = name->same == 0 ? name->alike : 0;
    char defect[128];
    if (code != 0 && twin != 0) {
        snprintf(defect, sizeof defect,
                 "holds U+%04" PRIX32 ", %s, and looks the same as that of column %zu", code, what,
                 twin);
    } else if (code != 0) {
        snprintf(defect, sizeof defect, "holds U+%04" PRIX32 ", %s", code, what);
    } else {
        snprintf(defect, sizeof defect, "looks the same as that of column %zu, but is not", twin);
    }
    struct csvk_finding *f =
        code != 0 || twin != 0 ? add(v, h, RULE_HEADER_INVISIBLE_CHAR, name) : NULL;
    if (f == NULL) {
        return;
    }
    finding_text(v, f, "defect", defect);
    if (twin != 0) {
        finding_number(f, "first_field", CSVK_EXTRA_NUMBER, twin);
    }
    if (code == 0) {
        finding_remedy(v, f, "Rename one of the two columns.");
    }
}

static void judge_nameless(struct csvk_validator *v, struct header *h, const struct name *name)
{
    struct name nothing = *name;
    nothing.length = 0;
    struct csvk_finding *f = h->nameless_told ? NULL : add(v, h, RULE_HEADER_EMPTY_NAME, &nothing);
    struct flood flood = f != NULL ? count_nameless(h) : (struct flood){0};
    if (f != NULL) {
        finding_number(f, "column_number", CSVK_EXTRA_NUMBER, name->column);
    }
    if (flood.count >= FLOOD) {
        h->nameless_told = true;
        tell_flood(v, f, &flood, "have no name");
    }
}

static void judge_name(struct csvk_validator *v, struct header *h, const struct name *name)
{
    size_t length = strlen(name->text);
    if (length == 0) {
        judge_nameless(v, h, name);
        return;
    }
    judge_repeat(v, h, name);
    if (name->seen != NULL) {
        judge_seen(v, h, name);
    }
    bool blank = is_blank_byte(name->text[0]) || is_blank_byte(name->text[length - 1]);
    if (blank && !h->directive) {
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
        csvk_free(h->name[i].seen);
    }
    csvk_free(h->name);
    csvk_strings_release(&h->storage);
}

/* Judges each name alone and against the others. */
static void judge_names(struct csvk_validator *v, struct header *h)
{
    bool clean =
        judge_is_on(v, RULE_HEADER_INVALID_NAME) || judge_is_on(v, RULE_HEADER_NAME_REFUSED);
    bool see = judge_is_on(v, RULE_HEADER_INVISIBLE_CHAR);
    if (h->name == NULL || (clean && header_clean_names(h) != CSVK_OK) ||
        (see && header_see_names(h) != CSVK_OK) || header_find_repeats(h) != CSVK_OK) {
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
        h.directive = judge_is_sep((struct csvk_bytes){
            v->batch->bytes + (r->offset - v->batch->offset), (size_t)r->length});
        judge_names(v, &h);
    }
    known_columns_expect(v, r);
    struct place place = {r->offset, r->length, r->number, 0};
    keys_resolve(v, &v->names, &place);
    schema_resolve(v, &v->names, &place);
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
        f->line = v->first_line;
        f->column = f->column_chars = v->first_offset - v->first_line_begin + 1;
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

/*
 * What splits the record below the header into too many fields, if that is to be seen: then no name
 * is missing. Asked with the width that the header has.
 */
static enum misfit_reason reason_below(struct csvk_validator *v, const struct csvk_record *header)
{
    const struct csvk_batch *b = v->batch;
    uint64_t width = v->width;
    if (b->bytes == NULL) {
        return MISFIT_UNKNOWN;
    }
    struct field_walk walk = {b->bytes, b->size, (size_t)(header->offset - b->offset),
                              v->options.dialect, v->first_eol == CSVK_EOL_CR};
    struct csvk_record below = {.nfields = 0};
    struct walk_field field;
    size_t begin = walk.at;
    for (int record = 0; record < 2; record++) {
        begin = walk.at;
        below.nfields = 0;
        do {
            walk_next(&walk, &field);
            below.nfields++;
        } while (!field.last);
    }
    if (below.nfields != width || begin >= field.end) {
        return MISFIT_UNKNOWN;
    }
    below.offset = b->offset + begin;
    below.length = field.end - begin;
    v->width = header->nfields;
    enum misfit_reason reason = misfit_reason(v, &below);
    v->width = width;
    return reason;
}

static const char *width_remedy(uint64_t names, uint64_t fields)
{
    if (names + 1 == fields) {
        return "A name is missing, often the first one, that of row names: write it into the "
               "header; "
               "csvkit normalize --missing-names=first adds col_1.";
    }
    return names < fields ? "Write one name for each field of the records; if the first line is a "
                            "title, remove it."
                          : NULL;
}

void header_judge_width(struct csvk_validator *v, const struct csvk_record *r)
{
    struct place place = {r->offset, r->length, r->number, 0};
    struct csvk_finding *f = judge_add(v, RULE_HEADER_WIDTH, &place);
    if (f == NULL) {
        return;
    }
    finding_number(f, "names", CSVK_EXTRA_NUMBER, r->nfields);
    finding_number(f, "fields", CSVK_EXTRA_NUMBER, v->width);
    const struct csvk_misfit_text *reason = &csvk_misfit_texts[reason_below(v, r)];
    const char *remedy =
        reason->remedy != NULL ? reason->remedy : width_remedy(r->nfields, v->width);
    if (reason->text != NULL) {
        finding_text(v, f, "reason", reason->text);
    }
    if (remedy != NULL) {
        finding_remedy(v, f, remedy);
    }
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
