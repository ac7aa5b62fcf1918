/* normalize_rejects.c - see normalize_rejects.h. */
#include "csvkit/cli/normalize/normalize_rejects.h"

#include <string.h>

/* "REASON; readings that compete: A (8.1 bits), B (9.1 bits)". A single one is in the reason. */
static int put_message(struct csvk_buf *to, const struct csvk_normalize_rejected *rejected)
{
    int status = csvk_buf_puts(to, rejected->reason);
    for (size_t i = 0; i < rejected->nreadings && rejected->nreadings > 1; i++) {
        const char *before = i == 0 ? "; readings that compete: " : ", ";
        status = status == CSVK_OK ? csvk_buf_printf(to, "%s%s (%.1f bits)", before,
                                                     rejected->reading[i], rejected->bits[i])
                                   : status;
    }
    return status;
}

/* The line break is left out, and no character is cut in two. */
static int put_excerpt(struct csvk_finding *finding, struct csvk_bytes record)
{
    while (record.len > 0 &&
           (record.ptr[record.len - 1] == '\n' || record.ptr[record.len - 1] == '\r')) {
        record.len--;
    }
    size_t n = record.len < NORMALIZE_REJECT_BYTES ? record.len : NORMALIZE_REJECT_BYTES;
    while (n > 0 && n < record.len && (record.ptr[n] & 0xC0) == 0x80) {
        n--;
    }
    finding->excerpt = csvk_malloc(n + 1);
    if (finding->excerpt == NULL) {
        return CSVK_ENOMEM;
    }
    memcpy(finding->excerpt, record.ptr, n);
    finding->excerpt_length = n;
    finding->cut_behind = n < record.len;
    return CSVK_OK;
}

static int add(struct normalize_rejects *rejects, const struct csvk_normalize_rejected *rejected)
{
    struct csvk_finding finding = {.rule = rejects->rule,
                                   .severity = CSVK_ERROR,
                                   .has_byte = true,
                                   .byte = rejected->byte,
                                   .line = rejected->line,
                                   .record = rejected->record};
    struct csvk_buf message = CSVK_BUF_INIT;
    int status = put_message(&message, rejected);
    finding.message = status == CSVK_OK ? csvk_strdup(csvk_buf_text(&message)) : NULL;
    csvk_buf_release(&message);
    status = finding.message != NULL ? put_excerpt(&finding, rejected->bytes) : CSVK_ENOMEM;
    if (status != CSVK_OK) {
        csvk_finding_release(&finding);
        return status;
    }
    return csvk_findings_add(&rejects->findings, &finding);
}

void normalize_rejects_add(void *context, const struct csvk_normalize_rejected *rejected)
{
    struct normalize_rejects *rejects = context;
    int status = rejects->findings.count < NORMALIZE_REJECTS_KEPT
                     ? add(rejects, rejected)
                     : csvk_findings_count(&rejects->findings, rejects->rule, CSVK_ERROR, 1);
    rejects->status = status != CSVK_OK ? status : rejects->status;
}

void normalize_rejects_release(struct normalize_rejects *rejects)
{
    csvk_findings_release(&rejects->findings);
    rejects->status = CSVK_OK;
}
