/* finding.c - one finding: its texts, its message, its excerpt. */
#include "csvkit/findings/findings.h"

#include <inttypes.h>
#include <string.h>

void csvk_finding_release(struct csvk_finding *f)
{
    for (size_t i = 0; i < f->nextras; i++) {
        csvk_free(f->extra[i].text);
    }
    csvk_free(f->field_name);
    csvk_free(f->path);
    csvk_free(f->file);
    csvk_free(f->table);
    csvk_free(f->message);
    csvk_free(f->remedy);
    csvk_free(f->excerpt);
    memset(f, 0, sizeof *f);
}

static bool copy_text(char **to, const char *text)
{
    *to = text != NULL ? csvk_strdup(text) : NULL;
    return text == NULL || *to != NULL;
}

static bool copy_excerpt(struct csvk_finding *to, const struct csvk_finding *from)
{
    to->excerpt = from->excerpt != NULL ? csvk_malloc(from->excerpt_length) : NULL;
    if (to->excerpt != NULL) {
        memcpy(to->excerpt, from->excerpt, from->excerpt_length);
    }
    return from->excerpt == NULL || to->excerpt != NULL;
}

int csvk_finding_copy(struct csvk_finding *out, const struct csvk_finding *from)
{
    *out = *from;
    out->nextras = 0;
    out->field_name = out->path = out->file = out->table = NULL;
    out->message = out->remedy = NULL;
    out->excerpt = NULL;
    bool copied = copy_text(&out->field_name, from->field_name) &&
                  copy_text(&out->path, from->path) && copy_text(&out->file, from->file) &&
                  copy_text(&out->table, from->table) && copy_text(&out->message, from->message) &&
                  copy_text(&out->remedy, from->remedy) && copy_excerpt(out, from);
    for (size_t i = 0; i < from->nextras && copied; i++) {
        out->extra[i] = from->extra[i];
        copied = copy_text(&out->extra[i].text, from->extra[i].text);
        out->nextras++;
    }
    if (!copied) {
        csvk_finding_release(out);
        return CSVK_ENOMEM;
    }
    return CSVK_OK;
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

/* What stands between braces: `key`; or `key#noun`, where the noun follows the number; or
   `key?text`, where the text comes before the fact and is left out when the finding does not have
   that fact. */
static int add_place(struct csvk_buf *out, const struct csvk_finding *f, const char *begin,
                     const char *end)
{
    size_t key_length = strcspn(begin, "?#}");
    const char *mark = begin + key_length;
    const struct csvk_extra *extra = find_extra(f, begin, key_length);
    int status = CSVK_OK;
    if (*mark == '?' && extra != NULL) {
        status = csvk_buf_add(out, mark + 1, (size_t)(end - mark - 1));
    }
    status = status == CSVK_OK ? add_fact(out, extra) : status;
    if (*mark == '#' && extra != NULL && status == CSVK_OK) {
        status = csvk_buf_printf(out, " %.*s%s", (int)(end - mark - 1), mark + 1,
                                 extra->number == 1 ? "" : "s");
    }
    return status;
}

int csvk_finding_message(const struct csvk_finding *f, struct csvk_buf *out)
{
    if (f->message != NULL) {
        return csvk_buf_puts(out, f->message);
    }
    const char *rest = f->rule->message != NULL ? f->rule->message : f->rule->summary;
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

int csvk_finding_full_message(const struct csvk_finding *f, struct csvk_buf *out)
{
    int status = csvk_finding_message(f, out);
    if (status == CSVK_OK && f->platform != NULL) {
        status = csvk_buf_printf(out, "; platform: %s", f->platform);
    }
    return status;
}

const char *csvk_finding_remedy(const struct csvk_finding *f)
{
    if (f->remedy != NULL) {
        return f->remedy;
    }
    return f->message == NULL && f->rule->remedy[0] != '\0' ? f->rule->remedy : NULL;
}

/* ---- the excerpt ---------------------------------------------------------------------------- */

#define EXCERPT_SIDE 80 /* bytes shown on either side of the place */

static bool is_inside(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

int csvk_finding_quote(struct csvk_finding *f, const unsigned char *line, size_t length)
{
    if (f->column == 0) {
        return CSVK_OK;
    }
    size_t place = f->column - 1 < length ? (size_t)(f->column - 1) : length;
    while (place > 0 && place < length && is_inside(line[place])) {
        place--;
    }
    size_t begin = place > EXCERPT_SIDE ? place - EXCERPT_SIDE : 0;
    size_t end = length - place > EXCERPT_SIDE ? place + EXCERPT_SIDE : length;
    while (begin > 0 && begin < place && is_inside(line[begin])) {
        begin++;
    }
    while (end < length && end > place && is_inside(line[end])) {
        end--;
    }
    unsigned char *copy = csvk_malloc(end - begin);
    if (copy == NULL) {
        return CSVK_ENOMEM;
    }
    memcpy(copy, line + begin, end - begin);
    csvk_free(f->excerpt);
    f->excerpt = copy;
    f->excerpt_length = end - begin;
    f->excerpt_place = place - begin;
    f->cut_before = begin > 0;
    f->cut_behind = end < length;
    f->column_chars = 1;
    for (size_t i = 0; i < place; i++) {
        f->column_chars += !is_inside(line[i]);
    }
    return CSVK_OK;
}
