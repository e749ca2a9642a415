"""Which tests run, and the sample county, refreshed once; tests that change it take a copy.

By default everything runs that a user would miss. Tests marked `rest` repeat other tests at length (many seeds, kills, long
searches, hours of portal trouble): `--rest` runs just these. `--fast` runs only what needs no county and no service.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result
from hypothesis import HealthCheck, settings
from selenium import webdriver
from typer.testing import CliRunner
from xdist.scheduler import LoadScopeScheduling

from flows.cli.app import app

HANGS = 120  # seconds after which what takes a moment is taken to hang, on however busy a machine: no test measures time
settings.register_profile("gongkai", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
settings.load_profile("gongkai")
COUNTIES = {"whole_sample", "sample", "county", "made", "checkout", "browser", "service", "ckan", "planted"}  # fixtures that take seconds
COUNTIES |= {
    "built",
    "corrected",
    "earlier",
    "refreshed",
    "replaced",
    "small",
    "versions",
    "whole",
    "whole_small",
}  # counties that the cases of a file share


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="only tests that need no county and no service")
    parser.addoption("--rest", action="store_true", help="only tests that repeat for the sake of repeating")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the selected tests; those named on the command line run with any mark."""
    if any("::" in word for word in config.args):
        return
    kept = [item for item in items if _is_asked_for(item, config)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _is_asked_for(item: pytest.Item, config: pytest.Config) -> bool:
    is_rest = item.get_closest_marker("rest") is not None
    if config.getoption("--rest"):
        return is_rest
    is_slow = item.get_closest_marker("integration") or COUNTIES.intersection(getattr(item, "fixturenames", ()))
    return not is_rest and not (config.getoption("--fast") and is_slow)


class ByFile(LoadScopeScheduling):
    """Tests that share a process where several run: those of a file, for their fixtures, and all that need the one CKAN."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "ckan" if "/test_portal" in file else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """pytest-xdist's own groups (`--dist loadgroup`) have no effect under pytest 9.2: it writes them into names that are no longer read."""
    return ByFile(config, log)


NO_PORTAL = dict.fromkeys(("CKAN_URL", "CKAN_API_TOKEN", "CKAN_ORGANIZATION", "PREFECT_API_URL", "GONGKAI_WORKSPACE", "GONGKAI_LANG"))


def gongkai(*words: object) -> Result:
    """The command, run in this process so that its imports are paid for once."""
    return CliRunner(env=NO_PORTAL).invoke(app, [str(word) for word in words])


@dataclass(frozen=True)
class County:
    """A workspace and the queries that tests make of it."""

    root: Path

    def refresh(self, *words: str) -> Result:
        return gongkai("refresh", "-w", self.root, *words)

    def built(self) -> County:
        """Ingested and built, not checked: what tests of the models need."""
        for verb in ("ingest", "build"):
            done = gongkai(verb, "-w", self.root)
            assert done.exit_code == 0 or (verb, done.exit_code) == ("ingest", 3), done.output  # 3: something was rejected
        return self

    def placed(self) -> County:
        """Built and put in place unchecked: for tests that need a current warehouse and are not about the gates."""
        self.built()
        (self.root / ".next" / "warehouse.duckdb").replace(self.root / "warehouse.duckdb")
        return self

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        waiting = self.root / ".next" / "warehouse.duckdb"
        with duckdb.connect(str(waiting if waiting.exists() else self.root / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    @property
    def latest(self) -> Path:
        return (self.root / "releases" / "latest").resolve()


@pytest.fixture(scope="session")
def whole_sample(tmp_path_factory: pytest.TempPathFactory) -> County:
    """The sample county after one refresh; must not be changed."""
    root = tmp_path_factory.mktemp("sample") / "county"
    assert gongkai("init", root, "--sample").exit_code == 0
    done = gongkai("refresh", "-w", root)
    assert done.exit_code == 3, done.output
    return County(root)


@pytest.fixture
def sample(tmp_path: Path, whole_sample: County) -> County:
    """A copy of the refreshed sample county, dates of files included; may be changed."""
    return County(Path(shutil.copytree(whole_sample.root, tmp_path / "county", symlinks=True)))


def a_county(root: Path, files: dict[str, bytes], as_of: str = "2026-10-31") -> County:
    """A workspace of given files (address in the inbox -> bytes), the first folder naming their kind, of one invented county."""
    for path, data in files.items():
        target = root / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    kinds = {"plans", "units", "disclosures", *(path.split("/")[0] for path in files)}
    agreed = {
        "disclosures": ", when_absent: {disclosure_attribute: 主动公开}"
    }  # the meaning of a file without the column, as settings must state it
    sources = "".join(f"  - {{name: {kind}, kind: {kind}, location: inbox/{kind}/**{agreed.get(kind, '')}}}\n" for kind in sorted(kinds))
    head = f'jurisdiction: {{name: 澜泽市栖川县, code: "990101"}}\nas_of: {as_of}\nsources:\n'
    (root / "gongkai.yaml").write_text(head + sources, "utf-8")
    return County(root)


def register(letter: str, number: int) -> str:
    """A register of so many sound records, whose index numbers begin with `letter`."""
    head = "索引号,标题,公开单位,形成日期,公开日期\n"
    return head + "".join(f"{letter}-{row},公告{row},县财政局,2026-03-02,2026-03-05\n" for row in range(number))


def _plan(matter: str) -> str:
    task = f"公开{matter}。（责任单位：县财政局；完成时限：2026年6月底）"
    return f"栖川县2026年{matter}公开工作要点\n一、重点任务\n（一）{task}\n栖川县人民政府办公室\n2026年1月6日\n"


SMALL = {
    "units/u.csv": "单位名称\n县财政局\n",
    "plans/p.txt": _plan("预算"),
    "plans/q.txt": _plan("决算"),
    "disclosures/a.csv": register("旧", 12),
}


@pytest.fixture(scope="session")
def whole_small(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A small county after one refresh, for what hangs on no wealth of data: a third of the sample's cost; must not be changed."""
    made = a_county(tmp_path_factory.mktemp("small") / "county", {path: text.encode() for path, text in SMALL.items()})
    done = made.refresh()
    assert done.exit_code == 0, done.output
    return made


@pytest.fixture
def small(tmp_path: Path, whole_small: County) -> County:
    """A copy of the small county; may be changed."""
    return County(Path(shutil.copytree(whole_small.root, tmp_path / "county", symlinks=True)))


@pytest.fixture
def county(tmp_path: Path) -> Callable[..., County]:
    """Makes a county of given files (see `a_county`) in a folder of the test's own."""

    def make(files: dict[str, bytes], as_of: str = "2026-10-31", root: Path = tmp_path / "made") -> County:
        return a_county(root, files, as_of)

    return make


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    """Headless Chromium, in which pages are looked at as readers see them; it keeps what its console and its network said."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.skip("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1800", "--lang=zh-CN"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as opened:
        opened.set_page_load_timeout(60)
        yield opened
