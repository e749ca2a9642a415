"""The keys of a workspace: the private one named by the environment, the public ones beside the settings.

GONGKAI_SIGN_WITH names the file with the private key, so that it lies outside the workspace and its backups; without it releases are not
signed. `signing.pub` in the workspace has the public keys: the current one, and below it former ones.
"""

from __future__ import annotations

import os
from pathlib import Path

from exports.release.signing import PublicKey, read_public_keys
from flows.workspace.settings import Workspace

PRIVATE_KEY = "GONGKAI_SIGN_WITH"
PUBLIC_KEYS = "signing.pub"


def signing_key(workspace: Workspace) -> Path | None:
    """The file of the private key, relative paths being of the workspace; None where none is named."""
    named = os.environ.get(PRIVATE_KEY)
    return workspace.root / Path(named).expanduser() if named else None


def public_keys(workspace: Workspace, file: Path | None = None) -> list[PublicKey]:
    """The public keys of a file, or of the workspace; none where it has no such file.

    Raises:
        ReleaseError: the file holds no key that can be read.
    """
    path = file or workspace.root / PUBLIC_KEYS
    return read_public_keys(path) if file or path.exists() else []
