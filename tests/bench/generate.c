/*
 * generate.c - writes made-up tables to standard output, the same bytes for the same arguments:
 *   generate KIND SIZE [SEED]
 * KIND: numeric mixed mixed-crlf mixed-accents mixed-cjk quoted cities orders shop onebyte dirty
 * dirty1000 keys ids. One word in 16 is not ASCII, as in English or German text; in "mixed-accents"
 * one in 5, more than in French; in "mixed-cjk" one in 5 is Chinese, Japanese or Korean. "dirty"
 * has a defect in every record, "dirty1000" in one of a thousand: each kind as often as every
 * other. "dirty-NAME" has defects of one kind only; see `defects` for the names.
 *
 * "orders" is for compression. Sixteen words in all, as in the others, make a compressor's search
 * for long matches pay more than it does in tables of the world. Here words come from vocabularies
 * of some thousands, the n-th in turn with 1/n: names, streets, goods, notes; there are dates that
 * go on, prices, codes and columns of few values.
 *
 * "shop" is for people to look at: orders of a shop, with names of columns, persons and goods.
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
    unsigned plain;            /* words of 16 that are ASCII */
    const char *const *others; /* the four words that are not */
    uint64_t clock;            /* of "orders" */
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
/* Tokyo; order; Seoul; and Peking with a wide comma, which begins as special characters do: EF. */
static const char *const cjk[] = {"\xe6\x9d\xb1\xe4\xba\xac", "\xe6\xb3\xa8\xe6\x96\x87",
                                  "\xec\x84\x9c\xec\x9a\xb8",
                                  "\xe5\x8c\x97\xe4\xba\xac\xef\xbc\x8c"};

static void text(struct maker *m, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (i != 0) {
            put(m, " ");
        }
        uint64_t pick = next(m);
        bool plain = (pick >> 32) % 16 < m->plain;
        put(m, plain ? words[pick % 16] : m->others[pick % 4]);
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

/* ---- orders ---- */

enum { WORDS = 4000, FAMILIES = 3000, GIVEN = 400, CITIES = 1500, LONGEST = 16 };

typedef char vocabulary[LONGEST];
static vocabulary common[WORDS], family[FAMILIES], given[GIVEN], city[CITIES];

/* One to four syllables, the frequent words shorter. */
static void make_word(struct maker *m, char *word, size_t rank, bool is_name)
{
    static const char *const onset[] = {"",  "b", "br", "d", "f",  "g",  "h", "k", "l",  "m", "n",
                                        "p", "r", "s",  "t", "st", "tr", "v", "w", "sh", "c", "j"};
    static const char *const vowel[] = {"a",  "e",  "i",        "o",       "u",
                                        "ea", "ou", "\xc3\xa9", "\xc3\xb6"};
    static const char *const coda[] = {"", "", "", "n", "r", "s", "t", "l", "nd", "ng", "ck", "m"};
    unsigned syllables = 1 + (unsigned)(next(m) % 2) + (rank > 60) + (is_name && rank > 300);
    *word = 0;
    for (unsigned i = 0; i < syllables && strlen(word) + 7 < LONGEST; i++) {
        uint64_t pick = next(m);
        unsigned sound = pick % 64 == 0 ? 7 + (unsigned)(pick >> 8) % 2 : (unsigned)(pick >> 8) % 7;
        size_t length = strlen(word);
        snprintf(word + length, LONGEST - length, "%s%s%s",
                 onset[(pick >> 16) % (sizeof onset / sizeof onset[0])], vowel[sound],
                 coda[(pick >> 32) % (sizeof coda / sizeof coda[0])]);
    }
    if (is_name && *word >= 'a' && *word <= 'z') {
        *word = (char)(*word - 'a' + 'A');
    }
}

static void make_vocabularies(struct maker *m)
{
    for (size_t i = 0; i < WORDS; i++) {
        make_word(m, common[i], i, false);
    }
    for (size_t i = 0; i < FAMILIES; i++) {
        make_word(m, family[i], i, true);
    }
    for (size_t i = 0; i < GIVEN; i++) {
        make_word(m, given[i], i, true);
    }
    for (size_t i = 0; i < CITIES; i++) {
        make_word(m, city[i], i, true);
    }
}

/* The n-th with a weight of 1/n, as words in a text: an octave is as likely as every other one. */
static size_t zipf(struct maker *m, size_t count)
{
    size_t octaves = 0;
    while (count >> octaves > 1) {
        octaves++;
    }
    for (;;) {
        size_t low = (size_t)1 << next(m) % (octaves + 1);
        size_t rank = low + next(m) % low;
        if (rank <= count) {
            return rank - 1;
        }
    }
}

static void sentence(struct maker *m, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        put(m, i == 0 ? "" : next(m) % 12 == 0 ? ", " : " ");
        put(m, common[zipf(m, WORDS)]);
    }
}

static void note(struct maker *m)
{
    if (next(m) % 3 == 0) {
        put(m, ",");
        return;
    }
    put(m, "\"");
    sentence(m, 3 + next(m) % 10);
    if (next(m) % 8 == 0) {
        put(m, " \"\"");
        sentence(m, 2);
        put(m, "\"\"");
    }
    if (next(m) % 4 == 0) {
        put(m, "\n");
        sentence(m, 2 + next(m) % 6);
    }
    put(m, "\",");
}

static void stamp(struct maker *m)
{
    char text[32];
    m->clock += next(m) % 40;
    uint64_t day = m->clock / 86400, second = m->clock % 86400;
    snprintf(text, sizeof text, "%04u-%02u-%02u %02u:%02u:%02u,", (unsigned)(2015 + day / 336),
             (unsigned)(1 + day / 28 % 12), (unsigned)(1 + day % 28), (unsigned)(second / 3600),
             (unsigned)(second / 60 % 60), (unsigned)(second % 60));
    put(m, text);
}

static void customer(struct maker *m)
{
    static const char *const host[] = {"@gmail.com,", "@example.org,", "@seznam.cz,", "@post.net,"};
    const char *last = family[zipf(m, FAMILIES)], *first = given[zipf(m, GIVEN)];
    put(m, "\"");
    put(m, last);
    put(m, ", ");
    put(m, first);
    put(m, "\",");
    put(m, first);
    put(m, ".");
    put(m, last);
    number(m, 100);
    put(m, host[zipf(m, 4)]);
}

static void address(struct maker *m)
{
    static const char *const land[] = {",CZ,", ",DE,", ",US,", ",GB,",
                                       ",PL,", ",AT,", ",SK,", ",FR,"};
    char text[16];
    put(m, "\"");
    put(m, family[zipf(m, FAMILIES)]);
    put(m, " Street ");
    put_number(m, 1 + zipf(m, 250));
    put(m, ", ");
    size_t place = zipf(m, CITIES);
    put(m, city[place]);
    snprintf(text, sizeof text, "\",%05u", (unsigned)(place * 61 % 900 * 100 + next(m) % 40));
    put(m, text);
    put(m, land[zipf(m, 8)]);
}

static void goods(struct maker *m)
{
    static const char *const state[] = {"paid,", "shipped,", "returned,", "open,", "cancelled,"};
    char text[48];
    uint64_t item = zipf(m, 20000), code = (item + 1) * UINT64_C(0x9e3779b97f4a7c15);
    snprintf(text, sizeof text, "%c%c-%05u,%u,%u.%02u,", (char)('A' + (code >> 8) % 26),
             (char)('A' + (code >> 16) % 26), (unsigned)(code >> 24) % 100000,
             (unsigned)(1 + zipf(m, 12)), (unsigned)((code >> 40) % 900),
             (unsigned)(code >> 50) % 100);
    put(m, text);
    put(m, state[zipf(m, 5)]);
}

/* 15 columns: three enclosed, embedded line breaks, doubled enclosures, some UTF-8, empty values.
 */
static void orders(struct maker *m)
{
    char token[16];
    put_number(m, 100000 + m->record);
    put(m, ",");
    stamp(m);
    customer(m);
    address(m);
    goods(m);
    note(m);
    number(m, 1000000);
    put(m, next(m) % 2 == 0 ? ",true," : ",false,");
    snprintf(token, sizeof token, "%08x\n", (unsigned)next(m));
    put(m, token);
}

/* ---- shop ---- */

static const char *const shop_header =
    "order_id,placed_at,customer,email,city,country,product,quantity,unit_price,status,note\n";

struct shop_place {
    const char *city, *country;
};
struct shop_item {
    const char *name, *price;
};
static const char *const persons[] = {"Ada",   "Bruno", "Chiara", "Dawit", "Elena", "Farid",
                                      "Grete", "Hana",  "Ivan",   "Jana",  "Kofi",  "Lucie",
                                      "Mateo", "Nora",  "Omar",   "Petra"};
static const char *const families[] = {
    "Lindqvist", "Moreau", "Nov\303\241k", "Okafor", "Petersen", "Rossi", "Schneider", "Tanaka",
    "Urban",     "Vargas", "Walsh",        "Yilmaz", "Zeman",    "Brown", "Costa",     "Dvorak"};
static const struct shop_place places[] = {{"Prague", "CZ"},       {"Brno", "CZ"}, {"Berlin", "DE"},
                                           {"K\303\266ln", "DE"},  {"Lyon", "FR"}, {"Porto", "PT"},
                                           {"Leeds", "GB"},        {"Oslo", "NO"}, {"Torino", "IT"},
                                           {"Gda\305\204sk", "PL"}};
static const struct shop_item items[] = {{"\"Desk lamp, black\"", "39.90"},
                                         {"Office chair", "189.00"},
                                         {"\"Monitor 27\"\"\"", "219.00"},
                                         {"\"Cable, 2 m\"", "4.90"},
                                         {"Notebook A5", "3.20"},
                                         {"Keyboard", "59.50"},
                                         {"\"Shelf, oak, 120 cm\"", "84.00"},
                                         {"Headphones", "74.95"}};

#define PICK(list) (list)[next(m) % (sizeof(list) / sizeof *(list))]

static void shop(struct maker *m)
{
    static const char *const state[] = {",paid,", ",shipped,", ",returned,", ",open,"};
    static const char *const notes[] = {
        "", "", "", "", "\"leave at the door, please\"", "gift", "\"call first:\nno bell\""};
    char text[160];
    const char *given_name = PICK(persons), *family_name = PICK(families);
    const struct shop_place *place = &PICK(places);
    const struct shop_item *item = &PICK(items);
    put_number(m, 100000 + m->record);
    put(m, ",");
    stamp(m);
    snprintf(text, sizeof text, "%s %s,%s%u@example.org,%s,%s,%s,%u,%s", given_name, family_name,
             given_name, (unsigned)(next(m) % 1000), place->city, place->country, item->name,
             (unsigned)(1 + next(m) % 4), item->price);
    put(m, text);
    put(m, PICK(state));
    put(m, PICK(notes));
    put(m, "\n");
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

/* A key of 40 bits in no order, never equal up to 2^40 records, and a digit. */
static void ids(struct maker *m)
{
    char text[32];
    uint64_t key = m->record * UINT64_C(0x9e3779b97f4a7c15) % (UINT64_C(1) << 40);
    snprintf(text, sizeof text, "%010" PRIx64 ",%u\n", key ^ key >> 17, (unsigned)(key % 10));
    put(m, text);
}

/* Puts one byte in front of the byte `at`. */
static void insert(struct maker *m, size_t at, char byte)
{
    memmove(m->out + at + 1, m->out + at, m->length - at);
    m->out[at] = byte;
    m->length++;
}

/* The place of the k-th `byte` of the record at `begin` from its end; k counts from 1. */
static size_t from_end(const struct maker *m, size_t begin, char byte, int k)
{
    size_t at = m->length;
    while (k > 0 && at > begin) {
        k -= m->out[--at] == byte;
    }
    return at;
}

static void surplus(struct maker *m, size_t begin)
{
    (void)begin;
    m->length--;
    put(m, ",surplus\n");
}

static void missing(struct maker *m, size_t begin)
{
    m->length = from_end(m, begin, ',', 1);
    put(m, "\n");
}

/* In a field that is not enclosed. */
static void bare_quote(struct maker *m, size_t begin)
{
    (void)begin;
    m->length--;
    put(m, "x\"y\n");
}

/* In one that is: "o"rder" for "order". */
static void inner_quote(struct maker *m, size_t begin)
{
    insert(m, from_end(m, begin, '"', 2) + 2, '"');
}

static void blank_before_quote(struct maker *m, size_t begin)
{
    insert(m, from_end(m, begin, '"', 2), ' ');
}

static void ill_formed(struct maker *m, size_t begin)
{
    (void)begin;
    m->out[m->length - 2] = (char)0xff;
}

static void control(struct maker *m, size_t begin)
{
    m->out[begin] = '\x01';
}

/* CRLF in a table of LF, or a CR that ends nothing. */
static void line_break(struct maker *m, size_t begin)
{
    if (next(m) % 2 == 0) {
        insert(m, m->length - 1, '\r');
    } else {
        m->out[from_end(m, begin, ' ', 1)] = '\r';
    }
}

static const struct {
    const char *name;
    void (*make)(struct maker *m, size_t begin);
} defects[] = {
    {"surplus", surplus},
    {"missing", missing},
    {"bare-quote", bare_quote},
    {"inner-quote", inner_quote},
    {"blank-before-quote", blank_before_quote},
    {"ill-formed", ill_formed},
    {"control", control},
    {"line-break", line_break},
};
enum { DEFECTS = sizeof defects / sizeof defects[0] };

/* `name`: of the kind of defect; one of all when there is no such kind. */
static void dirty(struct maker *m, const char *name)
{
    size_t begin = m->length, kind = next(m) % DEFECTS;
    for (size_t i = 0; i < DEFECTS; i++) {
        kind = strcmp(defects[i].name, name) == 0 ? i : kind;
    }
    mixed(m, "\n");
    defects[kind].make(m, begin);
}

static void header(struct maker *m, const char *kind)
{
    if (strcmp(kind, "shop") == 0) {
        put(m, shop_header);
        return;
    }
    int columns = strcmp(kind, "numeric") == 0 || strcmp(kind, "onebyte") == 0 ? 10
                  : strcmp(kind, "quoted") == 0                                ? 8
                  : strcmp(kind, "cities") == 0                                ? 7
                  : strcmp(kind, "ids") == 0                                   ? 2
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
    } else if (strcmp(kind, "orders") == 0) {
        orders(m);
    } else if (strcmp(kind, "shop") == 0) {
        shop(m);
    } else if (strcmp(kind, "onebyte") == 0) {
        onebyte(m);
    } else if (strcmp(kind, "keys") == 0) {
        keys(m);
    } else if (strcmp(kind, "ids") == 0) {
        ids(m);
    } else if (strcmp(kind, "dirty") == 0 ||
               (strcmp(kind, "dirty1000") == 0 && m->record % 1000 == 500)) {
        dirty(m, "");
    } else if (strncmp(kind, "dirty-", 6) == 0) {
        dirty(m, kind + 6);
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
    struct maker m = {.state = argc > 3 ? strtoull(argv[3], NULL, 10) : 1, .out = buffer};
    bool is_cjk = strcmp(argv[1], "mixed-cjk") == 0;
    m.plain = is_cjk || strcmp(argv[1], "mixed-accents") == 0 ? 13 : 15;
    m.others = is_cjk ? cjk : accents;
    uint64_t wanted = strtoull(argv[2], NULL, 10), done = 0;
    make_vocabularies(&m);
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
