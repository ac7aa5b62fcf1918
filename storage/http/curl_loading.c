/*
 * curl_loading.c - loads libcurl when the first request is made.
 *
 * Linked in the ordinary way, libcurl brings some thirty other libraries along, and every `csvkit
 * validate` of a small file would pay 5 ms for them. Here the few functions that csvkit calls are
 * defined under their own names and forwarded; the compiler still checks every call against
 * <curl/curl.h>.
 *
 * When libcurl cannot be loaded, curl_easy_init answers NULL and curl_global_init an error, as they
 * do when they fail for other reasons.
 */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo

#include "csvkit/extra/lazy_loading.h"

#include <stdarg.h>

LAZY_LIBRARY("libcurl.so.4");

CURLcode curl_global_init(long flags)
{
    FORWARD(CURLcode(*call)(long), "curl_global_init");
    return to.object != NULL ? to.call(flags) : CURLE_FAILED_INIT;
}

CURL *curl_easy_init(void)
{
    FORWARD(CURL * (*call)(void), "curl_easy_init");
    return to.object != NULL ? to.call() : NULL;
}

void curl_easy_cleanup(CURL *curl)
{
    FORWARD(void (*call)(CURL *), "curl_easy_cleanup");
    if (to.object != NULL) {
        to.call(curl);
    }
}

void curl_easy_reset(CURL *curl)
{
    FORWARD(void (*call)(CURL *), "curl_easy_reset");
    if (to.object != NULL) {
        to.call(curl);
    }
}

CURLcode curl_easy_perform(CURL *curl)
{
    FORWARD(CURLcode(*call)(CURL *), "curl_easy_perform");
    return to.object != NULL ? to.call(curl) : CURLE_FAILED_INIT;
}

/* The number of an option decides the type of its argument: a long, a curl_off_t or a pointer. */
CURLcode curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
    FORWARD(CURLcode(*call)(CURL *, CURLoption, ...), "curl_easy_setopt");
    if (to.object == NULL) {
        return CURLE_FAILED_INIT;
    }
    CURLcode code;
    va_list args;
    va_start(args, option);
    if (option < CURLOPTTYPE_OBJECTPOINT) {
        code = to.call(curl, option, va_arg(args, long));
    } else if (option >= CURLOPTTYPE_OFF_T && option < CURLOPTTYPE_BLOB) {
        code = to.call(curl, option, va_arg(args, curl_off_t));
    } else {
        code = to.call(curl, option, va_arg(args, void *));
    }
    va_end(args);
    return code;
}

CURLcode curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
    FORWARD(CURLcode(*call)(CURL *, CURLINFO, ...), "curl_easy_getinfo");
    if (to.object == NULL) {
        return CURLE_FAILED_INIT;
    }
    va_list args;
    va_start(args, info);
    CURLcode code = to.call(curl, info, va_arg(args, void *));
    va_end(args);
    return code;
}

const char *curl_easy_strerror(CURLcode code)
{
    FORWARD(const char *(*call)(CURLcode), "curl_easy_strerror");
    return to.object != NULL ? to.call(code)
                             : "libcurl (libcurl.so.4) is not installed on this machine";
}

struct curl_slist *curl_slist_append(struct curl_slist *list, const char *text)
{
    FORWARD(struct curl_slist * (*call)(struct curl_slist *, const char *), "curl_slist_append");
    return to.object != NULL ? to.call(list, text) : NULL;
}

void curl_slist_free_all(struct curl_slist *list)
{
    FORWARD(void (*call)(struct curl_slist *), "curl_slist_free_all");
    if (to.object != NULL) {
        to.call(list);
    }
}

curl_version_info_data *curl_version_info(CURLversion age)
{
    FORWARD(curl_version_info_data * (*call)(CURLversion), "curl_version_info");
    return to.object != NULL ? to.call(age) : NULL;
}
