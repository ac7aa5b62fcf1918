/* auto_option.c - see auto_option.h. */
#include "csvkit/cli/table/auto_option.h"

#include "csvkit/sniff/encoding_detector.h"

#include <string.h>

static bool is_auto(const struct cli *cli, const char *option)
{
    const char *value = cli_value(cli, option);
    return value != NULL && strcmp(value, "auto") == 0;
}

static int resolve_encoding(struct cli *cli, const char *file, const struct csvk_sniff *sniff,
                            const char **encoding, struct csvk_error *err)
{
    if (sniff->on_encoding.score < CSVK_ENCODING_SURE) {
        return csvk_fail(err, CSVK_EDATA,
                         "%s: the encoding is not clear%s%s: %s; name it with --encoding=NAME",
                         file, sniff->encoding[0] != '\0' ? ", perhaps " : "", sniff->encoding,
                         sniff->on_encoding.evidence);
    }
    bool plain = strcmp(sniff->encoding, "UTF-8") == 0;
    *encoding = plain ? NULL : sniff->encoding;
    cli_note(cli, "%s: read as %s (score %d: %s)", file, sniff->encoding, sniff->on_encoding.score,
             sniff->on_encoding.evidence);
    return CSVK_OK;
}

static int resolve_dialect(struct cli *cli, const char *file, const struct csvk_sniff *sniff,
                           struct csvk_dialect *dialect, struct csvk_error *err)
{
    if (sniff->verdict == CSVK_SNIFF_EMPTY) {
        return CSVK_OK; /* any delimiter will do; the validator reports that the file is empty */
    }
    if (sniff->verdict != CSVK_SNIFF_CLEAR) {
        const struct csvk_sniff_part *part =
            sniff->verdict == CSVK_SNIFF_NOT_TEXT ? &sniff->on_encoding : &sniff->on_delimiter;
        if (sniff->verdict == CSVK_SNIFF_NOT_TABLE) {
            return csvk_fail(err, CSVK_EDATA, "%s: %s", file, part->evidence);
        }
        return csvk_fail(err, CSVK_EDATA, "%s: the delimiter is not clear: %s (%s)", file,
                         csvk_sniff_verdict_name(sniff->verdict), part->evidence);
    }
    dialect->delimiter = sniff->dialect.delimiter;
    dialect->more_length = sniff->dialect.more_length;
    memcpy(dialect->more, sniff->dialect.more, sizeof dialect->more);
    dialect->skip_blanks = dialect->skip_blanks || sniff->dialect.skip_blanks;
    if (!cli_has(cli, "enclosure")) {
        dialect->enclosure = sniff->dialect.enclosure;
    }
    if (!cli_has(cli, "escape")) {
        dialect->escape = sniff->dialect.escape;
    }
    char name[CSVK_DELIMITER_TEXT];
    bool named =
        dialect->more_length == 0 && (dialect->delimiter <= ' ' || dialect->delimiter > '~');
    const char *quote = named ? "" : "\"";
    cli_note(cli, "%s: delimiter %s%s%s%s (score %d: %s)", file, quote,
             csvk_dialect_write_delimiter(dialect, name), quote,
             dialect->skip_blanks ? ", blanks skipped" : "", sniff->on_delimiter.score,
             sniff->on_delimiter.evidence);
    return csvk_dialect_check(dialect, err);
}

int cli_resolve_auto(struct cli *cli, struct csvk_source *source, struct csvk_dialect *dialect,
                     const char **encoding, struct csvk_error *err)
{
    bool want_dialect = is_auto(cli, "delimiter"), want_encoding = is_auto(cli, "encoding");
    if (!want_dialect && !want_encoding) {
        return CSVK_OK;
    }
    const char *file = csvk_source_name(source);
    struct csvk_sniff sniff = {.size = sizeof sniff};
    if (cli_get_comment(cli, &sniff.comment) != CLI_GOOD) {
        return csvk_fail(err, CSVK_EUSAGE, "--comment needs one byte");
    }
    int status = csvk_sniff_source(source, 0, &sniff, NULL, err);
    if (status == CSVK_OK && want_encoding) {
        status = resolve_encoding(cli, file, &sniff, encoding, err);
    }
    if (status == CSVK_OK && want_dialect) {
        status = resolve_dialect(cli, file, &sniff, dialect, err);
    }
    return status;
}
