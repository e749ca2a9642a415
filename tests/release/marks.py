"""Marks: texts that only the test knows, by which it finds again what left and what stayed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

LETTERS = "bcdfghjkmnpqrstvwxz"  # no vowels, no digits: no word, number, hash or code looks like this
TOKEN_LENGTH = 11
RARE = "祎翀犇骢沄玥琮瑄璟珺琬玘珩瑭璇玗珹瑀瑗璠昀昉昕晔晗晞暄曦煊炜烨焓熠燚沅泓洹浔淏湉湲溦滢澍濛峤峣崟嵘巍芊芃苡茉荇莜菡萱葳蓁衿祺祯禛禧秾稔穗"
"""Characters of given names; no other text of the test has two of them side by side."""


@dataclass
class Mark:
    """One text to look for, and all that a failure message says about it.

    `leaves` is true where it must be public, false where it must not. `files` are the sources that hold it, with their formats.
    `only_release`: what is said to the operator may name it (a file's name), what is published may not.
    """

    text: str
    leaves: bool
    kind: str
    register: str
    header: str = ""
    word: str = ""
    only_release: bool = False
    files: list[str] = field(default_factory=list)

    def stands_in(self, place: str) -> None:
        """Remember a source that holds it."""
        if place not in self.files:
            self.files.append(place)

    def __str__(self) -> str:
        return f"{self.text} [{self.register}] {self.header!r} = {self.word!r} in {', '.join(self.files) or '?'}"


class Marks:
    """All marks of a workspace, made from one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.all: list[Mark] = []
        self._used: set[str] = set()

    def _unused(self, letters: str, length: int) -> str:
        while (text := "".join(self.rng.choices(letters, k=length))) in self._used:
            pass
        self._used.add(text)
        return text

    def token(self, leaves: bool, kind: str, register: str, header: str = "", word: str = "", only_release: bool = False) -> Mark:
        """A word of eleven consonants that stands in a title, a reason or a task."""
        made = Mark(self._unused(LETTERS, TOKEN_LENGTH), leaves, kind, register, header, word, only_release)
        self.all.append(made)
        return made

    def given_name(self, kind: str, register: str, header: str = "", word: str = "") -> Mark:
        """A given name of two rare characters, which must not leave in any spelling."""
        made = Mark(self._unused(RARE, 2), False, kind, register, header, word)
        self.all.append(made)
        return made

    @property
    def withheld(self) -> list[Mark]:
        return [mark for mark in self.all if not mark.leaves]

    @property
    def public(self) -> list[Mark]:
        return [mark for mark in self.all if mark.leaves]
