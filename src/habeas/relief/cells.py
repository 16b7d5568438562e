"""Cells that can be compared across files: the same value written in another way is the same.

A number as text, `1.0` for `1`, thousands marks, full-width characters, other date formats and
translated booleans all come to one 64-bit key. Keys are for comparing within one run; they are
not kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

Kind = Literal["number", "date", "text"]

_MOST = 0.8
_NOTHING = ("", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "\\n", "无", "空")
_TRUE = ("true", "t", "yes", "y", "是", "真", "1")
_FALSE = ("false", "f", "no", "n", "否", "假", "0")
_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d-%b-%Y",
    "%b%d,%Y",
)
_MONTHS = ("%Y-%m", "%Y/%m", "%b-%Y", "%m/%Y", "%Y年%m月")
_TIME = r"[t]?\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?$"
_PROBE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """One column. keys: uint64, 0 where there is no value; numbers: float64 (days for dates),
    nan where a cell is no number.
    """

    name: str
    kind: Kind
    keys: NDArray[np.uint64]
    numbers: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.keys)

    def at(self, rows: NDArray[np.int64]) -> Cells:
        return Cells(
            name=self.name, kind=self.kind, keys=self.keys[rows], numbers=self.numbers[rows]
        )


def cells_of(table: pa.Table) -> list[Cells]:
    """Every column of the table, in its order."""
    return [
        _column(name, pl.Series(pl.from_arrow(table.column(place).combine_chunks())))
        for place, name in enumerate(table.column_names)
    ]


def keys_of_numbers(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    """A key per number: whole numbers below 10¹⁵ exactly, others by 9 significant digits."""
    known = np.isfinite(numbers)
    safe = np.where(known, numbers, 0.0)
    whole = (safe == np.rint(safe)) & (np.abs(safe) < 1e15)
    size = np.where(safe == 0, 1.0, np.abs(safe))
    power = np.where(whole, 0.0, np.floor(np.log10(size)) - 8)
    mantissa = np.where(whole, safe, np.rint(safe * 10.0**-power)).astype(np.int64)
    over = np.abs(mantissa) == 10**9
    carry = over & ~whole
    mantissa = np.where(carry, mantissa // 10, mantissa)
    tag = (power + carry).astype(np.int64) << 52
    mixed = mix((mantissa ^ tag).view(np.uint64)) | np.uint64(1)
    return np.where(known, mixed, np.uint64(0))


def mix(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finisher: spreads nearby numbers over the 64 bits."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _column(name: str, series: pl.Series) -> Cells:
    if series.dtype.is_temporal() and series.dtype not in {pl.Time, pl.Duration}:
        return _of_numbers(name, "date", _days(series))
    if series.dtype == pl.Boolean or series.dtype.is_numeric():
        return _numeric(name, series)
    if series.dtype != pl.String:
        series = (
            series.cast(pl.String)
            if series.dtype == pl.Categorical
            else pl.Series(
                [None if v is None else str(v) for v in series.to_list()], dtype=pl.String
            )
        )
    return _textual(name, series)


def _numeric(name: str, series: pl.Series) -> Cells:
    if series.dtype.is_integer() and len(known := series.drop_nulls()):
        largest = max(abs(int(known.min() or 0)), abs(int(known.max() or 0)))  # type: ignore[arg-type]
        if largest >= 10**15:
            return _textual(name, series.cast(pl.String))
    if series.dtype == pl.Float32:
        series = series.cast(pl.String)
    numbers = _floats(series.cast(pl.Float64))
    days = _compact_days(numbers)
    return _of_numbers(name, "number", numbers) if days is None else _of_numbers(name, "date", days)


def _of_numbers(name: str, kind: Kind, numbers: NDArray[np.float64]) -> Cells:
    return Cells(name=name, kind=kind, keys=keys_of_numbers(numbers), numbers=numbers)


def _textual(name: str, series: pl.Series) -> Cells:
    distinct, places = _distinct(series)
    plain = distinct.str.normalize("NFKC").str.replace_all(r"\s+", "").str.to_lowercase()
    plain = plain.set(plain.is_in(_NOTHING).fill_null(value=False), None)
    text = plain.gather(places)
    if (truth := _booleans(text)) is not None:
        return _of_numbers(name, "number", truth)
    numbers = _parsed(plain)[places]
    known = len(text) - text.null_count()
    numeric = int(np.isfinite(numbers).sum())
    if known and numeric < _MOST * known:
        days = _dates(text)
        if days is not None:
            return _mixed(name, "date", text, days)
        return _mixed(name, "text", text, numbers)
    days = _compact_days(numbers)
    return (
        _mixed(name, "number", text, numbers) if days is None else _mixed(name, "date", text, days)
    )


def _distinct(series: pl.Series) -> tuple[pl.Series, NDArray[np.int64]]:
    """The different texts (the last one is null), and for each cell its place among them."""
    coded = series.to_arrow().dictionary_encode()
    texts = pl.Series(pl.from_arrow(coded.dictionary)).extend(pl.Series([None], dtype=pl.String))
    places = coded.indices.fill_null(len(texts) - 1)
    return texts, places.to_numpy(zero_copy_only=False).astype(np.int64)


def _mixed(name: str, kind: Kind, text: pl.Series, numbers: NDArray[np.float64]) -> Cells:
    """Numbers keyed as numbers, other text by its hash, nothing as 0."""
    words = text.hash(seed=7).to_numpy().astype(np.uint64) | np.uint64(1)
    keys = np.where(np.isfinite(numbers), keys_of_numbers(numbers), words)
    keys[text.is_null().to_numpy()] = 0
    return Cells(name=name, kind=kind, keys=keys, numbers=numbers)


def _booleans(text: pl.Series) -> NDArray[np.float64] | None:
    """1 and 0 if the column is made of two words for true and false, and not of digits."""
    values = set(text.drop_nulls().unique().head(3).to_list())
    if not values or len(values) > 2 or values <= {"0", "1"}:
        return None
    if not values <= {*_TRUE, *_FALSE}:
        return None
    truth = pl.select(
        pl.when(text.is_null()).then(None).when(text.is_in(_TRUE)).then(1.0).otherwise(0.0)
    ).to_series()
    return _floats(truth)


def _parsed(text: pl.Series) -> NDArray[np.float64]:
    bare = text.str.replace(r"^[¥$€£]", "").str.replace(r"%$", "")
    marked = bare.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$").fill_null(value=False)
    if marked.any():
        bare = pl.select(
            pl.when(marked).then(bare.str.replace_all(",", "")).otherwise(bare)
        ).to_series()
    numbers = _floats(bare.cast(pl.Float64, strict=False))
    long = bare.str.contains(r"^[+-]?\d{16,}$").fill_null(value=False).to_numpy()
    numbers[long] = np.nan
    return numbers


def _dates(text: pl.Series) -> NDArray[np.float64] | None:
    """Days since 1970 if most cells are dates of one format; the best format wins."""
    bare = text.str.replace(_TIME, "")
    probe = bare.drop_nulls().head(_PROBE)
    shares = {pattern: _share(probe, pattern) for pattern in (*_DATES, *_MONTHS)}
    best = max(shares, key=lambda pattern: shares[pattern])
    if shares[best] < _MOST:
        return None
    return _days(_read(bare, best))


def _read(text: pl.Series, pattern: str) -> pl.Series:
    if pattern in _MONTHS:
        text, pattern = text + "~1", pattern + "~%d"
    return text.str.to_date(pattern, strict=False)


def _share(probe: pl.Series, pattern: str) -> float:
    return 1 - _read(probe, pattern).null_count() / len(probe) if len(probe) else 0.0


def _compact_days(numbers: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Days since 1970 if (nearly) all numbers are dates written as 20180301."""
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return None
    inside = (known >= 19000101) & (known <= 21001231) & (known == np.rint(known))
    if inside.mean() < 0.95:
        return None
    text = pl.Series(np.where(np.isfinite(numbers), numbers, 0).astype(np.int64)).cast(pl.String)
    days = text.str.to_date("%Y%m%d", strict=False)
    return _days(days) if len(known) - (len(days) - days.null_count()) < 0.05 * len(known) else None


def _days(series: pl.Series) -> NDArray[np.float64]:
    if series.dtype == pl.Date:
        return _floats(series.to_physical().cast(pl.Float64))
    micros = series.cast(pl.Datetime("us")).to_physical()
    return _floats(micros.cast(pl.Float64)) / 86_400e6


def _floats(series: pl.Series) -> NDArray[np.float64]:
    numbers = series.fill_null(float("nan")).to_numpy().astype(np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)
