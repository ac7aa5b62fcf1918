"""made_manifests.py - random manifests: sound ones of every kind, then spoiled up to four times.

make(rng) returns a Case: the kind that csvkit should find, the text, and the folder it belongs in.
"""
import collections
import json

import platform_rules

# --- sound manifests -----------------------------------------------------------------------------

NAMES = ["id", "name", "price", "note", "created_at", "Zip", "a1", "b2", "c3", "total"]
ODD_NAMES = ["a b", "_timestamp", "_TimeStamp", "", "0", "1", "ID", "x" * 65, "ž", "日本", 7, 0,
             None, True, False, 1.5, " id", "oid"]
TYPES = {
    "base": ["STRING", "INTEGER", "NUMERIC", "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP"],
    "snowflake": ["VARCHAR", "NUMBER", "FLOAT", "BOOLEAN", "DATE", "TIMESTAMP_NTZ", "VARIANT"],
    "bigquery": ["STRING", "INT64", "NUMERIC", "FLOAT64", "BOOL", "DATE", "TIMESTAMP", "JSON"],
}
LENGTHS = ["38", "38,0", "255", 38, "16777216"]


def sometimes(rng, chance=0.5):
    return rng.random() < chance


def some(rng, items, least=0):
    return rng.sample(items, rng.randint(least, min(len(items), 4)))


def pick_names(rng):
    names = some(rng, NAMES, 1)
    if sometimes(rng, 0.15):
        names.insert(rng.randint(0, len(names)), rng.choice(ODD_NAMES))
    return names


def pairs(rng):
    keys = ["KBC.description", "KBC.datatype.basetype", "KBC.datatype.type", "KBC.datatype.length",
            "KBC.datatype.nullable", "KBC.datatype.backend", "my-key", "my_key", "owner"]
    values = ["INTEGER", "STRING", "VARCHAR", "snowflake", "1", "0", "38,0", "me", 5, True, None]
    return [{"key": key, "value": rng.choice(values)} for key in some(rng, keys)]


def pair_map(rng):
    return {one["key"]: one["value"] for one in pairs(rng) if one["key"] != "KBC.description"}


def data_type(rng):
    result = {}
    for backend in ["base"] + some(rng, ["snowflake", "bigquery"]):
        one = result[backend] = {"type": rng.choice(TYPES[backend])}
        if sometimes(rng, 0.4):
            one["length"] = rng.choice(LENGTHS)
        if sometimes(rng, 0.3):
            one["default"] = rng.choice(["0", "x", 1, True, False, 1.5, None])
    return result


def schema_column(rng, name):
    column = {"name": name}
    if sometimes(rng, 0.7):
        column["data_type"] = data_type(rng)
    for key in ("nullable", "primary_key", "distribution_key"):
        if sometimes(rng, 0.3):
            column[key] = sometimes(rng)
    if sometimes(rng, 0.3):
        column["description"] = rng.choice(["text", "", None, 5])
    if sometimes(rng, 0.3):
        column["metadata"] = pair_map(rng)
    return column


def delete_filter(rng, names):
    one = {"column": str(rng.choice(names))}
    if sometimes(rng):
        one["operator"] = rng.choice(["eq", "ne"])
    source = rng.choice(["values_from_set", "values_from_workspace", "values_from_storage"])
    one[source] = {
        "values_from_set": ["1", 2, "x"],
        "values_from_workspace": {"workspace_id": "12", "table": "t", "column": "c"},
        "values_from_storage": {"bucket_id": "in.c-a", "table": "t"},
    }[source]
    return one


def deletion(rng, names):
    one = {}
    if sometimes(rng):
        one["changed_since"] = rng.choice(["-7 days", "2026-01-01"])
    if sometimes(rng, 0.3):
        one["changed_until"] = "-1 day"
    if not one or sometimes(rng):
        one["where_filters"] = [delete_filter(rng, names) for _ in range(rng.randint(1, 2))]
    return one


def common(rng, names):
    """The keys that both generations have."""
    result = {}
    every = {
        "destination": lambda: rng.choice(["in.c-main.orders", "out.c-x.t", "orders", None, ""]),
        "incremental": lambda: sometimes(rng),
        "deduplication_strategy": lambda: rng.choice(["insert", "upsert"]),
        "unload_strategy": lambda: "direct-grant",
        "delimiter": lambda: rng.choice([",", ";", "\t", "\\t", "|"]),
        "enclosure": lambda: rng.choice(['"', "'", ""]),
        "has_header": lambda: sometimes(rng),
        "write_always": lambda: sometimes(rng),
        "tags": lambda: some(rng, ["a", "b", "c d", 5]),
        "description": lambda: rng.choice(["text", "", None, 7]),
    }
    for key, make in every.items():
        if sometimes(rng, 0.25):
            result[key] = make()
    if sometimes(rng, 0.2):
        result["delete_where_column"] = str(rng.choice(names))
        result["delete_where_values"] = rng.choice([["1"], [1, 2.5], ["x", None, True]])
        if sometimes(rng):
            result["delete_where_operator"] = rng.choice(["eq", "ne", "", None])
    elif sometimes(rng, 0.2):
        result["delete_where"] = [deletion(rng, names) for _ in range(rng.randint(1, 2))]
    return result


def table_manifest(rng):
    names = pick_names(rng)
    result = common(rng, names)
    if sometimes(rng):
        if sometimes(rng, 0.9):
            result["columns"] = names
        if sometimes(rng):
            result["primary_key"] = some(rng, names)
        if sometimes(rng, 0.2):
            result["distribution_key"] = [str(name) for name in some(rng, names)]
        if sometimes(rng, 0.4):
            result["metadata"] = pairs(rng)
        if sometimes(rng, 0.4):
            result["column_metadata"] = {str(name): pairs(rng) for name in some(rng, names)}
    else:
        result["manifest_type"] = "output"
        result["schema"] = [schema_column(rng, name) for name in names]
    if sometimes(rng, 0.2):
        result["table_metadata"] = pair_map(rng)
    return result


def file_manifest(rng):
    result = {key: sometimes(rng)
              for key in some(rng, ["is_public", "is_permanent", "is_encrypted", "notify"])}
    if sometimes(rng):
        result["tags"] = some(rng, ["a", "b", "", 5, None])
    return result


def input_manifest(rng):
    """Docs: what the platform writes into in/tables."""
    names = some(rng, NAMES, 1)
    written = {"id": "1", "provider": "p", "timestamp": "2026-01-01T00:00:00+0100"}
    full = lambda: [{**one, "value": str(one["value"]), **written} for one in pairs(rng)]
    result = {
        "id": "in.c-main.t", "uri": "https://storage.example/t", "name": "t",
        "primary_key": some(rng, names), "distribution_key": [],
        "created": "2026-01-01T00:00:00+0100", "last_change_date": rng.choice([None, "2026-01-01"]),
        "last_import_date": None, "columns": names, "metadata": full(),
        "column_metadata": {name: full() for name in names},
    }
    if sometimes(rng, 0.3):
        result["schema"] = [{"name": name, "data_type": {"base": {"type": "STRING"}},
                             "nullable": True, "primary_key": False} for name in names]
    if sometimes(rng, 0.3):
        result["s3"] = {"isSliced": False, "region": "r", "bucket": "b", "key": "k",
                        "credentials": {"access_key_id": "a", "secret_access_key": "s",
                                        "session_token": "t"}}
    return result


# --- spoiling ------------------------------------------------------------------------------------

VALUES = [None, True, False, 0, 1, 5, 1.5, -2, "", "0", " ", "x", "id", "in.c-a.b", "a.b", "eq",
          "ne", "_timestamp", [], {}, ["x"], [""], [" "], [None], [5], [True], [["x"]], [[]], [{}],
          [None, "id"], {"a": "x"}, {"0": "x"}, {"0": []}, {"a": []}, {"name": "x"}, {"key": "k"},
          {"key": "k", "value": "v"}, [{"key": "k"}], [{"value": "v"}],
          [{"key": None, "value": "v"}], [{"name": "x"}], {"KBC.description": "text"},
          {"KBC.description": None}, {"type": "STRING"}, {"base": {"type": "STRING"}},
          [{"changed_since": "0"}], [{"changed_since": "-1 day"}]]
KEYS = [*platform_rules.TABLE.fields, *platform_rules.SCHEMA_COLUMN.fields,
        *platform_rules.FILE.fields, *platform_rules.FILTER.fields, "base", "snowflake", "bigquery",
        "redshift", "synapse", "type", "length", "default", "key", "value", "id", "uri", "source",
        "columns_from", "primaryKey",
        "without_headers", "escaped_by", "changed_since", "changed_until", "where_filters", "0"]


def places(value):
    """All (container, key) inside of a value."""
    if isinstance(value, (dict, list)):
        for key, one in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from places(one)


def objects(value):
    if isinstance(value, dict):
        yield value
    for container, key in list(places(value)):
        if isinstance(container[key], dict):
            yield container[key]


def copy(value):
    return json.loads(json.dumps(value))


def rename(rng, container, key):
    new = rng.choice([key.replace("_", "-"), key.replace("_", "-", 1), key.upper(), key + "s",
                      key.replace("_", "")])
    items = [(new if k == key else k, v) for k, v in container.items()]
    container.clear()
    container.update(items)


def spoil(rng, manifest):
    """Changes the manifest at one place."""
    found = list(places(manifest))
    what = rng.choice(["replace", "replace", "remove", "add", "add", "rename", "wrap", "append"])
    if what == "add":
        rng.choice(list(objects(manifest)))[rng.choice(KEYS)] = copy(rng.choice(VALUES))
    elif found:
        container, key = rng.choice(found)
        if what == "replace":
            container[key] = copy(rng.choice(VALUES))
        elif what == "remove":
            del container[key]
        elif what == "rename" and isinstance(container, dict):
            rename(rng, container, key)
        elif what == "wrap":
            container[key] = rng.choice([[container[key]], {"0": container[key]}])
        elif what == "append" and isinstance(container[key], list):
            container[key].append(copy(rng.choice(VALUES)))


def text_of(rng, manifest):
    if sometimes(rng, 0.98):
        return json.dumps(manifest, ensure_ascii=sometimes(rng), indent=rng.choice([None, 1]))
    text = json.dumps(manifest)
    return rng.choice(["[]", " [ ] ", "null", "true", "false", '"x"', "1", '["a"]', "", "{",
                       text + ",", "\ufeff" + text, text.replace("}", ",}"), "{'a':1}",
                       text + text])


Case = collections.namedtuple("Case", "kind text folder")  # kind: that csvkit should find


def make(rng):
    kind = rng.choices(["out-table", "out-file", "in-table"], [85, 10, 5])[0]
    manifest = {"out-table": table_manifest, "out-file": file_manifest,
                "in-table": input_manifest}[kind](rng)
    folder = {"out-table": "out/tables", "out-file": "out/files", "in-table": "in/tables"}[kind]
    if kind == "in-table" and sometimes(rng):  # copied to out/tables it is an output, and refused
        kind, folder = "out-table", "out/tables"
    elif kind == "out-table" and sometimes(rng, 0.1):  # written by the processor before
        folder = "in/tables"
    if folder == "in/tables" or "id" in manifest:
        return Case(kind, json.dumps(manifest), folder)
    for _ in range(rng.choice([0, 0, 1, 1, 1, 2, 2, 3, 4])):
        spoil(rng, manifest)
    return Case(kind, text_of(rng, manifest), folder)
