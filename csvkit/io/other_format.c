/* other_format.c - see other_format.h. The first bytes are those of the formats' specifications. */
#include "csvkit/io/other_format.h"

#include <string.h>

struct format {
    const char *magic;
    size_t length;
    const char *name, *remedy;
};

static const struct format formats[] = {
    {"PK\x03\x04", 4, "a ZIP archive or a workbook (.xlsx, .ods)", "save the sheet as CSV (UTF-8)"},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old workbook (.xls)",
     "save the sheet as CSV (UTF-8)"},
    {"%PDF-", 5, "a PDF document", "export the table as CSV"},
    {"PAR1", 4, "a Parquet file", "export it as CSV"},
    {"SQLite format 3", 16, "an SQLite database", "export the table as CSV"},
    {"\x7f"
     "ELF",
     4, "a program", "give the data file"},
    {"\x89PNG", 4, "a picture", "give the data file"},
    {"\xff\xd8\xff", 3, "a picture", "give the data file"},
    {"GIF8", 4, "a picture", "give the data file"},
    {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive", "unpack it first"},
};

/* No table begins with the bytes of these formats. */
static bool matches(const struct format *f, struct csvk_bytes start)
{
    return start.len >= f->length && memcmp(start.ptr, f->magic, f->length) == 0;
}

int csvk_check_other_format(struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_bytes start;
    int status = csvk_source_peek(source, 16, &start, err);
    for (size_t i = 0; status == CSVK_OK && i < sizeof formats / sizeof formats[0]; i++) {
        if (matches(&formats[i], start)) {
            status = csvk_fail(err, CSVK_EDATA, "%s: is %s, not CSV: %s", csvk_source_name(source),
                               formats[i].name, formats[i].remedy);
        }
    }
    const char *again = status == CSVK_OK ? csvk_compression_of(start) : NULL;
    if (again != NULL) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s: is %s within %s, not CSV: it was compressed twice: unpack it once",
                           csvk_source_name(source), again, csvk_source_compression(source));
    }
    return status;
}
