/*
 * known_columns.c - the names in the first record of a file against those that are known from
 * elsewhere, from an option, a manifest or the first slice: header-mismatch, manifest-header,
 * manifest-header-skipped, and header-repeated for the first record of a slice. (key_rules.c
 * reports header-mismatch, too, for a key column that is missing.)
 *
 * Whether two names are the same is asked as Storage asks it: cleaned, and without regard to case.
 * Only a header that has to have exactly the names that were given is compared byte by byte.
 */
#include "validator/judge.h"

#include "csvkit/names.h"
#include "csvkit/schema/csvw_cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what differs ---------------------------------------------------------------------------- */

static int list_absent(const struct csvk_strings *these, const struct csvk_strings *from,
                       const char *label, struct csvk_buf *out)
{
    int status = CSVK_OK;
    size_t named = 0;
    for (size_t i = 0; i < these->count && status == CSVK_OK && named < 10; i++) {
        if (!csvk_strings_has(from, these->item[i])) {
            const char *lead = named++ == 0 ? (out->length != 0 ? "; " : "") : ", ";
            status = csvk_buf_printf(out, "%s%s%s`%s`", lead, named == 1 ? label : "",
                                     named == 1 ? " " : "", these->item[i]);
        }
    }
    return status;
}

static bool strings_equal(const struct csvk_strings *a, const struct csvk_strings *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = strcmp(a->item[i], b->item[i]) == 0;
    }
    return equal;
}

/* The names in the file are not the expected ones: says so by this rule, and what differs. */
static void tell_difference(struct csvk_validator *v, const struct csvk_record *r,
                            enum rule_index rule, const struct csvk_strings *expected)
{
    struct place place = {r->offset, r->length, r->number, 0};
    struct csvk_finding *f = judge_add(v, rule, &place);
    if (f == NULL) {
        return;
    }
    struct csvk_buf text = CSVK_BUF_INIT;
    if (list_absent(expected, &v->names, "missing", &text) != CSVK_OK ||
        list_absent(&v->names, expected, "surplus", &text) != CSVK_OK ||
        (text.length == 0 && csvk_buf_puts(&text, "order or number") != CSVK_OK)) {
        v->failed = true;
    }
    finding_text(v, f, "difference", csvk_buf_text(&text));
    csvk_buf_release(&text);
}

/* The header has one of the titles of each column. */
static bool titles_fit(const struct csvk_validator *v)
{
    size_t count = csvk_schema_count(v->options.schema);
    bool fit = count != 0 && v->names.count == count;
    for (size_t i = 0; fit && i < count; i++) {
        struct csvk_schema_column column = {.size = sizeof column};
        struct csvk_error err;
        fit =
            csvk_schema_at(v->options.schema, i, CSVK_BACKEND_PORTABLE, &column, &err) == CSVK_OK &&
            csvw_title_fits(&column, v->names.item[i]);
    }
    return fit;
}

void known_columns_expect(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_strings *columns = &v->options.columns;
    if (columns->count != 0 && !strings_equal(&v->names, columns) && !titles_fit(v)) {
        tell_difference(v, r, RULE_HEADER_MISMATCH, columns);
    }
}

/* ---- names at other places ------------------------------------------------------------------- */

/* A name as Storage tells names apart, and its place in its list. */
struct keyed {
    char *key;
    size_t index;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static void free_keys(struct keyed *keys, size_t count)
{
    for (size_t i = 0; keys != NULL && i < count; i++) {
        csvk_free(keys[i].key);
    }
    csvk_free(keys);
}

/* The name, cleaned and in lower case, or as it is when nothing is left of it; NULL: out of memory.
 */
static char *key_of(const char *name)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    bool good = csvk_name_sanitize(name, strlen(name), &clean) == CSVK_OK;
    char *key = good ? csvk_strdup(clean.length != 0 ? csvk_buf_text(&clean) : name) : NULL;
    csvk_buf_release(&clean);
    for (char *c = key; c != NULL && *c != '\0'; c++) {
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    }
    return key;
}

/* Sorted by key; NULL: out of memory. */
static struct keyed *make_keys(const struct csvk_strings *names)
{
    struct keyed *keys = csvk_calloc(names->count + 1, sizeof *keys);
    for (size_t i = 0; keys != NULL && i < names->count; i++) {
        keys[i] = (struct keyed){key_of(names->item[i]), i};
        if (keys[i].key == NULL) {
            free_keys(keys, i);
            return NULL;
        }
    }
    if (keys != NULL) {
        qsort(keys, names->count, sizeof *keys, by_key);
    }
    return keys;
}

/* How the names in a file and those of the columns lie to each other. */
struct likeness_of_names {
    bool moved; /* a name in the file is that of another column: values would be mixed up */
    bool all;   /* all names are those of columns, and there are as many */
};

static struct likeness_of_names compare_places(struct csvk_validator *v,
                                               const struct csvk_strings *columns)
{
    struct keyed *names = make_keys(&v->names), *given = make_keys(columns);
    struct likeness_of_names found = {.all = v->names.count == columns->count};
    v->failed |= names == NULL || given == NULL;
    for (size_t i = 0, k = 0; !v->failed && i < v->names.count; i++) {
        while (k < columns->count && by_key(&given[k], &names[i]) < 0) {
            k++;
        }
        bool here = k < columns->count && by_key(&given[k], &names[i]) == 0;
        bool before = k > 0 && strcmp(given[k - 1].key, names[i].key) == 0;
        bool after = k < columns->count && strcmp(given[k].key, names[i].key) == 0;
        found.moved |= !here && (before || after);
        found.all &= here || before || after;
    }
    free_keys(names, v->names.count);
    free_keys(given, columns->count);
    return found;
}

/* ---- judging --------------------------------------------------------------------------------- */

static void tell_record(struct csvk_validator *v, const struct csvk_record *r, enum rule_index rule,
                        const char *what)
{
    struct place place = {r->offset, r->length, r->number, 0};
    struct csvk_finding *f = judge_add(v, rule, &place);
    if (f != NULL) {
        finding_text(v, f, "what", what);
    }
}

/* The slice has the header that the first slice has, and nobody has said that they have one. */
static void tell_again(struct csvk_validator *v, const struct csvk_record *r)
{
    struct place place = {r->offset, r->length, r->number, 0};
    struct csvk_finding *f = judge_add(v, RULE_HEADER_REPEATED, &place);
    if (f != NULL) {
        char number[24];
        snprintf(number, sizeof number, "%" PRIu64, r->number);
        finding_text(v, f, "named", number);
        f->remedy = csvk_strdup("Remove it from the slices, or say that each has one: --header.");
        v->failed |= f->remedy == NULL;
    }
}

/* Is the record a header with the names in another order? In data that should have no header, this
   takes all of the names, and is not asked when somebody believes in it. */
static bool is_mixed_up(struct csvk_validator *v)
{
    bool skipped = v->options.header == CSVK_SKIPPED_HEADER;
    bool of_slice = (v->options.columns_are & CSVK_COLUMNS_OF_SLICE) != 0;
    if (!skipped && !of_slice && !judge_is_on(v, RULE_MANIFEST_HEADER)) {
        return false;
    }
    struct likeness_of_names found = compare_places(v, &v->options.columns);
    return found.moved && (skipped || found.all);
}

static void tell_lost(struct csvk_validator *v, const struct csvk_record *r)
{
    tell_record(v, r, RULE_MANIFEST_HEADER,
                "of this slice is not the header that the first slice has; it would be skipped and "
                "lost");
}

/* The header that is skipped is not that of the first slice. */
static bool differs_from_first(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_strings *first = &v->options.first_header;
    bool same = true;
    if (first->count != 0 && csvk_names_compare(&v->names, first, &same) != CSVK_OK) {
        v->failed = true;
    } else if (!same && compare_places(v, first).moved) {
        tell_difference(v, r, RULE_HEADER_MISMATCH, first);
    } else if (!same) {
        tell_lost(v, r);
    }
    return !same;
}

void known_columns_judge(struct csvk_validator *v, const struct csvk_record *r)
{
    const struct csvk_strings *columns = &v->options.columns;
    uint64_t are = v->options.columns_are;
    bool skipped = v->options.header == CSVK_SKIPPED_HEADER, same = false;
    if (skipped && differs_from_first(v, r)) {
        return;
    }
    if (csvk_names_compare(&v->names, columns, &same) != CSVK_OK) {
        v->failed = true;
    } else if (same && (are & CSVK_COLUMNS_OF_SLICE) != 0) {
        tell_again(v, r);
    } else if (same && !skipped) {
        tell_record(v, r, RULE_MANIFEST_HEADER,
                    "holds the names of the columns; it would be loaded as a row of data");
    } else if (!same && is_mixed_up(v)) {
        tell_difference(v, r, RULE_HEADER_MISMATCH, columns);
    } else if (skipped && !strings_equal(&v->names, columns)) {
        tell_difference(v, r, RULE_MANIFEST_HEADER_SKIPPED, columns);
    }
}
