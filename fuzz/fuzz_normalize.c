/*
 * fuzz_normalize.c - normalize must account for every record, and normalizing its output again must
 * change nothing. The last three bytes choose options, look-ahead and window. With a short
 * look-ahead the second run may see less than the first did, because its input is longer.
 */
#include "csvkit/normalize.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static int collect(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

static int run(const void *bytes, size_t length, const struct csvk_normalize_options *options,
               struct csvk_buf *out, struct csvk_normalize_result *result)
{
    struct csvk_source *source = NULL;
    struct csvk_buf rejects = CSVK_BUF_INIT;
    struct csvk_normalize_outputs outputs = {.table = {collect, out},
                                             .rejects = {collect, &rejects},
                                             .rejects_index = {collect, &rejects},
                                             .log = {collect, &rejects}};
    int status = csvk_source_memory(&source, length != 0 ? bytes : "", length, NULL);
    if (status == CSVK_OK) {
        status = csvk_normalize(source, options, &outputs, result, NULL);
    }
    csvk_source_free(source);
    csvk_buf_release(&rejects);
    return status;
}

static void choose(struct csvk_normalize_options *o, const unsigned char *choice)
{
    static const int enclosures[] = {'"', '\'', CSVK_NO_BYTE, '"'};
    o->header = (choice[0] & 1) != 0 ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    o->line_break = (choice[0] & 2) != 0 ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    o->nul = o->invalid_utf8 = o->control =
        (choice[0] & 4) != 0 ? CSVK_DEFECT_REMOVE : CSVK_DEFECT_REJECT;
    o->to.delimiter = (choice[0] & 8) != 0 ? ';' : ',';
    o->to.enclosure = enclosures[choice[0] >> 4 & 3];
    o->quote = (choice[0] & 0x40) != 0 ? CSVK_QUOTE_MINIMAL : CSVK_QUOTE_KEEP;
    o->any_eol = (choice[0] & 0x80) != 0;
    o->look_ahead = choice[1] != 0 ? 64 + choice[1] : 0;
    o->window = choice[2];
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct csvk_normalize_options o;
    struct csvk_normalize_result once, twice;
    struct csvk_buf first = CSVK_BUF_INIT, second = CSVK_BUF_INIT;
    csvk_normalize_options_init(&o);
    o.max_repairs = UINT64_MAX;
    if (size >= 3) {
        size -= 3;
        choose(&o, data + size);
    }
    if (run(data, size, &o, &first, &once) == CSVK_OK) {
        o.dialect = o.to;
        o.delimiter_given = true;
        o.any_eol = false;
        o.encoding = "utf-8";
        bool counted =
            once.records_in == once.records_out + once.records_rejected + once.records_dropped;
        bool same = o.look_ahead != 0 ||
                    (run(first.data, first.length, &o, &second, &twice) == CSVK_OK &&
                     first.length == second.length && !twice.changed &&
                     (first.length == 0 || memcmp(first.data, second.data, first.length) == 0));
        if (!counted || !same) {
            abort();
        }
    }
    csvk_buf_release(&first);
    csvk_buf_release(&second);
    return 0;
}
