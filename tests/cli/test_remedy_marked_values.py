"""No value a person typed or a table held leaves by what the remedy commands say or log."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import urllib.parse
from pathlib import Path

import pytest

import habeas.cli.class_ as class_module
from habeas.cli import door

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "procedures"))
from claim_world import MATTER

NAME, MOBILE, STORY = "王zq七名字标记", "13800013800", "ZQ7STORY0001"
VALUES = (NAME, MOBILE, STORY)


def forms(value: str) -> list[bytes]:
    raw = value.encode()
    found = [raw, value[2:-2].encode(), urllib.parse.quote(value).encode(), base64.b64encode(raw)]
    found += [value.encode("utf-16-le"), value.encode("unicode_escape")]
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, raw).digest()
        found += [digest, digest.hex().encode(), base64.b64encode(digest)]
    return found


def holds(blobs: dict[str, bytes]) -> list[str]:
    return [
        place
        for place, blob in blobs.items()
        if any(form in blob for value in VALUES for form in forms(value))
    ]


@pytest.fixture
def folder(habeas, tmp_path, monkeypatch):
    for name in ("evidence", "exposure", "incident", "claim"):
        monkeypatch.setitem(door.COMMANDS, name, "")
    if "class" not in door.COMMANDS:
        monkeypatch.setitem(door.COMMANDS, "class", "")
        monkeypatch.setitem(sys.modules, "habeas.cli.class", class_module)
    for party in ("person", "controller", "representative"):
        habeas("init", "--as", party, "--name", "x", "--home", tmp_path / party)
    write_files(tmp_path)
    return tmp_path


def write_files(folder: Path) -> None:
    lines = f"[{NAME}, {MOBILE}, {STORY}]"
    (folder / f"{NAME}.txt").write_text(f"{NAME} {MOBILE} {STORY}", "utf-8")
    (folder / "list.csv").write_text(f"mobile_cn\n{MOBILE}\n", "utf-8")
    (folder / "bad.csv").write_text(f"mobile_cn\n{NAME}\n", "utf-8")
    (folder / "matter.json").write_text(json.dumps(MATTER), "utf-8")
    (folder / "words.yaml").write_text(
        f"format: claim/v1\nperson: {lines}\nrespondent: {lines}\nfacts: {lines}\n", "utf-8"
    )
    (folder / "bad.yaml").write_text(f"format: claim/v1\n{NAME}: {lines}\n", "utf-8")
    (folder / "incident.yaml").write_text(
        f"format: incident/v1\npersons: 3\nletters: {{both: {{harm: {lines}}}}}\n", "utf-8"
    )
    (folder / "notice.yaml").write_text(
        f"format: class_notice/v1\ncourt_case: {lines}\ncase_claims: {lines}\nwho: {lines}\n"
        f"first_day: 2026-12-01\ndays: 30\nhow: {lines}\n",
        "utf-8",
    )
    (folder / "fund.yaml").write_text(
        f"format: fund/v1\ngross: {{minor: 7, currency: CNY}}\ncase: {lines}\n", "utf-8"
    )
    (folder / "members.csv").write_text(
        f"member,weight,identity\nm1,1,{MOBILE}\nm2,1,{NAME}\n", "utf-8"
    )
    (folder / "twice.csv").write_text(
        f"member,weight,identity\nm1,1,{MOBILE}\nm2,1,{MOBILE}\n", "utf-8"
    )
    (folder / "claims.csv").write_text(
        f"claim,defendant,event,right,law\n{STORY},{NAME},{NAME},r,cn\n", "utf-8"
    )


def commands(folder: Path) -> list[tuple]:
    me, they, rep = (("--home", folder / p) for p in ("person", "controller", "representative"))
    evidence = ("--folder", "loan", "--source", STORY, "--known-as", MOBILE, "--note", NAME)
    about = ("--kind", "mobile_cn", "--leak", "l1")
    claim = ("claim", "draft", folder / "matter.json", "--as-of", "2026-11-24")
    return [
        ("evidence", "collect", folder / f"{NAME}.txt", *evidence, *me),
        ("evidence", "collect", folder / f"{NAME}.txt", *evidence, "--json", *me),
        ("evidence", "describe", "1", "--folder", "loan", "--proves", STORY, "--content", NAME, *me),
        ("evidence", "list", "loan", *me),
        ("evidence", "list", "--json", *me),
        ("evidence", "seal", "loan", "-o", folder / "sealed", *me),
        ("evidence", "check", folder / "sealed"),
        ("evidence", "check", folder / "sealed", "--json"),
        ("exposure", "publish", folder / "list.csv", *about, "-o", folder / "set", *they),
        ("exposure", "publish", folder / "bad.csv", *about, "-o", folder / "set2", *they),
        ("exposure", "ask", MOBILE, "--set", folder / "set", "-o", folder / "q.json", "--json", *me),
        ("exposure", "ask", NAME, *about, "-o", folder / "q2.json", *me),
        ("exposure", "answer", folder / "q.json", "-o", folder / "a.json", "--json", *they),
        ("exposure", "check", "--answer", folder / "a.json", "--set", folder / "set", *me),
        (*claim, "-o", folder / "c1", "--words", folder / "words.yaml"),
        (*claim, "-o", folder / "c1", "--words", folder / "words.yaml", "--json"),
        (*claim, "-o", folder / "c2", "--words", folder / "words.yaml", "--draft", "--record", *me),
        (*claim, "-o", folder / "c3", "--words", folder / "bad.yaml"),
        ("incident", "open", "--by-hand", folder / "incident.yaml", *they),
        ("incident", "show", *they),
        ("incident", "letters", "i9", "-o", folder / "l", *they),
        ("class", "group", folder / "claims.csv"),
        ("class", "notice", folder / "notice.yaml", "-o", folder / "n", *rep),
        ("class", "check-notice", folder / "n"),
        ("class", "allocate", folder / "fund.yaml", folder / "members.csv", "-o", folder / "f"),
        ("class", "allocate", folder / "fund.yaml", folder / "members.csv", "-o", folder / "f", "--draft"),
        ("class", "allocate", folder / "fund.yaml", folder / "twice.csv", "-o", folder / "f2"),
    ]  # fmt: skip


def test_no_form_of_a_value_is_said_or_kept_in_clear(habeas, folder, caplog):
    """Every command, good and failing: output, logging, all three homes, and what is published."""
    caplog.set_level("DEBUG")
    said = {}
    for number, command in enumerate(commands(folder)):
        done = habeas(*command)
        assert done.code in (0, 2, 3, 4), (command[:2], done.err)
        said[f"{number} {command[0]} {command[1]}"] = (done.out + done.err).encode()
    said["logging"] = caplog.text.encode()
    kept = {
        f"{party}/{path.name}": path.read_bytes()
        for party in ("person", "controller", "representative")
        for path in (folder / party).rglob("*")
        if path.is_file()
    }
    published = {
        name: (folder / name).read_bytes()
        for name in ("q.json", "a.json", "set/set.cbor", "set/exposure.bundle", "f/allocation.json")
    }

    assert (folder / "sealed").is_dir()
    assert (folder / "n").is_dir()
    assert (folder / "c2").is_dir()
    assert [] == holds(said)
    assert [] == holds(kept)
    assert [] == holds(published)


def test_an_internal_fault_of_a_remedy_prints_no_value(habeas, folder, monkeypatch):
    """The text of an exception may hold what was typed."""

    def broken(*_, **__):
        raise RuntimeError(NAME)

    monkeypatch.setattr("habeas.procedures.collect_evidence.collect_evidence", broken)
    said = habeas("evidence", "collect", folder / f"{NAME}.txt", "--folder", "x", "--source", "x",
                  "--home", folder / "person")  # fmt: skip

    assert 1 == said.code
    assert NAME not in said.out + said.err
