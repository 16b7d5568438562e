"""What the home's own records say of a use: in these matters its declaration is not believed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from habeas.procedures.publish_notice import published
from habeas.procedures.record_assessment import assessment_in_force
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.activity import Activity, Use
from habeas.rights.notice import items_named


def facts_on_record(
    home: Home, row: models.Activity, activity: Activity, use: Use, *, at: datetime
) -> dict[str, Any]:
    """Facts of level use, from notices, assessments and choices recorded until `at`.

    Consent is `given` where it is the ground: rows of persons without a choice given in force
    leave the release, so of every row that stays it is true.
    """
    notice = published(home, row)
    told = set() if notice is None else {item["item"] for item in notice.document["items"]}
    assessed = assessment_in_force(home, row, activity, use, at=at)
    facts: dict[str, Any] = {
        "notice_given": notice is not None,
        "notice_items": items_named(told),
        "assessment": "not_done" if assessed is None else "before",
    }
    if assessed is not None:
        # A judgement, so it says whose: the controller's, who signed the assessment.
        facts["assessment_complete"] = {
            "value": True,
            "by": home.name,
            "grounds": f"assessment of {assessed.made_on.isoformat()}, complete item by item",
        }
    if use.rests_on_consent:
        facts["consent"] = "given"
    return facts
