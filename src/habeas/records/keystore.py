"""Wrapped keys of persons, in the records: stored in the transaction that needs them.

Destroying a row is destroying the person's key; SQLite overwrites what is deleted
(secure_delete), so that the bytes do not linger in a free page.
"""

from __future__ import annotations

from collections.abc import Iterator

from habeas.errors import BadInput
from habeas.records.epochs import current_epoch
from habeas.records.models import SubjectKey

_CHUNK = 5_000


class RecordKeys:
    """The vault's key store over one home's records.

    For bulk work `preload` reads all keys of the epoch at once and `flush` writes the new ones
    at once; without them every call is one statement.
    """

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._rows = SubjectKey.objects.using(alias)
        self._known: dict[tuple[str, str], bytes] = {}
        # None: write at once. A list: everything is read ahead, new ones wait for `flush`.
        self._waiting: list[SubjectKey] | None = None

    def preload(self, epoch: str) -> None:
        """Read every key of the epoch now, and hold new ones back until `flush`."""
        self._waiting = []
        for subject, wrapped in self._rows.filter(epoch=epoch).values_list("subject", "wrapped"):
            self._known[epoch, subject] = bytes(wrapped)

    def flush(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for epoch in {row.epoch for row in waiting}:
            self._must_be_current(epoch)
        self._rows.bulk_create(waiting, batch_size=_CHUNK)

    def get(self, epoch: str, subject: str) -> bytes | None:
        if self._waiting is not None or (epoch, subject) in self._known:
            return self._known.get((epoch, subject))
        row = self._rows.filter(epoch=epoch, subject=subject).first()
        return None if row is None else bytes(row.wrapped)

    def put(self, epoch: str, subject: str, wrapped: bytes) -> None:
        self._known[epoch, subject] = wrapped
        if self._waiting is None:
            self._must_be_current(epoch)
            self._rows.update_or_create(epoch=epoch, subject=subject, defaults={"wrapped": wrapped})
        else:
            self._waiting.append(SubjectKey(epoch=epoch, subject=subject, wrapped=wrapped))

    def _must_be_current(self, epoch: str) -> None:
        """A key under a master that is no longer in force would be lost with it."""
        if current_epoch(self._alias) not in (None, epoch):
            raise BadInput("the keys of this home were rotated meanwhile", remedy="run it again")

    def drop(self, epoch: str) -> None:
        """Destroy every key of an epoch at once."""
        self._known.clear()
        self._rows.filter(epoch=epoch).delete()

    def subjects(self, epoch: str) -> Iterator[str]:
        yield from self._rows.filter(epoch=epoch).values_list("subject", flat=True)

    def destroy(self, epoch: str, subject: str) -> None:
        self._known.pop((epoch, subject), None)
        self._rows.filter(epoch=epoch, subject=subject).delete()
