/*
 * clusters.h - private: how wide text is on a screen.
 *
 * A *cluster* is what a reader takes for one character (Unicode, annex 29): a letter with its
 * marks, a flag, a family of emoji. A *column* is one cell of a screen; a cluster takes none, one
 * or two of them. Where clusters end and how wide they are is in tables of Unicode's, which need a
 * library, so libcsvkit-extra gives them with csvk_give_clusters. Without them every code point is
 * a cluster of one column.
 *
 * Columns are counted in the order of the text. A terminal that turns right-to-left text around
 * shows such a piece in another order; its width stays the same.
 */
#ifndef CSVKIT_BASE_CLUSTERS_H
#define CSVKIT_BASE_CLUSTERS_H

#include "csvkit/base/for_extra.h"

/*
 * Length in bytes of the cluster that `text` begins with, and its width in *columns. `length` is
 * not 0. A byte that is no UTF-8, and a code that is hostile (csvk_code_is_hostile), is a cluster
 * by itself, and none goes beyond its begin.
 */
typedef size_t csvk_cluster_function(const unsigned char *text, size_t length, size_t *columns);

/* From now on clusters are what `next` says. Any thread, at any time. */
CSVK_FOR_EXTRA void csvk_give_clusters(csvk_cluster_function *next);

csvk_cluster_function csvk_cluster_next;
/* Columns that the whole text takes. */
size_t csvk_text_columns(const unsigned char *text, size_t length);

#endif
