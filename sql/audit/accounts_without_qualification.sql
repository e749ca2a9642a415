-- 哪些代运营的政务新媒体账号没有登记运营单位资质？ Which accounts run by others have no qualification of the operator on file?
-- 委托运营的须审查资质。 Who runs an account for a government must show a qualification.
select unit_name, account_name, platform, operator_name, source_path, source_row
from core.new_media_accounts
where closed_on is null and operator_name is not null and operator_qualification is null
order by account_name
