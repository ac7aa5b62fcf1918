/*
 * processor_words.c - what a refusal advises, in the words of config.json.
 *
 * The calls that work on tables name options of csvkit normalize. Whoever writes parameters has no
 * command line: "--skip-head=3" reads "skip_head": 3 here. An option that is no key stays as it is.
 */
#include "manifest/processor/processor_parts.h"

#include <string.h>

/* Options that are something else than a key of their name, and what a manifest would be told. */
static const struct word {
    const char *option, *key;
} words[] = {
    {"name the columns in the manifest", "give the names with \"names\" of \"columns\""},
    {"--rejects=FILE", "\"rejects\": true"},
    {"--columns", "\"names\" of \"columns\""},
    {"--widen", "\"ragged\": \"widen\""},
};

static const struct word *word_at(const char *text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strncmp(text, words[i].option, strlen(words[i].option)) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

static bool is_in_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

/* Length of the value at `text`, as a shell would take it apart: up to what ends a word of prose,
   or in quotes. `*quote` is the number of quotes at either end. */
static size_t value_length(const char *text, size_t *quote)
{
    const char *end = text[0] == '\'' || text[0] == '"' ? strchr(text + 1, text[0]) : NULL;
    *quote = end != NULL;
    return end != NULL ? (size_t)(end - text) + 1 : strcspn(text, " ,;)");
}

static int add_value(struct csvk_buf *out, const char *text, size_t length, enum step_value kind)
{
    const char *mark = kind == STEP_VALUE_TEXT ? "\"" : "";
    int status = csvk_buf_printf(out, ": %s", mark);
    for (size_t i = 0; i < length && status == CSVK_OK; i++) {
        bool escaped = kind == STEP_VALUE_TEXT && (text[i] == '"' || text[i] == '\\');
        status = csvk_buf_printf(out, "%s%c", escaped ? "\\" : "", text[i]);
    }
    return status == CSVK_OK ? csvk_buf_puts(out, mark) : status;
}

/* The option at `text` as a key; `*used` are its bytes, 0 when it is none. */
static int add_key(struct csvk_buf *out, const char *text, size_t *used)
{
    const struct word *word = word_at(text);
    char name[64];
    size_t length = 2;
    *used = word != NULL ? strlen(word->option) : 0;
    if (word != NULL) {
        return csvk_buf_puts(out, word->key);
    }
    for (; is_in_name(text[length]) && length - 2 < sizeof name - 1; length++) {
        name[length - 2] = text[length] == '-' ? '_' : text[length];
    }
    name[length - 2] = '\0';
    enum step_value kind = processor_step_value(name);
    if (kind == STEP_VALUE_NONE) {
        return CSVK_OK;
    }
    *used = length;
    int status = csvk_buf_printf(out, "\"%s\"", name);
    if (kind == STEP_VALUE_FLAG && status == CSVK_OK) {
        return csvk_buf_puts(out, ": true");
    }
    if (text[length] != '=' || status != CSVK_OK) {
        return status;
    }
    size_t quote, value = value_length(text + length + 1, &quote);
    *used += 1 + value;
    return add_value(out, text + length + 1 + quote, value - 2 * quote, kind);
}

int processor_name_keys(struct csvk_buf *out, const char *text)
{
    int status = CSVK_OK;
    while (*text != '\0' && status == CSVK_OK) {
        size_t used = 0;
        if (word_at(text) != NULL || (strncmp(text, "--", 2) == 0 && is_in_name(text[2]))) {
            status = add_key(out, text, &used);
        }
        if (used == 0 && status == CSVK_OK) {
            status = csvk_buf_add(out, text, 1);
            used = 1;
        }
        bool key = used > 1;
        text += used;
        if (key && status == CSVK_OK && strncmp(text, " --", 3) == 0) {
            status = csvk_buf_puts(out, ","); /* members stand in a list */
        }
    }
    return status;
}

void processor_reword(struct csvk_error *err)
{
    const struct csvk_error old = *err;
    struct csvk_buf text = CSVK_BUF_INIT;
    if (processor_name_keys(&text, old.text) == CSVK_OK) {
        (void)csvk_fail(err, old.status, "%s", csvk_buf_text(&text));
        err->sys = old.sys;
        err->offset = old.offset;
    }
    csvk_buf_release(&text);
}
