"""Check: three gates between the next warehouse and the public, what came of them written down, and the warehouse swapped in.

Raw: did the sources keep their shape. Core: does what was made of them make sense. Release: are the files that would leave
what was promised. A dataset that fails a critical rule of any gate keeps its last good release.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from exports.catalog import load_catalog
from flows.quality.data_docs import write_docs
from flows.quality.gates import pass_gates
from flows.quality.results import held_back
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace


def check(workspace: Workspace, *, runner: Runner, again: bool = False) -> Mapping[str, str]:
    """Check the next warehouse and swap it in whole. Where none is waiting there is nothing to do, unless `again` asks for it.

    Returns:
        The datasets that may not be released, each with the reason.

    Raises:
        ConfigurationError: there is no warehouse at all, or an expectation is written wrongly.
    """
    target = workspace.next_warehouse
    if not target.exists():
        _require_standing(workspace)
        if not again:
            runner.say("check: nothing changed, the last checks stand")
            return held_back(workspace.warehouse)
        target.parent.mkdir(exist_ok=True)
        copy = target.with_name("copy.duckdb")
        shutil.copyfile(workspace.warehouse, copy)
        copy.rename(target)
    suites = pass_gates(target, workspace.next_files, runner)
    target.replace(workspace.warehouse)
    write_docs(workspace, load_catalog(), suites)
    return held_back(workspace.warehouse)


def _require_standing(workspace: Workspace) -> None:
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.root), "no warehouse", "one to check", "Run: gongkai build"))
