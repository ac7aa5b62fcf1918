/*
 * missing.c - stands in for what of the core does not build for Windows (core.sh names the files),
 * so that the rest can be linked and tested there. A source is memory here, and there are no files,
 * no other encodings and no search for keys: what asks for them ends the program.
 */
#include "csvkit/io/decode/raw.h"

#include "csvkit/basics.h"
#include "tests/windows/missing.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_THERE(name)                                                                            \
    void name(void);                                                                               \
    void name(void)                                                                                \
    {                                                                                              \
        printf("%s is not there\n", #name);                                                        \
        exit(3);                                                                                   \
    }
NOT_THERE(csvk_keys_add)
NOT_THERE(csvk_keys_add_joined)
NOT_THERE(csvk_keys_finish)
NOT_THERE(csvk_keys_merge)
NOT_THERE(csvk_keys_new)
NOT_THERE(csvk_keys_seek_alike)
NOT_THERE(csvk_keys_separate)
NOT_THERE(csvk_recode_new)
NOT_THERE(csvk_recode_read)

/* What the second library would lend: without it, there is none of it. */
#define NO_LOAN(name)                                                                              \
    void name(void);                                                                               \
    void name(void)                                                                                \
    {                                                                                              \
    }
NO_LOAN(csvk_use_clusters)
NO_LOAN(csvk_use_decoders)
NO_LOAN(csvk_use_encodings)
NO_LOAN(csvk_use_file_kinds)
NO_LOAN(csvk_use_gzip)
NO_LOAN(csvk_use_libcsv)

/* Of what there is none, nothing is freed. */
void csvk_keys_free(void *keys);
void csvk_keys_free(void *keys)
{
    (void)keys;
}
void csvk_recode_free(void *recode);
void csvk_recode_free(void *recode)
{
    (void)recode;
}

int csvk_raw_open(struct csvk_raw *raw, const char *path, struct csvk_error *err)
{
    *raw = (struct csvk_raw){.fd = -1};
    return csvk_fail(err, CSVK_EIO, "cannot open %s: there are no files here", path);
}

int csvk_raw_fd(struct csvk_raw *raw, int fd, const char *name, struct csvk_error *err)
{
    (void)fd;
    return csvk_raw_open(raw, name, err);
}

int csvk_raw_input(struct csvk_raw *raw, const struct csvk_input *input, struct csvk_error *err)
{
    return csvk_raw_open(raw, input->name, err);
}

int csvk_raw_memory(struct csvk_raw *raw, const void *bytes, size_t length, struct csvk_error *err)
{
    *raw = (struct csvk_raw){.fd = -1, .memory = bytes, .size = length};
    raw->name = csvk_strdup("memory");
    return raw->name != NULL ? CSVK_OK : csvk_fail(err, CSVK_ENOMEM, "out of memory");
}

int csvk_raw_read(struct csvk_raw *raw, void *bytes, size_t capacity, size_t *got,
                  struct csvk_error *err)
{
    uint64_t left = raw->size - raw->position;
    (void)err;
    *got = left < capacity ? (size_t)left : capacity;
    if (*got != 0) {
        memcpy(bytes, raw->memory + raw->position, *got);
    }
    raw->position += *got;
    return CSVK_OK;
}

bool csvk_raw_start(const struct csvk_raw *raw, uint64_t *start)
{
    (void)raw;
    *start = 0;
    return false;
}

bool csvk_raw_jump(struct csvk_raw *raw, uint64_t length)
{
    (void)raw;
    (void)length;
    return false;
}

void csvk_raw_close(struct csvk_raw *raw)
{
    csvk_free(raw->name);
    raw->name = NULL;
}

/* ---- of the C library ---- */

/* Bytes are as they are, on all three streams. */
__attribute__((constructor)) static void use_bytes(void)
{
    for (int fd = 0; fd < 3; fd++) {
        _setmode(fd, _O_BINARY);
    }
}

char *strerror_r(int error, char *room, size_t size)
{
    snprintf(room, size, "%s", strerror(error));
    return room;
}

void *memmem(const void *bytes, size_t length, const void *wanted, size_t size)
{
    for (const char *at = bytes; length >= size; at++, length--) {
        if (memcmp(at, wanted, size) == 0) {
            return (void *)(uintptr_t)at;
        }
    }
    return NULL;
}
