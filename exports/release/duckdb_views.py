"""`gongkai.sql`: opens a release in DuckDB, from its folder or from an address: a view of each dataset over its Parquet file, with comments, the
words of codes, and macros. Why this and not a database file: docs/decisions/duckdb-views.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from exports.release.both_languages import both_titles
from exports.release.metadata import parquet_files
from exports.sql_text import literal, quoted

VIEWS = "gongkai.sql"
HEAD = """\
-- 在 DuckDB 中打开本次发布：在发布的文件夹中运行 duckdb -init gongkai.sql，或先指定位置再读入：
-- Opens this release in DuckDB: run duckdb -init gongkai.sql in its folder, or say first where it is:
--   install httpfs; load httpfs;
--   set variable gongkai = 'https://data.example.org/releases/2026-10-31-1f00aa22';
--   .read gongkai.sql
-- 只读取查询所用的列和行组。 Only the columns and row groups that a query needs are read.
set variable gongkai = coalesce(getvariable('gongkai'), '.');
"""
MACROS = """\
create or replace macro code_zh(named_column, named_code) as
  (select label_zh from code_labels where column_name = named_column and code = named_code);
create or replace macro code_en(named_column, named_code) as
  (select label_en from code_labels where column_name = named_column and code = named_code);
"""
CHANGES_MACRO = """\
create or replace macro changes_of(dataset) as table from changes where dataset_slug = dataset order by change_number;
"""


def duckdb_views(package: Mapping[str, Any]) -> str:
    """The script from a release's data package: views in the order of their names, then `code_labels` (column_name, code, label_zh, label_en; one
    row a code), the macros `code_zh(column, code)` and `code_en(column, code)`, and `changes_of(slug)` where the release has a feed.
    """
    resources = package["resources"]
    parts = [HEAD, *("\n".join(_view(resource)) + "\n" for resource in resources), _labels(resources), MACROS]
    if any(resource["name"] == "changes" for resource in resources):
        parts.append(CHANGES_MACRO)
    return "\n".join(parts)


def _view(resource: Mapping[str, Any]) -> Iterator[str]:
    paths = [f"getvariable('gongkai') || {literal('/' + file['path'])}" for file in parquet_files(resource)]
    source = f"[{', '.join(paths)}]" if len(paths) > 1 else paths[0]
    name = quoted(resource["name"].replace("-", "_"))
    yield f"create or replace view {name} as from read_parquet({source});"
    yield f"comment on view {name} is {literal(resource['title'] + ': ' + resource['description'])};"
    for field in resource["schema"]["fields"]:
        yield f"comment on column {name}.{quoted(field['name'])} is {literal(field['title'] + ': ' + field['description'])};"


def _labels(resources: list[Mapping[str, Any]]) -> str:
    """A column means the same in every dataset, and so does a code of it."""
    rows = dict.fromkeys(
        (field["name"], code["value"], *both_titles(code["label"]))
        for resource in resources
        for field in resource["schema"]["fields"]
        for code in field.get("categories", ())
    )
    lines = ",\n".join(f"  ({', '.join(literal(str(value)) for value in row)})" for row in rows) or "  (null, null, null, null)"
    return f"create or replace view code_labels as from (values\n{lines}\n) labels(column_name, code, label_zh, label_en);\n"
