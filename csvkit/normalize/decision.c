/* decision.c - see decision.h: how a decision is put down. */
#include "csvkit/normalize/decision.h"
#include "csvkit/normalize/texts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* printf for formats of texts alone, which most are. False: this one is not. */
static bool put_texts(char *to, size_t room, const char *format, va_list args)
{
    struct norm_text text = norm_text_begin(to, room);
    while (*format != '\0') {
        size_t length = strcspn(format, "%");
        norm_text_bytes(&text, format, length);
        format += length;
        if (format[0] == '%' && format[1] != 's') {
            return false;
        }
        if (format[0] == '%') {
            norm_text_add(&text, va_arg(args, const char *));
            format += 2;
        }
    }
    return true;
}

void norm_put_reject(const struct norm_matter *m, size_t end, enum csvk_repair repair,
                     const char *format, ...)
{
    char *to = m->decision->evidence;
    size_t room = sizeof m->decision->evidence;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    if (!put_texts(to, room, format, args)) {
        vsnprintf(to, room, format, again);
    }
    va_end(again);
    va_end(args);
    m->decision->action = NORM_REJECT;
    m->decision->end = end;
    m->decision->repair = repair;
}

void norm_put_cells(const struct norm_matter *m, const struct norm_cell *cell, size_t end,
                    enum csvk_repair repair)
{
    m->decision->action = NORM_WRITE;
    m->decision->cell = cell;
    m->decision->end = end;
    m->decision->repair = repair;
    m->decision->class = NORM_CLASS_L2;
}

void norm_put_joined(const struct norm_matter *m, const struct norm_cell *cell, size_t end,
                     size_t parts, const char *said)
{
    norm_put_cells(m, cell, end, CSVK_REPAIR_JOIN);
    m->decision->parts = parts;
    struct norm_text text = norm_text_begin(m->decision->evidence, sizeof m->decision->evidence);
    norm_text_add(&text, said);
}

/* Texts are made empty by their first byte: clearing all of them takes longer than to decide. */
void norm_begin_decision(const struct norm_matter *m)
{
    struct norm_decision *d = m->decision;
    norm_put_keep(m);
    d->cell = NULL;
    d->repair = (enum csvk_repair)0;
    d->class = (enum norm_class)0;
    d->parts = 1;
    d->habit = false;
    d->evidence[0] = '\0';
    d->ncompeting = 0;
    for (size_t i = 0; i < NORM_COMPETING; i++) {
        d->competing[i].reading[0] = '\0';
        d->competing[i].bits = 0;
    }
}

void norm_put_keep(const struct norm_matter *m)
{
    m->decision->action = NORM_KEEP;
    m->decision->end = m->line->end;
}

void norm_put_competitor(const struct norm_matter *m, const char *reading, int bits)
{
    struct norm_decision *d = m->decision;
    if (d->ncompeting < NORM_COMPETING) {
        struct norm_competitor *c = &d->competing[d->ncompeting++];
        struct norm_text text = norm_text_begin(c->reading, sizeof c->reading);
        norm_text_add(&text, reading);
        c->bits = bits;
    }
}
