/* total_line.c - see total_line.h. */
#include "csvkit/base/total_line.h"

#include <string.h>
#include <strings.h>

/* In UTF-8; those with letters beyond ASCII as they begin a line, and in capitals. */
static const char *const words[] = {
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "sum",
    "summe",
    "gesamt",
    "suma",
    "somma",
    "somme",
    "totale",
    "totaal",
    "totalt",
    "celkem",
    "razem",
    "spolu",
    "soucet",
    "toplam",
    "ukupno",
    "skupaj",
    "yhteens\xc3\xa4",
    "grand total",
    "Sou\xc4\x8d"
    "et",
    "SOU\xc4\x8c"
    "ET",
    "\xc3\x96sszesen",
    "\xd0\x98\xd1\x82\xd0\xbe\xd0\xb3\xd0\xbe", /* Itogo */
    "\xd0\x98\xd0\xa2\xd0\x9e\xd0\x93\xd0\x9e",
    "\xd0\xa0\xd0\xb0\xd0\xb7\xd0\xbe\xd0\xbc", /* Razom */
    "\xd0\x92\xd1\x81\xd0\xb5\xd0\xb3\xd0\xbe", /* Vsego */
    "\xe5\x90\x88\xe8\xae\xa1",
    "\xe5\x90\x88\xe8\xa8\x88", /* heji, gokei */
};

/* Most records begin with a number, and are compared with no word. */
static bool is_letter(unsigned char byte)
{
    return byte >= 0x80 || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

static bool is_part_of_word(unsigned char byte)
{
    return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
}

/* As strncasecmp compares the first byte, or less exactly; most words end here. */
static bool may_begin(unsigned char byte, const char *word)
{
    return (byte | 0x20) == ((unsigned char)word[0] | 0x20);
}

static bool begins_with_word(struct csvk_bytes line, const char *word)
{
    size_t length = strlen(word);
    return line.len >= length && strncasecmp((const char *)line.ptr, word, length) == 0 &&
           (line.len == length || !is_part_of_word(line.ptr[length]));
}

bool csvk_is_total_line(struct csvk_bytes line, const struct csvk_dialect *dialect)
{
    while (line.len != 0 && (line.ptr[0] == ' ' || line.ptr[0] == dialect->enclosure)) {
        line.ptr++;
        line.len--;
    }
    bool begins = line.len != 0 && is_letter(line.ptr[0]);
    for (size_t i = 0; begins && i < sizeof words / sizeof words[0]; i++) {
        if (may_begin(line.ptr[0], words[i]) && begins_with_word(line, words[i])) {
            return true;
        }
    }
    return false;
}
