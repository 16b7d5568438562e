"""Religious belief."""

import re

from habeas.boundary.detector import ART28, Detector, InText, Names, Needs, among
from habeas.boundary.draw import Category
from habeas.terms import Text

# 礼拜 is a week too (下礼拜, 礼拜天), 道教 stands across words (知道教训), Christian is a name.
_WORDS = re.compile(
    r"信(?:仰|奉)?(?:佛教|道教|天主教|基督教|伊斯兰教|东正教|喇嘛教|藏传佛教|犹太教|耶稣|真主|上帝|"
    r"佛|基督|天主|主(?=的人|教)|教(?=的|,|。|$))|"
    r"(?:佛|基督|天主|伊斯兰|东正|喇嘛|犹太|印度|锡克|摩门)教(?:徒|信徒|家庭)?(?![育授])|"
    r"(?<![知管渠街轨赛])道教(?:徒)?(?![授育练学训材导])|"
    r"是?(?:穆斯林|基督徒|清教徒|摩门教徒)|宗教(?:信仰|原因|活动|仪式|节日)|"
    r"斋月|斋戒|把斋|封斋|开斋节|古尔邦节|法会|佛事|皈依|受洗|做弥撒|弥撒|念佛|诵经|居士|"
    r"(?<![上下这本每几个两半一二三四五六七八九十])礼拜(?![一二三四五六日天几])|"
    r"(?<![A-Za-z])(?:muslim|buddhist|hindu|sikh|jewish|mormon|taoist|jehovah's witness|ramadan|"
    r"islam|buddhism|christianity|hinduism|judaism|"
    r"(?:is|am|was|as|devout|practi[sc]ing|born-again)(?: an?| also a)? "
    r"(?:catholic|christian|protestant|jew|atheist|baptist|evangelical)|"
    r"(?:catholic|christian) (?:faith|believer|family)|"
    r"religious (?:belief|reason|holiday|duties|fast)|friday prayers?|"
    r"goes to (?:church|mosque|temple))"
    r"s?(?![A-Za-z])",
    re.IGNORECASE,
)

DETECTOR = Detector(
    id="religion",
    label=Text(en="religious belief", zh="宗教信仰"),
    category=Category.SENSITIVE,
    citations=ART28,
    names=Names(en="religion|religious|faith|belief|zongjiao|zjxy", zh="宗教信仰|宗教|信仰"),
    cell=among(
        "佛教|道教|伊斯兰教|天主教|基督教|东正教|无宗教信仰|buddhist|buddhism|christian|"
        "christianity|"
        "catholic|protestant|muslim|islam|hindu|hinduism|jewish|judaism|sikh|atheist|"
        "orthodox|taoist"
    ),
    needs=Needs.HAN | Needs.LATIN,
    chance=0.02,
    families=frozenset({"string", "int"}),
    text=InText(pattern=_WORDS, needs=Needs.HAN | Needs.LATIN, rung="keyword"),
)
