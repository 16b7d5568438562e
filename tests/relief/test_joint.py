"""The joint decoder: its bound for every code word, its context, and what it adds."""

import itertools

import numpy as np
import pytest

from habeas.relief.joint import CONTEXTS, POOL, joint_bound, joint_gains, joint_scores
from habeas.relief.score import DECODERS, Reading, gains, log_bounds, scores, tail_of
from habeas.relief.strategy import fit

RECIPIENTS = 10_000
# ln of what the bound of one test must reach, over all tests on 10,000 copies.
FLOOR = np.log(1e-9 / (RECIPIENTS * (len(DECODERS) + CONTEXTS)))


def biases(rng, m):
    low = np.arcsin(0.1)
    return np.sin(low + (np.pi / 2 - 2 * low) * rng.random(m)) ** 2


def mixed(bits, attack, rng):
    """What coalition `bits` hands on at each position; -1: nothing."""
    size, m = bits.shape
    held = bits.sum(axis=0)
    lot = rng.random(m) < 0.5
    split = (held > 0) & (held < size)
    if attack == "interleaving":
        return bits[rng.integers(size, size=m), np.arange(m)].astype(int)
    if attack == "scrubbing":
        return np.where(split, -1, held > 0).astype(int)
    usual = np.where(2 * held == size, lot, 2 * held > size)
    if attack == "majority":
        return usual.astype(int)
    return np.where(split & (2 * held != size), ~usual, usual).astype(int)


def read(bits, p, attack, rng, noise=0.03):
    y = mixed(bits, attack, rng)
    keep = np.flatnonzero(y >= 0)
    flip = rng.random(len(keep)) < noise
    return keep, Reading(positions=keep, y=(y[keep] == 1) ^ flip, p=p[keep])


@pytest.mark.parametrize("seed", range(4))
def test_the_joint_bound_holds_for_every_code_word(seed):
    """Over all 2^9 code words, with their chances, a bound ≤ x has a chance ≤ x."""
    rng = np.random.default_rng(seed)
    p, y = biases(rng, 9), rng.random(9) < 0.5
    reading = Reading(positions=np.arange(9), y=y, p=p)
    context = rng.random((seed, 9)) < p
    low, high = joint_gains(reading, context)
    words = np.array(list(itertools.product([False, True], repeat=9)))
    chance = np.where(words, p, 1 - p).prod(axis=1)
    bound = np.exp(tail_of(low, high, p).log_bound(np.where(words, high, low).sum(axis=1)))
    order = np.argsort(bound)
    reached = np.cumsum(chance[order])
    last = np.append(np.diff(bound[order]) > 1e-12, True)
    assert (reached[last] <= bound[order][last] + 1e-12).all()


def test_a_context_is_chosen_without_the_suspects_own_code():
    """Whatever code word a suspect has, the copies it is judged beside are the same."""
    rng = np.random.default_rng(3)
    p = biases(rng, 300)
    bits = rng.random((8, 300)) < p
    _, reading = read(bits[:3], p, "minority", rng)
    seen = set()
    for _ in range(4):
        bits[5] = rng.random(300) < p
        model = _contexts(reading, bits.astype(float), 5)
        seen.add(model)
    assert len(seen) == 1


def _contexts(reading, bits, suspect):
    """The context grown step by step for one suspect, worked out by the plain rule."""
    beside = ()
    for _ in range(CONTEXTS):
        low, high = joint_gains(reading, bits[list(beside)])
        score = bits @ (high - low) + low.sum()
        bound = tail_of(low, high, reading.p).log_bound(score)
        others = [at for at in range(len(bits)) if at != suspect and at not in beside]
        beside = tuple(sorted((*beside, min(others, key=lambda at: bound[at]))))
    found = joint_scores(reading, bits)[suspect].beside
    assert set(found) <= set(beside)
    return beside


@pytest.mark.parametrize(
    ("sources", "m", "attack"),
    [
        (3, 1_600, "interleaving"),
        (3, 1_600, "minority"),
        (4, 3_100, "minority"),
        (5, 3_100, "majority"),
        (5, 3_100, "minority"),
    ],
)
def test_all_who_mixed_are_accused_together(sources, m, attack):
    """Every source reaches the bound over all tests on 10,000 copies, and nobody else does."""
    rng = np.random.default_rng(11)
    p = biases(rng, m)
    bits = rng.random((POOL, m)) < p
    keep, reading = read(bits[:sources], p, attack, rng)
    found = joint_scores(reading, bits[:, keep].astype(float))
    accused = {at for at, one in enumerate(found) if one.log_bound <= FLOOR}
    assert accused == set(range(sources))


def test_a_joint_bound_is_worked_out_again_from_the_code_words_alone():
    """An expert who holds the suspect's and the context's code words gets the same bound."""
    rng = np.random.default_rng(5)
    p = biases(rng, 400)
    bits = rng.random((6, 400)) < p
    _, reading = read(bits[:3], p, "interleaving", rng)
    one = joint_scores(reading, bits.astype(float))[0]
    again = joint_bound(reading, bits[0], [bits[at] for at in one.beside])
    assert one.log_bound == pytest.approx(again, abs=1e-9)


def test_the_fitted_strategy_is_the_one_used():
    """Of four sources in majority, ones are shown by three or four holders and by no fewer."""
    rng = np.random.default_rng(6)
    p = biases(rng, 4_000)
    bits = rng.random((3, 4_000)) < p
    keep, reading = read(bits, p, "majority", rng, noise=0.0)
    held = bits[:2, keep].sum(axis=0)
    model = fit(reading.y, reading.p, held=held, known=2)
    assert model.sources == 3
    assert np.round(model.shows).tolist() == [0, 0, 1, 1]


def test_the_matched_decoder_alone_sees_a_minority_of_five():
    """Without any context its bound is below that of the best decoder made for interleaving."""
    rng = np.random.default_rng(7)
    p = biases(rng, 3_100)
    bits = rng.random((5, 3_100)) < p
    _, reading = read(bits, p, "minority", rng)
    low, high = gains(reading)
    found = log_bounds(scores(bits, low, high), low, high, p)
    best_of_others = np.delete(found, DECODERS.index("matched"), axis=1).min(axis=1)
    assert (found[:, DECODERS.index("matched")] < best_of_others).all()


@pytest.mark.slow
@pytest.mark.parametrize("attack", ["interleaving", "majority", "minority", "scrubbing"])
@pytest.mark.parametrize("sources", [2, 3, 4, 5])
def test_the_planning_figure_names_one_of_those_who_mixed(sources, attack):
    """5.5·c²·ln(tests/ε) positions, a tenth of them read wrong: in 19 of 20 trials, nobody else."""
    rng = np.random.default_rng(sources)
    m = int(np.ceil(-5.5 * sources**2 * FLOOR))
    named = 0
    for _ in range(20):
        p = biases(rng, m)
        bits = rng.random((1_000, m)) < p
        keep, reading = read(bits[:sources], p, attack, rng, noise=0.10)
        low, high = gains(reading)
        alone = log_bounds(scores(bits[:, keep], low, high), low, high, reading.p).min(axis=1)
        pool = np.argsort(alone)[:POOL]
        found = joint_scores(reading, bits[pool][:, keep].astype(float))
        least = np.minimum([one.log_bound for one in found], alone[pool])
        accused = set(pool[least <= FLOOR].tolist())
        assert accused <= set(range(sources))
        named += bool(accused)
    assert named >= 19


def test_the_gains_are_the_logarithm_of_a_likelihood_ratio():
    """Over an innocent's bit the ratio has mean 1 at every position, whatever stands beside."""
    rng = np.random.default_rng(8)
    p = biases(rng, 500)
    bits = rng.random((4, 500)) < p
    _, reading = read(bits, p, "interleaving", rng)
    for beside in range(4):
        low, high = joint_gains(reading, bits[:beside])
        assert np.allclose((1 - p) * np.exp(low) + p * np.exp(high), 1.0)
