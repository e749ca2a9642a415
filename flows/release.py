"""Release: from the checked warehouse an immutable folder of open data."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from functools import partial
from importlib.metadata import version

import duckdb

from exports.catalog import Catalog
from exports.changes.feed import NAME as CHANGES
from exports.messages import _, as_message
from exports.release.contract import broken_promises
from exports.release.data_files import Checked
from exports.release.folder import write_release
from exports.release.manifest import GateClosedError, Input, Release
from exports.site.build import write_site
from flows.privacy.redaction import redacted
from flows.publication.changes import follow_release
from flows.publication.held_documents import held_digests
from flows.publication.privacy_gate import what_must_not_leave
from flows.publication.screening import screen_carried_over
from flows.publication.signatures import signing_key
from flows.quality.history import latest_release
from flows.quality.loss_guard import judge, may_go_on
from flows.quality.results import digests, held_back, quality_of
from flows.warehouse.build_key import settings_key
from flows.warehouse.connection import key_of
from flows.warehouse.current_sources import current_sources
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.fingerprint import CODE, code_key
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace

ROLLED_BACK = "按人工决定回退到 rolled back, by a person's decision, to"


def release(workspace: Workspace, *, runner: Runner, accept_loss: Collection[str] | None = ()) -> Release:
    """Write a release of every dataset that passed its checks; the others are carried over from the last good one.

    So is a dataset that would lose many rows (flows/quality/loss_guard.py), unless `accept_loss` names it; None skips that guard.

    Raises:
        ConfigurationError: there is no checked warehouse, or `accept_loss` names something that is not a dataset.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(
            finding(str(workspace.root), _("no checked warehouse"), _("one to release from"), _("Run: gongkai build, then gongkai check"))
        )
    key = key_of(workspace.warehouse)
    latest = latest_release(workspace)
    if latest and latest.build_key == key and not may_go_on(workspace, latest, accept_loss or ()):
        runner.say(_("release: nothing changed, {release} stands", release=latest.name))
        return latest
    with duckdb.connect(str(workspace.warehouse), read_only=True):  # open meanwhile: each of several questions would open it anew
        written = _write(workspace, workspace.catalog, key, runner, latest, accept_loss)
    shutil.rmtree(workspace.next_files, ignore_errors=True)
    return written


def rollback(workspace: Workspace, earlier: Release, *, runner: Runner) -> Release:
    """Write a release with the data of an earlier one, without what may not leave today; it names that one for every dataset.

    It is the latest until the next run that finds other sources, code or another day. A dataset that the earlier release lacks is left out.

    Raises:
        ConfigurationError: there is no checked warehouse, by which is known what may leave.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(
            finding(str(workspace.root), _("no warehouse"), _("one that says what may leave today"), _("Run: gongkai refresh"))
        )
    with duckdb.connect(str(workspace.warehouse), read_only=True):  # open meanwhile, as above
        key = key_of(workspace.warehouse)
        return _write(workspace, workspace.catalog, key, runner, latest_release(workspace), None, earlier)


def _write(
    workspace: Workspace,
    catalog: Catalog,
    key: str,
    runner: Runner,
    latest: Release | None,
    accept_loss: Collection[str] | None,
    back_to: Release | None = None,
) -> Release:
    """Write the release; a dataset that the privacy gate stops is held back like one that failed its checks.

    Where the carried-over files may not leave either, the dataset is left out. `back_to`: all are held back to that release.
    """
    blocked = held_back(workspace.warehouse) | (broken_promises(catalog, latest) if latest else {})
    losses = judge(workspace, catalog, None if accept_loss is None else latest, accept_loss or (), blocked)
    blocked |= losses.held
    if back_to:
        blocked = dict.fromkeys(catalog.datasets, f"{ROLLED_BACK} {back_to.name}")
    forgotten: set[str] = set()
    held = held_digests(workspace.warehouse)
    sources = [source for source in current_sources(workspace, catalog) if source.sha256 not in held]
    code_version = f"{version('gongkai')}+{code_key(*CODE)}"
    passed = latest.folder if latest and latest.code_version == code_version else None
    inputs = [Input(source.path, source.sha256, source.byte_count) for source in sources]
    while True:
        try:
            return write_release(
                workspace.warehouse,
                catalog,
                workspace.releases,
                as_of=workspace.as_of,
                blocked=blocked,
                forgotten=forgotten,
                inputs=inputs,
                code_version=code_version,
                build_key=key,
                settings_key=settings_key(workspace),
                checked=Checked(workspace.next_files, digests(workspace.warehouse)),
                quality=quality_of(workspace.warehouse),
                accepted_losses=losses.accepted,
                gate=partial(what_must_not_leave, catalog=catalog, warehouse=workspace.warehouse, passed=passed),
                screen=partial(screen_carried_over, catalog=catalog, heeds_corrections=True),
                follow=None
                if CHANGES in blocked
                else partial(follow_release, catalog=catalog, warehouse=workspace.warehouse, inputs=inputs, is_decided=back_to is not None),
                write_site=partial(write_site, catalog=catalog),
                signing_key=signing_key(workspace),
                back_to=back_to,
                progress=runner.say,
            )
        except GateClosedError as closed:
            stopped = {
                dataset.name: redacted(reason)  # sources and sheets are named in it, and it is printed with the release
                for dataset in catalog.published.values()
                for path, reason in closed.reasons.items()
                if path.startswith(f"data/{dataset.slug}.") and dataset.name not in forgotten
            }
            if not stopped:
                raise
            forgotten |= stopped.keys() & blocked.keys()
            for name, reason in stopped.items():
                runner.say(f"{name}: " + as_message(reason))
            blocked |= stopped
