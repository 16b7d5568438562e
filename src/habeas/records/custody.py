"""What a home keeps about its own keys and about what it erased. No row here names a person."""

from __future__ import annotations

from django.db import models

from habeas.records.models import Entry, Row


class Epoch(Row):
    """A period of the vault: every wrapped key of a person is under the master of the newest.

    The day on which its master is destroyed is promised when it begins; erasure receipts repeat
    it. Homes of before have no row until the first rotation or erasure writes one.
    """

    name = models.CharField(max_length=16, unique=True)
    began_at = models.DateTimeField()
    destroy_by = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)


class Erasure(Row):
    """One person's erasure: what it was based on and how far it got; not whose it was."""

    ground = models.CharField(max_length=64)
    at = models.DateTimeField()
    # The last moment at which a backup taken before could be opened.
    backups_until = models.DateTimeField()
    # Encrypted files whose keys are gone and which are still to be removed.
    files = models.JSONField(default=list)
    # When free pages and write-ahead log of the database were rewritten.
    scrubbed_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class LogKey(Row):
    """A change of the key that signs the log: the newest row's key signs now."""

    vkey = models.CharField(max_length=512, unique=True)
    at = models.DateTimeField()
    # The statement, signed by the old key and the new one.
    statement = models.TextField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)
