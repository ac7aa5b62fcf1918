/*
 * sigv4.c - AWS Signature Version 4 with libcrypto.
 *
 * The steps: the canonical request, its hash in the string to sign, a chain of HMACs over date,
 * region and service. Headers are sorted by their names alone (never by "name:value"), and the
 * values of equal names are joined by commas. Query parameters are sorted by their encoded names,
 * then by their values, and always have a "=".
 */
#include "storage/http/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <unistd.h>

struct pair { /* a header or a query parameter, borrowed */
    const char *name, *value;
    size_t name_length, value_length;
    size_t position; /* keeps sorting stable */
};

static const char hex_digits[] = "0123456789abcdef";

static void to_hex(const unsigned char *bytes, size_t length, char *hex)
{
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = hex_digits[bytes[i] >> 4];
        hex[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
    hex[2 * length] = '\0';
}

static char lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

static bool is_unreserved(unsigned char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

int percent_encode(struct csvk_buf *to, const char *text, const char *keep)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        int status = is_unreserved(byte) || strchr(keep, byte)
                         ? csvk_buf_putc(to, byte)
                         : csvk_buf_printf(to, "%%%02X", byte);
        if (status < 0) {
            return status;
        }
    }
    return CSVK_OK;
}

int sha256_hex(const void *bytes, size_t length, char hex[SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_Digest(bytes, length, digest, &size, EVP_sha256(), NULL) != 1) {
        return CSVK_ENOMEM;
    }
    to_hex(digest, size, hex);
    return CSVK_OK;
}

static int digest_range(const struct file_range *range, EVP_MD_CTX *context, struct csvk_error *err)
{
    unsigned char block[65536];
    for (uint64_t done = 0; done < range->size;) {
        uint64_t left = range->size - done;
        size_t wanted = left < sizeof block ? (size_t)left : sizeof block;
        ssize_t got = pread(range->fd, block, wanted, (off_t)(range->offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return csvk_fail_sys(err, errno, "reading the file to upload");
        }
        if (got == 0) {
            return csvk_fail(err, CSVK_ECHANGED, "the file became shorter while it was uploaded");
        }
        EVP_DigestUpdate(context, block, (size_t)got);
        done += (uint64_t)got;
    }
    return CSVK_OK;
}

static int digest_file(const struct file_range *range, const EVP_MD *kind,
                       unsigned char digest[EVP_MAX_MD_SIZE], struct csvk_error *err)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int status = CSVK_OK;
    if (!context || EVP_DigestInit_ex(context, kind, NULL) != 1) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK) {
        status = digest_range(range, context, err);
    }
    if (status == CSVK_OK) {
        EVP_DigestFinal_ex(context, digest, NULL);
    }
    EVP_MD_CTX_free(context);
    return status;
}

int sha256_file(const struct file_range *range, char hex[SHA256_HEX], struct csvk_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    int status = digest_file(range, EVP_sha256(), digest, err);
    if (status == CSVK_OK) {
        to_hex(digest, 32, hex);
    }
    return status;
}

int md5_file(const struct file_range *range, char base64[MD5_BASE64], struct csvk_error *err)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    int status = digest_file(range, EVP_md5(), digest, err);
    if (status == CSVK_OK) {
        EVP_EncodeBlock((unsigned char *)base64, digest, 16);
    }
    return status;
}

void sigv4_stamp(time_t when, char stamp[SIGV4_STAMP_SIZE])
{
    struct tm utc;
    gmtime_r(&when, &utc);
    strftime(stamp, SIGV4_STAMP_SIZE, "%Y%m%dT%H%M%SZ", &utc);
}

static int compare_bytes(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t shorter = a_length < b_length ? a_length : b_length;
    int order = memcmp(a, b, shorter);
    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_names(const struct pair *a, const struct pair *b)
{
    size_t shorter = a->name_length < b->name_length ? a->name_length : b->name_length;
    for (size_t i = 0; i < shorter; i++) {
        int order = lower(a->name[i]) - lower(b->name[i]);
        if (order != 0) {
            return order;
        }
    }
    return (a->name_length > b->name_length) - (a->name_length < b->name_length);
}

static int compare_headers(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = compare_names(a, b);
    return order != 0 ? order : (a->position > b->position) - (a->position < b->position);
}

static int compare_parameters(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = compare_bytes(a->name, a->name_length, b->name, b->name_length);
    return order != 0 ? order : compare_bytes(a->value, a->value_length, b->value, b->value_length);
}

/* Leading, trailing and repeated blanks of a header value do not count. */
static int add_trimmed(struct csvk_buf *to, const char *value)
{
    bool pending = false, started = false;
    for (; *value; value++) {
        if (*value == ' ' || *value == '\t') {
            pending = started;
            continue;
        }
        int status = pending ? csvk_buf_putc(to, ' ') : CSVK_OK;
        if (status == CSVK_OK) {
            status = csvk_buf_putc(to, (unsigned char)*value);
        }
        if (status < 0) {
            return status;
        }
        pending = false;
        started = true;
    }
    return CSVK_OK;
}

static int add_lower(struct csvk_buf *to, const struct pair *header)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < header->name_length && status == CSVK_OK; i++) {
        status = csvk_buf_putc(to, (unsigned char)lower(header->name[i]));
    }
    return status;
}

static struct pair *sorted_headers(const struct csvk_strings *headers)
{
    struct pair *list = csvk_calloc(headers->count + 1, sizeof *list);
    for (size_t i = 0; list && i < headers->count; i++) {
        const char *text = headers->item[i];
        size_t name_length = strcspn(text, ":");
        list[i].name = text;
        list[i].name_length = name_length;
        list[i].value = text[name_length] ? text + name_length + 1 : text + name_length;
        list[i].position = i;
    }
    if (list) {
        qsort(list, headers->count, sizeof *list, compare_headers);
    }
    return list;
}

/* Puts "name:value\n" for all headers into `lines`, and "name;name" into `names`. */
static int canonical_headers(const struct csvk_strings *headers, struct csvk_buf *lines,
                             struct csvk_buf *names)
{
    struct pair *list = sorted_headers(headers);
    int status = list ? CSVK_OK : CSVK_ENOMEM;
    for (size_t i = 0; i < headers->count && status == CSVK_OK; i++) {
        bool again = i > 0 && compare_names(&list[i - 1], &list[i]) == 0;
        if (!again) {
            status = i > 0 ? csvk_buf_putc(names, ';') | csvk_buf_putc(lines, '\n') : CSVK_OK;
            status |= add_lower(names, &list[i]) | add_lower(lines, &list[i]);
        }
        status |= csvk_buf_putc(lines, again ? ',' : ':') | add_trimmed(lines, list[i].value);
    }
    csvk_free(list);
    return status < 0 ? CSVK_ENOMEM : csvk_buf_putc(lines, '\n');
}

static size_t split_query(const char *query, struct pair *list)
{
    size_t count = 0;
    while (*query) {
        size_t length = strcspn(query, "&");
        struct pair *pair = &list[count++];
        pair->name = query;
        pair->name_length = strcspn(query, "=&");
        size_t after = pair->name_length + (pair->name_length < length);
        pair->value = query + after;
        pair->value_length = length - after;
        query += length + (query[length] == '&');
    }
    return count;
}

static int canonical_query(const char *query, struct csvk_buf *to)
{
    struct pair *list = csvk_calloc(strlen(query) + 1, sizeof *list);
    if (!list) {
        return CSVK_ENOMEM;
    }
    size_t count = split_query(query, list);
    qsort(list, count, sizeof *list, compare_parameters);
    int status = CSVK_OK;
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        status = csvk_buf_printf(to, "%s%.*s=%.*s", i ? "&" : "", (int)list[i].name_length,
                                 list[i].name, (int)list[i].value_length, list[i].value);
    }
    csvk_free(list);
    return status;
}

static void hmac(const void *key, size_t key_length, const char *text, unsigned char out[32])
{
    unsigned length = 32;
    HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text, strlen(text), out,
         &length);
}

static int signature(const struct sigv4_key *key, const char *date, const char *to_sign,
                     char hex[SHA256_HEX])
{
    struct csvk_buf first = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&first, "AWS4%s", key->secret);
    if (status < 0) {
        return status;
    }
    unsigned char a[32], b[32];
    hmac(first.data, first.length, date, a);
    hmac(a, sizeof a, key->region, b);
    hmac(b, sizeof b, key->service, a);
    hmac(a, sizeof a, "aws4_request", b);
    hmac(b, sizeof b, to_sign, a);
    to_hex(a, sizeof a, hex);
    OPENSSL_cleanse(first.data, first.length);
    csvk_buf_release(&first);
    return CSVK_OK;
}

static int canonical_request(const struct sigv4_request *request, struct csvk_buf *to,
                             struct csvk_buf *names)
{
    struct csvk_buf lines = CSVK_BUF_INIT;
    int status = csvk_buf_printf(to, "%s\n%s\n", request->method, request->path);
    if (status == CSVK_OK) {
        status = canonical_query(request->query, to);
    }
    if (status == CSVK_OK) {
        status = canonical_headers(request->headers, &lines, names);
    }
    if (status == CSVK_OK) {
        status = csvk_buf_printf(to, "\n%s\n%s\n%s", csvk_buf_text(&lines), csvk_buf_text(names),
                                 request->payload);
    }
    csvk_buf_release(&lines);
    return status;
}

int sigv4_sign(const struct sigv4_key *key, const struct sigv4_request *request,
               struct csvk_buf *authorization)
{
    struct csvk_buf text = CSVK_BUF_INIT, names = CSVK_BUF_INIT, scope = CSVK_BUF_INIT;
    char stamp[SIGV4_STAMP_SIZE], hash[SHA256_HEX], hex[SHA256_HEX], date[9];
    sigv4_stamp(request->when, stamp);
    memcpy(date, stamp, 8);
    date[8] = '\0';
    int status = canonical_request(request, &text, &names);
    if (status == CSVK_OK) {
        status = sha256_hex(text.data, text.length, hash);
    }
    csvk_buf_clear(&text);
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&scope, "%s/%s/%s/aws4_request", date, key->region, key->service);
    }
    if (status == CSVK_OK) {
        status = csvk_buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", stamp,
                                 csvk_buf_text(&scope), hash);
    }
    if (status == CSVK_OK) {
        status = signature(key, date, csvk_buf_text(&text), hex);
    }
    if (status == CSVK_OK) {
        status = csvk_buf_printf(
            authorization, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
            key->access, csvk_buf_text(&scope), csvk_buf_text(&names), hex);
    }
    csvk_buf_release(&text);
    csvk_buf_release(&names);
    csvk_buf_release(&scope);
    return status;
}
