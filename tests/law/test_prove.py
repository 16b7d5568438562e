"""What the solver finds in a book: planted faults are found, sound books have none."""

from __future__ import annotations

import builtins
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from habeas.errors import BadInput, ExtraMissing
from habeas.law.book import book_from, load_book
from habeas.law.check import check
from habeas.law.check_words import lines, page
from habeas.law.matter import matter_from
from habeas.law.prove import prove
from habeas.law.reason import decide, status_of
from habeas.law.schema import load_vocabulary
from habeas.law.summary import provision_as_json, provision_in_words
from habeas.law.yaml_reading import yaml_document
from habeas.terms import Status

pytest.importorskip("z3")

TODAY = date(2026, 11, 24)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "law_check_cn.md"
TOP = """
format: book/v1
id: xx
title: {en: Test, zh: 测试}
files: [rules]
instruments:
  xx.act:
    short: {en: Act, zh: 法}
    scope: {use: matter.place_of_processing == 'cn'}
"""


def book(*rules, ranks=("law",) * 9, starts=("2021-01-01",) * 9, ends=()):
    """A book of rules written as `kind | issue | keys…`, articles 1, 2, 3 …"""
    entries, texts = [], []
    for n, rule in enumerate(rules, 1):
        kind, issue, *keys = [part.strip() for part in rule.split("|")]
        on = [key for key in keys if key.split(":")[0] in ("when", "unless", "met_when")]
        more = [key for key in keys if key not in on]
        texts.append(
            f"  - id: xx.act.art{n}\n    kind: {kind}\n    issues: [{issue}]\n    coded: '2026'\n"
            + "".join(f"    {key}\n" for key in more)
            + "    on:\n      use:\n"
            + "".join(f"        {key}\n" for key in on)
        )
        end = dict(ends).get(n)
        entries.append(
            f"  xx.act.art{n}:\n    locator: {{article: '{n}'}}\n    rank: {ranks[n - 1]}\n"
            f"    from: '{starts[n - 1]}'\n    status: in_force\n    verified: true\n"
            f"    paraphrase: {{en: says {n}, zh: 规定{n}}}\n    read: full_text_read\n"
            + (f"    to: '{end}'\n" if end else "")
        )
    sheet = f"format: sheet/v1\nentries_in_the_sheets: {len(rules)}\nprovisions:\n"
    return book_from(
        yaml_document(TOP, file="book.yaml"),
        sheet=yaml_document(sheet + "".join(entries), file="sheet.yaml"),
        rules=[yaml_document("rules:\n" + "".join(texts), file="rules.yaml")],
        derived=yaml_document("format: derived/v1\nderived: []\n", file="derived.yaml"),
        vocabulary=load_vocabulary(),
    )


def found(of, kind):
    return [f for f in prove(of, as_of=TODAY).findings if f.kind == kind and f.level == "use"]


def status(of, **use):
    stated = {
        "matter": {"acted_on": "2026-03-01", "place_of_processing": "cn"},
        "uses": {"u1": use},
    }
    return status_of(matter_from(stated), of, as_of=TODAY)["u1"]


PLAIN = "prohibit | minors | when: use.under_14"


def test_a_sound_book_has_no_faults():
    """Two rules on different things: nothing dead, subsumed, impossible or split."""
    proofs = prove(book(PLAIN, "prohibit | automated | when: use.emergency"), as_of=TODAY)

    assert ([], []) == (proofs.findings, proofs.not_proved)
    assert "use_under_14_is_minor" in proofs.axioms or len(proofs.axioms) > 5


def test_what_the_axioms_make_impossible_is_dead():
    """Under fourteen and no minor: no matter may state it, so the rule is never broken."""
    of = book(PLAIN, "prohibit | minors | when: use.under_14 and not use.minor")

    assert [("xx.act.art2",)] == [f.provisions for f in found(of, "dead")]


def test_what_is_broken_only_with_another_is_subsumed():
    """Everything under fourteen is a minor's; the narrower rule decides nothing by itself."""
    of = book(PLAIN, "prohibit | minors | when: use.minor")

    assert [("xx.act.art1", "xx.act.art2")] == [f.provisions for f in found(of, "subsumed")]


def test_two_duties_nobody_can_keep_at_once():
    """One asks for a notice where the other forbids it; the witness breaks one of them."""
    of = book(
        "oblige | notice | when: use.minor | met_when: use.notice_given",
        "prohibit | notice | when: use.notice_given and use.minor",
    )
    one = next(iter(found(of, "impossible")))
    decision = decide(matter_from(one.witness), of, as_of=TODAY)

    assert {"xx.act.art1", "xx.act.art2"} == set(one.provisions)
    assert Status.UNLAWFUL is decision.status


def test_a_fact_whose_two_answers_break_something_is_split():
    """Transfers of sensitive data and of other data forbidden: unknown looks undetermined."""
    of = book(
        "prohibit | transfer | when: use.abroad and use.minor",
        "prohibit | transfer | when: use.abroad and not use.minor",
    )
    one = next(f for f in found(of, "splits") if f.fact == "use.minor")
    told = decide(matter_from(one.witness), of, as_of=TODAY)

    assert {"xx.act.art1", "xx.act.art2"} == set(one.provisions)
    assert Status.UNDETERMINED is told.status
    for answer in (True, False):
        known = {**one.witness, "uses": {"u1": {**one.witness["uses"]["u1"], "minor": answer}}}
        assert Status.UNLAWFUL is decide(matter_from(known), of, as_of=TODAY).status


def test_an_exemption_beside_duties_it_does_not_name():
    """It lifts the first; whether the second too the book does not say. Said once, it is settled."""
    rules = [
        "oblige | notice | when: use.minor | met_when: use.notice_given",
        "oblige | notice | when: use.minor | met_when: use.notice_clear",
        "exempt | notice | when: use.emergency | defeats: [xx.act.art1]",
    ]
    settled = [*rules[:2], rules[2].replace("art1]", "art1, xx.act.art2]")]

    assert [("xx.act.art3", "xx.act.art2")] == [
        f.provisions for f in found(book(*rules), "overlap")
    ]
    assert [] == found(book(*settled), "overlap")


def test_no_time_is_not_proved(monkeypatch):
    """An answer that did not come is no answer."""
    import z3

    monkeypatch.setattr(z3.Solver, "check", lambda self, *a: z3.unknown)
    proofs = prove(book(PLAIN, "prohibit | minors | when: use.minor"), as_of=TODAY)

    assert [] == proofs.findings
    assert {"dead"} == {kind for kind, _, _ in proofs.not_proved}


def test_what_the_solver_has_no_theory_for_is_listed():
    """Hours between two times are a free atom; the reader is told."""
    of = book("prohibit | breach_notice | when: 'hours(event.at, event.answered_at) > 72'")

    assert "hours(event.at, event.answered_at) > 72" in prove(of, as_of=TODAY).atoms


def test_without_the_solver_the_extra_is_named(monkeypatch):
    """`pip install habeas[prove]`, not a traceback."""
    real = builtins.__import__

    def missing(name, *rest, **more):
        if name == "z3":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)

    with pytest.raises(ExtraMissing, match="solver"):
        prove(load_book("cn"), as_of=TODAY)


# ---- who prevails

DUTY = "oblige | notice | when: use.minor | met_when: use.notice_given"
PERMIT = "exempt | notice | when: use.emergency | contrary_to: [xx.act.art1]"


@pytest.mark.parametrize(
    ("permit", "ranks", "starts", "by", "status_then"),
    [
        (PERMIT + " | defeats: [xx.act.art1]", "ll", "22", "explicit", Status.LAWFUL),
        (PERMIT, "ld", "22", "superior", Status.UNLAWFUL),
        (PERMIT, "dl", "22", "superior", Status.LAWFUL),
        (PERMIT + " | special_to: [xx.act.art1]", "ll", "22", "specialis", Status.LAWFUL),
        (PERMIT, "ll", "23", "posterior", Status.LAWFUL),
        (PERMIT, "ll", "32", "posterior", Status.UNLAWFUL),
        (PERMIT + " | special_to: [xx.act.art1]", "ld", "23", "superior", Status.UNLAWFUL),
        (PERMIT, "ll", "22", None, Status.UNLAWFUL),
        (PERMIT, "lj", "22", None, Status.UNLAWFUL),
    ],
)
def test_higher_then_special_then_later_prevails(permit, ranks, starts, by, status_then):
    """Worked out at load; in this order; a permission that does not prevail changes nothing."""
    names = {"l": "law", "d": "departmental_rule", "j": "judicial_interpretation"}
    of = book(
        DUTY,
        permit,
        ranks=[names[r] for r in ranks],
        starts=[f"202{year}-01-01" for year in starts],
    )
    (one,) = of.precedence

    assert by == one.by
    assert status_then is status(of, minor=True, notice_given=False, emergency=True)
    assert (by is None) == bool(check(of, as_of=TODAY).unsettled)


def test_who_prevails_is_shown():
    """On both provisions, in words and as data."""
    of = book(DUTY, PERMIT, ranks=("departmental_rule", "law"))
    told = [provision_as_json(p, of, TODAY)["precedence"] for p in of.provisions.values()]
    words = ["\n".join(provision_in_words(p, of, "en")) for p in of.provisions.values()]

    assert [[{"winner": "xx.act.art2", "loser": "xx.act.art1", "by": "superior"}]] * 2 == told
    assert all("xx.act.art2 prevails over xx.act.art1 (lex superior)" in text for text in words)
    assert "defeated by: xx.act.art2" in words[0]


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ((DUTY, PERMIT.replace("art1", "art9")), "does not hold"),
        ((DUTY, "prohibit | notice | when: use.minor | contrary_to: [xx.act.art1]"), "cannot be"),
        ((PERMIT.replace("art1", "art2"), PERMIT), "cannot be"),
    ],
)
def test_what_cannot_be_contrary_is_refused(rules, says):
    """Only a permission stands against a duty; a duty's own exceptions are its `unless`."""
    with pytest.raises(BadInput, match=says):
        book(*rules)


# ---- without the solver


def test_days_without_a_rule_between_two_versions_are_a_hole():
    """The first ends in March, the next begins in June: nothing answers in between."""
    two = ("prohibit | minors | when: use.minor",) * 2
    apart = book(*two, starts=("2021-01-01", "2022-06-01"), ends={1: "2022-03-01"}.items())
    joined = book(*two, starts=("2021-01-01", "2022-03-01"), ends={1: "2022-03-01"}.items())
    ended = book(two[0], ends={1: "2022-03-01"}.items())
    holes = check(apart, as_of=TODAY).holes

    assert [(date(2022, 3, 1), date(2022, 5, 31))] == [(h.first, h.last) for h in holes]
    assert () == check(joined, as_of=TODAY).holes
    assert [(date(2022, 3, 1), None)] == [
        (h.first, h.last) for h in check(ended, as_of=TODAY).holes
    ]


def test_what_nothing_reads_and_what_nothing_names():
    """A fact no rule reads, and members of a choice all worth the same."""
    seen = check(book("prohibit | automated | when: use.consent == 'refused'"), as_of=TODAY)

    assert "use.minor" in seen.unread
    assert "use.consent" not in seen.unread
    assert "refused" not in seen.unnamed["use.consent"]
    assert "given" in seen.unnamed["use.consent"]
    assert "minors" in seen.unanswered


def test_it_is_said_in_both_languages():
    """Every heading, with "none" where there is nothing."""
    of = book(PLAIN)
    seen, proofs = check(of, as_of=TODAY), prove(of, as_of=TODAY)
    told = {
        language: list(lines(of, seen, proofs, as_of=TODAY, language=language))
        for language in ("en", "zh")
    }
    headings = [[line for line, head in lines_ if head] for lines_ in told.values()]

    assert len(headings[0]) == len(headings[1]) == 15
    assert all(a[1] is False or b[1] is False for a, b in pairwise(told["en"]))
    assert "无" in [line for line, _ in told["zh"]]


@pytest.mark.slow
def test_the_page_of_the_chinese_book_is_what_the_check_says():
    """docs/reference/law_check_cn.md is generated: `habeas law check --markdown`."""
    of, day = load_book("cn"), date(2026, 11, 25)

    assert PAGE.read_text(encoding="utf-8") == page(
        of, check(of, as_of=day), prove(of, as_of=day), as_of=day
    )


@pytest.mark.slow
def test_each_finding_of_the_chinese_book_is_confirmed_by_decide():
    """What the solver says of the real book, replayed: split facts are unlawful both ways."""
    of = load_book("cn")
    proofs = prove(of, as_of=TODAY)

    assert [] == proofs.not_proved
    for one in (f for f in proofs.findings if f.kind == "splits" and f.level == "use"):
        told = decide(matter_from(one.witness), of, as_of=TODAY).element("u1")
        assert Status.UNDETERMINED is told.status
        level, name = one.fact.split(".")
        for answer in (True, False):
            where = {"use": ("uses", "u1"), "party": ("parties", "p1")}.get(level)
            stated = {k: dict(v) if isinstance(v, dict) else v for k, v in one.witness.items()}
            said = {"value": answer, "by": "x", "grounds": "tried"}
            value = said if load_vocabulary().facts[one.fact].nature == "evaluative" else answer
            target = stated["matter"] if where is None else dict(stated[where[0]][where[1]])
            target[name] = value
            if where is not None:
                stated[where[0]][where[1]] = target
            assert (
                Status.UNLAWFUL is decide(matter_from(stated), of, as_of=TODAY).element("u1").status
            )
