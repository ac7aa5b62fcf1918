/*
 * normalize_start.c - what has to be known before the first record: mark, encoding, lines to skip,
 * the line sep=, the width of the table, how its columns are enclosed, and whether backslash is its
 * escape.
 *
 * Order matters: encoding and mark first, because nothing can be read before; then the lines that
 * are no CSV (--skip-head, sep=), because the width is that of the records after them.
 *
 * Nothing is consumed beyond the lines that are dropped. The first records are looked at here and
 * read again by the run.
 */
#include "csvkit/normalize/normalize_pieces.h"

#include "csvkit/base/delimiter.h"

#include <stdio.h>
#include <strings.h>

/*
 * SAMPLE_RECORDS: in which the width is looked for. COLUMN_RECORDS: in which columns show how they
 * are written, when LEAST_RECORDS of them or more are whole.
 */
enum {
    SAMPLE_RECORDS = 1000,
    COLUMN_RECORDS = 100,
    LEAST_RECORDS = 3,
};

int norm_fill_reach(struct norm *norm)
{
    return norm_window_fill(&norm->window, 2 * (size_t)norm->reach, norm->err);
}

/*
 * Do all fields have to be written anew? Otherwise a clean record can be copied. An escape in the
 * input has to be undone everywhere, since the output has none; so have longer delimiters and
 * skipped blanks.
 */
static bool plan_rewrite(const struct csvk_normalize_options *o, const struct csvk_dialect *in)
{
    bool other = o->to.delimiter != in->delimiter || o->to.enclosure != in->enclosure ||
                 in->escape != CSVK_NO_BYTE || !csvk_dialect_is_plain(in);
    return other || o->quote != CSVK_NORMALIZE_QUOTE_KEEP || o->trim || o->guard_formulas ||
           o->digest || o->schema != NULL;
}

/*
 * The encoding that a byte order mark of UTF-16 or UTF-32 names; NULL: no such mark. UTF-32LE
 * first, because its mark begins with that of UTF-16LE.
 */
static const char *wide_encoding(const unsigned char *b, size_t n)
{
    if (n >= 4 && memcmp(b, "\xff\xfe\0\0", 4) == 0) {
        return "UTF-32LE";
    }
    if (n >= 4 && memcmp(b, "\0\0\xfe\xff", 4) == 0) {
        return "UTF-32BE";
    }
    if (n >= 2 && memcmp(b, "\xff\xfe", 2) == 0) {
        return "UTF-16LE";
    }
    return n >= 2 && memcmp(b, "\xfe\xff", 2) == 0 ? "UTF-16BE" : NULL;
}

/*
 * r2. `mark`: length of the byte order mark that says the encoding; 0: it was named by an option,
 * or found by the sniffer.
 */
static int report_conversion(struct norm *norm, const char *encoding, size_t mark)
{
    char evidence[128];
    char *name = norm->result->encoding;
    snprintf(name, sizeof(norm->result->encoding), "%s", encoding);
    snprintf(evidence, sizeof(evidence), "from %s, by %s", name,
             mark != 0 ? "the byte order mark at the start" : "--encoding");
    return norm_report_file_repair(norm, CSVK_REPAIR_ENCODING, 0, mark, evidence);
}

/*
 * A mark of another encoding says for certain what the bytes are, so no option is needed. The
 * source converts from then on; everything here only ever sees UTF-8.
 */
static int convert_wide(struct norm *norm)
{
    struct csvk_bytes start;
    int status = csvk_source_peek(norm->window.source, 4, &start, norm->err);
    const char *encoding = status == CSVK_OK ? wide_encoding(start.ptr, start.len) : NULL;
    if (encoding == NULL) {
        return status;
    }
    status = csvk_source_set_encoding(norm->window.source, encoding, norm->err);
    return status == CSVK_OK ? report_conversion(norm, encoding, start.len) : status;
}

/*
 * The source converts already, because whoever opened it knew the encoding. UTF-8 is no conversion.
 */
static int report_encoding(struct norm *norm)
{
    bool is_utf8 =
        strcasecmp(norm->o->encoding, "utf-8") == 0 || strcasecmp(norm->o->encoding, "utf8") == 0;
    return is_utf8 ? CSVK_OK : report_conversion(norm, norm->o->encoding, 0);
}

/*
 * r2 and r1. A mark of UTF-8 is dropped, unless the output shall begin with one. `EF BB BF a,b` ->
 * `a,b`.
 */
static int read_mark(struct norm *norm)
{
    struct norm_window *w = &norm->window;
    int status = norm->o->encoding == NULL ? convert_wide(norm) : report_encoding(norm);
    status = status == CSVK_OK ? norm_fill_reach(norm) : status;
    if (status != CSVK_OK || w->visible < 3 ||
        memcmp(norm_window_at(w, 0), "\xef\xbb\xbf", 3) != 0) {
        return status;
    }
    norm_window_drop(w, 3);
    norm->marked = true;
    return norm->o->write_bom
               ? CSVK_OK
               : norm_report_file_repair(norm, CSVK_REPAIR_BOM, 0, 3, "U+FEFF first");
}

/* A physical line that is to be dropped, as if it were a record. */
static struct norm_record line_record(const struct norm *norm, uint64_t begin, uint64_t length)
{
    const struct csvk_totals *totals = &norm->scan.table.totals;
    struct norm_record rec = {.r = {.number = totals->records + 1,
                                    .line = totals->lines + 1,
                                    .offset = begin,
                                    .length = length}};
    return rec;
}

/* Drops the line from `begin` to `end`, and counts it as a record and as a line. */
static int drop_line(struct norm *norm, uint64_t begin, uint64_t end, enum csvk_repair repair,
                     const char *evidence)
{
    struct norm_record rec = line_record(norm, begin, end - begin);
    norm->raw_to = end;
    int status = norm_drop_record(norm, &rec, repair, evidence);
    norm->scan.table.totals.records++;
    norm->scan.table.totals.lines++;
    norm_window_drop(&norm->window, (size_t)(end - norm->window.offset));
    return status;
}

/*
 * The end of the line at the window's first byte. Of a line that is longer than what is visible,
 * the beginning is dropped; but not its last byte, which may be the CR of CR LF.
 */
static int find_line_end(struct norm *norm, uint64_t *end)
{
    struct norm_window *w = &norm->window;
    for (;;) {
        int status = norm_fill_reach(norm);
        uint64_t limit = w->offset + w->visible;
        if (status != CSVK_OK || w->visible == 0) {
            *end = limit;
            return status;
        }
        *end = norm_next_line(norm, w->offset, limit);
        bool complete = *end < limit || *norm_window_at(w, limit - 1) == '\n';
        if (complete || w->at_end) {
            return CSVK_OK;
        }
        norm_window_drop(w, w->visible - 1);
    }
}

/* r15: --skip-head counts physical lines, whatever quotes are in them: a preamble is no CSV. */
static int skip_head(struct norm *norm)
{
    for (uint64_t i = 0; i < norm->o->skip_head; i++) {
        uint64_t begin = norm->window.offset, end = begin;
        int status = find_line_end(norm, &end);
        if (status != CSVK_OK || end == begin) {
            return status;
        }
        status = drop_line(norm, begin, end, CSVK_REPAIR_FRAME, "--skip-head");
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/*
 * r16: `sep=;` as the first line, and the delimiter it names. The line is obeyed when it is exactly
 * that (csvk_sep_line), and the byte can be a delimiter. When the delimiter was given
 * by an option and is another one, one of the two is wrong and the run fails. But an enclosed
 * "sep=;" is what normalize itself writes for a first value that reads so, and whoever gives the
 * delimiter says that it is data.
 */
static int read_sep_line(struct norm *norm)
{
    size_t n = norm->window.visible;
    const unsigned char *b = norm_window_at(&norm->window, norm->window.offset);
    int delimiter;
    size_t length = csvk_sep_line(b, n, &delimiter);
    if (length == 0 || length == n || (norm->o->delimiter_given && b[0] == '"')) {
        return CSVK_OK;
    }
    struct csvk_dialect dialect = norm->in;
    dialect.delimiter = delimiter;
    dialect.more_length = 0;
    if (csvk_dialect_check(&dialect, NULL) != CSVK_OK) {
        return CSVK_OK;
    }
    bool same = norm->in.delimiter == delimiter && norm->in.more_length == 0;
    if (norm->o->delimiter_given && !same) {
        struct norm_record rec = line_record(norm, norm->window.offset, length);
        return norm_refuse(norm, &rec, "the line sep= names another delimiter than --delimiter");
    }
    norm->in = dialect;
    uint64_t begin = norm->window.offset;
    return drop_line(norm, begin, norm_next_line(norm, begin, begin + n), CSVK_REPAIR_SEP,
                     "the line says which byte stands between fields");
}

/* ---- what the first records say ---- */

static bool is_free_of_errors(const struct norm_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!norm_is_harmless(rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

/*
 * The width of the first record that is free of errors; else that of the first one, unproven:
 * norm->width_known stays false then, and whatever needs inference fails
 * (norm_refuse_without_width). Comments and blank lines are passed over.
 */
static int look_for_width(struct norm *norm, struct norm_limit limit)
{
    uint64_t offset = norm->window.offset;
    bool found = true;
    for (int i = 0; i < SAMPLE_RECORDS && found && !norm->width_known; i++) {
        struct norm_record rec;
        uint64_t width = norm->width;
        bool any = offset < limit.end;
        if (any && norm->o->comment >= 0 &&
            *norm_window_at(&norm->window, offset) == norm->o->comment) {
            offset = norm_next_line(norm, offset, limit.end);
            continue;
        }
        /* The facts about this record must not depend on a width that is only assumed. */
        norm->width = 0;
        int status = norm_parse_at(norm, &norm->look_ahead, offset, limit, &rec, &found);
        norm->width = width;
        /* The first line break decides about CR, as in the run. */
        if (found && norm->scan.table.totals.eol_mode == CSVK_EOL_NONE) {
            norm->scan.table.totals.eol_mode = (enum csvk_eol)rec.r.eol;
        }
        if (status != CSVK_OK) {
            return status;
        }
        if (found && !rec.r.blank) {
            norm->width_known = is_free_of_errors(&rec);
            norm->width = norm->width == 0 || norm->width_known ? rec.r.nfields : norm->width;
        }
        offset = found ? norm_record_end(&rec) : offset;
    }
    return CSVK_OK;
}

/* Looks twice as far, up to --max-record. False when there is no more to be seen. */
static int look_further(struct norm *norm, struct norm_limit *limit, bool *further)
{
    struct norm_window *w = &norm->window;
    uint64_t most = norm->o->max_record != 0 ? norm->o->max_record : NORM_DEFAULT_RECORD;
    *further = !limit->at_end && limit->end - w->offset <= most;
    if (!*further) {
        return CSVK_OK;
    }
    uint64_t want = 2 * (limit->end - w->offset);
    int status = norm_window_fill(w, (size_t)want, norm->err);
    bool all = w->visible <= want;
    limit->end = w->offset + (all ? w->visible : want);
    limit->at_end = all && w->at_end;
    return status;
}

/*
 * A first record that is longer than the reach is looked at whole: without it there would be no
 * width at all, and the first guess of a repair would have nothing to compare with.
 */
static int find_width(struct norm *norm)
{
    struct norm_limit limit = norm_look_ahead_limit(norm, norm->window.offset);
    bool further = true;
    int status = look_for_width(norm, limit);
    while (status == CSVK_OK && norm->width == 0 && further) {
        status = look_further(norm, &limit, &further);
        status = status == CSVK_OK && further ? look_for_width(norm, limit) : status;
    }
    return status;
}

/* --line-break=keep: the line break of the first record, if nobody has read that one before. */
static int find_line_break(struct norm *norm)
{
    struct csvk_totals *totals = &norm->scan.table.totals;
    struct norm_limit limit = norm_look_ahead_limit(norm, norm->window.offset);
    struct norm_record rec;
    bool found = false, further = totals->eol_mode == CSVK_EOL_NONE;
    int status = CSVK_OK;
    while (status == CSVK_OK && further && !found) {
        status = norm_parse_at(norm, &norm->look_ahead, norm->window.offset, limit, &rec, &found);
        if (status == CSVK_OK && !found) {
            status = look_further(norm, &limit, &further);
        }
    }
    enum csvk_eol eol = found ? (enum csvk_eol)rec.r.eol : totals->eol_mode;
    norm->options.line_break = eol == CSVK_EOL_LF ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    norm->table.line_break = norm->options.line_break;
    return status;
}

/* r24: the delimiter was found by sniffing, before this run began. */
static int report_delimiter(struct norm *norm)
{
    char name[CSVK_DELIMITER_TEXT], evidence[64];
    const struct csvk_dialect *in = &norm->o->dialect;
    csvk_delimiter_text(in, norm->result->delimiter);
    snprintf(evidence, sizeof evidence, "\"%s\", by --delimiter=auto",
             csvk_dialect_write_delimiter(in, name));
    return norm_report_file_repair(norm, CSVK_REPAIR_DELIMITER, 0, 0, evidence);
}

/*
 * The scan is made after the line sep=, because it depends on the delimiter; numbers of lines and
 * records that were counted until then are carried over. Afterwards the mode of line breaks is
 * forgotten again: the run decides on it at the first record, as if nobody had looked.
 */
int norm_start(struct norm *norm)
{
    int status = read_mark(norm);
    if (status == CSVK_OK && norm->o->delimiter_found) {
        status = report_delimiter(norm);
    }
    status = status == CSVK_OK ? skip_head(norm) : status;
    status = status == CSVK_OK ? norm_fill_reach(norm) : status;
    status = status == CSVK_OK ? read_sep_line(norm) : status;
    status = status == CSVK_OK ? norm_fill_reach(norm) : status;
    if (status != CSVK_OK) {
        return status;
    }
    norm->rewrite = plan_rewrite(norm->o, &norm->in);
    norm->raw_fields = !norm->rewrite;
    norm->header_done = norm->o->header != CSVK_NORMALIZE_HEADER;
    struct csvk_totals totals = norm->scan.table.totals;
    status = norm_init_scan(norm, &norm->scan);
    status = status == CSVK_OK ? norm_init_scan(norm, &norm->ahead_scan) : status;
    status = status == CSVK_OK ? norm_init_scan(norm, &norm->field_scan) : status;
    norm->scan.table.totals.records = totals.records;
    norm->scan.table.totals.lines = totals.lines;
    /* Without a header the names of the columns come from an option, and so does the width. */
    if (norm->o->header != CSVK_NORMALIZE_HEADER && norm->o->columns.count != 0) {
        norm->width = norm->o->columns.count;
        norm->width_known = true;
    }
    status = status == CSVK_OK ? find_width(norm) : status;
    if (status == CSVK_OK && norm->o->line_break == CSVK_EOL_NONE) {
        status = find_line_break(norm);
    }
    norm->scan.table.totals.eol_mode = CSVK_EOL_NONE;
    status = status == CSVK_OK ? norm_keep_head(norm) : status;
    if (status == CSVK_OK && norm->o->header != CSVK_NORMALIZE_HEADER &&
        norm->o->columns.count == 0) {
        status = norm_ask_head_for_width(norm);
    }
    if (status == CSVK_OK && norm->o->header == CSVK_NORMALIZE_HEADER) {
        status = norm_ask_head_for_header(norm);
    }
    if (norm->o->width > norm->width) {
        norm->width = norm->o->width;
        norm->width_known = true;
    }
    norm->scan.table.totals.width = norm->width;
    if (status == CSVK_OK) {
        norm_look_at_first_lines(norm);
    }
    return status;
}
