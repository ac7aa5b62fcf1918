/* missing.h - what the C library of mingw-w64 does not declare; missing.c has it. Comes before each
 * source. */
#ifndef TESTS_WINDOWS_MISSING_H
#define TESTS_WINDOWS_MISSING_H

#include <stddef.h>

char *strerror_r(int error, char *room, size_t size);
void *memmem(const void *bytes, size_t length, const void *wanted, size_t size);

#endif
