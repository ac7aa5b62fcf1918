/*
 * sniff.c - sniffing as a whole: encoding first, then the line "sep=", dialect and header; and
 * samples of sources. See sniff.h.
 */
#include "csvkit/sniff/sniff_private.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/sized.h"
#include "csvkit/io/file_kind.h"

#include <string.h>

const char *csvk_sniff_verdict_name(enum csvk_sniff_verdict verdict)
{
    static const char *const names[] = {"clear", "one-column", "ambiguous",
                                        "empty", "not-text",   "not-a-table"};
    return names[verdict];
}

static bool is_break(unsigned char byte)
{
    return byte == '\r' || byte == '\n';
}

/*
 * Spreadsheets write a first line "sep=X" (in upper or lower case) to name the delimiter
 * (doc/reading.md A27). Takes the delimiter from it and removes the line from the text.
 */
static void take_sep_line(struct csvk_bytes *text, struct csvk_sniff *out)
{
    struct csvk_dialect dialect = {.enclosure = '"', .escape = CSVK_NO_BYTE};
    size_t used = csvk_sep_line(text->ptr, text->len, &dialect.delimiter);
    if (used == 0 || csvk_dialect_check(&dialect, NULL) != CSVK_OK) {
        return;
    }
    used += used < text->len && text->ptr[used] == '\r';
    used += used < text->len && text->ptr[used] == '\n';
    out->sep_line = true;
    out->dialect = dialect;
    text->ptr += used;
    text->len -= used;
}

static bool has_content(struct csvk_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!is_break(text.ptr[i]) && text.ptr[i] != ' ' && text.ptr[i] != '\t') {
            return true;
        }
    }
    return false;
}

/*
 * A sample ends in the middle of a record as a rule. Leaves out what comes after the last line
 * break: the last LF, or the last CR in a text without LF.
 */
static void cut_at_break(struct csvk_bytes *text)
{
    size_t length = text->len;
    while (length > 0 && text->ptr[length - 1] != '\n') {
        length--;
    }
    for (size_t i = text->len; length == 0 && i > 0; i--) {
        length = text->ptr[i - 1] == '\r' ? i : 0;
    }
    if (length > 0) {
        text->len = length;
    }
}

static const struct csvk_sized sniff_type =
    CSVK_SIZED(struct csvk_sniff, reserved_too, CSVK_SIZED_BY_HAND);

/* Takes the table that begins below `lines`, when dialect and header of it are clear. */
static int take_below(struct csvk_bytes text, const struct csvk_dialect *dialect, bool *taken,
                      struct csvk_sniff *out, struct csvk_error *err)
{
    enum { CLEAR_HEADER = 80 };
    uint64_t lines = 0, bytes = 0;
    struct csvk_sniff below = *out;
    int status = csvk_sniff_head(text, dialect, &lines, &bytes, err);
    *taken = false;
    if (status != CSVK_OK || lines == 0) {
        return status;
    }
    text.ptr += bytes;
    text.len -= bytes;
    below.ncandidates = 0;
    status = csvk_sniff_dialect(text, &below, err);
    if (status == CSVK_OK) {
        status = csvk_sniff_header(text, &below, err);
    }
    *taken = status == CSVK_OK && below.verdict == CSVK_SNIFF_CLEAR && below.has_header &&
             below.on_header.score >= CLEAR_HEADER;
    if (*taken) {
        *out = below;
        out->skip_head = lines;
        csvk_sniff_report(&out->on_head, 90,
                          "%llu line%s with fewer values above a header that the records fit",
                          (unsigned long long)lines, lines == 1 ? "" : "s");
    }
    return status;
}

/* Looks for lines above the table, by the delimiter that was found or by each of the usual ones. */
static int look_above(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    static const char usual[] = ",;\t|";
    bool taken = false, found = out->verdict == CSVK_SNIFF_CLEAR;
    int status = CSVK_OK;
    if (out->sep_line) {
        return CSVK_OK;
    }
    if (found) {
        struct csvk_dialect dialect = out->dialect;
        return take_below(text, &dialect, &taken, out, err);
    }
    for (size_t i = 0; i < sizeof usual - 1 && status == CSVK_OK && !taken; i++) {
        struct csvk_dialect dialect = CSVK_DIALECT_RFC4180;
        dialect.delimiter = usual[i];
        status = take_below(text, &dialect, &taken, out, err);
    }
    return status;
}

/* Dialect and header of the text, and the lines above the table. */
static int sniff_lines(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    int status = csvk_sniff_dialect(text, out, err);
    if (status == CSVK_OK) {
        status = csvk_sniff_header(text, out, err);
    }
    status = status == CSVK_OK ? look_above(text, out, err) : status;
    if (status == CSVK_OK && out->verdict == CSVK_SNIFF_ONE_COLUMN && csvk_sniff_is_prose(text)) {
        out->verdict = CSVK_SNIFF_NOT_TABLE;
        csvk_sniff_report(&out->on_delimiter, 0, "the file looks like running text");
    }
    return status;
}

/* Takes what the text is like without its comments, when it has some. `out` as it was `before`. */
static int look_between(struct csvk_bytes text, const struct csvk_sniff *before,
                        struct csvk_sniff *out, struct csvk_error *err)
{
    struct csvk_buf room = CSVK_BUF_INIT;
    struct csvk_sniff other = *before;
    uint64_t comments;
    int status = csvk_sniff_without_comments(text, '#', &room, &comments);
    struct csvk_bytes rest = {room.data, room.length};
    if (status != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory while sniffing");
    } else if (comments != 0 && has_content(rest)) {
        status = sniff_lines(rest, &other, err);
        if (status == CSVK_OK && csvk_sniff_are_comments(out, &other, comments)) {
            *out = other;
            out->comments = comments;
            csvk_sniff_report(&out->on_comments, 90,
                              "%llu line%s with # and %s no record%s of this table",
                              (unsigned long long)comments, comments == 1 ? " begins" : "s begin",
                              comments == 1 ? "is" : "are", comments == 1 ? "" : "s");
        }
    }
    csvk_buf_release(&room);
    return status;
}

/* A text without comments, or with comments that are still to be found. */
static int sniff_records(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    take_sep_line(&text, out);
    if (!has_content(text)) {
        out->verdict = CSVK_SNIFF_EMPTY;
        csvk_sniff_report(&out->on_delimiter, 0,
                          out->sep_line ? "nothing comes after the sep line"
                                        : "there is no record");
        return CSVK_OK;
    }
    const struct csvk_sniff before = *out;
    int status = sniff_lines(text, out, err);
    return status == CSVK_OK && out->comment == 0 && csvk_sniff_may_have_comments(out)
               ? look_between(text, &before, out, err)
               : status;
}

static int sniff_text(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    struct csvk_buf room = CSVK_BUF_INIT;
    if (out->cut) {
        cut_at_break(&text);
    }
    if (out->comment != 0) {
        if (csvk_sniff_without_comments(text, (unsigned char)out->comment, &room, &out->comments) !=
            CSVK_OK) {
            csvk_buf_release(&room);
            return csvk_fail(err, CSVK_ENOMEM, "out of memory while sniffing");
        }
        text = (struct csvk_bytes){room.data, room.length};
        csvk_sniff_report(&out->on_comments, 100, "%llu line%s with it and %s set aside",
                          (unsigned long long)out->comments,
                          out->comments == 1 ? " begins" : "s begin",
                          out->comments == 1 ? "is" : "are");
    }
    int status = sniff_records(text, out, err);
    csvk_buf_release(&room);
    return status;
}

/* As csvk_sniff, with a struct of zeros of this library's version. */
static int sniff(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
                 struct csvk_error *err)
{
    out->dialect = (struct csvk_dialect)CSVK_DIALECT_RFC4180;
    out->encoding = "UTF-8";
    out->cut = extent == CSVK_SAMPLE_CUT;
    struct csvk_buf room = CSVK_BUF_INIT;
    struct csvk_bytes text;
    struct csvk_file_kind kind;
    csvk_file_kind_of(sample, &kind);
    if (kind.class == CSVK_FILE_OTHER) {
        out->encoding = "";
        out->verdict = CSVK_SNIFF_NOT_TEXT;
        csvk_sniff_report(&out->on_encoding, 0, "the file is %s. %s", kind.name, kind.remedy);
        return CSVK_OK;
    }
    int status = csvk_sniff_encoding(sample, extent, out, &text, &room);
    if (status != CSVK_OK) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory while sniffing");
    } else if (out->verdict != CSVK_SNIFF_NOT_TEXT) {
        status = sniff_text(text, out, err);
    }
    if (status == CSVK_OK && kind.class == CSVK_FILE_OTHER_TEXT) {
        out->verdict = CSVK_SNIFF_NOT_TABLE;
        csvk_sniff_report(&out->on_delimiter, 0, "the file looks like %s. %s", kind.name,
                          kind.remedy);
    }
    csvk_buf_release(&room);
    return status;
}

/* Nothing could be unpacked: that is no empty table. */
static void report_damage(const struct csvk_source *source, struct csvk_sniff *out)
{
    const struct csvk_damage *damage = csvk_source_damage(source);
    if (damage != NULL && out->verdict == CSVK_SNIFF_EMPTY) {
        csvk_sniff_report(&out->on_delimiter, 0,
                          "there is no record: the %s stream is damaged at byte %llu: %s",
                          damage->kind, (unsigned long long)damage->offset, damage->what);
    }
}

/* `source`: where the sample is from; NULL: not known. */
static int sniff_sample(const struct csvk_source *source, struct csvk_bytes sample,
                        enum csvk_sample extent, struct csvk_sniff *out, struct csvk_error *err)
{
    struct csvk_sniff own = {.size = sizeof own};
    int status = csvk_sized_check(&sniff_type, out, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_sniff given = {.size = sizeof given};
    const struct csvk_dialect usual = CSVK_DIALECT_RFC4180;
    status = csvk_sized_read(&sniff_type, &given, out, err);
    status = status == CSVK_OK ? csvk_comment_check(given.comment, &usual, err) : status;
    if (status != CSVK_OK) {
        return status;
    }
    own.comment = given.comment;
    status = sniff(sample, extent, &own, err);
    if (source != NULL) {
        report_damage(source, &own);
    }
    csvk_sized_write(&sniff_type, out, &own);
    return status;
}

int csvk_sniff(struct csvk_bytes sample, enum csvk_sample extent, struct csvk_sniff *out,
               struct csvk_error *err)
{
    return sniff_sample(NULL, sample, extent, out, err);
}

int csvk_sniff_source(struct csvk_source *source, size_t most, struct csvk_sniff *out,
                      size_t *sampled, struct csvk_error *err)
{
    size_t wanted = most != 0 ? most : CSVK_SNIFF_SAMPLE;
    struct csvk_bytes bytes;
    /* One byte more than wanted shows whether the sample is the whole file. */
    int status = csvk_source_peek(source, wanted + 1, &bytes, err);
    if (status != CSVK_OK) {
        return status;
    }
    enum csvk_sample extent = bytes.len > wanted ? CSVK_SAMPLE_CUT : CSVK_SAMPLE_WHOLE;
    bytes.len = bytes.len < wanted ? bytes.len : wanted;
    if (sampled != NULL) {
        *sampled = bytes.len;
    }
    return sniff_sample(source, bytes, extent, out, err);
}
