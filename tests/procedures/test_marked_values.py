"""No value of a cell, part of it, hash or encoding of it, leaves by any way but the copy itself."""

from __future__ import annotations

import base64
import hashlib
import urllib.parse
from pathlib import Path

import habeas_world as world
import pyarrow as pa
import pytest

from habeas.cli.door import run
from habeas.tables.write import write_table

SUBJECT, NAME, MOBILE = "ZQ7SUBJECT0001", "王zq七名字标记", "13800013800"
VALUES = (SUBJECT, NAME, MOBILE)


def forms(value: str) -> dict[str, bytes]:
    """The value and what a careless program makes of it."""
    raw = value.encode()
    found = {
        "value": raw,
        "part": value[2:-2].encode(),
        "url": urllib.parse.quote(value).encode(),
        "base64": base64.b64encode(raw),
        "utf-16": value.encode("utf-16-le"),
        "escaped": value.encode("unicode_escape"),
    }
    for name in ("md5", "sha1", "sha256"):
        digest = hashlib.new(name, raw).digest()
        found[name] = digest
        found[f"{name} in hex"] = digest.hex().encode()
        found[f"{name} in base64"] = base64.b64encode(digest)
    return found


def places(blobs: dict[str, bytes], values=VALUES) -> list[tuple[str, str]]:
    """Where any form of any value stands: (place, form)."""
    return [
        (place, form)
        for place, blob in blobs.items()
        for value in values
        for form, needle in forms(value).items()
        if needle in blob
    ]


@pytest.fixture
def loans(tmp_path):
    table = world.table()
    for position, (name, value) in enumerate(
        [("borrower_id", SUBJECT), ("name", NAME), ("mobile", MOBILE)]
    ):
        column = table.column(name).to_pylist()
        column[0] = value
        table = table.set_column(position, name, pa.array(column))
    table = table.set_column(9, "portfolio", pa.array(["P1"] * table.num_rows))
    path = tmp_path / "loans.csv"
    write_table(table, path)
    return path


COLLECT = ("--activity", "loan-servicing", "--to", "collector", "--purpose", "debt_collection")
SCORE = ("--activity", "loan-servicing", "--to", "vendor", "--purpose", "credit_assessment")


def session(capfd, folder: Path, loans: Path) -> dict[str, bytes]:
    """Every command of a home, good and failing, on the marked table: what each of them said."""
    choices, broken = folder / "choices.csv", folder / "broken.csv"
    choices.write_text(
        f"subject_id,choice\n{SUBJECT},given\n"
        + "".join(f"{world.borrower(n)},given\n" for n in range(1, 300))
    )
    broken.write_text(f"subject_id,choice\n{SUBJECT},{NAME}\n")
    ragged = folder / "ragged.csv"
    ragged.write_bytes(loans.read_bytes()[:2000] + f'\n{SUBJECT},{NAME},"{MOBILE}\n'.encode())
    commands = [
        ("choice", "record", "--from", choices, "--activity", "loan-servicing"),
        ("choice", "record", "--from", broken, "--activity", "loan-servicing"),
        ("choice", "refuse", SUBJECT, "--activity", "nonexistent"),
        ("choice", "refuse", SUBJECT, "--activity", "loan-servicing", "--purpose", NAME),
        ("choice", "give", SUBJECT, "--activity", "loan-servicing", "--json"),
        ("person", "show", SUBJECT),
        ("person", "show", SUBJECT, "--json"),
        ("person", "show", MOBILE),
        ("person", "bundle", MOBILE, "-o", folder / "none.bundle"),
        ("person", "bundle", SUBJECT, "-o", folder / "mine.bundle"),
        ("release", loans, *COLLECT, "--plan-only", "--json"),
        ("release", loans, *COLLECT, "-o", folder / "collector.csv"),
        ("release", loans, *SCORE, "-o", folder / "vendor.parquet", "--json"),
        ("release", loans, *COLLECT, "-o", folder / "collector.csv"),
        ("release", ragged, *COLLECT, "-o", folder / "ragged-out.csv"),
        ("release", loans, *COLLECT[:2], "--to", "ads", "--purpose", "advertising", "-o", "x.csv"),
        ("trace", folder / "collector.csv", "-o", folder / "attribution.json"),
        ("trace", ragged),
        ("doctor", "--json"),
    ]
    said = {}
    for number, command in enumerate(commands):
        capfd.readouterr()
        code = run([str(word) for word in command])
        done = capfd.readouterr()
        assert code in (0, 2, 3, 4), (command[:2], done.err)
        said[f"{number} {command[0]} out"] = done.out.encode()
        said[f"{number} {command[0]} err"] = done.err.encode()
    return said


def test_no_form_of_a_value_leaves_but_in_the_copy(
    platform, tmp_path, loans, *, capfd, caplog, monkeypatch
):
    """A leak through our own report, log or database would be the worst mistake we could make."""
    folder = tmp_path / "out"
    folder.mkdir()
    platform.close()
    monkeypatch.setenv("HABEAS_HOME", str(platform.folder))
    caplog.set_level("DEBUG")

    said = session(capfd, folder, loans)
    said["logging"] = caplog.text.encode()

    home = {
        str(path.relative_to(platform.folder)): path.read_bytes()
        for path in platform.folder.rglob("*")
        if path.is_file()
    }
    # The bundle is the person's own; it holds their entries and still not their id.
    made = {
        path.name: path.read_bytes()
        for path in folder.iterdir()
        if path.name not in ("collector.csv", "choices.csv", "broken.csv", "ragged.csv")
    }
    assert {"mine.bundle", "collector.csv.manifest.json", "vendor.parquet"} <= set(made)
    assert [] == places({**said, **home, **made})


def test_the_search_itself_finds_what_is_there(platform, tmp_path, loans):
    """A search that finds nothing anywhere would pass the test above."""
    found = places({"loans": loans.read_bytes(), "hash": hashlib.sha256(NAME.encode()).digest()})

    assert {"value", "part", "sha256"} <= {form for _, form in found}


def test_a_traceback_of_ours_names_no_person(platform, monkeypatch):
    """What a debugger or a log of exceptions prints of our values hides the subject."""
    from habeas.procedures.record_choice import Said
    from habeas.rights.choice import ChoiceState

    said = Said(subject=SUBJECT, state=ChoiceState.GIVEN)

    assert [] == places({"repr": repr(said).encode(), "home": repr(platform).encode()})
    assert platform.keys.mark.hex() not in repr(platform)
