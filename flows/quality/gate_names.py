"""The three gates of a check and what they are called. A module of its own: whoever only shows results needs no rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from exports.messages import N_

Gate = Literal["raw", "core", "release"]
GATES: tuple[Gate, ...] = get_args(Gate)
GATE_TITLES: Mapping[str, str] = {"raw": N_("raw gate"), "core": N_("core gate"), "release": N_("release gate")}  # messages
