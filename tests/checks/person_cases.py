"""Enforcement rows of invented persons in the spellings of clerks, and rows that name none; seeded."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from urllib.parse import quote

COMMON = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔汤"
)
RARE = "逄亓禤佟乜邰麴妫郄呙蒯戢郦谌揭窦郇覃闵仝粟荀宓澹庹璩"
DOUBLE = ("欧阳", "司马", "诸葛", "上官", "令狐", "皇甫", "尉迟", "慕容", "东方", "夏侯")
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英文华金玉建国志海波红梅春晓宇浩欣雨梓"
    "涵轩子萱佳怡俊博思彤鹏飞龙凤兰芝婷雪琳倩颖峰辉亮东林森山水云鑫淼昊然安康福贵德才庆"
)
PEOPLES = (
    "阿不都热合曼·买买提",
    "古丽娜尔·吐尔逊",
    "艾山江·玉素甫",
    "迪丽拜尔·阿布力孜",
    "扎西顿珠",
    "卓玛央金",
    "乌云其其格",
    "巴特尔",
    "洛桑旦增",
    "木合塔尔·依明",
)
DEEDS = (
    "无证经营", "未按规定停放机动车", "危险驾驶", "违法建设", "殴打他人", "酒后驾驶机动车", "吸毒", "赌博", "盗窃", "占道经营", "擅自取水", "非法捕捞水产品", "寻衅滋事",
    "未取得驾驶证驾驶机动车", "超限运输", "随意倾倒建筑垃圾", "违规燃放烟花爆竹", "在禁烟场所吸烟", "阻碍执行职务", "销售不合格食品", "故意损毁财物", "未系安全带",
)  # fmt: skip
HEADERS = (
    "被处罚人姓名",
    "违法当事人",
    "相对人姓名",
    "处罚对象",
    "行为人",
    "违法人员",
    "嫌疑人",
    "当事人",
    "相对人名称",
    "涉案人",
    "人员",
    "名字",
    "违法者",
    "对象",
)
KINDS = ("自然人", "自然人", "自然人", "个人", "个体工商户", "法人", "其他", "", "未知", "公民", "非法人组织")
COLUMNS = ("处罚决定书文号", "类别", "案件名称", "当事人类别", "处罚依据", "处罚结果", "处罚机关", "处罚日期", "公示日期", "链接")


def a_name(random: Random) -> str:
    kind = random.random()
    if kind < 0.1:
        return random.choice(PEOPLES)
    surname = random.choice(DOUBLE) if kind < 0.2 else random.choice(RARE if kind < 0.35 else COMMON)
    return surname + "".join(random.choices(GIVEN, k=random.choice((1, 2, 2))))


def _spelled(random: Random, name: str) -> str:
    blank = random.choice((" ", "　", "\u00a0", "\u2009", "\u200b", "  "))
    return random.choice((name, name, blank.join(name), name.replace("·", random.choice("•・．‧.·")), name.replace("·", "")))


def _party(random: Random, name: str, other: str) -> str:
    forms = (
        "{n}",
        "{n}",
        "{n}等3人",
        "{n}等二人",
        "{n}（经营者）",
        "{n} 男 汉族",
        "{n}\n{o}",
        "{n}、{o}",
        "{n}，{o}",
        "{n}/{o}",
        "{n};{o}",
        "{n}和{o}",
        "",
        "{m}某某",
        "{m}*",
        "某县明明小吃店（经营者：{n}）",
        "经营者：{n}",
        "{n}，女，35岁",
    )
    return random.choice(forms).format(n=_spelled(random, name), o=other, m=name[0])


def _title(random: Random, name: str, other: str) -> str:
    forms = (
        "{n}{d}案",
        "{n}{d}案",
        "对{n}的行政处罚",
        "关于给予{n}警告处罚的决定",
        "{n}、{o}{d}案",
        "{n}等人{d}",
        "{d}（{n}）",
        "{d}案，当事人{n}",
        "{n}涉嫌{d}",
        "对{n}{d}的处罚决定",
        "{d}，{n}",
        "责令{n}改正",
        "{n}",
    )
    return random.choice(forms).format(n=_spelled(random, name), o=other, d=random.choice(DEEDS))


def named_rows(seed: int, count: int) -> Iterator[tuple[str, dict[str, str], set[str]]]:
    """`count` times: the header of the party's column, the row, and the names that may not leave it."""
    random = Random(seed)
    for number in range(count):
        name, other = a_name(random), a_name(random)
        basis = random.choice(
            (
                "治安管理处罚法第四十三条",
                "《中华人民共和国道路交通安全法》第九十一条第一款",
                "行政处罚法第五十七条，{n}",
                "第X条（当事人：{n}）",
            )
        )
        link = random.choice(
            ("", f"https://qichuan.example/{number}.html", f"https://qichuan.example/{quote(name)}.html", f"https://qichuan.example/{name}")
        )
        row = {
            "处罚决定书文号": f"栖公罚〔2026〕{number}号",
            "类别": "行政处罚",
            "案件名称": _title(random, name, other),
            "当事人类别": random.choice(KINDS),
            "处罚依据": basis.format(n=_spelled(random, name)),
            "处罚结果": "警告",
            "处罚机关": "栖川县公安局",
            "处罚日期": "2026-03-02",
            "公示日期": "2026-03-05",
            "链接": link,
        }
        header = random.choice(HEADERS)
        yield header, row | {header: _party(random, name, other)}, {name, other}


def clean_rows(seed: int, count: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of organisations, and of persons whom the clerk masked everywhere."""
    random = Random(seed)
    for number in range(count):
        deed = random.choice(DEEDS)
        surname = random.choice(COMMON)
        place, trade = (
            random.choice(("柳笕", "荻坪", "枫浔", "鹤汀", "栗泉", "金沙", "白云", "高桥", "马家湾")),
            random.choice(("食品", "建材", "物流", "餐饮管理", "机械")),
        )
        firm = f"栖川县{place}{trade}有限公司"
        kind, party, title = random.choice((
            ("法人", firm, f"{firm}{deed}案"),
            ("法人", firm, f"{deed}案"),
            ("自然人", f"{surname}某某", f"{surname}某某{deed}案"),
            ("自然人", f"{surname}某", f"{surname}某{deed}案"),
            ("自然人", f"{surname}**", f"对{surname}**{deed}的行政处罚决定"),
            ("自然人", f"{surname}××", f"{deed}"),
            ("个体工商户", f"栖川县{place}小吃店", f"栖川县{place}小吃店{deed}案"),
            ("其他", firm, f"{firm}{deed}案"),
        ))  # fmt: skip
        row = {
            "处罚决定书文号": f"栖公罚〔2026〕{number}号",
            "类别": "行政处罚",
            "案件名称": title,
            "当事人类别": kind,
            "处罚依据": random.choice(
                ("治安管理处罚法第四十三条", "《中华人民共和国道路交通安全法》第九十一条第一款", "行政处罚法第五十七条")
            ),
            "处罚结果": "警告",
            "处罚机关": "栖川县公安局",
            "处罚日期": "2026-03-02",
            "公示日期": "2026-03-05",
            "链接": f"https://qichuan.example/{number}.html",
        }
        yield "当事人", row | {"当事人": party}
