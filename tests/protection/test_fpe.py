"""FF1 against NIST's sample vectors, an independent implementation, and itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.protection.fpe import ALPHABETS, ff1_column, ff1_numerals, ff1_texts

KEY = "2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94"
DECIMAL, LONG = "39383736353433323130", "3737373770717273373737"
# NIST, "FF1 samples" to SP 800-38G: bytes of key, tweak, alphabet, plain, cipher.
SAMPLES = [
    (16, "", "digits", "0123456789", "2433477484"),
    (16, DECIMAL, "digits", "0123456789", "6124200773"),
    (16, LONG, "lower", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (24, "", "digits", "0123456789", "2830668132"),
    (24, DECIMAL, "digits", "0123456789", "2496655549"),
    (24, LONG, "lower", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (32, "", "digits", "0123456789", "6657667009"),
    (32, DECIMAL, "digits", "0123456789", "1001623463"),
    (32, LONG, "lower", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("size", "tweak", "alphabet", "plain", "cipher"), SAMPLES)
def test_the_samples_of_the_standard(size, tweak, alphabet, plain, cipher):
    """All nine samples, both forms, both ways: agreement with the world, not with ourselves."""
    given_ = {"key": bytes.fromhex(KEY)[:size], "tweak": bytes.fromhex(tweak)}
    letters = ALPHABETS[alphabet]

    assert [cipher] == ff1_texts([plain], alphabet=letters, **given_)
    assert [plain] == ff1_texts([cipher], alphabet=letters, decrypt=True, **given_)
    assert [letters.index(c) for c in cipher] == ff1_numerals(
        [letters.index(c) for c in plain], radix=len(letters), **given_
    )


codes = st.integers(2, 40).flatmap(
    lambda radix: st.tuples(
        st.just(radix),
        st.integers(20 if radix < 8 else 7, 44).flatmap(
            lambda length: st.lists(
                st.lists(st.integers(0, radix - 1), min_size=length, max_size=length),
                min_size=1,
                max_size=4,
            )
        ),
    )
)


@given(codes, st.binary(min_size=32, max_size=32), st.binary(max_size=40))
@settings(max_examples=80, deadline=None)
def test_both_forms_agree_and_come_back(case, key, tweak):
    """Whatever radix, length, key and tweak: the column is the reference row by row, and
    decrypting gives every code back."""
    radix, rows = case
    column = ff1_column(np.array(rows, dtype=np.uint16), radix=radix, key=key, tweak=tweak)

    assert [ff1_numerals(r, radix=radix, key=key, tweak=tweak) for r in rows] == column.tolist()
    assert rows == ff1_column(column, radix=radix, key=key, tweak=tweak, decrypt=True).tolist()
    assert rows == [
        ff1_numerals(r, radix=radix, key=key, tweak=tweak, decrypt=True) for r in column.tolist()
    ]


@given(st.text(alphabet="0123456789", min_size=7, max_size=40), st.binary(max_size=20))
@settings(max_examples=60, deadline=None)
def test_another_implementation_agrees(code, tweak):
    """Written by others, from the same standard."""
    peer = pytest.importorskip("cyphera.ff1").FF1
    key = bytes.fromhex(KEY)

    assert [peer(key, tweak, ALPHABETS["digits"]).encrypt(code)] == ff1_texts(
        [code], alphabet=ALPHABETS["digits"], key=key, tweak=tweak
    )


def test_what_cannot_be_encrypted_does_not_pass_through():
    """Too short a code, a foreign character, an empty one: nothing comes out, not the plain one."""
    texts = ["12345", "123456", "12345a7", "", "1234５67", "440106199003078811"]
    out = ff1_texts(texts, alphabet=ALPHABETS["digits"], key=bytes(32))

    assert [None, "str", None, None, None, "str"] == [
        None if code is None else type(code).__name__ for code in out
    ]
    assert not set(texts) & set(out)


def test_a_million_codes_stay_apart():
    """It is a permutation: no two codes become one, and the form stays."""
    plain = [f"{n:06d}" for n in range(0, 1_000_000, 7)]
    out = ff1_texts(plain, alphabet=ALPHABETS["digits"], key=bytes(32))

    assert len(plain) == len(set(out))
    assert {6} == {len(code) for code in out}


@pytest.mark.parametrize(("radix", "row"), [(10, [1] * 5), (10, [10] * 7), (1, [0] * 30)])
def test_small_domains_and_foreign_numerals_are_mistakes(radix, row):
    """The standard's least domain holds for whoever calls, in both forms."""
    with pytest.raises(ValueError, match=r"million|numeral|radix"):
        ff1_numerals(row, radix=radix, key=bytes(32))
    with pytest.raises(ValueError, match=r"million|numeral|radix"):
        ff1_column(np.array([row], dtype=np.uint16), radix=radix, key=bytes(32))
