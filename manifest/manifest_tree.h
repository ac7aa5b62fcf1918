/*
 * manifest_tree.h - the JSON tree of a manifest and what all files of this folder share: sets of
 * names, judges, and the rows of known keys.
 *
 * Invariants of a tree. It was strict JSON in UTF-8 (strict_json.c). No string has a NUL in it.
 * Nesting is at most CSVK_MANIFEST_MAX_DEPTH. A number that was read keeps its text in
 * `valuestring`. `valueint` of a node that was read is 1 + its index into `places`; it is 0 for a
 * node that was made here.
 */
#ifndef MANIFEST_MANIFEST_TREE_H
#define MANIFEST_MANIFEST_TREE_H

#include "manifest/manifest.h"

#include <cjson/cJSON.h>

enum rule_id {
    RULE_JSON,
    RULE_ENCODING,
    RULE_BOM,
    RULE_LIMIT,
    RULE_NOT_OBJECT,
    RULE_DUPLICATE_KEY,
    RULE_UNKNOWN_KEY,
    RULE_TYPE,
    RULE_VALUE,
    RULE_REQUIRED,
    RULE_CONFLICT,
    RULE_DATA_TYPE,
    RULE_DELETE_WHERE,
    RULE_PRIMARY_KEY,
    RULE_SYSTEM_COLUMN,
    RULE_COLUMN_NAME,
    RULE_COLUMN_COLLISION,
    RULE_COLUMN_METADATA,
    RULE_DESTINATION,
    RULE_DIALECT,
    RULE_INCREMENTAL,
    RULE_SCHEMA_MISSING,
    RULE_STAGING,
    RULE_SLICED_COLUMNS,
    RULE_WIDTH,
    RULE_COMPRESSION,
    RULE_DATA,
    RULE_MERGE,
    RULE_NOT_CARRIED,
    RULE_COUNT
};

struct offsets {
    size_t *item;
    size_t count, capacity;
};
int offsets_add(struct offsets *list, size_t offset) CSVK_MUST_USE;

struct csvk_manifest {
    cJSON *root;           /* an object */
    struct offsets places; /* where the key of a member, or an element, begins in the text */
    struct offsets lines;  /* where lines begin */
    /* The column of each place in code points; empty when the text has no byte above 7F, so that
       these are the columns in bytes. */
    struct offsets columns;
};

/* Makes a manifest of a copy of `object`, for mappings inside a larger configuration. */
int csvk_manifest_wrap(struct csvk_manifest **out, const cJSON *object) CSVK_MUST_USE;
/* Makes a manifest that takes over `root`, which is freed on failure; NULL is CSVK_ENOMEM. */
int manifest_new(struct csvk_manifest **out, cJSON *root) CSVK_MUST_USE;
int manifest_copy(struct csvk_manifest **out, const struct csvk_manifest *from) CSVK_MUST_USE;
struct manifest_place {
    uint64_t byte, line, column, column_chars; /* as in struct csvk_finding */
};
/* Where a node stands in the text; false, and all zero, when that is not known. */
bool manifest_place(const struct csvk_manifest *manifest, const cJSON *node,
                    struct manifest_place *out);

/* ---- strict_json.c: is the text strict JSON? ---- */
struct json_scan {
    const unsigned char *text;
    size_t length, at;
    size_t depth;
    const char *wrong; /* what is wrong at `at`; NULL: nothing */
    enum rule_id rule; /* the rule it breaks */
    bool nomem;
    /* One entry for each value, in the order of the text: places as in csvk_manifest, and where the
       value itself begins. The caller releases the lists. */
    struct offsets places, values, lines;
};
/* True when the whole text is one strict JSON value. */
bool json_scan_text(struct json_scan *scan);
void line_and_column(const struct offsets *lines, size_t offset, uint64_t *line, uint64_t *column);

/* ---- small questions to a tree ---- */
/* The member of that name, in exact case, or of that name in the other spelling that the platform
   reads: "primary-key" is "primary_key" unless that is there, too. NULL: neither. */
const cJSON *tree_get(const cJSON *object, const char *key);
const cJSON *tree_list(const cJSON *object, const char *key); /* the same if it is a list */
bool tree_is_dashed(const char *name, const char *key); /* `key` with dashes for underscores */
/* Scalars as the platform makes text of them: a number as it is written, true "1", false and null
   "". NULL for lists, objects and nothing. The text is owned by the node or static. */
const char *tree_scalar(const cJSON *node);
const char *tree_text(const cJSON *object, const char *key); /* of a scalar that is not null */
bool tree_true(const cJSON *object, const char *key);
bool tree_filled(const cJSON *node);           /* not absent and not null "" [] {} */
bool tree_given(const cJSON *node);            /* not absent and not null */
const char *tree_type_name(const cJSON *node); /* "a string", "a list", ... */
/* To change a tree of our own. `node` is taken over in any case; false: out of memory. */
cJSON *tree_copy(const cJSON *node); /* keeps the texts of numbers; NULL: no memory */
bool tree_put(cJSON *object, const char *key, cJSON *node); /* replaces or appends */
bool tree_put_text(cJSON *object, const char *key, const char *text);
bool tree_put_bool(cJSON *object, const char *key, bool value);
bool tree_push(cJSON *list, cJSON *node);
bool tree_push_text(cJSON *list, const char *text);
/* An object with the names 0, 1, 2 and so on, in this order, is a list for the platform, which then
   misses the names. */
bool tree_looks_like_list(const cJSON *object);
/* Changes the order of an object by names of columns, or gives one of `columns` an empty list, so
   that it does not look like a list. CSVK_OK; CSVK_EDATA: there is no way; CSVK_ENOMEM. */
int tree_keep_names(cJSON *object, const cJSON *columns) CSVK_MUST_USE;

/* ---- a set of strings, each with a number; the strings are borrowed ---- */
struct nameset {
    struct nameset_slot *slot;
    size_t count, capacity;
};
/* Adds key -> value unless the key is there already. *old is the value it had, or SIZE_MAX. */
int nameset_add(struct nameset *set, const char *key, size_t value, size_t *old) CSVK_MUST_USE;
size_t nameset_find(const struct nameset *set, const char *key); /* SIZE_MAX: not there */
void nameset_release(struct nameset *set);

/* ---- manifest_findings.c: collecting findings ---- */
struct judge {                            /* the state of one judgement */
    const struct csvk_manifest *manifest; /* NULL: no places */
    struct csvk_findings *findings;
    const char *file;     /* that the next findings are about, or NULL */
    struct csvk_buf path; /* "$..." */
    int status;           /* CSVK_OK until memory runs out; then CSVK_ENOMEM for good */
    /* For whoever reads a table by the manifest, see csvk_manifest_check_reading: other rules than
       those about what is read are left out, and the types are those of `backend`. */
    bool reading;
    enum csvk_backend backend;
    enum csvk_severity most; /* no finding is more severe */
};
struct complaint { /* what belongs to a finding besides its message; texts are copied */
    enum rule_id rule;
    const cJSON *node;  /* for line and column; NULL: none */
    const char *remedy; /* or NULL */
    bool mild;          /* a warning even if the rule is an error */
    /* When there is no node; the bytes count when `byte` is known. */
    bool has_byte;
    struct manifest_place place;
};
void judge_begin(struct judge *judge, const struct csvk_manifest *manifest,
                 struct csvk_findings *findings, const char *path);
int judge_end(struct judge *judge) CSVK_MUST_USE; /* releases the judge, answers its status */
/* Reports a finding at the judge's path. */
void complain(struct judge *judge, struct complaint what, const char *format, ...)
    CSVK_PRINTF(3, 4);
/* To look one level deeper: mark = path_key(...); ...; path_back(judge, mark). */
size_t path_key(struct judge *judge, const char *key);
size_t path_index(struct judge *judge, size_t index);
void path_back(struct judge *judge, size_t mark);

/* ---- manifest_keys.c: the known keys, their types and order ---- */
/* A scalar is anything but a list or an object. Empty lists and empty objects are one thing; where
   a list or a map is due, null is that, too. */
enum key_type {
    KEY_STRING,
    KEY_STRING_OR_NULL,
    KEY_SCALAR, /* or null */
    KEY_NAME,   /* a string, true or a whole number, of which the platform makes a string */
    KEY_BOOL,   /* null is refused: the platform reads it as true */
    KEY_STRINGS,
    KEY_SCALARS,
    KEY_OBJECT,
    KEY_MAP, /* an object that may be null */
    KEY_OBJECTS,
    KEY_ANY,
};
struct key_row {
    const char *name;
    enum key_type type;
};
const struct key_row *keys_of_kind(enum csvk_manifest_kind kind); /* ended by a NULL name */
extern const struct key_row schema_keys[], data_type_keys[], type_keys[], delete_keys[];
extern const struct key_row filter_keys[], workspace_keys[], storage_keys[], pair_keys[];
extern const struct key_row in_pair_keys[];
const struct key_row *key_find(const struct key_row *rows, const char *name);
/* The row of a member of that name, in either spelling (see tree_get); NULL: not a known key.
   `given` is keys_given of the object: bit i is the i-th row's key with underscores. At most 64
   rows. */
uint64_t keys_given(const struct key_row *rows, const cJSON *object);
const struct key_row *key_of(const struct key_row *rows, uint64_t given, const char *name);
/* A string, or something of which the platform makes the same text in all places. */
bool key_is_name(const cJSON *node);
/* Judges the keys of an object and the types of their values by `rows`. */
void judge_keys(struct judge *judge, const cJSON *object, const struct key_row *rows);
/* The same where the platform lets other keys pass and does not look at them: they are warnings. */
void judge_open_keys(struct judge *judge, const cJSON *object, const struct key_row *rows);

/* ---- manifest_secrets.c ---- */
/* Puts * over the bytes of everything in the text of a manifest that looks like a credential. */
void manifest_mask_text(unsigned char *text, size_t length);

/* ---- the parts of csvk_manifest_check ---- */
/* The base type that equals `text` without regard to letter case; NULL: none. */
const char *base_type(const char *text);
/* The length of a block of data_type: of the base type, or of that backend's own one. */
void judge_length(struct judge *judge, const cJSON *block, enum csvk_backend whose);
/* True when no backend takes it for a column of the base type. */
bool is_refused_length(const cJSON *length, const char *base);
/* The platform writes input manifests, so only what csvkit uses of them is judged. */
void judge_input_schema(struct judge *judge, const cJSON *schema);
void judge_schema(struct judge *judge, const cJSON *schema, enum csvk_type_support support);
void judge_delete(struct judge *judge, const cJSON *root);
void judge_columns(struct judge *judge, const struct csvk_manifest *manifest);
void judge_conflicts(struct judge *judge, const cJSON *root);
void judge_staging(struct judge *judge, const cJSON *root);
void judge_pairs(struct judge *judge, const cJSON *root, enum csvk_manifest_kind kind);
/* Without a manifest (`root` is NULL), judges the names. With one, judges what it says about
   columns by name; the validator judges the names in a header themselves. This must be the last
   thing that a judge does: its path and file are not restored. */
void judge_header(struct judge *judge, const struct csvk_strings *names, const cJSON *root);

#endif
