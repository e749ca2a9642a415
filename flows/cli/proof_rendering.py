"""What `gongkai prove` prints of a row that was computed anew: facts for programs, sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flows.prove import Proof


def facts_of(proof: Proof) -> dict[str, Any]:
    """The proof as JSON: the way to the root, and what came of computing the row again."""
    recomputed = {
        "is_equal": proof.is_equal,
        "is_same_code": proof.is_same_code,
        "differences": [asdict(one) for one in proof.differences],
        "sources": [{"path": path, "sha256": sha256} for path, sha256 in proof.sources],
        "taken_as_read": [*proof.taken_as_read],
    }
    return proof.path | {"recomputed": recomputed}


def lines_of(proof: Proof) -> Iterator[str]:
    """A sentence for each fault and each column that differs, then what else a reader must know."""
    yield from proof.faults
    for one in proof.differences:
        yield f"{one.column}: 发布 released {_shown(one.released)}；重算 computed {_shown(one.recomputed)}"
    if proof.differences and not proof.is_same_code:
        yield "发布之后代码、设置、人工决定或来源清单有变 Code, settings, decisions or sources are not those of the release: the row may differ for that"
    if proof.taken_as_read:
        count = len(proof.taken_as_read)
        yield f"{count} 份计划或撤下清单的旧版已不在，沿用当时的读取结果 former plans and lists of withdrawals, whose bytes are gone, were taken as they were read"
    for path, sha256 in proof.sources:
        yield f"来源 source: {path} SHA-256 {sha256}"


def _shown(value: str | None) -> str:
    return "（空 null）" if value is None else value
