"""What keeps a portal from being brought to a release. Every message says what was found and what to do, and holds no secret."""

from __future__ import annotations

from exports.credentials import without_secrets
from exports.messages import Message


class PortalError(Exception):
    """The portal was not brought to the release. The message says what state it is in and what to do, and holds no secret."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words.each(without_secrets) if isinstance(words, Message) else without_secrets(words))


class PortalNotAnswering(PortalError):
    """No answer, or an error of the portal's own, after all tries. A later run may succeed."""


class PortalRefused(PortalError):
    """The portal understood and refused: a person has to change the token, the settings or the portal."""


class PortalTooLarge(PortalRefused):
    """The portal, or a proxy before it, accepts no body of this size."""


class PortalBusy(PortalError):
    """Another publisher is changing the same dataset, or changed it since it was read."""
