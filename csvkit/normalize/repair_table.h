/* repair_table.h - private: the class of a repair: what it changes, and who decided it. */
#ifndef CSVKIT_NORMALIZE_REPAIR_TABLE_H
#define CSVKIT_NORMALIZE_REPAIR_TABLE_H

#include "csvkit/normalize.h"

/* Bytes only; records as an option says; records by inference. */
enum norm_class { NORM_CLASS_L0, NORM_CLASS_L1, NORM_CLASS_L2 };
enum norm_class norm_repair_class(enum csvk_repair repair);

#endif
