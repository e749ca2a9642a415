"""A folder that is missing, or a source that lost every file at once, tells nothing: the run stops, and nothing is recorded."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result

from flows.sources.ledger import FORGOTTEN, LEDGER
from tests.conftest import gongkai

PLAN = "{}2026年政务公开工作要点\n一、公开预算。（责任单位：财务科；完成时限：2026年6月底）\n二、公开名录。（责任单位：财务科）\n"
UNITS = "单位名称\n{}教育局\n{}财政局\n"
RECORDS = "索引号,标题,公开单位,形成日期,公开日期\n{0}-1,{0}预算公告,县财政局,2026-03-02,2026-03-05\n{0}-2,{0}招生公告,县教育局,2026-03-02,2026-03-05\n"
FORMS = {"plans": PLAN, "units": UNITS, "disclosures": RECORDS}


def text(kind: str, word: str) -> str:
    return FORMS[kind].replace("{}", word).replace("{0}", word)


class Inbox:
    """A workspace whose sources lie where a test wants them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()

    def names(self, **sources: str | list[str]) -> Inbox:
        """Sources by name, which begins with their kind: `plans`, `plans_web`."""
        entries = [{"name": name, "kind": name.partition("_")[0], "location": place} for name, place in sources.items()]
        settings = {"as_of": "2026-10-31", "sources": entries, "allowed_hosts": ["127.0.0.1"]}
        (self.root / "gongkai.yaml").write_text(json.dumps(settings, ensure_ascii=False), "utf-8")
        return self

    def put(self, *places: str, word: str | None = None) -> Inbox:
        """Files of the kind of their folder or name, each with content of its own."""
        for place in places:
            kind = next(kind for kind in FORMS if kind in place)
            (self.root / place).parent.mkdir(parents=True, exist_ok=True)
            (self.root / place).write_text(text(kind, word or Path(place).stem), "utf-8")
        return self

    def ingest(self) -> Result:
        return gongkai("ingest", "-w", self.root)

    def held(self) -> list[tuple[str, str | None]]:
        """What the ledger says last of each address: its stamp where it is gone."""
        last = {(entry := json.loads(line))["path"]: entry for line in (self.root / "raw" / LEDGER).read_text("utf-8").splitlines()}
        return sorted((path, "here" if entry["sha256"] else entry["stamp"]) for path, entry in last.items())

    def everything(self) -> dict[str, bytes]:
        """Every file that a run makes, with its bytes."""
        made = [
            path
            for path in self.root.rglob("*")
            if path.is_file() and "inbox" not in path.parts and path.name not in {".lock", "gongkai.log"}
        ]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in made}


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    return Inbox(tmp_path / "made")


def assert_stops(inbox: Inbox, *sources: str) -> None:
    """The next run stops, names these sources and the way out, and leaves everything as it was."""
    before = inbox.everything()
    done = inbox.ingest()
    assert done.exit_code == 1, done.output
    assert re.findall(r"运行 gongkai forget (\w+)", done.stderr) == list(sources)
    assert inbox.everything() == before


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def moved_away(folder: Path) -> None:
    folder.rename(folder.with_name(f"{folder.name}-aside"))


def emptied(folder: Path) -> None:
    """As the place of a disk that is not mounted."""
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def linked_to_nowhere(folder: Path) -> None:
    removed(folder)
    folder.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize("deed", [removed, moved_away, emptied, linked_to_nowhere])
@pytest.mark.parametrize(
    ("location", "file"),
    [
        ("inbox/plans/**", "inbox/plans/a.txt"),
        ("inbox/plans", "inbox/plans/a.txt"),
        ("inbox/plans/*.txt", "inbox/plans/a.txt"),
        ("inbox/plans/a.txt", "inbox/plans/a.txt"),
        ("inbox/plans/*/*.txt", "inbox/plans/2026/a.txt"),
    ],
)
def test_the_only_file_of_a_source_and_its_folder_with_it(inbox: Inbox, location: str, file: str, deed: Callable[[Path], None]) -> None:
    inbox.names(plans=location, units="inbox/units/*").put(file, "inbox/units/all.csv")
    assert inbox.ingest().exit_code == 0
    deed(inbox.root / "inbox" / "plans")
    assert_stops(inbox, "plans")


def test_the_whole_inbox_moved_away_names_every_source_and_its_return_goes_on(inbox: Inbox) -> None:
    inbox.names(plans="inbox/plans/**", units="inbox/units/*", disclosures="inbox/disclosures/*.csv")
    inbox.put("inbox/plans/a.txt", "inbox/units/all.csv", "inbox/disclosures/a.csv", "inbox/disclosures/b.csv")
    assert inbox.ingest().exit_code == 0
    moved_away(inbox.root / "inbox")
    assert_stops(inbox, "plans", "units", "disclosures")
    (inbox.root / "inbox-aside").rename(inbox.root / "inbox")
    assert inbox.ingest().exit_code == 0
    assert {state for _, state in inbox.held()} == {"here"}


def test_one_folder_of_several_that_is_missing_though_another_has_files(inbox: Inbox) -> None:
    inbox.names(disclosures=["inbox/disclosures-old/*", "inbox/disclosures-new/*"])
    inbox.put("inbox/disclosures-old/a.csv", "inbox/disclosures-new/b.csv")
    assert inbox.ingest().exit_code == 0
    moved_away(inbox.root / "inbox" / "disclosures-old")
    assert_stops(inbox, "disclosures")


def test_a_folder_below_the_glob_that_is_missing(inbox: Inbox) -> None:
    inbox.names(disclosures="inbox/disclosures/**").put("inbox/disclosures/2025/a.csv", "inbox/disclosures/2026/b.csv")
    assert inbox.ingest().exit_code == 0
    removed(inbox.root / "inbox" / "disclosures" / "2025")
    assert_stops(inbox, "disclosures")


def test_a_file_behind_a_link_that_leads_nowhere(inbox: Inbox) -> None:
    inbox.names(units="inbox/units/*").put("inbox/units/a.csv", "nas/units-b.csv")
    link = inbox.root / "inbox" / "units" / "b.csv"
    link.symlink_to(inbox.root / "nas" / "units-b.csv")
    assert inbox.ingest().exit_code == 0
    moved_away(inbox.root / "nas")
    assert_stops(inbox, "units")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_may_not_be_looked_into(inbox: Inbox) -> None:
    inbox.names(disclosures="inbox/disclosures/**").put("inbox/disclosures/2025/a.csv", "inbox/disclosures/2026/b.csv")
    assert inbox.ingest().exit_code == 0
    (inbox.root / "inbox" / "disclosures" / "2025").chmod(0)
    try:
        assert_stops(inbox, "disclosures")
    finally:
        (inbox.root / "inbox" / "disclosures" / "2025").chmod(0o700)


def test_one_file_of_several_vanishes_as_ever(inbox: Inbox) -> None:
    inbox.names(disclosures="inbox/disclosures/*").put("inbox/disclosures/a.csv", "inbox/disclosures/b.csv")
    assert inbox.ingest().exit_code == 0
    (inbox.root / "inbox" / "disclosures" / "a.csv").unlink()
    done = inbox.ingest()
    assert done.exit_code == 0
    assert "已消失 Vanished disclosures/a.csv" in done.output
    assert inbox.held() == [("disclosures/a.csv", None), ("disclosures/b.csv", "here")]


def test_one_named_file_of_two_vanishes_as_ever(inbox: Inbox) -> None:
    inbox.names(units=["inbox/units/a.csv", "inbox/units/b.csv"]).put("inbox/units/a.csv", "inbox/units/b.csv")
    assert inbox.ingest().exit_code == 0
    (inbox.root / "inbox" / "units" / "a.csv").unlink()
    assert inbox.ingest().exit_code == 0


def test_the_only_file_under_another_name_goes_on(inbox: Inbox) -> None:
    inbox.names(disclosures="inbox/disclosures/*").put("inbox/disclosures/a.csv")
    assert inbox.ingest().exit_code == 0
    (inbox.root / "inbox" / "disclosures" / "a.csv").rename(inbox.root / "inbox" / "disclosures" / "b.csv")
    assert inbox.ingest().exit_code == 0
    assert inbox.held() == [("disclosures/a.csv", None), ("disclosures/b.csv", "here")]


@pytest.mark.parametrize("folder", ["inbox/disclosures", "inbox/disclosures/2026-10"])
def test_the_next_month_in_place_of_the_last_goes_on_and_is_said(inbox: Inbox, folder: str) -> None:
    inbox.names(disclosures="inbox/disclosures/**").put("inbox/disclosures/2026-09/2026-09.csv")
    assert inbox.ingest().exit_code == 0
    removed(inbox.root / "inbox" / "disclosures")
    done = inbox.put(f"{folder}/2026-10.csv").ingest()
    assert done.exit_code == 0, done.stderr
    assert "All files replaced by others, source disclosures" in done.output


def test_files_moved_to_another_source_of_their_kind_go_on(inbox: Inbox) -> None:
    inbox.names(plans_old="inbox/plans-old/*", plans_new="inbox/plans-new/*").put("inbox/plans-old/a.txt", "inbox/plans-new/b.txt")
    assert inbox.ingest().exit_code == 0
    (inbox.root / "inbox" / "plans-old" / "a.txt").rename(inbox.root / "inbox" / "plans-new" / "a.txt")
    assert inbox.ingest().exit_code == 0


def test_a_new_workspace_with_empty_folders_says_nothing_and_one_without_folders_is_told(inbox: Inbox) -> None:
    inbox.names(plans="inbox/plans/**", units="inbox/unist/*", disclosures=["inbox/disclosures/*", "inbox/more/*"])
    for folder in ("plans", "disclosures"):
        (inbox.root / "inbox" / folder).mkdir(parents=True)
    done = inbox.ingest()
    assert done.exit_code == 0
    assert re.findall(r"No such place.*source (\w+)", done.output) == ["units"]


def test_a_source_taken_out_of_the_settings_is_gone_by_a_persons_word(inbox: Inbox) -> None:
    inbox.names(plans="inbox/plans/*", units="inbox/units/*").put("inbox/plans/a.txt", "inbox/units/a.csv")
    assert inbox.ingest().exit_code == 0
    moved_away(inbox.root / "inbox" / "plans")
    assert inbox.names(units="inbox/units/*").ingest().exit_code == 0
    assert inbox.held() == [("plans/a.txt", None), ("units/a.csv", "here")]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing: what was asked is not the test's concern."""


@pytest.fixture
def website(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address at which it is served."""
    folder = tmp_path / "website"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_pages_of_a_website_that_are_all_404_stop_and_one_of_two_goes_on(inbox: Inbox, website: tuple[Path, str]) -> None:
    folder, address = website
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(text("plans", name), "utf-8")
    inbox.names(plans_web=[f"{address}/a.txt", f"{address}/b.txt"], units="inbox/units/*").put("inbox/units/a.csv")
    assert inbox.ingest().exit_code == 0
    (folder / "a.txt").unlink()
    assert inbox.ingest().exit_code == 0
    assert ("plans_web/a.txt", None) in inbox.held()
    (folder / "b.txt").unlink()
    assert_stops(inbox, "plans_web")
    assert gongkai("forget", "plans_web", "--yes", "-w", inbox.root).exit_code == 0
    assert inbox.ingest().exit_code == 0
    (folder / "b.txt").write_text(text("plans", "b"), "utf-8")
    assert inbox.ingest().exit_code == 0
    assert ("plans_web/b.txt", "here") in inbox.held()


def test_forgetting_shows_what_it_takes_out_asks_and_goes_on(inbox: Inbox) -> None:
    inbox.names(plans="inbox/plans/**", disclosures="inbox/disclosures/*").put("inbox/plans/a.txt", "inbox/disclosures/a.csv")
    assert inbox.ingest().exit_code == 0
    moved_away(inbox.root / "inbox")
    before = inbox.everything()
    asked = gongkai("forget", "plans", "disclosures/a.csv", "-w", inbox.root)
    assert asked.exit_code == 2
    assert "plans/a.txt：2 项任务 tasks" in asked.output
    assert "disclosures/a.csv：2 行 rows" in asked.output
    assert inbox.everything() == before
    assert gongkai("forget", "plans", "-y", "-w", inbox.root).exit_code == 0
    assert_stops(inbox, "disclosures")
    assert gongkai("forget", "disclosures", "-y", "-w", inbox.root).exit_code == 0
    assert inbox.ingest().exit_code == 0
    assert {state for _, state in inbox.held()} == {FORGOTTEN}
    (inbox.root / "inbox-aside").rename(inbox.root / "inbox")
    assert inbox.ingest().exit_code == 0
    assert {state for _, state in inbox.held()} == {"here"}


@pytest.mark.parametrize(("name", "said"), [("plans", "files that are still there"), ("plnas", "no file on record"), ("plan", "no file")])
def test_what_is_still_there_or_was_never_there_is_not_forgotten(inbox: Inbox, name: str, said: str) -> None:
    inbox.names(plans="inbox/plans/**").put("inbox/plans/a.txt")
    assert inbox.ingest().exit_code == 0
    done = gongkai("forget", name, "-y", "-w", inbox.root)
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_folder_below_a_source_is_forgotten_by_itself(inbox: Inbox) -> None:
    inbox.names(disclosures="inbox/disclosures/**").put("inbox/disclosures/2025/a.csv", "inbox/disclosures/2026/b.csv")
    assert inbox.ingest().exit_code == 0
    removed(inbox.root / "inbox" / "disclosures" / "2025")
    assert gongkai("forget", "disclosures/2025", "-y", "-w", inbox.root).exit_code == 0
    assert inbox.ingest().exit_code == 0
    assert inbox.held() == [("disclosures/2025/a.csv", FORGOTTEN), ("disclosures/2026/b.csv", "here")]
