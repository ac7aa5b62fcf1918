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
