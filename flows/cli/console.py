"""The consoles to which commands print: messages in the language that was chosen, and whatever a cell, a title or a name of a file holds, only
rich itself steers the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.segment import Segment
from rich.text import Text

from exports.messages import spoken
from flows.workspace.printable import printable


class SpeakingConsole(Console):
    """A console that says messages in the language that was chosen, wherever they stand: in a line, a table's cell, head or title."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(spoken(text), **options)


class _Printable:
    """A thing to print, its texts with visible signs in place of control characters."""

    def __init__(self, inner: ConsoleRenderable) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from self._segments(console, options)

    def _segments(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self._inner, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


class _Signs(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Printable(each) for each in renderables]


def safe_console(*, stderr: bool = False) -> SpeakingConsole:
    """A console that shows control characters of what it prints as signs."""
    made = SpeakingConsole(stderr=stderr)
    made.push_render_hook(_Signs())
    return made
