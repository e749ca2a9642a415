"""The leaks that were found by feeding whole refreshes: none leaves, and what was held too much leaves."""

from __future__ import annotations

import csv
import shutil

import pytest

from exports.catalog import PROJECT_ROOT
from tests.conftest import County, gongkai

CASES = PROJECT_ROOT.parent / "shared" / "cases"
PHONE = b"13490001234"
PERSONS = ("王小明", "王 小 明", "王　小明", "陈大文", "何三思", "买买提", "郑壬癸")
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the cases are not at hand: ../shared/cases is absent")


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> County:
    """One county with every such input, refreshed once."""
    root = tmp_path_factory.mktemp("leaks") / "county"
    shutil.copytree(CASES / "withheld", root)
    inbox = root / "inbox"
    for name, source in {
        "plans": CASES / "withheld" / "plan-attribute",
        "organisations": CASES / "privacy" / "overblock-org" / "disclosures",
        "named": CASES / "privacy" / "file-name",
        "enforcement": CASES / "tables" / "04_names_leak",
    }.items():
        (inbox / name).mkdir()
        for path in source.iterdir():
            if path.suffix in {".csv", ".txt"}:
                shutil.copy(path, inbox / name)
    settings = root / "gongkai.yaml"
    more = {"plans": "plans", "organisations": "disclosures", "named": "disclosures", "enforcement": "enforcement_results"}
    lines = "".join(f'- {{name: {name}, kind: {kind}, location: "inbox/{name}/*"}}\n' for name, kind in more.items())
    settings.chmod(0o644)
    settings.write_text(settings.read_text("utf-8") + lines, "utf-8")
    done = gongkai("refresh", "-w", root)
    assert done.exit_code in {0, 3}, done.output
    assert PHONE.decode() not in done.output
    return County(root)


def rows(county: County, slug: str) -> list[dict[str, str]]:
    with (county.latest / f"data/{slug}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def holding(county: County, words: bytes, besides: str = "nothing") -> list[str]:
    """Files of the release and of the Data Docs in which some bytes stand."""
    files = [path for folder in (county.latest, county.root / "quality") for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if besides not in path.name and words in path.read_bytes()]


def test_no_record_that_is_withheld_withdrawn_or_not_approved_leaves(refreshed: County) -> None:
    assert {row["index_number"] for row in rows(refreshed, "disclosures") if row["index_number"].startswith("F-")} == set()
    for number, title in (
        ("F-1", "后一文件已撤回"),
        ("F-2", "后一文件改为不予公开"),
        ("F-3", "审核被驳回"),
        ("F-4", "审查认定涉密"),
        ("F-7", "只在撤回记录登记"),
    ):
        assert holding(refreshed, title.encode()) == [], number
    for words in ("公开方式为依申请公开", "公开方式为不予公开", "330199199003071512", "33019919900307151243"):
        assert holding(refreshed, words.encode()) == []


def test_no_plan_leaves_that_says_it_is_not_public(refreshed: County) -> None:
    assert rows(refreshed, "plan-documents") == rows(refreshed, "plan-tasks") == []
    assert holding(refreshed, "栖府办发〔2026〕".encode()) == []
    kinds = refreshed.ask("select hold_reason, count(*) from core.plan_documents group by 1 order by 1")
    assert kinds == [("on_request", 2), ("withheld", 3)]


def test_one_organisation_behind_a_personal_label_holds_nothing(refreshed: County) -> None:
    there = {row["index_number"] for row in rows(refreshed, "disclosures")}
    with next((CASES / "privacy" / "overblock-org" / "disclosures").iterdir()).open(encoding="utf-8-sig") as stream:
        assert {row["索引号"] for row in csv.DictReader(stream)} <= there


def test_a_number_in_a_files_name_leaves_nowhere_and_its_rows_do(refreshed: County) -> None:
    assert "X-1" in {row["index_number"] for row in rows(refreshed, "disclosures")}
    assert holding(refreshed, PHONE) == []


def test_no_natural_person_of_an_enforcement_row_is_named(refreshed: County) -> None:
    assert len(rows(refreshed, "enforcement-results")) + len(refreshed.ask("from quarantine.enforcement_results")) == 16
    assert rows(refreshed, "enforcement-results")
    for name in PERSONS:
        assert holding(refreshed, name.encode()) == [], name
