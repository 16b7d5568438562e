"""A person's folder of evidence: what comes in is held, what changes later shows."""

from __future__ import annotations

import json
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import habeas_world as world
import openpyxl
import pytest

from habeas.errors import BadInput, NotVerified, Refused
from habeas.ledger.bundle import verify_bundle
from habeas.procedures.collect_evidence import (
    LARGEST,
    Custody,
    collect_evidence,
    describe_piece,
    folders,
    join_bundle,
    original,
    pieces,
    store,
    unnamed_copies,
)
from habeas.procedures.init_home import init_home
from habeas.procedures.seal_evidence import check_folder_of_evidence, seal_evidence
from habeas.records import models

sys.path.insert(0, str(Path(__file__).parent))
from remedy_homes import copied

MARK = "zq7标记"
CUSTODY = Custody(source="my phone", device="phone A", proves="they called", content="a call log")


@pytest.fixture
def person(tmp_path):
    made = copied("person", tmp_path / "me")
    yield made
    made.close()


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "shots"
    folder.mkdir()
    found = []
    for name, data in (
        ("screen.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("sms.txt", f"{MARK} pay now\n".encode()),
        ("page.html", b"<p>terms</p>"),
    ):
        (folder / name).write_bytes(data)
        found.append(folder / name)
    return found


def collect(person, files, *, minute=1, custody=CUSTODY):
    return collect_evidence(person, files, folder="loan", custody=custody, now=world.later(minute))


def test_what_was_kept_opens_to_the_same_bytes(person, files):
    """Each piece is numbered, logged, and its copy is what came in."""
    found = collect(person, files)

    assert [1, 2, 3] == [piece.number for piece in found]
    assert [path.read_bytes() for path in files] == [original(person, piece) for piece in found]
    assert all(piece.entry.index is not None for piece in found)
    assert {"loan": 3} == folders(person)


def test_a_copy_is_encrypted_and_its_owners_alone(person, files):
    """Neither content nor name of a file stands in the store, and nobody else may read it."""
    collect(person, files)
    kept = list(store(person).iterdir())

    assert 3 == len(kept)
    assert {0o600} == {path.stat().st_mode & 0o777 for path in kept}
    assert 0o700 == store(person).stat().st_mode & 0o777
    assert not any(MARK.encode() in path.read_bytes() for path in kept)
    assert not any("sms" in path.name for path in kept)


def test_the_same_file_is_kept_once(person, files):
    """Running it again after a crash must not make two pieces of one."""
    collect(person, files)
    again = collect(person, files[:2], minute=2)

    assert () == again
    assert 3 == len(pieces(person, "loan"))


@pytest.mark.parametrize("what", ["empty", "missing", "folder", "large", "hidden"])
def test_what_can_not_be_kept_is_refused_before_anything_is(
    person, files, tmp_path, what, monkeypatch
):
    """One bad file among good ones: none of them is taken, and no name of a file is lost."""
    bad = tmp_path / (".bad" if what == "hidden" else "bad.txt")
    if what == "folder":
        bad.mkdir()
    elif what != "missing":
        bad.write_bytes(b"" if what == "empty" else b"x" * 20)
    if what == "large":
        monkeypatch.setattr("habeas.procedures.collect_evidence.LARGEST", 19)

    with pytest.raises(BadInput):
        collect(person, [*files[1:], bad])

    assert {} == folders(person)
    assert LARGEST == 256 * 1024 * 1024


def test_evidence_without_a_source_is_none():
    """cn.evid.art19 asks for it of each piece."""
    with pytest.raises(BadInput, match="source"):
        Custody(source=" ")


def test_a_platform_keeps_no_evidence_folder(home, files):
    """The borrower's evidence never lies in the lender's home."""
    with pytest.raises(BadInput, match="belongs to a controller"):
        collect(home, files)


def test_a_sealed_folder_proves_itself_without_a_home(person, files, tmp_path):
    """Originals, bundle and list in both languages; everything is as logged."""
    collect(person, files)
    sealed = seal_evidence(
        person, "loan", tmp_path / "out", submitter="someone", now=world.later(5)
    )
    checked = check_folder_of_evidence(tmp_path / "out", trusted=(person.keys.signing.vkey,))

    assert (3, {}) == (sealed.pieces, sealed.lacking)
    assert ("verified", ()) == (checked.bundle.outcome, checked.wrong)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {
        "originals", "evidence.bundle", "evidence_list.xlsx",
        *(f"evidence_list.{language}.{kind}" for language in ("en", "zh") for kind in ("docx", "html")),
    }  # fmt: skip


def test_a_later_change_of_any_file_shows(person, files, tmp_path):
    """Changed, taken away, put in: each is named by its number."""
    collect(person, files)
    seal_evidence(person, "loan", tmp_path / "out", submitter="someone", now=world.later(5))
    there = tmp_path / "out" / "originals"
    changed = there / "002-sms.txt"
    changed.write_bytes(changed.read_bytes().replace(b"now", b"NOW"))
    (there / "003-page.html").unlink()
    (there / "004-more.txt").write_text("planted")

    checked = check_folder_of_evidence(tmp_path / "out")

    assert {
        "001-screen.png": "as_logged",
        "002-sms.txt": "changed",
        "003-page.html": "missing",
        "004-more.txt": "not_in_the_bundle",
    } == checked.files


def test_a_piece_taken_out_of_the_bundle_leaves_a_gap(person, files, tmp_path):
    """The dishonest claimant leaves out the piece that speaks against them."""
    from habeas.ledger.bundle_file import Bundle

    collect(person, files)
    seal_evidence(person, "loan", tmp_path / "out", submitter="someone", now=world.later(5))
    path = tmp_path / "out" / "evidence.bundle"
    whole = Bundle.from_bytes(path.read_bytes())
    without = Bundle(
        vkey=whole.vkey,
        checkpoint=whole.checkpoint,
        items=(whole.items[0], *whole.items[2:]),
        about=whole.about,
        statement=whole.statement,
    )

    assert "not_verified" == verify_bundle(without.to_bytes()).outcome


def test_the_list_says_everything_the_rules_ask_for(person, files, tmp_path):
    """Source, device, digest and place in the log of each piece, in Word, page and sheet."""
    collect(person, files)
    seal_evidence(person, "loan", tmp_path / "out", submitter="someone", now=world.later(5))
    word = docx.Document(BytesIO((tmp_path / "out/evidence_list.zh.docx").read_bytes()))
    text = "\n".join(p.text for p in word.paragraphs)
    book = openpyxl.load_workbook(tmp_path / "out" / "evidence_list.xlsx")
    digests = [piece.sha256 for piece in pieces(person, "loan")]

    assert all(digest in text for digest in digests)
    assert "电子数据" in text
    assert "收集之前是否真实" in text
    assert ["证据目录", "evidence list"] == book.sheetnames
    assert 4 == book["evidence list"].max_row


def test_a_list_that_does_not_say_what_it_proves_is_refused_by_piece(person, files, tmp_path):
    """cn.evid.art19; with --draft it is written, and shows the gap."""
    collect(person, files, custody=Custody(source="my phone", content="x"))
    describe_piece(person, folder="loan", number=1, says={"proves": "y"}, now=world.later(2))

    with pytest.raises(Refused, match=r"cn\.evid\.art19.*piece 2, 3"):
        seal_evidence(person, "loan", tmp_path / "out", submitter="s", now=world.later(3))
    assert not (tmp_path / "out").exists()
    sealed = seal_evidence(
        person, "loan", tmp_path / "out", submitter="s", now=world.later(4), draft=True
    )

    assert {"object": (2, 3)} == sealed.lacking
    page = (tmp_path / "out" / "evidence_list.zh.html").read_text("utf-8")
    assert 2 == page.count("【缺】")


def test_what_is_said_later_is_an_entry_of_its_own(person, files, tmp_path):
    """The first entry stays as it was; the sealed folder holds both."""
    collect(person, files[:1], custody=Custody(source="my phone", content="x"))
    describe_piece(person, folder="loan", number=1, says={"proves": "y"}, now=world.later(2))
    seal_evidence(person, "loan", tmp_path / "out", submitter="s", now=world.later(3))
    found = verify_bundle(tmp_path / "out" / "evidence.bundle")

    assert 2 == len(found.bundle.items)
    assert "y" == pieces(person, "loan")[0].about["proves"]
    with pytest.raises(BadInput, match="no piece 9"):
        describe_piece(person, folder="loan", number=9, says={"proves": "y"}, now=world.later(4))


def test_a_folder_that_is_not_there_names_those_that_are(person, files, tmp_path):
    """One sentence."""
    collect(person, files)
    with pytest.raises(BadInput, match="the folders are: loan"):
        seal_evidence(person, "rent", tmp_path / "out", submitter="s", now=world.later(3))


def test_a_place_that_is_taken_is_left_alone(person, files, tmp_path):
    """Nothing of the user's is written over."""
    collect(person, files)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")
    with pytest.raises(BadInput, match="here already"):
        seal_evidence(person, "loan", tmp_path / "out", submitter="s", now=world.later(3))
    assert "mine" == (tmp_path / "out" / "mine").read_text()


def test_a_copy_changed_in_the_home_is_not_sealed(person, files, tmp_path):
    """Whoever can write to the disk can't put another screenshot into the folder."""
    collect(person, files)
    path = store(person) / pieces(person, "loan")[0].kept_as
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))

    with pytest.raises(NotVerified):
        seal_evidence(person, "loan", tmp_path / "out", submitter="s", now=world.later(3))
    assert not (tmp_path / "out").exists()


def platform_bundle(home, tmp_path):
    from habeas.procedures.bundle_for_person import bundle_for_person
    from habeas.procedures.record_choice import Said, record_choice
    from habeas.rights.choice import ChoiceState

    world.declare(home)
    world.publish(home)
    said = Said(subject="B1", state=ChoiceState.REFUSED)
    record_choice(home, [said], activity="loan-servicing", now=world.later(4))
    out = tmp_path / "mine.bundle"
    bundle_for_person(home, "B1", out, book=world.book(), now=world.later(5))
    return out


def test_a_platforms_bundle_joins_with_what_its_examination_said(person, home, tmp_path):
    """Verified with a known key, undetermined without one."""
    bundle = platform_bundle(home, tmp_path)
    custody = Custody(source="the platform")
    piece, outcome = join_bundle(
        person, bundle, folder="loan", custody=custody,
        trusted=[home.keys.signing.vkey], now=world.later(6),
    )  # fmt: skip

    assert "verified" == outcome
    assert "examined when it came in: verified" in piece.about["note"]
    _, unknown = join_bundle(
        person, bundle, folder="other", custody=custody, trusted=[], now=world.later(7)
    )
    assert "undetermined" == unknown


def test_a_bundle_that_lies_is_kept_as_such(person, home, tmp_path):
    """The proof of a lie is evidence too."""
    bundle = platform_bundle(home, tmp_path)
    other = init_home(tmp_path / "other", party="controller", name="x", now=world.T0)
    piece, outcome = join_bundle(
        person, bundle, folder="loan", custody=Custody(source="the platform"),
        trusted=[other.keys.signing.vkey], now=world.later(6),
    )  # fmt: skip
    other.close()

    assert "not_verified" == outcome
    assert "not_verified" in piece.about["note"]


def test_no_copy_is_left_that_no_entry_names(person, files):
    """`evidence list` counts what a crash left."""
    collect(person, files)
    assert 0 == unnamed_copies(person)
    (store(person) / "left").write_bytes(b"x")
    assert 1 == unnamed_copies(person)


def test_no_name_and_no_content_of_a_file_is_in_the_log_or_the_database(person, tmp_path):
    """Only sealed payloads: the home's files hold neither."""
    path = tmp_path / f"{MARK}.txt"
    path.write_text(f"{MARK} inside")
    collect(person, [path], custody=Custody(source=f"{MARK} source", known_as=f"{MARK}@x"))

    blobs = {p.name: p.read_bytes() for p in person.folder.rglob("*") if p.is_file()}
    assert not [name for name, blob in blobs.items() if MARK.encode() in blob]
    assert not [name for name in blobs if MARK in name]


def test_a_workbook_never_computes_what_was_typed(tmp_path):
    """A text that begins like a formula stays a text."""
    from habeas.papers.lists import Sheet, to_xlsx

    sheet = Sheet(title="x", columns=("a",), rows=[['=HYPERLINK("x")'], ["+1"], [None], [3]])
    data = to_xlsx([sheet])
    read = openpyxl.load_workbook(BytesIO(data))["x"]

    assert ['=HYPERLINK("x")', "+1", None, 3] == [
        read.cell(row=n, column=1).value for n in (2, 3, 4, 5)
    ]
    assert "s" == read["A2"].data_type
    with zipfile.ZipFile(BytesIO(data)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    assert data == to_xlsx([sheet])


def test_two_callers_never_share_a_number(person, files):
    """Numbers are given inside the commit."""
    collect(person, files[:1])
    collect(person, files[1:2], minute=2)
    kinds = models.Entry.objects.using(person.alias).filter(kind="evidence.item").count()

    assert (2, [1, 2]) == (kinds, [p.number for p in pieces(person, "loan")])


def test_the_format_of_what_is_said_of_a_piece(person, files):
    """The payload holds what cn.evid.art93 and cn.online.art18 ask about, by name."""
    piece = collect(person, files[:1])[0]

    assert set(json.loads(json.dumps(dict(piece.about)))) >= {
        "folder", "number", "name", "size", "sha256", "media", "kept_as", "collected_at",
        "file_time", "collected_by", "source", "device", "note", "platform", "known_as",
    }  # fmt: skip
    assert Path(piece.name).suffix == ".png"
