/*
 * sigv4.h - private: signs one request with AWS Signature Version 4, in the form with a header; and
 * the hashes and the percent-encoding that the object stores need.
 *
 * All headers that the caller lists are signed, so the list must hold exactly what is sent under
 * these names. Host and x-amz-date must be among them.
 */
#ifndef STORAGE_SIGV4_H
#define STORAGE_SIGV4_H

#include "csvkit/csvkit.h"

#include <time.h>

struct sigv4_key {
    const char *access, *secret;
    const char *region, *service;
};

struct sigv4_request {
    const char *method;
    const char *path;                   /* percent-encoded, begins with "/" */
    const char *query;                  /* percent-encoded "a=1&b="; any order; "" for none */
    const struct csvk_strings *headers; /* "Name: value" */
    const char *payload;                /* SHA-256 in hex, or UNSIGNED-PAYLOAD */
    time_t when;                        /* the same moment as in x-amz-date */
};

#define SIGV4_STAMP_SIZE 17 /* "20150830T123600Z" and a NUL */
void sigv4_stamp(time_t when, char stamp[SIGV4_STAMP_SIZE]);

/* Appends the value of the Authorization header. CSVK_OK or CSVK_ENOMEM. */
int sigv4_sign(const struct sigv4_key *key, const struct sigv4_request *request,
               struct csvk_buf *authorization) CSVK_MUST_USE;

/* Appends `text` percent-encoded: all but A-Z a-z 0-9 - . _ ~ and what is in `keep`. */
int percent_encode(struct csvk_buf *to, const char *text, const char *keep) CSVK_MUST_USE;

#define SHA256_HEX 65
/* Hex SHA-256 of a run of bytes. */
int sha256_hex(const void *bytes, size_t length, char hex[SHA256_HEX]) CSVK_MUST_USE;
/* A part of an open file. */
struct file_range {
    int fd;
    uint64_t offset, size;
};
/* Hex SHA-256 of a part of a file. CSVK_ECHANGED when the file ends before the part does. */
int sha256_file(const struct file_range *range, char hex[SHA256_HEX],
                struct csvk_error *err) CSVK_MUST_USE;
#define MD5_BASE64 25
/* MD5 of a part of a file in base64, as Content-MD5 needs it. Failures as for sha256_file. */
int md5_file(const struct file_range *range, char base64[MD5_BASE64],
             struct csvk_error *err) CSVK_MUST_USE;

#endif
