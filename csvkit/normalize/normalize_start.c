/*
 * normalize_start.c - what has to be known before the first record: mark, encoding, lines to skip,
 * the line sep=, the width of the table, and whether backslash is its escape.
 */
#include "csvkit/normalize/normalize_private.h"

#include <stdio.h>
#include <strings.h>

enum {
    SAMPLE_RECORDS = 1000, /* in which the width is looked for */
    COLUMN_RECORDS = 100,  /* in which columns show how they are written ... */
    LEAST_RECORDS = 3,     /* ... when that many of them are whole */
};

int nz_fill_reach(struct nz *nz)
{
    return nz_window_fill(&nz->window, 2 * (size_t)nz->reach, nz->err);
}

int nz_init_scan(struct nz *nz, struct csvk_scan *scan)
{
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect = nz->in;
    options.any_eol = nz->any_eol;
    options.simd = nz->o->simd;
    options.detail = nz->rewrite || !nz->header_done ? CSVK_FIELDS : CSVK_COUNTS;
    options.facts =
        CSVK_FACTS_ALL &
        ~(CSVK_FACT_BIT(CSVK_FACT_TAB) | CSVK_FACT_BIT(CSVK_FACT_NON_ASCII) |
          CSVK_FACT_BIT(CSVK_FACT_REPLACEMENT_CHAR) | CSVK_FACT_BIT(CSVK_FACT_UNICODE_LINE_BREAK));
    if (nz->o->control != CSVK_NORMALIZE_DEFECT_REMOVE) {
        options.facts &= ~CSVK_FACT_BIT(CSVK_FACT_CONTROL);
    }
    return csvk_scan_init(scan, &options, nz->err);
}

/* Do all fields have to be written anew? */
static bool plan_rewrite(const struct csvk_normalize_options *o, const struct csvk_dialect *in)
{
    bool other = o->to.delimiter != in->delimiter || o->to.enclosure != in->enclosure ||
                 in->escape != CSVK_NO_BYTE;
    return other || o->quote != CSVK_NORMALIZE_QUOTE_KEEP || o->trim || o->guard_formulas ||
           o->digest;
}

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

/* `mark`: length of the byte order mark that says the encoding; 0: it was named, or looked for. */
static int account_conversion(struct nz *nz, const char *encoding, size_t mark)
{
    char evidence[128];
    char *name = nz->result->encoding;
    snprintf(name, sizeof(nz->result->encoding), "%s", encoding);
    snprintf(evidence, sizeof(evidence), "from %s, by %s", name,
             mark != 0 ? "the byte order mark at the start" : "--encoding");
    return nz_account_file(nz, CSVK_REPAIR_ENCODING, 0, mark, evidence);
}

/* A mark of another encoding says for certain what the bytes are. */
static int convert_wide(struct nz *nz)
{
    struct csvk_bytes start;
    int status = csvk_source_peek(nz->window.source, 4, &start, nz->err);
    const char *encoding = status == CSVK_OK ? wide_encoding(start.ptr, start.len) : NULL;
    if (encoding == NULL) {
        return status;
    }
    status = csvk_source_set_encoding(nz->window.source, encoding, nz->err);
    return status == CSVK_OK ? account_conversion(nz, encoding, start.len) : status;
}

static int account_encoding(struct nz *nz)
{
    bool is_utf8 =
        strcasecmp(nz->o->encoding, "utf-8") == 0 || strcasecmp(nz->o->encoding, "utf8") == 0;
    return is_utf8 ? CSVK_OK : account_conversion(nz, nz->o->encoding, 0);
}

static int read_mark(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    int status = nz->o->encoding == NULL ? convert_wide(nz) : account_encoding(nz);
    status = status == CSVK_OK ? nz_fill_reach(nz) : status;
    if (status != CSVK_OK || w->visible < 3 || memcmp(nz_window_at(w, 0), "\xef\xbb\xbf", 3) != 0) {
        return status;
    }
    nz_window_drop(w, 3);
    return nz->o->write_bom ? CSVK_OK : nz_account_file(nz, CSVK_REPAIR_BOM, 0, 3, "U+FEFF first");
}

static struct nz_record line_record(const struct nz *nz, uint64_t length)
{
    const struct csvk_totals *totals = &nz->scan.table.totals;
    struct nz_record rec = {.r = {.number = totals->records + 1,
                                  .line = totals->lines + 1,
                                  .offset = nz->window.offset,
                                  .length = length}};
    return rec;
}

/* Drops the line at the window's first byte. */
static int drop_line(struct nz *nz, uint64_t end, enum csvk_repair repair, const char *evidence)
{
    struct nz_record rec = line_record(nz, end - nz->window.offset);
    nz->raw_to = end;
    int status = nz_drop(nz, &rec, repair, evidence);
    nz->scan.table.totals.records++;
    nz->scan.table.totals.lines++;
    nz_window_drop(&nz->window, (size_t)(end - nz->window.offset));
    return status;
}

static int skip_head(struct nz *nz)
{
    for (uint64_t i = 0; i < nz->o->skip_head; i++) {
        int status = nz_fill_reach(nz);
        if (status != CSVK_OK || nz->window.visible == 0) {
            return status;
        }
        uint64_t limit = nz->window.offset + nz->window.visible;
        uint64_t end = nz_next_line(nz, nz->window.offset, limit);
        status = drop_line(nz, end, CSVK_REPAIR_FRAME, "--skip-head");
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* "sep=;": its line, and the delimiter it names. */
static int read_sep_line(struct nz *nz)
{
    static const unsigned char sep[] = {'s', 'e', 'p', '='};
    size_t n = nz->window.visible;
    const unsigned char *b = nz_window_at(&nz->window, nz->window.offset);
    for (size_t i = 0; i < sizeof sep; i++) {
        if (n <= 5 || (b[i] | (i < 3 ? 0x20 : 0)) != sep[i]) {
            return CSVK_OK;
        }
    }
    if ((b[5] != '\r' && b[5] != '\n') || b[4] == '\r' || b[4] == '\n') {
        return CSVK_OK;
    }
    struct csvk_dialect dialect = nz->in;
    dialect.delimiter = b[4];
    if (csvk_dialect_check(&dialect, NULL) != CSVK_OK) {
        return CSVK_OK;
    }
    if (nz->o->delimiter_given && nz->in.delimiter != b[4]) {
        struct nz_record rec = line_record(nz, 5);
        return nz_refuse(nz, &rec, "the line sep= names another delimiter than --delimiter");
    }
    nz->in = dialect;
    return drop_line(nz, nz_next_line(nz, nz->window.offset, nz->window.offset + n),
                     CSVK_REPAIR_SEP, "the line says which byte stands between fields");
}

/* ---- what the first records say ---- */

static bool free_of_errors(const struct nz_record *rec)
{
    for (uint32_t i = 0; i < rec->r.nfacts; i++) {
        if (!nz_harmless(rec->fact[i].kind)) {
            return false;
        }
    }
    return true;
}

/* The width of the first record that is free of errors; else that of the first one, unproven. */
static int look_for_width(struct nz *nz, struct nz_limit limit)
{
    uint64_t offset = nz->window.offset;
    bool found = true;
    for (int i = 0; i < SAMPLE_RECORDS && found && !nz->width_known; i++) {
        struct nz_record rec;
        uint64_t width = nz->width;
        bool any = offset < limit.end;
        if (any && nz->o->comment >= 0 && *nz_window_at(&nz->window, offset) == nz->o->comment) {
            offset = nz_next_line(nz, offset, limit.end);
            continue;
        }
        nz->width = 0;
        int status = nz_reference(nz, &nz->peek, offset, limit, &rec, &found);
        nz->width = width;
        nz->scan.table.totals.eol_mode = nz->peek.table.totals.eol_mode; /* as in the run */
        if (status != CSVK_OK) {
            return status;
        }
        if (found && !rec.r.blank) {
            nz->width_known = free_of_errors(&rec);
            nz->width = nz->width == 0 || nz->width_known ? rec.r.nfields : nz->width;
        }
        offset = found ? nz_record_end(&rec) : offset;
    }
    return CSVK_OK;
}

/* A first record that is longer than the reach is looked at whole, or there is no width at all. */
static int find_width(struct nz *nz)
{
    struct nz_window *w = &nz->window;
    uint64_t most = nz->o->max_record != 0 ? nz->o->max_record : NZ_DEFAULT_RECORD;
    struct nz_limit limit = nz_reach(nz, w->offset);
    int status = look_for_width(nz, limit);
    while (status == CSVK_OK && nz->width == 0 && !limit.at_end && limit.end - w->offset <= most) {
        uint64_t want = 2 * (limit.end - w->offset);
        status = nz_window_fill(w, (size_t)want, nz->err);
        bool all = w->visible <= want;
        limit.end = w->offset + (all ? w->visible : want);
        limit.at_end = all && w->at_end;
        status = status == CSVK_OK ? look_for_width(nz, limit) : status;
    }
    return status;
}

static void exclude_open(struct nz *nz, const struct nz_record *rec)
{
    for (size_t i = 0; i < nz->nalways; i++) {
        nz->always_enclosed[i] =
            nz->always_enclosed[i] && (rec->field[i].flags & CSVK_FIELD_ENCLOSED) != 0;
    }
}

/* Which columns are always enclosed? Too few records, and nothing is said. */
static int look_at_columns(struct nz *nz)
{
    struct nz_limit limit = nz_reach(nz, nz->window.offset);
    uint64_t offset = nz->window.offset;
    size_t whole = 0;
    bool found = nz->width_known && nz->in.enclosure != CSVK_NO_BYTE;
    bool header = nz->o->header == CSVK_NORMALIZE_HEADER;
    nz->always_enclosed = found ? csvk_malloc((size_t)nz->width) : NULL;
    if (found && nz->always_enclosed == NULL) {
        return nz_out_of_memory(nz);
    }
    nz->nalways = found ? (size_t)nz->width : 0;
    if (nz->nalways != 0) {
        memset(nz->always_enclosed, 1, nz->nalways);
    }
    for (int i = 0; i < COLUMN_RECORDS && found; i++) {
        struct nz_record rec;
        int status = nz_reference(nz, &nz->peek, offset, limit, &rec, &found);
        if (status != CSVK_OK) {
            return status;
        }
        if (found && !header && nz_is_whole(nz, &rec)) {
            exclude_open(nz, &rec);
            whole++;
        }
        header = header && found && rec.r.blank;
        offset = found ? nz_record_end(&rec) : offset;
    }
    nz->nalways = whole >= LEAST_RECORDS ? nz->nalways : 0;
    return CSVK_OK;
}

static int find_escape(struct nz *nz)
{
    if (nz->in.enclosure == CSVK_NO_BYTE || nz->in.escape != CSVK_NO_BYTE) {
        return CSVK_OK;
    }
    const char pair[2] = {'\\', (char)nz->in.enclosure};
    struct nz_limit limit = nz_reach(nz, nz->window.offset);
    size_t n = (size_t)(limit.end - nz->window.offset);
    if (n == 0 || memmem(nz_window_at(&nz->window, nz->window.offset), n, pair, 2) == NULL) {
        return CSVK_OK;
    }
    return nz_judge_backslash(nz, nz->window.offset);
}

static int account_delimiter(struct nz *nz)
{
    char evidence[64];
    nz->result->delimiter = nz->o->dialect.delimiter;
    snprintf(evidence, sizeof(evidence), "byte %02x, by --delimiter=auto",
             (unsigned)nz->result->delimiter);
    return nz_account_file(nz, CSVK_REPAIR_DELIMITER, 0, 0, evidence);
}

int nz_start(struct nz *nz)
{
    int status = read_mark(nz);
    if (status == CSVK_OK && nz->o->delimiter_found) {
        status = account_delimiter(nz);
    }
    status = status == CSVK_OK ? skip_head(nz) : status;
    status = status == CSVK_OK ? nz_fill_reach(nz) : status;
    status = status == CSVK_OK ? read_sep_line(nz) : status;
    status = status == CSVK_OK ? nz_fill_reach(nz) : status;
    if (status != CSVK_OK) {
        return status;
    }
    nz->rewrite = plan_rewrite(nz->o, &nz->in);
    nz->raw_fields = !nz->rewrite;
    nz->header_done = nz->o->header != CSVK_NORMALIZE_HEADER;
    struct csvk_totals totals = nz->scan.table.totals;
    status = nz_init_scan(nz, &nz->scan);
    status = status == CSVK_OK ? nz_init_scan(nz, &nz->ahead) : status;
    status = status == CSVK_OK ? nz_init_scan(nz, &nz->one) : status;
    nz->scan.table.totals.records = totals.records;
    nz->scan.table.totals.lines = totals.lines;
    if (nz->o->header != CSVK_NORMALIZE_HEADER && nz->o->columns.count != 0) {
        nz->width = nz->o->columns.count;
        nz->width_known = true;
    }
    status = status == CSVK_OK ? find_width(nz) : status;
    nz->scan.table.totals.eol_mode = CSVK_EOL_NONE;
    nz->scan.table.totals.width = nz->width;
    status = status == CSVK_OK ? look_at_columns(nz) : status;
    return status == CSVK_OK ? find_escape(nz) : status;
}
