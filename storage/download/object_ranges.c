/*
 * object_ranges.c - reads bytes of an object where they are asked for, as pread(2) does of a file.
 *
 * The idea. Who reads asks for some KiB at a time; a request costs tens of milliseconds. So more is
 * fetched than is asked for, and kept: at first a little, because the reader may only have a look,
 * and twice as much each time as long as it reads on where it stopped.
 *
 * Invariant: all bytes are of one version of the object. Every answer names the version and the
 * size, which are compared with those of the first answer.
 */
#include "storage/stores/store.h"

#include <string.h>

enum { LEAST = 256 * 1024, MOST = 16 * 1024 * 1024 }; /* bytes that are fetched at once */

struct kbc_object {
    struct kbc *kbc; /* borrowed */
    struct store store;
    char *key;
    uint64_t size;            /* of the object */
    char tag[STORE_TAG_SIZE]; /* of its version */
    uint64_t offset;          /* of what is kept */
    size_t kept, next;        /* bytes that are kept; that are fetched the next time */
    unsigned char *bytes;     /* MOST, or fewer when the object is smaller */
    size_t room;
};

/* ---- addresses ------------------------------------------------------------------------------- */

static const char *const schemes[] = {
    [STORE_S3] = "s3://", [STORE_AZURE] = "azure://", [STORE_GCS] = "gs://"};
enum { SCHEMES = sizeof schemes / sizeof schemes[0] };

/* SCHEMES: none of them. */
static size_t scheme_of(const char *url)
{
    for (size_t i = 0; i < SCHEMES; i++) {
        if (strncmp(url, schemes[i], strlen(schemes[i])) == 0) {
            return i;
        }
    }
    return SCHEMES;
}

bool kbc_is_object_url(const char *text)
{
    return scheme_of(text) != SCHEMES;
}

/* Goes over `part` and a slash. NULL: something else stands there. */
static const char *skip_part(const char *at, const char *part, size_t length)
{
    return strncmp(at, part, length) == 0 && at[length] == '/' ? at + length + 1 : NULL;
}

/* The endpoint of Azure is "https://HOST"; the test servers have a path, and no host that counts.
 */
static const char *skip_host(const struct store *store, const char *at)
{
    const char *host = strstr(store->endpoint, "://") + 3;
    if (http_is_loopback(store->endpoint)) {
        at += strcspn(at, "/");
        return *at == '/' ? at + 1 : NULL;
    }
    return skip_part(at, host, strlen(host));
}

/* The key that the address names, if it is one for these credentials. */
static int find_key(const struct store *store, const char *url, const char **key,
                    struct csvk_error *err)
{
    size_t scheme = scheme_of(url);
    *key = NULL;
    if (scheme == store->kind) {
        const char *at = url + strlen(schemes[scheme]);
        at = scheme == STORE_AZURE ? skip_host(store, at) : at;
        *key = at != NULL ? skip_part(at, store->bucket, strlen(store->bucket)) : NULL;
    }
    if (*key == NULL) {
        return csvk_fail(err, CSVK_EUSAGE, "%s is not in %s%s, for which the credentials are", url,
                         schemes[store->kind], store->bucket);
    }
    return **key != '\0' ? CSVK_OK : csvk_fail(err, CSVK_EUSAGE, "%s names no object", url);
}

/* ---- fetching -------------------------------------------------------------------------------- */

static int check_version(struct kbc_object *object, const struct store_range *range,
                         struct csvk_error *err)
{
    bool same = range->size == object->size && strcmp(range->tag, object->tag) == 0;
    return same ? CSVK_OK : csvk_fail(err, CSVK_ECHANGED, "the object changed while it was read");
}

static int fetch_range(struct kbc_object *object, struct store_range *range, struct csvk_error *err)
{
    int status = store_get_range(&object->store, object->kbc->client, object->key, range, err);
    if (status == KBC_EREMOTE && object->store.expired) {
        struct csvk_error told = *err;
        csvk_fail(err, status, "%s; ask Storage for the detail of the file again", told.text);
    }
    return status;
}

/* Fetches from `offset` on, at least one byte. */
static int fetch(struct kbc_object *object, uint64_t offset, struct csvk_error *err)
{
    bool goes_on = object->kept != 0 && offset == object->offset + object->kept;
    object->next = !goes_on ? LEAST : object->next < MOST / 2 ? 2 * object->next : MOST;
    uint64_t left = object->size - offset;
    struct store_range range = {.offset = offset, .to = object->bytes};
    range.length = left < object->next ? (size_t)left : object->next;
    object->kept = 0;
    int status = fetch_range(object, &range, err);
    status = status == CSVK_OK ? check_version(object, &range, err) : status;
    if (status == CSVK_OK) {
        object->offset = offset;
        object->kept = range.got;
    }
    return status;
}

static bool is_kept(const struct kbc_object *object, uint64_t offset)
{
    return offset >= object->offset && offset - object->offset < object->kept;
}

int kbc_object_read(void *context, uint64_t offset, void *bytes, size_t length,
                    struct csvk_error *err)
{
    struct kbc_object *object = context;
    unsigned char *to = bytes;
    while (length != 0) {
        int status = is_kept(object, offset) ? CSVK_OK : fetch(object, offset, err);
        if (status != CSVK_OK) {
            return status;
        }
        size_t skip = (size_t)(offset - object->offset), n = object->kept - skip;
        n = n < length ? n : length;
        memcpy(to, object->bytes + skip, n);
        to += n;
        offset += n;
        length -= n;
    }
    return CSVK_OK;
}

/* ---- opening --------------------------------------------------------------------------------- */

/* The first answer says how long the object is, and which version. */
static int look(struct kbc_object *object, struct csvk_error *err)
{
    unsigned char first[1];
    struct store_range range = {.length = sizeof first, .to = first};
    int status = fetch_range(object, &range, err);
    if (status != CSVK_OK) {
        return status;
    }
    object->size = range.size;
    memcpy(object->tag, range.tag, sizeof object->tag);
    object->room = range.size < MOST ? (size_t)range.size : MOST;
    object->bytes = csvk_malloc(object->room != 0 ? object->room : 1);
    return object->bytes != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int kbc_object_open(struct kbc_object **out, struct kbc *kbc, const char *url, const cJSON *detail,
                    struct csvk_error *err)
{
    const char *key = NULL;
    *out = NULL;
    if (!kbc_is_object_url(url)) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s is no address of an object: s3://, gs:// or azure://", url);
    }
    struct kbc_object *object = csvk_calloc(1, sizeof *object);
    if (object == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    object->kbc = kbc;
    int status = store_init(&object->store, kbc, detail, STORE_READ, err);
    status = status == CSVK_OK ? find_key(&object->store, url, &key, err) : status;
    if (status == CSVK_OK) {
        object->key = csvk_strdup(key);
        status =
            object->key != NULL ? look(object, err) : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status != CSVK_OK) {
        kbc_object_close(object);
        return status;
    }
    *out = object;
    return CSVK_OK;
}

uint64_t kbc_object_size(const struct kbc_object *object)
{
    return object->size;
}

const char *kbc_object_version(const struct kbc_object *object)
{
    return object->tag;
}

void kbc_object_close(struct kbc_object *object)
{
    if (object != NULL) {
        store_release(&object->store);
        csvk_free(object->key);
        csvk_free(object->bytes);
        csvk_free(object);
    }
}
