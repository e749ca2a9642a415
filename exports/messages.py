"""What the program says to people, in Chinese and in English.

A message is written in English where it is said, `_("a file of {size} MB", size=12)`; its Chinese stands in the catalogue
`exports/locale/zh_CN/LC_MESSAGES/messages.po`, in the format of GNU gettext, with the English as its id (CONTRIBUTING.md: say something to people).
A message without its Chinese is said in English alone, and fails a test.

Messages keep their languages apart until they are printed: they are put together by `_`, `arranged`, `joined` and `+`, never by an f-string.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

CATALOGUE = Path(__file__).resolve().parent / "locale" / "zh_CN" / "LC_MESSAGES" / "messages.po"
SIGNS = {"：": ": ", "，": ", ", "；": "; ", "、": ", ", "。": ". ", "（": " (", "）": ")", "「": "“", "」": "”"}
"""Chinese punctuation, and what stands for it in English."""
_TEXT = r'"(?:[^"\\\n]|\\.)*"\s*'
_ENTRY = re.compile(rf"^msgid ((?:{_TEXT})+)^msgstr ((?:{_TEXT})+)", re.MULTILINE)

_STORED = tuple(
    re.compile(form, re.DOTALL)
    for form in (
        r"(?P<zh>发现.*；应为.*?) (?P<en>found .*; expected .*)",  # as `reason` makes it
        r"(?P<zh>.*[\u4e00-\u9fff].*) \((?P<en>[^\u4e00-\u9fff]*[A-Za-z]{2}[^\u4e00-\u9fff]*)\)",  # English in brackets: a rule, a finding
        r"(?P<head>.*?)(?P<zh>第 [^A-Za-z]+) (?P<en>(?:record|row|line|page) .*)",  # a place behind a file
        r"(?P<zh>.*[\u4e00-\u9fff][^A-Za-z\u4e00-\u9fff]*) (?P<en>[A-Za-z]+(?:[ ,:'-]+[A-Za-z]+){2}[^\u4e00-\u9fff]*)",  # three English words or more
    )
)
"""How texts in both languages stand in files and in the warehouse."""


class Message(str):
    """A text for people. `zh` and `en` are each language alone; the text itself is both, Chinese first, with what needs no language said once
    where it was put in by `arranged` or `+`.
    """

    __slots__ = ("en", "zh")
    zh: str
    en: str

    def __new__(cls, zh: str, en: str, both: str | None = None) -> Self:
        made = super().__new__(cls, both if both is not None else zh if zh == en else f"{zh} {en}")
        made.zh, made.en = zh, en
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str]]:  # errors of workers come by pickle
        return type(self), (self.zh, self.en, str(self))

    def __add__(self, other: str) -> Message:
        return arranged("{before}{after}", before=self, after=other)

    def __radd__(self, other: str) -> Message:
        return arranged("{before}{after}", before=other, after=self)

    def each(self, change: Callable[[str], str]) -> Message:
        """The message with each of its languages changed."""
        return Message(change(self.zh), change(self.en), change(str(self)))


class Language(StrEnum):
    """In what messages are shown: `both` is Chinese with English behind it."""

    zh = "zh"
    en = "en"
    both = "both"


_shown = [Language.both]  # of the whole process: all its threads and consoles say the same


def choose_language(language: Language) -> None:
    """From now on `spoken` gives messages in this language. Files, logs and JSON are not concerned."""
    _shown[0] = language


def chosen_language() -> Language:
    return _shown[0]


def spoken(text: str) -> str:
    """A text as it is shown to a person: of a message the language that was chosen."""
    if not isinstance(text, Message) or _shown[0] is Language.both:
        return str(text)
    return text.zh if _shown[0] is Language.zh else text.en


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


def arranged(form: str, /, **values: Any) -> Message:
    """The values put where `form` names them, a format string of signs without words; in English with English punctuation."""
    return Message(
        form.format(**{name: in_chinese(value) for name, value in values.items()}),
        _english_signs(form).format(**{name: in_english(value) for name, value in values.items()}),
        form.format(**values),
    )


def joined(sign: str, values: Iterable[Any]) -> Message:
    """The values one after the other with a sign between, which is an English one in English."""
    values = list(values)
    return Message(
        sign.join(str(in_chinese(value)) for value in values),
        _english_signs(sign).join(str(in_english(value)) for value in values),
        sign.join(map(str, values)),
    )


@lru_cache(maxsize=256)
def _english_signs(form: str) -> str:
    return re.sub("[" + "".join(SIGNS) + "]", lambda sign: SIGNS[sign[0]], form)


def finding(place: str, found: str, expected: str, remedy: str) -> Message:
    """One sentence a clerk can act on, in each language: where, what was found, what was expected, what to do."""
    why = reason(found, expected, remedy)
    return Message(f"{in_chinese(place)}：{why.zh}", f"{in_english(place)}: {why.en}")


def reason(found: str, expected: str, remedy: str) -> Message:
    """What was found, what was expected and what to do, in each language."""
    zh, en = ([form(part) for part in (found, expected, remedy)] for form in (in_chinese, in_english))
    return Message(f"发现{_after(zh[0])}；应为{_after(zh[1])}。{zh[2]}", f"found {en[0]}; expected {en[1]}. {en[2]}")


def words_of(error: BaseException) -> str:
    """What an error says, as a message where it was made with one."""
    return error.args[0] if error.args and isinstance(error.args[0], Message) else str(error)


def as_message(text: str) -> str:
    """The text; one that was stored in both languages (a rejection, a rule, a reason in a manifest) as a message again."""
    if isinstance(text, Message) or not (found := next(filter(None, (form.fullmatch(text) for form in _STORED)), None)):
        return text
    parts = {"head": ""} | found.groupdict()
    return Message(parts["head"] + parts["zh"], parts["head"] + parts["en"], text)


def _after(words: str) -> str:
    """Words behind a Chinese one: parted by a blank where they begin with a letter or digit of another script."""
    return f" {words}" if words[:1].isascii() else words


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    """The Chinese of each English text. Read when the first message is said, and by this instead of a library: each command says some, and
    to load Babel and read with it takes 80 ms.
    """
    entries = _ENTRY.findall(CATALOGUE.read_text("utf-8"))
    return {english: chinese for english, chinese in (map(_unquoted, entry) for entry in entries) if english and chinese}


def _unquoted(lines: str) -> str:
    """The text of quoted lines; their escapes are JSON's."""
    return str(json.loads(re.sub(r'"\s*\n"', "", lines.strip())))
