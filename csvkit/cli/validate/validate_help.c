/* validate_help.c - the options of csvkit validate, and examples: its help, man page and
 * completion. */
#include "csvkit/cli/validate/validate_help.h"

#include "csvkit/cli/project/project_file.h"
#include "csvkit/cli/remote/ranged_input.h"
#include "csvkit/cli/table/auto_option.h"
#include "csvkit/cli/table/csvw_option.h"
#include "csvkit/cli/table/table_options.h"
#include "csvkit/cli/table/verify_option.h"
#include "csvkit/cli/validate/partial_files.h"

static const struct cli_option rows[] = {
    {"profile", 'p', "NAME", "rfc4180-strict|rfc4180|rfc4180-bis|keboola|excel",
     "The profile, which gives every rule its severity. rfc4180-strict: the grammar of 2005, byte "
     "by byte; rfc4180: what it means today, with UTF-8 and LF; rfc4180-bis: the draft of 2024; "
     "keboola: what Storage imports without loss; excel: what a spreadsheet opens as intended. "
     "Default: rfc4180.",
     false},
    {"rule", 0, "ID=SEVERITY", NULL,
     "Change the severity of a rule: off, info, warning or error. The ID all means every rule. "
     "csvkit rules lists the ids.",
     true},
    {"max-findings", 0, "N", NULL,
     "Show at most N findings for each file; 0 shows all, those of one cause, too. The counts are "
     "exact in any case. "
     "Default: 100.",
     false},
    {"primary-key", 0, "A,B", NULL,
     "The columns of the primary key. Its values must be unique in the whole table; an empty value "
     "is a warning.",
     false},
    {"schema", 0, "FILE", NULL,
     "Hold every value against this Table Schema (Frictionless Data), the one in a "
     "datapackage.json for this file, or metadata of W3C CSVW. The header must have the names of "
     "its fields, in their order unless fieldsMatch says otherwise. Metadata of CSVW without FILE "
     "operands: judge the tables that it names. auto: look for FILE-metadata.json, then "
     "csv-metadata.json beside each FILE. What csvkit does not support in it is an error.",
     false},
    {"memory", 0, "SIZE", NULL,
     "Memory for --primary-key, and as much for all that a schema wants unique, at least 1MiB. "
     "Keys "
     "that do not fit go to temporary files in "
     "$TMPDIR. Default: 256MiB.",
     false},
    {"fail-on", 0, "SEVERITY", "error|warning",
     "The exit status is 1 when there is a finding of this severity or a higher one. Default: "
     "error.",
     false},
    {"verify", 0, NULL, NULL,
     "Read the file a second time, with the reference parser and with libcsv. They must find the "
     "same records, values and findings.",
     false},
    {"stats", 0, NULL, NULL,
     "Count in the same pass what the columns are like, as csvkit stats does, and add it to the "
     "report: as text, in JSON as stats, with bars in HTML. A folder of slices: for each slice.",
     false},
    {"max-field", 0, "SIZE", NULL,
     "The longest value allowed. Default: the limit of the profile, if it has one.", false},
    {"max-record", 0, "SIZE", NULL, "The longest record allowed. Default: no limit.", false},
    {"max-fields", 0, "N", NULL,
     "The most columns allowed. Default: the limit of the profile, if it has one.", false},
    {"max-records", 0, "N", NULL,
     "The most records allowed. Default: the limit of the profile, if it has one.", false},
    {NULL, 0, NULL, NULL, NULL, false},
};
static const struct cli_group own = {"Validation", rows};
const struct cli_group *const cli_validate_groups[] = {&own,
                                                       &cli_report_options,
                                                       &cli_dialect_options,
                                                       &cli_blanks_options,
                                                       &cli_comment_options,
                                                       &cli_manifest_options,
                                                       &cli_type_options,
                                                       &cli_partial_options,
                                                       &cli_object_options,
                                                       &cli_files_from_options,
                                                       &cli_project_options,
                                                       &cli_thread_options,
                                                       &cli_common_options,
                                                       NULL};

const char *const cli_validate_examples[] = {
    "csvkit validate orders.csv",
    "Check a file against RFC 4180.",
    "csvkit validate --profile=keboola --primary-key=id out/tables/orders.csv",
    "Check whether Keboola Storage would import the file, and whether the key is unique.",
    "csvkit validate --format=json - < orders.csv",
    "Read standard input and print one line of JSON.",
    "csvkit validate --rule=eol-lf=error --fail-on=warning data/*.csv",
    "Accept only files with CRLF line breaks and without warnings.",
    "csvkit validate --report=sarif:out.sarif --report=csv:findings.csv data/*.csv",
    "Report as text, and write the findings to two files as well.",
    "git ls-files -z '*.csv' | csvkit validate --files-from=- -0",
    "Check all tables of a repository.",
    "csvkit validate --schema=orders.csv-metadata.json",
    "Check the tables that CSVW metadata describes.",
    "csvkit validate --byte-range=1/4 --partial=orders.1.part orders.csv",
    "Judge the first quarter of a file; other machines judge the others.",
    "csvkit validate --merge orders.*.part",
    "Report on the file of which these are all parts.",
    "csvkit validate --stats --format=html orders.csv >orders.html",
    "Make a page with the findings and with what the columns are like.",
    "csvkit validate --statistics data/*.csv",
    "Count by rule what is wrong in all files together.",
    NULL,
};
