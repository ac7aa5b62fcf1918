/*
 * fuzz_gzip.c - what the gzip writer makes of a text, zlib reads back as one member; and a stream
 * of any bytes is followed without leaving it. The last three bytes choose level, block size and
 * threads.
 */
#include "csvkit/io/deflate/final_block/final_block.h"
#include "csvkit/io/deflate/gzip_writer.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void *must(void *pointer)
{
    if (pointer == NULL) {
        abort();
    }
    return pointer;
}

static void follow(const unsigned char *data, size_t size)
{
    unsigned char *stream = must(malloc(size + CSVK_FINAL_BLOCK_SLACK));
    struct csvk_final_block found;
    memcpy(stream, data, size);
    memset(stream + size, 0xa5, CSVK_FINAL_BLOCK_SLACK);
    if (csvk_final_block_follow((struct csvk_bytes){stream, size}, &found) == 0 &&
        (found.end > 8 * (uint64_t)size || found.begin + 3 > found.end)) {
        abort();
    }
    free(stream);
}

static int to_buf(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

static void check_member(const struct csvk_buf *file, const unsigned char *text, size_t size)
{
    unsigned char *got = must(malloc(size + 1));
    z_stream z = {.next_in = file->data, .avail_in = (unsigned)file->length};
    z.next_out = got;
    z.avail_out = (unsigned)size + 1;
    if (inflateInit2(&z, 31) != Z_OK || inflate(&z, Z_FINISH) != Z_STREAM_END || z.avail_in != 0 ||
        z.total_out != size || memcmp(got, text, size) != 0) {
        abort();
    }
    inflateEnd(&z);
    free(got);
}

static void round_trip(const unsigned char *text, size_t size, struct csvk_gzip_options options)
{
    struct csvk_gzip *gzip;
    struct csvk_buf file = CSVK_BUF_INIT;
    struct csvk_gzip_output output = {to_buf, &file};
    if (csvk_gzip_new(&gzip, &options, output, NULL) != CSVK_OK ||
        csvk_gzip_write(gzip, text, size, NULL) != CSVK_OK ||
        csvk_gzip_finish(gzip, NULL, NULL) != CSVK_OK) {
        abort();
    }
    csvk_gzip_free(gzip);
    check_member(&file, text, size);
    csvk_buf_release(&file);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    if (size < 3) {
        return 0;
    }
    size -= 3;
    struct csvk_gzip_options options = {.level = 1 + data[size] % 9,
                                        .block_size = 1 + (size_t)data[size + 1] * 37,
                                        .threads = 1 + (data[size + 2] % 16 == 0)};
    follow(data, size);
    round_trip(data, size, options);
    return 0;
}
