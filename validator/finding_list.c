/*
 * finding_list.c - counts findings, keeps the first ones of each rule, and chooses which of them a
 * report shows.
 *
 * Invariant: a finding that is not kept costs no more than counting it. Place, excerpt and details
 * are made only for findings that are kept.
 */
#include "validator/judge.h"

#include <stdlib.h>
#include <string.h>

struct csvk_finding *judge_add(struct csvk_validator *v, size_t slot, const struct place *place)
{
    if (slot < RULES && v->level[slot] == CSVK_OFF) {
        return NULL;
    }
    v->count[slot]++;
    return judge_is_full(v, slot) ? NULL : judge_keep(v, slot, place);
}

struct csvk_finding *judge_keep(struct csvk_validator *v, size_t slot, const struct place *place)
{
    struct csvk_finding *f = csvk_findings_append(&v->kept[slot]);
    if (f == NULL) {
        v->failed = true;
        return NULL;
    }
    f->rule = slot < RULES ? &csvk_rule_table[slot] : NULL;
    f->severity = slot < RULES ? v->level[slot] : CSVK_OFF;
    f->has_byte = true;
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

void finding_remedy(struct csvk_validator *v, struct csvk_finding *f, const char *text)
{
    char *copy = csvk_strdup(text); /* of a text that may be the one that is replaced */
    csvk_free(f->remedy);
    f->remedy = copy;
    v->failed |= copy == NULL;
}

const char *finding_extra(const struct csvk_finding *f, const char *key)
{
    for (size_t i = 0; i < f->nextras; i++) {
        if (strcmp(f->extra[i].key, key) == 0) {
            return f->extra[i].text != NULL ? f->extra[i].text : "";
        }
    }
    return NULL;
}

void finding_drop_excerpt(struct csvk_finding *f)
{
    csvk_free(f->excerpt);
    f->excerpt = NULL;
    f->excerpt_length = f->excerpt_place = 0;
}

void judge_move_slot(struct csvk_validator *v, size_t from, size_t to)
{
    if (v->level[to] == CSVK_OFF || v->count[to] != 0) {
        csvk_findings_release(&v->kept[from]);
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

/* The names of columns are known at the end only. */
static void name_field(struct csvk_validator *v, struct csvk_finding *f)
{
    const struct csvk_strings *names = v->report.column_names;
    if (f->field != 0 && f->field <= names->count && f->field_name == NULL) {
        f->field_name = csvk_strdup(names->item[f->field - 1]);
        v->failed |= f->field_name == NULL;
    }
}

/* Who has said that there are comments has to say it to normalize, too. */
static void pass_comment_on(struct csvk_validator *v, struct csvk_finding *f)
{
    static const char command[] = "csvkit normalize ";
    const char *remedy = csvk_finding_remedy(f), *at = remedy;
    struct csvk_buf text = CSVK_BUF_INIT;
    if (v->options.comment == 0 || remedy == NULL || strstr(remedy, command) == NULL) {
        return;
    }
    char mark[] = {(char)v->options.comment, '\0'};
    const char *quote = strchr("#%/:@+-=,._", mark[0]) != NULL ? "" : mark[0] == '\'' ? "\"" : "'";
    int status = CSVK_OK;
    for (const char *next; status == CSVK_OK && (next = strstr(at, command)) != NULL;) {
        next += sizeof command - 1;
        status = csvk_buf_printf(&text, "%.*s--comment=%s%s%s ", (int)(next - at), at, quote, mark,
                                 quote);
        at = next;
    }
    status = status == CSVK_OK ? csvk_buf_puts(&text, at) : status;
    v->failed |= status != CSVK_OK;
    finding_remedy(v, f, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

/* A note that explains nothing, which reports for people do not show by themselves. */
static bool is_mere_note(const struct csvk_finding *f)
{
    for (size_t i = 0; i < f->nextras; i++) {
        if (strcmp(f->extra[i].key, "explains") == 0) {
            return false;
        }
    }
    return f->severity == CSVK_INFO;
}

static size_t most_of_a_rule(const struct csvk_validator *v)
{
    size_t most = 0;
    for (size_t i = 0; i < RULES; i++) {
        most = v->kept[i].count > most ? v->kept[i].count : most;
    }
    return most;
}

/* Chooses in rounds: the n-th finding of every rule before the n+1-th of any rule. Mere notes come
   last, so that they take the place of nothing else. */
static size_t deal(struct csvk_validator *v, const struct csvk_finding **to, size_t most)
{
    size_t dealt = 0, rounds = most_of_a_rule(v);
    for (int notes = 0; notes <= 1; notes++) {
        for (size_t round = 0; round < rounds && dealt < most; round++) {
            for (size_t i = 0; i < RULES && dealt < most; i++) {
                struct csvk_finding *f = round < v->kept[i].count ? &v->kept[i].item[round] : NULL;
                if (f != NULL && is_mere_note(f) == (notes == 1)) {
                    name_field(v, f);
                    pass_comment_on(v, f);
                    to[dealt++] = f;
                }
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
    schema_order_findings(v);
    v->report.nfindings = deal(v, v->shown, most);
    qsort(v->shown, v->report.nfindings, sizeof(*v->shown), by_place);
    v->report.findings = v->shown;
    return v->failed ? csvk_fail(err, CSVK_ENOMEM, "out of memory for findings") : CSVK_OK;
}
