"""The effort plan: measures by value of the data, and what protecting everything equally costs.

PIPL 51 asks for measures by category and risk; which measures, and how many hours they take, no
statute says: they are a convention of ours, in `effort.yaml`, to be replaced by one's own figures.
An undecided column is protected like a personal one until somebody has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from habeas.boundary.draw import Boundary, Category
from habeas.errors import BadInput
from habeas.terms import Text

FORMAT = "effort/v1"
CITED = "cn.pipl.art51"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What one category gets. hours: of work for one column in a year, everything counted."""

    category: Category
    measures: tuple[Text, ...]
    access: Text
    review_days: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How much of an estate is in one category, and what it takes."""

    level: Level
    columns: int
    unclaimed: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """A plan for an estate. equal: hours if every column got what a sensitive one gets."""

    shares: tuple[Share, ...]
    hours: float
    equal: float

    @property
    def ratio(self) -> float | None:
        """The plan's hours as a share of equal protection; None for no columns."""
        return self.hours / self.equal if self.equal else None

    def to_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "cited": CITED,
            "convention": True,
            "hours_a_year": round(self.hours, 1),
            "hours_if_all_equal": round(self.equal, 1),
            "categories": [
                {
                    "category": share.level.category.value,
                    "columns": share.columns,
                    "unclaimed": share.unclaimed,
                    "review_days": share.level.review_days,
                    "access": {"en": share.level.access.en, "zh": share.level.access.zh},
                    "measures": [{"en": m.en, "zh": m.zh} for m in share.level.measures],
                    "hours_a_year": round(share.hours, 1),
                }
                for share in self.shares
            ],
        }


def effort(
    boundaries: Sequence[Boundary], levels: Mapping[Category, Level] | None = None
) -> Effort:
    """The plan for all columns of all tables."""
    known = levels or standard_levels()
    columns = [column for boundary in boundaries for column in boundary.columns]
    shares = []
    for category in sorted(Category, key=lambda c: -c.weight):
        mine = [column for column in columns if column.category is category]
        level = known[category]
        shares.append(
            Share(
                level=level,
                columns=len(mine),
                unclaimed=sum(not column.claimed_by for column in mine),
                hours=len(mine) * level.hours,
            )
        )
    return Effort(
        shares=tuple(shares),
        hours=sum(share.hours for share in shares),
        equal=len(columns) * known[Category.SENSITIVE].hours,
    )


@cache
def standard_levels() -> Mapping[Category, Level]:
    """Our own convention."""
    text = files("habeas.boundary").joinpath("effort.yaml").read_text(encoding="utf-8")
    return _levels(yaml.safe_load(text), "effort.yaml")


def read_levels(path: Path) -> Mapping[Category, Level]:
    """Somebody's own figures, in the same form; BadInput names the file and the category."""
    try:
        return _levels(yaml.safe_load(path.read_text(encoding="utf-8")), path.name)
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror})", file=path) from error
    except yaml.YAMLError as error:
        raise BadInput("is not YAML", file=path) from error


def _levels(raw: Any, file: str) -> Mapping[Category, Level]:
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise BadInput(f"is not in the format {FORMAT}", file=file)
    found = {}
    for category in Category:
        stated = raw.get("categories", {}).get(category.value)
        try:
            found[category] = Level(
                category=category,
                measures=tuple(Text(**measure) for measure in stated["measures"]),
                access=Text(**stated["access"]),
                review_days=int(stated["review_days"]),
                hours=float(stated["hours"]),
            )
        except (TypeError, KeyError, ValueError) as error:
            says = "each category needs measures, access, review_days and hours"
            raise BadInput(says, file=file, place=f"categories.{category.value}") from error
    return found
