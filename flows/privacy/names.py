"""Names of natural persons in running text, as SQL: words after a role (申请人：…) that are no organisation, place or common word.

A name is recognised by its surname (百家姓, 国家统计局 frequencies), its length, and what follows; an organisation by its last word.
"""

from __future__ import annotations

from flows.privacy.kinds import IS_PERSON_NAME, PLAIN_SURNAMES, ROLES, SURNAMES, TWO_SIGN_SURNAMES
from flows.privacy.text import HAN

_ANY = f"(?:{TWO_SIGN_SURNAMES}|[{SURNAMES}])"
_PLAIN = f"(?:{TWO_SIGN_SURNAMES}|[{PLAIN_SURNAMES}])"
# Anywhere in the words, one of these marks an organisation; the others only where the words, or the name, end with them.
_ORGANISATION = (
    "公司|集团|合作社|委员会|事务所|居委|村委|研究院|研究所|服务中心|管理处|工程处|项目部|工程部|经营部|营业部|门市|商行|超市|酒店|饭店|宾馆|药房|诊所"
    "|农场|林场|牧场|养殖场|加油站|卫生院|医院|幼儿园|小学|中学|学校|学院|大学|协会|商会|学会|基金会|联合会|工会|银行|信用社|人民政府|街道办|派出所|管理局|分局|支队|大队"
)
_ENDS = "局|厂|店|部|院|校|所|站|场|馆|行|司|社|办|处|中心|镇|乡|村|县|市|街道|铺|坊|吧|屋|楼|轩|阁|记|号|堂|队|组|会"
_GOES_ON = "的|关于|申请|提出|提交|报送|报来|取水|建设|项目|新建|扩建|改建|环评|经营|许可|变更|因|于|在|与|和|及|对|已|应|可|须|不"
_PLACE = f"^{HAN}{{1,4}}(?:省|市|县|区|镇|乡|街道|社区|州|盟|旗)"
_SHORT_ENDS = "局|厂|店|院|校|所|站|馆|司|社|办|处|镇|乡|村|县|市|部|场|协会|商会|学会|工会|农户|住户|业主|家庭|企业|单位|机关"
_FOLLOWED = (
    "与|及|诉|同|等|向|于|在|因|对|已|系|称|男|女|身份|证件|联系|电话|手机|住|现住|户籍|户口|家住"
    "|家庭|本人|夫妇|夫妻|一家|之[妻夫子女父母]|的[妻夫子女父母家手电住身]"
)
# Common words, places and pronouns that begin with the sign of a surname.
_NO_NAME = (
    "农户|农民|单位|方案|时间|相关|相应|全体|全部|项目|居民|公众|关于|关联|金额|成员|成年|高校|高中|高新|江苏|江西|安徽|安全|宁波|宁夏|温州|常州|徐州|金华|郑州|沈阳|贺州|梅州|柳州"
    "|陈述|陈列|张贴|张挂|何时|何种|何处|何人|何地|林地|林木|林权|夏季|夏收|谢绝|李子|杨梅|杨树|程序|马上|牛羊|党员|党政|车主|车辆|时任|应当|应予|应在|应按|任何|任意|钱款|黄金|于本|于前|于下|以下|详见|如上|如下|同上|同前|安置|管理|居住|向我|向本|向有|和其|和相|解除|宣布|万元|文化|路过|符合|施工|成立|卫生|时应|单独|汤类|水利|方可|关系|田地|石材|花卉"
)
# a role, and the words that follow up to the next sign or number
BEHIND_ROLE = rf"(?:{ROLES})(?:[(]?姓名[)]?)?(?:信息)?[ :=是为(]{{1,3}}({HAN}[一-鿿 ·]{{0,30}})"
IN_QUERY = rf"(?:^|[?&;])(?:[A-Z_]*NAME|XM|SQR|LXR|XINGMING)=({HAN}[一-鿿 ·]{{1,12}})"

MACROS = f"""
    create or replace temp macro is_person_name(written) as {IS_PERSON_NAME};

    -- the first word, as a name that may be written with blanks between its signs
    create or replace temp macro first_word(words) as coalesce(
        nullif(replace(regexp_extract(words, '^{_ANY}(?: {{0,3}}{HAN}){{1,2}}(?: |$)'), ' ', ''), ''),
        string_split(words, ' ')[1]);

    create or replace temp macro is_short_name(word) as
        (regexp_full_match(word, '{_ANY}{HAN}{{1,2}}') and not regexp_matches(word, '某|氏$|(?:{_SHORT_ENDS})$|^(?:{_NO_NAME})'))
        or (regexp_matches(word, '^{HAN}{{1,7}}·{HAN}{{2,}}') and not regexp_matches(word, '{_ORGANISATION}|(?:{_ENDS})$'));

    -- a name with which the sentence runs on: only what can be no organisation's
    create or replace temp macro begins_with_name(word) as
        length(word) > 3 and regexp_matches(word, '^{_PLAIN}{HAN}')
        and not regexp_matches(word, '^{_PLAIN}某|^{_PLAIN}{HAN}?某|^(?:{_NO_NAME})')
        and (
            regexp_matches(word, '^{_PLAIN}{HAN}{{1,2}}(?:{_FOLLOWED})')
            or not regexp_matches(word, '{_ORGANISATION}|(?:{_ENDS})(?:{_GOES_ON}|$)|{_PLACE}')
        );
"""


def names_in_text() -> str:
    """SQL: scanned_row and column_name of each cell of `readings` with a name after a role."""
    return f"""
        select scanned_row, column_name, 'person_name' as kind
        from (
            select scanned_row, column_name, true as may_go_on, first_word(unnest(regexp_extract_all(plain_text, '{BEHIND_ROLE}', 1))) as word
            from readings
            union all
            select scanned_row, column_name, false, first_word(unnest(regexp_extract_all(plain_text, '{IN_QUERY}', 1))) from readings
        )
        where is_short_name(word) or (may_go_on and begins_with_name(word))
    """
