"""A borrower whose platform runs nothing: from a folder of files to papers, on one machine."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from io import BytesIO
from pathlib import Path

import docx
import pytest

from habeas.cli import door

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "procedures"))
from claim_world import MARK, MATTER, WORDS

DAY = ("--as-of", "2026-11-24")


@pytest.fixture
def phone(tmp_path):
    """Two screenshots, an SMS export, a mail and a saved page, as a phone gives them."""
    folder = tmp_path / "phone"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"IMG_{number}.png").write_bytes(picture(shade=40 * number))
    (folder / "sms.xml").write_text(
        f'<smses count="1"><sms body="{MARK} 尽快还款"/></smses>', "utf-8"
    )
    (folder / "reply.eml").write_text(
        f"From: x@loans.example\nSubject: {MARK}\n\n{MARK}\n", "utf-8"
    )
    (folder / "page.html").write_text(f"<title>{MARK}</title>", "utf-8")
    return folder


def picture(*, shade):
    """A grey 8 × 8 PNG, written by its own specification."""
    rows = b"".join(b"\0" + bytes([shade]) * 8 for _ in range(8))

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def sealed(habeas, phone, tmp_path, monkeypatch):
    """The borrower's home, and the folder sealed in it."""
    for name in ("evidence", "claim", "route"):
        monkeypatch.setitem(door.COMMANDS, name, "")
    monkeypatch.setenv("HABEAS_HOME", str(tmp_path / "me"))
    assert 0 == habeas("init", "--as", "person", "--name", MARK).code
    words = (
        "--source",
        f"{MARK} 本人手机",
        "--device",
        "phone",
        "--proves",
        "平台用我的通讯录催收",
    )
    said = habeas("evidence", "collect", phone, "--folder", "loan", *words, "--content", "催收短信")
    assert 0 == said.code, said.err
    made = habeas("evidence", "seal", "loan", "-o", tmp_path / "sealed")
    assert 0 == made.code, made.err
    (tmp_path / "matter.json").write_text(json.dumps(MATTER), "utf-8")
    (tmp_path / "words.yaml").write_text(WORDS, "utf-8")
    return tmp_path / "sealed"


def drafted(habeas, sealed, *more):
    here = sealed.parent
    return habeas(
        "claim", "draft", here / "matter.json", "--words", here / "words.yaml",
        "--evidence", sealed, "-o", here / "papers", *DAY, *more,
    )  # fmt: skip


def test_from_a_folder_to_complaint_and_statement_of_claim(habeas, sealed, tmp_path):
    """No platform, no other home: a list that checks offline, the right authority, Word papers."""
    checked = habeas("evidence", "check", sealed, "--key", tmp_path / "me/log/vkey")
    led = habeas("route", tmp_path / "matter.json", "--json").json
    made = drafted(habeas, sealed, "--json")
    papers = tmp_path / "papers"
    complaint = text_of(papers / "complaint.zh.docx")
    statement = text_of(papers / "statement_of_claim.zh.docx")

    assert 0 == checked.code, checked.out
    assert (0, {"complaint": [], "statement_of_claim": []}) == (made.code, made.json["missing"])
    assert "cn_cac" == made.json["complaint_to"]
    assert "civil_court" in json.dumps(led)
    assert "致：国家互联网信息办公室" in complaint or "致：网信部门" in complaint
    assert all(name in complaint + statement for name in ("IMG_1.png", "sms.xml", "page.html"))
    assert "某某区人民法院" in statement
    assert 5 == len(list((sealed / "originals").iterdir()))


def text_of(path):
    return "\n".join(each.text for each in docx.Document(BytesIO(path.read_bytes())).paragraphs)


def test_one_changed_pixel_shows_and_stops_the_papers(habeas, sealed):
    """A screenshot altered after sealing: the check says which, and no paper rests on it."""
    shot = next((sealed / "originals").glob("*IMG_1.png"))
    shot.write_bytes(picture(shade=41))
    checked = habeas("evidence", "check", sealed)

    assert 3 == checked.code
    assert (3, False) == (drafted(habeas, sealed).code, (sealed.parent / "papers").exists())


def test_the_complaint_is_sent_by_the_command_and_the_authority_lodges_it(habeas, sealed, tmp_path):
    """Matter, papers and evidence in one signed envelope; the receipt proves that it came."""
    city = ("--home", tmp_path / "city")
    habeas("init", "--as", "authority", "--name", "city", *city)
    habeas("trust", "--card", "-o", tmp_path / "city.card", *city)
    habeas("trust", "--card", "-o", tmp_path / "me.card")
    habeas("trust", tmp_path / "city.card", "--as", "city")
    habeas("trust", tmp_path / "me.card", "--as", "eve", *city)
    made = drafted(habeas, sealed, "--send-to", "city", "--outbox", tmp_path / "box", "--json")
    letter = tmp_path / "box" / made.json["sent"][0]["file"]
    came = habeas("inbox", "receive", letter, "-o", tmp_path / "r", *city, "--json").json
    habeas("inbox", "receive", tmp_path / "r")
    content = tmp_path / "read"
    habeas("inbox", "read", came["letter"], "-o", content, *city)
    lodged = habeas("case", "lodge", came["letter"], *city)
    names = sorted(path.name[3:] for path in content.iterdir())

    assert 0 == made.code, made.err
    assert {"complaint.zh.docx", "matter.json", "evidence.bundle"} <= {*names}
    assert 5 == sum(name.startswith("originals-") for name in names)
    assert not [name for name in names if name.startswith("statement_of_claim")]
    assert 0 == lodged.code, lodged.err
    assert [True] == [each["delivered"] for each in habeas("inbox", "--json").json["letters"]]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--send-to", "city", "--draft"), "a draft is not sent"),
        (("--outbox", "box"), "without an addressee"),
        (("--send-to", "nobody"), "trust"),
    ],
)
def test_a_claim_that_cannot_be_sent_is_not_written_either(habeas, sealed, more, says):
    """The addressees are looked at first; nothing half done is left."""
    said = drafted(habeas, sealed, *more)

    assert 2 == said.code
    assert says in said.err
    assert not (sealed.parent / "papers").exists()


def test_a_contact_gets_only_the_paper_that_is_for_it(habeas, sealed, tmp_path):
    """An authority gets no statement of claim, a platform gets nothing; nothing is written."""
    for name, party in (("city", "authority"), ("platform", "controller")):
        home = ("--home", tmp_path / name)
        habeas("init", "--as", party, "--name", name, *home)
        habeas("trust", "--card", "-o", tmp_path / f"{name}.card", *home)
        habeas("trust", tmp_path / f"{name}.card", "--as", name)
    said = [
        drafted(habeas, sealed, "--paper", "statement_of_claim", "--send-to", "city"),
        drafted(habeas, sealed, "--send-to", "platform"),
    ]

    assert [2, 2] == [each.code for each in said]
    assert "--paper complaint" in said[0].err
    assert "authority, representative" in said[1].err
    assert not (tmp_path / "papers").exists()
