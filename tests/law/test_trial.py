"""A trial's intervals hold what they promise, and too little data is said to be too little."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from scipy import stats

from habeas.errors import BadInput
from habeas.law.trial import Indicator, Observation, Trial, measure
from habeas.law.trial_file import load_trial
from habeas.terms import Text

TITLE = Text(en="x", zh="x")
START = date(2027, 1, 1)


def _trial(regions=6, **changed):
    made = Trial(
        id="t",
        title=TITLE,
        draft_sha256="0" * 64,
        before_from=date(2026, 7, 1),
        starts=START,
        ends=date(2027, 7, 1),
        trying=tuple(f"a{n}" for n in range(regions)),
        comparing=tuple(f"b{n}" for n in range(regions)),
        indicators=(Indicator(id="late", title=TITLE, column="late", wanted="down", matters=0.05),),
        confidence=0.95,
        smallest_sample=5,
        most_missing=0.05,
        document={},
    )
    return replace(made, **changed)


def _seen(trial, effect, *, seed, spread=0.05, noise=0.1, count=12):
    """Observations with a true effect; each region has a level and a change of its own."""
    lots = random.Random(seed)
    for region in (*trial.trying, *trial.comparing):
        level, own = lots.gauss(0.4, 0.1), lots.gauss(0, spread)
        for n in range(2 * count):
            after = n >= count
            value = level + after * (own + effect * (region in trial.trying))
            yield Observation(
                region=region,
                day=START + timedelta(days=1 if after else -1),
                values={"late": value + lots.gauss(0, noise)},
            )


def test_the_interval_holds_the_truth_as_often_as_it_says():
    """400 simulated trials with a known effect; Clopper-Pearson on the misses."""
    trial = _trial(regions=5)
    hits = 0
    for seed in range(400):
        effect = measure(trial, _seen(trial, -0.03, seed=seed)).effects[0]
        hits += effect.low <= -0.03 <= effect.high
    low = stats.binomtest(hits, 400).proportion_ci(0.999).low

    assert low <= 0.95
    assert hits / 400 >= 0.92


def test_the_effect_is_scipys_welch_over_regions():
    """Against a library's own t test on the regions' changes."""
    trial = _trial()
    seen = list(_seen(trial, -0.1, seed=3))
    changes = {}
    for region in (*trial.trying, *trial.comparing):
        means = [
            [o.values["late"] for o in seen if o.region == region and (o.day >= START) == after]
            for after in (False, True)
        ]
        changes[region] = sum(means[1]) / len(means[1]) - sum(means[0]) / len(means[0])
    welch = stats.ttest_ind(
        [changes[r] for r in trial.trying], [changes[r] for r in trial.comparing], equal_var=False
    )
    interval = welch.confidence_interval(0.95)
    effect = measure(trial, seen).effects[0]

    assert effect.p_value == pytest.approx(welch.pvalue)
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize(
    ("effect", "spread", "outcome"),
    [
        (-0.3, 0.01, "as_wanted"),
        (0.3, 0.01, "against"),
        (0.0, 0.001, "no_difference"),
        (-0.05, 0.4, "cannot_tell"),
    ],
)
def test_each_answer_has_its_data(effect, spread, outcome):
    """A clear fall, a clear rise, nothing that matters, and noise."""
    trial = _trial()

    found = measure(trial, _seen(trial, effect, seed=1, spread=spread, noise=0.01)).effects[0]

    assert outcome == found.outcome


def test_what_would_be_needed_would_do():
    """With as many regions as it asks for, at the same spread, the interval is narrow enough."""
    one = replace(_trial().indicators[0], matters=0.03)
    trial = _trial(regions=20, indicators=(one,))
    needed = measure(trial, _seen(trial, 0, seed=7)).effects[0].needed
    widths = []
    for seed in range(9):
        enough = _trial(regions=needed)
        effect = measure(enough, _seen(enough, 0, seed=seed)).effects[0]
        widths.append((effect.high - effect.low) / 2)

    assert needed > 20
    assert sorted(widths)[4] <= 1.3 * one.matters


def test_too_few_regions_are_no_interval_however_many_persons():
    """One region against one says nothing about regions."""
    trial = _trial(regions=1)

    effect = measure(trial, _seen(trial, -0.5, seed=1, count=500)).effects[0]

    assert ("cannot_tell", None) == (effect.outcome, effect.low)


def test_a_region_with_many_unknowns_is_left_out_and_counted():
    """Unknown is not zero: leaving it in as nothing would make the trial look good."""
    trial = _trial()
    seen = [
        replace(one, values={"late": None}) if one.region == "a0" and n % 4 == 0 else one
        for n, one in enumerate(_seen(trial, -0.2, seed=2))
    ]
    effect = measure(trial, seen).effects[0]

    assert (5, 6) == effect.regions
    assert 1 == effect.left_out


def test_more_indicators_ask_for_wider_intervals():
    """Who measures ten things finds one by chance: the intervals hold together."""
    trial = _trial()
    one = trial.indicators[0]
    many = replace(trial, indicators=tuple(replace(one, id=f"i{n}") for n in range(10)))
    seen = list(_seen(trial, -0.1, seed=4))
    narrow, wide = measure(trial, seen).effects[0], measure(many, seen).effects[0]

    assert wide.high - wide.low > 1.3 * (narrow.high - narrow.low)


def test_what_lies_outside_the_plan_is_counted_and_not_used():
    """Other regions, other days."""
    trial = _trial()
    seen = list(_seen(trial, -0.1, seed=5))
    strange = [
        replace(seen[0], region="elsewhere"),
        replace(seen[0], day=trial.ends),
        replace(seen[0], day=trial.before_from - timedelta(days=1)),
    ]

    assert measure(trial, seen).effects == measure(trial, [*seen, *strange]).effects
    assert 3 == measure(trial, [*seen, *strange]).outside


GOOD = """format: trial/v1
id: t
title: {en: A trial, zh: 试行}
draft_sha256: abc
before_from: 2026-07-01
starts: 2027-01-01
ends: 2027-07-01
trying: [a, b]
comparing: [c, d]
indicators:
  - {id: late, title: {en: Late, zh: 迟报}, column: late, wanted: down, matters: 0.05}
"""


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("starts: 2027-01-01", "starts: 2027-13-01", "not a day"),
        ("starts: 2027-01-01", "starts: 2026-01-01", "not in order"),
        ("comparing: [c, d]", "comparing: [c, a]", "both tries"),
        ("comparing: [c, d]", "comparing: [c, c]", "different regions"),
        ("wanted: down", "wanted: lower", "neither up nor down"),
        ("matters: 0.05", "matters: 0", "above zero"),
        ("matters: 0.05", "matters: nan", "above zero"),
        ("id: t\n", "id: t\nsmallest_sample: 2\n", "show them"),
        ("id: t\n", "id: t\nconfidence: 1\n", "between"),
        ("id: t\n", "id: t\nextra: 1\n", "no key"),
        ("trial/v1", "trial/v2", "not in the format"),
    ],
)
def test_a_plan_that_can_t_be_meant_is_one_sentence(tmp_path, old, new, says):
    """With file and line."""
    assert old in GOOD
    (tmp_path / "t.yaml").write_text(GOOD.replace(old, new), encoding="utf-8")

    with pytest.raises(BadInput, match=says):
        load_trial(tmp_path / "t.yaml")
