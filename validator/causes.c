/*
 * causes.c - one cause, one finding: what follows from a cause that is told is counted, and not
 * told again; and what explains an error stands beside it.
 *
 * Called at the end, when all rules have judged. Eight things happen here:
 *
 *   - A file in UTF-16 or UTF-32 without a mark holds nothing that is worth a judgement. That it is
 *     one is told, and the first NUL byte, so that the file is not valid; nothing else is, and
 *     nothing else is counted.
 *   - In a file that looks like something else than CSV, all that is wrong follows from that; the
 *     first error stands for it. Where another line was taken for the header, or the wrong
 *     delimiter, what is said about its names is counted only.
 *   - Findings of field-count that a cause explains name it (`follows`) and have its remedy instead
 *     of theirs. The cause has `explains`; reports for people show it then, a note as well.
 *   - Where the quotes of a file are data, the first one that is at fault stands for all.
 *   - In text of another encoding the first ill-formed sequence stands for all; where the encoding
 *     is not known, the first of a record for the many in it.
 *   - Where most records are short because values at their end are left out (short_cause.c), the
 *     first one stands for all, and none of them was split.
 *   - The same control character, or a CR, in more places than are told: the first one stands for
 *     all.
 *   - Where one cause explains all of them, or where all records from one on have the same wrong
 *     width, the first finding stands for all. The counts stay.
 *
 * With max_findings 0, which asks for every place, all findings stay.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/sniff.h"

#include <stdio.h>
#include <string.h>

#define RUN_LEAST       10 /* records in a row that one finding stands for */
#define ILL_FORMED_MOST 3  /* sequences of one record that are told one by one */
#define STRAY_LEAST     3  /* quotes at fault before all quotes are taken for data */

static struct csvk_finding *first_kept(struct csvk_validator *v, enum rule_index rule)
{
    return v->kept[rule].count != 0 ? &v->kept[rule].item[0] : NULL;
}

/* ---- text in UTF-16 without a mark ----------------------------------------------------------- */

static void drop_all_but_first(struct csvk_findings *kept, size_t stay)
{
    while (kept->count > stay) {
        csvk_finding_release(&kept->item[--kept->count]);
    }
}

static void drop_all_but_encoding(struct csvk_validator *v)
{
    for (size_t i = 0; i < RULES; i++) {
        bool told = i == RULE_ENCODING_SUSPECTED || i == RULE_COMPRESSED_INPUT_DAMAGED;
        size_t stay = told ? v->kept[i].count : i == RULE_NUL_BYTE ? 1 : 0;
        drop_all_but_first(&v->kept[i], stay);
        v->count[i] = v->count[i] > stay && !told ? stay : v->count[i];
    }
    struct csvk_findings *nul = &v->kept[RULE_NUL_BYTE];
    if (nul->count != 0) {
        finding_text(v, &nul->item[0], "follows", csvk_rule_table[RULE_ENCODING_SUSPECTED].id);
        const struct csvk_finding *cause = first_kept(v, RULE_ENCODING_SUSPECTED);
        const char *remedy = cause != NULL ? csvk_finding_remedy(cause) : NULL;
        if (remedy != NULL) {
            finding_remedy(v, &nul->item[0], remedy);
        }
    }
    v->totals.records = v->totals.width = 0;
    csvk_strings_release(&v->names);
}

/* ---- what explains a width ------------------------------------------------------------------- */

static void mark_cause(struct csvk_validator *v, struct csvk_finding *cause, enum rule_index of)
{
    if (cause->nextras < CSVK_FINDING_EXTRAS && finding_extra(cause, "explains") == NULL) {
        finding_text(v, cause, "explains", csvk_rule_table[of].id);
    }
}

/* `f` may be the cause itself, which follows from nothing. */
static void follow(struct csvk_validator *v, struct csvk_finding *f,
                   const struct csvk_finding *cause)
{
    if (f == cause) {
        return;
    }
    const char *remedy = csvk_finding_remedy(cause);
    if (finding_extra(f, "follows") == NULL && f->nextras < CSVK_FINDING_EXTRAS) {
        finding_text(v, f, "follows", cause->rule->id);
    }
    if (remedy != NULL) {
        finding_remedy(v, f, remedy);
    }
}

/* The finding `f` of field-count follows from `cause`, unless something else was found before. */
static void explain(struct csvk_validator *v, struct csvk_finding *f, struct csvk_finding *cause)
{
    if (finding_extra(f, "follows") != NULL || f->nextras == CSVK_FINDING_EXTRAS) {
        return;
    }
    const char *remedy = csvk_finding_remedy(cause);
    finding_text(v, f, "follows", cause->rule->id);
    if (remedy != NULL) {
        finding_remedy(v, f, remedy);
    }
    mark_cause(v, cause, RULE_FIELD_COUNT);
}

void cause_explains(struct csvk_validator *v, struct csvk_finding *cause, struct csvk_finding *f)
{
    follow(v, f, cause);
    mark_cause(v, cause, (enum rule_index)(f->rule - csvk_rule_table));
}

/* Explains the findings about records from `first` to `last`. How many they are. */
static size_t explain_records(struct csvk_validator *v, enum rule_index rule, uint64_t first,
                              uint64_t last)
{
    struct csvk_finding *cause = first_kept(v, rule);
    struct csvk_findings *kept = &v->kept[RULE_FIELD_COUNT];
    size_t explained = 0;
    for (size_t i = 0; cause != NULL && i < kept->count; i++) {
        if (kept->item[i].record >= first && kept->item[i].record <= last) {
            explain(v, &kept->item[i], cause);
            explained++;
        }
    }
    return explained;
}

/* A comment of another width than the table: the line itself explains its width. */
static void explain_comments(struct csvk_validator *v)
{
    struct csvk_findings *comments = &v->kept[RULE_COMMENT_LINE],
                         *kept = &v->kept[RULE_FIELD_COUNT];
    for (size_t i = 0, k = 0; i < comments->count && k < kept->count;) {
        struct csvk_finding *comment = &comments->item[i], *f = &kept->item[k];
        if (comment->record == f->record) {
            explain(v, f, comment);
        }
        i += comment->record <= f->record;
        k += f->record <= comment->record;
    }
}

static bool has_reason(const struct csvk_finding *f, enum misfit_reason reason)
{
    const char *text = finding_extra(f, "reason");
    return text != NULL && strcmp(text, csvk_misfit_texts[reason].text) == 0;
}

/* The style of quotes in which a value is enclosed that was split; NULL: in none. */
static const char *style_of(const struct csvk_finding *f)
{
    return has_reason(f, MISFIT_TYPOGRAPHIC)   ? "typographic quotes"
           : has_reason(f, MISFIT_APOSTROPHES) ? "single quotes"
           : has_reason(f, MISFIT_BACKTICKS)   ? "backticks"
                                               : NULL;
}

/* A finding of another rule at the place of `f`. NULL: the rule is off, or memory ran out. */
static struct csvk_finding *add_beside(struct csvk_validator *v, enum rule_index rule,
                                       const struct csvk_finding *f)
{
    struct place place = {f->byte, f->length, f->record, f->field};
    uint64_t line = f->line, column = f->column, column_chars = f->column_chars;
    struct csvk_finding *cause = judge_add(v, rule, &place);
    if (cause != NULL) {
        cause->line = line;
        cause->column = column;
        cause->column_chars = column_chars;
    }
    return cause;
}

/* Values that are enclosed in another style say so by being split: the first one is told, unless
   the style was seen before. */
static void explain_styles(struct csvk_validator *v)
{
    struct csvk_findings *kept = &v->kept[RULE_FIELD_COUNT];
    for (size_t i = 0; i < kept->count; i++) {
        struct csvk_finding *f = &kept->item[i];
        const char *style = style_of(f);
        if (style != NULL && v->count[RULE_QUOTE_STYLE_SUSPECTED] == 0) {
            struct csvk_finding *cause = add_beside(v, RULE_QUOTE_STYLE_SUSPECTED, f);
            if (cause != NULL) {
                finding_text(v, cause, "style", style);
                finding_remedy(v, cause, f->remedy);
            }
        }
        if (style != NULL && v->kept[RULE_QUOTE_STYLE_SUSPECTED].count != 0) {
            explain(v, f, first_kept(v, RULE_QUOTE_STYLE_SUSPECTED));
        }
    }
}

/* The first quote that is at fault; NULL: none is kept. */
static struct csvk_finding *first_stray(struct csvk_validator *v)
{
    struct csvk_finding *inside = first_kept(v, RULE_QUOTE_IN_UNQUOTED_FIELD);
    struct csvk_finding *after = first_kept(v, RULE_TEXT_AFTER_CLOSING_QUOTE);
    bool is_inside = inside != NULL && (after == NULL || inside->byte < after->byte);
    return is_inside ? inside : after;
}

/* Quotes are at fault again and again, some of them where a field begins, all records have the
   table's width, and what can be seen of the file reads well with the same delimiter and no
   enclosure. Quotes inside of fields alone are read as what they are, and worth telling one by one.
   Who has said the enclosure is not doubted. */
static bool quotes_are_data(struct csvk_validator *v)
{
    const struct csvk_validate_options *o = &v->options;
    uint64_t after = v->count[RULE_TEXT_AFTER_CLOSING_QUOTE];
    uint64_t leading = after + v->count[RULE_MULTILINE_FIELD_SUSPICIOUS];
    bool stated = o->enclosure_stated != 0 || o->dialect.enclosure != '"' ||
                  o->dialect.escape != CSVK_NO_BYTE;
    if (stated || leading == 0 || v->count[RULE_FIELD_COUNT] != 0 ||
        after + v->count[RULE_QUOTE_IN_UNQUOTED_FIELD] < STRAY_LEAST) {
        return false;
    }
    struct csvk_sniff sniff = {.size = sizeof sniff};
    struct csvk_bytes sample = {v->sample.data, v->sample.length};
    enum csvk_sample extent = sample.len == SAMPLE_BYTES ? CSVK_SAMPLE_CUT : CSVK_SAMPLE_WHOLE;
    if (csvk_sniff(sample, extent, &sniff, NULL) != CSVK_OK) {
        v->failed = true;
        return false;
    }
    return sniff.verdict == CSVK_SNIFF_CLEAR && sniff.dialect.enclosure == CSVK_NO_BYTE &&
           csvk_delimiter_same(&sniff.dialect, &v->options.dialect);
}

/* What quotes did that a cause explains: the first finding of each kind stands for all. */
static void follow_quotes(struct csvk_validator *v, const struct csvk_finding *cause)
{
    static const enum rule_index kinds[] = {
        RULE_QUOTE_IN_UNQUOTED_FIELD,    RULE_TEXT_AFTER_CLOSING_QUOTE,
        RULE_SPACE_BEFORE_OPENING_QUOTE, RULE_SPACE_AFTER_CLOSING_QUOTE,
        RULE_MULTILINE_FIELD_SUSPICIOUS,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct csvk_findings *kept = &v->kept[kinds[i]];
        if (v->options.max_findings != 0) {
            drop_all_but_first(kept, 1);
        }
        for (size_t k = 0; k < kept->count; k++) {
            follow(v, &kept->item[k], cause);
        }
    }
}

/* Delimiters at the end of lines, where another delimiter is the right one. */
static void follow_trailing(struct csvk_validator *v, const struct csvk_finding *cause)
{
    struct csvk_findings *kept = &v->kept[RULE_TRAILING_DELIMITER];
    if (v->options.max_findings != 0) {
        drop_all_but_first(kept, v->kept[RULE_FIELD_COUNT].count == 0);
    }
    for (size_t i = 0; i < kept->count; i++) {
        follow(v, &kept->item[i], cause);
    }
}

/* No name is missing when names and values were counted by the wrong delimiter. */
static void follow_header(struct csvk_validator *v, const struct csvk_finding *cause)
{
    struct csvk_findings *kept = &v->kept[RULE_HEADER_WIDTH];
    for (size_t i = 0; i < kept->count; i++) {
        follow(v, &kept->item[i], cause);
    }
}

/* Quotes that are data are the cause of all that is said about quotes. */
static void explain_strays(struct csvk_validator *v)
{
    const struct csvk_finding *first = first_stray(v);
    if (first == NULL || !quotes_are_data(v)) {
        return;
    }
    struct csvk_finding *cause = add_beside(v, RULE_QUOTE_STYLE_SUSPECTED, first);
    if (cause != NULL) {
        finding_text(v, cause, "style", "nothing, and quotes look like data");
        finding_remedy(v, cause, "Read with --enclosure=none.");
        mark_cause(v, cause, (enum rule_index)(first->rule - csvk_rule_table));
        follow_quotes(v, cause);
    }
}

/* The rule that explains why no record has the table's width, or RULES. A directive or a comment
   above the header has set that width; the wrong delimiter does the same. */
static enum rule_index cause_of_all(struct csvk_validator *v)
{
    const struct csvk_finding *comment = first_kept(v, RULE_COMMENT_LINE);
    if (v->kept[RULE_SEP_DIRECTIVE].count != 0 && v->options.sep != CSVK_SEP_FOUND) {
        return RULE_SEP_DIRECTIVE;
    }
    if (v->kept[RULE_DELIMITER_SUSPECTED].count != 0) {
        return RULE_DELIMITER_SUSPECTED;
    }
    if (comment != NULL && comment->record == 1) {
        return RULE_COMMENT_LINE;
    }
    return v->kept[RULE_PREAMBLE_SUSPECTED].count != 0 ? RULE_PREAMBLE_SUSPECTED : RULES;
}

/* ---- one finding for many -------------------------------------------------------------------- */

/* The finding at `index` stands for all after it, which go up to record `last`. */
static void fold(struct csvk_validator *v, enum rule_index rule, size_t index, uint64_t last)
{
    struct csvk_findings *kept = &v->kept[rule];
    if (v->options.max_findings == 0 || index + 1 >= kept->count) {
        return;
    }
    struct csvk_finding *f = &kept->item[index];
    if (last != 0 && f->nextras < CSVK_FINDING_EXTRAS) {
        finding_number(f, "last_record", CSVK_EXTRA_RECORD, last);
    }
    drop_all_but_first(kept, index + 1);
}

/* All records from one on have the same width, which is not that of the table. */
static void fold_tail(struct csvk_validator *v)
{
    const struct misfit_run *t = &v->shape.tail;
    bool trailing = v->count[RULE_TRAILING_DELIMITER] == t->count;
    enum rule_index rule = trailing ? RULE_TRAILING_DELIMITER : RULE_FIELD_COUNT;
    const struct csvk_findings *kept = &v->kept[rule];
    if (t->count < RUN_LEAST || t->least != t->most || t->broken ||
        t->next != v->totals.records + 1) {
        return;
    }
    for (size_t i = 0; i < kept->count; i++) {
        if (kept->item[i].record == t->first) {
            fold(v, rule, i, v->totals.records);
        }
    }
}

/* The delimiter that fits is a control character: where it stands is no finding of its own. */
static void drop_controls(struct csvk_validator *v)
{
    const struct csvk_finding *cause = first_kept(v, RULE_DELIMITER_SUSPECTED);
    struct csvk_findings *kept = &v->kept[RULE_CONTROL_CHAR];
    unsigned code = 0;
    if (cause == NULL || v->options.max_findings == 0 ||
        sscanf(cause->extra[0].text, "\\x%2x", &code) != 1) {
        return;
    }
    char text[16];
    size_t stay = 0;
    snprintf(text, sizeof text, "U+%04X", code);
    for (size_t i = 0; i < kept->count; i++) {
        if (strcmp(kept->item[i].extra[0].text, text) == 0) {
            csvk_finding_release(&kept->item[i]);
        } else {
            kept->item[stay++] = kept->item[i];
        }
    }
    kept->count = stay;
}

/* In text of another encoding every letter above 7F is ill-formed: the first one stands for all. */
static void fold_ill_formed(struct csvk_validator *v)
{
    const struct csvk_finding *cause = first_kept(v, RULE_ENCODING_SUSPECTED);
    struct csvk_findings *kept = &v->kept[RULE_INVALID_UTF8];
    if (cause == NULL || kept->count == 0 || v->options.max_findings == 0) {
        return;
    }
    drop_all_but_first(kept, 1);
    const char *remedy = csvk_finding_remedy(cause);
    finding_text(v, &kept->item[0], "follows", cause->rule->id);
    if (remedy != NULL) {
        finding_remedy(v, &kept->item[0], remedy);
    }
}

/* ---- no table, another header ---------------------------------------------------------------- */

/* The first error of the file; NULL: there is none. */
static struct csvk_finding *first_error(struct csvk_validator *v)
{
    struct csvk_finding *first = NULL;
    for (size_t i = 0; i < RULES; i++) {
        struct csvk_finding *f = first_kept(v, (enum rule_index)i);
        if (f != NULL && f->severity == CSVK_ERROR && (first == NULL || f->byte < first->byte)) {
            first = f;
        }
    }
    return first;
}

/* It is no table: what is wrong with it as one is not worth a word. */
static void drop_all_but_kind(struct csvk_validator *v)
{
    const struct csvk_finding *error = first_error(v);
    enum rule_index stays =
        error != NULL ? (enum rule_index)(error->rule - csvk_rule_table) : RULES;
    for (size_t i = 0; i < RULES; i++) {
        if (i != RULE_NOT_CSV_SUSPECTED && i != RULE_COMPRESSED_INPUT_DAMAGED) {
            drop_all_but_first(&v->kept[i], i == stays);
        }
    }
    if (stays != RULES) {
        follow(v, first_kept(v, stays), first_kept(v, RULE_NOT_CSV_SUSPECTED));
    }
}

/* The names are those of another line, or of no columns: the first error stands for all. */
static void drop_names(struct csvk_validator *v, const struct csvk_finding *cause)
{
    bool told = false;
    for (size_t i = RULE_HEADER_INVISIBLE_CHAR; i <= RULE_HEADER_NAME_REFUSED; i++) {
        struct csvk_finding *f = first_kept(v, (enum rule_index)i);
        bool stays = f != NULL && f->severity == CSVK_ERROR && !told;
        told = told || stays;
        drop_all_but_first(&v->kept[i], stays);
        if (stays) {
            follow(v, f, cause);
        }
    }
}

/* Many ill-formed sequences in one record: the first one stands for the others. */
static void fold_ill_formed_records(struct csvk_validator *v)
{
    struct csvk_findings *kept = &v->kept[RULE_INVALID_UTF8];
    size_t stay = 0, end;
    for (size_t i = 0; i < kept->count && v->options.max_findings != 0; i = end) {
        for (end = i + 1; end < kept->count && kept->item[end].record == kept->item[i].record;) {
            end++;
        }
        size_t shown = end - i > ILL_FORMED_MOST ? 1 : end - i;
        for (size_t k = i; k < end; k++) {
            if (k - i < shown) {
                kept->item[stay++] = kept->item[k];
            } else {
                csvk_finding_release(&kept->item[k]);
            }
        }
    }
    kept->count = v->options.max_findings != 0 ? stay : kept->count;
}

/* The same byte again and again, in more places than can be told: the first one stands for all.
   What the places behind those that are kept are like, nobody knows; they are counted all the same.
 */
static void fold_bytes(struct csvk_validator *v, enum rule_index rule)
{
    struct csvk_findings *kept = &v->kept[rule];
    if (v->options.max_findings == 0 || kept->count < RUN_LEAST ||
        v->count[rule] <= v->options.max_findings) {
        return;
    }
    for (size_t i = 1; i < kept->count; i++) {
        const struct csvk_finding *f = &kept->item[i], *first = &kept->item[0];
        bool told = f->nextras != 0 && first->nextras != 0;
        if (finding_extra(f, "follows") != NULL ||
            (told && strcmp(f->extra[0].text, first->extra[0].text) != 0)) {
            return;
        }
    }
    drop_all_but_first(kept, 1);
}

void causes_judge(struct csvk_validator *v)
{
    if (v->failed) {
        return; /* facts of findings are missing */
    }
    if (v->in_utf16 && v->options.max_findings != 0) {
        drop_all_but_encoding(v);
        return;
    }
    if (v->kept[RULE_NOT_CSV_SUSPECTED].count != 0 && v->options.max_findings != 0) {
        drop_all_but_kind(v);
        return;
    }
    enum rule_index all = cause_of_all(v);
    if (all != RULES && v->options.max_findings != 0) {
        drop_names(v, first_kept(v, all));
    }
    uint64_t records = v->totals.records;
    if (all == RULE_DELIMITER_SUSPECTED && v->options.max_findings != 0) {
        const char *said = csvk_finding_remedy(first_kept(v, all));
        drop_all_but_first(&v->kept[RULE_COMMENT_LINE], 0);
        if (said != NULL && strstr(said, "--comment=#") != NULL) {
            comment_cause_drop(v);
        }
    } else if (!comment_cause_judge(v)) {
        explain_comments(v);
        comment_cause_fold(v);
    }
    explain_records(v, RULE_COPY_END_MARKER, records, records);
    explain_records(v, RULE_TRUNCATED_SUSPECTED, records, records);
    explain_records(v, RULE_FOOTER_SUSPECTED, v->shape.tail.first, records);
    explain_styles(v);
    explain_strays(v);
    if (all == RULE_DELIMITER_SUSPECTED) {
        follow_quotes(v, first_kept(v, all)); /* an enclosure stands where a field begins */
        follow_trailing(v, first_kept(v, all));
        follow_header(v, first_kept(v, all));
    }
    if (all != RULES && explain_records(v, all, 1, records) == v->kept[RULE_FIELD_COUNT].count) {
        fold(v, RULE_FIELD_COUNT, 0, 0);
    }
    if (all == RULES && short_cause_judge(v)) {
        drop_all_but_first(&v->kept[RULE_SPLIT_RECORD_SUSPECTED], 0);
        v->count[RULE_SPLIT_RECORD_SUSPECTED] = 0;
        fold(v, RULE_FIELD_COUNT, 0, 0);
    }
    fold_tail(v);
    drop_controls(v);
    fold_ill_formed(v);
    fold_ill_formed_records(v);
    fold_bytes(v, RULE_CONTROL_CHAR);
    fold_bytes(v, RULE_BARE_CR);
}
