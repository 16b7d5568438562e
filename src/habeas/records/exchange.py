"""What a home keeps of its exchange with other homes, and an authority of its docket.

Names of contacts and everything they wrote are sealed under the vault: a contact may be a person.
A row in clear is an index over entries of the log, which can rebuild it.
"""

from __future__ import annotations

from django.db import models

from habeas.records.models import Entry, Row


class Contact(Row):
    """A party whose card was trusted, under the name this home gave it.

    identity: the vkey of first contact; it signs the party's log and names it for good. Later
    keys sign envelopes only (ContactKey).
    """

    # Keyed digest of the name; the name itself is sealed.
    handle = models.BinaryField(max_length=32, unique=True)
    sealed_name = models.BinaryField()
    party = models.CharField(max_length=16)
    identity = models.CharField(max_length=512, unique=True)
    sealing = models.BinaryField(max_length=32)
    # This home's common superior: who may designate.
    superior = models.BooleanField(default=False)
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class ContactKey(Row):
    """A key that signs a contact's envelopes; replaced only by a cross-signed change."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="keys")
    vkey = models.CharField(max_length=512, unique=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # Digests (hex) of envelopes that were on the road when the key ended.
    still = models.JSONField(default=list)


class OwnKey(Row):
    """A key of this home that signs envelopes since a change; the first one has no row."""

    vkey = models.CharField(max_length=512, unique=True)
    at = models.DateTimeField()
    # The two signatures of the change, for who meets this home later.
    change = models.JSONField()


class Letter(Row):
    """One envelope, sent or received, as it travelled; sealed under the vault."""

    IN, OUT = "in", "out"

    direction = models.CharField(max_length=3)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="letters")
    envelope_id = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32, unique=True)
    kind = models.CharField(max_length=32)
    thread = models.BinaryField(max_length=16, db_index=True)
    previous = models.BinaryField(max_length=32, null=True)
    # The sender's clock, and ours.
    said_at = models.DateTimeField()
    at = models.DateTimeField()
    sealed = models.BinaryField()
    # What it did here: see procedures/read_inbox.py.
    effect = models.CharField(max_length=24)
    # Of a receipt: the letter it acknowledges.
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT)
    # Of a letter sent: when the other's receipt came.
    delivered_at = models.DateTimeField(null=True)
    # Null for receipts this home wrote: they can be made again from the log.
    entry = models.OneToOneField(Entry, null=True, on_delete=models.PROTECT)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["direction", "contact", "envelope_id"], name="one_letter_per_id"
            ),
        )


class Forked(Row):
    """A second envelope under an id that was used: kept as evidence, without effect."""

    first = models.ForeignKey(Letter, on_delete=models.PROTECT)
    digest = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()
    at = models.DateTimeField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT)


class SeenHead(Row):
    """A head of another party's log that a receipt showed."""

    contact = models.ForeignKey(Contact, on_delete=models.PROTECT)
    size = models.BigIntegerField()
    note = models.TextField()
    # The proof (habeas/contradiction/v1) once another head of this size was shown; else empty.
    contradiction = models.TextField(blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["contact", "size"], name="one_head_per_size"),
        )


class Case(Row):
    """A matter in this authority's docket. Written by the case procedures alone.

    A cache: `habeas case replay` rebuilds it from the log's own entries and compares.
    """

    number = models.CharField(max_length=32, unique=True)
    thread = models.BinaryField(max_length=16)
    stage = models.CharField(max_length=24)
    round = models.IntegerField()
    bound = models.BooleanField()
    designated = models.BooleanField()
    other = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    # What it was lodged with: a complaint, or the other body's offer.
    complaint = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="+")
    # When the complaint first reached any body; kept over a hand-over.
    received_at = models.DateTimeField()
    stage_at = models.DateTimeField()
    # When the clock of the stage was last wound: its running out winds it again.
    clock_at = models.DateTimeField()


class Dispute(Row):
    """A question of competence before this home as the common superior."""

    number = models.CharField(max_length=32, unique=True)
    thread = models.BinaryField(max_length=16)
    # The body that asked first, and the other.
    asking = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    round = models.IntegerField(default=0)
    designated = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged = models.BooleanField(default=False)
    at = models.DateTimeField()


class DisputeRequest(Row):
    """One request that reached the superior: whom it may name hangs on what it was told."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="requests")
    event = models.CharField(max_length=24)
    round = models.IntegerField()
    asking = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["dispute", "event", "round", "asking"], name="one_request_each"
            ),
        )
