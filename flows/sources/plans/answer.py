"""A plan as the answer that the gold set scores, and as the Arrow tables that the raw store keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from flows.sources.plans.confidence import NEEDS_REVIEW_BELOW

if TYPE_CHECKING:  # the reader itself: whoever wants the schemas needs none of it
    from flows.sources.plans.model import Task
    from flows.sources.plans.plan import PlanContent

_LINES = [("line", pa.int64()), ("quoted_text", pa.string())]
SCHEMAS: dict[str, pa.Schema] = {
    "plan_documents": pa.schema(
        [
            ("title", pa.string()),
            ("issuer", pa.string()),
            ("doc_number", pa.string()),
            ("issued_on", pa.date32()),
            ("published_on", pa.date32()),
            ("plan_year", pa.int64()),
            ("disclosure_attribute", pa.string()),
            ("document_kind", pa.string()),
            ("kind_rule", pa.string()),
            ("kind_text", pa.string()),
            ("kind_line", pa.int64()),
            ("recipients", pa.list_(pa.string())),
            ("superior_documents", pa.list_(pa.struct([("title", pa.string()), ("doc_number", pa.string())]))),
            ("text_format", pa.string()),
            ("text_encoding", pa.string()),
            ("line_count", pa.int64()),
        ]
    ),
    "plan_marks": pa.schema([pa.field("mark_kind", pa.string(), nullable=False), *_LINES]),
    "plan_tasks": pa.schema(
        [
            pa.field("task_index", pa.int64(), nullable=False),
            ("task_no", pa.string()),
            ("task_title", pa.string()),
            ("section_path", pa.string()),
            ("part_name", pa.string()),
            ("lead_units", pa.list_(pa.string())),
            ("responsible_units", pa.list_(pa.string())),
            ("units_are_inherited", pa.bool_()),
            ("deadline_text", pa.string()),
            ("deadline_on", pa.date32()),
            pa.field("deadline_kind", pa.string(), nullable=False),
            ("deadline_rule", pa.string()),
            ("deadline_is_interpreted", pa.bool_()),
            ("recurrence", pa.string()),
            ("page", pa.int64()),
            ("line_start", pa.int64()),
            ("line_end", pa.int64()),
            ("char_start", pa.int64()),
            ("char_end", pa.int64()),
            ("quoted_text", pa.string()),
            ("confidence", pa.float64()),
            ("needs_review", pa.bool_()),
        ]
    ),
    "plan_unit_targets": pa.schema(
        [("position", pa.int64()), ("unit_name", pa.string()), ("target_count", pa.int64()), ("target_text", pa.string()), *_LINES]
    ),
    "plan_target_totals": pa.schema([("total_count", pa.int64()), ("total_text", pa.string()), *_LINES]),
    "plan_unit_list": pa.schema([("position", pa.int64()), ("unit_name", pa.string()), ("line", pa.int64())]),
    "plan_stages": pa.schema(
        [
            ("position", pa.int64()),
            ("stage_name", pa.string()),
            ("period_text", pa.string()),
            ("starts_on", pa.date32()),
            ("ends_on", pa.date32()),
            *_LINES,
        ]
    ),
    "plan_repairs": pa.schema(
        [
            ("line", pa.int64()),
            ("char_start", pa.int64()),
            ("char_end", pa.int64()),
            ("found_text", pa.string()),
            ("read_as", pa.string()),
            ("repair_rule", pa.string()),
        ]
    ),
    "plan_losses": pa.schema(
        [
            pa.field("loss_kind", pa.string(), nullable=False),
            ("page", pa.int64()),
            ("box", pa.list_(pa.float64())),
            ("loss_text", pa.string()),
            ("loss_remedy", pa.string()),
        ]
    ),
    "plan_lines": pa.schema(
        [
            ("line", pa.int64()),
            ("page", pa.int64()),
            ("char_start", pa.int64()),
            ("line_kind", pa.string()),
            ("line_text", pa.string()),
            ("recognition_score", pa.float64()),
            ("box", pa.list_(pa.float64())),
        ]
    ),
}


class Plan:
    """One plan read; `content` holds the findings, the methods give them in the two forms that others use."""

    def __init__(self, content: PlanContent) -> None:
        self.content = content

    def as_answer(self) -> dict[str, Any]:
        """The findings in the form of the gold answers, each task with its place, rule and confidence besides."""
        facts = self.content.facts
        answer: dict[str, Any] = {
            "document": {
                "title": facts.title,
                "issuer": facts.issuer,
                "doc_number": facts.doc_number,
                "issued_on": _iso(facts.issued_on),
                "year": facts.year,
                "published_on": _iso(facts.published_on),
                "attribute": facts.attribute,
                "recipients": facts.recipients,
                "superior_documents": [{"title": d.title, "doc_number": d.doc_number} for d in facts.superior_documents],
            },
            "tasks": [self._task(task) for task in self.content.tasks],
            "stages": [
                {"name": stage.name, "period": stage.period, "starts_on": _iso(stage.starts_on), "ends_on": _iso(stage.ends_on)}
                for stage, _ in self.content.stages
            ],
            "repairs": self._rows("plan_repairs"),
            "is_incomplete": bool(self.content.source.losses),
            "losses": self._rows("plan_losses"),
        }
        if self.content.targets:
            answer["unit_targets"] = [{"unit": t.unit, "target": t.count if t.count is not None else t.text} for t in self.content.targets]
        if self.content.unit_list:
            answer["unit_list"] = [entry.unit for entry in self.content.unit_list]
        return answer

    def as_tables(self) -> dict[str, pa.Table]:
        """The findings as one Arrow table for each kind; the schemas are SCHEMAS."""
        return {name: pa.Table.from_pylist(self._rows(name), schema=schema) for name, schema in SCHEMAS.items()}

    def _task(self, task: Task) -> dict[str, Any]:
        return {
            "no": task.number,
            "title": task.title,
            "lead_units": task.lead_units,
            "responsible_units": task.responsible_units,
            "deadline_text": task.deadline_text,
            "deadline_on": _iso(task.deadline.on),
            "deadline_kind": task.deadline.kind,
            "deadline_rule": task.deadline.rule,
            "is_deadline_interpreted": task.deadline.interpreted,
            "recurrence": task.deadline.recurrence,
            "units_inherited": task.units_inherited,
            "section": task.section,
            "part": task.part,
            "confidence": task.confidence,
            "reading_rule": task.rule,
            "needs_review": task.confidence < NEEDS_REVIEW_BELOW,
            "page": task.place.page,
            "line_start": task.place.line_start,
            "line_end": task.place.line_end,
            "char_start": task.place.start,
            "char_end": task.place.end,
            "quote": self._quote(task.place.start, task.place.end),
        }

    def _quote(self, start: int, end: int) -> str:
        return self.content.source.text[start:end]

    def _rows(self, table: str) -> list[dict[str, Any]]:
        return list(getattr(self, "_" + table)())

    def _plan_documents(self) -> list[dict[str, Any]]:
        facts, source = self.content.facts, self.content.source
        return [
            {
                "title": facts.title,
                "issuer": facts.issuer,
                "doc_number": facts.doc_number,
                "issued_on": facts.issued_on,
                "published_on": facts.published_on,
                "plan_year": facts.year,
                "disclosure_attribute": facts.attribute,
                "document_kind": facts.kind.code,
                "kind_rule": facts.kind.rule,
                "kind_text": facts.kind.quote,
                "kind_line": facts.kind.line,
                "recipients": facts.recipients,
                "superior_documents": [{"title": d.title, "doc_number": d.doc_number} for d in facts.superior_documents],
                "text_format": source.format,
                "text_encoding": source.encoding,
                "line_count": len(source.lines),
            }
        ]

    def _plan_marks(self) -> list[dict[str, Any]]:
        return [{"mark_kind": mark.kind, "line": mark.line, "quoted_text": mark.quote} for mark in self.content.facts.marks]

    def _plan_tasks(self) -> list[dict[str, Any]]:
        return [
            {
                "task_index": index,
                "task_no": task.number,
                "task_title": task.title,
                "section_path": task.section,
                "part_name": task.part,
                "lead_units": task.lead_units,
                "responsible_units": task.responsible_units,
                "units_are_inherited": task.units_inherited,
                "deadline_text": task.deadline_text,
                "deadline_on": task.deadline.on,
                "deadline_kind": "none" if task.deadline.rule == "year_unknown" else task.deadline.kind,  # a date in a table has a year
                "deadline_rule": task.deadline.rule,
                "deadline_is_interpreted": task.deadline.interpreted,
                "recurrence": task.deadline.recurrence,
                "page": task.place.page,
                "line_start": task.place.line_start,
                "line_end": task.place.line_end,
                "char_start": task.place.start,
                "char_end": task.place.end,
                "quoted_text": self._quote(task.place.start, task.place.end),
                "confidence": task.confidence,
                "needs_review": task.confidence < NEEDS_REVIEW_BELOW,
            }
            for index, task in enumerate(self.content.tasks, start=1)
        ]

    def _plan_stages(self) -> list[dict[str, Any]]:
        return [
            {
                "position": position,
                "stage_name": stage.name,
                "period_text": stage.period,
                "starts_on": stage.starts_on,
                "ends_on": stage.ends_on,
                "line": place.line_start,
                "quoted_text": self._quote(place.start, place.end),
            }
            for position, (stage, place) in enumerate(self.content.stages, start=1)
        ]

    def _plan_unit_targets(self) -> list[dict[str, Any]]:
        return [
            {
                "position": position,
                "unit_name": target.unit,
                "target_count": target.count,
                "target_text": target.text,
                "line": target.place.line_start,
                "quoted_text": self._quote(target.place.start, target.place.end),
            }
            for position, target in enumerate(self.content.targets, start=1)
        ]

    def _plan_target_totals(self) -> list[dict[str, Any]]:
        return [
            {
                "total_count": t.count,
                "total_text": t.text,
                "line": t.place.line_start,
                "quoted_text": self._quote(t.place.start, t.place.end),
            }
            for t in self.content.totals
        ]

    def _plan_unit_list(self) -> list[dict[str, Any]]:
        return [
            {"position": i, "unit_name": entry.unit, "line": entry.place.line_start}
            for i, entry in enumerate(self.content.unit_list, start=1)
        ]

    def _plan_repairs(self) -> list[dict[str, Any]]:
        return [
            {"line": r.line, "char_start": r.start, "char_end": r.end, "found_text": r.found, "read_as": r.read_as, "repair_rule": r.rule}
            for r in self.content.source.repairs
        ]

    def _plan_losses(self) -> list[dict[str, Any]]:
        return [
            {
                "loss_kind": loss.kind,
                "page": loss.page,
                "box": loss.box and list(loss.box),
                "loss_text": loss.found,
                "loss_remedy": loss.remedy,
            }
            for loss in self.content.source.losses
        ]

    def _plan_lines(self) -> Sequence[dict[str, Any]]:
        return [
            {
                "line": line.number,
                "page": line.page,
                "char_start": line.offset,
                "line_kind": line.kind,
                "line_text": line.text,
                "recognition_score": line.score,
                "box": line.box and list(line.box),
            }
            for line in self.content.source.lines
        ]


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
