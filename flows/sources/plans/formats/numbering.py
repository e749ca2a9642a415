"""Numbers as Word and browsers print them before the items of a list."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_MOST = 9999


def count(number: int, style: str) -> str:
    """`number` in a counting style named as in Word (ECMA-376 17.18.59, ST_NumberFormat); decimal for a style it does not know.

    >>> count(12, "chineseCounting"), count(3, "decimalEnclosedCircle"), count(2, "upperLetter")
    ('十二', '③', 'B')
    """
    if style in {"none", "bullet"}:
        return ""
    if not 0 < number <= _MOST:
        return str(number)
    return _STYLES.get(style, str)(number)


def chinese(number: int) -> str:
    """11 → 十一, 105 → 一百零五."""
    text = _by_places(number, _DIGITS, "十百千", "零")
    return text.removeprefix("一") if text.startswith("一十") else text


def _formal(number: int) -> str:
    return _by_places(number, _FORMAL, "拾佰仟", "零")


def _by_places(number: int, digits: str, places: str, gap: str) -> str:
    text = ""
    for power, digit in enumerate(map(int, reversed(str(number)))):
        if digit:
            text = digits[digit] + (places[power - 1] if power else "") + text
        elif text and not text.startswith(gap):
            text = gap + text
    return text


def _digit_by_digit(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _letters(number: int) -> str:
    """As Word repeats them: a … z, aa, bb."""
    return chr(ord("a") + (number - 1) % 26) * min(1 + (number - 1) // 26, 20)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _from(first: str, most: int) -> Callable[[int], str]:
    """Styles that have one character for each number, up to `most`."""
    return lambda number: chr(ord(first) + number - 1) if number <= most else str(number)


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if number <= 20 else chr(ord("㉑") + number - 21) if number <= 35 else str(number)  # noqa: PLR2004 - Unicode's two ranges


_STYLES: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: str(number).translate({ord("0") + digit: ord("０") + digit for digit in range(10)}),
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": _from("⑴", 20),
    "decimalEnclosedFullstop": _from("⒈", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": _digit_by_digit,
    "japaneseDigitalTenThousand": _digit_by_digit,
    "taiwaneseDigital": _digit_by_digit,
    "chineseLegalSimplified": _formal,
    "ideographLegalTraditional": _formal,
    "ideographTraditional": lambda number: _STEMS[(number - 1) % 10],
    "ideographZodiac": lambda number: _BRANCHES[(number - 1) % 12],
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
}
