"""Tables decided at once: the same answers as `decide`, row by row, and honest refusals."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.bulk import Question, _Asks, decide_table, rows_of_bits
from habeas.law.bulk_columns import ZONE, facts_frame
from habeas.law.bulk_table import decide_file
from habeas.law.bulk_terms import Terms
from habeas.law.element import ElementCase
from habeas.law.expression import facts_in
from habeas.law.language import parse
from habeas.law.matter import StatedView, matter_from
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue
from habeas.law.whole import Whole
from habeas.tables.source import open_source
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


def as_one_by_one(raw):
    matters = [m for one in raw if (m := _read(one)) is not None]

    assert compare(matters) == sum(map(len, asked(matters, "use").values()))


def events_as_one_by_one(raw):
    matters = [m for one in raw if (m := _read(_only_use_questions(one))) is not None]

    assert compare(matters, "event") == sum(map(len, asked(matters, "event").values()))


@given(st.lists(strategies.matters(), min_size=1, max_size=12))
@settings(max_examples=5, deadline=None)
def test_a_table_of_random_uses_is_decided_as_each_use_is(raw):
    """Status, what is broken and what is open: the same as one by one, whatever is unknown."""
    as_one_by_one(raw)


@given(st.lists(strategies.matters(), min_size=1, max_size=8))
@settings(max_examples=5, deadline=None)
def test_a_table_of_random_events_is_decided_as_each_event_is(raw):
    """An event beside its use, which is decided first."""
    events_as_one_by_one(raw)


@pytest.mark.slow
@given(st.lists(strategies.matters(), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_tables_of_many_random_elements_are_decided_as_each_is(raw):
    """Uses and events, many more of them."""
    as_one_by_one(raw)
    events_as_one_by_one(raw)


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


# ---- each kind of column and amount, against the tree


TEXTS = (
    "use.youngest_age < 14",
    "use.youngest_age + 1 >= 2 * use.youngest_age - 13",
    "max(use.youngest_age, 14) <= 15",
    "min(use.youngest_age, 14) != 13",
    "len(use.data) == 1",
    "len(use.data) * 2 > 3 or len(use.data) == 0",
    "use.data >= {'face', 'name'} or use.data <= {'face'}",
    "use.illegal_gain * 2 > money(100, 'CNY')",
    "max(use.illegal_gain, money(70, 'CNY')) == money(70, 'CNY')",
    "matter.acted_on < as_of",
    "hours(event.at, event.answered_at) > 72",
    "days(event.at, event.answered_at) > 3",
    "hours(event.at, as_of) > 1008",
    "hours(event.at, as_of) <= 1320",
    "working_days(event.at, event.answered_at) > 2",
    "event.answered_at >= event.at",
    "event.at < as_of",
    "use.consent in {'given', 'refused'}",
    "not use.minor",
)
NOON = [
    None,
    "2026-09-30T23:30:00+08:00",
    "2026-10-04T00:00:01+08:00",
    "2026-10-12T12:00:00+08:00",
    "2026-11-24T10:00:00+08:00",
]
DAYS = [None, "2026-09-30", "2026-10-12", "2026-11-24"]


def _one(id_, data, shape):
    fact = FACTS[id_]
    if fact.type == "money":
        minor, currency = (data.draw(st.sampled_from(s)) for s in ([None, 50, 51], ["CNY", "USD"]))
        return None if minor is None else Money(minor=minor, currency=currency)
    if fact.type == "instant":
        raw = data.draw(st.sampled_from(NOON if shape == "hours" else DAYS))
        return None if raw is None else fact.read(raw)
    if fact.type == "date":
        return fact.read(data.draw(st.sampled_from(DAYS[1:])))
    return data.draw(st.one_of(st.none(), strategies.values_of(fact)))


@given(st.sampled_from(TEXTS), st.sampled_from(["hours", "days"]), st.data())
@settings(max_examples=100, deadline=None)
def test_every_kind_of_expression_over_columns_is_what_the_tree_says(text, shape, data):
    """Numbers, sums of two currencies, sets half known, hours, days and working days."""
    node = parse(text, load_vocabulary())
    rows = [{i: _one(i, data, shape) for i in sorted(facts_in(node))} for _ in range(4)]
    known = [{i: v for i, v in row.items() if v is not None} for row in rows]

    assert [node.value(_View(row)) for row in known] == _over_columns(node, known, rows)


class _View(StatedView):
    def as_of(self):
        return TODAY


def _in_zone(cells):
    """Times as a table keeps them: in one zone, here that of the matters."""
    found = pl.Series(cells, strict=False)
    return found.dt.convert_time_zone(ZONE) if isinstance(found.dtype, pl.Datetime) else found


def _over_columns(node, known, rows):
    columns = {}
    for id_ in rows[0]:
        told = [row_of({id_: row[id_]} if id_ in row else {}) for row in known]
        names = dict.fromkeys(name for row in told for name in row)
        columns |= {n: _in_zone([row.get(n) for row in told]) for n in names}
    frame = pl.DataFrame(columns | {"n": [0] * 4})
    facts, names = facts_frame(frame)
    terms = Terms(names, first=date(2026, 1, 1), last=TODAY, as_of=TODAY)
    asks = _Asks(None)
    whole = Whole(replace(BOOK, derivations={}), terms, level="event", asks=asks, of_use=asks)
    term = whole.of(node)
    stages, read = terms.stages([term])
    facts = frame.select("n").hstack(facts) if facts.width else frame.select("n")
    for stage in stages:
        facts = facts.with_columns(stage)
    return facts.select(x=read(term) & (pl.col("n") == 0))["x"].to_list()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"use.consnt": ["given"]}, "names no fact"),
        ({"use.data.feet": [True]}, "names no fact"),
        ({"use.illegal_gain": [3]}, "names no fact"),
        ({"use.illegal_gain.minor": [3]}, "has no use.illegal_gain.currency"),
        ({"use.consent": ["gven", None]}, "1 cells that are no member"),
        ({"use.minor": ["perhaps"]}, "neither true nor false"),
        ({"use.youngest_age": ["thirteen"]}, "no whole number"),
        ({"use.youngest_age": [13.5]}, "no whole number"),
        ({"matter.acted_on": ["1.3.2026"]}, "no day"),
        ({"use.data": ["face;feet"]}, "1 cells with words that are no member"),
        ({"use.data": ["face"], "use.data.face": [True]}, "a column of its own and one for"),
    ],
)
def test_what_is_no_fact_or_no_value_of_one_is_refused_without_showing_it(columns, says):
    """The column and the number of cells are named, never what stands in them."""
    with pytest.raises(BadInput, match=says) as caught:
        decide_table(pl.DataFrame(columns), BOOK, as_of=TODAY)

    for cell in ("gven", "perhaps", "thirteen", "1.3.2026", "face;feet"):
        assert cell not in str(caught.value)


def test_a_time_without_a_zone_is_refused():
    """Nine o'clock somewhere is no time."""
    times = pl.DataFrame({"event.at": [datetime(2026, 3, 1, 9)]})  # noqa: DTZ001 - the mistake itself

    with pytest.raises(BadInput, match="without a zone"):
        decide_table(times, BOOK, as_of=TODAY, level="event")


CAREFUL = {
    "matter.acted_on": "2026-03-01",
    "matter.place_of_processing": "cn",
    "party.role": "controller",
    "party.kind": "company",
    "party.sector": "loan_platform",
    "use.identifiability": "identified",
    "use.data": "name;contact_list",
    "use.relationship": "borrower",
    "use.operations": "collect;store",
    "use.purposes": "debt_collection",
    "use.basis_claimed": "consent",
    "use.works_without": "true",
    "use.consent": "refused",
    "use.service_refused_without": "true",
}


def test_words_lists_and_columns_of_members_say_the_same():
    """A set in one column is closed; cells of text are read as their facts are."""
    ways = [
        pl.DataFrame({k: [v] for k, v in {**CAREFUL, "use.data": data}.items()})
        for data in ("name; contact_list", ["name", "contact_list"])
    ]
    rest = {f"use.data.{m}": m in ("name", "contact_list") for m in FACTS["use.data"].members}
    ways.append(pl.DataFrame({k: [v] for k, v in CAREFUL.items() if k != "use.data"} | rest))
    found = [decide_table(way, BOOK, as_of=TODAY).rows() for way in ways]

    assert found[0] == found[1] == found[2]
    assert "unlawful" == found[0][0][0]


def test_a_row_that_contradicts_itself_is_refused_and_the_others_are_not():
    """`decide` refuses such a matter; a table says so in its row and goes on."""
    table = pl.DataFrame({"use.under_14": [True, True], "use.minor": [False, True]})

    assert ["refused", "undetermined"] == decide_table(table, BOOK, as_of=TODAY)["status"].to_list()


def test_a_table_with_nothing_in_it_decides_nothing():
    """No rows, no answers; and unknown everywhere is no *lawful*."""
    empty = pl.DataFrame({"use.minor": pl.Series([], dtype=pl.Boolean)})
    blank = pl.DataFrame({"matter.acted_on": [date(2026, 3, 1)], "use.minor": [None]})

    assert [] == decide_table(empty, BOOK, as_of=TODAY)["status"].to_list()
    assert ["undetermined"] == decide_table(blank, BOOK, as_of=TODAY)["status"].to_list()


def test_bits_are_those_of_the_columns():
    """Any number of rows and columns, also those that do not fill a byte."""
    rng = np.random.default_rng(5)
    for rows, columns in ((1, 1), (7, 9), (64, 17), (1001, 40)):
        yes = rng.random((rows, columns)) < 0.3
        given_ = {k: pl.Series(yes[:, k])[:] for k in range(columns) if k != 3}
        found = rows_of_bits(given_, rows, -(-columns // 8))
        bits = np.unpackbits(found, axis=1, bitorder="little")[:, :columns].astype(bool)
        yes[:, 3:4] = False

        assert np.array_equal(yes, bits)


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_a_file_is_decided_and_counted_whatever_the_batch(tmp_path, kind):
    """What is written agrees with the counts, and with the table decided at once."""
    table = pl.DataFrame(
        {k: [v] * 9 for k, v in CAREFUL.items()}
        | {"id": [f"r{n}" for n in range(9)], "use.consent": ["refused", "given", None] * 3}
    )
    file = tmp_path / f"uses.{kind}"
    {"parquet": table.write_parquet, "csv": table.write_csv, "jsonl": table.write_ndjson}[kind](
        file
    )
    question = Question(as_of=TODAY)
    tallies = [
        decide_file(file, BOOK, question, out=tmp_path / f"d{n}.{kind}", rows=n, list_open=True)
        for n in (2, 100)
    ]
    written = open_source(tmp_path / f"d2.{kind}").read().to_pylist()
    once = decide_table(table, BOOK, as_of=TODAY).to_dicts()

    assert tallies[0].to_json() == tallies[1].to_json()
    assert [r["id"] for r in written] == table["id"].to_list()
    assert [r["status"] for r in written] == [r["status"] for r in once]
    assert [(r["breached"] or "").split(";") for r in written] == [
        r["breached"] or [""] for r in once
    ]
    assert [(r["open"] or "").split(";") for r in written] == [r["open"] or [""] for r in once]
    assert Counter(r["status"] for r in once) == tallies[0].statuses
    assert Counter(p for r in once for p in r["breached"]) == tallies[0].breached


def test_a_damaged_file_leaves_nothing_written(tmp_path):
    """Half an answer under a whole name would be believed."""
    file = tmp_path / "uses.csv"
    file.write_text("use.minor,use.consent\ntrue,given\nfalse,gven\n", encoding="utf-8")

    with pytest.raises(BadInput, match="no member"):
        decide_file(file, BOOK, Question(as_of=TODAY), out=tmp_path / "out.parquet", rows=1)

    assert ["uses.csv"] == [p.name for p in tmp_path.iterdir()]


@pytest.mark.parametrize("stated", [True, False, None])
@pytest.mark.parametrize("minor", [True, False, None])
@pytest.mark.parametrize("way", ["true_when", "false_when", "presumed_when"])
def test_what_is_stated_against_what_follows_is_unknown_in_a_table_too(stated, minor, way):
    """A fact that is stated one way and follows the other way counts as not known."""
    small = _beside("test_book")
    derived = f"format: derived/v1\nderived:\n  - {{fact: use.emergency, {way}: use.minor}}\n"
    of = small.book(small.RULES.replace("when: use.minor", "when: use.emergency"), derived=derived)
    use = {k: v for k, v in {"emergency": stated, "minor": minor}.items() if v is not None}
    raw = {"matter": {"acted_on": "2026-03-01", "place_of_processing": "cn"}, "uses": {"u1": use}}

    assert 1 == compare([matter_from(raw)], book=of)
