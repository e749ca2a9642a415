"""`--json`: what a script reads is one object, says what the words say, and holds no address with a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.conftest import County, gongkai


def only_object(output: str) -> dict[str, Any]:
    (line,) = output.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_status_gives_the_figures_of_the_warehouse_and_of_the_release(sample: County) -> None:
    told = only_object(gongkai("status", "--json", "-w", sample.root).stdout)
    assert told["counts"]["tasks"] == sample.ask("select count(*) from core.plan_tasks")[0][0]
    assert told["findings"] == dict(sample.ask("select finding_kind, count(*) from core.findings group by 1"))
    assert {each["place"] for each in told["rejects"]} == {place for (place,) in sample.ask("select reject_place from raw.rejects")}
    manifest = json.loads((sample.latest / "manifest.json").read_text("utf-8"))
    assert told["release"]["name"] == sample.latest.name
    assert {each["name"]: each["rows"] for each in told["release"]["datasets"]} == {
        each["name"]: each["rows"] for each in manifest["datasets"]
    }
    assert told["ingested"] is None
    assert not told["is_clean"], "the sample's inbox holds broken files"


def test_a_refresh_says_what_it_read_and_keeps_its_exit_code(sample: County) -> None:
    done = gongkai("refresh", "--json", "-w", sample.root)
    told = only_object(done.stdout)
    assert done.exit_code == 3
    assert told["ingested"]["read"] == []
    assert told["ingested"]["sources"] > len(told["ingested"]["rejected"]) > 0
    assert sum(gate["rules"] for gate in told["gates"]) == told["counts"]["rules"]


def test_nothing_built_is_null(tmp_path: Path) -> None:
    assert gongkai("init", tmp_path / "made").exit_code == 0
    assert json.loads(gongkai("status", "--json", "-w", tmp_path / "made").stdout) is None


def test_single_verbs_speak_json_too(county: Callable[..., County]) -> None:
    made = county({"units/单位.csv": "单位名称\n县财政局\n".encode(), "units/坏.csv": b"\x00\x01\x02"})
    read = gongkai("ingest", "--json", "-w", made.root)
    told = only_object(read.stdout)
    assert (read.exit_code, told["sources"], len(told["read"])) == (3, 2, 2)
    assert [Path(path).name for path in told["rejected"]] == ["坏.csv"]
    assert gongkai("build", "-w", made.root).exit_code == 0
    checked = only_object(gongkai("check", "--json", "-w", made.root).stdout)
    assert {gate["gate"] for gate in checked["gates"]}
    assert set(checked) == {"gates", "rules_not_met", "data_docs"}


def test_a_name_of_a_person_in_a_file_name_is_not_repeated(county: Callable[..., County]) -> None:
    made = county({"units/联系13812345678.csv": b"\x00\x01\x02"})
    told = gongkai("ingest", "--json", "-w", made.root).stdout
    assert "13812345678" not in told
    assert only_object(told)["rejected"]
