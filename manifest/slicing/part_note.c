/*
 * part_note.c - what a part says of its slices.
 *
 * Twice: the note in the file that parts are joined by, under its checksum, and a description in
 * JSON that nothing here reads. The names of slices follow from their number, so no note can lead
 * out of its folder.
 */
#include "manifest/slicing/part_job.h"

#include <inttypes.h>
#include <string.h>

/* ---- the note -------------------------------------------------------------------------------- */

int part_note_write(const struct csvk_slice_table_result *result, struct csvk_buf *note)
{
    int status = CSVK_OK;
    for (size_t i = 0; i < result->nslices && status == CSVK_OK; i++) {
        const struct csvk_slice *s = &result->slice[i];
        status = csvk_buf_printf(note, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu32 " %s\n",
                                 s->records, s->bytes, s->file_bytes, s->crc, s->digest);
    }
    return status;
}

/* A number and the blank after it. */
static bool read_number(struct csvk_bytes note, size_t *at, uint64_t *out)
{
    size_t begin = *at;
    *out = 0;
    for (; *at < note.len && note.ptr[*at] >= '0' && note.ptr[*at] <= '9'; (*at)++) {
        uint64_t digit = (uint64_t)(note.ptr[*at] - '0');
        if (*out > (UINT64_MAX - digit) / 10) {
            return false;
        }
        *out = *out * 10 + digit;
    }
    bool some = *at > begin && *at < note.len && note.ptr[*at] == ' ';
    *at += some;
    return some;
}

int part_note_read(struct csvk_bytes note, size_t *at, struct csvk_slice *slice)
{
    uint64_t crc;
    if (*at == note.len) {
        return 0;
    }
    *slice = (struct csvk_slice){.crc = 0};
    if (!read_number(note, at, &slice->records) || !read_number(note, at, &slice->bytes) ||
        !read_number(note, at, &slice->file_bytes) || !read_number(note, at, &crc) ||
        crc > UINT32_MAX) {
        return -1;
    }
    const unsigned char *digest = note.ptr + *at, *end = memchr(digest, '\n', note.len - *at);
    if (end == NULL || (size_t)(end - digest) >= sizeof slice->digest) {
        return -1;
    }
    slice->crc = (uint32_t)crc;
    memcpy(slice->digest, digest, (size_t)(end - digest));
    *at += (size_t)(end - digest) + 1;
    return 1;
}

/* ---- the description ------------------------------------------------------------------------- */

static void put_range(struct csvk_json *json, const char *key, uint64_t from, uint64_t to)
{
    csvk_json_key(json, key);
    csvk_json_open(json, '{');
    csvk_json_put_uint(json, "from", from);
    csvk_json_put_uint(json, "to", to);
    csvk_json_close(json, '}');
}

void csvk_slice_put_json(struct csvk_json *json, const struct csvk_slice *slice)
{
    csvk_json_open(json, '{');
    csvk_json_put_string(json, "name", slice->name);
    csvk_json_put_uint(json, "records", slice->records);
    csvk_json_put_uint(json, "bytes", slice->bytes);
    csvk_json_put_uint(json, "compressed_bytes", slice->file_bytes);
    csvk_json_put_string(json, "sha256", slice->digest[0] != '\0' ? slice->digest : NULL);
    csvk_json_close(json, '}');
}

static void put_slices(struct csvk_json *json, const struct csvk_slice_table_result *result)
{
    csvk_json_key(json, "slices");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < result->nslices; i++) {
        csvk_slice_put_json(json, &result->slice[i]);
    }
    csvk_json_close(json, ']');
}

/* Those that are not as they usually are. */
static void put_options(struct csvk_json *json, const struct csvk_strings *options,
                        const struct csvk_strings *usual)
{
    csvk_json_key(json, "options");
    csvk_json_open(json, '[');
    for (size_t i = 0; i < options->count; i++) {
        if (!csvk_strings_has(usual, options->item[i])) {
            csvk_json_string(json, options->item[i]);
        }
    }
    csvk_json_close(json, ']');
}

int part_describe(const struct part_job *part, const struct csvk_partial_input *input,
                  struct csvk_partial_range range, const struct csvk_partial_facts *facts,
                  struct csvk_buf *out)
{
    const struct csvk_slice_table_result *result = part->job.result;
    const struct csvk_strings *columns =
        result->columns.count != 0 ? &result->columns : facts->names;
    struct csvk_json json;
    csvk_json_init(&json, out);
    csvk_json_open(&json, '{');
    csvk_json_put_string(&json, "csvkit", csvk_version());
    csvk_json_put_string(&json, "file", input->name);
    csvk_json_put_uint(&json, "file_bytes", input->size);
    put_range(&json, "range", range.from, range.to);
    csvk_json_put_bool(&json, "judged", facts->judged);
    put_range(&json, "records_within", facts->begin, facts->end);
    csvk_json_put_uint(&json, "records", result->records);
    csvk_json_put_uint(&json, "bytes", result->bytes);
    csvk_json_put_uint(&json, "compressed_bytes", result->file_bytes);
    put_slices(&json, result);
    csvk_json_put_strings(&json, "columns", columns);
    put_options(&json, facts->options, &part->usual);
    csvk_json_close(&json, '}');
    return json.failed ? CSVK_ENOMEM : csvk_buf_putc(out, '\n');
}
