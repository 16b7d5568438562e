"""Internet addresses, version 4."""

import ipaddress
import re

from habeas.boundary.detector import ART4, Detector, InText, Names, Needs, whole
from habeas.boundary.draw import Category
from habeas.terms import Text

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_ADDRESS = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_INNER = (
    rf"(?:10(?:\.{_OCTET}){{3}}|192\.168(?:\.{_OCTET}){{2}}|"
    rf"172\.(?:1[6-9]|2[0-9]|3[01])(?:\.{_OCTET}){{2}})"
)
_VERSION = re.compile(
    r"(?:version|ver|(?<![A-Za-z])v|release|build|firmware|chapter|section|版本|版|固件|章节|第)"
    r"(?:号|为|是)?(?: [a-z]{1,9}){0,3}[ .:=\"',_#]*$",
    re.IGNORECASE,
)


def _public(found: str) -> bool:
    """Private, reserved and documentation ranges lead to nobody."""
    return ipaddress.IPv4Address(found).is_global


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
            rf"(?:(?<![0-9A-Za-z.\-])|(?<=[^A-Za-z]IP)|(?<=^IP)|(?<=[^A-Za-z]ip))(?<![vV][ .])"
            rf"{_ADDRESS}(?![0-9A-Za-z])(?![.\-][0-9A-Za-z])"
        ),
        check=_public,
        unless=_VERSION,
        needs=Needs.DOT,
    ),
    # An inner network's address leads to a person only through whoever runs that network: it is
    # reported where the words beside it say address or log-in, never alone.
    text_too=InText(
        pattern=re.compile(
            rf"(?:(?<![0-9A-Za-z.\-])|(?<=[^A-Za-z]IP)|(?<=[^A-Za-z]ip))(?<![vV][ .]){_INNER}"
            r"(?![0-9A-Za-z])(?![.\-][0-9A-Za-z])"
        ),
        unless=_VERSION,
        alone=False,
        keywords="ip address|ip|address|client|login|logged in|地址|登录|客户端|来源",
        needs=Needs.DOT,
    ),
)
