"""Tables decided at once: the same answers as `decide`, row by row, and honest refusals."""

from __future__ import annotations

import importlib.util
import json
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.bulk import decide_table
from habeas.law.element import ElementCase
from habeas.law.matter import matter_from
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue
from habeas.terms import Money


def _beside(name):
    if f"habeas_{name}" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            f"habeas_{name}", Path(__file__).with_name(f"{name}.py")
        )
        sys.modules[f"habeas_{name}"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[f"habeas_{name}"])
    return sys.modules[f"habeas_{name}"]


strategies = _beside("strategies")
FACTS = load_vocabulary().facts
BOOK = load_book("cn")
TODAY = date(2026, 11, 24)
MATTERS = Path(__file__).resolve().parents[2].parent / "shared" / "law" / "matters_dev.jsonl"
_TYPES = {"bool": pl.Boolean, "enum": pl.String, "int": pl.Int64, "date": pl.Date}


def row_of(facts):
    """The facts of one element as a row of a table."""
    row = {}
    for id_, value in facts.items():
        if isinstance(value, SetValue):
            row |= {f"{id_}.{member}": value.has(member) for member in FACTS[id_].members}
        elif isinstance(value, Money):
            row |= {f"{id_}.minor": value.minor, f"{id_}.currency": value.currency}
        else:
            row[id_] = value
    return row


def table_of(rows):
    """Rows as a table with every column one of them has."""
    names = dict.fromkeys(name for row in rows for name in row)
    types = {n: _TYPES.get(FACTS[n].type) if n in FACTS else None for n in names}
    return pl.DataFrame(
        {n: pl.Series([row.get(n) for row in rows], dtype=types[n], strict=False) for n in names}
        | {"row": range(len(rows))}
    )


def said(element, matter, book=BOOK, as_of=TODAY):
    """What `decide` finds, as the table would say it."""
    case = ElementCase(matter, element, book, as_of)
    if case.known_day is None:
        return "undetermined", [], []
    status = "not_governed" if case.governed is False else case.status.value
    broken = [f.id for f in case.found if f.truth is True]
    open_ = [] if case.unlawful is True else [f.id for f in case.found if f.truth is None]
    return status, broken, open_


def asked(matters, level):
    """By the issues put: what is to be looked at."""
    found = {}
    for matter in matters:
        section = matter.events if level == "event" else matter.uses
        for element in section.values():
            if element.issues != () and len(element.uses) < 2:
                found.setdefault(element.issues, []).append((matter, element))
    return found


def compare(matters, level="use", book=BOOK):
    """Every element decided both ways; how many there were."""
    count = 0
    for issues, chosen in asked(matters, level).items():
        rows = []
        for matter, element in chosen:
            use = matter.uses[element.uses[0]] if element.uses else None
            rows.append(row_of(matter.facts_for(element, use=use)))
        decided = decide_table(table_of(rows), book, as_of=TODAY, issues=issues, level=level)
        for (matter, element), found in zip(chosen, decided.iter_rows(), strict=True):
            assert said(element, matter, book) == tuple(found)
            count += 1
    return count


def _only_use_questions(raw):
    """An event asks everything of its use in a table, so the use puts no questions of its own."""
    uses = {
        id_: {k: v for k, v in use.items() if k != "issues"} for id_, use in raw["uses"].items()
    }
    return {**raw, "uses": uses}


@given(st.lists(strategies.matters(), min_size=1, max_size=12))
@settings(max_examples=12, deadline=None)
def test_a_table_of_random_uses_is_decided_as_each_use_is(raw):
    """Status, what is broken and what is open: the same as one by one, whatever is unknown."""
    matters = [m for one in raw if (m := _read(one)) is not None]

    assert compare(matters) == sum(map(len, asked(matters, "use").values()))


@given(st.lists(strategies.matters(), min_size=1, max_size=8))
@settings(max_examples=8, deadline=None)
def test_a_table_of_random_events_is_decided_as_each_event_is(raw):
    """An event beside its use, which is decided first."""
    matters = [m for one in raw if (m := _read(_only_use_questions(one))) is not None]

    assert compare(matters, "event") == sum(map(len, asked(matters, "event").values()))


def _read(raw):
    try:
        return matter_from(raw)
    except BadInput:
        return None


@pytest.mark.skipif(not MATTERS.exists(), reason="the decided matters are not here")
def test_real_matters_are_decided_alike_in_a_table():
    """The matters courts and authorities decided, each as a row."""
    lines = MATTERS.read_text(encoding="utf-8").splitlines()
    matters = [m for line in lines if (m := _read(json.loads(line)["matter"])) is not None]

    assert compare(matters) > 20
