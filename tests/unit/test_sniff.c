/*
 * test_sniff.c - what is proposed, and what is refused: own cases, and the dialect table of the
 * rvl torture corpus when it is there.
 */
#include "csvkit/sniff.h"
#include "tests/support/support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct csvk_sniff sniff(const void *bytes, size_t length, enum csvk_sample extent)
{
    struct csvk_sniff got = {.size = sizeof got};
    struct csvk_error err = {0};
    struct csvk_bytes sample = {bytes, length};
    ck_assert_int_eq(csvk_sniff(sample, extent, &got, &err), CSVK_OK);
    return got;
}

static struct csvk_sniff sniff_text(const char *text)
{
    return sniff(text, strlen(text), CSVK_SAMPLE_WHOLE);
}

struct dialect_case {
    const char *text;
    enum csvk_sniff_verdict verdict;
    int delimiter, enclosure, escape;
};

#define SOUND        "a,b\n7,8\n7,9\n8,8\n8,9\n9,7\n9,8\n9,9\n"
#define STRAY_QUOTES SOUND "1,the \"x\" y\n2,\"X\" is\n3,6\" x\n"

static const struct dialect_case dialect_cases[] = {
    {"a,b\n1,2\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {"a;b\n1,5;2,5\n3,5;4,5\n", CSVK_SNIFF_CLEAR, ';', '"', CSVK_NO_BYTE},
    {"1,5;2,5;3,5\n4,5;5,5;6,5\n7,5;8,5;9,5\n", CSVK_SNIFF_CLEAR, ';', '"', CSVK_NO_BYTE},
    {"name\tid\nSmith, Ann\t1\nBrown, Bob\t2\n", CSVK_SNIFF_CLEAR, '\t', '"', CSVK_NO_BYTE},
    {"t|v\n10:00:01|5\n10:00:02|6\n", CSVK_SNIFF_CLEAR, '|', '"', CSVK_NO_BYTE},
    {"a^b^c\n1^2^3\n4^5^6\n", CSVK_SNIFF_CLEAR, '^', '"', CSVK_NO_BYTE},
    {"a\x1f"
     "b\n1\x1f"
     "2\n",
     CSVK_SNIFF_CLEAR, 0x1f, '"', CSVK_NO_BYTE},
    {"a:b\n1:2\n3:4\n5:6\n", CSVK_SNIFF_CLEAR, ':', '"', CSVK_NO_BYTE},
    {"a b\n1 2\n3 4\n5 6\n7 8\n1 2\n3 4\n5 6\n7 8\n9 9\n", CSVK_SNIFF_CLEAR, ' ', '"',
     CSVK_NO_BYTE},
    {"comment\nIt was late, and not good.\nNo reply to my two mails.\nAll is well, thank you.\n",
     CSVK_SNIFF_ONE_COLUMN, ',', '"', CSVK_NO_BYTE},
    {"12 Upper Main Street\n3 Old Fish Market Square\n7 Lower Castle Hill Road East\n",
     CSVK_SNIFF_ONE_COLUMN, ',', '"', CSVK_NO_BYTE},
    {"Main Street 12\nOld Market Square 5\nUpper Castle Road 7\n", CSVK_SNIFF_ONE_COLUMN, ',', '"',
     CSVK_NO_BYTE},
    {"a\x01"
     "b\n1\x01"
     "2\n",
     CSVK_SNIFF_CLEAR, 0x01, '"', CSVK_NO_BYTE},
    {"a~b~c\n1~2~3\n4~5~6\n", CSVK_SNIFF_CLEAR, '~', '"', CSVK_NO_BYTE},
    /* Fields at the end that some records leave out; a date in words is no second column. */
    {"May 1, 2024;1;x;\nMay 2, 2024;2;y\nMay 3, 2024;3;z;\n", CSVK_SNIFF_AMBIGUOUS, ';', '"',
     CSVK_NO_BYTE},
    {"k;v;n;\n1;a;b\n2;c;d;\n3;e;f\n", CSVK_SNIFF_CLEAR, ';', '"', CSVK_NO_BYTE},
    /* Quotes that enclose nothing are data, before fields, too; and where they do not. */
    {STRAY_QUOTES "4,\"u\"\n", CSVK_SNIFF_CLEAR, ',', CSVK_NO_BYTE, CSVK_NO_BYTE},
    {STRAY_QUOTES "4,\"u\"\n5,\"v\"\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {STRAY_QUOTES "4,\"u \"\"v\"\"\"\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {STRAY_QUOTES "4,\"u,v\"\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {SOUND "1,\"the \"x\" y\"\n2,\"X \"Y\"\"\n3,\"6\" x\"\n", CSVK_SNIFF_CLEAR, ',', '"',
     CSVK_NO_BYTE},
    {SOUND "1,the \"x\" y\n2,\"X\" is\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    /* Half of the records are another dialect. */
    {"a,b\n1,2\n3,4\n5;6\n7;8\n9;0\n", CSVK_SNIFF_AMBIGUOUS, ',', '"', CSVK_NO_BYTE},
    {"a\n1\n2\n", CSVK_SNIFF_ONE_COLUMN, ',', '"', CSVK_NO_BYTE},
    {"time\n10:30\n11:45\n", CSVK_SNIFF_ONE_COLUMN, ',', '"', CSVK_NO_BYTE},
    {"Dear Ann,\nthis is a letter, not a table. It has many words.\nIt goes on and on.\n\nYours, "
     "Bob\n",
     CSVK_SNIFF_NOT_TABLE, ',', '"', CSVK_NO_BYTE},
    {"h1,h2;h3\n1,2;3\n", CSVK_SNIFF_AMBIGUOUS, ';', '"', CSVK_NO_BYTE},
    {"a,b;c\nx,y;z\nu,v;w\n", CSVK_SNIFF_AMBIGUOUS, ',', '"', CSVK_NO_BYTE},
    {"", CSVK_SNIFF_EMPTY, ',', '"', CSVK_NO_BYTE},
    {" \r\n\t\n", CSVK_SNIFF_EMPTY, ',', '"', CSVK_NO_BYTE},
    {"sep=;\r\n", CSVK_SNIFF_EMPTY, ';', '"', CSVK_NO_BYTE},
    {"sep=;\r\na,b;c\r\n1,2;3\r\n", CSVK_SNIFF_CLEAR, ';', '"', CSVK_NO_BYTE},
    {"SEP==\na=b\n", CSVK_SNIFF_CLEAR, '=', '"', CSVK_NO_BYTE},
    {"sep=,,\na,b\n1,2\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {"\"a;1\",\"b;2\"\n\"c;3\",\"d;4\"\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {"'a,1';'b'\n'c,2';'d'\n'it''s';'e'\n", CSVK_SNIFF_CLEAR, ';', '\'', CSVK_NO_BYTE},
    {"name,note\nO'Hara,it's\nD'Arcy,'tis\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {"size,item\n5\",pipe\n6\",tube\n", CSVK_SNIFF_CLEAR, ',', CSVK_NO_BYTE, CSVK_NO_BYTE},
    {"a,b\n\"x \\\" y\",2\n\"z\\\"\",3\n", CSVK_SNIFF_CLEAR, ',', '"', '\\'},
    {"a,b\n\"C:\\dir\\\",2\n\"D:\\\",3\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {"a,b\n\"say \"\"hi\"\"\",2\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
    {"a,b,c\n1,2,3,,\n4,5,6,\n", CSVK_SNIFF_CLEAR, ',', '"', CSVK_NO_BYTE},
};

START_TEST(dialects)
{
    for (size_t i = 0; i < sizeof dialect_cases / sizeof dialect_cases[0]; i++) {
        const struct dialect_case *c = &dialect_cases[i];
        struct csvk_sniff got = sniff_text(c->text);
        ck_assert_msg(got.verdict == c->verdict, "%s: %s (%s)", c->text,
                      csvk_sniff_verdict_name(got.verdict), got.on_delimiter.evidence);
        if (c->verdict != CSVK_SNIFF_AMBIGUOUS) {
            ck_assert_msg(got.dialect.delimiter == c->delimiter &&
                              got.dialect.enclosure == c->enclosure &&
                              got.dialect.escape == c->escape,
                          "%s: %d %d %d", c->text, got.dialect.delimiter, got.dialect.enclosure,
                          got.dialect.escape);
        }
    }
}
END_TEST

/* Delimiters of several bytes, and blanks behind them; and what only looks like one. */
static const struct {
    const char *text, *delimiter;
    bool skip_blanks;
} long_cases[] = {
    {"a||b||c\n1||2||3\n4||||6\n", "||", false},
    {"a^|^b\n1^|^2\n^|^\n", "^|^", false},
    {"a~|~b\n1~|~2\n3~|~x, y\n", "~|~", false},
    {"a;;b\n1,5;;2\n", ";;", false},
    {"a::b\n1::2\n3::4\n", "::", false},
    {"a\t\tb\n1\t\t2\n", "\t\t", false},
    {"a\001\002b\n1\001\0022\n", "\001\002", false},
    {"a||b\n\"x|y\"||\"z||\"\n", "||", false},
    {"a|||b\n1|||2\n", "|||", false},
    {"a\t|\tb\n1\t|\t2\n", "\t|\t", false},
    {"a\t|\tb\n1\t|\t2\tx\n", "|", false}, /* a TAB stands alone */
    {"a||b\n1| |2\n3|x|4\n", "|", false},  /* the empty field is not always empty */
    {"a|b|c\n1||2\n4||5\n", "|", false},   /* it has a name */
    {"a||b\n1||2||3\n4||5\n", "|", false}, /* nothing is sure where widths differ */
    {"a,,b\n1,,2\n", ",", false},          /* a column without a name */
    {"a;b\nx;;\n;;\n", ";", false},
    {"id,url\n1,x::y\n2,x::z\n", ",", false},
    {"a, \"b\", c\n1, \"x, y\", 3\n", ",", true},
    {"a;\t\"b\"\n1;\t\"x;y\"\n", ";", true},
    {"a|| \"b\"\n1|| \"x||y\"\n", "||", true},
    {"a, b\n1, 2\n", ",", false},                   /* nothing is enclosed: they may be data */
    {"a,b,c\n1, \"x\",3\n2,\"y\",4\n", ",", false}, /* one blank is a slip */
};

START_TEST(longer_delimiters_and_blanks)
{
    for (size_t i = 0; i < sizeof long_cases / sizeof long_cases[0]; i++) {
        char delimiter[CSVK_DELIMITER_MOST + 1] = {0};
        struct csvk_sniff got = sniff_text(long_cases[i].text);
        delimiter[0] = (char)got.dialect.delimiter;
        memcpy(delimiter + 1, got.dialect.more, got.dialect.more_length);
        ck_assert_msg(strcmp(delimiter, long_cases[i].delimiter) == 0 &&
                          got.dialect.skip_blanks == long_cases[i].skip_blanks,
                      "%s: \"%s\" (%s)", long_cases[i].text, delimiter, got.on_delimiter.evidence);
    }
}
END_TEST

START_TEST(every_part_has_evidence)
{
    struct csvk_sniff got = sniff_text("id,name\r\n1,\"a\"\"b\"\r\n2,c\r\n");
    ck_assert_str_eq(got.on_delimiter.evidence,
                     "3 of 3 records have 2 fields; second best: none, score 0");
    ck_assert_int_eq(got.on_delimiter.score, 95);
    ck_assert_ptr_nonnull(strstr(got.on_enclosure.evidence, "1 of 6 fields is enclosed"));
    ck_assert_ptr_nonnull(strstr(got.on_escape.evidence, "doubled in 1 field"));
    ck_assert_str_eq(got.on_encoding.evidence, "only ASCII bytes");
    ck_assert_ptr_nonnull(strstr(got.on_eol.evidence, "3 CRLF"));
    ck_assert_ptr_nonnull(strstr(got.on_header.evidence, "2 names"));
    ck_assert_int_eq(got.eol, CSVK_EOL_CRLF);
    ck_assert_uint_eq(got.records, 3);
}
END_TEST

/* An enclosure fault lowers the score of the enclosure and is reported. */
START_TEST(faults_lower_the_score)
{
    struct csvk_sniff got = sniff_text("a,b\n1,\"x\"y\n2,\"z\"\n3,\"u\"\n");
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_CLEAR);
    ck_assert_int_eq(got.on_enclosure.score, 75);
    ck_assert_ptr_nonnull(strstr(got.on_enclosure.evidence, "1 record is faulty"));
}
END_TEST

struct header_case {
    const char *text;
    bool header;
};

START_TEST(headers)
{
    static const struct header_case cases[] = {
        {"id,name\n1,a\n2,b\n", true},
        {"1,a\n2,b\n3,c\n", false},
        {"2024-01-01,5\n2024-01-02,6\n", false},
        {"date,amount\n2024-01-01,\"1.234,56\"\n2024-01-02,7\n", true},
        {"red,round\nblue,round\nred,square\n", false},
        {"colour,shape\nblue,round\nred,square\n", true},
        {"a,a\n1,2\n", true},
        {"5,6\n", false},
        {"first,second\n", true},
        /* The header again is no value of the columns; it may have a mark. */
        {"id,v\n1,2\n3,4\nid,v\n5,6\n", true},
        {"id,name\n1,a\n\xef\xbb\xbfid,name\n2,b\n", true},
        {"id,a,b,c\n1,x,y,z\n\xef\xbb\xbfid,a,b,c\n", true},
        {"red,round\nblue,round\nred,round\n", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csvk_sniff got = sniff_text(cases[i].text);
        ck_assert_msg(got.has_header == cases[i].header, "%s: %d (%s)", cases[i].text,
                      got.on_header.score, got.on_header.evidence);
        ck_assert_int_ge(got.on_header.score, 50);
    }
    ck_assert_int_gt(sniff_text("id,n\n1,2\n3,4\n").on_header.score,
                     sniff_text("id,n\n").on_header.score);
}
END_TEST

struct change_list {
    struct csvk_sniff_stretch item[8];
    size_t count;
};

static int take_stretch(const struct csvk_sniff_stretch *stretch, void *context)
{
    struct change_list *list = context;
    ck_assert_uint_lt(list->count, 8);
    list->item[list->count++] = *stretch;
    return CSVK_OK;
}

static struct change_list changes_of(const char *text)
{
    struct change_list list = {.count = 0};
    struct csvk_source *source = NULL;
    ck_assert_int_eq(csvk_source_memory(&source, text, strlen(text), NULL), CSVK_OK);
    ck_assert_int_eq(csvk_sniff_changes(source, take_stretch, &list, NULL), CSVK_OK);
    csvk_source_free(source);
    return list;
}

#define FIVE(line) line line line line line

struct change_case {
    const char *text;
    size_t stretches;
    struct csvk_sniff_stretch last;
};

START_TEST(changes_of_the_dialect)
{
    static const struct change_case cases[] = {
        {"", 0, {0}},
        {FIVE("x\n"), 0, {0}},
        {"a,b\n1,2\n", 0, {0}},
        {FIVE("a,b\n"), 1, {1, 0, 5, 2, ','}},
        {FIVE("a,b\r\n") "a,b", 1, {1, 0, 6, 2, ','}},
        {FIVE("a,b\r"), 1, {1, 0, 5, 2, ','}},
        /* Another delimiter, more fields, both. */
        {FIVE("a,b\n") FIVE("a;b\n"), 2, {6, 20, 5, 2, ';'}},
        {FIVE("a,b\n") FIVE("a,b,c\n"), 2, {6, 20, 5, 3, ','}},
        {FIVE("a,b\n") FIVE("a;b;c,d\n"), 1, {1, 0, 10, 2, ','}}, /* they fit as before */
        {FIVE("a\tb\n") FIVE("a|b,c|d\n"), 2, {6, 20, 5, 3, '|'}},
        {FIVE("a,b\n") FIVE("a,b,c;;;;\n"), 2, {6, 20, 5, 3, ','}}, /* the comma stays */
        /* Four lines are a fault, and belong to the stretch. */
        {FIVE("a,b\n") "x;y\nx;y\nx;y\nx;y\na,b\n", 1, {1, 0, 10, 2, ','}},
        {FIVE("a,b\n") "x;y\nx;y\nx;y\nx;y\n", 1, {1, 0, 9, 2, ','}},
        {FIVE("a,b\n") "x;y\nx;y\nx\nx;y\nx;y\nx;y\n", 1, {1, 0, 11, 2, ','}},
        /* Lines above the table, empty lines, enclosed delimiters, a quote too many. */
        {"title\n\n" FIVE("a,b\n"), 1, {3, 7, 5, 2, ','}},
        {FIVE("a,\"b,;\"\n"), 1, {1, 0, 5, 2, ','}},
        {FIVE("a,b\n") "a,\"b\n" FIVE("a;b\n"), 2, {7, 25, 5, 2, ';'}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct change_list got = changes_of(cases[i].text);
        ck_assert_msg(got.count == cases[i].stretches, "%zu: %zu stretches", i, got.count);
        if (got.count != 0) {
            const struct csvk_sniff_stretch *a = &got.item[got.count - 1], *b = &cases[i].last;
            ck_assert_msg(a->line == b->line && a->byte == b->byte && a->lines == b->lines &&
                              a->width == b->width && a->delimiter == b->delimiter,
                          "%zu: line %d, byte %d, %d lines, %d fields, %c", i, (int)a->line,
                          (int)a->byte, (int)a->lines, (int)a->width, a->delimiter);
        }
    }
}
END_TEST

struct head_case {
    const char *text;
    uint64_t lines;
    int delimiter;
};

/* Lines above the table are found where the header below them is clear, and nowhere else. */
START_TEST(lines_above)
{
    static const struct head_case cases[] = {
        {"id;n\na;1\nb;2\n", 0, ';'},
        {"Report\nid;n\na;1\nb;2\n", 1, ';'},
        {"Report\n\nby;Ann\nid;n;m\na;1;2\nb;2;3\n", 3, ';'},
        {"Report;;\nid;n;m\na;1;2\nb;2;3\n", 1, ';'}, /* as wide as the table */
        {"By;2024;;\nid;n;m;k\na;1;2;3\nb;2;3;4\n", 1, ';'},
        {"By;me;;\n;;;\nid;n;m;k\na;1;2;3\nb;2;3;4\n", 2, ';'},
        {"By;;;\nNo;x/7;;\nid;n;m;k\na;1;2;3\nb;2;3;4\n", 2, ';'},
        {"By;me;;\n\nid;n;m;k\na;1;2;3\nb;2;3;4\n", 2, ';'},
        {"By;me;;\nid;n;m;k\n\na;1;2;3\nb;2;3;4\n", 0, ';'},
        {"By;me;;\nid;n;m;k\na;1;2;3\nb;2;3;4\n", 0, ';'}, /* or a header that lacks names */
        {"n;m;;\na;b;?;x\nc;d;1;2\ne;f;2;3\ng;h;3;4\n", 0, ';'},
        {"By;2024;x;\nid;n;m;k\na;1;2;3\nb;2;3;4\n", 0, ';'}, /* not half of it is blank */
        {"id,n\nx,a,1\ny,b,2\nz,c,3\n", 0, ','},              /* a header that lacks a name */
        {"id,n,m,k\na,1,2\nb,2,3\n", 0, ','},
        {"Report\na,1\nb,2\nc,3\n", 0, ','},   /* no header */
        {"A;B;C;D\nid;n\na;1\nb;2\n", 0, ';'}, /* more values above than in it */
        {"Report\nid;;m\na;1;2\nb;2;3\n", 0, ';'},
        {"Sales;;Costs;\nQ1;Q2;Q1;Q2\n1;2;3;4\n5;6;7;8\n", 0, ';'}, /* a header of two lines */
        {"x\nred,round\nblue,flat\ngreen,thin\n", 0, ','},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csvk_sniff got = sniff_text(cases[i].text);
        ck_assert_msg(
            got.skip_head == cases[i].lines && got.dialect.delimiter == cases[i].delimiter,
            "%zu: %llu lines, %s", i, (unsigned long long)got.skip_head, got.on_delimiter.evidence);
        ck_assert_int_eq(got.on_head.score, got.skip_head != 0 ? 90 : 0);
        ck_assert(got.skip_head == 0 || got.has_header);
    }
}
END_TEST

/* ASCII text as units of `unit` bytes. */
static size_t widen(const char *text, size_t unit, bool big_endian, unsigned char *to)
{
    size_t n = strlen(text);
    memset(to, 0, n * unit);
    for (size_t i = 0; i < n; i++) {
        to[i * unit + (big_endian ? unit - 1 : 0)] = (unsigned char)text[i];
    }
    return n * unit;
}

START_TEST(wide_encodings)
{
    static const char *const names[] = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"};
    unsigned char bytes[400];
    for (size_t i = 0; i < 4; i++) {
        size_t n = widen("id;name\n1;Ann\n2;Bob\n", i < 2 ? 2 : 4, i % 2 == 1, bytes);
        struct csvk_sniff got = sniff(bytes, n, CSVK_SAMPLE_WHOLE);
        ck_assert_str_eq(got.encoding, names[i]);
        ck_assert_int_eq(got.verdict, CSVK_SNIFF_CLEAR);
        ck_assert_int_eq(got.dialect.delimiter, ';');
        ck_assert_uint_eq(got.mark, 0);
        ck_assert(got.has_header);
    }
    static const unsigned char marked[] = {0xff, 0xfe, 'a', 0,    ';',  0,
                                           0x3d, 0xd8, 0,   0xde, '\n', 0};
    struct csvk_sniff got = sniff(marked, sizeof marked, CSVK_SAMPLE_WHOLE);
    ck_assert_str_eq(got.encoding, "UTF-16LE");
    ck_assert_uint_eq(got.mark, 2);
    ck_assert_int_eq(got.on_encoding.score, 100);
    ck_assert_int_eq(got.dialect.delimiter, ';');
}
END_TEST

struct encoding_case {
    const char *text, *encoding;
};

START_TEST(encodings)
{
    static const struct encoding_case cases[] = {
        {"a,b\n1,2\n", "UTF-8"},
        {"\xef\xbb\xbf"
         "a,b\n1,2\n",
         "UTF-8"},
        {"a,b\nM\xc3\xbcnchen,\xc4\x8d\n", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct csvk_sniff got = sniff_text(cases[i].text);
        ck_assert_msg(strcmp(got.encoding, cases[i].encoding) == 0, "%zu: %s, %s", i, got.encoding,
                      got.on_encoding.evidence);
        ck_assert_int_eq(got.dialect.delimiter, ',');
    }
    struct csvk_sniff got = sniff("a,b\nx\0y,1\n", 10, CSVK_SAMPLE_WHOLE);
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_NOT_TEXT);
    got = sniff("a,b\nxy,1\n\0\0\0\0\0\0\0", 16, CSVK_SAMPLE_WHOLE);
    ck_assert_int_eq(got.verdict, CSVK_SNIFF_CLEAR);
}
END_TEST

/* Wherever the sample ends, in a field, an enclosure or a character, the proposal stands. */
START_TEST(a_cut_sample)
{
    static const char text[] = "id;n\xc3\xa1zev;text\r\n"
                               "1;\"a;b\";\"x\r\ny\"\r\n2;\"c\";\"z\"\r\n"
                               "3;\xc5\xa1;\"say \"\"hi\"\"\"\r\n4;d;\"e;f;g\"\r\n5;h;i\r\n";
    for (size_t n = 16; n < sizeof text; n++) {
        struct csvk_sniff got = sniff(text, n, CSVK_SAMPLE_CUT);
        ck_assert_msg(got.verdict == CSVK_SNIFF_CLEAR && got.dialect.delimiter == ';', "%zu", n);
        ck_assert_str_eq(got.encoding, "UTF-8");
        ck_assert_msg(got.on_encoding.score >= 90, "%zu: %s", n, got.on_encoding.evidence);
        ck_assert(got.cut);
    }
}
END_TEST

static void read_and_compare(struct csvk_source *source, const char *text)
{
    unsigned char bytes[64];
    size_t length = 0, got = 1;
    while (got > 0) {
        ck_assert_int_eq(csvk_source_read(source, bytes + length, 3, &got, NULL), CSVK_OK);
        length += got;
    }
    ck_assert_uint_eq(length, strlen(text));
    ck_assert_int_eq(memcmp(bytes, text, length), 0);
}

/* What was looked at is still read; the encoding may be set in between. */
START_TEST(samples_of_sources)
{
    static const char text[] = "a;b\n1;2\n3;4\n5;6\n";
    struct csvk_sniff got = {.size = sizeof got};
    size_t sampled;
    for (size_t most = 8; most < 40; most++) {
        struct csvk_source *source = NULL;
        ck_assert_int_eq(csvk_source_memory(&source, text, sizeof text - 1, NULL), CSVK_OK);
        ck_assert_int_eq(csvk_sniff_source(source, most, &got, &sampled, NULL), CSVK_OK);
        ck_assert_int_eq(got.dialect.delimiter, ';');
        ck_assert_uint_eq(sampled, most < sizeof text - 1 ? most : sizeof text - 1);
        ck_assert(got.cut == (most < sizeof text - 1));
        ck_assert_uint_eq(csvk_source_consumed(source), 0);
        ck_assert_int_eq(csvk_source_set_encoding(source, "ISO-8859-1", NULL), CSVK_OK);
        read_and_compare(source, text);
        ck_assert_uint_eq(csvk_source_consumed(source), sizeof text - 1);
        ck_assert_int_eq(csvk_sniff_source(source, most, &got, NULL, NULL), CSVK_EUSAGE);
        csvk_source_free(source);
    }
}
END_TEST

/* ---- the corpus ---- */

/* Where our proposal is not what the table expects, and why that is meant. */
struct deviation {
    const char *file;
    enum csvk_sniff_verdict ours;
    const char *why;
};

static const struct deviation deviations[] = {
    {"duplicate_headers.csv", CSVK_SNIFF_CLEAR, "names are judged by validate"},
    {"extra_fields_non_empty.csv", CSVK_SNIFF_AMBIGUOUS, "half of the records have another width"},
    {"ragged_rows_short.csv", CSVK_SNIFF_AMBIGUOUS, "two of four records have another width"},
    {"extra_trailing_nonempty.csv", CSVK_SNIFF_AMBIGUOUS, "half of the records have another width"},
    {"wide_row_extra_non_empty.csv", CSVK_SNIFF_AMBIGUOUS,
     "half of the records have another width"},
    {"invalid_quote.csv", CSVK_SNIFF_CLEAR, "the fault lowers the score; validate refuses it"},
    {"unterminated_quote.csv", CSVK_SNIFF_CLEAR, "the fault lowers the score; validate refuses it"},
    {"utf16le_bom.csv", CSVK_SNIFF_EMPTY, "the file is a byte order mark and nothing else"},
    {"utf32be_bom.csv", CSVK_SNIFF_EMPTY, "the file is a byte order mark and nothing else"},
};

static const struct deviation *find_deviation(const char *file)
{
    for (size_t i = 0; i < sizeof deviations / sizeof deviations[0]; i++) {
        if (strcmp(deviations[i].file, file) == 0) {
            return &deviations[i];
        }
    }
    return NULL;
}

static int delimiter_byte(const char *text)
{
    int byte = -2;
    if (strncmp(text, "0x", 2) == 0) {
        return (int)strtol(text, NULL, 16);
    }
    ck_assert_int_eq(csvk_dialect_parse_byte(text, "delimiter", false, &byte, NULL), CSVK_OK);
    return byte;
}

static bool verdict_fits(const char *expected, enum csvk_sniff_verdict verdict)
{
    if (strcmp(expected, "parse_ok") == 0) {
        return verdict == CSVK_SNIFF_CLEAR;
    }
    if (strcmp(expected, "E_DIALECT") == 0) {
        return verdict == CSVK_SNIFF_ONE_COLUMN || verdict == CSVK_SNIFF_AMBIGUOUS;
    }
    return strcmp(expected, "E_ENCODING") == 0 ? verdict == CSVK_SNIFF_NOT_TEXT
                                               : verdict == CSVK_SNIFF_EMPTY;
}

struct sniff_row { /* of the corpus table */
    char file[80], expected[20], delimiter[8];
    bool backslash;
};

static void check_row(const char *folder, const struct sniff_row *row)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, row->file);
    size_t length = 0;
    unsigned char *bytes = support_read_file(path, &length);
    ck_assert_msg(bytes != NULL, "%s", path);
    struct csvk_sniff got = sniff(bytes, length, CSVK_SAMPLE_WHOLE);
    const struct deviation *deviation = find_deviation(row->file);
    if (deviation != NULL) {
        ck_assert_msg(got.verdict == deviation->ours, "%s: %s", row->file,
                      csvk_sniff_verdict_name(got.verdict));
    } else {
        ck_assert_msg(verdict_fits(row->expected, got.verdict), "%s: %s, expected %s", row->file,
                      csvk_sniff_verdict_name(got.verdict), row->expected);
    }
    if (deviation == NULL && got.verdict == CSVK_SNIFF_CLEAR) {
        ck_assert_msg(got.dialect.delimiter == delimiter_byte(row->delimiter), "%s", row->file);
        ck_assert_msg(got.dialect.escape == (row->backslash ? '\\' : CSVK_NO_BYTE), "%s",
                      row->file);
    }
    free(bytes);
}

/* | `file` | source | `E_CODE` or parse_ok | `delimiter` or n/a | `\\` or none or n/a | note | */
static bool parse_row(const char *line, struct sniff_row *row)
{
    char code[20];
    memset(row, 0, sizeof *row);
    if (sscanf(line, "| `%79[^`]` | %*[^|]| %19[^|]|", row->file, code) != 2) {
        return false;
    }
    const char *start = code[0] == '`' ? code + 1 : code;
    snprintf(row->expected, sizeof row->expected, "%.*s", (int)strcspn(start, "` "), start);
    const char *delimiter = strstr(line, "| parse_ok | `");
    if (delimiter != NULL) {
        delimiter += strlen("| parse_ok | `");
        const char *end = strchr(delimiter, '`');
        snprintf(row->delimiter, sizeof row->delimiter, "%.*s", (int)(end - delimiter), delimiter);
        row->backslash = strncmp(end, "` | `", 5) == 0;
    }
    return true;
}

START_TEST(torture_corpus)
{
    const char *folder = support_corpus("rvl-torture");
    if (folder == NULL) {
        return;
    }
    char path[300];
    snprintf(path, sizeof path, "%s/README.md", folder);
    FILE *table = fopen(path, "r");
    ck_assert_ptr_nonnull(table);
    char line[500];
    size_t rows = 0, deviating = 0;
    while (fgets(line, sizeof line, table) != NULL) {
        struct sniff_row row;
        if (parse_row(line, &row)) {
            check_row(folder, &row);
            rows++;
            deviating += find_deviation(row.file) != NULL;
        }
    }
    fclose(table);
    ck_assert_uint_gt(rows, 80);
    ck_assert_uint_eq(deviating, sizeof deviations / sizeof deviations[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sniff");
    TCase *tcase = tcase_create("sniff");
    tcase_add_test(tcase, dialects);
    tcase_add_test(tcase, longer_delimiters_and_blanks);
    tcase_add_test(tcase, every_part_has_evidence);
    tcase_add_test(tcase, faults_lower_the_score);
    tcase_add_test(tcase, headers);
    tcase_add_test(tcase, wide_encodings);
    tcase_add_test(tcase, lines_above);
    tcase_add_test(tcase, changes_of_the_dialect);
    tcase_add_test(tcase, encodings);
    tcase_add_test(tcase, a_cut_sample);
    tcase_add_test(tcase, samples_of_sources);
    tcase_add_test(tcase, torture_corpus);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
