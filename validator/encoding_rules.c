/*
 * encoding_rules.c - text that is in another encoding than UTF-8: encoding-suspected.
 *
 * What the first bytes are in, the sniffer says, as csvkit sniff and normalize --encoding=auto do.
 * A wrong encoding makes other values without any sign, so one that is not sure is named as such.
 */
#include "csvkit/sniff/encoding_detector.h"
#include "validator/judge.h"

#include <stdio.h>
#include <string.h>

/* UTF-16 or UTF-32 without a byte order mark, as sniff finds it; false: none of them. */
static bool find_wide_text(struct csvk_validator *v, char name[32])
{
    struct csvk_sniff sniff = {.size = sizeof sniff};
    struct csvk_bytes sample = {v->sample.data, v->sample.length};
    if (sample.len == 0 || memchr(sample.ptr, 0, sample.len) == NULL) {
        return false;
    }
    if (csvk_sniff(sample, CSVK_SAMPLE_CUT, &sniff, NULL) != CSVK_OK) {
        v->failed = true;
        return false;
    }
    bool wide =
        strncmp(sniff.encoding, "UTF-16", 6) == 0 || strncmp(sniff.encoding, "UTF-32", 6) == 0;
    snprintf(name, 32, "%s", sniff.encoding);
    return wide && sniff.mark == 0;
}

static void judge_wide_text(struct csvk_validator *v, const char *name)
{
    char text[64];
    struct csvk_finding *f = sample_add_finding(v, RULE_ENCODING_SUSPECTED, 0, 0);
    v->in_utf16 = true;
    if (f != NULL) {
        snprintf(text, sizeof text, "%s without mark", name);
        finding_text(v, f, "encoding", text);
        snprintf(text, sizeof text, "Read the file with --encoding=%s.", name);
        finding_remedy(v, f, text);
    }
}

/* The only ill-formed bytes are half a character with which the file ends: it is cut. */
static bool is_cut_only(const struct csvk_validator *v)
{
    return v->end.half_character && v->ill_formed == v->ill_first_length;
}

/* What the sample is in, by the sniffer, when it is not UTF-8. */
enum sample_text { UTF8_WITH_FAULTS, SURELY_OTHER, LIKELY_OTHER, PERHAPS_OTHER };

/* Of 100, for an encoding in which the words look like words, though it is not sure. */
enum { LIKELY_SCORE = 40 };

static enum sample_text find_encoding(struct csvk_validator *v, struct csvk_sniff *sniff)
{
    struct csvk_bytes sample = {v->sample.data, v->sample.length};
    if (csvk_sniff(sample, CSVK_SAMPLE_CUT, sniff, NULL) != CSVK_OK) {
        v->failed = true;
        return UTF8_WITH_FAULTS;
    }
    if (strcmp(sniff->encoding, "UTF-8") == 0) {
        bool ascii = sniff->on_encoding.score == 100; /* what is ill-formed comes behind it */
        return ascii && sniff->mark == 0 ? PERHAPS_OTHER : UTF8_WITH_FAULTS;
    }
    int score = sniff->encoding[0] != '\0' ? sniff->on_encoding.score : 0;
    return score >= CSVK_ENCODING_SURE ? SURELY_OTHER
           : score >= LIKELY_SCORE     ? LIKELY_OTHER
                                       : PERHAPS_OTHER;
}

/* Bytes that are not UTF-8: a few faults among UTF-8 are no other encoding. Where the sniffer finds
   no likely one, all of the bytes have to be text in the most frequent encoding, at least. */
static void judge_other_encoding(struct csvk_validator *v)
{
    struct csvk_sniff sniff = {.size = sizeof sniff};
    enum sample_text text = find_encoding(v, &sniff);
    if (text == UTF8_WITH_FAULTS || (text == PERHAPS_OTHER && v->ill_implausible != 0)) {
        return;
    }
    struct place place = {v->ill_first, v->ill_first_length, v->ill_first_record,
                          v->ill_first_field};
    struct csvk_finding *f = judge_add(v, RULE_ENCODING_SUSPECTED, &place);
    if (f != NULL) {
        f->line = v->ill_first_line;
        f->column = f->column_chars = v->ill_first_column;
        bool named = sniff.encoding[0] != '\0' && strcmp(sniff.encoding, "UTF-8") != 0;
        const char *western = v->ill_c1 != 0 ? "windows-1252" : "windows-1252 or latin-1";
        finding_text(v, f, "encoding", named ? sniff.encoding : western);
    }
    if (f != NULL && text == SURELY_OTHER) {
        char remedy[80];
        snprintf(remedy, sizeof remedy, "Read the file with --encoding=%s.", sniff.encoding);
        finding_remedy(v, f, remedy);
    }
}

void judge_encoding(struct csvk_validator *v)
{
    char name[32];
    if (find_wide_text(v, name)) {
        judge_wide_text(v, name);
    } else if (v->ill_formed != 0 && !is_cut_only(v)) {
        judge_other_encoding(v);
    }
}
