"""The expert report: recomputed without the key, in two languages, and doctored ones are caught."""

from __future__ import annotations

import copy
import json
import re
from io import BytesIO

import numpy as np
import pyarrow as pa
import pytest

from habeas.errors import BadInput, NotVerified
from habeas.protection.disclosure import disclose
from habeas.relief.expert import expert_document, recheck_document
from habeas.relief.expert_page import sections, to_docx, to_html


def report(found, world, make):
    return expert_document(
        found,
        bases=[world.base],
        copies=world.copies,
        secrets=world.secrets,
        leak="ab" * 32,
        at=make.later,
    )


def minority(copies, rng):
    """Each cell as fewest of the copies have it; ties by lot."""
    out = {}
    for name in copies[0].column_names:
        whole = pa.concat_arrays([one.column(name).combine_chunks() for one in copies])
        codes = whole.dictionary_encode(null_encoding="encode").indices.to_numpy()
        held = codes.reshape(len(copies), -1)
        alike = (held[:, None, :] == held[None, :, :]).sum(axis=1) + rng.random(held.shape) / 2
        source = alike.argmin(axis=0)
        out[name] = whole.take(pa.array(source * held.shape[1] + np.arange(held.shape[1])))
    return pa.table(out)


@pytest.fixture(scope="module")
def one(scoring, make):
    """The document on a leak of one recipient, as it comes back from a file."""
    leak = make.leaked(scoring.copy_of(1), 3, rows=500)
    return json.loads(json.dumps(report(make.find(leak, scoring), scoring, make)))


@pytest.fixture(scope="module")
def joint(loans, make):
    """Four of eight recipients mixed their copies so that each cell is the minority's."""
    world = make.released(loans.select(make.scoring), 8, marked=make.marked, seed=9)
    mixed = minority([world.copy_of(code) for code in (1, 2, 3, 4)], np.random.default_rng(1))
    found = make.find(make.leaked(mixed, 4, rows=4_000, alter=0.1), world)
    return json.loads(json.dumps(report(found, world, make))), world


def test_a_bound_is_recomputed_from_the_document_alone(one, scoring):
    """The bound, its product with all tests, and the commitment of the log."""
    logged = {copy.release_id: copy.commitment for copy in scoring.copies}
    (again,) = recheck_document(one, logged=logged)
    (stated,) = one["attribution"]["bound"]

    assert (stated["recipient"], stated["log10_bound"], stated["log10_product"], "as logged") == (
        again.recipient,
        again.log10_bound,
        again.log10_product,
        again.commitment,
    )


def test_a_joint_accusation_is_recomputed_with_the_copies_beside(joint):
    """All four are named; each bound comes out again, the choice of copies beside counted too."""
    document, world = joint
    found = document["attribution"]
    again = recheck_document(document, logged={c.release_id: c.commitment for c in world.copies})

    assert ["recipient 1", "recipient 2", "recipient 3", "recipient 4"] == found["named"]
    assert [one["log10_bound"] for one in found["bound"]] == [one.log10_bound for one in again]
    assert any(one["beside"] for one in document["accusations"])
    assert max(one.any_context for one in again) <= -9


def test_only_the_accused_and_those_beside_are_opened(one, joint):
    """No code word of a copy that had no part is disclosed, and no key."""
    opened = {part["release_id"] for part in one["accusations"]}
    text = json.dumps(one)
    beside = {part["release_id"] for stated in joint[0]["accusations"] for part in stated["beside"]}

    assert {"release 1"} == opened
    assert bytes(range(32)).hex() not in text
    assert beside <= {f"release {code}" for code in (1, 2, 3, 4)}


def _other_readings(document):
    size = len(document["accusations"][0]["y"])
    lots = np.random.default_rng(2).integers(0, 2, size)
    document["accusations"][0]["y"] = "".join(map(str, lots))


def _smaller(document):
    document["accusations"][0]["log10_bound"] -= 3


def _fewer_tests(document):
    document["accusations"][0]["tests"] = 1


def _other_bit(document):
    opened = document["accusations"][0]["disclosed"]["opened"][7]
    opened["entry"] = opened["entry"][:-1] + "10"[int(opened["entry"][-1])]


def _left_out(document):
    document["accusations"][0]["disclosed"]["opened"].pop()


def _left_out_of_both(document):
    document["accusations"][0]["disclosed"]["opened"].pop()
    document["accusations"][0]["y"] = document["accusations"][0]["y"][:-1]
    document["accusations"][0]["log10_bound"] -= 1


@pytest.mark.parametrize(
    "trick",
    [_other_readings, _smaller, _fewer_tests, _other_bit, _left_out, _left_out_of_both],
)
def test_a_doctored_report_is_caught(one, trick):
    """Readings, the bound, the number of tests, a bit, a position left out."""
    doctored = copy.deepcopy(one)
    trick(doctored)

    with pytest.raises(NotVerified):
        recheck_document(doctored)


def test_a_code_word_of_after_the_leak_is_caught_by_the_log(one):
    """The report's own commitment fits its code word; the log's does not."""
    with pytest.raises(NotVerified, match="committed to in the log"):
        recheck_document(one, logged={"release 1": "0" * 64})


@pytest.mark.parametrize("document", [{}, {"format": "habeas expert-report/v1"}])
def test_another_file_is_bad_input(document):
    """A file that is no expert report, and one that lacks its parts."""
    with pytest.raises(BadInput):
        recheck_document(document)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_and_document_hold_the_same_words(one, language):
    """Every heading and paragraph of the report is in both, and the limits with them."""
    docx = pytest.importorskip("docx")
    page = to_html(one, language=language)
    word = docx.Document(BytesIO(to_docx(one, language=language)))
    said = [paragraph.text for paragraph in word.paragraphs]
    expected = sections(one, language)

    assert [section.heading for section in expected if section.heading not in page] == []
    assert [p for section in expected for p in section.paragraphs if p not in said] == []
    assert one["attribution"]["does_not_show"][language] in said
    assert "<script" not in page


def test_a_chinese_report_is_chinese(one):
    """No English sentence stands in it."""
    text = " ".join(
        [s.heading for s in sections(one, "zh")]
        + [p for s in sections(one, "zh") for p in s.paragraphs]
    )
    assert re.findall(r"(?:[A-Za-z']+ ){4}", text) == []


def test_a_report_that_names_nobody_says_so(scoring, make):
    """Twelve rows: no accusation, and what it would take."""
    found = make.find(make.leaked(scoring.copy_of(1), 12, rows=12), scoring)
    document = report(found, scoring, make)

    assert () == recheck_document(document)
    assert "No copy is pointed to." in to_html(document, language="en")


def test_a_copy_of_another_base_can_not_stand_beside(joint, loans, make):
    """Its code word opens under its own commitment, but its positions are other cells."""
    document, _ = joint
    other = make.released(loans.select(make.scoring), 1, marked=make.marked, seed=10)
    doctored = copy.deepcopy(document)
    stated = next(one for one in doctored["accusations"] if one["beside"])
    positions = [int(one["entry"][32:48], 16) for one in stated["disclosed"]["opened"]]
    stated["beside"][0] = {
        "release_id": "release 0",
        "commitment": other.copies[0].commitment,
        "disclosed": disclose(make.secret, other.salt, other.base.carriers, 0, positions),
    }

    with pytest.raises(NotVerified, match="not of the same base"):
        recheck_document(doctored)
