/*
 * repair_bytes.c - r3 r4 r5 r6: bytes that have to go before a record can be read.
 *   r3  ill-formed UTF-8, each ill-formed subpart read in another encoding
 *       (--encoding-fallback), or replaced by U+FFFD (--invalid-utf8=replace)
 *   r4  a byte order mark where a field begins, removed: files were joined
 *   r5  NUL, removed (--null-bytes=remove)
 *   r6  control characters, removed (--control-chars=remove)
 * The facts of the scan say where such bytes are. The record is copied without them and given to
 * the reference parser again, because it may be another record then: `NUL "3" , 4` has a quote in
 * an open field, and without the NUL it has an enclosure.
 *
 * Invariant: what goes is never an enclosure, a delimiter or a line break of the record. So the
 * copy is one record as well, or the record is rejected.
 */
#include "csvkit/normalize/normalize_pieces.h"

/*
 * Is the mark at the first byte of its field, or after nothing but other marks there? Where two
 * files were joined, the mark of the second one stands before its first value; files that hold
 * nothing but a mark leave several in a row. Inside of a value, or after an opening enclosure,
 * U+FEFF is a character and stays.
 */
static bool at_field_start(const struct norm_record *rec, const struct csvk_fact *fact)
{
    if (fact->field == 0 || fact->field > rec->r.nfields) {
        return false;
    }
    const struct csvk_field *f = &rec->field[fact->field - 1];
    /* Bytes of the field that stand before the mark. */
    uint64_t ahead = fact->offset - rec->r.offset - (f->begin - rec->field[0].begin);
    for (uint64_t i = 0; i < ahead; i += 3) {
        if (ahead - i < 3 || memcmp(rec->base + f->begin + i, "\xef\xbb\xbf", 3) != 0) {
            return false;
        }
    }
    return true;
}

static void refuse_bytes(struct norm_scrub *scrub, enum csvk_repair repair, const char *reason)
{
    scrub->refused = true;
    scrub->repair = repair;
    scrub->reason = reason;
}

enum { LOST_BLOCK = 16 }; /* NUL bytes in a row that are no single slip */

/* NUL bytes where a part of the file should be: taking them out would hide that it is missing. */
static const char *reason_of_lost(struct csvk_bytes bytes, bool ended)
{
    size_t run = 0, longest = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        run = bytes.ptr[i] == 0 ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    if (run != 0 && !ended) {
        return "NUL bytes behind a record without a line break: the end of the file was never "
               "written, or was lost (get it again)";
    }
    return longest >= LOST_BLOCK ? "a block of NUL bytes: a part of the file was never written, or "
                                   "was lost (get it again)"
                                 : NULL;
}

/*
 * Every second byte is NUL: that is another encoding, and taking the NUL bytes out would ruin the
 * text. Says which encoding, by the parity of their absolute offsets: `1 NUL , NUL` is UTF-16LE. At
 * least a third of four or more bytes must be NUL, all of them at odd offsets, or all at even ones.
 */
static const char *reason_of_nul(const struct norm *norm, const struct norm_record *rec)
{
    struct csvk_bytes bytes = norm_record_bytes(norm, rec);
    size_t nul[2] = {0, 0};
    for (size_t i = 0; i < bytes.len; i++) {
        nul[(rec->r.offset + i) % 2] += bytes.ptr[i] == 0;
    }
    bool wide = (nul[0] + nul[1]) * 3 >= bytes.len && bytes.len >= 4;
    if (wide && nul[0] != nul[1] && (nul[0] == 0 || nul[1] == 0)) {
        return nul[0] == 0 ? "NUL in every second byte (try --encoding=utf-16le)"
                           : "NUL in every second byte (try --encoding=utf-16be)";
    }
    const char *lost = reason_of_lost(bytes, rec->r.eol != CSVK_EOL_NONE);
    return lost != NULL ? lost : "NUL byte in the data (--null-bytes=remove)";
}

/*
 * When nine in ten of the records before it, at least, are UTF-8, an encoding for all of the file
 * would ruin those that are not ASCII; one for the ill-formed bytes alone does no harm if they are.
 */
static const char *reason_of_ill_formed(const struct norm *norm, const struct norm_record *rec,
                                        const struct csvk_fact *fact)
{
    uint64_t others = norm->cause[NORM_CAUSE_ENCODING] + 1;
    bool at_end = fact->offset + fact->length == rec->r.offset + rec->r.length;
    if (at_end && rec->r.eol == CSVK_EOL_NONE) {
        return "not UTF-8 (--encoding=NAME, or --invalid-utf8=replace), or the data were cut "
               "within "
               "the last character";
    }
    int64_t surplus = (int64_t)norm->result->records_in - 10 * (int64_t)others;
    if (norm->piece != NULL) {
        norm_note_share(norm->piece, surplus);
    }
    return surplus >= 0 && norm->result->encoding[0] == '\0' && !norm->fallback.known
               ? "not UTF-8, as most records are (--encoding-fallback=NAME, or "
                 "--invalid-utf8=replace)"
               : "not UTF-8 (--encoding=NAME, or --invalid-utf8=replace)";
}

/* A person has to know even when an option removes them. */
static void note_lost(struct norm *norm, const struct norm_record *rec,
                      const struct csvk_fact *fact)
{
    bool at_end = fact->offset + fact->length == rec->r.offset + rec->r.length;
    bool lost = fact->length >= LOST_BLOCK || (at_end && rec->r.eol == CSVK_EOL_NONE);
    norm->lost_line = norm->lost_line == 0 && lost ? rec->r.line : norm->lost_line;
}

/* r3: in the other encoding, if that has the bytes; else as --invalid-utf8 says. */
static const char *replace_ill_formed(struct norm *norm, const struct norm_record *rec,
                                      const struct csvk_fact *fact, struct norm_scrub *scrub)
{
    const unsigned char *bytes = norm_record_bytes(norm, rec).ptr + (fact->offset - rec->r.offset);
    if (norm_fallback_read(&norm->fallback, bytes, (size_t)fact->length, scrub->text)) {
        norm_add_repair(norm, CSVK_REPAIR_UTF8, fact->offset, fact->field, "--encoding-fallback");
        return scrub->text;
    }
    if (norm->o->invalid_utf8 != CSVK_NORMALIZE_DEFECT_REMOVE) {
        refuse_bytes(scrub, CSVK_REPAIR_UTF8, reason_of_ill_formed(norm, rec, fact));
        return NULL;
    }
    norm_add_repair(norm, CSVK_REPAIR_UTF8, fact->offset, fact->field, "--invalid-utf8=replace");
    return "\xef\xbf\xbd";
}

/*
 * What to put in place of the bytes of a fact; NULL: they stay. Adds the repair, or sets
 * scrub->refused when the option to remove them was not given. Control characters and U+FEFF inside
 * of a value may stay: readers take them as data.
 */
static const char *replacement(struct norm *norm, const struct norm_record *rec,
                               const struct csvk_fact *fact, struct norm_scrub *scrub)
{
    const struct csvk_normalize_options *o = norm->o;
    switch (fact->kind) {
    case CSVK_FACT_NUL:
        note_lost(norm, rec, fact);
        if (o->nul != CSVK_NORMALIZE_DEFECT_REMOVE) {
            refuse_bytes(scrub, CSVK_REPAIR_NUL, reason_of_nul(norm, rec));
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_NUL, fact->offset, fact->field, "--null-bytes=remove");
        return "";
    case CSVK_FACT_INVALID_UTF8: return replace_ill_formed(norm, rec, fact, scrub);
    case CSVK_FACT_CONTROL:
        if (o->control != CSVK_NORMALIZE_DEFECT_REMOVE) {
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_CONTROL, fact->offset, fact->field,
                        "--control-chars=remove");
        return "";
    case CSVK_FACT_BOM_IN_DATA:
        if (!at_field_start(rec, fact)) {
            return NULL;
        }
        norm_add_repair(norm, CSVK_REPAIR_INNER_BOM, fact->offset, fact->field,
                        "the mark stands where a field begins: files were joined");
        return "";
    default: return NULL;
    }
}

/*
 * The record with its line break, without the bytes that have to go, in norm->trimmed. Nothing is
 * copied when nothing goes (scrub->again stays false) or when the record is refused.
 */
static int copy_scrubbed(struct norm *norm, const struct norm_record *rec, struct norm_scrub *scrub)
{
    struct csvk_buf *to = &norm->trimmed;
    const unsigned char *from = norm_record_bytes(norm, rec).ptr;
    /* Absolute: everything before it is copied. */
    uint64_t at = rec->r.offset;
    int status = CSVK_OK;
    csvk_buf_clear(to);
    for (uint32_t i = 0; i < rec->r.nfacts && status == CSVK_OK && !scrub->refused; i++) {
        const struct csvk_fact *fact = &rec->fact[i];
        const char *with = replacement(norm, rec, fact, scrub);
        if (with != NULL) {
            scrub->again = true;
            status = csvk_buf_add(to, from + (at - rec->r.offset), (size_t)(fact->offset - at));
            status = status == CSVK_OK ? csvk_buf_puts(to, with) : status;
            at = fact->offset + fact->length;
        }
    }
    if (status == CSVK_OK && scrub->again) {
        status = csvk_buf_add(to, from + (at - rec->r.offset), (size_t)(norm_record_end(rec) - at));
    }
    return status == CSVK_OK ? CSVK_OK : norm_out_of_memory(norm);
}

/*
 * Reads the record again without the bytes that have to go: *rec is that reading then. What goes
 * may bring others to the beginning of a field, so this is done until nothing more goes:
 *   NUL EF BB BF 3,4   the mark is at the start of the field only after the NUL is gone
 * Each round removes at least one byte or replaces an ill-formed one, so there is an end to it.
 */
int norm_scrub_record(struct norm *norm, struct norm_record *rec, struct norm_scrub *scrub)
{
    static const uint32_t wanted =
        CSVK_FACT_BIT(CSVK_FACT_NUL) | CSVK_FACT_BIT(CSVK_FACT_INVALID_UTF8) |
        CSVK_FACT_BIT(CSVK_FACT_CONTROL) | CSVK_FACT_BIT(CSVK_FACT_BOM_IN_DATA);
    while ((norm_fact_kinds(rec) & wanted) != 0) {
        bool found = true;
        scrub->again = false;
        int status =
            norm_has_fact(rec, CSVK_FACT_BOM_IN_DATA) ? norm_need_fields(norm, rec) : CSVK_OK;
        status = status == CSVK_OK ? copy_scrubbed(norm, rec, scrub) : status;
        if (status != CSVK_OK || scrub->refused || !scrub->again) {
            return status;
        }
        scrub->any = true;
        /*
         * After the first round the record itself lies in scrubbed.bytes. So the copy was made
         * beside it, and the two are exchanged.
         */
        struct csvk_buf bytes = norm->scrubbed.bytes;
        norm->scrubbed.bytes = norm->trimmed;
        norm->trimmed = bytes;
        struct csvk_record like = rec->r;
        status = norm_parse_bytes(norm, &norm->scrubbed, &like, rec, &found);
        if (status == CSVK_OK && !found) {
            refuse_bytes(scrub, CSVK_REPAIR_NUL, "without its bad bytes it is not one record");
        }
        if (status != CSVK_OK || !found) {
            return status;
        }
    }
    return CSVK_OK;
}
