"""Nothing of a withdrawn record leaves in any file, new or carried over."""

from __future__ import annotations

from collections.abc import Callable

from exports.catalog import load_catalog
from flows.release import what_must_not_leave
from flows.withdrawn import still_told
from tests.conftest import County

HEADER = "索引号,标题,公开单位,形成日期,公开日期,撤回日期,撤回原因,链接\n"
TITLE, URL = "关于某处罚决定的公示（已撤销）", "https://qichuan.example/a/1.html"


def test_nothing_of_a_withdrawn_record_leaves_and_the_gate_knows_a_file_that_holds_it(county: Callable[..., County]) -> None:
    standing = "A2,关于公布服务事项的通告,县财政局,2026-10-08,2026-10-09,,,https://qichuan.example/a/2.html\n"
    made = county({"disclosures/a.csv": f"{HEADER}QX/2026-1,{TITLE},县财政局,2026-10-08,2026-10-09,,,{URL}\n{standing}".encode()})
    made.refresh()
    old = made.latest
    assert TITLE in (old / "data" / "disclosures.csv").read_text("utf-8-sig")
    withdrawn = f"QX/2026-1,{TITLE},县财政局,2026-10-08,2026-10-09,2026-10-20,处罚决定被撤销,{URL}\n"
    (made.root / "inbox" / "disclosures" / "a.csv").write_text(HEADER + withdrawn + standing, "utf-8")
    made.refresh()
    assert made.latest != old
    for path in made.latest.rglob("*"):
        assert not path.is_file() or TITLE.encode() not in path.read_bytes(), path.name
    warehouse = made.root / "warehouse.duckdb"
    assert still_told(made.latest, warehouse, load_catalog()) == {}
    (reason,) = what_must_not_leave(old, load_catalog(), warehouse).values()
    assert "disclosure_title, 1" in reason
    assert "url, 1" in reason
    assert TITLE not in reason
