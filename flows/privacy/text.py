"""The characters in which people write identifiers: digits of every script, blanks, hyphens and dots, as classes and SQL macros.

`plain` gives a text as a person reads it, in ASCII where that is possible; `arabic` and `unescaped` give further readings of it.
The classes are spelled with the characters themselves: RE2 and Python's `re` read them alike.

Sources: Unicode's property Numeric_Type=Digit and its compatibility mappings (UAX #15, UAX #44), RFC 3986 (percent-escapes),
《票据法》《支付结算办法》 annex 1 (financial numerals).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from exports.sql_text import literal

CHINESE_DIGITS = "零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸弌弍弎幺"
CHINESE_VALUES = "00123456789123456789236" + "1231"


def _inside(signs: Iterable[int]) -> str:
    """The inside of a character class for these code points."""
    ranges: list[list[int]] = []
    for code in sorted(set(signs)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(chr(first) if first == last else f"{chr(first)}-{chr(last)}" for first, last in ranges)


# Invisible characters over or between others: joiners, directions, variation selectors, enclosing marks, fillers.
_UNSEEN = (
    *(0xAD, 0x61C, 0x115F, 0x1160, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x180F),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0x300, 0x370),
    *range(0x20DD, 0x20E5),
)
INVISIBLE = _inside(_UNSEEN)
_BLANKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_HYPHENS = "－—–‐‑‒―−﹘﹣⁃ー─━~～〜"
_DOTS = "．｡․"
_MIDDLE_DOTS = "•‧・･∙⋅●"
_SLASHES = "／⁄∕"
# Letters of other scripts that look like Latin ones, and characters used for the check character X.
_ALIKE = dict(zip("АВЕКМНОРСТУХавекмнорстухΑΒΕΗΚΜΝΟΡΤΧχⅩⅹ×✕✖╳", "ABEKMHOPCTYXABEKMHOPCTYXABEHKMNOPTXXXXXXXX", strict=True))
_ASCII = {chr(code): chr(code - 0xFEE0).upper() for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；～－"}
_DIGITS = {
    character: str(unicodedata.digit(character))
    for character in map(chr, (*range(0x80, 0x10000), *range(0x1D7CE, 0x1D800)))
    if character.isdigit()
}
PLAIN = (
    _ASCII
    | _DIGITS
    | _ALIKE
    | dict.fromkeys(_BLANKS, " ")
    | dict.fromkeys(_HYPHENS, "-")
    | dict.fromkeys(_DOTS, ".")
    | dict.fromkeys(_MIDDLE_DOTS, "·")
    | dict.fromkeys(_SLASHES, "/")
)
# What most Chinese texts hold; the long table of rare characters is used only for a text that has one of them.
_COMMON = dict.fromkeys("（）：　—·") | {chr(code): None for code in range(0xFF10, 0xFF1A)}
_common = "".join(sign for sign in _COMMON if sign in PLAIN)
_rare = "".join(sign for sign in PLAIN if sign not in _COMMON)

HAN = "[一-鿿]"
BETWEEN = r"[^0-9A-Z一-鿿]"  # what may be between the digits of one number, in a plain text: no letter, digit or Chinese character
# The same for a first look at original texts, as insides of classes: in few wide ranges, because a pattern that repeats a class
# of many small ones takes longer to compile than a small table takes to search.
COMMON_DIGITS = "0-9０-９①-⓿٠-٩۰-۹"
RARE_DIGITS = _inside(ord(sign) for sign in _DIGITS if not re.match(f"[{COMMON_DIGITS}]", sign))
BLANK = " \t-\r\x1c-\x1f\x85\xa0\u2000-\u206f\u3000\u180b-\u180e\ufe00-\ufe0f\ufeff"
HYPHEN = "－─━−～~﹘﹣\\-"  # the others are among the blanks: U+2010 to U+2015
_SIGNS = r" -,./:-@\[-`{-~" + "".join(
    f"{first}-{last}"
    for first, last in (
        "\x80\u036f",
        "\u2000\u206f",
        "\u2200\u22ff",
        "\u2500\u25ff",
        "\u3001\u3006",
        "\u3008\u301f",
        "！，",
        "．／",
        "：＠",
        "［｀",
        "｛･",
    )
)
NOT_HYPHEN = f"\t-\r{_SIGNS}⃝-⃤・︀-️\ufeff\u061c\u115f\u1160\u180b-\u180e\u3164\uffa0"
PARTING = NOT_HYPHEN + HYPHEN


MACROS = f"""
    create or replace temp macro plain(written) as upper(case
        when regexp_matches(written, {literal(f"[{_inside(map(ord, _rare))}{INVISIBLE}]")})
        then translate(regexp_replace(written, {literal(f"[{INVISIBLE}]")}, '', 'g'), {literal("".join(PLAIN))}, {literal("".join(PLAIN.values()))})
        else translate(written, {literal(_common)}, {literal("".join(PLAIN[sign] for sign in _common))})
    end);

    -- a plain text with Chinese numerals as digits
    create or replace temp macro arabic(plain_text) as translate(plain_text, '{CHINESE_DIGITS}', '{CHINESE_VALUES}');

    -- a plain text with its percent-escapes decoded, twice over; those that are no UTF-8 are left out
    create or replace temp macro unescaped_once(words) as coalesce(
        try(url_decode(words)),
        try(url_decode(regexp_replace(words, '%(?:[89A-F][0-9A-F]|[^0-9A-F]|[0-9A-F][^0-9A-F]|[0-9A-F]?$)', ' ', 'g'))),
        words);
    create or replace temp macro unescaped(words) as plain(unescaped_once(unescaped_once(words)));
"""
