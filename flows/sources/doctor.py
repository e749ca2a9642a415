"""What each file of the inbox would be taken for, without building anything: columns matched and missing, and what to paste into the settings.

Nothing that stands in a cell is repeated; of columns only their headers are, which ingest says too.
"""

from __future__ import annotations

import difflib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from exports.catalog import Catalog, Register, fold_header
from exports.messages import N_, _
from flows.sources.locate import SourceFile, legible_path, locate
from flows.sources.reach import Reach
from flows.sources.readers import PLANS, mapping_of
from flows.sources.registers.reader import HEADERS, read_register
from flows.sources.samples import Sample, sample_of
from flows.sources.store import REJECTS
from flows.sources.tables.kinds import kind_of
from flows.sources.tables.notes import NOTES
from flows.sources.tables.recognise import EXACT, HINTED, LOOSE, MAPPED, Known
from flows.workspace.errors import GongkaiError, SourceUnavailable, UnreadableSource
from flows.workspace.limits import limited_by
from flows.workspace.settings import Source, Workspace

INBOX = "inbox"
CERTAINTY = {
    MAPPED: N_("by the settings"),
    EXACT: N_("word for word"),
    HINTED: N_("but for hints"),
    LOOSE: N_("but for a bracket"),
}
BY_OTHERS = N_("told by other headers")
UNIT = "printed_unit_name"
ALIKE = 0.5  # how like a header must be to a known one to be proposed for its column
FITS = 0.8  # which share of a column's cells must be of the column's kind


@dataclass(frozen=True)
class Matched:
    """A header and the column that it stands for."""

    header: str
    column: str
    certainty: str


@dataclass
class Diagnosis:
    """One file: `kind` is the register (or `plans`) that it is read as, None where no source names it; `refusal` says why nothing is read.

    `missing` are columns without which rows or terms count for nothing; `proposed` what to put under `columns` of its source.
    """

    path: str
    kind: str | None
    source: str | None = None
    rows: int | None = None
    rejected_rows: int = 0
    matched: list[Matched] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    proposed: dict[str, str] = field(default_factory=dict)
    by_cells: list[str] = field(default_factory=list)  # headers proposed for what stands below them alone: a person must look at them
    notes: dict[str, int] = field(default_factory=dict)
    refusal: str | None = None
    suits: list[str] = field(default_factory=list)  # registers that a file fits which no source names, or which its source cannot read

    @property
    def is_well(self) -> bool:
        return self.source is not None and self.refusal is None and not self.missing and not self.rejected_rows


def examine(workspace: Workspace, catalog: Catalog) -> Iterator[Diagnosis]:
    """Every file that the settings name, and every file of the inbox folder that none of their sources looks at; nothing is written.

    A source that cannot be listed is one diagnosis that says so.
    """
    seen: set[Path] = set()
    reach = Reach.of_workspace(workspace)
    for source in workspace.settings.sources:
        try:
            located = locate(reach, source)
        except GongkaiError as error:
            yield Diagnosis(source.name, source.kind, source.name, refusal=error.words)
            continue
        yield from (Diagnosis(source.name, source.kind, source.name, refusal=said) for said in (*located.refused, *located.missing))
        for file in located.files:
            if file.local:
                seen.add(file.local.absolute())
            with limited_by(workspace.settings.limits):
                yield _examine_file(file, source, workspace, catalog)
    for path in sorted((workspace.root / INBOX).rglob("*")):
        is_hidden = any(part.startswith((".", "~$")) for part in path.relative_to(workspace.root).parts)
        if path.is_file() and path.absolute() not in seen and not is_hidden and not reach.leads_out(path):
            shown = legible_path(path.relative_to(workspace.root).as_posix())
            yield Diagnosis(shown, None, refusal=_("No source looks here"), suits=_suiting(path, catalog))


def _examine_file(file: SourceFile, source: Source, workspace: Workspace, catalog: Catalog) -> Diagnosis:
    done = Diagnosis(file.path, source.kind, source.name)
    if source.kind == PLANS or source.kind not in catalog.registers:
        done.refusal = None if source.kind == PLANS else _("no register {kind}", kind=source.kind)
        return done
    register = catalog.registers[source.kind]
    known = Known(register, mapping_of(workspace, source.name))
    with tempfile.TemporaryDirectory() as scratch:
        try:
            read = read_register(file, file.sha256(), register, Path(scratch), mapping_of(workspace, source.name))
            done.rows, done.rejected_rows = read.rows, read.rejected_rows
            _describe(done, Path(scratch), known)
        except (UnreadableSource, SourceUnavailable) as error:
            done.refusal = error.words
        except Exception as error:  # noqa: BLE001 - a library's failure on one file must not hide the others
            done.refusal = f"{file.path}: {type(error).__name__}"
    _advise(done, file, known, catalog)
    return done


def _describe(done: Diagnosis, folder: Path, known: Known) -> None:
    forms = [known, *([Known(known.register.cases)] if known.register.cases else [])]
    for header in pq.read_table(folder / f"{HEADERS}.parquet").to_pylist():
        text, column = header["header_text"], header["column_name"]
        if column:
            rank = min(form.rank(text) for form in forms)
            done.matched.append(Matched(text, column, _(CERTAINTY.get(rank, BY_OTHERS))))
        else:
            done.unknown.append(text)
    for note in _rows_of(folder / f"{NOTES}.parquet"):
        done.notes[note["note_kind"]] = done.notes.get(note["note_kind"], 0) + 1
    done.rejected_rows = max(done.rejected_rows, len(_rows_of(folder / f"{REJECTS}.parquet")))


def _rows_of(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = pq.read_table(path).to_pylist() if path.exists() else []
    return rows


def needed_columns(register: Register) -> list[str]:
    """Columns without which rows count for nothing, or terms cannot be judged."""
    main = [column for clock in register.clocks if clock.is_main for column in (clock.start, clock.done)]
    either = {column for group in register.either for column in group}
    return list(dict.fromkeys([*register.required_headers, *register.filled, *(c for c in main if c not in either)]))


def _advise(done: Diagnosis, file: SourceFile, known: Known, catalog: Catalog) -> None:
    register = known.register
    there = {match.column for match in done.matched}
    done.missing = [column for column in needed_columns(register) if column not in there]
    done.missing += [group[-1] for group in register.either if not there & set(group)]
    if not done.missing or file.local is None:
        return
    path = file.real_path()
    sample = sample_of(file.path, path, known)
    if done.refusal and sample:
        there = {column for header in sample.headers if (column := known.column(header))}
        done.missing = [column for column in done.missing if column not in there]
    if sample:
        done.proposed = propose(sample, done.missing, known, catalog)
        by_cells = propose_by_cells(sample, [c for c in done.missing if c not in done.proposed.values()], known, catalog, done.proposed)
        done.by_cells, done.proposed = list(by_cells), done.proposed | by_cells
    if done.refusal and not done.proposed:
        done.suits = _suiting(path, catalog)


def propose(sample: Sample, missing: Sequence[str], known: Known, catalog: Catalog) -> dict[str, str]:
    """Header -> missing column, where the header is like those of the column, the cells are of its kind, and no other header fits as well."""
    proposed: dict[str, str] = {}
    headers = {column.name: column.headers for column in known.register.columns}
    for column in missing:
        free = _free(sample, known, proposed)
        scores = sorted(((_likeness(h, headers[column]) * _fit(sample, h, column, catalog), h) for h in free), reverse=True)
        if scores and scores[0][0] >= ALIKE and (len(scores) == 1 or scores[0][0] > scores[1][0]):
            proposed[scores[0][1]] = column
    return proposed


def propose_by_cells(sample: Sample, missing: Sequence[str], known: Known, catalog: Catalog, proposed: Mapping[str, str]) -> dict[str, str]:
    """Header -> missing column, where the cells can mean nothing else: one column of days is left and one day is missing, or one column of
    names of units and the unit. Only proposed, never read so: whether a day is the one that is missing a person must know.
    """
    free = _free(sample, known, proposed)
    found: dict[str, str] = {}
    for columns in ([c for c in missing if catalog.columns[c].type == "date"], [c for c in missing if c == UNIT]):
        fit = [header for header in free if columns and any(sample.cells(header)) and _fit(sample, header, columns[0], catalog) == 1.0]
        if len(fit) == len(columns) == 1:
            found[fit[0]] = columns[0]
    return found


def _free(sample: Sample, known: Known, proposed: Mapping[str, str]) -> list[str]:
    """Headers that stand for nothing yet."""
    return [h for h in sample.headers if h and known.column(h) is None and h not in proposed and h not in known.register.refused]


def _likeness(header: str, accepted: Sequence[str]) -> float:
    folded = fold_header(header)
    return max(
        max(difflib.SequenceMatcher(None, folded, fold_header(known)).ratio(), 0.75 if fold_header(known) in folded else 0.0)
        for known in accepted
    )


def _fit(sample: Sample, header: str, column: str, catalog: Catalog) -> float:
    """1 where the cells below a header are of a column's kind, 0 where they are not; an empty column fits anything a little."""
    cells = [cell for cell in sample.cells(header) if cell]
    if not cells:
        return 0.7
    days = sum(map(sample.is_day, cells)) / len(cells)
    if catalog.columns[column].type == "date":
        return 1.0 if days >= FITS else 0.0
    if column == UNIT:
        units = sum(
            cell.endswith(("局", "委", "办", "室", "府", "处", "院", "中心", "镇", "乡", "街道", "部", "厅", "会", "队", "校"))
            for cell in cells
        )
        return 1.0 if units >= FITS * len(cells) else 0.4
    return 0.3 if days >= FITS else 1.0


def _suiting(path: Path, catalog: Catalog) -> list[str]:
    """Registers of which a file has all headers that they need, those of which it has most columns first."""
    found = []
    if kind_of(path)[0] == "office":  # which takes seconds to open, each time
        return []
    for name, register in catalog.registers.items():
        known = Known(register)
        try:
            sample = sample_of(name, path, known)
        except (UnreadableSource, duckdb.Error, OSError):
            return []
        if sample and not known.lacks(sample.headers):
            found.append((-known.count(sample.headers), name))
    return [name for _count, name in sorted(found)[:3]]
