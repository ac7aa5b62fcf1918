/*
 * findings.h - the place for declarations that all judges of data share: severity, rule, finding,
 * place, and the reports made of them.
 *
 * It is still empty. The validator, the manifests and the preflight check have types of their own
 * for these things. A type that they come to share is declared here and nowhere else.
 */
#ifndef CSVKIT_FINDINGS_FINDINGS_H
#define CSVKIT_FINDINGS_FINDINGS_H

#endif
