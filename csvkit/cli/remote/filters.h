/*
 * filters.h - the filters and the order of a download, as they are typed:
 *
 *     state=open    state!=open    price>=10        one value, all after the sign
 *     'state eq open,new'          'price:DECIMAL gt 10'       an operator by its word, and a list
 *     'price desc'  'price:DECIMAL'                            an order
 */
#ifndef CSVKIT_CLI_REMOTE_FILTERS_H
#define CSVKIT_CLI_REMOTE_FILTERS_H

#include "csvkit/cli/frame/cli.h"
#include "storage/storage.h"

enum { MOST_FILTERS = 64, MOST_ORDERS = 16 };

struct filters {
    struct kbc_filter filter[MOST_FILTERS];
    struct csvk_strings values[MOST_FILTERS];
    size_t count;
    struct kbc_order order[MOST_ORDERS];
    size_t norders;
    struct csvk_strings texts; /* what the others point to */
};

/* Reads --where and --order-by. The caller releases `filters` (all-zero before) in any case. */
int filters_read(struct filters *filters, struct cli *cli);
void filters_release(struct filters *filters);

#endif
