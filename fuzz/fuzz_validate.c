/*
 * fuzz_validate.c - any bytes can be judged in every profile and dialect; the report does not
 * depend on the size of the reads or on which reader found the records; every writer can write it.
 */
#include "csvkit/extra/extra.h"
#include "validator/validator.h"

#include <stdlib.h>
#include <string.h>

#define FORMAT(name) #name,

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

struct fuzz_choice {
    size_t window;
    bool reference_only;
};

static void tune(struct csvk_options *options, void *context)
{
    const struct fuzz_choice *how = context;
    options->window = how->window;
    options->reference_only = how->reference_only;
}

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* The last two bytes choose profile, dialect, header and limits. */
static void choose(struct csvk_validate_options *options, unsigned char a, unsigned char b)
{
    static const struct csvk_dialect dialects[] = {
        CSVK_DIALECT_RFC4180,
        {.delimiter = ';', .enclosure = '"', .escape = '\\'},
        {.delimiter = '\t', .enclosure = CSVK_NO_BYTE, .escape = CSVK_NO_BYTE},
        {.delimiter = ',', .enclosure = '\'', .escape = CSVK_NO_BYTE}};
    csvk_validate_options_init(options);
    options->profile = (enum csvk_profile)(a % CSVK_PROFILES);
    options->dialect = dialects[a / 8 % 4];
    options->header = (a & 0x20) != 0 ? CSVK_NO_HEADER : CSVK_HEADER;
    options->sep = (a & 0x40) != 0 ? CSVK_SEP_LOOK : CSVK_SEP_DATA;
    options->max_findings = b % 4;
    options->max_field = (b & 0x10) != 0 ? 5 : 0;
    options->max_record = (b & 0x20) != 0 ? 20 : 0;
    if ((b & 0x40) != 0) {
        must(csvk_validate_set_rule(options, "all", CSVK_WARNING, NULL) == CSVK_OK);
    }
    if ((b & 0x80) != 0 && options->header == CSVK_HEADER) {
        must(csvk_strings_add(&options->primary_key, "a") == CSVK_OK);
    }
}

static void report(const unsigned char *data, size_t size,
                   const struct csvk_validate_options *options, struct fuzz_choice how,
                   struct csvk_buf *out)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *said = NULL;
    static const char *const formats[] = {CSVK_REPORT_FORMATS(FORMAT, FORMAT)};
    struct csvk_validate_hooks hooks = {.size = sizeof hooks, .tune = tune, .context = &how};
    must(csvk_source_memory(&source, data, size, NULL) == CSVK_OK);
    must(csvk_validate_source(&v, source, options, &hooks, NULL) == CSVK_OK);
    must(csvk_validator_report(v, &said, NULL) == CSVK_OK);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        bool always = i < 2; /* the long ones only now and then */
        if (always || options->max_findings == 3) {
            must(csvk_report_print(said, formats[i], CSVK_TEXT_NOTES, out, NULL) == CSVK_OK);
        }
    }
    csvk_validator_free(v);
    csvk_source_free(source);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    csvk_use_decoders();
    struct csvk_validate_options options;
    struct csvk_buf one = CSVK_BUF_INIT, other = CSVK_BUF_INIT;
    if (size < 3 || (data[0] == 0x1F && data[1] == 0x8B)) {
        return 0; /* gzip has targets of its own */
    }
    size -= 3;
    choose(&options, data[size], data[size + 1]);
    struct fuzz_choice how = {data[size + 2] % 16, data[size + 2] >= 0xC0};
    report(data, size, &options, (struct fuzz_choice){0, false}, &one);
    report(data, size, &options, how, &other);
    must(one.length == other.length && memcmp(one.data, other.data, one.length) == 0);
    csvk_buf_release(&one);
    csvk_buf_release(&other);
    csvk_validate_options_release(&options);
    return 0;
}
