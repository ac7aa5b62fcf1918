/*
 * fuzz_schema_file.c - any bytes as a schema file: a Table Schema or a data package, metadata of
 * CSVW, a manifest with native types. Reading ends with a schema or says why not; each column of a
 * schema has a check, or a reason why not, and the check judges values as its quick version does.
 *
 * Input: a byte for the kind of file, then the file.
 */
#include "csvkit/extra/extra.h"
#include "csvkit/schema/read/csvw_metadata.h"
#include "csvkit/schema/read/table_schema_file.h"
#include "csvkit/schema/value_check.h"
#include "manifest/manifest.h"
#include "manifest/table_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void judge_values(const struct value_check *check)
{
    static const char *const values[] = {
        "",    "0",          "-12.50", "1 000,5",  "true", "2024-02-29",   "2024-02-30T25:00:00Z",
        "a;b", "{\"a\": 1}", "P1DT2H", "10,20.5x", "NaN",  "\xc5\x99\xc3", "12345678901234567890"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        size_t length = strlen(values[i]);
        unsigned char *value = malloc(length + 1); /* its end is the end of the block */
        must(value != NULL);
        memcpy(value + 1, values[i], length);
        bool missing = value_is_missing(check, value + 1, length);
        bool quick = length != 0 && check->accepts(check, value + 1, length);
        struct value_fault fault = {.kind = VALUE_GOOD};
        if (!missing) {
            fault = value_judge(check, value + 1, length);
        }
        must(fault.at <= length && (!quick || (!missing && fault.kind == VALUE_GOOD)));
        free(value);
    }
}

static void judge_columns(const struct csvk_schema *schema)
{
    for (size_t i = 0; i < csvk_schema_count(schema); i++) {
        struct value_check check;
        struct csvk_error err = {0};
        int status = value_check_init(&check, schema, i, CSVK_BACKEND_PORTABLE, &err);
        must(status == CSVK_OK || err.text[0] != '\0');
        if (status == CSVK_OK) {
            judge_values(&check);
        }
        value_check_release(&check);
    }
}

static void read_table_schema(const char *path)
{
    struct table_schema_file file;
    struct csvk_error err = {0};
    int status = table_schema_file_read(&file, path, "data.csv", &err);
    must(status == CSVK_OK ? file.schema != NULL : err.text[0] != '\0');
    if (status == CSVK_OK) {
        must(file.names.count == csvk_schema_count(file.schema));
        judge_columns(file.schema);
    }
    table_schema_file_release(&file);
}

static void read_csvw(const char *path)
{
    struct csvw_metadata metadata;
    struct csvk_error err = {0};
    int status = csvw_metadata_read(&metadata, path, &err);
    must(status == CSVK_OK || err.text[0] != '\0');
    must(status != CSVK_OK || metadata.count != 0 || metadata.findings.count != 0);
    for (size_t i = 0; status == CSVK_OK && i < metadata.count; i++) {
        if (metadata.table[i].schema != NULL) {
            judge_columns(metadata.table[i].schema);
        }
    }
    csvw_metadata_release(&metadata);
}

static void read_manifest(const unsigned char *text, size_t length)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings findings = {0};
    struct csvk_schema *schema = NULL;
    if (csvk_manifest_parse(&manifest, text, length, &findings, NULL) == CSVK_OK &&
        manifest != NULL && table_schema_read(&schema, manifest) == CSVK_OK && schema != NULL) {
        judge_columns(schema);
    }
    csvk_schema_free(schema);
    csvk_manifest_free(manifest);
    csvk_findings_release(&findings);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static int file = -1;
    static char path[64];
    if (file < 0) {
        csvk_use_all();
        file = memfd_create("schema", 0);
        must(file >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    if (size == 0) {
        return 0;
    }
    if (data[0] % 3 == 2) {
        read_manifest(data + 1, size - 1);
        return 0;
    }
    must(ftruncate(file, 0) == 0 && pwrite(file, data + 1, size - 1, 0) == (ssize_t)(size - 1));
    if (data[0] % 3 == 0) {
        read_table_schema(path);
    } else {
        read_csvw(path);
    }
    return 0;
}
