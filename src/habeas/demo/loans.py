"""The half of the book that says what was lent, when, and how it is being paid back."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from habeas.demo import words
from habeas.demo.draws import Bools, Draws, Floats, Ints, joined, sparse, taken, text, weighed

_OVERDUE_SHARE = 0.09
_TERMS = (3, 6, 9, 12, 18, 24, 36)
_MONTH = 30  # an instalment can be overdue from the second month on


def loans(draws: Draws, day: date) -> dict[str, pl.Series]:
    """Columns about the loan."""
    age = 5 + np.floor(draws.stream("loan_age").random(draws.rows) * 760).astype(np.int64)
    disbursed = pl.Series(np.datetime64(day) - age.astype("timedelta64[D]")).cast(pl.Date)
    term = np.array(_TERMS)[draws.place("term", (5.0, 14.0, 6.0, 42.0, 8.0, 18.0, 7.0))]
    due = pl.DataFrame({"day": disbursed, "months": term}).select(
        pl.col("day").dt.offset_by(pl.format("{}mo", "months"))
    ).to_series()  # fmt: skip
    score = np.clip(np.round(draws.stream("score").normal(640, 75, draws.rows)), 300, 850)
    late = _late(draws, age, score)
    days = np.where(late, _days_late(draws, age), 0)
    return {
        "order_no": _orders(draws, disbursed),
        "product_code": draws.word("product", *weighed(words.PRODUCTS)),
        "loan_amount": _amounts(draws, score),
        "term_months": pl.Series(term),
        "annual_rate": _rates(draws, score),
        "disbursed_on": disbursed,
        "due_on": due,
        "overdue_days": pl.Series(days),
        "status": _statuses(late, (due < day).to_numpy()),
        "score": pl.Series(score.astype(np.int64)),
        "portfolio": sparse(late, draws.word("portfolio", words.PORTFOLIOS, (40.0, 35.0, 25.0))),
        "last_login": _logins(draws, day, age),
    }


def _late(draws: Draws, age: Ints, score: Floats) -> Bools:
    """Nine in a hundred, more of them where the score is low, none in the first two months."""
    old_enough = age > 2 * _MONTH
    weight = np.exp((640 - score) / 120) * old_enough
    chance = np.minimum(weight * (_OVERDUE_SHARE * draws.rows / max(weight.sum(), 1.0)), 1.0)
    late: Bools = draws.stream("late").random(draws.rows) < chance
    return late


def _days_late(draws: Draws, age: Ints) -> Ints:
    longest = np.clip(age - _MONTH, 1, 400)
    drawn = draws.stream("days_late").random(draws.rows) ** 2 * longest
    days: Ints = 1 + np.floor(drawn).astype(np.int64)
    return days


def _orders(draws: Draws, disbursed: pl.Series) -> pl.Series:
    """Nineteen digits that begin like a card: 62, the time of the order, a serial number.

    No check digit: one in ten passes Luhn by chance, and none is a card.
    """
    tops = {"hour": 23, "minute": 59, "second": 59}
    clock = [text(draws.whole(f"order_{part}", 0, top), 2) for part, top in tops.items()]
    serial = text(draws.whole("order_serial", 0, 99_999), 5)
    return joined("62", disbursed.dt.strftime("%y%m%d"), *clock, serial)


def _amounts(draws: Draws, score: Floats) -> pl.Series:
    centre = 9.1 + (score - 640) / 400
    drawn = np.exp(draws.stream("amount").normal(centre, 0.7))
    return pl.Series((np.clip(np.round(drawn / 100), 10, 2000) * 100).astype(np.int64))


def _rates(draws: Draws, score: Floats) -> pl.Series:
    """Between 7.2 and 24 per cent a year, as a fraction."""
    drawn = draws.stream("rate").normal(0.165 - (score - 640) / 2500, 0.02)
    return pl.Series(np.round(np.clip(drawn, 0.072, 0.24), 4))


def _statuses(late: Bools, ended: Bools) -> pl.Series:
    return taken(("正常", "已结清", "逾期"), np.where(late, 2, np.where(ended, 1, 0)))


def _logins(draws: Draws, day: date, age: Ints) -> pl.Series:
    """A time between the loan and the book's day, as text."""
    seconds = np.floor(draws.stream("login").random(draws.rows) * age * 86_400)
    moments = np.datetime64(day, "ms") - (seconds * 1000).astype("timedelta64[ms]")
    return pl.Series(moments).dt.strftime("%Y-%m-%d %H:%M:%S")
