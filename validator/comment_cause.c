/*
 * comment_cause.c - lines that begin with #: those above the header; among the records the first
 * one stands for all.
 *
 * The idea. A person who is told of three such lines wants one command that drops all of them. It
 * is named where no record of the table begins so, as far as the sample shows: that one would be
 * dropped, too.
 *
 * Where a comment is as wide as the table, because both have one column or because it was taken for
 * the header, only what is wrong with it shows: quotes, or the widths of all others. Then the
 * sample is judged with such lines set aside. When that leaves fewer errors, and most of the lines
 * look like comments, they are the cause.
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
    const struct csvk_findings *comments = &v->kept[RULE_COMMENT_LINE];
    bool told = comments->count != 0 && comments->item[0].record == 1;
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

static const char remedy[] =
    "Remove the lines that begin with #; csvkit normalize --comment=# does.";

void comment_cause_fold(struct csvk_validator *v)
{
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

/* ---- as wide as the table -------------------------------------------------------------------- */

/* Behind the mark of a comment comes a blank, another mark, or nothing; as a rule. A color, a tag
   or a number of an issue has none there. */
static bool look_like_comments(const struct csvk_validator *v, size_t *first)
{
    const unsigned char *s = v->sample.data;
    const size_t size = v->sample.length;
    size_t marks = 0, apart = 0;
    for (size_t i = 0; i < size; i++) {
        if (s[i] == '#' && (i == 0 || s[i - 1] == '\n' || s[i - 1] == '\r')) {
            *first = marks == 0 ? i : *first;
            marks++;
            apart += i + 1 == size || strchr(" \t#!\r\n", s[i + 1]) != NULL;
        }
    }
    return marks != 0 && 2 * apart >= marks;
}

/* Does the line of the finding begin with #? Behind the sample its excerpt says so. What is said of
   the file as a whole is in no line. */
static bool is_in_comment(const struct csvk_validator *v, const struct csvk_finding *f)
{
    if (f->record == 0) {
        return false;
    }
    if (f->byte >= v->sample_offset && f->byte - v->sample_offset < v->sample.length) {
        size_t at = (size_t)(f->byte - v->sample_offset);
        const unsigned char *s = v->sample.data;
        while (at > 0 && s[at - 1] != '\n' && s[at - 1] != '\r') {
            at--;
        }
        return s[at] == '#';
    }
    return f->excerpt != NULL && f->excerpt_length != 0 && !f->cut_before && f->excerpt[0] == '#';
}

/* What follows from comments besides that what is wrong in their lines. */
struct reach {
    bool all;     /* every error: without comments there is none */
    bool shifted; /* they have set the width */
    bool blank;   /* and an empty line is a value of the only column */
};

static bool follows_from_them(const struct csvk_validator *v, const struct csvk_finding *f,
                              struct reach reach)
{
    bool width = reach.shifted && f->rule == &csvk_rule_table[RULE_FIELD_COUNT];
    bool blank = reach.blank && f->rule == &csvk_rule_table[RULE_BLANK_LINE];
    return is_in_comment(v, f) || (reach.all && f->severity == CSVK_ERROR) || width || blank;
}

/* Comments of another width than a table of several columns are told by that. Is there more? */
static bool is_more_than_width(struct csvk_validator *v)
{
    for (size_t i = 0; i < RULES; i++) {
        for (size_t k = 0; k < v->kept[i].count && i != RULE_FIELD_COUNT; k++) {
            const struct csvk_finding *f = &v->kept[i].item[k];
            if (f->severity == CSVK_ERROR && is_in_comment(v, f)) {
                return true;
            }
        }
    }
    return false;
}

/* Drops what follows from the comments, but for the first error. */
static void drop_what_follows(struct csvk_validator *v, const struct csvk_finding *error,
                              struct reach reach)
{
    const uint64_t byte = error->byte;
    const struct csvk_rule *rule = error->rule;
    for (size_t i = 0; i < RULES; i++) {
        struct csvk_findings *kept = &v->kept[i];
        size_t stay = 0;
        for (size_t k = 0; k < kept->count && i != RULE_COMMENT_LINE; k++) {
            struct csvk_finding *f = &kept->item[k];
            bool first = f->byte == byte && f->rule == rule;
            if (!first && follows_from_them(v, f, reach)) {
                csvk_finding_release(f);
            } else {
                kept->item[stay++] = *f;
            }
        }
        kept->count = i != RULE_COMMENT_LINE ? stay : kept->count;
    }
}

/* The first error that follows from comments; NULL: none that is kept. */
static struct csvk_finding *first_error_of(struct csvk_validator *v, struct reach reach)
{
    struct csvk_finding *first = NULL;
    for (size_t i = 0; i < RULES; i++) {
        for (size_t k = 0; k < v->kept[i].count; k++) {
            struct csvk_finding *f = &v->kept[i].item[k];
            if (f->severity == CSVK_ERROR && follows_from_them(v, f, reach) &&
                (first == NULL || f->byte < first->byte)) {
                first = f;
            }
        }
    }
    return first;
}

/* The finding about the first comment, and about no other one. */
static struct csvk_finding *tell_comment(struct csvk_validator *v, size_t first)
{
    struct csvk_findings *kept = &v->kept[RULE_COMMENT_LINE];
    while (kept->count > 1 && v->options.max_findings != 0) {
        csvk_finding_release(&kept->item[--kept->count]);
    }
    if (kept->count != 0) {
        return &kept->item[0];
    }
    size_t end = first;
    while (end < v->sample.length && v->sample.data[end] != '\n' && v->sample.data[end] != '\r') {
        end++;
    }
    return sample_add_finding(v, RULE_COMMENT_LINE, first, end - first);
}

static bool is_asked_for(const struct csvk_validator *v)
{
    return v->options.comment == 0 && v->sample.length != 0 && !v->options.continuation &&
           judge_is_on(v, RULE_COMMENT_LINE) && v->kept[RULE_DELIMITER_SUSPECTED].count == 0;
}

void comment_cause_drop(struct csvk_validator *v)
{
    const struct reach lines = {false, false, false}, widths = {false, true, false};
    const struct csvk_finding *error = first_error_of(v, widths);
    if (error != NULL && v->options.max_findings != 0) {
        drop_what_follows(v, error, lines);
    }
}

bool comment_cause_judge(struct csvk_validator *v)
{
    size_t at = 0;
    if (!is_asked_for(v) || judge_count_errors(v) == 0 || !look_like_comments(v, &at)) {
        return false;
    }
    const struct csvk_dialect *dialect = &v->options.dialect;
    struct sample_trial with = sample_try(v, dialect, 0), without = sample_try(v, dialect, '#');
    struct reach reach = {.all = without.errors == 0,
                          .shifted = v->first_hash && without.width != v->width};
    reach.blank = reach.shifted && without.width == 1;
    if (v->failed || without.errors >= with.errors || without.comments == 0) {
        return false;
    }
    if (without.width != 1 && !reach.shifted && (!is_more_than_width(v) || begins_a_record(v))) {
        return false;
    }
    struct csvk_finding *error = first_error_of(v, reach);
    if (error == NULL) {
        return false;
    }
    if (v->options.max_findings != 0) {
        drop_what_follows(v, error, reach);
    }
    struct csvk_finding *cause = tell_comment(v, at);
    error = first_error_of(v, reach);
    if (cause != NULL && error != NULL) {
        finding_remedy(v, cause, remedy);
        cause_explains(v, cause, error);
    }
    return v->options.max_findings != 0;
}
