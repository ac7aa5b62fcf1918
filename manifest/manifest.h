/*
 * manifest.h - Keboola manifests: read, judge, create, convert, show.
 *
 * The idea. A manifest is kept as the tree that was read, so that fields we do not know survive in
 * their order and numerals keep every digit. What a program wants to know about a table comes out
 * of that tree as a plain struct (csvk_manifest_table), the same for both generations: "legacy"
 * (columns, metadata, column_metadata) and "native" (schema, table_metadata). Judging never changes
 * a manifest; it yields findings, each with a rule id, a place and a remedy.
 *
 * All functions: no printing, no global state, one object by one thread at a time.
 */
#ifndef MANIFEST_MANIFEST_H
#define MANIFEST_MANIFEST_H

#include "csvkit/csvkit.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CSVK_MANIFEST_MAX_BYTES (UINT64_C(64) << 20) /* larger files are refused unread */
#define CSVK_MANIFEST_MAX_DEPTH 64                   /* nesting of objects and lists */

/* ---- findings ----------------------------------------------------------------------------- */

enum csvk_manifest_severity { CSVK_MANIFEST_WARNING, CSVK_MANIFEST_ERROR };

/* One row of the table of rules; static, for lists of rules and explanations. */
struct csvk_manifest_rule {
    const char *id; /* "manifest-unknown-key" */
    enum csvk_manifest_severity severity;
    const char *title;  /* one line */
    const char *why;    /* what the platform does then */
    const char *remedy; /* what to do in general */
};
/* The rules, ended by a row whose id is NULL. */
CSVK_API const struct csvk_manifest_rule *csvk_manifest_rules(void);

struct csvk_manifest_finding {
    const struct csvk_manifest_rule *rule;
    enum csvk_manifest_severity severity; /* the rule's, unless this case is milder */
    char *message;                        /* the platform's own words where it has some */
    char *path;    /* place in the tree: "$.schema[0].data_type"; "$" for the whole */
    char *remedy;  /* what to change here, or NULL */
    char *file;    /* the data file or slice it speaks of, or NULL: the manifest itself */
    uint64_t line; /* in the manifest (or in `file`), from 1; 0: not known */
    uint64_t column;
};

/* A list of findings; all-zero is empty. Counts are exact, at most `limit` findings are kept. */
struct csvk_manifest_findings {
    struct csvk_manifest_finding *item;
    size_t count, capacity;
    uint64_t errors, warnings;
    size_t limit; /* 0: keep all */
};
CSVK_API void csvk_manifest_findings_release(struct csvk_manifest_findings *findings);
CSVK_API const char *csvk_manifest_severity_name(enum csvk_manifest_severity severity);
/* {"rule":…,"severity":…,"message":…,"path":…,"mend":…,"file":…,"line":…,"column":…} */
struct csvk_json;
CSVK_API void csvk_manifest_finding_json(const struct csvk_manifest_finding *finding,
                                         struct csvk_json *json);

/* For judges outside of this folder: a finding of one of the rules above. Texts are copied. */
struct csvk_manifest_note {
    const char *rule;   /* its id */
    const char *path;   /* "$" or "data" */
    const char *file;   /* or NULL */
    const char *remedy; /* or NULL */
    uint64_t line, column;
};
/* CSVK_OK, CSVK_ENOMEM, or CSVK_EUSAGE when there is no such rule. */
CSVK_API int csvk_manifest_note_add(struct csvk_manifest_findings *findings,
                                    const struct csvk_manifest_note *note, const char *format, ...)
    CSVK_PRINTF(3, 4);

/* ---- reading ------------------------------------------------------------------------------ */

enum csvk_manifest_kind {
    CSVK_MANIFEST_AUTO, /* only to ask for a guess */
    CSVK_MANIFEST_OUT_TABLE,
    CSVK_MANIFEST_IN_TABLE,
    CSVK_MANIFEST_OUT_FILE,
    CSVK_MANIFEST_IN_FILE,
};
enum csvk_generation {
    CSVK_GENERATION_LEGACY, /* columns, metadata, column_metadata */
    CSVK_GENERATION_NATIVE, /* schema, table_metadata, description */
};
CSVK_API const char *csvk_manifest_kind_name(enum csvk_manifest_kind kind); /* "out-table" */
CSVK_API const char *csvk_generation_name(enum csvk_generation generation); /* "legacy" */

struct csvk_manifest;
/*
 * Reads JSON text. What is wrong with the text goes to `findings` (not NULL): broken JSON (with
 * line and column), a byte order mark, repeated keys, too deep or too large, not an object. CSVK_OK
 * with *out when there is a tree to look at, even when findings have errors; CSVK_EDATA when there
 * is none; CSVK_ENOMEM. The text is not kept.
 */
CSVK_API int csvk_manifest_parse(struct csvk_manifest **out, const void *text, size_t length,
                                 struct csvk_manifest_findings *findings,
                                 struct csvk_error *err) CSVK_MUST_USE;
/* The same for a file ("-" is standard input). Besides CSVK_EIO when it cannot be read. */
CSVK_API int csvk_manifest_read(struct csvk_manifest **out, const char *path,
                                struct csvk_manifest_findings *findings,
                                struct csvk_error *err) CSVK_MUST_USE;
CSVK_API void csvk_manifest_free(struct csvk_manifest *manifest);

/* Guesses from the folder in `path` (or NULL) and from the keys. `files`: a manifest of a file. */
CSVK_API enum csvk_manifest_kind csvk_manifest_guess(const struct csvk_manifest *manifest,
                                                     const char *path, bool files);
CSVK_API enum csvk_generation csvk_manifest_generation(const struct csvk_manifest *manifest);

enum csvk_tristate { CSVK_UNSET = -1, CSVK_NO = 0, CSVK_YES = 1 };

/* One key and value of metadata; `column` is NULL for the table's own. */
struct csvk_manifest_pair {
    char *column, *key, *value;
};

/* What a table manifest says, both generations alike. All strings are owned by the struct. */
struct csvk_manifest_table {
    enum csvk_generation generation;
    char *destination;               /* or NULL */
    char *description;               /* or NULL */
    struct csvk_strings columns;     /* empty: they are in the header */
    struct csvk_strings primary_key; /* trimmed, without empty and repeated names */
    struct csvk_strings tags;
    bool incremental, write_always;
    enum csvk_tristate has_header; /* as written; see csvk_manifest_header */
    struct csvk_dialect dialect;   /* defaults where the manifest is silent */
    char *delete_column;           /* or NULL */
    char *delete_operator;         /* "eq" or "ne"; NULL without delete_column */
    struct csvk_strings delete_values;
    struct csvk_manifest_pair *pairs; /* metadata of the table and of its columns */
    size_t npairs;
};
/*
 * Fills `table` (all-zero or released) from the tree; fields of a wrong type count as absent, judge
 * first. `manifest` NULL gives the defaults. CSVK_OK or CSVK_ENOMEM; release it either way.
 */
CSVK_API int csvk_manifest_table(const struct csvk_manifest *manifest,
                                 struct csvk_manifest_table *table) CSVK_MUST_USE;
CSVK_API void csvk_manifest_table_release(struct csvk_manifest_table *table);
/* Does the data begin with a record of names? With has_header, and always without columns. */
CSVK_API bool csvk_manifest_header(const struct csvk_manifest_table *table);

/* ---- writing ------------------------------------------------------------------------------ */

/* Appends the manifest as indented JSON with a final LF, its keys in the order they have. */
CSVK_API int csvk_manifest_print(const struct csvk_manifest *manifest,
                                 struct csvk_buf *out) CSVK_MUST_USE;
/* Known keys into their stable order, unknown ones behind them in the order they had. */
CSVK_API void csvk_manifest_normalize(struct csvk_manifest *manifest, enum csvk_manifest_kind kind);
/* Replaces credentials in the sections s3 and abs by "***"; *replaced says how many there were. */
CSVK_API int csvk_manifest_redact(struct csvk_manifest *manifest, size_t *replaced) CSVK_MUST_USE;
/* Writes the print to `path` through a sink: whole or not at all. */
CSVK_API int csvk_manifest_write(const struct csvk_manifest *manifest, const char *path,
                                 struct csvk_error *err) CSVK_MUST_USE;

/* ---- creating ----------------------------------------------------------------------------- */

/* A column's data type for csvk_manifest_create; strings borrowed. */
struct csvk_manifest_type {
    const char *column;
    const char *type;   /* STRING INTEGER NUMERIC FLOAT BOOLEAN DATE TIMESTAMP */
    const char *length; /* "38,9", or NULL */
    enum csvk_tristate nullable;
};

/* All pointers are borrowed for the call. Unset fields are left out of the manifest. */
struct csvk_manifest_options {
    size_t size; /* sizeof(struct csvk_manifest_options): set by csvk_manifest_options_init */
    enum csvk_generation generation;
    const char *destination, *description;
    const struct csvk_strings *columns, *primary_key, *delete_values;
    const char *delete_column, *delete_operator;
    const struct csvk_manifest_pair *pairs;
    size_t npairs;
    const struct csvk_manifest_type *types;
    size_t ntypes;
    struct csvk_dialect dialect; /* an escape is CSVK_EUSAGE: manifests cannot say it */
    enum csvk_tristate has_header;
    bool incremental, write_always;
};
CSVK_API void csvk_manifest_options_init(struct csvk_manifest_options *options);
/* A fresh manifest in stable order. CSVK_EUSAGE when it cannot be said (a type for no column…). */
CSVK_API int csvk_manifest_create(struct csvk_manifest **out,
                                  const struct csvk_manifest_options *options,
                                  struct csvk_error *err) CSVK_MUST_USE;

/* A fresh manifest of a file in out/files. */
struct csvk_manifest_file_options {
    size_t size;
    const struct csvk_strings *tags;
    enum csvk_tristate is_public, is_permanent, is_encrypted, notify;
};
CSVK_API void csvk_manifest_file_options_init(struct csvk_manifest_file_options *options);
CSVK_API int csvk_manifest_create_file(struct csvk_manifest **out,
                                       const struct csvk_manifest_file_options *options,
                                       struct csvk_error *err) CSVK_MUST_USE;

/* ---- judging ------------------------------------------------------------------------------ */

enum csvk_type_support { /* the project's native data types (KBC_DATA_TYPE_SUPPORT) */
                         CSVK_SUPPORT_UNKNOWN,
                         CSVK_SUPPORT_NONE,
                         CSVK_SUPPORT_HINTS,
                         CSVK_SUPPORT_AUTHORITATIVE,
};
/* "none" "hints" "authoritative"; NULL, "" and anything else: unknown. */
CSVK_API enum csvk_type_support csvk_type_support_parse(const char *text);

struct csvk_manifest_judge {
    size_t size; /* sizeof(struct csvk_manifest_judge): set by csvk_manifest_judge_init */
    enum csvk_manifest_kind kind;
    const char *name;           /* of the data: "orders.csv", or NULL; for the destination */
    const char *default_bucket; /* or NULL: not known */
    enum csvk_type_support support;
    bool mapping; /* the tree is an entry of an output mapping: "source" is allowed */
};
CSVK_API void csvk_manifest_judge_init(struct csvk_manifest_judge *judge);
/* Judges the manifest alone, as the platform would before it looks at data. */
CSVK_API int csvk_manifest_check(const struct csvk_manifest *manifest,
                                 const struct csvk_manifest_judge *judge,
                                 struct csvk_manifest_findings *findings) CSVK_MUST_USE;
/*
 * Judges names of columns that do not come from a manifest, such as a header: `where` begins the
 * paths ("header"). The same rules as for "columns".
 */
CSVK_API int csvk_manifest_check_names(const struct csvk_strings *columns, const char *where,
                                       struct csvk_manifest_findings *findings) CSVK_MUST_USE;
/*
 * Judges the manifest (NULL: none) against its data at `path`, a file or a directory of slices:
 * columns, width, header, delimiter, compression. Reads all of it when asked to, else what is
 * needed for the first record of each file. Memory does not grow with the data. Data that is not
 * there is a finding (an orphaned manifest), too.
 */
enum csvk_manifest_reading { CSVK_MANIFEST_FIRST_RECORDS, CSVK_MANIFEST_WHOLE_DATA };
CSVK_API int csvk_manifest_check_data(const struct csvk_manifest *manifest, const char *path,
                                      enum csvk_manifest_reading reading,
                                      struct csvk_manifest_findings *findings,
                                      struct csvk_error *err) CSVK_MUST_USE;

/* The values of the first record of `path`, plain or gzip, added to `names`. CSVK_EDATA: none. */
CSVK_API int csvk_manifest_header_names(const char *path, const struct csvk_dialect *dialect,
                                        struct csvk_strings *names,
                                        struct csvk_error *err) CSVK_MUST_USE;

/* ---- converting --------------------------------------------------------------------------- */

/*
 * The same manifest in the other generation. What cannot be carried is a finding of rule
 * "manifest-not-carried" that names it. `columns` (or NULL) are the header's names, needed for
 * legacy manifests without columns. CSVK_EDATA (and a finding) when no manifest of the other
 * generation can say it.
 */
CSVK_API int csvk_manifest_convert(struct csvk_manifest **out, const struct csvk_manifest *manifest,
                                   enum csvk_generation to, const struct csvk_strings *columns,
                                   struct csvk_manifest_findings *findings) CSVK_MUST_USE;

/* ---- destination and mapping -------------------------------------------------------------- */

enum csvk_destination_rule {
    CSVK_DESTINATION_NONE,            /* not resolved: see error */
    CSVK_DESTINATION_MAPPING,         /* the output mapping says it */
    CSVK_DESTINATION_MANIFEST,        /* the manifest holds a whole table id */
    CSVK_DESTINATION_MANIFEST_BUCKET, /* default bucket + the manifest's bare name */
    CSVK_DESTINATION_NAME,            /* the file name is a table id (deprecated) */
    CSVK_DESTINATION_NAME_BUCKET,     /* default bucket + file name without .csv */
};
struct csvk_destination {
    enum csvk_destination_rule rule;
    char *id;    /* "in.c-main.orders", or NULL */
    char *error; /* the platform's words, or NULL */
};
/* "mapping" "manifest" "manifest+default-bucket" "name" "name+default-bucket" "none" */
CSVK_API const char *csvk_destination_rule_name(enum csvk_destination_rule rule);
/*
 * Which table will `name` (of a file or slice directory) be loaded into? NULL and "" mean absent.
 * A resolved id may still be one that Storage refuses: csvk_destination_doubt tells. Release with
 * csvk_destination_release. CSVK_OK (also when there is only an error text) or CSVK_ENOMEM.
 */
CSVK_API int csvk_destination_resolve(const char *name, const char *manifest, const char *mapping,
                                      const char *default_bucket,
                                      struct csvk_destination *out) CSVK_MUST_USE;
CSVK_API void csvk_destination_release(struct csvk_destination *destination);
/* What is wrong with a table id (static text), or NULL. *fatal: Storage refuses it for certain. */
CSVK_API const char *csvk_destination_doubt(const char *id, bool *fatal);
/* Appends "out.c-COMPONENT-CONFIG" with characters outside [A-Za-z0-9-] of COMPONENT as "-". */
CSVK_API int csvk_default_bucket(const char *stage, const char *component, const char *config,
                                 struct csvk_buf *out) CSVK_MUST_USE;

/*
 * The manifest (NULL: none) and an entry of the output mapping (NULL: none) as the platform merges
 * them; the mapping's "source" is left out. Conflicts of the merge are findings.
 */
CSVK_API int csvk_manifest_merge(struct csvk_manifest **out, const struct csvk_manifest *manifest,
                                 const struct csvk_manifest *mapping,
                                 struct csvk_manifest_findings *findings) CSVK_MUST_USE;

#ifdef __cplusplus
}
#endif

#endif
