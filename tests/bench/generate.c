/*
 * generate.c - writes made-up tables to standard output, the same bytes for the same arguments:
 *   generate KIND SIZE [SEED]
 * KIND: numeric mixed mixed-crlf mixed-accents quoted cities onebyte dirty dirty1000 keys
 * One word in 16 is not ASCII, as in English or German text; in "mixed-accents" one in 5, more than
 * in French. "dirty" has a defect in every record, "dirty1000" in one of a thousand.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct maker {
    uint64_t state;
    char *out;
    size_t length;
    uint64_t record;
    unsigned plain; /* words of 16 that are ASCII */
};

static uint64_t next(struct maker *m)
{
    uint64_t z = m->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void put(struct maker *m, const char *text)
{
    size_t n = strlen(text);
    memcpy(m->out + m->length, text, n);
    m->length += n;
}

static void put_number(struct maker *m, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    put(m, text);
}

static void number(struct maker *m, uint64_t below)
{
    put_number(m, next(m) % below);
}

static const char *const words[] = {
    "alpha", "river",  "Springfield", "order",   "blue",    "Oslo",      "shipment", "of",
    "the",   "return", "customer",    "pending", "invoice", "warehouse", "north",    "express"};
static const char *const accents[] = {"caf\xc3\xa9", "na\xc3\xafve", "Krak\xc3\xb3w",
                                      "Gr\303\266\303\237e"};

static void text(struct maker *m, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i != 0) {
            put(m, " ");
        }
        uint64_t pick = next(m);
        bool plain = (pick >> 32) % 16 < m->plain;
        put(m, plain ? words[pick % 16] : accents[pick % 4]);
    }
}

static void numeric(struct maker *m)
{
    for (int i = 0; i < 10; i++) {
        if (i != 0) {
            put(m, ",");
        }
        number(m, i % 3 == 0 ? 1000000000 : 100000);
    }
    put(m, "\n");
}

/* 15 columns, a quarter enclosed, embedded line breaks, doubled enclosures, some UTF-8. */
static void mixed(struct maker *m, const char *eol)
{
    put_number(m, m->record);
    put(m, ",");
    for (int i = 1; i < 15; i++) {
        switch (i) {
        case 3:
            put(m, "\"");
            text(m, 3);
            put(m, ", ");
            text(m, 2);
            put(m, "\"");
            break;
        case 7:
            put(m, "\"");
            text(m, 4);
            put(m, next(m) % 4 == 0 ? "\nsecond line" : " \"\"quoted\"\"");
            put(m, "\"");
            break;
        case 9:
            put(m, "\"");
            text(m, 1);
            put(m, "\"");
            break;
        case 11: text(m, 2); break;
        case 13: put(m, "2024-05-17"); break;
        default: number(m, 100000); break;
        }
        put(m, i == 14 ? eol : ",");
    }
}

static void quoted(struct maker *m)
{
    for (int i = 0; i < 8; i++) {
        put(m, "\"");
        if (i % 2 == 0) {
            text(m, 2);
        } else {
            number(m, 10000000);
        }
        put(m, i == 7 ? "\"\n" : "\",");
    }
}

static void cities(struct maker *m)
{
    text(m, 1);
    put(m, ",");
    number(m, 90);
    put(m, ".");
    number(m, 10000);
    put(m, ",-");
    number(m, 180);
    put(m, ",");
    text(m, 1);
    put(m, ",us,");
    number(m, 100000);
    put(m, ",\n");
}

static void onebyte(struct maker *m)
{
    put(m, "a,b,c,d,e,f,g,h,i,j\n");
}

/* Two key columns of fifteen: never equal, never empty. */
static void keys(struct maker *m)
{
    char key[32];
    snprintf(key, sizeof key, ",K%" PRIx64 ",", m->record * UINT64_C(0x9e3779b97f4a7c15) >> 24);
    put_number(m, m->record);
    put(m, key);
    for (int i = 2; i < 15; i++) {
        number(m, 100000);
        put(m, i == 14 ? "\n" : ",");
    }
}

static void dirty(struct maker *m)
{
    size_t begin = m->length;
    mixed(m, "\n");
    switch (next(m) % 4) {
    case 0:
        m->length--;
        put(m, ",surplus\n");
        break;
    case 1:
        m->length--;
        put(m, "x\"y\n");
        break;
    case 2: m->out[m->length - 2] = (char)0xff; break;
    default: m->out[begin] = '\x01'; break;
    }
}

static void header(struct maker *m, const char *kind)
{
    int columns = strcmp(kind, "numeric") == 0 || strcmp(kind, "onebyte") == 0 ? 10
                  : strcmp(kind, "quoted") == 0                                ? 8
                  : strcmp(kind, "cities") == 0                                ? 7
                                                                               : 15;
    const char *eol = strcmp(kind, "mixed-crlf") == 0 ? "\r\n" : "\n";
    for (int i = 0; i < columns; i++) {
        put(m, "column_");
        put_number(m, (uint64_t)i + 1);
        put(m, i + 1 == columns ? eol : ",");
    }
}

static void record(struct maker *m, const char *kind)
{
    m->record++;
    if (strcmp(kind, "numeric") == 0) {
        numeric(m);
    } else if (strcmp(kind, "quoted") == 0) {
        quoted(m);
    } else if (strcmp(kind, "cities") == 0) {
        cities(m);
    } else if (strcmp(kind, "onebyte") == 0) {
        onebyte(m);
    } else if (strcmp(kind, "keys") == 0) {
        keys(m);
    } else if (strcmp(kind, "dirty") == 0 ||
               (strcmp(kind, "dirty1000") == 0 && m->record % 1000 == 500)) {
        dirty(m);
    } else {
        mixed(m, strcmp(kind, "mixed-crlf") == 0 ? "\r\n" : "\n");
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: generate KIND BYTES [SEED]\n", stderr);
        return 2;
    }
    static char buffer[1 << 20];
    struct maker m = {argc > 3 ? strtoull(argv[3], NULL, 10) : 1, buffer, 0, 0, 15};
    m.plain = strcmp(argv[1], "mixed-accents") == 0 ? 13 : 15;
    uint64_t wanted = strtoull(argv[2], NULL, 10), done = 0;
    header(&m, argv[1]);
    while (done + m.length < wanted) {
        record(&m, argv[1]);
        if (m.length > sizeof buffer - 65536) {
            if (fwrite(buffer, 1, m.length, stdout) != m.length) {
                return 2;
            }
            done += m.length;
            m.length = 0;
        }
    }
    return fwrite(buffer, 1, m.length, stdout) == m.length && fflush(stdout) == 0 ? 0 : 2;
}
