"""habeas trust: cards, fingerprints, and who is refused."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

_PATH = Path(__file__).parent / "exchange_door.py"
if "habeas_exchange_door" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_exchange_door", _PATH)
    sys.modules["habeas_exchange_door"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_exchange_door"])
door = sys.modules["habeas_exchange_door"]
_at_the_door, homes, carry = door._at_the_door, door.homes, door.carry


def test_a_card_is_written_and_trusted_with_its_fingerprint(habeas, homes):
    """Both sides see the same fingerprint: it is what they compare by telephone."""
    folder = homes(a="controller", b="person")

    own = habeas("trust", "--card", "-o", folder / "again.card", "--json", "--home", folder / "a")
    listed = habeas("trust", "--json", "--home", folder / "b")

    assert own.json["fingerprint"] == listed.json["contacts"][0]["fingerprint"]
    assert (folder / "again.card").read_bytes() == (folder / "a.card").read_bytes()


def test_every_party_has_a_home_with_a_sealing_key(habeas, tmp_path):
    """An authority, a representative, an association and a legislator exchange like the others."""
    for party in ("authority", "representative", "association", "legislator"):
        said = habeas("init", "--as", party, "--home", tmp_path / party)
        assert said.code == 0, said.err
        assert 0o600 == (tmp_path / party / "keys" / "sealing.key").stat().st_mode & 0o777


def test_a_home_without_a_sealing_key_gets_one_when_it_is_needed(habeas, homes):
    """Homes made before sealing: the key appears with the first card, and stays."""
    folder = homes(a="controller")
    key = folder / "a" / "keys" / "sealing.key"
    key.unlink()

    for _ in range(2):
        assert habeas("trust", "--card", "-o", folder / "n.card", "--home", folder / "a").code == 0
    assert (32, 0o600) == (len(key.read_bytes()), key.stat().st_mode & 0o777)
    again = habeas("trust", "--card", "-o", folder / "m.card", "--home", folder / "a")
    assert again.code == 0
    assert (folder / "n.card").read_bytes() == (folder / "m.card").read_bytes()


def test_another_key_under_a_name_is_refused(habeas, homes):
    """Exit 3: it may be somebody else."""
    folder = homes(a="controller", b="person", c="person")

    said = habeas("trust", folder / "c.card", "--as", "b", "--home", folder / "a")

    assert 3 == said.code
    assert "another key is trusted under this name" in said.err


def test_the_same_card_again_changes_nothing(habeas, homes):
    """Trusting twice is trusting once."""
    folder = homes(a="controller", b="person")
    before = habeas("log", "show", "--home", folder / "a", "--json").json["size"]

    assert 0 == habeas("trust", folder / "b.card", "--as", "b", "--home", folder / "a").code
    assert before == habeas("log", "show", "--home", folder / "a", "--json").json["size"]


def test_ones_own_card_and_damaged_cards_are_bad_input(habeas, homes):
    """Exit 2 or 3 in one sentence, whatever the bytes."""
    folder = homes(a="controller", b="person")
    (folder / "bad.card").write_bytes(b"\x00\xff not a card")
    cut = (folder / "b.card").read_bytes()
    (folder / "cut.card").write_bytes(cut[:-9])
    altered = bytearray(cut)
    altered[40] ^= 1
    (folder / "altered.card").write_bytes(bytes(altered))

    assert 2 == habeas("trust", folder / "a.card", "--as", "me", "--home", folder / "a").code
    for name in ("bad", "cut", "altered"):
        said = habeas("trust", folder / f"{name}.card", "--as", name, "--home", folder / "a")
        assert said.code in (2, 3), (name, said.err)


@pytest.mark.parametrize("arguments", [["--as", "x"], ["--card"], ["--card", "--rotate"]])
def test_half_a_command_is_said_to_be_half(habeas, homes, arguments):
    """Exit 2 with what to give."""
    folder = homes(a="controller")

    said = habeas("trust", *arguments, "--home", folder / "a")

    assert 2 == said.code
    assert "give CARD --as NAME" in said.err


def test_paths_inside_a_home_are_refused(habeas, homes):
    """No command reads from another party's home or writes into it."""
    folder = homes(a="controller", b="person")

    into = habeas("trust", "--card", "-o", folder / "b" / "x.card", "--home", folder / "a")
    out_of = habeas("trust", folder / "b" / "home.json", "--as", "x", "--home", folder / "a")

    for said in (into, out_of):
        assert 2 == said.code
        assert "lies in a home" in said.err
    assert not (folder / "b" / "x.card").exists()


def test_a_change_of_key_is_told_and_heard(habeas, homes, carry):
    """After it the other home hears the new key; its card carries the change to newcomers."""
    folder = homes(a="controller", b="person", c="person")
    said = habeas("trust", "--rotate", "--json", "--home", folder / "a")
    assert 2 == len(said.json["to_send"])
    assert [("key_change", "key_changed")] == carry("a", "b")
    assert 0 == habeas("send", "answer", "--to", "b", "--home", folder / "a").code
    assert [("answer", "kept")] == carry("a", "b")

    habeas("trust", "--card", "-o", folder / "new.card", "--home", folder / "a")
    habeas("init", "--as", "person", "--home", folder / "d")
    met = habeas("trust", folder / "new.card", "--as", "a", "--json", "--home", folder / "d")
    known = habeas("trust", "--json", "--home", folder / "b").json["contacts"]
    assert met.json["fingerprint"] in json.dumps(known)
