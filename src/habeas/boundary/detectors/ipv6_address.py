"""Internet addresses, version 6."""

import ipaddress
import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.terms import Text

_MARKS = 2


def valid(text: str) -> bool:
    """A version 6 address; loopback and other addresses of nobody are not counted."""
    if text.count(":") < _MARKS or "%" in text:
        return False
    try:
        found = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return not (found.is_loopback or found.is_unspecified)


def look(value: str) -> Look:
    return Look.VALID if valid(value) else Look.NONE


def _in_text(found: str) -> bool:
    return (
        valid(found)
        and ipaddress.IPv6Address(found).is_global
        and any(c.isdigit() for c in found)
        and len(found) > 7
    )


DETECTOR = Detector(
    id="ipv6_address",
    label=Text(en="IP address (version 6)", zh="IPv6地址"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(en="ipv6|ip6|ipv6 address", zh="IPv6地址|IPv6"),
    keywords="ip|ipv6|地址|address",
    cell=look,
    needs=Needs.COLON,
    begins=(re.compile("[0-9A-Fa-f]{0,4}:"),),
    chance=0.001,
    plausible=lambda value: ":" in value,
    text=InText(
        pattern=re.compile(
            r"(?<![0-9A-Za-z.])(?<![0-9A-Fa-f:]:)(?=[0-9A-Fa-f]{1,4}:|::)[0-9A-Fa-f:]{4,39}(?![0-9A-Za-z:])"
        ),
        check=_in_text,
        needs=Needs.COLON,
    ),
)
