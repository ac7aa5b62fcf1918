/*
 * merge_table.c - slices into one file: where the header comes from, and a file that is compressed
 * when its name says so and appears whole or not at all.
 */
#include "manifest/slicing/merge_job.h"
#include "manifest/slicing/own_structs.h"

#include "csvkit/base/sized.h"
#include "csvkit/io/deflate/gzip_writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct merge_file {
    struct csvk_merge_table_options options; /* a copy that borrows everything, as the others */
    struct csvk_table_definition table;
    struct csvk_merge_options how;
    struct csvk_sink *sink;
    struct csvk_gzip *gzip; /* NULL: plain */
    uint64_t written;
};

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_merge_table_options, context, "csvk_merge_table_options_init");

void csvk_merge_table_options_init_sized(struct csvk_merge_table_options *options, size_t size)
{
    const struct csvk_merge_table_options defaults = {.size = sizeof defaults, .level = 4};
    csvk_sized_init(&options_type, options, size, &defaults);
}

static int read_options(struct merge_file *file, const struct csvk_merge_table_options *options,
                        struct csvk_error *err)
{
    csvk_merge_table_options_init(&file->options);
    int status = csvk_sized_read(&options_type, &file->options, options, err);
    status = status == CSVK_OK ? own_table(&file->table, file->options.table, err) : status;
    status = status == CSVK_OK ? own_merge_options(&file->how, file->options.how, err) : status;
    file->how.dialect = file->table.dialect;
    return status;
}

/* The header of the slices has to be the names that an option gives. The slices are compared with
   each other while they are merged. */
static int compare_names(const struct merge_file *file, struct csvk_error *err)
{
    struct csvk_strings slices = {0}, names = {0};
    bool same = true;
    int status = csvk_list_slices(file->options.directory, &slices, err);
    if (status == CSVK_OK && slices.count != 0) {
        const struct csvk_strings *columns = &file->table.columns;
        status = csvk_manifest_header_names(slices.item[0], &file->table.dialect, &names, err);
        same = names.count == columns->count;
        for (size_t i = 0; i < names.count && same; i++) {
            same = strcmp(names.item[i], columns->item[i]) == 0;
        }
    }
    if (status == CSVK_OK && !same) {
        status = csvk_fail(err, CSVK_EDATA,
                           "%s:1: header-mismatch: the header is not the names of --columns",
                           slices.item[0]);
    }
    csvk_strings_release(&slices);
    csvk_strings_release(&names);
    return status == CSVK_EDATA && same ? CSVK_OK : status; /* a slice without a record */
}

/* What an option says wins over the manifest. */
static int find_header(struct merge_file *file, struct csvk_error *err)
{
    const struct csvk_table_definition *table = &file->table;
    const char *directory = file->options.directory;
    bool named = table->columns.count != 0;
    file->how.columns = named ? &table->columns : NULL;
    if (table->header_by == CSVK_TOLD_BY_OPTION && !table->header) {
        bool names = table->columns_by == CSVK_TOLD_BY_OPTION;
        file->how.header = names ? CSVK_MERGE_COLUMNS : CSVK_MERGE_NONE;
        file->how.headless = true;
    } else if (table->header_by != CSVK_TOLD_BY_DEFAULT && table->header) {
        bool given = named && table->columns_by == CSVK_TOLD_BY_OPTION;
        file->how.header = CSVK_MERGE_SLICES;
        file->how.columns = given ? NULL : file->how.columns;
        return given   ? compare_names(file, err)
               : named ? merge_judge_headers(&file->options, table, err)
                       : CSVK_OK;
    } else if (named) {
        file->how.header = CSVK_MERGE_COLUMNS;
    } else if (access(directory, F_OK) != 0) {
        return csvk_fail(err, CSVK_EUSAGE, "cannot open %s: %s", directory, strerror(errno));
    } else {
        return csvk_fail(err, CSVK_EUSAGE,
                         "%s: there is no manifest with the columns; give --columns=A,B, or "
                         "--header if every slice has a header, or --no-header",
                         directory);
    }
    return CSVK_OK;
}

static int check(const struct csvk_table_definition *table, struct csvk_error *err)
{
    if (table->delimiter_auto) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "--delimiter=auto: csvkit merge does not find the delimiter; name it");
    }
    return table->encoding == NULL
               ? CSVK_OK
               : csvk_fail(err, CSVK_EUSAGE, "--encoding: slices are always UTF-8");
}

static int to_sink(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    const struct merge_file *file = context;
    return csvk_sink_write(file->sink, bytes, length, err);
}

static int to_file(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    struct merge_file *file = context;
    const struct csvk_merge_table_options *options = &file->options;
    file->written += length;
    if (options->progress != NULL && options->progress(options->context, file->written) < 0) {
        return csvk_fail(err, CSVK_ECANCELED, "%s: canceled", options->output);
    }
    return file->gzip != NULL ? csvk_gzip_write(file->gzip, bytes, length, err)
                              : csvk_sink_write(file->sink, bytes, length, err);
}

static int open_file(struct merge_file *file, struct csvk_error *err)
{
    const char *path = file->options.output;
    size_t length = strlen(path);
    int status = csvk_sink_open(&file->sink, path, 0, err);
    if (status != CSVK_OK || length < 3 || strcmp(path + length - 3, ".gz") != 0) {
        return status;
    }
    struct csvk_gzip_options how = {file->options.level, file->options.threads, 0};
    struct csvk_gzip_output output = {to_sink, file};
    return csvk_gzip_new(&file->gzip, &how, output, err);
}

int csvk_merge_table(const struct csvk_merge_table_options *options,
                     struct csvk_merge_totals *totals, struct csvk_error *err)
{
    struct merge_file file = {.sink = NULL};
    struct csvk_merge_output output = {to_file, &file};
    int status = read_options(&file, options, err);
    status = status == CSVK_OK ? check(&file.table, err) : status;
    status = status == CSVK_OK ? find_header(&file, err) : status;
    status = status == CSVK_OK ? open_file(&file, err) : status;
    status = status == CSVK_OK ? csvk_merge(file.options.directory, &file.how, output, totals, err)
                               : status;
    if (status == CSVK_OK && file.gzip != NULL) {
        status = csvk_gzip_finish(file.gzip, NULL, err);
    }
    status = status == CSVK_OK ? csvk_sink_commit(file.sink, err) : status;
    csvk_gzip_free(file.gzip);
    csvk_sink_free(file.sink);
    return status;
}
