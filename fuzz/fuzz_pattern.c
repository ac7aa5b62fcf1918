/*
 * fuzz_pattern.c - any text as a regular expression, with any value: it is refused with a reason,
 * or answers; the answer is that of the same expression as an alternative to itself, and of the
 * expression once more, whose automata have other states; a place lies in the value.
 *
 * Input: a byte for the flavour, the expression up to the first line break, and the value.
 */
#include "csvkit/schema/read/categories.h"
#include "csvkit/schema/value_pattern.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

struct pattern_answer {
    bool made, takes;
};

/* Each @ in `form` stands for the expression. */
static struct pattern_answer ask(const char *form, const char *pattern,
                                 enum csvk_pattern_flavour flavour, struct csvk_bytes value)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct value_pattern *made = NULL;
    struct csvk_error err = {0};
    struct pattern_answer answer = {false, false};
    for (const char *c = form; *c != '\0'; c++) {
        must((*c == '@' ? csvk_buf_puts(&text, pattern) : csvk_buf_add(&text, c, 1)) == CSVK_OK);
    }
    int status = value_pattern_new(&made, csvk_buf_text(&text), flavour, &err);
    must(status == CSVK_OK ? made != NULL : made == NULL && err.text[0] != '\0');
    if (status == CSVK_OK) {
        size_t at = 0, again = 0;
        answer.takes = value_pattern_takes(made, value.ptr, value.len, &at);
        must(answer.takes == value_pattern_takes(made, value.ptr, value.len, &again));
        must(answer.takes || (at <= value.len && at == again));
        answer.made = !value_pattern_failed(made);
    }
    value_pattern_free(made);
    csvk_buf_release(&text);
    return answer;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static bool ready;
    if (!ready) {
        categories_lend();
        ready = true;
    }
    const unsigned char *end = size > 1 ? memchr(data + 1, '\n', size - 1) : NULL;
    if (end == NULL || memchr(data + 1, '\0', (size_t)(end - data) - 1) != NULL) {
        return 0;
    }
    size_t length = size - (size_t)(end + 1 - data);
    enum csvk_pattern_flavour flavour = (enum csvk_pattern_flavour)(data[0] % 2);
    char *pattern = csvk_strndup((const char *)data + 1, (size_t)(end - data) - 1);
    unsigned char *value = malloc(length + 1); /* its end is the end of the block */
    must(pattern != NULL && value != NULL);
    memcpy(value + 1, end + 1, length);
    struct csvk_bytes bytes = {value + 1, length};
    struct pattern_answer one = ask("@", pattern, flavour, bytes);
    if (one.made) {
        static const char *const forms[] = {"(@)", "(@)|(@)", "(@){1}", "((@)|(@)){1,1}"};
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
            struct pattern_answer other = ask(forms[i], pattern, flavour, bytes);
            must(!other.made || other.takes == one.takes);
        }
    }
    csvk_free(pattern);
    free(value);
    return 0;
}
