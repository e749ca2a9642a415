"""What identifies a natural person, as data: each kind with the words that show it, and the check digits, in DuckDB's SQL.

Sources: GB 11643-1999 (resident identity number), GB 32100-2015 (unified social credit code, which must not be taken for one),
ISO/IEC 7812-1 (bank card, Luhn), GA 36-2018 (licence plates), the numbering plan for mobile telephones (工信部 2024).
"""

from __future__ import annotations

from dataclasses import dataclass

from exports.catalog import Text

PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91"
PLATE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
TWO_SIGN_SURNAMES = "(?:欧阳|上官|司马|诸葛|司徒|皇甫|尉迟)"
# Surnames that begin no common word: after these a name is seen even where the sentence runs on.
PLAIN_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙朱胡郭何林罗郑梁谢宋唐韩冯邓曹彭曾肖田袁潘蒋蔡杜叶魏吕沈姚姜崔钟谭陆汪范廖贾夏邹熊秦邱尹薛闫龙贺龚邵钱覃"
)
HAN = r"[\x{4E00}-\x{9FFF}]"
BORN = "出生|生于|生日|日生"
ORGANISATION_ENDS = "局|厂|店|部|院|校|会|所|站|场|馆|行|司|团|队|社|组|办|处|科|园|镇|乡|村|县|市|区|户|等"
ROLES = "姓名|申请人|当事人|被处罚人|户主|联系人|法定代表人|死者|患者|学生"

# Full width to half width, invisible characters gone: what a person reads as a number is read as one.
WIDE = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ×－—–‐·•＠．＋　（）：／＿"
NARROW = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUVWXYZX----··@.+ ():/_"
INVISIBLE = r"\x{200B}-\x{200F}\x{2060}\x{FEFF}\x{00AD}"


@dataclass(frozen=True)
class Kind:
    """One kind of identifier. `severity` is critical where nothing of the kind may ever leave, warning where offices have them too."""

    name: str
    title: Text
    severity: str


KINDS = (
    Kind("resident_id", Text(zh="居民身份证号", en="resident identity number"), "critical"),
    Kind("mobile", Text(zh="手机号码", en="mobile telephone number"), "critical"),
    Kind("bank_card", Text(zh="银行卡号", en="bank card number"), "critical"),
    Kind("passport", Text(zh="护照或通行证号", en="passport or travel permit number"), "critical"),
    Kind("licence_plate", Text(zh="机动车号牌", en="licence plate"), "critical"),
    Kind("dwelling", Text(zh="住址", en="address of a dwelling"), "critical"),
    Kind("person_name", Text(zh="自然人姓名", en="name of a natural person"), "critical"),
    Kind("combination", Text(zh="可识别自然人的信息组合", en="words that together tell who a person is"), "critical"),
    Kind("email", Text(zh="电子邮箱", en="e-mail address"), "warning"),
    Kind("landline", Text(zh="固定电话", en="fixed-line telephone number"), "warning"),
    Kind("street_address", Text(zh="门牌地址", en="street address with number"), "warning"),
)

# One pattern that every identifier matches, whatever its form, and few other texts do: only what it lets through is looked at closely.
DIGIT = "[0-9０-９]"
SUSPICIOUS = "|".join(
    (
        f"(?:{DIGIT}[ \\-－—–‐　{INVISIBLE}]{{0,2}}){{10}}",
        "[@＠]",
        f"[EGegＥＧ][A-Za-z]?{DIGIT}{{7}}|护照|通行证|[Pp]assport",
        f"[{PLATE_SIGNS}] ?[A-Za-zＡ-Ｚ][ ·•-]?[0-9A-Za-z０-９Ａ-Ｚ]{{4}}",
        f"[路街巷弄道村组幢栋座里同] ?{DIGIT}",
        f"{ROLES}",
        BORN,
    )
)

# Columns whose header says what stands in them, in Chinese or by our own ids. Of such a column the value alone tells a person.
PERSON_HEADER = (
    "姓名|^(申请人|当事人|被处罚人|被许可人|行政相对人|相对人|户主|联系人|法定代表人|负责人|经办人|代理人)(名称)?$"
    "|(^|_)(person|applicant|party|respondent|householder|contact|agent|representative|handler)_name$|^(applicant|party|contact)$"
)
BIRTH_HEADER = "出生|生日|birth"
ADDRESS_HEADER = "住址|住所|家庭地址|联系地址|通讯地址|通信地址|户籍|(home|person|party|applicant)_address"

# What in a text says the same. Each of the three is harmless; in one row they are not.
PERSON_TEXT = rf"(?:{ROLES})[(:：是为 ]|(?:{TWO_SIGN_SURNAMES}|[{SURNAMES}])某|(?:^|[^妇子儿孙男少])[男女](?:[，,、；）)\s]|$)"
ADDRESS_TEXT = r"(?:住址?|住所|居住|家住|户籍|籍贯|现居)[^。；]{0,24}(?:村|社区|小区|街|路|巷|镇|乡|里|弄)|村[^。；，]{0,4}[0-9一二三四五六七八九十]+组"

# Amounts, links and digests look like telephone numbers and are none.
UNIT = "[十百千万亿]*元|[万亿](?:人|户|吨|亩|平方|千瓦|立方|条|件|次)|平方米|公顷|亩|吨|千瓦|立方米|KWH|%"
AMOUNT = rf"(^|[^0-9])(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)? ?(?:{UNIT})"
DIGEST = r"[0-9A-F]{32,}"
LINK = r"HTTPS?:[^\s，。；、）)]+"

# Rooms in which offices sit and meetings are held are told to the public on purpose.
OFFICE = "(?:行政中心|市民中心|服务中心|办事大厅|机关大院|办公楼|大厦|大楼|综合楼|会议中心|局机关|政府)[^，。；]{0,24}"

PATTERNS = {
    "passport": r"(?:^|[^0-9A-Z])(?:[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7})(?:[^0-9A-Z]|$)|(?:护照|通行证|PASSPORT)[^0-9A-Z]{0,6}[A-Z]{1,2}[0-9]{7,10}(?:[^0-9A-Z]|$)",
    "licence_plate": (
        f"[{PLATE_SIGNS}] ?[A-HJ-NP-Z][ ·-]?"
        r"(?:[DF][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9学警港澳挂])(?:[^0-9A-Z]|$)"
    ),
    "dwelling": (
        r"(?:[0-9]+ ?(?:号楼|幢|栋|座|弄)[^，。；]{0,8}[0-9]+ ?室)|(?:[0-9]+ ?号[^，。；]{0,12}(?:[0-9]+ ?室|单元 ?[0-9]+|[0-9]+ ?单元))"
        r"|(?:[0-9]+ ?(?:幢|栋|号楼) ?(?:[0-9一二三四五六] ?单元 ?)?[0-9]{3,4}(?:室|[^0-9]|$))|(?:村(?:民小组)?[^，。；]{0,6}[0-9]+ ?组 ?[0-9]+ ?号)"
    ),
    "person_name": (
        rf"(?:{ROLES})(?:[(]?姓名[)]?)?(?:[:：是为 ]{{1,3}}(?:{TWO_SIGN_SURNAMES}{HAN}{{1,2}}|[{SURNAMES}]{HAN}{{1,2}})(?:[^{HAN[1:]}|$)"
        rf"|[:：] ?(?:{TWO_SIGN_SURNAMES}|[{PLAIN_SURNAMES}]){HAN})"
    ),
    "email": r"[A-Z0-9._%+-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.[A-Z]{2,}",
    "street_address": rf"{HAN}(?:路|街|巷|大道|胡同|弄|里) ?[0-9]+(?:-[0-9]+)? ?(?:号|弄)",
}

# Kinds of digits, asked of every run of digits and of every sequence of up to five runs; first match wins.
# `joined` is the token without its hyphens.
DIGIT_KINDS = """
    case
        when length(joined) = 18 and is_resident_id(joined) then 'resident_id'
        when length(token) = 15 and is_resident_id_of_15(token) then 'resident_id'
        when regexp_full_match(token, '(?:(?:00)?86-?)?1(?:3[0-9]|4[0145-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])-?[0-9]{4}-?[0-9]{4}') then 'mobile'
        when regexp_full_match(token, '[0-9]{15,19}|[0-9]{4}(-[0-9]{4}){3}(-[0-9]{1,3})?|[0-9]{6}-[0-9]{10,13}')
            and regexp_full_match(joined, '62[0-9]{14,17}|4[0-9]{15}|5[1-5][0-9]{14}|9558[0-9]{15}|35[0-9]{14}|3[47][0-9]{13}')
            and is_luhn(joined) then 'bank_card'
        when regexp_full_match(token, '(?:(?:00)?86-?)?(?:(?:010|02[0-9])-?[2-9][0-9]{7}|0[3-9][0-9]{2}-?[2-9][0-9]{6,7})(-[0-9]{1,4})?') then 'landline'
    end
"""

IS_PERSON_NAME = f"""
        (regexp_full_match(trim(written), '(?:{TWO_SIGN_SURNAMES}|[{SURNAMES}]){HAN}{{1,2}}') or regexp_full_match(trim(written), '{HAN}{{1,7}}[·-]{HAN}{{1,9}}'))
        and not regexp_matches(trim(written), '某|(?:{ORGANISATION_ENDS})$')"""

# A CASE may look at all its conditions: casts of what is no digit give null.
MACROS = f"""
    create or replace temp macro plain(written) as upper(translate(regexp_replace(written, '[{INVISIBLE}]', '', 'g'), '{WIDE}', '{NARROW}'));

    create or replace temp macro is_person_name(written) as {IS_PERSON_NAME};

    create or replace temp macro digit(sign) as try_cast(sign as integer);

    create or replace temp macro is_day(yyyymmdd) as try_strptime(yyyymmdd, '%Y%m%d') is not null;

    create or replace temp macro is_resident_id(number) as
        regexp_full_match(number, '(?:{PROVINCES})[0-9]{{4}}(?:18|19|20)[0-9]{{2}}(?:0[1-9]|1[0-2])[0-3][0-9][0-9]{{3}}[0-9X]')
        and is_day(substr(number, 7, 8))
        and substr('10X98765432', 1 + cast(list_sum(list_transform(
            [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2],
            lambda weight, i: weight * digit(substr(number, i, 1)))) % 11 as integer), 1) = right(number, 1);

    create or replace temp macro is_resident_id_of_15(number) as
        regexp_full_match(number, '(?:{PROVINCES})[0-9]{{6}}(?:0[1-9]|1[0-2])[0-3][0-9]{{4}}') and is_day('19' || substr(number, 7, 6));

    create or replace temp macro is_luhn(number) as list_sum(list_transform(
        list_reverse(string_split(number, '')),
        lambda sign, i: case when i % 2 = 1 then digit(sign) else digit(sign) * 2 // 10 + digit(sign) * 2 % 10 end)) % 10 = 0;
"""
