"""Which files the settings name: here, under any name a folder may bear, and elsewhere, whatever a server does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import fsspec
import pytest

from flows.sources.locate import SourceFile, locate
from flows.sources.reach import Reach
from flows.workspace.errors import ConfigurationError, SourceUnavailable
from flows.workspace.settings import Settings, Source


def located(root: Path, *locations: str, names: tuple[str, ...] = ("plans",)) -> list[SourceFile]:
    sources = tuple(Source(name=name, kind="plans", location=locations) for name in names)
    reach = Reach.of(root, Settings(allowed_hosts=("127.0.0.1",)))
    return [file for source in sources for file in locate(reach, source).files]


def paths(root: Path, *locations: str) -> list[str]:
    return [file.path for file in located(root, *locations)]


def lay(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")


def test_a_glob_names_files_by_their_place_below_its_fixed_part(tmp_path: Path) -> None:
    lay(tmp_path, "inbox/plans/a.txt", "inbox/plans/2026/深/b.docx", "inbox/other/c.txt")
    assert paths(tmp_path, "inbox/plans/**") == ["plans/2026/深/b.docx", "plans/a.txt"]
    assert paths(tmp_path, "inbox/plans/*.txt") == ["plans/a.txt"]


def test_a_folder_is_all_that_lies_below_it(tmp_path: Path) -> None:
    lay(tmp_path, "inbox/plans/a.txt", "inbox/plans/2026/b.docx")
    assert paths(tmp_path, "inbox/plans") == paths(tmp_path, "inbox/plans/**")


def test_a_single_file_is_named_by_itself_wherever_it_lies(tmp_path: Path) -> None:
    lay(tmp_path, "elsewhere/a.txt")
    assert paths(tmp_path, str(tmp_path / "elsewhere" / "a.txt")) == ["plans/a.txt"]


def test_brackets_in_the_names_of_folders_and_files_are_no_patterns(tmp_path: Path) -> None:
    root = tmp_path / "某政办[2026]3号"
    lay(root, "inbox/plans/政发[2026]1号.txt", "inbox/plans/b.txt")
    assert paths(root, "inbox/plans/**") == ["plans/b.txt", "plans/政发[2026]1号.txt"]
    assert paths(root, "inbox/plans/政发[2026]1号.txt") == ["plans/政发[2026]1号.txt"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    lay(tmp_path, "in/.DS_Store", "in/.cache/a.txt", "in/a.txt")
    assert paths(tmp_path, "in/**") == ["plans/a.txt"]


def test_a_link_to_a_file_counts_and_a_broken_one_does_not(tmp_path: Path) -> None:
    lay(tmp_path, "archive/a.txt", "in/b.txt")
    (tmp_path / "in" / "a.txt").symlink_to(tmp_path / "archive" / "a.txt")
    (tmp_path / "in" / "broken.txt").symlink_to(tmp_path / "nowhere")
    assert paths(tmp_path, "in/*") == ["plans/a.txt", "plans/b.txt"]


def test_a_place_where_nothing_stands_gives_nothing(tmp_path: Path) -> None:
    assert paths(tmp_path, "in/**", "in/a.txt", "in") == []


def test_two_files_with_one_address_are_refused_and_one_file_named_twice_is_not(tmp_path: Path) -> None:
    lay(tmp_path, "one/a.txt", "two/a.txt")
    with pytest.raises(ConfigurationError, match=r"plans/a\.txt"):
        located(tmp_path, "one/*", "two/*")
    assert paths(tmp_path, "one/*", "one/a.txt") == ["plans/a.txt"]


def test_two_sources_may_hold_files_of_the_same_name(tmp_path: Path) -> None:
    lay(tmp_path, "one/a.txt")
    assert [file.path for file in located(tmp_path, "one/*", names=("east", "west"))] == ["east/a.txt", "west/a.txt"]


def test_a_protocol_nobody_speaks_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="gopher"):
        located(tmp_path, "gopher://host/a.txt")


def test_files_in_any_store_that_fsspec_speaks_are_read(tmp_path: Path) -> None:
    store = fsspec.filesystem("memory")
    store.pipe({"/county/plans/a.txt": b"one", "/county/plans/2026/b.txt": b"two"})
    try:
        files = located(tmp_path, "memory://county/plans/**")
        assert [(file.path, file.open().read(), file.local) for file in files] == [
            ("plans/2026/b.txt", b"two", None),
            ("plans/a.txt", b"one", None),
        ]
        assert paths(tmp_path, "memory://county/plans/a.txt") == ["plans/a.txt"]
        assert paths(tmp_path, "memory://county/none/**") == []
    finally:
        store.rm("/county", recursive=True)


class Site(SimpleHTTPRequestHandler):
    """A folder as a website; an address with `status=` in its query answers with that status."""

    def send_head(self) -> object:
        _, _, status = self.path.partition("status=")
        if status:
            self.send_error(int(status))
            return None
        return super().send_head()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def website(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_pages_of_a_website_are_sources_with_or_without_a_query(tmp_path: Path) -> None:
    lay(tmp_path / "site", "plans/a.html", "plans/b.html")
    with website(tmp_path / "site") as address:
        assert paths(tmp_path, f"{address}/plans/*.html") == ["plans/a.html", "plans/b.html"]
        (page,) = located(tmp_path, f"{address}/plans/a.html?id=3")
        assert page.open().read() == b"plans/a.html"


def test_a_page_that_changed_without_changing_its_length_looks_changed(tmp_path: Path) -> None:
    lay(tmp_path / "site", "a.html")
    page = tmp_path / "site" / "a.html"
    with website(tmp_path / "site") as address:
        (before,) = located(tmp_path, f"{address}/a.html")
        page.write_text(page.read_text("utf-8").upper(), "utf-8")
        os.utime(page, (2_000_000_000, 2_000_000_000))
        (after,) = located(tmp_path, f"{address}/a.html")
    assert before.stamp
    assert before.stamp != after.stamp


def test_a_page_that_was_taken_down_is_gone_but_a_site_that_fails_is_not(tmp_path: Path) -> None:
    lay(tmp_path / "site", "a.html")
    with website(tmp_path / "site") as address:
        assert paths(tmp_path, f"{address}/missing.html", f"{address}/a.html?status=410", f"{address}/none/*.html") == []
        for status in (403, 500, 503):
            with pytest.raises(SourceUnavailable, match=r"a\.html"):
                located(tmp_path, f"{address}/a.html?status={status}")
    for location in ("a.html", "*.html"):
        with pytest.raises(SourceUnavailable, match=r"html"):
            located(tmp_path, f"{address}/{location}")


def test_the_files_that_office_leaves_beside_an_open_document_are_passed_over(tmp_path: Path) -> None:
    for name in ("plan.docx", "~$plan.docx", ".hidden.docx"):
        (tmp_path / name).write_bytes(b"x")
    assert paths(tmp_path, "*") == ["plans/plan.docx"]


def test_an_address_shows_no_credentials_and_no_values_of_a_query_and_still_fetches_with_them(tmp_path: Path) -> None:
    lay(tmp_path / "site", "plans/a.html", "plans/list.csv")
    with website(tmp_path / "site") as address:
        host = address.removeprefix("http://")
        locations = (f"http://reader:w0rd@{host}/plans/a.html?token=t0k&page=/x/y#part", f"{address}/plans/list.csv?s1gnature")
        files = located(tmp_path, *locations)
        assert [file.path for file in files] == ["plans/a.html?token=…&page=…", "plans/list.csv?…"]
        assert [file.open().read() for file in files] == [b"plans/a.html", b"plans/list.csv"]
    assert not any(secret in repr(files) for secret in ("w0rd", "t0k", "s1gnature"))


def test_files_that_differ_in_values_of_a_query_only_are_numbered_in_the_order_of_the_settings(tmp_path: Path) -> None:
    lay(tmp_path / "site", "list.csv", "other.csv")
    with website(tmp_path / "site") as address:

        def numbered(*tokens: str) -> list[tuple[str, str]]:
            files = located(tmp_path, *(f"{address}/list.csv?id={token}" for token in tokens), f"{address}/other.csv?id=1")
            return [(file.path, file.url.rpartition("=")[2]) for file in files]

        assert numbered("b", "a") == [("plans/list.csv?id=…", "b"), ("plans/list.csv?id=… (2)", "a"), ("plans/other.csv?id=…", "1")]
        assert [path for path, _ in numbered("x", "y")] == [path for path, _ in numbered("b", "a")], "another token is no other address"
        assert numbered("b", "b")[:1] == [("plans/list.csv?id=…", "b")], "one file that is named twice is one"
        alone, first = (
            located(tmp_path, f"{address}/list.csv?id=b"),
            located(tmp_path, f"{address}/list.csv?id=a", f"{address}/list.csv?id=b"),
        )
    assert alone[0].stamp
    assert [file.stamp for file in first] == ["", ""], "whose number moves on must not be known by its date"


def test_what_a_server_repeats_of_an_address_is_not_in_the_message(tmp_path: Path) -> None:
    with website(tmp_path) as address:
        host = address.removeprefix("http://")
        for location in (
            f"http://reader:w0rdw0rd@{host}/a.html?token=t0kt0k&status=403",
            "ftp://reader:w0rdw0rd@127.0.0.1:9/a.html?token=t0kt0k",
        ):
            with pytest.raises(SourceUnavailable) as told:
                located(tmp_path, location)
            assert "a.html" in str(told.value)
            assert not any(secret in f"{told.value!r}" for secret in ("w0rdw0rd", "t0kt0k"))


def test_a_name_with_a_question_mark_is_a_name(tmp_path: Path) -> None:
    lay(tmp_path, "in/公开什么?.txt", "in/谁来公开?如何公开.txt", "in/saved.html?token=t0k")
    assert paths(tmp_path, "in/*") == ["plans/saved.html?token=…", "plans/公开什么?.txt", "plans/谁来公开?如何公开.txt"]


@pytest.mark.parametrize("others", [[], ["公开台账.csv"]])
def test_a_name_in_other_bytes_than_utf8_is_read_as_what_it_says(tmp_path: Path, others: list[str]) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + "公开台账.csv".encode("gb18030")))).write_text("甲")
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff\x81.csv"))).write_text("乙")
    for name in others:
        (folder / name).write_text("丙")
    files = locate(Reach.of(tmp_path, Settings()), Source(name="a", kind="disclosures", location=("inbox/**",))).files
    paths = [file.path for file in files]
    assert all(path.encode() for path in paths)
    assert len(set(paths)) == len(files) == 2 + len(others)
    assert "a/公开台账.csv" in paths
    assert all(file.sha256() for file in files)
