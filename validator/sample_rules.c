/*
 * sample_rules.c - rules that look at the first records together: encoding-suspected,
 * delimiter-suspected, quote-style-suspected, twice-encoded-suspected, header-missing,
 * sep-directive.
 *
 * The sample is the first 64 KiB of records, byte for byte (sample_bytes.c); at most 100 records of
 * it are looked at. It is judged once, at the end, so neither the size of the reads nor the cutting
 * of the file into parts can change the answer.
 */
#include "validator/judge.h"

#include "csvkit/base/delimiter.h"
#include "csvkit/sniff.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define SAMPLE_RECORDS    100
#define COLUMNS_LOOKED_AT 64
#define LEAST_SCORE       70 /* of 100, for a delimiter that stands in ordinary values */
#define RECORDS_ALIKE     10 /* and fields, that no ordinary values have */
#define WIDTH_ALIKE       4
#define SCORE_AHEAD       20 /* of 100, by which sniff prefers another delimiter */

/* ---- looking at the sample ------------------------------------------------------------------- */

/* What may be the delimiter instead of the one in use. */
static const unsigned char candidates[] = {';', '\t', '|', ','};
#define CANDIDATES sizeof(candidates)

struct sample_column {
    struct csvk_bytes head; /* the first record's value */
    bool comes_again;       /* a later value is equal to it */
};

struct sight {
    bool in_sample[CANDIDATES]; /* it stands somewhere */
    uint64_t records;
    uint64_t least[CANDIDATES], most[CANDIDATES]; /* occurrences per record */
    uint64_t within;        /* fields in the value of the only field, alike in all records; or 0 */
    uint64_t cells, ticked; /* values that are not empty; of these: enclosed in single quotes */
    struct sample_column column[COLUMNS_LOOKED_AT];
    uint64_t columns;
    bool head_repeats_whole; /* a later record equals the first one: a header that comes twice */
    size_t first_begin, first_end;
    size_t first_tick;
};

static bool is_number(struct csvk_bytes s)
{
    size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
    size_t digits = 0, points = 0;
    for (; i < s.len; i++) {
        digits += s.ptr[i] >= '0' && s.ptr[i] <= '9';
        points += s.ptr[i] == '.';
        if ((s.ptr[i] < '0' || s.ptr[i] > '9') && s.ptr[i] != '.') {
            return false;
        }
    }
    return digits > 0 && points <= 1;
}

/* Passes 1 to `most` digits at *at. */
static bool pass_digits(struct csvk_bytes s, size_t *at, size_t most)
{
    size_t from = *at;
    while (*at < s.len && s.ptr[*at] >= '0' && s.ptr[*at] <= '9') {
        ++*at;
    }
    return *at > from && *at - from <= most;
}

/* Three numbers with the same one of - . / between them, and perhaps a time after a blank or T. */
static bool is_date(struct csvk_bytes s)
{
    size_t at = 0;
    if (!pass_digits(s, &at, 4) || at == s.len || strchr("-./", s.ptr[at]) == NULL) {
        return false;
    }
    unsigned char mark = s.ptr[at++];
    bool date =
        pass_digits(s, &at, 2) && at < s.len && s.ptr[at++] == mark && pass_digits(s, &at, 4);
    return date && (at == s.len || s.ptr[at] == ' ' || s.ptr[at] == 'T');
}

static struct csvk_bytes value_of(const struct field_walk *w, const struct walk_field *f)
{
    struct csvk_bytes s = {w->bytes + f->begin, f->end - f->begin};
    if (f->enclosed && s.len >= 2 && s.ptr[s.len - 1] == w->dialect.enclosure) {
        s.ptr++;
        s.len -= 2;
    }
    return s;
}

static bool bytes_equal(struct csvk_bytes a, struct csvk_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* The byte after the closing enclosure of the value whose opening enclosure is at `at`. What comes
   next is not looked at, so the answer is the same for every delimiter. */
static size_t after_enclosure(const struct field_walk *w, size_t at, size_t end)
{
    int enclosure = w->dialect.enclosure;
    for (at++; at < end; at++) {
        if (w->bytes[at] != enclosure) {
            continue;
        }
        if (at + 1 >= end || w->bytes[at + 1] != enclosure) {
            return at + 1;
        }
        at++;
    }
    return end;
}

/* How often `candidate` would separate two values within the field. Where it would make a value
   begin with an enclosure, its occurrences inside that value do not count. */
static uint64_t count_candidate(const struct field_walk *w, const struct walk_field *f,
                                int candidate)
{
    uint64_t count = 0;
    bool begins = true;
    for (size_t i = f->begin; i < f->end;) {
        if (begins && w->bytes[i] == w->dialect.enclosure) {
            i = after_enclosure(w, i, f->end);
            begins = false;
            continue;
        }
        begins = w->bytes[i++] == candidate;
        count += begins;
    }
    return count;
}

static void count_candidates(const struct sight *s, const struct field_walk *w,
                             const struct walk_field *f, uint64_t *found)
{
    for (size_t c = 0; c < CANDIDATES; c++) {
        if (s->in_sample[c]) {
            found[c] += count_candidate(w, f, candidates[c]);
        }
    }
}

/* Most of them stand nowhere, and need not be counted. */
static void find_candidates(struct sight *s, const struct csvk_validator *v)
{
    const struct csvk_dialect *d = &v->options.dialect;
    for (size_t c = 0; c < CANDIDATES; c++) {
        bool other = candidates[c] != d->delimiter || d->more_length != 0;
        s->in_sample[c] = other && memchr(v->sample.data, candidates[c], v->sample.length) != NULL;
    }
}

static void look_at_value(struct sight *s, struct csvk_bytes value, size_t begin)
{
    s->cells += value.len != 0;
    if (value.len >= 2 && value.ptr[0] == '\'' && value.ptr[value.len - 1] == '\'') {
        s->first_tick = s->ticked == 0 ? begin : s->first_tick;
        s->ticked++;
    }
}

static bool look_at_column(struct sample_column *c, struct csvk_bytes value, bool first)
{
    if (first) {
        c->head = value;
        return true;
    }
    bool repeats = bytes_equal(value, c->head);
    c->comes_again |= repeats;
    return repeats;
}

/* Does the record that begins here end within the bytes? */
static bool is_whole(struct field_walk w)
{
    struct walk_field f;
    do {
        walk_next(&w, &f);
    } while (!f.last);
    return f.complete;
}

/* Looks at one record. False, and nothing is counted, when the sample ends within the record and
   `cut` says that the file goes on. */
static bool look_at_record(struct csvk_validator *v, struct sight *s, struct field_walk *w,
                           bool cut)
{
    uint64_t found[CANDIDATES] = {0}, fields = 0;
    bool same = true, first = s->records == 0;
    struct walk_field f;
    struct csvk_bytes raw = {NULL, 0};
    if (cut && !is_whole(*w)) {
        return false;
    }
    do {
        walk_next(w, &f);
        raw = (struct csvk_bytes){w->bytes + f.begin, f.end - f.begin};
        struct csvk_bytes value = value_of(w, &f);
        count_candidates(s, w, &f, found);
        look_at_value(s, value, f.begin);
        if (fields < COLUMNS_LOOKED_AT) {
            same &= look_at_column(&s->column[fields], value, first);
        }
        fields++;
    } while (!f.last);
    uint64_t within = fields == 1 ? fields_within(v, raw) : 0;
    s->within = first || within == s->within ? within : 0;
    s->head_repeats_whole |= same && !first && fields == s->columns;
    s->columns = first ? fields : s->columns;
    s->records++;
    for (size_t c = 0; c < CANDIDATES; c++) {
        s->least[c] = first || found[c] < s->least[c] ? found[c] : s->least[c];
        s->most[c] = found[c] > s->most[c] ? found[c] : s->most[c];
    }
    return true;
}

static bool at_blank_line(const struct field_walk *w)
{
    return w->bytes[w->at] == '\n' || w->bytes[w->at] == '\r';
}

static void look(struct csvk_validator *v, struct sight *s)
{
    struct field_walk w = {v->sample.data, v->sample.length, 0, v->options.dialect,
                           v->first_eol == CSVK_EOL_CR || v->options.profile == CSVK_PROFILE_BIS};
    bool cut = v->sample.length == SAMPLE_BYTES;
    while (v->options.sep == CSVK_SEP_FOUND && w.at < w.size && !at_blank_line(&w)) {
        w.at++;
    }
    while (w.at < w.size && s->records < SAMPLE_RECORDS) {
        if (at_blank_line(&w)) {
            w.at++;
            continue;
        }
        size_t begin = w.at;
        if (!look_at_record(v, s, &w, cut)) {
            return;
        }
        if (s->records == 1) {
            s->first_begin = begin;
            s->first_end = w.at;
        }
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

static size_t first_record_length(const struct csvk_validator *v, const struct sight *s)
{
    size_t end = s->first_end;
    while (end > s->first_begin &&
           (v->sample.data[end - 1] == '\n' || v->sample.data[end - 1] == '\r')) {
        end--;
    }
    return end - s->first_begin;
}

/* A delimiter as text names it: by its name where it has one, else by its bytes. */
static void name_delimiter(const struct csvk_dialect *dialect, char text[48])
{
    char bytes[CSVK_DELIMITER_MOST + 1];
    size_t length = strlen(csvk_delimiter_text(dialect, bytes)), at = 0;
    static const char *const names[128] = {
        ['\t'] = "tab", [';'] = "semicolon", ['|'] = "pipe", [','] = "comma", [' '] = "space"};
    if (length == 1 && (unsigned char)bytes[0] < 128 && names[(unsigned char)bytes[0]] != NULL) {
        snprintf(text, 48, "%s", names[(unsigned char)bytes[0]]);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        at += (size_t)snprintf(text + at, 48 - at, c > 0x20 && c < 0x7F ? "%c" : "\\x%02x", c);
    }
}

/* Does a delimiter that is not in use stand equally often, at least once, in all records? */
static bool has_rival(const struct sight *s)
{
    for (size_t c = 0; c < CANDIDATES; c++) {
        if (s->least[c] > 0 && s->least[c] == s->most[c]) {
            return true;
        }
    }
    return false;
}

static int score_in_use(const struct csvk_validator *v, const struct csvk_sniff *sniff)
{
    for (size_t i = 0; i < sniff->ncandidates; i++) {
        if (csvk_delimiter_same(&sniff->candidate[i].dialect, &v->options.dialect)) {
            return sniff->candidate[i].score;
        }
    }
    return 0;
}

/* Times, addresses, two words: bytes that stand in ordinary values divide them alike, too. Not
   where the delimiter in use divides the records unlike, and all of them, which are many, are
   alike. */
static bool is_prose(const struct csvk_validator *v, const struct csvk_sniff_candidate *best)
{
    bool ordinary =
        best->dialect.more_length == 0 && strchr(": ^", best->dialect.delimiter) != NULL;
    bool alike = v->count[RULE_FIELD_COUNT] != 0 && best->alike == best->records &&
                 best->records >= RECORDS_ALIKE && best->width >= WIDTH_ALIKE;
    return ordinary && !alike && (best->width < 3 || best->score < LEAST_SCORE);
}

/* Do the lines end with the beginning of a delimiter? */
static bool ends_with_beginning(const struct csvk_validator *v, const struct csvk_dialect *dialect)
{
    char text[CSVK_DELIMITER_MOST + 1];
    size_t length = dialect->more_length, end = 0;
    while (end < v->sample.length && v->sample.data[end] != '\n' && v->sample.data[end] != '\r') {
        end++;
    }
    csvk_delimiter_text(dialect, text);
    return length != 0 && end >= length && memcmp(v->sample.data + end - length, text, length) == 0;
}

static void tell_delimiter(struct csvk_validator *v, const struct sight *s,
                           const struct csvk_sniff *sniff)
{
    char name[48], text[160];
    struct csvk_finding *f =
        sample_add_finding(v, RULE_DELIMITER_SUSPECTED, s->first_begin, first_record_length(v, s));
    if (f == NULL) {
        return;
    }
    name_delimiter(&sniff->dialect, name);
    finding_text(v, f, "delimiter", name);
    finding_number(f, "fields", CSVK_EXTRA_NUMBER, sniff->candidate[0].width);
    finding_number(f, "score", CSVK_EXTRA_NUMBER, (uint64_t)sniff->candidate[0].score);
    finding_number(f, "score_in_use", CSVK_EXTRA_NUMBER, (uint64_t)score_in_use(v, sniff));
    if (judge_count_errors(v) == 0 && sample_try(v, &sniff->dialect, 0).errors != 0) {
        finding_remedy(v, f,
                       "csvkit sniff shows what speaks for it; read so, the records have faults "
                       "that they have not now.");
        return;
    }
    /* The platform takes one byte. */
    bool convert = sniff->dialect.more_length != 0 && v->options.profile == CSVK_PROFILE_KEBOOLA;
    if (sniff->comments != 0) {
        snprintf(text, sizeof text,
                 "Drop the lines that begin with # and give the delimiter: csvkit normalize "
                 "--comment=# --delimiter='%s' does.",
                 name);
        finding_remedy(v, f, text);
        return;
    }
    const char *bare = sniff->dialect.enclosure == CSVK_NO_BYTE ? " --enclosure=none" : "";
    if (ends_with_beginning(v, &sniff->dialect)) {
        snprintf(text, sizeof text,
                 "Cut the end of every line off, and convert the file: "
                 "sed 's/\\t|$//' FILE | csvkit normalize --no-header --delimiter='\\t|\\t'%s",
                 bare);
        finding_remedy(v, f, text);
        return;
    }
    if (sniff->dialect.escape != CSVK_NO_BYTE) {
        snprintf(text, sizeof text, "Read with --delimiter='%s' --escape='%c'%s.", name,
                 sniff->dialect.escape, bare);
        finding_remedy(v, f, text);
        return;
    }
    snprintf(text, sizeof text,
             convert ? "Convert the file: csvkit normalize --delimiter='%s' does."
                     : "Give the delimiter with --delimiter='%s'.",
             name);
    finding_remedy(v, f, text);
}

/* Running text: a column of sentences is a table, as long as its records have one field each. */
static void tell_prose(struct csvk_validator *v)
{
    struct csvk_finding *f = v->count[RULE_NOT_CSV_SUSPECTED] == 0
                                 ? sample_add_finding(v, RULE_NOT_CSV_SUSPECTED, 0, 0)
                                 : NULL;
    if (f != NULL) {
        finding_text(v, f, "kind", "running text");
        finding_remedy(v, f, "Give the file with the data.");
    }
}

/*
 * What sniff says counts, and it is asked only where something speaks against the delimiter in use:
 * a single column, records that do not have the table's width, wrong enclosures, or another
 * delimiter that divides all records alike. Who has said the delimiter is not doubted; any other
 * than the comma somebody has said.
 */
static void judge_delimiter(struct csvk_validator *v, const struct sight *s)
{
    bool doubt = v->width == 1 || has_rival(s) || v->count[RULE_FIELD_COUNT] != 0 ||
                 v->count[RULE_QUOTE_IN_UNQUOTED_FIELD] != 0;
    bool stated = v->options.delimiter_stated != 0 || v->options.dialect.delimiter != ',' ||
                  v->options.dialect.more_length != 0;
    if (stated || s->records < 2 || !doubt || !judge_is_on(v, RULE_DELIMITER_SUSPECTED)) {
        return;
    }
    struct csvk_sniff sniff = {.size = sizeof sniff};
    struct csvk_bytes sample = {v->sample.data, v->sample.length};
    enum csvk_sample extent = sample.len == SAMPLE_BYTES ? CSVK_SAMPLE_CUT : CSVK_SAMPLE_WHOLE;
    if (csvk_sniff(sample, extent, &sniff, NULL) != CSVK_OK) {
        v->failed = true;
        return;
    }
    if (sniff.verdict == CSVK_SNIFF_NOT_TABLE && v->count[RULE_FIELD_COUNT] != 0) {
        tell_prose(v);
    }
    bool other = sniff.verdict == CSVK_SNIFF_CLEAR && sniff.ncandidates != 0 &&
                 !csvk_delimiter_same(&sniff.dialect, &v->options.dialect);
    int ahead = other ? sniff.candidate[0].score - score_in_use(v, &sniff) : 0;
    if (ahead >= SCORE_AHEAD && !is_prose(v, &sniff.candidate[0])) {
        tell_delimiter(v, s, &sniff);
    }
}

static void judge_twice_encoded(struct csvk_validator *v, const struct sight *s)
{
    if (v->width != 1 || s->records < 2 || s->within < 2) {
        return;
    }
    struct csvk_finding *f = sample_add_finding(v, RULE_TWICE_ENCODED_SUSPECTED, s->first_begin,
                                                first_record_length(v, s));
    if (f != NULL) {
        finding_number(f, "fields", CSVK_EXTRA_NUMBER, s->within);
    }
}

static void judge_quote_style(struct csvk_validator *v, const struct sight *s)
{
    if (v->options.dialect.enclosure != '\'' && s->ticked >= 2 && 2 * s->ticked >= s->cells) {
        struct csvk_finding *f =
            sample_add_finding(v, RULE_QUOTE_STYLE_SUSPECTED, s->first_tick, 1);
        if (f != NULL) {
            finding_text(v, f, "style", "single quotes");
        }
    }
}

/* What of the first record speaks against names, or NULL. One value that could be a name is enough
   to say nothing: years and hours are names of columns in pivot tables. */
static const char *evidence_of_data(const struct sight *s)
{
    uint64_t numbers = 0, dates = 0, again = 0, empty = 0;
    uint64_t columns = s->columns < COLUMNS_LOOKED_AT ? s->columns : COLUMNS_LOOKED_AT;
    for (uint64_t i = 0; i < columns; i++) {
        const struct sample_column *c = &s->column[i];
        if (c->head.len == 0) {
            empty++;
        } else if (is_number(c->head)) {
            numbers++;
        } else if (is_date(c->head)) {
            dates++;
        } else if (c->comes_again) {
            again++;
        } else {
            return NULL;
        }
    }
    return empty == columns ? NULL
           : numbers != 0   ? "numbers"
           : dates != 0     ? "dates"
                            : "repeated values";
}

static void judge_header_missing(struct csvk_validator *v, const struct sight *s)
{
    if (v->header_record == 0 || v->options.header_stated || s->records < 2 ||
        s->head_repeats_whole) {
        return;
    }
    const char *evidence = evidence_of_data(s);
    struct csvk_finding *f =
        evidence == NULL
            ? NULL
            : sample_add_finding(v, RULE_HEADER_MISSING, s->first_begin, first_record_length(v, s));
    if (f != NULL) {
        f->record = v->header_record;
        finding_text(v, f, "evidence", evidence);
    }
}

/* In quotes it is data, unless the delimiter is to be found out. */
bool judge_is_sep(struct csvk_bytes head)
{
    int delimiter;
    return head.len > 0 && head.ptr[0] != '"' && csvk_sep_line(head.ptr, head.len, &delimiter) != 0;
}

bool sample_begins_with_sep(const struct csvk_validator *v)
{
    return !v->options.continuation &&
           (v->options.sep == CSVK_SEP_FOUND ||
            judge_is_sep((struct csvk_bytes){v->sample.data, v->sample.length}));
}

void sample_judge(struct csvk_validator *v)
{
    v->batch = NULL;
    if (v->options.continuation) {
        return;
    }
    judge_encoding(v);
    if (v->sample.length == 0) {
        return;
    }
    judge_mojibake(v);
    struct sight *s = csvk_calloc(1, sizeof(*s));
    if (s == NULL) {
        v->failed = true;
        return;
    }
    find_candidates(s, v);
    look(v, s);
    if (sample_begins_with_sep(v)) {
        struct csvk_finding *f =
            sample_add_finding(v, RULE_SEP_DIRECTIVE, 0, v->sample.data[0] == '"' ? 7 : 5);
        if (f != NULL) {
            f->record = f->field = 1;
        }
    } else {
        judge_delimiter(v, s);
    }
    judge_twice_encoded(v, s);
    judge_quote_style(v, s);
    judge_header_missing(v, s);
    csvk_free(s);
}
