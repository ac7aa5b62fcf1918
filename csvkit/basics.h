/*
 * basics.h - what all headers of csvkit share: status and error, memory, buffers and lists of
 * texts. csvkit.h includes it, and has the rules for all functions.
 */
#ifndef CSVKIT_BASICS_H
#define CSVKIT_BASICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_VERSION "0.1.0"

#if defined(__GNUC__)
#define CSVK_API               __attribute__((visibility("default")))
#define CSVK_MUST_USE          __attribute__((warn_unused_result))
#define CSVK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define CSVK_API
#define CSVK_MUST_USE
#define CSVK_PRINTF(fmt, args)
#endif

/* ---- status and error ------------------------------------------------------------------- */

/*
 * How a call ended. Readers report what is wrong in a CSV file as facts; only where data cannot be
 * used at all, a function fails with CSVK_EDATA.
 */
enum csvk_status {
    CSVK_OK = 0,
    CSVK_END = 1,       /* there is nothing more; this is no failure */
    CSVK_HUNGRY = 2,    /* nothing to give until csvk_feed or csvk_feed_end is called; no failure */
    CSVK_ENOMEM = -1,   /* out of memory */
    CSVK_EIO = -2,      /* the operating system refused; csvk_error.sys is its errno, or 0 */
    CSVK_ELIMIT = -3,   /* a stated limit was reached; nothing was cut off in silence */
    CSVK_EUSAGE = -4,   /* options contradict each other or are out of range; a wrong call */
    CSVK_EDATA = -5,    /* the data, manifest or import was refused (the user's fault) */
    CSVK_ECHANGED = -6, /* the input was changed while it was read */
    CSVK_ECANCELED = -7, /* a function of the caller's that watches the work (progress) stopped it;
                            nothing is wrong, and nothing is done */
    CSVK_EOTHER = -100,  /* from here down: statuses of libraries that use this one */
};

/*
 * Describes a failure. It owns nothing and may be copied. Its size never changes; a new member will
 * take the place of some of `reserved`, and be zero when it says nothing.
 */
struct csvk_error {
    int status;      /* enum csvk_status, or less than CSVK_EOTHER */
    int sys;         /* errno of the system call that failed, or 0 */
    uint64_t offset; /* the byte of the input that is meant, where there is one; else 0 */
    char text[1024]; /* for a person: one line without a line break, names the file */
    uint64_t reserved[8];
};

/*
 * Fills *err (when `err` is not NULL) from a printf format and returns `status`, so that a function
 * can end with `return csvk_fail(...)`. A text that is too long is cut; control characters are
 * escaped. Any thread.
 */
CSVK_API int csvk_fail(struct csvk_error *err, int status, const char *format, ...)
    CSVK_PRINTF(3, 4);
/*
 * The same for a system call that failed with errno `sys`: returns CSVK_ENOMEM for ENOMEM, else
 * CSVK_EIO. The reason (strerror) is added to the text.
 */
CSVK_API int csvk_fail_sys(struct csvk_error *err, int sys, const char *format, ...)
    CSVK_PRINTF(3, 4);

/* CSVK_VERSION of the library that runs, which may be newer than that of the header. A constant. */
CSVK_API const char *csvk_version(void);

/* ---- memory and growing buffers ---------------------------------------------------------- */

/*
 * As malloc, realloc and free; all memory of the library is allocated here. A size of 0 counts as
 * 1, so NULL always means that memory ran out. The caller frees the block with csvk_free. Any
 * thread.
 */
CSVK_API void *csvk_malloc(size_t size) CSVK_MUST_USE;
/* `count` times `size` bytes, all zero. NULL also when the product is too large. */
CSVK_API void *csvk_calloc(size_t count, size_t size) CSVK_MUST_USE;
/* After NULL the old block is as it was. */
CSVK_API void *csvk_realloc(void *old, size_t size) CSVK_MUST_USE;
/* csvk_realloc to `count` times `size` bytes. NULL also when the product is too large. */
CSVK_API void *csvk_reallocarray(void *old, size_t count, size_t size) CSVK_MUST_USE;
/* A copy of a NUL-terminated text; the caller frees it. NULL when memory ran out. */
CSVK_API char *csvk_strdup(const char *text) CSVK_MUST_USE;
/* A copy of `length` bytes, which must all be readable, with a NUL after them. */
CSVK_API char *csvk_strndup(const char *text, size_t length) CSVK_MUST_USE;
/* NULL is allowed. */
CSVK_API void csvk_free(void *block);

/* A view of bytes that somebody else owns. Wherever one is returned, its owner is named. */
struct csvk_bytes {
    const unsigned char *ptr;
    size_t len;
};

/*
 * A buffer of bytes that grows. CSVK_BUF_INIT, or a struct of zeros, is an empty one; the caller
 * ends it with csvk_buf_release.
 *
 * Invariant: either `data` is NULL and `capacity` is 0, or data[length] is a NUL, which `length`
 * does not count. Appending succeeds as a whole, or returns CSVK_ENOMEM and leaves the buffer as it
 * was. It may move `data`, so pointers into the buffer are not valid afterwards.
 */
struct csvk_buf {
    unsigned char *data;
    size_t length, capacity;
};
#define CSVK_BUF_INIT                                                                              \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }
/* Makes room for `more` bytes after the present ones (and the NUL). CSVK_ENOMEM. */
CSVK_API int csvk_buf_reserve(struct csvk_buf *buf, size_t more) CSVK_MUST_USE;
/* Append bytes, a NUL-terminated text, one byte, and a text made by printf. CSVK_ENOMEM. */
CSVK_API int csvk_buf_add(struct csvk_buf *buf, const void *bytes, size_t length) CSVK_MUST_USE;
CSVK_API int csvk_buf_puts(struct csvk_buf *buf, const char *text) CSVK_MUST_USE;
CSVK_API int csvk_buf_putc(struct csvk_buf *buf, unsigned char byte) CSVK_MUST_USE;
CSVK_API int csvk_buf_printf(struct csvk_buf *buf, const char *format, ...)
    CSVK_PRINTF(2, 3) CSVK_MUST_USE;
/* The bytes as a NUL-terminated text, "" when empty. A view, valid until the buffer changes. */
CSVK_API const char *csvk_buf_text(const struct csvk_buf *buf);
/* Sets the length to 0 and keeps the memory. */
CSVK_API void csvk_buf_clear(struct csvk_buf *buf);
/* Frees the memory; the buffer is then empty and may be used again. */
CSVK_API void csvk_buf_release(struct csvk_buf *buf);

/*
 * A list of NUL-terminated texts that it owns: column names, keys, paths. A struct of zeros is an
 * empty list; the caller ends it with csvk_strings_release.
 */
struct csvk_strings {
    char **item;
    size_t count, capacity;
};
/* Append a copy of a text, or of `length` bytes. After CSVK_ENOMEM the list is as it was. */
CSVK_API int csvk_strings_add(struct csvk_strings *list, const char *text) CSVK_MUST_USE;
CSVK_API int csvk_strings_addn(struct csvk_strings *list, const char *text,
                               size_t length) CSVK_MUST_USE;
/* Appends copies of all texts of `from` to `to`. After CSVK_ENOMEM some of them may be there. */
CSVK_API int csvk_strings_copy(struct csvk_strings *to,
                               const struct csvk_strings *from) CSVK_MUST_USE;
/* True when one of the texts is equal to `text`, byte for byte. */
CSVK_API bool csvk_strings_has(const struct csvk_strings *list, const char *text);
/* Frees the texts and the list, which is then empty. */
CSVK_API void csvk_strings_release(struct csvk_strings *list);

#ifdef __cplusplus
}
#endif

#endif
