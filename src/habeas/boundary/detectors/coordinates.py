"""Precise places: latitude and longitude with at least four decimals."""

import re

from habeas.boundary.detector import ART28, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_PAIR = re.compile(r"\(?(-?[0-9]{1,3}\.[0-9]{4,})[,; ]+ ?(-?[0-9]{1,3}\.[0-9]{4,})\)?")
_LAT, _LON = 90.0, 180.0


def look(value: str) -> Look:
    if not (found := _PAIR.fullmatch(value)):
        return Look.NONE
    first, second = abs(float(found[1])), abs(float(found[2]))
    near, far = sorted((first, second))
    return Look.VALID if near <= _LAT and far <= _LON else Look.SHAPE


def _number(value: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,3}\.[0-9]+", value) is not None or look(value) is Look.VALID


DETECTOR = Detector(
    id="coordinates",
    label=Text(en="precise location", zh="精确位置"),
    category=Category.SENSITIVE,
    citations=(*ART28, "cn.std.gbt45574"),
    names=Names(
        en="latitude|longitude|lat|lon|lng|gps|coordinate|geo point|location track|jingdu|weidu",
        zh="经纬度|经度|纬度|坐标|定位|轨迹",
    ),
    keywords="定位|坐标|经纬度|gps|location|coordinates",
    cell=look,
    needs=Needs.DOT,
    begins=(_PAIR,),
    chance=0.02,
    families=frozenset({"float", "string"}),
    plausible=_number,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z.])-?[0-9]{1,3}\.[0-9]{4,}[,; ]+ "
            r"?-?[0-9]{1,3}\.[0-9]{4,}(?![0-9A-Za-z])"
        ),
        check=lambda found: look(found) is Look.VALID,
        needs=Needs.DOT,
    ),
)
