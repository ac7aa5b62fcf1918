/* unpack.h - private: checks a fetched object and unpacks it. */
#ifndef STORAGE_UNPACK_H
#define STORAGE_UNPACK_H

#include "storage/download/fetch.h"

/* A fetched object, mapped into memory. Pages that were read are given back at once, so that memory
   stays small. */
struct view {
    unsigned char *bytes; /* NULL when size is 0 */
    size_t size, dropped;
};
int view_open(struct view *view, int fd, uint64_t size, struct csvk_error *err) CSVK_MUST_USE;
void view_close(struct view *view);

/* One object on its way from the source to the sink (NULL: it is only checked). */
struct unpacking {
    const struct fetch *fetch;
    const char *key;
    struct csvk_source *source;
    struct view *view; /* that the source reads from, or NULL */
    struct csvk_sink *sink;
    uint64_t written;
    bool has_trailer; /* result: the data themselves prove that they are whole */
};
/* Reads all of unpacking->source and writes it to the sink. KBC_EREMOTE for a damaged object. */
int unpack(struct unpacking *unpacking, struct csvk_error *err) CSVK_MUST_USE;
/* The same from unpacking->view. */
int unpack_view(struct unpacking *unpacking, struct csvk_error *err) CSVK_MUST_USE;
/* Copies the bytes of unpacking->view as they are; what the name of the object says it is, is
   checked before. */
int unpack_copy(struct unpacking *unpacking, struct csvk_error *err) CSVK_MUST_USE;
int unpack_check_parquet(struct unpacking *unpacking, struct csvk_error *err) CSVK_MUST_USE;

/* True when the objects are CSV whose columns are known. */
bool unpack_has_columns(const struct fetch *fetch);
/* CSVK_EDATA when the first record does not fit the columns. The source is used up. */
int unpack_check_columns(const struct fetch *fetch, const char *key, struct csvk_source *source,
                         struct csvk_error *err) CSVK_MUST_USE;
int unpack_check_view(const struct fetch *fetch, const char *key, const struct view *view,
                      struct csvk_error *err) CSVK_MUST_USE;
bool unpack_is_gzip_name(const char *name);

#endif
