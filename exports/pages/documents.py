"""The parts of the documents that are generated from the descriptors: the READMEs' table of datasets, and docs/datasets.md.

python -m exports.pages.documents            write them
python -m exports.pages.documents --check    only say whether they are current; exit code 1 if not
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from exports.catalog import PROJECT_ROOT, Catalog, Column, Dataset, load_catalog

BEGIN = "<!-- datasets: written by python -m exports.pages.documents -->"
END = "<!-- datasets: end -->"


def documents(catalog: Catalog, root: Path = PROJECT_ROOT) -> dict[Path, str]:
    """Each document with its current text; a README without the markers gets them at its end, a missing one is skipped."""
    readmes = {root / "README.md": english_table, root / "README.zh-CN.md": chinese_table}
    texts = {path: _with_table(path.read_text("utf-8"), table(catalog)) for path, table in readmes.items() if path.exists()}
    return texts | {root / "docs" / "datasets.md": reference(catalog)}


def _with_table(text: str, table: str) -> str:
    if BEGIN not in text or END not in text:
        text = f"{text.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table}{END}{after}"


def english_table(catalog: Catalog) -> str:
    head = ("Dataset", "One row is", "What it holds")
    return _table(
        head, ((_link(dataset, str(dataset.title)), dataset.grain.en, dataset.description.en) for dataset in catalog.published.values())
    )


def chinese_table(catalog: Catalog) -> str:
    head = ("数据集", "每行含义", "内容")
    return _table(
        head, ((_link(dataset, dataset.title.zh), dataset.grain.zh, dataset.description.zh) for dataset in catalog.published.values())
    )


def _link(dataset: Dataset, title: str) -> str:
    return f"[{title}](docs/datasets.md#{dataset.slug})"


def reference(catalog: Catalog) -> str:
    """docs/datasets.md: every public dataset with its columns in both languages."""
    head = f"# {catalog.title}\n\n{catalog.description.zh}\n\n{catalog.description.en}\n"
    note = "Written by `python -m exports.pages.documents` from `exports/*.yaml`; change the descriptors, not this page.\n"
    return "\n".join([head, note, *map(_chapter, catalog.published.values())])


def _chapter(dataset: Dataset) -> str:
    keys = [f"`{', '.join(key.columns)}` → [{key.references}](#{key.references.replace('_', '-')})" for key in dataset.foreign_keys]
    facts = [
        f"一行 / one row: {dataset.grain.zh} / {dataset.grain.en}",
        f"主键 / primary key: `{', '.join(dataset.primary_key)}`",
        *([f"外键 / foreign keys: {'; '.join(keys)}"] if keys else []),
        f"更新 / updated: {dataset.update_frequency}",
        f"许可 / licence: [{dataset.licence.title}]({dataset.licence.url})",
        f"文件 / files: `data/{dataset.slug}.csv`, `data/{dataset.slug}.parquet`",
    ]
    head = ("列 / column", "名称 / title", "类型 / type", "说明 / description")
    return "\n".join(
        [
            f'<a id="{dataset.slug}"></a>\n\n## {dataset.title}\n',
            f"{dataset.description.zh}\n\n{dataset.description.en}\n",
            *(f"- {fact}" for fact in facts),
            "",
            _table(head, map(_row, dataset.columns)),
        ]
    )


def _row(column: Column) -> tuple[str, ...]:
    limits = [
        *([column.unit] if column.unit else []),
        *(["必填 / required"] if column.required else []),
        *(["、".join(column.enum)] if column.enum else []),
    ]
    kind = "; ".join([column.type, *limits])
    return f"`{column.name}`", str(column.title), kind, f"{column.description.zh} / {column.description.en}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main(words: list[str], root: Path = PROJECT_ROOT, say: Callable[[str], None] = print) -> int:
    """Write or check the documents of `root`; the exit code."""
    return write_or_check(documents(load_catalog(root / "exports"), root), words, "exports.pages.documents", root, say)


def write_or_check(
    texts: Mapping[Path, str], words: list[str], module: str, root: Path = PROJECT_ROOT, say: Callable[[str], None] = print
) -> int:
    """Write generated documents; with the word --check only say which are no longer what `module` makes.

    Returns:
        The exit code: 1 where a check found one that is stale.
    """
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text("utf-8") != text]
    if words == ["--check"]:
        for path in stale:
            say(f"{path.relative_to(root)}: not what it is made from. Run: python -m {module}")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(texts[path], "utf-8", newline="\n")
        say(f"{path.relative_to(root)}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
