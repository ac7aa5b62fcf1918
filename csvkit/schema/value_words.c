/* value_words.c - lists of texts in which values are looked up. */
#include "csvkit/schema/value_private.h"

#include <stdlib.h>
#include <string.h>

static int by_length(const void *a, const void *b)
{
    const struct csvk_bytes *x = a, *y = b;
    if (x->len != y->len) {
        return x->len < y->len ? -1 : 1;
    }
    return x->len != 0 ? memcmp(x->ptr, y->ptr, x->len) : 0;
}

int value_words_init(struct value_words *words, const struct csvk_strings *texts)
{
    *words = (struct value_words){.least = SIZE_MAX};
    if (texts->count == 0) {
        return CSVK_OK;
    }
    words->item = csvk_calloc(texts->count, sizeof *words->item);
    if (words->item == NULL || csvk_strings_copy(&words->texts, texts) != CSVK_OK) {
        return CSVK_ENOMEM;
    }
    words->count = texts->count;
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = words->texts.item[i];
        size_t length = strlen(text);
        words->item[i] = (struct csvk_bytes){(const unsigned char *)text, length};
        words->least = length < words->least ? length : words->least;
        words->most = length > words->most ? length : words->most;
    }
    qsort(words->item, words->count, sizeof *words->item, by_length);
    return CSVK_OK;
}

void value_words_release(struct value_words *words)
{
    csvk_strings_release(&words->texts);
    csvk_free(words->item);
    *words = (struct value_words){.least = SIZE_MAX};
}

bool value_words_have(const struct value_words *words, const unsigned char *text, size_t length)
{
    struct csvk_bytes key = {text, length};
    return words->count != 0 && length >= words->least && length <= words->most &&
           bsearch(&key, words->item, words->count, sizeof key, by_length) != NULL;
}
