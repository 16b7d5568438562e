"""What a home keeps. Persons appear only as keyed digests; payloads only encrypted.

Every table is written by the procedures floor alone, each in one transaction with the entries
that the log will hold. A row in clear is an index over an entry: the sealed payload of the entry
is what can be proved, and where the two differ the entry is right.
"""

from __future__ import annotations

from django.db import models

from habeas.records.setup import ensure_django

ensure_django()


class Row(models.Model):
    """Any row: shown by its number alone, so that no log line ever holds what is in it."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Checkpoint(Row):
    """A head of the home's log under which entries were first proved. Written by sequence.py."""

    size = models.BigIntegerField(unique=True)
    note = models.TextField()
    at = models.DateTimeField()


class Entry(Row):
    """One thing that happened, sealed; the outbox of the log while `index` is null.

    record_id is random and unique: the log never holds the same record twice.
    """

    record_id = models.BinaryField(max_length=16, unique=True)
    kind = models.CharField(max_length=64)
    # Keyed digest of the person it concerns; null: nobody in particular.
    subject = models.BinaryField(max_length=32, null=True, db_index=True)
    leaf = models.BinaryField()
    # Payload and salt under the home's vault.
    sealed = models.BinaryField()
    at = models.DateTimeField()
    # Null until the log has it; only sequence.py fills these two.
    index = models.BigIntegerField(null=True, db_index=True)
    checkpoint = models.ForeignKey(Checkpoint, null=True, on_delete=models.PROTECT)


class PersonCounter(Row):
    """How many entries concern a person, and the commitment of the last one.

    Locked and advanced in the transaction that adds the entry, so that numbers have no gap.
    """

    subject = models.BinaryField(max_length=32, unique=True)
    counter = models.BigIntegerField()
    previous = models.CharField(max_length=64)


class SubjectKey(Row):
    """A person's key, wrapped under the master of an epoch; deleted, it opens nothing again."""

    epoch = models.CharField(max_length=16)
    # The vault's own name for the person: a digest of the keyed digest.
    subject = models.CharField(max_length=64)
    wrapped = models.BinaryField(max_length=128)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["epoch", "subject"], name="one_key_per_epoch"),
        )


class Activity(Row):
    """One version of a declared activity; the highest version is the one in force."""

    name = models.CharField(max_length=64)
    version = models.IntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["name", "version"], name="one_activity_per_version"),
        )


class Notice(Row):
    """One published notice of one version of an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    version = models.IntegerField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class Choice(Row):
    """Given, refused or withdrawn, by one person, about one activity."""

    subject = models.BinaryField(max_length=32, db_index=True)
    activity = models.CharField(max_length=64, db_index=True)
    # The version of the activity that was in force when it was said.
    version = models.IntegerField()
    purpose = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16)
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class Assessment(Row):
    """One impact assessment, of one version of an activity."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class Base(Row):
    """The encrypted file from which the copies of one release were made."""

    base_id = models.CharField(max_length=128, unique=True)
    file = models.CharField(max_length=160)
    rows = models.BigIntegerField()
    at = models.DateTimeField()
    keep_until = models.DateTimeField()
    # When the term had run out and only carriers and sketches were left of it.
    reduced_at = models.DateTimeField(null=True)


class Release(Row):
    """One hand-out: committed here and in the log before the file appears.

    handed_out_at is null while it is only committed: the file may or may not have appeared, and
    a trace counts the copy as out.
    """

    release_id = models.CharField(max_length=64, unique=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT)
    use = models.CharField(max_length=64)
    recipient = models.CharField(max_length=64)
    purpose = models.CharField(max_length=64)
    manifest = models.JSONField()
    manifest_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    handed_out_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class ReleaseCopy(Row):
    """What one recipient got of a base: its code, rows and canaries, in an encrypted file."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT)
    base = models.ForeignKey(Base, on_delete=models.PROTECT)
    code = models.BigIntegerField(null=True)
    file = models.CharField(max_length=160)


class Countersignature(Row):
    """A recipient's signature under the digest of a manifest."""

    # Null in the home of the recipient, which does not hold the release.
    release = models.ForeignKey(Release, null=True, on_delete=models.PROTECT)
    release_name = models.CharField(max_length=64)
    manifest_digest = models.CharField(max_length=64)
    signer = models.CharField(max_length=255)
    vkey = models.CharField(max_length=512)
    signature = models.TextField()
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class Trace(Row):
    """One trace: how many tests it made counts against every later one."""

    leak_digest = models.CharField(max_length=64)
    tests_made = models.BigIntegerField()
    outcome = models.CharField(max_length=32)
    attribution_digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


# The rows of the exchange and of the docket, and of keys: files of their own, registered here.
import habeas.records.custody  # noqa: E402
import habeas.records.exchange  # noqa: E402, F401
