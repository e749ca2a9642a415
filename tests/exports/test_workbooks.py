"""Workbooks for people: what Excel, LibreOffice and Python read in them is what the Parquet file has, in words, and nothing is a formula."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import openpyxl
import pytest

from exports.catalog import Catalog, Party, Text
from exports.release.manifest import Release
from exports.release.parts import numbered_rows_of
from exports.sql_text import literal
from exports.workbook import MARK, MAX_CELL, Heading, TableSheet, TextSheet, write_workbook
from tests.exports.conftest import AS_OF, Releasing

DANGEROUS = (
    "=1+1",
    "+1",
    "-2",
    "@SUM(A1)",
    '=HYPERLINK("http://example.org")',
    "#N/A",
    "<b>&amp;</b>",
    "_x0041_",
    "  两端空格  ",
    "换\r\n行",
    "\x01\x1f",
)


def tables(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def written(tmp_path: Path, select: str, *headings: Heading, day: date = AS_OF) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"create table made as {select}")
        names = [name for name, *_ in connection.execute("describe made").fetchall()]
        sheet = TableSheet("数据", "made", headings or [Heading(name, name) for name in names])
        write_workbook(connection, tmp_path / "made.xlsx", [sheet], title="标题", creator="某县", day=day)
    return tmp_path / "made.xlsx"


def shown(value: object) -> object:
    """A value of a table as a person reads it in a workbook."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") or None
    return datetime(value.year, value.month, value.day) if type(value) is date else value  # noqa: DTZ001 - what openpyxl gives for a day


@pytest.fixture
def made(release: Releasing) -> Release:
    return release()


def test_every_dataset_has_a_workbook_with_the_rows_of_its_table_in_words(made: Release, catalog: Catalog) -> None:
    assert {entry.name for entry in made.datasets if any(file.format == "xlsx" for file in entry.files)} == {*catalog.datasets}
    with duckdb.connect() as connection:
        for entry in made.datasets:
            columns = catalog.datasets[entry.name].columns
            rows = connection.execute(f"from {literal(str(made.folder / entry.file('parquet').path))}").fetchall()
            head, *read = next(iter(tables(made.folder / entry.file("xlsx").path).values()))
            assert [str(title).partition("（")[0] for title in head] == [column.title.zh.partition("（")[0] for column in columns]
            expected = [
                tuple(
                    column.labels[value].zh if value in column.labels else shown(value) for column, value in zip(columns, row, strict=True)
                )
                for row in rows
            ]
            assert read == expected, entry.name


def test_no_workbook_has_a_formula_and_each_has_a_frozen_header_filters_and_a_description(made: Release, catalog: Catalog) -> None:
    for entry in made.datasets:
        path = made.folder / entry.file("xlsx").path
        with ZipFile(path) as parts:
            sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/")]
        assert not [text for text in sheets if b"<f>" in text or b"<f " in text]
        book = openpyxl.load_workbook(path)
        rows, about = book.worksheets
        assert (rows.freeze_panes, rows.auto_filter.ref) == ("A2", rows.dimensions)
        said: dict[str, object] = {}
        for line in about.iter_rows(
            values_only=True
        ):  # facts stand first, below them the columns, of which one may have the title of a fact
            said.setdefault(str(line[0]), line[1])
        assert (about.title, said["行数"], said["数据截止日期"]) == ("说明", entry.rows, datetime(2026, 10, 31))  # noqa: DTZ001
        assert said["发布机构"] == catalog.publisher.name.zh
        assert str(AS_OF) in str(said["引用"])


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_stays_the_text_it_is(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, f"select {literal(text)} as words")
    (cell,) = [row[0] for row in openpyxl.load_workbook(path)["数据"].iter_rows(min_row=2)]
    assert cell.data_type == "s"
    assert cell.number_format == "@"
    expected = "".join("\ufffd" if ord(character) < 32 and character != "\n" else character for character in text.replace("\r\n", "\n"))
    assert cell.value.replace("_x005F_", "_") == expected


def test_libreoffice_reads_chinese_days_and_texts_as_they_are(tmp_path: Path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    texts = ", ".join(f"({literal(text)}, date '2026-02-03')" for text in DANGEROUS if "\x01" not in text)
    path = written(tmp_path, f"select * from (values {texts}) as made(words, day)", Heading("words", "文字"), Heading("day", "日期"))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", form, "--outdir", tmp_path, path], check=True, capture_output=True, timeout=300
    )
    (file,) = tmp_path.glob("made*.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    assert head == ["文字", "日期"]
    assert [row[0].replace("\r\n", "\n") for row in rows] == [text.replace("\r\n", "\n") for text in DANGEROUS if "\x01" not in text]
    assert {row[1] for row in rows} == {"2026-02-03"}


def test_unknown_stays_empty_and_what_excel_cannot_count_stays_text(tmp_path: Path) -> None:
    cells = "null::boolean as a, null::date as b, '' as c, 9007199254740993::bigint as d, date '1899-05-01' as e, 'nan'::double as f, false as g"
    _, row = tables(written(tmp_path, f"select {cells}"))["数据"]
    assert row == (None, None, None, "9007199254740993", "1899-05-01", "nan", "否")


@pytest.mark.parametrize("letter", ["字", "😀", "a"])
def test_a_text_beyond_the_limit_of_a_cell_is_cut_and_says_so(tmp_path: Path, letter: str) -> None:
    _, (long,), (short,) = tables(written(tmp_path, f"select repeat('{letter}', n) as words from (values (40000), (16000)) as made(n)"))[
        "数据"
    ]
    assert long.endswith(MARK)
    assert short == letter * 16000
    assert max(len(text.encode("utf-16-le")) // 2 for text in (long, short)) <= MAX_CELL


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    select = "select i, 'words ' || i as words, date '2026-01-01' + i::int as day from range(20000) numbers(i)"
    (tmp_path / "again").mkdir()
    assert written(tmp_path, select).read_bytes() == written(tmp_path / "again", select).read_bytes()


def test_names_of_sheets_are_as_excel_takes_them(tmp_path: Path) -> None:
    names = ["是否/有[无]：?", "是否有无：", "长" * 40, "长" * 40]
    with duckdb.connect() as connection:
        sheets = [TextSheet(name, [["=1"]]) for name in names]
        write_workbook(connection, tmp_path / "made.xlsx", sheets, title="", creator="", day=AS_OF)
    found = openpyxl.load_workbook(tmp_path / "made.xlsx")
    assert len({*found.sheetnames}) == 4
    assert all(0 < len(name) <= 31 and not {*name} & {*"[]:*?/\\"} for name in found.sheetnames)
    assert [sheet["A1"].data_type for sheet in found] == ["s"] * 4


def inodes(made: Release) -> Iterator[tuple[str, int]]:
    for entry in made.datasets:
        yield entry.name, (made.folder / entry.file("xlsx").path).stat().st_ino


def test_a_dataset_that_did_not_change_keeps_its_workbook_and_the_day_in_it(release: Releasing, warehouse: Path) -> None:
    first = release()
    before = {path: path.read_bytes() for path in first.folder.rglob("*.xlsx")}
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.units set unit_name = '改名的单位' where unit_id = (select min(unit_id) from marts.units)")
    second = release(as_of=date(2026, 11, 1))
    changed = {name for name, inode in inodes(second) if dict(inodes(first))[name] != inode}
    assert changed == {"units"}
    assert {path: path.read_bytes() for path in first.folder.rglob("*.xlsx")} == before
    assert "改名的单位" in str(tables(second.folder / "data/units.xlsx"))


def test_a_dataset_that_is_carried_over_keeps_its_workbook_without_rows_that_may_no_longer_leave(release: Releasing) -> None:
    first = release()
    gone = "(select * from {} as rows where file_row_number > 0)"
    second = release(
        as_of=date(2026, 11, 1),
        blocked={"units": "为了试验"},
        screen=lambda _, dataset, files: gone.format(numbered_rows_of(files)) if dataset.name == "units" else None,
    )
    (rows, *_), (fewer, *_) = (list(tables(one.folder / "data/units.xlsx").values()) for one in (first, second))
    assert fewer == [rows[0], *rows[2:]]
    assert tables(second.folder / "data/units.xlsx")["说明"][4][1] == datetime(2026, 10, 31)  # noqa: DTZ001 - the day of its rows


def test_a_publisher_of_ones_own_is_named_everywhere_and_the_descriptors_nowhere(release: Releasing, catalog: Catalog) -> None:
    own = Party(name=Text(zh="=某县政府办", en="Office"), code="11990101MB00000019")
    filing = {"sharing": "有条件共享", "code_prefix": "990101"}
    made = release(catalog=catalog.of("某市某县", own, None, None, filing))
    texts = {path.name: path.read_text("utf-8") for path in made.folder.iterdir() if path.suffix in {".md", ".cff", ".json", ".jsonld"}}
    assert not [name for name, text in texts.items() if catalog.publisher.name.zh in text]
    assert {name for name, text in texts.items() if "=某县政府办" in text} == {*texts} - {"manifest.json", "README.md"}  # which is English
    head, first, *_ = tables(made.folder / "目录.xlsx")["目录"]
    entry = dict(zip(head, first, strict=True))
    assert entry["提供方统一社会信用代码"] == own.code
    assert (entry["共享属性"], entry["开放属性"]) == ("有条件共享", "未填写")
    assert str(entry["资源名称"]).startswith("某市某县")
    assert entry["资源代码"] == f"990101/{entry['标识']}"
    assert str(tables(made.folder / "data/units.xlsx")["说明"][0][0]) == "某市某县单位"


def test_the_dictionary_has_every_column_and_the_words_of_its_codes(made: Release, catalog: Catalog) -> None:
    with (made.folder / "dictionary.csv").open(encoding="utf-8-sig", newline="") as lines:
        _, *rows = csv.reader(lines)
    assert [row[1] for row in rows if row[0] == "task-delivery"] == catalog.datasets["task_delivery"].column_names
    (status,) = [row for row in rows if row[:2] == ["task-delivery", "delivery_status"]]
    assert "standing_kept＝长期任务已落实 (Standing duty kept)" in status[-1]


def test_every_code_of_a_public_column_has_words(catalog: Catalog) -> None:
    coded = {column.name: column for dataset in catalog.published.values() for column in dataset.columns if column.enum}
    missing = {name for name, column in coded.items() if not column.labels and any(code.isascii() for code in column.enum or ())}
    assert missing == set()
