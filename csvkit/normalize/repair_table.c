/*
 * repair_table.c - every repair, one row each: its id, its name, its class, and what it does in a
 * line.
 *
 * Ids never change: they stand in logs, in summaries and in the reports of rules. The class says
 * what the repair may change.
 *   L0  bytes, but no row of the table
 *   L1  rows, because an option says so
 *   L2  rows, by inference: the evidence is clearly for one reading
 * A new repair gets the next number, a row here, and the decision in a repair_*.c.
 */
#include "csvkit/normalize/normalize_private.h"

struct repair_row {
    const char *id, *name;
    enum norm_class class;
    const char *summary;
};

static const struct repair_row rows[CSVK_REPAIRS] = {
    [CSVK_REPAIR_NONE] = {"", "", NORM_CLASS_L0, ""},
    [CSVK_REPAIR_BOM] = {"r1", "bom", NORM_CLASS_L0, "byte order mark dropped"},
    [CSVK_REPAIR_ENCODING] = {"r2", "encoding", NORM_CLASS_L0, "converted to UTF-8"},
    [CSVK_REPAIR_UTF8] = {"r3", "utf8", NORM_CLASS_L1,
                          "ill-formed UTF-8 replaced, or read in another encoding"},
    [CSVK_REPAIR_INNER_BOM] = {"r4", "inner-bom", NORM_CLASS_L2,
                               "byte order mark before a value dropped"},
    [CSVK_REPAIR_NUL] = {"r5", "nul", NORM_CLASS_L1, "NUL bytes removed"},
    [CSVK_REPAIR_CONTROL] = {"r6", "control", NORM_CLASS_L1, "control characters removed"},
    [CSVK_REPAIR_TAIL] = {"r7", "tail", NORM_CLASS_L0, "end-of-file byte or NUL padding cut off"},
    [CSVK_REPAIR_LINE_BREAKS] = {"r8", "line-breaks", NORM_CLASS_L0, "one kind of line break"},
    [CSVK_REPAIR_BARE_CR] = {"r9", "bare-cr", NORM_CLASS_L0, "field with a single CR enclosed"},
    [CSVK_REPAIR_BLANK] = {"r10", "blank", NORM_CLASS_L2, "empty line dropped"},
    [CSVK_REPAIR_PAD] = {"r11", "pad", NORM_CLASS_L2, "missing fields added, empty"},
    [CSVK_REPAIR_SURPLUS] = {"r12", "surplus", NORM_CLASS_L2, "surplus empty fields dropped"},
    [CSVK_REPAIR_JOIN] = {"r13", "join", NORM_CLASS_L2,
                          "record joined that a line break had split"},
    [CSVK_REPAIR_TRAILING] = {"r14", "trailing", NORM_CLASS_L2, "empty last field dropped"},
    [CSVK_REPAIR_FRAME] = {"r15", "frame", NORM_CLASS_L1,
                           "preamble, footer or comment line dropped"},
    [CSVK_REPAIR_SEP] = {"r16", "sep", NORM_CLASS_L2, "line sep= dropped, its delimiter used"},
    [CSVK_REPAIR_ENCLOSE] = {"r17", "enclose", NORM_CLASS_L0, "field with a quote enclosed"},
    [CSVK_REPAIR_INNER_QUOTES] = {"r18", "inner-quotes", NORM_CLASS_L2,
                                  "quotes at fault put right, or kept as data"},
    [CSVK_REPAIR_BACKSLASH] = {"r19", "backslash", NORM_CLASS_L2,
                               "backslash before a quote undone"},
    [CSVK_REPAIR_BLANKS] = {"r20", "blanks", NORM_CLASS_L2, "blanks around an enclosure dropped"},
    [CSVK_REPAIR_STYLE] = {"r21", "style", NORM_CLASS_L0, "written in another style or dialect"},
    [CSVK_REPAIR_UNCLOSED] = {"r22", "unclosed", NORM_CLASS_L2,
                              "a quote that was lost put back, or its partner kept as data"},
    [CSVK_REPAIR_NAMES] = {"r23", "names", NORM_CLASS_L1, "column name rewritten or added"},
    [CSVK_REPAIR_DELIMITER] = {"r24", "delimiter", NORM_CLASS_L1, "delimiter found out"},
    [CSVK_REPAIR_FORMULA] = {"r25", "formula", NORM_CLASS_L1,
                             "' put before a value like a formula"},
    [CSVK_REPAIR_HEADER_REPEATED] = {"r26", "header-repeated", NORM_CLASS_L1,
                                     "record equal to the header dropped"},
    [CSVK_REPAIR_TRIM] = {"trim", "trim", NORM_CLASS_L1, "blanks around a value dropped"},
    [CSVK_REPAIR_COLUMNS] = {"columns", "columns", NORM_CLASS_L1, "columns chosen or reordered"},
    [CSVK_REPAIR_VALUES] = {"r27", "values", NORM_CLASS_L1,
                            "value in the default form of its type"},
};

const char *csvk_repair_id(enum csvk_repair repair)
{
    return rows[repair].id;
}

const char *csvk_repair_name(enum csvk_repair repair)
{
    return rows[repair].name;
}

const char *csvk_repair_summary(enum csvk_repair repair)
{
    return rows[repair].summary;
}

const char *csvk_repair_class(enum csvk_repair repair)
{
    static const char *const names[] = {
        [NORM_CLASS_L0] = "L0", [NORM_CLASS_L1] = "L1", [NORM_CLASS_L2] = "L2"};
    return names[rows[repair].class];
}

enum norm_class norm_repair_class(enum csvk_repair repair)
{
    return rows[repair].class;
}
