/*
 * sample_rules.c - rules that look at the first records together: encoding-suspected,
 * delimiter-suspected, quote-style-suspected, header-missing, sep-directive.
 *
 * The sample is the first 64 KiB of records, byte for byte; at most 100 records of it are looked
 * at. It is judged once, at the end, so neither the size of the reads nor the cutting of the file
 * into parts can change the answer.
 */
#include "validator/judge.h"

#include <string.h>

#define SAMPLE_RECORDS    100
#define COLUMNS_LOOKED_AT 64

void sample_feed(struct csvk_validator *v)
{
    const struct csvk_batch *b = v->batch;
    if (b->size == 0) {
        return;
    }
    if (v->sample.length == 0) {
        v->sample_offset = b->offset;
    }
    size_t room = SAMPLE_BYTES - v->sample.length;
    size_t take = b->size < room ? b->size : room;
    if (b->bytes != NULL && csvk_buf_add(&v->sample, b->bytes, take) != CSVK_OK) {
        v->failed = true;
    }
    v->sample_closed = b->bytes == NULL || take == room;
}

void sample_merge(struct csvk_validator *left, const struct csvk_validator *right)
{
    if (left->sample_closed) {
        return;
    }
    size_t room = SAMPLE_BYTES - left->sample.length;
    size_t take = right->sample.length < room ? right->sample.length : room;
    if (csvk_buf_add(&left->sample, right->sample.data, take) != CSVK_OK) {
        left->failed = true;
    }
    left->sample_closed = right->sample_closed || take == room;
}

/* ---- looking at the sample ------------------------------------------------------------------- */

/* What may be the delimiter instead of the one in use. */
static const unsigned char candidates[] = {';', '\t', '|', ','};
#define CANDIDATES sizeof(candidates)

struct sample_column {
    struct csvk_bytes head; /* the first record's value */
    bool comes_again;       /* a later value is equal to it */
};

struct sight {
    uint64_t records;
    uint64_t least[CANDIDATES], most[CANDIDATES]; /* occurrences per record */
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

static void count_candidates(const struct field_walk *w, const struct walk_field *f,
                             uint64_t *found)
{
    for (size_t c = 0; c < CANDIDATES; c++) {
        if (candidates[c] != w->dialect.delimiter || w->dialect.more_length != 0) {
            found[c] += count_candidate(w, f, candidates[c]);
        }
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

/* Looks at one record. False, and nothing is counted, when the sample ends within the record and
   `cut` says that the file goes on. */
static bool look_at_record(struct sight *s, struct field_walk *w, bool cut)
{
    uint64_t found[CANDIDATES] = {0}, fields = 0;
    bool same = true, first = s->records == 0;
    struct walk_field f;
    struct sight before = *s;
    do {
        walk_next(w, &f);
        struct csvk_bytes value = value_of(w, &f);
        count_candidates(w, &f, found);
        look_at_value(s, value, f.begin);
        if (fields < COLUMNS_LOOKED_AT) {
            same &= look_at_column(&s->column[fields], value, first);
        }
        fields++;
    } while (!f.last);
    if (cut && !f.complete) {
        *s = before;
        return false;
    }
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

static void look(const struct csvk_validator *v, struct sight *s)
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
        if (!look_at_record(s, &w, cut)) {
            return;
        }
        if (s->records == 1) {
            s->first_begin = begin;
            s->first_end = w.at;
        }
    }
}

/* ---- judging --------------------------------------------------------------------------------- */

/* Adds a finding about bytes of the sample; line and excerpt are taken from the sample, because the
   batch is gone. */
static struct csvk_finding *add_in_sample(struct csvk_validator *v, enum rule_index rule,
                                          size_t begin, size_t length)
{
    struct csvk_batch view = {.bytes = v->sample.data,
                              .size = v->sample.length,
                              .offset = v->sample_offset,
                              .first_line = 1};
    const struct csvk_batch *batch = v->batch;
    v->batch = &view;
    v->record = NULL;
    v->mark_line = 0;
    v->line_start = 0;
    struct place place = {v->sample_offset + begin, length, 0, 0};
    struct csvk_finding *f = judge_add(v, rule, &place);
    v->batch = batch;
    v->mark_line = 0;
    return f;
}

static size_t first_record_length(const struct csvk_validator *v, const struct sight *s)
{
    size_t end = s->first_end;
    while (end > s->first_begin &&
           (v->sample.data[end - 1] == '\n' || v->sample.data[end - 1] == '\r')) {
        end--;
    }
    return end - s->first_begin;
}

static const char *candidate_name(unsigned char c)
{
    switch (c) {
    case '\t': return "tab";
    case ';': return "semicolon";
    case '|': return "pipe";
    default: return "comma";
    }
}

static void judge_delimiter(struct csvk_validator *v, const struct sight *s)
{
    size_t best = CANDIDATES;
    for (size_t c = 0; c < CANDIDATES; c++) {
        if (s->least[c] > 0 && s->least[c] == s->most[c] &&
            (best == CANDIDATES || s->least[c] > s->least[best])) {
            best = c;
        }
    }
    if (v->width != 1 || s->records < 2 || best == CANDIDATES) {
        return;
    }
    struct csvk_finding *f =
        add_in_sample(v, RULE_DELIMITER_SUSPECTED, s->first_begin, first_record_length(v, s));
    if (f != NULL) {
        finding_text(v, f, "delimiter", candidate_name(candidates[best]));
        finding_number(f, "fields", CSVK_EXTRA_NUMBER, s->least[best] + 1);
    }
}

static void judge_quote_style(struct csvk_validator *v, const struct sight *s)
{
    if (v->options.dialect.enclosure != '\'' && s->ticked >= 2 && 2 * s->ticked >= s->cells) {
        add_in_sample(v, RULE_QUOTE_STYLE_SUSPECTED, s->first_tick, 1);
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
            : add_in_sample(v, RULE_HEADER_MISSING, s->first_begin, first_record_length(v, s));
    if (f != NULL) {
        f->record = v->header_record;
        finding_text(v, f, "evidence", evidence);
    }
}

/* UTF-16 without a byte order mark: at even or at odd offsets, 70 % of the bytes or more are NUL,
   and at the others 10 % at most. */
static const char *utf16_without_mark(const struct csvk_validator *v)
{
    size_t nul[2] = {0, 0};
    size_t pairs = v->sample.length / 2;
    for (size_t i = 0; i < 2 * pairs; i++) {
        nul[(v->sample_offset + i) % 2] += v->sample.data[i] == 0;
    }
    if (pairs < 3) {
        return NULL;
    }
    if (nul[1] * 10 >= pairs * 7 && nul[0] * 10 <= pairs) {
        return "UTF-16LE without mark";
    }
    return nul[0] * 10 >= pairs * 7 && nul[1] * 10 <= pairs ? "UTF-16BE without mark" : NULL;
}

static void judge_encoding(struct csvk_validator *v)
{
    const char *name = utf16_without_mark(v);
    struct csvk_finding *f = NULL;
    if (name != NULL) {
        f = add_in_sample(v, RULE_ENCODING_SUSPECTED, 0, 0);
    } else if (v->ill_formed != 0 && v->ill_implausible == 0) {
        name = v->ill_c1 != 0 ? "windows-1252" : "windows-1252 or latin-1";
        struct place place = {v->ill_first, v->ill_first_length, v->ill_first_record,
                              v->ill_first_field};
        f = judge_add(v, RULE_ENCODING_SUSPECTED, &place);
        if (f != NULL) {
            f->line = v->ill_first_line;
            f->column = f->column_chars = v->ill_first_column;
        }
    }
    if (f != NULL) {
        finding_text(v, f, "encoding", name);
    }
}

static bool is_sep_line(const struct csvk_validator *v)
{
    const unsigned char *s = v->sample.data;
    bool hint = v->sample.length >= 5 && memcmp(s, "sep=", 4) == 0 && s[4] != '\r' && s[4] != '\n';
    return hint && (v->sample.length == 5 || s[5] == '\r' || s[5] == '\n');
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
    struct sight *s = csvk_calloc(1, sizeof(*s));
    if (s == NULL) {
        v->failed = true;
        return;
    }
    look(v, s);
    if (is_sep_line(v)) {
        struct csvk_finding *f = add_in_sample(v, RULE_SEP_DIRECTIVE, 0, 5);
        if (f != NULL) {
            f->record = f->field = 1;
        }
    }
    judge_delimiter(v, s);
    judge_quote_style(v, s);
    judge_header_missing(v, s);
    csvk_free(s);
}
