"""Nothing of a withdrawn record leaves in any file, new or carried over, but its tombstone: number, old link and reason."""

from __future__ import annotations

import csv
from collections.abc import Callable

from exports.catalog import load_catalog
from flows.publication.privacy_gate import what_must_not_leave
from flows.publication.screening import find_withdrawn_values
from tests.conftest import County

HEADER = "索引号,标题,公开单位,形成日期,公开日期,撤回日期,撤回原因,链接\n"
DECISIONS = "决定书文号,执法类别,事项名称,相对人类别,执法机关,决定日期,公示日期,撤销日期,撤销原因,撤回日期,链接\n"
TITLE, URL = "关于某处罚决定的公示（已撤销）", "https://qichuan.example/a/1.html"


def test_nothing_of_a_withdrawn_record_leaves_and_the_gate_knows_a_file_that_holds_it(county: Callable[..., County]) -> None:
    standing = "A2,关于公布服务事项的通告,栖川县住房和城乡建设局,2026-10-08,2026-10-09,,,https://qichuan.example/a/2.html\n"
    # the only decision of its unit, whose name goes on standing in other datasets
    revoked = "栖建罚〔2026〕1号,行政处罚,擅自施工案,法人,栖川县住房和城乡建设局,2026-09-01,2026-09-03,2026-10-12,复议撤销,2026-10-13,https://qichuan.example/x/1.html\n"
    made = county(
        {
            "disclosures/a.csv": f"{HEADER}QX/2026-1,{TITLE},县财政局,2026-10-08,2026-10-09,,,{URL}\n{standing}".encode(),
            "enforcement_results/a.csv": (DECISIONS + revoked).encode(),
        }
    )
    settings = made.root / "gongkai.yaml"
    settings.write_text(f"{settings.read_text('utf-8')}mirror: file://{made.root}/mirror\n", "utf-8")
    made.refresh()
    old = made.latest
    assert TITLE in (old / "data" / "disclosures.csv").read_text("utf-8-sig")
    withdrawn = f"QX/2026-1,{TITLE},县财政局,2026-10-08,2026-10-09,2026-10-20,处罚决定被撤销,{URL}\n"
    (made.root / "inbox" / "disclosures" / "a.csv").write_text(HEADER + withdrawn + standing, "utf-8")
    made.refresh()
    assert made.latest != old
    assert not [path for path in (made.root / "mirror").rglob("*") if path.is_file() and TITLE.encode() in path.read_bytes()]
    assert (made.root / "mirror" / made.latest.name / "manifest.json").exists()
    assert not (made.root / "mirror" / old.name / "manifest.json").exists()
    for path in made.latest.rglob("*"):
        assert not path.is_file() or TITLE.encode() not in path.read_bytes(), path.name
    with (made.latest / "data" / "withdrawals.csv").open(encoding="utf-8-sig") as stream:
        tombstones = [(row["register_name"], row["index_number"], row["withdrawal_reason"], row["url"]) for row in csv.DictReader(stream)]
    assert tombstones == [
        ("disclosures", "QX/2026-1", "处罚决定被撤销", URL),
        ("enforcement_results", "栖建罚〔2026〕1号", "复议撤销", "https://qichuan.example/x/1.html"),
    ]
    warehouse = made.root / "warehouse.duckdb"
    assert find_withdrawn_values(made.latest, warehouse, load_catalog()) == {}
    (reason,) = what_must_not_leave(old, load_catalog(), warehouse).values()
    assert "disclosure_title, 1" in reason
    assert "url, 1" in reason
    assert TITLE not in reason
