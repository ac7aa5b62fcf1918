/*
 * remedies.c - an option is named only where following it helps: reading the table in another way
 * must not change what nothing is wrong with.
 *
 * The idea. What the sample shows decides, the first bytes of the file. Another enclosure is named
 * when every record of the sample, read with it, is whole and of the table's width, and no value
 * begins with the enclosure in use, which would become data. The backslash is named as an escape
 * when the sample reads well so, and no backslash of it stands before another byte than an
 * enclosure: that one is data. Otherwise the remedy is the change that is right for the one value.
 */
#include "validator/judge.h"

#include <string.h>

static const char write_quotes[] = "Write double quotes around values that hold a delimiter.";
static const char double_quotes[] = "Double the quotes inside the value.";

/* Its enclosures, if any, are where they belong. */
static bool is_whole(const struct field_walk *walk, const struct walk_field *field)
{
    const struct csvk_dialect *d = &walk->dialect;
    size_t at = field->begin, end = field->end;
    if (!field->enclosed) {
        return memchr(walk->bytes + at, d->enclosure, end - at) == NULL;
    }
    for (at++; at < end; at++) {
        int byte = walk->bytes[at];
        if (byte == d->enclosure && at + 1 == end) {
            return true;
        }
        if (byte == d->enclosure && walk->bytes[++at] != byte) {
            return false;
        }
        at += byte == d->escape;
    }
    return false;
}

/* The sample in the other dialect: every record is whole and has the table's width. */
static bool reads_well(const struct csvk_validator *v, const struct csvk_dialect *dialect)
{
    struct field_walk walk = walk_sample(v);
    walk.dialect = *dialect;
    int in_use = v->options.dialect.enclosure;
    while (walk.at < walk.size) {
        uint64_t fields = 0;
        struct walk_field field;
        do {
            walk_next(&walk, &field);
            if (!field.complete && v->sample_closed) {
                return true; /* the rest of this record is not in the sample */
            }
            bool loses = dialect->enclosure != in_use && field.begin < field.end &&
                         walk.bytes[field.begin] == in_use;
            if (loses || !is_whole(&walk, &field)) {
                return false;
            }
            fields++;
        } while (!field.last);
        if (fields != v->width) {
            return false;
        }
    }
    return true;
}

static bool reads_well_enclosed(const struct csvk_validator *v, char enclosure)
{
    struct csvk_dialect dialect = v->options.dialect;
    dialect.enclosure = enclosure;
    return reads_well(v, &dialect);
}

/* Does every backslash stand before an enclosure? */
static bool escapes_only(const struct csvk_validator *v)
{
    const unsigned char *s = v->sample.data;
    size_t size = v->sample.length;
    for (size_t i = 0; i < size; i++) {
        bool known = i + 1 < size || !v->sample_closed;
        bool before = i + 1 < size && s[i + 1] == v->options.dialect.enclosure;
        if (s[i] == '\\' && known && !before) {
            return false;
        }
    }
    return true;
}

static bool reads_well_escaped(const struct csvk_validator *v)
{
    struct csvk_dialect dialect = v->options.dialect;
    dialect.escape = '\\';
    return escapes_only(v) && reads_well(v, &dialect);
}

/* Every finding of the rule that has the one remedy gets the other one. */
static void replace(struct csvk_validator *v, enum rule_index rule, const char *before,
                    const char *after)
{
    struct csvk_findings *kept = &v->kept[rule];
    for (size_t i = 0; i < kept->count; i++) {
        const char *remedy = csvk_finding_remedy(&kept->item[i]);
        if (remedy != NULL && strcmp(remedy, before) == 0) {
            finding_remedy(v, &kept->item[i], after);
        }
    }
}

static void judge_enclosure(struct csvk_validator *v, char enclosure, const char *remedy)
{
    if (v->kept[RULE_QUOTE_STYLE_SUSPECTED].count + v->kept[RULE_FIELD_COUNT].count != 0 &&
        !reads_well_enclosed(v, enclosure)) {
        replace(v, RULE_QUOTE_STYLE_SUSPECTED, remedy, write_quotes);
        replace(v, RULE_FIELD_COUNT, remedy, write_quotes);
    }
}

void remedies_judge(struct csvk_validator *v)
{
    judge_enclosure(v, '\'', csvk_misfit_texts[MISFIT_APOSTROPHES].remedy);
    judge_enclosure(v, '`', csvk_misfit_texts[MISFIT_BACKTICKS].remedy);
    if (v->kept[RULE_BACKSLASH_ESCAPED_QUOTE].count != 0 && !reads_well_escaped(v)) {
        const char *remedy = csvk_rule_table[RULE_BACKSLASH_ESCAPED_QUOTE].remedy;
        replace(v, RULE_BACKSLASH_ESCAPED_QUOTE, remedy, double_quotes);
        replace(v, RULE_FIELD_COUNT, remedy, double_quotes);
    }
}
