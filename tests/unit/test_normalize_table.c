/*
 * test_normalize_table.c - every repair of the catalogue: at least three inputs that are repaired
 * and three that must be refused or left alone, with the exact bytes of output and rejects, and the
 * repairs that the log names, in their order. Every line of log and index is compared with
 * tests/normalize/table.expected.
 */
#include "tests/support/normalized.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum tweak {
    PLAIN,
    STRICT = 1,
    NO_HEADER = 2,
    NUL_REMOVE = 4,
    UTF8_REPLACE = 8,
    CONTROL_REMOVE = 16,
    RAGGED_REJECT = 32,
    RAGGED_FAIL = 64,
    STORAGE = 128,
    MINIMAL = 256,
    ALL = 512,
    GUARD = 1024,
    SKIP_HEAD = 2048,
    SKIP_TAIL = 4096,
    COMMENT = 8192,
    GIVEN = 16384, /* the delimiter was given */
    TRIM = 32768,
    WRITE_BOM = 65536,
    NO_REJECTS = 131072,
};

struct repair_case {
    const char *about;
    unsigned tweak;
    const char *in;
    size_t in_length;    /* 0: up to the NUL */
    const char *out;     /* NULL: the run is refused */
    const char *rejects; /* bytes; or a word of the refusal */
    const char *repairs; /* ids in the log: "r1 r8" */
};

/* H: a header and a whole record, of two and three columns. */
#define H2 "a,b\r\n1,2\r\n"
#define H3 "a,b,c\r\n1,2,3\r\n"

static const struct repair_case rows[] = {
    /* r1 */
    {"r1", PLAIN, "\xef\xbb\xbf" H2, 0, H2, "", "r1"},
    {"r1", PLAIN, "\xef\xbb\xbf\"a\",b\r\n1,2\r\n", 0, "\"a\",b\r\n1,2\r\n", "", "r1"},
    {"r1", PLAIN, "\xef\xbb\xbf", 0, "", "", "r1"},
    {"r1 kept", WRITE_BOM, "\xef\xbb\xbf" H2, 0, "\xef\xbb\xbf" H2, "", ""},
    {"r1 strict", STRICT, "\xef\xbb\xbf" H2, 0, NULL, "r1", ""},
    {"r1 half a mark", PLAIN, "a,b\r\n\xef\xbb,2\r\n", 0, "a,b\r\n", "\xef\xbb,2\r\n", ""},
    /* r2 */
    {"r2", PLAIN,
     "\xff\xfe"
     "a\0,\0b\0\n\0",
     10, "a,b\r\n", "", "r2 r8"},
    {"r2", PLAIN,
     "\xfe\xff"
     "\0a\0\r\0\n",
     8, "a\r\n", "", "r2"},
    {"r2", PLAIN,
     "\xff\xfe\0\0"
     "a\0\0\0\r\0\0\0\n\0\0\0",
     16, "a\r\n", "", "r2"},
    {"r2 strict", STRICT,
     "\xff\xfe"
     "a\0\r\0\n\0",
     8, NULL, "r2", ""},
    {"r2 suspected", PLAIN,
     "a,b\r\n1\0,\0"
     "2\0\r\n",
     13, "a,b\r\n", "1\0,\0", ""},
    {"r2 cut short", PLAIN,
     "\xff\xfe"
     "a",
     3, NULL, "inside a character", ""},
    /* r3 */
    {"r3", UTF8_REPLACE, "a,b\r\n\xff,2\r\n", 0, "a,b\r\n\xef\xbf\xbd,2\r\n", "", "r3"},
    {"r3", UTF8_REPLACE, "a,b\r\n\xc0\xaf,2\r\n", 0, "a,b\r\n\xef\xbf\xbd\xef\xbf\xbd,2\r\n", "",
     "r3"},
    {"r3", UTF8_REPLACE, "a,b\r\n\"\xe2\x82\",2\r\n", 0, "a,b\r\n\"\xef\xbf\xbd\",2\r\n", "", "r3"},
    {"r3 not asked", PLAIN, "a,b\r\n\xff,2\r\n3,4\r\n", 0, "a,b\r\n3,4\r\n", "\xff,2\r\n", ""},
    {"r3 not asked", PLAIN, "a,b\r\n\"\xed\xa0\x80\",2\r\n", 0, "a,b\r\n", "\"\xed\xa0\x80\",2\r\n",
     ""},
    {"r3 header", PLAIN, "\xff,b\r\n1,2\r\n", 0, NULL, "header", ""},
    /* r4 */
    {"r4", PLAIN,
     H2 "\xef\xbb\xbf"
        "3,4\r\n",
     0, H2 "3,4\r\n", "", "r4"},
    {"r4", PLAIN,
     H2 "3,\xef\xbb\xbf"
        "4\r\n",
     0, H2 "3,4\r\n", "", "r4"},
    {"r4", PLAIN, H2 "\xef\xbb\xbf\"3\",4\r\n", 0, H2 "\"3\",4\r\n", "", "r4"},
    {"r4 inside", PLAIN, H2 "3\xef\xbb\xbf,4\r\n", 0, H2 "3\xef\xbb\xbf,4\r\n", "", ""},
    {"r4 enclosed", PLAIN,
     H2 "\"\xef\xbb\xbf"
        "3\",4\r\n",
     0,
     H2 "\"\xef\xbb\xbf"
        "3\",4\r\n",
     "", ""},
    {"r4 and r11", PLAIN,
     H3 "\xef\xbb\xbf"
        "3,4\r\n",
     0, H3,
     "\xef\xbb\xbf"
     "3,4\r\n",
     ""},
    /* r5 */
    {"r5", NUL_REMOVE, H2 "3\0,4\r\n", 16, H2 "3,4\r\n", "", "r5"},
    {"r5", NUL_REMOVE, H2 "\"3\0\0\",4\r\n", 19, H2 "\"3\",4\r\n", "", "r5"},
    {"r5", NUL_REMOVE, H2 "\0\"3\",4\r\n", 18, H2 "\"3\",4\r\n", "", "r5"},
    {"r5 not asked", PLAIN, H2 "3\0,4\r\n", 16, H2, "3\0,4\r\n", ""},
    {"r5 not asked", PLAIN, H2 "\"3\0\",4\r\n5,6\r\n", 23, H2 "5,6\r\n", "\"3", ""},
    {"r5 and quotes", NUL_REMOVE, H2 "\"3\0\" x\"y,4\r\n", 21, H2, "\"3", ""},
    /* r6 */
    {"r6", CONTROL_REMOVE, H2 "3\x01,4\r\n", 0, H2 "3,4\r\n", "", "r6"},
    {"r6", CONTROL_REMOVE, H2 "\"3\x7f\",4\r\n", 0, H2 "\"3\",4\r\n", "", "r6"},
    {"r6", CONTROL_REMOVE, H2 "\x1b[0m,4\r\n", 0, H2 "[0m,4\r\n", "", "r6"},
    {"r6 kept", PLAIN, H2 "3\x01,4\r\n", 0, H2 "3\x01,4\r\n", "", ""},
    {"r6 kept", PLAIN, H2 "\"3\x7f\",4\r\n", 0, H2 "\"3\x7f\",4\r\n", "", ""},
    {"r6 tab stays", CONTROL_REMOVE, H2 "3\t,4\r\n", 0, H2 "3\t,4\r\n", "", ""},
    /* r7 */
    {"r7", PLAIN, H2 "\x1a", 0, H2, "", "r7"},
    {"r7", PLAIN, H2 "\0\0\0", 13, H2, "", "r7"},
    {"r7", PLAIN, "a,b\r\n1,2\x1a", 0, H2, "", "r7 r8"},
    {"r7 not the end", PLAIN, H2 "\x1a,3\r\n", 0, H2 "\x1a,3\r\n", "", ""},
    {"r7 strict", STRICT, H2 "\x1a", 0, NULL, "r7", ""},
    {"r7 not alone", PLAIN, H2 "\0,\0", 13, H2, "\0,\0", ""},
    /* r8 */
    {"r8", PLAIN, "a,b\n1,2\n", 0, H2, "", "r8"},
    {"r8", PLAIN, "a,b\r1,2\r", 0, H2, "", "r8"},
    {"r8", PLAIN, "a,b\r\r\n1,2\n3,4", 0, H2 "3,4\r\n", "", "r8"},
    {"r8 enclosed", PLAIN, "a,b\r\n\"1\n\",\"\r\"\r\n", 0, "a,b\r\n\"1\n\",\"\r\"\r\n", "", ""},
    {"r8 strict", STRICT, "a,b\n1,2\n", 0, NULL, "r8", ""},
    {"r8 strict end", STRICT, "a,b\r\n1,2", 0, NULL, "r8", ""},
    /* r9 */
    {"r9", PLAIN, H2 "3\r3,4\r\n", 0, H2 "\"3\r3\",4\r\n", "", "r9"},
    {"r9", PLAIN, H2 "3,4\r5\r\n", 0, H2 "3,\"4\r5\"\r\n", "", "r9"},
    {"r9", PLAIN, "a,b\n\r1,2\n", 0, "a,b\r\n\"\r1\",2\r\n", "", "r9 r8"},
    {"r9 enclosed", PLAIN, H2 "\"3\r3\",4\r\n", 0, H2 "\"3\r3\",4\r\n", "", ""},
    {"r9 strict", STRICT, H2 "3\r3,4\r\n", 0, NULL, "r9", ""},
    {"r9 too many", PLAIN, H2 "3\r3,4,5\r\n", 0, H2, "3\r3,4,5\r\n", ""},
    /* r10 */
    {"r10", PLAIN, "a,b\r\n\r\n1,2\r\n", 0, H2, "", "r10"},
    {"r10", PLAIN, "\r\n\na,b\r\n1,2\r\n", 0, H2, "", "r10 r10"},
    {"r10", PLAIN, "a\r\n\r\n1\r\n", 0, "a\r\n\"\"\r\n1\r\n", "", "r10"},
    {"r10 behind r5", NUL_REMOVE, H2 "\0\r\n", 13, H2, "", "r5 r10"},
    {"r10 and r4", PLAIN, H2 "\xef\xbb\xbf\r\n", 0, H2, "\xef\xbb\xbf\r\n", ""},
    {"r10 fail", RAGGED_FAIL, "a,b\r\n\r\n1,2\r\n", 0, NULL, "empty line", ""},
    {"r10 strict", STRICT, "a,b\r\n\r\n1,2\r\n", 0, NULL, "r10", ""},
    {"r10 not blank", PLAIN, H2 ",\r\n", 0, H2 ",\r\n", "", ""},
    /* r11 */
    {"r11", PLAIN, H3 "4,5\r\n", 0, H3 "4,5,\r\n", "", "r11"},
    {"r11", PLAIN, H2 "4\r\n", 0, H2 "4,\r\n", "", "r11"},
    {"r11", PLAIN, H3 "4,5", 0, H3 "4,5,\r\n", "", "r11 r8"},
    {"r11 like the others", PLAIN, H3 "1,\"x\",2\r\n1,\"y\",2\r\n1,\"z\",2\r\n4,\"5\"\r\n", 0,
     H3 "1,\"x\",2\r\n1,\"y\",2\r\n1,\"z\",2\r\n4,\"5\",\r\n", "", "r11"},
    {"r11 shifted", PLAIN, "a,b,c\r\n1,\"x\",2\r\n1,\"y\",2\r\n1,\"z\",2\r\n1\"5\",4\r\n3,4\r\n", 0,
     "a,b,c\r\n1,\"x\",2\r\n1,\"y\",2\r\n1,\"z\",2\r\n", "1\"5\",4\r\n3,4\r\n", ""},
    {"r11 quoting", PLAIN, H3 "4,5\"x\r\n", 0, H3, "4,5\"x\r\n", ""},
    {"r11 half", PLAIN, H3 "4\r\n", 0, H3, "4\r\n", ""},
    {"r11 reject", RAGGED_REJECT, H3 "4,5\r\n", 0, H3, "4,5\r\n", ""},
    {"r11 fail", RAGGED_FAIL, H3 "4,5\r\n", 0, NULL, "number of fields", ""},
    /* r12 */
    {"r12", PLAIN, H2 "3,4,,\r\n", 0, H2 "3,4\r\n", "", "r12"},
    {"r12", PLAIN, H2 "\"3\",4,,,\r\n", 0, H2 "\"3\",4\r\n", "", "r12"},
    {"r12", PLAIN, "a\r\n1,,\r\n2\r\n", 0, "a\r\n1\r\n2\r\n", "", "r12"},
    {"r12 data", PLAIN, H2 "3,4,5\r\n", 0, H2, "3,4,5\r\n", ""},
    {"r12 data", PLAIN, H2 "3,4,,5\r\n", 0, H2, "3,4,,5\r\n", ""},
    {"r12 enclosed", PLAIN, H2 "3,4,\"\"\r\n", 0, H2, "3,4,\"\"\r\n", ""},
    {"r12 reject", RAGGED_REJECT, H2 "3,4,,\r\n", 0, H2, "3,4,,\r\n", ""},
    /* r13 */
    {"r13", PLAIN, H3 "4,x\r\ny,6\r\n7,8,9\r\n", 0, H3 "4,\"x\ny\",6\r\n7,8,9\r\n", "", "r13"},
    {"r13", PLAIN, H3 "4,x\r\n\r\ny,6\r\n7,8,9\r\n", 0, H3 "4,\"x\n\ny\",6\r\n7,8,9\r\n", "",
     "r13"},
    {"r13", PLAIN, H3 "4,x\r\ny,6\r\n5,p\r\nq,7\r\n7,8,9\r\n", 0,
     H3 "4,\"x\ny\",6\r\n5,\"p\nq\",7\r\n7,8,9\r\n", "", "r13 r13"},
    {"r13 enclosure elsewhere", PLAIN, H3 "\"4\",x\r\ny,\"6,\"\r\n7,8,9\r\n", 0,
     H3 "\"4\",\"x\ny\",\"6,\"\r\n7,8,9\r\n", "", "r13"},
    {"r13 two ways", PLAIN, H3 "4,x\r\ny,6\r\n5\r\n7,p\r\nq,9\r\n7,8,9\r\n", 0, H3 "7,8,9\r\n",
     "4,x\r\ny,6\r\n5\r\n7,p\r\nq,9\r\n", ""},
    {"r13 enclosure", PLAIN, H3 "4,\"x\"\r\ny,6\r\n7,8,9\r\n", 0, H3 "7,8,9\r\n",
     "4,\"x\"\r\ny,6\r\n", ""},
    {"r13 enclosure, blank part", PLAIN, H3 "4,x\r\n\n\"y\",6\r\n7,8,9\r\n", 0, H3 "7,8,9\r\n",
     "4,x\r\n\n\"y\",6\r\n", ""},
    {"r13 not between whole ones", PLAIN, H3 "4,x\r\ny,6\r\n1,2,3,4\r\n", 0, H3,
     "4,x\r\ny,6\r\n1,2,3,4\r\n", ""},
    {"r13 no fit", PLAIN, "a,b,c,d\r\n1,2,3,4\r\n4,x\r\ny,6\r\n7,8,9,0\r\n", 0,
     "a,b,c,d\r\n1,2,3,4\r\n4,x,,\r\ny,6,,\r\n7,8,9,0\r\n", "", "r11 r11"},
    {"r13 reject", RAGGED_REJECT, H3 "4,x\r\ny,6\r\n", 0, H3, "4,x\r\ny,6\r\n", ""},
    /* r14 */
    {"r14", PLAIN, H2 "3,4,\r\n", 0, H2 "3,4\r\n", "", "r14"},
    {"r14", PLAIN, H2 "\"3\",\"4\",\r\n", 0, H2 "\"3\",\"4\"\r\n", "", "r14"},
    {"r14", PLAIN, "a\r\n1,\r\n,\r\n", 0, "a\r\n1\r\n\"\"\r\n", "", "r14 r14"},
    {"r14 header", PLAIN, "a,b,\r\n1,2,\r\n", 0, "a,b,\r\n1,2,\r\n", "", ""},
    {"r14 enclosed", PLAIN, H2 "3,4,\"\"\r\n", 0, H2, "3,4,\"\"\r\n", ""},
    {"r14 blank", PLAIN, H2 "3,4, \r\n", 0, H2, "3,4, \r\n", ""},
    /* r15 */
    {"r15", SKIP_HEAD, "Report \"x\r\n" H2, 0, H2, "", "r15"},
    {"r15", SKIP_TAIL, H2 "Total: 1\r\n", 0, H2, "", "r15"},
    {"r15", COMMENT, "# x,\"y\r\na,b\r\n#,2\r\n1,2\r\n", 0, H2, "", "r15 r15"},
    {"r15 not asked", PLAIN, "#a,b\r\n1,2\r\n", 0, "#a,b\r\n1,2\r\n", "", ""},
    {"r15 not asked", PLAIN, H2 "Total: 1,5,6\r\n", 0, H2, "Total: 1,5,6\r\n", ""},
    {"r15 enclosed", COMMENT, H2 "\"#3\",4\r\n", 0, H2 "\"#3\",4\r\n", "", ""},
    /* r16 */
    {"r16", PLAIN, "sep=,\r\n" H2, 0, H2, "", "r16"},
    {"r16", PLAIN, "sep=;\r\na;b\r\n1;2\r\n", 0, H2, "", "r16 r21"},
    {"r16", GIVEN, "sep=,\r\n" H2, 0, H2, "", "r16"},
    {"r16 contradicts", GIVEN, "sep=;\r\na;b\r\n", 0, NULL, "sep=", ""},
    {"r16 behind a blank line", PLAIN, "\r\nsep=,\r\n1,2\r\n", 0, "\"sep=\",\r\n1,2\r\n", "",
     "r10 r21"},
    {"r16 behind a blank line", NO_HEADER, "\r\nsep=,\r\n1,2\r\n", 0, "\"sep=\",\r\n1,2\r\n", "",
     "r10 r21"},
    {"r16 not first", PLAIN, H2 "sep=;,3\r\n", 0, H2 "sep=;,3\r\n", "", ""},
    {"r16 enclosed", PLAIN, "\"sep=;\"\r\n1\r\n", 0, "\"sep=;\"\r\n1\r\n", "", ""},
    /* r17 */
    {"r17", PLAIN, H2 "5\" pipe,4\r\n", 0, H2 "\"5\"\" pipe\",4\r\n", "", "r17"},
    {"r17", PLAIN, H2 "3,x\"y\"\r\n", 0, H2 "3,\"x\"\"y\"\"\"\r\n", "", "r17"},
    {"r17", PLAIN, H2 "a\"\",b\"\r\n", 0, H2 "\"a\"\"\"\"\",\"b\"\"\"\r\n", "", "r17"},
    {"r17 strict", STRICT, H2 "5\",4\r\n", 0, NULL, "r17", ""},
    {"r17 too many", PLAIN, H2 "x\"y,4\",5\r\n", 0, H2, "x\"y,4\",5\r\n", ""},
    {"r17 no rejects", NO_REJECTS, H2 "x\"y,4\",5\r\n", 0, NULL, "--rejects", ""},
    /* r18 */
    {"r18 literal", PLAIN, H2 "\"abc\"x,4\r\n", 0, H2 "\"abcx\",4\r\n", "", "r18"},
    {"r18 inner", PLAIN, H2 "\"a \"b, c\" d\",4\r\n", 0, H2 "\"a \"\"b, c\"\" d\",4\r\n", "",
     "r18"},
    {"r18 inner", PLAIN, H3 "4,\"x \"p,q\" y\",6\r\n", 0, H3 "4,\"x \"\"p,q\"\" y\",6\r\n", "",
     "r18"},
    {"r18 both fit", PLAIN, H2 "\"a \"b\" c\",4\r\n", 0, H2, "\"a \"b\" c\",4\r\n", ""},
    {"r18 none fits", PLAIN, H2 "\"a\"b,4,5\r\n", 0, H2, "\"a\"b,4,5\r\n", ""},
    {"r18 halves of a sequence", PLAIN, H2 "\"a \"b,x, c\r\nd\xc3\",\xa9\r\n", 0, H2,
     "\"a \"b,x, c\r\nd\xc3\",\xa9\r\n", ""},
    {"r18 and r20", PLAIN, H2 "\"a\"b, \"c\"\r\n", 0, H2, "\"a\"b, \"c\"\r\n", ""},
    /* r19 */
    {"r19", PLAIN, H2 "\"a \\\"b\\\" c\",4\r\n", 0, H2 "\"a \"\"b\"\" c\",4\r\n", "", "r19"},
    {"r19", PLAIN, H2 "\"a\\\"\",4\r\n", 0, H2 "\"a\"\"\",4\r\n", "", "r19"},
    {"r19", PLAIN, H2 "\"a \\\"b, c\\\" d\",4\r\n", 0, H2 "\"a \"\"b, c\"\" d\",4\r\n", "", "r19"},
    {"r19 mixed", PLAIN, H2 "\"x\"\"y\",4\r\n\"a \\\"b\\\" c\",4\r\n", 0, H2 "\"x\"\"y\",4\r\n",
     "\"a \\\"b\\\" c\",4\r\n", ""},
    {"r19 path", PLAIN, H2 "\"C:\\dir\\x\",4\r\n", 0, H2 "\"C:\\dir\\x\",4\r\n", "", ""},
    {"r19 wrong width", PLAIN, H2 "\"a \\\"b\\\" c\",4,5\r\n", 0, H2, "\"a \\\"b\\\" c\",4,5\r\n",
     ""},
    /* r20 */
    {"r20", PLAIN, H2 "3, \"4\"\r\n", 0, H2 "3,\"4\"\r\n", "", "r20"},
    {"r20", PLAIN, H2 "\"3\" ,4\r\n", 0, H2 "\"3\",4\r\n", "", "r20"},
    {"r20", PLAIN, H2 "3, \"4, 5\"\t\r\n", 0, H2 "3,\"4, 5\"\r\n", "", "r20"},
    {"r20 literal fits", PLAIN, H2 "3, \"4\r\n", 0, H2, "3, \"4\r\n", ""},
    {"r20 none fits", PLAIN, H2 "3, \"4\",5\r\n", 0, H2, "3, \"4\",5\r\n", ""},
    {"r20 strict", STRICT, H2 "3, \"4\"\r\n", 0, NULL, "r20", ""},
    /* r21 */
    {"r21", MINIMAL, H2 "\"3\",\"4,\"\r\n", 0, H2 "3,\"4,\"\r\n", "", "r21"},
    {"r21", ALL, H2, 0, "\"a\",\"b\"\r\n\"1\",\"2\"\r\n", "", "r21"},
    {"r21", MINIMAL, "a\r\n\"\"\r\n\"#1\"\r\n", 0, "a\r\n\"\"\r\n\"#1\"\r\n", "", ""},
    {"r21 keep", PLAIN, H2 "\"3\",\"\"\r\n", 0, H2 "\"3\",\"\"\r\n", "", ""},
    {"r21 keep", PLAIN, H2 "#3,\r\n", 0, H2 "#3,\r\n", "", ""},
    {"r21 needed", MINIMAL, H2 "\"3\n\",\"\"\"\"\r\n", 0, H2 "\"3\n\",\"\"\"\"\r\n", "", ""},
    /* r22 */
    {"r22", PLAIN, H2 "3,\"x\r\n5,6\r\n", 0, H2 "3,\"\"\"x\"\r\n5,6\r\n", "", "r22"},
    {"r22", PLAIN, H2 "\"3,x\r\n5,6\r\n\"7\",8\r\n9,9\r\n", 0,
     H2 "\"\"\"3\",x\r\n5,6\r\n\"7\",8\r\n9,9\r\n", "", "r22"},
    {"r22", PLAIN, H3 "4,\"x,6\r\n7,8,9\r\n7,8,9", 0, H3 "4,\"\"\"x\",6\r\n7,8,9\r\n7,8,9\r\n", "",
     "r22 r8"},
    {"r22 wrong width", PLAIN, H2 "3,\"x,y\r\n5,6\r\n7,8\r\n", 0, H2 "5,6\r\n7,8\r\n",
     "3,\"x,y\r\n", ""},
    {"r22 swallowed", PLAIN, H2 "3,\"x\r\n5,6,7\r\n7,8\r\n", 0, H2 "7,8\r\n", "3,\"x\r\n5,6,7\r\n",
     ""},
    {"r22 text", PLAIN, H2 "3,\"x\r\nsome prose\r\nmore", 0, H2, "3,\"x\r\nsome prose\r\nmore", ""},
    {"r22 valid", PLAIN, H2 "3,\"x\r\n5,6\r\n7\"\r\n", 0, H2 "3,\"x\r\n5,6\r\n7\"\r\n", "", ""},
    /* r23 */
    {"r23", STORAGE, "a b,\r\n1,2\r\n", 0, "a_b,col_2\r\n1,2\r\n", "", "r23"},
    {"r23", STORAGE, "a,A,a\r\n1,2,3\r\n", 0, "a,A_2,a_3\r\n1,2,3\r\n", "", "r23"},
    {"r23", STORAGE, "\"\xc3\xa9t\xc3\xa9\",oid\r\n1,2\r\n", 0, "\"ete\",oid_\r\n1,2\r\n", "",
     "r23"},
    {"r23 behind a blank line", STORAGE, "\r\na b,\r\n1,2\r\n", 0, "a_b,col_2\r\n1,2\r\n", "",
     "r10 r23"},
    {"r23 not asked", PLAIN, "a b,,a b\r\n1,2,3\r\n", 0, "a b,,a b\r\n1,2,3\r\n", "", ""},
    {"r23 clean", STORAGE, H2, 0, H2, "", ""},
    {"r23 too long", STORAGE,
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,b\r\n", 0, NULL,
     "longer", ""},
    /* r25 */
    {"r25", GUARD, H2 "=1+1,4\r\n", 0, H2 "'=1+1,4\r\n", "", "r25"},
    {"r25", GUARD, H2 "\"@x\",-a\r\n", 0, H2 "\"'@x\",'-a\r\n", "", "r25"},
    {"r25", GUARD, H2 "+1x,\t9\r\n", 0, H2 "'+1x,'\t9\r\n", "", "r25"},
    {"r25 number", GUARD, H2 "-5,+1.5\r\n", 0, H2 "-5,+1.5\r\n", "", ""},
    {"r25 inside", GUARD, H2 "a=1,4\r\n", 0, H2 "a=1,4\r\n", "", ""},
    {"r25 not asked", PLAIN, H2 "=1+1,4\r\n", 0, H2 "=1+1,4\r\n", "", ""},
    /* trim */
    {"trim", TRIM, H2 " 3 ,4\r\n", 0, H2 "3,4\r\n", "", "trim"},
    {"trim", TRIM, H2 "3,\t\r\n", 0, H2 "3,\r\n", "", "trim"},
    {"trim", TRIM, "a , b\r\n1,2\r\n", 0, H2, "", "trim"},
    {"trim enclosed", TRIM, H2 "\" 3 \",4\r\n", 0, H2 "\" 3 \",4\r\n", "", ""},
    {"trim not asked", PLAIN, H2 " 3 ,4\r\n", 0, H2 " 3 ,4\r\n", "", ""},
};

static void apply(struct csvk_normalize_options *o, unsigned tweak)
{
    o->strict = (tweak & STRICT) != 0;
    o->header = (tweak & NO_HEADER) != 0 ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    o->nul =
        (tweak & NUL_REMOVE) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_REJECT;
    o->invalid_utf8 =
        (tweak & UTF8_REPLACE) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_REJECT;
    o->control =
        (tweak & CONTROL_REMOVE) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_KEEP;
    o->ragged = (tweak & RAGGED_REJECT) != 0 ? CSVK_NORMALIZE_RAGGED_REJECT
                : (tweak & RAGGED_FAIL) != 0 ? CSVK_NORMALIZE_RAGGED_FAIL
                                             : CSVK_NORMALIZE_RAGGED_REPAIR;
    o->names = (tweak & STORAGE) != 0 ? CSVK_NORMALIZE_NAMES_STORAGE : CSVK_NORMALIZE_NAMES_KEEP;
    o->quote = (tweak & MINIMAL) != 0 ? CSVK_NORMALIZE_QUOTE_MINIMAL
               : (tweak & ALL) != 0   ? CSVK_NORMALIZE_QUOTE_ALL
                                      : CSVK_NORMALIZE_QUOTE_KEEP;
    o->guard_formulas = (tweak & GUARD) != 0;
    o->skip_head = (tweak & SKIP_HEAD) != 0;
    o->skip_tail = (tweak & SKIP_TAIL) != 0;
    o->comment = (tweak & COMMENT) != 0 ? '#' : -1;
    o->delimiter_given = (tweak & GIVEN) != 0;
    o->trim = (tweak & TRIM) != 0;
    o->write_bom = (tweak & WRITE_BOM) != 0;
}

/* The ids that the log names. */
static void list_repairs(const struct csvk_buf *log, char *list, size_t size)
{
    const char *line = csvk_buf_text(log);
    list[0] = '\0';
    while ((line = strstr(line, "{\"repair\":\"")) != NULL) {
        line += 11;
        size_t n = strcspn(line, "\""), used = strlen(list);
        snprintf(list + used, size - used, "%s%.*s", used != 0 ? " " : "", (int)n, line);
    }
}

static void run_row(const struct repair_case *row, struct normalized *n)
{
    struct csvk_normalize_options o;
    csvk_normalize_options_init(&o);
    apply(&o, row->tweak);
    size_t length = row->in_length != 0 ? row->in_length : strlen(row->in);
    normalized_run(n, row->in, length, &o);
    if ((row->tweak & NO_REJECTS) != 0) {
        struct csvk_source *source = NULL;
        struct csvk_normalize_outputs nowhere = {.table = {NULL, NULL}};
        ck_assert_int_eq(csvk_source_memory(&source, row->in, length, NULL), CSVK_OK);
        n->status = csvk_normalize(source, &o, &nowhere, &n->result, &n->err);
        csvk_source_free(source);
    }
    if (row->tweak == PLAIN || row->tweak == NUL_REMOVE) {
        normalized_check(row->about, row->in, length, &o);
        normalized_check_windows(row->about, row->in, length, &o);
    }
}

/* ---- the lines of log and index, to the byte ---- */

#define ACCOUNTS "tests/normalize/table.expected"

static struct csvk_buf accounts;

static void print_account(int number, const struct normalized *n, struct csvk_buf *out)
{
    int status = csvk_buf_printf(out, "## %d %s\n", number, rows[number].about);
    status |= csvk_buf_puts(out, csvk_buf_text(&n->log));
    status |= csvk_buf_puts(out, csvk_buf_text(&n->index));
    if (n->status != CSVK_OK) {
        status |= csvk_buf_printf(out, "%s\n", n->err.text);
    }
    ck_assert_int_eq(status, CSVK_OK);
}

/* CSVK_ACCOUNTS=FILE: what would have to be in ACCOUNTS, to be read before it is kept. */
static void append_to(const char *path, const struct csvk_buf *text)
{
    FILE *file = fopen(path, "ab");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(csvk_buf_text(text), file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void check_account(const struct normalized *n, int number)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    char head[40];
    print_account(number, n, &text);
    if (getenv("CSVK_ACCOUNTS") != NULL) {
        append_to(getenv("CSVK_ACCOUNTS"), &text);
        return;
    }
    snprintf(head, sizeof head, "## %d ", number);
    const char *want = strstr(csvk_buf_text(&accounts), head);
    ck_assert_msg(want != NULL, "row %d is not in " ACCOUNTS, number);
    const char *next = strstr(want + 1, "\n## ");
    size_t length = next != NULL ? (size_t)(next - want) + 1 : strlen(want);
    ck_assert_msg(length == text.length && memcmp(want, csvk_buf_text(&text), length) == 0,
                  "want: %.*s\nhave: %s", (int)length, want, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

static void read_accounts(void)
{
    size_t length = 0;
    unsigned char *bytes = support_read_file(ACCOUNTS, &length);
    if (bytes != NULL && csvk_buf_add(&accounts, bytes, length) != CSVK_OK) {
        abort();
    }
    free(bytes);
}

START_TEST(every_repair_does_what_it_says)
{
    const struct repair_case *row = &rows[_i];
    struct normalized n;
    char repairs[200];
    run_row(row, &n);
    list_repairs(&n.log, repairs, sizeof repairs);
    check_account(&n, _i);
    if (row->out == NULL) {
        ck_assert_msg(n.status == CSVK_EDATA && strstr(n.err.text, row->rejects) != NULL,
                      "%s (row %d): %d %s", row->about, _i, n.status, n.err.text);
        normalized_release(&n);
        return;
    }
    ck_assert_msg(n.status == CSVK_OK, "%s (row %d): %s", row->about, _i, n.err.text);
    ck_assert_msg(strcmp(csvk_buf_text(&n.table), row->out) == 0 &&
                      n.table.length == strlen(row->out),
                  "%s (row %d) in: %s\nwant: %s\nhave: %s\nrejects: %s\nlog: %s", row->about, _i,
                  row->in, row->out, csvk_buf_text(&n.table), csvk_buf_text(&n.rejects), repairs);
    /* Rejects may hold NUL: compared up to the first one, and by the check of the laws. */
    ck_assert_msg(strcmp(csvk_buf_text(&n.rejects), row->rejects) == 0, "%s (row %d): rejects %s",
                  row->about, _i, csvk_buf_text(&n.rejects));
    ck_assert_msg(strcmp(repairs, row->repairs) == 0, "%s (row %d): repairs %s, want %s",
                  row->about, _i, repairs, row->repairs);
    normalized_release(&n);
}
END_TEST

/* ---- r24: files, because somebody has to look at the start first ---- */

static const struct repair_case found[] = {
    {"r24", PLAIN, "a;b\r\n1;2\r\n3;4\r\n5;6\r\n", 0, "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", "",
     "r24 r21"},
    {"r24", PLAIN, "id\tname\r\n1\tx, y\r\n2\tz\r\n3\tu\r\n", 0,
     "id,name\r\n1,\"x, y\"\r\n2,z\r\n3,u\r\n", "", "r24 r21"},
    {"r24", PLAIN, "a|b|c\n1|\"2|\"|3\n4|5|6\n7|8|9\n", 0,
     "a,b,c\r\n1,\"2|\",3\r\n4,5,6\r\n7,8,9\r\n", "", "r24 r8 r21"},
};
static const struct repair_case not_found[] = {
    {"r24 two fit", PLAIN, "a;b,c\r\nx;y,z\r\np;q,r\r\nu;v,w\r\n", 0, NULL, "give --delimiter", ""},
    {"r24 is right", PLAIN, "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", 0, "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", "",
     ""},
    {"r24 one column", PLAIN, "a\r\n1\r\n2\r\n3\r\n", 0, "a\r\n1\r\n2\r\n3\r\n", "", ""},
};

static int normalize_file(const struct repair_case *row, struct csvk_buf *table,
                          struct csvk_buf *log, struct csvk_error *err)
{
    char folder[] = "/tmp/csvkit-table-XXXXXX", name[3][64];
    static const char *const parts[] = {"in.csv", "out.csv", "log"};
    struct csvk_normalize_options o;
    struct csvk_normalize_result result;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        snprintf(name[i], sizeof name[i], "%s/%s", folder, parts[i]);
    }
    FILE *file = fopen(name[0], "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(row->in, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    csvk_normalize_options_init(&o);
    struct csvk_normalize_files files = {
        .input = name[0], .output = name[1], .log = name[2], .sniff_delimiter = true};
    int status = csvk_normalize_files(&files, &o, &result, err);
    struct csvk_buf *texts[] = {NULL, table, log};
    for (int i = 0; i < 3; i++) {
        size_t length = 0;
        unsigned char *bytes = i != 0 ? support_read_file(name[i], &length) : NULL;
        ck_assert(bytes == NULL || csvk_buf_add(texts[i], bytes, length) == CSVK_OK);
        free(bytes);
        unlink(name[i]);
    }
    ck_assert_int_eq(rmdir(folder), 0);
    return status;
}

static void check_file(const struct repair_case *row)
{
    struct csvk_buf table = CSVK_BUF_INIT, log = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    char repairs[200];
    int status = normalize_file(row, &table, &log, &err);
    if (row->out == NULL) {
        ck_assert_int_eq(status, CSVK_EDATA);
        ck_assert_msg(strstr(err.text, row->rejects) != NULL, "%s", err.text);
        ck_assert_uint_eq(table.length, 0);
        return;
    }
    ck_assert_msg(status == CSVK_OK, "%s", err.text);
    ck_assert_str_eq(csvk_buf_text(&table), row->out);
    list_repairs(&log, repairs, sizeof repairs);
    ck_assert_str_eq(repairs, row->repairs);
    csvk_buf_release(&table);
    csvk_buf_release(&log);
}

START_TEST(a_delimiter_is_found)
{
    check_file(&found[_i]);
}
END_TEST

START_TEST(a_delimiter_is_not_guessed)
{
    check_file(&not_found[_i]);
}
END_TEST

/* ---- are there enough of them? ---- */

static bool names(const char *list, const char *id)
{
    size_t n = strlen(id);
    for (const char *at = strstr(list, id); at != NULL; at = strstr(at + 1, id)) {
        bool begins = at == list || at[-1] == ' ';
        if (begins && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

/* A row is about the repair whose id its text begins with. */
static bool is_about(const struct repair_case *row, const char *id)
{
    size_t n = strlen(id);
    return strncmp(row->about, id, n) == 0 && (row->about[n] == ' ' || row->about[n] == '\0');
}

START_TEST(every_repair_is_done_three_times_and_refused_three_times)
{
    size_t done = 0, refused = 0;
    const char *id = csvk_repair_id((enum csvk_repair)_i);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool does = rows[i].out != NULL && names(rows[i].repairs, id);
        done += does;
        refused += !does && is_about(&rows[i], id);
    }
    if (_i == CSVK_REPAIR_DELIMITER) {
        done += sizeof found / sizeof *found;
        refused += sizeof not_found / sizeof *not_found;
    }
    ck_assert_msg(done >= 3 && refused >= 3, "%s: %zu rows do it, %zu refuse it", id, done,
                  refused);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("normalize_table");
    TCase *t = tcase_create("table");
    tcase_add_loop_test(t, every_repair_does_what_it_says, 0, sizeof rows / sizeof *rows);
    tcase_add_loop_test(t, every_repair_is_done_three_times_and_refused_three_times,
                        CSVK_REPAIR_BOM, CSVK_REPAIR_TRIM);
    tcase_add_loop_test(t, a_delimiter_is_found, 0, sizeof found / sizeof *found);
    tcase_add_loop_test(t, a_delimiter_is_not_guessed, 0, sizeof not_found / sizeof *not_found);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    read_accounts();
    return support_run(suite());
}
