"""Numbers with check digits: identity numbers, cards, devices. Valid in form, given to nobody."""

from __future__ import annotations

import numpy as np
import polars as pl

from habeas.demo import words
from habeas.demo.draws import Bools, Draws, Ints, either, joined, taken, text

_RESIDENT_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_RESIDENT_CHECKS = tuple("10X98765432")
_SEQUENCES = 499  # places of one day and district, for each sex


def digits(numbers: Ints, width: int) -> Ints:
    """The decimal digits of each number, one row each, highest first.

    >>> digits(np.array([207]), 4).tolist()
    [[0, 2, 0, 7]]
    """
    tens = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    split: Ints = (numbers[:, None] // tens) % 10
    return split


def luhn(numbers: Ints) -> Ints:
    """Each number with its Luhn check digit behind.

    >>> luhn(np.array([7992739871])).tolist()
    [79927398713]
    """
    split = digits(numbers, 18)[:, ::-1]
    doubled = split[:, 0::2] * 2
    total = split[:, 1::2].sum(axis=1) + (doubled - 9 * (doubled > 9)).sum(axis=1)
    with_check: Ints = numbers * 10 + (-total % 10)
    return with_check


def resident_ids(draws: Draws, district: Ints, born: pl.Series, male: Bools) -> pl.Series:
    """Eighteen characters that agree with district of birth, day of birth and sex; no two alike."""
    code = np.array([place.code for place in words.DISTRICTS], dtype=np.int64)[district]
    day = born.dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()
    head = (code * 10**8 + day) * 1000
    body = head + _sequences(draws, male, 0)
    turn = 1
    while (again := _repeated(body)).any():
        body = np.where(again, head + _sequences(draws, male, turn), body)
        turn += 1
    checks = (digits(body, 17) @ _RESIDENT_WEIGHTS) % 11
    return joined(text(body, 17), taken(_RESIDENT_CHECKS, checks))


def _sequences(draws: Draws, male: Bools, turn: int) -> Ints:
    """Odd for men, even for women, from 001."""
    half = draws.whole(f"resident_sequence_{turn}", 1, _SEQUENCES)
    return 2 * half + male


def _repeated(values: Ints) -> Bools:
    """True for every value after the first of its kind."""
    return ~pl.Series(values).is_first_distinct().to_numpy()


def bank_cards(draws: Draws) -> pl.Series:
    """Cards of 16 to 19 digits that pass Luhn."""
    shares = words.CARD_LENGTH_SHARES
    length = np.array(list(shares))[draws.place("card_length", list(shares.values()))]
    serial = draws.stream("card_serial").integers(0, 10**12, draws.rows)
    body = np.zeros(draws.rows, dtype=np.int64)
    for size, prefixes in words.CARD_PREFIXES.items():
        prefix = np.array(prefixes)[draws.place(f"card_prefix_{size}", [1.0] * len(prefixes))]
        free = 10 ** (size - 7)
        body = np.where(length == size, prefix * free + serial % free, body)
    return text(luhn(body))  # below 2^63: the longest begin with 62


def devices(draws: Draws) -> pl.Series:
    """IMEI: fifteen digits, the last by Luhn."""
    prefix = np.array(words.IMEI_PREFIXES)[draws.place("imei_prefix", [1.0] * 6)]
    return text(luhn(prefix * 10**6 + draws.whole("imei_serial", 0, 10**6 - 1)))


def mobiles(draws: Draws, name: str) -> pl.Series:
    """Plain mobile numbers, eleven digits. Whether one is in use can't be known from its form."""
    prefix = np.array(words.MOBILE_PREFIXES)[
        draws.place(name + "_prefix", [1.0] * len(words.MOBILE_PREFIXES))
    ]
    return text(prefix * 10**8 + draws.whole(name + "_serial", 0, 10**8 - 1))


_FULL_WIDTH = {str(digit): chr(0xFF10 + digit) for digit in range(10)}
MOBILE_FORMS = (("plain", 70.0), ("spaced", 12.0), ("+86", 10.0), ("dashed", 5.0), ("full", 3.0))


def as_written(draws: Draws, plain: pl.Series) -> pl.Series:
    """Mobile numbers in the forms people write them in."""
    form = draws.place("mobile_form", [share for _, share in MOBILE_FORMS])
    a, b, c = plain.str.slice(0, 3), plain.str.slice(3, 4), plain.str.slice(7, 4)
    full = plain.str.replace_many(list(_FULL_WIDTH), list(_FULL_WIDTH.values()))
    written = (
        plain,
        joined(a, " ", b, " ", c),
        joined("+86", plain),
        joined(a, "-", b, "-", c),
        full,
    )
    result = plain
    for place, other in enumerate(written):
        result = either(form == place, other, result)
    return result


_PLATE_MARKS = tuple("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ")  # no I, no O


def plates(draws: Draws, district: Ints) -> pl.Series:
    """Number plates of the district's city; three in ten are of new-energy cars."""
    start = taken([place.plate for place in words.DISTRICTS], district)
    mixed = joined(
        text(draws.whole("plate_digit", 0, 9)),
        draws.word("plate_mark_1", _PLATE_MARKS),
        draws.word("plate_mark_2", _PLATE_MARKS),
        text(draws.whole("plate_tail", 0, 99), 2),
    )
    energy = joined(
        draws.word("plate_energy", ("D", "F")), text(draws.whole("plate_number", 0, 99999), 5)
    )
    return joined(start, either(draws.happens("plate_kind", 0.3), energy, mixed))


def passports(draws: Draws) -> pl.Series:
    """E and eight digits, or E, a letter without I and O, and seven digits."""
    old = joined("E", text(draws.whole("passport_old", 0, 10**8 - 1), 8))
    letter = draws.word("passport_letter", tuple("ABCDEFGHJK"))
    new = joined("E", letter, text(draws.whole("passport_new", 0, 10**7 - 1), 7))
    return either(draws.happens("passport_kind", 0.4), old, new)
