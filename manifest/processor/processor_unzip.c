/*
 * processor_unzip.c - what "decompress" of "files" unpacks beside the streams that every source
 * reads: ZIP archives with their folders, and zlib streams, which nothing at their start tells from
 * other data.
 *
 * A ZIP archive is read by its central directory (APPNOTE 4.3.12), entry by entry, so that memory
 * does not grow with it. An entry is checked by its CRC-32 and its size before it gets its name,
 * and no entry can leave the folder: a name that is absolute or has "..", or one that is there
 * already, makes the archive a bad one.
 */
#include "manifest/processor/processor_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    CHUNK = 1 << 17,
    END_SIZE = 22,        /* of the record at the end, without its comment */
    COMMENT_MOST = 65535, /* bytes */
    LOCATOR_SIZE = 20,    /* of the place of the Zip64 record */
    END64_SIZE = 56,
    ENTRY_SIZE = 46, /* in the central directory, without name, extra field and comment */
    LOCAL_SIZE = 30, /* before the data, without name and extra field */
    NAME_MOST = 4096,
};

struct zip_archive {
    const struct processor *p;
    const char *path;
    int fd;
    uint64_t size;
    unsigned char *in, *out; /* CHUNK bytes each */
};
struct zip_entry {
    struct csvk_buf name;
    unsigned flags, method;
    uint32_t crc;
    uint64_t packed, size, at; /* bytes; at: of its local header */
};

static uint64_t number(const unsigned char *bytes, size_t length)
{
    uint64_t value = 0;
    for (size_t i = length; i-- > 0;) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static int refuse(const struct zip_archive *a, const char *what)
{
    return PROCESSOR_REFUSE(a->p, "%s cannot be decompressed: %s", a->path, what);
}

/* Reads exactly `length` bytes at `offset`. */
static int read_at(const struct zip_archive *a, uint64_t offset, void *to, size_t length)
{
    size_t done = 0;
    if (offset > a->size || length > a->size - offset) {
        return refuse(a, "the archive is cut off");
    }
    while (done < length) {
        ssize_t n = pread(a->fd, (char *)to + done, length - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return csvk_fail_sys(a->p->err, errno, "cannot read %s", a->path);
        }
        if (n == 0) {
            return refuse(a, "the archive is cut off");
        }
        done += (size_t)n;
    }
    return CSVK_OK;
}

/* ---- the central directory ---- */

/* The record at the end is searched backwards, because a comment may follow it. */
static int find_end(const struct zip_archive *a, uint64_t *at)
{
    size_t most = END_SIZE + COMMENT_MOST;
    size_t length = a->size < most ? (size_t)a->size : most;
    unsigned char *tail = a->in; /* CHUNK is larger than `most` */
    int status = read_at(a, a->size - length, tail, length);
    for (size_t i = length; status == CSVK_OK && i >= END_SIZE; i--) {
        const unsigned char *record = tail + i - END_SIZE;
        if (memcmp(record, "PK\5\6", 4) == 0 && number(record + 20, 2) == length - i) {
            *at = a->size - length + i - END_SIZE;
            return CSVK_OK;
        }
    }
    return status == CSVK_OK ? refuse(a, "the archive has no directory") : status;
}

/* How many entries there are, and where the first one is. */
static int read_end(const struct zip_archive *a, uint64_t *count, uint64_t *first)
{
    unsigned char record[END64_SIZE], locator[LOCATOR_SIZE];
    uint64_t at = 0;
    int status = find_end(a, &at);
    status = status == CSVK_OK ? read_at(a, at, record, END_SIZE) : status;
    if (status != CSVK_OK) {
        return status;
    }
    *count = number(record + 10, 2);
    *first = number(record + 16, 4);
    if (*count != UINT16_MAX && *first != UINT32_MAX) {
        return CSVK_OK;
    }
    if (at < LOCATOR_SIZE || read_at(a, at - LOCATOR_SIZE, locator, LOCATOR_SIZE) != CSVK_OK ||
        memcmp(locator, "PK\6\7", 4) != 0) {
        return *first != UINT32_MAX ? CSVK_OK : refuse(a, "the archive has no directory");
    }
    status = read_at(a, number(locator + 8, 8), record, END64_SIZE);
    if (status == CSVK_OK && memcmp(record, "PK\6\6", 4) != 0) {
        return refuse(a, "the archive has no directory");
    }
    *count = number(record + 32, 8);
    *first = number(record + 48, 8);
    return status;
}

/* Numbers that do not fit into 32 bits are in an extra field, in this order, and only these. */
static void read_extra(struct zip_entry *e, const unsigned char *extra, size_t length)
{
    uint64_t *const wide[] = {&e->size, &e->packed, &e->at};
    while (length >= 4) {
        size_t id = (size_t)number(extra, 2), size = (size_t)number(extra + 2, 2);
        if (size > length - 4) {
            return;
        }
        const unsigned char *value = extra + 4;
        for (size_t i = 0, left = size; id == 1 && i < 3; i++) {
            if (*wide[i] == UINT32_MAX && left >= 8) {
                *wide[i] = number(value, 8);
                value += 8;
                left -= 8;
            }
        }
        extra += 4 + size;
        length -= 4 + size;
    }
}

/* Reads the entry at *at and moves *at to the next one. */
static int read_entry(const struct zip_archive *a, uint64_t *at, struct zip_entry *e)
{
    unsigned char fixed[ENTRY_SIZE];
    int status = read_at(a, *at, fixed, ENTRY_SIZE);
    if (status != CSVK_OK) {
        return status;
    }
    size_t name = (size_t)number(fixed + 28, 2), extra = (size_t)number(fixed + 30, 2);
    if (memcmp(fixed, "PK\1\2", 4) != 0 || name == 0 || name > NAME_MOST) {
        return refuse(a, "its directory is damaged");
    }
    e->flags = (unsigned)number(fixed + 8, 2);
    e->method = (unsigned)number(fixed + 10, 2);
    e->crc = (uint32_t)number(fixed + 16, 4);
    e->packed = number(fixed + 20, 4);
    e->size = number(fixed + 24, 4);
    e->at = number(fixed + 42, 4);
    status = read_at(a, *at + ENTRY_SIZE, a->in, name + extra);
    csvk_buf_clear(&e->name);
    if (status == CSVK_OK && csvk_buf_add(&e->name, a->in, name) != CSVK_OK) {
        return processor_no_memory(a->p);
    }
    if (status == CSVK_OK) {
        read_extra(e, a->in + name, extra);
    }
    *at += ENTRY_SIZE + name + extra + number(fixed + 32, 2);
    return status;
}

/* ---- one entry ---- */

/* True when no part of the name is empty, "." or "..": it stays in the folder. */
static bool is_inside(const struct csvk_buf *name)
{
    const char *part = csvk_buf_text(name);
    if (strlen(part) != name->length || strchr(part, '\\') != NULL) {
        return false;
    }
    while (*part != '\0') {
        size_t n = strcspn(part, "/");
        if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && memcmp(part, "..", 2) == 0)) {
            return false;
        }
        part += n + (part[n] == '/');
    }
    return true;
}

/* Makes all folders of the path after its first `top` bytes. */
static int make_folders(const struct processor *p, char *path, size_t top)
{
    int status = CSVK_OK;
    for (char *slash = path + top; status == CSVK_OK && (slash = strchr(slash, '/')) != NULL;
         slash++) {
        *slash = '\0';
        status = processor_folder(p, path);
        *slash = '/';
    }
    return status;
}

struct unpacked {
    struct csvk_sink *sink;
    uint64_t size;
    uLong crc;
};

static int put(const struct zip_archive *a, struct unpacked *to, const void *bytes, size_t length)
{
    to->size += length;
    to->crc = crc32(to->crc, bytes, (uInt)length);
    return csvk_sink_write(to->sink, bytes, length, a->p->err);
}

/* The next bytes of `left` from *at to a->in. */
static int fill(const struct zip_archive *a, uint64_t *at, uint64_t *left, size_t *got)
{
    *got = *left < CHUNK ? (size_t)*left : CHUNK;
    int status = read_at(a, *at, a->in, *got);
    *at += *got;
    *left -= *got;
    return status;
}

static int copy_stored(const struct zip_archive *a, uint64_t at, uint64_t left, struct unpacked *to)
{
    int status = CSVK_OK;
    while (status == CSVK_OK && left > 0) {
        size_t got = 0;
        status = fill(a, &at, &left, &got);
        status = status == CSVK_OK ? put(a, to, a->in, got) : status;
    }
    return status;
}

/* A DEFLATE stream that must fill `left` bytes at `at`; `bits` is that of inflateInit2. */
static int inflate_to(const struct zip_archive *a, uint64_t at, uint64_t left, int bits,
                      struct unpacked *to)
{
    z_stream z = {0};
    int result = inflateInit2(&z, bits), status = CSVK_OK;
    if (result != Z_OK) {
        return processor_no_memory(a->p);
    }
    while (status == CSVK_OK && result == Z_OK) {
        if (z.avail_in == 0 && left > 0) {
            size_t got = 0;
            status = fill(a, &at, &left, &got);
            z.next_in = a->in;
            z.avail_in = (uInt)got;
        }
        z.next_out = a->out;
        z.avail_out = CHUNK;
        result = status == CSVK_OK ? inflate(&z, Z_NO_FLUSH) : result;
        status = status == CSVK_OK ? put(a, to, a->out, CHUNK - z.avail_out) : status;
    }
    bool whole = result == Z_STREAM_END && z.avail_in == 0 && left == 0;
    inflateEnd(&z);
    if (status == CSVK_OK && result == Z_MEM_ERROR) {
        return processor_no_memory(a->p);
    }
    return status == CSVK_OK && !whole ? refuse(a, "the data is damaged") : status;
}

static int unpack(const struct zip_archive *a, const struct zip_entry *e, struct unpacked *to)
{
    unsigned char local[LOCAL_SIZE];
    int status = read_at(a, e->at, local, LOCAL_SIZE);
    if (status != CSVK_OK) {
        return status;
    }
    if (memcmp(local, "PK\3\4", 4) != 0) {
        return refuse(a, "its directory is damaged");
    }
    uint64_t at = e->at + LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2);
    if (e->method == 0) {
        status = copy_stored(a, at, e->packed, to);
    } else {
        status = inflate_to(a, at, e->packed, -MAX_WBITS, to);
    }
    bool good = to->size == e->size && to->crc == e->crc;
    return status == CSVK_OK && !good ? refuse(a, "the checksum of an entry differs") : status;
}

static int write_entry(const struct zip_archive *a, const struct zip_entry *e, const char *path)
{
    struct unpacked to = {.crc = crc32(0, NULL, 0)};
    int status = csvk_sink_open(&to.sink, path, 0, a->p->err);
    status = status == CSVK_OK ? unpack(a, e, &to) : status;
    status = status == CSVK_OK ? csvk_sink_commit(to.sink, a->p->err) : status;
    csvk_sink_free(to.sink);
    return status;
}

static int check_entry(const struct zip_archive *a, const struct zip_entry *e)
{
    if ((e->flags & 1) != 0) {
        return refuse(a, "it is encrypted");
    }
    if (e->method != 0 && e->method != 8) {
        return refuse(a, "it is packed by another method than DEFLATE");
    }
    return is_inside(&e->name) ? CSVK_OK : refuse(a, "the name of an entry leads out of it");
}

static int do_entry(const struct zip_archive *a, const struct zip_entry *e, const char *to)
{
    struct stat info;
    int status = check_entry(a, e);
    char *path = processor_path(to, csvk_buf_text(&e->name), NULL);
    if (path == NULL) {
        return processor_no_memory(a->p);
    }
    bool folder = path[strlen(path) - 1] == '/';
    status = status == CSVK_OK ? make_folders(a->p, path, strlen(to) + 1) : status;
    if (status == CSVK_OK && !folder) {
        status = lstat(path, &info) == 0 ? refuse(a, "two entries have the same name")
                                         : write_entry(a, e, path);
    }
    csvk_free(path);
    return status;
}

/* ---- archives ---- */

static int open_archive(struct zip_archive *a)
{
    struct stat info;
    a->fd = open(a->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (a->fd < 0 || fstat(a->fd, &info) != 0) {
        return csvk_fail_sys(a->p->err, errno, "cannot open %s", a->path);
    }
    a->size = (uint64_t)info.st_size;
    a->in = csvk_malloc(CHUNK);
    a->out = csvk_malloc(CHUNK);
    return a->in != NULL && a->out != NULL ? CSVK_OK : processor_no_memory(a->p);
}

static void close_archive(struct zip_archive *a)
{
    if (a->fd >= 0) {
        close(a->fd);
    }
    csvk_free(a->in);
    csvk_free(a->out);
}

bool processor_is_zip(struct csvk_bytes start)
{
    return start.len >= 4 &&
           (memcmp(start.ptr, "PK\3\4", 4) == 0 || memcmp(start.ptr, "PK\5\6", 4) == 0);
}

int processor_unzip(const struct processor *p, const char *from, const char *to)
{
    struct zip_archive a = {.p = p, .path = from, .fd = -1};
    struct zip_entry e = {.name = CSVK_BUF_INIT};
    uint64_t count = 0, at = 0;
    int status = open_archive(&a);
    status = status == CSVK_OK ? read_end(&a, &count, &at) : status;
    for (uint64_t i = 0; i < count && status == CSVK_OK; i++) {
        status = read_entry(&a, &at, &e);
        status = status == CSVK_OK ? do_entry(&a, &e, to) : status;
    }
    csvk_buf_release(&e.name);
    close_archive(&a);
    return status;
}

int processor_unpack_zlib(const struct processor *p, const char *from, const char *to)
{
    struct zip_archive a = {.p = p, .path = from, .fd = -1};
    struct unpacked unpacked = {.crc = crc32(0, NULL, 0)};
    int status = open_archive(&a);
    status = status == CSVK_OK ? csvk_sink_open(&unpacked.sink, to, 0, p->err) : status;
    status = status == CSVK_OK ? inflate_to(&a, 0, a.size, MAX_WBITS, &unpacked) : status;
    status = status == CSVK_OK ? csvk_sink_commit(unpacked.sink, p->err) : status;
    csvk_sink_free(unpacked.sink);
    close_archive(&a);
    return status;
}
