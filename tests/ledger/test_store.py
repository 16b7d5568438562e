"""A log is read wherever its files are; what a store says is no more trusted than a folder."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from habeas.errors import BadInput, ExtraMissing, NotVerified
from habeas.ledger.audit import audit
from habeas.ledger.log import Log
from habeas.ledger.monitor import Monitor
from habeas.ledger.reader import LogReader
from habeas.ledger.store import source_of

fsspec = pytest.importorskip("fsspec", reason="files elsewhere need habeas[sources]")


@pytest.fixture
def stored(log: Log, leaves) -> str:
    """A log of 600 entries, copied into a store that is no disk."""
    log.append(leaves(600))
    url = f"memory://{uuid.uuid4().hex}/log"
    copy_to(log.folder, url)
    return url


def copy_to(folder: Path, url: str) -> None:
    files, root = fsspec.core.url_to_fs(url)
    for path in folder.rglob("*"):
        if path.is_file():
            files.pipe_file(f"{root}/{path.relative_to(folder)}", path.read_bytes())


@pytest.mark.parametrize("kind", ["memory", "file", "folder"])
def test_a_log_is_read_wherever_its_files_are(log: Log, stored: str, kind: str):
    """The same head, proofs and audit from a store, an address of a folder, and the folder."""
    where = {"memory": stored, "file": f"file://{log.folder}", "folder": str(log.folder)}[kind]
    reader = LogReader(source_of(where))

    assert log.checkpoint() == audit(reader)
    assert log.receipt(333) == reader.receipt(333)
    assert log.consistency(250) == reader.consistency(250)
    assert log.root_at(300) == reader.root_at(300)
    assert list(log.entries(250, 260)) == list(reader.entries(250, 260))


def test_a_store_that_changes_a_tile_or_an_entry_is_refused(stored: str):
    """Whoever keeps the copy can't change it: the root is signed."""
    files, root = fsspec.core.url_to_fs(stored)
    for path in ("tile/0/001", "tile/entries/000", "tile/1/000.p/2"):
        name = f"{root}/{path}"
        good = files.cat_file(name)
        files.pipe_file(name, good[:-1] + bytes([good[-1] ^ 1]))
        with pytest.raises(NotVerified):
            audit(LogReader(source_of(stored)))
        files.pipe_file(name, good)
    assert 600 == audit(LogReader(source_of(stored))).size


def test_a_monitor_watches_a_store(log: Log, leaves, stored: str, tmp_path: Path):
    """Growth is seen, and so is a tail that was dropped."""
    watching = Monitor(folder=tmp_path / "memory", key=log.verifier)
    assert "first" == watching.look(source_of(stored)).state
    before = log.checkpoint().note.encode()
    log.append(leaves(10))
    copy_to(log.folder, stored)
    assert "grew" == watching.look(source_of(stored)).state

    files, root = fsspec.core.url_to_fs(stored)
    files.pipe_file(f"{root}/checkpoint", before)
    assert "rolled_back" == watching.look(source_of(stored)).state


def test_what_is_missing_or_unknown_is_a_sentence_without_secrets(monkeypatch):
    """No folder, no log in a store, a store nobody knows: exit 2; the password isn't repeated."""
    with pytest.raises(BadInput, match="no log here"):
        source_of("/nowhere/at/all")
    with pytest.raises(BadInput, match="no log here"):
        LogReader(source_of("memory://empty/log"))
    for url in ("nosuch://user:s3cret@host/log?token=s3cret", "zip://a::s3cret://b"):
        with pytest.raises(BadInput) as raised:
            LogReader(source_of(url))
        assert "s3cret@" not in raised.value.sentence()
        assert "token" not in raised.value.sentence()
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(ExtraMissing, match="needs a library"):
        source_of("memory://empty/log")


def test_nobody_can_append_to_a_store(stored: str):
    """Writing is for files: a reader has no way to append, and a Log opens folders only."""
    assert not hasattr(LogReader(source_of(stored)), "append")
    with pytest.raises(BadInput, match="no log here"):
        Log.open(stored)
