"""A draft: read strictly, applied to a copy, and unable to hide what it does."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from habeas.errors import BadInput
from habeas.law.book import load_book
from habeas.law.enact import BookText, never_applies, text_of
from habeas.law.enact import enact as enact_on
from habeas.law.matter import matter_from
from habeas.law.patch import draft_from, load_draft
from habeas.law.pilot import result_under
from habeas.law.views import FactsView
from habeas.law.wording import write
from habeas.law.yaml_reading import yaml_document

TEXT = text_of("cn")
BOOK = TEXT.book()
TODAY = date(2026, 11, 24)
HEAD = """format: draft/v1
id: test
book: cn
title: {en: Test, zh: 测试}
status: draft
changes:
"""
ADD = """  - add:
      id: cn.pipl.art99
      kind: prohibit
      says: {en: no selling, zh: 不得出售}
      issues: [sale]
      on:
        use: {when: "'sell' in use.operations"}
"""


def enact(changes, text=TEXT):
    return enact_on(changes, text)


def draft(changes, head=HEAD):
    return draft_from(yaml_document(head + changes, file="d.yaml"))


def refused(changes, head=HEAD):
    with pytest.raises(BadInput) as caught:
        enact(draft(changes, head))
    return caught.value


def rule_of(book, id_, level="use"):
    return [write(rule.when) for rule in book.provisions[id_].rules[level]]


def matter(**facts):
    party = facts.pop("party", {})
    return matter_from(
        {
            "matter": {
                "acted_on": "2026-03-01",
                "place_of_processing": "cn",
                "subjects_in": ["cn"],
                **facts.pop("matter", {}),
            },
            "parties": {
                "p1": {"role": "controller", "kind": "company", "sector": "loan_platform", **party}
            },
            "uses": {"u1": {"party": "p1", "identifiability": "identified", **facts}},
        }
    )


def result(book, made):
    return result_under(made, made.uses["u1"], book, as_of=TODAY)


# ---- a book of its own


def test_a_new_book_with_its_own_hash_and_the_baseline_untouched():
    """Baseline and draft share no state; nothing of a draft can be loaded as a book."""
    before = (BOOK.hash, len(BOOK.provisions), rule_of(BOOK, "cn.pipl.art55"))
    new = enact(draft(ADD + "  - repeal: cn.pipl.art55\n"))

    assert "cn+test" == new.id
    assert BOOK.hash != new.hash
    assert new != BOOK
    assert before == (BOOK.hash, len(BOOK.provisions), rule_of(BOOK, "cn.pipl.art55"))
    assert "cn.pipl.art99" not in load_book("cn").provisions
    with pytest.raises(BadInput, match="no law book"):
        load_book("cn+test")
    with pytest.raises(TypeError):
        new.provisions["x"] = None


def test_the_same_draft_gives_the_same_book_and_another_another():
    """The hash is of what is written."""
    assert enact(draft(ADD)).hash == enact(draft(ADD)).hash
    assert enact(draft(ADD)).hash != enact(draft(ADD.replace("'sell'", "'provide'"))).hash


def test_a_draft_is_marked_wherever_it_is_cited():
    """Title and mark say that nobody enacted it."""
    added = enact(draft(ADD)).provisions["cn.pipl.art99"]

    assert "PIPL art. 99 (draft)" == added.title.en
    assert "（草案）" in added.title.zh
    assert "none" == added.marks.weakest
    assert list(BOOK.provisions) == [p for p in enact(draft(ADD)).provisions if p != added.id]


def test_the_texts_of_a_book_may_be_given():
    """A draft of a book that is not shipped."""
    assert enact_on(draft(ADD)).id == enact_on(draft(ADD), text_of("cn")).id
    assert "xx+test" == small(ADD.replace("cn.pipl.art99", "xx.act.art2")).id


# ---- the four changes


def test_an_addition_forbids_and_speaks_only_where_it_is_broken():
    """A use of which the book had nothing to say is not made lawful by forbidding another."""
    new = enact(draft(ADD))
    sells, stores = matter(operations=["sell"], issues=["sale"]), matter(operations=["store"])

    assert "unlawful" == result(new, sells)
    assert result(BOOK, stores) == result(new, stores)


SMALL = BookText(
    top=yaml_document(
        """format: book/v1
id: xx
title: {en: Test, zh: 测试}
files: [rules]
instruments:
  xx.act:
    short: {en: Act, zh: 法}
    scope: {use: matter.place_of_processing == 'cn'}
""",
        file="book.yaml",
    ),
    sheet=yaml_document(
        """format: sheet/v1
entries_in_the_sheets: 1
provisions:
  xx.act.art1:
    locator: {article: '1'}
    rank: law
    from: '2021-01-01'
    status: in_force
    paraphrase: {en: no minors, zh: 不得}
    verified: true
    read: full_text_read
""",
        file="sheet.yaml",
    ),
    rules=(
        yaml_document(
            """format: rules/v1
rules:
  - id: xx.act.art1
    kind: prohibit
    issues: [minors]
    coded: '2026-11-24'
    on: {use: {when: use.minor, within: party.role == 'controller'}}
""",
            file="rules.yaml",
        ),
    ),
    derived=yaml_document("format: derived/v1\nderived: []\n", file="derived.yaml"),
)


def small(changes):
    return enact(draft(changes), SMALL)


def test_a_repealed_provision_no_longer_applies_and_its_question_stays_answered():
    """Unlawful becomes lawful, not unknown: a drafter can't hide what is set free."""
    made = matter(minor=True, issues=["minors"])
    new = small("  - repeal: xx.act.art1\n")

    assert ("unlawful", "lawful") == (result(SMALL.book(), made), result(new, made))
    assert never_applies(new.provisions["xx.act.art1"])


def test_a_repeal_in_one_region_leaves_the_rest():
    """There it is gone; elsewhere it stands; where the region is unknown, so is the answer."""
    new = small("  - repeal: xx.act.art1\n    only: {regions: ['33']}\n")
    where = [{"division_code": 330000}, {"division_code": 440000}, {}]
    made = [matter(minor=True, issues=["minors"], matter=one) for one in where]

    assert ["lawful", "unlawful", "undetermined"] == [result(new, one) for one in made]


def test_a_question_nobody_answered_stays_open_under_a_new_prohibition():
    """Forbidding one thing makes no other thing lawful."""
    new = small(ADD.replace("cn.pipl.art99", "xx.act.art2"))
    sells, keeps = (matter(operations=[o], issues=["sale"]) for o in ("sell", "store"))

    assert ["undetermined"] * 2 == [result(SMALL.book(), one) for one in (sells, keeps)]
    assert ["unlawful", "undetermined"] == [result(new, one) for one in (sells, keeps)]


def test_the_narrower_scope_of_one_rule_does_not_narrow_the_other():
    """An instrument's `within` is asked per place, like the rule it belongs to."""
    changed = """  - replace:
      id: xx.act.art1
      on: {use: {when: use.minor, within: party.role == 'recipient'}}
    only: {regions: ['33']}
"""
    new = small(changed)
    cases = [(330000, "recipient"), (330000, "controller"), (440000, "controller")]
    made = [
        matter(minor=True, issues=["minors"], matter={"division_code": code}, party={"role": role})
        for code, role in cases
    ]

    assert ["unlawful", "not_governed", "unlawful"] == [result(new, one) for one in made]


def test_an_addition_stands_from_when_its_instrument_does_unless_it_says():
    """A past act is judged as if the draft had been in force."""
    add = ADD.replace("cn.pipl.art99", "xx.act.art2")

    assert date(2021, 1, 1) == small(add).provisions["xx.act.art2"].from_
    later = add.replace("      on:", "      from: '2027-01-01'\n      on:")
    assert date(2027, 1, 1) == small(later).provisions["xx.act.art2"].from_
    assert "is not a day" in refused(later.replace("2027-01-01", "soon")).says


REPLACE = """  - replace:
      id: cn.pipl.art55
      on: {use: {when: use.assessment_due, met_when: "use.assessment in {'before', 'late'}"}}
    only: {regions: ['33', '3101'], sectors: [loan_platform]}
"""


@pytest.mark.parametrize(
    ("code", "sector", "breaks"),
    [
        (330106, "loan_platform", False),
        (310115, "loan_platform", False),
        (310199, "loan_platform", False),
        (310200, "loan_platform", True),
        (340000, "loan_platform", True),
        (329999, "loan_platform", True),
        (330106, "bank", True),
    ],
)
def test_a_change_in_some_regions_and_sectors_only(code, sector, breaks):
    """The new rule there, the old one everywhere else."""
    made = matter(
        matter={"division_code": code},
        party={"sector": sector},
        operations=["provide"],
        assessment="late",
        issues=["assessment"],
    )
    case_breaks = _breaks(enact(draft(REPLACE)), made, "cn.pipl.art55")

    assert breaks is case_breaks
    assert _breaks(BOOK, made, "cn.pipl.art55")


def _breaks(book, made, id_):
    from habeas.law.reason import decide

    decision = decide(made, book, as_of=TODAY).element("u1")
    return id_ in {r.id for r in decision.breached}


def test_what_breaks_both_rules_is_broken_wherever_it_happened():
    """A region nobody stated leaves only that open on which the two rules differ."""
    new = enact(draft(REPLACE))
    never = matter(operations=["provide"], assessment="not_done", issues=["assessment"])
    late = matter(operations=["provide"], assessment="late", issues=["assessment"])

    assert _breaks(new, never, "cn.pipl.art55")
    assert not _breaks(new, late, "cn.pipl.art55")
    assert _breaks(BOOK, late, "cn.pipl.art55")


def test_a_number_is_changed_wherever_it_stands():
    """In a derived fact and in a provision; the rest of the words stays."""
    text = "  - number: {fact: use.under_14, from: 14, to: 16, places: 2}\n"
    new = enact(draft(text))
    sides = [write(n) for d in new.derivations["use.under_14"] for n in d.nodes]

    assert "use.youngest_age < 16" == sides[0]
    assert not any("14" in side.replace("under_14", "") for side in sides)


def test_a_number_in_one_region_leaves_open_only_what_the_two_numbers_differ_on():
    """Where the region is unknown, an age under both bounds is under each."""
    text = "  - number: {fact: use.under_14, from: 14, to: 16, places: 2}\n"
    new = enact(draft(text + "    only: {regions: ['33']}\n"))
    known = {"matter.division_code": 330000}

    def under(age, **facts):
        view = FactsView(
            {"use.youngest_age": age, **facts}, book=new, level="use", day=TODAY, today=TODAY
        )
        return view.fact("use.under_14")

    assert [True, None, False] == [under(age) for age in (13, 15, 16)]
    assert [True, True, False] == [under(age, **known) for age in (13, 15, 16)]


def test_a_ground_is_asked_for_beside_the_others():
    """What rests on it is lawful in that respect."""
    ground = """  - add:
      id: cn.pipl.art13_1
      kind: ground
      says: {en: loans, zh: 借款}
      issues: [ground]
      on: {use: {when: use.relationship == 'borrower'}}
"""
    made = matter(
        relationship="borrower", purposes=["advertising"], consent="refused", issues=["ground"]
    )
    new = enact(draft(ground))

    assert "cn.pipl.art13_1" in new.instruments["cn.pipl"].grounds
    assert not _breaks(new, made, "cn.pipl.art13")


# ---- dishonest and careless drafters


def test_a_silent_repeal_by_an_addition_is_refused():
    """An `add` with the id of what stands would make it vanish."""
    error = refused(ADD.replace("cn.pipl.art99", "cn.pipl.art16"))

    assert "stands in the book already" in error.says
    assert "line 7" == error.place
    assert "d.yaml" == error.file


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            "  - replace: {id: cn.pipl.art55, on: {use: {when: 'False'}}}\n",
            "would never apply",
        ),
        (
            "  - replace: {id: cn.pipl.art57.p1, on: {use: {when: use.minor}}}\n",
            "says nothing about a event",
        ),
        (
            ADD.replace("      on:", "      defeats: [cn.pipl.art16]\n      on:"),
            "defeats nothing",
        ),
        ("  - repeal: cn.pipl.art3.p1\n", "leans on cn.pipl.art3.p1"),
        ("  - repeal: cn.pipl.art55\n  - repeal: cn.pipl.art55\n", "changed twice"),
        ("  - number: {fact: use.under_14, from: 14, to: 16}\n", "in 2 places"),
        ("  - number: {fact: use.under_14, from: 15, to: 16}\n", "does not stand"),
        ("  - number: {fact: use.consent, from: 1, to: 2}\n", "nothing derives"),
        ("  - number: {from: 1, to: 2}\n", "a number stands in"),
        ("  - {}\n", "one change is one of"),
        (ADD.replace("sell'", "sel'"), "not a member"),
        (ADD.replace("cn.pipl.art99", "cn.pippl.art99"), "no instrument"),
        (ADD.replace("prohibit", "forbid"), "not a kind"),
        (ADD.replace("says: {en: no selling, zh: 不得出售}", "says: {en: x}"), "both languages"),
        (ADD + "    only: {regions: ['3']}\n", "not a division code"),
        (ADD + "    only: {sectors: [banks]}\n", "not a sector"),
    ],
)
def test_what_is_refused(changes, says):
    """A repeal in disguise, a gap for others, words that are none: named with their line."""
    error = refused(changes)

    assert says in error.says
    assert error.place.startswith("line ")


def test_an_expression_cannot_reach_out_of_its_brackets():
    """Each is read alone before it is put together with the guard."""
    smuggled = (
        ADD.replace("\"'sell' in use.operations\"", '"use.minor) or (use.sensitive"')
        + "    only: {sectors: [bank]}\n"
    )

    assert "cannot read the expression" in refused(smuggled).says


def test_only_drafts_are_written_this_way():
    """What says it is in force is refused, and the nearest word is offered."""
    assert "only drafts" in refused(ADD, HEAD.replace("status: draft", "status: in_force")).says
    misspelt = HEAD.replace("book: cn", "book: cn\nfictonal: true")
    assert "did you mean 'fictional'?" == refused(ADD, misspelt).remedy
    with pytest.raises(BadInput, match="no law book"):
        enact_on(draft(ADD, HEAD.replace("book: cn", "book: de")))


def test_a_misspelt_key_is_named_with_its_line():
    """File, line and nearest right word, as for rules."""
    error = refused(ADD.replace("issues:", "isues:"))

    assert ("line 11", "did you mean 'issues'?") == (error.place, error.remedy)


def test_without_one_change():
    """The same draft less one change, to see what that change did."""
    both = draft(ADD + "  - repeal: cn.pipl.art55\n")

    assert (
        enact(both.without("cn.pipl.art55")).provisions.keys()
        == enact(draft(ADD)).provisions.keys()
    )
    assert not never_applies(enact(both.without("cn.pipl.art55")).provisions["cn.pipl.art55"])


def test_the_demo_draft_and_the_spec_are_read():
    """The example that ships is fictional and says so."""
    import habeas.demo.platform as platform  # noqa: PLR0402

    found = load_draft(Path(next(iter(platform.__path__))) / "draft.yaml")

    assert found.fictional
    assert "fictional" in found.title.en
    assert "（虚构）" in found.title.zh
    assert 4 == len(found.changes)
    enact(found)
