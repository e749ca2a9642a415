"""A workspace and its one settings file, `gongkai.yaml`: sources, jurisdiction, portal."""

from __future__ import annotations

import difflib
import glob
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from exports.credentials import looks_random, remember_secrets, without_secrets
from flows.workspace.errors import ConfigurationError, finding

SETTINGS = "gongkai.yaml"
DASK = "GONGKAI_DASK"
DEFAULT = "default"  # in `max_loss`: every dataset that is not named
MAX_LOSS = 0.2
BEIJING = ZoneInfo("Asia/Shanghai")
T = TypeVar("T", bound=BaseModel)
Share = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def __repr__(self) -> str:
        return without_secrets(super().__repr__())

    __str__ = __repr__


class Jurisdiction(_Strict):
    """The government whose registers these are: its full name and its GB/T 2260 code."""

    name: str = Field(min_length=2)
    code: str = Field(pattern=r"^\d{6}$")


class Source(_Strict):
    """Files of one kind: `plans`, or the name of a register; `location` holds paths, globs or URLs (any fsspec protocol).

    `when_absent` gives values for files of this source that have no such column: {disclosure_attribute: 主动公开}. `says_nothing`
    names headers whose words say nothing on publication, where the reader would take them to. `columns` says which column of the register a
    header of this source stands for, {发布时间: published_on}; an empty column says that it stands for none.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    kind: str
    location: tuple[str, ...]
    when_absent: dict[str, str] = {}
    says_nothing: tuple[str, ...] = ()
    columns: dict[str, str] = {}

    @field_validator("location", mode="before")
    @classmethod
    def _one_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value


class Portal(_Strict):
    """A CKAN portal; its API token comes from the environment (CKAN_API_TOKEN), never from a file of the workspace.

    `parallel`: datasets worked on at once. `loader`: how a new DataStore table is filled. `retire`: what is done with a dataset that is
    no longer released. `allow`: big changes that a run makes without being asked for them (exports/ckan/confirmation.py); `max_retired`: the
    share of the portal's datasets that may be retired so. `compare_days`: after so many days everything served is compared again.
    """

    url: str | None = None
    organization: str | None = None
    dataset_prefix: str = Field(default="gongkai-", pattern=r"^[a-z0-9_-]*$")
    parallel: int = Field(default=2, ge=1, le=16)
    loader: Literal["auto", "rows", "xloader"] = "auto"
    retire: Literal["archive", "delete"] = "archive"
    allow: tuple[Literal["create_organization", "move", "second_prefix", "retire"], ...] = ()
    max_retired: Share = 0.2
    compare_days: int = Field(default=7, ge=0)


class Retention(_Strict):
    """How long releases are kept: all of the last `days`, the last of each of the last `months`, the last of each year for ever."""

    days: int = Field(default=90, ge=1)
    months: int = Field(default=24, ge=0)


class Settings(_Strict):
    """The keys of `gongkai.yaml`. `as_of` fixes the day for which figures hold; default: today in Beijing. `dask` names the workers that
    share the reading of many files: `local` or `local:4` for workers on this machine, or a scheduler's address. `mirror`
    is where releases are copied to: an address of fsspec. `max_loss` is the share of its public rows that a dataset may lose without
    confirmation (flows/quality/loss_guard.py): one for all, or by dataset, with `default` for all others. `keep_releases` says how long
    releases are kept (flows/publication/retention.py); left out, all are.
    """

    jurisdiction: Jurisdiction | None = None
    as_of: date | None = None
    sources: tuple[Source, ...] = ()
    portal: Portal = Portal()
    scoring: tuple[str, ...] = ()
    dask: str | None = Field(default=None, pattern=r"^(local(:[1-9]\d*)?|[a-z]+://.+)$")
    mirror: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9]*://[^/].*$|^file:///.+$")
    max_loss: Share | dict[str, Share] = MAX_LOSS
    keep_releases: Retention | None = None

    @property
    def max_losses(self) -> dict[str, float]:
        """The share that each dataset may lose, by its name with underscores; `default` is always there."""
        named = self.max_loss if isinstance(self.max_loss, dict) else {DEFAULT: self.max_loss}
        return {DEFAULT: MAX_LOSS} | {name.replace("-", "_"): share for name, share in named.items()}

    @field_validator("scoring", mode="before")
    @classmethod
    def _one_scheme_or_many(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @field_validator("sources")
    @classmethod
    def _names_differ(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        names = [source.name for source in sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two sources bear the name {twice[0]}")
        return sources


@dataclass(frozen=True)
class Workspace:
    """A folder with a settings file; everything else in it can be rebuilt from the sources."""

    root: Path
    settings: Settings
    leaves_on: date | None = None  # of a past day: the day on which its release is made

    @classmethod
    def open(cls, root: Path) -> Workspace:
        """The workspace at `root`.

        Raises:
            ConfigurationError: there is no settings file, or it holds something that is not allowed.
        """
        path = root / SETTINGS
        if not path.exists():
            raise ConfigurationError(
                finding(str(root), "no gongkai.yaml", "a workspace", f"Make one with: gongkai init {root} (add --sample to try it out).")
            )
        return cls(root.resolve(), read_settings(path))

    @cached_property
    def as_of(self) -> date:
        """The day for which figures hold: one day for a whole run, even past midnight."""
        return self.settings.as_of or datetime.now(BEIJING).date()

    @property
    def leaving_on(self) -> date:
        """The last day on which a withdrawal is taken into account: a record withdrawn since a past day is not released for it."""
        return max(self.as_of, self.leaves_on or self.as_of)

    @property
    def dask(self) -> str:
        """The address of the Dask that shares the work of a run, empty for none; the environment takes precedence over the file."""
        return os.environ.get(DASK) or self.settings.dask or ""

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse.duckdb"

    @property
    def next_warehouse(self) -> Path:
        """Where a build is written until it is checked; read only by the run itself."""
        return self.root / ".next" / "warehouse.duckdb"

    @property
    def next_files(self) -> Path:
        """The datasets' files as they would leave: written and checked by `check`, taken over by `release`."""
        return self.next_warehouse.parent / "files"

    @property
    def quality(self) -> Path:
        """Data Docs of the last runs, `latest` among them (flows/quality/data_docs.py)."""
        return self.root / "quality"

    @property
    def data_docs(self) -> Path:
        """The first page of the newest Data Docs; there is none before the first check."""
        return self.quality / "latest" / "index.html"

    @property
    def decisions(self) -> Path:
        """People's decisions about unit names (flows/warehouse/review.py)."""
        return self.root / "decisions" / "units.csv"

    @property
    def corrections(self) -> Path:
        """People's decisions about single cells of the sources (flows/warehouse/corrections.py)."""
        return self.root / "decisions" / "corrections.csv"

    @property
    def document_decisions(self) -> Path:
        """People's decisions about single plan documents (flows/warehouse/document_decisions.py)."""
        return self.root / "decisions" / "documents.csv"

    @property
    def task_decisions(self) -> Path:
        """People's decisions about how single tasks were read (flows/warehouse/task_reviews.py)."""
        return self.root / "decisions" / "tasks.csv"

    @property
    def releases(self) -> Path:
        return self.root / "releases"


def workspaces_at(places: Iterable[str]) -> list[Path]:
    """The named folders, and the workspaces that globs match, in order and each once.

    Raises:
        ConfigurationError: a glob finds no workspace.
    """
    found: dict[Path, None] = {}
    for place in places:
        is_glob = glob.has_magic(place)
        folders = sorted(Path(path) for path in glob.glob(place) if (Path(path) / SETTINGS).exists()) if is_glob else [Path(place)]  # noqa: PTH207 - the pattern may begin anywhere
        if not folders:
            raise ConfigurationError(finding(place, "no workspace", "folders with gongkai.yaml", "Make them with: gongkai init"))
        found |= dict.fromkeys(folders)
    return list(found)


def read_settings(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        ConfigurationError: the file is not YAML, or a key is unknown or wrong; the message names the key.
    """
    return read_written(path, Settings, "See docs/settings.md.")


def read_written(path: Path, model: type[T], advice: str) -> T:
    """The validated model of a YAML file that people write; an empty file gives the defaults.

    Raises:
        ConfigurationError: it is not YAML in UTF-8, or a key is unknown or wrong; the message names the key and ends with the advice.
            It has no cause, and repeats no text of the file: people put tokens in wrong places.
    """
    try:
        facts: Any = yaml.safe_load(path.read_text("utf-8")) or {}
        remember_secrets(facts)
        return model.model_validate(facts)
    except ValidationError as error:
        first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")  # a key misspelt is also one missing
        place = f"{path}: {'.'.join(_describe_key(key) for key in first['loc']) or 'the whole file'}"
        refusal = finding(place, _describe_value(first["type"], first["input"]), _expected(first, model), advice)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        refusal = finding(str(path), f"a file that is no YAML ({_describe_yaml_error(error)})", "YAML in UTF-8", advice)
    except ValueError as error:  # a date or time written as one that does not exist: the parser refuses it without its line
        refusal = finding(
            str(path),
            f"不存在的日期或时间 a date or time that does not exist ({error})",
            "日期如 2026-10-31 a day such as 2026-10-31",
            advice,
        )
    raise ConfigurationError(refusal)


EXPECTED: Mapping[str, str] = {  # pydantic's kind of fault -> what a person should write
    "missing": "此项必填 this key, it is required",
    "string_type": "文字 a text",
    "int_type": "整数 a whole number",
    "int_parsing": "整数 a whole number",
    "float_type": "数字 a number",
    "float_parsing": "数字 a number",
    "bool_type": "true 或 false true or false",
    "bool_parsing": "true 或 false true or false",
    "date_type": "日期如 2026-10-31 a day such as 2026-10-31",
    "date_parsing": "日期如 2026-10-31 a day such as 2026-10-31",
    "date_from_datetime_parsing": "日期如 2026-10-31 a day such as 2026-10-31",
    "list_type": "列表 a list",
    "tuple_type": "列表 a list",
    "dict_type": "若干键和值 a mapping of keys to values",
    "model_type": "若干键和值 a mapping of keys to values",
    "model_attributes_type": "若干键和值 a mapping of keys to values",
}


def _expected(fault: Any, model: type[BaseModel]) -> str:
    """What should be there instead: for an unknown key the known one that is most alike, for other faults words of our own or pydantic's."""
    if fault["type"] != "extra_forbidden":
        return EXPECTED.get(fault["type"], str(fault["msg"]))
    alike = difflib.get_close_matches(str(fault["loc"][-1]), sorted(_keys_of(model)), n=1)
    return "文档所列的键 a key of the settings page" + (f"，是否应为 did you mean `{alike[0]}`?" if alike else "")


def _keys_of(model: type[BaseModel]) -> set[str]:
    """Every key that may be used in a file of this form, at any level."""
    inner = [part for field in model.model_fields.values() for part in _models_in(field.annotation)]
    return {field.alias or name for name, field in model.model_fields.items()} | {key for part in inner for key in _keys_of(part)}


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _describe_yaml_error(error: Exception) -> str:
    """Where a file is not YAML and why, without the line's text; words that the parser quotes may be part of it."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
    at = error.problem_mark
    place = f"line {at.line + 1}, column {at.column + 1}: " if at else ""
    return place + re.sub(r"(['\"]).{2,}\1", "…", error.problem or type(error).__name__)


def _describe_key(key: object) -> str:
    """A key that a message may show; one that is no word of settings may be a secret in a key's place."""
    return str(key) if isinstance(key, int) or (re.fullmatch(r"[^\W\d][\w.-]{0,40}", str(key)) and not looks_random(str(key))) else "…"


def _describe_value(fault: str, value: object) -> str:
    """What a message shows of a wrong value: numbers and dates unchanged, for a text only that it is one."""
    if fault in {"extra_forbidden", "missing"}:
        return "未知的键 an unknown key" if fault == "extra_forbidden" else "没有 nothing"
    if isinstance(value, bool | int | float | date) or value is None:
        return repr(value) if not isinstance(value, int) or abs(value) < 10**6 else "a number"
    kinds = {str: "a text", list: "a list", tuple: "a list", dict: "a mapping"}
    return f"{kinds.get(type(value), 'a value')} of length {len(value)}" if isinstance(value, str | list | tuple | dict) else "a value"
