"""The commands for stored releases: what changed between two of them, whether they are as they were written, keys."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exports.messages import N_, _, arranged, joined, spoken
from flows.cli.shared import FAILED, HERE, Form, WorkspaceOption, console, example, make_runner, open_workspace, report_errors, wrong_use

if TYPE_CHECKING:
    from flows.workspace.settings import Workspace

commands = typer.Typer()


class DiffForm(StrEnum):
    words = "words"
    csv = "csv"
    json = "json"


@commands.command(
    epilog=example("gongkai diff", "gongkai diff 2026-10-30 2026-10-31 --dataset disclosures", "gongkai diff --format csv > changes.csv")
)
def diff(
    earlier: Annotated[
        str | None,
        typer.Argument(help="较早的发布，缺省为较晚者的前一次。Name, day or folder; left out: the release before the later one."),
    ] = None,
    later: Annotated[str, typer.Argument(help="较晚的发布，缺省为最新。The later release; left out: the latest.")] = "latest",
    workspace: WorkspaceOption = HERE,
    dataset: Annotated[
        list[str] | None, typer.Option("--dataset", "-d", help="只看此数据集，可重复。Only this dataset; may be repeated.")
    ] = None,
    form: Annotated[DiffForm, typer.Option("--format", "-f", help="变更的显示形式。How to show the changes.")] = DiffForm.words,
) -> None:
    """两次发布之间的变更。What changed from one release to another, by today's rules of what may be shown."""
    from flows.privacy.redaction import redacted
    from flows.publication.diff import COLUMNS, difference
    from flows.publication.stored_releases import find_release, release_before

    with report_errors():
        place = open_workspace(workspace)
        newer = find_release(place, later)
        older = find_release(place, earlier) if earlier else release_before(newer)
        with difference(place, older, newer, tuple(dataset or ())) as found:
            if form is DiffForm.words:
                console.print((older.name if older else _("none")) + f" → {newer.name}", markup=False, highlight=False, soft_wrap=True)
                for line in found.words():
                    console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)
            elif form is DiffForm.csv:
                csv.writer(sys.stdout).writerows([COLUMNS, *found.rows()])
            else:
                rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.rows()]
                sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")


@commands.command(
    epilog=example(
        "gongkai verify",
        "gongkai verify --all",
        "gongkai verify https://data.example.org/releases/2026-10-31-1f00aa22 --key signing.pub",
        "gongkai verify --portal",
    )
)
def verify(
    target: Annotated[
        str | None,
        typer.Argument(
            help="发布名称、日期、目录、zip 或网址，缺省为最新。A release, a folder of one or of many, a zip, an address; left out: the latest and the chain."
        ),
    ] = None,
    workspace: WorkspaceOption = HERE,
    portal: Annotated[
        bool,
        typer.Option(
            "--portal", help="核对门户对公众所供的内容，而不是发布目录。Read the portal, as the public can, instead of the release folder."
        ),
    ] = False,
    mirror: Annotated[
        bool, typer.Option("--mirror", help="核对镜像上最新发布的副本。Read the latest release's copy on the mirror instead.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="核对全部发布的每个字节。Read every byte of every stored release.")] = False,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick", help="网址：只核对清单、签名和文件大小。Of an address only manifest, signature, sizes and Parquet footers."
        ),
    ] = False,
    key: Annotated[
        Path | None, typer.Option("--key", help="公钥文件。Public keys; left out: signing.pub of the workspace.", exists=True)
    ] = None,
) -> None:
    """核对发布内容。Read back what was released, its chain and signature, or what portal or mirror serve, and report what differs."""
    from flows.publication.remote import is_address, verify_address
    from flows.publication.signatures import public_keys
    from flows.publication.verification import verify_archive, verify_folder

    with report_errors():
        if target and is_address(target):
            name, faults = verify_address(target, public_keys(open_workspace(workspace), key) if key else (), quick=quick)
            report(name, faults, arranged("（{what}）", what=_("contents not read")) if quick else "")
        if quick:
            raise wrong_use(_("only an address is verified quickly: a folder is read in a moment"), "--quick")
        folder = Path(target) if target and Path(target).is_dir() else None
        if target and Path(target).suffix == ".zip" and Path(target).is_file():
            report(Path(target).name, verify_archive(Path(target), public_keys(open_workspace(workspace), key) if key else ()))
        elif folder:
            report(folder.resolve().name, verify_folder(folder, public_keys(open_workspace(workspace), key) if key else ()))
        else:
            report(*_verify_stored(open_workspace(workspace), target, portal, mirror, every, key))


def _verify_stored(
    place: Workspace, target: str | None, portal: bool, mirror: bool, every: bool, key: Path | None
) -> tuple[str, list[str], str]:
    """The name of what was verified, its faults, and how much of a portal was read."""
    from exports.release.chain import verify_chain
    from flows.publication.mirror import verify_mirror
    from flows.publication.portal import verify_portal
    from flows.publication.signatures import public_keys
    from flows.publication.stored_releases import find_release
    from flows.publication.verification import verify_folder
    from flows.quality.history import latest_release

    if latest_release(place) is None:
        console.print(_("No release yet.") + " [cyan]gongkai refresh[/cyan]")
        raise typer.Exit(FAILED)
    release = find_release(place, target or "latest")
    if portal:
        read = verify_portal(place)
        return release.name, [*read.problems], arranged(" ({amount})", amount=read.amount)
    if mirror:
        return release.name, verify_mirror(place), ""
    keys = public_keys(place, key)
    if every:
        return str(place.releases), verify_folder(place.releases, keys), ""
    return release.name, [*verify_folder(release.folder, keys), *(() if target else verify_chain(place.releases))], ""


def report(name: str, differences: Sequence[str], amount: str = "") -> None:
    from flows.privacy.redaction import redacted

    for difference in differences:
        console.print(redacted(difference), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{name}: " + (_("differs") if differences else _("equal")) + amount, soft_wrap=True)
    raise typer.Exit(FAILED if differences else 0)


@commands.command(name="signing-key", epilog=example("gongkai signing-key /etc/gongkai/signing.key -w county"))
def signing_key(
    private: Annotated[
        Path, typer.Argument(help="私钥文件，放在工作区和备份之外。File of the private key, outside the workspace.", dir_okay=False)
    ],
    workspace: WorkspaceOption = HERE,
) -> None:
    """新的签名密钥。Make a key pair that signs releases; the public key goes into the workspace."""
    from exports.release.signing import make_key
    from flows.publication.signatures import PRIVATE_KEY, PUBLIC_KEYS

    with report_errors():
        place = open_workspace(workspace)
        made = make_key(private, place.root / PUBLIC_KEYS)
        console.print(_("Public key") + f" {made.name}: {place.root / PUBLIC_KEYS}", markup=False, soft_wrap=True)
        console.print(_("Before releasing, set") + f": {PRIVATE_KEY}={private.resolve()}", markup=False, soft_wrap=True)


_MARKS = {"is_latest": N_("latest"), "is_redacted": N_("redacted"), "archive": N_("archived")}


@commands.command(name="releases", epilog=example("gongkai releases", "gongkai releases --format csv"))
def list_releases(
    workspace: WorkspaceOption = HERE,
    form: Annotated[Form, typer.Option("--format", "-f", help="清单的形式。How to show the list.")] = Form.table,
) -> None:
    """已有的发布。The stored releases, oldest first: day, datasets, rows, and how many bytes each has that none before it has."""
    from flows.publication.stored_releases import describe_releases

    with report_errors():
        rows = describe_releases(open_workspace(workspace))
    if form is Form.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, default=str) + "\n")
        return
    names = [*rows[0]] if rows else ["release"]
    if form is Form.csv:
        csv.writer(sys.stdout).writerows([names, *(row.values() for row in rows)])
        return
    for row in rows:
        marks = joined("，", [_(word) for is_so, word in _MARKS.items() if row[is_so]])
        own = f"{row['own_bytes'] / 1e6:.1f}"
        size = _("{datasets} datasets, {rows} rows, {own} MB of its own", datasets=row["datasets"], rows=row["rows"], own=own)
        line = f"{row['release']}  " + size + (arranged("（{marks}）", marks=marks) if marks else "")
        console.print(line, highlight=False, soft_wrap=True)
    console.print(_("{count} releases", count=len(rows)))


@commands.command(epilog=example("gongkai serve", "gongkai serve 2026-10-31 --port 9000"))
def serve(
    release: Annotated[str, typer.Argument(help="发布名称、日期或目录，缺省为最新。A release; left out: the latest.")] = "latest",
    workspace: WorkspaceOption = HERE,
    host: Annotated[
        str, typer.Option("--host", help="本机以外也可访问时须写明。The address to listen at; this machine alone by default.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="端口。The port; 0 takes a free one.")] = 8400,
) -> None:
    """在浏览器中查看发布的网站。Show a release's site in the browser, until Ctrl-C."""
    from flows.publication.serving import serve as verb
    from flows.publication.stored_releases import find_release
    from flows.workspace.errors import ConfigurationError, finding

    def say(address: str) -> None:
        console.print(
            arranged("{address}  ({how})", address=address, how=_("Ctrl-C ends it")), markup=False, highlight=False, soft_wrap=True
        )

    with report_errors():
        found = find_release(open_workspace(workspace), release)
        try:
            verb(found, host, port, say)
        except OSError as error:
            where = f"{host}:{port}"
            where_not, remedy = (
                _("a port that is taken or not allowed ({reason})", reason=error.strerror),
                _("Take another: gongkai serve --port 8401"),
            )
            raise ConfigurationError(finding(where, where_not, _("a free port"), remedy)) from error


@commands.command(epilog=example("gongkai rollback 2026-10-30", "gongkai rollback 2026-10-30 --yes"))
def rollback(
    release: Annotated[str, typer.Argument(help="名称、日期或目录。The release to go back to: name, day or folder.")],
    workspace: WorkspaceOption = HERE,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="不询问；没有终端可问时须写明。Do not ask; needed where no terminal can be asked.")
    ] = False,
) -> None:
    """回退到以前的发布。Make the data of an earlier release the latest again, without what was withdrawn since.

    It is a new release in the chain, which names the earlier one. The next run with other sources, code or day replaces it.
    """
    from flows.publication.stored_releases import find_release
    from flows.release import rollback as verb
    from flows.workspace.lock import one_run_at_a_time

    with report_errors():
        place = open_workspace(workspace)
        with one_run_at_a_time(place):
            earlier = find_release(place, release)
            if not yes and not sys.stdin.isatty():
                raise wrong_use(_("no terminal to ask on: say --yes if it is meant"), "--yes")
            if not yes:
                typer.confirm(spoken(_("Make the data of {release} the latest again?", release=earlier.name)), abort=True)
            done = verb(place, earlier, runner=make_runner(False))
    console.print(
        arranged("{earlier} → {done}；{then}: gongkai publish", earlier=earlier.name, done=done.name, then=_("then run")),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@commands.command(epilog=example("gongkai redact", "gongkai redact --yes"))
def redact(
    workspace: WorkspaceOption = HERE,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="不询问；没有终端可问时须写明。Do not ask; needed where no terminal can be asked.")
    ] = False,
) -> None:
    """从旧发布中删去已不得公开的内容。Take out of stored releases what may no longer leave; it cannot be brought back.

    Each keeps its name and place in the chain; its manifest becomes a record of what was taken out. Then run publish: mirrors follow.
    """
    from flows.backfill import SERIES, BackfillSeries
    from flows.privacy.redaction import redacted
    from flows.privacy.run_log import logged_run
    from flows.publication.redact import redact as verb
    from flows.publication.redact import redactable

    with report_errors():
        place = open_workspace(workspace)
        with logged_run(place, "redact"):
            series = BackfillSeries(place.root, place.settings)
            found = redactable(place)
            of_series = redactable(series, is_followed=False)
            for name, why in (found | {f"{SERIES}/{name}": why for name, why in of_series.items()}).items():
                console.print(redacted(f"{name}: " + why), markup=False, highlight=False, soft_wrap=True)
            if (found or of_series) and not yes and not sys.stdin.isatty():
                raise wrong_use(_("no terminal to ask on: say --yes if it is to be taken out"), "--yes")
            if (found or of_series) and not yes:
                typer.confirm(spoken(_("Take it out?")), abort=True)
            say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
            done = [*(verb(place, say) if found else []), *(verb(series, say, is_followed=False) if of_series else [])]
    console.print(_("{count} releases rewritten", count=len(done)), soft_wrap=True)
