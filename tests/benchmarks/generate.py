"""Makes the benchmark's input: any number of disclosure records, the same for the same seed, and the units they name."""

from __future__ import annotations

from pathlib import Path

import duckdb

UNITS = 60
SETTINGS = """\
jurisdiction: {name: 基准市基准县, code: "990199"}
as_of: 2026-10-31
sources:
  - {name: units, kind: units, location: inbox/units.csv}
  - {name: disclosures, kind: disclosures, location: inbox/disclosures.csv}
"""


def make_workspace(folder: Path, rows: int) -> Path:
    """A workspace at `folder` with `rows` disclosure records (titles of 20 to 40 characters) of 60 units."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    (folder / "gongkai.yaml").write_text(SETTINGS, encoding="utf-8")
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 单位名称 from ({_units()}) order by id) to '{inbox / 'units.csv'}' (header)")
        connection.execute(f"copy ({_records(rows)}) to '{inbox / 'disclosures.csv'}' (header)")
    return folder


def _units() -> str:
    return f"select i as id, '第' || (i + 1) || '基准服务局' as 单位名称 from range({UNITS}) as r(i)"


def _records(rows: int) -> str:
    """Values come from hashes of the row number, so that they do not depend on threads; one in 200 is late, withheld or not yet out."""
    return f"""
        with numbered as (select i, cast(hash(i) >> 1 as bigint) as h, cast(hash(i + 7919) >> 1 as bigint) as g from range({rows}) as r(i)),
        dated as (select *, date '2026-01-01' + cast(h % 270 as integer) as made from numbered)
        select
            'JZ' || lpad(cast(i as varchar), 9, '0') as 索引号,
            ['关于印发', '关于公布', '关于进一步做好', '关于开展', '关于调整', '关于加强'][1 + h % 6]
            || ['年度重点民生实事项目', '城乡居民基本医疗保险参保缴费', '义务教育学校招生入学', '农村道路养护管理', '公共场所卫生抽检', '建设工程招投标检查'][1 + g % 6]
            || ['实施方案', '有关事项', '工作情况', '结果'][1 + (h // 7) % 4] || '的' || ['通知', '公告', '通报', '函'][1 + (g // 11) % 4]
            || '（第' || i || '号）' as 标题,
            '第' || (1 + (g // 13) % {UNITS}) || '基准服务局' as 公开单位,
            '基准发〔2026〕' || (i % 5000) || '号' as 文号,
            ['政策文件', '财政预决算', '行政执法', '公共服务', '人事信息'][1 + (h // 17) % 5] as 公开事项,
            ['政府网站', '政务新媒体', '政府公报'][1 + (g // 19) % 3] as 公开渠道,
            made as 形成日期,
            case when h % 400 = 1 then null else made + cast(g % case when h % 300 = 2 then 60 else 20 end as integer) end as 公开日期,
            case when g % 250 = 3 then '依申请公开' else '主动公开' end as 公开属性,
            'https://www.example.org/xxgk/2026/' || i || '.html' as 链接
        from dated
        order by i
    """
