"""The floor: the one DuckDB script that an expert would write by hand to do the same work once, with nothing checked.

Reads the same CSV, joins units, counts working days, writes the same columns as Parquet and CSV.
usage: floor.py WORKSPACE
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from flows.warehouse.calendar_days import calendar_days

SCRIPT = """
    create table units as from read_csv('{inbox}/units.csv');
    create table numbered as
    select *, sum(is_working_day::integer) over (order by calendar_on) as n from days;
    create table clocks as
    select s.calendar_on as started_on, d.calendar_on as due_on, d.n as due_n, d.is_provisional
    from numbered s join numbered d on d.n = s.n + 20 and d.is_working_day;
    create table disclosures as
    select r.索引号 as disclosure_id, r.索引号 as index_number, r.标题 as disclosure_title, '990199/' || u.单位名称 as unit_id,
        u.单位名称 as unit_name, r.公开单位 as printed_unit_name, r.文号 as document_number, r.公开事项 as catalogue_matter,
        r.公开渠道 as channel, r.形成日期 as made_on, null::date as changed_on, r.公开日期 as published_on, c.due_on,
        c.is_provisional as is_due_provisional, greatest(p.n - c.due_n, 0) as days_late, r.链接 as url,
        'disclosures/disclosures.csv' as source_path, row_number() over () as source_row
    from read_csv('{inbox}/disclosures.csv', auto_detect = false, header = true, columns = {{
        '索引号': 'varchar', '标题': 'varchar', '公开单位': 'varchar', '文号': 'varchar', '公开事项': 'varchar', '公开渠道': 'varchar',
        '形成日期': 'date', '公开日期': 'date', '公开属性': 'varchar', '链接': 'varchar'}}) r
    left join units u on u.单位名称 = r.公开单位
    left join clocks c on c.started_on = r.形成日期
    left join numbered p on p.calendar_on = r.公开日期
    where r.公开属性 = '主动公开' and r.公开日期 <= date '2026-10-31';
    copy (from disclosures order by disclosure_id) to '{out}/disclosures.parquet' (format parquet, compression zstd);
    copy (from disclosures order by disclosure_id) to '{out}/disclosures.csv' (header);
"""


def main(workspace: Path) -> None:
    out = workspace / "floor"
    out.mkdir()
    with duckdb.connect(str(out / "floor.duckdb")) as connection:
        connection.register("days", calendar_days())
        connection.execute(SCRIPT.format(inbox=workspace / "inbox", out=out))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
