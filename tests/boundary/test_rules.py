"""The rule pack: headers by whole tokens, check digits by their standards, judging by counts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habeas.boundary.checksums import luhn, resident_check, uscc
from habeas.boundary.detectors.cn_resident_id import valid, valid_old
from habeas.boundary.judge import wilson
from habeas.boundary.registry import IDS, detectors, header_index, rule_pack

HEADERS = {
    "id_number": "cn_resident_id",
    "custIdNumber": "cn_resident_id",
    "sfzh": "cn_resident_id",
    "客户身份证号": "cn_resident_id",
    "shoujihao": "mobile_cn",
    "联系电话": "mobile_cn",
    "DOB": "birth_date",
    "birthDate": "birth_date",
    "出生日期": "birth_date",
    "marital-status": "marital_status",
    "emp_title": "occupation",
    "IP地址": "ip_address",
    "ip_address": "ip_address",
    "家庭住址": "postal_address",
    "monthly_income": "income",
    "yhkh": "bank_card",
    "contacts": "contacts",
    "borrowerId": "person_key",
}
SILENT = [
    "duplicate",
    "academic_year_code",
    "percentage",
    "fileName",
    "package",
    "storage",
    "device_model",
    "渠道名称",
    "usage",
]


@pytest.mark.parametrize(("name", "kind"), HEADERS.items())
def test_names_speak_by_whole_tokens(name, kind):
    """Snake, camel, pinyin and Chinese."""
    assert kind in header_index().kinds(name)


@pytest.mark.parametrize("name", SILENT)
def test_parts_of_words_say_nothing(name):
    """Elsewhere "lic" inside "duplicate" and "code" made driving licences and card codes."""
    assert {} == header_index().kinds(name)


def test_an_ip_address_is_no_postal_address():
    """The longest phrase takes its words first."""
    assert "postal_address" not in header_index().kinds("ip_address")
    assert "postal_address" not in header_index().kinds("登录IP地址")


def test_every_detector_cites_and_is_listed():
    """A category without its provision is an opinion."""
    assert len(set(IDS)) == len(IDS) == len(detectors())
    for found in detectors():
        assert found.citations or found.category.value in ("undecided", "not_personal")


def test_the_rule_pack_has_a_version():
    """A result says which rules gave it, so that a mended rule judges again."""
    assert rule_pack() == rule_pack()
    assert rule_pack().startswith("1-")


@given(st.integers(0, 10**17 - 1))
def test_one_wrong_digit_is_noticed_by_the_check_digit(number):
    """MOD 11-2 catches every single wrong digit."""
    body = f"{number:017d}"
    good = next(c for c in "0123456789X" if resident_check(body + c))
    place = number % 17
    wrong = body[:place] + str((int(body[place]) + 1) % 10) + body[place + 1 :]

    assert resident_check(body + good)
    assert not resident_check(wrong + good)


def test_holders_born_before_1983_are_real_people(people):
    """A known library rejects most of them: it wants the county code of the birth year."""
    from datetime import date

    rng = random.Random(1)
    numbers = [people.resident_id(rng, date(1955, 5, 5), male=True) for _ in range(200)]

    assert all(map(valid, numbers))


@pytest.mark.parametrize(
    "number",
    [
        "990105194912310021",
        "110105194913310022",
        "110105189912310022",
        "11010519491231002x1",
        "110105209912310248",
        "1101051949123100",
    ],
)
def test_province_date_and_length_must_hold(number):
    """The check digit alone would let a tenth of them through."""
    assert not valid(number)


def test_old_numbers_have_a_date_and_a_province():
    """15 digits carry no check digit: the weaker rung."""
    assert valid_old("110105491231002")
    assert not valid_old("110105491331002")
    assert not valid_old("990105491231002")


def test_luhn_lets_a_tenth_through():
    """Why a column is judged by its excess over chance."""
    rng = random.Random(2)
    share = sum(luhn(f"{rng.randrange(10**18, 10**19)}") for _ in range(20_000)) / 20_000

    assert 0.09 < share < 0.11


def test_uscc_vectors():
    """The example of the standard, and its neighbour."""
    assert uscc("91350100M000100Y43")
    assert not uscc("91350100M000100Y34")
    assert not uscc("91350100M000100YI3")


@given(st.integers(1, 10_000), st.data())
def test_the_interval_holds_the_share(looked, data):
    """Wilson: inside 0..1, around the point, wider with fewer cells."""
    hits = data.draw(st.integers(0, looked))
    point, low, high = wilson(hits, looked)

    assert 0 <= low <= point + 1e-6
    assert point - 1e-6 <= high <= 1
    wider = wilson(hits * 4, looked * 4)
    assert wider[2] - wider[1] <= high - low + 1e-6
