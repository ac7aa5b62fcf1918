/*
 * sniff_dialect.c - finds delimiter, enclosure, escape and line breaks by reading the sample with
 * each of them.
 *
 * The idea. Every reading gets a score, and the best reading is proposed:
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
#include "csvkit/base/delimiter.h"
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

#define LEAST_SCORE  40 /* below it no delimiter is proposed */
#define LEAST_LEAD   12 /* closer than this, two delimiters are equally good */
#define LEAST_SHARE  60 /* percent of the records that must be alike for a clear proposal */
#define MARKED_LEAST 3  /* fields with quotes inside that make quotes around others data, too */

/* Delimiters in order of preference, and the prior of each in percent. */
struct known_delimiter {
    unsigned char byte, prior;
};
static const struct known_delimiter delimiters[] = {
    {',', 100},  {';', 100}, {'\t', 100}, {'|', 98}, {0x01, 100},
    {0x1f, 100}, {'^', 90},  {'~', 90},   {':', 65}, {' ', 50},
};
#define DELIMITERS (sizeof delimiters / sizeof delimiters[0])

/* ---- one reading ---- */

#define WIDTHS 32 /* different widths that are counted */

struct dialect_reading {
    struct csvk_sniff_candidate seen;
    struct csvk_totals totals;
    uint64_t clean;         /* fields without another delimiter */
    uint64_t inner, spaced; /* fields after a delimiter, not empty; of these, begun with a blank */
    uint64_t led, wrapped;  /* without enclosure: fields that begin, and that also end, with " */
    uint64_t marked;        /* without enclosure: fields that have a " and are not wrapped */
    uint64_t blank_first;   /* faulty records with a blank before an opening enclosure */
    uint64_t first_width;   /* of the first record */
    uint64_t first_tail;    /* its blank fields at the end */
    uint64_t like_first;    /* records of that width when surplus empty fields are left out */
    uint64_t width[WIDTHS], count[WIDTHS]; /* the widths met, and how many records have each */
    size_t nwidths;
    bool end_early; /* records that lack the last field count as alike */
    bool cut;       /* the last record may be half a record when it has no line break */
};

static void count_width(struct dialect_reading *reading, uint64_t width)
{
    size_t i = 0;
    while (i < reading->nwidths && reading->width[i] != width) {
        i++;
    }
    if (i == WIDTHS) {
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
static bool follows_blank(const struct dialect_reading *reading, struct csvk_bytes raw)
{
    bool skipped =
        reading->seen.dialect.skip_blanks && csvk_is_blank(&reading->seen.dialect, raw.ptr[-1]);
    return raw.ptr[0] == ' ' || skipped;
}

static void count_quotes(struct dialect_reading *reading, struct csvk_bytes raw)
{
    if (raw.len == 0 || memchr(raw.ptr, '"', raw.len) == NULL) {
        return;
    }
    bool led = raw.ptr[0] == '"', wrapped = led && raw.len > 1 && raw.ptr[raw.len - 1] == '"';
    reading->led += led;
    reading->wrapped += wrapped;
    reading->marked += !wrapped;
}

static void count_fields(struct dialect_reading *reading, const struct csvk_batch *batch,
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
static bool is_like_first(const struct dialect_reading *reading, const struct csvk_batch *batch,
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

static int take_batch(void *context, const struct csvk_batch *batch)
{
    struct dialect_reading *reading = context;
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
    for (size_t i = 0; i < DELIMITERS; i++) {
        if (delimiters[i].byte == dialect->delimiter) {
            return delimiters[i].prior;
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
static bool is_prose(const struct dialect_reading *reading)
{
    return reading->seen.alike < reading->seen.records && reading->spaced * 2 >= reading->inner;
}

/* Blanks that fill lines or columns up: between most of them is nothing. */
static bool is_padding(const struct dialect_reading *reading)
{
    const struct csvk_sniff_candidate *seen = &reading->seen;
    return seen->dialect.delimiter == ' ' && seen->dialect.more_length == 0 &&
           2 * reading->inner < seen->fields - seen->records;
}

/*
 * Records of two widths, one of which lacks the last field of the other: a note that is not always
 * there. Only with delimiters that stand in no prose, and when nearly all records are such.
 */
static void count_early_ends(struct dialect_reading *reading, double *alike)
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

/* Computes width, alike and score of a reading by the formula at the top. */
static void rate(struct dialect_reading *reading)
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

/* What all readings share. */
struct sniffed {
    struct csvk_bytes text;
    bool cut;
    struct csvk_sniff_marks marks;
    struct csvk_error *err;
};

static int read_with(const struct sniffed *sniffed, struct csvk_dialect dialect,
                     struct dialect_reading *reading)
{
    memset(reading, 0, sizeof *reading);
    reading->seen.dialect = dialect;
    reading->cut = sniffed->cut;
    int status = csvk_sniff_read(sniffed->text, &dialect, take_batch, reading, &reading->totals,
                                 sniffed->err);
    if (status == CSVK_OK) {
        rate(reading);
    }
    return status;
}

/* ---- the best reading with one delimiter ---- */

/* Half of the records have a field enclosed by ', none is faulty, and " encloses nothing. */
static bool single_is_better(const struct dialect_reading *with_single,
                             const struct dialect_reading *with_double)
{
    const struct csvk_sniff_candidate *seen = &with_single->seen;
    return seen->enclosed * 2 >= seen->records && seen->enclosed > 0 && seen->faulty == 0 &&
           with_double->seen.enclosed == 0;
}

/*
 * Without enclosure the widths are at least as equal, and no field begins with a quote. Where some
 * do, all records have to be alike, most to be sound with the enclosure as well, no enclosure to be
 * doubled, and most quotes to stand where they enclose nothing: a program that encloses fields
 * would have enclosed those.
 */
static bool none_is_better(const struct dialect_reading *with_none,
                           const struct dialect_reading *with_double)
{
    const struct csvk_sniff_candidate *none = &with_none->seen, *twice = &with_double->seen;
    bool data = none->alike == none->records && twice->doubled == 0 &&
                2 * twice->faulty < twice->records && with_none->marked >= MARKED_LEAST &&
                with_none->marked > 2 * with_none->wrapped;
    return none->alike >= twice->alike && (with_none->led == 0 || data);
}

/* Fewer records are faulty with the escape, and no enclosure is doubled. */
static bool escape_is_better(const struct dialect_reading *with_escape,
                             const struct dialect_reading *without)
{
    return with_escape->seen.faulty < without->seen.faulty && without->seen.doubled == 0;
}

/* All records are alike with the escape, and not without: it stands before delimiters and line
   breaks that are data, as a database writes them. */
static bool escape_aligns(const struct dialect_reading *with_escape,
                          const struct dialect_reading *without)
{
    const struct csvk_sniff_candidate *with = &with_escape->seen;
    return with->alike == with->records && with->records >= 2 &&
           without->seen.alike < without->seen.records && with->faulty <= without->seen.faulty;
}

/* Does a backslash stand before a delimiter or a line break? */
static bool may_escape(struct csvk_bytes text, const struct csvk_dialect *dialect)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned char next = text.ptr[i + 1];
        if (text.ptr[i] == '\\' && (next == dialect->delimiter || next == '\n' || next == '\r')) {
            return true;
        }
    }
    return false;
}

/* Fewer records are faulty, as many alike, and a blank follows nearly every delimiter. */
static bool blanks_are_better(const struct dialect_reading *with_skipping,
                              const struct dialect_reading *without)
{
    return with_skipping->seen.faulty < without->seen.faulty &&
           with_skipping->seen.alike >= without->seen.alike && with_skipping->seen.enclosed > 0 &&
           with_skipping->spaced * 10 >= with_skipping->inner * 9;
}

typedef bool better_fn(const struct dialect_reading *other, const struct dialect_reading *best);

/* Reads with another dialect and makes that the best reading when `better` says so. */
static int try_instead(const struct sniffed *sniffed, struct csvk_dialect dialect,
                       better_fn *better, struct dialect_reading *best)
{
    struct dialect_reading other;
    int status = read_with(sniffed, dialect, &other);
    if (status == CSVK_OK && better(&other, best)) {
        *best = other;
    }
    return status;
}

/*
 * The best reading with the delimiter of `dialect`: " first, then skipped blanks, other enclosures
 * and escapes as needed.
 */
static int read_by_dialect(const struct sniffed *sniffed, struct csvk_dialect dialect,
                           struct dialect_reading *best)
{
    int status = read_with(sniffed, dialect, best);
    if (status == CSVK_OK && 2 * best->blank_first > best->seen.faulty) {
        dialect.skip_blanks = true;
        status = try_instead(sniffed, dialect, blanks_are_better, best);
        dialect.skip_blanks = best->seen.dialect.skip_blanks;
    }
    if (status == CSVK_OK && best->seen.faulty > 0 && sniffed->marks.has_backslash) {
        dialect.escape = '\\';
        status = try_instead(sniffed, dialect, escape_is_better, best);
        dialect.escape = CSVK_NO_BYTE;
    }
    bool unlike = best->seen.alike < best->seen.records && dialect.delimiter != ' ';
    if (status == CSVK_OK && unlike && best->seen.dialect.escape == CSVK_NO_BYTE &&
        may_escape(sniffed->text, &dialect)) {
        dialect.escape = '\\';
        status = try_instead(sniffed, dialect, escape_aligns, best);
        dialect.escape = best->seen.dialect.escape;
    }
    if (status == CSVK_OK && best->seen.enclosed == 0 && sniffed->marks.has_single) {
        dialect.enclosure = '\'';
        status = try_instead(sniffed, dialect, single_is_better, best);
    }
    if (status == CSVK_OK && best->seen.faulty > 0) {
        dialect.enclosure = CSVK_NO_BYTE;
        status = try_instead(sniffed, dialect, none_is_better, best);
    }
    return status;
}

static int read_by_delimiter(const struct sniffed *sniffed, int delimiter,
                             struct dialect_reading *best)
{
    struct csvk_dialect dialect = {
        .delimiter = delimiter, .enclosure = '"', .escape = CSVK_NO_BYTE};
    return read_by_dialect(sniffed, dialect, best);
}

/* ---- all delimiters ---- */

/* Puts a candidate into the list, which is ordered by score; the last of a full list gives way. */
static void rank(struct csvk_sniff *out, const struct csvk_sniff_candidate *seen)
{
    if (out->ncandidates == CSVK_SNIFF_CANDIDATES) { /* the worst one goes */
        if (out->candidate[out->ncandidates - 1].score >= seen->score) {
            return;
        }
        out->ncandidates--;
    }
    size_t i = out->ncandidates++;
    while (i > 0 && out->candidate[i - 1].score < seen->score) {
        out->candidate[i] = out->candidate[i - 1];
        i--;
    }
    out->candidate[i] = *seen;
}

/* Reads with every delimiter that occurs; with the first one, the comma, always. */
static int read_by_all(const struct sniffed *sniffed, struct csvk_sniff *out,
                       struct dialect_reading *best)
{
    for (size_t i = 0; i < DELIMITERS; i++) {
        bool occurs = memchr(sniffed->text.ptr, delimiters[i].byte, sniffed->text.len) != NULL;
        if (!occurs && i > 0) {
            continue;
        }
        struct dialect_reading reading;
        int status = read_by_delimiter(sniffed, delimiters[i].byte, &reading);
        if (status != CSVK_OK) {
            return status;
        }
        if (reading.seen.score > 0) {
            rank(out, &reading.seen);
        }
        if (i == 0 || reading.seen.score > best->seen.score) {
            *best = reading;
        }
    }
    return CSVK_OK;
}

/* Takes the candidates out that are a byte of the longer delimiter: it explains them. */
static void drop_bytes_of(const struct csvk_dialect *dialect, struct csvk_sniff *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->ncandidates; i++) {
        if (!csvk_delimiter_has(dialect, (char)out->candidate[i].dialect.delimiter)) {
            out->candidate[kept++] = out->candidate[i];
        }
    }
    out->ncandidates = kept;
}

/*
 * A delimiter of several bytes takes the place of a best one that is one of its bytes, or of one
 * that is not good enough.
 */
static int read_by_long(const struct sniffed *sniffed, struct csvk_sniff *out,
                        struct dialect_reading *best)
{
    struct csvk_dialect dialect;
    struct dialect_reading reading;
    bool found = false;
    int status = csvk_sniff_long(sniffed->text, &dialect, &found, sniffed->err);
    bool explained = found && (best->seen.score < LEAST_SCORE ||
                               csvk_delimiter_has(&dialect, (char)best->seen.dialect.delimiter));
    if (status != CSVK_OK || !explained) {
        return status;
    }
    status = read_by_dialect(sniffed, dialect, &reading);
    if (status == CSVK_OK && reading.seen.score > 0) {
        drop_bytes_of(&dialect, out);
        rank(out, &reading.seen);
        *best = reading;
    }
    return status;
}

/*
 * Commas stand in the options of a table of blanks, and not equally often: the best delimiter
 * splits three of four records alike at most, the second one all of them, and into more than a few
 * fields.
 */
static bool is_second_whole(const struct csvk_sniff *out)
{
    const struct csvk_sniff_candidate *best = &out->candidate[0], *second = &out->candidate[1];
    return out->ncandidates > 1 && 4 * best->alike <= 3 * best->records &&
           second->alike == second->records && second->width > 3 && second->width > best->width;
}

static enum csvk_sniff_verdict decide(const struct csvk_sniff *out)
{
    if (out->ncandidates == 0 || out->candidate[0].score < LEAST_SCORE) {
        return CSVK_SNIFF_ONE_COLUMN;
    }
    int lead = out->ncandidates > 1 ? out->candidate[0].score - out->candidate[1].score : 100;
    const struct csvk_sniff_candidate *best = &out->candidate[0];
    bool most = best->alike * 100 >= best->records * LEAST_SHARE;
    bool clear = lead >= LEAST_LEAD && most && !is_second_whole(out);
    return clear ? CSVK_SNIFF_CLEAR : CSVK_SNIFF_AMBIGUOUS;
}

/* Whether `first` stands directly before a " or ' anywhere in the text. */
static bool has_pair(struct csvk_bytes text, unsigned char first)
{
    const unsigned char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end && (p = memchr(p, first, (size_t)(end - p))) != NULL) {
        p++;
        if (p < end && (*p == '"' || *p == '\'')) {
            return true;
        }
    }
    return false;
}

int csvk_sniff_dialect(struct csvk_bytes text, struct csvk_sniff *out, struct csvk_error *err)
{
    struct sniffed sniffed = {.text = text,
                              .cut = out->cut,
                              .marks.has_double = memchr(text.ptr, '"', text.len) != NULL,
                              .marks.has_single = memchr(text.ptr, '\'', text.len) != NULL,
                              .marks.has_backslash = has_pair(text, '\\'),
                              .err = err};
    struct dialect_reading best;
    int status = out->sep_line ? read_by_delimiter(&sniffed, out->dialect.delimiter, &best)
                               : read_by_all(&sniffed, out, &best);
    if (status == CSVK_OK && !out->sep_line) {
        status = read_by_long(&sniffed, out, &best);
    }
    if (status != CSVK_OK) {
        return status;
    }
    if (out->sep_line) {
        best.seen.score = 100;
        rank(out, &best.seen);
    }
    out->verdict = decide(out);
    if (out->verdict == CSVK_SNIFF_ONE_COLUMN && best.seen.dialect.delimiter != ',') {
        status = read_by_delimiter(&sniffed, ',', &best);
    }
    out->dialect = best.seen.dialect;
    out->records = best.seen.records;
    sniffed.marks.end_early = best.end_early;
    csvk_sniff_explain_dialect(out, &best.seen, &best.totals, &sniffed.marks);
    return status;
}
