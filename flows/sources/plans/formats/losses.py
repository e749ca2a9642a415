"""What of a document was not read, said so that a person can find it and knows what to do; and where a document holds it.

A loss never ends the reading: the rest of the document stands, and the document is marked incomplete.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

WORDS: dict[str, dict[str, str]] = yaml.safe_load(Path(__file__).with_name("losses.yaml").read_text(encoding="utf-8"))
"""For each kind of loss what was found and what to do, in Chinese and English, with an example of where it comes from."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page as it is shown."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One part of a document that was not read. `page` counts from 1; `box` and `page` are None where the format has none.

    `detail` names the part (the address of a frame, the name of an archive's part); it holds no text of the document.
    """

    kind: str
    page: int | None = None
    box: Box | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        if self.kind not in WORDS:
            raise ValueError(self.kind)

    @property
    def place(self) -> str:
        """Page and box in words, "" for formats without pages."""
        page = f"第{self.page}页 page {self.page}" if self.page else ""
        box = " [{:.0f}, {:.0f}, {:.0f}, {:.0f}]".format(*self.box) if self.box else ""
        return page + box

    @property
    def found(self) -> str:
        """What was not read, in Chinese and then in English."""
        words: Any = WORDS[self.kind]
        detail = f"：{self.detail}" if self.detail else ""
        return f"{words['zh']}{detail} ({words['en']})"

    @property
    def remedy(self) -> str:
        """What a person can do, in Chinese and then in English."""
        words: Any = WORDS[self.kind]
        return f"{words['do_zh']} ({words['do_en']})"

    def __str__(self) -> str:
        return f"{self.place + ' ' if self.place else ''}{self.found}. {self.remedy}"
