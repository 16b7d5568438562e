"""The bounds: against enumeration, against SciPy's exact tails, and by calibration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from habeas.protection.marks import Carriers, code_bits
from habeas.relief.score import (
    DECODERS,
    Reading,
    gains,
    log_bounds,
    log_clearing,
    scores,
)

INNOCENTS = 1_000
LEVELS = (1e-1, 1e-2, 1e-3)


def reading(y, p):
    return Reading(positions=np.arange(len(p)), y=np.asarray(y, bool), p=np.asarray(p))


def bound(bits, read):
    low, high = gains(read)
    return log_bounds(scores(np.asarray(bits, bool), low, high), low, high, read.p)


small = st.lists(st.tuples(st.booleans(), st.floats(0.01, 0.99)), min_size=1, max_size=9)


@settings(max_examples=60, deadline=None)
@given(small)
@example([(True, 0.25), (False, 0.25)])
@example([(True, 0.0625), (False, 0.0625), (False, 0.0625), (True, 0.0625)])
@example([(True, 0.5)] * 3)
def test_the_bound_holds_for_every_code_word(positions):
    """By enumeration of all code words: no score is more likely by chance than its bound says."""
    y, p = zip(*positions, strict=True)
    read = reading(y, p)
    words = np.array(list(product([False, True], repeat=len(p))))
    low, high = gains(read)
    all_scores = scores(words, low, high)
    chance = np.where(words, read.p, 1 - read.p).prod(axis=1)

    bounds = np.exp(log_bounds(all_scores, low, high, read.p))

    for decoder in range(len(DECODERS)):
        mine = all_scores[:, decoder]
        tail = np.array([chance[mine >= s - 1e-9].sum() for s in mine])
        assert (tail <= bounds[:, decoder] * (1 + 1e-6) + 1e-12).all()


def test_the_bound_is_not_wasteful_where_it_can_be_tight():
    """A perfect match is as unlikely as the product of its bits: the bound must come near it."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 12)
    y = rng.random(12) < p
    exact = np.where(y, p, 1 - p).prod()

    best = np.exp(bound([y], reading(y, p)).min())

    assert exact <= best * (1 + 1e-6)
    assert best <= 1.5 * exact


def test_a_bound_that_is_ten_times_too_small_is_caught():
    """The two tests above must fail for a wrong bound, or they would prove nothing."""
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 12)
    y = rng.random(12) < p
    exact = np.where(y, p, 1 - p).prod()
    wrong = 0.1 * np.exp(bound([y], reading(y, p)).min())

    assert exact > wrong

    shares = _shares(0.1 * np.exp(_innocent_bounds("unmarked")))
    assert any(_over(count, level) for level, count in shares.items())


@pytest.mark.parametrize(
    "leak", ["unmarked", "unrelated", "one recipient", "coalition", "scrubbed"]
)
def test_innocents_stay_within_their_bound(leak):
    """Of 1,000 innocent codes, the share with bound ≤ 0.1, 0.01, 0.001 is within it."""
    shares = _shares(np.exp(_innocent_bounds(leak)))

    assert [] == [level for level, count in shares.items() if _over(count, level)]


def _innocent_bounds(leak):
    """The least bound over decoders, times their number, for innocents' real code bits."""
    rng = np.random.default_rng(5)
    m = 400
    low = np.arcsin(np.sqrt(0.01))
    p = np.rint(np.sin(rng.uniform(low, np.pi / 2 - low, m)) ** 2 * 65536) / 65536
    zeros = np.zeros(m, np.int32)
    carriers = Carriers(
        columns=("x",), column=zeros.astype(np.int16), row_a=zeros, row_b=zeros + 1, p=p
    )
    bits = code_bits(b"s" * 32, b"b" * 32, carriers, range(INNOCENTS + 4))
    guilty = bits[INNOCENTS:]
    y = {
        "unmarked": np.zeros(m, bool),
        "unrelated": rng.random(m) < 0.5,
        "one recipient": guilty[0],
        "coalition": np.where(rng.random(m) < 0.5, guilty[1], guilty[2]),
        "scrubbed": guilty.sum(axis=0) >= 2,
    }[leak]
    keep = guilty.min(axis=0) == guilty.max(axis=0) if leak == "scrubbed" else np.ones(m, bool)
    read = reading(y[keep], p[keep])
    least = bound(bits[:INNOCENTS][:, keep], read).min(axis=1)
    return np.minimum(0.0, least + np.log(len(DECODERS)))


def _shares(bounds):
    # A hair's breadth above each level, so that a bound of exactly 1 times a tenth counts.
    return {level: int((bounds <= level * (1 + 1e-9)).sum()) for level in LEVELS}


def _over(count, level):
    """Clopper and Pearson's lower limit (1 in 10,000) of the share is above the level."""
    return count > 0 and beta.ppf(1e-4, count, INNOCENTS - count + 1) > level


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 300), st.integers(0, 300), st.sampled_from([0.05, 0.1, 0.2]))
def test_clearing_agrees_with_the_binomial(m, wrong, noise):
    """With equal biases the clearing bound is Chernoff's for a binomial tail: never below SciPy's."""
    wrong = min(wrong, m)
    y = np.arange(m) < wrong
    read = reading(y, np.full(m, 0.5))

    cleared = np.exp(log_clearing(np.zeros((1, m), bool), read, max_noise=noise)[0])

    assert binom.sf(wrong - 1, m, noise) <= cleared * (1 + 1e-9)


def test_a_source_is_not_cleared():
    """Leakers within the stated noise: the share cleared at 1 in 10, 100, 1000 is within it."""
    rng = np.random.default_rng(8)
    low = np.arcsin(np.sqrt(0.01))
    hits = dict.fromkeys(LEVELS, 0)
    for _ in range(INNOCENTS):
        p = np.sin(rng.uniform(low, np.pi / 2 - low, 150)) ** 2
        bits = rng.random(150) < p
        y = bits ^ (rng.random(150) < 0.10)
        chance = np.exp(log_clearing(bits[None, :], reading(y, p))[0])
        for level in LEVELS:
            hits[level] += chance <= level

    assert [] == [level for level, count in hits.items() if _over(int(count), level)]


def test_enough_positions_clear_an_innocent():
    """The planning figure: 8.5·ln(1/ε) positions clear nearly everyone who had no part."""
    m = int(np.ceil(8.5 * np.log(1e9)))
    rng = np.random.default_rng(9)
    low = np.arcsin(np.sqrt(0.01))
    p = np.sin(rng.uniform(low, np.pi / 2 - low, m)) ** 2
    bits = rng.random((500, m)) < p

    cleared = log_clearing(bits, reading(rng.random(m) < p, p)) <= np.log(1e-9)

    assert cleared.mean() >= 0.95


def test_one_leaker_among_ten_thousand():
    """The planning figure: 6.7·ln(tests/ε) readable positions name one, 5 % of them read wrong."""
    m = int(np.ceil(6.7 * np.log(10_000 * len(DECODERS) / 1e-9)))
    rng = np.random.default_rng(10)
    low = np.arcsin(np.sqrt(0.01))
    found = 0
    for _ in range(20):
        p = np.sin(rng.uniform(low, np.pi / 2 - low, m)) ** 2
        bits = rng.random(m) < p
        y = bits ^ (rng.random(m) < 0.05)
        least = bound(bits[None, :], reading(y, p)).min() + np.log(10_000 * len(DECODERS))
        found += least <= np.log(1e-9)

    assert found >= 19


@pytest.mark.parametrize("ones", [1_090, 1_134, 1_180, 1_300])
def test_in_the_far_tail_the_bound_is_near_the_binomials(ones):
    """Equal biases: the score counts agreements; above SciPy's exact tail, by half a digit at most."""
    m = 2_000
    read = reading(np.ones(m, bool), np.full(m, 0.5))
    bits = np.arange(m) < ones

    found = bound(bits[None, :], read)[0, DECODERS.index("symmetric")] / np.log(10)

    exact = binom.logsf(ones - 1, m, 0.5) / np.log(10)
    assert exact <= found <= exact + 0.5
