/*
 * preflight.h - judges a whole data folder before the platform does.
 *
 * The idea. A component leaves files, slices and manifests in a folder, and a configuration maps
 * them to tables. What the platform does with them is decided by rules in many places. Here all of
 * these rules are applied at once. The report says for every table where its data will go and by
 * which rule, with which columns and key; everything that would fail or go wrong silently is a
 * finding. The rules come from three tables: those of this folder ("preflight-..."), of manifests
 * ("manifest-...") and of the validator (profile keboola). So a finding has the same name whichever
 * command reports it.
 *
 * Invariants.
 *   - Only csvk_preflight_fix changes anything, and it never changes data.
 *   - Nothing outside of the folder is opened: every symbolic link is reported, and a link is
 *     followed only when it leads to a file within the folder.
 *   - Findings and their order depend on the folder alone, not on the number of threads.
 */
#ifndef PREFLIGHT_PREFLIGHT_H
#define PREFLIGHT_PREFLIGHT_H

#include "csvkit/csvkit.h"
#include "manifest/manifest.h"
#include "validator/validator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- rules ---------------------------------------------------------------------------------- */

/* The rules of data folders; static. */
CSVK_API extern const struct csvk_rule_set csvk_preflight_rules;
/* All rules that csvkit has, those of tables first, then of manifests, then these; NULL ends it. */
CSVK_API extern const struct csvk_rule_set *const *const csvk_rule_sets;

/* ---- the report ------------------------------------------------------------------------------ */

/* Findings name a file relative to the data folder, or "" for that folder itself; `path` is a place
   in a manifest or configuration. */
struct csvk_preflight_slice {
    char *name;              /* in the folder of its table */
    uint64_t file_bytes;     /* as it is stored */
    uint64_t records, bytes; /* rows that will be loaded, data; 0 when it was not judged */
    bool judged;             /* every record was read */
    uint64_t reserved[3];
};
struct csvk_preflight_table {
    char *source;                             /* name in out/tables */
    char *destination;                        /* table id, or NULL */
    const char *by;                           /* csvk_destination_rule_name */
    struct csvk_strings columns, primary_key; /* names as Storage will have them */
    bool incremental;
    bool header;      /* the data begin with names, which are not loaded */
    uint64_t slices;  /* 0: a single file */
    uint64_t records; /* rows that will be loaded, without headers */
    uint64_t bytes;   /* of data, decompressed */
    struct csvk_findings findings;
    struct csvk_preflight_slice *slice; /* `slices` of them, in byte order of their names */
    uint64_t reserved[7];               /* zero; new members will take the place of it */
};
struct csvk_preflight_file { /* in out/files */
    char *source;
    struct csvk_strings tags;
    bool is_permanent;
    uint64_t bytes;
    struct csvk_findings findings;
    uint64_t reserved[8];
};
/* The library's. */
struct csvk_preflight_report {
    char *folder;
    bool valid;           /* no error anywhere */
    bool trouble;         /* something could not be read, so it was not judged */
    char *default_bucket; /* NULL: not known */
    struct csvk_preflight_table *table;
    size_t ntables, table_capacity;
    struct csvk_preflight_file *file;
    size_t nfiles, file_capacity;
    struct csvk_findings findings;    /* of the folder and its configuration */
    uint64_t errors, warnings, infos; /* of all */
    struct csvk_section *section;     /* the folder, each table, each file: 1 + ntables + nfiles */
};

/* ---- judging -------------------------------------------------------------------------------- */

enum csvk_staging { CSVK_STAGING_AUTO, CSVK_STAGING_LOCAL, CSVK_STAGING_WORKSPACE };
enum csvk_preflight_data { CSVK_PREFLIGHT_ALL_DATA, CSVK_PREFLIGHT_NO_DATA };

struct csvk_preflight_level {
    const char *rule; /* an id of any of the three tables; borrowed */
    enum csvk_severity severity;
};
/* All pointers are borrowed for the call. */
struct csvk_preflight_options {
    size_t size;                /* set by csvk_preflight_options_init */
    const char *default_bucket; /* NULL: that of the configuration, else of the environment */
    enum csvk_type_support
        support;                   /* unknown: that of the environment, else of the configuration */
    enum csvk_staging staging;     /* auto: workspace when the configuration has credentials */
    enum csvk_preflight_data data; /* validate every record, or look at first records only */
    size_t threads;
    uint64_t max_findings; /* kept of each rule for each table; 0: all */
    uint64_t large_file;   /* an unsliced file of more bytes is a finding; 0: never */
    const struct csvk_preflight_level *level;
    size_t nlevels;
    const char *(*environment)(const char *name, void *context);   /* NULL: there is none */
    int (*progress)(uint64_t done, uint64_t total, void *context); /* files; < 0 stops */
    void *context;
    uint64_t features; /* CSVK_FEATURE_*: what the project has switched on */
    uint64_t backend;  /* enum csvk_backend: the database that is to take the values */
};
/* The platform slices files itself ("output-mapping-slice"), which not every mapping is fit for. */
#define CSVK_FEATURE_SLICING 1u
CSVK_API void csvk_preflight_options_init_sized(struct csvk_preflight_options *options,
                                                size_t size);
static inline void csvk_preflight_options_init(struct csvk_preflight_options *options)
{
    csvk_preflight_options_init_sized(options, sizeof *options);
}

/*
 * Judges `folder`. CSVK_OK with a report (csvk_preflight_free), whatever is found; CSVK_EIO when
 * the folder cannot be opened, CSVK_EUSAGE for an unknown rule, no threads, or a folder that has
 * none of in, out and config.json, CSVK_ENOMEM, CSVK_ECANCELED.
 */
CSVK_API int csvk_preflight(struct csvk_preflight_report **out, const char *folder,
                            const struct csvk_preflight_options *options,
                            struct csvk_error *err) CSVK_MUST_USE;
CSVK_API void csvk_preflight_free(struct csvk_preflight_report *report);

/* ---- repairing ------------------------------------------------------------------------------- */

enum csvk_fix_mode { CSVK_FIX_SHOW, CSVK_FIX_WRITE };
/*
 * Finds what can be repaired with certainty: a manifest whose name lacks the extension of its data,
 * and a sliced table without columns whose slices all begin with the same header. Appends each
 * change as a diff to `diff`, and makes it with CSVK_FIX_WRITE; *count is the number of changes.
 * Renaming never replaces a file. An unknown key whose meaning is evident is only shown as a
 * proposal.
 */
CSVK_API int csvk_preflight_fix(const char *folder, enum csvk_fix_mode mode, struct csvk_buf *diff,
                                size_t *count, struct csvk_error *err) CSVK_MUST_USE;

/* ---- writing reports --------------------------------------------------------------------------
 */

/* Makes the report a subject for csvk_reporter_add; it borrows from `report`. */
CSVK_API void csvk_preflight_subject(const struct csvk_preflight_report *report,
                                     struct csvk_subject *subject);

#ifdef __cplusplus
}
#endif

#endif
