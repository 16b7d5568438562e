"""What a capture shows, as one page: what to put right or to complain about, what isn't known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from habeas.boundary.pages import template
from habeas.law.book import LawBook
from habeas.rights.observe import WEIGHTS, Finding, Observed, Weight, What, label_of
from habeas.terms import Language, Text

WHAT: Mapping[What, Text] = {
    "undeclared_field": Text(
        en="taken, and declared by no purpose", zh="已收集，但未向任何目的声明"
    ),
    "undeclared_recipient": Text(
        en="gets personal data, never declared", zh="接收个人信息，但从未声明"
    ),
    "before_consent": Text(en="sent before the person agreed", zh="征得同意之前已发出"),
    "after_refusal": Text(en="sent after the person refused", zh="拒绝之后仍发出"),
    "permission_beyond": Text(en="permission beyond what is declared", zh="权限超出所声明的范围"),
    "not_necessary": Text(
        en="may be asked for, may not be a condition of the service",
        zh="可以征求，但不得作为提供服务的条件",
    ),
    "notice_silent": Text(en="not in the notice", zh="告知书未载明"),
    "time_unknown": Text(
        en="nobody said when the person agreed: whether this came before is not known",
        zh="未说明何时征得同意，是否在此之前发出尚不清楚",
    ),
}
_FIX: Mapping[What, Text] = {
    "undeclared_field": Text(
        en="Stop taking it; or declare it with its purpose, tell persons, have a ground for it.",
        zh="停止收集；或声明其目的、告知个人并取得合法性基础。",
    ),
    "undeclared_recipient": Text(
        en="Take out the code that sends it; or declare the recipient, tell persons, ask apart.",
        zh="移除发送代码；或声明接收方、告知个人并取得单独同意。",
    ),
    "before_consent": Text(
        en="Send nothing personal before the choice is made.", zh="作出选择之前不发送任何个人信息。"
    ),
    "after_refusal": Text(
        en="Treat a refusal as one, also in drafts and beacons.", zh="拒绝即停止，草稿与信标亦然。"
    ),
    "permission_beyond": Text(
        en="Take the permission out of the app; or declare what it is for.",
        zh="从应用中移除该权限；或声明其用途。",
    ),
    "not_necessary": Text(
        en="Let the service run for those who don't give it.", zh="对不提供者，服务照常运行。"
    ),
    "notice_silent": Text(en="Write it into the notice.", zh="写入告知书。"),
    "time_unknown": Text(
        en="Record the capture again and mark the moment of consent.",
        zh="重新采集，并标明征得同意的时刻。",
    ),
}
_HEADS: Mapping[Weight, Text] = {
    "breach": Text(en="Differs from what is declared", zh="与声明不符"),
    "open": Text(en="Not known", zh="尚不清楚"),
    "note": Text(en="Mind", zh="注意"),
}
WORDS: Mapping[str, Text] = {
    "title": Text(en="Declared against collected", zh="声明与实际收集"),
    "seen": Text(
        en="{requests} requests, {fields} personal fields seen, {unread} requests we couldn't read",
        zh="请求 {requests} 次，见到个人信息字段 {fields} 个，另有 {unread} 次请求无法读取",
    ),
    "clean": Text(
        en="Nothing in this capture differs from what is declared.",
        zh="本次采集未见与声明不符之处。",
    ),
    "limit": Text(
        en="A capture shows what was sent while it ran, not all that is ever sent; what we could "
        "not read is not known to be harmless. Legal information, not advice.",
        zh="采集只反映运行期间所发送的内容，并非全部；无法读取的部分不等于无害。仅为法律信息，不构成法律意见。",
    ),
    "kinds": Text(en="kind", zh="种类"),
    "to": Text(en="to", zh="发往"),
    "times": Text(en="times", zh="次数"),
    "under": Text(en="under", zh="依据"),
    "do": Text(en="What to do", zh="如何整改"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    subject: str
    what: str
    kinds: str
    hosts: str
    count: int
    under: tuple[str, ...]
    fix: str


def observe_page(observed: Observed, book: LawBook, *, language: Language) -> str:
    """The page as HTML: no script, nothing fetched, no value of a field."""
    words = {name: text.in_language(language) for name, text in WORDS.items()}
    groups = [
        (weight, _HEADS[weight].in_language(language), _lines(observed, weight, book, language))
        for weight in WEIGHTS
        if observed.of(weight)
    ]
    return template("habeas.rights", "observe.html").render(
        language="zh-Hans" if language == "zh" else "en",
        words=words,
        activity=observed.activity,
        as_of=observed.as_of.isoformat(),
        seen=words["seen"].format(
            requests=observed.requests, fields=observed.fields, unread=observed.unread
        ),
        groups=groups,
        clean=not observed.findings,
    )


def subject_of(found: Finding, language: Language) -> str:
    """What a finding is about, for a reader."""
    if found.what in ("not_necessary", "time_unknown", "before_consent", "after_refusal"):
        return kinds_of(found, language)
    return found.subject


def kinds_of(found: Finding, language: Language) -> str:
    mark = "、" if language == "zh" else ", "
    return mark.join(label_of(kind).in_language(language) for kind in found.kinds)


def _lines(observed: Observed, weight: Weight, book: LawBook, language: Language) -> list[_Line]:
    return [
        _Line(
            subject=subject_of(found, language),
            what=WHAT[found.what].in_language(language),
            kinds=kinds_of(found, language),
            hosts=", ".join(found.hosts),
            count=found.count,
            under=tuple(_title(citation, book, language) for citation in found.citations),
            fix=_FIX[found.what].in_language(language),
        )
        for found in observed.of(weight)
    ]


def _title(citation: str, book: LawBook, language: Language) -> str:
    provision = book.provisions.get(citation)
    return citation if provision is None else provision.title.in_language(language)
