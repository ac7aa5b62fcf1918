/*
 * preflight_private.h - what the files of this folder share: the judgement under way, how findings
 * are said, listings of folders, the configuration.
 */
#ifndef PREFLIGHT_PREFLIGHT_PRIVATE_H
#define PREFLIGHT_PREFLIGHT_PRIVATE_H

#include "preflight/preflight.h"

#include <cjson/cJSON.h>

/* An entry of storage.output.tables or .files. */
struct pf_entry {
    const cJSON *node;              /* in the configuration's tree */
    struct csvk_manifest *manifest; /* the same as a manifest; NULL: it is no object */
    const char *source;             /* borrowed from `node`, or NULL */
    char *path;                     /* "$.storage.output.tables[0]" */
    bool used;
};
struct pf_entries {
    struct pf_entry *item;
    size_t count;
};
struct pf_config {
    cJSON *root; /* NULL: there is none */
    struct pf_entries tables, files;
};

struct pf {
    struct csvk_preflight_report *report;
    const struct csvk_preflight_options *options;
    const char *folder;
    char *real; /* the folder without symbolic links */
    struct pf_config config;
    enum csvk_type_support support;
    enum csvk_staging staging; /* LOCAL or WORKSPACE */
    struct pf_data *data;      /* files that wait for the validator */
    int status;                /* sticky */
    struct csvk_error *err;
};
const char *pf_environment(const struct pf *pf, const char *name); /* NULL: not set or empty */
/* Remembers that memory ran out; false then. */
bool pf_kept(struct pf *pf, const void *made);
/* FOLDER/relative; a/b, or only b when a is "". NULL (and sticky): out of memory. */
char *pf_full(struct pf *pf, const char *relative);
char *pf_join(struct pf *pf, const char *a, const char *b);
int pf_open_folder(struct pf *pf); /* it must be one; sets `real` */
bool pf_ends_with(const char *text, const char *end);

/* ---- preflight_findings.c ---- */
struct pf_note { /* a finding but for its message; texts are copied */
    const char *rule;
    enum csvk_severity severity; /* 0: the rule's */
    const char *file;            /* relative */
    const char *path, *mend;     /* or NULL; NULL mend: the rule's */
    uint64_t line, column;
};
void pf_say(struct pf *pf, struct csvk_preflight_findings *to, struct pf_note note,
            const char *format, ...) CSVK_PRINTF(4, 5);
/* The file at `relative` could not be read: a finding by `err`, and trouble. */
void pf_say_trouble(struct pf *pf, struct csvk_preflight_findings *to, const char *relative,
                    const struct csvk_error *err);
/* How findings of manifests are taken over. */
struct pf_taking {
    const char *file;                            /* of findings that name none */
    const char *prefix;                          /* stands for the "$" of their paths; NULL: "$" */
    const struct csvk_manifest_findings *except; /* those that are reported already, or NULL */
    enum csvk_severity header; /* of the mild cases of manifest-header; 0: as they are */
};
void pf_take_manifest(struct pf *pf, struct csvk_preflight_findings *to,
                      const struct csvk_manifest_findings *from, struct pf_taking how);
void pf_take_data(struct pf *pf, struct csvk_preflight_findings *to,
                  const struct csvk_report *report);
void pf_findings_release(struct csvk_preflight_findings *findings);

/* ---- preflight_rules.c ---- */
const struct csvk_preflight_rule *pf_rule(const char *id); /* NULL: not one of ours */
bool pf_rule_exists(const char *id);                       /* in any catalogue */

/* ---- folder_listing.c ---- */
enum pf_place { PF_TABLES, PF_SLICES, PF_FILES, PF_INPUT };
enum pf_kind { PF_FILE, PF_DIRECTORY };
struct pf_item {
    char *name;
    enum pf_kind kind;
    uint64_t size;
};
struct pf_listing {
    struct pf_item *item;
    size_t count, capacity;
    bool exists;
    bool unsafe; /* an entry was left out that a reader of the folder would follow */
};
/* What the platform sees in a folder, by byte order; the rest is reported in `to`. */
void pf_list(struct pf *pf, const char *relative, enum pf_place place, struct pf_listing *listing,
             struct csvk_preflight_findings *to);
void pf_listing_release(struct pf_listing *listing);
const struct pf_item *pf_listing_find(const struct pf_listing *listing, const char *name);

/* ---- folder_json.c ---- */
/* Reads strict JSON that is an object. NULL: findings tell why, or it is not there. */
cJSON *pf_read_object(struct pf *pf, const char *relative, const char *rule);
/* The manifest as a tree of its own; NULL (and sticky): out of memory. */
cJSON *pf_tree(struct pf *pf, const struct csvk_manifest *manifest);
struct csvk_manifest *pf_manifest_of(struct pf *pf, const cJSON *object); /* NULL: no memory */
const cJSON *pf_get(const cJSON *object, const char *key);
const char *pf_text(const cJSON *object, const char *key); /* a string that is not empty, or NULL */
/* Reads a manifest; what is wrong with the text goes to `to`. NULL: no tree. */
struct csvk_manifest *pf_read_manifest(struct pf *pf, const char *relative,
                                       struct csvk_manifest_findings *to);

/* ---- config.c, out_tables.c, data_check.c, out_files.c, in_folder.c ---- */
void pf_read_config(struct pf *pf);
void pf_config_release(struct pf_config *config);
void pf_judge_tables(struct pf *pf);
void pf_judge_files(struct pf *pf);
void pf_judge_input(struct pf *pf);
void pf_judge_layout(struct pf *pf);
/* Adds the names as Storage will have them; _timestamp stays, so that it can be seen. */
void pf_clean_names(struct pf *pf, struct csvk_strings *to, const struct csvk_strings *from);

/* ---- table_destination.c ---- */
struct pf_route {                         /* what decides about a destination; borrowed */
    const char *name;                     /* of the data */
    const char *relative;                 /* out/tables/NAME */
    const char *manifest_path;            /* or NULL */
    const struct csvk_manifest *manifest; /* or NULL */
    const struct pf_entry *entry;         /* or NULL */
};
void pf_resolve(struct pf *pf, struct csvk_preflight_table *table, const struct pf_route *route);
void pf_judge_same_destination(struct pf *pf);

/* A table's data for the validator, when all manifests are read. */
struct pf_table_data {
    size_t table; /* index into the report */
    struct csvk_validate_options options;
    struct csvk_strings files; /* relative */
    bool agree;                /* the files must have equally many columns */
};
/* Takes over `data` (released also on failure). */
void pf_data_add(struct pf *pf, struct pf_table_data *data);
void pf_data_run(struct pf *pf);
void pf_data_release(struct pf *pf);

#endif
