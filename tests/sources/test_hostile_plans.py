"""Plan documents that would take all memory or all time: each is refused in a sentence, and the others are read as ever."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from threading import Thread

import psutil
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from exports.catalog import PROJECT_ROOT
from flows.cli.app import app
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.sources import plan_process
from flows.sources.plan_process import read_plan_answer, read_plan_tables
from flows.sources.plans import read_plan
from flows.sources.store import write_tables
from flows.workspace.errors import SourceUnavailable, UnreadableSource
from flows.workspace.limits import Limits, limited_by
from flows.workspace.settings import Settings, Source, Workspace
from tests.conftest import HANGS
from tests.sources.plans.hostile_makers import flate_bomb, many_glyphs, nested_forms, page_pdf, word_document
from tests.sources.plans.shape_office import packed

PLAN = "某局2026年工作要点\n一、公开预算。(责任单位:财务科,6月底前)\n二、公开决算。(责任单位:办公室)\n"
TASK = "<w:p><w:r><w:t>一、公开预算。(责任单位:财务科)</w:t></w:r></w:p>"
TIGHT = Limits(memory_gb=1, seconds=4)
SMALL = Limits(memory_gb=1, seconds=HANGS)  # enough time for ordinary documents on the busiest machine
HOSTILE = {
    "forms.pdf": nested_forms(),
    "deeper forms.pdf": nested_forms(depth=20, width=4),
    "bomb.pdf": flate_bomb(),
    "tasks.docx": word_document(TASK * 100_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_small_document_that_takes_all_memory_or_time_is_refused_within_its_limits(tmp_path: Path, name: str) -> None:
    assert len(HOSTILE[name]) < 64 << 10
    (tmp_path / name).write_bytes(HOSTILE[name])
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with limited_by(TIGHT), pytest.raises(UnreadableSource, match="1 GB and 4 seconds") as refusal:
        read_plan_answer(tmp_path / name)
    assert refusal.value.place == name
    assert time.monotonic() - began < HANGS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 19, "kilobytes: nothing of it was in this process"


def test_two_million_glyphs_end(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(many_glyphs())
    with limited_by(TIGHT), pytest.raises(UnreadableSource):
        read_plan_answer(tmp_path / "a.pdf")


def test_a_page_of_more_characters_than_a_page_can_have_says_how_many_were_not_read() -> None:
    line = b"(the work of the year and the list of it ) Tj 0 -1 Td "
    data = page_pdf(
        b"BT /F1 1 Tf 10 800 Td " + line * 3000 + b"ET", b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    )
    (loss,) = [loss for loss in read_plan(data, "a.pdf").content.source.losses if loss.kind == "many_characters"]
    assert loss.page == 1
    assert int(loss.detail.replace(",", "")) > 15_000
    text = "<ofd:TextObject ID='9' Boundary='10 10 150 10' Size='4'><ofd:TextCode X='0' Y='4' DeltaX='g 999 4'>" + "公开" * 500
    page = (text + "</ofd:TextCode></ofd:TextObject>") * 103
    space = "xmlns:ofd='http://www.ofdspec.org/2016'"
    parts = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:Pages><ofd:Page ID='1' BaseLoc='1.xml'/></ofd:Pages></ofd:Document>",
        "Doc_0/1.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer ID='1'>{page}</ofd:Layer></ofd:Content></ofd:Page>",
    }
    losses = read_plan(packed(parts), "a.ofd").content.source.losses
    assert [(loss.kind, loss.page, loss.detail) for loss in losses] == [("many_characters", 1, "3,000")]


def test_one_hostile_document_is_rejected_and_all_others_are_read(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    for name in ("a.txt", "c.txt"):
        (inbox / name).write_text(name + PLAN, "utf-8")
    (inbox / "b.pdf").write_bytes(HOSTILE["forms.pdf"])
    place = Workspace(tmp_path, Settings(sources=(Source(name="plans", kind="plans", location=("inbox/*",)),), limits=SMALL))
    done = ingest(place, runner=LocalRunner())
    assert done.rejected == ("plans/b.pdf",)
    by_path = {stored.file.path: stored.store.tables(stored.sha256) for stored in done.stored}
    (why,) = pq.read_table(by_path["plans/b.pdf"]["rejects"])["reject_reason"].to_pylist()
    assert f"1 GB and {HANGS} seconds" in why
    assert [pq.read_table(by_path[f"plans/{name}"]["plan_tasks"]).num_rows for name in ("a.txt", "c.txt")] == [2, 2]
    roomier = Workspace(tmp_path, place.settings.model_copy(update={"limits": Limits(memory_gb=1, seconds=HANGS + 1)}))
    assert "plans/b.pdf" in ingest(roomier, runner=LocalRunner()).read, "what one limit refused is tried again under another"


@pytest.mark.parametrize("name", ["plan.txt", "plan.docx", "plan.pdf"])
def test_what_is_read_apart_is_to_the_byte_what_is_read_here(tmp_path: Path, name: str) -> None:
    data = {
        "plan.txt": PLAN.encode(),
        "plan.docx": word_document(TASK * 3),
        "plan.pdf": page_pdf(
            b"BT /F1 12 Tf 50 700 Td (The work of the year) Tj ET",
            b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>",
        ),
    }[name]
    source, here, apart = tmp_path / name, tmp_path / "here", tmp_path / "apart"
    source.write_bytes(data)
    here.mkdir()
    apart.mkdir()
    digest = sha256(data).hexdigest()
    write_tables(here, digest, read_plan(data, name).as_tables())
    read_plan_tables(source, name, apart, digest)
    assert {path.name: path.read_bytes() for path in apart.iterdir()} == {path.name: path.read_bytes() for path in here.iterdir()}


def spent(pid: int) -> float:
    """Seconds of processor time that a process has had."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def test_a_reading_that_is_ended_from_outside_is_left_for_the_next_run_and_the_one_after_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(HOSTILE["forms.pdf"])
    (tmp_path / "b.txt").write_text(PLAN, "utf-8")

    read_plan_answer(tmp_path / "b.txt")
    process = plan_process._idle[-1]  # others may wait from tests before
    began = spent(process.pid)

    def kill() -> None:
        while spent(process.pid) < began + 0.5:  # it is in the midst of the forms, which take many times as long
            time.sleep(0.01)
        process.kill()

    killer = Thread(target=kill, daemon=True)
    killer.start()
    with pytest.raises(SourceUnavailable, match="next run"):
        read_plan_answer(tmp_path / "a.pdf")
    killer.join()
    assert len(read_plan_answer(tmp_path / "b.txt")["tasks"]) == 2


def test_a_document_that_finds_no_memory_left_by_an_earlier_one_is_read_in_a_fresh_process(tmp_path: Path) -> None:
    for name, data in {"large.txt": PLAN.encode() + b" " * (96 << 20), "small.txt": PLAN.encode()}.items():
        (tmp_path / name).write_bytes(data)
    with limited_by(Limits(memory_gb=0.5)), pytest.raises(UnreadableSource):
        read_plan_answer(tmp_path / "large.txt")
    with limited_by(Limits(memory_gb=0.5)):
        assert len(read_plan_answer(tmp_path / "small.txt")["tasks"]) == 2


def test_a_process_that_is_gone_between_two_documents_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PLAN, "utf-8")
    read_plan_answer(tmp_path / "a.txt")
    process = plan_process._idle[-1]  # others may wait from tests before
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert len(read_plan_answer(tmp_path / "a.txt")["tasks"]) == 2


def test_a_page_that_is_recognised_has_more_time_and_not_for_ever() -> None:
    code = """
import resource, signal
from flows.sources.limited import allow_more_time, limit_next_file
allow_more_time(60)
assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
limit_next_file(1 << 40, 30)
first = resource.getrlimit(resource.RLIMIT_CPU)[0]
allow_more_time(60)
assert resource.getrlimit(resource.RLIMIT_CPU)[0] == first + 60
assert 170 < signal.getitimer(signal.ITIMER_REAL)[0] <= 180
for _ in range(1000):
    allow_more_time(60)
assert 290 < resource.getrlimit(resource.RLIMIT_CPU)[0] <= 302
limit_next_file(1 << 40, 30)
assert resource.getrlimit(resource.RLIMIT_CPU)[0] <= first + 1
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT_ROOT)


def test_a_full_disk_is_no_fault_of_the_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PLAN, "utf-8")
    with pytest.raises(OSError, match="No such file"):
        read_plan_tables(tmp_path / "a.txt", "a.txt", tmp_path / "no such folder", "0")


def test_the_command_that_reads_single_documents_has_the_same_limits(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(HOSTILE["bomb.pdf"])
    (tmp_path / "good.txt").write_text(PLAN, "utf-8")
    done = CliRunner().invoke(app, ["parse", "--json", str(tmp_path / "bad.pdf"), str(tmp_path / "good.txt")])
    assert done.exit_code == 3
    assert "公开决算" in done.stdout
    assert "3 GB and 300 seconds" in done.stderr


OF_A_LARGE_PROCESS = """
import subprocess, sys
large = b"x" * (700 << 20)
print(subprocess.check_output([sys.executable, "-c", "from flows.sources.plan_child import most_memory; print(most_memory())"], text=True))
"""


def test_the_reader_of_a_large_process_counts_its_own_memory_alone() -> None:
    """Else it would end after each document, and each be read in a new process."""
    said = subprocess.run([sys.executable, "-c", OF_A_LARGE_PROCESS], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)
    assert int(said.stdout) < 500 << 20
