/*
 * normalize_rejects.h - records that were set apart, for the page: each as it stood, why, and which
 * readings compete.
 *
 * All are counted, the first NORMALIZE_REJECTS_KEPT are kept, NORMALIZE_REJECT_BYTES bytes of each.
 */
#ifndef CSVKIT_CLI_NORMALIZE_NORMALIZE_REJECTS_H
#define CSVKIT_CLI_NORMALIZE_NORMALIZE_REJECTS_H

#include "csvkit/findings/findings.h"
#include "csvkit/normalize.h"

enum { NORMALIZE_REJECTS_KEPT = 100, NORMALIZE_REJECT_BYTES = 240 };

struct normalize_rejects { /* all zero but for the rule: there are none */
    const struct csvk_rule *rule;
    struct csvk_findings findings;
    int status; /* CSVK_ENOMEM when one could not be counted or kept */
};

/* For csvk_normalize_files.rejected; `context` is a struct normalize_rejects. */
void normalize_rejects_add(void *context, const struct csvk_normalize_rejected *rejected);
/* Frees them; there are none afterwards. */
void normalize_rejects_release(struct normalize_rejects *rejects);

#endif
