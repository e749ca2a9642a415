"""`gongkai doctor` says what each file would be taken for and what to paste; `gongkai template` gives workbooks that come back exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml

from exports.catalog import RETURNED, load_catalog
from flows.sources.doctor import Diagnosis, examine
from flows.sources.template import words_of, write_template
from flows.workspace.settings import Workspace
from tests.conftest import County, gongkai
from tests.sources.table_makers import xlsx
from tests.sources.test_registers import read

CATALOG = load_catalog()


def workspace(root: Path, columns: dict[str, str] | None = None, **files: bytes) -> Path:
    """A workspace with one source, inbox/disclosures; files by their names, `__` for a stroke, `_` for a point."""
    for name, data in files.items():
        path = root / "inbox" / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    source = {"name": "disclosures", "kind": "disclosures", "location": "inbox/disclosures/**", "columns": columns or {}}
    (root / "gongkai.yaml").write_text(yaml.safe_dump({"sources": [source]}, allow_unicode=True), "utf-8")
    return root


def examined(root: Path) -> dict[str, Diagnosis]:
    return {found.path: found for found in examine(Workspace.open(root), CATALOG)}


GOOD = "索引号,标题,公开单位,形成日期,公开日期（年/月/日）,公开属性,备注\nA-1,甲,县水务局,2026-03-02,2026-03-09,主动公开,丙丁\n".encode()
FOREIGN = (
    "编号,信息标题,信息发布单位是,信息生成日期是,上网公开日期是,公开属性\n"
    "1,甲乙丙丁,县水务局,2026-03-02,2026-03-09,主动公开\n2,戊己,县民政局,2026-03-02,2026-03-09,主动公开\n"
).encode()


def test_a_good_file_is_said_with_the_columns_that_its_headers_stand_for(tmp_path: Path) -> None:
    found = examined(workspace(tmp_path, disclosures__a_csv=GOOD))["disclosures/a.csv"]
    assert (found.rows, found.is_well, found.unknown) == (1, True, ["备注"])
    assert {(m.header, m.column) for m in found.matched} >= {("标题", "disclosure_title"), ("公开日期（年/月/日）", "published_on")}
    assert next(m for m in found.matched if m.column == "published_on").certainty.endswith("but for hints")


def test_what_is_proposed_for_a_file_of_another_system_makes_it_readable(tmp_path: Path) -> None:
    found = examined(workspace(tmp_path, disclosures__a_csv=FOREIGN))["disclosures/a.csv"]
    assert found.refusal
    assert found.proposed == {"信息发布单位是": "printed_unit_name", "上网公开日期是": "published_on", "信息生成日期是": "made_on"}
    mended = examined(workspace(tmp_path, found.proposed))["disclosures/a.csv"]
    assert (mended.rows, mended.is_well) == (2, True)


def table(headers: str, *rows: str) -> bytes:
    return "\n".join((headers, *rows, "")).encode()


DAYS = ("A-1,甲乙,县水务局,2026-03-02,主动公开", "A-2,丙丁,县民政局,2026-03-05,主动公开")


@pytest.mark.parametrize(
    ("data", "proposed"),
    [
        # the only column of days, where one day is missing and the other is there
        (table("索引号,标题,公开单位,形成日期,公开属性,挂出", *(f"{row},2026-03-09" for row in DAYS)), {"挂出": "published_on"}),
        (table("索引号,标题,承制,形成日期,公开日期", *(f"{row[:-5]},2026-03-09" for row in DAYS)), {"承制": "printed_unit_name"}),
        # two columns of days for one that is missing; two missing for one; no day below the header; one unit only among other words
        (table("索引号,标题,公开单位,形成日期,公开属性,甲列,乙列", *(f"{row},2026-03-09,2026-03-10" for row in DAYS)), {}),
        (table("索引号,标题,公开单位,甲列", *(row[:-5] for row in DAYS)), {}),
        (table("索引号,标题,公开单位,形成日期,公开属性,挂出", *(f"{row},已办" for row in DAYS)), {}),
        (table("索引号,标题,承制,形成日期,公开日期", "A-1,甲,县水务局,2026-03-02,2026-03-09", "A-2,乙,王某,2026-03-02,2026-03-09"), {}),
    ],
)
def test_a_header_that_says_nothing_is_proposed_where_only_its_cells_can_be_meant(
    tmp_path: Path, data: bytes, proposed: dict[str, str]
) -> None:
    found = examined(workspace(tmp_path, disclosures__a_csv=data))["disclosures/a.csv"]
    assert found.proposed == proposed
    assert found.by_cells == list(proposed)


def test_what_is_proposed_by_cells_alone_is_said_to_be_and_is_not_read_before_a_person_has_written_it(tmp_path: Path) -> None:
    data = table("索引号,标题,公开单位,形成日期,公开属性,挂出", *(f"{row},2026-03-09" for row in DAYS))
    done = gongkai("doctor", "-w", str(workspace(tmp_path, disclosures__a_csv=data)))
    assert "仅凭单元格" in done.output
    assert "“挂出”" in done.output
    assert read("a.csv", data).rows[0]["published_on"] is None


def test_a_file_that_no_source_looks_at_is_named_with_what_it_is_like(tmp_path: Path) -> None:
    penalties = "行政处罚决定书文号,处罚机关,处罚决定日期,当事人\n1,县水务局,2026-03-02,某公司\n".encode()
    found = examined(workspace(tmp_path, disclosures__a_csv=GOOD, penalties__b_csv=penalties))
    lost = found["inbox/penalties/b.csv"]
    assert (lost.source, lost.is_well, lost.suits[0]) == (None, False, "enforcement_results")


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_the_command_repeats_no_cell_and_ends_with_a_code_that_says_whether_all_is_well(tmp_path: Path, as_json: list[str]) -> None:
    well = gongkai("doctor", "-w", str(workspace(tmp_path / "well", disclosures__a_csv=GOOD)), *as_json)
    ill = gongkai("doctor", "-w", str(workspace(tmp_path / "ill", disclosures__a_csv=FOREIGN, stray_csv=b"1")), *as_json)
    assert (well.exit_code, ill.exit_code) == (0, 3)
    assert "published_on" in ill.output
    assert not any(cell in well.output + ill.output for cell in ("丙丁", "甲乙", "戊己"))
    assert not (tmp_path / "well" / "raw").exists()


@pytest.mark.parametrize("name", CATALOG.registers)
def test_a_template_that_is_filled_in_comes_back_exactly(name: str, tmp_path: Path) -> None:
    register = CATALOG.registers[name]
    path = write_template(name, CATALOG, tmp_path)
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    columns = [column for column in register.columns if column not in RETURNED]
    expected = []
    for number, column in enumerate(columns, start=1):
        about = CATALOG.columns[column.name]
        words = words_of(about)
        value = words[0] if words else date(2026, 3, 9) if about.type == "date" else 12 if about.type in {"integer", "number"} else "0012"
        sheet.cell(2, number).value = value
        expected.append(str(value))
    workbook.save(path)
    done = read("a.xlsx", path.read_bytes(), register)
    assert [[row[column.name] for column in columns] for row in done.rows] == [expected]
    assert (done.unknown_headers, done.rejects, {note["note_kind"] for note in done.notes}) == ([], [], {"sheet_without_table"})


def test_the_command_writes_templates_and_refuses_what_is_no_register(tmp_path: Path) -> None:
    assert gongkai("template", "disclosures", "request-events", "--out", str(tmp_path)).exit_code == 0
    assert len(list(tmp_path.glob("*.xlsx"))) == 2
    assert gongkai("template", "nothing", "--out", str(tmp_path)).exit_code == 1


def test_the_settings_map_headers_and_refuse_a_column_that_there_is_not(tmp_path: Path) -> None:
    root = workspace(
        tmp_path, {"对外亮相日": "published_on"}, disclosures__a_xlsx=xlsx([["标题", "单位", "对外亮相日"], ["甲", "局", "2026-03-09"]])
    )
    done = gongkai("ingest", "-w", str(root))
    assert done.exit_code == 0
    workspace(tmp_path, {"对外亮相日": "published"})
    assert gongkai("ingest", "-w", str(root)).exit_code == 1


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_number_of_a_person_in_a_header_is_said_by_its_kind_only(county: Callable[..., County], words: tuple[str, ...]) -> None:
    header = "申请编号,受理单位,收到日期（经办人13900001234）,答复日期（来电 139-0000-1235）,其他13900001236\n"
    made = county({"request_events/a.csv": f"{header}1,县财政局,2026-03-02,2026-03-09,无\n".encode()})
    said = gongkai("doctor", *words, "-w", made.root).output
    assert "request_events/a.csv" in said
    assert "手机号码" in said
    assert [number for number in ("13900001234", "139-0000-1235", "13900001236") if number in said] == []
