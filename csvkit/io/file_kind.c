/*
 * file_kind.c - see file_kind.h. Bytes at the start of files are those of the formats'
 * specifications. Kinds of text are only suspected: a table may begin with a tag or a bracket.
 */
#include "csvkit/io/file_kind.h"

#include "csvkit/io/text_kind.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Enough for what lies deepest: the mark of a tar archive at byte 257, and the kinds of text. */
enum { HEAD = 4096 };

static const char save_sheet[] = "Save the sheet as CSV (UTF-8).";
static const char export_table[] = "Export the table as CSV.";
static const char give_data[] = "Give the file with the data.";

struct magic {
    const char *bytes;
    size_t length;
    const char *name, *remedy;
};

static const struct magic magics[] = {
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "an old workbook (.xls)", save_sheet},
    {"%PDF-", 5, "a PDF document", export_table},
    {"PAR1", 4, "a Parquet file", export_table},
    {"SQLite format 3", 16, "an SQLite database", export_table},
    {"\x7f"
     "ELF",
     4, "a program", give_data},
    {"\x89PNG", 4, "a picture", give_data},
    {"\xff\xd8\xff", 3, "a picture", give_data},
    {"GIF8", 4, "a picture", give_data},
    {"7z\xbc\xaf\x27\x1c", 6, "a 7z archive", "Unpack it first: 7z x -so FILE | csvkit validate -"},
};

/* By what a library calls the kind; a type that ends in "/" holds for all that begin so. */
static const struct media {
    const char *type, *name, *remedy;
} media[] = {
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "a workbook (.xlsx)",
     save_sheet},
    {"application/vnd.oasis.opendocument.spreadsheet", "a workbook (.ods)", save_sheet},
    {"application/vnd.ms-excel", "an old workbook (.xls)", save_sheet},
    {"application/vnd.openxmlformats-officedocument.", "an office document", export_table},
    {"application/vnd.oasis.opendocument.", "an office document", export_table},
    {"application/zip", "a ZIP archive",
     "Unpack it first: unzip -p FILE | csvkit validate - (when there is one file in it)."},
    {"application/x-tar", "a tar archive",
     "Unpack it first: tar -xOf FILE | csvkit validate - (when there is one file in it)."},
    {"application/x-rar", "a RAR archive", "Unpack it first."},
    {"image/", "a picture", give_data},
    {"audio/", "a recording", give_data},
    {"video/", "a recording", give_data},
    {"font/", "a font", give_data},
};

/* Atomic, because threads may open files meanwhile. */
static _Atomic(csvk_name_kind_fn *) given_namer;

void csvk_give_kind_namer(csvk_name_kind_fn *name)
{
    atomic_store(&given_namer, name);
}

static void set_kind(struct csvk_file_kind *out, enum csvk_file_class class, const char *name,
                     const char *remedy)
{
    out->class = class;
    snprintf(out->name, sizeof out->name, "%s", name);
    out->remedy = remedy;
}

static bool has_magic(struct csvk_bytes start, struct csvk_file_kind *out)
{
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        const struct magic *m = &magics[i];
        if (start.len >= m->length && memcmp(start.ptr, m->bytes, m->length) == 0) {
            set_kind(out, CSVK_FILE_OTHER, m->name, m->remedy);
            return true;
        }
    }
    return false;
}

static bool is_of_type(const char *type, const char *row)
{
    size_t length = strlen(row);
    bool family = row[length - 1] == '/' || row[length - 1] == '.';
    return family ? strncmp(type, row, length) == 0 : strcmp(type, row) == 0;
}

/* Kinds without a media type are old ones that a few bytes decide, and a damaged table has them. */
static bool has_name(struct csvk_bytes start, struct csvk_file_kind *out)
{
    csvk_name_kind_fn *namer = atomic_load(&given_namer);
    char name[sizeof out->name], type[CSVK_MEDIA_TYPE];
    if (namer == NULL || !namer(start, name, type) || strncmp(type, "text/", 5) == 0 ||
        strcmp(type, "application/octet-stream") == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof media / sizeof media[0]; i++) {
        if (is_of_type(type, media[i].type)) {
            set_kind(out, CSVK_FILE_OTHER, media[i].name, media[i].remedy);
            return true;
        }
    }
    set_kind(out, CSVK_FILE_OTHER, name, "Give the data as CSV.");
    return true;
}

/* The folder of a document's main part tells its kind. */
static const struct folder {
    const char *name, *kind, *remedy;
} folders[] = {
    {"xl/", "a workbook (.xlsx)", save_sheet},
    {"word/", "an office document", export_table},
    {"ppt/", "an office document", export_table},
};

/* A ZIP archive with the parts of an office document, in whatever order: the library wants the
   usual one. Names stand in the entries' local headers, 30 bytes behind their marks. */
static bool is_office_archive(struct csvk_bytes start, struct csvk_file_kind *out)
{
    static const char *const first[] = {"[Content_Types].xml", "_rels/", "docProps/", "xl/"};
    bool office = false;
    for (size_t at = 0; at + 30 < start.len; at++) {
        if (memcmp(start.ptr + at, "PK\x03\x04", 4) != 0) {
            continue;
        }
        const char *name = (const char *)start.ptr + at + 30;
        size_t room = start.len - at - 30;
        for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
            size_t length = strlen(first[i]);
            office = office || (at == 0 && room >= length && memcmp(name, first[i], length) == 0);
        }
        for (size_t i = 0; office && i < sizeof folders / sizeof folders[0]; i++) {
            size_t length = strlen(folders[i].name);
            if (room >= length && memcmp(name, folders[i].name, length) == 0) {
                set_kind(out, CSVK_FILE_OTHER, folders[i].kind, folders[i].remedy);
                return true;
            }
        }
    }
    return false;
}

/* Is one of the eight bytes below 20? When one is, a borrow may say so of others. */
static bool has_control(const unsigned char *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    return ((eight - UINT64_C(0x2020202020202020)) & ~eight & UINT64_C(0x8080808080808080)) != 0;
}

/*
 * Whether the bytes are no text: a good share of them are control characters that text does not
 * have. A damaged table has some, a table with control characters as delimiters has one for each
 * field; and the library finds a name for nearly everything.
 */
static bool is_no_text(struct csvk_bytes start)
{
    enum { LEAST = 16, SHARE = 5 };
    size_t seen[0x20] = {0}, all = 0, most = 0;
    for (size_t i = 0; i < start.len; i++) {
        unsigned char byte = start.ptr[i];
        if (i % 8 == 0 && start.len - i >= 8 && !has_control(start.ptr + i)) {
            i += 7;
            continue;
        }
        if (byte < 0x20 && (byte < '\t' || byte > '\r')) {
            all++;
            seen[byte]++;
            most = byte != 0 && seen[byte] > most ? seen[byte] : most;
        }
    }
    size_t others = all - most; /* one of them may be the delimiter */
    return others >= LEAST && others * SHARE >= start.len;
}

/* A byte order mark of UTF-16 or UTF-32, or NUL bytes at every second place and at no other. */
static bool is_wide_text(struct csvk_bytes start)
{
    if (start.len >= 4 &&
        (memcmp(start.ptr, "\xff\xfe", 2) == 0 || memcmp(start.ptr, "\xfe\xff", 2) == 0 ||
         memcmp(start.ptr, "\0\0\xfe\xff", 4) == 0)) {
        return true;
    }
    size_t nul[2] = {0, 0}, pairs = start.len / 2;
    for (size_t i = 0; i < start.len; i++) {
        nul[i & 1] += start.ptr[i] == 0;
    }
    size_t most = nul[0] > nul[1] ? nul[0] : nul[1];
    return most * 10 > pairs * 3 && (nul[0] == 0 || nul[1] == 0);
}

void csvk_file_kind_of(struct csvk_bytes start, struct csvk_file_kind *out)
{
    *out = (struct csvk_file_kind){.class = CSVK_FILE_TABLE, .remedy = ""};
    start.len = start.len < HEAD ? start.len : HEAD;
    const char *again = csvk_compression_of(start);
    if (again != NULL) { /* of what was unpacked already */
        set_kind(out, CSVK_FILE_OTHER, again, "It was compressed twice: unpack it once.");
        return;
    }
    bool is_zip = start.len >= 4 && memcmp(start.ptr, "PK\x03\x04", 4) == 0;
    if (has_magic(start, out) || (is_zip && is_office_archive(start, out)) ||
        ((is_zip || is_no_text(start)) && !is_wide_text(start) && has_name(start, out))) {
        return;
    }
    if (is_zip) { /* no library told more */
        set_kind(out, CSVK_FILE_OTHER, "a ZIP archive or a workbook (.xlsx, .ods)", save_sheet);
        return;
    }
    const struct csvk_text_kind *text = csvk_text_kind_of(start);
    if (text != NULL) {
        set_kind(out, CSVK_FILE_OTHER_TEXT, text->name, text->remedy);
    }
}

int csvk_source_kind(struct csvk_source *source, struct csvk_file_kind *out, struct csvk_error *err)
{
    struct csvk_bytes start;
    int status = csvk_source_peek(source, HEAD, &start, err);
    if (status != CSVK_OK) {
        return status;
    }
    csvk_file_kind_of(start, out);
    return CSVK_OK;
}

int csvk_refuse_kind(const struct csvk_source *source, const struct csvk_file_kind *kind,
                     struct csvk_error *err)
{
    return csvk_fail(err, CSVK_EDATA, "%s: not CSV: the file is %s. %s", csvk_source_name(source),
                     kind->name, kind->remedy);
}

int csvk_refuse_no_table(struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_file_kind kind = {.class = CSVK_FILE_TABLE};
    int status = csvk_source_kind(source, &kind, err);
    return status == CSVK_OK && kind.class == CSVK_FILE_OTHER ? csvk_refuse_kind(source, &kind, err)
                                                              : status;
}

int csvk_open_table(struct csvk_source **out, const char *path, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    int status = csvk_source_open(&source, path, err);
    status = status == CSVK_OK ? csvk_refuse_no_table(source, err) : status;
    if (status != CSVK_OK) {
        csvk_source_free(source);
        return status;
    }
    *out = source;
    return CSVK_OK;
}
