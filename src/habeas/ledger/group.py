"""Many writers, one sequencer: entries that wait together are committed together.

A writer blocks until its entry is in the log for good; while one batch is being synced the next
gathers. The cost of a commit is shared by everybody in it.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from habeas.errors import HabeasError
from habeas.ledger.commitment import Leaf
from habeas.ledger.log import Log

MOST = 10_000  # entries in a batch


class GroupCommit:
    """Appends for any number of threads over one log that was opened with its key."""

    def __init__(self, log: Log, *, most: int = MOST) -> None:
        self._log, self._most = log, most
        self._waiting: list[tuple[bytes, Future[int]]] = []
        self._changed = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def append(self, leaf: bytes) -> int:
        """The index of the entry, once it is durable. Raises what the log said of this entry."""
        answer: Future[int] = Future()
        with self._changed:
            if not self._open:
                raise RuntimeError("the group is closed")
            self._waiting.append((leaf, answer))
            self._changed.notify()
        return answer.result()

    def close(self) -> None:
        """Commit what waits, then stop; the log stays open."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._open and not self._waiting:
                    self._changed.wait()
                batch = self._waiting[: self._most]
                del self._waiting[: self._most]
            if not batch:
                return
            self._commit(batch)

    def _commit(self, batch: list[tuple[bytes, Future[int]]]) -> None:
        try:
            self._log.append([leaf for leaf, _ in batch])
            places = [self._log.locate(Leaf.parse_own(leaf).record_id) for leaf, _ in batch]
        except HabeasError as error:
            if len(batch) > 1:  # one bad entry must not take the others with it
                for each in batch:
                    self._commit([each])
            else:
                batch[0][1].set_exception(error)
            return
        except BaseException as error:  # noqa: BLE001 - told to every writer, who would wait for ever
            for _, answer in batch:
                answer.set_exception(error)
            return
        for (_, answer), index in zip(batch, places, strict=True):
            assert index is not None
            answer.set_result(index)
