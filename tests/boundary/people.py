"""Generated people for tests: nobody real; every number carries a valid check digit."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta

import pyarrow as pa

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉建国华玉兰红梅鑫斌波宇浩凯健俊帆帅旭宁龙林欢佳雪颖玲燕云莉婷"
COUNTIES = ("110105", "310104", "440305", "510104", "330106", "420106", "320102", "610113")
CITIES = (
    "北京市朝阳区",
    "上海市徐汇区",
    "广东省深圳市南山区",
    "四川省成都市锦江区",
    "浙江省杭州市西湖区",
)
ROADS = ("建国", "人民", "解放", "中山", "长江", "和平", "新华", "文化")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NOTES = (
    "客户称近期住院手术，暂无能力还款",
    "客户被公司辞退，承诺月底前处理",
    "其姐姐电话{phone}，已联系，愿意转告",
    "已提醒还款，客户表示知晓",
    "无人接听，改日再拨",
)


def resident_id(rng: random.Random, born: date, *, male: bool) -> str:
    serial = f"{rng.randrange(100):02d}{rng.randrange(5) * 2 + male}"
    body = rng.choice(COUNTIES) + born.strftime("%Y%m%d") + serial
    total = sum(int(c) * w for c, w in zip(body, WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def with_luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def name(rng: random.Random) -> str:
    return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2))))


def mobile(rng: random.Random, form: int = 0) -> str:
    number = rng.choice(("138", "139", "158", "186", "177", "199")) + f"{rng.randrange(10**8):08d}"
    forms = (
        number,
        f"{number[:3]} {number[3:7]} {number[7:]}",
        f"+86{number}",
        number.translate({ord(str(d)): 0xFF10 + d for d in range(10)}),
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
    )
    return forms[form]


def person(rng: random.Random, row: int) -> dict[str, object]:
    male = rng.random() < 0.5
    born = date(1960, 1, 1) + timedelta(days=rng.randrange(365 * 43))
    disbursed = date(2025, 1, 1) + timedelta(days=rng.randrange(500))
    collected = rng.random() < 0.3
    return {
        "borrower_id": f"B{row:09d}",
        "name": name(rng),
        "id_number": resident_id(rng, born, male=male),
        "mobile": mobile(rng, rng.choices(range(5), (80, 8, 5, 4, 3))[0]),
        "bank_card": with_luhn("6228" + f"{rng.randrange(10**14):014d}"),
        "birth_date": born,
        "sex": "男" if male else "女",
        "ethnic_group": rng.choices(("汉族", "回族", "满族", "壮族", "苗族"), (90, 3, 3, 2, 2))[0],
        "address": f"{rng.choice(CITIES)}{rng.choice(ROADS)}路{rng.randrange(1, 900)}号{rng.randrange(1, 30)}栋{rng.randrange(101, 2500)}室",
        "postcode": f"{rng.choice((100, 200, 518, 610, 310))}{rng.randrange(1000):03d}",
        "email": f"user{rng.randrange(10**7)}@example.com",
        "employer": f"{rng.choice(('北京', '上海', '深圳'))}{rng.choice(GIVEN)}{rng.choice(GIVEN)}{rng.choice(('科技', '贸易', '餐饮'))}有限公司",
        "occupation": rng.choice(("教师", "司机", "会计", "工程师", "外卖员", "销售")),
        "monthly_income": rng.randrange(3, 40) * 1000,
        "education": rng.choice(("本科", "大专", "高中", "硕士")),
        "marital_status": rng.choice(("未婚", "已婚", "离异")),
        "contacts": json.dumps(
            [{"name": name(rng), "relation": r, "phone": mobile(rng)} for r in ("母亲", "同事")],
            ensure_ascii=False,
        ),
        "device_id": with_luhn("86" + f"{rng.randrange(10**12):012d}"),
        "ip_address": f"{rng.randrange(36, 222)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}",
        "plate": f"京{rng.choice('ABCDE')}{rng.randrange(10**5):05d}"
        if rng.random() < 0.05
        else None,
        "passport": f"E{rng.randrange(10**8):08d}" if rng.random() < 0.03 else None,
        "order_no": f"62{rng.randrange(10**17):017d}",
        "product_code": f"P{rng.choice('ABC')}-{rng.randrange(20):03d}",
        "loan_amount": rng.randrange(1, 200) * 1000,
        "term_months": rng.choice((3, 6, 12, 24)),
        "annual_rate": rng.choice((7.2, 12.0, 18.0, 23.9)),
        "disbursed_on": disbursed,
        "due_on": disbursed + timedelta(days=365),
        "overdue_days": rng.randrange(200) if collected else 0,
        "status": rng.choice(("正常", "逾期", "结清")),
        "score": rng.randrange(300, 851),
        "region": rng.choice(("北京", "上海", "广东", "四川", "浙江", "江苏")),
        "portfolio": rng.choice(("C01", "C02")) if collected else None,
        "collection_note": rng.choice(NOTES).format(phone=mobile(rng)) if collected else None,
        "last_login": f"2026-{rng.randrange(1, 11):02d}-{rng.randrange(1, 29):02d} 12:{rng.randrange(60):02d}:00",
    }


def loan_book(rows: int, *, seed: int = 7) -> pa.Table:
    """A loan book of the shape the demonstration uses."""
    rng = random.Random(seed)
    return pa.Table.from_pylist([person(rng, row) for row in range(rows)])
