/*
 * crypto_loading.c - loads libcrypto when something is hashed, signed or drawn at random for the
 * first time. Its relocations alone would be half of the time that `csvkit validate` takes to
 * start.
 *
 * When it cannot be loaded, its functions fail as they do for other reasons. Secrets are wiped all
 * the same, because that does not need libcrypto. lazy_loading.h explains how the calls get
 * through.
 */
#include "csvkit/extra/lazy_loading.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <string.h>

LAZY_LIBRARY("libcrypto.so.3");

EVP_MD_CTX *EVP_MD_CTX_new(void)
{
    FORWARD(EVP_MD_CTX * (*call)(void), "EVP_MD_CTX_new");
    return to.object != NULL ? to.call() : NULL;
}

void EVP_MD_CTX_free(EVP_MD_CTX *context)
{
    FORWARD(void (*call)(EVP_MD_CTX *), "EVP_MD_CTX_free");
    if (to.object != NULL) {
        to.call(context);
    }
}

const EVP_MD *EVP_md5(void)
{
    FORWARD(const EVP_MD *(*call)(void), "EVP_md5");
    return to.object != NULL ? to.call() : NULL;
}

const EVP_MD *EVP_sha256(void)
{
    FORWARD(const EVP_MD *(*call)(void), "EVP_sha256");
    return to.object != NULL ? to.call() : NULL;
}

int EVP_DigestInit_ex(EVP_MD_CTX *context, const EVP_MD *type, ENGINE *engine)
{
    FORWARD(int (*call)(EVP_MD_CTX *, const EVP_MD *, ENGINE *), "EVP_DigestInit_ex");
    return to.object != NULL ? to.call(context, type, engine) : 0;
}

int EVP_DigestUpdate(EVP_MD_CTX *context, const void *bytes, size_t length)
{
    FORWARD(int (*call)(EVP_MD_CTX *, const void *, size_t), "EVP_DigestUpdate");
    return to.object != NULL ? to.call(context, bytes, length) : 0;
}

int EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *digest, unsigned int *length)
{
    FORWARD(int (*call)(EVP_MD_CTX *, unsigned char *, unsigned int *), "EVP_DigestFinal_ex");
    return to.object != NULL ? to.call(context, digest, length) : 0;
}

int EVP_Digest(const void *bytes, size_t count, unsigned char *digest, unsigned int *length,
               const EVP_MD *type, ENGINE *engine)
{
    FORWARD(int (*call)(const void *, size_t, unsigned char *, unsigned int *, const EVP_MD *,
                        ENGINE *),
            "EVP_Digest");
    return to.object != NULL ? to.call(bytes, count, digest, length, type, engine) : 0;
}

unsigned char *HMAC(const EVP_MD *type, const void *key, int key_length, const unsigned char *bytes,
                    size_t count, unsigned char *digest, unsigned int *length)
{
    FORWARD(unsigned char *(*call)(const EVP_MD *, const void *, int, const unsigned char *, size_t,
                                   unsigned char *, unsigned int *),
            "HMAC");
    return to.object != NULL ? to.call(type, key, key_length, bytes, count, digest, length) : NULL;
}

int EVP_EncodeBlock(unsigned char *text, const unsigned char *bytes, int length)
{
    FORWARD(int (*call)(unsigned char *, const unsigned char *, int), "EVP_EncodeBlock");
    if (to.object == NULL) {
        *text = '\0';
        return 0;
    }
    return to.call(text, bytes, length);
}

int RAND_bytes(unsigned char *bytes, int count)
{
    FORWARD(int (*call)(unsigned char *, int), "RAND_bytes");
    return to.object != NULL ? to.call(bytes, count) : 0;
}

void OPENSSL_cleanse(void *bytes, size_t length)
{
    explicit_bzero(bytes, length);
}

const char *OpenSSL_version(int what)
{
    FORWARD(const char *(*call)(int), "OpenSSL_version");
    return to.object != NULL ? to.call(what) : "not installed";
}
