"""JSON as a frame: a list of records, one record a line, or an object that wraps a list."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from exports.messages import _, reason
from exports.sql_text import literal
from flows.sources.tables.encodings import Text, as_utf8
from flows.sources.tables.frame import Frame, Reject, said_by
from flows.sources.tables.frame_of_text import mended_lines
from flows.sources.tables.limits import require_narrow
from flows.workspace.errors import UnreadableSource

LARGEST_WHOLE = 1 << 28  # bytes of JSON that are looked through as a whole
ESCAPED = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(0000|00[89A-Fa-f][0-9A-Fa-f]|0[1-7][0-9A-Fa-f]{2}|2[01][0-9A-Fa-f]{2})")


def json_frame(connection: duckdb.DuckDBPyConnection, place: str, text: Text, scratch: Path, *, is_lines: bool) -> Frame:
    path = text.path
    form = "newline_delimited"
    if not is_lines:
        path, form = _records_within(path, scratch)
    relation = f"read_json_objects({literal(str(path))}, format = '{form}', maximum_object_size = 67108864, ignore_errors = {str(is_lines).lower()})"
    try:
        keys = connection.execute(
            f"select distinct unnest(json_keys(json)) as key from {relation} where json_type(json) = 'OBJECT' order by 1"
        )
        headers = [str(key) for (key,) in keys.fetchall()]
    except duckdb.Error as error:
        found = _("no valid JSON ({fault})", fault=said_by(error, path))
        raise UnreadableSource(place, found, _("a list of records, or one record a line in .ndjson"), _("Send the file again.")) from error
    require_narrow(place, len(headers))
    numbered = f"(select json, row_number() over () as source_row from {relation})"

    def rejects() -> list[Reject]:
        bad = connection.execute(
            f"select source_row from {numbered} where json is null or json_type(json) <> 'OBJECT' order by 1"
        ).fetchall()
        why = reason(_("no JSON object"), _("one record"), _("Mend the line and send it again.")) if bad else ""
        return [(row, _("{file}, record {record}", file=place, record=row), why) for (row,) in bad]

    return Frame(
        {header: _json_value(header) for header in headers},
        numbered,
        rejects=rejects,
        encoding=text.encoding,
        notes=mended_lines(text.mended),
    )


def plain_json(place: str, path: Path, scratch: Path) -> Text:
    """The JSON in UTF-8 without escaped NULs, which nothing further on can hold, and with those escapes written out of which text that was
    encoded twice consists.

    Raises:
        UnreadableSource: the bytes are no text in a known encoding.
    """
    text = as_utf8(place, path, scratch, with_mark=False)
    data = text.path.read_bytes() if text.path.stat().st_size <= LARGEST_WHOLE else b""
    if not ESCAPED.search(data):
        return text
    target = scratch / "plain.json"
    target.write_bytes(ESCAPED.sub(_written_out, data))
    plain = as_utf8(place, target, scratch)
    return replace(text, path=plain.path, mended=tuple(sorted({*text.mended, *plain.mended})))


def _written_out(found: re.Match[bytes]) -> bytes:
    code = int(found[2], 16)
    return found[1] + (b"" if code == 0 else chr(code).encode())


def _records_within(path: Path, scratch: Path) -> tuple[Path, str]:
    """A file of JSON and its form for DuckDB: a list of records as it is; of an object that wraps one ({"code": 0, "data": [...]}) that
    list; any other object as the one record that it is.
    """
    with path.open(encoding="utf-8") as stream:
        start = next((line.lstrip()[:1] for line in stream if line.strip()), "")
    if start != "{":
        return path, "array"
    try:
        found = _list_of_records(json.loads(path.read_text("utf-8")), 4)
    except (ValueError, RecursionError):
        return path, "unstructured"
    if found is None:
        return path, "unstructured"
    target = scratch / "records.json"
    target.write_text(json.dumps(found, ensure_ascii=False), "utf-8")
    return target, "array"


def _list_of_records(value: object, depth: int) -> list[Any] | None:
    if isinstance(value, list):
        return value if value and all(isinstance(each, dict) for each in value) else None
    if not isinstance(value, dict) or not depth:
        return None
    return next((found for each in value.values() if (found := _list_of_records(each, depth - 1))), None)


def _json_value(header: str) -> str:
    key = header.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"'
    return f"json_extract_string(json, {literal(path)})"
