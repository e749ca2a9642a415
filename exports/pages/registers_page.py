"""docs/registers.md: per register the columns with the Chinese headers accepted, what must be filled, keys and clocks.

python -m exports.pages.registers_page            write it
python -m exports.pages.registers_page --check    only say whether it is current; exit code 1 if not
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from csv import DictReader
from pathlib import Path

from exports.catalog import PROJECT_ROOT, Catalog, Register, load_catalog
from exports.pages.documents import write_or_check

PAGE = Path("docs/registers.md")
WORDS = Path("sql/reference/code_words.csv")
RULES = Path("sql/reference/clock_rules.csv")
PREDICATES = Path("sql/registers/predicates.sql.j2")
HEAD = """\
# 台账 Registers

Tables that clerks send, as .csv, .tsv, .xlsx, .xls, .ods, .json, .ndjson or .parquet. A file's header row may stand below titles; headers are compared without white
space, brackets or width. A source of kind `<register>` in `gongkai.yaml` brings it in ([settings](settings.md)).

表头按下列写法识别，空白、括号、全半角不影响；未列出的列原样保留并报告，注明“舍弃”的台账除外。日期可写作 2026-03-05、2026/3/5、2026年3月5日。

Written by `python -m exports.pages.registers_page` from `exports/*.yaml`; change the descriptors, not this page.
"""


def page(catalog: Catalog, root: Path = PROJECT_ROOT) -> str:
    """The page's text: an overview, a chapter for each register, and the words that coded columns take."""
    rules = {row["rule_id"]: row for row in _rows(root / RULES)}
    chapters = [_chapter(name, register, catalog, rules) for name, register in catalog.registers.items()]
    return "\n".join([HEAD, _overview(catalog), *chapters, _code_chapter(catalog, root)])


def _overview(catalog: Catalog) -> str:
    lines = ["| 台账 register | 一行 one row is | 公开 public |", "| --- | --- | --- |"]
    for name, register in catalog.registers.items():
        public = (
            f"[{catalog.datasets[name].slug}](datasets.md#{catalog.datasets[name].slug})"
            if name in catalog.datasets
            else "不逐行公开 never by row"
        )
        lines.append(f"| [{register.title.zh}](#{name}) `{name}` | {register.grain.zh} / {register.grain.en} | {public} |")
    return "\n".join([*lines, ""])


def _chapter(name: str, register: Register, catalog: Catalog, rules: dict[str, dict[str, str]]) -> str:
    return "\n".join(
        [
            f'<a id="{name}"></a>\n\n## {register.title}\n',
            f"{register.description.zh}\n\n{register.description.en}\n",
            *(f"- {fact}" for fact in _facts(register, rules)),
            "",
            "| 列 column | 名称 title | 类型 type | 接受的表头 headers |",
            "| --- | --- | --- | --- |",
            *_columns(register, catalog),
            "",
        ]
    )


def _facts(register: Register, rules: dict[str, dict[str, str]]) -> Iterator[str]:
    yield f"同一记录 same record: `{', '.join(register.key)}`"
    if register.key_otherwise:
        yield f"编号未填时 where that is not filled: `{', '.join(register.key_otherwise)}`"
    for group in register.either:
        yield f"至少填写一项 one of: `{', '.join(group)}`"
    for earlier, later in register.orders:
        yield f"`{earlier}` 不晚于 not after `{later}`"
    for filled, needed in register.reasons:
        yield f"填写 where `{filled}` is filled, `{needed}` 也须填写 must be, too"
    for clock in register.clocks:
        rule = rules[clock.rule]
        unit = {"working": "个工作日 working days", "calendar": "天 calendar days"}[rule["day_unit"]]
        when = f"，条件 when {_condition(register, clock.when)}" if clock.when else ""
        yield f"期限 clock `{clock.rule}`: {rule['rule_title']}，`{clock.start}` → `{clock.done}`，{rule['term_days']} {unit}，{rule['law']}{rule['article']}{when}"
    if register.refused:
        yield f"读取时即舍弃 dropped while it is read: {'、'.join(register.refused)}，以及所有未列出的列 and every column not named below"


def _condition(register: Register, when: str) -> str:
    """A column of the register by its name; a predicate with a link to the file in which it stands."""
    return f"`{when}`" if when in register.column_names else f"[`{when}`](../{PREDICATES.as_posix()})"


def _columns(register: Register, catalog: Catalog) -> Iterator[str]:
    must = {*register.required_headers, *register.filled}
    for column in register.columns:
        if column.name not in register.column_names:
            continue
        about = catalog.columns[column.name]
        kind = "; ".join([about.type, *(["必填 required"] if column.name in must else []), *(["取值见下 coded"] if about.enum else [])])
        yield f"| `{column.name}` | {about.title} | {kind} | {'、'.join(column.headers)} |"


def _code_chapter(catalog: Catalog, root: Path) -> str:
    """Every code of the registers' coded columns, with the words that mean it."""
    words: dict[tuple[str, str], list[str]] = {}
    for row in _rows(root / WORDS):
        words.setdefault((row["column_name"], row["code"]), []).append(row["written"])
    named = {column for register in catalog.registers.values() for column in register.column_names}
    lines = ["## 取值 Words for codes\n", "| 列 column | 代码 code | 也写作 also written |", "| --- | --- | --- |"]
    for column in sorted(name for name in named if catalog.columns[name].enum):
        lines += [f"| `{column}` | {code} | {'、'.join(words.get((column, code), []))} |" for code in catalog.columns[column].enum or ()]
    return "\n".join([*lines, ""])


def _rows(path: Path) -> list[dict[str, str]]:
    return list(DictReader(path.read_text("utf-8").splitlines()))


def main(words: list[str], root: Path = PROJECT_ROOT, say: Callable[[str], None] = print) -> int:
    """Write or check the page of `root`; the exit code."""
    return write_or_check({root / PAGE: page(load_catalog(root / "exports"), root)}, words, "exports.pages.registers_page", root, say)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
