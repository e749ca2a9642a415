"""The three gates of a check and what they are called. A module of its own: whoever only shows results needs no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Gate = Literal["raw", "core", "release"]
GATES: tuple[Gate, ...] = get_args(Gate)
GATE_TITLES: Mapping[str, str] = {"raw": "来源关 raw", "core": "含义关 core", "release": "发布关 release"}
