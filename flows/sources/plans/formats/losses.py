"""What of a document was not read, said so that a person can find it and knows what to do; and where a document holds it.

A loss never ends the reading: the rest of the document stands, and the document is marked incomplete.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from exports.messages import Message, _, in_chinese, in_english

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
    def place(self) -> Message:
        """Page and box in words, "" for formats without pages."""
        page = _("page {page}", page=self.page) if self.page else Message("", "")
        box = " [{:.0f}, {:.0f}, {:.0f}, {:.0f}]".format(*self.box) if self.box else ""
        return Message(page.zh + box, page.en + box)

    @property
    def found(self) -> Message:
        """What was not read, in each language."""
        words: Any = WORDS[self.kind]
        detail = (f"：{in_chinese(self.detail)}", f": {in_english(self.detail)}") if self.detail else ("", "")
        return Message(words["zh"] + detail[0], words["en"] + detail[1])

    @property
    def remedy(self) -> Message:
        """What a person can do, in each language."""
        words: Any = WORDS[self.kind]
        return Message(words["do_zh"], words["do_en"])

    @property
    def words(self) -> Message:
        """Place, loss and remedy, in each language."""
        place, found, remedy = self.place, self.found, self.remedy
        return Message(f"{place.zh} {found.zh}；{remedy.zh}".lstrip(), f"{place.en} {found.en}; {remedy.en}".lstrip())

    def __str__(self) -> str:
        return self.words


def with_losses(found: Message, losses: Iterable[Message]) -> Message:
    """What was found instead of a document, and after it the words of what was not read of it."""
    said = [found, *losses]
    return Message("；".join(each.zh for each in said), "; ".join(each.en for each in said))
