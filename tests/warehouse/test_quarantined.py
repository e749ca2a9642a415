"""A row that breaks a row-level rule is set aside with the rule's name; the rows around it go on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conftest import County, a_county, gongkai

REGISTER = "select count(*) from core.disclosures"
ASIDE = "select cast(sum(estimated_size) as bigint) from duckdb_tables() where schema_name = 'quarantine'"
OF_REGISTER = "select count(*) from quarantine.disclosures"
MENDED = {"标题": "关于公布服务事项的通告", "形成日期": "2026-10-09", "变更日期": "", "公开日期": "2026-10-12"}


def mend(path: Path, target: Path, encoding: str) -> int:
    """Correct every row of an exported file as a clerk would in a spreadsheet, and drop the file into the inbox."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        row.update({header: value for header, value in MENDED.items() if header != "标题" or not row["标题"]})
    with target.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def test_corrected_rows_replace_their_faulty_sources(sample: County, tmp_path: Path) -> None:
    (standing,), (all_aside,), (aside,) = sample.ask(REGISTER)[0], sample.ask(ASIDE)[0], sample.ask(OF_REGISTER)[0]
    done = gongkai("quarantine", "export", "-w", sample.root, "--all", "--to", tmp_path / "to-mend")
    assert f"{all_aside} rows: " in done.output
    inbox = sample.root / "inbox" / "disclosures"
    files = [path for path in sorted((tmp_path / "to-mend").iterdir()) if "标题" in path.read_text("utf-8-sig").partition("\n")[0]]
    encodings = ("utf-8-sig", "gb18030")  # as Excel saves "CSV UTF-8" and "CSV"
    assert sum(mend(path, inbox / f"mended-{n}.csv", encodings[n % 2]) for n, path in enumerate(files)) == aside
    sample.refresh()
    assert sample.ask(OF_REGISTER) == [(0,)]
    assert sample.ask(REGISTER) == [(standing + aside,)]
    unmended = "contains(finding_text, '否则不纳入统计') and register_name = 'disclosures'"
    assert sample.ask(f"select count(*) from core.findings where {unmended}") == [(0,)]
    assert sample.ask("select count(*), count(distinct superseded_by_row) > 0 from raw.superseded_rows") == [(aside, True)]
    assert sample.ask("select count(*) from raw.unknown_headers where source_path like '%mended%'") == [(0,)]

    faulty = sample.ask("select distinct source_path from raw.superseded_rows join raw.sources using (source_sha256) order by 1")[0][0]
    register = sample.root / "inbox" / faulty
    register.write_bytes(register.read_bytes() + b"\n")
    sample.built()
    stale = "reject_place like 'disclosures/mended-%, row %' and contains(reject_reason, '请重新导出')"
    assert sample.ask(f"select count(*) > 0 from raw.rejects where {stale}") == [(True,)]
    assert sample.ask(ASIDE)[0][0] > 0


HEADER = "索引号,标题,公开单位,形成日期,公开日期"
FORMULAS = ["=1+1公告", "+86公告", "-5公告", "@公告", "＝公告", "'=公告", "''-公告", "'公告", "A=公告"]


def exported(made: County, unit: str, folder: Path) -> str:
    """The file of rows of the unit that were set aside."""
    gongkai("quarantine", "export", "-w", made.root, "--unit", unit, "--to", folder)
    return (folder / f"disclosures-{unit}.csv").read_text("utf-8-sig")


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, str]:
    """A county whose rows were corrected, those of one unit first wrongly and then rightly; and the file of the other unit, before."""
    rows = "".join(f"F{number},{title},县审计局,待定,2026-10-09\n" for number, title in enumerate(FORMULAS))
    files = {
        "disclosures/a.csv": f"{HEADER}\nA1,公告,县财政局,待定,2026-10-09\nA2,公告二,县财政局,2026-10-08,2026-10-09\n".encode(),
        "disclosures/formulas.csv": f"{HEADER}\n{rows}".encode(),
    }
    made, folder = a_county(tmp_path_factory.mktemp("corrected"), files).placed(), tmp_path_factory.mktemp("out")
    inbox = made.root / "inbox" / "disclosures"
    formulas = exported(made, "县审计局", folder)
    (inbox / "formulas-corrected.csv").write_text(formulas.replace("待定", "2026-10-08"), "utf-8")
    for attempt, day in enumerate(("2026-02-30", "2026-10-08")):
        text = exported(made, "县财政局", folder)
        (inbox / f"corrected-{attempt}.csv").write_text(text.replace("待定", day).replace("2026-02-30,,", f"{day},,"), "utf-8")
        made.placed()
    return made, formulas


def test_a_row_that_was_corrected_wrongly_goes_round_again(corrected: tuple[County, str]) -> None:
    made, _ = corrected
    rows = "select index_number, made_on::varchar from core.disclosures where index_number like 'A%' order by 1"
    assert made.ask(rows) == [("A1", "2026-10-08"), ("A2", "2026-10-08")]
    (made.root / "inbox" / "disclosures" / "corrected-0.csv").unlink()
    made.built()
    assert made.ask(rows) == [("A1", "2026-10-08"), ("A2", "2026-10-08")]
    assert made.ask("select count(*) from raw.rejects") == [(0,)]


def test_a_cell_like_a_formula_is_none_in_a_spreadsheet_and_comes_back_as_it_was(corrected: tuple[County, str]) -> None:
    made, text = corrected
    cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in {*"=+-@＝＋－＠"} - {""}] == []
    titles = made.ask("select disclosure_title from core.disclosures where index_number like 'F%' order by index_number")
    assert titles == [(title,) for title in FORMULAS]


SECRET = "11010519491231002X"


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, str]:
    """A county with a row that bears a private number and no title, and one whose columns slipped; and what its refresh printed."""
    files = {
        "disclosures/secret.csv": f"{HEADER},链接\nA1,,县财政局,2026-10-08,2026-10-09,证号{SECRET}\n".encode(),
        "disclosures/slipped.csv": f"{HEADER}\nQX-1,关于公布服务事项的通告,县财政局,2026-10-08,2026-10-09\n"
        "QX-2,2026-10-08,县财政局,2026-10-08,2026-10-09\n".encode(),
    }
    made = a_county(tmp_path_factory.mktemp("quarantined"), files)
    return made, made.refresh().output


def test_a_row_whose_columns_slipped_is_set_aside_and_counted(refreshed: tuple[County, str]) -> None:
    made, output = refreshed
    assert "暂存待核 set aside 2" in output
    assert made.ask(ASIDE) == [(2,)]
    assert made.ask("select index_number from core.disclosures") == [("QX-1",)]
    aside = made.ask(
        "select index_number, source_path, source_row, broken_rules from quarantine.disclosures where source_path = 'disclosures/slipped.csv'"
    )
    assert aside == [("QX-2", "disclosures/slipped.csv", 2, ["信息名称是文字 (titles are words)"])]
    assert made.ask("select index_number from marts.disclosures") == [("QX-1",)]


def test_what_an_export_holds_is_its_owners_alone_and_never_printed(refreshed: tuple[County, str], tmp_path: Path) -> None:
    made, output = refreshed
    outputs = [output]
    outputs += [
        gongkai("quarantine", *words, "-w", made.root).output
        for words in (("list",), ("show", "disclosures"), ("export", "--all", "--to", tmp_path / "out"))
    ]
    files = list((tmp_path / "out").iterdir())
    assert SECRET in "".join(file.read_text("utf-8-sig") for file in files)
    assert {(file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) for file in files} == {(0o600, 0o700)}
    assert "居民身份证号" in outputs[-1]
    assert "已隐去" in outputs[2]
    assert SECRET not in "".join(outputs)
