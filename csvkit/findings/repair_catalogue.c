/*
 * repair_catalogue.c - the repairs of csvkit normalize as rows, for lists and explanations.
 *
 * Id, name and what a repair does come from the table of repairs itself. The class stands here a
 * second time, because that table keeps it to itself; tests/unit/test_findings.c holds the two
 * together.
 */
#include "csvkit/findings/findings.h"
#include "csvkit/normalize.h"

#include <string.h>

static const char *const classes[CSVK_REPAIRS] = {
    [CSVK_REPAIR_BOM] = "L0",       [CSVK_REPAIR_ENCODING] = "L0",
    [CSVK_REPAIR_UTF8] = "L1",      [CSVK_REPAIR_INNER_BOM] = "L2",
    [CSVK_REPAIR_NUL] = "L1",       [CSVK_REPAIR_CONTROL] = "L1",
    [CSVK_REPAIR_TAIL] = "L0",      [CSVK_REPAIR_LINE_BREAKS] = "L0",
    [CSVK_REPAIR_BARE_CR] = "L0",   [CSVK_REPAIR_BLANK] = "L2",
    [CSVK_REPAIR_PAD] = "L2",       [CSVK_REPAIR_SURPLUS] = "L2",
    [CSVK_REPAIR_JOIN] = "L2",      [CSVK_REPAIR_TRAILING] = "L2",
    [CSVK_REPAIR_FRAME] = "L1",     [CSVK_REPAIR_SEP] = "L2",
    [CSVK_REPAIR_ENCLOSE] = "L0",   [CSVK_REPAIR_INNER_QUOTES] = "L2",
    [CSVK_REPAIR_BACKSLASH] = "L2", [CSVK_REPAIR_BLANKS] = "L2",
    [CSVK_REPAIR_STYLE] = "L0",     [CSVK_REPAIR_UNCLOSED] = "L2",
    [CSVK_REPAIR_NAMES] = "L1",     [CSVK_REPAIR_DELIMITER] = "L1",
    [CSVK_REPAIR_FORMULA] = "L1",   [CSVK_REPAIR_HEADER_REPEATED] = "L1",
    [CSVK_REPAIR_TRIM] = "L1",      [CSVK_REPAIR_COLUMNS] = "L1",
};

bool csvk_repair_row_at(size_t index, struct csvk_repair_row *out)
{
    enum csvk_repair repair = (enum csvk_repair)(index + 1); /* the first one is CSVK_REPAIR_NONE */
    if (index + 1 >= CSVK_REPAIRS) {
        return false;
    }
    *out = (struct csvk_repair_row){csvk_repair_id(repair), csvk_repair_name(repair),
                                    classes[repair] != NULL ? classes[repair] : "",
                                    csvk_repair_summary(repair)};
    return true;
}

bool csvk_repair_row_find(const char *id, struct csvk_repair_row *out)
{
    for (size_t i = 0; csvk_repair_row_at(i, out); i++) {
        if (strcmp(out->id, id) == 0 || strcmp(out->name, id) == 0) {
            return true;
        }
    }
    return false;
}

const char *csvk_repair_class_meaning(const char *repair_class)
{
    return strcmp(repair_class, "L0") == 0   ? "changes bytes, but no row of the table"
           : strcmp(repair_class, "L1") == 0 ? "changes rows, because an option says so"
           : strcmp(repair_class, "L2") == 0
               ? "changes rows by inference: the evidence is clearly for one reading"
               : NULL;
}
