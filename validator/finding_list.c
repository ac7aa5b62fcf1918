/*
 * finding_list.c - counts findings, keeps the first ones of each rule, makes their messages, and
 * chooses which of them a report shows.
 *
 * Invariant: a finding that is not kept costs no more than counting it. Place, excerpt and details
 * are made only for findings that are kept.
 */
#include "validator/judge.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static struct csvk_finding *list_append(struct finding_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        void *grown = csvk_reallocarray(list->item, capacity, sizeof(*list->item));
        if (grown == NULL) {
            return NULL;
        }
        list->item = grown;
        list->capacity = capacity;
    }
    struct csvk_finding *f = &list->item[list->count++];
    memset(f, 0, sizeof(*f));
    return f;
}

struct csvk_finding *judge_add(struct csvk_validator *v, size_t slot, const struct place *place)
{
    if (slot < RULES && v->level[slot] == CSVK_OFF) {
        return NULL;
    }
    v->count[slot]++;
    if (judge_is_full(v, slot)) {
        return NULL;
    }
    struct csvk_finding *f = list_append(&v->kept[slot]);
    if (f == NULL) {
        v->failed = true;
        return NULL;
    }
    f->rule = slot < RULES ? &csvk_rule_table[slot] : NULL;
    f->severity = slot < RULES ? v->level[slot] : CSVK_OFF;
    f->byte = place->byte;
    f->length = place->length;
    f->record = place->record;
    f->field = place->field;
    judge_locate(v, f);
    return f;
}

void finding_number(struct csvk_finding *f, const char *key, enum csvk_extra_kind kind,
                    uint64_t value)
{
    f->extra[f->nextras++] = (struct csvk_extra){key, kind, value, NULL};
}

void finding_text(struct csvk_validator *v, struct csvk_finding *f, const char *key,
                  const char *text)
{
    char *copy = csvk_strdup(text);
    if (copy == NULL) {
        v->failed = true;
        return;
    }
    f->extra[f->nextras++] = (struct csvk_extra){key, CSVK_EXTRA_TEXT, 0, copy};
}

void finding_drop_excerpt(struct csvk_finding *f)
{
    csvk_free(f->excerpt);
    f->excerpt = NULL;
    f->excerpt_length = f->excerpt_place = 0;
}

void finding_release(struct csvk_finding *f)
{
    for (size_t i = 0; i < f->nextras; i++) {
        csvk_free(f->extra[i].text);
    }
    csvk_free(f->excerpt);
    memset(f, 0, sizeof(*f));
}

void finding_list_release(struct finding_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        finding_release(&list->item[i]);
    }
    csvk_free(list->item);
    memset(list, 0, sizeof(*list));
}

void judge_move_slot(struct csvk_validator *v, size_t from, size_t to)
{
    if (v->level[to] == CSVK_OFF || v->count[to] != 0) {
        finding_list_release(&v->kept[from]);
    } else {
        v->kept[to] = v->kept[from];
        v->count[to] = v->count[from];
        memset(&v->kept[from], 0, sizeof(v->kept[from]));
    }
    v->count[from] = 0;
    for (size_t i = 0; i < v->kept[to].count; i++) {
        v->kept[to].item[i].rule = &csvk_rule_table[to];
        v->kept[to].item[i].severity = v->level[to];
    }
}

/* ---- the message ---------------------------------------------------------------------------- */

static const struct csvk_extra *find_extra(const struct csvk_finding *f, const char *key,
                                           size_t length)
{
    for (size_t i = 0; i < f->nextras; i++) {
        if (strlen(f->extra[i].key) == length && memcmp(f->extra[i].key, key, length) == 0) {
            return &f->extra[i];
        }
    }
    return NULL;
}

static int add_fact(struct csvk_buf *out, const struct csvk_extra *extra)
{
    if (extra == NULL) {
        return CSVK_OK;
    }
    if (extra->kind == CSVK_EXTRA_TEXT) {
        return csvk_buf_puts(out, extra->text);
    }
    return csvk_buf_printf(out, "%" PRIu64, extra->number);
}

/* What stands between braces: `key`, or `key?text`, where the text comes before the fact and is
   left out when the finding does not have that fact. */
static int add_place(struct csvk_buf *out, const struct csvk_finding *f, const char *begin,
                     const char *end)
{
    const char *mark = memchr(begin, '?', (size_t)(end - begin));
    const char *key_end = mark != NULL ? mark : end;
    const struct csvk_extra *extra = find_extra(f, begin, (size_t)(key_end - begin));
    int status = CSVK_OK;
    if (mark != NULL && extra != NULL) {
        status = csvk_buf_add(out, mark + 1, (size_t)(end - mark - 1));
    }
    return status == CSVK_OK ? add_fact(out, extra) : status;
}

int csvk_finding_message(const struct csvk_finding *f, struct csvk_buf *out)
{
    const char *rest = f->rule->message;
    const char *open;
    while ((open = strchr(rest, '{')) != NULL) {
        const char *close = strchr(open, '}');
        int status = csvk_buf_add(out, rest, (size_t)(open - rest));
        status = status == CSVK_OK ? add_place(out, f, open + 1, close) : status;
        if (status != CSVK_OK) {
            return status;
        }
        rest = close + 1;
    }
    return csvk_buf_puts(out, rest);
}

/* ---- choosing what is shown ----------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct csvk_finding *x = *(const struct csvk_finding *const *)a;
    const struct csvk_finding *y = *(const struct csvk_finding *const *)b;
    if (x->byte != y->byte) {
        return x->byte < y->byte ? -1 : 1;
    }
    int order = strcmp(x->rule->id, y->rule->id);
    if (order != 0) {
        return order;
    }
    return x->field < y->field ? -1 : x->field > y->field;
}

static size_t kept_in_all(const struct csvk_validator *v)
{
    size_t all = 0;
    for (size_t i = 0; i < RULES; i++) {
        all += v->kept[i].count;
    }
    return all;
}

/* Chooses in rounds: the n-th finding of every rule before the n+1-th of any rule. */
static size_t deal(const struct csvk_validator *v, const struct csvk_finding **to, size_t most)
{
    size_t dealt = 0;
    for (size_t round = 0; dealt < most; round++) {
        for (size_t i = 0; i < RULES && dealt < most; i++) {
            if (round < v->kept[i].count) {
                to[dealt++] = &v->kept[i].item[round];
            }
        }
    }
    return dealt;
}

int judge_collect(struct csvk_validator *v, struct csvk_error *err)
{
    size_t most = kept_in_all(v);
    if (v->options.max_findings != 0 && most > v->options.max_findings) {
        most = (size_t)v->options.max_findings;
    }
    v->shown = csvk_reallocarray(NULL, most + 1, sizeof(*v->shown));
    if (v->shown == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for %zu findings", most);
    }
    v->report.nfindings = deal(v, v->shown, most);
    qsort(v->shown, v->report.nfindings, sizeof(*v->shown), by_place);
    v->report.findings = v->shown;
    return CSVK_OK;
}
