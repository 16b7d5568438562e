"""habeas inbox: received once, read as files, proved to anybody."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import sys
import urllib.parse
from pathlib import Path

import pytest

_PATH = Path(__file__).parent / "exchange_door.py"
if "habeas_exchange_door" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_exchange_door", _PATH)
    sys.modules["habeas_exchange_door"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_exchange_door"])
door = sys.modules["habeas_exchange_door"]
_at_the_door, homes, carry = door._at_the_door, door.homes, door.carry


SECRET = "王zq7名字标记"
MOBILE = "13800013800"


def complained(habeas, folder):
    """A complaint with marked values, as a file; the start of its digest."""
    (folder / "body.json").write_text(
        json.dumps({"name": SECRET, "mobile": MOBILE}, ensure_ascii=False)
    )
    (folder / "screen.txt").write_text(f"{SECRET} {MOBILE}")
    said = habeas(
        "send",
        "complaint",
        "--to",
        "b",
        "--body",
        folder / "body.json",
        "--attach",
        folder / "screen.txt",
        "-o",
        folder / "c.envelope",
        "--json",
        "--home",
        folder / "a",
    )
    assert said.code == 0, said.err
    return said.json["letters"][0]["letter"]


def test_a_letter_is_received_once_and_read_as_files(habeas, homes):
    """The second time is the first; values come out as files of the reader alone."""
    folder = homes(a="person", b="authority")
    letter = complained(habeas, folder)

    first = habeas(
        "inbox",
        "receive",
        folder / "c.envelope",
        "-o",
        folder / "r1",
        "--json",
        "--home",
        folder / "b",
    )
    again = habeas(
        "inbox",
        "receive",
        folder / "c.envelope",
        "-o",
        folder / "r2",
        "--json",
        "--home",
        folder / "b",
    )
    read = habeas("inbox", "read", letter[:12], "-o", folder / "read", "--home", folder / "b")

    assert (False, True) == (first.json["again"], again.json["again"])
    assert (folder / "r1").read_bytes() == (folder / "r2").read_bytes()
    assert SECRET == json.loads((folder / "read" / "body.json").read_text())["name"]
    assert f"{SECRET} {MOBILE}" == (folder / "read" / "01-screen.txt").read_text()
    assert 0o600 == (folder / "read" / "body.json").stat().st_mode & 0o777
    assert SECRET not in read.out + read.err


def test_a_delivery_is_proved_to_somebody_without_a_home(habeas, homes):
    """The recipient that denies receipt: three files and one command."""
    folder = homes(a="person", b="authority")
    letter = complained(habeas, folder)
    none = habeas("inbox", "proof", letter[:12], "-o", folder / "p", "--home", folder / "a")
    habeas("inbox", "receive", folder / "c.envelope", "-o", folder / "r", "--home", folder / "b")
    habeas("inbox", "receive", folder / "r", "--home", folder / "a")

    made = habeas("inbox", "proof", letter[:12], "-o", folder / "p", "--home", folder / "a")
    vkey = (folder / "p" / "vkey").read_text()
    found = habeas(
        "inbox",
        "verify",
        folder / "p" / "envelope",
        folder / "p" / "receipt",
        "--key",
        vkey,
        "--json",
    )

    assert (3, 0, 0) == (none.code, made.code, found.code), found.err
    assert ("complaint", letter) == (found.json["type"], found.json["envelope"])
    # The other home proves who signed.
    assert (
        0 == habeas("inbox", "proof", letter[:12], "-o", folder / "q", "--home", folder / "b").code
    )
    signer = (folder / "q" / "vkey").read_text()
    word = habeas("inbox", "verify", folder / "q" / "envelope", "--key", signer, "--json")
    assert ("complaint", letter) == (word.json["type"], word.json["envelope"])
    assert 3 == habeas("inbox", "verify", folder / "q" / "envelope", "--key", vkey).code
    # Turned round, nothing is proved.
    wrong = habeas(
        "inbox", "verify", folder / "p" / "receipt", folder / "p" / "envelope", "--key", vkey
    )
    assert 3 == wrong.code


@pytest.mark.parametrize("what", ["letter", "12", "ffffffffffff"])
def test_a_letter_that_isnt_there_is_bad_input(habeas, homes, what):
    """Exit 2 with how letters are named."""
    folder = homes(b="authority")

    assert 2 == habeas("inbox", "read", what, "--home", folder / "b").code


def test_too_few_digits_name_no_letter(habeas, homes):
    """Seven digits of a letter that is there: somebody else's may begin so tomorrow."""
    folder = homes(a="person", b="authority")
    letter = complained(habeas, folder)

    assert 2 == habeas("inbox", "read", letter[:7], "--home", folder / "a").code
    assert 0 == habeas("inbox", "read", letter[:8], "--home", folder / "a").code


@pytest.mark.parametrize("data", [b"", b"\xff" * 40, b"\xa0", b"\xa3heenvelope\x00"])
def test_rubbish_is_no_envelope(habeas, homes, data):
    """Exit 2 in one sentence."""
    folder = homes(b="authority")
    (folder / "x").write_bytes(data)

    said = habeas("inbox", "receive", folder / "x", "--home", folder / "b")

    assert 2 == said.code
    assert "internal fault" not in said.err


def test_paths_inside_a_home_are_refused(habeas, homes):
    """A letter is not read into a home, nor received out of one."""
    folder = homes(a="person", b="authority")
    letter = complained(habeas, folder)
    habeas("inbox", "receive", folder / "c.envelope", "--home", folder / "b")

    for arguments in (
        ("read", letter[:12], "-o", folder / "a" / "bases"),
        ("receive", folder / "a" / "home.json"),
        ("receive", folder / "c.envelope", "-o", folder / "a" / "r"),
    ):
        said = habeas("inbox", *arguments, "--home", folder / "b")
        assert 2 == said.code
        assert "lies in a home" in said.err


def forms(value):
    """The value and what a careless program makes of it."""
    raw = value.encode()
    digest = hashlib.sha256(raw)
    return (
        raw,
        value[2:-2].encode(),
        urllib.parse.quote(value).encode(),
        base64.b64encode(raw),
        value.encode("unicode_escape"),
        digest.digest(),
        digest.hexdigest().encode(),
    )


def test_no_form_of_a_value_stands_in_an_output_a_home_or_an_envelope(habeas, homes, carry):
    """Bodies, files, grounds, facts and the names on cards: sealed wherever they rest or travel."""
    folder = homes(superior="s", a="person", b="authority", c="authority", s="authority")
    letter = complained(habeas, folder)
    said = []

    def does(*arguments, home="b", code=0):
        done = habeas(*arguments, "--home", folder / home)
        assert done.code == code, done.err
        said.append(done.out + done.err)
        return done

    carry("a", "b")
    does("inbox")
    does("inbox", "list", "--json")
    does("inbox", "read", letter[:12], "--json")
    number = does("case", "lodge", letter[:12], "--json").json["case"]
    about = ("--ground", SECRET, "--facts", MOBILE)
    does("case", "offer", number, "--to", "c", *about, code=3)
    does("case", "offer", number, "--to", "c", *about, "--kind", "lead")
    carry("b", "c")
    does("case", "decline", number, "--ground", SECRET, home="c")
    carry("c", "b")
    carry("b", "s")
    does("case", "designate", number, "--to", "c", "--ground", SECRET, home="s")
    carry("s", "c")
    for home in "bcs":
        does("case", "list", home=home)
        does("case", "list", "--json", home=home)
        does("case", "replay", home=home)
        does("trust", home=home)
    does("case", "show", number, "--json")
    does("case", "show", number)
    does("case", "show", SECRET, code=2)
    does("inbox", "read", SECRET, code=2)
    does("trust", folder / "a.card", "--as", "other", code=3)

    blobs = {f"said {at}": text.encode() for at, text in enumerate(said)}
    for name in "bcs":  # a's own home holds a's own words, sealed as well
        blobs |= {str(p): p.read_bytes() for p in (folder / name).rglob("*") if p.is_file()}
    blobs |= {str(p): p.read_bytes() for p in (folder / "a").rglob("*") if p.is_file()}
    blobs |= {str(p): p.read_bytes() for p in folder.rglob("*.envelope")}
    found = [
        place
        for place, blob in blobs.items()
        for v in (SECRET, MOBILE)
        for f in forms(v)
        if f in blob
    ]
    assert [] == found
    # The name on a's card: in a's own home.json, in no other home and no output.
    name = f"{door.MARK} a".encode()
    assert [] == [p for p, blob in blobs.items() if name in blob and not p.endswith("a/home.json")]
    assert any(SECRET.encode() in p.read_bytes() for p in folder.glob("*.json"))
