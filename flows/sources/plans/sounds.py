"""The sounds that some sites print behind signs which their fonts lack: 政發(fā)〔2020〕5號. They stay in what is quoted, as printed."""

from __future__ import annotations

import re

_LETTERS = r"\([a-z\u00e0-\u01dc\u0300-\u030c]{1,8}\)"
SOUND = rf"(?:{_LETTERS})?"
"""What may stand behind each sign of a word."""
SOUNDS = re.compile(_LETTERS)
SOUND_BEFORE = re.compile(rf"{_LETTERS}$")
