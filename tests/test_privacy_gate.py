"""Nothing that identifies a natural person leaves, nor stands in the warehouse or in anything that a run says."""

from __future__ import annotations

import stat
from collections.abc import Callable

from tests.conftest import County, gongkai

# An identity number with the right check digit (GB 11643) that was never given out: born on the first day of 1900, sequence 001.
NOBODY = "110101190001010014"
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


def test_a_row_with_an_identity_number_is_set_aside_without_it_and_the_rest_goes_on(sample: County) -> None:
    plant(sample, f"QX-9,关于{NOBODY}低保待遇的公示,县财政局,2026-10-08,2026-10-09", GOOD)
    done = sample.refresh()
    released = (sample.latest / "data" / "disclosures.csv").read_text("utf-8-sig")
    assert "QX-8" in released
    assert "QX-9" not in released
    assert "carried over" not in done.output
    set_aside = "select disclosure_title, fault_kinds from quarantine.disclosures where index_number = 'QX-9'"
    assert sample.ask(set_aside) == [("［已隐去 居民身份证号 (resident identity number)］", ["private_data"])]
    assert NOBODY not in texts_of_warehouse(sample)
    assert NOBODY not in done.output
    for path in sample.latest.rglob("*"):
        assert not path.is_file() or NOBODY.encode() not in path.read_bytes(), path.name


PLAN = f"""栖川县2026年政务公开工作要点
一、重点任务
（一）公开预算。（责任单位：县财政局；完成时限：2026年6月底前）
（二）公开审计结果，联系人手机{NO_PHONE}。（责任单位：县审计局；完成时限：2026年9月底前）
（三）公开决算。（责任单位：县财政局；完成时限：2026年10月底前）
栖川县人民政府办公室
2026年3月1日
"""


def test_a_task_with_a_mobile_number_is_set_aside_and_the_rest_of_its_plan_goes_out(county: Callable[..., County]) -> None:
    made = county({"plans/points.txt": PLAN.encode()})
    done = made.refresh()
    released = {name: f"from '{made.latest}/data/{name}.parquet'" for name in ("plan-tasks", "task-units")}
    assert made.ask(f"select task_title {released['plan-tasks']} order by 1") == [("公开决算",), ("公开预算",)]
    assert made.ask(f"select distinct printed_unit_name {released['task-units']}") == [("县财政局",)]
    assert made.ask("select table_name, rule_name from checks.results where severity = 'critical' and not is_met") == []
    assert made.ask("select task_index, fault_kinds from quarantine.plan_tasks") == [(2, ["private_data"])]
    assert made.ask("select record_id, source_path from core.findings where finding_kind = 'private_data'") == made.ask(
        "select task_id, document_id from quarantine.plan_tasks"
    )
    said = [done.output, *(gongkai("quarantine", *words, "-w", made.root).output for words in (("list",), ("show", "plan_tasks")))]
    assert "已隐去" in said[-1]
    for words in (*said, texts_of_warehouse(made)):
        assert NO_PHONE not in words.replace("\n", "")


DWELLING = "幸福小区3栋2单元501室"  # told from an office's room by words alone, so that a person must look: no row is set aside for it


def test_a_dataset_that_holds_something_private_all_the_same_keeps_its_last_good_release(sample: County) -> None:
    before = (sample.latest / "data" / "plan-tasks.csv").read_bytes()
    plan = sample.root / "inbox" / "plans" / "2026-key-points.txt"
    words = plan.read_text("utf-8")
    plan.write_text(words.replace("政策问答库", f"政策问答库（{DWELLING}）"), "utf-8")
    assert plan.read_text("utf-8") != words
    done = sample.refresh()
    assert done.exit_code == 3
    assert (sample.latest / "data" / "plan-tasks.csv").read_bytes() == before
    assert "carried over" in done.output
    for path in sample.latest.rglob("*"):
        assert not path.is_file() or DWELLING.encode() not in path.read_bytes(), path.name
    manifest = (sample.latest / "manifest.json").read_text("utf-8")
    assert "住址" in manifest
    assert "quoted_text" in manifest
    assert DWELLING not in done.output


def test_whatever_a_clerk_writes_wherever_no_run_says_it(sample: County) -> None:
    plant(sample, f"QX-1,{NOBODY},县财政局,{NO_PHONE},2026-10-09", f"QX-2,公示,县{NO_PHONE}局,待定{NOBODY},2026-10-09")
    plant(sample, GOOD + f",{NOBODY},多出一格{NO_PHONE}", GOOD.replace("8", "7") + ",", name="ragged.csv", header=HEADER + ",备注")
    plant(sample, GOOD.replace("8", "6"), name=f"张三{NO_PHONE}.csv", header=HEADER.replace("公开单位", f"单位{NOBODY}"))
    plant(sample, "不是表格", name=f"名单{NOBODY}.csv", header="无")
    said = [
        sample.refresh("-v").output,
        gongkai("status", "-w", sample.root).output,
        gongkai("check", "--again", "-v", "-w", sample.root).output,
    ]
    said += [gongkai("quarantine", *words, "-w", sample.root).output for words in (("list",), ("show", "disclosures", "--limit", 1000))]
    for words in said:
        assert words
        assert NOBODY not in words.replace("\n", "")
        assert NO_PHONE not in words.replace("\n", "")


def test_what_came_in_can_be_read_by_its_owner_alone(whole_sample: County) -> None:
    folders = [path for path in (whole_sample.root / "raw").glob("*/*/*") if path.is_dir()]
    assert folders
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_no_number_that_is_one_persons_reaches_the_warehouse(county: Callable[..., County]) -> None:
    cells = (f"电话{NO_PHONE}", "浙B12345", "卡号4111111111111111", "护照E12345678")
    rows = "".join(f"QX-{number},公示,县财政局,2026-10-08,2026-10-09,{cell}\n" for number, cell in enumerate(cells))
    made: County = county({"disclosures/a.csv": f"{HEADER},文号\n{rows}".encode()}).built()
    assert made.ask("select count(*) from core.disclosures") == [(0,)]
    assert made.ask("select finding_kind, count(*) from core.findings group by 1") == [("private_data", len(cells))]
    texts = texts_of_warehouse(made)
    assert [cell for cell in cells if cell in texts] == []
