/*
 * sniff_changes.c - where a file changes its dialect: files of two writers that were joined, an
 * export whose settings were changed, columns that were added on the way.
 *
 * The idea. The file is read line by line, and in every line each of the usual delimiters is
 * counted outside of enclosures. A stretch has a delimiter and a number of fields. A few lines that
 * do not fit are a fault of theirs; a run of lines that all have the same other delimiter or number
 * of fields is the beginning of the next stretch. Memory does not grow with the file.
 */
#include "csvkit/sniff.h"

#include <string.h>

static const unsigned char usual[] = {',', ';', '\t', '|', 0x01, '~', '^'};
enum { USUAL = sizeof usual };
/* Lines in a row that make a stretch. */
enum { RUN = 5 };

/* What a line is in a dialect: `usual` index, and delimiters in it. */
struct line_counts {
    uint64_t count[USUAL];
    uint64_t bytes; /* without its line break */
};

/* Lines that fit something else than the stretch, one after the other. */
struct change_run {
    uint64_t line, byte, lines;
    struct line_counts first;
    bool same[USUAL]; /* all lines have as many of this delimiter, at least one */
};

struct change_pass {
    csvk_sniff_stretch_fn *take;
    void *context;
    struct csvk_sniff_stretch stretch; /* lines == 0: none yet */
    int at;                            /* its delimiter in `usual` */
    struct change_run run;
    struct line_counts line; /* the line that is being read */
    uint64_t number, begin;  /* of that line */
    bool enclosed, after_cr;
    uint64_t comment; /* lines that begin with it are passed over */
    bool in_comment;
};

static bool fits(const struct change_pass *pass, const struct line_counts *line)
{
    return pass->stretch.lines != 0 && line->count[pass->at] + 1 == pass->stretch.width;
}

static void begin_run(struct change_pass *pass)
{
    pass->run = (struct change_run){.line = pass->number, .byte = pass->begin, .first = pass->line};
    for (int i = 0; i < USUAL; i++) {
        pass->run.same[i] = pass->line.count[i] != 0;
    }
}

/* Whether any delimiter is still the same in all lines of the run. */
static bool narrow_run(struct change_pass *pass)
{
    bool any = false;
    for (int i = 0; i < USUAL; i++) {
        pass->run.same[i] = pass->run.same[i] && pass->line.count[i] == pass->run.first.count[i];
        any |= pass->run.same[i];
    }
    return any;
}

/* The delimiter of the run: the one of the stretch when it stays, else that of which there are
 * most. */
static int delimiter_of(const struct change_pass *pass)
{
    int best = -1;
    if (pass->stretch.lines != 0 && pass->run.same[pass->at]) {
        return pass->at;
    }
    for (int i = 0; i < USUAL; i++) {
        bool more = best < 0 || pass->run.first.count[i] > pass->run.first.count[best];
        best = pass->run.same[i] && more ? i : best;
    }
    return best;
}

static int begin_stretch(struct change_pass *pass)
{
    int status = CSVK_OK;
    if (pass->stretch.lines != 0) {
        status = pass->take(&pass->stretch, pass->context);
    }
    pass->at = delimiter_of(pass);
    pass->stretch = (struct csvk_sniff_stretch){.line = pass->run.line,
                                                .byte = pass->run.byte,
                                                .lines = pass->run.lines,
                                                .delimiter = usual[pass->at],
                                                .width = pass->run.first.count[pass->at] + 1};
    pass->run.lines = 0;
    return status;
}

static int end_line(struct change_pass *pass)
{
    int status = CSVK_OK;
    if (fits(pass, &pass->line)) {
        pass->stretch.lines += pass->run.lines + 1; /* the run was a fault of the stretch */
        pass->run.lines = 0;
    } else if (pass->line.bytes != 0) {
        if (pass->run.lines == 0 || !narrow_run(pass)) {
            pass->stretch.lines += pass->stretch.lines != 0 ? pass->run.lines : 0;
            begin_run(pass);
            pass->run.lines = 0;
        }
        pass->run.lines++;
        if (pass->run.lines >= RUN && delimiter_of(pass) >= 0) {
            status = begin_stretch(pass);
        }
    }
    pass->line = (struct line_counts){{0}, 0};
    return status;
}

/* An enclosure that is open at the end of a line is taken for a quote in a value: so a line with
   one too many does not hide all that follow. */
static int take_byte(struct change_pass *pass, unsigned char byte, uint64_t offset)
{
    int status = CSVK_OK;
    if (byte == '\n' && pass->after_cr) {
        pass->after_cr = false;
        pass->begin = offset + 1;
        return CSVK_OK;
    }
    pass->after_cr = byte == '\r';
    if (byte == '\n' || byte == '\r') {
        status = pass->in_comment ? CSVK_OK : end_line(pass);
        pass->enclosed = pass->in_comment = false;
        pass->number++;
        pass->begin = offset + 1;
        return status;
    }
    if (pass->in_comment ||
        (pass->comment != 0 && byte == pass->comment && offset == pass->begin)) {
        pass->in_comment = true;
        return CSVK_OK;
    }
    pass->line.bytes++;
    pass->enclosed ^= byte == '"';
    for (int i = 0; i < USUAL && !pass->enclosed; i++) {
        pass->line.count[i] += byte == usual[i];
    }
    return CSVK_OK;
}

int csvk_sniff_changes(struct csvk_source *source, csvk_sniff_stretch_fn *take, void *context,
                       struct csvk_error *err)
{
    return csvk_sniff_changes_without(source, 0, take, context, err);
}

int csvk_sniff_changes_without(struct csvk_source *source, uint64_t comment,
                               csvk_sniff_stretch_fn *take, void *context, struct csvk_error *err)
{
    struct change_pass pass = {.take = take, .context = context, .number = 1, .comment = comment};
    enum { ROOM = 64 * 1024 };
    unsigned char *room = csvk_malloc(ROOM);
    if (room == NULL) {
        return csvk_fail(err, CSVK_ENOMEM, "out of memory");
    }
    uint64_t offset = 0;
    size_t got = 1;
    int status = CSVK_OK;
    while (status == CSVK_OK && got != 0) {
        status = csvk_source_read(source, room, ROOM, &got, err);
        for (size_t i = 0; i < got && status == CSVK_OK; i++) {
            status = take_byte(&pass, room[i], offset++);
        }
    }
    csvk_free(room);
    if (status == CSVK_OK && pass.line.bytes != 0) {
        status = end_line(&pass);
    }
    if (status == CSVK_OK && pass.stretch.lines != 0) {
        pass.stretch.lines += pass.run.lines;
        status = take(&pass.stretch, context);
    }
    return status;
}
