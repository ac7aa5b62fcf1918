/*
 * findings.h - the room for what every judge of data shares: severity, rule, finding, place, and
 * the reports made of them. The validator, the manifests and the pre-flight check still have types
 * of their own for these; what becomes common to them is declared here and nowhere else.
 */
#ifndef CSVKIT_FINDINGS_FINDINGS_H
#define CSVKIT_FINDINGS_FINDINGS_H

#endif
