"""Ways to make a value coarser step by step: hierarchy files, and the Chinese provinces."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from habeas.errors import BadInput

# The geographic regions in common statistical use, by how a province's name begins.
REGIONS: Mapping[str, str] = {
    start: region
    for region, starts in {
        "华北": ("北京", "天津", "河北", "山西", "内蒙"),
        "东北": ("辽宁", "吉林", "黑龙"),
        "华东": ("上海", "江苏", "浙江", "安徽", "福建", "江西", "山东"),
        "华中": ("河南", "湖北", "湖南"),
        "华南": ("广东", "广西", "海南"),
        "西南": ("重庆", "四川", "贵州", "云南", "西藏"),
        "西北": ("陕西", "甘肃", "青海", "宁夏", "新疆"),
        "港澳台": ("香港", "澳门", "台湾"),
    }.items()
    for start in starts
}
ELSEWHERE = "其他"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """For each value its ever coarser forms; level 0 is the value itself.

    rows: value -> (value, coarser, coarser still, …), all of one length.
    """

    rows: Mapping[str, tuple[str, ...]]
    digest: str

    @property
    def top(self) -> int:
        """The coarsest level."""
        return len(next(iter(self.rows.values()))) - 1

    def level(self, level: int) -> dict[str, str]:
        """Give each value its form at `level`."""
        return {value: forms[level] for value, forms in self.rows.items()}


def read_hierarchy(path: Path) -> Hierarchy:
    """A hierarchy as ARX writes it: one line a value, from the value to '*', ';' between."""
    try:
        raw = path.read_bytes()
        lines = raw.decode("utf-8-sig").splitlines()
    except OSError as error:
        raise BadInput(
            f"can't be read: {error.strerror or 'unknown error'}", file=path.name
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput("isn't UTF-8", file=path.name) from error
    delimiter = ";" if lines and ";" in lines[0] else ","
    rows: dict[str, tuple[str, ...]] = {}
    for number, forms in enumerate(csv.reader(lines, delimiter=delimiter), 1):
        if not forms:
            continue
        if rows and len(forms) != len(next(iter(rows.values()))):
            raise BadInput("has another number of levels", file=path.name, place=f"line {number}")
        if forms[0] in rows:
            raise BadInput("repeats an earlier value", file=path.name, place=f"line {number}")
        rows[forms[0]] = tuple(forms)
    if not rows:
        raise BadInput("holds no values", file=path.name)
    _check_nested(rows, path.name)
    return Hierarchy(rows=rows, digest=hashlib.sha256(raw).hexdigest())


def _check_nested(rows: Mapping[str, tuple[str, ...]], file: str) -> None:
    """Values alike at one level stay alike above it: else coarser would not be safer."""
    above: dict[tuple[int, str], str] = {}
    for number, forms in enumerate(rows.values(), 1):
        for level, (form, coarser) in enumerate(pairwise(forms)):
            if above.setdefault((level, form), coarser) != coarser:
                raise BadInput(
                    f"one form of level {level} belongs to two forms of level {level + 1}",
                    file=file,
                    place=f"value {number}",
                )
