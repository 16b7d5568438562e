"""Vehicle plates of mainland China, ordinary and new-energy, with or without a dot."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.fold import digits_of
from habeas.terms import Text

PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_TAIL = r"[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳领]"
_PLATE = re.compile(rf"[{PROVINCE}][A-HJ-NP-Z]{_TAIL}")


def valid(plate: str) -> bool:
    return bool(_PLATE.fullmatch(plate)) and any(c.isdigit() for c in plate)


def look(value: str) -> Look:
    return Look.VALID if valid(digits_of(value).upper()) else Look.NONE


def _in_text(found: str) -> bool:
    return valid(digits_of(found).upper())


DETECTOR = Detector(
    id="plate_cn",
    label=Text(en="vehicle plate", zh="车牌号"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(
        en="plate|plate no|plate number|license plate|licence plate|car plate|car no|cph|"
        "chepai|chepaihao|vehicle plate|vehicle number",
        zh="车牌号码|车牌号|车牌|号牌",
    ),
    keywords="车牌|号牌|车辆|plate|vehicle",
    cell=look,
    needs=Needs.HAN,
    begins=(re.compile(rf"[ \-.·/]*[{PROVINCE}][ \-.·/]*[A-Za-z]"),),
    chance=0.001,
    direct=True,
    plausible=lambda value: any(c.isdigit() for c in value),
    text=InText(
        pattern=re.compile(
            rf"[{PROVINCE}][A-HJ-NP-Za-hj-np-z][ ·\-]?(?:[A-HJ-NP-Za-hj-np-z0-9]{{4,5}}"
            r"[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领])(?![0-9A-Za-z])"
        ),
        check=_in_text,
        needs=Needs.HAN,
    ),
)
