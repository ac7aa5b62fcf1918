/* use_gzip.c - gives the gzip writer to sinks (csvkit/io/packer.h). One thread compresses. */
#include "csvkit/extra/extra.h"
#include "csvkit/io/deflate/gzip_writer.h"
#include "csvkit/io/packer.h"

static int packer_open(void **out, int level, struct csvk_output output, struct csvk_error *err)
{
    struct csvk_gzip_options options = {.level = level, .threads = 1};
    struct csvk_gzip *gzip = NULL;
    int status = csvk_gzip_new(&gzip, &options,
                               (struct csvk_gzip_output){output.write, output.context}, err);
    *out = gzip;
    return status;
}

static int packer_write(void *packer, const void *bytes, size_t length, struct csvk_error *err)
{
    return csvk_gzip_write(packer, bytes, length, err);
}

static int packer_finish(void *packer, struct csvk_error *err)
{
    return csvk_gzip_finish(packer, NULL, err);
}

static void packer_free(void *packer)
{
    csvk_gzip_free(packer);
}

void csvk_use_gzip(void)
{
    static const struct csvk_packer packer = {packer_open, packer_write, packer_finish,
                                              packer_free};
    csvk_give_packer(&packer);
}
