/*
 * table_definition.h - what is known about a table before its data is read, in one value.
 *
 * The idea. A dialect, a header, the names of the columns and a key may be told by several: an
 * option wins over an entry of the output mapping, that one over a manifest, a manifest over the
 * header of the data, and all of them over the defaults. Whoever has something to say sets the
 * member and who said it (`_by`), from weak to strong, so the strongest comes last. Whoever works
 * with the table only reads the result.
 *
 * What the data has to be like follows from that in one place, csvk_table_definition_rules, so that
 * every command judges the same data by the same rules:
 *
 *     who names the columns    is there a header    the first record that is not empty
 *     nobody                   yes                  has the names
 *     an option                yes                  must have these names (header-mismatch)
 *     manifest, mapping        yes                  is skipped: it should have these names
 *                                                   (manifest-header-skipped), and never those of
 *                                                   other columns (header-mismatch)
 *     anybody                  no                   must not have these names (manifest-header),
 *                                                   unless an option says that there is no header
 *
 * One value by one thread at a time. A function that answers int answers an enum csvk_status;
 * CSVK_ENOMEM is possible everywhere. `err` may be NULL.
 */
#ifndef MANIFEST_TABLE_DEFINITION_H
#define MANIFEST_TABLE_DEFINITION_H

#include "csvkit/csvkit.h"
#include "manifest/manifest.h"
#include "validator/validator.h"

#ifdef __cplusplus
extern "C" {
#endif

enum csvk_told_by { /* from weak to strong */
                    CSVK_TOLD_BY_DEFAULT,
                    CSVK_TOLD_BY_HEADER, /* of the data */
                    CSVK_TOLD_BY_MANIFEST,
                    /* an entry of the output mapping; the number came later than the others */
                    CSVK_TOLD_BY_MAPPING = 4,
                    CSVK_TOLD_BY_OPTION = 3,
};

/* What a manifest says about the type of a column, in either generation; owns its texts. */
struct csvk_column_type {
    char *column;
    char *type;   /* the base type, "INTEGER"; NULL: not told */
    char *length; /* "38,9"; or NULL */
    enum csvk_tristate nullable;
    enum csvk_told_by by;
};

struct csvk_table_definition {
    size_t size; /* set by csvk_table_definition_init */
    struct csvk_dialect dialect;
    bool delimiter_auto;  /* dialect.delimiter is to be found in the data */
    const char *encoding; /* of the data; borrowed; NULL: UTF-8 */
    bool header;          /* each file of the table begins with the names of the columns */
    enum csvk_told_by header_by;
    bool header_stated;  /* somebody has said whether there is a header, or named the columns */
    bool header_skipped; /* there is one, and the columns are called otherwise: as `columns` says */
    struct csvk_strings columns; /* owned; empty: the names are in the header */
    enum csvk_told_by columns_by;
    struct csvk_strings primary_key; /* owned */
    enum csvk_told_by key_by;
    char *manifest;    /* owned: path of the manifest that has its say here; NULL: there is none */
    char *destination; /* owned; of the table, as written; NULL: not told */
    enum csvk_told_by destination_by;
    enum csvk_told_by incremental_by;
    enum csvk_tristate incremental; /* UNSET, or YES: nobody can switch it off but an option */
    enum csvk_told_by metadata_by;  /* the strongest who has told some */
    struct csvk_column_type *types; /* ntypes of them, owned: columns with a type */
    size_t ntypes;
    struct csvk_manifest_pair *metadata; /* nmetadata of them, owned: of table and columns */
    size_t nmetadata;
    struct csvk_strings first_names; /* owned: see csvk_table_definition_look */
    /* What a native manifest declares about the types of its columns, base and backends; a
       reference of its own. NULL: nothing. */
    struct csvk_schema *schema;
    uint64_t backend; /* enum csvk_backend: whose types count, and who is to take the values */
};
/* RFC 4180, UTF-8, with a header; all told by default. */
CSVK_API void csvk_table_definition_init_sized(struct csvk_table_definition *table, size_t size);
static inline void csvk_table_definition_init(struct csvk_table_definition *table)
{
    csvk_table_definition_init_sized(table, sizeof *table);
}
/*
 * Sets `manifest` to INPUT.manifest when that file exists; `input` is a file or a folder of slices.
 * Standard input ("-") has none. The manifest is not read.
 */
CSVK_API int csvk_table_definition_find(struct csvk_table_definition *table, const char *input,
                                        struct csvk_error *err) CSVK_MUST_USE;
/*
 * Reads `manifest`, which must be set, and lets it have its say: dialect, header, columns, key.
 * `input` is the data, or NULL: a manifest that the platform wrote names the columns of a file with
 * a header and of slices without one. What it says in vain is a warning: the findings of
 * csvk_manifest_check_reading for the `backend` that is set before. CSVK_EDATA when it cannot be
 * read as a manifest: `findings` say why, and nothing is told. CSVK_EUSAGE: it is a schema of
 * another kind. CSVK_EIO.
 */
CSVK_API int csvk_table_definition_read(struct csvk_table_definition *table, const char *input,
                                        struct csvk_findings *findings,
                                        struct csvk_error *err) CSVK_MUST_USE;
/*
 * Lets a manifest and the entry of the output mapping for the same data have their say, merged as
 * the platform merges them; either may be NULL. `input` is as above. Conflicts of the two are
 * `findings`. CSVK_OK, CSVK_ENOMEM; CSVK_EUSAGE as for every sized struct.
 */
CSVK_API int csvk_table_definition_take(struct csvk_table_definition *table,
                                        const struct csvk_manifest *manifest,
                                        const struct csvk_manifest *mapping, const char *input,
                                        struct csvk_findings *findings,
                                        struct csvk_error *err) CSVK_MUST_USE;
/*
 * The table is a folder of slices: they have no header unless somebody has said so. When nobody has
 * named the columns, the first slice, `path`, is looked at: if it has a header, or nobody has said
 * whether, and it clearly begins with one, `first_names` are its names. `path` may be NULL: there
 * is no slice. A slice that cannot be read gives no names; it says so itself when it is judged.
 */
CSVK_API int csvk_table_definition_look(struct csvk_table_definition *table, const char *path,
                                        struct csvk_error *err) CSVK_MUST_USE;
/*
 * After csvk_table_definition_look: do all `slices` of `directory` belong to one table? When nobody
 * has said whether they have a header, and the first clearly begins with one, no other may begin
 * with a header of other names: CSVK_EDATA, and `err` says which does.
 */
CSVK_API int csvk_table_definition_one_table(const struct csvk_table_definition *table,
                                             const char *directory,
                                             const struct csvk_strings *slices,
                                             struct csvk_error *err) CSVK_MUST_USE;
/*
 * Sets in `rules` how the data of the table is to be judged: dialect, header, columns and the types
 * of columns, which replace those in `rules`. That a
 * header stands in data without one is told unless an option says that there is none, or `rules`
 * say otherwise. Names of columns that an option gives are judged with the data; those of a
 * manifest are the business of csvk_manifest_check. The lists in `rules` are copies.
 */
CSVK_API int csvk_table_definition_rules(const struct csvk_table_definition *table,
                                         struct csvk_validate_options *rules,
                                         struct csvk_error *err) CSVK_MUST_USE;
/*
 * Changes `rules`, as csvk_table_definition_rules has set them, for a project that supports native
 * types only so far. Where types are hints, all columns of the table are text: values of another
 * type are warnings, unless `rules` have asked for a severity. Without support they are not judged.
 */
CSVK_API int csvk_table_definition_support(struct csvk_validate_options *rules,
                                           enum csvk_type_support support,
                                           struct csvk_error *err) CSVK_MUST_USE;
/*
 * Changes `rules` after the first file of the table was judged, for all that follow: what was told
 * once is not told again, and their headers are compared with that of the first (`first_names`).
 */
CSVK_API int csvk_table_definition_next(const struct csvk_table_definition *table,
                                        struct csvk_validate_options *rules,
                                        struct csvk_error *err) CSVK_MUST_USE;
/* Frees what it owns; afterwards it is as after _init. The table may be all zero. */
CSVK_API void csvk_table_definition_release(struct csvk_table_definition *table);

#ifdef __cplusplus
}
#endif

#endif
