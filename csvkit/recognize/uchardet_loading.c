/* uchardet_loading.c - see uchardet_loading.h. */
#include "csvkit/recognize/uchardet_loading.h"

#include "csvkit/extra/lazy_loading.h"

#include <string.h>
#include <uchardet/uchardet.h>

LAZY_LIBRARY("libuchardet.so.0");

static uchardet_t new_detector(void)
{
    FORWARD(uchardet_t(*call)(void), "uchardet_new");
    return to.call();
}

static void free_detector(uchardet_t detector)
{
    FORWARD(void (*call)(uchardet_t), "uchardet_delete");
    to.call(detector);
}

static bool give_text(uchardet_t detector, struct csvk_bytes text)
{
    FORWARD(int (*call)(uchardet_t, const char *, size_t), "uchardet_handle_data");
    return to.call(detector, (const char *)text.ptr, text.len) == 0;
}

static void end_text(uchardet_t detector)
{
    FORWARD(void (*call)(uchardet_t), "uchardet_data_end");
    to.call(detector);
}

static void copy_name(uchardet_t detector, char name[CSVK_CHARSET_NAME])
{
    FORWARD(const char *(*call)(uchardet_t), "uchardet_get_charset");
    const char *answer = to.call(detector);
    size_t length = answer != NULL ? strlen(answer) : 0;
    if (length < CSVK_CHARSET_NAME) {
        memcpy(name, answer, length);
        name[length] = '\0';
    }
}

int csvk_ask_uchardet(struct csvk_bytes text, char name[CSVK_CHARSET_NAME])
{
    name[0] = '\0';
    if (find("uchardet_new") == NULL) {
        return CSVK_EIO;
    }
    uchardet_t detector = new_detector();
    if (detector == NULL || !give_text(detector, text)) {
        if (detector != NULL) {
            free_detector(detector);
        }
        return CSVK_ENOMEM;
    }
    end_text(detector);
    copy_name(detector, name);
    free_detector(detector);
    return CSVK_OK;
}
