/* manifest_write.c - writes a manifest to a file that appears whole or not at all. */
#include "manifest/manifest_tree.h"

int csvk_manifest_write(const struct csvk_manifest *manifest, const char *path,
                        struct csvk_error *err)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    struct csvk_sink *sink = NULL;
    int status = csvk_manifest_print(manifest, &text);
    if (status != CSVK_OK) {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
        goto out;
    }
    status = csvk_sink_open(&sink, path, 0, err);
    if (status == CSVK_OK) {
        status = csvk_sink_write(sink, text.data, text.length, err);
    }
    if (status == CSVK_OK) {
        status = csvk_sink_commit(sink, err);
    }
out:
    csvk_sink_free(sink);
    csvk_buf_release(&text);
    return status;
}
