/* primary_key_check.h - manifest check --check-key: is the primary key of a manifest unique in its
 * data? */
#ifndef CSVKIT_CLI_MANIFEST_PRIMARY_KEY_CHECK_H
#define CSVKIT_CLI_MANIFEST_PRIMARY_KEY_CHECK_H

#include "manifest/manifest.h"

/*
 * Reads the data at `path`, a file or a directory of slices, and reports repeated keys as findings.
 * Does nothing when the manifest has no primary key. Memory stays within the limit of
 * validator/keys/keys.h.
 */
int cli_manifest_check_key(const struct csvk_manifest *manifest, const char *path,
                           struct csvk_findings *findings, struct csvk_error *err);

#endif
