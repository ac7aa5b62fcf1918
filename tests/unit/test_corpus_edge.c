/*
 * test_corpus_edge.c - the corpus of edge cases: every finding of every file, byte for byte, and
 * the verdict in every profile, whatever the size of the reads and the SIMD level.
 *
 * The corpus is two folders. A case that both have is as the second one states.
 */
#include "tests/support/support.h"
#include "validator/validator.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const folders[] = {"edge-cases", "edge-cases-2"};
static cJSON *expected;             /* of all folders; a case knows its own by the key "folder" */
static struct csvk_strings covered; /* rules that the corpus knows */

struct edge_way {
    size_t window;
    enum csvk_simd simd;
    bool reference_only;
};

static void tune(struct csvk_options *options, void *context)
{
    const struct edge_way *how = context;
    options->window = how->window;
    options->simd = how->simd;
    options->reference_only = how->reference_only;
}

static struct csvk_validator *judge(const cJSON *entry, enum csvk_profile profile, bool all_rules,
                                    struct edge_way *how)
{
    char path[512];
    const char *name = entry->string;
    const cJSON *folder = cJSON_GetObjectItem(entry, "folder");
    snprintf(path, sizeof(path), "%s/cases/%s.csv", support_corpus(folder->valuestring), name);
    struct csvk_error err = {0};
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    struct csvk_validate_options options;
    struct csvk_validate_hooks hooks = {.size = sizeof hooks, .tune = tune, .context = how};
    csvk_validate_options_init(&options);
    options.profile = profile;
    options.file = name;
    options.max_findings = 0;
    if (all_rules) {
        ck_assert_int_eq(csvk_validate_set_rule(&options, "all", CSVK_INFO, &err), CSVK_OK);
    }
    ck_assert_msg(csvk_source_open(&source, path, &err) == CSVK_OK, "%s", err.text);
    ck_assert_msg(csvk_validate_source(&v, source, &options, &hooks, &err) == CSVK_OK, "%s: %s",
                  name, err.text);
    csvk_source_free(source);
    return v;
}

static const struct csvk_report *report_of(struct csvk_validator *v)
{
    const struct csvk_report *report = NULL;
    struct csvk_error err = {0};
    ck_assert_msg(csvk_validator_report(v, &report, &err) == CSVK_OK, "%s", err.text);
    return report;
}

/* One line per finding, keys in a fixed order, so that a difference can be read. */
static void print_expected(const cJSON *finding, struct csvk_buf *out)
{
    static const char *const keys[] = {"byte",  "length",     "line",       "column", "record",
                                       "field", "expected",   "found",      "first",  "this",
                                       "lines", "end_offset", "first_field"};
    int status = csvk_buf_puts(out, cJSON_GetObjectItem(finding, "rule")->valuestring);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const cJSON *item = cJSON_GetObjectItem(finding, keys[i]);
        if (cJSON_IsNumber(item)) {
            status |= csvk_buf_printf(out, " %s=%.0f", keys[i], item->valuedouble);
        } else if (cJSON_IsString(item)) {
            status |= csvk_buf_printf(out, " %s=%s", keys[i], item->valuestring);
        }
    }
    ck_assert_int_eq(status | csvk_buf_putc(out, '\n'), CSVK_OK);
}

/* cJSON refuses lone surrogates, which stand for bytes that are not UTF-8. */
static void hide_surrogates(struct csvk_buf *text)
{
    unsigned char *at = text->data;
    while ((at = (unsigned char *)strstr((char *)at, "\\udc")) != NULL) {
        memset(at, '_', 6);
    }
}

/* The same from what the report says, through its JSON, so that the writer is tested too. */
static void print_found(const struct csvk_report *report, struct csvk_buf *out)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_report_print(report, "json", CSVK_TEXT_PLAIN, &text, NULL), CSVK_OK);
    hide_surrogates(&text);
    cJSON *json = cJSON_Parse(csvk_buf_text(&text));
    ck_assert_msg(json != NULL, "not JSON: %s", csvk_buf_text(&text));
    const cJSON *finding;
    cJSON_ArrayForEach(finding, cJSON_GetObjectItem(json, "findings"))
    {
        if (csvk_strings_has(&covered, cJSON_GetObjectItem(finding, "rule")->valuestring)) {
            print_expected(finding, out);
        }
    }
    cJSON_Delete(json);
    csvk_buf_release(&text);
}

static void compare(const cJSON *entry, const cJSON *findings, enum csvk_profile profile,
                    struct edge_way *how)
{
    struct csvk_buf want = CSVK_BUF_INIT, have = CSVK_BUF_INIT;
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings)
    {
        print_expected(finding, &want);
    }
    struct csvk_validator *v = judge(entry, profile, true, how);
    print_found(report_of(v), &have);
    ck_assert_msg(strcmp(csvk_buf_text(&want), csvk_buf_text(&have)) == 0,
                  "%s (%s, window %zu, simd %d, reference %d)\nwant:\n%shave:\n%s", entry->string,
                  csvk_profile_name(profile), how->window, (int)how->simd, how->reference_only,
                  csvk_buf_text(&want), csvk_buf_text(&have));
    csvk_validator_free(v);
    csvk_buf_release(&want);
    csvk_buf_release(&have);
}

static void compare_all(struct edge_way how)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, expected)
    {
        const cJSON *findings = cJSON_GetObjectItem(entry, "findings");
        const cJSON *bis = cJSON_GetObjectItem(entry, "bis");
        compare(entry, findings, CSVK_PROFILE_RFC4180, &how);
        if (bis != NULL) {
            findings = cJSON_GetObjectItem(bis, "findings");
        }
        compare(entry, findings, CSVK_PROFILE_BIS, &how);
    }
}

START_TEST(findings_are_as_stated_for_every_size_of_read)
{
    static const size_t windows[] = {0, 1, 2, 3, 7, 64, 4096, 65536};
    compare_all((struct edge_way){windows[_i], CSVK_SIMD_AUTO, false});
}
END_TEST

START_TEST(findings_are_as_stated_for_every_simd_level)
{
    if ((enum csvk_simd)_i > csvk_simd_best()) {
        return;
    }
    compare_all((struct edge_way){0, (enum csvk_simd)_i, false});
}
END_TEST

START_TEST(findings_are_as_stated_by_the_reference_parser)
{
    compare_all((struct edge_way){0, CSVK_SIMD_AUTO, true});
}
END_TEST

/* Size limits, heuristics and other header rules are not part of what the corpus states. */
static bool is_valid_by_covered_rules(const struct csvk_report *report)
{
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        if (report->levels[i] == CSVK_ERROR && report->counts[i] != 0 &&
            csvk_strings_has(&covered, csvk_rule_at(i)->id)) {
            return false;
        }
    }
    return true;
}

START_TEST(verdicts_are_as_stated)
{
    const cJSON *entry;
    struct edge_way how = {0};
    cJSON_ArrayForEach(entry, expected)
    {
        const cJSON *verdict = cJSON_GetObjectItem(entry, "verdict");
        const char *name = csvk_profile_name((enum csvk_profile)_i);
        const char *want = cJSON_GetObjectItem(verdict, name)->valuestring;
        struct csvk_validator *v = judge(entry, (enum csvk_profile)_i, false, &how);
        const struct csvk_report *report = report_of(v);
        struct csvk_buf json = CSVK_BUF_INIT;
        ck_assert_int_eq(csvk_report_print(report, "json", CSVK_TEXT_PLAIN, &json, NULL), CSVK_OK);
        ck_assert_msg(is_valid_by_covered_rules(report) == (strcmp(want, "valid") == 0),
                      "%s in %s: want %s, have %s", entry->string, name, want,
                      csvk_buf_text(&json));
        csvk_buf_release(&json);
        csvk_validator_free(v);
    }
}
END_TEST

START_TEST(totals_are_as_stated)
{
    const cJSON *entry;
    struct edge_way how = {0};
    cJSON_ArrayForEach(entry, expected)
    {
        struct csvk_validator *v = judge(entry, CSVK_PROFILE_RFC4180, false, &how);
        const struct csvk_report *report = report_of(v);
        ck_assert_uint_eq(report->totals->records,
                          (uint64_t)cJSON_GetObjectItem(entry, "record_count")->valuedouble);
        ck_assert_uint_eq(report->totals->bytes,
                          (uint64_t)cJSON_GetObjectItem(entry, "bytes")->valuedouble);
        csvk_validator_free(v);
    }
}
END_TEST

static void gather_rules(const cJSON *findings)
{
    const cJSON *finding;
    cJSON_ArrayForEach(finding, findings)
    {
        const char *rule = cJSON_GetObjectItem(finding, "rule")->valuestring;
        if (!csvk_strings_has(&covered, rule) && csvk_strings_add(&covered, rule) != CSVK_OK) {
            abort();
        }
    }
}

/* Moves the cases of one folder to `expected`. False: the corpus is not here. */
static bool load(const char *folder)
{
    char path[512];
    size_t length = 0;
    const char *place = support_corpus(folder);
    if (place == NULL) {
        return false;
    }
    snprintf(path, sizeof(path), "%s/expected.json", place);
    unsigned char *text = support_read_file(path, &length);
    cJSON *cases = text != NULL ? cJSON_ParseWithLength((char *)text, length) : NULL;
    free(text);
    bool loaded = cases != NULL;
    while (cases != NULL && cases->child != NULL) {
        cJSON *entry = cJSON_DetachItemViaPointer(cases, cases->child);
        gather_rules(cJSON_GetObjectItem(entry, "findings"));
        cJSON_AddStringToObject(entry, "folder", folder);
        cJSON_DeleteItemFromObjectCaseSensitive(expected, entry->string);
        cJSON_AddItemToObject(expected, entry->string, entry);
    }
    cJSON_Delete(cases);
    return loaded;
}

int main(void)
{
    expected = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (!load(folders[i])) {
            return 77;
        }
    }
    Suite *suite = suite_create("corpus_edge");
    TCase *tcase = tcase_create("corpus_edge");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, findings_are_as_stated_for_every_size_of_read, 0, 8);
    tcase_add_loop_test(tcase, findings_are_as_stated_for_every_simd_level, 1, 5);
    tcase_add_test(tcase, findings_are_as_stated_by_the_reference_parser);
    tcase_add_loop_test(tcase, verdicts_are_as_stated, 0, CSVK_PROFILES);
    tcase_add_test(tcase, totals_are_as_stated);
    suite_add_tcase(suite, tcase);
    int status = support_run(suite);
    cJSON_Delete(expected);
    csvk_strings_release(&covered);
    return status;
}
