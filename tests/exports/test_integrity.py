"""Releases that can be proven: a changed byte, a dropped or misplaced release, a forged row or signature is named."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.catalog import Catalog
from exports.release.chain import verify_chain
from exports.release.manifest import Release, ReleasedDataset, ReleaseError, json_text, read_release, sha256_of
from exports.release.merkle import EMPTY, NODE, ROW, merkle_root, prove_row, root_of
from exports.release.signing import SIGNATURE, make_key, read_public_keys, sign_manifest, wrong_signature
from exports.release.verify import verify_release
from flows.publication.retention import apply_retention, expired
from flows.publication.verification import prove_path, verify_folder, wrong_proof
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Retention, Workspace
from tests.conftest import gongkai
from tests.exports.conftest import Releasing, copied, releasing

VISIBLE = st.characters(exclude_categories=["Cs"])  # half of a pair is no character


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory, untouched: Path, catalog: Catalog) -> list[Release]:
    """Three releases, each after the one before; must not be changed."""
    place = tmp_path_factory.mktemp("series")
    warehouse = Path(shutil.copyfile(untouched, place / "warehouse.duckdb"))
    release = releasing(place / "releases", warehouse, catalog)
    made = [release()]
    for code in ("2", "3"):
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute("update marts.units set alias_count = alias_count + 1")
        made.append(release(code_version=code))
    return made


@pytest.fixture
def three(series: list[Release], tmp_path: Path) -> list[Release]:
    """A copy of them that may be changed."""
    releases = copied(series[0].folder.parent, tmp_path / "releases")
    return [read_release(releases / release.name) for release in series]


def flip(path: Path, place: int, bit: int) -> None:
    """Change one bit, in a file of its own: released files may be links."""
    data = bytearray(path.read_bytes())
    data[place] ^= 1 << bit
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("count", [60, pytest.param(500, marks=pytest.mark.rest)])
def test_each_flipped_bit_is_named_with_its_file(three: list[Release], count: int) -> None:
    folder, chance = three[-1].folder, random.Random(20261031)
    assert verify_folder(folder) == []
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for _ in range(count):
        path = chance.choice(files)
        kept, place, bit = path.read_bytes(), chance.randrange(path.stat().st_size), chance.randrange(8)
        flip(path, place, bit)
        faults = verify_release(folder)
        assert [fault for fault in faults if fault.startswith(str(path))], (path.name, place, bit, faults)
        path.write_bytes(kept)
    assert verify_folder(folder) == []


def test_a_whole_chain_has_no_fault(three: list[Release]) -> None:
    assert verify_chain(three[0].folder.parent) == []
    assert verify_folder(three[0].folder.parent) == []


@pytest.mark.parametrize("place", [0, 1])
def test_a_dropped_release_is_named_by_the_one_after_it(three: list[Release], place: int) -> None:
    shutil.rmtree(three[place].folder)
    faults = verify_chain(three[0].folder.parent)
    assert any(f"which {three[place + 1].name} names as the one before it" in fault for fault in faults)


def test_a_manifest_that_is_kept_stands_for_its_release(three: list[Release]) -> None:
    releases = three[0].folder.parent
    (releases / "manifests").mkdir()
    shutil.copy(three[0].folder / "manifest.json", releases / "manifests" / f"{three[0].name}.json")
    shutil.rmtree(three[0].folder)
    assert verify_chain(releases) == []
    (releases / "manifests" / f"{three[0].name}.json").write_text("{}")
    assert verify_chain(releases)


def test_the_last_release_taken_away_is_named(three: list[Release]) -> None:
    releases = three[0].folder.parent
    shutil.rmtree(three[2].folder)
    (fault,) = verify_chain(releases)
    assert fault.startswith(str(releases / "latest"))


def test_latest_set_back_is_named_with_the_release_that_follows(three: list[Release]) -> None:
    releases = three[0].folder.parent
    (releases / "latest").unlink()
    (releases / "latest").symlink_to(three[1].name)
    (fault,) = verify_chain(releases)
    assert three[2].name in fault
    assert f"It follows {three[1].name}" in fault


def test_two_releases_in_each_others_place_are_named(three: list[Release]) -> None:
    releases = three[0].folder.parent
    three[0].folder.rename(releases / "aside")
    three[1].folder.rename(three[0].folder)
    (releases / "aside").rename(three[1].folder)
    faults = verify_chain(releases)
    assert {
        name for name in (three[0].name, three[1].name) if any(f"found the manifest of release {name}" in fault for fault in faults)
    } == {
        three[0].name,
        three[1].name,
    }


@pytest.mark.parametrize("key", ["as_of", "code_version", "previous_manifest_sha256", "inputs"])
def test_a_rewritten_manifest_is_named_though_its_sums_are_in_order(three: list[Release], key: str) -> None:
    """Somebody who changes the manifest and SHA256SUMS, and even the name, still breaks the next link."""
    folder = three[1].folder
    facts = json.loads((folder / "manifest.json").read_text("utf-8"))
    facts[key] = {"as_of": "2026-01-01", "inputs": []}.get(key, "0" * 64)
    old = sha256_of(folder / "manifest.json")
    (folder / "manifest.json").write_text(json_text(facts), "utf-8", newline="\n")
    sums = folder / "SHA256SUMS"
    sums.write_text(sums.read_text("utf-8").replace(old, sha256_of(folder / "manifest.json")), "utf-8", newline="\n")
    assert any("does not tell its contents" in fault for fault in verify_release(folder))
    name = facts["name"]
    facts["name"] = (
        f"{facts['as_of']}-{hashlib.sha256(json_text({k: v for k, v in facts.items() if k != 'name'}).encode()).hexdigest()[:8]}"
    )
    (folder / "manifest.json").write_text(json_text(facts), "utf-8", newline="\n")
    folder.rename(folder.with_name(facts["name"]))
    faults = verify_chain(folder.parent)
    assert any(f"which {three[2].name} names as the one before it" in fault for fault in faults), name


# ---- rows


def plain_root(rows: Sequence[Sequence[str | None]]) -> str:
    """The tree in the plainest Python there is, to compare with."""
    level = [
        hashlib.sha256((ROW + "".join("-" if v is None else f"{len(v.encode())}:{v}" for v in row)).encode()).hexdigest() for row in rows
    ]
    while len(level) > 1:
        pairs = [level[place : place + 2] for place in range(0, len(level), 2)]
        level = [hashlib.sha256((NODE + pair[0] + pair[1]).encode()).hexdigest() if len(pair) > 1 else pair[0] for pair in pairs]
    return level[0] if level else EMPTY


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5, 7, 8, 13, 33])
def test_every_row_of_a_file_leads_to_its_root(tmp_path: Path, count: int) -> None:
    file = tmp_path / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select i as a, case when i % 3 = 0 then null when i % 3 = 1 then '' else '第' || i || '号😀' end as b, i / 3.0 as c, "
            f"date '2026-01-01' + i::int as d from range({count}) numbers(i)) to '{file}' (format parquet)"
        )
        rows = [tuple(row) for row in connection.execute(f"select a::varchar, b, c::varchar, d::varchar from '{file}'").fetchall()]
        root = merkle_root(connection, file)
        assert root == plain_root(rows)
        for place, row in enumerate(rows):
            values, path, same = prove_row(connection, file, place)
            assert (values, same) == (row, root)
            assert root_of(values, path) == root


def test_values_cannot_be_moved_from_one_column_to_the_next() -> None:
    forms = [("ab", "c"), ("a", "bc"), ("abc", ""), ("abc", None), (None, "abc"), ("1:a", "b"), ("", "abc"), ("-", "abc")]
    assert len({root_of(row, []) for row in forms}) == len(forms)


def tampered(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The proof with each of its parts changed, one at a time."""
    copies = [json.loads(json.dumps(facts)) for _ in range(6)]
    copies[0]["row"][1] = "别的"
    copies[1]["row"][-1] = None if facts["row"][-1] is not None else "x"
    copies[2]["path"][0]["digest"] = "0" * 64
    copies[3]["path"][0]["side"] = "left" if facts["path"][0]["side"] == "right" else "right"
    copies[4]["path"] = facts["path"][:-1]
    copies[5]["row"] = [*facts["row"][1:], facts["row"][0]]
    return copies


def test_a_proof_holds_against_the_manifest_alone_and_fails_when_touched(three: list[Release], tmp_path: Path) -> None:
    release, proof = three[-1], tmp_path / "proof.json"
    facts = prove_path(release, "units", "unit_id-000007")
    shutil.rmtree(release.folder / "data")
    proof.write_text(json.dumps(facts, ensure_ascii=False), "utf-8")
    assert wrong_proof(proof, release) == []
    assert wrong_proof(proof, three[0])
    for forged in tampered(facts):
        proof.write_text(json.dumps(forged, ensure_ascii=False), "utf-8")
        assert wrong_proof(proof, release)
    proof.write_text("{}")
    assert "found no proof" in wrong_proof(proof, release)[0]


def test_a_row_that_is_not_there_cannot_be_proven(three: list[Release]) -> None:
    with pytest.raises(ConfigurationError, match="0 rows with this key"):
        prove_path(three[-1], "units", "nobody")


def test_the_root_of_an_unchanged_dataset_is_taken_over(three: list[Release]) -> None:
    roots = [{entry.name: entry.merkle_root for entry in release.datasets} for release in three]
    assert roots[0]["plan_tasks"] == roots[1]["plan_tasks"]
    assert roots[0]["units"] != roots[1]["units"]
    assert all(root for of_release in roots for root in of_release.values())


# ---- signatures


@pytest.fixture
def keys(tmp_path: Path) -> Callable[[str], tuple[Path, Path]]:
    """Makes a key pair: the files of the private and of the public key."""

    def make(name: str) -> tuple[Path, Path]:
        private, public = tmp_path / f"{name}.key", tmp_path / f"{name}.pub"
        make_key(private, public)
        return private, public

    return make


def test_a_signed_release_is_known_by_its_public_key(release: Releasing, keys: Callable[[str], tuple[Path, Path]]) -> None:
    private, public = keys("ours")
    made = release(signing_key=private)
    assert verify_folder(made.folder, read_public_keys(public)) == []
    assert private.stat().st_mode & 0o077 == 0
    first = (made.folder / SIGNATURE).read_bytes()
    sign_manifest(made.folder, private, made.name)
    assert (made.folder / SIGNATURE).read_bytes() == first


def test_every_touched_signature_or_manifest_is_named(release: Releasing, keys: Callable[[str], tuple[Path, Path]]) -> None:
    private, public = keys("ours")
    made, known = release(signing_key=private), read_public_keys(public)
    signature, chance = made.folder / SIGNATURE, random.Random(7)
    for path in (signature, made.folder / "manifest.json"):
        kept = path.read_bytes()
        start = kept.index(b"\n") + 1 if path == signature else 0  # the first line is a comment that nobody trusts
        for _ in range(60):
            flip(path, chance.randrange(start, len(kept) - 1), chance.randrange(8))
            assert wrong_signature(made.folder, known, made.name), path.read_bytes()
            path.write_bytes(kept)
    signature.unlink()
    assert "found no signature" in wrong_signature(made.folder, known, made.name)[0]


def test_another_key_another_release_and_a_former_key(
    release: Releasing, warehouse: Path, keys: Callable[[str], tuple[Path, Path]], tmp_path: Path
) -> None:
    (old, old_public), (new, new_public), (other, _) = keys("old"), keys("new"), keys("other")
    first = release(signing_key=old)
    second = release(signing_key=new, code_version="2")
    both = tmp_path / "both.pub"
    both.write_text(new_public.read_text() + old_public.read_text())
    for made in (first, second):
        assert wrong_signature(made.folder, read_public_keys(both), made.name) == []
    assert "another key" in wrong_signature(first.folder, read_public_keys(new_public), first.name)[0]
    shutil.copy(first.folder / SIGNATURE, second.folder / SIGNATURE)
    assert wrong_signature(second.folder, read_public_keys(both), second.name)
    sign_manifest(second.folder, other, second.name)
    assert wrong_signature(second.folder, read_public_keys(both), second.name)


def test_a_key_is_never_overwritten_and_one_of_another_kind_is_refused(
    keys: Callable[[str], tuple[Path, Path]], tmp_path: Path, release: Releasing
) -> None:
    private, public = keys("ours")
    with pytest.raises(ReleaseError, match="a key that is overwritten is lost"):
        make_key(private, tmp_path / "elsewhere.pub")
    broken = tmp_path / "broken.key"
    broken.write_text("no key")
    with pytest.raises(ReleaseError, match="found no key that can be read"):
        release(signing_key=broken)
    with pytest.raises(ReleaseError, match="found no public key"):
        read_public_keys(private)
    assert len(read_public_keys(public)) == 1


@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not installed")
def test_minisign_accepts_the_signature(release: Releasing, keys: Callable[[str], tuple[Path, Path]]) -> None:
    private, public = keys("ours")
    made = release(signing_key=private)
    subprocess.run(["minisign", "-V", "-p", public, "-m", made.folder / "manifest.json"], check=True)


# ---- the commands


@pytest.fixture
def workspace(three: list[Release]) -> Path:
    """A workspace with these releases and nothing else."""
    root = three[0].folder.parents[1]
    (root / "gongkai.yaml").write_text("sources: []\n")
    return root


def test_the_command_verifies_the_latest_all_or_one_and_names_the_chain(workspace: Path, three: list[Release]) -> None:
    for words in ([], ["--all"], [three[0].name], [three[0].folder], [workspace / "releases"]):
        done = gongkai("verify", *words, "-w", workspace)
        assert (done.exit_code, "一致 equal" in done.output) == (0, True), done.output
    flip(three[0].folder / "data/units.csv", 30, 1)
    assert gongkai("verify", "-w", workspace).exit_code == 0
    for words in (["--all"], [three[0].name], [workspace / "releases"]):
        done = gongkai("verify", *words, "-w", workspace)
        assert done.exit_code == 1
        assert "units.csv" in done.output
    shutil.rmtree(three[1].folder)
    done = gongkai("verify", "-w", workspace)
    assert done.exit_code == 1
    assert three[2].name in done.output


def test_the_commands_make_a_key_and_prove_a_row(workspace: Path, three: list[Release], tmp_path: Path) -> None:
    done = gongkai("signing-key", tmp_path / "keys/signing.key", "-w", workspace)
    assert done.exit_code == 0, done.output
    assert "GONGKAI_SIGN_WITH" in done.output
    assert "没有签名" in gongkai("verify", "-w", workspace).output
    sign_manifest(three[-1].folder, tmp_path / "keys/signing.key", three[-1].name)
    assert gongkai("verify", "-w", workspace).exit_code == 0
    proof = tmp_path / "proof.json"
    proof.write_text(gongkai("prove", "units", "unit_id-000007", "--path-only", "-w", workspace).output, "utf-8")
    assert gongkai("prove", "--check", proof, "-w", workspace).exit_code == 0
    assert gongkai("prove", "--check", proof, "-r", three[0].name, "-w", workspace).exit_code == 1
    assert gongkai("prove", "units", "nobody", "--path-only", "-w", workspace).exit_code == 1


# ---- how long releases are kept


def of_days(*days: str) -> list[Release]:
    return [Release(Path(), f"{day}-{number:08x}", date.fromisoformat(day), "1", (), ()) for number, day in enumerate(days)]


def test_days_then_months_then_years_are_kept() -> None:
    days = [f"{year}-{month:02d}-{day:02d}" for year in (2023, 2024, 2025, 2026) for month in range(1, 13) for day in (1, 11, 21, 28)]
    releases = of_days(*(day for day in days if day <= "2026-10-21"))
    gone = {one.as_of.isoformat() for one in expired(releases, Retention(days=31, months=6))}
    kept = [one.as_of.isoformat() for one in releases if one.as_of.isoformat() not in gone]
    assert kept == [
        "2023-12-28", "2024-12-28", "2025-12-28", "2026-05-28", "2026-06-28", "2026-07-28", "2026-08-28",
        "2026-09-21", "2026-09-28", "2026-10-01", "2026-10-11", "2026-10-21",
    ]  # fmt: skip
    assert expired([], Retention()) == []
    assert expired(of_days("2020-01-01"), Retention(days=1, months=0)) == []


def test_a_release_that_the_latest_still_needs_is_kept() -> None:
    first, second, third = of_days("2026-01-01", "2026-01-02", "2026-01-03")
    carried = ReleasedDataset("units", "units", 1, (), carried_over_from=first.name)
    assert expired([first, second, replace(third, datasets=(carried,))], Retention(days=1, months=0)) == [second]


def test_a_release_that_goes_leaves_its_manifest_and_a_whole_chain(workspace: Path, three: list[Release]) -> None:
    assert apply_retention(Workspace.open(workspace), print) == []
    (workspace / "gongkai.yaml").write_text("keep_releases: {days: 1, months: 0}\n")
    manifest = workspace / "releases" / three[1].name / "manifest.json"
    facts = json.loads(manifest.read_text("utf-8"))
    assert facts["as_of"] == "2026-10-31"
    said: list[str] = []
    assert apply_retention(Workspace.open(workspace), said.append) == []  # one day has them all
    listed = gongkai("releases", "-w", workspace, "-f", "json").output
    assert [row["release"] for row in json.loads(listed)] == [release.name for release in three]
    assert [row["is_latest"] for row in json.loads(listed)] == [False, False, True]
    assert json.loads(listed)[1]["own_bytes"] < json.loads(listed)[0]["own_bytes"]
    assert "3 个发布" in gongkai("releases", "-w", workspace).output


def test_old_releases_go_by_the_settings(release: Releasing, tmp_path: Path) -> None:
    made = [release(as_of=date(2026, month, 28)) for month in (7, 8, 9)]
    (tmp_path / "gongkai.yaml").write_text("keep_releases: {days: 1, months: 2}\n")
    said: list[str] = []
    assert apply_retention(Workspace.open(tmp_path), said.append) == [made[0].name]
    assert made[0].name in said[0]
    assert (tmp_path / "releases/manifests" / f"{made[0].name}.json").exists()
    assert not made[0].folder.exists()
    assert verify_chain(tmp_path / "releases") == []
    assert gongkai("verify", "--all", "-w", tmp_path).exit_code == 0


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.decimals(-(10**9), 10**9, places=3).map(float) | st.text(VISIBLE),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(VISIBLE), inner),
        max_leaves=20,
    )
)
def test_the_json_of_a_release_is_what_the_standard_library_writes(value):
    """Manifests of earlier releases were written by it, and their text is hashed anew by `gongkai verify`."""
    assert json_text(value) == json.dumps(value, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("value", [date(2026, 10, 31), {1: "一"}, {"日": {date(2026, 1, 1)}}])
def test_what_is_none_of_jsons_is_no_json_of_a_release(value):
    with pytest.raises(TypeError):
        json_text(value)
