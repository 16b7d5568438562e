"""From a matter to its papers: computed, refused by item, never filled with what nobody said."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import docx
import habeas_world as world
import pytest

from habeas.errors import BadInput, NotVerified, Refused
from habeas.law.documents import content_list
from habeas.procedures.claim_text import amount_lines
from habeas.procedures.claim_words import PAPERS, ClaimWords, load_claim_words
from habeas.procedures.collect_evidence import Custody, collect_evidence
from habeas.procedures.draft_claim import draft_claim, record_draft, sealed_list
from habeas.procedures.prepare_claim import SealedList, check_decision, prepare_claim
from habeas.procedures.seal_evidence import seal_evidence
from habeas.procedures.sequence import payload_of
from habeas.records import models
from habeas.terms import Status

sys.path.insert(0, str(Path(__file__).parent))
from claim_world import DAY, MARK, WORDS, book, matter
from remedy_homes import copied

LIST = SealedList(pieces=("1. sms.txt – a threat",), bundle_sha256="ab" * 32)


def words(tmp_path, text=WORDS):
    path = tmp_path / "words.yaml"
    path.write_text(text, "utf-8")
    return load_claim_words(path)


def prepared(tmp_path, *, edit=lambda d: None, text=WORDS, **more):
    more = {"evidence": LIST, **more}
    return prepare_claim(matter(edit), words(tmp_path, text), book=book(), as_of=DAY, **more)


def missing(found):
    return {name: [item.item for item in found.missing(name)] for name in PAPERS}


def test_a_complete_claim_lacks_nothing(tmp_path):
    """Both papers, from one matter, one file of words and one sealed folder."""
    found = prepared(tmp_path)

    assert Status.UNLAWFUL is found.decision.status
    assert {"complaint": [], "statement_of_claim": []} == missing(found)


def test_the_complaint_goes_to_the_authority_that_leads_and_says_why(tmp_path):
    """A platform without a licence: the cyberspace administration, with provision and place."""
    found = prepared(tmp_path)
    lines = found.paper("complaint", "zh").values["why_you"]

    assert "cn_cac" == found.complaint_to.leader
    assert lines[0].startswith("致：")
    assert "网信" in lines[0]
    assert any("cn.apl.art22" in line for line in lines)


@pytest.mark.parametrize(
    ("path", "lost"),
    [
        (("matter", "filing_state"), {"complaint": ["why_you", "not_elsewhere"]}),
        (("claims", "c1", "remedies"), {"complaint": ["request"],
                                        "statement_of_claim": ["claims", "limitation"]}),
        (("claims", "c1", "subject_matter"), {"statement_of_claim": ["cause"]}),
        (("claims", "c1", "loss"), {"statement_of_claim": ["damage"]}),
        (("claims", "c1", "days_since_known"), {"statement_of_claim": ["limitation"]}),
    ],
)  # fmt: skip
def test_each_fact_the_papers_need_is_missed_by_item(tmp_path, path, lost):
    """Take out one fact of the matter: exactly the items that rest on it are missing."""

    def edit(document):
        for key in path[:-1]:
            document = document[key]
        del document[path[-1]]

    found = missing(prepared(tmp_path, edit=edit))
    expected = {"complaint": [], "statement_of_claim": [], **lost}

    assert expected == found


@pytest.mark.parametrize(
    ("line", "paper", "item"),
    [
        ("person:", "complaint", "complainant"),
        ("person:", "statement_of_claim", "plaintiff"),
        ("respondent:", "complaint", "respondent"),
        ("respondent:", "statement_of_claim", "defendant"),
        ("facts:", "complaint", "facts"),
        ("facts:", "statement_of_claim", "facts"),
        ("    own_right:", "complaint", "own_right"),
        ("    court:", "statement_of_claim", "court"),
        ("    causation:", "statement_of_claim", "causation"),
        ("  complaint: {agent", "complaint", "agent"),
    ],
)
def test_each_word_that_is_not_typed_is_missed_by_item(tmp_path, line, paper, item):
    """Take out one line of the words: its item is missing, with who asks for it."""
    text = "\n".join(row for row in WORDS.splitlines() if not row.startswith(line))
    found = prepared(tmp_path, text=text)

    assert item in missing(found)[paper]
    with pytest.raises(Refused) as caught:
        draft_claim(found, tmp_path / "out", papers=[paper], draft=False)
    label = next(i for i in content_list("cn", paper).required if i.id == item).label.en
    assert label in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_without_evidence_both_papers_lack_it(tmp_path):
    """cn.cpl_civ.art124 for the court; practice for the authority."""
    found = missing(prepared(tmp_path, evidence=None))

    assert ["evidence"] == found["complaint"] == found["statement_of_claim"]


def test_an_undetermined_decision_gives_no_reasons(tmp_path):
    """Not known is not unlawful: a statement of claim can't say that it is."""

    def edit(document):
        for fact in ("consent", "service_refused_without", "works_without"):
            del document["uses"]["u1"][fact]

    found = prepared(tmp_path, edit=edit)

    assert Status.UNDETERMINED is found.decision.status
    assert ["reasons"] == missing(found)["statement_of_claim"]


def test_four_papers_are_written_editable_in_both_languages(tmp_path):
    """Word and page, Chinese and English; the words typed are in all of them."""
    drafted = draft_claim(prepared(tmp_path), tmp_path / "out", papers=PAPERS, draft=False)
    names = set(drafted.written.files)

    assert names == {
        f"{p}.{la}.{k}" for p in PAPERS for la in ("en", "zh") for k in ("docx", "html")
    }
    for name in names:
        data = (tmp_path / "out" / name).read_bytes()
        text = data.decode() if name.endswith("html") else "\n".join(
            p.text for p in docx.Document(BytesIO(data)).paragraphs
        )  # fmt: skip
        assert f"{MARK}甲" in text, name
        assert "【缺】" not in text


def test_a_draft_shows_what_it_lacks(tmp_path):
    """A draft that looks finished would be filed unfinished."""
    found = prepared(tmp_path, evidence=None)
    drafted = draft_claim(found, tmp_path / "out", papers=PAPERS, draft=True)
    page = (tmp_path / "out" / "statement_of_claim.zh.html").read_text("utf-8")

    assert "【缺】" in page
    assert ["evidence"] == [item.item for item in drafted.missing["complaint"]]


def test_the_amounts_are_ranges_with_their_inputs(tmp_path):
    """Loss known, gain not: the range says so; fee in the simplified procedure is half."""
    found = prepared(tmp_path)

    assert (320000, 320000) == (
        found.estimate.property.low.minor,
        found.estimate.property.high.minor,
    )
    assert ("gain",) == found.estimate.property.unknown
    assert (10000, 50000) == (found.fee.low.minor, found.fee.high.minor)
    assert (5000, 25000) == (found.fee_simplified.low.minor, found.fee_simplified.high.minor)


def test_a_claim_that_also_asks_for_an_apology_is_no_small_claim(tmp_path):
    """cn.cpl_civ.art166; with money alone the track is open, and unknown without the wage."""

    def money_alone(document):
        document["claims"]["c1"]["remedies"] = ["material"]

    no_wage = "\n".join(r for r in WORDS.splitlines() if not r.startswith("average_wage"))

    assert "no" == prepared(tmp_path).track
    assert "mandatory" == prepared(tmp_path, edit=money_alone).track
    assert None is prepared(tmp_path, edit=money_alone, text=no_wage).track


def test_what_speaks_against_the_claimant_is_told_to_them_and_not_pleaded(tmp_path):
    """Unknown gain and arguable points stand in the estimate; the paper holds what is stated."""
    found = prepared(tmp_path)
    pleaded = " ".join(found.paper("statement_of_claim", "en").values["damage"])
    told = " ".join(line.en for line in amount_lines(found.estimate))

    assert "3,200.00 CNY" in pleaded
    assert "not known" not in pleaded
    assert "Arguable" not in pleaded
    assert "the handler's gain: not known" in told
    assert "Arguable" in told


def test_a_sum_is_asked_for_only_with_money(tmp_path):
    """An amount in the matter is no request where only an apology is asked for."""

    def apology(document):
        document["claims"]["c1"]["remedies"] = ["apology"]

    def claims(**more):
        return " ".join(
            prepared(tmp_path, **more).paper("statement_of_claim", "en").values["claims"]
        )

    assert "5,000.00 CNY" in claims()
    assert "CNY" not in claims(edit=apology)


def test_only_what_the_claim_rests_on_gives_reasons(tmp_path):
    """A second use, lawful or not, is another claim's."""

    def two(document):
        other = {**document["uses"]["u1"], "issues": ["minors"]}
        document["uses"] = {"u0": other, **document["uses"]}

    def on_the_other(document):
        two(document)
        document["claims"]["c1"]["rests_on"] = ["u0"]

    assert [] == missing(prepared(tmp_path, edit=two))["statement_of_claim"]
    assert ["reasons"] == missing(prepared(tmp_path, edit=on_the_other))["statement_of_claim"]


def test_a_claim_too_old_is_not_said_to_be_in_time(tmp_path):
    """Three years (cn.cc.art188): 1,095 days are in time, more is for the claimant to argue."""

    def days(n):
        def edit(document):
            document["claims"]["c1"]["days_since_known"] = n

        return edit

    assert [] == missing(prepared(tmp_path, edit=days(1095)))["statement_of_claim"]
    assert ["limitation"] == missing(prepared(tmp_path, edit=days(1096)))["statement_of_claim"]


LEAK = {
    "outcome": "named",
    "summary": {"en": "points to R", "zh": "指向R"},
    "does_not_show": {"en": "not who copied it", "zh": "不指向复制者"},
}


def test_a_trace_fills_the_causation_with_what_it_does_not_show(tmp_path):
    """Named: both sentences. Not decidable: nothing."""
    text = "\n".join(r for r in WORDS.splitlines() if "causation" not in r)
    named = prepared(tmp_path, text=text, leak=LEAK)
    open_ = prepared(tmp_path, text=text, leak={**LEAK, "outcome": "not_decidable"})

    assert ("points to R", "not who copied it") == named.paper("statement_of_claim", "en").values[
        "causation"
    ]
    assert ["causation"] == missing(open_)["statement_of_claim"]


def test_a_decision_that_says_something_else_is_not_believed(tmp_path):
    """The dishonest claimant brings a decision file in which everything is unlawful."""
    found = prepared(tmp_path).decision
    document = json.loads(json.dumps(found.to_json()))
    check_decision(document, found)
    forged = {**document, "elements": [{**document["elements"][0], "status": "lawful"}]}

    with pytest.raises(NotVerified, match="u1 differ"):
        check_decision(forged, found)
    with pytest.raises(NotVerified, match="version of the law book"):
        check_decision({**document, "book_sha256": "0"}, found)


def test_which_claim_is_asked_when_there_are_several(tmp_path):
    """None, several, a wrong name: one sentence each."""

    def two(document):
        document["claims"]["c2"] = document["claims"]["c1"]

    with pytest.raises(BadInput, match="several claims"):
        prepared(tmp_path, edit=two)
    with pytest.raises(BadInput, match="no claim"):
        prepared(tmp_path, edit=lambda d: d.pop("claims"))
    with pytest.raises(BadInput, match="no claim 'c9'"):
        prepared(tmp_path, text=WORDS + "claim: c9\n")


@pytest.mark.parametrize(
    "text",
    [
        "format: other/v1",
        "format: claim/v1\nperson: {name: [x]}",
        "format: claim/v1\nzq7: 1",
        "format: claim/v1\npapers: {complaint: {zq7: x}}",
        "format: claim/v1\npapers: {zq7: {}}",
        "format: claim/v1\ngain: {minor: x, currency: CNY}",
        "format: claim/v1\nconditions: {complaint: {agent: perhaps}}",
        "format: claim/v1\nover_network: zq7",
        "format: claim/v1\npapers: [x]",
    ],
)
def test_words_that_can_not_be_read_name_the_line_and_no_word(tmp_path, text):
    """What was typed may be a name: no error repeats it."""
    with pytest.raises(BadInput) as caught:
        words(tmp_path, text)

    assert "zq7" not in str(caught.value)


def test_nothing_typed_is_in_a_repr(tmp_path):
    """It would be in a traceback."""
    assert MARK not in repr(words(tmp_path))
    assert ClaimWords() == ClaimWords()


def borrower(tmp_path):
    """Generated screenshots and messages, as a phone exports them."""
    shots = tmp_path / "phone"
    shots.mkdir()
    for n in range(3):
        (shots / f"IMG_{n}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes([n]) * 400)
    (shots / "sms.csv").write_text(f"time,text\n2026-09-02,{MARK} 还钱\n", "utf-8")
    return sorted(shots.iterdir())


def test_a_borrower_whose_platform_runs_nothing(tmp_path):
    """Screenshots and SMS → sealed list, complaint to the right body, editable claim; one home."""
    home = copied("person", tmp_path / "me")
    custody = Custody(
        source="own phone", device="phone A", proves="that friends were called", content="messages"
    )
    collect_evidence(home, borrower(tmp_path), folder="loan", custody=custody, now=world.later(1))
    seal_evidence(home, "loan", tmp_path / "sealed", submitter="甲", now=world.later(2))
    found = prepared(tmp_path, evidence=sealed_list(tmp_path / "sealed"))
    drafted = draft_claim(found, tmp_path / "claim", papers=PAPERS, draft=False)
    record_draft(home, drafted, now=world.later(3))
    entry = models.Entry.objects.using(home.alias).get(kind="claim.drafted")

    assert {"complaint": (), "statement_of_claim": ()} == drafted.missing
    assert "cn_cac" == found.complaint_to.leader
    assert dict(drafted.digests) == payload_of(home, entry)["files"]
    word = docx.Document(BytesIO((tmp_path / "claim/statement_of_claim.zh.docx").read_bytes()))
    text = "\n".join(p.text for p in word.paragraphs)
    assert "4. sms.csv" in text
    assert "过错推定" in text
    assert "cn.pipl.art13" in text
    home.close()


def test_evidence_that_was_changed_is_not_cited(tmp_path):
    """The claim rests on files as they were logged."""
    home = copied("person", tmp_path / "me")
    custody = Custody(source="own phone", proves="x", content="y")
    collect_evidence(home, borrower(tmp_path), folder="loan", custody=custody, now=world.later(1))
    seal_evidence(home, "loan", tmp_path / "sealed", submitter="甲", now=world.later(2))
    home.close()
    (tmp_path / "sealed" / "originals" / "001-IMG_0.png").write_bytes(b"other")

    with pytest.raises(NotVerified, match="1 files are not as logged"):
        sealed_list(tmp_path / "sealed")
