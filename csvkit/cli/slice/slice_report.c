/* slice_report.c - prints what came of slice, as text or JSON; SHA-256 of the slice files. */
#include "csvkit/cli/frame/reports.h"
#include "csvkit/cli/slice/slice_command.h"

#include "csvkit/json.h"
#include "manifest/slice_parts.h"

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

static void put_manifest_name(struct slice_command *job, struct csvk_json *json)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    size_t length = strlen(job->output);
    while (length > 1 && job->output[length - 1] == '/') {
        length--;
    }
    csvk_json_key(json, "manifest");
    if (job->result->manifest.length == 0) {
        csvk_json_null(json);
    } else if (csvk_buf_add(&name, job->output, length) == CSVK_OK &&
               csvk_buf_puts(&name, ".manifest") == CSVK_OK) {
        csvk_json_bytes(json, name.data, name.length);
    } else {
        json->failed = true;
    }
    csvk_buf_release(&name);
}

static int put_json(struct slice_command *job, struct csvk_buf *out)
{
    const struct csvk_slice_table_result *result = job->result;
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_key(&json, "slices");
    csvk_json_open(&json, '[');
    for (size_t i = 0; i < result->nslices; i++) {
        csvk_slice_put_json(&json, &result->slice[i]);
    }
    csvk_json_close(&json, ']');
    csvk_json_put_uint(&json, "records", result->records);
    csvk_json_put_uint(&json, "bytes", result->bytes);
    csvk_json_put_uint(&json, "compressed_bytes", result->file_bytes);
    csvk_json_put_strings(&json, "columns", &result->columns);
    csvk_json_put_string(&json, "directory", job->output);
    put_manifest_name(job, &json);
    if (result->types != NULL) {
        cli_put_types(&json, &result->columns, &job->plan->primary_key, result->types);
    }
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}

int slice_put_text(const char *directory, const struct csvk_slice_table_result *result,
                   struct csvk_buf *out)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < result->nslices && status == CSVK_OK; i++) {
        const struct csvk_slice *slice = &result->slice[i];
        status = csvk_buf_printf(
            out, "%s  %" PRIu64 " record%s, %" PRIu64 " byte%s of text, %" PRIu64 " byte%s\n",
            slice->name, slice->records, cli_plural(slice->records), slice->bytes,
            cli_plural(slice->bytes), slice->file_bytes, cli_plural(slice->file_bytes));
    }
    status = status == CSVK_OK ? csvk_buf_add_escaped(out, directory, strlen(directory)) : status;
    return status == CSVK_OK ? csvk_buf_printf(out, ": %zu slice%s, %" PRIu64 " record%s%s\n",
                                               result->nslices, cli_plural(result->nslices),
                                               result->records, cli_plural(result->records),
                                               result->manifest.length != 0 ? ", manifest" : "")
                             : status;
}

static int report_repairs(const struct slice_command *job)
{
    const struct csvk_slice_repairs *r = job->result->repairs;
    cli_note(job->cli,
             "%" PRIu64 " record%s in, %" PRIu64 " out, %" PRIu64 " rejected, %" PRIu64 " dropped",
             r->records_in, cli_plural(r->records_in), r->records_out, r->records_rejected,
             r->records_dropped);
    for (enum csvk_repair i = CSVK_REPAIR_BOM; i < CSVK_REPAIRS; i++) {
        if (r->repairs[i] != 0) {
            cli_note(job->cli, "  %-4s %-14s %9" PRIu64 "  %s", csvk_repair_id(i),
                     csvk_repair_name(i), r->repairs[i], csvk_repair_summary(i));
        }
    }
    return r->records_rejected != 0 ? CLI_REFUSED : CLI_GOOD;
}

int slice_report(struct slice_command *job)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    int made = job->json ? put_json(job, &out) : slice_put_text(job->output, job->result, &out);
    cli_out_result(job->cli, &out, made);
    return job->result->repairs != NULL ? report_repairs(job) : CLI_GOOD;
}

/* ---- while it runs ---- */

static int show_progress(void *context, enum csvk_slice_step step, uint64_t done, uint64_t total)
{
    struct slice_command *job = context;
    bool cutting = step == CSVK_SLICE_STEP_SLICE;
    if (job->progress == NULL || job->step != step) {
        cli_progress_end(job->progress);
        job->step = step;
        job->progress =
            cli_progress_start(job->cli, cutting ? "slice" : "verify", cutting ? total : 0);
    }
    if (cutting) {
        cli_progress_update(job->progress, done);
    } else {
        cli_progress_parts(job->progress, done, total);
    }
    return 0;
}

int slice_print_report(struct cli *cli, const struct csvk_report *report, const char *format,
                       struct csvk_error *err)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    bool json = strcmp(format, "json") == 0;
    unsigned style = cli_color(cli, stderr) ? CSVK_TEXT_COLOR : CSVK_TEXT_PLAIN;
    if (json && report->errors == 0) {
        return CSVK_OK; /* standard output is for the result, which will come */
    }
    int status = csvk_report_print(report, format, style, &out, err);
    if (json) {
        cli_out_buf(cli, &out);
    } else {
        fwrite(csvk_buf_text(&out), 1, out.length, stderr);
    }
    csvk_buf_release(&out);
    return status;
}

static int show_judged(void *context, const struct csvk_report *report, struct csvk_error *err)
{
    const struct slice_command *job = context;
    return slice_print_report(job->cli, report, job->json ? "json" : "text", err);
}

void slice_show(struct slice_command *job)
{
    job->options.progress = show_progress;
    job->options.judged = show_judged;
    job->options.context = job;
}

/* ---- beside the result ---- */

static void report_types(const struct slice_command *job)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    const struct csvk_slice_table_result *result = job->result;
    if (result->types == NULL || job->json || cli_has(job->cli, "quiet")) {
        return;
    }
    if (cli_add_types(&out, &result->columns, result->types) == CSVK_OK) {
        fputs(csvk_buf_text(&out), stderr);
    }
    csvk_buf_release(&out);
}

void slice_print_doubts(struct cli *cli, const char *directory,
                        const struct csvk_slice_table_result *result, bool only_errors)
{
    struct csvk_buf name = CSVK_BUF_INIT;
    if (result->findings.count != 0 &&
        csvk_buf_printf(&name, "%s.manifest", directory) == CSVK_OK) {
        cli_print_findings(cli, csvk_buf_text(&name), &result->findings, only_errors);
    }
    for (size_t i = 0; i < result->refusals.count; i++) {
        cli_refuse(cli, "%s", result->refusals.item[i]);
    }
    csvk_buf_release(&name);
}

static bool has(const struct csvk_findings *findings, const struct csvk_finding *finding)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct csvk_finding *other = &findings->item[i];
        if (other->rule == finding->rule && strcmp(other->path, finding->path) == 0) {
            return true;
        }
    }
    return false;
}

/* What the new manifest says as well is told of that one. */
static void print_vain(struct slice_command *job)
{
    struct csvk_findings rest = {0};
    int status = CSVK_OK;
    for (size_t i = 0; i < job->vain.count && status == CSVK_OK; i++) {
        if (!has(&job->result->findings, &job->vain.item[i])) {
            status = csvk_findings_add(&rest, &job->vain.item[i]);
        }
    }
    if (status != CSVK_OK) {
        cli_trouble(job->cli, "out of memory");
    } else if (rest.count != 0) {
        cli_print_warnings(job->cli, job->table.manifest, &rest);
    }
    csvk_findings_release(&rest);
}

void slice_report_doubts(struct slice_command *job)
{
    if (job->result != NULL) {
        print_vain(job);
        report_types(job);
        slice_print_doubts(job->cli, job->output, job->result, false);
    }
}
