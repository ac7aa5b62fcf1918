/*
 * libcsv_check.c - libcsv as a second reader, and the comparison of its values with ours. See
 * libcsv_check.h. This is the only file of the library that includes <csv.h>.
 *
 * libcsv 3.0.3 does not read everything as csvkit does (doc/reading.md). The differences, and what
 * is done about each:
 *   - CR and LF each end a record, in every file. A record with a CR as data (the fact
 *     CSVK_FACT_BARE_CR) is skipped. Files whose records end with CR, CR CR LF or different line
 *     breaks can be compared as they are.
 *   - Empty lines are not records. Records without any byte are left out on our side.
 *   - With CSV_REPALL_NL it reports empty lines, and the LF of CR LF once more. These reports have
 *     no field, which distinguishes them from records; they are only counted.
 *   - Blanks around fields are trimmed. Its test for blanks is replaced by one that says no.
 *   - Without CSV_STRICT and CSV_STRICT_FINI it accepts wrong enclosures. Both are set: libcsv must
 *     refuse every record with a fact about enclosures, and no other record.
 *   - After a refusal it cannot go on. It is started anew at the next record.
 *   - A byte order mark is data to it. Only the bytes of records are pushed, so the mark is not.
 *   - 1A or 00 after the last record is data to it. That is not pushed either.
 *   - It has no escape byte. Records that contain the escape are skipped.
 *   - It always has an enclosure. For a dialect without one the byte FF is used, and records that
 *     contain FF are skipped.
 *   - Its buffer grows by 128 bytes at a time. It is set to grow by 64 KiB.
 *   - It needs the whole record. Records that are longer than the reader's limit are skipped.
 *
 * Lockstep. Exactly the bytes of one record, with its line break, are pushed at a time. Then libcsv
 * must have finished exactly one record, with the same hash of values. When the two readers see the
 * end of the record at different places, libcsv has finished none, or two.
 */
#include "csvkit/verify/libcsv_check.h"

#include "csvkit/base/delimiter.h"

#include <csv.h>
#include <string.h>

#define NO_ENCLOSURE 0xff

struct csvk_libcsv {
    struct csv_parser parser;
    struct csvk_dialect dialect;
    bool parser_made;
    uint64_t pushed;
    uint64_t hash, fields; /* of the record being read */
    struct csvk_digest digest;
    uint64_t cr, lf, pairs; /* line breaks outside of enclosures: CR, LF; pairs: CR LF */
    uint64_t open;          /* 1: the last record had no line break */
    bool after_cr;          /* the last thing reported was a CR */
};

static int never_blank(unsigned char byte)
{
    (void)byte;
    return 0;
}

/* Starts libcsv, or starts it anew at the beginning of a record; what was counted stays. */
static int make_parser(struct csvk_libcsv *reader, struct csvk_error *err)
{
    if (reader->parser_made) {
        csv_free(&reader->parser);
        reader->parser_made = false;
    }
    if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for the second reader");
    }
    reader->parser_made = true;
    reader->hash = CSVK_RECORD_HASH;
    reader->fields = 0;
    int quote = reader->dialect.enclosure;
    csv_set_delim(&reader->parser, (unsigned char)reader->dialect.delimiter);
    csv_set_quote(&reader->parser, quote == CSVK_NO_BYTE ? NO_ENCLOSURE : (unsigned char)quote);
    csv_set_space_func(&reader->parser, never_blank);
    csv_set_realloc_func(&reader->parser, csvk_realloc);
    csv_set_free_func(&reader->parser, csvk_free);
    csv_set_blk_size(&reader->parser, 64 << 10);
    return CSVK_OK;
}

/* Called by libcsv for every field. */
static void take_field(void *value, size_t length, void *context)
{
    struct csvk_libcsv *reader = context;
    reader->hash = csvk_record_hash_value(reader->hash, (struct csvk_bytes){value, length});
    reader->fields++;
    reader->after_cr = false;
}

static void count_break(struct csvk_libcsv *reader, int byte)
{
    reader->cr += byte == '\r';
    reader->lf += byte == '\n';
    reader->pairs += byte == '\n' && reader->after_cr;
    reader->open += byte < 0;
    reader->after_cr = byte == '\r';
}

/* Called by libcsv for every record, with the byte that ended it (-1: the end), and see the top. */
static void take_record(int ended_by, void *context)
{
    struct csvk_libcsv *reader = context;
    count_break(reader, ended_by);
    if (reader->fields == 0) {
        return;
    }
    csvk_digest_add(&reader->digest, reader->hash, reader->fields);
    reader->hash = CSVK_RECORD_HASH;
    reader->fields = 0;
}

static int libcsv_failure(struct csvk_libcsv *reader, struct csvk_error *err)
{
    int error = csv_error(&reader->parser);
    if (error != CSV_EPARSE) {
        return csvk_fail(err, CSVK_ENOMEM, "the second reader: %s", csv_strerror(error));
    }
    int status = csvk_fail(err, CSVK_EDATA, "the second reader refuses record %llu",
                           (unsigned long long)reader->digest.records + 1);
    if (err != NULL) {
        err->offset = reader->pushed;
    }
    return status;
}

int csvk_libcsv_new(struct csvk_libcsv **out, const struct csvk_dialect *dialect,
                    struct csvk_error *err)
{
    if (dialect->escape != CSVK_NO_BYTE) {
        return csvk_fail(err, CSVK_EUSAGE, "the second reader has no escape byte");
    }
    struct csvk_libcsv *reader = csvk_calloc(1, sizeof *reader);
    if (reader == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for the second reader");
    }
    reader->dialect = *dialect;
    int status = make_parser(reader, err);
    if (status != CSVK_OK) {
        csvk_libcsv_free(reader);
        return status;
    }
    *out = reader;
    return CSVK_OK;
}

int csvk_libcsv_push(struct csvk_libcsv *reader, const void *bytes, size_t length,
                     struct csvk_error *err)
{
    size_t used = csv_parse(&reader->parser, bytes, length, take_field, take_record, reader);
    reader->pushed += used;
    return used == length ? CSVK_OK : libcsv_failure(reader, err);
}

int csvk_libcsv_end(struct csvk_libcsv *reader, struct csvk_error *err)
{
    bool good = csv_fini(&reader->parser, take_field, take_record, reader) == 0;
    return good ? CSVK_OK : libcsv_failure(reader, err);
}

const struct csvk_digest *csvk_libcsv_digest(const struct csvk_libcsv *reader)
{
    return &reader->digest;
}

uint64_t csvk_libcsv_count(const struct csvk_libcsv *reader, bool *sure)
{
    *sure = reader->lf == 0 || reader->cr == reader->pairs;
    return (reader->lf == 0 ? reader->cr : reader->lf) + reader->open;
}

void csvk_libcsv_free(struct csvk_libcsv *reader)
{
    if (reader == NULL) {
        return;
    }
    if (reader->parser_made) {
        csv_free(&reader->parser);
    }
    csvk_free(reader);
}

/* ---- lockstep ---- */

struct csvk_libcsv_check {
    struct csvk_libcsv *theirs;
    struct csvk_digester ours;
    int escape;
    struct csvk_agreement result;
    bool differs;
    bool open;        /* the last record had no line break: libcsv finishes it at the end */
    bool open_faulty; /* it has a fact about enclosures */
    uint64_t open_hash, open_fields, open_record, open_offset;
};

int csvk_libcsv_check_new(struct csvk_libcsv_check **out, const struct csvk_dialect *dialect,
                          struct csvk_error *err)
{
    int status = csvk_dialect_need_plain(dialect, "libcsv", err);
    if (status != CSVK_OK) {
        return status;
    }
    struct csvk_libcsv_check *check = csvk_calloc(1, sizeof *check);
    if (check == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory for the second reader");
    }
    struct csvk_dialect plain = *dialect;
    plain.escape = CSVK_NO_BYTE;
    check->escape = dialect->escape;
    check->ours.dialect = *dialect;
    status = csvk_libcsv_new(&check->theirs, &plain, err);
    if (status != CSVK_OK) {
        csvk_free(check);
        return status;
    }
    *out = check;
    return CSVK_OK;
}

static void differ(struct csvk_libcsv_check *check, const struct csvk_record *record,
                   const char *what)
{
    check->differs = true;
    check->result.what = what;
    check->result.record = record->number;
    check->result.offset = record->offset;
}

static void skip(struct csvk_libcsv_check *check, const struct csvk_record *record, const char *why)
{
    if (check->result.skipped++ == 0) {
        check->result.what = why;
        check->result.record = record->number;
        check->result.offset = record->offset;
    }
}

#define ENCLOSURE_FACTS                                                                            \
    (CSVK_FACT_BIT(CSVK_FACT_QUOTE_IN_UNQUOTED) | CSVK_FACT_BIT(CSVK_FACT_TEXT_AFTER_CLOSING) |    \
     CSVK_FACT_BIT(CSVK_FACT_BACKSLASH_QUOTE) | CSVK_FACT_BIT(CSVK_FACT_SPACE_BEFORE_QUOTE) |      \
     CSVK_FACT_BIT(CSVK_FACT_SPACE_AFTER_QUOTE) | CSVK_FACT_BIT(CSVK_FACT_UNCLOSED))

static uint32_t facts_of(const struct csvk_batch *batch, const struct csvk_record *record)
{
    uint32_t kinds = 0;
    for (uint32_t i = 0; i < record->nfacts; i++) {
        kinds |= CSVK_FACT_BIT(batch->facts[record->first_fact + i].kind);
    }
    return kinds;
}

/* Why libcsv cannot judge this record, or NULL. */
static const char *reason_to_skip(const struct csvk_libcsv_check *check,
                                  const struct csvk_batch *batch, const struct csvk_record *record,
                                  uint32_t facts)
{
    if (record->oversize) {
        return "record larger than the window";
    }
    if ((facts & CSVK_FACT_BIT(CSVK_FACT_BARE_CR)) != 0) {
        return "CR as data: the second reader ends the record there";
    }
    const unsigned char *bytes = batch->bytes + (record->offset - batch->offset);
    if (check->escape != CSVK_NO_BYTE &&
        memchr(bytes, check->escape, (size_t)record->length) != NULL) {
        return "escape byte: the second reader has none";
    }
    if (check->ours.dialect.enclosure == CSVK_NO_BYTE &&
        memchr(bytes, NO_ENCLOSURE, (size_t)record->length) != NULL) {
        return "byte FF in a file without enclosure";
    }
    return NULL;
}

/* The bytes of a record with its line break: up to the next record, or the end of the batch. */
static size_t whole_length(const struct csvk_batch *batch, size_t i)
{
    uint64_t end =
        i + 1 < batch->nreported ? batch->records[i + 1].offset : batch->offset + batch->size;
    return (size_t)(end - batch->records[i].offset);
}

/* What libcsv made of the bytes of one record. */
struct answer {
    bool refused;
    uint64_t records;          /* how many it has finished */
    struct csvk_digest before; /* its digest before this record */
};

/* Pushes one record to libcsv. */
static int ask(struct csvk_libcsv_check *check, const struct csvk_batch *batch, size_t i,
               struct answer *answer, struct csvk_error *err)
{
    struct csvk_libcsv *theirs = check->theirs;
    const struct csvk_record *record = &batch->records[i];
    answer->before = theirs->digest;
    const unsigned char *bytes = batch->bytes + (record->offset - batch->offset);
    struct csvk_error ignored;
    int status = csvk_libcsv_push(theirs, bytes, whole_length(batch, i), &ignored);
    answer->refused = status == CSVK_EDATA;
    answer->records = theirs->digest.records - answer->before.records;
    if (status == CSVK_OK || status == CSVK_EDATA) {
        return CSVK_OK;
    }
    return csvk_fail(err, status, "%s", ignored.text);
}

/*
 * A record with a fact about enclosures: libcsv must have refused it, and is started anew after it.
 * The record is not part of either digest.
 */
static int judge_faulty(struct csvk_libcsv_check *check, const struct csvk_record *record,
                        const struct answer *answer, struct csvk_error *err)
{
    if (!answer->refused) {
        differ(check, record, "the second reader accepts a record with an enclosure fault");
    }
    check->result.refused++;
    check->theirs->digest = answer->before;
    return make_parser(check->theirs, err);
}

/* How libcsv's record differs from ours, or NULL. */
static const char *difference(const struct answer *answer, const struct csvk_digest *theirs,
                              uint64_t hash, uint64_t fields)
{
    if (answer->refused) {
        return "the second reader refuses this record";
    }
    if (answer->records != 1) {
        return answer->records == 0 ? "the second reader does not end the record here"
                                    : "the second reader finds more than one record here";
    }
    if (theirs->fields - answer->before.fields != fields) {
        return "another number of fields";
    }
    struct csvk_digest expected = answer->before;
    csvk_digest_add(&expected, hash, fields);
    return csvk_digest_equal(&expected, theirs) ? NULL : "another value";
}

static void judge_sound(struct csvk_libcsv_check *check, const struct csvk_record *record,
                        const struct answer *answer, uint64_t hash)
{
    const char *what = difference(answer, &check->theirs->digest, hash, record->nfields);
    if (what != NULL) {
        differ(check, record, what);
        return;
    }
    csvk_digest_add(&check->ours.digest, hash, record->nfields);
    check->result.compared++;
}

/* A last record without line break: libcsv can only be judged at the end (judge_open). */
static void leave_open(struct csvk_libcsv_check *check, const struct csvk_record *record,
                       uint64_t hash, uint32_t facts)
{
    check->open = true;
    check->open_faulty = (facts & ENCLOSURE_FACTS) != 0;
    check->open_hash = hash;
    check->open_fields = record->nfields;
    check->open_record = record->number;
    check->open_offset = record->offset;
}

static int compare_record(struct csvk_libcsv_check *check, const struct csvk_batch *batch, size_t i,
                          struct csvk_error *err)
{
    const struct csvk_record *record = &batch->records[i];
    if (record->blank) {
        check->result.blank++;
        return CSVK_OK;
    }
    uint32_t facts = facts_of(batch, record);
    const char *why = reason_to_skip(check, batch, record, facts);
    if (why != NULL) {
        skip(check, record, why);
        return CSVK_OK;
    }
    uint64_t hash;
    if (csvk_digester_record(&check->ours, batch, record, &hash) != CSVK_OK) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory while comparing values");
    }
    struct answer answer;
    int status = ask(check, batch, i, &answer, err);
    if (status != CSVK_OK) {
        return status;
    }
    if (record->eol == CSVK_EOL_NONE && !answer.refused && answer.records == 0) {
        leave_open(check, record, hash, facts);
    } else if ((facts & ENCLOSURE_FACTS) != 0) {
        return judge_faulty(check, record, &answer, err);
    } else {
        judge_sound(check, record, &answer, hash);
    }
    return CSVK_OK;
}

int csvk_libcsv_check_feed(struct csvk_libcsv_check *check, const struct csvk_batch *batch,
                           struct csvk_error *err)
{
    for (size_t i = 0; i < batch->nreported && !check->differs; i++) {
        int status = compare_record(check, batch, i, err);
        if (status != CSVK_OK) {
            return status;
        }
    }
    return CSVK_OK;
}

/* The last record, which has no line break. */
static int judge_open(struct csvk_libcsv_check *check, struct csvk_error *err)
{
    struct csvk_libcsv *theirs = check->theirs;
    struct answer answer = {.before = theirs->digest};
    struct csvk_record record = {
        .number = check->open_record, .offset = check->open_offset, .nfields = check->open_fields};
    struct csvk_error ignored;
    int status = csvk_libcsv_end(theirs, &ignored);
    if (status != CSVK_OK && status != CSVK_EDATA) {
        return csvk_fail(err, status, "%s", ignored.text);
    }
    answer.refused = status == CSVK_EDATA;
    answer.records = theirs->digest.records - answer.before.records;
    if (check->open_faulty) {
        return judge_faulty(check, &record, &answer, err);
    }
    judge_sound(check, &record, &answer, check->open_hash);
    return CSVK_OK;
}

int csvk_libcsv_check_end(struct csvk_libcsv_check *check, struct csvk_agreement *agreement,
                          struct csvk_error *err)
{
    int status = check->open && !check->differs ? judge_open(check, err) : CSVK_OK;
    check->open = false;
    *agreement = check->result;
    agreement->ours = check->ours.digest;
    agreement->theirs = check->theirs->digest;
    agreement->verdict = check->differs            ? CSVK_VERDICT_DIFFERS
                         : agreement->skipped == 0 ? CSVK_VERDICT_EQUAL
                         : agreement->compared + agreement->refused == 0
                             ? CSVK_VERDICT_NOT_COMPARABLE
                             : CSVK_VERDICT_PARTLY;
    return status;
}

void csvk_libcsv_check_free(struct csvk_libcsv_check *check)
{
    if (check == NULL) {
        return;
    }
    csvk_digester_release(&check->ours);
    csvk_libcsv_free(check->theirs);
    csvk_free(check);
}
