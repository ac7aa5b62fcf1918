/* support.c - see support.h. */
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

unsigned char *support_read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    struct stat info;
    if (file == NULL || fstat(fileno(file), &info) != 0) {
        if (file != NULL) {
            fclose(file);
        }
        return NULL;
    }
    unsigned char *bytes = malloc((size_t)info.st_size + 1);
    *length = bytes != NULL ? fread(bytes, 1, (size_t)info.st_size, file) : 0;
    fclose(file);
    if (bytes != NULL) {
        bytes[*length] = 0;
    }
    return bytes;
}

const char *support_corpus(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "../shared/corpus/%s", name);
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "SKIPPED: %s is not here; nothing was checked against it\n", path);
        return NULL;
    }
    return path;
}

uint64_t support_next(struct support_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t support_below(struct support_random *random, size_t n)
{
    return (size_t)(support_next(random) % n);
}

static void put_fact(struct csvk_buf *out, const struct csvk_fact *f)
{
    ck_assert_int_eq(csvk_buf_printf(out, " !%d@%llu+%llu/%llu.%llu=%llu", (int)f->kind,
                                     (unsigned long long)f->offset, (unsigned long long)f->length,
                                     (unsigned long long)f->record, (unsigned long long)f->field,
                                     (unsigned long long)f->extra),
                     CSVK_OK);
}

static void put_fields(struct csvk_buf *out, const struct csvk_batch *batch,
                       const struct csvk_record *r, const struct csvk_dialect *dialect)
{
    for (uint64_t i = 0; i < r->nfields; i++) {
        const struct csvk_field *f = &batch->fields[r->first_field + i];
        struct csvk_bytes raw = csvk_field_raw(batch, r, (size_t)i);
        unsigned char *value = malloc(raw.len + 1);
        size_t n = csvk_field_decode(raw, dialect, value);
        ck_assert_int_eq(csvk_buf_printf(out, " [%u:", f->flags), CSVK_OK);
        ck_assert_int_eq(csvk_buf_add(out, value, n), CSVK_OK);
        ck_assert_int_eq(csvk_buf_putc(out, ']'), CSVK_OK);
        free(value);
    }
}

static void put_record(struct csvk_buf *out, const struct csvk_batch *batch,
                       const struct csvk_record *r, const struct csvk_options *options)
{
    ck_assert_int_eq(
        csvk_buf_printf(out, "\n#%llu line %llu @%llu+%llu n%llu eol %u%s%s s%llu+%llu",
                        (unsigned long long)r->number, (unsigned long long)r->line,
                        (unsigned long long)r->offset, (unsigned long long)r->length,
                        (unsigned long long)r->nfields, r->eol, r->blank ? " blank" : "",
                        r->last_empty ? " last-empty" : "", (unsigned long long)r->surplus_offset,
                        (unsigned long long)r->surplus_length),
        CSVK_OK);
    if (options->detail == CSVK_FIELDS) {
        put_fields(out, batch, r, &options->dialect);
    }
    for (uint32_t i = 0; i < r->nfacts; i++) {
        put_fact(out, &batch->facts[r->first_fact + i]);
    }
}

static void put_batch(struct csvk_buf *out, const struct csvk_batch *batch,
                      const struct csvk_options *options)
{
    for (size_t i = 0; i < batch->nnoted; i++) {
        if (!batch->records[i].unfinished) {
            put_record(out, batch, &batch->records[i], options);
        }
    }
    for (size_t i = 0; i < batch->nfacts; i++) {
        if (batch->facts[i].record == 0) {
            put_fact(out, &batch->facts[i]);
        }
    }
    if (options->detail == CSVK_RECORDS) {
        for (uint64_t i = 0; i < batch->nrecords; i++) {
            ck_assert_int_eq(
                csvk_buf_printf(out, " e%llu",
                                (unsigned long long)(batch->offset + batch->record_end[i])),
                CSVK_OK);
        }
    }
}

int support_reading(const unsigned char *bytes, size_t length, const struct csvk_options *options,
                    struct csvk_buf *out)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_error err = {0};
    struct csvk_batch batch;
    int status = csvk_source_memory(&source, bytes, length, &err);
    if (status == CSVK_OK) {
        status = csvk_reader_new(&reader, source, options, &err);
    }
    while (status == CSVK_OK) {
        status = csvk_reader_next(reader, &batch, &err);
        if (status == CSVK_OK) {
            put_batch(out, &batch, options);
        }
    }
    if (status == CSVK_END) {
        const struct csvk_totals *t = csvk_reader_totals(reader);
        status = csvk_buf_printf(out,
                                 "\ntotal %llu bytes %llu records %llu lines width %llu eol %llu "
                                 "%llu %llu %llu %llu mode %d\n",
                                 (unsigned long long)t->bytes, (unsigned long long)t->records,
                                 (unsigned long long)t->lines, (unsigned long long)t->width,
                                 (unsigned long long)t->eol[0], (unsigned long long)t->eol[1],
                                 (unsigned long long)t->eol[2], (unsigned long long)t->eol[3],
                                 (unsigned long long)t->eol[4], (int)t->eol_mode);
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    return status;
}

int support_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
