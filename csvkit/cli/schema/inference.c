/* inference.c - see inference.h. */
#include "csvkit/cli/schema/inference.h"

#include <string.h>

/* The narrowest type that all values fit but `most`, and one at least. */
static enum csvk_type narrowest(const struct csvk_column_types *types, uint64_t most)
{
    if (most == 0) {
        return csvk_types_propose(types);
    }
    for (int type = 0; type < CSVK_TYPE_STRING; type++) {
        struct csvk_column_types others = *types; /* as if the misfits were not there */
        memset(others.excluded, 0, sizeof others.excluded);
        others.excluded_types = 0;
        for (int wider = 0; wider < type; wider++) {
            others.excluded[wider].record = 1;
        }
        if (types->misfits[type] <= most && types->misfits[type] < types->values &&
            csvk_types_propose(&others) == (enum csvk_type)type) {
            return (enum csvk_type)type;
        }
    }
    return CSVK_TYPE_STRING;
}

/* How much was seen: values that differ tell more than one that comes again. */
static const char *confidence_of(const struct csvk_column_stats *column)
{
    return column->values == 0                               ? "none"
           : column->values < 10 || column->distinct < 2     ? "low"
           : column->values < 1000 && column->distinct < 100 ? "medium"
                                                             : "high";
}

/* ---- how values are written ------------------------------------------------------------------ */

#define TIMES                                                                                      \
    (CSVK_FORM_TIME_T | CSVK_FORM_TIME_BLANK | CSVK_FORM_MINUTES | CSVK_FORM_SECONDS |             \
     CSVK_FORM_FRACTION)

struct moment_format {
    uint64_t forms; /* exactly these occur */
    const char *table_schema, *csvw;
};
static const struct moment_format moment_formats[] = {
    {CSVK_FORM_TIME_T | CSVK_FORM_SECONDS, "%Y-%m-%dT%H:%M:%S", "yyyy-MM-ddTHH:mm:ss"},
    {CSVK_FORM_TIME_BLANK | CSVK_FORM_SECONDS, "%Y-%m-%d %H:%M:%S", "yyyy-MM-dd HH:mm:ss"},
    {CSVK_FORM_TIME_T | CSVK_FORM_MINUTES, "%Y-%m-%dT%H:%M", "yyyy-MM-ddTHH:mm"},
    {CSVK_FORM_TIME_BLANK | CSVK_FORM_MINUTES, "%Y-%m-%d %H:%M", "yyyy-MM-dd HH:mm"},
};

static void infer_moment(struct inference *found, uint64_t forms, enum csvk_schema_kind kind)
{
    uint64_t times = forms & TIMES;
    for (size_t i = 0; i < sizeof moment_formats / sizeof moment_formats[0]; i++) {
        if (moment_formats[i].forms == times) {
            found->format =
                kind == CSVK_SCHEMA_CSVW ? moment_formats[i].csvw : moment_formats[i].table_schema;
            return;
        }
    }
    found->unwritten = "moments are written in more than one way, or with decimals of a second";
}

static void infer_boolean(struct inference *found, uint64_t forms, enum csvk_schema_kind kind)
{
    uint64_t words = forms & (CSVK_FORM_SMALL_WORD | CSVK_FORM_TITLE_WORD | CSVK_FORM_CAPITAL_WORD |
                              CSVK_FORM_MIXED_WORD);
    bool one = (words & (words - 1)) == 0;
    if ((words & CSVK_FORM_MIXED_WORD) != 0 || (kind == CSVK_SCHEMA_CSVW && !one)) {
        found->unwritten = "true and false are written in more than one way";
    } else if (kind == CSVK_SCHEMA_CSVW && words != CSVK_FORM_SMALL_WORD) {
        found->true_word = words == CSVK_FORM_TITLE_WORD ? "True" : "TRUE";
        found->false_word = words == CSVK_FORM_TITLE_WORD ? "False" : "FALSE";
    }
}

static enum csvk_value_type value_type_of(enum csvk_type type, bool native)
{
    switch (type) {
    case CSVK_TYPE_BOOLEAN: return native ? CSVK_VALUE_BOOLEAN : CSVK_VALUE_TABLE_BOOLEAN;
    case CSVK_TYPE_INTEGER: return native ? CSVK_VALUE_INTEGER : CSVK_VALUE_TABLE_INTEGER;
    case CSVK_TYPE_NUMERIC: return native ? CSVK_VALUE_NUMERIC : CSVK_VALUE_TABLE_NUMBER;
    case CSVK_TYPE_FLOAT: return native ? CSVK_VALUE_FLOAT : CSVK_VALUE_TABLE_NUMBER;
    case CSVK_TYPE_DATE: return native ? CSVK_VALUE_DATE : CSVK_VALUE_TABLE_DATE;
    case CSVK_TYPE_TIMESTAMP: return native ? CSVK_VALUE_TIMESTAMP : CSVK_VALUE_TABLE_DATETIME;
    default: return native ? CSVK_VALUE_STRING : CSVK_VALUE_TABLE_STRING;
    }
}

/* A length is written even where it is the default: a database may have another one. */
static void infer_digits(struct inference *found, const struct csvk_column_types *types)
{
    enum { MOST = 38, DEFAULT_SCALE = 9 };
    bool standard =
        types->fraction_digits <= DEFAULT_SCALE && types->integer_digits <= MOST - DEFAULT_SCALE;
    found->precision = MOST;
    found->scale = standard ? DEFAULT_SCALE : types->fraction_digits;
}

struct inference infer_column(const struct csvk_column_stats *column, enum csvk_schema_kind kind,
                              uint64_t max_misfits)
{
    bool native = kind == CSVK_SCHEMA_NATIVE;
    struct inference found = {.type = narrowest(column->types, max_misfits),
                              .confidence = confidence_of(column)};
    if (found.type == CSVK_TYPE_TIMESTAMP && !native) {
        infer_moment(&found, column->types->forms, kind);
    } else if (found.type == CSVK_TYPE_BOOLEAN && !native) {
        infer_boolean(&found, column->types->forms, kind);
    } else if (found.type == CSVK_TYPE_NUMERIC && native) {
        infer_digits(&found, column->types);
    }
    found.type = found.unwritten != NULL ? CSVK_TYPE_STRING : found.type;
    found.misfits = found.type != CSVK_TYPE_STRING ? column->types->misfits[found.type] : 0;
    bool decimal = found.type == CSVK_TYPE_NUMERIC && kind == CSVK_SCHEMA_CSVW;
    found.value_type = value_type_of(found.type, native || decimal);
    return found;
}

/* ---- the schema ------------------------------------------------------------------------------ */

static int add_column(struct csvk_schema *schema, const char *name, const struct inference *found,
                      bool required, struct csvk_error *err)
{
    struct csvk_strings yes = {0}, no = {0};
    struct csvk_schema_column column = {.size = sizeof column,
                                        .name = name,
                                        .type = found->value_type,
                                        .required = required,
                                        .precision = found->precision,
                                        .scale = found->scale,
                                        .format = found->format};
    int status = CSVK_OK;
    if (found->true_word != NULL) {
        status = csvk_strings_add(&yes, found->true_word);
        status = status == CSVK_OK ? csvk_strings_add(&no, found->false_word) : status;
        column.true_words = &yes;
        column.false_words = &no;
    }
    status = status == CSVK_OK ? csvk_schema_add(schema, &column, err)
                               : csvk_fail(err, status, "out of memory");
    csvk_strings_release(&yes);
    csvk_strings_release(&no);
    return status;
}

int infer_schema(struct csvk_schema **out, const struct table_stats *table,
                 enum csvk_schema_kind kind, uint64_t max_misfits, bool required,
                 struct csvk_error *err)
{
    struct csvk_schema_table about = {.size = sizeof about, .kind = kind};
    int status = csvk_schema_new(out, err);
    status = status == CSVK_OK ? csvk_schema_set_table(*out, &about, err) : status;
    for (size_t i = 0; i < table->names.count && status == CSVK_OK; i++) {
        const struct csvk_column_stats *column;
        if (csvk_stats_column(table->stats, i, &column) != CSVK_OK) {
            status = csvk_fail(err, CSVK_ENOMEM, "out of memory");
            break;
        }
        struct inference found = infer_column(column, kind, max_misfits);
        bool full = required && column->empty == 0 && column->values != 0;
        status = add_column(*out, table->names.item[i], &found, full, err);
    }
    if (status != CSVK_OK) {
        csvk_schema_free(*out);
        *out = NULL;
    }
    return status;
}
