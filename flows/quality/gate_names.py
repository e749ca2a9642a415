"""The three gates of a check and what they are called. A module of its own: whoever only shows results needs no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Gate = Literal["raw", "core", "release"]
GATES: tuple[Gate, ...] = get_args(Gate)
GATE_TITLES: Mapping[str, str] = {"raw": "入库校验 raw", "core": "业务校验 core", "release": "发布校验 release"}
