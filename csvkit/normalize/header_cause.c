/* header_cause.c - see header_cause.h. */
#include "csvkit/normalize/header_cause.h"

#include "csvkit/base/delimiter.h"

#include <stdio.h>
#include <string.h>

enum { MOST_ABOVE = 50, MOST_NAMES = 1000 };

static bool is_of(const struct norm_line *line, size_t width)
{
    return line->faults == 0 && line->ncells == width;
}

/* ---- the last field ---- */

static bool is_blank(const struct norm_cell *cell)
{
    size_t i = 0;
    while (i < cell->len && (cell->ptr[i] == ' ' || cell->ptr[i] == '\t')) {
        i++;
    }
    return i == cell->len && !cell->enclosed;
}

enum norm_end norm_header_ends(const struct norm_header_matter *matter)
{
    enum norm_end end = NORM_END_EMPTY;
    for (size_t i = 1; i < matter->count; i++) {
        const struct norm_line *line = &matter->line[i];
        if (!is_of(line, matter->other)) {
            continue;
        }
        const struct norm_cell *last = &line->cell[matter->other - 1];
        if (!is_blank(last) && last->len != 0) {
            return NORM_END_DATA;
        }
        end = last->len != 0 ? NORM_END_BLANK : end;
    }
    return end;
}

/* ---- a header further down ---- */

static bool looks_like_number(const struct norm_cell *cell)
{
    size_t i = cell->len > 1 && strchr("+-.", cell->ptr[0]) != NULL ? 1 : 0;
    return i < cell->len && cell->ptr[i] >= '0' && cell->ptr[i] <= '9';
}

/* Names: none is missing, none is a number, none comes twice; and the records below are not all
   like that. */
static bool is_header_like(const struct norm_line *line)
{
    if (line->ncells < 2 || line->ncells > MOST_NAMES) {
        return false;
    }
    for (size_t k = 0; k < line->ncells; k++) {
        if (line->cell[k].len == 0 || looks_like_number(&line->cell[k])) {
            return false;
        }
        for (size_t j = 0; j < k; j++) {
            if (line->cell[j].len == line->cell[k].len &&
                memcmp(line->cell[j].ptr, line->cell[k].ptr, line->cell[k].len) == 0) {
                return false;
            }
        }
    }
    return true;
}

/* The first record of the other width, if it looks like a header and the next one does not. */
static const struct norm_line *find_header(const struct norm_header_matter *matter)
{
    const struct norm_line *first = NULL;
    for (size_t i = 1; i < matter->count && i < MOST_ABOVE; i++) {
        const struct norm_line *line = &matter->line[i];
        if (!is_of(line, matter->other)) {
            continue;
        }
        if (first != NULL) {
            return is_header_like(line) ? NULL : first;
        }
        if (!is_header_like(line)) {
            return NULL;
        }
        first = line;
    }
    return NULL;
}

static bool begins_with_mark(const struct norm_line *line)
{
    const struct norm_cell *cell = &line->cell[0];
    return line->ncells != 0 && cell->len != 0 && !cell->enclosed &&
           (cell->ptr[0] == '#' || cell->ptr[0] == '%' || cell->ptr[0] == '!');
}

bool norm_is_comment_like(const struct norm_line *header, const struct norm_line *line)
{
    return begins_with_mark(header) && begins_with_mark(line) &&
           header->cell[0].ptr[0] == line->cell[0].ptr[0];
}

/* `#id,n` right above the records: this may be the header. */
static bool may_name_columns(const struct norm_header_matter *matter)
{
    const struct norm_line *line = matter->line;
    return line[0].ncells > 1 && !(matter->count > 1 && norm_is_comment_like(&line[0], &line[1]));
}

/*
 * The first line begins like a comment, and the header that was found does not; or there is none
 * besides this line, and this is none; or the header does, and such lines stand below the first
 * record, too. Most of them are no records.
 */
static bool are_comments(const struct norm_header_matter *matter, const struct norm_line *header)
{
    const struct norm_line *line = matter->line;
    bool among = false, record = false;
    size_t comments = 1, like_records = 0;
    if (!begins_with_mark(&line[0]) || (header != NULL && !begins_with_mark(header))) {
        return begins_with_mark(&line[0]);
    }
    for (size_t i = 1; i < matter->count; i++) {
        bool comment = norm_is_comment_like(&line[0], &line[i]);
        among = among || (comment && record);
        comments += comment;
        like_records += comment && is_of(&line[i], matter->other);
        record = record || (!comment && is_of(&line[i], matter->other));
    }
    bool apart = header != NULL ? among : !may_name_columns(matter);
    return apart && 2 * like_records < comments;
}

/* ---- the other dialect ---- */

/* Characters that word processors put in place of quotes. Three bytes each. */
static const struct {
    const char *bytes, *name;
} lookalikes[] = {{"\xe2\x80\x9c", "U+201C"},
                  {"\xe2\x80\x9d", "U+201D"},
                  {"\xe2\x80\x9e", "U+201E"},
                  {"\xef\xbc\x82", "U+FF02"}};

/* With which of them most records of the other width begin a field; NULL: with none. */
static const char *find_lookalike(const struct norm_header_matter *matter)
{
    size_t all = 0, with[4] = {0};
    for (size_t i = 1; i < matter->count; i++) {
        const struct norm_line *line = &matter->line[i];
        if (!is_of(line, matter->other)) {
            continue;
        }
        all++;
        for (size_t which = 0; which < 4 && !matter->view->delimiter_given; which++) {
            bool found = false;
            for (size_t k = 0; k < line->ncells && !found; k++) {
                found = line->cell[k].len >= 3 &&
                        memcmp(line->cell[k].ptr, lookalikes[which].bytes, 3) == 0;
            }
            with[which] += found;
        }
    }
    for (size_t which = 0; which < 4 && !matter->view->delimiter_given; which++) {
        if (2 * with[which] > all) {
            return lookalikes[which].name;
        }
    }
    return NULL;
}

/* A field begins with ' and this one or a later one ends so; none is enclosed in another way. */
static bool has_apostrophes(const struct norm_line *line)
{
    bool begins = false, ends = false;
    for (size_t k = 0; k < line->ncells; k++) {
        const struct norm_cell *cell = &line->cell[k];
        if (cell->enclosed) {
            return false;
        }
        begins = begins || (cell->len != 0 && cell->ptr[0] == '\'');
        ends = ends || (begins && cell->len != 0 && cell->ptr[cell->len - 1] == '\'');
    }
    return ends;
}

static bool have_apostrophes(const struct norm_header_matter *matter)
{
    size_t with = 0;
    for (size_t i = 1; i < matter->count; i++) {
        with += has_apostrophes(&matter->line[i]);
    }
    return matter->view->dialect.enclosure != '\'' && 10 * with >= 9 * (matter->count - 1);
}

static size_t occurrences(const struct norm_view *view, const struct norm_line *line, char byte)
{
    size_t count = 0;
    for (size_t i = line->begin; i < line->content; i++) {
        count += view->bytes[i] == (unsigned char)byte;
    }
    return count;
}

/* A byte that stands in nine of ten records as often as in the header. */
static const char *find_delimiter(const struct norm_header_matter *matter)
{
    static const char candidates[] = {';', '\t', '|', ','};
    static const char *const spelled[] = {"';'", "tab", "'|'", "','"};
    for (size_t which = 0; which < 4 && !matter->view->delimiter_given; which++) {
        size_t wanted = occurrences(matter->view, &matter->line[0], candidates[which]), same = 0;
        if (wanted == 0 || csvk_delimiter_has(&matter->view->dialect, candidates[which])) {
            continue;
        }
        for (size_t i = 1; i < matter->count; i++) {
            same += occurrences(matter->view, &matter->line[i], candidates[which]) == wanted;
        }
        if (10 * same >= 9 * (matter->count - 1)) {
            return spelled[which];
        }
    }
    return NULL;
}

/* Each of them is one enclosed value that holds delimiters. */
static bool are_enclosed_whole(const struct norm_header_matter *matter)
{
    for (size_t i = 1; i < matter->count && matter->other == 1; i++) {
        const struct norm_line *line = &matter->line[i];
        if (is_of(line, 1) && (!line->cell[0].enclosed ||
                               csvk_delimiter_find(&matter->view->dialect, line->cell[0].ptr,
                                                   line->cell[0].len) == NULL)) {
            return false;
        }
    }
    return matter->other == 1;
}

/* ---- the cause ---- */

static size_t lines_before(const struct norm_view *view, const struct norm_line *line)
{
    size_t lines = 0;
    for (size_t at = 0; at < line->begin; lines++) {
        at = norm_view_next_line(view, at);
    }
    return lines;
}

/* From the most special sign to the most general one. */
void norm_header_cause(const struct norm_header_matter *matter, char *text, size_t room,
                       size_t *lines_above)
{
    bool one_more = matter->other == matter->width + 1;
    enum norm_end end = one_more ? norm_header_ends(matter) : NORM_END_DATA;
    const char *lookalike = find_lookalike(matter), *delimiter = find_delimiter(matter);
    const struct norm_line *header = find_header(matter);
    *lines_above = 0;
    text[0] = '\0';
    if (end != NORM_END_DATA) {
        const char *drops =
            end == NORM_END_EMPTY ? " (--ragged=pad drops it)" : " (--trim --ragged=pad drops it)";
        snprintf(text, room,
                 "; the last field is %s in all of them: a delimiter at the end of each record%s, "
                 "or a name is missing (--missing-names=last adds it)",
                 end == NORM_END_EMPTY ? "empty" : "blank",
                 matter->ragged == CSVK_NORMALIZE_RAGGED_REPAIR ? drops : "");
    } else if (lookalike != NULL) {
        snprintf(text, room, "; fields begin with %s, which looks like an enclosure and is none",
                 lookalike);
    } else if (have_apostrophes(matter)) {
        snprintf(text, room, "; ' stands around fields%s",
                 matter->view->dialect.enclosure == '"' ? " (try --enclosure=\"'\")"
                                                        : ", and another enclosure was given");
    } else if (matter->view->comment == CSVK_NO_BYTE && are_comments(matter, header)) {
        snprintf(text, room,
                 "; the first line begins like a comment (--comment=%c drops all lines that do)",
                 matter->line[0].cell[0].ptr[0]);
    } else if (delimiter != NULL) {
        snprintf(text, room, "; %s stands equally often in all of them (try --delimiter=%s)",
                 delimiter, delimiter);
    } else if (are_enclosed_whole(matter)) {
        snprintf(text, room, "; these are records that were enclosed once more as a whole");
    } else if (header != NULL && !(one_more && matter->width > 1)) {
        *lines_above = lines_before(matter->view, header);
    } else if (one_more && matter->width > 1) {
        snprintf(text, room,
                 "; a name is missing, often the first one, that of row names: write it into the "
                 "first line (--missing-names=first adds col_1)");
    } else if (matter->ends_early) {
        snprintf(text, room, "; likely " NORM_SHORT_RECORDS);
    } else if (matter->other > matter->width) {
        snprintf(text, room,
                 "; the last ones have no name (--widen makes the table as wide as its widest "
                 "record)");
    } else {
        snprintf(
            text, room,
            "; names are surplus or values are missing, and nothing shows which (csvkit validate "
            "lists these records)");
    }
}
