/*
 * bench_repair.c - truth by construction: a valid table, one record of it broken in one way, and
 * what normalize makes of it. Prints for every kind of damage the share of trials in which the
 * record restored   came back with its values, apart      went to the rejects, all others came out
 * as they were, as read    came out with the damage as data, all others as they were, and the log
 * says so, SILENT     the same, but the log says nothing: must be 0, refused    made the whole run
 * be refused, HARMED     took other records with it: must be 0 wherever the damage is told apart.
 */
#include "csvkit/normalize.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 60, COLUMNS = 5, TRIALS = 400, ROOM = 16384 };

static uint64_t state = 42;

static size_t below(size_t n)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (size_t)((z ^ (z >> 31)) % n);
}

struct bench_table {
    char text[ROOM];
    size_t begin[RECORDS + 1];
};

static void add(struct bench_table *t, size_t *at, const char *piece)
{
    size_t n = strlen(piece);
    memcpy(t->text + *at, piece, n);
    *at += n;
}

/* id, word, enclosed text with a comma, enclosed word, number. */
static void make_table(struct bench_table *t)
{
    static const char *const words[] = {"oak", "birch", "elm", "lime", "ash"};
    size_t at = 0;
    for (size_t i = 0; i < RECORDS; i++) {
        char field[128];
        t->begin[i] = at;
        if (i == 0) {
            add(t, &at, "id,kind,note,label,count\r\n");
            continue;
        }
        snprintf(field, sizeof field, "%zu,%s,\"%s, %s\",\"%s\",%zu\r\n", i, words[below(5)],
                 words[below(5)], words[below(5)], words[below(5)], below(1000));
        add(t, &at, field);
    }
    t->begin[RECORDS] = at;
}

/* Replaces `cut` bytes at `at` of the record by `piece`. */
static void splice(char *record, size_t *length, size_t at, size_t cut, const char *piece, size_t n)
{
    memmove(record + at + n, record + at + cut, *length - at - cut);
    memcpy(record + at, piece, n);
    *length += n;
    *length -= cut;
}

static size_t place_of(const char *record, size_t length, const char *what, size_t nth)
{
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= length; i++) {
        if (memcmp(record + i, what, n) == 0 && nth-- == 0) {
            return i;
        }
    }
    return 0;
}

static const char *const kinds[] = {
    "stray quote",        "lost closing quote", "backslash escape",
    "blank around quote", "extra delimiter",    "lost delimiter",
    "bare line break",    "CR CR LF",           "NUL",
    "BOM inside",         "wrong encoding",     "trailing delimiter",
    "short record",
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Breaks the record; where the truth itself must hold what gets broken, it is changed before. */
static void prepare(size_t kind, char *r, size_t *length)
{
    if (kind == 2) {
        size_t note = place_of(r, *length, "\"", 0), inner = place_of(r, *length, ", ", 0);
        splice(r, length, inner + 2, 0, "\"\"", 2);
        splice(r, length, note + 1, 0, "\"\"", 2);
    }
    if (kind == 6) {
        size_t word = place_of(r, *length, ",", 0) + 1;
        splice(r, length, place_of(r, *length, ",", 1), 0, "\"", 1);
        splice(r, length, word + 1, 0, "\n", 1);
        splice(r, length, word, 0, "\"", 1);
    }
}

static void damage(size_t kind, char *r, size_t *length)
{
    size_t comma = place_of(r, *length, ",", 0), note = place_of(r, *length, "\"", 0);
    switch (kind) {
    case 0: splice(r, length, comma + 2, 0, "\"", 1); break;
    case 1: splice(r, length, place_of(r, *length, "\",", below(2)), 1, "", 0); break;
    case 2:
        splice(r, length, note + 1, 1, "\\", 1);
        splice(r, length, place_of(r, *length, ", \"\"", 0) + 2, 1, "\\", 1);
        break;
    case 3:
        splice(r, length, below(2) == 0 ? note : place_of(r, *length, "\",", 1) + 1, 0, " ", 1);
        break;
    case 4: splice(r, length, comma + 2, 0, ",", 1); break;
    case 5: splice(r, length, comma, 1, "", 0); break;
    case 6:
        splice(r, length, place_of(r, *length, "\"", 1), 1, "", 0);
        splice(r, length, note, 1, "", 0);
        break;
    case 7: splice(r, length, *length - 2, 0, "\r", 1); break;
    case 8: splice(r, length, comma + 2, 0, "\0", 1); break;
    case 9: splice(r, length, 0, 0, "\xef\xbb\xbf", 3); break;
    case 10: splice(r, length, comma + 2, 1, "\xe9", 1); break;
    case 11: splice(r, length, *length - 2, 0, ",", 1); break;
    default: {
        size_t last = place_of(r, *length, "\",", 1) + 1;
        splice(r, length, last, *length - 2 - last, "", 0);
    }
    }
}

static int collect(void *context, const void *bytes, size_t length, struct csvk_error *err)
{
    (void)err;
    return csvk_buf_add(context, bytes, length);
}

enum outcome { RESTORED, APART, AS_READ, REFUSED, SILENT, HARMED, OUTCOMES };

static enum outcome judge(const struct bench_table *t, size_t victim, size_t kind)
{
    char input[ROOM + 64], truth[512], record[512];
    size_t before = t->begin[victim], behind = t->begin[victim + 1];
    size_t length = behind - before, after = t->begin[RECORDS] - behind;
    memcpy(truth, t->text + before, length);
    prepare(kind, truth, &length);
    size_t truth_length = length;
    memcpy(record, truth, length);
    damage(kind, record, &length);
    memcpy(input, t->text, before);
    memcpy(input + before, record, length);
    memcpy(input + before + length, t->text + behind, after);
    struct csvk_buf out = CSVK_BUF_INIT, rejects = CSVK_BUF_INIT, log = CSVK_BUF_INIT;
    struct csvk_source *source = NULL;
    struct csvk_normalize_options o;
    struct csvk_normalize_result result = {.size = sizeof result};
    csvk_normalize_options_init(&o);
    struct csvk_normalize_outputs outputs = {.size = sizeof outputs,
                                             .table = {collect, &out},
                                             .rejects = {collect, &rejects},
                                             .log = {collect, &log}};
    int status = csvk_source_memory(&source, input, before + length + after, NULL);
    if (status == CSVK_OK) {
        status = csvk_normalize(source, &o, &outputs, &result, NULL);
    }
    enum outcome outcome = HARMED;
    bool kept = status == CSVK_OK && out.length >= before + after &&
                memcmp(out.data, t->text, before) == 0 &&
                memcmp(out.data + out.length - after, t->text + behind, after) == 0;
    if (status != CSVK_OK) {
        outcome = REFUSED;
    } else if (kept && out.length == before + truth_length + after &&
               memcmp(out.data + before, truth, truth_length) == 0) {
        outcome = RESTORED;
    } else if (kept && out.length == before + after && rejects.length == length) {
        outcome = APART;
    } else if (kept && rejects.length == 0) {
        outcome = log.length != 0 ? AS_READ : SILENT;
    }
    csvk_source_free(source);
    csvk_buf_release(&out);
    csvk_buf_release(&rejects);
    csvk_buf_release(&log);
    return outcome;
}

int main(void)
{
    size_t harmed = 0;
    static struct bench_table t;
    printf("%-20s %9s %9s %9s %9s %9s %9s\n", "damage", "restored", "apart", "as read", "refused",
           "SILENT", "HARMED");
    for (size_t kind = 0; kind < KINDS; kind++) {
        size_t count[OUTCOMES] = {0};
        for (size_t i = 0; i < TRIALS; i++) {
            make_table(&t);
            count[judge(&t, 1 + below(RECORDS - 1), kind)]++;
        }
        printf("%-20s", kinds[kind]);
        for (int i = 0; i < OUTCOMES; i++) {
            printf(" %7.1f %%", 100.0 * (double)count[i] / TRIALS);
        }
        printf("\n");
        harmed += count[HARMED] + count[SILENT];
    }
    return harmed != 0;
}
