/* http_client.h - private to http.c (one attempt) and http_retry.c (repetition): the client. */
#ifndef STORAGE_HTTP_CLIENT_H
#define STORAGE_HTTP_CLIENT_H

#include "storage/http/http.h"

#include <curl/curl.h>

struct http_client {
    CURL *curl;
    struct http_settings settings;
    const volatile sig_atomic_t *stop; /* see http_client_watch; or NULL */
    char curl_text[CURL_ERROR_SIZE];   /* the text of libcurl about the last failure */
};

/* Makes one attempt; the answers are those of http_send. */
int http_send_once(struct http_client *client, struct http_request *request,
                   struct http_response *response, struct csvk_error *err);
bool http_is_cancelled(const struct http_client *client);

#endif
