"""habeas send: as a file, over and over until the receipt comes."""

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


def test_a_letter_waits_until_its_receipt_comes(habeas, homes, carry):
    """Given out again it is the same file; after the receipt nothing waits."""
    folder = homes(a="person", b="authority")
    one, two = folder / "one.envelope", folder / "two"
    body = folder / "body.json"
    body.write_text(json.dumps({"says": "x"}))

    said = habeas(
        "send",
        "complaint",
        "--to",
        "b",
        "--body",
        body,
        "-o",
        one,
        "--json",
        "--home",
        folder / "a",
    )
    again = habeas("send", "--pending", "-o", two, "--json", "--home", folder / "a")

    assert said.json["letters"][0]["letter"] == again.json["letters"][0]["letter"]
    assert one.read_bytes() == (two / again.json["letters"][0]["file"]).read_bytes()
    assert [("complaint", "kept")] == carry("a", "b")
    assert [] == habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"]


@pytest.mark.parametrize("kind", ["receipt", "key_change", "handover_taken", "designation"])
def test_what_a_procedure_writes_is_not_sent_by_hand(habeas, homes, kind):
    """A hand-made acceptance would be a lie about the docket."""
    folder = homes(a="authority", b="authority")

    said = habeas("send", kind, "--to", "b", "--home", folder / "a")

    assert 2 == said.code
    assert "not sent by hand" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["complaint"],
        [],
        ["complaint", "--to", "nobody"],
        ["letter", "--to", "b"],
        ["complaint", "--pending"],
        ["complaint", "--to", "b", "-o", "x", "--url", "http://127.0.0.1:1"],
        ["complaint", "--to", "b", "--reply", "xyz"],
    ],
)
def test_half_a_command_is_bad_input_and_sends_nothing(habeas, homes, arguments):
    """Exit 2, and nothing waits."""
    folder = homes(a="person", b="authority")

    said = habeas("send", *arguments, "--home", folder / "a")

    assert 2 == said.code
    assert [] == habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1",
        "http://127.0.0.1/x?y=1",
        "http://u:p@127.0.0.1",
        "127.0.0.1:80",
        "http://[::",
    ],
)
def test_an_address_is_a_host_and_nothing_else(habeas, homes, url):
    """A path or a query could carry what must not stand in a URL."""
    folder = homes(a="person", b="authority")

    said = habeas("send", "complaint", "--to", "b", "--url", url, "--home", folder / "a")

    assert 2 == said.code
    assert "address" in said.err


def test_a_home_that_cannot_be_reached_keeps_the_letter(habeas, homes):
    """Exit 2; it waits and can be sent again."""
    folder = homes(a="person", b="authority")

    said = habeas(
        "send", "complaint", "--to", "b", "--url", "http://127.0.0.1:9", "--home", folder / "a"
    )

    assert 2 == said.code
    assert "can't be reached" in said.err
    assert 1 == len(habeas("send", "--pending", "--json", "--home", folder / "a").json["letters"])


def test_nothing_is_attached_from_inside_a_home(habeas, homes):
    """Neither a key of one's own nor a file of another party's."""
    folder = homes(a="person", b="authority")
    for file in (folder / "a" / "keys" / "signing.key", folder / "b" / "home.json"):
        said = habeas("send", "complaint", "--to", "b", "--attach", file, "--home", folder / "a")
        assert 2 == said.code
        assert "lies in a home" in said.err
