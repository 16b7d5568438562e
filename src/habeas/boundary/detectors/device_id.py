"""Device identifiers: IMEI (15 digits with a Luhn digit), advertising and Android ids by name."""

import re

from habeas.boundary.checksums import luhn
from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.fold import digits_of
from habeas.terms import Text

# Reporting bodies that allocate IMEIs: 01 35 86 (and 98, 99 of other regions), 3GPP TS 23.003.
_IMEI = re.compile(r"(?:01|35|86|98|99|91|45|49|51|52|53)[0-9]{13}")
_DIGITS = re.compile(r"[0-9]{15}")


def valid(number: str) -> bool:
    return bool(_IMEI.fullmatch(number)) and luhn(number)


def look(value: str) -> Look:
    number = digits_of(value)
    if not _DIGITS.fullmatch(number):
        return Look.NONE
    return Look.VALID if valid(number) else Look.SHAPE


DETECTOR = Detector(
    id="device_id",
    label=Text(en="device identifier", zh="设备标识"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(
        en="device id|imei|imsi|idfa|oaid|android id|device no|device|meid|iccid|device sn|"
        "advertising id|gaid|udid|shebei|device fingerprint|openid|cookie id|session id",
        zh="设备标识|设备号|设备编号|设备ID|串号|设备指纹",
    ),
    keywords="imei|设备|串号|device|idfa|oaid",
    cell=look,
    needs=Needs.DIGITS,
    begins=(re.compile(r"(?:[ \-.·/]*[0-9]){15}"),),
    chance=0.02,
    checksum=True,
    direct=True,
    families=frozenset({"int", "string"}),
    plausible=lambda value: len(value) >= 8 and any(c.isdigit() for c in value),
    text=InText(
        pattern=re.compile(r"(?<![0-9A-Za-z])[0-9]{15}(?![0-9A-Za-z])"),
        check=valid,
        alone=False,
        needs=Needs.DIGITS,
        rung="checksum",
    ),
)
