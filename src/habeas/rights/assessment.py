"""Impact assessments: when the law asks for one, what it must hold, whether one is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from habeas.errors import BadInput
from habeas.law.book import LawBook
from habeas.law.documents import Item, MissingItem, content_list, demanded_on
from habeas.rights.activity import Activity, Use
from habeas.rights.conditions import Condition, any_use, condition, of_use
from habeas.rights.reading import Reader, nearest, read_yaml
from habeas.terms import Text

FORMAT = "assessment/v1"
CONCLUSIONS = ("may_start", "may_start_with_conditions", "may_not_start")
_KEYS = ("format", "activity", "uses", "made_on", "expires_on", "conclusion", "items")
# The cases of cn.pipl.art55 that a use can meet by itself.
TRIGGERS: Mapping[str, Text] = {
    "sensitive": Text(en="sensitive personal information", zh="敏感个人信息"),
    "automated": Text(en="automated decision-making", zh="自动化决策"),
    "provides": Text(en="entrusted, provided or published", zh="委托处理、对外提供、公开"),
    "export": Text(en="provided abroad", zh="向境外提供"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """One impact assessment as it was made."""

    activity: str
    uses: tuple[str, ...]
    made_on: date
    expires_on: date | None
    conclusion: str
    items: Mapping[str, Text]
    document: Mapping[str, Any]

    def in_force(self, activity: Activity, use: Use, *, changed_at: datetime, at: datetime) -> bool:
        """Whether it covers a use at an instant.

        changed_at: when the version of the activity now in force was declared. An assessment
                    made before that day judged something else.
        """
        return (
            self.activity == activity.id
            and use.id in self.uses
            and changed_at.date() <= self.made_on <= at.date()
            and (self.expires_on is None or at.date() <= self.expires_on)
            and self.conclusion != "may_not_start"
        )


def load_assessment(path: str | Path) -> Assessment:
    file = Path(path)
    return assessment_from(read_yaml(file), file=file)


def assessment_from(document: Mapping[str, Any], *, file: Path | None = None) -> Assessment:
    top = Reader(document, place="", file=file)
    top.known(_KEYS)
    if document.get("format") != FORMAT:
        raise top.wrong("format", f"{FORMAT!r} is expected here")
    items = top.inner("items", needed=True)
    items.known(content_list("cn", "assessment").item_ids())
    made_on = _day(top, "made_on")
    if made_on is None:
        raise top.wrong("made_on", "this is missing", remedy="write the day, as 2026-03-01")
    return Assessment(
        activity=top.string("activity"),
        uses=top.strings("uses", needed=True),
        made_on=made_on,
        expires_on=_day(top, "expires_on"),
        conclusion=top.one_of("conclusion", CONCLUSIONS),
        items={name: items.text(name) for name in items.value},
        document=document,
    )


def _day(top: Reader, key: str) -> date | None:
    text = top.maybe_string(key)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise top.wrong(key, "a day is expected here", remedy="write it as 2026-03-01") from None


def check_belongs(assessment: Assessment, activity: Activity, *, at: datetime) -> None:
    """Raise unless the assessment speaks of uses this activity declares, and is not of tomorrow."""
    for use in assessment.uses:
        if use not in activity.uses:
            raise BadInput(
                f"activity {activity.id} declares no use {use!r}",
                place="uses",
                remedy=nearest(use, activity.uses),
            )
    if assessment.made_on > at.date():
        raise BadInput("an assessment can't be made on a day to come", place="made_on")


def assessment_gaps(
    assessment: Assessment, activity: Activity, book: LawBook, as_of: date
) -> tuple[MissingItem, ...]:
    """The required items that an assessment lacks, with the provisions that demand them."""
    listed = content_list("cn", "assessment")
    gaps = []
    for item in listed.required:
        asked = _asked(item, assessment, activity, book, as_of)
        if item.id in assessment.items or item.id == "conclusion" or asked.holds is False:
            continue
        demanded = demanded_on(item, book, as_of)
        gaps.append(
            MissingItem(
                item=item.id,
                label=item.label,
                citations=demanded,
                blocking=item.blocking if demanded else "product",
                state="missing" if asked.holds else "open",
                condition=listed.conditions[item.when] if item.when else None,
                needs=asked.needs,
            )
        )
    return tuple(gaps)


def _asked(
    item: Item, assessment: Assessment, activity: Activity, book: LawBook, as_of: date
) -> Condition:
    """An item's condition, over the uses assessed and no others."""
    name = item.when
    if name is None:
        return Condition(holds=True)
    if name not in ("automated", "export", "face"):
        return condition(name, activity, book, as_of)
    uses = [activity.uses[use] for use in assessment.uses]
    return any_use(uses, lambda use: of_use(name, activity, use, book, as_of))


def needed_because(activity: Activity, use: Use, book: LawBook, as_of: date) -> tuple[str, ...]:
    """The cases of cn.pipl.art55 that a use meets on the facts stated; unknown ones don't count:
    the law book reports them as missing facts of the decision.
    """
    return tuple(
        name for name in TRIGGERS if of_use(name, activity, use, book, as_of).holds is True
    )


def in_force_for(
    assessments: Iterable[Assessment],
    activity: Activity,
    use: Use,
    *,
    changed_at: datetime,
    at: datetime,
) -> Assessment | None:
    """The newest assessment in force for a use, if there is one."""
    good = [
        each for each in assessments if each.in_force(activity, use, changed_at=changed_at, at=at)
    ]
    return max(good, key=lambda each: each.made_on, default=None)
