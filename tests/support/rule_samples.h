/*
 * rule_samples.h - for every rule about tables a file that breaks it and one that does not.
 * Included by tests/unit/test_validator_rules.c.
 */
#ifndef TESTS_SUPPORT_RULE_SAMPLES_H
#define TESTS_SUPPORT_RULE_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#define NAME_64       "a234567890b234567890c234567890d234567890e234567890f2345678901234"
#define EIGHT         "3,4\n3,4\n3,4\n3,4\n3,4\n3,4\n3,4\n3,4\n"
#define EIGHT_CR      "3,4\r3,4\r3,4\r3,4\r3,4\r3,4\r3,4\r3,4\r"
#define TEXT(literal) (literal), sizeof(literal) - 1

/* A file and what one rule says to it. byte -1: any place. */
struct sample {
    const char *rule;
    const char *bytes;
    size_t length;
    uint64_t count;
    int64_t byte;
};

static const struct sample samples[] = {
    {"empty-file", TEXT(""), 1, 0},
    {"empty-file", TEXT("a\r\n"), 0, -1},
    {"utf8-bom",
     TEXT("\xEF\xBB\xBF"
          "a\r\n"),
     1, 0},
    {"utf8-bom", TEXT("a\r\n"), 0, -1},
    {"utf16-bom",
     TEXT("\xFF\xFE"
          "a\0"),
     1, 0},
    {"utf16-bom", TEXT("a\r\n"), 0, -1},
    {"encoding-suspected", TEXT("a\r\ncaf\xE9\r\n"), 1, 6},
    {"encoding-suspected",
     TEXT("a\0,\0b\0\r\0\n\0"
          "1\0,\0"
          "2\0"),
     1, 0},
    {"encoding-suspected", TEXT("a\r\n\x81\r\n"), 0, -1},
    {"encoding-suspected", TEXT("a\r\ncaf\xC3\xA9\r\n"), 0, -1},
    {"invalid-utf8", TEXT("a\r\n\xC0\xAF\r\n"), 2, 3},
    {"invalid-utf8", TEXT("a\r\n\xC3\xA9\r\n"), 0, -1},
    {"bom-in-data",
     TEXT("a\r\n\xEF\xBB\xBF"
          "1\r\n"),
     1, 3},
    {"bom-in-data",
     TEXT("\xEF\xBB\xBF"
          "a\r\n"),
     0, -1},
    {"non-ascii", TEXT("a\r\nx\xC3\xA9\r\n"), 1, 4},
    {"non-ascii", TEXT("a\r\nx\r\n"), 0, -1},
    {"nul-byte", TEXT("a\r\nx\0\0y\r\n"), 1, 4},
    {"nul-byte", TEXT("a\r\nx\r\n"), 0, -1},
    {"control-char", TEXT("a\r\n\x07\r\n"), 1, 3},
    {"control-char", TEXT("a\r\n\t\r\n"), 0, -1},
    {"tab-in-field", TEXT("a\r\n\t\r\n"), 1, 3},
    {"tab-in-field", TEXT("a\r\n \r\n"), 0, -1},
    {"replacement-char", TEXT("a\r\n\xEF\xBF\xBD\r\n"), 1, 3},
    {"replacement-char", TEXT("a\r\n\xEF\xBF\xBC\r\n"), 0, -1},
    {"unicode-line-break", TEXT("a\r\nx\xE2\x80\xA8\r\n"), 1, 4},
    {"unicode-line-break", TEXT("a\r\nx\xE2\x80\xA7\r\n"), 0, -1},
    {"ctrl-z-at-eof", TEXT("a\r\n1\r\n\x1A"), 1, 6},
    {"ctrl-z-at-eof",
     TEXT("a\r\n\x1A"
          "1\r\n"),
     0, -1},
    {"nul-padding-at-eof", TEXT("a\r\n1\r\n\0\0\0"), 1, 6},
    {"nul-padding-at-eof",
     TEXT("a\r\n\0"
          "1\r\n"),
     0, -1},
    {"eol-lf", TEXT("a\n1\n"), 1, 1},
    {"eol-lf", TEXT("a\r\n1\r\n"), 0, -1},
    {"eol-cr", TEXT("a\r1\r"), 1, 1},
    {"eol-cr", TEXT("a\n1\r\n"), 0, -1},
    {"eol-mixed", TEXT("a\r\n1\n2\n"), 1, 4},
    {"eol-mixed", TEXT("a\r\n\"1\n2\"\r\n"), 0, -1},
    {"eol-crcrlf", TEXT("a\r\r\n1\r\r\n"), 2, 1},
    {"eol-crcrlf", TEXT("a\r\n1\r\n"), 0, -1},
    {"bare-cr", TEXT("a\r\nx\ry\r\n"), 1, 4},
    {"bare-cr", TEXT("a\r\n\"x\ry\"\r\n"), 0, -1},
    {"final-eol-missing", TEXT("a\r\n1"), 1, 4},
    {"final-eol-missing", TEXT("a\r\n1\r\n"), 0, -1},
    {"blank-line", TEXT("\r\n\r\na,b\r\n\r\n1,2\r\n"), 3, 0},
    {"blank-line", TEXT("a\r\n\r\nb\r\n"), 0, -1},
    {"ambiguous-empty-record", TEXT("\r\na\r\n\r\nb\r\n"), 1, 5},
    {"blank-line", TEXT("\r\n\r\na\r\n\r\nb\r\n"), 2, 0},
    {"ambiguous-empty-record", TEXT("\n\n\n"), 3, 0},
    {"ambiguous-empty-record", TEXT("a,b\r\n\r\n1,2\r\n"), 0, -1},
    {"field-count", TEXT("a,b\r\n1,2,3,4\r\n"), 1, 9},
    {"field-count", TEXT("a,b\r\n1\r\n1,2\r\n"), 1, 6},
    {"field-count", TEXT("a,b\r\n1,2,\r\n"), 0, -1},
    {"trailing-delimiter", TEXT("a,b\r\n1,2,\r\n"), 1, 8},
    {"trailing-delimiter", TEXT("a,b\r\n1,2,\"\"\r\n"), 0, -1},
    {"split-record-suspected", TEXT("a,b,c\r\n1,two\r\nlines,3\r\n4,5,6\r\n"), 1, 7},
    {"split-record-suspected", TEXT("a,b,c\r\n1,2\r\n4,5,6\r\n1,2\r\n"), 0, -1},
    {"split-record-suspected", TEXT("a,b,c\r\n1\r\n2\r\n4,5,6\r\n"), 0, -1},
    {"preamble-suspected", TEXT("Report\r\n\r\nid,b\r\n1,2\r\n3,4\r\n"), 1, 0},
    {"preamble-suspected", TEXT("id,b\r\n1,2\r\n3,4,5\r\n"), 0, -1},
    {"footer-suspected", TEXT("a,b\r\n1,2\r\n3,4\r\nTotal\r\n"), 1, 15},
    {"not-csv-suspected",
     TEXT("Dear Sir,\n\nthank you for your letter of May 3. We have the goods, but\none of them "
          "was broken. Please send another.\n\nYours,\nAnn\n"),
     1, 0},
    {"not-csv-suspected", TEXT("note\nIt was sent, and came.\nIt was broken.\n"), 0, -1},
    {"not-csv-suspected", TEXT("2,, 1, a,\n, 1,, 1,\nb, b, 2,, a, b\n1, 2, b, b, a\n"), 0, -1},
    {"footer-suspected", TEXT("a,b\r\n1,2\r\nx\r\n3,4\r\n5,6\r\n"), 0, -1},
    {"comment-line", TEXT("# by x\r\na,b\r\n1,2\r\n"), 1, 0},
    {"comment-line", TEXT("#id,b\r\n1,2\r\n"), 0, -1},
    {"sep-directive", TEXT("sep=;\r\na;b\r\n"), 1, 0},
    {"sep-directive", TEXT("sep=;x\r\na;b\r\n"), 0, -1},
    {"empty-record", TEXT("a,b\r\n,\r\n1,2\r\n,\r\n"), 1, 5},
    {"empty-record", TEXT("a,b\n1,2\n,"), 1, 8},
    {"empty-record", TEXT("a,b\n1,\n,2\n"), 0, -1},
    {"empty-record", TEXT("a,b\n\"\n,\n\",2\n"), 0, -1}, /* a line of a value */
    {"empty-record", TEXT(",\n1,2\n"), 0, -1},           /* a header without names */
    {"empty-record", TEXT("a,b\n1,\"2\n,\n"), 0, -1},
    {"empty-record", TEXT("a\n\n1\n"), 0, -1},
    {"empty-record", TEXT("a,b\n,,\n,x\n"), 0, -1},
    {"sep-directive", TEXT("SEP=;\na;b\n"), 1, 0},
    {"sep-directive", TEXT("step=;\na;b\n"), 0, -1},
    {"copy-end-marker", TEXT("id,b\n1,2\n\\.\n"), 1, 9},
    {"copy-end-marker", TEXT("id\r\n1\r\n\\."), 1, 7},
    {"copy-end-marker", TEXT("id\n1\n\\.\n2\n"), 0, -1},
    {"copy-end-marker", TEXT("id\n1\nx\\.\n"), 0, -1},
    {"copy-end-marker", TEXT("\\.\n"), 0, -1},
    {"copy-end-marker", TEXT("id,b\n1,\"2\n\\.\n"), 0, -1}, /* in an open field */
    {"quote-in-unquoted-field", TEXT("a\r\n6\" pipe\r\n"), 1, 4},
    {"quote-in-unquoted-field", TEXT("a\r\n\"6\"\" pipe\"\r\n"), 0, -1},
    {"text-after-closing-quote", TEXT("a\r\n\"x\"y\r\n"), 1, 6},
    {"text-after-closing-quote", TEXT("a\r\n\"x\"\r\n"), 0, -1},
    {"backslash-escaped-quote", TEXT("a\r\n\"x\\\"y\"\r\n"), 1, 5},
    {"backslash-escaped-quote", TEXT("a\r\n\"x\\\"\r\n"), 0, -1},
    {"space-before-opening-quote", TEXT("a,b\r\n1, \"2\"\r\n"), 1, 7},
    {"space-before-opening-quote", TEXT("a,b\r\n1, 2\r\n"), 0, -1},
    {"space-after-closing-quote", TEXT("a,b\r\n\"1\" ,2\r\n"), 1, 8},
    {"space-after-closing-quote", TEXT("a,b\r\n1 ,2\r\n"), 0, -1},
    {"unclosed-quote", TEXT("a,b\r\n1,\"2\r\n3,4\r\n"), 1, 7},
    {"unclosed-quote", TEXT("a,b\r\n1,\"2\r\n3,4\"\r\n"), 0, -1},
    {"multiline-field-suspicious", TEXT("a,b\r\n\"1,2\r\n3,4\r\n5\",6\r\n"), 1, 5},
    {"multiline-field-suspicious", TEXT("a,b\r\n\"1\r\n3\r\n5\",6\r\n"), 0, -1},
    /* Two lines are enough from three columns on; each line has to be like a record. */
    {"multiline-field-suspicious", TEXT("a,b,c\n1,\"6,a\n2,7\",b\n"), 1, 8},
    {"multiline-field-suspicious", TEXT("a,b\n1,\"Hello\nyes, sure\"\n"), 0, -1},
    {"multiline-field-suspicious", TEXT("a,b\n\"1,2\n3,4\n5,6\",7\n"), 0, -1},
    {"multiline-field-suspicious", TEXT("a,b\n\"1\n3,4\n5\",6\n"), 0, -1},
    {"multiline-field-suspicious", TEXT("a,b,c\n\"x\ny\",1,2\n1,2,\"x\ny\"\n"), 0, -1},
    /* Enclosures that are open at the end say so themselves. */
    {"multiline-field-suspicious", TEXT("a,b,c\n\"x,y,\n1,z\",\"u"), 0, -1},
    {"multiline-field-suspicious", TEXT("a,b,c\n\"x,y,\n1,z\",\"u\"\n"), 1, 6},
    /* Two enclosed fields: the first one is named. */
    {"multiline-field-suspicious", TEXT("a,b,c\n1,\"x,y\nz,w\",\"u\nv,w,\"\n"), 1, 8},
    {"quote-style-suspected", TEXT("'a','b'\r\n'1','2'\r\n"), 1, 0},
    {"quote-style-suspected", TEXT("a,b\r\n'tis,o'\r\n"), 0, -1},
    {"needless-enclosure", TEXT("a\r\n\"1\"\r\n"), 1, 3},
    {"needless-enclosure", TEXT("a\r\n\"1,2\"\r\n\"#\"\r\n\"\"\r\n"), 0, -1},
    {"header-missing", TEXT("1,x\r\n2,y\r\n3,x\r\n"), 1, 0},
    {"header-missing", TEXT("1,2024-05-01\r\n2,x\r\n"), 1, 0},
    {"header-missing", TEXT("17.5,,1.5.2024 10:00\r\n2,x,y\r\n"), 1, 0},
    {"header-missing", TEXT("on,x\r\non,x\r\noff,y\r\n"), 0, -1}, /* a header twice */
    {"header-missing", TEXT("1,x\r\n2,y\r\n3,z\r\n"), 0, -1},
    {"header-missing", TEXT("country,1990,1991\r\nAT,1,2\r\n"), 0, -1},
    {"header-missing", TEXT("hour,0,1,2\r\n1,2,3,4\r\n"), 0, -1},
    {"header-missing", TEXT("1,2024-05-01-02\r\n2,x\r\n"), 0, -1},
    {"header-missing", TEXT("1,1/2-2024\r\n2,x\r\n"), 0, -1},
    {"header-missing", TEXT(",\r\n2,y\r\n"), 0, -1},
    {"header-missing", TEXT("on\r\noff\r\n"), 0, -1},
    {"header-missing", TEXT("id,x\r\n2,y\r\n"), 0, -1},
    {"header-width", TEXT("id,a,b\n" EIGHT "3,4\n3,4\n"), 1, 0},
    {"header-width", TEXT("\xEF\xBB\xBFid\r" EIGHT_CR "3,4\r3,4\r"), 1, 3},
    {"header-width", TEXT("id,a,b\n" EIGHT "3,4\n"), 0, -1},        /* nine records */
    {"header-width", TEXT("id,a,b\n" EIGHT "3,4\n3,4,5\n"), 0, -1}, /* one has the width */
    {"header-width", TEXT("id,a,b\n" EIGHT "3,4\n3\n"), 0, -1},
    {"field-count", TEXT("id,a,b\n" EIGHT "3,4\n3,4\n"), 0, -1},
    {"trailing-delimiter", TEXT("id,a\n" EIGHT "3,4\n3,4,\n"), 1, 44},
    {"header-invisible-char", TEXT("id,na\xE2\x80\x8Bme\n"), 1, 3},
    {"header-invisible-char",
     TEXT("id,\xE2\x80\xAE"
          "di\n"),
     1, 3},
    {"header-invisible-char",
     TEXT("id,a\xC2\xA0"
          "b\n"),
     1, 3},
    {"header-invisible-char", TEXT("id,name\xE3\x80\x80\n"), 1, 3},
    {"header-invisible-char", TEXT("id,na\xE3\x80\x80me\n"), 0, -1}, /* a space within */
    {"header-invisible-char", TEXT("na\xC3\xAFve,nai\xCC\x88ve\n"), 1, 7},
    {"header-invisible-char", TEXT("\xC3\xAF,\xC3\xAF\n"), 0, -1}, /* a duplicate */
    {"header-invisible-char", TEXT("\xED\x95\x9C,\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\n"), 1, 4},
    {"header-invisible-char", TEXT("\xEA\xB0\x81,\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8\n"), 1, 4},
    {"header-invisible-char", TEXT("e\xCC\xA3\xCC\x82,e\xCC\x82\xCC\xA3,\xE1\xBB\x87\n"), 2, 6},
    {"header-invisible-char", TEXT("na\xC3\xAFve,naive,NA\xC3\x8FVE\n"), 0, -1},
    {"header-invisible-char", TEXT("\xE2\x9C\x8C,\xE2\x9C\x8C\xEF\xB8\x8F\n"), 1, 4},
    /* A joiner within a word of Persian belongs to its spelling. */
    {"header-invisible-char", TEXT("\xD9\x85\xDB\x8C\xE2\x80\x8C\xD8\xB1\xD9\x88\xD8\xAF,a\n"), 0,
     -1},
    {"header-invisible-char",
     TEXT("a\xE2\x80\x8C"
          "b,c\n"),
     1, 0},
    {"header-repeated", TEXT("a,b\r\n1,2\r\na,b\r\n3,4\r\na,b"), 1, 10},
    {"header-repeated",
     TEXT("a,b\n1,2\n\xEF\xBB\xBF"
          "a,b\n3,4\n"),
     1, 8},
    {"header-repeated", TEXT("a,b\n1,2\naa,b\na,bb\nA,b\n"), 0, -1},
    {"header-repeated", TEXT("a,b\n1,\"\na,b\n\"\n"), 0, -1}, /* a line of a value */
    {"header-repeated", TEXT("a\n1\na\n"), 0, -1},            /* one column */
    {"header-empty-name", TEXT("a,,\"\"\r\n"), 2, 2},
    {"header-empty-name", TEXT("a,b\r\n"), 0, -1},
    {"header-duplicate-name", TEXT("a,b,\"a\",a\r\n"), 2, 4},
    {"header-duplicate-name", TEXT("a,A\r\n"), 0, -1},
    {"header-case-clash", TEXT("Id,iD,ID\r\n"), 2, 3},
    {"header-case-clash", TEXT("a,a\r\n"), 0, -1},
    {"header-edge-space", TEXT("a, b\r\n"), 1, 2},
    {"header-edge-space", TEXT("a,b c\r\n"), 0, -1},
    {"header-invalid-name", TEXT("a,order id,_timestamp,oid\r\n"), 2, 2},
    {"header-invalid-name", TEXT("a,order_id,A1\r\n"), 0, -1},
    {"header-name-refused", TEXT("a b,_timestamp,!,a_b\r\n"), 3, 4},
    {"header-name-refused", TEXT(NAME_64 "x\r\n"), 1, 0},
    {"header-name-refused", TEXT(NAME_64 ",oid,a,a\r\n"), 0, -1},
    {"delimiter-suspected", TEXT("a;b\r\n1;2\r\n"), 1, 0},
    {"delimiter-suspected", TEXT("a;b\r\n1;2;3\r\n4\r\n"), 0, -1},
    {"delimiter-suspected", TEXT("a;b\r\n1;\"2;\"\"3\"\r\n\"4;5\";6\r\n"), 1, 0},
    {"delimiter-suspected", TEXT("\"a;b\"\r\n\"1;2\"\r\n"), 0, -1},
    {"delimiter-suspected", TEXT("a;b,c\r\n1;2,c\r\n"), 0, -1},
    {"delimiter-suspected",
     TEXT("1\x01"
          "Ann\x01x\n2\x01"
          "Bob\x01y\n3\x01"
          "Cy\x01z\n"),
     1, 0},
    {"delimiter-suspected", TEXT("10:20\n11:30\n12:40\n"), 0, -1},
    {"delimiter-suspected", TEXT("Jan Lee\nEva Ray\nBo Fox\n"), 0, -1},
    {"delimiter-suspected", TEXT("a^b\n1^2\n3^4\n"), 0, -1},
    {"delimiter-suspected", TEXT("a^b^c\n1^2^3\n3^4^5\n"), 1, 0},
    {"delimiter-suspected", TEXT("a||b\n1||2\n3||4\n"), 1, 0},
    {"delimiter-suspected", TEXT("a;1,5;b\n2;2,5;c\n3;3,5;d\n"), 1, 0},
    {"delimiter-suspected", TEXT("a,b;c\n1,2;3\n4,5;6\n"), 0, -1},  /* as good as each other */
    {"delimiter-suspected", TEXT("sep=;\na;b\n1;2\n3;4\n"), 0, -1}, /* told by the directive */
    {"truncated-suspected", TEXT("a,b\n1,2\n3"), 1, 8},
    {"truncated-suspected", TEXT("a,b\n1,2\n3\n"), 0, -1},
    {"truncated-suspected", TEXT("a,b\n1,2\n3,4"), 0, -1},
    {"truncated-suspected", TEXT("a,b\n1\n3"), 0, -1}, /* the one before is short, too */
    {"truncated-suspected", TEXT("a,b\n1,2\n3,\"x"), 1, 8},
    {"truncated-suspected", TEXT("a,b\n1,2\n3,\"x\n"), 0, -1},
    {"truncated-suspected", TEXT("a,b\n1,\"2\n3,4\n5,6"), 0, -1}, /* a stray enclosure */
    {"truncated-suspected", TEXT("a,b\n1,caf\xC3"), 1, 4},
    {"truncated-suspected", TEXT("a,b\n\xC3,x"), 0, -1}, /* half a character before the end */
    {"truncated-suspected", TEXT("a,b\n1,caf\xE9,\xC3\n"), 0, -1},
    {"encoding-suspected", TEXT("a,b\n1,caf\xC3"), 0, -1}, /* half a character at the end */
    {"encoding-suspected", TEXT("a,b\n\xE9,caf\xC3"), 1, 4},
    /* Faults among UTF-8 are no other encoding. */
    {"encoding-suspected",
     TEXT("a,b\n1,caf\xC3\xA9\n2,\xC3\xA9t\xC3\xA9\n3,\xC3\xBC"
          "ber\n4,Stra\xC3\x9F"
          "e\n5,caf\xE9\n"),
     0, -1},
    {"invalid-utf8",
     TEXT("a,b\n1,caf\xC3\xA9\n2,\xC3\xA9t\xC3\xA9\n3,\xC3\xBC"
          "ber\n4,Stra\xC3\x9F"
          "e\n5,caf\xE9\n"),
     1, 43},
    {"twice-encoded-suspected", TEXT("\"a,b\"\n\"1,\"\"2\"\"\"\n"), 1, 0},
    {"twice-encoded-suspected", TEXT("\"a,b\"\n\"1\"\n"), 0, -1},
    {"twice-encoded-suspected", TEXT("\"City, country\"\n\"Paris, France\"\n"), 0, -1},
    {"twice-encoded-suspected", TEXT("a\n\"1,2\"\n"), 0, -1},
    {"twice-encoded-suspected", TEXT("\"a,b\"\n"), 0, -1},
    /* UTF-8 that was encoded again; and what looks like it: capitals before a quote, a dash, an
       ellipsis, no-break spaces, signs. */
    {"mojibake-suspected",
     TEXT("name\nCh\xC3\x83\xC2\xA2teau\n\xC3\x83\xC2\xA9t\xC3\x83\xC2\xA9\n"), 1, 7},
    {"mojibake-suspected", TEXT("a\ncaf\xC3\x83\xC2\xA9\n"), 1, 5},
    {"mojibake-suspected",
     TEXT("a\nd\xC3\x83\xC2\xAD"
          "a\n"),
     1, 3},
    {"mojibake-suspected", TEXT("a,b\n1,\xC3\xA2\xE2\x80\x9A\xC2\xAC\n"), 1, 6},
    {"mojibake-suspected",
     TEXT("a\n\xC3\x90\xC5\xB8\xC3\x91\xE2\x82\xAC\xC3\x90\xC2\xB8\xC3\x90\xC2\xB2\xC3\x90\xC2\xB5"
          "\xC3\x91\xE2\x80\x9A \xC3\x90\xC2\xBC\xC3\x90\xC2\xB8\xC3\x91\xE2\x82\xAC\n"),
     1, 2},
    {"mojibake-suspected", TEXT("a\nVi\xC3\xA1\xC2\xBB\xE2\x80\xA1t\n"), 1, 4},
    {"mojibake-suspected",
     TEXT("a\n\xC3\xA6\xE2\x80\x94\xC2\xA5\xC3\xA6\xC5\x93\xC2\xAC\xC3\xA8\xC2\xAA\xC5\xBE\n"), 1,
     2},
    {"mojibake-suspected",
     TEXT("a,b\n20 \xC3\x82\xC2\xB0"
          "C,1\n"),
     1, 7},
    {"mojibake-suspected", TEXT("a\n\xC3\xB0\xC5\xB8\xCB\x9C\xE2\x82\xAC\n"), 1, 2},
    {"mojibake-suspected",
     TEXT("\xC3\xAF\xC2\xBB\xC2\xBF"
          "a,b\n1,2\n"),
     1, 0},
    {"mojibake-suspected", TEXT("a\nit\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2s\n"), 1, 4},
    {"mojibake-suspected",
     TEXT("a\n\xC3\x8E\xE2\x80\x98\xC3\x8E\xC2\xB8\xC3\x8E\xC2\xAE\xC3\x8E\xC2\xBD\xC3\x8E\xC2\xB1"
          "\n"),
     1, 7},
    {"mojibake-suspected",
     TEXT("a\n\xC3\x85\xC2\xBC\xC3\x83\xC2\xB3\xC3\x85\xE2\x80\x9A\xC3\x84\xE2\x80\xA1\n"), 1, 2},
    {"mojibake-suspected",
     TEXT("a\n\xC3\x97\xC2\xA9\xC3\x97\xC2\x9C\xC3\x97\xC2\x95\xC3\x97\xC2\x9D\n"), 1, 2},
    {"mojibake-suspected",
     TEXT("a\n\xC3\x99\xE2\x80\xA6\xC3\x98\xC2\xB1\xC3\x98\xC2\xAD\xC3\x98\xC2\xA8\xC3\x98\xC2\xA7"
          "\n"),
     1, 7},
    {"mojibake-suspected",
     TEXT("a\nZo\xC3\xA9\nS\xC3\xA3o\nK\xC3\x83\xC2\xB6ln\n\xC3\x83\xC2\xA9t\xC3\x83\xC2\xA9\nM\xC3"
          "\x83\xC2\xBCnchen\n"),
     1, 13},
    {"mojibake-suspected", TEXT("name\nCh\xC3\xA2teau\n\xC3\xA9t\xC3\xA9\n"), 0, -1},
    {"mojibake-suspected",
     TEXT("a\n\xE2\x80\x9C"
          "AMANH\xC3\x83\xE2\x80\x9D\n"),
     0, -1},
    {"mojibake-suspected", TEXT("a\nIRM\xC3\x83\xE2\x80\xA6\n"), 0, -1},
    {"mojibake-suspected", TEXT("a\nS\xC3\x83O PAULO\nMA\xC3\x87\xC3\x83\n"), 0, -1},
    {"mojibake-suspected", TEXT("a\nIRM\xC3\x83\xC2\xAE\nirm\xC3\xA3\n"), 0, -1},
    {"mojibake-suspected",
     TEXT("a\n\xC2\xAB\xC2\xA0Il est "
          "l\xC3\xA0\xC2\xA0\xC2\xBB\n\xC2\xAB\xC2\xA0\xC3\xA9t\xC3\xA9\xC2\xA0\xC2\xBB\n"),
     0, -1},
    {"mojibake-suspected",
     TEXT("a\n\xC3\x9A\xC5\xBD"
          "ASN\xC3\x9D\n"),
     0, -1},
    {"mojibake-suspected", TEXT("a\nVi\xE1\xBB\x87t Nam\nl\xC3\xA1\n"), 0, -1},
    {"mojibake-suspected",
     TEXT("a,b\n2\xC3\x97\xC2\xBD,\xC3\x98\xC2\xB1"
          "5\n"),
     0, -1},
    {"mojibake-suspected", TEXT("a\nTR\xE1\xBA\xA6N \xC3\x82\n"), 0, -1},
    {"mojibake-suspected",
     TEXT("a\nP\xC5\x99\xC3\xADli\xC5\xA1\xC3\x82 \xE2\x80\x9Cx\xE2\x80\x9D\n"), 0, -1},
    {"mojibake-suspected", TEXT("a\n\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82\n"), 0, -1},
    {"mojibake-suspected", TEXT("a\n\xC3\x85\xE2\x80\x9D\xC3\x84\xE2\x80\x9D\n"), 0, -1},
    {"mojibake-suspected", TEXT("a\n\xC3\x80\xC2\xA0\xC2\xBB\n"), 0, -1},
    {"nul-padding-at-eof", TEXT("a\n1\0\0\0\0\0\0\0\0"), 1, 3},
    {"nul-byte", TEXT("a\n1\0\0\0\0\0\0\0\0"), 0, -1},
    {"nul-padding-at-eof", TEXT("a\n1\0\0\0\0\0\0\0"), 0, -1},
    {"nul-padding-at-eof", TEXT("a\n\0\0\0\0\0\0\0\0x\n"), 0, -1},
    {"comment-line", TEXT("# by x\n# on y\na,b\n1,2\n"), 1, 0},
    {"comment-line", TEXT("# by x\n# on y\na\n1,2\n"), 0, -1},
    {"preamble-suspected", TEXT("a,b\n1,2,3\n4,5,6\n"), 0, -1}, /* a name is missing */
    {"preamble-suspected", TEXT("a,b\n1,2,3,4\n4,5,6,7\n"), 1, 0},
    {"preamble-suspected", TEXT("SEP=;\nx;y\n1,2\n3,4\n5,6\n"), 0, -1},
    {"header-edge-space", TEXT("sep=\t\na\tb\n"), 0, -1},
    {"quote-style-suspected", TEXT("a,b\n1,`x,y`\n"), 1, 9},
    {"quote-style-suspected", TEXT("a,b\n1,\xE2\x80\x9Cx,y\xE2\x80\x9D\n"), 1, 11},
    {"quote-style-suspected", TEXT("a,b\n1,\xEF\xBC\x82x,y\xEF\xBC\x82\n"), 1, 11},
    {"quote-style-suspected", TEXT("a,b\n1,`x,y\n"), 0, -1},
    {"quote-style-suspected", TEXT("a,b\n1,`x,y,z`,2\n"), 0, -1}, /* the width stays wrong */
    {"preamble-suspected", TEXT("a,b\n1,`x,y`\n2,`z,u`\n"), 0, -1},
    {"not-csv", TEXT("%PDF-1.7\n1 0 obj\n"), 1, 0},
    {"not-csv", TEXT("a,%PDF-\r\n1,PK\x03\x04\r\n"), 0, -1},
    {"not-csv-suspected", TEXT("\n <!doctype HTML>\n"), 1, 0},
    {"not-csv-suspected", TEXT("<b>,[a]\n{x},\"{\"\"a\"\":1}\"\n"), 0, -1},
    {"formula-prefix", TEXT("a,b\r\n=1,@x\r\n-5,\"+2.5\"\r\n-x,\"\t\"\r\n"), 4, 5},
    {"formula-prefix", TEXT("a\r\n-5\r\n+1.5e3\r\n-\r\n-5%\r\n"), 0, -1},
};

#endif
