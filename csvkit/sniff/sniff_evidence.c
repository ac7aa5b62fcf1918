/* sniff_evidence.c - says in words why a dialect is proposed. */
#include "csvkit/sniff/sniff_private.h"

#include <string.h>

/* "1 of 3 records has", "2 of 3 records have": the noun goes with the whole, the verb with the
 * part. */
static const char *s(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static const char *verb(uint64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

static void report_delimiter(struct csvk_sniff *out, const struct csvk_sniff_candidate *seen,
                             const struct csvk_sniff_marks *marks)
{
    struct csvk_sniff_part *part = &out->on_delimiter;
    if (out->sep_line) {
        csvk_sniff_report(
            part, 100, "the first line says so (sep=); %llu of %llu record%s %s %llu field%s",
            (unsigned long long)seen->alike, (unsigned long long)seen->records, s(seen->records),
            verb(seen->alike, "has", "have"), (unsigned long long)seen->width, s(seen->width));
        return;
    }
    if (out->verdict == CSVK_SNIFF_ONE_COLUMN) {
        csvk_sniff_report(part, 0, "no delimiter splits the %llu record%s into fields alike",
                          (unsigned long long)seen->records, s(seen->records));
        return;
    }
    char other[CSVK_DELIMITER_TEXT] = "none";
    int score = 0;
    if (out->ncandidates > 1) {
        csvk_dialect_write_delimiter(&out->candidate[1].dialect, other);
        score = out->candidate[1].score;
    }
    bool unnamed = out->verdict == CSVK_SNIFF_AMBIGUOUS; /* nothing else says which one it is */
    char best[CSVK_DELIMITER_TEXT];
    csvk_dialect_write_delimiter(&seen->dialect, best);
    csvk_sniff_report(part, seen->score,
                      "%s%s%s%llu of %llu record%s %s %llu field%s%s%s; second best: %s, score %d",
                      unnamed ? "best: " : "", unnamed ? best : "", unnamed ? " (" : "",
                      (unsigned long long)seen->alike, (unsigned long long)seen->records,
                      s(seen->records), verb(seen->alike, "has", "have"),
                      (unsigned long long)seen->width, s(seen->width),
                      marks->end_early    ? ", or lack the last one"
                      : marks->ends_early ? ", the others lack the last ones"
                                          : "",
                      unnamed ? ")" : "", other, score);
}

static void report_enclosure(struct csvk_sniff *out, bool has_double,
                             const struct csvk_sniff_candidate *seen)
{
    struct csvk_sniff_part *part = &out->on_enclosure;
    int sound = seen->records == 0 ? 0 : 100 - (int)(100 * seen->faulty / seen->records);
    if (seen->dialect.enclosure == CSVK_NO_BYTE) {
        csvk_sniff_report(part, 80, "\" is data: read without an enclosure, no field is at fault");
    } else if (seen->enclosed > 0 || seen->faulty > 0) {
        csvk_sniff_report(
            part, sound < 99 ? sound : 99,
            "%llu of %llu field%s %s enclosed, %llu %s an enclosure; %llu record%s %s faulty",
            (unsigned long long)seen->enclosed, (unsigned long long)seen->fields, s(seen->fields),
            verb(seen->enclosed, "is", "are"), (unsigned long long)seen->doubled,
            verb(seen->doubled, "holds", "hold"), (unsigned long long)seen->faulty, s(seen->faulty),
            verb(seen->faulty, "is", "are"));
    } else {
        csvk_sniff_report(part, 60,
                          has_double ? "nothing is enclosed; proposed by default"
                                     : "does not occur; proposed by default");
    }
}

static void report_escape(struct csvk_sniff *out, bool has_backslash,
                          const struct csvk_sniff_candidate *seen)
{
    struct csvk_sniff_part *part = &out->on_escape;
    if (seen->dialect.escape != CSVK_NO_BYTE) {
        csvk_sniff_report(
            part, 90,
            has_backslash ? "backslashes before enclosures; no enclosure is doubled; %llu "
                            "record%s %s faulty with it"
                          : "backslashes before delimiters or line breaks; with it all records "
                            "are alike, and %llu record%s %s faulty",
            (unsigned long long)seen->faulty, s(seen->faulty), verb(seen->faulty, "is", "are"));
    } else if (seen->doubled > 0) {
        csvk_sniff_report(part, 95, "enclosures are doubled in %llu field%s",
                          (unsigned long long)seen->doubled, s(seen->doubled));
    } else if (has_backslash) {
        csvk_sniff_report(part, 80,
                          "a backslash stands before an enclosure, but reading it as data "
                          "explains the file as well");
    } else {
        csvk_sniff_report(part, 90, "no backslash stands before an enclosure");
    }
}

static void report_eol(struct csvk_sniff *out, const struct csvk_totals *totals)
{
    static const enum csvk_eol kinds[] = {CSVK_EOL_LF, CSVK_EOL_CRLF, CSVK_EOL_CR, CSVK_EOL_CRCRLF};
    uint64_t sum = 0, most = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        uint64_t n = totals->eol[kinds[i]];
        sum += n;
        if (n > most) {
            most = n;
            out->eol = kinds[i];
        }
    }
    csvk_sniff_report(&out->on_eol, sum == 0 ? 0 : (int)(100 * most / sum),
                      "record ends: %llu LF, %llu CRLF, %llu CR, %llu CR CR LF",
                      (unsigned long long)totals->eol[CSVK_EOL_LF],
                      (unsigned long long)totals->eol[CSVK_EOL_CRLF],
                      (unsigned long long)totals->eol[CSVK_EOL_CR],
                      (unsigned long long)totals->eol[CSVK_EOL_CRCRLF]);
}

void csvk_sniff_explain_dialect(struct csvk_sniff *out, const struct csvk_sniff_candidate *best,
                                const struct csvk_totals *totals,
                                const struct csvk_sniff_marks *marks)
{
    report_delimiter(out, best, marks);
    report_enclosure(out, marks->has_double, best);
    report_escape(out, marks->has_backslash, best);
    report_eol(out, totals);
}
