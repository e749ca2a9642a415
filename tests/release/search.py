"""Everything that a run published or said, as text, and the marks found in it."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pyarrow.parquet as pq

from tests.release.marks import LETTERS, RARE, TOKEN_LENGTH, Mark

TOKENS = re.compile(f"(?=([{LETTERS}]{{{TOKEN_LENGTH}}}))")
NAMES = re.compile(f"(?=([{RARE}]{{2}}))")
INVISIBLE = re.compile("[\\s\u00a0\u2000-\u200f\u202f\u2060\u3000\ufeff·•・]+")
Found = dict[str, set[str]]  # text of a mark -> places in which it stands


def _parquet(data: bytes) -> Iterator[tuple[str, str]]:
    file = pq.ParquetFile(io.BytesIO(data))
    metadata = file.metadata.metadata or {}
    yield "metadata", "\n".join(part.decode("utf-8", "replace") for pair in metadata.items() for part in pair)
    yield "schema", str(file.schema_arrow)
    for name, column in zip(file.schema_arrow.names, file.read().columns, strict=True):
        yield name, "\n".join(map(str, column.to_pylist()))


def _packed(data: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in packed.namelist():
            for place, text in texts_of(name, packed.read(name)):
                yield f"{name} {place}".strip(), text


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    else:
        yield str(value)


def texts_of(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Place inside the file and text, for whatever kind the file is; escapes of HTML, JSON and addresses are undone."""
    if data[:4] == b"PAR1":
        yield from _parquet(data)
    elif data[:4] == b"PK\x03\x04":
        yield from _packed(data)
    else:
        text = data.decode("utf-8", "replace")
        yield "", text
        if "&" in text or "%" in text:
            yield "", unquote(html.unescape(text))
        if name.endswith((".json", ".jsonld", ".geojson")):
            yield "", "\n".join(_strings(json.loads(text)))
        if "\\u" in text:
            yield "", re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _hits(text: str) -> set[str]:
    return set(TOKENS.findall(text.lower())) | set(NAMES.findall(INVISIBLE.sub("", text)))


def search(roots: Iterable[tuple[str, Path]], said: Iterable[tuple[str, str]] = ()) -> Found:
    """Every text that has the form of a mark -> the places where it stands.

    `roots` are folders with the name by which a place is told; `said` are outputs of commands. Names of files are searched too.
    """
    found: Found = defaultdict(set)
    for label, text in said:
        for hit in _hits(text):
            found[hit].add(label)
    for label, root in roots:
        for path in sorted(file for file in root.rglob("*") if file.is_file()):
            place = f"{label}/{path.relative_to(root)}"
            for inside, text in [("name", str(path.relative_to(root))), *texts_of(path.name, path.read_bytes())]:
                for hit in _hits(text):
                    found[hit].add(f"{place} {inside}".strip())
    return found


def leaked(marks: Iterable[Mark], found: Found) -> list[tuple[Mark, list[str]]]:
    """Marks that must not leave and did, with the places."""
    result = []
    for mark in marks:
        places = sorted(place for place in found.get(mark.text, ()) if not (mark.only_release and place.startswith("said")))
        if places:
            result.append((mark, places))
    return result


def wrongly_held(marks: Iterable[Mark], found: Found) -> list[Mark]:
    """Marks that must leave and stand in no CSV of the release."""
    return [mark for mark in marks if not any(place.startswith("release/data/") and ".csv" in place for place in found.get(mark.text, ()))]
