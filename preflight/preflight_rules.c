/*
 * preflight_rules.c - the rules of data folders, and what the platform does when a rule is broken.
 * The heads of the other files say which rules each of them judges.
 *
 * A loss that the platform does not report is always an error, because nobody else will report it.
 */
#include "preflight/preflight_private.h"

#include <string.h>

static const struct csvk_preflight_rule rules[] = {
    {"preflight-layout", CSVK_WARNING, "There is nothing in the folder that would be loaded.",
     "the job succeeds and loads nothing", "Write tables to out/tables and files to out/files."},
    {"preflight-misplaced", CSVK_ERROR, "Data in a place where the platform does not look.",
     "it is ignored silently", "Move them to out/tables or out/files."},
    {"preflight-config", CSVK_ERROR, "config.json cannot be used.",
     "the platform writes this file itself; a component that reads this copy fails",
     "Correct the file at the place shown."},
    {"preflight-config-key", CSVK_ERROR, "A mapping that the platform does not accept.",
     "the configuration is refused: Unrecognized option, or invalid type",
     "Remove the key, or correct its name or value."},
    {"preflight-orphan", CSVK_ERROR, "A manifest without data.",
     "the job fails and no table at all is loaded",
     "Name it like its data, including the extension, plus .manifest: data.csv.manifest for "
     "data.csv."},
    {"preflight-mapping-source", CSVK_ERROR, "The output mapping names data that do not exist.",
     "the job fails and no table at all is loaded",
     "Write the data under exactly this name, or remove the entry from the mapping."},
    {"preflight-mapping-input", CSVK_WARNING, "A table of the input mapping is not in in/tables.",
     "the platform would have put it there; a component that needs it fails",
     "Put the file there, or remove the entry from the mapping."},
    {"preflight-mapping-override", CSVK_WARNING,
     "The output mapping has a value that the platform ignores.",
     "the manifest's value stays: a mapping cannot set a key back to its default",
     "Change the manifest instead."},
    {"preflight-mapping-twice", CSVK_WARNING, "One source is mapped to several tables.",
     "it is loaded into each of them, but refused where the platform slices files itself",
     "Keep one entry, or write a file for each table."},
    {"preflight-ignored", CSVK_ERROR, "A folder that the platform does not look into.",
     "everything in it is ignored silently", "Move its files one level up."},
    {"preflight-hidden", CSVK_WARNING, "A file whose name begins with a dot.",
     "it is ignored silently", "If it is data, rename it; otherwise remove it."},
    {"preflight-stray", CSVK_ERROR, "A file that does not look like a table.",
     "it is uploaded as data", "Remove it, or write it elsewhere; use /tmp for temporary files."},
    {"preflight-link", CSVK_ERROR, "A symbolic link.",
     "when it reads the folder, the target of the link may be missing or may be other data",
     "Replace the link with a copy of the data."},
    {"preflight-special", CSVK_ERROR, "Neither a file nor a folder.",
     "the platform waits for it forever, or fails", "Remove it."},
    {"preflight-name", CSVK_ERROR, "A file name that will cause trouble.",
     "it breaks the listing, the destination or the key of the upload",
     "Use letters, digits, dot, - and _ only."},
    {"preflight-unreadable", CSVK_ERROR, "Something cannot be read.",
     "the upload fails if the platform cannot read it either", "Check its permissions."},
    {"preflight-changed", CSVK_ERROR, "Something changed while it was read.",
     "whatever is there at the end of the job is loaded",
     "Wait until the component has ended, then run preflight again."},
    {"preflight-destination", CSVK_ERROR, "There is no table that the data could be loaded into.",
     "the job fails before anything is loaded",
     "Give a whole table id: \"destination\": \"in.c-bucket.table\"."},
    {"preflight-destination-bucket", CSVK_ERROR,
     "The bucket of a destination does not begin with c-.",
     "Storage looks for another bucket, or fails", "Write in.c-NAME or out.c-NAME."},
    {"preflight-destination-by-name", CSVK_WARNING, "The file name is taken as a table id.",
     "it works, with a deprecation warning; another file name means another table",
     "Write the destination into the manifest or the mapping."},
    {"preflight-destination-order", CSVK_WARNING,
     "The help pages describe another destination than the platform uses.",
     "the id in the manifest or the file name is used; the default bucket is not",
     "Write a bare table name for the default bucket, or map the destination."},
    {"preflight-duplicate-destination", CSVK_ERROR, "Several sources go into one table.",
     "they are loaded one after the other; each full load overwrites the one before",
     "Give each its own destination, or make one sliced table of them."},
    {"preflight-slices-empty", CSVK_WARNING, "A sliced table without slices.",
     "an empty list of slices is loaded, which cloud providers treat differently",
     "Write one empty slice, or leave the table out."},
    {"preflight-slices-differ", CSVK_ERROR, "The slices of a table do not agree.",
     "the load of the whole table fails", "Write all slices with the same columns and dialect."},
    {"preflight-slice-name", CSVK_ERROR, "A slice has the name of the list of slices.",
     "its content and the list of slices overwrite each other", "Rename the slice."},
    {"preflight-slice-compression", CSVK_WARNING, "Some slices are gzip, some are not.",
     "the runner compresses the others; only slices of one kind are known to work everywhere",
     "Compress all slices or none."},
    {"preflight-file-size", CSVK_WARNING, "One large file.",
     "transfer and load take long and cannot be done in parallel; above 5 GiB a single upload "
     "fails",
     "Cut it into slices with csvkit slice."},
    {"preflight-copied-manifest", CSVK_ERROR, "A manifest of in/ was copied to out/.",
     "the job fails: the platform refuses keys that only it writes",
     "Write a new manifest with destination, columns and primary key."},
    {"preflight-in-manifest", CSVK_WARNING, "A manifest in in/ without data.",
     "the platform always writes both, unless the data stay in a workspace, s3 or abs",
     "Put the data next to it."},
    {"preflight-staging", CSVK_ERROR, "A staged table that cannot be read.",
     "slices in s3 or abs have no header, so without columns the values have no names",
     "Use the manifest as the platform wrote it."},
    {"preflight-workspace", CSVK_ERROR, "A workspace's table that cannot be loaded.",
     "outputs of a workspace are manifests only, and need columns unless they are mapped",
     "Write only manifests with columns to out/tables."},
    {"preflight-state", CSVK_ERROR, "A state, result or usage file that the platform refuses.",
     "the job fails after the data are loaded, or the state is lost",
     "state.json and result.json must be JSON objects; usage.json must be a list of objects with "
     "metric and value."},
    {"preflight-environment", CSVK_WARNING, "An environment variable with an unexpected value.",
     "the platform sets it to another value", "Set it as the platform does, or not at all."},
    {NULL, CSVK_OFF, NULL, NULL, NULL},
};

/* Outcomes for rules of manifests and of the validator. */
static const struct {
    const char *rule, *outcome;
} outcomes[] = {
    {"manifest-json", "parse error, the job fails"},
    {"manifest-bom", "parse error, the job fails"},
    {"manifest-not-object", "parse error, the job fails"},
    {"manifest-limit", "parse error, the job fails"},
    {"manifest-unknown-key", "the manifest is refused and the job fails"},
    {"manifest-type", "the manifest is refused and the job fails"},
    {"manifest-value", "the manifest is refused and the job fails"},
    {"manifest-required", "the manifest is refused and the job fails"},
    {"manifest-conflict", "the manifest is refused and the job fails"},
    {"manifest-data-type", "the manifest is refused and the job fails"},
    {"manifest-delete-where", "the manifest is refused and the job fails"},
    {"manifest-sliced-columns", "the job fails"},
    {"manifest-schema-missing", "the job fails"},
    {"manifest-merge", "the job fails"},
    {"manifest-header", "silently, a header is loaded as a row, or a row is lost as a header"},
    {"manifest-width", "the load fails and names one row"},
    {"manifest-column-name", "Storage refuses the name (invalidColumnName), or renames the column"},
    {"manifest-column-collision", "the load fails"},
    {"manifest-system-column", "the job fails"},
    {"manifest-primary-key", "the load is refused"},
    {"manifest-compression", "the runner compresses once more, or the load fails"},
    {"manifest-data", "the load fails, or a byte order mark stays in the first value"},
    {"manifest-incremental", "rows are repeated when the job runs again, or are never deleted"},
    {"field-count", "the load fails and names one row"},
    {"trailing-delimiter", "the load fails and names one row"},
    {"blank-line", "the load fails, or an empty row is loaded"},
    {"duplicate-key", "only one of the rows is kept, silently; which one is arbitrary"},
    {"field-too-long", "the load fails"},
    {"eol-cr", "the import is refused: invalid line break"},
    {"bare-cr", "the import is refused, or the CR is lost"},
    {"utf16-bom", "the load fails"},
    {"invalid-utf8", "the load fails and names one row"},
    {"header-invalid-name", "the column is renamed silently, or refused (invalidColumnName)"},
    {"header-empty-name", "the import is refused: invalidColumnName"},
    {"header-duplicate-name", "the load fails"},
    {"header-case-clash", "the load fails"},
    {"compressed-input-damaged", "the load fails"},
    {"unclosed-quote", "the load fails, or rows become one value"},
    {NULL, NULL},
};

const struct csvk_preflight_rule *csvk_preflight_rules(void)
{
    return rules;
}

const struct csvk_preflight_rule *preflight_rule(const char *id)
{
    for (const struct csvk_preflight_rule *rule = rules; rule->id != NULL; rule++) {
        if (strcmp(rule->id, id) == 0) {
            return rule;
        }
    }
    return NULL;
}

const char *csvk_preflight_outcome(const char *id)
{
    const struct csvk_preflight_rule *rule = preflight_rule(id);
    if (rule != NULL) {
        return rule->outcome;
    }
    for (size_t i = 0; outcomes[i].rule != NULL; i++) {
        if (strcmp(outcomes[i].rule, id) == 0) {
            return outcomes[i].outcome;
        }
    }
    return NULL;
}

bool preflight_rule_exists(const char *id)
{
    const struct csvk_manifest_rule *rule = csvk_manifest_rules();
    while (rule->id != NULL && strcmp(rule->id, id) != 0) {
        rule++;
    }
    return rule->id != NULL || preflight_rule(id) != NULL || csvk_rule_find(id) != NULL;
}
