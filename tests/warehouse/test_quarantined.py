"""A row that breaks a row-level rule is set aside with the rule's name; the rows around it go on."""

from __future__ import annotations

from tests.conftest import County


def test_a_row_whose_columns_slipped_is_set_aside_and_counted(sample: County) -> None:
    ((before, aside_before),) = sample.ask("select (select count(*) from core.disclosures), (select count(*) from quarantine.disclosures)")
    rows = "QX-1,关于公布服务事项的通告,县财政局,2026-10-08,2026-10-09\nQX-2,2026-10-08,县财政局,2026-10-08,2026-10-09\n"
    header = "索引号,标题,公开单位,形成日期,公开日期\n"
    (sample.root / "inbox" / "disclosures" / "slipped.csv").write_text(header + rows, encoding="utf-8")
    done = sample.refresh()
    assert f"隔离 set aside {aside_before + 1}" in done.output
    assert sample.ask("select count(*) from core.disclosures") == [(before + 1,)]
    aside = sample.ask(
        "select index_number, source_path, source_row, broken_rules from quarantine.disclosures where source_path = 'disclosures/slipped.csv'"
    )
    assert aside == [("QX-2", "disclosures/slipped.csv", 2, ["信息名称是文字 (titles are words)"])]
    assert sample.ask("select count(*) from marts.disclosures where index_number = 'QX-2'") == [(0,)]
