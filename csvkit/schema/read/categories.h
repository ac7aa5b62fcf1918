/* categories.h - private: lends the categories of characters to patterns. */
#ifndef CSVKIT_SCHEMA_READ_CATEGORIES_H
#define CSVKIT_SCHEMA_READ_CATEGORIES_H

/* libutf8proc is loaded when the first pattern asks. Any thread, at any time. */
void categories_lend(void);

#endif
