"""Hardware addresses of network interfaces."""

import re

from habeas.boundary.detector import ART4, Detector, InText, Names, whole
from habeas.boundary.draw import Category
from habeas.terms import Text

_PAIR = "[0-9A-Fa-f]{2}"
_MAC = rf"{_PAIR}(?::{_PAIR}){{5}}|{_PAIR}(?:-{_PAIR}){{5}}"

DETECTOR = Detector(
    id="mac_address",
    label=Text(en="device hardware address (MAC)", zh="MAC地址"),
    category=Category.PERSONAL,
    citations=ART4,
    evidence="validated",
    names=Names(en="mac|mac address|mac addr|bssid|wifi mac", zh="MAC地址"),
    keywords="mac|网卡|设备",
    cell=whole(_MAC),
    chance=0.001,
    plausible=lambda value: ":" in value or "-" in value,
    text=InText(
        pattern=re.compile(
            # The mark before it may be a colon or a dash (mac:00:1b…), not another pair's.
            rf"(?<![0-9A-Za-z])(?<!(?<![0-9A-Za-z]){_PAIR}[:\-])(?:{_MAC})(?![0-9A-Za-z:\-])"
        )
    ),
)
