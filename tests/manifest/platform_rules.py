"""What the platform accepts as a manifest of out/tables and of out/files, restated.

The measure for `csvkit manifest check`. Nothing here comes from the C code: the rules are those of
the platform's own classes and of its documentation, each named beside the rule:

  Table      output-mapping, Configuration\\Table\\BaseConfiguration (of manifests and mappings)
  File       output-mapping, Configuration\\File\\Manifest
  Config     symfony/config, which both are written in: ArrayNode, PrototypedArrayNode, ScalarNode,
             BooleanNode, EnumNode and what their builders set
  Json       symfony/serializer JsonEncoder, PHP's json_decode into arrays
  Getters    output-mapping, MappingFromProcessedConfiguration, its columns, types and filters: they
             return strings under strict types, so another scalar ends the job
  Resolver   output-mapping, TableConfigurationResolver: the destination
  Keys       output-mapping, PrimaryKeyHelper: names in keys are trimmed, under strict types
  Names      output-mapping, Webalizer: cleans the names of columns
  Columns    output-mapping, RestrictedColumnsHelper
  Docs       "Manifest files" and "Folders" of the common interface

The platform stops at the first thing it refuses. This restatement goes on and collects all of them,
for csvkit reports all of them too. A refusal is (path, rule): the keys and indices that lead to the
offending value, as in ("schema", 0, "name"), () being the manifest itself; and a word for the rule.
Refusals that the platform cannot come to before another is mended are kept apart: `later`.
"""

import json

# --- values as PHP has them (Json): objects and lists are one type, an array of keys and values --


class Unreadable(Exception):
    """The text is not JSON."""


def parse(text):
    """Json: of a key given twice, the last value counts; NaN and its like are no JSON."""

    def constant(word):
        raise ValueError(word)

    try:
        value = json.loads(text, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)) from error
    return value


def is_array(value):
    return isinstance(value, (dict, list))


def is_scalar(value):
    """Config, ScalarNode: strings, numbers, booleans, and null beside them."""
    return not is_array(value)


def entries(array):
    """The keys and values of an array; a list has the keys 0, 1, 2."""
    return list(array.items()) if isinstance(array, dict) else list(enumerate(array))


def is_list(array):
    """Json: an object with the keys "0", "1", "2" in this order is a list after json_decode."""
    return isinstance(array, list) or [str(i) for i in range(len(array))] == list(array)


def is_empty(value):
    """PHP's empty(): what counts as "not given" in the rules about several keys."""
    return value in (None, "", "0") or (is_array(value) and not value) or value == 0


def is_set(array, key):
    """PHP's isset(array[key]): there, and not null. A string or a number has no keys."""
    return isinstance(array, dict) and array.get(key) is not None


# --- nodes (Config) ------------------------------------------------------------------------------


class Refused(list):
    """The refusals that stand on their own; `later` has the others."""

    def __init__(self):
        super().__init__()
        self.later = []


class Node:
    """`read` returns the value as the platform has it afterwards, and adds to `refused`."""

    required = False

    def read(self, value, path, refused):
        raise NotImplementedError


class Anything(Node):
    """VariableNode."""

    def read(self, value, path, refused):
        return value


class Scalar(Node):
    """ScalarNode. With `filled` null and "" are refused (cannotBeEmpty); 0 and false are not empty.
    `words` are the only values (EnumNode, or ifNotInArray), `instead` says what replaces which."""

    def __init__(self, filled=False, required=False, words=None, instead=None):
        self.filled = filled
        self.required = required
        self.words = words
        self.instead = instead or {}

    def read(self, value, path, refused):
        if is_scalar(value) and value in self.instead and not isinstance(value, bool):
            return self.instead[value]
        if not is_scalar(value):
            refused.append((path, "scalar"))
        elif self.filled and value in (None, ""):
            refused.append((path, "empty"))
        elif self.words and value not in self.words:
            refused.append((path, "word"))
        return value


class Boolean(Node):
    """BooleanNode: true and false; null is read as true (BooleanNodeDefinition, nullEquivalent)."""

    def read(self, value, path, refused):
        if value is None:
            return True
        if not isinstance(value, bool):
            refused.append((path, "boolean"))
        return value


def as_array(value, path, refused):
    """ArrayNodeDefinition: null and true stand for an empty array, other scalars for nothing."""
    if value is None or value is True:
        return []
    if not is_array(value):
        refused.append((path, "array"))
        return []
    return value


def with_underscores(array):
    """ArrayNode.preNormalize: a key with dashes and without underscores gets underscores instead,
    unless that key is there as well."""
    if isinstance(array, list):
        return array
    result = {}
    for key, value in array.items():
        new = key.replace("-", "_")
        result[key if "_" in key or new in array else new] = value
    return result


class ListOf(Node):
    """PrototypedArrayNode: elements of one kind. The keys of an object do not matter."""

    def __init__(self, element):
        self.element = element

    def read(self, value, path, refused):
        array = with_underscores(as_array(value, path, refused))
        return [
            self.element.read(one, path + (key,), refused)
            for key, one in entries(array)
        ]


class ByName(Node):
    """PrototypedArrayNode with useAttributeAsKey("name"), normalizeKeys(false): an object by names,
    or a list of arrays that each have a `name`."""

    def __init__(self, element):
        self.element = element

    def read(self, value, path, refused):
        array = as_array(value, path, refused)
        result = {}
        for key, one in entries(array):
            here = path + (key,)
            if is_array(one):
                if is_set(one, "name"):
                    key, one = self.renamed(one)
                    if is_array(key):
                        refused.append((here, "name"))  # no key of an array: PHP throws
                        continue
                elif is_list(array):
                    refused.append((here, "name"))
                    continue
                if str(key) in result:
                    refused.append((here, "twice"))
                    continue
            result[str(key)] = self.element.read(one, here, refused)
        return result

    @staticmethod
    def renamed(one):
        rest = {key: value for key, value in one.items() if key != "name"}
        return one["name"], rest["value"] if list(rest) == ["value"] else rest


class Fields(Node):
    """ArrayNode: known keys. Others are refused, or kept with `keep_others` (ignoreExtraKeys).
    `rules` judge the whole afterwards (validate), once its fields are sound."""

    def __init__(self, fields, required=False, keep_others=False, rules=()):
        self.fields = fields
        self.required = required
        self.keep_others = keep_others
        self.rules = rules

    def read(self, value, path, refused):
        before = len(refused)
        array = with_underscores(as_array(value, path, refused))
        given = {str(key): one for key, one in entries(array)}
        result = {}
        sound = len(refused) == before
        for key, one in given.items():
            here = path + (key,)
            if key in self.fields:
                result[key] = self.fields[key].read(one, here, refused)
            elif self.keep_others:
                result[key] = one
            else:
                refused.append((here, "unknown"))
        for key, field in self.fields.items():
            if sound and field.required and key not in given:
                refused.append((path + (key,), "missing"))
        after = refused if len(refused) == before else refused.later
        for rule in self.rules:
            after.extend((path + keys, word) for keys, word in rule(result))
        return result


# --- rules about several keys (Table, `validate`) ------------------------------------------------


def backends_of_types(data_type):
    """Table, data_type: base, snowflake, bigquery; each with a `type` that is not null."""
    for key, value in data_type.items():
        if key not in ("base", "snowflake", "bigquery"):
            yield (key,), "backend"
        elif not is_set(value, "type"):
            yield (key, "type"), "missing"


def described_once(metadata):
    """Table: description, also an empty one, and KBC.description in the map are one too many."""

    def rule(values):
        if is_set(values, "description") and is_set(values.get(metadata), "KBC.description"):
            yield ("description",), "described twice"

    return rule


def one_source_of_values(found):
    """Table, where_filters: exactly one of the three."""
    words = ("values_from_set", "values_from_workspace", "values_from_storage")
    given = [word for word in words if not is_empty(found.get(word))]
    if len(given) != 1:
        yield (), "one source"


def something_to_delete(found):
    """Table, delete_where: at least one of the three; "0" and 0 are empty as well."""
    words = ("changed_since", "changed_until", "where_filters")
    if all(is_empty(found.get(word)) for word in words):
        yield (), "nothing to delete"


def old_deletion(values):
    """Table: delete_where_column needs values, and excludes delete_where unless that is empty."""
    column = values.get("delete_where_column")
    if column is not None and column != "":
        if is_empty(values.get("delete_where_values")):
            yield ("delete_where_values",), "values"
        if not is_empty(values.get("delete_where")):
            yield ("delete_where",), "only one of"


def schema_alone(values):
    """Table: what a schema says cannot be said beside it; an empty list says nothing."""
    if not is_empty(values.get("schema")):
        for key in ("columns", "metadata", "column_metadata", "primary_key", "distribution_key"):
            if not is_empty(values.get(key)):
                yield (key,), "only one of"


# --- the two classes -----------------------------------------------------------------------------

METADATA = ListOf(Fields({"key": Scalar(), "value": Scalar()}))

DATA_TYPE = Fields(
    {"base": Fields({"type": Scalar(filled=True, required=True), "length": Scalar(),
                     "default": Scalar()}, required=True)},
    keep_others=True,
    rules=[backends_of_types],
)

SCHEMA_COLUMN = Fields(
    {
        "name": Scalar(filled=True, required=True),
        "data_type": DATA_TYPE,
        "nullable": Boolean(),
        "primary_key": Boolean(),
        "distribution_key": Boolean(),
        "description": Scalar(),
        "metadata": Anything(),
    },
    rules=[described_once("metadata")],
)

FILTER = Fields(
    {
        "column": Scalar(filled=True, required=True),
        "operator": Scalar(words=("eq", "ne")),
        "values_from_set": ListOf(Scalar()),
        "values_from_workspace": Fields({"workspace_id": Scalar(),
                                         "table": Scalar(filled=True, required=True),
                                         "column": Scalar()}),
        "values_from_storage": Fields({"bucket_id": Scalar(filled=True, required=True),
                                       "table": Scalar(filled=True, required=True),
                                       "column": Scalar()}),
    },
    rules=[one_source_of_values],
)

TABLE = Fields(
    {
        "destination": Scalar(),
        "incremental": Boolean(),
        "unload_strategy": Scalar(words=("direct-grant",)),
        "deduplication_strategy": Scalar(words=("insert", "upsert")),
        "primary_key": ListOf(Scalar()),
        "columns": ListOf(Scalar()),
        "distribution_key": ListOf(Scalar(filled=True)),
        "delete_where_column": Scalar(),
        "delete_where_values": ListOf(Scalar()),
        "delete_where_operator": Scalar(words=("eq", "ne"), instead={"": "eq", None: "eq"}),
        "delete_where": ListOf(Fields({"changed_since": Scalar(), "changed_until": Scalar(),
                                       "where_filters": ListOf(FILTER)},
                                      rules=[something_to_delete])),
        "delimiter": Scalar(),
        "enclosure": Scalar(),
        "metadata": METADATA,
        "column_metadata": ByName(METADATA),
        "write_always": Boolean(),
        "tags": ListOf(Scalar(filled=True)),
        "manifest_type": Scalar(),
        "has_header": Boolean(),
        "description": Scalar(),
        "table_metadata": Anything(),
        "schema": ListOf(SCHEMA_COLUMN),
    },
    rules=[old_deletion, schema_alone, described_once("table_metadata")],
)

FILE = Fields(
    {
        "tags": ListOf(Scalar()),
        "is_public": Boolean(),
        "is_permanent": Boolean(),
        "is_encrypted": Boolean(),
        "notify": Boolean(),
    }
)


# --- what is looked at after the class (only when it accepted) -----------------------------------


def strings(table):
    """Getters, Resolver, Keys, Names: what has to be a string, or may be null as well."""
    for key in ("delimiter", "enclosure"):
        yield (key,), table.get(key, ""), str
    for key in ("destination", "delete_where_column"):
        yield (key,), table.get(key), (str, type(None))
    for i, name in enumerate(table.get("distribution_key", [])):
        yield ("distribution_key", i), name, str
    for i, column in enumerate(table.get("schema", [])):
        path = ("schema", i)
        if column.get("name") is not True:  # which becomes "1", as whole numbers become text
            yield path + ("name",), column.get("name"), (str, int)
        for backend, data_type in column.get("data_type", {}).items():
            data_type = data_type if isinstance(data_type, dict) else {}
            yield path + ("data_type", backend, "type"), data_type.get("type"), str
            for key in ("length", "default"):
                yield path + ("data_type", backend, key), data_type.get(key), SCALARS
    for i, deletion in enumerate(table.get("delete_where", [])):
        for key in ("changed_since", "changed_until"):
            yield ("delete_where", i, key), deletion.get(key), (str, type(None))
        for j, found in enumerate(deletion.get("where_filters", [])):
            yield from strings_of_filter(("delete_where", i, "where_filters", j), found)


SCALARS = (str, int, float, bool, type(None))


def strings_of_filter(path, found):
    yield path + ("column",), found.get("column"), str
    for source, needed in (("values_from_workspace", ("table",)),
                           ("values_from_storage", ("bucket_id", "table"))):
        for key, value in found.get(source, {}).items():
            yield path + (source, key), value, str if key in needed else (str, type(None))


def judge_strings(table):
    for path, value, types in strings(table):
        if not isinstance(value, types) or (value is False and types == (str, int)):
            yield path, "string"
        elif path[0] == "distribution_key" and not value.strip(" \n\r\t\v\0"):
            yield path, "empty"  # after trimming, the class judges once more


def reserved_columns(table):
    """Columns: _timestamp in any letter case is a column of the platform."""
    named = [(("columns", i), name) for i, name in enumerate(table.get("columns", []))]
    named += [(("column_metadata", name), name) for name in table.get("column_metadata", {})]
    schema = enumerate(table.get("schema", []))
    named += [(("schema", i, "name"), one.get("name")) for i, one in schema]
    return [(path, "reserved") for path, name in named if str(name).lower() == "_timestamp"]


def destination(table):
    """Resolver: nothing (the name of the file decides), a table id (two dots), or a name that goes
    behind the default bucket (no dot). Everything else has not three parts in the end."""
    given = table.get("destination")
    if given in (None, "") or not isinstance(given, str):
        return []
    return [] if given.count(".") in (0, 2) else [(("destination",), "parts")]


def judge_table(value):
    """The refusals of a manifest of out/tables; none when the platform accepts it."""
    refused = Refused()
    table = TABLE.read(value, (), refused)
    after = refused.later if refused else refused
    for rule in (judge_strings, reserved_columns, destination):
        after.extend(rule(table))
    return refused


def judge_file(value):
    """The refusals of a manifest of out/files."""
    refused = Refused()
    FILE.read(value, (), refused)
    return refused
