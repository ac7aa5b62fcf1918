/* load_options.c - reads options of csvkit load. */
#include "csvkit/cli/remote/load_options.h"
#include "csvkit/cli/frame/frame.h"

#include <string.h>

/* ---- the source ------------------------------------------------------------------------------ */

static int refuse_with(struct cli *cli, const char *source, const char *const *names)
{
    for (; *names; names++) {
        if (cli_has(cli, *names)) {
            return cli_trouble(cli, "--%s cannot be combined with --%s", source, *names);
        }
    }
    return CLI_GOOD;
}

/* What says how a file is read or sent means nothing for rows that are in the project already. */
static const char *const of_files[] = {
    "manifest", "delimiter",   "enclosure",     "escape", "no-header",           "header",
    "compress", "importer",    "state",         "tag",    "permanent",           "part-size",
    "encoding", "add-columns", "treat-null-as", "once",   "timestamp-from-data", NULL};
static const char *const of_jobs[] = {"tag", "permanent", "treat-null-as", NULL};
/* A table that is made from a snapshot is what the snapshot was. */
static const char *const of_imports[] = {"incremental",   "primary-key",         "columns",
                                         "deduplication", "delete-where-column", NULL};

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) < KBC_ID_SIZE;
}

static int check_project_source(struct cli *cli, const char *name)
{
    bool snapshot = strcmp(name, "from-snapshot") == 0;
    int status = refuse_with(cli, name, of_files);
    status = status == CLI_GOOD && snapshot ? refuse_with(cli, name, of_imports) : status;
    if (status == CLI_GOOD && !is_number(cli_value(cli, name))) {
        status = cli_trouble(cli, "--%s=%s: an id is a number", name, cli_value(cli, name));
    }
    if (status == CLI_GOOD && !snapshot && !cli_has(cli, "workspace-object")) {
        status = cli_trouble(cli, "--from-workspace needs --workspace-object=NAME");
    }
    return status;
}

int load_options_check(struct cli *cli, const char *path)
{
    bool snapshot = cli_has(cli, "from-snapshot"), workspace = cli_has(cli, "from-workspace");
    int sources = (path != NULL) + cli_has(cli, "file-id") + snapshot + workspace;
    if (sources != 1) {
        return cli_trouble(cli,
                           "give PATH, the file to upload first, or --file-id=ID of an uploaded "
                           "file, or --from-snapshot or --from-workspace, but not both");
    }
    if (!workspace && (cli_has(cli, "deduplication") || cli_has(cli, "workspace-object"))) {
        return cli_trouble(cli, "--deduplication and --workspace-object need --from-workspace");
    }
    if (!path && (cli_has(cli, "tag") || cli_has(cli, "permanent"))) {
        return cli_trouble(cli, "--tag and --permanent are for a file that is uploaded first");
    }
    if (path && cli_has(cli, "once")) { /* no job can have loaded what is uploaded now */
        return cli_trouble(cli, "--once is for --file-id; with PATH, --state does it");
    }
    if (cli_has(cli, "importer") && refuse_with(cli, "importer", of_jobs) != CLI_GOOD) {
        return CLI_TROUBLE;
    }
    return snapshot    ? check_project_source(cli, "from-snapshot")
           : workspace ? check_project_source(cli, "from-workspace")
                       : CLI_GOOD;
}

/* ---- rows to delete -------------------------------------------------------------------------- */

static int read_delete(struct load_options *options, struct cli *cli, size_t i)
{
    const char *problem = NULL;
    const char *text = cli_nth(cli, "delete-where-values", i);
    struct csvk_strings *values = &options->values[i];
    bool with_operator = cli_has(cli, "delete-where-operator");
    if (cli_parse_list(text, values, &problem) != CLI_GOOD) {
        return cli_trouble(cli, "--delete-where-values=%s: %s", text, problem);
    }
    if (values->count == 0 && csvk_strings_add(values, "") < 0) {
        return cli_trouble(cli, "out of memory");
    }
    options->deletes[i] = (struct kbc_delete){
        .column = cli_nth(cli, "delete-where-column", i),
        .operator= with_operator ? cli_nth(cli, "delete-where-operator", i) : "eq",
        .values = values,
    };
    if (i > 0) {
        options->deletes[i - 1].also = &options->deletes[i];
    }
    return CLI_GOOD;
}

/* One column is read with the manifest; several belong together by their order. */
static int read_deletes(struct load_options *options, struct cli *cli, struct kbc_load *load)
{
    size_t count = cli_count(cli, "delete-where-column");
    size_t operators = cli_count(cli, "delete-where-operator");
    int status = CLI_GOOD;
    if (count < 2) {
        return count < cli_count(cli, "delete-where-values") && count > 0
                   ? cli_trouble(cli, "--delete-where-values is for one column each")
                   : CLI_GOOD;
    }
    if (count > MOST_DELETES || cli_count(cli, "delete-where-values") != count ||
        (operators > 0 && operators != count)) {
        return cli_trouble(cli,
                           "give --delete-where-values, and --delete-where-operator if any, once "
                           "for each of the --delete-where-column (at most %d)",
                           MOST_DELETES);
    }
    for (size_t i = 0; i < count && status == CLI_GOOD; i++) {
        status = read_delete(options, cli, i);
    }
    load->delete_where = options->deletes[0];
    return status;
}

/* ---- NULL ------------------------------------------------------------------------------------ */

/* The word none means that no value is NULL; "none" in quotes is a value like any other. */
static int read_nulls(struct load_options *options, struct cli *cli, struct kbc_load *load)
{
    const char *text = cli_value(cli, "treat-null-as");
    const char *problem = NULL;
    if (!text) {
        return CLI_GOOD;
    }
    load->nulls = &options->nulls;
    if (strcmp(text, "none") == 0) {
        return CLI_GOOD;
    }
    if (text[0] == '"' && cli_parse_list(text, &options->nulls, &problem) != CLI_GOOD) {
        return cli_trouble(cli, "--treat-null-as=%s: %s", text, problem);
    }
    if (options->nulls.count > 1) {
        return cli_trouble(cli, "--treat-null-as=%s: the platform takes one value", text);
    }
    return options->nulls.count == 0 && csvk_strings_add(&options->nulls, text) < 0
               ? cli_trouble(cli, "out of memory")
               : CLI_GOOD;
}

int load_options_read(struct load_options *options, struct cli *cli, struct kbc_load *load)
{
    load->snapshot = cli_value(cli, "from-snapshot");
    load->workspace = cli_value(cli, "from-workspace");
    load->workspace_object = cli_value(cli, "workspace-object");
    load->deduplication = cli_value(cli, "deduplication");
    int status = read_deletes(options, cli, load);
    return status == CLI_GOOD ? read_nulls(options, cli, load) : status;
}

void load_options_release(struct load_options *options)
{
    for (size_t i = 0; i < MOST_DELETES; i++) {
        csvk_strings_release(&options->values[i]);
    }
    csvk_strings_release(&options->nulls);
}
