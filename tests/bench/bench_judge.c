/* bench_judge.c - judges a file as `csvkit validate` does, by the vector registers of a level that
 * is chosen, up to what the processor has. bench_judge FILE scalar|sse2|sse4.2|avx2|avx512 */
#include "csvkit/extra/extra.h"
#include "validator/validator.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void choose_level(struct csvk_options *options, void *context)
{
    options->simd = *(const enum csvk_simd *)context;
}

/* The level of this name; the automatic one when there is none. */
static enum csvk_simd level_named(const char *name)
{
    for (int level = CSVK_SIMD_SCALAR; level <= CSVK_SIMD_AVX512; level++) {
        if (strcmp(csvk_simd_name((enum csvk_simd)level), name) == 0) {
            return (enum csvk_simd)level;
        }
    }
    return CSVK_SIMD_AUTO;
}

int main(int argc, char **argv)
{
    struct csvk_source *source;
    struct csvk_validator *validator = NULL;
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    enum csvk_simd level = argc > 2 ? level_named(argv[2]) : CSVK_SIMD_AUTO;
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = choose_level, .context = &level};
    csvk_use_decoders();
    csvk_validate_options_init(&options);
    if (argc < 3 || level == CSVK_SIMD_AUTO ||
        csvk_source_open(&source, argv[1], &err) != CSVK_OK) {
        fprintf(stderr, "bench_judge FILE LEVEL\n%s\n", err.text);
        return 2;
    }
    const struct csvk_report *report;
    int status = csvk_validate_source(&validator, source, &options, &hooks, &err);
    status = status == CSVK_OK ? csvk_validator_report(validator, &report, &err) : status;
    printf("%s: %" PRIu64 " errors\n", csvk_simd_name(level),
           status == CSVK_OK ? report->errors : 0);
    csvk_validator_free(validator);
    csvk_validate_options_release(&options);
    csvk_source_free(source);
    return status == CSVK_OK ? 0 : 2;
}
