"""What the commands have in common: options, exit codes, and how errors are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exports.messages import Language, Message, _, arranged, chosen_language, spoken
from flows.cli.console import safe_console
from flows.cli.languages import speak_as_set
from flows.workspace import help_texts
from flows.workspace.errors import GongkaiError, finding

if TYPE_CHECKING:
    from flows.workspace.settings import Workspace

FAILED = 1  # exit code: no usable result
INTERRUPTED = 130  # exit code: Ctrl-C
INCOMPLETE = 3  # exit code: finished, but sources were rejected or datasets held back
console = safe_console()
errors = safe_console(stderr=True)
WorkspaceOption = Annotated[Path, typer.Option("--workspace", "-w", help=help_texts.WORKSPACE, envvar="GONGKAI_WORKSPACE")]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="没有终端时也显示进展。Say what is done even where no terminal watches.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help=help_texts.QUIET)]
JsonOption = Annotated[bool, typer.Option("--json", help=help_texts.AS_JSON)]
AcceptLossOption = Annotated[
    list[str] | None,
    typer.Option("--accept-loss", help=help_texts.ACCEPT_LOSS, metavar="DATASET"),
]
HERE = Path()


class Form(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"


class AnswerForm(StrEnum):
    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


def example(*lines: str) -> str:
    return "[dim]Example:[/dim] " + " · ".join(f"[cyan]{line}[/cyan]" for line in lines)


@contextmanager
def report_errors() -> Iterator[None]:
    """Print errors that a person can fix in one line; a defect of the program keeps its traceback."""
    from flows.privacy.redaction import redact_logs, redacted, redacted_errors

    redact_logs()
    try:
        with redacted_errors():
            yield
    except fixable_errors() as error:
        errors.print(f"[red]{type(error).__name__}[/red]", end=" ")
        for line in _lines(error.args[0] if error.args else ""):
            errors.print(redacted(line), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from error
    except OSError as error:
        place = error.filename or "the disk"
        words = finding(
            str(place),
            error.strerror or type(error).__name__,
            _("a place that can be read and written"),
            _("Check rights and free space."),
        )
        for line in _lines(words):
            errors.print(redacted(line), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as error:
        errors.print(_("Interrupted: what is done is kept; run it again and it goes on."), soft_wrap=True)
        raise typer.Exit(INTERRUPTED) from error
    except Exception as error:
        if not _is_of_a_service(error):
            raise
        said = redacted(str(error).splitlines()[0][:300] if str(error) else type(error).__name__)
        errors.print("[red]ServiceUnavailable[/red]", end=" ")
        remedy = _("Check that the service runs and its address (such as PREFECT_API_URL) is right, or run without it.")
        errors.print(arranged("{fault}。{remedy}", fault=said, remedy=remedy), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from error


def _lines(words: object) -> tuple[str, ...]:
    """What an error says: a line for each language that was chosen."""
    if not isinstance(words, Message) or words.zh == words.en:
        return (str(words),)
    return (words.zh, words.en) if chosen_language() is Language.both else (spoken(words),)


class WrongUse(typer.BadParameter):
    """A command was called in a way that means nothing."""

    def format_message(self) -> str:
        return f"{self.param_hint}: {self.message}"


def wrong_use(words: str, hint: str) -> WrongUse:
    """The error that says so; `hint` names the option or argument."""
    return WrongUse(spoken(words), param_hint=hint)


def fixable_errors() -> tuple[type[Exception], ...]:
    """The kinds of error that a person can fix. Imported when one is raised: most commands need no descriptors to begin with."""
    from exports.catalog import CatalogError
    from exports.release.manifest import ReleaseError

    return GongkaiError, CatalogError, ReleaseError


def _is_of_a_service(error: BaseException) -> bool:
    """Whether a fault is that of a service which does not answer, Prefect's server or Dask's scheduler: it, or what it came from, is one of
    a connection.
    """
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        room = type(cause).__module__.partition(".")[0]
        if isinstance(cause, ConnectionError) or (room in {"httpx", "httpcore", "distributed"} and "Error" in type(cause).__name__):
            return True
        cause = cause.__cause__ or cause.__context__
    return isinstance(error, RuntimeError) and "Failed to reach API" in str(error)


def open_workspace(folder: Path) -> Workspace:
    """The workspace of a folder, as `Workspace.open`, in whose language is spoken from now on where no other was asked for. Imported here, so
    that `--help` does not wait for it.
    """
    from flows.workspace.settings import Workspace

    place = Workspace.open(folder)
    speak_as_set(place.settings.language)
    return place


def make_runner(verbose: bool, *, quiet: bool = False) -> Any:
    from flows.orchestration.local import LocalRunner
    from flows.orchestration.local import quiet as quiet_runner

    return quiet_runner() if quiet else LocalRunner(errors, verbose=verbose)


def run_verb(verb: Callable[..., Any], workspace: Path, verbose: bool, **options: Any) -> Any:
    """Run one verb while holding the workspace's lock, with a line in its log."""
    from flows.privacy.run_log import logged_run

    with report_errors():
        place = open_workspace(workspace)
        with logged_run(place, verb.__name__):
            return verb(place, runner=make_runner(verbose), **options)
