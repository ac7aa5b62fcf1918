/*
 * for_extra.h - private: what libcsvkit lends to libcsvkit-extra, and to nobody else.
 *
 * The two libraries are one work in two files: the second uses some functions of the first that are
 * no API. They are declared with CSVK_FOR_EXTRA, in one line up to the bracket. The shared library
 * gives them a version of their own, CSVKIT_PRIVATE_ and the number of the release (Makefile), so
 * that two libraries of different releases refuse to be loaded together.
 */
#ifndef CSVKIT_BASE_FOR_EXTRA_H
#define CSVKIT_BASE_FOR_EXTRA_H

#include "csvkit/basics.h"

#define CSVK_FOR_EXTRA CSVK_API

#endif
