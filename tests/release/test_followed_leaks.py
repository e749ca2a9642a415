"""What left once and must not leave now stays in no new release, feed, diff or proof, however its name changed together with its mark."""

from __future__ import annotations

import json
import shutil
from functools import lru_cache
from pathlib import Path

import pytest

from exports.release.manifest import Release
from exports.release.verify import verify_release
from flows.publication.stored_releases import stored_releases
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of

HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期\n"
PLANS = ("retitled", "renumbered", "renamed", "copied", "both")
MARKS = dict(zip(PLANS, ("此件不公开", "此件不予公开", "依申请公开", "此件依申请公开", "秘密★1年"), strict=True))


def plan(name: str, words: str, *, title: str | None = None, number: str | None = None, mark: str = "") -> bytes:
    """A plan of six tasks, each of which says `words`."""
    place = PLANS.index(name)
    tasks = (f"{n}.公开{words}第{n}类事项清单。（责任单位：县财政局；完成时限：2026年{n + 5}月底）" for n in range(1, 7))
    head = (title or f"栖川县教育局2026年{'甲乙丙丁戊'[place]}类政务公开工作要点", number or f"栖教〔2026〕{place + 11}号")
    return "\n".join([*head, *tasks, mark, ""]).encode()


def register(held: str, attribute: str, number: str = "HELD-0001") -> bytes:
    public = "".join(f"OPEN-{n:04d},公开事项第{n}号公告,县财政局,主动公开,2026-03-02,2026-03-05\n" for n in range(30))
    return f"{HEAD}{public}{number},{held},县财政局,{attribute},2026-03-02,2026-03-05\n".encode()


def put(made: County, files: dict[str, bytes | None]) -> None:
    for path, data in files.items():
        target = made.root / "inbox" / path
        if data is None:
            target.unlink()
        else:
            target.write_bytes(data)


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Three days: all leaves; its words change; all is marked, most under another name, and nobody has agreed to the loss."""
    files = {f"plans/{name}.txt": plan(name, f"旧{name}") for name in PLANS}
    files["plans/open.txt"] = (
        "栖川县2026年政务公开工作要点\n栖政办发〔2026〕1号\n1.公开办事指南。（责任单位：县财政局；完成时限：2026年6月底）\n".encode()
    )
    units = "单位名称\n栖川县教育局\n栖川县财政局\n".encode()
    files |= {"units/all.csv": units, "disclosures/a.csv": register("松溪水库调度旧稿公告", "主动公开")}
    made = a_county(tmp_path_factory.mktemp("days") / "county", files)
    assert made.refresh().exit_code == 0
    put(made, {f"plans/{name}.txt": plan(name, f"新{name}") for name in PLANS})
    put(made, {"disclosures/a.csv": register("松溪水库调度新稿公告", "主动公开")})
    assert made.refresh().exit_code == 0
    put(
        made,
        {
            "plans/retitled.txt": plan("retitled", "新retitled", title="栖川县教育局2026年政务公开工作方案", mark=MARKS["retitled"]),
            "plans/renumbered.txt": plan("renumbered", "新renumbered", number="栖教〔2026〕92号", mark=MARKS["renumbered"]),
            "plans/renamed.txt": None,
            "plans/another.txt": plan("renamed", "新renamed", mark=MARKS["renamed"]),
            "plans/copy.txt": plan("copied", "新copied", mark=MARKS["copied"]),
            "plans/both.txt": plan("both", "新both", title="栖川县教育局2026年工作计划", number="栖教〔2026〕95号", mark=MARKS["both"]),
            "disclosures/a.csv": register("松溪水库调度新稿公告", "不予公开", "HELD-0002"),
        },
    )
    assert made.refresh().exit_code in {0, 3}
    return made


def releases(made: County) -> list[Release]:
    found = stored_releases(Workspace.open(made.root))
    assert len(found) == 3
    return found


def told_in(folder: Path, words: str) -> list[str]:
    """The files of a folder in which some words stand, in whatever form."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [f"{path.name} {place}" for path in files for place, text in _texts(path.name, path.read_bytes()) if words in text]


@lru_cache(maxsize=4096)
def _texts(name: str, data: bytes) -> list[tuple[str, str]]:  # by its bytes, so that a file that changed is read again
    return [*texts_of(name, data)]


def test_the_tasks_are_carried_over_so_that_what_is_left_of_them_is_seen(days: County) -> None:
    carried = {entry.name: entry.rows for entry in releases(days)[-1].datasets if entry.carried_over_from}
    assert carried.keys() >= {"plan_tasks", "task_units", "task_delivery"}
    assert {*carried.values()} == {1}


@pytest.mark.parametrize("name", PLANS)
def test_no_word_of_a_plan_that_is_held_now_is_in_the_newest_release_or_its_feed(days: County, name: str) -> None:
    for words in (f"旧{name}", f"新{name}", f"{name}.txt"):
        assert told_in(days.latest, words) == [], words
    assert told_in(days.latest, f"栖教〔2026〕{PLANS.index(name) + 11}号") == []


def test_what_was_not_marked_is_still_there(days: County) -> None:
    assert told_in(days.latest, "公开办事指南")
    assert told_in(days.latest, "OPEN-0029")


@pytest.mark.parametrize("form", ["words", "csv", "json"])
@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (0, 2)])
def test_a_diff_of_any_two_releases_repeats_nothing_of_them(days: County, form: str, pair: tuple[int, int]) -> None:
    names = [releases(days)[number].name for number in pair]
    said = gongkai("diff", *names, "-w", days.root, "-f", form).output
    assert "plan-tasks" in said
    assert [name for name in PLANS if f"旧{name}" in said or f"新{name}" in said] == []
    assert "松溪水库" not in said


def test_no_row_that_is_held_now_is_proven_of_an_older_release(days: County) -> None:
    first = releases(days)[0].name
    for dataset, key in (
        *(("plan_tasks", f"栖教〔2026〕{number}号#001") for number in range(11, 16)),
        ("plan_documents", "栖教〔2026〕11号"),
    ):
        done = gongkai("prove", dataset, key, "-r", first, "-w", days.root)
        assert done.exit_code == 1, key
        assert "may no longer leave" in done.output
    assert gongkai("prove", "disclosures", "HELD-0001", "-r", releases(days)[1].name, "-w", days.root).exit_code == 1
    proven = gongkai("prove", "disclosures", "OPEN-0003", "-r", first, "--path-only", "-w", days.root)
    assert json.loads(proven.output)["row"][0] == "OPEN-0003"


def test_stored_releases_lose_their_rows_and_the_names_of_their_files_and_keep_all_others(days: County, tmp_path: Path) -> None:
    copy = County(Path(shutil.copytree(days.root, tmp_path / "county", symlinks=True)))
    done = gongkai("redact", "--yes", "-w", copy.root)
    assert done.exit_code == 0, done.output
    for release in releases(copy)[:2]:
        assert verify_release(release.folder) == []
        for name in PLANS:
            for words in (f"旧{name}", f"新{name}", f"{name}.txt"):
                assert told_in(release.folder, words) == [], (release.name, words)
        rows = {entry.name: entry.rows for entry in release.datasets}
        assert rows["plan_tasks"] == rows["plan_documents"] == 1
        assert rows["disclosures"] >= 30  # one row is at fault, not the dataset
    assert told_in(releases(copy)[1].folder, "松溪水库调度新稿公告") == []


PROVED = "register_name,source_path,source_sheet,source_row,record_key,column_name,old_value,new_value,correction_reason,requested_by,corrected_on,"


LINK = "http://www.qichuan.gov.cn/art/2026/{}.html"
NAMED, LATER, CLEAN = "关于向 屠呦然 发放补助的公告", "关于向屠呦然发放补助的决定", "关于发放补助的决定"
TOMBS = "索引号,标题,公开单位,撤回日期,撤回原因\n"
PLANS_GONE = {"numbered": "旧numbered", "titled": "旧titled", "untitled": "旧untitled"}


def records(*, named: str = NAMED, linked: str = "mixed-up", notice: str = "公告", first: int = 0, more: str = "") -> bytes:
    """Forty records of which the third has a title that changes, one with a person's name, one whose link another bears later."""
    rows = [
        f"N-{n:04d},公开事项第{n}号{notice if n == 33 else '公告'},县财政局,主动公开,2026-03-02,2026-03-05,{LINK.format(n)}"
        for n in range(first, 40)
    ]
    rows += [f"N-9999,{named},县财政局,主动公开,2026-03-02,2026-03-05,"]
    rows += [f"N-8888,便民事项公告,县财政局,主动公开,2026-03-02,2026-03-05,{LINK.format(linked)}", more]
    return "\n".join([f"{HEAD.strip()},链接", *rows, ""]).encode()


@pytest.fixture(scope="module")
def later_days(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Three releases: all leaves; a title has a name still, a link became a held record's; a correction takes the name out, ten records
    are missing, and plans are withdrawn whose files went on the same day: datasets of which much is lost keep their last rows.
    """
    files = {
        "units/all.csv": "单位名称\n栖川县教育局\n栖川县民政局\n栖川县财政局\n".encode(),
        "disclosures/a.csv": records(),
        "plans/open.txt": "栖川县2026年政务公开工作要点\n1.公开办事指南。（责任单位：县财政局；完成时限：2026年6月底）\n".encode(),
        "plans/numbered.txt": plan("retitled", PLANS_GONE["numbered"]),
        "plans/titled.txt": plan("renumbered", PLANS_GONE["titled"]),
        "plans/untitled.txt": plan("copied", PLANS_GONE["untitled"], title="栖川县民政局2026年政务公开工作要点", number="（此行没有文号）"),
        "withdrawals/w.csv": TOMBS.encode(),
    }
    made = a_county(tmp_path_factory.mktemp("later") / "county", files)
    assert made.refresh().exit_code == 0
    held = f"N-7777,不得外传的公告,县财政局,不予公开,2026-03-02,2026-03-05,{LINK.format('mixed-up')}"
    put(made, {"disclosures/a.csv": records(named=LATER, linked="right", notice="通告", more=held)})
    assert made.refresh().exit_code in {0, 3}
    (made.root / "decisions").mkdir(exist_ok=True)
    fix = f"disclosures,,,,N-9999,disclosure_title,{LATER},{CLEAN},删去姓名,县财政局,2026-10-20,active,\n"
    (made.root / "decisions/corrections.csv").write_text(f"{PROVED}correction_status,is_public\n{fix}", "utf-8")
    gone = f"{TOMBS}栖教〔2026〕11号,,县教育局,2026-10-20,内容有误\n" + "".join(
        f",{title},{unit},2026-10-20,内容有误\n"
        for title, unit in (("栖川县教育局2026年乙类政务公开工作要点", "县教育局"), ("栖川县民政局2026年政务公开工作要点", "县民政局"))
    )
    vanished = dict.fromkeys(f"plans/{name}.txt" for name in PLANS_GONE)
    fewer = records(named=LATER, linked="right", notice="通告", first=10, more=held)
    put(made, {**vanished, "disclosures/a.csv": fewer, "withdrawals/w.csv": gone.encode()})
    assert made.refresh().exit_code in {0, 3}
    return made


def test_a_name_that_a_correction_takes_out_is_not_said_again(later_days: County) -> None:
    """Neither in a dataset that keeps its last rows, nor in a diff of two releases that both had it."""
    first, second, third = releases(later_days)
    assert [entry.rows for entry in third.datasets if entry.name == "disclosures" and entry.carried_over_from] == [41]
    assert told_in(third.folder, "屠呦然") == []
    assert "屠呦然" not in gongkai("diff", second.name, third.name, "-w", later_days.root, "-f", "csv").output
    assert LATER not in gongkai("diff", first.name, second.name, "-w", later_days.root, "-f", "csv").output


def test_one_old_link_that_a_held_record_bears_now_does_not_take_the_whole_feed(later_days: County) -> None:
    second = releases(later_days)[1].folder
    assert told_in(second, "mixed-up") == []
    assert "changes.parquet new_value" in told_in(second, "公开事项第33号通告")
    assert told_in(second, LINK.format("right"))


def test_a_withdrawn_plan_whose_file_went_on_the_same_day_is_not_carried_over(later_days: County) -> None:
    """By its number or by its title, in a register of withdrawals; its tasks keep their last rows, because many would be lost."""
    *_, before, last = releases(later_days)
    assert "plan_tasks" in {entry.name for entry in last.datasets if entry.carried_over_from}
    said = gongkai("diff", "-w", later_days.root, "-f", "csv").output
    for words in PLANS_GONE.values():
        assert told_in(before.folder, words)
        assert told_in(last.folder, words) == []
        assert words not in said
    assert told_in(last.folder, "公开办事指南")


def test_once_the_loss_is_accepted_the_name_is_gone_and_redacted_releases_lose_the_withdrawn_plans(later_days: County) -> None:
    """The last of these tests: it changes the county."""
    assert later_days.refresh("--accept-loss", "disclosures").exit_code in {0, 3}
    assert told_in(later_days.latest, CLEAN)
    assert told_in(later_days.latest, "屠呦然") == []
    assert gongkai("redact", "--yes", "-w", later_days.root).exit_code == 0
    for release in stored_releases(Workspace.open(later_days.root)):
        assert not any(told_in(release.folder, words) for words in PLANS_GONE.values()), release.name
