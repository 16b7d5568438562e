"""What the tests of the exchange's commands share: the commands at the door, and homes by name."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from habeas.cli.door import COMMANDS

T0 = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MARK = "zq7标记"


@pytest.fixture(autouse=True)
def _at_the_door(monkeypatch):
    for name in ("trust", "send", "inbox", "serve", "case"):
        if name not in COMMANDS:
            monkeypatch.setitem(COMMANDS, name, "of the exchange")
    for module in ("init", "trust", "send", "inbox", "case"):
        monkeypatch.setattr(f"habeas.cli.{module}.clock", lambda: T0)


# Homes made once and copied: making one syncs some thirty files.
_MADE = {}


@pytest.fixture
def homes(habeas, tmp_path, tmp_path_factory):
    """Call with names and parties; each home trusts every other under its name."""

    def make(superior=None, **parties):
        wanted = (superior, *parties.items())
        if wanted not in _MADE:
            _MADE[wanted] = tmp_path_factory.mktemp("made")
            _make(habeas, _MADE[wanted], superior, parties)
        shutil.copytree(_MADE[wanted], tmp_path, dirs_exist_ok=True)
        return tmp_path

    return make


def _make(habeas, folder, superior, parties):
    def does(*arguments):
        said = habeas(*arguments)
        assert said.code == 0, said.err

    for name, party in parties.items():
        home = folder / name
        does("init", "--as", party, "--name", f"{MARK} {name}", "--home", home)
        does("trust", "--card", "-o", folder / f"{name}.card", "--home", home)
    for name, party in parties.items():
        for other in parties:
            more = ["--superior"] if other == superior and party == "authority" else []
            card = folder / f"{other}.card"
            if other != name:
                does("trust", card, "--as", other, *more, "--home", folder / name)


@pytest.fixture
def carry(habeas, tmp_path):
    """Carry everything that waits in one home to another as files, and the receipts back."""

    def do(sender, receiver):
        folder = tmp_path / f"{sender}-{receiver}"
        said = habeas(
            "send",
            "--pending",
            "--to",
            receiver,
            "-o",
            folder,
            "--json",
            "--home",
            tmp_path / sender,
        )
        assert said.code == 0, said.err
        effects = []
        for line in said.json["letters"]:
            receipt = folder / "receipt"
            came = habeas(
                "inbox",
                "receive",
                folder / line["file"],
                "-o",
                receipt,
                "--json",
                "--home",
                tmp_path / receiver,
            )
            assert came.code == 0, came.err
            effects.append((came.json["type"], came.json["effect"]))
            assert habeas("inbox", "receive", receipt, "--home", tmp_path / sender).code == 0
        return effects

    return do
