"""The conditions and computed columns that descriptors name, as SQL: `sql/registers/predicates.sql.j2`."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from exports.catalog import Register
from exports.messages import _, listed
from flows.warehouse.templates import SQL, call_macro, macro_names
from flows.workspace.errors import ConfigurationError, finding

FILE = "predicates"


def predicate(name: str, place: str, folder: Path = SQL) -> str:
    """The SQL of one predicate, over the columns of core.<register>; `place` is the descriptor that names it.

    Raises:
        ConfigurationError: there is no predicate of that name.
    """
    known = macro_names(FILE, folder)
    if name not in known:
        near, file = listed(get_close_matches(name, known, n=3, cutoff=0.5) or known), f"sql/registers/{FILE}.sql.j2"
        expected = _("a predicate of {file}, such as {names}", file=file, names=near)
        raise ConfigurationError(finding(place, name, expected, _("Write it there.")))
    return call_macro(FILE, name, folder=folder)


def computed_columns(name: str, register: Register, folder: Path = SQL) -> dict[str, str]:
    """Column -> SQL of the columns that core.<register> adds.

    Raises:
        ConfigurationError: as in `predicate`.
    """
    return {column: predicate(named, f"exports/{name}.yaml, computed, {column}", folder) for column, named in register.computed.items()}


def condition(name: str, register: Register, when: str | None, folder: Path = SQL, *, key: str = "clocks") -> str | None:
    """The SQL of a condition of the descriptor's `key`: a column of core.<register> by its name, or a predicate; None where it has none.

    Raises:
        ConfigurationError: as in `predicate`.
    """
    if when is None or when in register.computed or when in register.column_names:
        return when
    return predicate(when, f"exports/{name}.yaml, {key}, when", folder)
