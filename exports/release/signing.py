"""The signature of a release: `manifest.json.minisig`, which minisign checks as well (Ed25519 over the BLAKE2b digest of the manifest).

The manifest names every file with its SHA-256 and the manifest before it, so that one signature covers the release and all before it. A
signature holds no time: the same manifest and key give the same bytes. Format: https://jedisct1.github.io/minisign/#signature-format.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key

from exports.messages import N_, _, finding, listed
from exports.release.manifest import MANIFEST, ReleaseError

SIGNATURE = f"{MANIFEST}.minisig"
KEY_ALGORITHM, PREHASHED = b"Ed", b"ED"
KEY_BYTES = 42  # algorithm, number, key
_COMMENT, _TRUSTED = "untrusted comment: ", "trusted comment: "


@dataclass(frozen=True)
class PublicKey:
    """A public key with its number, by which a signature names the key that made it."""

    number: bytes
    key: Ed25519PublicKey

    @property
    def name(self) -> str:
        """The number as minisign writes it."""
        return self.number[::-1].hex().upper()


def make_key(private: Path, public: Path) -> PublicKey:
    """Write a new key pair: the private key as PEM for its owner alone, the public one as minisign reads it.

    Raises:
        ReleaseError: a file stands there already: a key is never overwritten.
    """
    for path in (private, public):
        if path.exists():
            raise ReleaseError(finding(str(path), _("a key"), _("none: a key that is overwritten is lost"), _("Move it away first.")))
    made = Ed25519PrivateKey.generate()
    private.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    one = _public(made)
    raw = one.key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    public.write_text(f"{_COMMENT}minisign public key {one.name}\n{_text(KEY_ALGORITHM + one.number + raw)}\n", "ascii")
    return one


def sign_manifest(folder: Path, private: Path, release: str) -> None:
    """Write the signature of the manifest in `folder`.

    Raises:
        ReleaseError: the key cannot be read, or is no Ed25519 key.
    """
    key = _read_private(private)
    public = _public(key)
    signed = key.sign(_digest((folder / MANIFEST).read_bytes()))
    comment = f"release:{release}\tfile:{MANIFEST}\thashed"
    lines = [
        f"{_COMMENT}signature of {release} by key {public.name}",
        _text(PREHASHED + public.number + signed),
        f"{_TRUSTED}{comment}",
        _text(key.sign(signed + comment.encode())),
    ]
    (folder / SIGNATURE).write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def read_public_keys(path: Path) -> list[PublicKey]:
    """The keys of a file: one, or several below each other (former ones stay, so that what they signed can still be checked).

    Raises:
        ReleaseError: it holds none that can be read.
    """
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        keys = [_key_of(base64.b64decode(line, validate=True)) for line in lines if line and not line.startswith((_COMMENT, "#"))]
    except (OSError, ValueError) as error:
        found = _("no public key that can be read ({fault})", fault=type(error).__name__)
        raise ReleaseError(finding(str(path), found, _("lines as minisign writes them"), _("Run: gongkai signing-key"))) from error
    if not keys:
        raise ReleaseError(finding(str(path), _("no public key"), _("one at least"), _("Run: gongkai signing-key")))
    return keys


def wrong_signature(folder: Path, keys: list[PublicKey], release: str) -> list[str]:
    """One sentence where the manifest in `folder` is not signed by one of the keys, or signed for another release."""
    path = folder / SIGNATURE
    if not path.exists():
        return [_("{path}: found no signature; expected one by {keys}", path=path, keys=listed(key.name for key in keys))]
    try:
        _comment, signature, trusted, overall = path.read_text("utf-8").splitlines()
        packed, comment = base64.b64decode(signature, validate=True), trusted.removeprefix(_TRUSTED)
        algorithm, number, signed = packed[:2], packed[2:10], packed[10:]
        key = next((one for one in keys if one.number == number), None)
        if key is None:
            return [_("{path}: found a signature by another key; expected one by {keys}", path=path, keys=listed(one.name for one in keys))]
        if algorithm != PREHASHED or not comment.startswith(f"release:{release}\t"):
            return [_("{path}: found a signature of something else; expected one of {release}", path=path, release=release)]
        key.key.verify(signed, _digest((folder / MANIFEST).read_bytes()))
        key.key.verify(base64.b64decode(overall, validate=True), signed + comment.encode())
    except (InvalidSignature, ValueError, binascii.Error, UnicodeDecodeError):
        words = N_("{path}: found a signature that does not fit the manifest; expected one made of it. Manifest or signature was changed")
        return [_(words, path=path)]
    return []


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        found = _("no key that can be read ({fault})", fault=type(error).__name__)
        raise ReleaseError(finding(str(path), found, _("a PEM without a passphrase"), _("Run: gongkai signing-key"))) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseError(finding(str(path), _("a key of another kind"), "Ed25519", _("Run: gongkai signing-key")))
    return key


def _public(key: Ed25519PrivateKey) -> PublicKey:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(hashlib.sha256(raw).digest()[:8], key.public_key())


def _key_of(packed: bytes) -> PublicKey:
    if len(packed) != KEY_BYTES or packed[:2] != KEY_ALGORITHM:
        raise ValueError("no Ed25519 key of minisign")
    return PublicKey(packed[2:10], Ed25519PublicKey.from_public_bytes(packed[10:]))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=64).digest()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
