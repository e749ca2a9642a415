"""The last gate of a release: searches the written files for what may not leave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.catalog import Catalog
from exports.release.files import connect
from exports.release.manifest import MAY_NOT_LEAVE
from exports.site.output import FOLDER
from flows.privacy.detect import allowances, describe, scan_folder
from flows.publication.changes_gate import FEED, find_private_changes
from flows.publication.held_documents import held_documents_in
from flows.publication.screening import withdrawn_values_in
from flows.quality.results import CRITICAL
from flows.warehouse.masking import unmasked

COPIES = frozenset({".csv", ".xlsx", FEED, FOLDER})
"""What is not searched itself: a CSV, a workbook and the pages of the site are written from the Parquet files beside them, in which a descriptor says what
is lawful in which column; the feed's cells belong to columns of other datasets.
"""


def what_must_not_leave(folder: Path, catalog: Catalog, warehouse: Path | None = None, passed: Path | None = None) -> Mapping[str, str]:
    """Files of a release folder that may not leave: path -> kinds, columns and rows. Empty where all may.

    These are files with identifiers of natural persons, and files in which a mask that the descriptor declares (`masked`,
    `small_cells`) is missing. With a warehouse, also files with a record that it knows as withdrawn, or a row of a plan document that
    it holds. Values are never repeated. A descriptor may name what is lawful in a column (`lawful`).

    `passed` is a release that this version's gate let pass: a data file that is linked to its own is not searched a second time for
    identifiers and masks. Whether its records may still leave is asked again.
    """
    searched = _linked(folder, passed) if passed else frozenset()
    reasons = {path: list(found) for path, found in unmasked(folder, catalog, searched).items()}
    for path, more in _held_records(folder, catalog, warehouse) if warehouse else ():
        reasons.setdefault(path, []).extend(more)
    for found in (*scan_folder(folder, allowances(catalog), COPIES, searched), *find_private_changes(folder, catalog)):
        if found.severity == CRITICAL:
            path = found.place.split(" ", maxsplit=1)[0]
            reasons.setdefault(path, []).append(describe(found, folder))
    return {path: f"{MAY_NOT_LEAVE}: {'; '.join(sorted(set(kinds)))}" for path, kinds in reasons.items()}


def _linked(folder: Path, passed: Path) -> frozenset[str]:
    """The data files of a folder that are one and the same file on disk as those of a release that passed."""
    same = (path.relative_to(folder) for path in folder.glob("data/*"))
    return frozenset(place.as_posix() for place in same if (passed / place).exists() and (passed / place).samefile(folder / place))


def _held_records(folder: Path, catalog: Catalog, warehouse: Path) -> list[tuple[str, list[str]]]:
    """Files with something that the warehouse holds back: opening it for each question took as long as asking."""
    with TemporaryDirectory() as scratch, connect(warehouse, Path(scratch)) as connection:
        withdrawn, held = withdrawn_values_in(connection, folder, catalog), held_documents_in(connection, folder, catalog)
    return [*withdrawn.items(), *held.items()]
