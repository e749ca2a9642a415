"""People read the words that officials use: docs/glossary.md lists those that are not used, with the usual word for each."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from exports.catalog import PROJECT_ROOT

ROW = re.compile(r"^\| (?P<unused>[^|]*) \| (?P<used>[^|]*) \|$", re.MULTILINE)
TEXTS = (".py", ".md", ".yaml", ".sql", ".j2", ".csv", ".html", ".js")
OF_OTHERS = ("sql/reference/person_names/", "flows/sources/plans/", "tests/")  # words as others write them, and inputs made like theirs
GLOSSARY = "docs/glossary.md"


def unused_words() -> dict[str, str]:
    """Each word that is not used, with the one that is."""
    section = (PROJECT_ROOT / GLOSSARY).read_text("utf-8").partition("## Words that are not used")[2]
    rows = [match.group("unused", "used") for match in ROW.finditer(section)]
    return dict(rows[1:])  # the head of the table


def texts() -> Iterator[tuple[str, int, str]]:
    """Each line of the project's own texts with its file and number, but for lists of headers that others write."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for path in listed:
        if path.endswith(TEXTS) and not path.startswith(OF_OTHERS) and path != GLOSSARY:
            for number, line in enumerate((PROJECT_ROOT / path).read_text("utf-8").splitlines(), start=1):
                if "headers:" not in line and not re.match(r"\| `\w+` \|", line):  # descriptors, and the pages of registers made of them
                    yield path, number, line


@pytest.mark.skipif(not (PROJECT_ROOT / ".git").exists(), reason="not a checkout: which files are the project's own is git's to say")
def test_people_read_the_usual_words() -> None:
    words = unused_words()
    assert len(words) > 15
    pattern = re.compile("|".join(f"{word}(?!于)" for word in words))  # 发布关于 has nothing to do with 发布关
    found = [f"{path}:{number}: {match[0]}, write {words[match[0]]}" for path, number, line in texts() if (match := pattern.search(line))]
    assert not found, "\n".join(found)
