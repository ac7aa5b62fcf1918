/*
 * test_normalize_table.c - every repair of the catalogue: at least three inputs that are repaired
 * and three that must be refused or left alone, with the exact bytes of output and rejects, and the
 * repairs that the log names, in their order. Every line of log and index is compared with
 * tests/normalize/table.expected.
 * The rows are in tests/support/repair_rows.c.
 */
#include "csvkit/schema/schema.h"
#include "tests/support/normalized.h"
#include "tests/support/repair_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct csvk_schema *typed;

/* a: 1 000,50; b: 31.12.2024; c: ano, ne or 0. */
static void make_schema(void)
{
    struct csvk_schema_table table = {.size = sizeof table, .kind = CSVK_SCHEMA_TABLE};
    struct csvk_schema_column number = {.size = sizeof number, .name = "a"}, day = number,
                              answer = number;
    struct csvk_strings yes = {0}, no = {0}, missing = {0};
    ck_assert_int_eq(csvk_strings_add(&yes, "ano"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&no, "ne"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&no, "0"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&missing, ""), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&missing, "NA"), CSVK_OK);
    number.type = CSVK_VALUE_TABLE_NUMBER;
    number.decimal_char = ",";
    number.group_char = " ";
    number.maximum = "5 000";
    day.name = "b";
    day.type = CSVK_VALUE_TABLE_DATE;
    day.format = "%d.%m.%Y";
    day.required = 1;
    answer.name = "c";
    answer.type = CSVK_VALUE_TABLE_BOOLEAN;
    answer.true_words = &yes;
    answer.false_words = &no;
    table.missing = &missing;
    ck_assert_int_eq(csvk_schema_new(&typed, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_set_table(typed, &table, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_add(typed, &number, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_add(typed, &day, NULL), CSVK_OK);
    ck_assert_int_eq(csvk_schema_add(typed, &answer, NULL), CSVK_OK);
    csvk_strings_release(&yes);
    csvk_strings_release(&no);
    csvk_strings_release(&missing);
}

static void apply(struct csvk_normalize_options *o, unsigned tweak)
{
    o->strict = (tweak & STRICT) != 0;
    o->header = (tweak & NO_HEADER) != 0 ? CSVK_NORMALIZE_NO_HEADER : CSVK_NORMALIZE_HEADER;
    o->nul =
        (tweak & NUL_REMOVE) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_REJECT;
    o->invalid_utf8 =
        (tweak & UTF8_REPLACE) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_REJECT;
    o->control =
        (tweak & CONTROL_REMOVE) != 0 ? CSVK_NORMALIZE_DEFECT_REMOVE : CSVK_NORMALIZE_DEFECT_KEEP;
    o->ragged = (tweak & RAGGED_REJECT) != 0 ? CSVK_NORMALIZE_RAGGED_REJECT
                : (tweak & RAGGED_FAIL) != 0 ? CSVK_NORMALIZE_RAGGED_FAIL
                : (tweak & RAGGED_PAD) != 0  ? CSVK_NORMALIZE_RAGGED_PAD
                                             : CSVK_NORMALIZE_RAGGED_REPAIR;
    o->names = (tweak & STORAGE) != 0 ? CSVK_NORMALIZE_NAMES_STORAGE : CSVK_NORMALIZE_NAMES_KEEP;
    o->quote = (tweak & MINIMAL) != 0 ? CSVK_NORMALIZE_QUOTE_MINIMAL
               : (tweak & ALL) != 0   ? CSVK_NORMALIZE_QUOTE_ALL
                                      : CSVK_NORMALIZE_QUOTE_KEEP;
    o->guard_formulas = (tweak & GUARD) != 0;
    o->skip_head = (tweak & SKIP_HEAD) != 0;
    o->skip_tail = (tweak & SKIP_TAIL) != 0;
    o->comment = (tweak & COMMENT) != 0 ? '#' : -1;
    o->delimiter_given = (tweak & GIVEN) != 0;
    o->trim = (tweak & TRIM) != 0;
    o->write_bom = (tweak & WRITE_BOM) != 0;
    if ((tweak & NO_ENCLOSURE_TO) != 0) {
        o->to.enclosure = CSVK_NO_BYTE;
    }
    o->schema = (tweak & TYPED) != 0 ? typed : NULL;
    o->drop_repeated_headers = (tweak & DROP_AGAIN) != 0;
    if ((tweak & CHOOSE) != 0) {
        ck_assert_int_eq(csvk_strings_add(&o->columns, "b"), CSVK_OK);
        ck_assert_int_eq(csvk_strings_add(&o->columns, "a"), CSVK_OK);
    }
}

/* The ids that the log names. */
static void list_repairs(const struct csvk_buf *log, char *list, size_t size)
{
    const char *line = csvk_buf_text(log);
    list[0] = '\0';
    while ((line = strstr(line, "{\"repair\":\"")) != NULL) {
        line += 11;
        size_t n = strcspn(line, "\""), used = strlen(list);
        snprintf(list + used, size - used, "%s%.*s", used != 0 ? " " : "", (int)n, line);
    }
}

/* The records before those of the row. */
static void put_before(const struct repair_case *row, struct csvk_buf *to)
{
    if (row->tweak >= ON(0)) {
        example_put((enum example)((row->tweak >> 24) - 1), to);
    }
}

static void run_row(const struct repair_case *row, struct normalized *n)
{
    struct csvk_normalize_options o;
    struct csvk_buf in = CSVK_BUF_INIT;
    csvk_normalize_options_init(&o);
    apply(&o, row->tweak);
    o.line_break = row->tweak >= ON(0) ? CSVK_EOL_LF : CSVK_EOL_CRLF;
    put_before(row, &in);
    size_t length = row->in_length != 0 ? row->in_length : strlen(row->in);
    ck_assert_int_eq(csvk_buf_add(&in, row->in, length), CSVK_OK);
    normalized_run(n, in.data, in.length, &o);
    if ((row->tweak & NO_REJECTS) != 0) {
        struct csvk_source *source = NULL;
        struct csvk_normalize_outputs nowhere = {.size = sizeof nowhere, .table = {NULL, NULL}};
        ck_assert_int_eq(csvk_source_memory(&source, in.data, in.length, NULL), CSVK_OK);
        n->status = csvk_normalize(source, &o, &nowhere, &n->result, &n->err);
        csvk_source_free(source);
    }
    unsigned tweak = row->tweak & (ON(0) - 1);
    if (tweak == PLAIN || tweak == NUL_REMOVE || tweak == DROP_AGAIN || tweak == TYPED) {
        struct normalized plain;
        normalized_run(&plain, in.data, in.length, &o);
        normalized_check(row->about, in.data, in.length, &plain, &o);
        normalized_check_windows(row->about, in.data, in.length, &plain, &o);
        normalized_release(&plain);
    }
    csvk_buf_release(&in);
    csvk_normalize_options_release(&o);
}

/* ---- the lines of log and index, to the byte ---- */

#define ACCOUNTS "tests/normalize/table.expected"

static struct csvk_buf accounts;

static void print_account(int number, const struct normalized *n, struct csvk_buf *out)
{
    int status = csvk_buf_printf(out, "## %d %s\n", number, repair_rows[number].about);
    status |= csvk_buf_puts(out, csvk_buf_text(&n->log));
    status |= csvk_buf_puts(out, csvk_buf_text(&n->index));
    if (n->status != CSVK_OK) {
        status |= csvk_buf_printf(out, "%s\n", n->err.text);
    }
    ck_assert_int_eq(status, CSVK_OK);
}

/* CSVK_ACCOUNTS=FILE: what would have to be in ACCOUNTS, to be read before it is kept. */
static void append_to(const char *path, const struct csvk_buf *text)
{
    FILE *file = fopen(path, "ab");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(csvk_buf_text(text), file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void check_account(const struct normalized *n, int number)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    char head[40];
    print_account(number, n, &text);
    if (getenv("CSVK_ACCOUNTS") != NULL) {
        append_to(getenv("CSVK_ACCOUNTS"), &text);
        return;
    }
    snprintf(head, sizeof head, "## %d ", number);
    const char *want = strstr(csvk_buf_text(&accounts), head);
    ck_assert_msg(want != NULL, "row %d is not in " ACCOUNTS, number);
    const char *next = strstr(want + 1, "\n## ");
    size_t length = next != NULL ? (size_t)(next - want) + 1 : strlen(want);
    ck_assert_msg(length == text.length && memcmp(want, csvk_buf_text(&text), length) == 0,
                  "want: %.*s\nhave: %s", (int)length, want, csvk_buf_text(&text));
    csvk_buf_release(&text);
}

static void read_accounts(void)
{
    size_t length = 0;
    unsigned char *bytes = support_read_file(ACCOUNTS, &length);
    if (bytes != NULL && csvk_buf_add(&accounts, bytes, length) != CSVK_OK) {
        abort();
    }
    free(bytes);
}

START_TEST(every_repair_does_what_it_says)
{
    const struct repair_case *row = &repair_rows[_i];
    struct normalized n;
    char repairs[200];
    run_row(row, &n);
    list_repairs(&n.log, repairs, sizeof repairs);
    check_account(&n, _i);
    if (row->out == NULL) {
        ck_assert_msg(n.status == CSVK_EDATA && strstr(n.err.text, row->rejects) != NULL,
                      "%s (row %d): %d %s", row->about, _i, n.status, n.err.text);
        normalized_release(&n);
        return;
    }
    ck_assert_msg(n.status == CSVK_OK, "%s (row %d): %s", row->about, _i, n.err.text);
    struct csvk_buf out = CSVK_BUF_INIT;
    put_before(row, &out);
    ck_assert_int_eq(csvk_buf_puts(&out, row->out), CSVK_OK);
    ck_assert_msg(
        out.length == n.table.length && strcmp(csvk_buf_text(&n.table), csvk_buf_text(&out)) == 0,
        "%s (row %d) in: %s\nwant: %s\nhave: %s\nrejects: %s\nlog: %s", row->about, _i, row->in,
        csvk_buf_text(&out), csvk_buf_text(&n.table), csvk_buf_text(&n.rejects), repairs);
    csvk_buf_release(&out);
    /* Rejects may hold NUL: compared up to the first one, and by the check of the laws. */
    ck_assert_msg(strcmp(csvk_buf_text(&n.rejects), row->rejects) == 0, "%s (row %d): rejects %s",
                  row->about, _i, csvk_buf_text(&n.rejects));
    ck_assert_msg(strcmp(repairs, row->repairs) == 0, "%s (row %d): repairs %s, want %s",
                  row->about, _i, repairs, row->repairs);
    normalized_release(&n);
}
END_TEST

/* ---- r24: files, because somebody has to look at the start first ---- */

static const struct repair_case found[] = {
    {"r24", PLAIN, "a;b\r\n1;2\r\n3;4\r\n5;6\r\n", 0, "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", "",
     "r24 r21"},
    {"r24", PLAIN, "id\tname\r\n1\tx, y\r\n2\tz\r\n3\tu\r\n", 0,
     "id,name\r\n1,\"x, y\"\r\n2,z\r\n3,u\r\n", "", "r24 r21"},
    {"r24", PLAIN, "a|b|c\n1|\"2|\"|3\n4|5|6\n7|8|9\n", 0,
     "a,b,c\r\n1,\"2|\",3\r\n4,5,6\r\n7,8,9\r\n", "", "r24 r8 r21"},
};
static const struct repair_case not_found[] = {
    {"r24 two fit", PLAIN, "a;b,c\r\nx;y,z\r\np;q,r\r\nu;v,w\r\n", 0, NULL, "give --delimiter", ""},
    {"r24 is right", PLAIN, "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", 0, "a,b\r\n1,2\r\n3,4\r\n5,6\r\n", "",
     ""},
    {"r24 one column", PLAIN, "a\r\n1\r\n2\r\n3\r\n", 0, NULL, "(one-column)", ""},
    {"r24 of nothing", PLAIN, "", 0, "", "", ""},
};

/* What is written first moves all places in the output, and none of that depends on a read. */
START_TEST(a_header_is_written_for_every_read_size)
{
    static const char in[] = "1,2\r\n3,4\n\r\n5,6,7\r\n\"8\",\"9\r\n\"\r\n";
    struct csvk_normalize_options o;
    struct normalized n;
    csvk_normalize_options_init(&o);
    o.header = CSVK_NORMALIZE_NO_HEADER;
    o.write_header = true;
    normalized_run(&n, in, sizeof in - 1, &o);
    ck_assert_int_eq(n.status, CSVK_EUSAGE);
    normalized_release(&n);
    apply(&o, CHOOSE | NO_HEADER | WRITE_BOM);
    normalized_run(&n, in, sizeof in - 1, &o);
    ck_assert_int_eq(n.status, CSVK_OK);
    ck_assert_str_eq(csvk_buf_text(&n.table), "\xef\xbb\xbf"
                                              "b,a\r\n1,2\r\n3,4\r\n\"8\",\"9\r\n\"\r\n");
    ck_assert_uint_eq(n.result.records_in, 5);
    ck_assert_uint_eq(n.result.records_out, 3);
    normalized_check_windows("a header is written", in, sizeof in - 1, &n, &o);
    normalized_release(&n);
    csvk_normalize_options_release(&o);
}
END_TEST

static int normalize_file(const struct repair_case *row, struct csvk_buf *table,
                          struct csvk_buf *log, struct csvk_error *err)
{
    char folder[] = "/tmp/csvkit-table-XXXXXX", name[3][64];
    static const char *const parts[] = {"in.csv", "out.csv", "log"};
    struct csvk_normalize_options o;
    struct csvk_normalize_result result = {.size = sizeof result};
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        snprintf(name[i], sizeof name[i], "%s/%s", folder, parts[i]);
    }
    FILE *file = fopen(name[0], "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(row->in, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    csvk_normalize_options_init(&o);
    struct csvk_normalize_files files = {.size = sizeof files,
                                         .input = name[0],
                                         .output = name[1],
                                         .log = name[2],
                                         .sniff_delimiter = true};
    int status = csvk_normalize_files(&files, &o, &result, err);
    struct csvk_buf *texts[] = {NULL, table, log};
    for (int i = 0; i < 3; i++) {
        size_t length = 0;
        unsigned char *bytes = i != 0 ? support_read_file(name[i], &length) : NULL;
        ck_assert(bytes == NULL || csvk_buf_add(texts[i], bytes, length) == CSVK_OK);
        free(bytes);
        unlink(name[i]);
    }
    ck_assert_int_eq(rmdir(folder), 0);
    return status;
}

static void check_file(const struct repair_case *row)
{
    struct csvk_buf table = CSVK_BUF_INIT, log = CSVK_BUF_INIT;
    struct csvk_error err = {0};
    char repairs[200];
    int status = normalize_file(row, &table, &log, &err);
    if (row->out == NULL) {
        ck_assert_int_eq(status, CSVK_EDATA);
        ck_assert_msg(strstr(err.text, row->rejects) != NULL, "%s", err.text);
        ck_assert_uint_eq(table.length, 0);
        return;
    }
    ck_assert_msg(status == CSVK_OK, "%s", err.text);
    ck_assert_str_eq(csvk_buf_text(&table), row->out);
    list_repairs(&log, repairs, sizeof repairs);
    ck_assert_str_eq(repairs, row->repairs);
    csvk_buf_release(&table);
    csvk_buf_release(&log);
}

START_TEST(a_delimiter_is_found)
{
    check_file(&found[_i]);
}
END_TEST

START_TEST(a_delimiter_is_not_guessed)
{
    check_file(&not_found[_i]);
}
END_TEST

/* ---- are there enough of them? ---- */

static bool names(const char *list, const char *id)
{
    size_t n = strlen(id);
    for (const char *at = strstr(list, id); at != NULL; at = strstr(at + 1, id)) {
        bool begins = at == list || at[-1] == ' ';
        if (begins && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

/* A row is about the repair whose id its text begins with. */
static bool is_about(const struct repair_case *row, const char *id)
{
    size_t n = strlen(id);
    return strncmp(row->about, id, n) == 0 && (row->about[n] == ' ' || row->about[n] == '\0');
}

START_TEST(every_repair_is_done_three_times_and_refused_three_times)
{
    size_t done = 0, refused = 0;
    const char *id = csvk_repair_id((enum csvk_repair)_i);
    for (size_t i = 0; i < repair_rows_count; i++) {
        bool does = repair_rows[i].out != NULL && names(repair_rows[i].repairs, id);
        done += does;
        refused += !does && is_about(&repair_rows[i], id);
    }
    if (_i == CSVK_REPAIR_DELIMITER) {
        done += sizeof found / sizeof *found;
        refused += sizeof not_found / sizeof *not_found;
    }
    ck_assert_msg(done >= 3 && refused >= 3, "%s: %zu rows do it, %zu refuse it", id, done,
                  refused);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("normalize_table");
    TCase *t = tcase_create("table");
    tcase_add_loop_test(t, every_repair_does_what_it_says, 0, (int)repair_rows_count);
    tcase_add_loop_test(t, every_repair_is_done_three_times_and_refused_three_times,
                        CSVK_REPAIR_BOM, CSVK_REPAIRS);
    tcase_add_loop_test(t, a_delimiter_is_found, 0, sizeof found / sizeof *found);
    tcase_add_test(t, a_header_is_written_for_every_read_size);
    tcase_add_loop_test(t, a_delimiter_is_not_guessed, 0, sizeof not_found / sizeof *not_found);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    read_accounts();
    make_schema();
    int status = support_run(suite());
    csvk_schema_free(typed);
    return status;
}
