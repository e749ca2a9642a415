"""Old Word files through the converters of this machine, each in earnest where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from flows.sources.plans.text import read_text
from flows.workspace.errors import UnreadableSource
from tests.sources.plans.text_makers import PLAN, as_docx

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice, which also writes the old files for this test, is not installed")
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.fixture(scope="module")
def old_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("old")
    (folder / "plan.docx").write_bytes(as_docx(PLAN))
    for suffix in ("doc", "rtf"):
        command = [
            OFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            suffix,
            "--outdir",
            folder,
        ]
        subprocess.run([*command, folder / "plan.docx"], check=True, capture_output=True, timeout=120)
    return {suffix: (folder / f"plan.{suffix}").read_bytes() for suffix in ("doc", "rtf")}


@needs_office
@pytest.mark.parametrize("suffix", ["doc", "rtf"])
def test_an_old_word_file_reads_like_the_new_one(old_files: dict[str, bytes], suffix: str) -> None:
    source = read_text(old_files[suffix], f"plan.{suffix}")
    assert [line.text for line in source.lines] == PLAN.lines()
    assert source.format == "doc"


@needs_office
@pytest.mark.parametrize("program", ["antiword", "catdoc"])
def test_a_small_converter_gives_the_text_where_there_is_no_other(
    old_files: dict[str, bytes], program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    (tmp_path / program).symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    text = "".join(line.text.replace("\t", "") for line in read_text(old_files["doc"], "plan.doc").lines)
    for words in (PLAN.title, *PLAN.paragraphs, *PLAN.table[1], *PLAN.closing):
        assert words in text


@needs_office
def test_antiword_keeps_the_rows_of_tables(old_files: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = shutil.which("antiword")
    if found is None:
        pytest.skip("antiword is not installed")
    (tmp_path / "antiword").symlink_to(found)
    monkeypatch.setenv("PATH", str(tmp_path))
    lines = read_text(old_files["doc"], "plan.doc").lines
    assert [line.text for line in lines if line.kind == "table"][:2] == [" | ".join(row) for row in PLAN.table[:2]]


def test_without_a_converter_the_refusal_names_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreadableSource) as caught:
        read_text(OLD_WORD + bytes(4096) + "WordDocument".encode("utf-16-le"), "plan.doc")
    assert all(program in caught.value.remedy for program in ("LibreOffice", "antiword", "catdoc"))


def test_a_damaged_old_file_is_refused() -> None:
    with pytest.raises(UnreadableSource):
        read_text(OLD_WORD + b"\x00\xff" * 5000, "plan.doc")
