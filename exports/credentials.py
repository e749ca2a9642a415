"""Public forms of addresses, and texts without credentials: the one redaction of secrets for every output.

Two rules work together. By form: credentials before a host, and the values of a query, are hidden in everything that looks like an
address, and so are the values after words such as `token=` or `Authorization:`. By value: secrets in the environment or the
settings are hidden wherever they appear, as written, percent-encoded or in Base64, since servers and libraries repeat them.

A hidden value is replaced by a mark that says nothing of it. A digest would not do: tokens can be short, and a digest of a
short one can be guessed. So addresses that differ only in hidden values are distinguished by their order (`numbered`).
"""

from __future__ import annotations

import os
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from urllib.parse import quote, quote_plus, unquote, unquote_plus

MARK = "…"
SHORTEST = 6  # characters: a shorter value is hidden where its form shows it, but not searched for in all texts
SUFFIXES = frozenset(
    (
        *("csv", "tsv", "txt", "text", "xlsx", "xls", "xlsm", "ods", "json", "ndjson", "jsonl", "parquet", "zip"),
        *("md", "markdown", "html", "htm", "shtml", "xhtml", "docx", "docm", "pdf", "doc", "wps", "rtf"),
    )
)
"""Endings that stay visible when a query names a file (`download?file=plan.docx`): readers go by them, and they are no secret."""

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}://)((?:(?!::[a-z0-9+.-]+://)[^\s\"'<>「」『』（），。；、])*)")
_BEHIND = re.compile(r"[).,;:!\]}]*$")
_BARE_QUERY = re.compile(r"(?<=[\w/.%~-])\?([\w.~%\[\]-]+=[^\s\"'<>「」『』（），。；、]*)")
_BARE_USER = re.compile(r"(?<![^\s/:@\"'<>()])[^\s/:@\"'<>()]+:[^\s/@\"'<>]+@(?=[\w.-]+(?::\d|/))")
_PARAMETER = re.compile(r"[^\W\d][\w.\[\]-]{0,40}")
_MATRIX = re.compile(r";([A-Za-z_][\w-]*)=[^;/?#]*")
_NAMES = (
    r"token|secret|passw(?:or)?d|passphrase|pwd|api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?|account[_-]?key|private[_-]?key|"
    r"signature|credentials?|authorization|auth[_-]?string|cookie|jsessionid|session[_-]?id|connection[_-]?string"
)
_SECRET_NAME = re.compile(rf"(?i)(?:{_NAMES})|^(?:sig|sas|auth|key|pass)$|_key$")
_PROSE = r"(?!(?:found|expected|an?|the|no|not|none|null|is|may|must|needs?|wrong|missing|extra|input|field|unknown|one|it|its)(?:\s|$))"
_NAMED = re.compile(
    rf"(?i)((?:{_NAMES}|\bsig|\bsas)[\w-]{{0,40}}[\"']?+\s*(?:=\s*|[:：]\s*{_PROSE})[\"']?+)((?<=[\"'])[^\"'\n]+|[!-~]+)"
    r"|((?:密码|口令|令牌|密钥)\s*[:：=]\s*)(\S+)"
)
_HEADER = re.compile(r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)([\"']?\s*[:=]\s*[\"']?)[^\"'\n\r]+")
_SCHEME = re.compile(r"\b(Bearer|Basic|AWS4-HMAC-SHA256)\s+(?=[^\s]*[\d=A-Z+/][^\s]*)[\w.~+/=-]{8,}")
_SHAPES = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*|\b(?:gh[pousr]|github_pat|pnu|pnb)_\w{16,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
)
_ENVIRONMENT = re.compile(
    r"(?i)token|secret|passw|passphrase|credential|api_?key|(?:access|account|private)_?key|_key$|_pwd$|_auth|^auth|_sas|cookie|connection_string"
)
_remembered: set[str] = set()


def public_address(address: str) -> str:
    """An address without credentials and without the values of its query: scheme, host, path and names of parameters stay.

    Also for a path that ends in a query (`plans/a.csv?token=…`), as in the ledger. Applying it twice changes nothing more.
    """
    if not re.search(r"[?#;]|://", address):
        return address  # nearly all, and a ledger holds many
    parts = re.split(r"::(?=[a-z0-9+.-]+(?:://|::))", address)  # fsspec's chains, as in zip://a.csv::https://host/b.zip
    return "::".join(_public_part(part) for part in parts)


def numbered(address: str, number: int) -> str:
    """The public address of the second, third … of several that differ only in hidden values; the first has no number."""
    return address if number == 1 else f"{address} ({number})"


def hides_values(address: str) -> bool:
    """Whether a public address has a query whose values are hidden."""
    return "?" in address and MARK in address.partition("?")[2]


def suffix_of(address: str) -> str:
    """The ending of the file at a public address, in lower case with its dot; empty where it has none. A query does not count,
    unless it names a file and the path does not.
    """
    path, _, query = address.partition("?")
    if not hides_values(address):
        return PurePosixPath(address).suffix.lower()
    suffix = PurePosixPath(path).suffix.lower()
    named = re.search(rf"{MARK}(\.\w+)", query)
    return named[1] if named and suffix[1:] not in SUFFIXES else suffix


def without_secrets(words: str) -> str:
    """The text with every credential and every query value in it hidden, by form and by value."""
    if known := _known_pattern(tuple(sorted(_remembered | set(_environment_secrets())))):
        words = known.sub(MARK, words)
    words = _ADDRESS.sub(_redact_address, words)
    words = _BARE_QUERY.sub(_redact_query, words)
    words = _BARE_USER.sub(f"{MARK}@", words)
    words = _HEADER.sub(rf"\1\2{MARK}", words)
    words = _NAMED.sub(lambda found: (found[1] or found[3]) + MARK, words)
    words = _SCHEME.sub(rf"\1 {MARK}", words)
    return _SHAPES.sub(MARK, words)


def remember_secrets(facts: object, name: str = "") -> None:
    """Remember the secrets in text that people wrote (a text, or lists and mappings of texts), so that `without_secrets` hides them
    everywhere: credentials in addresses, values under a secret's name, and values that look random.
    """
    if isinstance(facts, dict):
        for key, value in facts.items():
            remember_secrets(value, str(key))
    elif isinstance(facts, list | tuple):
        for value in facts:
            remember_secrets(value, name)
    elif facts is not None and not isinstance(facts, bool):
        _remembered.update(_secrets_in(str(facts), name))


def _secrets_in(text: str, name: str) -> Iterator[str]:
    if "://" in text:
        for found in _ADDRESS.finditer(text):
            yield from _secrets_of_address(found[2])
    elif _SECRET_NAME.search(name) or looks_random(text):
        yield text
        yield from text.split(":", 1)[1:]  # user:password, in one


def _secrets_of_address(rest: str) -> Iterator[str]:
    user = rest[: len(rest) - len(_without_user(rest))].removesuffix("@")
    login, mark, password = user.partition(":")
    if mark:
        yield user
        yield password
    if looks_random(login):
        yield login
    for part in re.split(r"[?&#;]", rest)[1:]:
        name, mark, value = part.partition("=")
        if not mark or _SECRET_NAME.search(name) or looks_random(value):
            yield value if mark else name


def looks_random(text: str) -> bool:
    """Whether a text looks random: a long run of letters and digits that change often."""
    runs = re.findall(r"[A-Za-z0-9]{12,}", text)
    return any(len(re.findall(r"(?<=\d)[A-Za-z]|(?<=[A-Za-z])\d", run)) >= 3 for run in runs)  # noqa: PLR2004 - `budget2026` has one change


def _environment_secrets() -> Iterator[str]:
    for name, value in os.environ.items():
        yield from _variable_secrets(name, value)


@lru_cache(maxsize=1024)
def _variable_secrets(name: str, value: str) -> tuple[str, ...]:
    """The secrets in one variable; a path is not one, even if its name sounds so (`GOOGLE_APPLICATION_CREDENTIALS`)."""
    if "://" in value:
        return tuple(_secrets_in(value, name))
    is_secret = _ENVIRONMENT.search(name) and not Path(value).exists()
    return tuple(_secrets_in(value, "token")) if is_secret else ()


@lru_cache(maxsize=4)
def _known_pattern(secrets: tuple[str, ...]) -> re.Pattern[str] | None:
    forms = {form for secret in secrets for form in _forms(secret) if len(form) >= SHORTEST and form not in {"false", MARK}}
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True)))) if forms else None


def _forms(secret: str) -> Iterator[str]:
    """The forms in which a secret may be repeated; empty for one that is too short to be searched for."""
    if len(secret) < SHORTEST:
        return
    for plain in {secret, unquote(secret), unquote_plus(secret)}:
        encoded = {quote(plain, safe=""), quote(plain), quote(plain, safe="/:@+="), quote_plus(plain)}
        yield plain
        yield from encoded
        yield from (re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), form) for form in encoded)
        yield from (repr(plain)[1:-1], *_in_base64(plain))


def _in_base64(plain: str) -> Iterator[str]:
    """Base64 with and without padding."""
    for code in (b64encode, urlsafe_b64encode):
        full = code(plain.encode()).decode()
        yield from (full, full.rstrip("="))


def _redact_address(found: re.Match[str]) -> str:
    """An address within a text, redacted; characters that end a sentence or a bracket are kept after it."""
    behind = _behind(found[2])
    return public_address(found[1] + found[2].removesuffix(behind)) + behind


def _redact_query(found: re.Match[str]) -> str:
    behind = _behind(found[1])
    return f"?{_public_query(found[1].removesuffix(behind))}{behind}"


def _behind(words: str) -> str:
    found = _BEHIND.search(words)
    return found[0] if found else ""


def _public_part(part: str) -> str:
    """One address of a chain, or a path."""
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", part)
    return scheme[0] + _public_path(_without_user(part[scheme.end() :]), is_web=True) if scheme else _public_path(part)


def _without_user(rest: str) -> str:
    """The rest of an address after its credentials. A password with a bare / ? or # is invalid by the standard (RFC 3986, 3.2.1), but
    people write it: a colon in the host's place with no port after it shows one.
    """
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        return rest[authority.rindex("@") + 1 :]
    has_password = ":" in authority and not re.fullmatch(r"\[.*\](:\d*)?|[^:]*:\d*", authority)
    return rest[rest.rindex("@") + 1 :] if has_password and "@" in rest else rest


def _public_path(path: str, *, is_web: bool = False) -> str:
    """A path with the values of its query and of its `;name=value` parts hidden, and for a web address the fragment too."""
    start = re.search(r"[?#]", path) if is_web else re.search(r"\?(?=[!-~]*$|[^\s=?#/]*=)|#(?=[^\s=?#/]+=)", path)
    if start is None or _is_suffix(path[start.end() :]):
        return _MATRIX.sub(rf";\1={MARK}", path) if is_web or ";jsessionid=" in path.lower() else path
    query, _, fragment = path[start.end() :].partition("#")
    return _public_path(path[: start.start()]) + start[0] + _public_query(query) + (f"#{MARK}" if fragment else "")


def _is_suffix(text: str) -> bool:
    """Whether only an ending follows a question mark, which is then part of the name: `怎么办?.docx`."""
    return text.startswith(".") and text[1:].lower() in SUFFIXES


def _public_query(query: str) -> str:
    return "&".join(_public_parameter(part) for part in query.split("&"))


def _public_parameter(part: str) -> str:
    name, mark, value = part.partition("=")
    if re.fullmatch(rf"{MARK}(\.\w+)?(#{MARK})?( \(\d+\))?", value if mark else name):
        return part
    if not mark or not value or not _PARAMETER.fullmatch(name) or looks_random(name):
        return MARK if part else part
    suffix = value.rpartition(".")[2].lower() if "." in value else ""
    return f"{name}={MARK}{f'.{suffix}' if suffix in SUFFIXES else ''}"
