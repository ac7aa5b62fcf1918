/*
 * normalize_page.h - the page of csvkit normalize for a browser (--report=html:FILE): what was
 * repaired in each file, how often, and where first; which records were set apart, and why.
 *
 * The idea. It is the page of all reports (csvkit/findings). To it a repair is a rule, and what was
 * repaired a note; what was rejected is an error.
 */
#ifndef CSVKIT_CLI_NORMALIZE_NORMALIZE_PAGE_H
#define CSVKIT_CLI_NORMALIZE_NORMALIZE_PAGE_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/cli/normalize/normalize_examples.h"
#include "csvkit/cli/normalize/normalize_rejects.h"
#include "csvkit/findings/findings.h"
#include "csvkit/normalize.h"

enum { NORMALIZE_RULES = CSVK_REPAIRS_MOST + 1 };

struct normalize_page { /* all zero: no page is asked for */
    struct csvk_reporter *reporter;
    struct csvk_sink *sink;
    struct csvk_buf text;
    struct normalize_examples examples; /* of the input at hand */
    struct normalize_rejects rejects;   /* the same */
    struct csvk_rule rule[NORMALIZE_RULES];
    struct csvk_rule_set set;
    const struct csvk_rule_set *sets[2];
};

/* Begins the page if there is --report. All functions answer with an exit status, with a message.
 */
int normalize_page_begin(struct cli *cli, struct normalize_page *page);
int normalize_page_add(struct cli *cli, struct normalize_page *page, const char *input,
                       const struct csvk_normalize_result *result);
/* Lets the run of the next input tell what it repairs and rejects, when there is a page. */
void normalize_page_listen(struct normalize_page *page, struct csvk_normalize_files *files);
/* A file that could not be repaired at all. */
int normalize_page_fail(struct cli *cli, struct normalize_page *page, const char *input,
                        const struct csvk_error *why);
/* The file has its name after this, and not before. */
int normalize_page_end(struct cli *cli, struct normalize_page *page);
void normalize_page_release(struct normalize_page *page);

#endif
