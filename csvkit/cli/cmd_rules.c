/*
 * cmd_rules.c - csvkit rules lists all rules or repairs; csvkit explain explains one of them.
 */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/normalize.h"

#include "preflight/preflight.h"

#include <string.h>

static const char *plain_level(const struct csvk_rule *rule)
{
    return csvk_severity_name(csvk_rule_level(rule, CSVK_PROFILE_RFC4180));
}

/* ---- rules ------------------------------------------------------------------------------------
 */

static int list_as_text(struct csvk_buf *out)
{
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = csvk_rule_sets};
    int status = csvk_buf_printf(out, "%-28s %s  %s\n", "rule", "S R B K X", "meaning");
    while ((rule = csvk_rule_walk_next(&walk)) != NULL) {
        const char *l = rule->levels;
        if (status != CSVK_OK) {
            return status;
        }
        status = csvk_rule_is_plain(rule)
                     ? csvk_buf_printf(out, "%-28s %-9s  %s\n", rule->id, plain_level(rule),
                                       rule->summary)
                     : csvk_buf_printf(out, "%-28s %c %c %c %c %c  %s\n", rule->id, l[0], l[1],
                                       l[2], l[3], l[4], rule->summary);
    }
    const char *legend =
        "\nSeverities: E error, W warning, I info, - off. Profiles: S rfc4180-strict, R rfc4180,\n"
        "B rfc4180-bis, K keboola, X excel. csvkit explain RULE explains one rule.\n";
    return status == CSVK_OK ? csvk_buf_puts(out, legend) : status;
}

/* The severity of a rule without profiles is written under every profile all the same, so that the
   keys are those of the other rules. */
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
    bool plain = csvk_rule_is_plain(rule);
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "rule", rule->id);
    if (plain) {
        csvk_json_put_string(json, "severity", plain_level(rule));
    }
    put_levels(json, rule);
    if (!plain) {
        csvk_json_put_string(json, "message", rule->message);
    }
    csvk_json_put_string(json, "summary", rule->summary);
    csvk_json_put_string(json, "why", rule->why);
    if (!plain) {
        csvk_json_put_string(json, "example", rule->example);
    }
    csvk_json_put_string(json, "mend", rule->remedy);
    if (!plain) {
        csvk_json_put_string(json, "repairs", rule->repairs);
    }
    csvk_json_close(json, '}');
}

static int list_as_json(struct csvk_buf *out)
{
    struct csvk_json json;
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = csvk_rule_sets};
    csvk_json_init(&json, out);
    csvk_json_open(&json, '[');
    while ((rule = csvk_rule_walk_next(&walk)) != NULL) {
        put_rule(&json, rule);
    }
    csvk_json_close(&json, ']');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

/* ---- repairs ----------------------------------------------------------------------------------
 */

static int list_repairs_as_text(struct csvk_buf *out)
{
    struct csvk_repair_row row;
    int status = csvk_buf_printf(out, "%-8s %-16s %s  %s\n", "repair", "name", "class", "what");
    for (size_t i = 0; csvk_repair_row_at(i, &row) && status == CSVK_OK; i++) {
        status = csvk_buf_printf(out, "%-8s %-16s %-5s  %s\n", row.id, row.name, row.repair_class,
                                 row.what);
    }
    static const char *const classes[] = {"L0", "L1", "L2"};
    status = status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
    for (size_t i = 0; i < 3 && status == CSVK_OK; i++) {
        status = csvk_buf_printf(out, "%s %s\n", classes[i], csvk_repair_class_meaning(classes[i]));
    }
    return status;
}

/* Is `id` one of the words of `list`, which blanks or commas separate? */
static bool has_word(const char *list, const char *id)
{
    size_t n = strlen(id);
    for (const char *at = list; (at = strstr(at, id)) != NULL; at += n) {
        bool begins = at == list || strchr(" ,", at[-1]) != NULL;
        if (begins && (at[n] == '\0' || strchr(" ,", at[n]) != NULL)) {
            return true;
        }
    }
    return false;
}

/* The next rule of the walk whose findings the repair answers; NULL: there are no more. */
static const struct csvk_rule *next_rule(const char *repair, struct csvk_rule_walk *walk)
{
    const struct csvk_rule *rule;
    while ((rule = csvk_rule_walk_next(walk)) != NULL) {
        if (has_word(rule->repairs, repair)) {
            return rule;
        }
    }
    return NULL;
}

static void put_repair(struct csvk_json *json, const struct csvk_repair_row *row)
{
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = csvk_rule_sets};
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "repair", row->id);
    csvk_json_put_string(json, "name", row->name);
    csvk_json_put_string(json, "class", row->repair_class);
    csvk_json_put_string(json, "what", row->what);
    csvk_json_key(json, "rules");
    csvk_json_open(json, '[');
    while ((rule = next_rule(row->id, &walk)) != NULL) {
        csvk_json_string(json, rule->id);
    }
    csvk_json_close(json, ']');
    csvk_json_close(json, '}');
}

static int list_repairs_as_json(struct csvk_buf *out)
{
    struct csvk_json json;
    struct csvk_repair_row row;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '[');
    for (size_t i = 0; csvk_repair_row_at(i, &row); i++) {
        put_repair(&json, &row);
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
    if (cli_has(cli, "repairs")) {
        return show(cli, &out,
                    wants_json(cli) ? list_repairs_as_json(&out) : list_repairs_as_text(&out));
    }
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

/* A message for people: `{found#field}` is "N fields", and parts that may be missing (`{name?: }`)
   are. What is in braces stands for a value. */
static int add_message(struct csvk_buf *out, const char *message)
{
    int status = csvk_buf_puts(out, "\nMessage\n    ");
    while (status == CSVK_OK && *message != '\0') {
        size_t text = strcspn(message, "{"), part = strcspn(message + text, "}");
        const char *brace = message + text, *mark = brace + strcspn(brace, "#?}");
        status = csvk_buf_add(out, message, text);
        if (status == CSVK_OK && *mark == '#') {
            status = csvk_buf_printf(out, "N %.*ss", (int)(brace + part - mark - 1), mark + 1);
        } else if (status == CSVK_OK && *mark == '}') {
            status = csvk_buf_add(out, brace, part + 1);
        }
        message = brace + part + (brace[part] == '}');
    }
    return status == CSVK_OK ? csvk_buf_puts(out, "\n") : status;
}

static int explain_as_text(const struct csvk_rule *rule, struct csvk_buf *out)
{
    bool plain = csvk_rule_is_plain(rule);
    int status = csvk_buf_printf(out, "%s: %s\n", rule->id, rule->summary);
    if (status == CSVK_OK && rule->message != NULL) {
        status = add_message(out, rule->message);
    }
    status = status == CSVK_OK ? add_part(out, "Why it matters", rule->why) : status;
    status = status == CSVK_OK ? add_part(out, "Example", rule->example) : status;
    status = status == CSVK_OK ? add_part(out, "How to repair it", rule->remedy) : status;
    status = status == CSVK_OK ? add_part(out, "Repairs of normalize", rule->repairs) : status;
    if (status != CSVK_OK) {
        return status;
    }
    return plain ? add_part(out, "Severity", plain_level(rule)) : add_levels(out, rule);
}

static int explain_repair_as_text(const struct csvk_repair_row *row, struct csvk_buf *out)
{
    const struct csvk_rule *rule;
    struct csvk_rule_walk walk = {.sets = csvk_rule_sets};
    size_t found = 0;
    int status =
        csvk_buf_printf(out, "%s: %s: %s\n\nClass\n    %s: it %s\n", row->id, row->name, row->what,
                        row->repair_class, csvk_repair_class_meaning(row->repair_class));
    while (status == CSVK_OK && (rule = next_rule(row->id, &walk)) != NULL) {
        status = csvk_buf_printf(out, "%s    %s: %s\n",
                                 found++ == 0 ? "\nWhat it repairs, by rule\n" : "", rule->id,
                                 rule->summary);
    }
    return status;
}

/* A rule, or the name of a repair, that is like `id`. */
static const char *suggest(const char *id)
{
    const char *names[CSVK_REPAIRS];
    struct csvk_repair_row row;
    size_t count = 0;
    const char *near = cli_suggest_rule(csvk_rule_sets, id);
    while (near == NULL && count < CSVK_REPAIRS && csvk_repair_row_at(count, &row)) {
        names[count++] = row.name;
    }
    return near != NULL ? near : cli_suggest(id, names, count);
}

static int run_explain(struct cli *cli)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_repair_row repair;
    struct csvk_json json;
    const char *id = cli_operand(cli, 0);
    const struct csvk_rule *rule = csvk_rule_sets_find(csvk_rule_sets, id);
    bool is_repair = rule == NULL && csvk_repair_row_find(id, &repair);
    if (rule == NULL && !is_repair) {
        const char *near = suggest(id);
        return near != NULL ? cli_trouble(cli, "unknown rule '%s'; did you mean %s?", id, near)
                            : cli_trouble(cli, "unknown rule '%s' (`csvkit rules` lists them)", id);
    }
    if (!wants_json(cli)) {
        return show(cli, &out,
                    is_repair ? explain_repair_as_text(&repair, &out)
                              : explain_as_text(rule, &out));
    }
    csvk_json_init(&json, &out);
    if (is_repair) {
        put_repair(&json, &repair);
    } else {
        put_rule(&json, rule);
    }
    return show(cli, &out, json.failed ? CSVK_ENOMEM : csvk_buf_putc(&out, '\n'));
}

/* ---- the rows ---------------------------------------------------------------------------------
 */

static const struct cli_option rows[] = {
    {"repairs", 0, NULL, NULL, "List the repairs of csvkit normalize instead of the rules.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_option format_rows[] = {
    {"format", 'f', "NAME", "text|json", "The output format. Default: text.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group what = {"What is listed", rows};
static const struct cli_group format = {"Output", format_rows};
static const struct cli_group *const rules_groups[] = {&what, &format, &cli_common_options, NULL};
static const struct cli_group *const groups[] = {&format, &cli_common_options, NULL};

static const char *const rules_examples[] = {
    "csvkit rules",
    "List the rules and their severity in every profile.",
    "csvkit rules --format=json",
    "Print the same list for programs.",
    "csvkit rules --repairs",
    "List the repairs of csvkit normalize.",
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
    .groups = rules_groups,
    .examples = rules_examples,
    .min_operands = 0,
    .max_operands = 0,
    .run = run_rules,
};

static const char *const explain_examples[] = {
    "csvkit explain field-count",
    "Explain what the rule means, why it matters and how to repair a file.",
    "csvkit explain r18",
    "Explain a repair that csvkit normalize has reported.",
    NULL,
};

const struct cli_command cli_cmd_explain = {
    .name = "explain",
    .operands = "RULE",
    .summary = "explain a rule: meaning, reason, example, remedy, severity",
    .details = "RULE is the id of a rule. A finding shows it in square brackets, as in "
               "error[field-count]. The id or the name of a repair is explained, too.",
    .groups = groups,
    .examples = explain_examples,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_explain,
    .rules = &csvk_rule_sets,
};
