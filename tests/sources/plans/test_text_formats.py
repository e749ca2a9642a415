"""One plan, whatever the file: the same lines, each at its recorded place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.sources.plans.text import SourceText, read_text
from tests.sources.plans.text_makers import PLAN, WRITERS, SamplePlan, as_pdf, as_txt


def content(source: SourceText) -> list[str]:
    return [line.text for line in source.lines if line.kind in {"text", "heading", "table"}]


def assert_places_hold(source: SourceText) -> None:
    for number, line in enumerate(source.lines, start=1):
        assert line.number == number
        assert source.text[line.offset : line.offset + len(line.text)] == line.text
        assert "\n" not in line.text
    for repair in source.repairs:
        line = source.lines[repair.line - 1]
        assert source.text[repair.start : repair.end] == repair.found
        assert line.offset <= repair.start <= repair.end <= line.offset + len(line.text)


@pytest.mark.parametrize("suffix", WRITERS)
def test_the_same_plan_gives_the_same_lines_from_every_format(suffix: str) -> None:
    source = read_text(WRITERS[suffix](PLAN), f"plan.{suffix}")
    assert content(source) == PLAN.lines()
    assert [line.text for line in source.lines if line.kind == "table"] == [" | ".join(row) for row in PLAN.table]
    assert source.format == suffix
    assert_places_hold(source)


# Words of a plan's text; no letter that a paragraph's first line could be mistaken for an item number or a site's own.
_WORDS = st.text("政务公开单位责任年度完成工作信息平台群众企业财局司法办理审核发布目录", min_size=2, max_size=12)
_SENTENCES = st.lists(_WORDS, min_size=1, max_size=14).map(lambda words: "县" + ",".join(words) + "。")
_PLANS = st.builds(
    SamplePlan,
    title=_WORDS.map(lambda words: f"某县{words}工作方案"),
    paragraphs=st.lists(_SENTENCES, min_size=1, max_size=6),
    table=st.lists(st.lists(_WORDS, min_size=4, max_size=4), max_size=5).map(
        lambda rows: [["序号", "任务", "单位", "时限"], *rows] if rows else []
    ),
)


@settings(max_examples=40, deadline=None)
@given(plan=_PLANS, suffix=st.sampled_from(sorted(WRITERS)))
def test_lines_survive_any_wrapping_and_page_breaks(plan: SamplePlan, suffix: str) -> None:
    source = read_text(WRITERS[suffix](plan), f"plan.{suffix}")
    assert content(source) == plan.lines()
    assert_places_hold(source)


def test_a_text_file_is_kept_whole_line_by_line() -> None:
    data = "一、任务\r\n\r\n  缩进行\t末尾 \r旧行\n".encode()
    source = read_text(data, "a.txt")
    assert source.text == "一、任务\n\n  缩进行\t末尾 \n旧行\n"
    assert [line.text for line in source.lines] == ["一、任务", "", "  缩进行\t末尾 ", "旧行", ""]


def test_markdown_headings_and_tables_are_told_apart_from_prose() -> None:
    source = read_text("# 方案\n\n| 序号 | 任务 |\n|---|:-:|\n| 1 | 甲 |\n\n服务|监督并重。\n".encode(), "a.md")
    assert [line.kind for line in source.lines if line.text] == ["heading", "table", "boilerplate", "table", "text"]


def test_the_first_bytes_overrule_a_wrong_suffix() -> None:
    for suffix in ("docx", "pdf"):
        assert read_text(WRITERS[suffix](PLAN), "plan.doc").format == suffix
        assert read_text(WRITERS[suffix](PLAN), "PLAN.TXT").format == suffix


@pytest.mark.rest  # it measures time: the other tests do not
@pytest.mark.parametrize(("writer", "suffix", "small"), [(as_txt, "txt", 500), (as_pdf, "pdf", 30)])
def test_cost_grows_in_step_with_length(writer: object, suffix: str, small: int) -> None:
    def cost(times: int) -> float:
        data = writer(SamplePlan(PLAN.title, PLAN.paragraphs * times))
        seconds = []
        for _ in range(3):
            start = time.process_time()
            read_text(data, f"plan.{suffix}")
            seconds.append(time.process_time() - start)
        return min(seconds) / times

    assert cost(small * 4) < 1.6 * cost(small), "four times the text should cost four times the time"
