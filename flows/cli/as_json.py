"""What commands print with `--json`: one object on one line, for scripts. Keys are stable; docs/operations.md lists them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flows.privacy.redaction import redacted

if TYPE_CHECKING:
    from flows.reports.summary import Summary
    from flows.sources.reading import Ingested


def print_json(value: Any) -> None:
    """One line on standard output; texts with something private in them say only that they have."""
    sys.stdout.write(json.dumps(_safe(value), ensure_ascii=False, default=str) + "\n")


def summary_as_json(summary: Summary) -> dict[str, Any]:
    """The summary of a run or of `status`: figures, findings and checks by name; `ingested` and `published` are null where not of this run."""
    return {
        "as_of": summary.as_of,
        "is_clean": summary.is_clean,
        "counts": dict(summary.counts),
        "findings": dict(summary.findings),
        "rejects": _named(("place", "reason"), summary.rejects),
        **checks_as_json(summary),
        "overdue_tasks": _named(("deadline_on", "task_no", "task_title", "document_id"), summary.overdue),
        "units_behind": _named(("unit_name", "disclosed_count", "target_count", "pace"), summary.behind),
        "unknown_tasks": dict(summary.unknown_tasks),
        "unknown_units": dict(summary.unknown_units),
        "terms": _named(("title_zh", "title_en", "in_time", "late", "overdue", "running"), summary.terms),
        "release": _release(summary),
        "losses": list(summary.losses),
        "warehouse": str(summary.warehouse),
        "ingested": ingested_as_json(summary.ingested) if summary.ingested else None,
        "published": str(summary.published) if summary.published else None,
    }


def checks_as_json(summary: Summary) -> dict[str, Any]:
    """What the gates found, and the rules that are not met."""
    return {
        "gates": _named(("gate", "rules", "not_met", "critical"), summary.gates),
        "rules_not_met": _named(("severity", "table", "rule"), summary.failed_rules),
        "data_docs": str(summary.docs) if summary.docs else None,
    }


def ingested_as_json(done: Ingested) -> dict[str, Any]:
    """What ingest did: how many sources stand, and which files were read, vanished, replaced, rejected, or out of reach."""
    lists = ("read", "vanished", "unreachable", "replaced", "absent", "to_rename", "short", "rejected")
    return {"sources": len(done.stored)} | {name: list(getattr(done, name)) for name in lists}


def _release(summary: Summary) -> dict[str, Any] | None:
    release = summary.release
    if release is None:
        return None
    datasets = [{"name": each.name, "rows": each.rows, "carried_over_from": each.carried_over_from} for each in release.datasets]
    held = [{"name": name, "because": because} for name, because in release.left_out]
    return {"name": release.name, "folder": str(release.folder), "datasets": datasets, "held_back": held}


def _named(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in rows]


def _safe(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _safe(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_safe(one) for one in value]
    return redacted(value) if isinstance(value, str) else value
