"""Every write from evidence to class notice broken before it lands and after: nothing half done."""

from __future__ import annotations

import errno
import json
import os
import re
import sys
from pathlib import Path

import habeas_world as world
import pytest

import habeas.procedures.remedy_writes as ours
from habeas.errors import BadInput
from habeas.ledger.files import STEPS, Disk, Step, writing_through
from habeas.procedures.check_exposure import ask, check_exposure, read_set
from habeas.procedures.check_home import check_home
from habeas.procedures.collect_evidence import Custody, collect_evidence, original, pieces
from habeas.procedures.incident_words import IncidentWords
from habeas.procedures.manage_class_notice import (
    check_class_notice,
    load_notice_words,
    publish_class_notice,
)
from habeas.procedures.open_incident import incidents, mark_done, open_incident
from habeas.procedures.publish_exposure import answer_question, publish_exposure
from habeas.procedures.seal_evidence import check_folder_of_evidence, seal_evidence
from habeas.procedures.sequence import sequence
from habeas.records import models

sys.path.insert(0, str(Path(__file__).parent))
from remedy_homes import copied

TABLE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "writes.md"
CUSTODY = Custody(source="my phone", proves="x", content="y")
LIST = [f"139000{n:05d}" for n in range(3)]


class Crash(BaseException):
    """Not an Exception: nothing may catch it and go on."""


class Counting(Disk):
    """Counts every moment around every write; raises at one of them."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.moments = at, []

    def before(self, step, part):
        self.moment(step.id, part, "before")

    def after(self, step, part):
        self.moment(step.id, part, "after")

    def moment(self, *what):
        self.moments.append(what)
        if len(self.moments) == self.at:
            raise Crash


def moments_of(act):
    disk = Counting()
    with writing_through(disk):
        act("whole")
    return disk.moments


def crash_at_each_moment(act, check, *, steps):
    """Run `act(name)` with a crash at every moment, then again without: `check` after each."""
    moments = moments_of(act)
    assert steps <= {moment[0] for moment in moments}
    for at in range(1, len(moments) + 1):
        with pytest.raises(Crash), writing_through(Counting(at)):
            act(f"at{at}")
        check(f"at{at}")
        act(f"again{at}")
        check(f"again{at}")


def sound(home):
    sequence(home, now=world.later(99))
    assert [] == [check.says.en for check in check_home(home.folder) if check.ok is False]
    assert not models.Entry.objects.using(home.alias).filter(index=None).exists()


def no_partial(folder):
    """A crash may leave a hidden folder; nothing else under a name of its own."""
    return [p.name for p in folder.iterdir() if p.name.startswith(".") and not p.is_dir()]


@pytest.fixture
def person(tmp_path):
    made = copied("person", tmp_path / "me")
    yield made
    made.close()


@pytest.fixture
def controller(tmp_path):
    made = copied("controller", tmp_path / "platform")
    yield made
    made.close()


def test_collecting_evidence(person, tmp_path):
    """What is recorded can be opened; what is not recorded is taken by the next run."""
    path = tmp_path / "sms.txt"
    path.write_text("pay")

    def act(name):
        collect_evidence(person, [path], folder=name, custody=CUSTODY, now=world.later(1))

    def check(name):
        sound(person)
        for piece in pieces(person, name):
            assert b"pay" == original(person, piece)
        assert len(pieces(person, name)) == 1 or name.startswith("at")

    crash_at_each_moment(act, check, steps={"evidence.copy", "evidence.records"})


@pytest.mark.slow
def test_sealing_evidence(person, tmp_path):
    """A folder under its name is whole and verifies; otherwise there is none."""
    path = tmp_path / "sms.txt"
    path.write_text("pay")
    collect_evidence(person, [path], folder="loan", custody=CUSTODY, now=world.later(1))
    out = tmp_path / "out"
    out.mkdir()

    def act(name):
        if not (out / name).exists():
            seal_evidence(person, "loan", out / name, submitter="s", now=world.later(2))

    def check(name):
        sound(person)
        if (out / name).exists():
            found = check_folder_of_evidence(out / name, trusted=(person.keys.signing.vkey,))
            assert ("verified", ()) == (found.bundle.outcome, found.wrong)
        assert [] == no_partial(out)

    crash_at_each_moment(
        act, check, steps={"evidence.records", "evidence.folder", "folder.file"}
    )  # fmt: skip


@pytest.mark.slow
def test_publishing_a_set(controller, tmp_path):
    """No folder without its two entries; a rerun of the same leak keeps the key and the set."""
    made = {}

    def act(name):
        leak = "l" + name.removeprefix("again").removeprefix("at")
        done = publish_exposure(
            controller, LIST, tmp_path / name, leak=leak, kind="mobile_cn", now=world.later(1)
        )
        made.setdefault(leak, set()).add((done.commitment, done.set_digest))

    def check(name):
        sound(controller)
        assert {1} == {len(each) for each in made.values()}
        kinds = models.Entry.objects.using(controller.alias).values_list("kind", flat=True)
        folders = sum(path.is_dir() for path in tmp_path.glob("[!.p]*"))
        assert list(kinds).count("exposure.set") <= list(kinds).count("exposure.key")
        assert folders >= len(made)
        if (tmp_path / name).exists():
            found = read_set(tmp_path / name, trusted=(controller.keys.signing.vkey,))
            assert "verified" == found.bundle.outcome

    crash_at_each_moment(act, check, steps={"exposure.records", "exposure.folder"})


def test_asking_and_reading_the_answer(controller, person, tmp_path):
    """The answer is recorded before what unblinds it is destroyed; asking again is always open."""
    publish_exposure(
        controller, LIST, tmp_path / "set", leak="l1", kind="mobile_cn", now=world.later(1)
    )
    question, answer = tmp_path / "q.json", tmp_path / "a.json"

    def act(_):
        question.write_text(json.dumps(ask(person, LIST[0], leak="l1", kind="mobile_cn")))
        answer.write_text(json.dumps(answer_question(controller, question)))
        found = check_exposure(person, answer, tmp_path / "set", trusted=(), now=world.later(2))
        assert found.in_it

    def check(name):
        sound(person)
        left = list((person.folder / "questions").glob("[!.]*"))
        assert len(left) <= 1 if name.startswith("at") else not left

    crash_at_each_moment(
        act, check, steps={"exposure.question", "exposure.question_end", "exposure.records"}
    )


@pytest.mark.slow
def test_an_incident_and_its_marks(controller):
    """Opened or not; done or not: never an incident without its entry in the log."""

    def act(_):
        found = open_incident(controller, IncidentWords(facts={"persons": 3}), now=world.later(1))
        mark_done(controller, found.id, "remedy", at=world.later(1), now=world.later(2))

    def check(name):
        sound(controller)
        found = list(incidents(controller).values())
        assert len({each.id for each in found}) == len(found)
        if not name.startswith("at"):
            assert ["remedy"] == list(found[-1].done)

    crash_at_each_moment(act, check, steps={"incident.records"})


@pytest.mark.slow
def test_a_class_notice(tmp_path):
    """A notice under its name is in the log and checks; otherwise there is none."""
    lawyer = copied("representative", tmp_path / "lawyer")
    path = tmp_path / "n.yaml"
    path.write_text(
        "format: class_notice/v1\ncourt_case: x\ncase_claims: x\nwho: x\n"
        "first_day: 2026-12-01\ndays: 30\nhow: x\n"
    )
    words = load_notice_words(path)

    def act(name):
        if not (tmp_path / name).exists():
            publish_class_notice(lawyer, words, tmp_path / name, now=world.later(1))

    def check(name):
        sound(lawyer)
        if (tmp_path / name).exists():
            check_class_notice(tmp_path / name, trusted=(lawyer.keys.signing.vkey,))

    crash_at_each_moment(act, check, steps={"class.records", "papers.folder", "folder.file"})
    lawyer.close()


def test_every_write_of_the_remedies_is_in_the_table():
    """A write that the table does not name is one whose crash nobody thought through."""
    declared = {
        step.id
        for value in vars(ours).values()
        for step in (value.values() if isinstance(value, dict) else [value])
        if isinstance(step, Step)
    }
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| (.+?) \| (.+?) \|", TABLE.read_text("utf-8"), re.MULTILINE
    )
    listed = {name: (lands, crash) for name, lands, crash in rows}

    assert declared <= set(listed)
    assert {n: (STEPS[n].lands, STEPS[n].crash) for n in declared} == {
        n: listed[n] for n in declared
    }


@pytest.mark.parametrize("which", ["collect", "ask", "incident"])
def test_a_full_disk_is_one_sentence(person, controller, tmp_path, which, monkeypatch):
    """Exit 2 in words, nothing recorded that is not there."""
    real = os.open
    path = tmp_path / "sms.txt"
    path.write_text("pay")
    full, act = {
        "collect": (
            person.folder / "evidence",
            lambda: collect_evidence(
                person, [path], folder="loan", custody=CUSTODY, now=world.later(1)
            ),
        ),
        "ask": (
            person.folder / "questions",
            lambda: ask(person, LIST[0], leak="l1", kind="mobile_cn"),
        ),
        "incident": (
            controller.folder / "log" / ".staging",
            lambda: open_incident(controller, IncidentWords(), now=world.later(1)),
        ),
    }[which]

    def full_disk(where, flags, *more, **named):
        if flags & os.O_CREAT and Path(where).parent == full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(where, flags, *more, **named)

    monkeypatch.setattr(os, "open", full_disk)
    with pytest.raises(BadInput, match="disk is full"):
        act()
    monkeypatch.undo()
    sound(controller)
    sound(person)
    assert () == pieces(person, "loan")
