/* categories.c - the general category of a character, by libutf8proc. */
#include "csvkit/schema/read/categories.h"

#include "csvkit/extra/lazy_loading.h"
#include "csvkit/schema/value_pattern.h"

#include <utf8proc.h>

LAZY_LIBRARY("libutf8proc.so.2");

static const char *(*name_of)(utf8proc_int32_t);
static pthread_once_t looked_up = PTHREAD_ONCE_INIT;

static void look_up(void)
{
    FORWARD(const char *(*call)(utf8proc_int32_t), "utf8proc_category_string");
    name_of = to.object != NULL ? to.call : NULL;
}

/* NULL: the library is not there. */
static const char *category(uint32_t code)
{
    pthread_once(&looked_up, look_up);
    return name_of != NULL ? name_of((utf8proc_int32_t)code) : NULL;
}

void categories_lend(void)
{
    csvk_give_categories(category);
}
