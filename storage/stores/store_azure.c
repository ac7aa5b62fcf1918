/*
 * store_azure.c - Azure Blob Storage with a shared access signature.
 *
 * The signature is appended exactly as it was given: to encode it again would break it. Large blobs
 * are sent as blocks, whose ids must all have the same length, and a list that makes a blob of
 * them. Blocks that no list names disappear by themselves after a week. Every body has its MD5,
 * which Azure checks.
 */
#include "storage/http/sigv4.h"
#include "storage/stores/store.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/* ---- parsing --------------------------------------------------------------------------------- */

/* Takes one value out of "Name=value;Name=value"; a value may have a "=" in it. */
static int take_piece(const char *connection, const char *name, char **to, struct csvk_error *err)
{
    size_t name_length = strlen(name);
    for (const char *at = connection; *at;) {
        size_t length = strcspn(at, ";");
        if (length > name_length && at[name_length] == '=' && strncmp(at, name, name_length) == 0) {
            *to = csvk_strndup(at + name_length + 1, length - name_length - 1);
            return *to ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        at += length + (at[length] == ';');
    }
    return csvk_fail(err, KBC_EREMOTE, "the Azure connection string lacks %s", name);
}

static int take_connection(struct store *store, const char *connection, struct csvk_error *err)
{
    int status = take_piece(connection, "BlobEndpoint", &store->endpoint, err);
    if (status == CSVK_OK) {
        status = take_piece(connection, "SharedAccessSignature", &store->sas, err);
    }
    if (status == CSVK_OK && http_check_url(store->endpoint, "BlobEndpoint", err) < 0) {
        status = KBC_EREMOTE;
    }
    if (status == CSVK_OK && strpbrk(store->sas, " \r\n#")) {
        status = csvk_fail(err, KBC_EREMOTE, "the Azure signature is malformed");
    }
    size_t length = status == CSVK_OK ? strlen(store->endpoint) : 0;
    if (length > 0 && store->endpoint[length - 1] == '/') {
        store->endpoint[length - 1] = '\0';
    }
    return status;
}

static int parse(struct store *store, const cJSON *file, struct csvk_error *err)
{
    bool writing = store->use == STORE_WRITE;
    const cJSON *place = json_at(file, writing ? "absUploadParams" : "absPath");
    const cJSON *keys = json_at(writing ? place : file, "absCredentials");
    int status = store_take_place(store, place, "container", writing ? "blobName" : "name", err);
    if (status == CSVK_OK && writing) {
        status = store_take(place, "accountName", &store->account, err);
    }
    return status == CSVK_OK ? take_connection(store, json_text(keys, "SASConnectionString"), err)
                             : status;
}

/* ---- requests -------------------------------------------------------------------------------- */

static int start(struct store_call *call, const char *method, const char *key, const char *query,
                 struct csvk_error *err)
{
    const struct store *store = call->store;
    struct csvk_buf *url = &call->request.url;
    call->request.method = method;
    int status = csvk_buf_printf(url, "%s/", store->endpoint);
    if (status == CSVK_OK) {
        status = percent_encode(url, store->bucket, "$");
    }
    if (status == CSVK_OK) {
        status = csvk_buf_putc(url, '/');
    }
    if (status == CSVK_OK) {
        status = percent_encode(url, key, "/");
    }
    if (status == CSVK_OK) {
        status = csvk_buf_printf(url, "?%s%s%s", query, *query ? "&" : "", store->sas);
    }
    return status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory") : CSVK_OK;
}

static int send_body(struct store_call *call, const struct http_body *body, struct csvk_error *err)
{
    call->request.body = *body;
    call->proof = "x-ms-request-id";
    int status = store_add_md5(call, err);
    return status == CSVK_OK ? store_send(call, err) : status;
}

#define DISPOSITION "x-ms-blob-content-disposition"

static int put(struct store_call *call, const struct store_object *object, struct csvk_error *err)
{
    struct http_body body = {object->bytes, object->fd, 0, object->size};
    int status = start(call, "PUT", object->key, "", err);
    if (status == CSVK_OK && http_header(&call->request, "x-ms-blob-type: BlockBlob") < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK) {
        status = store_add_disposition(call, DISPOSITION, object, err);
    }
    return status == CSVK_OK ? send_body(call, &body, err) : status;
}

static int begin(struct store_call *call, struct store_object *object, struct csvk_error *err)
{
    (void)call;
    object->upload = csvk_strdup("blocks");
    return object->upload ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

static int part(struct store_call *call, const struct store_object *object, struct store_part *one,
                struct csvk_error *err)
{
    char counter[16], query[STORE_TAG_SIZE + 32];
    struct csvk_buf encoded = CSVK_BUF_INIT;
    struct http_body body = {NULL, object->fd, one->offset, one->size};
    unsigned char id[STORE_TAG_SIZE];
    snprintf(counter, sizeof counter, "%09u", one->number);
    EVP_EncodeBlock(id, (const unsigned char *)counter, (int)strlen(counter));
    int status = percent_encode(&encoded, (const char *)id, "");
    snprintf(query, sizeof query, "comp=block&blockid=%s", csvk_buf_text(&encoded));
    csvk_buf_release(&encoded);
    if (status == CSVK_OK) {
        status = start(call, "PUT", object->key, query, err);
    }
    if (status == CSVK_OK) {
        status = send_body(call, &body, err);
    }
    if (status == CSVK_OK) {
        snprintf(one->tag, sizeof one->tag, "%s", (const char *)id);
    }
    return status;
}

static int block_list(const struct store_object *object, struct csvk_buf *xml)
{
    int status = csvk_buf_puts(xml, "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    for (size_t i = 0; i < object->nparts && status == CSVK_OK; i++) {
        status = csvk_buf_printf(xml, "<Latest>%s</Latest>", object->parts[i].tag);
    }
    return status == CSVK_OK ? csvk_buf_puts(xml, "</BlockList>") : status;
}

static int finish(struct store_call *call, const struct store_object *object,
                  struct csvk_error *err)
{
    struct csvk_buf xml = CSVK_BUF_INIT;
    int status = block_list(object, &xml);
    if (status == CSVK_OK) {
        status = start(call, "PUT", object->key, "comp=blocklist", err);
    }
    if (status == CSVK_OK) {
        status = http_header(&call->request, "Content-Type: application/xml");
    }
    if (status == CSVK_OK) {
        status = store_add_disposition(call, DISPOSITION, object, err);
    }
    struct http_body body = {csvk_buf_text(&xml), -1, 0, xml.length};
    if (status == CSVK_OK) {
        status = send_body(call, &body, err);
        kbc_progress_add(call->store->kbc, -(int64_t)call->reported); /* XML is no payload */
    }
    csvk_buf_release(&xml);
    return status;
}

static int get(struct store_call *call, const char *key, struct csvk_error *err)
{
    int status = start(call, "GET", key, "", err);
    return status == CSVK_OK ? store_send(call, err) : status;
}

/* 100 MiB is the largest block in the version of the service that Keboola's signatures name. There
   is no authorize, because the signature is in the address, and no abort, because blocks without a
   list disappear by themselves. */
const struct store_ops store_azure = {
    .least_part = UINT64_C(1) << 18,
    .largest_part = UINT64_C(100) << 20,
    .part_unit = UINT64_C(1) << 18,
    .most_parts = 50000,
    .parts_are_free = true,
    .put = put,
    .begin = begin,
    .part = part,
    .finish = finish,
    .get = get,
    .parse = parse,
};
