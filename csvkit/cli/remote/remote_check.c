/*
 * remote_check.c - judges the data as Storage will read it, before anything is sent: every record
 * by the rules of the platform, the header against the columns, the primary key over all files.
 */
#include "csvkit/cli/remote/remote.h"
#include "csvkit/names.h"
#include "validator/validator.h"

#include <string.h>

static int no_memory(struct cli *cli)
{
    return cli_trouble(cli, "out of memory");
}

/* ---- agreement of header, columns and key ---------------------------------------------------- */

static bool same_name(const char *name, const char *wanted)
{
    struct csvk_buf clean = CSVK_BUF_INIT;
    bool same =
        strcmp(name, wanted) == 0 || (csvk_name_sanitize(name, strlen(name), &clean) == CSVK_OK &&
                                      strcmp(csvk_buf_text(&clean), wanted) == 0);
    csvk_buf_release(&clean);
    return same;
}

static bool has_name(const struct csvk_strings *list, const char *name)
{
    bool found = false;
    for (size_t i = 0; i < list->count; i++) {
        found = found || same_name(name, list->item[i]);
    }
    return found;
}

/* The number of the first name that is not the one of the column, from 1; 0: all agree. *swapped:
   it is the name of another column. */
static size_t first_difference(const struct csvk_strings *header,
                               const struct csvk_strings *columns, bool *swapped)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (!same_name(header->item[i], columns->item[i])) {
            *swapped = has_name(columns, header->item[i]);
            return i + 1;
        }
    }
    return 0;
}

/* The header is skipped and other names count. So other names may be meant, but not another number
   of them, and not the same ones at other places. */
static int judge_header(struct cli *cli, const char *file, const struct csvk_strings *header,
                        const struct csvk_strings *columns)
{
    bool swapped = false;
    if (header->count != columns->count) {
        return cli_refuse(cli,
                          "%s: the header has %zu names, but the manifest or --columns has %zu; "
                          "nothing was sent",
                          file, header->count, columns->count);
    }
    size_t at = first_difference(header, columns, &swapped);
    if (at > 0 && swapped) {
        return cli_refuse(cli,
                          "%s: column %zu is \"%s\" in the header, but \"%s\" in the manifest or "
                          "--columns, in another order; nothing was sent",
                          file, at, header->item[at - 1], columns->item[at - 1]);
    }
    if (at > 0) {
        cli_note(cli, "%s: column %zu is \"%s\" in the header and is loaded as \"%s\"", file, at,
                 header->item[at - 1], columns->item[at - 1]);
    }
    return CLI_GOOD;
}

/* Without a header, the first record must not be one: it would be loaded as a row. */
static int judge_first_record(struct cli *cli, const char *file, const struct csvk_strings *record,
                              const struct csvk_strings *columns)
{
    bool swapped = false;
    if (columns->count > 0 && record->count == columns->count &&
        first_difference(record, columns, &swapped) == 0) {
        return cli_refuse(cli,
                          "%s: the first record has the names of the columns, and would be loaded "
                          "as a row (--header, or has_header in the manifest); nothing was sent",
                          file);
    }
    return CLI_GOOD;
}

/* The names of the columns as the data has them: in the header, or else as they are given. Data
   that was counted was judged already. */
static int names_of_data(const struct remote_input *input, const struct csvk_strings *files,
                         struct cli *cli, struct csvk_strings *names)
{
    struct csvk_error err = {0};
    struct csvk_strings first = {0};
    bool headless = input->header == KBC_HEADLESS;
    int result = CLI_GOOD;
    for (size_t i = 0; i < files->count && result == CLI_GOOD; i++) {
        const char *file = files->item[i];
        csvk_strings_release(&first);
        if (remote_header_names(&input->dialect, file, &first, &err) < 0) {
            result = cli_fail(cli, &err);
        } else if (headless && !input->counted) {
            result = judge_first_record(cli, file, &first, &input->columns);
        } else if (input->header == KBC_SKIP_HEADER && first.count > 0 && !input->counted) {
            result = judge_header(cli, file, &first, &input->columns);
        }
        if (result == CLI_GOOD && !headless && names->count == 0 &&
            csvk_strings_copy(names, &first) < 0) {
            result = no_memory(cli);
        }
    }
    if (result == CLI_GOOD && headless && csvk_strings_copy(names, &input->columns) < 0) {
        result = no_memory(cli);
    }
    csvk_strings_release(&first);
    return result;
}

/* Adds the key by the names that the data has; `known` are the names that count, in the same order.
 */
static int take_key(struct cli *cli, const char *path, const struct csvk_strings *known,
                    const struct csvk_strings *names, const struct csvk_strings *key,
                    struct csvk_strings *out)
{
    for (size_t k = 0; k < key->count; k++) {
        size_t i = 0;
        while (i < known->count && i < names->count && !same_name(known->item[i], key->item[k])) {
            i++;
        }
        if (i == known->count || i == names->count) {
            return cli_refuse(cli,
                              "%s: the data has no column \"%s\" of the primary key; nothing was "
                              "sent",
                              path, key->item[k]);
        }
        if (csvk_strings_add(out, names->item[i]) < 0) {
            return no_memory(cli);
        }
    }
    return CLI_GOOD;
}

/* ---- validation ------------------------------------------------------------------------------ */

/* The platform unpacks gzip and nothing else. */
static int check_compression(struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_bytes start;
    int status = csvk_source_peek(source, 1, &start, err);
    const char *kind = status == CSVK_OK ? csvk_source_compression(source) : NULL;
    if (kind != NULL && !csvk_source_is_gzip(source)) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s: is %s, which the platform does not unpack: unpack it, or pack it "
                           "with gzip",
                           csvk_source_name(source), kind);
    }
    return status;
}

static int list_files(const struct remote_input *input, struct cli *cli, struct csvk_strings *files)
{
    struct csvk_error err = {0};
    int status = input->sliced ? csvk_list_slices(input->path, files, &err)
                               : csvk_strings_add(files, input->path);
    if (status < 0) {
        csvk_strings_release(files);
        return err.status ? cli_fail(cli, &err) : no_memory(cli);
    }
    return CLI_GOOD;
}

/* The validators of the files so far, as long as they are needed: with a key, until its search. */
struct input_check {
    struct cli *cli;
    struct csvk_validate_options options;
    struct csvk_validator **part;
    size_t count;
    uint64_t records; /* without headers */
};

/* Counts the records of a file and prints its findings if it has errors. */
static int report_part(struct input_check *check, struct csvk_validator *validator)
{
    const struct csvk_report *report = NULL;
    struct csvk_error err = {0};
    struct csvk_buf text = CSVK_BUF_INIT;
    if (csvk_validator_report(validator, &report, &err) < 0) {
        return cli_fail(check->cli, &err);
    }
    bool named = check->options.header == CSVK_HEADER && report->totals.records > 0;
    check->records += report->totals.records - named;
    check->options.width = check->options.width ? check->options.width : report->totals.width;
    if (report->valid) {
        return CLI_GOOD;
    }
    unsigned style = cli_color(check->cli, stderr) ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN;
    if (csvk_report_print(report, "text", style, &text, NULL) == CSVK_OK) {
        fwrite(csvk_buf_text(&text), 1, text.length, stderr);
    }
    csvk_buf_release(&text);
    return CLI_REFUSED;
}

/* Validates one file. Its validator is kept when there is a key, else reported and freed. */
static int check_file(struct input_check *check, const char *path)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *validator = NULL;
    struct csvk_error err = {0};
    bool keeps = check->options.primary_key.count > 0;
    check->options.file = path;
    int status = csvk_source_open(&source, path, &err);
    status = status == CSVK_OK ? check_compression(source, &err) : status;
    if (status == CSVK_OK) {
        status = csvk_validate_source(&validator, source, &check->options, NULL, &err);
    }
    csvk_source_free(source);
    if (status == CSVK_OK && keeps) {
        check->part[check->count++] = validator;
        return CLI_GOOD;
    }
    int result = status < 0 ? cli_fail(check->cli, &err) : report_part(check, validator);
    csvk_validator_free(validator);
    return result;
}

/* The key is searched over all files, then all are reported. */
static int finish_parts(struct input_check *check, int result)
{
    struct csvk_error err = {0};
    int status = CSVK_OK;
    bool whole = result != CLI_TROUBLE && check->count > 1;
    for (size_t i = 1; whole && i < check->count && status == CSVK_OK; i++) {
        status = csvk_validator_join_keys(check->part[0], check->part[i], &err);
    }
    if (whole && status == CSVK_OK) {
        status = csvk_validator_search_keys(check->part, check->count, &err);
    }
    if (status < 0) {
        return cli_fail(check->cli, &err);
    }
    for (size_t i = 0; i < check->count; i++) {
        int one = report_part(check, check->part[i]);
        result = one > result ? one : result;
    }
    return result;
}

static int check_files(struct input_check *check, const struct csvk_strings *files)
{
    int result = CLI_GOOD;
    check->part = csvk_calloc(files->count + 1, sizeof(struct csvk_validator *));
    if (!check->part) {
        return no_memory(check->cli);
    }
    for (size_t i = 0; i < files->count; i++) {
        int one = check_file(check, files->item[i]);
        result = one > result ? one : result;
    }
    result = finish_parts(check, result);
    for (size_t i = 0; i < check->count; i++) {
        csvk_validator_free(check->part[i]);
    }
    csvk_free(check->part);
    return result;
}

/* What the validator has to know: the names of the columns, and the key by these names. */
static int set_options(struct input_check *check, const struct remote_input *input,
                       const struct csvk_strings *files, const struct csvk_strings *key)
{
    struct csvk_validate_options *options = &check->options;
    struct csvk_strings names = {0};
    options->profile = CSVK_PROFILE_KEBOOLA;
    options->dialect = input->dialect;
    options->header = input->header == KBC_HEADLESS ? CSVK_NO_HEADER : CSVK_HEADER;
    options->width = input->columns.count;
    if (!key) {
        return CLI_GOOD;
    }
    int result = names_of_data(input, files, check->cli, &names);
    if (result == CLI_GOOD && names.count > 0) {
        options->width = names.count;
        if (csvk_validate_set_rule(options, "empty-key", CSVK_ERROR, NULL) < 0) {
            result = no_memory(check->cli);
        }
    }
    if (result == CLI_GOOD && names.count > 0) {
        const struct csvk_strings *known =
            input->header == KBC_SKIP_HEADER ? &input->columns : &names;
        result = take_key(check->cli, input->path, known, &names, key, &options->primary_key);
    }
    if (result == CLI_GOOD && input->header == KBC_HEADLESS) {
        options->columns = names;
        return result;
    }
    csvk_strings_release(&names);
    return result;
}

int remote_input_check(struct remote_input *input, struct cli *cli, const struct csvk_strings *key)
{
    struct csvk_strings files = {0};
    struct input_check check = {.cli = cli};
    csvk_validate_options_init(&check.options);
    int result = list_files(input, cli, &files);
    if (result == CLI_GOOD) {
        result = set_options(&check, input, &files, key);
    }
    if (result == CLI_GOOD) {
        result = check_files(&check, &files);
        if (result == CLI_REFUSED) {
            cli_refuse(cli,
                       "nothing was sent; csvkit normalize may repair the data, --no-check sends "
                       "it unchanged");
        }
    }
    input->counted = result == CLI_GOOD;
    input->records = check.records;
    csvk_strings_release(&files);
    csvk_validate_options_release(&check.options);
    return result;
}
