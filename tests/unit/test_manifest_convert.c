/* test_manifest_convert.c - creating, converting both ways, normalising, merging with mappings. */
#include "manifest/manifest.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct csvk_manifest *parse(const char *text)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_findings findings = {0};
    ck_assert_msg(csvk_manifest_parse(&manifest, text, strlen(text), &findings, NULL) == CSVK_OK,
                  "%s", text);
    return manifest;
}

/* The print without blanks and line breaks outside strings: short enough for tables. */
static void print_tight(const struct csvk_manifest *manifest, struct csvk_buf *out)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    ck_assert_int_eq(csvk_manifest_print(manifest, &text), CSVK_OK);
    bool inside = false;
    for (size_t i = 0; i < text.length; i++) {
        inside ^= text.data[i] == '"';
        if (inside || (text.data[i] != ' ' && text.data[i] != '\n')) {
            ck_assert_int_eq(csvk_buf_putc(out, text.data[i]), CSVK_OK);
        }
    }
    csvk_buf_release(&text);
}

static void convert(const char *text, enum csvk_generation to, struct csvk_buf *out,
                    struct csvk_findings *findings)
{
    struct csvk_manifest *manifest = parse(text), *converted = NULL;
    ck_assert_int_eq(csvk_manifest_convert(&converted, manifest, to, NULL, findings), CSVK_OK);
    csvk_buf_clear(out);
    print_tight(converted, out);
    csvk_manifest_free(manifest);
    csvk_manifest_free(converted);
}

/* Pairs that are each other's conversion, without loss. */
static const struct {
    const char *legacy, *native;
} pairs[] = {
    {"{\"columns\":[\"a\"]}", "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\"}]}"},
    {"{\"destination\":\"in.c-m.t\",\"columns\":[\"a\",\"b\"],\"primary_key\":[\"b\"],"
     "\"has_header\":true,\"incremental\":true,\"delimiter\":\";\",\"enclosure\":\"\","
     "\"delete_where_column\":\"a\",\"delete_where_values\":[\"1\"],\"delete_where_operator\":"
     "\"ne\","
     "\"write_always\":true,\"tags\":[\"t\"]}",
     "{\"manifest_type\":\"output\",\"destination\":\"in.c-m.t\",\"has_header\":true,"
     "\"incremental\":true,\"delimiter\":\";\",\"enclosure\":\"\",\"schema\":[{\"name\":\"a\"},"
     "{\"name\":\"b\",\"primary_key\":true}],\"delete_where_column\":\"a\","
     "\"delete_where_values\":[\"1\"],\"delete_where_operator\":\"ne\",\"write_always\":true,"
     "\"tags\":[\"t\"]}"},
    {"{\"columns\":[\"a\"],\"metadata\":[{\"key\":\"KBC.description\",\"value\":\"d\"},{\"key\":"
     "\"k\","
     "\"value\":\"v\"}]}",
     "{\"manifest_type\":\"output\",\"description\":\"d\",\"table_metadata\":{\"k\":\"v\"},"
     "\"schema\":[{\"name\":\"a\"}]}"},
    {"{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.basetype\","
     "\"value\":"
     "\"NUMERIC\"},{\"key\":\"KBC.datatype.length\",\"value\":\"38,9\"},{\"key\":"
     "\"KBC.datatype.default\",\"value\":\"0\"},{\"key\":\"KBC.datatype.nullable\",\"value\":\"0\"}"
     ","
     "{\"key\":\"KBC.description\",\"value\":\"d\"},{\"key\":\"k\",\"value\":\"v\"}]}}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":"
     "\"NUMERIC\",\"length\":\"38,9\",\"default\":\"0\"}},\"nullable\":false,\"description\":\"d\","
     "\"metadata\":{\"k\":\"v\"}}]}"},
    {"{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.basetype\","
     "\"value\":"
     "\"NUMERIC\"},{\"key\":\"KBC.datatype.type\",\"value\":\"NUMBER\"},{\"key\":"
     "\"KBC.datatype.backend\",\"value\":\"snowflake\"},{\"key\":\"KBC.datatype.length\",\"value\":"
     "\"38,9\"},{\"key\":\"KBC.datatype.nullable\",\"value\":\"1\"}]}}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":"
     "\"NUMERIC\"},\"snowflake\":{\"type\":\"NUMBER\",\"length\":\"38,9\"}},\"nullable\":true}]}"},
    /* a type without its backend, or without a base type, stays metadata */
    {"{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.basetype\","
     "\"value\":"
     "\"STRING\"},{\"key\":\"KBC.datatype.type\",\"value\":\"VARCHAR\"}]}}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":"
     "\"STRING\"}},\"metadata\":{\"KBC.datatype.type\":\"VARCHAR\"}}]}"},
    {"{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.length\",\"value\":"
     "\"5\"}]}}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\",\"metadata\":{"
     "\"KBC.datatype.length\":\"5\"}}]}"},
    /* unknown keys survive in their order, numerals too */
    {"{\"columns\":[\"a\"],\"x\":9007199254740993,\"m\":{\"z\":1.50,\"a\":[]}}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\"}],\"x\":9007199254740993,\"m\":{"
     "\"z\":1.50,\"a\":[]}}"},
    {"{\"columns\":[\"a\",\"b\"],\"distribution_key\":[\"a\",\"b\"]}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\",\"distribution_key\":true},{"
     "\"name\":\"b\",\"distribution_key\":true}]}"},
    {"{\"columns\":[\"a\"],\"delete_where\":[{\"changed_since\":\"x\"}]}",
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\"}],\"delete_where\":[{"
     "\"changed_since\":\"x\"}]}"},
};

START_TEST(conversion_goes_both_ways_without_loss)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_findings findings = {0};
    convert(pairs[_i].legacy, CSVK_GENERATION_NATIVE, &out, &findings);
    ck_assert_str_eq(csvk_buf_text(&out), pairs[_i].native);
    convert(pairs[_i].native, CSVK_GENERATION_LEGACY, &out, &findings);
    ck_assert_str_eq(csvk_buf_text(&out), pairs[_i].legacy);
    convert(pairs[_i].native, CSVK_GENERATION_NATIVE, &out, &findings);
    ck_assert_str_eq(csvk_buf_text(&out), pairs[_i].native);
    convert(pairs[_i].legacy, CSVK_GENERATION_LEGACY, &out, &findings);
    ck_assert_str_eq(csvk_buf_text(&out), pairs[_i].legacy);
    ck_assert_uint_eq(findings.count, 0);
    csvk_buf_release(&out);
}
END_TEST

/* Into one direction only: forms that have a simpler one, and nothing is lost. */
static const struct {
    const char *text;
    enum csvk_generation to;
    const char *result;
} one_way[] = {
    /* what says nothing is no obstacle for what is made */
    {"{\"schema\":[],\"table_metadata\":null,\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{"
     "\"key\":\"k\",\"value\":\"v\"}]},\"metadata\":[{\"key\":\"t\",\"value\":\"w\"}]}",
     CSVK_GENERATION_NATIVE,
     "{\"manifest_type\":\"output\",\"table_metadata\":{\"t\":\"w\"},\"schema\":[{\"name\":\"a\","
     "\"metadata\":{\"k\":\"v\"}}]}"},
    {"{\"columns\":{},\"primary_key\":null,\"metadata\":null,\"column_metadata\":[],\"schema\":[{"
     "\"name\":\"a\",\"primary_key\":true,\"metadata\":{\"k\":\"v\"}}],\"table_metadata\":{"
     "\"t\":\"w\"}}",
     CSVK_GENERATION_LEGACY,
     "{\"columns\":[\"a\"],\"primary_key\":[\"a\"],\"metadata\":[{\"key\":\"t\",\"value\":\"w\"}],"
     "\"column_metadata\":{\"a\":[{\"key\":\"k\",\"value\":\"v\"}]}}"},
    /* metadata of both generations */
    {"{\"columns\":[\"a\"],\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}],\"table_metadata\":{"
     "\"t\":\"w\",\"KBC.description\":\"d\"}}",
     CSVK_GENERATION_NATIVE,
     "{\"manifest_type\":\"output\",\"description\":\"d\",\"table_metadata\":{\"k\":\"v\",\"t\":"
     "\"w\"},\"schema\":[{\"name\":\"a\"}]}"},
    {"{\"table_metadata\":{\"t\":\"w\"},\"metadata\":[{\"key\":\"k\",\"value\":\"v\"}]}",
     CSVK_GENERATION_LEGACY,
     "{\"metadata\":[{\"key\":\"t\",\"value\":\"w\"},{\"key\":\"k\",\"value\":\"v\"}]}"},
    /* keys with dashes, names that are numbers, metadata without a value */
    {"{\"columns\":[1,2],\"primary-key\":[2],\"column-metadata\":{\"1\":[{\"key\":\"k\"}]}}",
     CSVK_GENERATION_NATIVE,
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"1\",\"metadata\":{\"k\":\"\"}},{"
     "\"name\":\"2\",\"primary_key\":true}]}"},
    {"{\"schema\":[{\"name\":1,\"data-type\":{\"base\":{\"type\":\"DATE\"}},\"primary-key\":true}]"
     "}",
     CSVK_GENERATION_LEGACY,
     "{\"columns\":[\"1\"],\"primary_key\":[\"1\"],\"column_metadata\":{\"1\":[{\"key\":"
     "\"KBC.datatype.basetype\",\"value\":\"DATE\"}]}}"},
    /* my-key and my_key are two keys of a map */
    {"{\"columns\":[\"a\"],\"metadata\":[{\"key\":\"my-key\",\"value\":\"v\"},{\"key\":\"my_key\","
     "\"value\":\"w\"}]}",
     CSVK_GENERATION_NATIVE,
     "{\"manifest_type\":\"output\",\"table_metadata\":{\"my-key\":\"v\",\"my_key\":\"w\"},"
     "\"schema\":[{\"name\":\"a\"}]}"},
    /* no schema may have another base type */
    {"{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.basetype\","
     "\"value\":"
     "\"VARCHAR\"}]}}",
     CSVK_GENERATION_NATIVE,
     "{\"manifest_type\":\"output\",\"schema\":[{\"name\":\"a\",\"metadata\":{"
     "\"KBC.datatype.basetype\":\"VARCHAR\"}}]}"},
    /* the platform must not take column_metadata for a list */
    {"{\"schema\":[{\"name\":\"0\",\"metadata\":{\"k\":\"v\"}},{\"name\":\"1\",\"metadata\":{\"k\":"
     "\"w\"}}]}",
     CSVK_GENERATION_LEGACY,
     "{\"columns\":[\"0\",\"1\"],\"column_metadata\":{\"1\":[{\"key\":\"k\",\"value\":\"w\"}],"
     "\"0\":[{\"key\":\"k\",\"value\":\"v\"}]}}"},
    {"{\"schema\":[{\"name\":\"0\",\"metadata\":{\"k\":\"v\"}},{\"name\":\"b\"}]}",
     CSVK_GENERATION_LEGACY,
     "{\"columns\":[\"0\",\"b\"],\"column_metadata\":{\"b\":[],\"0\":[{\"key\":\"k\",\"value\":"
     "\"v\"}]}}"},
};

START_TEST(other_forms_are_converted_without_loss)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_findings findings = {0};
    convert(one_way[_i].text, one_way[_i].to, &out, &findings);
    ck_assert_str_eq(csvk_buf_text(&out), one_way[_i].result);
    ck_assert_uint_eq(findings.count, 0);
    csvk_buf_release(&out);
}
END_TEST

/* What is lost is reported by its name and place. */
static const struct {
    const char *text;
    enum csvk_generation to;
    const char *name, *path, *result;
} lossy[] = {
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"INTEGER\",\"length\":\"38\"}"
     ","
     "\"snowflake\":{\"type\":\"NUMBER\"}}}]}",
     CSVK_GENERATION_LEGACY, "\"length\"", "$.schema[0].data_type.base",
     "{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":\"KBC.datatype.basetype\","
     "\"value\":"
     "\"INTEGER\"},{\"key\":\"KBC.datatype.type\",\"value\":\"NUMBER\"},{\"key\":"
     "\"KBC.datatype.backend\",\"value\":\"snowflake\"}]}}"},
    {"{\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{\"type\":\"DATE\"},\"snowflake\":{"
     "\"type\":\"DATE\"},\"bigquery\":{\"type\":\"DATE\"}}}]}",
     CSVK_GENERATION_LEGACY, "\"bigquery\"", "$.schema[0].data_type", NULL},
    {"{\"schema\":[{\"name\":\"a\",\"future\":1}]}", CSVK_GENERATION_LEGACY, "\"future\"",
     "$.schema[0]", "{\"columns\":[\"a\"]}"},
    {"{\"columns\":[\"a\"],\"column_metadata\":{\"b\":[{\"key\":\"k\",\"value\":\"v\"}]}}",
     CSVK_GENERATION_NATIVE, "\"b\"", "$.column_metadata.b", NULL},
    {"{\"columns\":[\"a\"],\"primary_key\":[\"b\"]}", CSVK_GENERATION_NATIVE, "\"b\"",
     "$.primary_key", NULL},
    {"{\"columns\":[\"a\"],\"metadata\":[{\"key\":\"k\",\"value\":\"v\",\"provider\":\"p\"}]}",
     CSVK_GENERATION_NATIVE, "\"provider\"", "$.metadata[0]", NULL},
    {"{\"columns\":[\"a\"],\"metadata\":[{\"key\":\"k\",\"value\":\"1\"},{\"key\":\"k\",\"value\":"
     "\"2\"}]}",
     CSVK_GENERATION_NATIVE, "\"k\"", "$.metadata[1]",
     "{\"manifest_type\":\"output\",\"table_metadata\":{\"k\":\"2\"},\"schema\":[{\"name\":\"a\"}]"
     "}"},
    {"{\"schema\":[{\"name\":\"0\",\"metadata\":{\"k\":\"v\"}}]}", CSVK_GENERATION_LEGACY,
     "\"metadata\"", "$", "{\"columns\":[\"0\"]}"},
    {"{\"manifest_type\":\"other\",\"schema\":[{\"name\":\"a\"}]}", CSVK_GENERATION_LEGACY,
     "\"manifest_type\"", "$.manifest_type", "{\"columns\":[\"a\"]}"},
};

START_TEST(what_cannot_be_carried_is_reported)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    struct csvk_findings findings = {0};
    convert(lossy[_i].text, lossy[_i].to, &out, &findings);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-not-carried");
    ck_assert_msg(strstr(findings.item[0].message, lossy[_i].name) != NULL, "%s",
                  findings.item[0].message);
    ck_assert_str_eq(findings.item[0].path, lossy[_i].path);
    if (lossy[_i].result != NULL) {
        ck_assert_str_eq(csvk_buf_text(&out), lossy[_i].result);
    }
    csvk_findings_release(&findings);
    csvk_buf_release(&out);
}
END_TEST

START_TEST(truth_is_read_in_every_spelling)
{
    static const struct {
        const char *value, *nullable;
    } rows[] = {{"\"1\"", "true"},  {"\"true\"", "true"}, {"true", "true"},   {"1", "true"},
                {"\"0\"", "false"}, {"\"\"", "false"},    {"false", "false"}, {"0", "false"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct csvk_buf text = CSVK_BUF_INIT, out = CSVK_BUF_INIT, want = CSVK_BUF_INIT;
        struct csvk_findings findings = {0};
        ck_assert_int_eq(
            csvk_buf_printf(&text,
                            "{\"columns\":[\"a\"],\"column_metadata\":{\"a\":[{\"key\":"
                            "\"KBC.datatype.nullable\",\"value\":%s}]}}",
                            rows[i].value),
            CSVK_OK);
        ck_assert_int_eq(csvk_buf_printf(&want, "\"nullable\":%s", rows[i].nullable), CSVK_OK);
        convert(csvk_buf_text(&text), CSVK_GENERATION_NATIVE, &out, &findings);
        ck_assert_msg(strstr(csvk_buf_text(&out), csvk_buf_text(&want)) != NULL, "%s",
                      csvk_buf_text(&out));
        csvk_buf_release(&text);
        csvk_buf_release(&out);
        csvk_buf_release(&want);
    }
}
END_TEST

START_TEST(a_header_gives_the_names_when_the_manifest_has_none)
{
    struct csvk_manifest *manifest = parse("{\"primary_key\":[\"b\"],\"has_header\":false}");
    struct csvk_manifest *native = NULL;
    struct csvk_findings findings = {0};
    struct csvk_strings header = {0};
    struct csvk_buf out = CSVK_BUF_INIT;
    ck_assert_int_eq(
        csvk_manifest_convert(&native, manifest, CSVK_GENERATION_NATIVE, NULL, &findings),
        CSVK_EDATA);
    ck_assert_str_eq(findings.item[0].rule->id, "manifest-required");
    ck_assert_ptr_null(native);
    csvk_findings_release(&findings);
    ck_assert_int_eq(csvk_strings_add(&header, "a"), CSVK_OK);
    ck_assert_int_eq(csvk_strings_add(&header, "b"), CSVK_OK);
    ck_assert_int_eq(
        csvk_manifest_convert(&native, manifest, CSVK_GENERATION_NATIVE, &header, &findings),
        CSVK_OK);
    print_tight(native, &out);
    ck_assert_str_eq(
        csvk_buf_text(&out),
        "{\"manifest_type\":\"output\",\"has_header\":true,\"schema\":[{\"name\":\"a\"},"
        "{\"name\":\"b\",\"primary_key\":true}]}");
    csvk_buf_release(&out);
    csvk_strings_release(&header);
    csvk_manifest_free(native);
    csvk_manifest_free(manifest);
}
END_TEST

START_TEST(normalising_orders_known_keys_and_keeps_the_rest)
{
    struct csvk_manifest *manifest = parse(
        "{\"zz\":1,\"write_always\":true,\"schema\":[{\"x\":2,\"nullable\":true,\"name\":\"a\","
        "\"data_type\":{\"snowflake\":{\"length\":\"1\",\"type\":\"T\"},\"base\":{\"type\":"
        "\"STRING\"}"
        "}}],\"aa\":2,\"destination\":\"t\"}");
    struct csvk_buf out = CSVK_BUF_INIT, again = CSVK_BUF_INIT;
    csvk_manifest_normalize(manifest, CSVK_MANIFEST_OUT_TABLE);
    print_tight(manifest, &out);
    ck_assert_str_eq(csvk_buf_text(&out),
                     "{\"destination\":\"t\",\"schema\":[{\"name\":\"a\",\"data_type\":{\"base\":{"
                     "\"type\":\"STRING\"},\"snowflake\":{\"type\":\"T\",\"length\":\"1\"}},"
                     "\"nullable\":true,\"x\":2}],\"write_always\":true,\"zz\":1,\"aa\":2}");
    csvk_manifest_normalize(manifest, CSVK_MANIFEST_OUT_TABLE);
    print_tight(manifest, &again);
    ck_assert_str_eq(csvk_buf_text(&out), csvk_buf_text(&again));
    csvk_buf_release(&out);
    csvk_buf_release(&again);
    csvk_manifest_free(manifest);
}
END_TEST

/* ---- creating ---- */

static void fill(struct csvk_strings *list, const char *const *names)
{
    for (; *names != NULL; names++) {
        ck_assert_int_eq(csvk_strings_add(list, *names), CSVK_OK);
    }
}

static void create_all(enum csvk_generation generation, struct csvk_buf *out)
{
    struct csvk_strings columns = {0}, key = {0}, values = {0};
    fill(&columns, (const char *const[]){"id", "name", NULL});
    fill(&key, (const char *const[]){"id", NULL});
    fill(&values, (const char *const[]){"1", "2", NULL});
    char id[] = "id", k[] = "k", v[] = "v";
    struct csvk_manifest_pair some[] = {{NULL, k, v}, {id, k, v}};
    struct csvk_manifest_type types[] = {{"id", "INTEGER", NULL, CSVK_NO},
                                         {"name", "STRING", "255", CSVK_UNSET}};
    struct csvk_manifest_options options;
    csvk_manifest_options_init(&options);
    options.generation = generation;
    options.destination = "in.c-m.t";
    options.description = "d";
    options.columns = &columns;
    options.primary_key = &key;
    options.delete_column = "id";
    options.delete_values = &values;
    options.delete_operator = "ne";
    options.pairs = some;
    options.npairs = 2;
    options.types = types;
    options.ntypes = 2;
    options.dialect.delimiter = '\t';
    options.dialect.enclosure = CSVK_NO_BYTE;
    options.has_header = CSVK_NO;
    options.incremental = options.write_always = true;
    struct csvk_manifest *manifest = NULL;
    ck_assert_int_eq(csvk_manifest_create(&manifest, &options, NULL), CSVK_OK);
    print_tight(manifest, out);
    struct csvk_manifest_judge judge;
    struct csvk_findings findings = {0};
    csvk_manifest_judge_init(&judge);
    ck_assert_int_eq(csvk_manifest_check(manifest, &judge, &findings), CSVK_OK);
    ck_assert_uint_eq(findings.count, 0);
    csvk_manifest_free(manifest);
    csvk_strings_release(&columns);
    csvk_strings_release(&key);
    csvk_strings_release(&values);
}

START_TEST(every_option_is_written_in_both_generations)
{
    struct csvk_buf out = CSVK_BUF_INIT;
    create_all(CSVK_GENERATION_LEGACY, &out);
    ck_assert_str_eq(
        csvk_buf_text(&out),
        "{\"destination\":\"in.c-m.t\",\"columns\":[\"id\",\"name\"],\"primary_key\":[\"id\"],"
        "\"has_header\":false,\"incremental\":true,\"delimiter\":\"\\t\",\"enclosure\":\"\","
        "\"metadata\":[{\"key\":\"KBC.description\",\"value\":\"d\"},{\"key\":\"k\",\"value\":"
        "\"v\"}],"
        "\"column_metadata\":{\"id\":[{\"key\":\"k\",\"value\":\"v\"},{\"key\":"
        "\"KBC.datatype.basetype\",\"value\":\"INTEGER\"},{\"key\":\"KBC.datatype.nullable\","
        "\"value\":"
        "\"0\"}],\"name\":[{\"key\":\"KBC.datatype.basetype\",\"value\":\"STRING\"},{\"key\":"
        "\"KBC.datatype.length\",\"value\":\"255\"}]},\"delete_where_column\":\"id\","
        "\"delete_where_values\":[\"1\",\"2\"],\"delete_where_operator\":\"ne\",\"write_always\":"
        "true}");
    csvk_buf_clear(&out);
    create_all(CSVK_GENERATION_NATIVE, &out);
    ck_assert_str_eq(
        csvk_buf_text(&out),
        "{\"manifest_type\":\"output\",\"destination\":\"in.c-m.t\",\"has_header\":false,"
        "\"incremental\":true,\"delimiter\":\"\\t\",\"enclosure\":\"\",\"description\":\"d\","
        "\"table_metadata\":{\"k\":\"v\"},\"schema\":[{\"name\":\"id\",\"data_type\":{\"base\":{"
        "\"type\":\"INTEGER\"}},\"nullable\":false,\"primary_key\":true,\"metadata\":{\"k\":\"v\"}}"
        ",{"
        "\"name\":\"name\",\"data_type\":{\"base\":{\"type\":\"STRING\",\"length\":\"255\"}}}],"
        "\"delete_where_column\":\"id\",\"delete_where_values\":[\"1\",\"2\"],"
        "\"delete_where_operator\":\"ne\",\"write_always\":true}");
    csvk_buf_release(&out);
}
END_TEST

START_TEST(what_cannot_be_said_is_refused)
{
    struct csvk_manifest *manifest = NULL;
    struct csvk_manifest_options options;
    struct csvk_error err = {0};
    csvk_manifest_options_init(&options);
    options.dialect.escape = '\\';
    ck_assert_int_eq(csvk_manifest_create(&manifest, &options, &err), CSVK_EUSAGE);
    options.dialect.escape = CSVK_NO_BYTE;
    options.generation = CSVK_GENERATION_NATIVE;
    ck_assert_int_eq(csvk_manifest_create(&manifest, &options, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "columns"));
    options.generation = CSVK_GENERATION_LEGACY;
    struct csvk_manifest_type type = {"x", "STRING", NULL, CSVK_UNSET};
    options.types = &type;
    options.ntypes = 1;
    ck_assert_int_eq(csvk_manifest_create(&manifest, &options, &err), CSVK_EUSAGE);
    ck_assert_ptr_nonnull(strstr(err.text, "\"x\""));
    ck_assert_ptr_null(manifest);
}
END_TEST

START_TEST(manifests_of_files_are_created)
{
    struct csvk_manifest_file_options options;
    struct csvk_strings tags = {0};
    struct csvk_manifest *manifest = NULL;
    struct csvk_buf out = CSVK_BUF_INIT;
    fill(&tags, (const char *const[]){"a", "b", NULL});
    csvk_manifest_file_options_init(&options);
    options.tags = &tags;
    options.is_permanent = CSVK_YES;
    options.is_encrypted = CSVK_NO;
    ck_assert_int_eq(csvk_manifest_create_file(&manifest, &options, NULL), CSVK_OK);
    print_tight(manifest, &out);
    ck_assert_str_eq(csvk_buf_text(&out),
                     "{\"tags\":[\"a\",\"b\"],\"is_permanent\":true,\"is_encrypted\":false}");
    csvk_buf_release(&out);
    csvk_manifest_free(manifest);
    csvk_strings_release(&tags);
}
END_TEST

/* ---- merging ---- */

static const struct {
    const char *manifest, *mapping, *merged;
} merges[] = {
    {NULL, "{\"source\":\"a.csv\",\"destination\":\"in.c-m.a\"}", "{\"destination\":\"in.c-m.a\"}"},
    {"{\"destination\":\"in.c-m.a\"}", NULL, "{\"destination\":\"in.c-m.a\"}"},
    {NULL, NULL, "{}"},
    {"{\"destination\":\"in.c-m.a\"}", "{\"destination\":\"in.c-m.b\"}",
     "{\"destination\":\"in.c-m.b\"}"},
    {"{\"destination\":\"in.c-m.a\"}", "{\"destination\":\"\"}", "{\"destination\":\"in.c-m.a\"}"},
    {"{\"incremental\":true}", "{\"incremental\":false}", "{\"incremental\":true}"},
    {"{\"incremental\":false}", "{\"incremental\":true}", "{\"incremental\":true}"},
    {"{\"delimiter\":\";\"}", "{\"delimiter\":\",\"}", "{\"delimiter\":\";\"}"},
    {"{\"delimiter\":\";\"}", "{\"delimiter\":\"|\"}", "{\"delimiter\":\"|\"}"},
    {"{\"enclosure\":\"'\"}", "{\"enclosure\":\"\\\"\"}", "{\"enclosure\":\"'\"}"},
    {"{\"enclosure\":\"'\"}", "{\"enclosure\":\"\"}", "{\"enclosure\":\"\"}"},
    {"{\"delete_where_operator\":\"ne\"}", "{\"delete_where_operator\":\"eq\"}",
     "{\"delete_where_operator\":\"ne\"}"},
    {"{\"delete_where_operator\":\"eq\"}", "{\"delete_where_operator\":\"ne\"}",
     "{\"delete_where_operator\":\"ne\"}"},
    {"{\"columns\":[\"a\"]}", "{\"columns\":[]}", "{\"columns\":[\"a\"]}"},
    {"{\"columns\":[\"a\"]}", "{\"columns\":[\"b\",\"c\"]}", "{\"columns\":[\"b\",\"c\"]}"},
    {"{\"primary_key\":[\"a\"]}", "{\"primary_key\":[\"b\"]}", "{\"primary_key\":[\"b\"]}"},
    {"{\"primary_key\":[\"a\"]}", "{\"primary_key\":[]}", "{\"primary_key\":[\"a\"]}"},
    {"{\"write_always\":true}", "{\"write_always\":false}", "{\"write_always\":true}"},
    {"{\"metadata\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"1\"}]}",
     "{\"metadata\":[{\"key\":\"b\",\"value\":\"2\"},{\"key\":\"c\",\"value\":\"2\"}]}",
     "{\"metadata\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"2\"},{\"key\":"
     "\"c\","
     "\"value\":\"2\"}]}"},
    {"{\"column_metadata\":{\"x\":[{\"key\":\"a\",\"value\":\"1\"}]}}",
     "{\"column_metadata\":{\"x\":[{\"key\":\"a\",\"value\":\"2\"}],\"y\":[{\"key\":\"b\","
     "\"value\":"
     "\"2\"}]}}",
     "{\"column_metadata\":{\"x\":[{\"key\":\"a\",\"value\":\"2\"}],\"y\":[{\"key\":\"b\","
     "\"value\":"
     "\"2\"}]}}"},
    {"{\"table_metadata\":{\"a\":\"1\",\"b\":\"1\"}}", "{\"table_metadata\":{\"b\":\"2\"}}",
     "{\"table_metadata\":{\"a\":\"1\",\"b\":\"2\"}}"},
    {"{\"schema\":[{\"name\":\"a\",\"nullable\":true},{\"name\":\"b\"}]}",
     "{\"schema\":[{\"name\":\"a\",\"nullable\":false,\"description\":\"d\"},{\"name\":\"c\"}]}",
     "{\"schema\":[{\"name\":\"a\",\"nullable\":false,\"description\":\"d\"},{\"name\":\"b\"},{"
     "\"name\":\"c\"}]}"},
    {"{\"schema\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", "{\"primary_key\":[\"b\"]}",
     "{\"schema\":[{\"name\":\"a\"},{\"name\":\"b\",\"primary_key\":true}]}"},
};

START_TEST(mappings_are_merged_as_the_platform_does)
{
    struct csvk_manifest *manifest = NULL, *mapping = NULL, *merged = NULL;
    struct csvk_findings findings = {0};
    struct csvk_buf out = CSVK_BUF_INIT;
    if (merges[_i].manifest != NULL) {
        manifest = parse(merges[_i].manifest);
    }
    if (merges[_i].mapping != NULL) {
        mapping = parse(merges[_i].mapping);
    }
    ck_assert_int_eq(csvk_manifest_merge(&merged, manifest, mapping, &findings), CSVK_OK);
    ck_assert_uint_eq(findings.count, 0);
    print_tight(merged, &out);
    ck_assert_str_eq(csvk_buf_text(&out), merges[_i].merged);
    csvk_buf_release(&out);
    csvk_manifest_free(manifest);
    csvk_manifest_free(mapping);
    csvk_manifest_free(merged);
}
END_TEST

START_TEST(a_key_that_the_schema_lacks_is_reported)
{
    struct csvk_manifest *manifest = parse("{\"schema\":[{\"name\":\"a\"}]}"), *merged = NULL;
    struct csvk_manifest *mapping = parse("{\"primary_key\":[\"x\"]}");
    struct csvk_findings findings = {0};
    ck_assert_int_eq(csvk_manifest_merge(&merged, manifest, mapping, &findings), CSVK_OK);
    ck_assert_uint_eq(findings.errors, 1);
    ck_assert_str_eq(findings.item[0].message,
                     "Primary key column \"x\" not found in manifest file.");
    csvk_findings_release(&findings);
    csvk_manifest_free(manifest);
    csvk_manifest_free(mapping);
    csvk_manifest_free(merged);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("manifest_convert");
    TCase *tcase = tcase_create("manifest_convert");
    tcase_add_loop_test(tcase, conversion_goes_both_ways_without_loss, 0,
                        (int)(sizeof pairs / sizeof pairs[0]));
    tcase_add_loop_test(tcase, other_forms_are_converted_without_loss, 0,
                        (int)(sizeof one_way / sizeof one_way[0]));
    tcase_add_loop_test(tcase, what_cannot_be_carried_is_reported, 0,
                        (int)(sizeof lossy / sizeof lossy[0]));
    tcase_add_test(tcase, truth_is_read_in_every_spelling);
    tcase_add_test(tcase, a_header_gives_the_names_when_the_manifest_has_none);
    tcase_add_test(tcase, normalising_orders_known_keys_and_keeps_the_rest);
    tcase_add_test(tcase, every_option_is_written_in_both_generations);
    tcase_add_test(tcase, what_cannot_be_said_is_refused);
    tcase_add_test(tcase, manifests_of_files_are_created);
    tcase_add_loop_test(tcase, mappings_are_merged_as_the_platform_does, 0,
                        (int)(sizeof merges / sizeof merges[0]));
    tcase_add_test(tcase, a_key_that_the_schema_lacks_is_reported);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
