/* normalized.c - see normalized.h. */
#include "tests/support/normalized.h"

#include "csvkit/base/digest.h"
#include "validator/validator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int collect(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

void normalized_run(struct normalized *out, const void *bytes, size_t length,
                    const struct csvk_normalize_options *options)
{
    *out = (struct normalized){.result = {.size = sizeof out->result}};
    struct csvk_source *source = NULL;
    struct csvk_normalize_options o = *options;
    o.window = o.window != 0 ? o.window : support_window(length);
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .table = {collect, &out->table},
                                             .rejects = {collect, &out->rejects},
                                             .rejects_index = {collect, &out->index},
                                             .log = {collect, &out->log}};
    support_must(csvk_source_memory(&source, bytes, length, &out->err) == CSVK_OK, "out of memory");
    out->status = csvk_normalize(source, &o, &outputs, &out->result, &out->err);
    csvk_source_free(source);
}

void normalized_release(struct normalized *out)
{
    csvk_buf_release(&out->table);
    csvk_buf_release(&out->rejects);
    csvk_buf_release(&out->index);
    csvk_buf_release(&out->log);
}

static bool same_bytes(const struct csvk_buf *a, const void *bytes, size_t length)
{
    return a->length == length && (length == 0 || memcmp(a->data, bytes, length) == 0);
}

/* ---- failing well ---- */

void normalized_complain(const char *law, const char *name, const void *bytes, size_t length,
                         const struct normalized *n)
{
    struct csvk_buf in = CSVK_BUF_INIT, out = CSVK_BUF_INIT;
    size_t shown = length < 800 ? length : 800;
    int status = csvk_buf_add_escaped(&in, bytes, shown);
    status |= csvk_buf_add_escaped(&out, csvk_buf_text(&n->table),
                                   n->table.length < 800 ? n->table.length : 800);
    support_must(status == CSVK_OK, "out of memory");
    fprintf(stderr,
            "%s\nreference: %s\nin:  %s\nout: %s\nlog: %.2000s\nindex: %.1500s\nstatus: %d %s\n",
            name, law, csvk_buf_text(&in), csvk_buf_text(&out), csvk_buf_text(&n->log),
            csvk_buf_text(&n->index), n->status, n->err.text);
    abort();
}

/* ---- the laws ---- */

/* The options under which the output is read. */
static struct csvk_normalize_options options_of_output(const struct csvk_normalize_options *o)
{
    struct csvk_normalize_options again = *o;
    again.dialect = o->to;
    again.dialect.escape = CSVK_NO_BYTE;
    again.delimiter_given = true;
    again.encoding = "utf-8";
    again.skip_head = again.skip_tail = 0;
    again.comment = -1;
    again.names = CSVK_NORMALIZE_NAMES_KEEP;
    again.any_eol = false;
    again.look_ahead *= 2; /* with other line breaks and enclosures a record is longer */
    memset(&again.columns, 0, sizeof again.columns);
    return again;
}

/*
 * Known not to hold: the header is compared with records as they are read, so one that is equal to
 * it only after --trim, --ragged=pad or --names=storage is found the second time.
 */
static bool equals_header_now(const struct normalized *twice,
                              const struct csvk_normalize_options *o)
{
    bool changes = o->trim || o->ragged == CSVK_NORMALIZE_RAGGED_PAD ||
                   o->names == CSVK_NORMALIZE_NAMES_STORAGE;
    return changes && (twice->result.repairs[CSVK_REPAIR_HEADER_REPEATED] != 0 ||
                       strstr(csvk_buf_text(&twice->index), "\"repair\":\"r26\"") != NULL);
}

static void check_idempotent(const char *name, const void *bytes, size_t length,
                             const struct normalized *n, const struct csvk_normalize_options *o)
{
    struct normalized twice;
    struct csvk_normalize_options again = options_of_output(o);
    normalized_run(&twice, n->table.data, n->table.length, &again);
    if (twice.status != CSVK_OK) {
        normalized_complain(twice.err.text, name, bytes, length, n);
    }
    bool same = same_bytes(&twice.table, n->table.data, n->table.length) && !twice.result.changed;
    if (!same && !equals_header_now(&twice, o)) {
        fprintf(stderr, "twice: %s\n%s\n", csvk_buf_text(&twice.table), csvk_buf_text(&twice.log));
        normalized_complain("I2: normalizing twice changes nothing", name, bytes, length, n);
    }
    normalized_release(&twice);
}

/* Warnings whose repair was refused, or is done on request only. */
static bool may_remain(const char *id)
{
    static const char *const ids[] = {
        "multiline-field-suspicious",
        "control-char",
        "bom-in-data",
        "split-record-suspected",
        "comment-line",
        "preamble-suspected",
        "footer-suspected",
        "delimiter-suspected",
        "sep-directive",
        "header-empty-name",
        "header-duplicate-name",
        "header-case-clash",
        "header-edge-space",
        "header-invalid-name",
        "header-invisible-char",
        "header-repeated",
        "empty-record",
        "copy-end-marker",
        "truncated-suspected",
        "twice-encoded-suspected",
        "mojibake-suspected",
        "utf8-bom",
        "eol-lf",
        "encoding-suspected",
    };
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        if (strcmp(ids[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static void tune_window(struct csvk_options *options, void *context)
{
    options->window = support_window(*(const size_t *)context);
}

static void check_valid(const char *name, const void *bytes, size_t length,
                        const struct normalized *n, const struct csvk_normalize_options *o)
{
    struct csvk_source *source = NULL;
    struct csvk_validator *v = NULL;
    const struct csvk_report *report = NULL;
    struct csvk_validate_options options;
    struct csvk_error err = {0};
    size_t size = n->table.length;
    struct csvk_validate_hooks hooks = {
        .size = sizeof hooks, .tune = tune_window, .context = &size};
    csvk_validate_options_init(&options);
    options.dialect = o->to;
    options.dialect.escape = CSVK_NO_BYTE;
    options.header = o->header == CSVK_NORMALIZE_HEADER ? CSVK_HEADER : CSVK_NO_HEADER;
    options.file = name;
    support_must(csvk_source_memory(&source,
                                    n->table.data != NULL ? n->table.data : (const void *)"",
                                    n->table.length, &err) == CSVK_OK,
                 "out of memory");
    support_must(csvk_validate_source(&v, source, &options, &hooks, &err) == CSVK_OK, err.text);
    support_must(csvk_validator_report(v, &report, &err) == CSVK_OK, "out of memory");
    for (size_t i = 0; i < csvk_rule_count(); i++) {
        const struct csvk_rule *rule = csvk_rule_at(i);
        bool bad =
            report->levels[i] == CSVK_ERROR || (report->levels[i] == CSVK_WARNING &&
                                                rule->repairs[0] != '\0' && !may_remain(rule->id));
        if (bad && report->counts[i] != 0) {
            normalized_complain(rule->id, name, bytes, length, n);
        }
    }
    csvk_validator_free(v);
    csvk_source_free(source);
    csvk_validate_options_release(&options);
}

/* No further than the line: a sanitizer's strstr looks at all lines behind it, every time. */
const char *normalized_in_line(const char *line, const char *text)
{
    return memmem(line, (size_t)(strchr(line, '\n') - line), text, strlen(text));
}

uint64_t normalized_member(const char *line, const char *name)
{
    const char *at = normalized_in_line(line, name);
    support_must(at != NULL, name);
    return strtoull(at + strlen(name), NULL, 10);
}

static void check_account(const char *name, const void *bytes, size_t length,
                          const struct normalized *n)
{
    const struct csvk_normalize_result *r = &n->result;
    if (r->records_in != r->records_out + r->records_rejected + r->records_dropped) {
        normalized_complain("I5: records in = out + rejected + dropped", name, bytes, length, n);
    }
    if (r->bytes_out != n->table.length) {
        normalized_complain("bytes_out", name, bytes, length, n);
    }
    /* Every reject is a piece of the input, at the place that the index names. */
    const char *line = csvk_buf_text(&n->index);
    uint64_t total = 0, lines = 0;
    while (*line != '\0') {
        uint64_t at = normalized_member(line, "\"byte\":");
        uint64_t size = normalized_member(line, "\"length\":");
        bool fits = r->repairs[CSVK_REPAIR_ENCODING] != 0 ||
                    (at + size <= length && total + size <= n->rejects.length &&
                     memcmp((const char *)bytes + at, n->rejects.data + total, size) == 0);
        if (!fits) {
            normalized_complain("rejects are bytes of the input", name, bytes, length, n);
        }
        total += size;
        lines++;
        line = strchr(line, '\n') + 1;
    }
    if (total != n->rejects.length || lines != r->records_rejected) {
        normalized_complain("the index covers the rejects", name, bytes, length, n);
    }
}

/* Values and enclosures of a table as the reference parser reads them; blank lines left out. */
static void read_rows(const void *bytes, size_t length, const struct csvk_dialect *dialect,
                      const struct csvk_normalize_options *o, struct csvk_buf *out)
{
    struct csvk_source *source = NULL;
    struct csvk_reader *reader = NULL;
    struct csvk_options options;
    const struct csvk_batch *batch;
    struct csvk_buf room = CSVK_BUF_INIT;
    csvk_options_init(&options);
    options.dialect = *dialect;
    options.detail = CSVK_FIELDS;
    options.reference_only = true;
    options.any_eol = o->any_eol;
    options.window = support_window(length);
    support_must(csvk_source_memory(&source, length != 0 ? bytes : "", length, NULL) == CSVK_OK,
                 "out of memory");
    support_must(csvk_reader_new(&reader, source, &options, NULL) == CSVK_OK, "out of memory");
    while (csvk_reader_next(reader, &batch, NULL) == CSVK_OK) {
        for (size_t i = 0; i < batch->nreported; i++) {
            const struct csvk_record *r = &batch->records[i];
            for (size_t k = 0; k < r->nfields; k++) {
                struct csvk_bytes value;
                support_must(csvk_field_value(batch, r, k, dialect, &room, &value) == CSVK_OK,
                             "out of memory");
                uint32_t flags = batch->fields[r->first_field + k].flags;
                bool enclosed = (flags & CSVK_FIELD_ENCLOSED) != 0;
                bool free_choice = (flags & CSVK_FIELD_BROKEN) != 0 || r->blank ||
                                   memchr(value.ptr, '\r', value.len) != NULL ||
                                   memchr(value.ptr, o->to.delimiter, value.len) != NULL;
                int status = csvk_buf_printf(out, "%s%c%zu:", k == 0 ? "\n" : "",
                                             free_choice ? 'q'
                                             : enclosed  ? 'q'
                                                         : 'p',
                                             value.len);
                status |= value.len != 0 ? csvk_buf_add(out, value.ptr, value.len) : 0;
                support_must(status == CSVK_OK, "out of memory");
            }
        }
    }
    csvk_reader_free(reader);
    csvk_source_free(source);
    csvk_buf_release(&room);
}

static bool keeps_rows(const struct csvk_normalize_result *r)
{
    static const enum csvk_repair harmless[] = {CSVK_REPAIR_BOM, CSVK_REPAIR_TAIL,
                                                CSVK_REPAIR_LINE_BREAKS, CSVK_REPAIR_BARE_CR,
                                                CSVK_REPAIR_ENCLOSE};
    uint64_t sum = r->records_rejected + r->records_dropped + r->inferred; /* r17 may be of L2 */
    for (int i = 1; i < CSVK_REPAIRS; i++) {
        sum += r->repairs[i];
    }
    for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
        sum -= r->repairs[harmless[i]];
    }
    return sum == 0;
}

static void check_rows(const char *name, const void *bytes, size_t length,
                       const struct normalized *n, const struct csvk_normalize_options *o)
{
    struct csvk_buf before = CSVK_BUF_INIT, after = CSVK_BUF_INIT;
    if (!keeps_rows(&n->result) || o->quote != CSVK_NORMALIZE_QUOTE_KEEP ||
        o->to.enclosure != o->dialect.enclosure) {
        return;
    }
    struct csvk_dialect to = o->to;
    to.escape = CSVK_NO_BYTE;
    read_rows(bytes, length, &o->dialect, o, &before);
    struct csvk_normalize_options again = *o;
    again.any_eol = false;
    read_rows(n->table.data, n->table.length, &to, &again, &after);
    if (!same_bytes(&before, after.data, after.length)) {
        fprintf(stderr, "before:%s\nafter:%s\n", csvk_buf_text(&before), csvk_buf_text(&after));
        normalized_complain("I3: repairs of class L0 keep the rows", name, bytes, length, n);
    }
    csvk_buf_release(&before);
    csvk_buf_release(&after);
}

void normalized_check(const char *name, const void *bytes, size_t length,
                      const struct normalized *n, const struct csvk_normalize_options *options)
{
    if (n->status == CSVK_OK) {
        check_account(name, bytes, length, n);
        check_rows(name, bytes, length, n, options);
        check_valid(name, bytes, length, n, options);
        check_idempotent(name, bytes, length, n, options);
    } else {
        support_must(n->status == CSVK_EDATA || n->status == CSVK_ELIMIT, n->err.text);
        support_must(n->err.text[0] != '\0', "refused without a word");
    }
}

static bool same_outcome(const struct normalized *a, const struct normalized *b)
{
    return a->status == b->status && same_bytes(&a->table, b->table.data, b->table.length) &&
           same_bytes(&a->rejects, b->rejects.data, b->rejects.length) &&
           same_bytes(&a->index, b->index.data, b->index.length) &&
           same_bytes(&a->log, b->log.data, b->log.length) &&
           memcmp(&a->result, &b->result, sizeof a->result) == 0 &&
           strcmp(a->err.text, b->err.text) == 0;
}

/* The same bytes, compressed. Those that look like gzip themselves stay as they are. */
static void check_gzip(const char *name, const void *bytes, size_t length,
                       const struct normalized *n, const struct csvk_normalize_options *options)
{
    struct csvk_buf gz = CSVK_BUF_INIT;
    struct normalized other;
    if (length >= 2 && memcmp(bytes, "\x1f\x8b", 2) == 0) {
        return;
    }
    support_gzip(bytes, length, &gz);
    normalized_run(&other, gz.data, gz.length, options);
    if (!same_outcome(n, &other) && n->status == CSVK_OK) {
        normalized_complain("I6: compression changes nothing", name, bytes, length, &other);
    }
    normalized_release(&other);
    csvk_buf_release(&gz);
}

void normalized_check_windows(const char *name, const void *bytes, size_t length,
                              const struct normalized *n,
                              const struct csvk_normalize_options *options)
{
    static const size_t windows[] = {1, 2, 3, 7, 4096, 65536};
    struct normalized other;
    for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
        struct csvk_normalize_options o = *options;
        o.window = windows[i];
        o.simd = i % 2 == 0 ? CSVK_SIMD_SCALAR : CSVK_SIMD_AUTO;
        normalized_run(&other, bytes, length, &o);
        /* What was written before a refusal is of no use. */
        bool same = n->status != CSVK_OK ? other.status == n->status : same_outcome(n, &other);
        if (!same) {
            fprintf(stderr, "window %zu: %s\n%s\n%s\n", windows[i], csvk_buf_text(&other.table),
                    csvk_buf_text(&other.log), other.err.text);
            normalized_complain("I6: the size of reads changes nothing", name, bytes, length, n);
        }
        normalized_release(&other);
    }
    check_gzip(name, bytes, length, n, options);
}
