/*
 * repair.c - makes a clean table of a dirty one, and prints the account of it as JSON. Records that
 * cannot be repaired for sure go to OUT.rejects, byte for byte. libcsv reads the result again.
 *   repair IN OUT     exits with 1 when there are such records
 */
#include "csvkit/extra/extra.h"
#include "csvkit/normalize.h"

#include <stdio.h>
#include <stdlib.h>

static int repair(const char *in, const char *out, struct csvk_buf *account, struct csvk_error *err)
{
    struct csvk_buf rejects = CSVK_BUF_INIT;
    struct csvk_normalize_options options;
    struct csvk_normalize_result result = {.size = sizeof result};
    csvk_normalize_options_init(&options);
    int status = csvk_buf_printf(&rejects, "%s.rejects", out);
    struct csvk_normalize_files files = {.size = sizeof files,
                                         .input = in,
                                         .output = out,
                                         .rejects = csvk_buf_text(&rejects),
                                         .verify = true};
    if (status == CSVK_OK) {
        status = csvk_normalize_files(&files, &options, &result, err);
    }
    if (status == CSVK_OK) {
        status = csvk_normalize_summary(&result, in, account);
    }
    csvk_normalize_options_release(&options);
    csvk_buf_release(&rejects);
    return status == CSVK_OK && result.records_rejected != 0 ? CSVK_END : status;
}

int main(int argc, char **argv)
{
    struct csvk_buf account = CSVK_BUF_INIT;
    struct csvk_error err = {.text = "out of memory"};
    csvk_use_all(); /* decoders, and libcsv for `verify` */
    int status = argc == 3 ? repair(argv[1], argv[2], &account, &err)
                           : csvk_fail(&err, CSVK_EUSAGE, "usage: repair IN OUT");
    if (status >= 0) {
        puts(csvk_buf_text(&account));
    } else {
        fprintf(stderr, "%s\n", err.text);
    }
    csvk_buf_release(&account);
    return status == CSVK_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
