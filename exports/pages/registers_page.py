"""docs/registers.md and docs/zh/registers.md: per register the columns with the Chinese headers accepted, what must be filled, keys and clocks.

python -m exports.pages.registers_page            write them
python -m exports.pages.registers_page --check    only say whether they are current; exit code 1 if not
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path

from exports.catalog import PROJECT_ROOT, Catalog, Register, load_catalog
from exports.pages.documents import write_or_check

WORDS = Path("sql/reference/code_words.csv")
RULES = Path("sql/reference/clock_rules.csv")
PREDICATES = Path("sql/registers/predicates.sql.j2")
HEAD = """\
# 台账 Registers

[简体中文](zh/registers.md)

Tables that clerks send, as .csv, .tsv, .xlsx, .xls, .ods, .json, .ndjson or .parquet ([how they are kept and handed in](clerks.md)). A file's header row may stand below
titles; headers are compared without white space, brackets or width. A source of kind `<register>` in `gongkai.yaml` brings it in ([settings](settings.md)).

表头按下列写法识别，空白、括号、全半角不影响；未列出的列原样保留并报告，注明“舍弃”的台账除外。日期可写作 2026-03-05、2026/3/5、2026年3月5日。

Written by `python -m exports.pages.registers_page` from `exports/*.yaml`; change the descriptors, not this page.
"""
HEAD_ZH = """\
# 台账

[English](../registers.md)

经办人报送的表格，.csv、.tsv、.xlsx、.xls、.ods、.json、.ndjson、.parquet 均可（[怎样填、怎样报](clerks.md)）。表头上方可以有标题行。
在 `gongkai.yaml` 中设一个种类为 `<register>` 的来源，就会读取（[设置](settings.md)）。

表头按下列写法识别，空白、括号、全半角不影响；未列出的列原样保留并报告，注明“舍弃”的台账除外。日期可写作 2026-03-05、2026/3/5、2026年3月5日。

本页由 `python -m exports.pages.registers_page` 从 `exports/*.yaml` 写成；请改数据集描述，不要改本页。
"""
TYPES_ZH = {"string": "文本", "integer": "整数", "number": "数字", "boolean": "是或否", "date": "日期", "timestamp": "时刻"}


@dataclass(frozen=True)
class Edition:
    """One edition of the page: its place, its opening, and whether English stands beside the Chinese."""

    path: Path
    head: str
    with_english: bool

    def words(self, zh: str, en: str, between: str = " ") -> str:
        """What a reader of this edition sees of a text in both languages."""
        return f"{zh}{between}{en}" if self.with_english else zh

    def link(self, target: str) -> str:
        """The way from this page to a file, given from `docs/`."""
        return target if self.with_english else f"../{target}"

    def table(self, *heads: tuple[str, str]) -> list[str]:
        """The first two lines of a table."""
        return [f"| {' | '.join(self.words(*head) for head in heads)} |", f"| {' | '.join('---' for _ in heads)} |"]


BOTH = Edition(Path("docs/registers.md"), HEAD, with_english=True)
CHINESE = Edition(Path("docs/zh/registers.md"), HEAD_ZH, with_english=False)


def page(catalog: Catalog, root: Path = PROJECT_ROOT, edition: Edition = BOTH) -> str:
    """The page's text: an overview, a chapter for each register, and the words that coded columns take."""
    rules = {row["rule_id"]: row for row in _rows(root / RULES)}
    chapters = [_chapter(name, register, catalog, rules, edition) for name, register in catalog.registers.items()]
    return "\n".join([edition.head, _overview(catalog, edition), *chapters, _code_chapter(catalog, root, edition)])


def _overview(catalog: Catalog, edition: Edition) -> str:
    lines = edition.table(("台账", "register"), ("一行", "one row is"), ("公开", "public"))
    for name, register in catalog.registers.items():
        public = edition.words("不逐行公开", "never by row")
        if name in catalog.datasets:
            slug = catalog.datasets[name].slug
            public = f"[{slug}]({edition.link('datasets.md')}#{slug})"
        grain = edition.words(register.grain.zh, register.grain.en, " / ")
        lines.append(f"| [{register.title.zh}](#{name}) `{name}` | {grain} | {public} |")
    return "\n".join([*lines, ""])


def _chapter(name: str, register: Register, catalog: Catalog, rules: dict[str, dict[str, str]], edition: Edition) -> str:
    return "\n".join(
        [
            f'<a id="{name}"></a>\n\n## {edition.words(register.title.zh, f"({register.title.en})")}\n',
            f"{edition.words(register.description.zh, register.description.en, chr(10) * 2)}\n",
            *(f"- {fact}" for fact in _facts(register, rules, edition)),
            "",
            *edition.table(("列", "column"), ("名称", "title"), ("类型", "type"), ("接受的表头", "headers")),
            *_columns(register, catalog, edition),
            "",
        ]
    )


def _facts(register: Register, rules: dict[str, dict[str, str]], edition: Edition) -> Iterator[str]:
    words = edition.words
    yield f"{words('同一记录', 'same record')}: `{', '.join(register.key)}`"
    if register.key_otherwise:
        yield f"{words('编号未填时', 'where that is not filled')}: `{', '.join(register.key_otherwise)}`"
    for group in register.either:
        yield f"{words('至少填写一项', 'one of')}: `{', '.join(group)}`"
    for earlier, later in register.orders:
        yield f"`{earlier}` {words('不晚于', 'not after')} `{later}`"
    for filled, needed in register.reasons:
        yield words(f"填写了 `{filled}` 的，`{needed}` 也须填写", f"where `{filled}` is filled, `{needed}` must be, too")
    yield from _clocks(register, rules, edition)
    if register.refused:
        others = words("所有未列出的列", "and every column not named below")
        yield f"{words('读取时即舍弃', 'dropped while it is read')}: {'、'.join(register.refused)}，以及{others}"


def _clocks(register: Register, rules: dict[str, dict[str, str]], edition: Edition) -> Iterator[str]:
    units = {"working": ("个工作日", "working days"), "calendar": ("天", "calendar days")}
    for clock in register.clocks:
        rule = rules[clock.rule]
        term = f"{rule['term_days']} {edition.words(*units[rule['day_unit']])}，{rule['law']}{rule['article']}"
        when = f"，{edition.words('条件', 'when')} {_condition(register, clock.when, edition)}" if clock.when else ""
        yield f"{edition.words('期限', 'clock')} `{clock.rule}`: {rule['rule_title']}，`{clock.start}` → `{clock.done}`，{term}{when}"


def _condition(register: Register, when: str, edition: Edition) -> str:
    """A column of the register by its name; a predicate with a link to the file in which it stands."""
    return f"`{when}`" if when in register.column_names else f"[`{when}`]({edition.link(f'../{PREDICATES.as_posix()}')})"


def _columns(register: Register, catalog: Catalog, edition: Edition) -> Iterator[str]:
    must = {*register.required_headers, *register.filled}
    for column in register.columns:
        if column.name not in register.column_names:
            continue
        about = catalog.columns[column.name]
        kinds = [about.type if edition.with_english else TYPES_ZH[about.type]]
        kinds += [edition.words("必填", "required")] if column.name in must else []
        kinds += [edition.words("取值见下", "coded")] if about.enum else []
        title = edition.words(about.title.zh, f"({about.title.en})")
        yield f"| `{column.name}` | {title} | {('; ' if edition.with_english else '；').join(kinds)} | {'、'.join(column.headers)} |"


def _code_chapter(catalog: Catalog, root: Path, edition: Edition) -> str:
    """Every code of the registers' coded columns, with the words that mean it."""
    words: dict[tuple[str, str], list[str]] = {}
    for row in _rows(root / WORDS):
        words.setdefault((row["column_name"], row["code"]), []).append(row["written"])
    named = {column for register in catalog.registers.values() for column in register.column_names}
    heads = edition.table(("列", "column"), ("代码", "code"), ("也写作", "also written"))
    lines = [f"## {edition.words('取值', 'Words for codes')}\n", *heads]
    for column in sorted(name for name in named if catalog.columns[name].enum):
        lines += [f"| `{column}` | {code} | {'、'.join(words.get((column, code), []))} |" for code in catalog.columns[column].enum or ()]
    return "\n".join([*lines, ""])


def _rows(path: Path) -> list[dict[str, str]]:
    return list(DictReader(path.read_text("utf-8").splitlines()))


def main(words: list[str], root: Path = PROJECT_ROOT, say: Callable[[str], None] = print) -> int:
    """Write or check both editions of the page of `root`; the exit code."""
    catalog = load_catalog(root / "exports")
    texts = {root / edition.path: page(catalog, root, edition) for edition in (BOTH, CHINESE)}
    return write_or_check(texts, words, "exports.pages.registers_page", root, say)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
