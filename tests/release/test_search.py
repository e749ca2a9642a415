"""The search itself: it must see a mark wherever a release can hold one, else that none was found says nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.release.formats import DOCUMENTS, TABLES
from tests.release.marks import Mark
from tests.release.search import leaked, search

TOKEN, NAME = "kzvqmwtbgfh", "祎翀"


def _metadata(path: Path) -> None:
    pq.write_table(pa.table({"a": ["1"]}).replace_schema_metadata({"note": TOKEN}), path)


PLACES: dict[str, Callable[[Path], object]] = {
    "column of Parquet": lambda path: pq.write_table(pa.table({"a": [f"关于{TOKEN}的通知"]}), path),
    "metadata of Parquet": _metadata,
    "escaped JSON": lambda path: path.write_text(json.dumps({"a": [f"王{NAME}"]}), "ascii"),
    "HTML entities": lambda path: path.write_text("<td>&#31054;&#32704;</td>", "utf-8"),
    "address": lambda path: path.write_text("https://x/%E7%A5%8E%E7%BF%80", "utf-8"),
    "name with blanks": lambda path: path.write_text("王 祎\u3000翀", "utf-8"),
    "upper case": lambda path: path.write_text(TOKEN.upper(), "utf-8"),
    "workbook": lambda path: path.write_bytes(TABLES["xlsx"][1]([["标题"], [TOKEN]], Random(1))),
    "document": lambda path: path.write_bytes(DOCUMENTS["docx"]([TOKEN])),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_mark_is_found(tmp_path: Path, place: str) -> None:
    suffix = ".json" if "JSON" in place else ".html"
    PLACES[place](tmp_path / f"file{suffix}")
    marks = [Mark(TOKEN, False, "kind", "register"), Mark(NAME, False, "kind", "register")]
    assert len(leaked(marks, search([("release", tmp_path)]))) == 1


def test_marks_in_names_of_files_and_in_words_of_commands_are_found(tmp_path: Path) -> None:
    (tmp_path / f"{TOKEN}.txt").write_text("", "utf-8")
    found = search([("release", tmp_path)], [("said by refresh", f"王{NAME}")])
    assert set(found) == {TOKEN, NAME}


def test_what_may_be_said_to_the_operator_is_no_leak() -> None:
    mark = Mark(TOKEN, False, "file name", "plans", only_release=True)
    assert not leaked([mark], search([], [("said by refresh", TOKEN)]))
