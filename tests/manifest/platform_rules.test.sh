#!/bin/bash
# The restatement itself, against what the platform's own tests of its class assert (output-mapping,
# BaseConfigurationTest and ManifestTest).
set -u
cd "$(dirname "$0")" || exit 2
exec python3 - <<'PYTHON'
from platform_rules import judge_table, judge_file

COLUMN = {"name": "test", "data_type": {"base": {"type": "string"}}}


def schema(**more):
    return {"schema": [{**COLUMN, **more}]}


def delete(**found):
    return {"delete_where": [{"where_filters": [{"column": "status", **found}]}]}


TAKEN = [
    {"destination": "in.c-main.test"},
    schema(),
    schema(data_type={"base": {"type": "string", "default": True, "length": False},
                      "snowflake": {"type": "string", "default": 5678, "length": 5678}}),
    {**schema(), "delimiter": "xyz", "enclosure": "abc", "description": "descTest"},
    {**schema(), "columns": [], "metadata": [], "column_metadata": {}, "primary_key": []},
    {"columns": ["phone - a"], "column_metadata": {"phone - a": [{"key": "k", "value": "v"}]}},
    {"column_metadata": [{"name": "test", "metadata": {"key": "test", "value": "test"}}]},
    {"delete_where": [{"changed_since": "-1 hour", "changed_until": "now"}]},
    delete(values_from_workspace={"table": "cities"}, values_from_set=[]),
    delete(values_from_storage={"bucket_id": "in.c-main", "table": "countries", "column": "name"}),
    delete(operator="ne", values_from_set=["deleted"]),
    {"primary_key": ["", "id"], "delete_where_operator": ""},
]
REFUSED = [
    ({**schema(), "metadata": [{"key": "test", "value": "test"}]}, ("metadata",)),
    ({**schema(), "columns": ["test"]}, ("columns",)),
    ({**schema(), "column_metadata": [{"name": "test", "metadata": {"key": "a", "value": "b"}}]},
     ("column_metadata",)),
    ({"description": "test", "table_metadata": {"KBC.description": "d"}}, ("description",)),
    ({**schema(primary_key=True), "primary_key": ["test"]}, ("primary_key",)),
    ({**schema(distribution_key=True), "distribution_key": ["test"]}, ("distribution_key",)),
    (schema(description="test", metadata={"KBC.description": "test"}),
     ("schema", 0, "description")),
    (schema(data_type={"base": []}), ("schema", 0, "data_type", "base", "type")),
    (schema(data_type={"base": {"type": "string"}, "snowflake": []}),
     ("schema", 0, "data_type", "snowflake", "type")),
    (schema(data_type={"base": {"type": "string"}, "unknown": {"type": "string"}}),
     ("schema", 0, "data_type", "unknown")),
    ({"delete_where_operator": "abc"}, ("delete_where_operator",)),
    ({"delete_where_column": "col", "delete_where_values": []}, ("delete_where_values",)),
    ({"delete_where_column": "col"}, ("delete_where_values",)),
    ({"delete_where": [{}]}, ("delete_where", 0)),
    ({"delete_where": [{"where_filters": [{"values_from_set": ["value"]}]}]},
     ("delete_where", 0, "where_filters", 0, "column")),
    (delete(column="", values_from_set=["value"]),
     ("delete_where", 0, "where_filters", 0, "column")),
    (delete(operator="invalid", values_from_set=["value"]),
     ("delete_where", 0, "where_filters", 0, "operator")),
    (delete(values_from_set=["value"], values_from_workspace={"workspace_id": "1", "table": "t"}),
     ("delete_where", 0, "where_filters", 0)),
    (delete(values_from_workspace={"workspace_id": "123"}),
     ("delete_where", 0, "where_filters", 0, "values_from_workspace", "table")),
    ({"column_metadata": [["a"]]}, ("column_metadata", 0)),
]

wrong = [f"{one}: refused: {judge_table(one)}" for one in TAKEN if judge_table(one)]
wrong += [f"{one}: refused at {judge_table(one)}, not at {path} alone" for one, path in REFUSED
          if [where for where, _ in judge_table(one)] != [path]]
wrong += ["files"] if judge_file({"tags": [""]}) or not judge_file({"columns": []}) else []
for text in wrong:
    print(text)
raise SystemExit(1 if wrong else 0)
PYTHON
