"""What stands in a cell without what nobody sees: control and format characters, and look-alikes that copying from PDF leaves.

Kangxi radicals (U+2F00 to U+2FD5), their supplement and compatibility ideographs look like the characters they stand for and are others;
Unicode gives their equals (Unicode Standard Annex 15, NFKC). Full-width marks stay: they are what Chinese text is set with.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# Unicode gives no equal for most of the radicals' supplement (U+2E80 to U+2EF3); these are its simplified ones, which PDF copies have.
SUPPLEMENT = {
    "⺁": "厂", "⺇": "几", "⺌": "小", "⺎": "兀", "⺏": "尣", "⺐": "尢", "⺒": "巳", "⺓": "幺", "⺛": "旡", "⺝": "月", "⺟": "母", "⺠": "民",
    "⺢": "氺", "⺫": "罒", "⺬": "示", "⺯": "糹", "⻁": "虎", "⻄": "西", "⻅": "见", "⻆": "角", "⻉": "贝", "⻋": "车", "⻓": "长", "⻔": "门",
    "⻘": "青", "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤",
    "⻨": "麦", "⻩": "黄", "⻬": "齐", "⻮": "齿", "⻰": "龙", "⻳": "龟",
}  # fmt: skip
UNSEEN = (
    "\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffc\U000e0100-\U000e01ef"
)
CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
ALIKE = "\u2e80-\u2fd5\uf900-\ufaff\U0002f800-\U0002fa1f"
_UNSEEN = re.compile(f"[{UNSEEN}{CONTROL}]")
_FORMAT = re.compile(f"[{UNSEEN}]")
_SUSPECT = re.compile(f"[{UNSEEN}{CONTROL}{ALIKE}]")


@cache
def look_alikes() -> dict[int, str]:
    """Each look-alike character and the one it stands for, one for one."""
    codes = [*range(0x2E80, 0x2FD6), *range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20)]
    found = {code: unicodedata.normalize("NFKC", chr(code)) for code in codes if unicodedata.name(chr(code), "")}
    return {code: equal for code, equal in found.items() if len(equal) == 1 and equal != chr(code)} | {
        ord(a): b for a, b in SUPPLEMENT.items()
    }


def clean(text: str) -> str:
    """The text without unseen characters, look-alikes as what they stand for."""
    return _UNSEEN.sub("", text).translate(look_alikes()) if _SUSPECT.search(text) else text


def legible(text: str) -> str:
    """The text without format characters, look-alikes as what they stand for; control characters stay, for some part lines and pages."""
    return _FORMAT.sub("", text).translate(look_alikes()) if _SUSPECT.search(text) else text


def clean_sql(value: str) -> str:
    """SQL: `clean`."""
    alike = look_alikes()
    signs, equals = "".join(map(chr, alike)), "".join(alike.values())
    unseen = f"[{_UNSEEN_SQL}{_CONTROL_SQL}]"
    return f"translate(regexp_replace({value}, '{unseen}', '', 'g'), '{signs}', '{equals}')"


_UNSEEN_SQL = (
    r"\x{00ad}\x{061c}\x{115f}\x{1160}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}"
    r"\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}\x{fff9}-\x{fffc}\x{e0100}-\x{e01ef}"
)
_CONTROL_SQL = "\\x{00}-\\x{08}\\x0b\\x0c\\x{0e}-\\x{1f}\\x{7f}-\\x{9f}"
_ALIKE_SQL = r"\x{2e80}-\x{2fd5}\x{f900}-\x{faff}\x{2f800}-\x{2fa1f}"
NEEDS_CARE = rf"^$|^[\s\p{{Z}}]|[\s\p{{Z}}]$|[{_UNSEEN_SQL}{_CONTROL_SQL}{_ALIKE_SQL}]"
