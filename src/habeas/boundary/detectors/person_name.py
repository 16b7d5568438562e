"""Names of persons, Chinese and English: statistical, and only over many different values.

Chinese: a surname and one to three characters; alone it fits words such as 高中, so a column
needs many different values, and text needs a cue beside the name. English: a given name from a
list, capitals, or a title.
"""

import re

from habeas.boundary.detector import ART4, Detector, InText, Look, Names, Needs
from habeas.boundary.draw import Category
from habeas.boundary.lexicon import (
    COMPOUND_SURNAMES,
    GIVEN_CHARACTERS,
    GIVEN_NAMES,
    PINYIN_SURNAMES,
    SURNAMES,
)
from habeas.boundary.words import words
from habeas.terms import Text

_HAN = re.compile(r"[\u3400-\u9fff·]{2,8}")
_LATIN = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Miss)\.? )?[A-Z][A-Za-z'’\-]+,?(?: [A-Z]\.?)?(?: "
    r"[A-Z][A-Za-z'’\-]+){1,3}"
)
_LONGEST = 4
_NOT_LAST = frozenset("市县区省镇乡村路街族省州厂店行院校部局处科公司店号款类型级层年月日元")


def chinese(text: str) -> bool:
    """A surname and a given name of one or two characters (compound surname: up to two more)."""
    if text[:2] in COMPOUND_SURNAMES:
        return 3 <= len(text) <= _LONGEST
    return text[0] in SURNAMES and 2 <= len(text) <= 3 and text[-1] not in _NOT_LAST


def english(text: str) -> bool:
    """Two to four capitalised words with a known given name among the first two."""
    if not _LATIN.fullmatch(text):
        return False
    words = text.replace(",", "").casefold().split()
    return any(word in _FIRST_NAMES for word in words[:2])


def look(value: str) -> Look:
    if _HAN.fullmatch(value):
        if chinese(value):
            return Look.VALID
        return Look.SHAPE if len(value) <= _LONGEST else Look.NONE
    if _LATIN.fullmatch(value):
        return Look.VALID if english(value) else Look.SHAPE
    return Look.NONE


def _name_like(value: str) -> bool:
    words = value.replace("·", " ").split()
    letters = sum(c.isalpha() for c in value)
    return 1 <= len(words) <= 5 and letters >= 0.7 * len(value)


_S = "(?:" + "|".join(COMPOUND_SURNAMES) + f"|[{SURNAMES}])"
_G = f"[{GIVEN_CHARACTERS}]"
_CUE = (
    "姓名|名叫|我叫|本人|联系人|借款人|客户|用户|担保人|配偶|父亲|母亲|妻子|丈夫|儿子|"
    "女儿|姐姐|妹妹|"
    "哥哥|弟弟|同事|朋友|收件人|持卡人|户名|申请人|老婆|老公"
)
# After a kinsman or an acquaintance a name counts only where it ends at once: 老板应允 is no name.
_KIN = (
    "舅舅|舅妈|叔叔|伯父|伯伯|伯母|婶婶|姑姑|姑父|姑妈|姨妈|姨夫|阿姨|爷爷|奶奶|外公|外婆|姥姥|姥爷|"
    "岳父|岳母|公公|婆婆|表哥|表弟|表姐|表妹|堂哥|堂弟|堂姐|堂妹|姐夫|妹夫|嫂子|弟媳|儿媳|女婿|"
    "侄子|侄女|外甥|外甥女|孙子|孙女|爸爸|妈妈|哥|姐|弟|妹|爱人|对象|男友|女友|男朋友|女朋友|前妻|前夫|"
    "亲戚|亲属|家属|家人|邻居|室友|同学|老乡|战友|房东|老板|领导|监护人|经办人|担保人|法人"
)
_ENDS = r"(?=[(),.:;。、\s\"'\-/0-9+]|电话|手机|号码|联系|称|说|表示|接听|$)"
_AFTER = "先生|女士|小姐|同志|老师|师傅|经理|阿姨|本人|接听|来电|称"
_TITLE = r"(?:Mr|Mrs|Ms|Dr|Miss|Prof|MR|MRS|MS|DR)\.? "
_UP, _LOW = "A-Z\u00c0-\u00d6\u00d8-\u00de", "a-z\u00df-\u00f6\u00f8-\u017f\u2206"
_WORD = rf"[{_UP}\u0100-\u017f][{_LOW}'’\-]+(?:[{_UP}][{_LOW}]+)?"
_PARTICLE = "(?:van|von|de|der|den|del|della|da|di|la|le|al|bin|el|dos|ten|ter)"
_FIRST_PERSON = (
    "(?:[Mm]y|[Hh]er|[Hh]is)(?: (?:first|full|maiden|last|partner's|husband's|wife's))? name"
    "(?: is|'s|:)|"
    "name's|(?:calls?|call) me|[Dd]ear|(?:^|[.!?>] ?|\"|\n)(?:Hi|Hello|Hey)"
)


_PLACES = words(
    "street avenue road lane square park place drive boulevard university ltd inc llc corp company "
    "bank group hotel island islands city county airport school college hospital street"
)
_NOBODY = words(
    "sir madam sirs customer customers all team friend friends user users there everyone back "
    "support colleague colleagues member members client clients manager mom dad world again"
)
_FIRST_NAMES = GIVEN_NAMES | PINYIN_SURNAMES
# Streets and buildings bear the names of persons.
_STREET = re.compile(
    r"(?<![A-Za-z])(?:rue|via|rua|vila|villa|avenida|av|calle|plaza|piazza|cite|avenue|boulevard|"
    r"ulica|rincon|st|saint|[0-9]{1,6}[a-z]?)\.? $",
    re.IGNORECASE,
)


def _in_text(found: str) -> bool:
    """A bare English pair of words needs a known given name; the other forms bring their cue."""
    if "\u3400" <= found[0] <= "\u9fff":
        return True
    words = found.casefold().split()
    if len(words) == 1:
        return words[0] not in _NOBODY
    return words[0] in _FIRST_NAMES and words[-1] not in _PLACES


DETECTOR = Detector(
    id="person_name",
    label=Text(en="name of a person", zh="姓名"),
    category=Category.PERSONAL,
    citations=ART4,
    names=Names(
        en="name|full name|first name|last name|surname|given name|family name|real name|person|"
        "customer name|cust name|client name|borrower name|user real name|contact name|"
        "xm|xingming|"
        "patient name|member name|applicant name|kehuxingming|khxm",
        zh="客户姓名|真实姓名|联系人姓名|姓名|名字|持卡人|户名",
    ),
    cell=look,
    needs=Needs.HAN | Needs.LATIN,
    begins=(_HAN, _LATIN),
    chance=0.4,
    direct=True,
    distinct=40,
    share=0.7,
    plausible=_name_like,
    text=InText(
        pattern=re.compile(
            rf"(?:{_CUE})(?:是|为|叫|:| "
            rf")?\s?(?P<a>{_S}{_G}{{1,2}})(?![\u4e00-\u9fff]?(?:公司|银行))(?!\*)"
            rf"|(?:{_KIN})(?:是|叫|:)?\s?(?P<g>{_S}{_G}{{1,2}}){_ENDS}"
            rf'|(?:name|姓名|联系人)"[:,] ?"(?P<e>{_S}[\u4e00-\u9fff]{{1,2}})"'
            rf'|name[=:] ?"?(?P<f>{_WORD}[ +]{_WORD})'
            rf"|(?P<b>{_S}{_G}{{1,2}})(?={_AFTER})"
            rf"|{_TITLE}(?P<c>{_WORD}(?: {_WORD})?)"
            rf"|(?<![A-Za-z])(?:{_FIRST_PERSON}) "
            rf"(?!(?:Mr|Mrs|Ms|Dr|Miss|Prof|MR|MRS|MS|DR)(?![a-z]))"
            rf"(?P<h>{_WORD}(?: {_WORD}){{0,2}})(?![A-Za-z])"
            rf"|(?<![A-Za-z{_LOW}])(?=(?P<d>{_WORD}(?: [A-Z]\.)?(?: {_PARTICLE}){{0,2}} "
            rf"{_WORD}(?![A-Za-z])))"
        ),
        check=_in_text,
        unless=_STREET,
        group=-1,
        needs=Needs.HAN | Needs.LATIN,
        rung="keyword",
    ),
)
