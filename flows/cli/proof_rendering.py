"""What `gongkai prove` prints of a row that was computed anew: facts for programs, sentences for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from exports.messages import N_, _, arranged, joined
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
        values = [_("released") + " " + _shown(one.released), _("computed anew") + " " + _shown(one.recomputed)]
        yield f"{one.column}: " + joined("；", values)
    if proof.differences and not proof.is_same_code:
        yield _("Code, settings, decisions or sources are not those of the release: the row may differ for that")
    if proof.taken_as_read:
        count = len(proof.taken_as_read)
        words = N_("{count} former plans and lists of withdrawals, whose bytes are gone, were taken as they were read")
        yield _(words, count=count)
    for path, sha256 in proof.sources:
        yield _("Source") + f": {path} SHA-256 {sha256}"


def _shown(value: str | None) -> str:
    return arranged("（{empty}）", empty=_("empty")) if value is None else value
