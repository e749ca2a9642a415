"""Invented identifiers with valid check digits, in the ways people write them: what the privacy tests plant.

Every maker takes a seeded `random.Random`. Persons and numbers are invented.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from urllib.parse import quote

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SEPARATORS = (
    *(" ", "\u00a0", "\u2002", "\u2009", "\u200a", "\u3000", "  ", "\t", "\n", "\r\n"),
    *(".", "．", "/", "／", "·", "•", "_", "-", "－", "\u2010", "\u2011", "\u2012", "–", "—", "\u2212", "~"),
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", " - ", ". ", "、", "，", "*", ":", "|", "\u180e", "\ufe0f", "\u202f"),
)
CHINESE = str.maketrans(string.digits, "零一二三四五六七八九")
CIRCLED_ZERO = str.maketrans(string.digits, "〇一二三四五六七八九")
FINANCIAL = str.maketrans(string.digits, "零壹贰叁肆伍陆柒捌玖")
SCRIPTS = {
    "full width": str.maketrans(string.digits, "０１２３４５６７８９"),
    "circled": str.maketrans(string.digits, "⓪①②③④⑤⑥⑦⑧⑨"),
    "Arabic-Indic": str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩"),
    "Persian": str.maketrans(string.digits, "۰۱۲۳۴۵۶۷۸۹"),
    "Devanagari": str.maketrans(string.digits, "०१२३४५६७८९"),
    "mathematical bold": str.maketrans(string.digits, "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "superscript": str.maketrans(string.digits, "⁰¹²³⁴⁵⁶⁷⁸⁹"),
    "subscript": str.maketrans(string.digits, "₀₁₂₃₄₅₆₇₈₉"),
    "negative circled": str.maketrans(string.digits, "⓿❶❷❸❹❺❻❼❽❾"),
    "Chinese": CHINESE,
    "Chinese with a circle": CIRCLED_ZERO,
    "financial": FINANCIAL,
}


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choices(string.digits, k=count))


def check_character(body: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(body, ID_WEIGHTS, strict=True)) % 11]


def resident_id(chance: random.Random, region: str | None = None) -> str:
    region = region or chance.choice(
        ("110105", "330203", "510904", "620102", "440524", "371327", "650102", "810000", "820000", "830000", "933156")
    )
    body = f"{region}{date(1930, 1, 1) + timedelta(days=chance.randrange(34000)):%Y%m%d}{digits(chance, 3)}"
    return body + check_character(body)


def ending_in_x(chance: random.Random) -> str:
    return next(number for number in iter(lambda: resident_id(chance), None) if number.endswith("X"))


def disability_card(chance: random.Random) -> str:
    return f"{resident_id(chance)}{chance.randint(1, 7)}{chance.randint(1, 4)}"


def wrong_check(chance: random.Random) -> str:
    number = resident_id(chance)
    return number[:-1] + chance.choice([sign for sign in "0123456789" if sign != number[-1]])


def mobile(chance: random.Random) -> str:
    return chance.choice(("130", "138", "147", "155", "166", "176", "189", "193", "199")) + digits(chance, 8)


def bank_card(chance: random.Random) -> str:
    bin_, length = chance.choice(
        (
            ("622202", 19),
            ("621700", 19),
            ("622848", 19),
            ("623058", 19),
            ("622588", 16),
            ("955880", 19),
            ("955990", 19),
            ("436742", 19),
            ("601382", 19),
            ("456351", 19),
            ("625912", 16),
        )
    )
    body = bin_ + digits(chance, length - 7)
    doubled = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
    return f"{body}{-doubled % 10}"


def in_groups(number: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, rest = [], number
    for size in sizes:
        parts, rest = [*parts, rest[:size]], rest[size:]
    return separator.join([*parts, rest] if rest else parts)


ID_GROUPS = ((6, 8, 4), (6, 4, 2, 2, 4), (4, 4, 4, 4, 2), (3, 3, 4, 4, 4), (1,) * 18, (6, 12), (10, 8), (2,) * 9, (17, 1))
MOBILE_GROUPS = ((3, 4, 4), (4, 3, 4), (4, 4, 3), (1,) * 11, (5, 6), (3, 8), (7, 4), (3, 3, 5), (2, 3, 3, 3))
CARD_GROUPS = ((4, 4, 4, 4), (6, 13), (6, 4, 4), (5, 5, 5), (8, 8), (1,) * 19, (4, 6, 6), (3, 3, 4, 4))

TEXTS: tuple[Callable[[str], str], ...] = (
    lambda words: words,
    lambda words: f"关于公示{words}办理情况的通知",
    lambda words: f"经审查，{words}符合条件，予以公示。",
    lambda words: f"撤回原因：原文含有{words}，已更正",
    lambda words: f"（二）公开审计结果（{words}）。（责任单位：县审计局）",
    lambda words: f"原文写作“{words}”",
    lambda words: f"《{words}》",
    lambda words: f"第一批名单\n{words}\n以上",
)
LINKS: tuple[Callable[[str], str], ...] = (
    lambda words: f"https://www.qichuan.example/view?id={quote(words)}&t=1",
    lambda words: f"https://www.qichuan.example/u/{quote(words)}",
    lambda words: f"http://qichuan.example/{quote(words)}/index.html",
    lambda words: f"https://www.qichuan.example/zwgk/{quote(words)}.html#top",
    lambda words: "https://www.qichuan.example/q?x=" + "".join(f"%{byte:02X}" for byte in words.encode()),
    lambda words: "https://www.qichuan.example/q?x=" + quote("".join(f"%{byte:02x}" for byte in words.encode())),
    lambda words: f"详见https://www.qichuan.example/d?phone={quote(words)}，谢谢",
)


def spelled(chance: random.Random) -> dict[str, list[str]]:
    """For each kind its numbers in their written forms, each as it would appear alone in a text."""
    forms: dict[str, list[str]] = {"resident_id": [], "mobile": [], "bank_card": []}
    for separator in SEPARATORS:
        forms["resident_id"] += [in_groups(resident_id(chance), sizes, separator) for sizes in ID_GROUPS]
        forms["resident_id"].append(in_groups(disability_card(chance), chance.choice(ID_GROUPS[:4]), separator))
    for separator in (" ", "-", "\u00a0", "\u2009", "\u3000", "－", "\u2011", "\u2212", "\u200b", "·", "_", "\t"):
        forms["mobile"] += [in_groups(mobile(chance), sizes, separator) for sizes in MOBILE_GROUPS]
        forms["bank_card"] += [in_groups(bank_card(chance), sizes, separator) for sizes in CARD_GROUPS]
    for separator in (".", "/", "、", "*", "|", ":"):
        forms["mobile"] += [in_groups(mobile(chance), sizes, separator) for sizes in ((3, 4, 4), (1,) * 11)]
    number = mobile(chance)
    forms["mobile"] += [
        f"{number[:3]} {number[3:7]}-{number[7:]}",
        f"({number[:3]}) {number[3:7]}-{number[7:]}",
        f"({number[:3]}){number[3:]}",
    ]
    for script in SCRIPTS.values():
        forms["resident_id"] += [resident_id(chance).translate(script), disability_card(chance).translate(script)]
        forms["resident_id"].append(in_groups(resident_id(chance).translate(script), (6, 8, 4), " "))
        forms["mobile"] += [mobile(chance).translate(script), in_groups(mobile(chance).translate(script), (3, 4, 4), "-")]
        forms["bank_card"].append(bank_card(chance).translate(script))
    for sign in "xＸХхⅩⅹΧ×":
        forms["resident_id"].append(ending_in_x(chance).replace("X", sign))
    for before, after in (
        ("2026", ""),
        ("", "13800138000"),
        ("ID", "ABC"),
        ("QX", ""),
        ("No", "号"),
        ("1", "1"),
        ("000", "2026"),
        ("编号7", "x"),
    ):
        forms["resident_id"].append(before + resident_id(chance) + after)
    for before, after in (("Tel", "A"), ("手机", "转"), ("+86", ""), ("0086", ""), ("86", ""), ("(", ")"), ("a", "z")):
        forms["mobile"].append(before + mobile(chance) + after)
    return forms


def announced(chance: random.Random) -> dict[str, list[str]]:
    """Kinds that are recognised by a word before them, or by their form."""
    number = partial(digits, chance)
    sign = chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return {
        "resident_id": [
            f"{word}{wrong_check(chance)}"
            for word in (
                "身份证号",
                "身份证号码：",
                "身份证：",
                "证件号码 ",
                "公民身份号码为",
                "ID号",
                "ID号码：",
                "残疾人证号：",
                "有效证件号：",
                "居民身份证（",
                "idcard=",
                "身份证号码是：",
                "证件编号:",
            )
        ]
        + [f"身份证号：{in_groups(wrong_check(chance), (6, 8, 4), ' ')}"],
        "passport": [
            *(
                f"回乡证{chance.choice('HM')}{number(8)}",
                f"港澳居民来往内地通行证：{chance.choice('HM')}{number(10)}",
                f"持M{chance.choice('13456789')}{number(7)}入境",
            ),
            *(f"台胞证{number(8)}", f"台湾居民来往大陆通行证号码：{number(8)}", f"台胞证号为{number(10)}", f"护照号码：P{number(7)}"),
            *(
                f"护照 E {number(4)} {number(4)}",
                f"外国人永久居留身份证USA{number(12)}",
                f"往来港澳通行证C{number(8)}",
                f"护照E{sign.replace('I', 'A').replace('O', 'B')}{number(7)}",
            ),
            f"passport no. G{number(8)}",
        ],
        "licence_plate": [
            *(
                f"浙B{number(4)}警",
                f"WJ浙{number(4)}X",
                f"WJ·01·{number(5)}",
                f"使{number(6)}",
                f"沪A{number(4)}领",
                f"川AD{number(5)}",
                f"川A{number(5)}F",
                f"粤Z{number(4)}港",
            ),
            *(
                f"粤Z{number(4)}澳",
                f"苏E{number(4)}挂",
                f"鲁C{number(4)}学",
                f"民航A{number(4)}",
                f"京A·{number(5)}",
                f"京 A {number(5)}",
                f"京a{number(5)}",
                f"京Ａ－{number(5)}",
                f"京X{number(4)}应急",
            ),
            f"车牌号224{chance.choice('0123')}{number(2)}使",
        ],
        "chat_account": [
            *(
                f"微信号：zhang_{number(4)}",
                f"微信 wxid{number(6)}",
                f"微信ID为Li-na{number(3)}",
                f"WeChat: ab{number(5)}",
                f"QQ：{chance.randint(1, 9)}{number(7)}",
                f"QQ号码{chance.randint(1, 9)}{number(9)}",
                f"qq {chance.randint(1, 9)}{number(5)}",
                f"ＱＱ号：{chance.randint(1, 9)}{number(6)}",
                f"扣扣{chance.randint(1, 9)}{number(8)}",
            ),
        ],
        "dwelling": [
            *(
                "幸福小区3-2-501",
                "人民路12号3幢2单元501室",
                "三幢二单元五〇一室",
                "三幢二单元五零一室",
                "李家村3组12号",
                "李家村三组十二号",
                "翠苑新村12-3-402",
                "文昌街5-1-302室",
            ),
            *(
                "锦绣花园12栋1103室",
                "阳光家园8#楼2单元301",
                "桐溪村民小组2组9号",
                "滨江公寓二十一幢一单元一二〇三室",
                "建设路88号院4号楼2单元602",
                "翠湖苑7座1单元-902",
                "荷塘社区6－1－201",
                "怡园3幢0502",
                "龙湖小区5-1203",
            ),
            *("县政府家属院3幢2单元501室", "大桥村五社18号", "文昌街12号院3栋东单元401", "东风巷3弄12号402室"),
        ],
        "personal_contact": [
            f"{role}：王某某，{contact}"
            for role in ("联系人", "家长", "申请人", "户主", "监护人")
            for contact in (
                f"电话0571-8{number(7)}",
                f"座机：6{number(6)}",
                "邮箱zhang.san88@qq.com",
                f"（010）6{number(7)}",
                f"宅电 0825 5{number(6)}",
            )
        ],
        "person_name": [
            *(
                "申请人：王小明",
                "申请人：王 小 明",
                "申请人:欧阳建国",
                "姓名：李娜，女",
                "户主为陈建国",
                "学生：张伟等3人",
                "家长 刘丽",
                "当事人（姓名）：赵铁柱",
                "申请人：王小明与栖川县茶叶有限公司",
                "联系人：阿依古丽·买买提",
            ),
            *(
                "申请人：王小明因房屋漏水投诉",
                "申请人：周丽诉县公安局",
                "信访人：孙强反映道路积水",
                "死者：何秀英",
                "申请人（王小明）",
                "原告：王  小  明",
                "申请人　黄志强",
            ),
        ],
    }
