"""The language of rules: what it says, and that everything else is refused at load."""

from datetime import UTC, date, datetime

import pytest

from habeas.errors import BadInput
from habeas.law.expression import k_and, k_not, k_or
from habeas.law.language import parse
from habeas.law.matter import StatedView
from habeas.law.schema import load_vocabulary
from habeas.law.values import SetValue
from habeas.law.wording import write
from habeas.terms import Money

WORDS = load_vocabulary()


def value(text, **facts):
    """An expression's value on facts, written with _ for the dot after the level."""
    known = {}
    for name, raw in facts.items():
        id_ = name.replace("_", ".", 1)
        known[id_] = WORDS.facts[id_].read(raw)
    return parse(text, WORDS).value(StatedView(known))


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("use.minor", {"use_minor": True}, True),
        ("use.minor", {}, None),
        ("not use.minor", {}, None),
        ("use.minor or True", {}, True),
        ("use.minor and False", {}, False),
        ("use.minor == False", {"use_minor": False}, True),
        ("use.consent == 'given'", {"use_consent": "refused"}, False),
        ("use.consent != 'given'", {"use_consent": "refused"}, True),
        ("use.consent != 'given'", {}, None),
        ("use.consent in {'given', 'refused'}", {"use_consent": "refused"}, True),
        ("use.consent not in {'given'}", {}, None),
        ("'face' in use.data", {"use_data": ["face"]}, True),
        ("'face' in use.data", {"use_data": []}, False),
        ("'face' in use.data", {"use_data": {"iris": True}}, None),
        ("'face' not in use.data", {"use_data": {"face": False}}, True),
        ("use.data & {'face', 'iris'}", {"use_data": {"iris": True}}, True),
        ("use.data & {'face', 'iris'}", {"use_data": {"iris": False}}, None),
        ("use.data & {'face', 'iris'}", {"use_data": ["name"]}, False),
        ("{'face'} & use.data", {"use_data": ["face"]}, True),
        ("use.data >= {'face', 'iris'}", {"use_data": {"iris": False}}, False),
        ("use.data >= {'face', 'iris'}", {"use_data": {"iris": True}}, None),
        ("use.data >= {'face', 'iris'}", {"use_data": ["face", "iris"]}, True),
        ("use.data <= {'face'}", {"use_data": ["face"]}, True),
        ("use.data <= {'face'}", {"use_data": {"face": True}}, None),
        ("use.data <= {'face'}", {"use_data": {"iris": True}}, False),
        ("use.data <= {'face'}", {}, None),
        ("len(use.data) == 0", {"use_data": []}, True),
        ("len(use.data) == 0", {"use_data": {"face": True}}, False),
        ("len(use.data) >= 1", {"use_data": {"face": False}}, None),
        ("use.youngest_age < 14", {"use_youngest_age": 13}, True),
        ("use.youngest_age < 14", {"use_youngest_age": 14}, False),
        ("0 <= use.youngest_age <= 130", {"use_youngest_age": 131}, False),
        ("use.youngest_age == -1", {"use_youngest_age": 3}, False),
        (
            "use.illegal_gain >= money(500000, 'CNY')",
            {"use_illegal_gain": {"minor": 500000, "currency": "CNY"}},
            True,
        ),
        (
            "use.illegal_gain >= money(500000, 'CNY')",
            {"use_illegal_gain": {"minor": 900000, "currency": "USD"}},
            None,
        ),
        ("max(use.youngest_age, 3) > 2", {"use_youngest_age": 1}, True),
        ("min(use.youngest_age, 3) > 2", {"use_youngest_age": 1}, False),
        ("min(use.youngest_age, 3) > 2", {}, None),
        ("use.youngest_age + 1 > 14", {"use_youngest_age": 14}, True),
        ("2 * use.youngest_age - 1 > 27", {"use_youngest_age": 14}, False),
        ("len(use.data) * 2 >= 2", {"use_data": {"face": True}}, True),
        ("3 - len(use.data) > 2", {"use_data": {"face": False}}, None),
        ("use.youngest_age + 1 > 14", {}, None),
        (
            "len(use.data) - len(use.operations) >= 0",
            {"use_data": {"face": True}, "use_operations": {"collect": True}},
            None,
        ),
        (
            "use.illegal_gain * 5 - money(1, 'CNY') >= money(2500000, 'CNY')",
            {"use_illegal_gain": {"minor": 500000, "currency": "CNY"}},
            False,
        ),
        (
            "use.illegal_gain + money(1, 'CNY') > money(0, 'CNY')",
            {"use_illegal_gain": {"minor": 5, "currency": "USD"}},
            None,
        ),
        (
            "max(use.illegal_gain, money(1, 'CNY')) > money(0, 'CNY')",
            {"use_illegal_gain": {"minor": 5, "currency": "USD"}},
            None,
        ),
        ("matter.acted_on >= as_of", {"matter_acted_on": "2026-01-01"}, None),
    ],
)
def test_three_values(text, facts, expected):
    """Known parts settle what they can; the rest stays unknown."""
    assert expected is value(text, **facts)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ("2026-03-04T09:00+00:00", False),
        ("2026-03-04T09:00:01+00:00", True),
        ("2026-03-04T09:59+00:00", True),
    ],
)
def test_an_hour_limit_is_exact(late, expected):
    """72 hours and one second are more than 72 hours; whole hours would lose them."""
    found = value(
        "hours(event.at, event.answered_at) > 72",
        event_at="2026-03-01T09:00+00:00",
        event_answered_at=late,
    )

    assert expected is found


def test_hours_need_hours():
    """Between bare days no hour is known; days can still be counted."""
    facts = {"event_at": "2026-03-01", "event_answered_at": "2026-03-11"}

    assert value("hours(event.at, event.answered_at) > 72", **facts) is None
    assert value("days(event.at, event.answered_at) == 10", **facts) is True


@pytest.mark.parametrize(
    ("text", "last", "expected"),
    [
        ("working_days(event.at, event.answered_at) == 3", "2026-10-10", True),
        ("working_days(event.at, event.answered_at) > 15", "2026-10-27", False),
        ("working_days(event.at, event.answered_at) > 15", "2026-10-28", True),
        ("working_days(event.at, event.answered_at) < 99", "2099-01-01", None),
        ("max(event.at, event.answered_at) > event.at", "2026-10-10T09:00+08:00", None),
    ],
)
def test_working_days_are_those_the_state_council_decreed(text, last, expected):
    """The holidays of October and its make-up Saturday count; a year not decreed is unknown."""
    assert expected is value(text, event_at="2026-09-30", event_answered_at=last)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-20T23:59:59+08:00", True),
        ("2026-11-21T00:00:00+08:00", None),
        ("2026-11-21T12:00:00+08:00", None),
        ("2026-11-22T00:00:00+08:00", False),
        ("2026-11-21", None),
    ],
)
def test_an_hour_limit_is_over_for_sure_when_the_day_begins_after_it(at, expected):
    """As of a day nobody knows the hour: seventy-two hours may end in the middle of it."""

    class View(StatedView):
        def as_of(self):
            return date(2026, 11, 24)

    facts = {"event.at": WORDS.facts["event.at"].read(at)}

    assert expected is parse("hours(event.at, as_of) > 72", WORDS).value(View(facts))


def test_a_bare_day_against_an_hour_of_that_day_is_open():
    """Before or after noon of the same day cannot be told from the day alone."""
    same = {"event_at": "2026-03-01", "event_answered_at": "2026-03-01T09:00+00:00"}
    later = same | {"event_answered_at": "2026-03-02T09:00+00:00"}

    assert value("event.answered_at > event.at", **same) is None
    assert value("event.answered_at > event.at", **later) is True


def test_offsets_count():
    """Nine in Shanghai is one in the morning in London."""
    facts = {"event_at": "2026-03-01T09:00+08:00", "event_answered_at": "2026-03-01T01:00+00:00"}

    assert value("event.answered_at == event.at", **facts) is True


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "use.consent.__class__",
        "().__class__",
        "lambda: 1",
        "[x for x in use.data]",
        "use.youngest_age ** 9",
        "use.youngest_age / 2 > 2",
        "use.retention_days + use.youngest_age > 2",
        "use.retention_days * use.youngest_age > 2",
        "use.retention_days + 1 > use.youngest_age",
        "use.illegal_gain + 500 > money(1, 'CNY')",
        "use.illegal_gain * use.illegal_gain > money(1, 'CNY')",
        "use.illegal_gain * 2 > 500",
        "event.at + 3 > event.answered_at",
        "use.minor + 1 > 2",
        "working_days(event.at, 3) > 1",
        "working_days(event.at, event.answered_at) > use.retention_days",
        "use.minor if use.minor else use.minor",
        "f'{use.minor}'",
        "use.data",
        "use.consent",
        "use.youngest_age",
        "'face'",
        "1",
        "None",
        "use.minor is None",
        "use.consent is not None",
        "use.consnt == 'given'",
        "use.consent == 'gven'",
        "use.consent == given",
        "use.consent < 'given'",
        "use.consent == True",
        "use.minor == 'yes'",
        "use.minor == 1",
        "'feet' in use.data",
        "'face' in use.consent",
        "use.data == {'face'}",
        "use.data & {}",
        "use.data <= use.recipients",
        "use.youngest_age < party.persons_held",
        "use.youngest_age < money(1, 'CNY')",
        "use.illegal_gain > 500",
        "money(1) < use.illegal_gain",
        "money(1, 'yuan') < use.illegal_gain",
        "money(1.5, 'CNY') < use.illegal_gain",
        "hours(event.at, use.youngest_age) > 1",
        "hours(event.at) > 1",
        "weeks(event.at, event.answered_at) > 1",
        "len(use.consent) > 1",
        "max(use.youngest_age, party.persons_held) > 1",
        "claim.loss.minor > 1",
        "use.youngest_age < True",
        "print(1)",
        "a :=",
        "",
        "use.minor and " * 400 + "use.minor",
        "(" * 300 + "use.minor" + ")" * 300,
    ],
)
def test_everything_else_is_refused(text):
    """No names, no calls, no attributes beyond facts: a book can be taken from a stranger."""
    with pytest.raises(BadInput) as caught:
        parse(text, WORDS, file="rules.yaml", place="line 7")

    assert ("rules.yaml", "line 7") == (caught.value.file, caught.value.place)


@pytest.mark.parametrize(
    "text",
    [
        "use.minor and (use.under_14 or not use.child_directed)",
        "use.consent in {'given', 'refused'} and use.consent_form == 'written'",
        "use.data & {'face'} and use.data >= {'face', 'iris'} and use.data <= {'face', 'iris'}",
        "len(use.data) >= 2 or hours(event.at, event.aware_at) > 72",
        "max(use.youngest_age, 3) <= 14 and cn.pipl.art13.p1.i2",
        "use.illegal_gain >= money(5, 'CNY') and matter.acted_on < as_of and use.minor == False",
        "claim.harm_proven <= claim.harm_claimed or True",
        "working_days(event.at, event.aware_at) > 15 - (len(use.data) - 2) * 3",
    ],
)
def test_what_is_written_back_means_the_same(text):
    """`habeas law show` shows the rule that decides, not a paraphrase of it."""
    node = parse(text, WORDS)

    assert node == parse(write(node), WORDS)


@pytest.mark.parametrize("axiom", WORDS.axioms, ids=lambda a: a.id)
def test_every_axiom_can_be_read(axiom):
    """An axiom nobody can evaluate would guard nothing."""
    for text in (axiom.when, axiom.then):
        node = parse(text, WORDS, axiom=True)
        assert write(node)


def test_kleene_tables():
    """Strong Kleene: unknown stays unknown unless the known side settles it."""
    assert (False, None, True) == (k_and(False, None), k_and(True, None), k_and(True, True))
    assert (True, None, False) == (k_or(True, None), k_or(False, None), k_or(False, False))
    assert (None, False, True) == (k_not(None), k_not(True), k_not(False))
    assert (True, False) == (k_and(), k_or())


def test_a_set_says_what_it_knows():
    """Three-valued membership, one column a member."""
    found = SetValue(yes=frozenset({"face"}), no=frozenset({"iris"}))

    assert (True, False, None) == (found.has("face"), found.has("iris"), found.has("name"))


def test_sums_of_other_currencies_are_not_compared():
    """Rates are nobody's default: the comparison stays open."""
    view = StatedView({"use.illegal_gain": Money(minor=1, currency="USD")})

    assert parse("use.illegal_gain == money(1, 'CNY')", WORDS).value(view) is None
    assert date(2026, 1, 1) < date(2026, 1, 2)
    assert datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["use.minor is 1", "use.minor is use.under_14", "use.minor is not 'given'"]
)
def test_an_axiom_asks_only_whether_a_fact_is_stated(text):
    """`is` means stated or not, in axioms; nothing else."""
    with pytest.raises(BadInput):
        parse(text, WORDS, axiom=True)
