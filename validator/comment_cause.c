/*
 * comment_cause.c - lines that begin with #: those above the header; among the records the first
 * one stands for all.
 *
 * The idea. A person who is told of three such lines wants one command that drops all of them. It
 * is named where no record of the table begins so, as far as the sample shows: that one would be
 * dropped, too.
 */
#include "validator/judge.h"

#include <string.h>

#define COMMENTS_LEAST 3 /* fewer are told one by one */

/* ---- above the header --- */

/* Passes the line break at *at, of one or two bytes. False: there is none. */
static bool pass_line_break(const struct csvk_buf *text, size_t *at)
{
    size_t from = *at;
    *at += *at < text->length && text->data[*at] == '\r';
    *at += *at < text->length && text->data[*at] == '\n';
    return *at != from;
}

/* Passes the comments at the start, and the blank lines below them: how many lines. */
static size_t pass_comments(const struct csvk_validator *v, size_t *at)
{
    size_t lines = 0;
    const unsigned char *s = v->sample.data;
    while (*at < v->sample.length && s[*at] == '#') {
        while (*at < v->sample.length && s[*at] != '\n' && s[*at] != '\r') {
            ++*at;
        }
        pass_line_break(&v->sample, at);
        lines++;
    }
    while (lines != 0 && pass_line_break(&v->sample, at)) {
        lines++;
    }
    return lines;
}

size_t sample_comments(const struct csvk_validator *v)
{
    size_t at = 0;
    return pass_comments(v, &at);
}

bool sample_differs_below_comments(const struct csvk_validator *v)
{
    struct field_walk walk = walk_sample(v);
    struct walk_field field;
    pass_comments(v, &walk.at);
    if (walk.at >= walk.size) {
        return false;
    }
    uint64_t fields = walk_record(&walk, &field);
    return fields != v->width && (field.complete || !v->sample_closed);
}

/* ---- among the records --- */

/* Does a record of the table's width begin with #? The header may; unless it is a comment, too. */
static bool begins_a_record(const struct csvk_validator *v)
{
    struct field_walk walk = walk_sample(v);
    bool told = v->kept[RULE_COMMENT_LINE].item[0].record == 1;
    while (walk.at < walk.size) {
        bool mark = walk.bytes[walk.at] == '#';
        struct walk_field last;
        uint64_t fields = walk_record(&walk, &last);
        if (mark && !told && fields == v->width) {
            return true;
        }
        told = false;
    }
    return false;
}

static bool follows_comment(const struct csvk_finding *f)
{
    const char *cause = finding_extra(f, "follows");
    return cause != NULL && strcmp(cause, csvk_rule_table[RULE_COMMENT_LINE].id) == 0;
}

/* Keeps the first of the findings that follow from a comment, and all others. */
static struct csvk_finding *keep_one(struct csvk_findings *kept)
{
    size_t stay = 0, first = SIZE_MAX;
    for (size_t i = 0; i < kept->count; i++) {
        bool follows = follows_comment(&kept->item[i]);
        if (follows && first != SIZE_MAX) {
            csvk_finding_release(&kept->item[i]);
            continue;
        }
        first = follows ? stay : first;
        kept->item[stay++] = kept->item[i];
    }
    kept->count = stay;
    return first != SIZE_MAX ? &kept->item[first] : NULL;
}

void comment_cause_fold(struct csvk_validator *v)
{
    static const char remedy[] =
        "Remove the lines that begin with #; csvkit normalize --comment=# does.";
    struct csvk_findings *comments = &v->kept[RULE_COMMENT_LINE];
    if (comments->count < COMMENTS_LEAST || v->options.max_findings == 0 || begins_a_record(v)) {
        return;
    }
    finding_remedy(v, &comments->item[0], remedy);
    while (comments->count > 1) {
        csvk_finding_release(&comments->item[--comments->count]);
    }
    struct csvk_finding *first = keep_one(&v->kept[RULE_FIELD_COUNT]);
    if (first != NULL) {
        finding_remedy(v, first, remedy);
    }
}
