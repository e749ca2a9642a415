"""One logical table in every format, layout and nuisance: what is read is the same, or the difference is said.

The table is drawn, then written as a clerk would: titles above, notes below, hints in headers, headers of two rows, merged cells, ditto
marks, blank and hidden rows, days in any form, invisible characters. Fuzzing changes bytes of such files: reading ends, and says what it
cannot read. Every run tries a few files of each reader; the tests of `--rest` give each a minute, `make fuzz SECONDS=600` ten.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from exports.catalog import Register, load_catalog
from flows.sources.tables.office import office
from flows.workspace.errors import UnreadableSource
from tests.conftest import HANGS
from tests.sources.table_makers import SPREADSHEET_XML, html, ods, xlsx
from tests.sources.test_registers import Read, as_parquet, read

REGISTERS = load_catalog().registers
DISCLOSURES, REQUESTS = REGISTERS["disclosures"], REGISTERS["request_events"]

COLUMNS = ("索引号", "标题", "公开单位", "形成日期", "公开日期")
FIELDS = ("index_number", "disclosure_title", "printed_unit_name", "made_on", "published_on")
FORMATS = ("a.csv", "a.tsv", "a.xlsx", "a.ods", "a.html", "a.json", "a.parquet")
HINTS = ("{}", "*{}", "{}（必填）", "{} ", "（{number}）{}", "{number}.{}", "{}\u200b", "{}：", "【{}】")
DAYS = (
    "{0:%Y-%m-%d}",
    "{0.year}年{0.month}月{0.day}日",
    "{0.year}/{0.month}/{0.day}",
    "{0.year}.{0.month}.{0.day}",
    "{0:%Y%m%d}",
    "{0:%Y-%m-%d} 00:00:00",
)
UNSEEN = ("", "", "\u200b", "\u00ad", "\ufeff")
NOTES = (
    ["填表人：某甲", "", "", "", "审核人：某乙"],
    ["合计", "", "", "", ""],
    ["注：按月填报", "", "", "", ""],
    ["联系电话：0000", "", "", "", ""],
)


@dataclass(frozen=True)
class Drawn:
    """A table and how it is written: `rows` are what must be read (days as dates)."""

    rows: list[tuple[str, str, str, date, date]]
    seed: int
    hints: list[str]
    titles: int
    notes: list[list[str]]
    blanks: list[int]
    dittos: bool
    merged: bool


TITLES = st.text(st.sampled_from("关于公布印发行政许可事项目录河道清理通知公告的第一二三批"), min_size=4, max_size=14)
RECORD = st.tuples(
    TITLES,
    st.sampled_from(["县水务局", "县教育局", "某镇人民政府"]),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.integers(0, 40),
)


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    records = draw(st.lists(RECORD, min_size=1, max_size=6))
    rows = [(f"A-{n}", title, unit, made, made + timedelta(days)) for n, (title, unit, made, days) in enumerate(records, start=1)]
    return Drawn(
        rows,
        draw(st.integers(0, 2**32)),
        draw(st.lists(st.sampled_from(HINTS), min_size=5, max_size=5)),
        draw(st.integers(0, 2)),
        draw(st.lists(st.sampled_from(NOTES), max_size=2)),
        draw(st.lists(st.integers(1, 6), max_size=2)),
        draw(st.booleans()),
        draw(st.booleans()),
    )


def written(drawn: Drawn, name: str) -> bytes:
    """The table as a file of a format, with those nuisances that the format can have."""
    rng = random.Random(drawn.seed)
    headers = [hint.format(column, number=n) for n, (hint, column) in enumerate(zip(drawn.hints, COLUMNS, strict=True), start=1)]
    form = rng.choice(DAYS)
    body = [
        [row[0], rng.choice(UNSEEN).join((row[1][:2], row[1][2:])), row[2] + rng.choice(UNSEEN), form.format(row[3]), form.format(row[4])]
        for row in drawn.rows
    ]
    if name in {"a.json", "a.parquet"}:
        if name == "a.json":
            return json.dumps([dict(zip(headers, row, strict=True)) for row in body], ensure_ascii=False).encode()
        return as_parquet((headers, body))
    above = [["某县2026年公开台账", "", "", "", ""], ["单位：件", "", "", "", ""]][: drawn.titles]
    merged = _shorten(drawn, body, name)
    for at in sorted(drawn.blanks, reverse=True):
        if at < len(body) and not merged:
            body.insert(at, [""] * 5)
    rows = [*above, headers, *body, *([[""] * 5, *drawn.notes] if drawn.notes else [])]
    if name in {"a.csv", "a.tsv"}:
        mark = "," if name == "a.csv" else "\t"
        return "\n".join(mark.join(f'"{cell}"' if "\n" in cell or mark in cell else cell for cell in row) for row in rows).encode(
            rng.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
        )
    first = len(above) + 1
    spans = {(first + at, column): count for (at, column), count in merged.items()}
    if name == "a.xlsx":
        return xlsx(
            [[cell or None for cell in row] for row in rows],
            merged=[f"{'ABCDE'[c]}{r + 1}:{'ABCDE'[c]}{r + n}" for (r, c), n in spans.items()],
        )
    if name == "a.ods":
        return ods([[cell or None for cell in row] for row in rows], {at: (n, 1) for at, n in spans.items()})
    covered = {(r + below, c) for (r, c), n in spans.items() for below in range(1, n)}
    cells: list[list[Any]] = [[None if (r, c) in covered else cell for c, cell in enumerate(row)] for r, row in enumerate(rows)]
    return html(cells, {at: f"rowspan={n}" for at, n in spans.items()})


def _shorten(drawn: Drawn, body: list[list[str]], name: str) -> dict[tuple[int, int], int]:
    """Write equal cells below each other as one merged cell, or as ditto marks; how many rows each merged cell covers."""
    merged: dict[tuple[int, int], int] = {}
    can_merge = drawn.merged and name in {"a.xlsx", "a.ods", "a.html"}
    for column in (2, 4):
        start = 0
        for row in range(1, len(body)):
            if drawn.rows[row][column] != drawn.rows[start][column]:
                start = row
            elif can_merge:
                body[row][column] = ""
                merged[start, column] = row - start + 1
            elif drawn.dittos and not drawn.blanks:
                body[row][column] = "同上"
    return merged


def as_read(done: Read, connection: Any) -> list[tuple[Any, ...]]:
    found = []
    for row in done.rows:
        days = connection.execute("select parse_date($1), parse_date($2)", [row["made_on"], row["published_on"]]).fetchone()
        found.append((row["index_number"], row["disclosure_title"], row["printed_unit_name"], *days))
    return found


@pytest.fixture(scope="module")
def macros() -> Any:
    import duckdb

    from exports.catalog import PROJECT_ROOT

    connection = duckdb.connect()
    connection.execute((PROJECT_ROOT / "sql" / "macros.sql").read_text("utf-8"))
    return connection


@pytest.mark.parametrize("name", FORMATS)
@given(drawn=tables())
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_a_table_is_read_the_same_in_every_format_and_with_every_nuisance(name: str, macros: Any, drawn: Drawn) -> None:
    done = read(name, written(drawn, name))
    assert as_read(done, macros) == drawn.rows
    assert done.rejects == []
    assert set(done.columns) == set(FIELDS)
    if drawn.notes and name not in {"a.json", "a.parquet"}:
        assert sum(note["note_kind"] in {"note_row", "total_row"} for note in done.notes) == len(drawn.notes)


READERS = (*FORMATS, "a.ndjson", "a.xml", "a.xls", "cases.csv")
FEW = 12  # damaged files of each reader in every run
SECONDS = float(os.environ.get("GONGKAI_FUZZ_SECONDS", "60"))  # for each reader in a long run
MOST = 1 << 30  # bytes that the test's process, or one that reads a workbook for it, may grow by
ROWS = [(f"A-{n}", f"第{n}件公告", "县水务局", date(2026, 3, 2), date(2026, 3, 9)) for n in range(1, 6)]
CASES = [
    "登记编号,承办单位,收到日期,是否延期,答复日期,答复结果",
    *(f"2026-{n},县水务局,2026-03-02,否,2026-03-20,予以公开" for n in range(1, 6)),
]


def whole(name: str, folder: Path) -> bytes:
    """A good file of a format."""
    if name == "cases.csv":
        return "\n".join(CASES).encode()
    if name == "a.ndjson":
        return b"\n".join(json.dumps(dict(zip(COLUMNS, map(str, row), strict=True)), ensure_ascii=False).encode() for row in ROWS)
    if name == "a.xml":
        return SPREADSHEET_XML.encode()
    if name == "a.xls":
        return as_old_workbook(written(Drawn(ROWS, 7, ["{}"] * 5, 1, [NOTES[0]], [], False, True), "a.xlsx"), folder)
    return written(Drawn(ROWS, 7, ["{}"] * 5, 1, [NOTES[0]], [], False, True), name)


def as_old_workbook(data: bytes, folder: Path) -> bytes:
    """A workbook as LibreOffice saves it for Excel 97."""
    if office() is None:
        pytest.skip("LibreOffice, which writes the old format, is not here")
    (folder / "a.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(office()), profile, "--headless", "--convert-to", "xls", "--outdir", str(folder), str(folder / "a.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    if not (folder / "a.xls").exists():
        pytest.skip("LibreOffice is here without its spreadsheets")
    return (folder / "a.xls").read_bytes()


@pytest.mark.timeout(2 * HANGS)
@pytest.mark.parametrize("name", READERS)
def test_damaged_bytes_are_read_or_refused(name: str, tmp_path: Path) -> None:
    read_damaged(name, tmp_path, 20260305, range(FEW))


@pytest.mark.rest
@pytest.mark.timeout(SECONDS + 2 * HANGS)
@pytest.mark.parametrize("name", READERS)
def test_no_bytes_make_a_reader_crash_or_hang(name: str, tmp_path: Path) -> None:
    until = time.monotonic() + SECONDS
    turns = itertools.takewhile(lambda _: time.monotonic() < until, itertools.count())
    read_damaged(name, tmp_path, random.randrange(1 << 32), turns)  # each run looks farther


def read_damaged(name: str, folder: Path, seed: int, turns: Iterable[int]) -> None:
    """Read a file of a format again and again, damaged otherwise each time: no error but a refusal, and none that took all it may take."""
    rng = random.Random(seed)
    data = whole(name, folder)
    register = REQUESTS if name == "cases.csv" else DISCLOSURES
    before = memory()
    for turn in turns:
        try:
            found = refusal(name, mutated(data, rng), register)
        except Exception as fault:
            raise AssertionError((seed, turn)) from fault
        assert "more memory or time" not in found, (seed, turn)
        assert memory() - before < MOST, (seed, turn)


def refusal(name: str, data: bytes, register: Register) -> str:
    """What was found in a file that is refused, nothing of one that is read."""
    try:
        read(name, data, register)
    except UnreadableSource as error:
        return error.found
    return ""


def memory() -> int:
    """The most bytes that this process, or one that it started, has had."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) << 10


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled or put in."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(changed) or 1)
        match rng.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del changed[at : at + rng.randint(1, 40)]
            case 2:
                changed[at:at] = changed[at : at + rng.randint(1, 200)] * rng.randint(1, 4)
            case 3:
                changed[at:at] = rng.choice([b"\x00", b'"', b"\xff\xfe", b"\r", b",,,,", b"<", b"]]>", b"9" * 30, "\u202e".encode()])
            case 4:
                changed = changed[: max(at, 1)]
    return bytes(changed)
