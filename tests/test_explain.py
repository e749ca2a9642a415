"""`gongkai explain` and `query`: what a person reads at a terminal of 80 columns."""

from __future__ import annotations

import re

import pytest

from tests.conftest import County, gongkai


def test_every_kind_of_finding_of_the_sample_is_listed_with_its_number_and_a_title(whole_sample: County) -> None:
    lines = gongkai("explain", "-w", whole_sample.root).stdout.splitlines()
    told = {line.split()[0]: int(line.split()[1].replace(",", "")) for line in lines}
    assert told == dict(whole_sample.ask("select finding_kind, count(*) from core.findings group by 1"))
    assert all(re.search("[\u4e00-\u9fff]", line) for line in lines), "each has a Chinese title"


def test_a_kind_is_explained_with_places_rule_examples_and_a_query_that_works(whole_sample: County) -> None:
    told = gongkai("explain", "overdue", "-w", whole_sample.root).stdout
    ((count,),) = whole_sample.ask("select count(*) from core.findings where finding_kind = 'overdue'")
    assert f"{count:,} 条" in told
    assert "条例" in told, "the law behind the term"
    ((text,),) = whole_sample.ask(
        "select finding_text from core.findings where finding_kind = 'overdue' order by source_path, source_row, record_id limit 1"
    )
    assert text in told
    query = told.splitlines()[-1].partition('"')[2].rstrip('"')
    assert len(whole_sample.ask(query)) == count


def test_every_kind_can_be_explained(whole_sample: County) -> None:
    for (kind,) in whole_sample.ask("select distinct finding_kind from core.findings"):
        done = gongkai("explain", kind, "-w", whole_sample.root)
        assert (done.exit_code, kind in done.stdout) == (0, True)


def test_a_kind_that_was_not_found_is_known_all_the_same_and_a_typing_error_helped(whole_sample: County) -> None:
    assert "0 条" in gongkai("explain", "hidden_sheet", "-w", whole_sample.root).stdout
    assert "unknown_unit" in gongkai("explain", "unknow_unit", "-w", whole_sample.root).stderr


@pytest.mark.parametrize(("columns", "is_table"), [(3, True), (30, False)])
def test_a_wide_answer_stands_as_blocks_of_lines(whole_sample: County, columns: int, is_table: bool) -> None:
    names = [f"c{number}" for number in range(columns)]
    told = gongkai("query", f"select {', '.join(f'{at} as {name}' for at, name in enumerate(names))}", "-w", whole_sample.root).stdout
    assert all(name in told for name in names)
    assert all(len(line) <= 80 for line in told.splitlines())
    assert ("│" in told) == is_table


def test_truth_is_written_as_in_the_files_and_a_mark_is_there_on_demand(whole_sample: County) -> None:
    sql = "select true as a, null as b, [1, 2] as c"
    assert gongkai("query", sql, "-f", "csv", "-w", whole_sample.root).stdout.splitlines() == ["a,b,c", "true,,1；2"]
    assert gongkai("query", sql, "-f", "csv", "--bom", "-w", whole_sample.root).stdout.startswith("\ufeffa,b,c")
    assert "true" in gongkai("query", sql, "-w", whole_sample.root).stdout
