/*
 * test_dialect.c - dialects that are not plain: delimiters of several bytes, blanks that are
 * skipped.
 *
 * Random texts are read twice: as they are, by the reader, through every window and streamed; and
 * by a splitter that is slow and obvious. The splitter knows where delimiters and skipped blanks
 * are and nothing else: it writes the text with one byte for each delimiter and without the blanks,
 * and remembers where every byte was. What the reader says of that plain text, with every offset
 * put back, is what it has to say of the text itself.
 */
#include "csvkit/base/delimiter.h"
#include "tests/support/support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 48, PLAIN = 0x1f, MOST_FACTS = 8 * LONGEST };

/* ---- the splitter ---- */

struct split {
    const unsigned char *text;
    size_t length, at;
    const struct csvk_dialect *dialect;
    enum csvk_eol mode; /* the first line break outside of an enclosure */
    unsigned char plain[LONGEST];
    size_t nplain, begin[LONGEST + 1], end[LONGEST + 1]; /* where each byte of `plain` was */
    bool ended;                                          /* the byte before `at` ends a record */
    bool lost; /* a record of skipped blanks alone: the plain text has no byte of it */
};

static void keep(struct split *s, unsigned char byte, size_t length)
{
    s->begin[s->nplain] = s->at;
    s->end[s->nplain] = s->at + length;
    s->plain[s->nplain++] = byte;
    s->at += length;
}

static void keep_byte(struct split *s)
{
    /* A blank with which delimiters begin is none, but it would be one in the plain text. */
    unsigned char c = s->text[s->at];
    bool blank = (c == ' ' || c == '\t') && s->dialect->delimiter == c;
    keep(s, blank ? 'x' : c, 1);
}

static size_t delimiter_here(const struct split *s)
{
    char wanted[CSVK_DELIMITER_MOST + 1];
    size_t n = strlen(csvk_delimiter_text(s->dialect, wanted));
    return s->length - s->at >= n && memcmp(s->text + s->at, wanted, n) == 0 ? n : 0;
}

static enum csvk_eol line_break_here(const struct split *s)
{
    const char *rest = (const char *)s->text + s->at;
    size_t left = s->length - s->at;
    if (left >= 1 && rest[0] == '\n') {
        return CSVK_EOL_LF;
    }
    if (left >= 2 && memcmp(rest, "\r\n", 2) == 0) {
        return CSVK_EOL_CRLF;
    }
    if (left >= 3 && memcmp(rest, "\r\r\n", 3) == 0) {
        return CSVK_EOL_CRCRLF;
    }
    bool ends = s->mode == CSVK_EOL_NONE || s->mode == CSVK_EOL_CR;
    return left >= 1 && rest[0] == '\r' && ends ? CSVK_EOL_CR : CSVK_EOL_NONE;
}

/* An escape and the byte after it. */
static bool kept_escape(struct split *s)
{
    if (s->text[s->at] != s->dialect->escape) {
        return false;
    }
    keep_byte(s);
    if (s->at < s->length && s->dialect->more_length == 0 &&
        s->text[s->at] == s->dialect->delimiter) {
        keep(s, PLAIN, 1);
    } else if (s->at < s->length) {
        keep_byte(s);
    }
    return true;
}

static void split_enclosed(struct split *s)
{
    keep_byte(s);
    while (s->at < s->length) {
        int c = s->text[s->at];
        if (kept_escape(s)) {
            continue;
        }
        if (delimiter_here(s) != 0) {
            keep(s, PLAIN, delimiter_here(s));
            continue;
        }
        keep_byte(s);
        if (c == s->dialect->enclosure) {
            if (s->at == s->length || s->text[s->at] != c) {
                return;
            }
            keep_byte(s);
        }
    }
}

/* One field and what ends it. */
static void split_field(struct split *s)
{
    const struct csvk_dialect *d = s->dialect;
    size_t begin = s->at;
    while (d->skip_blanks && s->at < s->length && strchr(" \t", s->text[s->at]) != NULL &&
           s->text[s->at] != d->delimiter) {
        s->at++;
    }
    bool skipped = s->at != begin, first = s->nplain == 0 || s->ended;
    if (s->at < s->length && s->text[s->at] == d->enclosure) {
        split_enclosed(s);
    }
    s->lost |= skipped && first && (s->at == s->length || line_break_here(s) != CSVK_EOL_NONE) &&
               s->text[s->at - 1] != d->enclosure;
    s->ended = false;
    while (s->at < s->length && delimiter_here(s) == 0 && line_break_here(s) == CSVK_EOL_NONE) {
        if (!kept_escape(s)) {
            keep_byte(s);
        }
    }
    if (s->at == s->length) {
        return;
    }
    if (delimiter_here(s) != 0) {
        keep(s, PLAIN, delimiter_here(s));
        return;
    }
    enum csvk_eol eol = line_break_here(s);
    size_t length = eol == CSVK_EOL_CRCRLF ? 3 : eol == CSVK_EOL_CRLF ? 2 : 1;
    s->mode = s->mode != CSVK_EOL_NONE ? s->mode : eol == CSVK_EOL_CRCRLF ? CSVK_EOL_CRLF : eol;
    for (; length > 0; length--) {
        keep_byte(s);
    }
    s->ended = true;
}

static void split_text(struct split *s, const unsigned char *text, size_t length,
                       const struct csvk_dialect *dialect)
{
    *s = (struct split){.text = text, .length = length, .dialect = dialect};
    while (s->at < length) {
        split_field(s);
    }
    s->begin[s->nplain] = s->end[s->nplain] = length;
}

/* ---- what was read, as text; `split` puts offsets of the plain text back ---- */

struct reading {
    const struct split *split; /* NULL: offsets stand as they are */
    struct csvk_buf fields;    /* records with their fields */
    struct csvk_fact fact[MOST_FACTS];
    size_t nfacts;
    struct csvk_totals totals;
    uint64_t oversize;    /* records that were streamed */
    uint64_t record_ends; /* where the next record begins */
};

static void put(struct csvk_buf *out, const char *format, ...) CSVK_PRINTF(2, 3);

static void put(struct csvk_buf *out, const char *format, ...)
{
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    ck_assert_int_eq(csvk_buf_puts(out, text), CSVK_OK);
}

static uint64_t begin_of(const struct reading *r, uint64_t at)
{
    return r->split == NULL ? at : r->split->begin[at];
}

/* An empty field is right after what is before it, whatever blanks were skipped. */
static uint64_t field_at(const struct reading *r, uint64_t at, uint64_t length)
{
    return r->split == NULL || length != 0 ? begin_of(r, at) : at == 0 ? 0 : r->split->end[at - 1];
}

static uint64_t length_of(const struct reading *r, uint64_t at, uint64_t length)
{
    if (r->split == NULL || length == 0) {
        return length;
    }
    return r->split->end[at + length - 1] - r->split->begin[at];
}

static void take_record(struct reading *r, const struct csvk_batch *b, const struct csvk_record *x)
{
    /* A record begins where the one before it ends: blanks to skip are bytes of it. */
    uint64_t begin = r->record_ends;
    uint64_t after = x->offset + x->length;
    uint64_t end = begin_of(r, after);
    static const unsigned eol_length[] = {0, 1, 2, 1, 3};
    if (r->split == NULL) {
        ck_assert_uint_eq(begin, x->offset);
        ck_assert_int_eq(x->blank, x->length == 0);
    }
    put(&r->fields, "\n%llu line %llu @%llu+%llu eol %u blank %d last %d",
        (unsigned long long)x->number, (unsigned long long)x->line, (unsigned long long)begin,
        (unsigned long long)(end - begin), x->eol, end == begin, x->last_empty);
    if (x->surplus_offset != 0) {
        put(&r->fields, " surplus %llu+%llu",
            (unsigned long long)field_at(r, x->surplus_offset, x->surplus_length),
            (unsigned long long)length_of(r, x->surplus_offset, x->surplus_length));
    }
    for (uint64_t i = 0; i < x->nfields; i++) {
        const struct csvk_field *f = &b->fields[x->first_field + i];
        uint64_t at = b->offset + f->begin;
        put(&r->fields, " [%llu+%llu %u]", (unsigned long long)field_at(r, at, f->end - f->begin),
            (unsigned long long)length_of(r, at, f->end - f->begin), f->flags);
    }
    r->record_ends = end + eol_length[x->eol];
}

static void take_fact(struct reading *r, const struct csvk_fact *fact)
{
    struct csvk_fact f = *fact;
    f.offset = begin_of(r, fact->offset);
    f.length = length_of(r, fact->offset, fact->length);
    f.extra = f.kind == CSVK_FACT_UNCLOSED ? begin_of(r, fact->extra) : fact->extra;
    r->fact[r->nfacts++] = f;
}

static int by_place(const void *left, const void *right)
{
    const struct csvk_fact *a = left, *b = right;
    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return (int)a->kind - (int)b->kind;
}

static void read_all(struct reading *r, const unsigned char *text, size_t length,
                     const struct csvk_options *options)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    struct csvk_error err;
    int status;
    r->nfacts = 0;
    r->oversize = r->record_ends = 0;
    csvk_buf_clear(&r->fields);
    ck_assert_int_eq(csvk_source_memory(&source, text, length, &err), CSVK_OK);
    ck_assert_int_eq(csvk_reader_new(&reader, source, options, &err), CSVK_OK);
    while ((status = csvk_reader_next(reader, &batch, &err)) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            if (options->detail == CSVK_FIELDS) {
                take_record(r, batch, &batch->records[i]);
            }
            r->oversize += batch->records[i].oversize && !batch->records[i].unfinished;
        }
        for (size_t i = 0; i < batch->nfacts; i++) {
            take_fact(r, &batch->facts[i]);
        }
    }
    ck_assert_int_eq(status, CSVK_END);
    qsort(r->fact, r->nfacts, sizeof *r->fact, by_place);
    r->totals = *csvk_reader_totals(reader);
    csvk_reader_free(reader);
    csvk_source_free(source);
}

/* ---- comparing ---- */

/* What a text is, for messages: one that can be typed. */
static const char *shown(const unsigned char *text, size_t length)
{
    static char out[4 * LONGEST + 1];
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        n += (size_t)snprintf(out + n, 5, text[i] > ' ' && text[i] < 0x7f ? "%c" : "\\x%02x",
                              text[i]);
    }
    out[n] = '\0';
    return out;
}

/* The line of a fact and its column, counted from the start of the text. Whether an escaped CR and
   the LF after it are one line break is another matter, on which this is silent. */
static void must_have_place(const struct csvk_fact *f, const unsigned char *text, size_t length)
{
    uint64_t line = 1, begin = 0;
    for (uint64_t i = 0; i < f->offset; i++) {
        bool crlf = text[i] == '\r' && i + 1 < length && text[i + 1] == '\n';
        if (crlf && i > 0 && text[i - 1] == '\\') {
            return;
        }
        if (text[i] == '\n' || (text[i] == '\r' && !crlf)) {
            line++;
            begin = i + 1;
        }
    }
    ck_assert_msg(f->line == line && f->column == f->offset - begin + 1,
                  "fact %d at %llu: line %llu column %llu in %s", (int)f->kind,
                  (unsigned long long)f->offset, (unsigned long long)f->line,
                  (unsigned long long)f->column, shown(text, length));
}

static void must_be_equal(const struct reading *want, const struct reading *have,
                          const struct csvk_options *options, const unsigned char *text,
                          size_t length)
{
    char delimiter[CSVK_DELIMITER_MOST + 1];
    csvk_delimiter_text(&options->dialect, delimiter);
    bool fields = options->detail == CSVK_FIELDS;
    ck_assert_msg(!fields ||
                      strcmp(csvk_buf_text(&want->fields), csvk_buf_text(&have->fields)) == 0,
                  "%s by \"%s\", window %zu:\n%s\ninstead of\n%s", shown(text, length), delimiter,
                  options->window, csvk_buf_text(&have->fields), csvk_buf_text(&want->fields));
    bool same = want->nfacts == have->nfacts;
    for (size_t i = 0; i < want->nfacts && same; i++) {
        const struct csvk_fact *a = &want->fact[i], *b = &have->fact[i];
        same = a->kind == b->kind && a->offset == b->offset && a->length == b->length &&
               a->extra == b->extra && a->record == b->record && a->field == b->field;
        ck_assert_msg(same, "%s by \"%s\", window %zu: fact %d+%llu, not %d+%llu",
                      shown(text, length), delimiter, options->window, (int)b->kind,
                      (unsigned long long)b->offset, (int)a->kind, (unsigned long long)a->offset);
        if (b->line != 0) {
            must_have_place(b, text, length);
        }
    }
    ck_assert_msg(same, "%s by \"%s\", window %zu: %zu facts, not %zu", shown(text, length),
                  delimiter, options->window, have->nfacts, want->nfacts);
    ck_assert_uint_eq(have->totals.bytes, length);
    ck_assert_uint_eq(have->totals.records, want->totals.records);
    ck_assert_uint_eq(have->totals.lines, want->totals.lines);
    ck_assert_uint_eq(have->totals.width, want->totals.width);
    ck_assert_mem_eq(have->totals.eol, want->totals.eol, sizeof want->totals.eol);
}

/* ---- texts ---- */

static const struct {
    const char *delimiter, *letters;
    bool skip, escape;
} dialects[] = {
    {"||", "a|^ \"\n\r\\", false, false},
    {"||", "a|^ \"\n\r\\", false, true},
    {"||", "a|| \"\n\r\\", true, true},
    {"^|^", "a|^ \"\n\r\\", false, false},
    {"^|^", "^|^| \"\n\r\\", true, true},
    {"|^|^", "|^|^ \"\n\r", true, false},
    {"|||", "a||^ \"\n\r\\", true, true},
    {"\\t\\t", "a\t\t \"\n\r", false, false},
    {"\\t\\t", "a\t\t \"\n", true, false},
    {"\xc2\xa7", "a\xc2\xa7\xc3\xa9 \"\n", false, false},
    {"\\x01\\x02", "a\x01\x02 \"\n\r", true, false},
    {"|", "a| \t\"\n\r\\", true, true},
    {" ", "a  \t\"\n", true, false},
    {" | ", "a | |\"\n\r", true, false},
    {"~|~|~|~|", "~|~|~|~|~|~|\"\n", false, false},
};
enum { DIALECTS = sizeof dialects / sizeof dialects[0], TEXTS = 2000 };

static struct csvk_dialect dialect_of(int i)
{
    struct csvk_dialect d = CSVK_DIALECT_RFC4180;
    struct csvk_error err;
    ck_assert_int_eq(csvk_dialect_parse_delimiter(dialects[i].delimiter, &d, &err), CSVK_OK);
    d.skip_blanks = dialects[i].skip;
    d.escape = dialects[i].escape ? '\\' : CSVK_NO_BYTE;
    ck_assert_int_eq(csvk_dialect_check(&d, &err), CSVK_OK);
    return d;
}

/* Letters of the row, and now and then the delimiter as a whole. */
static size_t make_text(struct support_random *random, int row, const struct csvk_dialect *dialect,
                        unsigned char *text)
{
    char whole[CSVK_DELIMITER_MOST + 1];
    size_t n = strlen(csvk_delimiter_text(dialect, whole));
    size_t length = 0, most = 1 + support_below(random, LONGEST - CSVK_DELIMITER_MOST);
    while (length < most) {
        if (support_below(random, 4) == 0) {
            memcpy(text + length, whole, n);
            length += n;
        } else {
            const char *letters = dialects[row].letters;
            text[length++] = (unsigned char)letters[support_below(random, strlen(letters))];
        }
    }
    return length;
}

static uint32_t facts_of(const struct csvk_dialect *dialect)
{
    /* The plain text has another byte where the text has a TAB. */
    return dialect->delimiter == '\t' ? CSVK_FACTS_ALL & ~CSVK_FACT_BIT(CSVK_FACT_TAB)
                                      : CSVK_FACTS_ALL;
}

START_TEST(the_reader_splits_as_a_plain_splitter)
{
    static struct reading want, have;
    static struct split split;
    struct support_random random = {(uint64_t)_i + 1};
    struct csvk_dialect dialect = dialect_of(_i);
    unsigned char text[LONGEST];
    uint64_t oversize = 0;
    for (int round = 0; round < TEXTS; round++) {
        size_t length = make_text(&random, _i, &dialect, text);
        split_text(&split, text, length, &dialect);
        if (split.lost) { /* blanks_alone_make_no_empty_line */
            continue;
        }
        struct csvk_options options;
        csvk_options_init(&options);
        options.dialect =
            (struct csvk_dialect){.delimiter = PLAIN, .enclosure = '"', .escape = dialect.escape};
        options.detail = CSVK_FIELDS;
        options.facts = facts_of(&dialect);
        want.split = &split;
        read_all(&want, split.plain, split.nplain, &options);
        options.dialect = dialect;
        for (size_t window = 1; window <= 20; window++) {
            options.window = window;
            options.detail = CSVK_FIELDS;
            options.max_record = 0;
            read_all(&have, text, length, &options);
            must_be_equal(&want, &have, &options, text, length);
            options.detail = CSVK_COUNTS;
            options.max_record = 1 + (uint64_t)round % 9;
            read_all(&have, text, length, &options);
            must_be_equal(&want, &have, &options, text, length);
            oversize += have.oversize;
        }
    }
    ck_assert_uint_ge(oversize, TEXTS);
    csvk_buf_release(&want.fields);
    csvk_buf_release(&have.fields);
}
END_TEST

/* ---- single cases ---- */

START_TEST(blanks_alone_make_no_empty_line)
{
    static struct reading have;
    struct csvk_options options;
    csvk_options_init(&options);
    options.dialect.skip_blanks = true;
    options.detail = CSVK_FIELDS;
    read_all(&have, (const unsigned char *)"a, b\n \t\n \"c,\" ,\td\n", 18, &options);
    ck_assert_str_eq(csvk_buf_text(&have.fields),
                     "\n1 line 1 @0+4 eol 1 blank 0 last 0 [0+1 0] [3+1 0]"
                     "\n2 line 2 @5+2 eol 1 blank 0 last 1 [5+0 0]"
                     "\n3 line 3 @8+9 eol 1 blank 0 last 0 [9+5 7] [16+1 0]");
    /* The first line break, and the blank behind the enclosure. */
    ck_assert_uint_eq(have.nfacts, 2);
    ck_assert_int_eq(have.fact[1].kind, CSVK_FACT_SPACE_AFTER_QUOTE);
    csvk_buf_release(&have.fields);
}
END_TEST

static const struct {
    const char *text, *bytes; /* NULL: refused */
    const char *why;
} words[] = {
    {"||", "||", NULL},
    {"^|^", "^|^", NULL},
    {";", ";", NULL},
    {"\\", "\\", NULL},
    {"pipe", "|", NULL},
    {"\\t\\t", "\t\t", NULL},
    {"\\x01\\x02", "\x01\x02", NULL},
    {"\\x61\\x62", "ab", NULL},
    {"a|", "a|", NULL},
    {"\\\\|", "\\|", NULL},
    {"\xc2\xa7", "\xc2\xa7", NULL},
    {"12345678", NULL, "is not a delimiter"},
    {"|2345678", "|2345678", NULL},
    {"|23456789", NULL, "give 1 to 8 bytes"},
    {"", NULL, "is not a delimiter"},
    {"semikolon", NULL, "a name (comma, semicolon"},
    {"\\|", NULL, "a backslash among other bytes is \\\\"},
    {"\\x1|", NULL, "is not a delimiter"},
    {"|\n", NULL, "cannot be LF"},
    {"\\x00|", NULL, "cannot be NUL"},
    {"|\r|", NULL, "cannot be CR"},
    {"\xc2|", NULL, "must be UTF-8"},
    {"|\xff", NULL, "must be UTF-8"},
    {"\xe4", NULL, "\\x80 up"},
};

START_TEST(delimiters_are_read_as_users_write_them)
{
    struct csvk_dialect dialect = {.delimiter = ',', .enclosure = '"', .escape = '\\'};
    struct csvk_error err = {0};
    char bytes[CSVK_DELIMITER_MOST + 1];
    int status = csvk_dialect_parse_delimiter(words[_i].text, &dialect, &err);
    if (words[_i].bytes == NULL) {
        ck_assert_int_eq(status, CSVK_EUSAGE);
        ck_assert_msg(strstr(err.text, words[_i].why) != NULL, "%s: %s", words[_i].text, err.text);
    } else {
        ck_assert_msg(status == CSVK_OK, "%s: %s", words[_i].text, err.text);
    }
    ck_assert_str_eq(csvk_delimiter_text(&dialect, bytes),
                     words[_i].bytes != NULL ? words[_i].bytes : ",");
    ck_assert_int_eq(dialect.enclosure, '"');
    ck_assert_int_eq(dialect.escape, '\\');
}
END_TEST

START_TEST(no_byte_of_a_delimiter_has_another_role)
{
    static const struct {
        struct csvk_dialect dialect;
        const char *why;
    } bad[] = {
        {{'|', '"', CSVK_NO_BYTE, "\"", 1, false}, "the enclosure is a byte of the delimiter"},
        {{'\\', '"', '\\', "|", 1, false}, "the escape is a byte of the delimiter"},
        {{'|', '"', CSVK_NO_BYTE, "\n", 1, false}, "the delimiter cannot be LF"},
        {{'|', '"', CSVK_NO_BYTE, "123456", 8, false}, "more than 8 bytes"},
        {{300, '"', CSVK_NO_BYTE, "|", 1, false}, "the delimiter must be"},
        {{'|', '|', CSVK_NO_BYTE, {0}, 0, true}, "the same byte"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct csvk_error err = {0};
        ck_assert_int_eq(csvk_dialect_check(&bad[i].dialect, &err), CSVK_EUSAGE);
        ck_assert_msg(strstr(err.text, bad[i].why) != NULL, "row %zu: %s", i, err.text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dialect");
    TCase *words_of_users = tcase_create("words");
    tcase_add_loop_test(words_of_users, delimiters_are_read_as_users_write_them, 0,
                        sizeof words / sizeof words[0]);
    tcase_add_test(words_of_users, no_byte_of_a_delimiter_has_another_role);
    suite_add_tcase(suite, words_of_users);
    TCase *reading = tcase_create("reading");
    tcase_set_timeout(reading, 120);
    tcase_add_loop_test(reading, the_reader_splits_as_a_plain_splitter, 0, DIALECTS);
    tcase_add_test(reading, blanks_alone_make_no_empty_line);
    suite_add_tcase(suite, reading);
    return support_run(suite);
}
