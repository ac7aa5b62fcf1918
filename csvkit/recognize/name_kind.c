/*
 * name_kind.c - what a file is that is no text, by libmagic, which is loaded when there is such a
 * file. Its answer for the first bytes depends on them alone. Its database is opened once and stays
 * open, because that takes longer than the answer; one thread at a time may ask.
 */
#include "csvkit/extra/extra.h"
#include "csvkit/extra/lazy_loading.h"
#include "csvkit/io/file_kind.h"

#include <magic.h>
#include <stdio.h>
#include <string.h>

LAZY_LIBRARY("libmagic.so.1");

static magic_t open_magic(int flags)
{
    FORWARD(magic_t(*call)(int), "magic_open");
    return to.object != NULL ? to.call(flags) : NULL;
}

static bool load_database(magic_t magic)
{
    FORWARD(int (*call)(magic_t, const char *), "magic_load");
    return to.object != NULL && to.call(magic, NULL) == 0;
}

static void close_magic(magic_t magic)
{
    FORWARD(void (*call)(magic_t), "magic_close");
    if (magic != NULL) {
        to.call(magic);
    }
}

/* Copies the answer up to the first comma: what follows are details. */
static bool ask(magic_t magic, int flags, struct csvk_bytes start, char *to_text, size_t size)
{
    union {
        void *object;
        int (*call)(magic_t, int);
    } set_flags = {find("magic_setflags")};
    FORWARD(const char *(*call)(magic_t, const void *, size_t), "magic_buffer");
    if (to.object == NULL || set_flags.object == NULL || set_flags.call(magic, flags) != 0) {
        return false;
    }
    const char *answer = to.call(magic, start.ptr, start.len);
    size_t length = answer != NULL ? strcspn(answer, ",\n") : 0;
    if (length == 0 || length >= size) {
        return false;
    }
    memcpy(to_text, answer, length);
    to_text[length] = '\0';
    return true;
}

static magic_t database;
static pthread_once_t opened = PTHREAD_ONCE_INIT;
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

static void open_database(void)
{
    magic_t magic = open_magic(MAGIC_NONE);
    if (magic != NULL && load_database(magic)) {
        database = magic;
    } else {
        close_magic(magic);
    }
}

/* "data" is what libmagic says when it does not know. */
static bool name_kind(struct csvk_bytes start, char name[96], char type[CSVK_MEDIA_TYPE])
{
    enum { NO_TEXT = MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_ENCODING | MAGIC_NO_CHECK_CSV };
    pthread_once(&opened, open_database);
    if (database == NULL) {
        return false;
    }
    pthread_mutex_lock(&asking);
    bool known = ask(database, NO_TEXT, start, name, 96) && strcmp(name, "data") != 0 &&
                 ask(database, MAGIC_MIME_TYPE | NO_TEXT, start, type, CSVK_MEDIA_TYPE);
    pthread_mutex_unlock(&asking);
    return known;
}

void csvk_use_file_kinds(void)
{
    csvk_give_kind_namer(name_kind);
}
