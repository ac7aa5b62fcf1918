/* man_rules.c - the man page csvkit-rules(7): all rules, made from the tables of rules. */
#include "csvkit/cli/frame/roff.h"

#include "manifest/manifest.h"
#include "preflight/preflight.h"
#include "validator/validator.h"

static void put_labelled(struct cli_page *page, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0') {
        return;
    }
    cli_putf(page, ".PP\n.I %s:\n", label);
    cli_roff_paragraphs(page, text);
}

static void put_levels(struct cli_page *page, const struct csvk_rule *rule)
{
    cli_put(page, ".PP\n.I Severity:\n");
    for (int i = 0; i < CSVK_PROFILES; i++) {
        enum csvk_profile profile = (enum csvk_profile)i;
        cli_roff_text(page, csvk_severity_name(csvk_rule_level(rule, profile)));
        cli_put(page, " in ");
        cli_roff_text(page, csvk_profile_name(profile));
        cli_put(page, i + 1 < CSVK_PROFILES ? ", " : ".\n");
    }
}

static void put_rule(struct cli_page *page, const struct csvk_rule *rule)
{
    cli_put(page, ".SS \"");
    cli_roff_text(page, rule->id);
    cli_put(page, "\"\n");
    cli_roff_paragraphs(page, rule->summary);
    put_labelled(page, "Why it matters", rule->why);
    put_labelled(page, "Example", rule->example);
    put_labelled(page, "Remedy", rule->remedy);
    put_labelled(page, "Repairs of normalize", rule->repairs);
    put_levels(page, rule);
}

/* The rules about manifests, whose severity does not depend on a profile. */
static void put_manifest_rules(struct cli_page *page)
{
    cli_put(page,
            ".SH RULES OF MANIFESTS AND DATA FOLDERS\n"
            "These are the rules of csvkit manifest check and csvkit preflight. Their severity "
            "does not\ndepend on a profile.\n");
    for (const struct csvk_manifest_rule *rule = csvk_manifest_rules(); rule->id != NULL; rule++) {
        cli_put(page, ".SS \"");
        cli_roff_text(page, rule->id);
        cli_put(page, "\"\n");
        cli_roff_paragraphs(page, rule->title);
        put_labelled(page, "Why it matters", rule->why);
        put_labelled(page, "Remedy", rule->remedy);
        put_labelled(page, "Severity", csvk_manifest_severity_name(rule->severity));
    }
}

/* The rules about data folders. */
static void put_preflight_rules(struct cli_page *page)
{
    const struct csvk_preflight_rule *rule = csvk_preflight_rules();
    for (; rule->id != NULL; rule++) {
        cli_put(page, ".SS \"");
        cli_roff_text(page, rule->id);
        cli_put(page, "\"\n");
        cli_roff_paragraphs(page, rule->title);
        put_labelled(page, "What the platform does", rule->outcome);
        put_labelled(page, "Remedy", rule->remedy);
        put_labelled(page, "Severity", csvk_severity_name(rule->severity));
    }
}

static void put_profiles(struct cli_page *page)
{
    cli_put(page, ".SH PROFILES\n");
    for (int i = 0; i < CSVK_PROFILES; i++) {
        cli_put(page, ".TP\n.B ");
        cli_roff_text(page, csvk_profile_name((enum csvk_profile)i));
        cli_put(page, "\n");
        cli_roff_paragraphs(page, csvk_profile_summary((enum csvk_profile)i));
    }
}

int cli_man_rules(struct csvk_buf *out)
{
    struct cli_page page = {out, CSVK_OK};
    cli_put(&page, ".\\\" Made from the table of rules; do not edit.\n");
    cli_roff_title(&page, "csvkit", "rules", 7);
    cli_put(&page,
            ".SH NAME\ncsvkit\\-rules \\- the rules of csvkit and the profiles\n"
            ".SH DESCRIPTION\n"
            "Every finding names the rule that the data breaks. A profile gives each rule of\n"
            "csvkit validate a severity: error, warning, info or off.\n"
            ".B \\-\\-rule=ID=SEVERITY\nchanges the severity of one rule.\n");
    put_profiles(&page);
    cli_put(&page, ".SH RULES OF TABLES\nThese are the rules of csvkit validate.\n");
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        put_rule(&page, csvk_rule_at(i));
    }
    put_manifest_rules(&page);
    put_preflight_rules(&page);
    cli_put(&page, ".SH SEE ALSO\n.BR csvkit\\-validate (1),\n.BR csvkit\\-explain (1)\n");
    return page.status;
}
