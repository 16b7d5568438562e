"""habeas erase, tick, backup, restore, keys: from the command line, as a platform would."""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

CLOCKED = ("erase", "tick", "backup", "keys", "doctor", "choice")
DUTIES = [
    part
    for name in ("aml_identity", "aml_transactions", "platform_transactions", "payment_records")
    for part in ("--duty", f"{name}=no")
]


@pytest.fixture
def at(world, monkeypatch):
    """Set the clock of these commands."""

    def set_to(days):
        for name in CLOCKED:
            now = world.T0 + timedelta(days=days, minutes=1)
            monkeypatch.setattr(f"habeas.cli.{name}.clock", lambda now=now: now)

    set_to(0)
    return set_to


@pytest.fixture
def known(habeas, platform, world, at):
    """A platform with one person in its records."""
    who = world.borrower(7)
    said = habeas("choice", "give", who, "--activity", "loan-servicing")
    assert 0 == said.code, said.err
    return who


def test_a_person_is_erased_and_the_receipt_checks_out(habeas, platform, known, tmp_path):
    """The receipt verifies with the log's own key, and says until when a backup opens."""
    out = tmp_path / "receipt.json"
    said = habeas("erase", known, "--ground", "withdrawn", *DUTIES, "-o", out, "--json")
    vkey = json.loads(out.read_text())["vkey"]
    checked = habeas("erase", "--check", out, "--key", vkey, "--json")

    assert (0, 1) == (said.code, said.json["entries"])
    assert said.json["scrubbed"]
    assert "2027-01-23" == said.json["backups_until"][:10]
    assert (0, "verified") == (checked.code, checked.json["outcome"])
    assert 4 == habeas("erase", "--check", out).code
    assert [] == habeas("person", "show", known, "--json").json["entries"]
    assert 0 == habeas("doctor").code


def test_the_id_comes_by_standard_input_and_is_never_said(
    habeas, platform, known, tmp_path, monkeypatch
):
    """Not in the answer, not in the receipt, not in an error, not in any file of the home."""
    import io

    out = tmp_path / "receipt.json"
    for subject in (known, "B999999"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{subject}\n"))
        said = habeas("erase", "-", *DUTIES, "-o", out, "--json")
        assert subject not in said.out + said.err
        assert (0 if subject == known else 2) == said.code
        if subject == known:
            text = out.read_text()
            out.unlink()

    assert known not in text
    for path in platform.rglob("*"):
        assert not path.is_file() or known.encode() not in path.read_bytes()


def test_an_unanswered_duty_is_exit_4_and_a_running_one_exit_3(habeas, known, tmp_path):
    """With the provision in the sentence, and in Chinese too a list of what is asked."""
    out = tmp_path / "receipt.json"
    unknown = habeas("erase", known, "-o", out)
    running = habeas("erase", known, "--duty", "aml_identity=2026-01-01", "-o", out)
    listed = habeas("erase", "--duties", "--lang", "zh")

    assert (4, 3) == (unknown.code, running.code)
    assert "cn.aml.art34" in running.err
    assert "until 2036-01-01" in running.err
    assert "客户身份资料" in listed.out
    assert not out.exists()
    assert 0 == habeas("person", "show", known).code


def test_a_wrong_answer_or_no_place_for_the_receipt_is_exit_2(habeas, known, tmp_path):
    """Nothing is erased because of a slip of the pen."""
    out = tmp_path / "r.json"
    for words in (
        ("--duty", "aml=no", "-o", out),
        ("--duty", "aml_identity", "-o", out),
        ("--duty", "aml_identity=soon", "-o", out),
        (*DUTIES, "-o", tmp_path / "nowhere" / "r.json"),
        (*DUTIES, "--ground", "because", "-o", out),
        DUTIES,
    ):
        assert 2 == habeas("erase", known, *words).code, words
    assert 0 == habeas("person", "show", known).code


def test_an_altered_receipt_is_refused(habeas, known, tmp_path):
    """A controller that writes a later day, or other records, into the receipt is seen."""
    out = tmp_path / "receipt.json"
    habeas("erase", known, *DUTIES, "-o", out)
    told = json.loads(out.read_text())
    key = told["vkey"]
    for name, value in (
        ("backups_until", "2026-12-01T00:00:00+00:00"),
        ("records", ["00" * 16]),
        ("tie_salt", "00" * 32),
    ):
        out.write_text(json.dumps({**told, name: value}))
        assert 3 == habeas("erase", "--check", out, "--key", key).code, name
    out.write_text(json.dumps({**told, "receipt": {**told["receipt"], "index": 0}}))
    assert 3 == habeas("erase", "--check", out, "--key", key).code


def test_tick_rotates_by_the_calendar_and_doctor_says_what_is_overdue(habeas, platform, at):
    """A broken promise is exit 3 of doctor until tick keeps it."""
    assert "nothing was due" in habeas("tick").out
    at(31)
    assert habeas("tick", "--json").json["epoch_began"]
    at(59)
    assert 0 == habeas("doctor").code
    at(61)
    late = habeas("doctor")
    ticked = habeas("tick", "--json").json

    assert 3 == late.code
    assert "habeas tick" in late.out
    assert 1 == ticked["masters_destroyed"]
    assert 0 == habeas("doctor").code


def test_a_backup_comes_back_whole_and_not_after_two_epochs(habeas, platform, known, at, tmp_path):
    """--verify reads it, restore makes a sound home, and the keys of later open it no more."""
    file, keys = tmp_path / "b.backup", tmp_path / "b.keys"
    assert 0 == habeas("backup", "-o", file, "--keys", keys).code
    assert 0 == habeas("restore", file, "--keys", keys, "--verify").code
    back = habeas("restore", file, "--keys", keys, "--home", tmp_path / "back", "--json")

    assert 0 == back.code, back.err
    assert all(check["ok"] is not False for check in back.json["checks"])
    assert 0 == habeas("person", "show", known, "--home", tmp_path / "back").code
    assert 2 == habeas("restore", file, "--keys", keys, "--home", tmp_path / "back").code
    assert 0 == habeas("restore", file, "--from-home", platform, "--verify").code
    for days in (31, 62):
        at(days)
        habeas("tick")
    assert 3 == habeas("restore", file, "--from-home", platform, "--verify").code


def test_a_backup_with_one_byte_changed_is_refused(habeas, platform, tmp_path):
    """Head, middle, end, and a cut tail."""
    file, keys = tmp_path / "b.backup", tmp_path / "b.keys"
    habeas("backup", "-o", file, "--keys", keys)
    whole = file.read_bytes()
    for place in (0, 40, len(whole) // 2, len(whole) - 1):
        data = bytearray(whole)
        data[place] ^= 1
        file.write_bytes(data)
        assert habeas("restore", file, "--keys", keys, "--verify").code in (2, 3), place
    file.write_bytes(whole[: -(1 << 16)])
    assert 3 == habeas("restore", file, "--keys", keys, "--verify").code


def test_locked_keys_open_with_the_passphrase_alone(habeas, platform, known, tmp_path, monkeypatch):
    """From a file, or from what a command prints; the files themselves hold no key in clear."""
    secret = tmp_path / "pass"
    secret.write_text("correct horse battery\n")
    secret.chmod(0o600)
    wrong = tmp_path / "wrong"
    wrong.write_text("another horse battery\n")
    wrong.chmod(0o600)
    clear = {path.name: path.read_bytes() for path in (platform / "keys").glob("*.key")}

    assert 0 == habeas("keys", "lock", "--passphrase-file", secret).code
    for path in (platform / "keys").iterdir():
        assert not any(key in path.read_bytes() for key in clear.values())
    assert 2 == habeas("person", "show", known).code
    monkeypatch.setenv("HABEAS_PASSPHRASE_FILE", str(wrong))
    assert 2 == habeas("person", "show", known).code
    monkeypatch.setenv("HABEAS_PASSPHRASE_FILE", str(secret))
    assert 0 == habeas("person", "show", known).code
    assert 0 == habeas("doctor").code
    assert 0 == habeas("keys", "epoch").code
    assert 0 == habeas("choice", "withdraw", known, "--activity", "loan-servicing").code
    monkeypatch.delenv("HABEAS_PASSPHRASE_FILE")
    monkeypatch.setenv(
        "HABEAS_KEY_COMMAND", f"{sys.executable} -c \"print('correct horse battery')\""
    )
    assert 0 == habeas("keys", "unlock").code
    monkeypatch.delenv("HABEAS_KEY_COMMAND")
    assert 0 == habeas("person", "show", known).code
    assert clear == {name: (platform / "keys" / name).read_bytes() for name in clear}


def test_doctor_cleans_what_a_crash_left_and_spares_what_is_young(habeas, platform, at):
    """Old orphans go; a file of this minute may belong to a release that is being made."""
    old, young = platform / "bases" / "r-1.base", platform / "bases" / "r-2.base"
    key = platform / "keys" / "master.0123456789abcdef.key"
    for path in (old, young, key):
        path.write_bytes(b"x" * 32)
        path.chmod(0o600)
    from habeas.cli import doctor

    long_ago = doctor.clock().timestamp() - 7200
    for path in (old, key):
        os.utime(path, (long_ago, long_ago))
    os.utime(young, (long_ago + 7100, long_ago + 7100))
    said = habeas("doctor", "--clean", "--json")

    assert 0 == said.code
    assert [False, True, False] == [path.exists() for path in (old, young, key)]


def test_every_extra_of_the_package_is_named_by_doctor():
    """What is missing is named with the extra it comes with; the list is that of the package."""
    import tomllib

    from habeas.cli.doctor import EXTRAS

    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text()
    declared = tomllib.loads(text)["project"]["optional-dependencies"]
    for extra, needs in declared.items():
        if needs and extra not in ("dev", "bench", "peers"):
            names = {need.split(">")[0].split("[")[0].split("=")[0].strip() for need in needs}
            assert names == set(EXTRAS.get(extra, ())), extra
