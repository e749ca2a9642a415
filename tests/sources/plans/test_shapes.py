"""One invented plan through some 260 shapes of files, made with the libraries that write such files in earnest: right, or refused and said.

Right: all tasks with number, title, units and deadline. Said: a refusal, or some tasks and a loss that says what was not read. Wrong: a task
that is not the plan's. Silent: tasks missing, and nothing said. The table is printed (`pytest -s`, or on failure).
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.sources.plans import shape_docx, shape_html, shape_office, shape_pdf
from tests.sources.plans.shape_plan import verdict

SHAPES = {
    "Word": shape_docx.shapes,
    "web pages and text": shape_html.shapes,
    "PDF and pictures": shape_pdf.shapes,
    "LibreOffice and OFD": shape_office.shapes,
}
LEAST = {"Word": 45, "web pages and text": 70, "PDF and pictures": 95, "LibreOffice and OFD": 40}


@pytest.mark.parametrize("kind", SHAPES)
def test_every_shape_is_right_or_said(kind: str) -> None:
    if kind.startswith("LibreOffice") and shape_office.OFFICE is None:
        pytest.skip("LibreOffice, which writes these shapes, is not installed")
    found = [(shape.name, *verdict(shape)) for shape in SHAPES[kind]()]
    table = "\n".join(f"{outcome:7}{name:50}{note}" for name, outcome, note in found)
    counts = Counter(outcome for _, outcome, _ in found)
    print(f"{table}\n{kind}: {dict(counts)}")
    assert len(found) >= LEAST[kind]
    assert not counts["wrong"] + counts["silent"], f"{dict(counts)}\n" + "\n".join(
        f"{outcome} {name}: {note}" for name, outcome, note in found if outcome in {"wrong", "silent"}
    )
