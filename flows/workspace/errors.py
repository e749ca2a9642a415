"""The few ways in which a run can fail, each with one meaning for the run.

Every message names the file, the place, what was found, what was expected and what to do; `finding()` puts them in one order so
that all messages read alike.
"""

from __future__ import annotations

from typing import overload

from exports import messages
from exports.credentials import without_secrets
from exports.messages import Message
from flows.workspace.printable import printable


class GongkaiError(Exception):
    """Anything that a person who runs the pipeline can fix. All other errors are defects of the program.

    Its message never holds a secret, nor a character that steers a terminal: libraries repeat addresses with their credentials, messages
    are logged and sent, and names of files are whatever their makers wrote.
    """

    def __init__(self, words: str = "") -> None:
        self.words = _safe(words)
        super().__init__(self.words)


class ConfigurationError(GongkaiError):
    """Settings, descriptors, SQL models or expectations are wrong: nothing can be run until they are corrected."""


class QueryError(GongkaiError):
    """A question asked of the warehouse is no SELECT that runs. Nothing was changed."""


class WorkspaceBusy(GongkaiError):
    """Another run holds the workspace. Retry when it has ended."""


class SourceUnavailable(GongkaiError):
    """A source could not be reached just now. A retry may help."""


class PortalUnavailable(GongkaiError):
    """The portal did not answer, or answered with an error of its own. A retry may help."""


class PrivateData(GongkaiError):
    """Files that were about to be published hold what identifies natural persons. They are not moved."""


class UnreadableSource(GongkaiError):
    """One source file cannot be read. It is recorded in `raw.rejects`; the run goes on and says so at its end."""

    def __init__(self, place: str, found: str, expected: str, remedy: str) -> None:
        super().__init__(finding(place, found, expected, remedy))
        self.place = place
        self.found = _safe(found)
        self.expected = expected
        self.remedy = remedy

    @property
    def reason(self) -> Message:
        """The sentence without its place."""
        return messages.reason(self.found, self.expected, self.remedy)


def finding(place: str, found: str, expected: str, remedy: str) -> Message:
    """One sentence a clerk can act on, in each language, without secrets: where, what was found, what was expected, what to do."""
    return _safe(messages.finding(place, found, expected, remedy))


@overload
def _safe(words: Message) -> Message: ...
@overload
def _safe(words: str) -> str: ...
def _safe(words: str) -> str:
    """The words, both languages of a message each, without secrets and without what steers a terminal."""
    if isinstance(words, Message):
        return words.each(_safe)
    return printable(without_secrets(words))
