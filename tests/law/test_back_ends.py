"""Four ways to read one book — tree, compiled, columns, solver — and one answer."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.bulk import _Asks, decide_table
from habeas.law.bulk_columns import facts_frame
from habeas.law.bulk_terms import DAY, Terms
from habeas.law.cases import case_files, read_cases
from habeas.law.element import ElementCase
from habeas.law.matter import Element, matter_from
from habeas.law.reason import _as_matter, outcome_of
from habeas.law.results import outcome_word
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue
from habeas.law.whole import Whole

z3 = pytest.importorskip("z3")


def _beside(name):
    if f"habeas_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            f"habeas_{name}", Path(__file__).with_name(f"{name}.py")
        )
        sys.modules[f"habeas_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"habeas_{name}"])
    return sys.modules[f"habeas_{name}"]


strategies, bulk = _beside("strategies"), _beside("test_bulk")
FACTS = load_vocabulary().facts
BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
MATTERS = Path(__file__).resolve().parents[2].parent / "shared" / "law" / "matters_dev.jsonl"


class Solver:
    """The book as formulas, and a way to read them on the facts of one element."""

    def __init__(self, level):
        from habeas.law.pilot_formula import Formula
        from habeas.law.pilot_space import Questions, Space

        self.space, self.asks = Space(TODAY), Questions()
        self.of_use = Questions("of the use ")
        self.formula = Formula(BOOK, self.space, level=level, asks=self.asks)
        self.breaches = self.formula.breaches()
        self.whole = self.formula.unlawful_truth()
        pairs = [self.whole, *(pair for _, pair in self.breaches)]
        sides = [side for pair in pairs for side in (pair.t, pair.f)]
        together = z3.Function("all", *[z3.BoolSort()] * len(sides), z3.BoolSort())
        self.all = together(*sides)  # one term, so that facts are put into all of them at once

    def read_all(self, facts, issues=None):
        """The whole and each breach on these facts, every other one unknown: True, False, None."""
        found = z3.simplify(z3.substitute(self.all, *self._terms(facts, issues))).children()
        assert all(z3.is_true(side) or z3.is_false(side) for side in found)
        told = [
            True if z3.is_true(t) else (False if z3.is_true(f) else None)
            for t, f in zip(found[::2], found[1::2], strict=True)
        ]
        return told[0], dict(zip([id_ for id_, _ in self.breaches], told[1:], strict=True))

    def _terms(self, facts, issues):
        values = [
            (self.asks.everything, z3.BoolVal(issues is None)),
            (self.of_use.everything, z3.BoolVal(True)),
        ]
        for issue in load_vocabulary().domains["issue"]:
            values.append((self.asks.named(issue), z3.BoolVal(issue in (issues or ()))))
            values.append((self.of_use.named(issue), z3.BoolVal(False)))
        for id_ in self.space.used():
            fact, value = FACTS[id_], facts.get(id_)
            if fact.type == "bool":
                values += self._both(self.space.pairs[id_], value)
            elif fact.type == "set":
                for member, pair in self.space.members[id_].items():
                    known = value.has(member) if isinstance(value, SetValue) else None
                    values += self._both(pair, known)
            else:
                known, number = self.space.numbers[id_]
                values.append((known, z3.BoolVal(value is not None)))
                values.append((number, z3.IntVal(self._number(fact, value))))
        for node, pair in self.space.atoms.items():
            values += self._both(pair, node.value(bulk._View(facts)))
        return values

    def _both(self, pair, value):
        return [(pair.t, z3.BoolVal(value is True)), (pair.f, z3.BoolVal(value is False))]

    def _number(self, fact, value):
        if value is None:
            return 0
        if fact.type == "enum":
            return list(fact.members).index(value)
        if fact.type in ("date", "instant"):
            return value.toordinal()
        return value.minor if fact.type == "money" else value


SOLVERS = {}


def solver_of(level):
    if level not in SOLVERS:
        SOLVERS[level] = Solver(level)
    return SOLVERS[level]


def four_ways(matter, element):
    """What each back-end says of one element: status, and what is broken and open."""
    level = element.level
    use = matter.uses[element.uses[0]] if element.uses else None
    facts = matter.facts_for(element, use=use)
    cases = [ElementCase(matter, element, BOOK, TODAY, by_tree=tree) for tree in (True, False)]
    told = [(c.unlawful, _of(c, True), _of(c, None)) for c in cases]
    table = bulk.table_of([bulk.row_of(facts)])
    row = decide_table(table, BOOK, as_of=TODAY, level=level, issues=element.issues).row(0)
    status = {"unlawful": True, "undetermined": None}.get(row[0], False)
    told.append((cases[0].unlawful if row[0] == "not_governed" else status, *map(sorted, row[1:])))
    whole, said = solver_of(level).read_all(facts, element.issues)
    open_ = [] if whole is True else sorted(i for i, truth in said.items() if truth is None)
    told.append((whole, sorted(i for i, truth in said.items() if truth), open_))
    return told


def _of(case, truth):
    if truth is None and case.unlawful is True:
        return []
    return sorted(f.id for f in case.found if f.truth is truth)


def _elements(raw, level):
    """What can be put to all four: one use, one voice, a known day."""
    try:
        matter = matter_from(bulk._only_use_questions(raw) if level == "event" else raw)
    except BadInput:
        return []
    section = matter.events if level == "event" else matter.uses
    return [
        (matter, element)
        for element in section.values()
        if element.issues != () and len(element.uses) < 2 and not matter.voices
        if ElementCase(matter, element, BOOK, TODAY).known_day is not None
    ]


def agree(raw, level):
    for matter, element in _elements(raw, level):
        first, *others = four_ways(matter, element)

        assert [first] * len(others) == others


@given(strategies.matters())
@settings(max_examples=2, deadline=None)
def test_four_back_ends_decide_a_random_use_alike(raw):
    """A few here; the slow tests try many, and events."""
    agree(raw, "use")


@pytest.mark.slow
@pytest.mark.parametrize("level", ["use", "event"])
@given(strategies.matters())
@settings(max_examples=100, deadline=None)
def test_four_back_ends_decide_random_matters_alike(level, raw):
    """Whatever is stated, asked, in force or unknown."""
    agree(raw, level)


@pytest.mark.slow
@pytest.mark.skipif(not MATTERS.exists(), reason="the decided matters are not here")
def test_four_back_ends_decide_real_matters_alike():
    """The matters courts and authorities decided."""
    for line in MATTERS.read_text(encoding="utf-8").splitlines():
        for level in ("use", "event"):
            agree(json.loads(line)["matter"], level)


# ---- case files: one provision alone


CASES = [case for path in case_files("cn") for case in read_cases(path)]


def outcomes(case):
    """The outcome of a case by tree, compiled book, columns and solver."""
    told = [
        outcome_of(case.provision, case.facts, BOOK, TODAY, by_tree=t)[0] for t in (True, False)
    ]
    provision = BOOK.provision(case.provision)
    matter = matter_from(_as_matter(case.facts))
    level = "event" if "event" in case.facts and "event" in provision.rules else "use"
    level = level if level in provision.rules else next(iter(provision.rules))
    section = matter.events if level == "event" else matter.uses
    element = section.get("e1" if level == "event" else "u1") or Element(
        id="x", level=level, facts={}
    )
    alone = ElementCase(matter, element, BOOK, TODAY, alone=True)
    if alone.known_day is None:
        return told
    facts = alone.views[0].known
    word = [_in_columns(case.provision, facts, level), _by_solver(case.provision, facts, level)]
    return told + [outcome_word(provision.kind, truth) for truth in word]


def _in_columns(id_, facts, level):
    frame, columns = facts_frame(bulk.table_of([bulk.row_of(facts)]))
    day = facts["matter.acted_on"]
    terms = Terms(columns, first=day, last=day, as_of=TODAY)
    # alone, whether the use is unlawful is what the case says, not what the book finds
    whole = Whole(BOOK, terms, level=level, asks=_Asks(None), of_use=_Asks(()))
    stages, read = terms.stages([whole.provision(id_)])
    frame = frame.with_columns(pl.lit(day).alias(DAY))
    for stage in stages:
        frame = frame.with_columns(stage)
    return frame.select(x=read(whole.provision(id_)) & pl.col(DAY).is_not_null())["x"][0]


def _by_solver(id_, facts, level):
    solver = solver_of(level)
    solver.of_use_asks_nothing = True
    pair = solver.formula.provision(id_)
    return _without_the_use(solver, pair, facts)


def _without_the_use(solver, pair, facts):
    terms = [
        (term, z3.BoolVal(False) if term.eq(solver.of_use.everything) else value)
        for term, value in solver._terms(facts, None)
    ]
    sides = [z3.simplify(z3.substitute(side, *terms)) for side in (pair.t, pair.f)]
    return True if z3.is_true(sides[0]) else (False if z3.is_true(sides[1]) else None)


@pytest.mark.parametrize("case", CASES[::60], ids=lambda c: f"{c.place} {c.provision}")
def test_four_back_ends_agree_on_a_sample_of_the_cases(case):
    """Every sixtieth; the slow test takes all."""
    assert 1 == len(set(outcomes(case)))


@pytest.mark.slow
@pytest.mark.parametrize("path", case_files("cn"), ids=lambda path: path.name)
def test_four_back_ends_agree_on_every_case(path):
    """What the second author wrote means the same in all of them."""
    apart = [c.place for c in read_cases(path) if len(set(outcomes(c))) > 1]

    assert [] == apart
