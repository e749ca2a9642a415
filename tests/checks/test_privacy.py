from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.site.addresses import unit_page
from flows.privacy.detect import Allowance, PrivateFinding, scan_file, scan_folder, scan_table
from flows.publication.privacy_gate import COPIES
from flows.workspace.errors import UnreadableSource
from flows.workspace.fingerprint import CODE, code_key
from tests.conftest import County

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WIDE = str.maketrans(
    string.digits + string.ascii_uppercase, "０１２３４５６７８９" + "".join(chr(ord(c) + 0xFEE0) for c in string.ascii_uppercase)
)
SENTENCES = (
    "关于公布{}年度行政执法检查结果的公告，详见附件{}。",
    "经审查，{}符合条件，予以公示，{}。",
    "现将有关情况通报如下：{}；请各单位遵照执行{}",
    "办理人{}已于窗口提交材料（{}），请予核对",
    "{}：关于进一步做好城乡居民基本医疗保险工作的通知{}",
)


class Corpus:
    """Texts as registers have them, some with a planted identifier in one of its written forms, some with a look-alike."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def digits(self, count: int) -> str:
        return "".join(self.random.choices(string.digits, k=count))

    def day(self, first: int = 1940, last: int = 2015) -> date:
        return date(first, 1, 1) + timedelta(days=self.random.randrange((last - first) * 365))

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def region(self) -> str:
        return self.pick("110105", "330203", "510904", "620102", "440524", "371327", "650102", "820000")

    def resident_id(self) -> str:
        body = f"{self.region()}{self.day():%Y%m%d}{self.digits(3)}"
        number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, ID_WEIGHTS, strict=True)) % 11]
        spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
        fours = " ".join(number[i : i + 4] for i in range(0, 18, 4))
        return self.pick(number, number, number, number.lower(), number.translate(WIDE), spaced, fours)

    def resident_id_of_15(self) -> str:
        return f"{self.region()}{self.day(1940, 1999):%y%m%d}{self.digits(3)}"

    def mobile(self) -> str:
        number = self.pick("138", "159", "186", "199", "177", "166", "145", "191") + self.digits(8)
        grouped = f"{number[:3]}-{number[3:7]}-{number[7:]}"
        return self.pick(
            number,
            number,
            number,
            grouped,
            grouped.replace("-", " "),
            f"+86{number}",
            f"86-{number}",
            number.translate(WIDE),
            f"{number[:5]}\u200b{number[5:]}",
        )

    def bank_card(self) -> str:
        body = self.pick("622202", "622848", "621700", "955880", "456351", "520083")
        body += self.digits(18 - 6 if body.startswith(("622", "621", "955")) else 15 - 6)
        doubled = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(body)))
        number = f"{body}{-doubled % 10}"
        return self.pick(number, number, " ".join(number[i : i + 4] for i in range(0, len(number), 4)))

    def passport(self) -> str:
        return self.pick(f"E{self.digits(8)}", f"G{self.digits(8)}", f"EB{self.digits(7)}", f"港澳通行证号C{self.digits(8)}")

    def licence_plate(self) -> str:
        return self.pick(
            f"浙B{self.digits(5)}",
            f"沪A{self.digits(4)}挂",
            f"川A·{self.pick('A', 'K')}{self.digits(4)}",
            f"京AD{self.digits(5)}",
            f"粤B{self.digits(5)}F",
        )

    def dwelling(self) -> str:
        return self.pick(
            f"幸福小区{self.random.randint(1, 40)}幢{self.random.randint(1, 4)}单元{self.random.randint(101, 1802)}室",
            f"人民路{self.random.randint(1, 400)}号{self.random.randint(1, 9)}单元{self.random.randint(101, 902)}室",
            f"李家村{self.random.randint(1, 12)}组{self.random.randint(1, 90)}号",
        )

    def person_name(self) -> str:
        return (
            f"{self.pick('申请人', '当事人', '姓名', '户主')}：{self.pick('王', '陈', '欧阳', '郑')}{self.pick('小明', '伟', '建国', '丽')}"
        )

    def email(self) -> str:
        return f"{self.pick('zhang', 'li.na', 'w_88')}{self.digits(2)}@{self.pick('qq.com', '163.com', 'mail.example.com.cn')}"

    def landline(self) -> str:
        return self.pick(f"0571-8{self.digits(7)}", f"010 6{self.digits(7)}", f"02885{self.digits(6)}", f"0825-8{self.digits(6)}")

    def uscc(self) -> str:
        body = self.pick("91", "11", "12", "52", "93") + self.region() + "".join(self.random.choices(USCC_SIGNS, k=9))
        if self.random.random() < 0.4:
            body = self.pick("11", "12", "91") + self.region() + self.digits(9)
        check = -sum(USCC_SIGNS.index(sign) * pow(3, i, 31) for i, sign in enumerate(body)) % 31
        return body + USCC_SIGNS[check]

    def street_address(self) -> str:
        return f"{self.pick('人民', '建设', '滨江', '文昌')}{self.pick('路', '街', '大道')}{self.random.randint(1, 900)}号"

    def combination(self) -> str:
        """No part of it identifies a person; all together do."""
        who = self.pick("王某某", "户主：李氏", "陈某", "男", "女")
        born = self.pick(f"{self.day():%Y年%m月}出生", f"生于{self.day():%Y-%m-%d}", f"{self.day().year}年生日过后")
        home = self.pick("家住柳笕镇桐溪村", "户籍为荻坪乡", "现居滨江社区", "住址在文昌街一带")
        return f"{who}，{born}，{home}"

    def look_alike(self) -> str:
        return self.random.choice((self.code, self.index, self.amount, self.nearly, self.office))()

    def code(self) -> str:
        """Numbers of organisations, orders, parcels, books, places."""
        return self.pick(
            self.uscc(),
            f"{self.uscc()}/2026-{self.random.randint(1, 99999):05d}",
            f"订单编号{self.day(2008, 2026):%Y%m%d}{self.digits(10)}",
            f"合同编号ZJ{self.digits(12)}",
            f"宗地代码{self.region()}{self.digits(6)}GB{self.digits(5)}",
            f"统计用区划代码{self.region()}{self.digits(6)}",
            f"ISBN 978-7-{self.digits(4)}-{self.digits(4)}-{self.digits(1)}",
            f"浙ICP备{self.digits(8)}号",
            f"{self.digits(20)}",
            f"项目代码{self.day(2015, 2026):%y%m}-{self.region()}-04-01-{self.digits(6)}",
        )

    def index(self) -> str:
        """Numbers and days of documents, and where they are."""
        number = self.random.randint(1, 99999)
        return self.pick(
            f"{self.region()}-2026-{number:06d}",
            f"0000{self.digits(5)}/2026-{number:05d}",
            f"栖政办发〔2026〕{number}号",
            f"{self.day(2008, 2026):%Y-%m-%d} 至 {self.day(2008, 2026):%Y-%m-%d}",
            f"{self.day(2008, 2026):%Y%m%d}{self.digits(6)}",
            f"https://www.example.gov.cn/art/2026/5/6/art_{self.pick('138', '150')}{self.digits(8)}_{self.digits(8)}.html",
            f"GB/T {self.digits(5)}-2020",
            f"第{number}号建议",
            f"{self.day(2008, 2026):%Y-%m-%d} {self.random.randint(10, 23)}:{self.random.randint(10, 59)}:00",
        )

    def amount(self) -> str:
        return self.pick(
            f"{self.pick('138', '159', '17')}{self.digits(8)}.{self.digits(2)}元",
            f"总投资{self.pick('138', '186')}{self.digits(8)}元",
            f"{self.random.randint(1, 999)},{self.digits(3)},{self.digits(3)}.00万元",
            f"面积{self.digits(6)}.{self.digits(4)}平方米",
            f"东经120.{self.digits(6)}，北纬30.{self.digits(6)}",
        )

    def nearly(self) -> str:
        """All but the check digit, the prefix, the calendar."""
        body = f"{self.region()}{self.day():%Y%m%d}{self.digits(3)}"
        right = "10X98765432"[sum(int(d) * w for d, w in zip(body, ID_WEIGHTS, strict=True)) % 11]
        card = "622202" + self.digits(12)
        doubled = sum(sum(divmod(int(d) * 2, 10)) if i % 2 == 0 else int(d) for i, d in enumerate(reversed(card)))
        return self.pick(
            body + self.random.choice([sign for sign in "0123456789X" if sign != right]),
            f"{self.region()}{self.random.randint(1940, 2015)}1332{self.digits(3)}{right}",
            f"{card}{(-doubled + self.random.randint(1, 9)) % 10}",
            f"12{self.digits(9)}",
            f"热线12345、{self.pick('12320', '96345', '12315')}",
            f"张{self.random.randint(2, 9)}类A{self.digits(4)}",
        )

    def office(self) -> str:
        """Rooms, roles and words that identify no one."""
        return self.pick(
            f"行政中心{self.random.randint(1, 9)}号楼{self.random.randint(101, 902)}室",
            f"政务服务中心大楼{self.random.randint(1, 9)}幢{self.random.randint(101, 902)}室会议室",
            "申请人应当自收到通知之日起补正",
            "姓名、身份证号码等信息应当隐去",
            "关于新生儿出生一件事联办的通知",
            "户籍管理和出生登记窗口调整",
            f"第{self.random.randint(1, 9)}组讨论第{self.random.randint(1, 90)}号议案",
            "当事人：栖川县茶叶有限公司",
        )

    def plain(self) -> str:
        return self.pick("三", "全", "各镇", "2026", "相关企业")

    def text(self, inserted: str) -> str:
        return self.random.choice(SENTENCES).format(*self.random.sample([inserted, self.plain()], 2))


PLANTED: tuple[tuple[str, Callable[[Corpus], str]], ...] = (
    ("resident_id", Corpus.resident_id),
    ("resident_id", Corpus.resident_id_of_15),
    ("mobile", Corpus.mobile),
    ("bank_card", Corpus.bank_card),
    ("passport", Corpus.passport),
    ("licence_plate", Corpus.licence_plate),
    ("dwelling", Corpus.dwelling),
    ("street_address", Corpus.street_address),
    ("person_name", Corpus.person_name),
    ("combination", Corpus.combination),
    ("email", Corpus.email),
    ("landline", Corpus.landline),
)


def made(seed: int, rows: int, planted: int) -> tuple[list[str], dict[int, str]]:
    """Texts, and the kind planted in each row that has one (rows count from 1)."""
    corpus = Corpus(seed)
    places = corpus.random.sample(range(1, rows + 1), 2 * planted)
    plants = {row: PLANTED[i % len(PLANTED)] for i, row in enumerate(places[:planted])}
    alike = set(places[planted:])
    texts = [
        corpus.text(plants[row][1](corpus) if row in plants else corpus.look_alike() if row in alike else corpus.plain())
        for row in range(1, rows + 1)
    ]
    return texts, {row: kind for row, (kind, _) in plants.items()}


def hits(texts: list[str]) -> set[tuple[int, str]]:
    """Row and kind of all findings."""
    with duckdb.connect() as connection:
        connection.register("texts", pa.table({"text": texts}))
        findings = scan_table(connection, "texts", most_rows=len(texts))
    assert all(finding.cell_count == len(finding.rows) for finding in findings)
    return {(row, finding.kind) for finding in findings for row in finding.rows}


@pytest.mark.parametrize("seed", [20261031, *(pytest.param(seed, marks=pytest.mark.rest) for seed in (7, 990101))])
def test_identifiers_are_found_and_look_alikes_are_not(seed: int) -> None:
    texts, kinds = made(seed, 50_000, 2_000)
    found = hits(texts)
    missed = {row for row, kind in kinds.items() if (row, kind) not in found}
    wrong = {(row, kind) for row, kind in found if kinds.get(row) != kind and (kinds.get(row), kind) != ("dwelling", "street_address")}
    assert [texts[row - 1] for row in missed if kinds[row] in {"resident_id", "mobile", "bank_card"}] == []
    assert len(missed) <= 0.01 * len(kinds), [(kinds[row], texts[row - 1]) for row in missed][:10]
    assert len(wrong) <= 0.02 * len(found), [(kind, texts[row - 1]) for row, kind in wrong][:10]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("11010519491231002X", "resident_id"),  # the standard's own examples
        ("440524188001010014", "resident_id"),
        ("110105194912310021", None),  # check digit
        ("11010519491331002X", None),  # month 13
        ("99010519491231002X", None),  # no such province
        ("350128821018001", "resident_id"),  # of 15 digits
        ("91350211M000100Y43", None),  # a unified social credit code
        ("6222020200001234567", None),  # Luhn
        ("4111111111111111", "bank_card"),
        ("12345678901", None),  # no mobile prefix
        ("总额13800138000元", None),
        ("电话13800138000,500元", "mobile"),
        ("13800138000万小明", "mobile"),
        ("联系人：李娜", "person_name"),
        ("申请人：应当在七个工作日内补正", None),
        ("人民路12号地块规划公示", "street_address"),
        ("栖政办发〔2026〕7号", None),
        ("浙江省B类企业", None),
    ],
)
def test_check_digits_and_context_decide(text: str, kind: str | None) -> None:
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"t": [text]}))
        assert [finding.kind for finding in scan_table(connection, "t")] == ([kind] if kind else [])


def test_periods_are_no_telephone_numbers_and_do_not_hide_one(tmp_path: Path) -> None:
    days = [date(2019, 1, 1) + timedelta(days=13 * number) for number in range(220)]
    periods = [f"有效期{day}{mark}{days[-number]}止" for number, day in enumerate(days) for mark in ("/", " - ", "~", " ")]
    (tmp_path / "periods.txt").write_text("\n".join(periods), "utf-8")
    assert scan_folder(tmp_path) == []
    (tmp_path / "periods.txt").write_text(
        "2025-01-07/2026-10-30，电话 010-72026103\n13800138000 2025-01-07/2026-10-30\n2025-01-07/2026-10-30 110101 19000101 0014", "utf-8"
    )
    assert [(found.kind, found.rows) for found in scan_folder(tmp_path)] == [("landline", (1,)), ("mobile", (2,)), ("resident_id", (3,))]


def test_the_names_of_a_large_releases_pages_are_no_telephone_numbers(tmp_path: Path) -> None:
    """Among 50,000 names of sixteen hexadecimal digits some ten hold eleven decimal digits that begin like a mobile number."""
    names = (unit_page(f"县第{number}局") for number in range(50_000))
    (tmp_path / "SHA256SUMS").write_text("".join(f"{sha256(name.encode()).hexdigest()}  site/{name}\n" for name in names), "utf-8")
    facts = [{"build_key": sha256(str(number).encode()).hexdigest(), "code_version": f"1.0+{code_key(*CODE)}"} for number in range(1000)]
    (tmp_path / "manifest.json").write_text(json.dumps(facts), "utf-8")
    keys = (sha256(str(number).encode()).hexdigest() for number in range(5000))
    (tmp_path / "quality.html").write_text("\n".join(f"<p>构建 <code>{key}</code></p>" for key in keys), "utf-8")
    assert scan_folder(tmp_path) == []


def test_every_file_of_a_release_is_scanned_and_no_value_is_shown(tmp_path: Path) -> None:
    secret = "11010519491231002X"
    (tmp_path / "data").mkdir()
    rows = pa.table({"id": [1, 2, 3], "title": ["好", f"证号{secret}", "好"], "phone": [1, 13800138000, 3]})
    pq.write_table(rows.replace_schema_metadata({"contact": "0571-88001234"}), tmp_path / "data" / "a.parquet")
    (tmp_path / "data" / "a.csv").write_text(f'\ufefftitle,note\r\n好,"多行\r\n{secret}"\r\n好,好\r\n', "utf-8")
    (tmp_path / "datapackage.json").write_text(json.dumps({"title": "好", "contact": "zhang.san@qq.com"}, indent=1), "utf-8")
    (tmp_path / "index.html").write_text(f"<html>\n<p>好</p>\n<td>{secret}</td>", "utf-8")
    findings = scan_folder(tmp_path)
    assert findings == [
        PrivateFinding("data/a.csv", "note", "resident_id", "critical", 1, (1,)),
        PrivateFinding("data/a.parquet", "phone", "mobile", "critical", 1, (2,)),
        PrivateFinding("data/a.parquet", "title", "resident_id", "critical", 1, (2,)),
        PrivateFinding("data/a.parquet", "metadata", "landline", "warning", 1, (1,)),
        PrivateFinding("datapackage.json", "line", "email", "warning", 1, (3,)),
        PrivateFinding("index.html", "line", "resident_id", "critical", 1, (3,)),
    ]
    assert secret not in str(findings)


def test_a_table_without_rows_is_scanned_for_what_its_metadata_say(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    rows = pa.table({"title": pa.array([], pa.string()), "phone": pa.array([], pa.int64())})
    for name, metadata in (("clean", {"title_zh": "好"}), ("held", {"title_zh": "好", "note": "证号11010519491231002X"})):
        pq.write_table(rows.replace_schema_metadata(metadata), tmp_path / "data" / f"{name}.parquet")
    assert scan_folder(tmp_path) == [PrivateFinding("data/held.parquet", "metadata", "resident_id", "critical", 1, (2,))]


@pytest.mark.parametrize("whole", [[], ["a.parquet"], ["a.parquet", "z.parquet"]])
def test_a_broken_table_among_whole_ones_is_named(tmp_path: Path, whole: list[str]) -> None:
    for name in whole:
        pq.write_table(pa.table({"title": ["好"]}), tmp_path / name)
    (tmp_path / "m.parquet").write_bytes(b"PAR1 cut")
    with pytest.raises(UnreadableSource, match=r"m\.parquet"):
        scan_folder(tmp_path)


def test_the_sample_county_releases_nothing_private(whole_sample: County) -> None:
    assert scan_folder(whole_sample.latest, copies=COPIES) == []


def test_headers_may_hold_anything(tmp_path: Path) -> None:
    path = tmp_path / "it's.csv"
    path.write_text('"a ""b""; drop",it\'s\nx,13800138000\n', "utf-8")
    assert [(finding.place, finding.column) for finding in scan_file(path)] == [("it's.csv", "it's")]


def test_a_file_that_cannot_be_scanned_must_not_leave(tmp_path: Path) -> None:
    for name, data in (("a.zip", b"PK"), ("a.parquet", b"PAR1 cut"), ("a.html", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UnreadableSource) as refused:
            scan_file(tmp_path / name)
        assert name in str(refused.value)


def test_an_allowance_permits_one_kind_in_one_column() -> None:
    office = Allowance("contact", "landline", "办公电话，条例第二十条第一项")
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"contact": ["0571-88001234"], "title": ["0571-88001234"]}))
        assert [finding.column for finding in scan_table(connection, "t", [office])] == ["title"]


@pytest.mark.parametrize("header", ["申请人", "当事人名称", "法定代表人", "姓名", "party_name", "applicant"])
def test_columns_that_name_natural_persons_hold_no_name(header: str) -> None:
    rows = ["张三", None, "张某某", "栖川县茶厂", "阿依古丽·买买提", "国家税务总局"]
    with duckdb.connect() as connection:
        connection.register("t", pa.table({header: rows, "title": ["张三"] * len(rows)}))
        assert scan_table(connection, "t") == [PrivateFinding("t", header, "person_name", "critical", 2, (1, 5))]


def test_three_harmless_columns_identify_a_person_in_one_row() -> None:
    rows = {
        "姓名": ["王某某", None, "王某某"],
        "出生日期": [date(1985, 3, 2), date(1985, 3, 2), None],
        "住址": ["柳笕镇", "柳笕镇", "柳笕镇"],
    }
    with duckdb.connect() as connection:
        connection.register("t", pa.table(rows))
        assert scan_table(connection, "t") == [PrivateFinding("t", "*", "combination", "critical", 1, (1,))]


def test_many_findings_are_counted_and_few_listed() -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t as select '1380013' || (1000 + i) as phone from range(5000) r(i)")
        (finding,) = scan_table(connection, "t")
    assert (finding.cell_count, finding.rows) == (5000, tuple(range(1, 21)))


def test_many_clean_texts_give_no_finding() -> None:
    with duckdb.connect(config={"threads": 1}) as connection:
        title = "'关于印发年度重点民生实事项目实施方案的通知（第' || i || '号）'"
        connection.execute(
            f"create table t as select {title} as title, '基准发〔2026〕' || i % 5000 || '号' as number from range(50_000) r(i)"
        )
        assert scan_table(connection, "t") == []
