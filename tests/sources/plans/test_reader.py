"""The reader as a whole: the same from every format, tables for the raw store, refusals, speed in proportion, nothing that breaks it."""

from __future__ import annotations

import os
import random
import resource
import time

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sources.plans import READER_VERSION, read_plan, read_plan_text
from flows.sources.plans.answer import SCHEMAS
from flows.sources.plans.text import read_text
from flows.workspace.errors import UnreadableSource
from tests.conftest import HANGS
from tests.sources.plans import damage
from tests.sources.plans.answers import LAYOUTS, tasks_of
from tests.sources.plans.text_makers import PLAN, WRITERS, as_pdf

FUZZ_SECONDS = float(os.environ.get("PLAN_FUZZ_SECONDS", "4"))


@pytest.mark.parametrize("suffix", sorted(WRITERS))
def test_the_same_plan_gives_the_same_tasks_from_every_format(suffix: str) -> None:
    plan = read_plan(WRITERS[suffix](PLAN), f"plan.{suffix}")
    assert tasks_of(plan.as_answer()) == tasks_of(read_plan(WRITERS["txt"](PLAN), "plan.txt").as_answer())
    text = plan.content.source.text
    assert all(text[task["char_start"] : task["char_end"]] == task["quote"] for task in plan.as_answer()["tasks"])


def test_the_sample_plan_is_read_as_printed() -> None:
    answer = read_plan(WRITERS["txt"](PLAN), "plan.txt").as_answer()
    assert tasks_of(answer) == [
        ["(一)", "公开财政资金", [], ["县财政局", "县审计局"], "2025-09-30"],
        ["(二)", "公开项目进展", ["县发展改革局"], [], "none"],
        ["1", "更新县级主动公开基本目录并向社会公布", ["县政府办"], [], "2025-06-30"],
        ["2", "建成政策问答平台,收录常见问题不少于二百条,逐条注明依据", ["县行政审批局", "县司法局"], [], "2025-09-30"],
        ["3", "开展业务培训", ["县政府办"], [], "year_round"],
    ]
    assert (answer["document"]["issuer"], answer["document"]["issued_on"]) == ("青川县人民政府办公室", "2025-03-18")


def test_tables_have_the_agreed_columns_and_count_from_one() -> None:
    plan = read_plan(WRITERS["docx"](PLAN), "plan.docx")
    tables = plan.as_tables()
    assert {name: table.schema for name, table in tables.items()} == SCHEMAS
    assert tables["plan_documents"].num_rows == 1
    assert tables["plan_tasks"]["task_index"].to_pylist() == [1, 2, 3, 4, 5]
    assert tables["plan_lines"].num_rows == len(plan.content.source.lines)
    assert isinstance(tables["plan_tasks"], pa.Table)
    assert READER_VERSION


def test_targets_and_totals_keep_the_printed_numbers() -> None:
    name = "targets-with-ranges-and-a-total-without-its-usual-word"
    tables = read_plan((LAYOUTS / f"{name}.txt").read_bytes(), "targets.txt").as_tables()
    targets = tables["plan_unit_targets"].to_pylist()
    assert [(row["unit_name"], row["target_count"], row["target_text"]) for row in targets][-2:] == [
        ("柳林镇", None, "38-50"),
        ("石桥镇", 40, "40"),
    ]
    assert tables["plan_target_totals"]["total_count"].to_pylist() == [388]


def test_a_clause_that_holds_from_above_is_marked_as_inherited() -> None:
    text = "某县2024年要点\n一、工作任务\n(一)公开预算(责任单位:县财政局)\n1.公开表格(2024年6月底前)。\n2.公开说明(2024年7月底前)。\n"
    tasks = read_plan(text.encode(), "plan.txt").as_answer()["tasks"]
    assert [(task["title"], task["responsible_units"], task["units_inherited"]) for task in tasks] == [
        ("公开预算", ["县财政局"], False),
        ("公开表格", ["县财政局"], True),
        ("公开说明", ["县财政局"], True),
    ]
    assert tasks[1]["confidence"] < tasks[0]["confidence"]


@pytest.mark.parametrize("name", ["empty.txt", "broken.docx", "plan.xyz"])
def test_what_cannot_be_read_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(UnreadableSource) as refused:
        read_plan(b"" if name == "empty.txt" else b"PK\x03\x04broken", name)
    assert refused.value.remedy


def _seconds(text: str) -> float:
    source = read_text(text.encode(), "plan.txt")
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        read_plan_text(source)
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.rest  # it measures time: the other tests do not
@pytest.mark.parametrize(
    "name",
    [
        "labelled-clauses-in-brackets-behind-each-item",
        "crawled-page-with-bars-a-section-row-blank-cells-and-a-signature-behind",
        "run-on-page-with-an-outline-of-three-levels-and-clauses-only-on-some",
        "hard-wrapped-lines-as-a-pdf-gives-them",
        "flattened-table-header-glued-to-the-first-row-no-separators",
        "covering-notice-whose-own-items-are-no-tasks",
    ],
)
def test_time_grows_no_faster_than_the_text(name: str) -> None:
    once = (LAYOUTS / f"{name}.txt").read_text("utf-8") + "\n"
    assert _seconds(once * 160) < 3 * 8 * _seconds(
        once * 20
    )  # 8 if it grows with the text, 64 if with its square; a busy machine is in between


@pytest.mark.timeout(HANGS)
@pytest.mark.parametrize(
    "piece",
    [
        "(",
        "1.",
        "责任单位:",
        "一、",
        "〔",
        "、",
        "序号",
        "2024年",
        "(一)",
        "《",
        "|",
        "\n",
        "附件1\n",
        "每月",
        "由甲局牵头,",
        "序号 任务 责任单位 1 甲 ",
        "存在问题整改措施责任单位甲局牵头",
    ],
)
def test_one_sign_repeated_does_not_hang_the_reader(piece: str) -> None:
    read_plan(("某" + piece * (60_000 // len(piece))).encode(), "plan.txt")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(damage.BITS), max_size=60).map("".join))
def test_no_order_of_the_grammar_s_words_breaks_the_reader(text: str) -> None:
    if text.strip():
        plan = read_plan(("某文" + text).encode(), "plan.txt")
        plan.as_tables()
        assert all(task["quote"] in plan.content.source.text for task in plan.as_answer()["tasks"])


def test_a_circled_number_between_blanks_is_no_row_number() -> None:
    text = "某市工作表\n序号 甲列 乙列 责任单位\n①3 做事 说明 市财政局\n²2 做事 说明 市财政局\n" + "9" * 5000
    assert read_plan(text.encode(), "plan.txt").as_answer()["tasks"] is not None


@pytest.mark.parametrize("header", ["3||3|3|目标|单位|领导", "类别|3|3|3|目标|单位|电话"])
def test_a_header_of_targets_without_rows_is_no_table(header: str) -> None:
    answer = read_plan(header.encode(), "plan.txt").as_answer()
    assert not answer["tasks"]
    assert not answer.get("unit_targets")


def test_damaged_files_are_read_or_refused_and_nothing_else() -> None:
    """PLAN_FUZZ_SECONDS=600 for the long run: bytes, characters and structure damaged, no hang and 400 MB at most, no other error."""
    seed = random.randrange(1 << 32) if FUZZ_SECONDS > 60 else 20260101  # the long run looks farther each time
    chance = random.Random(seed)
    texts = [path.read_text("utf-8") for path in sorted(LAYOUTS.glob("*.txt"))]
    whole = {suffix: WRITERS[suffix](PLAN) for suffix in ("html", "docx", "pdf")} | {"raw pdf": as_pdf(PLAN, pageCompression=0)}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stop = time.monotonic() + FUZZ_SECONDS
    tried = 0
    while time.monotonic() < stop:
        data, suffix = damage.any_damage(texts, whole, chance)
        begun = time.process_time()
        try:
            read_plan(data, f"plan.{suffix}").as_tables()
        except UnreadableSource:
            pass
        except Exception as fault:
            raise AssertionError(f"seed {seed}, file {tried}: a damaged {suffix} of {len(data)} bytes") from fault
        assert time.process_time() - begun < HANGS, f"seed {seed}, file {tried}: a damaged {suffix}"
        tried += 1
    assert tried > 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000, "kilobytes"


def test_a_second_header_row_that_spoils_the_first_leaves_it_as_it_is() -> None:
    text = "目录 | 重点 | 工作任务 | 责任单位 |  | 完成时限 |\n |  | 牵头\t单位 | 配合单位 |  |\n"
    assert read_plan(text.encode(), "plan.txt").as_answer()["tasks"] == []


def test_a_clause_cut_off_at_the_end_of_the_text_belongs_to_the_section_and_leaves_it_its_own_words() -> None:
    text = "某区2024年要点\n一、抓好公开\n(一)公开预算(责任单位:区财政局)\n(二)(责任单位:区政府办"
    tasks = read_plan(text.encode(), "plan.txt").as_answer()["tasks"]
    assert [(task["title"], task["responsible_units"], task["quote"]) for task in tasks] == [
        ("抓好公开", ["区政府办"], "一、抓好公开"),
        ("公开预算", ["区财政局"], "(一)公开预算(责任单位:区财政局)"),
    ]
