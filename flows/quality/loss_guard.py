"""The loss guard: a dataset that would lose many of its public rows waits for a person's confirmation.

A folder filled by mistake, a register exported by half, a header that is no longer read: each removes rows from the public data
without any rule that fails. So the rows of the last release are counted that a new one would no longer hold. Lawful reasons to
lose rows (withdrawals, rows withheld) count as well: what must not leave is removed at once in any case, and a loss of that size
deserves a look. A row counts as lost if its primary key is gone and no new row has the same content under another key: a renamed
plan file changes the ids of its tasks and loses none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.catalog import WITHDRAWALS, Catalog, Dataset, load_catalog
from exports.messages import _, listed
from exports.release.files import connect, paths_of
from exports.release.manifest import MANIFEST, Loss, Release, ReleasedDataset, read_release
from exports.release.parts import rows_of
from exports.sql_text import quoted
from flows.quality.history import chain
from flows.quality.results import digests
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import DEFAULT, Workspace

MARK = "数据量骤减，待确认"  # how the reason begins by which this guard holds a dataset back
ALWAYS_ALLOWED_LOSS = 1  # rows: one alone is no mass loss, unless it was the last


@dataclass(frozen=True)
class Verdict:
    """Datasets that wait for confirmation, each with the reason published for it; and the losses that a person has confirmed."""

    held: dict[str, str]
    accepted: tuple[Loss, ...]


def judge(
    workspace: Workspace, catalog: Catalog, latest: Release | None, accepted: Collection[str], blocked: Collection[str] = ()
) -> Verdict:
    """The verdict on the rows that the warehouse would remove from the public data, by `max_loss`. `blocked` datasets are skipped.

    Raises:
        ConfigurationError: `max_loss` or `accepted` names something that is not a dataset.
    """
    yes = require_datasets(accepted, catalog, "--accept-loss")
    require_datasets([name for name in workspace.settings.max_losses if name != DEFAULT], catalog, "gongkai.yaml: max_loss")
    large = [loss for loss in _losses(workspace, catalog, latest, blocked) if _is_large(loss, workspace)] if latest else []
    return Verdict({loss.name: _reason(loss) for loss in large if loss.name not in yes}, tuple(loss for loss in large if loss.name in yes))


def require_datasets(names: Iterable[str], catalog: Catalog, place: str = "--accept-loss") -> set[str]:
    """The datasets of these names, which may be written with hyphens, as in file names.

    Raises:
        ConfigurationError: one is not a dataset.
    """
    found = {name.replace("-", "_") for name in names}
    if unknown := sorted(found - catalog.datasets.keys()):
        remedy = _("These are: {names}.", names=listed(catalog.datasets))
        raise ConfigurationError(finding(place, unknown[0], _("the name of a dataset"), remedy))
    return found


def may_go_on(workspace: Workspace, latest: Release, accepted: Collection[str]) -> bool:
    """Whether a dataset that was held back in `latest` may be released now: it was confirmed, or the settings changed.

    What would have been carried over may be withdrawn since: then the dataset has another reason than the guard's.
    """
    left = {entry.name for entry in latest.datasets if entry.carried_over_from} | dict(latest.left_out).keys()
    waiting = held_by_guard(latest).keys() | (left & require_datasets(accepted, load_catalog()) if accepted else set())
    return bool(waiting) and bool(waiting - judge(workspace, load_catalog(), latest, accepted).held.keys())


def held_by_guard(release: Release) -> dict[str, str]:
    """The datasets of a release that wait for confirmation, with the reason."""
    reasons = {entry.name: entry.carried_over_because or "" for entry in release.datasets} | dict(release.left_out)
    return {name: reason for name, reason in reasons.items() if reason.startswith(MARK)}


def _is_large(loss: Loss, workspace: Workspace) -> bool:
    """Whether a loss asks for a person's word. Each withdrawal that is gone does: its record comes back."""
    if loss.name == WITHDRAWALS:
        return True
    limits = workspace.settings.max_losses
    limit = limits.get(loss.name, limits[DEFAULT])
    return loss.rows_after == 0 or (loss.rows_lost > ALWAYS_ALLOWED_LOSS and loss.rows_lost > limit * loss.rows_before)


def _reason(loss: Loss) -> str:
    share = f"{loss.rows_lost / loss.rows_before:.0%}"
    zh = f"{loss.rows_before} 行中有 {loss.rows_lost} 行（{share}）将不再公开，更新后共 {loss.rows_after} 行"
    en = f"{loss.rows_lost} of {loss.rows_before} rows ({share}) would leave the public data, {loss.rows_after} would be in it"
    return f"{MARK}：{zh} many rows would be lost, waits for a person: {en}"


def _losses(workspace: Workspace, catalog: Catalog, latest: Release, blocked: Collection[str]) -> Iterator[Loss]:
    """Every dataset that would lose rows, with how many. A dataset with unchanged files is not opened."""
    checked = digests(workspace.warehouse)
    with TemporaryDirectory() as scratch, connect(workspace.warehouse, Path(scratch)) as connection:
        for dataset in catalog:
            before = None if dataset.may_shrink or dataset.name in blocked else _public_before(latest, dataset)
            if before is None or before[1] == (checked.get(paths_of(dataset)[1]),):
                continue
            loss = _loss(connection, dataset, before[0])
            if loss.rows_lost:
                yield loss


def _public_before(latest: Release, dataset: Dataset) -> tuple[list[Path], tuple[str, ...]] | None:
    """The Parquet file of the last good release of a dataset, or its parts, and their SHA-256; None where there is none.

    While a dataset is carried over, its loss is measured from the release that made it: waiting makes no loss smaller.
    """
    left_out = dataset.name in dict(latest.left_out)
    for release in chain(latest) if left_out else [latest]:
        entry = next((entry for entry in release.datasets if entry.name == dataset.name), None)
        if entry:
            origin = release.folder.parent / (entry.carried_over_from or release.name)
            here, there = entry.tables(release.folder), _tables_of(origin, entry)
            if not all(path.exists() for path in there or here):
                return None
            is_same = not there or all(one.samefile(other) for one, other in zip(there, here, strict=False) if other.exists())
            return there or here, entry.sha256_of("parquet") if is_same and len(there or here) == len(here) else ()
    return None


def _tables_of(origin: Path, entry: ReleasedDataset) -> list[Path]:
    """The Parquet files that the dataset had in the release that made them; none where that is gone."""
    found = next((one for one in read_release(origin).datasets if one.name == entry.name), None) if (origin / MANIFEST).exists() else None
    return found.tables(origin) if found else []


def _loss(connection: duckdb.DuckDBPyConnection, dataset: Dataset, files: Sequence[Path]) -> Loss:
    """Rows before and after, and rows lost. Where the file lacks a column of the key, only the numbers are compared."""
    known = {name for name, *_ in connection.execute(f"describe from {rows_of(files)}").fetchall()}
    columns = [*dataset.primary_key, *(name for name in _content(dataset) if name in known)]
    if not known.issuperset(dataset.primary_key):
        query = f"select count(*), (select count(*) from warehouse.{dataset.table}), 0 from {rows_of(files)}"
        before, after, _ = connection.execute(query).fetchall()[0]
        return Loss(dataset.name, before, after, max(0, before - after))
    texts = ", ".join(f"{quoted(name)}::varchar as {quoted(name)}" for name in columns)
    same_key, same_content = (_same(names) for names in (dataset.primary_key, columns[len(dataset.primary_key) :]))
    content = ", ".join(map(quoted, columns[len(dataset.primary_key) :])) or "null as nothing"
    ((before, after, lost),) = connection.execute(
        f"""
        with earlier as (select {texts} from {rows_of(files)}),
        now as (select {texts} from warehouse.{dataset.table}),
        gone as (select {content}, count(*) as amount from earlier as a anti join now as b on {same_key} group by all),
        come as (select {content}, count(*) as amount from now as a anti join earlier as b on {same_key} group by all)
        select (select count(*) from earlier), (select count(*) from now),
            (select coalesce(sum(greatest(a.amount - coalesce(b.amount, 0), 0)), 0) from gone as a left join come as b on {same_content})
        """
    ).fetchall()
    return Loss(dataset.name, before, after, int(lost))


def _same(names: Sequence[str]) -> str:
    """SQL: whether rows `a` and `b` agree in these columns; false where there are none."""
    return " and ".join(f"a.{quoted(name)} is not distinct from b.{quoted(name)}" for name in names) or "false"


def _content(dataset: Dataset) -> list[str]:
    """The columns that identify a row under another key: texts that are neither ids, codes of a list nor addresses of files."""
    return [
        column.name
        for column in dataset.columns
        if column.type == "string"
        and not column.enum
        and column.name not in dataset.primary_key
        and not column.name.endswith("_id")
        and not column.name.startswith("source_")
    ]
