/* partial_state.h - private: what a part knows, through a partial_io, in both ways. */
#ifndef VALIDATOR_PARTIAL_STATE_H
#define VALIDATOR_PARTIAL_STATE_H

#include "validator/judge.h"
#include "csvkit/io/partial_io.h"

/*
 * The state of a finished validator that has made no report. When it is read, `v` was made with the
 * options of the part and has read nothing; what it knows is replaced. Keys are gone from `v` after
 * they were written.
 */
void partial_state(struct partial_io *io, struct csvk_validator *v);
/* partial_findings.c: the kept findings of all rules. */
void partial_findings(struct partial_io *io, struct csvk_validator *v);

#endif
