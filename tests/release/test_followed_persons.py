"""A row that is carried over names nobody who is a natural person by what the source says today."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import a_county
from tests.release.test_followed_leaks import told_in

HEAD = "决定书文号,执法类别,事项名称,相对人类别,相对人名称,执法机关,决定日期,公示日期\n"
CHANGED = {"自然人": "仉璐瑶", "个体工商户": "仉璐珂", "": "仉璐珩", "不详": "仉璐琬"}  # today's kind of party -> a person


def results(count: int, *, is_later: bool) -> bytes:
    firms = (
        f"栖罚〔2026〕{n}号,行政处罚,未公示价格,法人,栖川县青禾{n}号商贸有限公司,县财政局,2026-03-02,2026-03-05\n" for n in range(count)
    )
    persons = (
        f"栖罚〔2026〕{n}号,行政处罚,未公示价格,{kind if is_later else '法人'},{name if is_later else f'栖川县{name}商贸有限公司'},县财政局,2026-03-02,2026-03-05\n"
        for n, (kind, name) in enumerate(CHANGED.items(), start=900)
    )
    return (HEAD + "".join([*firms, *persons])).encode()


def test_a_party_that_is_a_natural_person_today_is_not_named_in_a_row_that_is_carried_over(tmp_path: Path) -> None:
    files = {"enforcement_results/a.csv": results(40, is_later=False), "units/a.csv": "单位名称\n栖川县财政局\n".encode()}
    made = a_county(tmp_path, files)
    assert made.refresh().exit_code == 0
    assert all(told_in(made.latest, name) for name in CHANGED.values())
    (made.root / "inbox/enforcement_results/a.csv").write_bytes(results(10, is_later=True))
    assert made.refresh().exit_code == 3
    assert told_in(made.latest, "青禾39号"), "carried over"
    assert [name for name in CHANGED.values() if told_in(made.latest, name)] == []
