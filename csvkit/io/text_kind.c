/*
 * text_kind.c - see text_kind.h. Each kind is asked for what its first lines must have, strictly
 * enough that a table with a tag, a bracket or a colon in its first name is none of them.
 */
#include "csvkit/io/text_kind.h"

#include <string.h>
#include <strings.h>

static bool begins(struct csvk_bytes text, const char *word)
{
    size_t length = strlen(word);
    return text.len >= length && strncasecmp((const char *)text.ptr, word, length) == 0;
}

static struct csvk_bytes skip(struct csvk_bytes text, size_t count)
{
    return (struct csvk_bytes){text.ptr + count, text.len - count};
}

static bool is_space(unsigned char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct csvk_bytes skip_blanks(struct csvk_bytes text)
{
    while (text.len > 0 && is_space(text.ptr[0])) {
        text = skip(text, 1);
    }
    return text;
}

static struct csvk_bytes next_line(struct csvk_bytes text)
{
    const unsigned char *end = memchr(text.ptr, '\n', text.len);
    return end != NULL ? skip(text, (size_t)(end - text.ptr) + 1) : skip(text, text.len);
}

static struct csvk_bytes first_line(struct csvk_bytes text)
{
    return (struct csvk_bytes){text.ptr, text.len - next_line(text).len};
}

/* Behind a JSON string that begins here; what is left when there is none: nothing. */
static struct csvk_bytes skip_string(struct csvk_bytes text)
{
    if (text.len == 0 || text.ptr[0] != '"') {
        return skip(text, text.len);
    }
    for (size_t i = 1; i < text.len && text.ptr[i] != '\n'; i++) {
        if (text.ptr[i] == '"') {
            return skip(text, i + 1);
        }
        i += text.ptr[i] == '\\';
    }
    return skip(text, text.len);
}

/* `{"name":` */
static bool is_object(struct csvk_bytes text)
{
    if (text.len == 0 || text.ptr[0] != '{') {
        return false;
    }
    struct csvk_bytes rest = skip_blanks(skip_string(skip_blanks(skip(text, 1))));
    return rest.len > 0 && rest.ptr[0] == ':';
}

/* `[{"name":`, `[[` or `["text",` within a first line that is no record of fields in brackets. */
static bool is_json(struct csvk_bytes text)
{
    if (is_object(text)) {
        return true;
    }
    if (text.len == 0 || text.ptr[0] != '[') {
        return false;
    }
    struct csvk_bytes inside = skip_blanks(skip(text, 1));
    bool list = inside.len > 0 && inside.ptr[0] == '[';
    return is_object(inside) || (list && is_json(inside));
}

static bool is_json_lines(struct csvk_bytes text)
{
    const unsigned char *end = memchr(text.ptr, '\n', text.len);
    size_t length = end != NULL ? (size_t)(end - text.ptr) : 0;
    while (length > 0 && is_space(text.ptr[length - 1])) {
        length--;
    }
    return is_object(text) && length > 0 && text.ptr[length - 1] == '}' &&
           is_object(next_line(text));
}

static bool is_html(struct csvk_bytes text)
{
    static const char *const tags[] = {"<!doctype html", "<html", "<head>", "<body", "<table"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        if (begins(text, tags[i])) {
            return true;
        }
    }
    return false;
}

static bool is_xml(struct csvk_bytes text)
{
    return begins(text, "<?xml ");
}

static bool is_lfs_pointer(struct csvk_bytes text)
{
    return begins(text, "version https://git-lfs.github.com/spec/");
}

static bool is_rtf(struct csvk_bytes text)
{
    return begins(text, "{\\rtf");
}

/* Two of the first three lines are fields of a message's header (RFC 5322 section 3.6). */
static bool is_mail(struct csvk_bytes text)
{
    static const char *const fields[] = {
        "Return-Path:", "Received:", "Delivered-To:", "From:",        "To:",
        "Subject:",     "Date:",     "Message-ID:",   "MIME-Version:"};
    size_t found = begins(text, "From ");
    for (size_t line = 0; line < 3 && text.len > 0; line++, text = next_line(text)) {
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            found += begins(text, fields[i]);
        }
    }
    return found >= 2;
}

/* ---- paragraphs of fields ---- */

/* The name before `:` at the start of a line, without blanks at its end; empty: there is none. */
static struct csvk_bytes name_of(struct csvk_bytes text)
{
    enum { MOST = 40 };
    size_t i = 0;
    while (i < text.len && i < MOST && text.ptr[i] != ':') {
        unsigned char c = text.ptr[i] | 0x20;
        bool letter = (c >= 'a' && c <= 'z') || (text.ptr[i] >= '0' && text.ptr[i] <= '9');
        if (!letter && (i == 0 || strchr("_- \t", text.ptr[i]) == NULL)) {
            return (struct csvk_bytes){text.ptr, 0};
        }
        i++;
    }
    bool ends = i + 1 < text.len && text.ptr[i] == ':' && is_space(text.ptr[i + 1]);
    while (ends && i > 0 && is_space(text.ptr[i - 1])) {
        i--;
    }
    return (struct csvk_bytes){text.ptr, ends ? i : 0};
}

/* Lines `name: value`, perhaps with lines that go on behind a blank; after an empty line the first
   name comes again. */
static bool is_paragraphs(struct csvk_bytes text)
{
    enum { LEAST = 3 };
    struct csvk_bytes first = name_of(text);
    size_t names = 0;
    if (first.len == 0) {
        return false;
    }
    for (; text.len > 0 && text.ptr[0] != '\r' && text.ptr[0] != '\n'; text = next_line(text)) {
        bool goes_on = text.ptr[0] == ' ' || text.ptr[0] == '\t';
        if (!goes_on && name_of(text).len == 0) {
            return false;
        }
        names += !goes_on;
    }
    struct csvk_bytes again = name_of(next_line(text));
    return names >= LEAST && again.len == first.len && memcmp(again.ptr, first.ptr, first.len) == 0;
}

/* ---- text in lines: a log, a document ---- */

static const char delimiters[] = ",;\t|"; /* the usual ones */

struct text_lines {
    size_t lines, empty; /* lines that are not empty; empty ones between them */
    size_t stamped;      /* that begin with a moment, as a log has it, and have words */
    size_t of_words;     /* with four words or more */
};

static bool is_digit(unsigned char byte)
{
    return byte >= '0' && byte <= '9';
}

/* `0` stands for a digit, `_` for one or a blank, `M` for a letter of a month; others for
 * themselves. */
static bool has_form(struct csvk_bytes text, const char *form)
{
    size_t i = 0;
    for (; form[i] != '\0' && i < text.len; i++) {
        unsigned char c = text.ptr[i];
        bool digit = is_digit(c), letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        bool fits = form[i] == '0'   ? digit
                    : form[i] == '_' ? digit || c == ' '
                    : form[i] == 'M' ? letter
                                     : c == form[i];
        if (!fits) {
            return false;
        }
    }
    return form[i] == '\0';
}

/*
 * What follows a moment at the start of a line: 2024-01-31 10:20:30,123 or Jan 31 10:20:30, or an
 * address and [31/Jan/2024:10:20:30. Nothing when there is none, or when a delimiter ends it: then
 * it is a value.
 */
static struct csvk_bytes after_moment(struct csvk_bytes line)
{
    static const char *const forms[] = {"0000-00-00 00:00", "0000-00-00T00:00", "0000/00/00 00:00",
                                        "MMM _0 00:00:00"};
    enum { BEFORE_MOST = 100 };
    struct csvk_bytes from = line.len > 0 && line.ptr[0] == '[' ? skip(line, 1) : line;
    struct csvk_bytes rest = {line.ptr, 0};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && rest.len == 0; i++) {
        rest = has_form(from, forms[i]) ? skip(from, strlen(forms[i])) : rest;
    }
    for (size_t i = 0; i < line.len && i < BEFORE_MOST && rest.len == 0; i++) {
        bool here = line.ptr[i] == '[' && has_form(skip(line, i), "[00/MMM/0000:00:00:00");
        rest = here ? skip(line, i + 1) : rest;
    }
    for (; rest.len != 0 && !is_space(rest.ptr[0]); rest = skip(rest, 1)) {
        bool fraction = rest.len > 1 && is_digit(rest.ptr[1]);
        if (strchr(delimiters, rest.ptr[0]) != NULL && !fraction) {
            return skip(rest, rest.len);
        }
    }
    return rest;
}

static size_t count_words(struct csvk_bytes line)
{
    size_t words = 0, letters = 0;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = line.ptr[i];
        bool letter = c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        letters = letter ? letters + 1 : 0;
        words += letters == 2;
    }
    return words;
}

static struct text_lines count_lines(struct csvk_bytes text)
{
    struct text_lines n = {0};
    size_t empty = 0;
    for (struct csvk_bytes rest = next_line(text); text.len != 0;
         text = rest, rest = next_line(text)) {
        struct csvk_bytes line = first_line(text);
        size_t words = count_words(line);
        if (skip_blanks(line).len == 0) {
            empty++;
            continue;
        }
        n.stamped += words >= 2 && after_moment(line).len != 0;
        n.of_words += words >= 4;
        n.empty += n.lines != 0 ? empty : 0;
        n.lines++;
        empty = 0;
    }
    return n;
}

/* In running text a blank follows. */
static size_t count_delimiters(struct csvk_bytes line, char delimiter)
{
    size_t count = 0;
    for (size_t i = 0; i < line.len; i++) {
        bool blank = i + 1 < line.len && line.ptr[i + 1] == ' ' && strchr(",;", delimiter) != NULL;
        count += line.ptr[i] == delimiter && !blank;
    }
    return count;
}

static struct csvk_bytes whole(struct csvk_bytes line)
{
    return line;
}

/* Does one of the usual delimiters stand equally often in `part` of most lines that are not empty?
 */
static bool is_divided(struct csvk_bytes text, struct csvk_bytes (*part)(struct csvk_bytes line))
{
    enum { COUNTS = 64 };
    for (size_t d = 0; d < sizeof delimiters - 1; d++) {
        size_t lines = 0, with[COUNTS] = {0};
        for (struct csvk_bytes at = text; at.len != 0; at = next_line(at)) {
            size_t count = count_delimiters(part(first_line(at)), delimiters[d]);
            lines += skip_blanks(first_line(at)).len != 0;
            with[count < COUNTS ? count : COUNTS - 1]++;
        }
        for (size_t count = 1; count < COUNTS; count++) {
            if (with[count] * 2 > lines) {
                return true;
            }
        }
    }
    return false;
}

static bool is_log(struct csvk_bytes text)
{
    enum { LINES_LEAST = 3 };
    if (after_moment(first_line(text)).len == 0) {
        return false;
    }
    struct text_lines n = count_lines(text);
    return n.lines >= LINES_LEAST && n.stamped * 2 >= n.lines && !is_divided(text, after_moment);
}

/* How many # the first line begins with. */
static size_t count_marks(struct csvk_bytes text)
{
    size_t marks = 0;
    while (marks < text.len && text.ptr[marks] == '#') {
        marks++;
    }
    return marks;
}

/* The next line that has more than blanks. */
static struct csvk_bytes next_paragraph(struct csvk_bytes text)
{
    do {
        text = next_line(text);
    } while (text.len != 0 && skip_blanks(first_line(text)).len == 0);
    return text;
}

/* `# Title` alone, or a line that underlines the first one. Several lines with # are comments above
   a table, and so are paragraphs that begin with as many of them: titles do not follow each other.
 */
static bool has_title(struct csvk_bytes text)
{
    struct csvk_bytes second = next_line(text);
    size_t marks = count_marks(text);
    if (marks != 0) {
        struct csvk_bytes title = skip(first_line(text), marks);
        return marks < 4 && title.len > 1 && title.ptr[0] == ' ' && count_words(title) != 0 &&
               count_marks(second) == 0 && count_marks(next_paragraph(text)) != marks;
    }
    return begins(second, "====") || begins(second, "----");
}

static bool is_document(struct csvk_bytes text)
{
    if (!has_title(text)) {
        return false;
    }
    struct text_lines n = count_lines(text);
    return n.empty >= 2 && n.of_words >= 2 && !is_divided(text, whole);
}

/* A line of dashes, with + or | where columns meet. */
static bool is_ruled(struct csvk_bytes line)
{
    size_t dashes = 0, crosses = 0;
    for (size_t i = 0; i < line.len && line.ptr[i] != '\n' && line.ptr[i] != '\r'; i++) {
        unsigned char c = line.ptr[i];
        dashes += c == '-' || c == '=';
        crosses += c == '+' || c == '|';
        if (c == '\0' || strchr("-=+|: ", c) == NULL) {
            return false;
        }
    }
    return dashes >= 3 && crosses != 0;
}

/* A rule above the names, or below them, with bars between names. */
static bool is_drawn_table(struct csvk_bytes text)
{
    struct csvk_bytes first = first_line(text);
    bool below = is_ruled(first_line(next_line(text))) && memchr(first.ptr, '|', first.len) != NULL;
    return below || (is_ruled(first) && first.ptr[0] == '+');
}

static const struct {
    bool (*matches)(struct csvk_bytes text);
    struct csvk_text_kind kind;
} kinds[] = {
    {is_html,
     {"a web page (HTML)", "Was it an error or a log-in page that came in place of the data? Fetch "
                           "the data again."}},
    {is_xml, {"XML", "Export the table as CSV."}},
    {is_json_lines,
     {"JSON lines", "Make a table of it first, for example with jq -r '[.id, .name] | @csv'."}},
    {is_json,
     {"JSON", "Make a table of it first, for example with jq -r '.[] | [.id, .name] | @csv'. Is it "
              "an error message in place of the data?"}},
    {is_lfs_pointer, {"a pointer of git-lfs, not the file itself", "Fetch the file: git lfs pull"}},
    {is_rtf, {"a text document (RTF)", "Save it as plain text (UTF-8)."}},
    {is_mail, {"an e-mail", "Save the attachment with the data."}},
    {is_paragraphs,
     {"paragraphs of names and values",
      "Make a table of it first, with a row for each paragraph."}},
    {is_drawn_table,
     {"a table drawn with bars and dashes",
      "Let the program that printed it write CSV, as psql --csv does."}},
    {is_log,
     {"a log", "Make a table of it first, with a program that knows the form of its lines."}},
    {is_document, {"a document, such as a README", "Give the file with the data."}},
};

const struct csvk_text_kind *csvk_text_kind_of(struct csvk_bytes start)
{
    if (begins(start, "\xef\xbb\xbf")) {
        start = skip(start, 3);
    }
    start = skip_blanks(start);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && start.len > 0; i++) {
        if (kinds[i].matches(start)) {
            return &kinds[i].kind;
        }
    }
    return NULL;
}
