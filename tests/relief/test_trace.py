"""Tracing leaks of real loans: naming, clearing, and saying that it can't be told."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from habeas.errors import BadInput
from habeas.protection.base import ReleasedCopy


@pytest.mark.parametrize("seed", range(2))
def test_the_right_recipient_is_named(loans, make, seed):
    """Three copies of all 55 columns; 5 % of rows of one leak, shuffled, renamed, 20 % altered."""
    world = make.released(loans, 3, marked=make.marked, seed=seed)
    leak = make.leaked(world.copy_of(seed), seed, rows=500, alter=0.2)

    found = make.find(leak, world, originals=[loans])

    assert "named" == found.outcome
    assert (f"recipient {seed}",) == found.named
    assert {f"recipient {other}" for other in range(3) if other != seed} >= set(found.excluded)
    assert found.consistent_with_original is False
    (bound,) = found.bound
    assert bound.log10_product <= -9
    assert 30 == bound.tests


@pytest.mark.slow
def test_the_right_recipient_is_named_every_time(loans, make):
    """The same, twenty more times: no miss, no innocent named."""
    for seed in range(100, 120):
        world = make.released(loans, 3, marked=make.marked, seed=seed)
        leak = make.leaked(world.copy_of(seed % 3), seed, rows=500, alter=0.2)

        assert (f"recipient {seed % 3}",) == make.find(leak, world).named


def test_a_collectors_portfolio_is_known_by_membership_and_canaries(
    scoring, collectors, full, make
):
    """200 unaltered rows of an unmarked list: its canaries name it, membership clears the rest."""
    first = collectors[0]
    rng = np.random.default_rng(1)
    rows = np.concatenate([rng.choice(600, 195, replace=False), 600 + rng.choice(10, 5)])
    leak = make.leaked(first.handed_out.take(pa.array(rows)), 1)

    found = make.find(leak, scoring, *collectors, originals=[full])

    assert ("first collector",) == found.named
    assert ("recipient 0", "recipient 1", "recipient 2", "second collector") == found.excluded
    (line,) = found.of("first collector")
    assert ("consistent", "accuses") == (line.membership.verdict, line.canaries.verdict)
    assert "silent" == line.marks.verdict
    (other,) = found.of("second collector")
    assert ("excludes", "silent") == (other.membership.verdict, other.canaries.verdict)
    assert other.membership.figures["rows_outside"] > 150


def test_membership_alone_names_nobody(scoring, collectors, full, make):
    """Without canaries the list could be the controller's own as well: not decidable."""
    leak = make.leaked(collectors[0].table.slice(0, 200), 2)

    found = make.find(leak, scoring, *collectors, originals=[full])

    assert ("not_decidable", ()) == (found.outcome, found.named)
    assert "second collector" in found.excluded
    assert found.consistent_with_original is True


def test_the_controllers_own_table_clears_everybody(scoring, collectors, full, make):
    """The original leaked: it holds columns and values that no recipient got."""
    found = make.find(make.leaked(full, 3, rows=1500), scoring, *collectors, originals=[full])

    assert "all_excluded" == found.outcome
    assert found.consistent_with_original is True
    assert 5 == len(found.excluded)
    assert () == found.bound


def test_unmarked_values_alone_clear_marked_copies(scoring, make):
    """The original in just the released columns: only the marks can tell, and they do."""
    leak = make.leaked(scoring.base.table, 4, rows=2000)

    found = make.find(leak, scoring, originals=[scoring.base.table])

    assert "all_excluded" == found.outcome
    assert found.consistent_with_original is True
    assert ["excludes"] * 3 == [copy.marks.verdict for copy in found.lines]
    assert ["consistent"] * 3 == [copy.membership.verdict for copy in found.lines]


def test_a_recipient_who_is_not_listed_clears_the_listed(scoring, make):
    """A copy of an unlisted code leaks: everyone listed is cleared, and so is the original."""
    leak = make.leaked(scoring.copy_of(77), 5, rows=1000, alter=0.1)

    found = make.find(leak, scoring, originals=[scoring.base.table])

    assert "all_excluded" == found.outcome
    assert found.consistent_with_original is False
    assert "not listed, or several sources" in found.summary().en


def test_an_unrelated_file_decides_nothing(scoring, collectors, full, read_table, make):
    """Other people's credit data: no row is ours, so nobody is named and nobody cleared by it."""
    other = read_table("creditcard.csv", delimiter=";").slice(0, 2000)

    found = make.find(other, scoring, *collectors, originals=[full])

    assert ("not_decidable", (), ()) == (found.outcome, found.named, found.excluded)
    assert found.consistent_with_original is False
    assert "Not decidable" in found.summary().en


def test_rows_made_up_from_the_columns_decide_nothing(scoring, make):
    """Every column has our values, no row is ours: matching must not force rows together."""
    leak = make.leaked(scoring.base.table, 6, rows=1000, alter=1.0)

    found = make.find(leak, scoring)

    assert ("not_decidable", ()) == (found.outcome, found.named)
    assert found.matching[0]["rows_matched"] <= 5


def test_two_who_mix_their_copies_are_both_named(scoring, make):
    """Each cell from one of two copies at random: both are named, the third is not."""
    left, right = scoring.copy_of(0), scoring.copy_of(1)
    rng = np.random.default_rng(7)
    mixed = pa.table(
        {
            name: pa.chunked_array(
                [
                    pa.array(
                        np.where(
                            rng.random(left.num_rows) < 0.5,
                            left.column(name).to_numpy(zero_copy_only=False),
                            right.column(name).to_numpy(zero_copy_only=False),
                        )
                    )
                ]
            ).cast(left.schema.field(name).type, safe=False)
            for name in left.column_names
        }
    )

    found = make.find(make.leaked(mixed, 7, rows=2500, alter=0.1), scoring)

    assert ("recipient 0", "recipient 1") == found.named


@pytest.mark.parametrize(
    "change",
    ["rounded", "text", "half the columns", "half foreign rows"],
)
def test_what_leakers_do_to_tables(scoring, make, change):
    """Rounded to two digits, all cells as text, half the columns gone, foreign rows mixed in."""
    copy = scoring.copy_of(2)
    if change == "rounded":
        leak = _rounded(make.leaked(copy, 8, rows=800))
    elif change == "text":
        leak = _as_text(make.leaked(copy, 8, rows=500, alter=0.1))
    elif change == "half the columns":
        leak = make.leaked(copy, 8, rows=2000, alter=0.1, drop=10)
    else:
        ours = make.leaked(copy, 8, rows=800, alter=0.1, rename=False)
        foreign = make.leaked(copy, 9, rows=800, alter=1.0, rename=False)
        leak = pa.concat_tables([ours, foreign.select(ours.column_names)])

    assert ("recipient 2",) == make.find(leak, scoring).named


def _rounded(table):
    return pa.table(
        {
            field.name: [
                None if v is None else float(f"{v:.2g}")
                for v in table.column(field.name).to_pylist()
            ]
            if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
            else table.column(field.name)
            for field in table.schema
        }
    )


def _as_text(table):
    return pa.table(
        {
            name: [
                None if v is None else f"{v:.1f}" if isinstance(v, int) else f" {v}"
                for v in table.column(name).to_pylist()
            ]
            for name in table.column_names
        }
    )


def test_values_of_another_day_exclude_a_base(scoring, make, loans):
    """A third of the balances changed: a leak with the later ones can't come from the earlier."""
    table = loans.select(make.scoring)
    balance = table.column("balance").to_numpy()
    changed = np.arange(len(balance)) % 3 == 0
    paid = pa.array(np.where(changed, np.round(balance * 0.9, 2), balance))
    later_table = table.set_column(table.column_names.index("balance"), "balance", paid)
    later = make.released(later_table, 1, marked=make.marked, seed=5, at=make.later, first=50)
    leak = make.leaked(later.copy_of(50), 10, rows=600, alter=0.1)

    found = make.find(leak, scoring, later)

    assert ("recipient 50",) == found.named
    assert {"excludes"} == {
        copy.version.verdict for copy in found.lines if copy.recipient != "recipient 50"
    }
    (line,) = found.of("recipient 50")
    assert "consistent" == line.version.verdict


def test_a_copy_of_other_rows_is_excluded_by_membership(scoring, make):
    """A recipient who got one half of the rows can't have leaked those of the other half."""
    half = ReleasedCopy(
        release_id="half",
        recipient="half",
        base_id=scoring.base.id,
        code=9,
        rows=np.arange(5000),
        columns=scoring.copies[0].columns,
        canaries=None,
        at=make.t0,
    )
    world = type(scoring)(**{**vars(scoring), "copies": [*scoring.copies, half]})
    leak = make.leaked(scoring.copy_of(0).slice(4000), 11, rows=500)

    found = make.find(leak, world)

    (line,) = found.of("half")
    assert "excludes" == line.membership.verdict
    assert line.membership.figures["rows_outside"] > 300


def test_too_little_says_how_much_is_needed(scoring, make):
    """Ten rows decide nothing; the answer says how many positions it would take."""
    found = make.find(make.leaked(scoring.copy_of(1), 12, rows=12), scoring)

    assert ("not_decidable", ()) == (found.outcome, found.named)
    assert found.needed["readable_positions"] < found.needed["to_name_one"]


def test_earlier_tests_count(scoring, make):
    """Every rerun makes naming harder: with enough tests before, nobody is named any more."""
    leak = make.leaked(scoring.copy_of(1), 13, rows=300)
    first = make.find(leak, scoring)
    power = -first.bound[0].log10_bound

    again = make.find(leak, scoring, tests_before=10 ** int(power - 8))

    assert ("recipient 1",) == first.named
    assert () == again.named
    assert first.tests_made == again.tests_made


def test_a_copy_without_its_base_is_bad_input(scoring, make):
    """A trace over fewer bases than copies would silently clear the others."""
    with pytest.raises(BadInput, match="bases are not given"):
        make.find(scoring.base.table, type(scoring)(**{**vars(scoring), "base": _other(scoring)}))


def _other(world):
    from dataclasses import replace

    return replace(world.base, id="0" * 64)


def test_the_attribution_speaks_both_languages_and_of_no_value(loans, make):
    """JSON-able, whole, and free of marked values of the leak, base and original."""
    mark = "zq7-marked-value"
    names = pa.array([f"{mark}-{at}" for at in range(loans.num_rows)])
    world = make.released(
        loans.select(make.scoring).append_column("note", names), 2, marked=make.marked
    )
    leak = make.leaked(world.copy_of(0), 14, rows=300)
    found = make.find(leak, world, originals=[world.base.table])
    data = found.to_json()
    text = json.dumps(data, ensure_ascii=False)

    assert "attribution/v1" == data["format"]
    assert 2 == len(data["copies"])
    assert {"membership", "version", "canaries", "marks"} <= set(data["copies"][0])
    assert "recipient 0" in data["summary"]["zh"]
    assert "not to the person who copied it" in data["does_not_show"]["en"]
    assert mark not in text + repr(found.lines) + repr(found.bound)
