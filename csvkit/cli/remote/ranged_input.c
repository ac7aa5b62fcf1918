/* ranged_input.c - see ranged_input.h. */
#include "csvkit/cli/remote/ranged_input.h"

#include "storage/storage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option rows[] = {
    {"credentials", 0, "DETAIL", NULL,
     "FILE is the address of an object, s3://BUCKET/KEY, gs://BUCKET/KEY or "
     "azure://HOST/CONTAINER/KEY, which is read there, whole or in parts. The file DETAIL is what "
     "Storage says of a file in this bucket when it is asked for files/ID?federationToken=1; its "
     "credentials are used.",
     false},
    {NULL, 0, NULL, NULL, NULL, false},
};
const struct cli_group cli_object_options = {"Objects", rows};

int cli_check_credentials(struct cli *cli, bool joins)
{
    bool object = joins;
    for (size_t i = 0; i < cli_noperands(cli); i++) {
        object = object || ranged_input_is_object(cli_operand(cli, i));
    }
    return object || !cli_has(cli, "credentials")
               ? CLI_GOOD
               : cli_trouble(cli, "--credentials: no FILE is the address of an object (s3://, "
                                  "gs://, azure://)");
}

/* ---- a file ---------------------------------------------------------------------------------- */

static int read_file(void *context, uint64_t offset, void *bytes, size_t length,
                     struct csvk_error *err)
{
    const struct ranged_input *input = context;
    unsigned char *to = bytes;
    while (length != 0) {
        ssize_t n = pread(input->fd, to, length, (off_t)offset);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return csvk_fail_sys(err, errno, "%s: cannot read", input->bytes.name);
        }
        if (n == 0) {
            return csvk_fail(err, CSVK_ECHANGED, "%s: changed while it was read",
                             input->bytes.name);
        }
        to += n;
        offset += (uint64_t)n;
        length -= (size_t)n;
    }
    return CSVK_OK;
}

static int check_file(void *context, struct csvk_error *err)
{
    const struct ranged_input *input = context;
    const struct stat *then = &input->before;
    struct stat now;
    bool same = fstat(input->fd, &now) == 0 && now.st_size == then->st_size &&
                now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
                now.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
    return same ? CSVK_OK
                : csvk_fail(err, CSVK_ECHANGED, "%s: changed while it was read", input->bytes.name);
}

static int open_file(struct ranged_input *input, const char *path, struct csvk_error *err)
{
    input->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (input->fd < 0 || fstat(input->fd, &input->before) != 0) {
        return csvk_fail_sys(err, errno, "%s: cannot open", path);
    }
    if (!S_ISREG(input->before.st_mode)) {
        return csvk_fail(err, CSVK_EUSAGE, "%s: no regular file, so it has no ranges", path);
    }
    input->bytes.size = (uint64_t)input->before.st_size;
    input->bytes.read = read_file;
    input->bytes.context = input;
    input->bytes.check = check_file;
    return CSVK_OK;
}

/* ---- an object ------------------------------------------------------------------------------- */

/* DETAIL has some KB. */
enum { DETAIL_MOST = 1024 * 1024 };

static int read_detail(const char *path, struct csvk_buf *text, struct csvk_error *err)
{
    struct csvk_source *source = NULL;
    unsigned char piece[16 * 1024];
    size_t got = 1;
    int status = csvk_source_open(&source, path, err);
    while (status == CSVK_OK && got != 0 && text->length <= DETAIL_MOST) {
        status = csvk_source_read(source, piece, sizeof piece, &got, err);
        if (status == CSVK_OK && csvk_buf_add(text, piece, got) != CSVK_OK) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
        }
    }
    csvk_source_free(source);
    return status;
}

static int parse_detail(const char *path, cJSON **out, struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = read_detail(path, &text, err);
    *out = status == CSVK_OK ? cJSON_Parse(csvk_buf_text(&text)) : NULL;
    csvk_buf_release(&text);
    if (status == CSVK_OK && !cJSON_IsObject(*out)) {
        cJSON_Delete(*out);
        *out = NULL;
        return csvk_fail(err, CSVK_EUSAGE, "--credentials=%s: not the detail of a file in Storage",
                         path);
    }
    return status;
}

static void note(void *context, const char *text)
{
    cli_note(context, "%s", text);
}

static int open_object(struct ranged_input *input, struct cli *cli, const char *url,
                       struct csvk_error *err)
{
    const char *credentials = cli_value(cli, "credentials");
    struct kbc_options options = {.objects_only = true, .observer = {.ctx = cli, .note = note}};
    cJSON *detail = NULL;
    if (credentials == NULL) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s is the address of an object: give its --credentials=DETAIL", url);
    }
    int status = parse_detail(credentials, &detail, err);
    status = status == CSVK_OK ? kbc_open(&input->kbc, &options, err) : status;
    status =
        status == CSVK_OK ? kbc_object_open(&input->object, input->kbc, url, detail, err) : status;
    cJSON_Delete(detail);
    if (status == CSVK_OK) {
        input->bytes.size = kbc_object_size(input->object);
        input->bytes.version = kbc_object_version(input->object);
        input->bytes.read = kbc_object_read;
        input->bytes.context = input->object;
    }
    return status;
}

/* ---- both ------------------------------------------------------------------------------------ */

bool ranged_input_is_object(const char *path)
{
    return kbc_is_object_url(path);
}

int ranged_input_open(struct ranged_input *input, struct cli *cli, const char *path,
                      struct csvk_error *err)
{
    *input = (struct ranged_input){.fd = -1, .bytes = {.name = path}};
    if (strcmp(path, "-") == 0) {
        return csvk_fail(err, CSVK_EUSAGE, "standard input has no ranges: give a file");
    }
    return kbc_is_object_url(path) ? open_object(input, cli, path, err)
                                   : open_file(input, path, err);
}

void ranged_input_try(struct ranged_input *input, struct cli *cli, const char *path)
{
    struct csvk_error err = {0};
    if (ranged_input_open(input, cli, path, &err) != CSVK_OK) {
        input->unread = err;
        input->bytes.missing = input->unread.text;
    }
}

const char *ranged_input_place(const char *path)
{
    return strcmp(path, "-") == 0 || ranged_input_is_object(path) ? NULL : path;
}

bool ranged_input_is_file(const struct ranged_input *input, const char *path)
{
    struct stat target;
    return input->fd >= 0 && stat(path, &target) == 0 && target.st_dev == input->before.st_dev &&
           target.st_ino == input->before.st_ino;
}

void ranged_input_close(struct ranged_input *input)
{
    if (input->fd >= 0) {
        close(input->fd);
    }
    kbc_object_close(input->object);
    kbc_close(input->kbc);
}

/* ---- from the first byte to the last --------------------------------------------------------- */

struct whole_input {
    struct ranged_input own; /* when it was opened for this source */
    const struct csvk_partial_input *bytes;
    uint64_t offset; /* of the next byte */
};

static int read_next(void *context, void *bytes, size_t capacity, size_t *got,
                     struct csvk_error *err)
{
    struct whole_input *whole = context;
    const struct csvk_partial_input *from = whole->bytes;
    uint64_t left = from->size - whole->offset;
    *got = left < capacity ? (size_t)left : capacity;
    int status = *got != 0 ? from->read(from->context, whole->offset, bytes, *got, err) : CSVK_OK;
    whole->offset += *got;
    return status;
}

static void close_whole(void *context)
{
    struct whole_input *whole = context;
    ranged_input_close(&whole->own);
    csvk_free(whole);
}

static struct whole_input *new_whole(struct csvk_error *err)
{
    struct whole_input *whole = csvk_calloc(1, sizeof *whole);
    if (whole == NULL) {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
        return NULL;
    }
    whole->own.fd = -1;
    return whole;
}

/* Takes over `whole`. */
static int open_whole(struct csvk_source **out, struct whole_input *whole, struct csvk_error *err)
{
    struct csvk_input how = {.size = sizeof how,
                             .name = whole->bytes->name,
                             .read = read_next,
                             .close = close_whole,
                             .context = whole,
                             .length = whole->bytes->size};
    int status = csvk_source_input(out, &how, err);
    if (status != CSVK_OK) {
        close_whole(whole);
    }
    return status;
}

int ranged_input_whole(struct csvk_source **out, struct ranged_input *input, struct csvk_error *err)
{
    struct whole_input *whole = new_whole(err);
    if (whole == NULL) {
        return CSVK_ENOMEM;
    }
    whole->bytes = &input->bytes;
    return open_whole(out, whole, err);
}

int ranged_input_source(struct csvk_source **out, struct cli *cli, const char *path,
                        struct csvk_error *err)
{
    if (!ranged_input_is_object(path)) {
        return csvk_source_open(out, path, err);
    }
    struct whole_input *whole = new_whole(err);
    if (whole == NULL) {
        return CSVK_ENOMEM;
    }
    int status = ranged_input_open(&whole->own, cli, path, err);
    if (status != CSVK_OK) {
        close_whole(whole);
        return status;
    }
    whole->bytes = &whole->own.bytes;
    return open_whole(out, whole, err);
}
