"""The files of a new dataset or register, as texts: rendered from `templates/`, or a standing file with lines added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from exports.catalog import PLACEHOLDERS, Catalog, fold_header, load_catalog
from exports.messages import _, listed
from flows.workspace.errors import ConfigurationError, finding

TEMPLATES = Path(__file__).with_name("templates")
QUESTIONS = Path("tests/audit/questions.yaml")
UNIT = "printed_unit_name"
TYPE_ENDINGS = {"date": ("日期", "时间"), "integer": ("数", "数量", "次数", "批次", "人次")}
UNIT_ENDINGS = ("单位", "部门", "机关", "机构")
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


def register_files(root: Path, name: str, headers: Sequence[str], is_public: bool, measure: str | None = None) -> dict[Path, str]:
    """Path below `root` -> text, of a register's files: three new ones, and the dictionary and the questions' cases that get some lines.

    Raises:
        ConfigurationError: the name is invalid, one of the files exists, or no column names the unit.
    """
    _require_free(root, name)
    columns = _with_unit(list(_columns(load_catalog(root / "exports"), name, headers)))
    if UNIT not in {column.name for column in columns}:
        expected = _("a header that ends in one of {endings}", endings=listed(UNIT_ENDINGS))
        remedy = _("Each row of a register names the unit.")
        raise ConfigurationError(finding("--headers", _("no column for the unit"), expected, remedy))
    days = [column.name for column in columns if column.type == "date"]
    titles = [column.name for column in columns if column.type == "string" and column.name != UNIT][:1]
    facts = {"name": name, "columns": columns, "is_public": is_public, "key": [UNIT, *titles, *days[:1]], "required": [UNIT, *days[:1]]}
    facts |= {"titles": titles, "day": days[0] if days else "TODO", "measure": measure}
    return {
        Path(f"exports/{name}.yaml"): _render("register.yaml.j2", **facts),
        Path(f"flows/sample/registers/{name}.yaml"): _render("sample.yaml.j2", **facts),
        Path(f"sql/audit/{name}_of_unknown_units.sql"): _render("question.sql.j2", **facts),
        **_add_case(root, **facts),
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
        likely = [column for column, _count in known.get(fold_header(header), Counter()).most_common() if column not in taken]
        column = likely[0] if likely else f"{name}_column_{number}"
        taken.add(column)
        yield NewColumn(column, (header,), catalog.columns[column].type if likely else _likely_type(header), not likely)


def _likely_type(header: str) -> str:
    """The type of a new column by the end of its header: 接访日期 is a date, 来访人数 an integer; all else is a string."""
    return next((kind for kind, endings in TYPE_ENDINGS.items() if header.endswith(endings)), "string")


def _with_unit(columns: list[NewColumn]) -> list[NewColumn]:
    """The columns, of which the first new one with a header such as 接访单位 names the unit, where no known one does."""
    if UNIT in {column.name for column in columns}:
        return columns
    unit = next((column for column in columns if column.is_new and column.headers[0].endswith(UNIT_ENDINGS)), None)
    return [NewColumn(UNIT, column.headers, "string", is_new=False) if column is unit else column for column in columns]


def _dictionary(root: Path, columns: Sequence[NewColumn]) -> Mapping[Path, str]:
    path = Path("exports/_shared.yaml")
    zh, en = PLACEHOLDERS
    types = {column.name: "" if column.type == "string" else f", type: {column.type}" for column in columns if column.is_new}
    lines = [f"  {name}: {{title: {{zh: {zh}, en: {en}}}, description: {{zh: {zh}, en: {en}}}{kind}}}\n" for name, kind in types.items()]
    return {path: (root / path).read_text("utf-8").rstrip("\n") + "\n" + "".join(lines)} if lines else {}


def _add_case(root: Path, **facts: object) -> Mapping[Path, str]:
    """The cases of the audit questions with that of the new one; nothing where there are no tests."""
    path = root / QUESTIONS
    return {QUESTIONS: path.read_text("utf-8").rstrip("\n") + "\n" + _render("case.yaml.j2", **facts)} if path.exists() else {}


def _require_free(root: Path, name: str) -> None:
    if not re.fullmatch(NAME, name):
        expected = _("lower-case letters, digits and _, a letter first")
        raise ConfigurationError(finding("NAME", repr(name), expected, _("Such as open_days.")))
    if not (root / "exports" / "_shared.yaml").exists():
        raise ConfigurationError(
            finding(str(root), _("no {file}", file="exports/_shared.yaml"), _("a checkout of the project"), _("See CONTRIBUTING.md."))
        )
    for path in (f"exports/{name}.yaml", f"sql/marts/{name}.sql"):
        if (root / path).exists():
            raise ConfigurationError(finding(path, _("a file of that name"), _("none"), _("Choose another name, or change that file.")))


def _render(template: str, **facts: object) -> str:
    loader = FileSystemLoader(TEMPLATES)
    # Not HTML: what is rendered is YAML and SQL.
    environment = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True, autoescape=False)  # noqa: S701
    return environment.get_template(template).render(**facts)


def write_files(root: Path, texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8", newline="\n")
