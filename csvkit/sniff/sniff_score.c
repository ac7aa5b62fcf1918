/*
 * sniff_score.c - how well the sample reads with one dialect.
 *
 * The idea. Every reading gets a score:
 *
 *   score = 100 * (records of the most frequent width / records) * (1 - faulty records / records)
 *               * (0.6 + 0.4 * share of fields without another delimiter) * prior * enough records
 *
 * A record that differs from the first one only by empty fields at the end, of either, counts as if
 * it had the width of the first one, at a discount. The share of fields without another delimiter
 * decides where two delimiters both give equal widths: when the sample is read with the wrong one,
 * every field contains the other one. Decimal commas and prose ("Smith, Ann") do not count as
 * delimiters. The prior says how much a delimiter is believed before anything is read.
 */
#include "csvkit/sniff/sniff_score.h"
#include "csvkit/base/delimiter.h"

#include <string.h>

const struct csvk_sniff_known csvk_sniff_delimiters[CSVK_SNIFF_DELIMITERS] = {
    {',', 100},  {';', 100}, {'\t', 100}, {'|', 98}, {0x01, 100},
    {0x1f, 100}, {'^', 90},  {'~', 90},   {':', 65}, {' ', 50},
};

static void count_width(struct csvk_sniff_reading *reading, uint64_t width)
{
    size_t i = 0;
    while (i < reading->nwidths && reading->width[i] != width) {
        i++;
    }
    if (i == CSVK_SNIFF_WIDTHS) {
        return; /* so many widths: this is no dialect, and more widths do not matter */
    }
    reading->width[i] = width;
    reading->count[i]++;
    reading->nwidths += i == reading->nwidths;
}

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

/*
 * False when the field contains another frequent delimiter that neither a number nor prose
 * explains.
 */
static bool is_clean(struct csvk_bytes raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = raw.ptr[i];
        if (c == '\t' || c == '|') {
            return false;
        }
        if (c != ',' && c != ';') {
            continue;
        }
        bool prose = i + 1 < raw.len && raw.ptr[i + 1] == ' ';
        bool number = c == ',' && i > 0 && is_digit(raw.ptr[i - 1]) && i + 1 < raw.len &&
                      is_digit(raw.ptr[i + 1]);
        if (!prose && !number) {
            return false;
        }
    }
    return true;
}

/* Whether a blank stands between the field and its delimiter, as data or skipped. */
static bool follows_blank(const struct csvk_sniff_reading *reading, struct csvk_bytes raw)
{
    bool skipped =
        reading->seen.dialect.skip_blanks && csvk_is_blank(&reading->seen.dialect, raw.ptr[-1]);
    return raw.ptr[0] == ' ' || skipped;
}

static void count_quotes(struct csvk_sniff_reading *reading, struct csvk_bytes raw)
{
    if (raw.len == 0 || memchr(raw.ptr, '"', raw.len) == NULL) {
        return;
    }
    bool led = raw.ptr[0] == '"', wrapped = led && raw.len > 1 && raw.ptr[raw.len - 1] == '"';
    reading->led += led;
    reading->wrapped += wrapped;
    reading->marked += !wrapped;
}

static void count_fields(struct csvk_sniff_reading *reading, const struct csvk_batch *batch,
                         const struct csvk_record *record)
{
    for (size_t i = 0; i < record->nfields; i++) {
        const struct csvk_field *field = &batch->fields[record->first_field + i];
        struct csvk_bytes raw = csvk_field_raw(batch, record, i);
        bool enclosed = (field->flags & CSVK_FIELD_ENCLOSED) != 0;
        bool broken = (field->flags & CSVK_FIELD_BROKEN) != 0;
        reading->seen.fields++;
        reading->seen.enclosed += enclosed && !broken;
        reading->seen.doubled += enclosed && !broken && (field->flags & CSVK_FIELD_DECODE) != 0;
        reading->clean += enclosed || is_clean(raw);
        reading->inner += i > 0 && raw.len > 0;
        reading->spaced += i > 0 && raw.len > 0 && follows_blank(reading, raw);
        if (reading->seen.dialect.enclosure == CSVK_NO_BYTE) {
            count_quotes(reading, raw);
        }
    }
}

static bool is_blank_run(struct csvk_bytes raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.ptr[i] != ' ' && raw.ptr[i] != '\t') {
            return false;
        }
    }
    return true;
}

/* Whether all fields that only one of the two has are blank. */
static bool is_like_first(const struct csvk_sniff_reading *reading, const struct csvk_batch *batch,
                          const struct csvk_record *record)
{
    for (uint64_t i = reading->first_width; i < record->nfields; i++) {
        if (!is_blank_run(csvk_field_raw(batch, record, (size_t)i))) {
            return false;
        }
    }
    uint64_t least = reading->first_width - reading->first_tail;
    return record->nfields >= reading->first_width || (least >= 2 && record->nfields >= least);
}

static uint64_t count_tail(const struct csvk_batch *batch, const struct csvk_record *record)
{
    uint64_t tail = 0;
    while (tail < record->nfields &&
           is_blank_run(csvk_field_raw(batch, record, (size_t)(record->nfields - 1 - tail)))) {
        tail++;
    }
    return tail;
}

/* The kinds of facts about enclosures come first (csvkit.h): one up to `last`, from `first` on. */
static bool has_enclosure_fact(const struct csvk_batch *batch, const struct csvk_record *record,
                               enum csvk_fact_kind first, enum csvk_fact_kind last)
{
    for (uint32_t i = 0; i < record->nfacts; i++) {
        enum csvk_fact_kind kind = batch->facts[record->first_fact + i].kind;
        if (kind >= first && kind <= last) {
            return true;
        }
    }
    return false;
}

int csvk_sniff_take(void *context, const struct csvk_batch *batch)
{
    struct csvk_sniff_reading *reading = context;
    for (size_t i = 0; i < batch->nreported; i++) {
        const struct csvk_record *record = &batch->records[i];
        if (record->blank || record->oversize || (reading->cut && record->eol == CSVK_EOL_NONE) ||
            (record->nfields == 1 && is_blank_run(csvk_field_raw(batch, record, 0)))) {
            continue;
        }
        if (reading->seen.records++ == 0) {
            reading->first_width = record->nfields;
            reading->first_tail = count_tail(batch, record);
        }
        count_width(reading, record->nfields);
        reading->first_alike += record->nfields == reading->first_width;
        reading->like_first += is_like_first(reading, batch, record);
        count_fields(reading, batch, record);
        reading->seen.faulty +=
            has_enclosure_fact(batch, record, (enum csvk_fact_kind)0, CSVK_FACT_UNCLOSED);
        reading->blank_first += has_enclosure_fact(batch, record, CSVK_FACT_SPACE_BEFORE_QUOTE,
                                                   CSVK_FACT_SPACE_BEFORE_QUOTE);
    }
    return CSVK_OK;
}

static int prior_of(const struct csvk_dialect *dialect)
{
    if (dialect->more_length != 0) {
        return 100; /* proven before it is rated: sniff_long.c */
    }
    for (size_t i = 0; i < CSVK_SNIFF_DELIMITERS; i++) {
        if (csvk_sniff_delimiters[i].byte == dialect->delimiter) {
            return csvk_sniff_delimiters[i].prior;
        }
    }
    return 80; /* another delimiter, which only a line "sep=" can have named */
}

/* A factor below 1 for few records: they prove little, and nothing for delimiters of low prior. */
static double enough_records(const struct csvk_sniff_candidate *seen, int prior)
{
    if (prior < 90 && (seen->records < 3 || seen->alike < seen->records)) {
        return 0.4;
    }
    return seen->records < 2 ? 0.7 : seen->records < 3 ? 0.85 : seen->records < 10 ? 0.95 : 1;
}

/* Commas in prose: a blank follows most of them, and their number differs between records. */
static bool is_prose(const struct csvk_sniff_reading *reading)
{
    return reading->seen.alike < reading->seen.records && reading->spaced * 2 >= reading->inner;
}

/* Blanks that fill lines or columns up: between most of them is nothing. */
static bool is_padding(const struct csvk_sniff_reading *reading)
{
    const struct csvk_sniff_candidate *seen = &reading->seen;
    return seen->dialect.delimiter == ' ' && seen->dialect.more_length == 0 &&
           2 * reading->inner < seen->fields - seen->records;
}

/*
 * Records of two widths, one of which lacks the last field of the other: a note that is not always
 * there. Only with delimiters that stand in no prose, and when nearly all records are such.
 */
static void count_early_ends(struct csvk_sniff_reading *reading, double *alike)
{
    struct csvk_sniff_candidate *seen = &reading->seen;
    enum { ENOUGH = 10 };
    int byte = seen->dialect.delimiter;
    if (seen->records < ENOUGH || byte == 0 || strchr("\t|\x01\x1f", byte) == NULL) {
        return;
    }
    for (size_t i = 0; i < reading->nwidths; i++) {
        for (size_t k = 0; k < reading->nwidths; k++) {
            uint64_t both = reading->count[i] + reading->count[k];
            bool next = reading->width[k] + 1 == reading->width[i] && reading->width[k] > 1;
            if (next && both * 20 >= seen->records * 19 && (double)both * 0.9 > *alike) {
                reading->end_early = true;
                seen->width = reading->width[i];
                seen->alike = both;
                *alike = (double)both * 0.9;
            }
        }
    }
}

/* By the formula at the top. */
void csvk_sniff_rate(struct csvk_sniff_reading *reading)
{
    struct csvk_sniff_candidate *seen = &reading->seen;
    for (size_t i = 0; i < reading->nwidths; i++) {
        if (reading->count[i] > seen->alike) {
            seen->alike = reading->count[i];
            seen->width = reading->width[i];
        }
    }
    if (seen->records == 0 || seen->width < 2) {
        return;
    }
    if (is_padding(reading)) {
        return;
    }
    int prior = prior_of(&seen->dialect);
    double records = (double)seen->records;
    double alike = (double)seen->alike;
    if (reading->first_width > 1 && (double)reading->like_first * 0.9 > alike) {
        seen->alike = reading->like_first;
        seen->width = reading->first_width;
        alike = (double)seen->alike * 0.9;
    }
    count_early_ends(reading, &alike);
    double score = prior * (alike / records);
    score *= 1 - (double)seen->faulty / records;
    score *= is_prose(reading) ? 0.5 : 1;
    score *= 0.6 + 0.4 * ((double)reading->clean / (double)seen->fields);
    seen->score = (int)(score * enough_records(seen, prior) + 0.5);
}

bool csvk_sniff_ends_early(const struct csvk_sniff_reading *reading)
{
    enum { ENOUGH = 10 };
    const struct csvk_sniff_candidate *seen = &reading->seen;
    if (seen->records < ENOUGH || seen->faulty != 0 || reading->nwidths == CSVK_SNIFF_WIDTHS) {
        return false;
    }
    for (size_t i = 0; i < reading->nwidths; i++) {
        uint64_t width = reading->width[i];
        if (width > reading->first_width || width < 2 || 2 * width < reading->first_width) {
            return false;
        }
    }
    return true;
}
