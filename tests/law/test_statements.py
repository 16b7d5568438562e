"""The short way to read a fact takes nothing that the long way would refuse or read otherwise."""

import pytest

from habeas.law.schema import load_vocabulary
from habeas.law.statements import QuickReader, Statement
from habeas.law.values import WrongValueError

FACTS = load_vocabulary().facts
ODD = [True, False, "true", "false", 0, 1, 1.0, "1", "07", "", "x", [], ["x"], [True], [None], [[]]]
ODD += [{}, {"value": True}, {"minor": 1, "currency": "CNY"}, "2026-03-01", 10**30]


@pytest.mark.parametrize("fact", FACTS.values(), ids=list(FACTS))
def test_what_is_read_quickly_is_read_the_same(fact):
    """Every odd spelling, and every member: the same value as in full, or a closer look."""
    members = list(fact.members)
    for raw in [*ODD, *members, members[:3], members, [*members[:1], "x"]]:
        said = QuickReader(fact).read(raw)
        if said is not None:
            assert (
                Statement(value=fact.read(raw), by=None, grounds=None, contested=False),
            ) == said
            assert type(fact.read(raw)) is type(said[0].value)
        elif fact.nature != "evaluative":
            plain = isinstance(raw, (bool, str)) and fact.type in ("bool", "enum")
            with pytest.raises(WrongValueError) if plain else _anything():
                fact.read(raw)


class _anything:  # noqa: N801 - reads as a word beside pytest.raises
    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        return kind is WrongValueError


def test_a_judgement_is_never_read_quickly():
    """Who judges and on what grounds is asked for every judgement, whatever its type."""
    for fact in FACTS.values():
        if fact.nature == "evaluative":
            members = list(fact.members)
            for raw in [*ODD, *members, members[:2]]:
                assert QuickReader(fact).read(raw) is None
