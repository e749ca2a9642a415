-- 哪些意见征集的期限少于三十日？ Which consultations were open for fewer than 30 days?
-- 重大行政决策程序暂行条例第十五条：一般不少于 30 日，缩短须说明。 Regulations on major decisions 15: 30 days as a rule; a shorter time needs its reason.
-- 规章草案同此（规章制定程序条例第十五条）；一般规范性文件各地多为 7 个工作日。 So for rules; many places give other normative documents 7 working days.
select
    consultations.unit_name,
    consultations.consultation_number,
    consultations.consultation_title,
    consultations.opened_on,
    consultations.closed_on,
    consultations.closed_on - consultations.opened_on as open_days,
    consultations.source_path,
    consultations.source_row
from core.public_consultations as consultations
inner join core.terms as term on consultations.opened_on = term.start_on and term.rule_id = 'consultation_period'
where consultations.opened_on <= getvariable('as_of') and consultations.closed_on < term.due_on
order by consultations.opened_on, consultations.consultation_number
