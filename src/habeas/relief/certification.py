"""May these claims be brought together? Predicates that pass, fail, or stay open.

China has three roads: representatives of many parties whose number is fixed (CPL 56) or still
open (CPL 57), and public-interest suits (PIPL 70). An open predicate is not a failed one: it names
what is not known, and the road stays open with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from habeas.law.amounts import number
from habeas.terms import Citation, Status, Text

Applicant = Literal[
    "procuratorate", "consumer_body_national", "consumer_body_province", "consumer_body_city",
    "designated_organisation", "members",
]  # fmt: skip


class Answer(Enum):
    """What a predicate may say."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """One condition: its answer, the provision it comes from, and why."""

    name: str
    answer: Answer
    under: Citation
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """A road and its predicates. verdict: fail if one fails, open if one is open, else pass."""

    road: Literal["representatives_fixed", "representatives_open", "public_interest"]
    predicates: tuple[Predicate, ...]

    @property
    def verdict(self) -> Answer:
        answers = {p.answer for p in self.predicates}
        if Answer.FAIL in answers:
            return Answer.FAIL
        return Answer.OPEN if Answer.OPEN in answers else Answer.PASS


def representatives(
    *,
    members: int | None,
    number_fixed: bool | None,
    same_group: bool | None,
    court_and_parties_agree: bool | None,
    representatives_named: int | None,
) -> tuple[Certification, ...]:
    """The representative action (CPL 55 to 57); one certification per road that may be open.

    members: how many claimants are known. same_group: all claims share defendant, event, right
    and law. court_and_parties_agree: claims of the same kind are joined only if the court sees fit
    and the parties agree (cn.cpl_civ.art55). None is unknown.
    """
    common = (
        _many(members),
        _same_kind(same_group),
        _agreed(court_and_parties_agree),
        _named(representatives_named),
    )
    fixed = _fact("number_fixed", number_fixed, "cn.cpl_civ.art56", _FIXED)
    still_open = None if number_fixed is None else not number_fixed
    unfixed = _fact("number_open", still_open, "cn.cpl_civ.art57", _UNFIXED)
    return (
        Certification(road="representatives_fixed", predicates=(*common, fixed)),
        Certification(road="representatives_open", predicates=(*common, unfixed)),
    )


def public_interest(
    *,
    applicant: Applicant,
    processing: Sequence[Status],
    persons: int | None,
    notice_days: int | None,
) -> Certification:
    """The public-interest suit of PIPL 70.

    processing: the decisions on the uses complained of. notice_days: days since the procuratorate
    gave public notice before the suit; it matters for the procuratorate only (cn.pilint.art13).
    """
    predicates = [_illegal(processing), _many_individuals(persons), _standing(applicant)]
    if applicant == "procuratorate":
        predicates.append(_notice(notice_days))
    return Certification(road="public_interest", predicates=tuple(predicates))


def _fact(name: str, fact: bool | None, provision: str, why: Text) -> Predicate:
    answer = Answer.OPEN if fact is None else Answer.PASS if fact else Answer.FAIL
    return Predicate(name=name, answer=answer, under=Citation.parse(provision), why=why)


_FIXED = Text(en="the number of claimants is fixed when the suit is filed", zh="起诉时人数确定")
_UNFIXED = Text(
    en="the number of claimants is not yet fixed; the court may announce and register them",
    zh="起诉时人数尚未确定，法院可以发出公告，通知权利人登记",
)


def _many(members: int | None) -> Predicate:
    least = number("many_parties", "at_least")
    enough = None if members is None else members >= least
    why = Text(
        en=f"many parties are in general {least} or more; known: {_count(members)}",
        zh=f"人数众多一般指{least}人以上；已知：{_count(members, zh=True)}",
    )
    return _fact("many", enough, "cn.cplint.art75", why)


def _count(value: int | None, *, zh: bool = False) -> str:
    return ("未知" if zh else "not known") if value is None else str(value)


def _same_kind(same: bool | None) -> Predicate:
    why = Text(
        en="the claims have one object, or objects of the same kind: same defendant, event, right "
        "and law",
        zh="诉讼标的共同或者为同一种类：被告、事件、权利和法律均相同",
    )
    return _fact("same_kind", same, "cn.cpl_civ.art55", why)


def _agreed(agreed: bool | None) -> Predicate:
    why = Text(
        en="for claims of the same kind the court sees fit and the parties agree",
        zh="诉讼标的为同一种类的，法院认为可以合并审理并经当事人同意",
    )
    return _fact("agreement", agreed, "cn.cpl_civ.art55", why)


def _named(count: int | None) -> Predicate:
    low, high = number("representatives", "low"), number("representatives", "high")
    right = None if count is None else low <= count <= high
    why = Text(
        en=f"{low} to {high} representatives are chosen; known: {_count(count)}",
        zh=f"推选代表人{low}至{high}人；已知：{_count(count, zh=True)}",
    )
    return _fact("representatives", right, "cn.cplint.art78", why)


def _illegal(statuses: Sequence[Status]) -> Predicate:
    illegal: bool | None = None
    if any(s is Status.UNLAWFUL for s in statuses):
        illegal = True
    elif statuses and all(s is Status.LAWFUL for s in statuses):
        illegal = False
    why = Text(
        en="the personal information was handled in breach of the Act, by the decisions put in",
        zh="依所附判断，处理个人信息违反法律规定",
    )
    return _fact("illegal_processing", illegal, "cn.pipl.art70", why)


def _many_individuals(persons: int | None) -> Predicate:
    """PIPL 70 gives no number; ten is the number of another procedure, so below it stays open."""
    least = number("many_parties", "at_least")
    many = True if persons is not None and persons >= least else None
    why = Text(
        en="the rights of many individuals are harmed; the Act gives no number, and "
        f"{least} is borrowed from joint litigation; known: {_count(persons)}",
        zh=f"侵害众多个人的权益；法律未规定人数，此处参照共同诉讼的{least}人；"
        f"已知：{_count(persons, zh=True)}",
    )
    if persons is not None and persons <= 1:
        many = False
    return _fact("many_individuals", many, "cn.pipl.art70", why)


_STANDING: dict[Applicant, tuple[bool | None, str, Text]] = {
    "procuratorate": (
        True,
        "cn.pipl.art70",
        Text(en="the procuratorate may sue", zh="人民检察院可以依法提起诉讼"),
    ),
    "consumer_body_national": (
        True,
        "cn.cpl.art47",
        Text(en="the national consumer association may sue", zh="中国消费者协会可以提起诉讼"),
    ),
    "consumer_body_province": (
        True,
        "cn.cpl.art47",
        Text(en="a provincial consumer association may sue", zh="省级消费者协会可以提起诉讼"),
    ),
    "consumer_body_city": (
        False,
        "cn.cpl.art47",
        Text(
            en="a consumer association below provincial level may support a suit, not bring it",
            zh="省级以下消费者协会可以支持起诉，不能自行提起公益诉讼",
        ),
    ),
    "designated_organisation": (
        None,
        "cn.pipl.art70",
        Text(
            en="an organisation named by the cyberspace administration may sue; no published "
            "naming was found",
            zh="由国家网信部门确定的组织可以起诉；未查到已公布的确定结果",
        ),
    ),
    "members": (
        False,
        "cn.pipl.art70",
        Text(
            en="individuals don't bring public-interest suits; the representative action is theirs",
            zh="个人不能提起公益诉讼，可以走代表人诉讼",
        ),
    ),
}


def _standing(applicant: Applicant) -> Predicate:
    fact, provision, why = _STANDING[applicant]
    return _fact("standing", fact, provision, why)


def _notice(days: int | None) -> Predicate:
    least = number("notice_before_suit", "days")
    why = Text(
        en=f"public notice of {least} days before the suit, and no other body has sued; the "
        "article names other fields, personal information comes in through PIPL 70",
        zh=f"诉前公告期{least}日届满且没有其他主体起诉；该条未列明个人信息，经《个人信息保护法》第70条适用",
    )
    return _fact("notice", None if days is None else days >= least, "cn.pilint.art13", why)
