/* rule_options.c - see rule_options.h. */
#include "csvkit/cli/validate/rule_options.h"

/* ID=LEVEL. */
static int get_rule(struct cli *cli, const char *text, struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    enum csvk_severity level;
    char id[CLI_RULE_ID_SIZE];
    if (cli_get_level(cli, text, id, &level) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    return csvk_validate_set_rule(options, id, level, &err) == CSVK_OK
               ? CLI_GOOD
               : cli_trouble(cli, "--rule=%s: %s", text, err.text);
}

int cli_get_rules(struct cli *cli, struct csvk_validate_options *options)
{
    struct csvk_error err = {0};
    const char *profile = cli_value(cli, "profile");
    if (profile != NULL && csvk_profile_parse(profile, &options->profile, &err) != CSVK_OK) {
        return cli_trouble(cli, "--profile: %s", err.text);
    }
    int status = CLI_GOOD;
    for (size_t i = 0; i < cli_count(cli, "rule") && status == CLI_GOOD; i++) {
        status = get_rule(cli, cli_nth(cli, "rule", i), options);
    }
    return status;
}

int cli_get_limits(struct cli *cli, struct csvk_validate_options *o)
{
    int status = cli_get_uint(cli, "max-findings", 0, UINT64_MAX, &o->max_findings);
    status = status == CLI_GOOD ? cli_get_size(cli, "memory", &o->memory) : status;
    o->threads = cli_threads(cli);
    status = status == CLI_GOOD ? cli_get_size(cli, "max-field", &o->max_field) : status;
    status = status == CLI_GOOD ? cli_get_size(cli, "max-record", &o->max_record) : status;
    status = status == CLI_GOOD ? cli_get_uint(cli, "max-fields", 1, UINT64_MAX, &o->max_fields)
                                : status;
    return status == CLI_GOOD ? cli_get_uint(cli, "max-records", 1, UINT64_MAX, &o->max_records)
                              : status;
}
