"""A new register is one descriptor, and a staging model where its rows need more than types: everything else is written from it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT, load_catalog
from flows import build as building
from flows import ingest as ingesting
from flows.orchestration.local import LocalRunner
from flows.warehouse import models as modelling
from flows.workspace.settings import Workspace

DICTIONARY = """
  fair_name: {title: {zh: 灯会, en: Fair}, description: {zh: 灯会名称, en: Name of the fair}}
  guest_count: {title: {zh: 人数, en: Guests}, description: {zh: 来宾人数, en: Guests}, type: integer}
  fair_kind: {title: {zh: 类别, en: Kind}, description: {zh: 灯会类别, en: Kind of fair}, enum: [large, small]}
"""
DESCRIPTOR = """
title: {zh: 灯会台账, en: Lantern fairs}
description: {zh: 灯会, en: Lantern fairs.}
grain: {zh: 每场一行, en: one row per fair}
register:
  key: [fair_name]
  required_headers: [fair_name, printed_unit_name, held_on]
  orders: [[held_on, published_on]]
  reasons: [[withdrawn_on, withdrawal_reason]]
  clocks: [{rule: simple_enquiry, start: held_on, done: published_on, is_main: true, when: is_large}]
  computed: {is_released: is_published}
  columns:
    - {name: fair_name, headers: [灯会名称]}
    - {name: printed_unit_name, headers: [主办单位]}
    - {name: held_on, headers: [举办日期]}
    - {name: published_on, headers: [公布日期]}
    - {name: withdrawn_on, headers: [撤下日期]}
    - {name: withdrawal_reason, headers: [撤下原因]}
    - {name: guest_count, headers: [来宾人数]}
    - {name: fair_kind, headers: [类别]}
"""
PREDICATES = "{% macro is_large() %}\nfair_kind = 'large'\n{% endmacro %}\n"
WORDS = "fair_kind,大型,large\nfair_kind,小型,small\n"
HEADERS = "灯会名称,主办单位,举办日期,公布日期,撤下日期,撤下原因,来宾人数,类别\n"
ROWS = """\
一号,县财政局,2026-03-02,2026年3月3日,,,1200人,大型
二号,县财政局,2026-03-02,2026-03-05,,,,大型
三号,县财政局,2026-03-02,,,,,大型
四号,县财政局,2026-03-02,2026-03-01,,,三千,小 型
五号,县审记局,2026-03-02,2026-03-03,2026-04-01,,,小型
五号,县财政局,2026-03-02,2026-03-03,,,,中型
,县财政局,2026-03-02,,,,,小型
七号,县财政局,2026-02-30,,,,,小型
八号,县财政局,2026-03-06,2026-03-09,2026-04-01,天气,,中型
"""


@dataclass(frozen=True)
class Fairs:
    connection: duckdb.DuckDBPyConnection

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()


def built(folder: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> Fairs:
    """A county with the invented register, read and built by a copy of exports/ and sql/ that holds its descriptor and `files`."""
    exports, sql = (
        Path(shutil.copytree(PROJECT_ROOT / "exports", folder / "exports")),
        Path(shutil.copytree(PROJECT_ROOT / "sql", folder / "sql")),
    )
    shared = exports / "_shared.yaml"
    shared.write_text(shared.read_text("utf-8").rstrip() + "\n" + DICTIONARY, "utf-8")
    (exports / "fairs.yaml").write_text(DESCRIPTOR, "utf-8")
    with (sql / "reference" / "code_words.csv").open("a", encoding="utf-8") as words:
        words.write(WORDS)
    with (sql / "registers" / "predicates.sql.j2").open("a", encoding="utf-8") as predicates:
        predicates.write(PREDICATES)
    for name, text in files.items():
        (sql / f"{name.replace('__', '/')}.sql").write_text(text, "utf-8")
    for module in (building, ingesting):
        monkeypatch.setattr(module, "load_catalog", lambda: load_catalog(exports))
    monkeypatch.setattr(building, "load_models", lambda catalog: modelling.load_models(sql, catalog))
    monkeypatch.setattr("flows.warehouse.raw_tables.SQL", sql)
    monkeypatch.setattr("flows.warehouse.raw_tables.PROJECT", sql / "reference" / "corrections.csv")
    workspace = folder / "county"
    for kind, text in (("fairs", HEADERS + ROWS), ("units", "单位名称\n县财政局\n")):
        (workspace / "inbox" / kind).mkdir(parents=True)
        (workspace / "inbox" / kind / "a.csv").write_text(text, "utf-8")
    sources = "".join(f"  - {{name: {kind}, kind: {kind}, location: inbox/{kind}/*}}\n" for kind in ("fairs", "units"))
    (workspace / "gongkai.yaml").write_text(
        f'jurisdiction: {{name: 澜泽市栖川县, code: "990101"}}\nas_of: 2026-10-31\nsources:\n{sources}', "utf-8"
    )
    county = Workspace.open(workspace)
    ingesting.ingest(county, runner=LocalRunner())
    building.build(county, runner=LocalRunner())
    return Fairs(duckdb.connect(str(county.next_warehouse), read_only=True))


def test_a_descriptor_alone_makes_a_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fairs = built(tmp_path, monkeypatch)
    assert fairs.ask(
        "select record_id, unit_name, guest_count, fair_kind, due_on, days_late, is_released from core.fairs order by source_row"
    ) == [
        ("一号", "县财政局", 1200, "large", date(2026, 3, 3), 0, True),
        ("二号", "县财政局", None, "large", date(2026, 3, 3), 2, True),
        ("三号", "县财政局", None, "large", date(2026, 3, 3), 165, False),
        ("四号", "县财政局", None, "small", None, None, True),
        ("五号", None, None, "small", None, None, False),
        ("八号", "县财政局", None, None, None, None, False),
    ]
    assert fairs.ask("select finding_kind, column_name, rule_id, source_row from core.findings order by source_row, finding_kind") == [
        ("late", None, "simple_enquiry", 2),
        ("overdue", None, "simple_enquiry", 3),
        ("invalid_number", "guest_count", None, 4),
        ("published_before_held", "published_on", None, 4),
        ("unknown_unit", "printed_unit_name", None, 5),
        ("withdrawn_without_reason", "withdrawal_reason", None, 5),
        ("superseded", None, None, 6),
        ("unknown_code", "fair_kind", None, 6),
        ("missing_fair_name", None, None, 7),
        ("invalid_date", None, None, 8),
        ("unknown_code", "fair_kind", None, 9),
    ]
    assert fairs.ask("select count(*) from core.unit_aliases where alias_name = '县审记局' and unit_id is null") == [(1,)]
    assert fairs.ask("select record_id, outcome from core.receipts order by 1") == [
        ("一号", "in_time"),
        ("三号", "overdue"),
        ("二号", "late"),
    ]


def test_a_staging_model_takes_the_place_of_the_one_that_would_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staging = modelling.load_models(PROJECT_ROOT / "sql", load_catalog())
    trainings = next(model.select for model in staging if model.name == "staging.trainings")
    assert trainings.startswith("-- one row per ")
    own = """-- one row per fair that any unit held, under the name of its street
select
    upper(rows.fair_name) as record_id, rows.fair_name, rows.printed_unit_name, date '2026-03-02' as held_on, date '2026-03-03' as published_on,
    cast(null as date) as withdrawn_on, cast(null as varchar) as withdrawal_reason, cast(1 as bigint) as guest_count, 'small' as fair_kind,
    rows.statements, cast(null as varchar) as row_hold, false as is_date_invalid,
    cast(null as varchar[]) as invalid_cells, sources.source_path, rows.source_sheet, rows.source_row
from raw.fairs as rows
inner join staging.sources as sources on rows.source_sha256 = sources.source_sha256 and sources.source_kind = 'fairs'
where rows.fair_name = '一号'
"""
    fairs = built(tmp_path, monkeypatch, staging__fairs=own)
    assert fairs.ask("select record_id, unit_name, guest_count from core.fairs") == [("一号", "县财政局", 1)]
    assert fairs.ask("select count(*) from core.findings") == [(0,)]
