"""One transaction over a home's records, as a named durable write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from habeas.ledger.files import Step, landing
from habeas.records.home import Home


@contextmanager
def committing(home: Home, step: Step) -> Iterator[None]:
    """All rows written inside, or none.

    The body sees one state of the records: the lock is taken when it begins.
    """
    with landing(step), transaction.atomic(using=home.alias):
        yield
