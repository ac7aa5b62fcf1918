/* manifest_remedy.h - what to do about data that a manifest describes. */
#ifndef MANIFEST_MANIFEST_REMEDY_H
#define MANIFEST_MANIFEST_REMEDY_H

/*
 * The remedy of the validator, which names options of csvkit validate, for a table with a manifest:
 * there the manifest says how a table is read, and everything in it is UTF-8. The caller frees it
 * with csvk_free. NULL: out of memory.
 */
char *csvk_remedy_by_manifest(const char *remedy);

#endif
