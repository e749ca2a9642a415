"""Invented documents that are no plans (nonplans.yaml): kind -> texts."""

from __future__ import annotations

from pathlib import Path

import yaml

NON_PLANS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
