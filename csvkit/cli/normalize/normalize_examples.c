/* normalize_examples.c - see normalize_examples.h. */
#include "csvkit/cli/normalize/normalize_examples.h"

#include <string.h>

enum { CONTEXT = 40 }; /* bytes before the first change */

static struct csvk_bytes without_line_break(struct csvk_bytes record)
{
    while (record.len > 0 &&
           (record.ptr[record.len - 1] == '\n' || record.ptr[record.len - 1] == '\r')) {
        record.len--;
    }
    return record;
}

static bool inside_character(struct csvk_bytes text, size_t at)
{
    return at < text.len && (text.ptr[at] & 0xC0) == 0x80;
}

/* Where to begin to show both: no character is cut in two. */
static size_t first_shown(struct csvk_bytes before, struct csvk_bytes after)
{
    size_t same = 0;
    while (same < before.len && same < after.len && before.ptr[same] == after.ptr[same]) {
        same++;
    }
    size_t begin = same > CONTEXT ? same - CONTEXT : 0;
    while (begin > 0 && inside_character(before, begin)) {
        begin--;
    }
    return begin;
}

static int show(struct csvk_buf *to, struct csvk_bytes record, size_t begin)
{
    size_t end = record.len - begin > NORMALIZE_SHOWN ? begin + NORMALIZE_SHOWN : record.len;
    while (end < record.len && end > begin && inside_character(record, end)) {
        end--;
    }
    int status = csvk_buf_puts(to, begin > 0 ? "\xe2\x80\xa6" : "");
    status = status == CSVK_OK ? csvk_buf_add(to, record.ptr + begin, end - begin) : status;
    return status == CSVK_OK ? csvk_buf_puts(to, end < record.len ? "\xe2\x80\xa6" : "") : status;
}

void normalize_examples_add(void *context, const struct csvk_normalize_repaired *repaired)
{
    struct normalize_examples *examples = context;
    if (examples->of[repaired->repair] == NORMALIZE_EXAMPLES) {
        return;
    }
    struct normalize_example *example = &examples->item[examples->count++];
    struct csvk_bytes before = without_line_break(repaired->before);
    struct csvk_bytes after = without_line_break(repaired->after);
    size_t begin = first_shown(before, after);
    examples->of[repaired->repair]++;
    example->repair = repaired->repair;
    example->line = repaired->line;
    example->record = repaired->record;
    example->dropped = repaired->after.len == 0;
    int status = show(&example->before, before, begin);
    status = status == CSVK_OK ? show(&example->after, after, begin) : status;
    examples->status = status != CSVK_OK ? status : examples->status;
}

static void put_buf(struct csvk_json *json, const char *key, const struct csvk_buf *text)
{
    csvk_json_key(json, key);
    csvk_json_bytes(json, text->data, text->length);
}

/* Those of each kind stand together. */
void normalize_examples_json(const struct normalize_examples *examples, struct csvk_json *json)
{
    csvk_json_open(json, '[');
    for (int repair = 0; repair < CSVK_REPAIRS; repair++) {
        for (size_t i = 0; i < examples->count; i++) {
            const struct normalize_example *example = &examples->item[i];
            if (example->repair != (enum csvk_repair)repair) {
                continue;
            }
            csvk_json_open(json, '{');
            csvk_json_put_string(json, "repair", csvk_repair_id(example->repair));
            csvk_json_put_uint(json, "line", example->line);
            csvk_json_put_uint(json, "record", example->record);
            put_buf(json, "before", &example->before);
            if (example->dropped) {
                csvk_json_put_string(json, "after", NULL);
            } else {
                put_buf(json, "after", &example->after);
            }
            csvk_json_close(json, '}');
        }
    }
    csvk_json_close(json, ']');
}

void normalize_examples_release(struct normalize_examples *examples)
{
    for (size_t i = 0; i < examples->count; i++) {
        csvk_buf_release(&examples->item[i].before);
        csvk_buf_release(&examples->item[i].after);
    }
    *examples = (struct normalize_examples){.count = 0};
}
