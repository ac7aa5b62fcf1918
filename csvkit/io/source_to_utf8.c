/*
 * source_to_utf8.c - converts text from any encoding that iconv(3) knows to UTF-8.
 *
 * The idea. Bytes are converted into a buffer of this layer and copied to the caller from there. So
 * the result cannot depend on the sizes of the caller's reads. The text before an illegal sequence
 * is delivered first. The next read fails, and names the place in the text as it was before
 * conversion.
 *
 * A byte order mark is removed after conversion, because it belongs to the encoding. It stays only
 * when the encoding is UTF-8: there the reader reports it as a fact.
 *
 * Invariants: in[in_at..in_length) waits for conversion, and its first byte is at `offset` of the
 * text before conversion; out[out_at..out_length) waits for the caller.
 */
#include "csvkit/io/source_private.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>

enum { IN_SIZE = 64 * 1024, OUT_SIZE = 3 * IN_SIZE, BOM_SIZE = 3 };

enum stage { STAGE_START, STAGE_TEXT, STAGE_END };

struct csvk_recode {
    struct csvk_source *source;
    iconv_t converter;
    char *encoding;
    enum stage stage;
    bool keep_bom;
    bool in_ended;
    uint64_t offset;
    size_t in_at, in_length, out_at, out_length;
    unsigned char in[IN_SIZE];
    unsigned char out[OUT_SIZE];
};

static bool is_utf8(const char *encoding)
{
    return strcasecmp(encoding, "UTF-8") == 0 || strcasecmp(encoding, "UTF8") == 0;
}

static int open_converter(struct csvk_recode *recode, const char *encoding, struct csvk_error *err)
{
    /* In glibc, options such as //IGNORE may follow the name; but nothing may be ignored here. */
    bool has_options = strstr(encoding, "//") != NULL || encoding[0] == '\0';
    if (!has_options) {
        recode->converter = iconv_open("UTF-8", encoding);
    }
    if (has_options || recode->converter == (iconv_t)-1) {
        return csvk_fail(err, CSVK_EUSAGE, "unknown encoding '%s'", encoding);
    }
    return CSVK_OK;
}

int csvk_recode_new(struct csvk_recode **out, struct csvk_source *source, const char *encoding,
                    struct csvk_error *err)
{
    *out = NULL;
    struct csvk_recode *recode = csvk_malloc(sizeof *recode);
    if (recode == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    memset(recode, 0, offsetof(struct csvk_recode, in));
    recode->source = source;
    recode->converter = (iconv_t)-1;
    recode->keep_bom = is_utf8(encoding);
    recode->encoding = csvk_strdup(encoding);
    int status = recode->encoding != NULL ? open_converter(recode, encoding, err)
                                          : csvk_fail(err, CSVK_ENOMEM, "out of memory");
    if (status != CSVK_OK) {
        csvk_recode_free(recode);
        return status;
    }
    *out = recode;
    return CSVK_OK;
}

/* Moves the bytes that wait for conversion to the front and reads more after them. */
static int fill(struct csvk_recode *recode, struct csvk_error *err)
{
    memmove(recode->in, recode->in + recode->in_at, recode->in_length - recode->in_at);
    recode->in_length -= recode->in_at;
    recode->in_at = 0;
    size_t got;
    int status = csvk_source_pull(recode->source, recode->in + recode->in_length,
                                  IN_SIZE - recode->in_length, &got, err);
    recode->in_length += got;
    recode->in_ended = status == CSVK_OK && got == 0;
    return status;
}

/* Converts what is waiting by one call of iconv(3); returns 0 or its errno. */
static int convert(struct csvk_recode *recode)
{
    char *from = (char *)recode->in + recode->in_at;
    size_t from_left = recode->in_length - recode->in_at;
    char *to = (char *)recode->out + recode->out_length;
    size_t to_left = OUT_SIZE - recode->out_length;
    bool flush = from_left == 0;
    size_t answer = iconv(recode->converter, flush ? NULL : &from, &from_left, &to, &to_left);
    int sys = answer == (size_t)-1 ? errno : 0;
    size_t used = recode->in_length - recode->in_at - from_left;
    recode->in_at += used;
    recode->offset += used;
    recode->out_length = OUT_SIZE - to_left;
    return sys;
}

static int refuse(const struct csvk_recode *recode, const char *what, struct csvk_error *err)
{
    int status = csvk_fail(err, CSVK_EDATA, "%s: %s at byte %llu", csvk_source_name(recode->source),
                           what, (unsigned long long)recode->offset);
    if (err != NULL) {
        err->offset = recode->offset;
    }
    return status;
}

/*
 * Removes a byte order mark from the first output. iconv(3) gives whole characters, so the mark is
 * never split between two calls.
 */
static void drop_bom(struct csvk_recode *recode)
{
    static const unsigned char bom[BOM_SIZE] = {0xef, 0xbb, 0xbf};
    if (recode->stage != STAGE_START || recode->out_length == 0) {
        return;
    }
    bool has_bom = recode->out_length >= BOM_SIZE && memcmp(recode->out, bom, BOM_SIZE) == 0;
    recode->out_at = has_bom && !recode->keep_bom ? BOM_SIZE : 0;
    recode->stage = STAGE_TEXT;
}

/*
 * The text ends inside a character. This is no failure when damage to the gzip file is the cause:
 * csvk_source_damage reports that.
 */
static int end_inside_sequence(struct csvk_recode *recode, struct csvk_error *err)
{
    if (csvk_source_damage(recode->source) != NULL) {
        recode->stage = STAGE_END;
        return CSVK_OK;
    }
    return refuse(recode, "text ends inside a character", err);
}

/* Does one step: gets some output, or more input, or reaches the end. */
static int advance(struct csvk_recode *recode, struct csvk_error *err)
{
    bool is_flush = recode->in_at == recode->in_length;
    if (is_flush && !recode->in_ended) {
        return fill(recode, err);
    }
    int sys = convert(recode);
    drop_bom(recode);
    if (recode->out_length > 0) {
        return CSVK_OK; /* what stopped iconv(3) will stop the next call at once */
    }
    switch (sys) {
    case 0: recode->stage = is_flush ? STAGE_END : recode->stage; return CSVK_OK;
    case EINVAL: return recode->in_ended ? end_inside_sequence(recode, err) : fill(recode, err);
    case EILSEQ: return refuse(recode, "bytes that the encoding does not have", err);
    default: return csvk_fail_sys(err, sys, "cannot convert from %s", recode->encoding);
    }
}

int csvk_recode_read(struct csvk_recode *recode, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    *got = 0;
    while (recode->out_at == recode->out_length && recode->stage != STAGE_END) {
        recode->out_at = 0;
        recode->out_length = 0;
        int status = advance(recode, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    size_t left = recode->out_length - recode->out_at;
    *got = left < capacity ? left : capacity;
    memcpy(bytes, recode->out + recode->out_at, *got);
    recode->out_at += *got;
    return CSVK_OK;
}

void csvk_recode_free(struct csvk_recode *recode)
{
    if (recode == NULL) {
        return;
    }
    if (recode->converter != (iconv_t)-1) {
        iconv_close(recode->converter);
    }
    csvk_free(recode->encoding);
    csvk_free(recode);
}
