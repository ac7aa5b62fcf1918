/*
 * manifest.h - Keboola manifests: read, judge, create, convert, show.
 *
 * The idea. A manifest is kept as the JSON tree that was read, so that unknown keys survive in
 * their order and numbers keep every digit. What a program wants to know about a table comes out of
 * that tree as a plain struct (csvk_manifest_table), the same for both generations: "legacy"
 * (columns, metadata, column_metadata) and "native" (schema, table_metadata). Judging never changes
 * a manifest; it yields findings, each with a rule, a place and often a remedy.
 *
 * Rules that hold for every function here, unless its comment says otherwise:
 *   - Nothing prints and there is no global state. Different objects may be used by different
 *     threads at the same time, one object by one thread at a time.
 *   - A function that answers int answers an enum csvk_status. CSVK_ENOMEM is possible everywhere.
 *     `err` may be NULL; it is filled on failure and left alone otherwise.
 *   - `findings` must not be NULL: an all-zero list or one that is used already. Findings are added
 *     to its end. What is wrong with the manifest or its data is a finding, not a status. After a
 *     failure the findings so far are still there.
 *   - An object in *out belongs to the caller, who frees a manifest with csvk_manifest_free. *out
 *     is written on success only.
 *   - Text is UTF-8 that ends in a NUL. Arguments are borrowed for the call; what has to be kept is
 *     copied. Returned `const char *` are static text unless a comment names their owner.
 *   - Lines and columns (in bytes) count from 1; 0 means "not known".
 */
#ifndef MANIFEST_MANIFEST_H
#define MANIFEST_MANIFEST_H

#include "csvkit/csvkit.h"
#include "csvkit/findings/findings.h"
#include "csvkit/schema/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_MANIFEST_MAX_BYTES (UINT64_C(64) << 20) /* 64 MiB; a longer text is not parsed */
#define CSVK_MANIFEST_MAX_DEPTH 64                   /* levels of objects and lists */

/* ---- findings ----------------------------------------------------------------------------- */

/* The rules of manifests; static. Findings of these rules have a message of their own (the
   platform's words where it has some), a path in the tree, and often a remedy; `file` is the data
   file or slice that the finding is about, or NULL for the manifest. */
CSVK_API extern const struct csvk_rule_set csvk_manifest_rules;

/* A finding that a judge outside of this folder makes by one of the rules above. */
struct csvk_manifest_note {
    const char *rule;      /* id of the rule */
    const char *path;      /* place in the tree; "data" for the data itself */
    const char *file;      /* the file that the finding is about; NULL: the manifest */
    const char *remedy;    /* what to change, or NULL */
    uint64_t line, column; /* from 1; 0: not known */
};
/*
 * Adds the finding with the severity of its rule; the message comes from `format`. All texts are
 * copied. CSVK_OK; CSVK_EUSAGE when there is no such rule; CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_note_add(struct csvk_findings *findings,
                                    const struct csvk_manifest_note *note, const char *format, ...)
    CSVK_PRINTF(3, 4);

/* ---- reading ------------------------------------------------------------------------------ */

enum csvk_manifest_kind {
    CSVK_MANIFEST_AUTO, /* not known: csvk_manifest_check guesses it */
    CSVK_MANIFEST_OUT_TABLE,
    CSVK_MANIFEST_IN_TABLE,
    CSVK_MANIFEST_OUT_FILE,
    CSVK_MANIFEST_IN_FILE,
};
enum csvk_generation {
    CSVK_GENERATION_LEGACY, /* columns, metadata, column_metadata */
    CSVK_GENERATION_NATIVE, /* schema, table_metadata, description */
};
/* "auto" "out-table" "in-table" "out-file" "in-file"; static. */
CSVK_API const char *csvk_manifest_kind_name(enum csvk_manifest_kind kind);
/* "legacy" or "native"; static. */
CSVK_API const char *csvk_generation_name(enum csvk_generation generation);

struct csvk_manifest; /* a JSON object, with the place of every key and value that was read */

/* What was judged about a manifest and its data; all borrowed. */
struct csvk_manifest_report {
    const char *file;                     /* of the manifest */
    const struct csvk_manifest *manifest; /* NULL: the file is not a manifest */
    enum csvk_manifest_kind kind;
    const char *data; /* the file or folder beside it; NULL: there is none */
    const struct csvk_findings *findings;
};
/* Makes it a subject for csvk_reporter_add. `section` is the caller's; both borrow from `report`.
 */
CSVK_API void csvk_manifest_subject(const struct csvk_manifest_report *report,
                                    struct csvk_section *section, struct csvk_subject *subject);
/*
 * Reads `length` bytes of JSON text. Findings: broken JSON (with line and column), a byte order
 * mark, repeated keys, nesting too deep, a text too large, a value that is not an object; an empty
 * list is read as an empty object, with a warning. CSVK_OK with *out when there is a tree to look
 * at, even if some findings are errors; CSVK_EDATA (and a finding) when there is none; CSVK_ENOMEM.
 * The text is not kept.
 */
CSVK_API int csvk_manifest_parse(struct csvk_manifest **out, const void *text, size_t length,
                                 struct csvk_findings *findings,
                                 struct csvk_error *err) CSVK_MUST_USE;
/* The same for the file `path` ("-" is standard input). CSVK_EIO when it cannot be read. */
CSVK_API int csvk_manifest_read(struct csvk_manifest **out, const char *path,
                                struct csvk_findings *findings,
                                struct csvk_error *err) CSVK_MUST_USE;
CSVK_API void csvk_manifest_free(struct csvk_manifest *manifest); /* NULL is fine */

/*
 * What kind of manifest it seems to be. Of an output when the last of the folders in `path` that
 * say so is out/tables or out/files; otherwise the keys decide, for a manifest in in/tables may
 * have been written by the processor before. `path` may be NULL. `files`: the manifest of a file,
 * not of a table.
 */
CSVK_API enum csvk_manifest_kind csvk_manifest_guess(const struct csvk_manifest *manifest,
                                                     const char *path, bool files);
/* Native: with a schema that is not empty, or with table_metadata or manifest_type and without
   columns. Else legacy. */
CSVK_API enum csvk_generation csvk_manifest_generation(const struct csvk_manifest *manifest);

enum csvk_tristate { CSVK_UNSET = -1, CSVK_NO = 0, CSVK_YES = 1 };

/* One key and value of metadata; `column` is NULL for metadata of the table. */
struct csvk_manifest_pair {
    char *column, *key, *value;
};

/* What a table manifest says, in one form for both generations. The struct owns all strings. */
struct csvk_manifest_table {
    size_t size; /* set by csvk_manifest_table */
    enum csvk_generation generation;
    char *destination;               /* or NULL */
    char *description;               /* or NULL */
    struct csvk_strings columns;     /* empty: the header names them */
    struct csvk_strings primary_key; /* names without blanks around them, each one once */
    struct csvk_strings tags;
    bool incremental, write_always;
    enum csvk_tristate has_header; /* as written; see csvk_manifest_header */
    struct csvk_dialect dialect;   /* RFC 4180 where the manifest says nothing usable */
    char *delete_column;           /* or NULL */
    char *delete_operator;         /* "eq" or "ne"; NULL without delete_column */
    struct csvk_strings delete_values;
    struct csvk_manifest_pair *pairs; /* npairs of them: metadata of the table and its columns */
    size_t npairs;
};
/*
 * Fills `table` (all-zero or released before) from the tree. A field of a wrong type counts as
 * absent: to learn of it, call csvk_manifest_check first. `manifest` may be NULL, which gives the
 * defaults. CSVK_OK or CSVK_ENOMEM; the caller releases the table either way.
 */
CSVK_API int csvk_manifest_table_sized(const struct csvk_manifest *manifest,
                                       struct csvk_manifest_table *table,
                                       size_t size) CSVK_MUST_USE;
CSVK_MUST_USE static inline int csvk_manifest_table(const struct csvk_manifest *manifest,
                                                    struct csvk_manifest_table *table)
{
    return csvk_manifest_table_sized(manifest, table, sizeof *table);
}
/* Frees the strings and sets the defaults. The table may be all zero. */
CSVK_API void csvk_manifest_table_release(struct csvk_manifest_table *table);
/* True when the data begins with a header: has_header is true, or there are no columns. */
CSVK_API bool csvk_manifest_header(const struct csvk_manifest_table *table);

/* ---- writing ------------------------------------------------------------------------------ */

/*
 * Appends the manifest to `out` as indented JSON with a final LF, its keys in the order of the
 * tree. The same tree always gives the same bytes. CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_print(const struct csvk_manifest *manifest,
                                 struct csvk_buf *out) CSVK_MUST_USE;
/* Puts known keys into their stable order and unknown keys, in the order they had, after them. */
CSVK_API void csvk_manifest_normalize(struct csvk_manifest *manifest, enum csvk_manifest_kind kind);
/*
 * Replaces credentials by "***": in the sections s3 and abs, and in those that no manifest is known
 * to have, everything under a key that looks like one ("credentials", "secret_key", "#password"),
 * but "expiration". *replaced is how many there were. CSVK_OK or CSVK_ENOMEM, after which some may
 * still be there.
 */
CSVK_API int csvk_manifest_redact(struct csvk_manifest *manifest, size_t *replaced) CSVK_MUST_USE;
/*
 * Writes the text of csvk_manifest_print to the file `path`, through a sink: whole or not at all.
 * CSVK_OK, CSVK_EIO or CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_write(const struct csvk_manifest *manifest, const char *path,
                                 struct csvk_error *err) CSVK_MUST_USE;

/* ---- creating ----------------------------------------------------------------------------- */

/* A column's data type for csvk_manifest_create; strings are borrowed for the call. */
struct csvk_manifest_type {
    const char *column;
    const char *type;   /* "STRING" "INTEGER" "NUMERIC" "FLOAT" "BOOLEAN" "DATE" "TIMESTAMP" */
    const char *length; /* "38,9", or NULL */
    enum csvk_tristate nullable;
};

/* What a new manifest says. Pointers are borrowed for the call. NULL or unset: left out. */
struct csvk_manifest_options {
    size_t size; /* set by csvk_manifest_options_init */
    enum csvk_generation generation;
    const char *destination, *description;
    const struct csvk_strings *columns, *primary_key, *delete_values;
    const char *delete_column, *delete_operator;
    const struct csvk_manifest_pair *pairs;
    size_t npairs;
    const struct csvk_manifest_type *types;
    size_t ntypes;
    struct csvk_dialect dialect; /* an escape is CSVK_EUSAGE: manifests have no key for it */
    enum csvk_tristate has_header;
    bool incremental, write_always;
};
/* Sets the defaults: legacy, RFC 4180, nothing else given. Nothing has to be released. */
CSVK_API void csvk_manifest_options_init_sized(struct csvk_manifest_options *options, size_t size);
static inline void csvk_manifest_options_init(struct csvk_manifest_options *options)
{
    csvk_manifest_options_init_sized(options, sizeof *options);
}
/*
 * Makes a manifest of a table, its keys in stable order: the same options give the same bytes.
 * CSVK_EUSAGE for an escape, for a native manifest without columns, and for a type, a key or
 * metadata of something that is not a column (key and metadata: native only); for metadata of the
 * only column of a legacy manifest when it is called "0", which the platform reads as a list.
 * CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_create(struct csvk_manifest **out,
                                  const struct csvk_manifest_options *options,
                                  struct csvk_error *err) CSVK_MUST_USE;

/* What the manifest of a file in out/files says; what is NULL or unset is left out. */
struct csvk_manifest_file_options {
    size_t size;                     /* set by csvk_manifest_file_options_init */
    const struct csvk_strings *tags; /* borrowed */
    enum csvk_tristate is_public, is_permanent, is_encrypted, notify;
};
/* Sets everything to "not given". Nothing has to be released. */
CSVK_API void csvk_manifest_file_options_init_sized(struct csvk_manifest_file_options *options,
                                                    size_t size);
static inline void csvk_manifest_file_options_init(struct csvk_manifest_file_options *options)
{
    csvk_manifest_file_options_init_sized(options, sizeof *options);
}
/* Makes the manifest of a file. CSVK_OK or CSVK_ENOMEM. */
CSVK_API int csvk_manifest_create_file(struct csvk_manifest **out,
                                       const struct csvk_manifest_file_options *options,
                                       struct csvk_error *err) CSVK_MUST_USE;

/* ---- judging ------------------------------------------------------------------------------ */

enum csvk_type_support { /* how far a project uses native data types (KBC_DATA_TYPE_SUPPORT) */
                         CSVK_SUPPORT_UNKNOWN,
                         CSVK_SUPPORT_NONE,
                         CSVK_SUPPORT_HINTS,
                         CSVK_SUPPORT_AUTHORITATIVE,
};
/* "none", "hints" or "authoritative"; NULL, "" and anything else are CSVK_SUPPORT_UNKNOWN. */
CSVK_API enum csvk_type_support csvk_type_support_parse(const char *text);

/* What a judge knows beside the manifest itself; strings are borrowed for the call. */
struct csvk_manifest_judge {
    size_t size; /* set by csvk_manifest_judge_init */
    enum csvk_manifest_kind kind;
    const char *name; /* of the data: "orders.csv"; it may decide the destination; or NULL */
    const char *default_bucket; /* NULL: not known */
    enum csvk_type_support support;
    bool mapping; /* the tree is an entry of an output mapping: "source" is required */
};
/* Sets the defaults: CSVK_MANIFEST_AUTO, all else not known. Nothing has to be released. */
CSVK_API void csvk_manifest_judge_init_sized(struct csvk_manifest_judge *judge, size_t size);
static inline void csvk_manifest_judge_init(struct csvk_manifest_judge *judge)
{
    csvk_manifest_judge_init_sized(judge, sizeof *judge);
}
/*
 * Judges the manifest alone, as the platform does before it looks at the data. CSVK_OK, with or
 * without findings; CSVK_ENOMEM; CSVK_EUSAGE for a `judge` that was not begun with _init.
 */
CSVK_API int csvk_manifest_check(const struct csvk_manifest *manifest,
                                 const struct csvk_manifest_judge *judge,
                                 struct csvk_findings *findings) CSVK_MUST_USE;
/*
 * The same, as far as it concerns whoever reads a table by the manifest and holds its values
 * against the types that `backend` has: keys that are not known, values that a key cannot have,
 * dialects, types and lengths that there are not. Such a thing counts for nothing in the table's
 * definition, or for something else. `path` of the manifest may be NULL. No finding is more severe
 * than `most`. CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_check_reading(const struct csvk_manifest *manifest, const char *path,
                                         enum csvk_backend backend, enum csvk_severity most,
                                         struct csvk_findings *findings) CSVK_MUST_USE;
/*
 * Judges names of columns that do not come from a manifest, such as those of a header, by the rules
 * for "columns". The paths of the findings begin with `where` ("header"). CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_check_names(const struct csvk_strings *columns, const char *where,
                                       struct csvk_findings *findings) CSVK_MUST_USE;
/*
 * Judges the manifest (NULL: none) against its data at `path`, a file or a directory of slices:
 * columns, width, header, delimiter, compression. Reads either all of the data or what is needed
 * for the first record of each file. What the records are like is judged by the validator, and told
 * by its rules. Memory does not grow with the data. Missing data is a finding
 * (an orphaned manifest). A dialect that cannot be used ends the judgement with CSVK_OK:
 * csvk_manifest_check reports it. Failures are those of csvk_source_open and csvk_reader_next, such
 * as CSVK_EIO and CSVK_ECHANGED.
 */
enum csvk_manifest_reading {
    CSVK_MANIFEST_FIRST_RECORDS,
    CSVK_MANIFEST_WHOLE_DATA,
    CSVK_MANIFEST_NO_RECORDS, /* the records are judged elsewhere, by csvk_table_definition_rules */
};
CSVK_API int csvk_manifest_check_data(const struct csvk_manifest *manifest, const char *path,
                                      enum csvk_manifest_reading reading,
                                      struct csvk_findings *findings,
                                      struct csvk_error *err) CSVK_MUST_USE;

/*
 * Adds the values of the first record of the file `path`, plain or gzip, to `names`. CSVK_EDATA
 * when there is no record, or when the file is UTF-16 or UTF-32; CSVK_EIO when it cannot be read.
 */
CSVK_API int csvk_manifest_header_names(const char *path, const struct csvk_dialect *dialect,
                                        struct csvk_strings *names,
                                        struct csvk_error *err) CSVK_MUST_USE;

/* ---- converting --------------------------------------------------------------------------- */

/*
 * Makes a manifest that says the same in generation `to`; a copy when the manifest is of that
 * generation already. What the other generation has no place for is left out, and a finding of rule
 * "manifest-not-carried" names it. `columns` (or NULL) are the names in the header, needed for a
 * legacy manifest without columns. CSVK_EDATA (and a finding) when they are needed and missing;
 * CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_convert(struct csvk_manifest **out, const struct csvk_manifest *manifest,
                                   enum csvk_generation to, const struct csvk_strings *columns,
                                   struct csvk_findings *findings) CSVK_MUST_USE;

/*
 * Gives findings about the manifest `path` itself, of which the line is known, an excerpt of that
 * line. When the file cannot be read (again), there are none. CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_quote(const char *path, struct csvk_findings *findings) CSVK_MUST_USE;

/* ---- destination and mapping -------------------------------------------------------------- */

enum csvk_destination_rule {
    CSVK_DESTINATION_NONE,            /* not resolved: `error` says why */
    CSVK_DESTINATION_MAPPING,         /* the output mapping names the table */
    CSVK_DESTINATION_MANIFEST,        /* the manifest has a complete table id */
    CSVK_DESTINATION_MANIFEST_BUCKET, /* default bucket + the bare name in the manifest */
    CSVK_DESTINATION_NAME,            /* the file name is a table id (deprecated) */
    CSVK_DESTINATION_NAME_BUCKET,     /* default bucket + file name without .csv */
};
struct csvk_destination { /* owns its strings; at most one of them is not NULL */
    enum csvk_destination_rule rule;
    char *id;    /* "in.c-main.orders" */
    char *error; /* the platform's words */
};
/* "mapping" "manifest" "manifest+default-bucket" "name" "name+default-bucket" "none"; static. */
CSVK_API const char *csvk_destination_rule_name(enum csvk_destination_rule rule);
/*
 * Finds the table that the data `name` (a file or a slice directory) will be loaded into.
 * `manifest` and `mapping` are the destinations that these two give; NULL and "" mean that there is
 * none, as for the default bucket. A resolved id may still be one that Storage refuses: ask
 * csvk_destination_doubt. CSVK_OK, also when there is only an error text, or CSVK_ENOMEM. *out is
 * overwritten in any case; the caller releases it with csvk_destination_release.
 */
CSVK_API int csvk_destination_resolve(const char *name, const char *manifest, const char *mapping,
                                      const char *default_bucket,
                                      struct csvk_destination *out) CSVK_MUST_USE;
CSVK_API void csvk_destination_release(struct csvk_destination *destination);
/* What is wrong with a table id, as static text, or NULL. *fatal: Storage certainly refuses it. */
CSVK_API const char *csvk_destination_doubt(const char *id, bool *fatal);
/*
 * Appends "STAGE.c-COMPONENT-CONFIG" to `out`; every character of COMPONENT other than
 * [A-Za-z0-9-] becomes "-". CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_default_bucket(const char *stage, const char *component, const char *config,
                                 struct csvk_buf *out) CSVK_MUST_USE;

/*
 * Makes what the platform makes of a manifest (NULL: none) and an entry of the output mapping
 * (NULL: none): a merged manifest, without the mapping's "source". Conflicts of the merge are
 * findings. CSVK_OK or CSVK_ENOMEM.
 */
CSVK_API int csvk_manifest_merge(struct csvk_manifest **out, const struct csvk_manifest *manifest,
                                 const struct csvk_manifest *mapping,
                                 struct csvk_findings *findings) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
