/* manifest_remedy.c - see manifest_remedy.h. */
#include "manifest/manifest_remedy.h"

#include "csvkit/csvkit.h"

#include <string.h>

/* The first row whose text is in the remedy has what to do here; NULL: the remedy stays. */
static const char *const remedies[][2] = {
    {"csvkit normalize --", NULL},
    {"Remove the line; give the delimiter",
     "Remove the line; name the delimiter in the manifest: \"delimiter\"."},
    {"--delimiter=", "Name the delimiter in the manifest: \"delimiter\"."},
    {"--enclosure=", "Name the enclosure in the manifest, \"enclosure\", or write double quotes."},
    {"--escape=", "Double the quotes: a manifest cannot name an escape byte; csvkit normalize "
                  "--escape='\\' does."},
    {"with --encoding=auto", "Write UTF-8: csvkit normalize --encoding=auto does."},
    {"with --encoding=NAME", "It is not sure. Write UTF-8: csvkit normalize --encoding=NAME does, "
                             "with the encoding that the file was written in."},
    {"Write at least the header",
     "Write at least the header, or name the columns in the manifest."},
    {"--no-header", "Add a header, or name the columns in the manifest."},
    {"--columns", "Correct the header, or the names in the manifest."},
    {"--header",
     "Remove the header, or say in the manifest that there is one: \"has_header\": true."},
};

static const char *remedy_here(const char *remedy)
{
    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++) {
        if (strstr(remedy, remedies[i][0]) != NULL) {
            return remedies[i][1] != NULL ? remedies[i][1] : remedy;
        }
    }
    return remedy;
}

char *csvk_remedy_by_manifest(const char *remedy)
{
    static const char named[] = "Read the file with --encoding=";
    bool encoding = strncmp(remedy, named, strlen(named)) == 0;
    size_t length = encoding ? strcspn(remedy + strlen(named), ".,") : 0;
    if (length == 0 || strncmp(remedy + strlen(named), "auto", length) == 0) {
        return csvk_strdup(remedy_here(remedy));
    }
    struct csvk_buf text = CSVK_BUF_INIT;
    int status = csvk_buf_printf(&text, "Write UTF-8: csvkit normalize --encoding=%.*s does.",
                                 (int)length, remedy + strlen(named));
    char *made = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&text)) : NULL;
    csvk_buf_release(&text);
    return made;
}
