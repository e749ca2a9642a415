"""Releases that can be followed: what a county's releases say of each other, by feed and by command, and what they never repeat."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from exports.catalog import load_catalog
from exports.changes.replay import replay
from exports.release.manifest import Release
from exports.release.verify import verify_release
from flows.publication.archives import keep_manifest, unpacked, write_archive
from flows.publication.mirror import Mirror, mirror
from flows.publication.retraction import find_retracted
from flows.publication.stored_releases import stored_releases
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of

HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期,撤回日期,撤回原因"
PLAN = "栖川县2026年政务公开工作要点\n" + "".join(
    f"{n}.公开第{n}类事项清单。（责任单位：县财政局；完成时限：2026年{n + 5}月底）\n" for n in range(1, 6)
)
CORRECTIONS = (
    "register_name,source_path,source_sheet,source_row,record_key,column_name,old_value,new_value,correction_reason,requested_by,"
    "corrected_on,correction_status,is_public\n"
)
WITHDRAWN, WITHHELD, RENAMED, CORRECTED, SECRETLY, GONE, NEW = (f"X-{n:03d}" for n in (3, 4, 7, 8, 9, 19, 20))
WORDS = {WITHDRAWN: "鹭洲大桥改造", WITHHELD: "松溪水库调度", SECRETLY: "旧写法甲"}  # titles that must not be read again


def register(numbers: range, **changed: dict[str, str]) -> bytes:
    """Rows of the register, one a number; `changed` has other cells by index number with _ for the hyphen."""
    lines = [HEAD]
    for number in (f"X-{n:03d}" for n in numbers):
        cells = {"title": f"关于{WORDS.get(number, number)}事项的公告", "attribute": "主动公开", "gone": "", "why": ""}
        cells |= changed.get(number.replace("-", "_"), {})
        lines.append(f"{number},{cells['title']},县财政局,{cells['attribute']},2026-03-02,2026-03-05,{cells['gone']},{cells['why']}")
    return ("\n".join(lines) + "\n").encode()


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county with three releases: the first; one after edits of its register, two corrections and withdrawals; one a month later."""
    files = {
        "units/all.csv": "单位名称\n栖川县教育局\n栖川县财政局\n".encode(),
        "disclosures/a.csv": register(range(20)),
        "plans/a.txt": PLAN.encode(),
    }
    made = a_county(tmp_path_factory.mktemp("followed") / "county", files)
    assert made.refresh().exit_code == 0
    edited = register(
        range(21),
        X_003={"gone": "2026-09-01", "why": "内容有误"},
        X_004={"attribute": "不予公开"},
        X_007={"title": "关于新名称的公告"},
        X_019={"title": ""},
    )
    (made.root / "inbox/disclosures/a.csv").write_bytes(edited)
    (made.root / "inbox/plans/a.txt").write_text(PLAN.replace("第2类事项清单", "第2类事项目录"), "utf-8")
    (made.root / "decisions").mkdir(exist_ok=True)
    lines = [
        f"disclosures,disclosures/a.csv,,{int(number[2:]) + 1},,disclosure_title,关于{WORDS.get(number, number)}事项的公告,{title},登记有误,"
        f"栖川县财政局,2026-10-20,active,{public}\n"
        for number, title, public in ((CORRECTED, "更正后的标题", "yes"), (SECRETLY, "另一标题", ""))
    ]
    (made.root / "decisions/corrections.csv").write_text(CORRECTIONS + "".join(lines), "utf-8")
    assert made.refresh("--accept-loss", "disclosures").exit_code in {0, 3}
    settings = made.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8").replace("as_of: 2026-10-31", "as_of: 2026-11-30"), "utf-8")
    assert made.refresh().exit_code in {0, 3}
    return made


def releases(made: County) -> list[Release]:
    found = stored_releases(Workspace.open(made.root))
    assert len(found) == 3
    return found


def feed(release: Release, slug: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(release.folder / "data/changes.parquet").to_pylist()
    return [row for row in rows if row["dataset_slug"] == slug]


def test_every_release_and_its_feed_give_the_next_one_byte_for_byte(followed: County, tmp_path: Path) -> None:
    """Every dataset that the feed does not say to take whole."""
    checked = 0
    for earlier, later in pairwise(releases(followed)):
        assert verify_release(later.folder) == []
        for entry in later.datasets:
            whole = {row["release_change"] for row in feed(later, entry.slug)} & {"dataset_replaced", "dataset_began"}
            if whole or entry.name == "changes":
                continue
            with duckdb.connect() as connection:
                paths = [release.folder / entry.file("parquet").path for release in (earlier, later)]
                replay(connection, paths[0], later.folder / "data/changes.parquet", entry.slug, tmp_path / "again.parquet")
            assert (tmp_path / "again.parquet").read_bytes() == paths[1].read_bytes(), entry.slug
            checked += 1
    assert checked > 30


def test_a_withdrawn_row_gives_key_day_and_reason_and_one_without_a_tombstone_a_digest(followed: County) -> None:
    removed = [row for row in feed(releases(followed)[1], "disclosures") if row["release_change"] == "removed"]
    told = {row["row_key"]: (row["change_reason"], row["old_value"], row["new_value"], row["column_name"]) for row in removed}
    assert told[WITHDRAWN] == ("withdrawal", None, None, None)
    assert WITHHELD not in told
    digests = [key for key in told if key.startswith("sha256:")]
    assert digests
    assert {told[key] for key in digests} == {("withdrawal", None, None, None)}


def test_reasons_are_told_where_they_are_certain(followed: County) -> None:
    _, second, third = releases(followed)
    cells = {(row["row_key"], row["column_name"]): row for row in feed(second, "disclosures")}
    assert cells[CORRECTED, "disclosure_title"]["change_reason"] == "correction"
    assert cells[CORRECTED, "disclosure_title"]["old_value"] == f"关于{CORRECTED}事项的公告"
    assert cells[SECRETLY, "disclosure_title"]["change_reason"] == "correction"
    assert cells[SECRETLY, "disclosure_title"]["old_value"] is None
    assert cells[RENAMED, "disclosure_title"]["change_reason"] == "source"
    assert cells[NEW, "disclosure_title"]["change_reason"] == "source"
    tasks = {(row["row_key"].rpartition("#")[2], row["column_name"]): row for row in feed(second, "plan-tasks")}
    assert tasks["002", "task_title"]["new_value"] == "公开第2类事项目录"
    assert {row["change_reason"] for row in tasks.values()} == {"source"}
    days = [row for row in feed(third, "task-delivery") if row["column_name"] == "as_of_on"]
    assert {row["change_reason"] for row in days} == {"clock"}
    assert {(row["old_value"], row["new_value"]) for row in days} == {("2026-10-31", "2026-11-30")}


def test_withdrawn_words_are_in_no_later_release_and_in_nothing_that_is_printed(followed: County) -> None:
    first, *later = releases(followed)
    files = {path: path.read_bytes() for release in later for path in release.folder.rglob("*.*")}
    tables = [text for path in files for _, text in texts_of(path.name, path.read_bytes())]
    printed = [
        gongkai("diff", *words, "-w", followed.root, "-f", form).output for words in ([], [first.name]) for form in ("words", "csv", "json")
    ]
    for words in WORDS.values():
        assert not [path.name for path, data in files.items() if words.encode() in data]
        assert not [text for text in (*tables, *printed) if words in text]


def test_a_release_whose_feed_repeats_what_was_withdrawn_is_named_for_taking_down(followed: County) -> None:
    """Its own data do, too: so the mirror removes it, feed and all."""
    first, *_ = releases(followed)
    found = find_retracted(Workspace.open(followed.root))
    assert found.keys() == {first.name}


def test_stored_releases_are_rewritten_without_what_was_withdrawn_and_the_chain_stays_whole(followed: County, tmp_path: Path) -> None:
    copy = County(Path(shutil.copytree(followed.root, tmp_path / "county", symlinks=True)))
    first, second, third = (release.name for release in releases(copy))
    assert gongkai("redact", "-w", copy.root).exit_code == 2  # nobody can be asked
    done = gongkai("redact", "--yes", "-w", copy.root)
    assert done.exit_code == 0, done.output
    assert first in done.output
    folder = copy.root / "releases" / first
    files = [path for path in folder.rglob("*.*") if path.is_file()]
    tables = [text for path in files for _, text in texts_of(path.name, path.read_bytes())]
    for words in (WORDS[WITHDRAWN], WORDS[WITHHELD]):
        assert not [path.name for path in files if words.encode() in path.read_bytes()]
        assert not [text for text in tables if words in text]
    assert "X-007" in (folder / "data/disclosures.csv").read_text("utf-8-sig")
    facts = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert facts["name"] == first
    assert "site" not in facts  # its pages quote rows
    assert not (folder / "site").exists()
    assert (copy.root / "releases" / third / "site/index.html").exists()
    assert "data/disclosures.csv" in facts["redaction"]["files"]
    verified = gongkai("verify", "--all", "-w", copy.root)
    assert verified.exit_code == 0, verified.output
    assert [release.name for release in releases(copy)] == [first, second, third]
    assert gongkai("redact", "--yes", "-w", copy.root).output.startswith("已改写 0")
    facts["inputs"] = []
    (folder / "manifest.json").write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert "does not tell its contents" in gongkai("verify", "--all", "-w", copy.root).output


def test_a_mirror_gets_the_rewritten_release_and_loses_what_had_to_go(followed: County, tmp_path: Path) -> None:
    copy = County(Path(shutil.copytree(followed.root, tmp_path / "county", symlinks=True)))
    first, place = releases(copy)[0], tmp_path / "mirror"
    place.mkdir()
    Mirror(f"file://{place}").copy_release(first, {})
    (place / first.name / "data/stray.csv").write_text(WORDS[WITHDRAWN])
    assert gongkai("redact", "--yes", "-w", copy.root).exit_code == 0
    mirror(Workspace.open(copy.root), f"file://{place}", print)
    held = {path.name: path.read_bytes() for path in (place / first.name).rglob("*.*") if path.is_file()}
    assert {"disclosures.csv", "changes.csv", "manifest.json"} <= held.keys()
    assert not [name for name, data in held.items() if WORDS[WITHDRAWN].encode() in data]
    assert "stray.csv" not in held


def texts_in_archives(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file in every zip below a folder, with its bytes."""
    for path in folder.rglob("*.zip"):
        with zipfile.ZipFile(path) as packed:
            yield from ((name, packed.read(name)) for name in packed.namelist())


def holding(words: str, files: Iterable[tuple[str, bytes]]) -> list[str]:
    """The files in which the words stand, as bytes or as the text of a cell."""
    return [
        name for name, data in files if words.encode() in data or any(words in text for _, text in texts_of(name.rpartition("/")[2], data))
    ]


def test_what_was_withdrawn_goes_from_archives_and_from_their_copies_on_the_mirror(followed: County, tmp_path: Path) -> None:
    copy = County(Path(shutil.copytree(followed.root, tmp_path / "county", symlinks=True)))
    workspace, first, place = Workspace.open(copy.root), releases(copy)[0], tmp_path / "mirror"
    archive = write_archive(workspace.releases, first)
    keep_manifest(workspace.releases, first)
    shutil.rmtree(first.folder)
    with unpacked(archive) as release:
        Mirror(place.as_uri()).copy_release(release, {})
    assert holding(WORDS[WITHDRAWN], texts_in_archives(workspace.releases))
    assert find_retracted(workspace).keys() == {first.name}
    mirror(workspace, place.as_uri(), print)
    assert not (place / first.name / "manifest.json").exists()
    done = gongkai("redact", "--yes", "-w", copy.root)
    assert done.output.rstrip().endswith("已改写 1 个发布 1 releases rewritten")
    for words in (WORDS[WITHDRAWN], WORDS[WITHHELD]):
        assert holding(words, texts_in_archives(workspace.releases)) == []
        assert holding(words, ((path.name, path.read_bytes()) for path in workspace.releases.rglob("*.*") if path.is_file())) == []
    assert holding("X-007", texts_in_archives(workspace.releases))
    mirror(workspace, place.as_uri(), print)
    assert (place / first.name / "manifest.json").exists()
    assert holding(WORDS[WITHDRAWN], ((path.name, path.read_bytes()) for path in place.rglob("*.*") if path.is_file())) == []
    verified = gongkai("verify", "--all", "-w", copy.root)
    assert verified.exit_code == 0, verified.output
    rows = json.loads(gongkai("releases", "-w", copy.root, "-f", "json").output)
    assert [(row["archive"], row["is_redacted"]) for row in rows] == [(archive.name, True), (None, False), (None, False)]
    assert not [path for path in workspace.releases.iterdir() if path.name.startswith(".") and path.is_dir()]


def test_diff_tells_in_words_csv_and_json_between_any_two(followed: County) -> None:
    first, second, third = releases(followed)
    words = gongkai("diff", first.name, third.name, "-w", followed.root, "--dataset", "disclosures").output
    assert f"{first.name} → {third.name}" in words
    assert "主动公开信息 disclosures：新增 1 行" in words
    assert "「关于X-007事项的公告」 → 「关于新名称的公告」" in words
    assert f"－ {WITHDRAWN}（撤回或不再公开" in words
    rows = [*csv.DictReader(io.StringIO(gongkai("diff", first.name, second.name, "-w", followed.root, "-f", "csv").output))]
    assert {row["row_key"] for row in rows if row["release_change"] == "added" and row["dataset_slug"] == "disclosures"} == {NEW}
    answer = json.loads(gongkai("diff", second.name, "-w", followed.root, "-f", "json").output)
    assert {row["dataset_slug"] for row in answer} >= {"task-delivery"}
    assert "数据没有变化" in gongkai("diff", third.name, third.name, "-w", followed.root).output


def cells_of(made: County, *words: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    done = gongkai("trace", *words, "-w", made.root, "-f", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found, found["cells"]


def printed_in(made: County, cell: dict[str, Any]) -> str:
    """What a person finds who opens the file at the place that a trace tells."""
    text = (made.root / "inbox" / cell["source_path"]).read_text("utf-8")
    assert hashlib.sha256(text.encode()).hexdigest() == cell["source_sha256"]
    if cell["source_row"] is None:
        return "\n".join(text.split("\n")[cell["line_start"] - 1 : cell["line_end"]])
    return [*csv.DictReader(io.StringIO(text))][cell["source_row"] - 1][cell["header"]]


def test_every_printed_cell_of_every_record_is_found_where_its_trace_ends(followed: County) -> None:
    rows = pq.read_table(followed.latest / "data/disclosures.parquet").to_pylist()
    for row in rows[::4]:
        found, cells = cells_of(followed, "disclosures", row["disclosure_id"])
        assert found["values"]["disclosure_title"] == row["disclosure_title"]
        assert {cell["header"] for cell in cells} >= {"索引号", "标题", "公开单位", "形成日期", "公开日期"}
        for cell in cells:
            if cell["note"] is None:
                assert cell["value"] == printed_in(followed, cell)


def test_a_term_is_traced_through_its_article_to_the_days_that_are_printed(followed: County) -> None:
    found, cells = cells_of(followed, "disclosures", NEW, "days_late")
    assert found["values"] == {"days_late": 0}
    assert "政府信息公开条例（国务院令第711号）第二十六条" in found["steps"][0]
    assert [(cell["header"], cell["value"]) for cell in cells] == [("形成日期", "2026-03-02"), ("公开日期", "2026-03-05")]
    assert [printed_in(followed, cell) for cell in cells] == ["2026-03-02", "2026-03-05"]


def test_a_unit_is_traced_to_the_name_that_is_printed_and_a_correction_is_said(followed: County) -> None:
    _, (cell,) = cells_of(followed, "disclosures", NEW, "unit_name")
    assert (cell["header"], cell["value"]) == ("公开单位", "县财政局")
    found, (cell,) = cells_of(followed, "disclosures", CORRECTED, "disclosure_title")
    assert found["values"] == {"disclosure_title": "更正后的标题"}
    assert cell["value"] == printed_in(followed, cell) == f"关于{CORRECTED}事项的公告"
    assert any("已更正 corrected（登记有误" in step for step in found["steps"])


def test_a_unit_is_traced_to_the_lists_that_print_its_name(followed: County) -> None:
    row = next(row for row in pq.read_table(followed.latest / "data/units.parquet").to_pylist() if row["unit_name"] == "栖川县财政局")
    _, (cell,) = cells_of(followed, "units", row["unit_id"])
    assert (cell["header"], cell["value"]) == ("单位名称", "栖川县财政局")
    assert printed_in(followed, cell) == "栖川县财政局"


def test_a_tombstone_is_traced_to_the_row_that_says_the_withdrawal_and_its_words_are_not_shown(followed: County) -> None:
    found, cells = cells_of(followed, "withdrawals", WITHDRAWN)
    assert {(cell["source_path"], cell["source_row"], cell["value"]) for cell in cells} == {("disclosures/a.csv", 4, None)}
    assert WORDS[WITHDRAWN] not in str(found)


@pytest.mark.parametrize("name", ["plan_tasks", "task_units", "task_delivery", "plan_documents"])
def test_the_words_of_a_plan_are_found_at_their_lines(followed: County, name: str) -> None:
    dataset = load_catalog().datasets[name]
    row = pq.read_table(followed.latest / f"data/{dataset.slug}.parquet").to_pylist()[-1]
    _, cells = cells_of(followed, dataset.slug, "|".join(str(row[column]) for column in dataset.primary_key))
    assert cells
    assert cells[0]["value"] in printed_in(followed, cells[0])


def test_a_trace_of_what_is_not_there_is_refused_with_what_is(followed: County) -> None:
    for words, said in (
        (("nothing", "x"), "the name of a dataset"),
        (("disclosures", "x"), "no row with this key"),
        (("disclosures", NEW, "x"), "no column x"),
        (("disclosures", WITHHELD), "no row with this key"),
    ):
        done = gongkai("trace", *words, "-w", followed.root)
        assert done.exit_code == 1
        assert said in done.output
    assert "→ 主动公开" in gongkai("trace", "disclosures", NEW, "due_on", "-w", followed.root).output


def test_a_release_that_is_not_there_is_said(followed: County) -> None:
    done = gongkai("diff", "2031", "-w", followed.root)
    assert done.exit_code == 1
    assert "no release '2031'" in done.output
    assert releases(followed)[-1].name in done.output


def test_the_catalog_lists_the_feed_among_the_datasets() -> None:
    catalog = load_catalog()
    assert "changes" in catalog.published
    assert "changes" not in catalog.datasets
