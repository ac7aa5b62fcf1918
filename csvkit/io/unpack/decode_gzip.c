/*
 * decode_gzip.c - reads all members of a gzip file (RFC 1952) as one text, and skips nothing in
 * silence.
 *
 * The idea. Headers and trailers are read here, byte by byte. The DEFLATE data between them goes
 * through ISA-L, which inflates two to three times as fast as zlib. CRC-32 and length of the text
 * are computed and compared here, so that each kind of damage has a name and a place of its own.
 *
 * Damage ends the text, but it is not a failure. Bytes after the last member that do not begin
 * another member are damage too, even zero bytes: a program that loads the file later may refuse
 * them. Optional header fields are skipped and not kept, however long they are. The header checksum
 * is verified.
 *
 * How many bytes ISA-L delivers before a damaged place depends on the sizes of its input and output
 * buffers. The same file must always give the same answer. So the sizes are always the same: the
 * input is cut into whole blocks of the file (CSVK_SOURCE_BLOCK), the output into pieces of
 * PIECE_SIZE. A piece is inflated directly to the caller's buffer when it has room.
 *
 * Invariants: in[at..length) was taken from `raw` and not used yet; piece[piece_at..piece_length)
 * was inflated and not delivered yet. ISA-L may hold up to eight more bytes in its bit buffer;
 * after the last DEFLATE block these are the first bytes of the trailer.
 */
#include "csvkit/io/unpack/decode_gzip.h"

#include "csvkit/extra/vector_registers.h"

#include <assert.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <string.h>

enum gzip_phase { PHASE_HEADER, PHASE_BODY, PHASE_TRAILER, PHASE_OVER };

enum {
    HEADER_SIZE = 10,
    TRAILER_SIZE = 8,
    PIECE_SIZE = 64 * 1024, /* bytes of text */
    FLAG_HEADER_CRC = 2,
    FLAG_EXTRA = 4,
    FLAG_NAME = 8,
    FLAG_COMMENT = 16,
    FLAGS_RESERVED = 0xe0,
};

struct gunzip {
    struct csvk_raw *raw;
    enum gzip_phase phase;
    bool raw_ended;
    bool later_member; /* a whole member was read before this one */
    struct csvk_damage damage;
    uint64_t member_at; /* offset in the file where this member began */
    uint32_t header_crc;
    uint32_t crc;
    uint32_t size; /* of the member's text, modulo 2^32 as in the trailer */
    size_t at, length;
    size_t piece_at, piece_length;
    unsigned char in[CSVK_SOURCE_BLOCK];
    unsigned char piece[PIECE_SIZE];
    struct inflate_state inflate;
};

static int fill_block(struct gunzip *gunzip, struct csvk_error *err)
{
    while (gunzip->length < sizeof gunzip->in && !gunzip->raw_ended) {
        size_t got;
        int status = csvk_raw_read(gunzip->raw, gunzip->in + gunzip->length,
                                   sizeof gunzip->in - gunzip->length, &got, err);
        if (status != CSVK_OK) {
            return status;
        }
        gunzip->length += got;
        gunzip->raw_ended = got == 0;
    }
    return CSVK_OK;
}

int csvk_gunzip_open(void **out, struct csvk_raw *raw, struct csvk_bytes head,
                     struct csvk_error *err)
{
    *out = NULL;
    assert(head.len <= CSVK_SOURCE_BLOCK);
    struct gunzip *gunzip = csvk_malloc(sizeof *gunzip);
    if (gunzip == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    memset(gunzip, 0, offsetof(struct gunzip, in));
    gunzip->raw = raw;
    gunzip->length = head.len;
    memcpy(gunzip->in, head.ptr, head.len);
    isal_inflate_init(&gunzip->inflate);
    int status = fill_block(gunzip, err);
    if (status != CSVK_OK) {
        csvk_gunzip_free(gunzip);
        return status;
    }
    *out = gunzip;
    return CSVK_OK;
}

uint64_t csvk_gunzip_consumed(const void *decoder)
{
    const struct gunzip *gunzip = decoder;
    return gunzip->raw->position - (gunzip->length - gunzip->at);
}

struct csvk_damage csvk_gunzip_damage(const void *decoder)
{
    return ((const struct gunzip *)decoder)->damage;
}

/* Notes the damage and ends the text. CSVK_OK, because damage is not a failure. */
static int damaged(struct gunzip *gunzip, const char *what, uint64_t offset)
{
    gunzip->damage = (struct csvk_damage){.what = what, .offset = offset};
    gunzip->phase = PHASE_OVER;
    return CSVK_OK;
}

static int truncated(struct gunzip *gunzip)
{
    return damaged(gunzip, "truncated", gunzip->raw->position);
}

/* Makes sure that a byte is waiting, or that the file has ended. Always reads a whole block. */
static int fill(struct gunzip *gunzip, struct csvk_error *err)
{
    if (gunzip->at < gunzip->length || gunzip->raw_ended) {
        return CSVK_OK;
    }
    gunzip->at = 0;
    gunzip->length = 0;
    return fill_block(gunzip, err);
}

/* CSVK_OK and a byte, or CSVK_END when the file is over. */
static int next_byte(struct gunzip *gunzip, unsigned char *byte, struct csvk_error *err)
{
    int status = fill(gunzip, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (gunzip->at == gunzip->length) {
        return CSVK_END;
    }
    *byte = gunzip->in[gunzip->at++];
    return CSVK_OK;
}

/* The same for a byte of the header, which the header's checksum covers. */
static int header_byte(struct gunzip *gunzip, unsigned char *byte, struct csvk_error *err)
{
    int status = next_byte(gunzip, byte, err);
    if (status == CSVK_OK) {
        gunzip->header_crc = crc32_gzip_refl(gunzip->header_crc, byte, 1);
    }
    return status;
}

static int skip_extra(struct gunzip *gunzip, struct csvk_error *err)
{
    unsigned char low, high, byte;
    int status = header_byte(gunzip, &low, err);
    if (status == CSVK_OK) {
        status = header_byte(gunzip, &high, err);
    }
    if (status != CSVK_OK) {
        return status;
    }
    unsigned left = low + 256u * high;
    while (left > 0 && status == CSVK_OK) {
        status = header_byte(gunzip, &byte, err);
        left--;
    }
    return status;
}

static int skip_text(struct gunzip *gunzip, struct csvk_error *err)
{
    unsigned char byte;
    int status;
    do {
        status = header_byte(gunzip, &byte, err);
    } while (status == CSVK_OK && byte != 0);
    return status;
}

static int check_header_crc(struct gunzip *gunzip, struct csvk_error *err)
{
    unsigned expected = gunzip->header_crc & 0xffff;
    unsigned char low, high;
    int status = next_byte(gunzip, &low, err);
    if (status == CSVK_OK) {
        status = next_byte(gunzip, &high, err);
    }
    if (status == CSVK_OK && low + 256u * high != expected) {
        return damaged(gunzip, "header checksum differs", csvk_gunzip_consumed(gunzip) - 2);
    }
    return status;
}

static int skip_optional_fields(struct gunzip *gunzip, unsigned flags, struct csvk_error *err)
{
    int status = CSVK_OK;
    if (flags & FLAG_EXTRA) {
        status = skip_extra(gunzip, err);
    }
    if (status == CSVK_OK && (flags & FLAG_NAME)) {
        status = skip_text(gunzip, err);
    }
    if (status == CSVK_OK && (flags & FLAG_COMMENT)) {
        status = skip_text(gunzip, err);
    }
    if (status == CSVK_OK && (flags & FLAG_HEADER_CRC)) {
        status = check_header_crc(gunzip, err);
    }
    return status;
}

/*
 * Reads the ten fixed bytes (RFC 1952 section 2.3). Bytes that cannot begin a member are reported
 * as bytes after the end.
 */
static int read_fixed_header(struct gunzip *gunzip, unsigned *flags, struct csvk_error *err)
{
    static const unsigned char magic[] = {0x1f, 0x8b, 0x08};
    for (size_t i = 0; i < HEADER_SIZE; i++) {
        unsigned char byte;
        int status = header_byte(gunzip, &byte, err);
        if (status != CSVK_OK) {
            return status;
        }
        if (i < sizeof magic && byte != magic[i]) {
            return damaged(gunzip, "bytes after the end", gunzip->member_at);
        }
        if (i == sizeof magic) {
            *flags = byte;
        }
    }
    if (*flags & FLAGS_RESERVED) {
        return damaged(gunzip, "unknown header flags", gunzip->member_at + sizeof magic);
    }
    return CSVK_OK;
}

static int read_header(struct gunzip *gunzip, struct csvk_error *err)
{
    unsigned flags = 0;
    gunzip->header_crc = 0;
    gunzip->member_at = csvk_gunzip_consumed(gunzip);
    int status = fill(gunzip, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (gunzip->at == gunzip->length && gunzip->later_member) {
        gunzip->phase = PHASE_OVER;
        return CSVK_OK;
    }
    status = read_fixed_header(gunzip, &flags, err);
    if (status == CSVK_OK && gunzip->damage.what == NULL) {
        status = skip_optional_fields(gunzip, flags, err);
    }
    if (status == CSVK_END) {
        return truncated(gunzip);
    }
    if (status == CSVK_OK && gunzip->damage.what == NULL) {
        isal_inflate_reset(&gunzip->inflate);
        gunzip->inflate.crc_flag = ISAL_DEFLATE;
        gunzip->crc = 0;
        gunzip->size = 0;
        gunzip->phase = PHASE_BODY;
    }
    return status;
}

/* Inflates what is waiting to `piece`; returns what ISA-L returned. */
static int inflate_piece(struct gunzip *gunzip, unsigned char *piece, size_t *got)
{
    struct inflate_state *inflate = &gunzip->inflate;
    inflate->next_in = gunzip->in + gunzip->at;
    inflate->avail_in = (uint32_t)(gunzip->length - gunzip->at);
    inflate->next_out = piece;
    inflate->avail_out = PIECE_SIZE;
    int answer = isal_inflate(inflate);
    gunzip->at = gunzip->length - inflate->avail_in;
    *got = PIECE_SIZE - inflate->avail_out;
    gunzip->crc = crc32_gzip_refl(gunzip->crc, piece, *got);
    csvk_vectors_clean();
    gunzip->size += (uint32_t)*got;
    return answer;
}

static int read_body(struct gunzip *gunzip, unsigned char *piece, size_t *got,
                     struct csvk_error *err)
{
    int status = fill(gunzip, err);
    if (status != CSVK_OK) {
        return status;
    }
    size_t before = gunzip->at;
    int answer = inflate_piece(gunzip, piece, got);
    bool is_stuck = *got == 0 && gunzip->at == before && !gunzip->raw_ended;
    if (gunzip->inflate.block_state == ISAL_BLOCK_FINISH) {
        gunzip->phase = PHASE_TRAILER;
    } else if (answer < 0 || is_stuck) {
        return damaged(gunzip, "invalid compressed data", csvk_gunzip_consumed(gunzip));
    } else if (gunzip->raw_ended && gunzip->at == gunzip->length && *got == 0) {
        return truncated(gunzip);
    }
    return CSVK_OK;
}

/*
 * Takes one byte of the trailer: first from the bit buffer of ISA-L, which may have taken more
 * bytes than it needed, then from the file.
 */
static int trailer_byte(struct gunzip *gunzip, unsigned char *byte, struct csvk_error *err)
{
    struct inflate_state *inflate = &gunzip->inflate;
    if (inflate->read_in_length >= 8) {
        *byte = (unsigned char)inflate->read_in;
        inflate->read_in >>= 8;
        inflate->read_in_length -= 8;
        return CSVK_OK;
    }
    return next_byte(gunzip, byte, err);
}

/* The DEFLATE data may end inside a byte; the trailer begins with the next byte. */
static void drop_padding_bits(struct inflate_state *inflate)
{
    int padding = inflate->read_in_length & 7;
    inflate->read_in >>= padding;
    inflate->read_in_length -= padding;
}

static int read_trailer(struct gunzip *gunzip, struct csvk_error *err)
{
    uint64_t trailer = 0;
    drop_padding_bits(&gunzip->inflate);
    for (unsigned i = 0; i < TRAILER_SIZE; i++) {
        unsigned char byte;
        int status = trailer_byte(gunzip, &byte, err);
        if (status == CSVK_END) {
            return truncated(gunzip);
        }
        if (status != CSVK_OK) {
            return status;
        }
        trailer |= (uint64_t)byte << (8 * i);
    }
    uint64_t end = csvk_gunzip_consumed(gunzip);
    if ((uint32_t)trailer != gunzip->crc) {
        return damaged(gunzip, "checksum differs", end - 8);
    }
    if ((uint32_t)(trailer >> 32) != gunzip->size) {
        return damaged(gunzip, "length differs", end - 4);
    }
    gunzip->later_member = true;
    gunzip->phase = PHASE_HEADER;
    return CSVK_OK;
}

/* Reads up to PIECE_SIZE bytes of text to `piece`; *got is 0 only at the end. */
static int next_piece(struct gunzip *gunzip, unsigned char *piece, size_t *got,
                      struct csvk_error *err)
{
    int status = CSVK_OK;
    *got = 0;
    while (status == CSVK_OK && *got == 0 && gunzip->phase != PHASE_OVER) {
        switch (gunzip->phase) {
        case PHASE_HEADER: status = read_header(gunzip, err); break;
        case PHASE_BODY: status = read_body(gunzip, piece, got, err); break;
        case PHASE_TRAILER: status = read_trailer(gunzip, err); break;
        case PHASE_OVER: break;
        }
    }
    return status;
}

int csvk_gunzip_read(void *decoder, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    struct gunzip *gunzip = decoder;
    *got = 0;
    if (gunzip->piece_at == gunzip->piece_length) {
        if (capacity >= PIECE_SIZE) {
            return next_piece(gunzip, bytes, got, err);
        }
        gunzip->piece_at = 0;
        int status = next_piece(gunzip, gunzip->piece, &gunzip->piece_length, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    size_t left = gunzip->piece_length - gunzip->piece_at;
    *got = left < capacity ? left : capacity;
    memcpy(bytes, gunzip->piece + gunzip->piece_at, *got);
    gunzip->piece_at += *got;
    return CSVK_OK;
}

void csvk_gunzip_free(void *decoder)
{
    csvk_free(decoder);
}
