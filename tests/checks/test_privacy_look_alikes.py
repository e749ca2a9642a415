"""Ten thousand texts that look like identifiers of persons and are not: at most one in two hundred may be held."""

from __future__ import annotations

import random
import string
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256

import duckdb
import pyarrow as pa
import pytest

from flows.privacy.detect import scan_table

COUNT = 10_000
SURE = [
    "张家港",
    "江山",
    "马鞍山",
    "徐州",
    "金华",
    "陆丰",
    "温州",
    "汪清",
    "潘家桥",
    "李庄",
    "王店",
    "陈家沟",
    "黄石",
    "郑州",
    "沈阳",
    "石家庄",
    "万安",
    "高邮",
    "安吉",
    "林芝",
    "吴江",
    "胡家",
    "杨梅岭",
    "何家",
]
TRADES = [
    "自来水",
    "建筑工程",
    "医药连锁",
    "农业科技",
    "餐饮管理",
    "物业服务",
    "环境检测",
    "汽车维修",
    "和平印刷",
    "新能源",
    "茶叶",
    "石料",
]
ENDS = [
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团",
    "厂",
    "专业合作社",
    "商行",
    "经营部",
    "幼儿园",
    "村民委员会",
    "中心小学",
    "卫生院",
    "酒店",
    "分公司",
    "街道办事处",
    "镇人民政府",
    "药房",
    "供电所",
]


class Made:
    """Texts by kind, from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.random.choices(string.digits, k=count))

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def day(self) -> date:
        return date(2015, 1, 1) + timedelta(days=self.random.randrange(4300))

    def organisation_behind_a_role(self) -> str:
        name = self.random.choice(SURE) + self.pick("市", "县", "", "") + self.random.choice(TRADES) + self.random.choice(ENDS)
        role = self.pick("申请人", "当事人", "被处罚人", "申报人", "经营者", "联系人", "权利人", "投诉人", "被执行人")
        return self.pick(
            f"取水许可公示（{role}：{name}）",
            f"{role}：{name}取水许可申请",
            f"{role}为{name}",
            f"{role} {name}的行政处罚决定",
            f"{role}：{name}，法定代表人：略",
            f"{role}：{name}关于扩建厂房的申请",
        )

    def words_behind_a_role(self) -> str:
        return self.pick(
            "申请人应当自收到通知之日起七个工作日内补正",
            "当事人：陈述申辩权利告知书",
            "申请人：张贴公告期满",
            "姓名、身份证号码、手机号码等信息应当隐去",
            "联系人：详见附件",
            "申请人：相关企业和农户",
            "申请人：全体村民",
            "联系人：办公室，电话：0571-8" + self.digits(7),
            "申请人：张某某",
            "户主：王某",
            "申请人：李*明",
            "当事人 何时收到决定",
        )

    def batch(self) -> str:
        return self.pick(
            f"药品抽检（批号：{self.pick('E', 'G', 'H', 'M')}{self.digits(8)}）不合格",
            f"国药准字{self.pick('H', 'Z', 'S')}{self.digits(8)}",
            f"生产批号{self.pick('E', 'G')}{self.day():%Y%m%d}、{self.pick('E', 'G')}{self.digits(8)}",
            f"产品批号 {self.digits(11)}",
            f"型号：{self.pick('G', 'E')}{self.digits(8)}",
        )

    def invoice(self) -> str:
        return self.pick(
            f"发票号码：{self.pick('E', 'G')}{self.digits(8)}",
            f"发票号码{self.digits(20)}",
            f"发票代码{self.digits(12)}，发票号码{self.digits(8)}",
            f"订单编号：1{self.pick('38', '59', '86')}{self.digits(8)}",
            f"流水号{self.day():%Y%m%d}{self.digits(10)}",
        )

    def case(self) -> str:
        return self.pick(
            f"案号：（{self.day().year}）浙0203民初{self.digits(5)}号",
            f"栖市监处罚〔{self.day().year}〕{self.digits(3)}号",
            f"案件编号：330203{self.day():%Y%m%d}{self.digits(3)}",
            f"行政处罚决定书文号 栖交罚字[{self.day().year}]第{self.digits(6)}号",
        )

    def index(self) -> str:
        return self.pick(
            f"索引号：11330203MB0X1234{self.digits(1)}K/{self.day().year}-{self.digits(5)}",
            f"330203-{self.day().year}-{self.digits(6)}",
            f"0000{self.digits(5)}/{self.day().year}-{self.digits(5)}",
            f"13{self.digits(3)}/{self.day().year}-{self.digits(6)}",
            f"索引号{self.digits(15)}",
        )

    def contract(self) -> str:
        return self.pick(
            f"合同编号：{self.digits(self.random.randint(11, 20))}",
            f"合同号 HT-{self.day():%Y%m%d}-{self.digits(4)}",
            f"项目代码{self.day():%y%m}-330203-04-01-{self.digits(6)}",
            f"项目编号：ZJ{self.digits(12)}",
            f"招标编号：E{self.digits(16)}",
        )

    def credit_code(self) -> str:
        signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        body = self.pick("91", "11", "12", "52", "93") + self.pick("110105", "330203", "510904") + self.digits(9)
        check = signs[-sum(signs.index(sign) * pow(3, i, 31) for i, sign in enumerate(body)) % 31]
        return self.pick("统一社会信用代码", "", "证件号码：", "信用代码：") + body + check

    def office_telephone(self) -> str:
        return self.pick(
            f"咨询电话：0571-8{self.digits(7)}",
            f"县财政局办公室 0571-8{self.digits(7)}",
            f"联系人：县民政局社会救助科，电话0571-8{self.digits(7)}",
            f"联系人：办公室，邮箱bgs@qichuan.gov.cn，电话 0825-5{self.digits(6)}",
            f"热线12345、{self.pick('12320', '96345', '12315')}，400-{self.digits(3)}-{self.digits(4)}",
            f"监督举报电话（010）6{self.digits(7)}",
            f"地址：行政中心{self.random.randint(1, 9)}号楼{self.random.randint(101, 902)}室",
            "关注微信公众号：qichuanfabu",
        )

    def works(self) -> str:
        number = self.random.randint(1, 400)
        return self.pick(
            f"人民路{number}号3幢外墙改造工程",
            f"幸福小区{number}号3幢屋面防水维修",
            f"建设路{number}号地块2幢1200平方米厂房",
            f"新建3号楼{number}00平方米",
            "翠苑新村12幢2单元加装电梯公示",
            f"李家村{self.random.randint(1, 12)}组道路硬化",
            f"文昌街{number}号雨污分流",
            "桐溪村三组至五组机耕路",
            f"5幢{self.random.randint(100, 400)}户居民燃气改造",
        )

    def figure(self) -> str:
        return self.pick(
            f"总投资{self.pick('138', '159', '17')}{self.digits(8)}元",
            f"{self.random.randint(1, 999)},{self.digits(3)},{self.digits(3)}.00万元",
            f"面积{self.digits(6)}.{self.digits(4)}平方米",
            f"东经120.{self.digits(6)}，北纬30.{self.digits(6)}",
            f"{self.day():%Y-%m-%d} 09:30:00至{self.day():%Y-%m-%d} 17:00:00",
            f"{self.day():%Y年%m月%d日}、{self.day():%Y.%m.%d}、{self.day():%Y/%m/%d}",
            f"K{self.random.randint(1, 90)}+{self.digits(3)}至K{self.random.randint(90, 140)}+{self.digits(3)}段",
            f"G{self.random.randint(10, 99)}{self.digits(2)}国道",
            f"138户、{self.digits(4)}人、{self.digits(4)}亩",
            f"1. 3个 2. 15个 3. {self.digits(2)}个",
            f"栖政办发〔{self.day().year}〕{self.random.randint(1, 300)}号",
        )

    def digest(self) -> str:
        value = sha256(self.digits(12).encode()).hexdigest()
        return self.pick(
            value,
            value[:32],
            value[:40],
            f"{value[:8]}-{value[8:12]}-4{value[12:15]}-a{value[15:18]}-{value[18:30]}",
            f"seed {self.digits(9)}",
        )

    def book(self) -> str:
        return self.pick(
            f"ISBN 978-7-{self.digits(4)}-{self.digits(4)}-{self.digits(1)}",
            f"doi:10.{self.digits(4)}/j.issn.1000-{self.digits(4)}.{self.day():%Y.%m}.{self.digits(3)}",
            f"GB/T {self.digits(5)}-2020",
            f"浙ICP备{self.digits(8)}号",
            f"浙公网安备{self.digits(14)}号",
        )

    def link(self) -> str:
        site = self.pick("https://www.qichuan.gov.cn", "http://zwgk.qichuan.gov.cn", "https://www.qichuan.gov.cn/zwgk")
        return site + self.pick(
            f"/art/{self.day():%Y/%-m/%-d}/art_{self.digits(10)}_{self.digits(8)}.html",
            f"/{self.day():%Y%m}/t{self.day():%Y%m%d}_{self.digits(7)}.html",
            f"/{self.day():%Y-%m/%d}/content_{self.digits(self.random.randint(6, 8))}.htm",
            f"/content/{self.digits(self.random.randint(16, 20))}.html",
            f"/info/{self.digits(4)}/{self.digits(19)}",
            f"/view?id={self.digits(18)}&cid={self.digits(6)}",
            f"/detail/{self.day():%Y%m%d}{self.digits(10)}.shtml",
            f"/col/col{self.digits(10)}/index.html?uid={self.digits(7)}&pageNum={self.digits(1)}",
            f"/attach/{self.day():%Y%m%d}{self.digits(9)}/{sha256(self.digits(8).encode()).hexdigest()[:32]}.pdf",
            f"/c{self.digits(7)}/{self.day():%Y%m}/{self.digits(16)}.shtml",
            f"/P0{self.day():%Y%m%d}{self.digits(15)}.doc",
            "/%E6%94%BF%E5%8A%A1%E5%85%AC%E5%BC%80/" + f"{self.digits(17)}.html",
            f"/330203/{self.day():%Y}/{self.day():%m%d}/{self.digits(8)}.html",
        )


KINDS: tuple[Callable[[Made], str], ...] = (
    *(Made.organisation_behind_a_role, Made.words_behind_a_role, Made.batch, Made.invoice, Made.case, Made.index, Made.contract),
    *(Made.credit_code, Made.office_telephone, Made.works, Made.figure, Made.digest, Made.book, Made.link, Made.link),
)


def look_alikes(seed: int, count: int = COUNT) -> list[str]:
    made = Made(seed)
    return [KINDS[n % len(KINDS)](made) for n in range(count)]


@pytest.mark.parametrize("seed", [20261130, *(pytest.param(seed, marks=pytest.mark.rest) for seed in (1,))])
def test_few_of_ten_thousand_look_alikes_are_held(seed: int) -> None:
    texts = look_alikes(seed)
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"title": texts}))
        found = [one for one in scan_table(connection, "t", most_rows=COUNT) if one.severity == "critical"]
    held = {row: one.kind for one in found for row in one.rows}
    assert len(held) <= COUNT // 200, (Counter(held.values()), [(kind, texts[row - 1]) for row, kind in held.items()][:40])
