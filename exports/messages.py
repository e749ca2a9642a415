"""What the program says to people, in Chinese and in English.

A message is written in English where it is said, `_("a file of {size} MB", size=12)`; its Chinese stands in the catalogue
`exports/locale/zh_CN/LC_MESSAGES/messages.po`, in the format of GNU gettext, with the English as its id (CONTRIBUTING.md: say something to people).
A message without its Chinese is said in English alone, and fails a test.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Self

CATALOGUE = Path(__file__).resolve().parent / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"


class Message(str):
    """A text for people. Where one text is wanted it is both languages, Chinese first; `zh` and `en` are each alone."""

    __slots__ = ("en", "zh")
    zh: str
    en: str

    def __new__(cls, zh: str, en: str) -> Self:
        made = super().__new__(cls, zh if zh == en else f"{zh} {en}")
        made.zh, made.en = zh, en
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:  # errors of workers come by pickle
        return type(self), (self.zh, self.en)


def _(english: str, /, **values: Any) -> Message:
    """The message of this English text, its places filled with `values`; those that are messages themselves, with their words of each language.

    `english` is a format string of `str.format` and the message's id in the catalogue: a literal, so that it can be found there.
    """
    chinese = _catalogue().get(english, english)
    return Message(
        chinese.format(**{name: in_chinese(value) for name, value in values.items()}),
        english.format(**{name: in_english(value) for name, value in values.items()}),
    )


def N_(english: str) -> str:  # noqa: N802 - gettext's name
    """The text as it is, marked for the catalogue: for tables of texts that `_` is given later, so that importing them reads no catalogue."""
    return english


def in_chinese(value: Any) -> Any:
    """The Chinese of a message; any other value as it is."""
    return value.zh if isinstance(value, Message) else value


def in_english(value: Any) -> Any:
    """The English of a message; any other value as it is."""
    return value.en if isinstance(value, Message) else value


def listed(values: Any) -> Message:
    """The values one after the other, parted as each language parts them: by 、 and by a comma."""
    values = list(values)
    return Message("、".join(str(in_chinese(value)) for value in values), ", ".join(str(in_english(value)) for value in values))


def finding(place: str, found: str, expected: str, remedy: str) -> Message:
    """One sentence a clerk can act on, in each language: where, what was found, what was expected, what to do."""
    why = reason(found, expected, remedy)
    return Message(f"{in_chinese(place)}：{why.zh}", f"{in_english(place)}: {why.en}")


def reason(found: str, expected: str, remedy: str) -> Message:
    """What was found, what was expected and what to do, in each language."""
    zh, en = ([form(part) for part in (found, expected, remedy)] for form in (in_chinese, in_english))
    return Message(f"发现{_after(zh[0])}；应为{_after(zh[1])}。{zh[2]}", f"found {en[0]}; expected {en[1]}. {en[2]}")


def _after(words: str) -> str:
    """Words behind a Chinese one: parted by a blank where they begin with a letter or digit of another script."""
    return f" {words}" if words[:1].isascii() else words


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    """The Chinese of each English text. Read when the first message is said: most runs have nothing to complain of."""
    from babel.messages.pofile import read_po

    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="zh_CN") if message.id and message.string}
