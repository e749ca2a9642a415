"""Forms of identifiers that were met later than the others, with texts like them that hold none."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from flows.privacy.detect import scan_table
from tests.checks.test_privacy_adversarial import missed

HELD = {
    "resident_id": [
        "身份证号（码）：330199199003071519",
        "公民身份证号(码) 33019919900307151X",
        "33019919900307151*",
        "持33019919900307151？者",
        "永久居留身份证933019199003071510",
    ],
    "mobile": [
        "联系013490001234",
        "传达室０１３４９０００１２３４",
        "手机号13490-001-234",
        "电话：1-34-9000-1234",
        "手机134 90 00 12 34",
        "https://www.qichuan.example/d?tel=13490-001-234",
    ],
    "bank_card": ["个人账号6217000000000000012", "工资帐号：6230520000000000019", "存折账号 622848 0000 0000 00017", "3400 0000 0000 009"],
    "passport": [
        "香港永久性居民身份证K123456（7）",
        "香港身份证号：AB987654(3)",
        "HKID: C668668(9)",
        "澳门居民身份证1234567（8）",
        "台湾身份证号B234567890",
        "军官证：南字第0123456号",
        "警官证号 012345",
        "户口簿编号：330199000123",
        "社保卡C12345678",
        "社会保障卡号：D 8765 4321",
    ],
    "chat_account": [
        "加V信 liyun2026",
        "薇信号：abc_12345",
        "wxid_k3j2h1g0",
        "weixin号 zhao-liu-88",
        "Q Q 号：123456789",
        "企鹅号 87654321",
    ],
    "credential": [
        "https://www.qichuan.example/a?token=aB3dE5fG7h",
        "https://www.qichuan.example/b?id=3&access_token=aB3dE5fG7h&x=1",
        "https://reader:aB3dE5fG@www.qichuan.example/c",
        "https://www.qichuan.example/d?AWSAccessKeyId=AKID0001&Signature=aB3dE5fG7h%3D",
        "https://www.qichuan.example/e;jsessionid=0A1B2C3D4E5F?x=1",
        "https://www.qichuan.example/f#access_token=aB3dE5fG7h",
        "ftp://reader:aB3dE5fG@files.qichuan.example/g",
        "https://www.qichuan.example/h?apikey=aB3dE5fG7h",
        "https://www.qichuan.example/i?u=https%3A%2F%2Fx.example%2F%3Ftoken%3DaB3dE5fG7h",
        "初始密码为Qc@2026888",
        "登录口令：abc123456",
        "AKIAIOSFODNN7EXAMPLE",
    ],
    "personal_contact": [
        "家庭电话0571-88881234",
        "住宅电话：88881234",
        "本人邮箱 chenliu@mail.example.com",
        "个人电话 028-87654321",
        "宅电：0816-2233445",
    ],
    "dwelling": [
        "青枫名都3·2·401",
        "梧桐苑5#2-501",
        "柳林小区7#楼1-302",
        "教工新村二单元四楼左",
        "3单元6层东",
        "现住址：栖川县北街45号",
        "家住柏树村三组",
        "户籍所在地为栖川县南溪镇东坪村2社",
        "户口所在地：澜泽市栖川县人民路10号",
        "现住栖川县城关镇西巷8号",
    ],
}
FREE = [
    "香港特区政府A123号文件",
    "赴港澳、台湾地区招商推介会",
    "台湾青年创业园A1期",
    "香港ABC1234567有限公司",
    "澳门回归27周年展览（第1999122期）",
    "社保卡补换领办事指南",
    "社保卡发放20260312人次",
    "户口簿、身份证遗失补领指南",
    "户籍管理制度改革12条",
    "户籍地址迁移办理流程",
    "居住地址登记管理办法第12号",
    "现住建局职责调整的通知",
    "现住房公积金缴存基数",
    "暂住地登记办理须知",
    "户籍人口30199人",
    "家住房租赁合同备案",
    "企业号12345678正式开通",
    "微信公众号qichuanfabu",
    "官方QQ群",
    "威信县2026年工作要点",
    "个人所得税12345678元",
    "个人账户返还比例调整",
    "本人承诺制事项清单",
    "存折式社保卡换发",
    "3#2-1号地块",
    "共3单元4层12户",
    "新建4单元6层住宅楼",
    "2026年3月·4月·401次列车",
    "编号20260312345678901*3",
    "合同编号 013490001234",
    "军官证、士兵证优待办法",
    "警官学院2026年招生",
    "100.3·2.401米",
    "《条例》第3·2·401条",
    "预算5#表12-345行",
    "0137-2026-0312",
    "经度103.490001234",
    "https://www.qichuan.example/a?id=20260312&page=2&keyword=token",
    "https://www.qichuan.example/s?__biz=MzA4NTk2&mid=2650001&sn=0a1b2c3d&scene=0",
    "https://www.qichuan.example/b?token=…",
    "https://www.qichuan.example/c?key=预算&sort=time",
    "商用密码应用安全性评估工作要点",
    "密码管理局2026年部门预算",
    "关于重置密码的操作指南",
    "办事口令：一次办好",
    "https://www.qichuan.example:8080/d@2026",
]


@pytest.mark.parametrize("kind", list(HELD))
def test_each_form_is_found(kind: str) -> None:
    places = ("{}", "关于{}的答复", "说明（{}），请核对。")
    assert missed([(kind, place.format(form)) for form in HELD[kind] for place in places]) == []


def test_texts_like_them_are_free() -> None:
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"title": FREE}))
        found = {
            FREE[row - 1]: one.kind
            for one in scan_table(connection, "t", most_rows=len(FREE))
            for row in one.rows
            if one.severity == "critical"
        }
    assert found == {}
