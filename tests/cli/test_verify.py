from __future__ import annotations

import json
from pathlib import Path

import pytest

from habeas.cli.door import run

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "bundle-v1"
CASES = {case["file"]: case for case in json.loads((VECTORS / "vectors.json").read_text())["cases"]}
KEY, WITNESS = CASES["good.bundle"]["trusted"][0], CASES["good.bundle"]["witnesses"][0]
EXITS = {"verified": 0, "undetermined": 4, "not_verified": 3, "unreadable": 2}


def _asked(name: str) -> list[str]:
    keys = [part for each in CASES[name]["trusted"] for part in ("--key", each)]
    return [
        "verify",
        str(VECTORS / name),
        *keys,
        *[part for each in CASES[name]["witnesses"] for part in ("--witness", each)],
    ]


@pytest.mark.parametrize("name", CASES)
def test_exit_codes_of_the_vectors(name: str, capsys):
    """A script can rely on the exit code, and the JSON says the same."""
    code = run([*_asked(name), "--json"])
    printed = json.loads(capsys.readouterr().out)

    assert EXITS[CASES[name]["outcome"]] == code
    if code == 2:
        assert {"error", "says", "file", "place", "remedy"} == set(printed)
    else:
        assert CASES[name]["outcome"] == printed["outcome"]
        assert CASES[name]["answers"] == [answer["ok"] for answer in printed["answers"]]
        assert (printed["wrong"] is not None) == (code == 3)
        assert {"format", "outcome", "wrong", "vkey", "entries", "about", "answers"} == set(printed)


def test_the_five_answers_in_their_order(capsys):
    """What a borrower reads: five lines, then the result; ✓ where it holds, ? where nobody knows."""
    assert 0 == run(_asked("good-no-witness.bundle"))
    lines = capsys.readouterr().out.splitlines()

    assert ["✓ Authentic?", "✓ In the log?", "? Seen by", "? Since when?", "✓ Complete up"] == [
        " ".join(line.split()[: len(start.split())])
        for line, start in zip(
            lines,
            ["✓ Authentic?", "✓ In the log?", "? Seen by", "? Since when?", "✓ Complete up"],
            strict=False,
        )
    ]
    assert "another log" in lines[2]
    assert "Verified." == lines[-1].strip()
    assert any("nobody signed" in line for line in lines)


def test_the_first_thing_wrong_is_named(capsys):
    """One ✗, and the same sentence at the end."""
    assert 3 == run(_asked("payload-changed.bundle"))
    out = capsys.readouterr().out

    assert 1 == out.count("✗")
    assert (
        "Not verified. The content of entry 3 is not what the log committed to."
        in out.splitlines()[-1]
    )


def test_it_speaks_chinese(capsys):
    """The person's language, with the words of the glossary."""
    assert 0 == run([*_asked("good.bundle"), "--lang", "zh"])
    out = capsys.readouterr().out
    for word in ("是否真实", "承诺值", "根摘要", "见证方", "完整", "个人信息处理者", "验证通过"):
        assert word in out
    assert 4 == run(["verify", str(VECTORS / "good.bundle"), "--lang", "zh"])
    assert "指纹" in capsys.readouterr().out
    assert 2 == run(["verify", str(VECTORS / "good.bundle"), "--lang", "fr"])


def test_a_key_may_stand_in_a_file(tmp_path, capsys):
    """The key from the controller's web page, saved as it is."""
    (tmp_path / "vkey").write_text(KEY + "\n")
    (tmp_path / "bad").write_bytes(b"\xff\xfe")
    good = str(VECTORS / "good.bundle")

    assert 0 == run(["verify", good, "--key", str(tmp_path / "vkey")])
    assert 0 == run(["verify", good, "--key", KEY])
    for wrong in (
        str(tmp_path / "none"),
        str(tmp_path / "bad"),
        KEY[:-3],
        WITNESS.replace("+", " "),
    ):
        assert 2 == run(["verify", good, "--key", wrong])
        assert "habeas: " in capsys.readouterr().err


def test_a_missing_or_foreign_file_is_a_sentence(tmp_path, capsys):
    """Exit 2 with file and remedy, not a traceback."""
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" * 9)
    for path in (tmp_path / "none", tmp_path / "photo.jpg", tmp_path):
        assert 2 == run(["verify", str(path)])
        assert str(path) in capsys.readouterr().err


def test_names_in_a_bundle_cannot_paint_the_screen(tmp_path, capsys):
    """A hostile name with markup or control characters is shown as text or refused."""
    from datetime import UTC, datetime

    from habeas.ledger.bundle import BundleEntry, write_bundle
    from habeas.ledger.commitment import seal
    from habeas.ledger.keys import SigningKey
    from habeas.ledger.log import Log

    key = SigningKey.generate("[green]✓[/][link=x]")
    with Log.create(tmp_path / "log", origin=key.name, key=key) as log:
        sealed = seal({}, kind="a", now=datetime(2026, 1, 1, tzinfo=UTC))
        index, head = log.append([sealed.leaf])
        entry = BundleEntry(
            record_id=sealed.record_id,
            kind="a",
            payload={},
            salt=sealed.salt,
            leaf=sealed.leaf,
            index=index,
            proof=(),
        )
        write_bundle(
            tmp_path / "b",
            entries=[entry],
            checkpoint=head,
            vkey=key.vkey,
            book_hash=None,
            created=datetime(2026, 1, 1, tzinfo=UTC),
        )
    assert 4 == run(["verify", str(tmp_path / "b")])
    assert "[green]✓[/][link=x]" in capsys.readouterr().out
