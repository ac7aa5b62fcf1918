/*
 * test_decide_conditions.c - records of which one condition decides: what becomes of each is
 * another thing when a single question is left out, or a number is one more or one less.
 * test_decide.c has the usual ones.
 */
#include "tests/support/decided.h"

static const struct decision_case cases[] = {
    {"a line of a record in a value, 24 records", NOTES, FIRST(24),
     "140,\"Ann went\n1,2,3\nBob went\",2025-01-03\n", NORM_REJECT, CSVK_REPAIR_UNCLOSED,
     "enclosures: as it is written, but its values do not look like their columns", NULL},
    {"a line of a record in a value, 23 records", NOTES, FIRST(23),
     "140,\"Ann went\n1,2,3\nBob went\",2025-01-03\n", NORM_KEEP, CSVK_REPAIR_NONE, "", NULL},
    {"a line of a record where one value has lines", ONE_BROKEN, USUAL,
     "140,\"Ann went\n1,2,3\nBob went\",2025-01-03\n", NORM_REJECT, CSVK_REPAIR_UNCLOSED,
     "enclosures: as it is written, but its values do not look like their columns", NULL},
    {"a line of a record where two values have lines", TWO_BROKEN, USUAL,
     "140,\"Ann went\n1,2,3\nBob went\",2025-01-03\n", NORM_KEEP, CSVK_REPAIR_NONE, "", NULL},
    {"the last line of a value is a record", ONE_COLUMN, USUAL, "\"nn and 3\n\"\nBob and 4\n",
     NORM_REJECT, CSVK_REPAIR_UNCLOSED,
     "enclosures: as it is written, but its values do not look like their columns", "Bob and 4\n"},
    {"two lines of a value are no record together", TUBES, USUAL, "140,\"tube 4\n\n141,,\"\n",
     NORM_KEEP, CSVK_REPAIR_NONE, "", NULL},
    {"CR in a value that is not enclosed", ONE_COLUMN, USUAL, "A#\rnn\nBob and 4\n", NORM_KEEP,
     CSVK_REPAIR_NONE, "", "Bob and 4\n"},
    {"goes on in one column", ONE_COLUMN, USUAL, "Ann and 3\nx,y\nto Bob\"\nBob and 4\n", NORM_KEEP,
     CSVK_REPAIR_NONE, "", "x,y\nto Bob\"\nBob and 4\n"},
    {"goes on in a comment", LAST_NOTES, WITH_COMMENTS,
     "140,2025-01-03,Ann went\n#to Bob\"\n141,2025-01-03,Ann and\n", NORM_KEEP, CSVK_REPAIR_NONE,
     "", "#to Bob\"\n141,2025-01-03,Ann and\n"},
    {"goes on, seven", SEVEN_CLEAN, USUAL, "140,a,x\n140,a,x\"\n101,b,x\n", NORM_REJECT,
     CSVK_REPAIR_UNCLOSED,
     "its last value may go on in the next line: a quote has no partner there", "101,b,x\n"},
    {"goes on, seven, and a record between", SEVEN_CLEAN, USUAL,
     "140,\"x\n1,2,3\ny\",Bob\n,2,3\ny\"", NORM_KEEP, CSVK_REPAIR_NONE, "", ",2,3\ny\""},
    {"goes on after a record that is unlike the table", PHONES, USUAL,
     "140,Ann,555-\n140\n148,Bob,555-1080\n1\"\n\n\",", NORM_REJECT, CSVK_REPAIR_JOIN,
     "the line after it may be the end of its last value", "140\n148,Bob,555-1080\n1\"\n\n\","},
    {"an enclosed value ends with the line", MIXED_LAST, USUAL,
     "113,tube 113\n140,\",\"tube, 110\"\ntube, 110\"\n", NORM_KEEP, CSVK_REPAIR_NONE, "",
     "140,\",\"tube, 110\"\ntube, 110\"\n"},
    {"the line after it is repaired alone", ENCLOSED_LAST, USUAL,
     "149,119,\"Fay, 119\"\n117,117,\"D ee,\", 117\"\n", NORM_KEEP, CSVK_REPAIR_NONE, "",
     "117,117,\"D ee,\", 117\"\n"},
    {"a quote in the line after it is no end", LAST_MIXED, NOT_AT_END,
     "140,202-01-03,Ann and Bob \nwen#\"\"\nxt a\n", NORM_KEEP, CSVK_REPAIR_NONE, "",
     "wen#\"\"\nxt a\n"},
    {"a line of nothing", SOME_EMPTY, USUAL, "\n1N110", NORM_REJECT, CSVK_REPAIR_PAD,
     "too few fields: fields are missing before field 1", "1N110"},
    {"a joined record is none of the sample", LAST_ENCLOSED, USUAL,
     "140,2025-01-03,Ann and Bob went \na to Cyd#\n", NORM_KEEP, CSVK_REPAIR_NONE, "",
     "a to Cyd#\n"},
    {"CR within a joined value", FEW_SHORT, USUAL, "14\r0\r\n,N,140\n", NORM_REJECT,
     CSVK_REPAIR_PAD, "a line of one field", ",N,140\n"},
    {"an enclosed value with a line break, in a joined record", ENCLOSED_LAST, USUAL,
     "1,140\n,\"Ann\n141,141,aAnn, 3\"\n", NORM_REJECT, CSVK_REPAIR_JOIN,
     "short records that may be one: 29.0 bits as one, 25.0 as 2", NULL},
    {"join of four with a CR", PROSE_WIDE, NO_ENCLOSURE,
     "140,so \ron-off \nto the house\nand on\nto here,2025-01-03,140\n", NORM_REJECT,
     CSVK_REPAIR_JOIN, "short records that may be one: 15.0 bits as one, 8.0 as 4", NULL},
    {"a fault in another field", EXAMPLE, USUAL, "140, \"2025-01-03,Ann,\"n, \"\"7\",\"u7\",\n",
     NORM_WRITE, CSVK_REPAIR_ENCLOSE, "140| \"2025-01-03|Ann|<n, \"7>|<u7>|", NULL},
    {"doubled quotes, and one beside the closing one", SAYINGS, USUAL,
     "140,\"An said, \"\"xso 3\"\",140\n", NORM_REJECT, CSVK_REPAIR_UNCLOSED,
     "enclosures: quotes in a value are doubled, and others in it are not", NULL},
    {"two doubled, three not", BOTH_ENCLOSED, USUAL,
     "\"120\"\"\" x\",\"2025-01-21\",\"Gus\"\n\"104 x\",2025-01-05\",\"Eve\"\n", NORM_WRITE,
     CSVK_REPAIR_INNER_QUOTES, "<120\"\" x>|<2025-01-21>|<Gus>",
     "\"104 x\",2025-01-05\",\"Eve\"\n"},
    {"quotes of both kinds in an open value", ONE_COLUMN, AS_LITERAL, "Gus an\"d 127\"\"\"",
     NORM_WRITE, CSVK_REPAIR_ENCLOSE, "Gus an\"d 127\"\"\"", NULL},
    {"resync over text behind an enclosure", ONE_COLUMN, USUAL,
     "\"Ann and 3\nBob a4\n\"\"Gus \"\"and 113\nDee8\n", NORM_REJECT, CSVK_REPAIR_UNCLOSED,
     "enclosures: two readings fit: all quotes are data", NULL},
    {"resync to the end", ONE_COLUMN, USUAL, "\"Ann and 3\nBob and 4\"Ann and 3\nBob and 4\n\n",
     NORM_REJECT, CSVK_REPAIR_INNER_QUOTES, "enclosures: two readings fit: all quotes are data",
     "Bob and 4\n\n"},
    {"resync over a quote of a wider record", FEW_SHORT, FIRST(24),
     "140,\"N\n141,N141,x y\nN\"{\n142,N112,x y\n108,N108,x y\n", NORM_REJECT,
     CSVK_REPAIR_INNER_QUOTES,
     "enclosures: a delimiter is missing after field 2, but then a value holds a line that is a "
     "record",
     "142,N112,x y\n108,N108,x y\n"},
    {"a record in a value, seven", PROSE, FIRST(7),
     "140,\"so \"on, off to the house,2025-01-03\n141,so on-off to the house,2025-01-04\n142,so "
     "on-off to the house,2025-01-05\n143,so on-off to the house,2025-01-06\n144,so "
     "off\",2025-01-07\n",
     NORM_REJECT, CSVK_REPAIR_INNER_QUOTES,
     "enclosures: 1 reading fits, and 7 clean records are too few to tell", NULL},
    {"a quote at the end of the data", FEW_SHORT, AFTER_UNSOUND, "1140\"", NORM_REJECT,
     CSVK_REPAIR_INNER_QUOTES, "enclosures: no reading fits", NULL},
    {"open in a column beyond the width", NOTES, FIRST(30), "1,,x,\"\n", NORM_REJECT,
     CSVK_REPAIR_UNCLOSED,
     "enclosures: the opening quote of field 3 is missing, but its values do not look like their "
     "columns",
     NULL},
    {"open, and a CR ends the data", EIGHT_CLEAN, USUAL, "144,2021-05,\"ve\n\r", NORM_REJECT,
     CSVK_REPAIR_UNCLOSED, "enclosures: the line is cut within field 3", NULL},
    {"open at the end, seven", SEVEN_CLEAN, USUAL, "145,5-01-06,\"\n\n\nFay\n,,", NORM_REJECT,
     CSVK_REPAIR_UNCLOSED, "enclosures: 9 readings fit, and 7 clean records are too few to tell",
     ",,"},
    {"cut in the last field, opening quote as data", EXAMPLE, USUAL,
     "140,2025-,01-03,Annx y,\"n, 7\",\"u\"x7\"\n", NORM_REJECT, CSVK_REPAIR_INNER_QUOTES,
     "enclosures: the line is cut within field 6", NULL},
    {"cut, and a quote as data in an enclosed value", ENCLOSED_LAST, USUAL,
     "140,\"140,\"\"\"Ann, 3\"\n", NORM_WRITE, CSVK_REPAIR_INNER_QUOTES, "140|\"140|<\"Ann, 3>",
     NULL},
    {"habit, and a value that is new", HABIT_WIDE, AS_HABIT, "140,N1407\n", NORM_WRITE,
     CSVK_REPAIR_PAD, "140|N1407|||", NULL},
    {"twice the width, empty at both ends", ALIKE, USUAL, "xa,xa,xa,,b,\n", NORM_WRITE,
     CSVK_REPAIR_SURPLUS, "xa|xa|xa|b", NULL},
    {"surplus, and an empty last value", EIGHT_CLEAN, USUAL, "140,,,2025-01-03,Bob\n", NORM_WRITE,
     CSVK_REPAIR_SURPLUS, "140|2025-01-03|Bob", NULL},
    {"a delimiter lost between two enclosures", BOTH_ENCLOSED, USUAL,
     "\"140 x\"\"2025-01-03\",\"Ann\"\"\"\n", NORM_WRITE, CSVK_REPAIR_INNER_QUOTES,
     "<140 x>|<2025-01-03>|<Ann\">", NULL},
    {"the end of a sound one may go on", PHONES, USUAL, "144,Gus,555-134\r110,Dee,555-110\n",
     NORM_REJECT, CSVK_REPAIR_SURPLUS,
     "too many fields: none of them is empty; every CR in it is followed by a whole record "
     "(--line-break-in=any)",
     NULL},
    {"all quotes are data beside an enclosed value", NOTES, USUAL,
     "140,Ann \"Bob\" went a,\"2025-01-03\"\n", NORM_REJECT, CSVK_REPAIR_INNER_QUOTES,
     "enclosures: two readings fit: all quotes are data", NULL},
};

enum { CASES = sizeof cases / sizeof cases[0] };

START_TEST(a_record_in_question)
{
    struct scene scene = {0};
    scene_decide(&scene, &cases[_i]);
    const char *fault = scene_fault(&scene, &cases[_i]);
    ck_assert_msg(fault == NULL, "%s: %s", cases[_i].about, fault);
    scene_release(&scene);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("decide_conditions");
    TCase *tcase = tcase_create("decide_conditions");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, a_record_in_question, 0, CASES);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
