/* decided.c - see decided.h. */
#include "tests/support/decided.h"

#include <stdio.h>
#include <string.h>

/* `count` records of `pattern`, then `others` of `other`: # is a number that grows, $ a day, ~ a
   name, = a letter of two, % some words of which no two are alike in form, ^ something, but not
   always. */
struct column_example {
    const char *header, *pattern;
    int count;
    const char *other;
    int others;
};

#define COLUMNS_28 ",b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,1,2,3"

static const struct column_example examples[] = {
    [EXAMPLE] = {"id,day,name,note,url,rest", "#,2025-01-$,Ann,\"n, #\",\"u#\",", 40, NULL, 0},
    [PHONES] = {"id,name,phone", "#,~,555-#", 40, NULL, 0},
    [HABIT] = {"id,name,rest", "#,N#,x y", 25, "#,N#", 25},
    [NO_HABIT] = {"id,name,rest", "#,N#,x y", 25, "#,N#,", 8},
    [TUBES] = {"id,txt", "#,tube #", 31, NULL, 0},
    [TWO_CLEAN] = {"a,b,c", "#,=,x", 2, NULL, 0},
    [SEVEN_CLEAN] = {"a,b,c", "#,2025-01-$,~", 7, NULL, 0},
    [EIGHT_CLEAN] = {"a,b,c", "#,2025-01-$,~", 8, NULL, 0},
    [SAYINGS] = {"id,text,n", "#,\"~ said, so #\",#", 40, NULL, 0},
    [ENCLOSED_LAST] = {"id,n,text", "#,#,\"~, #\"", 40, NULL, 0},
    [ALIKE] = {"a,b,c,d", "x=,x=,x=,x=", 20, "=,,=,", 20},
    [NOTES] = {"id,note,day", "#,~ ~ went =,2025-01-$", 40, NULL, 0},
    [BROKEN_NOTES] = {"id,note,day", "#,\"~ ~\nwent =\",2025-01-$", 40, NULL, 0},
    [LAST_NOTES] = {"id,day,note", "#,2025-01-$,~ and ~ went = to ~", 40, NULL, 0},
    [LAST_BROKEN] = {"id,day,note", "#,2025-01-$,\"~ and\n~ went =\"", 40, NULL, 0},
    [WIDE] = {"a,b,c,d,e,f,g,h", "#,,,,,,,2025-01-$", 40, NULL, 0},
    [BOTH_ENCLOSED] = {"a,b,c", "\"# x\",\"2025-01-$\",\"~\"", 40, NULL, 0},
    [MIXED_LAST] = {"id,txt", "#,tube #", 16, "#,\"tube, #\"", 16},
    [ESCAPES] = {"id,txt,day", "#,\"~ \\\" #\",2025-01-$", 40, NULL, 0},
    [SPARSE] = {"id,day,c,d,e", "#,2025-01-$,,,", 40, NULL, 0},
    [VERY_WIDE] = {"a" COLUMNS_28, "#" COLUMNS_28, 12, NULL, 0},
    [PROSE] = {"id,prose,day", "#,%,2025-01-$", 40, NULL, 0},
    [LAST_PROSE] = {"id,day,prose", "#,2025-01-$,%", 40, NULL, 0},
    [FIRST_NOTES] = {"note,day,id", "~ and ~ went = to ~,2025-01-$,#", 40, NULL, 0},
    [ONE_COLUMN] = {"a", "~ and #", 40, NULL, 0},
    [PROSE_WIDE] = {"id,prose,day,n", "#,%,2025-01-$,#", 40, NULL, 0},
    [HABIT_WIDE] = {"id,name,c,d,e", "#,N#,x y,x y,x y", 25, "#,N#", 25},
    [FEW_SHORT] = {"id,name,rest", "#,N#,x y", 25, "#,N#", 5},
    [SOME_EMPTY] = {"id,name,rest", "#,N#,^", 40, "#,N#", 20},
    [SPARSE_FOUR] = {"id,day,c,d", "#,2025-01-$,,", 40, NULL, 0},
    [LAST_ENCLOSED] = {"id,day,note", "#,2025-01-$,\"~ and ~ went = to ~\"", 40, NULL, 0},
    [LAST_MIXED] = {"id,day,note", "#,2025-01-$,~ and ~ went =", 12,
                    "#,2025-01-$,\"~ and ~ \nwent =\"", 4},
    [EMPTY_ENCLOSED] = {"id,none,day", "#,\"\",2025-01-$", 40, NULL, 0},
    [QUOTED] = {"id,text,n", "#,\"~ said \"\"so #\"\"\",#", 40, NULL, 0},
    [COMMA_LAST] = {"id,day,text", "#,2025-01-$,\"~, #\"", 40, NULL, 0},
    [ONE_BROKEN] = {"id,note,day", "#,~ ~ went =,2025-01-$", 40, "#,\"~ ~\nwent =\",2025-01-$", 1},
    [TWO_BROKEN] = {"id,note,day", "#,~ ~ went =,2025-01-$", 40, "#,\"~ ~\nwent =\",2025-01-$", 2},
    [PAIRS] = {"a,b", "~,~", 40, "~,", 10},
    [MOSTLY_EMPTY] = {"id,day,rest", "#,2025-01-$,", 40, "#,2025-01-$,x y", 1},
    [PROSE_AND_EMPTY] = {"id,prose,rest", "#,%,", 40, NULL, 0},
    [NAMES] = {"id,name", "#,~", 40, "#,", 10},
    [HABIT_ENCLOSED] = {"a,b,c", "\"# x\",\"2025-01-$\",~", 25, "\"# x\",\"2025-01-$\"", 25},
    [TWO_SAYINGS] = {"id,text,more", "#,\"~ said \"\"so #\"\"\",\"~ said, so #\"", 40, NULL, 0},
    [PATHS] = {"dir,text,n", "\"~\\\",\"~ said, so #\",#", 40, NULL, 0},
    [FEW_NAMES] = {"name,n", "~,#", 40, "~,~", 3},
    [WIDEST] = {"a" COLUMNS_28 COLUMNS_28 COLUMNS_28, "#" COLUMNS_28 COLUMNS_28 COLUMNS_28, 12,
                NULL, 0},
    [FEW_QUOTED] = {"id,txt", "#,tube #", 40, "#,\"tube \"\"#\"\"\"", 3},
    [TWO_NOTES] = {"a,b,c", "~ and ~ went = to ~,#,~ and ~ went = to ~", 40, NULL, 0},
};

/* Words, each after a blank or a dash by the binary digits of the number. */
static int put_words(struct csvk_buf *to, int number)
{
    int status = csvk_buf_add(to, "so", 2);
    for (int bit = 16; bit != 0; bit /= 2) {
        status |= csvk_buf_printf(to, (number & bit) != 0 ? " on" : "-off");
    }
    return status;
}

static void put_record(struct csvk_buf *to, const char *pattern, int number)
{
    static const char *const names[] = {"Ann", "Bob", "Cyd", "Dee", "Eve", "Fay", "Gus"};
    int name = number;
    for (const char *c = pattern; *c != '\0'; c++) {
        int status = *c == '#'   ? csvk_buf_printf(to, "%d", 100 + number)
                     : *c == '$' ? csvk_buf_printf(to, "%02d", 1 + number % 28)
                     : *c == '~' ? csvk_buf_printf(to, "%s", names[name++ % 7])
                     : *c == '^' ? csvk_buf_add(to, "x y", number % 4 != 0 ? 3 : 0)
                     : *c == '%' ? put_words(to, number)
                     : *c == '=' ? csvk_buf_printf(to, "%c", number % 2 == 0 ? 'a' : 'b')
                                 : csvk_buf_add(to, c, 1);
        ck_assert_int_eq(status, CSVK_OK);
    }
    ck_assert_int_eq(csvk_buf_add(to, "\n", 1), CSVK_OK);
}

static void put_table(struct csvk_buf *to, const struct column_example *example)
{
    put_record(to, example->header, 0);
    for (int i = 0; i < example->count || i < example->others; i++) {
        if (i < example->count) {
            put_record(to, example->pattern, i);
        }
        if (i < example->others) {
            put_record(to, example->other, i);
        }
    }
}

void example_put(enum example table, struct csvk_buf *to)
{
    put_table(to, &examples[table]);
}

static void put_cells(struct csvk_buf *to, const struct norm_cell *cell, size_t width)
{
    for (size_t k = 0; k < width; k++) {
        ck_assert_int_eq(csvk_buf_printf(to, cell[k].enclosed ? "%s<%.*s>" : "%s%.*s",
                                         k != 0 ? "|" : "", (int)cell[k].len,
                                         (const char *)cell[k].ptr),
                         CSVK_OK);
    }
}

/* The first `count` records of each kind; 0: all. */
static struct column_example first_of(const struct column_example *example, unsigned count)
{
    struct column_example first = *example;
    if (count != 0 && first.count > (int)count) {
        first.count = (int)count;
    }
    if (count != 0 && first.others > (int)count) {
        first.others = (int)count;
    }
    return first;
}

/* Each comma becomes the delimiter of two bytes. */
static void double_commas(struct csvk_buf *text)
{
    struct csvk_buf from = *text;
    *text = (struct csvk_buf)CSVK_BUF_INIT;
    for (const char *c = csvk_buf_text(&from); *c != '\0'; c++) {
        ck_assert_int_eq(csvk_buf_add(text, *c == ',' ? ",," : c, *c == ',' ? 2 : 1), CSVK_OK);
    }
    csvk_buf_release(&from);
}

static void scene_set(struct scene *scene, const struct column_example *example)
{
    struct norm_arena arena = {0};
    put_table(&scene->bytes, example);
    if (scene->view.dialect.more_length != 0) {
        double_commas(&scene->bytes);
    }
    scene->view.arena = &arena;
    scene->view.bytes = (const unsigned char *)csvk_buf_text(&scene->bytes);
    scene->view.length = scene->bytes.length;
    struct norm_line header = norm_view_record(&scene->view, 0, 0);
    scene->context.width = header.ncells;
    ck_assert_int_eq(norm_sample_take(&scene->sample, &scene->view, header.ncells,
                                      CSVK_NORMALIZE_HEADER, CSVK_NORMALIZE_RAGGED_REPAIR),
                     CSVK_OK);
    ck_assert_str_eq(scene->sample.refusal, "");
    scene->context.evidence = scene->sample.evidence;
    scene->context.habit = scene->sample.habit;
    norm_arena_release(&arena);
}

void scene_release(struct scene *scene)
{
    norm_sample_release(&scene->sample);
    norm_arena_release(&scene->arena);
    csvk_buf_release(&scene->bytes);
}

void scene_decide(struct scene *scene, const struct decision_case *c)
{
    scene->view.at_end = true;
    scene->view.comment = (c->manner & WITH_COMMENTS) != 0 ? '#' : CSVK_NO_BYTE;
    scene->view.dialect = (struct csvk_dialect)CSVK_DIALECT_RFC4180;
    if ((c->manner & WITH_ESCAPE) != 0) {
        scene->view.dialect.escape = '\\';
    }
    if ((c->manner & TWO_BYTES) != 0) {
        scene->view.dialect.more[0] = ',';
        scene->view.dialect.more_length = 1;
    }
    struct column_example example = first_of(&examples[c->table], c->manner / FIRST(1));
    scene_set(scene, &example);
    scene->at = scene->bytes.length;
    ck_assert_int_eq(csvk_buf_add(&scene->bytes, c->text, strlen(c->text)), CSVK_OK);
    scene->view.bytes = (const unsigned char *)csvk_buf_text(&scene->bytes);
    scene->view.length = scene->bytes.length;
    scene->view.at_end = (c->manner & NOT_AT_END) == 0;
    scene->view.arena = &scene->arena;
    if ((c->manner & NO_ENCLOSURE) != 0) {
        scene->view.dialect.enclosure = CSVK_NO_BYTE;
    }
    scene->context.ragged =
        (c->manner & BY_REJECT) != 0 ? CSVK_NORMALIZE_RAGGED_REJECT : CSVK_NORMALIZE_RAGGED_REPAIR;
    scene->context.before_sound = (c->manner & AFTER_UNSOUND) == 0;
    struct norm_line line = norm_view_record(&scene->view, scene->at, 0);
    if (norm_is_sound(&line, scene->context.width)) {
        norm_doubt(&scene->view, &line, &scene->context, &scene->decision);
    } else {
        norm_decide(&scene->view, &line, &scene->context, &scene->decision);
    }
}

/* Lines of the text that the decision is about; a line break within an enclosure ends none. */
static size_t lines_of(const struct scene *scene)
{
    const char *text = csvk_buf_text(&scene->bytes);
    size_t lines = 1;
    bool enclosed = false;
    for (size_t i = scene->at; i + 1 < scene->decision.end; i++) {
        enclosed = enclosed != (text[i] == '"');
        lines += text[i] == '\n' && !enclosed;
    }
    return lines;
}

const char *scene_fault(const struct scene *scene, const struct decision_case *c)
{
    const struct norm_decision *d = &scene->decision;
    struct csvk_buf cells = CSVK_BUF_INIT;
    bool as_wanted = d->action == NORM_KEEP;
    if (d->action == NORM_WRITE) {
        put_cells(&cells, d->cell, scene->context.width);
        as_wanted = strcmp(csvk_buf_text(&cells), c->want) == 0;
    } else if (d->action == NORM_REJECT) {
        as_wanted = strncmp(d->evidence, c->want, strlen(c->want)) == 0;
    }
    enum norm_class class = (c->manner & AS_LITERAL) != 0 ? NORM_CLASS_L0 : NORM_CLASS_L2;
    size_t parts = d->repair == CSVK_REPAIR_JOIN ? lines_of(scene) : 1;
    size_t rest = c->rest != NULL ? strlen(c->rest) : 0;
    const char *fault = d->action != c->action ? "another action"
                        : !as_wanted           ? "other cells, or another reason"
                        : d->repair != c->repair && d->action != NORM_KEEP ? "another repair"
                        : d->class != class && d->action == NORM_WRITE     ? "another class"
                        : d->parts != parts                                ? "other parts"
                        : d->habit != ((c->manner & AS_HABIT) != 0)        ? "a habit"
                        : d->end != scene->at + strlen(c->text) - rest     ? "another end"
                                                                           : NULL;
    if (fault != NULL) {
        fprintf(stderr, "%s: %s\n  %s%s: %s %s, left: %s", c->about, fault,
                d->action == NORM_REJECT ? "reject " : "", csvk_repair_id(d->repair), d->evidence,
                csvk_buf_text(&cells), csvk_buf_text(&scene->bytes) + d->end);
        for (size_t i = 0; i < d->ncompeting; i++) {
            fprintf(stderr, "\n  %.1f %s", d->competing[i].bits / 256.0, d->competing[i].reading);
        }
        fprintf(stderr, "\n");
    }
    csvk_buf_release(&cells);
    return fault;
}
