"""Texts that leave the program: errors with their causes, log records, and messages about wrong settings."""

from __future__ import annotations

import io
import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.privacy.redaction import redact_logs, redacted_errors
from flows.workspace.errors import ConfigurationError, SourceUnavailable, UnreadableSource, finding
from flows.workspace.settings import Settings, read_settings

URL = "https://reader:{0}@data.example.org/a.csv?ticket={0}"
HUSH = "hushHUSH77"


def raised(error: BaseException) -> str:
    """The text that a traceback prints of an error from `redacted_errors`, frames left out."""
    with pytest.raises(type(error)) as caught, redacted_errors():
        raise error
    found: BaseException | None = caught.value
    said = []
    while found is not None:
        said += [*traceback.format_exception_only(found), repr(found.args)]
        found = found.__cause__ or found.__context__
    return "".join(said)


def with_cause(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


def with_note(error: BaseException, note: str) -> BaseException:
    error.add_note(note)
    return error


SECRET_URL = URL.format(HUSH)


@pytest.mark.parametrize(
    "error",
    [
        SourceUnavailable(f"no answer from {SECRET_URL}"),
        with_cause(SourceUnavailable("no answer"), OSError(SECRET_URL)),
        with_cause(SourceUnavailable("no answer"), with_cause(ValueError("x"), OSError(f"Authorization: Bearer {HUSH}"))),
        with_note(SourceUnavailable("no answer"), f"tried {SECRET_URL}"),
        with_cause(SourceUnavailable("no answer"), ExceptionGroup("several", [OSError(SECRET_URL)])),
        with_cause(ConfigurationError("no answer"), with_note(OSError("x"), SECRET_URL)),
    ],
)
def test_no_error_holds_a_secret_in_its_message_causes_or_notes(error: BaseException) -> None:
    said = raised(error)
    assert HUSH not in said
    assert "no answer" in said


def test_a_library_error_keeps_its_name_and_what_is_not_secret() -> None:
    with pytest.raises(RuntimeError, match=r"^OSError: 403, url='https://data\.example\.org/a\.csv\?ticket=…'$"), redacted_errors():
        raise OSError(f"403, url='{SECRET_URL}'")


def test_an_error_without_a_secret_keeps_its_cause() -> None:
    error = with_cause(SourceUnavailable("no answer"), OSError("refused"))
    assert "refused" in raised(error)


def test_errors_of_ours_hold_no_secret_from_the_start() -> None:
    errors = (
        ConfigurationError(SECRET_URL),
        SourceUnavailable(finding(SECRET_URL, SECRET_URL, "an answer", "Wait.")),
        UnreadableSource("plans/a.csv", f"an error page of {SECRET_URL}", "a table", "Fetch it again."),
    )
    assert HUSH not in "".join(f"{error} {error!r} {vars(error)}" for error in errors)
    assert str(pickle.loads(pickle.dumps(errors[0]))) == str(errors[0])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a library's logger writes once logs are redacted."""
    factory = logging.getLogRecordFactory()
    stream, logger = io.StringIO(), logging.getLogger("some.library")
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    redact_logs()
    redact_logs()
    yield stream
    logger.removeHandler(handler)
    logging.setLogRecordFactory(factory)


def test_no_log_record_of_any_library_holds_a_secret(log: io.StringIO) -> None:
    logger = logging.getLogger("some.library")
    logger.error("retrying %s with %r", SECRET_URL, {"Authorization": f"Basic {HUSH}"})
    try:
        Path(SECRET_URL).read_bytes()
    except OSError:
        logger.exception("it failed")
    logger.warning("%d files", 3)
    assert HUSH not in log.getvalue()
    assert "data.example.org" in log.getvalue()
    assert "FileNotFoundError" in log.getvalue()
    assert "3 files" in log.getvalue()


WRONG = {
    "an unknown key": "portal: {{token: {0}}}",
    "an unknown key at the root": "api_key: {0}",
    "an unknown key of a source": "sources: [{{name: a, kind: plans, location: x, password: {0}}}]",
    "a text for a number": "portal: {{parallel: {0}}}",
    "a text for one of a few": "portal: {{loader: {0}}}",
    "a text of another form": "jurisdiction: {{name: 某市某县, code: {0}}}",
    "a name of another form": "sources: [{{name: '{0}!', kind: plans, location: x}}]",
    "an address of another form": "mirror: 'u:{0}@nas'",
    "a list for a text": "portal: {{url: [{0}, b]}}",
    "a mapping for a text": "portal: {{organization: {{token: {0}}}}}",
    "a text for a mapping": "portal: {0}",
    "a text for the whole": "{0}",
    "a secret as a key": "hush-q9w8e7r6t5y4u3: 1\n{0}: 2",
    "no yaml": "portal: {{token: {0}\nsources: [",
    "no yaml, a quote": "token: '{0}\nsources: []",
    "an alias": "portal: {{url: *{0}}}",
    "a tag": "portal: {{url: !{0} x}}",
    "a tab": "portal:\n\ttoken: {0}",
    "a key twice by an anchor": "a: &{0} 1\nb: *nothing{0}",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_the_refusal_of_wrong_settings_repeats_no_text_of_theirs(text: str, tmp_path: Path) -> None:
    path = tmp_path / "gongkai.yaml"
    secret = "r4nd0mL00k1ng9z" if "a secret as a key" in text or "{0}: 2" in text else HUSH
    path.write_text(text.format(secret), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_settings(path)
    said = "".join(traceback.format_exception_only(caught.value))
    assert str(path) in said
    for part in (secret, "q9w8e7r6t5y4u3"):
        assert part not in said
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_the_refusal_names_the_key_and_shows_a_wrong_number(tmp_path: Path) -> None:
    path = tmp_path / "gongkai.yaml"
    path.write_text("portal: {parallel: 99}", "utf-8")
    with pytest.raises(ConfigurationError, match=r"gongkai\.yaml: portal\.parallel: found 99; expected .*16"):
        read_settings(path)
    path.write_text("a: 1\nb: [", "utf-8")
    with pytest.raises(ConfigurationError, match=r"line 2, column 5"):
        read_settings(path)


def test_settings_that_are_shown_show_no_secret() -> None:
    facts = {"sources": [{"name": "a", "kind": "plans", "location": SECRET_URL}], "portal": {"url": SECRET_URL}, "mirror": SECRET_URL}
    settings = Settings.model_validate(facts | {"dask": f"tcp://u:{HUSH}@10.0.0.1:8786"})
    assert HUSH not in f"{settings!r} {settings} {settings.sources[0]!r} {settings.portal}"
    assert settings.sources[0].location == (SECRET_URL,)
