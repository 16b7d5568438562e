"""Homes: one party each, keys for the owner alone, all or nothing, several in one process."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime

import pytest

from habeas.errors import BadInput
from habeas.ledger.files import Disk, writing_through
from habeas.procedures.check_home import KEY_FILES
from habeas.procedures.init_home import init_home
from habeas.procedures.outbox import Happening, add_entry
from habeas.procedures.sequence import payload_of, sequence
from habeas.procedures.transaction import committing
from habeas.procedures.writes import RECORDS
from habeas.records import models
from habeas.records.home import open_home

T0 = datetime(2026, 11, 24, 9, tzinfo=UTC)


def make(folder, party="controller", name="Example Loans"):
    return init_home(folder, party=party, name=name, now=T0)


def test_a_new_home_holds_its_parts_for_its_owner_alone(tmp_path):
    """Keys that others may read would make every signature worthless."""
    home = make(tmp_path / "h")

    def mode(name):
        return stat.S_IMODE((home.folder / name).stat().st_mode)

    files = {"home.json", "habeas.sqlite3", *(f"keys/{name}" for name in KEY_FILES)}
    assert {".": 0o700, "keys": 0o700, "bases": 0o700} == {
        name: mode(name) for name in (".", "keys", "bases")
    }
    assert dict.fromkeys(files, 0o600) == {name: mode(name) for name in files}
    assert {0o600} == {mode(path) for path in (home.folder / "keys").iterdir()}


def test_the_database_writes_ahead_and_syncs_every_commit(tmp_path):
    """An acknowledged record that a power cut takes away was never acknowledged."""
    from django.db import connections

    home = make(tmp_path / "h")

    found = {}
    with connections[home.alias].cursor() as cursor:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1} == found


def test_two_homes_in_one_process_share_nothing(tmp_path):
    """The demo runs six homes in one process; a query must never land in another party's records."""
    first, second = make(tmp_path / "a"), make(tmp_path / "b", party="person", name="someone")

    with committing(first, RECORDS["choice"]):
        add_entry(first, Happening(kind="choice", payload={"said": "yes"}), now=T0)

    assert (2, 1) == tuple(
        models.Entry.objects.using(home.alias).count() for home in (first, second)
    )
    assert first.origin != second.origin
    assert first.digest_of("B000001") != second.digest_of("B000001")


def test_a_query_that_names_no_home_fails(tmp_path):
    """There is no default database to fall into."""
    from django.core.exceptions import ImproperlyConfigured

    make(tmp_path / "h")

    with pytest.raises(ImproperlyConfigured):
        models.Entry.objects.count()


def test_a_home_made_anew_at_the_same_place_is_not_the_old_one(tmp_path):
    """A stale connection to a deleted file would show the records of the dead home."""
    import shutil

    old = make(tmp_path / "h")
    with committing(old, RECORDS["choice"]):
        add_entry(old, Happening(kind="choice", payload={}), now=T0)
    shutil.rmtree(old.folder)

    new = make(tmp_path / "h")

    assert 1 == models.Entry.objects.using(new.alias).count()


@pytest.mark.parametrize("name", ["signing.key", "mark.key", "master.key", "digest.key"])
def test_a_key_that_others_may_read_is_refused(tmp_path, name):
    """The home can't know who has read it meanwhile."""
    home = make(tmp_path / "h")
    (home.folder / "keys" / name).chmod(0o640)

    with pytest.raises(BadInput, match="chmod 600"):
        open_home(home.folder)


def test_a_party_that_does_not_exist_is_told_the_nearest(tmp_path):
    """One sentence, and nothing half made."""
    with pytest.raises(BadInput, match="write 'controller'"):
        make(tmp_path / "h", party="contoller")

    assert [] == list(tmp_path.iterdir())


def test_a_home_is_never_made_over_something(tmp_path):
    """Keys that are overwritten are evidence destroyed."""
    home = make(tmp_path / "h")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("keep me")

    with pytest.raises(BadInput, match="a home here already"):
        make(home.folder)
    with pytest.raises(BadInput, match="not an empty folder"):
        make(tmp_path / "full")
    assert "keep me" == (tmp_path / "full" / "letter.txt").read_text()


def test_the_command_of_another_party_is_refused(tmp_path):
    """A person's home must not be talked into releasing data."""
    home = make(tmp_path / "h", party="person", name="someone")

    with pytest.raises(BadInput, match="belongs to a person, and the command to a controller"):
        home.must_be("controller")


class _Broken(Disk):
    """Fails at the n-th part of a write."""

    def __init__(self, at: int) -> None:
        self.left = at

    def before(self, step, part):
        self._count()

    def after(self, step, part):
        self._count()

    def _count(self):
        self.left -= 1
        if self.left == 0:
            raise OSError(28, "no space left on device")


def test_a_home_is_made_whole_or_not_at_all(tmp_path):
    """Whatever write of `init` fails, before it lands or after, no half home is left behind."""
    folder, whole, failed = tmp_path / "h", 0, 0
    for at in range(1, 200):
        try:
            with writing_through(_Broken(at)):
                make(folder).close()
        except (OSError, BadInput):
            failed += 1
            assert not [p for p in tmp_path.iterdir() if p != folder]
            if not folder.exists():
                continue
        home = open_home(folder)
        assert home.log().size == 1
        home.close()
        whole += 1
        break
    assert failed >= 20
    assert 1 == whole


def test_an_entry_is_opened_only_by_its_home(tmp_path):
    """The database alone, without the keys, tells nothing of a payload."""
    home = make(tmp_path / "h")
    with committing(home, RECORDS["choice"]):
        entry = add_entry(home, Happening(kind="choice", payload={"said": "zq7-value"}), now=T0)
    sequence(home, now=T0)

    assert "zq7-value" == payload_of(home, entry)["said"]
    home.close()
    raw = b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file())
    assert b"zq7" not in raw


def test_a_damaged_home_says_what_is_missing(tmp_path):
    """One sentence with the file, never a stack of Django's."""
    home = make(tmp_path / "h")
    home.close()
    (home.folder / "habeas.sqlite3").rename(home.folder / "gone")
    with pytest.raises(BadInput, match="no records"):
        open_home(home.folder)

    (home.folder / "home.json").write_text("{")
    with pytest.raises(BadInput, match="can't be read"):
        open_home(home.folder)
    with pytest.raises(BadInput, match="habeas init"):
        open_home(tmp_path / "nowhere")


def test_the_committed_migrations_are_all_there_are(tmp_path):
    """A model that was changed without a migration would fail on every home made before."""
    from django.core.management import call_command

    call_command("makemigrations", "records", check=True, dry_run=True, verbosity=0)

    home = make(tmp_path / "h")
    home.close()
    tables = sqlite3.connect(home.folder / "habeas.sqlite3").execute(
        "SELECT count(*) FROM sqlite_master WHERE name LIKE 'records_%' AND type = 'table'"
    )
    assert len(models.Row.__subclasses__()) == tables.fetchone()[0]
