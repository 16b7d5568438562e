from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from habeas.ledger.bundle import BundleEntry, make_bundle
from habeas.ledger.commitment import PersonLink, Sealed, seal
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.log import Log

NOW = datetime(2026, 11, 24, 10, 30, 15, tzinfo=UTC)
EVIDENCE = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "evidence"


@pytest.fixture(scope="session")
def evidence() -> Path:
    if not EVIDENCE.is_dir():
        pytest.skip("the vectors of others (shared/data/evidence) are not on this machine")
    return EVIDENCE


@pytest.fixture(scope="session")
def key() -> SigningKey:
    return SigningKey(name="platform.example/log", seed=bytes(range(32)))


@pytest.fixture(scope="session")
def witness_key() -> SigningKey:
    seed = bytes(range(100, 132))
    return SigningKey(name="consumers.example/witness", kind=KeyKind.COSIGNATURE, seed=seed)


@pytest.fixture
def log(tmp_path: Path, key: SigningKey) -> Any:
    with Log.create(tmp_path / "log", origin=key.name, key=key) as made:
        yield made


@pytest.fixture
def leaves() -> Callable[..., list[bytes]]:
    def make(count: int, *, kind: str = "choice.given") -> list[bytes]:
        return [seal({"n": n}, kind=kind, now=NOW).leaf for n in range(count)]

    return make


@dataclass
class Story:
    """A log with some strangers' entries and a person's own, as a controller would keep it."""

    log: Log
    key: SigningKey
    mine: list[tuple[Sealed, dict[str, Any], int]]

    def entries(self, *, counters: tuple[int, ...] | None = None) -> list[BundleEntry]:
        chosen = [m for n, m in enumerate(self.mine, 1) if counters is None or n in counters]
        return [
            BundleEntry(
                record_id=sealed.record_id,
                kind="choice.given",
                payload=payload,
                salt=sealed.salt,
                leaf=sealed.leaf,
                index=index,
                proof=self.log.prove(index).hashes,
            )
            for sealed, payload, index in chosen
        ]

    def bundle(self, *, counters: tuple[int, ...] | None = None, **options: Any) -> bytes:
        given: dict[str, Any] = {
            "entries": self.entries(counters=counters),
            "checkpoint": self.log.checkpoint(),
            "vkey": self.key.vkey,
            "book_hash": "sha256:0011",
            "created": NOW,
            "subject_count": len(self.mine),
            "key": self.key,
        }
        return make_bundle(**(given | options))


@pytest.fixture
def story(log: Log, key: SigningKey, leaves: Callable[..., list[bytes]]) -> Story:
    """Two strangers, then the person's three entries with strangers between."""
    mine: list[tuple[Sealed, dict[str, Any], int]] = []
    previous: bytes | None = None
    log.append(leaves(2))
    for counter in (1, 2, 3):
        link = PersonLink(counter=counter, previous=previous)
        payload = {"decision": "given", "purpose": "scoring", "person": link.as_payload()}
        sealed = seal(payload, kind="choice.given", now=NOW)
        index, _ = log.append([sealed.leaf])
        mine.append((sealed, payload, index))
        previous = sealed.commitment
        log.append(leaves(1))
    return Story(log=log, key=key, mine=mine)
