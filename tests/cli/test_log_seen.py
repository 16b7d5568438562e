"""`habeas log witness|witnesses|cosign|stamp|serve|monitor`, `person statement`, `verify --…`."""

from __future__ import annotations

import http.client
import importlib.util
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from habeas.ledger.keys import SigningKey
from habeas.ledger.log import Log
from habeas.ledger.statement import read_account, state_account, write_account

_TSA = Path(__file__).resolve().parent.parent / "ledger" / "tsa.py"
if "habeas_tsa" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("habeas_tsa", _TSA)
    sys.modules["habeas_tsa"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["habeas_tsa"])
tsa = sys.modules["habeas_tsa"]

# The commands of this file that read the clock beside those of the world.
CLOCKED = ["log_seen", "evidence"]
WHO = "330106199001011234"


@pytest.fixture
def kept(platform, habeas, world, monkeypatch):
    """The platform, with one choice of one person."""
    for name in CLOCKED:
        monkeypatch.setattr(f"habeas.cli.{name}.clock", lambda: world.T0)
    said = habeas("choice", "give", WHO, "--activity", "loan-servicing")
    assert said.code == 0, said.err
    return platform


@pytest.fixture
def run_beside():
    """A command in a process of its own that stays up; its first line of answer."""
    started = []

    def start(module, function, *arguments):
        code = f"import typer; from habeas.cli.{module} import {function}; typer.run({function})"
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        line = process.stdout.readline().strip()
        assert line, process.stderr.read()
        return process, line

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def witnessed_by(kept, run_beside, tmp_path):
    """A witness up beside the platform, and the policy that names it."""
    process, line = run_beside(
        "log_watch", "witness", tmp_path / "w", "--name", "consumers.example/w1",
        "--watch", kept / "log" / "vkey", "--port", "0",
    )  # fmt: skip
    word, name, vkey, url = line.split()
    assert (word, name) == ("witness", "consumers.example/w1")
    policy = tmp_path / "policy"
    controller = (kept / "log" / "vkey").read_text().strip()
    policy.write_text(f"log {controller}\nwitness w1 {vkey} {url}\nquorum w1\n")
    return process, policy


def test_a_consumer_body_witnesses_a_platform(kept, habeas, witnessed_by, tmp_path):
    """Witness up, named in a policy, asked; the person's bundle says who saw it, and since when."""
    process, policy = witnessed_by
    assert "none" in habeas("log", "witnesses").out
    assert 0 == habeas("log", "witnesses", "--policy", policy, "--without-quorum", "stop").code
    assert "stop" == habeas("log", "witnesses", "--json").json["without_quorum"]
    said = habeas("log", "cosign", "--json")
    assert (0, ["w1"], True) == (said.code, said.json["seen_by"], said.json["enough"])
    assert 0 == habeas("person", "bundle", WHO, "-o", tmp_path / "b").code
    found = habeas("verify", tmp_path / "b", "--policy", policy, "--json")
    assert (0, "verified") == (found.code, found.json["outcome"])
    answers = {each["id"]: each for each in found.json["answers"]}
    assert (True, True) == (answers["witnessed"]["ok"], answers["since"]["ok"])
    assert "consumers.example/w1" in answers["witnessed"]["says"]["en"]
    assert policy.read_text() == found.json["about"]["policy"]
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert 0 == process.returncode


def test_stop_without_a_quorum_gives_no_receipt_and_loses_nothing(
    kept, habeas, witnessed_by, tmp_path
):
    """The witness is down: no receipt; the same act gets one when it is up again or let go."""
    process, policy = witnessed_by
    habeas("log", "witnesses", "--policy", policy, "--without-quorum", "stop")
    process.kill()
    process.wait()
    said = habeas("choice", "refuse", WHO, "--activity", "loan-servicing")
    assert 2 == said.code
    assert "too few witnesses" in said.err
    assert 2 == habeas("person", "bundle", WHO, "-o", tmp_path / "b").code
    assert 0 == habeas("log", "witnesses", "--without-quorum", "go_on").code
    assert 0 == habeas("person", "bundle", WHO, "-o", tmp_path / "b").code
    assert 2 == habeas("person", "show", WHO, "--json").json["entries"][-1]["counter"]
    said = habeas("log", "cosign")
    assert (4, True) == (said.code, "too few" in said.out)


@pytest.mark.skipif(tsa.OPENSSL is None, reason="there is no openssl on this machine")
def test_a_stamp_answers_since_when(kept, habeas, tmp_path):
    """Stamped by an authority, named when verifying: since when, by somebody else's clock."""
    authority = tsa.Authority(tmp_path / "tsa")
    with authority.serving() as url:
        said = habeas("log", "stamp", "--tsa", url, "--tsa-root", authority.root, "--json")
    assert (0, "CN=Stamps", True) == (said.code, said.json["by"], said.json["checked"])
    habeas("person", "bundle", WHO, "-o", tmp_path / "b")
    key = kept / "log" / "vkey"
    found = habeas("verify", tmp_path / "b", "--key", key, "--tsa", authority.root, "--json")
    assert found.json["answers"][3]["ok"] is True
    without = habeas("verify", tmp_path / "b", "--key", key, "--json")
    assert (0, None) == (without.code, without.json["answers"][3]["ok"])
    assert 2 == habeas("log", "stamp", "--tsa", "http://127.0.0.1:9").code


def test_statements_of_account_from_the_command_line(kept, habeas, tmp_path):
    """Two honest ones agree; a forged second account is exit 3, the same without a bundle."""
    a, b, lie, key = tmp_path / "a", tmp_path / "b", tmp_path / "lie", kept / "log" / "vkey"
    assert 1 == habeas("person", "statement", WHO, "-o", a, "--json").json["entries"]
    habeas("choice", "refuse", WHO, "--activity", "loan-servicing")
    assert 2 == habeas("person", "statement", WHO, "-o", b, "--json").json["entries"]
    habeas("person", "bundle", WHO, "-o", tmp_path / "bundle")
    assert 0 == habeas("verify", "--statement", a, "--statement", b, "--key", key).code
    assert 4 == habeas("verify", "--statement", a, "--statement", b).code
    assert 0 == habeas("verify", tmp_path / "bundle", "--statement", b, "--key", key).code
    log, signing = Log.open(kept / "log"), SigningKey.from_file(kept / "keys" / "signing.key")
    nothing = state_account(
        subject=WHO, count=0, first=None, head=None,
        checkpoint=log.checkpoint(), key=signing, now=read_account(b).time,
    )  # fmt: skip
    write_account(lie, nothing)
    said = habeas("verify", "--statement", lie, "--statement", a, "--key", key, "--json")
    assert (3, True) == (said.code, said.json["contradict"])
    assert 3 == habeas("verify", tmp_path / "bundle", "--statement", lie, "--key", key).code
    assert WHO not in said.out + said.err
    assert 2 == habeas("verify").code


def test_a_log_is_served_and_watched(kept, habeas, run_beside, tmp_path):
    """`log serve` in its process, `log monitor` against it; a copy rolled back is exit 3."""
    _, line = run_beside("log_watch", "serve", "--log", kept / "log", "--port", "0")
    url = line.rsplit(" ", 1)[1]
    watch = ("log", "monitor", url, "--state", tmp_path / "m", "--key", kept / "log" / "vkey")
    assert "first" == habeas(*watch, "--json").json["state"]
    habeas("choice", "refuse", WHO, "--activity", "loan-servicing")
    said = habeas(*watch, "--json")
    assert (0, "grew", None) == (said.code, said.json["state"], said.json["proof"])
    port = int(url.rsplit(":", 1)[1])
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/checkpoint")
    assert line.getresponse().read() == (kept / "log" / "checkpoint").read_bytes()
    line.close()
    key = SigningKey.from_file(kept / "keys" / "signing.key")
    entries = list(Log.open(kept / "log").entries(0, 2))
    with Log.create(tmp_path / "short", origin=key.name, key=key) as short:
        short.append(entries)
    said = habeas(
        "log", "monitor", tmp_path / "short", "--state", tmp_path / "m", "--key", key.vkey
    )
    assert (3, True) == (said.code, "ALARM" in said.out)
    assert 2 == habeas("log", "monitor", "http://127.0.0.1:9", *watch[3:]).code


def test_consistency_and_contradiction(kept, habeas, tmp_path):
    """A proof between two sizes; two checkpoints of a forked log become one file, checked again."""
    log = Log.open(kept / "log")
    said = habeas("log", "consistency", "1", "--json")
    assert (0, 1, log.size) == (said.code, said.json["old"], said.json["new"])
    assert log.checkpoint().root.hex() == said.json["roots"][str(log.size)]
    assert 2 == habeas("log", "consistency", "1", "9999").code
    key = SigningKey.from_file(kept / "keys" / "signing.key")
    with Log.create(tmp_path / "fork", origin=key.name, key=key) as fork:
        fork.append(list(log.entries(1, 3)))
    a, b, proof = kept / "log" / "checkpoint", tmp_path / "fork" / "checkpoint", tmp_path / "p"
    made = ("log", "contradiction", a, b, "--key", key.vkey)
    assert 0 == habeas(*made).code  # of two sizes: the notes alone prove nothing
    assert 3 == habeas(*made, "--log", kept / "log", "-o", proof).code
    said = habeas("log", "contradiction", proof, "--json")
    assert (3, [2, log.size]) == (said.code, said.json["sizes"])
    assert 2 == habeas("log", "contradiction", a).code


def test_verify_goes_on_where_it_stopped(kept, habeas, tmp_path):
    """The state is the reader's; a log that no longer begins so is exit 3."""
    state = tmp_path / "state"
    assert 0 == habeas("log", "verify", "--state", state, "--json").json["resumed_from"]
    size = json.loads(state.read_text())["size"]
    habeas("choice", "refuse", WHO, "--activity", "loan-servicing")
    assert size == habeas("log", "verify", "--state", state, "--json").json["resumed_from"]
    assert size + 1 == json.loads(state.read_text())["size"]
    (kept / "log" / "vkey").read_text()
    state.write_text(state.read_text().replace('"root": "', '"root": "AAAA')[:-8] + 'A="}\n')
    assert habeas("log", "verify", "--state", state).code in (2, 3)
