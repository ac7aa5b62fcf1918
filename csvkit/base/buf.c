/*
 * buf.c - growing byte buffers and lists of strings.
 *
 * Capacity doubles, so appending n bytes one by one takes time in proportion to n. A buffer with
 * memory always has a NUL after its bytes, which `length` does not count, so its bytes are also a
 * string. When memory fails the contents stay as they are.
 */
#include "csvkit/csvkit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Each sum and product may overflow: then no memory would be enough. */
int csvk_buf_reserve(struct csvk_buf *buf, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(buf->length, more, &need) ||
        __builtin_add_overflow(need, (size_t)1, &need)) {
        return CSVK_ENOMEM;
    }
    if (need <= buf->capacity) {
        return CSVK_OK;
    }
    size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
    while (capacity < need) {
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity)) {
            return CSVK_ENOMEM;
        }
    }
    unsigned char *data = csvk_realloc(buf->data, capacity);
    if (data == NULL) {
        return CSVK_ENOMEM;
    }
    buf->data = data;
    buf->capacity = capacity;
    buf->data[buf->length] = '\0';
    return CSVK_OK;
}

int csvk_buf_add(struct csvk_buf *buf, const void *bytes, size_t length)
{
    int status = csvk_buf_reserve(buf, length);
    if (status != CSVK_OK) {
        return status;
    }
    if (length > 0) {
        memcpy(buf->data + buf->length, bytes, length);
    }
    buf->length += length;
    buf->data[buf->length] = '\0';
    return CSVK_OK;
}

int csvk_buf_puts(struct csvk_buf *buf, const char *text)
{
    return csvk_buf_add(buf, text, strlen(text));
}

int csvk_buf_putc(struct csvk_buf *buf, unsigned char byte)
{
    return csvk_buf_add(buf, &byte, 1);
}

int csvk_buf_printf(struct csvk_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    /* The first pass only measures, so that the second one writes into room that is there. */
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    int status = length < 0 ? CSVK_ENOMEM : csvk_buf_reserve(buf, (size_t)length);
    if (status == CSVK_OK) {
        vsnprintf((char *)buf->data + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    return status;
}

const char *csvk_buf_text(const struct csvk_buf *buf)
{
    return buf->data != NULL ? (const char *)buf->data : "";
}

void csvk_buf_clear(struct csvk_buf *buf)
{
    buf->length = 0;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

void csvk_buf_release(struct csvk_buf *buf)
{
    csvk_free(buf->data);
    *buf = (struct csvk_buf)CSVK_BUF_INIT;
}

/* The list owns a copy of the text. */
int csvk_strings_addn(struct csvk_strings *list, const char *text, size_t length)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity < 8 ? 8 : list->capacity * 2;
        char **item = csvk_reallocarray(list->item, capacity, sizeof *item);
        if (item == NULL) {
            return CSVK_ENOMEM;
        }
        list->item = item;
        list->capacity = capacity;
    }
    char *copy = csvk_strndup(text, length);
    if (copy == NULL) {
        return CSVK_ENOMEM;
    }
    list->item[list->count++] = copy;
    return CSVK_OK;
}

int csvk_strings_add(struct csvk_strings *list, const char *text)
{
    return csvk_strings_addn(list, text, strlen(text));
}

int csvk_strings_copy(struct csvk_strings *to, const struct csvk_strings *from)
{
    for (size_t i = 0; i < from->count; i++) {
        int status = csvk_strings_add(to, from->item[i]);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

bool csvk_strings_has(const struct csvk_strings *list, const char *text)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->item[i], text) == 0) {
            return true;
        }
    }
    return false;
}

void csvk_strings_release(struct csvk_strings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        csvk_free(list->item[i]);
    }
    csvk_free(list->item);
    *list = (struct csvk_strings){NULL, 0, 0};
}
