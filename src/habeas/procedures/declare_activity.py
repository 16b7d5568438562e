"""Declaring an activity: a new version, unless nothing changed."""

from __future__ import annotations

from datetime import datetime

from habeas.errors import BadInput
from habeas.law.documents import content_list
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.activity import Activity, activity_from
from habeas.rights.notice import unknown_items
from habeas.rights.reading import nearest


def declare_activity(home: Home, activity: Activity, *, now: datetime) -> models.Activity:
    """Record a declaration; the same one again is the version already there."""
    home.must_be("controller")
    _check_notice_texts(activity)
    with committing(home, RECORDS["activity"]):
        current = newest_version(home, activity.id)
        if current is not None and current.digest == activity.digest:
            return current
        version = 1 if current is None else current.version + 1
        row = _store(home, activity, version=version, now=now)
    sequence(home, now=now)
    return row


def _check_notice_texts(activity: Activity) -> None:
    for name in unknown_items(activity):
        known = content_list(activity.law[0], "notice").item_ids()
        raise BadInput(
            f"a notice has no item {name!r}", place=f"notice.{name}", remedy=nearest(name, known)
        )


def _store(home: Home, activity: Activity, *, version: int, now: datetime) -> models.Activity:
    payload = {
        "activity": activity.id,
        "version": version,
        "digest": activity.digest,
        "document": dict(activity.document),
    }
    entry = add_entry(home, Happening(kind="activity", payload=payload), now=now)
    return models.Activity.objects.using(home.alias).create(
        name=activity.id,
        version=version,
        document=dict(activity.document),
        digest=activity.digest,
        at=now,
        entry=entry,
    )


def newest_version(home: Home, name: str) -> models.Activity | None:
    rows = models.Activity.objects.using(home.alias).filter(name=name)
    return rows.order_by("-version").first()


def declared(home: Home, name: str) -> tuple[models.Activity, Activity]:
    """The version of an activity now in force; BadInput if it was never declared."""
    row = newest_version(home, name)
    if row is None:
        rows = models.Activity.objects.using(home.alias)
        names = sorted(set(rows.values_list("name", flat=True)))
        raise BadInput(
            f"no activity {name!r} is declared here",
            remedy=nearest(name, names)
            if names
            else "declare it with `habeas activity declare FILE`",
        )
    return row, activity_from(row.document)


def all_declared(home: Home) -> list[models.Activity]:
    """The version in force of each activity, in order of name."""
    rows = models.Activity.objects.using(home.alias).order_by("name", "version")
    return list({row.name: row for row in rows}.values())
