/* random_tables.c - see random_tables.h. */
#include "tests/support/random_tables.h"

#include "csvkit/json.h"

#include <stdlib.h>

static const char *const good_rows[] = {
    "1,2,3\n",
    "\"a\",\"b\",\"c\"\n",
    "x,\"l\nm\",y\n",
    "\"p \"\"q\"\"\",,r\n",
    "\"\n\n\",1,\"\n\"\n",
    "\xC3\xA9,\xE2\x82\xAC,z\n",
    "\",\n,\",\"\",2\n",
    "2024-01-02,3.50,true\n",
    "7,8,9\n",
};
static const char *const bad_rows[] = {
    "1,2\n",
    "1,2,3,4\n",
    "\n",
    "1,2,3\r\n",
    "\r\n",
    "a\"b,c,d\n",
    "\"a\" b,c,d\n",
    "\"",
    "\"\n",
    "x,\"y,z\n",
    "\xC3,\xFF,z\n",
    "a\tb,c,d\n",
    "a\rb,c,d\n",
    "a,b,c\r",
    "a,b,c\r\r\n",
    "\"a,b,c\nd,e,f\ng,h,i\",1,2\n",
    "id,b,c\n",
    "=1,\x01,\xEF\xBB\xBFq\n",
    "\xEF\xBF\xBD,1,\xE2\x80\xA8\n",
    "\\.\n",
    ", \"a\",b\n",
    "\x1A",
    ",,\n",
    "# c\n",
    "a;b;c\n",
    "'x,y',1,2\n",
    "x\\\"y,1,2\n",
    "1 ,2,3\n",
    "1.0,,\n",
    "x\n",
};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

const char *support_random_row(struct support_random *random, bool good)
{
    return good ? good_rows[support_below(random, COUNT(good_rows))]
                : bad_rows[support_below(random, COUNT(bad_rows))];
}

void support_same_text(const struct csvk_buf *want, const struct csvk_buf *have,
                       struct csvk_bytes file, const char *what)
{
    enum { BEFORE = 300, SHOWN = 3000 };
    const char *a = csvk_buf_text(want), *b = csvk_buf_text(have);
    size_t same = 0;
    while (a[same] != '\0' && a[same] == b[same]) {
        same++;
    }
    if (a[same] == b[same]) {
        return;
    }
    struct csvk_buf shown = CSVK_BUF_INIT;
    size_t from = same > BEFORE ? same - BEFORE : 0;
    ck_assert_int_eq(csvk_buf_add_escaped(&shown, file.ptr, file.len < SHOWN ? file.len : SHOWN),
                     CSVK_OK);
    ck_abort_msg("%s: %s\nwant: %.700s\nhave: %.700s", what, csvk_buf_text(&shown), a + from,
                 b + from);
}

/* Good records, and one in `rarity` that is none; 0: all are good. */
static void make_table(struct support_random *random, size_t rarity, struct csvk_buf *out)
{
    size_t rows = 20 + support_below(random, 200);
    const char *crlf = support_below(random, 4) == 0 ? "id,b,c\r\n" : "id,b,c\n";
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_buf_puts(out, crlf), CSVK_OK);
    for (size_t i = 0; i < rows; i++) {
        bool bad = rarity != 0 && support_below(random, rarity) == 0;
        const char *row = support_random_row(random, !bad);
        ck_assert_int_eq(csvk_buf_puts(out, row), CSVK_OK);
    }
    if (rarity != 0 && support_below(random, 3) == 0) {
        static const char *const ends[] = {"1,2,3", "\"a", "\x1A", "1,2", "1,\xC3"};
        ck_assert_int_eq(csvk_buf_puts(out, ends[support_below(random, COUNT(ends))]), CSVK_OK);
    }
}

/* Bytes of the alphabet in any order. */
static void make_noise(struct support_random *random, struct csvk_buf *out)
{
    static const char alphabet[] = "ab,,\"\"\n\r\n \xc3\xa9\\x";
    size_t length = support_below(random, 3000);
    csvk_buf_clear(out);
    ck_assert_int_eq(csvk_buf_puts(out, "a,b\n1,2\n"), CSVK_OK);
    for (size_t i = 0; i < length; i++) {
        char c = alphabet[support_below(random, sizeof alphabet - 1)];
        ck_assert_int_eq(csvk_buf_add(out, &c, 1), CSVK_OK);
    }
}

void support_random_table(struct support_random *random, struct csvk_buf *out)
{
    static const size_t rarities[] = {0, 200, 50, 10, 2};
    size_t kind = support_below(random, COUNT(rarities) + 1);
    if (kind == COUNT(rarities)) {
        make_noise(random, out);
    } else {
        make_table(random, rarities[kind], out);
    }
}

void support_random_comments(struct support_random *random, struct csvk_buf *table)
{
    static const char *const comments[] = {"#\n",          "# c\n",     "#\"\n",   "#,\"x,\r\n",
                                           "# \"a\" \"\n", "#\r\r\n",   "#\xC3\n", "#\r",
                                           "##,,,,\n",     "#,\"y\n#\n"};
    struct csvk_buf whole = CSVK_BUF_INIT;
    size_t often = 1 + support_below(random, 12);
    for (size_t i = 0; i <= table->length; i++) {
        bool line = i == 0 || table->data[i - 1] == '\n' || table->data[i - 1] == '\r';
        if (line && support_below(random, often) == 0) {
            const char *text = comments[support_below(random, COUNT(comments))];
            ck_assert_int_eq(csvk_buf_puts(&whole, text), CSVK_OK);
        }
        if (i < table->length) {
            ck_assert_int_eq(csvk_buf_putc(&whole, table->data[i]), CSVK_OK);
        }
    }
    csvk_buf_release(table);
    *table = whole;
}
