/*
 * test_schema_values.c - values against declared types: which text which backend takes, row by row
 * of doc/types.md; and that the quick check takes nothing that the slow one refuses.
 */
#include "csvkit/schema/value_check.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(list) (sizeof(list) / sizeof(list)[0])

/* Verdicts: . good, m another type, r out of range, l too long, p too precise, a ambiguous, n not
   portable; in the order of enum value_fault_kind. */
static const char verdict_letters[] = ".mrlpan";

struct value_row {
    enum csvk_value_type type;
    unsigned length, scale; /* length, precision or digits of a second; 0: none */
    const char *value;
    const char verdicts[4]; /* portable, Snowflake, BigQuery */
};
#define S 0, 0
static const struct value_row value_rows[] = {
    /* INTEGER */
    {CSVK_VALUE_INTEGER, S, "0", "..."},
    {CSVK_VALUE_INTEGER, S, "-12", "..."},
    {CSVK_VALUE_INTEGER, S, "007", "..."},
    {CSVK_VALUE_INTEGER, S, "-0", "..."},
    {CSVK_VALUE_INTEGER, S, "9223372036854775807", "..."},
    {CSVK_VALUE_INTEGER, S, "9223372036854775808", "r.r"},
    {CSVK_VALUE_INTEGER, S, "-9223372036854775808", "..."},
    {CSVK_VALUE_INTEGER, S, "-9223372036854775809", "r.r"},
    {CSVK_VALUE_INTEGER, S, "0000000000000000000000000000000000000000001", "..."},
    {CSVK_VALUE_INTEGER, S, "99999999999999999999999999999999999999", "r.r"},
    {CSVK_VALUE_INTEGER, S, "100000000000000000000000000000000000000", "rrr"},
    {CSVK_VALUE_INTEGER, S, "1.0", "nnn"},
    {CSVK_VALUE_INTEGER, S, "12.5", "mpm"},
    {CSVK_VALUE_INTEGER, S, "9223372036854775808.0", "rnr"},
    {CSVK_VALUE_INTEGER, S, "5.", "mmm"},
    {CSVK_VALUE_INTEGER, S, ".5", "mmm"},
    {CSVK_VALUE_INTEGER, S, "+5", "nnn"},
    {CSVK_VALUE_INTEGER, S, "1e3", "nnn"},
    {CSVK_VALUE_INTEGER, S, "1e19", "rnr"},
    {CSVK_VALUE_INTEGER, S, "1e99999999999999999999", "rrr"},
    {CSVK_VALUE_INTEGER, S, "0e99999999999999999999", "nnn"},
    {CSVK_VALUE_INTEGER, S, "0x1F", "nnn"},
    {CSVK_VALUE_INTEGER, S, "0x", "mmm"},
    {CSVK_VALUE_INTEGER, S, "0x1G", "mmm"},
    {CSVK_VALUE_INTEGER, S, " 5", "nnn"},
    {CSVK_VALUE_INTEGER, S, "5\t", "nnn"},
    {CSVK_VALUE_INTEGER, S, "1,000", "mmm"},
    {CSVK_VALUE_INTEGER, S, "1 000", "mmm"},
    {CSVK_VALUE_INTEGER, S, "$5", "mmm"},
    {CSVK_VALUE_INTEGER, S, "abc", "mmm"},
    {CSVK_VALUE_INTEGER, S, "-", "mmm"},
    {CSVK_VALUE_INTEGER, S, " ", "mmm"},
    {CSVK_VALUE_INTEGER, S, "1e", "mmm"},
    {CSVK_VALUE_INTEGER, S, "\xD9\xA1", "mmm"},
    {CSVK_VALUE_INTEGER, S, "5", "..."},
    {CSVK_VALUE_INTEGER, S, "2.0", "nnn"},
    {CSVK_VALUE_INTEGER, S, "-1.00", "nnn"},
    {CSVK_VALUE_INTEGER, S, "5 ", "nnn"},
    {CSVK_VALUE_INTEGER, S, "-5 ", "nnn"},
    {CSVK_VALUE_INTEGER, S, "1E3", "nnn"},
    {CSVK_VALUE_INTEGER, S, "-1e3", "nnn"},
    {CSVK_VALUE_INTEGER, S, "1.5e1", "nnn"},
    {CSVK_VALUE_INTEGER, S, "1e-1", "nnn"},
    {CSVK_VALUE_INTEGER, S, "18446744073709551616", "r.r"},
    {CSVK_VALUE_INTEGER, S, "-99999999999999999999999999999999999999", "r.r"},
    {CSVK_VALUE_INTEGER, S, "-100000000000000000000000000000000000000", "rrr"},
    {CSVK_VALUE_INTEGER, S, "-12.5", "mpm"},
    {CSVK_VALUE_INTEGER, S, "1.000.000", "mmm"},
    {CSVK_VALUE_INTEGER, S, "1'000", "mmm"},
    {CSVK_VALUE_INTEGER, S, "-$5", "mmm"},
    {CSVK_VALUE_INTEGER, S, "0xff", "nnn"},
    {CSVK_VALUE_INTEGER, S, "--5", "mmm"},
    {CSVK_VALUE_INTEGER, S, "5-", "mmm"},
    {CSVK_VALUE_INTEGER, S, "(5)", "mmm"},
    {CSVK_VALUE_INTEGER, S, "5%", "mmm"},
    {CSVK_VALUE_INTEGER, S, "true", "mmm"},
    {CSVK_VALUE_INTEGER, S, "NULL", "mmm"},
    {CSVK_VALUE_INTEGER, S, "NA", "mmm"},
    {CSVK_VALUE_INTEGER, S, "\\N", "mmm"},
    {CSVK_VALUE_INTEGER, S, "nan", "mmm"},
    {CSVK_VALUE_INTEGER, S, "2024-01-01", "mmm"},
    /* NUMERIC */
    {CSVK_VALUE_NUMERIC, S, "12345678901234567890123456789.123456789", "..."},
    {CSVK_VALUE_NUMERIC, S, "123456789012345678901234567890", "rrr"},
    {CSVK_VALUE_NUMERIC, S, "000123456789012345678901234567890", "rrr"},
    {CSVK_VALUE_NUMERIC, S, "00012345678901234567890123456789", "..."},
    {CSVK_VALUE_NUMERIC, S, "1.1234567891", "ppp"},
    {CSVK_VALUE_NUMERIC, S, "1.12345678900000", "..."},
    {CSVK_VALUE_NUMERIC, S, "1e-10", "ppp"},
    {CSVK_VALUE_NUMERIC, S, "1e3", "n.n"},
    {CSVK_VALUE_NUMERIC, S, "1e29", "rrr"},
    {CSVK_VALUE_NUMERIC, S, "1e28", "n.n"},
    {CSVK_VALUE_NUMERIC, S, ".5", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "5.", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "+5", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "5 ", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "1,5", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "nan", "mmm"},
    {CSVK_VALUE_NUMERIC, 4, 2, "99.99", "..."},
    {CSVK_VALUE_NUMERIC, 4, 2, "100", "rrr"},
    {CSVK_VALUE_NUMERIC, 4, 2, "99.994", "ppp"},
    {CSVK_VALUE_NUMERIC, 4, 2, "99.995", "rrr"},
    {CSVK_VALUE_NUMERIC, 4, 2, "-99.999", "rrr"},
    {CSVK_VALUE_NUMERIC, 4, 2, "9.999", "ppp"},
    {CSVK_VALUE_NUMERIC, 4, 0, "5.4", "ppp"},
    {CSVK_VALUE_NUMERIC, 2, 2, "0.99", "..."},
    {CSVK_VALUE_NUMERIC, 2, 2, "0.996", "rrr"},
    {CSVK_VALUE_NUMERIC, 2, 2, "0.0996", "ppp"},
    {CSVK_VALUE_NUMERIC, 2, 2, "1", "rrr"},
    {CSVK_VALUE_NUMERIC, S, "0", "..."},
    {CSVK_VALUE_NUMERIC, S, "-0.5", "..."},
    {CSVK_VALUE_NUMERIC, S, "007.10", "..."},
    {CSVK_VALUE_NUMERIC, S, "-12345678901234567890123456789.123456789", "..."},
    {CSVK_VALUE_NUMERIC, S, "-1.1234567891", "ppp"},
    {CSVK_VALUE_NUMERIC, S, "1.5E-3", "n.n"},
    {CSVK_VALUE_NUMERIC, S, "-1e3", "n.n"},
    {CSVK_VALUE_NUMERIC, S, " 5", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "+1.5", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "-.5", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "-5.", "nnn"},
    {CSVK_VALUE_NUMERIC, S, ".", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "1.", "nnn"},
    {CSVK_VALUE_NUMERIC, S, "1 000", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "1,000.50", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "$5", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "0x1F", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "inf", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "abc", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "NULL", "mmm"},
    {CSVK_VALUE_NUMERIC, S, "1.2.3", "mmm"},
    {CSVK_VALUE_NUMERIC, 38, 0, "99999999999999999999999999999999999999", "..."},
    {CSVK_VALUE_NUMERIC, 38, 0, "100000000000000000000000000000000000000", "rrr"},
    {CSVK_VALUE_NUMERIC, 38, 0, "1.5", "ppp"},
    {CSVK_VALUE_NUMERIC, 38, 0, "1.0", "..."},
    {CSVK_VALUE_NUMERIC, 38, 38, "0.12345678901234567890123456789012345678", "..."},
    {CSVK_VALUE_NUMERIC, 38, 38, "1", "rrr"},
    {CSVK_VALUE_NUMERIC, 4, 2, "5.995", "ppp"},
    {CSVK_VALUE_NUMERIC, 4, 2, "-100", "rrr"},
    {CSVK_VALUE_NUMERIC, 4, 2, "0099.990", "..."},
    /* FLOAT */
    {CSVK_VALUE_FLOAT, S, "1.5", "..."},
    {CSVK_VALUE_FLOAT, S, "-1.5E+10", "..."},
    {CSVK_VALUE_FLOAT, S, "1e-999", "..."},
    {CSVK_VALUE_FLOAT, S, "1.7976931348623157e308", "..."},
    {CSVK_VALUE_FLOAT, S, "1.7976931348623158e308", "..."},
    {CSVK_VALUE_FLOAT, S, "1.7976931348623159e308", "rrr"},
    {CSVK_VALUE_FLOAT, S, "-1e309", "rrr"},
    {CSVK_VALUE_FLOAT, S, "+1", "nnn"},
    {CSVK_VALUE_FLOAT, S, ".5", "nnn"},
    {CSVK_VALUE_FLOAT, S, "5.", "nnn"},
    {CSVK_VALUE_FLOAT, S, " 5", "nnn"},
    {CSVK_VALUE_FLOAT, S, "NaN", "n.n"},
    {CSVK_VALUE_FLOAT, S, "-inf", "n.n"},
    {CSVK_VALUE_FLOAT, S, "+inf", "nnn"},
    {CSVK_VALUE_FLOAT, S, "Infinity", "nnn"},
    {CSVK_VALUE_FLOAT, S, "-nan", "nnn"},
    {CSVK_VALUE_FLOAT, S, "+NaN", "nnn"},
    {CSVK_VALUE_FLOAT, S, "--nan", "mmm"},
    {CSVK_VALUE_FLOAT, S, "nanx", "mmm"},
    {CSVK_VALUE_FLOAT, S, "+", "mmm"},
    {CSVK_VALUE_FLOAT, S, "1,5", "mmm"},
    {CSVK_VALUE_FLOAT, S, "0", "..."},
    {CSVK_VALUE_FLOAT, S, "007", "..."},
    {CSVK_VALUE_FLOAT, S, "-1", "..."},
    {CSVK_VALUE_FLOAT, S, "1e5", "..."},
    {CSVK_VALUE_FLOAT, S, "1E-5", "..."},
    {CSVK_VALUE_FLOAT, S, "123456789012345678901234567890", "..."},
    {CSVK_VALUE_FLOAT, S, "1.8e308", "rrr"},
    {CSVK_VALUE_FLOAT, S, "1e400", "rrr"},
    {CSVK_VALUE_FLOAT, S, "-1e400", "rrr"},
    {CSVK_VALUE_FLOAT, S, "5 ", "nnn"},
    {CSVK_VALUE_FLOAT, S, "+1.5e3", "nnn"},
    {CSVK_VALUE_FLOAT, S, "inf", "n.n"},
    {CSVK_VALUE_FLOAT, S, "INF", "n.n"},
    {CSVK_VALUE_FLOAT, S, "nan", "n.n"},
    {CSVK_VALUE_FLOAT, S, "-INF", "n.n"},
    {CSVK_VALUE_FLOAT, S, "-infinity", "nnn"},
    {CSVK_VALUE_FLOAT, S, "1 000", "mmm"},
    {CSVK_VALUE_FLOAT, S, "$5", "mmm"},
    {CSVK_VALUE_FLOAT, S, "0x1F", "mmm"},
    {CSVK_VALUE_FLOAT, S, "1e", "mmm"},
    {CSVK_VALUE_FLOAT, S, "e5", "mmm"},
    {CSVK_VALUE_FLOAT, S, "1e1.5", "mmm"},
    {CSVK_VALUE_FLOAT, S, "abc", "mmm"},
    {CSVK_VALUE_FLOAT, S, "NULL", "mmm"},
    /* BOOLEAN */
    {CSVK_VALUE_BOOLEAN, S, "1", "..."},
    {CSVK_VALUE_BOOLEAN, S, "0", "..."},
    {CSVK_VALUE_BOOLEAN, S, "True", "..."},
    {CSVK_VALUE_BOOLEAN, S, "t", "..."},
    {CSVK_VALUE_BOOLEAN, S, "YES", "..."},
    {CSVK_VALUE_BOOLEAN, S, "y", "..."},
    {CSVK_VALUE_BOOLEAN, S, "false", "..."},
    {CSVK_VALUE_BOOLEAN, S, "F", "..."},
    {CSVK_VALUE_BOOLEAN, S, "no", "..."},
    {CSVK_VALUE_BOOLEAN, S, "n", "..."},
    {CSVK_VALUE_BOOLEAN, S, "on", "m.m"},
    {CSVK_VALUE_BOOLEAN, S, "OFF", "m.m"},
    {CSVK_VALUE_BOOLEAN, S, " true", "nnn"},
    {CSVK_VALUE_BOOLEAN, S, "2", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "1.0", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "truee", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "tru", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "true", "..."},
    {CSVK_VALUE_BOOLEAN, S, "TRUE", "..."},
    {CSVK_VALUE_BOOLEAN, S, "T", "..."},
    {CSVK_VALUE_BOOLEAN, S, "yes", "..."},
    {CSVK_VALUE_BOOLEAN, S, "Y", "..."},
    {CSVK_VALUE_BOOLEAN, S, "FALSE", "..."},
    {CSVK_VALUE_BOOLEAN, S, "f", "..."},
    {CSVK_VALUE_BOOLEAN, S, "NO", "..."},
    {CSVK_VALUE_BOOLEAN, S, "N", "..."},
    {CSVK_VALUE_BOOLEAN, S, "On", "m.m"},
    {CSVK_VALUE_BOOLEAN, S, "off", "m.m"},
    {CSVK_VALUE_BOOLEAN, S, "true ", "nnn"},
    {CSVK_VALUE_BOOLEAN, S, " 1", "nnn"},
    {CSVK_VALUE_BOOLEAN, S, "on ", "mnm"},
    {CSVK_VALUE_BOOLEAN, S, "-1", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "01", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "00", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "ok", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "ano", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "\xE2\x9C\x93", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "NULL", "mmm"},
    {CSVK_VALUE_BOOLEAN, S, "x", "mmm"},
    /* DATE */
    {CSVK_VALUE_DATE, S, "2024-02-29", "..."},
    {CSVK_VALUE_DATE, S, "2023-02-29", "rrr"},
    {CSVK_VALUE_DATE, S, "1900-02-29", "rrr"},
    {CSVK_VALUE_DATE, S, "2000-02-29", "..."},
    {CSVK_VALUE_DATE, S, "2024-04-31", "rrr"},
    {CSVK_VALUE_DATE, S, "2024-12-31", "..."},
    {CSVK_VALUE_DATE, S, "2024-13-01", "rrr"},
    {CSVK_VALUE_DATE, S, "2024-00-01", "rrr"},
    {CSVK_VALUE_DATE, S, "2024-01-00", "rrr"},
    {CSVK_VALUE_DATE, S, "0001-01-01", "..."},
    {CSVK_VALUE_DATE, S, "0000-01-01", "rrr"},
    {CSVK_VALUE_DATE, S, "9999-12-31", "..."},
    {CSVK_VALUE_DATE, S, "10000-01-01", "mmm"},
    {CSVK_VALUE_DATE, S, "2024-1-5", "nnn"},
    {CSVK_VALUE_DATE, S, "2024-01-5", "nnn"},
    {CSVK_VALUE_DATE, S, "05/02/2013", "mam"},
    {CSVK_VALUE_DATE, S, "25/02/2013", "mrm"},
    {CSVK_VALUE_DATE, S, "5-JAN-2013", "m.m"},
    {CSVK_VALUE_DATE, S, "31-feb-2013", "mrm"},
    {CSVK_VALUE_DATE, S, "05.02.2013", "mmm"},
    {CSVK_VALUE_DATE, S, "2019/01/02", "mmm"},
    {CSVK_VALUE_DATE, S, "20240131", "mmm"},
    {CSVK_VALUE_DATE, S, "2024-01-31 00:00:00", "mmm"},
    {CSVK_VALUE_DATE, S, " 2024-01-31", "mmm"},
    {CSVK_VALUE_DATE, S, "1970-01-01", "..."},
    {CSVK_VALUE_DATE, S, "2024-1-05", "nnn"},
    {CSVK_VALUE_DATE, S, "2024-2-30", "rrr"},
    {CSVK_VALUE_DATE, S, "5/2/2013", "mam"},
    {CSVK_VALUE_DATE, S, "12/31/2024", "mam"},
    {CSVK_VALUE_DATE, S, "2/30/2024", "mrm"},
    {CSVK_VALUE_DATE, S, "05-JAN-2013", "m.m"},
    {CSVK_VALUE_DATE, S, "5-jan-2013", "m.m"},
    {CSVK_VALUE_DATE, S, "5-JANUARY-2013", "mmm"},
    {CSVK_VALUE_DATE, S, "1-XYZ-2013", "mmm"},
    {CSVK_VALUE_DATE, S, "01-02-2019", "mmm"},
    {CSVK_VALUE_DATE, S, "2019-02", "mmm"},
    {CSVK_VALUE_DATE, S, "2019", "mmm"},
    {CSVK_VALUE_DATE, S, "1706659200", "mmm"},
    {CSVK_VALUE_DATE, S, "24-01-31", "mmm"},
    {CSVK_VALUE_DATE, S, "2024.01.31", "mmm"},
    {CSVK_VALUE_DATE, S, "31.12.2024", "mmm"},
    {CSVK_VALUE_DATE, S, "2024-01-31T00:00:00", "mmm"},
    {CSVK_VALUE_DATE, S, "2024-01-31Z", "mmm"},
    {CSVK_VALUE_DATE, S, "-2024-01-31", "mmm"},
    {CSVK_VALUE_DATE, S, "+2024-01-31", "mmm"},
    {CSVK_VALUE_DATE, S, "2024-01-31 ", "mmm"},
    {CSVK_VALUE_DATE, S, "today", "mmm"},
    {CSVK_VALUE_DATE, S, "NULL", "mmm"},
    {CSVK_VALUE_DATE, S, "Thu, 21 Dec 2000", "mmm"},
    /* TIMESTAMP */
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31T23:59:59", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.123456", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.1234567", "n.n"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.123456789", "n.n"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.1234567890", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31", "nnn"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10", "m.m"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30Z", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30+02:00", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30-0200", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30 +02:00", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30+24:00", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30+02:60", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30 UTC", "mm."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30 CET", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 24:00:00", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:60:00", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:60", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:61", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-02-30 10:20:30", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "2024/01/31 10:20:30", "mm."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-1-31 10:20:30", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "1700000000", "mmn"},
    {CSVK_VALUE_TIMESTAMP, S, "-1700000000.123456", "mmn"},
    {CSVK_VALUE_TIMESTAMP, S, "1700000000.1234567", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "Thu, 21 Dec 2000 16:01:07 +0200", "m.m"},
    {CSVK_VALUE_TIMESTAMP, S, "21 Dec 2000 16:01:07 +0200", "m.m"},
    {CSVK_VALUE_TIMESTAMP, S, "Thu, 32 Dec 2000 16:01:07 +0200", "mrm"},
    {CSVK_VALUE_TIMESTAMP, 4, 0, "2024-01-31 10:20:30.123", "..."},
    {CSVK_VALUE_TIMESTAMP, 4, 0, "2024-01-31 10:20:30.123000", "..."},
    {CSVK_VALUE_TIMESTAMP, 4, 0, "2024-01-31 10:20:30.1234", "ppp"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31T10:20", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31T10:20:30.1", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.12345678", "n.n"},
    {CSVK_VALUE_TIMESTAMP, S, "0001-01-01 00:00:00", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "9999-12-31 23:59:59.999999", "..."},
    {CSVK_VALUE_TIMESTAMP, S, "0000-01-01 00:00:00", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "10000-01-01 00:00:00", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31T10", "m.m"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31T10:20:30Z", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31T10:20:30+0200", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20+02:00", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30.123456+02:00", "nn."},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30 Europe/Prague", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024/01/31 10:20", "mm."},
    {CSVK_VALUE_TIMESTAMP, S, "01/31/2024 10:20:30", "mam"},
    {CSVK_VALUE_TIMESTAMP, S, "31/01/2024 10:20:30", "mrm"},
    {CSVK_VALUE_TIMESTAMP, S, "1/5/2024 10:20:30", "mam"},
    {CSVK_VALUE_TIMESTAMP, S, "01/31/2024 10:20:60", "mrm"},
    {CSVK_VALUE_TIMESTAMP, S, "01/31/2024 10:20", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "01/31/2024 10:20:30.5", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "31.01.2024 10:20:30", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 10:20:30 PM", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31  10:20:30", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 1:20:30", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "0", "mmn"},
    {CSVK_VALUE_TIMESTAMP, S, "1700000000.5", "mmn"},
    {CSVK_VALUE_TIMESTAMP, S, "1.7e9", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "1700000000000", "mmn"},
    {CSVK_VALUE_TIMESTAMP, S, "-1", "mmn"},
    {CSVK_VALUE_TIMESTAMP, S, "2023-02-29", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "2024-01-31 25:00:00", "rrr"},
    {CSVK_VALUE_TIMESTAMP, S, "10:20:30", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "now", "mmm"},
    {CSVK_VALUE_TIMESTAMP, S, "NULL", "mmm"},
    {CSVK_VALUE_TIMESTAMP, 1, 0, "2024-01-31 10:20:30.1", "ppp"},
    /* STRING */
    {CSVK_VALUE_STRING, 3, 0, "abc", "..."},
    {CSVK_VALUE_STRING, 3, 0, "abcd", "lll"},
    {CSVK_VALUE_STRING, 3, 0, "\xE6\xBC\xA2\xE6\xBC\xA2\xF0\x9F\x98\x80", "..."},
    {CSVK_VALUE_STRING, 3, 0, "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", "lll"},
    {CSVK_VALUE_STRING, S, "anything, at all", "..."},
    {CSVK_VALUE_ANY, S, "anything", "..."},
    /* a Table Schema; more in tests/schema/table_schema.test.sh */
    {CSVK_VALUE_TABLE_STRING, S, "anything", "..."},
    {CSVK_VALUE_TABLE_STRING, 3, 0, "\xC3\xA9\xC3\xA9\xC3\xA9", "..."},
    {CSVK_VALUE_TABLE_STRING, 3, 0, "abcd", "lll"},
    {CSVK_VALUE_TABLE_INTEGER, S, "+99999999999999999999999999999999999999999", "..."},
    {CSVK_VALUE_TABLE_INTEGER, S, "1.0", "mmm"},
    {CSVK_VALUE_TABLE_NUMBER, S, "-.5e-9", "..."},
    {CSVK_VALUE_TABLE_NUMBER, S, "1e999", "..."},
    {CSVK_VALUE_TABLE_NUMBER, S, "1e", "mmm"},
    {CSVK_VALUE_TABLE_BOOLEAN, S, "True", "..."},
    {CSVK_VALUE_TABLE_BOOLEAN, S, "false", "..."},
    {CSVK_VALUE_TABLE_BOOLEAN, S, "FALSE", "..."},
    {CSVK_VALUE_TABLE_BOOLEAN, S, "tRUE", "mmm"},
    {CSVK_VALUE_TABLE_BOOLEAN, S, "falsE", "mmm"},
    {CSVK_VALUE_TABLE_BOOLEAN, S, "yes", "mmm"},
    {CSVK_VALUE_TABLE_DATE, S, "2024-02-29", "..."},
    {CSVK_VALUE_TABLE_DATE, S, "2023-02-29", "mmm"},
    {CSVK_VALUE_TABLE_DATE, S, "5-JAN-2013", "mmm"},
};

static struct csvk_schema_column column_of(const struct value_row *row)
{
    struct csvk_schema_column column = {.size = sizeof column, .name = "c", .type = row->type};
    bool own = row->type == CSVK_VALUE_TABLE_STRING && row->length != 0;
    column.length = row->type == CSVK_VALUE_STRING ? row->length : 0;
    column.length_limit = own ? row->length + 1 : 0;
    column.precision = row->type == CSVK_VALUE_NUMERIC ? row->length : 0;
    column.scale = row->scale;
    column.fraction_limit = row->type == CSVK_VALUE_TIMESTAMP ? row->length : 0;
    return column;
}

/* The check of a schema that has this column alone. */
static void make_check(struct value_check *check, const struct csvk_schema_column *column,
                       enum csvk_backend backend)
{
    struct csvk_schema *schema = NULL;
    struct csvk_error err = {0};
    ck_assert_int_eq(csvk_schema_new(&schema, &err), CSVK_OK);
    ck_assert_int_eq(csvk_schema_add(schema, column, &err), CSVK_OK);
    ck_assert_msg(value_check_init(check, schema, 0, backend, &err) == CSVK_OK, "%s", err.text);
    csvk_schema_free(schema);
}

START_TEST(every_value_has_its_verdict)
{
    for (size_t i = 0; i < COUNT(value_rows); i++) {
        const struct value_row *row = &value_rows[i];
        const unsigned char *value = (const unsigned char *)row->value;
        struct csvk_schema_column column = column_of(row);
        for (int b = 0; b < CSVK_BACKENDS; b++) {
            struct value_check check;
            make_check(&check, &column, (enum csvk_backend)b);
            struct value_fault fault = value_judge(&check, value, strlen(row->value));
            ck_assert_msg(verdict_letters[fault.kind] == row->verdicts[b],
                          "%s %s on %s: %c, expected %c", csvk_value_type_name(row->type),
                          row->value, csvk_backend_name((enum csvk_backend)b),
                          verdict_letters[fault.kind], row->verdicts[b]);
            ck_assert_uint_le(fault.at, strlen(row->value) - 1);
            ck_assert_msg(fault.kind == VALUE_GOOD ||
                              !check.accepts(&check, value, strlen(row->value)),
                          "the quick check takes %s", row->value);
            value_check_release(&check);
        }
    }
}
END_TEST

/* A text without a length has that of Snowflake's VARCHAR, unless BigQuery alone takes it. */
START_TEST(a_text_without_a_length_has_a_limit)
{
    size_t most = 16777216;
    unsigned char *text = malloc(most + 1);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', most + 1);
    struct csvk_schema_column column = {
        .size = sizeof column, .name = "c", .type = CSVK_VALUE_STRING};
    for (int b = 0; b < CSVK_BACKENDS; b++) {
        struct value_check check;
        bool free_of_it = b == CSVK_BACKEND_BIGQUERY;
        make_check(&check, &column, (enum csvk_backend)b);
        ck_assert_int_eq(value_judge(&check, text, most).kind, VALUE_GOOD);
        ck_assert_int_eq(value_judge(&check, text, most + 1).kind,
                         free_of_it ? VALUE_GOOD : VALUE_TOO_LONG);
        value_check_release(&check);
    }
    free(text);
}
END_TEST

/* Texts of few bytes that come near to values; all of them, up to five bytes. */
START_TEST(the_quick_check_takes_only_what_is_good)
{
    static const char bytes[] = "-+.e019 ";
    static const enum csvk_value_type types[] = {CSVK_VALUE_INTEGER,       CSVK_VALUE_NUMERIC,
                                                 CSVK_VALUE_FLOAT,         CSVK_VALUE_BOOLEAN,
                                                 CSVK_VALUE_TABLE_INTEGER, CSVK_VALUE_TABLE_NUMBER,
                                                 CSVK_VALUE_TABLE_BOOLEAN};
    for (size_t t = 0; t < COUNT(types); t++) {
        struct csvk_schema_column column = {.size = sizeof column, .name = "c", .type = types[t]};
        column.precision = types[t] == CSVK_VALUE_NUMERIC ? 3 : 0;
        column.scale = types[t] == CSVK_VALUE_NUMERIC ? 1 : 0;
        struct value_check check;
        make_check(&check, &column, CSVK_BACKEND_PORTABLE);
        for (unsigned n = 0, all = 1; n < 5; n++) {
            all *= 8;
            for (unsigned code = 0; code < all; code++) {
                unsigned char text[5];
                for (unsigned i = 0; i <= n; i++) {
                    text[i] = (unsigned char)bytes[(code >> (3 * i)) & 7];
                }
                ck_assert_msg(!check.accepts(&check, text, n + 1) ||
                                  value_judge(&check, text, n + 1).kind == VALUE_GOOD,
                              "%.*s", (int)n + 1, text);
            }
        }
    }
}
END_TEST

/* Every day of a leap year and of another, and days that there are not. */
START_TEST(the_quick_check_takes_only_real_days)
{
    static const unsigned years[] = {1900, 2000, 2023, 2024};
    struct csvk_schema_column column = {
        .size = sizeof column, .name = "c", .type = CSVK_VALUE_DATE};
    struct value_check check;
    size_t taken = 0;
    make_check(&check, &column, CSVK_BACKEND_PORTABLE);
    for (size_t y = 0; y < COUNT(years); y++) {
        for (unsigned month = 0; month < 15; month++) {
            for (unsigned day = 0; day < 34; day++) {
                char text[24];
                snprintf(text, sizeof text, "%04u-%02u-%02u", years[y], month, day);
                const unsigned char *value = (const unsigned char *)text;
                bool quick = check.accepts(&check, value, strlen(text));
                ck_assert_msg(!quick || value_judge(&check, value, strlen(text)).kind == VALUE_GOOD,
                              "%s", text);
                taken += quick;
            }
        }
    }
    ck_assert_uint_eq(taken, COUNT(years) * 365);
}
END_TEST

START_TEST(a_byte_that_is_no_digit_is_seen_at_every_place)
{
    struct csvk_schema_column column = {
        .size = sizeof column, .name = "c", .type = CSVK_VALUE_INTEGER};
    struct value_check check;
    make_check(&check, &column, CSVK_BACKEND_PORTABLE);
    for (size_t length = 1; length <= 18; length++) {
        unsigned char text[18];
        for (size_t at = 0; at < length; at++) {
            for (int byte = 0; byte < 256; byte++) {
                memset(text, '0' + (int)(length % 10), sizeof text);
                text[at] = (unsigned char)byte;
                bool digit = byte >= '0' && byte <= '9';
                bool minus = byte == '-' && at == 0 && length > 1;
                ck_assert_msg(check.accepts(&check, text, length) == (digit || minus),
                              "byte %d at %zu of %zu", byte, at, length);
            }
        }
    }
}
END_TEST

START_TEST(the_first_byte_that_does_not_fit_is_named)
{
    static const struct {
        enum csvk_value_type type;
        const char *value;
        size_t at;
    } rows[] = {
        {CSVK_VALUE_INTEGER, "12a4", 2},
        {CSVK_VALUE_INTEGER, "1 000", 1},
        {CSVK_VALUE_INTEGER, "12.5", 2},
        {CSVK_VALUE_INTEGER, "-", 0},
        {CSVK_VALUE_INTEGER, "7 ", 1},
        {CSVK_VALUE_NUMERIC, "1.2.3", 3},
        {CSVK_VALUE_NUMERIC, "1e5", 1},
        {CSVK_VALUE_FLOAT, "1e+", 1},
        {CSVK_VALUE_DATE, "2024/01/02", 4},
        {CSVK_VALUE_DATE, "2024-01-02x", 10},
        {CSVK_VALUE_DATE, "2024-1-02", 5},
        {CSVK_VALUE_TIMESTAMP, "2024-01-02 10:2x", 15},
        {CSVK_VALUE_TIMESTAMP, "2024-01-02 10:20:60", 17},
        {CSVK_VALUE_TIMESTAMP, "2024-01-02 10:20Z", 16},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct csvk_schema_column column = {.size = sizeof column, .name = "c"};
        struct value_check check;
        column.type = rows[i].type;
        make_check(&check, &column, CSVK_BACKEND_PORTABLE);
        struct value_fault fault =
            value_judge(&check, (const unsigned char *)rows[i].value, strlen(rows[i].value));
        ck_assert_msg(fault.at == rows[i].at, "%s: byte %zu", rows[i].value, fault.at);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schema_values");
    TCase *tc = tcase_create("values");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_value_has_its_verdict);
    tcase_add_test(tc, a_text_without_a_length_has_a_limit);
    tcase_add_test(tc, the_quick_check_takes_only_what_is_good);
    tcase_add_test(tc, the_quick_check_takes_only_real_days);
    tcase_add_test(tc, a_byte_that_is_no_digit_is_seen_at_every_place);
    tcase_add_test(tc, the_first_byte_that_does_not_fit_is_named);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
