/*
 * importer.c - sends a small file to the Importer service, in one multipart form.
 *
 * The form is first written into a nameless temporary file, because its length must be known before
 * it is sent and because memory must not grow with the file. The request is sent once. There is no
 * job to look for afterwards, so a lost answer is reported as an unknown outcome.
 */
#include "storage/api/storage_api.h"
#include "storage/api/spool.h"

#include "csvkit/base/delimiter.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, BOUNDARY_SIZE = 40 };
#define LARGEST (UINT64_C(2) << 30)

struct form {
    int fd;
    uint64_t size;
    char boundary[BOUNDARY_SIZE];
};

static int write_form(struct form *form, const void *bytes, size_t length, struct csvk_error *err)
{
    const unsigned char *from = bytes;
    while (length > 0) {
        ssize_t put = write(form->fd, from, length);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return csvk_fail_sys(err, errno, "writing into the temporary folder");
        }
        from += put;
        length -= (size_t)put;
        form->size += (uint64_t)put;
    }
    return CSVK_OK;
}

static int begin_form(struct form *form, struct csvk_error *err)
{
    unsigned char chance[16];
    form->fd = -1;
    form->size = 0;
    if (RAND_bytes(chance, sizeof chance) != 1) {
        return csvk_fail(err, CSVK_EIO, "cannot get random numbers");
    }
    memcpy(form->boundary, "csvkit-", 7);
    for (size_t i = 0; i < sizeof chance; i++) {
        snprintf(form->boundary + 7 + 2 * i, 3, "%02x", chance[i]);
    }
    return spool_open(&form->fd, err);
}

static int add_text(struct form *form, const char *name, const char *value, struct csvk_error *err)
{
    struct csvk_buf part = CSVK_BUF_INIT;
    int status =
        csvk_buf_printf(&part, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n",
                        form->boundary, name, value);
    status = status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                        : write_form(form, part.data, part.length, err);
    csvk_buf_release(&part);
    return status;
}

static int add_texts(struct form *form, const char *name, const struct csvk_strings *list,
                     struct csvk_error *err)
{
    int status = CSVK_OK;
    for (size_t i = 0; list && i < list->count && status == CSVK_OK; i++) {
        status = add_text(form, name, list->item[i], err);
    }
    return status;
}

static int copy_file(struct form *form, const char *path, uint64_t *bytes, struct csvk_error *err)
{
    unsigned char *block = csvk_malloc(BLOCK);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int status = !block   ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                 : fd < 0 ? csvk_fail_sys(err, errno, "%s", path)
                          : CSVK_OK;
    while (status == CSVK_OK) {
        ssize_t got = read(fd, block, BLOCK);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            status = got < 0 ? csvk_fail_sys(err, errno, "%s", path) : CSVK_OK;
            break;
        }
        *bytes += (uint64_t)got;
        status = *bytes > LARGEST ? csvk_fail(err, CSVK_ELIMIT,
                                              "%s: the Importer takes at most 2 GB; leave out "
                                              "--importer",
                                              path)
                                  : write_form(form, block, (size_t)got, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    csvk_free(block);
    return status;
}

static int add_data(struct form *form, const char *path, uint64_t *bytes, struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text,
                                 "--%s\r\nContent-Disposition: form-data; name=\"data\"; "
                                 "filename=\"data.csv\"\r\nContent-Type: "
                                 "application/octet-stream\r\n\r\n",
                                 form->boundary);
    status = status < 0 ? csvk_fail(err, CSVK_ENOMEM, "out of memory")
                        : write_form(form, text.data, text.length, err);
    if (status == CSVK_OK) {
        status = copy_file(form, path, bytes, err);
    }
    csvk_buf_clear(&text);
    if (status == CSVK_OK && csvk_buf_printf(&text, "\r\n--%s--\r\n", form->boundary) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    if (status == CSVK_OK) {
        status = write_form(form, text.data, text.length, err);
    }
    csvk_buf_release(&text);
    return status;
}

static int add_table(struct form *form, const struct kbc_direct *direct, struct csvk_error *err)
{
    const struct csvk_dialect *dialect = &direct->dialect;
    bool escapes = dialect->escape != CSVK_NO_BYTE; /* the platform takes only one of the two */
    bool encloses = !escapes && dialect->enclosure != CSVK_NO_BYTE;
    char delimiter[2] = {(char)dialect->delimiter, '\0'};
    char enclosure[2] = {encloses ? (char)dialect->enclosure : '\0', '\0'};
    char escape[2] = {(char)dialect->escape, '\0'};
    int status = csvk_dialect_need_plain(dialect, "Storage", err);
    status = status == CSVK_OK ? add_text(form, "tableId", direct->table, err) : status;
    if (status == CSVK_OK) {
        status = add_text(form, "delimiter", delimiter, err);
    }
    if (status == CSVK_OK) {
        status = add_text(form, "enclosure", enclosure, err);
    }
    if (status == CSVK_OK && escapes) {
        status = add_text(form, "escapedBy", escape, err);
    }
    if (status == CSVK_OK && direct->incremental) {
        status = add_text(form, "incremental", "1", err);
    }
    return status == CSVK_OK ? add_texts(form, "columns[]", direct->columns, err) : status;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int add_file_fields(struct form *form, const struct kbc_direct *direct,
                           struct csvk_error *err)
{
    const char *name = direct->name ? direct->name : base_name(direct->path);
    int status = add_text(form, "name", name, err);
    if (status == CSVK_OK && direct->permanent) {
        status = add_text(form, "isPermanent", "1", err);
    }
    return status == CSVK_OK ? add_texts(form, "tags[]", direct->tags, err) : status;
}

static int fill_form(struct form *form, struct kbc *kbc, const struct kbc_direct *direct,
                     uint64_t *bytes, struct csvk_error *err)
{
    struct stat about;
    if (stat(direct->path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: the Importer takes no slices", direct->path);
    }
    int status = begin_form(form, err);
    if (status == CSVK_OK && kbc->branch) {
        status = add_text(form, "branchId", kbc->branch, err);
    }
    if (status == CSVK_OK) {
        status = direct->table ? add_table(form, direct, err) : add_file_fields(form, direct, err);
    }
    return status == CSVK_OK ? add_data(form, direct->path, bytes, err) : status;
}

/* Turns "https://connection.x" into "https://import.x". Another address, that of a test server,
   stays as it is. */
static int importer_url(const struct kbc *kbc, const char *path, struct csvk_buf *url)
{
    static const char mark[] = "://connection.";
    const char *at = strstr(kbc->url, mark);
    if (!at) {
        return csvk_buf_printf(url, "%s%s", kbc->url, path);
    }
    return csvk_buf_printf(url, "%.*s://import.%s%s", (int)(at - kbc->url), kbc->url,
                           at + sizeof mark - 1, path);
}

static int take_answer(struct kbc *kbc, const struct http_response *response,
                       struct kbc_directed *out, struct csvk_error *err)
{
    cJSON *json = cJSON_ParseWithLength(csvk_buf_text(&response->body), response->body.length);
    int status = CSVK_OK;
    if (kbc_take_in(kbc, json) < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    } else if (response->status < 200 || response->status > 299) {
        const char *text = json_text(json, "message");
        text = *text ? text : json_text(json, "error");
        int kind = response->status == 400 || response->status == 404 || response->status == 422
                       ? CSVK_EDATA
                       : KBC_EREMOTE;
        status = kbc_fail(kbc, err, kind, "importer: %s (%ld)", *text ? text : "refused",
                          response->status);
    } else if (!cJSON_IsObject(json)) {
        status = csvk_fail(err, KBC_ENET,
                           "importer: the answer was not JSON; whether the data arrived is not "
                           "known, and it was not sent again");
    } else {
        json_id(json, "id", out->file_id);
        out->total_rows = json_uint(json, "totalRowsCount");
        if (json_strings(json_at(json, "importedColumns"), &out->imported_columns) < 0 ||
            json_strings(json_at(json, "warnings"), &out->warnings) < 0) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    cJSON_Delete(json);
    return status;
}

static int send_form(struct kbc *kbc, const struct form *form, const char *path,
                     struct kbc_directed *out, struct csvk_error *err)
{
    struct http_request request = {.what = "importer", .method = "POST", .replay = HTTP_ONCE};
    struct http_response response = {0};
    request.body = (struct http_body){NULL, form->fd, 0, form->size};
    int status = importer_url(kbc, path, &request.url);
    if (status == CSVK_OK) {
        status = http_header(&request, "X-StorageApi-Token: %s", kbc->token ? kbc->token : "");
    }
    if (status == CSVK_OK) {
        status =
            http_header(&request, "Content-Type: multipart/form-data; boundary=%s", form->boundary);
    }
    if (status < 0) {
        status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
    } else if (kbc->mode == KBC_DRY_RUN) {
        kbc_show(kbc, "POST", csvk_buf_text(&request.url), "(the file as a form)");
    } else {
        status = http_send(kbc->client, &request, &response, err);
        bool lost = status == KBC_ENET ? response.fate == HTTP_LOST : response.status >= 500;
        if (lost && status != CSVK_ECANCELED) {
            kbc_note(kbc, "whether the data arrived is not known; it is not sent again");
        }
        status = status == CSVK_OK ? take_answer(kbc, &response, out, err) : status;
    }
    http_request_release(&request);
    http_response_release(&response);
    return status;
}

int kbc_import_direct(struct kbc *kbc, const struct kbc_direct *direct, struct kbc_directed *out,
                      struct csvk_error *err)
{
    struct form form = {.fd = -1};
    memset(out, 0, sizeof *out);
    int status = fill_form(&form, kbc, direct, &out->bytes, err);
    if (status == CSVK_OK) {
        status = send_form(kbc, &form, direct->table ? "/write-table" : "/upload-file", out, err);
    }
    if (form.fd >= 0) {
        close(form.fd);
    }
    return status;
}

void kbc_directed_release(struct kbc_directed *directed)
{
    csvk_strings_release(&directed->imported_columns);
    csvk_strings_release(&directed->warnings);
}
