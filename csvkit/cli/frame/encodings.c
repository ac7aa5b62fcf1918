/*
 * encodings.c - names of encodings: are they known, and which one was meant.
 *
 * iconv(3) knows more than a thousand names and has no list of them that a program could ask for.
 * So those that tables are written in are listed here, and a name is only proposed when iconv(3)
 * knows it. Names are compared without their dashes, because that is where they are mistaken most:
 * latin-1 and latin1, iso8859_1 and iso-8859-1.
 */
#include "csvkit/cli/frame/frame.h"

#include <iconv.h>
#include <string.h>

static const char *const known[] = {
    "utf-8",        "utf-16",       "utf-16le",     "utf-16be",     "utf-32",       "utf-32le",
    "utf-32be",     "utf-7",        "us-ascii",     "latin1",       "latin2",       "latin3",
    "latin4",       "latin5",       "latin6",       "latin7",       "latin8",       "latin9",
    "latin10",      "iso-8859-1",   "iso-8859-2",   "iso-8859-3",   "iso-8859-4",   "iso-8859-5",
    "iso-8859-6",   "iso-8859-7",   "iso-8859-8",   "iso-8859-9",   "iso-8859-10",  "iso-8859-11",
    "iso-8859-13",  "iso-8859-14",  "iso-8859-15",  "iso-8859-16",  "windows-1250", "windows-1251",
    "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257",
    "windows-1258", "cp437",        "cp850",        "cp852",        "cp855",        "cp866",
    "cp874",        "cp932",        "cp949",        "cp1250",       "cp1251",       "cp1252",
    "cp1253",       "cp1254",       "cp1255",       "cp1256",       "cp1257",       "cp1258",
    "koi8-r",       "koi8-u",       "macintosh",    "gb2312",       "gbk",          "gb18030",
    "big5",         "big5-hkscs",   "shift_jis",    "euc-jp",       "iso-2022-jp",  "euc-kr",
    "iso-2022-kr",  "euc-tw",       "tis-620",
};
enum { KNOWN = sizeof known / sizeof known[0], FOLDED_SIZE = 24 };

/* Names that other programs use, and that no letters lead to. */
static const struct {
    const char *folded, *name;
} others[] = {
    {"ansi", "windows-1252"}, {"macroman", "macintosh"}, {"utf8sig", "utf-8"},
    {"utf8bom", "utf-8"},     {"sjis", "shift_jis"},     {"unicode", "utf-16"},
};

bool cli_knows_encoding(const char *name)
{
    /* In glibc, options such as //IGNORE may follow the name; the library refuses them. */
    if (name[0] == '\0' || strstr(name, "//") != NULL) {
        return false;
    }
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter != (iconv_t)-1) {
        iconv_close(converter);
    }
    return converter != (iconv_t)-1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Letters and digits alone, as small letters; "win1252" is "windows1252". */
static void fold(const char *name, char out[FOLDED_SIZE])
{
    size_t n = 0;
    for (; *name != '\0' && n + 1 < FOLDED_SIZE; name++) {
        char c = cli_fold_letter(*name);
        if (is_digit(c) || (c >= 'a' && c <= 'z')) {
            out[n++] = c;
        }
    }
    out[n] = '\0';
    if (strncmp(out, "win", 3) == 0 && is_digit(out[3]) && n + 5 < FOLDED_SIZE) {
        memmove(out + 7, out + 3, n - 2);
        memcpy(out, "windows", 7);
    }
}

static const char *meant_by(const char *typed)
{
    char folded[FOLDED_SIZE], names[KNOWN][FOLDED_SIZE];
    const char *list[KNOWN];
    fold(typed, folded);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strcmp(folded, others[i].folded) == 0) {
            return others[i].name;
        }
    }
    for (size_t i = 0; i < KNOWN; i++) {
        fold(known[i], names[i]);
        list[i] = names[i];
        if (strcmp(folded, names[i]) == 0) {
            return known[i];
        }
    }
    const char *near = cli_suggest(folded, list, KNOWN);
    for (size_t i = 0; i < KNOWN; i++) {
        if (near == names[i]) {
            return known[i];
        }
    }
    return NULL;
}

const char *cli_suggest_encoding(const char *typed)
{
    const char *meant = meant_by(typed);
    return meant != NULL && cli_knows_encoding(meant) ? meant : NULL;
}

static int check(struct cli *cli, const char *option)
{
    const char *name = cli_value(cli, option);
    if (name == NULL || strcmp(name, "auto") == 0 || cli_knows_encoding(name)) {
        return CLI_GOOD;
    }
    const char *near = cli_suggest_encoding(name);
    return near != NULL
               ? cli_trouble(cli, "--%s=%s: unknown encoding; did you mean %s?", option, name, near)
               : cli_trouble(cli, "--%s=%s: unknown encoding; `iconv -l` lists the names", option,
                             name);
}

int cli_check_encodings(struct cli *cli)
{
    int status = check(cli, "encoding");
    return status == CLI_GOOD ? check(cli, "encoding-fallback") : status;
}
