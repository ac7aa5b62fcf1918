/*
 * storage_names.c - see names.h: the names that a list of columns gets in Storage.
 *
 * The names so far are found by their hash, so a header of a million names takes no quadratic time.
 */
#include "csvkit/base/hash.h"
#include "csvkit/names.h"

#include <stdio.h>
#include <string.h>

/*
 * The names so far. Names that differ only in the case of ASCII letters cannot live in one table of
 * Storage: they count as equal.
 */
struct taken {
    const struct csvk_strings *names;
    size_t first;   /* of them in `names`: entries before are not ours */
    size_t *slot;   /* 1 + number of a name; 0: none */
    size_t size;    /* a power of two */
    unsigned *next; /* by number of a name: the number to try behind it when it comes again */
};

static uint64_t hash_folded(const char *name)
{
    unsigned char folded[CSVK_NAME_MAX];
    size_t n = 0;
    for (; name[n] != '\0' && n < sizeof folded; n++) {
        folded[n] =
            (unsigned char)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + ('a' - 'A') : name[n]);
    }
    return csvk_hash(folded, n, 1);
}

/* The slot of the name, or the empty one where it belongs. */
static size_t *find(const struct taken *taken, const char *name)
{
    size_t at = (size_t)hash_folded(name) & (taken->size - 1);
    while (taken->slot[at] != 0 &&
           !csvk_name_same_folded(taken->names->item[taken->first + taken->slot[at] - 1], name)) {
        at = (at + 1) & (taken->size - 1);
    }
    return &taken->slot[at];
}

/* Cleans the name into `to`: at most CSVK_NAME_MAX bytes, with no '_' where it was cut. */
static int clean(struct csvk_bytes name, size_t column, struct csvk_buf *to)
{
    csvk_buf_clear(to);
    int status = csvk_name_sanitize((const char *)name.ptr, name.len, to);
    if (status == CSVK_OK && to->length == 0) {
        return csvk_buf_printf(to, "col_%zu", column);
    }
    while (to->length > CSVK_NAME_MAX ||
           (to->length == CSVK_NAME_MAX && to->data[to->length - 1] == '_')) {
        to->data[--to->length] = '\0';
    }
    return status;
}

/*
 * Puts a number behind the name until no column before it has the name: `a,A,a` becomes
 * `a,A_2,a_3`. Numbers that were tried for an equal name before are taken.
 */
static int distinguish(const struct taken *taken, struct csvk_buf *name)
{
    size_t number = *find(taken, csvk_buf_text(name)), length = name->length;
    int status = CSVK_OK;
    unsigned *next = number != 0 ? &taken->next[number - 1] : NULL;
    for (bool free = next == NULL; !free && status == CSVK_OK;) {
        char suffix[16];
        size_t room = CSVK_NAME_MAX - (size_t)snprintf(suffix, sizeof suffix, "_%u", ++*next);
        name->length = length < room ? length : room;
        status = csvk_buf_puts(name, suffix);
        free = *find(taken, csvk_buf_text(name)) == 0;
    }
    return status;
}

static int add_one(const struct taken *taken, struct csvk_bytes name, size_t number,
                   struct csvk_buf *buf, struct csvk_strings *to)
{
    int status = clean(name, number + 1, buf);
    status = status == CSVK_OK ? distinguish(taken, buf) : status;
    size_t *slot = status == CSVK_OK ? find(taken, csvk_buf_text(buf)) : NULL;
    status = status == CSVK_OK ? csvk_strings_addn(to, csvk_buf_text(buf), buf->length) : status;
    if (status == CSVK_OK) {
        *slot = number + 1;
        taken->next[number] = 1;
    }
    return status;
}

int csvk_names_compare(const struct csvk_strings *a, const struct csvk_strings *b, bool *same)
{
    struct csvk_buf x = CSVK_BUF_INIT, y = CSVK_BUF_INIT;
    int status = CSVK_OK;
    *same = a->count == b->count;
    for (size_t i = 0; i < a->count && *same && status == CSVK_OK; i++) {
        const char *p = a->item[i], *q = b->item[i];
        csvk_buf_clear(&x);
        csvk_buf_clear(&y);
        status = csvk_name_sanitize(p, strlen(p), &x);
        status = status == CSVK_OK ? csvk_name_sanitize(q, strlen(q), &y) : status;
        *same = strcmp(p, q) == 0 ||
                (x.length > 0 && csvk_name_same_folded(csvk_buf_text(&x), csvk_buf_text(&y)));
    }
    csvk_buf_release(&x);
    csvk_buf_release(&y);
    return status;
}

int csvk_names_storage(const struct csvk_bytes *names, size_t count, struct csvk_strings *to)
{
    struct csvk_buf buf = CSVK_BUF_INIT;
    struct taken taken = {.names = to, .first = to->count, .size = 16};
    while (taken.size < 2 * count) {
        taken.size *= 2;
    }
    taken.slot = csvk_calloc(taken.size, sizeof *taken.slot);
    taken.next = csvk_calloc(count, sizeof *taken.next);
    int status = taken.slot != NULL && taken.next != NULL ? CSVK_OK : CSVK_ENOMEM;
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        status = add_one(&taken, names[i], i, &buf, to);
    }
    csvk_free(taken.slot);
    csvk_free(taken.next);
    csvk_buf_release(&buf);
    return status;
}
