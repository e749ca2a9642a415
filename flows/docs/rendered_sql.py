"""The models of registers as files, rendered from the templates of sql/registers/, for reading and for the linter.

python -m flows.docs.rendered_sql FOLDER    write them there, one file a model
python -m flows.docs.rendered_sql --check   lint them with sqlfluff and the project's settings; exit code 1 if it finds something
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from exports.catalog import PROJECT_ROOT, Catalog, load_catalog
from flows.warehouse.register_models import register_models
from flows.warehouse.templates import SQL, render


def write_rendered(folder: Path, catalog: Catalog, sql: Path = SQL) -> list[Path]:
    """Write `<layer>.<name>.sql` for every model that is rendered, and `word_macros.sql`; what comes back are the files, in the order of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {folder / f"{name}.sql": text for name, (_, text) in register_models(catalog, sql).items()}
    texts[folder / "word_macros.sql"] = render("word_macros", sql)
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    return sorted(texts)


def lint(folder: Path) -> int:
    """What sqlfluff says of a folder's files goes to standard output; its exit code comes back, 0 where it has nothing to say."""
    sqlfluff, settings = str(Path(sys.executable).with_name("sqlfluff")), str(PROJECT_ROOT / "pyproject.toml")
    command = [sqlfluff, "lint", "-q", "--processes", "0", "--config", settings, str(folder)]
    return subprocess.run(command, check=False).returncode


def main(words: list[str]) -> int:
    if words != ["--check"]:
        (place,) = words
        print(f"{len(write_rendered(Path(place), load_catalog()))} files: {place}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        write_rendered(Path(folder), load_catalog())
        return lint(Path(folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
