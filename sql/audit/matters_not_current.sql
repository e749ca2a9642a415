-- 目录中哪些事项是空白或超期未更新？ Which matters of the catalogue are empty or stale?
-- 不明的不列；更新周期取自目录，目录未载的取自国家检查指标（国办秘函〔2019〕19号）。 The unknown is left out. The interval is the catalogue's, else that of the national inspection indicators.
select matter_id, matter_level1, matter_level2, unit_name, coverage_status, last_published_on, update_due_on, interval_rule, source_path, source_row
from core.catalogue_coverage
where coverage_status in ('empty', 'stale')
order by matter_id, source_row
