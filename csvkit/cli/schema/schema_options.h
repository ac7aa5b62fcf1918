/* schema_options.h - what the commands about schemas share: --to, --output, reading and writing. */
#ifndef CSVKIT_CLI_SCHEMA_SCHEMA_OPTIONS_H
#define CSVKIT_CLI_SCHEMA_SCHEMA_OPTIONS_H

#include "csvkit/cli/frame/cli.h"
#include "csvkit/schema/write/schema_write.h"

extern const struct cli_group cli_schema_output_options;               /* --to --output */
int cli_get_schema_kind(struct cli *cli, enum csvk_schema_kind *kind); /* --to */
/* Writes a schema to --output or standard output, and tells what it does not say. Returns the exit
   status. */
int cli_write_schema(struct cli *cli, const struct schema_writing *how);

struct schema_input {           /* a schema that was read */
    struct csvk_schema *schema; /* its table has the kind and the primary key */
    enum csvk_schema_kind kind;
    bool kind_known; /* it could be read so far */
    char *url;       /* CSVW: of the data, as it is written; NULL: it names none */
    struct csvk_dialect dialect;
    bool header;
};
/* Sets *is when `path` is a file of JSON; anything else is a table. Returns the exit status. */
int cli_is_schema(struct cli *cli, const char *path, bool *is);
/* Which kind of schema the file is by its members; a Table Schema when it cannot be read, which its
   reader tells. */
enum csvk_schema_kind cli_schema_kind(const char *path);
/* Reads the schema, of whichever kind it is, with a message when that fails. Returns the exit
   status: CLI_REFUSED when it is none, CLI_TROUBLE when it cannot be read or asks for something
   that is not supported. Release *out in any case. */
int cli_read_schema(struct cli *cli, const char *path, struct schema_input *out);
/* The same, and what a native manifest says in vain is an error (CLI_REFUSED), not a warning. */
int cli_check_schema(struct cli *cli, const char *path, struct schema_input *out);
void cli_release_schema(struct schema_input *input);

#endif
