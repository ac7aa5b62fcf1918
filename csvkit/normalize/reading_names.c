/* reading_names.c - what each reading supposes, in words; lists of readings and of scores. */
#include "csvkit/normalize/readings.h"
#include "csvkit/normalize/texts.h"

#include <string.h>

/* The number of the field stands between the two; none where `after` is NULL. */
static const struct {
    const char *before, *after;
} names[NORM_SLIPS] = {
    [NORM_SLIP_AS_WRITTEN] = {"as it is written", NULL},
    [NORM_SLIP_INNER_QUOTES] = {"inner quotes are data", NULL},
    [NORM_SLIP_INNER_PAIRS] = {"inner quotes are data, one beside the closing quote", NULL},
    [NORM_SLIP_BACKSLASH] = {"backslash escapes the quote", NULL},
    [NORM_SLIP_BLANKS] = {"blanks around enclosures", NULL},
    [NORM_SLIP_ALL_QUOTES] = {"all quotes are data", NULL},
    [NORM_SLIP_OPENING_IS_DATA] = {"the opening quote of field ", " is data"},
    [NORM_SLIP_CLOSING_LOST] = {"the closing quote of field ", " is missing"},
    [NORM_SLIP_OPENING_LOST] = {"the opening quote of field ", " is missing"},
    [NORM_SLIP_QUOTES_BEFORE_END] = {"quotes before a delimiter in field ", " are data"},
    [NORM_SLIP_INNER_OF_FIELD] = {"inner quotes of field ", " are data"},
    [NORM_SLIP_QUOTES_IN_OPEN] = {"quotes in field ", " are data"},
    [NORM_SLIP_DELIMITER_LOST] = {"a delimiter is missing after field ", ""},
    [NORM_SLIP_TWO_RECORDS] = {"two records are on one line", NULL},
    [NORM_SLIP_CUT] = {"the line is cut within field ", ""},
    [NORM_SLIP_EMPTY_SURPLUS] = {"empty field ", " is surplus"},
    [NORM_SLIP_DELIMITER_AS_DATA] = {"field ", " holds the delimiter and is not enclosed"},
    [NORM_SLIP_EMPTY_LEFT_OUT] = {"empty fields were left out from field ", " on"},
    [NORM_SLIP_END_LOST] = {"fields are lost from field ", " on"},
    [NORM_SLIP_FIELDS_LOST] = {"fields are missing before field ", ""},
    [NORM_SLIP_GLUED] = {"a delimiter is missing within field ", ""},
};

void norm_reading_name(const struct norm_reading *reading, char *text, size_t room)
{
    struct norm_text name = norm_text_begin(text, room);
    const char *before = names[reading->slip].before, *after = names[reading->slip].after;
    if (reading->slip == NORM_SLIP_EMPTY_SURPLUS && reading->count > 1) {
        norm_text_number(&name, reading->count);
        before = " empty fields are surplus, the first of them field ";
        after = "";
    }
    norm_text_add(&name, before);
    if (after != NULL) {
        norm_text_number(&name, reading->field);
        norm_text_add(&name, after);
    }
}

bool norm_reading_named_alike(const struct norm_reading *a, const struct norm_reading *b)
{
    bool numbered = names[a->slip].after != NULL;
    return a->slip == b->slip && (!numbered || a->field == b->field) &&
           (a->slip != NORM_SLIP_EMPTY_SURPLUS || a->count == b->count);
}

/* Twice as much room, in the arena when there is one: then the old list is left to that. */
static bool make_room(struct norm_readings *to)
{
    size_t capacity = to->capacity != 0 ? 2 * to->capacity : 16;
    struct norm_reading *list;
    if (to->arena == NULL) {
        list = csvk_reallocarray(to->list, capacity, sizeof *list);
    } else {
        list = norm_arena_take(to->arena, capacity * sizeof *list);
        if (list != NULL && to->count != 0) {
            memcpy(list, to->list, to->count * sizeof *list);
        }
    }
    to->failed = to->failed || list == NULL;
    to->list = list != NULL ? list : to->list;
    to->capacity = list != NULL ? capacity : to->capacity;
    return list != NULL;
}

struct norm_reading *norm_readings_add(struct norm_readings *to, const struct norm_reading *reading)
{
    if (to->count == to->capacity && !make_room(to)) {
        return NULL;
    }
    to->list[to->count] = *reading;
    return &to->list[to->count++];
}

void norm_readings_release(struct norm_readings *readings)
{
    if (readings->arena == NULL) {
        csvk_free(readings->list);
    }
    *readings = (struct norm_readings){0};
}

void norm_best_add(struct norm_best *best, int bits)
{
    size_t at = best->count;
    if (at == NORM_COMPETING && bits >= best->bits[--at]) {
        return;
    }
    for (; at > 0 && best->bits[at - 1] > bits; at--) {
        best->bits[at] = best->bits[at - 1];
    }
    best->bits[at] = bits;
    best->count += best->count < NORM_COMPETING;
}
