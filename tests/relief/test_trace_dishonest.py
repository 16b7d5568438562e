"""Owners, recipients and claimants who cheat: what the trace withstands, and what it can't."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from habeas.errors import NotVerified
from habeas.protection.disclosure import disclose
from habeas.protection.marks import code_bits
from habeas.relief.recheck import recheck
from habeas.relief.score import DECODERS, Reading, gains, log_bounds, scores


def test_an_owner_who_changes_the_code_after_the_leak_is_found_out(scoring, make):
    """Recipient 1 leaked; the owner swaps code numbers so that recipient 2 would be named."""
    leak = make.leaked(scoring.copy_of(1), 1, rows=600)
    swapped = [
        replace(copy, code={1: 2, 2: 1}.get(copy.code, copy.code)) for copy in scoring.copies
    ]
    world = type(scoring)(**{**vars(scoring), "copies": swapped})

    found = make.find(leak, world)

    assert () == found.named
    (line,) = found.of("recipient 2")
    assert ("silent", "does not match") == (line.marks.verdict, line.marks.figures["commitment"])


def test_an_owner_with_another_key_is_found_out(scoring, make):
    """A key chosen after the leak so that the score fits: the commitment doesn't."""
    leak = make.leaked(scoring.copy_of(1), 2, rows=600)
    world = type(scoring)(
        **{**vars(scoring), "secrets": {scoring.base.id: (b"\xff" * 32, scoring.salt)}}
    )

    found = make.find(leak, world)

    assert () == found.named
    assert {"does not match"} == {c.marks.figures["commitment"] for c in found.lines}


def test_an_expert_without_the_key_gets_the_same_bound(scoring, make):
    """From the disclosed positions and the logged commitment alone."""
    leak = make.leaked(scoring.copy_of(1), 3, rows=600)
    found = make.find(leak, scoring)
    read = found.read[scoring.base.id]
    disclosed = disclose(make.secret, scoring.salt, scoring.base.carriers, 1, sorted(read))

    used, power = recheck(disclosed, commitment=scoring.copies[1].commitment, y=read)

    assert len(read) == used
    assert found.bound[0].log10_bound == pytest.approx(power, abs=0.01)


@pytest.mark.parametrize("trick", ["bit", "other code", "left out", "commitment"])
def test_an_owner_who_doctors_the_disclosure_is_found_out(scoring, make, trick):
    """A flipped bit, another recipient's code, a position left out, another commitment."""
    positions = list(range(40))
    y = dict.fromkeys(positions, True)
    code = 2 if trick == "other code" else 1
    disclosed = disclose(make.secret, scoring.salt, scoring.base.carriers, code, positions)
    entry = disclosed["opened"][5]["entry"]
    if trick == "bit":
        flipped = bytes.fromhex(entry)
        flipped = flipped[:-1] + bytes([flipped[-1] ^ 1])
        disclosed["opened"][5]["entry"] = flipped.hex()
    if trick == "left out":
        del disclosed["opened"][5]
    sealed = "0" * 64 if trick == "commitment" else scoring.copies[1].commitment

    with pytest.raises(NotVerified):
        recheck(disclosed, commitment=sealed, y=y)


def test_a_recipient_can_not_frame_another(scoring, make):
    """Knowing carriers, biases and own bits, but not the key: no choice of y points to others."""
    carriers, base = scoring.base.carriers, scoring.base
    positions = np.arange(600)
    p = carriers.p[:600]
    victims = code_bits(make.secret, base.salt, carriers, range(1, 301), positions=positions)
    own = code_bits(make.secret, base.salt, carriers, [0], positions=positions)[0]
    rng = np.random.default_rng(4)
    strategies = [own, ~own, p > 0.5, p < 0.5, np.ones(600, bool), np.zeros(600, bool)]
    strategies += [rng.random(600) < p for _ in range(20)]
    strategies += [np.where(rng.random(600) < 0.5, own, rng.random(600) < p) for _ in range(20)]
    worst = 0.0
    for y in strategies:
        read = Reading(positions=positions, y=np.asarray(y), p=p)
        low, high = gains(read)
        worst = min(worst, log_bounds(scores(victims, low, high), low, high, p).min())

    tests = len(victims) * len(DECODERS) * len(strategies)
    assert worst + np.log(tests) > np.log(1e-9)


def test_a_recipient_who_swaps_everything_back_names_nobody_else(scoring, make):
    """A leaker who guesses every second value from the column's other rows hides, at most."""
    for seed in range(3):
        leak = make.leaked(scoring.copy_of(0), 50 + seed, rows=1500, alter=0.6)

        assert set(make.find(leak, scoring).named) <= {"recipient 0"}


def test_a_claimant_who_doctors_the_original_names_nobody(scoring, make):
    """Rows of the controller's own table with cells changed at will: nobody is named."""
    for seed in range(3):
        leak = make.leaked(scoring.base.table, 60 + seed, rows=1500, alter=0.15 * (seed + 1))

        assert () == make.find(leak, scoring).named


def test_one_planted_canary_accuses_but_membership_stays_silent(collectors, read_table, make):
    """Who holds a canary row can plant it in any file: the lines stay apart and show it."""
    other = read_table("german_credit_full.csv").slice(0, 500)
    first = collectors[0]
    plant = {
        name: [None] * 499 + [first.canaries.column(name)[0].as_py()]
        for name in ("name", "id_number", "mobile", "email")
    }
    leak = other
    for name, values in plant.items():
        leak = leak.append_column(name, pa.array(values, pa.string()))

    found = make.find(leak, *collectors)

    (line,) = found.of("first collector")
    assert ("accuses", "silent") == (line.canaries.verdict, line.membership.verdict)
    assert 1 == line.canaries.figures["found"]


def test_a_canary_of_one_is_never_a_canary_of_another(collectors, make):
    """The second collector's canaries differ from the first's, so neither can be blamed for it."""
    leak = make.leaked(collectors[1].handed_out, 70)

    found = make.find(leak, *collectors)

    assert ("second collector",) == found.named
    (line,) = found.of("first collector")
    assert 0 == line.canaries.figures["found"]


def test_canaries_with_few_bits_accuse_only_together(full, make):
    """A telephone number alone might be guessed: one row is not enough, several are."""
    few = full.select(["mobile", "state", "loan_amount"]).slice(0, 600)
    world = make.portfolio(full, np.arange(600), code=31, name="few")
    canaries = world.canaries.select(few.column_names)
    copy = replace(world.copies[0], canaries=canaries, columns=tuple(few.column_names))
    world = type(world)(**{**vars(world), "copies": [copy]})

    one = make.find(pa.concat_tables([few.slice(0, 100), canaries.slice(0, 1)]), world)
    many = make.find(pa.concat_tables([few.slice(0, 100), canaries.slice(0, 6)]), world)

    assert ((), ("few",)) == (one.named, many.named)
    assert 1 == one.lines[0].canaries.figures["found"]


def test_the_canary_bound_is_a_p_value():
    """By simulation of weak canaries (6 bits): the share of innocent files below x is within x."""
    from scipy.stats import beta

    from habeas.relief.canary_hits import Hits

    rng = np.random.default_rng(12)
    files, planted, rows, below = 4_000, 4, 1, dict.fromkeys((0.5, 0.2, 0.1, 0.05), 0)
    for _ in range(files):
        shown = (rng.integers(0, 64, (planted, 2)) == 0).sum(axis=1) * 6.0
        hits = Hits(
            copy=0,
            planted=planted,
            bits=tuple(sorted((b for b in shown.tolist() if b), reverse=True)),
            cells=2,
            leak_rows=rows,
            leak_columns=1,
        )
        for level in below:
            below[level] += 10**hits.log10_bound <= level

    for level, count in below.items():
        assert count == 0 or beta.ppf(1e-4, count, files - count + 1) <= level
    assert any(below.values())


def test_earlier_tests_count_for_canaries_too(collectors, make):
    """Whoever tries files until a canary fits pays for every try."""
    leak = collectors[0].handed_out.slice(590, 12)
    first = make.find(leak, *collectors)
    power = -first.bound[0].log10_bound

    again = make.find(leak, *collectors, tests_before=10 ** int(power - 8))

    assert ("first collector",) == first.named
    assert () == again.named
