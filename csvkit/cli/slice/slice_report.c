/* slice_report.c - prints the result of slice as text or JSON; SHA-256 of the slice files. */
#include "csvkit/cli/slice/slice_command.h"

#include "csvkit/json.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>

/* ---- SHA-256 ---- */

static int begin(void *context)
{
    return EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1 ? CSVK_OK : CSVK_EIO;
}

static int add(void *context, const void *bytes, size_t length)
{
    return EVP_DigestUpdate(context, bytes, length) == 1 ? CSVK_OK : CSVK_EIO;
}

static int end(void *context, char text[CSVK_SLICE_DIGEST_MAX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char value[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (EVP_DigestFinal_ex(context, value, &length) != 1 || 2 * length >= CSVK_SLICE_DIGEST_MAX) {
        return CSVK_EIO;
    }
    for (unsigned i = 0; i < length; i++) {
        text[2 * i] = digits[value[i] >> 4];
        text[2 * i + 1] = digits[value[i] & 15];
    }
    text[2 * length] = '\0';
    return CSVK_OK;
}

int slice_hash_init(struct csvk_slice_hash *hash)
{
    *hash = (struct csvk_slice_hash){begin, add, end, EVP_MD_CTX_new()};
    return hash->context != NULL ? CSVK_OK : CSVK_ENOMEM;
}

void slice_hash_release(struct csvk_slice_hash *hash)
{
    EVP_MD_CTX_free(hash->context);
    *hash = (struct csvk_slice_hash){NULL, NULL, NULL, NULL};
}

/* ---- the result ---- */

static void put_slice(struct csvk_json *json, const struct csvk_slice *slice)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "name", slice->name);
    csvk_json_put_uint(json, "records", slice->records);
    csvk_json_put_uint(json, "bytes", slice->bytes);
    csvk_json_put_uint(json, "compressed_bytes", slice->file_bytes);
    csvk_json_put_string(json, "sha256", slice->digest[0] != '\0' ? slice->digest : NULL);
    csvk_json_close(json, '}');
}

static void put_manifest_name(struct slice_job *job, struct csvk_json *json)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    size_t length = strlen(job->output);
    while (length > 1 && job->output[length - 1] == '/') {
        length--;
    }
    csvk_json_key(json, "manifest");
    if (job->manifest.length == 0) {
        csvk_json_null(json);
    } else if (csvk_buf_add(&name, job->output, length) == CSVK_OK &&
               csvk_buf_puts(&name, ".manifest") == CSVK_OK) {
        csvk_json_bytes(json, name.data, name.length);
    } else {
        json->failed = true;
    }
    csvk_buf_release(&name);
}

static int put_json(struct slice_job *job, struct csvk_buf *out)
{
    struct csvk_json json;
    size_t count;
    uint64_t records = 0, bytes = 0, file_bytes = 0;
    const struct csvk_slice *slice = csvk_slicer_slices(job->slicer, &count);
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_key(&json, "slices");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < count; i++) {
        put_slice(&json, &slice[i]);
        records += slice[i].records;
        bytes += slice[i].bytes;
        file_bytes += slice[i].file_bytes;
    }
    csvk_json_close(&json, ']');
    csvk_json_put_uint(&json, "records", records);
    csvk_json_put_uint(&json, "bytes", bytes);
    csvk_json_put_uint(&json, "compressed_bytes", file_bytes);
    csvk_json_put_strings(&json, "columns", &job->columns);
    csvk_json_put_string(&json, "directory", job->output);
    put_manifest_name(job, &json);
    if (job->types != NULL) {
        cli_put_types(&json, &job->columns, job->types);
    }
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

static int put_text(struct slice_job *job, struct csvk_buf *out)
{
    size_t count;
    uint64_t records = 0;
    int status = CSVK_OK;
    const struct csvk_slice *slice = csvk_slicer_slices(job->slicer, &count);
    for (size_t i = 0; i < count && status == CSVK_OK; i++) {
        records += slice[i].records;
        status = csvk_buf_printf(
            out, "%s  %" PRIu64 " record%s, %" PRIu64 " bytes of text, %" PRIu64 " bytes\n",
            slice[i].name, slice[i].records, cli_plural(slice[i].records), slice[i].bytes,
            slice[i].file_bytes);
    }
    status =
        status == CSVK_OK ? csvk_buf_add_escaped(out, job->output, strlen(job->output)) : status;
    return status == CSVK_OK
               ? csvk_buf_printf(out, ": %zu slice%s, %" PRIu64 " record%s%s\n", count,
                                 cli_plural(count), records, cli_plural(records),
                                 job->manifest.length != 0 ? ", manifest" : "")
               : status;
}

void slice_report(struct slice_job *job)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    int made = job->json ? put_json(job, &out) : put_text(job, &out);
    cli_out_result(job->cli, &out, made);
}
