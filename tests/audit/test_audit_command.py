"""`gongkai audit` as auditors use it: an overview, one question in four formats, another day, and helpful errors."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.conftest import County, gongkai


def digest(county: County) -> str:
    return hashlib.sha256((county.root / "warehouse.duckdb").read_bytes()).hexdigest()


def test_one_question_gives_the_same_answers_in_every_form_and_changes_nothing(whole_sample: County) -> None:
    before = digest(whole_sample)
    asked = ("audit", "published_late", "-w", whole_sample.root, "--format")
    as_csv = list(csv.DictReader(io.StringIO(gongkai(*asked, "csv").output)))
    as_json = json.loads(gongkai(*asked, "json").output)
    as_parquet = pq.read_table(io.BytesIO(gongkai(*asked, "parquet").stdout_bytes)).to_pylist()
    assert as_parquet
    assert [row["disclosure_id"] for row in as_csv] == [row["disclosure_id"] for row in as_json]
    assert [row["disclosure_id"] for row in as_json] == [row["disclosure_id"] for row in as_parquet]
    assert [int(row["days_late"]) for row in as_csv] == [row["days_late"] for row in as_parquet]
    assert "逾期工作日" in gongkai(*asked, "table").output
    assert digest(whole_sample) == before


def test_another_day_gives_the_answers_of_that_day(whole_sample: County) -> None:
    def overdue(*day: str) -> int:
        return len(json.loads(gongkai("audit", "never_published", "-w", whole_sample.root, "--format", "json", *day).output))

    assert overdue("--as-of", "2026-01-02") == 0
    assert overdue("--as-of", "2026-06-30") < overdue()


def test_without_a_name_every_question_is_counted_and_with_list_only_named(whole_sample: County) -> None:
    counted = gongkai("audit", "-w", whole_sample.root).output
    listed = gongkai("audit", "--list").output
    assert "published_late" in counted
    assert "14" in counted
    assert "published_late" in listed
    assert "Which items were published after more" in listed


@pytest.mark.parametrize(
    ("said", "code", "expected"),
    [
        (("published_befor",), 1, "such as published_before_made"),
        (("published_late", "--as-of", "soon"), 2, "%Y-%m-%d"),
        (("--format", "csv"), 2, "name one question"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_to_do(whole_sample: County, said: tuple[str, ...], code: int, expected: str) -> None:
    done = gongkai("audit", *said, "-w", whole_sample.root)
    assert done.exit_code == code
    assert expected in " ".join(done.output.split())


def test_before_the_first_refresh_the_error_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "gongkai.yaml").write_text("sources: []\n", "utf-8")
    done = gongkai("audit", "published_late", "-w", tmp_path)
    assert done.exit_code == 1
    assert "Run: gongkai refresh" in " ".join(done.output.split())


def test_a_workbook_has_an_index_a_sheet_a_question_and_the_source_files(whole_sample: County, tmp_path: Path) -> None:
    before = digest(whole_sample)
    done = gongkai("audit", "--all", "--to", tmp_path / "audit.xlsx", "-w", whole_sample.root)
    assert done.exit_code == 0, done.output
    book = openpyxl.load_workbook(tmp_path / "audit.xlsx")
    index = {line[5]: line for line in book["索引"].iter_rows(min_row=4, values_only=True)}
    assert len(book.sheetnames) == len(index) + 2
    late = json.loads(gongkai("audit", "published_late", "-w", whole_sample.root, "--format", "json").output)
    number, question, _, count, *_ = index["published_late"]
    head, *rows = book.worksheets[number].iter_rows(values_only=True)
    assert str(question)[:8] in book.sheetnames[number]
    assert count == len(rows) == len(late)
    assert "逾期工作日" in head
    assert {row["disclosure_id"] for row in late} <= {cell for row in rows for cell in row}
    head, *files = book["来源文件"].iter_rows(values_only=True)
    place, sha = head.index("来源文件"), head.index("来源文件哈希")
    inbox = whole_sample.root / "inbox"
    known = {row[sha] for row in files}
    assert {hashlib.sha256(path.read_bytes()).hexdigest() for path in (inbox / "disclosures").iterdir()} <= known
    assert any(str(row[place]).startswith("disclosures/") for row in files)
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert digest(whole_sample) == before
    again = gongkai("audit", "--to", tmp_path / "again.xlsx", "-w", whole_sample.root)
    assert (again.exit_code, (tmp_path / "again.xlsx").read_bytes()) == (0, (tmp_path / "audit.xlsx").read_bytes())
    assert gongkai("audit", "--to", tmp_path / "audit.csv", "-w", whole_sample.root).exit_code == 2
    assert gongkai("audit", "--to", tmp_path / "none" / "audit.xlsx", "-w", whole_sample.root).exit_code == 1
