"""Questions that Python asks of a warehouse, each a file of `sql/queries/`: longer than a line or two, and so read as SQL."""

from __future__ import annotations

from functools import cache

from exports.catalog import PROJECT_ROOT
from exports.messages import _
from flows.workspace.errors import ConfigurationError, finding


@cache
def load_query(name: str) -> str:
    """The text of `sql/queries/<name>.sql`; parameters stand in it as $name.

    Raises:
        ConfigurationError: there is no such file.
    """
    path = PROJECT_ROOT / "sql" / "queries" / f"{name}.sql"
    if not path.exists():
        raise ConfigurationError(finding(str(path), _("no file"), _("the SQL of a query"), _("Write it there.")))
    return path.read_text("utf-8")
