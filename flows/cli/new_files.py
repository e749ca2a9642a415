"""The files of a new dataset or register, as texts: rendered from `templates/`, or a standing file with lines added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from exports.catalog import PLACEHOLDERS, Catalog, fold_header, load_catalog
from flows.workspace.errors import ConfigurationError, finding

TEMPLATES = Path(__file__).with_name("templates")
UNIT = "printed_unit_name"
NAME = r"[a-z][a-z0-9_]{0,62}"


@dataclass(frozen=True)
class NewColumn:
    """A column of a planned register; `is_new` where the dictionary lacks it."""

    name: str
    headers: tuple[str, ...]
    type: str
    is_new: bool


def dataset_files(root: Path, name: str) -> dict[Path, str]:
    """Path below `root` -> text, of a dataset's two files.

    Raises:
        ConfigurationError: the name is invalid, or one of the files exists.
    """
    _require_free(root, name)
    return {Path(f"exports/{name}.yaml"): _render("dataset.yaml.j2"), Path(f"sql/marts/{name}.sql"): _render("mart.sql.j2")}


def register_files(root: Path, name: str, headers: Sequence[str], is_public: bool) -> dict[Path, str]:
    """Path below `root` -> text, of a register's files: three new ones, and two that get a line or more.

    Raises:
        ConfigurationError: the name is invalid, one of the files exists, or no column names the unit.
    """
    _require_free(root, name)
    columns = list(_columns(load_catalog(root / "exports"), name, headers))
    if UNIT not in {column.name for column in columns}:
        known = "单位, 责任单位, 举办单位"
        raise ConfigurationError(
            finding("--headers", "没有单位列 no column for the unit", f"one of {known} …", "Each row of a register names the unit.")
        )
    days = [column.name for column in columns if column.type == "date"]
    titles = [column.name for column in columns if column.type == "string" and column.name != UNIT][:1]
    facts = {"name": name, "columns": columns, "is_public": is_public, "key": [UNIT, *titles, *days[:1]], "required": [UNIT, *days[:1]]}
    facts |= {"titles": titles, "day": days[0] if days else "TODO"}
    return {
        Path(f"exports/{name}.yaml"): _render("register.yaml.j2", **facts),
        Path(f"flows/sample/registers/{name}.yaml"): _render("sample.yaml.j2", **facts),
        Path(f"sql/audit/{name}_of_unknown_units.sql"): _render("question.sql.j2", **facts),
        Path("flows/sample/settings.yaml"): _add_source(root, name),
        **_dictionary(root, columns),
    }


def _columns(catalog: Catalog, name: str, headers: Sequence[str]) -> Iterator[NewColumn]:
    """Each header as the column that most registers read it as; an unknown header becomes a new column."""
    known: dict[str, Counter[str]] = {}
    for register in catalog.registers.values():
        for header, column in register.names_by_header.items():
            known.setdefault(header, Counter())[column] += 1
    taken: set[str] = set()
    for number, header in enumerate(headers, start=1):
        likely = [column for column, _ in known.get(fold_header(header), Counter()).most_common() if column not in taken]
        column = likely[0] if likely else f"{name}_column_{number}"
        taken.add(column)
        yield NewColumn(column, (header,), catalog.columns[column].type if likely else "string", not likely)


def _dictionary(root: Path, columns: Sequence[NewColumn]) -> Mapping[Path, str]:
    path = Path("exports/_shared.yaml")
    zh, en = PLACEHOLDERS
    lines = [
        f"  {column.name}: {{title: {{zh: {zh}, en: {en}}}, description: {{zh: {zh}, en: {en}}}}}\n" for column in columns if column.is_new
    ]
    return {path: (root / path).read_text("utf-8").rstrip("\n") + "\n" + "".join(lines)} if lines else {}


def _add_source(root: Path, name: str) -> str:
    text = (root / "flows/sample/settings.yaml").read_text("utf-8")
    head, mark, rest = text.partition("\nscoring:")
    return f'{head}\n  - {{name: {name}, kind: {name}, location: "inbox/{name}/*"}}{mark}{rest}'


def _require_free(root: Path, name: str) -> None:
    if not re.fullmatch(NAME, name):
        raise ConfigurationError(finding("NAME", repr(name), "lower-case letters, digits and _, a letter first", "Such as open_days."))
    if not (root / "exports" / "_shared.yaml").exists():
        raise ConfigurationError(finding(str(root), "没有 exports/_shared.yaml", "a checkout of the project", "See CONTRIBUTING.md."))
    for path in (f"exports/{name}.yaml", f"sql/marts/{name}.sql"):
        if (root / path).exists():
            raise ConfigurationError(finding(path, "已有此文件 a file", "none", "Choose another name, or change that file."))


def _render(template: str, **facts: object) -> str:
    loader = FileSystemLoader(TEMPLATES)
    # Not HTML: what is rendered is YAML and SQL.
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.get_template(template).render(**facts)


def write_files(root: Path, texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8", newline="\n")
