"""habeas countersign: both sides, by file."""

from __future__ import annotations

import json

COLLECT = ("--activity", "loan-servicing", "--to", "collector", "--purpose", "debt_collection")


def released(habeas, loans, tmp_path):
    habeas("release", loans, *COLLECT, "-o", tmp_path / "c.csv")
    habeas("init", "--as", "controller", "--home", tmp_path / "r", "--name", "Example Collection")
    return tmp_path / "c.csv.manifest.json"


def test_the_recipient_signs_and_the_owner_records(habeas, platform, loans, tmp_path):
    """Afterwards the recipient can't say it never got it."""
    manifest, file = released(habeas, loans, tmp_path), tmp_path / "signed.json"

    signed = habeas("countersign", manifest, "-o", file, "--home", tmp_path / "r", "--json")
    recorded = habeas("countersign", "--record", file, "--key", signed.json["vkey"], "--json")

    assert (0, 0) == (signed.code, recorded.code), signed.err + recorded.err
    assert signed.json["manifest"] == recorded.json["manifest"]
    assert recorded.json["key_known"]


def test_a_changed_manifest_is_not_signed(habeas, platform, loans, tmp_path):
    """Exit 3, and no signature file."""
    manifest = released(habeas, loans, tmp_path)
    document = json.loads(manifest.read_text("utf-8"))
    document["manifest"]["purpose"] = "service"
    manifest.write_text(json.dumps(document), "utf-8")

    said = habeas("countersign", manifest, "-o", tmp_path / "s.json", "--home", tmp_path / "r")

    assert (3, False) == (said.code, (tmp_path / "s.json").exists())


def test_a_forged_signature_is_not_recorded(habeas, platform, loans, tmp_path):
    """The first thing wrong is said."""
    manifest, file = released(habeas, loans, tmp_path), tmp_path / "signed.json"
    habeas("countersign", manifest, "-o", file, "--home", tmp_path / "r")
    document = json.loads(file.read_text("utf-8"))
    document["signature"] = "A" * 86 + "=="
    file.write_text(json.dumps(document), "utf-8")

    assert 3 == habeas("countersign", "--record", file).code


def test_neither_signing_nor_recording_is_a_mistake(habeas, platform):
    """One sentence that says both ways."""
    said = habeas("countersign")

    assert (2, True) == (said.code, "--record FILE" in said.err)
