"""habeas doctor: what is wrong, and how to mend it."""

from __future__ import annotations

import sqlite3


def checks(said):
    return {check["check"]: check["ok"] for check in said.json["checks"]}


def test_a_sound_machine_and_home(habeas, platform):
    """Every check is named and none is wrong."""
    said = habeas("doctor", "--json")

    assert 0 == said.code
    assert said.json["sound"]
    assert {"python": True, "polars": True, "keys": True, "records": True, "log": True} == {
        name: checks(said)[name] for name in ("python", "polars", "keys", "records", "log")
    }


def test_a_key_that_others_may_read_is_wrong(habeas, platform):
    """Found before somebody signs with it."""
    (platform / "keys" / "signing.key").chmod(0o644)
    said = habeas("doctor")

    assert 3 == said.code
    assert "chmod 600" in said.out


def test_a_backdated_choice_is_found(habeas, platform, world):
    """A controller that edits its database can't edit what was sealed and logged."""
    habeas("choice", "refuse", world.borrower(1), "--activity", "loan-servicing")
    with sqlite3.connect(platform / "habeas.sqlite3") as connection:
        connection.execute("UPDATE records_choice SET state = 'given'")

    said = habeas("doctor", "--json")

    assert (3, False) == (said.code, checks(said)["agreement"])


def test_a_log_with_a_changed_byte_is_found(habeas, platform):
    """Somebody who rewrites an entry breaks the root."""
    entries = (platform / "log" / "tile" / "entries").rglob("*.p/*")
    tile = max(entries, key=lambda path: int(path.name))
    data = bytearray(tile.read_bytes())
    data[-1] ^= 1
    tile.write_bytes(bytes(data))

    said = habeas("doctor", "--json")

    assert (3, False) == (said.code, checks(said)["log"])


def test_files_no_record_names_are_a_note(habeas, platform):
    """What a crash leaves is counted, not hidden."""
    (platform / "bases" / "r-1.base").write_bytes(b"x")
    said = habeas("doctor", "--json")

    assert (0, None) == (said.code, checks(said)["bases"])
