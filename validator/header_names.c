/*
 * header_names.c - see header_names.h. Repeats are found by sorting, so a header of a million names
 * takes no quadratic time.
 */
#include "validator/header_names.h"

#include "csvkit/names.h"
#include "validator/judge.h"

#include <stdlib.h>
#include <string.h>

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

static int by_seen(const void *a, const void *b)
{
    const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;
    int order = strcmp(x->seen, y->seen);
    return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

enum likeness { SAME, FOLDED, CLEANED, ALIKE };

static bool are_alike(const struct name *a, const struct name *b, enum likeness likeness)
{
    switch (likeness) {
    case SAME: return strcmp(a->text, b->text) == 0;
    case FOLDED: return compare_folded(a->text, b->text) == 0;
    case ALIKE: return strcmp(a->seen, b->seen) == 0;
    default: return compare_folded(a->clean, b->clean) == 0;
    }
}

static void count_repeat(struct flood *repeats, size_t column)
{
    repeats->first = repeats->count == 0 ? column : repeats->first;
    repeats->last = column;
    repeats->count++;
}

/* Notes for each name the first column with a name like it. `order` must be sorted by `likeness`,
   and equal names by column. */
static void note_repeats(struct header *h, struct name **order, enum likeness likeness)
{
    const struct name *first = NULL;
    for (size_t i = 0; i < h->count; i++) {
        if (first == NULL || !are_alike(first, order[i], likeness)) {
            first = order[i];
            continue;
        }
        size_t *seen = likeness == SAME     ? &order[i]->same
                       : likeness == FOLDED ? &order[i]->folded
                       : likeness == ALIKE  ? &order[i]->alike
                                            : &order[i]->cleaned;
        *seen = first->column;
        if (likeness == SAME) {
            count_repeat(&h->name[first->column - 1].repeats, order[i]->column);
        }
    }
}

int header_find_repeats(struct header *h)
{
    struct name **order = csvk_calloc(h->count, sizeof(struct name *));
    if (order == NULL) {
        return CSVK_ENOMEM;
    }
    for (size_t i = 0; i < h->count; i++) {
        order[i] = &h->name[i];
    }
    qsort(order, h->count, sizeof(*order), by_text);
    note_repeats(h, order, SAME);
    qsort(order, h->count, sizeof(*order), by_folded);
    note_repeats(h, order, FOLDED);
    if (h->name[0].clean != NULL) {
        qsort(order, h->count, sizeof(*order), by_clean);
        note_repeats(h, order, CLEANED);
    }
    if (h->name[0].seen != NULL) {
        qsort(order, h->count, sizeof(*order), by_seen);
        note_repeats(h, order, ALIKE);
    }
    csvk_free(order);
    return CSVK_OK;
}

static bool has_plain_names(const struct header *h)
{
    for (size_t i = 0; i < h->count; i++) {
        for (const char *c = h->name[i].text; *c != '\0'; c++) {
            if ((unsigned char)*c >= 0x80) {
                return false;
            }
        }
    }
    return true;
}

/* Names in plain ASCII have nothing that cannot be seen. */
int header_see_names(struct header *h)
{
    bool plain = has_plain_names(h);
    for (size_t i = 0; !plain && i < h->count; i++) {
        h->name[i].seen = name_as_seen(h->name[i].text);
        if (h->name[i].seen == NULL) {
            return CSVK_ENOMEM;
        }
    }
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

int header_clean_names(struct header *h)
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
