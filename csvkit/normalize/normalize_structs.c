/*
 * normalize_structs.c - what a caller gives to csvk_normalize and gets from it: defaults, structs
 * of another version of the headers (sized.h), and options that contradict each other.
 */
#include "csvkit/normalize/normalize_structs.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/base/sized.h"

static const struct csvk_sized options_type =
    CSVK_SIZED(struct csvk_normalize_options, schema, "csvk_normalize_options_init");
static const struct csvk_sized outputs_type =
    CSVK_SIZED(struct csvk_normalize_outputs, rejected_context, CSVK_SIZED_BY_HAND);
static const struct csvk_sized files_type =
    CSVK_SIZED(struct csvk_normalize_files, rejected_context, CSVK_SIZED_BY_HAND);
static const struct csvk_sized result_type =
    CSVK_SIZED(struct csvk_normalize_result, counted, CSVK_SIZED_BY_HAND);

_Static_assert(CSVK_REPAIRS <= CSVK_REPAIRS_MOST, "the arrays of the result cannot grow");

/*
 * The defaults: RFC 4180 in and out, CR LF as the line break to write, control characters stay, no
 * comments.
 */
void csvk_normalize_options_init_sized(struct csvk_normalize_options *options, size_t size)
{
    const struct csvk_normalize_options defaults = {.size = sizeof defaults,
                                                    .dialect = CSVK_DIALECT_RFC4180,
                                                    .to = CSVK_DIALECT_RFC4180,
                                                    .line_break = CSVK_EOL_CRLF,
                                                    .control = CSVK_NORMALIZE_DEFECT_KEEP,
                                                    .comment = -1};
    csvk_sized_init(&options_type, options, size, &defaults);
}

/* Only the columns are owned by the options; encoding is borrowed. */
void csvk_normalize_options_release(struct csvk_normalize_options *options)
{
    csvk_strings_release(&options->columns);
}

int norm_read_options(struct csvk_normalize_options *own,
                      const struct csvk_normalize_options *options, struct csvk_error *err)
{
    csvk_normalize_options_init(own);
    return csvk_sized_read(&options_type, own, options, err);
}

int norm_read_outputs(struct csvk_normalize_outputs *own,
                      const struct csvk_normalize_outputs *outputs, struct csvk_error *err)
{
    *own = (struct csvk_normalize_outputs){.size = sizeof *own};
    return csvk_sized_read(&outputs_type, own, outputs, err);
}

int norm_read_files(struct csvk_normalize_files *own, const struct csvk_normalize_files *files,
                    struct csvk_error *err)
{
    *own = (struct csvk_normalize_files){.size = sizeof *own};
    return csvk_sized_read(&files_type, own, files, err);
}

int norm_check_result(const struct csvk_normalize_result *result, struct csvk_error *err)
{
    return csvk_sized_check(&result_type, result, err);
}

void norm_write_result(struct csvk_normalize_result *result,
                       const struct csvk_normalize_result *own)
{
    csvk_sized_write(&result_type, result, own);
}

int norm_read_result(struct csvk_normalize_result *own, const struct csvk_normalize_result *result)
{
    *own = (struct csvk_normalize_result){.size = sizeof *own};
    return csvk_sized_read(&result_type, own, result, NULL);
}

/* The escape of the dialect to write is ignored: enclosures are doubled in the output (RFC 4180
   section 2, rule 7). */
int norm_check_options(const struct csvk_normalize_options *o, struct csvk_error *err)
{
    if (o->line_break != CSVK_EOL_CRLF && o->line_break != CSVK_EOL_LF &&
        o->line_break != CSVK_EOL_NONE) {
        return csvk_fail(err, CSVK_EUSAGE, "the line break to write must be CRLF, LF or none");
    }
    if (o->quote == CSVK_NORMALIZE_QUOTE_ALL && o->to.enclosure == CSVK_NO_BYTE) {
        return csvk_fail(err, CSVK_EUSAGE, "all values enclosed, but no enclosure to write");
    }
    if (o->write_header && (o->header == CSVK_NORMALIZE_HEADER || o->columns.count == 0)) {
        return csvk_fail(err, CSVK_EUSAGE,
                         "a header to write needs the names of the columns and an input without a "
                         "header");
    }
    struct csvk_dialect to = o->to;
    to.escape = CSVK_NO_BYTE;
    int status = csvk_dialect_need_plain(&to, "the output", err);
    status = status == CSVK_OK ? csvk_dialect_check(&to, err) : status;
    status = status == CSVK_OK ? csvk_dialect_check(&o->dialect, err) : status;
    uint64_t comment = o->comment > 0 ? (uint64_t)o->comment : 0;
    return status == CSVK_OK ? csvk_comment_check(comment, &o->dialect, err) : status;
}
