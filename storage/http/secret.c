/*
 * secret.c - reads, wipes and masks secrets.
 *
 * Secrets are kept without percent-encoding. A text is compared with them sign by sign, where a
 * sign may be spelled in several ways; what matched is overwritten where it stands.
 *
 * A secret has printable ASCII characters only, because it becomes part of a header line, which
 * other bytes could break. A file with a secret in it is shorter than SECRET_MAX bytes.
 */
#include "storage/http/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_MAX = 8192, SECRET_SHORTEST = 6 };

void secrets_init(struct secrets *secrets)
{
    memset(secrets, 0, sizeof *secrets);
    pthread_mutex_init(&secrets->lock, NULL);
}

void secrets_release(struct secrets *secrets)
{
    for (size_t i = 0; i < secrets->values.count; i++) {
        OPENSSL_cleanse(secrets->values.item[i], strlen(secrets->values.item[i]));
    }
    csvk_strings_release(&secrets->values);
    pthread_mutex_destroy(&secrets->lock);
}

/* ---- spellings ------------------------------------------------------------------------------- */

static int hex_value(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static int hex_pair(const char *text)
{
    int high = hex_value(text[0]);
    int low = high < 0 ? -1 : hex_value(text[1]);
    return low < 0 ? -1 : high * 16 + low;
}

static size_t read_json_escape(const char *text, unsigned char *byte)
{
    if (text[0] != '\\' || text[1] == '\0') {
        return 0;
    }
    if (text[1] == 'u' && text[2] == '0' && text[3] == '0' && hex_pair(text + 4) >= 0) {
        *byte = (unsigned char)hex_pair(text + 4);
        return 6;
    }
    *byte = (unsigned char)text[1];
    return 2;
}

static size_t read_entity(const char *text, unsigned char *byte)
{
    static const struct {
        const char *text;
        unsigned char byte;
    } entities[] = {{"&amp;", '&'},   {"&lt;", '<'},   {"&gt;", '>'},  {"&quot;", '"'},
                    {"&apos;", '\''}, {"&#39;", '\''}, {"&#34;", '"'}, {"&#38;", '&'},
                    {"&#43;", '+'},   {"&#47;", '/'},  {"&#61;", '='}};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        size_t length = strlen(entities[i].text);
        if (strncmp(text, entities[i].text, length) == 0) {
            *byte = entities[i].byte;
            return length;
        }
    }
    int value = strncmp(text, "&#x", 3) == 0 ? hex_pair(text + 3) : -1;
    *byte = (unsigned char)value;
    return value >= 0 && text[5] == ';' ? 6 : 0;
}

/* One sign of JSON or XML: an escape, an entity, or the byte itself. Its length is 0 at the end. */
static size_t read_sign(const char *text, unsigned char *byte)
{
    size_t length = read_json_escape(text, byte);
    length = length > 0 ? length : read_entity(text, byte);
    if (length == 0) {
        *byte = (unsigned char)*text;
        length = *text != '\0';
    }
    return length;
}

/* Two signs that are hexadecimal digits. Their length, or 0. */
static size_t read_hex_signs(const char *text, unsigned char *byte)
{
    unsigned char high = 0, low = 0;
    size_t length = read_sign(text, &high);
    length += length > 0 ? read_sign(text + length, &low) : 0;
    int value = hex_pair((const char[]){(char)high, (char)low});
    *byte = (unsigned char)value;
    return value >= 0 ? length : 0;
}

/* %41 is A, and so is %2541: a text may be encoded twice. The three signs may be spelled in their
   turn, as in \u002541. */
static size_t read_percent(const char *text, unsigned char *byte)
{
    size_t length = read_sign(text, byte);
    if (length == 0 || *byte != '%') {
        return 0;
    }
    size_t digits = read_hex_signs(text + length, byte);
    if (digits == 0) {
        return 0;
    }
    length += digits;
    for (unsigned char again = 0; *byte == '%'; length += digits, *byte = again) {
        digits = read_hex_signs(text + length, &again);
        if (digits == 0) {
            break;
        }
    }
    return length;
}

/* The length of the spelling of `wanted` at the start of `text`, or 0. A spelled byte wins over the
   plain one, so that %25 is one sign and not the beginning of another. */
static size_t spelling_of(unsigned char wanted, const char *text)
{
    unsigned char byte = 0;
    size_t length = read_percent(text, &byte);
    if (length > 0 && byte == wanted) {
        return length;
    }
    length = read_sign(text, &byte);
    if (length > 0 && byte == wanted) {
        return length;
    }
    return (unsigned char)*text == wanted ? 1 : 0;
}

/* The form in which secrets are compared: nothing is percent-encoded any more. */
static char *plain_form(const char *value)
{
    char *plain = csvk_strdup(value);
    char *to = plain;
    for (const char *from = plain; plain && *from;) {
        unsigned char byte = 0;
        size_t length = read_percent(from, &byte);
        bool printable = length > 0 && byte != '\0';
        *to++ = printable ? (char)byte : *from;
        from += printable ? length : 1;
    }
    if (plain) {
        *to = '\0';
    }
    return plain;
}

/* ---- the list of secrets --------------------------------------------------------------------- */

static int add_plain(struct secrets *secrets, const char *plain)
{
    pthread_mutex_lock(&secrets->lock);
    int status = CSVK_OK;
    if (!csvk_strings_has(&secrets->values, plain)) {
        status = csvk_strings_add(&secrets->values, plain);
    }
    pthread_mutex_unlock(&secrets->lock);
    return status;
}

int secrets_add(struct secrets *secrets, const char *value)
{
    if (!value || strlen(value) < SECRET_SHORTEST) {
        return CSVK_OK;
    }
    char *plain = plain_form(value);
    int status = plain ? add_plain(secrets, plain) : CSVK_ENOMEM;
    secret_free(plain);
    return status;
}

/* A value of a query that is long enough to be a signature or a token, not a word or a time. */
enum { LONG_VALUE = 32 };

int secrets_add_url(struct secrets *secrets, const char *url)
{
    const char *query = url ? strchr(url, '?') : NULL;
    int status = secrets_add(secrets, query ? query + 1 : url);
    for (const char *at = query; at && status == CSVK_OK; at = strchr(at, '&')) {
        at++;
        const char *value = at + strcspn(at, "=&");
        value += *value == '=';
        size_t length = strcspn(value, "&");
        bool is_secret = length >= LONG_VALUE || strncmp(at, "sig=", 4) == 0;
        char *copy = is_secret ? csvk_strndup(value, length) : NULL;
        status = is_secret && !copy ? CSVK_ENOMEM : secrets_add(secrets, copy);
        secret_free(copy);
    }
    return status;
}

/* ---- masking --------------------------------------------------------------------------------- */

/* So many bytes of a secret count as the secret where the text ends. */
enum { CUT_SHORTEST = 8, LONGEST_SIGN = 6 };

/* The text ends here, or within a spelled sign. */
static bool ends_at(const char *at)
{
    return *at == '\0' || (strchr("%\\&", *at) && strlen(at) < LONGEST_SIGN);
}

/* The length of `value` at the start of `text` in any spelling, or 0. */
static size_t length_of(const char *value, const char *text)
{
    const char *at = text;
    if (*text != *value && *text != '%' && *text != '\\' && *text != '&') {
        return 0; /* as nearly always */
    }
    for (const char *wanted = value; *wanted; wanted++) {
        size_t length = *at ? spelling_of((unsigned char)*wanted, at) : 0;
        if (length == 0) {
            bool is_cut = ends_at(at) && wanted - value >= CUT_SHORTEST;
            return is_cut ? (size_t)(at - text) + strlen(at) : 0;
        }
        at += length;
    }
    return (size_t)(at - text);
}

/* The longest secret that begins at `text`: one may be the beginning of another. */
static size_t longest_at(const struct csvk_strings *values, const char *text)
{
    size_t longest = 0;
    for (size_t i = 0; i < values->count; i++) {
        size_t length = length_of(values->item[i], text);
        longest = length > longest ? length : longest;
    }
    return longest;
}

void secrets_mask(struct secrets *secrets, char *text)
{
    pthread_mutex_lock(&secrets->lock);
    for (char *at = text; *at;) {
        size_t length = longest_at(&secrets->values, at);
        memset(at, '*', length);
        at += length > 0 ? length : 1;
    }
    pthread_mutex_unlock(&secrets->lock);
}

/* ---- reading --------------------------------------------------------------------------------- */

void secret_harden(void)
{
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static int read_all(int fd, char *to, size_t capacity, size_t *length)
{
    *length = 0;
    while (*length < capacity) {
        ssize_t got = read(fd, to + *length, capacity - *length);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? errno : 0;
        }
        *length += (size_t)got;
    }
    return 0;
}

static int read_file(const char *path, char *to, size_t *length, bool *exposed,
                     struct csvk_error *err)
{
    bool standard_input = strcmp(path, "-") == 0;
    int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return csvk_fail_sys(err, errno, "%s", path);
    }
    struct stat about;
    if (!standard_input && fstat(fd, &about) == 0 && S_ISREG(about.st_mode)) {
        *exposed = (about.st_mode & (S_IRGRP | S_IROTH)) != 0;
    }
    int sys = read_all(fd, to, SECRET_MAX, length);
    if (!standard_input) {
        close(fd);
    }
    return sys ? csvk_fail_sys(err, sys, "%s", path) : CSVK_OK;
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static int take(const char *text, size_t length, const char *where, char **out,
                struct csvk_error *err)
{
    while (length > 0 && is_blank((unsigned char)text[length - 1])) {
        length--;
    }
    while (length > 0 && is_blank((unsigned char)*text)) {
        text++;
        length--;
    }
    if (length == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: holds no token", where);
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7f) {
            return csvk_fail(err, CSVK_EUSAGE, "%s: this is not a token: byte %zu is not printable",
                             where, i);
        }
    }
    *out = csvk_strndup(text, length);
    return *out ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int secret_read(const char *path, const char *variable, char **out, bool *exposed,
                struct csvk_error *err)
{
    *exposed = false;
    if (!path) {
        const char *value = getenv(variable);
        if (!value || !*value) {
            return csvk_fail(err, CSVK_EUSAGE, "no token: set %s or give --token-file=FILE",
                             variable);
        }
        return take(value, strlen(value), variable, out, err);
    }
    char text[SECRET_MAX];
    size_t length = 0;
    int status = read_file(path, text, &length, exposed, err);
    if (status == CSVK_OK && length == sizeof text) {
        status = csvk_fail(err, CSVK_EUSAGE, "%s: too long for a token", path);
    }
    if (status == CSVK_OK) {
        status = take(text, length, path, out, err);
    }
    OPENSSL_cleanse(text, sizeof text);
    return status;
}

void secret_free(char *secret)
{
    if (secret) {
        OPENSSL_cleanse(secret, strlen(secret));
        csvk_free(secret);
    }
}
