/*
 * normalized_laws.c - the laws that need to know what became of every single record: I4 (enclosed
 * bytes stay), I7 (a cut changes nothing before it), I8 (one letter is as good as another).
 */
#include "csvkit/verify/record_count_check.h"
#include "tests/support/normalized_account.h"

#include <stdlib.h>
#include <string.h>

#define BIT(repair) (UINT32_C(1) << (repair))

/* Repairs after which the reference parser's reading of the record is not the one that was taken.
 */
#define OTHER_READING (BIT(13) | BIT(18) | BIT(19) | BIT(20) | BIT(22))
/* Repairs that change values, because an option says so. */
#define OTHER_VALUES (BIT(3) | BIT(4) | BIT(5) | BIT(6) | BIT(23) | BIT(25) | BIT(31))
/* Repairs that evidence decides about. */
#define DECIDED (OTHER_READING | BIT(11) | BIT(12) | BIT(14) | BIT(17))

/* ---- I4 ---- */

static bool same_value(const struct account *a, const struct account_field *x,
                       const struct account_field *y)
{
    return x->length == y->length &&
           (x->length == 0 ||
            memcmp(a->in.text.data + x->at, a->out.text.data + y->at, x->length) == 0);
}

/* Is the record's `i`-th field the `k`-th one of the output, as it has to be? */
static bool field_kept(const struct account *a, const struct account_entry *entry, size_t i,
                       size_t k, const struct csvk_normalize_options *o)
{
    const struct account_field *x = &a->in.field[a->in.record[entry->reference].first + i];
    const struct account_field *y = &a->out.field[a->out.record[entry->out].first + k];
    bool sound = x->enclosed && !x->broken;
    bool keeps = o->quote == CSVK_NORMALIZE_QUOTE_KEEP && o->to.enclosure == o->dialect.enclosure;
    if (!sound && (entry->kinds & OTHER_VALUES) != 0) {
        return true;
    }
    if (sound && (entry->kinds & (BIT(3) | BIT(5) | BIT(6) | BIT(23) | BIT(25))) != 0) {
        return true;
    }
    return same_value(a, x, y) && (!sound || !keeps || y->enclosed);
}

/* All fields in their order; r12 and r14 may drop empty open ones, anywhere, and r11 add some. */
static bool fields_kept(const struct account *a, const struct account_entry *entry,
                        const struct csvk_normalize_options *o)
{
    const struct account_record *in = &a->in.record[entry->reference];
    const struct account_record *out = &a->out.record[entry->out];
    bool drops = (entry->kinds & (BIT(12) | BIT(14))) != 0;
    size_t k = 0;
    for (size_t i = 0; i < in->count; i++) {
        const struct account_field *x = &a->in.field[in->first + i];
        const struct account_field *y = &a->out.field[out->first + k];
        bool surplus = drops && in->count - i > out->count - k;
        bool may_go = surplus && x->length == 0 && !x->enclosed;
        bool kept = k < out->count && field_kept(a, entry, i, k, o);
        if (kept && !(may_go && y->enclosed && o->quote == CSVK_NORMALIZE_QUOTE_KEEP)) {
            k++;
        } else if (!may_go) {
            return false;
        }
    }
    for (; k < out->count; k++) {
        if ((entry->kinds & BIT(11)) == 0 || a->out.field[out->first + k].length != 0) {
            return false;
        }
    }
    return true;
}

static bool is_structure(unsigned char c, const struct csvk_normalize_options *o)
{
    return c == o->dialect.delimiter || c == o->to.delimiter || c == o->dialect.enclosure ||
           c == o->to.enclosure ||
           memchr(o->dialect.more, c, (size_t)o->dialect.more_length) != NULL ||
           strchr(" \t\r\n\\\x1a\xef\xbb\xbf", c) != NULL;
}

/* A record that was read in another way has the same bytes in it, but for the grammar's. */
static bool ink_kept(const struct account *a, const struct account_entry *entry,
                     const unsigned char *bytes, const struct normalized *n,
                     const struct csvk_normalize_options *o)
{
    const struct account_record *out = &a->out.record[entry->out];
    long count[256] = {0};
    for (uint64_t i = entry->begin; i < entry->end; i++) {
        count[bytes[i]]++;
    }
    for (uint64_t i = out->offset; i < out->end; i++) {
        count[n->table.data[i]]--;
    }
    for (size_t c = 1; c < 256; c++) {
        if (count[c] != 0 && !is_structure((unsigned char)c, o)) {
            return false;
        }
    }
    return true;
}

static void check_enclosed(const struct account *a, const char *name, const void *bytes,
                           size_t length, const struct normalized *n,
                           const struct csvk_normalize_options *o)
{
    for (size_t e = 0; e < a->nentries; e++) {
        const struct account_entry *entry = &a->entry[e];
        if (entry->out == ACCOUNT_NOWHERE) {
            continue;
        }
        if ((entry->kinds & OTHER_READING) != 0) {
            bool same = (entry->kinds & OTHER_VALUES & ~BIT(31)) != 0 ||
                        ((size_t)entry->out < a->out.nrecords && ink_kept(a, entry, bytes, n, o));
            if (!same) {
                normalized_complain("I4: a record that is read in another way keeps its bytes",
                                    name, bytes, length, n);
            }
            continue;
        }
        const struct account_record *in = &a->in.record[entry->reference];
        bool there = (size_t)entry->out < a->out.nrecords;
        bool same_width = there && a->out.record[entry->out].count == in->count;
        if (there && !same_width && (entry->kinds & OTHER_VALUES) != 0) {
            continue; /* a byte that went had stood before an enclosure */
        }
        bool kept = there && fields_kept(a, entry, o);
        if (!kept) {
            normalized_complain("I4: bytes inside enclosures, and records without a repair, stay",
                                name, bytes, length, n);
        }
    }
}

/* ---- I7 ---- */

/*
 * Nobody decided about it. What evidence says depends on the sample, which a cut makes smaller: all
 * inputs here are within it.
 */
static bool is_undecided(const struct account *a, const struct account_entry *entry)
{
    const struct account_record *reference = &a->in.record[entry->reference];
    bool wrong_width = reference->count != a->in.record[0].count;
    return (entry->kinds & DECIDED) == 0 && !reference->quotes &&
           !(entry->rejected && (reference->faulty || wrong_width));
}

/*
 * Entries whole before the cut up to the first that was decided about; without the last of them,
 * because the lines after a record may be parts of it.
 */
static size_t settled_before(const struct account *a, uint64_t cut)
{
    size_t count = 0;
    while (count < a->nentries && a->entry[count].end <= cut && is_undecided(a, &a->entry[count])) {
        count++;
    }
    return count != 0 ? count - 1 : 0;
}

/* The first `count` lines of `text`, which belong to records up to `last`, as one text. */
static void lines_up_to(const struct csvk_buf *text, const char *mark, uint64_t last,
                        struct csvk_buf *to)
{
    for (const char *line = csvk_buf_text(text); *line != '\0';) {
        const char *end = strchr(line, '\n') + 1, *key = strstr(line, "\"record\":");
        const char *marked = strstr(line, mark);
        if (marked != NULL && marked < end && strtoull(key + 9, NULL, 10) <= last) {
            support_must(csvk_buf_add(to, line, (size_t)(end - line)) == CSVK_OK, "out of memory");
        }
        line = end;
    }
}

static bool same_lines(const struct csvk_buf *a, const struct csvk_buf *b, const char *mark,
                       uint64_t last)
{
    struct csvk_buf x = CSVK_BUF_INIT, y = CSVK_BUF_INIT;
    lines_up_to(a, mark, last, &x);
    lines_up_to(b, mark, last, &y);
    bool same = strcmp(csvk_buf_text(&x), csvk_buf_text(&y)) == 0;
    csvk_buf_release(&x);
    csvk_buf_release(&y);
    return same;
}

/* Bytes of the output that hold the first `count` entries. */
static size_t output_before(const struct account *a, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (a->entry[i].out != ACCOUNT_NOWHERE) {
            return (size_t)a->out.record[a->entry[i].out].end;
        }
    }
    return 0;
}

/* Are the first `count` entries as they were, but for `letters` bytes of the table? */
static bool same_before(const struct account *a, size_t count, const struct normalized *n,
                        const struct normalized *other, size_t letters)
{
    size_t prefix = output_before(a, count), differ = 0;
    uint64_t last = a->entry[count - 1].number;
    if (other->status != CSVK_OK || other->table.length < prefix) {
        return false;
    }
    for (size_t i = 0; i < prefix; i++) {
        differ += other->table.data[i] != n->table.data[i];
    }
    return differ == letters && same_lines(&n->log, &other->log, "\"places\":", last) &&
           same_lines(&n->index, &other->index, "\"byte\":", last);
}

static void check_cut(const struct account *a, size_t cut, const char *name, const void *bytes,
                      const struct normalized *n, const struct csvk_normalize_options *o)
{
    struct normalized part;
    size_t count = settled_before(a, cut);
    if (count == 0 || a->in.record[0].faulty) {
        return; /* the width of the table may come from behind the cut */
    }
    normalized_run(&part, bytes, cut, o);
    /* Most of the records that are left may have another width than the header. */
    bool refused = part.status == CSVK_EDATA && strstr(part.err.text, ": the header has ") != NULL;
    /* Without a header the width is the one that most records have. */
    bool other_width = o->header == CSVK_NORMALIZE_NO_HEADER && part.status == CSVK_OK &&
                       part.result.width != n->result.width;
    if (!refused && !other_width && !same_before(a, count, n, &part, 0)) {
        normalized_complain("I7: a cut changes nothing before it", name, bytes, cut, &part);
    }
    normalized_release(&part);
}

/* ---- I8 ---- */

static bool is_letter(unsigned char c, const struct csvk_normalize_options *o)
{
    return c >= 'a' && c <= 'z' && c != o->dialect.delimiter && c != o->dialect.enclosure &&
           c != o->to.delimiter && c != o->to.enclosure;
}

static size_t count_differences(const struct csvk_buf *x, const struct csvk_buf *y)
{
    size_t count = x->length == y->length ? 0 : SIZE_MAX;
    for (size_t i = 0; count != SIZE_MAX && i < x->length; i++) {
        count += x->data[i] != y->data[i];
    }
    return count;
}

/* What is told about an escape names the letter behind it. */
static bool same_account(const struct normalized *x, const struct normalized *y,
                         const struct csvk_normalize_options *o)
{
    struct csvk_normalize_result a = x->result, b = y->result;
    a.values = b.values = (struct csvk_normalize_values){0, 0, 0};
    if (o->dialect.escape != CSVK_NO_BYTE) {
        memset(a.advice, 0, sizeof a.advice);
        memset(b.advice, 0, sizeof b.advice);
    }
    return memcmp(&a, &b, sizeof a) == 0 &&
           strcmp(csvk_buf_text(&x->log), csvk_buf_text(&y->log)) == 0 &&
           strcmp(csvk_buf_text(&x->index), csvk_buf_text(&y->index)) == 0 &&
           count_differences(&x->rejects, &y->rejects) == 0;
}

/* Puts another letter in place of the first one of the entry. */
static bool change_letter(const struct account_entry *entry, unsigned char *bytes,
                          struct support_random *random, const struct csvk_normalize_options *o)
{
    size_t length = (size_t)(entry->end - entry->begin);
    size_t from = support_below(random, length);
    unsigned char letter = (unsigned char)('a' + support_below(random, 26));
    for (size_t i = 0; i < length; i++) {
        unsigned char *at = bytes + entry->begin + (from + i) % length;
        if (is_letter(*at, o) && is_letter(letter, o) && *at != letter) {
            *at = letter;
            return true;
        }
    }
    return false;
}

/*
 * Evidence counts letters, so decisions may change; nothing may before the first of them, and where
 * there are none, nothing at all.
 */
static bool same_but_for(const struct account *a, size_t entry, const struct normalized *n,
                         const struct normalized *other, const struct csvk_normalize_options *o)
{
    size_t settled = settled_before(a, UINT64_MAX);
    if (settled + 1 == a->nentries) {
        return other->status == CSVK_OK && count_differences(&n->table, &other->table) == 1 &&
               same_account(n, other, o);
    }
    return settled == 0 || same_before(a, settled, n, other, entry < settled ? 1 : 0);
}

static void check_letter(const struct account *a, struct support_random *random, const char *name,
                         const void *bytes, size_t length, const struct normalized *n,
                         const struct csvk_normalize_options *o)
{
    struct csvk_buf copy = CSVK_BUF_INIT;
    struct normalized other;
    if (a->nentries < 2) {
        return;
    }
    const struct account_entry *entry = &a->entry[1 + support_below(random, a->nentries - 1)];
    if (entry->out == 0) {
        return; /* "set=," and "sep=," are not the same at the start of a table */
    }
    if (entry->kinds != 0 || entry->end == entry->begin || a->in.record[entry->reference].faulty) {
        return;
    }
    support_must(csvk_buf_add(&copy, bytes, length) == CSVK_OK, "out of memory");
    if (change_letter(entry, copy.data, random, o)) {
        normalized_run(&other, copy.data, length, o);
        if (!same_but_for(a, (size_t)(entry - a->entry), n, &other, o)) {
            normalized_complain("I8: one letter is as good as another", name, copy.data, length,
                                &other);
        }
        normalized_release(&other);
    }
    csvk_buf_release(&copy);
}

/* ---- I5, by libcsv ---- */

static void count_rejects(struct csvk_record_count_check *c, const struct normalized *n)
{
    const unsigned char *at = n->rejects.data;
    for (const char *line = csvk_buf_text(&n->index); *line != '\0';
         line = strchr(line, '\n') + 1) {
        size_t length = (size_t)normalized_member(line, "\"length\":");
        bool block = normalized_in_line(line, "\"repair\":\"r22\"") != NULL;
        support_must(csvk_record_count_check_reject(c, (struct csvk_bytes){at, length},
                                                    block ? CSVK_REJECT_BLOCK : CSVK_REJECT_RECORD,
                                                    NULL) == CSVK_OK,
                     "out of memory");
        at += length;
    }
}

bool normalized_check_counts(const char *name, const void *bytes, size_t length,
                             const struct normalized *plain,
                             const struct csvk_normalize_options *options)
{
    struct csvk_normalize_options o = *options;
    struct csvk_record_count_check *c = NULL;
    struct csvk_error err = {0};
    struct normalized n;
    bool counted = false;
    o.digest = true;
    normalized_run(&n, bytes, length, &o);
    if (n.status != plain->status || count_differences(&n.table, &plain->table) != 0) {
        normalized_complain("verification changes nothing", name, bytes, length, &n);
    }
    if (n.status == CSVK_OK) {
        support_must(csvk_record_count_check_new(&c, &o, &err) == CSVK_OK, "out of memory");
        int status = n.result.repairs[CSVK_REPAIR_ENCODING] == 0
                         ? csvk_record_count_check_input(c, bytes, length, &err)
                         : csvk_record_count_check_input(c, "\"x", 2, &err); /* never readable */
        status = status == CSVK_OK
                     ? csvk_record_count_check_table(c, n.table.data, n.table.length, &err)
                     : status;
        count_rejects(c, &n);
        status = status == CSVK_OK ? csvk_record_count_check_judge(c, &n.result, &err) : status;
        csvk_record_count_check_free(c);
        if (status != CSVK_OK) {
            normalized_complain(err.text, name, bytes, length, &n);
        }
        counted = n.result.counted.input_counted;
    }
    normalized_release(&n);
    return counted;
}

/* ---- nothing lost, nothing invented ---- */

static void count_bytes(const struct csvk_buf *text, size_t count[256], size_t by)
{
    for (size_t i = 0; i < text->length; i++) {
        count[text->data[i]] += by;
    }
}

void normalized_check_ink(const char *name, const void *bytes, size_t length,
                          const struct normalized *n, const struct csvk_normalize_options *o)
{
    static const enum csvk_repair by_option[] = {
        CSVK_REPAIR_ENCODING, CSVK_REPAIR_UTF8,    CSVK_REPAIR_CONTROL,
        CSVK_REPAIR_FRAME,    CSVK_REPAIR_SEP,     CSVK_REPAIR_NAMES,
        CSVK_REPAIR_FORMULA,  CSVK_REPAIR_COLUMNS, CSVK_REPAIR_VALUES};
    size_t count[256] = {0};
    bool drops = o->drop_repeated_headers && n->result.repairs[CSVK_REPAIR_HEADER_REPEATED] != 0;
    bool applies = n->status == CSVK_OK && !drops;
    for (size_t i = 0; i < sizeof by_option / sizeof *by_option; i++) {
        applies = applies && n->result.repairs[by_option[i]] == 0;
    }
    count_bytes(&n->table, count, 1);
    count_bytes(&n->rejects, count, 1);
    for (size_t i = 0; i < length; i++) {
        count[((const unsigned char *)bytes)[i]]--;
    }
    for (size_t c = 1; c < 256 && applies; c++) {
        if (count[c] != 0 && !is_structure((unsigned char)c, o)) {
            normalized_complain("a byte was lost or invented", name, bytes, length, n);
        }
    }
}

/* ---- all ---- */

void normalized_check_records(const char *name, const void *bytes, size_t length,
                              const struct normalized *n,
                              const struct csvk_normalize_options *options, uint64_t seed)
{
    struct support_random random = {seed};
    struct account account;
    if (n->status == CSVK_OK && account_make(&account, bytes, length, n, options)) {
        check_enclosed(&account, name, bytes, length, n, options);
        check_cut(&account, support_below(&random, length + 1), name, bytes, n, options);
        check_letter(&account, &random, name, bytes, length, n, options);
    }
    if (n->status == CSVK_OK) {
        account_release(&account);
    }
}
