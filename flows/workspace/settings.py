"""A workspace and its one settings file, `gongkai.yaml`: sources, jurisdiction, portal."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from exports.catalog import Catalog, Licence, Party, Text, load_catalog
from exports.credentials import remember_secrets, without_secrets
from exports.messages import N_, Language, _, words_of
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.limits import Limits
from flows.workspace.settings_faults import describe_fault, describe_yaml_error
from flows.workspace.yaml_text import TooMuchYaml, load_yaml

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
    code: str = Field(pattern=r"^\d{6}$", examples=["510904"])


class Source(_Strict):
    """Files of one kind: `plans`, or the name of a register; `location` holds paths, globs or URLs (any fsspec protocol).

    `when_absent` gives values for files of this source that have no such column: {disclosure_attribute: 主动公开}. `says_nothing`
    names headers whose words say nothing on publication, where the reader would take them to. `columns` says which column of the register a
    header of this source stands for, {发布时间: published_on}; an empty column says that it stands for none.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", examples=["disclosures"])
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
    `site`: where a web server shows the folder `site/` of the latest release, to which the datasets then link.
    """

    url: str | None = None
    organization: str | None = None
    dataset_prefix: str = Field(default="gongkai-", pattern=r"^[a-z0-9_-]*$", examples=["gongkai-"])
    parallel: int = Field(default=2, ge=1, le=16)
    loader: Literal["auto", "rows", "xloader"] = "auto"
    retire: Literal["archive", "delete"] = "archive"
    allow: tuple[Literal["create_organization", "move", "second_prefix", "retire"], ...] = ()
    max_retired: Share = 0.2
    compare_days: int = Field(default=7, ge=0)
    site: str | None = Field(default=None, pattern=r"^https?://[^@\s]+$", examples=["https://open.example.gov.cn/site"])


class Retention(_Strict):
    """How long releases are kept: all of the last `days`, the last of each of the last `months`, the last of each year for ever; that of a past
    year as a zip file where `archive` is set.
    """

    days: int = Field(default=90, ge=1)
    months: int = Field(default=24, ge=0)
    archive: bool = False


class Organisation(_Strict):
    """Who publishes the data, or whom to ask about them; `code` is its 统一社会信用代码 (GB 32100). The telephone is an office's, with its area code:
    the privacy gate would stop a release that prints a mobile number.
    """

    name: str = Field(min_length=2)
    name_en: str | None = None
    code: str | None = Field(default=None, pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")
    url: str | None = Field(default=None, pattern=r"^https?://")
    email: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    telephone: str | None = Field(
        default=None, pattern=r"^(?:\+86[- ]?)?[(（]?0\d{2,3}[)）]?[- ]?\d{7,8}(?:[- 转]+\d{1,6})?$|^(?:12345|400[- ]?\d{3}[- ]?\d{4})$"
    )

    def as_party(self) -> Party:
        name = Text(zh=self.name, en=self.name_en or self.name)
        return Party(name=name, url=self.url, email=self.email, telephone=self.telephone, code=self.code)


class LicenceSetting(_Strict):
    """The licence of all datasets: its identifier (SPDX where it has one), title and address."""

    name: str = Field(min_length=2)
    title: str = Field(min_length=2)
    title_en: str | None = None
    url: str = Field(pattern=r"^https?://")

    def as_licence(self) -> Licence:
        return Licence(name=self.name, title=Text(zh=self.title, en=self.title_en or self.title), url=self.url)


class FilingSettings(_Strict):
    """What the catalogue of government resources (目录.xlsx) says of all datasets and nobody else knows: left out, it says that it is not stated."""

    sharing: Literal["无条件共享", "有条件共享", "不予共享"] | None = None
    openness: Literal["无条件开放", "有条件开放", "不予开放"] | None = None
    code_prefix: str | None = Field(default=None, pattern=r"^[0-9A-Za-z/_-]+$")


class Settings(_Strict):
    """The keys of `gongkai.yaml`. `as_of` fixes the day for which figures hold; default: today in Beijing. `dask` names the workers that
    share the reading of many files: `local` or `local:4` for workers on this machine, or a scheduler's address. `mirror`
    is where releases are copied to: an address of fsspec. `max_loss` is the share of its public rows that a dataset may lose without
    confirmation (flows/quality/loss_guard.py): one for all, or by dataset, with `default` for all others. `keep_releases` says how long
    releases are kept (flows/publication/retention.py); left out, all are. `publisher`, `contact` and `licence` are printed with the data;
    a publisher that is not named is the government of the jurisdiction. A dataset of more rows than `yearly_files_above` has
    files of one year each. `allowed_roots` are folders outside the workspace, `allowed_hosts` hosts beside those of the locations, that sources may
    be read from (flows/sources/reach.py); `limits` what one file may take. `language` is that of the commands' output (zh, en, both).
    """

    jurisdiction: Jurisdiction | None = None
    as_of: date | None = None
    sources: tuple[Source, ...] = ()
    portal: Portal = Portal()
    scoring: tuple[str, ...] = ()
    dask: str | None = Field(default=None, pattern=r"^(local(:[1-9]\d*)?|[a-z]+://.+)$", examples=["local:4"])
    mirror: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9]*://[^/].*$|^file:///.+$", examples=["s3://bucket/releases"])
    max_loss: Share | dict[str, Share] = MAX_LOSS
    keep_releases: Retention | None = None
    publisher: Organisation | None = None
    contact: Organisation | None = None
    licence: LicenceSetting | None = None
    filing: FilingSettings = FilingSettings()
    yearly_files_above: int = Field(default=1_000_000, ge=1)
    allowed_roots: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    limits: Limits = Limits()
    language: Language | None = None

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
            raise ValueError(_("sources with names of their own: {name} is there twice", name=twice[0]))
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
                finding(
                    str(root),
                    _("no gongkai.yaml"),
                    _("a workspace"),
                    _("Make one with: gongkai init {root} (add --sample to try it out).", root=root),
                )
            )
        return cls(root.resolve(), read_settings(path))

    @cached_property
    def as_of(self) -> date:
        """The day for which figures hold: one day for a whole run, even past midnight."""
        return self.settings.as_of or datetime.now(BEIJING).date()

    @cached_property
    def catalog(self) -> Catalog:
        """The descriptors of all datasets, with this workspace's region, publisher, contact and licence."""
        settings = self.settings
        place = settings.jurisdiction
        government = Party(name=Text(zh=place.name, en=place.name)) if place else None
        return load_catalog().of(
            place.name if place else None,
            settings.publisher.as_party() if settings.publisher else government,
            settings.contact.as_party() if settings.contact else None,
            settings.licence.as_licence() if settings.licence else None,
            settings.filing.model_dump(exclude_none=True),
            settings.yearly_files_above,
        )

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
            raise ConfigurationError(finding(place, _("no workspace"), _("folders with gongkai.yaml"), _("Make them with: gongkai init")))
        found |= dict.fromkeys(folders)
    return list(found)


def read_settings(path: Path) -> Settings:
    """Read and check a settings file.

    Raises:
        ConfigurationError: the file is not YAML, or a key is unknown or wrong; the message names the key.
    """
    return read_written(path, Settings, N_("See docs/settings.md."))


def read_written(path: Path, model: type[T], advice: str) -> T:
    """The validated model of a YAML file that people write; an empty file gives the defaults.

    Raises:
        ConfigurationError: it is not YAML in UTF-8, or a key is unknown or wrong; the message names the key and ends with the advice (a text marked for the catalogue).
            It has no cause, and repeats no text of the file: people put tokens in wrong places.
    """
    try:
        facts: Any = load_yaml(path.read_text("utf-8")) or {}
        remember_secrets(facts)
        return model.model_validate(facts)
    except ValidationError as error:
        refusal = finding(*describe_fault(path, error, model), _(advice))
    except TooMuchYaml as error:
        refusal = finding(str(path), words_of(error), _("a file of settings"), _(advice))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        refusal = finding(str(path), _("a file that is no YAML ({fault})", fault=describe_yaml_error(error)), _("YAML in UTF-8"), _(advice))
    except ValueError as error:  # a date or time written as one that does not exist: the parser refuses it without its line
        refusal = finding(
            str(path),
            _("a date or time that does not exist ({error})", error=error),
            _("a day such as 2026-10-31"),
            _(advice),
        )
    raise ConfigurationError(refusal)
