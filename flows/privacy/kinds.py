"""What identifies a natural person, as data: each kind with the words that mark it, in the spelling of a plain text (flows/privacy/text.py).

Numbers, which have prefixes, lengths and check digits, are in flows/privacy/numbers.py, names in flows/privacy/names.py.

Sources: GA 36-2018 (licence plates), GA/T 1012 (armed police), 出境入境管理法 and 中国公民往来台湾地区管理办法 (travel documents),
GB/T 23705 and 民政部 地名 (addresses), 国办发〔2018〕118号 (what of a natural person may not be published).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

from exports.catalog import PROJECT_ROOT, Text
from flows.privacy.text import BLANK, CHINESE_DIGITS, COMMON_DIGITS, HAN, HYPHEN, NOT_HYPHEN, PARTING, RARE_DIGITS

PLATE_SIGNS = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段"
    "雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
TWO_SIGN_SURNAMES = "(?:欧阳|上官|司马|诸葛|司徒|皇甫|尉迟)"
# Surnames that begin no common word: after these a name is recognised even where the sentence runs on.
PLAIN_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙朱胡郭何林罗郑梁谢宋唐韩冯邓曹彭曾肖田袁潘蒋蔡杜叶魏吕沈姚姜崔钟谭陆汪范廖贾夏邹熊秦邱尹薛闫龙贺龚邵钱覃"
)
BORN = "出生|生于|生日|日生"
ORGANISATION_ENDS = "局|厂|店|部|院|校|会|所|站|场|馆|行|司|团|队|社|组|办|处|科|园|镇|乡|村|县|市|区|户|等"
ROLES = (
    "姓名|申请人|当事人|被处罚人|户主|联系人|法定代表人|死者|患者|学生|家长|监护人|申报人|投诉人|举报人|信访人|经营者|权利人|承包人|产权人|被执行人"
    "|原告|被告|考生|受助人|家属"
)


@dataclass(frozen=True)
class Kind:
    """One kind of identifier. `severity` is critical where nothing of the kind may ever leave, warning where offices have it too."""

    name: str
    title: Text
    severity: str


KINDS = (
    Kind("resident_id", Text(zh="居民身份证号", en="resident identity number"), "critical"),
    Kind("mobile", Text(zh="手机号码", en="mobile telephone number"), "critical"),
    Kind("bank_card", Text(zh="银行卡号", en="bank card number"), "critical"),
    Kind("passport", Text(zh="护照或通行证号", en="passport or travel permit number"), "critical"),
    Kind("licence_plate", Text(zh="机动车号牌", en="licence plate"), "critical"),
    Kind("chat_account", Text(zh="微信号、QQ号", en="WeChat or QQ account"), "critical"),
    Kind("credential", Text(zh="口令、令牌等登录凭据", en="password, token or other credential"), "critical"),
    Kind("personal_contact", Text(zh="个人的邮箱、固定电话", en="e-mail address or telephone of a natural person"), "critical"),
    Kind("dwelling", Text(zh="住址", en="address of a dwelling"), "critical"),
    Kind("person_name", Text(zh="自然人姓名", en="name of a natural person"), "critical"),
    Kind("combination", Text(zh="可识别自然人的信息组合", en="words that together tell who a person is"), "critical"),
    Kind("email", Text(zh="电子邮箱", en="e-mail address"), "warning"),
    Kind("landline", Text(zh="固定电话", en="fixed-line telephone number"), "warning"),
    Kind("street_address", Text(zh="门牌地址", en="street address with number"), "warning"),
)


# One pattern that matches every identifier in any form, and few other texts: only what it matches is examined closely.
# Cells of a row are joined by a character that is part of no number.
JOINT = "chr(1)"
_PLATE_LETTER = "[A-Za-zＡ-Ｚａ-ｚА-я]"
_D = f"[{COMMON_DIGITS}]"
_C = f"[{CHINESE_DIGITS}]"
_DC = f"[{COMMON_DIGITS}{CHINESE_DIGITS}]"
_P = f"[{PARTING}]"
SUSPICIOUS = "|".join(
    (
        f"(?:{_D}[{BLANK}{HYPHEN}]*){{10}}",
        f"(?:{_D}{_P}*){{15}}",
        # a mobile number; index numbers are full of strokes and hyphens both
        f"[1１①١۱][{NOT_HYPHEN}]*[3-9３-９③-⑨٣-٩۳-۹](?:[{NOT_HYPHEN}]*{_D}){{9}}",
        f"{_C}(?:{_P}?{_DC}){{5}}|{_DC}(?:{_P}?{_DC}){{4}}{_P}?{_C}|{_C}(?:{_P}+{_C}){{5}}",
        f"[{RARE_DIGITS}](?:{_P}*[{RARE_DIGITS}]|[0-9])|[0-9][{RARE_DIGITS}]",
        "%[0-9A-Fa-f]{2}",
        "[@＠]",
        rf"[(（](?:0{_D}{{2,3}}|1{_D}{{2}})[)）] ?{_D}{{4}}",
        f"[EGHMeghmＥＧＨＭＥеЕНМ][A-Za-z]?[ {HYPHEN}]?{_D}{{4}}[ {HYPHEN}]?{_D}{{3}}",
        "护照|通行证|回乡证|台胞证|永久居留|[Pp]assport|PASSPORT",
        f"[{PLATE_SIGNS}][{BLANK}]?[A-Za-zＡ-Ｚａ-ｚА-я]{_P}?{_P}?[0-9A-Za-z０-９Ａ-Ｚ]{{4}}",
        f"[WwＷ][JjＪ]{_P}?[{PLATE_SIGNS}0-9]|使[ ·]?{_D}{{3}}|{_D}(?:使|应急)|民航[ ·]?[A-Za-z]?[ ·]?{_D}",
        f"[路街巷弄道村组幢栋座里同] ?{_D}",
        f"{_DC}[ #]?(?:幢|栋|座|单元|号楼)|十(?:幢|栋|座|单元|号楼)|#楼|单元[{BLANK}{HYPHEN}]?{_DC}",
        f"{_DC}[{HYPHEN}]{_DC}{{1,2}}[{HYPHEN}]{_DC}{{3}}|{HAN}{_D}{{1,3}}[{HYPHEN}]{_D}{{3}}",
        f"村[^，。；]{{0,6}}{_DC}(?:组|社|屯|队)",
        f"(?:{ROLES})[(（]?(?:姓名)?[)）]?[{BLANK}:：是为=(（]",
        "(?i:name|xm|sqr|lxr)=",
        BORN,
        "[微薇威]信(?:号|ID|id|[A-Za-z0-9]|[:：是为 (（])|[Qq] ?[Qq]|ＱＱ|[Ww]e[CcIi][HhXx]|WE[CI][HX]|wxid|WXID|[Vv]信|扣扣|企鹅号",
        "(?:家庭|家里|住宅|私人|个人|本人)(?:座机|固定)?(?:电话|邮箱|座机|固话|邮件)|宅电|个人[账帐]",
        "(?i:token|secret|passw|passphrase|[?&;#]pwd|[?&;#]s(?:ig|as)|signature|_?key(?:_?id)?|authorization|credentials?|session_?id)=",
        "密码|口令|密钥|令牌|(?:AKIA|ASIA)[0-9A-Z]{16}|[Bb]earer |eyJ[A-Za-z0-9_-]{8}",
        "香港|澳门|台湾|台胞|台籍|HKID|社保卡|社会保障卡|军官证|士兵证|士官证|文职干部证|警官证|户口[本簿]|存折",
        "住址|家庭地址|家住|现住|现居|居住[地于]|暂住|户籍[地所]|户口所在地",
        f"{_D}[*＊?？#＃]|{_DC}[·・.．#＃]楼?{_DC}{{1,2}}[{HYPHEN}·・.．]{_DC}{{3}}",
    )
)

# Columns whose header says what they hold, in Chinese or by our own ids. In such a column the value alone identifies a person.
PERSON_HEADER = (
    "姓名|^(申请人|当事人|被处罚人|被许可人|行政相对人|相对人|户主|联系人|法定代表人|负责人|经办人|代理人)(名称)?$"
    "|(^|_)(person|applicant|party|respondent|householder|contact|agent|representative|handler)_name$|^(applicant|party|contact)$"
)
BIRTH_HEADER = "出生|生日|birth"
ADDRESS_HEADER = "住址|住所|家庭地址|联系地址|通讯地址|通信地址|户籍|(home|person|party|applicant)_address"
# Columns of numbers that look like passport numbers and are not.
NUMBER_HEADER = "批号|批次|发票|合同|案号|索引|订单|流水|batch|lot_number|invoice|contract|index_number|case_number|order_number|serial"

# Words in a text that say the same. Each of the three is harmless alone; together in one row they are not.
PERSON_TEXT = rf"(?:{ROLES})[(:：是为 ]|(?:{TWO_SIGN_SURNAMES}|[{SURNAMES}])某|(?:^|[^妇子儿孙男少])[男女](?:[，,、；）)\s]|$)"
ADDRESS_TEXT = r"(?:住址?|住所|居住|家住|户籍|籍贯|现居)[^。；]{0,24}(?:村|社区|小区|街|路|巷|镇|乡|里|弄)|村[^。；，]{0,4}[0-9一二三四五六七八九十]+组"

# Words followed by the number of a thing, not of a person.
NUMBER_WORDS = (
    "批号|批次号?|发票(?:号码?|代码)?|合同(?:编)?号|案(?:件)?(?:编)?号|索引号|订单(?:编)?号|流水号|型号|规格|货号|准字|备案(?:编)?号|许可证?(?:编)?号"
    "|注册证?(?:编)?号|标准号|登记证?(?:编)?号|档案号|文号|项目(?:编号|代码)|采购编号|招标编号|报告编号|受理号|运单号|宗地(?:代码|号)|图号|LOT|BATCH|INVOICE|CONTRACT"
)
_NUMBER_GAP = "(?:(?:NO|编号|号码?)?[.:是为(“\"' №#]{0,3})"
NUMBERED = rf"(?:{NUMBER_WORDS}){_NUMBER_GAP}[A-Z0-9-]{{4,40}}(?:[、,，/和及至~ ]{{1,2}}[A-Z0-9-]{{6,40}})*"
# Letter and day, as batches are numbered: not a passport.
DATED = r"(^|[^0-9A-Z])[A-Z]20[0-3][0-9](?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])([^0-9A-Z]|$)"

# Rooms in which offices sit and meetings are held are published on purpose.
OFFICE = (
    "(?:行政中心|市民中心|服务中心|办事大厅|机关大院|办公楼|大厦|大楼|综合楼|会议中心|局机关|政府"
    "|写字楼|产业园|科技园|工业园|创业园|大学|学校|医院|法院|检察院|公司)[^，。；]{0,24}"
)
N = "[0-9一二三四五六七八九十百〇零壹贰叁肆伍陆柒捌玖拾]"
ROOM = "(?:[0-9]{3,4}|[一二三四五六七八九十百〇零壹贰叁肆伍陆柒捌玖拾]{3,5})"
_NO_ROOM = "年平方㎡米元万亿套人个吨公里亩名只台次天月间栋幢层余多家批项期版千百度分秒升"  # what is counted
_ROOM_END = rf"(?: ?(?:室|号房|房)|[^0-9A-Z户{_NO_ROOM}%.]|\.[^0-9]|\.?$)"
COMPOUND = "小区|花园|家园|花苑|苑|公寓|新村|村|组|路|街|巷|弄|里|园|城|府|庭|湾|居|坊|号|幢|栋|区|庄|院|楼|宿舍|期|邸|寓|轩|阁|郡|墅|大道|胡同|镇|屯|庭院"
_LIVES_AT = (
    "住址|家庭地址|家住|现住(?:址|在|[: ]|[^，。；建房宅院]{2,6}[县市区镇乡])|现居住?(?:于|地|址)|居住地址?|居住于|暂住(?:于|地|址)"
    "|户籍(?:地址?|所在地)|户口所在地"
)
_PLACE = "村|社区|小区|街|路|巷|镇|乡|里|弄|道|庄|屯"
DWELLING = "|".join(
    (
        rf"(?:{N}|[东西南北中甲乙丙丁]) ?单元[ -]?{ROOM}(?:户|{_ROOM_END})",
        rf"(?:{COMPOUND}) ?{N}{{1,3}}-{N}{{1,2}}-{ROOM}(?:[^0-9-]|$)|(?:^|[^0-9-]){N}{{1,3}}-{N}{{1,2}}-{ROOM} ?室",
        rf"(?:{COMPOUND}|[名华]都) ?{N}{{1,3}}(?:#楼?|[·.]){N}{{1,2}}[-·.]{ROOM}(?:[^0-9-]|$)",
        rf"{N} ?单元 ?{N}{{1,2}} ?[楼层](?:[左中右东西南北]|{N}+ ?[号室])",
        rf"(?:{_LIVES_AT})[^，。；]{{0,24}}(?:{_PLACE})[^，。；]{{0,12}}{N} ?(?:号|组|社|队|室|栋|幢)",
        rf"(?:小区|花园|家园|花苑|苑|公寓|新村|宿舍) ?{N}{{1,3}}-{ROOM}(?:[^0-9-]|$)",
        rf"村(?:民小组)?[^，。；]{{0,6}}{N}{{1,3}} ?(?:组|社|屯|队) ?{N}{{1,4}} ?号",
    )
)
# The same without a unit of a block: an office's room is written so too, and removed before (OFFICE).
DWELLING_OR_OFFICE = "|".join(
    (
        rf"{N}+ ?(?:号楼|#楼?|幢|栋|座|弄)[^，。；]{{0,8}}{N}+ ?室",
        rf"{N}+ ?号[^，。；]{{0,12}}{N}+ ?室",
        rf"{N}+ ?(?:号楼|#楼|幢|栋|座)[ -]?{ROOM}{_ROOM_END}",
    )
)

_PLATE_END = "(?:[^0-9A-Z]|$)"
_PLATE_SERIAL = "[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK]|[A-HJ-NP-Z0-9]{4}(?:[A-HJ-NP-Z0-9学警港澳挂试超使领]|应急)"
_PLATE_GAP = "[ ·.•_-]{0,2}"
LICENCE_PLATE = "|".join(
    (
        f"[{PLATE_SIGNS}] ?[A-HJ-NP-Z]{_PLATE_GAP}(?:{_PLATE_SERIAL}){_PLATE_END}",
        f"WJ{_PLATE_GAP}(?:[{PLATE_SIGNS}]|[0-9]{{2}}){_PLATE_GAP}[0-9]{{4}}[0-9A-Z]{_PLATE_END}",
        r"(?:^|[^行促致驱即假纵唆指支])使[ ·]?[0-9]{3}[ ·]?[0-9]{3}(?:[^0-9A-Z元万人户亩名家]|$)",
        r"(?:^|[^0-9])[0-9]{3}[ ·]?[0-9]{3}[ ·]?使(?:[^一-鿿]|$)|(?:车牌|号牌|牌照)(?:号码?)?[^0-9]{0,4}[0-9]{3}[ ·]?[0-9]{3}[ ·]?使",
        rf"民航{_PLATE_GAP}[A-Z]?{_PLATE_GAP}[0-9]{{4,5}}{_PLATE_END}",
    )
)

_TRAVEL_WORDS = "护照|通行证|回乡证|台胞证|社保卡|社会保障卡|PASSPORT"
_SERVICE_WORDS = "军官证|士兵证|士官证|文职干部证|警官证|户口[本簿]"
_TRAVEL_GAP = "(?:号码?|证号|编号|NO|NUMBER|[.:是为()“”\"' =_-]){0,6}"
PASSPORT = "|".join(
    (
        r"(?:^|[^0-9A-Z])(?:[EG][0-9]{8}|E[A-HJ-NP-Z][0-9]{7})(?:[^0-9A-Z]|$)",
        r"(?:^|[^0-9A-Z])[HM](?:[013-9][0-9]{7}|2[1-9][0-9]{6}|20[4-9][0-9]{5})(?:[0-9]{2})?(?:[^0-9A-Z]|$)",
        rf"(?:{_TRAVEL_WORDS}){_TRAVEL_GAP}[A-Z]{{0,3}}(?:[^0-9A-Z一-鿿]{{0,2}}[0-9]){{7,10}}(?:[^0-9A-Z]|$)",
        r"(?:香港|港澳|HKID|身份证)[^，。；0-9A-Z]{0,12}[A-Z]{1,2}[0-9]{6}(?:\([0-9A]\)|[0-9A](?:[^0-9A-Z]|$))",
        r"澳门[^，。；0-9]{0,12}[1578][0-9]{6}(?:\([0-9]\)|[0-9](?:[^0-9]|$))",
        r"台(?:湾|胞|籍)[^，。；0-9A-Z]{0,12}[A-Z][12][0-9]{8}(?:[^0-9]|$)",
        rf"(?:{_SERVICE_WORDS})(?:号码?|证号|编号|[^0-9A-Z一-鿿]|[军文士武参海空火政后装北南广成济沈兰字第])*[0-9]{{5,12}}(?:[^0-9]|$)",
        rf"(?:永久居留|居留证)(?:身份证|证)?{_TRAVEL_GAP}[A-Z]{{3}}[ -]?[0-9]{{12}}(?:[^0-9A-Z]|$)",
    )
)
CHAT_ACCOUNT = (
    r"(?:^|[^方务])(?:微信|[微薇威]信|V信|WECHAT|WEIXIN|VX)(?:号码?|ID|账号|帐号)?[:：是为 =(]{0,3}[A-Z][A-Z0-9_-]{5,19}(?:[^A-Z0-9_-]|$)"
    r"|(?:^|[^A-Z0-9])WXID_[A-Z0-9_-]{5,25}|(?:Q ?Q|扣扣|企鹅)(?:[ ]?号码?|账号|帐号)?[:：是为 =]{0,3}[1-9][0-9 -]{4,12}(?:[^0-9]|$)"
)


# What opens a door is no personal datum, and may leave as little: in links, and behind its word in a text.
_NAMES_OF_CREDENTIALS = (
    "[A-Z0-9_-]*TOKEN|[A-Z0-9_-]*SECRET|PASSW(?:OR)?D|PASSPHRASE|PWD|SIG|[A-Z0-9_-]*SIGNATURE|SAS|[A-Z0-9_-]*(?:API|ACCESS|PRIVATE|ACCOUNT)[_-]?KEY(?:[_-]?ID)?"
    "|AUTHORIZATION|CREDENTIALS?|J?SESSION_?ID"
)
CREDENTIAL = "|".join(
    (
        rf"[?&;#](?:{_NAMES_OF_CREDENTIALS})=[^&#;，。； …]{{6,}}",
        r"[A-Z][A-Z0-9+.-]{1,20}://[^/@:，。； ]+:[^/@，。； …]+@",
        r"(?:密码|口令|密钥|令牌)(?:统一|均|默认)?(?:设)?[为是:=]{1,2} ?[!-~]{6,40}",
        r"(?:^|[^A-Z0-9])(?:AKIA|ASIA)[0-9A-Z]{16}(?:[^A-Z0-9]|$)|BEARER [A-Z0-9._~+/=-]{12,}|EYJ[A-Z0-9_-]{8,}\.EYJ[A-Z0-9_-]{5,}",
    )
)


def office_contacts() -> dict[str, list[str]]:
    """The rows of sql/reference/office_contacts.csv: words and mail domains of offices, in capitals, by `match_kind`."""
    with (PROJECT_ROOT / "sql" / "reference" / "office_contacts.csv").open(encoding="utf-8", newline="") as lines:
        rows = [*csv.DictReader(lines)]
    return {kind: [row["written"].upper() for row in rows if row["match_kind"] == kind] for kind in ("word", "domain")}


_OFFICES = office_contacts()
_MAIL = r"[A-Z0-9._%+-]+@"
_LANDLINE = r"\(?0[0-9]{2,3}[-) ]{0,2}[2-9][0-9]{2,3}[- ]?[0-9]{4}"
_SHORT = r"(?:电话|座机|固话|TEL)[:是为 .]{0,3}[2-9][0-9]{6,7}(?:[^0-9]|$)"
_DOMAINS = "|".join(domain.replace(".", "[.]") for domain in _OFFICES["domain"])
OF_OFFICE = (
    rf"{_MAIL}(?:[A-Z0-9-]+\.)*(?:{_DOMAINS})"
    rf"(?:[^A-Z0-9.@-][^0-9@。；家宅私本]{{0,8}}{_LANDLINE}|[^A-Z0-9.-]|[.](?:[^A-Z]|$)|$)"
    rf"|(?:{'|'.join(_OFFICES['word'])})[^0-9@。；家宅私本]{{0,16}}(?:{_LANDLINE}|[2-9][0-9]{{6,7}})"
)
_OWN_CONTACT = "(?:家庭|家里|住宅|私人|个人|本人)(?:座机|固定)?(?:电话|邮箱|座机|固话|邮件|E-?MAIL)|宅电"
PERSONAL_CONTACT = (
    rf"(?:{ROLES}|{_OWN_CONTACT})[^。；]{{0,30}}(?:{_MAIL}[A-Z0-9-]+\.[A-Z]{{2,}}|{_MAIL}[A-Z0-9-]+\.[A-Z0-9.-]+|{_LANDLINE}|{_SHORT})"
    rf"|(?:{_OWN_CONTACT})[:是为 .]{{0,3}}[2-9][0-9]{{6,7}}(?:[^0-9]|$)"
)

# kind -> (what is removed from the text first, what then marks the kind)
PATTERNS: dict[str, tuple[tuple[str, ...], str]] = {
    "passport": ((NUMBERED, DATED), PASSPORT),
    "licence_plate": ((), LICENCE_PLATE),
    "dwelling": ((), DWELLING),
    "dwelling or office": ((OFFICE,), DWELLING_OR_OFFICE),
    "chat_account": ((), CHAT_ACCOUNT),
    "credential": ((), CREDENTIAL),
    "personal_contact": ((OF_OFFICE,), PERSONAL_CONTACT),
    "email": ((), r"[A-Z0-9._%+-]+@[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.[A-Z]{2,}"),
    "street_address": ((), rf"{HAN}(?:路|街|巷|大道|胡同|弄|里) ?[0-9]+(?:-[0-9]+)? ?(?:号|弄)"),
}

IS_PERSON_NAME = f"""
        (regexp_full_match(trim(written), '(?:{TWO_SIGN_SURNAMES}|[{SURNAMES}]){HAN}{{1,2}}') or regexp_full_match(trim(written), '{HAN}{{1,7}}[·-]{HAN}{{1,9}}'))
        and not regexp_matches(trim(written), '某|(?:{ORGANISATION_ENDS})$')"""
