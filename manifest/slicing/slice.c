/*
 * slice.c - cuts the records of batches into slices.
 *
 * The idea. A batch is cut into a few ranges of whole records, and each range goes to the
 * compressor as it is; a binary search over the ends of the records finds where to cut. A full
 * slice is closed only when the next record comes. So there is no empty slice at the end, and the
 * last record of an input can still get a line break if it lacks one.
 *
 * A finished file is made durable while the next one is being filled: the system is asked to write
 * it out at once, and fsync waits for that one slice later.
 */
#include "manifest/slice.h"

#include "csvkit/base/sized.h"
#include "csvkit/io/deflate/gzip_writer.h"
#include "manifest/slicing/slice_dir.h"
#include "manifest/slicing/slice_job.h"
#include "manifest/slicing/slice_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <isa-l/crc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_LEVEL = 4, LEAST_BLOCK = 4096, BLOCKS_PER_SLICE = 40 };
#define DEFAULT_SIZE UINT64_C(50000000)

struct csvk_slicer {
    struct slice_dir *dir;
    struct slice_plan plan;
    enum csvk_slice_form form;
    enum csvk_slice_none none;
    struct csvk_slice_hash hash;
    struct csvk_gzip *gzip; /* NULL: plain */
    struct csvk_slice *slice;
    size_t count, capacity;
    bool is_open, is_full;
    bool ends_open; /* the text ends without a line break */
    int fd;         /* of the open slice, or -1 */
    int syncing;    /* of the slice before it, which may not be durable yet, or -1 */
    struct csvk_slice current;
};

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_slice_options, hash, "csvk_slice_options_init");

void csvk_slice_options_init_sized(struct csvk_slice_options *options, size_t size)
{
    const struct csvk_slice_options defaults = {
        .size = sizeof defaults,
        .slice_size = DEFAULT_SIZE,
        .level = DEFAULT_LEVEL,
    };
    csvk_sized_init(&options_type, options, size, &defaults);
}

/* ---- one file -------------------------------------------------------------------------------- */

/* Writes bytes of the file itself, compressed or plain. */
static int write_file(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct csvk_slicer *s = context;
    if (s->hash.add != NULL && s->hash.add(s->hash.context, bytes, length) != CSVK_OK) {
        return csvk_fail(err, CSVK_EIO, "the hash of a slice failed");
    }
    s->current.file_bytes += length;
    return slice_write_all(s->fd, bytes, length, s->current.name, err);
}

void slice_name(char name[CSVK_SLICE_NAME_MAX], size_t number, enum csvk_slice_form form)
{
    snprintf(name, CSVK_SLICE_NAME_MAX, "part-%05zu.csv%s", number,
             form == CSVK_SLICE_GZIP ? ".gz" : "");
}

/* The next slice is like `slice`, but for its name. */
static int begin_slice(struct csvk_slicer *s, const struct csvk_slice *slice,
                       struct csvk_error *err)
{
    if (s->count == CSVK_SLICES_MAX) {
        return csvk_fail(err, CSVK_ELIMIT, "more than %d slices: choose larger ones",
                         CSVK_SLICES_MAX);
    }
    s->current = *slice;
    slice_name(s->current.name, s->count + 1, s->form);
    return CSVK_OK;
}

static int open_slice(struct csvk_slicer *s, struct csvk_error *err)
{
    int status = begin_slice(s, &(struct csvk_slice){.crc = 0}, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (s->hash.begin != NULL && s->hash.begin(s->hash.context) != CSVK_OK) {
        return csvk_fail(err, CSVK_EIO, "the hash of a slice failed");
    }
    status = slice_dir_create(s->dir, s->current.name, &s->fd, err);
    s->is_open = status == CSVK_OK;
    s->is_full = false;
    return status;
}

/* Waits until the slice before the open one is durable. */
static int wait_for_disk(struct csvk_slicer *s, struct csvk_error *err)
{
    if (s->syncing < 0) {
        return CSVK_OK;
    }
    int status = CSVK_OK;
    if (fsync(s->syncing) != 0) {
        status = csvk_fail_sys(err, errno, "cannot write a slice to the disk");
    }
    if (close(s->syncing) != 0 && status == CSVK_OK) {
        status = csvk_fail_sys(err, errno, "cannot close a slice");
    }
    s->syncing = -1;
    return status;
}

static int keep_slice(struct csvk_slicer *s, struct csvk_error *err)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity != 0 ? 2 * s->capacity : 16;
        struct csvk_slice *bigger = csvk_reallocarray(s->slice, capacity, sizeof *bigger);
        if (bigger == NULL) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        s->slice = bigger;
        s->capacity = capacity;
    }
    s->slice[s->count++] = s->current;
    return CSVK_OK;
}

static int end_bytes(struct csvk_slicer *s, struct csvk_error *err)
{
    struct csvk_gzip_member member;
    int status = CSVK_OK;
    if (s->gzip != NULL) {
        status = csvk_gzip_finish(s->gzip, &member, err);
        s->current.crc = member.crc;
    }
    if (status == CSVK_OK && s->hash.end != NULL &&
        s->hash.end(s->hash.context, s->current.digest) != CSVK_OK) {
        status = csvk_fail(err, CSVK_EIO, "the hash of a slice failed");
    }
    return status;
}

static int close_slice(struct csvk_slicer *s, struct csvk_error *err)
{
    int status = end_bytes(s, err);
    if (status == CSVK_OK) {
        status = wait_for_disk(s, err);
    }
    if (status != CSVK_OK) {
        return status;
    }
    (void)sync_file_range(s->fd, 0, 0,
                          SYNC_FILE_RANGE_WRITE); /* only an early start: fsync checks */
    s->syncing = s->fd;
    s->fd = -1;
    s->is_open = false;
    struct slice_extent finished = {s->current.bytes, s->current.records, s->current.file_bytes};
    slice_plan_next(&s->plan, &finished);
    return keep_slice(s, err);
}

/* ---- records --------------------------------------------------------------------------------- */

static int write_text(struct csvk_slicer *s, const unsigned char *text, size_t length,
                      struct csvk_error *err)
{
    if (length == 0) {
        return CSVK_OK;
    }
    s->current.bytes += length;
    s->ends_open = text[length - 1] != '\n' && text[length - 1] != '\r';
    if (s->gzip != NULL) {
        return csvk_gzip_write(s->gzip, text, length, err);
    }
    s->current.crc = crc32_gzip_refl(s->current.crc, text, length);
    return write_file(s, text, length, err);
}

static struct slice_extent extent(const struct csvk_slicer *s)
{
    struct slice_extent open = {s->current.bytes, s->current.records, s->current.file_bytes};
    if (s->gzip != NULL) {
        open.bytes = csvk_gzip_estimate(s->gzip);
    }
    return open;
}

/*
 * Asks the plan whether the open slice is full. The compressed size of blocks that are still at
 * work is only an estimate, and later text may compress better or worse. So as soon as the slice
 * might be full already, this waits for its blocks. How many it waits for depends on sizes, not on
 * the number of threads, and so the cut does not depend on that either.
 */
static bool ask_plan(struct csvk_slicer *s)
{
    struct slice_extent open = extent(s);
    if (s->gzip != NULL) {
        csvk_gzip_wait_until_below(s->gzip, slice_plan_end(&s->plan, &open));
        open = extent(s);
    }
    return slice_plan_is_full(&s->plan, &open);
}

/* The first record from `first` on that ends at or after `offset`; nrecords when there is none. */
static uint64_t record_reaching(const struct csvk_batch *batch, uint64_t first, uint64_t offset)
{
    uint64_t low = first, high = batch->nrecords;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (batch->record_end[middle] < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* a + b, or UINT64_MAX when that is too large. */
static uint64_t add_capped(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Writes records from *first on until the plan has to be asked; *first is then the next record. */
static int write_some(struct csvk_slicer *s, const struct csvk_batch *batch, uint64_t *first,
                      struct csvk_error *err)
{
    struct slice_extent open = extent(s);
    struct slice_extent room = slice_plan_room(&s->plan, &open);
    size_t from = *first > 0 ? batch->record_end[*first - 1] : 0;
    uint64_t by_text = record_reaching(batch, *first, add_capped(from, room.text));
    uint64_t by_count = add_capped(*first, room.records - 1);
    uint64_t last = by_text < by_count ? by_text : by_count;
    bool reached = last < batch->nrecords;
    uint64_t end = reached ? last + 1 : batch->nrecords;
    s->current.records += end - *first;
    *first = end;
    int status = write_text(s, batch->bytes + from, batch->record_end[end - 1] - from, err);
    if (status == CSVK_OK && reached) {
        s->is_full = ask_plan(s);
    }
    return status;
}

int csvk_slicer_feed(struct csvk_slicer *s, const struct csvk_batch *batch, uint64_t skip,
                     struct csvk_error *err)
{
    uint64_t first = skip < batch->nrecords ? skip : batch->nrecords;
    int status = CSVK_OK;
    s->plan.skipped += batch->comment_bytes + (first > 0 ? batch->record_end[first - 1] : 0);
    while (first < batch->nrecords && status == CSVK_OK) {
        if (s->is_open && s->is_full) {
            status = close_slice(s, err);
        }
        if (status == CSVK_OK && !s->is_open) {
            status = open_slice(s, err);
        }
        if (status == CSVK_OK) {
            status = write_some(s, batch, &first, err);
        }
    }
    return status;
}

int csvk_slicer_break(struct csvk_slicer *s, enum csvk_eol eol, struct csvk_error *err)
{
    const char *text = eol == CSVK_EOL_CRLF ? "\r\n" : "\n";
    if (!s->is_open || !s->ends_open) {
        return CSVK_OK;
    }
    return write_text(s, (const unsigned char *)text, strlen(text), err);
}

/* ---- the slicer ------------------------------------------------------------------------------ */

/* Small slices need small blocks: the size of what is not compressed yet is only an estimate. */
static size_t block_size(const struct csvk_slice_options *options)
{
    uint64_t wanted = options->slice_size / BLOCKS_PER_SLICE;
    size_t block = LEAST_BLOCK;
    while (block < wanted && block < CSVK_GZIP_BLOCK) {
        block *= 2;
    }
    return options->cut == CSVK_SLICE_BY_SIZE && block < CSVK_GZIP_BLOCK ? block : CSVK_GZIP_BLOCK;
}

static int set_up(struct csvk_slicer *s, const struct csvk_slice_options *options,
                  struct csvk_error *err)
{
    int status = slice_plan_init(&s->plan, options, err);
    if (status == CSVK_OK && s->form == CSVK_SLICE_GZIP) {
        struct csvk_gzip_options how = {options->level, options->threads, block_size(options)};
        struct csvk_gzip_output output = {write_file, s};
        status = csvk_gzip_new(&s->gzip, &how, output, err);
    }
    if (status == CSVK_OK) {
        status = slice_dir_new(&s->dir, options->directory, options->existing, err);
    }
    return status;
}

int csvk_slicer_new(struct csvk_slicer **out, const struct csvk_slice_options *options,
                    struct csvk_error *err)
{
    *out = NULL;
    struct csvk_slice_options own;
    csvk_slice_options_init(&own);
    int status = csvk_sized_read(&options_type, &own, options, err);
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_slicer *s = csvk_calloc(1, sizeof *s);
    if (s == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    s->fd = s->syncing = -1;
    s->form = own.form;
    s->none = own.none;
    s->hash = own.hash;
    status = set_up(s, &own, err);
    if (status != CSVK_OK) {
        csvk_slicer_free(s);
        return status;
    }
    *out = s;
    return CSVK_OK;
}

int slice_adopt(struct csvk_slicer *s, const char *path, const struct csvk_slice *slice,
                struct csvk_error *err)
{
    int status = s->is_open ? close_slice(s, err) : CSVK_OK;
    status = status == CSVK_OK ? begin_slice(s, slice, err) : status;
    if (status == CSVK_OK) {
        status = slice_dir_adopt(s->dir, s->current.name, path, slice->file_bytes, err);
    }
    return status == CSVK_OK ? keep_slice(s, err) : status;
}

int csvk_slicer_finish(struct csvk_slicer *s, struct csvk_error *err)
{
    int status = CSVK_OK;
    if (!s->is_open && s->count == 0 && s->none == CSVK_SLICE_EMPTY_SLICE) {
        status = open_slice(s, err);
    }
    if (status == CSVK_OK && s->is_open) {
        status = close_slice(s, err);
    }
    return status == CSVK_OK ? wait_for_disk(s, err) : status;
}

const struct csvk_slice *csvk_slicer_slices(const struct csvk_slicer *s, size_t *count)
{
    *count = s->count;
    return s->slice;
}

const char *csvk_slicer_directory(const struct csvk_slicer *s)
{
    return slice_dir_path(s->dir);
}

int csvk_slicer_commit(struct csvk_slicer *s, const struct csvk_bytes *manifest,
                       struct csvk_error *err)
{
    return slice_dir_commit(s->dir, manifest, err);
}

void csvk_slicer_free(struct csvk_slicer *s)
{
    if (s == NULL) {
        return;
    }
    csvk_gzip_free(s->gzip);
    if (s->fd >= 0) {
        close(s->fd);
    }
    if (s->syncing >= 0) {
        close(s->syncing);
    }
    slice_dir_free(s->dir);
    csvk_free(s->slice);
    csvk_free(s);
}
