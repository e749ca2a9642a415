"""Whether a text is Chinese: by how many of its characters are those that Chinese texts consist of.

Common characters are the first levels of GB 2312 (bytes B0A1 to D7F9) and of Big5 (A440 to C67E), in which both standards put what is
used.
"""

from __future__ import annotations

from functools import cache

LIKELY = 0.55  # share of common characters from which a text is taken to be Chinese


@cache
def _common(encoding: str) -> frozenset[str]:
    """Characters that Chinese texts consist of, by the standard's own order; those of both where it is not told which."""
    if encoding == "any":
        return _common("gb18030") | _common("big5hkscs")
    leads = range(0xB0, 0xD8) if encoding == "gb18030" else range(0xA4, 0xC7)
    trails = range(0xA1, 0xFF) if encoding == "gb18030" else [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    found = {bytes((lead, trail)).decode(encoding, "ignore") for lead in leads for trail in trails}
    marks = {chr(code) for code in (*range(0x3000, 0x3018), *range(0xFF01, 0xFF5F), 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0xB7)}
    return frozenset({char for char in found if len(char) == 1} | marks)


def likeness(text: str, encoding: str) -> float:
    """The share of common characters among those that are not ASCII, 1 where all are ASCII."""
    others = [char for char in text if char > "\x7f"]
    common = _common(encoding)
    return sum(char in common for char in others) / len(others) if others else 1.0
