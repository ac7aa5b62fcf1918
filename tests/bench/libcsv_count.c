/* libcsv_count.c - the smallest strict checker on libcsv: counts records and fields of a file. */
#include <csv.h>
#include <stdio.h>

struct counts {
    unsigned long long records, fields;
};

static void field(void *value, size_t length, void *context)
{
    (void)value;
    (void)length;
    ((struct counts *)context)->fields++;
}

static void record(int terminator, void *context)
{
    (void)terminator;
    ((struct counts *)context)->records++;
}

static int not_a_space(unsigned char c)
{
    (void)c;
    return 0;
}

int main(int argc, char **argv)
{
    static unsigned char buffer[1 << 18];
    struct counts counts = {0, 0};
    struct csv_parser parser;
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return 2;
    }
    csv_set_space_func(&parser, not_a_space);
    csv_set_blk_size(&parser, 65536);
    size_t n;
    int bad = 0;
    while (!bad && (n = fread(buffer, 1, sizeof buffer, file)) > 0) {
        bad = csv_parse(&parser, buffer, n, field, record, &counts) != n;
    }
    bad = bad || csv_fini(&parser, field, record, &counts) != 0;
    csv_free(&parser);
    fclose(file);
    printf("%llu records, %llu fields%s\n", counts.records, counts.fields, bad ? ", refused" : "");
    return bad;
}
