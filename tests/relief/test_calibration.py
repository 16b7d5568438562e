"""Calibration: how often innocents come near, on leaks they had no part in; all of it is slow.

The bound of one test must be a p-value: among innocents, bounds ≤ x turn up with a share ≤ x. Down
to 1e-5 by counting, with Clopper and Pearson's lower limit; beyond by importance sampling, code
words drawn from the law tilted towards the score and weighed back.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from habeas.protection.marks import Carriers, code_bits
from habeas.relief.joint import joint_gains, joint_scores
from habeas.relief.score import DECODERS, Reading, gains, log_bounds, scores, tail_of

pytestmark = pytest.mark.slow

LEAKS = ("unmarked", "unrelated", "misaligned", "colluding", "minority")
LEVELS = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5)
INNOCENTS = 200_000
POSITIONS = 240
# Of all the comparisons made here, a false alarm may come once in about a hundred runs.
SURE = 1e-4
SECRET, SALT = b"s" * 32, b"b" * 32


def carriers(seed=5):
    low = np.arcsin(np.sqrt(0.01))
    rng = np.random.default_rng(seed)
    p = np.rint(np.sin(rng.uniform(low, np.pi / 2 - low, POSITIONS)) ** 2 * 65536) / 65536
    rows = np.zeros(POSITIONS, np.int32)
    return Carriers(columns=("x",), column=rows.astype(np.int16), row_a=rows, row_b=rows + 1, p=p)


def reading_of(leak, guilty, p, rng):
    """What was read: the controller's own table, noise, another recipient's rows, mixtures."""
    held = guilty.sum(axis=0)
    y = {
        "unmarked": np.zeros(len(p), bool),
        "unrelated": rng.random(len(p)) < 0.5,
        "misaligned": rng.permutation(guilty[0]),
        "colluding": guilty[rng.integers(3, size=len(p)), np.arange(len(p))],
        "minority": np.where((held > 0) & (held < 3), held == 1, held == 3),
    }[leak]
    return Reading(positions=np.arange(len(p)), y=y, p=p)


def innocents(leak):
    """The reading, and real code bits of INNOCENTS copies that had no part, in parts."""
    made = carriers()
    guilty = code_bits(SECRET, SALT, made, range(INNOCENTS, INNOCENTS + 3))
    read = reading_of(leak, guilty, made.p, np.random.default_rng(9))
    step = 20_000
    return (
        read,
        guilty,
        (
            code_bits(SECRET, SALT, made, range(start, start + step))
            for start in range(0, INNOCENTS, step)
        ),
    )


def counted(bounds):
    """Level → how many bounds are at or below it; a hair above, for bounds that equal it."""
    return {level: int((bounds <= level * (1 + 1e-9)).sum()) for level in LEVELS}


def over(count, level, size):
    """Is the share above the level beyond doubt (Clopper and Pearson)?"""
    return count > 0 and beta.ppf(SURE, count, size - count + 1) > level


def all_bounds(leak):
    """float64[innocent, decoder]; the last two are joint tests beside the guilty."""
    read, guilty, parts = innocents(leak)
    low, high = gains(read)
    beside = [joint_gains(read, guilty[:size]) for size in (1, 2)]
    tails = [tail_of(*one, read.p) for one in beside]
    found = []
    for bits in parts:
        held = bits.astype(np.float64)
        plain = log_bounds(scores(held, low, high), low, high, read.p)
        joint = [
            tail.log_bound(held @ (one[1] - one[0]) + one[0].sum())
            for one, tail in zip(beside, tails, strict=True)
        ]
        found.append(np.exp(np.column_stack([plain, *joint])))
    return np.concatenate(found)


@pytest.fixture(scope="module", params=LEAKS)
def bounds(request):
    return all_bounds(request.param)


def test_each_decoder_is_calibrated_down_to_1e_5(bounds):
    """No decoder, joint or not, accuses innocents more often than its bound says."""
    size = len(bounds)
    bad = [
        (decoder, level)
        for decoder in range(bounds.shape[1])
        for level, count in counted(bounds[:, decoder]).items()
        if over(count, level, size)
    ]
    assert [] == bad


def test_the_best_of_all_decoders_is_calibrated_when_their_number_counts(bounds):
    """The least bound, times how many were tried."""
    least = np.minimum(1.0, bounds.min(axis=1) * bounds.shape[1])
    assert [] == [lv for lv, count in counted(least).items() if over(count, lv, len(bounds))]


def test_a_bound_that_is_ten_times_too_small_is_caught(bounds):
    """On every kind of leak: or the two tests above would prove nothing."""
    wrong = 0.1 * bounds
    caught = [
        decoder
        for decoder in range(wrong.shape[1])
        for level, count in counted(wrong[:, decoder]).items()
        if over(count, level, len(wrong))
    ]
    assert caught


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("power", [-6, -9, -12, -20])
def test_the_far_tail_is_within_its_bound(leak, power):
    """P[bound ≤ 10^power], by importance sampling, is at most that; a bound × 0.1 is caught."""
    made = carriers()
    guilty = code_bits(SECRET, SALT, made, range(3))
    read = reading_of(leak, guilty, made.p, np.random.default_rng(9))
    low, high = gains(read)
    caught = []
    for decoder in range(len(DECODERS)):
        share, error = _tail_share(low[decoder], high[decoder], read.p, np.log(10) * power)
        assert share - 4 * error <= 10.0**power
        # What a bound ten times too small would call 10^power is 10^(power + 1).
        wrong, its_error = _tail_share(
            low[decoder], high[decoder], read.p, np.log(10) * (power + 1)
        )
        caught.append(wrong - 4 * its_error > 10.0**power)
    assert any(caught)


def _tail_share(low, high, p, target, size=40_000):
    """P[log bound ≤ target] and its standard error, drawn under the tilt where it is usual."""
    tail = tail_of(low, high, p)
    reach = np.linspace(tail.mean[0], tail.mean[-1], 4_000)
    enough = reach[tail.log_bound(reach) <= target]
    if not len(enough):
        return 0.0, 0.0
    lam = np.interp(enough[0], tail.mean, tail.grid)
    rise = np.exp(lam * (high - low))
    tilted = p * rise / (1 - p + p * rise)
    words = np.random.default_rng(3).random((size, len(p))) < tilted
    score = words @ (high - low) + low.sum()
    moment = (np.log1p(-p + p * rise) + lam * low).sum()
    weight = np.where(tail.log_bound(score) <= target, np.exp(moment - lam * score), 0.0)
    return float(weight.mean()), float(weight.std() / np.sqrt(size))


@pytest.mark.parametrize("leak", LEAKS)
def test_joint_tests_of_a_pool_of_innocents_are_calibrated(leak):
    """Whole pools of the most suspicious of 2,000 innocents, chosen as a trace chooses them."""
    made = carriers()
    counts = dict.fromkeys(LEVELS[:3], 0)
    trials, listed = 12, 2_000
    for trial in range(trials):
        bits = code_bits(SECRET, SALT, made, range(trial * listed, (trial + 1) * listed))
        guilty = code_bits(SECRET, SALT, made, range(10**6 + 3 * trial, 10**6 + 3 * trial + 3))
        read = reading_of(leak, guilty, made.p, np.random.default_rng(trial))
        low, high = gains(read)
        first = log_bounds(scores(bits, low, high), low, high, read.p).min(axis=1)
        pool = np.argsort(first)[:40]
        found = joint_scores(read, bits[pool].astype(np.float64))
        # A copy has four joint tests; outside the pool none is seen.
        least = np.exp([one.log_bound for one in found]) * 4
        for level in counts:
            counts[level] += int((least <= level).sum())
    assert [] == [lv for lv, count in counts.items() if over(count, lv, trials * listed)]
