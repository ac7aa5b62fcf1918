/*
 * sniff_prose.c - tells running text from a column of values: a letter, a note, a log in words.
 *
 * The idea. Lines of prose have many words, and many of them end a sentence. A column of short
 * texts has neither; one of sentences has a name above them, which has few words.
 */
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

enum { LINES_LEAST = 3, LINES_MOST = 200, WORDS_OF_A_LINE = 4 };

struct prose_count {
    size_t lines, words, ended; /* lines with words; their words; lines that end a sentence */
};

static bool ends_sentence(unsigned char byte)
{
    return byte != 0 && strchr(".,:;!?", byte) != NULL;
}

static bool is_letter(unsigned char byte)
{
    return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* A word has two letters side by side: what only stands between blanks may be a number. */
static void count_line(struct csvk_bytes line, struct prose_count *count)
{
    size_t words = 0, letters = 0;
    for (size_t i = 0; i < line.len; i++) {
        bool space = line.ptr[i] == ' ' || line.ptr[i] == '\t';
        letters = space ? 0 : is_letter(line.ptr[i]) || letters >= 2 ? letters + 1 : 0;
        words += letters == 2;
    }
    if (words != 0) {
        count->lines++;
        count->words += words;
        count->ended += ends_sentence(line.ptr[line.len - 1]);
    }
}

bool csvk_sniff_is_prose(struct csvk_bytes text)
{
    struct prose_count count = {0};
    size_t first_words = 0;
    for (size_t i = 0; i < text.len && count.lines < LINES_MOST;) {
        size_t end = i;
        while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r') {
            end++;
        }
        count_line((struct csvk_bytes){text.ptr + i, end - i}, &count);
        first_words = count.lines <= 1 ? count.words : first_words;
        i = end + 1;
    }
    bool named = first_words == 1; /* a name above the values */
    return !named && count.lines >= LINES_LEAST && count.words >= count.lines * WORDS_OF_A_LINE &&
           count.ended * 2 >= count.lines;
}
