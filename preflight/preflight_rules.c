/*
 * preflight_rules.c - the rules of data folders, and what the platform does when a rule is broken.
 * The heads of the other files say which rules each of them judges.
 *
 * A loss that the platform does not report is always an error, because nobody else will report it.
 */
#include "csvkit/schema/read/schema_file_rules.h"
#include "preflight/preflight_private.h"

#include <string.h>

/* Why such a rule matters is what the platform does. */
#define ROW(id, level, title, outcome, remedy)                                                     \
    {                                                                                              \
        id, level, NULL, title, outcome, "", remedy, "", outcome, NULL                             \
    }
static const struct csvk_rule rules[] = {
    ROW("preflight-layout", "W", "There is nothing in the folder that would be loaded.",
        "the job succeeds and loads nothing", "Write tables to out/tables and files to out/files."),
    ROW("preflight-misplaced", "E", "Data in a place where the platform does not look.",
        "it is ignored silently", "Move them to out/tables or out/files."),
    ROW("preflight-config", "E", "config.json cannot be used.",
        "the platform writes this file itself; a component that reads this copy fails",
        "Correct the file at the place shown."),
    ROW("preflight-config-key", "E", "A mapping that the platform does not accept.",
        "the configuration is refused: Unrecognized option, or invalid type",
        "Remove the key, or correct its name or value."),
    ROW("preflight-orphan", "E", "A manifest without data.",
        "the job fails and no table at all is loaded",
        "Name it like its data, including the extension, plus .manifest: data.csv.manifest for "
        "data.csv."),
    ROW("preflight-mapping-source", "E", "The output mapping names data that do not exist.",
        "the job fails and no table at all is loaded",
        "Write the data under exactly this name, or remove the entry from the mapping."),
    ROW("preflight-mapping-input", "W", "A table of the input mapping is not in in/tables.",
        "the platform would have put it there; a component that needs it fails",
        "Put the file there, or remove the entry from the mapping."),
    ROW("preflight-mapping-override", "W",
        "The output mapping has a value that the platform ignores.",
        "the manifest's value stays: a mapping cannot set a key back to its default",
        "Change the manifest instead."),
    ROW("preflight-mapping-twice", "W", "One source is mapped to several tables.",
        "it is loaded into each of them, but refused where the platform slices files itself",
        "Keep one entry, or write a file for each table."),
    ROW("preflight-mapping-slicing", "E",
        "The output mapping describes data that the platform slices itself.",
        "the job fails: Params \"delimiter\", \"enclosure\" or \"columns\" specified in mapping "
        "are "
        "not longer supported",
        "Write them into the manifest, and remove them from the mapping."),
    ROW("preflight-ignored", "E", "A folder that the platform does not look into.",
        "everything in it is ignored silently", "Move its files one level up."),
    ROW("preflight-hidden", "W", "A file whose name begins with a dot.", "it is ignored silently",
        "If it is data, rename it; otherwise remove it."),
    ROW("preflight-stray", "E", "A file that does not look like a table.", "it is uploaded as data",
        "Remove it, or write it elsewhere; use /tmp for temporary files."),
    ROW("preflight-link", "E", "A symbolic link.",
        "when it reads the folder, the target of the link may be missing or may be other data",
        "Replace the link with a copy of the data."),
    ROW("preflight-special", "E", "Neither a file nor a folder.",
        "the platform waits for it forever, or fails", "Remove it."),
    ROW("preflight-name", "E", "A file name that will cause trouble.",
        "it breaks the listing, the destination or the key of the upload",
        "Use letters, digits, dot, - and _ only."),
    ROW("preflight-unreadable", "E", "Something cannot be read.",
        "the upload fails if the platform cannot read it either", "Check its permissions."),
    ROW("preflight-changed", "E", "Something changed while it was read.",
        "whatever is there at the end of the job is loaded",
        "Wait until the component has ended, then run preflight again."),
    ROW("preflight-destination", "E", "There is no table that the data could be loaded into.",
        "the job fails before anything is loaded",
        "Give a whole table id: \"destination\": \"in.c-bucket.table\"."),
    ROW("preflight-destination-bucket", "E", "The bucket of a destination does not begin with c-.",
        "Storage looks for another bucket, or fails", "Write in.c-NAME or out.c-NAME."),
    ROW("preflight-destination-by-name", "W", "The file name is taken as a table id.",
        "it works, with a deprecation warning; another file name means another table",
        "Write the destination into the manifest or the mapping."),
    ROW("preflight-destination-order", "W",
        "The help pages describe another destination than the platform uses.",
        "the id in the manifest or the file name is used; the default bucket is not",
        "Write a bare table name for the default bucket, or map the destination."),
    ROW("preflight-duplicate-destination", "E", "Several sources go into one table.",
        "they are loaded one after the other; each full load overwrites the one before",
        "Give each its own destination, or make one sliced table of them."),
    ROW("preflight-slices-empty", "W", "A sliced table without slices.",
        "an empty list of slices is loaded, which cloud providers treat differently",
        "Write one empty slice, or leave the table out."),
    ROW("preflight-slices-differ", "E", "The slices of a table do not agree.",
        "the load of the whole table fails", "Write all slices with the same columns and dialect."),
    ROW("preflight-no-columns", "E", "A file that has bytes, but no header.",
        "the job fails: a table without columns cannot be created, and fits no table that is there",
        "Write at least the header, or name the columns in the manifest."),
    ROW("preflight-slice-name", "E", "A slice has the name of the list of slices.",
        "its content and the list of slices overwrite each other", "Rename the slice."),
    ROW("preflight-slice-compression", "W", "Some slices are gzip, some are not.",
        "the runner compresses the others; only slices of one kind are known to work everywhere",
        "Compress all slices or none."),
    ROW("preflight-file-size", "W", "One large file.",
        "transfer and load take long and cannot be done in parallel; above 5 GiB a single upload "
        "fails",
        "Cut it into slices with csvkit slice."),
    ROW("preflight-values-not-judged", "W", "A column whose values csvkit did not look at.",
        "csvkit does not know the declared type, or its length, so the load may refuse a value",
        "Check the values yourself; or declare a type and a length that doc/types.md names."),
    ROW("preflight-copied-manifest", "E", "A manifest of in/ was copied to out/.",
        "the job fails: the platform refuses keys that only it writes",
        "Write a new manifest with destination, columns and primary key."),
    ROW("preflight-in-manifest", "W", "A manifest in in/ without data.",
        "the platform always writes both, unless the data stay in a workspace, s3 or abs",
        "Put the data next to it."),
    ROW("preflight-staging", "E", "A staged table that cannot be read.",
        "slices in s3 or abs have no header, so without columns the values have no names",
        "Use the manifest as the platform wrote it."),
    ROW("preflight-workspace", "E", "A workspace's table that cannot be loaded.",
        "outputs of a workspace are manifests only, and need columns unless they are mapped",
        "Write only manifests with columns to out/tables."),
    ROW("preflight-state", "E", "A state, result or usage file that the platform refuses.",
        "the job fails after the data are loaded, or the state is lost",
        "state.json and result.json must be JSON objects; usage.json must be a list of objects "
        "with metric and value."),
    ROW("preflight-environment", "W", "An environment variable with an unexpected value.",
        "the platform sets it to another value", "Set it as the platform does, or not at all."),
};

const struct csvk_rule_set csvk_preflight_rules = {rules, sizeof rules / sizeof rules[0]};

/* A pointer: programs have a copy of what is exported, as large as it was when they were linked. */
static const struct csvk_rule_set *const all_sets[] = {&csvk_validator_rules, &csvk_manifest_rules,
                                                       &csvk_preflight_rules,
                                                       &csvk_schema_file_rules, NULL};
const struct csvk_rule_set *const *const csvk_rule_sets = all_sets;
