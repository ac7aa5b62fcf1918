/* decide.c - see decide.h: who is asked about a record. */
#include "csvkit/normalize/decide.h"

#include "csvkit/normalize/decide_quotes.h"
#include "csvkit/normalize/decide_width.h"
#include "csvkit/normalize/explain_misfit.h"

void norm_decide(const struct norm_view *view, const struct norm_line *line,
                 const struct norm_context *context, struct norm_decision *decision)
{
    struct norm_matter m = {view, line, context, decision};
    norm_begin_decision(&m);
    if (line->faults != 0 || !line->known) {
        norm_decide_quotes(&m);
    } else if (line->ncells > context->width) {
        norm_decide_surplus(&m);
    } else if (line->ncells < context->width) {
        norm_decide_short(&m);
    }
    if (decision->action == NORM_REJECT) {
        norm_explain_misfit(&m);
    }
    if (view->arena->failed) {
        decision->action = NORM_NO_MEMORY;
    }
}
