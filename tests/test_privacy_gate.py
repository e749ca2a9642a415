"""Nothing that identifies a natural person leaves, or is in the warehouse or in a run's output."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.catalog import load_catalog
from flows.publication.privacy_gate import what_must_not_leave
from tests.conftest import County, a_county, gongkai
from tests.sources.test_registers import as_xlsx

# An identity number with the right check digit (GB 11643) that was never given out: born on the first day of 1900, sequence 001.
UNUSED_ID = "110101190001010014"
NO_PHONE = "13800138000"
HEADER = "索引号,标题,公开单位,形成日期,公开日期"
GOOD = "QX-8,关于城乡低保待遇的公示,县财政局,2026-10-08,2026-10-09"


def plant(county: County, *rows: str, name: str = "late-report.csv", header: str = HEADER) -> None:
    path = county.root / "inbox" / "disclosures" / name
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def texts_of_warehouse(county: County) -> str:
    """Every text in every table and view of the warehouse."""
    tables = county.ask("select table_schema, table_name from information_schema.tables where table_schema <> 'information_schema'")
    return "".join(str(county.ask(f'select columns(*)::varchar from "{schema}"."{name}"')) for schema, name in tables)


def test_a_row_with_an_identity_number_is_set_aside_without_it_and_the_rest_goes_on(small: County) -> None:
    plant(small, f"QX-9,关于{UNUSED_ID}低保待遇的公示,县财政局,2026-10-08,2026-10-09", GOOD)
    done = small.refresh()
    released = (small.latest / "data" / "disclosures.csv").read_text("utf-8-sig")
    assert "QX-8" in released
    assert "QX-9" not in released
    assert "carried over" not in done.output
    set_aside = "select disclosure_title, fault_kinds from quarantine.disclosures where index_number = 'QX-9'"
    assert small.ask(set_aside) == [("［已隐去 居民身份证号 (resident identity number)］", ["private_data"])]
    assert UNUSED_ID not in texts_of_warehouse(small)
    assert UNUSED_ID not in done.output
    for path in small.latest.rglob("*"):
        assert not path.is_file() or UNUSED_ID.encode() not in path.read_bytes(), path.name


PLAN = f"""栖川县2026年政务公开工作要点
一、重点任务
（一）公开预算。（责任单位：县财政局；完成时限：2026年6月底前）
（二）公开审计结果，联系人手机{NO_PHONE}。（责任单位：县审计局；完成时限：2026年9月底前）
（三）公开决算。（责任单位：县财政局；完成时限：2026年10月底前）
栖川县人民政府办公室
2026年3月1日
"""


ROWS_AT_FAULT = {
    "住址": "关于幸福小区3栋2单元501室违法建设的公示",
    "自然人姓名": "低保公示（申请人：王小明）",
    "可识别自然人的信息组合": "王某某，男，1985年3月出生，家住柳笕镇桐溪村",
    "居民身份证号": "公示１１０１０１ １９０００１０１ ００１４",
    "手机号码": "https://qichuan.example/view?tel=138%2D0013%2D8000",
    "银行卡号": "卡号四一一一一一一一一一一一一一一一",
    "微信号、QQ号": "联系方式微信号：wxid_a1b2c3",
    "个人的邮箱、固定电话": "家长：王某某，电话0571-88001234",
    "护照或通行证号": "回乡证H12345678",
    "机动车号牌": "武警车辆WJ浙1234X",
}


DWELLING = "幸福小区3栋2单元501室"
CELLS = (f"电话{NO_PHONE}", "浙B12345", "卡号4111111111111111", "护照E12345678")
NAMES = (
    f"公开台账（联系电话{NO_PHONE}）.csv",
    f"{UNUSED_ID}/台账.csv",
    "台账（申请人：王小明）.csv",
    "1 3 8 0 0 1 3 8 0 0 0.csv",
    "台账.csv",
)
SHEETS = (f"电话{NO_PHONE}", f"{NO_PHONE}（2）", "一季度")


def plan(matter: str, held: str) -> bytes:
    """The plan about another matter, with something else in its second task."""
    return PLAN.replace("政务公开", matter).replace(f"，联系人手机{NO_PHONE}", held).encode()


def sheet_of(number: str) -> list[list[str]]:
    return [HEADER.split(","), [number, "公示", "县财政局", "2026-10-08", "2026-10-09"]]


def rows_of(prefix: str, titles: Iterable[str], cells: Iterable[str] = ()) -> bytes:
    more = iter(cells)
    lines = (f"{prefix}-{n},{title},县财政局,2026-10-08,2026-10-09,{next(more, '')}" for n, title in enumerate(titles))
    return "\n".join([f"{HEADER},文号", *lines, ""]).encode()


FILES = {
    "plans/points.txt": PLAN.encode(),
    "plans/dwelling.txt": plan("基层政务公开", DWELLING),
    "plans/重点工作（身份证号110101190001010015）.txt": plan("营商环境", ""),
    "disclosures/faults.csv": rows_of("NO", ROWS_AT_FAULT.values()),
    "disclosures/good.csv": rows_of("QX", ["取水许可公示（申请人：张家港市自来水有限公司）", *["关于城乡低保待遇的公示"] * 19]),
    "disclosures/cells.csv": rows_of("CELL", ["公示"] * len(CELLS), CELLS),
    **{f"disclosures/{name}": rows_of(f"NAME{n}", ["公示"]) for n, name in enumerate(NAMES)},
    "disclosures/sheets.xlsx": as_xlsx(*((name, sheet_of(f"SHEET-{n}")) for n, name in enumerate(SHEETS))),
}


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, str]:
    """A county with something private in titles, cells, tasks and names of files, and what its refresh printed."""
    made = a_county(tmp_path_factory.mktemp("private") / "county", FILES)
    return made, made.refresh().output


def test_a_task_with_a_mobile_number_or_a_dwelling_is_set_aside_and_the_rest_of_its_plan_goes_out(private: tuple[County, str]) -> None:
    made, printed = private
    released = {name: f"from '{made.latest}/data/{name}.parquet'" for name in ("plan-tasks", "task-units")}
    for path in ("plans/points.txt", "plans/dwelling.txt"):
        of_plan = f"document_id = (select document_id from core.plan_documents where source_path = '{path}')"
        tasks = made.ask(f"select task_title {released['plan-tasks']} where {of_plan} order by 1")
        assert tasks == [("公开决算",), ("公开预算",)], path
        assert made.ask(f"select task_index, fault_kinds from quarantine.plan_tasks where {of_plan}") == [(2, ["private_data"])]
        named = made.ask(f"select record_id from core.findings where finding_kind = 'private_data' and source_path = '{path}'")
        assert named == made.ask(f"select task_id from quarantine.plan_tasks where {of_plan}")
    assert made.ask(f"select distinct printed_unit_name {released['task-units']} where printed_unit_name like '%审计%'") == [("县审计局",)]
    assert made.ask(f"select count(*) {released['plan-tasks']}") == [(7,)]  # all three of the plan without any
    assert made.ask("select table_name, rule_name from checks.results where severity = 'critical' and not is_met") == []
    said = [printed, *(gongkai("quarantine", *words, "-w", made.root).output for words in (("list",), ("show", "plan_tasks")))]
    assert "已隐去" in said[-1]
    for words in (*said, texts_of_warehouse(made)):
        joined = words.replace("\n", "")
        assert [secret for secret in (NO_PHONE, DWELLING) if secret in joined] == []


def test_only_the_rows_at_fault_are_set_aside_each_with_its_kind(private: tuple[County, str]) -> None:
    made, _ = private
    assert made.ask("select count(*) from core.disclosures where index_number like 'QX-%'") == [(20,)]
    assert made.ask("select count(*) from core.disclosures where index_number like 'NO-%' or index_number like 'CELL-%'") == [(0,)]
    quarantined = made.ask(
        "select disclosure_title from quarantine.disclosures where index_number like 'NO-%' order by cast(substr(index_number, 4) as integer)"
    )
    assert [title.removeprefix("［已隐去 ").partition(" (")[0] for (title,) in quarantined] == [*ROWS_AT_FAULT]
    kinds = "select finding_kind, count(*) from core.findings where source_path = 'disclosures/cells.csv' group by 1"
    assert made.ask(kinds) == [("private_data", len(CELLS))]
    texts = texts_of_warehouse(made)
    assert [words for words in (*ROWS_AT_FAULT.values(), *CELLS) if words in texts] == []


def test_a_private_number_in_a_file_name_does_not_leave_and_the_rows_do(private: tuple[County, str]) -> None:
    made, printed = private
    assert made.ask("select count(*) from core.disclosures where index_number like 'NAME%'") == [(len(NAMES),)]
    manifest = (made.latest / "manifest.json").read_text("utf-8")
    for words in (printed, texts_of_warehouse(made), manifest):
        joined = words.replace("\n", "")
        assert [secret for secret in (NO_PHONE, UNUSED_ID, "王小明", "110101190001010015", "1 3 8 0 0") if secret in joined] == []
    for path in made.latest.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not any(secret.encode() in data for secret in (NO_PHONE, UNUSED_ID, "王小明")), path.name
    digest = sha256(FILES[f"disclosures/{NAMES[0]}"]).hexdigest()[:8]
    assert f"公开台账（［已隐去手机号码］）-{digest}.csv" in manifest
    assert digest in printed
    assert "改名" in printed
    paths = [source["path"] for source in json.loads(manifest)["inputs"]]
    assert len(set(paths)) == len(FILES)
    assert "disclosures/台账.csv" in paths


def test_a_private_number_in_the_name_of_a_sheet_does_not_leave_and_the_rows_do(private: tuple[County, str]) -> None:
    made, printed = private
    assert made.ask("select count(*), count(distinct source_sheet) from marts.disclosures where index_number like 'SHEET%'") == [(3, 3)]
    named = made.ask("select source_sheet from core.findings where finding_kind = 'private_sheet_name' order by 1")
    assert [name for (name,) in named] == ["［已隐去手机号码］", "［已隐去手机号码］（2）"]
    for words in (printed, texts_of_warehouse(made), *(path.read_bytes().decode("utf-8", "ignore") for path in made.latest.rglob("*.csv"))):
        assert NO_PHONE not in words


def test_the_gate_names_file_column_rows_and_source_and_never_the_value(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    places = {"source_path": ["disclosures/a.csv"] * 3, "source_sheet": ["表1", "表1", None], "source_row": [2, 3, 9]}
    titles = {"title": ["好", f"电话{NO_PHONE}", f"{NO_PHONE}转"]}
    pq.write_table(pa.table(titles | places), tmp_path / "data" / "disclosures.parquet")
    ((path, reason),) = what_must_not_leave(tmp_path, load_catalog()).items()
    assert path == "data/disclosures.parquet"
    for words in ("手机号码：title 列第 2、3 行，共 2 处", "disclosures/a.csv 表1 3", "disclosures/a.csv 9", "rows 2、3", "删去"):
        assert words in reason
    assert NO_PHONE not in reason


def test_only_a_file_that_is_the_very_file_of_a_release_that_passed_is_not_searched_again(tmp_path: Path) -> None:
    passed, draft = tmp_path / "passed", tmp_path / "draft"
    for folder in (passed, draft):
        (folder / "data").mkdir(parents=True)
    pq.write_table(pa.table({"title": [f"电话{NO_PHONE}"]}), passed / "data" / "disclosures.parquet")
    file = draft / "data" / "disclosures.parquet"
    file.hardlink_to(passed / "data" / "disclosures.parquet")
    assert what_must_not_leave(draft, load_catalog(), passed=passed) == {}
    assert [*what_must_not_leave(draft, load_catalog())] == ["data/disclosures.parquet"]
    copy = file.read_bytes()
    file.unlink()
    file.write_bytes(copy)
    assert [*what_must_not_leave(draft, load_catalog(), passed=passed)] == ["data/disclosures.parquet"]


def test_no_run_repeats_private_text_from_any_place(small: County) -> None:
    plant(small, f"QX-1,{UNUSED_ID},县财政局,{NO_PHONE},2026-10-09", f"QX-2,公示,县{NO_PHONE}局,待定{UNUSED_ID},2026-10-09")
    plant(small, GOOD + f",{UNUSED_ID},多出一格{NO_PHONE}", GOOD.replace("8", "7") + ",", name="ragged.csv", header=HEADER + ",备注")
    plant(small, GOOD.replace("8", "6"), name=f"张三{NO_PHONE}.csv", header=HEADER.replace("公开单位", f"单位{UNUSED_ID}"))
    plant(small, "不是表格", name=f"名单{UNUSED_ID}.csv", header="无")
    said = [
        small.refresh("-v").output,
        gongkai("status", "-w", small.root).output,
        gongkai("check", "--again", "-v", "-w", small.root).output,
    ]
    said += [gongkai("quarantine", *words, "-w", small.root).output for words in (("list",), ("show", "disclosures", "--limit", 1000))]
    for words in said:
        assert words
        assert UNUSED_ID not in words.replace("\n", "")
        assert NO_PHONE not in words.replace("\n", "")


def test_incoming_files_are_readable_by_their_owner_only(whole_small: County) -> None:
    folders = [path for path in (whole_small.root / "raw").glob("*/*/*") if path.is_dir()]
    assert folders
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
