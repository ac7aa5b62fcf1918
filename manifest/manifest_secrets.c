/*
 * manifest_secrets.c - hides credentials: in a tree that is shown, and in text that is quoted.
 *
 * The platform writes credentials into the sections s3 and abs of input manifests; other clouds and
 * later versions may have sections of other names. So a section that nobody knows is searched for
 * keys that look like those of credentials. What is known and no staging section is the user's own:
 * metadata with the key "token" is shown.
 */
#include "manifest/manifest_tree.h"

#include <string.h>

#define NAME_LENGTH 64 /* of a key, without its signs; more does not decide */

/* Letters and digits of a key in lower case: accessKey, access-key and ACCESS_KEY become equal. */
static void plain_name(const char *key, size_t length, char name[NAME_LENGTH])
{
    size_t n = 0;
    for (size_t i = 0; i < length && n + 1 < NAME_LENGTH; i++) {
        char c = key[i];
        c = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            name[n++] = c;
        }
    }
    name[n] = '\0';
}

static bool is_secret_key(const char *key, size_t length)
{
    static const char *const parts[] = {
        "secret",    "password", "passwd",     "passphrase", "token",         "credential",
        "accesskey", "apikey",   "privatekey", "accountkey", "sharedkey",     "connectionstring",
        "signature", "bearer",   "signedurl",  "sasurl",     "authorization",
    };
    char name[NAME_LENGTH];
    plain_name(key, length, name);
    bool secret = (length > 0 && key[0] == '#') || strcmp(name, "sas") == 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        secret = secret || strstr(name, parts[i]) != NULL;
    }
    return secret;
}

/* When credentials end is no secret, wherever it stands. */
static bool is_harmless_key(const char *key, size_t length)
{
    return length == strlen("expiration") && memcmp(key, "expiration", length) == 0;
}

/* ---- in a tree ---- */

static bool hide(cJSON *node, bool secret, size_t *replaced)
{
    if (node->string != NULL && is_harmless_key(node->string, strlen(node->string))) {
        return true;
    }
    secret = secret || (node->string != NULL && is_secret_key(node->string, strlen(node->string)));
    if (secret && node->valuestring != NULL) {
        node->type = cJSON_String; /* it may have been a number */
        *replaced += 1;
        return cJSON_SetValuestring(node, "***") != NULL;
    }
    cJSON *child;
    cJSON_ArrayForEach(child, node)
    {
        if (!hide(child, secret, replaced)) {
            return false;
        }
    }
    return true;
}

/* True for keys that some manifest has and that are no staging sections. */
static bool is_known(const char *key)
{
    static const enum csvk_manifest_kind kinds[] = {CSVK_MANIFEST_OUT_TABLE, CSVK_MANIFEST_IN_TABLE,
                                                    CSVK_MANIFEST_OUT_FILE, CSVK_MANIFEST_IN_FILE};
    if (strcmp(key, "s3") == 0 || strcmp(key, "abs") == 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (key_of(keys_of_kind(kinds[i]), 0, key) != NULL) {
            return true;
        }
    }
    return false;
}

int csvk_manifest_redact(struct csvk_manifest *manifest, size_t *replaced)
{
    cJSON *node;
    *replaced = 0;
    cJSON_ArrayForEach(node, manifest->root)
    {
        if (!is_known(node->string) && !hide(node, false, replaced)) {
            return CSVK_ENOMEM;
        }
    }
    return CSVK_OK;
}

/* ---- in a text ---- */

struct mask { /* a walk over the text of a manifest, which need not be good JSON */
    char *text;
    size_t length;
    size_t depth, hidden; /* `hidden`: the depth at which a secret object or list began; 0: none */
    bool secret;          /* the value that comes next is one */
};

/* Where the string that begins at `at` ends: at its quote, or at the end of the line or the text.
 */
static size_t string_end(const struct mask *mask, size_t at)
{
    while (at < mask->length && mask->text[at] != '"' && mask->text[at] != '\n') {
        at += mask->text[at] == '\\' ? 2 : 1;
    }
    return at < mask->length ? at : mask->length;
}

static bool is_key(const struct mask *mask, size_t after)
{
    while (after < mask->length && strchr(" \t\r\n", mask->text[after]) != NULL) {
        after++;
    }
    return after < mask->length && mask->text[after] == ':';
}

/* Masks the string whose opening quote is at `quote`, unless it is a key; answers where it ends. */
static size_t mask_string(struct mask *mask, size_t quote)
{
    size_t at = quote + 1, end = string_end(mask, at);
    char *text = mask->text + at;
    if (is_key(mask, end + 1)) {
        mask->secret =
            !is_harmless_key(text, end - at) && (mask->hidden > 0 || is_secret_key(text, end - at));
    } else if (mask->secret) {
        memset(text, '*', end - at);
    }
    return end < mask->length ? end + 1 : end;
}

static void mask_byte(struct mask *mask, size_t at)
{
    switch (mask->text[at]) {
    case '{':
    case '[':
        mask->depth++;
        mask->hidden = mask->hidden == 0 && mask->secret ? mask->depth : mask->hidden;
        break;
    case '}':
    case ']':
        mask->hidden = mask->hidden == mask->depth ? 0 : mask->hidden;
        mask->secret = mask->hidden > 0;
        mask->depth -= mask->depth > 0;
        break;
    case ',': mask->secret = mask->hidden > 0; break;
    case ':':
    case ' ':
    case '\t':
    case '\r':
    case '\n': break;
    default: mask->text[at] = mask->secret ? '*' : mask->text[at]; break;
    }
}

void manifest_mask_text(unsigned char *text, size_t length)
{
    struct mask mask = {.text = (char *)text, .length = length};
    for (size_t at = 0; at < length;) {
        if (text[at] == '"') {
            at = mask_string(&mask, at);
        } else {
            mask_byte(&mask, at++);
        }
    }
}
