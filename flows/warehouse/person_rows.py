"""The persons of a register's row: read from its cells and texts, masked in every text of it; what cannot be proven clean is struck out.

For the staging table of a register whose dataset declares `masked: {by: name}` (flows/warehouse/register_models.py), and for the release
gate (flows/warehouse/masking.py), which asks the same of the written files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from exports.catalog import Column, Dataset, Masked, Register
from exports.release.files import literal, quoted
from flows.privacy.person_names import BLANK, DOT, GAP, MASK_SIGNS, any_of, double_surnames, surnames, word_beginnings
from flows.privacy.text import HAN

STRUCK = "［未能确认已隐去自然人姓名］"
FAULT = "name_not_masked"
LINK = "url"
UNIT = "printed_unit_name"

# Headers below which persons are named, whether the descriptor knows them or not; officials who handle a case are named by law.
PERSON_HEADERS = (
    "姓名|名字|涉案|^对象|^人员|人名|者$|当事人|被处罚|处罚对象|相对人(?:名称|姓名)|行为人|违法人|违法者|违法当事|嫌疑人|法定代表|法人代表|负责人|经营者|业主|户主|车主|船主|船长|司机|驾驶"
    "|被许可|持证人|申请人|监护人|代理人|委托人|投资人|控制人|责任人|联系人|承租人|出租人|使用人|所有人|股东|法人|被检查|被执行|被强制|执法对象|从业人员|人员名单"
)
OFFICIALS = "执法人|承办|经办|办案|办理人|审批|审核|填报|录入|记录人|号码|证件|代码|类型|类别|性质|机关|地址|电话"
LABELS = (
    "直接责任人员?|责任人员?|主管人员|负责人|法定代表人|法人代表|经营者|经营人|业主|控制人|投资人|合伙人|股东|驾驶员|驾驶人|司机|车主|船主|船长|当事人|被处罚人|被许可人"
    "|行为人|嫌疑人|违法人员|违法者|申请人|持证人|户主|店主|老板|摊主|货主|房东|雇主|监护人|厂长|总?经理|董事长|安全员|员工|职工|工人|雇员|公民|村民|居民|学生|教师|医师|医生|护士|自然人|姓名|法人"
)
# What follows a name in a title: the deed, or what was decided.
DEEDS = (
    "无证|无照|未|非法|擅自|违|涉嫌|涉|酒|醉|殴打|盗|赌|吸|驾|在|因|的|等|、|，|案|一案|于|故意|寻衅|销售|经营|生产|伪造|扰乱|阻碍|拒|超|占|乱|不|将|利用|使用|提供|以|危险|聚众|打架|损毁"
    "|侮辱|侵|威胁|诈骗|猥亵|卖|容留|嫖|携带|持有|私|倾倒|抛|建|警告|罚|行政|办理|取得|与|和|及|两|三|$|；|作出|给予|处以|警告|处罚|强制|从事|随意|随地|毁|滥|捕|焚|饲养|逃|肇事|闯|逆|放|醉酒|谎报|诽谤|妨"
)
BEFORE = "^|[\\n对给与及和、，,;；：:（()）]|给予|关于|责令|查处|处罚"
BUSINESSES = (
    "小吃|餐饮|餐馆|饭店|饭馆|面馆|粉馆|早餐|快餐|烧烤|火锅|百货|超市|便利|商店|商行|商铺|副食|食品|水果|蔬菜|生鲜|肉|鱼|水产|烟酒|茶|五金|建材|家具|家电|电器|服装|服饰|鞋|理发|美发|美容"
    "|诊所|卫生室|药店|药房|养殖|种植|家庭农场|农场|农资|种子|修理|汽修|修车|洗车|加工|经营部|门市|批发|零售|杂货|日用|旅馆|宾馆|客栈|民宿|网吧|棋牌|麻将|废品|回收|货运|运输|装修|广告|打印|文具|书店|豆腐|糕点|面包|包子|馒头|卤|熟食|粮油|摊|店"
)
NO_NAMES = (
    "男|女|汉|无|无业|个人|个体|个体户|个体工商户|经营者|业主|负责人|法定代表人|驾驶员|司机|公民|自然人|本人|当事人|先生|女士|同志|村民|农民|居民|工人|学生|未成年人|成年人|身份证|身份证号|号码|不详|未知|其他"
    "|警告|罚款|行政处罚|行政许可|法人|企业|单位|有限公司|公司|姓名|性别|民族|年龄"
)
PEOPLES = (  # GB/T 3304-1991
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒"
    "|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
ENDS = (
    "公司|集团|合作社|中心|银行|学校|大学|学院|医院|诊所|卫生室|幼儿园|事务所|委员会|协会|商会|学会|基金会|经营部|门市部|批发部|服务部|超市|商店|商行|饭店|酒店|宾馆|餐馆|面馆|餐厅|食堂"
    "|药店|药房|网吧|会所|农场|养殖场|加油站|工作室|商铺|摊位|美容院|理发店|客栈|民宿|旅馆|市场|政府|村委会|居委会|小学|中学|一中|二中|项目部|分公司|支行|合伙|管理处|管委会"
)
ORGANISATION = rf"(?:{ENDS}|{HAN}{{4,}}(?:局|厂|店|部|院|校|会|所|站|场|馆|行|司|团|队|社|园|办|处))(?:[（(][^（）()]*[）)])?$"


def macros() -> str:
    """Macros over cells: reads_as_organisation, shown_party, names_in_cell, names_after_labels, names_in_title, names_in_trade,
    names_in_columns (of the JSON of columns that no descriptor names), mask_names.
    """
    two = double_surnames()
    one = any_of((*surnames("anywhere"), *surnames("beginning")))
    name = f"(?:{HAN}{{1,9}}(?:{DOT}{HAN}{{1,9}})+|{two}{HAN}{{1,2}}|{one}{HAN}{{1,2}})"
    short = f"(?:{two}|{one}){HAN}{{1,2}}?"
    marks = r"[、，,;；/／|&+()（）【】\[\]〔〕<>《》:：\r\n\t。“”]+"
    behind = f"[男女]?(?:(?:{PEOPLES})族)?(?:[0-9]{{1,3}}岁)?$"
    listed = r"等(?:[0-9〇一二三四五六七八九十两百]+ ?[人名]|人)?"
    return f"""
    create or replace macro reads_as_organisation(written) as coalesce(regexp_matches(tidy_text(written), '{ORGANISATION}'), false);

    create or replace macro names_a_person_too(party) as coalesce(regexp_matches(even_text(party), '{LABELS}|[（(][^）)]*{name}[）)]|[、，,;；/\n]'), false);

    create or replace macro bare_name(piece) as
        regexp_replace(regexp_replace(regexp_replace(piece, '{BLANK}+', '', 'g'), '^(?:{LABELS})[是为]?', ''), '{behind}', '');

    create or replace macro is_a_name(piece) as regexp_full_match(piece, '{HAN}{{2,15}}|{HAN}{{1,12}}(?:{DOT}{HAN}{{1,12}})+|[A-Za-z][A-Za-z .{DOT}]{{2,40}}')
        and not regexp_full_match(piece, '(?:{NO_NAMES})') and not regexp_matches(piece, '某|[{MASK_SIGNS.replace("x", "").replace("X", "")}]');

    create or replace macro is_ordinary(piece) as regexp_matches(piece, '{word_beginnings()}');

    create or replace macro names_in_cell(cell) as list_filter(flatten(list_transform(
        string_split_regex(regexp_replace(even_text(cell), '{listed}', '、', 'g'), '{marks}'),
        lambda piece: [bare_name(piece), regexp_replace(piece, '{BLANK}+', '', 'g')]
            || list_transform(string_split_regex(piece, '[和与及]|{BLANK}+'), lambda part: bare_name(part))
    )) || [regexp_replace(even_text(cell), '{BLANK}+', '', 'g')], lambda found: is_a_name(found));

    create or replace macro shown_party(cell) as coalesce(
        array_to_string(list_transform(
            list_filter(list_transform(
                string_split_regex(regexp_replace(tidy_text(regexp_replace(cell, '[\\r\\n]+', '、', 'g')), '{listed}', '', 'g'), '{marks}'),
                lambda piece: bare_name(piece)
            ), lambda piece: piece <> '' and not regexp_full_match(piece, '(?:{NO_NAMES})|[0-9Xx]+')),
            lambda piece: mask_person_name(piece)
        ), '、') || regexp_extract(cell, '{listed}'),
        mask_person_name(cell)
    );

    create or replace macro names_after_labels(words) as list_filter(
        regexp_extract_all(words, '(?:{LABELS})[:：]({name})(?:$|[）)，,。;；、\n])', 1), lambda found: is_a_name(found)
    ) || list_filter(
        regexp_extract_all(words, '(?:{LABELS})(?:[为是系:：（(“"\\s]|姓名)*({name})', 1)
            || regexp_extract_all(words, '(?:{LABELS})(?:[为是系:：（(“"\\s]|姓名)*({short})(?:{DEEDS})', 1)
            || regexp_extract_all(words, '[（(]({name})[）)]', 1),
        lambda found: is_a_name(found) and not is_ordinary(found));

    create or replace macro names_in_title(words) as list_filter(
        regexp_extract_all(regexp_replace(words, '([、，,与及和])', '\\1\\1', 'g'), '(?:{BEFORE})({short})(?:{DEEDS})', 1)
            || regexp_extract_all(words, '(?:{BEFORE})({HAN}{{1,9}}(?:{DOT}{HAN}{{1,9}}?)+?)(?:{DEEDS})', 1),
        lambda found: is_a_name(found) and not is_ordinary(found));

    create or replace macro names_in_trade(party) as list_filter(
        regexp_extract_all(tidy_text(party), '(?:^|[省市县区镇乡村]|街道)((?:{two}|{any_of(surnames("anywhere"))}){HAN}{{1,2}}?)(?:{BUSINESSES})', 1),
        lambda found: not regexp_matches(found, '^.[家记氏府门]') and not is_ordinary(found));

    create or replace macro names_in_columns(others, is_any) as list_filter(flatten(list_transform(
        map_entries(cast(cast(others as json) as map(varchar, varchar))),
        lambda entry: case
            when entry.value is null or reads_as_organisation(entry.value) or regexp_matches(entry.key, '{OFFICIALS}') then []
            when regexp_matches(entry.key, '{PERSON_HEADERS}') then names_in_cell(entry.value)
            when is_any and reads_as_person(tidy_text(entry.value)) and not is_ordinary(tidy_text(entry.value)) then [tidy_text(entry.value)]
            else [] end
    )), lambda found: is_a_name(found));

    create or replace macro mask_names(words, names) as case when len(names) > 0 then list_reduce(
        list_transform(list_sort(list_transform(names, lambda found: {{'size': -length(found), 'name': found}})), lambda sized: sized.name),
        lambda text, found: replace(replace(text, found, mask_person_name(found)), replace(found, '{DOT}', ''), mask_person_name(found)),
        tidy_text(words)
    ) else words end;

    -- a link leaves only where it surely says no name: what cannot be decoded, or says something in Chinese that may be one, does not
    create or replace macro decoded_link(link) as coalesce(try(url_decode(url_decode(link))), '%');

    create or replace macro says_a_name(text, names) as coalesce(len(list_filter(names, lambda found: contains(text, found))) > 0, false);
"""


def persons_row(mask: Masked, masks: Sequence[Masked]) -> str:
    """SQL of the column `is_persons_row`: false only of a kind that every mask spares, whose party reads as an organisation."""
    return f"not {surely_no_person(mask, masks)} as is_persons_row"


def said_text(mask: Masked, others: str, texts: Sequence[str]) -> str:
    """SQL of the column `said`: all texts of a row as one, tidied; null for an organisation's that holds no word before a name.

    `others`: the column with the JSON of what the descriptor does not name.
    """
    said = f"concat_ws('；', {', '.join(quoted(name) for name in (*texts, mask.column))})"
    labels = f"regexp_matches(concat_ws('\n', {said}, {others}), '{LABELS}|{PERSON_HEADERS}')"
    return f"case when is_persons_row or {labels} then tidy_text({said}) end as said"


def person_names(mask: Masked, others: str) -> str:
    """SQL of the column `person_names`: those of the row's persons, without repetition, `[]` where none is named.

    Of an organisation's row the names behind labels and below headers are taken.
    """
    party = quoted(mask.column)
    return f"""case
    when said is null then []
    when is_persons_row then list_distinct(
        coalesce(case when not reads_as_organisation({party}) then names_in_cell({party}) end, []) || coalesce(names_in_columns({others}, true), [])
        || names_after_labels(said) || names_in_title(said) || coalesce(names_in_trade({party}), [])
    )
    else list_distinct(coalesce(names_in_columns({others}, false), []) || names_after_labels(said))
end as person_names"""


def surely_no_person(mask: Masked, masks: Sequence[Masked], there: Collection[str] | None = None) -> str:
    """SQL: the row is of a kind that every mask of the dataset spares, and its party's name reads as an organisation's."""
    rules = [rule.unless for rule in masks if rule.unless]
    kinds = {name: set.intersection(*(set(rule.get(name, ())) for rule in rules)) for rule in rules for name in rule}
    values = [
        f"{quoted(name)} in ({', '.join(map(literal, sorted(v)))})" for name, v in kinds.items() if v and (there is None or name in there)
    ]
    kind = f"coalesce({' or '.join(values) or 'false'}, false)"
    return f"({kind} and reads_as_organisation({quoted(mask.column)}) and not names_a_person_too({quoted(mask.column)}))"


# A decision's number: at most two characters of a place, then characters of organs and kinds of decision, then the year.
NUMBER = (
    r"(?:[\x{4E00}-\x{9FFF}]{1,2})?[某公安交警市监管综执法城卫健医环生态林草农业渔牧水利住建规划自然资源国土文旅广电体教民政人社应急消防烟专税统发改经信科商粮供气象震档案海事港航路运食药督稽查质工价"
    r"省县区镇乡支队大中局厅所站分行罚处许决审批检强征准告责字第当场简普()（）\[\]【】〔〕\s0-9A-Za-z-]+号?"
)


def may_name(column: str, party: str) -> str:
    """SQL: the text may name a natural person; its own party's name, as it leaves, names none. A link: also where it cannot be read."""
    own = f"coalesce(nullif(regexp_replace(tidy_text({party}), '[（(].*$', ''), ''), '{GAP}')"
    text = f"replace(tidy_text({column}), {own}, '{GAP}')"
    if column.strip('"') == LINK:
        link = f"decoded_link({column})"
        return f"(regexp_matches({column}, '[^\\x{{00}}-\\x{{7F}}]|%[89A-Fa-f]|%25|&#|\\\\u') and (regexp_matches({link}, '[%&\\\\]') or may_name_a_person({link})))"
    if "decision_number" in column:
        return f"(may_name_a_person({text}) and not regexp_full_match({column}, '{NUMBER}'))"
    return f"may_name_a_person({text})"


def text_columns(columns: Iterable[Column]) -> list[str]:
    """Columns in which anything may be written; the unit is named because it is one."""
    return [column.name for column in columns if column.type == "string" and not column.enum and column.name != UNIT]


def masked_text(column: str) -> str:
    """SQL: the text with the names of the row's persons masked; a link that says one is left out."""
    if column == LINK:
        return f"case when len(person_names) > 0 and says_a_name(decoded_link({column}), person_names) then null else {column} end"
    return f"mask_names({column}, person_names)"


def proven_text(column: str, party: str) -> str:
    """SQL over masked rows: the text, struck out where it may name a person all the same; a link is left out instead."""
    return f"case when is_persons_row and {may_name(column, party)} then {'null' if column == LINK else literal(STRUCK)} else {column} end"


def held_columns(register: Register | None, dataset: Dataset, texts: Sequence[str]) -> list[str]:
    """Of these texts those that leave: with the dataset, or as the reason of a tombstone. What is masked as a whole is none."""
    reasons = {name for pair in register.reasons for name in pair} if register else set()
    hidden = {mask.column for mask in dataset.masked}
    return [name for name in texts if (name in dataset.column_names or name in reasons) and name not in hidden]
