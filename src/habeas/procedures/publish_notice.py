"""Publishing a notice: complete by the law's own list, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from habeas.errors import Refused, Undetermined
from habeas.law.book import LawBook
from habeas.law.documents import MissingItem
from habeas.procedures.declare_activity import declared
from habeas.procedures.digest import digest_of
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home
from habeas.rights.activity import Activity
from habeas.rights.notice import draft_notice, missing_items
from habeas.terms import Text


def publish_notice(
    home: Home, name: str, *, book: LawBook, now: datetime, changed: Text | None = None
) -> models.Notice:
    """Publish the notice of the activity's version in force; the same again is the one there.

    changed: what changed since the version before, in words for the person.
    """
    home.must_be("controller")
    with committing(home, RECORDS["notice"]):
        row, activity = declared(home, name)
        if (there := published(home, row)) is not None:
            return there
        refuse_if_incomplete(missing_items(activity, book, now.date()))
        notice = _store(home, row, activity, book=book, now=now, changed=changed)
    sequence(home, now=now)
    return notice


def published(home: Home, activity: models.Activity) -> models.Notice | None:
    """The newest notice of this version of an activity."""
    rows = models.Notice.objects.using(home.alias).filter(activity=activity)
    return rows.order_by("-version").first()


def refuse_if_incomplete(missing: Sequence[MissingItem]) -> None:
    """Refused, naming items and provisions; Undetermined if only unknown conditions stand open."""
    absent = [item for item in missing if item.state == "missing"]
    if absent:
        raise Refused(
            f"not published: {len(absent)} items are missing: {'; '.join(map(named, absent))}",
            remedy="write them under `notice` in the declaration of the activity",
        )
    if missing:
        facts = sorted({need for item in missing for need in item.needs})
        raise Undetermined(
            f"not published: it is unknown whether {len(missing)} more items are called for: "
            f"{'; '.join(map(named, missing))}",
            remedy=f"state {', '.join(facts)}, or write the items",
        )


def named(item: MissingItem) -> str:
    """An item with the provisions that demand it, or that only good practice does."""
    under = ", ".join(map(str, item.citations)) if item.blocking == "law" else "practice"
    return f"{item.label.en} ({under})"


def next_version(home: Home, name: str) -> int:
    rows = models.Notice.objects.using(home.alias).filter(activity__name=name)
    newest = rows.order_by("-version").first()
    return 1 if newest is None else newest.version + 1


def _store(
    home: Home,
    row: models.Activity,
    activity: Activity,
    *,
    book: LawBook,
    now: datetime,
    changed: Text | None,
) -> models.Notice:
    version = next_version(home, row.name)
    document = draft_notice(activity, book, now.date(), version=version, changed=changed).to_json()
    digest = digest_of(document)
    payload = {
        "activity": row.name,
        "activity_version": row.version,
        "version": version,
        "digest": digest,
        "book": book.hash,
        "document": document,
    }
    entry = add_entry(home, Happening(kind="notice", payload=payload), now=now)
    return models.Notice.objects.using(home.alias).create(
        activity=row, version=version, document=document, digest=digest, at=now, entry=entry
    )
