"""`habeas decide`: exit codes, what is shown, and mistakes said in one sentence."""

import json
import re
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
UNLAWFUL = """format: matter/v1
matter: {acted_on: "2026-03-01", place_of_processing: cn, subjects_in: [cn]}
parties: {p1: {role: controller, kind: company, sector: loan_platform}}
uses:
  u1: {party: p1, identifiability: identified, notice_given: false, secrecy_required: false, emergency: false, issues: [notice]}
"""


@pytest.fixture
def write(tmp_path):
    """A matter file with the given text."""

    def written(text, name="matter.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_an_unlawful_use_exits_3_and_says_why(habeas, write):
    """Because, under what, by which book, as of which day."""
    said = habeas("decide", write(UNLAWFUL), "--as-of", "2026-11-24")

    assert 3 == said.code
    for part in (
        "UNLAWFUL",
        "Because",
        "Under",
        "Duties",
        "cn.pipl.art17.p1",
        "2026-11-24",
        "not reviewed",
        "not advice",
    ):
        assert part in said.out


def test_a_lawful_use_exits_0(habeas, write):
    """Yes is 0."""
    said = habeas(
        "decide",
        write(
            UNLAWFUL.replace("[notice]", "[retention]").replace(
                "notice_given: false",
                "kept_after_end: false, consent: not_asked, operations: [collect]",
            )
        ),
    )

    assert (0, True) == (said.code, "LAWFUL" in said.out)


def test_an_undetermined_use_exits_4_and_names_what_is_missing(habeas, write):
    """Not known is an answer of its own."""
    said = habeas("decide", write(UNLAWFUL.replace("notice_given: false, ", "")))

    assert 4 == said.code
    assert "Not known" in said.out
    assert "use.notice_given" in said.out


@pytest.mark.parametrize("text", ["", "format: matter/v1\n", "{}"])
def test_an_empty_matter_exits_4_and_lists_what_it_needs(habeas, write, text):
    """Who knows nothing is told where to begin."""
    said = habeas("decide", write(text))

    assert 4 == said.code
    assert "matter.acted_on" in said.out
    assert "use.consent" in said.out


def test_json_is_one_document(habeas, write):
    """Everything shown is in the JSON, and nothing else is on stdout."""
    said = habeas("decide", write(UNLAWFUL), "--json")

    assert ("decision/v1", "unlawful") == (said.json["format"], said.json["status"])
    assert "u1" == said.json["elements"][0]["element"]
    assert 3 == said.code


def test_in_chinese(habeas, write):
    """A borrower reads it in their language."""
    said = habeas("decide", write(UNLAWFUL), "--lang", "zh")

    for part in ("违法", "理由", "法律依据", "个人信息保护法第十七条第一款", "不构成法律意见"):
        assert part in said.out


def test_several_books_are_several_decisions(habeas, write):
    """Books are never merged."""
    said = habeas("decide", write(UNLAWFUL), "--law", "cn", "--law", "cn", "--json")

    assert ["cn", "cn"] == [d["book"] for d in said.json["decisions"]]


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (UNLAWFUL.replace("notice_given", "notice_gven"), (), "did you mean 'notice_given'?"),
        (UNLAWFUL.replace("kind: company", "kind: firm"), (), "line 3, parties.p1.kind"),
        (UNLAWFUL, ("--law", "eu"), "there is no law book 'eu'"),
        (UNLAWFUL, ("--as-of", "today"), "YYYY-MM-DD"),
        (UNLAWFUL, ("--lang", "fr"), "en or zh"),
        (UNLAWFUL.replace("notice_given: false", "consent_free: true"), (), "legal judgement"),
        ("a: [", (), "not valid YAML"),
        ("- a\n", (), "a matter is a mapping"),
    ],
)
def test_mistakes_exit_2_with_one_sentence(habeas, write, text, options, says):
    """File, place, what is wrong, what to write; nothing on stdout."""
    said = habeas("decide", write(text), *options)

    assert (2, "") == (said.code, said.out)
    assert says in said.err
    assert 1 == len(said.err.strip().splitlines())


def test_a_file_that_is_not_there(habeas, tmp_path):
    """Named, not traced back."""
    assert 2 == habeas("decide", tmp_path / "none.yaml").code


def test_the_worked_example_of_the_format(habeas, write):
    """The loan app that takes the address book, as the format's own page tells it."""
    page = SHARED / "law" / "facts_core.md"
    if not page.exists():
        pytest.skip("the shared law sheets are not here")
    text = re.search(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL).group(1)
    said = habeas("decide", write(text), "--json")
    broken = {e["element"]: {r["id"] for r in e["breached"]} for e in said.json["elements"]}

    assert 3 == said.code
    assert {"cn.pipl.art6", "cn.pipl.art16"} <= broken["u1"]
    assert {"cn.pipl.art23", "cn.pipl.art55"} <= broken["u2"]
    assert "no_day_count" in json.dumps(said.json["elements"][2]["flags"])


def test_versions_are_shown(habeas, write):
    """Both parties' versions, and the fact on which they differ."""
    text = UNLAWFUL.replace(
        "notice_given: false",
        "notice_given: [{value: true, by: p1}, {value: false, by: subject}], notice_clear: true, statement_false: false, "
        "notice_items: [identity, purpose, method_kinds, retention, rights]",
    )
    said = habeas("decide", write(text))

    assert 4 == said.code
    assert "Versions" in said.out
    assert "uses.u1.notice_given" in said.out
