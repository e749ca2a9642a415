"""The few ways in which a run can go wrong, each with one meaning for the run.

Every message names the file, the place, what was found, what was expected and what to do; `finding()` puts those words in
order so that all of them read alike.
"""

from __future__ import annotations

from exports.credentials import without_secrets


class GongkaiError(Exception):
    """Anything that a person who runs the pipeline can mend. What is not one of these is a defect of the program.

    Its words hold no secret from the start: libraries repeat addresses with their credentials, and words travel far.
    """

    def __init__(self, words: str = "") -> None:
        super().__init__(without_secrets(words))


class ConfigurationError(GongkaiError):
    """Settings, descriptors, SQL models or expectations are wrong: nothing can be run until they are mended."""


class QueryError(GongkaiError):
    """A question asked of the warehouse is no SELECT that runs. Nothing was changed."""


class WorkspaceBusy(GongkaiError):
    """Another run holds the workspace. Worth another try when it has ended."""


class SourceUnavailable(GongkaiError):
    """A source could not be reached just now. Worth another try."""


class PortalUnavailable(GongkaiError):
    """The portal did not answer, or answered with a fault of its own. Worth another try."""


class PrivateData(GongkaiError):
    """Files that were about to be put before people hold what identifies natural persons. They stay where they are."""


class UnreadableSource(GongkaiError):
    """One source file cannot be read. It is recorded in `raw.rejects`; the run goes on and says so at its end."""

    def __init__(self, place: str, found: str, expected: str, remedy: str) -> None:
        super().__init__(finding(place, found, expected, remedy))
        self.place = place
        self.found = without_secrets(found)
        self.expected = expected
        self.remedy = remedy


def finding(place: str, found: str, expected: str, remedy: str) -> str:
    """One sentence a clerk can act on: where, what stands there, what should stand there, what to do."""
    return without_secrets(f"{place}: found {found}; expected {expected}. {remedy}")
