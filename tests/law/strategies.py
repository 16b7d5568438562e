"""Random values, expressions and matters, for the properties every rule must have."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from habeas.law.book import load_book
from habeas.law.expression import (
    AllOf,
    And,
    AnyOf,
    Compare,
    Count,
    Figure,
    Is,
    Literal,
    Not,
    Or,
    Within,
)
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue, as_json

FACTS = load_vocabulary().facts
_SMALL = [
    "use.minor",
    "use.notice_given",
    "use.consent",
    "use.consent_form",
    "use.data",
    "use.recipients",
    "use.youngest_age",
    "event.answer",
]


def values_of(fact):
    """A value a fact may have."""
    if fact.type == "bool":
        return st.booleans()
    if fact.type == "enum":
        return st.sampled_from(sorted(fact.members))
    if fact.type == "int":
        return st.sampled_from([0, 13, 14, 17, 18, 1826, 1828, 1_000_000])
    if fact.type == "set":
        return sets_of(fact)
    raise AssertionError(fact.type)


def sets_of(fact):
    """A set of which some members may be unknown."""
    members = sorted(fact.members)
    column = st.sampled_from([True, False, False, None])
    return st.lists(column, min_size=len(members), max_size=len(members)).map(
        lambda columns: SetValue(
            yes=frozenset(m for m, c in zip(members, columns, strict=True) if c is True),
            no=frozenset(m for m, c in zip(members, columns, strict=True) if c is False),
        )
    )


def _leaf(id_):
    fact = FACTS[id_]
    if fact.type == "bool":
        return st.sampled_from([Is(id_, frozenset({True})), Is(id_, frozenset({False}))])
    members = sorted(fact.members)
    if fact.type == "enum":
        return st.sets(st.sampled_from(members), min_size=1, max_size=3).map(
            lambda wanted: Is(id_, frozenset(wanted))
        )
    if fact.type == "set":
        some = st.sets(st.sampled_from(members), min_size=1, max_size=3).map(frozenset)
        everything = frozenset(members)
        return st.one_of(
            some.map(lambda m: AnyOf(id_, m)),
            some.map(lambda m: AllOf(id_, m)),
            some.map(lambda m: Within(id_, m, everything - m)),
            st.builds(
                lambda op, n: Compare(op, Count(id_, len(members)), Literal(n)),
                st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
                st.integers(0, len(members)),
            ),
        )
    return st.builds(
        lambda op, n: Compare(op, Figure(id_), Literal(n)),
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from([0, 13, 14, 18]),
    )


leaf = st.sampled_from(_SMALL).flatmap(_leaf)
expressions = st.recursive(
    leaf,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: And(tuple(p))),
        st.lists(inner, min_size=2, max_size=3).map(lambda p: Or(tuple(p))),
    ),
    max_leaves=8,
)
small_facts = st.fixed_dictionaries({}, optional={id_: values_of(FACTS[id_]) for id_ in _SMALL})


@st.composite
def more_known(draw, facts):
    """The same facts with some of what was unknown now known."""
    more = dict(facts)
    for id_ in _SMALL:
        known = more.get(id_)
        if known is None and draw(st.booleans()):
            more[id_] = draw(values_of(FACTS[id_]))
        elif isinstance(known, SetValue):
            open_ = sorted(set(FACTS[id_].members) - known.yes - known.no)
            chosen = draw(st.lists(st.booleans(), min_size=len(open_), max_size=len(open_)))
            yes = {m for m, c in zip(open_, chosen, strict=True) if c}
            more[id_] = SetValue(yes=known.yes | yes, no=known.no | (set(open_) - yes))
    return more


# ---- matters

ISSUES = sorted(load_vocabulary().domains["issue"])
CHANGES = {d for p in load_book("cn").provisions.values() for d in (p.from_, p.to) if d is not None}
DAYS = sorted({str(d + timedelta(days=n)) for d in CHANGES for n in (-1, 0)})


def stated(facts, level):
    """Facts of a level as matter/v1 writes them."""
    return {
        id_.split(".", 1)[1]: {"value": as_json(value), "by": "court", "grounds": "found"}
        if FACTS[id_].nature == "evaluative"
        else as_json(value)
        for id_, value in facts.items()
        if FACTS[id_].level == level
    }


PLAIN = ("bool", "enum", "set", "int")
NAMES = {
    level: sorted(f.id for f in FACTS.values() if f.level == level and f.type in PLAIN)
    for level in ("party", "use", "event")
}


def some_of(level, most):
    names = st.lists(st.sampled_from(NAMES[level]), max_size=most, unique=True)
    return names.flatmap(lambda ids: st.fixed_dictionaries({i: values_of(FACTS[i]) for i in ids}))


asked = st.one_of(st.none(), st.lists(st.sampled_from(ISSUES), max_size=3, unique=True))
days = st.one_of(st.just("2026-03-01"), st.sampled_from(DAYS), st.none())


@st.composite
def matters(draw):
    """A use, and perhaps an event on it, under the law of some day; sometimes two voices."""
    day = draw(days)
    use = stated(draw(some_of("use", 14)), "use")
    if draw(st.integers(0, 5)) == 0 and use:
        name = draw(st.sampled_from(sorted(use)))
        other = draw(values_of(FACTS[f"use.{name}"]))
        mine = (
            use[name]["value"]
            if isinstance(use[name], dict) and "value" in use[name]
            else use[name]
        )
        use[name] = [
            {"value": mine, "by": "a", "grounds": "said"},
            {"value": as_json(other), "by": "b", "grounds": "said"},
        ]
    matter = {
        "matter": {"place_of_processing": "cn", **({"acted_on": day} if day else {})},
        "parties": {"p1": stated(draw(some_of("party", 6)), "party")},
        "uses": {"u1": {"party": "p1", "issues": draw(asked), **use}},
    }
    if draw(st.booleans()):
        event = stated(draw(some_of("event", 8)), "event")
        uses = draw(st.sampled_from([[], ["u1"]]))
        matter["events"] = {"e1": {"party": "p1", "uses": uses, "issues": draw(asked), **event}}
    return matter
