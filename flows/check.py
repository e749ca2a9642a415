"""Check: run the three gates on the next warehouse, record the results, and swap the warehouse in.

Raw: sources kept their shape. Core: the data makes sense. Release: the files to publish are what the descriptors promise.
A dataset that fails a critical rule of any gate keeps its last good release.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import duckdb

from exports.messages import _
from flows.quality.data_docs import write_docs
from flows.quality.gates import pass_gates
from flows.quality.history import latest_release
from flows.quality.results import held_back
from flows.warehouse.standing import is_sealed, seal
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace


def check(workspace: Workspace, *, runner: Runner, again: bool = False) -> Mapping[str, str]:
    """Check the next warehouse and swap it in. Where none is waiting, nothing is done unless `again` is set.

    Returns:
        The datasets that may not be released: name -> reason.

    Raises:
        ConfigurationError: there is no warehouse at all, or an expectation is invalid.
    """
    target = workspace.next_warehouse
    if not target.exists():
        _require_warehouse(workspace)
        if not again:
            runner.say(_("check: nothing changed, the last checks stand"))
            return held_back(workspace.warehouse)
        target.parent.mkdir(exist_ok=True)
        copy = target.with_name("copy.duckdb")
        shutil.copyfile(workspace.warehouse, copy)
        copy.rename(target)
    standing = workspace.warehouse if is_sealed(workspace.warehouse) and not again else None  # what is checked again is checked in whole
    suites = pass_gates(target, workspace.next_files, workspace.catalog, runner, standing, latest_release(workspace))
    target.replace(workspace.warehouse)
    seal(workspace.warehouse)
    with duckdb.connect(str(workspace.warehouse), read_only=True):  # held: DuckDB reads the file's catalog once for both
        write_docs(workspace, workspace.catalog, suites)
        return held_back(workspace.warehouse)


def _require_warehouse(workspace: Workspace) -> None:
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.root), _("no warehouse"), _("one to check"), _("Run: gongkai build")))
