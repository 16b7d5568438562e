"""After a leak: what is owed by when, letters that say what they lack, nothing unknown made no."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import docx
import habeas_world as world
import pyarrow as pa
import pytest

from habeas.errors import BadInput, NotVerified, Refused
from habeas.law.documents import content_list
from habeas.procedures.count_late_reports import count_late_reports, due
from habeas.procedures.digest import digest_of
from habeas.procedures.incident_letters import letter, write_letters
from habeas.procedures.incident_words import IncidentWords, load_incident_words
from habeas.procedures.open_incident import (
    add_to_incident,
    incident_file,
    incidents,
    mark_done,
    open_incident,
)
from habeas.tables.source import open_source

sys.path.insert(0, str(Path(__file__).parent))
from remedy_homes import copied

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
HHS = SHARED / "data/complaints/hhs_ocr_breach_report_2022-12_2024-12.csv"
MARK = "zq7标记"
WORDS = f"""
format: incident/v1
happened_at: "2026-11-20T10:00:00+08:00"
aware_at: "2026-11-24T16:00:00+08:00"
persons: 200
operator: other
sector: loan_platform
letters:
  both:
    kinds: {MARK} 姓名、电话
    cause: 催收合作方的副本流出
    harm: 骚扰、诈骗
    contact: 400-000-0000
  breach_authority:
    remedy: 已停止合作并通知
    next: 复核其他合作方
    scene: 日志已固定
    found: 北京
  breach_persons:
    measures: 已停止合作
    selfhelp: 不要相信来电
"""


@pytest.fixture
def home(tmp_path):
    made = copied("controller", tmp_path / "platform")
    yield made
    made.close()


def words(tmp_path, text=WORDS):
    path = tmp_path / "incident.yaml"
    path.write_text(text, "utf-8")
    return load_incident_words(path)


def opened(home, tmp_path, text=WORDS, *, minute=1, **more):
    return open_incident(home, words(tmp_path, text), now=world.later(minute), **more)


def states(found, minute=2):
    return {duty.id: duty.state for duty in found.duties(now=world.later(minute))}


def test_two_hundred_persons_owe_three_things_at_once_and_no_hours(home, tmp_path):
    """PIPL 57 gives no hour; below a million persons the hour limits hang on other tests."""
    found = opened(home, tmp_path)

    assert "general" == found.grade
    assert {
        "remedy": "pending", "tell_authority": "pending", "tell_persons": "pending",
        "report_province": "unknown", "report_crime": "unknown", "summary": "unknown",
    } == states(found)  # fmt: skip


def test_a_million_persons_have_four_hours(home, tmp_path):
    """cn.inc.art4.other: from 16:00 in Shanghai to 20:00 sharp."""
    found = opened(home, tmp_path, WORDS.replace("persons: 200", "persons: 1000000"))
    duty = next(d for d in found.duties(now=world.later(0)) if d.id == "report_province")

    assert ("larger", True) == (found.grade, found.graded)
    assert datetime(2026, 11, 24, 12, 0, tzinfo=UTC) == duty.due.at
    late = duty.due.at + timedelta(seconds=1)
    assert "breached" == {d.id: d.state for d in found.duties(now=late)}["report_province"]


def test_unknown_persons_leave_the_grade_unknown(home, tmp_path):
    """Not known is not few; the duty says on what it hangs."""
    found = opened(home, tmp_path, WORDS.replace("persons: 200", "persons:"))
    duty = next(d for d in found.duties(now=world.later(2)) if d.id == "report_province")

    assert (None, None) == (found.grade, found.graded)
    assert (None, ("persons",)) == (duty.applies, duty.missing)


def test_what_becomes_known_later_stands_over_what_was_said(home, tmp_path):
    """Both entries stay; the file tells the later one, and keeps what was not said again."""
    found = opened(home, tmp_path)
    more = words(
        tmp_path, "format: incident/v1\npersons: 2000000\nletters:\n  both: {harm: 诈骗}\n"
    )
    found = add_to_incident(home, found.id, more, now=world.later(5))

    assert ("larger", "other") == (found.grade, found.facts["operator"])
    assert ("诈骗",) == found.letters["breach_persons"]["harm"]
    assert ("不要相信来电",) == found.letters["breach_persons"]["selfhelp"]
    assert [found.id] == list(incidents(home))


def test_done_marks_are_entries_with_their_time(home, tmp_path):
    """Done in time is met; done twice, in the future or never owed is a mistake."""
    found = opened(home, tmp_path)
    found = mark_done(home, found.id, "tell_authority", at=world.later(3), now=world.later(4))

    assert "met" == states(found, 5)["tell_authority"]
    assert world.later(3) == found.done["tell_authority"]
    for duty, at in (
        ("tell_authority", 3), ("tell_persons", 99), ("report_cii", 3),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            mark_done(home, found.id, duty, at=world.later(at), now=world.later(5))


def test_an_hour_missed_stays_missed(home, tmp_path):
    """The dishonest controller reports late: the mark says when, and the clock says breached."""
    found = opened(home, tmp_path, WORDS.replace("persons: 200", "persons: 1000000"))
    late = datetime(2026, 11, 24, 12, 0, 1, tzinfo=UTC)
    found = mark_done(home, found.id, "report_province", at=late, now=late)

    assert "breached" == {d.id: d.state for d in found.duties(now=late)}["report_province"]


def test_measures_that_prevent_harm_waive_the_persons_only(home, tmp_path):
    """cn.pipl.art57.p2: the authority is told all the same."""
    found = opened(home, tmp_path, WORDS + "harm_avoided: true\n")

    assert "tell_persons" not in states(found)
    assert "pending" == states(found)["tell_authority"]


LEAK = {
    "format": "attribution/v1",
    "outcome": "named",
    "summary": {"en": "The leak points to collector.", "zh": "泄露指向collector。"},
    "does_not_show": {"en": "not who copied it", "zh": "不指向复制者"},
}


def traced(home, document=LEAK):
    from habeas.procedures.outbox import Happening, add_entry
    from habeas.procedures.remedy_writes import REMEDY_RECORDS
    from habeas.procedures.transaction import committing
    from habeas.records import models

    with committing(home, REMEDY_RECORDS["incident"]):
        entry = add_entry(home, Happening(kind="trace", payload={}), now=world.T0)
        models.Trace.objects.using(home.alias).create(
            leak_digest="x", tests_made=1, outcome="named",
            attribution_digest=digest_of(document), at=world.T0, entry=entry,
        )  # fmt: skip


def test_a_trace_gives_the_leads_with_what_it_does_not_show(home, tmp_path):
    """From an attribution of this home."""
    traced(home)
    found = opened(home, tmp_path, leak=LEAK)
    paper = letter(found, "breach_authority", "en", handler="h", checkpoint="c")

    assert ("The leak points to collector.", "not who copied it") == paper.values["leads"]


def test_an_attribution_nobody_traced_here_is_refused(home, tmp_path):
    """The dishonest controller writes itself an attribution that names a rival."""
    traced(home)
    forged = {**LEAK, "summary": {"en": "The leak points to rival.", "zh": "x"}}

    with pytest.raises(NotVerified, match="no trace"):
        opened(home, tmp_path, leak=forged)
    assert {} == incidents(home)


def test_both_letters_are_written_when_nothing_lacks(home, tmp_path):
    """Eight files; the persons' letter is complete, the report owes the persons_told and leads."""
    found = opened(home, tmp_path)
    made = write_letters(found, tmp_path / "out", handler="h", checkpoint="c")
    word = docx.Document(BytesIO((tmp_path / "out/breach_persons.zh.docx").read_bytes()))
    text = "\n".join(p.text for p in word.paragraphs)

    assert 8 == len(made.written.files)
    assert () == made.missing
    assert "persons_told" in [item.item for item in made.follows]
    assert "不要相信来电" in text
    assert "2026年11月20日10:00（北京时间）" in text


@pytest.mark.parametrize("item", [i.id for i in content_list("cn", "breach_persons").required])
def test_the_persons_letter_lacks_each_item_by_name(home, tmp_path, item):
    """Take out each in turn: refused, naming item and provision (or practice); nothing written."""
    text = WORDS
    if item == "when":
        text = text.replace("happened_at", "#happened_at")
    text = "\n".join(row for row in text.splitlines() if not row.strip().startswith(f"{item}:"))
    found = opened(home, tmp_path, text)
    label = next(i for i in content_list("cn", "breach_persons").required if i.id == item)

    with pytest.raises(Refused) as caught:
        write_letters(found, tmp_path / "out", handler="h", checkpoint="c")
    said = str(caught.value)
    assert label.label.en in said
    assert ("cn.pipl.art57.p1" if label.blocking == "law" else "practice") in said
    assert MARK not in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("item", [i.id for i in content_list("cn", "breach_authority").required])
def test_the_report_goes_first_and_shows_each_item_it_owes(home, tmp_path, item):
    """cn.inc.art7: first report now, the rest follows; with nothing known every item is owed."""
    text = "format: incident/v1\npersons: 1000000\noperator: other\n"
    found = opened(home, tmp_path, text)
    filled = {"reporter", "persons"}
    made = write_letters(found, tmp_path / "out", handler="h", checkpoint="c", draft=True)

    assert (item in filled) == (item not in [each.item for each in made.follows])
    page = (tmp_path / "out" / "breach_authority.zh.html").read_text("utf-8")
    label = next(i for i in content_list("cn", "breach_authority").required if i.id == item)
    assert label.label.zh in page


def test_telling_the_persons_fills_the_report(home, tmp_path):
    """Whether they were told, or why not: from the marks, not from words."""
    found = opened(home, tmp_path)
    found = mark_done(home, found.id, "tell_persons", at=world.later(3), now=world.later(4))
    told = letter(found, "breach_authority", "zh", handler="h", checkpoint="c").values[
        "persons_told"
    ]
    waived = opened(home, tmp_path, WORDS + "harm_avoided: true\n")
    why = letter(waived, "breach_authority", "zh", handler="h", checkpoint="c").values[
        "persons_told"
    ]

    assert "通知个人" in told[0]
    assert "cn.pipl.art57.p2" in why[0]


@pytest.mark.parametrize(
    "text",
    [
        "format: other",
        "format: incident/v1\nzq7: 1",
        "format: incident/v1\npersons: zq7",
        "format: incident/v1\npersons: -1",
        "format: incident/v1\naware_at: 2026-11-24",
        "format: incident/v1\naware_at: zq7",
        "format: incident/v1\noperator: zq7",
        "format: incident/v1\nharm_avoided: zq7",
        "format: incident/v1\nletters: [zq7]",
        "format: incident/v1\nletters: {zq7: {}}",
        "format: incident/v1\nletters: {both: {zq7: x}}",
        "format: incident/v1\nletters: {both: {harm: {a: [zq7]}}}",
    ],
)
def test_words_that_can_not_be_read_name_the_line_and_no_word(tmp_path, text):
    """What is typed of an incident may hold anything."""
    with pytest.raises(BadInput) as caught:
        words(tmp_path, text)

    assert "zq7" not in str(caught.value)


def test_an_incident_that_is_not_there(home, tmp_path):
    """One sentence that names those there are; another party has none at all."""
    opened(home, tmp_path)
    with pytest.raises(BadInput, match="i20261124-1"):
        incident_file(home, "i9")
    person = copied("person", tmp_path / "me")
    with pytest.raises(BadInput, match="belongs to a person"):
        open_incident(person, IncidentWords(), now=world.T0)
    person.close()


def test_words_of_an_incident_stand_in_no_repr_and_in_no_file_in_clear(home, tmp_path):
    """Sealed payloads only."""
    found = opened(home, tmp_path)
    blobs = [p.read_bytes() for p in home.folder.rglob("*") if p.is_file()]

    assert MARK not in repr(found) + repr(words(tmp_path))
    assert not any(MARK.encode() in blob for blob in blobs)


# ---- reports through their clock


def test_the_clock_of_the_health_breach_rule():
    """Sixty days from discovery; below 500 persons sixty days after the year's end."""
    assert date(2023, 3, 2) == due(500, date(2023, 1, 1))
    assert date(2024, 2, 29) == due(499, date(2023, 1, 1))


def test_late_inside_and_unknown_are_counted_apart():
    """A row without its day of discovery is neither."""
    table = pa.table(
        {
            "persons": ["500", "500", "499", "500", None],
            "reported_on": ["2023-03-02", "2023-03-03", "2023-12-01", "2023-03-03", "2023-01-01"],
            "discovered_on": ["2023-01-01", "2023-01-01", "2023-01-01", None, "2023-01-01"],
        }
    )
    found = count_late_reports(open_source(table, name="t"))

    assert (5, 1, 2) == (found.rows, found.late, found.inside_the_days)
    assert {"discovered_on": 1, "persons": 1} == found.unknown
    assert (3, 1) == (found.large, found.small)


def test_a_bad_value_is_named_by_its_row():
    """And not by itself."""
    table = pa.table({"persons": ["zq7"], "reported_on": ["x"], "discovered_on": ["x"]})
    with pytest.raises(BadInput, match="row 1") as caught:
        count_late_reports(open_source(table, name="t"))
    assert "zq7" not in str(caught.value)
    with pytest.raises(BadInput, match="no column"):
        count_late_reports(open_source(pa.table({"a": [1]}), name="t"))
    with pytest.raises(BadInput, match="no such layout"):
        count_late_reports(open_source(table, name="t"), layout="x")


@pytest.mark.skipif(not HHS.exists(), reason="the published reports are not beside the project")
def test_853_published_reports_do_not_say_when_they_were_discovered():
    """The public report leaves out the day the clock runs from: none can be called late."""
    found = count_late_reports(open_source(HHS, typed=False), layout="hhs_ocr")

    assert (853, 0, 0) == (found.rows, found.late, found.inside_the_days)
    assert {"discovered_on": 853} == found.unknown
    assert (853, 0) == (found.large, found.small)


def test_the_numbers_are_those_of_the_sheet():
    """Days and threshold, as the entries of the United States sheet have them."""
    sheet = SHARED / "law/eu_us_th.yaml"
    if not sheet.exists():
        pytest.skip("the law sheets are not beside the project")
    from habeas.law.yaml_reading import yaml_document
    from habeas.procedures.count_late_reports import _sheet

    text = sheet.read_text("utf-8")
    entries = text[text.index("- id: us.hipaa.17932a") : text.index("- id: us.hipaa.164_402")]
    read = yaml_document(entries, file="sheet").value
    numbers = {(e["id"], n["name"]): n["value"] for e in read for n in e["numbers"]}
    ours = _sheet()

    assert ours["large"]["days_after_discovery"] == numbers["us.hipaa.17932a", "individual_notice"]
    assert ours["large"]["at_least"] == numbers["us.hipaa.164_408", "large_breach"]
    assert ours["small"]["days_after_year_end"] == numbers["us.hipaa.164_408", "annual_report"]
    assert ["true"] * 3 == [e["verified"] for e in read]
    assert json.dumps(dict(ours))
