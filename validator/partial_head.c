/* partial_head.c - see partial_head.h. */
#include "validator/partial_head.h"

#include <string.h>

#define SUMMED_BYTES ((size_t)64 * 1024) /* at both ends of the file */
#define HEAD_WINDOW  ((size_t)64 * 1024)

/* ---- the bytes of a range -------------------------------------------------------------------- */

struct range_reading {
    const struct csvk_partial_input *input;
    uint64_t at, to;
};

static int read_range(void *context, void *bytes, size_t capacity, size_t *got,
                      struct csvk_error *err)
{
    struct range_reading *r = context;
    uint64_t left = r->to - r->at;
    *got = left < capacity ? (size_t)left : capacity;
    int status = *got != 0 ? r->input->read(r->input->context, r->at, bytes, *got, err) : CSVK_OK;
    r->at += *got;
    return status;
}

int partial_source(struct csvk_source **out, const struct csvk_partial_input *input,
                   struct csvk_partial_range range, struct csvk_error *err)
{
    struct range_reading *reading = csvk_malloc(sizeof *reading);
    if (reading == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    *reading = (struct range_reading){input, range.from, range.to};
    struct csvk_input how = {.size = sizeof how,
                             .name = input->name,
                             .read = read_range,
                             .close = csvk_free,
                             .context = reading};
    int status = csvk_source_input(out, &how, err);
    if (status != CSVK_OK) {
        csvk_free(reading);
    } else if (range.from != 0) {
        csvk_source_decode_only(*out, ""); /* bytes in the middle say nothing about compression */
    }
    return status;
}

/* ---- validators ------------------------------------------------------------------------------ */

/* What the names of the columns made the first part report is not reported again. */
static void forget_findings(struct csvk_validator *v)
{
    for (size_t i = 0; i < SLOTS; i++) {
        csvk_findings_release(&v->kept[i]);
        v->count[i] = 0;
    }
}

void partial_resolve(struct csvk_validator *v, const struct partial_head *head)
{
    struct place nowhere = {0, 0, 0, 0};
    if (head->names.count != 0) {
        keys_resolve(v, &head->names, &nowhere);
        schema_resolve(v, &head->names, &nowhere);
    }
    forget_findings(v);
}

int partial_validator(struct csvk_validator **out, const struct partial_head *head,
                      const struct csvk_validate_options *options, uint64_t from,
                      struct csvk_error *err)
{
    struct csvk_validate_options own = *options; /* shallow: _new copies what it keeps */
    own.dialect = head->dialect;
    own.sep = (enum csvk_sep)head->sep;
    own.width = head->first_width;
    if (from != 0) {
        own.continuation = true;
        own.sep = CSVK_SEP_DATA; /* its first record is one */
        own.width = head->width;
        own.eol = (enum csvk_eol)head->eol;
        own.header_record = (struct csvk_bytes){head->header.data, head->header.length};
    }
    int status = csvk_validator_new(out, &own, err);
    if (status == CSVK_OK && from != 0) {
        partial_resolve(*out, head);
    }
    return status;
}

/* ---- the head -------------------------------------------------------------------------------- */

void partial_head_release(struct partial_head *head)
{
    csvk_strings_release(&head->names);
    csvk_buf_release(&head->header);
    csvk_free(head->version);
}

void partial_head_pass(struct partial_io *io, struct partial_head *head)
{
    struct csvk_dialect *d = &head->dialect;
    uint64_t roles[] = {(uint64_t)(d->delimiter + 1), (uint64_t)(d->enclosure + 1),
                        (uint64_t)(d->escape + 1), d->more_length};
    uint64_t *const numbers[] = {&head->sep, &head->first_width, &head->width,  &head->eol,
                                 &head->end, &head->size,        &head->begins, &head->ends};
    for (size_t i = 0; i < 4; i++) {
        roles[i] = partial_up_to(io, roles[i], i < 3 ? 128 : CSVK_DELIMITER_MOST - 1);
    }
    d->delimiter = (int)roles[0] - 1;
    d->enclosure = (int)roles[1] - 1;
    d->escape = (int)roles[2] - 1;
    d->more_length = (unsigned char)roles[3];
    partial_bytes(io, d->more, sizeof d->more);
    partial_flag(io, &d->skip_blanks);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        partial_number(io, numbers[i]);
    }
    partial_text(io, &head->version);
    partial_strings(io, &head->names);
    partial_buf(io, &head->header);
    if (head->sep > CSVK_SEP_FOUND || head->eol > CSVK_EOL_CRCRLF || head->end > head->size) {
        partial_io_damaged(io);
    }
}

static int sum_of(const struct csvk_partial_input *input, uint64_t from, uint64_t *sum,
                  struct csvk_error *err)
{
    size_t length = input->size - from < SUMMED_BYTES ? (size_t)(input->size - from) : SUMMED_BYTES;
    unsigned char *bytes = csvk_malloc(SUMMED_BYTES);
    if (bytes == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = length != 0 ? input->read(input->context, from, bytes, length, err) : CSVK_OK;
    *sum = status == CSVK_OK ? partial_sum(PARTIAL_SUM, bytes, length) : 0;
    csvk_free(bytes);
    return status;
}

int partial_head_look(struct partial_head *head, const struct csvk_partial_input *input,
                      struct csvk_error *err)
{
    uint64_t last = input->size > SUMMED_BYTES ? input->size - SUMMED_BYTES : 0;
    head->size = input->size;
    head->version = input->version != NULL ? csvk_strdup(input->version) : NULL;
    if (input->version != NULL && head->version == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    int status = sum_of(input, 0, &head->begins, err);
    return status == CSVK_OK ? sum_of(input, last, &head->ends, err) : status;
}

/* The byte after the first record of the batch that is not empty, line break included; 0: there is
   none, or it has no line break. */
static uint64_t end_of_first(const struct csvk_validator *v, const struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *r = &batch->records[i];
        bool no_data = v->options.sep == CSVK_SEP_FOUND && r->number == 1;
        if (!r->blank && !r->unfinished && !no_data) {
            return r->eol != CSVK_EOL_NONE ? r->offset + r->length + eol_length(r->eol) : 0;
        }
    }
    return 0;
}

static int keep_head(struct partial_head *head, const struct csvk_validator *v, uint64_t end,
                     struct csvk_error *err)
{
    head->end = end;
    head->width = v->width;
    head->eol = v->first_eol;
    const struct csvk_buf *header = &v->again.bytes;
    bool kept = csvk_strings_copy(&head->names, &v->names) == CSVK_OK &&
                (header->length == 0 ||
                 csvk_buf_add(&head->header, header->data, header->length) == CSVK_OK);
    return kept ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* Reads until the head is whole. */
static int read_records(struct partial_head *head, struct csvk_validator *v,
                        struct csvk_source *source, struct csvk_error *err)
{
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    struct csvk_options how;
    uint64_t end = head->size;
    csvk_options_init(&how);
    csvk_validator_reader_options(v, &how);
    how.window = HEAD_WINDOW;
    int status = csvk_reader_new(&reader, source, &how, err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, err);
        status = status == CSVK_OK ? csvk_validator_feed(v, batch, err) : status;
        if (status == CSVK_OK && v->begun) {
            uint64_t found = end_of_first(v, batch);
            end = found != 0 ? found : end;
            break;
        }
    }
    csvk_reader_free(reader);
    return status == CSVK_OK || status == CSVK_END ? keep_head(head, v, end, err) : status;
}

static int read_head(struct partial_head *head, struct csvk_source *source,
                     const struct csvk_validate_options *options, struct csvk_error *err)
{
    struct csvk_validate_options own = *options;
    struct csvk_validator *v = NULL;
    bool none = false;
    int status = own.sep == CSVK_SEP_LOOK ? validate_find_sep(source, &own, err) : CSVK_OK;
    head->dialect = own.dialect;
    head->sep = own.sep;
    head->first_width = own.width;
    status = status == CSVK_OK ? partial_validator(&v, head, options, 0, err) : status;
    status = status == CSVK_OK ? csvk_validator_look(v, source, &none, err) : status;
    if (status == CSVK_OK && csvk_source_compression(source) != NULL) {
        status = csvk_fail(err, CSVK_EUSAGE, "%s: a compressed file has no ranges to judge",
                           csvk_source_name(source));
    } else if (status == CSVK_OK && none) {
        head->end = head->size;
    } else if (status == CSVK_OK) {
        status = read_records(head, v, source, err);
    }
    csvk_validator_free(v);
    return status;
}

int partial_head_read(struct partial_head *head, const struct csvk_partial_input *input,
                      const struct csvk_validate_options *options, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    struct csvk_partial_range all = {0, input->size};
    int status = partial_head_look(head, input, err);
    status = status == CSVK_OK ? partial_source(&source, input, all, err) : status;
    status = status == CSVK_OK ? read_head(head, source, options, err) : status;
    csvk_source_free(source);
    return status;
}
