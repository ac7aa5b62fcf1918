/*
 * test_findings.c - the library of findings: lists with limits, copies, messages, excerpts, sets of
 * rules, subjects in every format, the catalogue of repairs, and memory that runs out at every
 * allocation.
 */
#include "tests/support/failing_alloc.h"
#include "tests/support/support.h"

#include "csvkit/findings/findings.h"
#include "csvkit/normalize/normalize_private.h"
#include "preflight/preflight.h"

static const struct csvk_rule rules[] = {
    {"one", "EWI--", "{found} found{limit? of }", "first", "why", "", "do it", "r1", NULL, NULL},
    {"two", "W", NULL, "second", "why", "", "general", "", "it stops", NULL},
};
/* In no set: only its message matters. */
static const struct csvk_rule counted = {
    "three", "W", "{found#field} of {lines#line}", "third", "why", "", "", "", NULL, NULL};
static const struct csvk_rule_set own = {rules, 2};
static const struct csvk_rule_set *const sets[] = {&csvk_manifest_rules, &own, NULL};

#define NAME(name) #name,
static const char *const formats[] = {CSVK_REPORT_FORMATS(NAME, NAME)};

static struct csvk_finding make(const struct csvk_rule *rule, enum csvk_severity severity)
{
    return (struct csvk_finding){.rule = rule, .severity = severity};
}

static bool set_text(char **to, const char *text)
{
    *to = csvk_strdup(text);
    return *to != NULL;
}

/* A finding with everything in it; false, and all of it released, when memory runs out. */
static bool make_full(struct csvk_finding *f)
{
    *f = make(&rules[1], CSVK_ERROR);
    f->has_byte = true;
    f->byte = 7;
    f->length = 2;
    f->line = f->record = f->field = 2;
    f->column = 4;
    f->platform = rules[1].outcome;
    f->nextras = 1;
    f->extra[0] = (struct csvk_extra){"name", CSVK_EXTRA_TEXT, 0, NULL};
    bool made = set_text(&f->extra[0].text, "value") && set_text(&f->field_name, "a\"b") &&
                set_text(&f->path, "$.x") && set_text(&f->file, "part") &&
                set_text(&f->table, "t") && set_text(&f->message, "text\n") &&
                set_text(&f->remedy, "help") &&
                csvk_finding_quote(f, (const unsigned char *)"\xc3\xa4x\x01z", 5) == CSVK_OK;
    if (!made) {
        csvk_finding_release(f);
    }
    return made;
}

static const char *message_of(const struct csvk_finding *f, struct csvk_buf *text)
{
    csvk_buf_clear(text);
    ck_assert_int_eq(csvk_finding_full_message(f, text), CSVK_OK);
    return csvk_buf_text(text);
}

START_TEST(messages_and_remedies)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_finding f = make(&rules[0], CSVK_ERROR);
    f.extra[f.nextras++] = (struct csvk_extra){"found", CSVK_EXTRA_NUMBER, 3, NULL};
    ck_assert_str_eq(message_of(&f, &text), "3 found");
    f.extra[f.nextras++] = (struct csvk_extra){"limit", CSVK_EXTRA_NUMBER, 9, NULL};
    ck_assert_str_eq(message_of(&f, &text), "3 found of 9");
    ck_assert_str_eq(csvk_finding_remedy(&f), "do it");
    f.rule = &counted;
    ck_assert_str_eq(message_of(&f, &text), "3 fields of ");
    f.extra[0].number = 1;
    f.extra[1].key = "lines";
    ck_assert_str_eq(message_of(&f, &text), "1 field of 9 lines");
    f = make(&rules[1], CSVK_ERROR);
    ck_assert(set_text(&f.message, "own"));
    f.platform = rules[1].outcome;
    ck_assert_str_eq(message_of(&f, &text), "own; platform: it stops");
    ck_assert_ptr_null(csvk_finding_remedy(&f)); /* the rule's is too general for an own message */
    ck_assert(set_text(&f.remedy, "here"));
    ck_assert_str_eq(csvk_finding_remedy(&f), "here");
    csvk_finding_release(&f);
    csvk_buf_release(&text);
}
END_TEST

START_TEST(limits_bound_what_is_kept_and_never_what_is_counted)
{
    struct csvk_findings list = {.limit = 5, .rule_limit = 2};
    for (int i = 0; i < 10; i++) {
        struct csvk_finding f = make(&rules[0], i % 2 == 0 ? CSVK_ERROR : CSVK_INFO);
        ck_assert(set_text(&f.message, "text"));
        ck_assert_int_eq(csvk_findings_add(&list, &f), CSVK_OK);
        f = make(&rules[1], CSVK_WARNING);
        ck_assert_int_eq(csvk_findings_add(&list, &f), CSVK_OK);
    }
    ck_assert_int_eq(csvk_findings_count(&list, &rules[1], CSVK_WARNING, 100), CSVK_OK);
    ck_assert_int_eq(csvk_findings_count(&list, &rules[1], CSVK_ERROR, 0), CSVK_OK);
    ck_assert_uint_eq(list.count, 4);
    ck_assert_uint_eq(list.rule[0].kept, 2);
    ck_assert_uint_eq(list.rule[1].kept, 2);
    ck_assert_uint_eq(list.rule[0].count, 10);
    ck_assert_uint_eq(list.rule[1].count, 110);
    ck_assert_int_eq(list.rule[0].severity, CSVK_ERROR);
    ck_assert_int_eq(list.rule[1].severity, CSVK_WARNING);
    ck_assert(list.errors == 5 && list.warnings == 110 && list.infos == 5);
    struct csvk_section section;
    csvk_section_of_findings(&section, &list);
    ck_assert_uint_eq(csvk_section_dropped(&section, CSVK_INFO), 116);
    ck_assert_uint_eq(csvk_section_dropped(&section, CSVK_WARNING), 112);
    ck_assert_uint_eq(csvk_section_dropped(&section, CSVK_ERROR), 4);
    csvk_findings_release(&list);
    ck_assert(list.count == 0 && list.errors == 0 && list.limit == 5 && list.rule_limit == 2);
    list.rule_limit = 0;
    for (int i = 0; i < 9; i++) {
        struct csvk_finding f = make(&rules[1], CSVK_WARNING);
        ck_assert_int_eq(csvk_findings_add(&list, &f), CSVK_OK);
    }
    ck_assert(list.count == 5 && list.warnings == 9 && list.rule[0].kept == 5);
    csvk_findings_release(&list);
    ck_assert_int_eq(alloc_alive, 0);
}
END_TEST

START_TEST(an_excerpt_cuts_no_code_point)
{
    unsigned char line[601];
    for (size_t i = 0; i < 600; i += 3) {
        memcpy(line + i, "\xe2\x82\xac", 3);
    }
    line[600] = 'x';
    struct csvk_finding f = make(&rules[0], CSVK_ERROR);
    f.column = 302; /* inside of the 101st sign; 80 bytes before and after it are inside, too */
    ck_assert_int_eq(csvk_finding_quote(&f, line, 601), CSVK_OK);
    ck_assert_uint_eq(f.column_chars, 101);
    ck_assert(f.cut_before && f.cut_behind);
    ck_assert_uint_eq(f.excerpt_length, 156);
    ck_assert_uint_eq(f.excerpt_place, 78);
    ck_assert(f.excerpt[0] == 0xe2 && f.excerpt[155] == 0xac);
    f.column = 700; /* after the end of the line */
    ck_assert_int_eq(csvk_finding_quote(&f, line, 601), CSVK_OK);
    ck_assert_uint_eq(f.column_chars, 202);
    ck_assert(!f.cut_behind && f.excerpt_place == f.excerpt_length);
    csvk_finding_release(&f);
    f = make(&rules[0], CSVK_ERROR); /* no column, no excerpt */
    ck_assert_int_eq(csvk_finding_quote(&f, line, 601), CSVK_OK);
    ck_assert_ptr_null(f.excerpt);
}
END_TEST

START_TEST(rules_have_numbers_over_all_sets)
{
    size_t manifests = csvk_manifest_rules.count;
    ck_assert_ptr_eq(csvk_rule_sets_at(sets, manifests + 1), &rules[1]);
    ck_assert_ptr_null(csvk_rule_sets_at(sets, manifests + 2));
    ck_assert_uint_eq(csvk_rule_sets_index(sets, &rules[1]), manifests + 1);
    ck_assert_uint_eq(csvk_rule_sets_index(sets, csvk_rule_find("field-count")), SIZE_MAX);
    ck_assert_ptr_eq(csvk_rule_sets_find(sets, "two"), &rules[1]);
    ck_assert_ptr_null(csvk_rule_sets_find(sets, "three"));
    ck_assert_int_eq(csvk_rule_level(&rules[0], CSVK_PROFILE_BIS), CSVK_INFO);
    ck_assert_int_eq(csvk_rule_level(&rules[0], CSVK_PROFILE_EXCEL), CSVK_OFF);
    ck_assert_int_eq(csvk_rule_level(&rules[1], CSVK_PROFILE_EXCEL), CSVK_WARNING);
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = csvk_rule_sets};
    static const struct csvk_rule_set *const nothing[] = {NULL};
    struct csvk_rule_walk none = {.sets = nothing};
    ck_assert_ptr_null(csvk_rule_walk_next(&none));
    for (size_t i = 0; (rule = csvk_rule_sets_at(csvk_rule_sets, i)) != NULL; i++) {
        ck_assert_ptr_eq(csvk_rule_walk_next(&walk), rule);
        ck_assert_msg(csvk_rule_sets_index(csvk_rule_sets, rule) == i, "%s is there twice",
                      rule->id);
        ck_assert_ptr_eq(csvk_rule_sets_find(csvk_rule_sets, rule->id), rule);
        size_t letters = strspn(rule->levels, "EWI-");
        ck_assert_msg(rule->levels[letters] == '\0' && (letters == 1 || letters == CSVK_PROFILES),
                      "levels of %s", rule->id);
        ck_assert(rule->summary[0] != '\0' && rule->why[0] != '\0' && rule->remedy[0] != '\0');
    }
    ck_assert_ptr_null(csvk_rule_walk_next(&walk));
    ck_assert_ptr_null(csvk_rule_walk_next(&walk)); /* and it stays at its end */
}
END_TEST

START_TEST(the_catalogue_has_the_classes_of_the_table)
{
    struct csvk_repair_row row;
    size_t count = 0;
    for (; csvk_repair_row_at(count, &row); count++) {
        enum csvk_repair repair = (enum csvk_repair)(count + 1);
        char class[] = {'L', (char)('0' + (int)norm_repair_class(repair)), '\0'};
        ck_assert_str_eq(row.repair_class, class);
        ck_assert_str_eq(row.id, csvk_repair_id(repair));
        ck_assert_ptr_nonnull(csvk_repair_class_meaning(row.repair_class));
        ck_assert(csvk_repair_row_find(row.name, &row));
    }
    ck_assert_uint_eq(count, CSVK_REPAIRS - 1);
    ck_assert(!csvk_repair_row_find("r99", &row) && !csvk_repair_row_find("", &row));
}
END_TEST

/* ---- a whole life, with every format ---- */

static void put_json(const struct csvk_subject *subject, struct csvk_json *json)
{
    csvk_json_put_string(json, "file", subject->file);
    csvk_section_json(subject->section, json);
}

static void put_text(const struct csvk_subject *subject, size_t index, struct csvk_reporter *r)
{
    csvk_reporter_put(r, index == subject->nsections ? "end of " : "section of ");
    csvk_reporter_put_escaped(r, subject->file);
    csvk_reporter_put(r, "\n");
}

static int report_all(const struct csvk_subject *subject, struct csvk_buf *out)
{
    static const struct csvk_subject failed = {.file = "gone", .error = "not there"};
    struct csvk_report_options options;
    csvk_report_options_init(&options, sets);
    options.style = CSVK_TEXT_COLOR | CSVK_TEXT_NOTES;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct csvk_reporter *r = NULL;
        int status = csvk_reporter_new(&r, formats[i], &options, out, NULL);
        status = status == CSVK_OK ? csvk_reporter_add(r, subject) : status;
        status = status == CSVK_OK ? csvk_reporter_add(r, &failed) : status;
        status = status == CSVK_OK ? csvk_reporter_end(r) : status;
        csvk_reporter_free(r);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

static int whole_life(struct csvk_buf *out)
{
    struct csvk_findings list = {.rule_limit = 2};
    struct csvk_finding first, second;
    struct csvk_section section;
    int status = make_full(&first) ? CSVK_OK : CSVK_ENOMEM;
    for (int i = 0; i < 10 && status == CSVK_OK;
         i++) { /* more than the list has room for at first */
        status = csvk_finding_copy(&second, &first);
        list.rule_limit = i == 8 ? 8 : 0;
        status = status == CSVK_OK ? csvk_findings_add(&list, &second) : status;
    }
    status = status == CSVK_OK ? csvk_findings_add(&list, &first) : status;
    csvk_finding_release(&first);
    csvk_section_of_findings(&section, &list);
    struct csvk_subject subject = {.file = "data",
                                   .folder = "data",
                                   .section = &section,
                                   .nsections = 1,
                                   .json = put_json,
                                   .text = put_text};
    status = status == CSVK_OK ? report_all(&subject, out) : status;
    csvk_findings_release(&list);
    return status;
}

START_TEST(every_allocation_may_fail)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    alloc_countdown = 1000000;
    ck_assert_int_eq(whole_life(&out), CSVK_OK);
    long total = 1000000 - alloc_countdown;
    alloc_countdown = -1;
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&out), "end of data\n"));
    ck_assert_ptr_nonnull(strstr(csvk_buf_text(&out), "{\"file\":\"gone\",\"valid\":false,"
                                                      "\"error\":\"not there\"}\n"));
    csvk_buf_release(&out);
    ck_assert_int_gt(total, 100);
    ck_assert_int_eq(alloc_alive, 0);
    for (long i = 0; i < total; i++) {
        alloc_countdown = i;
        ck_assert_msg(whole_life(&out) == CSVK_ENOMEM, "allocation %ld of %ld", i, total);
        csvk_buf_release(&out);
        ck_assert_msg(alloc_alive == 0, "allocation %ld of %ld: something was not freed", i, total);
    }
}
END_TEST

START_TEST(an_unknown_format_is_refused)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_report_options options;
    struct csvk_reporter *r = NULL;
    struct csvk_error err = {0};
    csvk_report_options_init(&options, sets);
    ck_assert_int_eq(csvk_reporter_new(&r, "xml", &options, &out, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, CSVK_REPORT_FORMAT_WORDS));
    csvk_reporter_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("findings");
    TCase *tcase = tcase_create("findings");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, messages_and_remedies);
    tcase_add_test(tcase, limits_bound_what_is_kept_and_never_what_is_counted);
    tcase_add_test(tcase, an_excerpt_cuts_no_code_point);
    tcase_add_test(tcase, rules_have_numbers_over_all_sets);
    tcase_add_test(tcase, the_catalogue_has_the_classes_of_the_table);
    tcase_add_test(tcase, every_allocation_may_fail);
    tcase_add_test(tcase, an_unknown_format_is_refused);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
