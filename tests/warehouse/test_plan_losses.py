"""A plan of which parts were not read is marked in the warehouse, and each part is a finding; a plan without a task never passes in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import County, gongkai

SETTINGS = "as_of: 2026-10-31\nsources:\n- {name: plans, kind: plans, location: 'inbox/plans/*'}\n"
TASKS = [
    "一、重点任务",
    "（一）推进财政信息公开。责任单位：县财政局。完成时限：2026年12月底前。",
    "（二）公开教育招生结果。责任单位：县教育局、县财政局。完成时限：2026年9月底前。",
]


def page(*lines: str, more: str = "") -> bytes:
    body = "".join(f"<p>{line}</p>" for line in lines)
    return f"<html><head><meta charset=utf-8></head><body><div id=zoom>{body}{more}</div></body></html>".encode()


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    root: Path = tmp_path_factory.mktemp("losses")
    (root / "inbox" / "plans").mkdir(parents=True)
    (root / "gongkai.yaml").write_text(SETTINGS, "utf-8")
    files = {
        "whole.html": page("雾泊县2026年政务公开工作要点", *TASKS),
        "part.html": page("雾泊县2026年政务公开任务分工", *TASKS, more="<iframe src='table.html' width=700 height=500></iframe>"),
        "empty.html": page("雾泊县2026年重点工作安排", more="<iframe src='body.html' width=700 height=500></iframe>"),
    }
    for name, data in files.items():
        (root / "inbox" / "plans" / name).write_bytes(data)
    return County(root)


def test_incomplete_documents_are_marked_and_each_part_is_a_finding(county: County) -> None:
    ran = gongkai("ingest", "-w", county.root)
    assert "未读部分 not read" in ran.output
    assert "没有读出任务 no task was read" in ran.output
    assert gongkai("build", "-w", county.root).exit_code == 0
    marked = county.ask("select source_path, is_incomplete, unread_part_count, task_count > 0 from core.plan_documents order by 1")
    assert marked == [
        ("plans/empty.html", True, 1, False),
        ("plans/part.html", True, 1, True),
        ("plans/whole.html", False, 0, True),
    ]
    found = county.ask("select source_path, finding_text from core.findings where finding_kind = 'document_incomplete' order by 1")
    assert [path for path, _ in found] == ["plans/empty.html", "plans/part.html"]
    assert all("网页框架" in text and "frame" in text and "table.html" in text for _, text in found[1:])


def test_parts_have_their_kind_and_remedy(county: County) -> None:
    losses = county.ask(
        "select source_path, loss_kind, page, loss_remedy from staging.plan_losses natural join staging.plan_documents order by 1"
    )
    assert [(name, kind, page_number) for name, kind, page_number, _ in losses] == [
        ("plans/empty.html", "frame", None),
        ("plans/part.html", "frame", None),
    ]
    assert all("另存" in remedy for *_, remedy in losses)
