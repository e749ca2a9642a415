"""Secrets planted in every possible place, and every verb run: none of them is in what a run says, writes or publishes."""

from __future__ import annotations

import json
import os
import random
import string
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, quote_plus, urlsplit

import duckdb
import pytest

pytestmark = pytest.mark.rest

PLAN = (
    "栖川县2026年政务公开工作要点\n\n一、公开预算。（责任单位：县财政局；完成时限：2026年6月底前）\n\n栖川县人民政府办公室\n2026年3月1日\n"
)
UNITS = "单位名称,统一社会信用代码\n栖川县财政局,\n"
RECORDS = "索引号,标题,公开单位,形成日期,公开日期\n{0},关于预算的公告,县财政局,2026-10-08,2026-10-09\n"
NOWHERE = "127.0.0.1:9"

PLACES = (
    *(
        "source user",
        "source password",
        "source token",
        "source sig",
        "source credential",
        "source fragment",
        "first of two",
        "second of two",
    ),
    *(
        "bare query",
        "denied password",
        "denied query",
        "moved query",
        "moved to",
        "dead password",
        "dead query",
        "dead user",
        "ftp password",
    ),
    *("s3 key", "s3 secret", "s3 session", "s3 endpoint password", "s3 location", "gopher password", "portal password", "portal token"),
    *(
        "mirror password",
        "mirror query",
        "dask password",
        "prefect key",
        "prefect url password",
        "proxy token",
        "other token",
        "query of a redirect",
    ),
)


def drawn(seed: int) -> dict[str, str]:
    """A secret for every place, of four kinds: a word, a hexadecimal number, one with characters that addresses encode, one in Base64."""
    draw = random.Random(seed)
    kinds = (
        lambda: "".join(draw.choices(string.ascii_letters, k=14)),
        lambda: draw.randbytes(12).hex(),
        lambda: (
            "".join(draw.choices(string.ascii_lowercase, k=6))
            + "@:/ ?&=+"[draw.randrange(8)]
            + "".join(draw.choices(string.ascii_letters, k=6))
        ),
        lambda: b64encode(draw.randbytes(13)).decode(),
    )
    return {place: kinds[number % len(kinds)]() for number, place in enumerate(PLACES)}


class Site(BaseHTTPRequestHandler):
    """Serves files with or without a query, refuses, redirects, acts as a portal, and repeats all that it was sent."""

    files: Mapping[str, str]
    moved_to: str

    def do_GET(self) -> None:
        place = urlsplit(self.path).path
        if place == "/moved.csv":
            self.answer(302, "", {"Location": self.moved_to})
        elif body := self.files.get(place):
            self.answer(200, body.format(f"A-{sum(self.path.encode())}"))
        else:
            self.answer(403, f"no {self.path} for {self.headers.get('Authorization')}")

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = f"{self.path}?echo={self.headers.get('Authorization')} is refused: {self.headers.get('X-CKAN-API-Key')} {self.moved_to}"
        self.answer(403, json.dumps({"success": False, "error": {"__type": "Authorization Error", "message": said}}))

    def answer(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
        data = body.encode()
        self.send_response(status, quote(body[:300], safe=" :/?&=+@") if status == 403 else None)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@dataclass(frozen=True)
class Planted:
    """A workspace full of secrets, and the environment in which it is run."""

    root: Path
    secrets: Mapping[str, str]
    environment: Mapping[str, str]

    def run(self, *words: str, **more: str) -> tuple[str, str]:
        """The output of a verb; it may fail."""
        environment = {**os.environ, **self.environment, **more}
        command = [sys.executable, "-c", "from flows.cli.app import app; app()", *words]
        done = subprocess.run(command, capture_output=True, env=environment, timeout=280, check=False)
        return " ".join(words), f"exit {done.returncode}\n{done.stdout.decode()}\n{done.stderr.decode()}"

    def shown_in(self, text: str) -> list[str]:
        """The places whose secret the text holds: as written, percent-encoded, or in Base64."""
        text = "".join(text.split())
        return [place for place, secret in self.secrets.items() if any("".join(form.split()) in text for form in self.forms(place, secret))]

    def forms(self, place: str, secret: str) -> set[str]:
        plain = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), f"reader:{secret}"}
        if place == "source password":
            plain.add(f"{self.secrets['source user']}:{secret}")
        coded = {code(one.encode()).decode().rstrip("=") for one in plain for code in (b64encode, urlsafe_b64encode)}
        return (plain | coded) - {f"reader:{secret}"}

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every file of the workspace except its settings, as text; of databases and Parquet files all their content."""
        for path in sorted(self.root.rglob("*")):
            if not path.is_file() or path.name == "gongkai.yaml":
                continue
            name = str(path.relative_to(self.root))
            yield name, name + path.read_bytes().decode("utf-8", "replace")
            if path.suffix == ".parquet":
                yield name, rows(duckdb.connect(), f"from '{path}'") + rows(duckdb.connect(), f"from parquet_kv_metadata('{path}')")
            elif path.suffix == ".duckdb":
                with duckdb.connect(str(path), read_only=True) as connection:
                    tables = "select schema_name || '.\"' || table_name || '\"' from duckdb_tables() union all "
                    tables += "select schema_name || '.\"' || view_name || '\"' from duckdb_views() where not internal"
                    for (table,) in connection.execute(tables).fetchall():
                        yield f"{name} {table}", rows(connection, f"from {table}")
                    yield f"{name} comments", rows(connection, "from duckdb_tables()") + rows(connection, "from duckdb_columns()")


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    return str(connection.execute(sql).fetchall())


def settings(secrets: Mapping[str, str], host: str) -> str:
    s = {place: quote(secret, safe="") for place, secret in secrets.items()}
    login = f"{s['source user']}:{s['source password']}"
    sources = {
        "plans": f"http://{login}@{host}/plan.txt?token={s['source token']}&page=/x/y",
        "units": f"http://{host}/units.csv?sp=r&se=2030-01-01&sig={s['source sig']}#access_token={s['source fragment']}",
        "disclosures": [
            f"http://{host}/records.csv?id={s['first of two']}",
            f"http://{host}/records.csv?id={s['second of two']}&X-Amz-Credential={s['source credential']}",
            f"http://{host}/records.csv?{s['bare query']}",
        ],
        "denied": f"http://reader:{s['denied password']}@{host}/no.csv?key={s['denied query']}",
        "moved": f"http://{host}/moved.csv?access_token={s['moved query']}",
        "dead": f"http://reader:{s['dead password']}@{NOWHERE}/a.csv?pass={s['dead query']}",
        "dead-too": f"http://{s['dead user']}@{NOWHERE}/a.csv",
        "ftp": f"ftp://reader:{s['ftp password']}@{NOWHERE}/a.csv",
        "bucket": f"s3://{s['s3 location']}@county/a.csv",
        "bucket-too": "s3://county/inbox/*.csv",
        "gopher": f"gopher://reader:{s['gopher password']}@{NOWHERE}/a.csv",
    }
    kinds = {"plans": "plans", "units": "units"}
    entries = [{"name": name, "kind": kinds.get(name, "disclosures"), "location": location} for name, location in sources.items()]
    facts = {
        "jurisdiction": {"name": "澜泽市栖川县", "code": "990101"},
        "as_of": "2026-10-31",
        "sources": entries,
        "allowed_hosts": ["127.0.0.1"],
        "portal": {"url": f"http://reader:{s['portal password']}@{host}/ckan", "organization": "county"},
        "mirror": f"s3://reader:{s['mirror password']}@county/releases?ticket={s['mirror query']}",
    }
    return json.dumps(facts, ensure_ascii=False)  # JSON is YAML


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    root, secrets = tmp_path_factory.mktemp("planted"), drawn(20261031)
    coded = {place: quote(secret, safe="") for place, secret in secrets.items()}
    there = f"http://reader:{coded['moved to']}@{NOWHERE}/b.csv?ticket={coded['query of a redirect']}"
    files = {"/plan.txt": PLAN, "/units.csv": UNITS, "/records.csv": RECORDS}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Planted", (Site,), {"files": files, "moved_to": there}))
    Thread(target=server.serve_forever, daemon=True).start()
    (root / "gongkai.yaml").write_text(settings(secrets, f"127.0.0.1:{server.server_port}"), "utf-8")
    environment = {
        "CKAN_API_TOKEN": secrets["portal token"],
        "AWS_ACCESS_KEY_ID": secrets["s3 key"],
        "AWS_SECRET_ACCESS_KEY": secrets["s3 secret"],
        "AWS_SESSION_TOKEN": secrets["s3 session"],
        "AWS_ENDPOINT_URL": f"http://reader:{coded['s3 endpoint password']}@{NOWHERE}",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "PREFECT_API_KEY": secrets["prefect key"],
        "SOME_PROXY": f"http://{coded['proxy token']}@10.0.0.1:3128",
        "COUNTY_SECRET": secrets["other token"],
        "GONGKAI_WORKSPACE": str(root),
    }
    yield Planted(root, secrets, environment)
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def said(planted: Planted) -> Mapping[str, str]:
    """The output of every verb, including the failing ones."""
    done = dict(
        planted.run(*verb.split()) for verb in ("refresh --no-publish -v", "refresh -v", "check --again -v", "ingest -v", "publish")
    )
    readers = ("status", "publish --plan", "verify", "verify --portal", "verify --mirror", "audit", "quarantine list", "review")
    with ThreadPoolExecutor(4) as side_by_side:
        done |= side_by_side.map(lambda verb: planted.run(*verb.split()), readers)
        done |= [planted.run("query", "select * from raw.sources", "--format", "csv")]
    dask = f"tcp://reader:{quote(planted.secrets['dask password'], safe='')}@{NOWHERE}"
    prefect = f"http://reader:{quote(planted.secrets['prefect url password'], safe='')}@{NOWHERE}/api"
    with ThreadPoolExecutor() as side_by_side:  # both wait, and do nothing else
        shared = side_by_side.submit(planted.run, "refresh-all", str(planted.root), "/nowhere/a", GONGKAI_DASK=dask)
        seen = side_by_side.submit(planted.run, "refresh", "--prefect", PREFECT_API_URL=prefect, PREFECT_CLIENT_MAX_RETRIES="0")
        done |= {"refresh-all on dask": shared.result()[1], "refresh in prefect": seen.result()[1]}
    return done


def test_the_run_read_the_planted_secrets(planted: Planted, said: Mapping[str, str]) -> None:
    """Otherwise nothing would have been tested: sources with queries are read and released, all others fail, and so do portal and mirror."""
    assert said["refresh --no-publish -v"].startswith("exit 3"), said["refresh --no-publish -v"]
    manifest = json.loads((planted.root / "releases" / "latest" / "manifest.json").read_text("utf-8"))
    assert [one["path"] for one in manifest["inputs"]] == [
        *("disclosures/records.csv?id=…", "disclosures/records.csv?id=…&X-Amz-Credential=…", "disclosures/records.csv?…"),
        *("plans/plan.txt?token=…&page=…", "units/units.csv?sp=…&se=…&sig=…"),
    ]
    for source in ("denied", "moved", "dead", "dead-too", "ftp", "bucket", "bucket-too", "gopher"):
        assert f"source {source}" in said["refresh --no-publish -v"]
    for verb in ("publish", "publish --plan", "verify --portal", "verify --mirror", "refresh-all on dask", "refresh in prefect"):
        assert said[verb].startswith("exit 1"), (verb, said[verb])


def test_no_output_has_a_secret(planted: Planted, said: Mapping[str, str]) -> None:
    shown = {verb: places for verb, text in said.items() if (places := planted.shown_in(text))}
    assert not shown, {verb: said[verb] for verb in shown}


def test_no_written_file_has_a_secret(planted: Planted, said: Mapping[str, str]) -> None:
    assert said
    texts = list(planted.texts())
    names = {name for name, _ in texts}
    assert {"raw/ledger.ndjson", 'warehouse.duckdb raw."sources"'} <= names
    assert all(any(name.startswith(place) for name in names) for place in ("quality/", "releases/", "raw/plans/"))
    assert {name: places for name, text in texts if (places := planted.shown_in(text))} == {}


def test_a_new_token_adds_and_removes_no_source_file(planted: Planted, said: Mapping[str, str]) -> None:
    assert said
    path, ledger = planted.root / "gongkai.yaml", planted.root / "raw" / "ledger.ndjson"
    before, written = ledger.read_bytes(), path.read_text("utf-8")
    for place in ("source token", "source sig", "first of two", "source password"):
        written = written.replace(quote(planted.secrets[place], safe=""), "another9Token7Here5")
    path.write_text(written, "utf-8")
    _, output = planted.run("ingest", "-v")
    assert "读取 1 个，消失 0 个" in output, output  # the server makes its answer of the query: the one table's content did change
    assert len(ledger.read_bytes().splitlines()) == len(before.splitlines()) + 1
    assert "another9Token7Here5" not in output + ledger.read_text("utf-8")
