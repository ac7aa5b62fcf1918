/* clusters.c - see clusters.h. */
#include "csvkit/base/clusters.h"

#include "csvkit/json.h"

#include <stdatomic.h>

static _Atomic(csvk_cluster_function *) given_clusters;

void csvk_give_clusters(csvk_cluster_function *next)
{
    atomic_store(&given_clusters, next);
}

/* What is right for most of the world's text, and needs no tables. */
static size_t code_point(const unsigned char *text, size_t length, size_t *columns)
{
    uint32_t code = 0;
    size_t n = csvk_utf8_decode(text, length, &code);
    *columns = 1;
    return n != 0 ? n : 1;
}

size_t csvk_cluster_next(const unsigned char *text, size_t length, size_t *columns)
{
    csvk_cluster_function *next = atomic_load(&given_clusters);
    return (next != NULL ? next : code_point)(text, length, columns);
}

size_t csvk_text_columns(const unsigned char *text, size_t length)
{
    size_t sum = 0, columns = 0;
    for (size_t i = 0; i < length; sum += columns) {
        i += csvk_cluster_next(text + i, length - i, &columns);
    }
    return sum;
}
