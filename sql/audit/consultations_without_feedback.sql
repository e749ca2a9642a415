-- 哪些意见征集结束后没有公布采纳情况？ Which consultations closed without telling what came of the opinions?
-- 结束三十天后仍未公布。 Thirty days after they closed.
select unit_name, consultation_number, consultation_title, closed_on, opinion_count, source_path, source_row
from core.public_consultations
where closed_on < getvariable('as_of') - 30 and coalesce(feedback_published_on > getvariable('as_of'), true)
order by closed_on, consultation_number
