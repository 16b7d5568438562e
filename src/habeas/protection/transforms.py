"""What is done to the values of one column before it leaves.

Each transform takes a column and gives one of the same length; an empty cell stays empty. A value
that can't be read as what the transform works on (a date, a number) is left empty and counted:
it never passes through as it was.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from habeas.boundary.text import scan_text
from habeas.errors import BadInput
from habeas.protection.columns import ColumnPlan
from habeas.protection.fpe import ALPHABETS, ff1_texts
from habeas.protection.hierarchies import ELSEWHERE, REGIONS, Hierarchy, read_hierarchy
from habeas.protection.places import division, occupation_group, province

STAR = "*"
HIDDEN = "***"
PSEUDONYM_HEX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What transforms need beside the values: the home's secret and where hierarchies lie.

    secret: the home's own, so tokens of two controllers can't be linked.
    recipient: whose tokens these are; None: shared by all recipients of the purpose.
    """

    secret: bytes
    purpose: str
    epoch: str
    folder: Path | None = None
    recipient: str | None = None

    def pseudonym_key(self, domain: str, *, of: str = "pseudonym") -> bytes:
        """Other recipient, purpose, domain or epoch: other key, so tokens can't be linked."""
        words = [self.purpose, domain, self.epoch]
        words += [] if self.recipient is None else [self.recipient]
        parts = [f"habeas/{of}/v1".encode(), *(word.encode() for word in words)]
        info = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(self.secret)

    def hierarchy(self, planned: ColumnPlan) -> Hierarchy:
        if self.folder is None:
            raise BadInput(
                "names a hierarchy file and no folder to look for it was given",
                place=planned.place,
            )
        return read_hierarchy(self.folder / planned.params["file"])


def transformed(
    values: pl.Series, planned: ColumnPlan, means: Means, *, subjects: pl.Series | None = None
) -> pl.Series:
    """The column as it may leave; not for a dropped one.

    subjects: whom each row is about, for what is done alike to all of a person's rows.
    """
    if planned.transform == "drop":
        raise ValueError("a dropped column has no values to hand out")
    if planned.transform == "date_shift":
        return _date_shift(values, planned, means, subjects).rename(planned.column)
    return _TRANSFORMS[planned.transform](values, planned, means).rename(planned.column)


def apply_plan_to_columns(
    table: pa.Table,
    columns: tuple[ColumnPlan, ...],
    means: Means,
    *,
    subjects: pa.ChunkedArray | None = None,
) -> tuple[pa.Table, Mapping[str, int]]:
    """The table of the columns that leave, and how many values of each could not be read."""
    persons = None if subjects is None else pl.Series("subject", pl.from_arrow(subjects))
    frame = {c.column: pl.Series(c.column, pl.from_arrow(table.column(c.column))) for c in columns}
    done = {c.column: transformed(frame[c.column], c, means, subjects=persons) for c in columns}
    lost = {
        name: gone
        for name, series in done.items()
        if (gone := series.null_count() - frame[name].null_count()) > 0
    }
    arrays = [done[c.column].to_arrow() for c in columns]
    return pa.table(dict(zip(done, map(_plain_strings, arrays), strict=True))), lost


def _plain_strings(array: pa.Array) -> pa.Array:
    """Polars' large and view strings as Arrow's plain ones, which every reader knows."""
    if pa.types.is_large_string(array.type) or pa.types.is_string_view(array.type):
        return array.cast(pa.string())
    return array


# Text


def _texts(values: pl.Series) -> pl.Series:
    return values if values.dtype == pl.String else values.cast(pl.String)


def _never_an_original(out: pl.Series, values: pl.Series) -> pl.Series:
    """Empty every cell that equals, by whatever chance, a value of the column as it came."""
    frame = pl.DataFrame({"out": out})
    hit = frame["out"].is_in(_texts(values).drop_nulls().unique().implode())
    return frame.select(pl.when(~hit).then(pl.col("out")).alias("out"))["out"]


def _keep(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    return values


def _mask(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    first = planned.params.get("keep_first", 0)
    last = planned.params.get("keep_last", 0)
    text = pl.col("v")
    shown = pl.concat_str(text.str.head(first), pl.lit(HIDDEN), text.str.tail(last))
    enough = text.str.len_chars() > first + last
    frame = pl.DataFrame({"v": _texts(values)})
    out = frame.select(
        pl.when(text.is_not_null()).then(pl.when(enough).then(shown).otherwise(pl.lit(HIDDEN)))
    ).to_series()
    return _never_an_original(out, values)


def _pseudonym(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:
    key = means.pseudonym_key(planned.params.get("domain", planned.column))

    def token(value: str) -> str:
        return hmac.digest(key, value.encode(), "sha256").hex()[:PSEUDONYM_HEX]

    return _never_an_original(_by_distinct(_texts(values), token), values)


def _ff1(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:
    return _encrypted(values, planned, means, decrypt=False)


def decrypted(tokens: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:
    """The codes that FF1 made these of; what is no such code gives an empty cell."""
    return _encrypted(tokens, planned, means, decrypt=True)


def _encrypted(values: pl.Series, planned: ColumnPlan, means: Means, *, decrypt: bool) -> pl.Series:
    domain = planned.params.get("domain", planned.column)
    named = planned.params.get("alphabet", "digits")
    distinct = _texts(values).drop_nulls().unique()
    codes = ff1_texts(
        distinct.to_list(),
        alphabet=ALPHABETS.get(named, named),
        key=means.pseudonym_key(domain, of="ff1"),
        tweak=domain.encode(),
        decrypt=decrypt,
    )
    to = pl.Series(codes, dtype=pl.String)
    return _texts(values).replace_strict(distinct, to, default=None, return_dtype=pl.String)


def _mask_spans(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    def masked(text: str) -> str:
        out, at = [], 0
        for span in sorted(scan_text(text), key=lambda s: s.start):
            if span.end > at:
                out += [text[at : max(at, span.start)], f"[{span.kind}]"]
                at = span.end
        return "".join([*out, text[at:]])

    return _by_distinct(_texts(values), masked)


def _by_distinct(values: pl.Series, change: Callable[[str], str]) -> pl.Series:
    distinct = values.drop_nulls().unique()
    to = pl.Series([change(value) for value in distinct], dtype=pl.String)
    return values.replace_strict(distinct, to, default=None, return_dtype=pl.String)


# Numbers


def _numbers(values: pl.Series, planned: ColumnPlan) -> pl.Series:
    if values.dtype.is_numeric():
        return values
    if values.dtype == pl.Boolean or values.dtype.is_temporal() or values.dtype.is_nested():
        raise BadInput(f"column {planned.column!r} holds no numbers", place=planned.place)
    read = _texts(values).cast(pl.Float64, strict=False)
    if read.null_count() == len(read) and values.null_count() < len(values):
        raise BadInput(f"column {planned.column!r} holds no numbers", place=planned.place)
    return read


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else f"{value:.12g}"


def _labelled(position: np.ndarray, valid: np.ndarray, label: Callable[[float], str]) -> pl.Series:
    """One label a distinct position; empty where not valid."""
    distinct, inverse = np.unique(position[valid], return_inverse=True)
    labels = np.empty(len(position), dtype=object)
    labels[valid] = np.array([label(p) for p in distinct.tolist()], dtype=object)[inverse]
    return pl.Series(labels.tolist(), dtype=pl.String)


def _floats(values: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    numbers = values.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return numbers, np.isfinite(numbers)


def _bands(values: pl.Series, planned: ColumnPlan) -> pl.Series:
    series = _numbers(values, planned)
    width = planned.params["width"]
    low = planned.params.get("low", -np.inf)
    high = planned.params.get("high", np.inf)
    whole = series.dtype.is_integer() and float(width).is_integer()
    numbers, valid = _floats(series)
    start = np.floor(numbers / width) * width
    start = np.where(numbers < low, -np.inf, np.where(numbers >= high, np.inf, start))

    def label(at: float) -> str:
        if np.isinf(at):
            return f"<{_number(low)}" if at < 0 else f"≥{_number(high)}"
        if whole:
            return f"{_number(at)}-{_number(at + width - 1)}"
        return f"[{_number(at)},{_number(at + width)})"

    return _labelled(start, valid, label)


def _bin(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    edges = list(planned.params["edges"])
    numbers, valid = _floats(_numbers(values, planned))
    at = np.searchsorted(edges, numbers, side="right")

    def label(bucket: float) -> str:
        i = int(bucket)
        if i == 0:
            return f"<{_number(edges[0])}"
        if i == len(edges):
            return f"≥{_number(edges[-1])}"
        return f"[{_number(edges[i - 1])},{_number(edges[i])})"

    return _labelled(at.astype(np.float64), valid, label)


def _round(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    series = _numbers(values, planned)
    unit = planned.params["to"]
    if series.dtype.is_integer() and float(unit).is_integer():
        unit = int(unit)
        wide = series.cast(pl.Int64)
        rest = wide % unit
        return (wide - rest) + (rest * 2 >= unit).cast(pl.Int64) * unit
    digits = max(0, -int(Decimal(str(unit)).as_tuple().exponent))
    numbers = series.cast(pl.Float64)
    rounded = ((numbers / unit).round() * unit).round(digits)
    return (
        pl.DataFrame({"v": rounded})
        .select(pl.when(pl.col("v").is_finite()).then(pl.col("v")))
        .to_series()
    )


def _clip(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    series = _numbers(values, planned)
    low, high = planned.params.get("low"), planned.params.get("high")
    if series.dtype.is_integer() and any(isinstance(bound, float) for bound in (low, high)):
        series = series.cast(pl.Float64)
    return series.clip(low, high)


# Dates and codes

_DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%m/%d/%Y")
_MONTH_FORMATS = ("%d-%b-%Y", "%d-%Y-%m", "%d-%Y/%m")


def _dates(values: pl.Series, planned: ColumnPlan) -> pl.Series:
    if values.dtype == pl.Date:
        return values
    if isinstance(values.dtype, pl.Datetime):
        return values.dt.date()
    text = pl.Series("v", _texts(values).str.strip_chars().str.head(11))
    day = pl.coalesce(
        *(pl.col("v").str.to_date(f, strict=False, exact=True) for f in _DATE_FORMATS),
        *(pl.col("v").str.head(10).str.to_date(f, strict=False) for f in _DATE_FORMATS[:3]),
        *(
            pl.concat_str(pl.lit("1-"), pl.col("v")).str.to_date(f, strict=False)
            for f in _MONTH_FORMATS
        ),
    )
    read = text.to_frame().select(day).to_series()
    if read.null_count() == len(read) and values.null_count() < len(values):
        raise BadInput(f"column {planned.column!r} holds no dates", place=planned.place)
    return read


def _date_step(values: pl.Series, planned: ColumnPlan, to: str) -> pl.Series:
    days = _dates(values, planned)
    if to == "month":
        return days.dt.strftime("%Y-%m")
    if to == "quarter":
        quarter = pl.concat_str(
            pl.col("d").dt.year().cast(pl.String), pl.lit("-Q"), pl.col("d").dt.quarter()
        )
        return pl.DataFrame({"d": days}).select(quarter).to_series()
    width = {"year": 1, "five_years": 5, "decade": 10}[to]
    numbers, valid = _floats(days.dt.year())

    def label(year: float) -> str:
        return str(int(year)) if width == 1 else f"{int(year)}-{int(year) + width - 1}"

    return _labelled(np.floor(numbers / width) * width, valid, label)


def _date_month(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:  # noqa: ARG001
    return _date_step(values, planned, "month")


def _date_shift(
    values: pl.Series, planned: ColumnPlan, means: Means, subjects: pl.Series | None
) -> pl.Series:
    """Each person's dates moved by one number of days, never by none: intervals stay exact.

    A row that is about nobody known has no number of its own, and its date is left empty.
    """
    if subjects is None:
        raise BadInput(
            "shifts dates by person, and whom a row is about isn't known",
            place=planned.place,
            remedy="name 'subject_column' in the plan",
        )
    days, most = _dates(values, planned), int(planned.params["days"])
    key = means.pseudonym_key(planned.params.get("domain", "date_shift"), of="date_shift")

    def moved(person: str) -> int:
        lot: int = int.from_bytes(hmac.digest(key, person.encode(), "sha256")[:8], "big")
        step = lot % (2 * most) - most
        return step if step < 0 else step + 1

    persons = _texts(subjects)
    distinct = persons.drop_nulls().unique()
    steps = pl.Series([moved(person) for person in distinct], dtype=pl.Int64)
    shift = persons.replace_strict(distinct, steps, default=None, return_dtype=pl.Int64)
    frame = pl.DataFrame({"day": days, "by": shift})
    return frame.select(pl.col("day") + pl.duration(days=pl.col("by"))).to_series()


def _prefix(values: pl.Series, keep_first: int) -> pl.Series:
    frame = pl.DataFrame({"v": _texts(values)})
    return frame.select(pl.concat_str(pl.col("v").str.head(keep_first), pl.lit(STAR))).to_series()


def _regions(values: pl.Series) -> pl.Series:
    start = _texts(values).str.strip_chars().str.head(2)
    known = start.replace_strict(REGIONS, default=ELSEWHERE, return_dtype=pl.String)
    return (
        pl.DataFrame({"s": start, "k": known})
        .select(pl.when(pl.col("s").is_not_null()).then(pl.col("k")))
        .to_series()
    )


def _by_hierarchy(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:
    hierarchy = means.hierarchy(planned)
    level = planned.params["level"]
    if level > hierarchy.top:
        raise BadInput(
            f"level {level} is above the hierarchy's coarsest, {hierarchy.top}",
            place=planned.place,
        )
    text = _texts(values)
    out = text.replace_strict(hierarchy.level(level), default=None, return_dtype=pl.String)
    if len(unknown := (out.is_null() & text.is_not_null()).arg_true()):
        raise BadInput(
            f"the hierarchy of column {planned.column!r} lacks a value of the table",
            place=f"row {int(unknown[0]) + 1}",
            remedy="add the value to the hierarchy file",
        )
    return out


def _all(values: pl.Series) -> pl.Series:
    """One form for every value, the empty cell too: whether it was empty is told no more."""
    return pl.Series([STAR], dtype=pl.String).new_from_index(0, len(values))


def _generalise(values: pl.Series, planned: ColumnPlan, means: Means) -> pl.Series:
    ways: Mapping[str, Callable[[], pl.Series]] = {
        "bands": lambda: _bands(values, planned),
        "date": lambda: _date_step(values, planned, planned.params["to"]),
        "prefix": lambda: _prefix(values, planned.params["keep_first"]),
        "hierarchy": lambda: _by_hierarchy(values, planned, means),
        "regions": lambda: _regions(values),
        "provinces": lambda: province(_texts(values)),
        "divisions": lambda: division(_texts(values), planned.params["to"]),
        "occupations": lambda: _by_distinct(_texts(values), occupation_group),
        "all": lambda: _all(values),
    }
    return ways[planned.params["by"]]()


_Transform = Callable[[pl.Series, ColumnPlan, Means], pl.Series]
_TRANSFORMS: Mapping[str, _Transform] = {
    "keep": _keep,
    "mask": _mask,
    "mask_spans": _mask_spans,
    "pseudonym": _pseudonym,
    "ff1": _ff1,
    "generalise": _generalise,
    "date_month": _date_month,
    "round": _round,
    "bin": _bin,
    "clip": _clip,
}
