/*
 * csvw_document.c - the files of CSVW metadata: opened, named in findings, closed; the files that
 * their URLs name.
 *
 * Only files in the folder of the metadata and below it are read. A URL with a scheme, and a path
 * that leads out of the folder, name nothing here.
 */
#include "csvkit/schema/read/csvw_reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- findings -------------------------------------------------------------------------------- */

void csvw_no_memory(struct csvw_reading *reading)
{
    if (reading->status == CSVK_OK) {
        reading->status = csvk_fail(reading->err, CSVK_ENOMEM, "out of memory");
    }
}

static void add_finding(struct csvw_reading *reading, const struct csvw_document *document,
                        struct csvk_finding *finding)
{
    bool other = document != NULL && document != reading->main;
    finding->file = other ? csvk_strdup(document->path) : NULL;
    bool good = finding->message != NULL && (!other || finding->file != NULL);
    reading->unsupported |= finding->rule == &csvk_schema_file_rules.rule[RULE_FILE_UNSUPPORTED];
    if (!good) {
        csvk_finding_release(finding);
        csvw_no_memory(reading);
    } else if (csvk_findings_add(reading->findings, finding) != CSVK_OK) {
        csvw_no_memory(reading);
    }
}

void csvw_tell(struct csvw_reading *reading, const struct csvw_document *document,
               const cJSON *node, enum schema_file_rule rule, const char *format, ...)
{
    char text[512];
    struct manifest_place place = {0};
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    bool known =
        node != NULL && document->json != NULL && manifest_place(document->json, node, &place);
    struct csvk_finding finding = {
        .rule = &csvk_schema_file_rules.rule[rule],
        .severity = csvk_rule_level(&csvk_schema_file_rules.rule[rule], CSVK_PROFILE_RFC4180),
        .has_byte = known,
        .byte = place.byte,
        .line = place.line,
        .column = place.column,
        .column_chars = place.column_chars,
        .message = csvk_strdup(text)};
    add_finding(reading, document, &finding);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* The errors of strict JSON become errors of the schema. */
static void tell_json(struct csvw_reading *reading, const struct csvw_document *document,
                      const struct csvk_findings *list)
{
    static const char platform[] = "Failed to parse manifest file as \"json\": ";
    for (size_t i = 0; i < list->count; i++) {
        const struct csvk_finding *f = &list->item[i];
        struct csvk_buf text = CSVK_BUF_INIT;
        if (f->severity != CSVK_ERROR) {
            continue;
        }
        bool good = csvk_finding_message(f, &text) == CSVK_OK;
        const char *from = csvk_buf_text(&text);
        from += strncmp(from, platform, sizeof platform - 1) == 0 ? sizeof platform - 1 : 0;
        struct csvk_buf message = CSVK_BUF_INIT;
        good = good && csvk_buf_printf(&message, "no JSON: %s", from) == CSVK_OK;
        struct csvk_finding finding = {
            .rule = &csvk_schema_file_rules.rule[RULE_FILE_INVALID],
            .severity = CSVK_ERROR,
            .has_byte = f->has_byte,
            .byte = f->byte,
            .line = f->line,
            .column = f->column,
            .column_chars = f->column_chars,
            .message = good ? csvk_strdup(csvk_buf_text(&message)) : NULL,
        };
        add_finding(reading, document, &finding);
        csvk_buf_release(&text);
        csvk_buf_release(&message);
    }
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return csvk_strndup(path, slash != NULL ? (size_t)(slash - path) + 1 : 0);
}

static void free_document(struct csvw_document *document)
{
    csvk_manifest_free(document->json);
    csvk_free(document->path);
    csvk_free(document->base);
    csvk_free(document->language);
    csvk_free(document);
}

static struct csvw_document *new_document(struct csvw_reading *reading, const char *path)
{
    struct csvw_document *document = csvk_calloc(1, sizeof *document);
    if (document != NULL) {
        document->path = csvk_strdup(path);
        document->base = folder_of(path);
        document->language = csvk_strdup("und");
        document->next = reading->documents;
        reading->documents = document;
    }
    if (document == NULL || document->path == NULL || document->base == NULL ||
        document->language == NULL) {
        csvw_no_memory(reading);
        return NULL;
    }
    return document;
}

struct csvw_document *csvw_open(struct csvw_reading *reading, const char *path,
                                const struct csvw_document *from, const cJSON *asked)
{
    struct csvk_findings list = {0};
    struct csvk_error err = {0};
    struct csvw_document *document = new_document(reading, path);
    if (document == NULL) {
        return NULL;
    }
    int status = csvk_manifest_read(&document->json, path, &list, &err);
    if (list.errors != 0) {
        tell_json(reading, document, &list);
    } else if (status == CSVK_EIO && asked != NULL) {
        csvw_tell(reading, from, asked, RULE_FILE_INVALID, "%s", err.text);
    } else if (status != CSVK_OK && reading->status == CSVK_OK) {
        reading->status = status;
        if (reading->err != NULL) {
            *reading->err = err;
        }
    }
    bool good = list.errors == 0 && status == CSVK_OK;
    csvk_findings_release(&list);
    return good ? document : NULL;
}

void csvw_close_all(struct csvw_reading *reading)
{
    while (reading->documents != NULL) {
        struct csvw_document *next = reading->documents->next;
        free_document(reading->documents);
        reading->documents = next;
    }
}

/* ---- URLs ------------------------------------------------------------------------------------ */

/* "http:" and the like. */
static bool has_scheme(const char *url)
{
    size_t n = 0;
    while ((url[n] >= 'a' && url[n] <= 'z') || (url[n] >= 'A' && url[n] <= 'Z') ||
           (n != 0 && strchr("0123456789+.-", url[n]) != NULL && url[n] != '\0')) {
        n++;
    }
    return n > 1 && url[n] == ':';
}

static int hex_of(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* %20 and the like, in place. False: a NUL among them. */
static bool decode(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        bool code = from[0] == '%' && hex_of(from[1]) >= 0 && hex_of(from[2]) >= 0;
        *to = code ? (char)(hex_of(from[1]) * 16 + hex_of(from[2])) : *from;
        if (*to++ == '\0') {
            return false;
        }
        from += code ? 2 : 0;
    }
    *to = '\0';
    return true;
}

/* Removes "." and ".." as parts of a relative path, in place. False: it leads out. */
static bool remove_dots(char *path)
{
    char *to = path;
    const char *from = path;
    while (*from != '\0') {
        size_t n = strcspn(from, "/");
        size_t step = n + (from[n] == '/');
        if (n == 2 && from[0] == '.' && from[1] == '.') {
            if (to == path) {
                return false;
            }
            to--;
            while (to > path && to[-1] != '/') {
                to--;
            }
        } else if (!(n == 1 && from[0] == '.') && step != 0) {
            memmove(to, from, step);
            to += step;
        }
        from += step;
    }
    *to = '\0';
    return to != path;
}

char *csvw_path(struct csvw_reading *reading, const struct csvw_document *document, const char *url)
{
    if (has_scheme(url) || url[0] == '/' || url[0] == '\0') {
        return NULL;
    }
    char *relative = csvk_strdup(url);
    struct csvk_buf path = CSVK_BUF_INIT;
    if (relative == NULL) {
        csvw_no_memory(reading);
        return NULL;
    }
    bool inside = decode(relative) && relative[0] != '/' && remove_dots(relative);
    char *out = NULL;
    if (inside) {
        int status = csvk_buf_puts(&path, document->base);
        status = status == CSVK_OK ? csvk_buf_puts(&path, relative) : status;
        out = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&path)) : NULL;
        if (out == NULL) {
            csvw_no_memory(reading);
        }
    }
    csvk_buf_release(&path);
    csvk_free(relative);
    return out;
}
