"""The province-level divisions of China by the first two digits of their code (GB/T 2260)."""

from __future__ import annotations

from collections.abc import Mapping

from habeas.terms import Text

_NAMES = """
11 Beijing 北京 · 12 Tianjin 天津 · 13 Hebei 河北 · 14 Shanxi 山西 · 15 Inner_Mongolia 内蒙古
21 Liaoning 辽宁 · 22 Jilin 吉林 · 23 Heilongjiang 黑龙江
31 Shanghai 上海 · 32 Jiangsu 江苏 · 33 Zhejiang 浙江 · 34 Anhui 安徽 · 35 Fujian 福建
36 Jiangxi 江西 · 37 Shandong 山东
41 Henan 河南 · 42 Hubei 湖北 · 43 Hunan 湖南 · 44 Guangdong 广东 · 45 Guangxi 广西 · 46 Hainan 海南
50 Chongqing 重庆 · 51 Sichuan 四川 · 52 Guizhou 贵州 · 53 Yunnan 云南 · 54 Tibet 西藏
61 Shaanxi 陕西 · 62 Gansu 甘肃 · 63 Qinghai 青海 · 64 Ningxia 宁夏 · 65 Xinjiang 新疆
71 Taiwan 台湾 · 81 Hong_Kong 香港 · 82 Macao 澳门
"""


def _read() -> Mapping[str, Text]:
    entries = [entry.split() for entry in _NAMES.replace("\n", " · ").split("·") if entry.split()]
    return {code: Text(en=en.replace("_", " "), zh=zh) for code, en, zh in entries}


PROVINCES: Mapping[str, Text] = _read()


def province(code: str) -> Text:
    """The name of a province by a code of two or more digits; the code itself if there is none.

    >>> province("330106").en, province("99").zh
    ('Zhejiang', '99')
    """
    return PROVINCES.get(code[:2], Text(en=code, zh=code))
