"""Recording an impact assessment: complete by PIPL 56 and the list, or not approved."""

from __future__ import annotations

from datetime import datetime

from habeas.errors import Refused, Undetermined
from habeas.law.book import LawBook
from habeas.law.documents import MissingItem
from habeas.procedures.declare_activity import declared
from habeas.procedures.digest import digest_of
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.publish_notice import named
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.activity import Activity, Use
from habeas.rights.assessment import (
    Assessment,
    assessment_from,
    assessment_gaps,
    check_belongs,
    in_force_for,
)


def record_assessment(
    home: Home, assessment: Assessment, *, book: LawBook, now: datetime
) -> models.Assessment:
    """Record an assessment of the activity's version in force."""
    home.must_be("controller")
    with committing(home, RECORDS["assessment"]):
        row, activity = declared(home, assessment.activity)
        check_belongs(assessment, activity, at=now)
        _refuse_if_incomplete(assessment_gaps(assessment, activity, book, now.date()))
        stored = _store(home, row, assessment, now=now)
    sequence(home, now=now)
    return stored


def _refuse_if_incomplete(gaps: tuple[MissingItem, ...]) -> None:
    absent = [gap for gap in gaps if gap.state == "missing"]
    if absent:
        raise Refused(
            "not approved, and no release relies on it: "
            f"{len(absent)} items are missing: {'; '.join(map(named, absent))}",
            remedy="write them under `items` of the assessment",
        )
    if gaps:
        facts = sorted({need for gap in gaps for need in gap.needs})
        raise Undetermined(
            "not approved: it is unknown whether more items are called for: "
            f"{'; '.join(map(named, gaps))}",
            remedy=f"state {', '.join(facts)} in the activity, or write the items",
        )


def _store(
    home: Home, row: models.Activity, assessment: Assessment, *, now: datetime
) -> models.Assessment:
    document = dict(assessment.document)
    digest = digest_of(document)
    payload = {
        "activity": row.name,
        "activity_version": row.version,
        "digest": digest,
        "document": document,
    }
    entry = add_entry(home, Happening(kind="assessment", payload=payload), now=now)
    return models.Assessment.objects.using(home.alias).create(
        activity=row, document=document, digest=digest, at=now, entry=entry
    )


def assessment_in_force(
    home: Home, row: models.Activity, activity: Activity, use: Use, *, at: datetime
) -> Assessment | None:
    """The assessment in force for a use: only one of this version of the activity can be."""
    rows = models.Assessment.objects.using(home.alias).filter(activity=row)
    made = [assessment_from(each.document) for each in rows]
    return in_force_for(made, activity, use, changed_at=row.at, at=at)
