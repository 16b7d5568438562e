"""Internet addresses, version 4."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Names, Needs, whole
from habeas.boundary.draw import Category
from habeas.terms import Text

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_SMALL = 30


def _not_a_version(found: str) -> bool:
    """1.2.3.4 is more often a version than an address."""
    return any(int(octet) > _SMALL for octet in found.split("."))


DETECTOR = Detector(
    id="ip_address",
    label=Text(en="IP address", zh="IP地址"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(en="ip|ip address|ip addr|ipv4|client ip|login ip|remote addr", zh="IP地址|登录IP"),
    keywords="ip|地址|登录|login|address|host|server|来源",
    cell=whole(_ADDRESS),
    needs=Needs.DOT,
    chance=0.02,
    plausible=lambda value: "." in value or ":" in value,
    text=InText(
        pattern=re.compile(
            rf"(?<![0-9A-Za-z.\-])(?<![vV][ .]){_ADDRESS}(?![0-9A-Za-z])(?![.\-][0-9A-Za-z])"
        ),
        check=_not_a_version,
        needs=Needs.DOT,
    ),
)
