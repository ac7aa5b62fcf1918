/*
 * cmd_rules.c - csvkit rules lists all rules; csvkit explain RULE explains one of them.
 */
#include "csvkit/cli/frame/cli.h"

#include "manifest/manifest.h"
#include "preflight/preflight.h"
#include "validator/validator.h"

#include <string.h>

/* ---- rules of manifests and of data folders: their severity does not depend on a profile ------
 */

struct plain_rule {
    const char *id, *level, *title, *why, *remedy;
};

/* The rule with this index; false: there are no more. */
static bool plain_rule_at(size_t index, struct plain_rule *out)
{
    const struct csvk_manifest_rule *m = csvk_manifest_rules();
    for (; m->id != NULL; m++) {
        if (index-- == 0) {
            const char *level = csvk_manifest_severity_name(m->severity);
            *out = (struct plain_rule){m->id, level, m->title, m->why, m->remedy};
            return true;
        }
    }
    const struct csvk_preflight_rule *p = csvk_preflight_rules();
    for (; p->id != NULL; p++) {
        if (index-- == 0) {
            const char *level = csvk_severity_name(p->severity);
            *out = (struct plain_rule){p->id, level, p->title, p->outcome, p->remedy};
            return true;
        }
    }
    return false;
}

static bool find_plain_rule(const char *id, struct plain_rule *out)
{
    for (size_t i = 0; plain_rule_at(i, out); i++) {
        if (strcmp(out->id, id) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static int list_as_text(struct csvk_buf *out)
{
    int status = csvk_buf_printf(out, "%-28s %s  %s\n", "rule", "S R B K X", "meaning");
    for (size_t i = 0; i < csvk_rule_count() && status == CSVK_OK; i++) {
        const struct csvk_rule *rule = csvk_rule_at(i);
        const char *l = rule->levels;
        status = csvk_buf_printf(out, "%-28s %c %c %c %c %c  %s\n", rule->id, l[0], l[1], l[2],
                                 l[3], l[4], rule->summary);
    }
    struct plain_rule plain;
    for (size_t i = 0; plain_rule_at(i, &plain) && status == CSVK_OK; i++) {
        status = csvk_buf_printf(out, "%-28s %-9s  %s\n", plain.id, plain.level, plain.title);
    }
    const char *legend =
        "\nSeverities: E error, W warning, I info, - off. Profiles: S rfc4180-strict, R rfc4180,\n"
        "B rfc4180-bis, K keboola, X excel. csvkit explain RULE explains one rule.\n";
    return status == CSVK_OK ? csvk_buf_puts(out, legend) : status;
}

static void put_levels(struct csvk_json *json, const struct csvk_rule *rule)
{
    csvk_json_key(json, "levels");
    csvk_json_open(json, '{');
    for (int i = 0; i < CSVK_PROFILES; i++) {
        enum csvk_severity level = csvk_rule_level(rule, (enum csvk_profile)i);
        csvk_json_put_string(json, csvk_profile_name((enum csvk_profile)i),
                             csvk_severity_name(level));
    }
    csvk_json_close(json, '}');
}

static void put_rule(struct csvk_json *json, const struct csvk_rule *rule)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "rule", rule->id);
    put_levels(json, rule);
    csvk_json_put_string(json, "message", rule->message);
    csvk_json_put_string(json, "summary", rule->summary);
    csvk_json_put_string(json, "why", rule->why);
    csvk_json_put_string(json, "example", rule->example);
    csvk_json_put_string(json, "mend", rule->remedy);
    csvk_json_put_string(json, "repairs", rule->repairs);
    csvk_json_close(json, '}');
}

static void put_plain_rule(struct csvk_json *json, const struct plain_rule *rule)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "rule", rule->id);
    csvk_json_put_string(json, "severity", rule->level);
    csvk_json_key(json, "levels"); /* the same keys as for the other rules, all with one value */
    csvk_json_open(json, '{');
    for (int i = 0; i < CSVK_PROFILES; i++) {
        csvk_json_put_string(json, csvk_profile_name((enum csvk_profile)i), rule->level);
    }
    csvk_json_close(json, '}');
    csvk_json_put_string(json, "summary", rule->title);
    csvk_json_put_string(json, "why", rule->why);
    csvk_json_put_string(json, "mend", rule->remedy);
    csvk_json_close(json, '}');
}

static int list_as_json(struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        put_rule(&json, csvk_rule_at(i));
    }
    struct plain_rule plain;
    for (size_t i = 0; plain_rule_at(i, &plain); i++) {
        put_plain_rule(&json, &plain);
    }
    csvk_json_close(&json, ']');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

/* Prints `out` unless `status` says that memory ran out while it was made. */
static int show(struct cli *cli, struct csvk_buf *out, int status)
{
    if (status == CSVK_OK) {
        cli_out_buf(cli, out);
    }
    csvk_buf_release(out);
    return status == CSVK_OK ? CLI_GOOD : cli_trouble(cli, "out of memory");
}

static bool wants_json(const struct cli *cli)
{
    const char *format = cli_value(cli, "format");
    return format != NULL && strcmp(format, "json") == 0;
}

static int run_rules(struct cli *cli)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    return show(cli, &out, wants_json(cli) ? list_as_json(&out) : list_as_text(&out));
}

/* ---- explain ----------------------------------------------------------------------------------
 */

static int add_part(struct csvk_buf *out, const char *title, const char *text)
{
    return text[0] == '\0' ? CSVK_OK : csvk_buf_printf(out, "\n%s\n    %s\n", title, text);
}

static int add_levels(struct csvk_buf *out, const struct csvk_rule *rule)
{
    int status = csvk_buf_puts(out, "\nSeverity by profile\n");
    for (int i = 0; i < CSVK_PROFILES && status == CSVK_OK; i++) {
        enum csvk_profile profile = (enum csvk_profile)i;
        status = csvk_buf_printf(out, "    %-15s %s\n", csvk_profile_name(profile),
                                 csvk_severity_name(csvk_rule_level(rule, profile)));
    }
    return status;
}

static int explain_as_text(const struct csvk_rule *rule, struct csvk_buf *out)
{
    int status = csvk_buf_printf(out, "%s: %s\n", rule->id, rule->summary);
    status = status == CSVK_OK ? add_part(out, "Message", rule->message) : status;
    status = status == CSVK_OK ? add_part(out, "Why it matters", rule->why) : status;
    status = status == CSVK_OK ? add_part(out, "Example", rule->example) : status;
    status = status == CSVK_OK ? add_part(out, "How to repair it", rule->remedy) : status;
    status = status == CSVK_OK ? add_part(out, "Repairs of normalize", rule->repairs) : status;
    return status == CSVK_OK ? add_levels(out, rule) : status;
}

static int explain_as_json(const struct csvk_rule *rule, struct csvk_buf *out)
{
    struct csvk_json json;
    csvk_json_init(&json, out);
    put_rule(&json, rule);
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

static int explain_plain_rule(const struct cli *cli, const struct plain_rule *rule,
                              struct csvk_buf *out)
{
    if (wants_json(cli)) {
        struct csvk_json json;
        csvk_json_init(&json, out);
        put_plain_rule(&json, rule);
        return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
    }
    int status = csvk_buf_printf(out, "%s: %s\n", rule->id, rule->title);
    status = status == CSVK_OK ? add_part(out, "Why it matters", rule->why) : status;
    status = status == CSVK_OK ? add_part(out, "How to repair it", rule->remedy) : status;
    return status == CSVK_OK ? add_part(out, "Severity", rule->level) : status;
}

static int run_explain(struct cli *cli)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    const struct csvk_rule *rule = csvk_rule_find(cli_operand(cli, 0));
    struct plain_rule plain;
    if (find_plain_rule(cli_operand(cli, 0), &plain)) {
        return show(cli, &out, explain_plain_rule(cli, &plain, &out));
    }
    if (rule == NULL) {
        return cli_trouble(cli, "unknown rule '%s' (`csvkit rules` lists them)",
                           cli_operand(cli, 0));
    }
    return show(cli, &out,
                wants_json(cli) ? explain_as_json(rule, &out) : explain_as_text(rule, &out));
}

/* ---- the rows ---------------------------------------------------------------------------------
 */

static const struct cli_option rows[] = {
    {"format", 'f', "NAME", "text|json", "The output format. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Output", rows};
static const struct cli_group *const groups[] = {&own, &cli_common_options, NULL};

static const char *const rules_examples[] = {
    "csvkit rules",
    "List the rules and their severity in every profile.",
    "csvkit rules --format=json",
    "Print the same list for programs.",
    NULL,
};

const struct cli_command cli_cmd_rules = {
    .name = "rules",
    .operands = "",
    .summary = "list the rules of validate, manifest check and preflight",
    .details =
        "Lists the id, the severity and the meaning of every rule. For the rules of validate, "
        "the severity depends on the profile; csvkit validate --rule=ID=SEVERITY changes it "
        "for one run. The id of a rule never changes.",
    .groups = groups,
    .examples = rules_examples,
    .min_operands = 0,
    .max_operands = 0,
    .run = run_rules,
};

static const char *const explain_examples[] = {
    "csvkit explain field-count",
    "Explain what the rule means, why it matters and how to repair a file.",
    NULL,
};

const struct cli_command cli_cmd_explain = {
    .name = "explain",
    .operands = "RULE",
    .summary = "explain a rule: meaning, reason, example, remedy, severity",
    .details = "RULE is the id of a rule. A finding shows it in square brackets, as in "
               "error[field-count].",
    .groups = groups,
    .examples = explain_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_explain,
};
