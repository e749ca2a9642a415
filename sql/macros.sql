-- shared macros: each a name for a rule that several models apply

-- a unit's name with half-width brackets and no white space
create macro plain_name(printed) as translate(
    regexp_replace(printed, '[\s　]+', '', 'g'), '（）〈〉＜＞〔〕【】', '()()()()()'
);

-- a title without white space and marks; ＜ and ＞ are brackets here
create macro plain_title(title) as regexp_replace(title, '[\s　\p{P}＜＞]', '', 'g');

-- a number from 1 to 99 in Chinese figures or digits; null for anything else
create macro figure_value(written) as case
    when regexp_matches(written, '^\d{1,3}$') then cast(written as integer)
    when regexp_matches(written, '^[一二三四五六七八九]$') then strpos('一二三四五六七八九', written)
    when regexp_matches(written, '^[一二三四五六七八九]?十[一二三四五六七八九]?$') then
        10 * case when written[1] = '十' then 1 else strpos('一二三四五六七八九', written[1]) end
        + case when written[-1] = '十' then 0 else strpos('一二三四五六七八九', written[-1]) end
end;

-- a day that a record can have: of this century, the last or the next; of others only the days that mean "for ever"
create macro plausible_day(day) as case
    when day between date '1900-01-01' and date '2199-12-31' or day in (date '2999-12-31', date '9999-12-31') then day
end;

-- a day as it is compared: half-width digits and marks, one stroke for all, no blanks but one before a time
create macro plain_day(written) as regexp_replace(regexp_replace(
    translate(trim(written), '０１２３４５６７８９．／－−–—‐‑―：　〇○零（）', '0123456789./-------: 000()'),
    '\s*([年月日号./-])\s*', '\1', 'g'
), '[\x{200b}-\x{200f}\x{feff}]', '', 'g');

-- years, months and days in Chinese figures as digits: 二〇二六年三月十五日 is 2026年3月15日
create macro figures_as_digits(written) as case
    when regexp_matches(written, '^[0一二三四五六七八九]{4}年')
        then
            translate(written[:4], '一二三四五六七八九', '123456789') || '年'
            || figure_value(regexp_extract(written, '年(.{1,3})月', 1)) || '月' || figure_value(regexp_extract(written, '月(.{1,3})[日号]', 1)) || '日'
    else written
end;

-- a moment as programs print it, its day first: Wed Mar 04 2026 16:00:00 GMT+0000, Wed, 04 Mar 2026 16:00:00 GMT, Wed Mar 4 16:00:00 UTC 2026
create macro day_first(written) as regexp_replace(
    regexp_replace(
        regexp_replace(written, '^([A-Z][a-z]{2},? +)?([A-Z][a-z]{2}) +(\d{1,2}),? +(\d{4}) +(\d.*)$', '\4-\2-\3 \5'),
        '^([A-Z][a-z]{2},? +)?(\d{1,2}) +([A-Z][a-z]{2}) +(\d{4}) +(\d.*)$', '\4-\3-\2 \5'
    ),
    '^[A-Z][a-z]{2} +([A-Z][a-z]{2}) +(\d{1,2}) +([\d:.]+) +(\S+) +(\d{4})$', '\5-\1-\2 \3 \4'
);

-- the parts of a moment with its zone (Z, UTC, GMT, CST, 北京时间) or its hours from UTC, or both; empty texts for anything else
create macro parts_of_moment(written) as regexp_extract(
    day_first(written),
    '^(\d{4})[-/.年]?(\d{2}|\d|[A-Z][a-z]{2})[-/.月]?(\d{1,2})(?:日|日?[T ]) *(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?'
    || ' *\(?(Z|z|UTC?|utc?|GMT|gmt|CST|北京时间|Asia/Shanghai)? *([+-]\d{1,2}(?::?\d{2})?)?\)?(?: *(?:\([^()]*\)|\[[^\[\]]*\]|CST|UTC|GMT))?$',
    ['year', 'month', 'day', 'hour', 'minute', 'second', 'zone', 'shift']
);

-- microseconds since 1970 of the parts of a moment; null without a zone, and for a day or a time that there is not
create macro moment_of(parts) as epoch_us(
    try_cast(
        parts.year || '-' || coalesce(
            lpad(cast(list_position(['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'], lower(parts.month)) as varchar), 2, '0'),
            lpad(parts.month, 2, '0')
        ) || '-' || lpad(parts.day, 2, '0') || ' ' || lpad(parts.hour, 2, '0') || ':' || parts.minute || ':' || coalesce(nullif(parts.second, ''), '00') as timestamp
    )
) - cast(60000000 as bigint) * case
    when parts.shift <> '' and abs(try_cast(left(replace(parts.shift, ':', ''), 3) as integer)) <= 14
        then try_cast(left(parts.shift, 1) || '1' as integer) * (
            60 * cast(regexp_extract(parts.shift, '\d{1,2}') as integer) + coalesce(try_cast(regexp_extract(parts.shift, '\d{2}:?(\d{2})$', 1) as integer), 0)
        )
    when parts.shift <> '' then null
    when lower(parts.zone) in ('z', 'ut', 'utc', 'gmt') then 0
    when parts.zone in ('CST', '北京时间', 'Asia/Shanghai') then 480
end;

-- the calendar day in China (UTC+8, without summer time since 1991) of a moment with its zone, or of seconds or milliseconds since 1970
create macro day_of_moment(written) as cast(make_timestamp(28800000000 + case
    when strpos(written, ':') > 0 or strpos(written, 'T') > 0 then list_transform([parts_of_moment(written)], lambda parts: moment_of(parts))[1]
    when regexp_full_match(written, '(/Date\()?\d{13}([+-]\d{4})?(\)/)?') then cast(regexp_extract(written, '\d{13}') as bigint) * 1000
    when regexp_full_match(written, '1[0-9]{9}') then cast(written as bigint) * 1000000
end) as date);

-- the day of a text in any of the forms that clerks and their systems write; `plain` is `plain_day` of it
create macro day_of_text(plain) as coalesce(
    cast(try_strptime(regexp_extract(
        figures_as_digits(plain),
        '^(\d{4}[年./-]\d{1,2}[月./-]\d{1,2})[日号.]?\s*(\(?(周|星期|礼拜).\)?)?[T\s]*(上午|下午|中午)?\s*(([01]?\d|2[0-4])[:时点][\d:.,分秒\s]*)?(上午|下午|[AaPp][Mm]|CST)?$', 1
    ), ['%Y年%m月%d', '%Y.%m.%d', '%Y/%m/%d', '%Y-%m-%d']) as date),
    cast(try_strptime(regexp_extract(plain, '^((19|20|21)\d{6})(\.0+|\d{4}|\d{6}|[T\s]\d{1,2}:[\d:.]*)?$', 1), '%Y%m%d') as date),
    case
        when regexp_full_match(plain, '[345]\d{4}(\.\d+)?') and cast(plain as double) between 36526 and 54788
            then date '1899-12-30' + cast(floor(cast(plain as double)) as integer)
    end,
    cast(try_strptime(
        (1911 + cast(nullif(replace(regexp_extract(plain, '^(中华|中華)?民[国國](\d{1,3}|元)年\d{1,2}月\d{1,2}日?$', 2), '元', '1'), '') as integer))
        || regexp_extract(plain, '年\d{1,2}月\d{1,2}'), '%Y年%m月%d'
    ) as date),
    day_of_moment(plain)
);

-- a date as clerks write it: ISO, 2026/3/5, 2026.3.5, 2026年3月5日, 20260305, 二〇二六年三月五日, 民国115年3月5日, a spreadsheet's day number, a moment
-- with its offset (the day in China); null for anything else: a month, a range, digits beyond a date, a year that no record has
create macro parse_date(written) as case
    when strlen(written) = 10 and strpos(written, '-') = 5 and try_cast(written as date) is not null then plausible_day(try_cast(written as date))
    -- lambdas, because a macro repeats its argument wherever it names it: each step is bound and worked out once
    else list_transform(list_transform([plain_day(written)], lambda plain: day_of_text(plain)), lambda day: plausible_day(day))[1]
end;

-- the last day of a validity: of a range its end (有效期 2026-04-01至2031-03-31), 长期 the day that means for ever; else the date itself
create macro parse_end_date(written) as coalesce(
    list_filter(
        list_transform(
            [
                written,
                regexp_extract(written, '^.*\d\s*[年月日号]?\s*(至|到|～|~|—+|－|--+|\s-\s)\s*(\d{4}\D.*?)\s*(止|为止|[)）])?$', 2),
                regexp_extract(written, '^.*\d{4}[./年]\d{1,2}[./月]\d{1,2}日?-(\d{4}\D.*?)\s*(止|为止|[)）])?$', 1),
                regexp_extract(written, '^(有效期)?\s*[至到:：]?\s*(\d{4}\D.*?)\s*(止|为止)?$', 2)
            ],
            lambda part: parse_date(part)
        ),
        lambda day: day is not null
    )[1],
    case when regexp_matches(plain_name(written), '(^|[至到])(长期|长期有效|永久|永久有效|无固定期限|不设有效期)$') then date '9999-12-31' end
);

-- a task's id: three digits, so that ids sort in the order of the tasks
create macro task_id_of(document_id, task_index) as document_id || '#' || lpad(cast(task_index as varchar), 3, '0');

-- a name that means many units: 各镇, 县级各相关部门, 区直有关部门, 成员单位, and 街道办事处 alone (of 各镇人民政府、街道办事处)
create macro is_collective_name(printed) as regexp_matches(
    plain_name(printed), '^各|^(镇|乡镇|街镇|镇街|街道|村|园区|社区|街道办事处|乡镇人民政府|镇人民政府)$|[级直属]各|各.*(单位|部门|镇|乡|街道|科室|股室)|(有关|相关|其他|成员|责任)(单位|部门|机构|科室|股室)|等(单位|部门)?$'
);

-- the government of a division itself (栖川县人民政府), which is no unit of it and in no list; towns' governments are units
create macro is_government_name(printed) as regexp_matches(plain_name(printed), '(省|自治区|市|区|县|州|盟|旗)人民政府$');

-- a short name without the letter of its level (区, 县, 市), without 委 before a party body, 人民政府 as 政府
create macro unit_key_without_level(short) as regexp_replace(
    regexp_replace(
        case
            when regexp_matches(short, '^(市场|市容|市民|市政[^府]|区域|县域)') then short
            else regexp_replace(short, '^[省市区县州旗盟]', '')
        end,
        '^委(宣传部|组织部|统战部|政法委|网信办|编办|党校|老干部局|.*办公室|.{3,})$', '\1'
    ),
    '^人民政府', '政府'
);

-- what is left of a unit's name without the names of its region (a pattern such as ^(某省)?(某市)?(某县)?), the level's letter, a bracketed second name
create macro unit_key(printed, region_pattern) as unit_key_without_level(
    regexp_replace(regexp_replace(plain_name(printed), coalesce(region_pattern, '^$'), ''), '\([^()]*\)$', '')
);

-- towns and streets, parks and zones, departments: by the end of the name
create macro unit_kind(short) as case
    when regexp_matches(short, '(镇|乡|街道|街道办事处|街道办|(镇|乡)人民政府|苏木|社区)$') then 'town'
    when regexp_matches(short, '(园区|开发区|新区|集中区|管委会|管理委员会|度假区|示范区)$') then 'park'
    else 'department'
end;

-- the article of the Regulations on which a record is withheld, by number or by the words of the articles: 14 (state secrets, other
-- laws, security and stability), 15 (business secrets, privacy), 16 (internal affairs, process, enforcement files); null for none
create macro withheld_article(reason) as case
    when regexp_matches(reason, '第?(十四|14)条|国家秘密|国家安全|公共安全|经济安全|社会稳定|法律、?行政法规(明确)?(规定)?禁止') then 14
    when regexp_matches(reason, '第?(十五|15)条|商业秘密|个人隐私') then 15
    when regexp_matches(reason, '第?(十六|16)条|内部事务|过程性信息|讨论记录|过程稿|磋商信函|请示报告|执法案卷') then 16
end;

-- a title of the annual report's tables without its number and marks: （三）5三类内部事务信息 and 5.三类内部事务信息 are the same row
create macro report_title(printed) as regexp_replace(
    regexp_replace(plain_name(printed), '^([一二三四五六七八九十]+[、,，.．])?([一二三四五六七八九十]*\([一二三四五六七八九十]+\))?(\d+[.．、]?)?', ''),
    '[\s"“”‘’''、，,。.：:()]', '', 'g'
);

-- the 95th percentile of Student's t with so many degrees of freedom (Cornish and Fisher's expansion, right to 0.1 from 2 on, to 0.01 from 4 on)
create macro student_t95(freedom) as 1.6449 + 1.5239 / freedom + 1.4182 / power(freedom, 2) + 0.9831 / power(freedom, 3);

-- half the width of the 90 % interval of a count still to come in so many months, after a monthly mean of so many months with that variance between
-- them: quasi-Poisson; where the months vary no more than chance makes them, no dispersion had to be estimated and the normal percentile holds
create macro forecast_margin(monthly_mean, monthly_variance, months_gone, months_to_come) as
case when monthly_variance > monthly_mean then student_t95(months_gone - 1) else 1.6449 end
* sqrt(greatest(monthly_mean, monthly_variance) * months_to_come * (1 + months_to_come / months_gone));

-- a count as clerks write it: 12, 1,234, 12人, 共12人次, 20个工作日; null for anything else
create macro parse_count(written) as try_cast(
    regexp_extract(replace(replace(written, ',', ''), '，', ''), '^\s*共?(\d+)(\.0+)?\s*(个|条|件|份|项|人|名|次|人次|天|日|个?工作日)?\s*$', 1) as bigint
);

-- an amount as clerks write it: 100, 1,200.50, ¥100, 100元, 3.5万元; null for anything else
create macro parse_amount(written) as try_cast(
    regexp_extract(replace(replace(written, ',', ''), '，', ''), '^\s*[¥￥]?\s*(\d+(\.\d+)?)\s*(元|元整|万元?)?\s*$', 1) as double
) * if(strpos(written, '万') > 0, 10000, 1);

-- a figure of an annual report with its unit of measure, half-width digits: 12, -3.5, 1,200件, 35.2万元; null for anything else
create macro parse_report_figure(plain) as try_cast(
    regexp_extract(replace(plain, ',', ''), '^(-?[0-9]+([.][0-9]+)?)(元|万元|件|条|项|个|份)?$', 1) as double
);

-- a word as it is compared: no white space, half-width brackets, small letters
create macro fold_word(written) as lower(plain_name(written));

-- ---- clocks: one family for every register. Days are counted on core.calendar; what comes after the as-of date has not happened

-- the day up to which a term is judged: that on which it was done, or the as-of date
create macro done_or_today(done_on, as_of_on) as case when done_on <= as_of_on then done_on else as_of_on end;

-- by how many days (working days, where the term counts those) the end is after the due date; 0 in time, null without a due date
create macro days_late(day_unit, due_on, due_number, ended_on, ended_number) as case
    when due_on is null then null
    when day_unit = 'calendar' then greatest(ended_on - due_on, 0)
    else greatest(ended_number - due_number, 0)
end;

-- in_time, late, running, overdue; undated where no calendar covers the days
create macro clock_outcome(due_on, done_on, as_of_on) as case
    when due_on is null then 'undated'
    when done_on <= least(due_on, as_of_on) then 'in_time'
    when done_on <= as_of_on then 'late'
    when as_of_on > due_on then 'overdue'
    else 'running'
end;

-- whether an outcome says that a term was missed: reported only where no doubt remains
create macro is_accusation(outcome) as coalesce(outcome in ('late', 'overdue', 'lapsed'), false);

-- the days of several events, and those of the events that happened on a day
create macro days_of(events) as list_transform(events, lambda event: event.day);
create macro on_day(events, wanted) as list_filter(events, lambda event: event.day = wanted);

create macro events_between(events, from_on, until_on) as list_filter(events, lambda event: event.day between from_on and until_on);

-- the elements of a list that are not null
create macro without_nulls(items) as list_filter(items, lambda item: item is not null);

-- of the notices of one day the latest day set for a correction; of several outcomes the first in the order of table 3 of the annual report
create macro latest_until(notices) as list_max(list_transform(notices, lambda notice: notice.until));
create macro first_outcome(answers) as list_min(list_transform(list_filter(answers, lambda answer: answer.outcome is not null), lambda answer: {
    'rank': coalesce(
        list_position(['granted', 'partial', 'denied', 'unavailable', 'not_processed', 'other'], regexp_replace(answer.outcome, '_\d+$', '')), 99
    ),
    'outcome': answer.outcome
})).outcome;

-- of an extension the working days that it may give: the most where its length is not written, or written as 0
create macro extension_length(days, allowed) as least(coalesce(nullif(days, 0), allowed), allowed);

-- of several days the first within two days, both included; null where there is none
create macro first_between(days, from_on, until_on) as list_min(list_filter(days, lambda day: day between from_on and until_on));

-- the days within two days, both included, without one of them
create macro days_without(days, one, from_on, until_on) as list_filter(
    coalesce(days, []), lambda day: day between from_on and until_on and day is distinct from one
);

-- of the pauses of a term (islands in working-day numbers, each with what earlier ones took) the working days taken by those that
-- begin before the term would end: what begins later finds it ended
create macro paused_before(islands, end_number) as cast(coalesce(
    list_sum(list_transform(list_filter(islands, lambda island: island.from_number < end_number + island.taken_before), lambda island: island.taken)), 0
) as bigint);

-- a task's printed number as clerks refer to it: （二）, 二、, 2. and 第2项 are the same
create macro task_no_key(written) as coalesce(
    cast(figure_value(regexp_replace(plain_name(written), '^第|[项条]$|[()、.．,，:：]', '', 'g')) as varchar),
    regexp_replace(plain_name(written), '^第|[项条]$|[()、．,，:：]', '', 'g')
);

-- an official number as it is compared: 〔2026〕, [2026] and (2026) are the same
create macro document_number_key(written) as translate(plain_name(written), '[]［］', '()()');

-- whether printed words name a document: they hold its number, or are its title
create macro names_document(printed, document_number, title) as coalesce(
    contains(document_number_key(printed), document_number_key(document_number)), false
) or coalesce(plain_title(printed) = plain_title(title), false);

-- what makes a plan document itself, whatever its file is called and however often it is saved: its number and title; without a number its
-- issuer, title and year; null where it has neither
create macro document_key_of(document_number, issuer, title, plan_year) as case
    when nullif(plain_title(title), '') is null then null
    when nullif(document_number_key(document_number), '') is not null then concat_ws('|', lower(document_number_key(document_number)), plain_title(title))
    when issuer is not null and plan_year is not null then concat_ws('|', plain_name(issuer), plain_title(title), plan_year)
end;

-- a document's public id as far as it alone gives it: its number, or its year, issuer and a digest of its title; of its bytes where it names neither
-- number nor title. An issuer is named only if it is an organ: ids are not searched for names of persons
create macro document_id_of(document_number, issuer, title, plan_year, digest) as coalesce(
    translate(nullif(document_number_key(document_number), ''), '()#/', '〔〕--'),
    concat_ws(
        '-',
        coalesce(cast(plan_year as varchar), 'plan'),
        case
            when length(plain_name(issuer)) <= 30 and regexp_matches(plain_name(issuer), '(政府|办公室|办|局|委员会|委|厅|部|院|中心|会|处)$')
                then translate(plain_name(issuer), '#/', '--')
        end,
        left(coalesce(md5(nullif(plain_title(title), '')), digest), 8)
    )
);

-- ---- disclosures

-- whether a quarantined row may have been published by a day; one whose day cannot be read may have been
create macro may_be_published(published_on, invalid_cells, as_of_on) as coalesce(published_on <= as_of_on, list_contains(invalid_cells, 'published_on'));

-- published, and held back for another reason than its attribute: it may still be released
create macro is_held_back(is_standing, is_released, is_withheld, is_on_request) as is_standing and not (is_released or is_withheld or is_on_request);
