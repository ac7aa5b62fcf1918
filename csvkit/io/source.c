/*
 * source.c - reads the bytes of a file or of memory: decompressed, and converted to UTF-8 if
 * wanted.
 *
 * The idea. There are three layers, and each takes its bytes from the one below: text encoding
 * (source_to_utf8.c), compressed files (decode/decoder.h), raw bytes (decode/raw.h). Whether there
 * is a layer of the second kind is decided at the first read, by the first bytes. The bytes of a
 * plain file without conversion go from read(2) directly to the caller's buffer. Its first bytes
 * are read into that buffer too, looked at, and left where they are.
 *
 * Invariants. The bytes in `head` come before everything that `raw` has still to give; there are
 * some only when the caller's first buffer was too small to tell compressed from plain. The bytes
 * in `peeked` are decompressed but not converted, and come before all others.
 */
#include "csvkit/io/decode/decoder.h"
#include "csvkit/io/source_places.h"
#include "csvkit/io/source_private.h"

#include <string.h>

struct csvk_source {
    struct csvk_raw raw;
    bool recognized; /* whether it is compressed is known */
    unsigned char head[CSVK_MAGIC_SIZE];
    size_t head_at, head_length;
    struct csvk_buf peeked;
    size_t peeked_at;
    bool started;                     /* csvk_source_read was called */
    const char *only;                 /* the kind that is decoded; NULL: every one */
    const struct csvk_kind *kind;     /* NULL: plain */
    const struct csvk_decoder *calls; /* of that kind; NULL: plain */
    void *decoder;
    struct csvk_damage damage; /* that the decoder has found; `what` is NULL when there is none */
    struct csvk_recode *recode;
    bool in_background;     /* another thread reads; then `noted` is all that others see */
    _Atomic uint64_t noted; /* bytes of the file that have been used */
};

static struct csvk_source *new_source(struct csvk_error *err)
{
    struct csvk_source *source = csvk_calloc(1, sizeof *source);
    if (source == NULL) {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
        return NULL;
    }
    source->raw.fd = -1;
    return source;
}

int csvk_source_open(struct csvk_source **out, const char *path, struct csvk_error *err)
{
    *out = NULL;
    struct csvk_source *source = new_source(err);
    if (source == NULL) {
        return CSVK_ENOMEM;
    }
    int status = csvk_raw_open(&source->raw, path, err);
    if (status != CSVK_OK) {
        csvk_source_free(source);
        return status;
    }
    *out = source;
    return CSVK_OK;
}

int csvk_source_memory(struct csvk_source **out, const void *bytes, size_t length,
                       struct csvk_error *err)
{
    *out = NULL;
    struct csvk_source *source = new_source(err);
    if (source == NULL) {
        return CSVK_ENOMEM;
    }
    int status = csvk_raw_memory(&source->raw, bytes, length, err);
    if (status != CSVK_OK) {
        csvk_source_free(source);
        return status;
    }
    *out = source;
    return CSVK_OK;
}

int csvk_source_input(struct csvk_source **out, const struct csvk_input *input,
                      struct csvk_error *err)
{
    *out = NULL;
    struct csvk_source *source = new_source(err);
    if (source == NULL) {
        return CSVK_ENOMEM;
    }
    int status = csvk_raw_input(&source->raw, input, err);
    if (status != CSVK_OK) {
        csvk_source_free(source);
        return status;
    }
    *out = source;
    return CSVK_OK;
}

int csvk_source_fd(struct csvk_source **out, int fd, const char *name, struct csvk_error *err)
{
    *out = NULL;
    struct csvk_source *source = new_source(err);
    if (source == NULL) {
        return CSVK_ENOMEM;
    }
    int status = csvk_raw_fd(&source->raw, fd, name, err);
    if (status != CSVK_OK) {
        csvk_source_free(source);
        return status;
    }
    *out = source;
    return CSVK_OK;
}

int csvk_source_set_encoding(struct csvk_source *source, const char *encoding,
                             struct csvk_error *err)
{
    if (source->started) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: the encoding must be set before the first read",
                         source->raw.name);
    }
    struct csvk_recode *recode;
    int status = csvk_recode_new(&recode, source, encoding, err);
    if (status == CSVK_OK) {
        csvk_recode_free(source->recode);
        source->recode = recode;
    }
    return status;
}

/*
 * Reads until it is clear whether the file is compressed, or to its end: a pipe may give single
 * bytes, and somebody may wait for an answer to the first line.
 */
static int read_start(struct csvk_source *source, unsigned char *bytes, size_t capacity,
                      size_t *length, struct csvk_error *err)
{
    bool more = true;
    *length = 0;
    while (more) {
        size_t got;
        int status = csvk_raw_read(&source->raw, bytes + *length, capacity - *length, &got, err);
        if (status != CSVK_OK) {
            return status;
        }
        *length += got;
        const struct csvk_kind *kind = csvk_kind_find((struct csvk_bytes){bytes, *length}, &more);
        bool wanted = kind != NULL &&
                      (source->only == NULL || strcmp(csvk_kind_name(kind), source->only) == 0);
        source->kind = wanted ? kind : NULL;
        more = more && kind == NULL && got != 0;
    }
    return CSVK_OK;
}

/* Of a compressed file without its layer: the first read failed, and so does every other one. */
static int cannot_decode(const struct csvk_source *source, struct csvk_error *err)
{
    if (source->calls != NULL) {
        return csvk_fail(err, CSVK_EIO, "%s: reading went on after a failure", source->raw.name);
    }
    return csvk_fail(err, CSVK_EUSAGE,
                     "%s is compressed (%s), and this program has no decoder: it has to call "
                     "csvk_use_decoders of libcsvkit-extra",
                     source->raw.name, csvk_kind_name(source->kind));
}

/* A program of libcsvkit alone has no decoders. */
static int open_decoder(struct csvk_source *source, struct csvk_bytes head, struct csvk_error *err)
{
    source->calls = csvk_kind_decoder(source->kind);
    return source->calls == NULL ? cannot_decode(source, err)
                                 : source->calls->open(&source->decoder, &source->raw, head, err);
}

/* Decides the kind. *got: how many bytes of a plain text are in `bytes` already. */
static int recognize(struct csvk_source *source, unsigned char *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    bool small = capacity < CSVK_MAGIC_SIZE;
    unsigned char *start = small ? source->head : bytes;
    size_t room = small ? CSVK_MAGIC_SIZE : capacity;
    room = room < CSVK_SOURCE_BLOCK ? room : CSVK_SOURCE_BLOCK;
    size_t length;
    int status = read_start(source, start, room, &length, err);
    if (status != CSVK_OK) {
        return status;
    }
    *got = 0;
    source->recognized = true;
    if (source->kind != NULL) {
        return open_decoder(source, (struct csvk_bytes){start, length}, err);
    }
    source->head_length = small ? length : 0;
    *got = small ? 0 : length;
    return CSVK_OK;
}

static size_t take_head(struct csvk_source *source, unsigned char *bytes, size_t capacity)
{
    size_t left = source->head_length - source->head_at;
    size_t n = left < capacity ? left : capacity;
    memcpy(bytes, source->head + source->head_at, n);
    source->head_at += n;
    return n;
}

/* Reads decompressed bytes, after those in `peeked`. */
static int pull_new(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                    struct csvk_error *err)
{
    *got = 0;
    if (!source->recognized) {
        int status = recognize(source, bytes, capacity, got, err);
        if (status != CSVK_OK || *got > 0) {
            return status;
        }
    }
    if (source->decoder != NULL) {
        int status = source->calls->read(source->decoder, bytes, capacity, got, err);
        source->damage = source->calls->damage(source->decoder);
        source->damage.kind = csvk_kind_name(source->kind);
        return status;
    }
    if (source->kind != NULL) {
        return cannot_decode(source, err);
    }
    if (source->head_at < source->head_length) {
        *got = take_head(source, bytes, capacity);
        return CSVK_OK;
    }
    return csvk_raw_read(&source->raw, bytes, capacity, got, err);
}

static size_t peeked_left(const struct csvk_source *source)
{
    return source->peeked.length - source->peeked_at;
}

static void pass_peeked(struct csvk_source *source, size_t count)
{
    source->peeked_at += count;
    if (peeked_left(source) == 0) {
        csvk_buf_release(&source->peeked);
        source->peeked_at = 0;
    }
}

int csvk_source_pull(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    if (peeked_left(source) == 0) {
        return pull_new(source, bytes, capacity, got, err);
    }
    *got = peeked_left(source) < capacity ? peeked_left(source) : capacity;
    memcpy(bytes, source->peeked.data + source->peeked_at, *got);
    pass_peeked(source, *got);
    return CSVK_OK;
}

int csvk_source_peek(struct csvk_source *source, size_t most, struct csvk_bytes *bytes,
                     struct csvk_error *err)
{
    struct csvk_buf *peeked = &source->peeked;
    if (source->started) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: looked at after the first read", source->raw.name);
    }
    for (size_t got = 1; got > 0 && peeked->length < most;) {
        size_t left = most - peeked->length;
        size_t piece = left < CSVK_SOURCE_BLOCK ? left : CSVK_SOURCE_BLOCK;
        if (csvk_buf_reserve(peeked, piece) != CSVK_OK) {
            return csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
        int status = pull_new(source, peeked->data + peeked->length, piece, &got, err);
        if (status != CSVK_OK) {
            return status;
        }
        peeked->length += got;
        peeked->data[peeked->length] = '\0';
    }
    size_t length = peeked->length < most ? peeked->length : most;
    *bytes = (struct csvk_bytes){peeked->data, length};
    return CSVK_OK;
}

int csvk_source_read(struct csvk_source *source, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    *got = 0;
    if (capacity == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: reading into no room", source->raw.name);
    }
    source->started = true;
    if (source->recode != NULL) {
        return csvk_recode_read(source->recode, bytes, capacity, got, err);
    }
    return csvk_source_pull(source, bytes, capacity, got, err);
}

const struct csvk_damage *csvk_source_damage(const struct csvk_source *source)
{
    return source->damage.what != NULL ? &source->damage : NULL;
}

const char *csvk_source_name(const struct csvk_source *source)
{
    return source->raw.name;
}

bool csvk_source_is_gzip(const struct csvk_source *source)
{
    return source->kind != NULL && strcmp(csvk_kind_name(source->kind), "gzip") == 0;
}

void csvk_source_decode_only(struct csvk_source *source, const char *kind)
{
    source->only = kind;
}

const char *csvk_source_compression(const struct csvk_source *source)
{
    return source->kind != NULL ? csvk_kind_name(source->kind) : NULL;
}

uint64_t csvk_source_file_size(const struct csvk_source *source)
{
    return source->raw.size;
}

static uint64_t consumed(const struct csvk_source *source)
{
    if (source->decoder != NULL) {
        return source->calls->consumed(source->decoder);
    }
    return source->raw.position - (source->head_length - source->head_at) - peeked_left(source);
}

uint64_t csvk_source_consumed(const struct csvk_source *source)
{
    return source->in_background ? source->noted : consumed(source);
}

void csvk_source_note_consumed(struct csvk_source *source)
{
    source->noted = consumed(source);
    if (!source->in_background) {
        source->in_background = true;
    }
}

bool csvk_source_is_file(const struct csvk_source *source)
{
    return source->raw.input.read == NULL && source->raw.size != 0;
}

bool csvk_source_places(const struct csvk_source *source, struct csvk_places *places)
{
    const struct csvk_raw *raw = &source->raw;
    bool plain = source->recognized && source->kind == NULL && source->recode == NULL;
    *places = (struct csvk_places){.memory = raw->memory, .fd = raw->fd, .size = raw->size};
    return plain && raw->size != 0 && (raw->memory != NULL || csvk_raw_start(raw, &places->start));
}

static size_t at_most(size_t there, uint64_t wanted)
{
    return wanted < there ? (size_t)wanted : there;
}

void csvk_source_jump(struct csvk_source *source, uint64_t length)
{
    size_t peeked = at_most(peeked_left(source), length);
    pass_peeked(source, peeked);
    size_t head = at_most(source->head_length - source->head_at, length - peeked);
    source->head_at += head;
    csvk_raw_jump(&source->raw, length - peeked - head);
}

void csvk_source_free(struct csvk_source *source)
{
    if (source == NULL) {
        return;
    }
    csvk_buf_release(&source->peeked);
    csvk_recode_free(source->recode);
    if (source->decoder != NULL) {
        source->calls->free(source->decoder);
    }
    csvk_raw_close(&source->raw);
    csvk_free(source);
}
