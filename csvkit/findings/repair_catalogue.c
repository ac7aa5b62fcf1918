/*
 * repair_catalogue.c - the repairs of csvkit normalize as rows, for lists and explanations.
 */
#include "csvkit/findings/findings.h"
#include "csvkit/normalize.h"

#include <string.h>

bool csvk_repair_row_at(size_t index, struct csvk_repair_row *out)
{
    enum csvk_repair repair = (enum csvk_repair)(index + 1); /* the first one is CSVK_REPAIR_NONE */
    if (index + 1 >= CSVK_REPAIRS) {
        return false;
    }
    *out = (struct csvk_repair_row){csvk_repair_id(repair), csvk_repair_name(repair),
                                    csvk_repair_class(repair), csvk_repair_summary(repair)};
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
