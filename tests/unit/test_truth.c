/*
 * test_truth.c - truth by construction: a valid table is made, one defect is put in at a random
 * place, and exactly that finding must come back: rule, byte, length, record and field. 100,000
 * tables; CSVK_TRUTH=N sets another number.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct truth_place { /* a field as it was written */
    size_t begin, end;
    bool enclosed;
    bool simple; /* its value holds letters and digits only */
};

struct made {
    unsigned char bytes[8192];
    size_t length;
    size_t width, records;
    struct truth_place field[64][8];
    size_t eol[64]; /* where the line break of each record begins */
};

struct expected {
    const char *rule;
    size_t byte, length, record, field;
};

static void put(struct made *m, const char *text)
{
    size_t n = strlen(text);
    memcpy(m->bytes + m->length, text, n);
    m->length += n;
}

static void put_word(struct made *m, struct support_random *random)
{
    size_t n = 1 + support_below(random, 12);
    for (size_t i = 0; i < n; i++) {
        m->bytes[m->length++] = (unsigned char)('a' + support_below(random, 26));
    }
}

static void put_field(struct made *m, struct support_random *random, struct truth_place *place)
{
    static const char *const inner[] = {", ", "\"\"", "\r\n", "\n", "\xc3\xa9", " "};
    place->begin = m->length;
    place->enclosed = support_below(random, 3) == 0;
    place->simple = !place->enclosed || support_below(random, 2) == 0;
    if (place->enclosed) {
        put(m, "\"");
    }
    put_word(m, random);
    if (!place->simple) {
        put(m, inner[support_below(random, 6)]);
        put_word(m, random);
    }
    if (place->enclosed) {
        put(m, "\"");
    }
    place->end = m->length;
}

static void make_header(struct made *m)
{
    for (size_t i = 0; i < m->width; i++) {
        char name[32];
        m->field[0][i].begin = m->length;
        snprintf(name, sizeof name, "%sname%zu", i == 0 ? "" : ",", i);
        put(m, name);
    }
    m->eol[0] = m->length;
    put(m, "\r\n");
}

static void make(struct made *m, struct support_random *random)
{
    m->length = 0;
    m->width = 2 + support_below(random, 6);
    m->records = 2 + support_below(random, 24);
    make_header(m);
    for (size_t r = 1; r < m->records; r++) {
        for (size_t i = 0; i < m->width; i++) {
            if (i != 0) {
                put(m, ",");
            }
            put_field(m, random, &m->field[r][i]);
        }
        m->eol[r] = m->length;
        put(m, "\r\n");
    }
}

static void insert(struct made *m, size_t at, const char *bytes, size_t n)
{
    memmove(m->bytes + at + n, m->bytes + at, m->length - at);
    memcpy(m->bytes + at, bytes, n);
    m->length += n;
}

static void cut(struct made *m, size_t at, size_t n)
{
    memmove(m->bytes + at, m->bytes + at + n, m->length - at - n);
    m->length -= n;
}

/* A place inside the letters of a field that is not enclosed; false when this one will not do. */
static bool plain_place(const struct truth_place *f, struct support_random *random, size_t *at)
{
    if (f->enclosed || f->end - f->begin < 2) {
        return false;
    }
    *at = f->begin + 1 + support_below(random, f->end - f->begin - 1);
    return true;
}

enum defect {
    STRAY_QUOTE,
    TEXT_AFTER,
    BLANK_BEFORE,
    BLANK_AFTER,
    BACKSLASH,
    NUL_BYTE,
    CONTROL,
    BAD_UTF8,
    SURROGATE,
    INNER_BOM,
    BARE_CR,
    CRCRLF,
    MIXED,
    TRAILING,
    SURPLUS,
    SHORT,
    BLANK_LINE,
    REPLACEMENT,
    UNCLOSED,
    DEFECTS
};

struct inserted {
    const char *rule, *bytes;
    size_t n;
};

static bool insert_in_plain(struct made *m, const struct truth_place *f,
                            struct support_random *random, const struct inserted *what,
                            struct expected *e)
{
    size_t at;
    if (!plain_place(f, random, &at)) {
        return false;
    }
    insert(m, at, what->bytes, what->n);
    e->rule = what->rule;
    e->byte = at;
    e->length = what->n;
    return true;
}

/* Around the enclosure of a simple enclosed field. */
static bool damage_enclosure(struct made *m, enum defect kind, const struct truth_place *f,
                             struct expected *e)
{
    if (!f->enclosed || !f->simple) {
        return false;
    }
    e->length = 1;
    switch (kind) {
    case TEXT_AFTER:
        insert(m, f->end, "x", 1);
        e->rule = "text-after-closing-quote";
        e->byte = f->end;
        return true;
    case BLANK_BEFORE:
        insert(m, f->begin, " ", 1);
        e->rule = "space-before-opening-quote";
        e->byte = f->begin;
        return true;
    case BLANK_AFTER:
        insert(m, f->end, " ", 1);
        e->rule = "space-after-closing-quote";
        e->byte = f->end;
        return true;
    case BACKSLASH:
        insert(m, f->begin + 2, "\\\"y", 3);
        e->rule = "backslash-escaped-quote";
        e->byte = f->begin + 2;
        e->length = 2;
        m->bytes[f->end + 2] = 'z';
        return true;
    default: return false;
    }
}

static bool damage_record(struct made *m, enum defect kind, size_t r, struct expected *e)
{
    size_t eol = m->eol[r];
    const struct truth_place *last = &m->field[r][m->width - 1];
    e->record = r + 1;
    switch (kind) {
    case CRCRLF:
        insert(m, eol, "\r", 1);
        *e = (struct expected){"eol-crcrlf", eol, 3, r + 1, 0};
        return true;
    case MIXED:
        cut(m, eol, 1);
        *e = (struct expected){"eol-mixed", eol, 1, r + 1, 0};
        return true;
    case TRAILING:
        insert(m, eol, ",", 1);
        *e = (struct expected){"trailing-delimiter", eol, 1, r + 1, m->width + 1};
        return true;
    case SURPLUS:
        insert(m, eol, ",ab", 3);
        *e = (struct expected){"field-count", eol + 1, 2, r + 1, m->width + 1};
        return true;
    case SHORT:
        cut(m, last->begin - 1, last->end - last->begin + 1);
        *e = (struct expected){"field-count", last->begin - 1, 2, r + 1, m->width - 1};
        return m->width > 1;
    case BLANK_LINE:
        insert(m, eol + 2, "\r\n", 2);
        *e = (struct expected){"blank-line", eol + 2, 2, r + 2, 1};
        return true;
    default: return false;
    }
}

/* The last field of the table loses its closing enclosure. */
static bool damage_end(struct made *m, struct expected *e)
{
    const struct truth_place *f = &m->field[m->records - 1][m->width - 1];
    if (!f->enclosed) {
        return false;
    }
    cut(m, f->end - 1, 1);
    *e = (struct expected){"unclosed-quote", f->begin, 1, m->records, m->width};
    return true;
}

static bool damage(struct made *m, struct support_random *random, struct expected *e)
{
    static const struct inserted plain[DEFECTS] = {
        [STRAY_QUOTE] = {"quote-in-unquoted-field", "\"", 1},
        [NUL_BYTE] = {"nul-byte", "\0", 1},
        [CONTROL] = {"control-char", "\x01", 1},
        [BAD_UTF8] = {"invalid-utf8", "\xe2\x82", 2},
        [SURROGATE] = {"invalid-utf8", "\xff", 1},
        [INNER_BOM] = {"bom-in-data", "\xef\xbb\xbf", 3},
        [BARE_CR] = {"bare-cr", "\r", 1},
        [REPLACEMENT] = {"replacement-char", "\xef\xbf\xbd", 3}};
    enum defect kind = (enum defect)support_below(random, DEFECTS);
    size_t r = 1 + support_below(random, m->records - 1);
    size_t i = support_below(random, m->width);
    const struct truth_place *f = &m->field[r][i];
    e->record = r + 1;
    e->field = i + 1;
    if (plain[kind].rule != NULL) {
        return insert_in_plain(m, f, random, &plain[kind], e);
    }
    if (kind == UNCLOSED) {
        return damage_end(m, e);
    }
    return damage_enclosure(m, kind, f, e) || damage_record(m, kind, r, e);
}

static void complain(const struct made *m, const struct expected *e, const struct csvk_report *got)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_buf_add_escaped(&text, m->bytes, m->length), CSVK_OK);
    fprintf(stderr, "%s\nexpected %s at %zu+%zu record %zu field %zu, got:\n", csvk_buf_text(&text),
            e->rule, e->byte, e->length, e->record, e->field);
    for (size_t i = 0; i < got->nfindings; i++) {
        const struct csvk_finding *f = got->findings[i];
        fprintf(stderr, "  %s at %llu+%llu record %llu field %llu\n", f->rule->id,
                (unsigned long long)f->byte, (unsigned long long)f->length,
                (unsigned long long)f->record, (unsigned long long)f->field);
    }
    ck_abort_msg("not exactly the finding that was made");
}

/* What the whole file suggests (a wrong encoding) comes on top of the defect's own finding. */
static bool is_guess(const struct csvk_finding *f)
{
    return strstr(f->rule->id, "-suspected") != NULL || strstr(f->rule->id, "-suspicious") != NULL;
}

static void judge(const struct made *m, const struct expected *e)
{
    struct csvk_validate_options options;
    struct csvk_validator *validator = NULL;
    struct csvk_source *source = NULL;
    const struct csvk_report *report = NULL;
    csvk_validate_options_init(&options);
    options.max_findings = 0;
    ck_assert_int_eq(csvk_source_memory(&source, m->bytes, m->length, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_validate_source(&validator, source, &options, NULL, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_validator_report(validator, &report, NULL), CSVK_OK);
    size_t found = 0, hits = 0;
    for (size_t i = 0; i < report->nfindings; i++) {
        const struct csvk_finding *f = report->findings[i];
        found += !is_guess(f);
        hits += strcmp(f->rule->id, e->rule) == 0 && f->byte == e->byte && f->length == e->length &&
                f->record == e->record && f->field == e->field;
    }
    if (found != 1 || hits != 1) {
        complain(m, e, report);
    }
    csvk_validator_free(validator);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
}

START_TEST(one_defect_one_finding)
{
    const char *wanted = getenv("CSVK_TRUTH");
    size_t cases = (wanted != NULL ? (size_t)strtoul(wanted, NULL, 10) : 100000) / 4;
    struct support_random random = {(uint64_t)_i * 1000003 + 17};
    static struct made m;
    for (size_t done = 0; done < cases;) {
        struct expected e = {0};
        make(&m, &random);
        if (damage(&m, &random, &e)) {
            judge(&m, &e);
            done++;
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("truth");
    TCase *tcase = tcase_create("truth");
    tcase_set_timeout(tcase, 600);
    tcase_add_loop_test(tcase, one_defect_one_finding, 0, 4);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
