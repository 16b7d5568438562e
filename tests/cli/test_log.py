from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from habeas.cli.door import run
from habeas.ledger.commitment import seal
from habeas.ledger.keys import SigningKey, VerifierKey
from habeas.ledger.log import Log
from habeas.ledger.receipt import Receipt

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    """A home's folder with nothing in it but its log: the command reads files only."""
    key = SigningKey.generate("platform.example/log")
    with Log.create(tmp_path / "home" / "log", origin=key.name, key=key) as log:
        log.append([seal({"n": n}, kind="choice.given", now=NOW).leaf for n in range(300)])
    monkeypatch.delenv("HABEAS_HOME", raising=False)
    return tmp_path / "home"


def test_show_names_the_log_and_its_newest_entries(home, capsys, monkeypatch):
    """Type, hour and commitment: what everybody may know, for a home, a folder, the environment."""
    assert 0 == run(["log", "show", "--home", str(home), "--json", "--last", "2"])
    shown = json.loads(capsys.readouterr().out)
    assert ("platform.example/log", 300, [298, 299]) == (
        shown["origin"],
        shown["size"],
        [e["index"] for e in shown["entries"]],
    )
    assert {"type": "choice.given", "hour": "2026-11-24T10:00Z"}.items() <= shown["entries"][
        0
    ].items()
    assert 0 == run(["log", "show", "--log", str(home / "log"), "--last", "0"])
    assert shown["fingerprint"] in capsys.readouterr().out
    monkeypatch.setenv("HABEAS_HOME", str(home))
    assert 0 == run(["log", "show"])
    assert 10 == capsys.readouterr().out.count("choice.given")


def test_prove_writes_a_proof_that_verifies(home, tmp_path, capsys):
    """A tlog-proof for other verifiers, a receipt for ours."""
    log = Log.open(home / "log")
    leaf = next(log.entries(7, 8))
    key = VerifierKey.parse((home / "log" / "vkey").read_text())
    out = tmp_path / "entry.tlog-proof"

    assert 0 == run(["log", "prove", "7", "--home", str(home), "-o", str(out)])
    assert "" == capsys.readouterr().out
    receipt, extra = Receipt.from_tlog_proof(out.read_text())
    assert (300, None) == (receipt.verify(leaf, key).size, extra)
    assert 0 == run(["log", "prove", "7", "--home", str(home)])
    assert out.read_text() == capsys.readouterr().out
    assert 0 == run(["log", "prove", "7", "--home", str(home), "--json"])
    assert receipt == Receipt.from_json(json.loads(capsys.readouterr().out))
    assert 2 == run(["log", "prove", "300", "--home", str(home)])
    assert "the log has 300" in capsys.readouterr().err


def test_verify_says_yes_to_a_whole_log_and_names_what_is_not(home, capsys):
    """Exit 0 for a log that fits its checkpoint, 3 and the file for one that doesn't."""
    assert 0 == run(["log", "verify", "--home", str(home)])
    assert "300 entries" in capsys.readouterr().out
    assert 0 == run(["log", "verify", "--home", str(home), "--json"])
    assert {
        "format": "habeas/log-verification/v1",
        "outcome": "verified",
        "size": 300,
    }.items() <= json.loads(capsys.readouterr().out).items()
    bundle = home / "log" / "tile" / "entries" / "000"
    raw = bytearray(bundle.read_bytes())
    raw[40] ^= 1
    bundle.write_bytes(raw)
    assert 3 == run(["log", "verify", "--home", str(home), "--json"])
    printed = capsys.readouterr()
    assert "tile/0/000" in printed.err
    assert "not_verified" == json.loads(printed.out)["error"]


def test_no_log_is_a_sentence(tmp_path, capsys, monkeypatch):
    """A wrong place: exit 2 and what to do."""
    for command in (["show"], ["prove", "0"], ["verify"]):
        assert 2 == run(["log", *command, "--home", str(tmp_path / "none")])
        assert "habeas init" in capsys.readouterr().err


def test_a_log_elsewhere_is_verified_proved_and_watched(home, tmp_path, capsys):
    """Any fsspec address stands where a folder may: the same answers as from the folder."""
    fsspec = pytest.importorskip("fsspec", reason="files elsewhere need habeas[sources]")
    url, files = f"memory://cli{home.stat().st_ino}/log", fsspec.filesystem("memory")
    for path in (home / "log").rglob("*"):
        if path.is_file():
            name = path.relative_to(home / "log").as_posix()
            files.pipe_file(f"{url}/{name}", path.read_bytes())

    answers = []
    for place in (url, str(home / "log")):
        for asked in (["verify"], ["prove", "7"], ["consistency", "3"], ["show"]):
            assert 0 == run(["log", *asked, "--log", place, "--json"])
            answers.append(json.loads(capsys.readouterr().out))
    assert answers[:4] == answers[4:]
    watch = ["log", "monitor", url, "--state", str(tmp_path / "w"), "--key"]
    assert 0 == run([*watch, str(home / "log" / "vkey")])
    files.rm_file(f"{url}/tile/0/000")
    assert 3 == run(["log", "verify", "--log", url])
