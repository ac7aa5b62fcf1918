/*
 * check_data.c - judges a manifest against the data beside it.
 *
 * Some faults the platform notices only when it loads the data (width, compression); others it
 * never notices (a header loaded as a row, a row skipped as a header). Both are found by reading
 * the first record of every file and, when the caller wants it, the widths of all records.
 */
#include "manifest/first_record.h"
#include "manifest/manifest_tree.h"
#include "csvkit/names.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

struct data_check {
    const struct csvk_manifest *manifest; /* or NULL */
    struct csvk_manifest_table table;
    struct csvk_findings *findings;
    enum csvk_manifest_reading reading;
    size_t slices;       /* 0: a single file */
    bool first_is_names; /* the first slice begins with the columns' names */
    size_t index;        /* of the current slice, from 0 */
    struct csvk_error *err;
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool ends_with_gz(const char *path)
{
    size_t n = strlen(path);
    return n >= 3 && strcasecmp(path + n - 3, ".gz") == 0;
}

/* ---- the first record ---- */

/* The remedy that names a delimiter with which the record has as many fields as there are columns;
   NULL: there is no such delimiter. */
static const char *better_delimiter(const struct first_record *first, size_t columns, int current)
{
    static const struct {
        char byte;
        const char *remedy;
    } candidates[] = {
        {',', "the delimiter seems to be a comma"},
        {';', "the delimiter seems to be a semicolon: \"delimiter\": \";\""},
        {'\t', "the delimiter seems to be a tab: \"delimiter\": \"\\t\""},
        {'|', "the delimiter seems to be a pipe: \"delimiter\": \"|\""},
    };
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        size_t n = 1;
        for (size_t j = 0; j < first->raw.length; j++) {
            n += first->raw.data[j] == (unsigned char)candidates[i].byte;
        }
        if (candidates[i].byte != current && n == columns && n > 1) {
            return candidates[i].remedy;
        }
    }
    return NULL;
}

static void check_width(struct data_check *check, struct judge *judge,
                        const struct first_record *first)
{
    size_t columns = check->table.columns.count;
    if (columns == first->values.count) {
        return;
    }
    struct complaint what = {.rule = RULE_WIDTH, .place = {0, first->line, 1, 1}};
    what.remedy = better_delimiter(first, columns, check->table.dialect.delimiter);
    complain(judge, what, "the first record has %zu field%s, the manifest has %zu column%s",
             first->values.count, first->values.count == 1 ? "" : "s", columns,
             columns == 1 ? "" : "s");
}

/* The manifest names the columns. Is the first record data or a header, as the manifest says? */
static void check_named(struct data_check *check, struct judge *judge,
                        const struct first_record *first)
{
    bool names;
    bool skipped = check->table.has_header == CSVK_YES;
    struct complaint what = {.rule = RULE_HEADER, .place = {0, first->line, 1, 1}};
    if (csvk_names_compare(&first->values, &check->table.columns, &names) != CSVK_OK) {
        judge->status = CSVK_ENOMEM;
        return;
    }
    if (check->index == 0) {
        check->first_is_names = names;
    }
    check_width(check, judge, first);
    if (names && !skipped) {
        what.remedy = "set \"has_header\": true, or remove the header";
        complain(judge, what,
                 "the first record holds the names of the columns; it would be loaded "
                 "as a row of data");
    } else if (!names && skipped && check->index > 0 && check->first_is_names) {
        what.remedy = "write the header into every slice, or write it into none and set "
                      "\"has_header\": false";
        complain(judge, what,
                 "the first record of this slice is not the header that the first "
                 "slice has; it would be skipped and lost");
    } else if (!names && skipped && first->values.count == check->table.columns.count) {
        what.rule = RULE_HEADER_SKIPPED;
        what.remedy = "check whether it is a header; if it is not, set \"has_header\": false";
        complain(judge, what,
                 "the first record does not hold the names of the columns; it is skipped, and the "
                 "columns are called as the manifest says");
    }
}

static int check_header_names(struct data_check *check, const char *file,
                              const struct first_record *first)
{
    struct judge judge;
    judge_begin(&judge, check->manifest, check->findings, "header");
    judge.file = file;
    judge_header(&judge, &first->values, check->manifest != NULL ? check->manifest->root : NULL);
    return judge_end(&judge);
}

static void check_bytes(struct data_check *check, struct judge *judge,
                        const struct first_record *first)
{
    bool named = check->table.columns.count > 0;
    struct complaint what = {.rule = RULE_DATA};
    if (first->utf16) {
        what.remedy = "convert it: csvkit normalize --encoding=auto";
        complain(judge, what, "the data is UTF-16 or UTF-32; Storage reads UTF-8");
    } else if (first->utf8_bom && named && check->table.has_header != CSVK_YES) {
        what.remedy = "write the data without the bytes EF BB BF";
        complain(judge, what,
                 "a byte order mark becomes part of the first value when there is no "
                 "header");
    } else if (!first->any && !named) {
        what.remedy = "write a header, or name the columns in the manifest";
        complain(judge, what, "the data is empty and the manifest names no columns");
    }
}

static void check_compression(struct judge *judge, const char *path,
                              const struct first_record *first)
{
    bool named = ends_with_gz(path);
    struct complaint what = {.rule = RULE_COMPRESSION};
    if (first->compression != NULL && !first->gzip) {
        what.remedy = "unpack the data, or pack it with gzip";
        complain(judge, what, "the content is %s, which the platform does not unpack",
                 first->compression);
    } else if (named && !first->gzip) {
        what.remedy = "compress the data, or remove .gz from the name";
        complain(judge, what, "the name ends with .gz, but the content is not gzip");
    } else if (!named && first->gzip) {
        what.remedy = "add .gz to the name";
        complain(judge, what, "the content is gzip, but the name does not end with .gz");
    }
}

/* ---- all records ---- */

struct widths {
    uint64_t expected, wrong;
    uint64_t record, line, found; /* of the first record with another width */
};

static void count_widths(struct widths *widths, const struct csvk_batch *batch)
{
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *record = &batch->records[i];
        uint64_t found = record->blank ? 1 : record->nfields;
        if (found == widths->expected) {
            continue;
        }
        if (widths->wrong++ == 0) {
            widths->record = record->number;
            widths->line = record->line;
            widths->found = found;
        }
    }
}

static int read_widths(struct data_check *check, struct csvk_source *source, struct widths *widths)
{
    struct csvk_options options;
    struct csvk_reader *reader = NULL;
    const struct csvk_batch *batch;
    csvk_options_init(&options);
    options.dialect = check->table.dialect;
    options.width = widths->expected;
    int status = csvk_reader_new(&reader, source, &options, check->err);
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, check->err);
        if (status == CSVK_OK) {
            count_widths(widths, batch);
        }
    }
    csvk_reader_free(reader);
    return status == CSVK_END ? CSVK_OK : status;
}

static int check_all_records(struct data_check *check, struct judge *judge, const char *path,
                             uint64_t width)
{
    struct widths widths = {.expected = width};
    struct csvk_source *source = NULL;
    int status = csvk_source_open(&source, path, check->err);
    if (status == CSVK_OK) {
        status = read_widths(check, source, &widths);
    }
    if (status == CSVK_OK && widths.wrong > 0) {
        struct complaint what = {.rule = RULE_WIDTH, .place = {0, widths.line, 1, 1}};
        complain(judge, what,
                 "%llu record%s not have %llu field%s; the first is record %llu with %llu",
                 (unsigned long long)widths.wrong, widths.wrong == 1 ? " does" : "s do",
                 (unsigned long long)width, width == 1 ? "" : "s",
                 (unsigned long long)widths.record, (unsigned long long)widths.found);
    }
    const struct csvk_damage *damage = status == CSVK_OK ? csvk_source_damage(source) : NULL;
    if (damage != NULL) {
        complain(judge, (struct complaint){.rule = RULE_DATA}, "the %s data is damaged: %s",
                 damage->kind, damage->what);
    }
    csvk_source_free(source);
    return status;
}

/* ---- files and slices ---- */

static int check_file(struct data_check *check, const char *path)
{
    struct first_record first;
    int status = first_record_read(&first, path, &check->table.dialect, check->err);
    if (status != CSVK_OK) {
        first_record_release(&first);
        return status;
    }
    struct judge judge;
    judge_begin(&judge, check->manifest, check->findings, "data");
    judge.file = path;
    bool named = check->table.columns.count > 0;
    check_compression(&judge, path, &first);
    check_bytes(check, &judge, &first);
    if (named && first.any) {
        check_named(check, &judge, &first);
    } else if (first.any && check->slices == 0) {
        status = check_header_names(check, path, &first);
    }
    uint64_t width = named ? check->table.columns.count : first.values.count;
    /* When the first record has another width, that is reported already; more findings would only
       repeat it. */
    bool fits = first.any && first.values.count == width;
    if (status == CSVK_OK && check->reading == CSVK_MANIFEST_WHOLE_DATA && fits) {
        status = check_all_records(check, &judge, path, width);
    }
    first_record_release(&first);
    int judged = judge_end(&judge);
    return status != CSVK_OK ? status : judged;
}

static int check_slices(struct data_check *check, const char *path)
{
    struct csvk_strings slices = {NULL, 0, 0};
    int status = csvk_list_slices(path, &slices, check->err);
    check->slices = slices.count > 0 ? slices.count : 1;
    if (status == CSVK_OK && check->table.columns.count == 0) {
        struct judge judge;
        judge_begin(&judge, check->manifest, check->findings, "$");
        judge.file = path;
        complain(&judge,
                 (struct complaint){.rule = RULE_SLICED_COLUMNS,
                                    .remedy = "add \"columns\" or \"schema\" to the manifest"},
                 "Sliced file \"%s\" columns specification missing.", base_name(path));
        status = judge_end(&judge);
    }
    for (; check->index < slices.count && status == CSVK_OK; check->index++) {
        status = check_file(check, slices.item[check->index]);
    }
    csvk_strings_release(&slices);
    return status;
}

static int check_orphan(const struct csvk_manifest *manifest, const char *path,
                        struct csvk_findings *findings)
{
    struct judge judge;
    judge_begin(&judge, manifest, findings, "$");
    struct complaint what = {.rule = RULE_DATA,
                             .remedy =
                                 "write the data, or remove the manifest; a manifest is named "
                                 "like its data, with .manifest added"};
    complain(&judge, what, "Found orphaned table manifest: \"%s.manifest\"", base_name(path));
    return judge_end(&judge);
}

int csvk_manifest_check_data(const struct csvk_manifest *manifest, const char *path,
                             enum csvk_manifest_reading reading, struct csvk_findings *findings,
                             struct csvk_error *err)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        if (errno == ENOENT) {
            return check_orphan(manifest, path, findings);
        }
        return csvk_fail_sys(err, errno, "cannot open %s", path);
    }
    struct data_check check = {
        .manifest = manifest, .findings = findings, .reading = reading, .err = err};
    int status = csvk_manifest_table(manifest, &check.table);
    struct csvk_error bad = {0};
    if (status == CSVK_OK && csvk_dialect_check(&check.table.dialect, &bad) != CSVK_OK) {
        csvk_manifest_table_release(&check.table);
        return CSVK_OK; /* csvk_manifest_check reports a dialect that cannot be used */
    }
    if (status == CSVK_OK) {
        status = S_ISDIR(info.st_mode) ? check_slices(&check, path) : check_file(&check, path);
    } else {
        csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    csvk_manifest_table_release(&check.table);
    return status;
}
