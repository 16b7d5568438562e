"""One trace over many releases: re-releases over time, other columns, employees, 10,000 copies."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from habeas.protection.base import ReleasedCopy
from habeas.protection.marks import code_bits, embed

COLLECTORS = ("loan_amount", "balance", "state", "annual_income", "total_credit_limit", "term")


def changed(table, step, rng):
    """The table some months later: a third of the balances and of the open lines are others."""
    for name in ("balance", "open_credit_lines"):
        values = table.column(name).to_numpy()
        hit = rng.random(len(values)) < 1 / 3
        later = np.where(hit, np.round(values * (1 + step / 10) + 1), values)
        column = pa.array(later.astype(values.dtype))
        table = table.set_column(table.column_names.index(name), name, column)
    return table


def narrowed(world, number, name, columns, code):
    """One more copy of a world's base, of some columns only."""
    first = world.copies[0]
    copy = replace(
        first,
        release_id=f"narrow {number}",
        recipient=name,
        code=code,
        columns=tuple(columns),
        commitment=None,
    )
    world.copies.append(copy)
    return lambda: world.copy_of(code).select(list(columns))


@pytest.fixture(scope="module")
def years(loans, make):
    """Three states of the loans, four copies of each; some to employees, some of six columns."""
    table, rng = loans.select(make.scoring), np.random.default_rng(4)
    worlds, handed = [], {}
    for step in range(3):
        world = make.released(
            table, 4, marked=make.marked, seed=20 + step, at=make.t0.replace(month=3 + step),
            first=10 * step,
        )  # fmt: skip
        for copy in world.copies:
            handed[copy.recipient] = lambda w=world, c=copy.code: w.copy_of(c)
        name = f"employee export {step}"
        handed[name] = narrowed(world, step, name, table.column_names, 10 * step + 7)
        name = f"collector {step}"
        handed[name] = narrowed(world, 10 + step, name, COLLECTORS, 10 * step + 8)
        worlds.append(world)
        table = changed(table, step + 1, rng)
    return SimpleNamespace(worlds=worlds, handed=handed)


@pytest.mark.parametrize("source", ["recipient 12", "employee export 2", "collector 0"])
def test_one_trace_searches_all_releases(years, make, source):
    """18 copies of three states: whoever leaked is named, in whichever state and columns."""
    rows = 5_000 if source.startswith("collector") else 800
    leak = make.leaked(years.handed[source](), 31, rows=rows, alter=0.1)

    found = make.find(leak, *years.worlds)

    assert ((source,), 18) == (found.named, len(found.lines))


def test_copies_of_fewer_columns_are_excluded_by_the_columns_they_lack(years, make):
    """A leak of 21 columns can't come from a collector who got six."""
    leak = make.leaked(years.handed["recipient 0"](), 32, rows=800)
    found = make.find(leak, *years.worlds)

    excluded = [found.of(f"collector {step}")[0].membership.verdict for step in range(3)]
    assert (("recipient 0",), ["excludes"] * 3) == (found.named, excluded)


def test_a_recipient_of_several_states_is_excluded_only_if_every_copy_is(years, make):
    """The same name on two releases: the one that leaked keeps the recipient in."""
    worlds = [
        SimpleNamespace(
            **{
                **vars(world),
                "copies": [
                    replace(copy, recipient="vendor") if copy.code in (1, 21) else copy
                    for copy in world.copies
                ],
            }
        )
        for world in years.worlds
    ]
    leak = make.leaked(years.handed["recipient 21"](), 33, rows=800)

    found = make.find(leak, *worlds)

    assert ("vendor",) == found.named
    assert "vendor" not in found.excluded
    assert [False, True] == [copy.accused for copy in found.of("vendor")]


@pytest.mark.slow
def test_ten_thousand_recipients_of_three_states(loans, make):
    """30,000 copies in one trace: the leaker is named, with the tests of all of them counted."""
    table, rng = loans.select(make.scoring), np.random.default_rng(5)
    worlds = []
    for step in range(3):
        world = make.released(table, 1, marked=make.marked, seed=40 + step)
        world.copies = [
            ReleasedCopy(
                release_id=f"{step}/{code}",
                recipient=f"recipient {code}",
                base_id=world.base.id,
                code=code,
                rows=None,
                columns=tuple(table.column_names),
                canaries=None,
                at=make.t0,
            )
            for code in range(10_000)
        ]
        worlds.append(world)
        table = changed(table, step + 1, rng)
    bits = code_bits(make.secret, worlds[1].salt, worlds[1].base.carriers, [4_321])[0]
    leak = make.leaked(embed(worlds[1].base.table, worlds[1].base.carriers, bits), 34, rows=1_000)

    found = make.find(leak, *worlds)

    assert (("recipient 4321",), 300_000) == (found.named, found.tests_made)
    assert "1/4321" == found.bound[0].release_id


def test_those_who_mixed_are_found_among_more_copies_than_are_weighed_together(loans, make):
    """Five hundred copies, four of them mixed cell by cell: all four are named, and nobody else."""
    world = make.released(loans.select(make.scoring), 1, marked=make.marked, seed=60)
    first = replace(world.copies[0], commitment=None)
    world.copies = [
        replace(first, release_id=f"release {code}", recipient=f"recipient {code}", code=code)
        for code in range(500)
    ]
    guilty, rng = (7, 120, 311, 480), np.random.default_rng(6)
    copies = [world.copy_of(code) for code in guilty]
    mixed = {}
    for name in copies[0].column_names:
        whole = pa.concat_arrays([copy.column(name).combine_chunks() for copy in copies])
        rows = copies[0].num_rows
        mixed[name] = whole.take(pa.array(rng.integers(4, size=rows) * rows + np.arange(rows)))
    leak = make.leaked(pa.table(mixed), 61, rows=6_000, alter=0.1)

    found = make.find(leak, world)

    assert tuple(sorted(f"recipient {code}" for code in guilty)) == found.named
    assert 5_000 == found.tests_made
    used = {copy.marks.figures["decoder"] for copy in found.lines if copy.accused}
    beside = {one for copy in found.lines for one in copy.marks.figures["beside"] if copy.accused}
    assert used == {"joint"}
    assert beside <= {f"release {code}" for code in guilty}
