/*
 * rule_table.c - every rule, one row each: its severities, texts, example and remedy.
 *
 * The five letters are the severities in the profiles rfc4180-strict, rfc4180, rfc4180-bis, keboola
 * and excel: E error, W warning, I info, - off. The texts say what is wrong (message, summary), why
 * it matters (why), what to do about it (remedy), and at the end what the platform does (outcome;
 * NULL where nothing more than that is known). In a message, {key} stands for a fact of the
 * finding; {key?text} stands for the text and the fact, or for nothing when the finding has no such
 * fact.
 *
 * Which file judges which rule stands in the heads of fact_rules.c, field_count_rules.c,
 * header_rules.c, field_rules.c, sample_rules.c, key_rules.c and validator.c.
 *
 * Ids never change: people write them into configurations. The order of the rows is that of
 * rule_index.h.
 */
#include "validator/rule_index.h"

const struct csvk_rule csvk_rule_table[RULES] = {
    [RULE_EMPTY_FILE] =
        {"empty-file", "IWIEW", "file has no bytes", "the file is empty",
         "The grammar allows it, but without a header no table can be created from it.", "",
         "Write at least the header, or give the names with --columns.", "", NULL, NULL},
    [RULE_UTF8_BOM] =
        {"utf8-bom", "EWIWI", "byte order mark at the start",
         "the file begins with the UTF-8 byte order mark",
         "Readers that do not skip it make it part of the first name; if that name is enclosed, it "
         "no longer begins with its enclosure. Without a header, the mark stays in the first "
         "value.",
         "\\xEF\\xBB\\xBFid,name\\r\\n", "Remove the three bytes; keep them only for spreadsheets.",
         "r1", NULL, NULL},
    [RULE_UTF16_BOM] =
        {"utf16-bom", "EEEEW", "file is {encoding}, not UTF-8",
         "the file begins with a byte order mark of UTF-16 or UTF-32",
         "A reader of UTF-8 finds NUL bytes between the letters of such a file. Nothing after the "
         "mark is checked.",
         "\\xFF\\xFEi\\x00d\\x00",
         "Read the file with --encoding=NAME (UTF-16, for example), or convert it with iconv "
         "first.",
         "r2", "the load fails", NULL},
    [RULE_ENCODING_SUSPECTED] = {"encoding-suspected", "WWWWW", "bytes look like {encoding}",
                                 "the bytes fit another encoding than UTF-8",
                                 "Text in another encoding is stored as garbage or refused.",
                                 "name\\r\\ncaf\\xE9\\r\\n",
                                 "Name the encoding with --encoding=NAME.", "r2", NULL, NULL},
    [RULE_INVALID_UTF8] = {"invalid-utf8", "EEEEE", "ill-formed UTF-8: {bytes} ({kind})",
                           "bytes that are not UTF-8",
                           "Readers stop, or put a replacement character in place of your text.",
                           "name\\r\\nab\\xC3\\r\\n",
                           "Convert the file from its real encoding with --encoding=NAME.", "r3",
                           "the load fails and names one row", NULL},
    [RULE_BOM_IN_DATA] = {"bom-in-data", "EWWWW", "byte order mark inside the data",
                          "a byte order mark that is not at the start",
                          "It is invisible but part of a value, so comparisons and joins fail. "
                          "Files that are simply concatenated leave one at each seam.",
                          "a\\r\\n\\xEF\\xBB\\xBF1\\r\\n",
                          "Remove the mark where the files were joined.", "r4", NULL, NULL},
    [RULE_NON_ASCII] = {"non-ascii", "E----", "character outside US-ASCII ({code})",
                        "a character beyond US-ASCII",
                        "The grammar of RFC 4180 (2005) allows no byte above 7E.",
                        "name\\r\\n\\xC3\\xA9\\r\\n",
                        "Use another profile; UTF-8 has been the rule since 2014.", "", NULL, NULL},
    [RULE_NUL_BYTE] =
        {"nul-byte", "EEWEE", "NUL byte", "one or more NUL bytes",
         "Many readers end the value, the line or the file here; databases refuse it in text.",
         "a\\r\\nx\\x00y\\r\\n", "Remove them, or convert the file if it is UTF-16.", "r5", NULL,
         NULL},
    [RULE_CONTROL_CHAR] =
        {"control-char", "EW-WW", "control character {code}",
         "a control character other than TAB, CR and LF",
         "It is rarely intended and causes trouble in terminals, XML and databases.",
         "a\\r\\n\\x07bell\\r\\n", "Remove it at the source of the data.", "r6", NULL, NULL},
    [RULE_TAB_IN_FIELD] =
        {"tab-in-field", "E----", "tab is not allowed by the grammar", "a TAB inside a field",
         "The grammar of RFC 4180 (2005) allows no TAB, not even between enclosures.",
         "a\\r\\nx\\ty\\r\\n", "Replace it with a space, or use another profile.", "", NULL, NULL},
    [RULE_REPLACEMENT_CHAR] =
        {"replacement-char", "IIIWI", "U+FFFD: an earlier conversion lost data",
         "the replacement character U+FFFD",
         "An earlier program could not read a character and put this one in its place.",
         "a\\r\\n\\xEF\\xBF\\xBD\\r\\n", "Export the data again with the right encoding.", "", NULL,
         NULL},
    [RULE_UNICODE_LINE_BREAK] =
        {"unicode-line-break", "-IIII", "{code}: some readers break the line here",
         "U+0085, U+2028 or U+2029 in the data",
         "Readers that split text into lines by Unicode see a new line here.",
         "a\\r\\nx\\xE2\\x80\\xA8y\\r\\n",
         "Replace it with a space, or with a line break in an enclosed field.", "", NULL, NULL},
    [RULE_CTRL_Z_AT_EOF] = {"ctrl-z-at-eof", "EEWEE", "DOS end-of-file byte at the end",
                            "the byte 1A at the end of the file",
                            "Readers take it for one more, short record.", "a\\r\\n1\\r\\n\\x1A",
                            "Remove the last byte.", "r7", NULL, NULL},
    [RULE_NUL_PADDING_AT_EOF] =
        {"nul-padding-at-eof", "EEWEE",
         "NUL padding at the end ({padding} bytes): file was preallocated or cut",
         "NUL bytes after the last record",
         "The file was preallocated, or a crash left it half written: data may be missing.",
         "a\\r\\n1\\r\\n\\x00\\x00", "Check that the data is complete, then remove the padding.",
         "r7", NULL, NULL},
    [RULE_COMPRESSED_INPUT_DAMAGED] = {"compressed-input-damaged", "EEEEE", "{format} {damage}",
                                       "the compressed stream is damaged",
                                       "Everything after the damage is lost. The byte given is a "
                                       "position in the compressed file.",
                                       "", "Transfer or compress the file again.", "",
                                       "the load fails", NULL},
    [RULE_EOL_LF] = {"eol-lf", "EI--I", "lines end with LF, not CRLF", "records end with LF",
                     "RFC 4180 asks for CRLF; nearly every reader takes LF as well.", "a\\n1\\n",
                     "Use csvkit normalize --line-break=crlf if a strict reader needs CRLF.", "r8",
                     NULL, NULL},
    [RULE_EOL_CR] = {"eol-cr", "EW-EW", "lines end with CR", "records end with CR alone",
                     "Several readers see one long record; the platform refuses such files.",
                     "a\\r1\\r", "Write LF or CRLF.", "r8",
                     "the import is refused: invalid line break", NULL},
    [RULE_EOL_MIXED] = {"eol-mixed", "EEWWW", "line breaks are mixed ({this} after {first})",
                        "records end in different ways",
                        "Some readers refuse the file, others keep a CR in the last field.",
                        "a\\r\\n1\\n2\\r\\n",
                        "Write one kind of line break: csvkit normalize does.", "r8", NULL, NULL},
    [RULE_EOL_CRCRLF] = {"eol-crcrlf", "EEEEE",
                         "CR CR LF: the file went through a text-mode conversion twice",
                         "a line break of three bytes CR CR LF",
                         "Readers make an empty record of it or keep a CR in the last field.",
                         "a\\r\\r\\n1\\r\\r\\n",
                         "Write the file in binary mode; csvkit normalize repairs it safely.", "r8",
                         NULL, NULL},
    [RULE_BARE_CR] = {"bare-cr", "EE-EW", "CR without LF in an unquoted field",
                      "a CR outside enclosures that does not end a record",
                      "Some readers end the record here, others do not.", "a,b\\r\\nx\\ry,2\\r\\n",
                      "Enclose the field.", "r9", "the import is refused, or the CR is lost", NULL},
    [RULE_FINAL_EOL_MISSING] =
        {"final-eol-missing", "--EW-", "last record has no line break",
         "the last record does not end with a line break",
         "Allowed, but when parts of a table are joined the next record runs into this one.",
         "a\\r\\n1", "End the file with a line break.", "r8", NULL, NULL},
    [RULE_BLANK_LINE] = {"blank-line", "EEWEW", "empty line",
                         "an empty line in a table of several columns",
                         "Some readers skip it, some make a record of one empty field, some stop.",
                         "a,b\\r\\n\\r\\n1,2\\r\\n", "Remove the line.", "r10",
                         "the load fails, or an empty row is loaded", NULL},
    [RULE_AMBIGUOUS_EMPTY_RECORD] =
        {"ambiguous-empty-record", "IIIWI",
         "empty line in a one-column table: readers drop it or take it as an empty value",
         "an empty line in a table of one column",
         "Whether this is a record depends on the reader, so record counts differ.",
         "a\\r\\n\\r\\nb\\r\\n", "Write an empty value as \"\".", "r10", NULL, NULL},
    [RULE_FIELD_COUNT] =
        {"field-count", "EEWEE", "{found} fields, expected {expected}",
         "a record has more or fewer fields than the table has columns",
         "Values move to the wrong column, or the import stops here.", "a,b\\r\\n1,2,3\\r\\n",
         "Enclose fields that hold a delimiter or a line break; add the missing fields.",
         "r11 r12 r13", "the load fails and names one row", NULL},
    [RULE_TRAILING_DELIMITER] = {"trailing-delimiter", "EEWEE", "delimiter after the last field",
                                 "a record ends with one delimiter too many",
                                 "It begins one more field, which is empty.", "a,b\\r\\n1,2,\\r\\n",
                                 "Write no delimiter after the last field.", "r14",
                                 "the load fails and names one row", NULL},
    [RULE_SPLIT_RECORD_SUSPECTED] =
        {"split-record-suspected", "-WWWW",
         "records {first_record}-{last_record} look like one record, split by a line break that is "
         "not enclosed",
         "several short records in a row that together look like one record",
         "A value holds a line break but is not enclosed, so its record is split.",
         "a,b,c\\r\\n1,two\\r\\nlines,3\\r\\n", "Enclose values that hold line breaks.", "r13",
         NULL, NULL},
    [RULE_PREAMBLE_SUSPECTED] =
        {"preamble-suspected", "-WWWW",
         "the first {records} records have fewer fields than all records after them",
         "the table seems to begin later in the file",
         "Titles above the header set the number of columns, so every record looks wrong.",
         "Report 2024\\r\\nid,name\\r\\n1,a\\r\\n", "Remove the lines above the header.", "r15",
         NULL, NULL},
    [RULE_FOOTER_SUSPECTED] =
        {"footer-suspected", "-IIII",
         "the last {records} records have a different number of fields than all records "
         "before them",
         "totals or notes seem to follow the table", "Lines below the table are read as data.",
         "a,b\\r\\n1,2\\r\\n3,4\\r\\nTotal: 2\\r\\n", "Remove the lines below the table.", "r15",
         NULL, NULL},
    [RULE_COMMENT_LINE] = {"comment-line", "-IIII", "line begins with #",
                           "a line that looks like a comment",
                           "RFC 4180 has no comments: to most readers this is a record.",
                           "# made by x\\r\\na,b\\r\\n1,2\\r\\n",
                           "Remove it, or enclose the field if it is data.", "r15", NULL, NULL},
    [RULE_SEP_DIRECTIVE] =
        {"sep-directive", "-WWEI", "spreadsheet line `sep=`: delimiter hint, not data",
         "the first line tells a spreadsheet the delimiter",
         "All other readers take the line for the header.", "sep=;\\r\\na;b\\r\\n",
         "Remove the line; give the delimiter outside the file, to csvkit with --delimiter=C.",
         "r16", NULL, NULL},
    [RULE_DUPLICATE_KEY] =
        {"duplicate-key", "---E-",
         "primary key value already seen (record {first_record}{first_file? of })",
         "two records have the same primary key",
         "An import keeps one of them, and which one is arbitrary.", "id\\r\\n1\\r\\n1\\r\\n",
         "Remove the repeats, or choose a key that is unique.", "",
         "only one of the rows is kept, silently; which one is arbitrary", NULL},
    [RULE_EMPTY_KEY] = {"empty-key", "---W-", "part of the primary key is empty",
                        "a column of the primary key has no value",
                        "All empty values count as one and the same key.", "id,n\\r\\n,1\\r\\n",
                        "Fill the column, or leave it out of the key.", "", NULL, NULL},
    [RULE_QUOTE_IN_UNQUOTED_FIELD] =
        {"quote-in-unquoted-field", "EEEEE", "quote in a field that is not enclosed",
         "an enclosure character inside a field that does not begin with one",
         "Readers keep the quote, drop it, or read on to the next one, across line breaks.",
         "a\\r\\n6\" pipe\\r\\n", "Enclose the field and double the quote.", "r17", NULL, NULL},
    [RULE_TEXT_AFTER_CLOSING_QUOTE] = {"text-after-closing-quote", "EEEEE",
                                       "text after the closing quote"
                                       "{record_line?; the record begins on line }",
                                       "an enclosed field goes on after its closing enclosure",
                                       "Most often a quote inside the value was not doubled. If "
                                       "the record begins on an earlier line, look there first: an "
                                       "enclosure that is never closed swallows all lines up to "
                                       "the next enclosure.",
                                       "a\\r\\n\"say \"hi\" now\"\\r\\n",
                                       "Double the quotes inside the value.", "r18", NULL, NULL},
    [RULE_BACKSLASH_ESCAPED_QUOTE] = {"backslash-escaped-quote", "EEEEE",
                                      "quote escaped by a backslash instead of doubled",
                                      "a quote inside an enclosure is escaped by a backslash",
                                      "RFC 4180 knows doubling only: the field ends at this quote.",
                                      "a\\r\\n\"say \\\\\"hi\\\\\"\"\\r\\n",
                                      "Double the quotes, or read with --escape='\\'.", "r19", NULL,
                                      NULL},
    [RULE_SPACE_BEFORE_OPENING_QUOTE] =
        {"space-before-opening-quote", "EEEEE", "space or tab before the opening quote",
         "a space or tab between the delimiter and the opening enclosure",
         "The field then does not count as enclosed, so a delimiter inside it splits it.",
         "a,b\\r\\n1, \"2\"\\r\\n", "Write no spaces or tabs around enclosures.", "r20", NULL,
         NULL},
    [RULE_SPACE_AFTER_CLOSING_QUOTE] =
        {"space-after-closing-quote", "EEEEE", "space or tab after the closing quote",
         "a space or tab between the closing enclosure and the delimiter",
         "Some readers drop it, some add it to the value, some stop.", "a,b\\r\\n\"1\" ,2\\r\\n",
         "Write no spaces or tabs around enclosures.", "r20", NULL, NULL},
    [RULE_UNCLOSED_QUOTE] =
        {"unclosed-quote", "EEEEE",
         "field opened here is never closed (swallows the rest up to byte {end_offset})",
         "an enclosure is still open at the end of the file",
         "All records after the quote have become part of one value.",
         "a,b\\r\\n1,\"2\\r\\n3,4\\r\\n",
         "Close the field where it ends, or double the quote if it is data.", "r22",
         "the load fails, or rows become one value", NULL},
    [RULE_MULTILINE_FIELD_SUSPICIOUS] =
        {"multiline-field-suspicious", "WWWWW",
         "enclosed field holds lines that look like records ({lines} lines): stray quotes on both "
         "ends?",
         "an enclosed field spans lines that look like records",
         "Two stray quotes far apart are valid and hide every record between them.",
         "a,b\\r\\n\"1,2\\r\\n3,4\\r\\n5\",6\\r\\n",
         "Look at both ends of the field; if its quotes are data, double them.", "r22", NULL, NULL},
    [RULE_QUOTE_STYLE_SUSPECTED] =
        {"quote-style-suspected", "-IIII", "fields look enclosed in single quotes",
         "single quotes seem to be the enclosure",
         "RFC 4180 treats single quotes as data: a delimiter between them splits the field.",
         "a,b\\r\\n'1','2'\\r\\n", "Read with --enclosure=\"'\", or write double quotes.", "", NULL,
         NULL},
    [RULE_NEEDLESS_ENCLOSURE] = {"needless-enclosure", "-----", "enclosure not needed",
                                 "a field is enclosed without need (style)",
                                 "Harmless; it matters only if you want the smallest file.",
                                 "a\\r\\n\"1\"\\r\\n", "Use csvkit normalize --quote=minimal.",
                                 "r21", NULL, NULL},
    [RULE_HEADER_MISSING] =
        {"header-missing", "-IIWW", "first record looks like data ({evidence})",
         "the first record seems to be data, not names",
         "It would become the names of the columns, and one record would be lost.",
         "1,17.5\\r\\n2,18.0\\r\\n", "Add a header, or give --no-header with --columns.", "", NULL,
         NULL},
    [RULE_HEADER_EMPTY_NAME] =
        {"header-empty-name", "-WWEW", "column {column_number} has no name",
         "a name in the header is empty",
         "The column cannot be addressed by name, and Keboola Storage refuses it.",
         "id,,name\\r\\n", "Name the column, or remove it.", "r23",
         "the import is refused: invalidColumnName", NULL},
    [RULE_HEADER_DUPLICATE_NAME] =
        {"header-duplicate-name", "-WWEW", "name already used by column {first_field}{name?: }",
         "two columns have the same name",
         "Readers differ in which of the two columns they find by that name.", "id,id\\r\\n",
         "Give each column a name of its own.", "r23", "the load fails", NULL},
    [RULE_HEADER_CASE_CLASH] = {"header-case-clash", "-IIE-",
                                "differs from column {first_field} only in case{name?: }",
                                "two names differ only in upper and lower case",
                                "Databases that ignore case cannot create the second column.",
                                "Id,id\\r\\n", "Rename one of them.", "r23", "the load fails",
                                NULL},
    [RULE_HEADER_EDGE_SPACE] = {"header-edge-space", "-WWWW",
                                "name begins or ends with a space or tab{name?: }",
                                "a name begins or ends with a space or tab",
                                "It is part of the name, so a search for `name` does not find the "
                                "column.",
                                "id, name\\r\\n", "Remove the space or tab.", "r23", NULL, NULL},
    [RULE_HEADER_INVALID_NAME] =
        {"header-invalid-name", "---W-",
         "Storage will call the column{name? } `{proposed}`: {broken}",
         "a name that Keboola Storage changes",
         "The column has another name in the table; names in a manifest then may no longer match.",
         "order id\\r\\n", "Use 1 to 64 of the characters A-Z, a-z, 0-9 and inner _.", "r23",
         "the column is renamed silently", NULL},
    [RULE_HEADER_NAME_REFUSED] =
        {"header-name-refused", "---E-",
         "Storage does not take this name{name? }: {broken}; `{proposed}` would be allowed",
         "a name that Keboola Storage refuses",
         "The table cannot be created or loaded with this column.", "_timestamp\\r\\n",
         "Rename the column: 1 to 64 of the characters A-Z, a-z, 0-9 and inner _, unlike the other "
         "names.",
         "r23", "the load fails: invalidColumnName", NULL},
    [RULE_HEADER_MISMATCH] =
        {"header-mismatch", "EEEEE", "header differs from the expected columns: {difference}",
         "the header is not the list given with --columns", "Values would go to the wrong columns.",
         "id,nmae\\r\\n", "Correct the header, or the names given with --columns or --primary-key.",
         "", NULL, NULL},
    [RULE_MANIFEST_HEADER] =
        {"manifest-header", "EEEEE", "the first record {what}",
         "the data and what is said about its header do not agree",
         "A header is loaded as a row of data, once for each slice, or a row is skipped as a "
         "header, without any warning.",
         "", "Remove the header, or say that there is one: has_header, --header.", "",
         "silently, a header is loaded as a row, or a row is lost as a header", NULL},
    [RULE_MANIFEST_HEADER_SKIPPED] =
        {"manifest-header-skipped", "WWWWW",
         "the header is skipped, and the columns are called as the manifest says: {difference}",
         "the header of the data is not the names in the manifest",
         "The platform skips the header and uses the names of the manifest.", "",
         "Make them equal, or set has_header to false if it is data.", "",
         "the names of the manifest are used, silently", NULL},
    [RULE_HEADER_REPEATED] =
        {"header-repeated", "-WWWW", "{what}", "a record that is equal to the header",
         "Files were joined with their headers, or each slice has one: a header is read as a row "
         "of data.",
         "id,name\\r\\n1,a\\r\\nid,name\\r\\n", "Remove it, or say that each slice has a header.",
         "r26", "it is loaded as a row of data", NULL},
    [RULE_DELIMITER_SUSPECTED] =
        {"delimiter-suspected", "WWWWW",
         "only one column, but a {delimiter} splits each of the first records into {fields} fields",
         "another delimiter fits the file better", "The whole line becomes one value.",
         "a;b\\r\\n1;2\\r\\n", "Give the delimiter with --delimiter=C.", "r24", NULL, NULL},
    [RULE_FIELD_TOO_LONG] = {"field-too-long", "---EE", "field of {size} {unit}, limit {limit}",
                             "a field is longer than the target takes",
                             "It is cut, or the import stops.", "",
                             "Shorten the value; if the target takes more, raise the limit with "
                             "--max-field.",
                             "", "the load fails", NULL},
    [RULE_RECORD_TOO_LONG] = {"record-too-long", "-----", "record of {size} bytes, limit {limit}",
                              "a record is longer than --max-record",
                              "Readers with a fixed buffer cut it or stop.", "",
                              "Look for an enclosure that is not closed; if there is none, raise "
                              "the limit with --max-record.",
                              "", NULL, NULL},
    [RULE_TOO_MANY_FIELDS] = {"too-many-fields", "----E", "{found} columns, limit {limit}",
                              "the table has more columns than the target takes",
                              "The columns beyond the limit are not shown.", "",
                              "Split the table by columns.", "", NULL, NULL},
    [RULE_TOO_MANY_RECORDS] = {"too-many-records", "----E", "{found} records, more than {limit}",
                               "the table has more records than the target takes",
                               "The records beyond the limit are not shown.", "",
                               "Split the table into several files.", "", NULL, NULL},
    [RULE_FORMULA_PREFIX] =
        {"formula-prefix", "----W", "value begins with {char}: a spreadsheet may execute it",
         "a value that a spreadsheet takes for a formula",
         "Opening the file can run commands or send data away.", "a\\r\\n=1+1\\r\\n",
         "Put ' before the value, but only in a file for spreadsheets.", "r25", NULL, NULL},
};
