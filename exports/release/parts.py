"""The files of a dataset: one of each format, or, of a large dataset, one a year (docs/decisions/yearly-files.md).

data/<slug>.parquet                                         a dataset in one file
data/<slug>.2025.parquet data/<slug>.undated.parquet …      a dataset with a file for each year
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from exports.catalog import Dataset
from exports.sql_text import literal, quoted

UNDATED = "undated"
PERIOD_COLUMNS = ("plan_year", "published_on", "issued_on")  # the first of these that a dataset has gives the period of a row


def period_column(dataset: Dataset) -> str | None:
    """The column that says to which time a row belongs; None where the descriptor has none."""
    return next((name for name in PERIOD_COLUMNS if name in dataset.column_names), None)


def part_of(dataset: Dataset) -> str:
    """SQL: the part to which a row belongs: its year, or `undated`."""
    column = next(column for column in dataset.columns if column.name == period_column(dataset))
    year = quoted(column.name) if column.type == "integer" else f"year({quoted(column.name)})"
    return f"coalesce({year}::varchar, {literal(UNDATED)})"


def path_of(slug: str, form: str, part: str | None = None) -> str:
    """The path of a data file in a release."""
    return f"data/{slug}.{part}.{form}" if part else f"data/{slug}.{form}"


def slug_of(path: str) -> str:
    """The slug of the dataset to which a data file belongs."""
    return PurePosixPath(path).name.split(".")[0]


def part_in(path: str) -> str | None:
    """The part that a data file holds; None for a dataset in one file."""
    words = PurePosixPath(path).name.split(".")
    return words[1] if words[2:] else None


def tables_in(folder: Path, datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    """The Parquet files of these datasets that a release folder has: path -> dataset."""
    by_slug = {dataset.slug: dataset for dataset in datasets}
    paths = (path.relative_to(folder).as_posix() for path in sorted(folder.glob("data/*.parquet")))
    return {path: by_slug[slug_of(path)] for path in paths if slug_of(path) in by_slug}


def rows_of(files: Path | Sequence[Path]) -> str:
    """SQL: the rows of a dataset's Parquet file, or of all its parts."""
    return f"read_parquet([{', '.join(literal(str(file)) for file in _listed(files))}])"


def numbered_rows_of(files: Path | Sequence[Path]) -> str:
    """SQL: the same rows with `file_row_number`, counted from 0 and through all parts in their order."""
    import pyarrow.parquet as pq

    listed = _listed(files)
    if len(listed) == 1:
        return f"read_parquet({literal(str(listed[0]))}, file_row_number = true)"
    selects, before = [], 0
    for file in listed:
        rows = f"read_parquet({literal(str(file))}, file_row_number = true)"
        selects.append(f"select * replace (file_row_number + {before} as file_row_number) from {rows}")
        before += pq.read_metadata(file).num_rows
    return f"({' union all '.join(selects)})"


def _listed(files: Path | Sequence[Path]) -> list[Path]:
    return [files] if isinstance(files, Path) else [*files]
