"""At which level and place a body may act, and whether the body that has the matter may keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from habeas.law.expression import facts_in
from habeas.law.values import Value
from habeas.supervision.competence_formula import KnownFacts
from habeas.supervision.competence_logic import Logic
from habeas.supervision.competence_map import LEVEL_ORDER, CompetenceMap, LevelName, LevelRule, Rule
from habeas.terms import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The lowest level that may act. perhaps: a higher one, if `hangs_on` turns out so."""

    lowest: LevelName
    provisions: tuple[str, ...]
    perhaps: LevelName | None = None
    perhaps_under: tuple[str, ...] = ()
    hangs_on: tuple[str, ...] = ()
    says: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which place's body. code: the division that counts, where the stated place does."""

    says: Text
    code: int | None
    provisions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seized:
    """The body that has the matter: may it keep it? None: facts are missing."""

    body: str
    level: LevelName | None
    competent: bool | None
    says: Text
    provisions: tuple[str, ...]


def level_of(
    competence: CompetenceMap, forum: str, body: str, facts: Mapping[str, Value]
) -> Level | None:
    """The level that leads; None where no entry says one."""
    view = KnownFacts(facts)
    open_rule: LevelRule | None = None
    for rule in competence.levels:
        if rule.forum != forum or (rule.bodies and body not in rule.bodies):
            continue
        held = rule.when.value(view)
        if held is True:
            return _level(rule, open_rule, view)
        if held is None and open_rule is None:
            open_rule = rule
    return None


def _level(rule: LevelRule, open_rule: LevelRule | None, view: KnownFacts) -> Level:
    if open_rule is None:
        return Level(lowest=rule.level, provisions=rule.provisions, says=rule.says)
    return Level(
        lowest=rule.level,
        provisions=rule.provisions,
        perhaps=open_rule.level,
        perhaps_under=open_rule.provisions,
        hangs_on=tuple(f for f in sorted(facts_in(open_rule.when)) if view.fact(f) is None),
        says=rule.says,
    )


def place_of(
    competence: CompetenceMap,
    forum: str,
    body: str,
    facts: Mapping[str, Value],
    *,
    level: Level | None,
) -> Place | None:
    """Where; None where no entry says it. The division is the one at the level that leads."""
    view = KnownFacts(facts)
    for rule in competence.places:
        if rule.forum != forum or (rule.bodies and body not in rule.bodies):
            continue
        if rule.when.value(view) is True:
            code = facts.get("matter.division_code") if rule.here else None
            return Place(
                says=rule.says,
                code=_at_level(code, level) if isinstance(code, int) else None,
                provisions=rule.provisions,
            )
    return None


def _at_level(code: int, level: Level | None) -> int:
    """The division of a level that holds a place: GB/T 2260 gives two digits to each level.

    >>> _at_level(330211, Level(lowest="province", provisions=()))
    330000
    """
    kept = _DIGITS.get(level.lowest, 1) if level is not None else 1
    return code // kept * kept


_DIGITS = {"province": 10_000, "city": 100}


def seized_of(competence: CompetenceMap, logic: Logic, facts: Mapping[str, Value]) -> Seized | None:
    """What to say of the authority a matter was brought to, if it was brought to one."""
    body, state = facts.get("matter.first_filed_with"), facts.get("matter.filing_state")
    if not isinstance(body, str) or body == "nobody" or state in _NOWHERE:
        return None
    if not any(step.pick == "filed" for step in logic.forum.settle):
        return None
    stated = facts.get("matter.seized_level")
    at = next((level for level in LEVEL_ORDER if level == stated), None)
    if body not in logic.competent:
        return _stranger(body, at, logic)
    if logic.competent[body].value(KnownFacts(facts)) is False:
        return _not_its_subject(competence, body, at, logic, facts)
    return _by_level(competence, body, at, logic, facts)


_NOWHERE = ("not_filed", "court_pending", "criminal_case")


def _stranger(body: str, level: LevelName | None, logic: Logic) -> Seized:
    says = Text(
        en="not competent: no rule gives it this kind of matter; it must hand it over",
        zh="无管辖权：没有规则赋予其此类事项；应当移送",
    )
    return Seized(
        body=body, level=level, competent=False, says=says, provisions=_all_cited(logic.deciding)
    )


def _all_cited(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    named = [id_ for rule in rules if rule.force == "competent" for id_ in rule.provisions[:1]]
    return tuple(dict.fromkeys(named))


def _not_its_subject(
    competence: CompetenceMap,
    body: str,
    level: LevelName | None,
    logic: Logic,
    facts: Mapping[str, Value],
) -> Seized:
    view = KnownFacts(facts)
    mine = [rule for rule in logic.deciding if rule.body == body and rule.force != "yields"]
    held = {rule.id for rule in mine if rule.when.value(view) is True}
    over = [r for r in logic.deciding if held & set(r.over) and r.when.value(view) is True]
    cited = tuple(dict.fromkeys(id_ for rule in over or mine for id_ in rule.provisions))
    ground = competence.sources[cited[0]].says
    return Seized(
        body=body,
        level=level,
        competent=False,
        says=Text(
            en=f"not competent for this subject; it must hand it over. {ground.en}",
            zh=f"对此事项无管辖权，应当移送。{ground.zh}",
        ),
        provisions=cited,
    )


def _by_level(
    competence: CompetenceMap,
    body: str,
    level: LevelName | None,
    logic: Logic,
    facts: Mapping[str, Value],
) -> Seized:
    known = logic.competent[body].value(KnownFacts(facts))
    needed = level_of(competence, logic.forum.id, body, facts)
    if level is None or needed is None or not _below(level, needed.lowest):
        open_level = needed is not None and _may_be_below(level, needed.perhaps)
        return Seized(
            body=body,
            level=level,
            competent=None if open_level else known,
            says=_MAY_DEPEND if open_level else _MAY if known else _UNKNOWN,
            provisions=needed.perhaps_under if needed is not None and open_level else (),
        )
    ground = competence.sources[needed.provisions[0]].says
    return Seized(
        body=body,
        level=level,
        competent=False,
        says=Text(
            en=f"not competent at this level; it must pass the matter up. {ground.en}",
            zh=f"该级别无管辖权，应当上移。{ground.zh}",
        ),
        provisions=needed.provisions,
    )


_MAY = Text(en="competent", zh="有管辖权")
_UNKNOWN = Text(en="not known whether it is competent", zh="是否有管辖权不明")
_MAY_DEPEND = Text(
    en="competent only if the circumstances are not serious", zh="仅在情节不严重时有管辖权"
)


def _below(level: LevelName, needed: LevelName) -> bool:
    return LEVEL_ORDER.index(level) < LEVEL_ORDER.index(needed)


def _may_be_below(level: LevelName | None, perhaps: LevelName | None) -> bool:
    return perhaps is not None and (level is None or _below(level, perhaps))
