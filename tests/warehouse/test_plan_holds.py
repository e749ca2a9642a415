"""A plan document that must not leave leaves nothing behind in a release: no task, target, unit, title, file name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import docx
import duckdb
import pytest

from exports.catalog import load_catalog
from flows.publication.held_documents import find_held_documents
from flows.warehouse.document_decisions import read_document_decisions
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.conftest import County, gongkai
from tests.sources.plans.nonplans import NON_PLANS
from tests.sources.plans.test_marks import MARKS as KNOWN_MARKS
from tests.sources.plans.text_makers import saved

SETTINGS = "as_of: 2026-10-31\nsources:\n- {name: plans, kind: plans, location: 'inbox/plans/*'}\n"
PLAN = """雾泊县{word}2026年政务公开工作要点
雾府办发〔2026〕{number}号
各镇人民政府：
一、重点任务
（一）推进{word}信息公开。责任单位：县{word}局。完成时限：2026年12月底前。
（二）公开{word}办理结果。责任单位：县{word}局、县财政局。完成时限：2026年9月底前。
雾泊县人民政府办公室
2026年3月5日
"""
_DIGITS = "甲乙丙丁戊己庚辛壬癸"


MARK = re.compile(rf"橡[{_DIGITS}]{{3}}栎|(?:held|free)[0-9]{{3}}[.][a-z]+")  # all words and names of documents in one pass over a file


def word_of(number: int) -> str:
    """A word that stands in one document only, and in nothing else that a release holds."""
    return "橡" + "".join(_DIGITS[int(digit)] for digit in f"{number:03d}") + "栎"


def plan(number: int, mark: str = "", *, above: bool = False) -> str:
    text = PLAN.format(word=word_of(number), number=number)
    return f"{mark}\n{text}" if above else f"{text}{mark}\n"


def workspace(root: Path, files: Mapping[str, bytes]) -> County:
    (root / "inbox" / "plans").mkdir(parents=True, exist_ok=True)
    (root / "gongkai.yaml").write_text(SETTINGS)
    for name, content in files.items():
        (root / "inbox" / "plans" / name).write_bytes(content)
    return County(root)


def leaked(release: Path, words: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name, file) wherever a document's word or name stands in a file of the release, in its bytes or in the cells of its Parquet."""
    name_of = {word: name for name, word in words.items()} | {name: name for name in words}
    found = {}
    for path in (path for path in release.rglob("*") if path.is_file()):
        data = path.read_bytes().decode("utf-8", "replace")
        if path.suffix == ".parquet":
            data += str(duckdb.sql(f"from '{path}'").fetchall()) + str(duckdb.sql(f"from parquet_kv_metadata('{path}')").fetchall())
        found |= {(name_of[mark], path.name): None for mark in MARK.findall(data) if mark in name_of}
    return list(found)


def in_header(body: str, margin: str) -> bytes:
    """A Word file with the words of `margin` in its page header."""
    document = docx.Document()
    for line in body.strip().split("\n"):
        document.add_paragraph(line)
    document.sections[0].header.paragraphs[0].text = margin
    return saved(document)


def html(text: str) -> bytes:
    return (
        "<html><body><div class='TRS_Editor'>" + "".join(f"<p>{line}</p>" for line in text.split("\n")) + "</div></body></html>"
    ).encode()


MARKS = [
    ("unknown_attribute" if kind == "unknown" else kind, mark) for kind, marks in KNOWN_MARKS.items() if kind != "public" for mark in marks
]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, dict[str, str], dict[str, str]]:
    """A workspace with documents of every mark, placement, format and kind; the reason each is held for; and those that may leave."""
    files: dict[str, bytes] = {}
    reasons: dict[str, str] = {}
    words: dict[str, str] = {}

    def put(name: str, number: int, content: bytes, reason: str) -> None:
        files[name], reasons[f"plans/{name}"], words[name] = content, reason, word_of(number)

    for number, (reason, mark) in enumerate(MARKS):
        put(f"held{number:03d}.txt", number, plan(number, mark, above=bool(number % 2)).encode(), reason)
    for number, (mark, reason) in enumerate(
        (("（此件不予公开）", "withheld"), ("秘密★1年", "secret"), ("公开属性：依申请公开", "on_request")), start=300
    ):
        put(f"held{number}.docx", number, in_header(plan(number), mark), reason)
        put(f"held{number + 10}.html", number + 10, html(plan(number + 10, mark)), reason)
        put(f"held{number + 20}.txt", number + 20, plan(number + 20, mark).replace("\n", "  ").encode(), reason)
    for number, text in enumerate((text for texts in NON_PLANS.values() for text in texts), start=500):
        put(f"held{number}.txt", number, text.replace("县财政局", f"县{word_of(number)}局").encode(), "")
    private = plan(730, "（此件不予公开）").replace("办理结果。", "办理结果，联系人手机13800138000。")
    put("held730.txt", 730, private.encode(), "withheld")
    free = {}
    for number, mark in enumerate(("", "（此件公开发布）", "公开属性：主动公开", "此件主动公开"), start=700):
        files[f"free{number}.txt"], free[f"free{number}.txt"] = plan(number, mark).encode(), word_of(number)
    put(
        "held720.txt",
        720,
        plan(720, "").replace("各镇人民政府：", f"各镇人民政府：\n根据《雾泊县{word_of(0)}2026年政务公开工作要点》制定。").encode(),
        "quotes_held",
    )
    county = workspace(tmp_path_factory.mktemp("held"), files)
    done = county.refresh()
    assert done.exit_code == 0, done.output
    assert not leaked(county.latest, words)
    return county, reasons, free


def test_each_is_held_for_its_reason_and_said(held: tuple[County, dict[str, str], dict[str, str]]) -> None:
    county, reasons, _ = held
    found = dict(county.ask("select source_path, hold_reason from core.plan_documents where not is_released"))
    assert {name: found.get(name) for name, reason in reasons.items() if reason} == {
        name: reason for name, reason in reasons.items() if reason
    }
    assert found.keys() == reasons.keys()
    said = county.ask("select source_path from core.findings where finding_kind like 'document\\_%' escape '\\'")
    assert sorted(name for (name,) in said) == sorted(reasons)


def test_those_that_may_leave_do(held: tuple[County, dict[str, str], dict[str, str]]) -> None:
    county, _, free = held
    assert {name for name, file in leaked(county.latest, free) if file == "plan-tasks.parquet"} == set(free)
    marked = county.ask("select disclosure_attribute from marts.plan_documents order by all")
    assert marked == [("主动公开",), ("主动公开",), ("主动公开",), (None,)]


def test_auditors_still_find_the_tasks_of_what_is_held(held: tuple[County, dict[str, str], dict[str, str]]) -> None:
    county, _, _ = held
    assert county.ask(
        "select count(*) from staging.plan_tasks natural join staging.plan_documents where source_path = 'plans/held000.txt'"
    ) == [(2,)]


def test_a_mark_of_any_version_or_copy_holds_all_of_them(tmp_path: Path) -> None:
    marked, bare = plan(1, "（此件不予公开）").encode(), plan(1).replace("2026年9月底前", "2026年8月底前").encode()
    other, later = plan(2).encode(), plan(2, "秘密★1年").encode()
    copied = {"c.txt": plan(3, "内部资料 不得外传").encode(), "d.txt": plan(3).replace("一、重点任务", "\n一、重点任务").encode()}
    workspace(tmp_path, {"a.txt": marked, "b.txt": other, **copied})
    assert gongkai("ingest", "-w", tmp_path).exit_code == 0
    county = workspace(tmp_path, {"a.txt": bare, "b.txt": later}).built()
    found = county.ask("select hold_reason from core.plan_documents order by source_path")
    assert [reason for (reason,) in found] == ["withheld", "secret", "internal", "internal"]
    assert county.ask("select count(*) from marts.plan_tasks") == [(0,)]


def decide(root: Path, *lines: str) -> None:
    (root / "decisions").mkdir(exist_ok=True)
    header = "document_id,source_sha256,document_decision,document_kind,decision_reason,decided_by,decided_on"
    (root / "decisions" / "documents.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")


DECIDED = (
    ("（此件删减后公开）", "{id},{digest},release", None),
    ("（此件部分公开）", ",{digest},release", None),
    ("公开范围：本系统", "{id},,release", None),
    ("（此件删减后公开）", "{id},{other},release", "unknown_attribute"),
    ("（此件不予公开）", ",{digest},release", "withheld"),
    ("（此件依申请公开）", "{id},,release", "on_request"),
    ("机密", ",{digest},release", "secret"),
    ("内部资料", ",{digest},release", "internal"),
    ("（此件公开发布）", "{id},,hold", "decision"),
)


def test_a_decision_releases_what_is_unknown_and_nothing_that_a_mark_forbids(tmp_path: Path) -> None:
    names = [f"p{number}.txt" for number in range(len(DECIDED))]
    files = {name: plan(number, mark).encode() for number, (name, (mark, _, _)) in enumerate(zip(names, DECIDED, strict=True))}
    files["q.txt"] = "雾泊县政务公开若干事\n（一）公开预算。责任单位：县财政局。完成时限：2026年12月底前。\n".encode()
    county = workspace(tmp_path, files)
    said = [
        line.format(id=f"plans/{name}", digest=sha256(files[name]).hexdigest(), other="0" * 64) + ",,已核对,县政府办,2026-10-01"
        for name, (_, line, _) in zip(names, DECIDED, strict=True)
    ]
    decide(tmp_path, *said, "plans/q.txt,,release,task_list,属于任务清单,县政府办,2026-10-01")
    found = county.built().ask("select document_kind, hold_reason from core.plan_documents order by source_path")
    assert found == [*(("work_points", reason) for _, _, reason in DECIDED), ("task_list", None)]


@pytest.mark.parametrize(
    "line",
    [
        ",,release,,核对,县政府办,2026-10-01",
        "plans/a.txt,,publish,,核对,县政府办,2026-10-01",
        "plans/a.txt,,release,,,县政府办,2026-10-01",
        "plans/a.txt,,release,,核对,县政府办,十月",
        "plans/a.txt,,release,novel,核对,县政府办,2026-10-01",
    ],
)
def test_a_decision_that_does_not_say_all_is_refused(tmp_path: Path, line: str) -> None:
    workspace(tmp_path, {})
    decide(tmp_path, line)
    with pytest.raises(ConfigurationError, match=r"documents\.csv"):
        read_document_decisions(Workspace.open(tmp_path))


def test_the_gate_stops_files_with_rows_of_a_document_that_is_held_by_now(tmp_path: Path) -> None:
    county = workspace(tmp_path, {"points.txt": plan(1, "（此件不予公开）").encode()}).placed()
    (tmp_path / "old" / "data").mkdir(parents=True)
    target = tmp_path / "old" / "data" / "plan-tasks.parquet"
    duckdb.sql(f"copy (select 'plans/points.txt#001' as task_id, 'plans/points.txt' as document_id) to '{target}' (format parquet)")
    found = find_held_documents(tmp_path / "old", county.root / "warehouse.duckdb", load_catalog())
    assert list(found) == ["data/plan-tasks.parquet"]
