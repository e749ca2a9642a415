"""The facts of the open-data layer, read from `exports/*.yaml`. This is the only reader of those files.

`_shared.yaml` holds the publisher, the licence and the dictionary of columns (a column means the same in every table);
each other file describes one public dataset, whose mart, expectations, golden file and portal slug have the same stem,
or a register that clerks send, or both. A file without `columns` is a register that is never exported by row.
From these descriptors come table comments, structural expectations, the CKAN data dictionary, `datapackage.json`, DCAT
and the README's table. A column that is in no descriptor cannot leave the warehouse.

Vocabulary: Frictionless Table Schema v2 (types, constraints), DCAT 3 (themes, frequencies).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from exports.descriptor_parts import (
    DUCKDB_TYPES,
    PLACEHOLDERS,
    Clock,
    Column,
    Evidence,
    Filing,
    ForeignKey,
    Frequency,
    Identifier,
    Lawful,
    Licence,
    Masked,
    Measure,
    Party,
    RegisterColumn,
    SmallCells,
    Text,
)
from exports.descriptor_parts import Strict as _Strict
from exports.descriptors import RETURNED, Dataset, Register, ToldByHeader, Version, fold_header, with_region
from exports.messages import _, finding, listed

__all__ = [
    "DESCRIPTORS",
    "DUCKDB_TYPES",
    "LOADER",
    "PLACEHOLDERS",
    "PROJECT_ROOT",
    "RETURNED",
    "Catalog",
    "CatalogError",
    "Clock",
    "Column",
    "Dataset",
    "Evidence",
    "Filing",
    "ForeignKey",
    "Frequency",
    "Identifier",
    "Lawful",
    "Licence",
    "Masked",
    "Measure",
    "Party",
    "Register",
    "RegisterColumn",
    "SmallCells",
    "Text",
    "ToldByHeader",
    "Version",
    "fold_header",
    "load_catalog",
]

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DESCRIPTORS = PROJECT_ROOT / "exports"
SHARED = "_shared.yaml"
WITHDRAWALS = "withdrawals"  # the register of tombstones, and the dataset of them

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, ten times as fast, where available


T = TypeVar("T", bound=BaseModel)


class CatalogError(Exception):
    """A descriptor is wrong: the message names the file, the key, what was found and what is expected."""


class _UniqueKeys(LOADER):  # type: ignore[misc,valid-type]  # one of two loaders, chosen when the module is read
    """YAML in which a duplicate key is an error: of two descriptions of a column the later would win silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _value in node.value:
            name = self.construct_object(key, deep=deep)
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, _("the key {name!r} stands twice", name=name), key.start_mark)
            seen.add(name)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapping


@dataclass(frozen=True)
class Catalog:
    """All descriptors. `columns` is the dictionary; `datasets` and `registers` are in the order of their names.

    A register may have no dataset: it is read, resolved and counted, and no row of it can be exported. `made_at_release` are datasets
    that have no mart, because they are about the release itself; iterating gives the datasets with a mart.
    """

    publisher: Party
    contact: Party
    licence: Licence
    title: Text
    description: Text
    filing: Filing
    columns: dict[str, Column]
    datasets: dict[str, Dataset]
    registers: dict[str, Register]
    made_at_release: dict[str, Dataset] = field(default_factory=dict)

    def of(
        self,
        region: str | None,
        publisher: Party | None,
        contact: Party | None,
        licence: Licence | None,
        filing: Mapping[str, str],
        yearly_above: int | None = None,
    ) -> Catalog:
        """The same catalog as one region's: its title names the region, and whatever is given takes the place of what the descriptors say."""
        owner, reached, kept = publisher or self.publisher, contact or self.contact, licence or self.licence

        def owned(dataset: Dataset) -> Dataset:
            parts = {
                "publisher": owner,
                "contact": reached,
                "licence": licence or dataset.licence,
                "region": region,
                "yearly_above": yearly_above,
            }
            return dataset.model_copy(update=parts)

        return replace(
            self,
            publisher=owner,
            contact=reached,
            licence=kept,
            title=with_region(self.title, region),
            filing=self.filing.model_copy(update=dict(filing)),
            datasets={name: owned(dataset) for name, dataset in self.datasets.items()},
            made_at_release={name: owned(dataset) for name, dataset in self.made_at_release.items()},
        )

    @property
    def published(self) -> dict[str, Dataset]:
        """Every dataset that a release may hold, by name, in the order of their names."""
        return dict(sorted((self.datasets | self.made_at_release).items()))

    @property
    def records(self) -> dict[str, Register]:
        """The registers of what units did: those whose rows name a unit (not the register of the units themselves)."""
        return {name: register for name, register in self.registers.items() if "printed_unit_name" in register.column_names}

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self.datasets.values())


class _Shared(_Strict):
    title: Text
    description: Text
    publisher: Party
    contact: Party
    licence: Licence
    filing: Filing
    columns: dict[Identifier, dict[str, Any]]


def load_catalog(folder: Path = DESCRIPTORS) -> Catalog:
    """All descriptors of `folder`. They are read again only where a file's size or date changed: every verb of a run asks for them.

    Raises:
        CatalogError: a file is not YAML, has an unknown or missing key, or names a column that the dictionary lacks.
    """
    facts = ((path, path.stat()) for path in sorted(folder.glob("*.yaml")))
    return _load(folder, tuple((path.name, fact.st_mtime_ns, fact.st_size) for path, fact in facts))


@lru_cache(maxsize=2)
def _load(folder: Path, state: tuple[tuple[str, int, int], ...]) -> Catalog:  # noqa: ARG001 - `state` makes a changed file another call
    shared = _validate(_Shared, folder / SHARED, _read_mapping(folder / SHARED))
    columns = {name: _validate(Column, folder / SHARED, {"name": name, **facts}) for name, facts in shared.columns.items()}
    datasets: dict[str, Dataset] = {}
    registers: dict[str, Register] = {}
    for path in sorted(folder.glob("[!_]*.yaml")):
        facts = _read_mapping(path)
        register = facts.pop("register", None)
        if register is not None:
            about = {key: facts.get(key) for key in ("title", "description", "grain")}
            registers[path.stem] = _register(path, columns, about | register | {"leaves": "columns" in facts})
            if "columns" not in facts and not facts.keys() - about.keys():
                continue
        facts["columns"] = [_resolve_column(path, columns, entry) for entry in facts.get("columns", [])]
        defaults = {"licence": shared.licence, "publisher": shared.publisher, "contact": shared.contact}
        datasets[path.stem] = _validate(Dataset, path, {"name": path.stem, **defaults, **facts})
    at_release = {name: datasets.pop(name) for name in [*datasets] if datasets[name].made_by == "release"}
    return Catalog(
        shared.publisher,
        shared.contact,
        shared.licence,
        shared.title,
        shared.description,
        shared.filing,
        columns,
        datasets,
        registers,
        at_release,
    )


def _read_mapping(path: Path) -> dict[str, Any]:
    try:
        facts = yaml.load(path.read_text("utf-8"), _UniqueKeys)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogError(
            finding(str(path), _("a file that is no YAML ({fault})", fault=error), _("YAML in UTF-8"), _("Correct it."))
        ) from error
    if not isinstance(facts, dict):
        raise CatalogError(finding(str(path), type(facts).__name__, _("a mapping of keys to values"), _("Correct it.")))
    return facts


def _resolve_column(path: Path, columns: dict[str, Column], entry: str | dict[str, Any]) -> Column:
    changes = {"name": entry} if isinstance(entry, str) else entry
    name = changes.get("name")
    if name not in columns:
        found, expected = _("a column {name!r} that is not in the dictionary", name=name), _("one of the dictionary of {file}", file=SHARED)
        raise CatalogError(finding(str(path), found, expected, _("Describe it there first.")))
    return _validate(Column, path, columns[name].model_dump() | changes)


def _register(path: Path, columns: dict[str, Column], facts: dict[str, Any]) -> Register:
    register = _validate(Register, path, {**facts, "columns": [*facts.get("columns", []), *RETURNED]})
    typed = [c.name for c in register.columns if c.name in columns and (columns[c.name].type != "string" or columns[c.name].enum)]
    register = register.model_copy(update={"typed": tuple(typed)})
    unknown = [column.name for column in register.columns if column.name not in columns]
    if unknown:
        found = _("columns {names} that are not in the dictionary", names=listed(unknown))
        raise CatalogError(finding(str(path), found, _("one of the dictionary of {file}", file=SHARED), _("Describe it there first.")))
    for form in filter(None, (register, register.cases)):
        seen: dict[str, str] = {}
        for column in form.columns:
            for header in map(fold_header, (column.name, *column.headers)):
                if seen.setdefault(header, column.name) != column.name:
                    found = _(
                        "a header {header!r} that stands for {first} and {second}", header=header, first=seen[header], second=column.name
                    )
                    raise CatalogError(finding(str(path), found, _("headers of one column each"), _("Take one out.")))
    return register


def _validate(kind: type[T], path: Path, facts: dict[str, Any]) -> T:
    try:
        return kind.model_validate(facts)
    except ValidationError as error:
        first = error.errors()[0]
        place = _("{path}: {place}", path=path, place=".".join(map(str, first["loc"])) or _("the whole file"))
        raise CatalogError(finding(place, f"{first['input']!r:.80}", first["msg"], _("Correct it."))) from error
