"""Marks: what a swap must leave as it was, and what a code must be."""

from __future__ import annotations

import time
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import BadInput, NotVerified
from habeas.protection.disclosure import disclose, open_positions
from habeas.protection.marks import code_bits, commitment, embed, plan_carriers
from habeas.protection.prf import blocks, derive_key

SECRET, SALT = bytes(range(32)), b"x" * 32


def table_of(rows, seed=0):
    rng = np.random.default_rng(seed)
    income = rng.lognormal(10, 0.6, rows)
    return pa.table(
        {
            "region": [f"r{v}" for v in rng.integers(0, 6, rows)],
            "age": rng.integers(20, 30, rows),
            "income": np.round(income, -2),
            "debt": np.round(income * rng.uniform(0.1, 0.4, rows), 2),
            "job": pa.array([None if v == 9 else f"job {v}" for v in rng.integers(0, 10, rows)]),
        }
    )


def groups_of(table):
    regions = table.column("region").dictionary_encode().combine_chunks().indices.to_numpy()
    return regions.astype(np.int64) * 100 + table.column("age").to_numpy()


MARKED = ["income", "debt", "job"]


def planned(table, *, rate=0.04, groups=None, salt=SALT):
    return plan_carriers(
        table, groups=groups, columns=MARKED, rate=rate, secret=SECRET, base_salt=salt
    )


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 400), st.integers(0, 50), st.floats(0, 1), st.integers(0, 1000))
def test_a_swap_leaves_every_group_as_it_was(rows, seed, rate, code):
    """Group sizes, each group's values of every column, and so l, t and sums, are the same."""
    table = table_of(rows, seed)
    groups = groups_of(table)
    carriers = planned(table, rate=rate, groups=groups)
    marked = embed(table, carriers, code_bits(SECRET, SALT, carriers, [code])[0])

    def contents(of):
        return {
            (name, group): Counter(
                value
                for value, at in zip(of.column(name).to_pylist(), groups, strict=True)
                if at == group
            )
            for name in of.column_names
            for group in set(groups.tolist())
        }

    assert contents(table) == contents(marked)
    assert table.schema == marked.schema
    assert table.column("region") == marked.column("region")


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 500), st.integers(0, 50), st.floats(0, 1))
def test_a_cell_carries_at_most_one_mark(rows, seed, rate):
    """Otherwise two bits would undo each other; and the two cells of a pair differ."""
    table = table_of(rows, seed)
    carriers = planned(table, rate=rate)
    cells = [*zip(carriers.column, carriers.row_a, strict=True)]
    cells += zip(carriers.column, carriers.row_b, strict=True)

    assert len(cells) == len(set(cells))
    for at in range(len(carriers)):
        values = table.column(carriers.columns[carriers.column[at]])
        left, right = values[int(carriers.row_a[at])], values[int(carriers.row_b[at])]
        assert left.is_valid
        assert right.is_valid
        assert left != right


def test_a_rate_of_four_per_cent_alters_two():
    """The dial of the plan: at most half the rate of allowed cells is altered in expectation."""
    table = table_of(20_000)
    carriers = planned(table)
    shares = []
    for code in range(10):
        marked = embed(table, carriers, code_bits(SECRET, SALT, carriers, [code])[0])
        shares.append(
            sum(
                int(
                    np.sum(
                        np.array(marked.column(n).to_pylist(), object)
                        != np.array(table.column(n).to_pylist(), object)
                    )
                )
                for n in MARKED
            )
            / (3 * table.num_rows)
        )

    assert 0.018 <= float(np.mean(shares)) <= 0.0205
    assert max(shares) <= 0.021


def test_without_groups_only_twins_are_swapped():
    """A swapped debt stays within reach of the income it stands beside."""
    table = table_of(20_000)
    carriers = planned(table, rate=0.2)
    marked = embed(table, carriers, np.ones(len(carriers), bool))
    ratio = marked.column("debt").to_numpy() / table.column("income").to_numpy()

    assert np.quantile(ratio, 0.999) < 1.0


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=20, unique=True))
@settings(max_examples=20, deadline=None)
def test_any_bit_can_be_computed_by_itself(codes):
    """Random access in recipient and position gives the same bits as computing all."""
    carriers = planned(table_of(400))
    some = np.array([5, 0, 3])

    whole = code_bits(SECRET, SALT, carriers, codes)

    assert (whole[:, some] == code_bits(SECRET, SALT, carriers, codes, positions=some)).all()
    assert (whole[-1:] == code_bits(SECRET, SALT, carriers, codes[-1:])).all()


def test_the_code_is_aes_compared_with_the_bias():
    """Computed a second time with the library's AES, block by block, as the docstring says."""
    carriers = planned(table_of(300))
    key = derive_key(SECRET, SALT, "code")
    aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor()

    def bit(recipient, position):
        block = position.to_bytes(8, "little") + (recipient // 8).to_bytes(8, "little")
        lane = aes.update(block)[2 * (recipient % 8) :][:2]
        return int.from_bytes(lane, "little") < round(carriers.p[position] * 65536)

    expected = [[bit(r, t) for t in range(len(carriers))] for r in (0, 7, 8, 1234567)]
    assert expected == code_bits(SECRET, SALT, carriers, [0, 7, 8, 1234567]).tolist()


def test_bits_are_drawn_with_their_bias():
    """Over 20,000 recipients each position's share of ones is its bias, within five sigma."""
    carriers = planned(table_of(300))
    bits = code_bits(SECRET, SALT, carriers, range(20_000))
    sigma = np.sqrt(carriers.p * (1 - carriers.p) / 20_000)

    assert (np.abs(bits.mean(axis=0) - carriers.p) < 5 * sigma).all()
    assert carriers.p.min() >= 0.0099
    assert carriers.p.max() <= 0.9901
    assert (np.rint(carriers.p * 65536) == carriers.p * 65536).all()


def test_blocks_are_the_standards_aes():
    """FIPS 197, appendix C.3: AES-256 of the example block."""
    key = bytes(range(32))
    block = bytes.fromhex("00112233445566778899aabbccddeeff")
    high, low = np.frombuffer(block, "<u8")

    out = blocks(key, np.array([high], np.uint64), np.array([low], np.uint64))

    assert "8ea2b7ca516745bfeafc49904b496089" == out.astype("<u2").tobytes().hex()


def test_other_keys_and_salts_give_other_marks():
    """The same base again, another base, another home: nothing in common but chance."""
    table = table_of(2_000)
    carriers = planned(table)
    same, other = planned(table), planned(table, salt=b"y" * 32)

    assert (carriers.row_a == same.row_a).all()
    assert (carriers.p == same.p).all()
    first, second = (set(zip(c.column, c.row_a, c.row_b, strict=True)) for c in (carriers, other))
    assert len(first & second) < 0.3 * len(first)
    mine = code_bits(SECRET, SALT, carriers, [1])
    theirs = code_bits(b"z" * 32, SALT, carriers, [1])
    assert not (mine == theirs).all()


def test_commitment_fixes_key_code_and_carriers():
    """Another code number, key, salt or carrier gives another commitment; the same, the same."""
    table = table_of(400)
    carriers = planned(table)
    sealed = commitment(SECRET, SALT, carriers, 3)
    moved = planned(table, rate=0.03)
    others = {
        commitment(SECRET, SALT, carriers, 4),
        commitment(b"z" * 32, SALT, carriers, 3),
        commitment(SECRET, b"y" * 32, carriers, 3),
        commitment(SECRET, SALT, moved, 3),
    }

    assert sealed == commitment(SECRET, SALT, carriers, 3)
    assert sealed not in others
    assert 4 == len(others)


def test_disclosed_positions_open_and_no_others_are_told():
    """Each opened bit is the code's; entries of other positions are not in what is disclosed."""
    carriers = planned(table_of(1_000))
    sealed = commitment(SECRET, SALT, carriers, 3)
    positions = [0, 7, len(carriers) - 1]
    disclosed = disclose(SECRET, SALT, carriers, 3, positions)

    opened = open_positions(disclosed, commitment=sealed)

    bits = code_bits(SECRET, SALT, carriers, [3])[0]
    assert positions == [one.position for one in opened]
    assert [bool(bits[at]) for at in positions] == [one.bit for one in opened]
    assert [float(carriers.p[at]) for at in positions] == [one.p for one in opened]
    assert 3 == len(disclosed["opened"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 38), st.integers(0, 7))
def test_no_disclosed_byte_can_be_changed(byte, bit):
    """An owner who flips any bit of a disclosed entry is found out."""
    carriers = planned(table_of(200))
    sealed = commitment(SECRET, SALT, carriers, 3)
    disclosed = disclose(SECRET, SALT, carriers, 3, [2])
    entry = bytearray.fromhex(disclosed["opened"][0]["entry"])
    entry[byte] ^= 1 << bit
    disclosed["opened"][0]["entry"] = entry.hex()

    with pytest.raises((NotVerified, ValueError)):
        open_positions(disclosed, commitment=sealed)


def test_bad_rates_and_columns_are_bad_input():
    """A rate above 1, a column that isn't there: one sentence, nothing done."""
    table = table_of(10)
    with pytest.raises(BadInput, match="between 0 and 1"):
        planned(table, rate=1.5)
    with pytest.raises(BadInput, match="not in the table"):
        plan_carriers(table, groups=None, columns=["none"], rate=0.1, secret=SECRET, base_salt=SALT)
    with pytest.raises(ValueError, match="32 bytes"):
        plan_carriers(table, groups=None, columns=MARKED, rate=0.1, secret=b"short", base_salt=SALT)


@pytest.mark.slow
def test_embedding_is_quick():
    """100,000 rows × 12 columns in at most 50 ms (best of five; the machine may be busy)."""
    wide = table_of(100_000)
    for at in range(7):
        wide = wide.append_column(f"c{at}", wide.column(["income", "debt", "job"][at % 3]))
    carriers = plan_carriers(
        wide, groups=None, columns=wide.column_names, rate=0.04, secret=SECRET, base_salt=SALT
    )
    bits = code_bits(SECRET, SALT, carriers, [1])[0]

    def once():
        start = time.perf_counter()
        embed(wide, carriers, bits)
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.05
