/*
 * stats_text.c - the statistics as two tables for people: a line for each column, then the most
 * frequent values and shapes. Cells that may be of any length share what the terminal has left.
 */
#include "csvkit/cli/frame/frame.h"
#include "csvkit/cli/stats/stats_report.h"
#include "csvkit/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum cell { NAME, TYPE, VALUES, EMPTY, DISTINCT, LEAST, GREATEST, MEAN, LENGTH, CELLS };
static const char *const headings[CELLS] = {"column", "type",     "values", "empty", "distinct",
                                            "least",  "greatest", "mean",   "length"};
/* Of these, cells are cut. */
static bool is_elastic(enum cell cell)
{
    return cell == NAME || cell == LEAST || cell == GREATEST;
}
static bool is_number(enum cell cell)
{
    return cell == VALUES || cell == EMPTY || cell == DISTINCT || cell == MEAN;
}
#define GAP          2 /* columns between cells, and before each line */
#define LEAST_CELL   6
#define SHOWN_VALUES 4

struct grid {
    struct csvk_strings cells; /* CELLS for each line; the first line has the headings */
    size_t width[CELLS];
};

/* ---- cells ----------------------------------------------------------------------------------- */

/* Appends `text` cut to `most` columns, with an ellipsis when something is missing. */
static int add_cut(struct csvk_buf *out, const char *text, size_t most)
{
    size_t length = strlen(text), columns = cli_columns_of(text, length), at = 0;
    if (columns <= most) {
        return csvk_buf_add(out, text, length);
    }
    for (size_t shown = 0; shown + 1 < most && at < length; shown++) {
        do {
            at++;
        } while (((unsigned char)text[at] & 0xC0) == 0x80);
    }
    int status = csvk_buf_add(out, text, at);
    return status == CSVK_OK ? csvk_buf_puts(out, "\xE2\x80\xA6") : status;
}

static int add_value(struct csvk_buf *out, const struct csvk_stats_value *value)
{
    int status = csvk_buf_add_escaped(out, value->text, (size_t)value->kept);
    return status == CSVK_OK && value->length > value->kept ? csvk_buf_puts(out, "\xE2\x80\xA6")
                                                            : status;
}

static int add_number(struct csvk_buf *out, const char *sign, uint64_t number)
{
    return csvk_buf_printf(out, "%s%" PRIu64, sign, number);
}

static bool is_of_numbers(const struct csvk_column_stats *column)
{
    enum csvk_type type = csvk_types_propose(column->types);
    return type == CSVK_TYPE_INTEGER || type == CSVK_TYPE_NUMERIC || type == CSVK_TYPE_FLOAT;
}

/* The least or the greatest: of numbers and moments where the type is one. */
static int add_bound(struct csvk_buf *out, const struct csvk_column_stats *column, bool least)
{
    enum csvk_type type = csvk_types_propose(column->types);
    if (is_of_numbers(column)) {
        return csvk_buf_puts(out, least ? column->number_least : column->number_greatest);
    }
    if (type == CSVK_TYPE_DATE || type == CSVK_TYPE_TIMESTAMP) {
        return csvk_buf_puts(out, least ? column->moment_least : column->moment_greatest);
    }
    return add_value(out, least ? &column->least : &column->greatest);
}

/* The mean with at most two decimals; the whole one is in JSON. */
static int add_mean(struct csvk_buf *out, const char *mean)
{
    const char *point = strchr(mean, '.');
    bool plain = point != NULL && strchr(mean, 'e') == NULL && strlen(point) > 3;
    return csvk_buf_add(out, mean, plain ? (size_t)(point - mean) + 3 : strlen(mean));
}

static int add_length(struct csvk_buf *out, const struct csvk_column_stats *column)
{
    if (column->shortest == column->longest) {
        return add_number(out, "", column->longest);
    }
    return csvk_buf_printf(out, "%" PRIu64 "-%" PRIu64, column->shortest, column->longest);
}

static int add_cell(struct csvk_buf *out, enum cell cell, const char *name,
                    const struct csvk_column_stats *column)
{
    if (column->values == 0 && cell >= LEAST) {
        return CSVK_OK;
    }
    switch (cell) {
    case NAME: return csvk_buf_add_escaped(out, name, strlen(name));
    case TYPE: return csvk_buf_puts(out, csvk_type_name(csvk_types_propose(column->types)));
    case VALUES: return add_number(out, "", column->values);
    case EMPTY: return add_number(out, "", column->empty);
    case DISTINCT: return add_number(out, column->distinct_exact ? "" : "~", column->distinct);
    case LEAST: return add_bound(out, column, true);
    case GREATEST: return add_bound(out, column, false);
    case MEAN: return is_of_numbers(column) ? add_mean(out, column->mean) : CSVK_OK;
    case LENGTH: return add_length(out, column);
    case CELLS: break;
    }
    return CSVK_OK;
}

/* ---- the table of columns -------------------------------------------------------------------- */

static int take_cell(struct grid *grid, enum cell cell, const char *text)
{
    size_t width = cli_columns_of(text, strlen(text));
    grid->width[cell] = width > grid->width[cell] ? width : grid->width[cell];
    return csvk_strings_add(&grid->cells, text);
}

static int fill_grid(struct grid *grid, const struct table_stats *table)
{
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = CSVK_OK;
    for (int cell = 0; cell < CELLS && status == CSVK_OK; cell++) {
        status = take_cell(grid, (enum cell)cell, headings[cell]);
    }
    for (size_t i = 0; i < table->names.count && status == CSVK_OK; i++) {
        const struct csvk_column_stats *column;
        status = csvk_stats_column(table->stats, i, &column);
        for (int cell = 0; cell < CELLS && status == CSVK_OK; cell++) {
            csvk_buf_clear(&text);
            status = add_cell(&text, (enum cell)cell, table->names.item[i], column);
            status =
                status == CSVK_OK ? take_cell(grid, (enum cell)cell, csvk_buf_text(&text)) : status;
        }
    }
    csvk_buf_release(&text);
    return status;
}

/* Takes columns from the widest elastic cell until a line fits. */
static void fit(struct grid *grid, size_t width)
{
    for (;;) {
        size_t line = 0, widest = NAME;
        for (size_t cell = 0; cell < CELLS; cell++) {
            line += GAP + grid->width[cell];
            widest = is_elastic((enum cell)cell) && grid->width[cell] > grid->width[widest]
                         ? cell
                         : widest;
        }
        if (line <= width || grid->width[widest] <= LEAST_CELL) {
            return;
        }
        grid->width[widest]--;
    }
}

static int add_blanks(struct csvk_buf *out, size_t count)
{
    return count != 0 ? csvk_buf_printf(out, "%*s", (int)count, "") : CSVK_OK;
}

static int add_line(struct csvk_buf *out, const struct grid *grid, size_t line)
{
    size_t owed = 0; /* blanks that are written when something follows them */
    int status = CSVK_OK;
    for (size_t cell = 0; cell < CELLS && status == CSVK_OK; cell++) {
        const char *text = grid->cells.item[line * CELLS + cell];
        size_t most = grid->width[cell], shown = cli_columns_of(text, strlen(text));
        shown = shown < most ? shown : most;
        owed += GAP + (is_number((enum cell)cell) ? most - shown : 0);
        if (shown != 0) {
            status = add_blanks(out, owed);
            status = status == CSVK_OK ? add_cut(out, text, most) : status;
            owed = 0;
        }
        owed += is_number((enum cell)cell) ? 0 : most - shown;
    }
    return status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
}

static int add_columns(struct csvk_buf *out, const struct table_stats *table, size_t width)
{
    struct grid grid = {.cells = {0}};
    int status = fill_grid(&grid, table);
    fit(&grid, width);
    for (size_t line = 0; line * CELLS < grid.cells.count && status == CSVK_OK; line++) {
        status = add_line(out, &grid, line);
    }
    csvk_strings_release(&grid.cells);
    return status;
}

/* ---- frequent values and shapes -------------------------------------------------------------- */

static int add_list(struct csvk_buf *out, const char *what, bool exact, uint64_t count,
                    const struct csvk_stats_value *list)
{
    int status = count != 0 ? csvk_buf_puts(out, what) : CSVK_OK;
    for (uint64_t i = 0; i < count && i < SHOWN_VALUES && status == CSVK_OK; i++) {
        status = csvk_buf_puts(out, i != 0 ? ", `" : " `");
        status = status == CSVK_OK ? add_value(out, &list[i]) : status;
        status = status == CSVK_OK
                     ? csvk_buf_printf(out, "` %s%" PRIu64, exact ? "" : "<=", list[i].count)
                     : status;
    }
    return status;
}

static int add_frequent(struct csvk_buf *out, const char *name,
                        const struct csvk_column_stats *column, size_t width)
{
    struct csvk_buf line = CSVK_BUF_INIT;
    int status = csvk_buf_puts(&line, "  ");
    status = status == CSVK_OK ? csvk_buf_add_escaped(&line, name, strlen(name)) : status;
    status = status == CSVK_OK ? csvk_buf_puts(&line, ":") : status;
    if (status == CSVK_OK) {
        status = add_list(&line, " values", column->top_exact, column->ntop, column->top);
    }
    if (status == CSVK_OK && column->nshapes != 0) {
        status = add_list(&line, column->ntop != 0 ? "; shapes" : " shapes", column->shapes_exact,
                          column->nshapes, column->shape);
    }
    if (status == CSVK_OK && column->ntop + column->nshapes != 0) {
        status = add_cut(out, csvk_buf_text(&line), width);
        status = status == CSVK_OK ? csvk_buf_putc(out, '\n') : status;
    }
    csvk_buf_release(&line);
    return status;
}

int cli_stats_text(struct csvk_buf *out, const char *file, const struct table_stats *table,
                   size_t width)
{
    uint64_t records = csvk_stats_records(table->stats)->records;
    bool estimated = false;
    int status = csvk_buf_add_escaped(out, file, strlen(file));
    if (status == CSVK_OK) {
        status = csvk_buf_printf(out, ": %" PRIu64 " record%s of %zu column%s\n", records,
                                 cli_plural(records), table->names.count,
                                 cli_plural(table->names.count));
    }
    status = status == CSVK_OK ? add_columns(out, table, width) : status;
    for (size_t i = 0; i < table->names.count && status == CSVK_OK; i++) {
        const struct csvk_column_stats *column;
        status = csvk_stats_column(table->stats, i, &column);
        if (status == CSVK_OK) {
            estimated = estimated || !column->distinct_exact;
            status = add_frequent(out, table->names.item[i], column, width);
        }
    }
    if (status == CSVK_OK && estimated) {
        status = csvk_buf_puts(out, "  (~ is estimated, with a standard error of 1.63 %; <= is an "
                                    "upper bound)\n");
    }
    return status;
}
