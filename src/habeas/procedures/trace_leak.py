"""Tracing a leak: every release of the home is compared, and every test made is counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from habeas.errors import BadInput
from habeas.procedures.digest import digest_of
from habeas.procedures.kept import Kept, kept_releases
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.propose_release import Tell
from habeas.procedures.sequence import sequence
from habeas.procedures.trace_kept import trace_kept
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import Home
from habeas.relief.attribution import Attribution
from habeas.relief.expert import expert_document
from habeas.tables.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    row: models.Trace
    attribution: Attribution
    # Releases that were not compared: the term of their base has run out, and no tick came yet.
    past_term: int
    # Releases compared by what is left of a base past its term: marks and sketches.
    reduced: int
    # What an expert recomputes; None: it was not asked for.
    expert: dict[str, Any] | None = None


def trace_leak(
    home: Home,
    leak: Source,
    *,
    now: datetime,
    original: Source | None = None,
    expert: bool = False,
    tell: Tell = lambda _: None,
) -> Traced:
    """Who the leak came from, on all releases of this home; the tests made are logged.

    original: the controller's own table, to see whether the leak may have come from there.
    expert: also make what an expert recomputes: it discloses the accused copies' bits at the
    positions that the leak shows.
    """
    home.must_be("controller")
    tell("bases")
    found = kept_releases(home, at=now)
    if not found.copies:
        raise BadInput("this home has released nothing yet, so nothing can be traced to a release")
    tell("trace")
    attribution = trace_kept(
        home,
        leak.read(),
        found,
        originals=[] if original is None else [original.read()],
        tests_before=tests_made(home),
    )
    tell("log")
    row = _record(home, leak, attribution, now=now)
    sequence(home, now=now)
    past = {base.id for base in found.bases if base.reduced}
    reduced = sum(copy.base_id in past for copy in found.copies)
    return Traced(
        row=row,
        attribution=attribution,
        past_term=found.past_term,
        reduced=reduced,
        expert=_expert(home, row, attribution, found) if expert else None,
    )


def _expert(home: Home, row: models.Trace, attribution: Attribution, found: Kept) -> dict[str, Any]:
    secrets = {base.id: (home.keys.mark, base.salt) for base in found.bases}
    return expert_document(
        attribution,
        bases=found.bases,
        copies=found.copies,
        secrets=secrets,
        leak=row.leak_digest,
        at=row.at,
    )


def tests_made(home: Home) -> int:
    """All tests this home ever made: they count against every later accusation."""
    total = models.Trace.objects.using(home.alias).aggregate(sum=Sum("tests_made"))["sum"]
    return int(total or 0)


def _record(home: Home, leak: Source, attribution: Attribution, *, now: datetime) -> models.Trace:
    document: dict[str, Any] = attribution.to_json()
    digest, leak_digest = digest_of(document), keyed_digest(home, leak)
    payload = {
        "leak": leak_digest,
        "outcome": attribution.outcome,
        "tests_made": attribution.tests_made,
        "attribution": digest,
    }
    with committing(home, RECORDS["trace"]):
        entry = add_entry(home, Happening(kind="trace", payload=payload), now=now)
        return models.Trace.objects.using(home.alias).create(
            leak_digest=leak_digest,
            tests_made=attribution.tests_made,
            outcome=attribution.outcome,
            attribution_digest=digest,
            at=now,
            entry=entry,
        )


def keyed_digest(home: Home, source: Source) -> str:
    """Names the leak in this home without holding any of it: a small leak can't be guessed."""
    digest = hashlib.sha256(str(source.schema).encode())
    for batch in source.batches():
        digest.update(batch.serialize())
    return home.digest_of(digest.hexdigest()).hex()
