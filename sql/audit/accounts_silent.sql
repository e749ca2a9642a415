-- 哪些政务新媒体账号超过两周没有更新？ Which new-media accounts have posted nothing for over two weeks?
-- 监测时间点前两周内无更新（国办秘函〔2019〕19号检查指标）。 No update in the two weeks before the check (national inspection indicators).
select unit_name, account_name, platform, last_posted_on, source_path, source_row
from core.new_media_accounts
where closed_on is null and coalesce(last_posted_on < getvariable('as_of') - 14, true)
order by last_posted_on, account_name
