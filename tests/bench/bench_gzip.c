/*
 * bench_gzip.c - what compression and inflating cost, beside zlib in the same run.
 *
 *   bench_gzip FILE [THREADS]          prints MB/s of text by the clock and by processor time, the
 *                                      best of three, and the ratio; FILE is held in memory whole
 *   bench_gzip bare LEVEL FILE OUT     the engine of a level of ours alone, from file to file, in
 *                                      blocks of as many bytes, neither checked nor joined
 *   bench_gzip zlib LEVEL FILE OUT     one gzip member by zlib, from file to file
 */
#include "csvkit/extra/extra.h"
#include "csvkit/io/deflate/deflate.h"
#include "csvkit/io/deflate/gzip_writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

enum { ROUNDS = 3, ZLIB_SLICE = 1 << 24 };

struct times {
    double wall, cpu;
};

static double clock_of(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct times now(void)
{
    return (struct times){clock_of(CLOCK_MONOTONIC), clock_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static int to_buf(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_buf_add(context, bytes, length) == CSVK_OK
               ? CSVK_OK
               : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

/* One member of `text` in `out`. */
static bool run_ours(const struct csvk_buf *text, int level, size_t threads, struct csvk_buf *out)
{
    struct csvk_gzip *gzip;
    struct csvk_gzip_options options = {level, threads, 0};
    struct csvk_gzip_output output = {to_buf, out};
    if (csvk_gzip_new(&gzip, &options, output, NULL) != CSVK_OK) {
        return false;
    }
    bool done = csvk_gzip_write(gzip, text->data, text->length, NULL) == CSVK_OK &&
                csvk_gzip_finish(gzip, NULL, NULL) == CSVK_OK;
    csvk_gzip_free(gzip);
    return done;
}

static bool run_zlib(const struct csvk_buf *text, int level, size_t threads, struct csvk_buf *out)
{
    (void)threads;
    z_stream z = {.next_in = text->data};
    z.avail_in = (unsigned)(text->length < ZLIB_SLICE ? text->length : ZLIB_SLICE);
    if (csvk_buf_reserve(out, 2 * (size_t)ZLIB_SLICE) != CSVK_OK ||
        deflateInit2(&z, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return false;
    }
    z.next_out = out->data;
    z.avail_out = 2 * ZLIB_SLICE;
    bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
    out->length = z.total_out;
    deflateEnd(&z);
    return done;
}

static bool inflate_ours(const struct csvk_buf *file, int level, size_t threads,
                         struct csvk_buf *out)
{
    (void)level, (void)threads;
    static unsigned char room[1 << 18];
    struct csvk_source *source;
    size_t got = 1;
    if (csvk_source_memory(&source, file->data, file->length, NULL) != CSVK_OK) {
        return false;
    }
    while (got > 0 && csvk_source_read(source, room, sizeof room, &got, NULL) == CSVK_OK) {
        out->length += got; /* a count only: nothing is kept */
    }
    csvk_source_free(source);
    return got == 0;
}

static bool inflate_zlib(const struct csvk_buf *file, int level, size_t threads,
                         struct csvk_buf *out)
{
    (void)level, (void)threads;
    static unsigned char room[1 << 18];
    z_stream z = {.next_in = file->data, .avail_in = (unsigned)file->length};
    int answer = inflateInit2(&z, 31);
    while (answer == Z_OK) {
        z.next_out = room;
        z.avail_out = sizeof room;
        answer = inflate(&z, Z_NO_FLUSH);
    }
    out->length = z.total_out;
    inflateEnd(&z);
    return answer == Z_STREAM_END;
}

struct bench_job {
    const char *name;
    bool (*run)(const struct csvk_buf *in, int level, size_t threads, struct csvk_buf *out);
    int level;
};

/* Runs a job and prints its line; speed counts the larger side, the text. Output stays in `out`. */
static int measure(const struct bench_job *job, const struct csvk_buf *in, size_t threads,
                   struct csvk_buf *out)
{
    struct times best = {1e9, 1e9};
    for (int i = 0; i < ROUNDS; i++) {
        out->length = 0;
        struct times before = now();
        if (!job->run(in, job->level, threads, out)) {
            fprintf(stderr, "bench_gzip: %s %d failed\n", job->name, job->level);
            return 1;
        }
        struct times after = now();
        best.wall = after.wall - before.wall < best.wall ? after.wall - before.wall : best.wall;
        best.cpu = after.cpu - before.cpu < best.cpu ? after.cpu - before.cpu : best.cpu;
    }
    size_t in_size = in->length, out_size = out->length;
    if (job->run == run_zlib && in_size > ZLIB_SLICE) {
        in_size = ZLIB_SLICE;
    }
    double text = (double)(in_size > out_size ? in_size : out_size);
    double bytes = (double)(in_size > out_size ? out_size : in_size);
    printf("%-12s %d  %7.0f MB/s  %7.0f MB/s cpu  ratio %.3f\n", job->name, job->level,
           text / best.wall / 1e6, text / best.cpu / 1e6, text / bytes);
    return 0;
}

static bool read_file(const char *path, struct csvk_buf *text)
{
    FILE *file = fopen(path, "rb");
    size_t got = 1;
    while (file != NULL && got > 0 && csvk_buf_reserve(text, 1 << 20) == CSVK_OK) {
        got = fread(text->data + text->length, 1, 1 << 20, file);
        text->length += got;
    }
    return file != NULL && fclose(file) == 0 && got == 0 && text->length > 0;
}

/* ---- from file to file ---- */

static unsigned char block[CSVK_GZIP_BLOCK], piece[2 * CSVK_GZIP_BLOCK];

static bool pack_bare(FILE *in, FILE *out, int level)
{
    struct csvk_deflater *deflater;
    if (csvk_deflater_new(&deflater, level, NULL) != CSVK_OK) {
        return false;
    }
    bool good = true;
    size_t got;
    for (uint64_t n = 0; good && (got = fread(block, 1, CSVK_GZIP_BLOCK, in)) > 0; n++) {
        size_t length = csvk_deflater_bare(deflater, (struct csvk_bytes){block, got}, n, piece);
        good = length > 0 && fwrite(piece, 1, length, out) == length;
    }
    csvk_deflater_free(deflater);
    return good;
}

static bool pack_zlib(FILE *in, FILE *out, int level)
{
    z_stream z = {.next_in = block};
    int answer = deflateInit2(&z, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), flush = Z_NO_FLUSH;
    while (answer == Z_OK || answer == Z_BUF_ERROR) {
        if (z.avail_in == 0 && flush == Z_NO_FLUSH) {
            z.next_in = block;
            z.avail_in = (unsigned)fread(block, 1, CSVK_GZIP_BLOCK, in);
            flush = z.avail_in == 0 ? Z_FINISH : Z_NO_FLUSH;
        }
        z.next_out = piece;
        z.avail_out = sizeof piece;
        answer = deflate(&z, flush);
        size_t length = sizeof piece - z.avail_out;
        answer = fwrite(piece, 1, length, out) == length ? answer : Z_ERRNO;
    }
    deflateEnd(&z);
    return answer == Z_STREAM_END;
}

static int pack_file(char **argv)
{
    int level = (int)strtol(argv[2], NULL, 10);
    FILE *in = fopen(argv[3], "rb"), *out = fopen(argv[4], "wb");
    bool bare = strcmp(argv[1], "bare") == 0;
    bool good =
        in != NULL && out != NULL && (bare ? pack_bare(in, out, level) : pack_zlib(in, out, level));
    good = out != NULL && fclose(out) == 0 && good;
    good = in != NULL && fclose(in) == 0 && good;
    if (!good) {
        fprintf(stderr, "bench_gzip: %s %s of %s failed\n", argv[1], argv[2], argv[3]);
    }
    return good ? 0 : 1;
}

int main(int argc, char **argv)
{
    csvk_use_decoders();
    static const struct bench_job pack[] = {{"csvkit", run_ours, 1}, {"csvkit", run_ours, 2},
                                            {"csvkit", run_ours, 3}, {"csvkit", run_ours, 4},
                                            {"csvkit", run_ours, 5}, {"csvkit", run_ours, 6},
                                            {"zlib", run_zlib, 1},   {"zlib", run_zlib, 6}};
    static const struct bench_job unpack[] = {{"source", inflate_ours, 0},
                                              {"zlib inflate", inflate_zlib, 0}};
    struct csvk_buf text = CSVK_BUF_INIT, file = CSVK_BUF_INIT, out = CSVK_BUF_INIT;
    size_t threads = argc > 2 ? strtoul(argv[2], NULL, 10) : 1;
    if (argc == 5 && (strcmp(argv[1], "bare") == 0 || strcmp(argv[1], "zlib") == 0)) {
        return pack_file(argv);
    }
    if (argc < 2 || !read_file(argv[1], &text)) {
        fprintf(stderr, "usage: bench_gzip FILE [THREADS] | bare|zlib LEVEL FILE OUT\n");
        return 2;
    }
    int failed = 0;
    for (size_t i = 0; i < sizeof pack / sizeof pack[0]; i++) {
        failed |= measure(&pack[i], &text, threads, &file);
    }
    if (run_zlib(&text, 6, 1, &file)) {
        failed |= measure(&unpack[0], &file, 1, &out) | measure(&unpack[1], &file, 1, &out);
    }
    csvk_buf_release(&text);
    csvk_buf_release(&file);
    csvk_buf_release(&out);
    return failed;
}
