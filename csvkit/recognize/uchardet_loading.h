/* uchardet_loading.h - private: libuchardet, which is loaded when it is asked for the first time.
 */
#ifndef CSVKIT_RECOGNIZE_UCHARDET_LOADING_H
#define CSVKIT_RECOGNIZE_UCHARDET_LOADING_H

#include "csvkit/csvkit.h"

enum { CSVK_CHARSET_NAME = 32 };

/*
 * The name that libuchardet gives to the encoding of `text`; "" when it has none. CSVK_EIO when the
 * library is not installed, CSVK_ENOMEM. Any thread.
 */
int csvk_ask_uchardet(struct csvk_bytes text, char name[CSVK_CHARSET_NAME]) CSVK_MUST_USE;

#endif
