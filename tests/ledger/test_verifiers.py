"""The verifiers that share no code with Habeas give the same answers: to vectors and to cheats."""

from __future__ import annotations

import ast
import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger import mutations

import habeas as habeas_face
from habeas.errors import HabeasError
from habeas.ledger.keys import KeyKind, SigningKey
from habeas.ledger.note import cosign, parse_note

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "specs" / "vectors"
SINGLE = ROOT / "verifiers" / "python" / "verify_bundle.py"


def _load():
    found = importlib.util.spec_from_file_location("verify_bundle", SINGLE)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


single = _load()


def the_cases() -> Iterator[tuple[dict, bytes]]:
    for folder in ("bundle-v1", "bundle-v2"):
        for case in json.loads((VECTORS / folder / "vectors.json").read_text())["cases"]:
            yield case, (VECTORS / folder / case["file"]).read_bytes()


def of_single(data: bytes, trusted: list, witnesses: list) -> dict | None:
    try:
        return single.verify(data, trusted, witnesses)
    except single.Unreadable:
        return None


def of_habeas(data: bytes, trusted: list, witnesses: list) -> dict | None:
    try:
        return habeas_face.verify(data, trusted=trusted, witnesses=witnesses).to_json()
    except HabeasError:
        return None


def told(found: dict | None) -> object:
    """What is stable in an answer: all but the sentences."""
    if found is None:
        return "unreadable"
    answers = [(each["id"], each["ok"]) for each in found["answers"]]
    wrong = found["wrong"] is not None
    kept = ("format", "outcome", "vkey", "entries", "about")
    return {**{key: found[key] for key in kept}, "wrong": wrong, "answers": answers}


def test_all_vectors_by_the_single_file():
    """Every published bundle, good or hostile: its outcome and its five answers."""
    seen = 0
    for case, data in the_cases():
        found = of_single(data, case["trusted"], case["witnesses"])
        got = told(found)
        if case["outcome"] != "unreadable":
            got = (found["outcome"], [each["ok"] for each in found["answers"]])
            expected = (case["outcome"], case["answers"])
        else:
            expected = "unreadable"
        assert expected == got, case["file"]
        seen += 1
    assert seen > 150


def test_the_vectors_and_habeas_agree():
    """The same list for Habeas itself: version 1 with the hostile ones, and version 2."""
    for case, data in the_cases():
        given = (data, case["trusted"], case["witnesses"])
        assert told(of_habeas(*given)) == told(of_single(*given)), case["file"]


def _disagreements(count: int, seed: int) -> tuple[list[str], set[object]]:
    keys = ([mutations.hostile.KEY.vkey], [mutations.hostile.WITNESS.vkey])
    apart, outcomes = [], set()
    for how, data in mutations.mutations(random.Random(seed), count):
        ours, theirs = told(of_habeas(data, *keys)), told(of_single(data, *keys))
        outcomes.add(ours if ours == "unreadable" else ours["outcome"])
        if ours != theirs:
            apart.append(f"{how}: {ours} / {theirs}")
    return apart, outcomes


def test_two_verifiers_agree_on_a_thousand_bundles_by_a_cheat_who_can_sign():
    """Bytes, parts, payloads, leaves, numbering and notes changed; most of them signed again."""
    apart, outcomes = _disagreements(1_000, seed=7)

    assert [] == apart
    assert {"verified", "not_verified", "unreadable"} == outcomes


@pytest.mark.slow
def test_two_verifiers_agree_on_twenty_thousand():
    """As above, more of them."""
    assert [] == _disagreements(20_000, seed=8)[0]


def test_the_single_file_at_the_door(tmp_path):
    """Exit codes, JSON and plain words in both languages, with no Habeas to import."""
    case, _ = next(the_cases())
    bundle, key = VECTORS / "bundle-v1" / case["file"], case["trusted"][0]
    (tmp_path / "key").write_text(key + "\n")

    def run(*arguments: object) -> tuple[int, str]:
        command = [sys.executable, "-I", str(SINGLE), *map(str, arguments)]
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    assert 0 == run(bundle, "--key", tmp_path / "key")[0]
    code, shown = run(bundle, "--json", "--witness", case["witnesses"][0])
    assert (4, "undetermined") == (code, json.loads(shown)["outcome"])
    assert "验证通过" in run(bundle, "--key", key, "--lang", "zh")[1]
    assert 3 == run(bundle.with_name("salt-changed.bundle"), "--key", key)[0]
    code, shown = run(bundle.with_name("truncated.bundle"), "--json")
    assert (2, "bad_input") == (code, json.loads(shown)["error"])
    assert 2 == run(bundle, "--key", "nonsense")[0]


def test_a_name_cannot_steer_the_terminal(tmp_path, capsys):
    """A log may call itself what it likes; what doesn't print is shown as a question mark."""
    hostile = mutations.hostile
    odd = hostile.Signer("x\u202ey/log", b"odd".ljust(32, b"."))
    story = hostile.Story(hostile.chain(1))
    note = story.note(story.text(origin=odd.name), [odd])
    (tmp_path / "b").write_bytes(story.bytes(vkey=odd.vkey, checkpoint=note))

    assert 0 == single.main([str(tmp_path / "b"), "--key", odd.vkey])
    shown = capsys.readouterr().out
    assert "x?y/log" in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize(("size", "ok"), [(1_000_000, True), (1_000_001, False)])
def test_a_note_has_at_most_a_million_bytes(size, ok):
    """The limit counts bytes; a line of nobody fills it up."""
    hostile = mutations.hostile
    story = hostile.Story(hostile.chain(1))
    note = story.map["checkpoint"]
    head = "\u2014 x.example/y"
    room = size - len(note.encode()) - len(head.encode()) - 2
    name = head + "y" * (room % 4)
    line = f"{name} {'A' * (room - room % 4)}\n"
    given = (story.bytes(checkpoint=note + line), [hostile.KEY.vkey], [])

    assert size == len((note + line).encode())
    assert ok is of_single(*given)["answers"][0]["ok"]
    assert told(of_habeas(*given)) == told(of_single(*given))


def test_the_single_file_takes_nothing_from_habeas():
    """Its imports are the standard library and `cryptography`; it has no socket, clock or shell."""
    tree = ast.parse(SINGLE.read_text(), feature_version=(3, 9))
    names = {
        (alias.name if isinstance(node, ast.Import) else node.module).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {"cryptography"} == names - set(sys.stdlib_module_names)
    assert not names & {"socket", "urllib", "http", "os", "subprocess", "time"}


@pytest.mark.parametrize("broken", [False, True])
def test_a_witness_with_a_key_against_quantum_computers(broken, monkeypatch):
    """ML-DSA-44: the line is checked, a false one is named; unable, no verdict is given."""
    pytest.importorskip("cryptography.hazmat.primitives.asymmetric.mldsa")
    witness = SigningKey(name="q.example/w", kind=KeyKind.ML_DSA_44, seed=b"q" * 32)
    story = mutations.hostile.Story(mutations.hostile.chain(1, 2))
    note = cosign(parse_note(story.map["checkpoint"]), witness, time=1_795_000_000)
    text = str(note)
    if broken:
        at = len(text) - 2000
        text = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]
    given = (story.bytes(checkpoint=text), [mutations.hostile.KEY.vkey], [witness.vkey])

    assert told(of_habeas(*given)) == told(of_single(*given))
    assert broken is not of_single(*given)["answers"][2]["ok"]
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric.mldsa", None)
    assert of_single(*given) is None
