/*
 * file_kind.h - private: files that are something else than a table: archives, workbooks, pictures,
 * web pages.
 *
 * The idea. One clear line helps more than a thousand findings about the bytes of a workbook. What
 * a file is, its first bytes say, never its name. Bytes that text does not have are asked for of a
 * library with all kinds of files, which libcsvkit-extra gives with csvk_give_kind_namer; the
 * commonest kinds, and the kinds of text, are known here. Every command that reads tables asks, so
 * they all say the same.
 */
#ifndef CSVKIT_IO_FILE_KIND_H
#define CSVKIT_IO_FILE_KIND_H

#include "csvkit/base/for_extra.h"
#include "csvkit/csvkit.h"

enum csvk_file_class {
    CSVK_FILE_TABLE,      /* nothing speaks against it */
    CSVK_FILE_OTHER_TEXT, /* text that looks like another kind; it may be a table all the same */
    CSVK_FILE_OTHER,      /* surely no table */
};
struct csvk_file_kind {
    enum csvk_file_class class;
    char name[96];      /* "a PDF document" */
    const char *remedy; /* what to do with it, a constant */
};

/*
 * What the source is, by its first bytes, decompressed. It must not have been read yet, and can be
 * read from its beginning afterwards. What csvk_source_peek returns.
 */
CSVK_FOR_EXTRA int csvk_source_kind(struct csvk_source *source, struct csvk_file_kind *out,
                                    struct csvk_error *err) CSVK_MUST_USE;
/* The same for the first bytes of a file, decompressed; the first 4 KiB are enough. */
void csvk_file_kind_of(struct csvk_bytes start, struct csvk_file_kind *out);
/* CSVK_EDATA with the line about a file that is surely no table. */
int csvk_refuse_kind(const struct csvk_source *source, const struct csvk_file_kind *kind,
                     struct csvk_error *err);
/* CSVK_EDATA with that line when the source, which must not have been read yet, is surely no table;
   else what csvk_source_kind returns. */
CSVK_FOR_EXTRA int csvk_refuse_no_table(struct csvk_source *source,
                                        struct csvk_error *err) CSVK_MUST_USE;
/* As csvk_source_open, with what csvk_refuse_no_table says. */
CSVK_FOR_EXTRA int csvk_open_table(struct csvk_source **out, const char *path,
                                   struct csvk_error *err) CSVK_MUST_USE;
/*
 * Writes what `start` is ("Apache Parquet") to `name` and its media type to `type`. False: it does
 * not know.
 */
enum { CSVK_MEDIA_TYPE = 96 };
typedef bool csvk_name_kind_fn(struct csvk_bytes start, char name[96], char type[CSVK_MEDIA_TYPE]);
/* From now on `name` is asked. Any thread, at any time. */
CSVK_FOR_EXTRA void csvk_give_kind_namer(csvk_name_kind_fn *name);

#endif
