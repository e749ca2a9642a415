"""The option `--lang`: in which language commands speak. It may stand before or behind the command, and help follows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from exports.messages import Language, Message, choose_language, spoken

OPTION = "--lang"
HELP = re.compile(r"(.*?。)\s*(?=[A-Za-z(\"“`])(.*)", re.DOTALL)
"""A help text in both languages: Chinese up to the 。 that English follows. Typer takes plain texts only, when a command's module is imported."""
_asked = [False]  # whether the command names the language itself


class SpeakingGroup(TyperGroup):
    """The command with all others below it: takes `--lang` at any place, and has their help in that language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, language_first(args))


def language_first(args: list[str]) -> list[str]:
    """The arguments with `--lang LANGUAGE` or `--lang=LANGUAGE` in front, wherever before `--` it stood."""
    end = args.index("--") if "--" in args else len(args)
    moved, rest, words = list[str](), list[str](), iter(args[:end])
    for word in words:
        if word == OPTION:
            moved += [word, *([value] if (value := next(words, None)) is not None else [])]
        elif word.startswith(f"{OPTION}="):
            moved.append(word)
        else:
            rest.append(word)
    return [*moved, *rest, *args[end:]]


def speak(ctx: typer.Context, language: Language | None) -> Language | None:
    """Callback of the option: choose the language for what is shown from now on, help included."""
    _asked[0] = language is not None
    choose_language(language or Language.both)
    for command in (ctx.command, *_commands(ctx.command)):
        command.help = _help(command.help)
        for parameter in command.params:
            parameter.help = _help(getattr(parameter, "help", None))
    return language


def speak_as_set(language: Language | None) -> None:
    """Choose the language that a workspace's settings name, where the command names none."""
    if language and not _asked[0]:
        choose_language(language)


def _commands(group: Any) -> Iterator[Any]:
    for command in getattr(group, "commands", {}).values():
        yield command
        yield from _commands(command)


def _help(text: str | None) -> str | None:
    found = HELP.fullmatch(text or "")
    return spoken(Message(found[1], found[2], text)) if found else text
