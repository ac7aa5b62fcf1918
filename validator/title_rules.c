/*
 * title_rules.c - lines above a table that have its width, because a spreadsheet has filled them
 * up: preamble-suspected. Lines of another width are found by field_count_rules.c; what is to be
 * done about either is said here.
 *
 * sniff finds the header below them, and it is asked only where something speaks for such lines:
 * some were found, or a name is missing.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/sniff.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_asked_for(const struct csvk_validator *v)
{
    bool found = v->kept[RULE_PREAMBLE_SUSPECTED].count != 0;
    bool names = v->kept[RULE_HEADER_EMPTY_NAME].count != 0 && !v->options.header_stated;
    return v->header_record == 1 && v->sample.length != 0 && !v->options.continuation &&
           (found || (names && judge_is_on(v, RULE_PREAMBLE_SUSPECTED)));
}

/* Where the last of the lines ends, without its line break. */
static size_t end_of_lines(const struct csvk_validator *v, uint64_t lines)
{
    const unsigned char *begin = v->sample.data, *end = begin + v->sample.length, *at = begin;
    for (; lines > 0 && at != NULL && at < end; lines--) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at != NULL ? at + 1 : NULL;
    }
    size_t length = at != NULL ? (size_t)(at - begin) : 0;
    while (length > 0 && (begin[length - 1] == '\n' || begin[length - 1] == '\r')) {
        length--;
    }
    return length;
}

static void tell_title(struct csvk_validator *v, uint64_t lines)
{
    struct csvk_finding *f =
        sample_add_finding(v, RULE_PREAMBLE_SUSPECTED, 0, end_of_lines(v, lines));
    if (f != NULL) {
        f->record = 1;
        finding_number(f, "records", CSVK_EXTRA_NUMBER, lines);
        finding_text(v, f, "filled", "that are not empty");
    }
}

static void advise(struct csvk_validator *v, uint64_t lines)
{
    struct csvk_findings *kept = &v->kept[RULE_PREAMBLE_SUSPECTED];
    char text[112];
    snprintf(text, sizeof text,
             "Remove the lines above the header; csvkit normalize --skip-head=%" PRIu64 " does.",
             lines);
    for (size_t i = 0; i < kept->count; i++) {
        finding_remedy(v, &kept->item[i], text);
    }
}

void judge_title(struct csvk_validator *v)
{
    struct csvk_sniff sniff = {.size = sizeof sniff};
    struct csvk_bytes sample = {v->sample.data, v->sample.length};
    enum csvk_sample extent = sample.len == SAMPLE_BYTES ? CSVK_SAMPLE_CUT : CSVK_SAMPLE_WHOLE;
    if (!is_asked_for(v)) {
        return;
    }
    if (csvk_sniff(sample, extent, &sniff, NULL) != CSVK_OK) {
        v->failed = true;
        return;
    }
    if (sniff.verdict != CSVK_SNIFF_CLEAR || sniff.skip_head == 0 ||
        !csvk_delimiter_same(&sniff.dialect, &v->options.dialect)) {
        return;
    }
    if (v->count[RULE_PREAMBLE_SUSPECTED] == 0) {
        tell_title(v, sniff.skip_head);
    }
    advise(v, sniff.skip_head + sample_comment_lines(v, end_of_lines(v, sniff.skip_head)));
}
