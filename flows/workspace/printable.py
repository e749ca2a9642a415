"""Text that may go to a terminal or a log: characters that would steer it, or turn the reading order around, as signs that can be seen.

Names of files, sheets and columns are whatever their makers wrote; ESC in one would recolour, retitle or answer for the operator's terminal.
"""

from __future__ import annotations

_KEPT = "\t\n"
_SIGNS = (
    {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in _KEPT}  # ␛ for ESC: Unicode's pictures of control characters
    | {0x7F: "\u2421"}
    | dict.fromkeys([*range(0x80, 0xA0), 0x2028, 0x2029, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "\ufffd")
)


def printable(words: str) -> str:
    """The words with each control character, and each that changes the direction of writing, as one visible sign; line ends and tabs stay."""
    return words if words.isprintable() else words.translate(_SIGNS)


def is_steering(char: str) -> bool:
    """Whether a character steers a terminal rather than being shown by it; a line end in a name does, too."""
    return ord(char) in _SIGNS or char in _KEPT
