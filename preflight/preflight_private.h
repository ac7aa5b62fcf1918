/*
 * preflight_private.h - what the files of this folder share: the judgement under way, reporting of
 * findings, listings of folders, the configuration.
 */
#ifndef PREFLIGHT_PREFLIGHT_PRIVATE_H
#define PREFLIGHT_PREFLIGHT_PRIVATE_H

#include "preflight/preflight.h"

#include <cjson/cJSON.h>

/* An entry of storage.output.tables or .files. */
struct preflight_entry {
    const cJSON *node;              /* in the configuration's tree */
    struct csvk_manifest *manifest; /* the entry as a manifest; NULL: it is not an object */
    const char *source;             /* borrowed from `node`, or NULL */
    char *path;                     /* "$.storage.output.tables[0]" */
    bool used;                      /* there are data for it */
};
struct preflight_entries {
    struct preflight_entry *item;
    size_t count;
};
struct preflight_config {
    cJSON *root; /* NULL: there is none */
    struct preflight_entries tables, files;
};

struct preflight {
    struct csvk_preflight_report *report;
    const struct csvk_preflight_options *options;
    const char *folder;
    char *real; /* the folder without symbolic links */
    struct preflight_config config;
    enum csvk_type_support support;
    enum csvk_staging staging;   /* LOCAL or WORKSPACE */
    bool slicing;                /* the platform slices files itself */
    struct preflight_data *data; /* files that the validator will read, after all manifests */
    int status;                  /* sticky */
    struct csvk_error *err;
};
const char *preflight_environment(const struct preflight *preflight,
                                  const char *name); /* NULL: not set or empty */
/* False when `made` is NULL; then preflight->status is CSVK_ENOMEM from now on. */
bool preflight_allocated(struct preflight *preflight, const void *made);
/* The caller owns what these return; NULL (and preflight->status): out of memory. */
char *preflight_full(struct preflight *preflight, const char *relative); /* FOLDER/relative */
char *preflight_join(struct preflight *preflight, const char *a,
                     const char *b);                    /* a/b, or only b when a is "" */
int preflight_open_folder(struct preflight *preflight); /* sets `real`; fails if it is no folder */
bool preflight_ends_with(const char *text, const char *end);

/* ---- preflight_findings.c ---- */
struct preflight_note { /* a finding without its message; texts are copied */
    const char *rule;
    enum csvk_severity severity; /* 0: that of the rule */
    const char *file;            /* relative */
    const char *path, *remedy;   /* may be NULL; then the remedy is that of the rule */
    bool has_byte;
    uint64_t byte, line, column, column_chars; /* as in struct csvk_finding */
};
/* Adds a finding to `to`, with what the platform does. */
void preflight_report_finding(struct preflight *preflight, struct csvk_findings *to,
                              struct preflight_note note, const char *format, ...)
    CSVK_PRINTF(4, 5);
/* Reports that the file at `relative` could not be read (`err`), and sets report->trouble. Out of
   memory and cancelled go to preflight->status instead. */
void preflight_report_trouble(struct preflight *preflight, struct csvk_findings *to,
                              const char *relative, const struct csvk_error *err);
/* How the findings of the manifest's judge are taken over. */
struct preflight_taking {
    const char *file;                   /* for findings that name no file */
    const char *prefix;                 /* replaces the "$" of their paths; NULL: "$" */
    const struct csvk_findings *except; /* reported already, so left out; or NULL */
};
void preflight_take_manifest(struct preflight *preflight, struct csvk_findings *to,
                             const struct csvk_findings *from, struct preflight_taking how);
void preflight_take_data(struct preflight *preflight, struct csvk_findings *to,
                         const struct csvk_report *report);

/* ---- folder_listing.c ---- */
enum preflight_place { PREFLIGHT_TABLES, PREFLIGHT_SLICES, PREFLIGHT_FILES, PREFLIGHT_INPUT };
enum preflight_kind { PREFLIGHT_FILE, PREFLIGHT_DIRECTORY };
struct preflight_item {
    char *name;
    enum preflight_kind kind;
    uint64_t size;
};
struct preflight_listing {
    struct preflight_item *item;
    size_t count, capacity;
    bool exists;
    bool unsafe; /* a link or special file was left out, which other readers would open */
};
/* Lists what the platform sees in a folder, in byte order; what it does not see is reported. */
void preflight_list(struct preflight *preflight, const char *relative, enum preflight_place place,
                    struct preflight_listing *listing, struct csvk_findings *to);
void preflight_listing_release(struct preflight_listing *listing);
const struct preflight_item *preflight_listing_find(const struct preflight_listing *listing,
                                                    const char *name);

/* ---- folder_json.c ---- */
/* Reads a file of strict JSON that is an object. NULL: the file is not there, or its defects are
   reported as findings of `rule`. */
cJSON *preflight_read_object(struct preflight *preflight, const char *relative, const char *rule);
/* The manifest as a tree, which the caller owns; NULL (and preflight->status): out of memory. */
cJSON *preflight_tree(struct preflight *preflight, const struct csvk_manifest *manifest);
struct csvk_manifest *preflight_manifest_of(struct preflight *preflight,
                                            const cJSON *object); /* NULL: no memory */
const cJSON *preflight_get(const cJSON *object, const char *key);
const char *preflight_text(const cJSON *object,
                           const char *key); /* a string that is not empty, or NULL */
/* Reads a manifest; defects of its JSON go to `to`. NULL: it could not be read as an object. */
struct csvk_manifest *preflight_read_manifest(struct preflight *preflight, const char *relative,
                                              struct csvk_findings *to);

/* ---- config_json.c, out_tables.c, data_check.c, out_files.c, in_folder.c ---- */
void preflight_read_config(struct preflight *preflight);
void preflight_config_release(struct preflight_config *config);
void preflight_judge_tables(struct preflight *preflight);
void preflight_judge_files(struct preflight *preflight);
void preflight_judge_input(struct preflight *preflight);
void preflight_judge_layout(struct preflight *preflight);
/* Adds the names as Storage will have them, except that _timestamp stays as it is, so that people
   see it. */
void preflight_clean_names(struct preflight *preflight, struct csvk_strings *to,
                           const struct csvk_strings *from);

/* ---- slicing_feature.c ---- */
bool preflight_has_slicing(const struct preflight *preflight);
/* `item` are the data of the entry; `manifest` says whether they have one. */
void preflight_judge_slicing(struct preflight *preflight, struct csvk_findings *to,
                             const struct preflight_item *item, bool manifest,
                             const struct preflight_entry *entry);

/* ---- table_destination.c ---- */
struct preflight_route {                  /* what decides where a table goes; borrowed */
    const char *name;                     /* of the data */
    const char *relative;                 /* out/tables/NAME */
    const char *manifest_path;            /* or NULL */
    const struct csvk_manifest *manifest; /* or NULL */
    const struct preflight_entry *entry;  /* or NULL */
};
void preflight_resolve(struct preflight *preflight, struct csvk_preflight_table *table,
                       const struct preflight_route *route);
void preflight_judge_same_destination(struct preflight *preflight);

/* ---- data_check.c ---- */
/* The data of one table, for the validator. */
struct preflight_table_data {
    size_t table;                         /* index into the report */
    struct csvk_validate_options options; /* of the first file ... */
    struct csvk_validate_options next;    /* ... and of the others */
    struct csvk_strings files;            /* relative */
    bool agree;                           /* the files must have the same number of columns */
};
/* Takes over options and files of `data`, and empties them; on failure they stay the caller's. */
void preflight_data_add(struct preflight *preflight, struct preflight_table_data *data);
void preflight_data_run(struct preflight *preflight);
void preflight_data_release(struct preflight *preflight);

#endif
