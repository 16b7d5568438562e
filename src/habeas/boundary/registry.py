"""All detectors, their shared header index, and the version of the rule pack."""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path

from habeas.boundary.detector import Detector
from habeas.boundary.header import HeaderIndex, tokens_of

# Ids of detectors = names of their files. Their order breaks ties: the more telling kind first.
IDS: tuple[str, ...] = (
    "cn_resident_id", "bank_card", "iban", "us_ssn", "cn_passport", "mobile_cn", "landline_cn",
    "phone_other", "email", "postal_address", "person_name", "plate_cn", "device_id",
    "ip_address", "ipv6_address", "mac_address", "cn_uscc", "masked_value", "contacts", "health",
    "biometric", "id_image", "religion", "sexual_life", "criminal_record", "ethnic_group",
    "credit_record", "bank_account", "coordinates", "income", "assets", "loan_record",
    "transaction", "activity_record", "person_key", "birth_date", "age", "sex", "marital_status",
    "education", "occupation", "employer", "employment_length", "employment_event", "family",
    "housing", "nationality", "political", "postcode", "region", "event_date",
    "organisation_name", "domain_name", "date", "record_key", "product_code", "free_text",
    "minor_under_14", "row_counter",
)  # fmt: skip

VERSION = "1"

# Names that look personal and are not about a person: they take their tokens, and say nothing.
_NOBODY = (
    "file name|app name|brand name|column name|event name|table name|city name|"
    "field name|host|hostname|server|class name|model name|display name|fund name|variable name|"
    "project name|department|dept name|branch name|bank code|error message|status code|"
    "mail server|phone model|device type|device model|ip type|address type|name type|age days|"
    "page|control level|course name|book name|ramntall|birth rate"
)
_NOBODY_HAN = "文件名|项目名称|品牌|网点名称|部门|课程名称|设备型号|手机型号|手机品牌|渠道名称|账龄"


_OWN: ContextVar[tuple[Detector, ...]] = ContextVar("own", default=())


def own() -> tuple[Detector, ...]:
    """Detectors a user added for this scan; see `own.using`."""
    return _OWN.get()


def set_own(detectors: tuple[Detector, ...]) -> None:
    _OWN.set(detectors)


def detectors() -> tuple[Detector, ...]:
    """Every detector, the user's behind the shipped ones."""
    return (*shipped(), *own())


@cache
def shipped() -> tuple[Detector, ...]:
    """Every shipped detector, in the order of IDS."""
    found = []
    for name in IDS:
        detector: Detector = import_module(f"habeas.boundary.detectors.{name}").DETECTOR
        if detector.id != name:
            raise ValueError(f"detector {detector.id} stands in the file {name}.py")
        found.append(detector)
    return tuple(found)


def detector(kind: str) -> Detector:
    """The detector of that id; KeyError if there is none."""
    return _by_id(own())[kind]


@lru_cache(maxsize=8)
def _by_id(added: tuple[Detector, ...]) -> dict[str, Detector]:
    return {found.id: found for found in (*shipped(), *added)}


def header_index() -> HeaderIndex:
    return _index(own())


@lru_cache(maxsize=8)
def _index(added: tuple[Detector, ...]) -> HeaderIndex:
    every = (*shipped(), *added)
    return HeaderIndex(
        {found.id: found.names.phrases() for found in every},
        {found.id: found.names.han() for found in every},
        [tuple(tokens_of(phrase)) for phrase in _NOBODY.split("|")],
        _NOBODY_HAN.split("|"),
    )


def rule_pack() -> str:
    """`<version>-<digest>`: changes whenever a detector or the judging of columns does.

    With a user's detectors `+<digest>` of theirs follows.
    """
    if not own():
        return shipped_pack()
    told = [f"{d.id} {getattr(d.cell, 'whole', '')} {d.keywords} {d.category}" for d in own()]
    return f"{shipped_pack()}+{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:8]}"


@cache
def shipped_pack() -> str:
    """The rule pack of the shipped detectors."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for file in sorted([*here.glob("detectors/*.py"), *here.glob("*.py")]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return f"{VERSION}-{digest.hexdigest()[:12]}"
