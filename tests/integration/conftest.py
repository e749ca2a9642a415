"""A real CKAN for the tests, and a small county whose releases they publish.

CKAN_URL with CKAN_API_TOKEN (of a system administrator: some tests make users) names a portal to use; otherwise one is started
from ../shared/portal, on free ports, and stopped at the end. Every test publishes in an organisation of its own.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import ckanapi
import duckdb
import psutil
import pytest

from exports.catalog import PROJECT_ROOT, Catalog, Dataset, load_catalog
from exports.ckan.client import PortalAddress
from exports.ckan.publish import PublishOptions, PublishReport, publish
from exports.release.folder import write_release
from exports.release.manifest import Input, Quality, Release

# CKAN 2.12 reads the logging section of its settings a second time while it starts, and that switches off every logger that
# the section does not name, gunicorn's access log among them. The settings are those of docs/portal.md for pages in Chinese, and
# for the site of the release.
GUNICORN = """
from pathlib import Path


def on_starting(server):
    path = Path(server.cfg.chdir, "ckan.ini")
    ours = {
        "ckan.locale_order": "en zh_Hans_CN zh_Hans-CN",
        "ckan.views.default_views": "image_view text_view datatables_view webpage_view",
    }
    lines = [line for line in path.read_text("utf-8").splitlines() if line.partition(" =")[0] not in ours]
    place = lines.index("[app:main]") + 1
    lines[place:place] = [f"{key} = {value}" for key, value in ours.items()]
    path.write_text("\\n".join(lines) + "\\n", "utf-8")


def post_worker_init(worker):
    worker.log.access_log.disabled = False
"""
SCRIPTS = PROJECT_ROOT.parent / "shared" / "portal"
PLUGINS = "activity datastore xloader dcat structured_data text_view image_view datatables_view webpage_view resource_proxy"
WRITES = ("create", "update", "patch", "revise", "upsert", "delete", "purge", "reorder")
MARTS = """
    create schema marts;
    create table marts.units as select 'u' || lpad(i::varchar, 3, '0') as unit_id, '某县第' || i || '局' as unit_name from range(30) t(i);
    create table marts.target_progress as
        select unit_id, unit_name, 2026 as plan_year, 20 + i as target_count, i as disclosed_count,
            case when i > 0 then i / (20 + i) end as disclosed_share, date '2026-10-31' as as_of_on, 0.8328767123287671 as elapsed_share,
            null::double as pace, i < 9 as is_behind
        from (select *, row_number() over () - 1 as i from marts.units);
    update marts.units set unit_name = '“引号”,\"逗号\"' || chr(13) || chr(10) || '换行局' where unit_id = 'u003';
"""


@dataclass(frozen=True)
class Ckan:
    """A portal with an administrator's token. `home` is its folder, where the tests may read its logs and restart it; `settings` are
    the environment in which the scripts then run.
    """

    url: str
    token: str = field(repr=False)
    home: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict, repr=False)
    other: dict[str, str] = field(default_factory=dict, repr=False)  # the settings of another kind of portal that it runs with now

    @property
    def api(self) -> ckanapi.RemoteCKAN:
        return ckanapi.RemoteCKAN(self.url, apikey=self.token)

    @property
    def public(self) -> ckanapi.RemoteCKAN:
        return ckanapi.RemoteCKAN(self.url)

    def extensions(self) -> list[str]:
        found: list[str] = self.public.action.status_show()["extensions"]
        return found

    def calls(self) -> list[str]:
        """The API calls that the portal answered so far, by the access log of its web server."""
        if self.home is None:
            pytest.skip("the portal's logs are not at hand: set PORTAL_HOME to the folder that holds log/access.log")
        found = re.findall(r"/api/(?:3/)?action/(\w+) HTTP", (self.home / "log" / "access.log").read_text("utf-8"))
        assert found, "the portal's access log names no calls, so they cannot be counted"
        return found

    def writes(self) -> list[str]:
        return [call for call in self.calls() if any(word in call for word in WRITES)]

    def stop(self) -> None:
        """Stop the web server, as a power cut would."""
        if self.home is None or not SCRIPTS.exists() or not (self.home / "run" / "web.pid").exists():
            pytest.skip("this portal cannot be stopped and started here: it was not started by the scripts of ../shared/portal")
        master = psutil.Process(int((self.home / "run" / "web.pid").read_text()))
        family = [master, *master.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=20)

    def start(self, **other: str) -> None:
        """Start its parts that are not running."""
        up = subprocess.run([SCRIPTS / "up"], env={**self.settings, **other}, capture_output=True, text=True, check=False)
        assert up.returncode == 0, f"the test portal did not start:\n{up.stderr[-3000:]}"
        self.other.clear()
        self.other.update(other)

    def rewrite_settings(self, old: str, new: str) -> None:
        """Change its settings file, for the next start."""
        assert self.home is not None
        path = self.home / "ckan.ini"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    def become(self, **other: str) -> None:
        """The same portal with other settings of the scripts: other plugins, a schema of its own. Without any: the original."""
        if other != self.other:
            self.stop()
            self.start(**other)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def ckan() -> Iterator[Ckan]:
    home = os.environ.get("PORTAL_HOME")
    if os.environ.get("CKAN_URL") and os.environ.get("CKAN_API_TOKEN"):
        yield Ckan(os.environ["CKAN_URL"], os.environ["CKAN_API_TOKEN"], Path(home) if home else None, dict(os.environ))
        return
    if not (SCRIPTS / "up").exists():
        pytest.skip("no CKAN at hand: set CKAN_URL and CKAN_API_TOKEN, see docs/portal.md")
    with started_ckan() as portal:
        yield portal


class started_ckan:  # noqa: N801 (a context manager, used like one of contextlib's)
    """A CKAN of the caller's own on free ports; keywords are the settings of the scripts (CKAN_VERSION, CKAN_SCHEMA …)."""

    def __init__(self, **settings: str) -> None:
        version = settings.get("CKAN_VERSION", os.environ.get("CKAN_VERSION", "default"))
        self.home = Path(tempfile.mkdtemp(prefix="gongkai-ckan-"))
        self.home.chmod(0o755)  # PostgreSQL runs as another user where the tests run as root
        ports = {name: str(_free_port()) for name in ("CKAN_PORT", "PG_PORT", "REDIS_PORT", "SOLR_PORT")}
        environment = Path(tempfile.gettempdir(), f"gongkai-ckan-venv-{version}")  # kept: it takes the most time to make
        gunicorn = self.home / "gunicorn.conf.py"
        gunicorn.write_text(GUNICORN)
        homes = {"PORTAL_HOME": str(self.home), "PORTAL_VENV": str(environment), "GUNICORN_CMD_ARGS": f"--config {gunicorn}"}
        self.settings = {"CKAN_PLUGINS": PLUGINS} | os.environ | homes | ports | settings

    def __enter__(self) -> Ckan:
        up = subprocess.run([SCRIPTS / "up"], env=self.settings, capture_output=True, text=True, check=False)
        if up.returncode:
            self.__exit__()
            pytest.fail(f"the test portal did not start:\n{up.stderr[-3000:]}")
        facts = dict(line.split("=", 1) for line in up.stdout.splitlines() if "=" in line)
        return Ckan(facts["CKAN_URL"], facts["CKAN_API_TOKEN"], self.home, self.settings)

    def __exit__(self, *_: object) -> None:
        subprocess.run([SCRIPTS / "down", "--wipe"], env=self.settings, capture_output=True, check=False)
        shutil.rmtree(self.home, ignore_errors=True)


@dataclass
class County:
    """Two small datasets and the releases made from them; SQL changes the marts between releases. With more rows than `yearly_above` a dataset has
    files of one year each.
    """

    folder: Path
    portal: PortalAddress
    datasets: tuple[str, ...] = ("units", "target_progress")
    as_of: date = date(2026, 10, 31)
    yearly_above: int | None = None
    descriptors: Path = field(init=False)

    def __post_init__(self) -> None:
        self.descriptors = self.folder / "exports"
        shutil.copytree(PROJECT_ROOT / "exports", self.descriptors, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        self.sql(MARTS)
        for name in self.datasets:
            self._complete(name)

    def sql(self, statements: str) -> None:
        with duckdb.connect(str(self.folder / "warehouse.duckdb")) as connection:
            connection.execute(statements)

    def _complete(self, name: str) -> None:
        """Fill columns for which the test has no values: descriptors grow, the tests need not."""
        with duckdb.connect(str(self.folder / "warehouse.duckdb")) as connection:
            present = {found for found, *_ in connection.execute(f"describe marts.{name}").fetchall()}
        for column in self.catalog.datasets[name].columns:
            if column.name not in present:
                filler = {
                    "string": "'甲'",
                    "boolean": "true",
                    "date": "date '2026-01-01'",
                    "datetime": "timestamp '2026-01-01 08:00:00.25'",
                }
                value = filler.get(column.type, "3") if column.required or column.enum is None else f"'{column.enum[0]}'"
                self.sql(f"alter table marts.{name} add column {column.name} {column.duckdb_type} default {value}")

    @property
    def catalog(self) -> Catalog:
        """The descriptors of the two, without keys to other datasets."""
        whole = load_catalog(self.descriptors)
        return replace(whole, datasets={name: self._alone(whole.datasets[name]) for name in self.datasets})

    def _alone(self, dataset: Dataset) -> Dataset:
        kept = tuple(key for key in dataset.foreign_keys if key.references in self.datasets)
        return dataset.model_copy(update={"foreign_keys": kept, "yearly_above": self.yearly_above})

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a descriptor."""
        path = self.descriptors / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    def release(self, blocked: Mapping[str, str] | None = None, forgotten: frozenset[str] = frozenset()) -> Release:
        return write_release(
            self.folder / "warehouse.duckdb",
            self.catalog,
            self.folder / "releases",
            as_of=self.as_of,
            blocked=blocked or {},
            forgotten=forgotten,
            inputs=[Input("plans/a.txt", "ab" * 32, 3)],
            code_version="1",
            quality={name: Quality(rules=12, rules_not_met=1, rows_set_aside=3) for name in self.datasets},
        )

    def publish(self, release: Release | None = None, progress: Callable[[str], None] = lambda _: None, **options: Any) -> PublishReport:
        """Publish a release, or one of the present rows; keywords are options of the publication."""
        return publish(release or self.release(), self.catalog, self.portal, progress, options=PublishOptions(**options))

    def name(self, dataset: str) -> str:
        return self.portal.dataset_prefix + dataset.replace("_", "-")


@contextmanager
def county_of_its_own(ckan: Ckan, folder: Path) -> Iterator[County]:
    """A county with an organisation of its own, whose datasets and groups are purged at the end."""
    word = f"t{uuid4().hex[:8]}"
    portal = PortalAddress(ckan.url, ckan.token, f"{word}-office", f"{word}-")
    ckan.api.action.organization_create(name=portal.organization, title="某县数据办")
    yield County(folder, portal)
    for package in ckan.api.action.package_search(fq=f"organization:{word}-office", include_private=True, rows=100)["results"]:
        ckan.api.action.dataset_purge(id=package["id"])
    for group in ckan.api.action.group_list():
        if group.startswith(f"{word}-"):
            ckan.api.action.group_purge(id=group)
    ckan.api.action.organization_purge(id=portal.organization)


@pytest.fixture
def county(ckan: Ckan, tmp_path: Path) -> Iterator[County]:
    with county_of_its_own(ckan, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def published(ckan: Ckan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county that is published once, for tests that only look at it."""
    with county_of_its_own(ckan, tmp_path_factory.mktemp("published")) as made:
        assert made.publish(made.release()).problems == ()
        yield made


@pytest.fixture
def small_county(county: County) -> County:
    """One dataset, which is enough for most failures."""
    county.datasets = ("units",)
    return county
