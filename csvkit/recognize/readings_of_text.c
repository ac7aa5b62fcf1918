/*
 * readings_of_text.c - see readings_of_text.h. The encodings are those that tables are found in,
 * and some that are seldom met.
 */
#include "csvkit/recognize/readings_of_text.h"

#include "csvkit/base/hash.h"
#include "csvkit/recognize/word_check.h"

#include <errno.h>
#include <iconv.h>
#include <pthread.h>
#include <string.h>

/* `charsets`: what libuchardet says, separated by blanks. Those with longer characters come last.
 */
enum { FIRST_SELDOM = 25, FIRST_MULTI_BYTE = 42 };
static const struct {
    const char *name, *charsets;
} encodings[CSVK_ENCODINGS] = {
    {"WINDOWS-1252", "WINDOWS-1252 ISO-8859-1"},
    {"ISO-8859-15", "ISO-8859-15"},
    {"WINDOWS-1250", "WINDOWS-1250 ISO-8859-16"},
    {"ISO-8859-2", "ISO-8859-2"},
    {"WINDOWS-1251", "WINDOWS-1251"},
    {"KOI8-R", "KOI8-R"},
    {"KOI8-U", "KOI8-U"},
    {"ISO-8859-5", "ISO-8859-5"},
    {"CP866", "IBM866"},
    {"MAC-CYRILLIC", "MAC-CYRILLIC"},
    {"WINDOWS-1253", "WINDOWS-1253"},
    {"ISO-8859-7", "ISO-8859-7"},
    {"WINDOWS-1254", "WINDOWS-1254"},
    {"ISO-8859-9", "ISO-8859-9"},
    {"WINDOWS-1255", "WINDOWS-1255 ISO-8859-8"},
    {"WINDOWS-1256", "WINDOWS-1256"},
    {"ISO-8859-6", "ISO-8859-6"},
    {"WINDOWS-1257", "WINDOWS-1257"},
    {"ISO-8859-13", "ISO-8859-13"},
    {"WINDOWS-1258", "WINDOWS-1258"},
    {"CP437", "IBM437"},
    {"CP850", "IBM850"},
    {"CP852", "IBM852"},
    {"MACINTOSH", "MACINTOSH"},
    {"CP874", "TIS-620 ISO-8859-11"},
    /* Seldom met. They are read so that none of the others is taken for sure in their place; what
       the detector says of them is wrong too often. */
    {"ISO-8859-3", ""},
    {"ISO-8859-4", ""},
    {"ISO-8859-10", ""},
    {"ISO-8859-14", ""},
    {"ISO-8859-16", ""},
    {"CP737", ""},
    {"CP775", ""},
    {"CP855", ""},
    {"CP857", ""},
    {"CP860", ""},
    {"CP861", ""},
    {"CP862", ""},
    {"CP863", ""},
    {"CP865", ""},
    {"CP1125", ""},
    {"MAC-CENTRALEUROPE", ""},
    {"MAC-IS", ""},
    {"CP932", "SHIFT_JIS"},
    {"EUC-JP", "EUC-JP"},
    {"CP950", "BIG5"},
    {"GB18030", "GB18030"},
    {"CP949", "UHC EUC-KR"},
};

/* `first` is what the detector tends to say for text in `second`. */
static const struct {
    const char *first, *second;
} siblings[] = {
    {"WINDOWS-1252", "ISO-8859-15"},
    {"WINDOWS-1252", "WINDOWS-1254"},
    {"WINDOWS-1252", "WINDOWS-1258"},
    {"ISO-8859-15", "WINDOWS-1252"},
    {"KOI8-R", "KOI8-U"},
    {"ISO-8859-7", "WINDOWS-1253"},
    {"ISO-8859-9", "WINDOWS-1254"},
    {"ISO-8859-13", "WINDOWS-1257"},
};
enum { SIBLINGS = sizeof siblings / sizeof siblings[0] };

static int number_of(const char *name)
{
    int number = 0;
    while (number < CSVK_ENCODINGS && strcmp(encodings[number].name, name) != 0) {
        number++;
    }
    return number < CSVK_ENCODINGS ? number : CSVK_NO_ENCODING;
}

const char *csvk_encoding_at(int number)
{
    return encodings[number].name;
}

bool csvk_encoding_is_single(int number)
{
    return number < FIRST_MULTI_BYTE;
}

bool csvk_encoding_is_seldom(int number)
{
    return number >= FIRST_SELDOM && number < FIRST_MULTI_BYTE;
}

int csvk_encoding_of_charset(const char *charset)
{
    size_t length = strlen(charset);
    for (int i = 0; i < CSVK_ENCODINGS && length > 0; i++) {
        const char *list = encodings[i].charsets, *at = list;
        while ((at = strstr(at, charset)) != NULL) {
            if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
                return i;
            }
            at += length;
        }
    }
    return CSVK_NO_ENCODING;
}

int csvk_encoding_sibling(int number, int after)
{
    bool reached = after == CSVK_NO_ENCODING;
    for (int i = 0; i < SIBLINGS; i++) {
        if (number_of(siblings[i].first) != number) {
            continue;
        }
        int second = number_of(siblings[i].second);
        if (reached) {
            return second;
        }
        reached = second == after;
    }
    return CSVK_NO_ENCODING;
}

unsigned csvk_reading_oddity(const struct text_reading *reading)
{
    enum { ALL = 1000 };
    return !reading->possible || reading->words == 0
               ? ALL
               : (unsigned)(reading->odd * ALL / reading->words);
}

#define NO_CONVERTER ((iconv_t)-1)

/*
 * One converter of each encoding is kept for the next text: opening it means loading a library,
 * which takes longer than reading the text, and closing the last one unloads it again. A thread
 * takes the converter out; who comes in between opens another.
 */
static struct {
    pthread_mutex_t lock;
    struct {
        bool here;
        iconv_t converter;
    } of[CSVK_ENCODINGS];
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static iconv_t take_converter(int encoding)
{
    iconv_t converter = NO_CONVERTER;
    pthread_mutex_lock(&kept.lock);
    if (kept.of[encoding].here) {
        converter = kept.of[encoding].converter;
        kept.of[encoding].here = false;
    }
    pthread_mutex_unlock(&kept.lock);
    return converter != NO_CONVERTER ? converter : iconv_open("UTF-8", encodings[encoding].name);
}

/* Forgets what of a text is left in the converter. */
static void give_back_converter(int encoding, iconv_t converter)
{
    (void)iconv(converter, NULL, NULL, NULL, NULL);
    pthread_mutex_lock(&kept.lock);
    bool again = !kept.of[encoding].here;
    if (again) {
        kept.of[encoding].here = true;
        kept.of[encoding].converter = converter;
    }
    pthread_mutex_unlock(&kept.lock);
    if (!again) {
        iconv_close(converter);
    }
}

/* Decodes all of `text`; false when some of it cannot be. What its end has cut is left out. */
static bool decode(iconv_t converter, struct csvk_bytes text, struct csvk_buf *out)
{
    char room[4096];
    char *from = (char *)(uintptr_t)text.ptr; /* iconv does not write there */
    size_t left = text.len;
    while (left > 0) {
        char *to = room;
        size_t free_room = sizeof room;
        size_t answer = iconv(converter, &from, &left, &to, &free_room);
        int why = errno;
        if (csvk_buf_add(out, room, sizeof room - free_room) != CSVK_OK) {
            return false;
        }
        if (answer == (size_t)-1 && why != E2BIG) {
            return why == EINVAL;
        }
    }
    char *to = room;
    size_t free_room = sizeof room;
    (void)iconv(converter, NULL, NULL, &to, &free_room); /* a character that waited for marks */
    return csvk_buf_add(out, room, sizeof room - free_room) == CSVK_OK;
}

int csvk_read_text(struct csvk_bytes text, int encoding, struct text_reading *out)
{
    *out = (struct text_reading){0};
    iconv_t converter = take_converter(encoding);
    if (converter == NO_CONVERTER) {
        return errno == ENOMEM ? CSVK_ENOMEM : CSVK_OK; /* this libc does not have it */
    }
    struct csvk_buf decoded = CSVK_BUF_INIT;
    int status = csvk_buf_reserve(&decoded, text.len * 4 + 4096);
    struct word_counts counts = {0};
    if (status == CSVK_OK && decode(converter, text, &decoded)) {
        status = csvk_count_words((struct csvk_bytes){decoded.data, decoded.length}, &counts);
        out->possible = status == CSVK_OK && !counts.no_text;
        out->words = counts.words;
        out->odd = counts.odd;
        out->latin = counts.latin * 2 > counts.words;
        out->cased = counts.cased * 2 > counts.words;
        out->hash = csvk_hash(decoded.data, decoded.length, 0);
    }
    csvk_buf_release(&decoded);
    give_back_converter(encoding, converter);
    return status;
}
