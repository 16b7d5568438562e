"""Many writers, one sequencer: entries that wait together are committed together.

A writer blocks until its entry is in the log for good; while one batch is being synced the next
gathers. The cost of a commit is shared by everybody in it. Writers who were just answered often
come back at once: a moment is left for them, or they would wait for two commits instead of one.
Nobody waits for the removal of tiles that are no longer needed.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from pathlib import Path
from types import TracebackType
from typing import Self

from habeas.errors import HabeasError
from habeas.ledger.commitment import own_record_id
from habeas.ledger.log import Log, prune_folder

MOST = 10_000  # entries in a batch
_GATHER = 1 / 8  # of the last commit's time: how long a batch may wait for those who come back


class GroupCommit:
    """Appends for any number of threads over one log that was opened with its key."""

    def __init__(self, log: Log, *, most: int = MOST) -> None:
        self._log, self._most = log, most
        self._waiting: list[tuple[bytes, Future[int]]] = []
        self._changed = threading.Condition()
        self._open = True
        self._enough = 1  # how many must wait before the sequencer is woken
        self._pruner = ThreadPoolExecutor(1, thread_name_prefix="prune")
        self._pruned: list[Future[None]] = []
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._run,), name="sequencer", daemon=True
        )
        self._thread.start()

    def append(self, leaf: bytes) -> int:
        """The index of the entry, once it is durable. Raises what the log said of this entry."""
        answer: Future[int] = Future()
        with self._changed:
            if not self._open:
                raise RuntimeError("the group is closed")
            self._waiting.append((leaf, answer))
            if len(self._waiting) >= self._enough:
                self._changed.notify()
        return answer.result()

    def close(self) -> None:
        """Commit what waits, then stop; the log stays open. Raises if old tiles stay."""
        with self._changed:
            self._open = False
            self._changed.notify()
        self._thread.join()
        self._pruner.shutdown()
        for each in self._pruned:
            each.result()

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
        last, took = 0, 0.0
        while batch := self._gathered(last, took * _GATHER):
            start = time.perf_counter()
            self._commit(batch)
            last, took = len(batch), time.perf_counter() - start

    def _gathered(self, last: int, patience: float) -> list[tuple[bytes, Future[int]]]:
        """The next batch, empty when the group is closed; last: how many were just answered."""
        with self._changed:
            expected = min(self._most, last + len(self._waiting))
            self._changed.wait_for(lambda: self._waiting or not self._open)
            self._enough = expected
            self._changed.wait_for(
                lambda: len(self._waiting) >= expected or not self._open, timeout=patience
            )
            self._enough = 1
            batch = self._waiting[: self._most]
            del self._waiting[: self._most]
            return batch

    def _prune(self, folder: Path) -> None:
        self._pruned = [each for each in self._pruned if not each.done() or each.exception()]
        self._pruned.append(self._pruner.submit(copy_context().run, prune_folder, folder))

    def _commit(self, batch: list[tuple[bytes, Future[int]]]) -> None:
        try:
            self._log.append([leaf for leaf, _ in batch], prune=self._prune)
            places = [self._log.locate(own_record_id(leaf)) for leaf, _ in batch]
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
